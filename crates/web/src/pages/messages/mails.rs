//! `/messages/mails` 邮件记录: what was mailed, to whom, when, and what the server answered; addresses are masked.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::messages::{
    Office,
    mail::{self, Logged},
};

use super::{MAILS, head, moment};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing},
    pages::{
        corpus::baskets::account,
        room::{self, Room},
    },
    pieces::{Event, Moment, Notice, State as StateWord, Tone},
};

/// Where a mail may stand, each with its look.
const STATES: [(&str, Tone); 5] = [
    ("waiting", Tone::Plain),
    ("sending", Tone::Plain),
    ("sent", Tone::Ok),
    ("failed", Tone::Bad),
    ("unknown", Tone::Unknown),
];

#[derive(Template)]
#[template(path = "messages/mail.html")]
struct MailPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    state: StateWord,
    facts: Vec<(String, String)>,
    attempts: Vec<Event>,
    again: Option<String>,
}

/// `GET /messages/mails`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, said) = room::wishes(&uri);
    let rows = mail::log(app.db(), account(&frame)?).await?;
    let listing = listing(&frame);
    let mut room = head(&frame, MAILS).with(room::said(&frame, &said).or_else(|| off(&app, &frame)));
    room.title = frame.t("mails-title");
    room.line = frame.t("mails-line");
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

/// Why nothing goes out at present; nothing when mail does.
fn off(app: &App, frame: &Frame) -> Option<Notice> {
    let (title, lines) = match Office::of(&app.installation) {
        Ok(Some(_)) => return None,
        Ok(None) => (frame.t("messages-mail-off"), vec![frame.t("mails-off-todo")]),
        Err(cause) => (frame.t("messages-mail-broken"), vec![frame.said(&cause.to_string())]),
    };
    Some(Notice { tone: Tone::Warn, title, lines, link: None })
}

fn listing(frame: &Frame) -> Listing<'_, Logged> {
    let caption =
        frame.tn("rights-list-of", [("name", frame.t("mails-title")), ("date", frame.business_date.to_string())]);
    let states = STATES.map(|(key, _)| Choice::new(key, frame.t(&format!("mails-{key}"))));
    Listing::new(frame, "mails", MAILS, caption)
        .column("subject", frame.t("messages-subject"), Kind::Text, |one: &Logged| {
            Cell::text(frame.said(&one.subject)).link(frame.at(&path(one.id)))
        })
        .column("state", frame.t("messages-state"), Kind::Text, |one| Cell::state(state(frame, one), rank(one)))
        .column("to", frame.t("mails-to"), Kind::Text, |one| Cell::code(format!("{} {}", one.login, one.address)))
        .column("attempts", frame.t("mails-tries"), Kind::Number, |one| {
            let made = one.attempts.iter().filter(|attempt| attempt.outcome != "again").count();
            Cell::number(i64::try_from(made).unwrap_or(i64::MAX))
        })
        .column("answer", frame.t("mails-answer"), Kind::Text, |one| {
            let answered = one.attempts.last().map(|attempt| &attempt.answer);
            Cell::text(one.dropped_why.as_ref().or(answered).map(|words| frame.said(words)).unwrap_or_default())
        })
        .column("made", frame.t("mails-made"), Kind::Date, |one| Cell::code(moment(&one.made_at)))
        .filter("state", frame.t("messages-state"), states.into(), |one, key| one.state == key)
        .search(frame.t("mails-search"), |one| format!("{} {} {}", one.subject, one.login, one.address))
        .when_empty(frame.t("mails-none"), frame.t("mails-none-todo"))
}

fn state(frame: &Frame, mail: &Logged) -> StateWord {
    let tone = STATES.iter().find(|(key, _)| *key == mail.state).map_or(Tone::Unknown, |(_, tone)| *tone);
    StateWord::new(tone, frame.said(mail.zh()))
}

fn rank(mail: &Logged) -> i64 {
    STATES.iter().position(|(key, _)| *key == mail.state).map_or(0, |place| place as i64)
}

fn path(id: i64) -> String {
    format!("{MAILS}/{id}")
}

/// `GET /messages/mails/{id}`.
pub async fn one(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let found = mail::log(app.db(), account(&frame)?).await?.into_iter().find(|one| one.id == id);
    let mail = found.ok_or_else(|| domain::Error::NotFound { what: "邮件", id: id.to_string() })?;
    let room = Room::new(frame.said(&mail.subject), frame.t("mails-line"))
        .below(&frame, &[("messages-title", super::PATH), ("mails-title", MAILS)]);
    let mut facts = vec![
        (frame.t("mails-to"), format!("{} {}", mail.login, mail.address)),
        (frame.t("mails-made"), moment(&mail.made_at)),
    ];
    if mail.state == "waiting" {
        facts.push((frame.t("mails-due"), moment(&mail.due_at)));
    }
    let event = |attempt: &mail::Attempt| Event {
        moment: Moment::Past,
        date: moment(&attempt.at),
        what: frame.said(attempt.zh()),
        detail: (!attempt.answer.is_empty()).then(|| frame.said(&attempt.answer)),
        source: None,
    };
    hx::page(MailPage {
        frame: &frame,
        room: &room,
        state: state(&frame, &mail),
        facts,
        attempts: mail.attempts.iter().rev().map(event).collect(),
        again: mail.may_go_again().then(|| frame.at(&format!("{}/again", path(id)))),
    })
}

/// `POST /messages/mails/{id}/again`.
pub async fn again(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    mail::again(app.db(), account(&frame)?, id, app.now()).await?;
    Ok(room::see_other(&frame, &format!("{MAILS}?done=mail-again")))
}
