//! Patent and trademark offices 受理局 by the two-letter codes of WIPO ST.3, which are not the country codes of ISO 3166 alone.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use crate::{
    Error, Result,
    error::{empty, quoted},
    office_table::{self, Entry},
    text,
    written::written_as_text,
};

/// An office or organisation with a code in WIPO ST.3 (受理局、原属局).
#[derive(Clone, Copy)]
pub struct Office(&'static Entry);

impl Office {
    /// Every entry of the table, in the order of the codes.
    pub fn all() -> impl Iterator<Item = Self> {
        office_table::ENTRIES.iter().map(Self)
    }

    /// The two-letter code.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// The name in Chinese.
    pub fn name_zh(self) -> &'static str {
        self.0.name_zh
    }

    /// Whether it is the office of the mainland, CNIPA.
    pub fn is_mainland(self) -> bool {
        self.code() == "CN"
    }

    /// Whether it is in Hong Kong, Macao or Taiwan (港澳台).
    pub fn is_hk_mo_tw(self) -> bool {
        matches!(self.code(), "HK" | "MO" | "TW")
    }

    /// Whether it is abroad (海外): neither of the mainland nor of Hong Kong, Macao or Taiwan.
    pub fn is_abroad(self) -> bool {
        !self.is_mainland() && !self.is_hk_mo_tw()
    }

    /// Whether the code stands for an organisation of several states rather than for one state or territory.
    pub fn is_organisation(self) -> bool {
        self.0.is_organisation
    }

    /// Whether the office grants patents for inventions.
    ///
    /// WO and IB publish and receive international applications, EM and BX register marks and designs:
    /// a "grant" under these codes is a mistake in the file.
    pub fn grants_inventions(self) -> bool {
        !matches!(self.code(), "WO" | "IB" | "EM" | "BX" | "QZ" | "XN" | "XU" | "XV" | "XX")
    }

    /// The last year of a code that is no longer given, such as SU; old documents still carry it.
    pub fn withdrawn_after(self) -> Option<u16> {
        self.0.withdrawn_after
    }
}

impl FromStr for Office {
    type Err = Error;

    /// Reads a code, or the exact Chinese name.
    fn from_str(cell: &str) -> Result<Self> {
        let folded = text::fold_code(cell);
        if folded.is_empty() {
            return Err(empty("受理局代码"));
        }
        let by_code = office_table::ENTRIES
            .binary_search_by(|entry| entry.code.cmp(folded.as_str()))
            .ok()
            .map(|index| &office_table::ENTRIES[index]);
        by_code
            .or_else(|| office_table::ENTRIES.iter().find(|entry| entry.name_zh == folded))
            .map(Self)
            .ok_or_else(|| {
                Error::new(format!(
                    "受理局代码{}不在 WIPO ST.3 代码表（{} 版）中。请填两位字母代码，如 US（美国）、EP（欧洲专利局）、JP（日本）。",
                    quoted(cell),
                    office_table::EDITION,
                ))
            })
    }
}

impl fmt::Display for Office {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Office {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Office({self})")
    }
}

impl PartialEq for Office {
    fn eq(&self, other: &Self) -> bool {
        self.code() == other.code()
    }
}

impl Eq for Office {}

impl Hash for Office {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.code().hash(state);
    }
}

impl Ord for Office {
    fn cmp(&self, other: &Self) -> Ordering {
        self.code().cmp(other.code())
    }
}

impl PartialOrd for Office {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

written_as_text!(Office);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn office(cell: &str) -> Office {
        cell.parse().unwrap_or_else(|error| panic!("{cell}: {error}"))
    }

    #[test]
    fn the_codes_of_organisations_are_valid_section_2_5() {
        for code in ["EP", "WO", "IB", "EA", "AP", "OA", "EM"] {
            assert!(office(code).is_organisation(), "{code}");
            assert!(office(code).is_abroad(), "{code}");
        }
    }

    #[test]
    fn a_code_outside_the_table_is_refused_with_the_edition_section_2_5() {
        for cell in ["QQ", "EU1", "", "中", "USA", "U"] {
            assert!(cell.parse::<Office>().is_err(), "{cell}");
        }
        assert!("QQ".parse::<Office>().unwrap_err().message.contains(office_table::EDITION));
    }

    #[test]
    fn hong_kong_macao_and_taiwan_are_neither_mainland_nor_abroad() {
        for code in ["HK", "MO", "TW"] {
            assert!(office(code).is_hk_mo_tw() && !office(code).is_abroad() && !office(code).is_mainland());
        }
        assert!(office("CN").is_mainland() && !office("CN").is_abroad());
        assert!(office("US").is_abroad());
    }

    #[test]
    fn an_international_publication_is_no_grant() {
        assert!(!office("WO").grants_inventions());
        assert!(!office("IB").grants_inventions());
        assert!(office("EP").grants_inventions());
        assert!(office("US").grants_inventions());
    }

    #[test]
    fn codes_and_chinese_names_are_read_in_any_width() {
        for cell in ["us", "ＵＳ", " US; ", "美国"] {
            assert_eq!(office(cell).code(), "US");
        }
        assert_eq!(office("欧洲专利局").code(), "EP");
    }

    #[test]
    fn the_table_is_sorted_unique_and_prints_what_it_reads() {
        let codes: Vec<&str> = Office::all().map(Office::code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b));
        let names: BTreeSet<&str> = Office::all().map(Office::name_zh).collect();
        assert_eq!(names.len(), codes.len(), "each name once");
        for each in Office::all() {
            assert_eq!(office(&each.to_string()), each);
            assert_eq!(office(each.name_zh()), each);
        }
    }

    #[test]
    fn withdrawn_codes_are_read_and_marked() {
        assert_eq!(office("SU").withdrawn_after(), Some(1992));
        assert_eq!(office("RU").withdrawn_after(), None);
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(at in 0..office_table::ENTRIES.len(), form in 0..4_usize) {
            let each = Office::all().nth(at).unwrap();
            let (code, name) = (each.code(), each.name_zh());
            let cell = [code.to_owned(), code.to_lowercase(), format!(" {code}；"), name.to_owned()];
            prop_assert_eq!(office(&cell[form]), each);
            prop_assert_eq!(office(&cell[form]).to_string(), code);
        }

        #[test]
        fn what_is_read_stands_in_the_table_and_the_rest_is_refused(text in "[A-Z]{2}") {
            let stands = Office::all().any(|each| each.code() == text);
            prop_assert_eq!(text.parse::<Office>().is_ok_and(|found| found.code() == text), stands);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "([A-Za-z]|\\PC){0,6}") {
            if let Ok(found) = text.parse::<Office>() {
                prop_assert_eq!(office(&found.to_string()), found);
            }
        }
    }
}
