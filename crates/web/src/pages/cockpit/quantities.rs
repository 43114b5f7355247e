//! Counts and amounts of an indicator in the words of an office: `还差 12 件`, `比上月 +1,200 万元`.

use crate::{
    format::{self, Short},
    frame::Frame,
    i18n::Lang,
};

/// A numerator or denominator in its base unit, made short; amounts of 分 and 元 become 万元 or 亿元.
pub(crate) fn quantity(number: i64, unit: &str, lang: Lang) -> Short {
    match unit {
        "分" => format::money(number, lang),
        "元" => {
            number.checked_mul(100).map_or_else(|| format::many(number, unit, lang), |fen| format::money(fen, lang))
        }
        _ => format::many(number, unit, lang),
    }
}

/// The same as one text: `3,915 件`.
pub(crate) fn text(number: i64, unit: &str, lang: Lang) -> String {
    let short = quantity(number, unit, lang);
    format!("{} {}", short.text, short.unit).trim_end().to_owned()
}

/// A change with its sign: `+3 件`, `−1,200 万元`; `0 件` when nothing moved.
pub(crate) fn change(number: i64, unit: &str, lang: Lang) -> String {
    let size = text(number.saturating_abs(), unit, lang);
    match number {
        0 => size,
        1.. => format!("+{size}"),
        _ => format!("−{size}"),
    }
}

/// A whole number with its sign; zero has none.
pub(crate) fn signed(number: i64) -> String {
    match number {
        0 => "0".to_owned(),
        1.. => format!("+{}", format::count(number)),
        _ => format!("−{}", format::count(number.saturating_abs())),
    }
}

/// A comparison as printed: `≥ 30`.
pub(crate) fn required(operator: Option<rules::verdict::Operator>, target: &str) -> String {
    let sign = match operator.map(rules::verdict::Operator::symbol) {
        Some(">=") => "≥",
        Some("<=") => "≤",
        Some(other) => other,
        None => "",
    };
    format!("{sign} {}", format::group(target))
}

/// A condition's number as printed: `≥ 5 件`.
pub(crate) fn required_amount(frame: &Frame, operator: rules::verdict::Operator, number: i64, unit: &str) -> String {
    let sign = required(Some(operator), "");
    format!("{} {}", sign.trim(), frame.amount(&format::count(number), unit))
}

/// A float of the forecast, rounded for reading; nothing is decided by it.
pub(crate) fn rounded(value: f64, decimals: u32) -> String {
    format::group(&format!("{value:.*}", decimals.min(4) as usize))
}

/// How an indicator relates to time: stock, flow of a year, running total, survey.
pub(crate) fn flow(frame: &Frame, flow: &str) -> String {
    match flow {
        "stock" => frame.t("indicators-flow-stock"),
        "year" => frame.t("indicators-flow-year"),
        "cumulative" => frame.t("indicators-flow-cumulative"),
        "survey" => frame.t("indicators-flow-survey"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use rules::verdict::Operator;

    use super::*;

    #[test]
    fn quantities_are_written_in_the_units_of_an_office() {
        let check = |number, unit, expected: &str| assert_eq!(text(number, unit, Lang::Chinese), expected);
        check(3_915, "件", "3,915 件");
        check(130_500_000_000, "元", "1,305 亿元");
        check(20_000_000_000, "分", "2 亿元");
        check(1_240_000, "人", "124 万人");
        check(i64::MAX, "元", "922,337,203,685,477.58 万元");
    }

    #[test]
    fn changes_carry_their_sign() {
        assert_eq!(change(3, "件", Lang::Chinese), "+3 件");
        assert_eq!(change(-2, "家", Lang::Chinese), "−2 家");
        assert_eq!(change(0, "件", Lang::Chinese), "0 件");
        assert_eq!(change(-1_000_000, "分", Lang::Chinese), "−1 万元");
        assert_eq!([signed(3), signed(0), signed(-1200)], ["+3", "0", "−1,200"]);
    }

    #[test]
    fn at_least_and_more_than_are_told_apart() {
        assert_eq!(required(Some(Operator::AtLeast), "1000"), "≥ 1,000");
        assert_eq!(required(Some(Operator::MoreThan), "75"), "> 75");
    }
}
