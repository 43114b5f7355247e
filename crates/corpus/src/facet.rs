//! Facets: how many of the hits have each value of one dimension, counted by the index alone.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use tantivy::{
    DocId, Score, SegmentReader,
    collector::{Collector, SegmentCollector},
    columnar::{Column, StrColumn},
};

use crate::{
    Corpus, Query, Result,
    columns::{Dimension, UNKNOWN},
    search::Rows,
    split::Split,
    state,
};

/// The values of a dimension among the hits of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// How many documents match.
    pub documents: u64,
    /// How many of them have no value, because no source says.
    pub unknown: u64,
    /// How many different values there are.
    pub distinct: u64,
    /// The most frequent values, equals by their name.
    pub values: Vec<FacetValue>,
}

/// A value and how many documents have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// The documents.
    pub documents: u64,
}

impl Facet {
    /// Of the counts of each value, which must differ.
    fn new(documents: u64, unknown: u64, mut counts: Vec<(&str, u64)>, limit: usize) -> Self {
        let distinct = counts.len() as u64;
        let order = |left: &(&str, u64), right: &(&str, u64)| right.1.cmp(&left.1).then_with(|| left.0.cmp(right.0));
        // What is left out is never put in order, and no name of it is copied.
        if limit < counts.len() {
            counts.select_nth_unstable_by(limit, order);
            counts.truncate(limit);
        }
        counts.sort_unstable_by(order);
        let values = counts.into_iter().map(|(value, documents)| FacetValue { value: value.to_owned(), documents });
        Self { documents, unknown, distinct, values: values.collect() }
    }
}

impl Corpus {
    /// The most frequent values of a dimension among the hits of a query.
    ///
    /// A document with several values counts once for each.
    pub fn facet(&self, query: &Query, dimension: Dimension, limit: usize) -> Result<Facet> {
        // The index counts by the ordinals of each split, and has to put the splits together by the texts of the
        // values: names of persons and firms are too many for that.
        let are_many = matches!(dimension, Dimension::Applicant | Dimension::Owner | Dimension::Inventor);
        match Source::of(dimension).filter(|_| !are_many) {
            Some(source) => self.facet_by_index(query, dimension, source, limit),
            None => self.facet_by_columns(query, dimension, limit),
        }
    }

    fn facet_by_index(&self, query: &Query, dimension: Dimension, source: Source, limit: usize) -> Result<Facet> {
        let collector = Counting { source, cut: dimension.cut(), splits: self.splits() };
        let counted = self.collect(query, &collector)?;
        let counts = counted.values.iter().map(|(value, count)| (value.as_str(), *count)).collect();
        Ok(Facet::new(counted.documents, counted.unknown, counts, limit))
    }

    /// The same by the index and by the columns in memory; none where the index has no column.
    #[cfg(test)]
    pub(crate) fn facet_by_each(
        &self,
        query: &Query,
        dimension: Dimension,
        limit: usize,
    ) -> Result<(Option<Facet>, Facet)> {
        let by_index = Source::of(dimension).map(|source| self.facet_by_index(query, dimension, source, limit));
        Ok((by_index.transpose()?, self.facet_by_columns(query, dimension, limit)?))
    }

    /// The same by the columns in memory, whose codes mean the same in every split.
    fn facet_by_columns(&self, query: &Query, dimension: Dimension, limit: usize) -> Result<Facet> {
        let column = self.column(dimension)?;
        let mut counts = vec![0_u64; column.names.len()];
        let (mut documents, mut unknown) = (0, 0);
        for (codes, rows) in column.splits.iter().zip(self.collect(query, &Rows)?) {
            documents += rows.len() as u64;
            for code in rows.into_iter().flat_map(|row| codes.of(row)) {
                match *code {
                    UNKNOWN => unknown += 1,
                    code => counts[code as usize] += 1,
                }
            }
        }
        let counts = column.names.iter().map(|name| &**name).zip(counts).filter(|(_, count)| *count > 0).collect();
        Ok(Facet::new(documents, unknown, counts, limit))
    }
}

/// The column of the index that a dimension is counted by.
#[derive(Clone, Copy)]
enum Source {
    Text(&'static str),
    Year(&'static str),
}

impl Source {
    /// None for families, of which the index has no column.
    fn of(dimension: Dimension) -> Option<Self> {
        Some(match dimension {
            Dimension::FiledYear => Self::Year("filed"),
            Dimension::PublishedYear => Self::Year("published"),
            Dimension::GrantedYear => Self::Year("granted"),
            Dimension::Office => Self::Text("office"),
            Dimension::Kind => Self::Text("kind"),
            Dimension::State => Self::Text("state"),
            Dimension::IpcSection | Dimension::IpcClass | Dimension::IpcSubclass => Self::Text("ipc_subclass"),
            Dimension::IpcGroup => Self::Text("ipc_group"),
            Dimension::CpcSubclass => Self::Text("cpc_subclass"),
            Dimension::Applicant => Self::Text("applicant"),
            Dimension::Owner => Self::Text("owner"),
            Dimension::Inventor => Self::Text("inventor"),
            Dimension::Province => Self::Text("province"),
            Dimension::City => Self::Text("city"),
            Dimension::Family => return None,
        })
    }
}

/// Counts the values of one column of the index.
struct Counting<'a> {
    source: Source,
    cut: Option<usize>,
    splits: &'a [Split],
}

/// What was counted.
#[derive(Default)]
struct Counted {
    documents: u64,
    unknown: u64,
    values: HashMap<String, u64>,
}

impl Counting<'_> {
    /// The values that were learned later, by row.
    fn later(&self, split: u32) -> BTreeMap<DocId, Vec<String>> {
        let overlay = &self.splits[split as usize].overlay;
        match self.source {
            Source::Text("owner") => overlay.owners.clone(),
            Source::Text("state") => overlay
                .states
                .iter()
                .map(|(row, state)| (*row, state::known(*state).map(str::to_owned).into_iter().collect()))
                .collect(),
            _ => BTreeMap::new(),
        }
    }
}

