//! All SQL of cases; that of notices and objections stands beside it.

mod notices;

use std::collections::BTreeSet;

use db::{Tx, with_conn};
use jiff::{Timestamp, civil::Date};
use sqlx::AssertSqlSafe;
use terms::text::fold_name;

pub(super) use self::notices::{
    decide_objection, insert_notice, insert_objection, notice_of, notices, objections, put_on_notice, set_objector,
};
use super::{Case, Opinion, Paper, Payee, State, Step};
use crate::{Error, items::amount::Calculation, secrets::Sealed};

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    item_id: i64,
    batch_id: Option<i64>,
    award: String,
    subject: String,
    name: String,
    year: i64,
    matter: String,
    level: i64,
    facts: String,
    amount: String,
    state: String,
    account: Option<String>,
    account_number: Option<Sealed>,
    handler: Option<String>,
    handler_for: Option<String>,
    reviewer: Option<String>,
    reviewer_for: Option<String>,
    is_corrected: i64,
    due_on: Option<String>,
    due_why: String,
    version: i64,
    opened_on: String,
    reclaim_fen: Option<i64>,
}

const COLUMNS: &str = "c.id, c.item_id, c.batch_id, c.award, c.subject, c.name, c.year, c.matter, c.level, c.facts, c.amount, \
    c.state, c.account, c.account_number, c.handler, c.handler_for, c.reviewer, c.reviewer_for, c.is_corrected, c.due_on, c.due_why, \
    c.version, c.opened_on, c.reclaim_fen";

pub(super) fn damaged(id: i64) -> Error {
    Error::Damaged(format!("第 {id} 号案件的记录已损坏。请从备份恢复。"))
}

impl Row {
    fn case(self) -> Result<Case, Error> {
        let wrong = || damaged(self.id);
        Ok(Case {
            facts: serde_json::from_str(&self.facts).map_err(|_| wrong())?,
            amount: serde_json::from_str(&self.amount).map_err(|_| wrong())?,
            state: State::of_key(&self.state).ok_or_else(wrong)?,
            account: match self.account.as_deref().map(serde_json::from_str::<Payee>) {
                Some(kept) => Some(Payee { number: self.account_number.clone(), ..kept.map_err(|_| wrong())? }),
                None => None,
            },
            due_on: self.due_on.as_deref().map(str::parse).transpose().map_err(|_| wrong())?,
            opened_on: self.opened_on.parse().map_err(|_| wrong())?,
            id: self.id,
            item: self.item_id,
            batch: self.batch_id,
            award: self.award,
            subject: self.subject,
            name: self.name,
            year: self.year,
            matter: self.matter,
            level: self.level,
            handler: self.handler,
            handler_for: self.handler_for,
            reviewer: self.reviewer,
            reviewer_for: self.reviewer_for,
            is_corrected: self.is_corrected != 0,
            due_why: self.due_why,
            reclaim_fen: self.reclaim_fen,
            version: self.version,
        })
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|cause| Error::Invalid(format!("案件内容无法保存：{cause}")))
}

/// The cases that fit a condition, whose one text is bound where it stands.
async fn cases(tx: &mut Tx, condition: &'static str, text: &str, other: &str) -> Result<Vec<Case>, Error> {
    // Both texts always stand in the statement, so that one binding serves every condition.
    let sql = format!("select {COLUMNS} from award_case c where $1 = $1 and $2 = $2 and {condition}");
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(text).bind(other)
        .fetch_all(conn).await)
    .map_err(db::Error::from)?;
    rows.into_iter().map(Row::case).collect()
}

pub(super) async fn all(tx: &mut Tx, subject: Option<&str>) -> Result<Vec<Case>, Error> {
    let condition = "(c.subject = $1 or $1 = '') and (c.subject = $1 or c.state <> 'draft') order by c.id desc";
    match subject {
        // An account without a unit owns nothing.
        Some("") => Ok(Vec::new()),
        other => cases(tx, condition, other.unwrap_or_default(), "").await,
    }
}

/// Every case, drafts too.
pub(super) async fn every(tx: &mut Tx) -> Result<Vec<Case>, Error> {
    cases(tx, "1 = 1 order by c.id", "", "").await
}

pub(super) async fn in_state(tx: &mut Tx, award: &str, state: State) -> Result<Vec<Case>, Error> {
    cases(tx, "c.award = $1 and c.state = $2 order by c.id", award, state.key()).await
}

pub(super) async fn of_award(tx: &mut Tx, award: &str) -> Result<Vec<Case>, Error> {
    cases(tx, "c.award = $1 order by c.id", award, "").await
}

