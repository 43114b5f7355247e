//! One condition over all its subjects, decided.

use datafusion::arrow::{
    array::{Array, Int64Array},
    buffer::BooleanBuffer,
};

use super::{DecidedCondition, subjects::Subjects};
use crate::verdict::{Known, Operator, Ratio};

/// What all rows of one condition have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Definition {
    pub(super) award: String,
    pub(super) level: i64,
    pub(super) id: String,
    pub(super) text: String,
    pub(super) operator: Operator,
    pub(super) required: i64,
    pub(super) unit: String,
    pub(super) clause: String,
}

impl Definition {
    /// The condition with what is known of one subject.
    pub(super) fn condition(&self, decided: Decided) -> DecidedCondition {
        DecidedCondition {
            id: self.id.clone(),
            text: self.text.clone(),
            actual: decided.actual,
            upper: decided.upper,
            operator: self.operator,
            required: self.required,
            unit: self.unit.clone(),
            clause: self.clause.clone(),
            holds: decided.holds,
        }
    }
}

/// One condition over its subjects.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) definition: Definition,
    pub(super) subjects: Subjects,
    actual: Int64Array,
    /// The most that the actual number can be; `None` where every number is exact.
    upper: Option<Int64Array>,
    pub(super) holds: BooleanBuffer,
    pub(super) fails: BooleanBuffer,
}

/// What is known of one condition of one subject.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decided {
    pub(super) actual: Option<i64>,
    pub(super) upper: Option<i64>,
    pub(super) holds: Option<bool>,
}

impl Block {
    /// Decides the condition for every subject; the figures stand in the order of the subjects.
    pub(super) fn decide(
        definition: Definition,
        subjects: Subjects,
        actual: Int64Array,
        upper: Option<Int64Array>,
    ) -> Self {
        let upper = upper.filter(|upper| upper.null_count() < upper.len());
        let (holds, fails) = match &upper {
            None => decide_exact(&definition, &actual),
            Some(upper) => decide_within(&definition, &actual, upper),
        };
        Self { definition, subjects, actual, upper, holds, fails }
    }

    pub(super) fn len(&self) -> usize {
        self.actual.len()
    }

    /// What is known of a subject of whom nothing counts: where nobody knows how much more counts of others, nobody knows it of him.
    pub(super) fn of_nothing(&self) -> Decided {
        let is_open = self.upper.iter().flatten().flatten().any(|upper| upper == i64::MAX);
        let (actual, upper) = (Some(0), is_open.then_some(i64::MAX));
        let known = Known { least: actual, most: upper.or(actual) };
        let holds = known.test(Ratio::COUNT, self.definition.operator, self.definition.required);
        Decided { actual, upper, holds }
    }

    pub(super) fn decided(&self, row: usize) -> Decided {
        let cell = |cells: &Int64Array| (!cells.is_null(row)).then(|| cells.value(row));
        let holds = match (self.holds.value(row), self.fails.value(row)) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        };
        Decided { actual: cell(&self.actual), upper: self.upper.as_ref().and_then(cell), holds }
    }
}

/// A number known exactly either meets the condition or does not.
fn decide_exact(definition: &Definition, actual: &Int64Array) -> (BooleanBuffer, BooleanBuffer) {
    let required = definition.required;
    let cells = actual.values();
    let each =
        |holds: fn(i64, i64) -> bool| BooleanBuffer::collect_bool(cells.len(), |row| holds(cells[row], required));
    let holds = match definition.operator {
        Operator::AtLeast => each(|actual, required| actual >= required),
        Operator::MoreThan => each(|actual, required| actual > required),
        Operator::AtMost => each(|actual, required| actual <= required),
        Operator::LessThan => each(|actual, required| actual < required),
        Operator::Equal => each(|actual, required| actual == required),
    };
    let fails = !&holds;
    match actual.nulls() {
        None => (holds, fails),
        Some(known) => (&holds & known.inner(), &fails & known.inner()),
    }
}

fn decide_within(definition: &Definition, actual: &Int64Array, upper: &Int64Array) -> (BooleanBuffer, BooleanBuffer) {
    let verdict = |row: usize| {
        let least = (!actual.is_null(row)).then(|| actual.value(row));
        let most = if upper.is_null(row) { least } else { Some(upper.value(row)) };
        Known { least, most }.test(Ratio::COUNT, definition.operator, definition.required)
    };
    let holds = BooleanBuffer::collect_bool(actual.len(), |row| verdict(row) == Some(true));
    let fails = BooleanBuffer::collect_bool(actual.len(), |row| verdict(row) == Some(false));
    (holds, fails)
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::StringArray;
    use proptest::prelude::*;

    use super::*;

    fn operator() -> impl Strategy<Value = Operator> {
        prop::sample::select(vec![
            Operator::AtLeast,
            Operator::MoreThan,
            Operator::AtMost,
            Operator::LessThan,
            Operator::Equal,
        ])
    }

    proptest! {
        #[test]
        fn a_block_says_what_each_number_says(
            operator in operator(),
            required in -3i64..4,
            cells in prop::collection::vec((prop::option::of(-5i64..6), prop::option::of(-5i64..6)), 1..40),
            has_upper: bool,
        ) {
            let definition = Definition {
                award: "a".to_owned(), level: 1, id: "i".to_owned(), text: String::new(), operator, required,
                unit: String::new(), clause: String::new(),
            };
            let names = StringArray::from_iter_values((0..cells.len()).map(|row| format!("{row:04}")));
            let actual: Int64Array = cells.iter().map(|cell| cell.0).collect();
            let upper: Int64Array = cells.iter().map(|cell| cell.1).collect();
            let block = Block::decide(definition, Subjects::sorted(names), actual, has_upper.then_some(upper));
            for (row, (least, most)) in cells.iter().enumerate() {
                let most = if has_upper { most.or(*least) } else { *least };
                let known = Known { least: *least, most };
                prop_assert_eq!(block.decided(row).holds, known.test(Ratio::COUNT, operator, required));
            }
        }
    }
}
