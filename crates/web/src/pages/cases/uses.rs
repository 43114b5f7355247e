//! What the figures of budget and board add up: `/budget/uses`, the cases that hold or have used money of a line; `/payments/arrived`,
//! the payments that arrived. The line above each list says the sum of what is chosen, which is the figure that led here.

use axum::{extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    budget::{self, Pledge, Use},
    items::GRANT_LINKED,
    payments::{self, Arrived},
};
use rules::Policy;

use super::{award_name, awards, budget::PATH as BUDGET, market, payments::PATH as PAYMENTS, policy};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, Listing},
    pages::{
        corpus::baskets::account,
        room::{self, Room},
    },
    pieces::{State as StateWord, Tone},
};

const USES: &str = "/budget/uses";
const ARRIVED: &str = "/payments/arrived";
const PLEDGES: &str = "/budget/pledges";

/// The address of what a line holds (`reserved`), has paid (`paid`), or of what of that came back (`recovered`).
pub(super) fn of_line(line: i64, state: &str) -> String {
    format!("{USES}?line={line}&state={state}")
}

/// The address of what arrived in a year and is policy subsidy, or is not.
pub(super) fn of_year(year: i64, is_subsidy: bool) -> String {
    format!("{ARRIVED}?year={year}&subsidy={}", if is_subsidy { "yes" } else { "no" })
}

/// The address of what arrived in a year and is linked to grants.
pub(super) fn linked_in(year: i64) -> String {
    format!("{ARRIVED}?year={year}&linked=yes")
}

/// The address of the subsidy that came back in a year.
pub(super) fn back_in(year: i64) -> String {
    format!("{ARRIVED}?back={year}&subsidy=yes")
}

/// The address of what arrived for an award and the year it was for.
pub(super) fn of_award(award: &str, year: i64) -> String {
    format!("{ARRIVED}?award={award}&for={year}")
}

/// The address of what lines of a year hold (`reserved`) or have paid (`paid`).
pub(super) fn of_budget_year(year: i64, state: &str) -> String {
    format!("{USES}?year={year}&state={state}")
}

/// The address of the pledge loans registered in a year.
pub(super) fn pledged_in(year: i64) -> String {
    format!("{PLEDGES}?year={year}")
}

/// What the chosen rows add up to, in words, with what of it came back where something did; each row gives both.
fn summed(frame: &Frame, sums: impl Iterator<Item = (i64, i64)>) -> String {
    let (sum, back) = sums.fold((0, 0), |(sum, back), (fen, of)| (sum + fen, back + of));
    let money = |fen: i64| format::money_text(fen, frame.lang);
    let mut words = frame.t1("uses-line", "amount", money(sum));
    if back > 0 {
        words.push_str(&frame.tn("uses-line-back", [("back", money(back)), ("net", money(sum - back))]));
    }
    words
}

/// What came back of a sum; empty where nothing did.
fn back(frame: &Frame, fen: i64) -> Cell {
    if fen == 0 { Cell::empty() } else { Cell::money(fen, frame.lang) }
}

