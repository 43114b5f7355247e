//! The delivered versions of a right's facts: on the page of a patent, of an enterprise, and of any other row.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::{
    city::{links, own, visitor},
    client::{Answer, Visitor},
};

/// Imports a file and waits for its batch.
async fn import(clerk: &mut Visitor, register: &str, text: &str) -> Answer {
    let token = clerk.get("/registers/import").await.token();
    let fields = [("csrf", token.as_str()), ("register", register), ("received_at", "2024-02-20"), ("mapping", "")];
    let job = clerk.upload("/registers/import", &fields, "补报.csv", text.as_bytes()).await;
    assert_eq!(job.status, StatusCode::SEE_OTHER, "{}", job.text);
    for _ in 0..600 {
        let page = clerk.get(job.header("location")).await;
        if page.status == StatusCode::SEE_OTHER {
            let batch = page.header("location").to_owned();
            return clerk.get(&batch).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the import does not end");
}

#[tokio::test]
async fn a_patent_lists_every_delivered_version_with_its_batch_file_and_row() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let list = clerk.get("/patents?kind=%E5%8F%91%E6%98%8E").await.text;
    let path = links(&list, "/patents/")[0].to_owned();
    let number = path.trim_start_matches("/patents/");
    let before = clerk.get(&path).await.text;
    assert!(before.contains("数据沿革") && before.contains("首次送来"), "{before}");

    let filed = "2010-01-01";
    let text = format!("申请号,名称,申请日,专利权人\n{number},<i>另一名称</i>,{filed},某某有限公司\n");
    let batch = import(&mut clerk, "patents", &text).await;
    assert!(batch.text.contains("更正 1") || batch.text.contains("其中更正"), "{}", batch.text);
    let page = clerk.get(&path).await.text;
    for words in ["更正", "补报.csv 第 2 行", "→ &#60;i&#62;另一名称", "2024-02-20", "现行", "clerk"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("<i>另一名称"), "hostile text is shown as text");
    assert!(!links(&page, "/registers/batches/").is_empty());

    let block = clerk.get_with(&format!("{path}?act=history-changed"), &[("hx-request", "true")]).await.text;
    assert!(!block.contains("<html") && block.contains("id=\"history\"") && block.contains("另一名称"));
    let workbook = clerk.get(&format!("{path}?export=xlsx")).await;
    assert!(workbook.status == StatusCode::OK && workbook.text.starts_with("PK"));

    // Taken back, the roll-back is a step with its reason, and the former title stands again.
    let batch = links(&page, "/registers/batches/")[0].to_owned();
    let token = clerk.get("/registers/import").await.token();
    let done = clerk.post(&format!("{batch}/rollback"), &[("csrf", &token), ("reason", "误报")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = clerk.get(&path).await.text;
    assert!(page.contains("批次撤回") && page.contains("误报"), "{page}");

    let english = clerk.get("/registers").await.token();
    clerk.post("/language", &[("csrf", &english), ("language", "en"), ("back", "/")]).await;
    assert!(clerk.get(&path).await.text.contains("Delivered versions"));
}

#[tokio::test]
async fn the_way_down_ends_at_the_history_of_a_single_right() {
    let mut clerk = visitor(Role::Clerk).await;
    for (indicator, register) in [("K02", "foreign-grants"), ("K03", "madrid"), ("K08", "pledges"), ("K11", "trainees")]
    {
        let rights = clerk.get(&format!("/indicators/{indicator}/rights")).await.text;
        let beginning = format!("/registers/history/{register}");
        let link = links(&rights, &beginning).first().map(|href| href.replace("&#38;", "&"));
        let Some(link) = link else { panic!("{indicator} lists no right with its history") };
        let page = clerk.get(&link).await;
        assert_eq!(page.status, StatusCode::OK, "{link}: {}", page.text);
        assert!(page.text.contains("首次送来") && !links(&page.text, "/registers/batches/").is_empty(), "{link}");
    }
    assert_eq!(clerk.get("/registers/history/nonsense?key=1").await.status, StatusCode::NOT_FOUND);
    assert!(clerk.get("/registers/history/pledges?key=1").await.text.contains("登记簿中没有这一行"));
}

#[tokio::test]
async fn an_enterprise_leads_to_its_history_and_its_other_rights() {
    let mut clerk = visitor(Role::Clerk).await;
    let list = clerk.get("/enterprises").await.text;
    let path = links(&list, "/enterprises/").into_iter().find(|href| !href.contains('?')).unwrap().to_owned();
    let page = clerk.get(&path).await.text;
    let history = format!("{path}/history");
    assert!(page.contains("数据沿革") && links(&page, &history).len() == 1, "{page}");
    let history = clerk.get(&history).await.text;
    for words in ["首次送来", "统一社会信用代码：", "企业名称："] {
        assert!(history.contains(words), "{words}");
    }
}

#[tokio::test]
async fn who_keeps_no_register_sees_no_persons_addresses_or_quarantine() {
    let mut town = visitor(Role::Town).await;
    let list = town.get("/patents?size=100&sort=owner").await.text;
    let path = links(&list, "/patents/")[0].to_owned();
    let page = town.get(&path).await.text;
    assert!(page.contains("（地址不显示）"), "{page}");
    assert!(links(&page, "/registers/batches/").is_empty() && links(&page, "/registers/quarantine/").is_empty());
}
