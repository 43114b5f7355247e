//! The pages: one file per word, each handler thin.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};

use crate::{app::App, error::AppError, frame::Frame, session};

pub mod awards;
pub mod cockpit;
pub mod enterprises;
pub mod gallery;
pub mod history;
pub mod home;
pub mod indicators;
pub mod jobs;
pub mod language;
pub mod patents;
pub mod policy;
pub mod registry;
pub mod room;
pub mod runs;
pub mod search;
pub mod settings;
pub mod sign_in;
pub mod what_if;

/// Every address that stands for no page: strangers are asked to sign in and learn nothing.
pub(crate) async fn missing(frame: Frame, request: Request) -> Result<Response, AppError> {
    if frame.account.is_none() {
        return Ok(session::to_sign_in(&frame, request.method()));
    }
    Err(AppError::NotFound(frame.t("problem-not-found-text")))
}

/// `GET /health`: whether the server and its database answer; for the gateway and the watchdog, so it says nothing else.
pub(crate) async fn health(State(app): State<App>) -> (StatusCode, &'static str) {
    match domain::accounts::session(app.db(), "", app.now()).await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(cause) => {
            tracing::error!(%cause, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable\n")
        }
    }
}
