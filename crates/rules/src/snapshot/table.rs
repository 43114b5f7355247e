//! Building one table of a snapshot from rows, in the four types that a snapshot knows.

use std::{borrow::Cow, sync::Arc};

use datafusion::arrow::{
    array::{
        ArrayRef, BooleanArray, BooleanBuilder, Date32Array, Date32Builder, Int64Array, Int64Builder, RecordBatch,
        RecordBatchOptions, StringBuilder,
    },
    datatypes::{DataType, Field, Schema},
};
use jiff::civil::{Date, date};

use crate::Error;

/// The types that a column of a snapshot may have; nothing else is exact and portable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text, `Utf8`.
    Text,
    /// A whole number, `Int64`; money is fen.
    Integer,
    /// A civil date, `Date32`.
    Date,
    /// Yes or no, `Boolean`.
    Flag,
}

impl Kind {
    /// The Arrow type of a column of this kind.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Integer => DataType::Int64,
            Self::Date => DataType::Date32,
            Self::Flag => DataType::Boolean,
        }
    }

    /// The kind of an Arrow type, if a snapshot may hold it.
    pub fn of(data_type: &DataType) -> Option<Self> {
        match data_type {
            DataType::Utf8 => Some(Self::Text),
            DataType::Int64 => Some(Self::Integer),
            DataType::Date32 => Some(Self::Date),
            DataType::Boolean => Some(Self::Flag),
            _ => None,
        }
    }
}

/// One cell of a row on its way into a table; text may be borrowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// Nothing is known.
    Null,
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A civil date.
    Date(Date),
    /// Yes or no.
    Flag(bool),
}

impl Value<'_> {
    /// The same cell with a text of its own.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Integer(number) => Value::Integer(number),
            Self::Date(day) => Value::Date(day),
            Self::Flag(flag) => Value::Flag(flag),
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<Date> for Value<'_> {
    fn from(value: Date) -> Self {
        Self::Date(value)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value<'_> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A whole column, made at once from its cells.
#[derive(Debug)]
pub struct Column(ArrayRef);

impl Column {
    /// Text; the cells are gone through twice, first for their lengths.
    pub fn texts<'a>(cells: impl Iterator<Item = Option<&'a str>> + Clone) -> Self {
        let (rows, bytes) =
            cells.clone().fold((0, 0), |(rows, bytes), cell| (rows + 1, bytes + cell.map_or(0, str::len)));
        let mut column = StringBuilder::with_capacity(rows, bytes);
        cells.for_each(|cell| column.append_option(cell));
        Self(Arc::new(column.finish()))
    }

    /// Whole numbers.
    pub fn integers(cells: impl Iterator<Item = Option<i64>>) -> Self {
        Self(Arc::new(cells.collect::<Int64Array>()))
    }

    /// Civil dates.
    pub fn dates(cells: impl Iterator<Item = Option<Date>>) -> Self {
        Self(Arc::new(cells.map(|cell| cell.map(to_days)).collect::<Date32Array>()))
    }

    /// Yes or no.
    pub fn flags(cells: impl Iterator<Item = Option<bool>>) -> Self {
        Self(Arc::new(cells.collect::<BooleanArray>()))
    }
}

/// A table of whole columns, which must be equally long.
pub(super) fn of_columns(columns: Vec<(&str, Column)>) -> Result<RecordBatch, Error> {
    let fields: Vec<Field> =
        columns.iter().map(|(name, column)| Field::new(*name, column.0.data_type().clone(), true)).collect();
    let columns = columns.into_iter().map(|(_, column)| column.0).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}

enum Growing {
    Text(StringBuilder),
    Integer(Int64Builder),
    Date(Date32Builder),
    Flag(BooleanBuilder),
}

/// Collects rows into one table.
///
/// ```
/// use rules::{Kind, TableBuilder};
/// let mut table = TableBuilder::new(&[("uscc", Kind::Text), ("patents", Kind::Integer)]);
/// table.push(vec!["91320682MA1W00000X".into(), 5.into()]).unwrap();
/// assert_eq!(table.finish().unwrap().num_rows(), 1);
/// ```
pub struct TableBuilder {
    names: Vec<String>,
    kinds: Vec<Kind>,
    columns: Vec<Growing>,
}

impl TableBuilder {
    /// An empty table with these columns.
    pub fn new(columns: &[(&str, Kind)]) -> Self {
        let kinds: Vec<Kind> = columns.iter().map(|(_, kind)| *kind).collect();
        Self {
            names: columns.iter().map(|(name, _)| (*name).to_owned()).collect(),
            columns: kinds.iter().map(|kind| empty_column(*kind)).collect(),
            kinds,
        }
    }

