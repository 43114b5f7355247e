//! `/what-if/{run}`: what changed against the regular run on the same facts: targets, winners and losers, towns, budget.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::Permission,
    what_if::{self, BudgetLine, Move, Turn},
};
use rules::{Evaluation, diff::IndicatorDiff};

use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery, Listing, ListingView},
    pages::{
        awards,
        cockpit::{
            quantities::{self, signed},
            shown::{self, Shown},
            targets,
        },
        indicators::basis,
    },
    pieces::{Link, Notice, State as StateWord, Tone},
};

#[derive(Template)]
#[template(path = "what_if/page.html")]
struct OutcomePage<'a> {
    frame: &'a Frame,
    line: String,
    crumbs: Vec<Link>,
    notice: Notice,
    again: Option<String>,
    settings: Vec<SettingRow>,
    targets: Vec<TargetRow>,
    unchanged: usize,
    tally: Vec<(StateWord, Link)>,
    levels: Vec<LevelRow>,
    totals: Option<(String, String, String)>,
    towns: Vec<TownRow>,
    list: &'a ListingView,
}

#[derive(Template)]
#[template(path = "what_if/page.html", block = "listing")]
struct MovesBlock<'a> {
    frame: &'a Frame,
    list: &'a ListingView,
}

/// A parameter that was changed.
struct SettingRow {
    meaning: String,
    before: String,
    after: String,
}

/// A figure that moved.
struct TargetRow {
    name: Link,
    before: String,
    after: String,
    target_before: String,
    target_after: String,
    state_before: StateWord,
    state_after: StateWord,
    turned: bool,
}

/// One level of an award, its winners and what they would cost.
struct LevelRow {
    award: String,
    level: String,
    before: Link,
    after: Link,
    net: String,
    each: String,
    cost_before: String,
    cost_after: String,
}

/// What changes in one town.
struct TownRow {
    town: String,
    counts: Vec<Link>,
}

/// A mover with its town.
struct Row {
    moved: Move,
    town: String,
}

/// The turns in the order in which they are told.
const TURNS: [(Turn, &str); 4] =
    [(Turn::Gains, "gains"), (Turn::Rises, "rises"), (Turn::Falls, "falls"), (Turn::Loses, "loses")];

/// `GET /what-if/{run}`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(run): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let missing = || AppError::NotFound(frame.t("what-if-not-found"));
    let shown =
        shown::shown(&app, Some(&run)).await?.filter(|shown| shown.opened.summary.is_what_if()).ok_or_else(missing)?;
    let base_run = what_if::base(&shown.runs, &shown.opened.summary)
        .ok_or_else(|| AppError::Conflict(frame.t("what-if-no-base")))?
        .run
        .clone();
    let base = shown::shown(&app, Some(&base_run)).await?.ok_or_else(missing)?;
    let (before, after) = (base.evaluation(), shown.evaluation());
    let diff = rules::diff::diff(before, after);
    let towns = town_names(&shown);
    let rows: Vec<Row> = what_if::moves(&diff)
        .into_iter()
        .map(|moved| Row { town: towns.get(moved.subject.as_str()).cloned().unwrap_or_default(), moved })
        .collect();
    let listing = listing(&frame, &shown, &run, &rows);
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let view = listing.view(&rows, &query);
    let budget = what_if::budget(&shown.policy, before, after)?;
    let targets: Vec<TargetRow> =
        diff.indicators.iter().filter_map(|one| target_row(&frame, &shown, before, after, one)).collect();
    let page = OutcomePage {
        frame: &frame,
        line: shown.line(&frame),
        crumbs: vec![Link::new(frame.t("what-if-title"), frame.at("/what-if"))]
            .into_iter()
            .filter(|_| frame.may(Permission::Evaluate))
            .collect(),
        notice: Notice {
            tone: Tone::Warn,
            title: frame.t("run-what-if"),
            lines: vec![if diff.policy_changed { frame.t("what-if-policy-changed") } else { frame.t("what-if-means") }],
            link: None,
        },
        again: super::link(&frame).map(|form| format!("{form}?from={run}")),
        settings: setting_rows(&frame, &shown, before, after),
        unchanged: after.indicators.len().saturating_sub(targets.len()),
        targets,
        tally: tally(&frame, &run, &rows),
        totals: totals(&frame, &budget)?,
        levels: budget.iter().map(|line| level_row(&frame, &base, &shown, line)).collect(),
        towns: by_town(&frame, &run, &rows),
        list: &view,
    };
    hx.page(page, MovesBlock { frame: &frame, list: &view })
}

