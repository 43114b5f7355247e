//! Every condition of every subject, decided, kept compactly: a million subjects with their reasons.
//!
//! Subjects and definitions of conditions are kept once; a row is two small numbers, the actual
//! figure and a byte of flags. Rows are ordered by award, subject, level and condition.

use std::{
    cmp::Ordering,
    collections::HashMap,
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    ops::Range,
};

use datafusion::arrow::{
    array::{Array, AsArray, Int64Array, RecordBatch, StringArray},
    datatypes::Int64Type,
};

use crate::{
    Error, Kind, TableBuilder, Value,
    verdict::{Known, Operator, Ratio},
};

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

/// What all rows of one condition have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Definition {
    award: String,
    level: i64,
    id: String,
    text: String,
    operator: Operator,
    required: i64,
    unit: String,
    clause: String,
}

/// Every condition of every subject.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    definitions: Vec<Definition>,
    subjects: Names,
    rows: Columns,
    /// Rows in order of award, subject, level and condition.
    order: Vec<u32>,
    /// One group per award and subject, as a range of `order`.
    groups: Vec<Group>,
}

#[derive(Debug, Clone)]
struct Group {
    subject: u32,
    start: u32,
    end: u32,
}

#[derive(Debug, Clone, Default)]
struct Columns {
    subject: Vec<u32>,
    definition: Vec<u32>,
    actual: Vec<i64>,
    flags: Vec<u8>,
    /// Few conditions have an upper bound: row and bound, rows ascending.
    upper: Vec<(u32, i64)>,
}

const KNOWN: u8 = 1;
const HOLDS: u8 = 2;
const FAILS: u8 = 4;

/// One award of one subject.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    decisions: &'a Decisions,
    group: &'a Group,
}

impl Decisions {
    /// The number of conditions decided, over all subjects.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether no condition was decided.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Every level of an award for one subject.
    pub fn explain(&self, award: &str, subject: &str) -> Vec<DecidedLevel> {
        let place = |case: &Case| case.award().cmp(award).then_with(|| case.subject().cmp(subject));
        let found = self.groups.binary_search_by(|group| place(&Case { decisions: self, group }));
        match found {
            Ok(index) => self.case(index).levels(),
            Err(_) => Vec::new(),
        }
    }

    /// The subjects on which an award was decided, sorted.
    pub fn subjects<'a>(&'a self, award: &'a str) -> impl Iterator<Item = &'a str> {
        self.cases().filter(move |case| case.award() == award).map(|case| case.subject())
    }

