//! `/registers/mappings` 列映射: how the files of each source become rows, those built in and those saved here.

use std::collections::BTreeMap;

use axum::{Form, extract::State, http::Uri, response::Response};
use domain::accounts::Permission;
use registry::mappings::Mapping;

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing},
    pages::{
        registry::{
            entries::{EntriesPage, EntryForm},
            head_of, register_choices, register_name, who,
        },
        room::{self, ListBlock, Room, Sent},
    },
};

/// A mapping and whether it was saved here.
struct Row {
    mapping: Mapping,
    is_own: bool,
}

/// `GET /registers/mappings`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let rows = rows(&app).await?;
    let view = {
        let listing = listing(&frame);
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
    let form = frame.may(Permission::ChangeRegistry).then(|| form(&frame, &Sent::default(), &errors));
    hx::page(EntriesPage { frame: &frame, room: &room, errors: &errors, list: &view, form })
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

fn listing(frame: &Frame) -> Listing<'_, Row> {
    let origin = |own: bool| frame.t(if own { "reg-mapping-own" } else { "reg-mapping-built-in" });
    let origins = vec![Choice::new("own", origin(true)), Choice::new("built-in", origin(false))];
    Listing::new(frame, "mappings", "/registers/mappings", frame.t("reg-mappings"))
        .column("source", frame.t("reg-mapping-source"), Kind::Text, |row: &Row| {
            Cell::text(frame.said(&row.mapping.source))
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
    mapping
        .headings
        .iter()
        .map(|(from, field)| format!("{from} → {}", heading(frame, &mapping.register, field)))
        .collect::<Vec<_>>()
        .join("；")
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
    EntryForm {
        title: frame.t("reg-mapping-new"),
        action: frame.at("/registers/mappings/save"),
        button: frame.t("reg-mapping-do"),
        fields: vec![
            Field::of("source", frame.t("reg-mapping-source"), FieldKind::Text, sent.get("source"), errors)
                .hint(frame.t("reg-mapping-source-hint")),
            Field::of(
                "register",
                frame.t("reg-register"),
                FieldKind::Select(register_choices(frame, |register| register.received)),
                sent.get("register"),
                errors,
            ),
            Field::of("headings", frame.t("reg-mapping-headings"), FieldKind::Lines, sent.get("headings"), errors)
                .hint(frame.t("reg-mapping-headings-hint")),
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
    let mut headings = BTreeMap::new();
    for line in sent.get("headings").lines().map(str::trim).filter(|line| !line.is_empty()) {
        let pair = line.split_once('=').or_else(|| line.split_once('＝'));
        let field = pair.and_then(|(_, to)| {
            let to = to.trim();
            register?.columns.iter().find(|column| column.heading == to || column.field == to)
        });
        match (pair, field) {
            (Some((from, _)), Some(column)) => drop(headings.insert(from.trim().to_owned(), column.field.to_owned())),
            _ => errors.add("headings", frame.t1("reg-mapping-line-wrong", "line", line)),
        }
    }
    if headings.is_empty() && errors.of("headings").is_none() {
        errors.add("headings", frame.t("reg-mapping-headings-missing"));
    }
    if !errors.is_empty() {
        let rows = rows(&app).await?;
        let view = listing(&frame).view(&rows, &Default::default());
        let room = head(&app, &frame).await?.wrong(true);
        let form = Some(form(&frame, &sent, &errors));
        return hx::refused(EntriesPage { frame: &frame, room: &room, errors: &errors, list: &view, form });
    }
    let mapping = Mapping {
        source: sent.get("source").to_owned(),
        register: sent.get("register").to_owned(),
        headings,
        ..Mapping::default()
    };
    registry::mappings::save(app.db(), &mapping, app.now(), &who(&frame)).await?;
    Ok(room::see_other(&frame, "/registers/mappings?done=saved"))
}
