//! PostgreSQL's own tools for a copy: `pg_dump` over the snapshot of a reading transaction, so that what is read beside it is of the same
//! moment, and `pg_restore` into an empty database, whole or not at all.
//!
//! What they sign in with goes through their environment, never through their command line, which everybody on the host can read.

use std::{
    ffi::OsString,
    path::Path,
    process::{Command, Stdio},
    str::FromStr,
};

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};

use crate::{
    Db, Error, Tx,
    connect::{Work, open_error},
};

const DUMP: &str = "pg_dump";
const RESTORE: &str = "pg_restore";

/// A dump that is to be written: the moment it is of, and what is known of the database.
#[derive(Debug)]
pub struct Dump {
    /// Reads the database as it will be in the dump.
    pub tx: Tx,
    /// The schema that holds the tables.
    pub namespace: String,
    /// The major version of the server.
    pub server: u32,
    snapshot: String,
    sign_in: SignIn,
}

/// Begins a dump of a PostgreSQL database; none of a SQLite one, which is copied ([`Db::copy_to`]).
pub async fn begin(db: &Db) -> Result<Option<Dump>, Error> {
    const SQL: &str = "select pg_export_snapshot(), current_schema()::text, \
        current_setting('server_version_num')::int / 10000";
    let Db::Postgres(pool) = db else { return Ok(None) };
    let mut begun = pool.begin_with("begin isolation level repeatable read read only").await?;
    let (snapshot, namespace, server): (String, String, i32) = sqlx::query_as(SQL).fetch_one(&mut *begun).await?;
    let server = server.unsigned_abs();
    is_of_version(DUMP, server).await?;
    let sign_in = SignIn::of(&pool.connect_options());
    Ok(Some(Dump { tx: Tx::Postgres(Work::Together(begun)), namespace, server, snapshot, sign_in }))
}

impl Dump {
    /// Writes the dump into a new file.
    pub async fn write(self, file: &Path) -> Result<(), Error> {
        let Self { tx, namespace, snapshot, sign_in, .. } = self;
        let arguments = [
            "--format=custom".into(),
            "--no-owner".into(),
            "--no-privileges".into(),
            "--no-password".into(),
            format!("--schema={}", quoted(&namespace)).into(),
            format!("--snapshot={snapshot}").into(),
            with_path("--file=", file),
        ];
        run(DUMP, arguments.into(), sign_in).await?;
        // The snapshot is that of the transaction, which must last as long.
        tx.rollback().await
    }
}

/// A PostgreSQL database that is to be filled.
#[derive(Debug)]
pub struct Target {
    options: PgConnectOptions,
    sign_in: SignIn,
    server: u32,
    namespace: String,
}

impl Target {
    /// The database at an address, for tables in this schema; it must be empty.
    pub async fn vacant(address: &str, namespace: &str) -> Result<Self, Error> {
        const SQL: &str = "select current_setting('server_version_num')::int / 10000, current_setting('search_path'), \
            (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace \
            where n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%' and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f'))";
        let options = PgConnectOptions::from_str(address).map_err(|source| open_error(address, source))?;
        let mut connection =
            PgConnection::connect_with(&options).await.map_err(|source| open_error(address, source))?;
        let (server, path, relations): (i32, String, i64) = sqlx::query_as(SQL).fetch_one(&mut connection).await?;
        connection.close().await?;
        if relations > 0 {
            return Err(Error::Tool(format!(
                "目标数据库不是空的（已有 {relations} 个表、视图或序列），没有改动它。请先新建一个空的数据库，再用 --database 指明它。"
            )));
        }
        if !path.split(',').any(|one| one.trim().trim_matches('"') == namespace) {
            return Err(Error::Tool(format!(
                "备份中的表在模式 {namespace} 里，而目标数据库的 search_path 是 {path}。请在地址中加上 ?options=-csearch_path%3D{namespace}，再执行一次。"
            )));
        }
        let (server, namespace) = (server.unsigned_abs(), namespace.to_owned());
        is_of_version(RESTORE, server).await?;
        Ok(Self { sign_in: SignIn::of(&options), options, server, namespace })
    }

    /// The major version of its server.
    pub const fn server(&self) -> u32 {
        self.server
    }

    /// Fills it from a dump, in one transaction.
    pub async fn fill(self, dump: &Path) -> Result<(), Error> {
        let Self { options, sign_in, namespace, .. } = self;
        let mut connection = PgConnection::connect_with(&options).await?;
        let schema = format!("create schema if not exists {}", quoted(&namespace));
        sqlx::raw_sql(AssertSqlSafe(schema)).execute(&mut connection).await?;
        connection.close().await?;
        let database = options.get_database().unwrap_or(options.get_username());
        let database = database.replace('\\', "\\\\").replace('\'', "\\'");
        let arguments = [
            "--no-owner".into(),
            "--no-privileges".into(),
            "--no-password".into(),
            "--single-transaction".into(),
            "--exit-on-error".into(),
            format!("--schema={namespace}").into(),
            format!("--dbname=dbname='{database}'").into(),
            dump.as_os_str().to_owned(),
        ];
        run(RESTORE, arguments.into(), sign_in).await
    }
}

/// A name as SQL and the patterns of the tools write it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn with_path(option: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(option);
    argument.push(path);
    argument
}

/// What a tool signs in with, as the variables of its environment.
struct SignIn(Vec<(&'static str, String)>);

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignIn(…)")
    }
}

const PASSWORD: &str = "PGPASSWORD";

