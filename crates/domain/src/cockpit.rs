//! The cockpit of the leading group (驾驶舱, C4.1.6): every target against its trajectory and forecast, what changed
//! since last month, and which towns and enterprises stand in the gap.
//!
//! Every figure here comes from runs; what is computed on top (forecast, outlook, differences) informs and decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rules::evaluation::Indicator;
use rules::policy::IndicatorDef;
use rules::verdict::Operator;
use rules::{Evaluation, Policy};

use crate::forecast::{self, Forecast, Observation, Outlook};
use crate::reports::{Reported, Reports};
use crate::runs::{Observed, Opened};

/// One target of the policy on the cockpit.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its figure in the run shown.
    pub indicator: Indicator,
    /// Its figure at the earlier month ends, oldest first, the run shown included.
    pub history: Vec<Point>,
    /// The interim values that the office entered (年度目标轨迹), by date.
    pub trajectory: Vec<(Date, String)>,
    /// Where it will stand at the target date.
    pub forecast: Option<Forecast>,
    /// The traffic light.
    pub outlook: Outlook,
    /// How many units of the numerator are lacking for the target; none when met or not known.
    pub gap: Option<i64>,
    /// The change of the numerator since the month before.
    pub change: Option<i64>,
}

/// A figure at a date.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The date.
    pub as_of: Date,
    /// The run it comes from.
    pub run: String,
    /// The figure as shown.
    pub value: Option<String>,
    /// The numerator.
    pub numerator: Option<i64>,
    /// Whether the month was reported; one that was not is no observation of the course.
    pub is_reported: bool,
}

/// The targets in the order of the document, with their past.
pub fn targets(policy: &Policy, opened: &Opened, history: &[Observed], reports: &Reports) -> Vec<Target> {
    let trajectories = trajectories(opened, "");
    let reported = Reported::of(opened, reports);
    let target_on = target_date(&opened.evaluation);
    let of_city: Vec<&Observed> = history.iter().filter(|seen| seen.figure.region.is_empty()).collect();
    let evaluation = &opened.evaluation;
    evaluation
        .indicators
        .iter()
        .filter(|indicator| indicator.target.is_some())
        .filter_map(|indicator| {
            let definition = policy.indicator(&indicator.code)?;
            let past = past_of(indicator, &of_city, evaluation.as_of, &reported);
            let trajectory = trajectories.get(&indicator.code).cloned().unwrap_or_default();
            Some(target(indicator, definition, past, trajectory, Days { as_of: evaluation.as_of, target_on }))
        })
        .collect()
}

/// The day at which the targets fall due (到 2023 年): the last day of the plan, a parameter of the run.
///
/// A run without one is judged on its own day.
pub fn target_date(evaluation: &Evaluation) -> Date {
    evaluation.parameters.get("plan_end").and_then(|day| day.parse().ok()).unwrap_or(evaluation.as_of)
}

/// The day of a run, and the day at which its targets fall due.
#[derive(Clone, Copy)]
struct Days {
    as_of: Date,
    target_on: Date,
}

fn target(
    indicator: &Indicator,
    definition: &IndicatorDef,
    history: Vec<Point>,
    trajectory: Vec<(Date, String)>,
    Days { as_of, target_on }: Days,
) -> Target {
    let yearly = definition.flow == "year";
    // A yearly sum starts at zero each January, so only this year's months belong to one line.
    let observations: Vec<Observation> = history
        .iter()
        .filter(|point| point.is_reported && (!yearly || point.as_of.year() == as_of.year()))
        .filter_map(|point| {
            let value = point.value.as_ref()?.parse().ok()?;
            Some(Observation { month: forecast::month_of(point.as_of), value })
        })
        .collect();
    let forecast = forecast::forecast(&observations, forecast::month_of(target_on).max(forecast::month_of(as_of)));
    let aim = indicator.target.as_ref().and_then(|target| target.parse::<f64>().ok()).unwrap_or(f64::INFINITY);
    let change =
        history.len().checked_sub(2).and_then(|before| Some(history.last()?.numerator? - history[before].numerator?));
    Target {
        outlook: {
            let course = forecast::Course { is_due: as_of >= target_on, can_fall: definition.flow == "stock" };
            forecast::outlook(indicator.met, forecast.as_ref(), aim, course)
        },
        gap: gap(indicator, definition),
        indicator: indicator.clone(),
        history,
        trajectory,
        forecast,
        change,
    }
}

