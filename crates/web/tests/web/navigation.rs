//! The pages of patent navigation over a small corpus in a city of one's own.

use std::path::Path;

use axum::http::StatusCode;
use corpus::{Writer, generate};
use documents::Document;
use domain::accounts::Role;

use crate::{
    city::{links, own},
    client::{Answer, Visitor},
};

/// Documents of the generator, every fifth of them moved into the demo's city.
fn fill(folder: &Path) {
    let mut writer = Writer::open(&folder.join("corpus")).unwrap();
    for (at, mut document) in generate::documents(5, 1_200).enumerate() {
        if at % 5 == 0 {
            at_home(&mut document);
        }
        writer.add(document).unwrap();
    }
    writer.commit().unwrap();
}

fn at_home(document: &mut Document) {
    for party in &mut document.applicants {
        party.address = format!("江苏省{}高新区1号", demo::CITY);
    }
}

/// Follows a job to its end and gives the page of its result.
async fn finished(visitor: &mut Visitor, started: &Answer) -> (String, Answer) {
    assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.text);
    let job = started.header("location").to_owned();
    for _ in 0..600 {
        let page = visitor.get(&job).await;
        if page.status == StatusCode::SEE_OTHER {
            let target = page.header("location").to_owned();
            let page = visitor.get(&target).await;
            return (target, page);
        }
        assert!(!page.text.contains("notice-bad"), "{}", page.text);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the job did not end");
}

