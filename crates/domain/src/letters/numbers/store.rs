//! All SQL of the numbers of letters.

use db::{Tx, with_conn};

use crate::Error;

/// Kind, year and how many numbers were given of each.
pub(super) async fn tallies(tx: &mut Tx) -> Result<Vec<(String, i64, i64)>, Error> {
    const SQL: &str = "select kind, year, used from letter_tally order by kind, year";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}
