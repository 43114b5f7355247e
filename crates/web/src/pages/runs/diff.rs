//! `/runs/{before}/diff/{after}`: what changed between two runs: parameters, figures, awards, and the rights gained and lost.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::runs::{self, Summary};
use rules::{
    diff::{Change, Diff},
    evaluation::Evaluation,
};

use super::{detail::verdict_word, moment_text, short};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    hx,
    pages::{
        indicators::{basis, denominators},
        policy::document,
        room::Room,
    },
    pieces::{Link, State as StateWord},
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
    indicators: Vec<IndicatorChange>,
    awards: Vec<AwardChange>,
    is_same: bool,
}

struct IndicatorChange {
    name: Link,
    before: String,
    after: String,
    verdict: Option<(StateWord, StateWord)>,
    gained: Link,
    lost: Link,
    denominator: Option<String>,
}

struct AwardChange {
    award: String,
    name: String,
    href: String,
    before: String,
    after: String,
    gained: Rights,
    lost: Rights,
}

/// Rights on one side.
struct Rights {
    count: String,
    links: Vec<Link>,
}

/// `GET /runs/{before}/diff/{after}`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    Path((before, after)): Path<(String, String)>,
) -> Result<Response, AppError> {
    let (first, second) = (runs::find(&app.installation, &before).await?, runs::find(&app.installation, &after).await?);
    let (old, new) =
        (runs::load(&app.installation, &first.run).await?, runs::load(&app.installation, &second.run).await?);
    let found = rules::diff::diff(&old, &new);
    let words =
        |run: &Summary| frame.tn("run-choice", &[("date", run.as_of.clone()), ("known", moment_text(&run.known_at))]);
    let link = |run: &Summary| Link::new(words(run), frame.at(&format!("/runs/{}", run.run)));
    let room = Room::new(
        frame.t("runs-diff"),
        frame.tn("runs-diff-line", &[("before", words(&first)), ("after", words(&second))]),
    )
    .below(&frame, &[("runs-title", "/runs")]);
    hx::page(DiffPage {
        frame: &frame,
        room: &room,
        before: link(&first),
        after: link(&second),
        inputs: inputs(&frame, &found, &old, &new),
        parameters: found.parameters.iter().map(|(name, change)| parameter(&frame, name, change)).collect(),
        indicators: indicators(&frame, &found, &old, &new),
        awards: awards(&frame, &found)?,
        is_same: found.is_empty(),
    })
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

fn indicators(frame: &Frame, found: &Diff, old: &Evaluation, new: &Evaluation) -> Vec<IndicatorChange> {
    let document = document().ok();
    let one = |change: &rules::diff::IndicatorDiff| {
        let named = new.indicator(&change.code).or_else(|| old.indicator(&change.code));
        let unit = named.map(|indicator| frame.unit(&indicator.unit)).unwrap_or_default();
        let value = |value: &Option<String>| {
            value.as_deref().map_or_else(|| frame.t("figure-none"), |value| frame.amount(&format::group(value), &unit))
        };
        // The rights of a city are a list of their own, to sort, search and take along.
        let moved = |ids: &[String], direction: &str| {
            let href = frame.at(&format!(
                "/indicators/{}/changes?run={}&before={}&direction={direction}",
                change.code, new.run, old.run
            ));
            Link::new(count(ids), if ids.is_empty() { String::new() } else { href })
        };
        let has_target = named.is_some_and(|indicator| indicator.target.is_some());
        IndicatorChange {
            name: Link::new(
                format!("{} {}", change.code, named.map(|indicator| frame.said(&indicator.name)).unwrap_or_default()),
                frame.at(&format!("/indicators/{}?run={}", change.code, new.run)),
            ),
            before: value(&change.value.before),
            after: value(&change.value.after),
            verdict: (has_target && change.met.before != change.met.after)
                .then(|| (verdict_word(frame, change.met.before), verdict_word(frame, change.met.after))),
            gained: moved(&change.gained, "gained"),
            lost: moved(&change.lost, "lost"),
            denominator: document
                .as_ref()
                .and_then(|document| denominators::moved(frame, &document.policy, (old, new), &change.code)),
        }
    };
    found.indicators.iter().map(one).collect()
}

fn awards(frame: &Frame, found: &Diff) -> Result<Vec<AwardChange>, AppError> {
    let document = document()?;
    let levels: BTreeMap<(&str, i64), &str> = document
        .policy
        .awards
        .iter()
        .flat_map(|award| award.levels.iter().map(|level| ((award.id.as_str(), level.level), level.name.as_str())))
        .collect();
    let one = |change: &rules::diff::AwardDiff| {
        let level = |level: Option<i64>| match level {
            None => frame.t("runs-not-reached"),
            Some(level) => levels
                .get(&(change.award.as_str(), level))
                .map_or_else(|| frame.t("runs-reached"), |name| frame.said(name)),
        };
        AwardChange {
            award: document
                .policy
                .award(&change.award)
                .map_or_else(|| change.award.clone(), |award| frame.said(&award.name)),
            name: change.name.clone().unwrap_or_else(|| change.subject.clone()),
            href: frame.at(&format!("/enterprises/{}", change.subject)),
            before: level(change.level.before),
            after: level(change.level.after),
            gained: rights(frame, &change.gained),
            lost: rights(frame, &change.lost),
        }
    };
    Ok(found.awards.iter().map(one).collect())
}

fn rights(frame: &Frame, ids: &[String]) -> Rights {
    // Only application numbers have a page of their own; enterprises and persons are counted too.
    let href = |id: &str| {
        if id.parse::<terms::ApplicationNumber>().is_ok() { frame.at(&format!("/patents/{id}")) } else { String::new() }
    };
    Rights { count: count(ids), links: ids.iter().map(|id| Link::new(id.clone(), href(id))).collect() }
}

fn count(ids: &[String]) -> String {
    format::count(i64::try_from(ids.len()).unwrap_or(i64::MAX))
}
