//! `/letters` 文书: the wording of lists, decisions and certificates, which the office may edit; and the letters themselves as files.

use std::io::Cursor;

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::letters::{self, Kind};
use sheets::write::docx::{Paper, docx};

use super::{forms, policy};
use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx,
    pages::{
        corpus::baskets::account,
        room::{self, Room, Sent},
    },
    pieces::Link,
};

const PATH: &str = "/letters";

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
        .below(frame, &[("cases-title", super::PATH), ("items-title", super::items::PATH)])
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

/// `GET /cases/{id}/letters/{kind}`.
pub async fn of_case(
    State(app): State<App>,
    frame: Frame,
    Path((id, key)): Path<(i64, String)>,
) -> Result<Response, AppError> {
    let (kind, document) = (kind(&key)?, policy::document()?);
    let wanted = (id, kind);
    let paper = letters::of_case(&app.installation, &document.policy, account(&frame)?, wanted, &frame.city).await?;
    file(&paper, &format!("{}-{id}", kind.key()), &format!("{}-{id}", kind.zh()))
}

/// `GET /notices/{id}/letter`.
pub async fn of_notice(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let document = policy::document()?;
    let paper = letters::of_notice(&app.installation, &document.policy, id, &frame.city).await?;
    file(&paper, &format!("notice-{id}"), &format!("公示-{id}"))
}

fn file(paper: &Paper, plain: &str, name: &str) -> Result<Response, AppError> {
    const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let mut bytes = Cursor::new(Vec::new());
    docx(paper, &mut bytes).map_err(AppError::internal)?;
    let mut response = ([(header::CONTENT_TYPE, DOCX)], bytes.into_inner()).into_response();
    let name = format::encode(&format!("{name}.docx"));
    let value = format!("attachment; filename=\"{plain}.docx\"; filename*=UTF-8''{name}");
    response
        .headers_mut()
        .insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&value).map_err(AppError::internal)?);
    Ok(response)
}
