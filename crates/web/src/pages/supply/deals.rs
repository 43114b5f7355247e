//! `/supply/deals`: the talks about patents of one's own university or institute, and what comes next.

use axum::{extract::State, http::Uri, response::Response};
use domain::{
    matching::Stage,
    offers::{self, Talk},
};

use super::{DEALS, head};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, Listing},
    pages::{
        corpus::{baskets::account, hits},
        matching, room,
    },
};

/// `GET /supply/deals`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = offers::deals(&app.installation, account(&frame)?).await?;
    let listing = listing(&frame);
    room::listed(hx, &frame, &head(&frame, DEALS), (&listing, &rows), &query)
}

fn listing(frame: &Frame) -> Listing<'_, Talk> {
    let stages = Stage::ALL.map(|one| Choice::new(one.key(), frame.said(one.zh()))).into();
    Listing::new(frame, "supply-deals", DEALS, frame.t("supply-deals"))
        .column("title", frame.t("matching-patent"), Kind::Text, |one: &Talk| {
            Cell::text(one.title.clone()).link(frame.at(&hits::path(&one.document_key)))
        })
        .column("firm", frame.t("matching-firm"), Kind::Text, |one| Cell::text(one.firm.clone()))
        .column("stage", frame.t("matching-stage"), Kind::Text, |one| {
            Cell::state(matching::stage(frame, one.stage), one.stage as i64)
        })
        .column("began", frame.t("supply-began"), Kind::Date, |one| Cell::date(Some(one.began_on)))
        .column("last", frame.t("matching-last"), Kind::Date, |one| Cell::date(Some(one.last_on)))
        .column("next", frame.t("matching-next"), Kind::Text, |one| Cell::text(frame.said(one.next_zh())))
        .filter("stage", frame.t("matching-stage"), stages, |one, key| one.stage.key() == key)
        .search(frame.t("supply-deals-search"), |one| format!("{} {}", one.title, one.firm))
        .when_empty(frame.t("matching-deals-none"), frame.t("supply-deals-none-todo"))
}
