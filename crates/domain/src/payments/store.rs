//! All SQL of payments.

use db::{Tx, with_conn};
use jiff::civil::Date;

use super::{Arrived, Batch, Payment, Stage};
use crate::{Error, cases::Payee, secrets::Sealed};

pub(super) async fn insert_batch(tx: &mut Tx, by: &str, at: &str) -> Result<i64, Error> {
    const SQL: &str = "insert into payment_batch (state, made_by, made_at) values ('made', $1, $2) returning id";
    let (id,): (i64,) =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(by).bind(at).fetch_one(conn).await).map_err(db::Error::from)?;
    Ok(id)
}

pub(super) async fn insert(
    tx: &mut Tx,
    number: &str,
    batch: i64,
    case: i64,
    fen: i64,
    to: &Payee,
) -> Result<(), Error> {
    const SQL: &str = "insert into payment (number, batch_id, case_id, amount_fen, holder, bank, account_number, account_masked, \
        state) values ($1, $2, $3, $4, $5, $6, $7, $8, 'ordered')";
    with_conn!(tx, conn => sqlx::query(SQL).bind(number).bind(batch).bind(case).bind(fen).bind(&to.holder).bind(&to.bank)
        .bind(&to.number).bind(&to.masked).execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

/// Every batch with its payments, the latest first, or one.
pub(super) async fn batches(tx: &mut Tx, id: Option<i64>) -> Result<Vec<Batch>, Error> {
    const SQL: &str =
        "select id, state, made_by, made_at, approved_by from payment_batch where id = $1 or $1 = 0 order by id desc";
    type Row = (i64, String, String, String, Option<String>);
    let rows: Vec<Row> = with_conn!(&mut *tx, conn => sqlx::query_as(SQL).bind(id.unwrap_or(0)).fetch_all(conn).await)
        .map_err(db::Error::from)?;
    let mut payments = payments(tx, id, None).await?;
    let batch = |(id, state, made_by, made_at, approved_by): Row| {
        let stage = Stage::of_key(&state);
        Ok(Batch {
            stage: stage.ok_or_else(|| Error::Damaged(format!("拨付批次 {id} 的状态已损坏。请从备份恢复。")))?,
            payments: payments.remove(&id).unwrap_or_default(),
            id,
            made_by,
            made_at,
            approved_by,
        })
    };
    rows.into_iter().map(batch).collect()
}

#[derive(sqlx::FromRow)]
struct PaymentRow {
    number: String,
    batch_id: i64,
    case_id: i64,
    amount_fen: i64,
    recovered_fen: i64,
    holder: String,
    bank: String,
    account_number: Option<Sealed>,
    account_masked: String,
    state: String,
    reason: String,
    answered_on: Option<String>,
    recovered_on: Option<String>,
    answered_fen: Option<i64>,
    returned_on: Option<String>,
    returned_by: Option<String>,
}

async fn payments(
    tx: &mut Tx,
    batch: Option<i64>,
    case: Option<i64>,
) -> Result<std::collections::BTreeMap<i64, Vec<Payment>>, Error> {
    const SQL: &str = "select number, batch_id, case_id, amount_fen, recovered_fen, holder, bank, account_number, \
        account_masked, state, reason, answered_on, recovered_on, answered_fen, returned_on, returned_by from payment where (batch_id = $1 or $1 = 0) and (case_id = $2 or $2 = 0) order by id";
    let rows: Vec<PaymentRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(batch.unwrap_or(0)).bind(case.unwrap_or(0))
        .fetch_all(conn).await)
        .map_err(db::Error::from)?;
    let mut by_batch = std::collections::BTreeMap::<i64, Vec<Payment>>::new();
    for row in rows {
        by_batch.entry(row.batch_id).or_default().push(Payment {
            number: row.number,
            batch: row.batch_id,
            case: row.case_id,
            amount_fen: row.amount_fen,
            recovered_fen: row.recovered_fen,
            recovered_on: row.recovered_on.and_then(|day| day.parse().ok()),
            answered_fen: row.answered_fen,
            returned_on: row.returned_on.and_then(|day| day.parse().ok()),
            returned_by: row.returned_by,
            receiving: Payee {
                holder: row.holder,
                bank: row.bank,
                masked: row.account_masked,
                number: row.account_number,
            },
            state: row.state,
            reason: row.reason,
            answered_on: row.answered_on.and_then(|day| day.parse().ok()),
        });
    }
    Ok(by_batch)
}

pub(super) async fn of_case(tx: &mut Tx, case: i64) -> Result<Vec<Payment>, Error> {
    Ok(payments(tx, None, Some(case)).await?.into_values().rev().flatten().collect())
}

/// Moves a batch on; false when it does not stand where it should.
pub(super) async fn step(
    tx: &mut Tx,
    id: i64,
    from: Stage,
    to: Stage,
    approved_by: Option<&str>,
    at: &str,
) -> Result<bool, Error> {
    const SQL: &str = "update payment_batch set state = $3, approved_by = coalesce($4, approved_by), \
        approved_at = case when $4 is null then approved_at else $5 end where id = $1 and state = $2";
    let changed =
        with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(from.key()).bind(to.key()).bind(approved_by).bind(at)
        .execute(conn).await.map(|done| done.rows_affected()))
        .map_err(db::Error::from)?;
    Ok(changed == 1)
}

