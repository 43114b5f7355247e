//! Any text through the parser of the Nice class.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| terms_fuzz::round_trip::<terms::NiceClass>(text));
