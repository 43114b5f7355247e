//! SIGKILL at many points of an import, of an evaluation and of indexing documents: the last committed state stays, and
//! the next start says so or goes on from there.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use corpus::{Corpus, Order, Query};
use serde_json::Value;

use crate::program::{Kill, city, copy, hidden, json, killed, measured, patents, program, spread, words, zhiqiang};

const EVALUATE: [&str; 6] = ["--json", "evaluate", "--as-of", "2023-12-31", "--known-at", "2030-01-01T00:00:00Z"];

fn run_ids(runs: &Value) -> Vec<String> {
    runs.as_array().unwrap().iter().map(|run| run["run"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_killed_evaluation_leaves_no_half_run_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let pristine = dir.path().join("pristine");
    city(&pristine, dir.path(), 1_000);
    let reference = dir.path().join("reference");
    copy(&pristine, &reference);
    let whole = measured(&mut program(&reference, &EVALUATE));
    let run = run_ids(&json(&zhiqiang(&reference, &["--json", "runs"]))).remove(0);

    // The lines are 汇总登记簿, 冻结事实, 按规则测算, 保存结果; the last step is the one that writes.
    let mut points: Vec<Kill> = spread(whole, 8).collect();
    points.extend((1..=4).map(|line| Kill::AfterLine(line, Duration::ZERO)));
    points.extend((1..=8).map(|step| Kill::AfterLine(4, Duration::from_millis(step * 6))));
    // The facts are written while the rules are being applied.
    points.extend((1..=12).map(|step| Kill::AfterLine(3, Duration::from_millis(step * 3))));
    let (mut said, mut cleared, mut unlisted) = (0, 0, 0);
    for (number, point) in points.into_iter().enumerate() {
        let data = dir.path().join(format!("killed-{number}"));
        copy(&pristine, &data);
        let finished = killed(&mut program(&data, &EVALUATE), point);
        let left = hidden(&data);
        let next = zhiqiang(&data, &["--json", "runs"]);
        let listed = run_ids(&json(&next));
        let told = words(&next);
        assert!(listed.is_empty() || listed == [run.as_str()], "{point:?}: {listed:?}");
        assert!(!finished || listed.len() == 1, "{point:?}: a run that came to its end is listed");
        for path in &left {
            assert!(told.contains(path.as_str()), "{point:?}: {path} was cleared away unsaid: {told}");
        }
        assert_eq!(hidden(&data), Vec::<String>::new(), "{point:?}");
        said += usize::from(told.contains("提示：“测算：统计时点 2023-12-31”"));
        cleared += left.len();
        unlisted += usize::from(listed.is_empty());
        assert_eq!(words(&zhiqiang(&data, &["--json", "runs"])), "", "{point:?}: it is said once");
        let again = json(&zhiqiang(&data, &EVALUATE));
        assert_eq!(again["run"], run.as_str(), "{point:?}");
        let verified = json(&zhiqiang(&data, &["--json", "verify", &run]));
        assert_eq!(verified["verified"], true, "{point:?}: {verified}");
        std::fs::remove_dir_all(&data).unwrap();
    }
    eprintln!(
        "{whole:?} measured; {unlisted} kills before the end, {said} said at the next start, {cleared} folders cleared"
    );
    assert!(unlisted >= 8 && said >= 8, "{unlisted} kills before the end, {said} of them said");
    assert!(cleared > 0, "no kill hit the writing, so that part proved nothing");
}

/// Imports `large` on a database until a kill, again and again, and at last whole.
fn story(name: &str, base: &dyn Fn(&Path, &[&str]) -> Command, dir: &Path) {
    const ROWS: usize = 30_000;
    let data = dir.join("data");
    let first = dir.join("first.csv");
    std::fs::write(&first, patents(5)).unwrap();
    let large = dir.join("large.csv");
    std::fs::write(&large, patents(ROWS)).unwrap();
    let (first, large) = (first.display().to_string(), large.display().to_string());
    let run = |args: &[&str]| base(&data, args).output().unwrap();
    json(&run(&["--json", "import", "patents", &first]));
    let import = ["--json", "import", "patents", large.as_str()];

    // Measured on a register of its own, so that nothing of it is known here.
    let elsewhere = dir.join("elsewhere");
    let whole = measured(&mut program(&elsewhere, &import));
    let mut points: Vec<Kill> = spread(whole, 8).collect();
    points.extend([1, 2, 10, 29, 30].map(|line| Kill::AfterLine(line, Duration::ZERO)));
    points.extend((1..=4).map(|step| Kill::AfterLine(30, Duration::from_millis(step * 8))));
    let (mut said, mut kills) = (0, 0);
    for point in points {
        let finished = killed(&mut base(&data, &import), point);
        let next = run(&["--json", "batches", "patents"]);
        let batches = json(&next);
        let of = |state: &str| batches.as_array().unwrap().iter().filter(|batch| batch["state"] == state).count();
        assert_eq!(of("staging"), 0, "{name} {point:?}: {batches}");
        let accepted: i64 = batches
            .as_array()
            .unwrap()
            .iter()
            .filter(|batch| batch["state"] == "merged")
            .map(|batch| batch["accepted"].as_i64().unwrap())
            .sum();
        let all = i64::try_from(ROWS).unwrap();
        assert!(accepted == 5 || accepted == all, "{name}: half an import is visible, {accepted} rows, {point:?}");
        assert!(!finished || accepted == all, "{name} {point:?}: an import that came to its end is there");
        kills += 1;
        said += usize::from(words(&next).contains("提示：上次导入 large.csv（patents"));
        let doctor = run(&["doctor"]);
        assert!(doctor.status.success(), "{name} {point:?}: {}", String::from_utf8_lossy(&doctor.stdout));
        if accepted == all {
            let newest = batches[0]["id"].as_i64().unwrap().to_string();
            json(&run(&["--json", "rollback", &newest]));
        }
    }
    eprintln!("{name}: {whole:?} measured; {kills} kills, {said} said at the next start");
    assert!(said >= 6, "{name}: only {said} of {kills} kills left anything to clear away");
    let report = json(&run(&import));
    assert_eq!((&report["rows"], &report["quarantined"]), (&ROWS.into(), &0.into()));
    assert_eq!(report["accepted"].as_u64().unwrap() + report["unchanged"].as_u64().unwrap(), ROWS as u64);
}

#[test]
fn a_killed_import_leaves_what_was_there_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    story("SQLite", &|data, args| program(data, args), dir.path());
}

#[tokio::test]
async fn a_killed_import_on_postgresql_leaves_what_was_there_and_says_so() {
    let databases = db::test::databases().await;
    let Some(base) = databases.iter().find(|base| base.name == "PostgreSQL") else {
        eprintln!("SKIPPED: {} is not set, so kills on PostgreSQL are not tried", db::test::POSTGRES_VARIABLE);
        return;
    };
    let (dir, address) = (tempfile::tempdir().unwrap(), base.address());
    let command = |data: &Path, args: &[&str]| {
        let mut command = program(data, args);
        command.args(["--database", &address]);
        command
    };
    story(base.name, &command, dir.path());
}

/// Whether a row brings the document of an earlier one again, so that rows are superseded too.
fn is_again(n: usize) -> bool {
    n % 7 == 6 && n > 100
}

/// Documents of three offices, some of them twice, the second time under another title.
fn documents(rows: usize) -> String {
    let mut text = String::from(
        "search URL:,https://patents.google.com/?q=test\n\
         id,title,assignee,inventor/author,priority date,filing/creation date,publication date,grant date,result link,\
         representative figure link\n",
    );
    for n in 0..rows {
        let (number, title) = if is_again(n) { (n - 50, "又名电池隔膜") } else { (n, "一种电池隔膜") };
        let office = ["CN", "US", "EP"][number % 3];
        let _ = writeln!(
            text,
            "{office}-1{number:08}-A,{title}{n},示例公司{},张三,2016-06-01,2017-05-30,2018-09-07,,https://example.com,",
            n % 7
        );
    }
    text
}

/// Every document of the present snapshot by its key, as it is stored.
fn all_documents(data: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let corpus = match Corpus::open(&data.join("corpus")) {
        Err(corpus::Error::Absent(_)) => return all,
        opened => opened.unwrap(),
    };
    let visit = &mut |hit: corpus::Hit| {
        let text = serde_json::to_string(&hit.document).unwrap();
        assert_eq!(all.insert(hit.document.key, text), None, "a document stands there once");
        ControlFlow::Continue(())
    };
    corpus.each_hit(&Query::All, Order::FiledEarliest, false, visit).unwrap();
    assert_eq!(all.len() as u64, corpus.count(&Query::All).unwrap());
    all
}

#[test]
fn a_killed_indexing_goes_on_from_its_last_split_and_ends_the_same() {
    const ROWS: usize = 3_000;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("documents.csv");
    std::fs::write(&file, documents(ROWS)).unwrap();
    let file = file.display().to_string();
    let index = ["--json", "corpus", "index", "--split-documents", "200", &file];
    let undisturbed = dir.path().join("undisturbed");
    let whole = measured(&mut program(&undisturbed, &index));
    let expected = all_documents(&undisturbed);
    assert_eq!(expected.len(), (0..ROWS).filter(|n| !is_again(*n)).count());

    let (mut before, mut midway, mut resumed, mut left) = (0, 0, 0, 0);
    let mut data = dir.path().join("killed-0");
    let mut seen = 0;
    for (number, point) in spread(whole, 24).enumerate() {
        let finished = killed(&mut program(&data, &index), point);
        let found = all_documents(&data);
        // What was visible stays visible, and stands there in the end too.
        assert!(found.len() >= seen, "{point:?}: {} documents, {seen} before", found.len());
        assert!(found.keys().all(|key| expected.contains_key(key)), "{point:?}");
        assert!(!finished || found == expected, "{point:?}: an indexing that came to its end is whole");
        before += usize::from(found.is_empty());
        midway += usize::from(!found.is_empty() && found.len() < expected.len());
        resumed += usize::from(seen > 0 && found.len() > seen);
        left += partial(&data);
        seen = found.len();
        if found.len() == expected.len() || number % 6 == 5 {
            finish(&data, &index, &expected);
            (data, seen) = (dir.path().join(format!("killed-{}", number + 1)), 0);
        }
    }
    finish(&data, &index, &expected);
    eprintln!(
        "{whole:?} measured; kills: {before} before the first split, {midway} between splits, {resumed} after going on; \
         {left} half splits were left"
    );
    assert!(midway >= 3 && resumed >= 1 && left > 0, "the kills hit the writing");
}

/// How many folders of splits are there that were begun and not put in place.
fn partial(data: &Path) -> usize {
    let entries = std::fs::read_dir(data.join("corpus/splits")).into_iter().flatten();
    entries.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|end| end == "partial")).count()
}

/// The same command once more: the same documents as without any kill, and nothing half done beside them.
fn finish(data: &Path, index: &[&str], expected: &BTreeMap<String, String>) {
    let known = all_documents(data).len();
    let answer = json(&zhiqiang(data, index));
    assert!(answer["new"].as_u64().unwrap() as usize == expected.len() - known, "{known} known: {answer}");
    assert_eq!(&all_documents(data), expected);
    assert_eq!(partial(data), 0);
    let folders = std::fs::read_dir(data.join("corpus/splits")).unwrap().count();
    let manifest = Corpus::open(&data.join("corpus")).unwrap();
    assert_eq!(folders, manifest.manifest().splits.len(), "every folder is named by the manifest");
}