/// Cases in a state whose last day has passed.
pub(super) async fn late(tx: &mut Tx, state: State, today: Date) -> Result<Vec<Case>, Error> {
    cases(tx, "c.state = $1 and c.due_on < $2 order by c.id", state.key(), &today.to_string()).await
}

/// Cases whose step is to be done by a day; a notice ends by itself.
pub(super) async fn due_by(tx: &mut Tx, day: Date) -> Result<Vec<Case>, Error> {
    cases(tx, "c.state <> $1 and c.due_on <= $2 order by c.id", State::Public.key(), &day.to_string()).await
}

/// Cases on a notice whose last day has passed.
pub(super) async fn noticed(tx: &mut Tx, today: Date) -> Result<Vec<Case>, Error> {
    let condition = "c.state = $1 and (select max(n.closes_on) from notice n join notice_case o on o.notice_id = n.id \
        where o.case_id = c.id) < $2 order by c.id";
    cases(tx, condition, State::Public.key(), &today.to_string()).await
}

pub(super) async fn find(tx: &mut Tx, id: i64) -> Result<Option<Case>, Error> {
    let sql = format!("select {COLUMNS} from award_case c where c.id = $1");
    let row: Option<Row> =
        with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await)
            .map_err(db::Error::from)?;
    row.map(Row::case).transpose()
}

/// The living case with the same award, subject, year and matter, however its brackets and spaces are typed.
pub(super) async fn same(tx: &mut Tx, case: &Case) -> Result<Option<Case>, Error> {
    let found =
        cases(tx, "c.award = $1 and c.subject = $2 and c.state <> 'withdrawn'", &case.award, &case.subject).await?;
    let matter = fold_name(&case.matter);
    Ok(found.into_iter().find(|one| one.year == case.year && fold_name(&one.matter) == matter))
}

/// The subjects that have a case of an award for a year.
pub(super) async fn taken(tx: &mut Tx, award: &str, year: i64) -> Result<BTreeSet<String>, Error> {
    const SQL: &str =
        "select subject from award_case where award = $1 and year = $2 and matter = '' and state <> 'withdrawn'";
    let rows: Vec<(String,)> = with_conn!(tx, conn => sqlx::query_as(SQL).bind(award).bind(year).fetch_all(conn).await)
        .map_err(db::Error::from)?;
    Ok(rows.into_iter().map(|(subject,)| subject).collect())
}

/// Lets others who would open a case of this award wait until this transaction ends; those of this subject only, where one is named.
pub(super) async fn hold(tx: &mut Tx, award: &str, subject: &str) -> Result<(), Error> {
    Ok(tx.hold(&format!("award_case {award} {subject}")).await?)
}

