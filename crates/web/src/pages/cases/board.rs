//! `/budget/board` 补贴与市场: policy subsidy against all money set aside and against what the market moves, year by year, as a table and
//! as a course (C3.1.3.1).

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use domain::budget::{self, Year};

use super::{budget::PATH as BUDGET, head, market, policy, uses};
use crate::{
    app::App,
    chart::{Chart, Kind as ChartKind, Series},
    error::AppError,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing, ListingView},
    pages::room::{self, ListBlock, Room},
    pieces::{State as StateWord, Tone},
};

pub(super) const PATH: &str = "/budget/board";

#[derive(Template)]
#[template(path = "cases/board.html")]
struct BoardPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    list: &'a ListingView,
    chart: Option<Chart>,
    /// The years whose share rose, in words; empty when none did.
    alarm: String,
}

/// `GET /budget/board`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let document = policy::document()?;
    let rows = budget::board(&app.installation, &document.policy, app.now()).await?;
    let listing = listing(&frame);
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let view = listing.view(&rows, &query);
    if hx.wants_block() {
        return hx::page(ListBlock { frame: &frame, list: &view });
    }
    let room = head(&frame, PATH);
    let rose: Vec<String> = rows.iter().filter(|one| one.rose == Some(true)).map(|one| one.year.to_string()).collect();
    let alarm = if rose.is_empty() { String::new() } else { frame.t1("board-alarm", "years", rose.join("、")) };
    let chart = chart(&frame, &rows);
    hx::page(BoardPage { frame: &frame, room: &room, list: &view, chart, alarm })
}

fn listing(frame: &Frame) -> Listing<'_, Year> {
    let unknown = || Cell::unknown(frame.t("board-unregistered"));
    let money = move |fen: Option<i64>| fen.map_or_else(unknown, |fen| Cell::money(fen, frame.lang));
    // What is nothing, or not known, has nothing to open.
    let opened = move |fen: Option<i64>, path: String| match fen {
        Some(0) | None => money(fen),
        Some(_) => money(fen).link(frame.at(&path)),
    };
    let percent = move |share: Option<i64>| {
        share.map_or_else(
            || Cell::unknown(frame.t("board-not-computable")),
            |share| Cell::decimal(&format!("{}.{:02}", share / 100, share % 100)).unit("%"),
        )
    };
    Listing::new(frame, "subsidy", PATH, frame.t("board-title"))
        .column("year", frame.t("cases-year"), Kind::Code, |one: &Year| Cell::code(one.year.to_string()))
        .column("budget", frame.t("board-budget"), Kind::Money, move |one| {
            opened(one.budget_fen, format!("{BUDGET}?year={}", one.year))
        })
        .column("subsidy", frame.t("board-subsidy"), Kind::Money, move |one| {
            // What the books tell of before this program stands on the lines of the budget.
            let path = match one.earlier_fen {
                Some(_) => format!("{BUDGET}?year={}", one.year),
                None => uses::of_year(one.year, true),
            };
            opened(one.subsidy_fen, path)
        })
        .column("other", frame.t("board-other"), Kind::Money, move |one| {
            opened(one.other_fen, uses::of_year(one.year, false))
        })
        .column("recovered", frame.t("money-recovered"), Kind::Money, move |one| {
            opened(one.recovered_fen, uses::back_in(one.year))
        })
        .column("net", frame.t("money-net"), Kind::Money, move |one| money(one.net_fen()))
        .column("linked", frame.t("board-linked"), Kind::Money, move |one| match one.earlier_fen {
            Some(_) => money(one.grant_linked_fen),
            None => opened(one.grant_linked_fen, uses::linked_in(one.year)),
        })
        .column("share", frame.t("board-share"), Kind::Number, move |one| percent(one.share()))
        .column("movement", frame.t("board-movement"), Kind::Text, |one| match one.rose {
            Some(true) => Cell::state(StateWord::new(Tone::Bad, frame.t("board-rose")), 2),
            Some(false) => Cell::state(StateWord::new(Tone::Ok, frame.t("board-fell")), 1),
            None => Cell::unknown(frame.t("board-not-comparable")),
        })
        .column("taper", frame.t("board-taper"), Kind::Number, |one| {
            let none = || Cell::unknown(frame.t("board-no-taper"));
            one.taper.map_or_else(none, |taper| Cell::number(taper).unit("%"))
        })
        .column("pledged", frame.t("board-pledged"), Kind::Money, |one| {
            market::moved(frame, one.market.pledges, &uses::pledged_in(one.year))
        })
        .column("licences", frame.t("board-licences"), Kind::Money, |one| {
            market::moved(frame, one.market.licences, &market::licences_in(one.year))
        })
        .column("introductions", frame.t("board-introductions"), Kind::Money, |one| {
            market::moved(frame, one.market.introductions, &market::introductions_in(one.year))
        })
        .column("premiums", frame.t("board-premiums"), Kind::Money, |one| {
            market::moved(frame, one.market.premiums, &market::insurances_in(one.year))
        })
        // The whole, and what the subsidy is of it: their parts stand in the columns before.
        .column("total", frame.t("board-total"), Kind::Money, |one| market::total(frame, &one.market))
        .column("growth", frame.t("board-growth"), Kind::Text, |one| match one.grew {
            Some(true) => Cell::state(StateWord::new(Tone::Ok, frame.t("board-grew")), 1),
            Some(false) => Cell::state(StateWord::new(Tone::Bad, frame.t("board-did-not-grow")), 2),
            None => Cell::unknown(frame.t("board-not-comparable")),
        })
        .column("market", frame.t("board-market"), Kind::Number, move |one| {
            let cell = percent(one.of_market());
            // Against the least that the market can be, the share is the most that it can be.
            if one.of_market().is_some() && one.market.is_least() { market::at_most(frame, cell) } else { cell }
        })
        .when_empty(frame.t("budget-none"), frame.t("budget-none-todo"))
}

