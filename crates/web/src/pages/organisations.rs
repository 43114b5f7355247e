//! `/organisations` 组织: the tree that accounts belong to; what registers tell of is shown, the rest is kept by the administrator.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::organisations::{self, Kind, New, Organisation};

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind as Column, Listing},
    pages::{
        cases::forms::refusal,
        registry::{entries::EntryForm, who},
        room::{self, Room, Sent, Visit},
    },
    pieces::{State as StateWord, Tone},
};

const PATH: &str = "/organisations";

#[derive(Template)]
#[template(path = "organisation.html")]
struct OrganisationPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    state: StateWord,
    facts: Vec<(String, String)>,
    form: EntryForm,
    path: String,
    is_disabled: bool,
}

/// `GET /organisations`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    respond(&app, &frame, hx, &Visit::of(&uri)).await
}

async fn respond(app: &App, frame: &Frame, hx: Hx, visit: &Visit) -> Result<Response, AppError> {
    let all = organisations::all(app.db(), app.now()).await?;
    let room = Room::new(frame.t("organisations-title"), frame.t("organisations-line"));
    let form = Some(adding(frame, &all, &visit.sent, &visit.errors));
    room::listed_with(hx, frame, room, (&listing(frame), &all), visit, form)
}

fn listing(frame: &Frame) -> Listing<'_, Organisation> {
    let kinds = Kind::ALL.into_iter().map(|kind| Choice::new(kind.key(), frame.said(kind.zh()))).collect();
    Listing::new(frame, "organisations", PATH, frame.t("organisations-title"))
        .column("name", frame.t("organisations-name"), Column::Text, |one: &Organisation| {
            let cell = Cell::text(one.name.clone());
            one.id.map_or(cell.clone(), |id| cell.link(frame.at(&path(id))))
        })
        .column("kind", frame.t("organisations-kind"), Column::Text, |one| Cell::text(frame.said(one.kind.zh())))
        .column("parent", frame.t("organisations-parent"), Column::Text, |one| Cell::text(one.parent.clone()))
        .column("code", frame.t("organisations-code"), Column::Code, |one| Cell::code(one.code.clone()))
        .column("state", frame.t("accounts-state"), Column::Text, |one| Cell::state(state(frame, one), 0))
        .filter("kind", frame.t("organisations-kind"), kinds, |one, key| one.kind.key() == key)
        .search(frame.t("organisations-search"), |one| format!("{} {} {}", one.name, one.code, one.parent))
}

fn path(id: i64) -> String {
    format!("{PATH}/{id}")
}

fn state(frame: &Frame, one: &Organisation) -> StateWord {
    match (one.id, &one.disabled_at) {
        (None, _) => StateWord::new(Tone::Plain, frame.t("organisations-registered")),
        (Some(_), None) => StateWord::new(Tone::Ok, frame.t("accounts-open")),
        (Some(_), Some(_)) => StateWord::new(Tone::Bad, frame.t("accounts-disabled")),
    }
}

fn adding(frame: &Frame, all: &[Organisation], sent: &Sent, errors: &Errors) -> EntryForm {
    let kinds = Kind::ALL.into_iter().filter(|kind| kind.register().is_none());
    let kinds = kinds.map(|kind| Choice::new(kind.key(), frame.said(kind.zh()))).collect();
    let above = all.iter().filter(|one| one.disabled_at.is_none());
    let above = above.filter_map(|one| Some(Choice::new(one.id?.to_string(), one.name.clone())));
    let above = [Choice::new("", frame.t("organisations-below-city"))].into_iter().chain(above).collect();
    let kind = if sent.get("kind").is_empty() { Kind::Department.key() } else { sent.get("kind") };
    EntryForm {
        title: frame.t("organisations-new"),
        action: frame.at(&format!("{PATH}/add")),
        fields: vec![
            Field::of("name", frame.t("organisations-name"), FieldKind::Text, sent.get("name"), errors),
            Field::of("kind", frame.t("organisations-kind"), FieldKind::Select(kinds), kind, errors)
                .hint(frame.t("organisations-kind-hint")),
            Field::of("code", frame.t("organisations-uscc"), FieldKind::Text, sent.get("code"), errors).optional(),
            Field::of("parent", frame.t("organisations-parent"), FieldKind::Select(above), sent.get("parent"), errors)
                .optional(),
        ],
        button: frame.t("organisations-new-do"),
    }
}

