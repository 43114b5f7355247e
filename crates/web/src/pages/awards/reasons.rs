//! The reasons of one subject in one award, level by level, as the component `explanation` prints them.

use std::collections::BTreeMap;

use domain::accounts::Permission;
use rules::{
    evaluation::{DecidedCondition, DecidedLevel},
    policy::AwardDef,
};

use crate::{
    format,
    frame::Frame,
    pages::{
        cockpit::{quantities, shown::Shown},
        indicators::basis,
        patents::read::{self, written},
    },
    pieces::{Clause, Condition, Explanation, Link, State, Tone, Verdict},
};

/// How many rights are named under one condition: all of them, short of the absurd.
const NAMED_MAX: usize = 2_000;

/// The clauses of an award, quoted.
pub(crate) fn clauses(frame: &Frame, shown: &Shown, award: &AwardDef) -> Vec<Clause> {
    basis::clauses(frame, &shown.policy, &award.clauses)
}

/// The rights behind each condition of a subject, as links; none for those who may not open rights.
pub(crate) fn evidence(frame: &Frame, shown: &Shown, award: &AwardDef, subject: &str) -> BTreeMap<String, Vec<Link>> {
    let mut found: BTreeMap<String, Vec<Link>> = BTreeMap::new();
    if !frame.may(Permission::ViewRights) {
        return found;
    }
    let patents = read::patents(&shown.opened);
    for (condition, right) in shown.evaluation().award_evidence(&award.id, subject) {
        let patent = patents.binary_search_by(|patent| patent.number.as_str().cmp(right)).ok().map(|at| &patents[at]);
        let link = match patent {
            Some(patent) => Link::new(
                format!("{} {}", written(right), patent.title),
                shown.keep(frame.at(&format!("/patents/{right}"))),
            ),
            None => {
                Link::new(right, shown.keep(frame.at(&format!("/indicators/K02/rights?q={}", format::encode(right)))))
            }
        };
        found.entry(condition.to_owned()).or_default().push(link);
    }
    found
}

/// One level with its conditions.
pub(crate) fn explanation(
    frame: &Frame,
    shown: &Shown,
    level: &DecidedLevel,
    evidence: &BTreeMap<String, Vec<Link>>,
    more: Option<&str>,
) -> Explanation {
    let (outcome, sentence) = match level.holds {
        Some(true) => (State::new(Tone::Ok, frame.t("awards-level-reached")), frame.t("awards-level-reached-line")),
        Some(false) => (State::new(Tone::Bad, frame.t("awards-level-missed")), frame.t("awards-level-missed-line")),
        None => (State::new(Tone::Unknown, frame.t("awards-level-open")), frame.t("awards-level-open-line")),
    };
    // The whole stands before its part, as in the clause.
    let mut ordered: Vec<&DecidedCondition> = level.conditions.iter().collect();
    ordered.sort_by_key(|one| one.id.contains("high_value"));
    let conditions = ordered.into_iter().map(|one| condition(frame, shown, one, evidence, more)).collect();
    Explanation { outcome, sentence, conditions }
}

fn condition(
    frame: &Frame,
    shown: &Shown,
    decided: &DecidedCondition,
    evidence: &BTreeMap<String, Vec<Link>>,
    more: Option<&str>,
) -> Condition {
    let rights = evidence.get(&decided.id).map_or(&[][..], Vec::as_slice);
    let beyond = rights.len() > NAMED_MAX;
    let clause = basis::clauses(frame, &shown.policy, std::slice::from_ref(&decided.clause)).into_iter().next();
    Condition {
        verdict: Verdict::of(decided.holds),
        text: frame.said(&decided.text),
        actual: actual(frame, decided),
        required: quantities::required_amount(frame, decided.operator, decided.required, &decided.unit),
        distance: distance(frame, decided),
        reason: decided.holds.is_none().then(|| unknown(frame, decided)),
        clause,
        evidence: rights.iter().take(NAMED_MAX).cloned().collect(),
        evidence_more: more
            .filter(|_| beyond)
            .map(|href| Link::new(frame.t1("awards-evidence-all", "count", rights.len()), href)),
    }
}

/// The number with its unit, and its bounds where it is not exact.
fn actual(frame: &Frame, decided: &DecidedCondition) -> Option<String> {
    let words = |number: i64| quantities::text(number, &decided.unit, frame.lang);
    let least = words(decided.actual?);
    Some(match decided.upper {
        // The rules write the largest number for a bound that nobody knows.
        Some(i64::MAX) => frame.t1("indicators-bounds-open", "least", least),
        Some(most) => frame.tn("indicators-bounds", &[("least", least), ("most", words(most))]),
        None => least,
    })
}

fn distance(frame: &Frame, decided: &DecidedCondition) -> Option<String> {
    if decided.holds == Some(true) {
        return None;
    }
    let lacking = decided.operator.distance(decided.actual?, decided.required).filter(|lacking| *lacking > 0)?;
    Some(frame.t1("target-gap", "gap", quantities::text(lacking, &decided.unit, frame.lang)))
}

/// Why a condition is not known, and what would settle it.
fn unknown(frame: &Frame, decided: &DecidedCondition) -> String {
    match (decided.actual, decided.upper) {
        (Some(_), Some(i64::MAX)) | (None, _) => frame.t("awards-unknown-register"),
        (Some(actual), Some(most)) => frame.t1("awards-unknown-judgement", "count", most.saturating_sub(actual)),
        (Some(_), None) => frame.t("awards-unknown-register"),
    }
}
