//! Matching (引进吸收): which outside patents fit a firm, with the reason in words, evidence, and signs that a deal is
//! possible.
//!
//! A firm is known by its own patents, or by a demand in words. Candidates are in force, of China, and belong neither
//! to the firm nor to anyone else of the city but its universities and institutes. What a patent is worth is said only where enough deals bear it out.

mod affinity;
mod backtest;
mod neighbours;
mod policy;
mod reasons;
mod value;

use std::collections::BTreeSet;

use corpus::{Corpus, Field, Order, Page, Query, Value};
use documents::{Document, LegalState, applicants::Names, families};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use self::{
    affinity::{Space, Vector},
    reasons::{evidence, reasons, related, signs},
};
pub use self::{
    backtest::{Backtest, HitAt, backtest},
    neighbours::{Neighbour, neighbours},
    policy::Standing,
    reasons::Evidence,
    value::{Deal, Valuation},
};
use crate::{
    Error, Result, Subject, bodies,
    figures::key_patents,
    study::{any_of, class, not, read},
};

/// How a candidate is found and ranked, as it is published.
pub const METHOD: &str = "候选：在中国受理、现有效且期限未届满的发明和实用新型，申请人不是本企业、地址不在本市的，以及权利人为院校院所的；先按本企业专利（或所述需求）的\
    关键词检索前 300 件，再取同 IPC 主组中申请日最近的 200 件。排序：候选与企业画像的两个余弦相似度的平均，一个以名称、摘要和第一项\
    权利要求的词为维（词频×逆文献频率），一个以 IPC 小类和主组为维；企业画像是其各件专利向量之和。写明需求时只按需求的词检索和排序，分类只供参考；指明产业链节点或分类号时，只在其中找。\
    匹配分只说明相近，不说明可实施、不侵权或值多少钱。引进政策一栏只说明本库所知：专利类型、申请人地址是否在本市以外、\
    海外（不含港澳台）同族的授权、自申请日起是否满十年且有效；本市登记簿另有记载的，加上缴费、质押、获奖和按参照关系表认定的战略性新兴产业，没有记载的不作推断。";

/// How many candidates each search brings.
const BY_WORDS: usize = 300;
const BY_CLASSES: usize = 200;
/// By how many of the firm's main groups they are looked for.
const GROUPS: usize = 10;
/// How many of the firm's own documents are read.
const OWN_MAX: usize = 2_000;

/// Who looks for patents, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The firm.
    pub firm: Subject,
    /// The city, whose own patents are no outside ones.
    pub city: Subject,
    /// What the firm says it needs; then its own patents only tell its classes.
    pub demand: Option<String>,
    /// The search within which it is looked for, such as a node of a chain; none for anywhere.
    pub within: Option<Query>,
    /// The day for which states and terms hold.
    pub as_of: Date,
    /// How many candidates are wanted.
    pub limit: usize,
}

/// What was found for a firm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// The firm.
    pub firm: String,
    /// How many patents of its own speak for it.
    pub own: u64,
    /// What speaks for it, in words: its most telling words and classes.
    pub profile: Vec<String>,
    /// The number of the snapshot.
    pub snapshot: u64,
    /// The version of the ledger of names.
    #[serde(default)]
    pub ledger: usize,
    /// The day.
    pub as_of: Date,
    /// How candidates were found and ranked.
    pub method: String,
    /// The candidates, the best first.
    pub candidates: Vec<Candidate>,
}

/// A patent that may be brought in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The document.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Who owns it, or applied where no source names owners.
    pub owners: Vec<String>,
    /// What sort of body that is.
    pub sort: String,
    /// Its inventors, to talk to.
    pub inventors: Vec<String>,
    /// How near it is, in thousandths; to a demand by words alone.
    pub score: u32,
    /// Its two parts: by words and by classes.
    pub parts: (u32, u32),
    /// How it stands before the policy.
    #[serde(default)]
    pub policy: Standing,
    /// Its legal state.
    pub state: LegalState,
    /// Whole months until its term ends, where that is known.
    pub months_left: Option<u64>,
    /// Why it fits, in words.
    pub reasons: Vec<String>,
    /// Where in its text the common words stand.
    pub evidence: Vec<Evidence>,
    /// Signs that a deal is possible, or that something stands in its way.
    pub signs: Vec<String>,
    /// What speaks for its owner being a related party of the firm, from whom a transfer brings nothing in from outside.
    #[serde(default)]
    pub related: Vec<String>,
    /// What it may be worth, or why that is not said.
    pub value: Valuation,
}

