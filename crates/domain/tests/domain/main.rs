//! The domain from outside: the policy's case table, and runs over the synthetic city on both databases.

#![allow(clippy::unwrap_used, reason = "a test may unwrap what it has made itself")]

mod acting;
mod again;
mod case_table;
mod city;
mod claims;
mod clauses;
mod course;
mod delivery;
mod divisions;
mod funding;
mod ground;
mod introduced;
mod labels;
mod leave;
mod letters;
mod messages;
mod payments;
mod races;
mod recovery;
mod returned;
mod sharing;
mod soundness;
mod supported;
mod towns;
