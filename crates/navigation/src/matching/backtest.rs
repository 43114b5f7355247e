//! The back-test: recorded transfers, original against current owner; would the buyer have been found?

use std::collections::{BTreeMap, BTreeSet};

use corpus::{Corpus, Query};
use documents::{Document, applicants::Names, families};
use serde::{Deserialize, Serialize};

use super::{
    affinity::{Space, Vector},
    reasons::is_same_body,
};
use crate::{Error, Interval, Result, bodies};

/// How it is done, as it is published.
const METHOD: &str = "转让：原始申请人与当前权利人没有相同者、且不只是同一主体改变组织形式的文献；买方取第一当前权利人中的企业或院校院所。\
    每件转让隐去该件、其同族和同一卖方卖给同一买方的全部文献，以买方其余的申请和受让为画像，\
    与 corpus match 相同的相似度为全部买方排名；没有其他文献的买方排在最后，按未命中计。\
    对照：按买方从其他卖方受让的件数、再按自身申请件数排名（热门度）。集团内部的划转无法与交易区分，因而包含在内。";

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backtest {
    /// The number of the snapshot.
    pub snapshot: u64,
    /// How it was done.
    pub method: String,
    /// How many documents changed hands.
    pub transfers: u64,
    /// Among how many buyers the right one was to be found.
    pub buyers: u64,
    /// How many transfers went to a buyer of whom nothing else is known; they count as missed.
    pub unknown_buyers: u64,
    /// How many of the documents were invented by a generator, where results say nothing of the world.
    pub generated: u64,
    /// The hits among the first so many.
    pub hits: Vec<HitAt>,
}

/// How often the buyer was among the first so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HitAt {
    /// The first so many.
    pub k: u64,
    /// By our ranking.
    pub ours: Interval,
    /// By popularity.
    pub popularity: Interval,
}

/// A document that changed hands.
struct Transfer {
    /// Its place among the documents.
    at: usize,
    sellers: BTreeSet<String>,
    buyer: String,
}

/// Tries matching on every recorded transfer of a corpus.
pub fn backtest(corpus: &Corpus, names: &Names) -> Result<Backtest> {
    let mut documents = Vec::new();
    corpus.each_document(&Query::All, |document| {
        if !document.applicants.is_empty() {
            documents.push(document);
        }
    })?;
    documents.sort_by(|left: &Document, right| left.key.cmp(&right.key));
    let transfers: Vec<Transfer> =
        documents.iter().enumerate().filter_map(|(at, document)| transfer(names, at, document)).collect();
    if transfers.is_empty() {
        return Err(Error::Invalid(
            "库中没有一件文献的当前权利人与原始申请人不同，无法回测；请先收录带当前权利人的数据，例如 PatSnap 导出"
                .to_owned(),
        ));
    }
    let buyers: BTreeSet<&String> = transfers.iter().map(|one| &one.buyer).collect();
    let space = Space::of(documents.iter());
    let trials = Trials {
        vectors: documents.iter().map(|document| space.vector(document)).collect(),
        documents: &documents,
        transfers: &transfers,
        names,
        held: held(&documents, &transfers, names),
    };
    let mut ranks = Vec::with_capacity(transfers.len());
    let mut unknown = 0;
    for transfer in &transfers {
        let (ours, popularity) = trials.ranks(transfer, &buyers);
        unknown += u64::from(ours.is_none());
        ranks.push((ours, popularity));
    }
    let of = ranks.len() as u64;
    let hit = |k: u64| {
        let ours = ranks.iter().filter(|(rank, _)| rank.is_some_and(|rank| rank <= k)).count() as u64;
        let popularity = ranks.iter().filter(|(_, rank)| *rank <= k).count() as u64;
        Some(HitAt { k, ours: Interval::wilson(ours, of)?, popularity: Interval::wilson(popularity, of)? })
    };
    let is_generated = |document: &&Document| document.sources.iter().any(|source| source.format == "generated");
    Ok(Backtest {
        snapshot: corpus.manifest().number,
        method: METHOD.to_owned(),
        transfers: of,
        buyers: buyers.len() as u64,
        unknown_buyers: unknown,
        generated: documents.iter().filter(is_generated).count() as u64,
        hits: [1, 5, 10, 20].into_iter().filter_map(hit).collect(),
    })
}

