//! The Chinese patent application number 申请号 of ZC 0006-2003, old form and new, in every notation that files carry.
//!
//! The same number, with the prefix ZL, is the patent number after grant; that prefix says nothing that can be relied on, and is dropped.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use crate::{
    Error, PatentKind, Result,
    error::{digits_lost, empty, quoted},
    text,
    written::written_as_text,
};

const WHAT: &str = "申请号";
const OLD_LENGTH: usize = 8;
const NEW_LENGTH: usize = 12;

/// A Chinese patent application number 申请号 (ZC 0006-2003), equal by its digits.
///
/// Twelve digits `YYYYTNNNNNNN` since 2003-10-01, eight digits `YYTNNNNN` before; `T` is the type digit.
/// It prints as digits and check character, without dot or prefix: `2013106997442`.
#[derive(Clone, Copy)]
pub struct ApplicationNumber {
    digits: [u8; NEW_LENGTH],
    length: usize,
    check_was_given: bool,
}

impl ApplicationNumber {
    /// The eight or twelve digits without the check character: the key of a patent.
    pub fn digits(&self) -> &str {
        std::str::from_utf8(&self.digits[..self.length]).expect("only ASCII digits are stored")
    }

    /// The check character, a digit or `X`.
    pub fn check(&self) -> char {
        check_character(&self.digits[..self.length])
    }

    /// Whether the cell carried the check character, so that the digits are known to be typed right.
    pub fn check_was_given(&self) -> bool {
        self.check_was_given
    }

    /// The year in the number, four digits; it may lie after the filing year (divisional, PCT phase).
    pub fn year(&self) -> i16 {
        let digit = |at: usize| i16::from(self.digits[at] - b'0');
        if self.length == NEW_LENGTH {
            return digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3);
        }
        match digit(0) * 10 + digit(1) {
            // The first application was filed on 1985-04-01, the last old number given in 2003.
            short @ 85.. => 1900 + short,
            short => 2000 + short,
        }
    }

    /// The kind that the type digit says: 1 and 8 invention, 2 and 9 utility model, 3 design.
    pub fn kind(&self) -> PatentKind {
        match self.type_digit() {
            b'1' | b'8' => PatentKind::Invention,
            b'2' | b'9' => PatentKind::UtilityModel,
            _ => PatentKind::Design,
        }
    }

    /// Whether it entered the national phase of a PCT application, and so has the international filing date.
    pub fn is_pct_phase(&self) -> bool {
        matches!(self.type_digit(), b'8' | b'9')
    }

    /// The form in which the office prints it: `201310699744.2`.
    pub fn with_dot(&self) -> String {
        format!("{}.{}", self.digits(), self.check())
    }

    /// Reads a number whose check character may be wrong, for a row that a person has released as it is.
    ///
    /// The digits are taken as written and the right check character put to them.
    pub fn parse_ignoring_check(cell: &str) -> Result<Self> {
        let (number, _) = read(cell)?;
        Ok(number)
    }

    fn type_digit(&self) -> u8 {
        self.digits[if self.length == NEW_LENGTH { 4 } else { 2 }]
    }
}

impl FromStr for ApplicationNumber {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let (number, given) = read(cell)?;
        match given {
            Some(given) if given != number.check() => Err(Error::new(format!(
                "{WHAT}{}的校验位应为 {}，现为 {given}，有一位或几位写错。请对照受理通知书或专利证书核对。",
                quoted(cell),
                number.check(),
            ))),
            _ => Ok(number),
        }
    }
}

impl fmt::Display for ApplicationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.digits(), self.check())
    }
}

impl fmt::Debug for ApplicationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApplicationNumber({self})")
    }
}

// Whether the check character was written down is a fact about the cell, not about the number.
impl PartialEq for ApplicationNumber {
    fn eq(&self, other: &Self) -> bool {
        self.digits() == other.digits()
    }
}

impl Eq for ApplicationNumber {}

impl Hash for ApplicationNumber {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digits().hash(state);
    }
}

