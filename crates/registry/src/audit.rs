//! The trail of who changed what and when 审计记录; every change of state writes one row in its own transaction.
//!
//! Rows are chained: each carries the seal of the row before it and its own, so that none can be altered, taken out or
//! slipped in unseen. The newest seal stands in a row of its own, and a copy kept on another machine shows whether the
//! end of the trail was cut off with it.

mod chain;
mod copy;
mod store;
#[cfg(test)]
mod tests;

use std::future::Future;

use db::{Db, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::chain::{Digest, Findings, verify};
pub use self::copy::{Copied, append_copy};
use crate::Error;

/// One entry of the trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// From where: a visitor's address, or the command line.
    pub origin: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub object: String,
    /// What else is to be known.
    pub detail: Value,
    /// Its seal: the digest's name, a colon, and the digest in hexadecimal digits.
    pub seal: String,
}

/// How an origin begins that is no visitor's address.
pub const COMMAND_LINE: &str = "命令行";

tokio::task_local! {
    static ORIGIN: String;
}

/// Does work whose changes are recorded as coming from here.
pub async fn coming_from<F: Future>(origin: String, work: F) -> F::Output {
    ORIGIN.scope(origin, work).await
}

/// Where the work under way comes from; empty when nobody said so.
pub fn origin() -> String {
    ORIGIN.try_with(Clone::clone).unwrap_or_default()
}

/// Writes an entry in the transaction of the change itself.
pub async fn record(
    tx: &mut Tx,
    at: Timestamp,
    who: &str,
    action: &str,
    object: &str,
    detail: &Value,
) -> Result<(), Error> {
    let row = store::New { at, who, origin: &origin(), action, object, detail: &detail.to_string() };
    store::append(tx, &row).await
}

/// The newest entries, `limit` at most, older than the entry `before` when one is given.
pub async fn recent(db: &Db, before: Option<i64>, limit: u32) -> Result<Vec<Entry>, Error> {
    let mut tx = db.begin_read().await?;
    store::recent(&mut tx, before.unwrap_or(i64::MAX), limit).await?.into_iter().map(store::Row::entry).collect()
}

/// The entry with this number.
pub async fn find(db: &Db, id: i64) -> Result<Option<Entry>, Error> {
    let mut tx = db.begin_read().await?;
    let next = id.saturating_add(1);
    let found = store::recent(&mut tx, next, 1).await?.pop().filter(|row| row.id == id);
    found.map(store::Row::entry).transpose()
}

/// The seal of the newest entry, as the head of the chain keeps it: two databases with the same one hold the same trail.
pub async fn head(tx: &mut Tx) -> Result<String, Error> {
    store::head(tx).await
}

/// The entries whose acts begin so, the oldest first: what changes are held against, row by row.
pub async fn of_acts(tx: &mut Tx, beginning: &str) -> Result<Vec<Entry>, Error> {
    store::of_acts(tx, beginning).await?.into_iter().map(store::Row::entry).collect()
}

/// Seals the rows of an installation from before there were seals; nothing when the chain has begun.
pub(crate) async fn begin_chain(db: &Db) -> Result<(), Error> {
    let mut tx = db.begin_read().await?;
    // A row without a seal in a chain that has begun was slipped in; it is left for `verify` to find.
    if !store::head(&mut tx).await?.is_empty() || store::after(&mut tx, 0, 1).await?.is_empty() {
        return Ok(());
    }
    tx.rollback().await?;
    let mut tx = db.begin().await?;
    store::seal_open(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Seals the rows that follow with this digest (《密码法》: SM3 where commercial cryptography is required); recorded itself.
pub async fn choose_digest(db: &Db, digest: Digest, who: &str, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    store::set_digest(&mut tx, digest).await?;
    record(&mut tx, now, who, "audit.digest", digest.key(), &serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(())
}
