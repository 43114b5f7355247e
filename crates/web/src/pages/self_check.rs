//! `/self-check` 政策自测: anybody may try numbers of their own against the conditions of every award, and sees what it pays, by which
//! document, and what else may be applied for.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use domain::{
    items::{self, Item, Track},
    self_check::{self, Tried},
};
use rules::policy::AwardDef;

use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx,
    pages::{
        awards::{level_name, reasons},
        cases::award_name,
        cockpit::shown::{self, Shown},
        room::{Room, Sent},
    },
    pieces::{Clause, Explanation, State as StateWord, Tone},
};

/// Where the page is.
const PATH: &str = "/self-check";
/// The largest number that is taken: no enterprise has more rights.
const COUNT_MAX: i64 = 1_000_000;

#[derive(Template)]
#[template(path = "self_check.html")]
struct CheckPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    action: String,
    is_tried: bool,
    awards: Vec<Award>,
    offers: Vec<Offer>,
}

/// An award that is decided from the registers.
struct Award {
    id: String,
    name: String,
    subject: String,
    clauses: Vec<Clause>,
    fields: Vec<Field>,
    /// What the numbers reach; nothing while none was given.
    outcome: Option<Outcome>,
    money: Money,
}

struct Outcome {
    state: StateWord,
    levels: Vec<(String, bool, Explanation)>,
}

/// What an award pays and by which document.
struct Money {
    /// Each level with its amount; empty while no item is issued.
    amounts: Vec<(String, String)>,
    basis: String,
    until: String,
    is_trial: bool,
}

/// Something that is applied for.
struct Offer {
    name: String,
    subject: String,
    papers: String,
    money: Money,
}

/// `GET /self-check`.
pub async fn page(State(app): State<App>, frame: Frame, Query(sent): Query<Sent>) -> Result<Response, AppError> {
    let Some(shown) = shown::shown(&app, None).await? else {
        return hx::page(CheckPage {
            frame: &frame,
            room: &Room::new(frame.t("check-title"), frame.t("check-no-run")),
            errors: &Errors::default(),
            action: String::new(),
            is_tried: false,
            awards: Vec::new(),
            offers: Vec::new(),
        });
    };
    let mut errors = Errors::default();
    let given = numbers(&frame, &sent, &mut errors);
    let today = app.business_date();
    let items: Vec<Item> = items::all(app.db()).await?.into_iter().filter(|item| item.is_in_force(today)).collect();
    let mut awards = Vec::new();
    for award in shown.policy.awards.iter().filter(|award| award.active) {
        let own = given.get(&award.id).cloned().unwrap_or_default();
        // An award that nobody came near to in the run has told its conditions to nobody yet; its clause is read all the same.
        let tried = self_check::try_award(shown.evaluation(), award, &own).unwrap_or_default();
        awards.push(one(&frame, &shown, award, &tried, (&sent, &errors), &items));
    }
    let offers = shown.policy.awards.iter().filter_map(|award| {
        let item = items.iter().find(|item| item.award == award.id && item.terms.track == Track::Apply)?;
        Some(Offer {
            name: award_name(&frame, &shown.policy, &award.id),
            subject: frame.said(&award.subject),
            papers: item
                .terms
                .papers
                .iter()
                .map(|paper| frame.said(paper))
                .collect::<Vec<_>>()
                .join(&frame.t("word-list-separator")),
            money: money(&frame, award, Some(item)),
        })
    });
    let page = CheckPage {
        frame: &frame,
        room: &Room::new(frame.t("check-title"), frame.t("check-line")).wrong(!errors.is_empty()),
        errors: &errors,
        action: frame.at(PATH),
        is_tried: given.values().any(|own| !own.is_empty()),
        awards,
        offers: offers.collect(),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// The numbers by award and condition; a field is named `award.condition`.
fn numbers(frame: &Frame, sent: &Sent, errors: &mut Errors) -> BTreeMap<String, BTreeMap<String, i64>> {
    let mut given: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for (field, value) in
        sent.0.iter().map(|(field, value)| (field, value.trim())).filter(|(_, value)| !value.is_empty())
    {
        let Some((award, condition)) = field.split_once('.') else { continue };
        match value.parse().ok().filter(|number| (0..=COUNT_MAX).contains(number)) {
            Some(number) => {
                given.entry(award.to_owned()).or_default().insert(condition.to_owned(), number);
            }
            None => errors.add(field, frame.t1("check-not-a-count", "value", value)),
        }
    }
    given
}

fn one(
    frame: &Frame,
    shown: &Shown,
    award: &AwardDef,
    tried: &Tried,
    (sent, errors): (&Sent, &Errors),
    items: &[Item],
) -> Award {
    let field = |asked: &self_check::Asked| {
        let name = format!("{}.{}", award.id, asked.id);
        let label = frame.tn("check-field", &[("name", frame.said(&asked.name)), ("unit", frame.unit(&asked.unit))]);
        Field::of(&name, label, FieldKind::Number, sent.get(&name), errors)
    };
    let is_given = tried.levels.iter().flat_map(|level| &level.conditions).any(|condition| condition.actual.is_some());
    Award {
        id: award.id.clone(),
        name: award_name(frame, &shown.policy, &award.id),
        subject: frame.said(&award.subject),
        clauses: reasons::clauses(frame, shown, award),
        fields: tried.asked.iter().map(field).collect(),
        outcome: is_given.then(|| outcome(frame, shown, award, tried)),
        money: money(frame, award, items.iter().find(|item| item.award == award.id)),
    }
}

fn outcome(frame: &Frame, shown: &Shown, award: &AwardDef, tried: &Tried) -> Outcome {
    let state = match (tried.reached(), tried.next()) {
        (Some(level), _) => StateWord::new(Tone::Ok, level_name(frame, award, level.level)),
        (None, Some(next)) if next.holds.is_none() => StateWord::new(Tone::Unknown, frame.t("awards-level-open")),
        (None, _) => StateWord::new(Tone::Bad, frame.t("awards-level-missed")),
    };
    // What was reached and what comes next say most; the levels beyond are folded.
    let [reached, next] = [tried.reached(), tried.next()].map(|level| level.map(|level| level.level));
    let level = |level: &rules::evaluation::DecidedLevel| {
        let is_open = [reached, next].contains(&Some(level.level));
        let why = reasons::explanation(frame, shown, level, &BTreeMap::new(), None);
        (level_name(frame, award, level.level), is_open, why)
    };
    Outcome { state, levels: tried.levels.iter().map(level).collect() }
}

fn money(frame: &Frame, award: &AwardDef, item: Option<&Item>) -> Money {
    let Some(item) = item else {
        return Money { amounts: Vec::new(), basis: String::new(), until: String::new(), is_trial: false };
    };
    let name = |level: i64| match award.levels.is_empty() {
        true => frame.t("cases-amount"),
        false => level_name(frame, award, level),
    };
    let amount = |(level, fen): (&i64, &i64)| (name(*level), format::money_text(*fen, frame.lang));
    let basis = &item.terms.basis;
    Money {
        amounts: item.terms.amounts.iter().map(amount).collect(),
        basis: format!("{} {}", basis.title, basis.number).trim().to_owned(),
        until: item.terms.effective_until.map(|day| frame.date(day)).unwrap_or_default(),
        is_trial: item.is_trial,
    }
}