fn transfer(names: &Names, at: usize, document: &Document) -> Option<Transfer> {
    let buyer = &document.owners.first()?.name;
    let is_body = bodies::is_company(buyer) || bodies::is_academic(buyer);
    let is_seller = |owner: &str| {
        document
            .applicants
            .iter()
            .any(|party| names.canonical(&party.name) == names.canonical(owner) || is_same_body(&party.name, owner))
    };
    let is_new = !document.owners.iter().any(|owner| is_seller(&owner.name));
    (is_body && is_new).then(|| Transfer {
        at,
        sellers: document.applicants.iter().map(|party| names.canonical(&party.name)).collect(),
        buyer: names.canonical(buyer),
    })
}

/// What each buyer applied for itself, and what it bought: places of documents, and of transfers.
type Held = BTreeMap<String, (Vec<usize>, Vec<usize>)>;

fn held(documents: &[Document], transfers: &[Transfer], names: &Names) -> Held {
    let mut held: Held = transfers.iter().map(|one| (one.buyer.clone(), Default::default())).collect();
    for (place, one) in transfers.iter().enumerate() {
        if let Some(of) = held.get_mut(&one.buyer) {
            of.1.push(place);
        }
    }
    for (at, document) in documents.iter().enumerate() {
        let applicants: BTreeSet<String> =
            document.applicants.iter().map(|party| names.canonical(&party.name)).collect();
        for name in applicants {
            if let Some(of) = held.get_mut(&name) {
                of.0.push(at);
            }
        }
    }
    held
}

struct Trials<'a> {
    documents: &'a [Document],
    transfers: &'a [Transfer],
    vectors: Vec<Vector>,
    names: &'a Names,
    held: Held,
}

impl Trials<'_> {
    /// The right buyer's rank by likeness, none where nothing else is known of it, and by popularity; both from 1.
    fn ranks(&self, transfer: &Transfer, buyers: &BTreeSet<&String>) -> (Option<u64>, u64) {
        let vector = &self.vectors[transfer.at];
        let mut likeness: Vec<(u32, &String)> = Vec::new();
        let mut popularity: Vec<((usize, usize), &String)> = Vec::new();
        let mut is_known = false;
        for &buyer in buyers {
            let (own, bought) = self.known_of(buyer, transfer);
            popularity.push(((bought.len(), own.len()), buyer));
            if own.is_empty() && bought.is_empty() {
                continue;
            }
            is_known |= *buyer == transfer.buyer;
            let mut profile = Vector::default();
            own.iter().chain(&bought).for_each(|at| profile.add(&self.vectors[*at]));
            let (words, classes) = profile.likeness(vector);
            likeness.push((words + classes, buyer));
        }
        let ours = is_known.then(|| rank(likeness, &transfer.buyer));
        (ours, rank(popularity, &transfer.buyer))
    }

    /// What is known of a buyer apart from this deal: places of its own documents and of those it bought.
    fn known_of(&self, buyer: &String, deal: &Transfer) -> (Vec<usize>, Vec<usize>) {
        let family = families::name_of(&self.documents[deal.at]);
        let is_other = |at: &usize| {
            let document = &self.documents[*at];
            let is_sellers =
                document.applicants.iter().any(|party| deal.sellers.contains(&self.names.canonical(&party.name)));
            *at != deal.at && families::name_of(document) != family && !is_sellers
        };
        let Some((own, bought)) = self.held.get(buyer) else { return Default::default() };
        let bought: Vec<usize> = bought.iter().map(|place| self.transfers[*place].at).filter(is_other).collect();
        (own.iter().copied().filter(is_other).collect(), bought)
    }
}

/// The place of a name in a ranking, the greatest first, equals by name.
fn rank<S: Ord + Copy>(mut ranking: Vec<(S, &String)>, name: &str) -> u64 {
    ranking.sort_by(|left, right| right.0.cmp(&left.0).then_with(|| left.1.cmp(right.1)));
    ranking.iter().position(|(_, other)| *other == name).map_or(u64::MAX, |place| place as u64 + 1)
}
