//! `/awards/{award}`: every enterprise on which an award was decided, reached or not.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use rules::policy::AwardDef;

use super::{Standing, address, all_enterprises, enterprises, find, lacking, level_name, reasons, undecided};
use crate::{
    app::App,
    by_run::ByRun,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx::Hx,
    list::{Cell, Dir, Kind, ListQuery, Listing, ListingView},
    pages::{
        cockpit::{
            self,
            shown::{self, Shown},
        },
        room::ListBlock,
    },
    pieces::{Clause, Link},
};

#[derive(Template)]
#[template(path = "awards/list.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    title: String,
    line: String,
    crumbs: Vec<Link>,
    choices: Vec<Choice>,
    clauses: Vec<Clause>,
    list: &'a ListingView,
}

static ROWS: ByRun<Vec<Row>> = ByRun::new(12);

/// One enterprise in the award.
struct Row {
    uscc: String,
    name: String,
    town: String,
    standing: Standing,
    level: Option<i64>,
    actual: BTreeMap<String, Option<i64>>,
    lacking: String,
    open: String,
    distance: Option<i64>,
}

/// `GET /awards/{award}`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return cockpit::no_run(&frame, frame.t("awards-title"));
    };
    let award = find(&frame, &shown, &id)?;
    let key = format!("{} {id} {}", shown.opened.summary.run, frame.lang.key());
    let rows = ROWS.get(&key, || rows(&frame, &shown, award));
    let listing = listing(&frame, &shown, award, &rows);
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let mut view = listing.view(&rows, &query);
    shown.keep_in(&mut view);
    let page = ListPage {
        frame: &frame,
        title: frame.said(&award.name),
        line: shown.line(&frame),
        crumbs: vec![Link::new(frame.t("awards-title"), shown.keep(frame.at("/awards")))],
        choices: shown.choices(&frame),
        clauses: reasons::clauses(&frame, &shown, award),
        list: &view,
    };
    hx.page(page, ListBlock { frame: &frame, list: &view })
}

fn rows(frame: &Frame, shown: &Shown, award: &AwardDef) -> Vec<Row> {
    let all = all_enterprises(shown);
    let evaluation = shown.evaluation();
    let by_code = enterprises(&all);
    let levels: BTreeMap<&str, i64> = evaluation
        .awards
        .iter()
        .filter(|won| won.award == award.id)
        .map(|won| (won.subject.as_str(), won.level))
        .collect();
    let near: BTreeMap<&str, _> = evaluation
        .near_misses
        .iter()
        .filter(|near| near.award == award.id)
        .map(|near| (near.subject.as_str(), near))
        .collect();
    let open: BTreeMap<&str, _> = evaluation
        .undetermined
        .iter()
        .filter(|open| open.award == award.id)
        .map(|open| (open.subject.as_str(), open))
        .collect();
    let mut rows: Vec<Row> = evaluation
        .decisions()
        .subjects(&award.id)
        .map(|subject| {
            let level = levels.get(subject).copied();
            let close = near.get(subject);
            let standing = match (level, close.is_some(), open.contains_key(subject)) {
                (Some(_), _, _) => Standing::Reached,
                (None, true, _) => Standing::Near,
                (None, false, true) => Standing::Open,
                (None, false, false) => Standing::Missed,
            };
            let decided = evaluation.explain(&award.id, subject);
            let actual =
                decided.first().map(|first| first.conditions.iter().map(|one| (one.id.clone(), one.actual)).collect());
            Row {
                uscc: subject.to_owned(),
                name: by_code.get(subject).map_or(subject, |one| one.name.as_str()).to_owned(),
                town: by_code.get(subject).map(|one| one.town.clone()).unwrap_or_default(),
                standing,
                level,
                actual: actual.unwrap_or_default(),
                lacking: close.map(|near| lacking(frame, &near.conditions)).unwrap_or_default(),
                open: open.get(subject).map(|open| undecided(frame, &open.conditions)).unwrap_or_default(),
                distance: close.map(|near| near.distance),
            }
        })
        .collect();
    // Within a level whoever has most comes first; the list is turned round by its order.
    let whole = condition_ids(&rows).into_iter().next().unwrap_or_default();
    rows.sort_by_key(|row| row.actual.get(&whole).copied().flatten());
    rows
}

