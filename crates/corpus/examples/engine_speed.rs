//! Our layer against bare Tantivy with the same fields and tokenizers: indexing, best hits, counts, one facet.
//!
//! `cargo run -p corpus --example engine_speed [DOCUMENTS] [FOLDER]`; a ratio above one means that we are slower.
//! Results are compared first; a timing of different results would mean nothing.

#![expect(clippy::print_stdout, reason = "an example that prints what it measured")]

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use corpus::{Budget, Corpus, Dimension, Query, Writer, bare::BareIndex, generate};
use documents::Document;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SEED: u64 = 2026;
const RUNS: usize = 15;
/// A single term, the planted phrases by their words, a conjunction, a choice.
const QUERIES: [&str; 8] = [
    "TI=传感器",
    "CL=控制",
    "AB=\"量子密钥分发\"",
    "AB=\"钙钛矿叠层电池\"",
    "AB=\"激光雷达点云\"",
    "AB=\"传感器模块\"",
    "AB=控制 AND CL=检测",
    "AB=(控制 OR 检测 OR 电池)",
];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().map_or(Ok(20_000), |text| text.parse())?;
    let folder = arguments.next().map_or_else(|| std::env::temp_dir().join("engine-speed"), PathBuf::from);
    let _ = std::fs::remove_dir_all(&folder);
    let documents: Vec<Document> = generate::documents(SEED, count).collect();
    let bytes: usize = documents.iter().map(text_bytes).sum();
    println!("{count} documents, {:.1} MB of text", bytes as f64 / 1e6);

    let begun = Instant::now();
    let bare = BareIndex::build(&folder.join("bare"), &documents)?;
    let raw_time = begun.elapsed();
    let begun = Instant::now();
    build(&folder.join("ours"), documents)?;
    let our_time = begun.elapsed();
    let speed = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    println!(
        "index: bare {:.2} MB/s, ours {:.2} MB/s with Parquet, checksums and manifest; {:.2} of its speed",
        speed(raw_time),
        speed(our_time),
        raw_time.as_secs_f64() / our_time.as_secs_f64()
    );

    let corpus = Corpus::open(&folder.join("ours"))?;
    println!("{:<36}{:>9}{:>24}{:>24}{:>24}", "query", "hits", "count µs", "best 20 µs", "IPC facet µs");
    for text in QUERIES {
        compare(&corpus, &bare, text)?;
    }
    let begun = Instant::now();
    let query = Query::All;
    let table = corpus.cross(&query, &[Dimension::FiledYear, Dimension::IpcSubclass])?;
    let first = begun.elapsed();
    let times = timed(|| corpus.cross(&query, &[Dimension::FiledYear, Dimension::IpcSubclass]).map(drop))?;
    println!(
        "families by year × IPC subclass over all: {} cells, {} families, first {:.1} ms, then {:.1} ms",
        table.cells.len(),
        table.families,
        first.as_secs_f64() * 1e3,
        times.as_secs_f64() * 1e3
    );
    Ok(())
}

fn build(folder: &Path, documents: Vec<Document>) -> Result<()> {
    let mut writer = Writer::with_budget(folder, Budget { documents: usize::MAX, bytes: usize::MAX })?;
    for document in documents {
        writer.add(document)?;
    }
    writer.commit()?;
    Ok(())
}

fn compare(corpus: &Corpus, bare: &BareIndex, text: &str) -> Result<()> {
    const BEST: usize = 20;
    let query = Query::parse(text)?;
    let count = corpus.count(&query)?;
    assert_eq!(count, bare.count(&query)?, "{text}");
    assert_eq!(corpus.best(&query, BEST)?, bare.top(&query, BEST)?, "{text}");
    let facet = corpus.facet(&query, Dimension::IpcSubclass, usize::MAX)?;
    let counted: Vec<(String, u64)> = facet.values.into_iter().map(|value| (value.value, value.documents)).collect();
    assert_eq!(counted, bare.facet(&query)?, "{text}");
    let pairs = [
        (timed(|| corpus.count(&query).map(drop))?, timed(|| bare.count(&query).map(drop))?),
        (timed(|| corpus.best(&query, BEST).map(drop))?, timed(|| bare.top(&query, BEST).map(drop))?),
        (
            timed(|| corpus.facet(&query, Dimension::IpcSubclass, BEST).map(drop))?,
            timed(|| bare.facet(&query).map(drop))?,
        ),
    ];
    print!("{text:<36}{count:>9}");
    for (ours, theirs) in pairs {
        let (ours, theirs) = (ours.as_secs_f64() * 1e6, theirs.as_secs_f64() * 1e6);
        print!("{:>24}", format!("{ours:.0} / {theirs:.0} = {:.2}", ours / theirs));
    }
    println!();
    Ok(())
}

/// The median of some runs, one before them to warm up.
fn timed<E: Into<Box<dyn std::error::Error>>>(mut run: impl FnMut() -> std::result::Result<(), E>) -> Result<Duration> {
    let mut times = Vec::with_capacity(RUNS);
    for at in 0..=RUNS {
        let begun = Instant::now();
        run().map_err(Into::into)?;
        if at > 0 {
            times.push(begun.elapsed());
        }
    }
    times.sort_unstable();
    Ok(times[RUNS / 2])
}

fn text_bytes(document: &Document) -> usize {
    let texts = [&document.titles, &document.abstracts, &document.claims, &document.descriptions];
    texts.into_iter().flatten().map(|text| text.text.len()).sum()
}
