//! Reading the rows of an engine-read view by column name, in exactly the types the engine expects.

use std::sync::Arc;

use datafusion::arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray},
    compute::{CastOptions, cast_with_options},
    datatypes::{DataType, Int64Type},
};

use super::rule_error;
use crate::{Error, policy::View};

/// A text column.
pub(crate) fn texts(view: &View, batch: &RecordBatch, name: &str) -> Result<StringArray, Error> {
    let column = required(view, batch, name)?;
    Ok(cast(view, name, &column, &DataType::Utf8)?.as_string::<i32>().clone())
}

/// A column of whole numbers.
pub(crate) fn integers(view: &View, batch: &RecordBatch, name: &str) -> Result<Int64Array, Error> {
    let column = required(view, batch, name)?;
    Ok(cast(view, name, &column, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

/// A text column that may be absent, which is the same as null everywhere.
pub(crate) fn texts_if_any(view: &View, batch: &RecordBatch, name: &str) -> Result<StringArray, Error> {
    match batch.column_by_name(name) {
        Some(_) => texts(view, batch, name),
        None => Ok(StringArray::new_null(batch.num_rows())),
    }
}

/// A column of whole numbers that may be absent, which is the same as null everywhere.
pub(crate) fn integers_if_any(view: &View, batch: &RecordBatch, name: &str) -> Result<Int64Array, Error> {
    match batch.column_by_name(name) {
        Some(_) => integers(view, batch, name),
        None => Ok(Int64Array::new_null(batch.num_rows())),
    }
}

/// The cell of a text column in which nothing may be missing.
pub(crate) fn text<'a>(view: &View, name: &str, column: &'a StringArray, row: usize) -> Result<&'a str, Error> {
    if column.is_null(row) {
        return Err(rule_error(view, (view.line, None), format!("列 {name} 不能为空；请在规则中补上")));
    }
    Ok(column.value(row))
}

/// The cell of a column of whole numbers in which nothing may be missing.
pub(crate) fn integer(view: &View, name: &str, column: &Int64Array, row: usize) -> Result<i64, Error> {
    if column.is_null(row) {
        return Err(rule_error(view, (view.line, None), format!("列 {name} 不能为空；请在规则中补上")));
    }
    Ok(column.value(row))
}

/// A cell that may be null.
pub(crate) fn maybe_integer(column: &Int64Array, row: usize) -> Option<i64> {
    (!column.is_null(row)).then(|| column.value(row))
}

/// A cell that may be null.
pub(crate) fn maybe_text(column: &StringArray, row: usize) -> Option<&str> {
    (!column.is_null(row)).then(|| column.value(row))
}

fn required(view: &View, batch: &RecordBatch, name: &str) -> Result<ArrayRef, Error> {
    batch
        .column_by_name(name)
        .map(Arc::clone)
        .ok_or_else(|| rule_error(view, (view.line, None), format!("缺少列 {name}；请在 select 中补上")))
}

fn cast(view: &View, name: &str, column: &ArrayRef, to: &DataType) -> Result<ArrayRef, Error> {
    let from = column.data_type();
    if from == to {
        return Ok(Arc::clone(column));
    }
    let text = |t: &DataType| matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let fits = match (from, to) {
        (DataType::Null, _) => true,
        (DataType::Dictionary(_, values), DataType::Utf8) => text(values),
        (from, DataType::Utf8) => text(from),
        (from, _) => from.is_integer(),
    };
    let wrong = |what: String| rule_error(view, (view.line, None), what);
    if !fits {
        let expected = if *to == DataType::Utf8 { "文本" } else { "整数" };
        return Err(wrong(format!("列 {name} 应为{expected}，实为 {from}；请在规则中转换")));
    }
    let exact = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(column, to, &exact).map_err(|e| wrong(format!("列 {name} 的值超出范围（{e}）；请改正规则")))
}
