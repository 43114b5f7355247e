//! `/runs/{id}`: one run: what was asked, from what, the answer, its verification and its workbook.

use std::{collections::BTreeMap, io::Cursor};

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    runs::{self, Summary},
    waiting::OfRun,
};
use rules::{
    Policy,
    evaluation::{Evaluation, Indicator},
    policy::IndicatorDef,
};
use sheets::{
    Cell,
    write::{Column, Kind, Sheet},
};

use super::{kind, moment_text, scope, short};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    hx::Hx,
    list::{self, Kind as ListKind, ListQuery, Listing, ListingView},
    pages::{
        cockpit::{quantities, shown, targets},
        indicators::{basis, waiting},
        jobs::{self, End, Words},
        policy::document,
        registry::workbook,
        room::{self, ListBlock, Room},
    },
    pieces::{Link, State as StateWord},
};

#[derive(Template)]
#[template(path = "runs/detail.html")]
struct RunPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    run: &'a Summary,
    kind: StateWord,
    facts: Vec<(String, String)>,
    indicators: &'a ListingView,
    awards: Vec<(String, String, String)>,
    parameters: &'a ListingView,
}

/// The id of the list of figures.
const INDICATORS: &str = "run-indicators";
/// The id of the list of parameters.
const PARAMETERS: &str = "run-parameters";

struct Parameter {
    name: String,
    meaning: String,
    value: String,
    is_override: bool,
}

/// `GET /runs/{id}`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let run = runs::find(&app.installation, &id).await?;
    let evaluation = runs::load(&app.installation, &run.run).await?;
    let query = ListQuery::parse(&uri);
    let values = parameters(&frame, &evaluation)?;
    let (document, waiting) = (document()?, waiting_behind(&app, &run).await?);
    let (indicators, parameters) =
        (indicators(&frame, &run, &document.policy, &waiting), parameters_list(&frame, &run, values.len()));
    let is_of_parameters = query.list.as_deref() == Some(PARAMETERS);
    if query.export {
        return match is_of_parameters {
            true => parameters.workbook(&values, &query),
            false => indicators.workbook(&evaluation.indicators, &query),
        };
    }
    let indicators = indicators.view(&evaluation.indicators, &query.of(INDICATORS));
    let parameters = parameters.view(&values, &query.of(PARAMETERS));
    let title = frame.t1("runs-one-title", "date", frame.date(evaluation.as_of));
    let room = Room::new(
        title,
        frame.tn("run-line", &[("date", frame.date(evaluation.as_of)), ("known", moment_text(&run.known_at))]),
    )
    .below(&frame, &[("runs-title", "/runs")]);
    let page = RunPage {
        frame: &frame,
        room: &room,
        kind: kind(&frame, &run),
        facts: facts(&frame, &run, &evaluation)?,
        indicators: &indicators,
        awards: awards(&frame, &run, &evaluation)?,
        parameters: &parameters,
        run: &run,
    };
    let meant = if is_of_parameters { &parameters } else { &indicators };
    hx.page(page, ListBlock { frame: &frame, list: meant })
}

fn facts(frame: &Frame, run: &Summary, evaluation: &Evaluation) -> Result<Vec<(String, String)>, AppError> {
    let document = document()?;
    let is_same = document.policy.hash() == evaluation.policy_hash;
    let high_value = &evaluation.high_value;
    let count = |number: Option<i64>| number.map_or_else(|| frame.t("reg-unknown"), format::count);
    Ok(vec![
        (frame.t("runs-as-of"), frame.date(evaluation.as_of)),
        (frame.t("runs-known-at"), moment_text(&run.known_at)),
        (frame.t("runs-scope"), scope(frame, &run.scope)),
        (
            frame.t("runs-policy"),
            format!(
                "{} · {}",
                frame.said(&document.policy.title),
                frame.t(if is_same { "runs-policy-same" } else { "runs-policy-other" })
            ),
        ),
        (frame.t("runs-policy-hash"), evaluation.policy_hash.clone()),
        (frame.t("runs-snapshot"), evaluation.snapshot.clone()),
        (frame.t("runs-id"), evaluation.run.clone()),
        (frame.t("runs-created"), format!("{} · {}", moment_text(&run.created_at), run.created_by)),
        (
            frame.t("runs-high-value"),
            frame.tn(
                "runs-high-value-text",
                &[("total", count(high_value.total)), ("open", format::count(high_value.undetermined))],
            ),
        ),
    ])
}

