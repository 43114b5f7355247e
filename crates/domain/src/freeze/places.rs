//! Where an address lies: in the city or not, and in which town (区镇), by the words of the register of regions.
//!
//! An address is in the city when it holds a word or name of the city row or of any unit, whatever the unit's dates: an address
//! does not leave the city because its town was merged. The town is the unit with the longest matching word among the
//! units that existed at the time; none gives 未定区镇.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::civil::Date;
use registry::Folded;
use terms::text::fold_name;

use super::{
    interval::{Interval, day_after},
    rows,
    sheet::Sheet,
};
use crate::regions::Regions;

/// The town of what lies in the city, but in no unit that its address names.
pub const UNASSIGNED: &str = "未定区镇";

/// A place at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place<'a> {
    /// The unit's name, or 未定区镇; none outside the city or where nothing is known.
    pub(super) town: Option<&'a str>,
    pub(super) in_city: bool,
}

impl Place<'_> {
    pub(super) const UNKNOWN: Self = Self { town: None, in_city: false };
}

/// What an address says about its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Located<'a> {
    pub(super) in_city: bool,
    /// The towns over time, without gap; empty outside the city.
    pub(super) towns: Vec<(Interval, &'a str)>,
}

impl<'a> Located<'a> {
    /// The town on a day.
    pub(super) fn town_on(&self, day: Date) -> Option<&'a str> {
        self.towns.iter().find(|(during, _)| during.holds(day)).map(|&(_, town)| town)
    }
}

/// A row of the register of regions.
#[derive(Debug)]
struct Unit<'a> {
    code: &'a str,
    name: &'a str,
    kind: &'a str,
    is_city: bool,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
}

impl Unit<'_> {
    fn during(&self) -> Interval {
        Interval { from: self.valid_from, until: self.valid_to.and_then(day_after) }
    }
}

/// All units with their address words, indexed by first character.
#[derive(Debug)]
pub(super) struct Gazetteer<'a> {
    units: Vec<Unit<'a>>,
    /// First character → (the whole word, the unit).
    words: HashMap<char, Vec<(String, usize)>>,
    by_code: HashMap<&'a str, usize>,
    /// Folded name or word → units.
    by_word: HashMap<String, Vec<usize>>,
    /// Codes and folded names of what the register knows outside the city.
    outside: HashSet<String>,
}

impl<'a> Gazetteer<'a> {
    pub(super) fn of(folded: &'a Folded) -> Self {
        let sheet = Sheet::of(folded, "regions");
        let regions = Regions::of(sheet.rows);
        let [code, name, kind, valid_from, valid_to, words] =
            ["code", "name", "kind", "valid_from", "valid_to", "address_words"].map(|field| sheet.field(field));
        let mut gazetteer = Self {
            units: Vec::new(),
            words: HashMap::new(),
            by_code: HashMap::new(),
            by_word: HashMap::new(),
            outside: HashSet::new(),
        };
        for (index, row) in sheet.rows.iter().enumerate() {
            gazetteer.units.push(Unit {
                code: code.text(row),
                name: name.text(row),
                kind: kind.text(row),
                is_city: regions.is_city(row),
                valid_from: valid_from.date(row),
                valid_to: valid_to.date(row),
            });
            if !regions.holds(row) {
                gazetteer.outside.extend([code.text(row).to_owned(), fold_name(name.text(row))]);
                continue;
            }
            gazetteer.by_code.insert(code.text(row), index);
            let words: BTreeSet<String> = words.list(row).chain([name.text(row)]).map(fold_name).collect();
            for word in words {
                gazetteer.by_word.entry(word.clone()).or_default().push(index);
                if let Some(first) = word.chars().next() {
                    gazetteer.words.entry(first).or_default().push((word, index));
                }
            }
        }
        gazetteer
    }

    /// Whether no region of the city is known, so that no address can be judged.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Reads an address.
    pub(super) fn locate(&self, address: &str) -> Located<'a> {
        let matches = self.matches(&fold_name(address));
        if matches.is_empty() {
            return Located { in_city: false, towns: Vec::new() };
        }
        // The answer can change only on the days on which a matching unit begins or ends.
        let bounds: BTreeSet<Date> = matches
            .iter()
            .filter(|found| !self.units[found.unit].is_city)
            .flat_map(|found| {
                let during = self.units[found.unit].during();
                during.from.into_iter().chain(during.until)
            })
            .collect();
        let starts = std::iter::once(None).chain(bounds.iter().copied().map(Some));
        let ends = bounds.iter().copied().map(Some).chain([None]);
        let mut towns: Vec<(Interval, &'a str)> = Vec::new();
        for (from, until) in starts.zip(ends) {
            let town = self.longest(&matches, Interval { from, until });
            match towns.last_mut() {
                Some((before, same)) if *same == town => before.until = until,
                _ => towns.push((Interval { from, until }, town)),
            }
        }
        Located { in_city: true, towns }
    }

