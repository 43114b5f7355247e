//! Fresh databases for tests: SQLite always, PostgreSQL when `ZHIQIANG_TEST_POSTGRES` holds its address.

use std::{
    path::PathBuf,
    str::FromStr,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};

use crate::Db;

/// The variable that names the PostgreSQL server for tests.
pub const POSTGRES_VARIABLE: &str = "ZHIQIANG_TEST_POSTGRES";

/// The SQLite file in its folder.
const FILE: &str = "test.sqlite";

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A database that vanishes with this value.
#[derive(Debug)]
pub struct TestDb {
    /// The open database.
    pub db: Db,
    /// `SQLite` or `PostgreSQL`, for messages of a failing test.
    pub name: &'static str,
    remains: Remains,
}

#[derive(Debug)]
enum Remains {
    Folder(PathBuf),
    Schema { address: String, schema: String },
}

impl TestDb {
    /// What another process gives as its database to work on this one.
    pub fn address(&self) -> String {
        match &self.remains {
            Remains::Folder(folder) => folder.join(FILE).display().to_string(),
            Remains::Schema { address, schema } => format!("{address}?options=-csearch_path%3D{schema}"),
        }
    }
}

/// The databases on which the same story is to be told.
///
/// # Panics
/// When a database that is named cannot be made: a test must not pass by looking away.
pub async fn databases() -> Vec<TestDb> {
    let mut databases = vec![sqlite().await];
    match std::env::var(POSTGRES_VARIABLE) {
        Ok(address) if !address.is_empty() => databases.push(postgres(&address).await),
        _ => {}
    }
    databases
}

/// A fresh SQLite database in a folder of its own.
///
/// # Panics
/// When the folder or the file cannot be made.
pub async fn sqlite() -> TestDb {
    let folder = std::env::temp_dir().join(format!("zhiqiang-test-{}", unique()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let db = Db::connect_sqlite(&folder.join(FILE)).await.expect("a fresh SQLite file opens");
    TestDb { db, name: "SQLite", remains: Remains::Folder(folder) }
}

/// A fresh schema of a PostgreSQL database.
async fn postgres(address: &str) -> TestDb {
    let schema = format!("zhiqiang_test_{}", unique());
    run(address, format!("create schema {schema}")).await.expect("the PostgreSQL server for tests answers");
    let options = PgConnectOptions::from_str(address)
        .expect("the PostgreSQL address is well formed")
        .application_name(&schema)
        .options([("search_path", schema.as_str())]);
    let db = Db::connect_postgres(options, address).await.expect("a fresh PostgreSQL schema opens");
    TestDb { db, name: "PostgreSQL", remains: Remains::Schema { address: address.to_owned(), schema } }
}

/// A PostgreSQL database in which nothing stands, not even the schema, and which vanishes with this value.
#[derive(Debug)]
pub struct Vacant {
    server: String,
    name: String,
}

/// Such a database; none where no server is named.
///
/// # Panics
/// When it cannot be made.
pub async fn vacant() -> Option<Vacant> {
    let server = std::env::var(POSTGRES_VARIABLE).ok().filter(|address| !address.is_empty())?;
    let name = format!("zhiqiang_vacant_{}", unique());
    run(&server, format!("create database {name}")).await.expect("the PostgreSQL server for tests answers");
    Some(Vacant { server, name })
}

impl Vacant {
    /// Its address, with the path on which tables are looked for.
    pub fn address(&self, search_path: &str) -> String {
        let server = self.server.rsplit_once('/').map_or(&*self.server, |(server, _)| server);
        format!("{server}/{}?options=-csearch_path%3D{search_path}", self.name)
    }
}

impl Drop for Vacant {
    fn drop(&mut self) {
        clear(self.server.clone(), format!("drop database {} with (force)", self.name));
    }
}

async fn run(address: &str, sql: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(address).await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await
}

/// Ends what is still connected first: a transaction that a failing test left open would hold its tables for ever.
fn clearing_of(schema: &str) -> String {
    format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{schema}'; drop schema {schema} cascade"
    )
}

fn unique() -> String {
    let random = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0);
    format!("{}_{}_{random:016x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Drop for TestDb {
    fn drop(&mut self) {
        match &self.remains {
            Remains::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Remains::Schema { address, schema } => clear(address.clone(), clearing_of(schema)),
        }
    }
}

/// The runtime of the test may be ending, so that the clearing has one of its own.
fn clear(address: String, sql: String) {
    let clearing = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map(|runtime| runtime.block_on(run(&address, sql)))
    });
    drop(clearing.join());
}
