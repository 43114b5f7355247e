//! `corpus index`, `search` and `show` as a user runs them, on files made here and on the real samples when they are there.

use std::path::Path;

use crate::program::{json, words, zhiqiang};

const GOOGLE: &str = "search URL:,https://patents.google.com/?q=test\n\
    id,title,assignee,inventor/author,priority date,filing/creation date,publication date,grant date,result link,representative figure link\n\
    CN-109417194-B,一种石墨烯电池负极材料,示例大学,\"张三, 李四\",2016-06-01,2017-05-30,2021-09-07,2021-09-07,https://patents.google.com/patent/CN109417194B/zh,\n\
    US-10123456-B2,Graphene battery electrode,Example Corp,Jane Doe,2015-01-05,2016-01-04,2018-11-13,2018-11-13,https://patents.google.com/patent/US10123456B2/en,\n";

fn write(dir: &Path, name: &str, text: &str) -> String {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// What a command printed.
fn words_of(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn documents_are_taken_in_found_and_shown() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let file = write(dir.path(), "gp-search.csv", GOOGLE);

    let indexed = json(&zhiqiang(&data, &["--json", "corpus", "index", &file]));
    assert_eq!(indexed["documents"], 2, "{indexed}");
    assert_eq!((&indexed["new"], &indexed["duplicates"], &indexed["set_aside"]), (&2.into(), &0.into(), &0.into()));

    // A file that was taken in whole is passed by; under another name its documents are the same ones.
    let again = json(&zhiqiang(&data, &["--json", "corpus", "index", &file]));
    assert_eq!(again["documents"], 0, "{again}");
    let copy = write(dir.path(), "copy.csv", GOOGLE);
    let copied = json(&zhiqiang(&data, &["--json", "corpus", "index", &copy]));
    assert_eq!((&copied["documents"], &copied["new"], &copied["duplicates"]), (&2.into(), &0.into(), &2.into()));

    let found = json(&zhiqiang(&data, &["--json", "corpus", "search", "石墨烯 AND PA=示例大学", "--limit", "5"]));
    assert_eq!(found["total"], 1, "{found}");
    assert_eq!(found["hits"][0]["number"], "CN109417194B");
    assert_eq!(found["hits"][0]["applicants"][0], "示例大学");
    let number = json(&zhiqiang(&data, &["--json", "corpus", "search", "cn 109417194-b"]));
    assert_eq!((&number["total"], &number["hits"][0]["number"]), (&1.into(), &"CN109417194B".into()), "as in the box");
    let english = json(&zhiqiang(&data, &["--json", "corpus", "search", "batteries"]));
    assert_eq!(english["hits"][0]["number"], "US10123456B2", "{english}");

    let shown = json(&zhiqiang(&data, &["--json", "corpus", "show", "CN 109417194 B"]));
    assert_eq!(shown[0]["sources"].as_array().unwrap().len(), 2, "both files are named: {shown}");
}

#[test]
fn a_backup_brings_documents_reports_and_chains_back_and_doctor_finds_what_was_changed() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let file = write(dir.path(), "gp-search.csv", GOOGLE);
    // A report is of a city of which the corpus holds something.
    let own = "公开（公告）号,申请号,名称,申请人,申请人地址\n\
        CN103730678B,201310699744.2,一种电极,海安某公司,江苏省南通市海安市某路1号\n";
    let own = write(dir.path(), "own.csv", own);
    json(&zhiqiang(&data, &["--json", "corpus", "index", &file, &own]));
    let landscape = ["--json", "corpus", "landscape", "石墨烯", "--city", "海安市", "--as-of", "2024-02-29"];
    let report = navigation::Report::from_json(&words_of(&zhiqiang(&data, &landscape))).unwrap();
    let id = navigation::shelf::keep(&navigation::shelf::folder(&data), &report).unwrap();
    let chain = Path::new("chains").join("own.toml");
    std::fs::create_dir_all(data.join("chains")).unwrap();
    std::fs::write(data.join(&chain), "id = \"own\"\n").unwrap();

    let (copy, restored) = (dir.path().join("copy"), dir.path().join("restored"));
    let done = zhiqiang(&data, &["backup", copy.to_str().unwrap()]);
    assert!(done.status.success(), "{}", words(&done));
    let done = zhiqiang(&restored, &["restore", copy.to_str().unwrap()]);
    assert!(done.status.success(), "{}", words(&done));
    std::fs::copy(data.join("secret.key"), restored.join("secret.key")).unwrap();
    let found = json(&zhiqiang(&restored, &["--json", "corpus", "search", "石墨烯"]));
    assert_eq!(found["total"], 1, "{found}");
    let shelf = navigation::shelf::folder(&restored);
    assert_eq!(navigation::shelf::read(&shelf, &id).unwrap().as_ref(), Some(&report));
    assert_eq!(std::fs::read_to_string(restored.join(&chain)).unwrap(), "id = \"own\"\n");

    let sound = zhiqiang(&restored, &["doctor"]);
    assert!(sound.status.success(), "{}", words(&sound));
    assert!(words_of(&sound).contains("3 件文献，1 个分片") && words_of(&sound).contains("1 份导航报告"), "{sound:?}");
    for (file, word) in [
        (shelf.join(format!("{id}.json")), "已被改动"),
        (restored.join("corpus/splits/00000001/documents.parquet"), "校验和不符"),
        (restored.join("corpus/CURRENT"), "没有检查成"),
    ] {
        let good = std::fs::read(&file).unwrap();
        let mut bad = good.clone();
        bad[good.len() / 2] ^= 1;
        std::fs::write(&file, bad).unwrap();
        let faulty = zhiqiang(&restored, &["doctor"]);
        assert_eq!(faulty.status.code(), Some(1), "{word}: {faulty:?}");
        assert!(words_of(&faulty).contains(word) && words_of(&faulty).contains("请"), "{word}: {faulty:?}");
        std::fs::write(&file, good).unwrap();
    }
    assert!(zhiqiang(&restored, &["doctor"]).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_run_over_what_came_and_tell_it_once() {
    use domain::{Installation, accounts, warnings};
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let now = "2024-02-29T04:00:00Z".parse().unwrap();
    {
        let (installation, _) = Installation::open(&data, None, now).await.unwrap();
        let db = &installation.db;
        accounts::open(db, "clerk", "clerk", accounts::Role::Clerk, "", "correct-horse-9", now).await.unwrap();
        let clerk = accounts::all(db).await.unwrap().remove(0);
        let query = corpus::Query::parse("石墨烯").unwrap();
        let wanted = (warnings::Kind::Field, "石墨烯", &query);
        warnings::set(db, &clerk, wanted, 0, "2024-02-29".parse().unwrap(), now).await.unwrap();
    }
    let file = write(dir.path(), "gp-search.csv", GOOGLE);
    let indexed = zhiqiang(&data, &["corpus", "index", &file]);
    assert!(words(&indexed).contains("运行监测条件 1 个：新增预警 1 条"), "{}", words(&indexed));
    let listed = json(&zhiqiang(&data, &["--json", "corpus", "watch", "--list"]));
    assert_eq!((&listed["watches"], &listed["warnings"][0]["level"]), (&0.into(), &"major".into()), "{listed}");
    assert_eq!(listed["warnings"][0]["documents"].as_array().unwrap().len(), 1, "{listed}");
    let again = json(&zhiqiang(&data, &["--json", "corpus", "watch", "--account", "clerk"]));
    assert_eq!((&again["watches"], &again["told"]), (&1.into(), &0.into()), "told once: {again}");
    let nobody = zhiqiang(&data, &["corpus", "watch", "--account", "nobody"]);
    assert_eq!(nobody.status.code(), Some(2), "{}", words(&nobody));
}

#[test]
fn what_cannot_be_done_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let empty = zhiqiang(&data, &["corpus", "search", "电池"]);
    assert_eq!(empty.status.code(), Some(2));
    assert!(words(&empty).contains("corpus index"), "{}", words(&empty));

    let missing = zhiqiang(&data, &["corpus", "index", "nowhere.xml"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(words(&missing).contains("nowhere.xml"), "{}", words(&missing));

    let good = write(dir.path(), "gp-search.csv", GOOGLE);
    let bad = write(dir.path(), "broken.xml", "<?xml version=\"1.0\"?><unknown>");
    let indexed = json(&zhiqiang(&data, &["--json", "corpus", "index", &bad, &good]));
    assert_eq!(indexed["documents"], 2, "one bad file keeps no other out: {indexed}");
    assert_eq!(indexed["problems"][0]["file"], "broken.xml", "{indexed}");

    let shown = zhiqiang(&data, &["corpus", "show", "CN999999999A"]);
    assert_eq!(shown.status.code(), Some(2), "{}", words(&shown));
    assert!(words(&shown).contains("CN999999999A"), "{}", words(&shown));
    let kept = json(&zhiqiang(&data, &["--json", "corpus", "problems"]));
    assert_eq!(kept, indexed, "what was set aside can be looked at again");
    assert_eq!(zhiqiang(&data, &["corpus", "problems", "7"]).status.code(), Some(2));

    // Where nothing could be read the answer says why of each, and the status that it was for nothing.
    let paper = write(dir.path(), "paper.pdf", "%PDF-1.7");
    let nothing = zhiqiang(&data, &["--json", "corpus", "index", &paper]);
    assert_eq!(nothing.status.code(), Some(2), "{}", words(&nothing));
    let answer: serde_json::Value = serde_json::from_slice(&nothing.stdout).unwrap();
    assert_eq!((&answer["read"], &answer["problems"][0]["file"]), (&0.into(), &"paper.pdf".into()), "{answer}");
    let empty = dir.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let empty = zhiqiang(&data, &["corpus", "index", empty.to_str().unwrap()]);
    assert_eq!(empty.status.code(), Some(2), "{}", words(&empty));

    let wrong = zhiqiang(&data, &["corpus", "search", "TI=电池 AND ("]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(words(&wrong).contains('^'), "the place is marked: {}", words(&wrong));
}

#[test]
fn the_real_samples_add_up() {
    let Some(samples) =
        ["ZHIQIANG_DATA"].iter().find_map(std::env::var_os).map(std::path::PathBuf::from).or_else(|| {
            let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
            beside.exists().then_some(beside)
        })
    else {
        eprintln!("跳过：没有样例数据（ZHIQIANG_DATA 或 ../shared/data），未试真实专利文件");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let folders =
        ["cn-patents/cnipr-export", "patent-xml/cnipa-fulltext", "patent-xml/ep-fulltext", "world-patents/lens"];
    let paths: Vec<String> = folders.iter().map(|folder| samples.join(folder).display().to_string()).collect();
    let mut arguments = vec!["--json", "corpus", "index"];
    arguments.extend(paths.iter().map(String::as_str));
    let indexed = json(&zhiqiang(&data, &arguments));
    let count = |field: &str| indexed[field].as_u64().unwrap();
    assert_eq!(count("documents"), count("new") + count("duplicates"));
    assert_eq!(count("read"), count("documents") + count("set_aside"));
    assert!(count("new") > 1_000, "{}", indexed["new"]);
    let all = json(&zhiqiang(&data, &["--json", "corpus", "search", "PC=CN", "--limit", "1"]));
    assert!(all["total"].as_u64().unwrap() >= 199, "the utility models of the export are there: {}", all["total"]);
}
