//! The targets as the cockpit prints them: the leading figure, and its line in the table of course and forecast.

use domain::{
    cockpit::{Point, Target},
    forecast::Outlook,
    waiting::OfRun,
};
use jiff::civil::Date;
use rules::{Policy, evaluation::Indicator, policy::IndicatorDef};

use super::{
    quantities,
    standing::{self, Planned},
};
use crate::{
    format,
    frame::Frame,
    list::{Cell, Key},
    pages::indicators::waiting,
    pieces::{Figure, Spark, State, Tone},
};

/// One goal group of the policy (——知识产权创造质量明显提升) with its targets.
#[derive(Debug)]
pub(crate) struct Group {
    /// The goal in the words of the document, without its dash and full stop.
    pub(crate) title: String,
    /// Its targets.
    pub(crate) figures: Vec<Figure>,
}

/// A target's line in the table of course and forecast.
#[derive(Debug)]
pub(crate) struct CourseRow {
    /// Its name.
    pub(crate) name: String,
    /// Its page.
    pub(crate) href: String,
    /// The figure with its unit.
    pub(crate) value: String,
    /// The target with its operator.
    pub(crate) target: String,
    /// How many units are lacking, in words; empty when none.
    pub(crate) gap: String,
    /// The change since the month before; empty when it is not known.
    pub(crate) change: String,
    /// What the trajectory asks for on the day, and how the figure stands to it.
    pub(crate) trajectory: Option<Planned>,
    /// The forecast with its band.
    pub(crate) forecast: String,
    /// The mean error of the same forecast in the past.
    pub(crate) error: String,
    /// The traffic light.
    pub(crate) outlook: State,
    /// Why no light can be given; empty when one is.
    pub(crate) why: String,
}

