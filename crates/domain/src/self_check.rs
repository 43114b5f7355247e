//! 政策自测: what numbers of one's own would reach, by the conditions that a run applied. Nothing is kept, and nothing follows from it.

use std::collections::BTreeMap;

use rules::evaluation::{DecidedCondition, DecidedLevel, Evaluation};
use rules::policy::AwardDef;

/// The conditions of an award, each level tried on the numbers given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tried {
    /// The numbers that its conditions ask for.
    pub asked: Vec<Asked>,
    /// Its levels, the lowest first.
    pub levels: Vec<DecidedLevel>,
}

/// A number that conditions ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The condition's id within the award.
    pub id: String,
    /// What is counted.
    pub name: String,
    /// Its unit.
    pub unit: String,
}

impl Tried {
    /// The highest level that is reached.
    pub fn reached(&self) -> Option<&DecidedLevel> {
        self.levels.iter().rev().find(|level| level.holds == Some(true))
    }

    /// The level above what is reached.
    pub fn next(&self) -> Option<&DecidedLevel> {
        let reached = self.reached().map(|level| level.level);
        self.levels.iter().find(|level| reached.is_none_or(|reached| level.level > reached))
    }
}

/// Tries an award on numbers, by the id of the condition; a number that is not given stays unknown. None while the run
/// decided the award for nobody, because then nobody has said what its conditions are.
pub fn try_award(evaluation: &Evaluation, award: &AwardDef, given: &BTreeMap<String, i64>) -> Option<Tried> {
    // A condition asks the same of everybody, so that anybody's tell it.
    let anybody = evaluation.decisions().subjects(&award.id).next()?;
    let mut levels = evaluation.explain(&award.id, anybody);
    levels.sort_by_key(|level| level.level);
    let mut asked: Vec<Asked> = Vec::new();
    for level in &mut levels {
        for condition in &mut level.conditions {
            decide(condition, given.get(&condition.id).copied());
            if asked.iter().all(|one| one.id != condition.id) {
                let name = award.facts.get(&condition.id).unwrap_or(&condition.text).clone();
                asked.push(Asked { id: condition.id.clone(), name, unit: condition.unit.clone() });
            }
        }
        let has = |holds: Option<bool>| level.conditions.iter().any(|condition| condition.holds == holds);
        level.holds = match (has(Some(false)), has(None)) {
            (true, _) => Some(false),
            (_, true) => None,
            _ => Some(true),
        };
    }
    // The whole stands before its part, as in the clause.
    asked.sort_by_key(|one| one.id.contains("high_value"));
    Some(Tried { asked, levels })
}

fn decide(condition: &mut DecidedCondition, given: Option<i64>) {
    condition.actual = given;
    condition.upper = None;
    condition.holds = given.map(|given| condition.operator.holds(given.into(), condition.required.into()));
}
