//! Backup and restore: the round trip, during an import, and what is refused.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use domain::cases::State;
use serde_json::Value;

use crate::delivery::City;
use crate::program::{city, json, patents, program, restored, words, zhiqiang};

const EVALUATE: [&str; 4] = ["--json", "evaluate", "--as-of", "2023-12-31"];

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn a_restored_installation_has_the_same_runs_and_they_verify() {
    let dir = tempfile::tempdir().unwrap();
    let (data, kept, again) = (dir.path().join("data"), dir.path().join("kept"), dir.path().join("again"));
    city(&data, dir.path(), 60);
    let run = json(&zhiqiang(&data, &EVALUATE))["run"].as_str().unwrap().to_owned();
    let report = json(&zhiqiang(&data, &["--json", "backup", &shown(&kept)]));
    assert_eq!(report["files"].as_u64().unwrap(), files(&kept).len() as u64 - 1, "all but the list itself: {report}");
    let answer = restored(&data, &kept, &again);
    assert_eq!(answer["runs"], 1);
    for question in [&["--json", "runs"][..], &["--json", "batches"]] {
        assert_eq!(json(&zhiqiang(&again, question)), json(&zhiqiang(&data, question)));
    }
    assert_eq!(json(&zhiqiang(&again, &["--json", "verify", &run]))["verified"], true);
    assert!(zhiqiang(&again, &["doctor"]).status.success());

    // Neither goes over what is there.
    for (data, command, target) in [(&data, "backup", &kept), (&again, "restore", &kept)] {
        let output = zhiqiang(data, &[command, &shown(target)]);
        assert_eq!(output.status.code(), Some(2), "{}", words(&output));
        assert!(words(&output).contains("不是空的，没有改动它"), "{}", words(&output));
    }
    let output = zhiqiang(&dir.path().join("other"), &["restore", &shown(dir.path())]);
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
    assert!(words(&output).contains("不是备份文件夹"), "{}", words(&output));
    // An empty folder is as good as none.
    let empty = dir.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    json(&zhiqiang(&empty, &["--json", "restore", &shown(&kept)]));
}

#[test]
fn a_damaged_backup_is_refused_and_the_file_named() {
    let dir = tempfile::tempdir().unwrap();
    let (data, kept) = (dir.path().join("data"), dir.path().join("kept"));
    city(&data, dir.path(), 20);
    json(&zhiqiang(&data, &EVALUATE));
    json(&zhiqiang(&data, &["--json", "backup", &shown(&kept)]));
    let all = files(&kept);
    assert!(all.len() > 20, "{}", all.len());
    // The database, one file of each folder, and the list itself; changed and missing.
    for name in ["zhiqiang.sqlite", "result.json", "rules.sql", "patent.parquet", "backup.json"] {
        let file = all.iter().find(|path| path.ends_with(name)).unwrap();
        let good = std::fs::read(file).unwrap();
        let mut bad = good.clone();
        bad[good.len() / 3] ^= 1;
        for damage in [Some(bad), None] {
            match &damage {
                Some(bad) => std::fs::write(file, bad).unwrap(),
                None => std::fs::remove_file(file).unwrap(),
            }
            let target = dir.path().join("target");
            let output = zhiqiang(&target, &["restore", &shown(&kept)]);
            // One changed byte of the list is a changed hash of some file, or no list at all.
            let is_list = name == "backup.json";
            assert!(!output.status.success() && (is_list || output.status.code() == Some(1)), "{name}");
            assert!(is_list || words(&output).contains(&shown(file)), "{name}: {}", words(&output));
            assert!(!target.exists(), "{name}: nothing is restored by halves");
        }
        std::fs::write(file, good).unwrap();
    }
    assert_eq!(files(&kept), all);
    json(&zhiqiang(&dir.path().join("target"), &["--json", "restore", &shown(&kept)]));
}

