//! `/cases/apply` 申报: an enterprise begins an application for what no run can see.

use axum::{Form, extract::State, response::Response};
use domain::{
    cases::{self, About},
    items::{self, aid::Trigger},
};
use rules::Policy;

use super::{award_name, forms, path, policy, respond};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind},
    frame::Frame,
    hx::Hx,
    pages::{
        corpus::baskets::account,
        registry::entries::EntryForm,
        room::{self, Sent, Visit},
    },
};

/// The form below an enterprise's own cases; none while nothing can be applied for.
pub(super) async fn form(
    app: &App,
    frame: &Frame,
    policy: &Policy,
    sent: &Sent,
    errors: &Errors,
) -> Result<Option<EntryForm>, AppError> {
    let all = items::all(app.db()).await?;
    let mut awards: Vec<Choice> = Vec::new();
    for offer in cases::offers(&app.installation, policy, account(frame)?, app.now()).await? {
        let mut name = award_name(frame, policy, &offer.award);
        if let Some(window) = all.iter().find(|item| item.id == offer.item).and_then(|item| item.terms.window) {
            name = frame.tn("apply-award-window", &[("award", name), ("window", frame.said(&window.zh()))]);
        }
        // Each trigger is applied for by itself, because each asks for other things.
        let choice = match offer.trigger {
            None => Choice::new(offer.award, name),
            Some(trigger) => {
                let words = [("award", name), ("trigger", frame.said(trigger.zh()))];
                Choice::new(format!("{}/{}", offer.award, trigger.key()), frame.tn("apply-award-for", &words))
            }
        };
        // Several contracts are asked for under one name, each by its number.
        if awards.last().is_none_or(|last| last.value != choice.value) {
            awards.push(choice);
        }
    }
    if awards.is_empty() {
        return Ok(None);
    }
    Ok(Some(EntryForm {
        title: frame.t("apply-title"),
        action: frame.at("/cases/apply"),
        fields: vec![
            Field::of("award", frame.t("cases-award"), Kind::Select(awards), sent.get("award"), errors),
            Field::of("matter", frame.t("case-matter"), Kind::Text, sent.get("matter"), errors)
                .hint(frame.t("apply-matter-hint")),
            Field::of("event", frame.t("apply-event"), Kind::Date, sent.get("event"), errors)
                .hint(frame.t("apply-event-hint")),
        ],
        button: frame.t("apply-do"),
    }))
}

/// `POST /cases/apply`.
pub async fn begin(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let event = forms::date(&frame, &sent, "event", &mut errors);
    if event.is_none() && errors.is_empty() {
        errors.add("event", frame.t("apply-event-missing"));
    }
    if let Some(event) = event {
        let document = policy::document()?;
        let (award, trigger) = sent.get("award").split_once('/').unwrap_or((sent.get("award"), ""));
        let about = About { award, matter: sent.get("matter"), event, trigger: Trigger::of_key(trigger) };
        let begun = cases::begin(&app.installation, &document.policy, account(&frame)?, about, app.now()).await;
        match begun {
            Ok(id) => return Ok(room::see_other(&frame, &path(id))),
            Err(error) => forms::refusal(&frame, &mut errors, "matter", error)?,
        }
    }
    respond(&app, &frame, Hx::default(), &Visit::again(sent, errors)).await
}
