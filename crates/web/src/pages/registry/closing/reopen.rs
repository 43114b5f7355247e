//! `/registers/closing/reopen` 撤回月结: what taking a closing back means, and taking it back with a reason.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    response::Response,
};
use domain::closing;
use serde::Deserialize;

use super::PATH;
use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx,
    pages::{
        cases::{forms::refusal, people::People},
        corpus::baskets::account,
        room::{self, Room, Sent},
    },
};

#[derive(Template)]
#[template(path = "registry/reopen.html")]
struct ReopenPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    /// Why it cannot be taken back now.
    kept: Option<String>,
    month: String,
    reason: Field,
    action: String,
    back: String,
}

/// The month that is meant.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    month: String,
}

/// `GET /registers/closing/reopen`.
pub async fn page(State(app): State<App>, frame: Frame, Query(wanted): Query<Wanted>) -> Result<Response, AppError> {
    respond(&app, &frame, &wanted.month, &Sent::default(), &Errors::default()).await
}

async fn respond(app: &App, frame: &Frame, month: &str, sent: &Sent, errors: &Errors) -> Result<Response, AppError> {
    let closed = closing::list(&app.installation).await?;
    let Some(found) = closed.into_iter().find(|one| one.month == month) else {
        return Err(AppError::NotFound(frame.t1("reg-reopen-not-closed", "month", month)));
    };
    let who = People::read(app).await?.name(frame, &found.closed_by);
    let words = [("date", found.as_of.to_string()), ("at", format::instant(found.closed_at)), ("who", who)];
    let room = Room::new(frame.t1("reg-reopen-title", "month", month), frame.tn("reg-reopen-line", &words))
        .below(frame, &[("nav-registers", "/registers"), ("reg-closing", PATH)])
        .wrong(!errors.is_empty());
    let page = ReopenPage {
        frame,
        room: &room,
        errors,
        kept: closing::why_kept(&app.installation, &found).await?.map(|why| frame.said(&why)),
        month: found.month,
        reason: Field::of("reason", frame.t("reg-reason"), FieldKind::Text, sent.get("reason"), errors)
            .hint(frame.t("reg-reason-hint")),
        action: frame.at("/registers/closing/reopen"),
        back: frame.at(PATH),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// `POST /registers/closing/reopen`.
pub async fn reopen(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let (month, reason) = (sent.get("month"), sent.get("reason"));
    match closing::reopen(&app.installation, account(&frame)?, month, reason, app.now()).await {
        Ok(taken) => Ok(room::see_other(&frame, &format!("{PATH}?done=reopened&month={}", taken.closing.month))),
        Err(error) => {
            let mut errors = Errors::default();
            refusal(&frame, &mut errors, "reason", error)?;
            respond(&app, &frame, month, &sent, &errors).await
        }
    }
}
