//! `/`: leads to the first page that the account may see.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use crate::{error::AppError, frame::Frame, hx};

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    frame: &'a Frame,
}

/// `GET /`.
pub async fn page(frame: Frame) -> Result<Response, AppError> {
    match frame.nav().first() {
        Some(first) => Ok(Redirect::to(&first.href).into_response()),
        None => hx::page(HomePage { frame: &frame }),
    }
}
