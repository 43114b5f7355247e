//! Backup and restore of an installation on PostgreSQL, by PostgreSQL's own tools.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use db::test::TestDb;
use serde_json::Value;

use crate::program::{json, patents, program, words, zhiqiang};

/// A PostgreSQL database of a test; none where no server is named.
async fn postgres() -> Option<TestDb> {
    let found = db::test::databases().await.into_iter().find(|base| base.name == "PostgreSQL");
    if found.is_none() {
        eprintln!("SKIPPED: {} is not set, so PostgreSQL is not backed up", db::test::POSTGRES_VARIABLE);
    }
    found
}

/// The schema of a test's database, in which its tables are.
fn schema(address: &str) -> &str {
    address.rsplit("%3D").next().unwrap()
}

/// The program on a database that its environment names.
fn on(address: &str, data: &Path, args: &[&str]) -> Output {
    program(data, args).env("ZHIQIANG_DATABASE", address).output().unwrap()
}

/// Imports a made-up city with so many patents, and evaluates it.
fn filled(address: &str, data: &Path, files: &Path) -> String {
    let regions = "区镇代码,区镇名称,类型,地址关键词\n320999,示例市,市,示例市\n320999101,城东镇,镇,\n";
    for (register, text) in [("regions", regions), ("patents", &patents(60))] {
        let path = files.join(format!("{register}.csv"));
        std::fs::write(&path, text).unwrap();
        json(&on(address, data, &["--json", "import", register, &path.display().to_string()]));
    }
    let run = json(&on(address, data, &["--json", "evaluate", "--as-of", "2023-12-31"]));
    run["run"].as_str().unwrap().to_owned()
}

/// A folder with a tool of this name that stands in for the real one.
fn tool(folder: &Path, name: &str, script: &str) -> String {
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_while_another_writes_is_restored_with_the_same_trail() {
    let Some(base) = postgres().await else { return };
    let vacant = db::test::vacant().await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (data, kept, again) = (dir.path().join("data"), dir.path().join("kept"), dir.path().join("again"));
    // The server for tests asks for no password; one that is given must show nowhere all the same.
    let address = base.address().replace("zhiqiang@", "zhiqiang:geheim-7@");
    let target = vacant.address(schema(&address)).replace("zhiqiang@", "zhiqiang:geheim-7@");
    let run = filled(&address, &data, dir.path());

    let large = dir.path().join("large.csv");
    std::fs::write(&large, patents(40_000)).unwrap();
    let large = large.display().to_string();
    let import = ["--json", "import", "patents", large.as_str()];
    let mut child = program(&data, &import)
        .env("ZHIQIANG_DATABASE", &address)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    for _ in 0..5 {
        lines.next().unwrap().unwrap();
    }
    let mut printed = child.stdout.take().unwrap();
    let drain = std::thread::spawn(move || lines.for_each(drop));
    let report = std::thread::spawn(move || serde_json::from_reader::<_, Value>(&mut printed).unwrap());

    let said = dir.path().join("said");
    let path = tool(
        &dir.path().join("bin"),
        "pg_dump",
        &format!("echo \"$@\" >> {}; exec /usr/bin/pg_dump \"$@\"", said.display()),
    );
    let backup = program(&data, &["--json", "backup", &kept.display().to_string()])
        .env("ZHIQIANG_DATABASE", &address)
        .env("PATH", path)
        .output()
        .unwrap();
    let files = json(&backup)["files"].as_u64().unwrap();
    assert!(child.try_wait().unwrap().is_none(), "the import was over before the backup, so that nothing was proven");
    let said = std::fs::read_to_string(said).unwrap();
    assert!(said.contains("--snapshot=") && !said.contains("geheim"), "{said}");
    drain.join().unwrap();
    assert_eq!(report.join().unwrap()["rows"], 40_000);
    assert!(child.wait().unwrap().success());
    for file in kept_files(&kept) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(8).any(|window| window == b"geheim-7"), "{}", file.display());
    }

    let answer = json(&on(&target, &again, &["--json", "restore", &kept.display().to_string()]));
    assert_eq!((answer["files"].as_u64(), &answer["runs"]), (Some(files), &1.into()), "{answer}");
    std::fs::copy(data.join("secret.key"), again.join("secret.key")).unwrap();
    let batches = json(&on(&target, &again, &["--json", "batches"]));
    let states: Vec<&str> = batches.as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["cancelled", "merged", "merged"], "{batches}");
    assert_eq!(json(&on(&target, &again, &["--json", "verify", &run]))["verified"], true);
    let doctor = on(&target, &again, &["doctor"]);
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
    // The trail was brought back to its last seal, and goes on from there.
    let seals = trail(&target, &again);
    let (head, before) = (answer["head"].as_str().unwrap(), trail(&address, &data));
    let at = seals.iter().position(|seal| seal == head).expect("the last seal of the backup");
    assert_eq!(seals[at..], before[before.iter().position(|seal| seal == head).unwrap()..]);

    // Neither goes over what is there.
    let once_more = on(&target, &dir.path().join("third"), &["restore", &kept.display().to_string()]);
    assert_eq!(once_more.status.code(), Some(2), "{}", words(&once_more));
    assert!(words(&once_more).contains("目标数据库不是空的"), "{}", words(&once_more));
    assert!(!dir.path().join("third").exists());
    let there = on(&target, &again, &["restore", &kept.display().to_string()]);
    assert!(there.status.code() == Some(2) && words(&there).contains("不是空的，没有改动它"), "{}", words(&there));
}

