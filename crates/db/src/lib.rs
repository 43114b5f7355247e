//! The database: a connection, a transaction and the migrations, for SQLite and PostgreSQL alike.
//!
//! One SQL text runs on both (docs/decisions). This crate knows no word of the field besides what the migrations hold,
//! and every store function elsewhere takes `&mut Tx`, so that operations compose and the outermost caller commits.

mod connect;
pub mod dump;
mod error;
mod migrations;
mod recovery;
pub mod schema;
pub mod test;

pub use connect::{Db, Tx, Work};
pub use error::Error;
pub use recovery::Process;

/// Stands between the rows that a statement gathers into one text; in no JSON, which escapes control characters, and in no key.
pub const BETWEEN_ROWS: char = '\u{1d}';
/// Stands between the columns of such a row.
pub const WITHIN_ROW: char = '\u{1e}';

/// Runs one expression on the connection inside a [`Tx`], whichever of the two databases it belongs to.
///
/// ```no_run
/// # async fn batches(tx: &mut db::Tx) -> Result<i64, db::Error> {
/// use db::with_conn;
///
/// const SQL: &str = "select count(*) from batch where register = $1";
/// let (count,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind("patents").fetch_one(conn).await)?;
/// # Ok(count)
/// # }
/// ```
#[macro_export]
macro_rules! with_conn {
    ($tx:expr, $conn:ident => $run:expr) => {
        match $tx {
            $crate::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $run
            }
            $crate::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $run
            }
        }
    };
}
