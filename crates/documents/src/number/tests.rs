//! Spellings met in real files, and the property that a canonical form is its own canonical form.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

fn published(written: &str) -> String {
    publication(written).unwrap_or_else(|error| panic!("{written}: {error}")).to_string()
}

#[test]
fn publications_have_one_form() {
    for (written, expected) in [
        ("CN-109417194-B", "CN109417194B"),
        ("CN101945314B", "CN101945314B"),
        ("CN85100312A", "CN85100312A"),
        ("US-11355780-B2", "US11355780B2"),
        ("US 2013/0101709 A1", "US20130101709A1"),
        ("US-2019198156-A1", "US20190198156A1"),
        ("US20090208610", "US20090208610"),
        ("US 08930553 B2", "US8930553B2"),
        ("US06336130B1", "US6336130B1"),
        ("USD435854S1", "USD435854S1"),
        ("USD0435854S1", "USD435854S1"),
        ("WO2005022977", "WO2005022977"),
        ("WO 80/00272 A1", "WO1980000272A1"),
        ("WO2019/123456A1", "WO2019123456A1"),
        ("WO02/012345A1", "WO2002012345A1"),
        ("EP 1 000 000 A1", "EP1000000A1"),
        ("EP-123456-A1", "EP0123456A1"),
        ("JP2005533465A", "JP2005533465A"),
        ("JPH05-023456A", "JPH0523456A"),
        ("JPH0235B2", "JPH0235B2"),
        ("JP-2020-1234-A", "JP2020001234A"),
        ("KR10-2023-0074640A", "KR20230074640A"),
        ("KR102501387B1", "KR102501387B1"),
        ("DE102005012345A1", "DE102005012345A1"),
        ("GB191417916A", "GB191417916A"),
        ("AP1206A", "AP1206A"),
        ("SG11202113307TA", "SG11202113307TA"),
    ] {
        assert_eq!(published(written), expected, "{written}");
        assert_eq!(published(expected), expected);
    }
}

#[test]
fn applications_have_one_form() {
    let no_day = None;
    for (office, written, kind, filed_on, expected) in [
        ("CN", "201010298420.4", "", no_day, "CN2010102984204"),
        ("CN", "201010298420", "A", no_day, "CN2010102984204"),
        ("", "CN201711495048.4", "", no_day, "CN2017114950484"),
        ("", "CN:201711494189:A", "", no_day, "CN2017114941894"),
        ("CN", "85100312", "", no_day, "CN851003125"),
        ("CN", "2004001234", "W", no_day, "PCT/CN2004/001234"),
        ("GB", "2004003782", "W", no_day, "PCT/GB2004/003782"),
        ("", "GB2004003782", "W", no_day, "PCT/GB2004/003782"),
        ("NO", "9800107", "W", no_day, "PCT/NO98/00107"),
        ("", "PCT/NO98/00107", "", no_day, "PCT/NO98/00107"),
        ("WO", "2005US12345", "", no_day, "PCT/US2005/012345"),
        ("US", "13/648,029", "", no_day, "US13648029"),
        ("US", "201213648029", "A", no_day, "US13648029"),
        ("US", "9/413215", "", no_day, "US09413215"),
        ("US", "94268010", "A", Some(date(2010, 11, 9)), "US20100942680"),
        ("US", "8359798", "A", Some(date(1998, 5, 22)), "US19980083597"),
        ("US", "13648010", "", Some(date(2010, 11, 9)), "US13648010"),
        ("EP", "17171508.9", "", no_day, "EP17171508"),
        ("", "EP20170171508", "", no_day, "EP17171508"),
        ("JP", "2005-123456", "", no_day, "JP2005123456"),
        ("JP", "H05-123456", "", no_day, "JP1993123456"),
        ("JP", "53/84696", "", Some(date(1978, 7, 10)), "JP1978084696"),
        ("JP", "10-123456", "", Some(date(1998, 5, 1)), "JP1998123456"),
        ("JP", "12345693", "A", Some(date(1993, 4, 1)), "JP1993123456"),
        ("JP", "12345693", "A", Some(date(1994, 4, 1)), "JP12345693"),
        ("KR", "10-2011-0012345", "", no_day, "KR20110012345"),
        ("KR", "20-2011-0012345", "", no_day, "KR20110012345U"),
        ("KR", "20110012345", "U", no_day, "KR20110012345U"),
        ("GB", "0320567", "A", no_day, "GB0320567"),
        ("", "GB20030020567", "", no_day, "GB0320567"),
        ("DE", "102005012345.6", "", no_day, "DE102005012345"),
        ("NL", "1010536", "A", no_day, "NL1010536"),
    ] {
        let found = application(office, written, kind, filed_on).unwrap_or_else(|error| panic!("{written}: {error}"));
        assert_eq!(found, expected, "{office} {written}");
        assert_eq!(application("", expected, "", filed_on).as_deref(), Ok(expected));
    }
}

#[test]
fn what_a_spreadsheet_has_damaged_is_no_number() {
    for written in ["2.0121E+12", "CN2.02E+12", "", "CN", "CN1234567890123", "一种装置"] {
        assert!(application("CN", written, "", None).is_err(), "{written}");
    }
    assert!(publication("2.0121E+12").is_err());
    assert!(publication(&"9".repeat(1000)).is_err());
    // A wrong check character is told, not corrected.
    let error = application("CN", "201010298420.5", "", None).unwrap_err().to_string();
    assert!(error.contains("校验位应为 4"), "{error}");
}

#[test]
fn a_serial_names_the_application_only_where_the_office_shares_it() {
    let identity = |written: &str| publication(written).unwrap().identity();
    assert_eq!(identity("CN101945314A"), identity("CN101945314B"));
    assert_ne!(identity("KR970009487A"), identity("KR970009487B1"));
}

proptest! {
    #[test]
    fn a_canonical_publication_is_its_own_canonical_form(written in "[A-Z]{2}[A-Z]{0,2}[-/ ]?[0-9]{1,13}[-/ ]?([A-Z][0-9]?)?") {
        if let Ok(first) = publication(&written) {
            let again = publication(&first.to_string()).unwrap();
            prop_assert_eq!(again.to_string(), first.to_string());
        }
    }

    #[test]
    fn a_canonical_application_is_its_own_canonical_form(
        office in prop::sample::select(vec!["US", "EP", "JP", "KR", "DE", "GB", "FR", "AU", "CN", "WO", "NL"]),
        number in "([SHR]?[0-9]{2}-)?[0-9]{1,13}([./][0-9]{1,6})?",
        kind in prop::sample::select(vec!["", "A", "U", "W", "P"]),
        year in 1950_i16..2030,
    ) {
        let day = Date::new(year, 7, 1).ok();
        if let Ok(first) = application(office, &number, kind, day) {
            prop_assert_eq!(application("", &first, "", day), Ok(first.clone()));
        }
    }

    #[test]
    fn no_text_whatever_breaks_the_reading(written in "\\PC{0,60}") {
        let _ = publication(&written);
        let _ = application("", &written, "A", None);
        let _ = application("JP", &written, "W", None);
    }
}
