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
    // What would have no effect on the report is refused beside its field.
    let code = ("uscc", "91320594MA1DEM0037");
    for (form, word) in [
        ([("kind", "industry"), ("search", "IC=H01M"), code], "统一社会信用代码只用于企业导航"),
        ([("kind", "enterprise"), ("search", "IC=H01M"), code], "已用代码指明企业"),
        ([("kind", "enterprise"), ("chain", "new-energy"), code], "不按产业链统计"),
    ] {
        let refused = start(&mut clerk, &[&form[..], &[("as_of", "2024-02-29")]].concat()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form:?}");
        assert!(refused.text.contains(word), "{word}: {}", refused.text);
    }
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
    // However the code was typed.
    let typed = code.to_lowercase();
    let started = start(&mut clerk, &[("kind", "enterprise"), ("uscc", &typed), ("as_of", "2024-02-29")]).await;
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

const CELLS: &str = "/navigation/chains/new-energy/nodes/cells";

/// Sends a form of a chain that was edited at this version.
async fn edit(clerk: &mut Visitor, path: &str, base: &str, form: &[(&str, &str)]) -> Answer {
    let token = clerk.get("/navigation/chains/new-energy").await.token();
    let form: Vec<(&str, &str)> =
        [("csrf", token.as_str()), ("base", base)].into_iter().chain(form.iter().copied()).collect();
    clerk.post(path, &form).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_edits_a_chain_and_every_version_can_be_restored() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    fill(folder.path());
    let wide = [
        ("name", "电池片与电芯"),
        ("parent", "solar"),
        ("search", "IC=H01M OR IC=H10F"),
        ("note", "试"),
        ("reason", "专家会"),
    ];
    let counted: Vec<(&str, &str)> = wide.iter().copied().chain([("node", "cells")]).collect();
    let page = edit(&mut clerk, "/navigation/chains/new-energy/count", "0", &counted).await;
    assert_eq!(page.status, StatusCode::OK);
    let corpus = corpus::Corpus::open(&folder.path().join("corpus")).unwrap();
    let count = corpus.count(&corpus::Query::parse("IC=H01M OR IC=H10F").unwrap()).unwrap();
    assert!(count > 0 && page.text.contains(&format!("命中 {count} 件")), "{}", page.text);
    assert!(page.text.contains("还没有保存") && page.text.contains("现在的这个节点命中"));
    assert!(!clerk.get("/navigation/chains/new-energy").await.text.contains("电池片与电芯"));
    // Kept, it is the first version, which the tree, a report and the history show.
    let kept = edit(&mut clerk, CELLS, "0", &wide).await;
    assert_eq!(kept.header("location"), "/navigation/chains/new-energy?done=chain-kept&count=1");
    let tree = clerk.get(kept.header("location")).await;
    assert!(tree.text.contains("电池片与电芯") && tree.text.contains("已存成第 1 版"));
    let added = [("name", "电控"), ("parent", "solar"), ("search", "IC=G06F")];
    assert_eq!(edit(&mut clerk, "/navigation/chains/new-energy/add", "1", &added).await.status, StatusCode::SEE_OTHER);
    let form = [("kind", "industry"), ("chain", "new-energy/v2"), ("as_of", "2024-02-29")];
    let started = start(&mut clerk, &form).await;
    let (_, report) = finished(&mut clerk, &started).await;
    assert!(report.text.contains("产业链“新能源”第 2 版（2024-02-29）"), "the report says which version it used");
    let moved = edit(&mut clerk, "/navigation/chains/new-energy/nodes/v2/shift", "2", &[("to", "up")]).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER);
    let gone = edit(&mut clerk, "/navigation/chains/new-energy/nodes/solar/remove", "3", &[]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert!(!clerk.get("/navigation/chains/new-energy").await.text.contains("电池片与电芯"));
    let history = clerk.get("/navigation/chains/new-energy/versions").await;
    for told in ["删除节点“光伏”", "新增节点“电控”", "节点的先后有变动", "专家会", "最初的一版"]
    {
        assert!(history.text.contains(told), "{told}");
    }
    let old = clerk.get("/navigation/chains/new-energy/versions/2").await;
    assert!(old.text.contains("新增节点“光伏”") && old.text.contains("恢复这一版"), "what it says otherwise");
    let restored = edit(&mut clerk, "/navigation/chains/new-energy/versions/2/restore", "4", &[]).await;
    assert!(restored.header("location").ends_with("count=5"));
    assert!(clerk.get("/navigation/chains/new-energy").await.text.contains("电池片与电芯"));
    let first = edit(&mut clerk, "/navigation/chains/new-energy/versions/0/restore", "5", &[]).await;
    assert!(first.header("location").ends_with("count=6"));
    assert!(!clerk.get("/navigation/chains/new-energy").await.text.contains("电池片与电芯"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_cannot_stand_points_at_the_place_and_keeps_what_was_typed() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    fill(folder.path());
    let wrong = [("name", "电池片"), ("parent", "solar"), ("search", "IC=H10F OR TI=(电池")];
    let refused = edit(&mut clerk, CELLS, "0", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("第 15 个字符") && refused.text.contains("<mark class=\"mistake\">("),
        "{}",
        refused.text
    );
    assert!(refused.text.contains("IC=H10F OR TI=(电池</textarea>"), "what was typed stands");
    let good = [("name", "电池片"), ("parent", "solar"), ("search", "IC=H10F")];
    assert_eq!(edit(&mut clerk, CELLS, "0", &good).await.status, StatusCode::SEE_OTHER);
    // Whoever edits what another has changed meanwhile is told, and does not undo it unseen.
    let late = edit(&mut clerk, CELLS, "0", &[("name", "电池"), ("parent", "solar"), ("search", "IC=H10F")]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text.contains("改到第 1 版") && late.text.contains("没有保存"), "{}", late.text);
    let same = edit(&mut clerk, CELLS, "1", &good).await;
    assert!(same.text.contains("没有任何改动"));
    let inside =
        edit(&mut clerk, "/navigation/chains/new-energy/nodes/solar", "1", &[("name", "光伏"), ("parent", "cells")])
            .await;
    assert!(inside.text.contains("不能放到自己"), "{}", inside.text);
    assert_eq!(clerk.get("/navigation/chains/new-energy/nodes/none").await.status, StatusCode::NOT_FOUND);
    assert_eq!(clerk.get("/navigation/chains/new-energy/versions/9").await.status, StatusCode::NOT_FOUND);
    let mut town = crate::city::again(folder.path(), Role::Town).await;
    assert_eq!(town.get("/navigation/chains/new-energy/versions").await.status, StatusCode::OK);
    assert_eq!(town.get(CELLS).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_leaves_as_a_file_and_comes_back_as_the_next_version() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    fill(folder.path());
    let file = clerk.get("/navigation/chains/new-energy/file").await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(file.header("content-disposition").contains(".toml"), "{}", file.header("content-disposition"));
    let token = clerk.get("/navigation/import").await.token();
    let send = async |clerk: &mut Visitor, text: &str| {
        let fields = [("csrf", token.as_str()), ("reason", "改名")];
        clerk.upload("/navigation/import", &fields, "new-energy.toml", text.as_bytes()).await
    };
    let same = send(&mut clerk, &file.text).await;
    assert!(same.status == StatusCode::UNPROCESSABLE_ENTITY && same.text.contains("没有不同"), "{}", same.text);
    let broken = send(&mut clerk, &file.text.replace("IC=H10F", "IC=(H10F")).await;
    assert!(broken.status == StatusCode::UNPROCESSABLE_ENTITY && broken.text.contains("“电池片”"), "{}", broken.text);
    let taken = send(&mut clerk, &file.text.replace("\"电池片\"", "\"光伏电池\"")).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let history = clerk.get("/navigation/chains/new-energy/versions").await;
    assert!(history.text.contains("从文件 new-energy.toml 导入：节点名称由“电池片”改为“光伏电池”"), "{}", history.text);
    let own = "id = \"robots\"\nname = \"机器人\"\nedition = \"2024-01-01\"\nbasis = \"本市\"\n[[node]]\nid = \"a\"\nname = \"关节\"\nsearch = \"IC=B25J\"\n";
    let new = send(&mut clerk, own).await;
    assert_eq!(new.header("location"), "/navigation/chains/robots?done=chain-kept&count=1");
    assert!(clerk.get("/navigation").await.text.contains("机器人"), "a chain of one's own stands beside the five");
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_2_2_1_a_project_is_recorded_from_its_question_to_its_use() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    fill(folder.path());
    let (path, page) = industry(&mut clerk).await;
    assert!(page.text.contains("还没有填写项目记录"));
    let record = format!("{path}/record");
    let form = clerk.get(&record).await;
    for told in ["信息采集", "IC=H01M", "seed-5（", "最晚公开", "名称归并账第 0 版", "成果运用与评价"]
    {
        assert!(form.text.contains(told), "{told}: {}", form.text);
    }
    let send = async |clerk: &mut Visitor, base: &str, said: &[(&str, &str)]| {
        let token = clerk.get(&record).await.token();
        let form = [("csrf", token.as_str()), ("base", base), ("question", "引进哪些电池专利")];
        let form: Vec<(&str, &str)> = form.into_iter().chain(said.iter().copied()).collect();
        clerk.post(&record, &form).await
    };
    let refused = send(&mut clerk, "0", &[("verdict", "passed"), ("accepted_on", "2024-02-28")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("请写评审人") && refused.text.contains("引进哪些电池专利</textarea>"),
        "{}",
        refused.text
    );
    assert_eq!(send(&mut clerk, "0", &[]).await.status, StatusCode::SEE_OTHER);
    let reviewed = [
        ("verdict", "passed"),
        ("accepted_on", "2024-02-28"),
        ("accepted_by", "专家组五人"),
        ("opinion", "同意通过"),
        ("adoption", "partly"),
        ("effect", "2024-02-29 会议纪要第 3 号"),
        ("rating", "4"),
    ];
    let late = send(&mut clerk, "0", &reviewed).await;
    assert!(late.status == StatusCode::UNPROCESSABLE_ENTITY && late.text.contains("改到第 1 版"), "{}", late.text);
    assert_eq!(send(&mut clerk, "1", &reviewed).await.status, StatusCode::SEE_OTHER);
    let page = clerk.get(&path).await.text;
    for told in ["引进哪些电池专利", "专家组五人", "同意通过", "部分采纳", "4 分（满分 5 分）", "未填写", "第 2 版"]
    {
        assert!(page.contains(told), "{told}");
    }
    assert!(clerk.get(&record).await.text.contains("第 1 版"), "the versions are told");
    assert_eq!(clerk.get(&format!("{path}/export?format=docx")).await.status, StatusCode::OK);
    // Whoever may only look sees it with the report and cannot write it.
    let mut town = crate::city::again(folder.path(), Role::Town).await;
    assert!(town.get(&path).await.text.contains("专家组五人"));
    assert_eq!(town.get(&record).await.status, StatusCode::FORBIDDEN);
}
