//! SIGKILL at many points of an import and of an evaluation: the last committed state stays, and the next start says so.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

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
