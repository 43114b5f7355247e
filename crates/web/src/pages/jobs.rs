//! `/jobs/{id}`: a long task (导入、测算、核对) that runs beside the pages; a reload finds it again.
//!
//! Their progress lives in memory; that they began and how they ended is in the database, so that the page of a job
//! says after a restart what became of it.

use std::{
    collections::VecDeque,
    future::Future,
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use askama::Template;
use axum::{
    extract::{Path, State},
    http::HeaderValue,
    response::{IntoResponse, Response},
};
use domain::{
    jobs::{self, INTERRUPTED},
    runs::Verification,
};
use registry::audit;
use serde::{Deserialize, Serialize};
use tokio::task::AbortHandle;

use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    headers::random_hex,
    hx::Hx,
    pages::room::{self, Room},
    pieces::{Link, Progress, State as StateWord, Tone},
};

/// How many jobs are remembered.
const KEPT_MAX: usize = 200;

static JOBS: LazyLock<Mutex<VecDeque<Arc<Job>>>> = LazyLock::new(Mutex::default);

/// A long task.
pub(crate) struct Job {
    /// Its id, which nobody can guess.
    pub(crate) id: String,
    /// Set to cancel it in an orderly way.
    pub(crate) cancel: Arc<AtomicBool>,
    /// How many rows have been read.
    pub(crate) rows: AtomicU64,
    by: String,
    words: Words,
    doing: Mutex<String>,
    end: Mutex<Option<End>>,
    abort: Mutex<Option<AbortHandle>>,
}

/// What is said about a job.
pub(crate) struct Words {
    /// What it does.
    pub(crate) title: String,
    /// What stays when it is cancelled.
    pub(crate) if_cancelled: String,
    /// Where one came from.
    pub(crate) back: Link,
    /// Whether it stops by itself once told to; else it is broken off.
    pub(crate) is_orderly: bool,
}

/// How a job ended.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum End {
    /// The result is at this path.
    Done(String),
    /// A run was verified.
    Checked(Verification),
    /// Several files were worked through.
    Filed {
        /// What became of each, in order.
        files: Vec<Filed>,
        /// How many were not begun because it was cancelled.
        not_begun: usize,
    },
    /// It was cancelled.
    Stopped,
    /// It failed; the sentence says why and what to do.
    Failed(String),
    /// The server ended before it did.
    Interrupted,
}

/// What became of one of several files.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Filed {
    /// Its name.
    pub(crate) file: String,
    /// What was done with it, or why it was refused.
    pub(crate) words: String,
    /// Its batch; none when nothing of it was kept.
    pub(crate) batch: Option<i64>,
}

/// Starts a job for the visitor.
pub(crate) async fn start<F: Future<Output = End> + Send + 'static>(
    app: &App,
    frame: &Frame,
    words: Words,
    work: impl FnOnce(Arc<Job>) -> F,
) -> Result<Arc<Job>, AppError> {
    let job = Arc::new(Job {
        id: random_hex::<16>(),
        cancel: Arc::default(),
        rows: AtomicU64::new(0),
        by: frame.account.as_ref().map(|account| account.login.clone()).unwrap_or_default(),
        words,
        doing: Mutex::default(),
        end: Mutex::default(),
        abort: Mutex::default(),
    });
    jobs::begin(app.db(), &job.id, &job.words.title, &job.by, app.now()).await?;
    {
        let mut jobs = JOBS.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.push_back(Arc::clone(&job));
        while jobs.len() > KEPT_MAX {
            jobs.pop_front();
        }
    }
    // What the job changes is recorded as coming from where it was asked for.
    let task = tokio::spawn(audit::coming_from(audit::origin(), work(Arc::clone(&job))));
    *job.abort.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
    let watched = Arc::clone(&job);
    let failed = frame.t("jobs-failed-inside");
    let db = app.db().clone();
    tokio::spawn(async move {
        let end = match task.await {
            Ok(end) => end,
            Err(cause) if cause.is_cancelled() => End::Stopped,
            Err(cause) => {
                tracing::error!(%cause, "a job broke down");
                End::Failed(failed)
            }
        };
        let outcome = serde_json::to_string(&end).unwrap_or_default();
        if let Err(cause) = jobs::end(&db, &watched.id, &outcome).await {
            tracing::error!(%cause, "the end of a job could not be written down");
        }
        *watched.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
    });
    Ok(job)
}

