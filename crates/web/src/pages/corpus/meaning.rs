//! `/corpus/meaning` 词义: whether the meaning of words was learnt from the corpus, having it learnt, and forgetting it.

use std::sync::{Arc, atomic::Ordering};

use askama::Template;
use axum::{extract::State, response::Response};
use corpus::{Corpus, Learnt};
use domain::accounts::Permission;

use super::{absent, ask};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    hx,
    pages::{
        jobs::{self, End, Words},
        room::{self, Room},
    },
    pieces::Link,
};

pub(super) const PATH: &str = "/corpus/meaning";

#[derive(Template)]
#[template(path = "corpus/meaning.html")]
struct MeaningPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    /// What was learnt, each with what it is of; empty where nothing was.
    facts: Vec<(String, String)>,
    may_change: bool,
}

/// `GET /corpus/meaning`.
pub async fn page(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    let mut room = Room::new(frame.t("corpus-meaning"), frame.t("corpus-meaning-line"))
        .below(&frame, &[("corpus-title", super::PATH), ("corpus-tab-like", "/corpus/like")]);
    let learnt = ask(&app, |corpus| corpus.map(Corpus::learnt).transpose()).await?;
    if learnt.is_none() {
        room.notice = Some(absent(&frame));
    }
    let facts = learnt.clone().flatten().map(|learnt| facts(&frame, &learnt)).unwrap_or_default();
    let may_change = learnt.is_some() && frame.may(Permission::ChangeRegistry);
    hx::page(MeaningPage { frame: &frame, room: &room, facts, may_change })
}

fn facts(frame: &Frame, learnt: &Learnt) -> Vec<(String, String)> {
    vec![
        (frame.t("corpus-meaning-documents"), format::count(learnt.documents)),
        (frame.t("corpus-meaning-words"), format::count(learnt.words)),
        (frame.t("corpus-meaning-snapshot"), frame.t1("corpus-snapshot", "number", learnt.snapshot)),
    ]
}

/// `POST /corpus/meaning/learn`: learns beside the pages, and then leads back here.
pub async fn learn(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    let corpus = ask(&app, |corpus| Ok(corpus.cloned())).await?;
    let corpus = corpus.ok_or_else(|| AppError::NotFound(frame.t("corpus-none-todo")))?;
    let words = Words {
        title: frame.t("corpus-meaning-learning"),
        if_cancelled: frame.t("corpus-meaning-if-cancelled"),
        back: Link::new(frame.t("corpus-meaning"), frame.at(PATH)),
        is_orderly: true,
    };
    let (app_of_job, told_to) = (app.clone(), frame.clone());
    let work = move |job: Arc<jobs::Job>| async move {
        let (app, frame) = (app_of_job, told_to);
        let (words, learning_job) = (frame.clone(), Arc::clone(&job));
        let learning = tokio::task::spawn_blocking(move || {
            corpus.learn(&mut |done, steps| {
                let parts = [("done", (done + 1).to_string()), ("steps", steps.to_string())];
                learning_job.tell(&words.tn("corpus-meaning-step", parts));
                !learning_job.cancel.load(Ordering::Relaxed)
            })
        });
        let learnt = match learning.await {
            Ok(Ok(Some(learnt))) => learnt,
            Ok(Ok(None)) => return End::Stopped,
            Ok(Err(cause)) => return jobs::failed(&frame, cause),
            Err(cause) => return jobs::failed(&frame, AppError::internal(cause)),
        };
        let detail = serde_json::json!(learnt);
        match room::record(&app, &frame, "corpus.learn", &frame.t("corpus-meaning"), &detail).await {
            Ok(()) => End::Done(PATH.to_owned()),
            Err(cause) => jobs::failed(&frame, cause),
        }
    };
    let job = jobs::start(&app, &frame, words, work).await?;
    Ok(room::see_other(&frame, &job.path()))
}

/// `POST /corpus/meaning/forget`: documents are ranked by words alone again.
pub async fn forget(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    let forgotten = ask(&app, |corpus| corpus.map(Corpus::forget).transpose()).await?;
    if forgotten == Some(true) {
        let detail = serde_json::json!({});
        room::record(&app, &frame, "corpus.forget", &frame.t("corpus-meaning"), &detail).await?;
    }
    Ok(room::see_other(&frame, PATH))
}
