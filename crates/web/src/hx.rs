//! Whether a request wants a whole page or one block of it.

use std::convert::Infallible;

use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};

use crate::error::AppError;

/// What htmx says about this request.
#[derive(Debug, Default, Clone, Copy)]
pub struct Hx {
    wants_block: bool,
}

impl Hx {
    /// Whether htmx asks for a piece of the page.
    pub fn wants_block(self) -> bool {
        self.wants_block
    }

    /// The block when htmx asks, the page when a browser does.
    pub fn page(self, page: impl Template, block: impl Template) -> Result<Response, AppError> {
        let text = if self.wants_block { block.render()? } else { page.render()? };
        let mut response = Html(text).into_response();
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("HX-Request"));
        Ok(response)
    }
}

impl<S: Sync> FromRequestParts<S> for Hx {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let says = |name: &str| parts.headers.get(name).is_some_and(|value| value == "true");
        // Going back in the history needs the whole page, not the piece that was swapped in.
        Ok(Self { wants_block: says("hx-request") && !says("hx-history-restore-request") })
    }
}

/// A whole page.
pub fn page(page: impl Template) -> Result<Response, AppError> {
    Ok(Html(page.render()?).into_response())
}

/// The same form again, refilled, with what was wrong (422).
pub fn refused(page: impl Template) -> Result<Response, AppError> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response())
}
