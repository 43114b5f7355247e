//! Saved searches (保存的检索): a query that an account keeps, with the arrival of documents up to which it has seen them.
//!
//! An arrival (收录批次) is the running number of a part of the corpus, given when its documents came or were changed.
//! What came later than the arrival noted here is new to the account: documents that were added, and documents of which
//! a later source said more. A state or an owner that is noted over a document does not make it new.

mod store;
#[cfg(test)]
mod tests;

use db::{Db, Tx};
use jiff::Timestamp;
use serde_json::json;

use crate::{Error, accounts::Account, baskets};

/// The longest query that is kept, in characters.
pub const QUERY_CHARS_MAX: usize = 20_000;

/// A search that an account keeps.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SavedSearch {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The query in the field language.
    pub query: String,
    /// The latest arrival when it was last opened.
    pub seen_arrival: i64,
    /// When it was last opened, or saved.
    pub seen_at: String,
}

/// The searches of an account, the latest first.
pub async fn all(db: &Db, account: &Account) -> Result<Vec<SavedSearch>, Error> {
    let mut tx = db.begin_read().await?;
    store::all(&mut tx, account.id).await
}

/// Keeps a query under a name; everything that is there now counts as seen.
pub async fn save(
    db: &Db,
    account: &Account,
    name: &str,
    query: &str,
    arrival: u64,
    now: Timestamp,
) -> Result<i64, Error> {
    let name = baskets::named(name, "保存的检索")?;
    if query.chars().count() > QUERY_CHARS_MAX {
        return Err(Error::Invalid(format!("检索式超过 {QUERY_CHARS_MAX} 个字符，不能保存。号码单请收入文献夹。")));
    }
    let mut tx = db.begin().await?;
    if store::all(&mut tx, account.id).await?.iter().any(|search| search.name == name) {
        return Err(Error::Conflict(format!("已有名为“{name}”的检索，请换一个名称。")));
    }
    let id = store::insert(&mut tx, account.id, name, query, number(arrival), &now.to_string()).await?;
    record(&mut tx, account, now, "search.save", id, json!({ "name": name, "query": query })).await?;
    tx.commit().await?;
    Ok(id)
}

/// Opens a search and notes that everything up to this arrival has been seen; gives the search as it was before.
pub async fn open(db: &Db, account: &Account, id: i64, arrival: u64, now: Timestamp) -> Result<SavedSearch, Error> {
    let mut tx = db.begin().await?;
    let search = own(&mut tx, account, id).await?;
    if search.seen_arrival != number(arrival) {
        store::see(&mut tx, id, number(arrival), &now.to_string()).await?;
        let detail = json!({ "name": search.name, "seen": arrival });
        record(&mut tx, account, now, "search.open", id, detail).await?;
    }
    tx.commit().await?;
    Ok(search)
}

/// Removes a search; [`restore`] brings it back.
pub async fn remove(db: &Db, account: &Account, id: i64, now: Timestamp) -> Result<SavedSearch, Error> {
    let mut tx = db.begin().await?;
    let search = own(&mut tx, account, id).await?;
    store::set_removed(&mut tx, account.id, id, Some(&now.to_string())).await?;
    record(&mut tx, account, now, "search.remove", id, json!({ "name": search.name })).await?;
    tx.commit().await?;
    Ok(search)
}

/// Brings a removed search back, unless its name is taken by now.
pub async fn restore(db: &Db, account: &Account, id: i64, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let name = store::removed_name(&mut tx, account.id, id).await?;
    let name = name.ok_or_else(|| Error::NotFound { what: "已删除的检索", id: id.to_string() })?;
    if store::all(&mut tx, account.id).await?.iter().any(|search| search.name == name) {
        return Err(Error::Conflict(format!("现在另有名为“{name}”的检索，先删除它才能恢复。")));
    }
    store::set_removed(&mut tx, account.id, id, None).await?;
    record(&mut tx, account, now, "search.restore", id, json!({ "name": name })).await?;
    Ok(tx.commit().await?)
}

async fn own(tx: &mut Tx, account: &Account, id: i64) -> Result<SavedSearch, Error> {
    let found = store::all(tx, account.id).await?.into_iter().find(|search| search.id == id);
    found.ok_or_else(|| Error::NotFound { what: "保存的检索", id: id.to_string() })
}

fn number(arrival: u64) -> i64 {
    i64::try_from(arrival).unwrap_or(i64::MAX)
}

async fn record(
    tx: &mut Tx,
    account: &Account,
    now: Timestamp,
    action: &str,
    id: i64,
    detail: serde_json::Value,
) -> Result<(), Error> {
    Ok(registry::audit::record(tx, now, &account.login, action, &id.to_string(), &detail).await?)
}
