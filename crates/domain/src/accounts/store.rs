//! All SQL of accounts and sessions.

use db::{Tx, with_conn};

use super::{Account, Detail, Role};
use crate::{Error, secrets::Sealed};

/// A row to be inserted.
pub(super) struct NewAccount<'a> {
    pub(super) login: &'a str,
    pub(super) name: &'a str,
    pub(super) role: &'a str,
    pub(super) unit: &'a str,
    pub(super) password_hash: &'a str,
    pub(super) created_at: &'a str,
    pub(super) must_change_since: Option<String>,
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: i64,
    login: String,
    name: String,
    role: String,
    unit: String,
    must_change_since: Option<String>,
    has_factor: i64,
}

impl AccountRow {
    fn account(self) -> Result<Account, Error> {
        let role = Role::of_key(&self.role).ok_or_else(|| {
            Error::Damaged(format!("账号“{}”的角色“{}”不是本程序认识的角色。", self.login, self.role))
        })?;
        Ok(Account {
            id: self.id,
            login: self.login,
            name: self.name,
            role,
            unit: self.unit,
            must_change: self.must_change_since.is_some(),
            has_second_factor: self.has_factor != 0,
            awaits_code: false,
        })
    }
}

pub(super) async fn insert(tx: &mut Tx, account: &NewAccount<'_>) -> Result<(), Error> {
    const SQL: &str = "insert into account (login, name, role, unit, password_hash, created_at, must_change_since) \
         values ($1, $2, $3, $4, $5, $6, $7)";
    with_conn!(tx, conn => sqlx::query(SQL)
        .bind(account.login).bind(account.name).bind(account.role).bind(account.unit)
        .bind(account.password_hash).bind(account.created_at).bind(&account.must_change_since)
        .execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

/// The units for which somebody of a role may sign in.
pub(super) async fn units(tx: &mut Tx, role: Role) -> Result<std::collections::BTreeSet<String>, Error> {
    const SQL: &str = "select distinct unit from account where role = $1 and disabled_at is null and unit <> ''";
    let rows: Vec<(String,)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(role.key()).fetch_all(conn).await).map_err(db::Error::from)?;
    Ok(rows.into_iter().map(|(unit,)| unit).collect())
}

/// The account that may sign in by this login, with the hash of its password.
pub(super) async fn find_by_login(tx: &mut Tx, login: &str) -> Result<Option<(Account, String)>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        account: AccountRow,
        password_hash: String,
    }
    const SQL: &str = "select id, login, name, role, unit, must_change_since, \
        cast(case when totp_secret is null then 0 else 1 end as bigint) as has_factor, password_hash from account \
         where login = $1 and disabled_at is null";
    let row: Option<Row> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(login).fetch_optional(conn).await).map_err(db::Error::from)?;
    row.map(|row| Ok((row.account.account()?, row.password_hash))).transpose()
}

#[derive(sqlx::FromRow)]
struct DetailRow {
    #[sqlx(flatten)]
    account: AccountRow,
    created_at: String,
    disabled_at: Option<String>,
    last_session_at: Option<String>,
}

impl DetailRow {
    fn detail(self) -> Result<Detail, Error> {
        let account = self.account.account()?;
        let damaged = |_| Error::Damaged(format!("账号“{}”的日期记录已损坏。", account.login));
        let moment = |text: Option<String>| text.map(|text| text.parse().map_err(damaged)).transpose();
        Ok(Detail {
            created_at: self.created_at.parse().map_err(damaged)?,
            disabled_at: moment(self.disabled_at)?,
            last_session_at: moment(self.last_session_at)?,
            account,
        })
    }
}

pub(super) async fn details(tx: &mut Tx) -> Result<Vec<Detail>, Error> {
    const SQL: &str = "select id, login, name, role, unit, must_change_since, \
        cast(case when totp_secret is null then 0 else 1 end as bigint) as has_factor, created_at, disabled_at, \
         (select max(s.created_at) from session s where s.account_id = account.id) as last_session_at \
         from account order by login";
    let rows: Vec<DetailRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    rows.into_iter().map(DetailRow::detail).collect()
}

/// The accounts of a role and unit.
pub(super) async fn of_unit(tx: &mut Tx, role: Role, unit: &str) -> Result<Vec<Detail>, Error> {
    const SQL: &str = "select id, login, name, role, unit, must_change_since, \
        cast(case when totp_secret is null then 0 else 1 end as bigint) as has_factor, created_at, disabled_at, \
         (select max(s.created_at) from session s where s.account_id = account.id) as last_session_at \
         from account where role = $1 and unit = $2 order by login";
    let rows: Vec<DetailRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(role.key()).bind(unit).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    rows.into_iter().map(DetailRow::detail).collect()
}

pub(super) async fn detail(tx: &mut Tx, login: &str) -> Result<Option<Detail>, Error> {
    const SQL: &str = "select id, login, name, role, unit, must_change_since, \
        cast(case when totp_secret is null then 0 else 1 end as bigint) as has_factor, created_at, disabled_at, \
         (select max(s.created_at) from session s where s.account_id = account.id) as last_session_at \
         from account where login = $1";
    let row: Option<DetailRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(login).fetch_optional(conn).await).map_err(db::Error::from)?;
    row.map(DetailRow::detail).transpose()
}