fn listing<'a>(frame: &'a Frame, shown: &'a Shown, award: &'a AwardDef, rows: &[Row]) -> Listing<'a, Row> {
    let caption = frame.tn("awards-list-of", &[("name", frame.said(&award.name)), ("date", shown.as_of().to_string())]);
    let mut listing = Listing::new(frame, "award", &format!("/awards/{}", award.id), caption)
        .column("name", frame.t("enterprises-col-name"), Kind::Text, move |row: &Row| {
            Cell::text(row.name.clone()).link(address(frame, shown, &award.id, &format!("/{}", row.uscc)))
        })
        .column("uscc", frame.t("rights-number-enterprise"), Kind::Code, |row| Cell::code(row.uscc.clone()))
        .column("town", frame.t("patents-col-town"), Kind::Text, |row| Cell::text(row.town.clone()))
        .column("state", frame.t("awards-col-state"), Kind::Text, move |row| {
            let mut state = row.standing.state(frame);
            if let Some(level) = row.level.filter(|_| !award.levels.is_empty()) {
                state.word = level_name(frame, award, level);
            }
            // The highest level first, then those close, open, and far.
            let rank = row.level.unwrap_or_else(|| -(row.standing as i64));
            Cell::state(state, rank)
        });
    for id in condition_ids(rows) {
        let heading = award.facts.get(&id).map(|name| frame.said(name)).unwrap_or_default();
        let column: &'static str = column_key(&id);
        listing = listing.column(column, heading, Kind::Number, move |row: &Row| {
            row.actual.get(&id).copied().flatten().map_or_else(Cell::empty, Cell::number)
        });
    }
    let listing = listing.column("lacking", frame.t("awards-col-lacking"), Kind::Text, |row| match row.distance {
        Some(distance) => Cell { key: crate::list::Key::Number(distance.into()), ..Cell::text(row.lacking.clone()) },
        None => Cell::empty(),
    });
    let listing = if rows.iter().all(|row| row.open.is_empty()) {
        listing
    } else {
        listing.column("open", frame.t("awards-col-open"), Kind::Text, |row: &Row| Cell::text(row.open.clone()))
    };
    let listing = if award.levels.is_empty() {
        listing
    } else {
        let levels =
            award.levels.iter().rev().map(|level| Choice::new(level.level.to_string(), level.name.clone())).collect();
        listing.filter("level", frame.t("awards-col-level"), levels, |row, key| {
            row.level.is_some_and(|level| level.to_string() == key)
        })
    };
    listing
        .filter("state", frame.t("awards-col-state"), states(frame), |row, key| match key {
            // Whoever holds a level may be close to the next one too.
            "near" => row.distance.is_some(),
            key => row.standing.key() == key,
        })
        .filter("town", frame.t("patents-col-town"), towns(rows), |row, town| row.town == town)
        .search(frame.t("towns-search"), |row| format!("{} {}", row.name, row.uscc))
        .sorted_by("state", Dir::Down)
        .kept_as(&shown.opened.summary.run)
        .when_empty(frame.t("awards-none"), frame.t("awards-none-todo"))
}

/// The conditions that the award's levels share, in their order.
fn condition_ids(rows: &[Row]) -> Vec<String> {
    let ids: BTreeSet<&String> = rows.iter().flat_map(|row| row.actual.keys()).collect();
    let mut ids: Vec<String> = ids.into_iter().cloned().collect();
    // The whole stands before its part.
    ids.sort_by_key(|id| id.contains("high_value"));
    ids
}

/// The key of a condition's column in an address.
fn column_key(id: &str) -> &'static str {
    match id {
        "valid_inventions" => "inventions",
        "high_value_inventions" => "high-value",
        "grants_in_year" | "pct_grants" => "grants",
        _ => "actual",
    }
}

fn states(frame: &Frame) -> Vec<Choice> {
    Standing::ALL.into_iter().map(|(one, key)| Choice::new(key, one.state(frame).word)).collect()
}

fn towns(rows: &[Row]) -> Vec<Choice> {
    let names: BTreeSet<&str> = rows.iter().map(|row| row.town.as_str()).filter(|town| !town.is_empty()).collect();
    let mut choices: Vec<Choice> = names.into_iter().map(|town| Choice::new(town, town)).collect();
    choices.sort_by_cached_key(|choice| crate::search_key::sort_key(&choice.value));
    choices
}
