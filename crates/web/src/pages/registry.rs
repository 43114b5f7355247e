//! `/registers` 资料: which registers have come for which month, and the way to everything done with them.

pub mod audit;
pub mod batches;
pub mod closing;
pub mod correction;
pub mod entries;
pub mod judgements;
pub mod mappings;
pub mod province;
pub mod quarantine;
pub mod ties;
pub mod upload;

use std::{collections::BTreeMap, io::Cursor};

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::Permission,
    reports::{Delivery, RegisterMonths},
};
use jiff::{ToSpan, civil::Date};
use registry::Register;

use crate::{
    app::App,
    download,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx,
    list::{Cell, Form, Kind, Listing},
    pages::room::{self, Room},
    pieces::{Link, State as StateWord, Tab, Tone},
};

/// How many months the grid shows.
const MONTHS: i32 = 12;

/// The rooms of 资料: the key of the word, the path, and what opening it needs.
const ROOMS: [(&str, &str, Permission); 11] = [
    ("reg-tab-overview", "/registers", Permission::ViewRegistry),
    ("reg-tab-upload", "/registers/import", Permission::ChangeRegistry),
    ("reg-tab-batches", "/registers/batches", Permission::ViewRegistry),
    ("reg-tab-quarantine", "/registers/quarantine", Permission::ViewRegistry),
    ("reg-tab-ties", "/registers/ties", Permission::ViewRegistry),
    ("reg-tab-judgements", "/registers/judgements", Permission::ViewRegistry),
    ("reg-tab-province", "/registers/province", Permission::ViewRegistry),
    ("reg-tab-trajectories", "/registers/trajectories", Permission::ViewRegistry),
    ("reg-tab-mappings", "/registers/mappings", Permission::ViewRegistry),
    ("reg-tab-closing", "/registers/closing", Permission::ViewRegistry),
    ("reg-tab-audit", "/registers/audit", Permission::ViewAudit),
];

/// The head of a room with its neighbours.
pub(crate) async fn head_of(
    app: &App,
    frame: &Frame,
    path: &str,
    title: String,
    line: String,
) -> Result<Room, AppError> {
    let open: i64 = registry::quarantine::open_counts(app.db()).await?.values().sum();
    let tab = |(key, at, _): &(&str, &str, Permission)| {
        let is_quarantine = *at == "/registers/quarantine";
        let count = if is_quarantine && open > 0 { format::count(open) } else { String::new() };
        let href = if is_quarantine { frame.at("/registers/quarantine?state=open") } else { frame.at(at) };
        Tab { link: Link::new(frame.t(key), href), is_current: *at == path, count }
    };
    let mut room = Room::new(title, line);
    room.tabs_label = frame.t("nav-registers");
    room.tabs = ROOMS.iter().filter(|(_, _, needs)| frame.may(*needs)).map(tab).collect();
    Ok(room)
}

/// Every register as a choice.
pub(crate) fn register_choices(frame: &Frame, wanted: impl Fn(&Register) -> bool) -> Vec<Choice> {
    registry::registers()
        .iter()
        .filter(|register| wanted(register))
        .map(|register| Choice::new(register.id, frame.said(register.name_zh)))
        .collect()
}

/// The name of a register.
pub(crate) fn register_name(frame: &Frame, id: &str) -> String {
    registry::register(id).map_or_else(|| id.to_owned(), |register| frame.said(register.name_zh))
}

/// The name of whoever acts, as it stands in batches and in the trail.
pub(crate) fn who(frame: &Frame) -> String {
    frame.account.as_ref().map(|account| account.login.clone()).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "registry/overview.html")]
struct OverviewPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    months: Vec<String>,
    rows: Vec<Row>,
    earlier: String,
    later: Option<String>,
    may_change: bool,
    tally: Vec<(StateWord, String)>,
    export: String,
}

struct Row {
    name: String,
    months: Vec<StateWord>,
    open: String,
    open_href: String,
    batches_href: String,
    import_href: String,
    template_href: String,
}

