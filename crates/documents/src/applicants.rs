//! Which names of applicants and owners are one body: a ledger of merges that can be undone, each with its evidence.
//!
//! The names in documents stay as written. The ledger is a list of entries that only grows; its version is its
//! length. A merge puts a name, and everything merged into it, under another; a parting takes one name out again; an
//! undoing makes an entry count for nothing from then on. [`Ledger::at`] gives the names as of any version, so that any
//! statistic can be computed again as it was published. Proposals come with evidence and a score, and are never
//! applied by themselves. Names are compared as [`terms::text::fold_name`] folds them.

mod evidence;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::text::fold_name;

pub use evidence::{Evidence, Observations, Proposal, stem};

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Act {
    /// A name, and what stands under it, is put under another.
    Merge {
        /// The name put away.
        name: String,
        /// The name that stands for both.
        into: String,
    },
    /// A name is taken out of those it stands with, and stands for itself.
    Part {
        /// The name.
        name: String,
    },
    /// An earlier entry no longer counts.
    Undo {
        /// The version that the entry made.
        version: usize,
    },
}

impl Act {
    /// It in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Merge { name, into } => format!("“{name}”并入“{into}”"),
            Self::Part { name } => format!("“{name}”拆出"),
            Self::Undo { version } => format!("撤销第 {version} 条"),
        }
    }
}

/// One entry of the ledger; it makes the version of its place, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it does.
    #[serde(flatten)]
    pub act: Act,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// Who decided it.
    pub by: String,
    /// On what day.
    pub on: Date,
}

/// Why an entry is refused, in Chinese.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(String);

/// A name whose standing changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The name, folded.
    pub name: String,
    /// What stood for it before.
    pub before: String,
    /// What stands for it after.
    pub after: String,
}

/// The ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    entries: Vec<Entry>,
}

/// The names as of one version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The version of the ledger.
    version: usize,
    /// The name that stands for each name that is not its own.
    stands_for: HashMap<String, String>,
    /// Those under each name.
    under: BTreeMap<String, BTreeSet<String>>,
}

impl Ledger {
    /// The number of entries, which names the state they make.
    pub fn version(&self) -> usize {
        self.entries.len()
    }

    /// The versions whose entries count for nothing any more.
    pub fn undone(&self) -> BTreeSet<usize> {
        undone(&self.entries)
    }

    /// The entries in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The names as of a version; a later one than there is, is the last.
    pub fn at(&self, version: usize) -> Names {
        replay(&self.entries[..version.min(self.entries.len())])
    }

    /// The name that stands for a name as of a version, folded.
    ///
    /// Whoever asks for many names of one version asks [`Ledger::at`] once.
    pub fn canonical(&self, name: &str, version: usize) -> String {
        self.at(version).canonical(name)
    }

    /// What an entry would change, in the order of names.
    pub fn preview(&self, act: &Act) -> Result<Vec<Change>, Refusal> {
        self.check(act)?;
        let before = self.at(self.version());
        let mut entries = self.entries.clone();
        entries.push(Entry { act: act.clone(), evidence: Vec::new(), by: String::new(), on: Date::ZERO });
        let after = replay(&entries);
        let names: BTreeSet<&String> = before.all().chain(after.all()).collect();
        let changes = names.into_iter().map(|name| Change {
            name: name.clone(),
            before: before.canonical(name),
            after: after.canonical(name),
        });
        Ok(changes.filter(|change| change.before != change.after).collect())
    }

    /// Puts an entry in; the answer is the version it makes.
    ///
    /// A merge or a parting without evidence is refused, as is one that would change nothing.
    pub fn enter(&mut self, entry: Entry) -> Result<usize, Refusal> {
        if entry.by.trim().is_empty() {
            return Err(Refusal("请写明是谁决定的".to_owned()));
        }
        if entry.evidence.is_empty() && !matches!(entry.act, Act::Undo { .. }) {
            return Err(Refusal("归并或拆分名称必须附上依据".to_owned()));
        }
        if self.preview(&entry.act)?.is_empty() {
            return Err(Refusal("这一条不会改变任何名称，没有记入".to_owned()));
        }
        self.entries.push(entry);
        Ok(self.version())
    }

