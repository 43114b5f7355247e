//! The number of an official document 文号, in the form of 《党政机关公文格式》 GB/T 9704.
//!
//! The year stands in six-corner brackets and the serial has no leading zeros: 国知发保字〔2021〕1号.

use std::{fmt, str::FromStr};

use crate::{
    Error, Result,
    error::{empty, quoted},
    text,
    written::written_as_text,
};

const WHAT: &str = "文号";

/// A document number 文号 (发文字号): `国知发保字〔2021〕1号`, or an announcement or order without a year: `国家知识产权局公告第461号`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentNumber {
    issuer: String,
    year: Option<u16>,
    serial: u32,
}

impl DocumentNumber {
    /// The issuing office's characters 机关代字; of an announcement, the office and the word 公告 or 令.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The year, which announcements and orders lack.
    pub fn year(&self) -> Option<u16> {
        self.year
    }

    /// The serial within office and year.
    pub fn serial(&self) -> u32 {
        self.serial
    }
}

impl FromStr for DocumentNumber {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let folded: String = text::fold_code(cell)
            .chars()
            .map(|c| match c {
                '[' | '(' | '{' | '【' | '〖' | '<' | '〈' | '《' => '〔',
                ']' | ')' | '}' | '】' | '〗' | '>' | '〉' | '》' => '〕',
                c => c,
            })
            .collect();
        if folded.is_empty() {
            return Err(empty(WHAT));
        }
        let malformed = || {
            Error::new(format!(
                "{WHAT}{}格式不对。应为机关代字、六角括号内的四位年份和序号，如 国知发保字〔2021〕1号；公告和令如 国家知识产权局公告第461号。请核对。",
                quoted(cell)
            ))
        };
        let body = folded.strip_suffix('号').ok_or_else(malformed)?;
        let at = body.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (head, serial) = body.split_at(at);
        let head = head.strip_suffix('第').unwrap_or(head);
        let serial: u32 = serial.parse().ok().filter(|serial| *serial > 0).ok_or_else(malformed)?;
        let (issuer, year) = match head.strip_suffix('〕').map(|head| head.rsplit_once('〔')) {
            Some(Some((issuer, year))) => (issuer, Some(read_year(year).ok_or_else(malformed)?)),
            Some(None) => return Err(malformed()),
            None if head.ends_with("公告") || head.ends_with('令') => (head, None),
            None => return Err(malformed()),
        };
        let is_sound = (1..=40).contains(&issuer.chars().count())
            && issuer.chars().any(char::is_alphabetic)
            && !issuer.contains(['〔', '〕']);
        if !is_sound {
            return Err(malformed());
        }
        Ok(Self { issuer: issuer.to_owned(), year, serial })
    }
}

impl fmt::Display for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { issuer, year, serial } = self;
        match year {
            Some(year) => write!(f, "{issuer}〔{year}〕{serial}号"),
            None => write!(f, "{issuer}第{serial}号"),
        }
    }
}

written_as_text!(DocumentNumber);

fn read_year(text: &str) -> Option<u16> {
    let digits = text.strip_suffix('年').unwrap_or(text);
    let is_year = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|year| is_year && (1949..=2099).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(cell: &str, expected: Option<&str>) {
        let read: Option<String> = cell.parse().ok().map(|n: DocumentNumber| n.to_string());
        assert_eq!(read.as_deref(), expected, "{cell}");
    }

    #[test]
    fn every_bracket_becomes_the_six_corner_one_section_2_7() {
        for cell in [
            "国知发保字〔2021〕1号",
            "国知发保字[2021]1号",
            "国知发保字(2021)1号",
            "国知发保字（２０２１）１号",
            "国知发保字【2021】 1 号；",
            "国知发保字〔2021〕第01号",
        ] {
            check(cell, Some("国知发保字〔2021〕1号"));
        }
        check("国知办函规字〔2021〕121号", Some("国知办函规字〔2021〕121号"));
    }

    #[test]
    fn announcements_and_orders_have_no_year_section_2_7() {
        check("国家知识产权局公告第461号", Some("国家知识产权局公告第461号"));
        check("国家知识产权局公告461号", Some("国家知识产权局公告第461号"));
        check("国家市场监督管理总局令第44号", Some("国家市场监督管理总局令第44号"));
    }

    #[test]
    fn what_lacks_a_part_is_refused_section_2_7() {
        for cell in [
            "",
            "〔2021〕1号",
            "国知发〔2021〕号",
            "国知发〔21〕1号",
            "国知发〔1948〕1号",
            "国知发〔2021〕1",
            "国知发2021-1号",
            "国知发〔2021〕0号",
            "国知发2021〕1号",
            "123〔2021〕1号",
        ] {
            check(cell, None);
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(cell in "[国知发保字苏政办]{1,8}〔(19[5-9][0-9]|20[0-9]{2})〕[1-9][0-9]{0,4}号") {
            prop_assert_eq!(cell.parse::<DocumentNumber>().unwrap().to_string(), cell);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "([〔〕号第0-9]|\\PC){0,16}") {
            if let Ok(number) = text.parse::<DocumentNumber>() {
                prop_assert_eq!(number.to_string().parse::<DocumentNumber>().unwrap(), number);
            }
        }
    }
}
