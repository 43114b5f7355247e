//! Verdicts: exact comparison of whole numbers, with the three answers yes, no and not known.
//!
//! Nothing here rounds before it compares, and nothing here is a float.
//! 「以上」「达到」 are `>=` and 「超过」 is `>` (《民法典》第一千二百五十九条).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Error;

/// How an actual number is compared with the required one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Operator {
    /// `>=`: 以上, 达到, 不低于.
    AtLeast,
    /// `>`: 超过.
    MoreThan,
    /// `<=`: 以下, 不超过.
    AtMost,
    /// `<`: 不满.
    LessThan,
    /// `=`: exactly.
    Equal,
}

impl Operator {
    /// The operator as it stands in documents and answers.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::MoreThan => ">",
            Self::AtMost => "<=",
            Self::LessThan => "<",
            Self::Equal => "=",
        }
    }

    /// Whether `left operator right` holds.
    pub fn holds(self, left: i128, right: i128) -> bool {
        match self {
            Self::AtLeast => left >= right,
            Self::MoreThan => left > right,
            Self::AtMost => left <= right,
            Self::LessThan => left < right,
            Self::Equal => left == right,
        }
    }

    /// How many whole units `actual` lacks until the test holds; `None` for `=`, zero when it holds.
    pub fn distance(self, actual: i64, required: i64) -> Option<i64> {
        let (actual, required) = (i128::from(actual), i128::from(required));
        let lacking = match self {
            Self::AtLeast => required - actual,
            Self::MoreThan => required - actual + 1,
            Self::AtMost => actual - required,
            Self::LessThan => actual - required + 1,
            Self::Equal => return (actual == required).then_some(0),
        };
        i64::try_from(lacking.max(0)).ok()
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl FromStr for Operator {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            ">=" => Ok(Self::AtLeast),
            ">" => Ok(Self::MoreThan),
            "<=" => Ok(Self::AtMost),
            "<" => Ok(Self::LessThan),
            "=" => Ok(Self::Equal),
            other => Err(Error::Policy(format!("比较符「{other}」不认识；请用 >=、>、<=、< 或 ="))),
        }
    }
}

impl TryFrom<String> for Operator {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Operator> for String {
    fn from(operator: Operator) -> Self {
        operator.symbol().to_owned()
    }
}

/// What is known of a count: the least and the most that it can be, where known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// It is at least this.
    pub least: Option<i64>,
    /// It is at most this.
    pub most: Option<i64>,
}

impl Known {
    /// A count known exactly.
    pub fn exactly(count: i64) -> Self {
        Self { least: Some(count), most: Some(count) }
    }

    /// Yes, no or not known, for `count*scale operator target*denominator`.
    ///
    /// `scale` and `denominator` are positive: a denominator of zero is settled before.
    pub fn test(self, ratio: Ratio, operator: Operator, target: i64) -> Option<bool> {
        let right = i128::from(target) * i128::from(ratio.denominator);
        let holds = |count: i64| operator.holds(i128::from(count) * i128::from(ratio.scale), right);
        let (least, most) = (self.least.map(holds), self.most.map(holds));
        match operator {
            // The test, once true, stays true upwards: the least decides yes, the most decides no.
            Operator::AtLeast | Operator::MoreThan => settle(least, most),
            Operator::AtMost | Operator::LessThan => settle(most, least),
            Operator::Equal if self.least == self.most => least,
            Operator::Equal => {
                let left = |count: i64| i128::from(count) * i128::from(ratio.scale);
                let above = self.least.is_some_and(|count| left(count) > right);
                let below = self.most.is_some_and(|count| left(count) < right);
                (above || below).then_some(false)
            }
        }
    }
}

fn settle(yes: Option<bool>, no: Option<bool>) -> Option<bool> {
    if yes == Some(true) {
        Some(true)
    } else if no == Some(false) {
        Some(false)
    } else {
        None
    }
}

/// What turns a count into the figure of an indicator: `count*scale/denominator`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    /// For instance 1,000,000,000 for 每十亿元, 10,000 for 万人, 100 for a percentage.
    pub scale: i64,
    /// One for a plain count.
    pub denominator: i64,
}

impl Ratio {
    /// A plain count.
    pub const COUNT: Self = Self { scale: 1, denominator: 1 };
}

/// How a figure is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Figure and target are shown divided by this, for instance fen as 亿元.
    pub divisor: i64,
    /// The decimals, two for a ratio.
    pub decimals: u32,
}

/// The figure with its decimals, rounded half up (away from zero).
///
/// When the rounded figure would equal the target although the exact one does not and the test
/// fails or is strict, one more digit is shown until it does not.
/// `None` without a positive denominator.
pub fn figure_text(numerator: i64, ratio: Ratio, shown: Shown, target: Option<(Operator, i64)>) -> Option<String> {
    if ratio.denominator <= 0 || shown.divisor <= 0 {
        return None;
    }
    let left = i128::from(numerator) * i128::from(ratio.scale);
    let below = i128::from(ratio.denominator) * i128::from(shown.divisor);
    let first = rounded(left, below, shown.decimals)?;
    // Denominators have at most 19 digits, so the search ends; should the numbers grow too large
    // for exact arithmetic before, the plain rounding stands.
    for digits in shown.decimals..=shown.decimals + 20 {
        let Some(figure) = rounded(left, below, digits) else {
            break;
        };
        if !misleads(left, ratio, shown, (figure, digits), target) {
            return Some(decimal(figure, digits));
        }
    }
    Some(decimal(first, shown.decimals))
}

