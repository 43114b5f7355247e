//! The trail of who changed what and when 审计记录; every change of state writes one row in its own transaction.

mod store;

use db::{Db, Tx};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::Error;

/// One entry of the trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub object: String,
    /// What else is to be known.
    pub detail: Value,
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
    store::insert(tx, at, who, action, object, detail).await
}

/// The newest entries, `limit` at most, older than the entry `before` when one is given.
pub async fn recent(db: &Db, before: Option<i64>, limit: u32) -> Result<Vec<Entry>, Error> {
    let mut tx = db.begin_read().await?;
    store::recent(&mut tx, before.unwrap_or(i64::MAX), limit).await
}
