//! Patent documents (专利文献) of every office as one shape, and what reads them.
//!
//! One [`Document`] is one application (一件申请) with everything its publications and sources say of it.
//! [`read()`] takes a file of any known format and hands over its documents; [`Document::merge`] puts those of one
//! application together; [`families`], [`applicants`] and [`legal`] say what belongs together and what holds when.
//! What is *not* here: an index, a query, a register of the city, and any network.

mod document;
mod error;
mod merge;
mod read;

pub mod applicants;
pub mod bodies;
pub mod classification;
pub mod families;
pub mod legal;
pub mod number;

pub use crate::{
    document::{
        Citation, Classification, Document, LegalEvent, LegalState, Party, Priority, Publication, Scheme, Source, Text,
    },
    error::Error,
    merge::{Difference, contradiction, differences},
    number::PublicationId,
    read::{Item, Limits, Summary, parse_one, read, read_from},
};
