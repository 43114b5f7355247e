//! The market's side of the board: `/budget/licences` 许可 and `/budget/insurances` 保险, and how a sum is shown of which some amounts
//! were not told.

use axum::{extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    budget::{self, Insurance, Licence, Market, Moved, Sum},
};

use super::budget::PATH as BUDGET;
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
        history,
        patents::names,
        room::{self, Room},
    },
    pieces::Link,
};

const LICENCES: &str = "/budget/licences";
const INSURANCES: &str = "/budget/insurances";

/// The address of the licences of a year that are counted by themselves.
pub(super) fn licences_in(year: i64) -> String {
    format!("{LICENCES}?year={year}&counted=own")
}

/// The address of the insurances that began in a year.
pub(super) fn insurances_in(year: i64) -> String {
    format!("{INSURANCES}?year={year}")
}

/// The address of the contracts of a year that bring technology in.
pub(super) fn introductions_in(year: i64) -> String {
    format!("/matching/introduced?year={year}")
}

/// A sum of which some amounts may not have been told: then it is the least, with how many are unknown.
pub(super) fn sum(frame: &Frame, sum: Sum) -> Cell {
    let untold = || frame.t1("sum-untold", "count", format::count(sum.untold));
    if sum.count > 0 && sum.untold == sum.count {
        return Cell::unknown(untold());
    }
    let cell = Cell::money(sum.fen, frame.lang);
    if sum.untold == 0 {
        return cell;
    }
    let mut cell = cell.at_least(frame);
    let beside = frame.t1("sum-beside", "count", format::count(sum.untold));
    // On a line of its own, so that the column stays as narrow as its numbers.
    cell.unit.push('\n');
    cell.unit.push_str(beside.trim_start_matches(['，', ',', ' ']));
    if let sheets::Cell::Text(text) = &mut cell.export {
        text.push_str(&beside);
    }
    cell
}

/// A line of the market in a year, which opens to its rows.
pub(super) fn moved(frame: &Frame, moved: Moved, path: &str) -> Cell {
    match moved {
        Moved::Uncollected => Cell::unknown(frame.t("board-uncollected")),
        Moved::Unregistered => Cell::unknown(frame.t("board-unregistered")),
        Moved::Known(known) => sum(frame, known).link(frame.at(path)),
    }
}

/// The whole market of a year; the least that it can be where a line or an amount is not known.
pub(super) fn total(frame: &Frame, market: &Market) -> Cell {
    let Some(known) = market.total() else { return Cell::unknown(frame.t("board-not-computable")) };
    if known.untold == 0 && market.is_least() && known.count > 0 {
        return Cell::money(known.fen, frame.lang).at_least(frame);
    }
    sum(frame, known)
}

/// A share as the most that it can be.
pub(super) fn at_most(frame: &Frame, mut cell: Cell) -> Cell {
    cell.text = frame.t1("figure-at-most", "value", &cell.text);
    if let sheets::Cell::Number(number) = &cell.export {
        cell.export = sheets::Cell::Text(frame.t1("figure-at-most", "value", number));
    }
    cell
}

/// An amount that was told, or the word for one that was not.
pub(super) fn told(frame: &Frame, fen: Option<i64>) -> Cell {
    fen.map_or_else(|| Cell::unknown(frame.t("word-untold")), |fen| Cell::money(fen, frame.lang))
}

/// The key of a row, which opens to its delivered versions for whoever may read the registers.
pub(super) fn key(frame: &Frame, register: &str, key: &[&str], shown: &str) -> Cell {
    let cell = Cell::code(shown);
    if frame.may(Permission::ViewRegistry) { cell.link(frame.at(&history::address(register, key))) } else { cell }
}

/// What the chosen rows add up to, in words.
pub(super) fn summed(frame: &Frame, amounts: impl Iterator<Item = Option<i64>>) -> String {
    let (mut fen, mut untold) = (0_i64, 0_usize);
    for amount in amounts {
        match amount {
            Some(amount) => fen = fen.saturating_add(amount),
            None => untold += 1,
        }
    }
    let mut words = frame.t1("uses-line", "amount", format::money_text(fen, frame.lang));
    if untold > 0 {
        words.push_str(&frame.t1("sum-line-untold", "count", format::count(untold)));
    }
    words
}

