//! How good the search is on real documents: neighbours, exact phrases, and ranking by shared classes.
//!
//! `cargo run --release -p corpus --example quality -- FILE_OR_FOLDER…` takes files as `corpus index` does and prints
//! what each figure was counted from. The nearest neighbour stands beside the same by TF-IDF of character bigrams.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints and may panic")]

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use corpus::{Corpus, Order, Page, Query, Writer};
use documents::{Document, Item, Limits, Scheme};

/// So many documents are asked about, spread evenly over all of them.
const ASKED: usize = 3_000;
const PHRASES: usize = 500;

fn main() {
    let mut files = Vec::new();
    std::env::args().skip(1).for_each(|path| collect(Path::new(&path), &mut files));
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path()).unwrap();
    for file in &files {
        // A file that is none of patents says so by its error, and bars none of the others.
        let _ = documents::read(file, &Limits::default(), &mut |item| {
            if let Item::Document { document, .. } = item {
                writer.add(*document).unwrap();
            }
            ControlFlow::Continue(())
        });
    }
    writer.commit().unwrap();
    let corpus = Corpus::open(folder.path()).unwrap();
    let all = every(&corpus);
    println!("{} documents of {} files", all.len(), files.len());
    phrases(&corpus, &all);
    let classed: Vec<&Document> =
        all.iter().filter(|document| !classes(document, 4).is_empty() && !document.titles.is_empty()).collect();
    neighbours(&corpus, &classed);
    ranking(&corpus, &classed);
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if !path.is_dir() {
        files.push(path.to_owned());
        return;
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.iter().for_each(|entry| collect(entry, files));
}

fn every(corpus: &Corpus) -> Vec<Document> {
    const PAGE: usize = 10_000;
    let mut all = Vec::new();
    loop {
        let page = Page { offset: all.len(), limit: PAGE, order: Order::FiledEarliest, by_family: false };
        let hits = corpus.search(&Query::All, &page).unwrap().hits;
        if hits.is_empty() {
            return all;
        }
        all.extend(hits.into_iter().map(|hit| hit.document));
    }
}

/// The IPC symbols of a document, cut to their first letters: four are the subclass.
fn classes(document: &Document, length: usize) -> BTreeSet<&str> {
    let ipc = document.classifications.iter().filter(|one| one.scheme == Scheme::Ipc);
    ipc.filter_map(|one| one.symbol.get(..length)).collect()
}

/// The main groups of a document.
fn groups(document: &Document) -> BTreeSet<&str> {
    let ipc = document.classifications.iter().filter(|one| one.scheme == Scheme::Ipc && one.symbol.len() > 4);
    ipc.filter_map(|one| one.symbol.split('/').next()).collect()
}

fn title(document: &Document) -> &str {
    document.titles.first().map_or("", |title| title.text.as_str())
}

/// Phrases cut out of titles must be found in every document in whose title a scan finds them; more are those where a sign
/// such as `+` stands between the letters, which the index passes over.
fn phrases(corpus: &Corpus, all: &[Document]) {
    let titles: Vec<String> = all
        .iter()
        .map(|document| document.titles.iter().map(|title| title.text.as_str()).collect::<Vec<_>>().join("|"))
        // Between two Chinese letters a space means nothing, to the index too.
        .map(|title| title.split_whitespace().collect())
        .collect();
    let (mut tried, mut found, mut more) = (0, 0, 0);
    for (at, text) in titles.iter().enumerate().step_by((titles.len() / PHRASES).max(1)) {
        let letters: Vec<char> =
            text.chars().skip_while(|letter| !is_han(*letter)).take_while(|letter| is_han(*letter)).collect();
        let length = 2 + at % 5;
        if letters.len() < length {
            continue;
        }
        let from = at % (letters.len() - length + 1);
        let phrase: String = letters[from..from + length].iter().collect();
        let scanned = titles.iter().filter(|title| title.contains(&phrase)).count() as u64;
        let counted = corpus.count(&Query::parse(&format!("TI=\"{phrase}\"")).unwrap()).unwrap();
        assert!(counted >= scanned, "{phrase}: {counted} found, {scanned} by a scan");
        (tried, found, more) = (tried + 1, found + scanned, more + counted - scanned);
    }
    println!(
        "exact phrases: {tried} phrases in {found} titles, none missed; {more} more with a sign between the letters"
    );
}

fn is_han(letter: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&letter)
}

