//! Completeness (报送情况): for each register and month, whether it was delivered, had nothing, was reported missing, or is silent.
//!
//! What the register `deliveries` says goes first; without it, a file received in the month counts as delivered.

use jiff::civil::Date;
use registry::{Batch, BatchKind, Folded, FoldedRow, Register};

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
    /// So many files were received in the month, and nothing is said of them.
    Received(usize),
    /// Neither a file nor a word.
    Silent,
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
    let of = |register: &'static Register| RegisterMonths {
        register,
        months: months.iter().map(|month| delivery(register.id, *month, &said, batches)).collect(),
    };
    registry::registers().iter().filter(|register| register.received).map(of).collect()
}

fn delivery(register: &str, month: Date, said: &[Said], batches: &[Batch]) -> Delivery {
    let (first, last) = (month.first_of_month(), month.last_of_month());
    // The narrowest period that touches the month speaks for it.
    let narrowest = said
        .iter()
        .filter(|said| said.register == register && said.from <= last && said.to >= first)
        .min_by_key(|said| said.from.duration_until(said.to));
    if let Some(said) = narrowest {
        return said.state;
    }
    let received = batches.iter().filter(|batch| {
        let day = beijing_date(batch.received_at);
        batch.register == register
            && batch.kind == BatchKind::Import
            && batch.state == "merged"
            && first <= day
            && day <= last
    });
    match received.count() {
        0 => Delivery::Silent,
        files => Delivery::Received(files),
    }
}

/// One row of `deliveries`.
struct Said {
    register: String,
    from: Date,
    to: Date,
    state: Delivery,
}

impl Said {
    fn read(row: &FoldedRow) -> Option<Self> {
        let cell = |field| row.cells.get(Folded::column("deliveries", field))?.as_deref();
        let (from, to) = cell("period")?.split_once('/')?;
        let state = match cell("state")? {
            "已报齐" => Delivery::Complete,
            "本期无" => Delivery::NothingDue,
            _ => Delivery::Missing,
        };
        Some(Self { register: cell("register")?.to_owned(), from: from.parse().ok()?, to: to.parse().ok()?, state })
    }
}
