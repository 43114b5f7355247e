//! `/indicators/{code}/towns/{town}`: the enterprises of a town in a figure, each with the number of rights it counts for.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    cockpit::{Grouping, Movement, earlier, movements},
    runs::Opened,
};
use rules::{evaluation::RegionCount, policy::IndicatorDef};

use super::{
    Row, counts_loans,
    parts::net_cell,
    quantity_cell,
    rights::{self, NO_ENTERPRISE},
};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    hx::Hx,
    list::{Cell, Dir, Kind, ListQuery, Listing, ListingView},
    pages::cockpit::{
        no_run, quantities,
        shown::{self, Shown},
    },
    pieces::Link,
};

#[derive(Template)]
#[template(path = "indicators/town.html")]
struct TownPage<'a> {
    frame: &'a Frame,
    title: String,
    line: String,
    crumbs: Vec<Link>,
    total: String,
    exact: String,
    rights: Link,
    list: &'a ListingView,
}

#[derive(Template)]
#[template(path = "indicators/town.html", block = "listing")]
struct TownBlock<'a> {
    frame: &'a Frame,
    list: &'a ListingView,
}

/// An enterprise's part of a town's part.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    uscc: Option<String>,
    name: String,
    /// What it adds, in the unit of the numerator.
    amount: i64,
    /// The single rights behind it.
    count: usize,
    net: Option<i64>,
}

/// `GET /indicators/{code}/towns/{town}`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path((code, town)): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return no_run(&frame, frame.t("indicators-title"));
    };
    let row = super::find(&frame, &shown, &code)?;
    let missing = || AppError::NotFound(frame.t1("towns-not-found", "town", &town));
    let region: &RegionCount = row.indicator.by_region.iter().find(|part| part.region == town).ok_or_else(missing)?;
    let before = shown.open_before(&app.installation).await?;
    let parts = parts(&frame, &shown, before.as_deref(), row.definition, &town);
    let listing = listing(&frame, &shown, &row, &town, &parts);
    if query.export {
        return listing.workbook(&parts, &query);
    }
    let mut view = listing.view(&parts, &query);
    shown.keep_in(&mut view);
    let short = quantities::quantity(region.numerator, &row.definition.numerator_unit, frame.lang);
    let rights = super::address(&frame, &shown, &code, &format!("/rights?town={}", format::encode(&town)));
    let page = TownPage {
        frame: &frame,
        title: frame.tn("towns-title", &[("town", town.clone()), ("name", frame.said(&row.indicator.name))]),
        line: shown.line(&frame),
        crumbs: rights::crumbs(&frame, &shown, &row),
        total: format!("{} {}", short.text, short.unit),
        exact: short.exact,
        rights: Link::new(frame.t("towns-rights"), rights),
        list: &view,
    };
    hx.page(page, TownBlock { frame: &frame, list: &view })
}

/// The rights of a town by enterprise; what is tied to none stands in one row of its own.
fn parts(frame: &Frame, shown: &Shown, before: Option<&Opened>, definition: &IndicatorDef, town: &str) -> Vec<Part> {
    let earlier = before.and_then(|before| earlier(definition, &before.evaluation, shown.as_of()));
    let part = |movement: Movement| Part {
        name: match movement.who.as_str() {
            "" => frame.t("word-no-enterprise"),
            uscc => shown.enterprise_name(uscc).unwrap_or(uscc).to_owned(),
        },
        amount: movement.stock.amount,
        count: movement.stock.rights,
        net: before.map(|_| movement.net()),
        uscc: Some(movement.who).filter(|uscc| !uscc.is_empty()),
    };
    let moved = movements(earlier, shown.evaluation(), &definition.code, Grouping::OwnersIn(town));
    moved.into_iter().filter(|movement| movement.stock.rights > 0).map(part).collect()
}

fn listing<'a>(frame: &'a Frame, shown: &'a Shown, row: &Row<'a>, town: &'a str, parts: &[Part]) -> Listing<'a, Part> {
    let (code, definition) = (row.indicator.code.as_str(), row.definition);
    let name = frame.said(&row.indicator.name);
    let caption = frame.tn("towns-title", &[("town", town.to_owned()), ("name", name)]);
    // What a single firm borrowed is for the office and its own town.
    let is_told = !counts_loans(code) || frame.sees_loans_of(town);
    let is_weighed = is_told && parts.iter().any(|part| i64::try_from(part.count) != Ok(part.amount));
    let rights = move |part: &Part| {
        let enterprise = part.uscc.as_deref().unwrap_or(NO_ENTERPRISE);
        super::address(frame, shown, code, &format!("/rights?town={}&enterprise={enterprise}", format::encode(town)))
    };
    let enterprise = move |part: &Part| {
        let uscc = part.uscc.as_deref().filter(|_| crate::routes::exists("/enterprises"))?;
        Some(shown.keep(frame.at(&format!("/enterprises/{uscc}"))))
    };
    let mut listing = Listing::new(frame, "town", &format!("/indicators/{code}{}", super::town_path(town)), caption)
        .column("name", frame.t("rights-owner"), Kind::Text, move |part: &Part| {
            let cell = Cell::text(part.name.clone());
            match enterprise(part) {
                Some(href) => cell.link(href),
                None => cell,
            }
        })
        .column("uscc", frame.t("rights-number-enterprise"), Kind::Code, |part| {
            Cell::code(part.uscc.clone().unwrap_or_default())
        })
        .column("count", frame.t("towns-count"), Kind::Number, move |part| {
            Cell::number(i64::try_from(part.count).unwrap_or(i64::MAX)).link(rights(part))
        });
    if is_weighed {
        listing = listing.column("amount", frame.said(&definition.numerator), Kind::Number, move |part| {
            quantity_cell(frame, part.amount, &definition.numerator_unit)
        });
    }
    if is_told {
        listing = listing.column("net", frame.t("cockpit-col-net"), Kind::Number, move |part| match part.net {
            Some(net) => net_cell(frame, net, &definition.numerator_unit),
            None => Cell::empty(),
        });
    }
    listing
        .search(frame.t("towns-search"), |part| format!("{} {}", part.name, part.uscc.as_deref().unwrap_or_default()))
        .sorted_by(if is_weighed { "amount" } else { "count" }, Dir::Down)
}
