//! `/registers/quarantine` 隔离: rows that could not be taken, and settling several of them at once.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::{Form, extract::State, http::Uri, response::Response};
use domain::accounts::Permission;
use registry::quarantine::{By, Filter, QuarantinedRow};

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx,
    list::{Cell, Dir, Kind, Listing, ListingView},
    pages::{
        registry::{head_of, register_choices, register_name, who},
        room::{self, Room, Sent},
    },
    pieces::{State as StateWord, Tone},
};

const STATES: [&str; 4] = ["open", "corrected", "released", "discarded"];
/// How many rows are settled by one form at most; a page shows a hundred.
const SETTLED_MAX: usize = 500;

#[derive(Template)]
#[template(path = "registry/quarantine.html")]
struct QuarantinePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    list: &'a ListingView,
    fields: Option<Vec<Field>>,
}

/// `GET /registers/quarantine`.
pub async fn page(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let rows = rows(&app).await?;
    let may_change = frame.may(Permission::ChangeRegistry);
    let view = {
        let listing =
            listing(&frame, "quarantine", "/registers/quarantine", frame.t("reg-quarantine"), may_change, &rows);
        if query.export {
            return listing.workbook(&rows, &query);
        }
        listing.view(&rows, &query)
    };
    let room = head(&app, &frame).await?.with(room::said(&frame, &words));
    let errors = Errors::default();
    let has_open = rows.iter().any(|row| row.state == "open");
    let fields = (may_change && has_open).then(|| bulk_fields(&frame, &Sent::default(), &errors));
    hx::page(QuarantinePage { frame: &frame, room: &room, errors: &errors, list: &view, fields })
}

async fn rows(app: &App) -> Result<Vec<QuarantinedRow>, AppError> {
    Ok(registry::quarantine::list(app.db(), &Filter { limit: u32::MAX, ..Filter::default() }).await?)
}

async fn head(app: &App, frame: &Frame) -> Result<Room, AppError> {
    head_of(app, frame, "/registers/quarantine", frame.t("reg-quarantine"), frame.t("reg-quarantine-line")).await
}

/// The list, also of one batch.
pub(crate) fn listing<'a>(
    frame: &'a Frame,
    id: &'static str,
    path: &str,
    caption: String,
    with_boxes: bool,
    rows: &[QuarantinedRow],
) -> Listing<'a, QuarantinedRow> {
    let columns: BTreeSet<&str> =
        rows.iter().flat_map(|row| &row.reasons).map(|reason| reason.column.as_str()).collect();
    let columns = columns.into_iter().map(|column| Choice::new(column, frame.said(column))).collect();
    let states = STATES.into_iter().map(|key| Choice::new(key, state(frame, key).word)).collect();
    let box_of = move |row: &QuarantinedRow| (with_boxes && row.state == "open").then(|| row.id.to_string());
    Listing::new(frame, id, path, caption)
        .column("id", frame.t("reg-quarantine-id"), Kind::Number, move |row: &QuarantinedRow| {
            Cell::number(row.id).pick(box_of(row)).link(frame.at(&format!("/registers/quarantine/{}", row.id)))
        })
        .column("state", frame.t("reg-state"), Kind::Text, |row| {
            Cell::state(state(frame, &row.state), rank(&row.state))
        })
        .column("register", frame.t("reg-register"), Kind::Text, |row| Cell::text(register_name(frame, &row.register)))
        .column("file", frame.t("reg-file"), Kind::Text, |row| Cell::text(place(row)))
        .column("row", frame.t("reg-row"), Kind::Number, |row| Cell::number(row.row))
        .column("column", frame.t("reg-column"), Kind::Text, |row| {
            Cell::text(frame.said(&joined(row, |reason| &reason.column)))
        })
        .column("value", frame.t("reg-value"), Kind::Text, |row| Cell::text(joined(row, |reason| &reason.value)))
        .column("reason", frame.t("reg-why"), Kind::Text, |row| {
            Cell::text(frame.said(&joined(row, |reason| &reason.reason)))
        })
        .filter("state", frame.t("reg-state"), states, |row, key| row.state == key)
        .filter(
            "register",
            frame.t("reg-register"),
            register_choices(frame, |register| register.received),
            |row, id| row.register == id,
        )
        .filter("column", frame.t("reg-column"), columns, |row, column| {
            row.reasons.iter().any(|reason| reason.column == column)
        })
        .search(frame.t("reg-quarantine-search"), |row| {
            format!("{} {} {}", row.file, joined(row, |reason| &reason.value), joined(row, |reason| &reason.reason))
        })
        .sorted_by("state", Dir::Up)
        .when_empty(frame.t("reg-quarantine-none"), frame.t("reg-quarantine-none-todo"))
}

