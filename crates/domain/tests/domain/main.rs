//! The domain from outside: the policy's case table, and runs over the synthetic city on both databases.

mod cases;
mod city;
