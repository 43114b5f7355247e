//! `/api/verdicts/{run}/{award}/{subject}`: one enterprise's verdict with every reason, as JSON, for other programs.
//!
//! It says what `zhiqiang explain RUN AWARD SUBJECT --json` says. Runs stay open in memory and never change, so that only
//! the session is looked up in the database.

use axum::{
    Json,
    extract::{Path, State},
};
use domain::explanations::{self, Explanation};

use super::cockpit::shown;
use crate::{app::App, error::AppError};

/// `GET /api/verdicts/{run}/{award}/{subject}`.
pub async fn one(
    State(app): State<App>,
    Path((run, award, subject)): Path<(String, String, String)>,
) -> Result<Json<Explanation>, AppError> {
    let (policy, opened) = shown::run(&app, &run).await?;
    Ok(Json(explanations::of_code(&policy, &opened.evaluation, &award, Some(&subject))?))
}
