//! Reading and writing whole files: round trips, every kind of bad file, and the real files.

#![allow(
    clippy::unwrap_used,
    reason = "these are tests; the lint's own exception does not reach their shared functions"
)]

mod bad_files;
mod files;
mod real_files;
mod round_trip;
mod text_files;
mod workbooks;
