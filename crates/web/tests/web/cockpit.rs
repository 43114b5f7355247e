//! The cockpit of the demo city: every target with its state, course and gap, and who may see it.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::{links, own, visitor};

#[tokio::test]
async fn the_cockpit_shows_every_target_with_its_state_and_method() {
    let page = visitor(Role::Leader).await.get("/cockpit").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for name in [
        "每十亿元地区生产总值发明专利拥有量",
        "万人高价值发明专利拥有量",
        "年知识产权质押融资额",
        "知识产权实用人才培训人数",
    ] {
        assert!(page.text.contains(name), "{name}");
    }
    for words in [
        "知识产权创造质量明显提升",
        "目标 ≥ 30",
        "未达标",
        "还差",
        "比上月",
        "泰尔–森法",
        "平均差",
        "谁在补差距",
        "异常提示",
        "方法：",
    ] {
        assert!(page.text.contains(words), "{words}");
    }
    assert!(page.text.matches("class=\"figure-name\"").count() >= 11, "every target is a figure");
}

/// Every table of the page can be had as a workbook and as csv, with numbers and days as such.
#[tokio::test]
async fn the_tables_of_the_cockpit_are_exported() {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/cockpit").await.text;
    for (table, heading) in [
        ("course", "指标,现值,目标,单位"),
        ("changes", "指标,新计入,不再计入,净变化"),
        ("gaps", "指标,区镇或企业,名称"),
    ] {
        let file = |form: &str| format!("/cockpit?list={table}&export={form}");
        let shown = |address: String| page.contains(&address) || page.contains(&address.replace('&', "&#38;"));
        assert!(shown(file("csv")) && shown(file("xlsx")), "{table}");
        let csv = leader.get(&file("csv")).await;
        assert!(
            csv.header("content-type").starts_with("text/csv") && csv.header("content-disposition").contains(".csv")
        );
        let text = csv.text.trim_start_matches('\u{FEFF}');
        assert!(text.starts_with(heading), "{text}");
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert!(
            !lines.is_empty() && lines.iter().all(|line| line.chars().any(|letter| letter.is_ascii_digit())),
            "{text}"
        );
        let workbook = leader.get(&file("xlsx")).await;
        assert!(workbook.status == StatusCode::OK && workbook.body.starts_with(b"PK"), "{table}");
    }
    let course = leader.get("/cockpit?list=course&export=csv").await.text;
    let k05 = course.lines().find(|line| line.starts_with("国家知识产权示范优势企业,")).unwrap();
    let value = k05.split(',').nth(1).unwrap();
    assert!(value.parse::<i64>().is_ok(), "a number without marks: {k05}");
}

