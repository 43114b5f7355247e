//! Reads files and prints what each held: `cargo run -p documents --example read_files -- FILE…`.

use std::{collections::BTreeMap, env, ops::ControlFlow, path::Path, time::Instant};

use documents::{Item, Limits, read};

#[allow(clippy::print_stdout)]
fn main() {
    for path in env::args().skip(1) {
        let from = Instant::now();
        let mut reasons: BTreeMap<String, (u64, String)> = BTreeMap::new();
        let outcome = read(Path::new(&path), &Limits::default(), &mut |item| {
            if let Item::SetAside { reason, place, .. } = item {
                reasons.entry(reason).or_insert((0, place)).0 += 1;
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
