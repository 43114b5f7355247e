//! Any text through the parser of the trademark registration number.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| terms_fuzz::round_trip::<terms::TrademarkNumber>(text));
