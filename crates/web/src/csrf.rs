//! The token that every POST form carries, so that another site cannot post in a visitor's name.
//!
//! It is made from the session's secret, and shown under a fresh mask each time, so that compressed pages tell nothing about it.
//! The check is a layer: a form without the token never reaches its handler.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body::Frame as BodyFrame;
use sha2::{Digest, Sha256};

use crate::{
    app::FORM_BYTES_MAX,
    error::AppError,
    headers::{hex, random_bytes},
};

/// The name of the form field.
pub const FIELD: &str = "csrf";
/// How far into an upload its first part, the token, must end.
const FIRST_PART_BYTES_MAX: usize = 4096;

/// The secret behind a visitor's tokens.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// The secret that belongs to a session's token, or to a visitor's cookie before the sign-in.
    pub fn of(cookie: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"zhiqiang csrf ");
        hash.update(cookie.as_bytes());
        Self(hash.finalize().into())
    }

    /// Who the visitor is to what was begun before anybody signed in; tells nothing of the cookie.
    pub fn visitor(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"zhiqiang visitor ");
        hash.update(self.0);
        hex(&hash.finalize())
    }

    /// A token for one page.
    pub fn masked(&self) -> String {
        let mask = random_bytes::<32>();
        let mut token = Vec::with_capacity(64);
        token.extend_from_slice(&mask);
        token.extend(mask.iter().zip(&self.0).map(|(mask, secret)| mask ^ secret));
        hex(&token)
    }

    /// Whether a token was made from this secret.
    pub fn fits(&self, token: &str) -> bool {
        let Some(bytes) = unhex(token) else { return false };
        let Some((mask, masked)) = bytes.split_at_checked(32) else { return false };
        // Every byte is looked at, so that the time taken tells nothing.
        masked.len() == 32
            && mask
                .iter()
                .zip(masked)
                .zip(&self.0)
                .fold(0, |odd, ((mask, masked), secret)| odd | (mask ^ masked ^ secret))
                == 0
    }
}

/// The layer: lets reading through, and asks every other request for its token.
pub async fn check(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    match checked(request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn checked(request: Request) -> Result<Request, AppError> {
    let secret = request.extensions().get::<Secret>().cloned().ok_or(AppError::StaleForm)?;
    if is_from_elsewhere(request.headers()) {
        return Err(AppError::StaleForm);
    }
    let (parts, body) = request.into_parts();
    let kind = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let (token, body) = if kind.starts_with("multipart/form-data") {
        first_part(body).await?
    } else {
        let bytes = to_bytes(body, FORM_BYTES_MAX).await.map_err(|_| AppError::TooLarge)?;
        (field(&bytes), Body::from(bytes))
    };
    if token.is_some_and(|token| secret.fits(&token)) {
        Ok(Request::from_parts(parts, body))
    } else {
        Err(AppError::StaleForm)
    }
}

/// Whether the browser says that another site made this request.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

fn field(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    // The token is hexadecimal, so that no decoding is needed to find it.
    text.split('&').find_map(|pair| pair.strip_prefix("csrf=")).map(str::to_owned)
}

/// Reads an upload up to the end of its first part, which must be the token, and gives the whole body back.
async fn first_part(mut body: Body) -> Result<(Option<String>, Body), AppError> {
    let mut read = Vec::new();
    while part_value(&read).is_none() && read.len() < FIRST_PART_BYTES_MAX {
        match poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            Some(Ok(frame)) => read.extend_from_slice(&frame.into_data().unwrap_or_default()),
            Some(Err(_)) => return Err(AppError::TooLarge),
            None => break,
        }
    }
    let token = part_value(&read);
    Ok((token, Body::new(Rejoined { read: Some(Bytes::from(read)), rest: body })))
}

/// The value of the first part, if that part is the token and has arrived whole.
fn part_value(read: &[u8]) -> Option<String> {
    let head_end = read.windows(4).position(|four| four == b"\r\n\r\n")?;
    let value = &read[head_end + 4..];
    let value = &value[..value.windows(2).position(|two| two == b"\r\n")?];
    let head = std::str::from_utf8(&read[..head_end]).ok()?;
    let value = std::str::from_utf8(value).ok()?;
    Some(if head.contains("name=\"csrf\"") { value.to_owned() } else { String::new() })
}

/// A body of which the beginning was read already.
struct Rejoined {
    read: Option<Bytes>,
    rest: Body,
}

impl HttpBody for Rejoined {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<BodyFrame<Bytes>, axum::Error>>> {
        match self.read.take() {
            Some(bytes) => Poll::Ready(Some(Ok(BodyFrame::data(bytes)))),
            None => Pin::new(&mut self.rest).poll_frame(cx),
        }
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_its_own_secret_only_and_looks_different_each_time() {
        let secret = Secret::of("one");
        let (first, second) = (secret.masked(), secret.masked());
        assert_ne!(first, second);
        assert!(secret.fits(&first) && secret.fits(&second));
        assert!(!Secret::of("two").fits(&first));
        for wrong in ["", "00", "é0", &first[..126], &first.replace(&first[..2], "zz")] {
            assert!(!secret.fits(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_token_of_an_upload_is_its_first_part() {
        let whole = b"--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n--b\r\n";
        assert_eq!(part_value(whole).as_deref(), Some("abc"));
        assert_eq!(part_value(&whole[..50]), None);
        let other = b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc\r\n--b\r\n";
        assert_eq!(part_value(other).as_deref(), Some(""));
    }
}
