//! `/sign-in` and `/sign-out`: password sign-in with a limit on failures.

use std::net::SocketAddr;

use askama::Template;
use axum::{
    Form,
    extract::{ConnectInfo, Query, State},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Redirect, Response},
};
use domain::{
    accounts::{self, second_factor},
    sign_in_limits,
};
use serde::Deserialize;

use crate::{
    app::{App, SignIn},
    error::AppError,
    form::{Errors, Field, Kind},
    format,
    frame::Frame,
    hx, session,
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    frame: &'a Frame,
    errors: &'a Errors,
    login: Field,
    password: Field,
    next: &'a str,
    has_sign_on: bool,
    demo_sign_ins: &'a [SignIn],
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage<'a> {
    frame: &'a Frame,
    errors: &'a Errors,
    field: Field,
    next: &'a str,
}

/// Where to go after the sign-in.
#[derive(Debug, Deserialize)]
pub struct Next {
    #[serde(default)]
    pub(crate) next: String,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Words {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// `GET /sign-in`.
pub async fn form(State(app): State<App>, frame: Frame, Query(query): Query<Next>) -> Result<Response, AppError> {
    if frame.account.is_some() {
        return Ok(Redirect::to(&frame.at(own_path(&query.next))).into_response());
    }
    hx::page(shown(&app, &frame, "", own_path(&query.next), &Errors::default()))
}

/// `POST /sign-in`.
pub async fn submit(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    Form(words): Form<Words>,
) -> Result<Response, AppError> {
    let next = own_path(&words.next);
    let login = words.login.trim();
    let address = session::address(&app.settings, &headers, peer.as_deref());
    let now = app.now();
    let mut errors = missing(&frame, login, &words.password);
    if !errors.is_empty() {
        return hx::refused(shown(&app, &frame, login, next, &errors));
    }
    if login.chars().any(char::is_control) {
        errors.add("login", frame.t("sign-in-wrong"));
        return hx::refused(shown(&app, &frame, "", next, &errors));
    }
    if let Some(minutes) = sign_in_limits::attempt(app.db(), Some(login), &address, now).await? {
        errors.add("login", frame.t1("sign-in-wait", "minutes", minutes));
        let page = shown(&app, &frame, login, next, &errors).render()?;
        return Ok((StatusCode::TOO_MANY_REQUESTS, Html(page)).into_response());
    }
    match accounts::sign_in(app.db(), login, &words.password, now).await {
        Ok(opened) => {
            let path = if opened.account.awaits_code {
                // The login stays counted until the code was right: a password alone buys no further guesses at it.
                sign_in_limits::succeeded(app.db(), None, &address).await?;
                format!("/sign-in/code?next={}", format::encode(next))
            } else {
                sign_in_limits::succeeded(app.db(), Some(login), &address).await?;
                next.to_owned()
            };
            let mut response = Redirect::to(&frame.at(&path)).into_response();
            session::set_cookie(&mut response, &app.settings, session::SESSION_COOKIE, &opened.token, None);
            session::set_cookie(&mut response, &app.settings, session::VISITOR_COOKIE, "", Some(0));
            Ok(response)
        }
        Err(domain::Error::Invalid(_)) => {
            errors.add("login", frame.t("sign-in-wrong"));
            hx::refused(shown(&app, &frame, login, next, &errors))
        }
        Err(other) => Err(other.into()),
    }
}

/// `GET /sign-in/code`: the second step, for an account with a second factor.
pub async fn code_form(frame: Frame, Query(query): Query<Next>) -> Result<Response, AppError> {
    let next = own_path(&query.next);
    if !frame.account.as_ref().is_some_and(|account| account.awaits_code) {
        return Ok(Redirect::to(&frame.at(next)).into_response());
    }
    hx::page(code_shown(&frame, next, &Errors::default()))
}

fn code_shown<'a>(frame: &'a Frame, next: &'a str, errors: &'a Errors) -> CodePage<'a> {
    let field = Field::of("code", frame.t("sign-in-code"), Kind::Short, "", errors)
        .hint(frame.t("sign-in-code-hint"))
        .autocomplete("one-time-code");
    CodePage { frame, errors, field, next }
}

