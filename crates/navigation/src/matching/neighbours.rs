//! The firms of the city that a document may concern: who has patents in its IPC main groups. It is matching the other way
//! round, by classes alone, so that it can be told at once.

use std::collections::BTreeMap;

use corpus::{Corpus, Dimension, Query};
use documents::{Document, Scheme};

use super::affinity::main_group;
use crate::{
    Result, Subject, bodies,
    study::{class, not, read},
};

/// In how many of its main groups neighbours are looked for.
const GROUPS: usize = 5;

/// A firm of the city that works where a document belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Its name as an applicant.
    pub name: String,
    /// The main group, `H01M10`, of which it has most.
    pub group: String,
    /// How many documents it has there.
    pub documents: u64,
}

/// The firms of the city with documents in the main groups of this one, those with most first.
pub fn neighbours(corpus: &Corpus, city: &Subject, document: &Document) -> Result<Vec<Neighbour>> {
    let others = read(&format!("“{}”", city.name), &city.search)?.and(not(&Query::numbers(vec![document.key.clone()])));
    let mut groups: Vec<String> = Vec::new();
    for one in document.classifications.iter().filter(|one| one.scheme == Scheme::Ipc) {
        groups.extend(main_group(&one.symbol).filter(|group| !groups.contains(group)));
    }
    let mut best: BTreeMap<String, Neighbour> = BTreeMap::new();
    for group in groups.into_iter().take(GROUPS) {
        let there = others.clone().and(class(&group));
        for applicant in corpus.facet(&there, Dimension::Applicant, usize::MAX)?.values {
            let (name, documents) = (applicant.value, applicant.documents);
            let is_better = best.get(&name).is_none_or(|known| known.documents < documents);
            if is_better && bodies::is_company(&name) {
                best.insert(name.clone(), Neighbour { name, group: group.clone(), documents });
            }
        }
    }
    let mut found: Vec<Neighbour> = best.into_values().collect();
    found.sort_by(|left, right| right.documents.cmp(&left.documents).then_with(|| left.name.cmp(&right.name)));
    Ok(found)
}
