//! The corpus (专利文献库): patent documents in immutable splits of Parquet and Tantivy, searched and counted.
//!
//! What is *not* here: reading source files (`documents`), the city's registers, pages and the terminal.
