//! How long the rules alone take over a whole population: facts already columns, twelve conditions a subject.
//!
//! `cargo run --release -p rules --example population -- SUBJECTS [FOLDER]` prints one JSON object with seconds
//! (the best of several runs), peak memory and what was decided; with a folder it also writes the facts there as
//! Parquet and the decided levels as text, for `benches/` to give the same facts to others and compare the answers.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints and may panic")]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    hint::black_box,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use jiff::civil::date;
use rules::{Kind, Policy, Request, Snapshot, TableBuilder, decide, evaluation::Decisions};

const ROUNDS: usize = 9;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let subjects = arguments.next().map_or(100_000, |count| count.parse().unwrap());
    let folder = arguments.next();
    let snapshot = population(subjects);
    let policy = document();
    let as_enacted = BTreeMap::new();
    let higher = BTreeMap::from([("step".to_owned(), "12".to_owned())]);

    let mut decided = None;
    let reasons = best(async || decided = Some(decisions(&policy, &snapshot, &as_enacted).await)).await;
    let decided = decided.unwrap();
    let mut changed = 0;
    let what_if = best(async || {
        let before = decisions(&policy, &snapshot, &as_enacted).await;
        let after = decisions(&policy, &snapshot, &higher).await;
        changed = before.reached("star").zip(after.reached("star")).filter(|(a, b)| a.1 != b.1).count();
    })
    .await;
    let one_at_a_time = one_subject(&policy).await;
    let started = Instant::now();
    let mut explained = 0;
    for n in (0..subjects).step_by((subjects as usize / 10_000).max(1)) {
        explained += black_box(decided.explain("star", &uscc(n))).len().min(1);
    }
    let explain = started.elapsed() / u32::try_from(explained.max(1)).unwrap();
    println!(
        "{{\"subjects\":{subjects},\"conditions\":{},\"decided_with_reasons_s\":{:.6},\"what_if_s\":{:.6},\"changed\":{changed},\
         \"one_changed_subject_s\":{:.6},\"explain_one_s\":{:.9},\"levels\":{},\"peak_kb\":{}}}",
        decided.len(),
        reasons.as_secs_f64(),
        what_if.as_secs_f64(),
        one_at_a_time.as_secs_f64(),
        explain.as_secs_f64(),
        levels(&decided),
        peak_memory_kb(),
    );
    if let Some(folder) = folder {
        write(Path::new(&folder), &snapshot, &decided);
    }
}

async fn decisions(policy: &Policy, snapshot: &Snapshot, overrides: &BTreeMap<String, String>) -> Decisions {
    let request = Request {
        policy,
        snapshot,
        as_of: date(2023, 12, 31),
        known_at: jiff::Timestamp::UNIX_EPOCH,
        overrides,
        scope: None,
    };
    decide(request).await.unwrap()
}

async fn best(mut run: impl AsyncFnMut()) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        run().await;
        best = best.min(started.elapsed());
    }
    best
}

/// One enterprise whose facts changed, through the same rules.
async fn one_subject(policy: &Policy) -> Duration {
    let snapshot = population(1);
    best(async || drop(black_box(decisions(policy, &snapshot, &BTreeMap::new()).await))).await
}

/// How many subjects reach each level, as a JSON object.
fn levels(decided: &Decisions) -> String {
    let tally: Vec<String> =
        decided.tally("star").iter().map(|(level, subjects)| format!("\"{level}\":{subjects}")).collect();
    format!("{{{}}}", tally.join(","))
}

fn write(folder: &Path, snapshot: &Snapshot, decided: &Decisions) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    fs::create_dir_all(folder.parent().unwrap()).unwrap();
    snapshot.write(folder).unwrap();
    let mut file = std::io::BufWriter::new(fs::File::create(folder.join("levels.csv")).unwrap());
    for (subject, level) in decided.reached("star") {
        writeln!(file, "{subject},{}", level.unwrap_or(0)).unwrap();
    }
    file.flush().unwrap();
}

fn uscc(n: i64) -> String {
    format!("91320682MA{n:08}")
}

fn population(subjects: i64) -> Snapshot {
    let columns = ["total", "valuable", "granted"].map(|name| (name, Kind::Integer));
    let mut table = TableBuilder::new(&[("uscc", Kind::Text)].into_iter().chain(columns).collect::<Vec<_>>());
    for n in 0..subjects {
        let facts = [n * 7919 % 60, n * 104_729 % 12, n * 31 % 9];
        let mut row = vec![uscc(n).into()];
        row.extend(facts.map(rules::Value::from));
        table.push(row).unwrap();
    }
    Snapshot::new([("fact".to_owned(), table.finish().unwrap())]).unwrap()
}

/// Four levels of three conditions each, one `select` per condition.
fn document() -> Policy {
    let mut rules = String::from("-- clause: C1\ncreate view condition as\n");
    for level in 2..=5 {
        let thresholds =
            [("total", format!("{level} * $step")), ("valuable", "5".to_owned()), ("granted", level.to_string())];
        for (fact, required) in thresholds {
            if !rules.ends_with("as\n") {
                rules.push_str("union all\n");
            }
            writeln!(
                rules,
                "select 'star' as award, uscc as subject, {level} as level, '{fact}' as id, \
                 '{fact} 超过 ' || cast({required} as varchar) || ' 件' as text, {fact} as actual, '>' as operator, \
                 {required} as required, '件' as unit, 'C1' as clause from fact"
            )
            .unwrap();
        }
    }
    rules.push(';');
    let levels: Vec<String> = (2..=5).map(|level| format!("{{ level = {level}, name = \"{level}\" }}")).collect();
    let policy = format!(
        "[document]\nid = \"population\"\ntitle = \"population\"\n[[award]]\nid = \"star\"\n\
         name = \"star\"\nclauses = [\"C1\"]\nactive = true\nlevels = [{}]\n",
        levels.join(", ")
    );
    let clauses = "[[clause]]\nid = \"C1\"\ntext = \"C1\"\ntype = \"award\"\n";
    let parameters = "[[parameter]]\nname = \"step\"\ntype = \"integer\"\nunit = \"件\"\nmeaning = \"每级的件数\"\n\
                      clauses = [\"C1\"]\n[[parameter.values]]\nvalue = 10\nbasis = \"C1\"\n";
    let files = [
        ("cases.toml", ""),
        ("clauses.toml", clauses),
        ("parameters.toml", parameters),
        ("policy.toml", &policy),
        ("rules.sql", &rules),
    ];
    Policy::from_files(files.map(|(name, text)| (name.to_owned(), text.to_owned())).into()).unwrap()
}

/// The high-water mark of resident memory in kilobytes, where the system tells it; else zero.
fn peak_memory_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}
