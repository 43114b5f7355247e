//! `/warnings/digest` 预警汇编: what is not closed, the gravest first, with its documents and the last step, to be printed.

use askama::Template;
use axum::{extract::State, response::Response};
use domain::warnings::{self, Level, Stage, Warning};

use super::{
    DIGEST, head, level,
    one::{documents, event},
    path, sorted, stage,
};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    hx,
    pages::{corpus::baskets::account, room::Room},
    pieces::{Event, Link, State as StateWord},
};

#[derive(Template)]
#[template(path = "warnings/digest.html")]
struct DigestPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    stages: Vec<String>,
    counts: Vec<(StateWord, Vec<Link>)>,
    open: Vec<Item>,
}

/// A warning that is not closed.
struct Item {
    link: Link,
    level: StateWord,
    stage: StateWord,
    watch: String,
    told_on: String,
    documents: Vec<Link>,
    last: Option<Event>,
}

/// `GET /warnings/digest`.
pub async fn page(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    let all = sorted(warnings::all(app.db(), Some(account(&frame)?)).await?);
    let count = |level: Level, stage: Stage| {
        let count = all.iter().filter(|one| one.level == level && one.stage == stage).count();
        let href = format!("{}?level={}&stage={}", super::PATH, level.key(), stage.key());
        Link::new(format::count(count), if count > 0 { frame.at(&href) } else { String::new() })
    };
    let counts = Level::ALL.map(|one| (level(&frame, one), Stage::ALL.map(|stage| count(one, stage)).into())).into();
    let mut waiting: Vec<&Warning> = all.iter().filter(|one| one.stage != Stage::Closed).collect();
    waiting.sort_by_key(|one| std::cmp::Reverse(one.level));
    let item = |one: &Warning| Item {
        link: Link::new(frame.said(&one.reason), frame.at(&path(one.id))),
        level: level(&frame, one.level),
        stage: stage(&frame, one.stage),
        watch: one.watch.clone(),
        told_on: one.told_on.to_string(),
        documents: documents(&frame, one),
        last: one.last.as_ref().map(|step| event(&frame, step)),
    };
    let open = waiting.into_iter().map(item).collect();
    let mut room = head(&frame, DIGEST);
    room.title = frame.t("warnings-tab-digest");
    room.line = frame.t1("warnings-digest-line", "date", frame.today());
    let stages = Stage::ALL.map(|stage| frame.said(stage.zh())).into();
    hx::page(DigestPage { frame: &frame, room: &room, stages, counts, open })
}
