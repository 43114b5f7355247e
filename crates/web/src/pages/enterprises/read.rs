//! The enterprises of a run, read once from its snapshot and its rules' own tables: place, statuses and counts on the day.
//!
//! Nothing is counted here; the counts are those of the rules (`star_count`, C3.3.2.2).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use domain::runs::Opened;
use jiff::civil::Date;
use terms::IndustryCode;

use super::STARS;
use crate::by_run::ByRun;

static LISTS: ByRun<Vec<Enterprise>> = ByRun::new(3);

/// One enterprise on the day of the run.
#[derive(Debug, Clone)]
pub(crate) struct Enterprise {
    /// Its unified social credit code.
    pub(crate) uscc: String,
    /// Its name.
    pub(crate) name: String,
    /// Its town on the day; empty when it does not exist on the day.
    pub(crate) town: String,
    /// Its industry by GB/T 4754, as delivered.
    pub(crate) industry: String,
    /// The section of its industry.
    pub(crate) section: Option<char>,
    /// Its size.
    pub(crate) size: String,
    /// The day of its founding.
    pub(crate) founded_on: Option<Date>,
    /// The first day on which it no longer exists.
    pub(crate) gone_on: Option<Date>,
    /// Whether it exists on the day.
    pub(crate) is_alive: bool,
    /// The statuses that it holds on the day.
    pub(crate) statuses: BTreeSet<String>,
    /// Inventions in force on the day; at least so many where the registers are not whole.
    pub(crate) inventions: Option<i64>,
    /// Those of high value.
    pub(crate) high_value: Option<i64>,
    /// Its stars.
    pub(crate) stars: Option<i64>,
}

/// Every enterprise of the run, by code.
pub(crate) fn enterprises(opened: &Opened) -> Arc<Vec<Enterprise>> {
    LISTS.get(&opened.summary.run, || read(opened))
}

fn read(opened: &Opened) -> Vec<Enterprise> {
    let Some(rows) = opened.snapshot.rows("enterprise") else { return Vec::new() };
    let alive = texts(opened, "enterprise_alive", "town");
    let mut statuses: HashMap<&str, BTreeSet<String>> = HashMap::new();
    if let Some(valid) = opened.views.rows("status_valid") {
        for row in 0..valid.len() {
            if let (Some(uscc), Some(kind)) = (valid.text(row, "uscc"), valid.text(row, "kind")) {
                statuses.entry(uscc).or_default().insert(kind.to_owned());
            }
        }
    }
    let inventions = numbers(opened, "inventions");
    let high_value = numbers(opened, "high_value");
    let stars: BTreeMap<&str, i64> = opened
        .evaluation
        .awards
        .iter()
        .filter(|won| won.award == STARS)
        .map(|won| (won.subject.as_str(), won.level))
        .collect();
    let mut list: Vec<Enterprise> = (0..rows.len())
        .filter_map(|row| {
            let uscc = rows.text(row, "uscc")?;
            let industry = rows.text(row, "industry").unwrap_or_default();
            Some(Enterprise {
                uscc: uscc.to_owned(),
                name: rows.text(row, "name").unwrap_or(uscc).to_owned(),
                town: alive.get(uscc).copied().unwrap_or_default().to_owned(),
                industry: industry.to_owned(),
                section: industry.parse::<IndustryCode>().ok().map(|code| code.section()),
                size: rows.text(row, "size").unwrap_or_default().to_owned(),
                founded_on: rows.date(row, "founded_on"),
                gone_on: rows.date(row, "gone_on"),
                is_alive: alive.contains_key(uscc),
                statuses: statuses.remove(uscc).unwrap_or_default(),
                inventions: inventions.get(uscc).copied(),
                high_value: high_value.get(uscc).copied(),
                stars: stars.get(uscc).copied(),
            })
        })
        .collect();
    list.sort_by(|a, b| a.uscc.cmp(&b.uscc));
    list
}

fn texts<'a>(opened: &'a Opened, view: &'static str, column: &'static str) -> HashMap<&'a str, &'a str> {
    let Some(rows) = opened.views.rows(view) else { return HashMap::new() };
    (0..rows.len())
        .filter_map(|row| Some((rows.text(row, "uscc")?, rows.text(row, column).unwrap_or_default())))
        .collect()
}

fn numbers<'a>(opened: &'a Opened, column: &'static str) -> HashMap<&'a str, i64> {
    let Some(rows) = opened.views.rows("star_count") else { return HashMap::new() };
    (0..rows.len()).filter_map(|row| Some((rows.text(row, "uscc")?, rows.integer(row, column)?))).collect()
}
