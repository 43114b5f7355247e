//! All SQL of what agencies prepare.

use db::{Tx, with_conn};
use jiff::{Timestamp, civil::Date};

use super::{Changed, Prepared, Work};
use crate::{Error, accounts::Account, appointments::Appointment, cases::Case};

/// A piece of preparation to be kept.
pub(super) struct New<'a> {
    pub(super) work: Work,
    pub(super) file: Option<i64>,
    pub(super) changes: &'a [Changed],
    pub(super) note: &'a str,
}

#[derive(sqlx::FromRow)]
struct Row {
    act: String,
    agency: String,
    by_name: String,
    on_day: String,
    detail: String,
    note: String,
    stage: String,
    file_id: Option<i64>,
}

/// What was prepared in a case, from the first on.
pub(super) async fn course(tx: &mut Tx, case: i64) -> Result<Vec<Prepared>, Error> {
    const SQL: &str = "select p.act, o.name as agency, coalesce(u.name, p.by_whom) as by_name, p.on_day, p.detail, p.note, \
        p.stage, p.file_id from case_preparation p join appointment a on a.id = p.appointment_id \
        join organisation o on o.id = a.agency_id left join account u on u.login = p.by_whom \
        where p.case_id = $1 order by p.id";
    let rows: Vec<Row> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(case).fetch_all(conn).await).map_err(db::Error::from)?;
    rows.into_iter().map(prepared).collect()
}

fn prepared(row: Row) -> Result<Prepared, Error> {
    let unknown =
        |text: &str| Error::Damaged(format!("代拟材料的记录中有本程序不认识的“{text}”。请从备份恢复，或更新程序。"));
    let work = Work::of_key(&row.act).ok_or_else(|| unknown(&row.act))?;
    Ok(Prepared {
        work,
        agency: row.agency,
        by: row.by_name,
        on: row.on_day,
        changes: serde_json::from_str(&row.detail).map_err(|_| unknown(&row.detail))?,
        note: row.note,
        stage: row.stage,
        file: row.file_id,
    })
}

pub(super) async fn insert(
    tx: &mut Tx,
    (case, appointment): (&Case, &Appointment),
    new: &New<'_>,
    (account, on, now): (&Account, Date, Timestamp),
) -> Result<(), Error> {
    const SQL: &str = "insert into case_preparation (case_id, appointment_id, act, stage, file_id, detail, note, by_whom, \
        on_day, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let detail = serde_json::to_string(new.changes).unwrap_or_default();
    with_conn!(tx, conn => sqlx::query(SQL).bind(case.id).bind(appointment.id).bind(new.work.key())
        .bind(case.state.key()).bind(new.file).bind(detail).bind(new.note).bind(&account.login).bind(on.to_string())
        .bind(now.to_string()).execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}
