//! Backup (备份) and restore: the database and the folders of an installation as one folder with a list of hashes.
//!
//! A backup is taken while the installation works: the database is copied as it is at one moment, and what its runs
//! rest on was written before and never changes. Work that was under way at that moment is not part of it.
//!
//! A SQLite database is copied and tidied in the copy; a PostgreSQL one is dumped by its own tools and tidied when it is restored, which
//! must bring back the trail to its last seal.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rules::folder::{self, Held};
use serde::{Deserialize, Serialize};

use crate::installation::{
    CHAINS, CORPUS, DATABASE_FILE, DEMO_FILE, EVIDENCE, FOLDERS, INTAKES, LETTERS, REPORTS, UPLOADS,
};
use crate::runs::sha256;
use crate::{Error, Installation, jobs, messages};

const MANIFEST: &str = "backup.json";
/// The form of a backup of SQLite, and the newest that this program reads.
const SQLITE_FORMAT: u32 = 1;
const FORMAT: u32 = 2;
/// The dump of a PostgreSQL database.
const DUMP_FILE: &str = "zhiqiang.dump";

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// When it was taken.
    pub made_at: Timestamp,
    /// The version of the database's schema.
    pub schema: i64,
    /// The key that its sealed texts need, which is no part of it.
    #[serde(default)]
    pub key: Option<String>,
    /// What cannot be opened without that key, by what it is.
    #[serde(default)]
    pub sealed: Vec<(String, i64)>,
    /// How many runs it holds.
    #[serde(default)]
    pub runs: usize,
    /// What its dump is of; none of a backup of SQLite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postgres: Option<Postgres>,
    /// Every file, by its path in the folder.
    pub files: Vec<Entry>,
}

/// What a dump of a PostgreSQL database is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Postgres {
    /// The schema that holds the tables.
    pub namespace: String,
    /// The major version of the server.
    pub server: u32,
    /// The last seal of its audit trail.
    pub head: String,
}

/// One file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its path below the folder, with `/` between its parts.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

