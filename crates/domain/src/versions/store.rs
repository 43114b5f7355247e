//! All SQL of what is kept version by version.

use db::{Tx, with_conn};

use super::{Draft, Version};
use crate::Error;

pub(super) async fn latest(tx: &mut Tx, kind: &str) -> Result<Vec<Version>, Error> {
    const SQL: &str = "select object, version, content, changes, reason, by_login, made_at from kept_version one \
        where kind = $1 and version = (select max(version) from kept_version other \
        where other.kind = one.kind and other.object = one.object) order by object";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(kind).fetch_all(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn history(tx: &mut Tx, kind: &str, object: &str) -> Result<Vec<Version>, Error> {
    const SQL: &str = "select object, version, content, changes, reason, by_login, made_at from kept_version \
        where kind = $1 and object = $2 order by version desc";
    let found = with_conn!(tx, conn => sqlx::query_as(SQL).bind(kind).bind(object).fetch_all(conn).await);
    Ok(found.map_err(db::Error::from)?)
}

pub(super) async fn insert(tx: &mut Tx, draft: &Draft, version: i64, by: &str, at: &str) -> Result<(), Error> {
    const SQL: &str = "insert into kept_version (kind, object, version, content, changes, reason, by_login, made_at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let Draft { object, content, changes, reason, .. } = draft;
    with_conn!(tx, conn => sqlx::query(SQL)
        .bind(draft.kind.key()).bind(object).bind(version).bind(content).bind(changes).bind(reason).bind(by).bind(at)
        .execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}
