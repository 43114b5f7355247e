//! All SQL of watches, warnings and their handling.

use std::collections::HashMap;

use db::{Tx, with_conn};

use super::{Evidence, Finding, Kind, Level, Stage, States, Step, Warning, Watch};
use crate::{
    Error,
    accounts::{Account, Organisation},
};

/// The enterprise whose accounts share what they see; empty for every other account.
fn shared_unit(account: &Account) -> &str {
    if let Organisation::Enterprise(code) = account.organisation() { code } else { "" }
}

#[derive(sqlx::FromRow)]
struct WatchRow {
    id: i64,
    account_id: i64,
    name: String,
    kind: String,
    search: String,
    seen_arrival: i64,
    began_on: String,
    run_at: Option<String>,
}

pub(super) async fn watches(tx: &mut Tx, account: &Account) -> Result<Vec<Watch>, Error> {
    const SQL: &str = "select w.id, w.account_id, w.name, w.kind, w.search, w.seen_arrival, w.began_on, w.run_at \
        from watch w join account a on a.id = w.account_id where w.removed_at is null \
        and (a.id = $1 or ($2 <> '' and a.unit = $2 and a.role = 'enterprise')) order by w.id desc";
    let rows: Vec<WatchRow> = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(account.id).bind(shared_unit(account)).fetch_all(conn).await)
    .map_err(db::Error::from)?;
    rows.into_iter().map(watch).collect()
}

/// The legal states that a watch saw when it last ran.
pub(super) async fn states(tx: &mut Tx, watch: i64) -> Result<States, Error> {
    const SQL: &str = "select document_key, state from watch_state where watch_id = $1 order by document_key";
    let rows: Vec<(String, String)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(watch).fetch_all(conn).await).map_err(db::Error::from)?;
    let state = |name: &str| corpus::STATES.into_iter().find(|state| state.zh() == name);
    Ok(rows.into_iter().filter_map(|(key, name)| Some((key, state(&name)?))).collect())
}

pub(super) async fn keep_states(tx: &mut Tx, watch: i64, states: &States) -> Result<(), Error> {
    const SQL: &str = "insert into watch_state (watch_id, document_key, state) values ($1, $2, $3) \
        on conflict (watch_id, document_key) do update set state = excluded.state";
    for (key, state) in states {
        with_conn!(tx, conn => sqlx::query(SQL).bind(watch).bind(key).bind(state.zh()).execute(conn).await.map(|_| ()))
            .map_err(db::Error::from)?;
    }
    Ok(())
}

fn watch(row: WatchRow) -> Result<Watch, Error> {
    Ok(Watch {
        kind: known(Kind::of_key(&row.kind), &row.kind)?,
        began_on: known(row.began_on.parse().ok(), &row.began_on)?,
        id: row.id,
        account_id: row.account_id,
        name: row.name,
        search: row.search,
        seen_arrival: row.seen_arrival,
        run_at: row.run_at,
    })
}

fn known<T>(found: Option<T>, text: &str) -> Result<T, Error> {
    found.ok_or_else(|| Error::Damaged(format!("预警的记录中有本程序不认识的“{text}”。请从备份恢复，或更新程序。")))
}

pub(super) async fn insert_watch(tx: &mut Tx, watch: &Watch, now: &str) -> Result<i64, Error> {
    const SQL: &str = "insert into watch (account_id, name, kind, search, seen_arrival, began_on, created_at) \
        values ($1, $2, $3, $4, $5, $6, $7) returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(watch.account_id).bind(&watch.name).bind(watch.kind.key()).bind(&watch.search)
        .bind(watch.seen_arrival).bind(watch.began_on.to_string()).bind(now).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

pub(super) async fn set_removed(tx: &mut Tx, id: i64, at: Option<&str>) -> Result<(), Error> {
    const SQL: &str = "update watch set removed_at = $2 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(at).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn removed_name(tx: &mut Tx, account: &Account, id: i64) -> Result<Option<String>, Error> {
    const SQL: &str = "select w.name from watch w join account a on a.id = w.account_id \
        where w.id = $1 and w.removed_at is not null \
        and (a.id = $2 or ($3 <> '' and a.unit = $3 and a.role = 'enterprise'))";
    let row: Option<(String,)> = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(id).bind(account.id).bind(shared_unit(account)).fetch_optional(conn).await)
    .map_err(db::Error::from)?;
    Ok(row.map(|(name,)| name))
}

pub(super) async fn move_mark(tx: &mut Tx, id: i64, arrival: i64, now: &str) -> Result<(), Error> {
    const SQL: &str = "update watch set seen_arrival = $2, run_at = $3 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(arrival).bind(now).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn told(tx: &mut Tx, watch: i64, subject: &str) -> Result<Option<(i64, Level)>, Error> {
    const SQL: &str = "select id, level from warning where watch_id = $1 and subject = $2";
    let row: Option<(i64, String)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(watch).bind(subject).fetch_optional(conn).await)
            .map_err(db::Error::from)?;
    row.map(|(id, level)| Ok((id, known(Level::of_key(&level), &level)?))).transpose()
}