/// `POST /organisations/add`.
pub async fn add(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let kind = Kind::of_key(sent.get("kind")).ok_or_else(|| AppError::Invalid(frame.t("organisations-no-kind")))?;
    let new = New {
        kind,
        name: sent.get("name").to_owned(),
        code: sent.get("code").to_owned(),
        parent: sent.get("parent").parse().ok(),
    };
    match organisations::add(app.db(), &new, &who(&frame), app.now()).await {
        Ok(_) => Ok(room::see_other(&frame, &format!("{PATH}?done=kept"))),
        Err(error) => {
            let mut errors = Errors::default();
            refusal(&frame, &mut errors, "name", error)?;
            respond(&app, &frame, Hx::default(), &Visit::again(sent, errors)).await
        }
    }
}

/// `GET /organisations/{id}`: one that is kept here.
pub async fn one(State(app): State<App>, frame: Frame, Path(id): Path<i64>, uri: Uri) -> Result<Response, AppError> {
    let (_, words) = room::wishes(&uri);
    let one = organisations::find(app.db(), id).await?;
    let errors = Errors::default();
    let room = head_of(&frame, &one).with(room::said(&frame, &words));
    hx::page(shown(&frame, &one, id, &one.name, &errors, &room))
}

fn head_of(frame: &Frame, one: &Organisation) -> Room {
    Room::new(one.name.clone(), String::new()).below(frame, &[("organisations-title", PATH)])
}

fn shown<'a>(
    frame: &'a Frame,
    one: &Organisation,
    id: i64,
    name: &str,
    errors: &'a Errors,
    room: &'a Room,
) -> OrganisationPage<'a> {
    let path = frame.at(&path(id));
    let mut facts = vec![(frame.t("organisations-kind"), frame.said(one.kind.zh()))];
    for (key, value) in [("organisations-parent", &one.parent), ("organisations-uscc", &one.code)] {
        if !value.is_empty() {
            facts.push((frame.t(key), value.clone()));
        }
    }
    OrganisationPage {
        frame,
        room,
        errors,
        state: state(frame, one),
        facts,
        form: EntryForm {
            title: frame.t("organisations-rename"),
            action: format!("{path}/rename"),
            fields: vec![Field::of("name", frame.t("organisations-name"), FieldKind::Text, name, errors)],
            button: frame.t("accounts-amend-do"),
        },
        is_disabled: one.disabled_at.is_some(),
        path,
    }
}

/// `POST /organisations/{id}/rename`.
pub async fn rename(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    match organisations::rename(app.db(), id, sent.get("name"), &who(&frame), app.now()).await {
        Ok(()) => Ok(room::see_other(&frame, &format!("{}?done=kept", path(id)))),
        Err(error) => {
            let mut errors = Errors::default();
            refusal(&frame, &mut errors, "name", error)?;
            let one = organisations::find(app.db(), id).await?;
            let room = head_of(&frame, &one).wrong(true);
            hx::refused(shown(&frame, &one, id, sent.get("name"), &errors, &room))
        }
    }
}

/// `POST /organisations/{id}/disable`.
pub async fn disable(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    organisations::disable(app.db(), id, &who(&frame), app.now()).await?;
    Ok(room::see_other(&frame, &format!("{}?done=kept", path(id))))
}

/// `POST /organisations/{id}/enable`.
pub async fn enable(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    organisations::enable(app.db(), id, &who(&frame), app.now()).await?;
    Ok(room::see_other(&frame, &format!("{}?done=kept", path(id))))
}
