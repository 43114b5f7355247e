//! The corpus at a million documents and more, and the same facts as one Parquet file for others to query.
//!
//! `cargo run --release -p corpus --example peer_tables -- DOCUMENTS FOLDER` prints one JSON object: what building took,
//! and for each planted phrase the answers (as hashes) with the median and the slow end of their times.
//! `benches/run corpus` gives the file to the peers, compares the answers, and only then the times.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints and may panic")]

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use arrow::{
    array::{ArrayRef, Int32Builder, ListBuilder, RecordBatch, StringBuilder},
    datatypes::Field,
};
use corpus::{Corpus, Cross, Dimension, Query, Writer, generate};
use documents::{Document, Scheme};
use parquet::arrow::ArrowWriter;
use sha2::{Digest, Sha256};

const SEED: u64 = 2026;
const ROUNDS: usize = 40;
const BATCH: u64 = 50_000;
const TOP: usize = 20;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().and_then(|text| text.parse().ok()).expect("how many documents");
    let folder = PathBuf::from(arguments.next().expect("a folder"));
    fs::create_dir_all(&folder).unwrap();
    let (facts, place) = (folder.join("facts.parquet"), folder.join("corpus"));
    let built = build(&place, &facts, count);
    let corpus = Corpus::open(&place).unwrap();
    let first = |dimension| {
        let begun = Instant::now();
        drop(corpus.facet(&Query::All, dimension, TOP).unwrap());
        begun.elapsed().as_millis()
    };
    // Columns are read when they are first asked for.
    let first = [Dimension::Applicant, Dimension::Owner, Dimension::Inventor, Dimension::Family].map(first);
    let queries: Vec<serde_json::Value> =
        generate::PLANTED.iter().map(|(phrase, _)| measure(&corpus, phrase)).collect();
    let answer = serde_json::json!({
        "documents": count,
        "facts": facts,
        "built": built,
        "index_mb": megabytes(size(&place)),
        "peak_mb": peak_memory_kb() / 1024,
        "first_ms": first,
        "queries": queries,
    });
    println!("{answer}");
}

/// Builds the corpus and the file of facts, or takes those that are there.
fn build(place: &Path, facts: &Path, count: u64) -> serde_json::Value {
    if facts.exists() {
        return serde_json::Value::Null;
    }
    let (mut text, mut spent) = (0, Duration::ZERO);
    let mut writer = Writer::open(place).unwrap();
    let mut parquet: Option<ArrowWriter<File>> = None;
    let partial = facts.with_extension("partial");
    let mut from = 0;
    while from < count {
        let documents: Vec<Document> =
            (from..count.min(from + BATCH)).map(|ordinal| generate::document(SEED, ordinal)).collect();
        from += BATCH;
        text += documents.iter().map(text_bytes).sum::<usize>();
        let batch = table(&documents);
        parquet
            .get_or_insert_with(|| ArrowWriter::try_new(File::create(&partial).unwrap(), batch.schema(), None).unwrap())
            .write(&batch)
            .unwrap();
        let started = Instant::now();
        documents.into_iter().for_each(|document| writer.add(document).unwrap());
        spent += started.elapsed();
    }
    let started = Instant::now();
    writer.commit().unwrap();
    spent += started.elapsed();
    parquet.expect("documents").close().unwrap();
    fs::rename(partial, facts).unwrap();
    serde_json::json!({ "seconds": spent.as_secs_f64(), "text_mb": megabytes(text as u64) })
}

/// What is counted by, and the abstract that is searched.
fn table(documents: &[Document]) -> RecordBatch {
    let item = || Arc::new(Field::new("item", arrow::datatypes::DataType::Utf8, true));
    let (mut family, mut text) = (StringBuilder::new(), StringBuilder::new());
    let mut year = Int32Builder::new();
    let mut ipc = ListBuilder::new(StringBuilder::new()).with_field(item());
    let mut applicant = ListBuilder::new(StringBuilder::new()).with_field(item());
    for document in documents {
        family.append_value(documents::families::name_of(document));
        year.append_option(document.filed_on.map(|day| i32::from(day.year())));
        let symbols = document.classifications.iter().filter(|one| one.scheme == Scheme::Ipc);
        distinct(&mut ipc, symbols.filter_map(|one| one.symbol.get(..4)));
        distinct(&mut applicant, document.applicants.iter().map(|party| party.name.as_str()));
        let texts: Vec<&str> = document.abstracts.iter().map(|text| text.text.as_str()).collect();
        text.append_value(texts.join("\n"));
    }
    let columns: [(&str, ArrayRef); 5] = [
        ("family", Arc::new(family.finish())),
        ("year", Arc::new(year.finish())),
        ("ipc", Arc::new(ipc.finish())),
        ("applicant", Arc::new(applicant.finish())),
        ("text", Arc::new(text.finish())),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn distinct<'a>(list: &mut ListBuilder<StringBuilder>, values: impl Iterator<Item = &'a str>) {
    for value in values.filter(|value| !value.is_empty()).collect::<BTreeSet<_>>() {
        list.values().append_value(value);
    }
    list.append(true);
}

fn measure(corpus: &Corpus, phrase: &str) -> serde_json::Value {
    let query = Query::parse(&format!("AB=\"{phrase}\"")).unwrap();
    let families = [Dimension::FiledYear, Dimension::IpcSubclass];
    let matrix = [Dimension::Applicant, Dimension::IpcSubclass];
    let applicants = corpus.facet(&query, Dimension::Applicant, usize::MAX).unwrap();
    let mut applicants: Vec<(String, u64)> =
        applicants.values.into_iter().map(|value| (value.value, value.documents)).collect();
    applicants.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    applicants.truncate(TOP);
    serde_json::json!({
        "phrase": phrase,
        "hits": corpus.count(&query).unwrap(),
        "families": hash(&corpus.cross(&query, &families).unwrap()),
        "matrix": hash(&corpus.cross(&query, &matrix).unwrap()),
        "applicants": applicants,
        "ms": {
            "count": timed(|| _ = corpus.count(&query).unwrap()),
            "top20": timed(|| drop(corpus.best(&query, TOP).unwrap())),
            "families": timed(|| drop(corpus.cross(&query, &families).unwrap())),
            "applicants": timed(|| drop(corpus.facet(&query, Dimension::Applicant, TOP).unwrap())),
            "matrix": timed(|| drop(corpus.cross(&query, &matrix).unwrap())),
        },
    })
}

/// The cells as sorted lines, hashed: what another program must answer to be compared.
fn hash(cross: &Cross) -> String {
    let mut lines: Vec<String> = cross
        .cells
        .iter()
        .map(|cell| {
            let values: Vec<&str> = cell.values.iter().map(|value| value.as_deref().unwrap_or_default()).collect();
            format!("{}\t{}\t{}\n", values.join("\t"), cell.documents, cell.families)
        })
        .collect();
    lines.sort_unstable();
    let digest = Sha256::digest(lines.concat().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The median and the ninety-fifth of a hundred in milliseconds, one before them to warm up.
fn timed(mut run: impl FnMut()) -> [f64; 2] {
    run();
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            run();
            started.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    [times[ROUNDS / 2], times[ROUNDS * 95 / 100]]
}

fn text_bytes(document: &Document) -> usize {
    let texts = [&document.titles, &document.abstracts, &document.claims, &document.descriptions];
    texts.into_iter().flatten().map(|text| text.text.len()).sum()
}

fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|entry| if entry.path().is_dir() { size(&entry.path()) } else { entry.metadata().unwrap().len() }).sum()
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// The high-water mark of resident memory in kilobytes, where the system tells it; else zero.
fn peak_memory_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}
