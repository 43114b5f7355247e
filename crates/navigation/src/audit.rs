//! The search audit (检索式核查): what each clause of a search adds and keeps out, and how much it may miss.

use std::collections::BTreeMap;

use corpus::{Corpus, Field, Query, Value};
use documents::families::{Basis, FamilyId};
use serde::{Deserialize, Serialize};

use crate::{
    Interval, Result, sample,
    study::{any_of, class, not, subclasses},
};

/// The seed of every sample of an audit, published with it.
pub const SEED: u64 = 20_261_126;
/// How many hits are followed to what they cite.
const FOLLOWED: usize = 400;
/// How many documents a person is asked to judge, inside and outside the search.
const JUDGED: usize = 50;
/// How many subclasses make the neighbourhood of a search, and what share of its documents each has at least.
const SUBCLASSES: usize = 10;
const HUNDREDTHS: u64 = 5;
/// How many times the hits a relaxed search may add and still be its neighbourhood.
const NEAR: u64 = 10;
/// How many clauses are looked at; a longer search is a list, not a strategy.
const CLAUSES_MAX: usize = 100;

/// The audit of a search on one snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// The search in its canonical form.
    pub search: String,
    /// The number of the snapshot.
    pub snapshot: u64,
    /// How many documents match.
    pub documents: u64,
    /// Its clauses.
    pub clauses: Vec<Clause>,
    /// The seed of the samples.
    pub seed: u64,
    /// Of the documents that hits cite within the search's own subclasses, how many it finds; a proxy of recall.
    pub cited: Option<Interval>,
    /// Of the documents in the families of hits, how many it finds.
    pub related: Option<Interval>,
    /// The neighbourhood that is not found: in its frequent subclasses, or kept out by one clause that keeps out little.
    pub outside: Stratum,
    /// What is found.
    pub inside: Stratum,
}

/// Documents to be judged, and how many there are of their sort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stratum {
    /// The search that lists them.
    pub search: String,
    /// How many there are.
    pub documents: u64,
    /// The sample.
    pub sample: Vec<String>,
}

/// A clause of a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The clause itself.
    pub search: String,
    /// What it is for.
    pub role: Role,
    /// How deep it stands: 0 is the whole.
    pub depth: usize,
    /// How many documents it matches alone.
    pub alone: u64,
    /// How many documents the search would lose without it.
    pub adds: u64,
    /// The search that lists those.
    pub adds_search: String,
    /// How many documents the search would gain without it.
    pub keeps_out: u64,
    /// The search that lists those.
    pub keeps_out_search: String,
}

/// What a clause is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// One of several that add up (并列).
    Alternative,
    /// One that must hold too (限定).
    Condition,
    /// One that must not hold (排除).
    Exclusion,
}

impl Role {
    /// The Chinese word.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Alternative => "并列",
            Self::Condition => "限定",
            Self::Exclusion => "排除",
        }
    }
}

/// Recall as estimated from judgements, in thousandths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recall {
    /// Of the judged hits, how many are relevant (查准).
    pub precision: Interval,
    /// Of the judged neighbours, how many are relevant and were missed.
    pub missed: Interval,
    /// The estimate of recall (查全).
    pub estimate: u64,
    /// Its lower bound: the least found with the most missed.
    pub low: u64,
    /// Its upper bound.
    pub high: u64,
}

/// Audits a search.
pub fn audit(corpus: &Corpus, query: &Query) -> Result<Audit> {
    let mut paths = Vec::new();
    collect(query, &mut Vec::new(), &mut paths);
    paths.truncate(CLAUSES_MAX);
    let clauses = paths.iter().map(|path| clause(corpus, query, path)).collect::<Result<Vec<_>>>()?;
    let documents = corpus.count(query)?;
    let near: Vec<Query> =
        subclasses(corpus, query, SUBCLASSES, HUNDREDTHS)?.iter().map(|symbol| class(symbol)).collect();
    // What a condition keeps out is near only while it is not everything else.
    let is_near = |path: &[usize], clause: &Clause| path.len() == 1 && clause.keeps_out <= documents * NEAR;
    let near_paths = paths.iter().zip(&clauses).filter(|(path, clause)| is_near(path, clause));
    let relaxed = near_paths.filter_map(|(path, _)| without(query, path));
    let around = Query::Or(near.iter().cloned().chain(relaxed).collect());
    let outside = match &around {
        Query::Or(parts) if parts.is_empty() => query.clone().and(not(query)),
        _ => around.and(not(query)),
    };
    let (cited, related) = linked(corpus, query, &near)?;
    Ok(Audit {
        search: query.to_string(),
        snapshot: corpus.manifest().number,
        documents,
        clauses,
        seed: SEED,
        cited,
        related,
        outside: stratum(corpus, &outside)?,
        inside: stratum(corpus, query)?,
    })
}