/// The file with its sheet; of a text file the sheet bears the file's own name and says nothing.
fn place(row: &QuarantinedRow) -> String {
    if row.sheet.is_empty() || row.file.starts_with(&row.sheet) {
        return row.file.clone();
    }
    format!("{} · {}", row.file, row.sheet)
}

fn joined<'r>(row: &'r QuarantinedRow, part: impl Fn(&'r registry::Reason) -> &'r String) -> String {
    let mut parts: Vec<&str> =
        row.reasons.iter().map(|reason| part(reason).as_str()).filter(|part| !part.is_empty()).collect();
    parts.dedup();
    // A sentence ends by itself; words are parted.
    parts.iter().fold(String::new(), |joined, part| {
        let mark = if joined.is_empty() || joined.ends_with('。') { "" } else { "；" };
        joined + mark + part
    })
}

/// The state of a row with its word.
pub(crate) fn state(frame: &Frame, key: &str) -> StateWord {
    let tone = match key {
        "open" => Tone::Warn,
        "corrected" => Tone::Ok,
        "released" => Tone::Ok,
        _ => Tone::Plain,
    };
    StateWord::new(tone, frame.t(&format!("reg-row-{key}")))
}

fn rank(key: &str) -> i64 {
    STATES.iter().position(|state| *state == key).map_or(9, |at| at as i64)
}

fn bulk_fields(frame: &Frame, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let acts =
        vec![Choice::new("discard", frame.t("reg-bulk-discard")), Choice::new("release", frame.t("reg-bulk-release"))];
    vec![
        Field::of("act", frame.t("reg-bulk-act"), FieldKind::Radios(acts), sent.get("act"), errors),
        Field::of("reason", frame.t("reg-reason"), FieldKind::Text, sent.get("reason"), errors)
            .hint(frame.t("reg-reason-hint")),
    ]
}

/// `POST /registers/quarantine/settle`: several rows with one reason.
pub async fn settle(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let ids: Vec<i64> = sent.all("pick").filter_map(|id| id.parse().ok()).take(SETTLED_MAX).collect();
    let mut errors = Errors::default();
    if ids.is_empty() {
        errors.add("quarantine", frame.t("reg-bulk-none"));
    }
    let releases = match sent.get("act") {
        "release" => true,
        "discard" => false,
        _ => {
            errors.add("act", frame.t("reg-bulk-act-missing"));
            false
        }
    };
    if sent.get("reason").is_empty() {
        errors.add("reason", frame.t("reg-reason-missing"));
    }
    if !errors.is_empty() {
        let rows = rows(&app).await?;
        let query = room::wishes(&"/registers/quarantine?state=open".parse().unwrap_or_default()).0;
        let room = head(&app, &frame).await?.wrong(true);
        let view = listing(&frame, "quarantine", "/registers/quarantine", frame.t("reg-quarantine"), true, &rows)
            .view(&rows, &query);
        let fields = Some(bulk_fields(&frame, &sent, &errors));
        return hx::refused(QuarantinePage { frame: &frame, room: &room, errors: &errors, list: &view, fields });
    }
    let who = who(&frame);
    let by = By { who: &who, at: app.now() };
    let (mut settled, mut failed) = (0, 0);
    for id in ids {
        let done = if releases {
            registry::quarantine::release(app.db(), id, sent.get("reason"), by).await
        } else {
            registry::quarantine::discard(app.db(), id, sent.get("reason"), by).await
        };
        match done {
            Ok(_) => settled += 1,
            // A row whose identity is lost cannot be released; it stays open and is counted.
            Err(registry::Error::Unsound(_) | registry::Error::Conflict(_) | registry::Error::NotFound { .. }) => {
                failed += 1
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(room::see_other(
        &frame,
        &format!("/registers/quarantine?state=open&done=settled&count={settled}&failed={failed}"),
    ))
}

/// The cells of a row as they were sent, by field.
pub(super) fn put_right(register: &registry::Register, sent: &Sent) -> BTreeMap<String, String> {
    register
        .columns
        .iter()
        .map(|column| (column.field.to_owned(), sent.get(&field_name(column.field)).to_owned()))
        .collect()
}

/// The name of the form's field for a column; `reason` and `csrf` are names of the form itself.
pub(super) fn field_name(field: &str) -> String {
    format!("cell-{field}")
}
