//! A file that the browser saves and does not show.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{error::AppError, format::encode};

/// What a workbook is.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// What a text document is.
pub(crate) const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// What nobody looked into.
pub(crate) const ANY: &str = "application/octet-stream";

/// A file under its name; where a browser reads plain letters only, under the other, if there is one.
pub(crate) fn file(
    content: &'static str,
    (plain, name): (&str, &str),
    body: impl IntoResponse,
) -> Result<Response, AppError> {
    let plain = if plain.is_empty() { String::new() } else { format!("; filename=\"{plain}\"") };
    let disposition = format!("attachment{plain}; filename*=UTF-8''{}", encode(name));
    let mut response = ([(header::CONTENT_TYPE, content)], body).into_response();
    let value = HeaderValue::from_str(&disposition).map_err(AppError::internal)?;
    response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    Ok(response)
}
