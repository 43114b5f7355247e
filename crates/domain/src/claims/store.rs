//! All SQL of claims.

use std::collections::BTreeSet;

use db::{Tx, with_conn};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{Claim, Paper, Proof, Said, State};
use crate::Error;

const COLUMNS: &str =
    "id, uscc, enterprise, person, phone, note, made_at, address, state, decided_by, decided_at, reason";

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    uscc: String,
    enterprise: String,
    person: String,
    phone: String,
    note: String,
    made_at: String,
    address: String,
    state: String,
    decided_by: Option<String>,
    decided_at: Option<String>,
    reason: String,
}

impl Row {
    fn claim(self) -> Result<Claim, Error> {
        let damaged = || Error::Damaged(format!("企业认领 {} 的记录已损坏。", self.id));
        let moment = |text: &str| text.parse::<Timestamp>().map_err(|_| damaged());
        Ok(Claim {
            id: self.id,
            made_at: moment(&self.made_at)?,
            decided_at: self.decided_at.as_deref().map(moment).transpose()?,
            state: State::of_key(&self.state).ok_or_else(damaged)?,
            said: Said {
                uscc: self.uscc,
                enterprise: self.enterprise,
                person: self.person,
                phone: self.phone,
                note: self.note,
            },
            address: self.address,
            decided_by: self.decided_by,
            reason: self.reason,
        })
    }
}

pub(super) async fn insert(
    tx: &mut Tx,
    said: &Said,
    code_hash: &str,
    (address, now): (&str, Timestamp),
) -> Result<i64, Error> {
    const SQL: &str = "insert into claim (code_hash, uscc, enterprise, person, phone, note, made_at, address, state) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting') returning id";
    Ok(with_conn!(tx, conn => sqlx::query_scalar(SQL).bind(code_hash).bind(&said.uscc).bind(&said.enterprise)
        .bind(&said.person).bind(&said.phone).bind(&said.note).bind(now.to_string()).bind(address)
        .fetch_one(conn).await)
    .map_err(db::Error::from)?)
}

pub(super) async fn insert_paper(tx: &mut Tx, claim: i64, paper: &Paper) -> Result<(), Error> {
    const SQL: &str = "insert into claim_file (claim_id, kind, name, sha256, size) values ($1, $2, $3, $4, $5)";
    with_conn!(tx, conn => sqlx::query(SQL).bind(claim).bind(paper.kind.key()).bind(&paper.name).bind(&paper.sha256)
        .bind(paper.size).execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn papers(tx: &mut Tx, claim: i64) -> Result<Vec<Paper>, Error> {
    const SQL: &str = "select id, kind, name, sha256, size from claim_file where claim_id = $1 order by id";
    let rows: Vec<(i64, String, String, String, i64)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(claim).fetch_all(conn).await).map_err(db::Error::from)?;
    let paper = |(id, kind, name, sha256, size): (i64, String, String, String, i64)| {
        let known = Proof::of_key(&kind);
        let kind = known.ok_or_else(|| Error::Damaged(format!("企业认领 {claim} 的材料“{name}”记录已损坏。")))?;
        Ok(Paper { id, kind, name, sha256, size })
    };
    rows.into_iter().map(paper).collect()
}

/// How many claims an address made since a moment.
pub(super) async fn made_since(tx: &mut Tx, address: &str, since: Timestamp) -> Result<i64, Error> {
    const SQL: &str = "select count(*) from claim where address = $1 and made_at > $2";
    Ok(with_conn!(&mut *tx, conn => sqlx::query_scalar(SQL).bind(address).bind(since.to_string()).fetch_one(conn).await)
        .map_err(db::Error::from)?)
}

/// How many claims wait.
pub(super) async fn waiting(tx: &mut Tx) -> Result<i64, Error> {
    const SQL: &str = "select count(*) from claim where state = 'waiting'";
    Ok(with_conn!(&mut *tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Claim>, Error> {
    let sql = format!("select {COLUMNS} from claim order by id desc");
    let rows: Vec<Row> =
        with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await).map_err(db::Error::from)?;
    rows.into_iter().map(Row::claim).collect()
}

pub(super) async fn of_enterprise(tx: &mut Tx, uscc: &str) -> Result<Vec<Claim>, Error> {
    let sql = format!("select {COLUMNS} from claim where uscc = $1 order by id desc");
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(uscc).fetch_all(conn).await)
        .map_err(db::Error::from)?;
    rows.into_iter().map(Row::claim).collect()
}

pub(super) async fn find(tx: &mut Tx, id: i64) -> Result<Option<Claim>, Error> {
    let sql = format!("select {COLUMNS} from claim where id = $1");
    let row: Option<Row> =
        with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await)
            .map_err(db::Error::from)?;
    row.map(Row::claim).transpose()
}

pub(super) async fn of_code(tx: &mut Tx, id: i64, hash: &str) -> Result<Option<Claim>, Error> {
    let sql = format!("select {COLUMNS} from claim where id = $1 and code_hash = $2");
    let row: Option<Row> =
        with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(id).bind(hash).fetch_optional(conn).await)
            .map_err(db::Error::from)?;
    row.map(Row::claim).transpose()
}

/// The hash of a claim's code, which becomes the word of its invitation.
pub(super) async fn code_hash(tx: &mut Tx, id: i64) -> Result<String, Error> {
    const SQL: &str = "select code_hash from claim where id = $1";
    Ok(with_conn!(&mut *tx, conn => sqlx::query_scalar(SQL).bind(id).fetch_one(conn).await).map_err(db::Error::from)?)
}

/// Decides a claim that waits; false when it was decided before.
pub(super) async fn decide(
    tx: &mut Tx,
    (id, to): (i64, State),
    (by, now): (&str, Timestamp),
    reason: &str,
) -> Result<bool, Error> {
    const SQL: &str = "update claim set state = $2, decided_by = $3, decided_at = $4, reason = $5 \
         where id = $1 and state = 'waiting'";
    let done = with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(to.key()).bind(by).bind(now.to_string())
        .bind(reason).execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(done == 1)
}

/// The enterprises that have an account.
pub(super) async fn enterprises_with_accounts(tx: &mut Tx) -> Result<BTreeSet<String>, Error> {
    const SQL: &str = "select distinct unit from account where role = 'enterprise' order by unit";
    let units: Vec<String> =
        with_conn!(tx, conn => sqlx::query_scalar(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    Ok(units.into_iter().collect())
}
