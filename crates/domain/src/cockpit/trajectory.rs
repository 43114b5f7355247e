//! The way to a target (目标轨迹, C2.0): what the interim values that the office entered ask for on one day, and how far a
//! figure stands ahead of it or behind.
//!
//! Between two interim values the way is straight, day by day; a sum of one year begins at zero on 1 January, and only the
//! values of that year count for it. Whole numbers and fractions throughout: a figure that is on its way is not told behind.

use jiff::civil::{Date, date};
use rules::{evaluation::Indicator, policy::IndicatorDef};

/// An interim value with its day, in the decimal text in which it was entered.
pub type Waypoint = (Date, String);

/// What a way asks for on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The day.
    pub on: Date,
    /// The last interim value up to the day.
    pub from: Waypoint,
    /// The next one, towards which the way leads; none after the last, which then holds.
    pub to: Option<Waypoint>,
    value: Fraction,
}

/// How a figure stands to its way, in whole units of the numerator; hundredths of a percentage point for a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// At or over the way by so many whole units.
    Ahead(i64),
    /// Under the way: so many whole units are lacking for it.
    Behind(i64),
}

/// A number without rounding; the divisor is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fraction {
    number: i128,
    divisor: i128,
}

/// What the way asks for on a day: nothing before its first interim value, nor in a year that has none for a yearly sum.
pub fn expected(points: &[Waypoint], on: Date, is_yearly: bool) -> Option<Expected> {
    let new_year = date(on.year(), 1, 1);
    let mut way: Vec<Waypoint> =
        points.iter().filter(|(day, _)| !is_yearly || day.year() == on.year()).cloned().collect();
    way.sort();
    if is_yearly && way.first().is_some_and(|(day, _)| *day > new_year) {
        way.insert(0, (new_year, "0".to_owned()));
    }
    let passed = way.partition_point(|(day, _)| *day <= on);
    let from = way.get(passed.checked_sub(1)?)?.clone();
    let to = way.get(passed).cloned().filter(|_| from.0 < on);
    let value = match &to {
        Some(to) => between(&from, to, on)?,
        None => decimal(&from.1)?,
    };
    Some(Expected { on, from, to, value })
}

fn between(from: &Waypoint, to: &Waypoint, on: Date) -> Option<Fraction> {
    let (start, end) = (decimal(&from.1)?, decimal(&to.1)?);
    let (days, passed) = (i128::from(days(from.0, to.0)), i128::from(days(from.0, on)));
    let left = start.number.checked_mul(end.divisor)?.checked_mul(days - passed)?;
    let right = end.number.checked_mul(start.divisor)?.checked_mul(passed)?;
    let divisor = start.divisor.checked_mul(end.divisor)?.checked_mul(days)?;
    Some(Fraction { number: left.checked_add(right)?, divisor })
}

/// The days from one date to another.
fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

fn decimal(text: &str) -> Option<Fraction> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let number = format!("{whole}{fraction}").parse().ok()?;
    Some(Fraction { number, divisor: 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)? })
}

