//! `/leave` 请假委托: who does whose work from one day to another.

use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::{self, Permission},
    delegations::{self, Delegation},
};

use super::{
    forms::{self, Act},
    head,
};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, Listing},
    pages::{
        corpus::baskets::account,
        registry::entries::EntryForm,
        room::{self, Around, Sent, Visit},
    },
    pieces::{State as StateWord, Tone},
};

pub(super) const PATH: &str = "/leave";

/// `GET /leave`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    respond(&app, &frame, hx, &Visit::of(&uri)).await
}

async fn respond(app: &App, frame: &Frame, hx: Hx, visit: &Visit) -> Result<Response, AppError> {
    let visitor = account(frame)?;
    let rows = delegations::all(app.db(), visitor).await?;
    let own = |one: &&Delegation| {
        one.is_open(frame.business_date) && [&one.from_login, &one.to_login].contains(&&visitor.login)
    };
    let acts = rows.iter().filter(own).map(|one| {
        let words = [("from", one.from_name.clone()), ("to", one.to_name.clone())];
        let line = frame.tn("leave-days", &[("from", one.from_on.clone()), ("until", one.until_on.clone())]);
        Act::new(frame.at(&format!("{PATH}/{}/end", one.id)), frame.tn("leave-end-do", &words), line)
    });
    let form = Some(form(app, frame, &visit.sent, &visit.errors).await?);
    let around = Around { acts: acts.collect(), form, ..Around::default() };
    room::listed_with(hx, frame, head(frame, PATH), (&listing(frame), &rows), visit, around)
}

fn listing(frame: &Frame) -> Listing<'_, Delegation> {
    let today = frame.business_date;
    let state = move |one: &Delegation| match () {
        () if one.ended_at.is_some() => (Tone::Plain, "leave-ended", 3),
        () if one.holds(today) => (Tone::Ok, "leave-holds", 1),
        () if one.is_open(today) => (Tone::Plain, "leave-coming", 2),
        () => (Tone::Plain, "leave-over", 4),
    };
    Listing::new(frame, "leave", PATH, frame.t("leave-title"))
        .column("from", frame.t("leave-from"), Kind::Text, |one: &Delegation| Cell::text(one.from_name.clone()))
        .column("to", frame.t("leave-to"), Kind::Text, |one| Cell::text(one.to_name.clone()))
        .column("first", frame.t("leave-first"), Kind::Date, |one| Cell::date(one.from_on.parse().ok()))
        .column("last", frame.t("leave-last"), Kind::Date, |one| Cell::date(one.until_on.parse().ok()))
        .column("reason", frame.t("leave-reason"), Kind::Text, |one| Cell::text(one.reason.clone()))
        .column("state", frame.t("cases-state"), Kind::Text, move |one| {
            let (tone, key, rank) = state(one);
            Cell::state(StateWord::new(tone, frame.t(key)), rank)
        })
        .search(frame.t("leave-search"), |one| format!("{} {} {}", one.from_name, one.to_name, one.reason))
        .when_empty(frame.t("leave-none"), frame.t("leave-none-todo"))
}

async fn form(app: &App, frame: &Frame, sent: &Sent, errors: &Errors) -> Result<EntryForm, AppError> {
    let visitor = account(frame)?;
    let all = accounts::all(app.db()).await?;
    let others = all.iter().filter(|one| one.role.may(Permission::HandleCases) && one.id != visitor.id);
    let others = others.map(|one| Choice::new(one.login.clone(), format!("{}（{}）", one.name, one.login))).collect();
    let field = |name: &str, key: &str, kind| Field::of(name, frame.t(key), kind, sent.get(name), errors);
    Ok(EntryForm {
        title: frame.t("leave-name-title"),
        action: frame.at("/leave/name"),
        fields: vec![
            field("to", "leave-to", FieldKind::Select(others)).hint(frame.t("leave-to-hint")),
            field("first", "leave-first", FieldKind::Date),
            field("last", "leave-last", FieldKind::Date),
            field("reason", "leave-reason", FieldKind::Text),
        ],
        button: frame.t("leave-name-do"),
    })
}

/// `POST /leave/name`.
pub async fn name(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let days = ["first", "last"].map(|name| {
        let day = forms::date(&frame, &sent, name, &mut errors);
        if day.is_none() && errors.of(name).is_none() {
            errors.add(name, frame.t("leave-day-missing"));
        }
        day
    });
    if let ([Some(first), Some(last)], true) = (days, errors.is_empty()) {
        let visitor = account(&frame)?;
        let (to, reason) = (sent.get("to"), sent.get("reason"));
        match delegations::name(&app.installation, visitor, to, (first, last), reason, app.now()).await {
            Ok(_) => return Ok(room::see_other(&frame, &format!("{PATH}?done=saved"))),
            Err(error) => forms::refusal(&frame, &mut errors, "to", error)?,
        }
    }
    respond(&app, &frame, Hx::default(), &Visit::again(sent, errors)).await
}

/// `POST /leave/{id}/end`.
pub async fn end(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    delegations::end(app.db(), account(&frame)?, id, app.now()).await?;
    Ok(room::see_other(&frame, &format!("{PATH}?done=saved")))
}
