//! The schema as the database itself describes it, for `doctor` and for the test that both schemas agree.

use std::collections::BTreeMap;

use crate::{Error, Tx, migrations};

/// Every table with its columns in alphabetical order, without the migration's own table.
pub async fn tables(tx: &mut Tx) -> Result<BTreeMap<String, Vec<String>>, Error> {
    const SQLITE: &str = "select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c \
        where m.type = 'table' and m.name not like 'sqlite%' order by m.name, c.name";
    const POSTGRES: &str = "select table_name::text, column_name::text from information_schema.columns \
        where table_schema = current_schema() order by table_name, column_name";
    let rows: Vec<(String, String)> = match tx {
        Tx::Sqlite(tx) => sqlx::query_as(SQLITE).fetch_all(&mut **tx).await?,
        Tx::Postgres(tx) => sqlx::query_as(POSTGRES).fetch_all(&mut **tx).await?,
    };
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in rows.into_iter().filter(|(table, _)| table != "_sqlx_migrations") {
        tables.entry(table).or_default().push(column);
    }
    for columns in tables.values_mut() {
        columns.sort();
    }
    Ok(tables)
}

/// The version of the newest migration that ran.
pub async fn version(tx: &mut Tx) -> Result<i64, Error> {
    const SQL: &str = "select max(version) from _sqlx_migrations";
    let (version,): (Option<i64>,) = crate::with_conn!(tx, conn => sqlx::query_as(SQL).fetch_one(conn).await)?;
    Ok(version.unwrap_or(0))
}

/// The version of the newest migration that this program knows.
pub fn newest() -> i64 {
    migrations::newest()
}

/// What the database itself finds broken, in its own words: pages, indices, constraints and foreign keys on SQLite;
/// on PostgreSQL, which keeps its pages and constraints itself, constraints that were switched off.
pub async fn faults(tx: &mut Tx) -> Result<Vec<String>, Error> {
    const PAGES: &str = "select integrity_check from pragma_integrity_check where integrity_check <> 'ok' limit 20";
    const KEYS: &str =
        "select \"table\" || ' ' || coalesce(rowid, 0) || ' → ' || parent from pragma_foreign_key_check limit 20";
    const POSTGRES: &str = "select conname::text from pg_constraint where not convalidated \
        and connamespace = current_schema()::regnamespace order by conname limit 20";
    let mut faults: Vec<(String,)> = Vec::new();
    match tx {
        Tx::Sqlite(tx) => {
            faults.extend(sqlx::query_as::<_, (String,)>(PAGES).fetch_all(&mut **tx).await?);
            faults.extend(sqlx::query_as::<_, (String,)>(KEYS).fetch_all(&mut **tx).await?);
        }
        Tx::Postgres(tx) => faults.extend(sqlx::query_as::<_, (String,)>(POSTGRES).fetch_all(&mut **tx).await?),
    }
    Ok(faults.into_iter().map(|(fault,)| fault).collect())
}