impl Expected {
    /// The value, rounded to hundredths for reading.
    pub fn text(&self) -> String {
        let Fraction { number, divisor } = self.value;
        let hundredths = (number.saturating_mul(200) + divisor).div_euclid(divisor.saturating_mul(2));
        let text = format!("{}.{:02}", hundredths.div_euclid(100), hundredths.rem_euclid(100));
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// Whether [`Expected::text`] is the value itself.
    pub fn is_exact(&self) -> bool {
        self.value.number.saturating_mul(100) % self.value.divisor == 0
    }

    /// The days between the two interim values, and how many of them are over; none where one value holds.
    pub fn days(&self) -> Option<(i32, i32)> {
        let (end, _) = self.to.as_ref()?;
        Some((days(self.from.0, *end), days(self.from.0, self.on)))
    }

    /// How the figure of the city stands; nothing where it is not known, or is a lower bound under the way.
    pub fn of_city(&self, indicator: &Indicator, definition: &IndicatorDef) -> Option<Standing> {
        let (has, denominator) = (i128::from(indicator.numerator?), denominator(indicator, definition)?);
        let scale = i128::from(definition.scale.max(1));
        let standing = if definition.flow == "survey" {
            // Hundredths of a percentage point on both sides.
            let share = Fraction { number: has.checked_mul(scale)?.checked_mul(100)?, divisor: denominator };
            share.against(Fraction { number: self.value.number.checked_mul(100)?, ..self.value })?
        } else {
            let aim = self.value.times(i128::from(definition.display_divisor.max(1)), scale)?;
            Fraction { number: has, divisor: 1 }.against(aim.times(denominator, 1)?)?
        };
        certain(standing, indicator)
    }

    /// How a town's part of the numerator stands. A town has no denominator, so the way of a ratio is in the numerator's unit.
    pub fn of_town(&self, part: i64, indicator: &Indicator, definition: &IndicatorDef) -> Option<Standing> {
        let (divisor, scale) = match definition.has_denominator() {
            true => (1, 1),
            false => (definition.display_divisor.max(1), definition.scale.max(1)),
        };
        let aim = self.value.times(i128::from(divisor), i128::from(scale))?;
        certain(Fraction { number: part.into(), divisor: 1 }.against(aim)?, indicator)
    }
}

fn denominator(indicator: &Indicator, definition: &IndicatorDef) -> Option<i128> {
    if definition.has_denominator() {
        indicator.denominator.filter(|denominator| *denominator > 0).map(i128::from)
    } else {
        Some(1)
    }
}

/// What is lacking of a lower bound may be there and not be known.
fn certain(standing: Standing, indicator: &Indicator) -> Option<Standing> {
    Some(standing).filter(|standing| indicator.bound == "exact" || matches!(standing, Standing::Ahead(_)))
}

impl Fraction {
    fn times(self, factor: i128, parts: i128) -> Option<Self> {
        Some(Self { number: self.number.checked_mul(factor)?, divisor: self.divisor.checked_mul(parts)? })
    }