/// A target as shown: divided like its figure, with no more digits than it needs.
pub fn target_text(target: i64, shown: Shown) -> String {
    let divisor = i128::from(shown.divisor.max(1));
    for digits in 0..=18 {
        let scaled = i128::from(target) * 10i128.pow(digits);
        if scaled % divisor == 0 {
            return decimal(scaled / divisor, digits);
        }
    }
    format!("{target}/{divisor}")
}

/// Whether the rounded figure reads as the target while the exact one differs from it.
fn misleads(
    left: i128,
    ratio: Ratio,
    shown: Shown,
    (figure, digits): (i128, u32),
    target: Option<(Operator, i64)>,
) -> bool {
    let Some((operator, target)) = target else {
        return false;
    };
    let right = i128::from(target) * i128::from(ratio.denominator);
    let as_figure = figure.checked_mul(i128::from(shown.divisor));
    let as_target = 10i128.checked_pow(digits).and_then(|p| p.checked_mul(i128::from(target)));
    let reads_as_target = as_figure.is_some() && as_figure == as_target && left != right;
    let strict = matches!(operator, Operator::MoreThan | Operator::LessThan);
    reads_as_target && (strict || !operator.holds(left, right))
}

/// `left/denominator` times ten to the digits, rounded half away from zero.
fn rounded(left: i128, denominator: i128, digits: u32) -> Option<i128> {
    let scaled = left.checked_mul(10i128.checked_pow(digits)?)?.checked_mul(2)?;
    let half_up =
        scaled.unsigned_abs().checked_add(denominator.unsigned_abs())? / denominator.unsigned_abs().checked_mul(2)?;
    let magnitude = i128::try_from(half_up).ok()?;
    Some(if left < 0 { -magnitude } else { magnitude })
}