pub(super) fn years(of: impl Iterator<Item = i64>) -> Vec<Choice> {
    let years: std::collections::BTreeSet<i64> = of.collect();
    years.into_iter().rev().map(|year| Choice::new(year.to_string(), year.to_string())).collect()
}

/// An enterprise by name, which opens to its page where its code is known; a person as this visitor may see one.
pub(super) fn firm(frame: &Frame, name: &str, code: &str) -> Cell {
    let cell = Cell::text(names::shown(frame, name, !code.is_empty()));
    if code.is_empty() || !frame.may(Permission::ViewRights) {
        return cell;
    }
    cell.link(frame.at(&format!("/enterprises/{}", encode(code))))
}

/// Patents, each of which opens to its page.
fn patents(frame: &Frame, numbers: &[String]) -> Cell {
    match numbers {
        [] => Cell::empty(),
        [one] => Cell::code(one.clone()).link(frame.at(&format!("/patents/{}", encode(one)))),
        many => {
            let links = many.iter().map(|one| Link::new(one.clone(), frame.at(&format!("/patents/{}", encode(one)))));
            Cell::folded(frame.t1("market-objects-count", "count", format::count(many.len())), links.collect())
        }
    }
}

/// A page below the board, for whoever sees that: a bank has come by none.
pub(super) fn below_board(frame: &Frame, room: Room) -> Room {
    if !frame.may(Permission::ViewMoney) {
        return room;
    }
    room.below(frame, &[("cases-title", super::PATH), ("budget-title", BUDGET), ("board-title", super::board::PATH)])
}

/// The page of a register of the market.
fn room(frame: &Frame, title: &str, line: String) -> Room {
    let room = Room::new(frame.t(title), line);
    let room = below_board(frame, room);
    let here = if title == "licences-title" { LICENCES } else { INSURANCES };
    room.among(frame, "board-title", here, [("licences-title", LICENCES), ("insurances-title", INSURANCES)])
}

