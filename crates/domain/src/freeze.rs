//! From folded registers to the plain tables of a snapshot (冻结): all that law and custom read out of raw facts, done once.
//!
//! Pure: no IO, no clock, and no as-of date, so that one snapshot answers for every date. Rules read only these tables, so text,
//! addresses, symbols and names are settled here, and the rules need none of our functions.
//! What is not here: any threshold, target or award; those are in the policy document.

mod candidates;
mod deliveries;
mod enterprises;
mod figures;
mod force;
mod foreign;
mod interval;
mod keywords;
mod own;
mod owners;
mod patents;
mod places;
mod pledges;
pub mod rights;
mod rows;
mod sei;
mod sheet;
mod statuses;
#[cfg(test)]
mod tests;
mod ties;

use std::collections::BTreeMap;

use registry::Folded;
use rules::Snapshot;

use self::{
    enterprises::{Enterprises, place_table},
    places::{Gazetteer, Place},
    rows::Tables,
};
pub(crate) use self::{
    interval::Interval,
    own::{Rights, RightsShelf},
    statuses::held,
};
pub use self::{
    own::Standing,
    places::UNASSIGNED,
    sei::{DotReading, dot_reading},
    ties::{Candidate, Ties, Untied, Why},
};

/// A snapshot with what was noticed on the way and does not show in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Frozen {
    /// The tables that rules read.
    pub snapshot: Snapshot,
    /// Facts that were passed over, each with the reason and what to do, sorted.
    pub notes: Vec<Note>,
}

/// A fact that was passed over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The register it stands in.
    pub register: &'static str,
    /// The key of the row, or the application number.
    pub key: String,
    /// What was passed over, why, and what to do.
    pub text: String,
}

impl Note {
    fn new(register: &'static str, key: &str, text: String) -> Self {
        Self { register, key: key.to_owned(), text }
    }
}

/// How far a freeze has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being worked on, for people.
    pub step_zh: &'static str,
    /// Rows done.
    pub done: usize,
    /// Rows in all.
    pub of: usize,
}

/// The town in which each enterprise lies now, by its code; not of those that lie in none that is known.
pub(crate) fn present_towns(folded: &Folded) -> BTreeMap<String, String> {
    let (gazetteer, enterprises) = (Gazetteer::of(folded), Enterprises::of(folded));
    let town = |(uscc, places): (&str, Vec<(Interval, Place<'_>)>)| {
        let town = places.last()?.1.town.filter(|town| *town != places::UNASSIGNED)?;
        Some((uscc.to_owned(), town.to_owned()))
    };
    enterprises.places(&gazetteer).into_iter().filter_map(town).collect()
}

/// Freezes the registers as they were known at `folded.known_at`.
///
/// The answer depends on what the rows say, never on the order in which they arrived.
pub fn freeze(folded: &Folded) -> Result<Snapshot, rules::Error> {
    Ok(freeze_with_notes(folded, &mut |_| {})?.snapshot)
}

/// Freezes as [`freeze`] does, tells how far it has come, and lists the facts that were passed over.
pub fn freeze_with_notes(folded: &Folded, progress: &mut dyn FnMut(Progress)) -> Result<Frozen, rules::Error> {
    let mut tables = Tables::default();
    let mut notes = Vec::new();

    progress(Progress { step_zh: "企业与区镇", done: 0, of: folded.get("enterprises").len() });
    let gazetteer = Gazetteer::of(folded);
    let enterprises = Enterprises::of(folded);
    let ties = Ties::new(folded, &enterprises);
    let enterprise_places = enterprises.places(&gazetteer);
    tables.add(gazetteer.table());
    tables.add(enterprises.table());
    tables.add(place_table(&enterprise_places));
    tables.add(statuses::table(folded));

    let mut told = |done, of| progress(Progress { step_zh: "专利", done, of });
    let patents = patents::tables(folded, &ties, &gazetteer, &enterprise_places, &mut notes, &mut told);
    tables.add(patents.patents);
    tables.add(patents.force);
    tables.add(patents.voids);
    tables.add(patents.owners);
    tables.add(patents.symbols);
    tables.add(patents.industries);

    let rights = foreign::rights(folded);
    let (pledges, objects) = pledges::tables(folded, &mut notes);
    tables.add(pledges);
    tables.add(objects);
    tables.add(foreign::table(folded, &ties, &rights));
    tables.add(figures::prizes(folded));
    tables.add(figures::trademarks(folded, &ties));
    tables.add(figures::madrid(folded, &ties));
    tables.add(figures::statistics(folded, &gazetteer));
    tables.add(figures::official_high_values(folded));
    tables.add(figures::trainees(folded));
    tables.add(figures::survey_waves(folded));
    tables.add(figures::official_fees(folded));
    tables.add(figures::trajectories(folded, &gazetteer));
    tables.add(deliveries::table(folded, &mut notes));
    tables.add(deliveries::register_states(folded));

    let of = tables.rows();
    progress(Progress { step_zh: "快照", done: 0, of });
    let snapshot = tables.freeze()?;
    progress(Progress { step_zh: "快照", done: of, of });
    notes.sort();
    Ok(Frozen { snapshot, notes })
}
