//! Cells before they are written: what they mean, not how an office types them.

use std::borrow::Cow;

use jiff::civil::Date;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Says nothing.
    Empty,
    /// Text as it stands.
    Text(Cow<'static, str>),
    /// A day, typed in the manner of the file.
    Day(Date),
    /// A whole number.
    Int(i64),
    /// Money in fen, typed in yuan or in 万元.
    Fen(i64),
    /// Several amounts of money in one cell.
    FenList(Vec<i64>),
}

/// The cells of one row in the order of the register's columns.
pub(crate) type Row = Vec<Cell>;

pub(crate) fn text(text: impl Into<Cow<'static, str>>) -> Cell {
    let text = text.into();
    if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
}

pub(crate) fn day(day: Date) -> Cell {
    Cell::Day(day)
}

pub(crate) fn day_or_empty(day: Option<Date>) -> Cell {
    day.map_or(Cell::Empty, Cell::Day)
}

pub(crate) fn int(number: i64) -> Cell {
    Cell::Int(number)
}

pub(crate) fn fen(amount: i64) -> Cell {
    Cell::Fen(amount)
}

pub(crate) fn empty() -> Cell {
    Cell::Empty
}
