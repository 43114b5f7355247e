//! The program as a process: run to its end, killed at a chosen point, and what it is fed.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The program on a data folder, to be given a command.
pub(crate) fn program(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhiqiang"));
    command.arg("--data").arg(data).args(args).stdin(Stdio::null());
    command
}

pub(crate) fn zhiqiang(data: &Path, args: &[&str]) -> Output {
    program(data, args).output().unwrap()
}

pub(crate) fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", words(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A csv of inventions of a made-up town; the check character is left out, so that every number is sound.
pub(crate) fn patents(rows: usize) -> String {
    let mut text = String::from("申请号,名称,申请日,授权公告日,专利权人,地址\n");
    for n in 0..rows {
        let _ =
            writeln!(text, "201810{n:06},一种装置,2018-03-01,2020-06-02,示例市甲电气有限公司,江苏省示例市城东镇{n}号");
    }
    text
}

/// Writes the registers of a made-up city with so many patents and imports them; the file of the patents is left there.
pub(crate) fn city(data: &Path, files: &Path, rows: usize) {
    let regions = "区镇代码,区镇名称,类型,地址关键词\n320999,示例市,市,示例市\n320999101,城东镇,镇,\n";
    let gdp =
        "指标,区镇,年度,数值,单位,数据版本,发布日期,来源\n地区生产总值,,2022,13.33,亿元,最终核实,2023-03-01,公报\n";
    for (register, text) in [("regions", regions), ("statistics", gdp), ("patents", &patents(rows))] {
        let path = files.join(format!("{register}.csv"));
        std::fs::write(&path, text).unwrap();
        let report = json(&zhiqiang(data, &["--json", "import", register, &path.display().to_string()]));
        assert_eq!(report["quarantined"], 0, "{report}");
        assert_eq!(report["rows"], report["accepted"], "{report}");
    }
}

/// When a process is killed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kill {
    /// So long after its start.
    After(Duration),
    /// So long after it has written so many lines to standard error.
    AfterLine(usize, Duration),
}

/// Starts a command and kills it with SIGKILL; true when it had come to its end before.
pub(crate) fn killed(command: &mut Command, at: Kill) -> bool {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    match at {
        Kill::After(delay) => {
            // What it says is read beside, so that a full pipe does not hold it.
            let drain = std::thread::spawn(move || lines.for_each(drop));
            std::thread::sleep(delay);
            let finished = child.try_wait().unwrap().is_some();
            let _ = child.kill();
            child.wait().unwrap();
            drain.join().unwrap();
            finished
        }
        Kill::AfterLine(count, delay) => {
            for _ in 0..count {
                let _ = lines.next();
            }
            std::thread::sleep(delay);
            let finished = child.try_wait().unwrap().is_some();
            let _ = child.kill();
            child.wait().unwrap();
            finished
        }
    }
}

/// `count` moments spread over a duration, the same ones each time, none of them near another.
pub(crate) fn spread(over: Duration, count: u32) -> impl Iterator<Item = Kill> {
    const GOLDEN: f64 = 0.618_033_988_749_895;
    (1..=count).map(move |n| Kill::After(over.mul_f64((f64::from(n) * GOLDEN).fract())))
}

/// How long a command takes when it is left alone.
pub(crate) fn measured(command: &mut Command) -> Duration {
    let started = Instant::now();
    json(&command.output().unwrap());
    started.elapsed()
}

/// Restores a backup, and puts the key beside it that was kept apart.
pub(crate) fn restored(from: &Path, backup: &Path, to: &Path) -> Value {
    let answer = json(&zhiqiang(to, &["--json", "restore", &backup.display().to_string()]));
    std::fs::copy(from.join("secret.key"), to.join("secret.key")).unwrap();
    answer
}

/// Every hidden entry in the folders of an installation: what is unfinished.
pub(crate) fn hidden(data: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["snapshots", "runs", "details", "policies", "uploads"] {
        for entry in std::fs::read_dir(data.join(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_string_lossy().starts_with('.') {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}
