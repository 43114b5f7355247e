//! Identifiers with valid check characters, made here and not taken from anyone.
//!
//! The division code 329981 does not exist in GB/T 2260: no code of the synthetic city can be that of a real body.
//! The arithmetic is written independently of the crate `terms`, whose tests read these numbers back.

use std::fmt;

/// The invented division code of the city, 行政区划代码.
pub(crate) const DIVISION: &str = "329981";

const USCC_SYMBOLS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The unified social credit code (统一社会信用代码, GB 32100-2015) of the body with this running number.
pub(crate) fn uscc(registrar_and_type: &str, running: u64) -> String {
    let mut code = format!("{registrar_and_type}{DIVISION}MA");
    // Six symbols to the base of 31, spread out so that neighbours do not look alike.
    let mut rest = (running * 7_368_787 + 271_828_183) % 887_503_681;
    for _ in 0..6 {
        code.push(char::from(USCC_SYMBOLS[(rest % 31) as usize]));
        rest /= 31;
    }
    let inner = organisation_check(&code.as_bytes()[8..16]);
    code.push(inner);
    code.push(uscc_check(code.as_bytes()));
    code
}

/// The check character of GB 11714 over eight symbols.
fn organisation_check(symbols: &[u8]) -> char {
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = symbols.iter().zip(weights).map(|(&symbol, weight)| base36(symbol) * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from(b'0' + digit as u8),
    }
}

fn base36(symbol: u8) -> u32 {
    u32::from(if symbol.is_ascii_digit() { symbol - b'0' } else { symbol - b'A' + 10 })
}

/// The check character of GB 32100 over seventeen symbols.
pub(crate) fn uscc_check(symbols: &[u8]) -> char {
    let mut weight = 1;
    let mut sum = 0;
    for &symbol in symbols {
        let value = USCC_SYMBOLS.iter().position(|&known| known == symbol).unwrap_or(0);
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    char::from(USCC_SYMBOLS[(31 - sum % 31) % 31])
}

/// A Chinese application number, 申请号 (ZC 0006-2003).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    /// The year in the number; for divisionals and PCT entries later than the year of filing.
    pub year: u16,
    /// 1 invention, 2 utility model, 3 design, 8 PCT invention, 9 PCT utility model.
    pub kind: u8,
    /// The running number, at most seven digits.
    pub serial: u32,
}

impl Number {
    /// The twelve digits without the check character.
    #[must_use]
    pub fn digits(self) -> String {
        format!("{:04}{}{:07}", self.year, self.kind, self.serial)
    }

    /// The check character: digits weighted 2 to 9 and 2 to 5, modulo 11.
    #[must_use]
    pub fn check(self) -> char {
        let weights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
        let sum: u32 = self.digits().bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        match sum % 11 {
            10 => 'X',
            digit => char::from(b'0' + digit as u8),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.digits(), self.check())
    }
}

/// The notations in which offices write an application number.
pub(crate) fn notation(number: Number, style: u32) -> String {
    let (digits, check) = (number.digits(), number.check());
    match style % 6 {
        0 => format!("{digits}{check}"),
        1 => format!("CN{digits}.{check}"),
        2 => format!("{digits}.{}", check.to_ascii_lowercase()),
        3 => format!("ZL {} {} {}.{check}", &digits[..4], &digits[4..5], &digits[5..]),
        4 => format!("CN{digits}{check}"),
        _ => format!("{digits}．{check}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_characters_agree_with_published_numbers() {
        assert_eq!(uscc_check(b"91350100M000100Y4"), '3');
        assert_eq!(uscc_check(b"91320682MA1000039"), '0');
        assert_eq!(Number { year: 2017, kind: 1, serial: 601_862 }.digits(), "201710601862");
        assert_eq!(Number { year: 2017, kind: 1, serial: 601_862 }.check(), '3');
        assert_eq!(Number { year: 2013, kind: 1, serial: 699_744 }.check(), '2');
        assert_eq!(Number { year: 2021, kind: 8, serial: 12_345 }.check(), '7');
        assert_eq!(Number { year: 2021, kind: 1, serial: 1_000_007 }.check(), 'X');
    }
}
