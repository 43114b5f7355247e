//! Every condition of every subject, decided, kept compactly: a million subjects with their reasons.
//!
//! What the rows of one condition have in common is kept once. Its subjects and actual figures stay the
//! Arrow arrays that the rules answered, so a condition over a whole table copies nothing; verdicts are two
//! bits a subject. `decisions/block.rs` decides one condition, `decisions/build.rs` puts them together.

mod block;
mod build;
mod subjects;

use datafusion::arrow::{
    array::{AsArray, RecordBatch, StringArray},
    buffer::BooleanBuffer,
    datatypes::Int64Type,
};

pub(crate) use self::build::DecisionsBuilder;
pub(super) use self::build::{Input, Texts, Wholes};
use self::{
    block::{Block, Definition},
    subjects::Subjects,
};
use crate::{Error, Kind, TableBuilder, Value, verdict::Operator};

/// One condition of a level, decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedCondition {
    /// Its id within the award.
    pub id: String,
    /// What is required, in words.
    pub text: String,
    /// The actual number; `None` is not known.
    pub actual: Option<i64>,
    /// The most that it can be, where it is not exact.
    pub upper: Option<i64>,
    /// The comparison.
    pub operator: Operator,
    /// The required number.
    pub required: i64,
    /// Their unit.
    pub unit: String,
    /// The clause that sets it.
    pub clause: String,
    /// Whether it holds; `None` is not known.
    pub holds: Option<bool>,
}

/// One level of an award for one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedLevel {
    /// Its number.
    pub level: i64,
    /// Whether all its conditions hold; `None` when that is not known.
    pub holds: Option<bool>,
    /// Its conditions, by id.
    pub conditions: Vec<DecidedCondition>,
}

/// Every condition of every subject.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// By award.
    awards: Vec<AwardCases>,
}

/// One award, for every subject on which it was decided.
#[derive(Debug, Clone)]
struct AwardCases {
    award: String,
    subjects: Subjects,
    /// Ascending.
    levels: Vec<Level>,
}

/// One level of one award; bits stand in the order of the award's subjects.
#[derive(Debug, Clone)]
struct Level {
    level: i64,
    /// By definition.
    blocks: Vec<Placed>,
    /// The subjects that have a condition of this level; `None` is all.
    present: Option<BooleanBuffer>,
    /// All conditions hold.
    holds: BooleanBuffer,
    /// A condition fails.
    fails: BooleanBuffer,
}

/// A block with the row of each subject of the award in it; `None` when the subjects are the same.
#[derive(Debug, Clone)]
struct Placed {
    block: Block,
    rows: Option<Vec<u32>>,
}

const ABSENT: u32 = u32::MAX;

/// One award of one subject.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    award: &'a AwardCases,
    subject: usize,
}

/// One level of one case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing<'a> {
    level: &'a Level,
    subject: usize,
}

impl Decisions {
    /// The number of conditions decided, over all subjects.
    pub fn len(&self) -> usize {
        self.awards.iter().flat_map(|award| &award.levels).flat_map(|level| &level.blocks).map(|b| b.block.len()).sum()
    }

    /// Whether no condition was decided.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every level of an award for one subject.
    pub fn explain(&self, award: &str, subject: &str) -> Vec<DecidedLevel> {
        let Some(award) = self.award(award) else {
            return Vec::new();
        };
        award.subjects.find(subject).map_or_else(Vec::new, |subject| Case { award, subject }.levels())
    }

    /// Every level of an award for a subject of whom nothing counts, so that the rules name it nowhere: each condition against a count of
    /// nothing.
    pub fn explain_nothing(&self, award: &str) -> Vec<DecidedLevel> {
        self.award(award).map_or_else(Vec::new, |award| award.levels.iter().map(Level::of_nothing).collect())
    }

