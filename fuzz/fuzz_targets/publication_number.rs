//! Any text through the parser of the publication number.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| terms_fuzz::round_trip::<terms::PublicationNumber>(text));
