//! What a run answers: indicators, awards, near misses and high-value inventions, with their reasons.
//!
//! [`Evaluation`] serialises to the JSON of the contract with a fixed order of keys and sorted lists, so
//! that the same run gives the same bytes. The rights behind every figure and the conditions of every
//! subject, winners or not, are kept beside it as tables ([`Evaluation::details`]).

mod assembly;
mod awards;
mod conditions;
mod decisions;
mod high_value;
mod indicators;
pub(crate) mod rows;
mod told;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date, tz::Offset};
use serde::{Deserialize, Serialize};

pub use self::decisions::{DecidedCondition, DecidedLevel, Decisions};
pub use self::indicators::{Restated, restated};
use self::rows::Rows;
pub use self::told::quantity;
pub(crate) use self::{
    assembly::Assembly,
    conditions::{CONSTANT_COLUMNS, take_conditions},
    decisions::DecisionsBuilder,
};
use crate::{Error, Kind, Snapshot, verdict::Operator};

/// The answer of one run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Evaluation {
    /// The id of the run: the hash of everything it depends on.
    pub run: String,
    /// The id of the policy document.
    pub policy: String,
    /// The day whose state was judged.
    pub as_of: Date,
    /// The moment up to which facts counted as known, in Beijing time.
    pub known_at: String,
    /// The id of the snapshot.
    pub snapshot: String,
    /// Every parameter as applied; empty text is unset.
    pub parameters: BTreeMap<String, String>,
    /// Targets and monitored figures, in the order of the document.
    pub indicators: Vec<Indicator>,
    /// Awards reached, by award and subject.
    pub awards: Vec<Award>,
    /// High-value inventions.
    pub high_value: HighValue,
    /// Subjects close to an award or to its next level.
    pub near_misses: Vec<NearMiss>,
    /// Subjects of whom a missing fact decides.
    pub undetermined: Vec<Undetermined>,
    /// Awards that cannot be decided for anyone.
    pub award_unknown: Vec<AwardUnknown>,
    /// The hash of the policy document.
    pub policy_hash: String,
    /// The unit to which the run is limited; null is the whole city.
    pub scope: Option<String>,
    /// The what-if values among the parameters.
    pub overrides: BTreeMap<String, String>,
    /// The version of the engine's meaning.
    pub engine: String,
    /// The rights behind each indicator: (code, `right_id`, region, uscc), and (unit, amount) where the document says them.
    #[serde(skip, default = "no_indicator_evidence")]
    indicator_evidence: Rows,
    /// The rights behind each condition: (award, subject, condition, `right_id`).
    #[serde(skip, default = "no_award_evidence")]
    award_evidence: Rows,
    /// Every condition of every subject.
    #[serde(skip)]
    decisions: Decisions,
}

/// A target or monitored figure (指标), decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// Its code, for instance `K01`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The clauses that state it.
    pub clauses: Vec<String>,
    /// The numerator in base units; null when not known.
    pub numerator: Option<i64>,
    /// The denominator in base units; null when there is none or it is not known.
    pub denominator: Option<i64>,
    /// The figure as shown.
    pub value: Option<String>,
    /// The comparison with the target.
    pub operator: Option<Operator>,
    /// The target in the unit of the figure.
    pub target: Option<String>,
    /// Whether the target is met; null when not known or when there is none.
    pub met: Option<bool>,
    /// Why.
    pub reason: String,
    /// The numerator by town, sorted by name.
    pub by_region: Vec<RegionCount>,
    /// `exact`, `lower` (the numerator is a lower bound) or `unknown`.
    pub bound: String,
    /// The most that the numerator can be, where it is not exact.
    pub upper: Option<i64>,
    /// The unit of the figure.
    pub unit: String,
    /// The number of rights behind the numerator.
    pub evidence_count: u64,
    /// The reading taken where the document is open.
    pub reading: String,
}

/// The numerator of one town.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionCount {
    /// Its name.
    pub region: String,
    /// Its part of the numerator.
    pub numerator: i64,
}

