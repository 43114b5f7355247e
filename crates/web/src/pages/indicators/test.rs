//! The exact test of a target in words and numbers, as the engine made it: `分子 × 倍数 ≥ 目标 × 分母`, in whole numbers.

use rules::{evaluation::Indicator, policy::IndicatorDef};

use crate::{format, frame::Frame, pages::cockpit::quantities};

/// The test of a target.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ExactTest {
    /// What is compared with what.
    pub(super) words: String,
    /// The numbers of this run; nothing when one of them is not known.
    pub(super) numbers: Option<String>,
}

/// The test of an indicator; nothing for a figure without a target. `target` is the target in base units.
pub(super) fn exact_test(
    frame: &Frame,
    indicator: &Indicator,
    definition: &IndicatorDef,
    target: Option<i64>,
) -> Option<ExactTest> {
    let shown = indicator.target.as_deref()?;
    let sign = quantities::required(indicator.operator, "").trim().to_owned();
    let scale = (definition.scale != 1).then(|| format!(" × {}", format::count(definition.scale)));
    let denominator = definition.has_denominator().then(|| format!(" × {}", frame.said(&definition.denominator)));
    let aim = match (target, definition.display_divisor) {
        (Some(target), divisor) if divisor != 1 => {
            quantities::quantity(target, &definition.numerator_unit, frame.lang).exact
        }
        _ => format::group(shown),
    };
    let words = format!(
        "{}{} {sign} {aim}{}",
        frame.said(&definition.numerator),
        scale.as_deref().unwrap_or(""),
        denominator.as_deref().unwrap_or("")
    );
    Some(ExactTest { words, numbers: numbers(frame, indicator, definition, target, &sign) })
}

fn numbers(
    frame: &Frame,
    indicator: &Indicator,
    definition: &IndicatorDef,
    target: Option<i64>,
    sign: &str,
) -> Option<String> {
    let (numerator, target) = (indicator.numerator?, target?);
    let denominator = if definition.has_denominator() { indicator.denominator? } else { 1 };
    let side = |left: i64, right: i64| -> Option<String> {
        let product = i128::from(left).checked_mul(i128::from(right))?;
        let (left, right) = (format::count(left), (right != 1).then(|| format::count(right)));
        Some(right.map_or_else(|| left.clone(), |right| format!("{left} × {right} = {}", format::count(product))))
    };
    let answer = match indicator.met {
        Some(true) => sign.to_owned(),
        Some(false) => opposite(sign).to_owned(),
        None => format!("{sign}?"),
    };
    // Amounts are compared in fen, which the target's words do not say.
    let unit = if definition.display_divisor == 1 {
        String::new()
    } else {
        format!(" {}", frame.unit(&definition.numerator_unit))
    };
    Some(format!("{}{unit}  {answer}  {}{unit}", side(numerator, definition.scale)?, side(target, denominator)?))
}

/// What holds when a comparison fails.
fn opposite(sign: &str) -> &'static str {
    match sign {
        "≥" => "<",
        ">" => "≤",
        "≤" => ">",
        "<" => "≥",
        _ => "≠",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, numerator: i64, denominator: Option<i64>, met: bool, target: i64, expected: (&str, &str)) {
        let policy = domain::runs::policy().unwrap();
        let definition = policy.indicator(code).unwrap();
        let indicator: Indicator = serde_json::from_value(serde_json::json!({
            "code": code, "name": definition.name, "clauses": [], "numerator": numerator, "denominator": denominator, "value": "0",
            "operator": definition.operator.map(|o| o.symbol()), "target": "30", "met": met, "reason": "", "by_region": [],
            "bound": "exact", "upper": null, "unit": definition.unit, "evidence_count": 0, "reading": ""
        }))
        .unwrap();
        let test = exact_test(&Frame::for_tests(), &indicator, definition, Some(target)).unwrap();
        assert_eq!((test.words.as_str(), test.numbers.unwrap().as_str()), expected);
    }

    #[test]
    fn the_vectors_of_k01_read_as_they_were_decided() {
        check(
            "K01",
            3_899,
            Some(130_000_000_000),
            false,
            30,
            (
                "有效发明专利拥有量 × 1,000,000,000 ≥ 30 × 地区生产总值",
                "3,899 × 1,000,000,000 = 3,899,000,000,000  <  30 × 130,000,000,000 = 3,900,000,000,000",
            ),
        );
        check(
            "K01",
            3_900,
            Some(130_000_000_000),
            true,
            30,
            (
                "有效发明专利拥有量 × 1,000,000,000 ≥ 30 × 地区生产总值",
                "3,900 × 1,000,000,000 = 3,900,000,000,000  ≥  30 × 130,000,000,000 = 3,900,000,000,000",
            ),
        );
    }

    #[test]
    fn amounts_are_compared_in_fen() {
        check(
            "K08",
            19_999_999_999,
            None,
            false,
            20_000_000_000,
            ("当年专利、商标质押登记金额 ≥ 200,000,000.00 元", "19,999,999,999 分  <  20,000,000,000 分"),
        );
    }
}
