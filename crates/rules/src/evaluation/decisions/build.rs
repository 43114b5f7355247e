//! Putting the conditions together as the rules answer them.

use std::collections::{BTreeMap, HashMap};

use datafusion::arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, Int64Builder, StringArray, StringBuilder, UInt32Array},
    buffer::BooleanBuffer,
    compute::{concat, take},
    datatypes::Int64Type,
};

use super::{ABSENT, AwardCases, Decisions, Level, Placed, block::Block, block::Definition, subjects::Subjects};
use crate::Error;

/// A text column, or the one text that stands in every row.
pub(in crate::evaluation) enum Texts {
    Same(String),
    Each(StringArray),
}

/// A column of whole numbers, or the one number that stands in every row.
pub(in crate::evaluation) enum Wholes {
    Same(i64),
    Each(Int64Array),
}

impl Texts {
    fn at(&self, row: usize) -> &str {
        match self {
            Self::Same(text) => text,
            Self::Each(cells) => cells.value(row),
        }
    }

    fn is_same(&self) -> bool {
        matches!(self, Self::Same(_))
    }
}

impl Wholes {
    fn at(&self, row: usize) -> i64 {
        match self {
            Self::Same(number) => *number,
            Self::Each(cells) => cells.value(row),
        }
    }

    fn is_same(&self) -> bool {
        matches!(self, Self::Same(_))
    }
}

/// Some rows of conditions; nothing but `actual` and `upper` may be null.
pub(in crate::evaluation) struct Input {
    pub(in crate::evaluation) award: Texts,
    pub(in crate::evaluation) subject: StringArray,
    pub(in crate::evaluation) level: Wholes,
    pub(in crate::evaluation) id: Texts,
    pub(in crate::evaluation) text: Texts,
    pub(in crate::evaluation) actual: Int64Array,
    pub(in crate::evaluation) upper: Option<Int64Array>,
    pub(in crate::evaluation) operator: Texts,
    pub(in crate::evaluation) required: Wholes,
    pub(in crate::evaluation) unit: Texts,
    pub(in crate::evaluation) clause: Texts,
}

impl Input {
    fn is_one_condition(&self) -> bool {
        let texts = [&self.award, &self.id, &self.text, &self.operator, &self.unit, &self.clause];
        texts.into_iter().all(Texts::is_same) && self.level.is_same() && self.required.is_same()
    }

    fn matches(&self, row: usize, definition: &Definition) -> bool {
        self.required.at(row) == definition.required
            && self.level.at(row) == definition.level
            && self.id.at(row) == definition.id
            && self.award.at(row) == definition.award
            && self.operator.at(row) == definition.operator.symbol()
            && self.unit.at(row) == definition.unit
            && self.clause.at(row) == definition.clause
            && self.text.at(row) == definition.text
    }

    fn define(&self, row: usize) -> Result<Definition, Error> {
        Ok(Definition {
            award: self.award.at(row).to_owned(),
            level: self.level.at(row),
            id: self.id.at(row).to_owned(),
            text: self.text.at(row).to_owned(),
            operator: self.operator.at(row).parse()?,
            required: self.required.at(row),
            unit: self.unit.at(row).to_owned(),
            clause: self.clause.at(row).to_owned(),
        })
    }
}

/// Rows of one condition, in the order in which they came.
#[derive(Default)]
struct Chunk {
    subject: Vec<ArrayRef>,
    actual: Vec<ArrayRef>,
    upper: Vec<ArrayRef>,
}

/// Collects conditions part by part.
#[derive(Default)]
pub(crate) struct DecisionsBuilder {
    definitions: Vec<Definition>,
    by_definition: HashMap<Definition, usize>,
    chunks: Vec<Chunk>,
}

