//! Accounts in the browser: opened and disabled by an administrator, first passwords changed, one's own sessions ended.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::client::{PASSWORD, Server};

/// What stands between two texts.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map(|(found, _)| found).unwrap_or_default()
}

#[tokio::test]
async fn a_new_account_sees_nothing_before_it_has_a_password_of_its_own() {
    let server = Server::start().await;
    let mut administrator = server.signed_in(Role::Administrator).await;
    let token = administrator.get("/accounts").await.token();
    let new = [("csrf", &*token), ("login", "wang"), ("name", "王敏"), ("role", "clerk"), ("unit", "")];
    let answer = administrator.post("/accounts/open", &new).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let first = between(&answer.text, "<code>", "</code>").to_owned();
    let again = administrator.post("/accounts/open", &new).await;
    assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.text.contains("登录名“wang”已被使用"));

    let mut wang = server.visitor();
    assert_eq!(wang.sign_in("wang", &first).await.status, StatusCode::SEE_OTHER);
    for path in ["/", "/cockpit", "/corpus", "/registers/import"] {
        assert_eq!(wang.get(path).await.header("location"), "/account", "{path}");
    }
    let page = wang.get("/account").await;
    assert!(page.text.contains("请先改成自己的密码") && !page.text.contains("href=\"/cockpit\""));
    let token = page.token();
    let change = |new: &'static str, again: &'static str| {
        [("csrf", token.clone()), ("old", first.clone()), ("new", new.to_owned()), ("again", again.to_owned())]
    };
    for (new, again, why) in [
        ("short", "short", "密码应有 10 到 128 个字符"),
        ("my-own-word-1", "my-own-word-2", "两次输入的新密码不一样"),
        ("", "", "请填写这一项"),
    ] {
        let sent = change(new, again);
        let answer =
            wang.post("/account/password", &sent.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(why) && !answer.text.contains("my-own-word"), "{}", answer.text);
    }
    let sent = change("my-own-word-1", "my-own-word-1");
    let answer = wang.post("/account/password", &sent.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_eq!(answer.header("location"), "/account?done=password-changed", "{}", answer.text);
    assert_eq!(wang.get("/cockpit").await.status, StatusCode::OK);

    let token = administrator.get("/accounts/wang").await.token();
    administrator.post("/accounts/wang/disable", &[("csrf", &token)]).await;
    assert!(wang.get("/cockpit").await.header("location").starts_with("/sign-in"), "its session ends at once");
    assert_eq!(server.visitor().sign_in("wang", "my-own-word-1").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn nobody_but_the_administrator_touches_accounts_and_not_their_own_access() {
    let server = Server::start().await;
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Administrator) {
        let mut visitor = server.signed_in(role).await;
        let token = visitor.get("/account").await.token();
        for act in ["disable", "enable", "reset", "sign-out", "amend"] {
            let answer = visitor.post(&format!("/accounts/clerk/{act}"), &[("csrf", &token)]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?} {act}");
        }
    }
    let mut administrator = server.signed_in(Role::Administrator).await;
    let page = administrator.get("/accounts/administrator").await;
    assert!(!page.text.contains("/accounts/administrator/disable"));
    let answer = administrator.post("/accounts/administrator/disable", &[("csrf", &page.token())]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    assert_eq!(administrator.get("/accounts/nobody").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_session_elsewhere_is_ended_and_an_auditor_sees_who_did_what() {
    let server = Server::start().await;
    let (mut here, mut there) = (server.signed_in(Role::Clerk).await, server.signed_in(Role::Clerk).await);
    let page = here.get("/account").await;
    let id = between(&page.text, "/account/sessions/", "/end").to_owned();
    let mut other = server.signed_in(Role::Leader).await;
    let token = other.get("/account").await.token();
    let answer = other.post(&format!("/account/sessions/{id}/end"), &[("csrf", &token)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "another's session is not there");
    here.post(&format!("/account/sessions/{id}/end"), &[("csrf", &page.token())]).await;
    assert!(there.get("/cockpit").await.header("location").starts_with("/sign-in"));
    assert_eq!(here.get("/account").await.status, StatusCode::OK);

    let mut auditor = server.signed_in(Role::Auditor).await;
    assert!(auditor.get("/registers/audit").await.text.contains("结束会话"));
    let page = auditor.get("/registers/audit/verify").await;
    assert!(page.text.contains("条审计记录均未改动") && page.text.contains("sha256:"), "{}", page.text);
    assert!(page.text.contains("查看审计记录"), "that it was read stands in it");
}

/// The code that an app shows for a secret at the moment at which the server stands.
fn code(secret: &str, server: &Server) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', "")).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(server.now().as_second()).unwrap()).to_string()
}

#[tokio::test]
async fn with_a_second_factor_a_password_opens_one_page_only() {
    let server = Server::start().await;
    let mut clerk = server.signed_in(Role::Clerk).await;
    let token = clerk.get("/account/second-factor").await.token();
    clerk.post("/account/second-factor", &[("csrf", &token)]).await;
    let page = clerk.get("/account/second-factor").await;
    assert!(page.text.contains("<svg") && page.text.contains("供验证器应用扫描的方码"));
    let secret = between(&page.text, "<code>", "</code>").to_owned();
    let confirm = "/account/second-factor/confirm";
    let wrong = clerk.post(confirm, &[("csrf", &page.token()), ("code", "000")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("验证码不正确"));
    let fresh = clerk.post(confirm, &[("csrf", &page.token()), ("code", &code(&secret, &server))]).await;
    let recovery = between(&fresh.text, "<code>", "</code>").to_owned();
    assert!(!clerk.get("/account/second-factor").await.text.contains(&secret), "it is not shown again");

    let mut half = server.visitor();
    let answer = half.sign_in("clerk", PASSWORD).await;
    assert_eq!(answer.header("location"), "/sign-in/code?next=%2Fgallery");
    let before = half.cookies["zhiqiang_session"].clone();
    for path in ["/", "/cockpit", "/account", "/account/second-factor"] {
        assert_eq!(half.get(path).await.header("location"), "/sign-in/code", "{path}");
    }
    let page = half.get("/sign-in/code").await;
    assert!(!page.text.contains("href=\"/cockpit\""), "no navigation yet");
    let replayed = half.post("/sign-in/code", &[("csrf", &page.token()), ("code", &code(&secret, &server))]).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY, "a code is taken once");
    let sent = [("csrf", &*page.token()), ("code", &*recovery), ("next", "/cockpit")];
    assert_eq!(half.post("/sign-in/code", &sent).await.header("location"), "/cockpit");
    assert_ne!(half.cookies["zhiqiang_session"], before, "the session has a new token");
    assert_eq!(half.get("/cockpit").await.status, StatusCode::OK);

    let page = clerk.get("/account/second-factor").await;
    let sent = [("csrf", &*page.token()), ("password", PASSWORD)];
    let answer = clerk.post("/account/second-factor/give-up", &sent).await;
    assert_eq!(answer.header("location"), "/account?done=factor-given-up");
    assert_eq!(server.visitor().sign_in("clerk", PASSWORD).await.header("location"), "/gallery");
}

#[tokio::test]
async fn staff_sets_up_a_second_factor_before_pages_open() {
    let server = Server::start_with(web::Settings { second_factor: true, ..web::Settings::default() }).await;
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Enterprise) {
        let mut visitor = server.signed_in(role).await;
        for path in ["/", "/policy", "/cases", "/account", "/accounts", "/registers/audit"] {
            assert_eq!(visitor.get(path).await.header("location"), "/account/second-factor", "{role:?} {path}");
        }
        let notices = visitor.get("/notices").await;
        assert!(
            notices.status == StatusCode::OK && !notices.text.contains("href=\"/cases"),
            "{role:?} is a stranger yet"
        );
    }
    let mut firm = server.signed_in(Role::Enterprise).await;
    assert_eq!(firm.get("/account").await.status, StatusCode::OK);

    let mut clerk = server.signed_in(Role::Clerk).await;
    let page = clerk.get("/account/second-factor").await;
    assert!(page.text.contains("须先启用两步验证"), "{}", page.text);
    clerk.post("/account/second-factor", &[("csrf", &page.token())]).await;
    let page = clerk.get("/account/second-factor").await;
    let secret = between(&page.text, "<code>", "</code>").to_owned();
    let sent = [("csrf", &*page.token()), ("code", &*code(&secret, &server))];
    assert_eq!(clerk.post("/account/second-factor/confirm", &sent).await.status, StatusCode::OK);
    assert_eq!(clerk.get("/policy").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_password_is_never_told_again_or_kept_in_the_trail() {
    let server = Server::start().await;
    let mut administrator = server.signed_in(Role::Administrator).await;
    let token = administrator.get("/accounts/clerk").await.token();
    let answer = administrator.post("/accounts/clerk/reset", &[("csrf", &token)]).await;
    let fresh = between(&answer.text, "<code>", "</code>").to_owned();
    assert_eq!(fresh.len(), 23, "{}", answer.text);
    assert!(!administrator.get("/accounts/clerk").await.text.contains(&fresh));
    assert!(!server.signed_in(Role::Auditor).await.get("/registers/audit").await.text.contains(&fresh));
    assert_eq!(server.visitor().sign_in("clerk", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
