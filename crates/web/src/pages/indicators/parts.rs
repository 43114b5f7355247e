//! The towns of a figure: what each brought, what it gained and lost since the month before, and its own way to the target.

use domain::cockpit::{Grouping, TownCourse, town_courses};
use jiff::civil::Date;

use super::{Row, quantity_cell};
use crate::{
    form::Choice,
    format,
    frame::Frame,
    list::{Cell, Dir, Kind, Listing},
    pages::cockpit::{changes::signed, kept::Moved, quantities, shown::Shown},
    pieces::{Link, State, Tone},
};

/// A town's part in a figure.
pub(super) struct Part {
    town: String,
    numerator: i64,
    net: Option<i64>,
    course: Option<TownCourse>,
}

/// The towns with something to count, and those for which a way to the target was entered.
pub(super) fn parts(shown: &Shown, moved: &Moved, row: &Row<'_>) -> Vec<Part> {
    let moved = moved.of(&row.indicator.code, Grouping::Town);
    let mut courses = town_courses(&shown.opened, row.definition);
    let mut parts: Vec<Part> = Vec::with_capacity(row.indicator.by_region.len());
    for part in &row.indicator.by_region {
        parts.push(Part {
            net: moved.iter().find(|movement| movement.who == part.region).map(|movement| movement.net()),
            course: courses.remove(&part.region),
            town: part.region.clone(),
            numerator: part.numerator,
        });
    }
    let without = |(town, course): (String, TownCourse)| Part { town, numerator: 0, net: None, course: Some(course) };
    parts.extend(courses.into_iter().filter(|_| row.indicator.numerator.is_some()).map(without));
    parts
}

/// The list of towns; the columns of a way to the target stand there only when one was entered.
pub(super) fn listing<'a>(frame: &'a Frame, shown: &'a Shown, row: &Row<'a>, parts: &[Part]) -> Listing<'a, Part> {
    let (indicator, definition) = (row.indicator, row.definition);
    let code = indicator.code.as_str();
    let caption = frame.tn("towns-of", &[("name", frame.said(&indicator.name)), ("date", shown.as_of().to_string())]);
    let opens = move |town: &str| {
        let is_counted = indicator.by_region.iter().any(|part| part.region == town);
        (indicator.evidence_count > 0 && is_counted)
            .then(|| super::address(frame, shown, code, &super::town_path(town)))
    };
    let changes =
        move |town: &str| super::address(frame, shown, code, &format!("/changes?town={}", format::encode(town)));
    let mut listing = Listing::new(frame, "town-parts", &format!("/indicators/{code}"), caption)
        .column("town", frame.t("patents-col-town"), Kind::Text, |part: &Part| Cell::text(frame.said(&part.town)))
        .column("numerator", frame.said(&definition.numerator), Kind::Number, move |part| {
            let cell = quantity_cell(frame, part.numerator, &definition.numerator_unit);
            match opens(&part.town) {
                Some(href) => cell.link(href),
                None => cell,
            }
        });
    if let Some(before) = shown.before() {
        let heading = frame.t1("indicators-towns-net", "date", &before.as_of);
        listing = listing.column("net", heading, Kind::Number, move |part| match part.net {
            Some(0) => Cell::number(0),
            Some(net) => Cell { text: signed(net), ..Cell::number(net) }.link(changes(&part.town)),
            None => Cell::empty(),
        });
    }
    if parts.iter().any(|part| part.course.is_some()) {
        let as_of = shown.as_of();
        let unit = if definition.has_denominator() { &definition.numerator_unit } else { &indicator.unit };
        listing = listing
            .column("target", frame.t("towns-target"), Kind::Text, move |part| match &part.course {
                Some(course) => points(frame, course, &frame.unit(unit)),
                None => Cell::empty(),
            })
            .column("course", frame.t("towns-course"), Kind::Text, move |part| match &part.course {
                Some(course) => {
                    let words = |lacking| quantities::text(lacking, &definition.numerator_unit, frame.lang);
                    let (state, rank) = course_state(frame, course, as_of, &words);
                    Cell::state(state, rank)
                }
                None => Cell::empty(),
            })
            .filter("course", frame.t("towns-course"), course_choices(frame), |part, key| {
                let lacking = part.course.as_ref().and_then(|course| course.lacking);
                matches!((key, lacking), ("reached", Some(0)) | ("behind", Some(1..)))
            });
    }
    listing.search(frame.t("patents-col-town"), |part| part.town.clone()).sorted_by("numerator", Dir::Down)
}

fn course_choices(frame: &Frame) -> Vec<Choice> {
    vec![Choice::new("reached", frame.t("towns-course-reached")), Choice::new("behind", frame.t("towns-course-behind"))]
}

/// The value to reach with its day, and the whole way folded beneath.
fn points(frame: &Frame, course: &TownCourse, unit: &str) -> Cell {
    let words = |date: &Date, value: &str| {
        let value = frame.amount(&format::group(value), unit);
        frame.tn("towns-target-on", &[("value", value), ("date", date.to_string())])
    };
    let meant = words(&course.on, &course.value);
    if course.points.len() == 1 {
        return Cell::text(meant);
    }
    Cell::folded(meant, course.points.iter().map(|(date, value)| Link::new(words(date, value), "")).collect())
}

/// Whether the town keeps to its way, and what it lacks.
fn course_state(frame: &Frame, course: &TownCourse, as_of: Date, words: &dyn Fn(i64) -> String) -> (State, i64) {
    match course.lacking {
        Some(0) => (State::new(Tone::Ok, frame.t("towns-course-reached")), 0),
        Some(lacking) => {
            let tone = if course.on <= as_of { Tone::Bad } else { Tone::Plain };
            (State::new(tone, frame.t1("target-gap", "gap", words(lacking))), lacking)
        }
        None => (State::new(Tone::Unknown, frame.t("target-open")), i64::MAX),
    }
}
