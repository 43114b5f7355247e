//! How good the search is on real documents: exact phrases, and how documents like one are ranked.
//!
//! `cargo run --release -p corpus --example quality -- FILE_OR_FOLDER…` takes files as `corpus index` does and prints
//! what each figure was counted from. Words stand beside TF-IDF of character bigrams, and beside meaning learnt from these
//! documents. All rank the same documents: those that have a title and an IPC class. Where sources name families or priorities, the
//! members of one family are looked for among all documents that have a title.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints and may panic")]

mod bigrams;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Write as _,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Instant,
};

use corpus::{Corpus, Nearness, Order, Page, Query, Writer};
use documents::{
    Document, Item, Limits, Scheme,
    families::{Basis, FamilyId},
};

use crate::bigrams::Bigrams;

/// So many documents are asked about, spread evenly over all of them.
const ASKED: usize = 2_000;
/// So many hits are looked at.
const DEPTH: usize = 100;
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
    let from = Instant::now();
    let learnt = corpus.learn(&mut |_, _| true).unwrap().unwrap();
    let seconds = from.elapsed().as_secs_f64();
    println!("meaning learnt from {} documents, {} words, in {seconds:.1} s", learnt.documents, learnt.words);
    phrases(&corpus, &all);
    families(&corpus, &all);
    let classed: Vec<&Document> =
        all.iter().filter(|document| !classes(document, 4).is_empty() && !document.titles.is_empty()).collect();
    if classed.len() < 2 {
        println!("fewer than two documents have a title and an IPC class; nothing to rank");
        return;
    }
    println!("{} documents are ranked; {} are asked about", classed.len(), classed.len().min(ASKED));
    println!("{:<34} nearest shares subclass  nDCG@10  recall@100 (main group)  ms a query", "");
    let judge = Judge::of_groups(&classed);
    compare("by title", &corpus, &judge, &|document| title(document).to_owned(), &|document| {
        corpus.like_text(title(document)).unwrap()
    });
    compare("by title, abstract, first claim", &corpus, &judge, &texts, &|document| {
        corpus.like_document(&document.key).unwrap()
    });
}

/// How well a member of a family is found by another, among all documents that have a title.
fn families(corpus: &Corpus, all: &[Document]) {
    let titled: Vec<&Document> = all.iter().filter(|document| !document.titles.is_empty()).collect();
    let judge = Judge::of_families(&titled);
    let families = judge.of_set.values().filter(|members| **members > 1).count();
    println!("{families} families have several of {} documents; {} are asked about", titled.len(), judge.asked.len());
    if judge.asked.is_empty() {
        return;
    }
    println!("{:<34} nearest shares subclass  nDCG@10  recall@100 (family)      ms a query", "");
    compare("family by title, abstract, first claim", corpus, &judge, &texts, &|document| {
        // The question leaves the own family out, which is what is looked for here.
        match corpus.like_document(&document.key).unwrap() {
            Query::And(parts) => parts.into_iter().next().unwrap(),
            query => query,
        }
    });
}

/// The texts that say what a document is about.
fn texts(document: &Document) -> String {
    let texts = document.titles.iter().chain(&document.abstracts).chain(document.claims.first());
    texts.map(|text| text.text.as_str()).collect::<Vec<_>>().join("\n")
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

/// What is asked of every way to rank: which documents belong together.
struct Judge<'a> {
    documents: &'a [&'a Document],
    place: HashMap<&'a str, usize>,
    /// The sets of each document, such as its main groups or its family.
    sets: Vec<BTreeSet<String>>,
    of_set: BTreeMap<String, usize>,
    asked: Vec<usize>,
}

impl<'a> Judge<'a> {
    /// By shared main group; asks about all, spread evenly.
    fn of_groups(documents: &'a [&'a Document]) -> Self {
        let sets = documents.iter().map(|one| groups(one).into_iter().map(str::to_owned).collect()).collect();
        let mut judge = Self::over(documents, sets);
        judge.asked = (0..documents.len()).collect();
        judge.spread()
    }

    /// By shared family, as sources name it or their priorities make it; asks about those that have a relative here.
    fn of_families(documents: &'a [&'a Document]) -> Self {
        let is_known = |family: &FamilyId| matches!(family.basis(), Basis::Priorities | Basis::Asserted);
        let family = |one: &&Document| Some(FamilyId::of(one)).filter(is_known).map(|family| family.name().to_owned());
        let sets = documents.iter().map(|one| family(one).into_iter().collect()).collect();
        let mut judge = Self::over(documents, sets);
        let has_relative = |at: &usize| judge.sets[*at].iter().any(|family| judge.of_set[family] > 1);
        judge.asked = (0..documents.len()).filter(has_relative).collect();
        judge.spread()
    }

    fn over(documents: &'a [&'a Document], sets: Vec<BTreeSet<String>>) -> Self {
        let mut of_set: BTreeMap<String, usize> = BTreeMap::new();
        sets.iter().flatten().for_each(|set| *of_set.entry(set.clone()).or_default() += 1);
        let place = documents.iter().enumerate().map(|(at, document)| (document.key.as_str(), at)).collect();
        Self { documents, place, sets, of_set, asked: Vec::new() }
    }

    /// The same with no more than so many asked about, spread evenly.
    fn spread(mut self) -> Self {
        let (all, count) = (self.asked.len(), self.asked.len().min(ASKED));
        self.asked = (0..count).map(|at| self.asked[at * all / count]).collect();
        self
    }

    /// The best by score, without the document itself.
    fn best(&self, own: usize, scores: &[f64]) -> Vec<usize> {
        let mut places: Vec<usize> = (0..scores.len()).filter(|at| *at != own && scores[*at] > 0.0).collect();
        let by_score = |a: &usize, b: &usize| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b));
        if places.len() > DEPTH {
            places.select_nth_unstable_by(DEPTH, by_score);
            places.truncate(DEPTH);
        }
        places.sort_unstable_by(by_score);
        places
    }
}

