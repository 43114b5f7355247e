//! Which patents belong to strategic emerging industries (战略性新兴产业), by the reference table of IPC symbols and keywords.
//!
//! Basis: 《战略性新兴产业分类与国际专利分类参照关系表（2021）（试行）》. An excluded symbol does not match, while another symbol
//! of the same patent still may. Keywords settle what symbols leave open; what they too leave open waits for a person,
//! whose judgement holds wherever the symbol matches.

use std::collections::{BTreeMap, HashMap};

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
    fn matches(&self, symbol: &IpcSymbol) -> bool {
        let hits = |patterns: &[IpcPattern]| patterns.iter().any(|pattern| pattern.matches(symbol));
        hits(&self.included) && !hits(&self.excluded)
    }
}

/// The table with its indexes and what was already asked of it.
pub(super) struct Industries<'a> {
    rules: Vec<Rule<'a>>,
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
        Self { rules, by_ancestor, by_symbol: HashMap::new(), judgements: judgements(folded), keywords: known }
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
            let Self { by_symbol, rules, by_ancestor, .. } = self;
            matching.extend(by_symbol.entry(symbol).or_insert_with(|| rules_of(symbol, rules, by_ancestor)).iter());
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
fn rules_of(symbol: &str, rules: &[Rule<'_>], by_ancestor: &HashMap<IpcSymbol, Vec<usize>>) -> Vec<usize> {
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
    candidates.filter(|&index| rules[index].matches(&symbol)).collect()
}

fn judgements(folded: &Folded) -> HashMap<(&str, &str, &str), bool> {
    let sheet = Sheet::of(folded, "sei-judgements");
    let [number, code, rule, verdict] =
        ["application_number", "code", "rule", "verdict"].map(|field| sheet.field(field));
    sheet.rows.iter().map(|row| ((number.text(row), code.text(row), rule.text(row)), verdict.is_yes(row))).collect()
}
