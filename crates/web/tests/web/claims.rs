//! The ways to an account: an invitation's link, and an enterprise that claims its own with proof.

use axum::http::StatusCode;
use domain::accounts::{self, Role};

use crate::client::{Answer, PASSWORD, Server, Visitor};

const CODE: &str = "91320594MA1DEM00";
const PDF: &[u8] = b"%PDF-1.7 licence";

/// What stands between two texts.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map(|(found, _)| found).unwrap_or_default()
}

fn uscc() -> String {
    terms::Uscc::complete(CODE).unwrap().to_string()
}

async fn claim(visitor: &mut Visitor, changed: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
    let token = visitor.get("/claim").await.token();
    let (code, mut fields) = (uscc(), Vec::new());
    let usual = [
        ("csrf", token.as_str()),
        ("uscc", &code),
        ("enterprise", "演示甲公司"),
        ("person", "李青"),
        ("phone", "0512-65550000"),
        ("note", ""),
    ];
    for (name, value) in usual {
        let value = changed.iter().find(|(field, _)| *field == name).map_or(value, |(_, value)| value);
        fields.push((name, value));
    }
    visitor.upload_as("/claim", &fields, "licence", &[file]).await
}

/// The number and the code of a receipt.
fn receipt(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let mut codes = answer.text.split("<code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    (codes.next().unwrap(), codes.next().unwrap())
}

#[tokio::test]
async fn an_invited_person_chooses_login_and_password_by_a_link_told_once() {
    let server = Server::start().await;
    let mut administrator = server.signed_in(Role::Administrator).await;
    let page = administrator.get("/invitations").await;
    assert!(page.text.contains("还没有邀请") && page.text.contains("value=\"leader\""));
    let sent = [("csrf", &*page.token()), ("name", "王敏"), ("role", "clerk"), ("unit", "")];
    let answer = administrator.send_from("/invitations/send", &sent, "ip.example.gov.cn").await;
    let link = between(&answer.text, "<code>", "</code>").to_owned();
    assert!(link.starts_with("http://ip.example.gov.cn/invited?word="), "{}", answer.text);
    let path = link.strip_prefix("http://ip.example.gov.cn").unwrap().to_owned();
    let list = administrator.get("/invitations").await;
    assert!(!list.text.contains(&path[14..]) && list.text.contains("待开通"), "told once");

    let mut wang = server.visitor();
    let page = wang.get(&path).await;
    assert!(page.text.contains("王敏") && page.text.contains("业务科室"), "{}", page.text);
    let word = between(&page.text, "name=\"word\" value=\"", "\"").to_owned();
    let token = page.token();
    let with = |login: &'static str, new: &'static str, again: &'static str| {
        [
            ("csrf", token.clone()),
            ("word", word.clone()),
            ("login", login.into()),
            ("new", new.into()),
            ("again", again.into()),
        ]
    };
    for (login, new, again, why) in [
        ("wang", "", "", "请填写这一项"),
        ("wang", "my-own-word-1", "my-own-word-2", "两次输入的新密码不一样"),
        ("clerk", "my-own-word-1", "my-own-word-1", "已被使用"),
        ("王敏", "my-own-word-1", "my-own-word-1", "登录名只用字母"),
        ("wang", "short", "short", "密码应有 10 到 128 个字符"),
    ] {
        let sent = with(login, new, again);
        let answer = wang.post("/invited", &sent.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
        assert!(answer.text.contains(why) && !answer.text.contains("my-own-word"), "{why}: {}", answer.text);
    }
    let sent = with("wang", "my-own-word-1", "my-own-word-1");
    let sent = sent.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert!(wang.post("/invited", &sent).await.text.contains("账号已开通"));
    let again = wang.post("/invited", &sent).await;
    assert!(again.status == StatusCode::CONFLICT && again.text.contains("这个邀请链接不能用"), "{}", again.text);
    assert_eq!(wang.sign_in("wang", "my-own-word-1").await.header("location"), "/gallery");
    assert_eq!(wang.get("/cockpit").await.status, StatusCode::OK, "no password of somebody else's has to be changed");
}

#[tokio::test]
async fn the_office_invites_enterprises_only_and_a_revoked_link_opens_nothing() {
    let server = Server::start().await;
    let mut clerk = server.signed_in(Role::Clerk).await;
    let page = clerk.get("/invitations").await;
    assert!(page.text.contains("value=\"enterprise\"") && !page.text.contains("value=\"leader\""));
    let token = page.token();
    let forbidden = [("csrf", &*token), ("name", "王敏"), ("role", "administrator"), ("unit", "")];
    assert_eq!(clerk.post("/invitations/send", &forbidden).await.status, StatusCode::FORBIDDEN);
    let wrong = [("csrf", &*token), ("name", "李青"), ("role", "enterprise"), ("unit", "91320594MA1DEM0012")];
    let answer = clerk.post("/invitations/send", &wrong).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text.contains("核对校验位"), "{}", answer.text);
    let unit = uscc();
    let right = [("csrf", &*token), ("name", "李青"), ("role", "enterprise"), ("unit", &*unit)];
    let link = between(&clerk.post("/invitations/send", &right).await.text, "<code>", "</code>").to_owned();
    let page = clerk.get("/invitations/1").await;
    let answer = clerk.post("/invitations/1/revoke", &[("csrf", &page.token())]).await;
    assert_eq!(answer.header("location"), "/invitations/1?done=invitation-revoked");
    assert!(clerk.get("/invitations/1?done=invitation-revoked").await.text.contains("邀请已撤回"));
    assert_eq!(server.visitor().get(&link).await.status, StatusCode::CONFLICT);

    let mut administrator = server.signed_in(Role::Administrator).await;
    let token = administrator.get("/invitations").await.token();
    let staff = [("csrf", &*token), ("name", "组长"), ("role", "leader"), ("unit", "")];
    administrator.post("/invitations/send", &staff).await;
    assert!(!clerk.get("/invitations").await.text.contains("/invitations/2"), "staff are not the office's to invite");
    assert_eq!(clerk.get("/invitations/2").await.status, StatusCode::FORBIDDEN);
    assert_eq!(clerk.post("/invitations/2/revoke", &[("csrf", &page.token())]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_enterprise_claims_its_account_and_the_office_decides() {
    let server = Server::start().await;
    let mut stranger = server.visitor();
    let (number, code) = receipt(&claim(&mut stranger, &[], ("执照.pdf", PDF)).await);
    let ask = async |visitor: &mut Visitor, number: &str, code: &str| {
        let token = visitor.get("/claim/state").await.token();
        visitor.post("/claim/state", &[("csrf", &token), ("number", number), ("code", code)]).await
    };
    let page = ask(&mut stranger, &number, &code).await;
    assert!(page.text.contains("待审核") && !page.text.contains("name=\"word\""), "{}", page.text);
    for (number, code) in [(&*number, "wrong"), ("99", &*code), ("", ""), ("1 or 1=1", &*code)] {
        let answer = ask(&mut stranger, number, code).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("认领编号或查询码不正确"), "{}", answer.text);
    }

    let mut clerk = server.signed_in(Role::Clerk).await;
    let list = clerk.get("/claims").await;
    assert!(list.text.contains("演示甲公司") && list.text.contains("没有账号"), "{}", list.text);
    assert!(
        clerk.get("/claims?q=nobody").await.text.contains("还没有企业认领")
            || !clerk.get("/claims?q=nobody").await.text.contains("演示甲公司")
    );
    let page = clerk.get(&format!("/claims/{number}")).await;
    assert!(page.text.contains("登记簿中没有这个统一社会信用代码") && page.text.contains("0512-65550000"));
    let paper = clerk.get(&format!("/claims/{number}/papers/1")).await;
    assert_eq!((paper.text.as_bytes(), paper.header("content-type")), (PDF, "application/octet-stream"));
    assert!(paper.header("content-disposition").starts_with("attachment"));
    let decide = format!("/claims/{number}/decide");
    let token = page.token();
    for (decision, why) in [("", "请选择通过或不通过"), ("refuse", "请写明不通过的理由")] {
        let answer = clerk.post(&decide, &[("csrf", &token), ("decision", decision), ("reason", "")]).await;
        assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text.contains(why), "{}", answer.text);
    }
    let accept = [("csrf", &*token), ("decision", "accept"), ("reason", "证照一致")];
    assert_eq!(clerk.post(&decide, &accept).await.header("location"), format!("/claims/{number}?done=claim-decided"));
    assert_eq!(clerk.post(&decide, &accept).await.status, StatusCode::CONFLICT, "once");

    let page = ask(&mut stranger, &number, &code.to_uppercase()).await;
    let word = between(&page.text, "name=\"word\" value=\"", "\"").to_owned();
    assert!(page.text.contains("已通过") && word == code, "{}", page.text);
    let open =
        [("csrf", &*page.token()), ("word", &*word), ("login", "liqing"), ("new", PASSWORD), ("again", PASSWORD)];
    assert!(stranger.post("/invited", &open).await.text.contains("账号已开通"));
    assert_eq!(stranger.sign_in("liqing", PASSWORD).await.header("location"), "/gallery");
    assert_eq!(accounts::find(stranger.db(), "liqing").await.unwrap().account.unit, uscc());
    assert!(clerk.get(&format!("/claims/{number}")).await.text.contains("liqing"));
}

#[tokio::test]
async fn a_stranger_does_not_learn_whether_an_enterprise_has_an_account() {
    let server = Server::start().await;
    let mut stranger = server.visitor();
    let without = claim(&mut stranger, &[], ("执照.pdf", PDF)).await;
    let (first, _) = receipt(&without);
    accounts::open(stranger.db(), "liqing", "李青", Role::Enterprise, &uscc(), PASSWORD, server.now()).await.unwrap();
    let with = claim(&mut stranger, &[], ("执照.pdf", PDF)).await;
    let (second, _) = receipt(&with);
    let bare = |text: &str| -> String {
        let rest = text.split("<dl class=\"facts\">").nth(1).unwrap_or_default();
        rest.chars().filter(|letter| !letter.is_ascii_alphanumeric()).collect()
    };
    assert_eq!(bare(&without.text), bare(&with.text), "both receipts say the same");
    let page = server.signed_in(Role::Clerk).await.get(&format!("/claims/{second}")).await;
    assert!(page.text.contains("这家企业已有账号") && page.text.contains("liqing"), "{}", page.text);
    assert!(page.text.contains(&format!("/claims/{first}")), "other claims to it are shown");
}

#[tokio::test]
async fn a_claim_that_is_wrong_is_shown_again_with_every_mistake() {
    let server = Server::start().await;
    let mut stranger = server.visitor();
    let wrong = [("uscc", "913205940000000XXX"), ("enterprise", ""), ("phone", "<script>"), ("person", "李\"青")];
    let answer = claim(&mut stranger, &wrong, ("", b"")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for why in ["校验", "请填写企业名称", "联系电话应为数字", "请上传营业执照"] {
        assert!(answer.text.contains(why), "{why}: {}", answer.text);
    }
    assert!(!answer.text.contains("<script>\"") && !answer.text.contains("value=\"<script>"));
    let answer = claim(&mut stranger, &[], ("执照.pdf", b"MZ\x90\x00")).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text.contains("内容与扩展名不符"));
    let large = [PDF, &vec![b'x'; 11 * 1024 * 1024]].concat();
    let answer = claim(&mut stranger, &[], ("执照.pdf", &large)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "a stranger sends no more than two small files");
    assert!(server.signed_in(Role::Clerk).await.get("/claims").await.text.contains("还没有企业认领"));
}

#[tokio::test]
async fn one_address_claims_a_few_times_an_hour() {
    let server = Server::start().await;
    let mut stranger = server.visitor();
    for _ in 0..5 {
        receipt(&claim(&mut stranger, &[], ("执照.pdf", PDF)).await);
    }
    let answer = claim(&mut stranger, &[], ("执照.pdf", PDF)).await;
    assert!(answer.status == StatusCode::CONFLICT && answer.text.contains("1 小时 5 件"), "{}", answer.text);
    server.pass_minutes(61);
    receipt(&claim(&mut stranger, &[], ("执照.pdf", PDF)).await);
}
