//! All SQL of sealed columns and of the keys' ids. The names of tables and columns are constants of this module's parent.

use db::{Tx, with_conn};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{COLUMNS, Column, FORM, Held, Sealed};
use crate::Error;

/// The id of the key that seals now.
pub(super) async fn current(tx: &mut Tx) -> Result<Option<String>, Error> {
    const SQL: &str = "select id from secret_key where retired_at is null";
    Ok(with_conn!(tx, conn => sqlx::query_scalar(SQL).fetch_optional(conn).await).map_err(db::Error::from)?)
}

/// Names the key that seals from now on.
pub(super) async fn set_current(tx: &mut Tx, id: &str, now: Timestamp) -> Result<(), Error> {
    const RETIRE: &str = "update secret_key set retired_at = $2 where retired_at is null and id <> $1";
    const SQL: &str = "insert into secret_key (id, made_at) values ($1, $2) on conflict (id) do nothing";
    for sql in [RETIRE, SQL] {
        with_conn!(&mut *tx, conn => sqlx::query(sql).bind(id).bind(now.to_string()).execute(conn).await.map(|_| ()))
            .map_err(db::Error::from)?;
    }
    Ok(())
}

/// How many values each column has, of those that have any.
pub(super) async fn held(tx: &mut Tx) -> Result<Held, Error> {
    let mut held = Held::new();
    for Column { table, name, zh, .. } in &COLUMNS {
        let sql = format!("select count(*) from {table} where {name} <> ''");
        let count: i64 = with_conn!(&mut *tx, conn => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await)
            .map_err(db::Error::from)?;
        held.extend((count > 0).then_some((*zh, count)));
    }
    Ok(held)
}

/// The rows of a column whose text does not begin so, by what names them.
pub(super) async fn others(tx: &mut Tx, column: &Column, beginning: &str) -> Result<Vec<(String, String)>, Error> {
    let Column { table, name, key, .. } = column;
    let sql = format!(
        "select cast({key} as text), {name} from {table} where {name} <> '' and ($1 = '' or {name} not like $1) order by {key}"
    );
    let pattern = if beginning.is_empty() { String::new() } else { format!("{beginning}%") };
    Ok(with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(pattern).fetch_all(conn).await)
        .map_err(db::Error::from)?)
}

/// Puts a sealed text in the place of what was read there.
pub(super) async fn replace(
    tx: &mut Tx,
    column: &Column,
    row: &str,
    before: &str,
    after: &Sealed,
) -> Result<(), Error> {
    let Column { table, name, key, .. } = column;
    let sql = format!("update {table} set {name} = $3 where cast({key} as text) = $1 and {name} = $2");
    with_conn!(tx, conn => sqlx::query(AssertSqlSafe(sql)).bind(row).bind(before).bind(after).execute(conn).await
        .map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

/// Empties what a lost key had sealed. A second factor is then off, and an account to receive money has to be given again.
pub(super) async fn empty(tx: &mut Tx) -> Result<(), Error> {
    for sql in [
        "update account set totp_secret = null, totp_pending = null",
        "delete from recovery_code",
        "update award_case set account = null, account_number = null",
        "update payment set account_number = ''",
        "update objection set who = '', contact = ''",
    ] {
        with_conn!(&mut *tx, conn => sqlx::query(sql).execute(conn).await.map(|_| ())).map_err(db::Error::from)?;
    }
    Ok(())
}

/// Takes the account numbers of cases out of the text in which they stood in the clear, and covers those of payments beside them.
pub(super) async fn move_old_numbers(tx: &mut Tx) -> Result<(), Error> {
    const CASES: &str =
        "select id, account from award_case where account is not null and account_number is null order by id";
    const CASE: &str = "update award_case set account = $2, account_number = $3 where id = $1";
    const PAYMENTS: &str =
        "select id, account_number from payment where account_masked = '' and account_number not like $1 order by id";
    const PAYMENT: &str = "update payment set account_masked = $2 where id = $1";
    let cases: Vec<(i64, String)> =
        with_conn!(&mut *tx, conn => sqlx::query_as(CASES).fetch_all(conn).await).map_err(db::Error::from)?;
    for (id, text) in cases {
        let damaged = |cause| Error::Damaged(format!("案件 {id} 的收款账户已损坏：{cause}"));
        let old: crate::cases::Receiving = serde_json::from_str(&text).map_err(damaged)?;
        let masked = crate::cases::masked(&old.number);
        let kept = serde_json::json!({ "holder": old.holder, "bank": old.bank, "masked": masked }).to_string();
        with_conn!(&mut *tx, conn => sqlx::query(CASE).bind(id).bind(kept).bind(&old.number).execute(conn).await.map(|_| ()))
            .map_err(db::Error::from)?;
    }
    let payments: Vec<(i64, String)> =
        with_conn!(&mut *tx, conn => sqlx::query_as(PAYMENTS).bind(format!("{FORM}%")).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    for (id, number) in payments {
        let masked = crate::cases::masked(&number);
        with_conn!(&mut *tx, conn => sqlx::query(PAYMENT).bind(id).bind(masked).execute(conn).await.map(|_| ()))
            .map_err(db::Error::from)?;
    }
    Ok(())
}
