//! The one mapping from what went wrong to a status and a page: a plain sentence and a way forward, never the cause itself.

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use crate::{app::App, frame::Frame};

/// Why a handler has no page to show.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The thing asked for is not there; the sentence says which.
    #[error("{0}")]
    NotFound(String),
    /// The input cannot be used; the sentence says why and what to do.
    #[error("{0}")]
    Invalid(String),
    /// The state of things forbids it; the sentence says why and what to do.
    #[error("{0}")]
    Conflict(String),
    /// The account may not do this; the sentence says what.
    #[error("{0}")]
    Forbidden(String),
    /// Another program asks without a session.
    #[error("not signed in")]
    SignedOut,
    /// A form came without its token: the session ended, or another site sent it.
    #[error("form without its token")]
    StaleForm,
    /// More bytes than allowed.
    #[error("request too large")]
    TooLarge,
    /// The disk has no room.
    #[error("disk full")]
    Full(Box<dyn std::error::Error + Send + Sync>),
    /// Something failed that the visitor cannot mend.
    #[error(transparent)]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl AppError {
    /// A failure that the visitor cannot mend.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }
}

impl From<domain::Error> for AppError {
    fn from(error: domain::Error) -> Self {
        match error {
            full if full.is_disk_full() => Self::Full(full.into()),
            domain::Error::NotFound { .. } => Self::NotFound(error.to_string()),
            domain::Error::Invalid(why) | domain::Error::Field { why, .. } => Self::Invalid(why),
            domain::Error::Conflict(why) => Self::Conflict(why),
            domain::Error::Forbidden(_) => Self::Forbidden(error.to_string()),
            domain::Error::Registry(cause) => cause.into(),
            domain::Error::Corpus(cause) => cause.into(),
            domain::Error::Rules(cause) if cause.is_unusable_input() => Self::Invalid(cause.to_string()),
            other => Self::internal(other),
        }
    }
}

impl From<registry::Error> for AppError {
    fn from(error: registry::Error) -> Self {
        match error {
            full if full.is_disk_full() => Self::Full(full.into()),
            registry::Error::NotFound { .. } => Self::NotFound(error.to_string()),
            registry::Error::Conflict(why) => Self::Conflict(why),
            registry::Error::Cancelled => Self::Conflict(error.to_string()),
            registry::Error::Unusable(_) | registry::Error::Unsound(_) => Self::Invalid(error.to_string()),
            registry::Error::Sheets(cause) => Self::Invalid(cause.to_string()),
            other => Self::internal(other),
        }
    }
}

impl From<corpus::Error> for AppError {
    fn from(error: corpus::Error) -> Self {
        match error {
            corpus::Error::Query(_) => Self::Invalid(error.to_string()),
            corpus::Error::NotFound(_) | corpus::Error::Absent(_) => Self::NotFound(error.to_string()),
            corpus::Error::Locked(_) => Self::Conflict(error.to_string()),
            corpus::Error::Io { ref source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
                Self::Full(error.into())
            }
            other => Self::internal(other),
        }
    }
}

impl From<navigation::Error> for AppError {
    fn from(error: navigation::Error) -> Self {
        match error {
            navigation::Error::Invalid(why) => Self::Invalid(why),
            navigation::Error::Search { .. } | navigation::Error::Corpus(corpus::Error::Query(_)) => {
                Self::Invalid(error.to_string())
            }
            other => Self::internal(other),
        }
    }
}

impl From<askama::Error> for AppError {
    fn from(error: askama::Error) -> Self {
        Self::internal(error)
    }
}

/// What the page about a failure says; carried by the answer to [`show_problems`].
#[derive(Debug, Clone)]
struct Problem {
    title: &'static str,
    sentence: Sentence,
}

