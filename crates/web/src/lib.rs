//! The pages: server-rendered, working without scripts, Chinese by default and English by a switch.
//!
//! A handler extracts, asks the domain one question and chooses a page; no SQL and no rule stands here.
//! `routes.rs` lists every page with who may see it; `pieces.rs`, `list.rs` and `chart.rs` hold what pages are made of.

pub mod app;
pub mod assets;
mod by_run;
pub mod chart;
pub mod csrf;
mod download;
pub mod error;
pub mod form;
pub mod format;
pub mod frame;
pub mod headers;
pub mod hx;
pub mod i18n;
mod kept;
pub mod list;
pub mod pages;
mod phrases;
pub mod pieces;
pub mod routes;
pub mod search_key;
pub mod session;

pub use app::{App, Settings, SignIn, router, serve};
pub use error::AppError;
pub use frame::Frame;