    /// The unit with the longest word among those that existed throughout; the first in the address, then by code, among equals.
    fn longest(&self, matches: &[Match], during: Interval) -> &'a str {
        let exists = |found: &&Match| {
            let unit = &self.units[found.unit];
            !unit.is_city && unit.during().overlap(during) == Some(during)
        };
        let best = matches
            .iter()
            .filter(exists)
            .min_by_key(|found| (usize::MAX - found.length, found.at, self.units[found.unit].code));
        best.map_or(UNASSIGNED, |found| self.units[found.unit].name)
    }

    fn matches(&self, folded: &str) -> Vec<Match> {
        let mut matches = Vec::new();
        for (at, first) in folded.char_indices() {
            let Some(words) = self.words.get(&first) else { continue };
            let rest = &folded[at..];
            let here = words.iter().filter(|(word, _)| rest.starts_with(word.as_str()));
            matches.extend(here.map(|(word, unit)| Match { unit: *unit, at, length: word.chars().count() }));
        }
        matches
    }

    /// The place that a cell names by code, name or address word.
    ///
    /// What no region bears is unknown, for it may as well lie outside; the city's own row is in the city, but in no town.
    pub(super) fn named(&self, region: &str) -> Place<'a> {
        let Some(unit) = self.unit(region) else {
            return Place::UNKNOWN;
        };
        let town = if unit.is_city { UNASSIGNED } else { unit.name };
        Place { town: Some(town), in_city: true }
    }

    /// The same of an enterprise as the city's own register gives it: what no region bears is 未定区镇 then, as the import said.
    pub(super) fn registered(&self, region: &str) -> Place<'a> {
        let is_outside = self.outside.contains(region) || self.outside.contains(&fold_name(region));
        match self.named(region) {
            Place::UNKNOWN if !(region.is_empty() || self.is_empty() || is_outside) => {
                Place { town: Some(UNASSIGNED), in_city: true }
            }
            place => place,
        }
    }

    /// The name of the region in a table of figures: empty for the city, the unit's name if it is known, else as written.
    pub(super) fn figure_region(&self, region: &'a str) -> &'a str {
        match self.unit(region) {
            Some(unit) if unit.is_city => "",
            Some(unit) => unit.name,
            None => region,
        }
    }

    fn unit(&self, region: &str) -> Option<&Unit<'a>> {
        if let Some(&index) = self.by_code.get(region) {
            return Some(&self.units[index]);
        }
        let bearers = self.by_word.get(&fold_name(region))?;
        let folded = fold_name(region);
        let by_name = bearers.iter().map(|&index| &self.units[index]).find(|unit| fold_name(unit.name) == folded);
        // A word that several units share names none of them.
        by_name.or_else(|| if let [one] = bearers[..] { Some(&self.units[one]) } else { None })
    }

    /// The rows of table `region`.
    pub(super) fn table(&self) -> Vec<rows::Region<'a>> {
        let row = |unit: &Unit<'a>| rows::Region {
            code: unit.code,
            name: unit.name,
            kind: unit.kind,
            valid_from: unit.valid_from,
            valid_to: unit.valid_to,
        };
        self.units.iter().map(row).collect()
    }
}

/// A word found in an address.
struct Match {
    unit: usize,
    at: usize,
    length: usize,
}

/// Addresses already read; the same one comes back with every right of its owner.
pub(super) struct Addresses<'g, 'a> {
    gazetteer: &'g Gazetteer<'a>,
    known: HashMap<&'a str, Located<'a>>,
}

impl<'g, 'a> Addresses<'g, 'a> {
    pub(super) fn new(gazetteer: &'g Gazetteer<'a>) -> Self {
        Self { gazetteer, known: HashMap::new() }
    }

    pub(super) fn locate(&mut self, address: &'a str) -> &Located<'a> {
        self.known.entry(address).or_insert_with(|| self.gazetteer.locate(address))
    }

    /// Whether no region is known, so that no address can be judged.
    pub(super) fn is_blind(&self) -> bool {
        self.gazetteer.is_empty()
    }
}
