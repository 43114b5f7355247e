//! The shell through its router, with a real database: who may open what, forms and their token, headers, assets, languages.

#![allow(clippy::unwrap_used, reason = "a test may unwrap what it has made itself")]

mod accounts;
mod awards;
mod cases;
mod city;
mod clauses;
mod client;
mod cockpit;
mod corpus;
mod doors;
mod enterprises;
mod headers;
mod history;
mod indicators;
mod matching;
mod navigation;
mod others;
mod patents;
mod policy;
mod registry;
mod runs;
mod search;
mod sign_in;
mod tables;
mod trail;
mod verdicts;
mod warnings;
mod what_if;
