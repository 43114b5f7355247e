//! Any text through the parser of the document number.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| terms_fuzz::round_trip::<terms::DocumentNumber>(text));
