//! Tables out: workbooks that Excel and WPS open, csv with a mark, and papers for Word.
//!
//! No cell may start a formula: texts are written as texts, and a csv text that a spreadsheet would take
//! for one gets an apostrophe, which our own reader takes away again.

mod csv;
pub mod docx;
mod xlsx;

pub(crate) use self::csv::unguarded;
pub use self::{
    csv::{CsvWriter, csv},
    xlsx::{xlsx, xlsx_streamed},
};

use crate::Cell;

/// What a column holds, which decides how its cells are formatted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    #[default]
    Text,
    /// Long digit strings such as credit codes and application numbers: always text, never a number.
    Code,
    /// Days, shown as `2023-12-31`.
    Date,
    /// Numbers, shown as they are.
    Number,
}

/// A column of a table to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// The words at the head.
    pub heading: String,
    /// What the column holds.
    pub kind: Kind,
    /// The width in half-width characters; measured on the content when absent.
    pub width: Option<u16>,
    /// How to fill the column in, for the sheet 填写说明.
    pub hint: Option<String>,
    /// The closed list of values, offered as a drop-down.
    pub choices: Vec<String>,
    /// Whether every row must fill it in.
    pub required: bool,
}

impl Column {
    /// A column with a heading and nothing else.
    pub fn new(heading: impl Into<String>, kind: Kind) -> Column {
        Column { heading: heading.into(), kind, ..Column::default() }
    }
}

/// A table to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The name on the tab; what a workbook does not allow in it is replaced.
    pub name: String,
    /// A line above the heading row; left out in csv.
    pub title: Option<String>,
    /// The columns in their order.
    pub columns: Vec<Column>,
    /// The rows; a row may be shorter than the columns, not longer.
    pub rows: Vec<Vec<Cell>>,
}

/// A number that a spreadsheet keeps to the last digit, as it would print it.
fn exact_number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) || digits.len() > 16 {
        return None;
    }
    let significant = digits.bytes().filter(u8::is_ascii_digit).count();
    if significant > 15 { None } else { text.parse().ok() }
}
