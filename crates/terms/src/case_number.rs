//! The number of a court case 案号.

use std::{fmt, str::FromStr};

use crate::{
    Error, Result,
    error::{empty, quoted},
    text,
    written::written_as_text,
};

const WHAT: &str = "案号";

/// A court case number 案号: year, the court's characters with the kind of case, serial: `(2022)苏06民初123号`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber {
    year: u16,
    court_and_kind: String,
    serial: u32,
}

impl CaseNumber {
    /// The year in which the case was docketed.
    pub fn year(&self) -> u16 {
        self.year
    }

    /// The court's characters and the kind of case, such as 苏06民初.
    pub fn court_and_kind(&self) -> &str {
        &self.court_and_kind
    }
}

impl FromStr for CaseNumber {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let folded = text::fold_code(cell).replace(['〔', '[', '【'], "(").replace(['〕', ']', '】'], ")");
        if folded.is_empty() {
            return Err(empty(WHAT));
        }
        let malformed = || {
            Error::new(format!(
                "{WHAT}{}格式不对。应为（年份）法院代字、类型代字、编号和“号”，如 (2022)苏06民初123号。请核对。",
                quoted(cell)
            ))
        };
        let body = folded.strip_prefix('(').and_then(|rest| rest.strip_suffix('号'));
        let (year, rest) = body.and_then(|body| body.split_once(')')).ok_or_else(malformed)?;
        let is_year = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
        let year = year.parse().ok().filter(|y| is_year && (1949..=2099).contains(y)).ok_or_else(malformed)?;
        let at = rest.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (court_and_kind, serial) = rest.split_at(at);
        let serial = serial.parse().ok().filter(|serial| *serial > 0).ok_or_else(malformed)?;
        let is_word = |c: char| c.is_ascii_digit() || ('\u{4E00}'..='\u{9FFF}').contains(&c);
        let is_sound = (2..=20).contains(&court_and_kind.chars().count())
            && court_and_kind.chars().all(is_word)
            && court_and_kind.starts_with(|c: char| !c.is_ascii_digit());
        if !is_sound {
            return Err(malformed());
        }
        Ok(Self { year, court_and_kind: court_and_kind.to_owned(), serial })
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, court_and_kind, serial } = self;
        write!(f, "({year}){court_and_kind}{serial}号")
    }
}

written_as_text!(CaseNumber);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_numbers_are_read_in_any_bracket_section_2_7() {
        for cell in ["(2022)苏06民初123号", "（2022）苏 06 民初 123 号", "〔2022〕苏06民初123号;"] {
            assert_eq!(cell.parse::<CaseNumber>().unwrap().to_string(), "(2022)苏06民初123号");
        }
        assert!("(2020)最高法知民终1号".parse::<CaseNumber>().is_ok());
    }

    #[test]
    fn what_lacks_a_part_is_refused_section_2_7() {
        for cell in [
            "",
            "苏06民初123号",
            "(22)苏06民初123号",
            "(2022)苏06民初号",
            "(2022)123号",
            "(2022)苏06民初123",
            "(2022)06民初123号",
        ] {
            assert!(cell.parse::<CaseNumber>().is_err(), "{cell}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(cell in "\\(20[0-9]{2}\\)[苏京]0[1-9](民初|知民终)[1-9][0-9]{0,4}号") {
            prop_assert_eq!(cell.parse::<CaseNumber>().unwrap().to_string(), cell);
        }
    }
}
