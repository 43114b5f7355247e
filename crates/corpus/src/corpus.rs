//! The corpus as it is read: one snapshot, its splits open.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use documents::Document;
use jiff::civil::Date;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use tantivy::{
    Term as IndexTerm,
    query::{Bm25StatisticsProvider, EnableScoring, Weight},
    schema::Field as IndexField,
};

use crate::{
    Error, Query, Result, columns::Columns, compile::compile, manifest::Manifest, meaning::Shelf, numbers, same,
    schema::fields, split::Split, writer::read_changes,
};

/// A snapshot of the corpus (专利库). Cheap to clone; it never changes, a later snapshot is opened anew.
#[derive(Clone)]
pub struct Corpus {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    /// The day on which terms are over or not; none where the calendar is left out.
    on: Option<Date>,
    manifest: Manifest,
    splits: Vec<Split>,
    columns: Columns,
    shelf: Shelf,
}

impl fmt::Debug for Corpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Corpus")
            .field("folder", &self.inner.folder)
            .field("snapshot", &self.inner.manifest.number)
            .finish()
    }
}

/// What became of one number of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFound {
    /// The number as it was written.
    pub written: String,
    /// The keys of the documents that have it; none where it is unknown, more than one where it is ambiguous.
    pub keys: Vec<String>,
}

impl Corpus {
    /// Opens the present snapshot of the corpus in a folder; legal states are as documents tell them, whatever day it is.
    pub fn open(folder: &Path) -> Result<Self> {
        Self::opened(folder, None)
    }

    /// Opens the present snapshot as it stands on a day: a right whose term is over by then is no longer in force.
    pub fn open_on(folder: &Path, day: Date) -> Result<Self> {
        Self::opened(folder, Some(day))
    }

