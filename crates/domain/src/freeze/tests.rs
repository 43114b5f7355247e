//! Rows written by hand, frozen, and read back; one file for each thing that the freeze decides.

mod enterprises;
mod force;
mod owners;
mod places;
mod rights;
mod sei;
mod tables;
mod ties;
mod whole;

use std::collections::HashMap;

use jiff::civil::{Date, date};
use registry::{Folded, FoldedRow, Text};

use super::{
    Note, Ties, enterprises::Enterprises, interval::Interval, patents, patents::PatentTables, places::Gazetteer,
    places::Place, rows,
};

/// Codes of enterprises in these tests; only their being different matters.
const ALPHA: &str = "91320682MA1ALPHA01";
const BETA: &str = "91320682MA1BETA002";
const GAMMA: &str = "91320682MA1GAMMA03";

/// An invention filed and granted on the days of [`FILED`] and [`GRANTED`].
const NUMBER: &str = "2013106997442";
const FILED: Date = date(2013, 12, 18);
const GRANTED: Date = date(2016, 3, 2);

/// Registers in the making.
#[derive(Debug, Clone)]
struct City(Folded);

impl City {
    fn new() -> Self {
        Self::known_at("2024-02-01T00:00:00+08:00")
    }

    fn known_at(moment: &str) -> Self {
        Self(Folded::empty(moment.parse().unwrap()))
    }

    /// The city 皋城市 with two towns and a district.
    fn with_regions() -> Self {
        Self::new()
            .row("regions", &[("code", "320682"), ("name", "皋城市"), ("kind", "市"), ("address_words", "皋城")])
            .row(
                "regions",
                &[("code", "320682100"), ("name", "长江镇"), ("kind", "镇"), ("address_words", "长江|沿江开发区")],
            )
            .row("regions", &[("code", "320682101"), ("name", "如城街道"), ("kind", "街道"), ("address_words", "如城")])
            .row("regions", &[("code", "320682102"), ("name", "城北街道"), ("kind", "街道")])
    }

    /// Adds a row, as a file would after validation.
    fn row(mut self, register: &'static str, cells: &[(&str, &str)]) -> Self {
        let register = registry::register(register).unwrap();
        let mut row = vec![None; register.columns.len()];
        for (field, cell) in cells {
            row[Folded::column(register.id, field)] = Some((*cell).to_owned());
        }
        let key = register.key_of(&row);
        let rows = std::sync::Arc::make_mut(self.0.rows.get_mut(register.id).unwrap());
        let cells = row.into_iter().map(|cell| cell.map(Text::from)).collect();
        rows.push(FoldedRow { key: key.into(), cells, batch: 1, received_at: self.0.known_at });
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        self.0.delivered.insert(register.id, self.0.known_at);
        self
    }

    fn enterprise(self, uscc: &str, name: &str, region: &str) -> Self {
        self.row("enterprises", &[("uscc", uscc), ("name", name), ("region", region)])
    }

    /// The invention [`NUMBER`] with these cells on top.
    fn patent(self, cells: &[(&str, &str)]) -> Self {
        let mut row: HashMap<&str, &str> = HashMap::from([
            ("application_number", NUMBER),
            ("kind", "发明"),
            ("title", "一种装置"),
            ("filed_on", "2013-12-18"),
            ("granted_on", "2016-03-02"),
        ]);
        row.extend(cells.iter().copied());
        self.row("patents", &row.into_iter().filter(|(_, cell)| !cell.is_empty()).collect::<Vec<_>>())
    }

    /// An event of the invention [`NUMBER`].
    fn event(self, kind: &str, cells: &[(&str, &str)]) -> Self {
        let mut row = vec![("application_number", NUMBER), ("kind", kind)];
        row.extend_from_slice(cells);
        if !cells.iter().any(|(field, _)| *field == "effective_on") {
            row.push(("effective_on", cells.iter().find(|(field, _)| *field == "registered_on").unwrap().1));
        }
        self.row("patent-events", &row)
    }

    /// What the freeze reads out of the patents.
    fn patents<R>(&self, read: impl FnOnce(PatentTables<'_>, Vec<Note>) -> R) -> R {
        let gazetteer = Gazetteer::of(&self.0);
        let enterprises = Enterprises::of(&self.0);
        let ties = Ties::new(&self.0, &enterprises);
        let places: HashMap<&str, Vec<(Interval, Place<'_>)>> = enterprises.places(&gazetteer);
        let mut notes = Vec::new();
        let tables = patents::tables(&self.0, &ties, &gazetteer, &places, &mut notes, &mut |_, _| {});
        read(tables, notes)
    }

    /// The owners over time, one line each: from, until, owner, code, rule, town.
    fn owners(&self) -> Vec<String> {
        self.patents(|tables, _| tables.owners.iter().map(owner_line).collect())
    }

    fn snapshot_id(&self) -> String {
        super::freeze(&self.0).unwrap().id().to_owned()
    }
}

fn owner_line(row: &rows::PatentOwner<'_>) -> String {
    let day = |day: Option<Date>| day.map_or("…".to_owned(), |day| day.to_string());
    let place = if row.in_city { row.town.unwrap_or("?") } else { "-" };
    format!(
        "{} {} {} {} {} {place}",
        day(row.from_on),
        day(row.until_on),
        row.owner,
        row.owner_uscc.unwrap_or("-"),
        row.place_rule
    )
}