/// Keeps others from changing the cases of a subject, and of an award where one is named, until this transaction ends, so that no room
/// under a cap is used twice.
pub(super) async fn lock(tx: &mut Tx, subject: &str, award: &str) -> Result<(), Error> {
    const SQL: &str = "update award_case set version = version where subject = $1 or award = $2";
    with_conn!(tx, conn => sqlx::query(SQL).bind(subject).bind(award).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// Subject, award, year and fen of every case whose amount stands; of one subject where it is named.
pub(super) async fn amounts(tx: &mut Tx, subject: &str) -> Result<Vec<(String, String, i64, i64)>, Error> {
    // What came back stands no more; what is claimed back stands until it has come.
    const ALL: &str = "select subject, award, year, amount_fen - coalesce((select \
        cast(sum(p.recovered_fen) as bigint) from payment p where p.case_id = award_case.id and p.state = 'paid'), 0), \
        state from award_case where amount_fen > 0 order by id";
    const OF_ONE: &str = "select subject, award, year, amount_fen - coalesce((select \
        cast(sum(p.recovered_fen) as bigint) from payment p where p.case_id = award_case.id and p.state = 'paid'), 0), \
        state from award_case where subject = $1 and amount_fen > 0 order by id";
    let rows: Vec<(String, String, i64, i64, String)> = if subject.is_empty() {
        with_conn!(tx, conn => sqlx::query_as(ALL).fetch_all(conn).await)
    } else {
        with_conn!(tx, conn => sqlx::query_as(OF_ONE).bind(subject).fetch_all(conn).await)
    }
    .map_err(db::Error::from)?;
    let stands = |state: &str| State::of_key(state).is_some_and(State::holds_money);
    let rows = rows.into_iter().filter(|row| stands(&row.4));
    Ok(rows.map(|(subject, award, year, fen, _)| (subject, award, year, fen)).collect())
}

/// The cases of an award whose amount stands, each with how it comes about and what of it has come back, in fen.
pub(super) async fn standing(tx: &mut Tx, award: &str) -> Result<Vec<(i64, Calculation, i64)>, Error> {
    const SQL: &str = "select id, amount, state, coalesce((select cast(sum(p.recovered_fen) as bigint) from payment p \
        where p.case_id = award_case.id and p.state = 'paid'), 0) from award_case \
        where award = $1 and amount_fen > 0 order by id";
    let rows: Vec<(i64, String, String, i64)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(award).fetch_all(conn).await).map_err(db::Error::from)?;
    let stands = |state: &str| State::of_key(state).is_some_and(State::holds_money);
    let rows = rows.into_iter().filter(|(_, _, state, _)| stands(state));
    let case = |(id, amount, _, back): (i64, String, String, i64)| {
        Ok((id, serde_json::from_str(&amount).map_err(|_| damaged(id))?, back))
    };
    rows.map(case).collect()
}

/// Right, event, case and its state, of every living case; of those alone that share a right with a case where one
/// is named.
pub(super) async fn held_rights(tx: &mut Tx, case: Option<i64>) -> Result<Vec<(String, String, i64, State)>, Error> {
    const ALL: &str =
        "select r.right_id, r.event, c.id, c.state from case_right r join award_case c on c.id = r.case_id";
    const SHARED: &str = "select r.right_id, r.event, c.id, c.state from case_right own \
        join case_right r on r.event = own.event and r.right_id = own.right_id \
        join award_case c on c.id = r.case_id where own.case_id = $1";
    let rows: Vec<(String, String, i64, String)> = match case {
        None => with_conn!(tx, conn => sqlx::query_as(ALL).fetch_all(conn).await),
        Some(id) => with_conn!(tx, conn => sqlx::query_as(SHARED).bind(id).fetch_all(conn).await),
    }
    .map_err(db::Error::from)?;
    let living = |(right, event, id, state): (String, String, i64, String)| {
        State::of_key(&state).filter(|state| state.holds_rights()).map(|state| (right, event, id, state))
    };
    Ok(rows.into_iter().filter_map(living).collect())
}

/// What tells whether a case waits for somebody: its number, subject and state, who handled it and for whom.
pub(super) type Standing = (i64, String, State, Option<String>, Option<String>);

/// Every case that is in one of these states.
pub(super) async fn in_states(tx: &mut Tx, states: &[State]) -> Result<Vec<Standing>, Error> {
    const SQL: &str = "select id, subject, state, handler, handler_for from award_case where state = $1 order by id";
    type Row = (i64, String, String, Option<String>, Option<String>);
    let mut found = Vec::new();
    for state in states {
        let rows: Vec<Row> = with_conn!(&mut *tx, conn => sqlx::query_as(SQL).bind(state.key()).fetch_all(conn).await)
            .map_err(db::Error::from)?;
        found.extend(rows.into_iter().map(|(id, subject, _, handler, whom)| (id, subject, *state, handler, whom)));
    }
    Ok(found)
}

/// The cases from which a login has stepped aside.
pub(super) async fn recused(tx: &mut Tx, login: &str) -> Result<BTreeSet<i64>, Error> {
    const SQL: &str = "select distinct case_id from case_step where act = 'recuse' and by_whom = $1";
    let rows: Vec<(i64,)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(login).fetch_all(conn).await).map_err(db::Error::from)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Who has stepped aside from a case.
pub(super) async fn recused_from(tx: &mut Tx, case: i64) -> Result<BTreeSet<String>, Error> {
    const SQL: &str = "select distinct by_whom from case_step where act = 'recuse' and case_id = $1";
    let rows: Vec<(String,)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(case).fetch_all(conn).await).map_err(db::Error::from)?;
    Ok(rows.into_iter().map(|(login,)| login).collect())
}

