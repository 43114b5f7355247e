//! Which register was reported for which month (报送): the one definition for the grid of registers, the course of a target,
//! and the snapshot behind every yearly sum.
//!
//! What the register `deliveries` says of a month goes first, the narrowest period before the wider ones. Where it says
//! nothing, a month is reported by what comes after its end: a file, or rows entered by hand. What comes within the month
//! cannot know the month's end, so it reports the months before.

mod of_runs;
#[cfg(test)]
mod tests;

use jiff::ToSpan;
use jiff::civil::Date;
use registry::{Batch, Folded, FoldedRow, Register};

pub(crate) use self::of_runs::Reported;
pub use self::of_runs::{Reports, reports};
use crate::beijing_date;

/// How one register stands for one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// 已报齐: said to be complete.
    Complete,
    /// 本期无: said to have nothing in the period.
    NothingDue,
    /// 未报: said to be missing.
    Missing,
    /// Nothing is said; the first file or entry after the month's end came on this day.
    Received(Date),
    /// Neither a word nor anything that came since.
    Silent,
}

impl Delivery {
    /// Whether the month counts as reported.
    pub fn is_reported(self) -> bool {
        matches!(self, Self::Complete | Self::NothingDue | Self::Received(_))
    }

    /// What a word of the register `deliveries` says.
    fn said(state: &str) -> Self {
        match state {
            "已报齐" => Self::Complete,
            "本期无" => Self::NothingDue,
            _ => Self::Missing,
        }
    }
}

/// One row of the register `deliveries`.
#[derive(Debug)]
struct Said {
    register: String,
    from: Date,
    to: Date,
    state: Delivery,
}

/// How a register stands for the period that ends on this day, by what is said and by the days on which something came.
fn delivery(register: &str, end: Date, said: &[Said], came: impl Iterator<Item = Date>) -> Delivery {
    let of_day = said.iter().filter(|said| said.register == register && said.from <= end && said.to >= end);
    match of_day.min_by_key(|said| said.from.duration_until(said.to)) {
        Some(said) => said.state,
        None => came.filter(|day| *day > end).min().map_or(Delivery::Silent, Delivery::Received),
    }
}

/// The end of the last month that is reported by what comes on this day.
pub(crate) fn reported_until(came: Date) -> Date {
    came.first_of_month().saturating_sub(1.day())
}

/// One register over the months asked for.
#[derive(Debug, Clone)]
pub struct RegisterMonths {
    /// The register.
    pub register: &'static Register,
    /// How it stands, month by month.
    pub months: Vec<Delivery>,
}

/// The completeness of every received register for these months, each given by any of its days.
pub fn completeness(deliveries: &[FoldedRow], batches: &[Batch], months: &[Date]) -> Vec<RegisterMonths> {
    let said: Vec<Said> = deliveries.iter().filter_map(Said::read).collect();
    let of = |register: &'static Register| {
        let came = batches
            .iter()
            .filter(|batch| batch.register == register.id && batch.is_report() && batch.state == "merged")
            .map(|batch| beijing_date(batch.received_at));
        let month = |month: &Date| delivery(register.id, month.last_of_month(), &said, came.clone());
        RegisterMonths { register, months: months.iter().map(month).collect() }
    };
    registry::registers().iter().filter(|register| register.received).map(of).collect()
}

impl Said {
    fn read(row: &FoldedRow) -> Option<Self> {
        let cell = |field| row.cells.get(Folded::column("deliveries", field))?.as_deref();
        let (from, to) = cell("period")?.split_once('/')?;
        Some(Self {
            register: cell("register")?.to_owned(),
            from: from.parse().ok()?,
            to: to.parse().ok()?,
            state: Delivery::said(cell("state")?),
        })
    }
}