    /// Adds one row; it must have one value of the right type for every column.
    pub fn push<'v>(&mut self, row: impl AsRef<[Value<'v>]>) -> Result<(), Error> {
        let row = row.as_ref();
        if row.len() != self.columns.len() {
            return Err(Error::Snapshot(format!(
                "表格有 {} 列，这一行却有 {} 个值；请检查生成该行的程序",
                self.columns.len(),
                row.len()
            )));
        }
        // The types are tried first, so that a refused row leaves no half behind.
        for (index, value) in row.iter().enumerate() {
            let fits = matches!(
                (self.kinds[index], value),
                (_, Value::Null)
                    | (Kind::Text, Value::Text(_))
                    | (Kind::Integer, Value::Integer(_))
                    | (Kind::Date, Value::Date(_))
                    | (Kind::Flag, Value::Flag(_))
            );
            if !fits {
                return Err(Error::Snapshot(format!(
                    "列 {} 的类型是 {:?}，不能放入 {value:?}；请检查生成该行的程序",
                    self.names[index], self.kinds[index]
                )));
            }
        }
        for (column, value) in self.columns.iter_mut().zip(row) {
            append(column, value);
        }
        Ok(())
    }

    /// The finished table.
    pub fn finish(mut self) -> Result<RecordBatch, Error> {
        let fields: Vec<Field> =
            self.names.iter().zip(&self.kinds).map(|(name, kind)| Field::new(name, kind.data_type(), true)).collect();
        let arrays: Vec<ArrayRef> = self.columns.iter_mut().map(finish_column).collect();
        let rows = arrays.first().map_or(0, |array| array.len());
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)?)
    }
}

fn empty_column(kind: Kind) -> Growing {
    match kind {
        Kind::Text => Growing::Text(StringBuilder::new()),
        Kind::Integer => Growing::Integer(Int64Builder::new()),
        Kind::Date => Growing::Date(Date32Builder::new()),
        Kind::Flag => Growing::Flag(BooleanBuilder::new()),
    }
}

fn append(column: &mut Growing, value: &Value) {
    match (column, value) {
        (Growing::Text(column), Value::Text(value)) => column.append_value(value),
        (Growing::Text(column), _) => column.append_null(),
        (Growing::Integer(column), Value::Integer(value)) => column.append_value(*value),
        (Growing::Integer(column), _) => column.append_null(),
        (Growing::Date(column), Value::Date(value)) => column.append_value(to_days(*value)),
        (Growing::Date(column), _) => column.append_null(),
        (Growing::Flag(column), Value::Flag(value)) => column.append_value(*value),
        (Growing::Flag(column), _) => column.append_null(),
    }
}

fn finish_column(column: &mut Growing) -> ArrayRef {
    match column {
        Growing::Text(column) => Arc::new(column.finish()),
        Growing::Integer(column) => Arc::new(column.finish()),
        Growing::Date(column) => Arc::new(column.finish()),
        Growing::Flag(column) => Arc::new(column.finish()),
    }
}

const EPOCH: Date = date(1970, 1, 1);

/// Days since 1970-01-01, which is how `Date32` keeps a date.
pub fn to_days(day: Date) -> i32 {
    // A day of a civil date always has 86,400 seconds, and all of its years fit.
    (day.duration_since(EPOCH).as_secs() / 86_400) as i32
}

/// The date that many days after 1970-01-01, if the calendar reaches it.
pub fn from_days(days: i32) -> Option<Date> {
    EPOCH.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_go_there_and_back() {
        for day in [date(1, 1, 1), date(1970, 1, 1), date(2023, 12, 31), date(9999, 12, 31)] {
            assert_eq!(from_days(to_days(day)), Some(day));
        }
        assert_eq!(to_days(date(2000, 1, 1)), 10_957);
    }

    #[test]
    fn a_row_of_the_wrong_shape_or_type_is_refused_whole() {
        let mut table = TableBuilder::new(&[("a", Kind::Text), ("b", Kind::Integer)]);
        assert!(table.push(vec!["x".into()]).is_err());
        assert!(table.push(vec!["x".into(), "y".into()]).is_err());
        table.push(vec![Value::Null, 1.into()]).unwrap();
        assert_eq!(table.finish().unwrap().num_rows(), 1);
    }
}
