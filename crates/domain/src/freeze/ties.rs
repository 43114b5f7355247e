//! Who a name is: patentees, holders and proprietors tied to enterprises (专利权人与企业的对应).
//!
//! A code decides when the file has one; a person's earlier answer (an alias) comes next; else the exact current or former
//! name, after folding brackets and spaces, valid at the date concerned. What stays ambiguous or unknown is listed for a
//! person with the enterprises it may be, and counts for no enterprise until then. Nothing here compares names loosely to
//! decide; looseness only proposes candidates.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use registry::Folded;
use terms::text::fold_name;

use super::{
    candidates::Lookalikes,
    enterprises::{Enterprise, Enterprises},
    interval::{Interval, day_after},
    places::Gazetteer,
    sheet::{Field, Sheet, first_named},
};

/// Everything that ties a name or a code to an enterprise.
#[derive(Debug)]
pub struct Ties<'a> {
    by_code: HashMap<&'a str, usize>,
    by_name: HashMap<String, Vec<Held<'a>>>,
    aliases: HashMap<String, Vec<Held<'a>>>,
    enterprises: Vec<Enterprise<'a>>,
}

/// A name held by an enterprise for some time.
#[derive(Debug, Clone)]
pub(super) struct Held<'a> {
    pub(super) uscc: &'a str,
    pub(super) during: Interval,
}

/// Why a name is tied to no enterprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The row gives a code that no enterprise register has introduced yet.
    UnknownCode,
    /// No enterprise has or had this name at the date concerned.
    UnknownName,
    /// Several enterprises had this name at the date concerned.
    Ambiguous,
}

impl Why {
    /// The reason as a clerk reads it.
    pub fn zh(self) -> &'static str {
        match self {
            Self::UnknownCode => "代码不在企业登记簿中",
            Self::UnknownName => "该日期没有企业使用此名称",
            Self::Ambiguous => "该日期有多家企业使用此名称",
        }
    }
}

/// A row whose name or code is tied to no enterprise, for the work list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Untied {
    /// The register the row stands in.
    pub register: &'static str,
    /// The row's key.
    pub key: String,
    /// The name as written; empty in registers that give only a code.
    pub name: String,
    /// The code as given; empty when the file has none.
    pub code: String,
    /// The date at which the name was to be valid.
    pub on: Option<Date>,
    /// Why nothing could be tied.
    pub why: Why,
    /// Whether the name looks like a natural person's, who needs no enterprise.
    pub is_person: bool,
    /// Whether the row's address lies in the city; none when the row has no address.
    pub in_city: Option<bool>,
    /// Enterprises it may be, the likeliest first.
    pub candidates: Vec<Candidate>,
}

/// An enterprise that an untied name may mean: its code, its current name, and why it is proposed.
pub type Candidate = (String, String, String);

