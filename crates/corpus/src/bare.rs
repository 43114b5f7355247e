//! The yardstick: Tantivy without our layer, with the same fields, tokenizers and compiled queries.
//!
//! Only `examples/engine_speed.rs` uses it.

use std::path::Path;

use documents::Document;
use tantivy::{
    Index, IndexReader, Searcher,
    aggregation::{AggregationCollector, agg_req::Aggregations, agg_result::AggregationResults},
    collector::{Count, TopDocs},
    directory::MmapDirectory,
};

use crate::{Query, Result, compile, row::Row, schema, tokenizer};

/// An index of Tantivy alone.
pub struct BareIndex {
    searcher: Searcher,
    _reader: IndexReader,
}

impl BareIndex {
    /// Indexes documents as Tantivy's own examples do.
    pub fn build(folder: &Path, documents: &[Document]) -> Result<Self> {
        const MEMORY: usize = 256 * 1024 * 1024;
        std::fs::create_dir_all(folder).map_err(crate::Error::io(folder))?;
        let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        let mut writer = Index::builder()
            .schema(schema::fields().schema.clone())
            .tokenizers(tokenizer::manager())
            .single_segment_index_writer(directory, MEMORY)?;
        for document in documents {
            writer.add_document(schema::index_document(document, &Row::of(document)))?;
        }
        let reader = writer.finalize()?.reader()?;
        Ok(Self { searcher: reader.searcher(), _reader: reader })
    }

    /// How many documents match.
    pub fn count(&self, query: &Query) -> Result<u64> {
        Ok(self.searcher.search(&self.compile(query)?, &Count)? as u64)
    }

    /// The rows and scores of the best.
    pub fn top(&self, query: &Query, limit: usize) -> Result<Vec<(u32, f32)>> {
        let found = self.searcher.search(&self.compile(query)?, &TopDocs::with_limit(limit).order_by_score())?;
        Ok(found.into_iter().map(|(score, address)| (address.doc_id, score)).collect())
    }

    /// The IPC subclasses of the hits by Tantivy's own aggregation, the most frequent first.
    pub fn facet(&self, query: &Query) -> Result<Vec<(String, u64)>> {
        const REQUEST: &str = r#"{"facet": {"terms": {"field": "ipc_subclass", "size": 65000}}}"#;
        let request: Aggregations = serde_json::from_str(REQUEST)?;
        let collector = AggregationCollector::from_aggs(request, Default::default());
        let results: AggregationResults = self.searcher.search(&self.compile(query)?, &collector)?;
        let results = serde_json::to_value(results)?;
        let buckets = results["facet"]["buckets"].as_array().cloned().unwrap_or_default();
        let mut values: Vec<(String, u64)> = buckets
            .iter()
            .filter_map(|bucket| Some((bucket["key"].as_str()?.to_owned(), bucket["doc_count"].as_u64()?)))
            .collect();
        values.sort_unstable_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        Ok(values)
    }

    fn compile(&self, query: &Query) -> Result<Box<dyn tantivy::query::Query>> {
        compile::compile_bare(query, self.searcher.segment_reader(0))
    }
}
