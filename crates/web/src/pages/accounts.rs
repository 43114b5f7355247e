//! `/accounts` 账号: opened, amended, disabled and given fresh passwords by an administrator, who reads no business data.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::{self, Detail, New, Role},
    sign_in_limits, sign_on,
};

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing},
    pages::{
        cases::forms::refusal,
        registry::{entries::EntryForm, who},
        room::{self, Room, Sent, Visit},
    },
    pieces::{State as StateWord, Tone},
};

const PATH: &str = "/accounts";

#[derive(Template)]
#[template(path = "accounts/one.html")]
struct AccountPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    state: StateWord,
    facts: Vec<(String, String)>,
    form: EntryForm,
    tie: Option<EntryForm>,
    locked_minutes: Option<i64>,
    path: String,
    is_disabled: bool,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "accounts/fresh.html")]
struct FreshPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    login: &'a str,
    password: &'a str,
    back: String,
}

/// `GET /accounts`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    respond(&app, &frame, hx, &Visit::of(&uri)).await
}

async fn respond(app: &App, frame: &Frame, hx: Hx, visit: &Visit) -> Result<Response, AppError> {
    let rows = accounts::details(app.db()).await?;
    let room = super::invitations::head(frame, PATH, "accounts-title", "accounts-line");
    let form = Some(opening(frame, &visit.sent, &visit.errors));
    room::listed_with(hx, frame, room, (&listing(frame), &rows), visit, form)
}

fn listing(frame: &Frame) -> Listing<'_, Detail> {
    let roles = Role::ALL.into_iter().map(|role| Choice::new(role.key(), role_name(frame, role))).collect();
    let states = ["open", "fresh", "disabled"].map(|key| Choice::new(key, state(frame, key).word));
    Listing::new(frame, "accounts", PATH, frame.t("accounts-title"))
        .column("login", frame.t("accounts-login"), Kind::Code, |one: &Detail| {
            Cell::code(one.account.login.clone()).link(frame.at(&path(&one.account.login)))
        })
        .column("name", frame.t("accounts-name"), Kind::Text, |one| Cell::text(frame.said(&one.account.name)))
        .column("role", frame.t("accounts-role"), Kind::Text, |one| Cell::text(role_name(frame, one.account.role)))
        .column("unit", frame.t("accounts-unit"), Kind::Text, |one| Cell::text(frame.said(&one.account.unit)))
        .column("state", frame.t("accounts-state"), Kind::Text, |one| Cell::state(state(frame, state_key(one)), 0))
        .column("last", frame.t("accounts-last"), Kind::Date, |one| {
            one.last_session_at.map_or_else(Cell::empty, |at| Cell::code(format::instant(at)))
        })
        .column("created", frame.t("accounts-created"), Kind::Date, |one| Cell::code(format::instant(one.created_at)))
        .filter("role", frame.t("accounts-role"), roles, |one, key| one.account.role.key() == key)
        .filter("state", frame.t("accounts-state"), states.into(), |one, key| state_key(one) == key)
        .search(frame.t("accounts-search"), |one| {
            format!("{} {} {}", one.account.login, one.account.name, one.account.unit)
        })
}

fn path(login: &str) -> String {
    format!("{PATH}/{}", format::encode(login))
}

fn role_name(frame: &Frame, role: Role) -> String {
    frame.t(&format!("role-{}", role.key()))
}

const fn state_key(one: &Detail) -> &'static str {
    match (one.disabled_at.is_some(), one.account.must_change) {
        (true, _) => "disabled",
        (false, true) => "fresh",
        (false, false) => "open",
    }
}

fn state(frame: &Frame, key: &str) -> StateWord {
    match key {
        "disabled" => StateWord::new(Tone::Bad, frame.t("accounts-disabled")),
        "fresh" => StateWord::new(Tone::Warn, frame.t("accounts-fresh")),
        _ => StateWord::new(Tone::Ok, frame.t("accounts-open")),
    }
}

/// The fields that say who an account is for.
fn about(frame: &Frame, name: &str, role: &str, unit: &str, errors: &Errors) -> Vec<Field> {
    let roles = Role::ALL.into_iter().map(|role| Choice::new(role.key(), role_name(frame, role))).collect();
    vec![
        Field::of("name", frame.t("accounts-name"), FieldKind::Text, name, errors),
        Field::of("role", frame.t("accounts-role"), FieldKind::Select(roles), role, errors),
        Field::of("unit", frame.t("accounts-unit"), FieldKind::Text, unit, errors)
            .hint(frame.t("accounts-unit-hint"))
            .optional(),
    ]
}

