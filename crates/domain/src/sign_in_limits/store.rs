//! All SQL of the tally.

use db::{Tx, with_conn};
use jiff::Timestamp;

use crate::Error;

fn tally((since, failures): (String, i64)) -> Result<(Timestamp, i64), Error> {
    let since = since.parse().map_err(|_| Error::Damaged("登录失败的记录已损坏。".into()))?;
    Ok((since, failures))
}

/// Counts one more; a tally whose window is over begins anew. One statement, so that no two processes count past each other.
pub(super) async fn count(tx: &mut Tx, key: &str, now: Timestamp, over: Timestamp) -> Result<(Timestamp, i64), Error> {
    const SQL: &str = "insert into sign_in_tally (key, since, failures) values ($1, $2, 1) \
         on conflict (key) do update set \
         failures = case when sign_in_tally.since <= $3 then 1 else sign_in_tally.failures + 1 end, \
         since = case when sign_in_tally.since <= $3 then $2 else sign_in_tally.since end \
         returning since, failures";
    let row: (String, i64) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(key).bind(now.to_string())
        .bind(over.to_string()).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    tally(row)
}

pub(super) async fn count_out(tx: &mut Tx, key: &str) -> Result<(), Error> {
    const SQL: &str = "update sign_in_tally set failures = failures - 1 where key = $1 and failures > 0";
    with_conn!(tx, conn => sqlx::query(SQL).bind(key).execute(conn).await.map(|_| ())).map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, key: &str) -> Result<Option<(Timestamp, i64)>, Error> {
    const SQL: &str = "select since, failures from sign_in_tally where key = $1";
    let row: Option<(String, i64)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(key).fetch_optional(conn).await).map_err(db::Error::from)?;
    row.map(tally).transpose()
}

pub(super) async fn forget(tx: &mut Tx, key: &str) -> Result<(), Error> {
    const SQL: &str = "delete from sign_in_tally where key = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(key).execute(conn).await.map(|_| ())).map_err(db::Error::from)?;
    Ok(())
}

/// Takes out the tallies whose window is over.
pub(super) async fn clear(tx: &mut Tx, over: Timestamp) -> Result<(), Error> {
    const SQL: &str = "delete from sign_in_tally where since <= $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(over.to_string()).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}
