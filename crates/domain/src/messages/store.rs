//! All SQL of messages, their settings and wordings, and of mail.

use std::collections::BTreeMap;

use db::{Tx, with_conn};
use jiff::{Timestamp, civil::Date};
use registry::instant;

use super::{Kind, Message, Mode, Setting, Wording};
use crate::{Error, accounts::Role};

/// To whom a message goes: every account of this role, and of this unit where one is named, but those that need no telling.
pub(super) struct To<'a> {
    pub(super) role: Role,
    pub(super) unit: &'a str,
    pub(super) except: [&'a str; 2],
}

/// A message to be written; where `once` says something, an account gets it once.
pub(super) struct New<'a> {
    pub(super) kind: Kind,
    pub(super) case: Option<i64>,
    pub(super) path: &'a str,
    pub(super) wording: &'a Wording,
    pub(super) once: &'a str,
    pub(super) on: Date,
    pub(super) now: Timestamp,
}

pub(super) async fn insert(tx: &mut Tx, to: &To<'_>, new: &New<'_>) -> Result<(), Error> {
    // The enterprise's unit is its code: an enterprise without one is nobody. Whoever is on leave is not told, but his delegate is, and
    // for whom; whoever stepped aside from the case is told nothing more of it.
    const SQL: &str = "insert into message (account_id, kind, case_id, path, subject, body, once, told_on, told_at) \
        select a.id, $1, cast($2 as bigint), $3, $4, $5 || coalesce((select '\n\n您正代' || string_agg(f.name, '、') \
        || '办理（请假委托）。' from delegation d join account f on f.id = d.from_id where d.to_id = a.id \
        and d.ended_at is null and d.from_on <= $7 and d.until_on >= $7), ''), nullif($6, ''), $7, $8 from account a \
        where a.role = $9 and (a.unit = $10 or $10 = '') and ($9 <> 'enterprise' or $10 <> '') \
        and a.login <> $11 and a.login <> $12 and a.disabled_at is null \
        and not exists (select 1 from case_step s where s.case_id = $2 and s.act = 'recuse' and s.by_whom = a.login) \
        and not exists (select 1 from delegation d where d.from_id = a.id and d.ended_at is null \
        and d.from_on <= $7 and d.until_on >= $7) \
        and not exists (select 1 from message m where m.account_id = a.id and m.once = nullif($6, '')) order by a.id";
    with_conn!(tx, conn => sqlx::query(SQL).bind(new.kind.key()).bind(new.case).bind(new.path)
        .bind(&new.wording.subject).bind(&new.wording.body).bind(new.once).bind(new.on.to_string())
        .bind(instant::format(new.now)).bind(to.role.key()).bind(to.unit).bind(to.except[0])
        .bind(to.except[1]).execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

/// Writes a message to an account and, where it belongs to an enterprise, to the others of that enterprise.
pub(super) async fn insert_for_sharers(tx: &mut Tx, account: i64, new: &New<'_>) -> Result<(), Error> {
    const SQL: &str = "insert into message (account_id, kind, path, subject, body, told_on, told_at) \
        select a.id, $2, $3, $4, $5, $6, $7 from account a join account o on o.id = $1 \
        where a.disabled_at is null and (a.id = o.id \
        or (o.role = 'enterprise' and o.unit <> '' and a.role = o.role and a.unit = o.unit)) order by a.id";
    with_conn!(tx, conn => sqlx::query(SQL).bind(account).bind(new.kind.key()).bind(new.path).bind(&new.wording.subject)
        .bind(&new.wording.body).bind(new.on.to_string()).bind(instant::format(new.now)).execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

/// For whom a matter is over.
pub(super) enum Whose<'a> {
    /// Everybody.
    All,
    /// The unit of this login, which has done its part.
    UnitOf(&'a str),
    /// This login alone.
    Own(&'a str),
}

/// Notes that what messages about a case asked for is over.
pub(super) async fn over(tx: &mut Tx, case: i64, whose: &Whose<'_>, at: &str) -> Result<(), Error> {
    const SQL: &str = "update message set over_at = $2 where case_id = $1 and over_at is null \
        and kind in ('confirm', 'missing', 'waits', 'urged', 'due', 'stuck') and ($3 = '' or account_id in ( \
        select a.id from account a join account d on d.login = $3 \
        and (a.id = d.id or ($4 = 1 and a.role = d.role and a.unit = d.unit))))";
    let (login, is_unit) = match whose {
        Whose::All => ("", false),
        Whose::UnitOf(login) => (*login, true),
        Whose::Own(login) => (*login, false),
    };
    with_conn!(tx, conn => sqlx::query(SQL).bind(case).bind(at).bind(login).bind(i64::from(is_unit)).execute(conn).await
        .map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    kind: String,
    path: String,
    subject: String,
    body: String,
    told_on: String,
    read_at: Option<String>,
    over_at: Option<String>,
}

pub(super) async fn messages(tx: &mut Tx, account: i64, only: Option<i64>) -> Result<Vec<Message>, Error> {
    const SQL: &str = "select id, kind, path, subject, body, told_on, read_at, over_at from message \
        where account_id = $1 and (id = $2 or $2 = 0) order by id desc";
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(SQL).bind(account).bind(only.unwrap_or(0))
        .fetch_all(conn).await)
    .map_err(db::Error::from)?;
    let message = |row: Row| {
        Ok(Message {
            kind: known(Kind::of_key(&row.kind), &row.kind)?,
            told_on: known(row.told_on.parse().ok(), &row.told_on)?,
            id: row.id,
            path: row.path,
            subject: row.subject,
            body: row.body,
            read_at: row.read_at,
            over_at: row.over_at,
        })
    };
    rows.into_iter().filter(|row| only.is_none_or(|id| id == row.id)).map(message).collect()
}

pub(super) fn known<T>(found: Option<T>, text: &str) -> Result<T, Error> {
    found.ok_or_else(|| Error::Damaged(format!("消息的记录中有本程序不认识的“{text}”。请从备份恢复，或更新程序。")))
}

pub(super) async fn read(tx: &mut Tx, account: i64, only: Option<i64>, at: &str) -> Result<u64, Error> {
    const SQL: &str =
        "update message set read_at = $3 where account_id = $1 and (id = $2 or $2 = 0) and read_at is null";
    Ok(with_conn!(tx, conn => sqlx::query(SQL).bind(account).bind(only.unwrap_or(0)).bind(at).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?)
}

pub(super) async fn wording(tx: &mut Tx, kind: Kind) -> Result<Option<Wording>, Error> {
    const SQL: &str = "select subject, body from message_wording where kind = $1";
    let row: Option<(String, String)> = with_conn!(tx, conn => sqlx::query_as(SQL).bind(kind.key())
        .fetch_optional(conn).await)
    .map_err(db::Error::from)?;
    Ok(row.map(|(subject, body)| Wording { subject, body }))
}

pub(super) async fn set_wording(tx: &mut Tx, kind: Kind, wording: Option<&Wording>) -> Result<(), Error> {
    const CLEAR: &str = "delete from message_wording where kind = $1";
    const SQL: &str = "insert into message_wording (kind, subject, body) values ($1, $2, $3)";
    with_conn!(&mut *tx, conn => sqlx::query(CLEAR).bind(kind.key()).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    if let Some(wording) = wording {
        with_conn!(tx, conn => sqlx::query(SQL).bind(kind.key()).bind(&wording.subject).bind(&wording.body)
            .execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    }
    Ok(())
}

pub(super) async fn setting(tx: &mut Tx, account: i64) -> Result<Option<Setting>, Error> {
    const SQL: &str = "select address, modes from message_setting where account_id = $1";
    let row: Option<(String, String)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(account).fetch_optional(conn).await)
            .map_err(db::Error::from)?;
    row.map(|(address, modes)| Ok(Setting { address, modes: read_modes(&modes)? })).transpose()
}

/// Modes as they are stored: kinds and modes by their keys; a kind that is gone is passed over.
pub(super) fn read_modes(text: &str) -> Result<BTreeMap<Kind, Mode>, Error> {
    let stored: BTreeMap<String, Mode> = known(serde_json::from_str(text).ok(), text)?;
    Ok(stored.into_iter().filter_map(|(kind, mode)| Some((Kind::of_key(&kind)?, mode))).collect())
}

pub(super) async fn set_setting(
    tx: &mut Tx,
    account: i64,
    setting: &Setting,
    is_new_address: bool,
    at: &str,
) -> Result<(), Error> {
    const INSERT: &str = "insert into message_setting (account_id, address, modes, since) values ($1, $2, $3, $4) \
        on conflict (account_id) do update set address = excluded.address, modes = excluded.modes";
    // Another address has to be proved again; how many codes were mailed today stays.
    const SINCE: &str =
        "update message_setting set since = $2, proved_at = null, code_hash = null where account_id = $1";
    let modes: BTreeMap<&str, Mode> = setting.modes.iter().map(|(kind, mode)| (kind.key(), *mode)).collect();
    let modes = serde_json::to_string(&modes).map_err(|cause| Error::Invalid(cause.to_string()))?;
    with_conn!(&mut *tx, conn => sqlx::query(INSERT).bind(account).bind(&setting.address).bind(&modes).bind(at)
        .execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    if is_new_address {
        with_conn!(tx, conn => sqlx::query(SINCE).bind(account).bind(at).execute(conn).await.map(|_| ()))
            .map_err(db::Error::from)?;
    }
    Ok(())
}

/// Takes what an account was told of cases out of its reach; how many messages there were.
pub(super) async fn forget_cases(tx: &mut Tx, account: i64) -> Result<u64, Error> {
    const SQL: &str = "delete from message where account_id = $1 and case_id is not null";
    Ok(with_conn!(tx, conn => sqlx::query(SQL).bind(account).execute(conn).await.map(|done| done.rows_affected()))
        .map_err(db::Error::from)?)
}

/// Ends what an account's messages ask for: all of them, or those of one line.
#[cfg(test)]
pub(super) async fn finish(tx: &mut Tx, login: &str, subject: &str) -> Result<(), Error> {
    const SQL: &str = "update message set over_at = 't' where account_id = (select id from account where login = $1) \
        and (subject = $2 or $2 = '')";
    with_conn!(tx, conn => sqlx::query(SQL).bind(login).bind(subject).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// An address and its proof as they are stored.
#[derive(sqlx::FromRow)]
pub(super) struct ProofRow {
    pub(super) address: String,
    pub(super) proved_at: Option<String>,
    pub(super) code_hash: Option<String>,
    pub(super) code_made_at: Option<String>,
    pub(super) code_failures: i64,
    pub(super) codes_today: i64,
}

pub(super) async fn proof(tx: &mut Tx, account: i64) -> Result<Option<ProofRow>, Error> {
    const SQL: &str = "select address, proved_at, code_hash, code_made_at, code_failures, codes_today \
        from message_setting where account_id = $1";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(account).fetch_optional(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn set_code(tx: &mut Tx, account: i64, hash: &str, at: &str, today: i64) -> Result<(), Error> {
    const SQL: &str = "update message_setting set code_hash = $2, code_made_at = $3, code_failures = 0, codes_today = $4 \
        where account_id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(account).bind(hash).bind(at).bind(today).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn count_code_failure(tx: &mut Tx, account: i64) -> Result<(), Error> {
    const SQL: &str = "update message_setting set code_failures = code_failures + 1 where account_id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(account).execute(conn).await.map(|_| ())).map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn set_proved(tx: &mut Tx, account: i64, at: &str) -> Result<(), Error> {
    const SQL: &str = "update message_setting set proved_at = $2, code_hash = null where account_id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(account).bind(at).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// The text of the mail that was written last.
#[cfg(test)]
pub(super) async fn last_mail(tx: &mut Tx) -> Result<String, Error> {
    const SQL: &str = "select body from mail order by id desc limit 1";
    Ok(with_conn!(tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await).map_err(db::Error::from)?)
}
