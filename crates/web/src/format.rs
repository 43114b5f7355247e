//! Numbers, money and dates as an office here writes them, all by whole-number arithmetic.

use std::fmt::{Display, Write};

use jiff::{Timestamp, civil::Date, tz};

use crate::i18n::Lang;

/// A number made short for reading, with its unit and its exact form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    /// The number as shown.
    pub text: String,
    /// Its unit, as 亿元.
    pub unit: String,
    /// The exact value with its unit, for the hover and the reader.
    pub exact: String,
}

/// Groups the digits of a decimal number by thousands: `-1234567.80` becomes `-1,234,567.80`. Other text stays as it is.
pub fn group(decimal: &str) -> String {
    let (sign, rest) = decimal.strip_prefix('-').map_or(("", decimal), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return decimal.to_owned();
    }
    let mut text = String::with_capacity(decimal.len() + whole.len() / 3 + 1);
    text.push_str(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A count with its thousands grouped.
pub fn count(number: impl Display) -> String {
    group(&number.to_string())
}

/// An amount of fen as 亿元, 万元 or 元, rounded half up to two decimals for reading.
pub fn money(fen: i64, lang: Lang) -> Short {
    let exact = format!("{} {}", group(&fixed(i128::from(fen), 100, 2)), unit("元", lang));
    let (divisor, word) = match (fen.unsigned_abs(), lang) {
        (10_000_000_000.., Lang::Chinese) => (10_000_000_000, "亿元"),
        (1_000_000.., Lang::Chinese) => (1_000_000, "万元"),
        (100_000_000.., Lang::English) => (100_000_000, "百万元"),
        _ => (100, "元"),
    };
    Short { text: group(&trimmed(fixed(i128::from(fen), divisor, 2))), unit: unit(word, lang), exact }
}

/// An amount with its unit, in words: `3.5 万元`.
pub fn money_text(fen: i64, lang: Lang) -> String {
    let short = money(fen, lang);
    format!("{} {}", short.text, short.unit).trim().to_owned()
}

/// A count of pieces or persons, as 万件 from a hundred thousand on.
pub fn many(number: i64, word: &str, lang: Lang) -> Short {
    let exact = amount(&count(number), word, lang);
    if number.unsigned_abs() < 100_000 || lang == Lang::English {
        let unit = if number == 1 { one(word, lang) } else { unit(word, lang) };
        return Short { text: count(number), unit, exact };
    }
    Short { text: group(&trimmed(fixed(i128::from(number), 10_000, 2))), unit: format!("万{word}"), exact }
}

/// The units that the program counts in, in English: of one, and of several.
const UNITS: [(&str, &str, &str); 17] = [
    ("件", "right", "rights"),
    ("家", "enterprise", "enterprises"),
    ("人", "person", "persons"),
    ("人次", "attendance", "attendances"),
    ("份", "answer", "answers"),
    ("个", "item", "items"),
    ("项", "item", "items"),
    ("个百分点", "percentage point", "percentage points"),
    ("日", "day", "days"),
    ("月", "month", "months"),
    ("分", "fen", "fen"),
    ("元", "yuan", "yuan"),
    ("万元", "ten thousand yuan", "ten thousand yuan"),
    ("百万元", "million yuan", "million yuan"),
    ("亿元", "hundred million yuan", "hundred million yuan"),
    ("件/万人", "per 10,000 persons", "per 10,000 persons"),
    ("件/十亿元", "per billion yuan", "per billion yuan"),
];

/// A unit in the visitor's language, as it stands behind several.
pub fn unit(word: &str, lang: Lang) -> String {
    known_unit(word, lang).map_or(word, |(_, _, several)| several).to_owned()
}

fn one(word: &str, lang: Lang) -> String {
    known_unit(word, lang).map_or(word, |(_, one, _)| one).to_owned()
}

fn known_unit(word: &str, lang: Lang) -> Option<(&'static str, &'static str, &'static str)> {
    UNITS.into_iter().find(|(chinese, ..)| lang == Lang::English && *chinese == word)
}

/// A number with its unit: `3,915 件`, `1 right`.
pub fn amount(number: &str, word: &str, lang: Lang) -> String {
    let unit = if number == "1" { one(word, lang) } else { unit(word, lang) };
    if unit.is_empty() { number.to_owned() } else { format!("{number} {unit}") }
}

/// `number / divisor` with so many decimals, rounded half away from zero.
pub fn fixed(number: i128, divisor: u64, decimals: u32) -> String {
    let scale = 10_u128.pow(decimals);
    let divisor = u128::from(divisor.max(1));
    let rounded = (number.unsigned_abs() * scale + divisor / 2) / divisor;
    let sign = if number < 0 && rounded > 0 { "-" } else { "" };
    let (whole, fraction) = (rounded / scale, rounded % scale);
    if decimals == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction:0width$}", width = decimals as usize)
    }
}

