//! Closing a month with its figures in sight, and taking the closing back.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::{
    city::{again, own},
    client::Visitor,
};

/// The runs that a month may be closed upon: the first listed of a day.
async fn run_of(clerk: &mut Visitor, day: &str) -> (String, String) {
    let page = clerk.get("/registers/closing").await;
    let option = page.text.split("<option value=\"").find(|rest| rest.contains(&format!("\">{day}"))).unwrap();
    (option.split('"').next().unwrap().to_owned(), page.token())
}

async fn close(clerk: &mut Visitor, day: &str) -> String {
    let (run, token) = run_of(clerk, day).await;
    let form = [("csrf", token.as_str()), ("run", &run), ("acknowledged", "yes"), ("note", "")];
    let closed = clerk.post("/registers/closing/close", &form).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text);
    run
}

#[tokio::test]
async fn the_figures_stand_before_the_button_that_closes_them() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let (run, _) = run_of(&mut clerk, "2023-12-31").await;
    let page = clerk.get(&format!("/registers/closing/check?run={run}")).await.text;
    let figure = clerk.get(&format!("/indicators/K01?run={run}")).await.text;
    let value = figure.split("figure-value\"").nth(1).unwrap().split('>').nth(1).unwrap().split(' ').next().unwrap();
    for words in ["将要月结的数", "K01 每十亿元地区生产总值发明专利拥有量", value, "不再改动这个月", "按这些数月结"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let listed = clerk.get("/registers/closing").await;
    assert!(!listed.text.contains("按这些数月结"), "nothing is closed unseen");
    let form = [("csrf", &*listed.token()), ("run", &*run), ("acknowledged", ""), ("note", "")];
    let refused = clerk.post("/registers/closing/close", &form).await;
    assert_eq!((refused.status, refused.marked()), (StatusCode::UNPROCESSABLE_ENTITY, vec!["acknowledged"]));
}

#[tokio::test]
async fn a_closing_is_taken_back_by_the_leaders_with_a_reason() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    close(&mut clerk, "2023-10-31").await;
    let run = close(&mut clerk, "2023-11-30").await;
    let rests = "以这次测算为准";
    assert!(clerk.get(&format!("/cockpit?run={run}")).await.text.contains(rests));
    let token = clerk.get("/registers/closing").await.token();
    let form = [("csrf", token.as_str()), ("month", "2023-11"), ("reason", "更正")];
    assert_eq!(clerk.post("/registers/closing/reopen", &form).await.status, StatusCode::FORBIDDEN);

    let mut leader = again(folder.path(), Role::Leader).await;
    let page = leader.get("/registers/closing").await;
    assert!(page.text.contains("/registers/closing/reopen?month=2023-11"), "{}", page.text);
    assert!(!page.text.contains("/registers/closing/reopen?month=2023-10"), "the latest is taken back first");
    let token = page.token();
    let earlier = leader.get("/registers/closing/reopen?month=2023-10").await.text;
    assert!(earlier.contains("现在不能撤回") && earlier.contains("最后一个月"), "{earlier}");
    let form = [("csrf", token.as_str()), ("month", "2023-10"), ("reason", "更正")];
    let refused = leader.post("/registers/closing/reopen", &form).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("最后一个月"));
    let means = leader.get("/registers/closing/reopen?month=2023-11").await.text;
    assert!(means.contains("改按资料最新的一次测算"), "{means}");
    let form = [("csrf", token.as_str()), ("month", "2023-11"), ("reason", " ")];
    let refused = leader.post("/registers/closing/reopen", &form).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("#reason"), "{}", refused.text);
    let form = [("csrf", token.as_str()), ("month", "2023-11"), ("reason", "省里更正了名单")];
    let done = leader.post("/registers/closing/reopen", &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = leader.get(done.header("location")).await.text;
    assert!(page.contains("2023-11 的月结已撤回") && page.contains("省里更正了名单"), "{page}");
    assert!(!clerk.get(&format!("/cockpit?run={run}")).await.text.contains(rests), "the month is open again");
    // The same month is closed again; one on which money rests stays closed.
    close(&mut clerk, "2023-11-30").await;
    close(&mut clerk, "2023-12-31").await;
    let form = [("csrf", token.as_str()), ("month", "2023-12"), ("reason", "更正")];
    let refused = leader.post("/registers/closing/reopen", &form).await;
    assert!(
        refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("兑现批次"),
        "{}",
        refused.text
    );
}
