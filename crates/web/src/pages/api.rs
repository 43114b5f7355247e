//! `/api/…`: what a run says, as JSON, for other programs, with the guard of the pages that show the same.
//!
//! Runs stay open in memory and never change, so that only the session is looked up in the database. [`openapi`] describes every
//! address here; a test holds it against the list of routes.

pub mod openapi;

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::Uri,
};
use domain::{
    Error,
    explanations::{self, Explanation},
    runs::{self, Summary},
};
use rules::evaluation::{Award, Indicator};
use serde::Serialize;

use super::cockpit::shown;
use crate::{app::App, error::AppError};

/// The most rows of an answer.
pub(crate) const ROWS_MAX: usize = 1_000;
/// The rows of an answer that asks for no number.
pub(crate) const ROWS_USUAL: usize = 100;
/// What stands for the latest run of the whole city.
const LATEST: &str = "latest";
/// The shortest beginning of a run's id that may stand for it.
pub(crate) const RUN_CHARS_MIN: usize = 12;

/// Some rows of all there are.
#[derive(Debug, Serialize)]
pub struct Rows<T> {
    /// How many there are.
    total: usize,
    /// Those asked for.
    rows: Vec<T>,
}

/// What the address asks for besides its path; a name that is not known is told, not passed over.
struct Asked {
    limit: usize,
    offset: usize,
    texts: BTreeMap<String, String>,
}

impl Asked {
    fn of(uri: &Uri, names: &[&str]) -> Result<Self, AppError> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
        let Query(pairs) = pairs.map_err(|_| AppError::Invalid("地址中的参数写得不对，请按百分号编码书写。".into()))?;
        let mut asked = Self { limit: ROWS_USUAL, offset: 0, texts: BTreeMap::new() };
        for (name, value) in pairs {
            let number = |most: usize| {
                let number = value
                    .parse()
                    .ok()
                    .filter(|number| *number <= most && value.bytes().all(|one| one.is_ascii_digit()));
                number.ok_or_else(|| AppError::Invalid(format!("{name} 应为 0 到 {most} 的整数，现为“{value}”。")))
            };
            match name.as_str() {
                "limit" => asked.limit = number(ROWS_MAX)?,
                "offset" => asked.offset = number(i32::MAX as usize)?,
                known if names.contains(&known) => _ = asked.texts.insert(name, value),
                _ => {
                    let known: Vec<&str> = ["limit", "offset"].iter().chain(names).copied().collect();
                    return Err(AppError::Invalid(format!("没有参数“{name}”。可用：{}。", known.join("、"))));
                }
            }
        }
        Ok(asked)
    }

    fn cut<T>(&self, all: impl IntoIterator<Item = T>) -> Rows<T> {
        let all: Vec<T> = all.into_iter().collect();
        Rows { total: all.len(), rows: all.into_iter().skip(self.offset).take(self.limit).collect() }
    }
}

/// `GET /api/runs`: the runs, the latest first.
pub async fn all_runs(State(app): State<App>, uri: Uri) -> Result<Json<Rows<Summary>>, AppError> {
    let asked = Asked::of(&uri, &[])?;
    Ok(Json(asked.cut(runs::list(&app.installation).await?)))
}

/// The run that an address names: by its id, by the beginning of it, or as the latest.
async fn opened(
    app: &App,
    run: &str,
) -> Result<(std::sync::Arc<rules::Policy>, std::sync::Arc<runs::Opened>), AppError> {
    if run != LATEST {
        // A beginning that says less would be another run tomorrow.
        if run.len() < RUN_CHARS_MIN {
            return Err(Error::NotFound { what: "测算", id: run.to_owned() }.into());
        }
        return shown::run(app, run).await;
    }
    let latest = runs::latest(&app.installation).await?;
    let latest = latest.ok_or_else(|| Error::NotFound { what: "测算", id: run.to_owned() })?;
    shown::run(app, &latest.run).await
}

/// `GET /api/runs/{run}/indicators`: every figure of a run.
pub async fn indicators(
    State(app): State<App>,
    Path(run): Path<String>,
    uri: Uri,
) -> Result<Json<Rows<Indicator>>, AppError> {
    let asked = Asked::of(&uri, &[])?;
    let (_, run) = opened(&app, &run).await?;
    Ok(Json(asked.cut(run.evaluation.indicators.iter().cloned())))
}

/// `GET /api/runs/{run}/indicators/{code}`: why a figure is as it is, down to the rights counted.
pub async fn indicator(
    State(app): State<App>,
    Path((run, code)): Path<(String, String)>,
) -> Result<Json<Explanation>, AppError> {
    let (policy, run) = opened(&app, &run).await?;
    // An award has an address of its own.
    if run.evaluation.indicator(&code).is_none() {
        return Err(Error::NotFound { what: "指标", id: code }.into());
    }
    let mut explanation = explanations::of_code(&policy, &run.evaluation, &code, None)?;
    let waiting = domain::waiting::of_run(&app.installation, &run).await?;
    explanation.add_waiting(&policy, &waiting);
    Ok(Json(explanation))
}

/// `GET /api/runs/{run}/awards`: who reaches which award, of all or of one.
pub async fn awards(State(app): State<App>, Path(run): Path<String>, uri: Uri) -> Result<Json<Rows<Award>>, AppError> {
    let asked = Asked::of(&uri, &["award"])?;
    let (policy, run) = opened(&app, &run).await?;
    let wanted = asked.texts.get("award");
    if let Some(award) = wanted.filter(|award| policy.award(award).is_none()) {
        return Err(Error::NotFound { what: "奖励", id: award.clone() }.into());
    }
    let awards = run.evaluation.awards.iter().filter(|one| wanted.is_none_or(|award| one.award == *award));
    Ok(Json(asked.cut(awards.cloned())))
}

/// `GET /api/verdicts/{run}/{award}/{subject}`: one enterprise's verdict with every reason, as `zhiqiang explain … --json` says it.
pub async fn verdict(
    State(app): State<App>,
    Path((run, award, subject)): Path<(String, String, String)>,
) -> Result<Json<Explanation>, AppError> {
    let (policy, run) = opened(&app, &run).await?;
    if policy.award(&award).is_none() {
        return Err(Error::NotFound { what: "奖励", id: award }.into());
    }
    Ok(Json(explanations::of_code(&policy, &run.evaluation, &award, Some(&subject))?))
}