impl DecisionsBuilder {
    /// Takes some rows; those of one condition are taken without copying.
    pub(in crate::evaluation) fn add(&mut self, input: &Input) -> Result<(), Error> {
        if input.subject.is_empty() {
            return Ok(());
        }
        let upper = input.upper.clone().unwrap_or_else(|| Int64Array::new_null(input.subject.len()));
        if input.is_one_condition() {
            let definition = self.intern(input.define(0)?);
            self.chunks[definition].push(input.subject.clone(), input.actual.clone(), upper);
            return Ok(());
        }
        let mut hands: BTreeMap<usize, Hand> = BTreeMap::new();
        let mut last = None;
        for row in 0..input.subject.len() {
            let definition = match last {
                Some(last) if input.matches(row, &self.definitions[last]) => last,
                _ => self.intern(input.define(row)?),
            };
            last = Some(definition);
            hands.entry(definition).or_default().push(input, &upper, row);
        }
        for (definition, hand) in hands {
            let Hand { mut subject, mut actual, mut upper } = hand;
            self.chunks[definition].push(subject.finish(), actual.finish(), upper.finish());
        }
        Ok(())
    }

    fn intern(&mut self, definition: Definition) -> usize {
        if let Some(known) = self.by_definition.get(&definition) {
            return *known;
        }
        let index = self.definitions.len();
        self.definitions.push(definition.clone());
        self.by_definition.insert(definition, index);
        self.chunks.push(Chunk::default());
        index
    }

    /// Decides every condition and refuses one that stands twice for one subject.
    pub(crate) fn finish(self) -> Result<Decisions, Error> {
        let mut parts: Vec<(Definition, Chunk)> = self.definitions.into_iter().zip(self.chunks).collect();
        parts.sort_by(|a, b| a.0.cmp(&b.0));
        let mut blocks: Vec<Block> = Vec::with_capacity(parts.len());
        for (definition, chunk) in parts {
            let block = chunk.decide(definition, blocks.last().map(|block| &block.subjects))?;
            blocks.push(block);
        }
        let mut awards: Vec<Vec<Block>> = Vec::new();
        for block in blocks {
            match awards.last_mut() {
                Some(last) if last[0].definition.award == block.definition.award => last.push(block),
                _ => awards.push(vec![block]),
            }
        }
        Ok(Decisions { awards: awards.into_iter().map(place).collect::<Result<_, _>>()? })
    }
}

/// The rows of one condition out of mixed ones.
#[derive(Default)]
struct Hand {
    subject: StringBuilder,
    actual: Int64Builder,
    upper: Int64Builder,
}

impl Hand {
    fn push(&mut self, input: &Input, upper: &Int64Array, row: usize) {
        self.subject.append_value(input.subject.value(row));
        self.actual.append_option((!input.actual.is_null(row)).then(|| input.actual.value(row)));
        self.upper.append_option((!upper.is_null(row)).then(|| upper.value(row)));
    }
}

impl Chunk {
    fn push(&mut self, subject: StringArray, actual: Int64Array, upper: Int64Array) {
        self.subject.push(std::sync::Arc::new(subject));
        self.actual.push(std::sync::Arc::new(actual));
        self.upper.push(std::sync::Arc::new(upper));
    }

    /// Decides the condition; `before` are the subjects of the condition before, which are often the same.
    fn decide(self, definition: Definition, before: Option<&Subjects>) -> Result<Block, Error> {
        let subject = whole(&self.subject)?;
        let actual = whole(&self.actual)?;
        let upper = whole(&self.upper)?;
        let names = subject.as_string::<i32>();
        let numbers = |cells: &ArrayRef| cells.as_primitive::<Int64Type>().clone();
        if let Some(before) = before.filter(|before| before.are(names)) {
            return Ok(Block::decide(definition, before.clone(), numbers(&actual), Some(numbers(&upper))));
        }
        if (1..names.len()).all(|row| names.value(row - 1) < names.value(row)) {
            let subjects = Subjects::sorted(names.clone());
            return Ok(Block::decide(definition, subjects, numbers(&actual), Some(numbers(&upper))));
        }
        let count = u32::try_from(names.len()).map_err(|_| too_many())?;
        let mut order: Vec<u32> = (0..count).collect();
        order.sort_unstable_by(|a, b| names.value(*a as usize).cmp(names.value(*b as usize)));
        if let Some(twice) =
            order.windows(2).find(|pair| names.value(pair[0] as usize) == names.value(pair[1] as usize))
        {
            return Err(stands_twice(&definition, names.value(twice[0] as usize)));
        }
        let order = UInt32Array::from(order);
        let subjects = take(&subject, &order, None)?.as_string::<i32>().clone();
        // Sorted now, so it may be the same as the subjects before after all.
        let subjects = before.filter(|b| b.are(&subjects)).cloned().unwrap_or_else(|| Subjects::sorted(subjects));
        let (actual, upper) = (take(&actual, &order, None)?, take(&upper, &order, None)?);
        Ok(Block::decide(definition, subjects, numbers(&actual), Some(numbers(&upper))))
    }
}