/// An award (奖励) that a subject reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// The id of the award.
    pub award: String,
    /// The USCC of the subject.
    pub subject: String,
    /// Its name, where known.
    pub name: Option<String>,
    /// The highest level whose conditions all hold.
    pub level: i64,
    /// The clauses that promise it.
    pub clauses: Vec<String>,
    /// The facts it rests on; null is not known.
    pub facts: BTreeMap<String, Option<i64>>,
    /// The conditions of the level.
    pub conditions: Vec<Condition>,
    /// The ids of the rights it rests on, sorted.
    pub evidence: Vec<String>,
    /// The amount in fen; null without a basis document.
    pub amount_fen: Option<i64>,
    /// Why there is, or is no, amount.
    pub amount_reason: String,
    /// The amount that a what-if assumes; never paid.
    pub assumed_amount_fen: Option<i64>,
    /// The name of the level, where levels have names.
    pub level_name: String,
}

/// One condition of an award, decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What is required, in words.
    pub text: String,
    /// The actual number; null when not known.
    pub actual: Option<String>,
    /// The operator and the required number, for instance `> 30`.
    pub required: String,
    /// Whether it holds; null when not known.
    pub holds: Option<bool>,
    /// Its id within the award.
    pub id: String,
    /// The clause that sets it.
    pub clause: String,
    /// The unit of the numbers.
    pub unit: String,
    /// How many units are lacking; null when not known.
    pub distance: Option<i64>,
    /// The most that the actual number can be, where it is not exact.
    pub upper: Option<i64>,
}

/// A subject close to an award or to its next level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearMiss {
    /// The id of the award.
    pub award: String,
    /// The USCC of the subject.
    pub subject: String,
    /// Its name, where known.
    pub name: Option<String>,
    /// The level that is near.
    pub level: i64,
    /// The level reached already, if any.
    pub reached: Option<i64>,
    /// The clauses that promise the award.
    pub clauses: Vec<String>,
    /// What is lacking, in words: 再有 1 件即可达标.
    pub lacking: String,
    /// Units lacking over all conditions.
    pub distance: i64,
    /// The conditions of the near level.
    pub conditions: Vec<Condition>,
}

/// A subject of whom a missing fact decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undetermined {
    /// The id of the award.
    pub award: String,
    /// The USCC of the subject.
    pub subject: String,
    /// Its name, where known.
    pub name: Option<String>,
    /// The level that is open.
    pub level: i64,
    /// The level reached in any case, if any.
    pub reached: Option<i64>,
    /// The conditions that are not known.
    pub conditions: Vec<Condition>,
}

/// High-value inventions (高价值发明专利): our pre-judgement beside the official list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HighValue {
    /// Inventions that count, each once, from the chosen source; null when no rule says.
    pub total: Option<i64>,
    /// Inventions that a person has yet to judge.
    pub undetermined: i64,
    /// Inventions by category; null is not computable.
    pub categories: BTreeMap<String, Option<i64>>,
    /// Why a category is not computable.
    pub category_reasons: BTreeMap<String, String>,
    /// The chosen source: `official` or `computed`.
    pub source: String,
    /// The size of our pre-judgement.
    pub computed: Option<i64>,
    /// The size of the official list of that day; null when there is none.
    pub official: Option<i64>,
    /// What only one of the two lists holds; null when there is no official list.
    pub difference: Option<Difference>,
}

/// An award that cannot be decided for anyone, so that an empty list does not mean that nobody reaches it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AwardUnknown {
    /// The id of the award.
    pub award: String,
    /// Why.
    pub reason: String,
}

/// The difference between the official list and our pre-judgement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Application numbers that only the official list holds.
    pub only_official: Vec<String>,
    /// Application numbers that only our pre-judgement holds.
    pub only_computed: Vec<String>,
}

/// One right behind an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndicatorEvidence<'a> {
    /// The id of the right, person or enterprise counted.
    pub right_id: &'a str,
    /// Its town, where known.
    pub region: Option<&'a str>,
    /// The enterprise it is counted for, where known.
    pub uscc: Option<&'a str>,
    /// What the numerator counts once, where several rights are one unit: the international application; else the right itself.
    pub unit: &'a str,
    /// What the right adds to a numerator that is an amount, in its base unit; nothing where units are counted.
    pub amount: Option<i64>,
}

