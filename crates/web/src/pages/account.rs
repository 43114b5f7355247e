//! `/account` 我的账号: one's own password and open sessions.

pub mod second_factor;

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderMap, Uri},
    response::Response,
};
use domain::accounts::{self, Account, Open, PASSWORD_CHARS_MIN, PASSWORDS_REMEMBERED};

use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind},
    frame::Frame,
    hx,
    pages::{
        cases::forms::refusal,
        room::{self, Room, Sent},
    },
    pieces::{Notice, Tone},
    session,
};

const PATH: &str = "/account";

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    fields: Vec<Field>,
    has_second_factor: bool,
    sessions: Vec<Open>,
}

fn own(frame: &Frame) -> Result<&Account, AppError> {
    frame.account.as_ref().ok_or_else(|| AppError::internal("a page of an account without an account"))
}

/// `GET /account`.
pub async fn page(State(app): State<App>, frame: Frame, headers: HeaderMap, uri: Uri) -> Result<Response, AppError> {
    let (_, words) = room::wishes(&uri);
    let must = own(&frame)?.must_change.then(|| Notice {
        tone: Tone::Warn,
        title: frame.t("account-must-change"),
        lines: vec![frame.t("account-must-change-why")],
        link: None,
    });
    let room = head(&frame).with(must.or_else(|| room::said(&frame, &words)));
    shown(&app, &frame, &headers, &room, &Errors::default()).await
}

fn head(frame: &Frame) -> Room {
    Room::new(frame.t("account-title"), frame.t("account-line"))
}

async fn shown(
    app: &App,
    frame: &Frame,
    headers: &HeaderMap,
    room: &Room,
    errors: &Errors,
) -> Result<Response, AppError> {
    let token = session::cookie(headers, session::SESSION_COOKIE);
    let sessions = accounts::open_sessions(app.db(), own(frame)?, token.as_deref(), app.now()).await?;
    let field = |name: &str, word: &str| Field::of(name, frame.t(word), Kind::Password, "", errors);
    let hint = frame.tn(
        "account-password-hint",
        [("least", PASSWORD_CHARS_MIN.to_string()), ("former", PASSWORDS_REMEMBERED.to_string())],
    );
    let fields = vec![
        field("old", "account-password-old").autocomplete("current-password"),
        field("new", "account-password-new").hint(hint).autocomplete("new-password"),
        field("again", "account-password-again").autocomplete("new-password"),
    ];
    let page = AccountPage { frame, room, errors, fields, has_second_factor: own(frame)?.has_second_factor, sessions };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// What is wrong with a new password typed twice: one of these fields is empty, or both differ.
pub(super) fn typed_twice(frame: &Frame, sent: &Sent, needed: &[&str]) -> Errors {
    let mut errors = Errors::default();
    for name in needed.iter().filter(|name| sent.raw(name).is_empty()) {
        errors.add(name, frame.t("account-password-missing"));
    }
    if errors.is_empty() && sent.raw("new") != sent.raw("again") {
        errors.add("again", frame.t("account-password-differs"));
    }
    errors
}

/// `POST /account/password`.
pub async fn change(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let mut errors = typed_twice(&frame, &sent, &["old", "new", "again"]);
    if errors.is_empty() {
        let token = session::cookie(&headers, session::SESSION_COOKIE);
        let (old, new) = (sent.raw("old"), sent.raw("new"));
        let done = accounts::change_password(app.db(), own(&frame)?, old, new, token.as_deref(), app.now());
        match done.await {
            Ok(()) => return Ok(room::see_other(&frame, &format!("{PATH}?done=password-changed"))),
            Err(error) => refusal(&frame, &mut errors, "new", error)?,
        }
    }
    shown(&app, &frame, &headers, &head(&frame).wrong(true), &errors).await
}

/// `POST /account/sessions/{id}/end`.
pub async fn end(State(app): State<App>, frame: Frame, Path(id): Path<String>) -> Result<Response, AppError> {
    accounts::end(app.db(), own(&frame)?, &id, app.now()).await?;
    Ok(room::see_other(&frame, &format!("{PATH}?done=session-ended")))
}
