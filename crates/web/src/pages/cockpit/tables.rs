//! The cockpit's tables as files, each with its exact numbers: the course of the targets, what changed, who stands in a gap.

use axum::response::Response;
use domain::cockpit::{Movement, Target};
use rules::{Policy, policy::IndicatorDef};

use super::{
    changes::{Change, Gap, Mover},
    quantities, standing, targets,
};
use crate::{
    error::AppError,
    frame::Frame,
    list::{Cell, Kind, ListQuery, Listing, downloads},
    pages::indicators::quantity_cell,
    pieces::Link,
};

const PATH: &str = "/cockpit";
/// The ids of the tables.
const COURSE: &str = "course";
const CHANGES: &str = "changes";
const GAPS: &str = "gaps";

/// Where each table can be had.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) course: Vec<Link>,
    pub(super) changes: Vec<Link>,
    pub(super) gaps: Vec<Link>,
}

impl Files {
    pub(super) fn of(frame: &Frame, query: &ListQuery) -> Self {
        let links = |id| downloads(frame, PATH, id, query);
        Self { course: links(COURSE), changes: links(CHANGES), gaps: links(GAPS) }
    }
}

/// The table that the address asks for as a file; none when it asks for another or for the page.
pub(super) fn file<'t>(
    frame: &Frame,
    policy: &'t Policy,
    query: &ListQuery,
    (open, changes, gaps): (&'t [Target], &[Change], &'t [Gap]),
) -> Option<Result<Response, AppError>> {
    match query.list.as_deref().filter(|_| query.export)? {
        COURSE => {
            let row = |target: &'t Target| Some((target, policy.indicator(&target.indicator.code)?));
            let rows: Vec<(&Target, &IndicatorDef)> = open.iter().filter_map(row).collect();
            Some(course(frame).workbook(&rows, query))
        }
        CHANGES => Some(changed(frame).workbook(changes, query)),
        GAPS => {
            let of = |gap: &'t Gap| {
                let towns = gap.towns.iter().map(move |mover| (gap, "cockpit-movers-towns", mover));
                towns.chain(gap.enterprises.iter().map(move |mover| (gap, "cockpit-movers-enterprises", mover)))
            };
            let rows: Vec<(&Gap, &str, &Mover)> = gaps.iter().flat_map(of).collect();
            Some(movers(frame).workbook(&rows, query))
        }
        _ => None,
    }
}

fn course<'a>(frame: &'a Frame) -> Listing<'a, (&'a Target, &'a IndicatorDef)> {
    let decimal = |value: f64, decimals: u32| Cell::decimal(&format!("{value:.*}", decimals as usize));
    let whole = |number: Option<i64>| number.map_or_else(Cell::empty, Cell::number);
    let is_survey = |definition: &IndicatorDef| definition.flow == "survey";
    Listing::new(frame, COURSE, PATH, frame.t("cockpit-course"))
        .column("name", frame.t("cockpit-col-target"), Kind::Text, |(target, _): &(&Target, &IndicatorDef)| {
            Cell::text(frame.said(&target.indicator.name))
        })
        .column("value", frame.t("cockpit-col-value"), Kind::Number, |(target, _)| {
            // The unit has a column of its own here.
            targets::value_cell(frame, &target.indicator).unit("")
        })
        .column("required", frame.t("cockpit-col-required"), Kind::Text, |(target, _)| {
            let indicator = &target.indicator;
            let aim = indicator.target.as_deref();
            Cell::text(aim.map_or_else(String::new, |aim| quantities::required(indicator.operator, aim)))
        })
        .column("unit", frame.t("cockpit-col-unit"), Kind::Text, |(target, _)| {
            Cell::text(frame.unit(&target.indicator.unit))
        })
        .column("gap", frame.t("cockpit-col-gap"), Kind::Number, move |(target, definition)| match target.gap {
            Some(gap) if is_survey(definition) => Cell::decimal(&standing::points(gap)),
            gap => whole(gap),
        })
        .column("change", frame.t("cockpit-col-change"), Kind::Number, move |(target, definition)| {
            whole(target.change.filter(|_| !is_survey(definition)))
        })
        .column("counted-in", frame.t("cockpit-col-counted-in"), Kind::Text, move |(_, definition)| {
            Cell::text(frame.unit(if is_survey(definition) { "个百分点" } else { &definition.numerator_unit }))
        })
        .column("trajectory", frame.t("cockpit-col-trajectory"), Kind::Number, |(target, _)| {
            target.expected.as_ref().map_or_else(Cell::empty, |expected| Cell::decimal(&expected.text()))
        })
        .column("standing", frame.t("cockpit-col-standing"), Kind::Text, |(target, definition)| {
            let words = |standing| standing::words(frame, standing, &target.indicator, definition);
            target.standing.map_or_else(Cell::empty, |standing| Cell::text(words(standing)))
        })
        .column("trajectory-how", frame.t("cockpit-col-trajectory-how"), Kind::Text, |(target, _)| {
            target.expected.as_ref().map_or_else(Cell::empty, |expected| Cell::text(standing::how(frame, expected)))
        })
        .column("forecast", frame.t("cockpit-col-forecast"), Kind::Number, move |(target, definition)| {
            let forecast = target.forecast.as_ref();
            forecast.map_or_else(Cell::empty, |forecast| decimal(forecast.value, definition.decimals))
        })
        .column("band", frame.t("cockpit-col-band"), Kind::Number, move |(target, definition)| {
            let band = target.forecast.as_ref().and_then(|forecast| forecast.band);
            band.map_or_else(Cell::empty, |band| decimal(band, definition.decimals.max(1)))
        })
        .column("error", frame.t("cockpit-col-error"), Kind::Number, move |(target, definition)| {
            let test = target.forecast.as_ref().and_then(|forecast| forecast.back_test);
            test.map_or_else(Cell::empty, |test| decimal(test.mean_absolute_error, definition.decimals.max(2)))
        })
        .column("outlook", frame.t("cockpit-col-outlook"), Kind::Text, |(target, _)| {
            Cell::text(targets::outlook(frame, target.outlook).word)
        })
        .column("why", frame.t("cockpit-col-why"), Kind::Text, |(target, _)| {
            Cell::text(targets::why(frame, target).unwrap_or_default())
        })
}

