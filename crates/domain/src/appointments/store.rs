//! All SQL of appointments.

use db::{Tx, with_conn};
use jiff::civil::Date;

use super::{Act, Appointment};
use crate::Error;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    enterprise: String,
    firm: String,
    agency: String,
    awards: String,
    from_on: String,
    until_on: String,
    note: String,
    asked_by: String,
    asked_on: String,
    answer: Option<String>,
    answered_by: Option<String>,
    answered_on: Option<String>,
    answer_note: String,
    ended_by: Option<String>,
    ended_on: Option<String>,
    ended_why: String,
}

/// Every appointment, the latest first.
pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Appointment>, Error> {
    const SQL: &str = "select a.id, a.enterprise, a.firm, o.name as agency, a.awards, a.from_on, a.until_on, a.note, \
        a.asked_by, a.asked_on, a.answer, a.answered_by, a.answered_on, a.answer_note, a.ended_by, a.ended_on, \
        a.ended_why from appointment a join organisation o on o.id = a.agency_id order by a.id desc";
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    rows.into_iter().map(appointment).collect()
}

fn appointment(row: Row) -> Result<Appointment, Error> {
    let day = |text: &str| {
        let damaged = || Error::Damaged(format!("代理委托的日期“{text}”无法识别。请从备份恢复。"));
        text.parse::<Date>().map_err(|_| damaged())
    };
    Ok(Appointment {
        from_on: day(&row.from_on)?,
        until_on: day(&row.until_on)?,
        id: row.id,
        enterprise: row.enterprise,
        firm: row.firm,
        agency: row.agency,
        awards: row.awards.split('|').filter(|award| !award.is_empty()).map(str::to_owned).collect(),
        note: row.note,
        asked: (row.asked_by, row.asked_on),
        is_accepted: row.answer.map(|answer| answer == "accepted"),
        answered: row.answered_by.zip(row.answered_on).map(|(by, on)| (by, on, row.answer_note)),
        ended: row.ended_by.zip(row.ended_on).map(|(by, on)| (by, on, row.ended_why)),
    })
}

/// The agencies that are in use, by name.
pub(super) async fn agencies(tx: &mut Tx) -> Result<Vec<(i64, String)>, Error> {
    const SQL: &str =
        "select id, name from organisation where kind = 'agency' and disabled_at is null order by name, id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn insert(tx: &mut Tx, new: &Appointment, agency: i64, at: &str) -> Result<i64, Error> {
    const SQL: &str = "insert into appointment (enterprise, firm, agency_id, awards, from_on, until_on, note, asked_by, \
        asked_on, asked_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(&new.enterprise).bind(&new.firm).bind(agency)
        .bind(new.awards.join("|")).bind(new.from_on.to_string()).bind(new.until_on.to_string()).bind(&new.note)
        .bind(&new.asked.0).bind(&new.asked.1).bind(at).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

/// Notes an act; false where somebody answered or ended it before.
pub(super) async fn act(tx: &mut Tx, (id, act): (i64, Act), (by, on, note): (&str, Date, &str)) -> Result<bool, Error> {
    let sql = match act {
        Act::Accept => {
            "update appointment set answer = 'accepted', answered_by = $2, answered_on = $3, answer_note = $4 \
            where id = $1 and answer is null and ended_on is null"
        }
        Act::Decline => {
            "update appointment set answer = 'declined', answered_by = $2, answered_on = $3, answer_note = $4 \
            where id = $1 and answer is null and ended_on is null"
        }
        Act::End => {
            "update appointment set ended_by = $2, ended_on = $3, ended_why = $4 \
            where id = $1 and ended_on is null and (answer is null or answer = 'accepted')"
        }
    };
    let changed = with_conn!(tx, conn => sqlx::query(sql).bind(id).bind(by).bind(on.to_string()).bind(note)
        .execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(changed == 1)
}
