//! `/invitations` 邀请: who was invited to an account and what came of it; and `/invited`, where the invited person takes the invitation.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::{HeaderMap, Uri, header},
    response::Response,
};
use domain::{
    accounts::{PASSWORD_CHARS_MIN, PASSWORDS_REMEMBERED, Permission, Role},
    invitations::{self, About, Invitation, State as Standing},
};
use serde::Deserialize;

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing},
    pages::{
        account::typed_twice,
        cases::forms::refusal,
        corpus::baskets::account,
        registry::{entries::EntryForm, who},
        room::{self, Room, Sent, Visit},
    },
    pieces::{State as StateWord, Tone},
};

const PATH: &str = "/invitations";

#[derive(Template)]
#[template(path = "invitations/sent.html")]
struct SentPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    facts: Vec<(String, String)>,
    link: String,
}

#[derive(Template)]
#[template(path = "invitations/one.html")]
struct OnePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    state: StateWord,
    facts: Vec<(String, String)>,
    revoke: Option<String>,
}

#[derive(Template)]
#[template(path = "invitations/take.html")]
struct TakePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    facts: Vec<(String, String)>,
    action: String,
    word: &'a str,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "invitations/taken.html")]
struct TakenPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    login: &'a str,
}

/// The head of a page among its neighbours: accounts for who keeps them, claims for the office.
pub(super) fn head(frame: &Frame, here: &str, title: &str, line: &str) -> Room {
    let tabs = [
        ("accounts-title", "/accounts", Permission::ManageAccounts),
        ("claims-title", "/claims", Permission::AdmitEnterprises),
        ("invitations-title", PATH, Permission::Invite),
    ];
    let tabs = tabs.into_iter().filter(|(.., needs)| frame.may(*needs)).map(|(key, path, _)| (key, path));
    Room::new(frame.t(title), frame.t(line)).among(frame, "nav-accounts", here, tabs)
}

/// `GET /invitations`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    respond(&app, &frame, hx, &Visit::of(&uri)).await
}

/// The invitations that the visitor could have made, and the form of another.
async fn respond(app: &App, frame: &Frame, hx: Hx, visit: &Visit) -> Result<Response, AppError> {
    let own = account(frame)?;
    let mut rows = invitations::all(app.db()).await?;
    rows.retain(|one| invitations::may_invite(own, one.about.role));
    let room = head(frame, PATH, "invitations-title", "invitations-line");
    let form = Some(inviting(frame, &visit.sent, &visit.errors)?);
    room::listed_with(hx, frame, room, (&listing(frame), &rows), visit, form)
}

fn listing(frame: &Frame) -> Listing<'_, Invitation> {
    let now = frame.now;
    let states = Standing::ALL.map(|state| Choice::new(state.key(), frame.said(state.zh()))).into();
    Listing::new(frame, "invitations", PATH, frame.t("invitations-title"))
        .column("name", frame.t("accounts-name"), Kind::Text, |one: &Invitation| {
            Cell::text(one.about.name.clone()).link(frame.at(&path(one.id)))
        })
        .column("role", frame.t("accounts-role"), Kind::Text, |one| Cell::text(role_name(frame, one.about.role)))
        .column("unit", frame.t("accounts-unit"), Kind::Text, |one| Cell::text(frame.said(&one.about.unit)))
        .column("state", frame.t("accounts-state"), Kind::Text, move |one| {
            Cell::state(standing(frame, one.state(now)), one.state(now) as i64)
        })
        .column("login", frame.t("accounts-login"), Kind::Code, |one| {
            one.login.as_ref().map_or_else(Cell::empty, Cell::code)
        })
        .column("by", frame.t("invitations-by"), Kind::Text, |one| Cell::text(one.by.clone()))
        .column("made", frame.t("invitations-made"), Kind::Date, |one| Cell::code(format::instant(one.made_at)))
        .column("until", frame.t("invitations-until"), Kind::Date, |one| Cell::code(format::instant(one.expires_at)))
        .filter("state", frame.t("accounts-state"), states, move |one, key| one.state(now).key() == key)
        .search(frame.t("accounts-search"), |one| {
            let login = one.login.as_deref().unwrap_or_default();
            format!("{} {} {} {login}", one.about.name, one.about.unit, one.by)
        })
        .when_empty(frame.t("invitations-none"), frame.t("invitations-none-todo"))
}

