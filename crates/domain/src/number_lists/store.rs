//! All SQL of lists of numbers.

use db::{Tx, with_conn};

use crate::Error;

pub(super) async fn insert(tx: &mut Tx, hash: &str, numbers: &str, now: &str) -> Result<(), Error> {
    const SQL: &str =
        "insert into number_list (hash, numbers, made_at) values ($1, $2, $3) on conflict (hash) do nothing";
    with_conn!(tx, conn => sqlx::query(SQL).bind(hash).bind(numbers).bind(now).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, hash: &str) -> Result<Option<String>, Error> {
    const SQL: &str = "select numbers from number_list where hash = $1";
    let row: Option<(String,)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(hash).fetch_optional(conn).await).map_err(db::Error::from)?;
    Ok(row.map(|(numbers,)| numbers))
}