    fn opened(folder: &Path, on: Option<Date>) -> Result<Self> {
        let manifest = Manifest::read(folder)?.ok_or_else(|| Error::Absent(folder.to_owned()))?;
        let mut overlays = read_changes(folder, &manifest)?;
        let splits = manifest
            .splits
            .iter()
            .map(|entry| Split::open(folder, entry, overlays.remove(&entry.id).unwrap_or_default(), on))
            .collect::<Result<Vec<_>>>()?;
        let inner = Inner {
            folder: folder.to_owned(),
            on,
            manifest,
            splits,
            columns: Columns::default(),
            shelf: Shelf::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The snapshot that is open now in its folder: this one while nothing has been written since.
    pub fn latest(&self) -> Result<Self> {
        match Manifest::read(&self.inner.folder)? {
            Some(manifest) if manifest.number == self.inner.manifest.number => Ok(self.clone()),
            _ => Self::opened(&self.inner.folder, self.inner.on),
        }
    }

    /// The day on which it stands.
    pub fn day(&self) -> Option<Date> {
        self.inner.on
    }

    /// What the snapshot consists of.
    pub fn manifest(&self) -> &Manifest {
        &self.inner.manifest
    }

    /// How many documents match.
    pub fn count(&self, query: &Query) -> Result<u64> {
        let of_split = |split| Ok(u64::from(self.filter(query, split)?.count(&split.segment)?));
        self.splits().par_iter().map(of_split).sum()
    }

    /// The document with this key, with what was learned of it later.
    pub fn document(&self, key: &str) -> Result<Document> {
        for split in self.splits() {
            if let Some(row) = split.row_of(key)? {
                return Ok(split.documents(&[row])?.remove(0));
            }
        }
        Err(Error::NotFound(key.to_owned()))
    }

    /// The document with this key as it stood when an arrival was the latest, superseded since or not; none where it had
    /// not come by then, or where compaction has dropped what it was.
    pub fn stood(&self, key: &str, arrival: u64) -> Result<Option<Document>> {
        for split in self.splits().iter().rev().filter(|split| split.entry.arrival() <= arrival) {
            if let Some(row) = split.ever_row_of(key)? {
                return Ok(split.documents(&[row])?.pop());
            }
        }
        Ok(None)
    }

    /// The documents of a number in any notation: one, unless the number is ambiguous. The key that a document had before it
    /// was joined with another counts as a number of it, so that what was kept under that key is found.
    pub fn find(&self, number: &str) -> Result<Vec<Document>> {
        let folded = numbers::fold(number);
        let mut found = Vec::new();
        for split in self.splits() {
            found.extend(split.documents(&split.rows_with(fields().number, &folded)?)?);
        }
        for identity in same::of_former_key(number) {
            if found.is_empty() {
                for split in self.splits() {
                    found.extend(split.documents(&split.rows_with(fields().identity, &identity)?)?);
                }
            }
        }
        if found.is_empty() { Err(Error::NotFound(number.to_owned())) } else { Ok(found) }
    }

    /// Looks up each number of a pasted list.
    pub fn find_list(&self, text: &str) -> Result<Vec<NumberFound>> {
        let mut all = Vec::new();
        for written in numbers::read_list(text) {
            let folded = numbers::fold(&written);
            let mut keys = Vec::new();
            for split in self.splits() {
                let rows = split.rows_with(fields().number, &folded)?;
                keys.extend(split.documents(&rows)?.into_iter().map(|document| document.key));
            }
            all.push(NumberFound { written, keys });
        }
        Ok(all)
    }

    /// Whether a text is one number that a document has: it is then asked for as such, in whatever notation.
    pub fn is_number(&self, text: &str) -> Result<bool> {
        let is_one = matches!(numbers::read_list(text).as_slice(), [one] if one == text.trim());
        Ok(is_one && self.unknown_numbers(&[text])?.is_empty())
    }

    /// Those of these numbers that no document has.
    pub fn unknown_numbers(&self, numbers: &[&str]) -> Result<Vec<String>> {
        let mut unknown = Vec::new();
        for number in numbers {
            let folded = numbers::fold(number);
            let mut splits = self.splits().iter().map(|split| split.rows_with(fields().number, &folded));
            if splits.try_fold(true, |none, rows| rows.map(|rows| none && rows.is_empty()))? {
                unknown.push((*number).to_owned());
            }
        }
        Ok(unknown)
    }

    /// The documents with these keys, in their order, each key once; none where there is no such document. A document that was
    /// joined with another since is found under the key that it had.
    pub fn documents(&self, keys: &[String]) -> Result<Vec<Option<Document>>> {
        let mut found = vec![None; keys.len()];
        for split in self.splits() {
            let mut rows = Vec::new();
            for (at, key) in keys.iter().enumerate().filter(|(at, _)| found[*at].is_none()) {
                rows.extend(split.row_of(key)?.map(|row| (row, at)));
            }
            rows.sort_unstable();
            let numbers: Vec<u32> = rows.iter().map(|(row, _)| *row).collect();
            for ((_, at), document) in rows.into_iter().zip(split.documents(&numbers)?) {
                found[at] = Some(document);
            }
        }
        for (at, key) in keys.iter().enumerate() {
            if found[at].is_none() {
                found[at] = match self.find(key) {
                    Ok(mut documents) if documents.len() == 1 => documents.pop(),
                    Ok(_) | Err(Error::NotFound(_)) => None,
                    Err(error) => return Err(error),
                };
            }
        }
        Ok(found)
    }

    pub(crate) fn splits(&self) -> &[Split] {
        &self.inner.splits
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.inner.folder
    }

    pub(crate) fn shelf(&self) -> &Shelf {
        &self.inner.shelf
    }

    pub(crate) fn columns(&self) -> &Columns {
        &self.inner.columns
    }

    /// A query ready to run on a split, without scores.
    pub(crate) fn filter(&self, query: &Query, split: &Split) -> Result<Box<dyn Weight>> {
        let compiled = compile(query, split)?;
        Ok(compiled.weight(EnableScoring::disabled_from_searcher(&split.searcher))?)
    }

    /// A query ready to run on a split, scored by the statistics of the whole corpus.
    pub(crate) fn ranking(&self, query: &Query, split: &Split) -> Result<Box<dyn Weight>> {
        let compiled = compile(query, split)?;
        let statistics = Statistics(self.splits());
        Ok(compiled.weight(EnableScoring::enabled_from_statistics_provider(&statistics, &split.searcher))?)
    }
}

/// The statistics of every split together, so that a score means the same in each.
pub(crate) struct Statistics<'a>(pub(crate) &'a [Split]);

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: IndexField) -> tantivy::Result<u64> {
        self.0.iter().map(|split| split.searcher.total_num_tokens(field)).sum()
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        self.0.iter().map(|split| split.searcher.total_num_docs()).sum()
    }

    fn doc_freq(&self, term: &IndexTerm) -> tantivy::Result<u64> {
        self.0.iter().map(|split| split.searcher.doc_freq(term)).sum()
    }
}
