//! `corpus landscape`, `audit`, `chains` and `match` as a user runs them, on a small corpus made here.

use std::path::Path;

use corpus::{Writer, generate};

use crate::program::{json, words, zhiqiang};

const REGIONS: &str = "区镇代码,区镇名称,类型,地址关键词\n320500,苏州市,市,苏州\n";

/// A data folder with a generated corpus, the city of 苏州 and one of its firms.
fn filled(folder: &Path) -> std::path::PathBuf {
    let data = folder.join("data");
    let mut writer = Writer::open(&data.join("corpus")).unwrap();
    generate::documents(5, 800).for_each(|document| writer.add(document).unwrap());
    writer.commit().unwrap();
    let firm =
        generate::documents(5, 800).flat_map(|one| one.applicants).find(|one| one.address.contains("苏州")).unwrap();
    let enterprises = format!("统一社会信用代码,企业名称,区镇\n91320682MA10000390,{},320500\n", firm.name);
    for (register, text) in [("regions", REGIONS), ("enterprises", enterprises.as_str())] {
        let path = folder.join(format!("{register}.csv"));
        std::fs::write(&path, text).unwrap();
        let report = json(&zhiqiang(&data, &["--json", "import", register, &path.display().to_string()]));
        assert_eq!(report["accepted"], 1, "{report}");
    }
    data
}

#[test]
fn a_landscape_is_json_and_office_files_and_next_year_is_one_command() {
    let dir = tempfile::tempdir().unwrap();
    let data = filled(dir.path());
    let file = |name: &str| dir.path().join(name).display().to_string();
    let (docx, xlsx, earlier) = (file("a.docx"), file("a.xlsx"), file("a.json"));
    let args = ["--json", "corpus", "landscape", "IC=(H01M OR G06F)", "--as-of", "2023-06-30"];
    let output = zhiqiang(&data, &[&args[..], &["--docx", &docx, "--xlsx", &xlsx]].concat());
    let report = json(&output);
    assert_eq!(
        report["scope"]["subject"]["search"], "PR=\"苏州市\" OR PR=\"苏州\"",
        "the city is that of the register"
    );
    assert_eq!(report["scope"]["province"], "江苏");
    let figures = report["figures"].as_array().unwrap();
    assert!(figures.len() >= 18);
    for figure in figures {
        for key in ["id", "question", "search", "unit", "basis", "as_of", "snapshot", "method", "finding"] {
            assert!(!figure[key].is_null(), "{key} of {}", figure["id"]);
        }
    }
    for path in [&docx, &xlsx] {
        assert!(std::fs::read(path).unwrap().starts_with(b"PK"));
    }
    std::fs::write(&earlier, &output.stdout).unwrap();
    let next =
        json(&zhiqiang(&data, &["--json", "corpus", "landscape", "--as-of", "2024-06-30", "--compare", &earlier]));
    assert_eq!(next["scope"]["search"], report["scope"]["search"]);
    assert_eq!(next["differences"]["earlier_as_of"], "2023-06-30");
    let added = next["differences"]["added"].as_array().unwrap().len();
    let documents = |report: &serde_json::Value| report["documents"].as_array().unwrap().len();
    assert!(added > 0);
    assert_eq!(documents(&next), documents(&report) + added);
    // The search of a figure's row lists as many as the row says.
    let trend = figures.iter().find(|figure| figure["id"] == "trend").unwrap();
    let row = &trend["rows"][5];
    let found =
        json(&zhiqiang(&data, &["--json", "corpus", "search", row["search"].as_str().unwrap(), "--limit", "1"]));
    assert_eq!(found["total"], row["cells"][1]);
}

#[test]
fn a_chain_a_region_and_a_firm_are_navigated_too() {
    let dir = tempfile::tempdir().unwrap();
    let data = filled(dir.path());
    let chains = json(&zhiqiang(&data, &["--json", "corpus", "chains"]));
    assert_eq!(chains.as_array().unwrap().len(), 5);
    let node = chains[0]["nodes"].as_array().unwrap().iter().find(|one| one["node"]["id"] == "storage").unwrap();
    assert!(node["documents"].as_u64().unwrap() > 0);
    let args = ["--json", "corpus", "landscape", "--as-of", "2024-06-30"];
    let chain = json(&zhiqiang(&data, &[&args[..], &["--chain", "new-energy/storage"]].concat()));
    assert_eq!(chain["scope"]["technologies"].as_array().unwrap().len(), 5, "the children of the node");
    assert!(chain["scope"]["source"].as_str().unwrap().contains("2026-11-26"), "the edition is named");
    let region = json(&zhiqiang(&data, &[&args[..], &["--kind", "regional"]].concat()));
    assert_eq!(region["scope"]["search"], "*");
    let firm = json(&zhiqiang(&data, &[&args[..], &["--kind", "enterprise", "PA=科技有限公司 AND IC=H01M"]].concat()));
    assert!(firm["figures"].as_array().unwrap().iter().any(|figure| figure["id"] == "rank"));
}

