//! `/letters` 文书: the archive of letters as they were issued, each with its file; and the wording of lists, decisions and certificates,
//! which the office may edit.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::letters::{self, Kind, Letter};

use super::{forms, head, path, people::People};
use crate::{
    app::App,
    download,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Dir, Kind as ColumnKind, Listing},
    pages::{
        corpus::baskets::account,
        room::{self, Room, Sent},
    },
    pieces::{Link, State as StateWord, Tone},
};

pub(super) const PATH: &str = "/letters";

#[derive(Template)]
#[template(path = "cases/letters.html")]
struct LettersPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    kinds: Vec<Link>,
    fields: Vec<Field>,
    action: String,
}

fn kind(key: &str) -> Result<Kind, AppError> {
    Kind::of_key(key).ok_or_else(|| domain::Error::NotFound { what: "文书", id: key.to_owned() }.into())
}

/// `GET /letters/{kind}`.
pub async fn page(State(app): State<App>, frame: Frame, Path(key): Path<String>) -> Result<Response, AppError> {
    let kind = kind(&key)?;
    let text = letters::template(&app.installation, kind)?;
    shown(&frame, kind, &text, &Errors::default())
}

fn shown(frame: &Frame, kind: Kind, text: &str, errors: &Errors) -> Result<Response, AppError> {
    let room = Room::new(frame.said(kind.zh()), frame.t("letters-line"))
        .below(frame, &[("cases-title", super::PATH), ("archive-title", PATH)])
        .wrong(!errors.is_empty());
    let places: Vec<String> = kind.places().iter().map(|place| format!("{{{place}}}")).collect();
    let field = Field::of("text", frame.t("letters-text"), FieldKind::Lines, text, errors)
        .hint(frame.t1("letters-hint", "places", places.join(" ")))
        .optional();
    let page = LettersPage {
        frame,
        room: &room,
        errors,
        kinds: Kind::ALL
            .into_iter()
            .filter(|one| *one != kind)
            .map(|one| Link::new(frame.said(one.zh()), frame.at(&format!("{PATH}/{}", one.key()))))
            .collect(),
        fields: vec![field],
        action: frame.at(&format!("{PATH}/{}", kind.key())),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// `POST /letters/{kind}`.
pub async fn keep(
    State(app): State<App>,
    frame: Frame,
    Path(key): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let kind = kind(&key)?;
    let Err(error) = letters::keep(&app.installation, account(&frame)?, kind, sent.get("text"), app.now()).await else {
        return Ok(room::see_other(&frame, &format!("{PATH}/{}", kind.key())));
    };
    let mut errors = Errors::default();
    forms::refusal(&frame, &mut errors, "text", error)?;
    shown(&frame, kind, sent.get("text"), &errors)
}

/// `GET /letters`: the archive.
pub async fn archive(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let rows = letters::all(app.db(), account(&frame)?).await?;
    let people = People::read(&app).await?;
    let listing = listing(&frame, &people);
    let room = head(&frame, PATH).with(room::said(&frame, &words));
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

fn listing<'a>(frame: &'a Frame, people: &'a People) -> Listing<'a, Letter> {
    let kinds = Kind::ALL.map(|kind| Choice::new(kind.key(), frame.said(kind.zh()))).into();
    let states = ["stands", "taken-back"].map(|key| Choice::new(key, frame.t(&format!("archive-{key}")))).into();
    Listing::new(frame, "letters", PATH, frame.t("archive-title"))
        .column("number", frame.t("archive-number"), ColumnKind::Text, |one: &Letter| {
            Cell::text(one.number.clone()).link(frame.at(&kept(one)))
        })
        .column("kind", frame.t("archive-kind"), ColumnKind::Text, |one| Cell::text(frame.said(one.kind.zh())))
        .column("title", frame.t("archive-name"), ColumnKind::Text, |one| Cell::text(one.title.clone()))
        .column("unit", frame.t("archive-unit"), ColumnKind::Text, |one| {
            let href = match (one.case, one.notice) {
                (Some(case), _) => path(case),
                (None, notice) => format!("{}/{}", super::notices::PATH, notice.unwrap_or_default()),
            };
            Cell::text(frame.said(&one.unit)).link(frame.at(&href))
        })
        .column("issued", frame.t("archive-issued"), ColumnKind::Date, |one| Cell::date(Some(one.issued_on)))
        .column("state", frame.t("cases-state"), ColumnKind::Text, |one| {
            Cell::state(standing(frame, one), i64::from(one.taken_back_on.is_some()))
        })
        .column("why", frame.t("archive-why"), ColumnKind::Text, |one| Cell::text(mark(frame, one)))
        .column("by", frame.t("archive-by"), ColumnKind::Text, |one| Cell::text(people.name(frame, &one.by)))
        .column("creator", frame.t("archive-creator"), ColumnKind::Text, |one| Cell::text(one.creator.clone()))
        .column("retention", frame.t("archive-retention"), ColumnKind::Text, |one| {
            Cell::text(frame.said(&one.retention))
        })
        .column("template", frame.t("archive-template"), ColumnKind::Code, |one| Cell::code(one.template.clone()))
        .filter("kind", frame.t("archive-kind"), kinds, |one, key| one.kind.key() == key)
        .filter("state", frame.t("cases-state"), states, |one, key| {
            one.taken_back_on.is_some() == (key == "taken-back")
        })
        .search(frame.t("archive-search"), |one| format!("{} {} {}", one.number, one.title, one.unit))
        .sorted_by("issued", Dir::Down)
        .when_empty(frame.t("archive-none"), frame.t("archive-none-todo"))
}

fn standing(frame: &Frame, letter: &Letter) -> StateWord {
    match letter.taken_back_on {
        None => StateWord::new(Tone::Ok, frame.t("archive-stands")),
        Some(_) => StateWord::new(Tone::Bad, frame.t("archive-taken-back")),
    }
}

/// What is to be known of a letter beside its file: that it was taken back, when and why, or that it was written late.
pub(super) fn mark(frame: &Frame, letter: &Letter) -> String {
    match letter.taken_back_on {
        Some(day) => {
            frame.tn("archive-mark", &[("date", frame.date(day)), ("why", frame.said(&letter.taken_back_why))])
        }
        None if letter.is_late => frame.t("archive-late"),
        None => String::new(),
    }
}

/// Where the file of a letter lies.
pub(super) fn kept(letter: &Letter) -> String {
    format!("{PATH}/kept/{}", letter.id)
}

/// `GET /letters/kept/{id}`.
pub async fn one(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    file(&app, &letters::find(app.db(), account(&frame)?, id).await?)
}

/// `GET /cases/{id}/letters/{kind}`: the latest of its kind.
pub async fn of_case(
    State(app): State<App>,
    frame: Frame,
    Path((id, key)): Path<(i64, String)>,
) -> Result<Response, AppError> {
    let kind = kind(&key)?;
    if kind == Kind::Notice {
        return Err(domain::Error::NotFound { what: "文书", id: key }.into());
    }
    file(&app, &letters::latest(app.db(), Some(account(&frame)?), kind, id).await?)
}

/// `GET /notices/{id}/letter`.
pub async fn of_notice(State(app): State<App>, Path(id): Path<i64>) -> Result<Response, AppError> {
    file(&app, &letters::latest(app.db(), None, Kind::Notice, id).await?)
}

fn file(app: &App, letter: &Letter) -> Result<Response, AppError> {
    let bytes = letters::file(&app.installation, letter)?;
    let back = if letter.taken_back_on.is_some() { "（已收回）" } else { "" };
    let name = format!("{} {}{back}.docx", letter.kind.zh(), letter.number);
    download::file(download::DOCX, (&format!("{}-{}.docx", letter.kind.key(), letter.id), &name), bytes)
}
