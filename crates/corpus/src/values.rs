//! The hits of a query as columns: their values by dimension in one order, and their keys and documents.
//!
//! For what neither facets nor cross tables count, such as the most frequent partner of each of many names.

use std::{collections::BTreeMap, sync::Arc};

use documents::{Document, LegalState};

use crate::{
    Corpus, Query, Result,
    columns::{Column, Dimension, UNKNOWN},
    search::Rows,
    state,
};

/// The values of one dimension, hit by hit.
#[derive(Debug)]
pub struct Values {
    column: Arc<Column>,
    ends: Vec<usize>,
    codes: Vec<u32>,
}

impl Values {
    /// How many hits there are.
    pub fn hits(&self) -> usize {
        self.ends.len()
    }

    /// How many different codes there may be.
    pub fn codes(&self) -> usize {
        self.column.names.len()
    }

    /// The codes of a hit; none where no source says.
    pub fn of(&self, hit: usize) -> &[u32] {
        let start = hit.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.codes[start..self.ends[hit]]
    }

    /// What a code of this dimension stands for.
    pub fn name(&self, code: u32) -> &str {
        &self.column.names[code as usize]
    }
}

impl Corpus {
    /// The hits of a query by dimensions: hit `n` is the same document in each.
    pub fn values(&self, query: &Query, dimensions: &[Dimension]) -> Result<Vec<Values>> {
        let hits = self.collect(query, &Rows)?;
        let total = hits.iter().map(Vec::len).sum();
        let read = |dimension: &Dimension| {
            let column = self.column(*dimension)?;
            let mut values = Values { ends: Vec::with_capacity(total), codes: Vec::with_capacity(total), column };
            for (split, rows) in values.column.splits.iter().zip(&hits) {
                for &row in rows {
                    values.codes.extend(split.of(row).iter().filter(|code| **code != UNKNOWN));
                    values.ends.push(values.codes.len());
                }
            }
            Ok(values)
        };
        dimensions.iter().map(read).collect()
    }

    /// The keys of every hit, in order.
    pub fn keys(&self, query: &Query) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        for (split, rows) in self.splits().iter().zip(self.collect(query, &Rows)?) {
            keys.extend(split.rows.keys(&rows)?);
        }
        keys.sort_unstable();
        Ok(keys)
    }

    /// The key and the legal state of every hit, without reading documents.
    pub fn states(&self, query: &Query) -> Result<BTreeMap<String, LegalState>> {
        let column = self.column(Dimension::State)?;
        let mut states = BTreeMap::new();
        for (at, (split, rows)) in self.splits().iter().zip(self.collect(query, &Rows)?).enumerate() {
            for (row, key) in rows.iter().zip(split.rows.keys(&rows)?) {
                let name = column.first(at, *row).and_then(|code| column.name(code));
                states.insert(key, name.and_then(|name| state::named(&name)).unwrap_or_default());
            }
        }
        Ok(states)
    }

    /// Calls for the document of every hit, as it is in the file with what was learned of it later.
    pub fn each_document(&self, query: &Query, mut visit: impl FnMut(Document)) -> Result<()> {
        const AT_ONCE: usize = 4_096;
        for (split, rows) in self.splits().iter().zip(self.collect(query, &Rows)?) {
            for some in rows.chunks(AT_ONCE) {
                split.documents(some)?.into_iter().for_each(&mut visit);
            }
        }
        Ok(())
    }
}
