//! The what-if in the browser: parameters are changed, mistakes come back with the form, and the result names who gains and loses.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::{links, own, visitor};

#[tokio::test]
async fn the_form_shows_what_is_in_force_and_its_basis() {
    let page = visitor(Role::Finance).await.get("/what-if").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for words in [
        "创新之星二星级",
        "现行：20 件",
        "三（三）2",
        "假定金额",
        "万元",
        "目标值",
        "不能作为付款依据",
        "name=\"set-star_2_inventions\" type=\"text\" value=\"20\"",
    ] {
        assert!(page.text.contains(words), "{words}");
    }
    for role in [Role::Auditor, Role::Town, Role::Enterprise, Role::Administrator] {
        assert_eq!(visitor(role).await.get("/what-if").await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
}

#[tokio::test]
async fn mistakes_come_back_with_a_summary_and_what_was_typed() {
    let mut finance = visitor(Role::Finance).await;
    let token = finance.get("/what-if").await.token();
    let wrong = finance
        .post(
            "/what-if",
            &[
                ("csrf", &token),
                ("set-star_2_inventions", "二十<b>"),
                ("set-star_5_amount_fen", "-1"),
                ("set-k01_target", ""),
            ],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "<title>错误：",
        "role=\"alert\"",
        "href=\"#set-star_2_inventions\"",
        "href=\"#set-star_5_amount_fen\"",
        "href=\"#set-k01_target\"",
        "应填整数",
        "不能为空",
    ] {
        assert!(wrong.text.contains(words), "{words}");
    }
    assert!(!wrong.text.contains("二十<b>") && wrong.text.contains("二十"), "refilled as text");
    let same = finance.post("/what-if", &[("csrf", &token), ("set-star_2_inventions", "20")]).await;
    assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(same.text.contains("没有改动任何一项"));
}

/// C3.3.2.2: a lower threshold lets enterprises gain, and the assumed amount gives a budget that is never payable.
#[tokio::test]
async fn a_changed_threshold_shows_winners_losers_towns_and_budget() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let before = clerk.get("/awards/innovation-star?state=reached").await.text;
    let token = clerk.get("/what-if").await.token();
    let form = [
        ("csrf", token.as_str()),
        ("set-star_2_inventions", "0"),
        ("set-star_high_value", "1"),
        ("set-star_2_amount_fen", "5"),
        ("set-k01_target", "1"),
    ];
    let sent = clerk.post("/what-if", &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let address = sent.header("location").to_owned();
    assert!(address.starts_with("/what-if/"), "{address}");
    let page = clerk.get(&address).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for words in [
        "这是推演，不是正式结果",
        "新获得",
        "不产生应付款",
        "现行条件预算",
        "5 万元",
        "各区镇变化",
        "每十亿元地区生产总值发明专利拥有量",
        "改动的参数",
    ] {
        assert!(page.text.contains(words), "{words}");
    }
    assert!(!links(&page.text, "/awards/innovation-star/").is_empty(), "the movers are named");
    let gains = clerk.get(&format!("{address}?turn=gains&export=xlsx")).await;
    assert!(gains.status == StatusCode::OK && gains.text.starts_with("PK"));
    let reasons = links(&page.text, "/awards/innovation-star/")[0].replace("&amp;", "&").replace("&#38;", "&");
    assert!(reasons.contains("run="), "the reasons are those of the what-if");
    let reasons = clerk.get(&reasons).await;
    assert!(reasons.status == StatusCode::OK && reasons.text.contains("本次为推演"));
    assert_eq!(
        clerk.get("/awards/innovation-star?state=reached").await.text.matches("/awards/innovation-star/").count(),
        before.matches("/awards/innovation-star/").count(),
        "no regular figure moved"
    );
    let again = clerk.get("/what-if").await.text;
    assert!(again.contains("以前的推演") && again.contains(&address));
    let refilled = clerk.get(&format!("/what-if?from={}", address.trim_start_matches("/what-if/"))).await.text;
    assert!(refilled.contains("name=\"set-star_2_amount_fen\" type=\"text\" value=\"5\""));
}

#[tokio::test]
async fn a_regular_run_is_no_what_if() {
    let mut leader = visitor(Role::Leader).await;
    let runs = leader.get("/cockpit").await.text;
    let run = runs.split("<option value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert_eq!(leader.get(&format!("/what-if/{run}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(leader.get("/what-if/ffff").await.status, StatusCode::NOT_FOUND);
}