fn opening(frame: &Frame, sent: &Sent, errors: &Errors) -> EntryForm {
    let login = Field::of("login", frame.t("accounts-login"), FieldKind::Text, sent.get("login"), errors);
    let mut fields = vec![login.hint(frame.t("accounts-login-hint")).autocomplete("off")];
    fields.extend(about(frame, sent.get("name"), sent.get("role"), sent.get("unit"), errors));
    EntryForm {
        title: frame.t("accounts-new"),
        action: frame.at(&format!("{PATH}/open")),
        fields,
        button: frame.t("accounts-new-do"),
    }
}

/// What a form says of an account; a role that does not exist is no mistake of a visitor.
fn new(frame: &Frame, login: &str, sent: &Sent) -> Result<New, AppError> {
    let role = Role::of_key(sent.get("role")).ok_or_else(|| AppError::Invalid(frame.t("accounts-no-role")))?;
    Ok(New { login: login.to_owned(), name: sent.get("name").to_owned(), role, unit: sent.get("unit").to_owned() })
}

/// `POST /accounts/open`: opens an account and shows its first password, this once.
pub async fn open(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let new = new(&frame, sent.get("login"), &sent)?;
    match accounts::open_with_fresh_password(app.db(), &new, &who(&frame), app.now()).await {
        Ok(password) => fresh(&frame, &new.login, &password),
        Err(error) => {
            let mut errors = Errors::default();
            refusal(&frame, &mut errors, "login", error)?;
            respond(&app, &frame, Hx::default(), &Visit::again(sent, errors)).await
        }
    }
}

fn fresh(frame: &Frame, login: &str, password: &str) -> Result<Response, AppError> {
    let room = Room::new(frame.t("accounts-fresh-title"), frame.t("accounts-fresh-line"))
        .below(frame, &[("accounts-title", PATH)]);
    hx::page(FreshPage { frame, room: &room, login, password, back: frame.at(&path(login)) })
}

/// `GET /accounts/{login}`.
pub async fn one(
    State(app): State<App>,
    frame: Frame,
    Path(login): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let (_, words) = room::wishes(&uri);
    let detail = accounts::find(app.db(), &login).await?;
    let room = head_of(&frame, &detail, &words);
    let errors = Errors::default();
    let mut page = shown(&frame, &detail, &Sent::default(), &errors, &room);
    page.tie = tie(&app, &frame, &login, None, &errors).await?;
    page.locked_minutes = sign_in_limits::locked_minutes(app.db(), &login, app.now()).await?;
    hx::page(page)
}

fn head_of(frame: &Frame, detail: &Detail, words: &std::collections::BTreeMap<String, String>) -> Room {
    Room::new(frame.said(&detail.account.name), String::new())
        .below(frame, &[("accounts-title", PATH)])
        .with(room::said(frame, words))
}

fn shown<'a>(frame: &'a Frame, detail: &Detail, sent: &Sent, errors: &'a Errors, room: &'a Room) -> AccountPage<'a> {
    let account = &detail.account;
    let path = frame.at(&path(&account.login));
    let is_sent = !errors.is_empty();
    let of = |name: &str, kept: &str| if is_sent { sent.get(name).to_owned() } else { kept.to_owned() };
    let fields =
        about(frame, &of("name", &account.name), &of("role", account.role.key()), &of("unit", &account.unit), errors);
    let instant = |at: Option<jiff::Timestamp>| at.map_or_else(|| frame.t("accounts-never"), format::instant);
    AccountPage {
        frame,
        room,
        errors,
        state: state(frame, state_key(detail)),
        facts: vec![
            (frame.t("accounts-login"), account.login.clone()),
            (frame.t("accounts-created"), format::instant(detail.created_at)),
            (frame.t("accounts-last"), instant(detail.last_session_at)),
        ],
        form: EntryForm {
            title: frame.t("accounts-amend"),
            action: format!("{path}/amend"),
            fields,
            button: frame.t("accounts-amend-do"),
        },
        tie: None,
        locked_minutes: None,
        is_disabled: detail.disabled_at.is_some(),
        is_own: who(frame) == account.login,
        path,
    }
}