const INDICATOR_EVIDENCE: [(&str, Kind); 4] =
    [("code", Kind::Text), ("right_id", Kind::Text), ("region", Kind::Text), ("uscc", Kind::Text)];

/// How a right counts, where the policy document says it; documents of before 2026-11-27 do not.
const INDICATOR_WEIGHT: [(&str, Kind); 2] = [("unit", Kind::Text), ("amount", Kind::Integer)];

const AWARD_EVIDENCE: [(&str, Kind); 4] =
    [("award", Kind::Text), ("subject", Kind::Text), ("condition", Kind::Text), ("right_id", Kind::Text)];

fn no_indicator_evidence() -> Rows {
    Rows::empty(&INDICATOR_EVIDENCE)
}

fn no_award_evidence() -> Rows {
    Rows::empty(&AWARD_EVIDENCE)
}

impl Evaluation {
    /// The JSON of the contract, one line, with a newline at its end; the same run gives the same bytes.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string(self).expect("texts, numbers and lists always serialise");
        text.push('\n');
        text
    }

    /// Reads back the JSON of a stored run; the details are added by [`Evaluation::with_details`].
    pub fn from_json(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text)
            .map_err(|e| Error::Snapshot(format!("运行结果已损坏（{e}）；请重新运行评估或从备份恢复")))
    }

    /// The rights behind the figures and every condition of every subject, as tables with a hash.
    pub fn details(&self) -> Result<Snapshot, Error> {
        Snapshot::new([
            ("award_condition".to_owned(), self.decisions.to_table()?),
            ("award_evidence".to_owned(), self.award_evidence.batch().clone()),
            ("indicator_evidence".to_owned(), self.indicator_evidence.batch().clone()),
        ])
    }

    /// The same run with the details that were stored beside it.
    pub fn with_details(mut self, details: &Snapshot) -> Result<Self, Error> {
        let table = |name: &str| {
            details
                .table(name)
                .cloned()
                .ok_or_else(|| Error::Snapshot(format!("运行明细缺少表 {name}；请重新运行评估或从备份恢复")))
        };
        self.decisions = Decisions::from_table(&table("award_condition")?)?;
        self.award_evidence = Rows::sorted(table("award_evidence")?);
        self.indicator_evidence = Rows::sorted(table("indicator_evidence")?);
        Ok(self)
    }

    /// The indicator of this code.
    pub fn indicator(&self, code: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.code == code)
    }

    /// The rights behind an indicator, sorted by id.
    pub fn indicator_evidence(&self, code: &str) -> impl Iterator<Item = IndicatorEvidence<'_>> {
        let rows = &self.indicator_evidence;
        rows.range(&[code]).map(|row| {
            let right_id = rows.text(1, row).unwrap_or_default();
            IndicatorEvidence {
                right_id,
                region: rows.text(2, row),
                uscc: rows.text(3, row),
                unit: rows.text(4, row).unwrap_or(right_id),
                amount: rows.integer(5, row),
            }
        })
    }

    /// The rights behind an award of a subject, as (condition, right), whether it is reached or not.
    pub fn award_evidence(&self, award: &str, subject: &str) -> impl Iterator<Item = (&str, &str)> {
        let rows = &self.award_evidence;
        rows.range(&[award, subject])
            .map(|row| (rows.text(2, row).unwrap_or_default(), rows.text(3, row).unwrap_or_default()))
    }

    /// Every level of an award for one subject, with every condition met, missed or not known.
    pub fn explain(&self, award: &str, subject: &str) -> Vec<DecidedLevel> {
        self.decisions.explain(award, subject)
    }

    /// The same for a subject of whom no right counts.
    pub fn explain_nothing(&self, award: &str) -> Vec<DecidedLevel> {
        self.decisions.explain_nothing(award)
    }

    /// Every condition of every subject.
    pub fn decisions(&self) -> &Decisions {
        &self.decisions
    }
}

/// An instant as the contract writes it, at Beijing's fixed offset.
pub fn beijing(instant: Timestamp) -> String {
    instant.display_with_offset(Offset::constant(8)).to_string()
}
