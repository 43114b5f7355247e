//! Backup (备份) and restore: the database and the folders of an installation as one folder with a list of hashes.
//!
//! A backup is taken while the installation works: the database is copied as it is at one moment, and what its runs
//! rest on was written before and never changes. Work that was under way at that moment is not part of it.

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
const FORMAT: u32 = 1;

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
    /// Every file, by its path in the folder.
    pub files: Vec<Entry>,
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
    show(&held, target, filled).map_err(|error| match error {
        Error::Db(db::Error::Elsewhere) => Error::Conflict(format!(
            "登记簿在 PostgreSQL 上，本命令只备份 SQLite。请用 pg_dump 备份数据库，再复制数据目录 {}；恢复时用 pg_restore（或 psql）并放回该目录。",
            installation.dir().display()
        )),
        other => other,
    })
}

async fn fill(installation: &Installation, dir: &Path, now: Timestamp) -> Result<Manifest, Error> {
    // Opened in a folder of its own, for this one is held, and opening a database takes a lock on its folder.
    let workshop = dir.join("workshop");
    fs::create_dir(&workshop).map_err(|cause| Error::io(&workshop, cause))?;
    let copy = workshop.join(DATABASE_FILE);
    installation.db.copy_to(&copy).await?;
    let (schema, key, sealed) = settle(&copy, now).await?;
    let bytes = read(&copy)?;
    put(dir, DATABASE_FILE, &bytes)?;
    fs::remove_dir_all(&workshop).map_err(|cause| Error::io(&workshop, cause))?;
    let mut files = vec![entry(DATABASE_FILE, &bytes)];
    for path in files_of(installation.dir())? {
        let bytes = read(&installation.dir().join(&path))?;
        put(dir, &path, &bytes)?;
        files.push(entry(&path, &bytes));
    }
    let runs = crate::runs::list(installation).await?.len();
    let manifest = Manifest { format: FORMAT, made_at: now, schema, key, sealed, runs, files };
    let text = serde_json::to_vec_pretty(&manifest).map_err(|cause| Error::Damaged(cause.to_string()))?;
    folder::write_file(&dir.join(MANIFEST), &text)?;
    Ok(manifest)
}

/// Takes out of a copied database what was under way when it was copied.
async fn settle(database: &Path, now: Timestamp) -> Result<(i64, Option<String>, Vec<(String, i64)>), Error> {
    let db = db::Db::connect_sqlite(database).await?;
    for batch in registry::batches::staging(&db).await? {
        registry::import::cancel(&db, batch, now, "backup").await?;
    }
    jobs::interrupt_all(&db).await?;
    messages::mail::hold_all(&db, now).await?;
    let schema = db::schema::version(&mut db.begin_read().await?).await?;
    let (key, held) = crate::secrets::standing(&db).await?;
    db.close().await;
    Ok((schema, key, held.into_iter().map(|(zh, count)| (zh.to_owned(), count)).collect()))
}

/// Restores a backup into the data folder `data`, which must be absent or empty and appears whole or not at all.
pub fn restore(from: &Path, data: &Path) -> Result<Manifest, Error> {
    must_be_vacant(data, "数据")?;
    let manifest = read_manifest(from)?;
    let held = Held::beside(data)?;
    let copied = manifest.files.iter().try_for_each(|file| {
        let path = from.join(&file.path);
        let bytes = fs::read(&path).map_err(|cause| damaged(&path, &cause.to_string()))?;
        if entry(&file.path, &bytes) != *file {
            return Err(damaged(&path, "内容与备份时的指纹不符"));
        }
        put(held.path(), &file.path, &bytes)
    });
    show(&held, data, copied.map(|()| manifest))
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
    if manifest.format != FORMAT || manifest.schema > db::schema::newest() {
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
