//! Stories of the registry, each told on SQLite always and on PostgreSQL when its address is set.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod fold;
mod import;
mod office;
mod quarantine;
mod real_files;
mod recovery;
mod rollback;
