//! The cockpit of the leading group (驾驶舱, C4.1.6): every target against its trajectory and forecast, what changed
//! since last month, and which towns and enterprises stand in the gap.
//!
//! Every figure here comes from runs; what is computed on top (forecast, outlook, differences) informs and decides nothing.

mod movements;
mod trajectory;

use std::collections::BTreeMap;

use jiff::civil::Date;
use rules::evaluation::Indicator;
use rules::policy::IndicatorDef;
use rules::verdict::Operator;
use rules::{Evaluation, Policy};

pub use self::movements::{Grouping, Movement, Share, earlier, movements, shared_units};
pub use self::trajectory::{Expected, Standing, Waypoint, expected};
use crate::forecast::{self, Forecast, Observation, Outlook};
use crate::reports::{Reported, Reports};
use crate::runs::{Observed, Opened};
use crate::sources;

/// One target of the policy on the cockpit.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its figure in the run shown.
    pub indicator: Indicator,
    /// Its figure at the earlier month ends, oldest first, the run shown included.
    pub history: Vec<Point>,
    /// The interim values that the office entered (年度目标轨迹), by date.
    pub trajectory: Vec<Waypoint>,
    /// What the interim values ask for on the day of the run; nothing before the first of them.
    pub expected: Option<Expected>,
    /// How the figure stands to that, where both are known.
    pub standing: Option<Standing>,
    /// The interval that the sample of a survey leaves, in hundredths of a percent, with its confidence in percent.
    pub interval: Option<(i64, i64, i64)>,
    /// Whether the day of the targets has come.
    pub is_due: bool,
    /// Where it will stand at the target date; once that has come, what the months before led to expect for the month shown.
    pub forecast: Option<Forecast>,
    /// The traffic light.
    pub outlook: Outlook,
    /// How many units of the numerator are lacking for the target, for a survey hundredths of a percentage point; none when met or
    /// not known.
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
            let days = Days { as_of: evaluation.as_of, target_on };
            let interval = interval(evaluation, indicator, definition);
            Some(Target { interval, ..target(indicator, definition, past, trajectory, days) })
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
    trajectory: Vec<Waypoint>,
    Days { as_of, target_on }: Days,
) -> Target {
    let yearly = definition.flow == "year";
    // A yearly sum starts at zero each January, so only this year's months belong to one line.
    let is_of_line = |point: &&Point| !yearly || point.as_of.year() == as_of.year();
    // A month is forecast from the months before it, never from itself.
    let target_month = forecast::month_of(target_on.max(as_of));
    let observations: Vec<Observation> = history
        .iter()
        .filter(|point| point.is_reported && forecast::month_of(point.as_of) < target_month)
        .filter(is_of_line)
        .filter_map(|point| {
            let value = point.value.as_ref()?.parse().ok()?;
            Some(Observation { month: forecast::month_of(point.as_of), value })
        })
        .collect();
    let forecast = forecast::forecast(&observations, target_month);
    let aim = indicator.target.as_ref().and_then(|target| target.parse::<f64>().ok()).unwrap_or(f64::INFINITY);
    let is_due = as_of >= target_on;
    let expected = trajectory::expected(&trajectory, as_of, yearly);
    Target {
        outlook: {
            let course = forecast::Course { is_due, can_fall: definition.flow == "stock" };
            forecast::outlook(indicator.met, forecast.as_ref(), aim, course)
        },
        change: change(&history, is_of_line),
        standing: expected.as_ref().and_then(|expected| expected.of_city(indicator, definition)),
        expected,
        interval: None,
        is_due,
        gap: gap(indicator, definition),
        indicator: indicator.clone(),
        history,
        trajectory,
        forecast,
    }
}

/// The change of the numerator since the month before; a sum of the year began at zero.
fn change(history: &[Point], is_of_line: impl Fn(&&Point) -> bool) -> Option<i64> {
    let [.., before, now] = history else { return None };
    let before = if is_of_line(&before) { before.numerator? } else { 0 };
    Some(now.numerator? - before)
}

fn interval(evaluation: &Evaluation, indicator: &Indicator, definition: &IndicatorDef) -> Option<(i64, i64, i64)> {
    let confidence = sources::confidence_percent(evaluation).filter(|_| definition.flow == "survey")?;
    let (low, high) = sources::interval(indicator.numerator?, indicator.denominator?, confidence)?;
    Some((low, high, confidence))
}

/// How many units of the numerator are lacking: the least whole number that passes the exact test
/// `numerator × scale OPERATOR target × divisor × denominator`, less what there is.
///
/// The answers of a survey are no task, so there the distance is told in hundredths of a percentage point, rounded up; zero is
/// a share that equals what it must exceed.
fn gap(indicator: &Indicator, definition: &IndicatorDef) -> Option<i64> {
    if indicator.met != Some(false) {
        return None;
    }
    let numerator = i128::from(indicator.numerator?);
    if definition.flow == "survey" {
        let (aim, scale, denominator) = aim(indicator, definition)?;
        let lacking = aim.checked_sub(numerator.checked_mul(scale)?)?.checked_mul(100)?;
        return i64::try_from((lacking + denominator - 1).div_euclid(denominator)).ok();
    }
    let needed = least_that_meets(indicator, definition)?;
    i64::try_from(needed - numerator).ok().filter(|lacking| *lacking > 0)
}

