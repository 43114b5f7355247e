//! Signing in and out, sessions, the limit on failures, and the token of forms.

use axum::http::{Method, StatusCode};
use domain::accounts::Role;

use crate::client::{PASSWORD, Server};

#[tokio::test]
async fn a_clerk_signs_in_sees_a_page_and_signs_out() {
    let server = Server::start().await;
    let mut visitor = server.visitor();
    let answer = visitor.get("/gallery?page=2").await;
    assert_eq!(answer.header("location"), "/sign-in?next=%2Fgallery%3Fpage%3D2");
    let answer = visitor.sign_in("clerk", PASSWORD).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/gallery"));
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let page = visitor.get("/gallery").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("业务科室"));
    let session = visitor.cookies["zhiqiang_session"].clone();
    let answer = visitor.post("/sign-out", &[("csrf", &page.token())]).await;
    assert_eq!(answer.header("location"), "/sign-in");
    visitor.cookies.insert("zhiqiang_session".into(), session);
    assert_eq!(visitor.get("/gallery").await.status, StatusCode::SEE_OTHER, "the session is ended on the server too");
}

#[tokio::test]
async fn a_wrong_sign_in_comes_back_refilled_without_the_password() {
    let server = Server::start().await;
    for login in ["clerk", "nobody"] {
        let answer = server.visitor().sign_in(login, "wrong password").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("<title>错误：登录"));
        assert!(answer.text.contains("登录名或密码不正确") && answer.text.contains("role=\"alert\""));
        assert!(answer.text.contains(&format!("value=\"{login}\"")) && !answer.text.contains("wrong password"));
    }
    let answer = server.visitor().sign_in(" ", "").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("请输入登录名。") && answer.text.contains("请输入密码。"));
}

#[tokio::test]
async fn a_hostile_login_is_printed_as_text() {
    let server = Server::start().await;
    let answer = server.visitor().sign_in("\"><script>alert(1)</script>", "x").await;
    assert!(!answer.text.contains("<script>alert"));
}

#[tokio::test]
async fn too_many_failures_must_wait() {
    let server = Server::start().await;
    for _ in 0..8 {
        server.visitor().sign_in("clerk", "wrong password").await;
    }
    let answer = server.visitor().sign_in("clerk", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.text.contains("15 分钟后重试"), "{}", answer.text);
    assert_eq!(server.visitor().sign_in("leader", PASSWORD).await.status, StatusCode::SEE_OTHER);
    server.pass_minutes(16);
    assert_eq!(server.visitor().sign_in("clerk", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_administrator_unlocks_who_mistyped() {
    let server = Server::start().await;
    for _ in 0..9 {
        server.visitor().sign_in("clerk", "wrong password").await;
    }
    let mut administrator = server.signed_in(Role::Administrator).await;
    let page = administrator.get("/accounts/clerk").await;
    assert!(page.text.contains("15 分钟后可再试"), "{}", page.text);
    let answer = administrator.post("/accounts/clerk/unlock", &[("csrf", &page.token())]).await;
    assert_eq!(answer.header("location"), "/accounts/clerk?done=unlocked");
    assert!(!administrator.get("/accounts/clerk").await.text.contains("分钟后可再试"));
    assert_eq!(server.visitor().sign_in("clerk", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn without_its_settings_there_is_no_sign_on() {
    let server = Server::start().await;
    assert!(!server.visitor().get("/sign-in").await.text.contains("/sign-on"));
    for path in ["/sign-on", "/sign-on/return?code=a&state=b"] {
        assert_eq!(server.visitor().get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn an_idle_session_ends() {
    let server = Server::start().await;
    let mut visitor = server.signed_in(Role::Clerk).await;
    server.pass_minutes(29);
    assert_eq!(visitor.get("/gallery").await.status, StatusCode::OK);
    server.pass_minutes(31);
    assert_eq!(visitor.get("/gallery").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_without_the_token_changes_nothing() {
    let server = Server::start().await;
    let mut visitor = server.signed_in(Role::Clerk).await;
    let other_token = server.signed_in(Role::Leader).await.get("/gallery").await.token();
    for token in ["", "00", &other_token] {
        let answer = visitor.post("/sign-out", &[("csrf", token)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{token}");
        assert!(answer.text.contains("页面已失效"));
    }
    let token = visitor.get("/gallery").await.token();
    let elsewhere = [("sec-fetch-site", "cross-site")];
    let answer = visitor.send(Method::POST, "/sign-out", Some(format!("csrf={token}")), &elsewhere).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(visitor.get("/gallery").await.status, StatusCode::OK, "still signed in");
    let answer = visitor.post("/sign-in", &[("login", "clerk"), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused_in_words() {
    let server = Server::start().await;
    let mut visitor = server.signed_in(Role::Clerk).await;
    let token = visitor.get("/gallery").await.token();
    let answer = visitor.post("/sign-out", &[("csrf", &token), ("more", &"x".repeat(2 * 1024 * 1024))]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text.contains("没有保存"));
}
