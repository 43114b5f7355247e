//! `/language`: remembers the language in a cookie.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{app::App, frame::Frame, i18n::Lang, pages::sign_in::own_path, session};

const A_YEAR_S: u32 = 365 * 24 * 60 * 60;

/// What the switch sends.
#[derive(Debug, Deserialize)]
pub struct Switch {
    language: String,
    #[serde(default)]
    back: String,
}

/// `POST /language`.
pub async fn choose(State(app): State<App>, frame: Frame, Form(switch): Form<Switch>) -> Response {
    let mut response = Redirect::to(&frame.at(own_path(&switch.back))).into_response();
    if let Some(lang) = Lang::from_key(&switch.language) {
        session::set_cookie(&mut response, &app.settings, session::LANGUAGE_COOKIE, lang.key(), Some(A_YEAR_S));
    }
    response
}
