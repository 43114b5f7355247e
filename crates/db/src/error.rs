//! What can go wrong with the database, by what the caller can do about it.

/// An error of the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address or file cannot be opened.
    #[error("无法打开数据库 {target}，请检查路径、权限或连接地址（{source}）。")]
    Open {
        /// The path or the address without its password.
        target: String,
        /// The driver's account.
        source: sqlx::Error,
    },
    /// The address is of a database that this program does not use.
    #[error("不认识的数据库地址 {0}://…。请填 postgres://用户@主机/库名，或不填以使用数据目录中的 SQLite。")]
    Scheme(String),
    /// The database was made by a newer program.
    #[error("数据库的版本（{found}）比本程序新，本程序不会改动它。请使用更新版本的程序打开。")]
    Newer {
        /// The migration this program does not know.
        found: i64,
    },
    /// A migration failed or was altered.
    #[error("数据库升级失败：{0}。数据库保持升级前的状态，请联系维护人员。")]
    Migration(sqlx::migrate::MigrateError),
    /// Another writer holds the database for longer than the busy timeout.
    #[error("数据库正被其他操作占用，请稍后重试。")]
    Busy,
    /// The disk under the database has no room, or a limit on the size of files is reached.
    #[error(
        "数据库所在的磁盘已满或写不进去（{0}）。刚才的操作没有保存，已有的数据不受影响；请清理磁盘或扩大空间后，再执行一次同样的操作。"
    )]
    Full(sqlx::Error),
    /// The database keeps its files elsewhere, so that this program cannot copy them.
    #[error("登记簿在 PostgreSQL 上，不能当作文件复制。")]
    Elsewhere,
    /// A tool of PostgreSQL is not there, is too old, or did not do its work; the text says what to do.
    #[error("{0}")]
    Tool(String),
    /// A constraint of the schema was broken; the name or text of the constraint is given.
    #[error("数据库约束不允许此操作：{0}")]
    Constraint(String),
    /// Anything else the driver reports.
    #[error("数据库操作失败，请稍后重试；仍然失败时，请联系维护人员（{0}）。")]
    Driver(sqlx::Error),
}

impl Error {
    /// Whether the disk had no room, so that the same may succeed once there is some.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if is_full(&error) {
            return Self::Full(error);
        }
        let Some(database) = error.as_database_error() else {
            return match error {
                sqlx::Error::PoolTimedOut => Self::Busy,
                other => Self::Driver(other),
            };
        };
        if is_busy(database.code().as_deref()) {
            return Self::Busy;
        }
        if database.is_unique_violation() || database.is_foreign_key_violation() || database.is_check_violation() {
            let named = database.constraint().map_or_else(|| database.message().to_owned(), str::to_owned);
            return Self::Constraint(named);
        }
        Self::Driver(error)
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(found) => Self::Newer { found },
            sqlx::migrate::MigrateError::Execute(source) if is_full(&source) => Self::Full(source),
            other => Self::Migration(other),
        }
    }
}

/// `SQLITE_BUSY` and its kin, and PostgreSQL's lock and serialisation failures.
fn is_busy(code: Option<&str>) -> bool {
    matches!(code, Some("5" | "261" | "517" | "773" | "6" | "55P03" | "40001" | "40P01"))
}

/// `SQLITE_FULL`, the input–output errors of a disk that takes no more bytes, and PostgreSQL's `disk_full`.
pub(crate) fn is_full(error: &sqlx::Error) -> bool {
    /// `SQLITE_FULL`; `SQLITE_IOERR` when writing, syncing, truncating and enlarging the shared index.
    const CODES: [&str; 8] = ["13", "778", "1034", "1290", "1546", "4874", "5386", "53100"];
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| CODES.contains(&&*code))
}
