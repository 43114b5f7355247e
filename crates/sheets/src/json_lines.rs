//! JSON lines: one object a line, its keys the headings, read in constant memory.
//!
//! Keys may differ from line to line; a first pass gathers them, so that the heading row holds them all.

use std::{collections::HashMap, fmt, ops::ControlFlow, path::Path};

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::{error::Category, value::RawValue};

use crate::{
    Cell, Error, Rows,
    decode::{Encoded, TextFile, WRONG},
};

/// A JSON lines file ready to be read.
#[derive(Debug)]
pub(crate) struct JsonLines {
    text: TextFile,
}

impl JsonLines {
    pub(crate) fn new(path: &Path, encoded: Encoded) -> JsonLines {
        JsonLines { text: TextFile { path: path.to_owned(), encoded } }
    }

    pub(crate) fn encoding(&self) -> &str {
        self.text.encoding()
    }

    /// Hands over the keys as row 1, then each record with the number of its line.
    pub(crate) fn read(&self, out: &mut Rows<'_>) -> Result<(), Error> {
        let mut headings: Vec<String> = Vec::new();
        let mut columns: HashMap<String, usize> = HashMap::new();
        self.text.each_line(out.file, &mut |line_number, line| {
            for (key, _) in Record::parse(line).map(|record| record.0).unwrap_or_default() {
                if !columns.contains_key(&key) {
                    out.check_column(line_number, headings.len() as u32)?;
                    columns.insert(key.clone(), headings.len());
                    headings.push(key);
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let width = headings.len().max(1);
        if out.push(1, headings.into_iter().map(Cell::from_text).collect())?.is_break() {
            return Ok(());
        }
        let file = out.file;
        self.text.each_line(file, &mut |number, line| {
            let cells = cells_of(number, line, &columns, width);
            for cell in &cells {
                out.check_chars(number, &cell.text())?;
            }
            out.push(number, cells)
        })
    }
}

fn cells_of(number: u32, line: &str, columns: &HashMap<String, usize>, width: usize) -> Vec<Cell> {
    let record = match Record::parse(line) {
        Ok(record) if !line.contains(WRONG) => record,
        // Without its keys a line belongs to no column, so the whole row is broken.
        Ok(_) => return vec![Cell::Broken(shortened(line, "含有无法识别的字节")); width],
        Err(error) => {
            let reason = format!("第 {number} 行不是合法的 JSON 对象：{}", words(line, &error));
            return vec![Cell::Broken(shortened(line, &reason)); width];
        }
    };
    let mut cells = vec![Cell::Empty; width];
    let mut is_set = vec![false; width];
    for (key, value) in record.0 {
        let Some(index) = columns.get(&key).copied() else { continue };
        cells[index] = if is_set[index] { Cell::Broken(format!("键“{key}”重复")) } else { cell_of(value) };
        is_set[index] = true;
    }
    cells
}

/// What is wrong with the text, for people who write no JSON every day.
fn words(text: &str, error: &serde_json::Error) -> String {
    // The parser counts bytes.
    let before = text.as_bytes().get(..error.column().saturating_sub(1)).unwrap_or_default();
    let place = String::from_utf8_lossy(before).chars().count() + 1;
    match error.classify() {
        Category::Eof => "没有写完，大括号、方括号或引号没有成对".to_owned(),
        Category::Syntax => format!("从第 {place} 个字符起写法不对；键和文字要加双引号，各项之间用逗号，一行一条"),
        Category::Data => "整行应是一对大括号里的 键: 值".to_owned(),
        Category::Io => "读不出来".to_owned(),
    }
}

fn shortened(line: &str, reason: &str) -> String {
    let start: String = line.chars().take(80).collect();
    format!("{}（{reason}）", start.replace(WRONG, "\u{FFFD}"))
}

fn cell_of(value: &RawValue) -> Cell {
    let raw = value.get();
    match raw.bytes().next() {
        Some(b'"') => match serde_json::from_str::<String>(raw) {
            Ok(text) => Cell::from_text(text),
            Err(error) => Cell::Broken(shortened(raw, &words(raw, &error))),
        },
        Some(b't') => Cell::Flag(true),
        Some(b'f') => Cell::Flag(false),
        Some(b'n') | None => Cell::Empty,
        Some(b'[') => list(raw),
        Some(b'{') => Cell::Broken(shortened(raw, "单元格里不能是 JSON 对象")),
        Some(_) => Cell::Number(plain_number(raw)),
    }
}

/// A list of plain values becomes a list in one cell, divided by bars.
fn list(raw: &str) -> Cell {
    let items: Vec<&RawValue> = match serde_json::from_str(raw) {
        Ok(items) => items,
        Err(error) => return Cell::Broken(shortened(raw, &words(raw, &error))),
    };
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        match (item.get().as_bytes().first(), cell_of(item)) {
            (Some(b'['), _) | (_, Cell::Broken(_)) => return Cell::Broken(shortened(raw, "列表里不能再套列表或对象")),
            (_, cell) => texts.push(cell.text().into_owned()),
        }
    }
    Cell::from_text(texts.join("|"))
}

/// The number as written, without a fraction of only zeros.
fn plain_number(raw: &str) -> String {
    match raw.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole.to_owned(),
        _ => raw.to_owned(),
    }
}

/// An object's members in their order, repeated keys included.
struct Record<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Record<'a> {
    fn parse(line: &'a str) -> Result<Record<'a>, serde_json::Error> {
        let mut parser = serde_json::Deserializer::from_str(line);
        let record = parser.deserialize_map(Members)?;
        parser.end()?;
        Ok(record)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Record<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON 对象")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Record(members))
    }
}