/// How many units of the numerator are lacking: the least whole number that passes the exact test
/// `numerator × scale OPERATOR target × divisor × denominator`, less what there is.
fn gap(indicator: &Indicator, definition: &IndicatorDef) -> Option<i64> {
    if indicator.met != Some(false) {
        return None;
    }
    let needed = least_that_meets(indicator, definition)?;
    i64::try_from(needed - i128::from(indicator.numerator?)).ok().filter(|lacking| *lacking > 0)
}

/// The least whole numerator that passes the exact test, for a target that is a least one.
pub(crate) fn least_that_meets(indicator: &Indicator, definition: &IndicatorDef) -> Option<i128> {
    let target: i128 = indicator.target.as_ref()?.parse().ok()?;
    let denominator = if definition.has_denominator() { i128::from(indicator.denominator?) } else { 1 };
    let scale = i128::from(definition.scale.max(1));
    let aim = target.checked_mul(i128::from(definition.display_divisor.max(1)))?.checked_mul(denominator)?;
    Some(match indicator.operator? {
        Operator::MoreThan => aim.div_euclid(scale) + 1,
        _ => (aim + scale - 1).div_euclid(scale),
    })
}

fn past_of(indicator: &Indicator, of_city: &[&Observed], as_of: Date, reported: &Reported<'_>) -> Vec<Point> {
    let mut points: Vec<Point> = of_city
        .iter()
        .filter(|seen| seen.figure.code == indicator.code && seen.as_of <= as_of)
        .map(|seen| Point {
            as_of: seen.as_of,
            run: seen.run.clone(),
            value: seen.figure.value.clone(),
            numerator: seen.figure.numerator,
            is_reported: reported.month(&indicator.code, seen.as_of, &seen.run),
        })
        .collect();
    points.sort_by_key(|point| point.as_of);
    points
}

/// The interim values of a region by indicator, in the order of their days; the empty region is the city.
fn trajectories(opened: &Opened, region: &str) -> BTreeMap<String, Vec<(Date, String)>> {
    let mut found: BTreeMap<String, Vec<(Date, String)>> = BTreeMap::new();
    for (code, of, date, value) in interim_values(opened) {
        if of == region {
            found.entry(code.to_owned()).or_default().push((date, value.to_owned()));
        }
    }
    for points in found.values_mut() {
        points.sort();
    }
    found
}

/// Every interim value that the office entered: the indicator, the region, the day and the value.
fn interim_values(opened: &Opened) -> impl Iterator<Item = (&str, &str, Date, &str)> {
    let rows = opened.snapshot.rows("trajectory");
    rows.into_iter().flat_map(|rows| {
        (0..rows.len()).filter_map(move |row| {
            let region = rows.text(row, "region").unwrap_or_default();
            Some((rows.text(row, "indicator")?, region, rows.date(row, "on_date")?, rows.text(row, "value")?))
        })
    })
}

/// A town's own way to a target (区镇目标轨迹) beside what counts for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownCourse {
    /// The interim values, by date.
    pub points: Vec<(Date, String)>,
    /// The one to compare with: the last up to the day of the run, else the next ahead.
    pub on: Date,
    /// Its value.
    pub value: String,
    /// How many units of the numerator are lacking for it; zero when it is reached, none when the value is no number.
    pub lacking: Option<i64>,
}

