//! The shell through its router, with a real database: who may open what, forms and their token, headers, assets, languages.

#![allow(clippy::unwrap_used, reason = "a test may unwrap what it has made itself")]

mod accounts;
mod api;
mod applying;
mod attacks;
mod awards;
mod both;
mod bounds;
mod cases;
mod city;
mod claims;
mod clauses;
mod client;
mod closing;
mod cockpit;
mod corpus;
mod doors;
mod enterprises;
mod funding;
mod gate;
mod headers;
mod history;
mod indicators;
mod kept;
mod matching;
mod messages;
mod navigation;
mod organisations;
mod others;
mod outside;
mod patents;
mod personal;
mod policy;
mod registry;
mod runs;
mod search;
mod self_check;
mod sign_in;
mod tables;
mod ties;
mod trail;
mod warnings;
mod what_if;