impl Candidate {
    /// Adds what the registers of the city tell of it: signs, and categories of high value with their basis, which count of an
    /// invention in force only.
    pub fn tell(&mut self, signs: Vec<String>, high_value: Vec<String>) {
        if !signs.is_empty() {
            self.signs.retain(|sign| sign != reasons::SILENT);
        }
        self.signs.extend(signs);
        if self.policy.is_invention == Some(true) && self.state == LegalState::InForce {
            self.policy.high_value.extend(high_value);
        }
    }
}

/// Finds outside patents for a firm; `deals` are prices of recorded deals, where someone has them.
pub fn find(corpus: &Corpus, names: &Names, wanted: &Wanted, deals: &[Deal]) -> Result<Matched> {
    let own = read(&format!("企业“{}”", wanted.firm.name), &wanted.firm.search)?;
    let city = read(&format!("“{}”", wanted.city.name), &wanted.city.search)?;
    let mine = own_documents(corpus, &own)?;
    if mine.is_empty() && wanted.demand.is_none() {
        return Err(Error::Invalid(format!(
            "专利库中没有“{}”的专利，无从了解它需要什么；请写明需求（命令行中用 --demand），或核对企业名称",
            wanted.firm.name
        )));
    }
    let outside = outside(&own, &city);
    let among = wanted.within.iter().fold(outside, |among, within| among.and(within.clone()));
    let Ranked { space, profile, mut documents } = ranked(corpus, &mine, wanted.demand.as_deref(), &among)?;
    // What has nothing in common is no candidate; one of a family is enough.
    documents.retain(|(parts, _)| total(*parts, wanted.demand.is_some()) > 0);
    // A source that says 有效 said so on its own day; whose term is over since is nothing to bring in.
    documents.retain(|(_, document)| key_patents::months_left(document, wanted.as_of) != Some(0));
    documents.retain(|(_, document)| !is_own(names, &wanted.firm.name, document));
    let mut seen = BTreeSet::new();
    documents.retain(|(_, document)| seen.insert(families::name_of(document)));
    let mut candidates = Vec::new();
    for (parts, document) in documents.into_iter().take(wanted.limit) {
        let told = (&profile, &space.vector(&document));
        candidates.push(Candidate {
            policy: Standing::of(corpus, &document, wanted.as_of)?,
            reasons: reasons(&mine, &document, told, wanted.demand.is_some()),
            evidence: evidence(&document, told),
            signs: signs(corpus, names, &document)?,
            related: related(names, wanted, &mine, &document),
            value: value::valued(&document, deals, wanted.as_of),
            score: total(parts, wanted.demand.is_some()),
            parts,
            ..candidate(document, wanted.as_of)
        });
    }
    policy::place(corpus, &city, &mut candidates)?;
    Ok(Matched {
        firm: wanted.firm.name.clone(),
        own: corpus.count(&own)?,
        profile: profile.told(10),
        snapshot: corpus.manifest().number,
        ledger: names.version(),
        as_of: wanted.as_of,
        method: METHOD.to_owned(),
        candidates,
    })
}

/// Documents in the order of their likeness to a firm.
struct Ranked {
    space: Space,
    profile: Vector,
    documents: Vec<((u32, u32), Document)>,
}

/// Looks among a set for what is like a firm's documents, or answers its demand.
fn ranked(corpus: &Corpus, mine: &[Document], demand: Option<&str>, among: &Query) -> Result<Ranked> {
    let (text, groups) = match demand {
        Some(demand) => (demand.to_owned(), Vec::new()),
        None => {
            let texts: Vec<String> = mine.iter().map(affinity::text).collect();
            (texts.join("\n"), affinity::frequent_groups(mine, GROUPS))
        }
    };
    let pool = pool(corpus, &text, &groups, among)?;
    let space = Space::of(pool.iter().chain(mine));
    let mut profile = Vector::default();
    mine.iter().for_each(|document| profile.add(&space.vector(document)));
    if let Some(demand) = demand {
        profile.words = space.words(demand);
    }
    let mut documents: Vec<((u32, u32), Document)> =
        pool.into_iter().map(|document| (profile.likeness(&space.vector(&document)), document)).collect();
    let key = |parts| total(parts, demand.is_some());
    documents.sort_by(|left, right| key(right.0).cmp(&key(left.0)).then_with(|| left.1.key.cmp(&right.1.key)));
    Ok(Ranked { space, profile, documents })
}

