//! All SQL of baskets.

use db::{Tx, with_conn};

use super::{Basket, Kept};
use crate::Error;

pub(super) async fn all(tx: &mut Tx, account: i64) -> Result<Vec<Basket>, Error> {
    const SQL: &str = "select b.id, b.name, b.created_at, \
            (select count(*) from basket_document d where d.basket_id = b.id and d.removed_at is null) as documents \
        from basket b where b.account_id = $1 and b.removed_at is null order by b.id desc";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(account).fetch_all(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn find(tx: &mut Tx, account: i64, id: i64) -> Result<Option<Basket>, Error> {
    const SQL: &str = "select b.id, b.name, b.created_at, \
            (select count(*) from basket_document d where d.basket_id = b.id and d.removed_at is null) as documents \
        from basket b where b.account_id = $1 and b.id = $2 and b.removed_at is null";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(account).bind(id).fetch_optional(conn).await)
        .map_err(db::Error::from)?)
}

pub(super) async fn holding(tx: &mut Tx, account: i64, key: &str) -> Result<Vec<Basket>, Error> {
    const SQL: &str = "select b.id, b.name, b.created_at, \
            (select count(*) from basket_document d where d.basket_id = b.id and d.removed_at is null) as documents \
        from basket b join basket_document k on k.basket_id = b.id \
        where b.account_id = $1 and b.removed_at is null and k.document_key = $2 and k.removed_at is null \
        order by b.id desc";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(account).bind(key).fetch_all(conn).await)
        .map_err(db::Error::from)?)
}

pub(super) async fn documents(tx: &mut Tx, basket: i64) -> Result<Vec<Kept>, Error> {
    const SQL: &str = "select document_key, rating, note, added_at from basket_document \
        where basket_id = $1 and removed_at is null order by added_at desc, document_key";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(basket).fetch_all(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn insert(tx: &mut Tx, account: i64, name: &str, now: &str) -> Result<i64, Error> {
    const SQL: &str = "insert into basket (account_id, name, created_at) values ($1, $2, $3) returning id";
    let (id,): (i64,) =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(account).bind(name).bind(now).fetch_one(conn).await)
            .map_err(db::Error::from)?;
    Ok(id)
}

/// Whether the document was not there before.
pub(super) async fn put(tx: &mut Tx, basket: i64, key: &str, now: &str) -> Result<bool, Error> {
    const SQL: &str = "insert into basket_document (basket_id, document_key, added_at) values ($1, $2, $3) \
        on conflict (basket_id, document_key) do update set removed_at = null \
        where basket_document.removed_at is not null";
    let rows = with_conn!(tx, conn => sqlx::query(SQL).bind(basket).bind(key).bind(now)
        .execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(rows > 0)
}

pub(super) async fn assess(
    tx: &mut Tx,
    basket: i64,
    key: &str,
    rating: Option<i64>,
    note: &str,
) -> Result<bool, Error> {
    const SQL: &str = "update basket_document set rating = $3, note = $4 \
        where basket_id = $1 and document_key = $2 and removed_at is null";
    let rows = with_conn!(tx, conn => sqlx::query(SQL).bind(basket).bind(key).bind(rating).bind(note)
        .execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(rows > 0)
}

pub(super) async fn take_out(tx: &mut Tx, basket: i64, key: &str, now: &str) -> Result<bool, Error> {
    const SQL: &str = "update basket_document set removed_at = $3 \
        where basket_id = $1 and document_key = $2 and removed_at is null";
    let rows = with_conn!(tx, conn => sqlx::query(SQL).bind(basket).bind(key).bind(now)
        .execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(rows > 0)
}

pub(super) async fn set_removed(tx: &mut Tx, account: i64, id: i64, at: Option<&str>) -> Result<(), Error> {
    const SQL: &str = "update basket set removed_at = $3 where account_id = $1 and id = $2";
    with_conn!(tx, conn => sqlx::query(SQL).bind(account).bind(id).bind(at).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn removed_name(tx: &mut Tx, account: i64, id: i64) -> Result<Option<String>, Error> {
    const SQL: &str = "select name from basket where account_id = $1 and id = $2 and removed_at is not null";
    let row: Option<(String,)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(account).bind(id).fetch_optional(conn).await)
            .map_err(db::Error::from)?;
    Ok(row.map(|(name,)| name))
}