pub(super) async fn insert_warning(
    tx: &mut Tx,
    watch: i64,
    finding: &Finding,
    told_on: &str,
    now: &str,
) -> Result<i64, Error> {
    const SQL: &str = "insert into warning (watch_id, subject, level, reason, told_on, told_at) \
        values ($1, $2, $3, $4, $5, $6) returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(watch).bind(&finding.subject).bind(finding.level.key()).bind(&finding.reason).bind(told_on).bind(now)
        .fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

pub(super) async fn raise(tx: &mut Tx, id: i64, finding: &Finding, told_on: &str) -> Result<(), Error> {
    const SQL: &str = "update warning set level = $2, reason = $3, told_on = $4 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(finding.level.key()).bind(&finding.reason).bind(told_on)
        .execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn set_documents(tx: &mut Tx, warning: i64, documents: &[Evidence]) -> Result<(), Error> {
    const CLEAR: &str = "delete from warning_document where warning_id = $1";
    const SQL: &str = "insert into warning_document (warning_id, place, document_key, words) values ($1, $2, $3, $4)";
    with_conn!(&mut *tx, conn => sqlx::query(CLEAR).bind(warning).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    for (place, one) in (1_i64..).zip(documents) {
        with_conn!(&mut *tx, conn => sqlx::query(SQL).bind(warning).bind(place).bind(&one.key).bind(&one.words)
            .execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct WarningRow {
    id: i64,
    watch: String,
    kind: String,
    level: String,
    reason: String,
    told_on: String,
    stage: Option<String>,
    note: Option<String>,
    by_whom: Option<String>,
    at: Option<String>,
}

/// The warnings that an account sees, or everybody's; only the one with this number where one is wanted.
pub(super) async fn warnings(tx: &mut Tx, account: Option<&Account>, only: Option<i64>) -> Result<Vec<Warning>, Error> {
    const SQL: &str = "select n.id, w.name as watch, w.kind, n.level, n.reason, n.told_on, \
            s.stage, s.note, s.by_whom, s.at \
        from warning n join watch w on w.id = n.watch_id join account a on a.id = w.account_id \
        left join warning_step s on s.id = (select max(l.id) from warning_step l where l.warning_id = n.id) \
        where ($1 = 0 or a.id = $1 or ($2 <> '' and a.unit = $2 and a.role = 'enterprise')) \
        and ($3 = 0 or n.id = $3) order by n.id desc";
    const DOCUMENTS: &str = "select d.warning_id, d.document_key, d.words from warning_document d \
        join warning n on n.id = d.warning_id join watch w on w.id = n.watch_id join account a on a.id = w.account_id \
        where ($1 = 0 or a.id = $1 or ($2 <> '' and a.unit = $2 and a.role = 'enterprise')) \
        and ($3 = 0 or n.id = $3) order by d.warning_id, d.place";
    let (id, unit) = account.map_or((0, ""), |account| (account.id, shared_unit(account)));
    let only = only.unwrap_or(0);
    let rows: Vec<WarningRow> =
        with_conn!(&mut *tx, conn => sqlx::query_as(SQL).bind(id).bind(unit).bind(only).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    let documents: Vec<(i64, String, String)> =
        with_conn!(&mut *tx, conn => sqlx::query_as(DOCUMENTS).bind(id).bind(unit).bind(only).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    let mut evidence: HashMap<i64, Vec<Evidence>> = HashMap::new();
    for (warning, key, words) in documents {
        evidence.entry(warning).or_default().push(Evidence { key, words });
    }
    let one = |row: WarningRow| {
        let last = row.stage.zip(row.note).zip(row.by_whom.zip(row.at));
        let last = last.map(|((stage, note), (by, at))| step((stage, note, by, at))).transpose()?;
        Ok(Warning {
            kind: known(Kind::of_key(&row.kind), &row.kind)?,
            level: known(Level::of_key(&row.level), &row.level)?,
            stage: last.as_ref().map_or(Stage::Open, |step| step.stage),
            told_on: known(row.told_on.parse().ok(), &row.told_on)?,
            documents: evidence.remove(&row.id).unwrap_or_default(),
            id: row.id,
            watch: row.watch,
            reason: row.reason,
            last,
        })
    };
    rows.into_iter().map(one).collect()
}

fn step((stage, note, by, at): (String, String, String, String)) -> Result<Step, Error> {
    Ok(Step { stage: known(Stage::of_key(&stage), &stage)?, note, by, at })
}

pub(super) async fn insert_step(tx: &mut Tx, warning: i64, step: &Step) -> Result<(), Error> {
    const SQL: &str = "insert into warning_step (warning_id, stage, note, by_whom, at) values ($1, $2, $3, $4, $5)";
    with_conn!(tx, conn => sqlx::query(SQL)
        .bind(warning).bind(step.stage.key()).bind(&step.note).bind(&step.by).bind(&step.at)
        .execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn steps(tx: &mut Tx, warning: i64) -> Result<Vec<Step>, Error> {
    const SQL: &str = "select stage, note, by_whom, at from warning_step where warning_id = $1 order by id";
    let rows: Vec<(String, String, String, String)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(warning).fetch_all(conn).await).map_err(db::Error::from)?;
    rows.into_iter().map(step).collect()
}
