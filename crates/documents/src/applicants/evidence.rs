//! What speaks for two names being one body, gathered from documents, weighed in whole numbers.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use terms::text::fold_name;

use super::Names;
use crate::document::{Document, Party};

/// An address shorter than this names a town, not a house.
const ADDRESS_CHARS_MIN: usize = 8;

/// More names than this at one address are those of a building or an agent.
const NEIGHBOURS_MAX: usize = 8;

/// One thing that speaks for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Evidence {
    /// A source gives both names one unified social credit code.
    CreditCode {
        /// The code.
        code: String,
    },
    /// A source prints the two names of one body beside each other, in two scripts.
    StatedPair {
        /// The document that does.
        document: String,
    },
    /// The names are equal but for the words of the legal form.
    SameStem {
        /// What is left without those words.
        stem: String,
    },
    /// Both names stand with one address.
    SameAddress {
        /// How many documents of each name have it, the lesser number.
        documents: u32,
    },
    /// The same persons invented for both.
    CoInventors {
        /// How many.
        persons: u32,
    },
    /// A person says so.
    Person {
        /// Why.
        reason: String,
    },
}

impl Evidence {
    /// It in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::CreditCode { code } => format!("同一统一社会信用代码 {code}"),
            Self::StatedPair { document } => format!("文献 {document} 上并列为同一主体的两种文字"),
            Self::SameStem { stem } => format!("除公司形式外名称相同：{stem}"),
            Self::SameAddress { documents } => format!("同一地址，至少各 {documents} 件"),
            Self::CoInventors { persons } => format!("有 {persons} 个共同的发明人"),
            Self::Person { reason } => reason.clone(),
        }
    }

    /// What it weighs; 100 is certainty.
    pub fn score(&self) -> u32 {
        match self {
            Evidence::CreditCode { .. } | Evidence::Person { .. } => 100,
            Evidence::StatedPair { .. } => 80,
            Evidence::SameStem { .. } => 50,
            Evidence::SameAddress { .. } => 30,
            Evidence::CoInventors { persons } => 10 * (*persons).min(3),
        }
    }
}

/// Two names that may be one body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The name with fewer documents.
    pub name: String,
    /// The name with more, which would stand for both.
    pub into: String,
    /// What speaks for it.
    pub evidence: Vec<Evidence>,
    /// The sum of what the evidence weighs, 100 at most.
    pub score: u32,
}

/// What documents show of names.
#[derive(Debug, Default, Clone)]
pub struct Observations {
    seen: BTreeMap<String, Seen>,
    codes: BTreeMap<String, BTreeSet<String>>,
    pairs: BTreeMap<(String, String), String>,
}

#[derive(Debug, Default, Clone)]
struct Seen {
    /// The name as first written; folding has dropped the blanks between its words.
    written: String,
    documents: u32,
    addresses: BTreeMap<String, u32>,
    inventors: BTreeSet<String>,
}

impl Observations {
    /// Looks at the applicants and owners of a document.
    pub fn see(&mut self, document: &Document) {
        let inventors: Vec<String> = document.inventors.iter().map(|one| fold_name(&one.name)).collect();
        let mut names = BTreeSet::new();
        for party in document.applicants.iter().chain(&document.owners) {
            let name = fold_name(&party.name);
            // Someone who invented for himself says nothing of another.
            if name.is_empty() || inventors.contains(&name) {
                continue;
            }
            self.see_party(&name, party, document);
            names.insert(name);
        }
        for name in names {
            let seen = self.seen.entry(name).or_default();
            seen.documents += 1;
            seen.inventors.extend(inventors.iter().cloned());
        }
    }

    /// Notes the unified social credit code that a source gives a name.
    pub fn see_code(&mut self, name: &str, code: &str) {
        self.codes.entry(code.to_owned()).or_default().insert(fold_name(name));
    }