fn path(id: i64) -> String {
    format!("{PATH}/{id}")
}

fn role_name(frame: &Frame, role: Role) -> String {
    frame.t(&format!("role-{}", role.key()))
}

pub(super) fn standing(frame: &Frame, state: Standing) -> StateWord {
    let tone = match state {
        Standing::Open => Tone::Plain,
        Standing::Taken => Tone::Ok,
        Standing::Revoked => Tone::Unknown,
        Standing::Expired => Tone::Warn,
    };
    StateWord::new(tone, frame.said(state.zh()))
}

fn inviting(frame: &Frame, sent: &Sent, errors: &Errors) -> Result<EntryForm, AppError> {
    let own = account(frame)?;
    let roles = Role::ALL.into_iter().filter(|role| invitations::may_invite(own, *role));
    let roles = roles.map(|role| Choice::new(role.key(), role_name(frame, role))).collect();
    Ok(EntryForm {
        title: frame.t("invitations-new"),
        action: frame.at(&format!("{PATH}/send")),
        fields: vec![
            Field::of("name", frame.t("accounts-name"), FieldKind::Text, sent.get("name"), errors),
            Field::of("role", frame.t("accounts-role"), FieldKind::Select(roles), sent.get("role"), errors),
            Field::of("unit", frame.t("accounts-unit"), FieldKind::Text, sent.get("unit"), errors)
                .hint(frame.t("accounts-unit-hint"))
                .optional(),
        ],
        button: frame.t("invitations-new-do"),
    })
}

/// `POST /invitations/send`: makes an invitation and shows its link, this once.
pub async fn send(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let role = Role::of_key(sent.get("role")).ok_or_else(|| AppError::Invalid(frame.t("accounts-no-role")))?;
    invitations::allowed(account(&frame)?, role)?;
    let about = About { name: sent.get("name").to_owned(), role, unit: sent.get("unit").to_owned() };
    match invitations::invite(app.db(), &about, &who(&frame), app.now()).await {
        Ok((id, word)) => {
            let invitation = invitations::find(app.db(), id).await?;
            let room = Room::new(frame.t("invitations-sent"), frame.t("invitations-sent-line"))
                .below(&frame, &[("invitations-title", PATH)]);
            let link = format!("{}{}", origin(&app, &headers), frame.at(&format!("/invited?word={word}")));
            hx::page(SentPage { frame: &frame, room: &room, facts: facts(&frame, &invitation), link })
        }
        Err(error) => {
            let mut errors = Errors::default();
            refusal(&frame, &mut errors, "name", error)?;
            respond(&app, &frame, Hx::default(), &Visit::again(sent, errors)).await
        }
    }
}

