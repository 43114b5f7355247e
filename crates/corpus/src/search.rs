//! Hits: the best or the newest, page by page to any depth, by document or one per family.

use std::{cmp::Ordering, collections::HashMap, ops::ControlFlow};

use documents::Document;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};
use tantivy::{
    DocAddress, DocId, Order as IndexOrder, Score, SegmentReader,
    collector::{Collector, Count, SegmentCollector, TopDocs},
};

use crate::{Corpus, Query, Result, columns::Dimension};

/// How hits are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The most relevant first (相关度).
    #[default]
    Relevance,
    /// The latest filing first (申请日从新到旧).
    FiledLatest,
    /// The earliest filing first.
    FiledEarliest,
    /// The latest publication first (公开日从新到旧).
    PublishedLatest,
    /// The latest grant first (授权日从新到旧).
    GrantedLatest,
}

/// Which hits are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many hits are passed over.
    pub offset: usize,
    /// How many are wanted.
    pub limit: usize,
    /// How they are sorted.
    pub order: Order,
    /// Whether of each family only the first hit is wanted.
    pub by_family: bool,
}

impl Default for Page {
    fn default() -> Self {
        Self { offset: 0, limit: 20, order: Order::Relevance, by_family: false }
    }
}

/// A page of hits.
#[derive(Debug, Clone)]
pub struct Hits {
    /// How many documents match.
    pub documents: u64,
    /// How many families they belong to, where hits were asked for by family.
    pub families: Option<u64>,
    /// The hits of the page.
    pub hits: Vec<Hit>,
}

/// A document that matches.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The document.
    pub document: Document,
    /// How relevant it is, where hits were sorted by that.
    pub score: Option<f32>,
    /// How many documents of its family match, where hits were asked for by family.
    pub family_documents: Option<u64>,
}

/// So many hits are collected while they are counted; more would need a heap for every document.
const TOGETHER_MAX: usize = 1_000;

/// Whether hits are counted while the best are collected.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counting {
    No,
    Too,
}

/// A row and what it is sorted by, greater first.
pub(crate) type Ranked = (Option<i64>, Option<f32>, DocAddress);
/// A row that is shown, with how many documents of its family match where that was asked for.
pub(crate) type Shown = (Ranked, Option<u64>);

impl Corpus {
    /// The hits of a query on a page.
    pub fn search(&self, query: &Query, page: &Page) -> Result<Hits> {
        if page.by_family {
            return self.search_families(query, page);
        }
        if query.reads_positions() && page.limit > 0 && page.offset.saturating_add(page.limit) <= TOGETHER_MAX {
            // Positions cost the most: they are read once for the count and the best together.
            let (top, documents) = self.top(query, page.order, page.offset, page.limit, Counting::Too)?;
            let top: Vec<Shown> = top.into_iter().map(|ranked| (ranked, None)).collect();
            return Ok(Hits { documents, families: None, hits: self.hits(&top)? });
        }
        let documents = self.count(query)?;
        let is_beyond = u64::try_from(page.offset).is_ok_and(|offset| offset >= documents);
        if is_beyond || page.limit == 0 {
            return Ok(Hits { documents, families: None, hits: Vec::new() });
        }
        let limit = usize::try_from(documents).unwrap_or(usize::MAX).saturating_sub(page.offset).min(page.limit);
        let (top, _) = self.top(query, page.order, page.offset, limit, Counting::No)?;
        let top: Vec<Shown> = top.into_iter().map(|ranked| (ranked, None)).collect();
        Ok(Hits { documents, families: None, hits: self.hits(&top)? })
    }

    /// The keys' places of the best hits with their scores, without reading documents: what the yardstick measures.
    #[doc(hidden)]
    pub fn best(&self, query: &Query, limit: usize) -> Result<Vec<(u32, f32)>> {
        let (top, _) = self.top(query, Order::Relevance, 0, limit, Counting::No)?;
        Ok(top.into_iter().map(|(_, score, address)| (address.doc_id, score.unwrap_or_default())).collect())
    }

