//! `/warnings/watches` 监测条件: what is watched, and the form that sets a watch.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query as Asked, State},
    response::Response,
};
use corpus::Query;
use domain::warnings::{self, Kind, Watch};
use serde::Deserialize;

use super::{WATCHES, head, present};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx,
    pages::{
        corpus::{
            Wish,
            baskets::{Undo, account},
        },
        room::{self, Room, Sent},
    },
};

#[derive(Template)]
#[template(path = "warnings/watches.html")]
struct WatchesPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    undo: Option<Undo>,
    errors: &'a Errors,
    watches: Vec<Row>,
    fields: Vec<Field>,
}

/// A watch ready to print.
struct Row {
    name: String,
    kind: String,
    search: String,
    href: String,
    run_at: String,
    remove: String,
}

/// What the address says: what was stopped just now, and a search to begin with.
#[derive(Debug, Deserialize)]
pub struct Begun {
    removed: Option<i64>,
    #[serde(default)]
    search: String,
}

/// `GET /warnings/watches`.
pub async fn page(State(app): State<App>, frame: Frame, Asked(begun): Asked<Begun>) -> Result<Response, AppError> {
    let undo = begun.removed.map(|id| Undo {
        words: frame.t("warnings-watch-removed"),
        action: frame.at(&format!("{WATCHES}/{id}/restore")),
        fields: Vec::new(),
    });
    let kind = if begun.search.is_empty() { Kind::Entry } else { Kind::Field };
    let sent = Sent(vec![("kind".into(), kind.key().into()), ("search".into(), begun.search)]);
    respond(&app, &frame, undo, &sent, &Errors::default()).await
}

async fn respond(
    app: &App,
    frame: &Frame,
    undo: Option<Undo>,
    sent: &Sent,
    errors: &Errors,
) -> Result<Response, AppError> {
    let all = warnings::watches(app.db(), account(frame)?).await?;
    let room = head(frame, WATCHES).wrong(!errors.is_empty());
    let watches = all.into_iter().map(|watch| row(frame, watch)).collect();
    let page = WatchesPage { frame, room: &room, undo, errors, watches, fields: fields(frame, sent, errors) };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn row(frame: &Frame, watch: Watch) -> Row {
    let run_at = watch.run_at.and_then(|at| at.parse().ok());
    Row {
        kind: frame.said(watch.kind.zh()),
        href: frame.at(&Wish::asking(&watch.search).href()),
        run_at: run_at.map_or_else(|| frame.t("warnings-not-run"), format::instant),
        remove: frame.at(&format!("{WATCHES}/{}/remove", watch.id)),
        name: watch.name,
        search: watch.search,
    }
}

fn fields(frame: &Frame, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let kinds = Kind::ALL.map(|kind| Choice::new(kind.key(), frame.t(&format!("warnings-choose-{}", kind.key()))));
    let field = |name: &str, key: &str, kind| Field::of(name, frame.t(key), kind, sent.get(name), errors);
    vec![
        field("name", "warnings-watch-name", FieldKind::Text),
        field("kind", "warnings-kind", FieldKind::Radios(kinds.into())),
        field("firm", "warnings-firm", FieldKind::Lines).hint(frame.t("warnings-firm-hint")).optional(),
        field("search", "warnings-watch-search", FieldKind::Lines).hint(frame.t("warnings-search-hint")).optional(),
    ]
}

/// `POST /warnings/watches/set`.
pub async fn set(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let kind = Kind::of_key(sent.get("kind")).unwrap_or(Kind::Entry);
    let search = search(&app, &frame, kind, &sent, &mut errors).await?;
    if let Some(search) = search.filter(|_| errors.is_empty()) {
        let arrival = present(&app).await?.map_or(0, |corpus| corpus.manifest().latest_arrival());
        let wanted = (kind, sent.get("name"), &search);
        match warnings::set(app.db(), account(&frame)?, wanted, arrival, app.business_date(), app.now()).await {
            Ok(_) => return Ok(room::see_other(&frame, WATCHES)),
            Err(domain::Error::Invalid(why) | domain::Error::Conflict(why)) => errors.add("name", frame.said(&why)),
            Err(other) => return Err(other.into()),
        }
    }
    respond(&app, &frame, None, &sent, &errors).await
}

/// The search that the form amounts to; without names and query it is that of the visitor's own side.
async fn search(
    app: &App,
    frame: &Frame,
    kind: Kind,
    sent: &Sent,
    errors: &mut Errors,
) -> Result<Option<Query>, AppError> {
    let names: Vec<String> =
        sent.get("firm").lines().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let query = match sent.get("search") {
        "" => None,
        text => match Query::parse(text) {
            Ok(query) => Some(query),
            Err(error) => {
                errors.add("search", frame.said(&error.to_string()));
                return Ok(None);
            }
        },
    };
    let named = (!names.is_empty()).then(|| warnings::of_names(&names));
    let both = match (named, query) {
        (Some(names), Some(query)) => Some(names.and(query)),
        (one, other) => one.or(other),
    };
    if both.is_some() {
        return Ok(both);
    }
    let own = match kind {
        Kind::Entry => {
            errors.add("firm", frame.t("warnings-firm-missing"));
            return Ok(None);
        }
        Kind::Field => {
            errors.add("search", frame.t("warnings-search-missing"));
            return Ok(None);
        }
        Kind::Lapse | Kind::Own => warnings::own_side(&app.installation, account(frame)?, app.now()).await?,
    };
    if own.is_none() {
        errors.add("firm", frame.t("warnings-own-unknown"));
    }
    Ok(own)
}

/// `POST /warnings/watches/{id}/remove`.
pub async fn remove(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    warnings::remove(app.db(), account(&frame)?, id, app.now()).await?;
    Ok(room::see_other(&frame, &format!("{WATCHES}?removed={id}")))
}

/// `POST /warnings/watches/{id}/restore`.
pub async fn restore(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    warnings::restore(app.db(), account(&frame)?, id, app.now()).await?;
    Ok(room::see_other(&frame, WATCHES))
}
