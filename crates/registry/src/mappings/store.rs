//! All SQL of saved mappings.

use db::{Tx, with_conn};
use jiff::Timestamp;

use super::Mapping;
use crate::{Error, instant};

pub(super) async fn save(tx: &mut Tx, mapping: &Mapping, json: &str, at: Timestamp, who: &str) -> Result<(), Error> {
    const SQL: &str = "insert into mapping (source, register, json, saved_at, saved_by) values ($1, $2, $3, $4, $5) \
        on conflict (register, source) do update set json = excluded.json, saved_at = excluded.saved_at, saved_by = excluded.saved_by";
    with_conn!(tx, conn => sqlx::query(SQL)
        .bind(&mapping.source).bind(&mapping.register).bind(json).bind(instant::format(at)).bind(who)
        .execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, register: &str, source: &str) -> Result<u64, Error> {
    const SQL: &str = "delete from mapping where register = $1 and source = $2";
    let gone = with_conn!(tx, conn => sqlx::query(SQL).bind(register).bind(source).execute(conn).await.map(|done| done.rows_affected()))
        .map_err(db::Error::from)?;
    Ok(gone)
}

pub(super) async fn of_register(tx: &mut Tx, register: &str) -> Result<Vec<Mapping>, Error> {
    const SQL: &str = "select source, json from mapping where register = $1 order by source";
    let rows: Vec<(String, String)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(register).fetch_all(conn).await).map_err(db::Error::from)?;
    rows.into_iter()
        .map(|(source, json)| {
            serde_json::from_str(&json).map_err(|error| Error::Damaged(format!("映射 {source}：{error}")))
        })
        .collect()
}
