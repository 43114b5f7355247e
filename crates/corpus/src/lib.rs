//! The corpus (专利文献库): patent documents in immutable splits of Parquet and Tantivy, searched and counted.
//!
//! What is *not* here: reading source files (`documents`), the city's registers, pages and the terminal.

#[doc(hidden)]
pub mod bare;
mod changes;
mod classes;
mod columns;
mod compaction;
mod compile;
mod corpus;
mod cross;
mod error;
mod exclusion;
mod facet;
mod file;
pub mod generate;
mod inspection;
mod later;
mod manifest;
mod marks;
mod meaning;
mod near;
mod numbers;
mod query;
mod row;
mod same;
mod schema;
mod search;
mod similar;
mod split;
mod state;
mod table;
mod term;
#[cfg(test)]
mod tests;
mod tokenizer;
mod values;
mod writer;

pub use crate::{
    columns::Dimension,
    corpus::{Corpus, NumberFound},
    cross::{Cell, Cross},
    error::{Error, QueryError, Result},
    facet::{Facet, FacetValue},
    inspection::{Inspection, inspect},
    manifest::{ChangesEntry, Manifest, SplitEntry, sha256},
    meaning::{LIKE_MAX, Learnt, Nearness, place_by_meaning},
    numbers::read_list,
    query::{Field, Near, Query, Span, Term, Value},
    same::Contrary,
    search::{Hit, Hits, Order, Page},
    state::{ALL as STATES, zh as state_name},
    table::{CorpusTable, SplitScanExec, TABLE},
    tokenizer::{version as tokenizer_version, words},
    values::Values,
    writer::{Budget, Taken, Writer},
};
