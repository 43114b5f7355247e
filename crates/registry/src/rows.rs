//! Checking a whole row: every cell by its column, then the cells against each other.
//!
//! Every reason is collected, so that a clerk corrects a row once. A doubt that stops nothing is a warning.

mod rules;

use sheets::Cell;
use terms::MoneyUnit;

use crate::{
    cells,
    import::Reason,
    registers::{Column, Register},
};

/// A row with every reason against it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    /// The canonical strings in the order of the columns; none for a cell that is refused.
    pub(crate) cells: Vec<Option<String>>,
    /// Why the row is quarantined; none when it is sound.
    pub(crate) reasons: Vec<Reason>,
    /// Doubts that stop nothing.
    pub(crate) warnings: Vec<Reason>,
    /// The key, when every cell of it can be read.
    pub(crate) key: Option<String>,
}

/// Checks a row of raw cells, one per column; `units` are the units of money that the headings name.
pub(crate) fn check(register: &Register, raw: &[Cell], units: &[Option<MoneyUnit>]) -> Checked {
    let mut row = Checked { cells: Vec::with_capacity(raw.len()), ..Checked::default() };
    let said_at = broken_line(raw);
    for (place, column) in register.columns.iter().enumerate() {
        let unit = units.get(place).copied().flatten();
        match cells::canonical(column, &raw[place], unit) {
            Ok(None) | Err(_) if said_at.is_some_and(|first| place != first) => row.cells.push(None),
            Ok(None) if column.required => {
                row.cells.push(None);
                row.refuse(column, &raw[place], format!("{}不能为空。请补填后重新导入。", column.heading));
            }
            Ok(cell) => row.cells.push(cell),
            Err(reason) => {
                row.cells.push(None);
                row.refuse(column, &raw[place], reason);
            }
        }
    }
    rules::apply(register, raw, &mut row);
    let key_is_read = register.key.iter().all(|field| {
        let column = &register.columns[register.index(field).expect("every key field is a column")];
        !row.reasons.iter().any(|reason| reason.column == column.heading)
    });
    if row.reasons.is_empty() || key_is_read && said_at.is_none() {
        row.key = Some(register.key_of(&row.cells));
    }
    row
}

/// Where to say that a line is broken as a whole, which its reader writes into every cell: once, at the first.
fn broken_line(raw: &[Cell]) -> Option<usize> {
    let mut written = raw.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
    let (first, broken) = written.next().filter(|(_, cell)| matches!(cell, Cell::Broken(_)))?;
    let others: Vec<_> = written.collect();
    (!others.is_empty() && others.iter().all(|(_, cell)| *cell == broken)).then_some(first)
}

/// The row as a person releases it: sound cells as they are, the others as written.
///
/// A row whose key is lost cannot be released, for it would become the row of another right; the reasons say so.
pub(crate) fn release(register: &Register, raw: &[Cell], units: &[Option<MoneyUnit>]) -> Result<Checked, Vec<Reason>> {
    let mut row = check(register, raw, units);
    let mut lost = Vec::new();
    for (place, column) in register.columns.iter().enumerate() {
        let is_refused = row.reasons.iter().any(|reason| reason.column == column.heading);
        if !is_refused {
            continue;
        }
        let is_key = register.key.contains(&column.field);
        let is_missing = raw[place].text().trim().is_empty();
        if terms::is_identity_number(&raw[place].text()) {
            let why = format!("{}是居民身份证号，不能照原样放行。请更正该单元格。", column.heading);
            let covered = terms::covered_identity(&raw[place].text());
            lost.push(Reason { column: column.heading.to_owned(), value: covered, reason: why });
            continue;
        }
        if is_key && (cells::is_lost(column, &raw[place]) || (column.required && is_missing)) {
            lost.push(reason(
                column,
                &raw[place],
                format!("{}是本行的标识，其内容已丢失，不能照原样放行。请更正该单元格。", column.heading),
            ));
            continue;
        }
        if row.cells[place].is_none() {
            row.cells[place] = cells::released(column, &raw[place], units.get(place).copied().flatten());
        }
    }
    if !lost.is_empty() {
        return Err(lost);
    }
    row.key = Some(register.key_of(&row.cells));
    Ok(row)
}

impl Checked {
    fn refuse(&mut self, column: &Column, cell: &Cell, why: String) {
        self.reasons.push(reason(column, cell, why));
    }
}

fn reason(column: &Column, cell: &Cell, why: String) -> Reason {
    Reason { column: column.heading.to_owned(), value: cells::short(&cell.text()), reason: why }
}

#[cfg(test)]
mod tests;
