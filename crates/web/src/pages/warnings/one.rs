//! `/warnings/{id}`: one warning with the rule of its level, the documents it rests on, and its handling step by step.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use domain::warnings::{self, Stage, Step, Warning};

use super::{PATH, level, path, stage};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx,
    pages::{
        corpus::{baskets::account, hits},
        room::{self, Room, Sent},
    },
    pieces::{Event, Link, Moment, State as StateWord},
};

#[derive(Template)]
#[template(path = "warnings/one.html")]
struct WarningPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    reason: String,
    level: StateWord,
    stage: StateWord,
    rules: Vec<(StateWord, String)>,
    facts: Vec<(String, String)>,
    documents: Vec<Link>,
    steps: Vec<Event>,
    fields: Vec<Field>,
    action: String,
}

/// `GET /warnings/{id}`.
pub async fn page(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    respond(&app, &frame, id, &Sent::default(), &Errors::default()).await
}

async fn respond(app: &App, frame: &Frame, id: i64, sent: &Sent, errors: &Errors) -> Result<Response, AppError> {
    let (warning, steps) = warnings::find(app.db(), account(frame)?, id).await?;
    let mut room = Room::new(frame.said(warning.kind.zh()), frame.t1("warnings-of-watch", "name", &warning.watch))
        .wrong(!errors.is_empty());
    room.crumbs = vec![Link::new(frame.t("warnings-title"), frame.at(PATH))];
    let rules = warning.kind.rule();
    let basis = rules.iter().find(|(one, _)| *one == warning.level).map_or("", |(_, words)| words);
    let page = WarningPage {
        frame,
        room: &room,
        errors,
        reason: frame.said(&warning.reason),
        level: level(frame, warning.level),
        stage: stage(frame, warning.stage),
        rules: rules.map(|(one, words)| (level(frame, one), frame.said(words))).into(),
        facts: vec![
            (frame.t("warnings-basis"), frame.said(basis)),
            (frame.t("warnings-told"), frame.date(warning.told_on)),
        ],
        documents: documents(frame, &warning),
        steps: steps.iter().rev().map(|step| event(frame, step)).collect(),
        fields: fields(frame, warning.stage, sent, errors),
        action: frame.at(&format!("{}/handle", path(id))),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

pub(super) fn documents(frame: &Frame, warning: &Warning) -> Vec<Link> {
    warning.documents.iter().map(|one| Link::new(one.words.clone(), frame.at(&hits::path(&one.key)))).collect()
}

pub(super) fn event(frame: &Frame, step: &Step) -> Event {
    let when = step.at.parse().map_or_else(|_| step.at.clone(), format::instant);
    Event {
        moment: Moment::Past,
        date: when,
        what: frame.tn("warnings-step", [("stage", frame.said(step.stage.zh())), ("by", step.by.clone())]),
        detail: Some(frame.said(&step.note)),
        source: None,
    }
}

fn fields(frame: &Frame, now: Stage, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let next: Vec<Choice> = Stage::ALL
        .into_iter()
        .filter(|next| now.may_become(*next))
        .map(|next| Choice::new(next.key(), frame.t(&format!("warnings-do-{}", next.key()))))
        .collect();
    let chosen = match sent.get("stage") {
        "" => next.first().map(|choice| choice.value.clone()).unwrap_or_default(),
        typed => typed.to_owned(),
    };
    vec![
        Field::of("stage", frame.t("warnings-next"), FieldKind::Radios(next), &chosen, errors),
        Field::of("note", frame.t("warnings-note"), FieldKind::Lines, sent.get("note"), errors)
            .hint(frame.t("warnings-note-hint")),
    ]
}

/// `POST /warnings/{id}/handle`.
pub async fn handle(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let Some(stage) = Stage::of_key(sent.get("stage")) else {
        errors.add("stage", frame.t("warnings-next-missing"));
        return respond(&app, &frame, id, &sent, &errors).await;
    };
    match warnings::handle(app.db(), account(&frame)?, id, stage, sent.get("note"), app.now()).await {
        Ok(()) => Ok(room::see_other(&frame, &path(id))),
        Err(domain::Error::Invalid(why)) => {
            errors.add("note", frame.said(&why));
            respond(&app, &frame, id, &sent, &errors).await
        }
        Err(domain::Error::Conflict(why)) => {
            errors.add("stage", frame.said(&why));
            respond(&app, &frame, id, &sent, &errors).await
        }
        Err(other) => Err(other.into()),
    }
}