impl Manifest {
    /// How many bytes the files have together.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// Takes a backup into the folder `target`, which must be absent or empty and appears whole or not at all.
pub async fn backup(installation: &Installation, target: &Path, now: Timestamp) -> Result<Manifest, Error> {
    must_be_vacant(target, "备份")?;
    let held = Held::beside(target)?;
    let filled = fill(installation, held.path(), now).await;
    show(&held, target, filled).map_err(told)
}

/// What a tool of PostgreSQL says is for the person to mend.
fn told(error: Error) -> Error {
    match error {
        Error::Db(db::Error::Tool(why)) => Error::Conflict(why),
        other => other,
    }
}

async fn fill(installation: &Installation, dir: &Path, now: Timestamp) -> Result<Manifest, Error> {
    // The database first: what its rows name was written before.
    let mut manifest = match db::dump::begin(&installation.db).await? {
        Some(dump) => dumped(dump, dir, now).await?,
        None => copied(installation, dir, now).await?,
    };
    for path in files_of(installation.dir())? {
        let bytes = read(&installation.dir().join(&path))?;
        put(dir, &path, &bytes)?;
        manifest.files.push(entry(&path, &bytes));
    }
    manifest.runs = crate::runs::list(installation).await?.len();
    let text = serde_json::to_vec_pretty(&manifest).map_err(|cause| Error::Damaged(cause.to_string()))?;
    folder::write_file(&dir.join(MANIFEST), &text)?;
    Ok(manifest)
}

/// Copies a SQLite database, without what was under way.
async fn copied(installation: &Installation, dir: &Path, now: Timestamp) -> Result<Manifest, Error> {
    // Opened in a folder of its own, for this one is held, and opening a database takes a lock on its folder.
    let workshop = dir.join("workshop");
    fs::create_dir(&workshop).map_err(|cause| Error::io(&workshop, cause))?;
    let copy = workshop.join(DATABASE_FILE);
    installation.db.copy_to(&copy).await?;
    let db = db::Db::connect_sqlite(&copy).await?;
    settle(&db, now).await?;
    let manifest = described(&mut db.begin_read().await?, (SQLITE_FORMAT, None), now).await?;
    db.close().await;
    let bytes = read(&copy)?;
    put(dir, DATABASE_FILE, &bytes)?;
    fs::remove_dir_all(&workshop).map_err(|cause| Error::io(&workshop, cause))?;
    Ok(Manifest { files: vec![entry(DATABASE_FILE, &bytes)], ..manifest })
}

/// Dumps a PostgreSQL database; what was under way is taken out when it is restored.
async fn dumped(mut dump: db::dump::Dump, dir: &Path, now: Timestamp) -> Result<Manifest, Error> {
    let head = registry::audit::head(&mut dump.tx).await?;
    let postgres = Postgres { namespace: dump.namespace.clone(), server: dump.server, head };
    let manifest = described(&mut dump.tx, (FORMAT, Some(postgres)), now).await?;
    let file = dir.join(DUMP_FILE);
    dump.write(&file).await?;
    Ok(Manifest { files: vec![entry(DUMP_FILE, &read(&file)?)], ..manifest })
}

/// What a database says of itself, for the list of its backup.
async fn described(
    tx: &mut db::Tx,
    (format, postgres): (u32, Option<Postgres>),
    now: Timestamp,
) -> Result<Manifest, Error> {
    let schema = db::schema::version(tx).await?;
    let (key, held) = crate::secrets::standing_in(tx).await?;
    let sealed = held.into_iter().map(|(zh, count)| (zh.to_owned(), count)).collect();
    Ok(Manifest { format, made_at: now, schema, key, sealed, runs: 0, postgres, files: Vec::new() })
}

/// Takes out of a copied database what was under way when it was copied.
async fn settle(db: &db::Db, now: Timestamp) -> Result<(), Error> {
    for batch in registry::batches::staging(db).await? {
        registry::import::cancel(db, batch, now, "backup").await?;
    }
    jobs::interrupt_all(db).await?;
    messages::mail::hold_all(db, now).await?;
    Ok(())
}

/// Restores a backup into the data folder `data`, which must be absent or empty and appears whole or not at all; one of PostgreSQL into
/// the database at an address besides, which must be empty.
pub async fn restore(from: &Path, data: &Path, database: Option<&str>, now: Timestamp) -> Result<Manifest, Error> {
    must_be_vacant(data, "数据")?;
    let manifest = read_manifest(from)?;
    let database = database.map(|address| (address, db::Db::is_postgres(address)));
    let target = match (&manifest.postgres, database) {
        (None, None) => None,
        (Some(postgres), Some((address, true))) => Some((postgres, address, vacant(address, postgres).await?)),
        (None, Some(_)) => {
            return Err(Error::Invalid(
                "这份备份是 SQLite 的，只能恢复到数据目录，不能恢复到 --database 指定的数据库。请去掉 --database 再执行。".into(),
            ));
        }
        (Some(_), _) => {
            return Err(Error::Invalid(
                "这份备份是 PostgreSQL 的，不能恢复成 SQLite。请用 --database postgres://用户@主机/库名 指定一个空的 PostgreSQL 数据库。".into(),
            ));
        }
    };
    let held = Held::beside(data)?;
    let filled = restored((from, held.path()), &manifest, target, now).await;
    show(&held, data, filled.map(|()| manifest)).map_err(told)
}

/// The empty database of a server that is no older than that of the dump.
async fn vacant(address: &str, postgres: &Postgres) -> Result<db::dump::Target, Error> {
    let target = db::dump::Target::vacant(address, &postgres.namespace).await.map_err(|error| told(error.into()))?;
    if target.server() < postgres.server {
        return Err(Error::Conflict(format!(
            "备份取自 PostgreSQL {}，目标服务器是 {} 版，更旧，不能恢复。请换一台 {} 版或更新版本的服务器。",
            postgres.server,
            target.server(),
            postgres.server
        )));
    }
    Ok(target)
}

async fn restored(
    (from, held): (&Path, &Path),
    manifest: &Manifest,
    target: Option<(&Postgres, &str, db::dump::Target)>,
    now: Timestamp,
) -> Result<(), Error> {
    // Every file is held against the list before the database is touched; the dump itself is no file of the installation.
    for file in &manifest.files {
        let path = from.join(&file.path);
        let bytes = fs::read(&path).map_err(|cause| damaged(&path, &cause.to_string()))?;
        if entry(&file.path, &bytes) != *file {
            return Err(damaged(&path, "内容与备份时的指纹不符"));
        }
        if file.path != DUMP_FILE {
            put(held, &file.path, &bytes)?;
        }
    }
    let Some((postgres, address, target)) = target else { return Ok(()) };
    target.fill(&from.join(DUMP_FILE)).await?;
    let db = db::Db::connect(address).await?;
    let head = registry::audit::head(&mut db.begin_read().await?).await?;
    if head != postgres.head {
        return Err(Error::Damaged(
            "恢复出的数据库与备份时的审计记录不符（最后一条的封签不同），不能使用。请清空这个数据库，改用另一份备份。"
                .into(),
        ));
    }
    settle(&db, now).await?;
    db.close().await;
    Ok(())
}

fn read_manifest(from: &Path) -> Result<Manifest, Error> {
    let path = from.join(MANIFEST);
    let text = fs::read(&path).map_err(|cause| {
        Error::Invalid(format!(
            "{} 不是备份文件夹（{MANIFEST}：{cause}）。请指定 zhiqiang backup 写出的文件夹。",
            from.display()
        ))
    })?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|cause| damaged(&path, &cause.to_string()))?;
    if !(SQLITE_FORMAT..=FORMAT).contains(&manifest.format) || manifest.schema > db::schema::newest() {
        return Err(Error::Invalid(format!(
            "备份 {} 由更新版本的程序写出。请用该版本或更新的程序恢复。",
            from.display()
        )));
    }
    let leaves =
        |file: &Entry| Path::new(&file.path).components().any(|part| !matches!(part, std::path::Component::Normal(_)));
    if manifest.files.iter().any(leaves) {
        return Err(damaged(&path, "文件名不对"));
    }
    Ok(manifest)
}