impl<'a> Ties<'a> {
    /// The registers that ties are read from.
    pub const READS: &'static [&'static str] = &[
        "regions",
        "enterprises",
        "enterprise-changes",
        "aliases",
        "patents",
        "patent-events",
        "foreign-grants",
        "trademarks",
        "madrid",
        "statuses",
        "pledges",
        "trainees",
    ];

    /// Reads the enterprises, their names over time, and the aliases that persons have settled.
    pub fn of(folded: &'a Folded) -> Self {
        Self::new(folded, &Enterprises::of(folded))
    }

    pub(super) fn new(folded: &'a Folded, enterprises: &Enterprises<'a>) -> Self {
        let by_code = enterprises.rows.iter().enumerate().map(|(index, row)| (row.uscc, index)).collect();
        let mut by_name: HashMap<String, Vec<Held<'a>>> = HashMap::new();
        for enterprise in &enterprises.rows {
            for (name, during) in names_over_time(enterprise, enterprises.renames(enterprise.uscc)) {
                by_name.entry(name).or_default().push(Held { uscc: enterprise.uscc, during });
            }
        }
        Self { by_code, by_name, aliases: aliases(folded), enterprises: enterprises.rows.clone() }
    }

    /// The enterprise behind a name and code at a date; `Ok(None)` when the row names nobody.
    ///
    /// A code that is given but not introduced yet leaves the row untied even if the name is known:
    /// two enterprises may share a name, never a code (GB 32100).
    pub fn tie(&self, name: &str, code: &str, on: Option<Date>) -> Result<Option<&'a str>, Why> {
        if let Some(&index) = self.by_code.get(code) {
            return Ok(Some(self.enterprises[index].uscc));
        }
        let folded = fold_name(name);
        let known = |held: &&Held<'a>| self.by_code.contains_key(held.uscc);
        if let Some(settled) = self.aliases.get(&folded) {
            let mut settled: Vec<_> = valid(settled, on).filter(known).map(|held| held.uscc).collect();
            settled.sort_unstable();
            settled.dedup();
            match settled[..] {
                [] => {}
                [one] => return Ok(Some(one)),
                _ => return Err(Why::Ambiguous),
            }
        }
        if !code.is_empty() {
            return Err(Why::UnknownCode);
        }
        if folded.is_empty() {
            return Ok(None);
        }
        self.tie_by_name(&folded, on).map(Some)
    }

    fn tie_by_name(&self, folded: &str, on: Option<Date>) -> Result<&'a str, Why> {
        let held = self.by_name.get(folded).map_or(&[][..], Vec::as_slice);
        let mut holders: Vec<&'a str> = valid(held, on).map(|held| held.uscc).collect();
        holders.sort_unstable();
        holders.dedup();
        if holders.len() > 1 {
            // A name passes on when its holder is gone: only who existed at the date can have been meant.
            let existing = |uscc: &&str| self.enterprise(uscc).is_some_and(|one| on.is_none_or(|on| one.exists_on(on)));
            let alive: Vec<_> = holders.iter().copied().filter(existing).collect();
            if alive.len() == 1 {
                return Ok(alive[0]);
            }
        }
        match holders[..] {
            [] => Err(Why::UnknownName),
            [one] => Ok(one),
            _ => Err(Why::Ambiguous),
        }
    }

    pub(super) fn enterprise(&self, uscc: &str) -> Option<&Enterprise<'a>> {
        self.by_code.get(uscc).map(|&index| &self.enterprises[index])
    }

    pub(super) fn enterprises(&self) -> &[Enterprise<'a>] {
        &self.enterprises
    }

    pub(super) fn holders(&self, folded_name: &str) -> &[Held<'a>] {
        self.by_name.get(folded_name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &[Held<'a>])> {
        self.by_name.iter().map(|(name, held)| (name.as_str(), held.as_slice()))
    }

    /// Every row that names or codes somebody who is tied to no enterprise, sorted by register and key.
    pub fn untied(folded: &Folded) -> Vec<Untied> {
        let ties = Ties::of(folded);
        let places = Gazetteer::of(folded);
        let lookalikes = Lookalikes::of(&ties);
        let mut proposed: BTreeMap<(String, String, Option<Date>), Vec<Candidate>> = BTreeMap::new();
        let mut list = Vec::new();
        for source in SOURCES {
            for mention in source.mentions(folded) {
                let Err(why) = ties.tie(mention.name, mention.code, mention.on) else { continue };
                let candidates = proposed
                    .entry((mention.name.to_owned(), mention.code.to_owned(), mention.on))
                    .or_insert_with(|| lookalikes.propose(&ties, mention.name, mention.code))
                    .clone();
                list.push(Untied {
                    register: source.register,
                    key: mention.key.to_owned(),
                    name: mention.name.to_owned(),
                    code: mention.code.to_owned(),
                    on: mention.on,
                    why,
                    is_person: mention.code.is_empty() && is_person(mention.name),
                    in_city: Some(mention.address)
                        .filter(|address| !address.is_empty())
                        .map(|address| places.locate(address).in_city),
                    candidates,
                });
            }
        }
        list.sort();
        list
    }
}

/// The names an enterprise had, each with its time.
///
/// Dated changes of name give exact times; a former name without a date held at any time; a current name
/// that the changes do not know has held since the last of them.
fn names_over_time(enterprise: &Enterprise<'_>, renames: &[(Date, &str, &str)]) -> Vec<(String, Interval)> {
    let mut names = Vec::new();
    let mut from = None;
    for (index, &(on, before, after)) in renames.iter().enumerate() {
        if index == 0 {
            names.push((fold_name(before), Interval { from: None, until: Some(on) }));
        }
        let until = renames.get(index + 1).map(|next| next.0);
        names.push((fold_name(after), Interval { from: Some(on), until }));
        from = Some(on);
    }
    let dated = names.len();
    let is_dated = |name: &String, names: &[(String, Interval)]| names[..dated].iter().any(|(known, _)| known == name);
    let current = fold_name(enterprise.name);
    if !is_dated(&current, &names) {
        names.push((current, Interval { from, until: None }));
    }
    for former in enterprise.former_names.split('|').map(fold_name) {
        if !is_dated(&former, &names) {
            names.push((former, Interval::ALWAYS));
        }
    }
    names.retain(|(name, _)| !name.is_empty());
    names
}

fn valid<'h, 'a>(held: &'h [Held<'a>], on: Option<Date>) -> impl Iterator<Item = &'h Held<'a>> {
    held.iter().filter(move |held| on.is_none_or(|on| held.during.holds(on)))
}

