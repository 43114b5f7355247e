//! How long the cube of a dashboard takes: every town, sixty month ends, every indicator; and how soon a run is visible.
//!
//! `cargo run --release -p demo --example dashboard -- FOLDER` fills a demo city there (or takes the one it finds),
//! evaluates sixty month ends, prints one JSON object, and writes the cube as csv for `benches/` to give to PostgreSQL.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints and may panic")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use demo::{Scale, fill};
use domain::{
    Installation,
    runs::{self, Observed, Question},
};
use jiff::{Timestamp, civil::date};

const ROUNDS: usize = 9;
const MONTHS: i16 = 60;

#[tokio::main]
async fn main() {
    let folder = std::env::args().nth(1).expect("a folder for the city");
    let folder = Path::new(&folder);
    let now: Timestamp = "2024-03-01T00:00:00Z".parse().unwrap();
    let (mut city, _) = Installation::open(folder, None, now).await.unwrap();
    if city.demo().is_none() {
        fill(&mut city, Scale::default(), now, &|_| ()).await.unwrap();
    }
    let policy = runs::policy().unwrap();
    let mut visible = Duration::ZERO;
    for month in 0..MONTHS {
        let first = date(2019 + month / 12, (month % 12 + 1) as i8, 1);
        let question =
            Question { as_of: first.last_of_month(), known_at: now, overrides: BTreeMap::new(), scope: None };
        let started = Instant::now();
        runs::evaluate(&city, &policy, &question, "measurement", now, &|_| ()).await.unwrap();
        visible = started.elapsed();
    }
    let mut best = Duration::MAX;
    let mut cube = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        cube = runs::history(&city).await.unwrap();
        best = best.min(started.elapsed());
    }
    cube.retain(|observed| observed.as_of.year() >= 2019);
    let file = folder.join("cube.csv");
    write(&file, &cube);
    let distinct = |of: fn(&Observed) -> String| cube.iter().map(of).collect::<BTreeSet<_>>().len();
    println!(
        "{{\"towns\":{},\"months\":{},\"indicators\":{},\"rows\":{},\"checksum\":{},\"cold_s\":{:.6},\"visible_s\":{:.3},\
         \"cube\":\"{}\"}}",
        distinct(|o| o.figure.region.clone()) - 1,
        distinct(|o| o.as_of.to_string()),
        distinct(|o| o.figure.code.clone()),
        cube.len(),
        cube.iter().filter_map(|o| o.figure.numerator).sum::<i64>(),
        best.as_secs_f64(),
        visible.as_secs_f64(),
        file.display(),
    );
}

fn write(path: &Path, cube: &[Observed]) {
    let mut file = std::io::BufWriter::new(fs::File::create(path).unwrap());
    writeln!(file, "unit,month,indicator,numerator").unwrap();
    for Observed { as_of, figure, .. } in cube {
        let numerator = figure.numerator.map(|count| count.to_string()).unwrap_or_default();
        writeln!(file, "{},{as_of},{},{numerator}", figure.region, figure.code).unwrap();
    }
    file.flush().unwrap();
}
