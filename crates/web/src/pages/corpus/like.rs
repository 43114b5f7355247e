//! `/corpus/like` 相似检索: a paragraph or a patent becomes a search for documents like it, in words that can be edited.

use askama::Template;
use axum::{
    Form,
    extract::{Query as Asked, State},
    response::Response,
};
use corpus::Query;
use serde::Deserialize;

use super::{ask, head};
use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind},
    frame::Frame,
    hx,
    pages::room::{Room, Sent},
    pieces::Link,
};

/// The patent that others should be like.
#[derive(Debug, Deserialize)]
pub struct Model {
    #[serde(default)]
    of: String,
}

/// A page with one text to fill in.
#[derive(Template)]
#[template(path = "corpus/text.html")]
pub(super) struct TextPage<'a> {
    pub(super) frame: &'a Frame,
    pub(super) room: Room,
    pub(super) errors: &'a Errors,
    pub(super) action: String,
    pub(super) field: Field,
    pub(super) button: String,
    /// What else there is to it.
    pub(super) more: Option<Link>,
}

/// The page again with what was wrong.
pub(super) fn refused(page: TextPage<'_>) -> Result<Response, AppError> {
    hx::refused(page)
}

/// `GET /corpus/like`, and with `of` the search for documents like that one.
pub async fn page(State(app): State<App>, frame: Frame, Asked(model): Asked<Model>) -> Result<Response, AppError> {
    if model.of.is_empty() {
        let errors = Errors::default();
        return hx::page(text_page(&frame, "", &errors));
    }
    let query = ask(&app, move |corpus| match corpus {
        Some(corpus) => Ok(Some(corpus.like_document(&model.of)?)),
        None => Ok(None),
    });
    let query = query.await?.ok_or_else(|| AppError::NotFound(frame.t("corpus-none-todo")))?;
    Ok(super::to_search(&frame, &query.to_string()))
}

/// `POST /corpus/like`: leads to the search for documents like the text.
pub async fn submit(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let text = sent.get("text").to_owned();
    let mut errors = Errors::default();
    if text.is_empty() {
        errors.add("text", frame.t("corpus-like-empty"));
        return refused(text_page(&frame, &text, &errors));
    }
    let asked = text.clone();
    match ask(&app, move |corpus| corpus.map(|corpus| corpus.like(&asked)).transpose()).await? {
        None => Err(AppError::NotFound(frame.t("corpus-none-todo"))),
        Some(Query::Or(words)) if words.is_empty() => {
            errors.add("text", frame.t("corpus-like-wordless"));
            refused(text_page(&frame, &text, &errors))
        }
        Some(query) => Ok(super::to_search(&frame, &query.to_string())),
    }
}

fn text_page<'a>(frame: &'a Frame, text: &str, errors: &'a Errors) -> TextPage<'a> {
    let field = Field::of("text", frame.t("corpus-like-label"), Kind::Lines, text, errors);
    TextPage {
        frame,
        room: head(frame, "/corpus/like").wrong(!errors.is_empty()),
        errors,
        action: frame.at("/corpus/like"),
        field: field.hint(frame.t("corpus-like-hint")),
        button: frame.t("corpus-like-do"),
        more: Some(Link::new(frame.t("corpus-meaning"), frame.at(super::meaning::PATH))),
    }
}