pub(super) async fn amend(tx: &mut Tx, id: i64, name: &str, role: &str, unit: &str) -> Result<(), Error> {
    const SQL: &str = "update account set name = $2, role = $3, unit = $4 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(name).bind(role).bind(unit).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn set_disabled(tx: &mut Tx, id: i64, at: Option<&str>) -> Result<(), Error> {
    const SQL: &str = "update account set disabled_at = $2 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(at).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// Gives an account another password and remembers the one it had.
pub(super) async fn set_password(
    tx: &mut Tx,
    id: i64,
    hash: &str,
    must_change_since: Option<&str>,
    now: &str,
) -> Result<(), Error> {
    const REMEMBER: &str = "insert into password_history (account_id, changed_at, password_hash) \
         select id, $2, password_hash from account where id = $1 on conflict do nothing";
    const SET: &str = "update account set password_hash = $2, must_change_since = $3 where id = $1";
    with_conn!(&mut *tx, conn => sqlx::query(REMEMBER).bind(id).bind(now).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    with_conn!(tx, conn => sqlx::query(SET).bind(id).bind(hash).bind(must_change_since).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// The hash of the present password, then those of the former ones, the latest first.
pub(super) async fn passwords(tx: &mut Tx, id: i64, former: usize) -> Result<Vec<String>, Error> {
    const PRESENT: &str = "select password_hash from account where id = $1";
    const FORMER: &str =
        "select password_hash from password_history where account_id = $1 order by changed_at desc limit $2";
    let former = i64::try_from(former.saturating_sub(1)).unwrap_or(i64::MAX);
    let mut hashes: Vec<String> =
        with_conn!(&mut *tx, conn => sqlx::query_scalar(PRESENT).bind(id).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    let earlier: Vec<String> =
        with_conn!(tx, conn => sqlx::query_scalar(FORMER).bind(id).bind(former).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    hashes.extend(earlier);
    Ok(hashes)
}

pub(super) async fn insert_session(
    tx: &mut Tx,
    hash: &str,
    account: i64,
    (now, expires_at): (&str, &str),
    (address, issuer): (&str, Option<&str>),
    awaits_code: bool,
) -> Result<(), Error> {
    const SQL: &str = "insert into session (token_hash, account_id, created_at, last_seen_at, expires_at, address, \
         awaits_code_since, issuer) values ($1, $2, $3, $3, $4, $5, $6, $7)";
    with_conn!(tx, conn => sqlx::query(SQL)
        .bind(hash).bind(account).bind(now).bind(expires_at).bind(address).bind(awaits_code.then_some(now))
        .bind(issuer).execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

/// A session with its account, what waits for it, and the head of the trail.
pub(super) struct FoundSession {
    pub(super) account: Account,
    pub(super) last_seen_at: String,
    pub(super) expires_at: String,
    pub(super) unread: i64,
    pub(super) trail: String,
}

/// One statement, because every page begins with it.
pub(super) async fn find_session(tx: &mut Tx, hash: &str) -> Result<Option<FoundSession>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        account: AccountRow,
        last_seen_at: String,
        expires_at: String,
        awaits_code_since: Option<String>,
        unread: i64,
        trail: String,
    }
    const SQL: &str = "select a.id, a.login, a.name, a.role, a.unit, a.must_change_since, \
        cast(case when a.totp_secret is null then 0 else 1 end as bigint) as has_factor, s.last_seen_at, s.expires_at, \
         s.awaits_code_since, h.seal as trail, \
         (select count(*) from message m where m.account_id = a.id and m.read_at is null and m.over_at is null) as unread \
         from session s join account a on a.id = s.account_id join audit_head h on h.one = 1 \
         where s.token_hash = $1 and a.disabled_at is null";
    let row: Option<Row> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(hash).fetch_optional(conn).await).map_err(db::Error::from)?;
    row.map(|row| {
        let account = Account { awaits_code: row.awaits_code_since.is_some(), ..row.account.account()? };
        let Row { last_seen_at, expires_at, unread, trail, .. } = row;
        Ok(FoundSession { account, last_seen_at, expires_at, unread, trail })
    })
    .transpose()
}

/// A row of the table `session`.
#[derive(sqlx::FromRow)]
pub(super) struct SessionRow {
    pub(super) token_hash: String,
    pub(super) created_at: String,
    pub(super) last_seen_at: String,
    pub(super) expires_at: String,
    pub(super) address: String,
}

pub(super) async fn sessions(tx: &mut Tx, account: i64) -> Result<Vec<SessionRow>, Error> {
    const SQL: &str = "select token_hash, created_at, last_seen_at, expires_at, address from session \
         where account_id = $1 order by token_hash";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(account).fetch_all(conn).await).map_err(db::Error::from)?)
}

pub(super) async fn staff(tx: &mut Tx) -> Result<Vec<(String, String, String)>, Error> {
    const SQL: &str = "select login, name, role from account where role <> 'enterprise' order by login";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// The provider that opened a session, where one did.
pub(super) async fn issuer_of(tx: &mut Tx, hash: &str) -> Result<Option<String>, Error> {
    const SQL: &str = "select issuer from session where token_hash = $1";
    let row: Option<(Option<String>,)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(hash).fetch_optional(conn).await).map_err(db::Error::from)?;
    Ok(row.and_then(|(issuer,)| issuer))
}

pub(super) async fn touch_session(tx: &mut Tx, hash: &str, now: &str) -> Result<(), Error> {
    const SQL: &str = "update session set last_seen_at = $2 where token_hash = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(hash).bind(now).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn delete_session(tx: &mut Tx, hash: &str) -> Result<(), Error> {
    const SQL: &str = "delete from session where token_hash = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(hash).execute(conn).await.map(|_| ())).map_err(db::Error::from)?;
    Ok(())
}

/// Takes out the sessions of an account whose life had ended by now.
pub(super) async fn delete_ended_sessions(tx: &mut Tx, account: i64, now: &str) -> Result<(), Error> {
    const SQL: &str = "delete from session where account_id = $1 and expires_at < $2";
    with_conn!(tx, conn => sqlx::query(SQL).bind(account).bind(now).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// Ends the sessions of an account but for one; how many they were.
pub(super) async fn delete_sessions(tx: &mut Tx, account: i64, but: Option<&str>) -> Result<u64, Error> {
    const SQL: &str = "delete from session where account_id = $1 and token_hash <> $2";
    let ended = with_conn!(tx, conn => sqlx::query(SQL)
        .bind(account).bind(but.unwrap_or_default()).execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(ended)
}

/// The second factor of an account as it is stored.
#[derive(sqlx::FromRow)]
pub(super) struct Factor {
    #[sqlx(rename = "totp_secret")]
    pub(super) secret: Option<Sealed>,
    #[sqlx(rename = "totp_pending")]
    pub(super) pending: Option<Sealed>,
    #[sqlx(rename = "totp_step")]
    pub(super) step: i64,
}

pub(super) async fn factor(tx: &mut Tx, account: i64) -> Result<Factor, Error> {
    const SQL: &str = "select totp_secret, totp_pending, totp_step from account where id = $1";
    Ok(with_conn!(&mut *tx, conn => sqlx::query_as(SQL).bind(account).fetch_one(conn).await)
        .map_err(db::Error::from)?)
}

pub(super) async fn set_pending(tx: &mut Tx, account: i64, secret: &Sealed) -> Result<(), Error> {
    const SQL: &str = "update account set totp_pending = $2 where id = $1";
    with_conn!(&mut *tx, conn => sqlx::query(SQL).bind(account).bind(secret).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn set_secret(tx: &mut Tx, account: i64, secret: Option<&Sealed>, step: i64) -> Result<(), Error> {
    const SQL: &str = "update account set totp_secret = $2, totp_step = $3, totp_pending = null where id = $1";
    with_conn!(&mut *tx, conn => sqlx::query(SQL).bind(account).bind(secret).bind(step).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn set_step(tx: &mut Tx, account: i64, step: i64) -> Result<(), Error> {
    const SQL: &str = "update account set totp_step = $2 where id = $1";
    with_conn!(&mut *tx, conn => sqlx::query(SQL).bind(account).bind(step).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn insert_recovery_code(tx: &mut Tx, account: i64, hash: &str) -> Result<(), Error> {
    const SQL: &str = "insert into recovery_code (account_id, code_hash) values ($1, $2)";
    with_conn!(&mut *tx, conn => sqlx::query(SQL).bind(account).bind(hash).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn delete_recovery_codes(tx: &mut Tx, account: i64) -> Result<(), Error> {
    const SQL: &str = "delete from recovery_code where account_id = $1";
    with_conn!(&mut *tx, conn => sqlx::query(SQL).bind(account).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// Uses a recovery code up; false when there is no such code or it was used before.
pub(super) async fn use_recovery_code(tx: &mut Tx, account: i64, hash: &str, now: &str) -> Result<bool, Error> {
    const SQL: &str =
        "update recovery_code set used_at = $3 where account_id = $1 and code_hash = $2 and used_at is null";
    let used = with_conn!(&mut *tx, conn => sqlx::query(SQL)
        .bind(account).bind(hash).bind(now).execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(used == 1)
}

/// Counts a wrong code of a session; how many they are now.
pub(super) async fn count_code_failure(tx: &mut Tx, hash: &str) -> Result<i64, Error> {
    const SQL: &str =
        "update session set code_failures = code_failures + 1 where token_hash = $1 returning code_failures";
    Ok(with_conn!(&mut *tx, conn => sqlx::query_scalar(SQL).bind(hash).fetch_one(conn).await)
        .map_err(db::Error::from)?)
}

/// Makes a session whole under a new token.
pub(super) async fn complete_session(tx: &mut Tx, hash: &str, fresh: &str) -> Result<(), Error> {
    const SQL: &str = "update session set token_hash = $2, awaits_code_since = null where token_hash = $1";
    with_conn!(&mut *tx, conn => sqlx::query(SQL).bind(hash).bind(fresh).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}
