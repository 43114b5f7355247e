//! The policy engine from outside: snapshots on disk, a small document evaluated, and the installed one.

mod city;
mod evaluation;
mod installed;
mod policy;
mod snapshot;
