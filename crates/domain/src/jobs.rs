//! Long work that a person began (测算、导入、核对): written down while it lasts, so that work cut short with its process
//! is told from work under way, and the next start can say so.

mod store;

use db::{Db, Process};
use jiff::{SignedDuration, Timestamp};

use crate::{Error, Installation, beijing_date};

/// How long the end of a job is remembered.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A job as it was written down.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Job {
    /// Its id, which nobody can guess.
    pub id: String,
    /// What it does, in words.
    pub title: String,
    /// Who began it.
    pub by_whom: String,
    process: String,
    /// When it began.
    pub started_at: String,
    /// How it ended, in the words of whoever wrote it; nothing while it lasts.
    pub outcome: Option<String>,
}

impl Job {
    fn is_cut_short(&self, db: &Db) -> bool {
        Process::parse(&self.process).is_none_or(|process| process.is_gone(db))
    }
}

/// The outcome of a job whose process was killed.
pub const INTERRUPTED: &str = "interrupted";

/// Writes down that a job has begun.
pub async fn begin(db: &Db, id: &str, title: &str, by: &str, now: Timestamp) -> Result<(), Error> {
    let job = Job {
        id: id.to_owned(),
        title: title.to_owned(),
        by_whom: by.to_owned(),
        process: Process::this().to_string(),
        started_at: registry::instant::format(now),
        outcome: None,
    };
    let mut tx = db.begin().await?;
    if let Ok(before) = now.checked_sub(KEPT) {
        store::forget(&mut tx, &registry::instant::format(before)).await?;
    }
    store::insert(&mut tx, &job).await?;
    Ok(tx.commit().await?)
}

/// Writes down how a job ended.
pub async fn end(db: &Db, id: &str, outcome: &str) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    store::end(&mut tx, id, outcome).await?;
    Ok(tx.commit().await?)
}

/// The job with this id, if it is remembered.
pub async fn find(db: &Db, id: &str) -> Result<Option<Job>, Error> {
    let mut tx = db.begin_read().await?;
    let mut found = store::find(&mut tx, id).await?;
    if let Some(job) = found.as_mut().filter(|job| job.outcome.is_none() && job.is_cut_short(db)) {
        job.outcome = Some(INTERRUPTED.to_owned());
    }
    Ok(found)
}

/// Does work as a job of which only a kill is remembered: what it gives or why it failed is told to whoever waits for it.
pub async fn during<T>(
    installation: &Installation,
    title: &str,
    by: &str,
    now: Timestamp,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let id = crate::accounts::random_token()?;
    begin(&installation.db, &id, title, by, now).await?;
    let done = work.await;
    let ended = end(&installation.db, &id, "ended").await;
    let done = done?;
    ended.map(|()| done)
}

/// Notes the jobs whose processes are gone, one sentence for each.
pub(crate) async fn recover(db: &Db) -> Result<Vec<String>, Error> {
    let mut remarks = Vec::new();
    let mut tx = db.begin_read().await?;
    let open = store::open(&mut tx).await?;
    tx.rollback().await?;
    for job in open {
        if !job.is_cut_short(db) {
            continue;
        }
        let mut tx = db.begin().await?;
        store::end(&mut tx, &job.id, INTERRUPTED).await?;
        tx.commit().await?;
        let started = job.started_at.parse().map_or(job.started_at, |at| beijing_date(at).to_string());
        remarks.push(format!(
            "“{}”（{started} 由 {} 发起）在结束前被中断，没有留下不完整的结果，已有的数据不受影响。请核对结果，没有的话请重新进行。",
            job.title, job.by_whom
        ));
    }
    Ok(remarks)
}

/// Notes every job without an outcome as cut short: for the copy of a database, in which none goes on.
pub(crate) async fn interrupt_all(db: &Db) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    for job in store::open(&mut tx).await? {
        store::end(&mut tx, &job.id, INTERRUPTED).await?;
    }
    Ok(tx.commit().await?)
}
