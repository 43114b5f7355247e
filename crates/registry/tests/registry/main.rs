//! Stories of the registry, each told on SQLite always and on PostgreSQL when its address is set.

mod fold;
mod import;
mod office;
mod quarantine;
mod real_files;
mod recovery;
mod rollback;
