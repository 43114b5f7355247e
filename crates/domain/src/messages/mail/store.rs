//! All SQL of mail and its attempts.

use std::collections::BTreeMap;

use db::{Tx, with_conn};

use super::{Attempt, Kind, Letter, Logged, Mode, masked};
use crate::Error;
use crate::messages::store::{known, read_modes};

/// A message that waits to be mailed.
pub(super) struct Waiting {
    pub(super) id: i64,
    pub(super) account: i64,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) kind: Kind,
    pub(super) mode: Mode,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) path: String,
    pub(super) told_at: String,
    pub(super) daily_on: Option<String>,
    pub(super) weekly_on: Option<String>,
}

#[derive(sqlx::FromRow)]
struct WaitingRow {
    id: i64,
    account_id: i64,
    name: String,
    address: String,
    modes: String,
    kind: String,
    subject: String,
    body: String,
    path: String,
    told_at: String,
    daily_on: Option<String>,
    weekly_on: Option<String>,
}

impl WaitingRow {
    fn waiting(self) -> Result<Waiting, Error> {
        let kind = known(Kind::of_key(&self.kind), &self.kind)?;
        let mode = read_modes(&self.modes)?.get(&kind).copied().unwrap_or_else(|| kind.usual());
        Ok(Waiting {
            id: self.id,
            account: self.account_id,
            name: self.name,
            address: self.address,
            kind,
            mode,
            subject: self.subject,
            body: self.body,
            path: self.path,
            told_at: self.told_at,
            daily_on: self.daily_on,
            weekly_on: self.weekly_on,
        })
    }
}

/// The messages that are to be mailed some time, the oldest first: not read, not over, told since the address was given.
pub(super) async fn waiting(tx: &mut Tx) -> Result<Vec<Waiting>, Error> {
    const SQL: &str = "select m.id, m.account_id, a.name, s.address, s.modes, m.kind, m.subject, m.body, m.path, \
        m.told_at, s.daily_on, s.weekly_on from message m join account a on a.id = m.account_id \
        join message_setting s on s.account_id = m.account_id \
        where m.mail_id is null and m.read_at is null and m.over_at is null and s.address <> '' \
        and s.proved_at is not null and m.told_at >= s.since and a.disabled_at is null order by m.id";
    let rows: Vec<WaitingRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    let all: Result<Vec<Waiting>, Error> = rows.into_iter().map(WaitingRow::waiting).collect();
    Ok(all?.into_iter().filter(|one| one.mode != Mode::Never).collect())
}

/// How many messages are in a mail, and those of them that are not over, with the address as it is now: empty where the account gets
/// no mail any more, or has not proved it yet.
pub(super) async fn left_in(tx: &mut Tx, mail: i64) -> Result<(usize, Vec<Waiting>), Error> {
    const ALL: &str = "select count(*) from message where mail_id = $1";
    const SQL: &str = "select m.id, m.account_id, a.name, case when a.disabled_at is null and s.proved_at is not null \
        then coalesce(s.address, '') else '' end as address, coalesce(s.modes, '{}') as modes, m.kind, m.subject, m.body, \
        m.path, m.told_at, s.daily_on, s.weekly_on from message m join account a on a.id = m.account_id \
        left join message_setting s on s.account_id = m.account_id \
        where m.mail_id = $1 and m.over_at is null order by m.id";
    let (all,): (i64,) =
        with_conn!(&mut *tx, conn => sqlx::query_as(ALL).bind(mail).fetch_one(conn).await).map_err(db::Error::from)?;
    let rows: Vec<WaitingRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(mail).fetch_all(conn).await).map_err(db::Error::from)?;
    let left: Result<Vec<Waiting>, Error> = rows.into_iter().map(WaitingRow::waiting).collect();
    Ok((usize::try_from(all).unwrap_or(usize::MAX), left?))
}