/// `GET /budget/licences`.
pub async fn licences(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = budget::licences(&app.installation, account(&frame)?, app.now()).await?;
    let kinds = registry::LICENCE_KINDS.iter().map(|kind| Choice::new(*kind, frame.said(kind))).collect();
    let counted = vec![
        Choice::new("own", frame.t("licences-counted-own")),
        Choice::new("introduced", frame.t("licences-counted-introduced")),
    ];
    let counts = |one: &Licence| if one.counted_as.is_empty() { "own" } else { "introduced" };
    let listing = Listing::new(&frame, "licences", LICENCES, frame.t("licences-title"))
        .column("number", frame.t("licences-number"), Kind::Code, |one: &Licence| {
            key(&frame, "licences", &[&one.number], &one.number)
        })
        .column("objects", frame.t("licences-objects"), Kind::Code, |one| patents(&frame, &one.objects))
        .column("licensor", frame.t("licences-licensor"), Kind::Text, |one| {
            firm(&frame, &one.licensor, &one.licensor_uscc)
        })
        .column("licensee", frame.t("licences-licensee"), Kind::Text, |one| {
            firm(&frame, &one.licensee, &one.licensee_uscc)
        })
        .column("kind", frame.t("licences-kind"), Kind::Text, |one| Cell::text(frame.said(&one.kind)))
        .column("amount", frame.t("licences-amount"), Kind::Money, |one| told(&frame, one.amount_fen))
        .column("from", frame.t("licences-from"), Kind::Date, |one| Cell::date(Some(one.effective_on)))
        .column("to", frame.t("licences-to"), Kind::Date, |one| Cell::date(one.ended_on))
        .column("registered", frame.t("licences-registered"), Kind::Date, |one| Cell::date(one.registered_on))
        .column("counted", frame.t("licences-counted"), Kind::Text, |one| match one.counted_as.as_str() {
            "" => Cell::text(frame.t("licences-counted-own")),
            contract => Cell::text(frame.t1("licences-counted-as", "contract", contract)),
        })
        .years("year", frame.t("cases-year"), &rows, Licence::year)
        .filter("kind", frame.t("licences-kind"), kinds, |one, kind| one.kind == kind)
        .filter("counted", frame.t("licences-counted"), counted, move |one, how| counts(one) == how)
        .search(frame.t("licences-search"), |one| {
            let name = |name: &str, code: &str| names::shown(&frame, name, !code.is_empty());
            let (from, to) = (name(&one.licensor, &one.licensor_uscc), name(&one.licensee, &one.licensee_uscc));
            format!("{} {from} {to} {}", one.number, one.objects.join(" "))
        })
        .when_empty(frame.t("licences-none"), frame.t("licences-none-todo"));
    let line = summed(&frame, listing.passing(&rows, &query).map(|one| one.amount_fen));
    let room = room(&frame, "licences-title", line);
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

/// `GET /budget/insurances`.
pub async fn insurances(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = budget::insurances(&app.installation, account(&frame)?, app.now()).await?;
    let kinds: std::collections::BTreeSet<&String> = rows.iter().map(|one| &one.kind).collect();
    let kinds = kinds.into_iter().map(|kind| Choice::new(kind.clone(), frame.said(kind))).collect();
    let listing = Listing::new(&frame, "insurances", INSURANCES, frame.t("insurances-title"))
        .column("number", frame.t("insurances-number"), Kind::Code, |one: &Insurance| {
            key(&frame, "insurances", &[&one.number], &one.number)
        })
        .column("holder", frame.t("insurances-holder"), Kind::Text, |one| firm(&frame, &one.holder, &one.holder_uscc))
        .column("kind", frame.t("insurances-kind"), Kind::Text, |one| Cell::text(frame.said(&one.kind)))
        .column("insurer", frame.t("insurances-insurer"), Kind::Text, |one| Cell::text(one.insurer.clone()))
        .column("objects", frame.t("licences-objects"), Kind::Code, |one| Cell::code(one.objects.join("；")))
        .column("premium", frame.t("insurances-premium"), Kind::Money, |one| told(&frame, one.premium_fen))
        .column("subsidy", frame.t("insurances-subsidy"), Kind::Money, |one| told(&frame, one.subsidy_fen))
        .column("net", frame.t("insurances-net"), Kind::Money, |one| told(&frame, one.net_fen()))
        .column("insured", frame.t("insurances-insured"), Kind::Money, |one| told(&frame, one.insured_fen))
        .column("from", frame.t("insurances-from"), Kind::Date, |one| Cell::date(Some(one.valid_from)))
        .column("to", frame.t("insurances-to"), Kind::Date, |one| Cell::date(one.valid_to))
        .column("claimed", frame.t("insurances-claimed"), Kind::Money, |one| {
            one.claimed_fen.map_or_else(Cell::empty, |fen| Cell::money(fen, frame.lang))
        })
        .years("year", frame.t("cases-year"), &rows, Insurance::year)
        .filter("kind", frame.t("insurances-kind"), kinds, |one, kind| one.kind == kind)
        .search(frame.t("insurances-search"), |one| {
            let holder = names::shown(&frame, &one.holder, !one.holder_uscc.is_empty());
            format!("{} {holder} {}", one.number, one.insurer)
        })
        .when_empty(frame.t("insurances-none"), frame.t("insurances-none-todo"));
    let line = summed(&frame, listing.passing(&rows, &query).map(Insurance::net_fen));
    let room = room(&frame, "insurances-title", line);
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_with_untold_amounts_is_the_least_and_says_how_many_and_nothing_told_is_no_zero() {
        let frame = Frame::for_tests();
        let shown = |fen, count, untold| {
            let cell = sum(&frame, Sum { fen, count, untold });
            format!("{} {}", cell.text, cell.unit)
        };
        assert_eq!(shown(1_000_000, 2, 0), "1 万元");
        assert_eq!(shown(1_000_000, 3, 1), "至少 1 万元\n另 1 份金额未知");
        assert!(shown(0, 2, 2).starts_with("2 份金额未知"));
        assert_eq!(moved(&frame, Moved::Uncollected, "/x").text, "未收集");
    }
}