/// The figures of the run.
fn indicators<'a>(
    frame: &'a Frame,
    run: &'a Summary,
    policy: &'a Policy,
    waiting: &'a OfRun,
) -> Listing<'a, Indicator> {
    Listing::new(frame, INDICATORS, &format!("/runs/{}", run.run), frame.t("nav-indicators"))
        .column("name", frame.t("reg-indicator"), ListKind::Text, move |one: &Indicator| {
            let href = frame.at(&format!("/indicators/{}?run={}", one.code, run.run));
            let name = format!("{} {}", one.code, frame.said(&one.name));
            list::Cell { key: list::Key::Text(one.code.clone()), ..list::Cell::text(name).link(href) }
        })
        .column("value", frame.t("runs-value"), ListKind::Number, |one| targets::value_cell(frame, one))
        .column("target", frame.t("runs-target"), ListKind::Number, |one| match &one.target {
            Some(target) => list::Cell::code(quantities::required(one.operator, target)),
            None => list::Cell::empty(),
        })
        .column("state", frame.t("reg-state"), ListKind::Text, |one| match &one.target {
            Some(_) => verdict_cell(frame, one.met),
            None => list::Cell::empty(),
        })
        .column("reason", frame.t("runs-reason"), ListKind::Text, |one| {
            list::Cell::text(why(frame, policy, waiting, one))
        })
        .search(frame.t("indicators-search"), |one| format!("{} {}", one.code, frame.said(&one.name)))
}

/// What waits behind the figures; a run whose facts cannot be read any more is shown without.
async fn waiting_behind(app: &App, run: &Summary) -> Result<OfRun, AppError> {
    match shown::run(app, &run.run).await {
        Ok((_, opened)) => Ok(domain::waiting::of_run(&app.installation, &opened).await?),
        Err(_) => Ok(OfRun::default()),
    }
}

/// The reason of a figure, with what waits in quarantine behind it.
fn why(frame: &Frame, policy: &Policy, waiting: &OfRun, one: &Indicator) -> String {
    match policy.indicator(&one.code) {
        Some(definition) => waiting::why(frame, waiting, one, definition),
        None => frame.said(&one.why()),
    }
}

/// The parameters that the run applied.
fn parameters_list<'a>(frame: &'a Frame, run: &Summary, count: usize) -> Listing<'a, Parameter> {
    let caption = frame.t1("runs-parameters", "count", count);
    Listing::new(frame, PARAMETERS, &format!("/runs/{}", run.run), caption)
        .column("meaning", frame.t("pol-parameter"), ListKind::Text, |one: &Parameter| {
            list::Cell::text(one.meaning.clone())
        })
        .column("value", frame.t("pol-value"), ListKind::Text, |one| list::Cell::text(one.value.clone()))
        .column("override", frame.t("runs-override"), ListKind::Text, |one| {
            if one.is_override { list::Cell::text(frame.t("runs-override")) } else { list::Cell::empty() }
        })
        .search(frame.t("pol-parameter"), |one| one.meaning.clone())
}

fn award_name(frame: &Frame, id: &str) -> Result<String, AppError> {
    Ok(document()?.policy.award(id).map_or_else(|| id.to_owned(), |award| frame.said(&award.name)))
}

fn has_levels(id: &str) -> Result<bool, AppError> {
    Ok(document()?.policy.award(id).is_some_and(|award| !award.levels.is_empty()))
}

