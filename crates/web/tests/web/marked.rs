//! A refusal stands at the input that it speaks of, form by form.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::client::{PASSWORD, Server, Visitor};

/// Sends a form as it is right but for what is changed, and reads which inputs are marked then.
async fn check(
    visitor: &mut Visitor,
    path: &str,
    right: &[(&str, &str)],
    changed: &[(&'static str, &str)],
    expected: &str,
) {
    let of = |name: &str, value: &str| {
        let other = changed.iter().find(|(field, _)| *field == name);
        other.map_or(value, |(_, value)| value).to_owned()
    };
    let form: Vec<(&str, String)> = right.iter().map(|(name, value)| (*name, of(name, value))).collect();
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = visitor.post(path, &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {changed:?}: {}", answer.text);
    assert_eq!(answer.marked(), [expected], "{path} {changed:?}: {}", answer.text);
    assert!(answer.text.contains(&format!("href=\"#{expected}\"")), "the summary leads there: {}", answer.text);
}

#[tokio::test]
async fn an_account_that_cannot_be_opened_or_amended() {
    let server = Server::start().await;
    let mut administrator = server.signed_in(Role::Administrator).await;
    let token = administrator.get("/accounts").await.token();
    let new = [("csrf", &*token), ("login", "wang"), ("name", "王敏"), ("role", "clerk"), ("unit", "")];
    for (changed, field) in [
        (&[("login", "王敏")][..], "login"),
        (&[("login", "clerk")], "login"),
        (&[("name", " ")], "name"),
        (&[("role", "enterprise"), ("unit", "91320594MA1DEM0012")], "unit"),
        (&[("role", "town")], "unit"),
        (&[("role", "department"), ("unit", "登录名与姓名管理局")], "unit"),
    ] {
        check(&mut administrator, "/accounts/open", &new, changed, field).await;
    }
    let own = [("csrf", &*token), ("name", "系统管理员"), ("role", "administrator"), ("unit", "")];
    for (changed, field) in
        [(&[("role", "clerk")][..], "role"), (&[("name", "")], "name"), (&[("role", "town")], "unit")]
    {
        check(&mut administrator, "/accounts/administrator/amend", &own, changed, field).await;
    }
}

#[tokio::test]
async fn a_password_that_cannot_be_changed() {
    let server = Server::start().await;
    let mut clerk = server.signed_in(Role::Clerk).await;
    let token = clerk.get("/account").await.token();
    let right = [("csrf", &*token), ("old", PASSWORD), ("new", "my-own-word-1"), ("again", "my-own-word-1")];
    for (changed, field) in [
        (&[("old", "my-own-word-2")][..], "old"),
        (&[("new", "short"), ("again", "short")], "new"),
        (&[("new", PASSWORD), ("again", PASSWORD)], "new"),
        (&[("again", "my-own-word-2")], "again"),
    ] {
        check(&mut clerk, "/account/password", &right, changed, field).await;
    }
}

#[tokio::test]
async fn an_organisation_that_cannot_be_added_or_renamed() {
    let server = Server::start().await;
    let mut administrator = server.signed_in(Role::Administrator).await;
    let token = administrator.get("/organisations").await.token();
    let code = terms::Uscc::complete("91320594MA1DEM00").unwrap().to_string();
    let new = [("csrf", &*token), ("name", "科学技术局"), ("kind", "department"), ("code", &*code), ("parent", "")];
    assert!(administrator.post("/organisations/add", &new).await.status.is_redirection());
    administrator.post("/organisations/1/disable", &[("csrf", &*token)]).await;
    let other = [("csrf", &*token), ("name", "财政局"), ("kind", "department"), ("code", ""), ("parent", "")];
    for (changed, field) in [
        (&[("name", "")][..], "name"),
        (&[("name", "科学技术局")], "name"),
        (&[("code", "91320594MA1DEM001X")], "code"),
        (&[("code", &*code)], "code"),
        (&[("kind", "town")], "kind"),
        (&[("parent", "1")], "parent"),
    ] {
        check(&mut administrator, "/organisations/add", &other, changed, field).await;
    }
    check(&mut administrator, "/organisations/1/rename", &[("csrf", &*token), ("name", " ")], &[], "name").await;
}

#[tokio::test]
async fn an_invitation_that_cannot_be_made_or_taken() {
    let server = Server::start().await;
    let mut administrator = server.signed_in(Role::Administrator).await;
    let token = administrator.get("/invitations").await.token();
    let right = [("csrf", &*token), ("name", "王敏"), ("role", "clerk"), ("unit", "")];
    for (changed, field) in
        [(&[("name", "")][..], "name"), (&[("role", "town")], "unit"), (&[("role", "enterprise")], "unit")]
    {
        check(&mut administrator, "/invitations/send", &right, changed, field).await;
    }
    let sent = administrator.post("/invitations/send", &right).await.text;
    let word = sent.split_once("/invited?word=").unwrap().1.split('<').next().unwrap();
    let mut wang = server.visitor();
    let token = wang.get(&format!("/invited?word={word}")).await.token();
    let taken = [("csrf", &*token), ("word", word), ("login", "wang-min"), ("new", PASSWORD), ("again", PASSWORD)];
    for (changed, field) in [
        (&[("login", "王敏")][..], "login"),
        (&[("login", "clerk")], "login"),
        (&[("new", "short"), ("again", "short")], "new"),
        (&[("new", "1-Wang-min-1"), ("again", "1-Wang-min-1")], "new"),
    ] {
        check(&mut wang, "/invited", &taken, changed, field).await;
    }
}

#[tokio::test]
async fn a_claim_that_cannot_be_made_or_decided() {
    const PDF: &[u8] = b"%PDF-1.7 licence";
    let server = Server::start().await;
    let mut stranger = server.visitor();
    let token = stranger.get("/claim").await.token();
    let code = terms::Uscc::complete("91320594MA1DEM00").unwrap().to_string();
    let fields = [
        ("csrf", &*token),
        ("uscc", &*code),
        ("enterprise", "演示甲公司"),
        ("person", "李青"),
        ("phone", "0512-65550000"),
        ("note", ""),
    ];
    let claim = async |stranger: &mut Visitor, file: &[u8]| {
        stranger.upload_as("/claim", &fields, "licence", &[("执照.pdf", file)]).await
    };
    let refused = claim(&mut stranger, b"MZ\x90\x00").await;
    assert_eq!((refused.status, refused.marked()), (StatusCode::UNPROCESSABLE_ENTITY, vec!["licence"]));
    assert_eq!(claim(&mut stranger, PDF).await.status, StatusCode::OK);
    let mut clerk = server.signed_in(Role::Clerk).await;
    let token = clerk.get("/claims/1").await.token();
    let right = [("csrf", &*token), ("decision", "refuse"), ("reason", "执照已过期")];
    let long = "字".repeat(501);
    for (changed, field) in [
        (&[("decision", "")][..], "decision"),
        (&[("reason", " ")], "reason"),
        (&[("decision", "accept"), ("reason", &*long)], "reason"),
    ] {
        check(&mut clerk, "/claims/1/decide", &right, changed, field).await;
    }
}
