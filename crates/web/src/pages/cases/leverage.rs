//! `/budget/leverage` 运用扶持: the items of the class of use with basis and budget, what was paid and which loans and premiums stand behind
//! it, for each yuan; and the supports one by one (C3.2.4.1).

use axum::{extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    budget::{self, Brought, Leverage, LeverageYear, Supported, USE_SUPPORT as REGISTER},
    items::USE,
};
use rules::Policy;

use super::{award_name, budget::PATH as BUDGET, items, market, policy, projects::beside};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format::{self, encode},
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, Listing},
    pages::{
        corpus::baskets::account,
        room::{self, Room},
    },
    pieces::{State as StateWord, Tone},
};

pub(super) const PATH: &str = "/budget/leverage";
pub(super) const ROWS: &str = "/budget/leverage/rows";

async fn read(app: &App, frame: &Frame, policy: &Policy) -> Result<Leverage, AppError> {
    Ok(budget::leverage(&app.installation, policy, account(frame)?, app.now()).await?)
}

/// The items of the class as choices of a filter.
fn awards(frame: &Frame, policy: &Policy) -> Vec<Choice> {
    let of_use = policy.awards.iter().filter(|award| award.money_class == USE);
    of_use.map(|award| Choice::new(award.id.clone(), frame.said(&award.name))).collect()
}

/// The supports of an item and year that are added up.
fn rows_of(frame: &Frame, one: &LeverageYear) -> String {
    frame.at(&format!("{ROWS}?award={}&year={}&counted=yes", one.award, one.year))
}

/// How far an item has come: issued, drafted, or not written yet.
fn stage(frame: &Frame, one: &LeverageYear) -> Cell {
    let (tone, key) = match (&one.item, one.is_issued) {
        (None, _) => (Tone::Unknown, "item-none"),
        (Some(_), true) => (Tone::Ok, "leverage-issued"),
        (Some(_), false) => (Tone::Warn, "leverage-not-issued"),
    };
    Cell::state(StateWord::new(tone, frame.t(key)), tone as i64)
}

/// `GET /budget/leverage`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let document = policy::document()?;
    let policy = &document.policy;
    let rows = read(&app, &frame, policy).await?.years;
    let sees_money = frame.may(Permission::ViewMoney);
    let mut listing = Listing::new(&frame, "leverage", PATH, frame.t("leverage-title"))
        .column("award", frame.t("cases-award"), Kind::Text, |one: &LeverageYear| {
            let cell = Cell::text(award_name(&frame, policy, &one.award));
            match &one.item {
                Some((id, _)) => cell.link(frame.at(&format!("{}/{id}", items::PATH))),
                None => cell,
            }
        })
        .column("year", frame.t("cases-year"), Kind::Code, |one| Cell::code(one.year.to_string()))
        .column("item", frame.t("cases-state"), Kind::Text, |one| stage(&frame, one))
        .column("basis", frame.t("case-basis"), Kind::Text, |one| match &one.item {
            Some((_, number)) if !number.is_empty() => Cell::text(number.clone()),
            Some(_) => Cell::unknown(frame.t("word-untold")),
            None => Cell::unknown(frame.t("item-none")),
        });
    if sees_money {
        listing = listing.column("budget", frame.t("leverage-budget"), Kind::Money, |one| match one.budget_fen {
            Some(fen) => Cell::money(fen, frame.lang).link(frame.at(BUDGET)),
            None => Cell::unknown(frame.t("leverage-no-budget")),
        });
    }
    let listing = listing
        .column("paid", frame.t("leverage-paid"), Kind::Money, |one| match one.support.count {
            0 => Cell::text(frame.t("leverage-nothing")),
            _ => market::sum(&frame, one.support).link(rows_of(&frame, one)),
        })
        .column("count", frame.t("leverage-count"), Kind::Number, |one| {
            let count = Cell::number(i64::try_from(one.support.count).unwrap_or(i64::MAX));
            if one.support.count == 0 { count } else { count.link(rows_of(&frame, one)) }
        })
        .column("brought", frame.t("leverage-brought"), Kind::Money, |one| match one.brought.count {
            0 => Cell::text(frame.t("leverage-nothing")),
            _ => market::sum(&frame, one.brought).link(rows_of(&frame, one)),
        })
        .column("each", frame.t("leverage-each"), Kind::Number, |one| match one.per_yuan() {
            None => Cell::unknown(frame.t("board-not-computable")),
            Some(each) => {
                let cell = Cell::decimal(&format::fixed(each.into(), 100, 2));
                if one.is_least() { cell.at_least(&frame) } else { cell }
            }
        })
        .years("year", frame.t("cases-year"), &rows, |one| one.year)
        .filter("award", frame.t("cases-award"), awards(&frame, policy), |one, award| one.award == award)
        .when_empty(frame.t("leverage-none"), frame.t("leverage-none-todo"));
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let room = Room::new(frame.t("leverage-title"), frame.t("leverage-line"));
    let room = beside(&frame, room, PATH, ("leverage-title", PATH));
    room::list_page(hx, &frame, &room, &listing.view(&rows, &query))
}

