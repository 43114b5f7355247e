//! `/budget/funds` 专项资金: the city's special funds, whether they ask for intellectual property and where their projects go; the
//! projects; and the shares of the foci by year (C4.2.2).

use axum::{extract::State, http::Uri, response::Response};
use domain::{
    budget::Sum,
    funds::{self, FUNDS as REGISTER, Fund, FundMap, PROJECTS as PROJECT_REGISTER, Project, Share},
};

use super::market;
use crate::{
    app::App,
    chart::{Chart, Kind as ChartKind, Series},
    error::AppError,
    form::Choice,
    format::{self, encode},
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, Listing},
    pages::{
        corpus::baskets::account,
        room::{self, Room},
    },
    pieces::{State as StateWord, Tone},
};

pub(super) const PATH: &str = "/budget/funds";
const SHARES: &str = "/budget/funds/shares";
const PROJECTS: &str = "/budget/funds/projects";

/// In an address, the focus of projects that nobody tagged.
const UNTAGGED: &str = "none";

/// The columns of the foci of a fund, in the order of the register, those that nobody tagged last.
const FOCUS_COLUMNS: [&str; 5] = ["f0", "f1", "f2", "f3", "f4"];

fn foci() -> impl Iterator<Item = &'static str> {
    registry::FOCUSES.iter().copied().chain([""])
}

/// The word of a focus.
fn word(frame: &Frame, focus: &str) -> String {
    if focus.is_empty() { frame.t("funds-untagged") } else { frame.said(focus) }
}

fn projects_of(fund: Option<&str>, year: i64, focus: Option<&str>) -> String {
    let mut path = format!("{PROJECTS}?year={year}");
    if let Some(fund) = fund {
        path.push_str(&format!("&fund={}", encode(fund)));
    }
    if let Some(focus) = focus {
        let focus = if focus.is_empty() { UNTAGGED } else { focus };
        path.push_str(&format!("&focus={}", encode(focus)));
    }
    path
}

/// A sum of projects that opens to them; none where there are none.
fn opened(frame: &Frame, sum: Sum, path: &str) -> Cell {
    if sum.count == 0 { Cell::text(frame.t("funds-no-projects")) } else { market::sum(frame, sum).link(frame.at(path)) }
}

/// The page with its neighbours.
fn room(frame: &Frame, title: &str, line: String, here: &str) -> Room {
    let tabs = [("funds-map", PATH), ("funds-shares", SHARES), ("funds-projects", PROJECTS)];
    super::below_budget(frame, (title, line), "funds-title", here, &tabs)
}

/// `GET /budget/funds`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let map = funds::map(&app.installation, account(&frame)?, app.now()).await?;
    let listing = listing(&frame, &map);
    let room = room(&frame, "funds-title", frame.t("funds-line"), PATH);
    let figures = (told(&frame, &map), chart(&frame, &map));
    super::charted(hx, &frame, &room, (&listing, &map.funds), &query, figures)
}

/// The funds of the latest year without a condition, and those that nobody has looked into, by name.
fn told(frame: &Frame, map: &FundMap) -> Vec<String> {
    let mut lines = Vec::new();
    for (is_there, register) in [(map.has_funds, REGISTER), (map.has_projects, PROJECT_REGISTER)] {
        if !is_there {
            let name = crate::pages::registry::register_name(frame, register);
            lines.push(frame.t1("funds-never-came", "register", name));
        }
    }
    let Some(year) = map.funds.iter().filter(|one| one.is_listed).map(|one| one.year).max() else { return lines };
    for (wanted, key) in [(Some(false), "funds-without"), (None, "funds-unknown")] {
        let of = |one: &&Fund| one.year == year && one.is_listed && one.has_condition == wanted;
        let names: Vec<&str> = map.funds.iter().filter(of).map(|one| one.name.as_str()).collect();
        if !names.is_empty() {
            let values =
                [("year", year.to_string()), ("count", format::count(names.len())), ("funds", names.join("、"))];
            lines.push(frame.tn(key, values));
        }
    }
    lines
}

