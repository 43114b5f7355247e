//! `/messages/wordings` 消息模板: how each kind of message is worded, with a preview.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::messages::{self, Kind as About, Wording};

use super::{WORDINGS, head};
use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx,
    pages::{
        cases::forms::refusal,
        corpus::baskets::account,
        room::{self, Room, Sent},
    },
    pieces::Link,
};

#[derive(Template)]
#[template(path = "messages/wordings.html")]
struct WordingsPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    kinds: Vec<(Link, String)>,
}

#[derive(Template)]
#[template(path = "messages/wording.html")]
struct WordingPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    fields: Vec<Field>,
    action: String,
    /// What it would say, with invented values.
    preview: Option<(String, Vec<String>)>,
}

fn kind(key: &str) -> Result<About, AppError> {
    About::of_key(key).ok_or_else(|| domain::Error::NotFound { what: "消息模板", id: key.to_owned() }.into())
}

fn path(kind: About) -> String {
    format!("{WORDINGS}/{}", kind.key())
}

/// `GET /messages/wordings`.
pub async fn page(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    let mut kinds = Vec::with_capacity(About::ALL.len());
    for kind in About::ALL {
        let subject = messages::wording(app.db(), kind).await?.subject;
        kinds.push((Link::new(frame.said(kind.zh()), frame.at(&path(kind))), subject));
    }
    let mut room = head(&frame, WORDINGS);
    room.title = frame.t("wordings-title");
    room.line = frame.t("wordings-line");
    hx::page(WordingsPage { frame: &frame, room: &room, kinds })
}

/// `GET /messages/wordings/{kind}`.
pub async fn one(
    State(app): State<App>,
    frame: Frame,
    Path(key): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let kind = kind(&key)?;
    let wording = messages::wording(app.db(), kind).await?;
    let room = room_of(&frame, kind).with(room::said(&frame, &room::wishes(&uri).1));
    shown(&frame, &room, kind, &wording, &Errors::default())
}

fn room_of(frame: &Frame, kind: About) -> Room {
    Room::new(frame.said(kind.zh()), frame.t("wordings-line"))
        .below(frame, &[("messages-title", super::PATH), ("wordings-title", WORDINGS)])
}

fn shown(frame: &Frame, room: &Room, kind: About, wording: &Wording, errors: &Errors) -> Result<Response, AppError> {
    let places: Vec<String> = kind.places().iter().map(|place| format!("{{{place}}}")).collect();
    let fields = vec![
        Field::of("subject", frame.t("wordings-subject"), FieldKind::Text, &wording.subject, errors).optional(),
        Field::of("body", frame.t("wordings-body"), FieldKind::Lines, &wording.body, errors)
            .hint(frame.t1("letters-hint", "places", places.join(" ")))
            .optional(),
    ];
    let preview = messages::preview(kind, wording).ok();
    let preview = preview.map(|said| (said.subject, said.body.lines().map(str::to_owned).collect()));
    let page = WordingPage { frame, room, errors, fields, action: frame.at(&path(kind)), preview };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn typed(sent: &Sent) -> Wording {
    Wording { subject: sent.get("subject").to_owned(), body: sent.get("body").to_owned() }
}

/// `POST /messages/wordings/{kind}`.
pub async fn keep(
    State(app): State<App>,
    frame: Frame,
    Path(key): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let (kind, wording) = (kind(&key)?, typed(&sent));
    let Err(error) = messages::keep_wording(app.db(), account(&frame)?, kind, &wording, app.now()).await else {
        return Ok(room::see_other(&frame, &format!("{}?done=wording-kept", path(kind))));
    };
    refused(&frame, kind, &wording, error)
}

/// `POST /messages/wordings/{kind}/preview`: shows what was typed, and keeps nothing.
pub async fn preview(frame: Frame, Path(key): Path<String>, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let (kind, wording) = (kind(&key)?, typed(&sent));
    match messages::preview(kind, &wording) {
        Ok(_) => shown(&frame, &room_of(&frame, kind), kind, &wording, &Errors::default()),
        Err(error) => refused(&frame, kind, &wording, error),
    }
}

fn refused(frame: &Frame, kind: About, wording: &Wording, error: domain::Error) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    refusal(frame, &mut errors, "body", error)?;
    shown(frame, &room_of(frame, kind).wrong(true), kind, wording, &errors)
}
