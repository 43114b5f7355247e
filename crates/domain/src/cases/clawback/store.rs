//! All SQL of what became known of decided cases.

use db::{Tx, with_conn};
use jiff::civil::Date;

use super::{
    super::{State, store::damaged, weighed::Weighed},
    Clawback,
};
use crate::Error;

/// What was found against decided cases, the latest first; against one where it is named.
pub(super) async fn all(tx: &mut Tx, case: Option<i64>) -> Result<Vec<Clawback>, Error> {
    const SQL: &str = "select b.id, b.case_id, c.name, c.award, c.year, c.amount_fen, c.state, b.fact, b.found_on, b.settled_on, \
        b.outcome, b.note, b.stood_fen, b.due_fen, b.weighed from clawback b join award_case c on c.id = b.case_id where b.case_id = $1 or $1 = 0 order by b.id desc";
    #[derive(sqlx::FromRow)]
    struct Row {
        id: i64,
        case_id: i64,
        name: String,
        award: String,
        year: i64,
        amount_fen: Option<i64>,
        state: String,
        fact: String,
        found_on: String,
        settled_on: Option<String>,
        outcome: String,
        note: String,
        stood_fen: Option<i64>,
        due_fen: Option<i64>,
        weighed: Option<String>,
    }
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(SQL).bind(case.unwrap_or(0)).fetch_all(conn).await)
        .map_err(db::Error::from)?;
    let clawback = |row: Row| {
        Ok(Clawback {
            state: State::of_key(&row.state).ok_or_else(|| damaged(row.case_id))?,
            found_on: row.found_on.parse().map_err(|_| damaged(row.case_id))?,
            settled_on: row.settled_on.as_deref().map(str::parse).transpose().map_err(|_| damaged(row.case_id))?,
            weighed: row.weighed.as_deref().map(serde_json::from_str).transpose().map_err(|_| damaged(row.case_id))?,
            stood_fen: row.stood_fen,
            due_fen: row.due_fen,
            id: row.id,
            case: row.case_id,
            name: row.name,
            award: row.award,
            year: row.year,
            amount_fen: row.amount_fen,
            fact: row.fact,
            outcome: row.outcome,
            note: row.note,
        })
    };
    rows.into_iter().map(clawback).collect()
}

pub(super) async fn insert(tx: &mut Tx, case: i64, fact: &str, on: Date) -> Result<i64, Error> {
    const SQL: &str = "insert into clawback (case_id, fact, found_on) values ($1, $2, $3) returning id";
    let (id,): (i64,) =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(case).bind(fact).bind(on.to_string()).fetch_one(conn).await)
            .map_err(db::Error::from)?;
    Ok(id)
}

/// Writes what a case comes to now beside every fact that waits.
pub(super) async fn weigh(
    tx: &mut Tx,
    case: i64,
    (stood_fen, due_fen): (Option<i64>, Option<i64>),
    weighed: Option<&Weighed>,
) -> Result<(), Error> {
    const SQL: &str =
        "update clawback set stood_fen = $2, due_fen = $3, weighed = $4 where case_id = $1 and settled_on is null";
    let weighed = weighed.map(serde_json::to_string).transpose();
    let weighed = weighed.map_err(|cause| Error::Invalid(format!("重新核定的内容无法保存：{cause}")))?;
    with_conn!(tx, conn => sqlx::query(SQL).bind(case).bind(stood_fen).bind(due_fen).bind(weighed).execute(conn).await
        .map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn settle(
    tx: &mut Tx,
    id: i64,
    (outcome, note): (&str, &str),
    (by, on): (&str, Date),
) -> Result<(), Error> {
    const SQL: &str = "update clawback set outcome = $2, note = $3, settled_by = $4, settled_on = $5 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(outcome).bind(note).bind(by).bind(on.to_string()).execute(conn)
        .await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}