fn town_names(shown: &Shown) -> BTreeMap<String, String> {
    awards::all_enterprises(shown).iter().map(|one| (one.uscc.clone(), one.town.clone())).collect()
}

fn setting_rows(frame: &Frame, shown: &Shown, before: &Evaluation, after: &Evaluation) -> Vec<SettingRow> {
    let row = |name: &String| {
        let parameter = shown.policy.parameter(name)?;
        let words = |run: &Evaluation| {
            basis::setting_value(frame, run.parameters.get(name).map_or("", String::as_str), &parameter.unit)
        };
        Some(SettingRow { meaning: frame.said(&parameter.meaning), before: words(before), after: words(after) })
    };
    after.overrides.keys().filter_map(row).collect()
}

fn target_row(
    frame: &Frame,
    shown: &Shown,
    before: &Evaluation,
    after: &Evaluation,
    moved: &IndicatorDiff,
) -> Option<TargetRow> {
    let (old, new) = (before.indicator(&moved.code)?, after.indicator(&moved.code)?);
    let value = |run: &rules::evaluation::Indicator| match targets::value(frame, run) {
        Some(value) => frame.amount(&value, &run.unit),
        None => frame.t("figure-none"),
    };
    let target = |run: &rules::evaluation::Indicator| {
        run.target.as_ref().map_or_else(|| frame.t("word-none"), |target| quantities::required(run.operator, target))
    };
    let state = |run: &rules::evaluation::Indicator| match (run.target.is_some(), run.met) {
        (false, _) => StateWord::new(Tone::Plain, frame.t("indicators-no-target")),
        (true, met) => targets::verdict(frame, met),
    };
    Some(TargetRow {
        name: Link::new(frame.said(&new.name), shown.keep(frame.at(&format!("/indicators/{}", moved.code)))),
        before: value(old),
        after: value(new),
        target_before: target(old),
        target_after: target(new),
        state_before: state(old),
        state_after: state(new),
        turned: old.met != new.met,
    })
}

/// The word of a turn.
fn turn_state(frame: &Frame, turn: Turn) -> StateWord {
    match turn {
        Turn::Gains => StateWord::new(Tone::Ok, frame.t("what-if-gains")),
        Turn::Rises => StateWord::new(Tone::Ok, frame.t("what-if-rises")),
        Turn::Falls => StateWord::new(Tone::Warn, frame.t("what-if-falls")),
        Turn::Loses => StateWord::new(Tone::Bad, frame.t("what-if-loses")),
    }
}

fn turn_key(turn: Turn) -> &'static str {
    TURNS.iter().find(|(one, _)| *one == turn).map_or("", |(_, key)| key)
}

fn tally(frame: &Frame, run: &str, rows: &[Row]) -> Vec<(StateWord, Link)> {
    let link = |turn: Turn| {
        let count = rows.iter().filter(|row| row.moved.turn == turn).count();
        let words = frame.t1("awards-enterprises", "count", format::count(count));
        counted(frame, run, count, words, &format!("turn={}", turn_key(turn)))
    };
    TURNS.into_iter().map(|(turn, _)| (turn_state(frame, turn), link(turn))).collect()
}

/// A count that leads to those movers in the list below.
fn counted(frame: &Frame, run: &str, count: usize, words: String, query: &str) -> Link {
    Link::new(words, if count == 0 { String::new() } else { frame.at(&format!("/what-if/{run}?{query}#moves")) })
}

fn by_town(frame: &Frame, run: &str, rows: &[Row]) -> Vec<TownRow> {
    let towns: BTreeSet<&str> = rows.iter().map(|row| row.town.as_str()).collect();
    let count = |town: &str, turn: Turn| rows.iter().filter(|row| row.town == town && row.moved.turn == turn).count();
    let link = |town: &str, turn: Turn| {
        let (count, key) = (count(town, turn), turn_key(turn));
        counted(frame, run, count, format::count(count), &format!("town={}&turn={key}", format::encode(town)))
    };
    let mut towns: Vec<&str> = towns.into_iter().collect();
    towns.sort_by_key(|town| std::cmp::Reverse(rows.iter().filter(|row| row.town == *town).count()));
    towns
        .into_iter()
        .map(|town| TownRow {
            town: frame.said(town),
            counts: TURNS.iter().map(|(turn, _)| link(town, *turn)).collect(),
        })
        .collect()
}

