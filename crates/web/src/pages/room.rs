//! What the pages of 资料, 政策 and 测算 share: a head with tabs and a notice, one list, and the fields that were sent.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::Query,
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    app::App,
    error::AppError,
    form::Errors,
    format::encode,
    frame::Frame,
    hx::{self, Hx},
    list::{ListQuery, Listing, ListingView},
    pages::{
        cases::forms::Act,
        registry::{entries::EntryForm, who},
    },
    pieces::{Link, Notice, Tab, Tone},
};

/// The head of a page: where one is, what it shows, and what has just happened.
#[derive(Debug, Default)]
pub(crate) struct Room {
    /// Its title.
    pub(crate) title: String,
    /// The line below the title.
    pub(crate) line: String,
    /// The way to it.
    pub(crate) crumbs: Vec<Link>,
    /// What the tabs are of.
    pub(crate) tabs_label: String,
    /// Its neighbours.
    pub(crate) tabs: Vec<Tab>,
    /// What has just happened, or what is to be known first.
    pub(crate) notice: Option<Notice>,
    /// Whether a form on it was filled in wrongly.
    pub(crate) is_wrong: bool,
    /// Whether it is loaded again every two seconds where there is no script.
    pub(crate) refreshes: bool,
}

impl Room {
    /// A page with its title and line.
    pub(crate) fn new(title: impl Into<String>, line: impl Into<String>) -> Self {
        Self { title: title.into(), line: line.into(), ..Self::default() }
    }

    /// The same below these pages.
    pub(crate) fn below(mut self, frame: &Frame, way: &[(&str, &str)]) -> Self {
        self.crumbs = way.iter().map(|(key, path)| Link::new(frame.t(key), frame.at(path))).collect();
        self
    }

    /// The same among its neighbours, each with its word and path; the one at `here` is the page itself.
    pub(crate) fn among<'t>(
        mut self,
        frame: &Frame,
        label: &str,
        here: &str,
        tabs: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> Self {
        self.tabs_label = frame.t(label);
        let tab = |(key, path): (&str, &str)| Tab {
            link: Link::new(frame.t(key), frame.at(path)),
            is_current: path == here,
            count: String::new(),
        };
        self.tabs = tabs.into_iter().map(tab).collect();
        self
    }

    /// The same with a notice, if there is one.
    pub(crate) fn with(mut self, notice: Option<Notice>) -> Self {
        self.notice = notice;
        self
    }

    /// The same with mistakes in its form.
    pub(crate) fn wrong(mut self, is_wrong: bool) -> Self {
        self.is_wrong = is_wrong;
        self
    }
}

#[derive(Template)]
#[template(path = "room_list.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    list: &'a ListingView,
}

#[derive(Template)]
#[template(path = "room_list.html", block = "listing")]
pub(crate) struct ListBlock<'a> {
    /// The frame.
    pub(crate) frame: &'a Frame,
    /// The list.
    pub(crate) list: &'a ListingView,
}

/// A page that holds nothing but a list.
pub(crate) fn list_page(hx: Hx, frame: &Frame, room: &Room, list: &ListingView) -> Result<Response, AppError> {
    hx.page(ListPage { frame, room, list }, ListBlock { frame, list })
}

/// The same of these rows, or the file of them.
pub(crate) fn listed<T>(
    hx: Hx,
    frame: &Frame,
    room: &Room,
    (listing, rows): (&Listing<'_, T>, &[T]),
    query: &ListQuery,
) -> Result<Response, AppError> {
    if query.export {
        return listing.workbook(rows, query);
    }
    list_page(hx, frame, room, &listing.view(rows, query))
}

/// What stands around a list: sums and buttons above it, a form below.
#[derive(Default)]
pub(crate) struct Around {
    /// Sums that open to what they add up.
    pub(crate) sums: Vec<(String, Link)>,
    /// Buttons that send nothing but themselves.
    pub(crate) acts: Vec<Act>,
    /// The form.
    pub(crate) form: Option<EntryForm>,
}

impl From<Option<EntryForm>> for Around {
    fn from(form: Option<EntryForm>) -> Self {
        Self { form, ..Self::default() }
    }
}

#[derive(Template)]
#[template(path = "room_form.html")]
struct AroundPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    list: &'a ListingView,
    sums: Vec<(String, Link)>,
    acts: Vec<Act>,
    form: Option<EntryForm>,
}

