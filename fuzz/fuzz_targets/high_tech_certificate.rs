//! Any text through the parser of the high-tech certificate.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| terms_fuzz::round_trip::<terms::HighTechCertificate>(text));
