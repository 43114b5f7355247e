//! `/indicators` 指标: every target and monitored figure of the policy, each open down to the rights it counted.

pub(crate) mod basis;
pub(crate) mod categories;
mod changes;
mod counted;
mod course;
pub(crate) mod denominators;
mod detail;
mod parts;
mod rights;
mod source;
mod test;
mod towns;
pub(crate) mod waiting;
mod waves;

use axum::{extract::State, http::Uri, response::Response};
use domain::waiting::OfRun;
use rules::{evaluation::Indicator, policy::IndicatorDef, policy::IndicatorKind};

pub use self::{changes::page as changes, detail::page as one, rights::page as rights, towns::page as town};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery, Listing},
    pages::cockpit::{
        self, quantities,
        shown::{self, Shown},
        targets,
    },
    pieces::{State as StateWord, Tone},
};

/// All indicators stand on one page unless the reader wishes otherwise.
const ON_A_PAGE: usize = 50;

struct Row<'a> {
    indicator: &'a Indicator,
    definition: &'a IndicatorDef,
}

/// `GET /indicators`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let wished = ListQuery::parse(&uri);
    let query =
        if wished.size < ON_A_PAGE && !wished.export { wished.of_size(ON_A_PAGE).on_page(wished.page) } else { wished };
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return cockpit::no_run(&frame, frame.t("indicators-title"));
    };
    let rows: Vec<Row<'_>> = shown
        .evaluation()
        .indicators
        .iter()
        .filter_map(|indicator| Some(Row { indicator, definition: shown.policy.indicator(&indicator.code)? }))
        .collect();
    let waiting = domain::waiting::of_run(&app.installation, &shown.opened).await?;
    let listing = listing(&frame, &shown, &waiting);
    shown.listed(hx, &frame, "indicators-title", (&listing, &rows), &query)
}

fn listing<'a>(frame: &'a Frame, shown: &'a Shown, waiting: &'a OfRun) -> Listing<'a, Row<'a>> {
    let detail = |code: &str| shown.keep(frame.at(&format!("/indicators/{code}")));
    let part =
        |number: Option<i64>, unit: &str| number.map_or_else(Cell::empty, |number| quantity_cell(frame, number, unit));
    Listing::new(frame, "indicators", "/indicators", frame.t1("indicators-list-of", "date", shown.as_of()))
        .column("name", frame.t("indicators-col-name"), Kind::Text, move |row: &Row<'_>| {
            Cell::text(frame.said(&row.indicator.name)).link(detail(&row.indicator.code))
        })
        .column("value", frame.t("indicators-col-value"), Kind::Number, |row| targets::value_cell(frame, row.indicator))
        .column("target", frame.t("indicators-col-target"), Kind::Text, |row| match &row.indicator.target {
            Some(target) => Cell::code(quantities::required(row.indicator.operator, target)),
            None => Cell::empty(),
        })
        .column("state", frame.t("indicators-col-state"), Kind::Text, |row| {
            let (state, rank) = state(frame, row.indicator, row.definition);
            Cell::state(state, rank)
        })
        .column("numerator", frame.t("indicators-col-numerator"), Kind::Number, move |row| {
            let cell = part(row.indicator.numerator, &row.definition.numerator_unit);
            if row.indicator.is_lower() { cell.at_least(frame) } else { cell }
        })
        .column("denominator", frame.t("indicators-col-denominator"), Kind::Number, move |row| {
            part(row.indicator.denominator, &row.definition.denominator_unit)
        })
        .column("flow", frame.t("indicators-col-flow"), Kind::Text, |row| {
            // What cannot be computed, is only known in part, or may turn when rows that wait are settled, says so instead.
            let (indicator, definition) = (row.indicator, row.definition);
            let may_change = waiting.behind(indicator, definition).is_some_and(|waiting| waiting.may_change);
            let is_open = indicator.value.is_none() || indicator.is_lower() || may_change;
            Cell::text(match is_open {
                true => self::waiting::why(frame, waiting, indicator, definition),
                false => quantities::flow(frame, &definition.flow),
            })
        })
        .filter("kind", frame.t("indicators-col-kind"), kinds(frame), |row, key| kind_key(row.definition.kind) == key)
        .filter("state", frame.t("indicators-col-state"), states(frame), |row, key| {
            state_key(row.indicator, row.definition) == key
        })
        .search(frame.t("indicators-search"), |row| frame.said(&row.indicator.name))
}

