//! The symbol of the International Patent Classification 国际专利分类号.
//!
//! The edition that files print after it, `(2006.01)I`, is understood and dropped.
//! The dot levels below a main group cannot be derived from the symbol: `3/04` may be the parent of `3/12`.
//! Designs carry Locarno classes, which are no IPC symbols and are refused.

use std::{fmt, str::FromStr};

use crate::{
    Error, Result,
    error::{digits_lost, empty, quoted},
    text,
    written::written_as_text,
};

const WHAT: &str = "分类号";
const SUBGROUP_MAX: usize = 6;
const MAIN_GROUP: [u8; SUBGROUP_MAX] = *b"00\0\0\0\0";

/// A symbol of the IPC 国际专利分类号 at any level: `H`, `H04`, `H04L`, `H04L9/00`, `H04L9/32`.
///
/// Symbols sort as the scheme does: `3/04` before `3/0481` before `3/05`, main group 9 before 12.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpcSymbol {
    section: u8,
    /// Zero at the level of the section.
    class: u8,
    /// Zero above the level of the subclass.
    subclass: u8,
    /// Zero above the level of the main group.
    group: u16,
    /// ASCII digits padded with zero bytes, so that comparing bytes compares as the scheme does.
    subgroup: [u8; SUBGROUP_MAX],
}

/// The level of a symbol in the scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IpcLevel {
    /// Section 部: `H`.
    Section,
    /// Class 大类: `H04`.
    Class,
    /// Subclass 小类: `H04L`.
    Subclass,
    /// Main group 大组: `H04L9/00`.
    MainGroup,
    /// Subgroup 小组 of any dot level: `H04L9/32`.
    Subgroup,
}

impl IpcSymbol {
    /// The level that the symbol itself shows.
    pub fn level(&self) -> IpcLevel {
        match self {
            Self { class: 0, .. } => IpcLevel::Section,
            Self { subclass: 0, .. } => IpcLevel::Class,
            Self { group: 0, .. } => IpcLevel::Subclass,
            Self { subgroup: MAIN_GROUP, .. } => IpcLevel::MainGroup,
            _ => IpcLevel::Subgroup,
        }
    }

    /// The symbol of the section, `A` to `H`.
    pub fn section(&self) -> Self {
        Self { class: 0, ..self.class_symbol() }
    }

    /// The symbol of the class, such as `H04`; of a section, itself.
    pub fn class_symbol(&self) -> Self {
        Self { subclass: 0, ..self.subclass() }
    }

    /// The symbol of the subclass, such as `H04L`; of what stands above it, itself.
    pub fn subclass(&self) -> Self {
        Self { group: 0, subgroup: [0; SUBGROUP_MAX], ..*self }
    }

    /// The symbol of the main group, such as `H04L9/00`; of what stands above it, itself.
    pub fn main_group(&self) -> Self {
        match self.level() {
            IpcLevel::Subgroup => Self { subgroup: MAIN_GROUP, ..*self },
            _ => *self,
        }
    }

    /// Whether this symbol is `other` or stands below it by what the symbols show.
    ///
    /// Below a subgroup nothing can be seen to stand, for dot levels are not in the symbol.
    pub fn is_at_or_below(&self, other: &Self) -> bool {
        match other.level() {
            IpcLevel::Section => self.section() == *other,
            IpcLevel::Class => self.class_symbol() == *other,
            IpcLevel::Subclass => self.subclass() == *other,
            IpcLevel::MainGroup => self.main_group() == *other,
            IpcLevel::Subgroup => self == other,
        }
    }
}

impl FromStr for IpcSymbol {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let folded = text::fold_code(cell);
        if folded.is_empty() {
            return Err(empty(WHAT));
        }
        let symbol = match folded.split_once('(') {
            Some((symbol, edition)) if is_edition(edition) => symbol,
            Some(_) => return Err(malformed(cell)),
            None => &folded,
        };
        if let Some(error) = digits_lost(WHAT, symbol) {
            return Err(error);
        }
        read_symbol(symbol).ok_or_else(|| malformed(cell))
    }
}

