//! Two editions of a report: which patents came, went and changed, and which rows of which figures.

use std::collections::BTreeMap;

use documents::LegalState;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Figure, Kind, Report, Row, report::Member};

/// The differences between an earlier edition and this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differences {
    /// The earlier edition's cut-off date.
    pub earlier_as_of: Date,
    /// The snapshot it was counted on.
    pub earlier_snapshot: u64,
    /// Whether the earlier edition asked something else, so that differences are not of patents alone.
    pub is_other_scope: bool,
    /// Documents that it did not have.
    pub added: Vec<Member>,
    /// Documents that only it had.
    pub gone: Vec<Member>,
    /// Documents whose state or owners changed.
    pub changed: Vec<Changed>,
    /// Rows of figures that came, went or changed.
    pub rows: Vec<ChangedRow>,
}

/// A document that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Its key.
    pub key: String,
    /// Its states before and after.
    pub states: (LegalState, LegalState),
    /// Its owners before and after, where they differ.
    pub owners: Option<(Vec<String>, Vec<String>)>,
}

/// A row of a figure that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedRow {
    /// The figure's id.
    pub figure: String,
    /// The words that name the row.
    pub name: String,
    /// What it said before, heading by heading; empty where it is new.
    pub before: Vec<(String, String)>,
    /// What it says now; empty where it is gone.
    pub after: Vec<(String, String)>,
}

/// Compares a report with an earlier edition.
pub fn compare(earlier: &Report, report: &Report) -> Differences {
    let before: BTreeMap<&str, &Member> = earlier.documents.iter().map(|one| (one.key.as_str(), one)).collect();
    let after: BTreeMap<&str, &Member> = report.documents.iter().map(|one| (one.key.as_str(), one)).collect();
    let only = |of: &BTreeMap<&str, &Member>, other: &BTreeMap<&str, &Member>| {
        of.iter().filter(|(key, _)| !other.contains_key(*key)).map(|(_, one)| (*one).clone()).collect()
    };
    let changed = after.iter().filter_map(|(key, one)| {
        let was = before.get(key)?;
        let owners = (was.owners != one.owners).then(|| (was.owners.clone(), one.owners.clone()));
        let is_changed = was.state != one.state || owners.is_some();
        is_changed.then(|| Changed { key: one.key.clone(), states: (was.state, one.state), owners })
    });
    Differences {
        earlier_as_of: earlier.scope.as_of,
        earlier_snapshot: earlier.snapshot.number,
        is_other_scope: !is_same_scope(earlier, report),
        added: only(&after, &before),
        gone: only(&before, &after),
        changed: changed.collect(),
        rows: report.figures.iter().flat_map(|figure| rows(earlier.figure(&figure.id), figure)).collect(),
    }
}

/// Whether two editions ask the same but for the date.
fn is_same_scope(earlier: &Report, report: &Report) -> bool {
    let mut scope = earlier.scope.clone();
    scope.as_of = report.scope.as_of;
    scope == report.scope
}

fn rows(earlier: Option<&Figure>, figure: &Figure) -> Vec<ChangedRow> {
    let none = Vec::new();
    let before = named(earlier.map_or(&none, |figure| &figure.rows), earlier.unwrap_or(figure));
    let after = named(&figure.rows, figure);
    let row = |name: &str| {
        let (was, is) = (before.get(name), after.get(name));
        (was != is).then(|| ChangedRow {
            figure: figure.id.clone(),
            name: name.to_owned(),
            before: was.cloned().unwrap_or_default(),
            after: is.cloned().unwrap_or_default(),
        })
    };
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    after.keys().chain(gone).filter_map(|name| row(name)).collect()
}

/// The rows by the words they begin with, each with its numbers.
fn named(rows: &[Row], figure: &Figure) -> BTreeMap<String, Vec<(String, String)>> {
    let is_name = |kind: Kind| matches!(kind, Kind::Text | Kind::Document);
    let words = figure.columns.iter().take_while(|column| is_name(column.kind)).count().max(1);
    let of = |row: &Row| {
        let written: Vec<String> =
            row.cells.iter().zip(&figure.columns).map(|(cell, column)| cell.written(column.kind)).collect();
        let name = written.iter().take(words).map(String::as_str).collect::<Vec<_>>().join(" ");
        let rest = figure.columns.iter().zip(written).skip(words);
        (name, rest.map(|(column, text)| (column.heading.clone(), text)).collect())
    };
    rows.iter().map(of).collect()
}
