//! The towns of a figure: what each brought, what it gained and lost since the month before, and its own way to the target.

use domain::cockpit::{Movement, Standing, TownCourse, Waypoint, shared_units, town_courses};

use super::{Row, quantity_cell};
use crate::{
    form::Choice,
    format,
    frame::Frame,
    list::{Cell, Dir, Kind, Listing},
    pages::cockpit::{kept::Moved, quantities, shown::Shown, standing},
    pieces::Link,
};

/// A town's part in a figure.
pub(super) struct Part {
    town: String,
    numerator: i64,
    /// The single rights behind it.
    rights: Option<usize>,
    /// What it gained less what it lost, in the unit of the numerator.
    net: Option<i64>,
    course: Option<TownCourse>,
}

/// The towns with something to count, and those for which a way to the target was entered.
pub(super) fn parts(shown: &Shown, moved: &Moved, row: &Row<'_>) -> Vec<Part> {
    let moved = moved.towns(&row.indicator.code);
    let mut courses = town_courses(&shown.opened, row.definition);
    let mut parts: Vec<Part> = Vec::with_capacity(row.indicator.by_region.len());
    for part in &row.indicator.by_region {
        let movement = moved.iter().find(|movement| movement.who == part.region);
        parts.push(Part {
            net: movement.map(Movement::net),
            rights: movement.map(|movement| movement.stock.rights),
            course: courses.remove(&part.region),
            town: part.region.clone(),
            numerator: part.numerator,
        });
    }
    let without = |(town, course): (String, TownCourse)| Part {
        town,
        numerator: 0,
        rights: None,
        net: None,
        course: Some(course),
    };
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
    let counts_alike = |part: &Part| part.rights.is_none_or(|rights| i64::try_from(rights) == Ok(part.numerator));
    if !parts.iter().all(counts_alike) {
        listing = listing.column("rights", frame.t("towns-count"), Kind::Number, |part| {
            part.rights.and_then(|rights| i64::try_from(rights).ok()).map_or_else(Cell::empty, Cell::number)
        });
    }
    if let Some(before) = shown.before() {
        let heading = frame.t1("indicators-towns-net", "date", &before.as_of);
        listing = listing.column("net", heading, Kind::Number, move |part| match part.net {
            Some(0) => Cell::number(0),
            Some(net) => net_cell(frame, net, &definition.numerator_unit).link(changes(&part.town)),
            None => Cell::empty(),
        });
    }
    if parts.iter().any(|part| part.course.is_some()) {
        let unit = if definition.has_denominator() { &definition.numerator_unit } else { &indicator.unit };
        listing = listing
            .column("target", frame.t("towns-target"), Kind::Text, move |part| match &part.course {
                Some(course) => asked(frame, course, unit),
                None => Cell::empty(),
            })
            .column("course", frame.t("towns-course"), Kind::Text, move |part| match &part.course {
                Some(course) => {
                    let (state, rank) = standing::of_town(frame, course, indicator, definition);
                    Cell::state(state, rank)
                }
                None => Cell::empty(),
            })
            .filter("course", frame.t("towns-course"), course_choices(frame), |part, key| {
                let standing = part.course.as_ref().and_then(|course| course.standing);
                matches!((key, standing), ("reached", Some(Standing::Ahead(_))) | ("behind", Some(Standing::Behind(_))))
            });
    }
    listing.search(frame.t("patents-col-town"), |part| part.town.clone()).sorted_by("numerator", Dir::Down)
}

/// A difference with its sign, short on the page and exact in the file.
pub(super) fn net_cell(frame: &Frame, net: i64, unit: &str) -> Cell {
    let sign = if net > 0 { "+" } else { "" };
    let cell = quantity_cell(frame, net, unit);
    Cell { text: format!("{sign}{}", cell.text.replacen('-', "−", 1)), ..cell }
}

/// Why the towns of a figure add up to more than the city, in words: a unit of counting that stands in several is one unit there.
pub(super) fn shared(frame: &Frame, shown: &Shown, row: &Row<'_>) -> Option<String> {
    let (units, more) = shared_units(shown.evaluation(), &row.indicator.code);
    let unit = &row.definition.numerator_unit;
    let words = |number: usize| quantities::text(i64::try_from(number).unwrap_or(i64::MAX), unit, frame.lang);
    (more > 0).then(|| frame.tn("indicators-towns-shared", [("units", words(units)), ("more", words(more))]))
}

fn course_choices(frame: &Frame) -> Vec<Choice> {
    vec![Choice::new("reached", frame.t("towns-course-reached")), Choice::new("behind", frame.t("towns-course-behind"))]
}

/// What the way asks for on the day, with how that was found and the values entered folded beneath.
fn asked(frame: &Frame, course: &TownCourse, unit: &str) -> Cell {
    let entered = |(date, value): &Waypoint| {
        let value = frame.amount(&format::group(value), unit);
        Link::new(frame.tn("towns-target-on", [("value", value), ("date", date.to_string())]), "")
    };
    let mut lines: Vec<Link> = course.points.iter().map(entered).collect();
    let Some(expected) = &course.expected else {
        return lines.first().map_or_else(Cell::empty, |first| Cell::text(first.label.clone()));
    };
    lines.insert(0, Link::new(standing::how(frame, expected), ""));
    Cell::folded(standing::value(frame, expected, unit), lines)
}
