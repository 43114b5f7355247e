//! How a figure stands to its trajectory, in words, and how the value of the day was found.

use domain::cockpit::{Expected, Standing, Target, TownCourse};
use rules::{evaluation::Indicator, policy::IndicatorDef};

use super::quantities;
use crate::{
    format,
    frame::Frame,
    pieces::{State, Tone},
};

/// What a trajectory asks for on the day of the run, ready to print.
#[derive(Debug)]
pub(crate) struct Planned {
    /// The value with its unit.
    pub(crate) value: String,
    /// How the figure stands to it; nothing where that cannot be told.
    pub(crate) standing: Option<State>,
    /// How the value was found.
    pub(crate) how: String,
}

/// What a target's trajectory asks for; nothing before its first interim value.
pub(crate) fn planned(frame: &Frame, target: &Target, definition: &IndicatorDef) -> Option<Planned> {
    let expected = target.expected.as_ref()?;
    Some(Planned {
        value: value(frame, expected, &target.indicator.unit),
        standing: target.standing.map(|standing| state(frame, standing, &target.indicator, definition)),
        how: how(frame, expected),
    })
}

/// The value of the day with its unit, and that it is rounded where it is.
pub(crate) fn value(frame: &Frame, expected: &Expected, unit: &str) -> String {
    let text = frame.amount(&format::group(&expected.text()), unit);
    if expected.is_exact() { text } else { frame.t1("standing-about", "value", text) }
}

/// Ahead of the trajectory or behind it, and by how much.
pub(crate) fn state(frame: &Frame, standing: Standing, indicator: &Indicator, definition: &IndicatorDef) -> State {
    let tone = match standing {
        Standing::Ahead(_) => Tone::Ok,
        Standing::Behind(_) => Tone::Warn,
    };
    State::new(tone, words(frame, standing, indicator, definition))
}

/// The same in words.
pub(crate) fn words(frame: &Frame, standing: Standing, indicator: &Indicator, definition: &IndicatorDef) -> String {
    match standing {
        Standing::Ahead(0) => frame.t("standing-even"),
        Standing::Ahead(more) if indicator.is_lower() => {
            frame.t1("standing-ahead-at-least", "more", in_units(frame, more, definition))
        }
        Standing::Behind(lacking) if indicator.is_lower() => {
            frame.t1("standing-behind-at-most", "lacking", in_units(frame, lacking, definition))
        }
        Standing::Ahead(more) => frame.t1("standing-ahead", "more", in_units(frame, more, definition)),
        Standing::Behind(lacking) => frame.t1("standing-behind", "lacking", in_units(frame, lacking, definition)),
    }
}

/// A distance in the unit of the numerator; of a survey in percentage points.
pub(crate) fn in_units(frame: &Frame, distance: i64, definition: &IndicatorDef) -> String {
    if definition.flow == "survey" {
        frame.amount(&points(distance), "个百分点")
    } else {
        quantities::text(distance, &definition.numerator_unit, frame.lang)
    }
}

/// Hundredths of a percentage point as a decimal number.
pub(crate) fn points(hundredths: i64) -> String {
    format::fixed(hundredths.into(), 100, 2)
}

/// A way entered for a town, in the state of its course: the word, and its place in an order.
pub(crate) fn of_town(
    frame: &Frame,
    course: &TownCourse,
    indicator: &Indicator,
    definition: &IndicatorDef,
) -> (State, i64) {
    match course.standing {
        Some(standing) => {
            let rank = match standing {
                Standing::Ahead(more) => -more,
                Standing::Behind(lacking) => lacking,
            };
            (state(frame, standing, indicator, definition), rank)
        }
        None if course.expected.is_none() => (State::new(Tone::Unknown, frame.t("standing-before-first")), i64::MAX),
        None => (State::new(Tone::Unknown, frame.t("target-open")), i64::MAX),
    }
}

/// How the value of the day was found: entered for the day, the last one that holds, or by the day between two.
pub(crate) fn how(frame: &Frame, expected: &Expected) -> String {
    let (from, at) = (&expected.from, format::group(&expected.from.1));
    let (Some(to), Some((days, passed))) = (&expected.to, expected.days()) else {
        let key = if from.0 == expected.on { "standing-how-entered" } else { "standing-how-last" };
        return frame.tn(key, [("date", from.0.to_string()), ("value", at)]);
    };
    frame.tn(
        "standing-how-between",
        [
            ("from", from.0.to_string()),
            ("start", at),
            ("to", to.0.to_string()),
            ("end", format::group(&to.1)),
            ("passed", passed.to_string()),
            ("days", days.to_string()),
            ("equals", if expected.is_exact() { "=" } else { "≈" }.to_owned()),
            ("value", format::group(&expected.text())),
        ],
    )
}
