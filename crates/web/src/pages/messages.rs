//! `/messages` 消息: what the visitor was told of what concerns them, and the way to it.

pub mod mails;
pub mod settings;
pub mod wordings;

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::accounts::Permission;
use domain::messages::{self, Kind as About, Message};

use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing, ListingView},
    pages::{
        corpus::baskets::account,
        room::{self, ListBlock, Room, Sent},
    },
    pieces::{Link, State as StateWord, Tone},
};

pub(crate) const PATH: &str = "/messages";
const SETTINGS: &str = "/messages/settings";
const MAILS: &str = "/messages/mails";
const WORDINGS: &str = "/messages/wordings";

#[derive(Template)]
#[template(path = "messages/list.html")]
struct MessagesPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    list: &'a ListingView,
    has_unread: bool,
}

/// `GET /messages`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, said) = room::wishes(&uri);
    let rows = messages::all(app.db(), account(&frame)?).await?;
    let listing = listing(&frame);
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let view = listing.view(&rows, &query);
    let room = head(&frame, PATH).with(room::said(&frame, &said));
    let has_unread = rows.iter().any(Message::is_unread);
    let page = MessagesPage { frame: &frame, room: &room, list: &view, has_unread };
    hx.page(page, ListBlock { frame: &frame, list: &view })
}

/// The head of a page of this room; the office's own pages are among its neighbours for those who may open them.
fn head(frame: &Frame, path: &str) -> Room {
    let mut tabs = vec![("messages-title", PATH), ("messages-settings", SETTINGS)];
    if frame.may(Permission::HandleCases) {
        tabs.extend([("mails-title", MAILS), ("wordings-title", WORDINGS)]);
    }
    Room::new(frame.t("messages-title"), frame.t("messages-line")).among(frame, "messages-title", path, tabs)
}

fn listing(frame: &Frame) -> Listing<'_, Message> {
    let caption =
        frame.tn("rights-list-of", [("name", frame.t("messages-title")), ("date", frame.business_date.to_string())]);
    let role = frame.account.as_ref().map(|account| account.role);
    let kinds = About::ALL.into_iter().filter(|kind| role.is_some_and(|role| kind.is_for(role)));
    let kinds = kinds.map(|kind| Choice::new(kind.key(), frame.said(kind.zh()))).collect();
    let states = ["unread", "read", "over"].map(|key| Choice::new(key, frame.t(&format!("messages-{key}"))));
    Listing::new(frame, "messages", PATH, caption)
        .column("subject", frame.t("messages-subject"), Kind::Text, |one: &Message| {
            let pick = one.is_unread().then(|| one.id.to_string());
            Cell::text(frame.said(&one.subject)).link(frame.at(&path(one.id))).pick(pick)
        })
        .column("state", frame.t("messages-state"), Kind::Text, |one| {
            let (key, tone, rank) = stands(one);
            Cell::state(StateWord::new(tone, frame.t(&format!("messages-{key}"))), rank)
        })
        .column("kind", frame.t("messages-kind"), Kind::Text, |one| Cell::text(frame.said(one.kind.zh())))
        .column("told", frame.t("messages-told"), Kind::Date, |one| Cell::date(Some(one.told_on)))
        .filter("state", frame.t("messages-state"), states.into(), |one, key| stands(one).0 == key)
        .filter("kind", frame.t("messages-kind"), kinds, |one, key| one.kind.key() == key)
        .search(frame.t("messages-search"), |one| format!("{} {}", one.subject, one.body))
        .when_empty(frame.t("messages-none"), frame.t("messages-none-todo"))
}

/// Where a message stands: its key, how it looks, and its rank.
fn stands(message: &Message) -> (&'static str, Tone, i64) {
    match (message.is_unread(), &message.over_at) {
        (true, _) => ("unread", Tone::Warn, 0),
        (false, Some(_)) => ("over", Tone::Ok, 2),
        (false, None) => ("read", Tone::Plain, 1),
    }
}

fn path(id: i64) -> String {
    format!("{PATH}/{id}")
}

#[derive(Template)]
#[template(path = "messages/one.html")]
struct MessagePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    state: StateWord,
    kind: String,
    told: String,
    lines: Vec<String>,
    action: String,
}

/// `GET /messages/{id}`.
pub async fn one(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let message = messages::find(app.db(), account(&frame)?, id).await?;
    let mut room = Room::new(frame.said(&message.subject), "");
    room.crumbs = vec![Link::new(frame.t("messages-title"), frame.at(PATH))];
    let (key, tone, _) = stands(&message);
    hx::page(MessagePage {
        frame: &frame,
        room: &room,
        state: StateWord::new(tone, frame.t(&format!("messages-{key}"))),
        kind: frame.said(message.kind.zh()),
        told: frame.date(message.told_on),
        lines: message.body.lines().map(|line| frame.said(line)).collect(),
        action: frame.at(&format!("{}/open", path(id))),
    })
}

/// `POST /messages/{id}/open`: leads to what the message is about, and notes it as read.
pub async fn open(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let message = messages::find(app.db(), account(&frame)?, id).await?;
    messages::read(app.db(), account(&frame)?, &[id], app.now()).await?;
    Ok(room::see_other(&frame, &message.path))
}

/// `POST /messages/read`: notes those that are ticked as read, or all of them.
pub async fn read(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let picked: Vec<i64> = sent.all("pick").filter_map(|id| id.parse().ok()).collect();
    let is_all = sent.get("which") == "all";
    if picked.is_empty() && !is_all {
        return Err(AppError::Invalid(frame.t("messages-none-picked")));
    }
    let ids = if is_all { &[][..] } else { &picked };
    let count = messages::read(app.db(), account(&frame)?, ids, app.now()).await?;
    Ok(room::see_other(&frame, &format!("{PATH}?done=messages-read&count={count}")))
}

/// A stored moment as it is shown.
fn moment(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), format::instant)
}
