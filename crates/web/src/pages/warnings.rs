//! `/warnings` 预警 (C3.5.2.2): what the visitor's watches have told, one page each with its documents and its handling, and
//! a digest to print.

mod digest;
mod one;
mod watches;

use std::sync::Arc;

use axum::{extract::State, http::Uri, response::Response};
use corpus::Corpus;
use domain::warnings::{self, Kind as Looks, Level, Stage, Warning};

pub use self::{
    digest::page as digest,
    one::{handle, page as one},
    watches::{page as watches, remove, restore, set},
};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, Listing},
    pages::{
        corpus::{ask, baskets::account},
        jobs::{self, End, Words},
        room::{self, Room},
    },
    pieces::{Link, State as StateWord, Tone},
};

pub(crate) const PATH: &str = "/warnings";
const WATCHES: &str = "/warnings/watches";
const DIGEST: &str = "/warnings/digest";

/// `GET /warnings`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, said) = room::wishes(&uri);
    let rows = sorted(warnings::all(app.db(), Some(account(&frame)?)).await?);
    let listing = listing(&frame);
    let room = head(&frame, PATH).with(room::said(&frame, &said));
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

/// Those that wait first, then the gravest, then the latest.
fn sorted(mut warnings: Vec<Warning>) -> Vec<Warning> {
    warnings.sort_by_key(|one| (one.stage, std::cmp::Reverse(one.level), std::cmp::Reverse(one.id)));
    warnings
}

fn listing(frame: &Frame) -> Listing<'_, Warning> {
    let choices = |pairs: Vec<(&'static str, &'static str)>| -> Vec<Choice> {
        pairs.into_iter().map(|(key, zh)| Choice::new(key, frame.said(zh))).collect()
    };
    let levels = choices(Level::ALL.map(|one| (one.key(), one.zh())).into());
    let stages = choices(Stage::ALL.map(|one| (one.key(), one.zh())).into());
    let kinds = choices(Looks::ALL.map(|one| (one.key(), one.zh())).into());
    let caption =
        frame.tn("rights-list-of", [("name", frame.t("warnings-title")), ("date", frame.business_date.to_string())]);
    Listing::new(frame, "warnings", PATH, caption)
        .column("reason", frame.t("warnings-reason"), Kind::Text, |one: &Warning| {
            Cell::text(frame.said(&one.reason)).link(frame.at(&path(one.id)))
        })
        .column("level", frame.t("warnings-level"), Kind::Text, |one| {
            Cell::state(level(frame, one.level), rank(one.level))
        })
        .column("stage", frame.t("warnings-stage"), Kind::Text, |one| {
            Cell::state(stage(frame, one.stage), one.stage as i64)
        })
        .column("kind", frame.t("warnings-kind"), Kind::Text, |one| Cell::text(frame.said(one.kind.zh())))
        .column("watch", frame.t("warnings-watch"), Kind::Text, |one| Cell::text(one.watch.clone()))
        .column("documents", frame.t("warnings-documents"), Kind::Number, |one| {
            Cell::number(i64::try_from(one.documents.len()).unwrap_or(i64::MAX))
        })
        .column("told", frame.t("warnings-told"), Kind::Date, |one| Cell::date(Some(one.told_on)))
        .filter("level", frame.t("warnings-level"), levels, |one, key| one.level.key() == key)
        .filter("stage", frame.t("warnings-stage"), stages, |one, key| one.stage.key() == key)
        .filter("kind", frame.t("warnings-kind"), kinds, |one, key| one.kind.key() == key)
        .search(frame.t("warnings-search"), |one| {
            let words: Vec<&str> = one.documents.iter().map(|document| document.words.as_str()).collect();
            format!("{} {} {}", one.reason, one.watch, words.join(" "))
        })
        .when_empty(frame.t("warnings-none"), frame.t("warnings-none-todo"))
}

fn rank(level: Level) -> i64 {
    Level::ALL.iter().position(|one| *one == level).map_or(0, |place| place as i64)
}

fn level(frame: &Frame, level: Level) -> StateWord {
    let tone = match level {
        Level::Major => Tone::Bad,
        Level::Notable => Tone::Warn,
        Level::Ordinary => Tone::Plain,
    };
    StateWord::new(tone, frame.said(level.zh()))
}

fn stage(frame: &Frame, stage: Stage) -> StateWord {
    let tone = match stage {
        Stage::Open => Tone::Unknown,
        Stage::Handling => Tone::Plain,
        Stage::Closed => Tone::Ok,
    };
    StateWord::new(tone, frame.said(stage.zh()))
}

fn path(id: i64) -> String {
    format!("{PATH}/{id}")
}

/// The head of a page of this room, with its neighbours.
fn head(frame: &Frame, path: &str) -> Room {
    const TABS: [(&str, &str); 3] =
        [("warnings-title", PATH), ("warnings-tab-watches", WATCHES), ("warnings-tab-digest", DIGEST)];
    Room::new(frame.t("warnings-title"), frame.t("warnings-line")).among(frame, "warnings-title", path, TABS)
}

/// The present corpus; none where there is none.
pub(crate) async fn present(app: &App) -> Result<Option<Corpus>, AppError> {
    ask(app, |corpus| Ok(corpus.cloned())).await
}

/// `POST /warnings/run`: runs the visitor's watches beside the pages.
pub async fn run(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    let visitor = account(&frame)?.clone();
    let Some(corpus) = present(&app).await? else { return Err(AppError::Invalid(frame.t("corpus-none"))) };
    let words = Words {
        title: frame.t("warnings-running"),
        if_cancelled: frame.t("warnings-if-cancelled"),
        back: Link::new(frame.t("warnings-title"), frame.at(PATH)),
        is_orderly: false,
    };
    let (done_by, told) = (app.clone(), frame.clone());
    let work = move |_: Arc<jobs::Job>| async move {
        let ran = warnings::run(&done_by.installation, &corpus, Some(&visitor), &visitor.login, done_by.now()).await;
        match ran {
            Ok(ran) if ran.failed.is_empty() => End::Done(format!("{PATH}?done=ran&count={}", ran.told + ran.raised)),
            Ok(ran) => End::Failed(told.tn(
                "warnings-run-failed",
                [("count", format::count(ran.told + ran.raised)), ("why", told.said(&ran.failed.join("；")))],
            )),
            Err(cause) => jobs::failed(&told, cause),
        }
    };
    let job = jobs::start(&app, &frame, words, work).await?;
    Ok(room::see_other(&frame, &job.path()))
}

/// Runs everybody's watches after an intake; what fails is left to the next run.
pub(crate) async fn after_intake(app: &App, by: &str) {
    let ran = match present(app).await {
        Ok(Some(corpus)) => {
            warnings::run(&app.installation, &corpus, None, by, app.now()).await.map_err(AppError::from)
        }
        Ok(None) => return,
        Err(cause) => Err(cause),
    };
    match ran {
        Ok(ran) => ran.failed.iter().for_each(|why| tracing::warn!(%why, "a watch could not run")),
        Err(cause) => tracing::warn!(%cause, "the watches could not run after the intake"),
    }
}