/// `GET /budget/uses`.
pub async fn of_budget(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let document = policy::document()?;
    let policy = &document.policy;
    let rows = budget::uses(app.db(), account(&frame)?).await?;
    let lines = budget::lines(app.db()).await?;
    let year_of: std::collections::BTreeMap<i64, i64> = lines.iter().map(|line| (line.id, line.year)).collect();
    let year = |one: &Use| year_of.get(&one.line_id).copied().unwrap_or(0);
    let years = market::years(year_of.values().copied());
    let lines = lines.iter().map(|line| {
        Choice::new(
            line.id.to_string(),
            format!("{} {} {}", line.year, line.source, award_name(&frame, policy, &line.award)),
        )
    });
    let states = ["reserved", "paid", "recovered"].map(|state| Choice::new(state, stands(&frame, state)));
    let listing = Listing::new(&frame, "uses", USES, frame.t("uses-title"))
        .column("name", frame.t("cases-subject"), Kind::Text, |one: &Use| {
            Cell::text(one.name.clone()).link(frame.at(&super::path(one.case_id)))
        })
        .column("award", frame.t("cases-award"), Kind::Text, |one| Cell::text(award_name(&frame, policy, &one.award)))
        .column("amount", frame.t("cases-amount"), Kind::Money, |one| Cell::money(one.amount_fen, frame.lang))
        .column("state", frame.t("cases-state"), Kind::Text, |one| {
            let (state, tone, rank) = match one.state.as_str() {
                "paid" if one.recovered_fen > 0 => ("recovered", Tone::Unknown, 2),
                "paid" => ("paid", Tone::Ok, 1),
                _ => ("reserved", Tone::Plain, 0),
            };
            Cell::state(StateWord::new(tone, stands(&frame, state)), rank)
        })
        .column("on", frame.t("arrived-on"), Kind::Date, |one| Cell::date(one.paid_on.parse().ok()))
        .column("recovered", frame.t("money-recovered"), Kind::Money, |one| back(&frame, one.recovered_fen))
        .column("back", frame.t("money-recovered-on"), Kind::Date, |one| Cell::date(one.recovered_on.parse().ok()))
        .column("net", frame.t("money-net"), Kind::Money, |one| match one.state.as_str() {
            "paid" => Cell::money(one.amount_fen - one.recovered_fen, frame.lang),
            _ => Cell::empty(),
        })
        .column("number", frame.t("cases-number"), Kind::Code, |one| Cell::code(one.case_id.to_string()))
        .filter("year", frame.t("cases-year"), years, move |one, wanted| year(one).to_string() == wanted)
        .filter("line", frame.t("budget-source"), lines.collect(), |one, line| one.line_id.to_string() == line)
        .filter("state", frame.t("cases-state"), states.into(), is_use)
        .search(frame.t("cases-search"), |one| format!("{} {}", one.name, one.case_id))
        .when_empty(frame.t("uses-none"), frame.t("uses-none-todo"));
    let line = summed(&frame, listing.passing(&rows, &query).map(|one| (one.amount_fen, one.recovered_fen)));
    let room =
        Room::new(frame.t("uses-title"), line).below(&frame, &[("cases-title", super::PATH), ("budget-title", BUDGET)]);
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

/// The word for how far money of a line has come.
fn stands(frame: &Frame, state: &str) -> String {
    if state == "recovered" { frame.t("money-recovered") } else { frame.t(&format!("budget-{state}")) }
}

/// Whether a row is one of these; what came back had been paid.
fn is_use(one: &Use, state: &str) -> bool {
    if state == "recovered" { one.recovered_fen > 0 } else { one.state == state }
}

fn is_linked(policy: &Policy, award: &str) -> bool {
    policy.award(award).is_some_and(|award| award.money_class == GRANT_LINKED)
}

/// `GET /payments/arrived`.
pub async fn of_payments(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let document = policy::document()?;
    let policy = &document.policy;
    let rows = payments::arrived(app.db(), policy, account(&frame)?).await?;
    let year = |one: &Arrived| one.answered_on.get(..4).and_then(|year| year.parse().ok()).unwrap_or(0);
    let years_back = market::years(rows.iter().flat_map(|one| &one.recoveries).map(|(on, _)| on.year().into()));
    let came_back = |one: &Arrived, year: &str| year.parse().is_ok_and(|year| one.recovered_in(year) > 0);
    let linked = |one: &Arrived| if is_linked(policy, &one.award) { "yes" } else { "no" };
    let kinds = vec![Choice::new("yes", frame.t("board-linked")), Choice::new("no", frame.t("arrived-other"))];
    let subsidy = |one: &Arrived| if one.is_subsidy { "yes" } else { "no" };
    let subsidies = vec![Choice::new("yes", frame.t("arrived-subsidy")), Choice::new("no", frame.t("arrived-exempt"))];
    let listing = Listing::new(&frame, "arrived", ARRIVED, frame.t("arrived-title"))
        .column("name", frame.t("cases-subject"), Kind::Text, |one: &Arrived| {
            Cell::text(one.name.clone()).link(frame.at(&super::path(one.case_id)))
        })
        .column("award", frame.t("cases-award"), Kind::Text, |one| Cell::text(award_name(&frame, policy, &one.award)))
        .column("amount", frame.t("arrived-amount"), Kind::Money, |one| Cell::money(one.amount_fen, frame.lang))
        .column("on", frame.t("arrived-on"), Kind::Date, |one| Cell::date(one.answered_on.parse().ok()))
        .column("recovered", frame.t("money-recovered"), Kind::Money, |one| back(&frame, one.recovered_fen))
        .column("back", frame.t("money-recovered-on"), Kind::Date, |one| Cell::date(one.recovered_on.parse().ok()))
        .column("net", frame.t("money-net"), Kind::Money, |one| Cell::money(one.net_fen(), frame.lang))
        .column("number", frame.t("arrived-number"), Kind::Code, |one| {
            Cell::code(one.number.clone()).link(frame.at(&format!("{PAYMENTS}/{}", one.batch_id)))
        })
        .years("year", frame.t("arrived-year"), &rows, year)
        .filter("back", frame.t("arrived-back"), years_back, move |one, wanted| came_back(one, wanted))
        .filter("subsidy", frame.t("arrived-subsidy-kind"), subsidies, move |one, wanted| subsidy(one) == wanted)
        .filter("linked", frame.t("arrived-kind"), kinds, move |one, wanted| linked(one) == wanted)
        .filter("award", frame.t("cases-award"), awards(&frame, policy), |one, wanted| one.award == wanted)
        .years("for", frame.t("effect-year"), &rows, |one| one.year)
        .search(frame.t("cases-search"), |one| format!("{} {}", one.name, one.number))
        .when_empty(frame.t("arrived-none"), frame.t("uses-none-todo"));
    // Of a year in which something came back, what came back in it.
    let back_of = |one: &Arrived| match query.filter("back").and_then(|year| year.parse().ok()) {
        Some(year) => one.recovered_in(year),
        None => one.recovered_fen,
    };
    let line = summed(&frame, listing.passing(&rows, &query).map(|one| (one.amount_fen, back_of(one))));
    let room = Room::new(frame.t("arrived-title"), line)
        .below(&frame, &[("cases-title", super::PATH), ("payments-title", PAYMENTS)]);
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

/// `GET /budget/pledges`: the pledge loans that the board holds the subsidy against; to a bank, those that it gave.
pub async fn of_market(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = budget::pledges_of(&app.installation, account(&frame)?, app.now()).await?;
    let sees_firms = frame.may(Permission::ViewRights);
    let listing = Listing::new(&frame, "pledges", PLEDGES, frame.t("pledges-register"))
        .column("number", frame.t("pledges-number"), Kind::Code, |one: &Pledge| Cell::code(one.number.clone()))
        .column("pledgor", frame.t("pledges-pledgor"), Kind::Code, |one| {
            let cell = Cell::code(one.pledgor.clone());
            if sees_firms { cell.link(frame.at(&format!("/enterprises/{}", one.pledgor))) } else { cell }
        })
        .column("right", frame.t("case-right"), Kind::Text, |one| Cell::text(frame.said(&one.right)))
        .column("objects", frame.t("pledges-objects"), Kind::Text, |one| Cell::text(one.objects.clone()))
        .column("amount", frame.t("cases-amount"), Kind::Money, |one| Cell::money(one.fen, frame.lang))
        .column("pledgee", frame.t("pledges-pledgee"), Kind::Text, |one| Cell::text(one.pledgee.clone()))
        .column("on", frame.t("pledges-on"), Kind::Date, |one| Cell::date(one.on.parse().ok()))
        .column("released", frame.t("pledges-released"), Kind::Date, |one| Cell::date(one.released.parse().ok()))
        .years("year", frame.t("cases-year"), &rows, |one| one.year)
        .search(frame.t("pledges-search"), |one| {
            format!("{} {} {} {}", one.number, one.pledgor, one.objects, one.pledgee)
        })
        .when_empty(frame.t("pledges-none"), frame.t("pledges-none-todo"));
    let line = summed(&frame, listing.passing(&rows, &query).map(|one| (one.fen, 0)));
    let room = Room::new(frame.t("pledges-register"), line);
    room::listed(hx, &frame, &market::below_board(&frame, room), (&listing, &rows), &query)
}
