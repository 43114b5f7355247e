//! Column mappings: how the files of one source become rows of a register.
//!
//! Most files need none, because headings and synonyms suffice. A mapping names further headings, gives constants,
//! leaves rows out, and mends what a source is known to do to its cells. People save their own; some are built in.

mod builtin;
mod steps;
mod store;

use std::collections::BTreeMap;

use db::Db;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use terms::text::fold_heading;

use crate::{Error, Register, audit, register};

pub use steps::Step;
pub(crate) use steps::is_among;

/// A mapping of the files of one source onto a register.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The name of the source.
    pub source: String,
    /// The register.
    pub register: String,
    /// Headings by which a file of this source is known; all must be there. Empty: used when it completes the headings.
    #[serde(default)]
    pub signature: Vec<String>,
    /// Whether the signature must be the whole heading row in this order.
    #[serde(default)]
    pub in_order: bool,
    /// Whether the file has no heading row at all; its columns are then named by their place, `A`, `B` or 第1列.
    /// Nothing in a file tells that, so such a mapping is used only when it is asked for by name.
    #[serde(default)]
    pub no_headings: bool,
    /// Headings of the file and the fields that they fill; 第5列 names a column without a heading.
    #[serde(default)]
    pub headings: BTreeMap<String, String>,
    /// Fields that the file does not have and that are the same in every row; a filled cell wins.
    #[serde(default)]
    pub constants: BTreeMap<String, String>,
    /// Rows are read only when the cell under the heading is one of these texts; `*` at the end stands for any rest.
    #[serde(default)]
    pub only: BTreeMap<String, Vec<String>>,
    /// What is mended in a row before it is checked, one after another.
    #[serde(default)]
    pub steps: Vec<Step>,
}

impl Mapping {
    /// Whether a heading row (folded) bears the signature.
    pub(crate) fn is_signed_by(&self, folded: &[String]) -> bool {
        if self.signature.is_empty() {
            return false;
        }
        let wanted: Vec<String> = self.signature.iter().map(|heading| fold_heading(heading)).collect();
        if self.in_order {
            let filled: Vec<&String> = folded.iter().filter(|heading| !heading.is_empty()).collect();
            return filled.len() == wanted.len() && filled.iter().zip(&wanted).all(|(have, want)| *have == want);
        }
        wanted.iter().all(|heading| folded.contains(heading))
    }

    /// The headings that the mapping reads itself.
    pub(crate) fn reads(&self) -> impl Iterator<Item = &str> {
        let by_steps = self.steps.iter().flat_map(Step::headings);
        self.only.keys().chain(by_steps).map(String::as_str)
    }

    /// The fields that the mapping fills without a heading.
    pub(crate) fn provides(&self, field: &str) -> bool {
        self.constants.contains_key(field) || self.steps.iter().any(|step| step.fills() == Some(field))
    }

    /// Refuses a mapping that names what does not exist.
    pub fn validate(&self) -> Result<(), Error> {
        let Some(register) = register(&self.register) else {
            return Err(Error::NotFound { what: "登记簿", id: self.register.clone() });
        };
        let fields = self.headings.values().chain(self.constants.keys()).map(String::as_str);
        let named = fields.chain(self.steps.iter().flat_map(Step::fields));
        for field in named {
            if register.index(field).is_none() {
                let known: Vec<&str> = register.columns.iter().map(|column| column.field).collect();
                return Err(Error::Unusable(format!(
                    "映射“{}”中的字段“{field}”不是{}登记簿的字段。可用的字段：{}。",
                    self.source,
                    register.name_zh,
                    known.join("、")
                )));
            }
        }
        if self.source.trim().is_empty() {
            return Err(Error::Unusable("映射没有名称。请给来源起一个名称。".into()));
        }
        if self.no_headings { self.validate_places(register) } else { Ok(()) }
    }

