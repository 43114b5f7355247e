//! Any text through the parser of the kind of patent.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| terms_fuzz::round_trip::<terms::PatentKind>(text));
