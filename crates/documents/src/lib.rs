//! Patent documents (专利文献) of every office as one shape, and what reads them.
//!
//! One [`Document`] is one application (一件申请) with everything its publications and sources say of it.
//! What is *not* here: an index, a query, a register of the city, and any network.

mod document;

pub use crate::document::{
    Citation, Classification, Document, LegalEvent, LegalState, Party, Priority, Publication, Scheme, Source, Text,
};
