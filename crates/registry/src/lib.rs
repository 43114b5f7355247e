//! Registers, import and the log of facts.
//!
//! A file becomes a batch of facts, never a change of earlier ones: the state of a register is the fold of its facts as
//! known at a moment, so that what was published can be computed again.
//! A row is accepted, unchanged or quarantined, never dropped and never guessed at.
//! What the facts mean (who owns a right, where it counts) is not decided here but at the freeze in `domain`.

pub mod audit;
pub mod batches;
mod cells;
pub mod entry;
mod error;
pub mod fold;
pub mod history;
pub mod import;
pub mod instant;
pub mod mappings;
pub mod quarantine;
pub mod registers;
mod rows;
pub mod soundness;
pub mod template;

pub use batches::{Batch, BatchKind, rollback};
pub use entry::{Entry, SoundRow, enter};
pub use error::Error;
pub use fold::{Folded, FoldedRow, Kept, Replay, Text, delivered, fold, fold_register};
pub use import::{ImportOptions, ImportReport, Problem, Reason, Watch, recover};
pub use registers::{
    Column, ColumnKind, FOCUSES, KEY_SEPARATOR, LEADING_INDUSTRIES, LICENCE_KINDS, PAID_EVENTS, PILOT_RESULTS,
    PROJECT_TAGS, RELATIONS, REVIEWS, Register, STATUSES, SUPPORT_FORMS, USE_ITEMS, register, registers, show_key,
};
pub use template::template;
