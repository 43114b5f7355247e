//! The registers 登记簿: which files the office receives, with which columns, and what makes a row the same row.
//!
//! The headings are fixed (others write files by them); synonyms are what real exports call the same thing.
//! How a cell becomes a canonical string is in `cells`; rules across cells are in `rows`.

mod enterprises;
mod finance;
mod internal;
mod market;
mod national;
mod patents;
mod projects;
mod reference;

use std::sync::LazyLock;

pub use self::enterprises::STATUSES;
pub(crate) use self::internal::SHARES;
pub use self::market::{FOCUSES, LICENCE_KINDS, PAID_EVENTS, RELATIONS};
pub use self::projects::{LEADING_INDUSTRIES, PILOT_RESULTS, PROJECT_TAGS, REVIEWS, SUPPORT_FORMS, USE_ITEMS};

/// One register: a kind of file with fixed headings.
#[derive(Debug)]
pub struct Register {
    /// The identifier used on the command line and in the log.
    pub id: &'static str,
    /// The name shown to people.
    pub name_zh: &'static str,
    /// The columns in the order of the template.
    pub columns: &'static [Column],
    /// The fields that together name a row.
    pub key: &'static [&'static str],
    /// Whether files of it are received from outside; the others are kept by the program for what people settle.
    pub received: bool,
}

/// One column of a register.
#[derive(Debug)]
pub struct Column {
    /// The English field name, also a key of JSON lines.
    pub field: &'static str,
    /// The canonical heading.
    pub heading: &'static str,
    /// Other headings that mean the same.
    pub synonyms: &'static [&'static str],
    /// What a cell may hold.
    pub kind: ColumnKind,
    /// Whether a row without it is quarantined.
    pub required: bool,
    /// One line for whoever fills the template in.
    pub hint: &'static str,
}

/// What a cell of a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Any text.
    Text,
    /// The name of a person, an enterprise or an office.
    Name,
    /// Several names, the first-named first.
    Names,
    /// Several words or phrases.
    Words,
    /// 统一社会信用代码.
    Uscc,
    /// A day.
    Date,
    /// A calendar year.
    Year,
    /// A whole number that is not negative.
    Count,
    /// A decimal number kept as written.
    Decimal,
    /// An amount of money, kept in fen.
    Money,
    /// Several amounts of money.
    Moneys,
    /// A decimal number whose unit stands in another column.
    Quantity,
    /// One of a closed list.
    Choice(&'static [&'static str]),
    /// 申请号 of a Chinese patent.
    ApplicationNumber,
    /// 公开（公告）号.
    PublicationNumber,
    /// A number given by some office or body, kept in capitals without blanks.
    Identifier,
    /// A foreign grant number.
    ForeignNumber,
    /// A Chinese application number or a foreign grant number.
    PatentNumber,
    /// Numbers of rights, whose form depends on another column.
    Rights,
    /// PCT international application number.
    Pct,
    /// Trademark registration number.
    Trademark,
    /// Madrid international registration number.
    Madrid,
    /// One Nice class.
    NiceClass,
    /// Several Nice classes.
    NiceClasses,
    /// WIPO ST.3 office code.
    Office,
    /// Several ST.3 office codes.
    Offices,
    /// IPC symbols.
    Ipc,
    /// IPC patterns, where `*` stands for everything below.
    IpcPatterns,
    /// Any node of the IPC from section to subgroup.
    IpcNode,
    /// GB/T 4754 code.
    Industry,
    /// 区镇代码.
    Region,
    /// 文号.
    Document,
    /// Several numbers from 1 to 5.
    Categories,
    /// The identifier or the Chinese name of a register.
    RegisterId,
    /// A year, quarter, month, day or range of days, kept as `from/to`.
    Period,
}

/// Every register in the order of the documentation.
pub fn registers() -> &'static [Register] {
    static ALL: LazyLock<Vec<Register>> = LazyLock::new(|| {
        let groups = [
            enterprises::registers(),
            patents::registers(),
            finance::registers(),
            market::registers(),
            projects::registers(),
            national::registers(),
            reference::registers(),
            internal::registers(),
        ];
        groups.into_iter().flatten().collect()
    });
    &ALL
}

/// The register with this identifier or Chinese name.
pub fn register(id: &str) -> Option<&'static Register> {
    // 质押登记簿 is the register 质押登记, 专利登记簿 the register 专利.
    let names = [Some(id), id.strip_suffix("登记簿"), id.strip_suffix('簿')];
    let is_named = |register: &&Register| register.id == id || names.contains(&Some(register.name_zh));
    registers().iter().find(is_named)
}

impl Register {
    /// The place of a field among the columns.
    pub fn index(&self, field: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.field == field)
    }

    /// The key of a row: the canonical strings of the key columns, empty ones as empty text, joined by U+001F.
    pub fn key_of(&self, cells: &[Option<String>]) -> String {
        let mut key = String::new();
        for (place, field) in self.key.iter().enumerate() {
            if place > 0 {
                key.push(KEY_SEPARATOR);
            }
            let index = self.index(field).expect("every key field is a column, which a test proves");
            key.push_str(cells[index].as_deref().unwrap_or(""));
        }
        key
    }
}

/// Stands between the parts of a key; no cell holds it, because control characters are dropped from cells.
pub const KEY_SEPARATOR: char = '\u{1f}';

/// A key as people read it.
pub fn show_key(key: &str) -> String {
    key.split(KEY_SEPARATOR).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" / ")
}

const fn column(field: &'static str, heading: &'static str, kind: ColumnKind) -> Column {
    Column { field, heading, synonyms: &[], kind, required: false, hint: "" }
}

impl Column {
    const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    const fn also(mut self, synonyms: &'static [&'static str]) -> Self {
        self.synonyms = synonyms;
        self
    }

    const fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_key_field_is_a_column_and_no_name_stands_twice() {
        let mut ids = BTreeSet::new();
        for register in registers() {
            assert!(ids.insert(register.id), "{}", register.id);
            assert!(register.columns.iter().any(|column| column.required), "{}", register.id);
            for field in register.key {
                assert!(register.index(field).is_some(), "{} {field}", register.id);
            }
            let mut names = BTreeSet::new();
            for column in register.columns {
                for name in [column.field, column.heading].iter().chain(column.synonyms) {
                    assert!(names.insert(terms::text::fold_heading(name)), "{} {name}", register.id);
                }
            }
        }
    }
}
