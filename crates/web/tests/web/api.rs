//! What a run says as JSON: what the pages say, to nobody who may not open them, and all of it in its document.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use domain::accounts::Role;
use serde_json::Value;
use web::routes;

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
    assert_eq!(leader.get(&path).await.status, StatusCode::UNAUTHORIZED, "a session that has ended opens nothing");
}

#[tokio::test]
async fn every_address_for_programs_stands_in_the_document() {
    let mut leader = visitor(Role::Leader).await;
    let answer = leader.get("/api/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let document: Value = serde_json::from_str(&answer.text).unwrap();
    let described: BTreeSet<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let doors = routes::doors();
    let doors: BTreeSet<&str> =
        doors.iter().map(|door| door.path).filter(|path| routes::is_for_programs(path)).collect();
    assert_eq!(doors, described);
    let names = |pointer: &str| document.pointer(pointer).unwrap().as_object().unwrap().len();
    assert!(names("/components/schemas") > 10);
    for (path, methods) in document["paths"].as_object().unwrap() {
        let parameters = methods["get"]["parameters"].as_array().unwrap();
        let named = parameters.iter().map(|one| one["$ref"].as_str().unwrap().trim_start_matches('#'));
        let named: BTreeSet<&str> = named
            .map(|pointer| document.pointer(pointer).unwrap())
            .filter(|one| one["in"] == "path")
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        let written: BTreeSet<&str> =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(named, written, "{path}");
    }
}

#[tokio::test]
async fn runs_figures_and_awards_are_read_page_by_page() {
    let (run, subject) = known().await;
    let mut leader = visitor(Role::Leader).await;
    let mut read = async |path: &str| {
        let answer = leader.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        serde_json::from_str::<Value>(&answer.text).unwrap()
    };
    let runs = read("/api/runs?limit=1").await;
    assert!(runs["total"].as_u64().unwrap() > 2 && runs["rows"].as_array().unwrap().len() == 1);
    let figures = read(&format!("/api/runs/{run}/indicators?limit=1000")).await;
    let figures = figures["rows"].as_array().unwrap();
    let first = figures.iter().find(|one| one["code"] == "K01").unwrap();
    let why = read(&format!("/api/runs/{run}/indicators/K01")).await;
    assert_eq!(why["indicator"], *first);
    assert_eq!(why["rights"].as_array().unwrap().len() as u64, first["evidence_count"].as_u64().unwrap());
    let stars = read(&format!("/api/runs/{run}/awards?award=innovation-star&limit=1000")).await;
    let stars = stars["rows"].as_array().unwrap();
    assert!(stars.iter().all(|one| one["award"] == "innovation-star"));
    assert!(stars.iter().any(|one| one["subject"] == subject.as_str()));
    let rest = read(&format!("/api/runs/{run}/awards?award=innovation-star&offset=1")).await;
    assert_eq!(rest["rows"].as_array().unwrap().first(), stars.get(1));
    let latest = read("/api/runs/latest/indicators/K01").await;
    assert!(latest["run"].as_str().unwrap().len() == 64);
}

#[tokio::test]
async fn what_cannot_be_answered_is_told_as_a_problem() {
    let mut leader = visitor(Role::Leader).await;
    for (path, status, words) in [
        ("/api/runs?limit=-1", StatusCode::UNPROCESSABLE_ENTITY, "limit 应为 0 到 1000"),
        ("/api/runs?limit=1001", StatusCode::UNPROCESSABLE_ENTITY, "1001"),
        ("/api/runs?page=2", StatusCode::UNPROCESSABLE_ENTITY, "没有参数“page”。可用：limit、offset"),
        ("/api/runs/none/indicators", StatusCode::NOT_FOUND, "测算"),
        ("/api/runs/latest/indicators/innovation-star", StatusCode::NOT_FOUND, "指标"),
        ("/api/runs/latest/awards?award=x", StatusCode::NOT_FOUND, "奖励"),
        ("/api/verdicts/latest/K01/x", StatusCode::NOT_FOUND, "奖励"),
        ("/api/nowhere", StatusCode::NOT_FOUND, ""),
    ] {
        let answer = leader.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (status, "application/problem+json"), "{path}");
        let problem: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(problem["status"], status.as_u16());
        assert!(problem["detail"].as_str().unwrap().contains(words), "{path}: {problem}");
    }
    // Figures are open to a town office, single rights and awards by enterprise are not to a department.
    assert_eq!(visitor(Role::Town).await.get("/api/runs/latest/indicators").await.status, StatusCode::OK);
    for path in ["/api/runs", "/api/runs/latest/indicators", "/api/runs/latest/awards"] {
        assert_eq!(visitor(Role::Enterprise).await.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}