    pub(super) fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.groups.iter().map(|group| Case { decisions: self, group })
    }

    fn case(&self, index: usize) -> Case<'_> {
        Case { decisions: self, group: &self.groups[index] }
    }

    fn definition(&self, row: u32) -> &Definition {
        &self.definitions[self.rows.definition[row as usize] as usize]
    }

    fn holds(&self, row: u32) -> Option<bool> {
        match self.rows.flags[row as usize] & (HOLDS | FAILS) {
            HOLDS => Some(true),
            FAILS => Some(false),
            _ => None,
        }
    }

    fn actual(&self, row: u32) -> Option<i64> {
        (self.rows.flags[row as usize] & KNOWN != 0).then(|| self.rows.actual[row as usize])
    }

    fn upper(&self, row: u32) -> Option<i64> {
        let found = self.rows.upper.binary_search_by_key(&row, |(row, _)| *row).ok()?;
        Some(self.rows.upper[found].1)
    }

    fn condition(&self, row: u32) -> DecidedCondition {
        let definition = self.definition(row);
        DecidedCondition {
            id: definition.id.clone(),
            text: definition.text.clone(),
            actual: self.actual(row),
            upper: self.upper(row),
            operator: definition.operator,
            required: definition.required,
            unit: definition.unit.clone(),
            clause: definition.clause.clone(),
            holds: self.holds(row),
        }
    }

    /// All rows as one table.
    pub fn to_table(&self) -> Result<RecordBatch, Error> {
        let mut table = TableBuilder::new(&TABLE);
        for &row in &self.order {
            let definition = self.definition(row);
            table.push(vec![
                definition.award.as_str().into(),
                self.subjects.get(self.rows.subject[row as usize]).into(),
                definition.level.into(),
                definition.id.as_str().into(),
                definition.text.as_str().into(),
                self.actual(row).into(),
                self.upper(row).into(),
                definition.operator.symbol().into(),
                definition.required.into(),
                definition.unit.as_str().into(),
                definition.clause.as_str().into(),
                Value::from(self.holds(row)),
            ])?;
        }
        table.finish()
    }

    /// Reads back a table of [`Decisions::to_table`]; verdicts are computed again.
    pub fn from_table(table: &RecordBatch) -> Result<Self, Error> {
        let wrong = || Error::Snapshot("运行明细的条件表格式不对；请重新运行评估".to_owned());
        let text = |index: usize| table.column(index).as_string_opt::<i32>().ok_or_else(wrong);
        let number = |index: usize| table.column(index).as_primitive_opt::<Int64Type>().ok_or_else(wrong);
        if table.num_columns() != TABLE.len() {
            return Err(wrong());
        }
        let mut builder = DecisionsBuilder::default();
        builder.add(&Input {
            award: text(0)?,
            subject: text(1)?,
            level: number(2)?,
            id: text(3)?,
            text: text(4)?,
            actual: number(5)?,
            upper: number(6)?,
            operator: text(7)?,
            required: number(8)?,
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

impl<'a> Case<'a> {
    pub(super) fn award(self) -> &'a str {
        &self.decisions.definition(self.rows()[0]).award
    }

    pub(super) fn subject(self) -> &'a str {
        self.decisions.subjects.get(self.group.subject)
    }

    fn rows(self) -> &'a [u32] {
        &self.decisions.order[self.group.start as usize..self.group.end as usize]
    }

    /// Ranges of rows of one level each, levels ascending, with whether all conditions hold.
    pub(super) fn standing(self) -> impl Iterator<Item = Standing<'a>> {
        let rows = self.rows();
        let decisions = self.decisions;
        rows.chunk_by(move |a, b| decisions.definition(*a).level == decisions.definition(*b).level)
            .map(move |rows| Standing { decisions, rows })
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

/// One level of one case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing<'a> {
    decisions: &'a Decisions,
    rows: &'a [u32],
}

impl<'a> Standing<'a> {
    pub(super) fn level(self) -> i64 {
        self.decisions.definition(self.rows[0]).level
    }

    /// A failed condition settles it; else an unknown one leaves it open.
    pub(super) fn holds(self) -> Option<bool> {
        let flags = |row: &u32| self.decisions.rows.flags[*row as usize];
        if self.rows.iter().any(|row| flags(row) & FAILS != 0) {
            return Some(false);
        }
        self.rows.iter().all(|row| flags(row) & HOLDS != 0).then_some(true)
    }

    /// Whether each failed condition is within this many units, and none is unknown.
    pub(super) fn is_within(self, distance: i64) -> bool {
        self.rows.iter().all(|row| match self.decisions.holds(*row) {
            Some(true) => true,
            None => false,
            Some(false) => {
                let definition = self.decisions.definition(*row);
                self.decisions
                    .actual(*row)
                    .and_then(|actual| definition.operator.distance(actual, definition.required))
                    .is_some_and(|lacking| lacking <= distance)
            }
        })
    }

    pub(super) fn conditions(self) -> impl Iterator<Item = DecidedCondition> {
        self.rows.iter().map(move |row| self.decisions.condition(*row))
    }
}

/// The columns of a batch of conditions.
pub(super) struct Input<'a> {
    pub(super) award: &'a StringArray,
    pub(super) subject: &'a StringArray,
    pub(super) level: &'a Int64Array,
    pub(super) id: &'a StringArray,
    pub(super) text: &'a StringArray,
    pub(super) actual: &'a Int64Array,
    pub(super) upper: &'a Int64Array,
    pub(super) operator: &'a StringArray,
    pub(super) required: &'a Int64Array,
    pub(super) unit: &'a StringArray,
    pub(super) clause: &'a StringArray,
}

