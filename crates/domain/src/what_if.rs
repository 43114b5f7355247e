//! The what-if (推演): who gains and who loses when conditions or assumed amounts are changed, and what it would cost.
//!
//! Both sides are runs on the same frozen facts. Amounts here are assumed (推演金额) and never payable: what may be paid
//! rests on a basis document and on the national limits, which an assumption does not move.

use std::cmp::Ordering;

use rules::diff::Diff;
use rules::{Evaluation, Policy};

use crate::Error;
use crate::runs::Summary;

/// How a subject's level changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// 新获得.
    Gains,
    /// 升级.
    Rises,
    /// 降级.
    Falls,
    /// 失去.
    Loses,
}

/// A subject whose level changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The award.
    pub award: String,
    /// The unified social credit code.
    pub subject: String,
    /// The enterprise's name, where known.
    pub name: Option<String>,
    /// The level before; none without the award.
    pub before: Option<i64>,
    /// The level after.
    pub after: Option<i64>,
    /// What that means for it.
    pub turn: Turn,
}

/// What one level of an award would cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetLine {
    /// The award.
    pub award: String,
    /// The level; 1 for an award without levels.
    pub level: i64,
    /// The assumed amount for each winner, in fen; none where none is assumed.
    pub each_fen: Option<i64>,
    /// Winners of this level under the conditions in force.
    pub winners_before: i64,
    /// Winners under the assumed conditions.
    pub winners_after: i64,
    /// What the winners in force would cost at the assumed amount.
    pub before_fen: Option<i64>,
    /// What the assumed winners would cost.
    pub after_fen: Option<i64>,
}

/// The regular run that a what-if is to be compared with: the same day, knowledge and facts with nothing changed.
pub fn base<'a>(runs: &'a [Summary], what_if: &Summary) -> Option<&'a Summary> {
    let same = |run: &&Summary| {
        !run.is_what_if()
            && (&run.policy, &run.as_of, &run.known_at, &run.snapshot, &run.scope)
                == (&what_if.policy, &what_if.as_of, &what_if.known_at, &what_if.snapshot, &what_if.scope)
    };
    runs.iter().find(same)
}

/// The subjects whose level changes, by award, turn and subject.
pub fn moves(diff: &Diff) -> Vec<Move> {
    let turn = |before: Option<i64>, after: Option<i64>| match (before, after) {
        (None, Some(_)) => Some(Turn::Gains),
        (Some(_), None) => Some(Turn::Loses),
        (Some(before), Some(after)) => match after.cmp(&before) {
            Ordering::Greater => Some(Turn::Rises),
            Ordering::Less => Some(Turn::Falls),
            Ordering::Equal => None,
        },
        (None, None) => None,
    };
    let mut moves: Vec<Move> = diff
        .awards
        .iter()
        .filter_map(|award| {
            Some(Move {
                award: award.award.clone(),
                subject: award.subject.clone(),
                name: award.name.clone(),
                before: award.level.before,
                after: award.level.after,
                turn: turn(award.level.before, award.level.after)?,
            })
        })
        .collect();
    moves.sort_by(|a, b| {
        (&a.award, a.turn, b.after.max(b.before), &a.subject).cmp(&(
            &b.award,
            b.turn,
            a.after.max(a.before),
            &b.subject,
        ))
    });
    moves
}

/// What each level of each active award would cost at the assumed amounts, in the order of the document.
pub fn budget(policy: &Policy, before: &Evaluation, after: &Evaluation) -> Result<Vec<BudgetLine>, Error> {
    let mut lines = Vec::new();
    for award in policy.awards.iter().filter(|award| award.active) {
        let levels: Vec<(i64, Option<&String>)> = if award.levels.is_empty() {
            vec![(1, award.amount_parameter.as_ref())]
        } else {
            award
                .levels
                .iter()
                .map(|level| (level.level, level.amount_parameter.as_ref().or(award.amount_parameter.as_ref())))
                .collect()
        };
        for (level, parameter) in levels {
            let each_fen = parameter.and_then(|name| after.parameters.get(name)).and_then(|text| text.parse().ok());
            let (winners_before, winners_after) = (winners(before, &award.id, level), winners(after, &award.id, level));
            lines.push(BudgetLine {
                award: award.id.clone(),
                level,
                each_fen,
                winners_before,
                winners_after,
                before_fen: cost(each_fen, winners_before)?,
                after_fen: cost(each_fen, winners_after)?,
            });
        }
    }
    Ok(lines)
}

/// How many winners of a level a run has.
pub fn winners(evaluation: &Evaluation, award: &str, level: i64) -> i64 {
    let count = evaluation.awards.iter().filter(|one| one.award == award && one.level == level).count();
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn cost(each_fen: Option<i64>, winners: i64) -> Result<Option<i64>, Error> {
    let too_much = || Error::Invalid("推演金额合计超出可以计算的范围，请减小假定金额。".to_owned());
    each_fen.map(|each| each.checked_mul(winners).ok_or_else(too_much)).transpose()
}

/// The sum of the lines that have an amount; none when none has.
pub fn total(parts: impl Iterator<Item = Option<i64>>) -> Result<Option<i64>, Error> {
    let too_much = || Error::Invalid("推演金额合计超出可以计算的范围，请减小假定金额。".to_owned());
    let mut sum: Option<i64> = None;
    for part in parts.flatten() {
        sum = Some(sum.unwrap_or_default().checked_add(part).ok_or_else(too_much)?);
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use rules::diff::{AwardDiff, Change};

    use super::*;

    fn change(subject: &str, before: Option<i64>, after: Option<i64>) -> AwardDiff {
        AwardDiff {
            award: "innovation-star".to_owned(),
            subject: subject.to_owned(),
            name: None,
            level: Change { before, after },
            amount_fen: Change { before: None, after: None },
            assumed_amount_fen: Change { before: None, after: Some(1) },
            gained: Vec::new(),
            lost: Vec::new(),
        }
    }

    #[test]
    fn who_gains_rises_falls_and_loses_is_told_apart_and_who_stays_is_left_out() {
        let diff = Diff {
            before: String::new(),
            after: String::new(),
            policy_changed: false,
            snapshot_changed: false,
            as_of: None,
            known_at: None,
            parameters: Default::default(),
            indicators: Vec::new(),
            awards: vec![
                change("a", Some(3), None),
                change("b", None, Some(2)),
                change("c", Some(2), Some(3)),
                change("d", Some(2), Some(2)),
                change("e", Some(5), Some(4)),
            ],
            high_value: None,
        };
        let found: Vec<(String, Turn)> = moves(&diff).into_iter().map(|one| (one.subject, one.turn)).collect();
        let expected = [("b", Turn::Gains), ("c", Turn::Rises), ("e", Turn::Falls), ("a", Turn::Loses)];
        assert_eq!(found, expected.map(|(subject, turn)| (subject.to_owned(), turn)));
    }

    #[test]
    fn costs_are_exact_and_refuse_to_overflow() {
        assert_eq!(cost(Some(500_000_000), 12).unwrap(), Some(6_000_000_000));
        assert_eq!(cost(None, 12).unwrap(), None);
        assert!(cost(Some(i64::MAX), 2).is_err());
        assert_eq!(total([Some(1), None, Some(2)].into_iter()).unwrap(), Some(3));
        assert_eq!(total([None, None].into_iter()).unwrap(), None);
        assert!(total([Some(i64::MAX), Some(1)].into_iter()).is_err());
    }
}
