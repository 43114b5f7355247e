//! All SQL of kept letters.

use db::{Tx, with_conn};
use jiff::civil::Date;
use sqlx::AssertSqlSafe;

use super::{Kind, Letter};
use crate::Error;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    kind: String,
    case_id: Option<i64>,
    notice_id: Option<i64>,
    number: String,
    title: String,
    unit: String,
    issued_on: String,
    creator: String,
    retention: String,
    template: String,
    sha256: String,
    size: i64,
    by_whom: String,
    at: String,
    is_late: i64,
    taken_back_on: Option<String>,
    taken_back_why: String,
}

const COLUMNS: &str = "l.id, l.kind, l.case_id, l.notice_id, l.number, l.title, l.unit, l.issued_on, l.creator, l.retention, l.template, \
    l.sha256, l.size, l.by_whom, l.at, l.is_late, l.taken_back_on, l.taken_back_why";

impl Row {
    fn letter(self) -> Result<Letter, Error> {
        let wrong = || Error::Damaged(format!("第 {} 号文书的记录已损坏。请从备份恢复。", self.id));
        Ok(Letter {
            kind: Kind::of_key(&self.kind).ok_or_else(wrong)?,
            issued_on: self.issued_on.parse().map_err(|_| wrong())?,
            taken_back_on: self.taken_back_on.as_deref().map(str::parse).transpose().map_err(|_| wrong())?,
            id: self.id,
            case: self.case_id,
            notice: self.notice_id,
            number: self.number,
            title: self.title,
            unit: self.unit,
            creator: self.creator,
            retention: self.retention,
            template: self.template,
            sha256: self.sha256,
            size: self.size,
            by: self.by_whom,
            at: self.at,
            is_late: self.is_late != 0,
            taken_back_why: self.taken_back_why,
        })
    }
}

/// The next number of a kind in a year; a transaction that fails gives it back.
pub(super) async fn number(tx: &mut Tx, kind: Kind, year: i64) -> Result<i64, Error> {
    const SQL: &str = "insert into letter_tally (kind, year, used) values ($1, $2, 1) \
        on conflict (kind, year) do update set used = letter_tally.used + 1 returning used";
    let (used,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(kind.key()).bind(year).fetch_one(conn).await)
        .map_err(db::Error::from)?;
    Ok(used)
}

pub(super) async fn insert(tx: &mut Tx, letter: &Letter) -> Result<i64, Error> {
    const SQL: &str = "insert into letter (kind, case_id, notice_id, number, title, unit, issued_on, creator, retention, template, sha256, \
        size, by_whom, at, is_late) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(letter.kind.key()).bind(letter.case).bind(letter.notice)
        .bind(&letter.number).bind(&letter.title).bind(&letter.unit).bind(letter.issued_on.to_string()).bind(&letter.creator)
        .bind(&letter.retention).bind(&letter.template).bind(&letter.sha256).bind(letter.size).bind(&letter.by).bind(&letter.at)
        .bind(i64::from(letter.is_late)).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

/// Every letter, the latest first; of a case, of a notice, or one, where it is named.
pub(super) async fn letters(tx: &mut Tx, which: Which) -> Result<Vec<Letter>, Error> {
    let (condition, value) = match which {
        Which::All => ("$1 = 0", 0),
        Which::One(id) => ("l.id = $1", id),
        Which::OfCase(id) => ("l.case_id = $1", id),
        Which::OfNotice(id) => ("l.notice_id = $1", id),
    };
    let sql = format!("select {COLUMNS} from letter l where {condition} order by l.id desc");
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(value).fetch_all(conn).await)
        .map_err(db::Error::from)?;
    rows.into_iter().map(Row::letter).collect()
}

/// Which letters are asked for.
#[derive(Clone, Copy)]
pub(super) enum Which {
    All,
    One(i64),
    OfCase(i64),
    OfNotice(i64),
}

/// Marks a letter as taken back.
pub(super) async fn take_back(tx: &mut Tx, id: i64, on: Date, why: &str) -> Result<(), Error> {
    const SQL: &str =
        "update letter set taken_back_on = $2, taken_back_why = $3 where id = $1 and taken_back_on is null";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(on.to_string()).bind(why).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// The decided cases for which no letter stands, and the notices without one.
pub(super) async fn missing(tx: &mut Tx) -> Result<(Vec<i64>, Vec<i64>), Error> {
    const CASES: &str = "select c.id from award_case c where c.state in ('approved', 'ordered', 'failed', 'paid', 'archived', 'rejected', 'refused') \
        and exists (select 1 from case_step s where s.case_id = c.id and s.act in ('approve', 'reject', 'revoke', 'uphold', 'open', 'refuse', \
        'expire') and s.after in ('approved', 'rejected', 'refused')) \
        and not exists (select 1 from letter l where l.case_id = c.id and l.taken_back_on is null) order by c.id";
    const NOTICES: &str =
        "select n.id from notice n where not exists (select 1 from letter l where l.notice_id = n.id) order by n.id";
    let cases: Vec<(i64,)> =
        with_conn!(&mut *tx, conn => sqlx::query_as(CASES).fetch_all(conn).await).map_err(db::Error::from)?;
    let notices: Vec<(i64,)> =
        with_conn!(tx, conn => sqlx::query_as(NOTICES).fetch_all(conn).await).map_err(db::Error::from)?;
    let ids = |rows: Vec<(i64,)>| rows.into_iter().map(|(id,)| id).collect();
    Ok((ids(cases), ids(notices)))
}