fn damaged(path: &Path, why: &str) -> Error {
    Error::Damaged(format!(
        "备份中的文件 {} 已损坏或缺失（{why}），没有恢复任何内容。请改用另一份备份。",
        path.display()
    ))
}

fn must_be_vacant(dir: &Path, what: &str) -> Result<(), Error> {
    let vacant = match fs::read_dir(dir) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => true,
        Err(cause) => return Err(Error::io(dir, cause)),
        Ok(mut entries) => entries.next().is_none(),
    };
    if vacant {
        return Ok(());
    }
    Err(Error::Conflict(format!("{what}文件夹 {} 不是空的，没有改动它。请指定一个不存在或空的文件夹。", dir.display())))
}

/// Gives a filled folder its name, or removes it when the filling failed.
fn show(held: &Held, target: &Path, filled: Result<Manifest, Error>) -> Result<Manifest, Error> {
    let shown = filled.and_then(|manifest| {
        fs::rename(held.path(), target).map_err(|cause| Error::io(target, cause))?;
        Ok(manifest)
    });
    if shown.is_err() {
        let _ = fs::remove_dir_all(held.path());
    }
    shown
}

/// The files of a data folder besides the database, by their paths below it.
fn files_of(dir: &Path) -> Result<Vec<String>, Error> {
    let mut files = Vec::new();
    if dir.join(DEMO_FILE).exists() {
        files.push(DEMO_FILE.to_owned());
    }
    for folder in FOLDERS.into_iter().filter(|folder| *folder != UPLOADS) {
        for inner in visible(&dir.join(folder))? {
            let name = inner.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for file in visible(&inner)? {
                files.push(format!("{folder}/{name}/{}", file.file_name().unwrap_or_default().to_string_lossy()));
            }
        }
    }
    for folder in [REPORTS, CHAINS, EVIDENCE, LETTERS, INTAKES].into_iter().filter(|folder| dir.join(folder).is_dir()) {
        let kept = visible(&dir.join(folder))?.into_iter().filter(|path| path.is_file() && !is_partial(path));
        files.extend(kept.map(|path| format!("{folder}/{}", path.file_name().unwrap_or_default().to_string_lossy())));
    }
    files.extend(corpus::Manifest::files(&dir.join(CORPUS))?.into_iter().map(|file| format!("{CORPUS}/{file}")));
    files.sort();
    Ok(files)
}

fn visible(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |cause| Error::io(dir, cause);
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Whether a report is still being written.
fn is_partial(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "partial")
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|cause| Error::io(path, cause))
}

fn put(dir: &Path, path: &str, bytes: &[u8]) -> Result<(), Error> {
    let path = dir.join(path);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|cause| Error::io(parent, cause))?;
    }
    Ok(folder::write_file(&path, bytes)?)
}

fn entry(path: &str, bytes: &[u8]) -> Entry {
    Entry { path: path.to_owned(), bytes: bytes.len() as u64, sha256: sha256(bytes) }
}
