//! `/sign-on` 统一身份认证登录: to the government's sign-on and back, where it is set up.

use std::sync::Arc;

use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use domain::sign_on::{self, Outcome, Provider, Return};
use serde::Deserialize;

use crate::{
    app::App,
    csrf::Secret,
    error::AppError,
    format,
    frame::Frame,
    pages::{
        room::Room,
        sign_in::{Next, own_path},
    },
    session,
};

#[derive(Template)]
#[template(path = "sign_on_unknown.html")]
struct UnknownPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    subject: &'a str,
}

fn provider<'a>(app: &'a App, frame: &Frame) -> Result<&'a Arc<Provider>, AppError> {
    app.settings.sign_on.as_ref().ok_or_else(|| AppError::NotFound(frame.t("problem-not-found-text")))
}

/// `GET /sign-on`: a link and no form, so that the browser may follow it to the other house.
pub async fn begin(
    State(app): State<App>,
    frame: Frame,
    Extension(secret): Extension<Secret>,
    Query(query): Query<Next>,
) -> Result<Response, AppError> {
    let provider = provider(&app, &frame)?;
    let next = own_path(&query.next);
    if frame.account.is_some() {
        return Ok(Redirect::to(&frame.at(next)).into_response());
    }
    let address = sign_on::begin(app.db(), provider, &secret.visitor(), next, app.now()).await?;
    Ok(Redirect::to(&address).into_response())
}

#[derive(Template)]
#[template(path = "sign_on_out.html")]
struct OutPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    /// Where the provider ends its own session; none when it cannot be asked.
    there: Option<String>,
}

/// `GET /sign-on/out`: after signing out here, the way to signing out at the provider. A page and no redirection, because a form
/// may not lead to another house.
pub async fn out(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    let provider = provider(&app, &frame)?;
    // Nobody is kept from having signed out here.
    let there = provider.sign_out_address(app.now()).await.unwrap_or_default();
    let line = if there.is_some() { "sign-on-out-line" } else { "sign-on-out-unknown" };
    let room = Room::new(frame.t("sign-on-out"), frame.t(line));
    let refresh = there.as_ref().and_then(|there| HeaderValue::try_from(format!("0; url={there}")).ok());
    let mut response = Html(OutPage { frame: &frame, room: &room, there }.render()?).into_response();
    if let Some(refresh) = refresh {
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    Ok(response)
}

/// What the provider sends a browser back with.
#[derive(Debug, Deserialize)]
pub struct Sent {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    iss: String,
    #[serde(default)]
    error: String,
}

/// `GET /sign-on/return`.
pub async fn finish(
    State(app): State<App>,
    frame: Frame,
    Extension(secret): Extension<Secret>,
    Query(sent): Query<Sent>,
) -> Result<Response, AppError> {
    let provider = provider(&app, &frame)?;
    if frame.account.is_some() {
        return Ok(Redirect::to(&frame.at("/")).into_response());
    }
    let back = Return { code: sent.code, state: sent.state, issuer: sent.iss, error: sent.error };
    match sign_on::finish(app.db(), provider, &secret.visitor(), &back, app.now()).await? {
        Outcome::In(opened, next) => {
            let next = own_path(&next);
            let path = if opened.account.awaits_code {
                format!("/sign-in/code?next={}", format::encode(next))
            } else {
                next.to_owned()
            };
            let mut response = Redirect::to(&frame.at(&path)).into_response();
            session::set_cookie(&mut response, &app.settings, session::SESSION_COOKIE, &opened.token, None);
            session::set_cookie(&mut response, &app.settings, session::VISITOR_COOKIE, "", Some(0));
            Ok(response)
        }
        Outcome::Unknown { subject } => {
            let room = Room::new(frame.t("sign-on-unknown"), frame.t("sign-on-unknown-line"));
            let page = UnknownPage { frame: &frame, room: &room, subject: &subject }.render()?;
            Ok((StatusCode::FORBIDDEN, Html(page)).into_response())
        }
    }
}
