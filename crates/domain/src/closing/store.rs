//! All SQL of closed months.

use db::{Tx, with_conn};

use super::Closing;
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
