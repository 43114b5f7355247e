//! Exact reading of decimal numbers as whole multiples of a small unit, without floating point.
//!
//! Used for money (fen), for statistics (yuan, persons) and wherever a cell holds a number on which a rule decides.

use crate::{
    Error, Result,
    error::{digits_lost, empty, quoted},
    text,
};

/// Reads a decimal number and returns it multiplied by 10 to the power `scale`.
///
/// Thousands separators are understood when they stand at every third digit.
/// A number that is not whole after scaling is refused, never rounded; so is one beyond 64 bits.
///
/// ```
/// assert_eq!(terms::decimal::scaled("常住人口", "124.05", 4)?, 1_240_500); // in 万人, as persons
/// assert!(terms::decimal::scaled("常住人口", "1.00005", 4).is_err());
/// # Ok::<(), terms::Error>(())
/// ```
pub fn scaled(what: &str, cell: &str, scale: u32) -> Result<i64> {
    let folded = text::fold_code(cell);
    if folded.is_empty() {
        return Err(empty(what));
    }
    if let Some(error) = digits_lost(what, &folded) {
        return Err(error);
    }
    let (is_negative, unsigned) = match folded.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, folded.strip_prefix('+').unwrap_or(&folded)),
    };
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let whole = without_separators(whole);
    let Some(whole) = whole.filter(|w| is_digits(w) && (is_digits(part) || !unsigned.contains('.'))) else {
        return Err(Error::new(format!(
            "{what}{}不是数字。请只填数字，如 1234.56；千位分隔符须每三位一个。",
            quoted(cell)
        )));
    };
    let part = part.trim_end_matches('0');
    if part.len() > scale as usize {
        return Err(Error::new(format!(
            "{what}{}的小数位过多：本列按此单位最多 {scale} 位小数，系统不作四舍五入。请核对后填写准确数值。",
            quoted(cell)
        )));
    }
    let too_large = || Error::new(format!("{what}{}超出可处理的范围。请核对单位和位数。", quoted(cell)));
    let padding = scale as usize - part.len();
    let digits = whole.trim_start_matches('0').len() + scale as usize;
    if digits > 19 {
        // 64 bits hold nineteen digits at most; zero itself needs none.
        let is_zero = whole.bytes().all(|b| b == b'0') && part.is_empty();
        return if is_zero { Ok(0) } else { Err(too_large()) };
    }
    let magnitude: i128 = format!("{whole}{part}{}", "0".repeat(padding)).parse().map_err(|_| too_large())?;
    i64::try_from(if is_negative { -magnitude } else { magnitude }).map_err(|_| too_large())
}

/// Prints a whole multiple of a small unit in the large unit, without trailing zeros: the inverse of [`scaled`].
pub fn unscaled(value: i64, scale: u32) -> String {
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale as usize + 1);
    let (whole, part) = digits.split_at(digits.len() - scale as usize);
    let part = part.trim_end_matches('0');
    let sign = if value < 0 { "-" } else { "" };
    match part {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The digits without their thousands separators, or `None` when these stand in the wrong place.
fn without_separators(whole: &str) -> Option<String> {
    if !whole.contains(',') {
        return Some(whole.to_owned());
    }
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let is_grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    is_grouped.then(|| whole.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(cell: &str, scale: u32, expected: Option<i64>) {
        assert_eq!(scaled("数值", cell, scale).ok(), expected, "{cell} at {scale}");
    }

    #[test]
    fn decimals_are_exact_or_refused() {
        check("1,234.56", 2, Some(123_456));
        check("１，２３４．５", 2, Some(123_450));
        check("0.1", 2, Some(10));
        check("0.10000", 2, Some(10));
        check("0.101", 2, None);
        check("124", 4, Some(1_240_000));
        check("-3", 0, Some(-3));
        check("3.0", 0, Some(3));
        check("3.5", 0, None);
    }

    #[test]
    fn separators_in_the_wrong_place_are_refused() {
        for cell in ["12,34", "1,2345", ",123", "1,,234", "1234,567", "1,234.5,6"] {
            check(cell, 2, None);
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for cell in ["", " ", "约3", "3..5", ".5", "5.", "1e3", "2.02E+12", "--1", "-", "١٢"] {
            check(cell, 2, None);
        }
    }

    #[test]
    fn the_range_of_64_bits_is_checked_on_both_sides() {
        check("92233720368547758.07", 2, Some(i64::MAX));
        check("92233720368547758.08", 2, None);
        check("-92233720368547758.08", 2, Some(i64::MIN));
        check(&"9".repeat(400), 2, None);
        check(&"0".repeat(400), 2, Some(0));
        check("0", 40, Some(0));
    }

    proptest! {
        #[test]
        fn printing_and_reading_give_the_same(value: i64, scale in 0u32..12) {
            prop_assert_eq!(scaled("数值", &unscaled(value, scale), scale).unwrap(), value);
        }
    }
}
