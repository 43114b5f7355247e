//! An installation: the database and the data folder beside it, opened, migrated and cleared of what a kill left behind.
//!
//! The folder holds `snapshots/<id>/`, `runs/<id>/`, `details/<id>/`, `policies/<hash>/`, `corpus/`, `navigation/`, `chains/` and, without another database, `zhiqiang.sqlite`.
//! Everything in it is written under a temporary name and renamed, so that a kill or a full disk leaves the old state.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use db::Db;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::registers::Registers;
use crate::secrets::{KEY_FILE, Vault};
use crate::ties::WorkList;

/// An open installation.
#[derive(Clone)]
pub struct Installation {
    /// The registry's database.
    pub db: Db,
    /// Where the keys to what is sealed lie.
    pub vault: Vault,
    dir: PathBuf,
    demo: Option<Demo>,
    /// The demo's day as last read, and when its file was written then.
    day: Arc<Mutex<Option<(SystemTime, Date)>>>,
    /// The list of runs as last read.
    pub(crate) runs: crate::runs::Listed,
    /// The registers as known now, kept between two questions.
    pub(crate) registers: Registers,
    /// The names that wait to be tied, kept between two views.
    pub(crate) untied: WorkList,
    /// What cases ask of the registers, kept between two acts.
    pub(crate) known: crate::cases::KnownShelf,
    /// Whose every patent is, kept between two questions.
    pub(crate) rights: crate::freeze::RightsShelf,
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
        Self::over(Self::connect(dir, database).await?, dir, now).await
    }

    /// The database of the folder, unless `database` names another.
    pub async fn connect(dir: &Path, database: Option<&str>) -> Result<Db, Error> {
        fs::create_dir_all(dir).map_err(|source| Error::io(dir, source))?;
        Ok(match database {
            Some(url) => Db::connect(url).await?,
            None => Db::connect_sqlite(&dir.join(DATABASE_FILE)).await?,
        })
    }

    /// The file of the keys in a folder.
    pub fn key_file(dir: &Path) -> PathBuf {
        dir.join(KEY_FILE)
    }

    /// Whether an installation with its own database stands in this folder.
    pub fn stands_in(dir: &Path) -> bool {
        dir.join(DATABASE_FILE).exists()
    }

    /// The installation of this folder over a database that is open already.
    pub async fn over(db: Db, dir: &Path, now: Timestamp) -> Result<(Self, Recovery), Error> {
        Self::with_vault(db, Vault::at(&Self::key_file(dir)), dir, now).await
    }

    /// The same with keys that lie elsewhere.
    pub async fn with_vault(db: Db, vault: Vault, dir: &Path, now: Timestamp) -> Result<(Self, Recovery), Error> {
        for folder in FOLDERS {
            let path = dir.join(folder);
            fs::create_dir_all(&path).map_err(|source| Error::io(&path, source))?;
        }
        let demo = read_demo(dir)?;
        let installation = Self {
            db,
            vault,
            dir: dir.to_owned(),
            demo,
            day: Arc::default(),
            runs: Default::default(),
            registers: Registers::default(),
            untied: WorkList::default(),
            known: Default::default(),
            rights: Default::default(),
        };
        let recovery = match installation.recover(now).await {
            Ok(remarks) => Recovery { remarks },
            // A full disk bars writing, not reading.
            Err(cause) if cause.is_disk_full() => {
                Recovery { remarks: vec![format!("上次没有做完的工作暂时不能清理：{cause}")] }
            }
            Err(cause) => return Err(cause),
        };
        Ok((installation, recovery))
    }

    /// Clears away what killed processes have left behind; one sentence for each.
    async fn recover(&self, now: Timestamp) -> Result<Vec<String>, Error> {
        // Files first: removing them makes room for what the database has to write.
        let mut remarks = Vec::new();
        let papers = [EVIDENCE, LETTERS].into_iter().filter(|folder| self.dir.join(folder).is_dir());
        for folder in FOLDERS.into_iter().chain(papers) {
            for path in rules::folder::remove_unfinished(&self.dir.join(folder))? {
                let path = path.display();
                remarks.push(format!("已清除上次没有写完的文件 {path}；已有的数据和结果不受影响，需要时请重新进行。"));
            }
        }
        remarks.extend(registry::recover(&self.db, now).await?);
        remarks.extend(crate::jobs::recover(&self.db).await?);
        remarks.extend(self.vault.settle(&self.db, now).await?);
        Ok(remarks)
    }

    /// Marks a fresh installation as a demo.
    pub fn mark_as_demo(&mut self, demo: Demo) -> Result<(), Error> {
        self.write_demo(&demo)?;
        self.demo = Some(demo);
        Ok(())
    }

    /// What makes it a demo, if it is one.
    pub fn demo(&self) -> Option<&Demo> {
        self.demo.as_ref()
    }

    /// The day on which business is done: the demo's own, else today in Beijing.
    pub fn business_date(&self, now: Timestamp) -> Date {
        match &self.demo {
            None => beijing_date(now),
            Some(demo) => self.demo_day().unwrap_or(demo.business_date),
        }
    }

    /// The day that the demo's file says now: another process may have moved it.
    fn demo_day(&self) -> Option<Date> {
        let written = fs::metadata(self.dir.join(DEMO_FILE)).and_then(|file| file.modified()).ok()?;
        let mut day = self.day.lock().unwrap_or_else(PoisonError::into_inner);
        if day.is_none_or(|(read, _)| read != written) {
            *day = Some((written, read_demo(&self.dir).ok()??.business_date));
        }
        day.map(|(_, day)| day)
    }

    /// Moves a demo to a later day and does what that day brings (`cases::daily`); a real installation goes by the calendar.
    pub async fn move_to(&self, day: Date, by: &str, now: Timestamp) -> Result<(), Error> {
        let Some(demo) = &self.demo else {
            return Err(Error::Conflict("只有演示系统可以改业务日期；正式系统以当天为准。".into()));
        };
        let today = self.business_date(now);
        if day <= today || day > today.saturating_add(MOVE_DAYS_MAX.days()) {
            let last = today.saturating_add(MOVE_DAYS_MAX.days());
            return Err(Error::Invalid(format!("演示日期只能往后走，现在是 {today}，一次最多到 {last}。")));
        }
        let mut tx = self.db.begin().await?;
        let detail = serde_json::json!({ "before": today, "after": day });
        registry::audit::record(&mut tx, now, by, "demo.move", &day.to_string(), &detail).await?;
        tx.commit().await?;
        self.write_demo(&Demo { business_date: day, ..demo.clone() })?;
        crate::cases::daily(self, by, now).await?;
        Ok(())
    }

    fn write_demo(&self, demo: &Demo) -> Result<(), Error> {
        let text = serde_json::to_vec_pretty(demo).map_err(|cause| Error::Damaged(cause.to_string()))?;
        Ok(rules::folder::write_file(&self.dir.join(DEMO_FILE), &text)?)
    }

    /// The data folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A fresh folder for a file that a visitor sends, cleared away at the next start when it was left behind.
    pub fn upload_dir(&self) -> Result<rules::folder::Held, Error> {
        Ok(rules::folder::Held::beside(&self.dir.join(UPLOADS).join("upload"))?)
    }

    /// The folder of the corpus (专利文献库); absent until documents are taken in.
    pub fn corpus_dir(&self) -> PathBuf {
        self.dir.join(CORPUS)
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
}

/// How far a demo moves at once, in days.
const MOVE_DAYS_MAX: i64 = 60;

/// What stands in the data folder beside the database.
pub(crate) const FOLDERS: [&str; 5] = ["snapshots", "runs", "details", "policies", UPLOADS];
/// The one of them whose files last no longer than their import.
pub(crate) const UPLOADS: &str = "uploads";
/// The corpus of patent documents, whose own writer keeps it.
pub(crate) const CORPUS: &str = "corpus";
/// What is kept of each intake into it.
pub(crate) const INTAKES: &str = "corpus/intakes";
/// The kept reports of patent navigation, each a file under the hash of what it says.
pub(crate) const REPORTS: &str = "navigation";
/// The papers of cases, each a file under the hash of its bytes.
pub(crate) const EVIDENCE: &str = "evidence";
/// The office's own wording of letters.
pub(crate) const LETTERS: &str = "letters";
/// Industry chains that the office has edited.
pub(crate) const CHAINS: &str = "chains";
/// The registry, unless another database is named.
pub(crate) const DATABASE_FILE: &str = "zhiqiang.sqlite";
pub(crate) const DEMO_FILE: &str = "demo.json";

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