fn level_row(frame: &Frame, base: &Shown, shown: &Shown, line: &BudgetLine) -> LevelRow {
    let award = shown.policy.award(&line.award);
    let has_levels = award.is_some_and(|award| !award.levels.is_empty());
    let filter = if has_levels { format!("?level={}", line.level) } else { "?state=reached".to_owned() };
    let winners =
        |run: &Shown, count: i64| Link::new(format::count(count), awards::address(frame, run, &line.award, &filter));
    LevelRow {
        award: award.map(|award| frame.said(&award.name)).unwrap_or_default(),
        level: award
            .filter(|award| !award.levels.is_empty())
            .map(|award| awards::level_name(frame, award, line.level))
            .unwrap_or_default(),
        before: winners(base, line.winners_before),
        after: winners(shown, line.winners_after),
        net: signed(line.winners_after.saturating_sub(line.winners_before)),
        each: money(frame, line.each_fen),
        cost_before: money(frame, line.before_fen),
        cost_after: money(frame, line.after_fen),
    }
}

/// An amount, or that none is assumed.
fn money(frame: &Frame, fen: Option<i64>) -> String {
    fen.map_or_else(
        || frame.t("word-none"),
        |fen| {
            let short = format::money(fen, frame.lang);
            format!("{} {}", short.text, short.unit)
        },
    )
}

/// The budget under the conditions in force, under the assumed ones, and the difference; nothing where no amount is assumed.
fn totals(frame: &Frame, budget: &[BudgetLine]) -> Result<Option<(String, String, String)>, AppError> {
    let before = what_if::total(budget.iter().map(|line| line.before_fen))?;
    let after = what_if::total(budget.iter().map(|line| line.after_fen))?;
    let (Some(before), Some(after)) = (before, after) else { return Ok(None) };
    Ok(Some((
        money(frame, Some(before)),
        money(frame, Some(after)),
        quantities::change(after.saturating_sub(before), "分", frame.lang),
    )))
}

fn listing<'a>(frame: &'a Frame, shown: &'a Shown, run: &str, rows: &[Row]) -> Listing<'a, Row> {
    let level = move |award: &str, level: Option<i64>| match (shown.policy.award(award), level) {
        (Some(award), Some(level)) => awards::level_name(frame, award, level),
        _ => frame.t("what-if-none"),
    };
    let award_name = move |id: &str| shown.policy.award(id).map(|award| frame.said(&award.name)).unwrap_or_default();
    let awards_of: BTreeSet<&str> = rows.iter().map(|row| row.moved.award.as_str()).collect();
    Listing::new(frame, "moves", &format!("/what-if/{run}"), frame.t1("what-if-moves-of", "date", shown.as_of()))
        .column("name", frame.t("enterprises-col-name"), Kind::Text, move |row: &Row| {
            let name = row.moved.name.as_ref().unwrap_or(&row.moved.subject);
            Cell::text(name.clone()).link(awards::address(
                frame,
                shown,
                &row.moved.award,
                &format!("/{}", row.moved.subject),
            ))
        })
        .column("town", frame.t("patents-col-town"), Kind::Text, |row| Cell::text(row.town.clone()))
        .column("award", frame.t("what-if-col-award"), Kind::Text, move |row| Cell::text(award_name(&row.moved.award)))
        .column("before", frame.t("what-if-col-before"), Kind::Text, move |row| {
            Cell::text(level(&row.moved.award, row.moved.before))
        })
        .column("after", frame.t("what-if-col-after"), Kind::Text, move |row| {
            Cell::text(level(&row.moved.award, row.moved.after))
        })
        .column("turn", frame.t("what-if-col-turn"), Kind::Text, move |row| {
            Cell::state(turn_state(frame, row.moved.turn), row.moved.turn as i64)
        })
        .filter(
            "turn",
            frame.t("what-if-col-turn"),
            TURNS.into_iter().map(|(turn, key)| Choice::new(key, turn_state(frame, turn).word)).collect(),
            |row, key| turn_key(row.moved.turn) == key,
        )
        .filter(
            "award",
            frame.t("what-if-col-award"),
            awards_of.into_iter().map(|id| Choice::new(id, award_name(id))).collect(),
            |row, id| row.moved.award == id,
        )
        .words("town", frame.t("patents-col-town"), rows, |row| &row.town)
        .search(frame.t("towns-search"), |row| {
            format!("{} {}", row.moved.name.as_deref().unwrap_or_default(), row.moved.subject)
        })
        .when_empty(frame.t("what-if-no-moves"), frame.t("what-if-no-moves-todo"))
}
