//! The waves of a survey (调查批次): their shares over time with the interval that each sample leaves, as chart and table.

use domain::sources::{self, Wave, interval};
use jiff::civil::Date;
use rules::{evaluation::Indicator, policy::IndicatorDef};

use crate::{
    chart::{Chart, Kind, Series, Target as TargetLine},
    format,
    frame::Frame,
    pages::{
        cockpit::{quantities, shown::Shown, standing::points, targets},
        history,
    },
    pieces::Link,
};

/// The waves up to the day of the run, the newest first in the table.
pub(super) struct Waves {
    /// Their course; nothing while there is but one.
    pub(super) chart: Option<Chart>,
    /// One line each.
    pub(super) rows: Vec<Line>,
    /// The heading of the interval, with its confidence.
    pub(super) interval: String,
}

/// A wave, ready to print.
pub(super) struct Line {
    /// Its day, which leads to its row of the register.
    pub(super) on: Link,
    /// Answers that reach the mark, of all valid ones.
    pub(super) answers: String,
    /// The share.
    pub(super) share: String,
    /// The interval.
    pub(super) interval: String,
    /// Whether it holds the target.
    pub(super) holds: String,
    /// The document that approved the survey.
    pub(super) approval: String,
}

/// A wave with its share and interval in hundredths of a percent.
struct Measured {
    wave: Wave,
    on: Date,
    share: String,
    interval: (i64, i64),
}

/// The waves of an indicator's survey; nothing for any other indicator.
pub(super) fn waves(frame: &Frame, shown: &Shown, indicator: &Indicator, definition: &IndicatorDef) -> Option<Waves> {
    let confidence = sources::confidence_percent(shown.evaluation())?;
    let measured = |wave: Wave| {
        let interval = interval(wave.positive, wave.sample, confidence)?;
        let divisor = u64::try_from(wave.sample).ok()?;
        let share =
            format::fixed(i128::from(wave.positive) * i128::from(definition.scale), divisor, definition.decimals);
        Some(Measured { on: wave.as_of?, share, interval, wave })
    };
    let waves: Vec<Measured> = sources::waves(&shown.opened, indicator).into_iter().filter_map(measured).collect();
    let row = |one: &Measured| Line {
        on: Link::new(
            one.on.to_string(),
            history::link(frame, "survey-waves", &[&one.wave.survey, &one.on.to_string()]).unwrap_or_default(),
        ),
        answers: format!("{} / {}", format::count(one.wave.positive), format::count(one.wave.sample)),
        share: format!("{}%", one.share),
        interval: format!("{}%—{}%", points(one.interval.0), points(one.interval.1)),
        holds: targets::holds(frame, one.interval, indicator),
        approval: one.wave.approval.clone(),
    };
    (!waves.is_empty()).then(|| Waves {
        rows: waves.iter().rev().map(row).collect(),
        chart: (waves.len() > 1).then(|| chart(frame, &waves, indicator)),
        interval: frame.t1("source-interval", "confidence", confidence),
    })
}

fn chart(frame: &Frame, waves: &[Measured], indicator: &Indicator) -> Chart {
    let edge = |of: fn(&Measured) -> i64| waves.iter().map(|one| Some(points(of(one)))).collect();
    let series = vec![
        Series::of(frame.t("waves-share"), waves.iter().map(|one| Some(one.share.clone())).collect()),
        Series { dashed: true, ..Series::of(frame.t("waves-high"), edge(|one| one.interval.1)) },
        Series { dashed: true, ..Series::of(frame.t("waves-low"), edge(|one| one.interval.0)) },
    ];
    let labels = waves.iter().map(|one| one.on.to_string()).collect();
    let title = frame.t1("waves-title", "name", frame.said(&indicator.name));
    let mut chart = Chart::new(frame, "waves", title, Kind::Line, labels, series);
    chart.from_zero = false;
    chart.is_tabled = true;
    chart.line = frame.t("waves-line");
    chart.x_title = frame.t("waves-on");
    chart.y_title = "%".to_owned();
    chart.unit = "%".to_owned();
    chart.target = indicator.target.as_ref().map(|value| TargetLine {
        value: value.clone(),
        label: frame.t1("cockpit-target", "target", quantities::required(indicator.operator, value)),
    });
    chart
}
