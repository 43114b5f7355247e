//! Opening a database and beginning transactions.

use std::{
    fs::File,
    ops::{Deref, DerefMut},
    path::Path,
    str::FromStr,
    time::Duration,
};

use sqlx::{
    Connection, Database, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{Error, error::is_full, migrations};

/// How long a writer waits for another one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// An open database.
#[derive(Clone, Debug)]
pub enum Db {
    /// A SQLite file in WAL mode: many readers beside one writer.
    Sqlite {
        /// Connections for reading.
        readers: SqlitePool,
        /// The one connection that writes, so that writers of this process queue in order.
        writer: SqlitePool,
    },
    /// A PostgreSQL database.
    Postgres(PgPool),
}

/// A transaction on either database; dropping it without [`Tx::commit`] rolls it back.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Work<Sqlite>),
    /// On PostgreSQL.
    Postgres(Work<Postgres>),
}

/// A connection at work, which statements run on.
#[derive(Debug)]
pub enum Work<D: Database> {
    /// In a transaction.
    Together(Transaction<'static, D>),
    /// Each statement by itself.
    Alone(PoolConnection<D>),
}

impl<D: Database> Deref for Work<D> {
    type Target = D::Connection;

    fn deref(&self) -> &D::Connection {
        match self {
            Self::Together(transaction) => transaction,
            Self::Alone(connection) => connection,
        }
    }
}

impl<D: Database> DerefMut for Work<D> {
    fn deref_mut(&mut self) -> &mut D::Connection {
        match self {
            Self::Together(transaction) => transaction,
            Self::Alone(connection) => connection,
        }
    }
}

impl<D: Database> Work<D> {
    async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Together(transaction) => transaction.commit().await,
            Self::Alone(_) => Ok(()),
        }
    }

    async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Together(transaction) => transaction.rollback().await,
            Self::Alone(_) => Ok(()),
        }
    }
}

impl Db {
    /// Whether a target is the address of a PostgreSQL database.
    pub fn is_postgres(target: &str) -> bool {
        target.starts_with("postgres://") || target.starts_with("postgresql://")
    }

    /// Opens a `postgres://` address, a `sqlite://` address or the path of a SQLite file, which is made when absent,
    /// and brings its schema up to date. A database newer than the program is refused untouched.
    pub async fn connect(target: &str) -> Result<Self, Error> {
        if Self::is_postgres(target) {
            let options = PgConnectOptions::from_str(target).map_err(|source| open_error(target, source))?;
            return Self::connect_postgres(options.application_name("zhiqiang"), target).await;
        }
        let path = target.strip_prefix("sqlite://").or_else(|| target.strip_prefix("sqlite:")).unwrap_or(target);
        if let Some((scheme, _)) = path.split_once("://") {
            return Err(Error::Scheme(scheme.to_owned()));
        }
        Self::connect_sqlite(Path::new(path)).await
    }

    /// Opens a SQLite file.
    pub async fn connect_sqlite(path: &Path) -> Result<Self, Error> {
        let _alone = alone(path).await;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(128)
            .pragma("cache_size", "-65536")
            .pragma("temp_store", "memory")
            .pragma("mmap_size", "268435456");
        let shown = path.display().to_string();
        match Self::open_sqlite(options.clone(), &shown).await {
            // Not a byte is left for the index that connections share. One connection that shares with nobody keeps it
            // in memory, so that what there is can be read.
            Err(full) if full.is_disk_full() && path.exists() => {
                let single = options.locking_mode(SqliteLockingMode::Exclusive);
                let only = sqlite_pool(single, 1, &shown).await?;
                Ok(Self::Sqlite { readers: only.clone(), writer: only })
            }
            opened => opened,
        }
    }

    async fn open_sqlite(options: SqliteConnectOptions, shown: &str) -> Result<Self, Error> {
        let writer = sqlite_pool(options.clone(), 1, shown).await?;
        migrations::sqlite().run(&writer).await?;
        let readers = sqlite_pool(options.pragma("query_only", "on"), 8, shown).await?;
        Ok(Self::Sqlite { readers, writer })
    }

    /// Opens a PostgreSQL database by its options; `shown` names it in messages.
    pub(crate) async fn connect_postgres(options: PgConnectOptions, shown: &str) -> Result<Self, Error> {
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_with(options)
            .await
            .map_err(|source| open_error(shown, source))?;
        migrations::postgres().run(&pool).await?;
        Ok(Self::Postgres(pool))
    }

