//! All SQL of jobs.

use db::{Tx, with_conn};

use super::Job;
use crate::Error;

pub(super) async fn insert(tx: &mut Tx, job: &Job) -> Result<(), Error> {
    const SQL: &str =
        "insert into job (id, title, by_whom, process, started_at, outcome) values ($1, $2, $3, $4, $5, $6)";
    with_conn!(tx, conn => sqlx::query(SQL)
        .bind(&job.id).bind(&job.title).bind(&job.by_whom).bind(&job.process).bind(&job.started_at).bind(&job.outcome)
        .execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn end(tx: &mut Tx, id: &str, outcome: &str) -> Result<(), Error> {
    const SQL: &str = "update job set outcome = $2 where id = $1 and outcome is null";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(outcome).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, id: &str) -> Result<Option<Job>, Error> {
    const SQL: &str = "select id, title, by_whom, process, started_at, outcome from job where id = $1";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_optional(conn).await).map_err(db::Error::from)?)
}

/// The jobs without an outcome, the oldest first.
pub(super) async fn open(tx: &mut Tx) -> Result<Vec<Job>, Error> {
    const SQL: &str = "select id, title, by_whom, process, started_at, outcome from job where outcome is null \
        order by started_at, id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// Forgets the jobs that ended and began before a moment.
pub(super) async fn forget(tx: &mut Tx, before: &str) -> Result<(), Error> {
    const SQL: &str = "delete from job where started_at < $1 and outcome is not null";
    with_conn!(tx, conn => sqlx::query(SQL).bind(before).execute(conn).await.map(|_| ())).map_err(db::Error::from)?;
    Ok(())
}