async fn start(visitor: &mut Visitor, form: &[(&str, &str)]) -> Answer {
    let token = visitor.get("/navigation").await.token();
    let form: Vec<(&str, &str)> = [("csrf", token.as_str())].into_iter().chain(form.iter().copied()).collect();
    visitor.post("/navigation/reports", &form).await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_corpus_the_page_says_what_to_do() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    std::fs::remove_dir_all(folder.path().join("corpus")).unwrap();
    let page = clerk.get("/navigation").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("专利库还是空的") && page.text.contains("corpus index"));
    assert_eq!(clerk.get("/navigation/chains/new-energy").await.status, StatusCode::NOT_FOUND);
    assert_eq!(clerk.get("/navigation/reports/00ff").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_industries_are_counted_and_a_chain_is_a_tree() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    fill(folder.path());
    let page = clerk.get("/navigation").await;
    for name in ["新能源", "电子信息", "特高压输变电", "生物医药", "电子商务"] {
        assert!(page.text.contains(name), "{name}");
    }
    let chains = links(&page.text, "/navigation/chains/");
    assert_eq!(chains.len(), 5);
    let tree = clerk.get(chains[0]).await;
    assert_eq!(tree.status, StatusCode::OK);
    assert!(tree.text.contains("储能与动力电池") && tree.text.contains("IC=H01M4"), "nodes with their searches");
    assert!(tree.text.contains("以整条产业链出报告"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_form_is_refused_with_the_reason_and_refilled() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    fill(folder.path());
    let refused = start(&mut clerk, &[("kind", "industry"), ("search", "TI=("), ("as_of", "2024-02-29")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("检索式第") && refused.text.contains("TI=("), "{}", refused.text);
    let refused = start(&mut clerk, &[("kind", "industry"), ("as_of", "2024-13-30"), ("search", "IC=H01M")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("数据截止日应写成"));
    let refused = start(&mut clerk, &[("kind", "industry"), ("as_of", "2035-01-01"), ("search", "IC=H01M")]).await;
    assert!(
        refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("还没有到"),
        "{}",
        refused.text
    );
    let refused = start(&mut clerk, &[("kind", "industry"), ("as_of", "2024-02-29")]).await;
    assert!(refused.text.contains("请写检索式，或选一个产业链节点"));
    let refused = start(&mut clerk, &[("kind", "enterprise"), ("as_of", "2024-02-29"), ("uscc", "1")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// The path of one report and its page.
async fn industry(clerk: &mut Visitor) -> (String, Answer) {
    let form = [("kind", "industry"), ("search", "IC=(H01M OR G06F)"), ("as_of", "2024-02-29"), ("basis", "filed")];
    let started = start(clerk, &form).await;
    finished(clerk, &started).await
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_2_2_2_an_industry_report_has_direction_position_and_path() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    fill(folder.path());
    let (path, page) = industry(&mut clerk).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for part in ["方向", "定位", "路径"] {
        assert!(page.text.contains(&format!(">{part}</h2>")), "{part}");
    }
    for id in ["path-structure", "path-enterprises", "path-people", "path-patents"] {
        assert!(page.text.contains(&format!("<article class=\"answer\" id=\"{id}\"")), "{id}");
    }
    assert!(page.text.contains("引进") && page.text.contains("/policy/C3.4.0"), "what to bring in, and on what basis");
    assert!(page.text.contains("data-chart=\"chart-trend-data\"") && page.text.contains("未全部公开"));
    assert!(clerk.get("/navigation").await.text.contains(&path), "the report is on the shelf");
    for (format, beginning) in [("docx", "PK"), ("xlsx", "PK"), ("json", "{\"scope\"")] {
        let file = clerk.get(&format!("{path}/export?format={format}")).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.text.starts_with(beginning), "{format}");
        assert!(file.header("content-disposition").contains(&format!(".{format}")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_edition_is_made_by_one_button_and_says_what_changed() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    fill(folder.path());
    let (path, page) = industry(&mut clerk).await;
    let mut writer = Writer::open(&folder.path().join("corpus")).unwrap();
    let mut added = generate::documents(5, 5_000).skip(1_200).filter(|one| {
        let is_public = one.publications.iter().all(|each| each.published_on.is_some_and(|day| day.year() < 2024));
        is_public
            && one
                .classifications
                .iter()
                .any(|class| class.symbol.starts_with("H01M") && class.scheme == documents::Scheme::Ipc)
    });
    let new = added.next().unwrap();
    writer.add(new.clone()).unwrap();
    writer.commit().unwrap();
    let old = clerk.get(&path).await;
    assert!(old.text.contains("专利库已更新到第"), "the kept report says that there is more now");
    let id = path.rsplit('/').next().unwrap();
    let started = clerk.post("/navigation/reports", &[("csrf", &page.token()), ("again", id)]).await;
    let (next, page) = finished(&mut clerk, &started).await;
    assert_ne!(next, path);
    assert!(page.text.contains("新进 1 件") && page.text.contains(&new.key), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_2_2_3_an_enterprise_report_tells_its_place_and_is_confidential() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    fill(folder.path());
    let firm =
        generate::documents(5, 1_200).find(|one| one.classifications.iter().any(|c| c.symbol.starts_with("H01M")));
    let search = format!("PA==\"{}\"", firm.unwrap().applicants[0].name);
    let started = start(&mut clerk, &[("kind", "enterprise"), ("search", &search), ("as_of", "2024-02-29")]).await;
    let (path, page) = finished(&mut clerk, &started).await;
    // Environment, own position, key technology, layout, risk, strategy.
    for id in ["trend", "applicants", "rank", "technology", "layout", "risk", "path-structure"] {
        assert!(page.text.contains(&format!("<article class=\"answer\" id=\"{id}\"")), "{id}");
    }
    // Another account of the same city, which may see patents but makes no reports.
    let mut town = crate::city::again(folder.path(), Role::Town).await;
    assert_eq!(town.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(town.get(&format!("{path}/export?format=json")).await.status, StatusCode::FORBIDDEN);
    assert!(!town.get("/navigation").await.text.contains(&path));
    // The enterprise itself sees what was made under its code, and nothing that was made for others.
    let mut enterprise = crate::city::again(folder.path(), Role::Enterprise).await;
    let (installation, _) = domain::Installation::open(folder.path(), None, crate::city::now()).await.unwrap();
    let code = domain::accounts::find(&installation.db, "enterprise").await.unwrap().account.unit;
    let started = start(&mut clerk, &[("kind", "enterprise"), ("uscc", &code), ("as_of", "2024-02-29")]).await;
    let (own_path, _) = finished(&mut clerk, &started).await;
    let own_path = own_path.replace("/navigation/reports", "/my-enterprise/reports");
    let listed = enterprise.get("/my-enterprise/reports").await;
    assert!(listed.status == StatusCode::OK && listed.text.contains(&own_path), "{}", listed.text);
    let page = enterprise.get(&own_path).await;
    assert!(page.status == StatusCode::OK && page.text.contains(&format!("{own_path}/export?format=docx")));
    assert_eq!(enterprise.get(&format!("{own_path}/export?format=docx")).await.status, StatusCode::OK);
    let other = path.replace("/navigation/reports", "/my-enterprise/reports");
    assert_eq!(enterprise.get(&other).await.status, StatusCode::FORBIDDEN);
    assert_eq!(enterprise.get(&path).await.status, StatusCode::FORBIDDEN);
    let token = town.get("/gallery").await.token();
    let refused = town.post("/navigation/reports", &[("csrf", &token), ("kind", "regional")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
