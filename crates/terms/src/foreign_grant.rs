//! The number of a right granted by another office, read with the office that stands beside it.
//!
//! Registers write the same grant with and without office or kind code, and a regional patent under every state in which
//! it was validated; what they have in common is the right.

use crate::{Office, PatentKind, PublicationNumber};

/// The number of a foreign grant 境外授权号.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignGrant(PublicationNumber);

impl ForeignGrant {
    /// Reads a number that names its office, or one of this office without it; none where its shape says nothing.
    pub fn read(office: Office, number: &str) -> Option<Self> {
        let named = number.parse().ok();
        named.or_else(|| format!("{office}{number}").parse().ok()).map(Self)
    }

    /// The office that the number itself names.
    pub fn office(&self) -> Office {
        self.0.office()
    }

    /// What every way to write the grant has in common: the office and the serial, without kind code and leading zeros.
    pub fn right(&self) -> String {
        format!("{}{}", self.0.office(), self.0.serial().trim_start_matches('0'))
    }

    /// Whether the number has a kind code.
    pub fn has_kind_code(&self) -> bool {
        !self.0.kind_code().is_empty()
    }

    /// Whether this is the number of a grant; none where neither kind code nor length tells.
    ///
    /// Offices that number applications apart give them longer numbers than grants.
    pub fn is_grant(&self) -> Option<bool> {
        let longest = match self.0.office().code() {
            "EP" | "JP" => 7,
            "US" => 8,
            "KR" => 9,
            _ => usize::MAX,
        };
        let is_longer = self.serial_digits().is_some_and(|digits| digits > longest);
        let is_first_publication = matches!(
            (self.0.office().code(), self.0.kind_code()),
            ("DE" | "FR" | "AU" | "CA" | "EA", "A1") | ("EA" | "CA", "A2") | ("RU", "A")
        );
        self.0.is_grant().or((is_first_publication || is_longer && !self.has_kind_code()).then_some(false))
    }

    /// The kind of right, where number or kind code tells.
    ///
    /// D tells a design only in China, which [`PublicationNumber`] knows: D1 of Germany is the German part of a European grant.
    pub fn kind(&self) -> Option<PatentKind> {
        let letter = self.0.kind_code().chars().next();
        let by_code = match (self.0.office().code(), self.0.serial().chars().next(), letter) {
            ("TW", Some('M'), _) => Some(PatentKind::UtilityModel),
            ("TW", Some('D'), _) => Some(PatentKind::Design),
            // Since 2004 the first two of twelve digits tell the kind in Germany.
            ("DE", Some('2'), _) if self.serial_digits() == Some(12) => Some(PatentKind::UtilityModel),
            (_, _, Some('U' | 'Y')) => Some(PatentKind::UtilityModel),
            (_, _, Some('S')) => Some(PatentKind::Design),
            _ => None,
        };
        self.0.patent_kind().or(by_code)
    }

    /// How many digits the serial has, when it has nothing else.
    fn serial_digits(&self) -> Option<usize> {
        self.0.serial().bytes().all(|byte| byte.is_ascii_digit()).then(|| self.0.serial().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(office: &str, number: &str) -> ForeignGrant {
        ForeignGrant::read(office.parse().unwrap(), number).unwrap_or_else(|| panic!("{office} {number}"))
    }

    #[test]
    fn one_right_is_one_however_it_is_written_section_1_10() {
        for (office, number, right) in [
            ("EP", "EP3000001B1", "EP3000001"),
            ("DE", "EP3000001", "EP3000001"),
            ("EP", "3000001", "EP3000001"),
            ("US", "US10000001B2", "US10000001"),
            ("US", "US10,000,001", "US10000001"),
            ("US", "10000001", "US10000001"),
            ("EA", "012345", "EA12345"),
            ("RU", "EA012345B1", "EA12345"),
            ("US", "RE49001E1", "USRE49001"),
        ] {
            assert_eq!(read(office, number).right(), right, "{office} {number}");
        }
        assert_ne!(read("JP", "7000001").right(), read("US", "7000001").right());
        assert!(ForeignGrant::read("US".parse().unwrap(), "无").is_none());
    }

    #[test]
    fn applications_are_no_grants_section_2_5() {
        for (office, number, is_grant) in [
            ("US", "US10000001B2", Some(true)),
            ("US", "US11000001", None),
            ("US", "US20200123456A1", Some(false)),
            ("US", "US20200123456", Some(false)),
            ("EP", "EP3000001A1", Some(false)),
            ("EP", "EP19123456.7", Some(false)),
            ("EP", "EP3000001", None),
            ("JP", "JP2019123456", Some(false)),
            ("JP", "JP1995012345B2", Some(true)),
            ("KR", "KR102012345B1", Some(true)),
            ("DE", "DE102019000001A1", Some(false)),
            ("WO", "WO2020/123456", None),
            ("WO", "WO2020/123456A1", Some(false)),
        ] {
            assert_eq!(read(office, number).is_grant(), is_grant, "{office} {number}");
        }
    }

    #[test]
    fn the_number_tells_utility_models_and_designs() {
        use PatentKind::{Design, UtilityModel};
        for (office, number, kind) in [
            ("JP", "JP3200001U", Some(UtilityModel)),
            ("KR", "KR200490001Y1", Some(UtilityModel)),
            ("DE", "DE202019000001U1", Some(UtilityModel)),
            ("DE", "DE202019000001", Some(UtilityModel)),
            ("DE", "DE102019000001B4", None),
            ("DE", "DE69500001D1", None),
            ("TW", "TWM600001U", Some(UtilityModel)),
            ("US", "USD900001S1", Some(Design)),
            ("US", "US11000001B2", None),
        ] {
            assert_eq!(read(office, number).kind(), kind, "{office} {number}");
        }
    }
}
