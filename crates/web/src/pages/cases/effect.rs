//! `/budget/effect` 资金效益: for every item and year what was paid beside what it was paid for, and each of these things.

use axum::{extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    budget::{self, Came, Effect},
};

use super::{award_name, awards, budget::PATH as BUDGET, head, policy, uses};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, Listing},
    pages::{
        corpus::baskets::account,
        room::{self, Room},
    },
};

pub(super) const PATH: &str = "/budget/effect";
const CAME: &str = "/budget/effect/came";

/// `GET /budget/effect`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let document = policy::document()?;
    let policy = &document.policy;
    let rows = budget::effects(app.db(), account(&frame)?).await?;
    let opened = |cell: Cell, number: i64, path: String| if number == 0 { cell } else { cell.link(frame.at(&path)) };
    let listing = Listing::new(&frame, "effect", PATH, frame.t("effect-title"))
        .column("award", frame.t("cases-award"), Kind::Text, |one: &Effect| {
            Cell::text(award_name(&frame, policy, &one.award))
        })
        .column("year", frame.t("effect-year"), Kind::Code, |one| Cell::code(one.year.to_string()))
        .column("paid", frame.t("effect-paid"), Kind::Money, |one| {
            let cell = Cell::money(one.paid_fen, frame.lang);
            opened(cell, one.paid_fen, uses::of_award(&one.award, one.year))
        })
        .column("cases", frame.t("effect-cases"), Kind::Number, |one| {
            let count = i64::try_from(one.cases).unwrap_or(i64::MAX);
            opened(Cell::number(count), count, uses::of_award(&one.award, one.year))
        })
        .column("kind", frame.t("effect-kind"), Kind::Text, |one| Cell::text(frame.said(one.kind.zh())))
        .column("came", frame.t("effect-came"), Kind::Number, |one| match one.came {
            None => Cell::empty(),
            Some(count) => opened(Cell::number(count), count, format!("{CAME}?award={}&year={}", one.award, one.year)),
        })
        .column("effect", frame.t("effect-each"), Kind::Number, |one| {
            let each = one.per_ten_thousand();
            each.map_or_else(Cell::empty, |each| Cell::decimal(&format!("{}.{:02}", each / 100, each % 100)))
        })
        .years("year", frame.t("effect-year"), &rows, |one| one.year)
        .search(frame.t("items-search"), |one| award_name(&frame, policy, &one.award))
        .when_empty(frame.t("effect-none"), frame.t("uses-none-todo"));
    room::listed(hx, &frame, &head(&frame, PATH), (&listing, &rows), &query)
}

/// `GET /budget/effect/came`.
pub async fn came(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let document = policy::document()?;
    let policy = &document.policy;
    let rows = budget::came(app.db(), account(&frame)?).await?;
    let sees_rights = frame.may(Permission::ViewRights);
    let listing = Listing::new(&frame, "came", CAME, frame.t("came-title"))
        .column("what", frame.t("came-what"), Kind::Code, |one: &Came| {
            let cell = Cell::code(one.what.clone());
            let is_patent = one.what.starts_with("20") && one.what.len() >= 12 && !one.what.contains('〔');
            if sees_rights && is_patent { cell.link(frame.at(&format!("/patents/{}", one.what))) } else { cell }
        })
        .column("name", frame.t("cases-subject"), Kind::Text, |one| {
            Cell::text(one.name.clone()).link(frame.at(&super::path(one.case)))
        })
        .column("award", frame.t("cases-award"), Kind::Text, |one| Cell::text(award_name(&frame, policy, &one.award)))
        .column("year", frame.t("effect-year"), Kind::Code, |one| Cell::code(one.year.to_string()))
        .filter("award", frame.t("cases-award"), awards(&frame, policy), |one, award| one.award == award)
        .years("year", frame.t("effect-year"), &rows, |one| one.year)
        .search(frame.t("cases-search"), |one| format!("{} {} {}", one.what, one.name, one.case))
        .when_empty(frame.t("effect-none"), frame.t("uses-none-todo"));
    let chosen = listing.passing(&rows, &query).count();
    let room = Room::new(frame.t("came-title"), frame.t1("came-line", "count", format::count(chosen)))
        .below(&frame, &[("cases-title", super::PATH), ("budget-title", BUDGET), ("effect-title", PATH)]);
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}
