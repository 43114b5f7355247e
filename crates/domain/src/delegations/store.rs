//! All SQL of leave.

use db::{Tx, with_conn};

use super::Delegation;
use crate::Error;

/// Every leave, the latest first.
pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Delegation>, Error> {
    const SQL: &str = "select d.id, f.login as from_login, f.name as from_name, t.login as to_login, t.name as to_name, \
        d.from_on, d.until_on, d.reason, d.ended_at from delegation d join account f on f.id = d.from_id \
        join account t on t.id = d.to_id order by d.id desc";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// Keeps two leaves of these accounts from being named at once.
pub(super) async fn lock(tx: &mut Tx, accounts: [i64; 2]) -> Result<(), Error> {
    const SQL: &str = "update account set login = login where id = $1 or id = $2";
    with_conn!(tx, conn => sqlx::query(SQL).bind(accounts[0]).bind(accounts[1]).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn insert(
    tx: &mut Tx,
    (from, to): (i64, i64),
    (first, last): (&str, &str),
    reason: &str,
    at: &str,
) -> Result<i64, Error> {
    const SQL: &str = "insert into delegation (from_id, to_id, from_on, until_on, reason, made_at) \
        values ($1, $2, $3, $4, $5, $6) returning id";
    let (id,): (i64,) =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(from).bind(to).bind(first).bind(last).bind(reason)
        .bind(at).fetch_one(conn).await)
        .map_err(db::Error::from)?;
    Ok(id)
}

/// Ends a leave; false when it was ended before.
pub(super) async fn end(tx: &mut Tx, id: i64, at: &str) -> Result<bool, Error> {
    const SQL: &str = "update delegation set ended_at = $2 where id = $1 and ended_at is null";
    let changed = with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(at).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(changed == 1)
}