    /// The best rows, without reading their documents, and how many match where that is asked.
    pub(crate) fn top(
        &self,
        query: &Query,
        order: Order,
        offset: usize,
        limit: usize,
        counting: Counting,
    ) -> Result<(Vec<Ranked>, u64)> {
        let top = || TopDocs::with_limit(limit).and_offset(offset);
        let by_day = |field: &'static str, order| top().order_by_fast_field::<i64>(field, order);
        if order == Order::Relevance {
            let (found, count) = self.counted(query, top().order_by_score(), counting)?;
            let ranked = |(score, address)| (None, Some(score), address);
            return Ok((found.into_iter().map(ranked).collect(), count));
        }
        let (field, order) = match order {
            Order::FiledEarliest => ("filed", IndexOrder::Asc),
            Order::PublishedLatest => ("published", IndexOrder::Desc),
            Order::GrantedLatest => ("granted", IndexOrder::Desc),
            Order::FiledLatest | Order::Relevance => ("filed", IndexOrder::Desc),
        };
        let (found, count) = self.counted(query, by_day(field, order), counting)?;
        Ok((days(found), count))
    }

    /// Runs a collector, and counts in the same pass where that is asked; a count that was not asked for is 0.
    fn counted<C: Collector>(&self, query: &Query, collector: C, counting: Counting) -> Result<(C::Fruit, u64)> {
        match counting {
            Counting::No => Ok((self.collect(query, &collector)?, 0)),
            Counting::Too => {
                let (fruit, count) = self.collect(query, &(collector, Count))?;
                Ok((fruit, count as u64))
            }
        }
    }

    /// Runs a collector over the splits, on all cores; the segment of an address is the split's place.
    pub(crate) fn collect<C: Collector>(&self, query: &Query, collector: &C) -> Result<C::Fruit> {
        let of_split = |(at, split)| {
            let weight =
                if collector.requires_scoring() { self.ranking(query, split)? } else { self.filter(query, split)? };
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            Ok(collector.collect_segment(&*weight, at, &split.segment)?)
        };
        let fruits = self.splits().par_iter().enumerate().map(of_split).collect::<Result<_>>()?;
        Ok(collector.merge_fruits(fruits)?)
    }

    fn search_families(&self, query: &Query, page: &Page) -> Result<Hits> {
        let (documents, firsts) = self.family_firsts(query, page.order)?;
        let families = firsts.len() as u64;
        let shown: Vec<Shown> = firsts.into_iter().skip(page.offset).take(page.limit).collect();
        Ok(Hits { documents, families: Some(families), hits: self.hits(&shown)? })
    }

