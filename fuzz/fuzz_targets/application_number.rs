//! Any text through the parser of the application number.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| terms_fuzz::round_trip::<terms::ApplicationNumber>(text));
