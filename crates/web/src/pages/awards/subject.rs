//! `/awards/{award}/{subject}`: why one enterprise reaches a level or not, condition by condition.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use domain::stakes;
use rules::policy::AwardDef;

use super::{
    Standing, address,
    alarms::{self, Kind},
    all_enterprises, find, lacking, level_name, money, reasons, without_codes,
};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx,
    pages::cockpit::{
        self, Wanted,
        shown::{self, Shown},
    },
    pieces::{Explanation, Link, State as StateWord},
};

#[derive(Template)]
#[template(path = "awards/subject.html")]
struct SubjectPage<'a> {
    frame: &'a Frame,
    title: String,
    line: String,
    crumbs: Vec<Link>,
    choices: Vec<Choice>,
    state: StateWord,
    next: String,
    town: String,
    uscc: Link,
    money: String,
    warning: String,
    levels: Vec<LevelPart>,
    stake: Option<String>,
    alarms: Vec<Kind>,
}

/// One level with its reasons.
struct LevelPart {
    name: String,
    why: Explanation,
    /// Whether it stands open: the level that is held, and the one that comes next.
    is_open: bool,
}

/// `GET /awards/{award}/{subject}`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    Path((id, subject)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, AppError> {
    let Some(shown) = shown::shown(&app, wanted.run()).await? else {
        return cockpit::no_run(&frame, frame.t("awards-title"));
    };
    let award = find(&frame, &shown, &id)?;
    let all = all_enterprises(&shown);
    let enterprise = all.binary_search_by(|one| one.uscc.as_str().cmp(&subject)).ok().map(|at| &all[at]);
    let mut decided = shown.evaluation().explain(&award.id, &subject);
    if decided.is_empty() && enterprise.is_some() {
        decided = shown.evaluation().explain_nothing(&award.id);
    }
    if decided.is_empty() {
        return Err(AppError::NotFound(frame.t("awards-subject-not-found")));
    }
    let evidence = reasons::evidence(&frame, &shown, award, &subject);
    let own_page = shown.keep(frame.at(&format!("/enterprises/{subject}")));
    let won = shown.evaluation().awards.iter().find(|won| won.award == award.id && won.subject == subject);
    let held = won.map(|won| won.level);
    let next_level = decided.iter().map(|level| level.level).find(|level| held.is_none_or(|held| *level > held));
    let stake = stakes::at_stake(&shown.policy, &shown.opened)
        .into_iter()
        .find(|stake| stake.award == award.id && stake.subject == subject);
    hx::page(SubjectPage {
        frame: &frame,
        title: enterprise.map_or_else(|| subject.clone(), |one| one.name.clone()),
        line: shown.line(&frame),
        crumbs: vec![
            Link::new(frame.t("awards-title"), shown.keep(frame.at("/awards"))),
            Link::new(frame.said(&award.name), address(&frame, &shown, &award.id, "")),
        ],
        choices: shown.choices(&frame),
        state: state(&frame, &shown, award, &subject),
        next: next(&frame, &shown, award, &subject),
        town: enterprise.map(|one| one.town.clone()).unwrap_or_default(),
        uscc: Link::new(subject.clone(), own_page.clone()),
        money: won.map_or_else(
            || money(&frame, "", None, None),
            |won| money(&frame, &won.amount_reason, won.amount_fen, won.assumed_amount_fen),
        ),
        warning: without_codes(&frame, &award.warning),
        levels: decided
            .iter()
            .map(|level| LevelPart {
                name: level_name(&frame, award, level.level),
                why: reasons::explanation(&frame, &shown, level, &evidence, Some(&own_page)),
                is_open: held == Some(level.level) || next_level == Some(level.level),
            })
            .collect(),
        stake: stake.map(|stake| {
            let left =
                stake.left.map_or_else(|| frame.t("awards-stake-none-left"), |level| level_name(&frame, award, level));
            frame.tn("awards-stake-line", &[("count", stake.lapses.len().to_string()), ("left", left)])
        }),
        alarms: alarms::kinds(&frame, &shown, &all, Some(&subject))
            .into_iter()
            .filter(|kind| !kind.seen.is_empty())
            .collect(),
    })
}

/// The award and level in one state word.
pub(crate) fn state(frame: &Frame, shown: &Shown, award: &AwardDef, subject: &str) -> StateWord {
    let evaluation = shown.evaluation();
    let is = |found: &str, by: &str| found == award.id && by == subject;
    if let Some(won) = evaluation.awards.iter().find(|won| is(&won.award, &won.subject)) {
        let mut state = Standing::Reached.state(frame);
        if !award.levels.is_empty() {
            state.word = level_name(frame, award, won.level);
        }
        return state;
    }
    if evaluation.near_misses.iter().any(|near| is(&near.award, &near.subject)) {
        return Standing::Near.state(frame);
    }
    if evaluation.undetermined.iter().any(|open| is(&open.award, &open.subject)) {
        return Standing::Open.state(frame);
    }
    Standing::Missed.state(frame)
}

/// What is lacking for the next level, where that is little.
fn next(frame: &Frame, shown: &Shown, award: &AwardDef, subject: &str) -> String {
    let found = shown.evaluation().near_misses.iter().find(|near| near.award == award.id && near.subject == subject);
    found.map_or_else(String::new, |near| {
        let words = lacking(frame, &near.conditions);
        if award.levels.is_empty() {
            words
        } else {
            frame.tn("awards-next", &[("level", level_name(frame, award, near.level)), ("lacking", words)])
        }
    })
}
