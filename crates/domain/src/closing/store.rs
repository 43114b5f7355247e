//! All SQL of closed months.

use db::{Tx, with_conn};

use super::{Closing, Reopening};
use crate::Error;

#[derive(sqlx::FromRow)]
struct Row {
    month: String,
    as_of: String,
    run_id: Option<String>,
    closed_at: String,
    closed_by: String,
    note: Option<String>,
}

impl Row {
    fn read(self) -> Result<Closing, Error> {
        let damaged = || Error::Damaged(format!("月结记录 {} 的时间已损坏", self.month));
        Ok(Closing {
            as_of: self.as_of.parse().map_err(|_| damaged())?,
            closed_at: self.closed_at.parse().map_err(|_| damaged())?,
            run: self.run_id.unwrap_or_default(),
            closed_by: self.closed_by,
            note: self.note.unwrap_or_default(),
            month: self.month,
        })
    }
}

/// The closed months, the latest first.
pub(super) async fn list(tx: &mut Tx) -> Result<Vec<Closing>, Error> {
    const SQL: &str = "select month, as_of, run_id, closed_at, closed_by, note from closing order by month desc";
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    rows.into_iter().map(Row::read).collect()
}

/// Takes the closing of a month back; what it was is kept.
pub(super) async fn reopen(tx: &mut Tx, taken: &Reopening) -> Result<(), Error> {
    const KEEP: &str = "insert into reopening (month, as_of, run_id, closed_at, closed_by, note, reopened_at, reopened_by, reason) \
         select month, as_of, run_id, closed_at, closed_by, note, $2, $3, $4 from closing where month = $1";
    const DELETE: &str = "delete from closing where month = $1";
    with_conn!(&mut *tx, conn => sqlx::query(KEEP).bind(&taken.closing.month).bind(taken.reopened_at.to_string())
        .bind(&taken.reopened_by).bind(&taken.reason).execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    with_conn!(tx, conn => sqlx::query(DELETE).bind(&taken.closing.month).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct ReopenedRow {
    #[sqlx(flatten)]
    closing: Row,
    reopened_at: String,
    reopened_by: String,
    reason: String,
}

/// The closings that were taken back, the latest first.
pub(super) async fn reopened(tx: &mut Tx) -> Result<Vec<Reopening>, Error> {
    const SQL: &str = "select month, as_of, run_id, closed_at, closed_by, note, reopened_at, reopened_by, reason \
         from reopening order by id desc";
    let rows: Vec<ReopenedRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    let read = |row: ReopenedRow| {
        let closing = row.closing.read()?;
        let damaged = |_| Error::Damaged(format!("撤回月结 {} 的时间已损坏", closing.month));
        let reopened_at = row.reopened_at.parse().map_err(damaged)?;
        Ok(Reopening { closing, reopened_at, reopened_by: row.reopened_by, reason: row.reason })
    };
    rows.into_iter().map(read).collect()
}

/// Keeps a closed month; false when it is closed already.
pub(super) async fn insert(tx: &mut Tx, closing: &Closing) -> Result<bool, Error> {
    const SQL: &str = "insert into closing (month, as_of, run_id, closed_at, closed_by, note) values ($1, $2, $3, $4, $5, $6) \
         on conflict (month) do nothing";
    let inserted = with_conn!(tx, conn => sqlx::query(SQL)
        .bind(&closing.month).bind(closing.as_of.to_string()).bind(&closing.run).bind(closing.closed_at.to_string())
        .bind(&closing.closed_by).bind(&closing.note)
        .execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(inserted == 1)
}