/// A count or an amount as a cell: short on the page, exact on the hover.
pub(crate) fn quantity_cell(frame: &Frame, number: i64, unit: &str) -> Cell {
    if unit == "分" {
        return Cell::money(number, frame.lang);
    }
    let short = quantities::quantity(number, unit, frame.lang);
    let export_unit = frame.unit(unit);
    Cell { text: short.text, unit: short.unit, exact: short.exact, export_unit, ..Cell::number(number) }
}

const fn kind_key(kind: IndicatorKind) -> &'static str {
    match kind {
        IndicatorKind::Target => "target",
        IndicatorKind::Monitored => "monitored",
        IndicatorKind::NotComputable => "not-computable",
    }
}

fn kinds(frame: &Frame) -> Vec<Choice> {
    vec![
        Choice::new("target", frame.t("indicators-kind-target")),
        Choice::new("monitored", frame.t("indicators-kind-monitored")),
        Choice::new("not-computable", frame.t("indicators-kind-not-computable")),
    ]
}

fn states(frame: &Frame) -> Vec<Choice> {
    vec![
        Choice::new("met", targets::verdict(frame, Some(true)).word),
        Choice::new("missed", targets::verdict(frame, Some(false)).word),
        Choice::new("open", targets::verdict(frame, None).word),
        Choice::new("none", frame.t("indicators-no-target")),
    ]
}

fn state_key(indicator: &Indicator, definition: &IndicatorDef) -> &'static str {
    match (definition.kind, indicator.met) {
        (IndicatorKind::Target, Some(true)) => "met",
        (IndicatorKind::Target, Some(false)) => "missed",
        (IndicatorKind::Target, None) => "open",
        _ => "none",
    }
}

/// The word of an indicator's verdict, with its place in an order.
fn state(frame: &Frame, indicator: &Indicator, definition: &IndicatorDef) -> (StateWord, i64) {
    match state_key(indicator, definition) {
        "met" => (targets::verdict(frame, Some(true)), 0),
        "missed" => (targets::verdict(frame, Some(false)), 1),
        "open" => (targets::verdict(frame, None), 2),
        _ if indicator.value.is_none() => (StateWord::new(Tone::Unknown, frame.t("indicators-not-computable")), 4),
        _ => (StateWord::new(Tone::Plain, frame.t("indicators-no-target")), 3),
    }
}

/// Whether an indicator counts loans, of which a town sees single ones of its own alone.
pub(crate) fn counts_loans(code: &str) -> bool {
    matches!(counted::Counted::by(code), counted::Counted::Pledges { .. })
}

/// The indicator of a code in a run, with its definition.
fn find<'a>(frame: &Frame, shown: &'a Shown, code: &str) -> Result<Row<'a>, AppError> {
    let missing = || AppError::NotFound(frame.t("indicators-not-found"));
    let indicator = shown.evaluation().indicator(code).ok_or_else(missing)?;
    Ok(Row { indicator, definition: shown.policy.indicator(code).ok_or_else(missing)? })
}

/// The address of an indicator's own page or a page below it, with the run kept.
fn address(frame: &Frame, shown: &Shown, code: &str, below: &str) -> String {
    shown.keep(frame.at(&format!("/indicators/{code}{below}")))
}

/// A town's name as part of a path.
fn town_path(town: &str) -> String {
    format!("/towns/{}", format::encode(town))
}
