//! `/jobs/{id}`: a long task (导入、测算、核对) that runs beside the pages; a reload finds it again.
//!
//! Jobs live in memory only: what they leave behind is in the database or is nothing at all.

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
    extract::Path,
    http::HeaderValue,
    response::{IntoResponse, Response},
};
use domain::runs::Verification;
use tokio::task::AbortHandle;

use crate::{
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
#[derive(Clone)]
pub(crate) enum End {
    /// The result is at this path.
    Done(String),
    /// A run was verified.
    Checked(Verification),
    /// It was cancelled.
    Stopped,
    /// It failed; the sentence says why and what to do.
    Failed(String),
}

/// Starts a job for the visitor.
pub(crate) fn start<F: Future<Output = End> + Send + 'static>(
    frame: &Frame,
    words: Words,
    work: impl FnOnce(Arc<Job>) -> F,
) -> Arc<Job> {
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
    {
        let mut jobs = JOBS.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.push_back(Arc::clone(&job));
        while jobs.len() > KEPT_MAX {
            jobs.pop_front();
        }
    }
    let task = tokio::spawn(work(Arc::clone(&job)));
    *job.abort.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
    let watched = Arc::clone(&job);
    let failed = frame.t("jobs-failed-inside");
    tokio::spawn(async move {
        let end = match task.await {
            Ok(end) => end,
            Err(cause) if cause.is_cancelled() => End::Stopped,
            Err(cause) => {
                tracing::error!(%cause, "a job broke down");
                End::Failed(failed)
            }
        };
        *watched.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
    });
    job
}

/// The end of a job that went wrong: the visitor's sentence, or a general one with the cause in the log.
pub(crate) fn failed(frame: &Frame, error: impl Into<AppError>) -> End {
    match error.into() {
        AppError::Internal(cause) => {
            tracing::error!(%cause, "a job failed");
            End::Failed(frame.t("jobs-failed-inside"))
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

fn find(frame: &Frame, id: &str) -> Result<Arc<Job>, AppError> {
    let login = frame.account.as_ref().map_or("", |account| account.login.as_str());
    let jobs = JOBS.lock().unwrap_or_else(PoisonError::into_inner);
    let found = jobs.iter().find(|job| job.id == id && job.by == login);
    found.map(Arc::clone).ok_or_else(|| AppError::NotFound(frame.t("jobs-gone")))
}

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    task: &'a Progress,
    checks: Vec<String>,
    findings: Vec<String>,
    link: Option<&'a Link>,
}

#[derive(Template)]
#[template(path = "job.html", block = "task")]
struct JobBlock<'a> {
    frame: &'a Frame,
    task: &'a Progress,
}

/// `GET /jobs/{id}`.
pub async fn page(frame: Frame, hx: Hx, Path(id): Path<String>) -> Result<Response, AppError> {
    let job = find(&frame, &id)?;
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
    let task = progress(&frame, &job, end.as_ref());
    let mut room = Room::new(job.words.title.clone(), frame.t("jobs-line"));
    room.crumbs = vec![job.words.back.clone()];
    room.refreshes = end.is_none();
    let link = end.is_some().then_some(&job.words.back);
    hx.page(
        JobPage { frame: &frame, room: &room, task: &task, checks, findings, link },
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
        Some(End::Failed(why)) => (Some(StateWord::new(Tone::Bad, frame.t("jobs-failed"))), why.clone()),
        Some(End::Checked(found)) if found.verified => {
            (Some(StateWord::new(Tone::Ok, frame.t("runs-verified"))), frame.t("runs-verified-line"))
        }
        Some(End::Checked(_)) => {
            (Some(StateWord::new(Tone::Bad, frame.t("runs-not-verified"))), frame.t("runs-not-verified-line"))
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
pub async fn cancel(frame: Frame, Path(id): Path<String>) -> Result<Response, AppError> {
    let job = find(&frame, &id)?;
    job.cancel.store(true, Ordering::Relaxed);
    if !job.words.is_orderly
        && let Some(task) = job.abort.lock().unwrap_or_else(PoisonError::into_inner).as_ref()
    {
        task.abort();
    }
    Ok(room::see_other(&frame, &job.path()))
}