/// The end of a job that went wrong: the visitor's sentence, or a general one with the cause in the log.
pub(crate) fn failed(frame: &Frame, error: impl Into<AppError>) -> End {
    match error.into() {
        AppError::Internal(cause) => {
            tracing::error!(%cause, "a job failed");
            End::Failed(frame.t("jobs-failed-inside"))
        }
        AppError::Full(cause) => {
            tracing::error!(%cause, "a job found the disk full");
            End::Failed(frame.t("problem-full-text"))
        }
        other => End::Failed(frame.said(&other.to_string())),
    }
}

impl Job {
    /// Says what is being done now.
    pub(crate) fn tell(&self, doing: &str) {
        doing.clone_into(&mut self.doing.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The path of its page.
    pub(crate) fn path(&self) -> String {
        format!("/jobs/{}", self.id)
    }

    fn end(&self) -> Option<End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A job of this visitor: one of this process, or what the database says of one of a former process.
async fn find(app: &App, frame: &Frame, id: &str) -> Result<Arc<Job>, AppError> {
    let login = frame.account.as_ref().map_or("", |account| account.login.as_str());
    let here = {
        let jobs = JOBS.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.iter().find(|job| job.id == id && job.by == login).map(Arc::clone)
    };
    if let Some(job) = here {
        return Ok(job);
    }
    let written = jobs::find(app.db(), id).await?.filter(|job| job.by_whom == login);
    let written = written.ok_or_else(|| AppError::NotFound(frame.t("jobs-gone")))?;
    let end = match written.outcome.as_deref() {
        None => None,
        Some(INTERRUPTED) => Some(End::Interrupted),
        Some(outcome) => Some(serde_json::from_str(outcome).unwrap_or(End::Interrupted)),
    };
    Ok(Arc::new(Job {
        id: written.id,
        cancel: Arc::default(),
        rows: AtomicU64::new(0),
        by: written.by_whom,
        words: Words {
            title: written.title,
            if_cancelled: String::new(),
            back: Link::new(frame.t("problem-home"), frame.at("/")),
            is_orderly: true,
        },
        doing: Mutex::new(frame.t("jobs-elsewhere")),
        end: Mutex::new(end),
        abort: Mutex::default(),
    }))
}

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    task: &'a Progress,
    checks: Vec<String>,
    findings: Vec<String>,
    files: Vec<Filed>,
    link: Option<&'a Link>,
}

#[derive(Template)]
#[template(path = "job.html", block = "task")]
struct JobBlock<'a> {
    frame: &'a Frame,
    task: &'a Progress,
}

/// `GET /jobs/{id}`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, Path(id): Path<String>) -> Result<Response, AppError> {
    let job = find(&app, &frame, &id).await?;
    let end = job.end();
    let to_result = match &end {
        Some(End::Done(path)) => Some(frame.at(path)),
        // What the whole page shows about an end is not in the piece that is swapped in.
        Some(_) => Some(frame.at(&job.path())),
        None => None,
    };
    if let (Some(target), true) = (&to_result, hx.wants_block()) {
        let mut response = "".into_response();
        let value = HeaderValue::from_str(target).map_err(AppError::internal)?;
        response.headers_mut().insert("hx-redirect", value);
        return Ok(response);
    }
    if let Some(End::Done(path)) = &end {
        return Ok(room::see_other(&frame, path));
    }
    let (checks, findings) = match &end {
        Some(End::Checked(found)) => (said(&frame, &found.checks), said(&frame, &found.findings)),
        _ => (Vec::new(), Vec::new()),
    };
    let files = match &end {
        Some(End::Filed { files, .. }) => files.clone(),
        _ => Vec::new(),
    };
    let task = progress(&frame, &job, end.as_ref());
    let mut room = Room::new(job.words.title.clone(), frame.t("jobs-line"));
    room.crumbs = vec![job.words.back.clone()];
    room.refreshes = end.is_none();
    let link = end.is_some().then_some(&job.words.back);
    hx.page(
        JobPage { frame: &frame, room: &room, task: &task, checks, findings, files, link },
        JobBlock { frame: &frame, task: &task },
    )
}