impl Audit {
    /// Recall from a person's judgements of the samples: the number, and whether it is relevant.
    ///
    /// None while no document of either sample is judged.
    pub fn recall(&self, judgements: &BTreeMap<String, bool>) -> Option<Recall> {
        let of = |stratum: &Stratum| {
            let judged: Vec<bool> = stratum.sample.iter().filter_map(|key| judgements.get(key).copied()).collect();
            Interval::wilson(judged.iter().filter(|is| **is).count() as u64, judged.len() as u64)
        };
        let precision = of(&self.inside)?;
        // Nothing around the search is nothing missed.
        let nothing = Interval { having: 0, of: 0, low: 0, high: 0 };
        let missed = if self.outside.documents == 0 { nothing } else { of(&self.outside)? };
        let share = |found: u64, lost: u64| (1000 * found).checked_div(found + lost).unwrap_or(0);
        let (hits, rest) = (self.documents, self.outside.documents);
        let middle = |one: &Interval| (1000 * one.having).checked_div(one.of).unwrap_or(0);
        Some(Recall {
            estimate: share(hits * middle(&precision), rest * middle(&missed)),
            low: share(hits * precision.low, rest * missed.high),
            high: share(hits * precision.high, rest * missed.low),
            precision,
            missed,
        })
    }
}

fn stratum(corpus: &Corpus, query: &Query) -> Result<Stratum> {
    let keys = corpus.keys(query)?;
    Ok(Stratum { search: query.to_string(), documents: keys.len() as u64, sample: sample::drawn(SEED, keys, JUDGED) })
}

/// The places of every part of a search, the whole before its parts.
fn collect(query: &Query, here: &mut Vec<usize>, into: &mut Vec<Vec<usize>>) {
    let (Query::And(parts) | Query::Or(parts)) = query else { return };
    for (at, part) in parts.iter().enumerate() {
        here.push(at);
        into.push(here.clone());
        collect(part, here, into);
        here.pop();
    }
}

fn part<'q>(query: &'q Query, path: &[usize]) -> (&'q Query, Role) {
    let mut found = (query, Role::Condition);
    for &at in path {
        found = match found.0 {
            Query::And(parts) if matches!(parts[at], Query::Not(_)) => (&parts[at], Role::Exclusion),
            Query::And(parts) => (&parts[at], Role::Condition),
            Query::Or(parts) => (&parts[at], Role::Alternative),
            other => (other, found.1),
        };
    }
    found
}

/// The search without one of its parts; none where nothing would be left.
fn without(query: &Query, path: &[usize]) -> Option<Query> {
    let (Query::And(parts) | Query::Or(parts)) = query else { return None };
    let (at, rest) = path.split_first()?;
    let mut left: Vec<Query> = Vec::with_capacity(parts.len());
    for (place, part) in parts.iter().enumerate() {
        match (place == *at, rest.is_empty()) {
            (true, true) => {}
            // What has lost its last part is gone with it.
            (true, false) => left.extend(without(part, rest)),
            (false, _) => left.push(part.clone()),
        }
    }
    match (left.len(), query) {
        (0, _) => None,
        (1, _) => left.pop(),
        (_, Query::And(_)) => Some(Query::And(left)),
        _ => Some(Query::Or(left)),
    }
}

