//! Which months of an indicator were reported (报送): a month of which no file came is no observation of its course.
//!
//! A month counts as reported for a run when a file of one of the indicator's registers came after the month's end and
//! not later than the run knew, or when the register `deliveries` says so. What is said there goes first.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use registry::{BatchKind, batches};

use crate::runs::{self, Opened};
use crate::{Error, Installation, beijing_date};

/// Registers that place or name what others count; a new file of theirs is no report of an indicator.
const PLACES: [&str; 2] = ["enterprises", "regions"];

/// When the files of each register came, and up to when each run knew of them. For runs that exist it never changes: what
/// was recorded or withdrawn after a run is nothing to it.
#[derive(Debug, Clone, Default)]
pub struct Reports {
    files: BTreeMap<String, Vec<File>>,
    runs: BTreeMap<String, Knowledge>,
}

/// One file of a register, or rows entered by hand.
#[derive(Debug, Clone, Copy)]
struct File {
    received: Date,
    recorded_at: Timestamp,
    withdrawn_at: Option<Timestamp>,
}

/// Up to which day a run knew what had come, and when it was computed.
#[derive(Debug, Clone, Copy)]
struct Knowledge {
    known: Date,
    computed_at: Timestamp,
}

/// Reads what came, and what the runs knew.
pub async fn reports(installation: &Installation) -> Result<Reports, Error> {
    let mut reports = Reports::default();
    let filter = batches::Filter { limit: u32::MAX, ..batches::Filter::default() };
    for batch in batches::list(&installation.db, &filter).await? {
        if matches!(batch.state.as_str(), "merged" | "withdrawn")
            && matches!(batch.kind, BatchKind::Import | BatchKind::Entry)
        {
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
    /// Whether a file of the register came after this day and not later than the run knew.
    fn came(&self, register: &str, after: Date, run: &str) -> bool {
        let (Some(files), Some(run)) = (self.files.get(register), self.runs.get(run)) else { return false };
        let seen = |file: &&File| {
            file.recorded_at <= run.computed_at && file.withdrawn_at.is_none_or(|withdrawn| withdrawn > run.computed_at)
        };
        files.iter().filter(seen).any(|file| file.received > after && file.received <= run.known)
    }
}

/// What a run says of the reports of each indicator.
pub(super) struct Reported<'a> {
    reports: &'a Reports,
    needed: BTreeMap<String, BTreeSet<String>>,
    said: Vec<Said>,
}

/// One row of the register `deliveries`.
struct Said {
    register: String,
    from: Date,
    to: Date,
    missing: bool,
}

impl<'a> Reported<'a> {
    pub(super) fn of(opened: &Opened, reports: &'a Reports) -> Self {
        Self { reports, needed: needed(opened), said: said(opened) }
    }

    /// Whether the month that ends on this day was reported to the run; an indicator that rests on no register always is.
    pub(super) fn month(&self, code: &str, month_end: Date, run: &str) -> bool {
        let Some(needed) = self.needed.get(code) else { return true };
        needed.iter().any(|register| match self.word(register, month_end) {
            Some(missing) => !missing,
            None => self.reports.came(register, month_end, run),
        })
    }

    /// Whether anything at all was reported to the run for the year of this day.
    pub(super) fn year(&self, code: &str, day: Date, run: &str) -> bool {
        let months = (1..=day.month()).filter_map(|month| Date::new(day.year(), month, 1).ok());
        months.map(|first| first.last_of_month().min(day)).any(|month_end| self.month(code, month_end, run))
    }

    /// What is said of the register for this day, by the narrowest period: whether it is missing.
    fn word(&self, register: &str, day: Date) -> Option<bool> {
        let of_day = self.said.iter().filter(|said| said.register == register && said.from <= day && said.to >= day);
        of_day.min_by_key(|said| said.from.duration_until(said.to)).map(|said| said.missing)
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
                missing: rows.text(row, "state")? == "未报",
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Pledges came on the 9th of February and of April 2023; run `r` knew up to a day.
    fn reports(known: Date) -> Reports {
        let file = |received| File { received, recorded_at: at("2024-03-01T01:00:00Z"), withdrawn_at: None };
        Reports {
            files: [("pledges".to_owned(), vec![file(date(2023, 2, 9)), file(date(2023, 4, 9))])].into(),
            runs: [("r".to_owned(), Knowledge { known, computed_at: at("2024-03-01T02:00:00Z") })].into(),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn reported(reports: &Reports, said: Vec<Said>) -> Reported<'_> {
        let needed = [("K08".to_owned(), BTreeSet::from(["pledges".to_owned()]))].into();
        Reported { reports, needed, said }
    }

    #[test]
    fn a_month_is_reported_by_a_file_after_its_end_that_the_run_knew() {
        let month = |month_end, known| reported(&reports(known), Vec::new()).month("K08", month_end, "r");
        let (january, february, march) = (date(2023, 1, 31), date(2023, 2, 28), date(2023, 3, 31));
        assert!(month(january, date(2023, 2, 9)) && !month(january, date(2023, 2, 8)));
        assert!(!month(february, date(2023, 4, 8)), "the file of February came before its end");
        assert!(month(february, date(2023, 4, 9)) && month(march, date(2023, 5, 12)));
        assert!(!month(date(2023, 4, 30), date(2023, 12, 31)), "nothing came since");
        assert!(reported(&reports(march), Vec::new()).month("K04", march, "r"), "rests on no register");
    }

    #[test]
    fn what_was_recorded_or_withdrawn_after_a_run_is_nothing_to_it() {
        let january = date(2023, 1, 31);
        let with = |change: fn(&mut File)| {
            let mut reports = reports(date(2023, 3, 14));
            reports.files.values_mut().flatten().for_each(change);
            reported(&reports, Vec::new()).month("K08", january, "r")
        };
        assert!(with(|_| ()));
        assert!(!with(|file| file.recorded_at = at("2024-03-01T02:00:01Z")));
        assert!(!with(|file| file.withdrawn_at = Some(at("2024-03-01T02:00:00Z"))));
        assert!(with(|file| file.withdrawn_at = Some(at("2024-03-01T02:00:01Z"))));
    }

    #[test]
    fn what_is_said_of_a_period_goes_before_files_and_the_narrowest_goes_first() {
        let said = |from, to, missing| Said { register: "pledges".into(), from, to, missing };
        let (march, april) = (date(2023, 3, 31), date(2023, 4, 30));
        let known = reports(date(2023, 12, 31));
        let year = || said(date(2023, 1, 1), date(2023, 12, 31), false);
        assert!(reported(&known, vec![year()]).month("K08", april, "r"), "said to be complete");
        let of_march = said(date(2023, 3, 1), march, true);
        let both = reported(&known, vec![year(), of_march]);
        assert!(!both.month("K08", march, "r") && both.month("K08", april, "r"));
    }

    #[test]
    fn a_year_is_reported_once_any_of_its_months_is() {
        let year = |day, known| reported(&reports(known), Vec::new()).year("K08", day, "r");
        assert!(!year(date(2023, 1, 31), date(2023, 2, 8)));
        assert!(year(date(2023, 1, 31), date(2023, 2, 9)));
        assert!(year(date(2023, 9, 30), date(2023, 11, 11)));
        assert!(!year(date(2024, 1, 31), date(2024, 12, 31)), "last year's files say nothing of this year");
    }
}
