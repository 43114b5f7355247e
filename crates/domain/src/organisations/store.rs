//! All SQL of organisations.

use db::{Tx, with_conn};

use super::{Kind, Organisation};
use crate::Error;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    kind: String,
    name: String,
    code: Option<String>,
    parent: Option<String>,
    disabled_at: Option<String>,
}

/// Those that are kept here, by number.
pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Organisation>, Error> {
    const SQL: &str = "select o.id, o.kind, o.name, o.code, p.name as parent, o.disabled_at \
        from organisation o left join organisation p on p.id = o.parent_id order by o.id";
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    let organisation = |row: Row| Organisation {
        id: Some(row.id),
        kind: Kind::of_key(&row.kind).unwrap_or(Kind::Department),
        name: row.name,
        code: row.code.unwrap_or_default(),
        parent: row.parent.unwrap_or_default(),
        disabled_at: row.disabled_at,
    };
    Ok(rows.into_iter().map(organisation).collect())
}

pub(super) async fn insert(tx: &mut Tx, kind: Kind, name: &str, code: &str, parent: Option<i64>) -> Result<i64, Error> {
    const SQL: &str = "insert into organisation (kind, name, code, parent_id) values ($1, $2, $3, $4) returning id";
    let code = (!code.is_empty()).then_some(code);
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(kind.key()).bind(name).bind(code).bind(parent).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

pub(super) async fn rename(tx: &mut Tx, id: i64, name: &str) -> Result<(), Error> {
    const SQL: &str = "update organisation set name = $2 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(name).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn set_disabled(tx: &mut Tx, id: i64, at: Option<&str>) -> Result<(), Error> {
    const SQL: &str = "update organisation set disabled_at = $2 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(at).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// Lets the accounts of a role follow their unit to its new name; how many they are.
pub(super) async fn rename_units(tx: &mut Tx, role: &str, before: &str, after: &str) -> Result<u64, Error> {
    const SQL: &str = "update account set unit = $3 where role = $1 and unit = $2";
    let renamed = with_conn!(tx, conn => sqlx::query(SQL)
        .bind(role).bind(before).bind(after).execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(renamed)
}

/// Whether a department was ever asked about a case.
pub(super) async fn has_been_asked(tx: &mut Tx, department: &str) -> Result<bool, Error> {
    const SQL: &str = "select count(*) from case_opinion where department = $1";
    let (count,): (i64,) =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(department).fetch_one(conn).await).map_err(db::Error::from)?;
    Ok(count > 0)
}

/// How many accounts of a role in a unit are open.
pub(super) async fn open_accounts(tx: &mut Tx, role: &str, unit: &str) -> Result<i64, Error> {
    const SQL: &str = "select count(*) from account where role = $1 and unit = $2 and disabled_at is null";
    let (count,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(role).bind(unit).fetch_one(conn).await)
        .map_err(db::Error::from)?;
    Ok(count)
}
