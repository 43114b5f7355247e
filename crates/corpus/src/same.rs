//! Which documents are the same application: those that share an identity, in one file or years apart.
//!
//! A list may know only the publication, a full text the application number too, and only a third document that both are
//! one; so that one document may join several that stood apart until then.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use documents::Document;

use crate::{Result, changes::Overlays, schema, split::Split};

/// A row of a split.
pub(crate) type Place = (usize, u32);

/// Everything that names a document: its key, its application number and its publications.
pub(crate) fn identities(document: &Document) -> Vec<String> {
    let mut identities = document.identities();
    identities.push(of_key(&document.key));
    identities
}

/// The identity that a key is.
pub(crate) fn of_key(key: &str) -> String {
    format!("k:{key}")
}

/// The identities under which a document is found by the key that it had before it was joined with another.
pub(crate) fn of_former_key(key: &str) -> [String; 2] {
    [format!("a:{key}"), format!("p:{key}")]
}

/// The one document that two sources say, under the key by which it was found first.
pub(crate) fn joined(earlier: &Document, later: Document) -> Document {
    if later == *earlier {
        return later;
    }
    let mut one = earlier.clone().merge(later);
    one.key.clone_from(&earlier.key);
    one
}

/// The identities in the splits: what is not among them need not be looked up.
#[derive(Default)]
pub(crate) struct Known(HashSet<u64>);

impl Known {
    /// Those of these splits; superseded rows may leave some that are no more.
    pub(crate) fn of(splits: &[Split]) -> Result<Self> {
        let mut known = Self::default();
        for split in splits {
            split.each_term(schema::fields().identity, |identity| {
                known.0.insert(hash(identity));
            })?;
        }
        Ok(known)
    }

    pub(crate) fn add(&mut self, document: &Document) {
        self.0.extend(identities(document).iter().map(|identity| hash(identity.as_bytes())));
    }

    /// The rows that have one of these identities and are not superseded.
    pub(crate) fn rows(&self, splits: &[Split], overlays: &Overlays, identities: &[String]) -> Result<BTreeSet<Place>> {
        let mut rows = BTreeSet::new();
        for identity in identities.iter().filter(|identity| self.0.contains(&hash(identity.as_bytes()))) {
            for (at, split) in splits.iter().enumerate() {
                let gone = overlays.get(&split.entry.id).map(|overlay| &overlay.gone);
                let found = split.rows_with(schema::fields().identity, identity)?;
                rows.extend(
                    found.into_iter().filter(|row| !gone.is_some_and(|gone| gone.contains(row))).map(|row| (at, row)),
                );
            }
        }
        Ok(rows)
    }
}

fn hash(identity: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    identity.hash(&mut hasher);
    hasher.finish()
}

/// Documents on their way into a split, those that are one put together as they come.
#[derive(Default)]
pub(crate) struct Pending {
    /// None where a document was joined with an earlier one.
    documents: Vec<Option<Document>>,
    places: HashMap<String, usize>,
}

/// What a document was to those that were pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Met {
    /// None of them is the same.
    Nothing,
    /// It said nothing new.
    Same,
    /// It changed one; so many others became one with that.
    Changed { others: u64 },
    /// It bears the number of one and cannot be the same application; it was not taken.
    Contrary(Contrary),
}

/// A document that was not taken in because it contradicts an earlier one of the same number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contrary {
    /// The file it came from.
    pub file: String,
    /// Where it stands in it.
    pub place: String,
    /// The number that it shares with the earlier one.
    pub number: String,
    /// In what it contradicts which document, in Chinese.
    pub reason: String,
}

impl Contrary {
    /// What makes a document contradict an earlier one, if anything does.
    pub(crate) fn of(earlier: &Document, later: &Document) -> Option<Self> {
        let differences = documents::contradiction(earlier, later)?;
        let told: Vec<String> =
            differences.iter().map(|one| format!("{}为“{}”，已有的为“{}”", one.field, one.theirs, one.ours)).collect();
        let from = earlier.sources.first().map(|one| format!("（{} {}）", one.file, one.place)).unwrap_or_default();
        let source = later.sources.first();
        Some(Self {
            file: source.map(|one| one.file.clone()).unwrap_or_default(),
            place: source.map(|one| one.place.clone()).unwrap_or_default(),
            number: earlier.key.clone(),
            reason: format!(
                "与已收录的 {}{from}号码相同而内容矛盾：{}。没有收录，已有的不变；请核对号码",
                earlier.key,
                told.join("；")
            ),
        })
    }
}

impl Pending {
    pub(crate) fn len(&self) -> usize {
        self.documents.len()
    }

    /// Adds a document, or joins it with those that are the same.
    pub(crate) fn add(&mut self, document: Document) -> Met {
        let found: BTreeSet<usize> =
            identities(&document).iter().filter_map(|identity| self.places.get(identity)).copied().collect();
        let mut found = found.into_iter();
        let Some(first) = found.next() else {
            let at = self.documents.len();
            self.places.extend(identities(&document).into_iter().map(|identity| (identity, at)));
            self.documents.push(Some(document));
            return Met::Nothing;
        };
        let contrary = self.documents[first].as_ref().and_then(|earlier| Contrary::of(earlier, &document));
        if let Some(contrary) = contrary {
            return Met::Contrary(contrary);
        }
        let earlier = self.documents[first].take().unwrap_or_default();
        let others: Vec<Document> = found.filter_map(|at| self.documents[at].take()).collect();
        let count = others.len() as u64;
        let one = others.into_iter().chain([document]).fold(earlier.clone(), |one, other| joined(&one, other));
        let met = if one == earlier { Met::Same } else { Met::Changed { others: count } };
        self.places.extend(identities(&one).into_iter().map(|identity| (identity, first)));
        self.documents[first] = Some(one);
        met
    }

    /// The documents in the order in which they came.
    pub(crate) fn take(&mut self) -> Vec<Document> {
        self.places.clear();
        std::mem::take(&mut self.documents).into_iter().flatten().collect()
    }
}

/// A document with the earlier rows that are the same.
pub(crate) struct Group {
    pub(crate) document: Document,
    pub(crate) rows: BTreeSet<Place>,
    /// How many of the documents given it holds.
    pub(crate) given: u64,
}

/// Puts documents together that are the same by way of an earlier row.
pub(crate) fn groups(
    documents: Vec<Document>,
    rows_of: impl Fn(&Document) -> Result<BTreeSet<Place>>,
) -> Result<Vec<Group>> {
    let mut groups: Vec<Option<Group>> = Vec::with_capacity(documents.len());
    let mut owners: BTreeMap<Place, usize> = BTreeMap::new();
    for document in documents {
        let mut group = Group { rows: rows_of(&document)?, document, given: 1 };
        let at = groups.len();
        let claimed: BTreeSet<usize> = group.rows.iter().filter_map(|row| owners.get(row)).copied().collect();
        for other in claimed.into_iter().filter_map(|at| groups[at].take()).rev() {
            group.document = joined(&other.document, group.document);
            group.rows.extend(other.rows);
            group.given += other.given;
        }
        owners.extend(group.rows.iter().map(|row| (*row, at)));
        groups.push(Some(group));
    }
    Ok(groups.into_iter().flatten().collect())
}