/// `POST /accounts/{login}/amend`.
pub async fn amend(
    State(app): State<App>,
    frame: Frame,
    Path(login): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    match accounts::amend(app.db(), &new(&frame, &login, &sent)?, &who(&frame), app.now()).await {
        Ok(()) => Ok(room::see_other(&frame, &format!("{}?done=amended", path(&login)))),
        Err(error) => {
            let mut errors = Errors::default();
            refusal(&frame, &mut errors, "name", error)?;
            let detail = accounts::find(app.db(), &login).await?;
            let room = head_of(&frame, &detail, &Default::default()).wrong(true);
            let mut page = shown(&frame, &detail, &sent, &errors, &room);
            page.tie = tie(&app, &frame, &login, None, &Errors::default()).await?;
            hx::refused(page)
        }
    }
}

/// The form that ties an account to a subject of the sign-on, where there is one.
async fn tie(
    app: &App,
    frame: &Frame,
    login: &str,
    sent: Option<&str>,
    errors: &Errors,
) -> Result<Option<EntryForm>, AppError> {
    if app.settings.sign_on.is_none() {
        return Ok(None);
    }
    let kept = sign_on::link_of(app.db(), login).await?.map(|link| link.subject).unwrap_or_default();
    let subject = Field::of("subject", frame.t("sign-on-subject"), FieldKind::Text, sent.unwrap_or(&kept), errors);
    Ok(Some(EntryForm {
        title: frame.t("sign-on-link"),
        action: frame.at(&format!("{}/link", path(login))),
        fields: vec![subject.hint(frame.t("sign-on-link-line")).optional().autocomplete("off")],
        button: frame.t("sign-on-link-do"),
    }))
}

/// `POST /accounts/{login}/link`: ties the account to a subject of the sign-on, or unties it.
pub async fn link(
    State(app): State<App>,
    frame: Frame,
    Path(login): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let (subject, by) = (sent.get("subject"), who(&frame));
    let Some(provider) = &app.settings.sign_on else {
        return Err(AppError::NotFound(frame.t("problem-not-found-text")));
    };
    let done = match subject {
        "" => sign_on::unlink(app.db(), &login, &by, app.now()).await,
        _ => sign_on::link(app.db(), (&login, provider.issuer(), subject), &by, app.now()).await,
    };
    match done {
        Ok(()) => Ok(room::see_other(&frame, &format!("{}?done=linked", path(&login)))),
        Err(error) => {
            let (mut errors, blank, none) = (Errors::default(), Errors::default(), Sent::default());
            refusal(&frame, &mut errors, "subject", error)?;
            let detail = accounts::find(app.db(), &login).await?;
            let room = head_of(&frame, &detail, &Default::default()).wrong(true);
            let tie = tie(&app, &frame, &login, Some(subject), &errors).await?;
            let page = shown(&frame, &detail, &none, &blank, &room);
            hx::refused(AccountPage { tie, errors: &errors, ..page })
        }
    }
}

/// `POST /accounts/{login}/disable`.
pub async fn disable(State(app): State<App>, frame: Frame, Path(login): Path<String>) -> Result<Response, AppError> {
    accounts::disable(app.db(), &login, &who(&frame), app.now()).await?;
    Ok(room::see_other(&frame, &format!("{}?done=disabled", path(&login))))
}

/// `POST /accounts/{login}/enable`.
pub async fn enable(State(app): State<App>, frame: Frame, Path(login): Path<String>) -> Result<Response, AppError> {
    accounts::enable(app.db(), &login, &who(&frame), app.now()).await?;
    Ok(room::see_other(&frame, &format!("{}?done=enabled", path(&login))))
}

/// `POST /accounts/{login}/unlock`: lets a login be tried again after too many failures.
pub async fn unlock(State(app): State<App>, frame: Frame, Path(login): Path<String>) -> Result<Response, AppError> {
    sign_in_limits::unlock(app.db(), &login, &who(&frame), app.now()).await?;
    Ok(room::see_other(&frame, &format!("{}?done=unlocked", path(&login))))
}

/// `POST /accounts/{login}/reset`: gives a fresh password and shows it, this once.
pub async fn reset(State(app): State<App>, frame: Frame, Path(login): Path<String>) -> Result<Response, AppError> {
    let password = accounts::reset(app.db(), &login, &who(&frame), app.now()).await?;
    fresh(&frame, &login, &password)
}

/// `POST /accounts/{login}/sign-out`: ends every session of the account.
pub async fn sign_out(State(app): State<App>, frame: Frame, Path(login): Path<String>) -> Result<Response, AppError> {
    accounts::end_all(app.db(), &login, None, &who(&frame), app.now()).await?;
    Ok(room::see_other(&frame, &format!("{}?done=signed-out", path(&login))))
}