fn aliases(folded: &Folded) -> HashMap<String, Vec<Held<'_>>> {
    let sheet = Sheet::of(folded, "aliases");
    let (name, uscc) = (sheet.field("name"), sheet.field("uscc"));
    let (from, to) = (sheet.field("valid_from"), sheet.field("valid_to"));
    let mut aliases: HashMap<String, Vec<Held<'_>>> = HashMap::new();
    for row in sheet.rows {
        let during = Interval { from: from.date(row), until: to.date(row).and_then(day_after) };
        aliases.entry(fold_name(name.text(row))).or_default().push(Held { uscc: uscc.text(row), during });
    }
    aliases
}

/// A register whose rows mention enterprises: fields of name, code, date concerned and address, empty where it has none.
struct Source {
    register: &'static str,
    name: &'static str,
    code: &'static str,
    on: &'static [&'static str],
    address: &'static str,
}

const SOURCES: &[Source] = &[
    Source {
        register: "patents",
        name: "patentees",
        code: "first_patentee_uscc",
        on: &["granted_on", "filed_on"],
        address: "address",
    },
    Source {
        register: "patent-events",
        name: "party",
        code: "party_uscc",
        on: &["registered_on", "effective_on"],
        address: "party_address",
    },
    Source {
        register: "foreign-grants",
        name: "proprietor",
        code: "proprietor_uscc",
        on: &["granted_on"],
        address: "",
    },
    Source { register: "trademarks", name: "holder", code: "holder_uscc", on: &["registered_on"], address: "" },
    Source { register: "madrid", name: "holder", code: "holder_uscc", on: &["registered_on"], address: "" },
    Source { register: "statuses", name: "", code: "uscc", on: &["valid_from"], address: "" },
    Source { register: "pledges", name: "", code: "pledgor_uscc", on: &["registered_on"], address: "" },
    Source { register: "trainees", name: "", code: "uscc", on: &["completed_on"], address: "" },
];

/// One row's mention of somebody.
struct Mention<'f> {
    key: &'f str,
    name: &'f str,
    code: &'f str,
    on: Option<Date>,
    address: &'f str,
}

impl Source {
    fn mentions<'f>(&self, folded: &'f Folded) -> Vec<Mention<'f>> {
        let sheet = Sheet::of(folded, self.register);
        let optional = |field: &'static str| (!field.is_empty()).then(|| sheet.field(field));
        let (name, code, address) = (optional(self.name), optional(self.code), optional(self.address));
        let on: Vec<Field> = self.on.iter().map(|field| sheet.field(field)).collect();
        // Of the events only 转让 and 变更 name an owner; a licensee or a court needs no tie.
        let kind = (self.register == "patent-events").then(|| sheet.field("kind"));
        let names_owner =
            |row: &&registry::FoldedRow| kind.is_none_or(|kind| matches!(kind.text(row), "转让" | "变更"));
        let mention = |row: &'f registry::FoldedRow| Mention {
            key: &row.key,
            name: name.map_or("", |name| first_named(name.text(row))),
            code: code.map_or("", |code| code.text(row)),
            on: on.iter().find_map(|on| on.date(row)),
            address: address.map_or("", |address| address.text(row)),
        };
        sheet.rows.iter().filter(names_owner).map(mention).collect()
    }
}

/// Whether a name looks like a natural person's: short, and without any word that organisations carry.
pub(super) fn is_person(name: &str) -> bool {
    const MARKS: [&str; 24] = [
        "公司",
        "厂",
        "院",
        "研究",
        "学校",
        "大学",
        "中学",
        "小学",
        "中心",
        "合作社",
        "集团",
        "局",
        "站",
        "协会",
        "委员会",
        "部队",
        "农场",
        "事务所",
        "经营部",
        "工作室",
        "商行",
        "银行",
        "政府",
        "店",
    ];
    let han = name.chars().filter(|letter| ('\u{4e00}'..='\u{9fff}').contains(letter)).count();
    let all_han = name.chars().all(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter) || letter == '·');
    let is_short = (2..=4).contains(&han) || name.contains('·');
    all_han && is_short && !MARKS.iter().any(|mark| name.contains(mark))
}