/// The seals of the trail, the newest first.
fn trail(address: &str, data: &Path) -> Vec<String> {
    let copy = data.join("trail.jsonl");
    json(&on(address, data, &["--json", "audit", "copy", &copy.display().to_string()]));
    let text = std::fs::read_to_string(&copy).unwrap();
    let mut seals: Vec<String> = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok()?["seal"].as_str().map(str::to_owned))
        .collect();
    seals.reverse();
    std::fs::remove_file(copy).unwrap();
    seals
}

fn kept_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(kept_files(&path)) } else { found.push(path) }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_is_missing_or_old_and_the_other_kind_of_database_are_told_in_words() {
    let Some(base) = postgres().await else { return };
    let vacant = db::test::vacant().await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (data, kept, sqlite) = (dir.path().join("data"), dir.path().join("kept"), dir.path().join("sqlite"));
    let address = base.address();
    filled(&address, &data, dir.path());
    let target = kept.display().to_string();
    let refused = |output: Output, word: &str| {
        assert_eq!(output.status.code(), Some(2), "{}", words(&output));
        assert!(words(&output).contains(word) && !words(&output).contains("geheim"), "{word}: {}", words(&output));
    };
    let backup = |path: String| {
        let mut command = program(&data, &["backup", &target]);
        command.env("ZHIQIANG_DATABASE", address.replace("zhiqiang@", "zhiqiang:geheim-7@")).env("PATH", path);
        command.output().unwrap()
    };
    refused(backup("/nowhere".into()), "找不到 pg_dump");
    let old = tool(&dir.path().join("old"), "pg_dump", "echo 'pg_dump (PostgreSQL) 9.6.24'");
    refused(backup(old), "低于 PostgreSQL 服务器的");
    let broken =
        "case \"$1\" in --version) echo 'pg_dump (PostgreSQL) 99.1';; *) echo \"no: $PGPASSWORD\" >&2; exit 1;; esac";
    refused(backup(tool(&dir.path().join("broken"), "pg_dump", broken)), "没有完成：no: ***");
    assert!(!kept.exists(), "nothing is left of a backup that failed");
    backup(std::env::var("PATH").unwrap());

    // Each kind goes back to its own kind, and a damaged dump goes nowhere.
    let again = dir.path().join("again");
    refused(zhiqiang(&again, &["restore", &target]), "这份备份是 PostgreSQL 的");
    let own = dir.path().join("own");
    json(&zhiqiang(&sqlite, &["--json", "init"]));
    json(&zhiqiang(&sqlite, &["--json", "backup", &own.display().to_string()]));
    let empty = vacant.address(schema(&address));
    refused(on(&empty, &again, &["restore", &own.display().to_string()]), "这份备份是 SQLite 的");
    refused(on(&vacant.address("elsewhere"), &again, &["restore", &target]), "search_path");
    let dump = kept.join("zhiqiang.dump");
    let good = std::fs::read(&dump).unwrap();
    let mut bad = good.clone();
    bad[good.len() / 2] ^= 1;
    std::fs::write(&dump, bad).unwrap();
    let damaged = on(&empty, &again, &["restore", &target]);
    assert!(damaged.status.code() == Some(1) && words(&damaged).contains("zhiqiang.dump"), "{}", words(&damaged));
    std::fs::write(&dump, good).unwrap();
    assert!(!again.exists());
    assert!(on(&empty, &again, &["restore", &target]).status.success(), "and the database is as empty as it was");
}
