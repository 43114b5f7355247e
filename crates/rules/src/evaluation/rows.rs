//! Rows kept as Arrow, sorted, and looked up by the beginning of their text columns.

use std::ops::Range;

use datafusion::arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray},
    compute::{concat_batches, filter_record_batch},
    datatypes::{Int64Type, Schema},
};

use crate::{
    Error, Kind,
    snapshot::{canonical, partition},
};

/// A table sorted by all its columns from left to right.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows(RecordBatch);

impl Rows {
    /// No rows, of these columns.
    pub(crate) fn empty(columns: &[(&str, Kind)]) -> Self {
        Self(RecordBatch::new_empty(schema(columns).into()))
    }

    /// Sorts these batches of columns into one table; `distinct` drops exact repeats.
    pub(crate) fn sort(columns: &[(&str, Kind)], batches: Vec<RecordBatch>, distinct: bool) -> Result<Self, Error> {
        let batch = concat_batches(&schema(columns).into(), &batches)?;
        let rows = Self(canonical("rows", &batch)?);
        if distinct { rows.distinct() } else { Ok(rows) }
    }

    /// Takes a table that is sorted already, such as one of a snapshot.
    pub(crate) fn sorted(batch: RecordBatch) -> Self {
        Self(batch)
    }

    fn distinct(self) -> Result<Self, Error> {
        // The text columns come first and tell most rows apart, compared in place.
        let differs = |column: &ArrayRef, row: usize| match column.as_string_opt::<i32>() {
            Some(texts) => cell(texts, row) != cell(texts, row - 1),
            None => column.slice(row, 1) != column.slice(row - 1, 1),
        };
        let keep: BooleanArray = (0..self.len())
            .map(|row| Some(row == 0 || self.0.columns().iter().any(|column| differs(column, row))))
            .collect();
        Ok(Self(filter_record_batch(&self.0, &keep)?))
    }

    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        self.0.num_rows()
    }

    /// The table.
    pub(crate) fn batch(&self) -> &RecordBatch {
        &self.0
    }

    /// The rows whose first columns hold these texts.
    pub(crate) fn range(&self, key: &[&str]) -> Range<usize> {
        let mut range = 0..self.len();
        for (column, wanted) in key.iter().enumerate() {
            let Some(text) = self.texts(column) else {
                return 0..0;
            };
            let before = |row: usize, up_to: bool| {
                cell(text, row).is_none_or(|there| there < *wanted || (up_to && there == *wanted))
            };
            let start = partition(range.clone(), |row| before(row, false));
            let end = partition(start..range.end, |row| before(row, true));
            range = start..end;
        }
        range
    }

    /// A cell of a text column.
    pub(crate) fn text(&self, column: usize, row: usize) -> Option<&str> {
        self.texts(column).and_then(|texts| cell(texts, row))
    }

    /// A cell of a column of whole numbers.
    pub(crate) fn integer(&self, column: usize, row: usize) -> Option<i64> {
        let numbers: &Int64Array = self.0.columns().get(column)?.as_primitive_opt::<Int64Type>()?;
        (!numbers.is_null(row)).then(|| numbers.value(row))
    }

    fn texts(&self, column: usize) -> Option<&StringArray> {
        self.0.columns().get(column)?.as_string_opt::<i32>()
    }
}

fn cell(texts: &StringArray, row: usize) -> Option<&str> {
    (!texts.is_null(row)).then(|| texts.value(row))
}

/// The Arrow schema of these columns.
pub(crate) fn schema(columns: &[(&str, Kind)]) -> Schema {
    Schema::new(
        columns
            .iter()
            .map(|(name, kind)| datafusion::arrow::datatypes::Field::new(*name, kind.data_type(), true))
            .collect::<Vec<_>>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TableBuilder;

    const COLUMNS: [(&str, Kind); 2] = [("a", Kind::Text), ("b", Kind::Text)];

    #[test]
    fn rows_with_numbers_are_distinct_by_them_too() {
        let columns = [("a", Kind::Text), ("n", Kind::Integer)];
        let mut table = TableBuilder::new(&columns);
        for (a, n) in [("x", 1_i64), ("x", 2), ("x", 1), ("y", 1)] {
            table.push(vec![a.into(), n.into()]).unwrap();
        }
        let rows = Rows::sort(&columns, vec![table.finish().unwrap()], true).unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!((rows.integer(1, 0), rows.integer(1, 1)), (Some(1), Some(2)));
    }

    #[test]
    fn rows_are_sorted_distinct_and_found_by_prefix() {
        let mut table = TableBuilder::new(&COLUMNS);
        for (a, b) in [("y", "2"), ("x", "1"), ("y", "1"), ("y", "2"), ("z", "9")] {
            table.push(vec![a.into(), b.into()]).unwrap();
        }
        let rows = Rows::sort(&COLUMNS, vec![table.finish().unwrap()], true).unwrap();
        assert_eq!(rows.len(), 4);
        assert_eq!(rows.range(&["y"]), 1..3);
        assert_eq!(rows.range(&["y", "2"]), 2..3);
        assert_eq!(rows.range(&["w"]), 0..0);
        assert_eq!(rows.range(&["y", "3"]).len(), 0);
        assert_eq!(rows.text(1, 1), Some("1"));
    }
}