fn listing<'a>(frame: &'a Frame, map: &'a FundMap) -> Listing<'a, Fund> {
    let conditions = ["yes", "no", "unknown"].map(|key| Choice::new(key, frame.t(&format!("funds-condition-{key}"))));
    let condition = |one: &Fund| match one.has_condition {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    let mut listing = Listing::new(frame, "funds", PATH, frame.t("funds-title"))
        .column("fund", frame.t("funds-fund"), Kind::Text, |one: &Fund| {
            let cell = Cell::text(one.name.clone());
            let may = one.is_listed && frame.may(domain::accounts::Permission::ViewRegistry);
            let key = [one.name.as_str(), &one.year.to_string()].map(str::to_owned);
            let path = crate::pages::history::address(REGISTER, &[&key[0], &key[1]]);
            if may { cell.link(frame.at(&path)) } else { cell }
        })
        .column("year", frame.t("cases-year"), Kind::Code, |one| Cell::code(one.year.to_string()))
        .column("department", frame.t("funds-department"), Kind::Text, |one| match one.is_listed {
            true => Cell::text(one.department.clone()),
            false => Cell::unknown(frame.t("funds-unlisted")),
        })
        .column("total", frame.t("funds-total"), Kind::Money, |one| market::told(frame, one.total_fen))
        .column("condition", frame.t("funds-condition"), Kind::Text, move |one| {
            let tone = match one.has_condition {
                Some(true) => Tone::Ok,
                Some(false) => Tone::Bad,
                None => Tone::Unknown,
            };
            let key = condition(one);
            Cell::state(StateWord::new(tone, frame.t(&format!("funds-condition-{key}"))), tone as i64)
        })
        .column("words", frame.t("funds-words"), Kind::Text, |one| Cell::text(one.condition.clone()))
        .column("projects", frame.t("funds-of-projects"), Kind::Money, |one| {
            opened(frame, one.projects(), &projects_of(Some(&one.name), one.year, None))
        });
    for (place, focus) in foci().enumerate() {
        listing = listing.column(FOCUS_COLUMNS[place], word(frame, focus), Kind::Money, move |one| {
            opened(frame, one.of(focus), &projects_of(Some(&one.name), one.year, Some(focus)))
        });
    }
    listing
        .years("year", frame.t("cases-year"), &map.funds, |one| one.year)
        .words("department", frame.t("funds-department"), &map.funds, |one| &one.department)
        .filter("condition", frame.t("funds-condition"), conditions.into(), move |one, key| condition(one) == key)
        .search(frame.t("funds-search"), |one| format!("{} {} {}", one.name, one.department, one.condition))
        .when_empty(frame.t("funds-none"), frame.t("funds-none-todo"))
}

/// The shares of the foci, year by year; nothing while no project tells an amount.
fn chart(frame: &Frame, map: &FundMap) -> Option<Chart> {
    let years: std::collections::BTreeSet<i64> = map.shares.iter().map(|one| one.year).collect();
    let share = |year: i64, focus: &str| {
        let one = map.shares.iter().find(|one| one.year == year && one.focus == focus)?;
        one.share.map(|share| format::fixed(share.into(), 100, 2))
    };
    let series: Vec<Series> = foci()
        .map(|focus| Series::of(word(frame, focus), years.iter().map(|year| share(*year, focus)).collect()))
        .collect();
    if series.iter().all(|one| one.values.iter().all(Option::is_none)) {
        return None;
    }
    let labels = years.iter().map(i64::to_string).collect();
    let mut chart = Chart::new(frame, "fund-shares", frame.t("funds-chart"), ChartKind::Stacked, labels, series);
    chart.line = frame.t("funds-chart-line");
    chart.x_title = frame.t("cases-year");
    chart.y_title = frame.t("funds-chart-axis");
    chart.unit = "%".to_owned();
    Some(chart)
}

/// `GET /budget/funds/shares`.
pub async fn shares(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = funds::map(&app.installation, account(&frame)?, app.now()).await?.shares;
    let listing = Listing::new(&frame, "shares", SHARES, frame.t("funds-shares"))
        .column("focus", frame.t("funds-focus"), Kind::Text, |one: &Share| Cell::text(word(&frame, &one.focus)))
        .column("year", frame.t("cases-year"), Kind::Code, |one| Cell::code(one.year.to_string()))
        .column("amount", frame.t("funds-amount"), Kind::Money, |one| {
            opened(&frame, one.sum, &projects_of(None, one.year, Some(&one.focus)))
        })
        .column("count", frame.t("funds-count"), Kind::Number, |one| {
            Cell::number(i64::try_from(one.sum.count).unwrap_or(i64::MAX))
        })
        .column("share", frame.t("funds-share"), Kind::Number, |one| match one.share {
            Some(share) => Cell::decimal(&format::fixed(share.into(), 100, 2)).unit("%"),
            None => Cell::unknown(frame.t("board-not-computable")),
        })
        .years("year", frame.t("cases-year"), &rows, |one| one.year)
        .when_empty(frame.t("funds-none"), frame.t("funds-none-todo"));
    let room = room(&frame, "funds-shares", frame.t("funds-shares-line"), SHARES);
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

/// `GET /budget/funds/projects`.
pub async fn projects(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = funds::map(&app.installation, account(&frame)?, app.now()).await?.projects;
    let key = |focus: &str| if focus.is_empty() { UNTAGGED.to_owned() } else { focus.to_owned() };
    let tags = foci().map(|focus| Choice::new(key(focus), word(&frame, focus))).collect();
    let listing = Listing::new(&frame, "projects", PROJECTS, frame.t("funds-projects"))
        .column("project", frame.t("funds-project"), Kind::Text, |one: &Project| {
            let year = one.year.to_string();
            market::key(&frame, PROJECT_REGISTER, &[&one.fund, &year, &one.name], &one.name)
        })
        .column("fund", frame.t("funds-fund"), Kind::Text, |one| Cell::text(one.fund.clone()))
        .column("year", frame.t("cases-year"), Kind::Code, |one| Cell::code(one.year.to_string()))
        .column("holder", frame.t("funds-holder"), Kind::Text, |one| {
            market::firm(&frame, &one.holder, &one.holder_uscc)
        })
        .column("focus", frame.t("funds-focus"), Kind::Text, |one| match one.focus.as_str() {
            "" => Cell::unknown(word(&frame, "")),
            focus => Cell::text(word(&frame, focus)),
        })
        .column("amount", frame.t("funds-amount"), Kind::Money, |one| market::told(&frame, one.amount_fen))
        .words("fund", frame.t("funds-fund"), &rows, |one| &one.fund)
        .years("year", frame.t("cases-year"), &rows, |one| one.year)
        .filter("focus", frame.t("funds-focus"), tags, move |one, focus| key(&one.focus) == focus)
        .search(frame.t("funds-project-search"), |one| format!("{} {} {}", one.name, one.holder, one.fund))
        .when_empty(frame.t("funds-projects-none"), frame.t("funds-projects-none-todo"));
    let line = market::summed(&frame, listing.passing(&rows, &query).map(|one| one.amount_fen));
    room::listed(hx, &frame, &room(&frame, "funds-projects", line, PROJECTS), (&listing, &rows), &query)
}
