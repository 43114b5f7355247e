//! `/registers/closing/check`: the figures that would be closed and what follows, before the button that closes them.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    response::Response,
};
use domain::{
    closing::{self, Wish},
    waiting,
};
use serde::Deserialize;

use super::{PATH, is_month_end};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx,
    list::{Cell, Kind, ListQuery, Listing, ListingView},
    pages::{
        cases::forms::refusal,
        cockpit::{
            quantities,
            shown::{self, Shown},
            targets,
        },
        corpus::baskets::account,
        indicators::waiting as remarks,
        room::{self, Room, Sent},
    },
};

#[derive(Template)]
#[template(path = "registry/closing_check.html")]
struct CheckPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    figures: &'a ListingView,
    hidden: String,
    /// The run with everything that it rests on.
    run: String,
    fields: Vec<Field>,
    action: String,
}

/// The run that is looked at.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    run: String,
}

/// `GET /registers/closing/check`.
pub async fn page(State(app): State<App>, frame: Frame, Query(wanted): Query<Wanted>) -> Result<Response, AppError> {
    respond(&app, &frame, &wanted.run, &Sent::default(), &Errors::default()).await
}

async fn respond(app: &App, frame: &Frame, run: &str, sent: &Sent, errors: &Errors) -> Result<Response, AppError> {
    let none = || AppError::NotFound(frame.t("reg-closing-no-run"));
    let shown = shown::shown(app, Some(run).filter(|run| !run.is_empty())).await?.ok_or_else(none)?;
    let waiting = waiting::of_run(&app.installation, &shown.opened).await?;
    let rows: Vec<&rules::evaluation::Indicator> =
        shown.evaluation().indicators.iter().filter(|one| one.target.is_some()).collect();
    let figures = listing(frame, &shown, &waiting).view(&rows, &ListQuery::default().of_size(rows.len().max(1)));
    let as_of = shown.as_of();
    let title = frame.t1("reg-closing-check", "month", as_of.strftime("%Y-%m"));
    let room = Room::new(title, shown.line(frame))
        .below(frame, &[("nav-registers", "/registers"), ("reg-closing", PATH)])
        .wrong(!errors.is_empty());
    let page = CheckPage {
        frame,
        room: &room,
        errors,
        figures: &figures,
        hidden: shown.opened.summary.run.clone(),
        run: frame.at(&format!("/runs/{}", shown.opened.summary.run)),
        fields: fields(app, frame, sent, errors).await?,
        action: if is_month_end(&as_of.to_string()) { frame.at("/registers/closing/close") } else { String::new() },
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// The targets as they would be closed.
fn listing<'a>(
    frame: &'a Frame,
    shown: &'a Shown,
    waiting: &'a waiting::OfRun,
) -> Listing<'a, &'a rules::evaluation::Indicator> {
    Listing::new(frame, "closing-figures", "/registers/closing/check", frame.t("reg-closing-figures"))
        .column("name", frame.t("reg-indicator"), Kind::Text, move |one: &&rules::evaluation::Indicator| {
            Cell::text(format!("{} {}", one.code, frame.said(&one.name)))
        })
        .column("value", frame.t("runs-value"), Kind::Number, move |one| targets::value_cell(frame, one))
        .column("target", frame.t("runs-target"), Kind::Text, move |one| {
            let target = one.target.as_deref();
            Cell::text(target.map_or_else(String::new, |target| quantities::required(one.operator, target)))
        })
        .column("state", frame.t("reg-state"), Kind::Text, move |one| Cell::state(targets::verdict(frame, one.met), 0))
        .column("reason", frame.t("runs-reason"), Kind::Text, move |one| {
            Cell::text(match shown.policy.indicator(&one.code) {
                Some(definition) => remarks::why(frame, waiting, one, definition),
                None => frame.said(&one.why()),
            })
        })
}

async fn fields(app: &App, frame: &Frame, sent: &Sent, errors: &Errors) -> Result<Vec<Field>, AppError> {
    let open = closing::open_rows(&app.installation).await?;
    let mut fields = Vec::new();
    if !open.is_empty() {
        let named: Vec<String> = open
            .iter()
            .map(|(register, count)| {
                let words = [("register", frame.said(register.name_zh)), ("count", count.to_string())];
                frame.tn("reg-closing-open-one", words)
            })
            .collect();
        let choice = Choice {
            is_chosen: sent.get("acknowledged") == "yes",
            ..Choice::new("yes", frame.t("reg-closing-acknowledge-yes"))
        };
        let field =
            Field::of("acknowledged", frame.t("reg-closing-acknowledge"), FieldKind::Checks(vec![choice]), "", errors);
        fields.push(field.hint(frame.t1("reg-closing-open", "list", named.join(&frame.t("word-list-separator")))));
    }
    fields.push(Field::of("note", frame.t("reg-note"), FieldKind::Text, sent.get("note"), errors).optional());
    Ok(fields)
}

/// `POST /registers/closing/close`.
pub async fn close(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let wish = Wish {
        run: sent.get("run"),
        acknowledged: sent.get("acknowledged") == "yes",
        note: sent.get("note"),
        by: account(&frame)?,
        now: app.now(),
    };
    let mut errors = Errors::default();
    match closing::close(&app.installation, wish).await {
        Ok(closed) => {
            return Ok(room::see_other(&frame, &format!("{PATH}?done=closed&month={}", closed.month)));
        }
        Err(error) => refusal(&frame, &mut errors, "note", error)?,
    }
    respond(&app, &frame, sent.get("run"), &sent, &errors).await
}
