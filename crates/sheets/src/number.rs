//! Spreadsheet numbers and serial dates as exact text and civil dates.
//!
//! A spreadsheet keeps every number as a binary float of which it shows at most 15 digits;
//! what it shows is what we read. Nothing is computed with floats here.

use jiff::{Span, civil::Date, civil::date};

use crate::Cell;

/// Beyond this a spreadsheet has already lost the last digits.
const DIGITS_KEPT: f64 = 1e15;

/// The cell of a stored number: plain decimals of at most 15 significant digits.
pub(crate) fn number(value: f64) -> Cell {
    if !value.is_finite() {
        return Cell::Broken("数值无效".to_owned());
    }
    if value.abs() >= DIGITS_KEPT {
        return Cell::Broken(format!("{value}（超过 15 位，表格软件已丢失末尾数字，请改为文本格式重新填写）"));
    }
    if value.trunc() == value {
        return Cell::Number(format!("{}", value as i64));
    }
    let short = value.to_string();
    if short.bytes().filter(u8::is_ascii_digit).count() <= 15 {
        return Cell::Number(short);
    }
    // `{:.14e}` is the value to 15 significant digits; the shortest text of that is what a spreadsheet shows.
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    Cell::Number(rounded.to_string())
}

/// The cell of a stored number that its format shows as a date.
pub(crate) fn serial_date(value: f64, is_1904: bool) -> Cell {
    if !value.is_finite() || value < 0.0 {
        return Cell::Broken(format!("{value}（日期超出范围）"));
    }
    let day = value.floor();
    if day == 0.0 && !is_1904 {
        return Cell::Text(time_of_day(value));
    }
    if day > 3_000_000.0 {
        return Cell::Broken(format!("{value}（日期超出范围）"));
    }
    let day = day as i64;
    // The 1900 system counts 29 February 1900, which never was, as day 60.
    let start = match (is_1904, day) {
        (true, _) => date(1904, 1, 1),
        (false, 60) => return Cell::Broken("1900-02-29（不存在的日期）".to_owned()),
        (false, 1..60) => date(1899, 12, 31),
        (false, _) => date(1899, 12, 30),
    };
    match start.checked_add(Span::new().days(day)) {
        Ok(found) if found.year() <= 9999 => Cell::Date(found),
        _ => Cell::Broken(format!("{value}（日期超出范围）")),
    }
}

/// The cell of a date written in ISO 8601, with or without a time behind it.
pub(crate) fn iso_date(text: &str) -> Cell {
    match text.get(..10).unwrap_or(text).parse::<Date>() {
        Ok(found) => Cell::Date(found),
        Err(_) => Cell::Broken(format!("{text}（日期无效）")),
    }
}

fn time_of_day(fraction: f64) -> String {
    let seconds = (fraction * 86_400.0).round() as u32;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, expected: &str) {
        assert_eq!(number(value), Cell::Number(expected.to_owned()));
    }

    #[test]
    fn numbers_print_as_a_clerk_typed_them() {
        check(2_013_106_997_442.0, "2013106997442");
        check(999_999_999_999_999.0, "999999999999999");
        check(-1.0, "-1");
        check(-0.0, "0");
        check(0.1 + 0.2, "0.3");
        check(1234.56, "1234.56");
        check(1.0 / 3.0, "0.333333333333333");
        check(1e-7, "0.0000001");
    }

    #[test]
    fn digits_that_a_spreadsheet_has_lost_are_broken() {
        assert!(matches!(number(1e15), Cell::Broken(_)));
        assert!(matches!(number(913_206_820_000_000_012.0), Cell::Broken(_)));
        assert!(matches!(number(f64::NAN), Cell::Broken(_)));
    }

    #[test]
    fn serial_dates_follow_both_systems() {
        let on = |value, is_1904| serial_date(value, is_1904).text().into_owned();
        assert_eq!(on(1.0, false), "1900-01-01");
        assert_eq!(on(59.0, false), "1900-02-28");
        assert!(matches!(serial_date(60.0, false), Cell::Broken(_)));
        assert_eq!(on(61.0, false), "1900-03-01");
        assert_eq!(on(45_291.75, false), "2023-12-31");
        assert_eq!(on(0.0, true), "1904-01-01");
        assert_eq!(on(43_829.0, true), "2023-12-31");
        assert_eq!(on(2_958_465.0, false), "9999-12-31");
        assert!(matches!(serial_date(2_958_466.0, false), Cell::Broken(_)));
        assert_eq!(on(0.5, false), "12:00:00");
        assert!(matches!(serial_date(-1.0, false), Cell::Broken(_)));
    }
}