/// Whether the nearest other title shares an IPC subclass.
fn neighbours(corpus: &Corpus, documents: &[&Document]) {
    let asked: Vec<&Document> = spread(documents, ASKED);
    let (mut ours, mut theirs) = (0, 0);
    let bigrams = Bigrams::of(documents);
    for (at, document) in asked.iter().enumerate() {
        let shares = |other: &Document| !classes(document, 4).is_disjoint(&classes(other, 4));
        let found = best(corpus, &corpus.like_text(title(document)).unwrap(), 2);
        let nearest = found.iter().find(|other| other.key != document.key);
        ours += usize::from(nearest.is_some_and(shares));
        let own = at * documents.len() / asked.len();
        theirs += usize::from(bigrams.nearest(own).is_some_and(|other| shares(documents[other])));
    }
    println!(
        "nearest neighbour by title shares an IPC subclass: ours {:.1} %, bigram TF-IDF {:.1} % ({} of {} documents asked)",
        percent(ours, asked.len()),
        percent(theirs, asked.len()),
        asked.len(),
        documents.len()
    );
}

/// How the words rank: relevant is what shares an IPC main group.
fn ranking(corpus: &Corpus, documents: &[&Document]) {
    let mut of_group: BTreeMap<&str, usize> = BTreeMap::new();
    documents.iter().flat_map(|document| groups(document)).for_each(|group| *of_group.entry(group).or_default() += 1);
    let (mut gain, mut recall, mut counted) = (0.0, 0.0, 0);
    for document in spread(documents, ASKED / 6) {
        let own = groups(document);
        // An upper bound of what can be found, which is exact for documents of one group.
        let relevant = own.iter().map(|group| of_group[group] - 1).sum::<usize>();
        if relevant == 0 {
            continue;
        }
        let found = best(corpus, &corpus.like_document(&document.key).unwrap(), 100);
        let hits: Vec<bool> = found.iter().map(|other| !own.is_disjoint(&groups(other))).collect();
        let worth = |at: usize| 1.0 / (at as f64 + 2.0).log2();
        let got: f64 = hits.iter().take(10).enumerate().filter(|(_, hit)| **hit).map(|(at, _)| worth(at)).sum();
        let ideal: f64 = (0..relevant.min(10)).map(worth).sum();
        gain += got / ideal;
        recall += hits.iter().filter(|hit| **hit).count() as f64 / relevant.min(100) as f64;
        counted += 1;
    }
    if counted == 0 {
        println!("no document names an IPC main group that another one shares");
        return;
    }
    println!(
        "shared IPC main group as relevance, by words: nDCG@10 {:.3}, recall@100 {:.3} ({counted} documents asked)",
        gain / counted as f64,
        recall / counted as f64
    );
}

fn best(corpus: &Corpus, query: &Query, limit: usize) -> Vec<Document> {
    let page = Page { offset: 0, limit, order: Order::Relevance, by_family: false };
    corpus.search(query, &page).unwrap().hits.into_iter().map(|hit| hit.document).collect()
}

fn spread<'a>(documents: &[&'a Document], count: usize) -> Vec<&'a Document> {
    let count = count.min(documents.len());
    (0..count).map(|at| documents[at * documents.len() / count]).collect()
}

fn percent(part: usize, of: usize) -> f64 {
    part as f64 * 100.0 / of.max(1) as f64
}

/// TF-IDF of character bigrams with cosine: the baseline.
struct Bigrams {
    vectors: Vec<HashMap<[char; 2], f64>>,
    with: HashMap<[char; 2], Vec<usize>>,
}

impl Bigrams {
    fn of(documents: &[&Document]) -> Self {
        let counts: Vec<HashMap<[char; 2], f64>> = documents
            .iter()
            .map(|document| {
                let letters: Vec<char> = title(document).chars().collect();
                let mut counts = HashMap::new();
                letters.windows(2).for_each(|pair| *counts.entry([pair[0], pair[1]]).or_insert(0.0) += 1.0);
                counts
            })
            .collect();
        let mut with: HashMap<[char; 2], Vec<usize>> = HashMap::new();
        for (at, counts) in counts.iter().enumerate() {
            counts.keys().for_each(|pair| with.entry(*pair).or_default().push(at));
        }
        let weighed = |counts: &HashMap<[char; 2], f64>| {
            let weight = |pair: &[char; 2]| (documents.len() as f64 / with[pair].len() as f64).ln();
            let vector: HashMap<[char; 2], f64> = counts.iter().map(|(pair, n)| (*pair, n * weight(pair))).collect();
            let length = vector.values().map(|value| value * value).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
            vector.into_iter().map(|(pair, value)| (pair, value / length)).collect()
        };
        Self { vectors: counts.iter().map(weighed).collect(), with }
    }

    fn nearest(&self, own: usize) -> Option<usize> {
        let mut scores: HashMap<usize, f64> = HashMap::new();
        for (pair, value) in &self.vectors[own] {
            for &other in self.with[pair].iter().filter(|other| **other != own) {
                *scores.entry(other).or_default() += value * self.vectors[other][pair];
            }
        }
        scores.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(other, _)| other)
    }
}
