//! The split: a Parquet file and a one-segment index built from it in the same order, so that document id is row.
//!
//! It is built in a folder of its own that is renamed into place when everything is on disk, and never changed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use documents::{
    Document,
    legal::{self, Settled},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tantivy::{
    DocSet, Index, IndexReader, ReloadPolicy, Searcher, SegmentReader, TERMINATED, TantivyError, Term,
    directory::MmapDirectory,
    schema::{Field, IndexRecordOption},
};

use crate::{
    Error, Result,
    changes::Overlay,
    file::{self, Rows},
    later::LaterOwners,
    manifest::{self, SplitEntry},
    row::{self, Row},
    schema, term, tokenizer,
};

const PARQUET: &str = "documents.parquet";
const INDEX: &str = "index";
const META: &str = "meta.json";
/// A one-segment index is held in memory until it is written; this only bounds its hash tables at the start.
const INDEX_MEMORY: usize = 256 * 1024 * 1024;

/// What the index of a split was built by; a split that says otherwise is built again from its Parquet file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Meta {
    tantivy: String,
    tokenizer: String,
    schema: u32,
    rows: u32,
}

impl Meta {
    fn of(rows: u32) -> Self {
        Self {
            tantivy: tantivy::version_string().to_owned(),
            tokenizer: tokenizer::version().to_owned(),
            schema: schema::VERSION,
            rows,
        }
    }
}

/// An open split.
pub(crate) struct Split {
    pub(crate) entry: SplitEntry,
    pub(crate) rows: Rows,
    pub(crate) overlay: Overlay,
    pub(crate) later_owners: Option<LaterOwners>,
    pub(crate) searcher: Searcher,
    /// The one segment, without the superseded rows.
    pub(crate) segment: SegmentReader,
    _reader: IndexReader,
}

/// Builds a split of these documents and moves it to `splits/<id>`.
pub(crate) fn build(folder: &Path, id: &str, documents: &[Document]) -> Result<SplitEntry> {
    let rows: Vec<Row> = documents.iter().map(Row::of).collect();
    let place = manifest::splits_folder(folder).join(id);
    let partial = partial_folder(&place)?;
    let parquet = partial.join(PARQUET);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| file::write(&parquet, documents, &rows));
        let indexed = index(&partial.join(INDEX), documents.len(), |at| Ok((&documents[at], &rows[at])));
        writing.join().map_err(|_| Error::damaged(&parquet, "写入线程中断"))?.and(indexed)
    })?;
    let entry = SplitEntry {
        id: id.to_owned(),
        rows: row_count(documents.len())?,
        live: row_count(documents.len())?,
        first_year: rows.iter().filter_map(|row| row.filed).map(jiff::civil::Date::year).min(),
        last_year: rows.iter().filter_map(|row| row.filed).map(jiff::civil::Date::year).max(),
        sha256: manifest::sha256(&parquet)?,
        parquet_bytes: fs::metadata(&parquet).map_err(Error::io(&parquet))?.len(),
        arrived: None,
        rules: row::RULES,
    };
    put_in_place(&partial, &place, entry.rows)?;
    Ok(entry)
}

/// An empty folder beside the split's place; what a killed builder left there is gone.
fn partial_folder(place: &Path) -> Result<PathBuf> {
    let partial = place.with_extension("partial");
    let _ = fs::remove_dir_all(&partial);
    fs::create_dir_all(&partial).map_err(Error::io(&partial))?;
    Ok(partial)
}

fn put_in_place(partial: &Path, place: &Path, rows: u32) -> Result<()> {
    manifest::write_synced(&partial.join(META), &serde_json::to_vec_pretty(&Meta::of(rows))?)?;
    manifest::sync_folder(partial)?;
    if place.exists() {
        // A split that no manifest names: its builder was killed before it could publish.
        fs::remove_dir_all(place).map_err(Error::io(place))?;
    }
    fs::rename(partial, place).map_err(Error::io(place))?;
    place.parent().map_or(Ok(()), manifest::sync_folder)
}

fn row_count(rows: usize) -> Result<u32> {
    u32::try_from(rows).map_err(|_| Error::damaged(Path::new(PARQUET), "一个分片的行数太多"))
}

/// Builds a one-segment index in a new folder.
fn index<'a>(folder: &Path, count: usize, document: impl Fn(usize) -> Result<(&'a Document, &'a Row)>) -> Result<()> {
    fs::create_dir_all(folder).map_err(Error::io(folder))?;
    let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
    let mut writer = Index::builder()
        .schema(schema::fields().schema.clone())
        .tokenizers(tokenizer::manager())
        .single_segment_index_writer(directory, INDEX_MEMORY)?;
    for at in 0..count {
        let (document, row) = document(at)?;
        writer.add_document(schema::index_document(document, row))?;
    }
    writer.finalize()?;
    Ok(())
}

