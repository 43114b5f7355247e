//! Patent families (同族专利) from priorities alone, by published rules.
//!
//! **Simple family (简单同族).** Two applications are of one simple family when their sets of priorities are equal.
//! A priority is its canonical application number ([`crate::number::application`]); order and repetition say nothing.
//! An application that claims none has itself as its only priority: the international application it entered from
//! where one is known, else its own number. So the first filing and everything that claims it alone are one family.
//!
//! **Extended family (扩展同族).** Applications that are linked by any priority, directly or through others; the
//! application itself counts among its priorities. A simple family lies within one extended family.
//!
//! **Where priorities are silent.** Many sources do not print priorities at all, so that "claims none" often means "is
//! not said". A document without a priority therefore follows the family that a source asserts for it, such as DOCDB's
//! number, where one does; the rule above is asked first, so that a document whose priorities are known lies in the same
//! family whichever source brought it.
//!
//! An application of which neither a priority nor a family nor its own number is known stands alone until a source tells
//! more; [`Basis::Unknown`] says so, so that a statistic can count such families apart.
//!
//! Simple families are a function of each document, so adding, changing and removing one touches only its own.
//! Extended families only grow; when documents were changed or removed they are built anew.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::document::Document;

/// What a family rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Priorities that were claimed.
    Priorities,
    /// What a source asserts, for it names no priority.
    Asserted,
    /// The application itself, for no source names a priority or a family.
    OwnApplication,
    /// Nothing: no source gave an application number or a priority.
    Unknown,
}

/// The name of a simple family: its priorities in order, divided by semicolons.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FamilyId {
    /// What it rests on.
    basis: Basis,
    /// The priorities.
    name: String,
}

impl FamilyId {
    /// The simple family of a document.
    pub fn of(document: &Document) -> FamilyId {
        let priorities = priorities(document);
        if !priorities.is_empty() {
            let name = priorities.into_iter().collect::<Vec<_>>().join(";");
            return FamilyId { basis: Basis::Priorities, name };
        }
        if !document.family.is_empty() {
            return FamilyId { basis: Basis::Asserted, name: document.family.clone() };
        }
        match own_application(document) {
            Some(number) => FamilyId { basis: Basis::OwnApplication, name: number.to_owned() },
            None => FamilyId { basis: Basis::Unknown, name: document.key.clone() },
        }
    }

    /// What the family rests on, seen from the document that was asked.
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// The priorities, divided by semicolons; equal names are one family, whatever each member's basis.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The name of a document's simple family.
pub fn name_of(document: &Document) -> String {
    FamilyId::of(document).name
}

fn priorities(document: &Document) -> BTreeSet<&str> {
    document.priorities.iter().map(|priority| priority.number.as_str()).filter(|number| !number.is_empty()).collect()
}

fn own_application(document: &Document) -> Option<&str> {
    [&document.pct_number, &document.application_number]
        .into_iter()
        .map(String::as_str)
        .find(|number| !number.is_empty())
}

/// The simple families of a growing and changing set of documents.
#[derive(Debug, Default, Clone)]
pub struct Families {
    members: BTreeMap<String, BTreeSet<String>>,
    family_of: HashMap<String, String>,
}

impl Families {
    /// Puts a document in, or moves it when its priorities have changed since; the answer is its family's name.
    pub fn put(&mut self, document: &Document) -> FamilyId {
        let id = FamilyId::of(document);
        if self.family_of.get(&document.key) != Some(&id.name) {
            self.remove(&document.key);
            self.members.entry(id.name.clone()).or_default().insert(document.key.clone());
            self.family_of.insert(document.key.clone(), id.name.clone());
        }
        id
    }

    /// Takes a document out by its key, as when it was merged into another.
    pub fn remove(&mut self, key: &str) {
        let Some(name) = self.family_of.remove(key) else { return };
        if let Some(members) = self.members.get_mut(&name) {
            members.remove(key);
            if members.is_empty() {
                self.members.remove(&name);
            }
        }
    }

    /// The keys of the documents in the same family as this one, itself among them, in order.
    pub fn members(&self, key: &str) -> impl Iterator<Item = &str> {
        let family = self.family_of.get(key).and_then(|name| self.members.get(name));
        family.into_iter().flatten().map(String::as_str)
    }

    /// How many families there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

/// Extended families by union and find over priority numbers.
#[derive(Debug, Default, Clone)]
pub struct ExtendedFamilies {
    /// The parent of each number by its place in `numbers`.
    parents: Vec<usize>,
    numbers: Vec<String>,
    places: HashMap<String, usize>,
}

impl ExtendedFamilies {
    /// Links everything that the document names as its priorities with the document itself.
    pub fn add(&mut self, document: &Document) {
        let mut links = priorities(document);
        links.extend(own_application(document));
        let places: Vec<usize> = links.into_iter().map(|number| self.place(number)).collect();
        for pair in places.windows(2) {
            self.unite(pair[0], pair[1]);
        }
    }

