//! `/awards`: every award of the policy on one page, with what wants a look before a title is given.

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use domain::stakes::{self, Stake};
use rules::policy::AwardDef;

use super::{
    Standing, address,
    alarms::{self, Kind},
    all_enterprises, enterprises, lacking, level_name, money, reasons, tables, undecided, without_codes,
};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::Hx,
    list::{ListQuery, ListingView},
    pages::{
        cockpit::{
            self,
            shown::{self, Shown},
        },
        enterprises::read::Enterprise,
        room::ListBlock,
    },
    pieces::{Clause, Link, State as StateWord},
};

/// How many are named in each place; the whole list is one click away.
const NAMED_MAX: usize = 8;

#[derive(Template)]
#[template(path = "awards/page.html")]
struct AwardsPage<'a> {
    frame: &'a Frame,
    line: String,
    choices: Vec<Choice>,
    what_if: Option<String>,
    awards: Vec<AwardView>,
    inactive: Vec<Inactive>,
    stakes: Option<&'a ListingView>,
    alarms: Option<&'a ListingView>,
    kinds: &'a [Kind],
}

/// An award that is decided from the registers.
struct AwardView {
    id: String,
    name: String,
    href: String,
    clauses: Vec<Clause>,
    unknown: Option<String>,
    levels: Vec<LevelRow>,
    counts: Vec<(StateWord, Link)>,
    near: Vec<Close>,
    near_all: Link,
    open: Vec<Close>,
    open_all: Link,
    money: String,
    warning: String,
}

/// The winners of one level.
struct LevelRow {
    name: String,
    count: Link,
    named: Vec<Link>,
    more: Option<Link>,
}

/// Someone close to an award, or whom a missing fact decides.
struct Close {
    who: Link,
    town: String,
    reached: String,
    level: String,
    what: String,
}

/// An award that is declared and not decided.
struct Inactive {
    name: String,
    promised: String,
    reason: String,
    clauses: Vec<Clause>,
}

/// A winner whose level hangs on rights that may soon be lost.
pub(super) struct StakeRow {
    pub(super) who: Link,
    pub(super) award: String,
    pub(super) level: String,
    pub(super) left: String,
    pub(super) rights: Vec<Link>,
}

/// `GET /awards`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return cockpit::no_run(&frame, frame.t("awards-title"));
    };
    let all = all_enterprises(&shown);
    let (active, declared): (Vec<&AwardDef>, Vec<&AwardDef>) =
        shown.policy.awards.iter().partition(|award| award.active);
    let stakes: Vec<StakeRow> = stakes::at_stake(&shown.policy, &shown.opened)
        .iter()
        .map(|stake| stake_row(&frame, &shown, &all, stake))
        .collect();
    let kinds = alarms::kinds(&frame, &shown, &all, None);
    let seen: Vec<_> = kinds.iter().flat_map(|kind| kind.seen.iter().map(|seen| (kind.name.as_str(), seen))).collect();
    let (stakes_list, alarms_list) = (tables::stakes(&frame, &stakes), tables::alarms(&frame, &kinds));
    let is_of_alarms = query.list.as_deref() == Some(tables::ALARMS);
    if query.export {
        return match is_of_alarms {
            true => alarms_list.workbook(&seen, &query),
            false => stakes_list.workbook(&stakes, &query),
        };
    }
    let mut stakes_view = stakes_list.view(&stakes, &query.of(tables::STAKES));
    let mut alarms_view = alarms_list.view(&seen, &query.of(tables::ALARMS));
    shown.keep_in(&mut stakes_view);
    shown.keep_in(&mut alarms_view);
    let page = AwardsPage {
        frame: &frame,
        line: shown.line(&frame),
        choices: shown.choices(&frame),
        what_if: super::super::what_if::link(&frame),
        awards: active.into_iter().map(|award| view(&frame, &shown, &all, award)).collect(),
        inactive: declared.into_iter().map(|award| inactive(&frame, &shown, award)).collect(),
        stakes: Some(&stakes_view).filter(|_| !stakes.is_empty()),
        alarms: Some(&alarms_view).filter(|_| !seen.is_empty()),
        kinds: &kinds,
    };
    let meant = if is_of_alarms { &alarms_view } else { &stakes_view };
    hx.page(page, ListBlock { frame: &frame, list: meant })
}

