//! The fold equals a naive telling of every file in the order of receipt, whatever the order of import.

use std::collections::BTreeMap;

use proptest::prelude::*;
use registry::{Folded, ImportOptions, Kept, batches};

use crate::office::{Office, offices, on};

#[tokio::test]
async fn a_file_received_earlier_but_imported_later_takes_its_place() {
    for office in offices().await {
        office.import("ipc-titles", "分类号,名称,层级\nH04W,甲,2011\n", "2024-01-05").await;
        // Confirms the first, and stores no fact of its own.
        assert_eq!(office.import("ipc-titles", "分类号,名称,层级\nH04W,甲,\n", "2024-01-10").await.unchanged, 1);
        let late = ImportOptions { received_at: on("2024-01-07"), ..ImportOptions::new(on("2024-01-20"), "张三") };
        let report = office.try_import("ipc-titles", "分类号,名称,层级\nH04W,乙,2017\n", &late).await.unwrap();
        assert_eq!((report.accepted, report.changed), (1, 1));
        let cell = async |field: &str, day: &str| office.cell("ipc-titles", &key(&office).await, field, day).await;
        assert_eq!(cell("title", "2024-01-06").await.as_deref(), Some("甲"));
        assert_eq!(cell("title", "2024-01-08").await.as_deref(), Some("乙"));
        assert_eq!(cell("title", "2024-01-10").await.as_deref(), Some("甲"), "the later file said it again");
        assert_eq!(cell("level", "2024-01-10").await.as_deref(), Some("2017"), "and of this it said nothing");
    }
}

async fn key(office: &Office) -> String {
    office.known("2024-12-31").await.get("ipc-titles")[0].key.to_string()
}

/// A file: the day of its receipt, and per key a name and an edition, empty ones saying nothing.
type File = (u8, Vec<(u8, Option<u8>, Option<u8>)>);

/// What a file says: the day of its receipt, and per key the name and the edition.
type Told = (u8, Vec<(String, String, String)>);

fn files() -> impl Strategy<Value = Vec<File>> {
    let row = (0u8..4, prop::option::weighted(0.9, 0u8..3), prop::option::of(0u8..3));
    prop::collection::vec((1u8..9, prop::collection::vec(row, 1..5)), 1..6)
}

fn text(file: &File) -> (String, Vec<(String, String, String)>) {
    let mut text = String::from("分类号,名称,层级\n");
    let mut said: BTreeMap<String, (String, String)> = BTreeMap::new();
    for (key, name, edition) in &file.1 {
        let key = format!("H0{}", key + 1);
        // An empty name is refused, for it is required; so only the first sound row of a key counts.
        let (name, edition) =
            (name.map(|n| format!("名{n}")).unwrap_or_default(), edition.map(|e| e.to_string()).unwrap_or_default());
        text.push_str(&format!("{key},{name},{edition}\n"));
        if !name.is_empty() {
            said.entry(key).or_insert((name, edition));
        }
    }
    (text, said.into_iter().map(|(key, (name, edition))| (key, name, edition)).collect())
}

async fn check(files: &[File]) {
    let office = offices().await.remove(0);
    let mut told: Vec<Told> = Vec::new();
    let mut kept = Kept::read(office.db(), on("2024-01-01")).await.unwrap();
    for file in files {
        let (text, said) = text(file);
        let options = ImportOptions {
            received_at: on(&format!("2024-01-0{}", file.0)),
            ..ImportOptions::new(on("2024-02-01"), "张三")
        };
        let report = office.try_import("ipc-titles", &text, &options).await.unwrap();
        assert_eq!(report.rows, report.accepted + report.unchanged + report.quarantined);
        told.push((file.0, said));
        for day in 1..=9u8 {
            let folded = office.known(&format!("2024-01-0{day}")).await;
            assert_eq!(shown(&folded), naive(&told, day), "on day {day} after {told:?}");
            kept = kept.refreshed(office.db(), on(&format!("2024-01-0{day}"))).await.unwrap();
            assert_eq!(*kept.folded(), folded, "kept, on day {day} after {told:?}");
        }
    }
}