/// The least whole numerator that passes the exact test, for a target that is a least one.
pub(crate) fn least_that_meets(indicator: &Indicator, definition: &IndicatorDef) -> Option<i128> {
    let (aim, scale, _) = aim(indicator, definition)?;
    Some(match indicator.operator? {
        Operator::MoreThan => aim.div_euclid(scale) + 1,
        _ => (aim + scale - 1).div_euclid(scale),
    })
}

/// What the numerator times the scale has to reach, with that scale and the denominator.
fn aim(indicator: &Indicator, definition: &IndicatorDef) -> Option<(i128, i128, i128)> {
    let target: i128 = indicator.target.as_ref()?.parse().ok()?;
    let denominator = if definition.has_denominator() { i128::from(indicator.denominator?) } else { 1 };
    let scale = i128::from(definition.scale.max(1));
    let aim = target.checked_mul(i128::from(definition.display_divisor.max(1)))?.checked_mul(denominator)?;
    Some((aim, scale, denominator))
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
fn trajectories(opened: &Opened, region: &str) -> BTreeMap<String, Vec<Waypoint>> {
    let mut found: BTreeMap<String, Vec<Waypoint>> = BTreeMap::new();
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
    pub points: Vec<Waypoint>,
    /// What they ask for on the day of the run; nothing before the first of them.
    pub expected: Option<Expected>,
    /// How the town stands to that, where both are known.
    pub standing: Option<Standing>,
}

/// The towns for which a way to an indicator's target was entered, by name.
///
/// A town has no denominator of its own, so for a ratio its values are in the unit of the numerator.
pub fn town_courses(opened: &Opened, definition: &IndicatorDef) -> BTreeMap<String, TownCourse> {
    let evaluation = &opened.evaluation;
    let mut points: BTreeMap<&str, Vec<Waypoint>> = BTreeMap::new();
    for (code, region, date, value) in interim_values(opened) {
        if code == definition.code && !region.is_empty() {
            points.entry(region).or_default().push((date, value.to_owned()));
        }
    }
    let standing = |town: &str, expected: &Expected| {
        let indicator = evaluation.indicator(&definition.code)?;
        indicator.numerator?;
        let part = indicator.by_region.iter().find(|part| part.region == town).map_or(0, |part| part.numerator);
        expected.of_town(part, indicator, definition)
    };
    let course = |(town, mut points): (&str, Vec<Waypoint>)| {
        points.sort();
        let expected = trajectory::expected(&points, evaluation.as_of, definition.flow == "year");
        let standing = expected.as_ref().and_then(|expected| standing(town, expected));
        (town.to_owned(), TownCourse { points, expected, standing })
    };
    points.into_iter().map(course).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_survey_lacks_percentage_points_and_no_answers() {
        let policy = crate::runs::policy().unwrap();
        let definition = policy.indicator("K09").unwrap();
        for (positive, met, expected) in [
            // 72.6 % of 75 %.
            (1_452, false, Some(240)),
            // 74.95 %.
            (1_499, false, Some(5)),
            // 75 % is not more than 75 %.
            (1_500, false, Some(0)),
            (1_501, true, None),
        ] {
            let indicator: Indicator = serde_json::from_value(serde_json::json!({
                "code": "K09", "name": "", "clauses": [], "numerator": positive, "denominator": 2_000, "value": "",
                "operator": ">", "target": "75", "met": met, "reason": "", "by_region": [], "bound": "exact", "upper": null,
                "unit": "%", "evidence_count": 0, "reading": ""
            }))
            .unwrap();
            assert_eq!(gap(&indicator, definition), expected, "{positive}");
        }
    }

    /// What is shown beside the figure of the target day is made without that day, so that it can differ from it.
    #[test]
    fn the_month_of_the_target_is_forecast_from_the_months_before_it() {
        let policy = crate::runs::policy().unwrap();
        let definition = policy.indicator("K02").unwrap();
        let points = |last: i16| -> Vec<Point> {
            (1..=12)
                .map(|month: i8| {
                    let value = if month == 12 { i64::from(last) } else { i64::from(month) };
                    Point {
                        as_of: jiff::civil::date(2023, month, 1).last_of_month(),
                        run: String::new(),
                        value: Some(value.to_string()),
                        numerator: Some(value),
                        is_reported: true,
                    }
                })
                .collect()
        };
        let indicator: Indicator = serde_json::from_value(serde_json::json!({
            "code": "K02", "name": "", "clauses": [], "numerator": 40, "denominator": null, "value": "40",
            "operator": ">=", "target": "30", "met": true, "reason": "", "by_region": [], "bound": "exact", "upper": null,
            "unit": "件", "evidence_count": 0, "reading": ""
        }))
        .unwrap();
        let end = jiff::civil::date(2023, 12, 31);
        let of = |last| target(&indicator, definition, points(last), Vec::new(), Days { as_of: end, target_on: end });
        let (one, other) = (of(12).forecast.unwrap(), of(900).forecast.unwrap());
        assert_eq!((one, one.observations), (other, 11), "the month itself changes nothing");
        assert!((one.value - 12.0).abs() < 1e-9 && of(12).is_due);
    }
}