impl SignIn {
    fn of(options: &PgConnectOptions) -> Self {
        let url = options.to_url_lossy();
        let host = options.get_socket().map_or_else(|| options.get_host().into(), |path| path.to_string_lossy());
        let mode = match options.get_ssl_mode() {
            PgSslMode::Disable => "disable",
            PgSslMode::Allow => "allow",
            PgSslMode::Prefer => "prefer",
            PgSslMode::Require => "require",
            PgSslMode::VerifyCa => "verify-ca",
            PgSslMode::VerifyFull => "verify-full",
        };
        let mut variables = vec![
            ("PGHOST", host.into_owned()),
            ("PGPORT", options.get_port().to_string()),
            ("PGUSER", options.get_username().to_owned()),
            ("PGDATABASE", options.get_database().unwrap_or(options.get_username()).to_owned()),
            ("PGSSLMODE", mode.to_owned()),
            ("PGAPPNAME", "zhiqiang".to_owned()),
        ];
        variables.extend(url.password().map(|password| (PASSWORD, decoded(password))));
        variables.extend(options.get_options().map(|given| ("PGOPTIONS", given.to_owned())));
        let files = [("sslrootcert", "PGSSLROOTCERT"), ("sslcert", "PGSSLCERT"), ("sslkey", "PGSSLKEY")];
        for (name, value) in url.query_pairs() {
            let variable = files.iter().find(|(key, _)| *key == name).map(|(_, variable)| *variable);
            variables.extend(variable.map(|variable| (variable, value.clone().into_owned())));
        }
        Self(variables)
    }

    /// What a tool said, without the password should it ever stand in it.
    fn without_password(&self, text: &str) -> String {
        let password = self.0.iter().find(|(name, value)| *name == PASSWORD && !value.is_empty());
        password.map_or_else(|| text.to_owned(), |(_, password)| text.replace(password, "***"))
    }
}

/// A part of an address with its `%20` read.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match code.filter(|_| *first == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a tool is there and as new as the server.
async fn is_of_version(tool: &'static str, server: u32) -> Result<(), Error> {
    let said = output(tool, vec!["--version".into()], SignIn(Vec::new())).await?.stdout;
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    match major(&said) {
        Some(major) if major >= server => Ok(()),
        _ => Err(Error::Tool(format!(
            "{tool} 的版本（{said}）低于 PostgreSQL 服务器的 {server} 版，不能使用。{}",
            install(server)
        ))),
    }
}

fn install(server: u32) -> String {
    format!(
        "请安装 {server} 版或更新版本的 PostgreSQL 客户端（Debian、Ubuntu：apt install postgresql-client-{server}），并让它排在 PATH 前面，再执行一次。"
    )
}

/// The major version in `pg_dump (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)`.
fn major(said: &str) -> Option<u32> {
    let number = said.split_whitespace().find(|word| word.starts_with(|letter: char| letter.is_ascii_digit()))?;
    number.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

async fn run(tool: &'static str, arguments: Vec<OsString>, sign_in: SignIn) -> Result<(), Error> {
    let hidden = SignIn(sign_in.0.clone());
    let done = output(tool, arguments, sign_in).await?;
    if done.status.success() {
        return Ok(());
    }
    let said = hidden.without_password(String::from_utf8_lossy(&done.stderr).trim());
    Err(Error::Tool(format!("{tool} 没有完成：{said}。请按提示处理后，再执行一次。")))
}

async fn output(tool: &'static str, arguments: Vec<OsString>, sign_in: SignIn) -> Result<std::process::Output, Error> {
    let run = move || Command::new(tool).args(arguments).envs(sign_in.0).stdin(Stdio::null()).output();
    let done = tokio::task::spawn_blocking(run).await.map_err(|cause| Error::Tool(format!("{tool}：{cause}")))?;
    done.map_err(|cause| match cause.kind() {
        std::io::ErrorKind::NotFound => Error::Tool(format!(
            "找不到 {tool}。备份和恢复 PostgreSQL 要用它自带的工具：请安装 PostgreSQL 客户端（Debian、Ubuntu：apt install postgresql-client），再执行一次。"
        )),
        _ => Error::Tool(format!("{tool} 运行不了：{cause}。请检查它的权限，再执行一次。")),
    })
}

#[cfg(test)]
mod tests {
    //! Of what the tools are given; that they do their work is tried by the commands.

    use super::*;

    #[test]
    fn an_address_becomes_variables_and_its_password_shows_nowhere() {
        let address =
            "postgres://zq:p%40ss%3Aw%C3%B6rt@db.example:5433/city?sslmode=require&options=-csearch_path%3Dzq";
        let options = PgConnectOptions::from_str(address).unwrap();
        let sign_in = SignIn::of(&options);
        let of = |name| sign_in.0.iter().find(|(one, _)| *one == name).map(|(_, value)| value.as_str());
        let expected = [
            ("PGHOST", "db.example"),
            ("PGPORT", "5433"),
            ("PGUSER", "zq"),
            ("PGDATABASE", "city"),
            ("PGPASSWORD", "p@ss:wört"),
            ("PGSSLMODE", "require"),
            ("PGOPTIONS", "-csearch_path=zq"),
        ];
        for (name, value) in expected {
            assert_eq!(of(name), Some(value), "{name}");
        }
        assert!(!format!("{sign_in:?}").contains("p@ss"));
        assert_eq!(sign_in.without_password("fatal: p@ss:wört is wrong"), "fatal: *** is wrong");
        let socket = PgConnectOptions::from_str("postgres://zq@%2Fvar%2Frun%2Fpostgresql/city").unwrap();
        let sign_in = SignIn::of(&socket);
        assert!(sign_in.0.contains(&("PGHOST", "/var/run/postgresql".to_owned())), "a socket is a host");
    }

    #[test]
    fn the_version_of_a_tool_is_read() {
        assert_eq!(major("pg_dump (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)"), Some(15));
        assert_eq!(major("pg_dump (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("pg_dump"), None);
    }
}