    /// Begins a transaction that writes.
    pub async fn begin(&self) -> Result<Tx, Error> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(Work::Together(begin_immediate(writer).await?)),
            Self::Postgres(pool) => Tx::Postgres(Work::Together(pool.begin().await?)),
        })
    }

    /// Begins a transaction that only reads, and sees one state of the database throughout.
    pub async fn begin_read(&self) -> Result<Tx, Error> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(Work::Together(readers.begin().await?)),
            Self::Postgres(pool) => {
                let begun = pool.begin_with("begin isolation level repeatable read read only").await?;
                Tx::Postgres(Work::Together(begun))
            }
        })
    }

    /// A connection for one statement that only reads: what every page asks first is asked in one go, where a
    /// transaction around it would be three.
    pub async fn read_once(&self) -> Result<Tx, Error> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(Work::Alone(readers.acquire().await?)),
            Self::Postgres(pool) => Tx::Postgres(Work::Alone(pool.acquire().await?)),
        })
    }

    /// Writes a SQLite database, as it is at this moment, into a new file, while others go on reading and writing.
    ///
    /// # Errors
    /// [`Error::Elsewhere`] on PostgreSQL, which has tools of its own for this ([`crate::dump`]).
    pub async fn copy_to(&self, path: &Path) -> Result<(), Error> {
        let Self::Sqlite { readers, .. } = self else { return Err(Error::Elsewhere) };
        // A connection that leaves the pool: it may write, and is not given back.
        let mut connection = readers.acquire().await?.detach();
        sqlx::query("pragma query_only = off").execute(&mut connection).await?;
        sqlx::query("vacuum into $1").bind(path.display().to_string()).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Overwrites what was deleted or replaced and still lies in free pages; PostgreSQL clears such rows itself, in its own time.
    pub async fn forget_deleted(&self) -> Result<(), Error> {
        let Self::Sqlite { writer, .. } = self else { return Ok(()) };
        for sql in ["vacuum", "pragma wal_checkpoint(truncate)"] {
            sqlx::query(sql).execute(writer).await?;
        }
        Ok(())
    }

    /// Closes every connection after the work in hand.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// `SQLite` or `PostgreSQL`, for `doctor` and the about page.
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

impl Tx {
    /// Lets whoever names the same thing wait until this transaction ends, so that of two who look whether it is there and then make it the
    /// second finds what the first made. On SQLite a transaction that writes is alone anyway.
    pub async fn hold(&mut self, thing: &str) -> Result<(), Error> {
        const SQL: &str = "select pg_advisory_xact_lock(hashtextextended($1, 0))";
        if let Self::Postgres(work) = self {
            sqlx::query(SQL).bind(thing).execute(&mut **work).await?;
        }
        Ok(())
    }

    /// Makes everything done in this transaction lasting.
    pub async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Undoes everything done in this transaction.
    pub async fn rollback(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await?,
            Self::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}

async fn sqlite_pool(options: SqliteConnectOptions, connections: u32, shown: &str) -> Result<SqlitePool, Error> {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(BUSY_TIMEOUT)
        .connect_with(options)
        .await
        .map_err(|source| open_error(shown, source))
}

/// Begins on the writing connection. A full disk makes SQLite end a transaction by itself, which leaves a connection that
/// still believes in it: a fresh one then takes its place.
async fn begin_immediate(writer: &SqlitePool) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    const BEGIN: &str = "begin immediate";
    match writer.begin_with(BEGIN).await {
        Err(sqlx::Error::InvalidSavePointStatement) => {
            writer.acquire().await?.close().await?;
            writer.begin_with(BEGIN).await
        }
        begun => begun,
    }
}

/// Lets one process at a time make the file and bring its schema up to date, by a lock on its folder that ends with this
/// value or the process; where folders cannot be locked, nothing is held.
async fn alone(path: &Path) -> Option<File> {
    let folder = File::open(path.parent()?).ok()?;
    tokio::task::spawn_blocking(move || folder.lock().is_ok().then_some(folder)).await.ok()?
}

pub(crate) fn open_error(target: &str, source: sqlx::Error) -> Error {
    if is_full(&source) {
        return Error::Full(source);
    }
    Error::Open { target: without_password(target), source }
}

/// The address with the password between `:` and `@` replaced.
fn without_password(target: &str) -> String {
    let Some((head, tail)) = target.rsplit_once('@') else { return target.to_owned() };
    match head.rsplit_once(':') {
        Some((user, password)) if !password.starts_with("//") => format!("{user}:***@{tail}"),
        _ => target.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(without_password("postgres://zq:secret@db/city"), "postgres://zq:***@db/city");
        assert_eq!(without_password("postgres://zq@db/city"), "postgres://zq@db/city");
        assert_eq!(without_password("/data/a.sqlite"), "/data/a.sqlite");
    }
}
