//! All SQL of the quarantine after the import.

use db::{Tx, with_conn};
use jiff::Timestamp;
use sqlx::FromRow;

use super::{Filter, QuarantinedRow, shown_fields};
use crate::{Error, instant, registers};

#[derive(FromRow)]
struct Row {
    id: i64,
    batch_id: i64,
    register: String,
    file: String,
    sheet: String,
    row_no: i64,
    cells: String,
    fields: String,
    reasons: String,
    state: String,
    resolved_by: Option<String>,
    resolved_at: Option<String>,
    resolution_batch: Option<i64>,
    note: Option<String>,
}

impl Row {
    fn read(self) -> Result<(QuarantinedRow, String), Error> {
        let damaged = |error: serde_json::Error| Error::Damaged(format!("隔离行 {}：{error}", self.id));
        let register = registers::register(&self.register);
        let row = QuarantinedRow {
            id: self.id,
            batch: self.batch_id,
            file: self.file,
            sheet: self.sheet,
            row: self.row_no,
            cells: serde_json::from_str(&self.cells).map_err(damaged)?,
            fields: register.map(|register| shown_fields(register, &self.fields)).transpose()?.unwrap_or_default(),
            reasons: serde_json::from_str(&self.reasons).map_err(damaged)?,
            register: self.register,
            state: self.state,
            resolved_by: self.resolved_by,
            resolved_at: self.resolved_at.as_deref().map(instant::parse).transpose()?,
            resolution_batch: self.resolution_batch,
            note: self.note,
        };
        Ok((row, self.fields))
    }
}

pub(super) async fn list(tx: &mut Tx, filter: &Filter<'_>) -> Result<Vec<QuarantinedRow>, Error> {
    const SQL: &str = "select q.id, q.batch_id, q.register, b.file, q.sheet, q.row_no, q.cells, q.fields, q.reasons, q.state, \
        q.resolved_by, q.resolved_at, q.resolution_batch, q.note from quarantine q join batch b on b.id = q.batch_id \
        where b.state = 'merged' and (q.register = $1 or $1 = '') and (q.batch_id = $2 or $2 = 0) and (q.state = $3 or $3 = '') \
        and q.id > $4 order by q.id limit $5";
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(filter.register.unwrap_or("")).bind(filter.batch.unwrap_or(0)).bind(filter.state.unwrap_or(""))
        .bind(filter.after.unwrap_or(0)).bind(i64::from(filter.limit))
        .fetch_all(conn).await)
    .map_err(db::Error::from)?;
    rows.into_iter().map(|row| row.read().map(|(row, _)| row)).collect()
}

pub(super) async fn open_counts(tx: &mut Tx) -> Result<Vec<(String, i64)>, Error> {
    const SQL: &str = "select q.register, count(*) from quarantine q join batch b on b.id = q.batch_id \
        where b.state = 'merged' and q.state = 'open' group by q.register order by q.register";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// How many rows each batch set aside, by register and by the batch that settled them.
pub(super) async fn by_batches(tx: &mut Tx) -> Result<Vec<(String, i64, Option<i64>, i64)>, Error> {
    const SQL: &str = "select register, batch_id, resolution_batch, count(*) from quarantine \
        group by register, batch_id, resolution_batch order by register, batch_id, resolution_batch";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// A row of a merged batch with its raw fields.
pub(super) async fn find(tx: &mut Tx, id: i64) -> Result<Option<(QuarantinedRow, String)>, Error> {
    const SQL: &str = "select q.id, q.batch_id, q.register, b.file, q.sheet, q.row_no, q.cells, q.fields, q.reasons, q.state, \
        q.resolved_by, q.resolved_at, q.resolution_batch, q.note from quarantine q join batch b on b.id = q.batch_id \
        where q.id = $1 and b.state = 'merged'";
    let row: Option<Row> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_optional(conn).await).map_err(db::Error::from)?;
    row.map(Row::read).transpose()
}

/// Settles a row that is still open, or already settled by the very batch in hand; false when another was quicker.
pub(super) async fn settle(
    tx: &mut Tx,
    id: i64,
    batch: i64,
    state: &str,
    note: Option<&str>,
    who: &str,
    at: Timestamp,
) -> Result<bool, Error> {
    const SQL: &str = "update quarantine set state = $3, note = $4, resolved_by = $5, resolved_at = $6, resolution_batch = $2 \
        where id = $1 and (state = 'open' or resolution_batch = $2)";
    let done = with_conn!(tx, conn => sqlx::query(SQL)
        .bind(id).bind(batch).bind(state).bind(note).bind(who).bind(instant::format(at))
        .execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(done == 1)
}

/// A settled row rests on the batch that brought it.
pub(super) async fn rest_on(tx: &mut Tx, batch: i64, on: i64, example: &str) -> Result<(), Error> {
    const SQL: &str = "insert into reliance (batch_id, on_batch_id, row_count, example_key) values ($1, $2, 1, $3) \
        on conflict (batch_id, on_batch_id) do nothing";
    with_conn!(tx, conn => sqlx::query(SQL).bind(batch).bind(on).bind(example).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}