impl fmt::Display for IpcSymbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", char::from(self.section))?;
        if self.class != 0 {
            write!(f, "{:02}", self.class)?;
        }
        if self.subclass != 0 {
            write!(f, "{}", char::from(self.subclass))?;
        }
        if self.group != 0 {
            write!(f, "{}/", self.group)?;
            for digit in self.subgroup.iter().take_while(|b| **b != 0) {
                write!(f, "{}", char::from(*digit))?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for IpcSymbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IpcSymbol({self})")
    }
}

written_as_text!(IpcSymbol);

/// `2006.01)I`: a year with or without a month, closed, then the mark of the core or advanced level and of the invention.
fn is_edition(text: &str) -> bool {
    let Some((edition, marks)) = text.split_once(')') else {
        return false;
    };
    edition.len() <= 10
        && edition.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && marks.len() <= 3
        && marks.bytes().all(|b| b.is_ascii_uppercase())
}

/// Reads `H`, `H04`, `H04L`, `H04L9` (short for `H04L9/00`) and `H04L9/32`, already folded.
pub(crate) fn read_symbol(text: &str) -> Option<IpcSymbol> {
    let bytes = text.as_bytes();
    let section = *bytes.first().filter(|b| (b'A'..=b'H').contains(b))?;
    let mut symbol = IpcSymbol { section, class: 0, subclass: 0, group: 0, subgroup: [0; SUBGROUP_MAX] };
    if bytes.len() == 1 {
        return Some(symbol);
    }
    let class = text.get(1..3).filter(|class| is_digits(class))?;
    symbol.class = class.parse().ok().filter(|class| *class > 0)?;
    if bytes.len() == 3 {
        return Some(symbol);
    }
    symbol.subclass = *bytes.get(3).filter(|b| b.is_ascii_uppercase())?;
    if bytes.len() == 4 {
        return Some(symbol);
    }
    let groups = text.get(4..)?;
    let (group, subgroup) = groups.split_once('/').unwrap_or((groups, "00"));
    symbol.group =
        Some(group).filter(|group| is_digits(group) && group.len() <= 4)?.parse().ok().filter(|group| *group > 0)?;
    if !is_digits(subgroup) || !(2..=SUBGROUP_MAX).contains(&subgroup.len()) {
        return None;
    }
    symbol.subgroup = MAIN_GROUP;
    if subgroup.bytes().any(|b| b != b'0') {
        symbol.subgroup[..subgroup.len()].copy_from_slice(subgroup.as_bytes());
    }
    Some(symbol)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn malformed(cell: &str) -> Error {
    Error::new(format!(
        "{WHAT}{}不是国际专利分类号。应如 H04L9/32：部（A 至 H）、两位大类、小类字母、大组、斜线、小组；多个分类号请用分号隔开。外观设计用洛迦诺分类，不填在这里。",
        quoted(cell)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn symbol(cell: &str) -> IpcSymbol {
        cell.parse().unwrap_or_else(|error| panic!("{cell}: {error}"))
    }

    #[test]
    fn the_notations_of_real_files_are_read_section_2_6() {
        for (cell, printed) in [
            ("H04L 9/32", "H04L9/32"),
            ("G06F 17/30", "G06F17/30"),
            ("g06f17/30", "G06F17/30"),
            ("H04W8/26(2009.01)I", "H04W8/26"),
            ("??H04W84/12(2009.01)I", "H04W84/12"),
            ("\u{A0}H04W84/12 (2009.01) I;", "H04W84/12"),
            ("Ｇ０６Ｆ３／０４８１（２０１３．０１）Ｎ", "G06F3/0481"),
            ("B82B1/00(2006.01)I;", "B82B1/00"),
            ("H01L2224/48091", "H01L2224/48091"),
            ("A61K 8/981(2006.01)", "A61K8/981"),
            ("H04L009/32", "H04L9/32"),
            ("H03M13", "H03M13/00"),
            ("H03M13/0000", "H03M13/00"),
            ("H04L", "H04L"),
            ("H04", "H04"),
            ("H", "H"),
        ] {
            assert_eq!(symbol(cell).to_string(), printed, "{cell}");
        }
    }

    #[test]
    fn groups_of_one_to_four_and_subgroups_of_two_to_six_digits_are_read_section_2_6() {
        for cell in ["A01B1/02", "A01B1234/02", "A01B1/123456"] {
            assert_eq!(symbol(cell).to_string(), cell);
        }
        for cell in ["A01B12345/02", "A01B1/2", "A01B1/1234567", "A01B0/00", "A01B/00", "A01B1/"] {
            assert!(cell.parse::<IpcSymbol>().is_err(), "{cell}");
        }
    }

    #[test]
    fn what_is_no_ipc_symbol_is_refused_section_2_6() {
        for cell in [
            "",
            "I04L9/32",
            "Y02E10/50",
            "H4L9/32",
            "H00L9/32",
            "01-01 (12)",
            "01-01",
            "H04L9/32H04L9/08",
            "H04L9-32",
            "H04L9/32(其他)",
            "H04L9/32(2006.01",
            "分类",
            "2.02E+12",
        ] {
            let error = cell.parse::<IpcSymbol>().unwrap_err();
            assert!(error.message.starts_with("分类号"), "{cell}");
        }
    }

    #[test]
    fn levels_and_ancestors_are_seen_in_the_symbol_section_2_6() {
        let subgroup = symbol("H04L9/32");
        assert_eq!(subgroup.level(), IpcLevel::Subgroup);
        for (ancestor, level) in [
            ("H04L9/00", IpcLevel::MainGroup),
            ("H04L", IpcLevel::Subclass),
            ("H04", IpcLevel::Class),
            ("H", IpcLevel::Section),
        ] {
            assert_eq!(symbol(ancestor).level(), level);
            assert!(subgroup.is_at_or_below(&symbol(ancestor)), "{ancestor}");
            assert!(!symbol(ancestor).is_at_or_below(&subgroup), "{ancestor}");
        }
        assert_eq!(subgroup.main_group(), symbol("H04L9/00"));
        assert_eq!(symbol("H04").main_group(), symbol("H04"));
        assert_eq!(symbol("H04").subclass(), symbol("H04"));
    }

    #[test]
    fn dot_levels_are_not_derived_from_the_symbol_section_2_6() {
        assert!(!symbol("G06F3/0481").is_at_or_below(&symbol("G06F3/048")));
        assert!(!symbol("G06F3/12").is_at_or_below(&symbol("G06F3/04")));
    }

    #[test]
    fn symbols_sort_as_the_scheme_does() {
        let sorted = ["G06F", "G06F3/00", "G06F3/04", "G06F3/0481", "G06F3/05", "G06F3/12", "G06F12/00"].map(symbol);
        assert!(sorted.is_sorted());
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(cell in "[A-H](0[1-9]|[1-9][0-9])([A-Z]([1-9][0-9]{0,3}/(00|[0-9]{2,5}[1-9]))?)?") {
            prop_assert_eq!(symbol(&cell).to_string(), cell);
        }

        #[test]
        fn the_edition_changes_nothing(cell in "[A-H]0[1-9][A-Z][1-9]/[0-9][1-9]", edition in "\\(20[0-9]{2}\\.01\\)[IN]?") {
            prop_assert_eq!(symbol(&format!("{cell}{edition}")), symbol(&cell));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "([A-H]0[1-9]|[/()0-9]|\\PC){0,12}") {
            let _ = text.parse::<IpcSymbol>();
        }
    }
}
