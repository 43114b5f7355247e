//! A small index in memory of the owners that were learned after a split was made.

use documents::Party;
use tantivy::{
    Index, IndexReader, Searcher, SegmentReader, TantivyDocument, collector::DocSetCollector, directory::RamDirectory,
    query::Query,
};

use crate::{
    Result,
    changes::Overlay,
    schema::{self, fields},
    tokenizer,
};

/// The owners that were learned later, searchable as the index itself is.
pub(crate) struct LaterOwners {
    rows: Vec<u32>,
    searcher: Searcher,
    _reader: IndexReader,
}

impl LaterOwners {
    /// The index of an overlay's owners; none where it has none.
    pub(crate) fn of(overlay: &Overlay) -> Result<Option<Self>> {
        if overlay.owners.is_empty() {
            return Ok(None);
        }
        const MEMORY: usize = 32 * 1024 * 1024;
        let mut writer = Index::builder()
            .schema(fields().schema.clone())
            .tokenizers(tokenizer::manager())
            .single_segment_index_writer(RamDirectory::create(), MEMORY)?;
        for owners in overlay.owners.values() {
            let parties: Vec<Party> =
                owners.iter().map(|name| Party { name: name.clone(), ..Party::default() }).collect();
            let mut document = TantivyDocument::new();
            schema::add_names(&mut document, fields().owner, &parties, owners);
            writer.add_document(document)?;
        }
        let reader = writer.finalize()?.reader()?;
        let searcher = reader.searcher();
        Ok(Some(Self { rows: overlay.owners.keys().copied().collect(), searcher, _reader: reader }))
    }

    /// The rows of the split that it speaks for.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.rows
    }

    pub(crate) fn segment(&self) -> &SegmentReader {
        self.searcher.segment_reader(0)
    }

    /// The rows of the split whose later owners match.
    pub(crate) fn rows_matching(&self, query: &dyn Query) -> Result<Vec<u32>> {
        let found = self.searcher.search(query, &DocSetCollector)?;
        let mut rows: Vec<u32> = found.into_iter().map(|address| self.rows[address.doc_id as usize]).collect();
        rows.sort_unstable();
        Ok(rows)
    }
}