/// A list with what stands around it, or its file; after a form that was refused, the form again with what was wrong.
pub(crate) fn listed_with<T>(
    hx: Hx,
    frame: &Frame,
    mut room: Room,
    (listing, rows): (&Listing<'_, T>, &[T]),
    visit: &Visit,
    around: impl Into<Around>,
) -> Result<Response, AppError> {
    if visit.query.export {
        return listing.workbook(rows, &visit.query);
    }
    let (list, errors) = (&listing.view(rows, &visit.query), &visit.errors);
    room.is_wrong = !errors.is_empty();
    room.notice = room.notice.or_else(|| said(frame, &visit.words));
    let Around { sums, acts, form } = around.into();
    let page = AroundPage { frame, room: &room, errors, list, sums, acts, form };
    if room.is_wrong { hx::refused(page) } else { hx.page(page, ListBlock { frame, list }) }
}

/// A visit to a page with a list and a form: what its address asks for, or the form that was sent and refused.
#[derive(Debug, Default)]
pub(crate) struct Visit {
    /// What is asked of the list.
    pub(crate) query: ListQuery,
    /// The words that only say what has just happened.
    pub(crate) words: BTreeMap<String, String>,
    /// What was sent.
    pub(crate) sent: Sent,
    /// What was wrong with it.
    pub(crate) errors: Errors,
}

impl Visit {
    /// By this address.
    pub(crate) fn of(uri: &Uri) -> Self {
        let (query, words) = wishes(uri);
        Self { query, words, ..Self::default() }
    }

    /// Back at the form.
    pub(crate) fn again(sent: Sent, errors: Errors) -> Self {
        Self { sent, errors, ..Self::default() }
    }
}

/// What a form sent; names may stand more than once.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(transparent)]
pub struct Sent(pub(crate) Vec<(String, String)>);

impl Sent {
    /// The value of a field without the blanks around it; empty when it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// The value of a field as it was typed, blanks included: a password.
    pub(crate) fn raw<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    /// Every value of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// What the address says of the list, and apart from it the words that only say what has just happened.
pub(crate) fn wishes(uri: &Uri) -> (ListQuery, BTreeMap<String, String>) {
    const SAID: [&str; 8] = ["done", "count", "batch", "failed", "unheard", "returned", "amounts", "month"];
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default();
    let (said, kept): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| SAID.contains(&name.as_str()));
    let kept: Vec<String> = kept.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let rebuilt = format!("{}?{}", uri.path(), kept.join("&")).parse().unwrap_or_default();
    (ListQuery::parse(&rebuilt), said.into_iter().collect())
}

/// The message after a change: its key is `said-…` and stands in the address.
pub(crate) fn said(frame: &Frame, words: &BTreeMap<String, String>) -> Option<Notice> {
    // Only these keys are told, whatever the address says.
    let key = match words.get("done")?.as_str() {
        "corrected" => "said-corrected",
        "released" => "said-released",
        "discarded" => "said-discarded",
        "settled" => "said-settled",
        "withdrawn" => "said-withdrawn",
        "tied" => "said-tied",
        "outside" => "said-outside",
        "waiting" => "said-waiting",
        "judged" => "said-judged",
        "entered" => "said-entered",
        "saved" => "said-saved",
        "removed" => "said-removed",
        "closed" => "said-closed",
        "reopened" => "said-reopened",
        "amended" => "said-amended",
        "disabled" => "said-disabled",
        "enabled" => "said-enabled",
        "signed-out" => "said-signed-out",
        "password-changed" => "said-password-changed",
        "session-ended" => "said-session-ended",
        "factor-given-up" => "said-factor-given-up",
        "kept" => "said-kept",
        "ran" => "said-ran",
        "messages-read" => "said-messages-read",
        "mail-setting" => "said-mail-setting",
        "mail-code" => "said-mail-code",
        "mail-proved" => "said-mail-proved",
        "mail-again" => "said-mail-again",
        "wording-kept" => "said-wording-kept",
        "invitation-revoked" => "said-invitation-revoked",
        "unlocked" => "said-unlocked",
        "linked" => "said-linked",
        "claim-decided" => "said-claim-decided",
        "named" => "said-named",
        "chain-kept" => "said-chain-kept",
        "record-kept" => "said-record-kept",
        "named-by-rule" => "said-named-by-rule",
        _ => return None,
    };
    let number = |name: &str| words.get(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0).to_string();
    let month: String = words
        .get("month")
        .map(|text| text.chars().filter(|letter| letter.is_ascii_digit() || *letter == '-').take(7).collect())
        .unwrap_or_default();
    let title = frame.tn(key, &[("count", number("count")), ("batch", number("batch")), ("month", month)]);
    let failed = number("failed");
    let (tone, lines) = if failed == "0" {
        (Tone::Ok, Vec::new())
    } else {
        (Tone::Warn, vec![frame.t1("said-failed", "count", failed)])
    };
    let link = words.get("batch").map(|_| {
        Link::new(
            frame.t1("said-batch", "batch", number("batch")),
            frame.at(&format!("/registers/batches/{}", number("batch"))),
        )
    });
    Some(Notice { tone, title, lines, link })
}

/// `303 See Other` to a path below the base path.
pub(crate) fn see_other(frame: &Frame, path: &str) -> Response {
    Redirect::to(&frame.at(path)).into_response()
}

/// Records an act of the visitor in the audit trail, where no function of the domain does.
pub(crate) async fn record(
    app: &App,
    frame: &Frame,
    action: &str,
    object: &str,
    detail: &serde_json::Value,
) -> Result<(), AppError> {
    let mut tx = app.db().begin().await.map_err(registry::Error::from)?;
    registry::audit::record(&mut tx, app.now(), &who(frame), action, object, detail).await?;
    tx.commit().await.map_err(registry::Error::from)?;
    Ok(())
}
