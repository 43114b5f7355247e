//! The two tables of the page of awards that concern all awards: levels that may fall, and alarms.

use super::{
    alarms::{Kind as AlarmKind, Seen},
    overview::StakeRow,
};
use crate::{
    form::Choice,
    format,
    frame::Frame,
    list::{Cell, Kind, Listing},
    pieces::Link,
};

/// The id of the table of levels that may fall.
pub(super) const STAKES: &str = "stakes-list";
/// The id of the table of alarms.
pub(super) const ALARMS: &str = "alarms-list";

/// Winners whose level hangs on rights that may soon be lost.
pub(super) fn stakes<'a>(frame: &'a Frame, rows: &[StakeRow]) -> Listing<'a, StakeRow> {
    Listing::new(frame, STAKES, "/awards", frame.t("awards-stakes"))
        .column("name", frame.t("enterprises-col-name"), Kind::Text, |row: &StakeRow| linked(&row.who))
        .column("award", frame.t("what-if-col-award"), Kind::Text, |row| Cell::text(row.award.clone()))
        .column("now", frame.t("awards-col-now"), Kind::Text, |row| Cell::text(row.level.clone()))
        .column("left", frame.t("awards-col-left"), Kind::Text, |row| Cell::text(row.left.clone()))
        .column("rights", frame.t("awards-col-rights"), Kind::Text, |row| folded(frame, &row.rights))
        .filter("award", frame.t("what-if-col-award"), choices(rows.iter().map(|row| &row.award)), |row, award| {
            row.award == award
        })
        .search(frame.t("enterprises-col-name"), |row| row.who.label.clone())
}

/// What was seen, whichever kind of alarm says it.
pub(super) fn alarms<'a>(frame: &'a Frame, kinds: &[AlarmKind]) -> Listing<'a, (&'a str, &'a Seen)> {
    let names: Vec<String> = kinds.iter().filter(|kind| !kind.seen.is_empty()).map(|kind| kind.name.clone()).collect();
    let mut towns: Vec<&String> = kinds.iter().flat_map(|kind| &kind.seen).map(|seen| &seen.town).collect();
    towns.sort_by_cached_key(|town| crate::search_key::sort_key(town));
    Listing::new(frame, ALARMS, "/awards", frame.t("cockpit-alarms"))
        .column("name", frame.t("enterprises-col-name"), Kind::Text, |row: &(&str, &Seen)| linked(&row.1.who))
        .column("kind", frame.t("awards-col-alarm"), Kind::Text, |row| Cell::text(row.0))
        .column("town", frame.t("patents-col-town"), Kind::Text, |row| Cell::text(row.1.town.clone()))
        .column("seen", frame.t("awards-col-seen"), Kind::Text, |row| Cell::text(row.1.what.clone()))
        .column("on", frame.t("cockpit-col-day"), Kind::Date, |row| Cell::code(row.1.on.clone()))
        .column("rights", frame.t("awards-col-rights"), Kind::Text, |row| folded(frame, &row.1.rights))
        .filter("kind", frame.t("awards-col-alarm"), choices(names.iter()), |row, kind| row.0 == kind)
        .filter("town", frame.t("patents-col-town"), choices(towns.into_iter()), |row, town| row.1.town == town)
        .search(frame.t("enterprises-col-name"), |row| row.1.who.label.clone())
}

fn linked(link: &Link) -> Cell {
    Cell::text(link.label.clone()).link(link.href.clone())
}

fn folded(frame: &Frame, rights: &[Link]) -> Cell {
    Cell::folded(frame.t1("condition-evidence-rights", "count", format::count(rights.len())), rights.to_vec())
}

/// Each value once, in the order in which it first stands.
fn choices<'v>(values: impl Iterator<Item = &'v String>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for value in values.filter(|value| !value.is_empty()) {
        if choices.iter().all(|choice| choice.value != *value) {
            choices.push(Choice::new(value.clone(), value.clone()));
        }
    }
    choices
}
