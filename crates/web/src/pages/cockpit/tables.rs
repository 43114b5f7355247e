//! The cockpit's tables as files, each with its exact numbers: the course of the targets, what changed, who stands in a gap.

use axum::response::Response;
use domain::cockpit::Target;
use jiff::civil::Date;
use rules::{Policy, policy::IndicatorDef};

use super::{
    changes::{Change, Gap, Mover},
    quantities, targets,
};
use crate::{
    error::AppError,
    frame::Frame,
    list::{Cell, Kind, ListQuery, Listing, downloads},
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
    as_of: Date,
    (open, changes, gaps): (&'t [Target], &[Change], &'t [Gap]),
) -> Option<Result<Response, AppError>> {
    match query.list.as_deref().filter(|_| query.export)? {
        COURSE => {
            let row = |target: &'t Target| Some((target, policy.indicator(&target.indicator.code)?));
            let rows: Vec<(&Target, &IndicatorDef)> = open.iter().filter_map(row).collect();
            Some(course(frame, as_of).workbook(&rows, query))
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

fn course<'a>(frame: &'a Frame, as_of: Date) -> Listing<'a, (&'a Target, &'a IndicatorDef)> {
    let decimal = |value: f64, decimals: u32| Cell::decimal(&format!("{value:.*}", decimals as usize));
    let whole = |number: Option<i64>| number.map_or_else(Cell::empty, Cell::number);
    let planned = move |target: &Target| targets::trajectory(target, as_of).map(|(on, value)| (on, value.to_owned()));
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
        .column("gap", frame.t("cockpit-col-gap"), Kind::Number, move |(target, _)| whole(target.gap))
        .column("change", frame.t("cockpit-col-change"), Kind::Number, move |(target, _)| whole(target.change))
        .column("counted-in", frame.t("cockpit-col-counted-in"), Kind::Text, |(_, definition)| {
            Cell::text(frame.unit(&definition.numerator_unit))
        })
        .column("trajectory", frame.t("cockpit-col-trajectory"), Kind::Number, move |(target, _)| {
            planned(target).map_or_else(Cell::empty, |(_, value)| Cell::decimal(&value))
        })
        .column("trajectory-on", frame.t("cockpit-col-trajectory-on"), Kind::Date, move |(target, _)| {
            Cell::date(planned(target).map(|(on, _)| on))
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

/// Numbers gained and lost as columns with their difference.
fn moved<'a, T>(
    listing: Listing<'a, T>,
    frame: &Frame,
    of: impl Fn(&T) -> (usize, usize, usize) + Copy + 'a,
) -> Listing<'a, T> {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    listing
        .column("gained", frame.t("cockpit-col-gained"), Kind::Number, move |row| Cell::number(number(of(row).0)))
        .column("lost", frame.t("cockpit-col-lost"), Kind::Number, move |row| Cell::number(number(of(row).1)))
        .column("net", frame.t("cockpit-col-net"), Kind::Number, move |row| {
            Cell::number(number(of(row).0) - number(of(row).1))
        })
        .column("stock", frame.t("cockpit-col-stock"), Kind::Number, move |row| Cell::number(number(of(row).2)))
}

fn changed(frame: &Frame) -> Listing<'_, Change> {
    let listing = Listing::new(frame, CHANGES, PATH, frame.t("cockpit-changes")).column(
        "name",
        frame.t("cockpit-col-target"),
        Kind::Text,
        |change: &Change| Cell::text(change.name.clone()),
    );
    moved(listing, frame, |change| (change.gained.number, change.lost.number, change.stock)).column(
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
    moved(listing, frame, |row| (row.2.gained, row.2.lost, row.2.stock)).column(
        "effect",
        frame.t("cockpit-col-effect"),
        Kind::Text,
        |row| Cell::text(frame.t(if row.2.closes { "cockpit-closes" } else { "cockpit-widens" })),
    )
}