    fn check(&self, act: &Act) -> Result<(), Refusal> {
        match act {
            Act::Merge { name, into } => {
                if fold_name(name).is_empty() || fold_name(into).is_empty() {
                    return Err(Refusal("名称不能为空".to_owned()));
                }
            }
            Act::Part { name } => {
                let names = self.at(self.version());
                if names.under.contains_key(&fold_name(name)) {
                    return Err(Refusal(format!(
                        "“{name}”代表着其他名称，不能把它拆出；请拆出其他名称，或撤销相应的归并"
                    )));
                }
            }
            Act::Undo { version } => {
                if *version == 0 || *version > self.version() {
                    return Err(Refusal(format!("没有第 {version} 条，现共有 {} 条", self.version())));
                }
                if undone(&self.entries).contains(version) {
                    return Err(Refusal(format!("第 {version} 条已经撤销")));
                }
            }
        }
        Ok(())
    }

    /// One line of JSON an entry.
    pub fn to_lines(&self) -> String {
        let lines = self.entries.iter().filter_map(|entry| serde_json::to_string(entry).ok());
        lines.map(|line| line + "\n").collect()
    }

    /// Reads what [`Ledger::to_lines`] wrote.
    pub fn from_lines(text: &str) -> Result<Ledger, Refusal> {
        let mut ledger = Ledger::default();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let entry = serde_json::from_str(line)
                .map_err(|error| Refusal(format!("名称归并账第 {} 行读不懂：{error}", index + 1)))?;
            ledger.entries.push(entry);
        }
        Ok(ledger)
    }
}

impl Names {
    /// The version of the ledger that they are of.
    pub fn version(&self) -> usize {
        self.version
    }

    /// Every name that stands for others, with those.
    pub fn merged(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        self.under.iter().map(|(name, under)| (name.as_str(), under))
    }

    /// The name that stands for this one, folded; a name nothing is known of stands for itself.
    pub fn canonical(&self, name: &str) -> String {
        let folded = fold_name(name);
        self.stands_for.get(&folded).cloned().unwrap_or(folded)
    }

    /// The names put under this one, without itself.
    pub fn under(&self, name: &str) -> impl Iterator<Item = &str> {
        self.under.get(&fold_name(name)).into_iter().flatten().map(String::as_str)
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        self.stands_for.keys()
    }

    fn merge(&mut self, name: &str, into: &str) {
        let (from, to) = (self.canonical(name), self.canonical(into));
        if from == to {
            return;
        }
        let mut moved = self.under.remove(&from).unwrap_or_default();
        moved.insert(from);
        for name in &moved {
            self.stands_for.insert(name.clone(), to.clone());
        }
        self.under.entry(to).or_default().extend(moved);
    }

    fn part(&mut self, name: &str) {
        let folded = fold_name(name);
        let Some(head) = self.stands_for.remove(&folded) else { return };
        if let Some(members) = self.under.get_mut(&head) {
            members.remove(&folded);
            if members.is_empty() {
                self.under.remove(&head);
            }
        }
    }
}

/// The versions whose entries count for nothing; an undoing may itself be undone.
fn undone(entries: &[Entry]) -> BTreeSet<usize> {
    let mut undone = BTreeSet::new();
    // The last word first: an undoing that is undone undoes nothing.
    for (index, entry) in entries.iter().enumerate().rev() {
        if let Act::Undo { version } = entry.act
            && !undone.contains(&(index + 1))
        {
            undone.insert(version);
        }
    }
    undone
}

