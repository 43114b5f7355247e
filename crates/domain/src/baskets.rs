//! Baskets (文献夹): patent documents that an account keeps for itself, each with a rating and a note.
//!
//! What is taken out is only marked, so that it can be put back as it was. Whether a document still stands in the
//! corpus is not known here; a basket holds keys.

mod store;
#[cfg(test)]
mod tests;

use db::{Db, Tx};
use jiff::Timestamp;
use serde_json::json;

use crate::{Error, accounts::Account};

/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 60;
/// The longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 2_000;
/// How many documents are put in at once.
pub const PUT_MAX: usize = 10_000;

/// A basket.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Basket {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: String,
    /// How many documents it holds.
    pub documents: i64,
}

/// A document in a basket.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Kept {
    /// The document's key.
    pub document_key: String,
    /// One to five; none while nobody has judged.
    pub rating: Option<i64>,
    /// What was noted.
    pub note: String,
    /// When it was put in.
    pub added_at: String,
}

/// The baskets of an account, the latest first.
pub async fn all(db: &Db, account: &Account) -> Result<Vec<Basket>, Error> {
    let mut tx = db.begin_read().await?;
    store::all(&mut tx, account.id).await
}

/// A basket of this account; one that was removed or belongs to another is not found.
pub async fn find(db: &Db, account: &Account, id: i64) -> Result<Basket, Error> {
    let mut tx = db.begin_read().await?;
    own(&mut tx, account, id).await
}

/// What a basket holds, the latest first.
pub async fn documents(db: &Db, account: &Account, id: i64) -> Result<Vec<Kept>, Error> {
    let mut tx = db.begin_read().await?;
    own(&mut tx, account, id).await?;
    store::documents(&mut tx, id).await
}

/// The baskets of this account that hold a document.
pub async fn holding(db: &Db, account: &Account, key: &str) -> Result<Vec<Basket>, Error> {
    let mut tx = db.begin_read().await?;
    store::holding(&mut tx, account.id, key).await
}

/// Makes a basket and gives its number.
pub async fn open(db: &Db, account: &Account, name: &str, now: Timestamp) -> Result<i64, Error> {
    let name = named(name, "文献夹")?;
    let mut tx = db.begin().await?;
    if store::all(&mut tx, account.id).await?.iter().any(|basket| basket.name == name) {
        return Err(Error::Conflict(format!("已有名为“{name}”的文献夹，请换一个名称，或直接选用它。")));
    }
    let id = store::insert(&mut tx, account.id, name, &now.to_string()).await?;
    record(&mut tx, account, now, "basket.open", id, json!({ "name": name })).await?;
    tx.commit().await?;
    Ok(id)
}

/// Puts documents in and says how many were not there; one that was taken out comes back with its rating and note.
pub async fn put(db: &Db, account: &Account, id: i64, keys: &[String], now: Timestamp) -> Result<usize, Error> {
    if keys.is_empty() {
        return Err(Error::Invalid("没有选中文献。请先勾选要收入的文献。".into()));
    }
    if keys.len() > PUT_MAX {
        return Err(Error::Invalid(format!("一次最多收入 {PUT_MAX} 件，现有 {} 件。请先缩小检索范围。", keys.len())));
    }
    let mut tx = db.begin().await?;
    own(&mut tx, account, id).await?;
    let mut added = 0;
    for key in keys {
        added += usize::from(store::put(&mut tx, id, key, &now.to_string()).await?);
    }
    if added > 0 {
        record(&mut tx, account, now, "basket.put", id, json!({ "documents": added, "first": keys[0] })).await?;
    }
    tx.commit().await?;
    Ok(added)
}

/// Writes down what one thinks of a document in a basket.
pub async fn assess(
    db: &Db,
    account: &Account,
    id: i64,
    key: &str,
    rating: Option<i64>,
    note: &str,
    now: Timestamp,
) -> Result<(), Error> {
    if rating.is_some_and(|rating| !(1..=5).contains(&rating)) {
        return Err(Error::Invalid("评级只能是 1 至 5。请重新选择。".into()));
    }
    let note = note.trim();
    if note.chars().count() > NOTE_CHARS_MAX {
        return Err(Error::Invalid(format!("备注最多 {NOTE_CHARS_MAX} 个字，请缩短。")));
    }
    let mut tx = db.begin().await?;
    own(&mut tx, account, id).await?;
    if !store::assess(&mut tx, id, key, rating, note).await? {
        return Err(missing(key));
    }
    let detail = json!({ "document": key, "rating": rating, "note": note });
    record(&mut tx, account, now, "basket.assess", id, detail).await?;
    Ok(tx.commit().await?)
}

/// Takes a document out; [`put`] brings it back as it was.
pub async fn take_out(db: &Db, account: &Account, id: i64, key: &str, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    own(&mut tx, account, id).await?;
    if !store::take_out(&mut tx, id, key, &now.to_string()).await? {
        return Err(missing(key));
    }
    record(&mut tx, account, now, "basket.take-out", id, json!({ "document": key })).await?;
    Ok(tx.commit().await?)
}

/// Removes a basket with all it holds; [`restore`] brings it back.
pub async fn remove(db: &Db, account: &Account, id: i64, now: Timestamp) -> Result<Basket, Error> {
    let mut tx = db.begin().await?;
    let basket = own(&mut tx, account, id).await?;
    store::set_removed(&mut tx, account.id, id, Some(&now.to_string())).await?;
    record(&mut tx, account, now, "basket.remove", id, json!({ "name": basket.name })).await?;
    tx.commit().await?;
    Ok(basket)
}

/// Brings a removed basket back, unless its name is taken by now.
pub async fn restore(db: &Db, account: &Account, id: i64, now: Timestamp) -> Result<Basket, Error> {
    let mut tx = db.begin().await?;
    let name = store::removed_name(&mut tx, account.id, id).await?;
    let name = name.ok_or_else(|| Error::NotFound { what: "已删除的文献夹", id: id.to_string() })?;
    if store::all(&mut tx, account.id).await?.iter().any(|basket| basket.name == name) {
        return Err(Error::Conflict(format!("现在另有名为“{name}”的文献夹，先删除它才能恢复。")));
    }
    store::set_removed(&mut tx, account.id, id, None).await?;
    record(&mut tx, account, now, "basket.restore", id, json!({ "name": name })).await?;
    let basket = own(&mut tx, account, id).await?;
    tx.commit().await?;
    Ok(basket)
}

async fn own(tx: &mut Tx, account: &Account, id: i64) -> Result<Basket, Error> {
    let found = store::find(tx, account.id, id).await?;
    found.ok_or_else(|| Error::NotFound { what: "文献夹", id: id.to_string() })
}

fn missing(key: &str) -> Error {
    Error::NotFound { what: "文献夹中的文献", id: key.to_owned() }
}

/// A name as it may be kept.
pub(crate) fn named<'a>(name: &'a str, what: &str) -> Result<&'a str, Error> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(Error::Invalid(format!("请给{what}起一个名称。"))),
        1..=NAME_CHARS_MAX => Ok(name),
        _ => Err(Error::Invalid(format!("{what}的名称最多 {NAME_CHARS_MAX} 个字，请缩短。"))),
    }
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
