//! Headers, assets and what a page may hold.

use axum::http::StatusCode;
use domain::accounts::Role;
use web::assets::ASSETS;

use crate::client::Server;

#[tokio::test]
async fn every_script_carries_the_nonce_and_nothing_stands_inline() {
    let server = Server::start().await;
    let mut visitor = server.signed_in(Role::Clerk).await;
    let page = visitor.get("/gallery").await;
    let policy = page.header("content-security-policy").to_owned();
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    for script in page.text.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap();
        assert!(tag.contains(&format!("nonce=\"{nonce}\"")) || tag.contains("application/json"), "{tag}");
    }
    for forbidden in [" style=", " onclick=", " onload=", " onchange=", "javascript:"] {
        assert!(!page.text.contains(forbidden), "{forbidden}");
    }
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert!(policy.contains("frame-ancestors 'none'"));
    let again = visitor.get("/gallery").await;
    assert_ne!(again.header("content-security-policy"), policy, "the nonce is fresh");
}

#[tokio::test]
async fn assets_are_kept_for_good_and_scripts_stay_small() {
    let server = Server::start().await;
    let scripts: usize = ASSETS.iter().filter(|asset| asset.name.ends_with(".js")).map(|asset| asset.gzip.len()).sum();
    assert!(scripts < 400 * 1024, "{scripts} bytes of compressed scripts");
    for asset in ASSETS {
        let path = format!("/assets/{}", asset.served);
        let plain = server.visitor().get(&path).await;
        assert_eq!(plain.status, StatusCode::OK);
        assert!(plain.header("cache-control").contains("immutable"));
        assert_eq!(plain.text.len(), String::from_utf8_lossy(asset.bytes).len());
        let zipped = server.visitor().get_with(&path, &[("accept-encoding", "br, gzip")]).await;
        assert_eq!(zipped.header("content-encoding"), "gzip");
    }
    assert_eq!(server.visitor().get("/assets/app.000000000000.css").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_pages_with_charts_load_the_chart_script() {
    let server = Server::start().await;
    assert!(!server.visitor().get("/sign-in").await.text.contains("/assets/chart."));
    let page = server.signed_in(Role::Clerk).await.get("/gallery").await.text;
    assert!(page.contains("/assets/chart."));
}

#[tokio::test]
async fn long_pages_are_compressed() {
    let server = Server::start().await;
    let mut visitor = server.signed_in(Role::Clerk).await;
    let answer = visitor.get_with("/gallery", &[("accept-encoding", "gzip")]).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
}

#[tokio::test]
async fn the_language_is_switched_by_a_form_and_remembered() {
    let server = Server::start().await;
    let mut visitor = server.signed_in(Role::Clerk).await;
    let page = visitor.get("/gallery").await;
    assert!(page.text.contains("lang=\"zh-CN\"") && page.text.contains("组件陈列"));
    let answer =
        visitor.post("/language", &[("csrf", &page.token()), ("language", "en"), ("back", "/gallery?page=2")]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/gallery?page=2"));
    let page = visitor.get("/gallery").await;
    assert!(page.text.contains("lang=\"en\"") && page.text.contains("<h1>Components</h1>"));
}
