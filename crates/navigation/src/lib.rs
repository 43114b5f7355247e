//! Patent navigation (专利导航, GB/T 39551-2020): questions to the corpus whose every answer is a stored query.
//!
//! A [`Template`] is a list of questions; [`survey`] answers them over a [`Scope`] into a [`Report`], which can be
//! serialised, exported and compared with an earlier edition. Industry chains are trees of searches ([`chain`]), a search
//! is judged clause by clause ([`audit`]), and outside patents are matched to a firm ([`matching`]).
//! What is *not* here: the index, pages, the terminal, and any clock.

pub mod audit;
pub mod chain;
pub mod compare;
mod error;
pub mod export;
mod figure;
mod figures;
mod interval;
pub mod matching;
pub mod project;
mod report;
mod sample;
mod scope;
pub mod shelf;
mod study;
mod template;

pub use documents::bodies;

pub use crate::{
    error::{Error, Result},
    figure::{Basis, Cell, Column, Drawing, Figure, Kind, Part, Row, Unit},
    interval::Interval,
    report::{Report, Snapshot, SourceFile, survey},
    scope::{Scope, Subject, Technology},
    template::{Question, Template},
};
