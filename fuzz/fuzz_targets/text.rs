//! Any text through the foldings, which must not change what they have folded.
#![no_main]

use terms::text;

libfuzzer_sys::fuzz_target!(|input: &str| {
    for fold in [text::fold_width, text::fold_heading, text::fold_name, text::fold_code] {
        let once = fold(input);
        assert_eq!(fold(&once), once);
    }
});
