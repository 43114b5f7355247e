//! `/indicators/{code}/rights`: every right, enterprise or person that a figure counted; the end of every chain of numbers.

use super::{
    Row,
    counted::{Book, Counted, Right},
};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery, Listing, ListingView},
    pages::{
        cockpit::{
            no_run,
            shown::{self, Shown},
        },
        history,
    },
    pieces::Link,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};

#[derive(Template)]
#[template(path = "indicators/rights.html")]
struct RightsPage<'a> {
    frame: &'a Frame,
    title: String,
    line: String,
    crumbs: Vec<Link>,
    list: &'a ListingView,
}

#[derive(Template)]
#[template(path = "indicators/rights.html", block = "listing")]
struct RightsBlock<'a> {
    frame: &'a Frame,
    list: &'a ListingView,
}

/// The value of the enterprise filter for what is tied to none.
pub(super) const NO_ENTERPRISE: &str = "none";

/// `GET /indicators/{code}/rights`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(code): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return no_run(&frame, frame.t("indicators-title"));
    };
    let row = super::find(&frame, &shown, &code)?;
    let book = Book::open(&frame, &shown, &code);
    let all = shown.evaluation().indicator_evidence(&code);
    let mut rights: Vec<Right> = all.map(|right| book.right(right.right_id, right.region, right.uscc)).collect();
    let count = rights.len();
    rights.retain_mut(|right| is_seen(&frame, &code, right));
    let hidden = count - rights.len();
    let title = frame.t1("rights-title", "name", frame.said(&row.indicator.name));
    let listing = listing(&frame, &row, &shown, "rights", &rights, query.filter("enterprise"));
    if query.export {
        return listing.workbook(&rights, &query);
    }
    let mut view = listing.view(&rights, &query);
    shown.keep_in(&mut view);
    let crumbs = crumbs(&frame, &shown, &row);
    let mut line = shown.line(&frame);
    if hidden > 0 {
        line.push_str(&frame.t1("rights-hidden", "count", hidden));
    }
    hx.page(RightsPage { frame: &frame, title, line, crumbs, list: &view }, RightsBlock { frame: &frame, list: &view })
}

/// Whether the visitor sees this right: a single loan is for the office and the own town alone. Who may not open the registers is
/// not led to the row of one.
pub(super) fn is_seen(frame: &Frame, code: &str, right: &mut Right) -> bool {
    if !super::counts_loans(code) {
        return true;
    }
    if !history::may_open(frame, "pledges") {
        right.href = None;
    }
    frame.sees_loans_of(&right.town)
}

/// The way back to the indicator.
pub(super) fn crumbs(frame: &Frame, shown: &Shown, row: &Row<'_>) -> Vec<Link> {
    vec![
        Link::new(frame.t("indicators-title"), shown.keep(frame.at("/indicators"))),
        Link::new(frame.said(&row.indicator.name), super::address(frame, shown, &row.indicator.code, "")),
    ]
}

/// The list of rights of an indicator; `below` is the page's own path below the indicator's.
pub(super) fn listing<'a>(
    frame: &'a Frame,
    row: &Row<'_>,
    shown: &Shown,
    below: &'static str,
    rights: &[Right],
    enterprise: Option<&str>,
) -> Listing<'a, Right> {
    let code = row.indicator.code.as_str();
    let counted = Counted::by(code);
    let caption =
        frame.tn("rights-list-of", &[("name", frame.said(&row.indicator.name)), ("date", shown.as_of().to_string())]);
    let listing = Listing::new(frame, below, &format!("/indicators/{code}/{below}"), caption)
        .column("number", counted.number_heading(frame), Kind::Code, |right: &Right| {
            linked(Cell::code(right.number.clone()), right.href.as_deref())
        })
        .column("name", counted.name_heading(frame), Kind::Text, |right| Cell::text(right.name.clone()))
        .column("owner", frame.t("rights-owner"), Kind::Text, |right| {
            linked(Cell::text(right.owner.clone()), right.owner_href.as_deref())
        })
        .column("town", frame.t("patents-col-town"), Kind::Text, |right| Cell::text(right.town.clone()));
    let listing = match counted.date_heading(frame) {
        Some(heading) => listing.column("on", heading, Kind::Date, |right| Cell::date(right.on)),
        None => listing,
    };
    let listing = match counted {
        Counted::Pledges { .. } => listing.column("amount", frame.t("rights-amount"), Kind::Number, |right| {
            right.fen.map_or_else(Cell::empty, |fen| Cell::money(fen, frame.lang))
        }),
        _ => listing,
    };
    listing
        .filter("town", frame.t("patents-col-town"), towns(rights), |right, town| right.town == town)
        .filter("enterprise", frame.t("rights-enterprise"), enterprises(frame, rights, enterprise), |right, uscc| {
            if uscc == NO_ENTERPRISE { right.uscc.is_empty() } else { right.uscc == uscc }
        })
        .search(frame.t("rights-search"), |right| format!("{} {} {}", right.number, right.name, right.owner))
}

fn linked(cell: Cell, href: Option<&str>) -> Cell {
    match href {
        Some(href) => cell.link(href),
        None => cell,
    }
}

fn towns(rights: &[Right]) -> Vec<Choice> {
    let names: std::collections::BTreeSet<&str> =
        rights.iter().map(|right| right.town.as_str()).filter(|town| !town.is_empty()).collect();
    let mut choices: Vec<Choice> = names.into_iter().map(|town| Choice::new(town, town)).collect();
    choices.sort_by_cached_key(|choice| crate::search_key::sort_key(&choice.value));
    choices
}

/// The enterprise that is filtered by, and what is tied to none; a list of a thousand names would help nobody.
fn enterprises(frame: &Frame, rights: &[Right], chosen: Option<&str>) -> Vec<Choice> {
    let named = chosen.filter(|uscc| *uscc != NO_ENTERPRISE).map(|uscc| {
        let name = rights.iter().find(|right| right.uscc == uscc).map_or(uscc, |right| right.owner.as_str());
        Choice::new(uscc, name)
    });
    let none = rights
        .iter()
        .any(|right| right.uscc.is_empty())
        .then(|| Choice::new(NO_ENTERPRISE, frame.t("word-no-enterprise")));
    named.into_iter().chain(none).collect()
}
