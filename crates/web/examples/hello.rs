//! The page that says hello and nothing else: what `benches/` measures our pages against.
//!
//! `cargo run --release -p web --example hello -- 127.0.0.1:8091`

#![allow(clippy::unwrap_used, reason = "a measurement may panic")]

use axum::{Router, response::Html, routing::get};

#[tokio::main]
async fn main() {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8091".to_owned());
    let router = Router::new().route("/", get(async || Html("<p>hello</p>"))).route("/health", get(async || "ok"));
    axum::serve(tokio::net::TcpListener::bind(address).await.unwrap(), router).await.unwrap();
}
