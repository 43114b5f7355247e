//! What else the registers hold of an enterprise: statuses, pledges, marks at home and abroad, grants abroad.

use domain::runs::Opened;
use jiff::civil::Date;
use rules::Rows;

use crate::{
    format,
    frame::Frame,
    pages::{
        cockpit::shown::Shown,
        history,
        patents::{self, read::Stretch},
    },
    pieces::{State, Tone},
};

/// A small table: headings, with the class of their column, and cells.
pub(super) struct Table {
    /// Its id on the page.
    pub(super) id: &'static str,
    /// What it holds.
    pub(super) title: String,
    /// Headings with `date`, `number` or nothing.
    pub(super) heads: Vec<(String, &'static str)>,
    /// The rows, each with the page of its history.
    pub(super) rows: Vec<(Option<String>, Vec<String>)>,
}

/// A status with its days.
pub(super) struct Status {
    /// Its kind.
    pub(super) kind: String,
    /// The number of its certificate.
    pub(super) certificate: String,
    /// Its first day.
    pub(super) from: String,
    /// Its last day; empty while it has no end.
    pub(super) until: String,
    /// The document.
    pub(super) basis: String,
    /// Whether it holds on the day.
    pub(super) state: State,
}

/// The statuses that an enterprise holds, held or will hold, those in force first.
pub(super) fn statuses(frame: &Frame, shown: &Shown, uscc: &str) -> Vec<Status> {
    let Some(rows) = shown.opened.snapshot.rows("status") else { return Vec::new() };
    let as_of = shown.as_of();
    let mut found: Vec<(bool, Option<Date>, Status)> = rows
        .whose("uscc", uscc)
        .map(|row| {
            let stretch = Stretch::of(rows, row);
            let state = match (stretch.covers(as_of), stretch.from) {
                (true, _) => State::new(Tone::Ok, frame.t("patents-in-force")),
                (false, Some(from)) if from > as_of => State::new(Tone::Plain, frame.t("enterprises-status-later")),
                _ => State::new(Tone::Warn, frame.t("patents-ended")),
            };
            let status = Status {
                kind: frame.said(&text(rows, row, "kind")),
                certificate: text(rows, row, "certificate"),
                from: day(stretch.from),
                until: stretch.until.map_or_else(String::new, last_day),
                basis: text(rows, row, "basis"),
                state,
            };
            (!stretch.covers(as_of), stretch.from, status)
        })
        .collect();
    found.sort_by_key(|one| (one.0, std::cmp::Reverse(one.1)));
    found.into_iter().map(|(_, _, status)| status).collect()
}

/// The other registers in which the enterprise stands; those without a row are left out.
pub(super) fn tables(frame: &Frame, shown: &Shown, uscc: &str) -> Vec<Table> {
    let opened = &shown.opened;
    [
        pledges(frame, opened, uscc),
        foreign(frame, opened, uscc),
        trademarks(frame, opened, uscc),
        madrid(frame, opened, uscc),
    ]
    .into_iter()
    .filter(|table| !table.rows.is_empty())
    .collect()
}

fn pledges(frame: &Frame, opened: &Opened, uscc: &str) -> Table {
    let money = |fen: Option<i64>| {
        fen.map_or_else(
            || frame.t("word-unknown"),
            |fen| {
                let short = format::money(fen, frame.lang);
                format!("{} {}", short.text, short.unit)
            },
        )
    };
    Table {
        id: "pledges",
        title: frame.t("pledges-title"),
        heads: vec![
            (frame.t("rights-number-pledge"), ""),
            (frame.t("rights-name-pledgee"), ""),
            (frame.t("rights-registered-on"), "date"),
            (frame.t("pledges-released"), "date"),
            (frame.t("pledges-amount"), "number"),
        ],
        rows: of(
            frame,
            opened,
            Source { table: "pledge", register: "pledges", key: &["number"] },
            uscc,
            |rows, row| {
                let released = rows.date(row, "released_on");
                vec![
                    text(rows, row, "number"),
                    text(rows, row, "pledgee"),
                    day(rows.date(row, "registered_on")),
                    released.map_or_else(|| frame.t("pledges-standing"), |day| day.to_string()),
                    money(rows.integer(row, "counted_fen")),
                ]
            },
        ),
    }
}

fn foreign(frame: &Frame, opened: &Opened, uscc: &str) -> Table {
    Table {
        id: "foreign",
        title: frame.t("enterprises-foreign"),
        heads: vec![
            (frame.t("patents-col-grant-number"), ""),
            (frame.t("family-office"), ""),
            (frame.t("family-route"), ""),
            (frame.t("family-granted"), "date"),
            (frame.t("patents-col-standing"), ""),
        ],
        rows: of(
            frame,
            opened,
            Source { table: "foreign_grant", register: "foreign-grants", key: &["office", "grant_number"] },
            uscc,
            |rows, row| {
                let office = text(rows, row, "office");
                let until = rows.date(row, "in_force_until");
                vec![
                    text(rows, row, "grant_number"),
                    patents::office(frame, &office),
                    frame.said(&text(rows, row, "route")),
                    day(rows.date(row, "granted_on")),
                    until.map_or_else(
                        || frame.t("patents-in-force"),
                        |until| frame.t1("family-until", "date", last_day(until)),
                    ),
                ]
            },
        ),
    }
}

fn trademarks(frame: &Frame, opened: &Opened, uscc: &str) -> Table {
    Table {
        id: "trademarks",
        title: frame.t("enterprises-trademarks"),
        heads: vec![
            (frame.t("enterprises-mark-number"), ""),
            (frame.t("rights-name-mark"), ""),
            (frame.t("enterprises-mark-class"), ""),
            (frame.t("rights-registered-on"), "date"),
            (frame.t("enterprises-mark-expires"), "date"),
        ],
        rows: of(
            frame,
            opened,
            Source { table: "trademark", register: "trademarks", key: &["number", "nice_class"] },
            uscc,
            |rows, row| {
                vec![
                    text(rows, row, "number"),
                    text(rows, row, "mark"),
                    text(rows, row, "nice_class"),
                    day(rows.date(row, "registered_on")),
                    day(rows.date(row, "expires_on")),
                ]
            },
        ),
    }
}

fn madrid(frame: &Frame, opened: &Opened, uscc: &str) -> Table {
    Table {
        id: "madrid",
        title: frame.t("enterprises-madrid"),
        heads: vec![
            (frame.t("rights-number-madrid"), ""),
            (frame.t("rights-name-mark"), ""),
            (frame.t("rights-registered-on"), "date"),
        ],
        rows: of(
            frame,
            opened,
            Source { table: "madrid", register: "madrid", key: &["ir_number"] },
            uscc,
            |rows, row| {
                vec![text(rows, row, "ir_number"), text(rows, row, "mark"), day(rows.date(row, "registered_on"))]
            },
        ),
    }
}

/// A table of the snapshot, the register behind it, and the columns that are its key there.
struct Source {
    table: &'static str,
    register: &'static str,
    key: &'static [&'static str],
}

fn of(
    frame: &Frame,
    opened: &Opened,
    source: Source,
    uscc: &str,
    cells: impl Fn(Rows<'_>, usize) -> Vec<String>,
) -> Vec<(Option<String>, Vec<String>)> {
    let Some(rows) = opened.snapshot.rows(source.table) else { return Vec::new() };
    let link = |row| {
        let key: Vec<String> = source.key.iter().map(|column| text(rows, row, column)).collect();
        history::link(frame, source.register, &key.iter().map(String::as_str).collect::<Vec<_>>())
    };
    rows.whose("uscc", uscc).map(|row| (link(row), cells(rows, row))).collect()
}

fn text(rows: Rows<'_>, row: usize, column: &str) -> String {
    rows.text(row, column).unwrap_or_default().to_owned()
}

fn day(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

/// The last day of what ends before this day.
fn last_day(until: Date) -> String {
    until.yesterday().unwrap_or(until).to_string()
}
