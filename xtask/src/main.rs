//! Developer tasks: `cargo xtask ci` runs everything that must pass, `tidy` the rules of the house, `e2e` the browser,
//! `carriers` tests with a look at what clauses name.

mod carriers;
mod ci;
mod deny;
mod tidy;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["ci"] => ci::run(),
        ["tidy"] => tidy::run(),
        ["deny"] => deny::run(),
        ["e2e"] => ci::browser(),
        ["carriers", command @ ..] => carriers::run(command),
        _ => bail!("usage: cargo xtask ci | tidy | deny | e2e | carriers COMMAND…"),
    }
}