fn said(frame: &Frame, sentences: &[String]) -> Vec<String> {
    sentences.iter().map(|sentence| frame.said(sentence)).collect()
}

fn progress(frame: &Frame, job: &Job, end: Option<&End>) -> Progress {
    let rows = job.rows.load(Ordering::Relaxed);
    let doing = job.doing.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let is_stopping = job.cancel.load(Ordering::Relaxed);
    let (ended, doing) = match end {
        None if is_stopping => (None, frame.t("jobs-stopping")),
        None if rows > 0 => (None, frame.tn("jobs-rows", &[("doing", doing), ("count", format::count(rows))])),
        None => (None, doing),
        Some(End::Stopped) => {
            (Some(StateWord::new(Tone::Warn, frame.t("jobs-stopped"))), job.words.if_cancelled.clone())
        }
        Some(End::Interrupted) => {
            (Some(StateWord::new(Tone::Warn, frame.t("jobs-interrupted"))), frame.t("jobs-interrupted-text"))
        }
        Some(End::Failed(why)) => (Some(StateWord::new(Tone::Bad, frame.t("jobs-failed"))), why.clone()),
        Some(End::Checked(found)) if found.verified => {
            (Some(StateWord::new(Tone::Ok, frame.t("runs-verified"))), frame.t("runs-verified-line"))
        }
        Some(End::Checked(_)) => {
            (Some(StateWord::new(Tone::Bad, frame.t("runs-not-verified"))), frame.t("runs-not-verified-line"))
        }
        Some(End::Filed { files, not_begun }) => {
            let kept = files.iter().filter(|file| file.batch.is_some()).count();
            let (tone, word) = match (kept == files.len(), not_begun) {
                (true, 0) => (Tone::Ok, "jobs-done"),
                (false, 0) if kept == 0 => (Tone::Bad, "jobs-failed"),
                (false, 0) => (Tone::Warn, "jobs-partly"),
                _ => (Tone::Warn, "jobs-stopped"),
            };
            let parts = [
                ("kept", kept.to_string()),
                ("refused", (files.len() - kept).to_string()),
                ("left", not_begun.to_string()),
            ];
            (Some(StateWord::new(tone, frame.t(word))), frame.tn("jobs-files", &parts))
        }
        Some(End::Done(_)) => (Some(StateWord::new(Tone::Ok, frame.t("jobs-done"))), String::new()),
    };
    let runs = end.is_none();
    Progress {
        id: "job".to_owned(),
        title: job.words.title.clone(),
        done: rows,
        total: None,
        doing,
        poll: runs.then(|| frame.at(&job.path())),
        cancel: (runs && !is_stopping).then(|| frame.at(&format!("{}/cancel", job.path()))),
        if_cancelled: job.words.if_cancelled.clone(),
        ended,
    }
}

/// `POST /jobs/{id}/cancel`.
pub async fn cancel(State(app): State<App>, frame: Frame, Path(id): Path<String>) -> Result<Response, AppError> {
    let job = find(&app, &frame, &id).await?;
    job.cancel.store(true, Ordering::Relaxed);
    if !job.words.is_orderly
        && let Some(task) = job.abort.lock().unwrap_or_else(PoisonError::into_inner).as_ref()
    {
        task.abort();
    }
    Ok(room::see_other(&frame, &job.path()))
}
