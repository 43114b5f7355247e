//! Several processes on one installation at once: each finishes or says plainly that it must wait, and nothing is lost.

use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::thread::JoinHandle;

use crate::program::{city, hidden, json, patents, program, words, zhiqiang};

fn start(data: &Path, args: &[&str]) -> Child {
    program(data, args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Reads what each prints beside the others, so that a full pipe holds none.
fn waited(children: Vec<Child>) -> Vec<JoinHandle<Output>> {
    children.into_iter().map(|child| std::thread::spawn(move || child.wait_with_output().unwrap())).collect()
}

fn ends(children: Vec<Child>) -> Vec<Output> {
    waited(children).into_iter().map(|one| one.join().unwrap()).collect()
}

/// Made by several at once, a fresh installation is made once.
#[test]
fn four_first_starts_at_once_all_succeed() {
    for round in 0..5 {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        for output in ends((0..4).map(|_| start(&data, &["--json", "init"])).collect()) {
            assert!(output.status.success(), "round {round}: {}", words(&output));
        }
    }
}

#[test]
fn two_imports_of_one_register_get_one_winner_and_one_plain_message() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let file = |name: &str, rows: usize| {
        let path = dir.path().join(name);
        std::fs::write(&path, patents(rows)).unwrap();
        path.display().to_string()
    };
    let (one, other) = (file("one.csv", 20_000), file("other.csv", 20_001));
    let children = [&one, &other].map(|path| start(&data, &["--json", "import", "patents", path]));
    let outputs = ends(children.into());
    let (done, refused): (Vec<_>, Vec<_>) = outputs.iter().partition(|output| output.status.success());
    assert!(!done.is_empty(), "{}", words(&outputs[0]));
    for output in &refused {
        assert_eq!(output.status.code(), Some(1), "{}", words(output));
        assert!(words(output).contains("正在导入另一个文件。请等它完成"), "{}", words(output));
    }
    for path in [&one, &other] {
        json(&zhiqiang(&data, &["--json", "import", "patents", path]));
    }
    let again = json(&zhiqiang(&data, &["--json", "import", "patents", &other]));
    assert_eq!((&again["rows"], &again["unchanged"]), (&20_001.into(), &20_001.into()), "{again}");
}

#[test]
fn imports_of_two_registers_and_evaluations_go_on_beside_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    city(&data, dir.path(), 2_000);
    let large = dir.path().join("large.csv");
    std::fs::write(&large, patents(20_000)).unwrap();
    let codes: String = (0..20_000).map(|n| format!("{:04},第{n}\n", 1_300 + n % 3_000)).collect();
    let industries = dir.path().join("industries.csv");
    std::fs::write(&industries, format!("代码,名称\n{codes}")).unwrap();
    let (large, industries) = (large.display().to_string(), industries.display().to_string());
    let evaluate = ["--json", "evaluate", "--as-of", "2023-12-31", "--known-at", "2030-01-01T00:00:00Z"];
    let earlier = ["--json", "evaluate", "--as-of", "2022-12-31", "--known-at", "2030-01-01T00:00:00Z"];
    let children = waited(vec![
        start(&data, &["--json", "import", "patents", &large]),
        start(&data, &["--json", "import", "industry-codes", &industries]),
        start(&data, &evaluate),
        start(&data, &evaluate),
        start(&data, &earlier),
    ]);
    // Those that only look come and go, and clear nothing away that a living one is at work in.
    while children.iter().any(|child| !child.is_finished()) {
        let output = zhiqiang(&data, &["--json", "runs"]);
        json(&output);
        assert!(!words(&output).contains("提示"), "{}", words(&output));
    }
    let reports: Vec<_> = children.into_iter().map(|child| json(&child.join().unwrap())).collect();
    assert_eq!(reports[0]["rows"], 20_000);
    assert_eq!(reports[1]["rows"], 20_000);
    for run in &reports[2..] {
        let run = run["run"].as_str().unwrap();
        assert_eq!(json(&zhiqiang(&data, &["--json", "verify", run]))["verified"], true, "{run}");
    }
    assert_eq!(hidden(&data), Vec::<String>::new());
    let doctor = zhiqiang(&data, &["doctor"]);
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
}
