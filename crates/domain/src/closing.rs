//! Month-end closing (月结): a month's figures rest on one run from then on, and are not computed anew.
//!
//! A closing can be taken back (撤回月结) by the leaders, as long as neither a later closing nor a batch of award cases rests on it.
//! It stays on record with the reason.
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

use crate::accounts::{Account, Permission};
use crate::items::allowed;
use crate::runs::{self, Summary};
use crate::{Error, Installation, cases};

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

/// A closing that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reopening {
    /// The closing as it was.
    #[serde(flatten)]
    pub closing: Closing,
    /// When it was taken back.
    pub reopened_at: Timestamp,
    /// By whom.
    pub reopened_by: String,
    /// Why.
    pub reason: String,
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
    pub by: &'a Account,
    /// When.
    pub now: Timestamp,
}

/// The closed months, the latest first.
pub async fn list(installation: &Installation) -> Result<Vec<Closing>, Error> {
    let mut tx = installation.db.begin_read().await?;
    store::list(&mut tx).await
}

/// The closings that were taken back, the latest first.
pub async fn reopened(installation: &Installation) -> Result<Vec<Reopening>, Error> {
    let mut tx = installation.db.begin_read().await?;
    store::reopened(&mut tx).await
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
    allowed(wish.by, Permission::ChangeRegistry)?;
    let run = runs::find(installation, wish.run).await?;
    let open = open_rows(installation).await?;
    let (month, as_of) = decide(&run, &open, wish.acknowledged)?;
    let closing = Closing {
        month,
        as_of,
        run: run.run,
        closed_at: wish.now,
        closed_by: wish.by.login.clone(),
        note: wish.note.trim().to_owned(),
    };
    let mut tx = installation.db.begin().await?;
    if !store::insert(&mut tx, &closing).await? {
        return Err(Error::Conflict(format!(
            "{} 已经月结，结果不再变动。需要更正时，请领导小组撤回月结，或另行测算并在下月说明。",
            closing.month
        )));
    }
    let open: BTreeMap<&str, i64> = open.iter().map(|(register, count)| (register.id, *count)).collect();
    let detail = serde_json::json!({ "run": closing.run, "open_rows": open, "note": closing.note });
    registry::audit::record(&mut tx, wish.now, &wish.by.login, "month.close", &closing.month, &detail).await?;
    tx.commit().await?;
    Ok(closing)
}

/// Takes the closing of a month back, with a reason: from then on its figures follow the latest knowledge again.
pub async fn reopen(
    installation: &Installation,
    account: &Account,
    month: &str,
    reason: &str,
    now: Timestamp,
) -> Result<Reopening, Error> {
    allowed(account, Permission::ReopenMonths)?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::Invalid("撤回月结须写明理由，理由会留在记录上。请补填理由。".into()));
    }
    let mut tx = installation.db.begin().await?;
    let closed = store::list(&mut tx).await?;
    let found = closed.iter().find(|one| one.month == month);
    let closing = found.ok_or_else(|| Error::NotFound { what: "月结", id: month.to_owned() })?;
    let batches = cases::batches_upon(&mut tx, &closing.run).await?;
    if let Some(why) = in_the_way(&closed, closing, &batches) {
        return Err(Error::Conflict(why));
    }
    let taken = Reopening {
        closing: closing.clone(),
        reopened_at: now,
        reopened_by: account.login.clone(),
        reason: reason.to_owned(),
    };
    store::reopen(&mut tx, &taken).await?;
    let detail =
        serde_json::json!({ "run": taken.closing.run, "closed_by": taken.closing.closed_by, "reason": reason });
    registry::audit::record(&mut tx, now, &account.login, "month.reopen", month, &detail).await?;
    tx.commit().await?;
    Ok(taken)
}

/// Why the closing of a month cannot be taken back now; nothing when it can.
pub async fn why_kept(installation: &Installation, closing: &Closing) -> Result<Option<String>, Error> {
    let mut tx = installation.db.begin_read().await?;
    let closed = store::list(&mut tx).await?;
    let batches = cases::batches_upon(&mut tx, &closing.run).await?;
    Ok(in_the_way(&closed, closing, &batches))
}

/// What rests on a closing: later months that are closed, and batches of cases.
fn in_the_way(closed: &[Closing], closing: &Closing, batches: &[i64]) -> Option<String> {
    let later: Vec<&str> =
        closed.iter().filter(|one| one.month > closing.month).map(|one| one.month.as_str()).collect();
    if !later.is_empty() {
        return Some(format!(
            "{} 之后的月份已经月结（{}），它们以它为前提。请先从最后一个月撤回。",
            closing.month,
            later.join("、")
        ));
    }
    if !batches.is_empty() {
        let named: Vec<String> = batches.iter().map(ToString::to_string).collect();
        return Some(format!(
            "{} 的月结已是兑现批次 {} 的依据，不能撤回。需要更正时，请另行测算并在下月说明。",
            closing.month,
            named.join("、")
        ));
    }
    None
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
        let named = named.join("、");
        let why = format!("还有隔离行没有处理：{named}。请先处理，或确认它们不影响本月结果后再月结。");
        return Err(Error::field("acknowledged", why));
    }
    Ok((format!("{:04}-{:02}", as_of.year(), as_of.month()), as_of))
}
