//! What else the registers hold of an enterprise: statuses, pledges, marks at home and abroad, grants abroad.

use domain::runs::Opened;
use jiff::civil::Date;
use rules::Rows;

use crate::{
    frame::Frame,
    list::{Cell, Key, Kind, Listing},
    pages::{
        cockpit::shown::Shown,
        history,
        patents::{self, read::Stretch},
    },
    pieces::{State, Tone},
};

/// The id of the table of statuses.
pub(super) const STATUSES: &str = "status-list";

/// A table of one register.
pub(super) struct Table {
    /// Its id on the page.
    pub(super) id: &'static str,
    /// What it holds.
    title: String,
    /// Its columns: id, heading and kind.
    heads: Vec<(&'static str, String, Kind)>,
    /// Its rows.
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// The list below the page's own path.
    pub(super) fn listing<'a>(&self, frame: &'a Frame, path: &str) -> Listing<'a, Vec<Cell>> {
        let mut listing = Listing::new(frame, self.id, path, self.title.clone());
        for (at, (id, heading, kind)) in self.heads.iter().enumerate() {
            listing = listing.column(id, heading.clone(), *kind, move |row: &Vec<Cell>| row[at].clone());
        }
        listing.search(frame.t("list-any-word"), |row| {
            row.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" ")
        })
    }

    /// The rows.
    pub(super) fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }
}

/// The statuses that an enterprise holds, held or will hold, those in force first.
fn statuses(frame: &Frame, shown: &Shown, uscc: &str) -> Table {
    let as_of = shown.as_of();
    let mut found: Vec<(bool, Option<Date>, Vec<Cell>)> = Vec::new();
    let rows = shown.opened.snapshot.rows("status");
    for (rows, row) in rows.into_iter().flat_map(|rows| rows.whose("uscc", uscc).map(move |row| (rows, row))) {
        let stretch = Stretch::of(rows, row);
        let (state, rank) = match (stretch.covers(as_of), stretch.from) {
            (true, _) => (State::new(Tone::Ok, frame.t("patents-in-force")), 0),
            (false, Some(from)) if from > as_of => (State::new(Tone::Plain, frame.t("enterprises-status-later")), 1),
            _ => (State::new(Tone::Warn, frame.t("patents-ended")), 2),
        };
        let until = match stretch.until {
            Some(until) => Cell::date(Some(until.yesterday().unwrap_or(until))),
            None => Cell { key: Key::Missing, ..Cell::text(frame.t("patents-until-now")) },
        };
        let cells = vec![
            Cell::text(frame.said(&text(rows, row, "kind"))),
            Cell::state(state, rank),
            Cell::date(stretch.from),
            until,
            Cell::code(text(rows, row, "certificate")),
            Cell::text(text(rows, row, "basis")),
        ];
        found.push((!stretch.covers(as_of), stretch.from, cells));
    }
    found.sort_by_key(|one| (one.0, std::cmp::Reverse(one.1)));
    Table {
        id: STATUSES,
        title: frame.t("enterprises-statuses"),
        heads: vec![
            ("kind", frame.t("enterprises-col-statuses"), Kind::Text),
            ("standing", frame.t("patents-col-standing"), Kind::Text),
            ("from", frame.t("patents-owner-from"), Kind::Date),
            ("until", frame.t("patents-owner-until"), Kind::Date),
            ("certificate", frame.t("enterprises-certificate"), Kind::Code),
            ("basis", frame.t("indicators-setting-basis"), Kind::Text),
        ],
        rows: found.into_iter().map(|(_, _, cells)| cells).collect(),
    }
}

/// The registers in which the enterprise stands besides its patents; those without a row are left out, and its loans where they are
/// not for the visitor.
pub(super) fn tables(frame: &Frame, shown: &Shown, uscc: &str, sees_loans: bool) -> Vec<Table> {
    let opened = &shown.opened;
    [
        statuses(frame, shown, uscc),
        pledges(frame, opened, uscc),
        foreign(frame, opened, uscc),
        trademarks(frame, opened, uscc),
        madrid(frame, opened, uscc),
    ]
    .into_iter()
    .filter(|table| !table.rows.is_empty() && (sees_loans || table.id != LOANS))
    .collect()
}

/// The table of loans.
const LOANS: &str = "pledge-list";