/// Notes why a mail that waits is not sent any more.
pub(super) async fn drop(tx: &mut Tx, id: i64, why: &str) -> Result<(), Error> {
    const SQL: &str = "update mail set state = 'failed', dropped_why = $2 where id = $1 and state = 'waiting'";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(why).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// Keeps a mail as it goes out.
pub(super) async fn rewrite(tx: &mut Tx, letter: &Letter) -> Result<(), Error> {
    const SQL: &str = "update mail set address = $2, subject = $3, body = $4 where id = $1 and state = 'waiting'";
    with_conn!(tx, conn => sqlx::query(SQL).bind(letter.id).bind(&letter.address).bind(&letter.subject).bind(&letter.body)
        .execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn note_digest(tx: &mut Tx, account: i64, is_daily: bool, day: &str) -> Result<(), Error> {
    const DAILY: &str = "update message_setting set daily_on = $2 where account_id = $1";
    const WEEKLY: &str = "update message_setting set weekly_on = $2 where account_id = $1";
    let sql = if is_daily { DAILY } else { WEEKLY };
    with_conn!(tx, conn => sqlx::query(sql).bind(account).bind(day).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn insert(
    tx: &mut Tx,
    (account, address): (i64, &str),
    (message_id, subject, body): (&str, &str, &str),
    at: &str,
) -> Result<i64, Error> {
    const SQL: &str = "insert into mail (account_id, address, message_id, subject, body, state, due_at, made_at) \
        values ($1, $2, $3, $4, $5, 'waiting', $6, $6) returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(account).bind(address).bind(message_id)
        .bind(subject).bind(body).bind(at).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

/// Puts a message into a mail; false when it is in one already.
pub(super) async fn put_in(tx: &mut Tx, message: i64, mail: i64) -> Result<bool, Error> {
    const SQL: &str = "update message set mail_id = $2 where id = $1 and mail_id is null";
    let changed = with_conn!(tx, conn => sqlx::query(SQL).bind(message).bind(mail).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(changed == 1)
}

/// The mails that are being sent, each with the mark of its process and since when.
pub(super) async fn sending(tx: &mut Tx) -> Result<Vec<(i64, String, String)>, Error> {
    const SQL: &str = "select m.id, coalesce(m.process, ''), coalesce((select max(t.at) from mail_attempt t \
        where t.mail_id = m.id), '') from mail m where m.state = 'sending' order by m.id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn under_way(tx: &mut Tx) -> Result<Vec<i64>, Error> {
    const SQL: &str = "select id from mail where state in ('waiting', 'sending') order by id";
    let rows: Vec<(i64,)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Nothing that was told before this moment is mailed any more.
pub(super) async fn begin_anew(tx: &mut Tx, at: &str) -> Result<(), Error> {
    const SQL: &str = "update message_setting set since = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(at).execute(conn).await.map(|_| ())).map_err(db::Error::from)?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct LetterRow {
    id: i64,
    address: String,
    message_id: String,
    subject: String,
    body: String,
    attempts: i64,
    made_at: String,
}

/// The next mail that is due, the one that waits longest first.
pub(super) async fn due(tx: &mut Tx, at: &str) -> Result<Option<Letter>, Error> {
    const SQL: &str = "select id, address, message_id, subject, body, attempts, made_at from mail \
        where state = 'waiting' and due_at <= $1 order by due_at, id limit 1";
    let row: Option<LetterRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(at).fetch_optional(conn).await).map_err(db::Error::from)?;
    let letter = |row: LetterRow| {
        Ok(Letter {
            made_at: known(row.made_at.parse().ok(), &row.made_at)?,
            id: row.id,
            address: row.address,
            message_id: row.message_id,
            subject: row.subject,
            body: row.body,
            attempts: row.attempts,
        })
    };
    row.map(letter).transpose()
}

/// Marks a mail as being sent and begins its attempt; false when another process was faster.
pub(super) async fn begin(tx: &mut Tx, id: i64, process: &str, at: &str) -> Result<bool, Error> {
    const CLAIM: &str = "update mail set state = 'sending', process = $2, attempts = attempts + 1 \
        where id = $1 and state = 'waiting'";
    const ATTEMPT: &str = "insert into mail_attempt (mail_id, at, outcome, answer) values ($1, $2, 'sending', '')";
    let claimed = with_conn!(&mut *tx, conn => sqlx::query(CLAIM).bind(id).bind(process).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    if claimed == 1 {
        with_conn!(tx, conn => sqlx::query(ATTEMPT).bind(id).bind(at).execute(conn).await.map(|_| ()))
            .map_err(db::Error::from)?;
    }
    Ok(claimed == 1)
}

/// Notes what came of a mail that was being sent.
pub(super) async fn end(
    tx: &mut Tx,
    id: i64,
    state: &str,
    due: Option<&str>,
    (outcome, answer): (&str, &str),
) -> Result<(), Error> {
    const MAIL: &str = "update mail set state = $2, process = null, due_at = coalesce($3, due_at) where id = $1";
    const ATTEMPT: &str =
        "update mail_attempt set outcome = $2, answer = $3 where mail_id = $1 and outcome = 'sending'";
    with_conn!(&mut *tx, conn => sqlx::query(MAIL).bind(id).bind(state).bind(due).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    with_conn!(tx, conn => sqlx::query(ATTEMPT).bind(id).bind(outcome).bind(answer).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// Lets a mail that failed, or may have arrived, wait once more; false when it did neither.
pub(super) async fn again(tx: &mut Tx, id: i64, login: &str, at: &str) -> Result<bool, Error> {
    const MAIL: &str = "update mail set state = 'waiting', attempts = 0, due_at = $2 \
        where id = $1 and state in ('failed', 'unknown') and dropped_why is null";
    const ATTEMPT: &str = "insert into mail_attempt (mail_id, at, outcome, answer) values ($1, $2, 'again', $3)";
    let changed = with_conn!(&mut *tx, conn => sqlx::query(MAIL).bind(id).bind(at).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    if changed == 1 {
        with_conn!(tx, conn => sqlx::query(ATTEMPT).bind(id).bind(at).bind(login).execute(conn).await.map(|_| ()))
            .map_err(db::Error::from)?;
    }
    Ok(changed == 1)
}

#[derive(sqlx::FromRow)]
struct LoggedRow {
    id: i64,
    login: String,
    address: String,
    subject: String,
    state: String,
    made_at: String,
    due_at: String,
    dropped_why: Option<String>,
}

pub(super) async fn log(tx: &mut Tx) -> Result<Vec<Logged>, Error> {
    const SQL: &str = "select m.id, a.login, m.address, m.subject, m.state, m.made_at, m.due_at, m.dropped_why from mail m \
        join account a on a.id = m.account_id order by m.id desc";
    const ATTEMPTS: &str = "select mail_id, at, outcome, answer from mail_attempt order by id";
    let rows: Vec<LoggedRow> =
        with_conn!(&mut *tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    let attempts: Vec<(i64, String, String, String)> =
        with_conn!(tx, conn => sqlx::query_as(ATTEMPTS).fetch_all(conn).await).map_err(db::Error::from)?;
    let mut of_mail: BTreeMap<i64, Vec<Attempt>> = BTreeMap::new();
    for (mail, at, outcome, answer) in attempts {
        of_mail.entry(mail).or_default().push(Attempt { at, outcome, answer });
    }
    let logged = |row: LoggedRow| Logged {
        attempts: of_mail.remove(&row.id).unwrap_or_default(),
        id: row.id,
        login: row.login,
        address: masked(&row.address),
        subject: row.subject,
        state: row.state,
        made_at: row.made_at,
        due_at: row.due_at,
        dropped_why: row.dropped_why,
    };
    Ok(rows.into_iter().map(logged).collect())
}

#[cfg(test)]
pub(super) async fn set_process(tx: &mut Tx, id: i64, process: &str) -> Result<(), Error> {
    const SQL: &str = "update mail set process = $2 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(process).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}