#[test]
fn a_backup_taken_during_an_import_holds_what_was_committed_before() {
    let dir = tempfile::tempdir().unwrap();
    let (data, kept, again) = (dir.path().join("data"), dir.path().join("kept"), dir.path().join("again"));
    city(&data, dir.path(), 60);
    let large = dir.path().join("large.csv");
    std::fs::write(&large, patents(40_000)).unwrap();
    let large = shown(&large);
    let import = ["--json", "import", "patents", large.as_str()];
    let mut child = program(&data, &import).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    for _ in 0..5 {
        lines.next().unwrap().unwrap();
    }
    // What it prints is read beside, so that a full pipe does not hold it.
    let mut printed = child.stdout.take().unwrap();
    let drain = std::thread::spawn(move || lines.for_each(drop));
    let report = std::thread::spawn(move || serde_json::from_reader::<_, Value>(&mut printed).unwrap());
    json(&zhiqiang(&data, &["--json", "backup", &shown(&kept)]));
    assert!(child.try_wait().unwrap().is_none(), "the import was over before the backup, so that nothing was proven");
    drain.join().unwrap();
    let report = report.join().unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!((&report["rows"], &report["accepted"]), (&40_000.into(), &39_940.into()), "{report}");

    restored(&data, &kept, &again);
    let batches = json(&zhiqiang(&again, &["--json", "batches"]));
    let states: Vec<&str> = batches.as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["cancelled", "merged", "merged", "merged"], "{batches}");
    assert!(zhiqiang(&again, &["doctor"]).status.success());
    let report = json(&zhiqiang(&again, &import));
    assert_eq!(report["accepted"], 39_940, "the register is free: {report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_holds_no_key_and_says_what_is_lost_without_it() {
    let dir = tempfile::tempdir().unwrap();
    let (kept, again) = (dir.path().join("kept"), dir.path().join("again"));
    let city = City::new(&dir.path().join("data")).await;
    let case = city.cases(State::Notified).await.into_iter().find(|one| one.award == "innovation-star").unwrap();
    city.firm(&case, "firm").await;
    let account = ["--holder", case.name.as_str(), "--bank", "云川农商行", "--number", "6222021234567890"];
    let id = case.id.to_string();
    let confirm = [&["case", "act", &id, "confirm", "--as", "firm"][..], &account].concat();
    let done = zhiqiang(&city.data, &confirm);
    assert!(done.status.success(), "{}", words(&done));
    let key = std::fs::read_to_string(city.data.join("secret.key")).unwrap();
    let key = key.lines().find(|line| !line.starts_with('#')).unwrap();

    let said = zhiqiang(&city.data, &["backup", &shown(&kept)]);
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("不在备份里") && said.contains("案件的收款账号"), "{said}");
    for file in files(&kept) {
        let bytes = std::fs::read(&file).unwrap();
        for secret in [key, "6222021234567890"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds {secret}", file.display());
        }
    }
    let said = zhiqiang(&again, &["restore", &shown(&kept)]);
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("还须把密钥") && said.contains("案件的收款账号"), "{said}");
    let refused = zhiqiang(&again, &["runs"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused).contains("没有密钥文件") && words(&refused).contains("give-up"), "{}", words(&refused));
    // The key may lie anywhere, and others may not read it.
    let apart = dir.path().join("apart.key");
    std::fs::copy(city.data.join("secret.key"), &apart).unwrap();
    let with_key = |args: &[&str]| zhiqiang(&again, &[&["--key-file", shown(&apart).as_str()][..], args].concat());
    assert!(with_key(&["doctor"]).status.success());
    std::fs::set_permissions(&apart, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    assert!(words(&with_key(&["doctor"])).contains("chmod 600"));
    let lost = json(&zhiqiang(&again, &["--json", "key", "give-up"]));
    assert!(lost["lost"].as_array().unwrap().iter().any(|one| one[0] == "案件的收款账号"), "{lost}");
    assert!(zhiqiang(&again, &["doctor"]).status.success());
    let found = json(&zhiqiang(&again, &["--json", "case", "show", &id, "--as", "clerk"]));
    assert!(found["account"].is_null(), "{found}");
}

/// A backup of damaged bytes must not pass for a sound one: `doctor` on what was restored says so.
#[test]
fn what_was_damaged_before_the_backup_is_found_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let (data, kept, again) = (dir.path().join("data"), dir.path().join("kept"), dir.path().join("again"));
    city(&data, dir.path(), 20);
    let run = json(&zhiqiang(&data, &EVALUATE))["run"].as_str().unwrap().to_owned();
    std::fs::write(data.join("runs").join(run).join("result.json"), "{}").unwrap();
    json(&zhiqiang(&data, &["--json", "backup", &shown(&kept)]));
    restored(&data, &kept, &again);
    assert_eq!(zhiqiang(&again, &["doctor"]).status.code(), Some(1));
}