fn clause(corpus: &Corpus, query: &Query, path: &[usize]) -> Result<Clause> {
    let (part, role) = part(query, path);
    let without = without(query, path).unwrap_or(Query::All);
    let adds = query.clone().and(not(&without));
    let keeps_out = without.and(not(query));
    Ok(Clause {
        search: part.to_string(),
        role,
        depth: path.len(),
        alone: corpus.count(part)?,
        adds: corpus.count(&adds)?,
        adds_search: adds.to_string(),
        keeps_out: corpus.count(&keeps_out)?,
        keeps_out_search: keeps_out.to_string(),
    })
}

/// What a sample of hits cites within the subclasses, and their families: how much of it the search finds.
fn linked(corpus: &Corpus, query: &Query, near: &[Query]) -> Result<(Option<Interval>, Option<Interval>)> {
    let sample = sample::drawn(SEED, corpus.keys(query)?, FOLLOWED);
    if sample.is_empty() {
        return Ok((None, None));
    }
    let own = Query::numbers(sample);
    let (mut cited, mut families) = (Vec::new(), Vec::new());
    corpus.each_document(&own, |document| {
        let family = FamilyId::of(&document);
        families.extend((family.basis() != Basis::Unknown).then(|| family.name().to_owned()));
        cited.extend(document.citations.into_iter().map(|citation| citation.number).filter(|n| !n.is_empty()));
    })?;
    let share = |set: Query| -> Result<Option<Interval>> {
        Ok(Interval::wilson(corpus.count(&set.clone().and(query.clone()))?, corpus.count(&set)?))
    };
    let cited = match (cited.is_empty(), near.is_empty()) {
        (false, false) => share(Query::numbers(cited).and(any_of(near.to_vec())).and(not(&own)))?,
        _ => None,
    };
    let related = match families.is_empty() {
        true => None,
        false => {
            let each = families.into_iter().map(|family| Query::term(Field::Family, Value::Whole(family))).collect();
            share(any_of(each).and(not(&own)))?
        }
    };
    Ok((cited, related))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_can_be_taken_out_and_the_rest_stays_a_search() {
        let query = Query::parse("(TI=电池 OR IC=H01M) AND AD>=2015 AND NOT PC=US").unwrap();
        let mut paths = Vec::new();
        collect(&query, &mut Vec::new(), &mut paths);
        let told: Vec<(String, Role, String)> = paths
            .iter()
            .map(|path| {
                let (part, role) = part(&query, path);
                (part.to_string(), role, without(&query, path).map(|rest| rest.to_string()).unwrap_or_default())
            })
            .collect();
        let check = |at: usize, clause: &str, role: Role, rest: &str| {
            assert_eq!(told[at], (clause.to_owned(), role, rest.to_owned()));
        };
        check(0, "TI=电池 OR IC=H01M", Role::Condition, "AD>=2015-01-01 AND NOT PC=\"US\"");
        check(1, "TI=电池", Role::Alternative, "IC=H01M AND AD>=2015-01-01 AND NOT PC=\"US\"");
        check(3, "AD>=2015-01-01", Role::Condition, "(TI=电池 OR IC=H01M) AND NOT PC=\"US\"");
        check(4, "NOT PC=\"US\"", Role::Exclusion, "(TI=电池 OR IC=H01M) AND AD>=2015-01-01");
        assert_eq!(told.len(), 5);
    }

    #[test]
    fn recall_from_judgements_has_the_widest_bounds() {
        let stratum = |documents, sample: &[&str]| Stratum {
            search: String::new(),
            documents,
            sample: sample.iter().map(|key| (*key).to_owned()).collect(),
        };
        let audit = Audit {
            search: "*".into(),
            snapshot: 1,
            documents: 100,
            clauses: Vec::new(),
            seed: SEED,
            cited: None,
            related: None,
            inside: stratum(100, &["a", "b"]),
            outside: stratum(100, &["c", "d"]),
        };
        assert_eq!(audit.recall(&BTreeMap::from([("a".into(), true)])), None, "no neighbour was judged");
        let judged = [("a", true), ("b", true), ("c", true), ("d", false)].map(|(key, is)| (key.to_owned(), is));
        let recall = audit.recall(&BTreeMap::from(judged)).unwrap();
        // 100 found and 50 missed.
        assert_eq!(recall.estimate, 666);
        assert!(recall.low < 400 && recall.high > 900, "{recall:?}");
    }
}