    /// Without a heading row every column must be named by its place, and every required field must be filled.
    fn validate_places(&self, register: &Register) -> Result<(), Error> {
        let named = self.headings.keys().map(String::as_str).chain(self.reads());
        if let Some(name) = named.into_iter().find(|name| column_at(name).is_none()) {
            return Err(Error::Unusable(format!(
                "映射“{}”用于没有标题行的文件，“{name}”不是列的位置。请写列标，如 A、B、C，或写第1列。",
                self.source
            )));
        }
        let is_filled = |field: &str| self.provides(field) || self.headings.values().any(|filled| filled == field);
        let lacking: Vec<&str> = register
            .columns
            .iter()
            .filter(|column| column.required && !is_filled(column.field))
            .map(|column| column.heading)
            .collect();
        if lacking.is_empty() {
            return Ok(());
        }
        Err(Error::Unusable(format!(
            "映射“{}”用于没有标题行的文件，但没有指明{}在哪一列。请为它们指明列，如 A={}。",
            self.source,
            lacking.join("、"),
            lacking[0]
        )))
    }
}

/// The column, from 0, that a place names: 第1列 or `A`, as a spreadsheet letters its columns.
pub(crate) fn column_at(name: &str) -> Option<usize> {
    let name = fold_heading(name).to_uppercase();
    if let Some(number) = name.strip_prefix('第').and_then(|rest| rest.strip_suffix('列')) {
        return number.parse::<usize>().ok()?.checked_sub(1);
    }
    let letters = name.strip_suffix('列').unwrap_or(&name);
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return None;
    }
    let number = letters.bytes().fold(0, |number, letter| number * 26 + usize::from(letter - b'A') + 1);
    Some(number - 1)
}

/// The letters of a column, from 0.
pub(crate) fn letters_of(column: usize) -> String {
    let last = char::from(b'A' + u8::try_from(column % 26).unwrap_or_default());
    match column / 26 {
        0 => last.to_string(),
        rest => format!("{}{last}", letters_of(rest - 1)),
    }
}

/// Saves a mapping of one's own; a built-in one of the same name gives way to it.
pub async fn save(db: &Db, mapping: &Mapping, at: Timestamp, who: &str) -> Result<(), Error> {
    mapping.validate()?;
    let json = serde_json::to_string(mapping).map_err(|error| Error::Damaged(error.to_string()))?;
    let mut tx = db.begin().await?;
    store::save(&mut tx, mapping, &json, at, who).await?;
    let detail = serde_json::json!({ "register": mapping.register });
    audit::record(&mut tx, at, who, "mapping-saved", &mapping.source, &detail).await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes a mapping of one's own.
pub async fn delete(db: &Db, register: &str, source: &str, at: Timestamp, who: &str) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    if store::delete(&mut tx, register, source).await? == 0 {
        return Err(Error::NotFound { what: "映射", id: source.to_owned() });
    }
    audit::record(&mut tx, at, who, "mapping-deleted", source, &serde_json::json!({ "register": register })).await?;
    tx.commit().await?;
    Ok(())
}

/// The mappings of a register: one's own first, then the built-in ones.
pub async fn of_register(db: &Db, register: &str) -> Result<Vec<Mapping>, Error> {
    let mut tx = db.begin_read().await?;
    let mut mappings = store::of_register(&mut tx, register).await?;
    let built_in = builtin::mappings().iter().filter(|mapping| mapping.register == register);
    for mapping in built_in {
        if !mappings.iter().any(|own| own.source == mapping.source) {
            mappings.push(mapping.clone());
        }
    }
    Ok(mappings)
}

/// The mappings that the program brings.
pub fn built_in() -> &'static [Mapping] {
    builtin::mappings()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_spreadsheets_letter_them() {
        for (name, column) in [("A", 0), ("b", 1), ("Ｃ", 2), ("Z列", 25), ("AA", 26), ("第1列", 0), ("XFD", 16_383)]
        {
            assert_eq!(column_at(name), Some(column), "{name}");
        }
        for name in ["", "名称", "A1", "第0列", "ABCD"] {
            assert_eq!(column_at(name), None, "{name}");
        }
        for column in [0, 25, 26, 701, 702, 16_383] {
            assert_eq!(column_at(&letters_of(column)), Some(column));
        }
    }
}