#[test]
fn a_firm_of_the_register_is_matched_with_reasons_and_a_price_only_from_deals() {
    let dir = tempfile::tempdir().unwrap();
    let data = filled(dir.path());
    let args = ["--json", "corpus", "match", "91320682MA10000390", "--as-of", "2024-06-30"];
    let matched = json(&zhiqiang(&data, &args));
    let first = &matched["candidates"][0];
    assert!(first["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty()), "{first}");
    assert!(first["value"]["refused"]["reason"].as_str().unwrap().contains("没有成交价格资料"));
    let deals = dir.path().join("deals.csv");
    let sections = ["H01M", "G06F", "H04L", "H01L", "G06T", "G06N", "G01N", "A61K", "C08L", "B65G"];
    let mut text = "分类号,专利类型,成交金额,成交日期\n".to_owned();
    for section in sections {
        (1..=5).for_each(|n| text.push_str(&format!("{section},发明,{n}万元,2023-0{n}-01\n")));
    }
    std::fs::write(&deals, &text).unwrap();
    let path = deals.display().to_string();
    let matched = json(&zhiqiang(&data, &[&args[..], &["--deals", &path]].concat()));
    let priced = matched["candidates"].as_array().unwrap().iter().find_map(|one| one["value"].get("interval")).unwrap();
    assert!(priced["low_fen"].as_i64() < priced["high_fen"].as_i64() && priced["basis"].is_string(), "{priced}");
    std::fs::write(&deals, "分类号,专利类型,成交金额,成交日期\nH01M,发明,很多,2023-01-01\n").unwrap();
    let wrong = zhiqiang(&data, &[&args[..], &["--deals", &path]].concat());
    assert_eq!(wrong.status.code(), Some(2));
    assert!(words(&wrong).contains("第 2 行"), "{}", words(&wrong));
    let tested = json(&zhiqiang(&data, &["--json", "corpus", "match", "--backtest"]));
    assert_eq!(tested["generated"], 800, "a test on generated documents says so");
    assert_eq!(tested["hits"][0]["k"], 1);
}

#[test]
fn a_search_is_audited_clause_by_clause_and_recall_needs_a_person() {
    let dir = tempfile::tempdir().unwrap();
    let data = filled(dir.path());
    let query = "(IC=H01M OR 传感器模块) AND NOT PC=US";
    let audit = json(&zhiqiang(&data, &["--json", "corpus", "audit", query]));
    assert_eq!(audit["clauses"].as_array().unwrap().len(), 4, "{audit}");
    assert!(audit["recall"].is_null() && audit["seed"] == 20_261_126);
    let sample = |stratum: &str| audit[stratum]["sample"].as_array().unwrap().clone();
    let mut judged = String::new();
    for (stratum, word) in [("inside", "是"), ("outside", "否")] {
        sample(stratum).iter().for_each(|key| judged.push_str(&format!("{},{word}\n", key.as_str().unwrap())));
    }
    let path = dir.path().join("judged.csv");
    std::fs::write(&path, judged).unwrap();
    let audit = json(&zhiqiang(&data, &["--json", "corpus", "audit", query, "--judged", &path.display().to_string()]));
    assert_eq!((&audit["recall"]["estimate"], &audit["recall"]["high"]), (&1000.into(), &1000.into()));
    assert!(audit["recall"]["low"].as_u64().unwrap() < 1000, "a sample proves no perfection");
    std::fs::write(&path, "CN1,也许\n").unwrap();
    let wrong = zhiqiang(&data, &["corpus", "audit", query, "--judged", &path.display().to_string()]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(words(&wrong).contains("第 1 行"), "{}", words(&wrong));
}

#[test]
fn what_cannot_be_navigated_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut writer = Writer::open(&data.join("corpus")).unwrap();
    generate::documents(5, 50).for_each(|document| writer.add(document).unwrap());
    writer.commit().unwrap();
    let refused = |args: &[&str], word: &str| {
        let output = zhiqiang(&data, &[&["corpus"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", words(&output));
        assert!(words(&output).contains(word), "{args:?}: {}", words(&output));
    };
    refused(&["landscape", "IC=H01M"], "--city");
    refused(&["landscape", "--city", "苏州市"], "检索式");
    refused(&["landscape", "TI=(", "--city", "苏州市"], "^");
    refused(&["landscape", "--chain", "steel", "--city", "苏州市"], "new-energy");
    refused(&["landscape", "IC=H01M", "--city", "苏州市", "--as-of", "soon"], "--as-of");
    refused(&["landscape", "IC=H01M", "--city", "苏州市", "--as-of", "2999-01-01"], "还没有到");
    refused(&["landscape", "IC=H01M", "--city", "不存在市"], "没有“不存在市”的文献");
    refused(&["landscape", "--compare", "nowhere.json"], "nowhere.json");
    refused(&["landscape", "TI=没有这样的词语啊", "--city", "苏州市"], "没有命中");
    refused(&["match", "91320682MA10000390"], "91320682MA10000390");
    // What would have no effect on the report is refused, not passed over.
    let city = ["--city", "苏州市"];
    for (args, word) in [
        (&["landscape", "IC=H01M", "--uscc", "91320682MA10000390"][..], "检索式不起作用"),
        (&["landscape", "--uscc", "91320682MA10000390", "--kind", "industry"], "只用于企业导航"),
        (&["landscape", "--uscc", "91320682MA10000390", "--chain", "new-energy"], "--chain 不起作用"),
        (&["landscape", "PA=公司", "--kind", "enterprise", "--chain", "new-energy"], "--chain 不起作用"),
        (&["landscape", "IC=H01M", "--project", "0011", "--docx", "a.docx"], "没有编号为“0011”的项目记录"),
        (&["landscape", "IC=H01M", "--project", "0011"], "--docx"),
    ] {
        refused(&[args, &city].concat(), word);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_paper_of_a_command_has_the_project_record_of_the_page_and_the_next_edition_asks_nothing_else() {
    use domain::{
        Installation, accounts,
        versions::{self, Draft, Kind},
    };
    use navigation::{Report, export, project::Project, shelf};
    let dir = tempfile::tempdir().unwrap();
    let data = filled(dir.path());
    let file = |name: &str| dir.path().join(name);
    let landscape = ["--json", "corpus", "landscape", "--as-of", "2023-06-30"];
    // However the code was typed, the report belongs to its enterprise.
    let output = zhiqiang(&data, &[&landscape[..], &["--uscc", "91320682ma10000390"]].concat());
    let report = Report::from_json(&String::from_utf8_lossy(&output.stdout)).unwrap();
    assert_eq!(report.scope.enterprise, "91320682MA10000390", "{}", words(&output));
    let id = shelf::keep(&shelf::folder(&data), &report).unwrap();
    let said =
        Project { asked_by: "市工业和信息化局".into(), question: "引进什么".into(), ..Project::default() };
    {
        let now = "2024-02-29T04:00:00Z".parse().unwrap();
        let (installation, _) = Installation::open(&data, None, now).await.unwrap();
        let db = &installation.db;
        accounts::open(db, "clerk", "clerk", accounts::Role::Clerk, "", "correct-horse-9", now).await.unwrap();
        let clerk = accounts::all(db).await.unwrap().remove(0);
        let draft = Draft {
            kind: Kind::Project,
            object: id.clone(),
            base: 0,
            content: said.to_json().unwrap(),
            changes: "需求方".into(),
            reason: String::new(),
        };
        versions::keep(db, &clerk, &draft, now).await.unwrap();
    }
    let docx = file("a.docx");
    let args = ["--uscc", "91320682MA10000390", "--docx", docx.to_str().unwrap(), "--project"];
    let again = zhiqiang(&data, &[&landscape[..], &args, &[&id]].concat());
    let again = Report::from_json(&String::from_utf8_lossy(&again.stdout)).unwrap();
    let mut paper = std::io::Cursor::new(Vec::new());
    export::docx(&again, Some(&said), &mut paper).unwrap();
    assert_eq!(std::fs::read(&docx).unwrap(), paper.into_inner(), "the same paper as that of the page");
    let unknown = zhiqiang(&data, &[&landscape[..], &args, &["ffff"]].concat());
    assert_eq!(unknown.status.code(), Some(2));
    assert!(words(&unknown).contains(&id), "those that there are: {}", words(&unknown));
    // The next edition asks what the earlier one asked; to ask something else, it is asked anew.
    let earlier = file("a.json");
    std::fs::write(&earlier, &output.stdout).unwrap();
    let compare = ["corpus", "landscape", "--compare", earlier.to_str().unwrap()];
    for more in [&["--granted"][..], &["--city", "苏州市"]] {
        let refused = zhiqiang(&data, &[&compare[..], more].concat());
        assert_eq!(refused.status.code(), Some(2), "{}", words(&refused));
        assert!(words(&refused).contains("沿用上一版的范围"), "{}", words(&refused));
    }
}