/// Notes what became of an ordered payment, with the amount that the bank wrote; false when it is not ordered any more.
pub(super) async fn answer(
    tx: &mut Tx,
    number: &str,
    (state, reason): (&str, &str),
    fen: Option<i64>,
    on: Date,
) -> Result<bool, Error> {
    const SQL: &str = "update payment set state = $2, reason = $3, answered_on = $4, answered_fen = $5 \
        where number = $1 and state = 'ordered'";
    with_conn!(tx, conn => sqlx::query(SQL).bind(number).bind(state).bind(reason).bind(on.to_string()).bind(fen)
        .execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)
    .map(|changed| changed == 1)
    .map_err(Error::from)
}

/// Notes that what had arrived came back; false when it has not arrived, or something of it was recovered.
pub(super) async fn send_back(tx: &mut Tx, number: &str, reason: &str, (by, on): (&str, Date)) -> Result<bool, Error> {
    const SQL: &str = "update payment set state = 'failed', reason = $2, returned_by = $3, returned_on = $4 \
        where number = $1 and state = 'paid' and recovered_fen = 0";
    let changed = with_conn!(tx, conn => sqlx::query(SQL).bind(number).bind(reason).bind(by).bind(on.to_string())
        .execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(changed == 1)
}

/// Case and number of every payment whose return this login entered.
pub(super) async fn returned_by(tx: &mut Tx, login: &str) -> Result<Vec<(i64, String)>, Error> {
    const SQL: &str = "select case_id, number from payment where returned_by = $1 order by id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(login).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// Notes the amount that the bank wrote later of a payment that it had answered without one.
pub(super) async fn set_answered(tx: &mut Tx, number: &str, fen: i64) -> Result<bool, Error> {
    const SQL: &str = "update payment set answered_fen = $2 where number = $1 and answered_fen is null";
    let changed = with_conn!(tx, conn => sqlx::query(SQL).bind(number).bind(fen).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(changed == 1)
}

pub(super) async fn has_answer(tx: &mut Tx, batch: i64, hash: &str) -> Result<bool, Error> {
    const SQL: &str = "select count(*) from bank_answer where batch_id = $1 and sha256 = $2";
    let (count,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(batch).bind(hash).fetch_one(conn).await)
        .map_err(db::Error::from)?;
    Ok(count > 0)
}

pub(super) async fn insert_answer(
    tx: &mut Tx,
    hash: &str,
    batch: i64,
    name: &str,
    (by, at): (&str, &str),
) -> Result<(), Error> {
    const SQL: &str = "insert into bank_answer (sha256, batch_id, name, by_whom, at) values ($1, $2, $3, $4, $5)";
    with_conn!(tx, conn => sqlx::query(SQL).bind(hash).bind(batch).bind(name).bind(by).bind(at).execute(conn).await
        .map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

/// Notes what came back of the payment of a case; false when less than that is there.
pub(super) async fn recover(tx: &mut Tx, case: i64, fen: i64, (by, on, at): (&str, Date, &str)) -> Result<bool, Error> {
    const PAYMENT: &str = "update payment set recovered_fen = recovered_fen + $2, recovered_on = $3 \
        where case_id = $1 and state = 'paid' and amount_fen - recovered_fen >= $2";
    const RECOVERY: &str = "insert into recovery (payment_id, amount_fen, on_day, by_whom, at) \
        select id, $2, $3, $4, $5 from payment where case_id = $1 and state = 'paid'";
    let on = on.to_string();
    let changed = with_conn!(&mut *tx, conn => sqlx::query(PAYMENT).bind(case).bind(fen).bind(&on).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    if changed != 1 {
        return Ok(false);
    }
    with_conn!(tx, conn => sqlx::query(RECOVERY).bind(case).bind(fen).bind(&on).bind(by).bind(at).execute(conn).await
        .map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(true)
}

/// What came back, in order: the number of its payment, the day, and the fen.
pub(super) async fn recovered(tx: &mut Tx) -> Result<Vec<(String, String, i64)>, Error> {
    const SQL: &str = "select p.number, r.on_day, r.amount_fen from recovery r join payment p on p.id = r.payment_id \
        order by r.id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// Payments without what every payment needs, and sums that do not meet to the fen.
pub(super) async fn faults(tx: &mut Tx) -> Result<(i64, Vec<String>), Error> {
    const COUNT: &str = "select count(*) from payment where state in ('ordered', 'paid')";
    const MISSING: &[(&str, &str)] = &[
        ("没有决定", "not exists (select 1 from case_step s where s.case_id = p.case_id and s.act = 'approve')"),
        ("没有公示", "not exists (select 1 from notice_case n where n.case_id = p.case_id)"),
        (
            "早于公示结束",
            "exists (select 1 from case_step s join notice_case o on o.case_id = s.case_id \
             join notice n on n.id = o.notice_id where s.case_id = p.case_id and s.act = 'order' \
             and s.on_day <= n.closes_on)",
        ),
        (
            "没有已发布的依据",
            "not exists (select 1 from award_case c join item i on i.id = c.item_id \
             where c.id = p.case_id and i.state <> 'draft')",
        ),
        (
            "没有同额的预算",
            "not exists (select 1 from reservation r where r.case_id = p.case_id and r.amount_fen = p.amount_fen \
             and r.state = case when p.state = 'paid' then 'paid' else 'reserved' end)",
        ),
        (
            "没有经办或复核",
            "exists (select 1 from award_case c where c.id = p.case_id and (c.handler is null or c.reviewer is null))",
        ),
        (
            "与案件核定的金额不符",
            "not exists (select 1 from award_case c where c.id = p.case_id and c.amount_fen = p.amount_fen)",
        ),
        (
            "与最近一次公示的金额不符",
            "p.amount_fen <> coalesce((select o.amount_fen from notice_case o where o.case_id = p.case_id \
             order by o.notice_id desc limit 1), -1)",
        ),
        (
            "所在批次没有另一人复核就送了银行",
            "exists (select 1 from payment_batch b where b.id = p.batch_id and b.state in ('approved', 'sent', 'closed') \
             and (b.approved_by is null or b.approved_by = b.made_by))",
        ),
        (
            "有部门没有同意",
            "exists (select 1 from case_opinion o where o.case_id = p.case_id and (o.agrees is null or o.agrees = 0))",
        ),
        (
            "经办与复核是同一人",
            "exists (select 1 from award_case c where c.id = p.case_id and (c.handler = c.reviewer \
             or c.handler = c.reviewer_for or c.handler_for = c.reviewer or c.handler_for = c.reviewer_for))",
        ),
    ];
    const LINES: &str = "select l.id, l.reserved_fen, l.paid_fen, \
        coalesce((select cast(sum(r.amount_fen) as bigint) from reservation r where r.line_id = l.id and r.state = 'reserved'), 0), \
        coalesce((select cast(sum(r.amount_fen) as bigint) from reservation r where r.line_id = l.id and r.state = 'paid'), 0) \
        from budget_line l";
    let (count,): (i64,) =
        with_conn!(&mut *tx, conn => sqlx::query_as(COUNT).fetch_one(conn).await).map_err(db::Error::from)?;
    let mut faults = Vec::new();
    for (words, condition) in MISSING {
        let sql = format!(
            "select p.number from payment p where p.state in ('ordered', 'paid') and {condition} order by p.number"
        );
        let found: Vec<(String,)> =
            with_conn!(&mut *tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await)
                .map_err(db::Error::from)?;
        faults.extend(found.into_iter().map(|(number,)| format!("付款 {number} {words}")));
    }
    let lines: Vec<(i64, i64, i64, i64, i64)> =
        with_conn!(tx, conn => sqlx::query_as(LINES).fetch_all(conn).await).map_err(db::Error::from)?;
    let wrong = lines.into_iter().filter(|(_, reserved, paid, held, spent)| reserved != held || paid != spent);
    faults.extend(wrong.map(|(id, ..)| format!("预算 {id} 的预留或已付与各案件之和不符")));
    Ok((count, faults))
}

pub(super) async fn arrived(tx: &mut Tx) -> Result<Vec<Arrived>, Error> {
    const SQL: &str = "select p.number, p.batch_id, p.case_id, c.name, c.award, c.item_id, c.year, p.amount_fen, \
        coalesce(p.answered_on, '') as answered_on, p.recovered_fen, coalesce(p.recovered_on, '') as recovered_on from payment p join award_case c on c.id = p.case_id \
        where p.state = 'paid' order by p.id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// A bank's answer as it was taken in: its hash, its batch, by whom, and the name of its file.
pub(super) async fn answers(tx: &mut Tx) -> Result<Vec<super::soundness::Taken>, Error> {
    const SQL: &str = "select sha256, batch_id, by_whom, name from bank_answer order by batch_id, at";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// The day on which each recovered case's money was noted as come back.
pub(super) async fn recoveries(tx: &mut Tx) -> Result<Vec<(i64, String)>, Error> {
    const SQL: &str = "select case_id, on_day from case_step where act = 'recover' order by id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}
