//! `/budget/spending` 知识产权投入: what departments and towns spent, unit by unit and year by year, and who has not reported; and the
//! rows behind each number (C4.2.6).

use axum::{extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    spending::{self, Course, REGISTER, Return, Spending, UnitYear},
};

use super::{head, market};
use crate::{
    app::App,
    chart::{Chart, Kind as ChartKind, Series},
    error::AppError,
    form::Choice,
    format::{self, encode},
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery, Listing},
    pages::{
        corpus::baskets::account,
        room::{self, Room},
    },
    pieces::{State as StateWord, Tone},
};

pub(super) const PATH: &str = "/budget/spending";
const ROWS: &str = "/budget/spending/rows";

/// The columns of years, the chosen one first.
const YEARS: [&str; 5] = ["y0", "y1", "y2", "y3", "y4"];

/// A unit with the years that are shown; a year in which there was none of it is missing.
struct Unit {
    name: String,
    is_town: bool,
    years: Vec<Option<UnitYear>>,
}

impl Unit {
    /// The unit in the chosen year.
    fn now(&self) -> Option<&UnitYear> {
        self.years.first()?.as_ref()
    }
}

/// The years that are shown: from the chosen one back.
fn shown_years(all: &Spending, query: &ListQuery) -> Vec<i64> {
    let known: std::collections::BTreeSet<i64> = all.units.iter().map(|one| one.year).collect();
    let last = query.filter("year").and_then(|year| year.parse().ok()).or(known.last().copied());
    known.into_iter().rev().filter(|year| last.is_some_and(|last| *year <= last)).take(YEARS.len()).collect()
}

fn units(all: &Spending, years: &[i64]) -> Vec<Unit> {
    let names: std::collections::BTreeSet<(bool, &str)> =
        all.units.iter().map(|one| (one.is_town, one.unit.as_str())).collect();
    let unit = |(is_town, name): (bool, &str)| {
        let find = |year: &i64| all.units.iter().find(|one| one.unit == name && one.year == *year).cloned();
        Unit { name: name.to_owned(), is_town, years: years.iter().map(find).collect() }
    };
    let all = names.into_iter().map(unit);
    all.filter(|unit| unit.years.iter().any(Option::is_some)).collect()
}

fn kind(frame: &Frame, is_town: bool) -> String {
    frame.t(if is_town { "spending-town" } else { "spending-department" })
}

/// `GET /budget/spending`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let all = spending::spending(&app.installation, account(&frame)?, app.now()).await?;
    let years = shown_years(&all, &query);
    let rows = units(&all, &years);
    let listing = listing(&frame, &all, &years);
    let room = match frame.may(Permission::ViewMoney) {
        true => head(&frame, PATH),
        false => Room::new(frame.t("spending-title"), frame.t("spending-line")),
    };
    let course = years.first().and_then(|year| all.years.iter().find(|one| one.year == *year));
    let lines = course.map(|course| told(&frame, course)).unwrap_or_default();
    super::charted(hx, &frame, &room, (&listing, &rows), &query, (lines, chart(&frame, &all)))
}

/// What a year comes to over all units, who is missing, and how it moved, in words: monitored, with no target.
fn told(frame: &Frame, course: &Course) -> Vec<String> {
    let money = |fen: i64| format::money_text(fen, frame.lang);
    let mut lines = vec![frame.tn(
        "spending-of-year",
        [
            ("year", course.year.to_string()),
            ("reported", format::count(course.reported)),
            ("amount", money(course.spent.fen)),
        ],
    )];
    if course.spent.untold > 0 {
        lines.push(frame.t1("spending-untold", "count", format::count(course.spent.untold)));
    }
    match (course.residents, course.is_least()) {
        (Some(residents), least) if residents > 0 => {
            let each = money(course.spent.fen / residents);
            lines.push(frame.t1(if least { "spending-each-least" } else { "spending-each" }, "amount", each));
        }
        _ => lines.push(frame.t1("spending-no-residents", "year", course.year.to_string())),
    }
    lines.push(match course.alike {
        Some((units, growth)) => {
            let key = if growth > 0 { "spending-rose" } else { "spending-not-rose" };
            frame.tn(key, [("units", format::count(units)), ("growth", percent(growth))])
        }
        None => frame.t("spending-no-growth"),
    });
    if !course.missing.is_empty() {
        let units = course.missing.join("、");
        lines.push(frame.tn("spending-missing", [("count", format::count(course.missing.len())), ("units", units)]));
    }
    lines
}

/// Hundredths of a percent.
fn percent(share: i64) -> String {
    format!("{}%", format::fixed(share.into(), 100, 2))
}

