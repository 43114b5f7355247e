//! What every parser owes: no text makes it panic, and what it read it prints so that it reads the same.
//!
//! One target a parser in `fuzz_targets/`; run one with `cargo +nightly fuzz run uscc`.

use std::{fmt, str::FromStr};

/// Parses the text, and if that works prints and parses again.
pub fn round_trip<T>(text: &str)
where
    T: FromStr<Err = terms::Error> + fmt::Display + fmt::Debug + PartialEq,
{
    match text.parse::<T>() {
        Ok(value) => assert_eq!(value.to_string().parse::<T>(), Ok(value)),
        Err(error) => assert!(error.message.chars().count() < 400, "a message is a sentence, not the file"),
    }
}
