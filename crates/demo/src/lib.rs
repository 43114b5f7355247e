//! A synthetic county-level city with everything its intellectual property office would receive: for demonstrations, tests and measurements.
//!
//! A seed gives the same city, and the same bytes in its files, on every machine.
//! Nothing in it is real: the city, its division code, its enterprises, people and patents are made up from word lists.
//! The figures of 2023-12-31 are planned: some targets are met, some missed by little, some cannot be told,
//! and on both sides of every threshold of the awards there is an enterprise.
//! The crate makes and writes; it imports and evaluates nothing.

mod cells;
mod deliveries;
mod dirty;
mod documents;
mod enterprises;
mod events;
mod figures;
mod fill;
mod industries;
mod introductions;
mod market;
mod names;
mod numbers;
mod outside;
mod patents;
mod payouts;
mod plan;
mod projects;
mod random;
mod registers;
mod rights;
mod statuses;
mod truth;
mod words;
mod write;

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, path::PathBuf};

use jiff::civil::{Date, date};

use crate::{cells::Row, deliveries::Delivery, dirty::Planted, patents::Patents, plan::Plan, truth::Known};
pub use crate::{
    dirty::{Dirt, DirtyRow, Expect},
    documents::documents,
    enterprises::Enterprise,
    events::{Event, Party},
    figures::Denominators,
    fill::{FillError, PASSWORD, SEED, SignIn, fill, fill_registers},
    industries::Strategic,
    names::CITY,
    numbers::Number,
    patents::{AS_OF, Owner, Patent, Place, Tie},
    plan::Story,
    rights::{ForeignGrant, Prize},
    statuses::Status,
    truth::Truth,
    write::{RegisterFile, write_files},
};

/// The day on which every file of the city has come.
pub const COMPLETE: Date = date(2024, 2, 29);

/// The day of the first count of 2023, before the late lapses, the official list and the final figures had come.
pub const FIRST_COUNT: Date = date(2024, 1, 17);

/// What can go wrong when the files are written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be written.
    #[error("无法写入文件 {}：{source}；请检查目录是否存在、磁盘是否已满", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A workbook cannot be written.
    #[error("无法写入工作簿 {}：{source}；请检查目录是否存在、磁盘是否已满", path.display())]
    Workbook {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: rust_xlsxwriter::XlsxError,
    },
}

/// How large the city is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Units of the city (镇、区、街道).
    pub towns: usize,
    /// Enterprises.
    pub enterprises: usize,
    /// Patents of all kinds.
    pub patents: usize,
}

impl Default for Scale {
    fn default() -> Self {
        Self { towns: 21, enterprises: 1_200, patents: 20_000 }
    }
}

impl Scale {
    /// A city of as many units with `n` times the enterprises and patents.
    #[must_use]
    pub fn times(self, n: usize) -> Self {
        Self { enterprises: self.enterprises * n, patents: self.patents * n, ..self }
    }

    /// True when it is larger than the ordinary city: then every file is a text table.
    #[must_use]
    pub fn is_larger(&self) -> bool {
        self.patents > 20_000
    }

    /// What is `n` in the ordinary city, in proportion to the enterprises; at least one.
    pub(crate) fn of_enterprises(&self, n: usize) -> usize {
        ((n * self.enterprises + 600) / 1_200).max(1)
    }

    /// What is `n` in the ordinary city, in proportion to the patents; at least one.
    pub(crate) fn of_patents(&self, n: usize) -> usize {
        ((n * self.patents + 10_000) / 20_000).max(1)
    }
}

/// The synthetic city.
#[derive(Debug, Clone)]
pub struct City {
    /// The seed it grew from.
    pub seed: u64,
    /// Its size.
    pub scale: Scale,
    /// The names of its units.
    pub towns: Vec<String>,
    /// Its enterprises.
    pub enterprises: Vec<Enterprise>,
    /// Its patents, in no order.
    pub patents: Vec<Patent>,
    /// What happened to them, in the order in which it was reported.
    pub events: Vec<Event>,
    /// Statuses of its enterprises.
    pub statuses: Vec<Status>,
    /// Grants abroad.
    pub foreign: Vec<ForeignGrant>,
    /// Prizes.
    pub prizes: Vec<Prize>,
    /// Gross domestic product and residents.
    pub denominators: Denominators,
    /// The official list of high-value inventions for 2022-12-31, by index of patent.
    pub official_2022: Vec<u32>,
    /// The same for 2023-12-31.
    pub official_2023: Vec<u32>,
    pub(crate) plans: Vec<Plan>,
    pub(crate) province: Vec<Row>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) planted: Vec<Planted>,
}

