//! The SQL of public notices (公示) and of the objections to what is on them.

use std::collections::BTreeMap;

use db::{Tx, with_conn};
use jiff::civil::Date;
use sqlx::AssertSqlSafe;

use super::{COLUMNS, Row, damaged};
use crate::{
    Error,
    cases::{Case, Notice, Objection},
    secrets::Sealed,
};

pub(in crate::cases) async fn insert_notice(
    tx: &mut Tx,
    award: &str,
    (from, until): (Date, Date),
    why: &str,
    (by, at): (&str, &str),
) -> Result<i64, Error> {
    const SQL: &str = "insert into notice (award, opened_on, closes_on, why, by_whom, at) \
        values ($1, $2, $3, $4, $5, $6) returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(award).bind(from.to_string())
        .bind(until.to_string()).bind(why).bind(by).bind(at).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

pub(in crate::cases) async fn put_on_notice(tx: &mut Tx, notice: i64, case: &Case) -> Result<(), Error> {
    const SQL: &str = "insert into notice_case (notice_id, case_id, amount_fen) values ($1, $2, $3)";
    with_conn!(tx, conn => sqlx::query(SQL).bind(notice).bind(case.id).bind(case.amount_fen()).execute(conn).await
        .map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

/// Every notice with its cases, or one.
pub(in crate::cases) async fn notices(tx: &mut Tx, id: Option<i64>) -> Result<Vec<Notice>, Error> {
    const SQL: &str =
        "select id, award, opened_on, closes_on, why from notice where id = $1 or $1 = 0 order by id desc";
    let rows: Vec<(i64, String, String, String, String)> =
        with_conn!(&mut *tx, conn => sqlx::query_as(SQL).bind(id.unwrap_or(0)).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    let mut notices = Vec::with_capacity(rows.len());
    for (id, award, opened_on, closes_on, why) in rows {
        let wrong = |_| damaged(id);
        notices.push(Notice {
            opened_on: opened_on.parse().map_err(wrong)?,
            closes_on: closes_on.parse().map_err(wrong)?,
            cases: on_notice(tx, id).await?,
            id,
            award,
            why,
        });
    }
    Ok(notices)
}

async fn on_notice(tx: &mut Tx, notice: i64) -> Result<Vec<(Case, Option<i64>)>, Error> {
    const AMOUNTS: &str = "select case_id, amount_fen from notice_case where notice_id = $1";
    let amounts: Vec<(i64, Option<i64>)> =
        with_conn!(&mut *tx, conn => sqlx::query_as(AMOUNTS).bind(notice).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    let sql = format!(
        "select {COLUMNS} from award_case c join notice_case n on n.case_id = c.id where n.notice_id = $1 order by c.name, c.id"
    );
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(notice).fetch_all(conn).await)
        .map_err(db::Error::from)?;
    let amounts: BTreeMap<i64, Option<i64>> = amounts.into_iter().collect();
    rows.into_iter()
        .map(|row| row.case().map(|case| (amounts.get(&case.id).copied().flatten(), case)))
        .map(|found| found.map(|(fen, case)| (case, fen)))
        .collect()
}

/// The latest notice that a case is or was on, without its other cases.
pub(in crate::cases) async fn notice_of(tx: &mut Tx, case: i64) -> Result<Option<Notice>, Error> {
    const SQL: &str = "select n.id, n.award, n.opened_on, n.closes_on, n.why from notice n \
        join notice_case o on o.notice_id = n.id where o.case_id = $1 order by n.id desc limit 1";
    let row: Option<(i64, String, String, String, String)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(case).fetch_optional(conn).await).map_err(db::Error::from)?;
    let Some((id, award, opened_on, closes_on, why)) = row else { return Ok(None) };
    let wrong = |_| damaged(case);
    let (opened_on, closes_on) = (opened_on.parse().map_err(wrong)?, closes_on.parse().map_err(wrong)?);
    Ok(Some(Notice { id, award, opened_on, closes_on, why, cases: Vec::new() }))
}

pub(in crate::cases) async fn insert_objection(
    tx: &mut Tx,
    (case, notice): (i64, i64),
    content: &str,
    on: Date,
) -> Result<i64, Error> {
    const SQL: &str = "insert into objection (case_id, notice_id, who, contact, content, raised_on, answer) \
        values ($1, $2, '', '', $3, $4, '') returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(case).bind(notice).bind(content)
        .bind(on.to_string()).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

/// Notes who raised an objection, sealed for its row.
pub(in crate::cases) async fn set_objector(tx: &mut Tx, id: i64, who: &Sealed, contact: &Sealed) -> Result<(), Error> {
    const SQL: &str = "update objection set who = $2, contact = $3 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(who).bind(contact).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct ObjectionRow {
    id: i64,
    case_id: i64,
    notice_id: i64,
    who: Sealed,
    contact: Sealed,
    content: String,
    raised_on: String,
    is_upheld: Option<i64>,
    answer: String,
    decided_by: Option<String>,
}

/// The objections to a case, or all, the latest first.
pub(in crate::cases) async fn objections(tx: &mut Tx, case: Option<i64>) -> Result<Vec<Objection>, Error> {
    const SQL: &str = "select id, case_id, notice_id, who, contact, content, raised_on, is_upheld, answer, decided_by \
        from objection where case_id = $1 or $1 = 0 order by id desc";
    let rows: Vec<ObjectionRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(case.unwrap_or(0)).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    let objection = |row: ObjectionRow| {
        Ok(Objection {
            raised_on: row.raised_on.parse().map_err(|_| damaged(row.case_id))?,
            id: row.id,
            case: row.case_id,
            notice: row.notice_id,
            who: row.who,
            contact: row.contact,
            content: row.content,
            is_upheld: row.is_upheld.map(|upheld| upheld != 0),
            answer: row.answer,
            decided_by: row.decided_by,
        })
    };
    rows.into_iter().map(objection).collect()
}

pub(in crate::cases) async fn decide_objection(
    tx: &mut Tx,
    id: i64,
    is_upheld: bool,
    answer: &str,
    (by, on): (&str, Date),
) -> Result<(), Error> {
    const SQL: &str =
        "update objection set is_upheld = $2, answer = $3, decided_by = $4, decided_on = $5 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(i64::from(is_upheld)).bind(answer).bind(by).bind(on.to_string())
        .execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}
