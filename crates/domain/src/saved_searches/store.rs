//! All SQL of saved searches.

use db::{Tx, with_conn};

use super::SavedSearch;
use crate::Error;

pub(super) async fn all(tx: &mut Tx, account: i64) -> Result<Vec<SavedSearch>, Error> {
    const SQL: &str = "select id, name, query, seen_arrival, seen_at from saved_search \
        where account_id = $1 and removed_at is null order by id desc";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(account).fetch_all(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn insert(
    tx: &mut Tx,
    account: i64,
    name: &str,
    query: &str,
    arrival: i64,
    now: &str,
) -> Result<i64, Error> {
    const SQL: &str = "insert into saved_search (account_id, name, query, seen_arrival, seen_at, created_at) \
        values ($1, $2, $3, $4, $5, $5) returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(account).bind(name).bind(query).bind(arrival).bind(now).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

pub(super) async fn see(tx: &mut Tx, id: i64, arrival: i64, now: &str) -> Result<(), Error> {
    const SQL: &str = "update saved_search set seen_arrival = $2, seen_at = $3 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(arrival).bind(now).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn set_removed(tx: &mut Tx, account: i64, id: i64, at: Option<&str>) -> Result<(), Error> {
    const SQL: &str = "update saved_search set removed_at = $3 where account_id = $1 and id = $2";
    with_conn!(tx, conn => sqlx::query(SQL).bind(account).bind(id).bind(at).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn removed_name(tx: &mut Tx, account: i64, id: i64) -> Result<Option<String>, Error> {
    const SQL: &str = "select name from saved_search where account_id = $1 and id = $2 and removed_at is not null";
    let row: Option<(String,)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(account).bind(id).fetch_optional(conn).await)
            .map_err(db::Error::from)?;
    Ok(row.map(|(name,)| name))
}
