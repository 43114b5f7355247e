//! All SQL of the budget.

use db::{Tx, with_conn};
use sqlx::AssertSqlSafe;

use super::{Line, Use};
use crate::Error;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    year: i64,
    source: String,
    award: String,
    basis: String,
    amount_fen: i64,
    reserved_fen: i64,
    paid_fen: i64,
    earlier_fen: Option<i64>,
    recovered_fen: i64,
}

impl Row {
    fn line(self) -> Line {
        Line {
            id: self.id,
            year: self.year,
            source: self.source,
            award: self.award,
            basis: self.basis,
            amount_fen: self.amount_fen,
            reserved_fen: self.reserved_fen,
            paid_fen: self.paid_fen,
            earlier_fen: self.earlier_fen,
            recovered_fen: self.recovered_fen,
        }
    }
}

/// The columns of a line `l`.
const COLUMNS: &str = "l.id, l.year, l.source, l.award, l.basis, l.amount_fen, l.reserved_fen, l.paid_fen, l.earlier_fen, \
    coalesce((select cast(sum(p.recovered_fen) as bigint) from reservation u join payment p on p.case_id = u.case_id \
    where u.line_id = l.id and p.state = 'paid'), 0) as recovered_fen";

pub(super) async fn lines(tx: &mut Tx) -> Result<Vec<Line>, Error> {
    let sql = format!("select {COLUMNS} from budget_line l order by l.year desc, l.award, l.source");
    let rows: Vec<Row> =
        with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await).map_err(db::Error::from)?;
    Ok(rows.into_iter().map(Row::line).collect())
}

pub(super) async fn insert(
    tx: &mut Tx,
    (year, source, award): (i64, &str, &str),
    fen: i64,
    basis: &str,
) -> Result<i64, Error> {
    const SQL: &str =
        "insert into budget_line (year, source, award, basis, amount_fen) values ($1, $2, $3, $4, $5) returning id";
    let (id,): (i64,) =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(year).bind(source).bind(award).bind(basis).bind(fen)
        .fetch_one(conn).await)
        .map_err(db::Error::from)?;
    Ok(id)
}

pub(super) async fn amend(tx: &mut Tx, id: i64, fen: i64, basis: &str) -> Result<(), Error> {
    const SQL: &str = "update budget_line set amount_fen = $2, basis = $3 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(fen).bind(basis).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn set_earlier(tx: &mut Tx, id: i64, fen: i64) -> Result<(), Error> {
    const SQL: &str = "update budget_line set earlier_fen = $2 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(fen).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// The year in which the first case was opened here, from which on no payment means nothing was paid.
pub(super) async fn first_year(tx: &mut Tx) -> Result<Option<i64>, Error> {
    const SQL: &str = "select cast(substr(min(opened_on), 1, 4) as bigint) from award_case where state <> 'draft'";
    let (year,): (Option<i64>,) =
        with_conn!(tx, conn => sqlx::query_as(SQL).fetch_one(conn).await).map_err(db::Error::from)?;
    Ok(year)
}

/// Takes room out of a line; false when there is not so much.
pub(super) async fn reserve(tx: &mut Tx, id: i64, fen: i64) -> Result<bool, Error> {
    const SQL: &str = "update budget_line set reserved_fen = reserved_fen + $2 \
        where id = $1 and amount_fen - reserved_fen - paid_fen - coalesce(earlier_fen, 0) >= $2";
    let changed = with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(fen).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(changed == 1)
}

pub(super) async fn insert_reservation(tx: &mut Tx, case: i64, line: i64, fen: i64) -> Result<(), Error> {
    // A case whose decision was taken back may be decided again.
    const SQL: &str = "insert into reservation (case_id, line_id, amount_fen, state) values ($1, $2, $3, 'reserved') \
        on conflict (case_id) do update set line_id = excluded.line_id, amount_fen = excluded.amount_fen, \
        state = 'reserved' where reservation.state = 'released'";
    let changed = with_conn!(tx, conn => sqlx::query(SQL).bind(case).bind(line).bind(fen).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::Conflict(format!("案件 {case} 刚刚由别人决定过，预算已经预留。请刷新后再看。")))
    }
}

