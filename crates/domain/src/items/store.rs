//! All SQL of policy items.

use std::collections::BTreeSet;

use db::{Tx, with_conn};

use super::{Item, Stage, Terms};
use crate::Error;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    award: String,
    version: i64,
    state: String,
    terms: String,
    is_trial: i64,
    drafted_by: String,
    drafted_at: String,
    issued_by: Option<String>,
}

impl Row {
    fn item(self) -> Result<Item, Error> {
        let damaged = |what: &str| Error::Damaged(format!("第 {} 号政策事项的{what}已损坏。请从备份恢复。", self.id));
        Ok(Item {
            stage: Stage::of_key(&self.state).ok_or_else(|| damaged("状态"))?,
            terms: serde_json::from_str(&self.terms).map_err(|_| damaged("内容"))?,
            id: self.id,
            award: self.award,
            version: self.version,
            is_trial: self.is_trial != 0,
            drafted_by: self.drafted_by,
            drafted_at: self.drafted_at,
            issued_by: self.issued_by,
        })
    }
}

const COLUMNS: &str = "select id, award, version, state, terms, is_trial, drafted_by, drafted_at, issued_by from item";

pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Item>, Error> {
    let sql = format!("{COLUMNS} order by award, version desc");
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await)
        .map_err(db::Error::from)?;
    rows.into_iter().map(Row::item).collect()
}

/// Lets others who would draft or issue an item wait until this transaction ends.
pub(super) async fn hold(tx: &mut Tx) -> Result<(), Error> {
    Ok(tx.hold("item").await?)
}

pub(super) async fn of_award(tx: &mut Tx, award: &str) -> Result<Vec<Item>, Error> {
    let sql = format!("{COLUMNS} where award = $1 order by version desc");
    let rows: Vec<Row> =
        with_conn!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(award).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    rows.into_iter().map(Row::item).collect()
}

pub(super) async fn find(tx: &mut Tx, id: i64) -> Result<Option<Item>, Error> {
    let sql = format!("{COLUMNS} where id = $1");
    let row: Option<Row> =
        with_conn!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await)
            .map_err(db::Error::from)?;
    row.map(Row::item).transpose()
}

fn text(terms: &Terms) -> Result<String, Error> {
    serde_json::to_string(terms).map_err(|cause| Error::Invalid(format!("事项内容无法保存：{cause}")))
}

pub(super) async fn insert(
    tx: &mut Tx,
    award: &str,
    version: i64,
    terms: &Terms,
    is_trial: bool,
    by: &str,
    at: &str,
) -> Result<i64, Error> {
    const SQL: &str = "insert into item (award, version, state, terms, is_trial, drafted_by, drafted_at) \
        values ($1, $2, 'draft', $3, $4, $5, $6) returning id";
    let terms = text(terms)?;
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(award).bind(version).bind(terms)
        .bind(i64::from(is_trial)).bind(by).bind(at).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

pub(super) async fn redraft(tx: &mut Tx, id: i64, terms: &Terms, by: &str, at: &str) -> Result<(), Error> {
    const SQL: &str = "update item set terms = $2, drafted_by = $3, drafted_at = $4 where id = $1";
    let terms = text(terms)?;
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(terms).bind(by).bind(at).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn issue(tx: &mut Tx, id: i64, by: &str, at: &str) -> Result<(), Error> {
    const SQL: &str = "update item set state = 'issued', issued_by = $2, issued_at = $3 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(by).bind(at).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn suspend(tx: &mut Tx, id: i64) -> Result<(), Error> {
    const SQL: &str = "update item set state = 'suspended' where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).execute(conn).await.map(|_| ())).map_err(db::Error::from)?;
    Ok(())
}

/// The departments for which an account speaks.
pub(super) async fn departments(tx: &mut Tx) -> Result<BTreeSet<String>, Error> {
    const SQL: &str =
        "select distinct unit from account where role = 'department' and disabled_at is null order by unit";
    let rows: Vec<(String,)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    Ok(rows.into_iter().map(|(unit,)| unit).collect())
}