/// What among a set is nearest to the documents of a search, with how near by words and by classes.
pub(crate) fn nearest(corpus: &Corpus, own: &Query, among: &Query) -> Result<Vec<((u32, u32), Document)>> {
    Ok(ranked(corpus, &own_documents(corpus, own)?, None, among)?.documents)
}

/// Whether the firm itself owns it, under whatever of its names.
fn is_own(names: &Names, firm: &str, document: &Document) -> bool {
    let parties = if document.owners.is_empty() { &document.applicants } else { &document.owners };
    parties
        .iter()
        .any(|party| names.canonical(&party.name) == names.canonical(firm) || reasons::is_same_body(&party.name, firm))
}

/// How near a document is: to a demand by words alone.
fn total((words, classes): (u32, u32), is_demand: bool) -> u32 {
    if is_demand { words } else { (words + classes) / 2 }
}

fn candidate(document: Document, as_of: Date) -> Candidate {
    let parties = if document.owners.is_empty() { &document.applicants } else { &document.owners };
    let owners: Vec<String> = parties.iter().map(|party| party.name.clone()).collect();
    let first = owners.first().map_or("", String::as_str);
    Candidate {
        title: document.titles.first().map(|title| title.text.clone()).unwrap_or_default(),
        sort: bodies::sort_of(first).to_owned(),
        inventors: document.inventors.iter().map(|party| party.name.clone()).collect(),
        score: 0,
        parts: (0, 0),
        policy: Standing::default(),
        state: document.state,
        months_left: key_patents::months_left(&document, as_of),
        reasons: Vec::new(),
        evidence: Vec::new(),
        signs: Vec::new(),
        related: Vec::new(),
        value: Valuation::Refused { reason: String::new() },
        owners,
        key: document.key,
    }
}

/// In force, of China, an invention or a utility model, not the firm's, and not of the city unless a university or an
/// institute owns it, with which a co-operation may be had wherever it sits (C3.4.3.2).
fn outside(own: &Query, city: &Query) -> Query {
    let whole = |field, value: &str| Query::term(field, Value::Whole(value.into()));
    Query::And(vec![
        whole(Field::Office, "CN"),
        whole(Field::State, "有效"),
        any_of(vec![whole(Field::Kind, "发明"), whole(Field::Kind, "实用新型")]),
        not(own),
        any_of(vec![not(city), academic()]),
    ])
}

/// Owned by a university or an institute, and by no company that bears such a name.
fn academic() -> Query {
    let named = |word: &str| Query::term(Field::Owner, Value::Phrase(word.to_owned()));
    let bodies = any_of(bodies::ACADEMIC.map(named).into());
    bodies.and(not(&named("公司")))
}

/// The firm's documents, the latest first.
fn own_documents(corpus: &Corpus, own: &Query) -> Result<Vec<Document>> {
    let page = Page { offset: 0, limit: OWN_MAX, order: Order::FiledLatest, by_family: false };
    Ok(corpus.search(own, &page)?.hits.into_iter().map(|hit| hit.document).collect())
}

/// What may fit: found by words, and by the firm's main groups.
fn pool(corpus: &Corpus, text: &str, groups: &[String], outside: &Query) -> Result<Vec<Document>> {
    let mut pool: Vec<Document> = Vec::new();
    let mut take = |query: Query, order: Order, limit: usize| -> Result<()> {
        let page = Page { offset: 0, limit, order, by_family: false };
        pool.extend(corpus.search(&query, &page)?.hits.into_iter().map(|hit| hit.document));
        Ok(())
    };
    let like = corpus.like_text(text)?;
    if !matches!(&like, Query::Or(words) if words.is_empty()) {
        take(like.and(outside.clone()), Order::Relevance, BY_WORDS)?;
    }
    if !groups.is_empty() {
        let groups = any_of(groups.iter().map(|group| class(group)).collect());
        take(groups.and(outside.clone()), Order::FiledLatest, BY_CLASSES)?;
    }
    pool.sort_by(|left, right| left.key.cmp(&right.key));
    pool.dedup_by(|left, right| left.key == right.key);
    Ok(pool)
}
