//! Early warning through its pages: a watch is set, documents come, a warning is handled; who sees what; the digest.

use axum::http::StatusCode;
use domain::accounts::Role;
use web::format::encode;

use crate::{
    city::{again, links, own, visitor},
    registry::wait,
};

const GOOGLE: &str = "search URL:,https://patents.google.com/?q=test\n\
    id,title,assignee,inventor/author,priority date,filing/creation date,publication date,grant date,result link,representative figure link\n\
    CN-109417194-B,石墨烯散热片,北辰散热有限公司,张三,2022-06-01,2022-06-01,2024-02-07,2024-02-07,https://patents.google.com/patent/CN109417194B/zh,\n";

/// The addresses of the warnings on a page.
fn warnings(page: &str) -> Vec<String> {
    let number = |href: &&&str| href.trim_start_matches("/warnings/").bytes().all(|byte| byte.is_ascii_digit());
    links(page, "/warnings/").iter().filter(number).map(|href| (*href).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_5_2_2_early_warnings_have_levels_and_a_handling_record() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    let page = clerk.get("/warnings/watches").await;
    let token = page.token();
    let wanted = [("csrf", token.as_str()), ("name", "散热"), ("kind", "field"), ("search", "TI=石墨烯散热片")];
    let set = clerk.post("/warnings/watches/set", &wanted).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text);
    let twice = clerk.post("/warnings/watches/set", &wanted).await;
    assert!(twice.status == StatusCode::UNPROCESSABLE_ENTITY && twice.text.contains("已有名为“散热”的监测条件"));

    // The intake runs the watches.
    let before = clerk.get("/warnings?kind=field").await.text;
    assert!(!before.contains("散热片"));
    let sent = clerk.upload("/corpus/import", &[("csrf", &token)], "gp-search.csv", GOOGLE.as_bytes()).await;
    wait(&mut clerk, sent.header("location")).await;
    let list = clerk.get(&format!("/warnings?q={}", encode("散热"))).await.text;
    assert!(list.contains("1 个他人的新同族"), "{list}");
    let path = warnings(&list).remove(0);
    let one = clerk.get(&path).await.text;
    for words in [
        "1 个在中国有有效专利",
        "未处理",
        "级别的规则",
        "新同族中有他人在中国的有效专利",
        "石墨烯散热片（北辰散热有限公司）",
        "还没有人处理",
    ] {
        assert!(one.contains(words), "{words}: {one}");
    }
    let document = clerk.get(links(&one, "/corpus/documents/")[0]).await;
    assert!(document.text.contains("石墨烯散热片"), "the evidence is a document of the corpus");

    // The handling record: what was done, by whom; closing needs a reason, and what is closed can be opened again.
    let handle = format!("{path}/handle");
    let refused = clerk.post(&handle, &[("csrf", &token), ("stage", "closed"), ("note", " ")]).await;
    assert!(
        refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("请写明情况"),
        "{}",
        refused.text
    );
    for (stage, note, word) in [
        ("handling", "请企业核对产品", "处理中"),
        ("closed", "<b>不涉及</b>", "已关闭"),
        ("open", "又有新品", "未处理"),
    ] {
        let done = clerk.post(&handle, &[("csrf", &token), ("stage", stage), ("note", note)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{stage}: {}", done.text);
        let page = clerk.get(&path).await.text;
        assert!(page.contains(&format!("{word} · clerk")), "{word}: {page}");
    }
    let page = clerk.get(&path).await.text;
    assert!(page.contains("&#60;b&#62;不涉及") || page.contains("&lt;b&gt;不涉及"), "what was typed is text: {page}");
    let digest = clerk.get("/warnings/digest").await.text;
    assert!(digest.contains("散热片") && digest.contains("又有新品"), "{digest}");

    // Another account sees nothing of it, and cannot touch it.
    let mut firm = again(folder.path(), Role::Enterprise).await;
    assert_eq!(firm.get(&path).await.status, StatusCode::NOT_FOUND);
    let token = firm.get("/warnings/watches").await.token();
    let touched = firm.post(&handle, &[("csrf", &token), ("stage", "closed"), ("note", "不是我的")]).await;
    assert_eq!(touched.status, StatusCode::NOT_FOUND);
    assert!(!firm.get("/warnings").await.text.contains("石墨烯散热片"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_warnings_of_the_demo_open_to_their_documents() {
    let mut clerk = visitor(Role::Clerk).await;
    let list = clerk.get("/warnings?size=100").await.text;
    let all = warnings(&list);
    assert!(all.len() >= 2, "{list}");
    for path in all {
        let one = clerk.get(&path).await.text;
        let evidence = links(&one, "/corpus/documents/");
        assert!(!evidence.is_empty(), "{path}: {one}");
        for document in evidence {
            assert_eq!(clerk.get(document).await.status, StatusCode::OK, "{path}: {document}");
        }
    }
    let file = clerk.get("/warnings?export=xlsx").await;
    assert!(file.header("content-disposition").contains("warnings.xlsx"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_says_what_is_missing_and_its_stop_can_be_undone() {
    let (mut firm, _folder) = own(Role::Enterprise).await;
    let token = firm.get("/warnings/watches").await.token();
    for (kind, search, words) in [
        ("entry", "", "请填写竞争对手的名称"),
        ("field", "", "请填写所监测领域的检索式"),
        ("field", "TI=(", "检索式没有写完"),
    ] {
        let wanted = [("csrf", token.as_str()), ("name", "甲"), ("kind", kind), ("search", search)];
        let refused = firm.post("/warnings/watches/set", &wanted).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains(words), "{}", refused.text);
    }
    // Without names and query it is the enterprise's own.
    let wanted = [("csrf", token.as_str()), ("name", "自己"), ("kind", "own")];
    assert_eq!(firm.post("/warnings/watches/set", &wanted).await.status, StatusCode::SEE_OTHER);
    let page = firm.get("/warnings/watches").await.text;
    assert!(page.contains("自己") && page.contains("PA=="), "{page}");
    let remove =
        page.split("action=\"").find_map(|rest| rest.split('"').next().filter(|href| href.ends_with("/remove")));
    let remove = remove.unwrap().to_owned();
    let gone = firm.post(&remove, &[("csrf", &token)]).await;
    assert!(firm.get(gone.header("location")).await.text.contains("已停止监测"));
    firm.post(&remove.replace("/remove", "/restore"), &[("csrf", &token)]).await;
    assert!(firm.get("/warnings/watches").await.text.contains("自己"));
    let ran = firm.post("/warnings/run", &[("csrf", &token)]).await;
    assert_eq!(ran.status, StatusCode::SEE_OTHER);
    wait(&mut firm, ran.header("location")).await;
    let prefilled = firm.get(&format!("/warnings/watches?search={}", encode("IC=H01M"))).await.text;
    assert!(prefilled.contains("IC=H01M</textarea>"), "{prefilled}");
}
