//! Which months were reported to a run: by what had come and was recorded when it was computed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use registry::batches;

use super::{Delivery, Said, delivery};
use crate::runs::{self, Opened};
use crate::{Error, Installation, beijing_date};

/// Registers that place or name what others count; a new file of theirs is no report of an indicator.
const PLACES: [&str; 2] = ["enterprises", "regions"];

/// When the files of each register came, and up to when each run knew of them. For runs that exist it never changes: what
/// was recorded or withdrawn after a run is nothing to it.
#[derive(Debug, Clone, Default)]
pub struct Reports {
    pub(super) files: BTreeMap<String, Vec<File>>,
    pub(super) runs: BTreeMap<String, Knowledge>,
}

/// One file of a register, or rows entered by hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct File {
    pub(super) received: Date,
    pub(super) recorded_at: Timestamp,
    pub(super) withdrawn_at: Option<Timestamp>,
}

/// Up to which day a run knew what had come, and when it was computed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Knowledge {
    pub(super) known: Date,
    pub(super) computed_at: Timestamp,
}

/// Reads what came, and what the runs knew.
pub async fn reports(installation: &Installation) -> Result<Reports, Error> {
    let mut reports = Reports::default();
    let filter = batches::Filter { limit: u32::MAX, ..batches::Filter::default() };
    for batch in batches::list(&installation.db, &filter).await? {
        if matches!(batch.state.as_str(), "merged" | "withdrawn") && batch.is_report() {
            reports.files.entry(batch.register).or_default().push(File {
                received: beijing_date(batch.received_at),
                recorded_at: batch.recorded_at,
                withdrawn_at: batch.withdrawn_at,
            });
        }
    }
    for run in runs::list(installation).await? {
        let damaged = |_| Error::Damaged(format!("测算 {} 的时间记录已损坏", run.run));
        let known = beijing_date(run.known_at.parse().map_err(damaged)?);
        let computed_at = run.created_at.parse().map_err(damaged)?;
        reports.runs.insert(run.run, Knowledge { known, computed_at });
    }
    Ok(reports)
}

impl Reports {
    /// The days on which something of the register came that the run knew.
    fn came<'a>(&'a self, register: &str, run: &str) -> impl Iterator<Item = Date> + use<'a> {
        let of_run = self.files.get(register).zip(self.runs.get(run));
        of_run.into_iter().flat_map(|(files, run)| {
            let seen = |file: &&File| {
                let is_withdrawn = file.withdrawn_at.is_some_and(|withdrawn| withdrawn <= run.computed_at);
                file.recorded_at <= run.computed_at && file.received <= run.known && !is_withdrawn
            };
            files.iter().filter(seen).map(|file| file.received)
        })
    }
}

/// What a run says of the reports of each indicator.
pub(crate) struct Reported<'a> {
    pub(super) reports: &'a Reports,
    pub(super) needed: BTreeMap<String, BTreeSet<String>>,
    pub(super) said: Vec<Said>,
}

impl<'a> Reported<'a> {
    pub(crate) fn of(opened: &Opened, reports: &'a Reports) -> Self {
        Self { reports, needed: needed(opened), said: said(opened) }
    }

    /// Whether the month that ends on this day was reported to the run; an indicator that rests on no register always is.
    pub(crate) fn month(&self, code: &str, month_end: Date, run: &str) -> bool {
        let Some(needed) = self.needed.get(code) else { return true };
        needed
            .iter()
            .any(|register| delivery(register, month_end, &self.said, self.reports.came(register, run)).is_reported())
    }
}

/// The registers that an indicator counts, by the rules.
fn needed(opened: &Opened) -> BTreeMap<String, BTreeSet<String>> {
    let mut needed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let Some(rows) = opened.views.rows("needed_register") else { return needed };
    for row in 0..rows.len() {
        let (Some(code), Some(register), Some(role)) =
            (rows.text(row, "code"), rows.text(row, "register"), rows.text(row, "role"))
        else {
            continue;
        };
        if matches!(role, "main" | "ratio") && !PLACES.contains(&register) {
            needed.entry(code.to_owned()).or_default().insert(register.to_owned());
        }
    }
    needed
}

fn said(opened: &Opened) -> Vec<Said> {
    let Some(rows) = opened.snapshot.rows("delivery") else { return Vec::new() };
    (0..rows.len())
        .filter_map(|row| {
            Some(Said {
                register: rows.text(row, "register")?.to_owned(),
                from: rows.date(row, "from_on")?,
                to: rows.date(row, "to_on")?,
                state: Delivery::said(rows.text(row, "state")?),
            })
        })
        .collect()
}
