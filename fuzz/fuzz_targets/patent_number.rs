//! Any text through the canonical forms of patent numbers, which must not change what they have made.
#![no_main]

use documents::number::{application, publication};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(id) = publication(text) {
        assert_eq!(publication(&id.to_string()).map(|again| again.to_string()), Ok(id.to_string()));
    }
    for office in ["", "US", "JP", "KR", "EP", "CN"] {
        if let Ok(number) = application(office, text, "", None) {
            assert_eq!(application("", &number, "", None), Ok(number));
        }
    }
});