/// `GET /registers`.
pub async fn page(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    // The present month has not ended, and nothing that came so far reports it.
    let ended = frame.business_date.first_of_month().saturating_sub(1.day()).first_of_month();
    let last = query.filter("until").and_then(month).unwrap_or(ended);
    let months: Vec<Date> = (0..MONTHS).rev().filter_map(|back| last.checked_sub(back.months()).ok()).collect();
    let register =
        registry::register("deliveries").ok_or_else(|| AppError::internal("the register of deliveries is gone"))?;
    let deliveries = registry::fold_register(app.db(), register, app.now()).await?;
    let filter = registry::batches::Filter { limit: u32::MAX, ..Default::default() };
    let batches = registry::batches::list(app.db(), &filter).await?;
    let open = registry::quarantine::open_counts(app.db()).await?;
    let grid = domain::reports::completeness(&deliveries, &batches, &months);
    if query.export {
        return grid_listing(&frame, &months, &open).workbook(&grid, &query);
    }
    let mut counts = [0_i64; 4];
    for delivery in grid.iter().flat_map(|row| &row.months) {
        counts[match delivery {
            Delivery::Complete | Delivery::Received(_) => 0,
            Delivery::NothingDue => 1,
            Delivery::Missing => 2,
            Delivery::Silent => 3,
        }] += 1;
    }
    let kinds = [Delivery::Complete, Delivery::NothingDue, Delivery::Missing, Delivery::Silent];
    let tally =
        kinds.into_iter().zip(counts).map(|(kind, count)| (state(&frame, kind), format::count(count))).collect();
    let rows = grid.iter().map(|row| {
        let id = row.register.id;
        let waiting = open.get(id).copied().unwrap_or(0);
        Row {
            name: frame.said(row.register.name_zh),
            months: row.months.iter().zip(&months).map(|(delivery, month)| shown(&frame, *delivery, *month)).collect(),
            open: if waiting > 0 { format::count(waiting) } else { String::new() },
            open_href: frame.at(&format!("/registers/quarantine?state=open&register={id}")),
            batches_href: frame.at(&format!("/registers/batches?register={id}")),
            import_href: frame.at(&format!("/registers/import?register={id}")),
            template_href: frame.at(&format!("/registers/templates/{id}")),
        }
    });
    let rows = rows.collect();
    let until = |months: i32| {
        last.checked_add(months.months()).ok().map(|day| frame.at(&format!("/registers?until={}", written(day))))
    };
    let room = head_of(
        &app,
        &frame,
        "/registers",
        frame.t("reg-overview"),
        frame.t1("reg-overview-line", "month", written(last)),
    )
    .await?;
    let room = room.with(room::said(&frame, &words));
    hx::page(OverviewPage {
        frame: &frame,
        room: &room,
        months: months.iter().map(|month| written(*month)).collect(),
        rows,
        earlier: until(-MONTHS).unwrap_or_default(),
        later: (last < ended).then(|| until(MONTHS)).flatten(),
        may_change: frame.may(Permission::ChangeRegistry),
        tally,
        export: query.exported(Form::Workbook).href(&frame.at("/registers")),
    })
}

/// The grid as a list, to be exported with everything that it shows.
fn grid_listing<'a>(frame: &'a Frame, months: &[Date], open: &'a BTreeMap<String, i64>) -> Listing<'a, RegisterMonths> {
    // A list knows its columns by fixed names; the grid has a column for each of its months.
    const COLUMNS: [&str; MONTHS as usize] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];
    let mut listing = Listing::new(frame, "completeness", "/registers", frame.t("reg-overview")).column(
        "register",
        frame.t("reg-register"),
        Kind::Text,
        |row: &RegisterMonths| Cell::text(frame.said(row.register.name_zh)),
    );
    for (at, (month, column)) in months.iter().zip(COLUMNS).enumerate() {
        listing = listing.column(column, written(*month), Kind::Text, move |row: &RegisterMonths| {
            row.months.get(at).map_or_else(Cell::empty, |delivery| Cell::text(state(frame, *delivery).word))
        });
    }
    listing.column("open", frame.t("reg-open"), Kind::Number, |row| {
        Cell::number(open.get(row.register.id).copied().unwrap_or(0))
    })
}

/// The state in a narrow column: within a year of the month a day needs no year.
fn shown(frame: &Frame, delivery: Delivery, month: Date) -> StateWord {
    match delivery {
        Delivery::Received(day) if day < month.saturating_add(1.year()) => {
            StateWord::new(Tone::Ok, frame.t1("reg-received", "date", day.strftime("%m-%d")))
        }
        other => state(frame, other),
    }
}

fn state(frame: &Frame, delivery: Delivery) -> StateWord {
    match delivery {
        Delivery::Complete => StateWord::new(Tone::Ok, frame.t("reg-complete")),
        Delivery::NothingDue => StateWord::new(Tone::Plain, frame.t("reg-nothing-due")),
        Delivery::Missing => StateWord::new(Tone::Bad, frame.t("reg-missing")),
        Delivery::Received(day) => StateWord::new(Tone::Ok, frame.t1("reg-received", "date", day)),
        Delivery::Silent => StateWord::new(Tone::Unknown, frame.t("reg-silent")),
    }
}

/// The first day of a month written as `2023-12`.
fn month(text: &str) -> Option<Date> {
    format!("{text}-01").parse().ok()
}

fn written(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// `GET /registers/templates/{register}`: the empty workbook.
pub async fn template(Path(id): Path<String>) -> Result<Response, AppError> {
    let register = registry::register(&id).ok_or(registry::Error::NotFound { what: "登记簿", id })?;
    let mut bytes = Cursor::new(Vec::new());
    sheets::write::xlsx(&[registry::template(register)], &mut bytes).map_err(AppError::internal)?;
    workbook(register.id, &format!("{}-模板.xlsx", register.name_zh), bytes.into_inner())
}

/// A workbook that a browser saves.
pub(crate) fn workbook(plain: &str, name: &str, bytes: Vec<u8>) -> Result<Response, AppError> {
    download::file(download::XLSX, (&format!("{plain}.xlsx"), name), bytes)
}
