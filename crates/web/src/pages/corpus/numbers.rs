//! `/corpus/numbers` 号码单: a pasted list of numbers becomes a search, which also names the numbers that nothing has.

use axum::{Form, extract::State, response::Response};
use corpus::Query;
use domain::number_lists;

use super::{
    head,
    like::{TextPage, refused},
    wish::Wish,
};
use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind},
    frame::Frame,
    hx,
    pages::room::{self, Sent},
};

/// So many numbers fit into an address that browsers and gateways carry; longer lists are kept and linked to by their hash.
const IN_ADDRESS_MAX: usize = 500;

/// `GET /corpus/numbers`.
pub async fn page(frame: Frame) -> Result<Response, AppError> {
    let errors = Errors::default();
    hx::page(text_page(&frame, "", &errors))
}

/// `POST /corpus/numbers`: leads to the search for these numbers.
pub async fn submit(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let text = sent.get("text");
    let numbers = corpus::read_list(text);
    let mut errors = Errors::default();
    match numbers.len() {
        0 => errors.add("text", frame.t("corpus-numbers-empty")),
        count if count > number_lists::NUMBERS_MAX => errors.add(
            "text",
            frame.tn(
                "corpus-numbers-many",
                &[("count", count.to_string()), ("most", number_lists::NUMBERS_MAX.to_string())],
            ),
        ),
        count if count > IN_ADDRESS_MAX => {
            let hash = number_lists::keep(app.db(), &numbers, app.now()).await?;
            return Ok(room::see_other(&frame, &Wish::listed(hash).href()));
        }
        _ => {
            let quoted: Vec<String> = numbers.iter().map(|one| format!("\"{}\"", one.replace('"', ""))).collect();
            match Query::parse(&format!("NO={{{}}}", quoted.join(", "))) {
                Ok(query) => return Ok(super::to_search(&frame, &query.to_string())),
                Err(error) => errors.add("text", frame.said(&error.message)),
            }
        }
    }
    refused(text_page(&frame, text, &errors))
}

fn text_page<'a>(frame: &'a Frame, text: &str, errors: &'a Errors) -> TextPage<'a> {
    let field = Field::of("text", frame.t("corpus-numbers-label"), Kind::Lines, text, errors);
    TextPage {
        frame,
        room: head(frame, "/corpus/numbers").wrong(!errors.is_empty()),
        errors,
        action: frame.at("/corpus/numbers"),
        field: field.hint(frame.t("corpus-numbers-hint")),
        button: frame.t("corpus-numbers-do"),
        more: None,
    }
}
