//! Enterprises over time: their names and their places of registration (企业、名称变更、区镇变更).

use std::collections::HashMap;

use jiff::civil::{Date, date};
use registry::Folded;

use super::{
    interval::Interval,
    places::{Gazetteer, Place},
    rows,
    sheet::Sheet,
};

/// One enterprise as the register has it today.
#[derive(Debug, Clone)]
pub(super) struct Enterprise<'a> {
    pub(super) uscc: &'a str,
    pub(super) name: &'a str,
    /// 曾用名, joined by `|`.
    pub(super) former_names: &'a str,
    region: &'a str,
    industry: Option<&'a str>,
    size: Option<&'a str>,
    founded_on: Option<Date>,
    gone_on: Option<Date>,
}

impl Enterprise<'_> {
    /// Whether it was founded and not yet gone on the day.
    pub(super) fn exists_on(&self, day: Date) -> bool {
        self.founded_on.is_none_or(|founded| founded <= day) && self.gone_on.is_none_or(|gone| day < gone)
    }
}

/// A dated change: the day, before, after.
type Change<'a> = (Date, &'a str, &'a str);

/// All enterprises with their dated changes.
pub(super) struct Enterprises<'a> {
    pub(super) rows: Vec<Enterprise<'a>>,
    renames: HashMap<&'a str, Vec<Change<'a>>>,
    moves: HashMap<&'a str, Vec<Change<'a>>>,
}

impl<'a> Enterprises<'a> {
    pub(super) fn of(folded: &'a Folded) -> Self {
        let sheet = Sheet::of(folded, "enterprises");
        let [uscc, name, former_names, region, industry, size, founded_on, state, state_since] =
            ["uscc", "name", "former_names", "region", "industry", "size", "founded_on", "state", "state_since"]
                .map(|field| sheet.field(field));
        let read = |row| Enterprise {
            uscc: uscc.text(row),
            name: name.text(row),
            former_names: former_names.text(row),
            region: region.text(row),
            industry: industry.some(row),
            size: size.some(row),
            founded_on: founded_on.date(row),
            gone_on: gone_on(state.text(row), state_since.date(row)),
        };
        let rows = sheet.rows.iter().map(read).collect();
        Self { rows, renames: changes(folded, "名称"), moves: changes(folded, "区镇") }
    }

    /// The dated changes of name, oldest first.
    pub(super) fn renames(&self, uscc: &str) -> &[Change<'a>] {
        self.renames.get(uscc).map_or(&[], Vec::as_slice)
    }

    /// Where each enterprise was registered, and when; the intervals of one follow each other without gap.
    pub(super) fn places(&self, gazetteer: &Gazetteer<'a>) -> HashMap<&'a str, Vec<(Interval, Place<'a>)>> {
        let places_of = |enterprise: &Enterprise<'a>| {
            let moves = self.moves.get(enterprise.uscc).map_or(&[][..], Vec::as_slice);
            (enterprise.uscc, places_over_time(enterprise.region, moves, gazetteer))
        };
        self.rows.iter().map(places_of).collect()
    }

    /// The rows of table `enterprise`.
    pub(super) fn table(&self) -> Vec<rows::Enterprise<'a>> {
        let row = |one: &Enterprise<'a>| rows::Enterprise {
            uscc: one.uscc,
            name: one.name,
            industry: one.industry,
            size: one.size,
            founded_on: one.founded_on,
            gone_on: one.gone_on,
        };
        self.rows.iter().map(row).collect()
    }
}

/// The first day on which an enterprise no longer exists; one that is gone since an unknown day never counts.
fn gone_on(state: &str, since: Option<Date>) -> Option<Date> {
    matches!(state, "注销" | "吊销").then(|| since.unwrap_or(date(1, 1, 1)))
}

/// The dated changes of one kind by enterprise, oldest first.
fn changes<'a>(folded: &'a Folded, kind: &str) -> HashMap<&'a str, Vec<Change<'a>>> {
    let sheet = Sheet::of(folded, "enterprise-changes");
    let [uscc, what, before, after, changed_on] =
        ["uscc", "kind", "before", "after", "changed_on"].map(|field| sheet.field(field));
    let mut changes: HashMap<&str, Vec<Change<'a>>> = HashMap::new();
    for row in sheet.rows.iter().filter(|row| what.text(row) == kind) {
        if let Some(on) = changed_on.date(row) {
            changes.entry(uscc.text(row)).or_default().push((on, before.text(row), after.text(row)));
        }
    }
    changes.values_mut().for_each(|changes| changes.sort_unstable());
    changes
}

/// A dated change decides from its day on; the register's own place holds only where no change is known.
fn places_over_time<'a>(
    region: &'a str,
    moves: &[Change<'a>],
    gazetteer: &Gazetteer<'a>,
) -> Vec<(Interval, Place<'a>)> {
    let Some(first) = moves.first() else {
        return vec![(Interval::ALWAYS, gazetteer.registered(region))];
    };
    let mut places = vec![(Interval { from: None, until: Some(first.0) }, gazetteer.named(first.1))];
    for (index, &(on, _, after)) in moves.iter().enumerate() {
        let until = moves.get(index + 1).map(|next| next.0);
        places.push((Interval { from: Some(on), until }, gazetteer.named(after)));
    }
    places.retain(|(during, _)| !during.is_empty());
    places
}

/// The rows of table `enterprise_place`.
pub(super) fn place_table<'a>(places: &HashMap<&'a str, Vec<(Interval, Place<'a>)>>) -> Vec<rows::EnterprisePlace<'a>> {
    let rows = places.iter().flat_map(|(&uscc, places)| {
        places.iter().map(move |(during, place)| rows::EnterprisePlace {
            uscc,
            from_on: during.from,
            until_on: during.until,
            town: place.town,
        })
    });
    rows.collect()
}
