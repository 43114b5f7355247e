//! All SQL of the trail.

use db::{Tx, with_conn};
use jiff::Timestamp;
use serde_json::Value;

use super::Entry;
use crate::{Error, instant};

pub(super) async fn insert(
    tx: &mut Tx,
    at: Timestamp,
    who: &str,
    action: &str,
    object: &str,
    detail: &Value,
) -> Result<(), Error> {
    const SQL: &str = "insert into audit (at, who, action, object, detail) values ($1, $2, $3, $4, $5)";
    with_conn!(tx, conn => sqlx::query(SQL)
        .bind(instant::format(at)).bind(who).bind(action).bind(object).bind(detail.to_string())
        .execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn recent(tx: &mut Tx, before: i64, limit: u32) -> Result<Vec<Entry>, Error> {
    const SQL: &str = "select id, at, who, action, object, detail from audit where id < $1 order by id desc limit $2";
    type Row = (i64, String, String, String, String, String);
    let rows: Vec<Row> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(before).bind(i64::from(limit)).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    rows.into_iter()
        .map(|(id, at, who, action, object, detail)| {
            let detail =
                serde_json::from_str(&detail).map_err(|error| Error::Damaged(format!("审计记录 {id}：{error}")))?;
            Ok(Entry { id, at: instant::parse(&at)?, who, action, object, detail })
        })
        .collect()
}
