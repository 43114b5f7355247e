//! How long the rules alone take over a whole population: facts already columns, twelve conditions each.
//!
//! `cargo run --release -p rules --example population -- 1000000` prints seconds and peak memory.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints and may panic")]

use std::{collections::BTreeMap, fmt::Write, time::Instant};

use jiff::civil::date;
use rules::{Kind, Policy, Request, Snapshot, TableBuilder, evaluate};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let subjects = std::env::args().nth(1).map_or(100_000, |count| count.parse().unwrap());
    let started = Instant::now();
    let snapshot = population(subjects);
    println!("snapshot of {subjects} subjects: {:?}", started.elapsed());
    let policy = document();
    let overrides = BTreeMap::new();
    for _ in 0..3 {
        let started = Instant::now();
        let run = evaluate(Request {
            policy: &policy,
            snapshot: &snapshot,
            as_of: date(2023, 12, 31),
            known_at: jiff::Timestamp::UNIX_EPOCH,
            overrides: &overrides,
            scope: None,
        });
        let run = run.await.unwrap();
        println!(
            "{} conditions decided and explained, {} awards: {:?}; peak memory {}",
            run.decisions().len(),
            run.awards.len(),
            started.elapsed(),
            peak_memory()
        );
    }
}

fn population(subjects: i64) -> Snapshot {
    let columns = ["total", "valuable", "granted"].map(|name| (name, Kind::Integer));
    let mut table = TableBuilder::new(&[("uscc", Kind::Text)].into_iter().chain(columns).collect::<Vec<_>>());
    for n in 0..subjects {
        let facts = [n * 7919 % 60, n * 104_729 % 12, n * 31 % 9];
        let mut row = vec![format!("91320682MA{n:08}").into()];
        row.extend(facts.map(rules::Value::from));
        table.push(row).unwrap();
    }
    Snapshot::new([("fact".to_owned(), table.finish().unwrap())]).unwrap()
}

/// Four levels of three conditions each, one `select` per condition.
fn document() -> Policy {
    let mut rules = String::from("-- clause: C1\ncreate view condition as\n");
    for level in 2..=5 {
        for (fact, required) in [("total", level * 10), ("valuable", 5), ("granted", level)] {
            if !rules.ends_with("as\n") {
                rules.push_str("union all\n");
            }
            writeln!(
                rules,
                "select 'star' as award, uscc as subject, {level} as level, '{fact}' as id, \
                 '总量超过 {required} 件' as text, {fact} as actual, '>' as operator, \
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
    let files = [
        ("cases.toml", ""),
        ("clauses.toml", clauses),
        ("parameters.toml", ""),
        ("policy.toml", &policy),
        ("rules.sql", &rules),
    ];
    Policy::from_files(files.map(|(name, text)| (name.to_owned(), text.to_owned())).into()).unwrap()
}

/// The high-water mark of resident memory, where the system tells it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().to_owned())
}
