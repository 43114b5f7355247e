//! Patents are found by number in any notation, by title and by initials; each has its history; persons are covered.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::{links, visitor};

#[tokio::test]
async fn a_patent_is_found_by_its_number_in_any_notation() {
    let mut clerk = visitor(Role::Clerk).await;
    let list = clerk.get("/patents?kind=%E5%8F%91%E6%98%8E&standing=in-force").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    let number = links(&list.text, "/patents/")[0].trim_start_matches("/patents/").to_owned();
    let (body, check) = number.split_at(number.len() - 1);
    for written in [number.clone(), body.to_owned(), format!("ZL{body}.{check}"), format!("CN{body}.{check}")] {
        let found = clerk.get(&format!("/patents?q={}", web::format::encode(&written))).await;
        assert!(found.text.contains(&format!("/patents/{number}")), "{written}");
        let page = clerk.get(&format!("/patents/{}", web::format::encode(&written))).await;
        assert!(
            page.status == StatusCode::OK || page.header("location") == format!("/patents/{number}"),
            "{written}: {}",
            page.status
        );
    }
    assert_eq!(clerk.get("/patents/1234").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_patent_shows_owners_course_and_what_counts_it() {
    let mut clerk = visitor(Role::Clerk).await;
    let list = clerk.get("/patents?high-value=any").await.text;
    let page = clerk.get(links(&list, "/patents/")[0]).await.text;
    for words in [
        "著录事项",
        "申请号",
        "国际专利分类",
        "历任第一专利权人",
        "权利经过",
        "授权公告，权利生效",
        "计入哪些指标和奖励",
        "属于高价值发明专利",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn names_of_persons_are_covered_for_those_who_keep_no_register() {
    let mut clerk = visitor(Role::Clerk).await;
    let mut town = visitor(Role::Town).await;
    let (seen, covered) =
        (clerk.get("/patents?size=100&sort=owner").await.text, town.get("/patents?size=100&sort=owner").await.text);
    assert!(!seen.contains("**"), "a clerk sees whole names");
    let mut pages = covered;
    for page in 2..=8 {
        pages.push_str(&town.get(&format!("/patents?size=100&sort=owner&page={page}")).await.text);
    }
    assert!(pages.contains("**"), "a town sees covered names");
    let workbook = town.get("/patents?export=xlsx").await;
    assert_eq!(workbook.status, StatusCode::OK);
}

#[tokio::test]
async fn the_list_answers_htmx_with_its_block_only() {
    let mut clerk = visitor(Role::Clerk).await;
    let block = clerk.get_with("/patents?q=zn", &[("hx-request", "true")]).await.text;
    assert!(!block.contains("<html") && block.contains("id=\"patents\""));
}
