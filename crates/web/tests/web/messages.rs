//! Messages through their pages: told, counted, read, opened; the account's wishes; the office's wordings and its log of mail.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::{again, links, own, visitor};
use crate::client::Visitor;

/// The addresses of the messages on a page.
fn messages(page: &str) -> Vec<String> {
    let number = |href: &&&str| href.trim_start_matches("/messages/").bytes().all(|byte| byte.is_ascii_digit());
    links(page, "/messages/").iter().filter(number).map(|href| (*href).to_owned()).collect()
}

/// How many unread messages the top of a page counts.
async fn counted(visitor: &mut Visitor) -> usize {
    let page = visitor.get("/settings").await.text;
    let words =
        page.split("class=\"top-messages").nth(1).unwrap().split('>').nth(1).unwrap().split('<').next().unwrap();
    words.trim_start_matches("消息").trim().parse().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_is_told_reads_and_opens_what_it_is_about() {
    let (mut firm, _folder) = own(Role::Enterprise).await;
    let before = counted(&mut firm).await;
    assert!(before > 0, "the demo's enterprise has a case to confirm");
    let list = firm.get("/messages?kind=confirm").await.text;
    let path = messages(&list).remove(0);
    let one = firm.get(&path).await;
    assert!(
        one.text.contains("请确认") && one.text.contains("未读") && one.text.contains("不用提交申请材料"),
        "{}",
        one.text
    );
    assert_eq!(counted(&mut firm).await, before, "looking at it is not yet having read it");
    let opened = firm.post(&format!("{path}/open"), &[("csrf", &one.token())]).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    assert!(opened.header("location").starts_with("/cases/"));
    assert!(firm.get(opened.header("location")).await.text.contains("确认领取"));
    assert_eq!(counted(&mut firm).await, before - 1);

    let token = firm.get("/messages").await.token();
    let nothing = firm.post("/messages/read", &[("csrf", &token)]).await;
    assert!(
        nothing.status == StatusCode::UNPROCESSABLE_ENTITY && nothing.text.contains("没有选中"),
        "{}",
        nothing.text
    );
    firm.post("/messages/read", &[("csrf", &token), ("which", "all")]).await;
    assert_eq!(counted(&mut firm).await, 0);
    assert!(messages(&firm.get("/messages?state=unread").await.text).is_empty());
    assert!(firm.get("/messages?export=xlsx").await.header("content-disposition").contains("messages.xlsx"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_says_where_and_how_it_wants_its_mail() {
    let (mut firm, folder) = own(Role::Enterprise).await;
    let page = firm.get("/messages/settings").await;
    assert!(page.text.contains("没有设置邮件服务器") && page.text.contains("资金到账"), "{}", page.text);
    assert!(!page.text.contains("待办案件"), "what it never gets is not asked about");
    let token = page.token();
    for bad in ["张三@b.cn", "a@b", "a@b.cn,c@d.cn"] {
        let sent = firm.post("/messages/settings", &[("csrf", &token), ("address", bad)]).await;
        assert!(sent.status == StatusCode::UNPROCESSABLE_ENTITY && sent.text.contains("不是邮件地址"), "{bad}");
        assert!(sent.text.contains(bad), "what was typed stays");
    }
    let wanted = [("csrf", token.as_str()), ("address", "boss@firm.example"), ("paid", "never"), ("watch", "weekly")];
    assert_eq!(firm.post("/messages/settings", &wanted).await.status, StatusCode::SEE_OTHER);
    let page = firm.get("/messages/settings").await.text;
    assert!(page.contains("boss@firm.example") && page.contains("value=\"never\" selected"), "{page}");
    assert!(page.contains("还没有验证"), "nothing is mailed to an address that nobody has proved: {page}");
    the_address_is_proved_by_a_code(&mut firm, folder.path()).await;
    let mut auditor = again(folder.path(), Role::Auditor).await;
    let trail = auditor.get("/registers/audit?q=message.").await.text;
    assert!(!trail.contains("boss@firm"), "the trail holds the address masked");
}

async fn the_address_is_proved_by_a_code(firm: &mut Visitor, folder: &std::path::Path) {
    let token = firm.get("/messages/settings").await.token();
    let refused = firm.post("/messages/settings/code", &[("csrf", &token)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("没有设置邮件服务器"), "{}", refused.text);
    let office = "server = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\nfrom = \"知识产权局 <ip@office.example>\"\n";
    std::fs::write(folder.join("mail.toml"), office).unwrap();
    let sent = firm.post("/messages/settings/code", &[("csrf", &token)]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let page = firm.get("/messages/settings").await.text;
    assert!(page.contains("name=\"code\"") && page.contains("验证码已寄往"), "{page}");
    let wrong = firm.post("/messages/settings/prove", &[("csrf", &token), ("code", "12345x")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("验证码不正确"), "{}", wrong.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_words_its_messages_and_nothing_becomes_markup() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    let page = clerk.get("/messages/wordings/waits").await;
    assert!(page.text.contains("{企业}") && page.text.contains("云川市某某新材料有限公司"), "its places and a preview");
    let token = page.token();
    let door = "/messages/wordings/waits";
    let wrong = clerk.post(door, &[("csrf", &token), ("subject", "{密码}"), ("body", "乙")]).await;
    assert!(
        wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("“{密码}”填不了"),
        "{}",
        wrong.text
    );
    let hostile = [("csrf", token.as_str()), ("subject", "<b>{企业}</b>"), ("body", "<script>1</script>{事项}")];
    let shown = clerk.post(&format!("{door}/preview"), &hostile).await;
    assert!(
        shown.text.contains("&#60;b&#62;云川市某某") || shown.text.contains("&lt;b&gt;云川市某某"),
        "{}",
        shown.text
    );
    assert!(!shown.text.contains("<script>1"), "{}", shown.text);
    assert!(!clerk.get(door).await.text.contains("script&"), "a preview keeps nothing");
    assert_eq!(clerk.post(door, &hostile).await.status, StatusCode::SEE_OTHER);

    // A case that comes to wait is told in the new words, as text.
    let mut firm = again(folder.path(), Role::Enterprise).await;
    let cases = firm.get("/cases").await.text;
    let case = links(&cases, "/cases/").into_iter().find(|href| href[7..].bytes().all(|byte| byte.is_ascii_digit()));
    let case = case.unwrap().to_owned();
    let page = firm.get(&case).await;
    let holder = page.text.split("name=\"holder\" type=\"text\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let (holder, token) = (holder.to_owned(), page.token());
    let confirmed = [
        ("csrf", token.as_str()),
        ("act", "confirm"),
        ("holder", &holder),
        ("bank", "行"),
        ("number", "6222021234567890"),
    ];
    assert_eq!(firm.post(&format!("{case}/act"), &confirmed).await.status, StatusCode::SEE_OTHER);
    let list = clerk.get("/messages?kind=waits&state=unread").await.text;
    assert!(list.contains(&holder) && !list.contains(&format!("<b>{holder}")), "{list}");
    let one = clerk.get(&messages(&list)[0]).await.text;
    assert!(one.contains("script") && !one.contains("<script>1"), "{one}");
    let token = clerk.get(door).await.token();
    assert_eq!(clerk.post(door, &[("csrf", &token)]).await.status, StatusCode::SEE_OTHER, "both empty");
    assert!(clerk.get(door).await.text.contains("等待办理：{企业} {事项}（{步骤}）"), "the standard is back");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_mail_is_the_office_s_and_says_why_nothing_goes_out() {
    let mut clerk = visitor(Role::Clerk).await;
    let page = clerk.get("/messages/mails").await.text;
    assert!(page.contains("没有设置邮件服务器") && page.contains("还没有邮件"), "{page}");
    assert_eq!(clerk.get("/messages/mails/1").await.status, StatusCode::NOT_FOUND);
    for role in [Role::Enterprise, Role::Leader, Role::Administrator] {
        assert_eq!(visitor(role).await.get("/messages/mails").await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let none = visitor(Role::Administrator).await.get("/messages").await.text;
    assert!(none.contains("还没有消息"), "{none}");
}
