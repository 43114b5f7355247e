//! Reports, audits and matches over generated corpora, against plain scans of the same documents.

#![allow(clippy::unwrap_used, reason = "a test may unwrap what it has made itself")]

mod audits;
mod exports;
mod figures;
mod matches;
mod scan;

use std::{path::Path, sync::LazyLock};

use corpus::{Budget, Corpus, Writer, generate};
use documents::{Document, applicants::Ledger};
use jiff::civil::date;
use navigation::{Basis, Report, Scope, Subject, Technology, Template, survey};

/// The documents and the corpus of them that the tests share.
struct World {
    documents: Vec<Document>,
    corpus: Corpus,
    _folder: tempfile::TempDir,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let documents: Vec<Document> = generate::documents(5, 3_000).enumerate().map(with_effects).collect();
    let corpus = corpus_of(folder.path(), &documents, 700);
    World { documents, corpus, _folder: folder }
});

/// The generator writes of no effects: some documents get one, and nobody in 苏州 thinks of a longer life.
fn with_effects((at, mut document): (usize, Document)) -> Document {
    let effect = match at % 5 {
        0 => "，便于实现自动控制",
        1 if !scan::is_own(&document) => "，延长寿命",
        _ => "",
    };
    if let Some(summary) = document.abstracts.first_mut() {
        summary.text.push_str(effect);
    }
    document
}

fn corpus_of(folder: &Path, documents: &[Document], split: usize) -> Corpus {
    let mut writer = Writer::with_budget(folder, Budget { documents: split, bytes: usize::MAX }).unwrap();
    documents.iter().for_each(|document| writer.add(document.clone()).unwrap());
    writer.commit().unwrap();
    Corpus::open(folder).unwrap()
}

fn scope(template: Template) -> Scope {
    let technology = |name: &str, search: &str| Technology { name: name.to_owned(), search: search.to_owned() };
    Scope {
        template,
        title: "电池与计算".to_owned(),
        search: "IC=(H01M OR G06F)".to_owned(),
        subject: Subject { name: "苏州市".to_owned(), search: "PR=苏州".to_owned() },
        enterprise: String::new(),
        province: "江苏".to_owned(),
        technologies: vec![technology("电池", "IC=H01M"), technology("计算", "IC=G06F")],
        source: String::new(),
        basis: Basis::Filed,
        as_of: date(2024, 6, 30),
    }
}

fn report(scope: &Scope) -> Report {
    survey(&WORLD.corpus, scope, &Ledger::default().at(0)).unwrap()
}
