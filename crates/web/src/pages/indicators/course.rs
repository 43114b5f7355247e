//! The course of a target over the months: what was, what the office planned, and what the trend leads to.

use std::collections::BTreeMap;

use domain::{
    cockpit::{Target, expected, target_date},
    forecast::month_of,
};
use jiff::civil::{Date, date};
use rules::{Evaluation, policy::IndicatorDef};

use crate::{
    chart::{Chart, Forecast, Kind, Series, Target as TargetLine},
    frame::Frame,
    pages::cockpit::quantities,
};

/// The chart of a target; nothing while fewer than two months are known.
pub(super) fn chart(frame: &Frame, target: &Target, definition: &IndicatorDef, run: &Evaluation) -> Option<Chart> {
    let observed = target.history.iter().filter(|point| point.is_reported);
    let known: BTreeMap<i32, &str> =
        observed.filter_map(|point| Some((month_of(point.as_of), point.value.as_deref()?))).collect();
    // The waves of a survey have a chart of their own.
    if known.len() < 2 || definition.flow == "survey" {
        return None;
    }
    let (first, last) = (*known.keys().next()?, *known.keys().next_back()?);
    let end = last.max(month_of(target_date(run))).max(month_of(run.as_of));
    let months: Vec<i32> = (first..=end).collect();
    let of = |values: &BTreeMap<i32, &str>| {
        months.iter().map(|month| values.get(month).map(|value| (*value).to_owned())).collect::<Vec<_>>()
    };
    let mut series = vec![Series::of(frame.t("course-actual"), of(&known))];
    let is_yearly = definition.flow == "year";
    let planned = |month: &i32| {
        let day = if *month == month_of(run.as_of) { run.as_of } else { last_day(*month)? };
        expected(&target.trajectory, day, is_yearly).map(|expected| expected.text())
    };
    let planned: Vec<Option<String>> = months.iter().map(planned).collect();
    if planned.iter().any(Option::is_some) {
        series.push(Series { dashed: true, ..Series::of(frame.t("course-planned"), planned) });
    }
    let title = frame.t1("course-title", "name", frame.said(&target.indicator.name));
    let mut chart =
        Chart::new(frame, "course", title, Kind::Line, months.iter().map(|month| label(*month)).collect(), series);
    // The months differ by little, so the axis begins near them; a line's length carries no meaning.
    chart.from_zero = false;
    chart.line = frame.t(if is_yearly { "course-line-yearly" } else { "course-line" });
    // A sum of the year begins anew: no line leads from December down to January.
    let january = |at: &usize| is_yearly && months[*at].rem_euclid(12) == 0;
    chart.breaks = (1..months.len()).filter(january).collect();
    chart.x_title = frame.t("course-month");
    chart.y_title = frame.unit(&target.indicator.unit);
    chart.unit = frame.unit(&target.indicator.unit);
    chart.target = target.indicator.target.as_ref().map(|value| TargetLine {
        value: value.clone(),
        label: frame.t1("cockpit-target", "target", quantities::required(target.indicator.operator, value)),
    });
    chart.forecast = forecast(frame, target, definition, &months, last, end);
    Some(chart)
}

/// The trend from the last known month to the end; the band widens evenly to the width that the back-test gives at the end.
fn forecast(
    frame: &Frame,
    target: &Target,
    definition: &IndicatorDef,
    months: &[i32],
    last: i32,
    end: i32,
) -> Option<Forecast> {
    let found = target.forecast.as_ref().filter(|_| end > last)?;
    let span = f64::from(end - last);
    let at = |month: i32, edge: f64| {
        let share = f64::from(month - last) / span;
        let value =
            found.value - found.slope_per_month * f64::from(end - month) + edge * found.band.unwrap_or(0.0) * share;
        (month > last).then(|| format!("{value:.*}", definition.decimals.max(2) as usize))
    };
    Some(Forecast {
        name: frame.t("course-forecast"),
        values: months.iter().map(|month| at(*month, 0.0)).collect(),
        low: months.iter().map(|month| at(*month, -1.0)).collect(),
        high: months.iter().map(|month| at(*month, 1.0)).collect(),
    })
}

/// The last day of a month.
fn last_day(month: i32) -> Option<Date> {
    let (year, month) = (i16::try_from(month.div_euclid(12)).ok()?, i8::try_from(month.rem_euclid(12) + 1).ok()?);
    Some(date(year, month, 1).last_of_month())
}

/// A month as it is written: `2023-12`.
fn label(month: i32) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_labelled_as_they_are_counted() {
        assert_eq!(last_day(month_of(date(2024, 2, 5))), Some(date(2024, 2, 29)));
        assert_eq!(label(month_of(date(2023, 12, 31))), "2023-12");
        assert_eq!(label(month_of(date(2024, 1, 1))), "2024-01");
    }
}
