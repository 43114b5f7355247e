//! The industry of an enterprise 国民经济行业代码 by GB/T 4754-2017.

use std::{fmt, str::FromStr};

use crate::{
    Error, Result,
    error::{empty, quoted},
    text,
    written::written_as_text,
};

const WHAT: &str = "行业代码";

/// The sections of GB/T 4754-2017 with the first and last division of each.
const SECTIONS: [(u8, u8, u8); 20] = [
    (b'A', 1, 5),
    (b'B', 6, 12),
    (b'C', 13, 43),
    (b'D', 44, 46),
    (b'E', 47, 50),
    (b'F', 51, 52),
    (b'G', 53, 60),
    (b'H', 61, 62),
    (b'I', 63, 65),
    (b'J', 66, 69),
    (b'K', 70, 70),
    (b'L', 71, 72),
    (b'M', 73, 75),
    (b'N', 76, 79),
    (b'O', 80, 82),
    (b'P', 83, 83),
    (b'Q', 84, 85),
    (b'R', 86, 90),
    (b'S', 91, 96),
    (b'T', 97, 97),
];

/// A code of GB/T 4754-2017 at any level: section `C`, division `39`, group `391`, class `3911`.
///
/// Digits print without the letter of their section: `C3911` reads as `3911`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndustryCode {
    section: u8,
    /// ASCII digits padded with zero bytes.
    digits: [u8; 4],
}

/// The level of an industry code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IndustryLevel {
    /// Section 门类: a letter.
    Section,
    /// Division 大类: two digits.
    Division,
    /// Group 中类: three digits.
    Group,
    /// Class 小类: four digits.
    Class,
}

impl IndustryCode {
    /// The letter of the section 门类.
    pub fn section(&self) -> char {
        char::from(self.section)
    }

    /// The level of the code.
    pub fn level(&self) -> IndustryLevel {
        match self.digits.iter().take_while(|b| **b != 0).count() {
            0 => IndustryLevel::Section,
            2 => IndustryLevel::Division,
            3 => IndustryLevel::Group,
            _ => IndustryLevel::Class,
        }
    }

    /// Whether this code is `other` or one below it.
    pub fn is_within(&self, other: &Self) -> bool {
        let matches_digits = self.digits.iter().zip(&other.digits).all(|(own, wider)| *wider == 0 || own == wider);
        self.section == other.section && matches_digits
    }
}

impl FromStr for IndustryCode {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let folded = text::fold_code(cell);
        if folded.is_empty() {
            return Err(empty(WHAT));
        }
        let malformed = || {
            Error::new(format!(
                "{WHAT}{}不符合 GB/T 4754-2017。应为门类字母 A 至 T，或 2 至 4 位数字，如 C、39、391、3911；开头的 0 不能省略。",
                quoted(cell)
            ))
        };
        let (letter, digits) = match folded.strip_prefix(|c: char| c.is_ascii_uppercase()) {
            Some(digits) => (folded.bytes().next(), digits),
            None => (None, folded.as_str()),
        };
        if let (Some(section), "") = (letter, digits) {
            let is_known = SECTIONS.iter().any(|(known, ..)| *known == section);
            return if is_known { Ok(Self { section, digits: [0; 4] }) } else { Err(malformed()) };
        }
        if !digits.bytes().all(|b| b.is_ascii_digit()) || !(2..=4).contains(&digits.len()) {
            return Err(malformed());
        }
        let division: u8 = digits[..2].parse().map_err(|_| malformed())?;
        let (section, ..) =
            *SECTIONS.iter().find(|(_, first, last)| (*first..=*last).contains(&division)).ok_or_else(malformed)?;
        if letter.is_some_and(|letter| letter != section) {
            return Err(Error::new(format!(
                "{WHAT}{}的字母与数字不符：大类 {} 属于门类 {}。请核对是否用了旧版行业分类。",
                quoted(cell),
                &digits[..2],
                char::from(section)
            )));
        }
        let mut code = Self { section, digits: [0; 4] };
        code.digits[..digits.len()].copy_from_slice(digits.as_bytes());
        Ok(code)
    }
}

impl fmt::Display for IndustryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.level() == IndustryLevel::Section {
            return write!(f, "{}", self.section());
        }
        self.digits.iter().take_while(|b| **b != 0).try_for_each(|b| write!(f, "{}", char::from(*b)))
    }
}

written_as_text!(IndustryCode);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(cell: &str) -> IndustryCode {
        cell.parse().unwrap_or_else(|error| panic!("{cell}: {error}"))
    }

    #[test]
    fn letters_and_two_to_four_digits_are_read_section_2_7() {
        for (cell, printed, level) in [
            ("C", "C", IndustryLevel::Section),
            ("39", "39", IndustryLevel::Division),
            ("391", "391", IndustryLevel::Group),
            ("3911", "3911", IndustryLevel::Class),
            ("c3911;", "3911", IndustryLevel::Class),
            ("０１１１", "0111", IndustryLevel::Class),
        ] {
            assert_eq!(code(cell).to_string(), printed);
            assert_eq!(code(cell).level(), level);
        }
    }

    #[test]
    fn both_ends_of_letters_and_divisions_are_checked_section_2_7() {
        for cell in ["A", "T", "01", "97", "9700"] {
            code(cell);
        }
        for cell in ["U", "00", "98", "1", "39111", "C98", "", "制造业", "3.9E+3"] {
            assert!(cell.parse::<IndustryCode>().is_err(), "{cell}");
        }
    }

    #[test]
    fn a_letter_that_contradicts_the_division_is_refused_section_2_7() {
        assert!("D3911".parse::<IndustryCode>().unwrap_err().message.contains("门类 C"));
    }

    #[test]
    fn codes_contain_what_stands_below_them_section_2_7() {
        for wider in ["C", "39", "391", "3911"] {
            assert!(code("3911").is_within(&code(wider)), "{wider}");
        }
        assert!(!code("391").is_within(&code("3911")));
        assert!(!code("3911").is_within(&code("D")));
    }

    #[test]
    fn divisions_follow_each_other_without_a_gap() {
        for pair in SECTIONS.windows(2) {
            assert_eq!(pair[0].2 + 1, pair[1].1);
            assert_eq!(pair[0].0 + 1, pair[1].0);
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(cell in "[A-T]|(0[1-9]|[1-8][0-9]|9[0-7])[0-9]{0,2}") {
            prop_assert_eq!(code(&cell).to_string(), cell);
        }
    }
}
