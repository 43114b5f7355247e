//! Which patents belong to strategic emerging industries (战略性新兴产业), by the reference table of IPC symbols and keywords.
//!
//! Basis: 《战略性新兴产业分类与国际专利分类参照关系表（2021）（试行）》. An excluded symbol does not match, while another symbol
//! of the same patent still may. Keywords settle what symbols leave open; what they too leave open waits for a person,
//! whose judgement holds wherever the symbol matches.
//!
//! A subgroup with all below (以下全部) reaches its dotted children where the loaded scheme (`ipc-titles`) names them, and
//! itself alone where it does not: dot levels are not in the symbols (`docs/decisions/2026-11-27-dots-of-the-ipc.md`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use registry::Folded;
use terms::{IpcLevel, IpcPattern, IpcSymbol, Match};

use super::{keywords::Keywords, rows::PatentSei, sheet::Sheet};

/// What a rule says of a patent whose symbol it matches; the better answer of two rows is the later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// An excluded keyword was found, or a person said no.
    Refused,
    /// No keyword was found: a person has to say.
    Undetermined,
    /// The rule is met.
    Met,
}

impl Verdict {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Undetermined => "undetermined",
            Self::Met => "met",
        }
    }
}

/// One row of the table.
#[derive(Debug)]
struct Rule<'a> {
    code: &'a str,
    rule: &'a str,
    included: Vec<IpcPattern>,
    excluded: Vec<IpcPattern>,
    keywords: Vec<usize>,
    excluded_keywords: Vec<usize>,
}

impl Rule<'_> {
    /// Whether a symbol with these subgroups above it falls under the rule.
    fn matches(&self, symbol: &IpcSymbol, above: &[IpcSymbol]) -> bool {
        let falls = |pattern: &IpcPattern| {
            pattern.matches(symbol) || (pattern.reach == Match::AndBelow && above.contains(&pattern.symbol))
        };
        let hits = |patterns: &[IpcPattern]| patterns.iter().any(falls);
        hits(&self.included) && !hits(&self.excluded)
    }
}

/// The table with its indexes and what was already asked of it.
pub(super) struct Industries<'a> {
    rules: Vec<Rule<'a>>,
    dots: Dots,
    /// A section, class or subclass → the rules with a pattern of that level, or below that subclass.
    by_ancestor: HashMap<IpcSymbol, Vec<usize>>,
    /// Symbols as written in files → the rules they match.
    by_symbol: HashMap<&'a str, Vec<usize>>,
    /// (application number, code, rule) → a person's judgement.
    judgements: HashMap<(&'a str, &'a str, &'a str), bool>,
    keywords: Keywords,
}

impl<'a> Industries<'a> {
    pub(super) fn of(folded: &'a Folded) -> Self {
        let sheet = Sheet::of(folded, "strategic-industries");
        let [code, rule, ipc, reach, excluded_ipc, keywords, excluded_keywords] =
            ["code", "rule", "ipc", "match", "excluded_ipc", "keywords", "excluded_keywords"]
                .map(|field| sheet.field(field));
        let mut known = Keywords::default();
        let mut rules = Vec::with_capacity(sheet.rows.len());
        for row in sheet.rows {
            let reach: Match = reach.text(row).parse().unwrap_or_default();
            let pattern = |cell: &str| IpcPattern::parse(cell, reach).ok();
            rules.push(Rule {
                code: code.text(row),
                rule: rule.text(row),
                included: ipc.list(row).filter_map(pattern).collect(),
                excluded: excluded_ipc.list(row).filter_map(pattern).collect(),
                keywords: keywords.list(row).map(|word| known.add(word)).collect(),
                excluded_keywords: excluded_keywords.list(row).map(|word| known.add(word)).collect(),
            });
        }
        let by_ancestor = index(&rules);
        let dots = if below_subgroups(&rules).next().is_some() { Dots::of(folded) } else { Dots::default() };
        Self { rules, dots, by_ancestor, by_symbol: HashMap::new(), judgements: judgements(folded), keywords: known }
    }

    /// What the table says of one patent, one row per matching rule.
    pub(super) fn judge(
        &mut self,
        number: &'a str,
        symbols: impl Iterator<Item = &'a str>,
        title: &str,
        summary: &str,
    ) -> Vec<PatentSei<'a>> {
        let mut matching: Vec<usize> = Vec::new();
        for symbol in symbols {
            let Self { by_symbol, rules, dots, by_ancestor, .. } = self;
            let found = by_symbol.entry(symbol).or_insert_with(|| rules_of(symbol, rules, dots, by_ancestor));
            matching.extend(found.iter());
        }
        matching.sort_unstable();
        matching.dedup();
        if matching.is_empty() {
            return Vec::new();
        }
        let Self { rules, keywords, judgements, .. } = self;
        let mut text = keywords.text(title, summary);
        let mut verdicts: BTreeMap<(&'a str, &'a str), Verdict> = BTreeMap::new();
        for rule in matching.iter().map(|&index| &rules[index]) {
            let verdict = if rule.excluded_keywords.iter().any(|&word| text.holds(word)) {
                Verdict::Refused
            } else if rule.keywords.is_empty() || rule.keywords.iter().any(|&word| text.holds(word)) {
                Verdict::Met
            } else {
                Verdict::Undetermined
            };
            let best = verdicts.entry((rule.code, rule.rule)).or_insert(verdict);
            *best = verdict.max(*best);
        }
        let judged = |((code, rule), computed)| {
            let verdict = match judgements.get(&(number, code, rule)) {
                Some(true) => Verdict::Met,
                Some(false) => Verdict::Refused,
                None => computed,
            };
            PatentSei { application_number: number, code, rule, verdict: verdict.as_str() }
        };
        verdicts.into_iter().map(judged).collect()
    }
}