/// The towns for which a way to an indicator's target was entered, by name.
///
/// A town has no denominator of its own, so for a ratio its values are in the unit of the numerator.
pub fn town_courses(opened: &Opened, definition: &IndicatorDef) -> BTreeMap<String, TownCourse> {
    let evaluation = &opened.evaluation;
    let mut points: BTreeMap<&str, Vec<(Date, String)>> = BTreeMap::new();
    for (code, region, date, value) in interim_values(opened) {
        if code == definition.code && !region.is_empty() {
            points.entry(region).or_default().push((date, value.to_owned()));
        }
    }
    let counted = |town: &str| {
        let indicator = evaluation.indicator(&definition.code)?;
        indicator.numerator?;
        Some(indicator.by_region.iter().find(|part| part.region == town).map_or(0, |part| part.numerator))
    };
    let course = |(town, mut points): (&str, Vec<(Date, String)>)| {
        points.sort();
        let past = points.iter().rev().find(|(date, _)| *date <= evaluation.as_of);
        let (on, value) = past.or_else(|| points.first())?.clone();
        let lacking = counted(town).and_then(|has| lacking(definition, &value, has));
        Some((town.to_owned(), TownCourse { points, on, value, lacking }))
    };
    points.into_iter().filter_map(course).collect()
}

/// How many units of the numerator are lacking for a value, exactly.
fn lacking(definition: &IndicatorDef, value: &str, has: i64) -> Option<i64> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let places = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let (scale, divisor) = match definition.has_denominator() {
        true => (1, 1),
        false => (i128::from(definition.scale.max(1)), i128::from(definition.display_divisor.max(1))),
    };
    let (aim, parts) = (digits.checked_mul(divisor)?, scale.checked_mul(places)?);
    let needed = (aim + parts - 1).div_euclid(parts);
    i64::try_from((needed - i128::from(has)).max(0)).ok()
}

/// What a town or an enterprise brought to an indicator since an earlier run, and what it lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The town's name or the enterprise's code.
    pub who: String,
    /// Rights counted now and not before.
    pub gained: Vec<String>,
    /// Rights counted before and not now.
    pub lost: Vec<String>,
    /// How many are counted now.
    pub stock: usize,
}

impl Movement {
    /// Gains less losses.
    pub fn net(&self) -> i64 {
        i64::try_from(self.gained.len()).unwrap_or(i64::MAX) - i64::try_from(self.lost.len()).unwrap_or(i64::MAX)
    }
}

/// Whose movement is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// By town (区镇街道).
    Town,
    /// By enterprise.
    Enterprise,
}

/// Which towns or enterprises moved an indicator between two runs, the largest net gain first.
pub fn movements(before: Option<&Evaluation>, now: &Evaluation, code: &str, grouping: Grouping) -> Vec<Movement> {
    let counted = |evaluation: &Evaluation| -> BTreeSet<(String, String)> {
        evaluation
            .indicator_evidence(code)
            .filter_map(|right| {
                let who = match grouping {
                    Grouping::Town => right.region,
                    Grouping::Enterprise => right.uscc,
                }?;
                Some((who.to_owned(), right.right_id.to_owned()))
            })
            .collect()
    };
    let now = counted(now);
    let before = before.map(counted);
    let mut movements: BTreeMap<String, Movement> = BTreeMap::new();
    let empty = |who: &str| Movement { who: who.to_owned(), gained: Vec::new(), lost: Vec::new(), stock: 0 };
    for (who, right) in &now {
        let movement = movements.entry(who.clone()).or_insert_with(|| empty(who));
        movement.stock += 1;
        if before.as_ref().is_some_and(|before| !before.contains(&(who.clone(), right.clone()))) {
            movement.gained.push(right.clone());
        }
    }
    for (who, right) in before.iter().flatten().filter(|pair| !now.contains(*pair)) {
        movements.entry(who.clone()).or_insert_with(|| empty(who)).lost.push(right.clone());
    }
    let mut sorted: Vec<Movement> = movements.into_values().collect();
    sorted.sort_by(|a, b| b.net().cmp(&a.net()).then(b.stock.cmp(&a.stock)).then(a.who.cmp(&b.who)));
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_town_lacks_is_counted_in_the_unit_of_its_values() {
        let policy = crate::runs::policy().unwrap();
        for (code, value, has, expected) in [
            // A ratio: patents, not patents per 10亿元.
            ("K01", "120", 100, Some(20)),
            ("K01", "99.5", 100, Some(0)),
            ("K05", "3", 1, Some(2)),
            // 0.5 亿元 in fen.
            ("K08", "0.5", 4_000_000_000, Some(1_000_000_000)),
            ("K05", "三", 1, None),
        ] {
            assert_eq!(lacking(policy.indicator(code).unwrap(), value, has), expected, "{code} {value}");
        }
    }
}
