//! All SQL of invitations.

use db::{Tx, with_conn};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{About, Invitation};
use crate::Error;
use crate::accounts::Role;

const COLUMNS: &str = "id, name, role, unit, claim_id, made_by, made_at, expires_at, login, revoked_at";

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    role: String,
    unit: String,
    claim_id: Option<i64>,
    made_by: String,
    made_at: String,
    expires_at: String,
    login: Option<String>,
    revoked_at: Option<String>,
}

impl Row {
    fn invitation(self) -> Result<Invitation, Error> {
        let damaged = || Error::Damaged(format!("邀请 {} 的记录已损坏。", self.id));
        let moment = |text: &str| text.parse::<Timestamp>().map_err(|_| damaged());
        Ok(Invitation {
            id: self.id,
            made_at: moment(&self.made_at)?,
            expires_at: moment(&self.expires_at)?,
            revoked_at: self.revoked_at.as_deref().map(moment).transpose()?,
            about: About { role: Role::of_key(&self.role).ok_or_else(damaged)?, name: self.name, unit: self.unit },
            claim: self.claim_id,
            by: self.made_by,
            login: self.login,
        })
    }
}

pub(super) async fn insert(
    tx: &mut Tx,
    about: &About,
    (token_hash, claim): (&str, Option<i64>),
    (by, now, expires_at): (&str, Timestamp, Timestamp),
) -> Result<i64, Error> {
    const SQL: &str = "insert into invitation (token_hash, name, role, unit, claim_id, made_by, made_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id";
    Ok(with_conn!(tx, conn => sqlx::query_scalar(SQL)
        .bind(token_hash).bind(&about.name).bind(about.role.key()).bind(&about.unit).bind(claim)
        .bind(by).bind(now.to_string()).bind(expires_at.to_string()).fetch_one(conn).await)
    .map_err(db::Error::from)?)
}

pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Invitation>, Error> {
    let sql = format!("select {COLUMNS} from invitation order by id desc");
    let rows: Vec<Row> =
        with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await).map_err(db::Error::from)?;
    rows.into_iter().map(Row::invitation).collect()
}

pub(super) async fn find(tx: &mut Tx, id: i64) -> Result<Option<Invitation>, Error> {
    let sql = format!("select {COLUMNS} from invitation where id = $1");
    let row: Option<Row> =
        with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await)
            .map_err(db::Error::from)?;
    row.map(Row::invitation).transpose()
}

pub(super) async fn of_claim(tx: &mut Tx, claim: i64) -> Result<Option<Invitation>, Error> {
    let sql = format!("select {COLUMNS} from invitation where claim_id = $1");
    let row: Option<Row> =
        with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(claim).fetch_optional(conn).await)
            .map_err(db::Error::from)?;
    row.map(Row::invitation).transpose()
}

pub(super) async fn of_token(tx: &mut Tx, hash: &str) -> Result<Option<Invitation>, Error> {
    let sql = format!("select {COLUMNS} from invitation where token_hash = $1");
    let row: Option<Row> =
        with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(hash).fetch_optional(conn).await)
            .map_err(db::Error::from)?;
    row.map(Row::invitation).transpose()
}

/// Notes that an invitation was taken; false when it was taken or revoked before.
pub(super) async fn take(tx: &mut Tx, id: i64, login: &str, now: Timestamp) -> Result<bool, Error> {
    const SQL: &str = "update invitation set taken_at = $2, login = $3 \
         where id = $1 and taken_at is null and revoked_at is null";
    let done = with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(now.to_string()).bind(login).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(done == 1)
}

/// Notes that an invitation was revoked; false when it was taken or revoked before.
pub(super) async fn revoke(tx: &mut Tx, id: i64, now: Timestamp) -> Result<bool, Error> {
    const SQL: &str = "update invitation set revoked_at = $2 where id = $1 and taken_at is null and revoked_at is null";
    let done = with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(now.to_string()).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(done == 1)
}

/// Notes that every open invitation of somebody's was revoked, those that answer a claim left out; how many there were.
pub(super) async fn revoke_of(tx: &mut Tx, by: &str, now: Timestamp) -> Result<u64, Error> {
    const SQL: &str = "update invitation set revoked_at = $2 \
         where made_by = $1 and claim_id is null and taken_at is null and revoked_at is null";
    Ok(with_conn!(tx, conn => sqlx::query(SQL).bind(by).bind(now.to_string()).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?)
}