fn replay(entries: &[Entry]) -> Names {
    let undone = undone(entries);
    let mut names = Names { version: entries.len(), ..Names::default() };
    for (_, entry) in entries.iter().enumerate().filter(|(index, _)| !undone.contains(&(index + 1))) {
        match &entry.act {
            Act::Merge { name, into } => names.merge(name, into),
            Act::Part { name } => names.part(name),
            Act::Undo { .. } => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn entry(act: Act) -> Entry {
        let evidence = vec![Evidence::Person { reason: "年报中的更名公告".into() }];
        Entry { act, evidence, by: "审核员".into(), on: date(2024, 3, 1) }
    }

    fn merge(name: &str, into: &str) -> Entry {
        entry(Act::Merge { name: name.into(), into: into.into() })
    }

    #[test]
    fn names_are_those_of_the_version_asked_for() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.enter(merge("甲机电有限公司", "甲科技股份有限公司")), Ok(1));
        assert_eq!(ledger.enter(merge("甲科技股份有限公司", "甲集团有限公司")), Ok(2));
        assert_eq!(ledger.canonical("甲机电有限公司", 0), "甲机电有限公司");
        assert_eq!(ledger.canonical("甲机电有限公司", 1), "甲科技股份有限公司");
        assert_eq!(ledger.canonical("甲机电有限公司", 2), "甲集团有限公司");
        // How a name was typed is no difference.
        assert_eq!(ledger.canonical(" 甲 机电有限公司; ", 2), "甲集团有限公司");
    }

    #[test]
    fn a_merge_can_be_undone_and_done_again_and_nothing_is_forgotten() {
        let mut ledger = Ledger::default();
        ledger.enter(merge("乙", "甲")).unwrap();
        ledger.enter(merge("丙", "乙")).unwrap();
        ledger.enter(entry(Act::Undo { version: 1 })).unwrap();
        assert_eq!(ledger.canonical("乙", 3), "乙");
        assert_eq!(ledger.canonical("丙", 3), "乙");
        ledger.enter(entry(Act::Undo { version: 3 })).unwrap();
        assert_eq!(ledger.canonical("丙", 4), "甲");
        assert_eq!(ledger.canonical("丙", 2), "甲");
        assert_eq!(Ledger::from_lines(&ledger.to_lines()), Ok(ledger));
    }

    #[test]
    fn a_preview_names_every_name_that_would_change() {
        let mut ledger = Ledger::default();
        ledger.enter(merge("乙", "甲")).unwrap();
        let changes = ledger.preview(&Act::Merge { name: "甲".into(), into: "丁".into() }).unwrap();
        let names: Vec<_> = changes.iter().map(|change| (change.name.as_str(), change.after.as_str())).collect();
        assert_eq!(names, [("乙", "丁"), ("甲", "丁")]);
        assert_eq!(ledger.version(), 1);
        let changes = ledger.preview(&Act::Part { name: "乙".into() }).unwrap();
        assert_eq!(changes.len(), 1);
    }

    #[test]
    fn entries_without_evidence_or_effect_are_refused() {
        let mut ledger = Ledger::default();
        let without = Entry { evidence: Vec::new(), ..merge("乙", "甲") };
        assert!(ledger.enter(without).unwrap_err().to_string().contains("依据"));
        assert!(ledger.enter(merge("甲", "甲")).unwrap_err().to_string().contains("不会改变"));
        assert!(ledger.enter(entry(Act::Undo { version: 5 })).unwrap_err().to_string().contains("没有第 5 条"));
        ledger.enter(merge("乙", "甲")).unwrap();
        assert!(ledger.enter(entry(Act::Part { name: "甲".into() })).unwrap_err().to_string().contains("代表"));
        assert!(Ledger::from_lines("{}").unwrap_err().to_string().contains("第 1 行"));
    }

    proptest! {
        #[test]
        fn undoing_the_last_entry_gives_the_names_before_it(acts in prop::collection::vec((0_u8..6, 0_u8..6, any::<bool>()), 1..20)) {
            let mut ledger = Ledger::default();
            for (a, b, is_part) in acts {
                let (a, b) = (format!("名{a}"), format!("名{b}"));
                let _ = ledger.enter(if is_part { entry(Act::Part { name: a }) } else { merge(&a, &b) });
            }
            let version = ledger.version();
            if version > 0 && ledger.enter(entry(Act::Undo { version })).is_ok() {
                prop_assert_eq!(ledger.at(version + 1).under, ledger.at(version - 1).under);
            }
            // A name that stands for another stands for itself.
            let names = ledger.at(ledger.version());
            for name in (0..6).map(|n| format!("名{n}")) {
                let head = names.canonical(&name);
                prop_assert_eq!(names.canonical(&head), head.clone());
            }
        }
    }
}
