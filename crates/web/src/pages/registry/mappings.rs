//! `/registers/mappings` 列映射: how the files of each source become rows, those built in and those saved here.

use std::collections::BTreeMap;

use askama::Template;
use axum::{Form, extract::State, http::Uri, response::Response};
use domain::accounts::Permission;
use registry::{Register, mappings::Mapping};

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, ListQuery, Listing, ListingView},
    pages::{
        registry::{entries::EntryForm, head_of, register_choices, register_name, who},
        room::{self, ListBlock, Room, Sent},
    },
};

/// A mapping and whether it was saved here.
struct Row {
    mapping: Mapping,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "registry/mappings.html")]
struct MappingsPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    list: &'a ListingView,
    form: Option<EntryForm>,
    may_remove: bool,
}

/// `GET /registers/mappings`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let rows = rows(&app).await?;
    let may_change = frame.may(Permission::ChangeRegistry);
    let view = {
        let listing = listing(&frame, may_change);
        if query.export {
            return listing.workbook(&rows, &query);
        }
        listing.view(&rows, &query)
    };
    if hx.wants_block() {
        return hx::page(ListBlock { frame: &frame, list: &view });
    }
    let room = head(&app, &frame).await?.with(room::said(&frame, &words));
    let errors = Errors::default();
    let form = may_change.then(|| form(&frame, &Sent::default(), &errors));
    let may_remove = may_change && rows.iter().any(|row| row.is_own);
    hx::page(MappingsPage { frame: &frame, room: &room, errors: &errors, list: &view, form, may_remove })
}

/// The page again with what was wrong.
async fn refused(app: &App, frame: &Frame, sent: &Sent, errors: &Errors) -> Result<Response, AppError> {
    let rows = rows(app).await?;
    let view = listing(frame, true).view(&rows, &ListQuery::default());
    let room = head(app, frame).await?.wrong(true);
    let form = Some(form(frame, sent, errors));
    let may_remove = rows.iter().any(|row| row.is_own);
    hx::refused(MappingsPage { frame, room: &room, errors, list: &view, form, may_remove })
}

async fn head(app: &App, frame: &Frame) -> Result<Room, AppError> {
    head_of(app, frame, "/registers/mappings", frame.t("reg-mappings"), frame.t("reg-mappings-line")).await
}

async fn rows(app: &App) -> Result<Vec<Row>, AppError> {
    let mut rows = Vec::new();
    for register in registry::registers() {
        for mapping in registry::mappings::of_register(app.db(), register.id).await? {
            let is_own = !registry::mappings::built_in().contains(&mapping);
            rows.push(Row { mapping, is_own });
        }
    }
    Ok(rows)
}

fn listing(frame: &Frame, with_boxes: bool) -> Listing<'_, Row> {
    let origin = |own: bool| frame.t(if own { "reg-mapping-own" } else { "reg-mapping-built-in" });
    let origins = vec![Choice::new("own", origin(true)), Choice::new("built-in", origin(false))];
    Listing::new(frame, "mappings", "/registers/mappings", frame.t("reg-mappings"))
        .column("source", frame.t("reg-mapping-source"), Kind::Text, move |row: &Row| {
            // An identifier holds no blank, so that the first one parts it from the source.
            let pick = (with_boxes && row.is_own).then(|| format!("{} {}", row.mapping.register, row.mapping.source));
            Cell::text(frame.said(&row.mapping.source)).pick(pick)
        })
        .column("register", frame.t("reg-register"), Kind::Text, |row| {
            Cell::text(register_name(frame, &row.mapping.register))
        })
        .column("headings", frame.t("reg-mapping-headings"), Kind::Text, |row| {
            Cell::text(headings(frame, &row.mapping))
        })
        .column("constants", frame.t("reg-mapping-constants"), Kind::Text, |row| {
            Cell::text(constants(frame, &row.mapping))
        })
        .column("origin", frame.t("reg-mapping-origin"), Kind::Text, move |row| Cell::text(origin(row.is_own)))
        .filter(
            "register",
            frame.t("reg-register"),
            register_choices(frame, |register| register.received),
            |row, id| row.mapping.register == id,
        )
        .filter("origin", frame.t("reg-mapping-origin"), origins, |row, key| row.is_own == (key == "own"))
        .search(frame.t("reg-mapping-source"), |row| {
            format!("{} {}", row.mapping.source, headings(frame, &row.mapping))
        })
        .when_empty(frame.t("reg-mappings-none"), frame.t("reg-mappings-none-todo"))
}

/// The heading of a field, for people.
fn heading(frame: &Frame, register: &str, field: &str) -> String {
    let column =
        registry::register(register).and_then(|register| register.columns.iter().find(|column| column.field == field));
    column.map_or_else(|| field.to_owned(), |column| frame.said(column.heading))
}

