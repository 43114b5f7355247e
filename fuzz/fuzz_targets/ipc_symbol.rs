//! Any text through the parser of the IPC symbol.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| terms_fuzz::round_trip::<terms::IpcSymbol>(text));
