//! Cells as canonical strings, and their form in the log.

use serde_json::{Map, Value};

use crate::{Error, registers::Register};

/// The cells as the log keeps them: an object of the fields that are not empty.
pub(crate) fn to_json(register: &Register, cells: &[Option<String>]) -> String {
    let filled = register.columns.iter().zip(cells).filter_map(|(column, cell)| {
        cell.as_ref().map(|cell| (column.field.to_owned(), Value::String(cell.clone())))
    });
    Value::Object(filled.collect::<Map<_, _>>()).to_string()
}

/// Reads the form of the log; fields that the register no longer has are passed over.
pub(crate) fn from_json(register: &Register, json: &str) -> Result<Vec<Option<String>>, Error> {
    let mut object: Map<String, Value> =
        serde_json::from_str(json).map_err(|error| Error::Damaged(format!("{}：{error}", register.id)))?;
    Ok(register
        .columns
        .iter()
        .map(|column| match object.remove(column.field) {
            Some(Value::String(cell)) => Some(cell),
            _ => None,
        })
        .collect())
}