    /// This number against another: whole units over it, rounded down, or lacking for it, rounded up.
    fn against(self, aim: Self) -> Option<Standing> {
        let over = self.number.checked_mul(aim.divisor)?.checked_sub(aim.number.checked_mul(self.divisor)?)?;
        let divisor = self.divisor.checked_mul(aim.divisor)?;
        Some(match over {
            0.. => Standing::Ahead(i64::try_from(over / divisor).ok()?),
            _ => Standing::Behind(i64::try_from((divisor - 1 - over) / divisor).ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(points: &[(Date, &str)]) -> Vec<Waypoint> {
        points.iter().map(|(day, value)| (*day, (*value).to_owned())).collect()
    }

    #[test]
    fn between_two_interim_values_the_way_is_straight_by_the_day() {
        let points = way(&[(date(2021, 12, 31), "24.5"), (date(2022, 12, 31), "27.5"), (date(2023, 12, 31), "30")]);
        for (on, text, is_exact) in [
            (date(2022, 12, 31), "27.5", true),
            // 27.5 + 2.5 × 151 ÷ 365.
            (date(2023, 5, 31), "28.53", false),
            (date(2023, 12, 30), "29.99", false),
            (date(2023, 12, 31), "30", true),
            // After the last the last holds.
            (date(2024, 3, 1), "30", true),
        ] {
            let found = expected(&points, on, false).unwrap();
            assert_eq!((found.text().as_str(), found.is_exact()), (text, is_exact), "{on}");
        }
        assert_eq!(expected(&points, date(2021, 12, 30), false), None, "nothing is asked before the first");
        assert_eq!(expected(&points, date(2023, 5, 31), false).unwrap().days(), Some((365, 151)));
        assert_eq!(expected(&way(&[(date(2023, 1, 1), "三")]), date(2023, 5, 31), false), None);
    }

    #[test]
    fn a_sum_of_the_year_begins_at_zero_and_looks_at_no_other_year() {
        let points = way(&[(date(2022, 12, 31), "2"), (date(2023, 12, 31), "2")]);
        for (on, text) in [
            (date(2023, 1, 1), "0"),
            // 2 × 150 ÷ 364.
            (date(2023, 5, 31), "0.82"),
            (date(2023, 12, 31), "2"),
            (date(2022, 7, 2), "1"),
        ] {
            assert_eq!(expected(&points, on, true).unwrap().text(), text, "{on}");
        }
        assert_eq!(expected(&points, date(2024, 2, 1), true), None, "the year has no value of its own");
    }

    fn indicator(code: &str, numerator: i64, denominator: Option<i64>, bound: &str) -> Indicator {
        serde_json::from_value(serde_json::json!({
            "code": code, "name": "", "clauses": [], "numerator": numerator, "denominator": denominator, "value": null,
            "operator": null, "target": null, "met": null, "reason": "", "by_region": [], "bound": bound, "upper": null,
            "unit": "", "evidence_count": 0, "reading": ""
        }))
        .unwrap()
    }

    #[test]
    fn a_figure_stands_ahead_or_behind_in_whole_units_of_its_numerator() {
        use Standing::{Ahead, Behind};
        let policy = crate::runs::policy().unwrap();
        let (new_year, end) = (date(2023, 1, 1), date(2023, 12, 31));
        for (code, value, numerator, denominator, expected_standing) in [
            // 30 for each 10^9 yuan of 130 × 10^9 are 3,900.
            ("K01", "30", 3_899, Some(130_000_000_000), Behind(1)),
            ("K01", "30", 3_900, Some(130_000_000_000), Ahead(0)),
            ("K01", "30", 3_902, Some(130_000_000_000), Ahead(2)),
            // 29.999 of 130 × 10^9 are 3,899.87: one is lacking for 3,899, none for 3,900.
            ("K01", "29.999", 3_899, Some(130_000_000_000), Behind(1)),
            ("K01", "29.999", 3_900, Some(130_000_000_000), Ahead(0)),
            ("K08", "2", 19_999_999_999, None, Behind(1)),
            // Percentage points of a survey, not answers.
            ("K09", "75", 1_452, Some(2_000), Behind(240)),
            ("K09", "72.1", 1_452, Some(2_000), Ahead(50)),
        ] {
            let found = expected(&way(&[(new_year, value), (end, value)]), date(2023, 6, 1), false).unwrap();
            let definition = policy.indicator(code).unwrap();
            let standing = found.of_city(&indicator(code, numerator, denominator, "exact"), definition);
            assert_eq!(standing, Some(expected_standing), "{code} {value} {numerator}");
        }
        let thirty = expected(&way(&[(end, "30")]), end, false).unwrap();
        let lower =
            |numerator| thirty.of_city(&indicator("K02", numerator, None, "lower"), policy.indicator("K02").unwrap());
        assert_eq!((lower(31), lower(29)), (Some(Ahead(1)), None), "a lower bound may be more, and is not told behind");
    }

    #[test]
    fn a_town_stands_in_the_unit_of_its_values() {
        use Standing::{Ahead, Behind};
        let policy = crate::runs::policy().unwrap();
        let end = date(2023, 12, 31);
        for (code, value, has, expected_standing) in [
            // A ratio: patents, not patents per 10亿元.
            ("K01", "120", 100, Behind(20)),
            ("K01", "99.5", 100, Ahead(0)),
            ("K05", "3", 1, Behind(2)),
            // 0.5 亿元 in fen.
            ("K08", "0.5", 4_000_000_000, Behind(1_000_000_000)),
        ] {
            let way = expected(&way(&[(end, value)]), end, false).unwrap();
            let standing = way.of_town(has, &indicator(code, 0, None, "exact"), policy.indicator(code).unwrap());
            assert_eq!(standing, Some(expected_standing), "{code} {value}");
        }
    }
}
