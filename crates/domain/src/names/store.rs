//! All SQL of the ledger of names.

use db::{Tx, with_conn};
use documents::applicants::{Entry, Ledger};

use crate::Error;

pub(super) async fn ledger(tx: &mut Tx) -> Result<Ledger, Error> {
    const SQL: &str = "select version, entry from name_entry order by version";
    let rows: Vec<(i64, String)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    for (place, (version, _)) in (1_i64..).zip(&rows) {
        if place != *version {
            return Err(Error::Damaged(format!("名称归并账缺第 {place} 条。请从备份恢复数据库。")));
        }
    }
    let lines: Vec<String> = rows.into_iter().map(|(_, entry)| entry).collect();
    Ledger::from_lines(&lines.join("\n")).map_err(|cause| Error::Damaged(format!("{cause}。请从备份恢复数据库。")))
}

pub(super) async fn insert(tx: &mut Tx, version: usize, entry: &Entry) -> Result<(), Error> {
    const SQL: &str = "insert into name_entry (version, entry) values ($1, $2)";
    let version = i64::try_from(version).unwrap_or(i64::MAX);
    let text = serde_json::to_string(entry).map_err(|cause| Error::Damaged(cause.to_string()))?;
    with_conn!(tx, conn => sqlx::query(SQL).bind(version).bind(text).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}