impl Collector for Counting<'_> {
    type Fruit = Counted;
    type Child = CountingSplit;

    fn for_segment(&self, split: u32, segment: &SegmentReader) -> tantivy::Result<CountingSplit> {
        let columns = segment.fast_fields();
        let values = match self.source {
            Source::Year(field) => Values::Years(columns.i64(field)?, HashMap::new()),
            Source::Text(field) => Values::texts(columns.str(field)?, self.cut)?,
        };
        Ok(CountingSplit { counted: Counted::default(), later: self.later(split), values })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Counted>) -> tantivy::Result<Counted> {
        let mut all = Counted::default();
        for fruit in fruits {
            all.documents += fruit.documents;
            all.unknown += fruit.unknown;
            for (value, count) in fruit.values {
                *all.values.entry(value).or_default() += count;
            }
        }
        Ok(all)
    }
}

struct CountingSplit {
    counted: Counted,
    later: BTreeMap<DocId, Vec<String>>,
    values: Values,
}

enum Values {
    Years(Column<i64>, HashMap<i64, u64>),
    Texts { column: StrColumn, buckets: Option<Buckets>, counts: Vec<u64> },
    None,
}

/// Where symbols are cut, the bucket of each ordinal, and the document last counted in each bucket.
struct Buckets {
    of: Vec<u32>,
    names: Vec<String>,
    last: Vec<DocId>,
}

impl Values {
    fn texts(column: Option<StrColumn>, cut: Option<usize>) -> tantivy::Result<Self> {
        let Some(column) = column else { return Ok(Self::None) };
        let terms = column.dictionary().num_terms();
        let buckets = cut.map(|cut| Buckets::new(&column, terms, cut)).transpose()?;
        let counts = vec![0; buckets.as_ref().map_or(terms, |buckets| buckets.names.len())];
        Ok(Self::Texts { column, buckets, counts })
    }
}

impl Buckets {
    fn new(column: &StrColumn, terms: usize, cut: usize) -> tantivy::Result<Self> {
        let mut buckets = Self { of: Vec::with_capacity(terms), names: Vec::new(), last: Vec::new() };
        let mut term = String::new();
        for ordinal in 0..terms as u64 {
            column.ord_to_str(ordinal, &mut term)?;
            let name = term.get(..cut).unwrap_or(&term);
            // Ordinals ascend as their terms do, so that terms with one beginning follow each other.
            if buckets.names.last().is_none_or(|last| last != name) {
                buckets.names.push(name.to_owned());
            }
            buckets.of.push(u32::try_from(buckets.names.len() - 1).unwrap_or(UNKNOWN));
        }
        buckets.last = vec![DocId::MAX; buckets.names.len()];
        Ok(buckets)
    }
}

impl SegmentCollector for CountingSplit {
    type Fruit = Counted;

    fn collect(&mut self, document: DocId, _: Score) {
        self.counted.documents += 1;
        if let Some(values) = self.later.get(&document) {
            self.counted.unknown += u64::from(values.is_empty());
            for value in values {
                *self.counted.values.entry(value.clone()).or_default() += 1;
            }
            return;
        }
        match &mut self.values {
            Values::None => self.counted.unknown += 1,
            Values::Years(column, counts) => match column.first(document) {
                Some(day) => *counts.entry(day / 10_000).or_default() += 1,
                None => self.counted.unknown += 1,
            },
            Values::Texts { column, buckets, counts } => {
                let mut is_unknown = true;
                for ordinal in column.term_ords(document) {
                    is_unknown = false;
                    let at = match buckets {
                        None => ordinal as usize,
                        Some(buckets) => {
                            let bucket = buckets.of[ordinal as usize] as usize;
                            if buckets.last[bucket] == document {
                                continue;
                            }
                            buckets.last[bucket] = document;
                            bucket
                        }
                    };
                    counts[at] += 1;
                }
                self.counted.unknown += u64::from(is_unknown);
            }
        }
    }

    fn harvest(mut self) -> Counted {
        match self.values {
            Values::None => {}
            Values::Years(_, counts) => {
                self.counted.values.extend(counts.into_iter().map(|(year, count)| (year.to_string(), count)));
            }
            Values::Texts { column, buckets, counts } => {
                let mut term = String::new();
                for (at, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
                    let name = match &buckets {
                        Some(buckets) => buckets.names[at].clone(),
                        None if column.ord_to_str(at as u64, &mut term).is_ok_and(|found| found) => term.clone(),
                        None => continue,
                    };
                    *self.counted.values.entry(name).or_default() += count;
                }
            }
        }
        self.counted
    }
}