impl Input<'_> {
    fn matches(&self, row: usize, definition: &Definition) -> bool {
        self.required.value(row) == definition.required
            && self.level.value(row) == definition.level
            && self.id.value(row) == definition.id
            && self.award.value(row) == definition.award
            && self.operator.value(row) == definition.operator.symbol()
            && self.unit.value(row) == definition.unit
            && self.clause.value(row) == definition.clause
            && self.text.value(row) == definition.text
    }

    fn define(&self, row: usize) -> Result<Definition, Error> {
        Ok(Definition {
            award: self.award.value(row).to_owned(),
            level: self.level.value(row),
            id: self.id.value(row).to_owned(),
            text: self.text.value(row).to_owned(),
            operator: self.operator.value(row).parse()?,
            required: self.required.value(row),
            unit: self.unit.value(row).to_owned(),
            clause: self.clause.value(row).to_owned(),
        })
    }
}

/// Collects conditions batch by batch, deciding each as it comes.
#[derive(Default)]
pub(super) struct DecisionsBuilder {
    definitions: Vec<Definition>,
    by_definition: HashMap<Definition, u32>,
    subjects: Names,
    rows: Columns,
}

impl DecisionsBuilder {
    /// Decides every row of the batch.
    pub(super) fn add(&mut self, input: &Input) -> Result<(), Error> {
        let mut last = None;
        for row in 0..input.subject.len() {
            let definition = match last {
                Some(last) if input.matches(row, &self.definitions[last as usize]) => last,
                _ => self.intern(input.define(row)?),
            };
            last = Some(definition);
            let subject = self.subjects.intern(input.subject.value(row))?;
            let actual = (!input.actual.is_null(row)).then(|| input.actual.value(row));
            let upper = (!input.upper.is_null(row)).then(|| input.upper.value(row));
            let Definition { operator, required, .. } = self.definitions[definition as usize];
            let known = Known { least: actual, most: upper.or(actual) };
            let mut flags = u8::from(actual.is_some()) * KNOWN;
            match known.test(Ratio::COUNT, operator, required) {
                Some(true) => flags |= HOLDS,
                Some(false) => flags |= FAILS,
                None => {}
            }
            if let Some(upper) = upper {
                let row = u32::try_from(self.rows.flags.len()).map_err(|_| too_many())?;
                self.rows.upper.push((row, upper));
            }
            self.rows.subject.push(subject);
            self.rows.definition.push(definition);
            self.rows.actual.push(actual.unwrap_or_default());
            self.rows.flags.push(flags);
        }
        Ok(())
    }

    fn intern(&mut self, definition: Definition) -> u32 {
        if let Some(known) = self.by_definition.get(&definition) {
            return *known;
        }
        // Fewer definitions than rows, which are counted in 32 bits below.
        let index = self.definitions.len() as u32;
        self.definitions.push(definition.clone());
        self.by_definition.insert(definition, index);
        index
    }

    /// Orders the rows and refuses a condition that stands twice for one subject.
    pub(super) fn finish(self) -> Result<Decisions, Error> {
        let Self { definitions, subjects, rows, .. } = self;
        let count = u32::try_from(rows.flags.len()).map_err(|_| too_many())?;
        let ranks = subjects.ranks();
        let (places, awards) = places(&definitions);
        // Rows are dealt out to their award and subject by counting, then each small hand is sorted.
        let width = subjects.len();
        let bucket =
            |row: usize| awards[rows.definition[row] as usize] * width + ranks[rows.subject[row] as usize] as usize;
        let buckets = awards.iter().max().map_or(0, |most| (most + 1) * width);
        let mut ends = vec![0u32; buckets];
        for row in 0..count as usize {
            ends[bucket(row)] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            total += std::mem::replace(end, total);
        }
        let mut order = vec![0u32; count as usize];
        for row in 0..count {
            let next = &mut ends[bucket(row as usize)];
            order[*next as usize] = row;
            *next += 1;
        }
        let mut groups = Vec::new();
        let mut start = 0;
        for end in ends {
            if end == start {
                continue;
            }
            let hand = &mut order[start as usize..end as usize];
            hand.sort_unstable_by_key(|row| places[rows.definition[*row as usize] as usize]);
            refuse_twice(hand, &definitions, &rows, &subjects)?;
            groups.push(Group { subject: rows.subject[hand[0] as usize], start, end });
            start = end;
        }
        Ok(Decisions { definitions, subjects, rows, order, groups })
    }
}