    /// Calls for every hit in order, without holding them all, until the caller breaks off; for exports.
    pub fn each_hit(
        &self,
        query: &Query,
        order: Order,
        by_family: bool,
        visit: &mut dyn FnMut(Hit) -> ControlFlow<()>,
    ) -> Result<()> {
        const AT_ONCE: usize = 500;
        let ranked: Vec<Shown> = if by_family {
            self.family_firsts(query, order)?.1
        } else {
            let mut rows = self.ranked_rows(query, order)?;
            rows.sort_unstable_by(|left, right| compared(left, right, order));
            rows.into_iter().map(|row| (row, None)).collect()
        };
        for some in ranked.chunks(AT_ONCE) {
            for hit in self.hits(some)? {
                if visit(hit).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// How many documents match, and of each family the first hit with how many of its documents match, in order.
    fn family_firsts(&self, query: &Query, order: Order) -> Result<(u64, Vec<Shown>)> {
        let rows = self.ranked_rows(query, order)?;
        let documents = rows.len() as u64;
        let families = self.column(Dimension::Family)?;
        let mut best: HashMap<u32, (Ranked, u64)> = HashMap::new();
        for ranked in rows {
            let family = families.first(ranked.2.segment_ord as usize, ranked.2.doc_id).unwrap_or(u32::MAX);
            let entry = best.entry(family).or_insert((ranked, 0));
            entry.1 += 1;
            if compared(&ranked, &entry.0, order).is_lt() {
                entry.0 = ranked;
            }
        }
        let mut firsts: Vec<Shown> = best.into_values().map(|(ranked, members)| (ranked, Some(members))).collect();
        firsts.sort_unstable_by(|(left, _), (right, _)| compared(left, right, order));
        Ok((documents, firsts))
    }

    pub(crate) fn hits(&self, ranked: &[Shown]) -> Result<Vec<Hit>> {
        let read = self.read(ranked.iter().map(|(ranked, _)| ranked.2))?;
        let hit = |(document, &(ranked, family_documents)): (Document, &Shown)| Hit {
            document,
            score: ranked.1,
            family_documents,
        };
        Ok(read.into_iter().zip(ranked).map(hit).collect())
    }

    /// Every matching row with what it is sorted by.
    fn ranked_rows(&self, query: &Query, order: Order) -> Result<Vec<Ranked>> {
        let (field, scored) = match order {
            Order::Relevance => (None, true),
            Order::FiledLatest | Order::FiledEarliest => (Some("filed"), false),
            Order::PublishedLatest => (Some("published"), false),
            Order::GrantedLatest => (Some("granted"), false),
        };
        let mut all = Vec::new();
        for (at, rows) in self.collect(query, &Scored { is_scored: scored })?.into_iter().enumerate() {
            let segment = &self.splits()[at].segment;
            let column = field.map(|field| segment.fast_fields().i64(field)).transpose()?;
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            all.extend(rows.into_iter().map(|(row, score)| {
                let day = column.as_ref().and_then(|column| column.first(row));
                (day, scored.then_some(score), DocAddress::new(at, row))
            }));
        }
        Ok(all)
    }

    /// The documents at these addresses, in their order.
    pub(crate) fn read(&self, addresses: impl Iterator<Item = DocAddress>) -> Result<Vec<Document>> {
        let addresses: Vec<DocAddress> = addresses.collect();
        let mut found: HashMap<DocAddress, Document> = HashMap::new();
        for (at, split) in self.splits().iter().enumerate() {
            let mut rows: Vec<DocId> =
                addresses.iter().filter(|address| address.segment_ord as usize == at).map(|a| a.doc_id).collect();
            rows.sort_unstable();
            rows.dedup();
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            found.extend(rows.iter().map(|&row| DocAddress::new(at, row)).zip(split.documents(&rows)?));
        }
        Ok(addresses.iter().filter_map(|address| found.get(address).cloned()).collect())
    }
}

fn days(found: Vec<(Option<i64>, DocAddress)>) -> Vec<Ranked> {
    found.into_iter().map(|(day, address)| (day, None, address)).collect()
}

/// How one row stands to another; what has no day comes last, equals in the order of rows.
fn compared(left: &Ranked, right: &Ranked, order: Order) -> Ordering {
    let by_day = match (left.0, right.0) {
        (Some(left), Some(right)) if order == Order::FiledEarliest => left.cmp(&right),
        (Some(left), Some(right)) => right.cmp(&left),
        (left, right) => right.is_some().cmp(&left.is_some()),
    };
    let by_score = right.1.unwrap_or_default().total_cmp(&left.1.unwrap_or_default());
    by_day.then(by_score).then(left.2.cmp(&right.2))
}

/// Collects every row, with its score where that is wanted.
struct Scored {
    is_scored: bool,
}

/// The rows of one split.
struct ScoredRows(Vec<(DocId, Score)>);

impl Collector for Scored {
    type Fruit = Vec<Vec<(DocId, Score)>>;
    type Child = ScoredRows;

    fn for_segment(&self, _: u32, _: &SegmentReader) -> tantivy::Result<ScoredRows> {
        Ok(ScoredRows(Vec::new()))
    }

    fn requires_scoring(&self) -> bool {
        self.is_scored
    }

    fn merge_fruits(&self, fruits: Vec<Vec<(DocId, Score)>>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits)
    }
}

impl SegmentCollector for ScoredRows {
    type Fruit = Vec<(DocId, Score)>;

    fn collect(&mut self, document: DocId, score: Score) {
        self.0.push((document, score));
    }

    fn harvest(self) -> Self::Fruit {
        self.0
    }
}

/// Collects every row in order, without scores.
pub(crate) struct Rows;

/// The rows of one split.
pub(crate) struct RowsOfSplit(Vec<DocId>);

impl Collector for Rows {
    type Fruit = Vec<Vec<DocId>>;
    type Child = RowsOfSplit;

    fn for_segment(&self, _: u32, _: &SegmentReader) -> tantivy::Result<RowsOfSplit> {
        Ok(RowsOfSplit(Vec::new()))
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Vec<DocId>>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits)
    }
}

impl SegmentCollector for RowsOfSplit {
    type Fruit = Vec<DocId>;

    fn collect(&mut self, document: DocId, _: Score) {
        self.0.push(document);
    }

    fn collect_block(&mut self, documents: &[DocId]) {
        self.0.extend_from_slice(documents);
    }

    fn harvest(self) -> Vec<DocId> {
        self.0
    }
}