    fn see_party(&mut self, name: &str, party: &Party, document: &Document) {
        let seen = self.seen.entry(name.to_owned()).or_default();
        if seen.written.is_empty() {
            seen.written.clone_from(&party.name);
        }
        let address = fold_name(&party.address);
        if address.chars().count() >= ADDRESS_CHARS_MIN {
            *seen.addresses.entry(address).or_default() += 1;
        }
        let other = fold_name(&party.other_name);
        if !other.is_empty() && other != name {
            self.pairs.entry(ordered(name.to_owned(), other)).or_insert_with(|| document.key.clone());
        }
    }

    /// Every pair for which something speaks and that the ledger does not hold together yet, the surest first.
    pub fn proposals(&self, names: &Names) -> Vec<Proposal> {
        let mut found: BTreeMap<(String, String), Vec<Evidence>> = BTreeMap::new();
        for (pair, document) in &self.pairs {
            found.entry(pair.clone()).or_default().push(Evidence::StatedPair { document: document.clone() });
        }
        for (code, names) in &self.codes {
            for pair in pairs(names) {
                found.entry(pair).or_default().push(Evidence::CreditCode { code: code.clone() });
            }
        }
        for (stem, names) in self.grouped(|seen| vec![stem(&seen.written)]) {
            for pair in pairs(&names) {
                found.entry(pair).or_default().push(Evidence::SameStem { stem: stem.clone() });
            }
        }
        for (address, names) in self.grouped(|seen| seen.addresses.keys().cloned().collect()) {
            for pair in pairs(&names) {
                let count = |name: &str| self.seen.get(name).and_then(|seen| seen.addresses.get(&address)).copied();
                let documents = count(&pair.0).min(count(&pair.1)).unwrap_or(0);
                let list = found.entry(pair).or_default();
                if !list.iter().any(|one| matches!(one, Evidence::SameAddress { .. })) {
                    list.push(Evidence::SameAddress { documents });
                }
            }
        }
        let apart = found.into_iter().filter(|((a, b), _)| names.canonical(a) != names.canonical(b));
        let mut proposals: Vec<Proposal> = apart.map(|(pair, evidence)| self.proposal(pair, evidence)).collect();
        proposals.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| (&a.into, &a.name).cmp(&(&b.into, &b.name))));
        proposals
    }

    /// Names that share a trait, where few enough do.
    fn grouped(&self, traits: impl Fn(&Seen) -> Vec<String>) -> BTreeMap<String, BTreeSet<String>> {
        let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, seen) in &self.seen {
            for one in traits(seen).into_iter().filter(|one| !one.is_empty()) {
                groups.entry(one).or_default().insert(name.clone());
            }
        }
        groups.retain(|_, names| (2..=NEIGHBOURS_MAX).contains(&names.len()));
        groups
    }

    fn proposal(&self, (a, b): (String, String), mut evidence: Vec<Evidence>) -> Proposal {
        let nothing = Seen::default();
        let (seen_a, seen_b) = (self.seen.get(&a).unwrap_or(&nothing), self.seen.get(&b).unwrap_or(&nothing));
        let persons = seen_a.inventors.intersection(&seen_b.inventors).count();
        if persons > 0 {
            evidence.push(Evidence::CoInventors { persons: u32::try_from(persons).unwrap_or(u32::MAX) });
        }
        evidence.sort();
        let score = evidence.iter().map(Evidence::score).sum::<u32>().min(100);
        // A name that was only printed beside another has no spelling of its own.
        let written = |name: String, seen: &Seen| if seen.written.is_empty() { name } else { seen.written.clone() };
        let more = seen_a.documents > seen_b.documents;
        let (a, b) = (written(a, seen_a), written(b, seen_b));
        let (name, into) = if more { (b, a) } else { (a, b) };
        Proposal { name, into, evidence, score }
    }
}

fn ordered(a: String, b: String) -> (String, String) {
    if a <= b { (a, b) } else { (b, a) }
}