/// The place of each definition in sorted order, and the number of its award in that order.
fn places(definitions: &[Definition]) -> (Vec<u32>, Vec<usize>) {
    let mut sorted: Vec<usize> = (0..definitions.len()).collect();
    sorted.sort_by(|a, b| definitions[*a].cmp(&definitions[*b]));
    let mut places = vec![0; definitions.len()];
    let mut awards = vec![0; definitions.len()];
    let mut award = 0;
    for (place, index) in sorted.iter().enumerate() {
        if place > 0 && definitions[sorted[place - 1]].award != definitions[*index].award {
            award += 1;
        }
        places[*index] = place as u32;
        awards[*index] = award;
    }
    (places, awards)
}

fn refuse_twice(hand: &[u32], definitions: &[Definition], rows: &Columns, subjects: &Names) -> Result<(), Error> {
    for pair in hand.windows(2) {
        let [one, other] = [pair[0], pair[1]].map(|row| &definitions[rows.definition[row as usize] as usize]);
        if one.level == other.level && one.id == other.id {
            return Err(Error::Policy(format!(
                "视图 condition 对 {} 的奖励 {} 第 {} 级条件 {} 给出了不止一行；请检查规则中的关联是否重复",
                subjects.get(rows.subject[hand[0] as usize]),
                one.award,
                one.level,
                one.id
            )));
        }
    }
    Ok(())
}

fn too_many() -> Error {
    Error::Policy("条件超过 42 亿行；请用 scope 缩小范围后重试".to_owned())
}

/// Names kept once, in one piece of memory, each known by a number.
#[derive(Debug, Clone, Default)]
struct Names {
    text: String,
    ends: Vec<u64>,
    /// The first name of each hash, and for each name the next of the same hash.
    first: HashMap<u64, u32, BuildHasherDefault<AsIs>>,
    next: Vec<u32>,
    last: u32,
}

const NONE: u32 = u32::MAX;

impl Names {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, index: u32) -> &str {
        let range = self.range(index as usize);
        &self.text[range]
    }

    fn range(&self, index: usize) -> Range<usize> {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        start as usize..self.ends[index] as usize
    }

    /// Rules run through the same subjects in the same order, so the last or the next is tried first.
    fn intern(&mut self, name: &str) -> Result<u32, Error> {
        for guess in [self.last, self.last.wrapping_add(1)] {
            if (guess as usize) < self.len() && self.get(guess) == name {
                self.last = guess;
                return Ok(guess);
            }
        }
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(name);
        let mut at = self.first.get(&hash).copied().unwrap_or(NONE);
        let head = at;
        while at != NONE {
            if self.get(at) == name {
                self.last = at;
                return Ok(at);
            }
            at = self.next[at as usize];
        }
        let index = u32::try_from(self.len()).map_err(|_| too_many())?;
        self.text.push_str(name);
        self.ends.push(self.text.len() as u64);
        self.next.push(head);
        self.first.insert(hash, index);
        self.last = index;
        Ok(index)
    }

    /// For each name, its place in sorted order.
    fn ranks(&self) -> Vec<u32> {
        let mut sorted: Vec<u32> = (0..self.len() as u32).collect();
        let order = |a: &u32, b: &u32| -> Ordering { self.get(*a).cmp(self.get(*b)) };
        sorted.sort_unstable_by(order);
        let mut ranks = vec![0; sorted.len()];
        for (rank, index) in sorted.iter().enumerate() {
            ranks[*index as usize] = rank as u32;
        }
        ranks
    }
}

/// A hasher for numbers that are hashes already.
#[derive(Debug, Clone, Default)]
struct AsIs(u64);

impl std::hash::Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
