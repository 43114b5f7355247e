//! JSON files that hold one list of objects, such as a year's holidays: the list becomes a sheet, its keys the headings.

use std::{ops::ControlFlow, path::Path};

use serde_json::{Map, Value};
use sheets::{Cell, Limits, Row};

use crate::Error;

/// Whether the file is such a JSON file, by its extension.
pub(super) fn is_nested(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// Hands over the rows: the keys as row 0, then the objects from 1.
pub(super) fn read(path: &Path, limits: &Limits, on_row: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), Error> {
    let shown = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let unusable = |why: String| Error::Unusable(format!("无法读取 {shown}：{why}"));
    sheets::check_size(path, limits)?;
    let bytes = std::fs::read(path).map_err(|error| unusable(format!("请检查路径和权限（{error}）。")))?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let value: Value = serde_json::from_slice(text).map_err(|error| {
        unusable(format!("从第 {} 行起不是有效的 JSON。请检查文件是否完整（{error}）。", error.line()))
    })?;
    let mut objects = Vec::new();
    collect(value, &mut objects);
    let mut keys: Vec<String> = Vec::new();
    for object in &objects {
        for key in object.keys() {
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        }
    }
    if keys.is_empty() {
        return Err(unusable("其中没有对象列表，没有可导入的行。请确认文件内容。".into()));
    }
    let heading = Row { number: 0, cells: keys.iter().cloned().map(Cell::Text).collect() };
    if on_row(heading).is_break() {
        return Ok(());
    }
    for (place, mut object) in objects.into_iter().enumerate() {
        let cells = keys.iter().map(|key| object.remove(key).map_or(Cell::Empty, cell)).collect();
        let number = u32::try_from(place + 1).map_err(|_| unusable("行数过多。请拆分后导入。".into()))?;
        if on_row(Row { number, cells }).is_break() {
            break;
        }
    }
    Ok(())
}

/// The objects of the innermost lists, in order.
fn collect(value: Value, objects: &mut Vec<Map<String, Value>>) {
    let is_list = |value: &Value| matches!(value, Value::Array(items) if items.iter().any(Value::is_object));
    match value {
        Value::Array(items) => items.into_iter().for_each(|item| match item {
            Value::Object(object) if !object.values().any(is_list) => objects.push(object),
            other => collect(other, objects),
        }),
        Value::Object(object) => {
            object.into_iter().filter(|(_, inner)| is_list(inner)).for_each(|(_, inner)| collect(inner, objects))
        }
        _ => {}
    }
}

fn cell(value: Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(flag) => Cell::Flag(flag),
        Value::Number(number) => Cell::Number(number.to_string()),
        Value::String(text) if text.is_empty() => Cell::Empty,
        Value::String(text) => Cell::Text(text),
        other => Cell::Text(other.to_string()),
    }
}