fn headings(frame: &Frame, mapping: &Mapping) -> String {
    let mut parts: Vec<String> = mapping
        .headings
        .iter()
        .map(|(from, field)| format!("{from} → {}", heading(frame, &mapping.register, field)))
        .collect();
    if mapping.no_headings {
        parts.insert(0, frame.t("reg-mapping-no-headings-short"));
    }
    parts.join("；")
}

fn constants(frame: &Frame, mapping: &Mapping) -> String {
    mapping
        .constants
        .iter()
        .map(|(field, value)| format!("{} = {value}", heading(frame, &mapping.register, field)))
        .collect::<Vec<_>>()
        .join("；")
}

fn form(frame: &Frame, sent: &Sent, errors: &Errors) -> EntryForm {
    let no_headings = Choice {
        is_chosen: sent.get("no_headings") == "yes",
        ..Choice::new("yes", frame.t("reg-mapping-no-headings-yes"))
    };
    let text = |name: &str, label: &str, kind| Field::of(name, frame.t(label), kind, sent.get(name), errors);
    EntryForm {
        title: frame.t("reg-mapping-new"),
        action: frame.at("/registers/mappings/save"),
        button: frame.t("reg-mapping-do"),
        fields: vec![
            text("source", "reg-mapping-source", FieldKind::Text).hint(frame.t("reg-mapping-source-hint")),
            text("register", "reg-register", FieldKind::Select(register_choices(frame, |register| register.received))),
            Field::of(
                "no_headings",
                frame.t("reg-mapping-no-headings"),
                FieldKind::Checks(vec![no_headings]),
                "",
                errors,
            )
            .hint(frame.t("reg-mapping-no-headings-hint"))
            .optional(),
            text("headings", "reg-mapping-headings", FieldKind::Lines).hint(frame.t("reg-mapping-headings-hint")),
            text("constants", "reg-mapping-constants", FieldKind::Lines)
                .hint(frame.t("reg-mapping-constants-hint"))
                .optional(),
        ],
    }
}

/// `POST /registers/mappings/save`.
pub async fn save(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let register = registry::register(sent.get("register")).filter(|register| register.received);
    if register.is_none() {
        errors.add("register", frame.t("reg-register-missing"));
    }
    if sent.get("source").is_empty() {
        errors.add("source", frame.t("reg-mapping-source-missing"));
    }
    let headings = pairs(&frame, register, &sent, "headings", &mut errors);
    let constants = pairs(&frame, register, &sent, "constants", &mut errors);
    if headings.is_empty() && errors.of("headings").is_none() {
        errors.add("headings", frame.t("reg-mapping-headings-missing"));
    }
    let mapping = Mapping {
        source: sent.get("source").to_owned(),
        register: sent.get("register").to_owned(),
        no_headings: sent.get("no_headings") == "yes",
        headings: headings.into_iter().collect(),
        constants: constants.into_iter().map(|(value, field)| (field, value)).collect(),
        ..Mapping::default()
    };
    if errors.is_empty()
        && let Err(cause) = mapping.validate()
    {
        errors.add("headings", cause.to_string());
    }
    if !errors.is_empty() {
        return refused(&app, &frame, &sent, &errors).await;
    }
    registry::mappings::save(app.db(), &mapping, app.now(), &who(&frame)).await?;
    Ok(room::see_other(&frame, "/registers/mappings?done=saved"))
}

/// The lines of a field as what stands before the sign and the field that the column behind it names.
fn pairs(
    frame: &Frame,
    register: Option<&Register>,
    sent: &Sent,
    name: &str,
    errors: &mut Errors,
) -> BTreeMap<String, String> {
    let mut pairs = BTreeMap::new();
    for line in sent.get(name).lines().map(str::trim).filter(|line| !line.is_empty()) {
        let pair = line.split_once('=').or_else(|| line.split_once('＝'));
        let field = pair.and_then(|(_, to)| {
            let to = to.trim();
            register?.columns.iter().find(|column| column.heading == to || column.field == to)
        });
        match (pair, field) {
            (Some((from, _)), Some(column)) => drop(pairs.insert(from.trim().to_owned(), column.field.to_owned())),
            _ => errors.add(name, frame.t1("reg-mapping-line-wrong", "line", line)),
        }
    }
    pairs
}

/// `POST /registers/mappings/remove`: deletes mappings saved here; what they brought in stays.
pub async fn remove(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let picked: Vec<(&str, &str)> = sent.all("pick").filter_map(|pick| pick.split_once(' ')).collect();
    if picked.is_empty() {
        let mut errors = Errors::default();
        errors.add("mappings", frame.t("reg-bulk-none"));
        return refused(&app, &frame, &Sent::default(), &errors).await;
    }
    for (register, source) in &picked {
        registry::mappings::delete(app.db(), register, source, app.now(), &who(&frame)).await?;
    }
    Ok(room::see_other(&frame, &format!("/registers/mappings?done=removed&count={}", picked.len())))
}
