//! The policy engine from outside: snapshots on disk, a small document evaluated, and the installed one.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod city;
mod evaluation;
mod installed;
mod policy;
mod snapshot;