/// How many targets stand at each light, in the order of the lights; lights without a target are left out.
pub(crate) fn tally(frame: &Frame, targets: &[Target]) -> Vec<(State, usize)> {
    use Outlook::{AtRisk, Met, Missed, OffTrack, OnTrack, Unknown};
    [Met, OnTrack, AtRisk, OffTrack, Missed, Unknown]
        .into_iter()
        .map(|light| (outlook(frame, light), targets.iter().filter(|target| target.outlook == light).count()))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// The targets by goal group, in the order of the document.
pub(crate) fn groups(
    frame: &Frame,
    policy: &Policy,
    as_of: Date,
    targets: &[Target],
    waiting: &OfRun,
    href: &dyn Fn(&str) -> String,
) -> Vec<Group> {
    let mut groups: Vec<(String, Group)> = Vec::new();
    for target in targets {
        let Some(definition) = policy.indicator(&target.indicator.code) else { continue };
        let figure = Figure {
            waiting: waiting::link(frame, waiting, &target.indicator, definition),
            ..figure(frame, target, definition, as_of, href(&target.indicator.code))
        };
        match groups.iter_mut().find(|(id, _)| *id == definition.group) {
            Some((_, group)) => group.figures.push(figure),
            None => {
                let title = policy
                    .clause(&definition.group)
                    .map_or_else(|| frame.t("cockpit-other"), |clause| frame.said(&goal(&clause.text)));
                groups.push((definition.group.clone(), Group { title, figures: vec![figure] }));
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// A goal without the marks that lead and end it in the document.
fn goal(text: &str) -> String {
    text.trim_start_matches('—').trim_end_matches(['。', '，', '；']).to_owned()
}

/// One target as a leading figure.
pub(crate) fn figure(frame: &Frame, target: &Target, definition: &IndicatorDef, as_of: Date, href: String) -> Figure {
    let observed = |point: &Point| point.value.as_ref().filter(|_| point.is_reported)?.parse().ok();
    // A sum of the year begins anew each January: its line is the year's own.
    let of_line = |point: &&Point| definition.flow != "year" || point.as_of.year() == as_of.year();
    let values: Vec<Option<f64>> = target.history.iter().filter(of_line).map(observed).collect();
    let aim = target.indicator.target.as_ref().and_then(|target| target.parse().ok());
    // A line of one point says nothing.
    let spark = (values.iter().flatten().count() > 1)
        .then(|| Spark::of(&values, aim, frame.t1("cockpit-spark", "name", frame.said(&target.indicator.name))));
    let bare = bare(frame, &target.indicator, definition, as_of, href);
    // The day of all of them stands at the head of the page.
    let as_of = String::new();
    Figure { spark, note: Some(note(frame, target, definition)), state: Some(state(frame, target)), as_of, ..bare }
}

/// A figure without target: a monitored one, or one that cannot be computed.
pub(crate) fn bare(
    frame: &Frame,
    indicator: &Indicator,
    definition: &IndicatorDef,
    as_of: Date,
    href: String,
) -> Figure {
    Figure {
        name: frame.said(&indicator.name),
        href,
        value: value(frame, indicator),
        unit: frame.unit(&indicator.unit),
        exact: exact(frame, indicator, definition),
        target: indicator
            .target
            .as_ref()
            .map(|target| frame.t1("cockpit-target", "target", quantities::required(indicator.operator, target))),
        state: None,
        as_of: as_of.to_string(),
        note: indicator.value.is_none().then(|| frame.said(&indicator.reason)),
        waiting: None,
        spark: None,
    }
}

/// A figure as printed, with its bound: `29.94`, `至少 28`; nothing where it is not known.
pub(crate) fn value(frame: &Frame, indicator: &Indicator) -> Option<String> {
    let value = format::group(indicator.value.as_deref()?);
    Some(if indicator.is_lower() { frame.t1("figure-at-least", "value", value) } else { value })
}

/// The same in a list and its files.
pub(crate) fn value_cell(frame: &Frame, indicator: &Indicator) -> Cell {
    let Some(value) = &indicator.value else {
        return Cell { key: Key::Missing, ..Cell::text(frame.t("figure-none")) };
    };
    let cell = Cell::decimal(value).unit(frame.unit(&indicator.unit));
    if indicator.is_lower() { cell.at_least(frame) } else { cell }
}

/// Numerator and denominator without rounding: `3,915 件 ÷ 130,520,000,000 元`.
pub(crate) fn exact(frame: &Frame, indicator: &Indicator, definition: &IndicatorDef) -> String {
    let shown = |number: Option<i64>, unit: &str| {
        number.map_or_else(|| frame.t("word-unknown"), |number| quantities::quantity(number, unit, frame.lang).exact)
    };
    let numerator = shown(indicator.numerator, &definition.numerator_unit);
    if definition.has_denominator() {
        format!("{numerator} ÷ {}", shown(indicator.denominator, &definition.denominator_unit))
    } else {
        numerator
    }
}

/// Whether a target is met, in the one word that every page uses for it.
pub(crate) fn verdict(frame: &Frame, met: Option<bool>) -> State {
    match met {
        Some(true) => State::new(Tone::Ok, frame.t("target-met")),
        Some(false) => State::new(Tone::Bad, frame.t("target-missed")),
        None => State::new(Tone::Unknown, frame.t("target-open")),
    }
}

/// The verdict on the day, and before the target date what is to be expected.
pub(crate) fn state(frame: &Frame, target: &Target) -> State {
    let verdict = verdict(frame, target.indicator.met);
    match target.outlook {
        Outlook::OnTrack | Outlook::AtRisk | Outlook::OffTrack => {
            let light = outlook(frame, target.outlook);
            State::new(light.tone, frame.tn("target-and-outlook", &[("state", verdict.word), ("outlook", light.word)]))
        }
        Outlook::Met | Outlook::Missed | Outlook::Unknown => verdict,
    }
}

/// A light with its word.
pub(crate) fn outlook(frame: &Frame, light: Outlook) -> State {
    let (tone, word) = match light {
        Outlook::Met => (Tone::Ok, frame.t("outlook-met")),
        Outlook::OnTrack => (Tone::Ok, frame.t("outlook-on-track")),
        Outlook::AtRisk => (Tone::Warn, frame.t("outlook-at-risk")),
        Outlook::OffTrack => (Tone::Bad, frame.t("outlook-off-track")),
        Outlook::Missed => (Tone::Bad, frame.t("outlook-missed")),
        Outlook::Unknown => (Tone::Unknown, frame.t("outlook-unknown")),
    };
    State::new(tone, word)
}

/// Why what is to be expected cannot be told: no figure, no forecast, or a forecast without a back-test.
pub(crate) fn why(frame: &Frame, target: &Target) -> Option<String> {
    if target.outlook != Outlook::Unknown {
        return None;
    }
    Some(match &target.forecast {
        _ if target.indicator.met.is_none() => frame.said(&target.indicator.why()),
        None => frame.t("outlook-no-forecast"),
        Some(_) => frame.t("outlook-no-back-test"),
    })
}

/// What is lacking, in words; empty when the target is met or not known.
pub(crate) fn gap(frame: &Frame, target: &Target, definition: &IndicatorDef) -> String {
    match target.gap {
        Some(0) => frame.t("target-gap-equal"),
        Some(gap) => {
            // What a least figure lacks is the most that it can be.
            let key = if target.indicator.is_lower() { "target-gap-at-most" } else { "target-gap" };
            frame.t1(key, "gap", standing::in_units(frame, gap, definition))
        }
        None => String::new(),
    }
}

/// The change of the numerator since the month before, in words; the answers of one wave say nothing of those of another.
fn change(frame: &Frame, target: &Target, definition: &IndicatorDef) -> Option<String> {
    let change = target.change.filter(|_| definition.flow != "survey")?;
    Some(quantities::change(change, &definition.numerator_unit, frame.lang))
}

/// The interval of a survey, and whether it holds the target.
pub(crate) fn interval(frame: &Frame, target: &Target) -> Option<String> {
    let (low, high, confidence) = target.interval?;
    let words = [
        ("confidence", confidence.to_string()),
        ("low", standing::points(low)),
        ("high", standing::points(high)),
        ("holds", holds(frame, (low, high), &target.indicator)),
    ];
    Some(frame.tn("target-interval", words))
}

/// Whether an interval in hundredths of a percent holds the target of a share, lies over it or under it.
pub(crate) fn holds(frame: &Frame, (low, high): (i64, i64), indicator: &Indicator) -> String {
    let Some(aim) = indicator.target.as_deref().and_then(|aim| aim.parse::<i64>().ok()) else { return String::new() };
    let aim = aim.saturating_mul(100);
    frame.t(match (low > aim, high < aim) {
        (true, _) => "interval-over",
        (_, true) => "interval-under",
        _ => "interval-holds",
    })
}

fn note(frame: &Frame, target: &Target, definition: &IndicatorDef) -> String {
    let bound = (target.indicator.bound == "lower").then(|| frame.t("target-at-least"));
    let unknown = target.indicator.value.is_none().then(|| frame.said(&target.indicator.reason));
    let change = change(frame, target, definition).map(|change| frame.t1("target-change", "change", change));
    let gap = Some(gap(frame, target, definition)).filter(|gap| !gap.is_empty());
    let standing = target.standing.map(|standing| standing::words(frame, standing, &target.indicator, definition));
    let parts = [unknown, bound, gap, standing, change, interval(frame, target)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(&frame.t("word-separator"))
}

/// The table of course and forecast.
pub(crate) fn course(
    frame: &Frame,
    policy: &Policy,
    targets: &[Target],
    href: &dyn Fn(&str) -> String,
) -> Vec<CourseRow> {
    let row = |target: &Target| {
        let definition = policy.indicator(&target.indicator.code)?;
        let indicator = &target.indicator;
        let unit = |value: String| frame.amount(&value, &indicator.unit);
        Some(CourseRow {
            name: frame.said(&indicator.name),
            href: href(&indicator.code),
            value: value(frame, indicator).map_or_else(|| frame.t("word-unknown"), unit),
            target: indicator
                .target
                .as_deref()
                .map_or_else(String::new, |target| quantities::required(indicator.operator, target)),
            gap: gap(frame, target, definition),
            change: change(frame, target, definition).unwrap_or_default(),
            trajectory: standing::planned(frame, target, definition),
            forecast: forecast(target, definition),
            error: error(frame, target, definition),
            outlook: outlook(frame, target.outlook),
            why: why(frame, target).unwrap_or_default(),
        })
    };
    targets.iter().filter_map(row).collect()
}

/// The forecast with its band: `31.20 ± 0.35`.
pub(crate) fn forecast(target: &Target, definition: &IndicatorDef) -> String {
    let Some(forecast) = &target.forecast else { return String::new() };
    let value = quantities::rounded(forecast.value, definition.decimals);
    match forecast.band {
        Some(band) => format!("{value} ± {}", quantities::rounded(band, definition.decimals.max(1))),
        None => value,
    }
}

/// The back-test's error with what it rests on.
pub(crate) fn error(frame: &Frame, target: &Target, definition: &IndicatorDef) -> String {
    let Some(test) = target.forecast.as_ref().and_then(|forecast| forecast.back_test) else { return String::new() };
    frame.tn(
        "cockpit-error-of",
        &[
            ("error", quantities::rounded(test.mean_absolute_error, definition.decimals.max(2))),
            ("origins", test.origins.to_string()),
            ("months", test.months_ahead.to_string()),
        ],
    )
}