#[tokio::test]
async fn a_kept_state_follows_imports_corrections_and_roll_backs() {
    for office in offices().await {
        let mut kept = Some(Kept::read(office.db(), on("2024-02-01")).await.unwrap());
        let mut at = 1;
        let mut moved = async || {
            at += 1;
            let now = on(&format!("2024-02-0{at}"));
            let before = kept.take().unwrap();
            let seen = before.folded();
            let after = before.refreshed(office.db(), now).await.unwrap();
            let folded = after.folded();
            assert_eq!(*folded, registry::fold(office.db(), now).await.unwrap());
            assert!(after.reaches(office.db(), now).await.unwrap());
            kept = Some(after);
            seen.batches_of(&["ipc-titles"]) != folded.batches_of(&["ipc-titles"])
        };
        assert!(!moved().await, "nothing has come");
        let many: String = (10..60).map(|class| format!("A{class},名{class},大类,A\n")).collect();
        office.import("ipc-titles", &format!("分类号,名称,层级,上级\n{many}"), "2024-01-01").await;
        assert!(moved().await);
        assert!(!moved().await, "nothing has come since");
        let one = office.import("ipc-titles", "分类号,名称\nA09,新\nA20,改\nA99,末\n", "2024-01-02").await;
        assert!(moved().await, "first, middle and last");
        batches::rollback(office.db(), one.batch, on("2024-02-05"), "张三", None).await.unwrap();
        assert!(moved().await, "taken back");
        office.import("patents", crate::office::PATENTS, "2024-01-03").await;
        assert!(!moved().await, "another register");
        let kept = kept.unwrap();
        let reaches = async |day: &str| kept.reaches(office.db(), on(day)).await.unwrap();
        assert!(reaches("2024-03-01").await && reaches("2024-02-05").await, "nothing came or went in between");
        assert!(!reaches("2024-01-03").await, "what was taken back still stood");
    }
}

/// What a person would write down who hears every file in the order of receipt.
fn naive(told: &[Told], day: u8) -> BTreeMap<String, (String, String)> {
    let mut heard: Vec<_> = told.iter().filter(|(received, _)| *received <= day).collect();
    heard.sort_by_key(|(received, _)| *received);
    let mut state: BTreeMap<String, (String, String)> = BTreeMap::new();
    for (_, said) in heard {
        for (key, name, edition) in said {
            let row = state.entry(key.clone()).or_default();
            row.0.clone_from(name);
            if !edition.is_empty() {
                row.1.clone_from(edition);
            }
        }
    }
    state
}

fn shown(folded: &Folded) -> BTreeMap<String, (String, String)> {
    let (symbol, title, level) = (
        Folded::column("ipc-titles", "symbol"),
        Folded::column("ipc-titles", "title"),
        Folded::column("ipc-titles", "level"),
    );
    let cell = |row: &registry::FoldedRow, place: usize| row.text(place).to_owned();
    folded.get("ipc-titles").iter().map(|row| (cell(row, symbol), (cell(row, title), cell(row, level)))).collect()
}

#[test]
fn the_fold_equals_a_naive_telling() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases: 25, ..ProptestConfig::default() });
    runner
        .run(&files(), |files| {
            runtime.block_on(check(&files));
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn a_cell_with_what_json_escapes_comes_back_as_it_was() {
    for office in offices().await {
        let title = "甲\\乙\u{7}丙/\"丁\"";
        office.import("ipc-titles", "分类号,名称,层级\nH04W,平,2011\n", "2024-01-05").await;
        let quoted = title.replace('"', "\"\"");
        office.import("ipc-titles", &format!("分类号,名称,层级\nH04W,\"{quoted}\",\n"), "2024-01-06").await;
        let cell = office.cell("ipc-titles", &key(&office).await, "title", "2024-01-07").await.unwrap();
        assert!(cell.contains('\\') && cell.contains("乙") && cell.contains('丁'), "{cell}");
        let kept = Kept::read(office.db(), on("2024-01-05")).await.unwrap();
        let kept = kept.refreshed(office.db(), on("2024-01-07")).await.unwrap().folded();
        let row = &kept.get("ipc-titles")[0];
        assert_eq!(row.text(Folded::column("ipc-titles", "title")), cell, "kept apart from its page too");
        assert_eq!((row.text(Folded::column("ipc-titles", "level")), &*row.key), ("2011", &*key(&office).await));
    }
}
