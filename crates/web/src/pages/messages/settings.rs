//! `/messages/settings` 消息设置: the visitor's own address, and which kinds of message are mailed how.

use askama::Template;
use axum::{Form, extract::State, http::Uri, response::Response};
use domain::messages::{self, Kind as About, Mode, Office, Setting};

use super::{SETTINGS, head};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx,
    pages::{
        cases::forms::refusal,
        corpus::baskets::account,
        room::{self, Room, Sent},
    },
};

#[derive(Template)]
#[template(path = "messages/settings.html")]
struct SettingsPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    /// Why nothing is mailed at present; empty when mail goes out.
    off: String,
    fields: Vec<Field>,
    action: String,
}

/// `GET /messages/settings`.
pub async fn page(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let setting = messages::setting(app.db(), account(&frame)?).await?;
    let room = titled(&frame).with(room::said(&frame, &room::wishes(&uri).1));
    shown(&app, &frame, &room, &setting, &Errors::default())
}

fn titled(frame: &Frame) -> Room {
    let mut room = head(frame, SETTINGS);
    room.title = frame.t("messages-settings");
    room.line = frame.t("messages-settings-line");
    room
}

fn shown(app: &App, frame: &Frame, room: &Room, setting: &Setting, errors: &Errors) -> Result<Response, AppError> {
    let role = account(frame)?.role;
    let address = Field::of("address", frame.t("messages-address"), FieldKind::Text, &setting.address, errors)
        .hint(frame.t("messages-address-hint"))
        .optional()
        .autocomplete("email");
    let of_kind = |kind: About| {
        let modes = Mode::ALL.map(|mode| Choice::new(mode.key(), frame.said(mode.zh())));
        Field::of(kind.key(), frame.said(kind.zh()), FieldKind::Select(modes.into()), setting.mode(kind).key(), errors)
    };
    let kinds = About::ALL.into_iter().filter(|kind| kind.is_for(role)).map(of_kind);
    let off = match Office::of(&app.installation) {
        Ok(Some(_)) => String::new(),
        Ok(None) => frame.t("messages-mail-off"),
        Err(_) => frame.t("messages-mail-broken"),
    };
    let fields = std::iter::once(address).chain(kinds).collect();
    let page = SettingsPage { frame, room, errors, off, fields, action: frame.at(SETTINGS) };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// `POST /messages/settings`.
pub async fn keep(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mode = |kind: About| Mode::of_key(sent.get(kind.key())).map(|mode| (kind, mode));
    let wanted =
        Setting { address: sent.get("address").to_owned(), modes: About::ALL.into_iter().filter_map(mode).collect() };
    let Err(error) = messages::keep_setting(app.db(), account(&frame)?, &wanted, app.now()).await else {
        return Ok(room::see_other(&frame, &format!("{SETTINGS}?done=mail-setting")));
    };
    let mut errors = Errors::default();
    refusal(&frame, &mut errors, "address", error)?;
    shown(&app, &frame, &titled(&frame).wrong(true), &wanted, &errors)
}