    /// The name of the document's extended family: the least number in it, whatever the order of adding.
    pub fn family_of(&mut self, document: &Document) -> Option<String> {
        let number = priorities(document).into_iter().next().or_else(|| own_application(document))?;
        let place = *self.places.get(number)?;
        let root = self.root(place);
        Some(self.numbers[root].clone())
    }

    fn place(&mut self, number: &str) -> usize {
        if let Some(place) = self.places.get(number) {
            return *place;
        }
        let place = self.numbers.len();
        self.numbers.push(number.to_owned());
        self.parents.push(place);
        self.places.insert(number.to_owned(), place);
        place
    }

    fn root(&mut self, mut place: usize) -> usize {
        while self.parents[place] != place {
            self.parents[place] = self.parents[self.parents[place]];
            place = self.parents[place];
        }
        place
    }

    /// The lesser number becomes the root, so that the name does not depend on order; halving keeps paths short.
    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return;
        }
        let (lesser, greater) = if self.numbers[a] <= self.numbers[b] { (a, b) } else { (b, a) };
        self.parents[greater] = lesser;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::Priority;

    fn document(application: &str, priorities: &[&str]) -> Document {
        let priorities = priorities
            .iter()
            .map(|number| Priority { office: number[..2].into(), number: (*number).into(), filed_on: None })
            .collect();
        Document { key: application.into(), application_number: application.into(), priorities, ..Document::default() }
    }

    #[test]
    fn a_first_filing_and_what_claims_it_alone_are_one_family() {
        let mut families = Families::default();
        let first = document("CN2010102984204", &[]);
        let abroad = document("US13648029", &["CN2010102984204"]);
        let other = document("EP17171508", &["CN2010102984204", "GB0320567"]);
        for one in [&first, &abroad, &other] {
            families.put(one);
        }
        assert_eq!(families.members("US13648029").collect::<Vec<_>>(), ["CN2010102984204", "US13648029"]);
        assert_eq!(families.members("EP17171508").count(), 1);
        assert_eq!(families.len(), 2);
        let mut extended = ExtendedFamilies::default();
        for one in [&first, &abroad, &other] {
            extended.add(one);
        }
        let names: BTreeSet<_> = [&first, &abroad, &other].map(|one| extended.family_of(one)).into();
        assert_eq!(names.len(), 1);
    }

    #[test]
    fn a_national_phase_stands_with_its_international_application() {
        let international = document("PCT/CN2019/123456", &[]);
        let mut phase = document("US16123456", &[]);
        phase.pct_number = "PCT/CN2019/123456".into();
        assert_eq!(FamilyId::of(&international).name(), FamilyId::of(&phase).name());
    }

    #[test]
    fn order_and_repetition_of_priorities_say_nothing() {
        let one = document("EP1", &["US2", "US1", "US1"]);
        let other = document("JP1", &["US1", "US2"]);
        assert_eq!(FamilyId::of(&one), FamilyId::of(&other));
    }

    #[test]
    fn a_changed_document_moves_and_an_unknown_one_stands_alone() {
        let mut families = Families::default();
        let unknown = Document { key: "CN109417194".into(), ..Document::default() };
        assert_eq!(families.put(&unknown).basis(), Basis::Unknown);
        let known = Document { priorities: document("x", &["US1"]).priorities, ..unknown };
        assert_eq!(families.put(&known).basis(), Basis::Priorities);
        assert_eq!(families.len(), 1);
        families.remove("CN109417194");
        assert!(families.is_empty());
    }

    /// The rule itself, tried on every pair.
    fn by_definition(documents: &[Document]) -> Vec<Vec<bool>> {
        let set = |one: &Document| -> BTreeSet<String> {
            let claimed: BTreeSet<String> = one.priorities.iter().map(|p| p.number.clone()).collect();
            if claimed.is_empty() { [one.application_number.clone()].into() } else { claimed }
        };
        documents.iter().map(|a| documents.iter().map(|b| set(a) == set(b)).collect()).collect()
    }

    proptest! {
        #[test]
        fn families_are_exactly_those_of_the_rule_in_any_order(
            claims in prop::collection::vec(prop::collection::btree_set(0_usize..6, 0..3), 1..12),
            seed in any::<u64>(),
        ) {
            let name = |index: usize| format!("US{index:08}");
            let documents: Vec<Document> = claims.iter().enumerate().map(|(index, claims)| {
                let claimed: Vec<String> = claims.iter().map(|other| name(*other)).collect();
                document(&name(index), &claimed.iter().map(String::as_str).collect::<Vec<_>>())
            }).collect();
            let mut order: Vec<usize> = (0..documents.len()).collect();
            order.sort_by_key(|index| (*index as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
            let mut families = Families::default();
            let mut extended = ExtendedFamilies::default();
            for index in order {
                families.put(&documents[index]);
                extended.add(&documents[index]);
            }
            for (a, row) in by_definition(&documents).into_iter().enumerate() {
                for (b, same) in row.into_iter().enumerate() {
                    let is_member = families.members(&documents[a].key).any(|key| key == documents[b].key);
                    prop_assert_eq!(is_member, same);
                    if same {
                        prop_assert_eq!(extended.family_of(&documents[a]), extended.family_of(&documents[b]));
                    }
                }
            }
        }
    }
}
