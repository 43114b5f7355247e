//! Patterns over IPC symbols, as the reference table of strategic industries writes them.
//!
//! How far a pattern reaches is always explicit: exactly one symbol, or that symbol and what stands below it.

use std::{fmt, str::FromStr};

use crate::{Error, IpcSymbol, Result, error::quoted, ipc::read_symbol, text, written::written_as_text};

/// How far a pattern reaches (匹配方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Match {
    /// That symbol and no other (精确).
    #[default]
    Exact,
    /// That symbol and all below it (以下全部).
    AndBelow,
}

impl Match {
    /// The word of the register.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Exact => "精确",
            Self::AndBelow => "以下全部",
        }
    }
}

impl FromStr for Match {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        match text::fold_code(cell).as_str() {
            "精确" => Ok(Self::Exact),
            "以下全部" => Ok(Self::AndBelow),
            _ => Err(Error::new(format!("匹配方式{}无法识别。请填“精确”或“以下全部”。", quoted(cell)))),
        }
    }
}

impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.zh())
    }
}

/// A symbol and how far it reaches: `G06F11*` is the main group with its subgroups, `G06F15/00` that symbol alone.
///
/// `A01B*` is the subclass, `C08*` the class, each with all below.
/// A subgroup with `*` reaches itself only: which subgroups stand below it is not in the symbols, and is not guessed.
/// A pattern without `*` never reaches further than its own symbol, whatever its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpcPattern {
    /// The symbol at which it begins.
    pub symbol: IpcSymbol,
    /// How far it reaches.
    pub reach: Match,
}

impl IpcPattern {
    /// Reads a pattern; `*` always means all below, and without it `reach` decides.
    pub fn parse(cell: &str, reach: Match) -> Result<Self> {
        let folded = text::fold_code(cell);
        let pattern = match folded.strip_suffix('*') {
            // The star may follow the whole group in short form or a stroke: `G06F11*`, `G06F11/*`.
            Some(bare) => read_symbol(bare.strip_suffix('/').unwrap_or(bare))
                .map(|symbol| Self { symbol, reach: Match::AndBelow }),
            None => folded.parse().ok().map(|symbol| Self { symbol, reach }),
        };
        pattern.ok_or_else(|| {
            Error::new(format!(
                "分类号{}无法识别。请填 G06F11/14（只此一个）、G06F11*（整个大组）、A01B*（整个小类）或 C08*（整个大类）。",
                quoted(cell)
            ))
        })
    }

    /// Whether the symbol of a patent falls under the pattern.
    pub fn matches(&self, symbol: &IpcSymbol) -> bool {
        match self.reach {
            Match::Exact => *symbol == self.symbol,
            Match::AndBelow => symbol.is_at_or_below(&self.symbol),
        }
    }
}

impl FromStr for IpcPattern {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        Self::parse(cell, Match::Exact)
    }
}

impl fmt::Display for IpcPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let printed = self.symbol.to_string();
        match self.reach {
            Match::Exact => f.write_str(&printed),
            Match::AndBelow => write!(f, "{}*", printed.strip_suffix("/00").unwrap_or(&printed)),
        }
    }
}

written_as_text!(IpcPattern, Match);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(pattern: &str, reach: Match, hits: &[&str], misses: &[&str]) {
        let pattern = IpcPattern::parse(pattern, reach).unwrap();
        for symbol in hits {
            assert!(pattern.matches(&symbol.parse().unwrap()), "{pattern} should reach {symbol}");
        }
        for symbol in misses {
            assert!(!pattern.matches(&symbol.parse().unwrap()), "{pattern} should not reach {symbol}");
        }
    }

    #[test]
    fn a_star_after_a_main_group_reaches_its_subgroups_section_2_6() {
        let misses = ["G06F1/10", "G06F110/00", "G06F12/00", "G06F", "G06G11/00"];
        for star in ["G06F11*", "G06F11/00*", "G06F11/*", "g06f 11＊"] {
            check(star, Match::Exact, &["G06F11/00", "G06F11/14", "G06F11/1402"], &misses);
        }
    }

    #[test]
    fn a_star_after_subclass_class_or_section_reaches_everything_below_section_2_6() {
        check("A01B*", Match::Exact, &["A01B", "A01B1/00", "A01B79/02"], &["A01C1/00", "A01"]);
        check("C08*", Match::Exact, &["C08", "C08L", "C08L1/02"], &["C07C1/00", "C"]);
        check("C*", Match::Exact, &["C08L1/02"], &["B01D1/00"]);
    }

    #[test]
    fn without_a_star_only_the_symbol_itself_is_reached_section_2_6() {
        check("G06F15/00", Match::Exact, &["G06F15/00"], &["G06F15/16", "G06F"]);
        check("H03M13", Match::Exact, &["H03M13/00"], &["H03M13/11"]);
        check("G16H", Match::Exact, &["G16H"], &["G16H10/60"]);
        check("C08", Match::Exact, &["C08"], &["C08L", "C08L1/02"]);
    }

    #[test]
    fn and_below_makes_a_main_group_whole_and_a_subgroup_itself_section_2_6() {
        check("G06F15/00", Match::AndBelow, &["G06F15/00", "G06F15/16"], &["G06F16/00"]);
        check("G06F15/16", Match::AndBelow, &["G06F15/16"], &["G06F15/161", "G06F15/167"]);
        check("G06F15/16*", Match::Exact, &["G06F15/16"], &["G06F15/161"]);
        check("G06F", Match::AndBelow, &["G06F15/16"], &["G06G1/00"]);
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for cell in ["", "*", "G06F*11", "G06F11**", "G06F11/1*", "G6F*", "Y02E*"] {
            assert!(cell.parse::<IpcPattern>().is_err(), "{cell}");
        }
    }

    #[test]
    fn match_words_are_read_and_printed() {
        for reach in [Match::Exact, Match::AndBelow] {
            assert_eq!(reach.to_string().parse::<Match>().unwrap(), reach);
        }
        assert!("前缀".parse::<Match>().is_err());
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(cell in "[A-H]0[1-9]([A-Z]([1-9][0-9]?/(00|[0-9][1-9]))?)?\\*?") {
            let pattern: IpcPattern = cell.parse().unwrap();
            prop_assert_eq!(pattern.to_string().parse::<IpcPattern>().unwrap(), pattern);
        }

        #[test]
        fn a_pattern_reaches_its_own_symbol(cell in "[A-H]0[1-9][A-Z][1-9]/[0-9]{2}\\*?") {
            let pattern: IpcPattern = cell.parse().unwrap();
            prop_assert!(pattern.matches(&pattern.symbol));
        }
    }
}