/// Without the zeros that say nothing: `1.50` becomes `1.5`, `2.00` becomes `2`.
fn trimmed(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A date in running text: 2023年12月31日, or 31 December 2023.
pub fn date(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Chinese => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        Lang::English => {
            format!("{} {} {}", date.day(), MONTHS[usize::from(date.month().unsigned_abs()) - 1], date.year())
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A moment in Beijing, to the minute: `2023-12-31 09:05`.
pub fn instant(at: Timestamp) -> String {
    tz::offset(8).to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A word as part of an address.
pub fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        for (input, expected) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1234567.80", "-1,234,567.80"),
            ("无", "无"),
            ("", ""),
            ("-", "-"),
            ("12a4", "12a4"),
        ] {
            assert_eq!(group(input), expected);
        }
        assert_eq!(count(i64::MIN), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn money_is_written_as_an_office_writes_it() {
        let check = |fen: i64, text: &str, unit: &str, exact: &str| {
            let expected = Short { text: text.into(), unit: unit.into(), exact: exact.into() };
            assert_eq!(money(fen, Lang::Chinese), expected, "{fen}");
        };
        check(20_000_000_000, "2", "亿元", "200,000,000.00 元");
        check(12_345_678_900, "1.23", "亿元", "123,456,789.00 元");
        check(9_999_999_999, "10,000", "万元", "99,999,999.99 元");
        check(1_000_000, "1", "万元", "10,000.00 元");
        check(99_950, "999.5", "元", "999.50 元");
        check(-150_000_000, "-150", "万元", "-1,500,000.00 元");
        check(0, "0", "元", "0.00 元");
    }

    #[test]
    fn large_counts_are_written_in_wan() {
        assert_eq!(many(99_999, "件", Lang::Chinese).text, "99,999");
        let short = many(123_456, "件", Lang::Chinese);
        assert_eq!((short.text.as_str(), short.unit.as_str(), short.exact.as_str()), ("12.35", "万件", "123,456 件"));
        let english = many(123_456, "件", Lang::English);
        assert_eq!((english.text.as_str(), english.unit.as_str()), ("123,456", "rights"));
        assert_eq!(amount("1", "家", Lang::English), "1 enterprise");
        assert_eq!(amount("2.5", "无此单位", Lang::English), "2.5 无此单位");
        assert_eq!(money(20_000_000_000, Lang::English).text, "200");
    }

    #[test]
    fn dates_are_written_in_both_languages() {
        let day = jiff::civil::date(2023, 12, 31);
        assert_eq!(date(day, Lang::Chinese), "2023年12月31日");
        assert_eq!(date(day, Lang::English), "31 December 2023");
        assert_eq!(instant("2023-12-31T01:05:59Z".parse().unwrap()), "2023-12-31 09:05");
    }

    #[test]
    fn addresses_hold_any_word() {
        assert_eq!(encode("高 a/&="), "%E9%AB%98%20a%2F%26%3D");
    }
}
