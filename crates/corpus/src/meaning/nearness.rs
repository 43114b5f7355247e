//! Documents like a text, by its words, by what they mean, or by both fused by rank.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use tantivy::DocAddress;

use super::{Vector, nearness};
use crate::{
    Corpus, Hits, Order, Page, Query, Result,
    columns::Dimension,
    query::{Term, Value},
    search::{Ranked, Rows, Shown},
};

/// How far a list of what is like a text goes: the words of any text are shared by a large part of all documents, so that the
/// number of hits says nothing, and what comes later is like it in single words only.
pub const LIKE_MAX: u64 = 1_000;
/// How little the first ranks of a list count more than those behind them, where two lists are fused.
const FLATNESS: f32 = 60.0;

/// By what documents are like a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nearness {
    /// By the words that they share, the rare ones more (词).
    #[default]
    Words,
    /// By what the words mean in this corpus (义).
    Meaning,
    /// By both, fused by rank (词义合并).
    Both,
}

impl Corpus {
    /// The documents like a text, nearest first, of a query made by [`Corpus::like_text`] or [`Corpus::like_document`], which
    /// may be narrowed. No more than [`LIKE_MAX`] are ranked; while no meaning is learnt, words alone rank them.
    pub fn near(&self, query: &Query, by: Nearness, page: &Page) -> Result<Hits> {
        let page = Page { order: Order::Relevance, ..*page };
        let placed = if by == Nearness::Words { None } else { self.placed()? };
        let (Some(placed), Some(words)) = (placed, query.weighted_words()) else {
            let mut hits = self.search(query, &page)?;
            hits.documents = hits.documents.min(LIKE_MAX);
            hits.families = hits.families.map(|families| families.min(LIKE_MAX));
            return Ok(hits);
        };
        let asked = placed.meaning.of_words(words.iter().flat_map(index_words));
        let by_meaning = self.nearest(&query.without_likeness(), &asked, &placed.vectors)?;
        let ranked = match by {
            Nearness::Both => {
                let (by_words, _) =
                    self.top(query, Order::Relevance, 0, LIKE_MAX as usize, crate::search::Counting::No)?;
                fused(&by_words, &by_meaning)
            }
            Nearness::Words | Nearness::Meaning => by_meaning,
        };
        let documents = ranked.len() as u64;
        let shown: Vec<Shown> = match page.by_family {
            true => self.firsts(ranked)?,
            false => ranked.into_iter().map(|ranked| (ranked, None)).collect(),
        };
        let families = page.by_family.then_some(shown.len() as u64);
        let end = shown.len().min(page.offset.saturating_add(page.limit));
        let hits = self.hits(shown.get(page.offset..end).unwrap_or_default())?;
        Ok(Hits { documents, families, hits })
    }

    /// The rows of a query nearest to a vector; what has nothing in common with it is none of them.
    fn nearest(&self, query: &Query, asked: &Vector, vectors: &[Vec<Vector>]) -> Result<Vec<Ranked>> {
        let mut near: Vec<(i32, DocAddress)> = Vec::new();
        for (at, rows) in self.collect(query, &Rows)?.into_iter().enumerate() {
            let split = u32::try_from(at).unwrap_or(u32::MAX);
            let of_row = |row: u32| (nearness(&vectors[at][row as usize], asked), DocAddress::new(split, row));
            near.extend(rows.into_iter().map(of_row).filter(|(near, _)| *near > 0));
        }
        let order =
            |left: &(i32, DocAddress), right: &(i32, DocAddress)| right.0.cmp(&left.0).then(left.1.cmp(&right.1));
        let most = LIKE_MAX as usize;
        if most < near.len() {
            near.select_nth_unstable_by(most, order);
            near.truncate(most);
        }
        near.sort_unstable_by(order);
        let share = |near: i32| near as f32 / (127.0 * 127.0);
        Ok(near.into_iter().map(|(near, address)| (None, Some(share(near)), address)).collect())
    }

    /// Of each family the first, with how many of the list are of it.
    fn firsts(&self, ranked: Vec<Ranked>) -> Result<Vec<Shown>> {
        let families = self.column(Dimension::Family)?;
        let family = |ranked: &Ranked| families.first(ranked.2.segment_ord as usize, ranked.2.doc_id);
        let mut members: HashMap<Option<u32>, u64> = HashMap::new();
        ranked.iter().for_each(|one| *members.entry(family(one)).or_default() += 1);
        let mut told = HashSet::new();
        let firsts = ranked.into_iter().filter(|one| told.insert(family(one)));
        Ok(firsts.map(|one| (one, members.get(&family(&one)).copied())).collect())
    }
}

/// The words of the index that a weighted word of a question stands for.
fn index_words(part: &Query) -> Vec<(String, f32)> {
    match part {
        Query::Term(Term { value: Value::Words(surface), weight, .. }) => {
            // A question bears twice the rounded weight (`similar`).
            let weight = f32::from(*weight) / 2.0;
            crate::words(surface).into_iter().map(|(word, _)| (word, weight)).collect()
        }
        _ => Vec::new(),
    }
}

/// Two lists as one, by the sum of reciprocal ranks.
fn fused(left: &[Ranked], right: &[Ranked]) -> Vec<Ranked> {
    let mut scores: BTreeMap<DocAddress, f32> = BTreeMap::new();
    for list in [left, right] {
        for (rank, (_, _, address)) in list.iter().enumerate() {
            *scores.entry(*address).or_default() += 1.0 / (FLATNESS + rank as f32 + 1.0);
        }
    }
    let mut fused: Vec<(DocAddress, f32)> = scores.into_iter().collect();
    fused.sort_by(|one, other| other.1.total_cmp(&one.1));
    fused.truncate(LIKE_MAX as usize);
    fused.into_iter().map(|(address, score)| (None, Some(score), address)).collect()
}
