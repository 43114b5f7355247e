//! `/cases/apply` 申报: an enterprise begins an application for what no run can see.

use axum::{Form, extract::State, response::Response};
use domain::{
    cases,
    items::{self, Track},
};
use rules::Policy;

use super::{forms, path, policy, respond};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind},
    frame::Frame,
    hx::Hx,
    list::ListQuery,
    pages::{
        corpus::baskets::account,
        registry::entries::EntryForm,
        room::{self, Sent},
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
    let today = app.business_date();
    let all = items::all(app.db()).await?;
    let open = |award: &str| {
        all.iter().any(|item| item.award == award && item.terms.track == Track::Apply && item.is_in_force(today))
    };
    let awards: Vec<Choice> = policy
        .awards
        .iter()
        .filter(|award| open(&award.id))
        .map(|award| Choice::new(award.id.clone(), frame.said(&award.name)))
        .collect();
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
        let wanted = (sent.get("award"), sent.get("matter"));
        let begun = cases::begin(&app.installation, &document.policy, account(&frame)?, wanted, event, app.now()).await;
        match begun {
            Ok(id) => return Ok(room::see_other(&frame, &path(id))),
            Err(error) => {
                let field = if error.to_string().contains("发生日") { "event" } else { "matter" };
                forms::refusal(&frame, &mut errors, field, error)?;
            }
        }
    }
    let nothing = std::collections::BTreeMap::new();
    respond(&app, &frame, Hx::default(), &ListQuery::default(), &nothing, &sent, &errors).await
}
