//! Anybody tries numbers of their own; both sides of each threshold.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::visitor;

/// What the page says of the levels of an award, in order.
fn levels(page: &str, award: &str) -> Vec<(String, bool)> {
    let section = page.split(&format!("<section aria-labelledby=\"{award}\">")).nth(1).unwrap();
    let section = section.split("</section>").next().unwrap();
    let of_level = |level: &str| {
        let summary = level.split("</summary>").next().unwrap();
        let (name, outcome) = summary.split_once('：').unwrap();
        (name.rsplit('>').next().unwrap().to_owned(), outcome == "达到")
    };
    section
        .split("<summary>")
        .skip(1)
        .filter(|level| level.split("</summary>").next().unwrap().contains("星级"))
        .map(of_level)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_tries_numbers_against_every_threshold() {
    let mut stranger = visitor(Role::Clerk).await;
    stranger.cookies.clear();
    let empty = stranger.get("/self-check").await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(
        !empty.text.contains("未达到") && !empty.text.contains("href=\"/policy"),
        "nothing is judged or led to yet"
    );
    for (inventions, high_value, reached) in
        [(20, 5, 0), (21, 4, 0), (21, 5, 1), (30, 5, 1), (31, 5, 2), (41, 5, 3), (50, 99, 3), (51, 5, 4)]
    {
        let path = format!(
            "/self-check?innovation-star.valid_inventions={inventions}&innovation-star.high_value_inventions={high_value}"
        );
        let page = stranger.get(&path).await.text;
        let stars = levels(&page, "innovation-star");
        assert_eq!(
            stars.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["二星级", "三星级", "四星级", "五星级"]
        );
        assert_eq!(stars.iter().filter(|(_, holds)| *holds).count(), reached, "{inventions} {high_value}");
    }
    let missed = stranger.get("/self-check?invention-star.grants_in_year=4").await.text;
    assert!(missed.contains("还差 1 件") && missed.contains("有条件未满足"));
    let reached = stranger.get("/self-check?invention-star.grants_in_year=5").await.text;
    assert!(!reached.contains("还差 ") && reached.contains("各项条件都已满足"));
    // Nobody of this city has a grant abroad, so that no conditions are known; the clause is read all the same.
    assert!(empty.text.contains("通过PCT途径获得国外发明专利授权") && empty.text.contains("最近一次评定没有企业涉及"));
    let half = stranger.get("/self-check?innovation-star.valid_inventions=60").await.text;
    assert!(levels(&half, "innovation-star").iter().all(|(_, holds)| !holds), "what is not given is not known");
    let worded = stranger.get("/self-check?invention-star.grants_in_year=五").await;
    assert!(worded.status == StatusCode::UNPROCESSABLE_ENTITY && worded.text.contains("“五”不是件数"));
}