/// The cases about which a department is asked and has not spoken.
pub(super) async fn unanswered(tx: &mut Tx, department: &str) -> Result<BTreeSet<i64>, Error> {
    const SQL: &str = "select case_id from case_opinion where department = $1 and agrees is null";
    let rows: Vec<(i64,)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(department).fetch_all(conn).await).map_err(db::Error::from)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn insert_batch(
    tx: &mut Tx,
    item: i64,
    run: &str,
    year: i64,
    by: &str,
    at: &str,
) -> Result<i64, Error> {
    const SQL: &str =
        "insert into case_batch (item_id, run_id, year, made_by, made_at) values ($1, $2, $3, $4, $5) returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(item).bind(run).bind(year).bind(by).bind(at)
        .fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

/// The batches that were opened upon a run.
pub(super) async fn batches_upon(tx: &mut Tx, run: &str) -> Result<Vec<i64>, Error> {
    const SQL: &str = "select id from case_batch where run_id = $1 order by id";
    Ok(with_conn!(tx, conn => sqlx::query_scalar(SQL).bind(run).fetch_all(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn insert(tx: &mut Tx, case: &Case) -> Result<i64, Error> {
    const SQL: &str = "insert into award_case (item_id, batch_id, award, subject, name, year, matter, level, facts, amount, \
        amount_fen, state, due_on, due_why, opened_on) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) returning id";
    let (facts, amount) = (json(&case.facts)?, json(&case.amount)?);
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(case.item).bind(case.batch).bind(&case.award)
        .bind(&case.subject).bind(&case.name).bind(case.year).bind(&case.matter).bind(case.level).bind(facts).bind(amount)
        .bind(case.amount_fen()).bind(case.state.key()).bind(case.due_on.map(|day| day.to_string())).bind(&case.due_why)
        .bind(case.opened_on.to_string()).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

/// Writes a case as changed; false when it is not the version that was read any more.
pub(super) async fn update(tx: &mut Tx, case: &Case, version: i64) -> Result<bool, Error> {
    const SQL: &str = "update award_case set facts = $3, amount = $4, amount_fen = $5, state = $6, account = $7, handler = $8, \
        reviewer = $9, is_corrected = $10, due_on = $11, due_why = $12, account_number = $13, handler_for = $14, reviewer_for = $15, \
        level = $16, reclaim_fen = $17, version = version + 1 where id = $1 and version = $2";
    let (facts, amount) = (json(&case.facts)?, json(&case.amount)?);
    let account = case.account.as_ref().map(json).transpose()?;
    let changed = with_conn!(tx, conn => sqlx::query(SQL).bind(case.id).bind(version).bind(facts).bind(amount)
        .bind(case.amount_fen()).bind(case.state.key()).bind(account).bind(&case.handler).bind(&case.reviewer)
        .bind(i64::from(case.is_corrected)).bind(case.due_on.map(|day| day.to_string())).bind(&case.due_why)
        .bind(case.account.as_ref().and_then(|one| one.number.as_ref()))
        .bind(&case.handler_for).bind(&case.reviewer_for).bind(case.level).bind(case.reclaim_fen).execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(changed == 1)
}

pub(super) async fn set_rights(tx: &mut Tx, case: i64, rights: &[(String, String)]) -> Result<(), Error> {
    const CLEAR: &str = "delete from case_right where case_id = $1";
    const SQL: &str = "insert into case_right (case_id, right_id, event) values ($1, $2, $3)";
    with_conn!(&mut *tx, conn => sqlx::query(CLEAR).bind(case).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    for (right, event) in rights {
        with_conn!(&mut *tx, conn => sqlx::query(SQL).bind(case).bind(right).bind(event).execute(conn).await.map(|_| ()))
            .map_err(db::Error::from)?;
    }
    Ok(())
}

pub(super) async fn insert_step(tx: &mut Tx, case: i64, step: &Step, now: Timestamp) -> Result<(), Error> {
    const SQL: &str = "insert into case_step (case_id, act, before, after, note, by_whom, on_day, at, for_whom) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    with_conn!(tx, conn => sqlx::query(SQL).bind(case).bind(&step.act).bind(&step.before).bind(&step.after)
        .bind(&step.note).bind(&step.by).bind(step.on.to_string()).bind(now.to_string()).bind(&step.for_whom)
        .execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn steps(tx: &mut Tx, case: i64) -> Result<Vec<Step>, Error> {
    Ok(steps_of(tx, Some(case)).await?.into_iter().map(|(_, step)| step).collect())
}

/// The steps of a case, or of every one, in order, each with the number of its case.
pub(super) async fn steps_of(tx: &mut Tx, case: Option<i64>) -> Result<Vec<(i64, Step)>, Error> {
    const SQL: &str = "select case_id, act, before, after, note, by_whom, for_whom, on_day from case_step \
        where case_id = $1 or $1 = 0 order by id";
    type Row = (i64, String, String, String, String, String, String, String);
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(SQL).bind(case.unwrap_or(0)).fetch_all(conn).await)
        .map_err(db::Error::from)?;
    let step = |(case, act, before, after, note, by, for_whom, on): Row| {
        let on = on.parse().map_err(|_| damaged(case))?;
        Ok((case, Step { act, before, after, note, by, for_whom, on }))
    };
    rows.into_iter().map(step).collect()
}

/// Whether somebody has done this with a case.
pub(super) async fn has_done(tx: &mut Tx, case: i64, act: &str, login: &str) -> Result<bool, Error> {
    const SQL: &str = "select count(*) from case_step where case_id = $1 and act = $2 and by_whom = $3";
    let (count,): (i64,) =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(case).bind(act).bind(login).fetch_one(conn).await)
            .map_err(db::Error::from)?;
    Ok(count > 0)
}

/// How often this was done with a case.
pub(super) async fn count_done(tx: &mut Tx, case: i64, act: &str) -> Result<i64, Error> {
    const SQL: &str = "select count(*) from case_step where case_id = $1 and act = $2";
    let (count,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(case).bind(act).fetch_one(conn).await)
        .map_err(db::Error::from)?;
    Ok(count)
}

pub(super) async fn ask_departments(tx: &mut Tx, case: i64, departments: &[String], at: &str) -> Result<(), Error> {
    const CLEAR: &str = "delete from case_opinion where case_id = $1";
    const SQL: &str = "insert into case_opinion (case_id, department, note, by_whom, at) values ($1, $2, '', '', $3)";
    with_conn!(&mut *tx, conn => sqlx::query(CLEAR).bind(case).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    for department in departments {
        with_conn!(&mut *tx, conn => sqlx::query(SQL).bind(case).bind(department).bind(at).execute(conn).await.map(|_| ()))
            .map_err(db::Error::from)?;
    }
    Ok(())
}

/// Writes a department's opinion; false when it was not asked or has spoken.
pub(super) async fn opine(
    tx: &mut Tx,
    case: i64,
    department: &str,
    agrees: bool,
    note: &str,
    (by, at): (&str, &str),
) -> Result<bool, Error> {
    const SQL: &str = "update case_opinion set agrees = $3, note = $4, by_whom = $5, at = $6 \
        where case_id = $1 and department = $2 and agrees is null";
    let changed =
        with_conn!(tx, conn => sqlx::query(SQL).bind(case).bind(department).bind(i64::from(agrees)).bind(note)
        .bind(by).bind(at).execute(conn).await.map(|done| done.rows_affected()))
        .map_err(db::Error::from)?;
    Ok(changed == 1)
}

pub(super) async fn opinions(tx: &mut Tx, case: i64) -> Result<Vec<Opinion>, Error> {
    const SQL: &str =
        "select department, agrees, note, by_whom from case_opinion where case_id = $1 order by department";
    let rows: Vec<(String, Option<i64>, String, String)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(case).fetch_all(conn).await).map_err(db::Error::from)?;
    let opinion = |(department, agrees, note, by): (String, Option<i64>, String, String)| Opinion {
        department,
        agrees: agrees.map(|agrees| agrees != 0),
        note,
        by,
    };
    Ok(rows.into_iter().map(opinion).collect())
}

/// The cases about which a department is or was asked.
pub(super) async fn asked(tx: &mut Tx, department: &str) -> Result<BTreeSet<i64>, Error> {
    const SQL: &str = "select case_id from case_opinion where department = $1";
    let rows: Vec<(i64,)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(department).fetch_all(conn).await).map_err(db::Error::from)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn papers(tx: &mut Tx, case: i64) -> Result<Vec<Paper>, Error> {
    const SQL: &str =
        "select id, kind, name, sha256, size from case_file where case_id = $1 and removed_at is null order by id";
    let rows: Vec<(i64, String, String, String, i64)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(case).fetch_all(conn).await).map_err(db::Error::from)?;
    Ok(rows.into_iter().map(|(id, kind, name, sha256, size)| Paper { id, kind, name, sha256, size }).collect())
}

/// Every file of every case that was not taken out again: the case, its name and its hash.
pub(super) async fn all_papers(tx: &mut Tx) -> Result<Vec<(i64, String, String)>, Error> {
    const SQL: &str = "select case_id, name, sha256 from case_file where removed_at is null order by case_id, id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn insert_paper(
    tx: &mut Tx,
    case: i64,
    paper: &Paper,
    (by, now): (&str, Timestamp),
) -> Result<i64, Error> {
    const SQL: &str = "insert into case_file (case_id, kind, name, sha256, size, by_whom, at) \
        values ($1, $2, $3, $4, $5, $6, $7) returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(case).bind(&paper.kind).bind(&paper.name)
        .bind(&paper.sha256).bind(paper.size).bind(by).bind(now.to_string()).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

pub(super) async fn remove_paper(tx: &mut Tx, case: i64, id: i64, now: Timestamp) -> Result<bool, Error> {
    const SQL: &str = "update case_file set removed_at = $3 where case_id = $1 and id = $2 and removed_at is null";
    let changed = with_conn!(tx, conn => sqlx::query(SQL).bind(case).bind(id).bind(now.to_string()).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(changed == 1)
}
