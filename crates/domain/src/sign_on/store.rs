//! All SQL of the sign-on.

use db::{Tx, with_conn};
use jiff::Timestamp;

use super::Link;
use crate::Error;

/// A sign-on under way.
#[derive(sqlx::FromRow)]
pub(super) struct UnderWay {
    pub(super) visitor_hash: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) next: String,
    pub(super) begun_at: String,
}

pub(super) async fn insert(tx: &mut Tx, state_hash: &str, one: &UnderWay) -> Result<(), Error> {
    const SQL: &str = "insert into sign_on (state_hash, visitor_hash, nonce, verifier, next, begun_at) \
         values ($1, $2, $3, $4, $5, $6)";
    with_conn!(tx, conn => sqlx::query(SQL).bind(state_hash).bind(&one.visitor_hash).bind(&one.nonce)
        .bind(&one.verifier).bind(&one.next).bind(&one.begun_at).execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

/// Takes a sign-on out, so that it is there once.
pub(super) async fn take(tx: &mut Tx, state_hash: &str) -> Result<Option<UnderWay>, Error> {
    const SQL: &str =
        "delete from sign_on where state_hash = $1 returning visitor_hash, nonce, verifier, next, begun_at";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(state_hash).fetch_optional(conn).await)
        .map_err(db::Error::from)?)
}

/// Takes out what was begun before a moment.
pub(super) async fn clear(tx: &mut Tx, before: Timestamp) -> Result<(), Error> {
    const SQL: &str = "delete from sign_on where begun_at < $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(before.to_string()).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// Takes out the oldest until fewer than so many are under way.
pub(super) async fn make_room(tx: &mut Tx, most: i64) -> Result<(), Error> {
    const SQL: &str = "delete from sign_on where state_hash in \
         (select state_hash from sign_on order by begun_at desc, state_hash limit 1000 offset $1)";
    with_conn!(tx, conn => sqlx::query(SQL).bind(most - 1).execute(conn).await.map(|_| ())).map_err(db::Error::from)?;
    Ok(())
}

/// The login of the account that is tied to a subject.
pub(super) async fn login_of(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<String>, Error> {
    const SQL: &str = "select a.login from account_link l join account a on a.id = l.account_id \
         where l.issuer = $1 and l.subject = $2";
    Ok(with_conn!(tx, conn => sqlx::query_scalar(SQL).bind(issuer).bind(subject).fetch_optional(conn).await)
        .map_err(db::Error::from)?)
}

pub(super) async fn link_of(tx: &mut Tx, account: i64) -> Result<Option<Link>, Error> {
    const SQL: &str = "select issuer, subject, linked_by, linked_at from account_link where account_id = $1";
    let row: Option<(String, String, String, String)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(account).fetch_optional(conn).await)
            .map_err(db::Error::from)?;
    row.map(|(issuer, subject, by, at)| {
        let at = at.parse().map_err(|_| Error::Damaged(format!("账号 {account} 的统一登录绑定记录已损坏。")))?;
        Ok(Link { issuer, subject, by, at })
    })
    .transpose()
}

pub(super) async fn link(
    tx: &mut Tx,
    account: i64,
    (issuer, subject): (&str, &str),
    (by, now): (&str, Timestamp),
) -> Result<(), Error> {
    const SQL: &str = "insert into account_link (account_id, issuer, subject, linked_by, linked_at) \
         values ($1, $2, $3, $4, $5)";
    with_conn!(tx, conn => sqlx::query(SQL).bind(account).bind(issuer).bind(subject).bind(by).bind(now.to_string())
        .execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn unlink(tx: &mut Tx, account: i64) -> Result<(), Error> {
    const SQL: &str = "delete from account_link where account_id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(account).execute(conn).await.map(|_| ())).map_err(db::Error::from)?;
    Ok(())
}