fn listing<'a>(frame: &'a Frame, all: &'a Spending, years: &'a [i64]) -> Listing<'a, Unit> {
    let choices = market::years(all.units.iter().map(|one| one.year));
    let kinds = vec![Choice::new("town", kind(frame, true)), Choice::new("department", kind(frame, false))];
    let states =
        vec![Choice::new("yes", frame.t("spending-reported")), Choice::new("no", frame.t("spending-unreported"))];
    let is_reported = |one: &Unit| one.now().is_some_and(UnitYear::is_reported);
    let mut listing = Listing::new(frame, "spending", PATH, frame.t("spending-title"))
        .column("unit", frame.t("spending-unit"), Kind::Text, |one: &Unit| {
            Cell::text(one.name.clone()).link(frame.at(&format!("{ROWS}?unit={}", encode(&one.name))))
        })
        .column("kind", frame.t("spending-kind"), Kind::Text, |one| Cell::text(kind(frame, one.is_town)));
    for (place, year) in years.iter().enumerate() {
        let heading = frame.t1("spending-spent", "year", year.to_string());
        listing = listing.column(YEARS[place], heading, Kind::Money, move |one| {
            let Some(of_year) = &one.years[place] else { return Cell::unknown(frame.t("spending-not-due")) };
            match of_year.spent {
                None => Cell::unknown(frame.t("spending-unreported")),
                Some(sum) => market::sum(frame, sum).link(frame.at(&format!(
                    "{ROWS}?unit={}&year={}",
                    encode(&one.name),
                    of_year.year
                ))),
            }
        });
    }
    let head = move |one: &Unit| match one.now() {
        Some(now) if now.is_town => match (now.per_head_fen(), now.residents) {
            (Some(fen), _) => Cell::decimal(&format::fixed(fen.into(), 100, 2)).unit(frame.t("spending-yuan")),
            (None, None) => Cell::unknown(frame.t("spending-no-population")),
            (None, Some(_)) => Cell::unknown(frame.t("board-not-computable")),
        },
        _ => Cell::unknown(frame.t("spending-no-heads")),
    };
    let growth = move |one: &Unit| match one.now().and_then(|now| now.growth) {
        Some(growth) => Cell::decimal(&format::fixed(growth.into(), 100, 2)).unit("%"),
        None => Cell::unknown(frame.t("board-not-comparable")),
    };
    listing
        .column("budgeted", frame.t("spending-budgeted"), Kind::Money, move |one| match one.now() {
            None => Cell::unknown(frame.t("spending-not-due")),
            Some(now) => match now.budgeted {
                None => Cell::unknown(frame.t("spending-unreported")),
                Some(sum) => market::sum(frame, sum),
            },
        })
        .column("head", frame.t("spending-per-head"), Kind::Number, head)
        .column("growth", frame.t("spending-growth"), Kind::Number, growth)
        .column("state", frame.t("spending-state"), Kind::Text, move |one| match one.now() {
            Some(now) if now.is_reported() => Cell::state(StateWord::new(Tone::Ok, frame.t("spending-reported")), 0),
            Some(_) => Cell::state(StateWord::new(Tone::Bad, frame.t("spending-unreported")), 2),
            None => Cell::state(StateWord::new(Tone::Plain, frame.t("spending-not-due")), 1),
        })
        // The year chooses what the columns show; every unit stays.
        .filter("year", frame.t("cases-year"), choices, |_, _| true)
        .filter("kind", frame.t("spending-kind"), kinds, |one, kind| one.is_town == (kind == "town"))
        .filter("reported", frame.t("spending-state"), states, move |one, wanted| {
            is_reported(one) == (wanted == "yes") && one.now().is_some()
        })
        .search(frame.t("spending-search"), |one| one.name.clone())
        .when_empty(frame.t("spending-none"), frame.t("spending-none-todo"))
}

/// What the units that report came to, year by year; nothing while fewer than two years are known.
fn chart(frame: &Frame, all: &Spending) -> Option<Chart> {
    if all.years.len() < 2 {
        return None;
    }
    let years: Vec<&Course> = all.years.iter().rev().collect();
    let labels = years.iter().map(|one| one.year.to_string()).collect();
    // In ten thousand yuan.
    let wan = |one: &&Course| Some(format::fixed(one.spent.fen.into(), 1_000_000, 2));
    let series = vec![Series::of(frame.t("spending-chart-spent"), years.iter().map(wan).collect())];
    let mut chart = Chart::new(frame, "spending-course", frame.t("spending-chart"), ChartKind::Bars, labels, series);
    let told = |one: &&Course| {
        frame.tn(
            "spending-chart-year",
            [
                ("year", one.year.to_string()),
                ("reported", format::count(one.reported)),
                ("missing", format::count(one.missing.len())),
            ],
        )
    };
    chart.line = years.iter().map(told).collect::<Vec<_>>().join(&frame.t("spending-chart-between"));
    chart.x_title = frame.t("cases-year");
    chart.y_title = frame.t("spending-chart-axis");
    Some(chart)
}

/// `GET /budget/spending/rows`.
pub async fn rows(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = spending::spending(&app.installation, account(&frame)?, app.now()).await?.returns;
    let listing = Listing::new(&frame, "returns", ROWS, frame.t("spending-rows"))
        .column("unit", frame.t("spending-unit"), Kind::Text, |one: &Return| Cell::text(one.unit.clone()))
        .column("year", frame.t("cases-year"), Kind::Code, |one| {
            let year = one.year.to_string();
            market::key(&frame, REGISTER, &[&one.written, &year, &one.source], &year)
        })
        .column("source", frame.t("spending-source"), Kind::Text, |one| Cell::text(one.source.clone()))
        .column("budgeted", frame.t("spending-budgeted"), Kind::Money, |one| market::told(&frame, one.budgeted_fen))
        .column("spent", frame.t("spending-spent-amount"), Kind::Money, |one| market::told(&frame, one.spent_fen))
        .column("kind", frame.t("spending-kind"), Kind::Text, |one| Cell::text(kind(&frame, one.is_town)))
        .words("unit", frame.t("spending-unit"), &rows, |one| &one.unit)
        .years("year", frame.t("cases-year"), &rows, |one| one.year)
        .search(frame.t("spending-search"), |one| format!("{} {}", one.unit, one.source))
        .when_empty(frame.t("spending-none"), frame.t("spending-none-todo"));
    let line = market::summed(&frame, listing.passing(&rows, &query).map(|one| one.spent_fen));
    let room = Room::new(frame.t("spending-rows"), line).below(&frame, &[("spending-title", PATH)]);
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}