fn whole(parts: &[ArrayRef]) -> Result<ArrayRef, Error> {
    match parts {
        [only] => Ok(only.clone()),
        several => {
            let parts: Vec<&dyn Array> = several.iter().map(AsRef::as_ref).collect();
            Ok(concat(&parts)?)
        }
    }
}

/// The blocks of one award, over one list of subjects.
fn place(blocks: Vec<Block>) -> Result<AwardCases, Error> {
    let first = &blocks[0].subjects;
    let subjects = if blocks.iter().all(|block| block.subjects.equal(first)) {
        first.clone()
    } else {
        Subjects::union(&blocks.iter().map(|block| &block.subjects).collect::<Vec<_>>())
    };
    u32::try_from(subjects.len()).map_err(|_| too_many())?;
    let award = blocks[0].definition.award.clone();
    let mut levels: Vec<Level> = Vec::new();
    let mut at_level: Vec<Placed> = Vec::new();
    for block in blocks {
        if at_level.first().is_some_and(|placed| placed.block.definition.level != block.definition.level) {
            levels.push(level(std::mem::take(&mut at_level), subjects.len())?);
        }
        let rows = (!block.subjects.equal(&subjects)).then(|| rows_of(&block.subjects, &subjects));
        at_level.push(Placed { block, rows });
    }
    levels.push(level(at_level, subjects.len())?);
    Ok(AwardCases { award, subjects, levels })
}

/// For each of all subjects its row among some of them; both ascend.
fn rows_of(some: &Subjects, all: &Subjects) -> Vec<u32> {
    let mut row = 0;
    all.iter()
        .map(|subject| {
            if row < some.len() && some.get(row) == subject {
                row += 1;
                (row - 1) as u32
            } else {
                ABSENT
            }
        })
        .collect()
}

fn level(blocks: Vec<Placed>, subjects: usize) -> Result<Level, Error> {
    for (index, one) in blocks.iter().enumerate() {
        let same_id = |other: &&Placed| other.block.definition.id == one.block.definition.id;
        for other in blocks[index + 1..].iter().take_while(same_id) {
            let both = |subject: &usize| one.row(*subject).is_some() && other.row(*subject).is_some();
            if let Some(subject) = (0..subjects).find(both) {
                let row = one.row(subject).unwrap_or_default();
                return Err(stands_twice(&one.block.definition, one.block.subjects.get(row)));
            }
        }
    }
    let spread = |placed: &Placed, bits: &BooleanBuffer, absent: bool| match &placed.rows {
        None => bits.clone(),
        Some(_) => {
            BooleanBuffer::collect_bool(subjects, |subject| placed.row(subject).map_or(absent, |row| bits.value(row)))
        }
    };
    let mut holds = BooleanBuffer::new_set(subjects);
    let mut fails = BooleanBuffer::new_unset(subjects);
    for placed in &blocks {
        holds = &holds & &spread(placed, &placed.block.holds, true);
        fails = &fails | &spread(placed, &placed.block.fails, false);
    }
    let everywhere = blocks.iter().any(|placed| placed.rows.is_none());
    let present = (!everywhere).then(|| {
        BooleanBuffer::collect_bool(subjects, |subject| blocks.iter().any(|placed| placed.row(subject).is_some()))
    });
    if let Some(present) = &present {
        holds = &holds & present;
    }
    Ok(Level { level: blocks[0].block.definition.level, blocks, present, holds, fails })
}

fn stands_twice(definition: &Definition, subject: &str) -> Error {
    Error::Policy(format!(
        "视图 condition 对 {subject} 的奖励 {} 第 {} 级条件 {} 给出了不止一行；请检查规则中的关联是否重复",
        definition.award, definition.level, definition.id
    ))
}

fn too_many() -> Error {
    Error::Policy("一项奖励的对象超过 42 亿个；请用 scope 缩小范围后重试".to_owned())
}