/// The city of this seed and size.
#[must_use]
pub fn generate(seed: u64, scale: Scale) -> City {
    let plans = plan::plans(&scale);
    let mut enterprises = enterprises::generate(seed, &scale, &plans);
    let Patents { mut patents, events } = patents::generate(seed, &scale, &enterprises, &plans);
    projects::young_owners(&mut enterprises, plans.len(), &mut patents, &events);
    let mut city = City {
        seed,
        scale,
        towns: enterprises::town_names(&scale),
        enterprises,
        patents,
        events,
        statuses: Vec::new(),
        foreign: Vec::new(),
        prizes: Vec::new(),
        denominators: Denominators { gdp: Vec::new(), residents: Vec::new() },
        official_2022: Vec::new(),
        official_2023: Vec::new(),
        plans,
        province: Vec::new(),
        deliveries: Vec::new(),
        planted: Vec::new(),
    };
    city.foreign = rights::foreign_grants(&city);
    city.prizes = rights::prizes(&city);
    city.statuses = statuses::generate(&city);
    let last = city.truth(AS_OF, COMPLETE);
    city.denominators = figures::denominators(&city, last.inventions);
    let year_before = date(2022, 12, 31);
    let before = city.truth(year_before, date(2023, 2, 20));
    city.official_2022 = figures::official_list(&city, &before, before.high_value.len() + scale.of_patents(6));
    let first = city.truth(AS_OF, date(2024, 1, 20));
    city.official_2023 = figures::official_list(&city, &first, figures::official_target(&city));
    city.province = figures::province_figures(&city, &last);
    city.deliveries = deliveries::all(&city);
    city.planted = dirty::plant(&city, &city.deliveries);
    for planted in &mut city.planted {
        // Titles and the heading row stand above the first row of data.
        planted.row.row = city.deliveries[planted.file].titles + 1 + planted.at as u32;
    }
    city
}

impl City {
    /// The rows that were made dirty on purpose, in the order of the files.
    #[must_use]
    pub fn dirty_rows(&self) -> Vec<DirtyRow> {
        self.planted.iter().map(|planted| planted.row.clone()).collect()
    }

    /// What is true on a day as known on another, counted from how the city was made.
    #[must_use]
    pub fn truth(&self, day: Date, known_on: Date) -> Truth {
        truth::count(self, day, known_on)
    }

    /// The enterprises with a story, by index.
    #[must_use]
    pub fn stories(&self) -> Vec<(u32, Story)> {
        (0..).zip(&self.plans).map(|(index, plan)| (index, plan.story)).collect()
    }

    /// True when the patent has a granted family member abroad in force, or a prize, on this day.
    pub(crate) fn distinguished(&self, index: u32, day: Date) -> bool {
        let abroad = |grant: &ForeignGrant| {
            let counts = grant.kind == "发明" && grant.office != "HK" && grant.granted <= day;
            grant.patent == Some(index) && counts && grant.ended.is_none_or(|ended| ended > day)
        };
        self.foreign.iter().any(abroad) || self.prizes.iter().any(|prize| prize.patent == index)
    }

    /// The inventions that planned enterprises own on the planned day.
    pub(crate) fn planned_inventions(&self) -> BTreeSet<u32> {
        let known = Known::on(&self.events, COMPLETE);
        let inventions = (0..).zip(&self.patents).filter(|(_, patent)| patent.is_invention());
        let of_plan = inventions.filter(|(index, patent)| {
            matches!(known.owner(*index, patent, AS_OF).0, Owner::Enterprise(enterprise) if (enterprise as usize) < self.plans.len())
        });
        of_plan.map(|(index, _)| index).collect()
    }

    /// For each enterprise that the official list deprives of its star, the invention that is not on the list.
    pub(crate) fn withheld(&self, truth: &Truth) -> BTreeSet<u32> {
        let deprived = (0..).zip(&self.plans).filter(|(_, plan)| plan.story == Story::NotOnOfficialList);
        let one_of = |enterprise: u32| {
            let owned = |index: &&u32| self.patents[**index as usize].owner == Owner::Enterprise(enterprise);
            truth.high_value.iter().find(owned).copied()
        };
        deprived.filter_map(|(enterprise, _)| one_of(enterprise)).collect()
    }
}
