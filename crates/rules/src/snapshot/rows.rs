//! Reading a table of a snapshot row by row, without knowing Arrow.

use std::ops::Range;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Date32Type, Int64Type};
use jiff::civil::Date;

use super::{Snapshot, from_days};

/// One table of a snapshot; cells are asked for by column name.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    batch: &'a RecordBatch,
}

impl Snapshot {
    /// The rows of a table, if the snapshot has it.
    pub fn rows(&self, table: &str) -> Option<Rows<'_>> {
        self.table(table).map(|batch| Rows { batch })
    }
}

impl<'a> Rows<'a> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The column's array, and whether this row has a value in it.
    fn cell(&self, row: usize, column: &str) -> Option<&'a dyn Array> {
        let array = self.batch.column_by_name(column)?;
        (row < array.len() && !array.is_null(row)).then_some(array.as_ref())
    }

    /// A text cell; nothing where it is empty, or the column is not a text column.
    pub fn text(&self, row: usize, column: &str) -> Option<&'a str> {
        Some(self.cell(row, column)?.as_string_opt::<i32>()?.value(row))
    }

    /// A whole number.
    pub fn integer(&self, row: usize, column: &str) -> Option<i64> {
        Some(self.cell(row, column)?.as_primitive_opt::<Int64Type>()?.value(row))
    }

    /// A date.
    pub fn date(&self, row: usize, column: &str) -> Option<Date> {
        from_days(self.cell(row, column)?.as_primitive_opt::<Date32Type>()?.value(row))
    }

    /// Yes or no.
    pub fn flag(&self, row: usize, column: &str) -> Option<bool> {
        Some(self.cell(row, column)?.as_boolean_opt()?.value(row))
    }

    /// The rows whose text cell in a column is this value.
    pub fn whose(self, column: &'a str, value: &'a str) -> impl Iterator<Item = usize> + 'a {
        // Rows ascend by their first column, so that what begins with the value lies together and is not looked for.
        let is_first = self.batch.schema_ref().fields().first().is_some_and(|first| first.name() == column);
        let begins = if is_first { partition(0..self.len(), |row| self.text(row, column) < Some(value)) } else { 0 };
        let ends =
            if is_first { partition(0..self.len(), |row| self.text(row, column) <= Some(value)) } else { self.len() };
        (begins..ends).filter(move |row| self.text(*row, column) == Some(value))
    }
}

/// The first row of these that does not come before; those that do come first.
pub(crate) fn partition(range: Range<usize>, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
