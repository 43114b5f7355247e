//! Levels at stake (等级可能下降): winners of an award who would fall a level if rights that may soon be lost are lost.
//!
//! A reminder beside the award and no finding: which rights may be lost comes from [`crate::lapses`], what they count for
//! from the run, and the comparison is the exact one of the rules.

use std::collections::BTreeMap;

use rules::Policy;
use rules::evaluation::DecidedLevel;

use crate::lapses::{self, Cause, Lapse};
use crate::runs::Opened;

/// A winner whose level hangs on rights that may soon be lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stake {
    /// The award.
    pub award: String,
    /// The unified social credit code of the winner.
    pub subject: String,
    /// The level reached.
    pub level: i64,
    /// The level that would be left; none when the award itself would be lost.
    pub left: Option<i64>,
    /// The counted rights that may soon be lost, the earliest day first.
    pub lapses: Vec<Lapse>,
}

/// The winners of awards for what is in force (stock-linked) who would fall a level, by award and subject.
pub fn at_stake(policy: &Policy, opened: &Opened) -> Vec<Stake> {
    let evaluation = &opened.evaluation;
    let soon = lapses::soon(opened);
    // What nobody told is no ground to fear for a level.
    let by_number: BTreeMap<&str, &Lapse> = soon
        .iter()
        .filter(|lapse| lapse.cause != Cause::FeeUnknown)
        .map(|lapse| (lapse.application_number.as_str(), lapse))
        .collect();
    let lasting = |id: &str| policy.award(id).is_some_and(|award| award.money_class == "stock-linked");
    let mut stakes = Vec::new();
    for award in evaluation.awards.iter().filter(|award| lasting(&award.award)) {
        let mut lost: BTreeMap<&str, i64> = BTreeMap::new();
        let mut concerned: BTreeMap<&str, &Lapse> = BTreeMap::new();
        for (condition, right) in evaluation.award_evidence(&award.award, &award.subject) {
            if let Some(lapse) = by_number.get(right) {
                *lost.entry(condition).or_default() += 1;
                concerned.insert(right, lapse);
            }
        }
        if concerned.is_empty() {
            continue;
        }
        let left = level_without(&evaluation.explain(&award.award, &award.subject), &lost);
        if left != Some(award.level) {
            let mut lapses: Vec<Lapse> = concerned.into_values().cloned().collect();
            lapses.sort();
            stakes.push(Stake {
                award: award.award.clone(),
                subject: award.subject.clone(),
                level: award.level,
                left,
                lapses,
            });
        }
    }
    stakes
}

/// The highest level whose conditions would still hold without so many rights of each condition.
fn level_without(levels: &[DecidedLevel], lost: &BTreeMap<&str, i64>) -> Option<i64> {
    let holds = |level: &&DecidedLevel| {
        level.conditions.iter().all(|condition| {
            let gone = lost.get(condition.id.as_str()).copied().unwrap_or_default();
            condition.actual.is_some_and(|actual| {
                condition.operator.holds(i128::from(actual) - i128::from(gone), i128::from(condition.required))
            })
        })
    };
    levels.iter().filter(holds).map(|level| level.level).max()
}

#[cfg(test)]
mod tests {
    use rules::evaluation::DecidedCondition;
    use rules::verdict::Operator;

    use super::*;

    fn level(level: i64, more_than: i64, inventions: i64, high_value: i64) -> DecidedLevel {
        let condition = |id: &str, actual: i64, operator: Operator, required: i64| DecidedCondition {
            id: id.to_owned(),
            text: String::new(),
            actual: Some(actual),
            upper: None,
            operator,
            required,
            unit: "件".to_owned(),
            clause: "C3.3.2.2".to_owned(),
            holds: Some(operator.holds(actual.into(), required.into())),
        };
        let conditions = vec![
            condition("valid_inventions", inventions, Operator::MoreThan, more_than),
            condition("high_value_inventions", high_value, Operator::AtLeast, 5),
        ];
        DecidedLevel { level, holds: None, conditions }
    }

    /// C3.3.2.2: more than 20 and 30, not just as many; five of high value are enough.
    #[test]
    fn a_level_falls_only_when_the_threshold_is_no_longer_passed() {
        let levels =
            |inventions, high_value| vec![level(2, 20, inventions, high_value), level(3, 30, inventions, high_value)];
        let check = |inventions, high_value, gone: &[(&str, i64)], expected| {
            assert_eq!(
                level_without(&levels(inventions, high_value), &gone.iter().copied().collect()),
                expected,
                "{inventions} {high_value} {gone:?}"
            );
        };
        check(32, 6, &[], Some(3));
        check(32, 6, &[("valid_inventions", 1)], Some(3));
        check(32, 6, &[("valid_inventions", 2)], Some(2));
        check(32, 6, &[("valid_inventions", 12)], None);
        check(32, 6, &[("valid_inventions", 1), ("high_value_inventions", 1)], Some(3));
        check(32, 6, &[("valid_inventions", 2), ("high_value_inventions", 2)], None);
    }
}