/// Where the loan or policy of a support stands.
fn behind(frame: &Frame, one: &Supported) -> Cell {
    let cell = Cell::code(one.object.clone());
    let is_insurance = one.award == "insurance-premium";
    let found = matches!(one.brought, Brought::Known(_) | Brought::Untold);
    match (found, is_insurance) {
        (true, true) => cell.link(frame.at(&format!("/budget/insurances?q={}", encode(&one.object)))),
        (true, false) if frame.may(Permission::ViewPledges) => {
            cell.link(frame.at(&format!("/budget/pledges?q={}", encode(&one.object))))
        }
        _ => cell,
    }
}

/// `GET /budget/leverage/rows`.
pub async fn rows(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let document = policy::document()?;
    let policy = &document.policy;
    let rows = read(&app, &frame, policy).await?.rows;
    let counted =
        vec![Choice::new("yes", frame.t("leverage-counted-yes")), Choice::new("no", frame.t("leverage-counted-no"))];
    let counts = |one: &Supported| if one.counted_as.is_none() { "yes" } else { "no" };
    let sees_cases = frame.may(Permission::ViewCases) && frame.may(Permission::ViewMoney);
    let listing = Listing::new(&frame, "rows", ROWS, frame.t("leverage-rows"))
        .column("source", frame.t("leverage-source"), Kind::Text, |one: &Supported| match one.case {
            Some(case) => {
                let cell = Cell::text(frame.t1("leverage-case", "case", case));
                if sees_cases { cell.link(frame.at(&super::path(case))) } else { cell }
            }
            None => market::key(&frame, REGISTER, &[&one.number], &one.number),
        })
        .column("name", frame.t("projects-firm"), Kind::Text, |one| market::firm(&frame, &one.name, &one.uscc))
        .column("award", frame.t("cases-award"), Kind::Text, |one| Cell::text(award_name(&frame, policy, &one.award)))
        .column("year", frame.t("cases-year"), Kind::Code, |one| Cell::code(one.year.to_string()))
        .column("paid", frame.t("leverage-paid"), Kind::Money, |one| market::told(&frame, one.paid_fen))
        .column("object", frame.t("leverage-object"), Kind::Code, |one| behind(&frame, one))
        .column("brought", frame.t("leverage-brought"), Kind::Money, |one| match one.brought.fen() {
            Some(fen) => Cell::money(fen, frame.lang),
            None => Cell::unknown(frame.said(one.brought.zh())),
        })
        .column("counted", frame.t("licences-counted"), Kind::Text, |one| match one.counted_as {
            None => Cell::text(frame.t("leverage-counted-yes")),
            Some(case) => Cell::text(frame.t1("leverage-counted-as", "case", case)),
        })
        .years("year", frame.t("cases-year"), &rows, |one| one.year)
        .filter("award", frame.t("cases-award"), awards(&frame, policy), |one, award| one.award == award)
        .filter("counted", frame.t("licences-counted"), counted, move |one, wanted| counts(one) == wanted)
        .search(frame.t("leverage-search"), |one| format!("{} {} {} {}", one.name, one.uscc, one.object, one.number))
        .when_empty(frame.t("leverage-none"), frame.t("leverage-none-todo"));
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let line = market::summed(&frame, listing.passing(&rows, &query).map(|one| one.paid_fen));
    let room = beside(&frame, Room::new(frame.t("leverage-rows"), line), ROWS, ("leverage-title", PATH));
    room::list_page(hx, &frame, &room, &listing.view(&rows, &query))
}