fn index(rules: &[Rule<'_>]) -> HashMap<IpcSymbol, Vec<usize>> {
    let mut by_ancestor: HashMap<IpcSymbol, Vec<usize>> = HashMap::new();
    for (index, rule) in rules.iter().enumerate() {
        for pattern in &rule.included {
            let indexes = by_ancestor.entry(pattern.symbol.subclass()).or_default();
            if indexes.last() != Some(&index) {
                indexes.push(index);
            }
        }
    }
    by_ancestor
}

/// The rules that a symbol matches; what is no IPC symbol matches none.
fn rules_of(symbol: &str, rules: &[Rule<'_>], dots: &Dots, by_ancestor: &HashMap<IpcSymbol, Vec<usize>>) -> Vec<usize> {
    let Ok(symbol) = symbol.parse::<IpcSymbol>() else {
        return Vec::new();
    };
    let mut ancestors = vec![symbol.subclass()];
    if symbol.level() >= IpcLevel::Subclass {
        ancestors.push(symbol.class_symbol());
    }
    if symbol.level() >= IpcLevel::Class {
        ancestors.push(symbol.section());
    }
    let candidates = ancestors.iter().filter_map(|ancestor| by_ancestor.get(ancestor)).flatten().copied();
    let above = dots.above(&symbol);
    candidates.filter(|&index| rules[index].matches(&symbol, &above)).collect()
}

/// The dot levels (点级) that the loaded scheme tells: a subgroup → the subgroup right above it.
#[derive(Debug, Default)]
struct Dots(HashMap<IpcSymbol, IpcSymbol>);

impl Dots {
    fn of(folded: &Folded) -> Self {
        let sheet = Sheet::of(folded, "ipc-titles");
        let [symbol, parent] = ["symbol", "parent"].map(|field| sheet.field(field));
        let subgroup = |cell: &str| cell.parse().ok().filter(|found: &IpcSymbol| found.level() == IpcLevel::Subgroup);
        let pair = |row| Some((subgroup(symbol.text(row))?, subgroup(parent.text(row))?));
        Self(sheet.rows.iter().filter_map(pair).collect())
    }

    /// The subgroups above this one, the nearest first.
    fn above(&self, symbol: &IpcSymbol) -> Vec<IpcSymbol> {
        std::iter::successors(self.0.get(symbol), |above| self.0.get(above)).take(DOTS_MAX).copied().collect()
    }
}

/// More dots than any edition has; a scheme whose rows name each other as parents ends here.
const DOTS_MAX: usize = 16;

/// The subgroups that the rules name with all below.
fn below_subgroups(rules: &[Rule<'_>]) -> impl Iterator<Item = IpcSymbol> {
    let patterns = rules.iter().flat_map(|rule| rule.included.iter().chain(&rule.excluded));
    let wanted =
        |pattern: &&IpcPattern| pattern.reach == Match::AndBelow && pattern.symbol.level() == IpcLevel::Subgroup;
    patterns.filter(wanted).map(|pattern| pattern.symbol)
}

/// How the subgroups are read that the table names with all below (小组“以下全部”).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DotReading {
    /// How many different ones the table names.
    pub named: usize,
    /// Of how many the loaded scheme tells what stands below; each of the others is itself alone.
    pub told: usize,
}

/// Reads the table and the scheme (`strategic-industries`, `ipc-titles`).
pub fn dot_reading(folded: &Folded) -> DotReading {
    let industries = Industries::of(folded);
    let named: BTreeSet<IpcSymbol> = below_subgroups(&industries.rules).collect();
    let parents: BTreeSet<&IpcSymbol> = industries.dots.0.values().collect();
    DotReading { named: named.len(), told: named.iter().filter(|symbol| parents.contains(symbol)).count() }
}

fn judgements(folded: &Folded) -> HashMap<(&str, &str, &str), bool> {
    let sheet = Sheet::of(folded, "sei-judgements");
    let [number, code, rule, verdict] =
        ["application_number", "code", "rule", "verdict"].map(|field| sheet.field(field));
    sheet.rows.iter().map(|row| ((number.text(row), code.text(row), rule.text(row)), verdict.is_yes(row))).collect()
}