/// What a way to rank achieved.
#[derive(Default)]
struct Achieved {
    asked: usize,
    nearest: usize,
    graded: usize,
    gain: f64,
    recall: f64,
    seconds: f64,
}

impl Achieved {
    fn add(&mut self, judge: &Judge<'_>, own: usize, ranked: &[usize], seconds: f64) {
        let document = judge.documents[own];
        let shares = |at: &usize| !classes(document, 4).is_disjoint(&classes(judge.documents[*at], 4));
        self.asked += 1;
        self.nearest += usize::from(ranked.first().is_some_and(shares));
        self.seconds += seconds;
        let own = &judge.sets[own];
        // An upper bound of what can be found, which is exact for documents of one group.
        let relevant = own.iter().map(|set| judge.of_set[set] - 1).sum::<usize>();
        if relevant == 0 {
            return;
        }
        let hits: Vec<bool> = ranked.iter().map(|at| !own.is_disjoint(&judge.sets[*at])).collect();
        let worth = |at: usize| 1.0 / (at as f64 + 2.0).log2();
        let got: f64 = hits.iter().take(10).enumerate().filter(|(_, hit)| **hit).map(|(at, _)| worth(at)).sum();
        self.graded += 1;
        self.gain += got / (0..relevant.min(10)).map(worth).sum::<f64>();
        self.recall += hits.iter().filter(|hit| **hit).count() as f64 / relevant.min(DEPTH) as f64;
    }

    fn print(&self, name: &str) {
        let mut line = format!("  {name:<32} {:>23.1} %", self.nearest as f64 * 100.0 / self.asked as f64);
        match self.graded {
            0 => line += "  no document belongs together with another one",
            graded => {
                let of = graded as f64;
                write!(line, "  {:>7.3}  {:>23.3}", self.gain / of, self.recall / of).unwrap();
            }
        }
        println!("{line}  {:>10.1}", self.seconds * 1_000.0 / self.asked as f64);
    }
}

/// Ranks for each document that is asked about, by words, by bigrams, by meaning, and by words and meaning fused.
fn compare(
    what: &str,
    corpus: &Corpus,
    judge: &Judge<'_>,
    texts: &dyn Fn(&Document) -> String,
    query: &dyn Fn(&Document) -> Query,
) {
    println!("{what}");
    let all: Vec<String> = judge.documents.iter().map(|document| texts(document)).collect();
    let bigrams = Bigrams::of(&all);
    let mut achieved: [Achieved; 4] = Default::default();
    for own in judge.asked.iter().copied() {
        let query = query(judge.documents[own]);
        for (at, by) in [Nearness::Words, Nearness::Meaning, Nearness::Both].into_iter().enumerate() {
            let from = Instant::now();
            let found = best(corpus, &query, by, DEPTH + 50);
            let seconds = from.elapsed().as_secs_f64();
            let mut ranked: Vec<usize> =
                found.iter().filter_map(|key| judge.place.get(key.as_str()).copied()).collect();
            ranked.retain(|at| *at != own);
            ranked.truncate(DEPTH);
            achieved[at].add(judge, own, &ranked, seconds);
        }
        let from = Instant::now();
        let by_bigrams = judge.best(own, &bigrams.scores(&all[own]));
        achieved[3].add(judge, own, &by_bigrams, from.elapsed().as_secs_f64());
    }
    for (achieved, name) in achieved.iter().zip(["words", "meaning", "words and meaning", "character bigrams"]) {
        achieved.print(name);
    }
}

fn best(corpus: &Corpus, query: &Query, by: Nearness, limit: usize) -> Vec<String> {
    let page = Page { offset: 0, limit, order: Order::Relevance, by_family: false };
    corpus.near(query, by, &page).unwrap().hits.into_iter().map(|hit| hit.document.key).collect()
}
