//! `/messages/settings` 消息设置: the visitor's own address, and which kinds of message are mailed how.

use askama::Template;
use axum::{Form, extract::State, http::Uri, response::Response};
use domain::messages::{self, Kind as About, Mode, Office, Proof, Setting};

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
    /// What is known of the address, in words, and the fields and the address of what is to be done about it.
    proof: Option<(String, Vec<Field>, String)>,
    /// Where another code is asked for; none where none is needed.
    another: Option<String>,
}

/// `GET /messages/settings`.
pub async fn page(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let setting = messages::setting(app.db(), account(&frame)?).await?;
    let room = titled(&frame).with(room::said(&frame, &room::wishes(&uri).1));
    shown(&app, &frame, &room, &setting, &Errors::default()).await
}

fn titled(frame: &Frame) -> Room {
    let mut room = head(frame, SETTINGS);
    room.title = frame.t("messages-settings");
    room.line = frame.t("messages-settings-line");
    room
}

async fn shown(
    app: &App,
    frame: &Frame,
    room: &Room,
    setting: &Setting,
    errors: &Errors,
) -> Result<Response, AppError> {
    let visitor = account(frame)?;
    let role = visitor.role;
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
    let stands = messages::proof(app.db(), visitor, app.now()).await?;
    let proof = match stands {
        Proof::NoAddress => None,
        Proof::Proved => Some((frame.t("messages-proved"), Vec::new(), String::new())),
        Proof::Unproved => Some((frame.t("messages-unproved"), Vec::new(), String::new())),
        Proof::Asked => {
            let code = Field::of("code", frame.t("messages-code"), FieldKind::Short, "", errors)
                .hint(frame.t("messages-code-hint"))
                .autocomplete("one-time-code");
            Some((frame.t("messages-asked"), vec![code], frame.at(&format!("{SETTINGS}/prove"))))
        }
    };
    let another = matches!(stands, Proof::Unproved | Proof::Asked) && off.is_empty();
    let another = another.then(|| frame.at(&format!("{SETTINGS}/code")));
    let page = SettingsPage { frame, room, errors, off, fields, action: frame.at(SETTINGS), proof, another };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// `POST /messages/settings`.
pub async fn keep(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mode = |kind: About| Mode::of_key(sent.get(kind.key())).map(|mode| (kind, mode));
    let wanted =
        Setting { address: sent.get("address").to_owned(), modes: About::ALL.into_iter().filter_map(mode).collect() };
    let visitor = account(&frame)?;
    if let Err(error) = messages::keep_setting(app.db(), visitor, &wanted, app.now()).await {
        return refused(&app, &frame, &wanted, "address", error).await;
    }
    // A new address gets its code at once where mail goes out; else the page says what is lacking.
    let is_new = messages::proof(app.db(), visitor, app.now()).await? == Proof::Unproved;
    let asked = is_new && messages::ask_proof(&app.installation, visitor, app.now()).await.is_ok();
    Ok(room::see_other(&frame, &format!("{SETTINGS}?done={}", if asked { "mail-code" } else { "mail-setting" })))
}

/// `POST /messages/settings/code`: another code.
pub async fn code(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    let visitor = account(&frame)?;
    match messages::ask_proof(&app.installation, visitor, app.now()).await {
        Ok(()) => Ok(room::see_other(&frame, &format!("{SETTINGS}?done=mail-code"))),
        Err(error) => {
            let setting = messages::setting(app.db(), visitor).await?;
            refused(&app, &frame, &setting, "address", error).await
        }
    }
}

/// `POST /messages/settings/prove`: the code that came by mail.
pub async fn prove(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let visitor = account(&frame)?;
    match messages::prove(app.db(), visitor, sent.get("code"), app.now()).await {
        Ok(()) => Ok(room::see_other(&frame, &format!("{SETTINGS}?done=mail-proved"))),
        Err(error) => {
            let setting = messages::setting(app.db(), visitor).await?;
            refused(&app, &frame, &setting, "code", error).await
        }
    }
}

async fn refused(
    app: &App,
    frame: &Frame,
    setting: &Setting,
    field: &str,
    error: domain::Error,
) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    refusal(frame, &mut errors, field, error)?;
    shown(app, frame, &titled(frame).wrong(true), setting, &errors).await
}
