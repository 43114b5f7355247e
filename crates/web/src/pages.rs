//! The pages: one file per word, each handler thin.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};

use crate::{app::App, error::AppError, frame::Frame, session};

pub mod account;
pub mod accounts;
pub mod api;
pub mod appointments;
pub mod awards;
pub mod cases;
pub mod claims;
pub mod cockpit;
pub mod corpus;
pub mod enterprises;
pub mod gallery;
pub mod history;
pub mod home;
pub mod indicators;
pub mod invitations;
pub mod jobs;
pub mod language;
pub mod matching;
pub mod messages;
pub mod navigation;
pub mod offers;
pub mod organisations;
pub mod patents;
pub mod permissions;
pub mod policy;
pub mod registry;
pub mod room;
pub mod runs;
pub mod search;
pub mod self_check;
pub mod settings;
pub mod sign_in;
pub mod sign_on;
pub mod supply;
pub mod warnings;
pub mod what_if;

/// Reads beside the pages what the next visitor would have to wait for: the latest run, and the names to be tied.
pub(crate) fn read_ahead(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        match cockpit::shown::shown(&app, None).await {
            // The longest lists of a run are made on a thread that no page waits for.
            Ok(Some(shown)) => drop(tokio::task::spawn_blocking(move || patents::read::towns(&shown.opened)).await),
            Ok(None) => {}
            Err(cause) => tracing::warn!(%cause, "the latest run could not be read ahead"),
        }
        if let Err(cause) = domain::ties::waiting(&app.installation, app.now()).await {
            tracing::warn!(%cause, "the names to be tied could not be read ahead");
        }
    });
}

/// Every address that stands for no page: strangers are asked to sign in and learn nothing.
pub(crate) async fn missing(frame: Frame, request: Request) -> Result<Response, AppError> {
    if frame.account.is_none() {
        return Ok(session::to_sign_in(&frame, request.method()));
    }
    Err(AppError::NotFound(frame.t("problem-not-found-text")))
}

/// `GET /health`: whether the server and its database answer; for the gateway and the watchdog, so it says nothing else.
pub(crate) async fn health(State(app): State<App>) -> (StatusCode, &'static str) {
    match domain::accounts::visit(app.db(), "", app.now()).await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(cause) => {
            tracing::error!(%cause, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable\n")
        }
    }
}