/// How many subjects reach each level of each award.
fn awards(frame: &Frame, run: &Summary, evaluation: &Evaluation) -> Result<Vec<(String, String, String)>, AppError> {
    let mut counts: BTreeMap<(&str, i64, &str), i64> = BTreeMap::new();
    for award in &evaluation.awards {
        *counts.entry((&award.award, award.level, &award.level_name)).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|((award, number, level), count)| {
            let name = if level.is_empty() {
                award_name(frame, award)?
            } else {
                format!("{} {}", award_name(frame, award)?, frame.said(level))
            };
            let filter = if has_levels(award)? { format!("level={number}") } else { "state=reached".to_owned() };
            Ok((frame.at(&format!("/awards/{award}?{filter}&run={}", run.run)), name, format::count(count)))
        })
        .collect()
}

fn parameters(frame: &Frame, evaluation: &Evaluation) -> Result<Vec<Parameter>, AppError> {
    let document = document()?;
    let one = |(name, value): (&String, &String)| {
        let declared = document.policy.parameter(name);
        Parameter {
            name: name.clone(),
            meaning: declared.map(|parameter| frame.said(&parameter.meaning)).unwrap_or_default(),
            value: basis::setting_value(frame, value, declared.map_or("", |parameter| parameter.unit.as_str())),
            is_override: evaluation.overrides.contains_key(name),
        }
    };
    Ok(evaluation.parameters.iter().map(one).collect())
}

/// `POST /runs/{id}/verify`: computes everything again beside the pages.
pub async fn verify(State(app): State<App>, frame: Frame, Path(id): Path<String>) -> Result<Response, AppError> {
    let run = runs::find(&app.installation, &id).await?;
    let words = Words {
        title: frame.t1("runs-verifying", "id", short(&run.run)),
        if_cancelled: frame.t("runs-verify-if-cancelled"),
        back: Link::new(frame.t("runs-back-one"), frame.at(&format!("/runs/{}", run.run))),
        is_orderly: false,
    };
    let told = frame.clone();
    let installation = app.installation.clone();
    let job = jobs::start(&app, &frame, words, move |job| async move {
        job.tell(&told.t("runs-verify-doing"));
        match runs::verify(&installation, &run.run).await {
            Ok(found) => End::Checked(found),
            Err(error) => jobs::failed(&told, error),
        }
    })
    .await?;
    Ok(room::see_other(&frame, &job.path()))
}

/// `GET /runs/{id}/export`: the result as a workbook.
pub async fn export(State(app): State<App>, frame: Frame, Path(id): Path<String>) -> Result<Response, AppError> {
    let run = runs::find(&app.installation, &id).await?;
    let evaluation = runs::load(&app.installation, &run.run).await?;
    let mut title =
        frame.tn("run-line", &[("date", frame.date(evaluation.as_of)), ("known", moment_text(&run.known_at))]);
    if frame.is_demo {
        title = format!("{title} · {}", frame.t("demo-word"));
    }
    let waiting = waiting_behind(&app, &run).await?;
    let sheets = [
        indicator_sheet(&frame, &title, &evaluation, &waiting)?,
        award_sheet(&frame, &title, &evaluation)?,
        parameter_sheet(&frame, &title, &evaluation)?,
    ];
    let mut bytes = Cursor::new(Vec::new());
    sheets::write::xlsx(&sheets, &mut bytes).map_err(AppError::internal)?;
    workbook(
        "run",
        &format!("{}-{}-{}.xlsx", frame.t("runs-title"), evaluation.as_of, short(&run.run)),
        bytes.into_inner(),
    )
}

fn number(value: Option<i64>) -> Cell {
    value.map_or(Cell::Empty, |value| Cell::Number(value.to_string()))
}

fn text(value: impl Into<String>) -> Cell {
    let value = value.into();
    if value.is_empty() { Cell::Empty } else { Cell::Text(value) }
}

fn sheet(name: String, title: &str, columns: Vec<(String, Kind)>, rows: Vec<Vec<Cell>>) -> Sheet {
    let columns = columns.into_iter().map(|(heading, kind)| Column::new(heading, kind)).collect();
    Sheet { name, title: Some(title.to_owned()), columns, rows }
}

