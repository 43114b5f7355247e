//! Any bytes as a register file: as a csv, as JSON lines, and as each kind of workbook.
#![no_main]

use std::io::Write;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder for the file");
    for name in ["a.csv", "a.jsonl", "a.xlsx", "a.xls", "a.ods"] {
        let path = folder.path().join(name);
        std::fs::File::create(&path).and_then(|mut file| file.write_all(bytes)).expect("room for the file");
        let _ = sheets::read_all(&path, &sheets::Limits::default());
    }
});
