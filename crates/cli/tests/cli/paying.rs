//! SIGKILL at many points of `case open`, `payment order` and `payment answer`: the installation stays sound, nobody is paid twice,
//! and the same command given again completes the work.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::delivery::City;
use crate::program::{Kill, copy, json, killed, measured, program, restored, spread, words, zhiqiang};

/// A command that is killed, on copies of one installation.
struct Tried<'a> {
    pristine: &'a Path,
    dir: &'a Path,
    args: Vec<&'a str>,
}

impl Tried<'_> {
    /// Kills the command at many points; after each, `look` says how far it came, of `all`, which is nothing or everything; the
    /// command is given again, and `look` must find everything.
    fn at_many_points(&self, all: usize, look: &dyn Fn(&Path) -> usize) {
        // The quickest of three, so that a busy machine does not put the kills after the end.
        let whole = (0..3).map(|number| {
            let reference = self.dir.join(format!("reference-{number}"));
            copy(self.pristine, &reference);
            assert_eq!(look(&reference), 0, "{:?}: nothing is done before", self.args);
            let whole = measured(&mut program(&reference, &self.args));
            assert_eq!(look(&reference), all, "{:?}: everything is done by one command", self.args);
            std::fs::remove_dir_all(&reference).unwrap();
            whole
        });
        let whole = whole.min().unwrap();
        // The start of the program is the same everywhere; most points are where it reads and writes.
        let late = spread(whole.mul_f64(0.7), 14).map(|kill| match kill {
            Kill::After(delay) => Kill::After(whole.mul_f64(0.5) + delay),
            other => other,
        });
        let (mut before, mut after) = (0, 0);
        for (number, point) in spread(whole, 6).chain(late).enumerate() {
            let data = self.dir.join(format!("killed-{number}"));
            copy(self.pristine, &data);
            let finished = killed(&mut program(&data, &self.args), point);
            let done = look(&data);
            assert!(done == 0 || done == all, "{:?} {point:?}: {done} of {all} done", self.args);
            assert!(!finished || done == all, "{:?} {point:?}: it came to its end", self.args);
            before += usize::from(done == 0);
            after += usize::from(done == all);
            sound(&data);
            let again = zhiqiang(&data, &self.args);
            // What was done before the kill is refused or known the second time, never done twice.
            assert!(again.status.success() || done == all, "{:?} {point:?}: {}", self.args, words(&again));
            assert_eq!(look(&data), all, "{:?} {point:?}", self.args);
            sound(&data);
            std::fs::remove_dir_all(&data).unwrap();
        }
        eprintln!("{:?}: {whole:?} measured; {before} kills before the commit, {after} after it", self.args);
        assert!(before >= 3, "{:?}: too few kills hit the work", self.args);
    }
}

fn sound(data: &Path) {
    let doctor = zhiqiang(data, &["doctor"]);
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
}

fn list(data: &Path, args: &[&str]) -> Vec<Value> {
    let args: Vec<&str> = ["--json"].into_iter().chain(args.iter().copied()).collect();
    json(&zhiqiang(data, &args)).as_array().unwrap().clone()
}

/// Copies an installation that this process has open, by the program's own means.
fn copied(from: &Path, to: PathBuf) -> PathBuf {
    let backup = to.with_extension("backup").display().to_string();
    json(&zhiqiang(from, &["--json", "backup", &backup]));
    restored(from, Path::new(&backup), &to);
    to
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_opening_opens_every_case_once() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::new(&dir.path().join("data")).await;
    let pristine = copied(&city.data, dir.path().join("pristine"));
    let args = vec!["--json", "case", "open", "invention-star", "--run", "latest", "--as", "clerk"];
    let trial = dir.path().join("trial");
    copy(&pristine, &trial);
    let opened = json(&zhiqiang(&trial, &args));
    let all = (opened["opened"].as_u64().unwrap() + opened["stopped"].as_u64().unwrap()) as usize;
    assert!(all >= 3, "{opened}");
    let look = |data: &Path| {
        let cases = list(data, &["case", "list", "--award", "invention-star", "--as", "clerk"]);
        let subjects: std::collections::BTreeSet<&str> =
            cases.iter().map(|case| case["subject"].as_str().unwrap()).collect();
        assert_eq!(subjects.len(), cases.len(), "one case for one subject");
        cases.len()
    };
    Tried { pristine: &pristine, dir: dir.path(), args }.at_many_points(all, &look);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_order_or_answer_pays_every_case_once() {
    let dir = tempfile::tempdir().unwrap();
    let city = City::new(&dir.path().join("data")).await;
    let ids = city.approved().await;
    let pristine = copied(&city.data, dir.path().join("decided"));
    let texts: Vec<String> = ids.iter().map(i64::to_string).collect();
    let mut args = vec!["--json", "payment", "order", "--as", "finance"];
    args.extend(texts.iter().map(String::as_str));
    let look = |data: &Path| payments(data, "ordered");
    Tried { pristine: &pristine, dir: dir.path(), args }.at_many_points(ids.len(), &look);

    let batch = city.sent(&ids).await.to_string();
    let pristine = copied(&city.data, dir.path().join("sent"));
    let numbers = list(&pristine, &["payment", "list", "--as", "finance"])[0]["payments"].clone();
    let lines = numbers.as_array().unwrap().iter().map(|one| format!("{},成功\n", one["number"].as_str().unwrap()));
    let file = dir.path().join("answer.csv");
    std::fs::write(&file, format!("付款编号,结果\n{}", lines.collect::<String>())).unwrap();
    let file = file.display().to_string();
    let args = vec!["--json", "payment", "answer", &batch, &file, "--as", "finance"];
    let look = |data: &Path| {
        let lines = list(data, &["budget", "list"]);
        let paid: i64 = lines.iter().map(|line| line["paid_fen"].as_i64().unwrap()).sum();
        let batches = list(data, &["payment", "list", "--as", "finance"]);
        let payments = batches.iter().flat_map(|batch| batch["payments"].as_array().unwrap());
        let arrived: Vec<&Value> = payments.filter(|one| one["state"] == "paid").collect();
        let sum: i64 = arrived.iter().map(|one| one["amount_fen"].as_i64().unwrap()).sum();
        assert_eq!(paid, sum, "to the fen");
        arrived.len()
    };
    Tried { pristine: &pristine, dir: dir.path(), args }.at_many_points(ids.len(), &look);
}

/// How many payments stand so, each of a case of its own.
fn payments(data: &Path, state: &str) -> usize {
    let batches = list(data, &["payment", "list", "--as", "finance"]);
    let all = batches.iter().flat_map(|batch| batch["payments"].as_array().unwrap());
    let cases: Vec<i64> = all.filter(|one| one["state"] == state).map(|one| one["case"].as_i64().unwrap()).collect();
    let distinct: std::collections::BTreeSet<&i64> = cases.iter().collect();
    assert_eq!(distinct.len(), cases.len(), "a case is in one living payment");
    cases.len()
}
