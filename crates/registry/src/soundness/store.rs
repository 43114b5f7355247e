//! All SQL of the checks; each asks for what should not be.

use db::{Tx, with_conn};

use crate::Error;

/// A batch, its file, what it says and what is there.
type Differing = (i64, String, i64, i64);

pub(super) async fn count(tx: &mut Tx) -> Result<i64, Error> {
    const SQL: &str = "select count(*) from batch";
    let (count,): (i64,) =
        with_conn!(tx, conn => sqlx::query_as(SQL).fetch_one(conn).await).map_err(db::Error::from)?;
    Ok(count)
}

pub(super) async fn uneven(tx: &mut Tx) -> Result<Vec<Differing>, Error> {
    const SQL: &str = "select id, file, rows_read, accepted + unchanged + quarantined from batch \
        where rows_read <> accepted + unchanged + quarantined order by id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// Batches with fewer facts than rows accepted; there may be more, for what a batch confirmed can be written out later.
pub(super) async fn lacking_facts(tx: &mut Tx) -> Result<Vec<Differing>, Error> {
    const SQL: &str = "select b.id, b.file, b.accepted, count(f.id) from batch b left join fact f on f.batch_id = b.id \
        where b.state in ('merged', 'withdrawn') group by b.id, b.file, b.accepted having count(f.id) < b.accepted order by b.id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn other_quarantine(tx: &mut Tx) -> Result<Vec<Differing>, Error> {
    const SQL: &str = "select b.id, b.file, b.quarantined, count(q.id) from batch b left join quarantine q on q.batch_id = b.id \
        where b.state in ('merged', 'withdrawn') group by b.id, b.file, b.quarantined having count(q.id) <> b.quarantined order by b.id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// Cancelled batches of which something is left.
pub(super) async fn left_over(tx: &mut Tx) -> Result<Vec<(i64, String, i64)>, Error> {
    const SQL: &str = "select b.id, b.file, count(f.id) from batch b join fact f on f.batch_id = b.id \
        where b.state = 'cancelled' group by b.id, b.file order by b.id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn unrecorded_batches(tx: &mut Tx) -> Result<Vec<(i64, String)>, Error> {
    const SQL: &str = "select b.id, b.file from batch b where b.state in ('merged', 'withdrawn') and not exists \
        (select 1 from audit a where a.object = cast(b.id as text) and a.action = b.kind || '-merged') order by b.id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn unrecorded_runs(tx: &mut Tx) -> Result<Vec<String>, Error> {
    const SQL: &str = "select r.id from run r where not exists \
        (select 1 from audit a where a.object = r.id and a.action = 'run.evaluate') order by r.id";
    let rows: Vec<(String,)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
