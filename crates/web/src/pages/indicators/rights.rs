//! `/indicators/{code}/rights`: every right, enterprise or person that a figure counted; the end of every chain of numbers.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use jiff::civil::Date;

use super::Row;
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
        history, patents,
    },
    pieces::Link,
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

/// What is counted, ready for a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Right {
    /// Its number, as shown.
    pub(super) number: String,
    /// Its own page.
    pub(super) href: Option<String>,
    /// Its title, mark or name.
    pub(super) name: String,
    /// Whose it is.
    pub(super) owner: String,
    /// The enterprise's code, empty when it is tied to none.
    pub(super) uscc: String,
    /// The enterprise's page.
    pub(super) owner_href: Option<String>,
    /// Its town.
    pub(super) town: String,
    /// The day from which it counts.
    pub(super) on: Option<Date>,
    /// The amount counted, for pledges.
    pub(super) fen: Option<i64>,
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
    let rights: Vec<Right> = shown
        .evaluation()
        .indicator_evidence(&code)
        .map(|right| book.right(right.right_id, right.region, right.uscc))
        .collect();
    let title = frame.t1("rights-title", "name", frame.said(&row.indicator.name));
    let listing = listing(&frame, &row, &shown, "rights", &rights, query.filter("enterprise"));
    if query.export {
        return listing.workbook(&rights, &query);
    }
    let mut view = listing.view(&rights, &query);
    shown.keep_in(&mut view);
    let crumbs = crumbs(&frame, &shown, &row);
    hx.page(
        RightsPage { frame: &frame, title, line: shown.line(&frame), crumbs, list: &view },
        RightsBlock { frame: &frame, list: &view },
    )
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
    let caption =
        frame.tn("rights-list-of", &[("name", frame.said(&row.indicator.name)), ("date", shown.as_of().to_string())]);
    let listing = Listing::new(frame, below, &format!("/indicators/{code}/{below}"), caption)
        .column("number", number_heading(frame, code), Kind::Code, |right: &Right| {
            linked(Cell::code(right.number.clone()), right.href.as_deref())
        })
        .column("name", name_heading(frame, code), Kind::Text, |right| Cell::text(right.name.clone()))
        .column("owner", frame.t("rights-owner"), Kind::Text, |right| {
            linked(Cell::text(right.owner.clone()), right.owner_href.as_deref())
        })
        .column("town", frame.t("patents-col-town"), Kind::Text, |right| Cell::text(right.town.clone()));
    let listing = match date_heading(frame, code) {
        Some(heading) => listing.column("on", heading, Kind::Date, |right| Cell::date(right.on)),
        None => listing,
    };
    let listing = match code {
        "K08" => listing.column("amount", frame.t("rights-amount"), Kind::Number, |right| {
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

fn number_heading(frame: &Frame, code: &str) -> String {
    match code {
        "K02" => frame.t("patents-col-grant-number"),
        "K03" => frame.t("rights-number-madrid"),
        "K05" | "K06" | "K07" => frame.t("rights-number-enterprise"),
        "K08" => frame.t("rights-number-pledge"),
        "K11" => frame.t("rights-number-person"),
        _ => frame.t("patents-col-number"),
    }
}

fn name_heading(frame: &Frame, code: &str) -> String {
    match code {
        "K02" => frame.t("rights-name-office"),
        "K03" => frame.t("rights-name-mark"),
        "K05" | "K06" | "K07" => frame.t("rights-name-status"),
        "K08" => frame.t("rights-name-pledgee"),
        "K11" => frame.t("rights-name-course"),
        _ => frame.t("patents-col-title"),
    }
}

fn date_heading(frame: &Frame, code: &str) -> Option<String> {
    match code {
        "K01" | "K02" | "K04" => Some(frame.t("patents-col-granted")),
        "K03" | "K08" => Some(frame.t("rights-registered-on")),
        "K05" | "K07" => Some(frame.t("rights-since")),
        "K11" => Some(frame.t("rights-completed-on")),
        _ => None,
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

/// What the run's facts say about each thing that an indicator counts.
pub(super) struct Book<'a> {
    frame: &'a Frame,
    shown: &'a Shown,
    names: std::collections::BTreeMap<&'a str, &'a str>,
    facts: HashMap<String, Right>,
}

impl<'a> Book<'a> {
    /// The facts for the things of one indicator.
    pub(super) fn open(frame: &'a Frame, shown: &'a Shown, code: &str) -> Self {
        let facts = match code {
            "K01" | "K04" => inventions(frame, shown),
            "K02" => foreign_grants(frame, shown),
            "K03" => table(shown, "madrid", "ir_number", |rows, row| Right {
                href: history::link(frame, "madrid", &[rows.text(row, "ir_number").unwrap_or_default()]),
                name: rows.text(row, "mark").unwrap_or_default().to_owned(),
                on: rows.date(row, "registered_on"),
                ..Right::default()
            }),
            "K05" => statuses(frame, shown, &["国家知识产权优势企业", "国家知识产权示范企业"]),
            "K07" => statuses(frame, shown, &["省贯标备案"]),
            "K08" => table(shown, "pledge", "number", |rows, row| Right {
                href: history::link(frame, "pledges", &[rows.text(row, "number").unwrap_or_default()]),
                name: rows.text(row, "pledgee").unwrap_or_default().to_owned(),
                on: rows.date(row, "registered_on"),
                fen: rows.integer(row, "counted_fen"),
                ..Right::default()
            }),
            "K11" => table(shown, "trainee", "person", |rows, row| Right {
                href: history::link(
                    frame,
                    "trainees",
                    &["person", "course"].map(|column| rows.text(row, column).unwrap_or_default()),
                ),
                name: rows.text(row, "course").unwrap_or_default().to_owned(),
                on: rows.date(row, "completed_on"),
                ..Right::default()
            }),
            _ => HashMap::new(),
        };
        Self { frame, shown, names: shown.enterprise_names(), facts }
    }

    /// One thing with its facts.
    pub(super) fn right(&self, id: &str, region: Option<&str>, uscc: Option<&str>) -> Right {
        let known = self.facts.get(id).cloned().unwrap_or_default();
        let name = uscc.and_then(|uscc| self.names.get(uscc)).map(|name| (*name).to_owned());
        let enterprise = uscc
            .filter(|_| crate::routes::exists("/enterprises"))
            .map(|uscc| self.shown.keep(self.frame.at(&format!("/enterprises/{uscc}"))));
        // An enterprise that is itself the thing counted leads to its own page by its number too.
        let own_page = if uscc == Some(id) { enterprise.clone() } else { None };
        Right {
            number: if known.number.is_empty() { id.to_owned() } else { known.number },
            href: known.href.or(own_page),
            name: known.name,
            owner: name.or_else(|| Some(known.owner).filter(|owner| !owner.is_empty())).unwrap_or_default(),
            uscc: uscc.unwrap_or_default().to_owned(),
            owner_href: enterprise,
            town: region.unwrap_or_default().to_owned(),
            on: known.on,
            fen: known.fen,
        }
    }
}

fn inventions(frame: &Frame, shown: &Shown) -> HashMap<String, Right> {
    let patents = patents::read::patents(&shown.opened);
    let right = |patent: &patents::read::Patent| Right {
        number: patents::read::written(&patent.number),
        href: Some(shown.keep(frame.at(&format!("/patents/{}", patent.number)))),
        name: patent.title.clone(),
        owner: patents::names::shown(frame, &patent.owner, patent.owner_uscc.is_some()),
        on: patent.granted_on,
        ..Right::default()
    };
    patents.iter().filter(|patent| patent.kind == "发明").map(|patent| (patent.number.clone(), right(patent))).collect()
}

/// Grants abroad by the id that the rules give them: the number, with the office before it unless it stands there already.
fn foreign_grants(frame: &Frame, shown: &Shown) -> HashMap<String, Right> {
    let Some(rows) = shown.opened.snapshot.rows("foreign_grant") else { return HashMap::new() };
    (0..rows.len())
        .filter_map(|row| {
            let (office, number) = (rows.text(row, "office")?, rows.text(row, "grant_number")?);
            let id = if number.starts_with(office) || number.starts_with("EP") {
                number.to_owned()
            } else {
                format!("{office}{number}")
            };
            let right = Right {
                number: number.to_owned(),
                href: history::link(frame, "foreign-grants", &[office, number]),
                name: patents::office(frame, office),
                owner: rows.text(row, "proprietor").unwrap_or_default().to_owned(),
                on: rows.date(row, "granted_on"),
                ..Right::default()
            };
            Some((id, right))
        })
        .collect()
}

/// The enterprises that hold one of these statuses on the day, with the status and its first day.
fn statuses(frame: &Frame, shown: &Shown, kinds: &[&str]) -> HashMap<String, Right> {
    let Some(rows) = shown.opened.snapshot.rows("status") else { return HashMap::new() };
    (0..rows.len())
        .filter(|row| rows.text(*row, "kind").is_some_and(|kind| kinds.contains(&kind)))
        .filter(|row| patents::read::Stretch::of(rows, *row).covers(shown.as_of()))
        .filter_map(|row| {
            let right =
                Right { name: frame.said(rows.text(row, "kind")?), on: rows.date(row, "from_on"), ..Right::default() };
            Some((rows.text(row, "uscc")?.to_owned(), right))
        })
        .collect()
}

/// A table of the snapshot by one of its columns.
fn table(
    shown: &Shown,
    name: &str,
    key: &str,
    right: impl Fn(rules::Rows<'_>, usize) -> Right,
) -> HashMap<String, Right> {
    let Some(rows) = shown.opened.snapshot.rows(name) else { return HashMap::new() };
    (0..rows.len()).filter_map(|row| Some((rows.text(row, key)?.to_owned(), right(rows, row)))).collect()
}
