//! An installation: the database and the data folder beside it, opened, migrated and cleared of what a kill left behind.
//!
//! The folder holds `snapshots/<id>/`, `runs/<id>/`, `details/<id>/`, `policies/<hash>/` and, without another database, `zhiqiang.sqlite`.
//! Everything in it is written under a temporary name and renamed, so that a kill or a full disk leaves the old state.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use db::Db;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::ties::WorkList;

/// An open installation.
#[derive(Clone)]
pub struct Installation {
    /// The registry's database.
    pub db: Db,
    dir: PathBuf,
    demo: Option<Demo>,
    /// The names that wait to be tied, kept between two views.
    pub(crate) untied: WorkList,
}

/// What makes an installation a demo: it runs on a date of its own, and every page says that its data is synthetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demo {
    /// The seed of the synthetic city.
    pub seed: u64,
    /// The day on which the demo takes place.
    pub business_date: Date,
}

/// What opening found and put right.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Sentences for the user, in Chinese; empty after an orderly end.
    pub remarks: Vec<String>,
}

impl Installation {
    /// Opens the folder, making it when it is absent; `database` overrides the SQLite file in it.
    pub async fn open(dir: &Path, database: Option<&str>, now: Timestamp) -> Result<(Self, Recovery), Error> {
        fs::create_dir_all(dir).map_err(|source| Error::io(dir, source))?;
        let db = match database {
            Some(url) => Db::connect(url).await?,
            None => Db::connect_sqlite(&dir.join("zhiqiang.sqlite")).await?,
        };
        Self::over(db, dir, now).await
    }

    /// The installation of this folder over a database that is open already.
    pub async fn over(db: Db, dir: &Path, now: Timestamp) -> Result<(Self, Recovery), Error> {
        for folder in FOLDERS {
            let path = dir.join(folder);
            fs::create_dir_all(&path).map_err(|source| Error::io(&path, source))?;
        }
        let demo = read_demo(dir)?;
        let installation = Self { db, dir: dir.to_owned(), demo, untied: WorkList::default() };
        let mut recovery = Recovery { remarks: registry::recover(&installation.db, now).await? };
        recovery.remarks.extend(installation.clear_unfinished()?);
        Ok((installation, recovery))
    }

    /// Marks a fresh installation as a demo.
    pub fn mark_as_demo(&mut self, demo: Demo) -> Result<(), Error> {
        let path = self.dir.join(DEMO_FILE);
        let text = serde_json::to_vec_pretty(&demo).map_err(|cause| Error::Damaged(cause.to_string()))?;
        fs::write(&path, text).map_err(|source| Error::io(&path, source))?;
        self.demo = Some(demo);
        Ok(())
    }

    /// What makes it a demo, if it is one.
    pub fn demo(&self) -> Option<&Demo> {
        self.demo.as_ref()
    }

    /// The day on which business is done: the demo's own, else today in Beijing.
    pub fn business_date(&self, now: Timestamp) -> Date {
        self.demo.as_ref().map_or_else(|| beijing_date(now), |demo| demo.business_date)
    }

    /// The data folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn snapshot_dir(&self, id: &str) -> PathBuf {
        self.dir.join("snapshots").join(id)
    }

    pub(crate) fn run_dir(&self, id: &str) -> PathBuf {
        self.dir.join("runs").join(id)
    }

    pub(crate) fn details_dir(&self, run: &str) -> PathBuf {
        self.dir.join("details").join(run)
    }

    pub(crate) fn policy_dir(&self, hash: &str) -> PathBuf {
        self.dir.join("policies").join(hash)
    }

    /// Removes folders that a killed evaluation left under their temporary names.
    fn clear_unfinished(&self) -> Result<Vec<String>, Error> {
        let mut remarks = Vec::new();
        for folder in FOLDERS {
            let parent = self.dir.join(folder);
            for entry in fs::read_dir(&parent).map_err(|source| Error::io(&parent, source))? {
                let path = entry.map_err(|source| Error::io(&parent, source))?.path();
                let unfinished =
                    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with('.'));
                if unfinished {
                    fs::remove_dir_all(&path)
                        .or_else(|_| fs::remove_file(&path))
                        .map_err(|source| Error::io(&path, source))?;
                    remarks.push(format!(
                        "上次测算没有完成，已清除其未写完的文件（{}）；已有的结果不受影响，需要时请重新测算。",
                        folder
                    ));
                }
            }
        }
        Ok(remarks)
    }
}

/// What stands in the data folder beside the database.
const FOLDERS: [&str; 5] = ["snapshots", "runs", "details", "policies", "uploads"];
const DEMO_FILE: &str = "demo.json";

fn read_demo(dir: &Path) -> Result<Option<Demo>, Error> {
    let path = dir.join(DEMO_FILE);
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|cause| Error::Damaged(format!("演示标记文件已损坏（{}）：{cause}", path.display()))),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::io(&path, source)),
    }
}

/// The day in Beijing (UTC+8, no daylight saving) at an instant.
pub fn beijing_date(at: Timestamp) -> Date {
    at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).date()
}

/// Writes a folder of files so that it is there whole or not at all; an existing one is left as it is.
pub(crate) fn write_folder(target: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Error> {
    if target.exists() {
        return Ok(());
    }
    let name = target.file_name().and_then(|name| name.to_str()).unwrap_or("folder");
    let unfinished = target.with_file_name(format!(".{name}"));
    let written = write_files(&unfinished, files)
        .and_then(|()| fs::rename(&unfinished, target).map_err(|source| Error::io(target, source)));
    if written.is_err() {
        // The old state stays; what was half written goes, so that a full disk gets its room back.
        let _ = fs::remove_dir_all(&unfinished);
    }
    written
}

fn write_files(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Error> {
    let _ = fs::remove_dir_all(dir);
    fs::create_dir_all(dir).map_err(|source| Error::io(dir, source))?;
    for (name, bytes) in files {
        let path = dir.join(name);
        File::create(&path)
            .and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_all()
            })
            .map_err(|source| Error::io(&path, source))?;
    }
    Ok(())
}
