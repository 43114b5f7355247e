//! `/matching` 引进 (C3.4.1.2, C3.4.3): what firms look for, the patents from outside that fit, the talks about them, and the
//! contracts that came of it.

mod candidates;
mod contact;
mod deals;
mod demand;
mod introduced;
mod sheet;

use axum::{extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    matching::{self, Demand, Kind as About, State as Standing},
};
use jiff::civil::Date;
use terms::{Money, MoneyUnit};

pub(super) use self::{
    candidates::{Answer as Fitting, among as fitting},
    deals::stage,
};
pub use self::{
    contact::{begin as contact, page as contact_form},
    deals::{one as deal, page as deals, register, step},
    demand::{page as one, withdraw},
    introduced::page as introduced,
    sheet::{edit, edit_form, post, post_form},
};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors},
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, Listing},
    pages::{
        corpus::baskets::account,
        room::{self, Room, Sent},
    },
    pieces::{Link, Notice, State as StateWord, Tone},
};

const PATH: &str = "/matching";
const DEALS: &str = "/matching/deals";
const INTRODUCED: &str = "/matching/introduced";

/// `GET /matching`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = matching::demands(app.db(), account(&frame)?).await?;
    let listing = listing(&frame);
    let offer = frame.may(Permission::ChangeDemands).then(|| Notice {
        tone: Tone::Plain,
        title: frame.t("matching-post-line"),
        lines: Vec::new(),
        link: Some(Link::new(frame.t("matching-post"), frame.at("/matching/post"))),
    });
    room::listed(hx, &frame, &head(&frame, PATH).with(offer), (&listing, &rows), &query)
}

fn listing(frame: &Frame) -> Listing<'_, Demand> {
    let kinds = About::ALL.map(|kind| Choice::new(kind.key(), frame.said(kind.zh()))).into();
    let states = Standing::ALL.map(|state| Choice::new(state.key(), frame.said(state.zh()))).into();
    let today = frame.business_date;
    Listing::new(frame, "demands", PATH, frame.t("matching-demands"))
        .column("title", frame.t("matching-demand"), Kind::Text, |one: &Demand| {
            Cell::text(one.asked.title.clone()).link(frame.at(&path(one.id)))
        })
        .column("firm", frame.t("matching-firm"), Kind::Text, |one| Cell::text(one.firm.clone()))
        .column("kind", frame.t("matching-kind"), Kind::Text, |one| Cell::text(frame.said(one.asked.kind.zh())))
        .column("state", frame.t("matching-state"), Kind::Text, move |one| {
            Cell::state(standing(frame, one.state(today)), one.state(today) as i64)
        })
        .column("budget", frame.t("matching-budget"), Kind::Money, |one| {
            one.asked.budget_fen.map_or_else(Cell::empty, |fen| Cell::money(fen, frame.lang))
        })
        .column("until", frame.t("matching-until"), Kind::Date, |one| Cell::date(Some(one.asked.valid_until)))
        .filter("kind", frame.t("matching-kind"), kinds, |one, key| one.asked.kind.key() == key)
        .filter("state", frame.t("matching-state"), states, move |one, key| one.state(today).key() == key)
        .search(frame.t("matching-search"), |one| {
            format!("{} {} {} {}", one.asked.title, one.firm, one.asked.uscc, one.asked.words)
        })
        .when_empty(frame.t("matching-none"), frame.t("matching-none-todo"))
}

pub(super) fn standing(frame: &Frame, state: Standing) -> StateWord {
    let tone = match state {
        Standing::Open => Tone::Ok,
        Standing::Expired => Tone::Warn,
        Standing::Withdrawn => Tone::Unknown,
    };
    StateWord::new(tone, frame.said(state.zh()))
}

fn path(id: i64) -> String {
    format!("{PATH}/{id}")
}

/// The head of a list of this room, with its neighbours.
fn head(frame: &Frame, path: &str) -> Room {
    const TABS: [(&str, &str); 3] =
        [("matching-demands", PATH), ("matching-deals", DEALS), ("matching-introduced", INTRODUCED)];
    Room::new(frame.t("matching-title"), frame.t("matching-line")).among(frame, "matching-title", path, TABS)
}

/// An amount that may stay empty, in fen; yuan where no unit is written.
fn amount(frame: &Frame, sent: &Sent, field: &str, errors: &mut Errors) -> Option<i64> {
    match Money::parse(sent.get(field), MoneyUnit::Yuan) {
        _ if sent.get(field).is_empty() => None,
        Ok(money) => Some(money.fen),
        Err(cause) => {
            errors.add(field, frame.said(&cause.message));
            None
        }
    }
}

/// A day that must be given.
fn day(frame: &Frame, sent: &Sent, field: &str, errors: &mut Errors) -> Option<Date> {
    let read = terms::dates::parse_date(sent.get(field));
    read.map_err(|cause| errors.add(field, frame.said(&cause.message))).ok()
}
