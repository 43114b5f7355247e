//! The policy engine: a policy document and a frozen snapshot of facts in, decided targets and awards out.
//!
//! A run is a pure function of (policy document, snapshot, as-of date, known-at time, overrides, scope).
//! Rules are SQL views in the policy document; they are evaluated by DataFusion, and every verdict is
//! computed here, from the rules' own explanation tables, by exact integer comparison.
//! This crate reads no clock, knows no register and writes nothing but folders.

pub mod check;
pub mod diff;
mod digest;
mod error;
pub mod evaluate;
pub mod evaluation;
pub mod folder;
pub mod policy;
pub mod snapshot;
pub mod verdict;

pub use crate::{
    error::Error,
    evaluate::{Request, decide, evaluate, evaluate_views},
    evaluation::Evaluation,
    policy::Policy,
    snapshot::{Column, Kind, Rows, Snapshot, TableBuilder, Value},
};

/// The version of what this engine means: it enters every run id.
///
/// Raise it whenever the same documents and facts would give another answer.
pub const ENGINE_MEANING: &str = "1";
