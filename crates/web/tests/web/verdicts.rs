//! A verdict as JSON: what the page of the award says, and to nobody who may not open that page.

use axum::http::StatusCode;
use domain::accounts::Role;
use serde_json::Value;

use crate::city::{links, visitor};

/// The whole id of a run, and the code of an enterprise that reaches an award.
async fn known() -> (String, String) {
    let mut leader = visitor(Role::Leader).await;
    let runs = leader.get("/runs").await.text;
    let run = links(&runs, "/runs/")
        .into_iter()
        .map(|href| href.trim_start_matches("/runs/"))
        .find(|id| id.len() == 64 && id.bytes().all(|letter| letter.is_ascii_hexdigit()))
        .expect("a run is listed");
    let list = leader.get(&format!("/awards/innovation-star?state=reached&run={run}")).await.text;
    let subject = links(&list, "/awards/innovation-star/")[0].trim_start_matches("/awards/innovation-star/");
    (run.to_owned(), subject.split('?').next().unwrap().to_owned())
}

#[tokio::test]
async fn a_verdict_says_every_reason_that_the_page_of_the_award_says() {
    let (run, subject) = known().await;
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get(&format!("/awards/innovation-star/{subject}?run={run}")).await.text;
    let answer = leader.get(&format!("/api/verdicts/{run}/innovation-star/{subject}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json");
    let verdict: Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!((&verdict["run"], &verdict["subjects"][0]["subject"]), (&run.as_str().into(), &subject.as_str().into()));
    assert!(verdict["clauses"][0]["text"].as_str().unwrap().contains("创新之星"));
    let levels = verdict["subjects"][0]["levels"].as_array().unwrap();
    assert!(levels.iter().any(|level| level["holds"] == true), "{levels:?}");
    let mut conditions = 0;
    for condition in levels.iter().flat_map(|level| level["conditions"].as_array().unwrap()) {
        assert!(page.contains(condition["text"].as_str().unwrap()), "{condition}");
        conditions += 1;
    }
    assert!(conditions > 4);
    let rights = verdict["subjects"][0]["evidence"].as_array().unwrap();
    assert!(rights.iter().any(|right| page.contains(right[1].as_str().unwrap())), "{rights:?}");
    let again = leader.get(&format!("/api/verdicts/{}/innovation-star/{subject}", &run[..12])).await;
    assert_eq!(again.text, answer.text, "the beginning of an id is enough where it is the only one");
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_who_may_not_see_awards_is_refused() {
    let (run, subject) = known().await;
    let mut leader = visitor(Role::Leader).await;
    for path in ["x/innovation-star/1".to_owned(), format!("{run}/no-such/1"), format!("{run}/innovation-star/1")] {
        assert_eq!(leader.get(&format!("/api/verdicts/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // The run is open in memory by now, which opens it to nobody else.
    let path = format!("/api/verdicts/{run}/innovation-star/{subject}");
    for role in [Role::Enterprise, Role::Administrator] {
        assert_eq!(visitor(role).await.get(&path).await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let token = leader.get("/awards").await.token();
    leader.post("/sign-out", &[("csrf", &token)]).await;
    assert_eq!(leader.get(&path).await.status, StatusCode::SEE_OTHER, "a session that has ended opens nothing");
}
