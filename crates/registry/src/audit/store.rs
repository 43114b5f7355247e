//! All SQL of the trail.

use db::{Tx, with_conn};
use jiff::Timestamp;

use super::{Digest, Entry, chain};
use crate::{Error, instant};

/// An entry before it has a number and a seal.
pub(super) struct New<'a> {
    pub(super) at: Timestamp,
    pub(super) who: &'a str,
    pub(super) origin: &'a str,
    pub(super) action: &'a str,
    pub(super) object: &'a str,
    pub(super) detail: &'a str,
}

/// A row as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) at: String,
    pub(super) who: String,
    pub(super) origin: String,
    pub(super) action: String,
    pub(super) object: String,
    pub(super) detail: String,
    pub(super) previous: String,
    pub(super) seal: String,
}

impl Row {
    pub(super) fn entry(self) -> Result<Entry, Error> {
        let damaged = |error| Error::Damaged(format!("审计记录 {}：{error}", self.id));
        Ok(Entry {
            id: self.id,
            at: instant::parse(&self.at)?,
            detail: serde_json::from_str(&self.detail).map_err(damaged)?,
            who: self.who,
            origin: self.origin,
            action: self.action,
            object: self.object,
            seal: self.seal,
        })
    }

    pub(super) fn parts(&self) -> [&str; 6] {
        [&self.at, &self.who, &self.origin, &self.action, &self.object, &self.detail]
    }
}

/// Adds a row behind the newest one. Whoever adds holds the head until the transaction ends, so that the rows of two
/// transactions never follow the same one.
pub(super) async fn append(tx: &mut Tx, new: &New<'_>) -> Result<(), Error> {
    const SQL: &str = "insert into audit (at, who, origin, action, object, detail, previous, seal) \
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let (digest, previous) = hold_head(tx).await?;
    let at = instant::format(new.at);
    let parts = [&*at, new.who, new.origin, new.action, new.object, new.detail];
    let seal = chain::seal(digest, &previous, parts);
    with_conn!(&mut *tx, conn => {
        let mut query = sqlx::query(SQL);
        for part in parts {
            query = query.bind(part);
        }
        query.bind(&previous).bind(&seal).execute(conn).await.map(|_| ())
    })
    .map_err(db::Error::from)?;
    set_head(tx, &seal).await
}

async fn hold_head(tx: &mut Tx) -> Result<(Digest, String), Error> {
    const SQL: &str = "update audit_head set seal = seal where one = 1 returning digest, seal";
    let (digest, seal): (String, String) =
        with_conn!(&mut *tx, conn => sqlx::query_as(SQL).fetch_one(conn).await).map_err(db::Error::from)?;
    Ok((Digest::from_key(&digest)?, seal))
}

async fn set_head(tx: &mut Tx, seal: &str) -> Result<(), Error> {
    const SQL: &str = "update audit_head set seal = $1 where one = 1";
    with_conn!(&mut *tx, conn => sqlx::query(SQL).bind(seal).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn set_digest(tx: &mut Tx, digest: Digest) -> Result<(), Error> {
    const SQL: &str = "update audit_head set digest = $1 where one = 1";
    with_conn!(&mut *tx, conn => sqlx::query(SQL).bind(digest.key()).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// The newest seal, as the head keeps it.
pub(super) async fn head(tx: &mut Tx) -> Result<String, Error> {
    const SQL: &str = "select seal from audit_head where one = 1";
    let (seal,): (String,) =
        with_conn!(&mut *tx, conn => sqlx::query_as(SQL).fetch_one(conn).await).map_err(db::Error::from)?;
    Ok(seal)
}

/// The rows after this number, in order.
pub(super) async fn after(tx: &mut Tx, id: i64, limit: i64) -> Result<Vec<Row>, Error> {
    const SQL: &str = "select id, at, who, origin, action, object, detail, previous, seal from audit \
        where id > $1 order by id limit $2";
    Ok(with_conn!(&mut *tx, conn => sqlx::query_as(SQL).bind(id).bind(limit).fetch_all(conn).await)
        .map_err(db::Error::from)?)
}

pub(super) async fn recent(tx: &mut Tx, before: i64, limit: u32) -> Result<Vec<Row>, Error> {
    const SQL: &str = "select id, at, who, origin, action, object, detail, previous, seal from audit \
        where id < $1 order by id desc limit $2";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(before).bind(i64::from(limit)).fetch_all(conn).await)
        .map_err(db::Error::from)?)
}

/// The rows whose acts begin so, in order.
pub(super) async fn of_acts(tx: &mut Tx, beginning: &str) -> Result<Vec<Row>, Error> {
    const SQL: &str = "select id, at, who, origin, action, object, detail, previous, seal from audit \
        where substr(action, 1, length($1)) = $1 order by id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(beginning).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// Seals the rows that have no seal, in their order, as the beginning of the chain.
pub(super) async fn seal_open(tx: &mut Tx) -> Result<(), Error> {
    const OPEN: &str = "select id, at, who, origin, action, object, detail, previous, seal from audit \
        where seal = '' order by id";
    const SEAL: &str = "update audit set previous = $1, seal = $2 where id = $3";
    let rows: Vec<Row> =
        with_conn!(&mut *tx, conn => sqlx::query_as(OPEN).fetch_all(conn).await).map_err(db::Error::from)?;
    let (digest, mut previous) = hold_head(tx).await?;
    for row in &rows {
        let seal = chain::seal(digest, &previous, row.parts());
        with_conn!(&mut *tx, conn =>
            sqlx::query(SEAL).bind(&previous).bind(&seal).bind(row.id).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
        previous = seal;
    }
    set_head(tx, &previous).await
}