/// Where this site is found from outside: as it was set, else as the visitor's own browser called it.
fn origin(app: &App, headers: &HeaderMap) -> String {
    if !app.settings.public_address.is_empty() {
        return app.settings.public_address.clone();
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if app.settings.secure_cookies { "https" } else { "http" };
    if host.is_empty() { String::new() } else { format!("{scheme}://{host}") }
}

fn facts(frame: &Frame, one: &Invitation) -> Vec<(String, String)> {
    let mut facts = vec![
        (frame.t("accounts-name"), one.about.name.clone()),
        (frame.t("accounts-role"), role_name(frame, one.about.role)),
    ];
    if !one.about.unit.is_empty() {
        facts.push((frame.t("accounts-unit"), frame.said(&one.about.unit)));
    }
    facts.push((frame.t("invitations-until"), format::instant(one.expires_at)));
    facts
}

/// `GET /invitations/{id}`.
pub async fn one(State(app): State<App>, frame: Frame, Path(id): Path<i64>, uri: Uri) -> Result<Response, AppError> {
    let (_, words) = room::wishes(&uri);
    let found = invitations::find(app.db(), id).await?;
    invitations::allowed(account(&frame)?, found.about.role)?;
    let mut facts = facts(&frame, &found);
    facts.push((frame.t("invitations-by"), format!("{} {}", found.by, format::instant(found.made_at))));
    if let Some(login) = &found.login {
        facts.push((frame.t("accounts-login"), login.clone()));
    }
    let state = found.state(frame.now);
    let revoke = (state == Standing::Open).then(|| frame.at(&format!("{}/revoke", path(id))));
    let room = Room::new(found.about.name.clone(), String::new())
        .below(&frame, &[("invitations-title", PATH)])
        .with(room::said(&frame, &words));
    hx::page(OnePage { frame: &frame, room: &room, state: standing(&frame, state), facts, revoke })
}

/// `POST /invitations/{id}/revoke`.
pub async fn revoke(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let found = invitations::find(app.db(), id).await?;
    invitations::allowed(account(&frame)?, found.about.role)?;
    invitations::revoke(app.db(), id, &who(&frame), app.now()).await?;
    Ok(room::see_other(&frame, &format!("{}?done=invitation-revoked", path(id))))
}

/// The word of a link. It stands in the query, which no log of ours holds.
#[derive(Debug, Deserialize)]
pub struct Link {
    #[serde(default)]
    word: String,
}

/// `GET /invited`: the invited person chooses login and password.
pub async fn form(State(app): State<App>, frame: Frame, Query(link): Query<Link>) -> Result<Response, AppError> {
    let found = invitations::of_word(app.db(), &link.word, app.now()).await?;
    hx::page(taking(&frame, &found, &link.word, &Sent::default(), &Errors::default(), &taking_head(&frame)))
}

fn taking_head(frame: &Frame) -> Room {
    Room::new(frame.t("invited-title"), frame.t("invited-line"))
}

/// The fields by which an account gets its login and password.
pub(super) fn login_fields(frame: &Frame, login: &str, errors: &Errors) -> Vec<Field> {
    let password = |name: &str, word: &str| {
        Field::of(name, frame.t(word), FieldKind::Password, "", errors).autocomplete("new-password")
    };
    let hint = frame.tn(
        "account-password-hint",
        [("least", PASSWORD_CHARS_MIN.to_string()), ("former", PASSWORDS_REMEMBERED.to_string())],
    );
    vec![
        Field::of("login", frame.t("accounts-login"), FieldKind::Text, login, errors)
            .hint(frame.t("accounts-login-hint"))
            .autocomplete("username"),
        password("new", "account-password-new").hint(hint),
        password("again", "account-password-again"),
    ]
}

fn taking<'a>(
    frame: &'a Frame,
    found: &Invitation,
    word: &'a str,
    sent: &Sent,
    errors: &'a Errors,
    room: &'a Room,
) -> TakePage<'a> {
    let (facts, action) = (facts(frame, found), frame.at("/invited"));
    TakePage { frame, room, errors, facts, action, word, fields: login_fields(frame, sent.get("login"), errors) }
}

/// `POST /invited`: opens the account.
pub async fn take(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let word = sent.get("word");
    let found = invitations::of_word(app.db(), word, app.now()).await?;
    let mut errors = typed_twice(&frame, &sent, &["new", "again"]);
    if errors.is_empty() {
        match invitations::take(app.db(), word, sent.get("login"), sent.raw("new"), app.now()).await {
            Ok(new) => {
                let room = Room::new(frame.t("invited-done"), frame.t("invited-done-line"));
                return hx::page(TakenPage { frame: &frame, room: &room, login: &new.login });
            }
            Err(error) => refusal(&frame, &mut errors, "login", error)?,
        }
    }
    hx::refused(taking(&frame, &found, word, &sent, &errors, &taking_head(&frame).wrong(true)))
}
