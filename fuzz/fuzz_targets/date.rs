//! Any text through the parser of dates.
#![no_main]

use terms::dates;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(day) = dates::parse_date(text) {
        assert_eq!(dates::parse_date(&day.to_string()), Ok(day));
        assert_eq!(dates::parse_date(&dates::format_zh(day)), Ok(day));
    }
});