#[tokio::test]
async fn an_earlier_run_can_be_chosen_and_is_kept_in_every_link() {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/cockpit").await.text;
    let runs: Vec<&str> = page.split("<option value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(runs.len() > 12, "every month end can be chosen");
    let run = runs[5];
    let earlier = leader.get(&format!("/cockpit?run={run}")).await;
    assert_eq!(earlier.status, StatusCode::OK);
    assert!(
        earlier.text.contains("预测列是按已有各月趋势推算到 2023年12月31日"),
        "before the target date the forecast looks ahead"
    );
    for href in links(&earlier.text, "/indicators/") {
        assert!(href.contains("run="), "{href}");
    }
    assert_eq!(leader.get("/cockpit?run=nonsense").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_number_of_changes_leads_to_its_rights() {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/cockpit").await.text;
    let changes: Vec<String> = links(&page, "/indicators/K01/changes")
        .into_iter()
        .map(|href| href.replace("&amp;", "&").replace("&#38;", "&"))
        .collect();
    assert!(!changes.is_empty());
    for href in changes.iter().take(4) {
        let answer = leader.get(href).await;
        assert_eq!(answer.status, StatusCode::OK, "{href}");
        assert!(answer.text.contains("/patents/"), "{href} lists rights");
    }
}

#[tokio::test]
async fn every_right_that_may_soon_lapse_is_listed_with_its_enterprise() {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/cockpit").await.text;
    let between = |from: &str, to: &str| -> usize {
        let found = page.split_once(from).and_then(|(_, rest)| rest.split_once(to));
        found.map_or(0, |(number, _)| number.replace(',', "").parse().unwrap())
    };
    // Those that are known to be in danger, and those of which nobody told the fees, are the whole list together.
    let (known, untold) = (between("件，共 ", " 件"), between("另有 ", " 件的年费"));
    assert!(untold > 0 && page.contains("/cockpit/lapses?cause=unknown"), "{page}");
    let list = leader.get("/cockpit/lapses").await.text;
    assert!(list.contains(&format!("共 {} 条", known + untold)), "{known} and {untold}");
    let list = leader.get("/cockpit/lapses?cause=unknown").await.text;
    assert!(list.contains(&format!("共 {untold} 条")), "{untold}");
    let enterprise = links(&list, "/enterprises/")[0].trim_start_matches("/enterprises/").to_owned();
    let own = leader.get(&format!("/cockpit/lapses?enterprise={enterprise}")).await.text;
    assert!(links(&own, "/enterprises/").iter().all(|href| href.ends_with(&enterprise)));
    assert!(!links(&own, "/patents/").is_empty());
}

#[tokio::test]
async fn who_may_not_see_figures_is_refused() {
    for role in [Role::Enterprise, Role::Administrator] {
        let mut visitor = visitor(role).await;
        for path in
            ["/cockpit", "/indicators", "/indicators/K01", "/indicators/K01/rights", "/patents", "/cockpit/lapses"]
        {
            assert_eq!(visitor.get(path).await.status, StatusCode::FORBIDDEN, "{role:?} {path}");
        }
    }
}

/// A forecast without a back-test lights no lamp, and the page says why.
#[tokio::test]
async fn without_a_back_test_the_outlook_cannot_be_told_and_the_page_says_why() {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/cockpit").await.text;
    let june = page
        .split("<option value=\"")
        .find(|option| option.contains("2023年6月30日") || option.contains("2023-06-30"))
        .and_then(|option| option.split('"').next())
        .unwrap();
    let page = leader.get(&format!("/cockpit?run={june}")).await.text;
    let course = page.split("id=\"course\"").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap();
    let rows: Vec<&str> = course.split("<tr>").filter(|row| row.contains("/indicators/K")).collect();
    assert_eq!(rows.len(), 11);
    for row in &rows {
        let tested = row.contains("平均差");
        assert!(tested || (!row.contains("预计达标") && !row.contains("预计不达标")), "no band, no light: {row}");
    }
    let k01 = rows.iter().find(|row| row.contains("/indicators/K01")).unwrap();
    for words in ["历史不足，不作回测", "无法判断", "历史不足，没有回测"] {
        assert!(k01.contains(words), "{words}: {k01}");
    }
}

/// The day at which the targets fall due is a parameter: a what-if that moves it waits for that day.
#[tokio::test]
async fn the_day_of_the_targets_is_the_end_of_the_plan() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let page = clerk.get("/cockpit").await.text;
    assert!(page.contains("2023年12月31日") && !page.contains("2025年12月31日"), "{page}");
    let token = clerk.get("/what-if").await.token();
    let sent = clerk.post("/what-if", &[("csrf", &token), ("set-plan_end", "2025-12-31")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let run = sent.header("location").trim_start_matches("/what-if/").to_owned();
    let moved = clerk.get(&format!("/cockpit?run={run}")).await.text;
    assert!(moved.contains("2025年12月31日"), "{moved}");
    let course = clerk.get(&format!("/indicators/K01?run={run}")).await.text;
    assert!(course.contains("2025-12") && !clerk.get("/indicators/K01").await.text.contains("2025-12"));
}