/// The course of subsidy and market, each against its own first year, for the years that are over; nothing while fewer than two years
/// know both.
fn chart(frame: &Frame, rows: &[Year]) -> Option<Chart> {
    let this_year = i64::from(frame.business_date.year());
    let mut years: Vec<&Year> = rows.iter().filter(|one| one.year < this_year).collect();
    years.sort_by_key(|one| one.year);
    let known = |one: &&&Year| one.subsidy_fen > Some(0) && one.pledged_fen() > Some(0);
    let base = *years.iter().find(known)?;
    years.retain(|one| one.year >= base.year);
    if years.iter().filter(|one| one.subsidy_fen.is_some() && one.pledged_fen().is_some()).count() < 2 {
        return None;
    }
    let course = |of: fn(&Year) -> Option<i64>| {
        let first = i128::from(of(base)?);
        let point = |one: &&Year| of(one).map(|fen| tenths(i128::from(fen) * 1_000 / first));
        Some(years.iter().map(point).collect::<Vec<_>>())
    };
    let series = vec![
        Series::of(frame.t("board-subsidy"), course(|one| one.subsidy_fen)?),
        Series::of(frame.t("board-pledged"), course(Year::pledged_fen)?),
    ];
    let labels = years.iter().map(|one| one.year.to_string()).collect();
    let mut chart = Chart::new(frame, "subsidy-course", frame.t("board-chart"), ChartKind::Line, labels, series);
    chart.line = frame.t1("board-chart-line", "year", base.year);
    chart.x_title = frame.t("cases-year");
    chart.y_title = frame.t1("board-chart-axis", "year", base.year);
    Some(chart)
}

fn tenths(number: i128) -> String {
    format!("{}.{}", number / 10, number % 10)
}

#[cfg(test)]
mod tests {
    use domain::budget::{Market, Moved, Sum};

    use super::*;

    fn year(year: i64, subsidy: Option<i64>, pledged: Option<i64>) -> Year {
        let pledges = pledged.map_or(Moved::Unregistered, |fen| Moved::Known(Sum { fen, count: 1, untold: 0 }));
        let market = Market { pledges, ..Market::default() };
        Year { year, subsidy_fen: subsidy, market, ..Year::default() }
    }

    #[test]
    fn subsidy_and_market_are_drawn_against_their_first_common_year_and_a_gap_stays_a_gap() {
        let frame = Frame::for_tests();
        let rows = [
            year(2023, Some(10), Some(10)),
            year(2022, Some(150), Some(900)),
            year(2021, None, Some(450)),
            year(2020, Some(200), Some(300)),
            year(2019, None, Some(100)),
        ];
        let drawn = chart(&frame, &rows).unwrap();
        assert_eq!(drawn.labels, ["2020", "2021", "2022"], "the year that is not over is left out");
        let values = |place: usize| drawn.series[place].values.iter().map(Option::as_deref).collect::<Vec<_>>();
        assert_eq!(values(0), [Some("100.0"), None, Some("75.0")]);
        assert_eq!(values(1), [Some("100.0"), Some("150.0"), Some("300.0")]);
        assert!(chart(&frame, &rows[2..]).is_none(), "one year is no course");
    }
}