fn indicator_sheet(frame: &Frame, title: &str, evaluation: &Evaluation, waiting: &OfRun) -> Result<Sheet, AppError> {
    let document = document()?;
    let heads = [
        ("reg-indicator", Kind::Text),
        ("runs-numerator", Kind::Number),
        ("runs-numerator-unit", Kind::Text),
        ("runs-denominator", Kind::Number),
        ("runs-denominator-unit", Kind::Text),
        ("runs-value", Kind::Number),
        ("runs-unit", Kind::Text),
        ("runs-target", Kind::Text),
        ("reg-state", Kind::Text),
        ("runs-reason", Kind::Text),
    ];
    let rows = evaluation.indicators.iter().map(|indicator| {
        let definition = document.policy.indicator(&indicator.code);
        let unit = |number: Option<i64>, of: fn(&IndicatorDef) -> &String| {
            text(number.and(definition).map_or_else(String::new, |definition| frame.unit(of(definition))))
        };
        let bounded = |number: Option<Cell>| match number {
            Some(Cell::Number(number)) if indicator.is_lower() => text(frame.t1("figure-at-least", "value", number)),
            other => other.unwrap_or(Cell::Empty),
        };
        vec![
            text(format!("{} {}", indicator.code, frame.said(&indicator.name))),
            bounded(Some(number(indicator.numerator))),
            unit(indicator.numerator, |definition| &definition.numerator_unit),
            number(indicator.denominator),
            unit(indicator.denominator, |definition| &definition.denominator_unit),
            bounded(indicator.value.clone().map(Cell::Number)),
            text(frame.unit(&indicator.unit)),
            text(
                indicator
                    .target
                    .as_ref()
                    .map(|target| quantities::required(indicator.operator, target))
                    .unwrap_or_default(),
            ),
            text(if indicator.target.is_some() { targets::verdict(frame, indicator.met).word } else { String::new() }),
            text(why(frame, &document.policy, waiting, indicator)),
        ]
    });
    let rows = rows.collect();
    Ok(sheet(frame.t("nav-indicators"), title, heads.map(|(key, kind)| (frame.t(key), kind)).to_vec(), rows))
}

fn award_sheet(frame: &Frame, title: &str, evaluation: &Evaluation) -> Result<Sheet, AppError> {
    let heads = [
        ("runs-award", Kind::Text),
        ("runs-subject", Kind::Code),
        ("runs-subject-name", Kind::Text),
        ("runs-level", Kind::Text),
        ("runs-conditions", Kind::Text),
        ("runs-evidence", Kind::Code),
    ];
    let mut rows = Vec::with_capacity(evaluation.awards.len());
    for award in &evaluation.awards {
        let conditions: Vec<String> = award
            .conditions
            .iter()
            .map(|condition| {
                format!(
                    "{} {} {}",
                    frame.said(&condition.text),
                    condition.actual.as_deref().unwrap_or("?"),
                    condition.required
                )
            })
            .collect();
        rows.push(vec![
            text(award_name(frame, &award.award)?),
            text(award.subject.clone()),
            text(award.name.clone().unwrap_or_default()),
            text(frame.said(&award.level_name)),
            text(conditions.join("；")),
            text(award.evidence.join("；")),
        ]);
    }
    Ok(sheet(frame.t("nav-awards"), title, heads.map(|(key, kind)| (frame.t(key), kind)).to_vec(), rows))
}

fn parameter_sheet(frame: &Frame, title: &str, evaluation: &Evaluation) -> Result<Sheet, AppError> {
    let heads = [("pol-parameter", Kind::Text), ("pol-meaning", Kind::Text), ("pol-value", Kind::Text)];
    let rows = parameters(frame, evaluation)?
        .into_iter()
        .map(|one| vec![text(one.name), text(one.meaning), text(one.value)])
        .collect();
    Ok(sheet(frame.t("pol-parameters"), title, heads.map(|(key, kind)| (frame.t(key), kind)).to_vec(), rows))
}

/// A verdict as a cell, what is met first.
pub(super) fn verdict_cell(frame: &Frame, met: Option<bool>) -> list::Cell {
    list::Cell::state(
        targets::verdict(frame, met),
        match met {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        },
    )
}