fn pairs(names: &BTreeSet<String>) -> Vec<(String, String)> {
    let names: Vec<&String> = names.iter().collect();
    let mut pairs = Vec::new();
    for (index, a) in names.iter().enumerate() {
        pairs.extend(names[index + 1..].iter().map(|b| ((*a).clone(), (*b).clone())));
    }
    pairs
}

/// A name without the words of its legal form; empty when nothing is left that tells bodies apart.
///
/// ```
/// use documents::applicants::stem;
///
/// assert_eq!(stem("江苏某某机械股份有限公司"), stem("江苏某某机械有限责任公司"));
/// assert_eq!(stem("ACME TOOLS CO., LTD."), stem("Acme Tools Inc"));
/// assert_eq!(stem("有限公司"), "");
/// ```
pub fn stem(name: &str) -> String {
    const CHINESE: [&str; 5] = ["股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "公司"];
    const WESTERN: [&str; 22] = [
        "CO",
        "LTD",
        "LIMITED",
        "INC",
        "INCORPORATED",
        "CORP",
        "CORPORATION",
        "COMPANY",
        "LLC",
        "LLP",
        "LP",
        "PLC",
        "GMBH",
        "AG",
        "KG",
        "SA",
        "SAS",
        "SPA",
        "BV",
        "NV",
        "KK",
        "AB",
    ];
    let is_western = name.is_ascii();
    let mut stem = if is_western {
        let spaced: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { ' ' }).collect();
        let mut words: Vec<&str> = spaced.split_whitespace().collect();
        while words.last().is_some_and(|last| WESTERN.contains(last)) {
            words.pop();
        }
        words.concat()
    } else {
        fold_name(name).replace(['(', ')'], "")
    };
    if !is_western && let Some(shorter) = CHINESE.iter().find_map(|ending| stem.strip_suffix(ending)) {
        stem = shorter.to_owned();
    }
    if stem.chars().count() < 3 { String::new() } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(name: &str, other: &str, address: &str) -> Party {
        Party { name: name.into(), other_name: other.into(), address: address.into(), ..Party::default() }
    }

    fn document(key: &str, applicant: Party, inventors: &[&str]) -> Document {
        let inventors = inventors.iter().map(|name| party(name, "", "")).collect();
        Document { key: key.into(), applicants: vec![applicant], inventors, ..Document::default() }
    }

    #[test]
    fn evidence_adds_up_and_the_commoner_name_stands_for_both() {
        let mut seen = Observations::default();
        let address = "江苏省某某市某某路1号";
        seen.see(&document("1", party("某某机械有限公司", "", address), &["赵某", "钱某"]));
        seen.see(&document("2", party("某某机械有限公司", "", address), &["孙某"]));
        seen.see(&document("3", party("某某机械股份有限公司", "", address), &["赵某", "钱某"]));
        let proposals = seen.proposals(&Names::default());
        assert_eq!(proposals.len(), 1);
        let only = &proposals[0];
        assert_eq!((only.name.as_str(), only.into.as_str()), ("某某机械股份有限公司", "某某机械有限公司"));
        assert_eq!(only.score, 100);
        assert_eq!(only.evidence.len(), 3);
    }

    #[test]
    fn a_pair_in_two_scripts_is_evidence_and_a_merged_pair_is_no_proposal() {
        let mut seen = Observations::default();
        seen.see(&document("1", party("某某大学", "UNIV MOUMOU", ""), &[]));
        let proposals = seen.proposals(&Names::default());
        assert_eq!(proposals[0].score, 80);
        let mut names = Names::default();
        names.merge("UNIV MOUMOU", "某某大学");
        assert!(seen.proposals(&names).is_empty());
    }

    #[test]
    fn a_building_full_of_names_proposes_nothing() {
        let mut seen = Observations::default();
        for n in 0..20 {
            let name = format!("第{n}号独立企业");
            seen.see(&document(&n.to_string(), party(&name, "", "江苏省某某市某某路1号"), &[]));
        }
        assert!(seen.proposals(&Names::default()).is_empty());
    }
}
