//! `/account/second-factor` 两步验证: set up with an app, given up with the password.

use askama::Template;
use axum::{Form, extract::State, response::Response};
use domain::accounts::second_factor::{self, Enrolment};
use qrcode::{QrCode, render::svg};

use super::own;
use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind},
    frame::Frame,
    hx,
    pages::room::{self, Room, Sent},
};

const PATH: &str = "/account/second-factor";

#[derive(Template)]
#[template(path = "second_factor.html")]
struct FactorPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    step: Step,
}

/// How far the setting up has come.
enum Step {
    /// Nothing is set up.
    Off,
    /// An app is to be shown the square code, and a code of it to be typed.
    Begun { square: String, secret: String, field: Field },
    /// It was set up just now: the recovery codes, this once.
    Fresh(Vec<String>),
    /// It is set up.
    On(Field),
}

/// `GET /account/second-factor`.
pub async fn page(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    shown(&app, &frame, &Errors::default()).await
}

async fn shown(app: &App, frame: &Frame, errors: &Errors) -> Result<Response, AppError> {
    let account = own(frame)?;
    let step =
        match (account.has_second_factor, second_factor::pending(app.db(), &app.installation.vault, account).await?) {
            (true, _) => Step::On(
                Field::of("password", frame.t("account-password-old"), Kind::Password, "", errors)
                    .autocomplete("current-password"),
            ),
            (false, Some(enrolment)) => begun(frame, enrolment, errors)?,
            (false, None) => Step::Off,
        };
    answer(frame, errors, step)
}

fn answer(frame: &Frame, errors: &Errors, step: Step) -> Result<Response, AppError> {
    let line = if frame.needs_factor { "factor-needed" } else { "factor-line" };
    let room = Room::new(frame.t("factor-title"), frame.t(line))
        .below(frame, &[("account-title", super::PATH)])
        .wrong(!errors.is_empty());
    let page = FactorPage { frame, room: &room, errors, step };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn begun(frame: &Frame, enrolment: Enrolment, errors: &Errors) -> Result<Step, AppError> {
    let code = QrCode::new(enrolment.url.as_bytes()).map_err(AppError::internal)?;
    // Black on white whatever the theme, for a camera reads it.
    let square = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    let square = square.split_once("<svg").map(|(_, rest)| format!("<svg{rest}")).unwrap_or_default();
    let field = Field::of("code", frame.t("sign-in-code"), Kind::Short, "", errors).autocomplete("one-time-code");
    let letters: Vec<char> = enrolment.secret.chars().collect();
    let secret = letters.chunks(4).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    Ok(Step::Begun { square, secret, field })
}

/// `POST /account/second-factor`: begins to set it up.
pub async fn begin(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    second_factor::begin(app.db(), &app.installation.vault, own(&frame)?, app.now()).await?;
    Ok(room::see_other(&frame, PATH))
}

/// `POST /account/second-factor/confirm`: ends it with a code of the app, and shows the recovery codes.
pub async fn confirm(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    match second_factor::confirm(app.db(), &app.installation.vault, own(&frame)?, sent.get("code"), app.now()).await {
        Ok(codes) => answer(&frame, &Errors::default(), Step::Fresh(codes)),
        Err(domain::Error::Invalid(why)) => {
            let mut errors = Errors::default();
            errors.add("code", frame.said(&why));
            shown(&app, &frame, &errors).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /account/second-factor/give-up`.
pub async fn give_up(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    match second_factor::give_up(app.db(), own(&frame)?, sent.raw("password"), app.now()).await {
        Ok(()) => Ok(room::see_other(&frame, &format!("{}?done=factor-given-up", super::PATH))),
        Err(domain::Error::Invalid(why)) => {
            let mut errors = Errors::default();
            errors.add("password", frame.said(&why));
            shown(&app, &frame, &errors).await
        }
        Err(other) => Err(other.into()),
    }
}
