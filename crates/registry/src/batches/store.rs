//! All SQL of batches.

use db::{Tx, with_conn};
use jiff::Timestamp;
use sqlx::FromRow;

use super::{Batch, BatchKind, Filter};
use crate::{Error, instant};

#[derive(FromRow)]
struct BatchRow {
    id: i64,
    register: String,
    kind: String,
    file: String,
    encoding: Option<String>,
    state: String,
    received_at: String,
    recorded_at: String,
    withdrawn_at: Option<String>,
    rows_read: i64,
    accepted: i64,
    changed: i64,
    unchanged: i64,
    quarantined: i64,
    untied: i64,
    by_whom: String,
    note: Option<String>,
    report: String,
}

impl BatchRow {
    fn read(self) -> Result<(Batch, String), Error> {
        let batch = Batch {
            id: self.id,
            register: self.register,
            kind: BatchKind::from_key(&self.kind)?,
            file: self.file,
            encoding: self.encoding,
            state: self.state,
            received_at: instant::parse(&self.received_at)?,
            recorded_at: instant::parse(&self.recorded_at)?,
            withdrawn_at: self.withdrawn_at.as_deref().map(instant::parse).transpose()?,
            rows: self.rows_read,
            accepted: self.accepted,
            changed: self.changed,
            unchanged: self.unchanged,
            quarantined: self.quarantined,
            untied: self.untied,
            by_whom: self.by_whom,
            note: self.note,
        };
        Ok((batch, self.report))
    }
}

/// Batches without their reports, which may be long.
pub(super) async fn list(tx: &mut Tx, filter: &Filter<'_>) -> Result<Vec<Batch>, Error> {
    const SQL: &str = "select id, register, kind, file, encoding, state, received_at, recorded_at, withdrawn_at, rows_read, accepted, \
        changed, unchanged, quarantined, untied, by_whom, note, '' as report from batch \
        where (register = $1 or $1 = '') and id < $2 order by id desc limit $3";
    let rows: Vec<BatchRow> = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(filter.register.unwrap_or("")).bind(filter.before.unwrap_or(i64::MAX)).bind(i64::from(filter.limit))
        .fetch_all(conn).await)
    .map_err(db::Error::from)?;
    rows.into_iter().map(|row| row.read().map(|(batch, _)| batch)).collect()
}

pub(super) async fn find(tx: &mut Tx, id: i64) -> Result<Option<(Batch, String)>, Error> {
    const SQL: &str = "select id, register, kind, file, encoding, state, received_at, recorded_at, withdrawn_at, rows_read, accepted, \
        changed, unchanged, quarantined, untied, by_whom, note, report from batch where id = $1";
    let row: Option<BatchRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_optional(conn).await).map_err(db::Error::from)?;
    row.map(BatchRow::read).transpose()
}

pub(super) async fn staging(tx: &mut Tx) -> Result<Vec<i64>, Error> {
    const SQL: &str = "select id from batch where state = 'staging' order by id";
    let rows: Vec<(i64,)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn is_staging(tx: &mut Tx, register: &str) -> Result<bool, Error> {
    const SQL: &str = "select id from batch where register = $1 and state = 'staging'";
    let row: Option<(i64,)> = with_conn!(tx, conn => sqlx::query_as(SQL).bind(register).fetch_optional(conn).await)
        .map_err(db::Error::from)?;
    Ok(row.is_some())
}

/// The merged batches that rest on a batch: number, file, rows, an example key.
pub(super) async fn resting_on(tx: &mut Tx, id: i64) -> Result<Vec<(i64, String, i64, String)>, Error> {
    const SQL: &str = "select r.batch_id, b.file, r.row_count, r.example_key from reliance r join batch b on b.id = r.batch_id \
        where r.on_batch_id = $1 and b.state = 'merged' order by r.batch_id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// Withdraws a batch and opens again the quarantined rows that it had settled.
pub(super) async fn withdraw(tx: &mut Tx, id: i64, at: Timestamp, note: Option<&str>) -> Result<(), Error> {
    const WITHDRAW: &str =
        "update batch set state = 'withdrawn', withdrawn_at = $2, note = coalesce($3, note) where id = $1";
    const REOPEN: &str = "update quarantine set state = 'open', resolved_by = null, resolved_at = null, resolution_batch = null, note = null \
        where resolution_batch = $1";
    with_conn!(&mut *tx, conn => sqlx::query(WITHDRAW).bind(id).bind(instant::format(at)).bind(note).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    with_conn!(tx, conn => sqlx::query(REOPEN).bind(id).execute(conn).await.map(|_| ())).map_err(db::Error::from)?;
    Ok(())
}
