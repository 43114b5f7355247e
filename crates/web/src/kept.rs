//! Pages kept as they were made: every change of state leaves a row in the audit trail, so that while its head stands still a
//! page that shows nothing else would be made the same again.
//!
//! What differs from answer to answer – the token of the forms and the word of the scripts – is put in anew each time.
//! A page belongs to the account, the language and the day that it was made for; the guard is asked before it is looked for.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use jiff::civil::Date;

use crate::{
    app::App,
    frame::{Content, Frame},
    hx::Hx,
    i18n::Lang,
};

/// How much text is kept, in bytes; then all of it is forgotten.
const BYTES_MAX: usize = 64 * 1024 * 1024;
/// The longest page that is kept, in bytes.
const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The pages made since the trail got its newest row.
#[derive(Default)]
pub(crate) struct Pages(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    head: String,
    bytes: usize,
    pages: HashMap<Key, Arc<Page>>,
}

/// For whom a page was made, and which.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    account: i64,
    lang: Lang,
    day: Date,
    /// The number in the frame that changes without a row of the trail.
    unread: i64,
    here: String,
    is_block: bool,
}

/// What stands behind a piece of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Token,
    Nonce,
    End,
}

struct Page {
    headers: HeaderMap,
    pieces: Vec<(String, Gap)>,
    bytes: usize,
}

impl Pages {
    fn find(&self, head: &str, key: &Key) -> Option<Arc<Page>> {
        let shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.head == head { shelf.pages.get(key).map(Arc::clone) } else { None }
    }

    fn keep(&self, head: String, key: Key, page: Page) {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.head != head || shelf.bytes + page.bytes > BYTES_MAX {
            *shelf = Shelf { head, ..Shelf::default() };
        }
        shelf.bytes += page.bytes;
        if let Some(before) = shelf.pages.insert(key, Arc::new(page)) {
            shelf.bytes -= before.bytes;
        }
    }
}

impl Page {
    fn of(headers: HeaderMap, text: &str, frame: &Content) -> Option<Self> {
        if frame.csrf.is_empty() || frame.nonce.is_empty() {
            return None;
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        loop {
            let token = rest.find(&frame.csrf).map(|at| (at, frame.csrf.len(), Gap::Token));
            let nonce = rest.find(&frame.nonce).map(|at| (at, frame.nonce.len(), Gap::Nonce));
            let Some((at, long, gap)) = token.into_iter().chain(nonce).min_by_key(|gap| gap.0) else { break };
            pieces.push((rest[..at].to_owned(), gap));
            rest = &rest[at + long..];
        }
        pieces.push((rest.to_owned(), Gap::End));
        Some(Self { headers, pieces, bytes: text.len() })
    }

    fn answer(&self, frame: &Content) -> Response {
        let mut text = String::with_capacity(self.bytes);
        for (piece, gap) in &self.pieces {
            text.push_str(piece);
            text.push_str(match gap {
                Gap::Token => &frame.csrf,
                Gap::Nonce => &frame.nonce,
                Gap::End => "",
            });
        }
        (self.headers.clone(), text).into_response()
    }
}

/// The layer of a door whose pages are kept.
pub(crate) async fn keep(State(app): State<App>, frame: Frame, hx: Hx, request: Request, next: Next) -> Response {
    let account = frame.account.as_ref().filter(|_| request.method() == Method::GET);
    let Some(account) = account else { return next.run(request).await };
    // The head was read before the page is made: a page may be newer than its head, and is then made once too often, never older.
    let head = frame.trail.clone();
    if head.is_empty() {
        return next.run(request).await;
    }
    let key = Key {
        account: account.id,
        lang: frame.lang,
        day: frame.business_date,
        unread: frame.unread,
        here: frame.here.clone(),
        is_block: hx.wants_block(),
    };
    if let Some(page) = app.kept.find(&head, &key) {
        return page.answer(&frame);
    }
    let response = next.run(request).await;
    if !is_page(&response) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    if bytes.len() <= PAGE_BYTES_MAX
        && let Ok(text) = std::str::from_utf8(&bytes)
        && let Some(page) = Page::of(parts.headers.clone(), text, &frame)
    {
        app.kept.keep(head, key, page);
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Whether this is a page as it should be, and nothing that concerns this one answer only.
fn is_page(response: &Response) -> bool {
    let html = |value: &HeaderValue| value.as_bytes().starts_with(b"text/html");
    response.status() == StatusCode::OK
        && response.headers().get(header::CONTENT_TYPE).is_some_and(html)
        && !response.headers().contains_key(header::SET_COOKIE)
}
