//! Any text through the XML readers, behind the root element of each format.
#![no_main]

const ROOTS: [&str; 8] = [
    "business:PatentDocumentAndRelated",
    "cn-application-body",
    "exch:exchange-document",
    "ep-patent-document",
    "us-patent-grant",
    "us-patent-application",
    "PATDOC",
    "patent-application-publication",
];

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = documents::parse_one(text);
    for root in ROOTS {
        let _ = documents::parse_one(&format!("<{root} country=\"CN\" doc-number=\"1\" docNumber=\"1\">{text}</{root}>"));
    }
});
