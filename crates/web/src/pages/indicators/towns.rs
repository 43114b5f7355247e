//! `/indicators/{code}/towns/{town}`: the enterprises of a town in a figure, each with the number of rights it counts for.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::runs::Opened;
use rules::evaluation::RegionCount;

use super::rights::{self, NO_ENTERPRISE};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    hx::Hx,
    list::{Cell, Dir, Kind, ListQuery, Listing, ListingView},
    pages::cockpit::{
        changes::signed,
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
    let parts = parts(&frame, &shown, before.as_deref(), &code, &town);
    let listing = listing(&frame, &shown, &code, &town, &frame.said(&row.indicator.name));
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
fn parts(frame: &Frame, shown: &Shown, before: Option<&Opened>, code: &str, town: &str) -> Vec<Part> {
    let now = by_enterprise(&shown.opened, code, town);
    let before = before.map(|before| by_enterprise(before, code, town));
    now.into_iter()
        .map(|(uscc, rights)| {
            let net = before.as_ref().map(|before| {
                let old = before.get(&uscc).map_or(0, BTreeSet::len);
                i64::try_from(rights.len()).unwrap_or(i64::MAX) - i64::try_from(old).unwrap_or(i64::MAX)
            });
            Part {
                name: match uscc {
                    Some(uscc) => shown.enterprise_name(uscc).unwrap_or(uscc).to_owned(),
                    None => frame.t("word-no-enterprise"),
                },
                uscc: uscc.map(str::to_owned),
                count: rights.len(),
                net,
            }
        })
        .collect()
}

fn by_enterprise<'a>(opened: &'a Opened, code: &str, town: &str) -> BTreeMap<Option<&'a str>, BTreeSet<&'a str>> {
    let mut found: BTreeMap<Option<&str>, BTreeSet<&str>> = BTreeMap::new();
    for right in opened.evaluation.indicator_evidence(code).filter(|right| right.region == Some(town)) {
        found.entry(right.uscc).or_default().insert(right.right_id);
    }
    found
}

fn listing<'a>(frame: &'a Frame, shown: &'a Shown, code: &'a str, town: &'a str, name: &str) -> Listing<'a, Part> {
    let caption = frame.tn("towns-title", &[("town", town.to_owned()), ("name", name.to_owned())]);
    let rights = move |part: &Part| {
        let enterprise = part.uscc.as_deref().unwrap_or(NO_ENTERPRISE);
        super::address(frame, shown, code, &format!("/rights?town={}&enterprise={enterprise}", format::encode(town)))
    };
    let enterprise = move |part: &Part| {
        let uscc = part.uscc.as_deref().filter(|_| crate::routes::exists("/enterprises"))?;
        Some(shown.keep(frame.at(&format!("/enterprises/{uscc}"))))
    };
    Listing::new(frame, "town", &format!("/indicators/{code}{}", super::town_path(town)), caption)
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
        })
        .column("net", frame.t("cockpit-col-net"), Kind::Number, |part| match part.net {
            Some(net) => Cell { text: signed(net), ..Cell::number(net) },
            None => Cell::empty(),
        })
        .search(frame.t("towns-search"), |part| format!("{} {}", part.name, part.uscc.as_deref().unwrap_or_default()))
        .sorted_by("count", Dir::Down)
}
