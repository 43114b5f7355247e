//! Reading folded registers by field name, without copying a cell.

use jiff::civil::Date;
use registry::{Folded, FoldedRow};

/// One register's folded rows.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'a> {
    register: &'static str,
    pub(super) rows: &'a [FoldedRow],
}

impl<'a> Sheet<'a> {
    pub(super) fn of(folded: &'a Folded, register: &'static str) -> Self {
        Self { register, rows: folded.get(register) }
    }

    /// The position of a field; every name here stands in the register's own list of columns.
    pub(super) fn field(&self, field: &str) -> Field {
        Field(Folded::column(self.register, field))
    }
}

/// The position of one column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field(usize);

impl Field {
    /// The cell's text; empty when the cell says nothing.
    pub(super) fn text(self, row: &FoldedRow) -> &str {
        row.text(self.0)
    }

    /// The cell's text, or none when it says nothing.
    pub(super) fn some(self, row: &FoldedRow) -> Option<&str> {
        Some(self.text(row)).filter(|text| !text.is_empty())
    }

    pub(super) fn date(self, row: &FoldedRow) -> Option<Date> {
        self.some(row)?.parse().ok()
    }

    pub(super) fn whole(self, row: &FoldedRow) -> Option<i64> {
        self.some(row)?.parse().ok()
    }

    /// The members of a list cell.
    pub(super) fn list(self, row: &FoldedRow) -> impl Iterator<Item = &str> {
        self.text(row).split('|').map(str::trim).filter(|part| !part.is_empty())
    }

    /// The first-named of a list of names.
    pub(super) fn first(self, row: &FoldedRow) -> &str {
        first_named(self.text(row))
    }

    /// Whether the cell says 是.
    pub(super) fn is_yes(self, row: &FoldedRow) -> bool {
        self.text(row) == "是"
    }
}

/// The first name of a cell that may hold several; `、` may be part of a company's name and divides nothing.
pub(super) fn first_named(names: &str) -> &str {
    names.split(['|', ';', '；']).map(str::trim).find(|name| !name.is_empty()).unwrap_or("")
}
