//! `/what-if` 推演: change conditions, targets or assumed amounts, and see who gains, who loses and what it would cost.
//!
//! A what-if is a run of its own on the facts of the latest run; it changes no figure, and no amount in it is payable.

mod form;
mod outcome;
mod settings;

use std::collections::BTreeMap;

use axum::{
    Form,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    accounts::Permission,
    runs::{self, Question},
};
use serde::Deserialize;

pub(crate) use self::form::changes;
pub use self::outcome::page as one;
use crate::{
    app::App,
    error::AppError,
    form::Errors,
    frame::Frame,
    hx,
    pages::cockpit::{self, shown},
};

/// What the address may name.
#[derive(Debug, Deserialize)]
pub struct From {
    /// The what-if whose values the form begins with.
    #[serde(default)]
    from: String,
}

/// The address of the form, for those who may start a what-if.
pub(crate) fn link(frame: &Frame) -> Option<String> {
    frame.may(Permission::Evaluate).then(|| frame.at("/what-if"))
}

/// `GET /what-if`.
pub async fn form(State(app): State<App>, frame: Frame, Query(from): Query<From>) -> Result<Response, AppError> {
    let Some(shown) = shown::shown(&app, None).await? else { return cockpit::no_run(&frame, frame.t("what-if-title")) };
    let all = runs::list(&app.installation).await?;
    let begin = all.iter().find(|run| run.run == from.from).map(|run| run.overrides.clone()).unwrap_or_default();
    let settings = settings::settings(&shown.policy, shown.as_of())?;
    let typed: BTreeMap<String, String> =
        settings.iter().map(|setting| (setting.name(), setting.typed(begin.get(&setting.parameter.name)))).collect();
    hx::page(form::page(&frame, &shown, &settings, &typed, &Errors::default(), &all))
}

/// `POST /what-if`.
pub async fn submit(
    State(app): State<App>,
    frame: Frame,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let Some(shown) = shown::shown(&app, None).await? else { return cockpit::no_run(&frame, frame.t("what-if-title")) };
    let settings = settings::settings(&shown.policy, shown.as_of())?;
    let typed: BTreeMap<String, String> = pairs.into_iter().collect();
    let mut errors = Errors::default();
    let overrides = settings::overrides(&frame, &settings, &typed, &mut errors);
    if errors.is_empty() {
        settings::in_order(&frame, &shown.policy, shown.as_of(), &overrides, &mut errors);
    }
    if errors.is_empty() && overrides.is_empty() {
        errors.add(
            &settings.first().map(settings::Setting::name).unwrap_or_default(),
            frame.t("what-if-nothing-changed"),
        );
    }
    if !errors.is_empty() {
        let all = runs::list(&app.installation).await?;
        return hx::refused(form::page(&frame, &shown, &settings, &typed, &errors, &all));
    }
    let question = Question {
        as_of: shown.as_of(),
        known_at: shown.opened.summary.known_at.parse().map_err(AppError::internal)?,
        overrides,
        scope: None,
    };
    let by = frame.account.as_ref().map_or("", |account| account.login.as_str());
    let result =
        runs::evaluate_snapshot(&app.installation, &shown.policy, &shown.opened.snapshot, &question, by, app.now())
            .await?;
    Ok(Redirect::to(&frame.at(&format!("/what-if/{}", result.run))).into_response())
}