/// What the form of the second step sends.
#[derive(Debug, Deserialize)]
pub struct Code {
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in/code`.
pub async fn code(
    State(app): State<App>,
    frame: Frame,
    headers: HeaderMap,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    Form(sent): Form<Code>,
) -> Result<Response, AppError> {
    let (next, token) = (own_path(&sent.next), session::cookie(&headers, session::SESSION_COOKIE).unwrap_or_default());
    let Some(account) = frame.account.as_ref().filter(|account| account.awaits_code) else {
        return Ok(Redirect::to(&frame.at(next)).into_response());
    };
    let address = session::address(&app.settings, &headers, peer.as_deref());
    if let Some(minutes) = sign_in_limits::attempt(app.db(), Some(&account.login), &address, app.now()).await? {
        let mut errors = Errors::default();
        errors.add("code", frame.t1("sign-in-wait", "minutes", minutes));
        let page = code_shown(&frame, next, &errors).render()?;
        return Ok((StatusCode::TOO_MANY_REQUESTS, Html(page)).into_response());
    }
    match second_factor::pass(app.db(), &app.installation.vault, &token, &sent.code, app.now()).await {
        Ok(opened) => {
            sign_in_limits::succeeded(app.db(), Some(&opened.account.login), &address).await?;
            let mut response = Redirect::to(&frame.at(next)).into_response();
            session::set_cookie(&mut response, &app.settings, session::SESSION_COOKIE, &opened.token, None);
            Ok(response)
        }
        Err(domain::Error::Invalid(why)) => {
            let mut errors = Errors::default();
            errors.add("code", frame.said(&why));
            hx::refused(code_shown(&frame, next, &errors))
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /sign-out`.
pub async fn sign_out(State(app): State<App>, frame: Frame, headers: HeaderMap) -> Result<Response, AppError> {
    let issuer = match session::cookie(&headers, session::SESSION_COOKIE) {
        Some(token) => accounts::sign_out(app.db(), &token, app.now()).await?,
        None => None,
    };
    let is_there = issuer.is_some_and(|issuer| app.settings.sign_on.as_ref().is_some_and(|one| one.issuer() == issuer));
    let mut response = Redirect::to(&frame.at(if is_there { "/sign-on/out" } else { "/sign-in" })).into_response();
    session::set_cookie(&mut response, &app.settings, session::SESSION_COOKIE, "", Some(0));
    Ok(response)
}

fn missing(frame: &Frame, login: &str, password: &str) -> Errors {
    let mut errors = Errors::default();
    if login.is_empty() {
        errors.add("login", frame.t("sign-in-login-missing"));
    }
    if password.is_empty() {
        errors.add("password", frame.t("sign-in-password-missing"));
    }
    errors
}

fn shown<'a>(app: &'a App, frame: &'a Frame, login: &str, next: &'a str, errors: &'a Errors) -> SignInPage<'a> {
    SignInPage {
        frame,
        errors,
        login: Field::of("login", frame.t("sign-in-login"), Kind::Text, login, errors).autocomplete("username"),
        password: Field::of("password", frame.t("sign-in-password"), Kind::Password, "", errors)
            .autocomplete("current-password"),
        next,
        has_sign_on: app.settings.sign_on.is_some(),
        demo_sign_ins: &app.settings.demo_sign_ins,
    }
}

/// A path of ours to go to next; anything that could lead to another site becomes the first page.
pub(crate) fn own_path(written: &str) -> &str {
    let is_own = written.starts_with('/')
        && !written.starts_with("//")
        && !written.contains(['\\', '\r', '\n', '\t'])
        && written.is_ascii()
        && !written.starts_with("/sign-in");
    if is_own { written } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn the_way_back_never_leaves_the_site() {
        for (written, expected) in [
            ("/awards?page=2", "/awards?page=2"),
            ("", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/a\r\nSet-Cookie: b", "/"),
            ("/sign-in?next=/", "/"),
        ] {
            assert_eq!(own_path(written), expected, "{written:?}");
        }
    }
}
