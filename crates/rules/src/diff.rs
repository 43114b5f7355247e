//! What changed between two runs: parameters, figures, awards, and the rights gained and lost.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::evaluation::{Award, Evaluation, Indicator};

/// The difference of two runs, from `before` to `after`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// The id of the first run.
    pub before: String,
    /// The id of the second run.
    pub after: String,
    /// Whether another text of the policy document was applied.
    pub policy_changed: bool,
    /// Whether other facts were frozen.
    pub snapshot_changed: bool,
    /// The days judged, when they differ.
    pub as_of: Option<Change<String>>,
    /// The known-at times, when they differ.
    pub known_at: Option<Change<String>>,
    /// Parameters that differ, by name.
    pub parameters: BTreeMap<String, Change<Option<String>>>,
    /// Indicators that differ, in the order of the document.
    pub indicators: Vec<IndicatorDiff>,
    /// Awards that differ, by award and subject.
    pub awards: Vec<AwardDiff>,
    /// The totals of high-value inventions, when they differ.
    pub high_value: Option<Change<Option<i64>>>,
}

/// A value before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change<T> {
    /// In the first run.
    pub before: T,
    /// In the second run.
    pub after: T,
}

/// An indicator that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndicatorDiff {
    /// Its code.
    pub code: String,
    /// Its numerator.
    pub numerator: Change<Option<i64>>,
    /// Its denominator.
    pub denominator: Change<Option<i64>>,
    /// Its figure.
    pub value: Change<Option<String>>,
    /// Its target.
    pub target: Change<Option<String>>,
    /// Its verdict.
    pub met: Change<Option<bool>>,
    /// Rights counted only in the second run.
    pub gained: Vec<String>,
    /// Rights counted only in the first run.
    pub lost: Vec<String>,
}

/// An award that differs for one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AwardDiff {
    /// The id of the award.
    pub award: String,
    /// The USCC of the subject.
    pub subject: String,
    /// Its name, where known.
    pub name: Option<String>,
    /// The level; null is not reached.
    pub level: Change<Option<i64>>,
    /// The payable amount.
    pub amount_fen: Change<Option<i64>>,
    /// The amount that a what-if assumes.
    pub assumed_amount_fen: Change<Option<i64>>,
    /// Rights it rests on only in the second run.
    pub gained: Vec<String>,
    /// Rights it rested on only in the first run.
    pub lost: Vec<String>,
}

impl Diff {
    /// Whether the answers agree; the inputs may still differ.
    pub fn is_empty(&self) -> bool {
        self.indicators.is_empty() && self.awards.is_empty() && self.high_value.is_none()
    }
}

/// Compares two runs.
pub fn diff(before: &Evaluation, after: &Evaluation) -> Diff {
    Diff {
        before: before.run.clone(),
        after: after.run.clone(),
        policy_changed: before.policy_hash != after.policy_hash,
        snapshot_changed: before.snapshot != after.snapshot,
        as_of: change(before.as_of.to_string(), after.as_of.to_string()),
        known_at: change(before.known_at.clone(), after.known_at.clone()),
        parameters: parameters(before, after),
        indicators: indicators(before, after),
        awards: awards(before, after),
        high_value: change(before.high_value.total, after.high_value.total),
    }
}

fn change<T: PartialEq>(before: T, after: T) -> Option<Change<T>> {
    (before != after).then_some(Change { before, after })
}

fn parameters(before: &Evaluation, after: &Evaluation) -> BTreeMap<String, Change<Option<String>>> {
    let names: BTreeSet<&String> = before.parameters.keys().chain(after.parameters.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let [old, new] = [before, after].map(|run| run.parameters.get(name).cloned());
            Some((name.clone(), change(old, new)?))
        })
        .collect()
}

fn indicators(before: &Evaluation, after: &Evaluation) -> Vec<IndicatorDiff> {
    let gone = before.indicators.iter().filter(|indicator| after.indicator(&indicator.code).is_none());
    after
        .indicators
        .iter()
        .chain(gone)
        .map(|indicator| indicator.code.as_str())
        .filter_map(|code| indicator(code, before, after))
        .collect()
}

fn indicator(code: &str, before: &Evaluation, after: &Evaluation) -> Option<IndicatorDiff> {
    let rights = |run: &Evaluation| -> BTreeSet<String> {
        run.indicator_evidence(code).map(|right| right.right_id.to_owned()).collect()
    };
    let (old_rights, new_rights) = (rights(before), rights(after));
    let (old, new) = (before.indicator(code), after.indicator(code));
    let difference = IndicatorDiff {
        code: code.to_owned(),
        numerator: both(old, new, |i| i.numerator),
        denominator: both(old, new, |i| i.denominator),
        value: both(old, new, |i| i.value.clone()),
        target: both(old, new, |i| i.target.clone()),
        met: both(old, new, |i| i.met),
        gained: new_rights.difference(&old_rights).cloned().collect(),
        lost: old_rights.difference(&new_rights).cloned().collect(),
    };
    let differs = difference.numerator.differs()
        || difference.denominator.differs()
        || difference.value.differs()
        || difference.target.differs()
        || difference.met.differs()
        || !difference.gained.is_empty()
        || !difference.lost.is_empty();
    differs.then_some(difference)
}

fn both<T>(
    before: Option<&Indicator>,
    after: Option<&Indicator>,
    part: impl Fn(&Indicator) -> Option<T>,
) -> Change<Option<T>> {
    Change { before: before.and_then(&part), after: after.and_then(&part) }
}

impl<T: PartialEq> Change<T> {
    fn differs(&self) -> bool {
        self.before != self.after
    }
}

fn awards(before: &Evaluation, after: &Evaluation) -> Vec<AwardDiff> {
    fn by_key(run: &Evaluation) -> BTreeMap<(&str, &str), &Award> {
        run.awards.iter().map(|a| ((a.award.as_str(), a.subject.as_str()), a)).collect()
    }
    let (old, new) = (by_key(before), by_key(after));
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
    keys.into_iter().filter_map(|key| award(key, old.get(&key).copied(), new.get(&key).copied())).collect()
}

fn award((award, subject): (&str, &str), old: Option<&Award>, new: Option<&Award>) -> Option<AwardDiff> {
    let rights = |award: Option<&Award>| -> BTreeSet<String> {
        award.into_iter().flat_map(|award| award.evidence.iter().cloned()).collect()
    };
    let (old_rights, new_rights) = (rights(old), rights(new));
    let difference = AwardDiff {
        award: award.to_owned(),
        subject: subject.to_owned(),
        name: new.or(old).and_then(|award| award.name.clone()),
        level: Change { before: old.map(|award| award.level), after: new.map(|award| award.level) },
        amount_fen: Change {
            before: old.and_then(|award| award.amount_fen),
            after: new.and_then(|award| award.amount_fen),
        },
        assumed_amount_fen: Change {
            before: old.and_then(|award| award.assumed_amount_fen),
            after: new.and_then(|award| award.assumed_amount_fen),
        },
        gained: new_rights.difference(&old_rights).cloned().collect(),
        lost: old_rights.difference(&new_rights).cloned().collect(),
    };
    let differs = difference.level.differs()
        || difference.amount_fen.differs()
        || difference.assumed_amount_fen.differs()
        || !difference.gained.is_empty()
        || !difference.lost.is_empty();
    differs.then_some(difference)
}
