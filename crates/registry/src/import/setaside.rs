//! How a quarantined row is kept: as the file had it, and as fields that a person can correct.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use sheets::Cell;
use terms::MoneyUnit;

use super::{Reason, reader::ReadRow, store::NewQuarantine};
use crate::{
    Error,
    registers::{ColumnKind, Register},
};

/// The row to be written for a refused one.
pub(super) fn new<'a>(row: &'a ReadRow, reasons: &[Reason]) -> NewQuarantine<'a> {
    let register = row.layout.register;
    let mapped = row.layout.map(&row.cells).unwrap_or_default();
    let cells = serde_json::to_string(&row.layout.raw(&row.cells)).expect("a list of texts is JSON");
    let fingerprint = fingerprint(register.id, &cells, &row.layout.units);
    NewQuarantine {
        sheet: &row.layout.sheet,
        row: row.number,
        cells,
        fields: fields(register, &mapped, &row.layout.units).to_string(),
        reasons: serde_json::to_string(reasons).expect("a list of texts is JSON"),
        key: row.checked.key.as_deref(),
        fingerprint,
    }
}

/// The raw cells by field. A unit of money that only the heading named is written to the amount itself.
fn fields(register: &Register, mapped: &[Cell], units: &[Option<MoneyUnit>]) -> Value {
    let mut fields = Map::new();
    for (place, column) in register.columns.iter().enumerate() {
        let Some(cell) = mapped.get(place).filter(|cell| !cell.is_empty()) else { continue };
        let text = cell.text();
        let value = match (cell, units.get(place).copied().flatten()) {
            (Cell::Broken(_), _) => json!({ "broken": text }),
            (_, Some(unit)) if column.kind == ColumnKind::Money => Value::String(with_unit(&text, unit)),
            (_, Some(unit)) => Value::String(
                crate::cells::parts(&text).iter().map(|part| with_unit(part, unit)).collect::<Vec<_>>().join(";"),
            ),
            _ => Value::String(text.into_owned()),
        };
        fields.insert(column.field.to_owned(), value);
    }
    Value::Object(fields)
}

fn with_unit(amount: &str, unit: MoneyUnit) -> String {
    let is_bare = amount.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | ' '));
    if is_bare && !amount.trim().is_empty() { format!("{}{}", amount.trim(), unit.zh()) } else { amount.to_owned() }
}

/// The raw cells per column, from the form in which [`new`] keeps them.
pub(crate) fn cells_of(register: &Register, fields: &str) -> Result<Vec<Cell>, Error> {
    let mut object: Map<String, Value> =
        serde_json::from_str(fields).map_err(|error| Error::Damaged(format!("隔离行：{error}")))?;
    Ok(register
        .columns
        .iter()
        .map(|column| match object.remove(column.field) {
            Some(Value::String(text)) => Cell::Text(text),
            Some(Value::Object(broken)) => {
                Cell::Broken(broken.get("broken").and_then(Value::as_str).unwrap_or_default().to_owned())
            }
            _ => Cell::Empty,
        })
        .collect())
}

/// What makes two refused rows the same: the register, the cells under their headings, the units.
fn fingerprint(register: &str, cells: &str, units: &[Option<MoneyUnit>]) -> String {
    let mut hash = Sha256::new();
    hash.update(register);
    hash.update(cells);
    for unit in units.iter().flatten() {
        hash.update(unit.zh());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