fn pledges(frame: &Frame, opened: &Opened, uscc: &str) -> Table {
    let source = Source { table: "pledge", register: "pledges", key: &["number"] };
    Table {
        id: LOANS,
        title: frame.t("pledges-title"),
        heads: vec![
            ("number", frame.t("rights-number-pledge"), Kind::Code),
            ("pledgee", frame.t("rights-name-pledgee"), Kind::Text),
            ("registered", frame.t("rights-registered-on"), Kind::Date),
            ("released", frame.t("pledges-released"), Kind::Date),
            ("amount", frame.t("pledges-amount"), Kind::Money),
        ],
        rows: of(frame, opened, source, uscc, |rows, row| {
            let released = match rows.date(row, "released_on") {
                Some(day) => Cell::date(Some(day)),
                None => Cell { key: Key::Missing, ..Cell::text(frame.t("pledges-standing")) },
            };
            let amount = match rows.integer(row, "counted_fen") {
                Some(fen) => Cell::money(fen, frame.lang),
                None => Cell { key: Key::Missing, ..Cell::text(frame.t("word-unknown")) },
            };
            vec![
                Cell::code(text(rows, row, "number")),
                Cell::text(text(rows, row, "pledgee")),
                Cell::date(rows.date(row, "registered_on")),
                released,
                amount,
            ]
        }),
    }
}

fn foreign(frame: &Frame, opened: &Opened, uscc: &str) -> Table {
    let source = Source { table: "foreign_grant", register: "foreign-grants", key: &["office", "grant_number"] };
    Table {
        id: "foreign-list",
        title: frame.t("enterprises-foreign"),
        heads: vec![
            ("number", frame.t("patents-col-grant-number"), Kind::Code),
            ("office", frame.t("family-office"), Kind::Text),
            ("route", frame.t("family-route"), Kind::Text),
            ("granted", frame.t("family-granted"), Kind::Date),
            ("standing", frame.t("patents-col-standing"), Kind::Text),
        ],
        rows: of(frame, opened, source, uscc, |rows, row| {
            let until = rows.date(row, "in_force_until").map(|until| until.yesterday().unwrap_or(until));
            let standing = match (until, rows.flag(row, "state_known")) {
                (Some(until), _) => frame.t1("family-until", "date", until),
                (None, Some(false)) => frame.t("word-unknown"),
                (None, _) => frame.t("patents-in-force"),
            };
            vec![
                Cell::code(text(rows, row, "grant_number")),
                Cell::text(patents::office(frame, &text(rows, row, "office"))),
                Cell::text(frame.said(&text(rows, row, "route"))),
                Cell::date(rows.date(row, "granted_on")),
                Cell::text(standing),
            ]
        }),
    }
}

fn trademarks(frame: &Frame, opened: &Opened, uscc: &str) -> Table {
    let source = Source { table: "trademark", register: "trademarks", key: &["number", "nice_class"] };
    Table {
        id: "trademark-list",
        title: frame.t("enterprises-trademarks"),
        heads: vec![
            ("number", frame.t("enterprises-mark-number"), Kind::Code),
            ("mark", frame.t("rights-name-mark"), Kind::Text),
            ("class", frame.t("enterprises-mark-class"), Kind::Number),
            ("registered", frame.t("rights-registered-on"), Kind::Date),
            ("expires", frame.t("enterprises-mark-expires"), Kind::Date),
        ],
        rows: of(frame, opened, source, uscc, |rows, row| {
            vec![
                Cell::code(text(rows, row, "number")),
                Cell::text(text(rows, row, "mark")),
                Cell::decimal(&text(rows, row, "nice_class")),
                Cell::date(rows.date(row, "registered_on")),
                Cell::date(rows.date(row, "expires_on")),
            ]
        }),
    }
}

fn madrid(frame: &Frame, opened: &Opened, uscc: &str) -> Table {
    let source = Source { table: "madrid", register: "madrid", key: &["ir_number"] };
    Table {
        id: "madrid-list",
        title: frame.t("enterprises-madrid"),
        heads: vec![
            ("number", frame.t("rights-number-madrid"), Kind::Code),
            ("mark", frame.t("rights-name-mark"), Kind::Text),
            ("registered", frame.t("rights-registered-on"), Kind::Date),
        ],
        rows: of(frame, opened, source, uscc, |rows, row| {
            vec![
                Cell::code(text(rows, row, "ir_number")),
                Cell::text(text(rows, row, "mark")),
                Cell::date(rows.date(row, "registered_on")),
            ]
        }),
    }
}

/// A table of the snapshot, the register behind it, and the columns that are its key there.
struct Source {
    table: &'static str,
    register: &'static str,
    key: &'static [&'static str],
}

/// The rows of an enterprise; the first cell leads to the row's history.
fn of(
    frame: &Frame,
    opened: &Opened,
    source: Source,
    uscc: &str,
    cells: impl Fn(Rows<'_>, usize) -> Vec<Cell>,
) -> Vec<Vec<Cell>> {
    let Some(rows) = opened.snapshot.rows(source.table) else { return Vec::new() };
    let link = |row| {
        let key: Vec<String> = source.key.iter().map(|column| text(rows, row, column)).collect();
        history::link(frame, source.register, &key.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let linked = |row| {
        let mut cells = cells(rows, row);
        if let Some(first) = cells.first_mut() {
            first.href = link(row);
        }
        cells
    };
    rows.whose("uscc", uscc).map(linked).collect()
}

fn text(rows: Rows<'_>, row: usize, column: &str) -> String {
    rows.text(row, column).unwrap_or_default().to_owned()
}