/// What was gained and lost as columns with their difference, exact in the unit of the numerator (money in yuan), and the
/// single rights beside them.
fn moved<'a, T>(
    listing: Listing<'a, T>,
    frame: &'a Frame,
    of: impl Fn(&T) -> (&Movement, &str) + Copy + 'a,
) -> Listing<'a, T> {
    let whole = |number: usize| Cell::number(i64::try_from(number).unwrap_or(i64::MAX));
    let amount = move |row: &T, amount: fn(&Movement) -> i64| {
        let (movement, unit) = of(row);
        // The unit has a column of its own.
        quantity_cell(frame, amount(movement), unit).unit("")
    };
    listing
        .column("gained", frame.t("cockpit-col-gained"), Kind::Number, move |row| amount(row, |one| one.gained.amount))
        .column("lost", frame.t("cockpit-col-lost"), Kind::Number, move |row| amount(row, |one| one.lost.amount))
        .column("net", frame.t("cockpit-col-net"), Kind::Number, move |row| amount(row, Movement::net))
        .column("stock", frame.t("cockpit-col-stock"), Kind::Number, move |row| amount(row, |one| one.stock.amount))
        .column("unit", frame.t("cockpit-col-unit"), Kind::Text, move |row| {
            let (_, unit) = of(row);
            Cell::text(frame.unit(if unit == "分" { "元" } else { unit }))
        })
        .column("rights-gained", frame.t("cockpit-col-rights-gained"), Kind::Number, move |row| {
            whole(of(row).0.gained.rights)
        })
        .column("rights-lost", frame.t("cockpit-col-rights-lost"), Kind::Number, move |row| {
            whole(of(row).0.lost.rights)
        })
}

fn changed(frame: &Frame) -> Listing<'_, Change> {
    let listing = Listing::new(frame, CHANGES, PATH, frame.t("cockpit-changes")).column(
        "name",
        frame.t("cockpit-col-target"),
        Kind::Text,
        |change: &Change| Cell::text(change.name.clone()),
    );
    moved(listing, frame, |change| (&change.movement, &change.unit)).column(
        "denominator",
        frame.t("cockpit-col-denominator"),
        Kind::Text,
        |change| Cell::text(change.denominator.clone().unwrap_or_default()),
    )
}

fn movers<'a>(frame: &'a Frame) -> Listing<'a, (&'a Gap, &'a str, &'a Mover)> {
    let listing = Listing::new(frame, GAPS, PATH, frame.t("cockpit-gaps"))
        .column("name", frame.t("cockpit-col-target"), Kind::Text, |row: &(&Gap, &str, &Mover)| {
            Cell::text(row.0.name.clone())
        })
        .column("kind", frame.t("cockpit-col-kind"), Kind::Text, |row| Cell::text(frame.t(row.1)))
        .column("who", frame.t("cockpit-col-who"), Kind::Text, |row| Cell::text(row.2.name.clone()));
    moved(listing, frame, |row| (&row.2.movement, &row.0.unit)).column(
        "effect",
        frame.t("cockpit-col-effect"),
        Kind::Text,
        |row| Cell::text(frame.t(if row.2.closes { "cockpit-closes" } else { "cockpit-widens" })),
    )
}
