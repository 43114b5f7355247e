//! Month-end closing (月结): a month's figures rest on one run from then on, and are not computed anew.
//!
//! Closing asks whether every row of the registers that figures rest on has been settled; open rows must be
//! acknowledged by whoever closes. Which register has been delivered for which month is told by `reports`.

mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use registry::Register;
use serde::Serialize;

use crate::runs::{self, Summary};
use crate::{Error, Installation};

/// Registers that only name things; an open row in them holds up no month.
const REFERENCE: [&str; 4] = ["deliveries", "industry-codes", "ipc-titles", "holidays"];

/// A closed month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Closing {
    /// The month, as `2023-12`.
    pub month: String,
    /// Its last day.
    pub as_of: Date,
    /// The run on which it rests.
    pub run: String,
    /// When it was closed.
    pub closed_at: Timestamp,
    /// By whom.
    pub closed_by: String,
    /// What was said about it; empty for nothing.
    pub note: String,
}

/// What is asked for when a month is closed.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The run; its as-of day is the last day of the month.
    pub run: &'a str,
    /// Whether open quarantined rows are accepted as they are.
    pub acknowledged: bool,
    /// A remark.
    pub note: &'a str,
    /// Who closes.
    pub by: &'a str,
    /// When.
    pub now: Timestamp,
}

/// The closed months, the latest first.
pub async fn list(installation: &Installation) -> Result<Vec<Closing>, Error> {
    let mut tx = installation.db.begin_read().await?;
    store::list(&mut tx).await
}

/// Whether a month waits for the open rows of this register.
pub fn is_required(register: &Register) -> bool {
    register.received && !REFERENCE.contains(&register.id)
}

/// The open quarantined rows of the registers that figures rest on, by register.
pub async fn open_rows(installation: &Installation) -> Result<Vec<(&'static Register, i64)>, Error> {
    let counts: BTreeMap<String, i64> = registry::quarantine::open_counts(&installation.db).await?;
    let waiting = |register: &'static Register| counts.get(register.id).map(|count| (register, *count));
    Ok(registry::registers().iter().filter(|register| is_required(register)).filter_map(waiting).collect())
}

/// Closes a month upon a run.
pub async fn close(installation: &Installation, wish: Wish<'_>) -> Result<Closing, Error> {
    let run = runs::find(installation, wish.run).await?;
    let open = open_rows(installation).await?;
    let (month, as_of) = decide(&run, &open, wish.acknowledged)?;
    let closing = Closing {
        month,
        as_of,
        run: run.run,
        closed_at: wish.now,
        closed_by: wish.by.to_owned(),
        note: wish.note.trim().to_owned(),
    };
    let mut tx = installation.db.begin().await?;
    if !store::insert(&mut tx, &closing).await? {
        return Err(Error::Conflict(format!(
            "{} 已经月结，结果不再变动。需要更正时，请另行测算并在下月说明。",
            closing.month
        )));
    }
    let open: BTreeMap<&str, i64> = open.iter().map(|(register, count)| (register.id, *count)).collect();
    let detail = serde_json::json!({ "run": closing.run, "open_rows": open, "note": closing.note });
    registry::audit::record(&mut tx, wish.now, wish.by, "month.close", &closing.month, &detail).await?;
    tx.commit().await?;
    Ok(closing)
}

/// Whether a month may be closed upon this run: which month, and its last day.
fn decide(run: &Summary, open: &[(&Register, i64)], acknowledged: bool) -> Result<(String, Date), Error> {
    if run.is_what_if() {
        return Err(Error::Invalid("推演不能作为月结依据。请选择一次正式测算。".into()));
    }
    if !run.scope.is_empty() {
        return Err(Error::Invalid(format!("这次测算只含{}，不能作为全市月结依据。请选择全市的测算。", run.scope)));
    }
    let as_of: Date = run.as_of.parse().map_err(|_| Error::Damaged(format!("测算 {} 的日期记录已损坏", run.run)))?;
    if as_of != as_of.last_of_month() {
        return Err(Error::Invalid(format!("这次测算的统计时点是 {as_of}，不是月末。请先按月末日期测算。")));
    }
    if !acknowledged && !open.is_empty() {
        let named: Vec<String> =
            open.iter().map(|(register, count)| format!("{} {count} 行", register.name_zh)).collect();
        return Err(Error::Conflict(format!(
            "还有隔离行没有处理：{}。请先处理，或确认它们不影响本月结果后再月结。",
            named.join("、")
        )));
    }
    Ok((format!("{:04}-{:02}", as_of.year(), as_of.month()), as_of))
}