fn view(frame: &Frame, shown: &Shown, all: &[Enterprise], award: &AwardDef) -> AwardView {
    let evaluation = shown.evaluation();
    let near: Vec<_> = evaluation.near_misses.iter().filter(|near| near.award == award.id).collect();
    let open: Vec<_> = evaluation.undetermined.iter().filter(|open| open.award == award.id).collect();
    let winners: Vec<_> = evaluation.awards.iter().filter(|won| won.award == award.id).collect();
    let by_code = enterprises(all);
    let close = |subject: &str, name: Option<&String>, reached: Option<i64>, level: i64, what: String| Close {
        who: Link::new(name.map_or(subject, String::as_str), address(frame, shown, &award.id, &format!("/{subject}"))),
        town: by_code.get(subject).map(|one| one.town.clone()).unwrap_or_default(),
        reached: reached.map_or_else(|| frame.t("word-none"), |level| level_name(frame, award, level)),
        level: if award.levels.is_empty() { frame.said(&award.name) } else { level_name(frame, award, level) },
        what,
    };
    let mut sorted = near.clone();
    sorted.sort_by_key(|near| (near.distance, std::cmp::Reverse(near.level), near.subject.clone()));
    let listed = |state: Standing, count: usize| {
        Link::new(format::count(count), address(frame, shown, &award.id, &format!("?state={}", state.key())))
    };
    AwardView {
        id: award.id.clone(),
        name: frame.said(&award.name),
        href: address(frame, shown, &award.id, ""),
        clauses: reasons::clauses(frame, shown, award),
        unknown: evaluation.award_unknown.iter().find(|one| one.award == award.id).map(|one| frame.said(&one.reason)),
        levels: levels(frame, shown, award),
        counts: [(Standing::Reached, winners.len()), (Standing::Near, near.len()), (Standing::Open, open.len())]
            .into_iter()
            .map(|(state, count)| (state.state(frame), listed(state, count)))
            .collect(),
        near: sorted
            .iter()
            .take(NAMED_MAX)
            .map(|near| {
                close(&near.subject, near.name.as_ref(), near.reached, near.level, lacking(frame, &near.conditions))
            })
            .collect(),
        near_all: all_of(frame, shown, award, Standing::Near, near.len()),
        open: open
            .iter()
            .take(NAMED_MAX)
            .map(|open| {
                close(&open.subject, open.name.as_ref(), open.reached, open.level, undecided(frame, &open.conditions))
            })
            .collect(),
        open_all: all_of(frame, shown, award, Standing::Open, open.len()),
        money: match winners.first() {
            Some(won) => money(frame, &won.amount_reason, won.amount_fen, won.assumed_amount_fen),
            None => money(frame, "", None, None),
        },
        warning: without_codes(frame, &award.warning),
    }
}

fn all_of(frame: &Frame, shown: &Shown, award: &AwardDef, state: Standing, count: usize) -> Link {
    Link::new(
        frame.t1("awards-all-of", "count", format::count(count)),
        address(frame, shown, &award.id, &format!("?state={}", state.key())),
    )
}

/// The winners by level, the highest first; an award without levels has one row.
fn levels(frame: &Frame, shown: &Shown, award: &AwardDef) -> Vec<LevelRow> {
    let mut numbers: Vec<i64> = award.levels.iter().map(|level| level.level).collect();
    if numbers.is_empty() {
        numbers.push(1);
    }
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    numbers
        .into_iter()
        .map(|level| {
            let winners: Vec<_> =
                shown.evaluation().awards.iter().filter(|won| won.award == award.id && won.level == level).collect();
            let filter = if award.levels.is_empty() { "?state=reached".to_owned() } else { format!("?level={level}") };
            let href = address(frame, shown, &award.id, &filter);
            LevelRow {
                name: level_name(frame, award, level),
                count: Link::new(format::count(winners.len()), href.clone()),
                named: winners
                    .iter()
                    .take(NAMED_MAX)
                    .map(|won| {
                        Link::new(
                            won.name.as_ref().unwrap_or(&won.subject),
                            address(frame, shown, &award.id, &format!("/{}", won.subject)),
                        )
                    })
                    .collect(),
                more: (winners.len() > NAMED_MAX)
                    .then(|| Link::new(frame.t1("awards-all-of", "count", format::count(winners.len())), href)),
            }
        })
        .collect()
}

fn inactive(frame: &Frame, shown: &Shown, award: &AwardDef) -> Inactive {
    Inactive {
        name: frame.said(&award.name),
        promised: frame.said(&award.promised),
        reason: without_codes(frame, &award.reason),
        clauses: reasons::clauses(frame, shown, award),
    }
}

fn stake_row(frame: &Frame, shown: &Shown, all: &[Enterprise], stake: &Stake) -> StakeRow {
    let award = shown.policy.award(&stake.award);
    let level = |level: i64| award.map(|award| level_name(frame, award, level)).unwrap_or_default();
    let name = all
        .binary_search_by(|one| one.uscc.cmp(&stake.subject))
        .map_or(stake.subject.as_str(), |at| all[at].name.as_str());
    StakeRow {
        who: Link::new(name, address(frame, shown, &stake.award, &format!("/{}", stake.subject))),
        award: award.map(|award| frame.said(&award.name)).unwrap_or_default(),
        level: level(stake.level),
        left: stake.left.map_or_else(|| frame.t("awards-stake-none-left"), level),
        rights: stake
            .lapses
            .iter()
            .map(|lapse| {
                let words = frame.tn(
                    "awards-stake-right",
                    &[("date", lapse.on.to_string()), ("cause", super::super::enterprises::cause(frame, lapse.cause))],
                );
                Link::new(
                    format!("{} {words}", lapse.title),
                    shown.keep(frame.at(&format!("/patents/{}", lapse.application_number))),
                )
            })
            .collect(),
    }
}