#[derive(Debug, Clone)]
enum Sentence {
    Ready(String),
    Key(&'static str),
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        use Sentence::{Key, Ready};
        let (status, title, sentence) = match self {
            Self::NotFound(why) => (StatusCode::NOT_FOUND, "problem-not-found", Ready(why)),
            Self::Invalid(why) => (StatusCode::UNPROCESSABLE_ENTITY, "problem-invalid", Ready(why)),
            Self::Conflict(why) => (StatusCode::CONFLICT, "problem-conflict", Ready(why)),
            Self::Forbidden(why) => (StatusCode::FORBIDDEN, "problem-forbidden", Ready(why)),
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "problem-signed-out", Key("problem-signed-out-text")),
            Self::StaleForm => (StatusCode::FORBIDDEN, "problem-stale", Key("problem-stale-text")),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "problem-too-large", Key("problem-too-large-text")),
            Self::Full(cause) => {
                tracing::error!(cause = %chain(&*cause), "the disk is full");
                (StatusCode::INSUFFICIENT_STORAGE, "problem-full", Key("problem-full-text"))
            }
            Self::Internal(cause) => {
                tracing::error!(cause = %chain(&*cause), "a request failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "problem-internal", Key("problem-internal-text"))
            }
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Problem { title, sentence });
        response
    }
}

/// The causes of an error, outermost first, for the log.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: &'a Frame,
    title: String,
    sentence: String,
    show_request: bool,
}

/// The layer that turns a failure into a page in the visitor's language, those that axum itself answers included.
pub async fn show_problems(State(_app): State<App>, frame: Frame, request: Request, next: Next) -> Response {
    let is_read = request.method().is_safe() && !crate::routes::is_for_programs(&frame.path);
    let mut response = next.run(request).await;
    // What the framework finds wrong in a page's address (`/cases/abc`) is an address that leads nowhere.
    if is_read && response.status() == StatusCode::BAD_REQUEST && bare(&response).is_some() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let Some(problem) = response.extensions_mut().remove::<Problem>().or_else(|| bare(&response)) else {
        return response;
    };
    let sentence = match problem.sentence {
        Sentence::Ready(text) => frame.said(&text),
        Sentence::Key(key) => frame.t(key),
    };
    if crate::routes::is_for_programs(&frame.path) {
        return told(response, frame.t(problem.title), sentence);
    }
    let page =
        ProblemPage { frame: &frame, title: frame.t(problem.title), sentence, show_request: status.is_server_error() };
    match page.render() {
        Ok(text) => {
            let mut shown = (status, Html(text)).into_response();
            if let Some(allow) = response.headers_mut().remove(header::ALLOW) {
                shown.headers_mut().insert(header::ALLOW, allow);
            }
            shown
        }
        Err(cause) => {
            tracing::error!(%cause, "the error page failed");
            status.into_response()
        }
    }
}

/// The same for another program (RFC 9457).
fn told(mut response: Response, title: String, detail: String) -> Response {
    const KIND: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/problem+json")];
    let status = response.status();
    let problem = serde_json::json!({ "title": title, "status": status.as_u16(), "detail": detail });
    let mut told = (status, KIND, problem.to_string()).into_response();
    if let Some(allow) = response.headers_mut().remove(header::ALLOW) {
        told.headers_mut().insert(header::ALLOW, allow);
    }
    told
}

/// The words for a refusal that came from the framework as plain text; a page of ours stays as it is.
fn bare(response: &Response) -> Option<Problem> {
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html") || kind.starts_with("application/"));
    if is_page {
        return None;
    }
    let (title, key) = match response.status() {
        StatusCode::NOT_FOUND => ("problem-not-found", "problem-not-found-text"),
        StatusCode::METHOD_NOT_ALLOWED => ("problem-not-found", "problem-method-text"),
        StatusCode::PAYLOAD_TOO_LARGE => ("problem-too-large", "problem-too-large-text"),
        status if status.is_client_error() => ("problem-invalid", "problem-invalid-text"),
        _ => ("problem-internal", "problem-internal-text"),
    };
    Some(Problem { title, sentence: Sentence::Key(key) })
}
