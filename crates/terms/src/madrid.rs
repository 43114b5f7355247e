//! The number of an international registration of a mark 国际注册号 under the Madrid system.

use std::{fmt, str::FromStr};

use crate::{
    Error, Result,
    error::{digits_lost, empty, quoted},
    text,
    written::written_as_text,
};

const WHAT: &str = "国际注册号";

/// A Madrid registration number 马德里商标国际注册号: six or seven digits, with a letter after a partial transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MadridNumber {
    number: u32,
    letter: Option<char>,
}

impl MadridNumber {
    /// The letter that a partial transfer adds.
    pub fn letter(&self) -> Option<char> {
        self.letter
    }
}

impl FromStr for MadridNumber {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let folded = text::fold_code(cell);
        if folded.is_empty() {
            return Err(empty(WHAT));
        }
        if let Some(error) = digits_lost(WHAT, &folded) {
            return Err(error);
        }
        // China writes G before it where it designates China; the register of the treaty writes IR.
        let bare = folded.strip_prefix("IR").or_else(|| folded.strip_prefix('G')).unwrap_or(&folded);
        let (digits, letter) = match bare.strip_suffix(|c: char| c.is_ascii_uppercase()) {
            Some(digits) => (digits, bare.chars().next_back()),
            None => (bare, None),
        };
        let is_sound = digits.bytes().all(|b| b.is_ascii_digit()) && matches!(digits.len(), 6 | 7);
        match digits.parse() {
            Ok(number) if is_sound && number > 0 => Ok(Self { number, letter }),
            _ => Err(Error::new(format!(
                "{WHAT}{}格式不对。应为 6 至 7 位数字，部分转让的后加一个字母，如 1234567 或 1234567A。请核对。",
                quoted(cell)
            ))),
        }
    }
}

impl fmt::Display for MadridNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.number)?;
        self.letter.map_or(Ok(()), |letter| write!(f, "{letter}"))
    }
}

written_as_text!(MadridNumber);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(cell: &str, expected: Option<&str>) {
        let read: Option<String> = cell.parse().ok().map(|n: MadridNumber| n.to_string());
        assert_eq!(read.as_deref(), expected, "{cell}");
    }

    #[test]
    fn six_or_seven_digits_with_an_optional_letter_are_read_section_2_5() {
        check("123456", Some("123456"));
        check("1234567", Some("1234567"));
        check("1234567a", Some("1234567A"));
        check("G1234567", Some("1234567"));
        check("IR 1 234 567;", Some("1234567"));
    }

    #[test]
    fn five_and_eight_digits_are_refused_section_2_5() {
        for cell in ["12345", "12345678", "1234567AB", "A1234567", "", "000000", "1.23E+06", "一二三四五六"] {
            check(cell, None);
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(cell in "[1-9][0-9]{5,6}[A-Z]?") {
            prop_assert_eq!(cell.parse::<MadridNumber>().unwrap().to_string(), cell);
        }

        #[test]
        fn whatever_is_read_prints_what_is_read_again(cell in "(G|IR)?0?[0-9]{5,6}[A-Z]?") {
            if let Ok(number) = cell.parse::<MadridNumber>() {
                prop_assert_eq!(number.to_string().parse::<MadridNumber>().unwrap(), number);
            }
        }
    }
}
