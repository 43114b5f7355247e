//! The shell through its router, with a real database: who may open what, forms and their token, headers, assets, languages.

mod client;
mod doors;
mod headers;
mod sign_in;
mod city;
mod cockpit;
mod indicators;
mod patents;