    /// The subjects on which an award was decided, sorted.
    pub fn subjects<'a>(&'a self, award: &str) -> impl Iterator<Item = &'a str> {
        self.award(award).into_iter().flat_map(|award| award.subjects.iter())
    }

    /// Each subject of an award, sorted, with the highest level whose conditions all hold.
    pub fn reached<'a>(&'a self, award: &str) -> impl Iterator<Item = (&'a str, Option<i64>)> {
        self.award(award).into_iter().flat_map(|award| award.subjects.iter().zip(award.reached()))
    }

    /// How many subjects reach each level of an award as their highest, levels ascending.
    pub fn tally(&self, award: &str) -> Vec<(i64, usize)> {
        let Some(award) = self.award(award) else {
            return Vec::new();
        };
        let mut above = BooleanBuffer::new_unset(award.subjects.len());
        let mut tally = Vec::new();
        for level in award.levels.iter().rev() {
            tally.push((level.level, (&level.holds & &!&above).count_set_bits()));
            above = &above | &level.holds;
        }
        tally.reverse();
        tally
    }

    fn award(&self, id: &str) -> Option<&AwardCases> {
        let found = self.awards.binary_search_by(|award| award.award.as_str().cmp(id)).ok()?;
        Some(&self.awards[found])
    }

    pub(super) fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.awards.iter().flat_map(|award| (0..award.subjects.len()).map(move |subject| Case { award, subject }))
    }

    /// All rows as one table, by award, subject, level and condition.
    pub fn to_table(&self) -> Result<RecordBatch, Error> {
        let mut table = TableBuilder::new(&TABLE);
        for case in self.cases() {
            for standing in case.standing() {
                for (definition, decided) in standing.decided() {
                    table.push(vec![
                        definition.award.as_str().into(),
                        case.subject().into(),
                        definition.level.into(),
                        definition.id.as_str().into(),
                        definition.text.as_str().into(),
                        decided.actual.into(),
                        decided.upper.into(),
                        definition.operator.symbol().into(),
                        definition.required.into(),
                        definition.unit.as_str().into(),
                        definition.clause.as_str().into(),
                        Value::from(decided.holds),
                    ])?;
                }
            }
        }
        table.finish()
    }

    /// Reads back a table of [`Decisions::to_table`]; verdicts are computed again.
    pub fn from_table(table: &RecordBatch) -> Result<Self, Error> {
        let wrong = || Error::Snapshot("运行明细的条件表格式不对；请重新运行评估".to_owned());
        if table.num_columns() != TABLE.len() {
            return Err(wrong());
        }
        let text = |index: usize| {
            let cells: &StringArray = table.column(index).as_string_opt::<i32>().ok_or_else(wrong)?;
            Ok::<_, Error>(Texts::Each(cells.clone()))
        };
        let number = |index: usize| table.column(index).as_primitive_opt::<Int64Type>().cloned().ok_or_else(wrong);
        let mut builder = DecisionsBuilder::default();
        builder.add(&Input {
            award: text(0)?,
            subject: table.column(1).as_string_opt::<i32>().ok_or_else(wrong)?.clone(),
            level: Wholes::Each(number(2)?),
            id: text(3)?,
            text: text(4)?,
            actual: number(5)?,
            upper: Some(number(6)?),
            operator: text(7)?,
            required: Wholes::Each(number(8)?),
            unit: text(9)?,
            clause: text(10)?,
        })?;
        builder.finish()
    }
}

const TABLE: [(&str, Kind); 12] = [
    ("award", Kind::Text),
    ("subject", Kind::Text),
    ("level", Kind::Integer),
    ("id", Kind::Text),
    ("text", Kind::Text),
    ("actual", Kind::Integer),
    ("upper", Kind::Integer),
    ("operator", Kind::Text),
    ("required", Kind::Integer),
    ("unit", Kind::Text),
    ("clause", Kind::Text),
    ("holds", Kind::Flag),
];

impl AwardCases {
    /// The highest level of each subject.
    fn reached(&self) -> impl Iterator<Item = Option<i64>> {
        (0..self.subjects.len())
            .map(|subject| self.levels.iter().rev().find(|level| level.holds.value(subject)).map(|level| level.level))
    }
}

impl Level {
    fn of_nothing(&self) -> DecidedLevel {
        let condition = |placed: &Placed| placed.block.definition.condition(placed.block.of_nothing());
        let conditions: Vec<DecidedCondition> = self.blocks.iter().map(condition).collect();
        let all_hold = conditions.iter().all(|one| one.holds == Some(true)).then_some(true);
        let holds = if conditions.iter().any(|one| one.holds == Some(false)) { Some(false) } else { all_hold };
        DecidedLevel { level: self.level, holds, conditions }
    }
}

impl<'a> Case<'a> {
    pub(super) fn award(self) -> &'a str {
        &self.award.award
    }

    pub(super) fn subject(self) -> &'a str {
        self.award.subjects.get(self.subject)
    }

    /// The levels that have a condition for this subject, ascending.
    pub(super) fn standing(self) -> impl Iterator<Item = Standing<'a>> {
        let subject = self.subject;
        let there = move |level: &&Level| level.present.as_ref().is_none_or(|present| present.value(subject));
        self.award.levels.iter().filter(there).map(move |level| Standing { level, subject })
    }

    fn levels(self) -> Vec<DecidedLevel> {
        self.standing()
            .map(|standing| DecidedLevel {
                level: standing.level(),
                holds: standing.holds(),
                conditions: standing.conditions().collect(),
            })
            .collect()
    }
}

impl<'a> Standing<'a> {
    pub(super) fn level(self) -> i64 {
        self.level.level
    }

    /// A failed condition settles it; else an unknown one leaves it open.
    pub(super) fn holds(self) -> Option<bool> {
        match (self.level.holds.value(self.subject), self.level.fails.value(self.subject)) {
            (_, true) => Some(false),
            (true, _) => Some(true),
            _ => None,
        }
    }

    /// Whether each failed condition is within this many units, and none is unknown.
    pub(super) fn is_within(self, distance: i64) -> bool {
        self.decided().all(|(definition, decided)| match decided.holds {
            Some(true) => true,
            None => false,
            Some(false) => decided
                .actual
                .and_then(|actual| definition.operator.distance(actual, definition.required))
                .is_some_and(|lacking| lacking <= distance),
        })
    }

    pub(super) fn conditions(self) -> impl Iterator<Item = DecidedCondition> {
        self.decided().map(|(definition, decided)| definition.condition(decided))
    }

    fn decided(self) -> impl Iterator<Item = (&'a Definition, block::Decided)> {
        self.level.blocks.iter().filter_map(move |placed| {
            let row = placed.row(self.subject)?;
            Some((&placed.block.definition, placed.block.decided(row)))
        })
    }
}

impl Placed {
    fn row(&self, subject: usize) -> Option<usize> {
        match &self.rows {
            None => Some(subject),
            Some(rows) => Some(rows[subject]).filter(|row| *row != ABSENT).map(|row| row as usize),
        }
    }
}