/// Gives a case's reservation back to its line.
pub(super) async fn release(tx: &mut Tx, case: i64) -> Result<(), Error> {
    const LINE: &str = "update budget_line set reserved_fen = reserved_fen - r.amount_fen \
        from reservation r where r.line_id = budget_line.id and r.case_id = $1 and r.state = 'reserved'";
    const RESERVATION: &str = "update reservation set state = 'released' where case_id = $1 and state = 'reserved'";
    for sql in [LINE, RESERVATION] {
        with_conn!(&mut *tx, conn => sqlx::query(sql).bind(case).execute(conn).await.map(|_| ()))
            .map_err(db::Error::from)?;
    }
    Ok(())
}

/// Moves a case's reservation to paid, on its line too.
pub(super) async fn settle(tx: &mut Tx, case: i64, state: &str) -> Result<(), Error> {
    const LINE: &str = "update budget_line set reserved_fen = reserved_fen - r.amount_fen, paid_fen = paid_fen + r.amount_fen \
        from reservation r where r.line_id = budget_line.id and r.case_id = $1 and r.state = 'reserved'";
    const RESERVATION: &str = "update reservation set state = $2 where case_id = $1 and state = 'reserved'";
    with_conn!(&mut *tx, conn => sqlx::query(LINE).bind(case).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    let changed = with_conn!(tx, conn => sqlx::query(RESERVATION).bind(case).bind(state).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::Damaged(format!("案件 {case} 没有预留的预算，不能记作已付。")))
    }
}

/// Moves a case's paid money back to what is reserved, on its line too.
pub(super) async fn take_back(tx: &mut Tx, case: i64) -> Result<(), Error> {
    const LINE: &str = "update budget_line set reserved_fen = reserved_fen + r.amount_fen, paid_fen = paid_fen - r.amount_fen \
        from reservation r where r.line_id = budget_line.id and r.case_id = $1 and r.state = 'paid'";
    const RESERVATION: &str = "update reservation set state = 'reserved' where case_id = $1 and state = 'paid'";
    with_conn!(&mut *tx, conn => sqlx::query(LINE).bind(case).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    let changed = with_conn!(tx, conn => sqlx::query(RESERVATION).bind(case).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::Damaged(format!("案件 {case} 没有已付的预算，不能记作退汇。")))
    }
}

pub(super) async fn reservation(tx: &mut Tx, case: i64) -> Result<Option<(Line, i64, String)>, Error> {
    let sql = format!(
        "select {COLUMNS}, r.amount_fen as held_fen, r.state from reservation r join budget_line l on l.id = r.line_id \
         where r.case_id = $1"
    );
    #[derive(sqlx::FromRow)]
    struct Held {
        #[sqlx(flatten)]
        line: Row,
        held_fen: i64,
        state: String,
    }
    let row: Option<Held> =
        with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(case).fetch_optional(conn).await)
            .map_err(db::Error::from)?;
    Ok(row.map(|held| (held.line.line(), held.held_fen, held.state)))
}

pub(super) async fn uses(tx: &mut Tx) -> Result<Vec<Use>, Error> {
    const SQL: &str = "select r.line_id, r.case_id, c.name, c.award, r.amount_fen, r.state, \
        coalesce(p.answered_on, '') as paid_on, coalesce(p.recovered_fen, 0) as recovered_fen, \
        coalesce(p.recovered_on, '') as recovered_on from reservation r join award_case c on c.id = r.case_id \
        left join payment p on p.case_id = r.case_id and p.state = 'paid' where r.state in ('reserved', 'paid') order by r.case_id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// A case whose money arrived and was not wholly recovered.
#[derive(sqlx::FromRow)]
pub(super) struct PaidCase {
    pub(super) id: i64,
    pub(super) award: String,
    pub(super) year: i64,
    pub(super) subject: String,
    pub(super) name: String,
    pub(super) matter: String,
    pub(super) facts: String,
    pub(super) paid_fen: i64,
}

pub(super) async fn paid_cases(tx: &mut Tx) -> Result<Vec<PaidCase>, Error> {
    const SQL: &str = "select c.id, c.award, c.year, c.subject, c.name, c.matter, c.facts, \
        p.amount_fen - p.recovered_fen as paid_fen from payment p join award_case c on c.id = p.case_id \
        where p.state = 'paid' and p.amount_fen > p.recovered_fen order by c.id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// The awards and years for which a case was opened or handed in.
pub(super) async fn opened(tx: &mut Tx) -> Result<Vec<(String, i64)>, Error> {
    const SQL: &str = "select distinct award, year from award_case where state <> 'draft' order by award, year";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}
