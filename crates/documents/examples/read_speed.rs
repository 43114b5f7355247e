//! How fast documents are read from XML, beside the same parser doing nothing:
//! `cargo run --release -p documents --example read_speed -- FILE…`.
//!
//! Each file is one document, repeated in memory until it is some megabytes; the ratio is reading time to parsing time.
//! The last line is of all files together, each as often as it stands there.

#![allow(clippy::print_stdout, reason = "a measurement prints")]

use std::{env, fs, hint::black_box, time::Instant};

use documents::parse_one;
use quick_xml::{Reader, events::Event};

const BYTES: usize = 32 << 20;
const ROUNDS: usize = 5;

fn main() {
    let mut all = (0.0, 0.0);
    for path in env::args().skip(1) {
        let text = fs::read_to_string(&path).expect("the file is UTF-8");
        let start = text.find("<?xml").map_or(0, |at| text[at..].find("?>").map_or(0, |end| at + end + 2));
        let body = &text[start..];
        let times = (BYTES / body.len()).max(1);
        let bare = fastest(|| (0..times).map(|_| events(black_box(body))).sum());
        let read = fastest(|| (0..times).filter(|_| parse_one(black_box(body)).is_ok()).count());
        let rate = |seconds: f64| (times * body.len()) as f64 / seconds / 1e6;
        println!(
            "{path}: parser alone {:.0} MB/s, documents {:.0} MB/s, ratio {:.2}",
            rate(bare),
            rate(read),
            bare / read
        );
        all = (all.0 + bare / times as f64, all.1 + read / times as f64);
    }
    println!("all together: ratio {:.2}", all.0 / all.1);
}

/// The best of some rounds, in seconds.
fn fastest(mut work: impl FnMut() -> usize) -> f64 {
    let seconds = (0..ROUNDS).map(|_| {
        let from = Instant::now();
        black_box(work());
        from.elapsed().as_secs_f64()
    });
    seconds.fold(f64::INFINITY, f64::min)
}

fn events(text: &str) -> usize {
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    let mut count = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) | Err(_) => return count,
            Ok(event) => {
                black_box(event);
                count += 1;
            }
        }
    }
}