impl Split {
    /// Opens a split; an index of another version or one that is damaged is built again first.
    ///
    /// On a day given, rights whose term is over by then lie in the overlay as the law has them; without one nothing is
    /// said of the calendar, which is for writers alone.
    pub(crate) fn open(folder: &Path, entry: &SplitEntry, mut overlay: Overlay, on: Option<Date>) -> Result<Self> {
        let place = manifest::splits_folder(folder).join(&entry.id);
        let rows = Rows::open(&place.join(PARQUET), entry.rows)?;
        let index = match open_index(&place, entry.rows) {
            Ok(index) => index,
            Err(_) => {
                rebuild(&place, &rows, entry)?;
                open_index(&place, entry.rows)?
            }
        };
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let segments = index.searchable_segments()?;
        let [segment] = segments.as_slice() else {
            return Err(Error::damaged(&place, "索引不是一段"));
        };
        let segment = SegmentReader::open_with_custom_alive_set(segment, overlay.alive(entry.rows)?)?;
        let searcher = reader.searcher();
        if let Some(day) = on {
            term::lay_over(&searcher, &mut overlay, day)?;
        }
        Ok(Self {
            entry: entry.clone(),
            rows,
            later_owners: LaterOwners::of(&overlay)?,
            overlay,
            searcher,
            segment,
            _reader: reader,
        })
    }
}

impl Split {
    /// The row of a key that is not superseded.
    pub(crate) fn row_of(&self, key: &str) -> Result<Option<u32>> {
        self.rows_with(schema::fields().key, key).map(|rows| rows.first().copied())
    }

    /// The documents in these rows, which must ascend, in the state that follows, with what was learned of them later.
    pub(crate) fn documents(&self, rows: &[u32]) -> Result<Vec<Document>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let documents = self.rows.documents(rows)?;
        let shown = |(&row, mut document): (&u32, Document)| {
            let Settled { state, is_presumed } = legal::settled(&document);
            (document.state, document.is_presumed) = (state, is_presumed);
            self.overlay.applied(row, document)
        };
        Ok(rows.iter().zip(documents).map(shown).collect())
    }

    /// Calls for every term of a field.
    pub(crate) fn each_term(&self, field: Field, mut visit: impl FnMut(&[u8])) -> Result<()> {
        let index = self.segment.inverted_index(field)?;
        let mut terms = index.terms().stream().map_err(TantivyError::from)?;
        while terms.advance() {
            visit(terms.key());
        }
        Ok(())
    }

    /// The last row of a key, superseded or not.
    pub(crate) fn ever_row_of(&self, key: &str) -> Result<Option<u32>> {
        self.all_rows_with(schema::fields().key, key).map(|rows| rows.last().copied())
    }

    /// The rows whose field has this term, superseded ones left out.
    pub(crate) fn rows_with(&self, field: Field, term: &str) -> Result<Vec<u32>> {
        let mut rows = self.all_rows_with(field, term)?;
        rows.retain(|row| !self.segment.is_deleted(*row));
        Ok(rows)
    }

    fn all_rows_with(&self, field: Field, term: &str) -> Result<Vec<u32>> {
        let index = self.segment.inverted_index(field)?;
        let postings = index.read_postings(&Term::from_field_text(field, term), IndexRecordOption::Basic);
        let Some(mut postings) = postings.map_err(TantivyError::from)? else { return Ok(Vec::new()) };
        let mut rows = Vec::new();
        while postings.doc() != TERMINATED {
            rows.push(postings.doc());
            postings.advance();
        }
        Ok(rows)
    }
}

fn open_index(place: &Path, rows: u32) -> Result<Index> {
    let path = place.join(META);
    let meta: Meta = serde_json::from_slice(&fs::read(&path).map_err(Error::io(&path))?)?;
    if meta != Meta::of(rows) {
        return Err(Error::damaged(&path, "索引由另一版本建立"));
    }
    let mut index = Index::open_in_dir(place.join(INDEX))?;
    index.set_tokenizers(tokenizer::manager());
    let segments = index.searchable_segment_metas()?;
    match segments.as_slice() {
        [segment] if segment.max_doc() == rows => Ok(index),
        _ => Err(Error::damaged(&path, "索引与数据文件的行数不同")),
    }
}

/// Whether the data file of a split is the one that was written; its index is built again when it is not.
pub(crate) fn inspect(folder: &Path, entry: &SplitEntry) -> Result<()> {
    let parquet = manifest::splits_folder(folder).join(&entry.id).join(PARQUET);
    if manifest::sha256(&parquet)? != entry.sha256 {
        return Err(Error::damaged(&parquet, "校验和不符"));
    }
    Rows::open(&parquet, entry.rows).map(drop)
}

/// Builds the index again from the Parquet file, beside the old one, which it then replaces.
fn rebuild(place: &Path, rows: &Rows, entry: &SplitEntry) -> Result<()> {
    let parquet = place.join(PARQUET);
    if manifest::sha256(&parquet)? != entry.sha256 {
        return Err(Error::damaged(&parquet, "校验和不符"));
    }
    let mut documents = Vec::with_capacity(entry.rows as usize);
    rows.each_document(None, |document| {
        documents.push(document);
        Ok(())
    })?;
    let derived: Vec<Row> = documents.iter().map(Row::of).collect();
    let partial = place.join("index.partial");
    let _ = fs::remove_dir_all(&partial);
    index(&partial, documents.len(), |at| Ok((&documents[at], &derived[at])))?;
    let old = place.join(INDEX);
    let _ = fs::remove_dir_all(&old);
    fs::rename(&partial, &old).map_err(Error::io(&old))?;
    manifest::write_synced(&place.join(META), &serde_json::to_vec_pretty(&Meta::of(entry.rows))?)?;
    manifest::sync_folder(place)
}
