//! Reads files and prints what each held: `cargo run -p documents --example read_files -- FILE…`.
//!
//! With `--json` before the files it prints every document as a line of JSON instead.

#![allow(clippy::print_stdout, reason = "it prints what it finds")]

use std::{collections::BTreeMap, env, ops::ControlFlow, path::Path, time::Instant};

use documents::{Item, Limits, read};

fn main() {
    let mut paths: Vec<String> = env::args().skip(1).collect();
    let prints_documents = paths.first().is_some_and(|first| first == "--json");
    for path in paths.drain(usize::from(prints_documents)..) {
        let from = Instant::now();
        let mut reasons: BTreeMap<String, (u64, String)> = BTreeMap::new();
        let outcome = read(Path::new(&path), &Limits::default(), &mut |item| {
            match item {
                Item::SetAside { reason, place, .. } => reasons.entry(reason).or_insert((0, place)).0 += 1,
                Item::Document { document, .. } if prints_documents => {
                    println!("{}", serde_json::to_string(&document).unwrap_or_default());
                }
                Item::Document { .. } => {}
            }
            ControlFlow::Continue(())
        });
        match outcome {
            Ok(summary) => {
                println!(
                    "{path}: {} {} records {} = documents {} + set aside {} ({} ms)",
                    summary.format,
                    summary.encoding,
                    summary.records,
                    summary.documents,
                    summary.set_aside,
                    from.elapsed().as_millis()
                );
                for (what, count) in summary.passed_over.iter().chain(&summary.doubts) {
                    println!("    {count} × {what}");
                }
                for (reason, (count, place)) in reasons.iter().take(8) {
                    println!("    set aside {count} × {reason} (first: {place})");
                }
            }
            Err(error) => println!("{error}"),
        }
    }
}
