//! 测算 in the browser: the list, one run with its verification and workbook, two runs compared, and starting one.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::{
    city::{links, own, visitor},
    client::{Answer, Visitor},
};

/// The pages of runs that a page of the list links to.
fn runs(page: &str) -> Vec<String> {
    links(page, "/runs/")
        .iter()
        .filter(|href| href.len() == "/runs/".len() + 64)
        .map(|href| (*href).to_owned())
        .collect()
}

#[tokio::test]
async fn a_run_says_what_it_rests_on_and_can_be_exported() {
    let mut leader = visitor(Role::Leader).await;
    let list = leader.get("/runs").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    let all = runs(&list.text);
    assert!(all.len() >= 14, "{}", all.len());
    let page = leader.get(&all[0]).await;
    for words in ["K01", "资料快照", "政策文件指纹", "与现行版本一致", "核对这次测算", "达标"]
    {
        assert!(page.text.contains(words), "{words}");
    }
    assert!(!page.text.contains("已达标"), "a verdict has one word");
    let workbook = leader.get(&format!("{}/export", all[0])).await;
    assert!(workbook.text.starts_with("PK") && workbook.header("content-disposition").contains("run.xlsx"));
    assert_eq!(leader.get("/runs/ffff").await.status, StatusCode::NOT_FOUND);
    let mut enterprise = visitor(Role::Enterprise).await;
    assert_eq!(enterprise.get(&all[0]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn two_runs_are_compared_right_by_right() {
    let mut clerk = visitor(Role::Clerk).await;
    let all = runs(&clerk.get("/runs").await.text);
    let (after, before) = (&all[0][6..], &all[1][6..]);
    let chosen = clerk.get(&format!("/runs/compare?before={before}&after={after}")).await;
    assert_eq!(chosen.header("location"), format!("/runs/{before}/diff/{after}"));
    let page = clerk.get(chosen.header("location")).await;
    // The later run knows the final figure of the gross domestic product: rights alone do not tell what changed.
    for words in ["两次测算的差异", "增加", "减少", "分母“地区生产总值”由", "若分母不变，这次为"]
    {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    // The number of rights gained or lost leads to the list of just these.
    let moved = links(&page.text, "/indicators/K01/changes?")[0].to_owned();
    let told = page.text.split_once(&moved).and_then(|(_, rest)| rest.split_once('>')).unwrap().1;
    let told = told.split_once('<').unwrap().0;
    let list = clerk.get(&moved.replace("&amp;", "&").replace("&#38;", "&")).await.text;
    assert!(list.contains(&format!("共 {told} 条")) && list.contains("/patents/"), "{told}: {list}");
    let reasons = ["新授权", "补报", "统计时点已失效", "转出本市", "转入本市"];
    assert!(list.contains("原因") && reasons.iter().any(|reason| list.contains(reason)), "{list}");
    let same = clerk.get(&format!("/runs/{after}/diff/{after}")).await.text;
    assert!(same.contains("两次测算的结果相同"));
}

async fn wait(visitor: &mut Visitor, job: &str) -> Answer {
    for _ in 0..1200 {
        let page = visitor.get(job).await;
        if page.status == StatusCode::SEE_OTHER {
            let target = page.header("location").to_owned();
            return visitor.get(&target).await;
        }
        if !page.text.contains("http-equiv=\"refresh\"") {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the job does not end");
}

#[tokio::test]
async fn a_run_is_started_watched_and_verified() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    let token = clerk.get("/runs").await.token();
    let wrong = clerk.post("/runs/start", &[("csrf", &token), ("as_of", "昨天")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("#as_of"), "{}", wrong.text);
    let started =
        clerk.post("/runs/start", &[("csrf", &token), ("as_of", "2024-01-31"), ("known_at", "2024-02-15")]).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.text);
    let job = started.header("location").to_owned();
    let mut stranger = visitor(Role::Leader).await;
    assert_eq!(stranger.get(&job).await.status, StatusCode::NOT_FOUND, "a job is shown to whoever began it");
    let page = wait(&mut clerk, &job).await;
    assert!(page.text.contains("测算：截至2024年1月31日"), "{}", page.text);
    let run = links(&page.text, "/runs/")
        .into_iter()
        .find(|href| href.ends_with("/export"))
        .unwrap()
        .trim_end_matches("/export")
        .to_owned();
    let verifying = clerk.post(&format!("{run}/verify"), &[("csrf", &page.token())]).await;
    let job = verifying.header("location").to_owned();
    let verified = wait(&mut clerk, &job).await;
    assert!(verified.text.contains("核对无误") && verified.text.contains("逐字节一致"), "{}", verified.text);
    let result = folder.path().join(run.trim_start_matches('/')).join("result.json");
    let mut bytes = std::fs::read(&result).unwrap();
    bytes[10] ^= 1;
    std::fs::write(&result, bytes).unwrap();
    let token = clerk.get("/runs").await.token();
    let verifying = clerk.post(&format!("{run}/verify"), &[("csrf", &token)]).await;
    let job = verifying.header("location").to_owned();
    let found = wait(&mut clerk, &job).await;
    assert!(found.text.contains("核对不符") && found.text.contains("保存的结果已被改动"), "{}", found.text);
}

#[tokio::test]
async fn starting_a_run_needs_the_permission() {
    let mut auditor = visitor(Role::Auditor).await;
    let page = auditor.get("/runs").await;
    assert!(!page.text.contains("/runs/start"));
    let refused = auditor.post("/runs/start", &[("csrf", &page.token()), ("as_of", "2023-12-31")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
