//! How long a run takes out of the log, and in a server that keeps the registers, after a batch of a thousand changed patents.
//!
//! `cargo run --release -p domain --example run_speed -- FOLDER` measures on the city that lies there, and adds batches to it.

#![allow(clippy::expect_used, reason = "a measurement that cannot go on ends there")]
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement reads the clock and prints")]

use std::{collections::BTreeMap, path::Path, time::Instant};

use domain::{
    Installation,
    runs::{self, Question},
};
use jiff::{Timestamp, civil::date};
use registry::{BatchKind, Entry, FoldedRow};

const ROUNDS: usize = 7;
const CHANGED: usize = 1_000;

#[tokio::main]
async fn main() {
    let folder = std::env::args().nth(1).expect("a folder with a city");
    let open = async || Installation::open(Path::new(&folder), None, Timestamp::now()).await.expect("a city").0;
    let server = open().await;
    let mut seconds: [Vec<f64>; 2] = Default::default();
    for round in 0..ROUNDS {
        change(&server, round).await;
        seconds[0].push(run(&open().await).await);
        change(&server, round).await;
        seconds[1].push(run(&server).await);
    }
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let [cold, kept] = seconds.map(median);
    println!("{{\"cold_s\":{cold:.3},\"kept_s\":{kept:.3}}}");
}

/// The seconds that one run takes, from its first question to what is stored.
async fn run(city: &Installation) -> f64 {
    let policy = runs::policy().expect("the policy");
    let now = Timestamp::now();
    let question = Question { as_of: date(2023, 12, 31), known_at: now, overrides: BTreeMap::new(), scope: None };
    let started = Instant::now();
    runs::evaluate(city, &policy, &question, "measurement", now, &|_| ()).await.expect("a run");
    started.elapsed().as_secs_f64()
}

/// Gives a thousand patents another title, so that nothing of an earlier run can serve the next.
async fn change(city: &Installation, round: usize) {
    let now = Timestamp::now();
    let folded = city.registers(now).await.expect("the registers");
    let columns = registry::register("patents").expect("the register of patents").columns;
    let title = now.as_nanosecond().to_string();
    let changed = |row: &FoldedRow| -> BTreeMap<String, String> {
        let cells = columns.iter().zip(&row.cells).filter_map(|(column, cell)| Some((column.field, cell.as_deref()?)));
        let cells = cells.map(|(field, cell)| (field, if field == "title" { &title } else { cell }));
        cells.map(|(field, cell)| (field.to_owned(), cell.to_owned())).collect()
    };
    let rows: Vec<_> = folded.get("patents").iter().skip(round).step_by(97).take(CHANGED).map(changed).collect();
    let (kind, by_whom) = (BatchKind::Entry, "measurement");
    let entry = Entry { register: "patents", kind, rows: &rows, at: now, by_whom, note: None };
    registry::enter(&city.db, &entry).await.expect("a batch");
}
