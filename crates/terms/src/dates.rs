//! Dates of legal events: days without a time, in every notation that files carry.

use jiff::civil::Date;

use crate::{
    Error, Result,
    error::{digits_lost, empty, quoted},
    text,
};

const WHAT: &str = "日期";
/// Earlier than any fact here; a smaller year is a slip of the keyboard.
const FIRST_YEAR: i16 = 1900;

/// Reads a date: `2023-12-31`, `2023.12.31`, `2023/12/31`, `20231231`, `2023年12月31日`, padded or not.
///
/// A midnight time after it, as exports add, is understood; any other time is refused, as is a year of two digits.
pub fn parse_date(cell: &str) -> Result<Date> {
    let spaced = text::fold_width(cell);
    let day_part = without_midnight(spaced.trim());
    let folded = text::fold_code(day_part);
    if folded.is_empty() {
        return Err(empty(WHAT));
    }
    if let Some(error) = digits_lost(WHAT, &folded) {
        return Err(error);
    }
    let Some((year, month, day)) = split(&folded) else {
        return Err(malformed(cell, &folded));
    };
    let parts = (read(year, 4..=4), read(month, 1..=2), read(day, 1..=2));
    let (Some(year), Some(month), Some(day)) = parts else {
        return Err(malformed(cell, &folded));
    };
    if year < FIRST_YEAR {
        return Err(Error::new(format!("{WHAT}{}的年份早于 {FIRST_YEAR} 年。请核对年份。", quoted(cell))));
    }
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
        return Err(malformed(cell, &folded));
    };
    Date::new(year, month, day).map_err(|_| {
        Error::new(format!("{WHAT}{}不存在：{year} 年 {month} 月没有 {day} 日，或月份不对。请核对。", quoted(cell)))
    })
}

/// The date in Chinese: `2023年12月31日`.
pub fn format_zh(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// Year, month and day as written; one kind of separator throughout.
fn split(folded: &str) -> Option<(&str, &str, &str)> {
    if let Some((year, rest)) = folded.split_once('年') {
        let (month, day) = rest.split_once('月')?;
        return Some((year, month, day.strip_suffix(['日', '号'])?));
    }
    if folded.len() == 8 && folded.bytes().all(|b| b.is_ascii_digit()) {
        return Some((&folded[..4], &folded[4..6], &folded[6..]));
    }
    let separator = folded.chars().find(|c| matches!(c, '-' | '.' | '/'))?;
    let mut parts = folded.split(separator);
    let split = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(split)
}

fn read(digits: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let is_number = lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// Drops ` 00:00`, ` 0:00:00`, `T00:00:00.000` and the like.
fn without_midnight(text: &str) -> &str {
    let Some(at) = text.find([' ', 'T', 't']) else {
        return text;
    };
    let time = text[at + 1..].trim();
    let is_midnight = time.contains(':') && time.bytes().all(|b| matches!(b, b'0' | b':' | b'.'));
    if is_midnight { &text[..at] } else { text }
}

fn malformed(cell: &str, folded: &str) -> Error {
    let is_serial = folded.len() == 5 && folded.bytes().all(|b| b.is_ascii_digit());
    let hint = if is_serial {
        "它像是电子表格内部的日期序号，请把该列设为日期格式后重新导出。"
    } else if folded.contains(':') {
        "请只填日期，不填时刻，如 2023-12-31。"
    } else {
        "请填年月日，年份四位，如 2023-12-31、2023.12.31、20231231 或 2023年12月31日。"
    };
    Error::new(format!("{WHAT}{}无法识别。{hint}", quoted(cell)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{ToSpan, civil::date};
    use proptest::prelude::*;

    fn message(cell: &str) -> String {
        parse_date(cell).unwrap_err().message
    }

    #[test]
    fn every_notation_is_the_same_day() {
        for cell in [
            "2023-12-31",
            "2023.12.31",
            "2023/12/31",
            "20231231",
            "2023年12月31日",
            "2023年12月31号",
            "２０２３－１２－３１",
            "2023．12．31;",
            " 2023 年 12 月 31 日 ",
            "2023-12-31 00:00:00",
            "2023/12/31 0:00",
            "2023-12-31T00:00:00.000",
            "\u{A0}2023.12.31",
        ] {
            assert_eq!(parse_date(cell), Ok(date(2023, 12, 31)), "{cell}");
        }
    }

    #[test]
    fn months_and_days_need_no_padding() {
        for cell in ["2023-1-5", "2023.1.05", "2023/01/5", "2023年1月5日", "2023年01月05日", "20230105"] {
            assert_eq!(parse_date(cell), Ok(date(2023, 1, 5)), "{cell}");
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused_on_both_sides() {
        assert_eq!(parse_date("2024-02-29"), Ok(date(2024, 2, 29)));
        assert!(message("2023-02-29").contains("不存在"));
        assert!(message("2023-04-31").contains("不存在"));
        assert!(message("2023-13-01").contains("不存在"));
        assert!(message("2023-00-01").contains("不存在"));
        assert_eq!(parse_date("1900-01-01"), Ok(date(1900, 1, 1)));
        assert!(message("1899-12-31").contains("早于"));
        assert_eq!(parse_date("9999-12-31"), Ok(date(9999, 12, 31)));
    }

    #[test]
    fn what_has_two_readings_or_none_is_refused() {
        for cell in [
            "23-12-31",
            "12/31/2023",
            "31.12.2023",
            "2023-12",
            "2023年12月",
            "2023",
            "2023-12.31",
            "2023--31",
            "2023-12-31-1",
            "二〇二三年",
            "2023年12月31",
            "202312311",
            "2023-+1-1",
        ] {
            assert!(parse_date(cell).is_err(), "{cell}");
        }
        assert!(message("").contains("为空"));
        assert!(message("45291").contains("日期序号"));
        assert!(message("2023-12-31 15:30").contains("时刻"));
        assert!(message("2.02E+07").contains("丢失"));
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(days in 0i32..200_000) {
            let day = date(1900, 1, 1).checked_add(days.days()).unwrap();
            prop_assert_eq!(parse_date(&day.to_string()), Ok(day));
            prop_assert_eq!(parse_date(&format_zh(day)), Ok(day));
            for form in ["%Y%m%d", "%Y.%m.%d", "%Y/%-m/%-d"] {
                prop_assert_eq!(parse_date(&day.strftime(form).to_string()), Ok(day));
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "([0-9年月日T:./ -]|\\PC){0,20}") {
            let _ = parse_date(&text);
        }
    }
}
