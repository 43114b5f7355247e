//! The registration number of a mark 商标注册号 in China; the application number is the same.
//!
//! One number may stand in several classes, so the key of a registration is the number and its class.

use std::{fmt, str::FromStr};

use crate::{
    Error, Result,
    error::{digits_lost, empty, quoted},
    text,
    written::written_as_text,
};

const WHAT: &str = "商标注册号";

/// A registration number 商标注册号: up to eight digits, a letter after a split, `G` before an international one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrademarkNumber {
    is_international: bool,
    number: u32,
    letter: Option<char>,
}

impl TrademarkNumber {
    /// Whether it is an international registration that designates China, which is no domestic mark.
    pub fn is_international(&self) -> bool {
        self.is_international
    }

    /// The letter that a split registration adds.
    pub fn letter(&self) -> Option<char> {
        self.letter
    }
}

impl FromStr for TrademarkNumber {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let folded = text::fold_code(cell);
        if folded.is_empty() {
            return Err(empty(WHAT));
        }
        if let Some(error) = digits_lost(WHAT, &folded) {
            return Err(error);
        }
        let bare = folded.strip_prefix('第').unwrap_or(&folded);
        let bare = bare.strip_suffix('号').unwrap_or(bare);
        let (is_international, bare) = match bare.strip_prefix('G') {
            Some(rest) => (true, rest),
            None => (false, bare),
        };
        let (digits, letter) = match bare.strip_suffix(|c: char| c.is_ascii_uppercase()) {
            Some(digits) => (digits, bare.chars().next_back()),
            None => (bare, None),
        };
        let is_sound = digits.bytes().all(|b| b.is_ascii_digit()) && (1..=8).contains(&digits.len());
        match digits.parse() {
            Ok(number) if is_sound && number > 0 => Ok(Self { is_international, number, letter }),
            _ => Err(Error::new(format!(
                "{WHAT}{}格式不对。应为 1 至 8 位数字，分割的后加一个字母，国际注册指定中国的前加 G，如 12345678、12345678A、G1234567。请核对。",
                quoted(cell)
            ))),
        }
    }
}

impl fmt::Display for TrademarkNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = if self.is_international { "G" } else { "" };
        write!(f, "{prefix}{}", self.number)?;
        self.letter.map_or(Ok(()), |letter| write!(f, "{letter}"))
    }
}

written_as_text!(TrademarkNumber);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(cell: &str, expected: Option<&str>) {
        let read: Option<String> = cell.parse().ok().map(|n: TrademarkNumber| n.to_string());
        assert_eq!(read.as_deref(), expected, "{cell}");
    }

    #[test]
    fn one_to_eight_digits_are_read_section_2_4() {
        check("1", Some("1"));
        check("12345678", Some("12345678"));
        check("12345678a", Some("12345678A"));
        check("第 1234567 号", Some("1234567"));
        check("01234567", Some("1234567"));
        check("123456789", None);
        check("0", None);
        check("", None);
        check("1.23E+07", None);
    }

    #[test]
    fn a_g_number_is_international_and_not_domestic_section_2_4() {
        assert!("G1234567".parse::<TrademarkNumber>().unwrap().is_international());
        assert!(!"1234567".parse::<TrademarkNumber>().unwrap().is_international());
        assert_ne!("G1234567".parse::<TrademarkNumber>(), "1234567".parse());
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(cell in "G?[1-9][0-9]{0,7}[A-Z]?") {
            prop_assert_eq!(cell.parse::<TrademarkNumber>().unwrap().to_string(), cell);
        }
    }
}
