//! Tests of the corpus as a whole: against scans in plain code, across kills, changes and versions.

pub(crate) mod agreement;
mod hostile;
mod like;
mod meaning;
mod oracle;
mod snapshots;

use std::path::Path;

use documents::Document;

use crate::{Budget, Corpus, Writer};

/// A corpus of these documents in splits of so many.
fn corpus_of(folder: &Path, documents: impl IntoIterator<Item = Document>, split: usize) -> Corpus {
    let mut writer = Writer::with_budget(folder, Budget { documents: split, bytes: usize::MAX }).unwrap();
    documents.into_iter().for_each(|document| writer.add(document).unwrap());
    writer.commit().unwrap();
    Corpus::open(folder).unwrap()
}
