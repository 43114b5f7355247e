//! `/offers` 专利供给 (C3.4.1.2, C3.4.3.2): what universities and institutes offer, for enterprises and the city; and their own, for
//! those who offer.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::Permission,
    matching::ContractKind,
    offers::{self, Offer, State as Stands, Version},
};

use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing},
    pages::{
        corpus::{baskets::account, hits},
        room::{self, Room},
        supply,
    },
    pieces::{Event, Link, Moment, State as StateWord, Tone},
};

pub(super) const PATH: &str = "/offers";

/// `GET /offers`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let rows = offers::offers(&app.installation, account(&frame)?, app.now()).await?;
    let listing = listing(&frame);
    let room = match frame.may(Permission::ChangeOffers) {
        true => supply::head(&frame, PATH),
        false => Room::new(frame.t("offers-title"), frame.t("offers-line")),
    };
    room::listed(hx, &frame, &room.with(room::said(&frame, &words)), (&listing, &rows), &query)
}

fn listing(frame: &Frame) -> Listing<'_, Offer> {
    let today = frame.business_date;
    let forms = ContractKind::ALL.map(|form| Choice::new(form.zh(), frame.said(form.zh()))).into();
    let states = Stands::ALL.map(|state| Choice::new(state.key(), frame.said(state.zh()))).into();
    let todo = if frame.may(Permission::ChangeOffers) { "offers-none-own" } else { "offers-none-todo" };
    let listing = Listing::new(frame, "offers", PATH, frame.t("offers-title"))
        .column("title", frame.t("offers-patent"), Kind::Text, |one: &Offer| {
            Cell::text(one.title.clone()).link(frame.at(&path(one.id)))
        })
        .column("university", frame.t("offers-university"), Kind::Text, |one| Cell::text(one.university.clone()))
        .column("forms", frame.t("offers-forms"), Kind::Text, |one| Cell::text(forms_of(frame, &one.latest)))
        .column("field", frame.t("offers-field"), Kind::Text, |one| Cell::text(one.latest.terms.field.clone()))
        .column("price", frame.t("offers-price"), Kind::Money, |one| match one.latest.terms.price_fen {
            Some(fen) => Cell::money(fen, frame.lang),
            None => Cell::unknown(frame.t("offers-price-open")),
        })
        .column("until", frame.t("matching-until"), Kind::Date, |one| Cell::date(Some(one.latest.terms.until)));
    let listing = if frame.may(Permission::ChangeOffers) {
        listing
            .column("state", frame.t("matching-state"), Kind::Text, move |one| {
                Cell::state(standing(frame, one.state(today)), one.state(today) as i64)
            })
            .filter("state", frame.t("matching-state"), states, move |one, key| one.state(today).key() == key)
    } else {
        listing
    };
    listing
        .filter("form", frame.t("offers-forms"), forms, |one, key| {
            one.latest.terms.forms.iter().any(|form| form.zh() == key)
        })
        .search(frame.t("offers-search"), |one| {
            let terms = &one.latest.terms;
            format!("{} {} {} {} {}", one.title, one.university, one.application_number, terms.field, terms.note)
        })
        .when_empty(frame.t("offers-none"), frame.t(todo))
}

pub(super) fn standing(frame: &Frame, state: Stands) -> StateWord {
    let tone = match state {
        Stands::Draft => Tone::Plain,
        Stands::Published => Tone::Ok,
        Stands::Expired => Tone::Warn,
        Stands::Withdrawn => Tone::Unknown,
    };
    StateWord::new(tone, frame.said(state.zh()))
}

fn forms_of(frame: &Frame, version: &Version) -> String {
    let forms: Vec<String> = version.terms.forms.iter().map(|form| frame.said(form.zh())).collect();
    forms.join(&frame.t("word-list-separator"))
}

pub(super) fn price(frame: &Frame, fen: Option<i64>) -> String {
    fen.map_or_else(|| frame.t("offers-price-open"), |fen| format::money_text(fen, frame.lang))
}

pub(super) fn path(id: i64) -> String {
    format!("{PATH}/{id}")
}

#[derive(Template)]
#[template(path = "offers/one.html")]
struct OfferPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    state: StateWord,
    facts: Vec<(String, Link)>,
    note: String,
    /// Where it is changed, and where it is taken back.
    acts: Option<(String, Option<String>)>,
    versions: Vec<Event>,
}

/// `GET /offers/{id}`.
pub async fn one(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let visitor = account(&frame)?;
    let (offer, versions) = offers::offer(&app.installation, visitor, id, app.now()).await?;
    let room = Room::new(offer.title.clone(), offer.university.clone()).below(&frame, &[("offers-title", PATH)]);
    let state = offer.state(frame.business_date);
    let terms = &offer.latest.terms;
    let plain = |text: String| Link::new(text, "");
    let number = match offer.document_key.as_str() {
        "" => plain(offer.application_number.clone()),
        key => Link::new(offer.application_number.clone(), frame.at(&hits::path(key))),
    };
    let facts = vec![
        (frame.t("matching-number"), number),
        (frame.t("offers-forms"), plain(forms_of(&frame, &offer.latest))),
        (frame.t("offers-field"), plain(terms.field.clone())),
        (frame.t("offers-price"), plain(price(&frame, terms.price_fen))),
        (frame.t("offers-contact"), plain(terms.contact.clone())),
        (frame.t("matching-until"), plain(frame.date(terms.until))),
    ];
    let acts = frame.may(Permission::ChangeOffers).then(|| {
        let withdraw = (state != Stands::Withdrawn).then(|| frame.at(&format!("{}/withdraw", path(id))));
        (frame.at(&supply::patent_path(&offer.application_number)), withdraw)
    });
    hx::page(OfferPage {
        frame: &frame,
        room: &room,
        state: standing(&frame, state),
        facts,
        note: terms.note.clone(),
        acts,
        versions: versions.iter().map(|version| event(&frame, version)).collect(),
    })
}

fn event(frame: &Frame, version: &Version) -> Event {
    let terms = &version.terms;
    let words = [
        ("version", version.version.to_string()),
        ("state", frame.said(version.state.zh())),
        ("forms", forms_of(frame, version)),
        ("price", price(frame, terms.price_fen)),
        ("date", terms.until.to_string()),
    ];
    let at: jiff::Timestamp = version.at.parse().unwrap_or_default();
    Event {
        moment: Moment::Past,
        date: domain::beijing_date(at).to_string(),
        what: frame.tn("offers-version", &words),
        detail: (!terms.note.is_empty()).then(|| terms.note.clone()),
        source: None,
    }
}

/// `POST /offers/{id}/withdraw`.
pub async fn withdraw(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    offers::withdraw(&app.installation, account(&frame)?, id, app.now()).await?;
    Ok(room::see_other(&frame, &path(id)))
}
