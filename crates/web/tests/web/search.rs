//! One search over enterprises, patents and clauses, for each only what they may see.

use axum::http::StatusCode;
use domain::accounts::Role;
use web::format::encode;

use crate::city::{links, visitor};

#[tokio::test]
async fn the_top_bar_leads_to_the_search() {
    let page = visitor(Role::Clerk).await.get("/cockpit").await.text;
    assert!(page.contains("action=\"/search\""));
}

#[tokio::test]
async fn enterprises_are_found_by_initials_and_code() {
    let mut clerk = visitor(Role::Clerk).await;
    let found = clerk.get("/search?q=yxgs").await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    let enterprises = links(&found.text, "/enterprises/");
    assert_eq!(enterprises.len(), 10, "a group is short");
    assert!(found.text.contains("href=\"/enterprises?q=yxgs\""), "and leads to the whole list");
    let uscc = enterprises[0].trim_start_matches("/enterprises/");
    assert!(clerk.get(&format!("/search?q={uscc}")).await.text.contains(enterprises[0]));
}

#[tokio::test]
async fn a_patent_is_found_by_its_number_in_any_notation() {
    let mut clerk = visitor(Role::Clerk).await;
    let list = clerk.get("/patents").await.text;
    let number = links(&list, "/patents/")[0].trim_start_matches("/patents/").to_owned();
    let (body, check) = number.split_at(number.len() - 1);
    for written in [number.clone(), format!("ZL{body}.{check}"), format!("CN{body}.{check}")] {
        let found = clerk.get(&format!("/search?q={}", encode(&written))).await.text;
        assert!(found.contains(&format!("/patents/{number}")), "{written}");
    }
}

#[tokio::test]
async fn clauses_are_found_by_id_and_by_words() {
    let mut clerk = visitor(Role::Clerk).await;
    for q in ["C3.1.4.2", "c3.1.4", "发明大户"] {
        let found = clerk.get(&format!("/search?q={}", encode(q))).await.text;
        assert!(found.contains("/policy/C3.1.4.2") && found.contains("三（一）4"), "{q}");
    }
}

#[tokio::test]
async fn everyone_finds_only_what_they_may_see_and_nothing_runs() {
    let mut enterprise = visitor(Role::Enterprise).await;
    let found = enterprise.get(&format!("/search?q={}", encode("专利"))).await.text;
    assert!(found.contains("/policy/C") && !found.contains("/patents/") && !found.contains("/enterprises/"));
    let mut clerk = visitor(Role::Clerk).await;
    for q in ["<script>alert(1)</script>", "\"><img src=x>", "%", "'", &"很".repeat(5_000)] {
        let page = clerk.get(&format!("/search?q={}", encode(q))).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("<script>alert") && !page.text.contains("<img src=x>"), "{q}");
    }
    let empty = clerk.get("/search").await;
    assert!(empty.status == StatusCode::OK && empty.text.contains("拼音首字母"));
}
