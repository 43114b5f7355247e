//! `/matching/introduced`: what was brought in during a year by town and kind, and the contracts behind each figure.

use std::collections::BTreeSet;

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use domain::matching::{self, ContractKind, Introduction, REGISTER, Total};

use super::{INTRODUCED, head};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format::{self, encode},
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, Listing, ListingView},
    pages::{
        corpus::baskets::account,
        history,
        patents::read::written,
        room::{self, ListBlock, Room},
    },
    pieces::Link,
};

#[derive(Template)]
#[template(path = "matching/introduced.html")]
struct IntroducedPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    list: &'a ListingView,
    heading: String,
    kinds: Vec<String>,
    rows: Vec<BoardRow>,
}

/// A town, or all of them, with what was brought in of each kind.
struct BoardRow {
    name: String,
    figures: Vec<Option<Figure>>,
}

/// How many, for how much; the count leads to its rows.
struct Figure {
    count: Link,
    amount: String,
}

/// `GET /matching/introduced`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = matching::introductions(&app.installation, account(&frame)?, app.now()).await?;
    let listing = listing(&frame, &rows);
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let view = listing.view(&rows, &query);
    let year = query.filter("year").and_then(|year| year.parse().ok()).unwrap_or(frame.business_date.year());
    let mut room = head(&frame, INTRODUCED);
    room.line = frame.t("matching-introduced-line");
    let page = IntroducedPage {
        frame: &frame,
        room: &room,
        list: &view,
        heading: frame.t1("matching-board", "year", year.to_string()),
        kinds: ContractKind::ALL
            .map(|kind| frame.said(kind.zh()))
            .into_iter()
            .chain([frame.t("matching-sum")])
            .collect(),
        rows: board(&frame, &matching::totals(&rows, year), year),
    };
    hx.page(page, ListBlock { frame: &frame, list: &view })
}

/// The towns with their figures, below a row of the whole.
fn board(frame: &Frame, totals: &[Total], year: i16) -> Vec<BoardRow> {
    let row = |town: Option<&str>| {
        let of = |kind: Option<&str>| {
            let some = totals
                .iter()
                .filter(|one| town.is_none_or(|town| one.town == town) && kind.is_none_or(|kind| one.kind == kind));
            figure(frame, &some.collect::<Vec<_>>(), (year, town, kind))
        };
        let kinds = ContractKind::ALL.map(|kind| of(Some(kind.zh())));
        BoardRow {
            name: match town {
                None => frame.t("matching-whole"),
                Some("") => frame.t("matching-no-town"),
                Some(town) => town.to_owned(),
            },
            figures: kinds.into_iter().chain([of(None)]).collect(),
        }
    };
    let towns: BTreeSet<&str> = totals.iter().map(|one| one.town.as_str()).collect();
    if towns.is_empty() {
        return Vec::new();
    }
    [row(None)].into_iter().chain(towns.into_iter().map(|town| row(Some(town)))).collect()
}

fn figure(frame: &Frame, totals: &[&Total], (year, town, kind): (i16, Option<&str>, Option<&str>)) -> Option<Figure> {
    let count: usize = totals.iter().map(|one| one.count).sum();
    let untold: usize = totals.iter().map(|one| one.untold).sum();
    let fen = totals.iter().fold(0_i64, |sum, one| sum.saturating_add(one.amount_fen));
    let money = format::money(fen, frame.lang);
    let told = format!("{} {}", money.text, money.unit);
    let amount = match (untold, untold == count) {
        (0, _) => told,
        (_, true) => frame.t("matching-untold"),
        (untold, false) => frame.tn("matching-some-untold", [("amount", told), ("count", untold.to_string())]),
    };
    let named = |name: &str, value: Option<&str>| {
        value.map(|value| format!("&{name}={}", encode(if value.is_empty() { NO_TOWN } else { value })))
    };
    let narrowed = [named("town", town), named("kind", kind)].into_iter().flatten().collect::<String>();
    let href = frame.at(&format!("{INTRODUCED}?year={year}{narrowed}#introductions"));
    (count > 0).then(|| Figure { count: Link::new(format::count(count), href), amount })
}

/// Stands in an address for firms whose town is not known.
const NO_TOWN: &str = "-";

fn listing<'a>(frame: &'a Frame, rows: &[Introduction]) -> Listing<'a, Introduction> {
    let kinds = ContractKind::ALL.map(|kind| Choice::new(kind.zh(), frame.said(kind.zh()))).into();
    let towns: BTreeSet<&str> = rows.iter().map(|one| one.town.as_str()).collect();
    let town = |town: &str| match town {
        "" => Choice::new(NO_TOWN, frame.t("matching-no-town")),
        town => Choice::new(town, town),
    };
    let towns = towns.into_iter().map(town).collect();
    Listing::new(frame, REGISTER, INTRODUCED, frame.t("matching-introduced"))
        .column("contract", frame.t("matching-contract"), Kind::Code, |one: &Introduction| {
            let cell = Cell::code(one.contract_number.clone());
            match history::link(frame, REGISTER, &[&one.contract_number, &one.application_number]) {
                Some(href) => cell.link(href),
                None => cell,
            }
        })
        .column("firm", frame.t("matching-firm"), Kind::Text, |one| Cell::text(one.firm.clone()))
        .column("town", frame.t("patents-col-town"), Kind::Text, |one| Cell::text(one.town.clone()))
        .column("kind", frame.t("matching-contract-kind"), Kind::Text, |one| Cell::text(frame.said(&one.kind)))
        .column("number", frame.t("matching-number"), Kind::Code, |one| Cell::code(written(&one.application_number)))
        .column("source", frame.t("matching-source"), Kind::Text, |one| Cell::text(one.source.clone()))
        .column("on", frame.t("matching-signed-on"), Kind::Date, |one| Cell::date(Some(one.contract_on)))
        .column("amount", frame.t("matching-amount"), Kind::Money, |one| {
            one.amount_fen.map_or_else(Cell::empty, |fen| Cell::money(fen, frame.lang))
        })
        .years("year", frame.t("matching-year"), rows, |one| one.contract_on.year().into())
        .filter("kind", frame.t("matching-contract-kind"), kinds, |one, kind| one.kind == kind)
        .filter("town", frame.t("patents-col-town"), towns, |one, town| {
            one.town == if town == NO_TOWN { "" } else { town }
        })
        .search(frame.t("matching-introduced-search"), |one| {
            format!("{} {} {} {}", one.contract_number, one.firm, one.source, one.application_number)
        })
        .when_empty(frame.t("matching-introduced-none"), frame.t("matching-introduced-none-todo"))
}
