//! Proximity: an index query that checks positions, which Tantivy's phrases cannot express.
//!
//! Candidates come from Tantivy (every operand must be there); only they are checked.

use std::fmt;

use tantivy::{
    DocId, DocSet, SegmentReader, Term,
    postings::{Postings, SegmentPostings},
    query::{
        BooleanQuery, EnableScoring, Query, TermQuery, TermSetQuery, Weight,
        doc_predicate_query::{ConstOrVariableSegmentPredicate, DocPredicate, DocPredicateQuery, SegmentDocPredicate},
    },
    schema::IndexRecordOption,
};

/// Terms at fixed offsets from one another, each with its alternatives.
#[derive(Debug, Clone)]
pub(crate) struct Sequence {
    /// The offset of each place and the terms that may stand there.
    pub(crate) slots: Vec<(u32, Vec<Term>)>,
}

impl Sequence {
    /// How many positions it takes.
    fn length(&self) -> u32 {
        self.slots.last().map_or(0, |(offset, _)| offset + 1)
    }

    /// Documents that have all its terms, wherever they stand.
    fn candidates(&self) -> Box<dyn Query> {
        let places = self.slots.iter().map(|(_, terms)| match terms.as_slice() {
            [one] => Box::new(TermQuery::new(one.clone(), IndexRecordOption::Basic)) as Box<dyn Query>,
            many => Box::new(TermSetQuery::new(many.to_vec())),
        });
        Box::new(BooleanQuery::intersection(places.collect()))
    }
}

/// Operands near each other, each with its alternatives.
#[derive(Clone)]
pub(crate) struct NearPredicate {
    pub(crate) operands: Vec<Vec<Sequence>>,
    pub(crate) distance: u32,
    pub(crate) is_ordered: bool,
}

impl fmt::Debug for NearPredicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NearPredicate").field("operands", &self.operands.len()).finish_non_exhaustive()
    }
}

impl NearPredicate {
    /// The index query.
    pub(crate) fn query(self) -> Box<dyn Query> {
        Box::new(DocPredicateQuery::from(self))
    }

    fn candidates(&self) -> Box<dyn Query> {
        let operands = self.operands.iter().map(|alternatives| {
            let each = alternatives.iter().map(Sequence::candidates).collect();
            Box::new(BooleanQuery::union(each)) as Box<dyn Query>
        });
        Box::new(BooleanQuery::intersection(operands.collect()))
    }
}

impl DocPredicate for NearPredicate {
    type SegmentDocPredicate = NearSegment;

    fn doc_predicate(&self, segment: &SegmentReader) -> tantivy::Result<ConstOrVariableSegmentPredicate<NearSegment>> {
        let weight: Box<dyn Weight> =
            self.candidates().weight(EnableScoring::disabled_from_schema(segment.schema()))?;
        let operands = self.operands.iter().map(|alternatives| {
            alternatives
                .iter()
                .map(|sequence| OpenSequence::open(sequence, segment))
                .collect::<tantivy::Result<Vec<_>>>()
        });
        let predicate = NearSegment {
            operands: operands.collect::<tantivy::Result<_>>()?,
            distance: self.distance,
            is_ordered: self.is_ordered,
        };
        Ok(ConstOrVariableSegmentPredicate::Variable {
            predicate,
            necessary_condition: Box::new(weight.scorer(segment, 1.0)?),
        })
    }
}

/// A [`Sequence`] with its postings.
struct OpenSequence {
    slots: Vec<(u32, Vec<SegmentPostings>)>,
    length: u32,
}

impl OpenSequence {
    fn open(sequence: &Sequence, segment: &SegmentReader) -> tantivy::Result<Self> {
        let mut slots = Vec::with_capacity(sequence.slots.len());
        for (offset, terms) in &sequence.slots {
            let mut postings = Vec::with_capacity(terms.len());
            for term in terms {
                let index = segment.inverted_index(term.field())?;
                postings.extend(index.read_postings(term, IndexRecordOption::WithFreqsAndPositions)?);
            }
            slots.push((*offset, postings));
        }
        Ok(Self { slots, length: sequence.length() })
    }

    /// The positions at which it begins in a document, ascending.
    fn starts(&mut self, document: DocId) -> Vec<u32> {
        let mut starts: Option<Vec<u32>> = None;
        for (offset, alternatives) in &mut self.slots {
            let mut here = Vec::new();
            for postings in alternatives {
                if postings.doc() < document {
                    postings.seek(document);
                }
                if postings.doc() == document {
                    postings.append_positions_with_offset(0, &mut here);
                }
            }
            here.sort_unstable();
            here.dedup();
            let begins = here.into_iter().filter_map(|position| position.checked_sub(*offset));
            starts = Some(match starts {
                None => begins.collect(),
                Some(before) => begins.filter(|start| before.binary_search(start).is_ok()).collect(),
            });
            if starts.as_ref().is_some_and(Vec::is_empty) {
                break;
            }
        }
        starts.unwrap_or_default()
    }
}

/// The predicate on one segment; its postings only move forward, as the documents asked for do.
pub(crate) struct NearSegment {
    operands: Vec<Vec<OpenSequence>>,
    distance: u32,
    is_ordered: bool,
}

impl SegmentDocPredicate for NearSegment {
    fn eval(&mut self, document: DocId) -> bool {
        let mut reached: Option<Vec<(u32, u32)>> = None;
        for alternatives in &mut self.operands {
            let mut places = Vec::new();
            for sequence in alternatives {
                let length = sequence.length;
                places.extend(sequence.starts(document).into_iter().map(|start| (start, start + length)));
            }
            if let Some(before) = reached {
                places = near(&before, places, self.distance, self.is_ordered);
            }
            if places.is_empty() {
                return false;
            }
            reached = Some(places);
        }
        true
    }

    fn cost(&self) -> u64 {
        1_000
    }
}

/// The places that stand near enough to one of those before; a place is its first position and the one after its last.
fn near(before: &[(u32, u32)], places: Vec<(u32, u32)>, distance: u32, is_ordered: bool) -> Vec<(u32, u32)> {
    let mut ends: Vec<u32> = before.iter().map(|place| place.1).collect();
    let mut starts: Vec<u32> = before.iter().map(|place| place.0).collect();
    ends.sort_unstable();
    starts.sort_unstable();
    let within = |sorted: &[u32], from: u32, to: u32| {
        let at = sorted.partition_point(|value| *value < from);
        sorted.get(at).is_some_and(|value| *value <= to)
    };
    places
        .into_iter()
        .filter(|&(start, end)| {
            within(&ends, start.saturating_sub(distance), start)
                || (!is_ordered && within(&starts, end, end.saturating_add(distance)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn a_place_is_near_when_so_many_positions_or_fewer_lie_between() {
        let check = |before: (u32, u32), place: (u32, u32), distance, is_ordered, expected| {
            assert_eq!(
                !near(&[before], vec![place], distance, is_ordered).is_empty(),
                expected,
                "{before:?} {place:?}"
            );
        };
        check((0, 2), (2, 4), 0, true, true);
        check((0, 2), (3, 4), 0, true, false);
        check((0, 2), (5, 6), 3, true, true);
        check((0, 2), (6, 7), 3, true, false);
        check((5, 6), (0, 2), 3, true, false);
        check((5, 6), (0, 2), 3, false, true);
        check((6, 7), (0, 2), 3, false, false);
        // What overlaps is not near: it is the same text.
        check((0, 4), (2, 6), 5, false, false);
    }
}
