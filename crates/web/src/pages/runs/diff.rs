//! `/runs/{before}/diff/{after}`: what changed between two runs: parameters, figures, awards, and the rights gained and lost.

mod tables;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::runs::{self, Summary};
use rules::{
    diff::{Change, Diff},
    evaluation::Evaluation,
};

use super::{moment_text, short};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    hx::Hx,
    list::{ListQuery, ListingView},
    pages::{
        cockpit::shown,
        indicators::{basis, denominators},
        patents::read,
        policy::document,
        room::{ListBlock, Room},
    },
    pieces::Link,
};

#[derive(Template)]
#[template(path = "runs/diff.html")]
struct DiffPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    before: Link,
    after: Link,
    inputs: Vec<(String, String, String)>,
    parameters: Vec<(String, String, String)>,
    indicators: Option<&'a ListingView>,
    denominators: Vec<(String, String)>,
    awards: Option<&'a ListingView>,
    is_same: bool,
}

/// `GET /runs/{before}/diff/{after}`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    uri: Uri,
    Path((before, after)): Path<(String, String)>,
) -> Result<Response, AppError> {
    let (first, second) = (runs::find(&app.installation, &before).await?, runs::find(&app.installation, &after).await?);
    let (old, new) =
        (runs::load(&app.installation, &first.run).await?, runs::load(&app.installation, &second.run).await?);
    let found = rules::diff::diff(&old, &new);
    // A right is told by its title too; the difference stands without them when the facts cannot be read.
    let patents = shown::run(&app, &second.run).await.ok().map(|(_, opened)| read::patents(&opened));
    let query = ListQuery::parse(&uri);
    let path = format!("/runs/{}/diff/{}", first.run, second.run);
    let indicators = tables::indicators(&frame, &path, &old, &new);
    let awards = tables::awards(&frame, &path, patents.as_deref().map_or(&[], Vec::as_slice))?;
    if query.export {
        return match query.list.as_deref() {
            Some(tables::AWARDS) => awards.workbook(&found.awards, &query),
            _ => indicators.workbook(&found.indicators, &query),
        };
    }
    let indicators = indicators.view(&found.indicators, &query.of(tables::INDICATORS));
    let awards = awards.view(&found.awards, &query.of(tables::AWARDS));
    let meant = if query.list.as_deref() == Some(tables::AWARDS) { &awards } else { &indicators };
    let words =
        |run: &Summary| frame.tn("run-choice", &[("date", run.as_of.clone()), ("known", moment_text(&run.known_at))]);
    let link = |run: &Summary| Link::new(words(run), frame.at(&format!("/runs/{}", run.run)));
    let room = Room::new(
        frame.t("runs-diff"),
        frame.tn("runs-diff-line", &[("before", words(&first)), ("after", words(&second))]),
    )
    .below(&frame, &[("runs-title", "/runs")]);
    let denominators = denominators_moved(&frame, &found, &old, &new)?;
    let page = DiffPage {
        frame: &frame,
        room: &room,
        before: link(&first),
        after: link(&second),
        inputs: inputs(&frame, &found, &old, &new),
        parameters: found.parameters.iter().map(|(name, change)| parameter(&frame, name, change)).collect(),
        indicators: Some(&indicators).filter(|_| !found.indicators.is_empty()),
        denominators,
        awards: Some(&awards).filter(|_| !found.awards.is_empty()),
        is_same: found.is_empty(),
    };
    hx.page(page, ListBlock { frame: &frame, list: meant })
}

fn inputs(frame: &Frame, found: &Diff, old: &Evaluation, new: &Evaluation) -> Vec<(String, String, String)> {
    let mut rows = Vec::new();
    if let Some(change) = &found.as_of {
        rows.push((frame.t("runs-as-of"), change.before.clone(), change.after.clone()));
    }
    if let Some(change) = &found.known_at {
        rows.push((frame.t("runs-known-at"), moment_text(&change.before), moment_text(&change.after)));
    }
    let same = |old: &str, new: &str| if old == new { frame.t("reg-same") } else { short(new) };
    rows.push((frame.t("runs-snapshot"), short(&old.snapshot), same(&old.snapshot, &new.snapshot)));
    rows.push((frame.t("runs-policy-hash"), short(&old.policy_hash), same(&old.policy_hash, &new.policy_hash)));
    if let Some(change) = &found.high_value {
        rows.push((frame.t("runs-high-value"), number(frame, change.before), number(frame, change.after)));
    }
    rows
}

/// The indicators whose denominator moved, each with what that did to its figure.
fn denominators_moved(
    frame: &Frame,
    found: &Diff,
    old: &Evaluation,
    new: &Evaluation,
) -> Result<Vec<(String, String)>, AppError> {
    let document = document()?;
    let one = |change: &rules::diff::IndicatorDiff| {
        let moved = denominators::moved(frame, &document.policy, (old, new), &change.code)?;
        Some((frame.said(&new.indicator(&change.code)?.name), moved))
    };
    Ok(found.indicators.iter().filter_map(one).collect())
}

fn number(frame: &Frame, value: Option<i64>) -> String {
    value.map_or_else(|| frame.t("figure-none"), format::count)
}

fn parameter(frame: &Frame, name: &str, change: &Change<Option<String>>) -> (String, String, String) {
    let document = document().ok();
    let known = document.as_ref().and_then(|document| document.policy.parameter(name));
    let unit = known.map_or("", |parameter| parameter.unit.as_str());
    let value = |value: &Option<String>| basis::setting_value(frame, value.as_deref().unwrap_or_default(), unit);
    let meaning = known.map_or_else(|| name.to_owned(), |parameter| frame.said(&parameter.meaning));
    (meaning, value(&change.before), value(&change.after))
}