/// In the order of the printed text, which is also how a database sorts it.
impl Ord for ApplicationNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.digits(), self.check()).cmp(&(other.digits(), other.check()))
    }
}

impl PartialOrd for ApplicationNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

written_as_text!(ApplicationNumber);

/// The number and the check character as written.
fn read(cell: &str) -> Result<(ApplicationNumber, Option<char>)> {
    let folded = text::fold_code(cell);
    if folded.is_empty() {
        return Err(empty(WHAT));
    }
    if let Some(error) = digits_lost(WHAT, &folded) {
        return Err(error);
    }
    let bare = without_prefix(&folded);
    let (digits, given) = match bare.split_once('.') {
        Some((digits, check)) => {
            let mut characters = check.chars();
            match (characters.next(), characters.next()) {
                (Some(given), None) => (digits, Some(given)),
                _ => return Err(malformed(cell)),
            }
        }
        None if bare.is_ascii() && matches!(bare.len(), 9 | 13) => {
            let (digits, check) = bare.split_at(bare.len() - 1);
            (digits, check.chars().next())
        }
        None => (bare, None),
    };
    let is_number = digits.bytes().all(|b| b.is_ascii_digit()) && given.is_none_or(|c| c.is_ascii_digit() || c == 'X');
    if !is_number || !matches!(digits.len(), OLD_LENGTH | NEW_LENGTH) {
        return Err(malformed(cell));
    }
    let mut number =
        ApplicationNumber { digits: [b'0'; NEW_LENGTH], length: digits.len(), check_was_given: given.is_some() };
    number.digits[..digits.len()].copy_from_slice(digits.as_bytes());
    validate(&number, cell)?;
    Ok((number, given))
}

/// Strips `CN`, `ZL`, and the form `CN:201711494189:A` in which the search system of the office names a document.
fn without_prefix(folded: &str) -> &str {
    let bare = folded.strip_prefix("CN").or_else(|| folded.strip_prefix("ZL")).unwrap_or(folded);
    let Some(named) = bare.strip_prefix(':') else {
        return bare.strip_prefix('.').unwrap_or(bare);
    };
    match named.split_once(':') {
        Some((number, kind)) if kind.len() <= 2 && kind.starts_with(|c: char| c.is_ascii_uppercase()) => number,
        Some(_) => bare,
        None => named,
    }
}

fn validate(number: &ApplicationNumber, cell: &str) -> Result<()> {
    let year = number.year();
    let years = if number.length == NEW_LENGTH { 2003..=2099 } else { 1985..=2003 };
    if !years.contains(&year) {
        return Err(Error::new(format!(
            "{WHAT}{}中的年份不对：{} 位数字的申请号，年份应在 {} 至 {} 之间。请核对是否漏位，或开头的 0 已丢失。",
            quoted(cell),
            number.length,
            years.start(),
            years.end(),
        )));
    }
    if !matches!(number.type_digit(), b'1' | b'2' | b'3' | b'8' | b'9') {
        return Err(Error::new(format!(
            "{WHAT}{}的种类位是 {}，只能是 1（发明）、2（实用新型）、3（外观设计）、8（PCT 发明）或 9（PCT 实用新型）。请核对是否漏位或多位。",
            quoted(cell),
            char::from(number.type_digit()),
        )));
    }
    Ok(())
}

fn malformed(cell: &str) -> Error {
    Error::new(format!(
        "{WHAT}{}格式不对。应为 12 位数字加校验位，如 201310699744.2；2003 年 10 月以前的为 8 位数字加校验位，如 97101765.4。请核对。",
        quoted(cell)
    ))
}

/// ZC 0006-2003: weights 2 to 9, then 2 to 5 again; remainder 10 is `X`.
fn check_character(digits: &[u8]) -> char {
    const WEIGHTS: [u32; NEW_LENGTH] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    char::from_digit(sum % 11, 10).unwrap_or('X')
}

#[cfg(test)]
mod tests;
