//! `/clawbacks` 追回建议: what became known of decided cases after their decision, and what the leader made of it.

use axum::{Form, extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    cases::{self, Clawback},
};
use rules::Policy;

use super::{amount_cell, award_name, forms, head, path, policy, state};
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
        room::{self, Sent, Visit},
    },
    pieces::{State as StateWord, Tone},
};

pub(super) const PATH: &str = "/clawbacks";

/// `GET /clawbacks`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    respond(&app, &frame, hx, &Visit::of(&uri)).await
}

async fn respond(app: &App, frame: &Frame, hx: Hx, visit: &Visit) -> Result<Response, AppError> {
    let document = policy::document()?;
    let rows = cases::clawbacks(app.db(), account(frame)?).await?;
    let form = frame.may(Permission::DecideCases).then(|| form(frame, &rows, &visit.sent, &visit.errors)).flatten();
    room::listed_with(hx, frame, head(frame, PATH), (&listing(frame, &document.policy), &rows), visit, form)
}

fn listing<'a>(frame: &'a Frame, policy: &'a Policy) -> Listing<'a, Clawback> {
    let outcomes = ["open", "taken", "dismissed", "gone", "stands"];
    let outcomes = outcomes.map(|key| Choice::new(key, frame.t(&format!("clawback-{key}")))).into();
    Listing::new(frame, "clawbacks", PATH, frame.t("clawbacks-title"))
        .column("name", frame.t("cases-subject"), Kind::Text, |one: &Clawback| {
            Cell::text(one.name.clone()).link(frame.at(&path(one.case)))
        })
        .column("award", frame.t("cases-award"), Kind::Text, |one| Cell::text(award_name(frame, policy, &one.award)))
        .column("year", frame.t("cases-year"), Kind::Code, |one| Cell::code(one.year.to_string()))
        .column("stood", frame.t("clawback-stood"), Kind::Money, |one| {
            amount_cell(frame, one.stood_fen.or(one.amount_fen))
        })
        .column("due", frame.t("clawback-due"), Kind::Money, |one| amount_cell(frame, one.due_fen))
        .column("claim", frame.t("clawback-claim"), Kind::Money, |one| amount_cell(frame, one.claim_fen()))
        .column("state", frame.t("cases-state"), Kind::Text, |one| {
            Cell::state(state(frame, one.state), one.state as i64)
        })
        .column("fact", frame.t("clawback-fact"), Kind::Text, |one| Cell::text(frame.said(&one.fact)))
        .column("found", frame.t("clawback-found"), Kind::Date, |one| Cell::date(Some(one.found_on)))
        .column("outcome", frame.t("clawback-outcome"), Kind::Text, |one| {
            let tone = if one.is_open() { Tone::Bad } else { Tone::Plain };
            Cell::state(StateWord::new(tone, frame.said(one.zh())), i64::from(!one.is_open()))
        })
        .column("note", frame.t("case-note"), Kind::Text, |one| Cell::text(one.note.clone()))
        .filter("outcome", frame.t("clawback-outcome"), outcomes, |one, key| match key {
            "open" => one.is_open(),
            key => one.outcome == key,
        })
        .search(frame.t("cases-search"), |one| format!("{} {}", one.name, one.fact))
        .when_empty(frame.t("clawbacks-none"), frame.t("clawbacks-none-todo"))
}

/// The form that says why a fact is no reason; the money itself is claimed back on the page of the case.
fn form(frame: &Frame, rows: &[Clawback], sent: &Sent, errors: &Errors) -> Option<EntryForm> {
    let choice = |one: &Clawback| Choice::new(one.id.to_string(), format!("{}：{}", one.name, frame.said(&one.fact)));
    let open: Vec<Choice> = rows.iter().filter(|one| one.is_open()).map(choice).collect();
    (!open.is_empty()).then(|| EntryForm {
        title: frame.t("clawback-dismiss-title"),
        action: frame.at(&format!("{PATH}/dismiss")),
        fields: vec![
            Field::of("clawback", frame.t("clawback-fact"), FieldKind::Select(open), sent.get("clawback"), errors)
                .hint(frame.t("clawback-hint")),
            Field::of("note", frame.t("clawback-why"), FieldKind::Lines, sent.get("note"), errors),
        ],
        button: frame.t("clawback-dismiss-do"),
    })
}

/// `POST /clawbacks/dismiss`.
pub async fn dismiss(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let id = sent.get("clawback").parse().unwrap_or(0);
    let done = cases::dismiss(&app.installation, account(&frame)?, (id, sent.get("note")), app.now()).await;
    let Err(error) = done else { return Ok(room::see_other(&frame, &format!("{PATH}?done=saved"))) };
    let mut errors = Errors::default();
    forms::refusal(&frame, &mut errors, "note", error)?;
    respond(&app, &frame, Hx::default(), &Visit::again(sent, errors)).await
}
