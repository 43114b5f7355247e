//! All SQL of accounts and sessions.

use db::{Tx, with_conn};

use super::{Account, Role};
use crate::Error;

/// A row to be inserted.
pub(super) struct NewAccount<'a> {
    pub(super) login: &'a str,
    pub(super) name: &'a str,
    pub(super) role: &'a str,
    pub(super) unit: &'a str,
    pub(super) password_hash: &'a str,
    pub(super) created_at: &'a str,
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: i64,
    login: String,
    name: String,
    role: String,
    unit: String,
    password_hash: String,
}

impl AccountRow {
    fn split(self) -> Result<(Account, String), Error> {
        let role = Role::from_key(&self.role).ok_or_else(|| {
            Error::Damaged(format!("账号“{}”的角色“{}”不是本程序认识的角色。", self.login, self.role))
        })?;
        Ok((Account { id: self.id, login: self.login, name: self.name, role, unit: self.unit }, self.password_hash))
    }
}

pub(super) async fn insert(tx: &mut Tx, account: &NewAccount<'_>) -> Result<(), Error> {
    const SQL: &str =
        "insert into account (login, name, role, unit, password_hash, created_at) values ($1, $2, $3, $4, $5, $6)";
    with_conn!(tx, conn => sqlx::query(SQL)
        .bind(account.login).bind(account.name).bind(account.role).bind(account.unit)
        .bind(account.password_hash).bind(account.created_at).execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn find_by_login(tx: &mut Tx, login: &str) -> Result<Option<(Account, String)>, Error> {
    const SQL: &str = "select a.id, a.login, a.name, a.role, a.unit, a.password_hash from account a where a.login = $1 and a.disabled_at is null";
    let row: Option<AccountRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(login).fetch_optional(conn).await).map_err(db::Error::from)?;
    row.map(AccountRow::split).transpose()
}

pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Account>, Error> {
    const SQL: &str = "select a.id, a.login, a.name, a.role, a.unit, a.password_hash from account a order by a.login";
    let rows: Vec<AccountRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    rows.into_iter().map(|row| row.split().map(|(account, _)| account)).collect()
}

pub(super) async fn insert_session(
    tx: &mut Tx,
    hash: &str,
    account: i64,
    now: &str,
    expires_at: &str,
) -> Result<(), Error> {
    const SQL: &str = "insert into session (token_hash, account_id, created_at, last_seen_at, expires_at) values ($1, $2, $3, $3, $4)";
    with_conn!(tx, conn => sqlx::query(SQL).bind(hash).bind(account).bind(now).bind(expires_at).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn find_session(tx: &mut Tx, hash: &str) -> Result<Option<(Account, String, String)>, Error> {
    #[derive(sqlx::FromRow)]
    struct SessionRow {
        #[sqlx(flatten)]
        account: AccountRow,
        last_seen_at: String,
        expires_at: String,
    }
    const SQL: &str = "select a.id, a.login, a.name, a.role, a.unit, a.password_hash, s.last_seen_at, s.expires_at \
         from session s join account a on a.id = s.account_id where s.token_hash = $1 and a.disabled_at is null";
    let row: Option<SessionRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(hash).fetch_optional(conn).await).map_err(db::Error::from)?;
    let Some(row) = row else { return Ok(None) };
    let (account, _) = row.account.split()?;
    Ok(Some((account, row.last_seen_at, row.expires_at)))
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