fn decimal(scaled: i128, digits: u32) -> String {
    let unit = 10u128.pow(digits);
    let magnitude = scaled.unsigned_abs();
    let sign = if scaled < 0 { "-" } else { "" };
    if digits == 0 {
        return format!("{sign}{magnitude}");
    }
    format!("{sign}{}.{:0width$}", magnitude / unit, magnitude % unit, width = digits as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PER_BILLION: i64 = 1_000_000_000;
    const TWO: Shown = Shown { divisor: 1, decimals: 2 };

    fn check(numerator: i64, (scale, denominator): (i64, i64), operator: &str, target: i64, met: bool, value: &str) {
        let ratio = Ratio { scale, denominator };
        let operator: Operator = operator.parse().unwrap();
        let known = Known::exactly(numerator);
        assert_eq!(known.test(ratio, operator, target), Some(met), "{numerator} {operator} {target}");
        assert_eq!(figure_text(numerator, ratio, TWO, Some((operator, target))).as_deref(), Some(value));
    }

    #[test]
    fn the_vectors_of_the_targets() {
        check(3899, (PER_BILLION, 130_000_000_000), ">=", 30, false, "29.99");
        check(3900, (PER_BILLION, 130_000_000_000), ">=", 30, true, "30.00");
        check(1239, (10_000, 1_240_000), ">=", 10, false, "9.99");
        check(1240, (10_000, 1_240_000), ">=", 10, true, "10.00");
        check(279, (100, 310), ">=", 90, true, "90.00");
        check(279, (100, 311), ">=", 90, false, "89.71");
        check(7500, (100, 10_000), ">", 75, false, "75.00");
        check(7501, (100, 10_000), ">", 75, true, "75.01");
    }

    #[test]
    fn pledges_are_compared_to_the_fen() {
        let short = Known::exactly(19_999_999_999);
        assert_eq!(short.test(Ratio::COUNT, Operator::AtLeast, 20_000_000_000), Some(false));
        let enough = Known::exactly(20_000_000_000);
        assert_eq!(enough.test(Ratio::COUNT, Operator::AtLeast, 20_000_000_000), Some(true));
    }

    #[test]
    fn fen_are_shown_as_hundred_millions() {
        let shown = Shown { divisor: 10_000_000_000, decimals: 2 };
        let target = Some((Operator::AtLeast, 20_000_000_000));
        let text = |fen| figure_text(fen, Ratio::COUNT, shown, target).unwrap();
        assert_eq!(text(20_000_000_000), "2.00");
        assert_eq!(text(19_999_999_999), "1.9999999999");
        assert_eq!(text(12_345_000_000), "1.23");
        assert_eq!(target_text(20_000_000_000, shown), "2");
        assert_eq!(target_text(20_500_000_000, shown), "2.05");
        assert_eq!(target_text(30, TWO), "30");
        let whole = Shown { divisor: 1, decimals: 0 };
        assert_eq!(figure_text(30, Ratio::COUNT, whole, None).unwrap(), "30");
    }

    #[test]
    fn a_figure_never_falsely_reads_as_its_target() {
        // 29.996 would print as 30.00, 29.9999 as 30.000.
        check(29_996, (1, 1000), ">=", 30, false, "29.996");
        check(299_999, (1, 10_000), ">=", 30, false, "29.9999");
        check(75_001, (1, 1000), ">", 75, true, "75.001");
        // Exactly the target: no digit would help, and the figure is true.
        check(75, (1, 1), ">", 75, false, "75.00");
        // Above and met: 30.00 is no false promise.
        check(30_001, (1, 1000), ">=", 30, true, "30.00");
    }

    #[test]
    fn zero_denominator_has_no_figure() {
        let ratio = Ratio { scale: 100, denominator: 0 };
        assert_eq!(figure_text(279, ratio, TWO, None), None);
    }

    #[test]
    fn halves_round_away_from_zero() {
        let text = |n, d| figure_text(n, Ratio { scale: 1, denominator: d }, TWO, None).unwrap();
        assert_eq!(text(1, 200), "0.01");
        assert_eq!(text(-1, 200), "-0.01");
        assert_eq!(text(1, 201), "0.00");
        assert_eq!(text(-1234, 100), "-12.34");
    }

    #[test]
    fn bounds_settle_what_they_can() {
        let test = |least, most, operator| Known { least, most }.test(Ratio::COUNT, operator, 30);
        assert_eq!(test(Some(30), None, Operator::AtLeast), Some(true));
        assert_eq!(test(Some(29), None, Operator::AtLeast), None);
        assert_eq!(test(Some(29), Some(29), Operator::AtLeast), Some(false));
        assert_eq!(test(Some(10), Some(40), Operator::AtLeast), None);
        assert_eq!(test(None, Some(29), Operator::AtLeast), Some(false));
        assert_eq!(test(None, None, Operator::AtLeast), None);
        assert_eq!(test(Some(31), None, Operator::AtMost), Some(false));
        assert_eq!(test(Some(3), None, Operator::AtMost), None);
        assert_eq!(test(None, Some(30), Operator::AtMost), Some(true));
        assert_eq!(test(Some(31), None, Operator::Equal), Some(false));
        assert_eq!(test(Some(29), Some(31), Operator::Equal), None);
    }

    #[test]
    fn distance_counts_whole_units() {
        assert_eq!(Operator::MoreThan.distance(20, 20), Some(1));
        assert_eq!(Operator::AtLeast.distance(4, 5), Some(1));
        assert_eq!(Operator::AtLeast.distance(6, 5), Some(0));
        assert_eq!(Operator::LessThan.distance(5, 5), Some(1));
        assert_eq!(Operator::Equal.distance(4, 5), None);
        assert_eq!(Operator::AtLeast.distance(i64::MIN, i64::MAX), None);
    }

    proptest! {
        #[test]
        fn the_verdict_is_the_comparison_of_fractions(
            numerator in 0..=i64::MAX, scale in 1..=1_000_000_000i64,
            denominator in 1..=i64::MAX, target in 0..=i64::MAX,
        ) {
            // Naive: compare whole parts, then remainders cross-multiplied, in another order of steps.
            let left = i128::from(numerator) * i128::from(scale);
            let (whole, rest) = (left / i128::from(denominator), left % i128::from(denominator));
            let order = whole.cmp(&i128::from(target)).then(rest.cmp(&0));
            let known = Known::exactly(numerator);
            let ratio = Ratio { scale, denominator };
            prop_assert_eq!(known.test(ratio, Operator::AtLeast, target), Some(order.is_ge()));
            prop_assert_eq!(known.test(ratio, Operator::MoreThan, target), Some(order.is_gt()));
            prop_assert_eq!(known.test(ratio, Operator::AtMost, target), Some(order.is_le()));
            prop_assert_eq!(known.test(ratio, Operator::LessThan, target), Some(order.is_lt()));
            prop_assert_eq!(known.test(ratio, Operator::Equal, target), Some(order.is_eq()));
        }

        #[test]
        fn a_shown_figure_is_near_and_not_false(
            numerator in 0..1_000_000i64, denominator in 1..1_000_000i64, target in 0..200i64,
        ) {
            let ratio = Ratio { scale: 100, denominator };
            let text = figure_text(numerator, ratio, TWO, Some((Operator::AtLeast, target))).unwrap();
            let (whole, part) = text.split_once('.').unwrap();
            let unit = 10i128.pow(part.len() as u32);
            let shown = whole.parse::<i128>().unwrap() * unit + part.parse::<i128>().unwrap();
            let exact = i128::from(numerator) * 100 * unit;
            let apart = (shown * i128::from(denominator) - exact).abs();
            prop_assert!(apart * 2 <= i128::from(denominator));
            let met = Known::exactly(numerator).test(ratio, Operator::AtLeast, target).unwrap();
            prop_assert!(met || shown < i128::from(target) * unit);
        }
    }
}
