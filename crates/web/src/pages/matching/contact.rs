//! `/matching/{id}/contact/{key}`: the first contact with the owner of a patent.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use domain::matching::{self, NewStep, Stage};

use super::{DEALS, PATH, day, path};
use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind},
    frame::Frame,
    hx,
    pages::{
        corpus::{baskets::account, hits},
        room::{self, Room, Sent},
        warnings::present,
    },
    pieces::Link,
};

#[derive(Template)]
#[template(path = "matching/contact.html")]
struct ContactPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    document: Link,
    facts: Vec<(String, String)>,
    fields: Vec<Field>,
    action: String,
}

/// `GET /matching/{id}/contact/{key}`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    Path((id, key)): Path<(i64, String)>,
) -> Result<Response, AppError> {
    let sent = Sent(vec![("on".into(), frame.business_date.to_string())]);
    respond(&app, &frame, (id, &key), &sent, &Errors::default()).await
}

async fn respond(
    app: &App,
    frame: &Frame,
    (id, key): (i64, &str),
    sent: &Sent,
    errors: &Errors,
) -> Result<Response, AppError> {
    let demand = matching::demand(app.db(), account(frame)?, id).await?;
    let candidate = candidate(app, frame, key).await?;
    let mut room = Room::new(frame.t("matching-contact"), frame.t1("matching-of-firm", "firm", &demand.firm))
        .below(frame, &[("matching-title", PATH)])
        .wrong(!errors.is_empty());
    room.crumbs.push(Link::new(demand.asked.title, frame.at(&path(id))));
    let page = ContactPage {
        frame,
        room: &room,
        errors,
        facts: vec![
            (frame.t("matching-source"), candidate.source),
            (frame.t("matching-place"), candidate.source_place),
        ],
        document: Link::new(candidate.title, frame.at(&hits::path(&candidate.document_key))),
        fields: step_fields(frame, sent, errors),
        action: frame.at(&format!("{}/contact/{}", path(id), crate::format::encode(key))),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

async fn candidate(app: &App, frame: &Frame, key: &str) -> Result<matching::Candidate, AppError> {
    let Some(corpus) = present(app).await? else { return Err(AppError::NotFound(frame.t("corpus-none"))) };
    Ok(matching::Candidate::of(corpus.document(key)?))
}

/// The fields of every step.
pub(super) fn step_fields(frame: &Frame, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let field = |name: &str, key: &str, kind| Field::of(name, frame.t(key), kind, sent.get(name), errors);
    vec![
        field("on", "matching-on", Kind::Date),
        field("counterpart", "matching-counterpart", Kind::Text).hint(frame.t("matching-counterpart-hint")).optional(),
        field("note", "matching-note", Kind::Lines).hint(frame.t("matching-note-hint")),
    ]
}

/// The step that a form tells.
pub(super) fn step(frame: &Frame, stage: Stage, sent: &Sent, errors: &mut Errors) -> Option<NewStep> {
    let on = day(frame, sent, "on", errors)?;
    Some(NewStep { stage, on, counterpart: sent.get("counterpart").into(), note: sent.get("note").into() })
}

/// `POST /matching/{id}/contact/{key}`.
pub async fn begin(
    State(app): State<App>,
    frame: Frame,
    Path((id, key)): Path<(i64, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    if let Some(first) = step(&frame, Stage::Contact, &sent, &mut errors) {
        let candidate = candidate(&app, &frame, &key).await?;
        let (visitor, today) = (account(&frame)?, app.business_date());
        match matching::contact(app.db(), visitor, id, &candidate, &first, today, app.now()).await {
            Ok(deal) => return Ok(room::see_other(&frame, &format!("{DEALS}/{deal}"))),
            Err(domain::Error::Invalid(why) | domain::Error::Conflict(why)) => errors.add("note", frame.said(&why)),
            Err(other) => return Err(other.into()),
        }
    }
    respond(&app, &frame, (id, &key), &sent, &errors).await
}
