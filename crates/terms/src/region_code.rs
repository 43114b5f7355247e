//! Administrative division codes 行政区划代码: GB/T 2260 to the county, the statistics bureau's nine and twelve digits below it.
//!
//! Codes change when counties become cities or districts; which code held when is a register, not a type.

use std::{fmt, str::FromStr};

use crate::{
    Error, Result,
    error::{digits_lost, empty, quoted},
    text,
    written::written_as_text,
};

const WHAT: &str = "行政区划代码";
const LENGTH_MAX: usize = 12;

/// The first two digits of the provinces, autonomous regions, municipalities, and Hong Kong, Macao and Taiwan.
const PROVINCES: [u8; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82,
];

/// A division code 行政区划代码, equal however many zeros it was written with.
///
/// It prints with six digits to the county (`320000`, `320600`, `320682`), nine for a town, twelve for a village.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode {
    digits: [u8; LENGTH_MAX],
    level: RegionLevel,
}

/// The level of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegionLevel {
    /// Province 省级.
    Province,
    /// Prefecture 地级.
    Prefecture,
    /// County, county-level city or district 县级.
    County,
    /// Town, township or subdistrict 乡级.
    Town,
    /// Village or neighbourhood 村级.
    Village,
}

impl RegionLevel {
    /// How many leading digits say which division it is.
    fn significant_digits(self) -> usize {
        match self {
            Self::Province => 2,
            Self::Prefecture => 4,
            Self::County => 6,
            Self::Town => 9,
            Self::Village => 12,
        }
    }
}

impl RegionCode {
    /// The level, by the last digits that are not zero.
    pub fn level(&self) -> RegionLevel {
        self.level
    }

    /// Whether this division is `other` or lies in it.
    pub fn is_within(&self, other: &Self) -> bool {
        let significant = other.level.significant_digits();
        self.level >= other.level && self.digits[..significant] == other.digits[..significant]
    }

    /// Whether it is a county-level city 县级市: 81 to 99 in the last pair of six digits.
    pub fn is_county_level_city(&self) -> bool {
        self.level == RegionLevel::County && matches!(self.digits[4], b'8' | b'9') && self.digits[4..6] != *b"80"
    }
}

impl FromStr for RegionCode {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let folded = text::fold_code(cell);
        if folded.is_empty() {
            return Err(empty(WHAT));
        }
        if let Some(error) = digits_lost(WHAT, &folded) {
            return Err(error);
        }
        let is_sound = folded.bytes().all(|b| b.is_ascii_digit()) && matches!(folded.len(), 2 | 4 | 6 | 9 | 12);
        let province = folded.get(..2).and_then(|p| p.parse().ok());
        if !is_sound || !province.is_some_and(|province| PROVINCES.contains(&province)) {
            return Err(Error::new(format!(
                "{WHAT}{}格式不对。应为 6 位数字（县级及以上，如 320682）、9 位（乡镇、街道）或 12 位（村、社区），前两位是省份。请核对。",
                quoted(cell)
            )));
        }
        let mut digits = [b'0'; LENGTH_MAX];
        digits[..folded.len()].copy_from_slice(folded.as_bytes());
        let is_zero = |range: std::ops::Range<usize>| digits[range].iter().all(|b| *b == b'0');
        let level = if !is_zero(9..12) {
            RegionLevel::Village
        } else if !is_zero(6..9) {
            RegionLevel::Town
        } else if !is_zero(4..6) {
            RegionLevel::County
        } else if !is_zero(2..4) {
            RegionLevel::Prefecture
        } else {
            RegionLevel::Province
        };
        Ok(Self { digits, level })
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let printed = self.level.significant_digits().max(6);
        self.digits[..printed].iter().try_for_each(|b| write!(f, "{}", char::from(*b)))
    }
}

written_as_text!(RegionCode);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(cell: &str) -> RegionCode {
        cell.parse().unwrap_or_else(|error| panic!("{cell}: {error}"))
    }

    #[test]
    fn every_length_prints_in_one_form_section_2_7() {
        for (cell, printed, level) in [
            ("32", "320000", RegionLevel::Province),
            ("320000000000", "320000", RegionLevel::Province),
            ("3206", "320600", RegionLevel::Prefecture),
            ("320682", "320682", RegionLevel::County),
            ("320682000", "320682", RegionLevel::County),
            ("320682100", "320682100", RegionLevel::Town),
            ("320682100000", "320682100", RegionLevel::Town),
            ("320682100001", "320682100001", RegionLevel::Village),
        ] {
            assert_eq!(code(cell).to_string(), printed);
            assert_eq!(code(cell).level(), level);
        }
    }

    #[test]
    fn divisions_contain_what_lies_in_them_section_2_7() {
        for wider in ["32", "320600", "320682", "320682100"] {
            assert!(code("320682100").is_within(&code(wider)), "{wider}");
        }
        assert!(!code("320682").is_within(&code("320682100")));
        assert!(!code("320682").is_within(&code("320681")));
    }

    #[test]
    fn county_level_cities_have_81_to_99_section_2_7() {
        assert!(code("320681").is_county_level_city());
        assert!(code("320699").is_county_level_city());
        assert!(!code("320680").is_county_level_city());
        assert!(!code("320623").is_county_level_city());
    }

    #[test]
    fn other_lengths_and_provinces_are_refused_section_2_7() {
        for cell in ["", "3", "32068", "3206821", "992068", "00", "江苏", "3.2068E+11", "-32068"] {
            assert!(cell.parse::<RegionCode>().is_err(), "{cell}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(cell in "(11|32|65|82)[0-9]{4}([0-9]{3}([0-9]{3})?)?") {
            let code = code(&cell);
            prop_assert_eq!(code.to_string().parse::<RegionCode>().unwrap(), code);
        }
    }
}
