//! What the figures should say, counted in plain code over the documents themselves.

use std::collections::{BTreeMap, BTreeSet};

use documents::{Document, Scheme};
use jiff::civil::Date;
use navigation::Scope;
use terms::text::fold_name;

/// Whether a document has an IPC symbol in one of these subclasses.
pub(crate) fn is_in(document: &Document, subclasses: &[&str]) -> bool {
    let own = document.classifications.iter().filter(|one| one.scheme == Scheme::Ipc);
    own.map(|one| &one.symbol).any(|symbol| subclasses.iter().any(|subclass| symbol.starts_with(subclass)))
}

pub(crate) fn first_published(document: &Document) -> Option<Date> {
    document.publications.iter().filter_map(|one| one.published_on).min()
}

/// The field of the tests' scope.
pub(crate) fn field(scope: &Scope) -> Vec<&'static Document> {
    let is_public = |document: &&Document| first_published(document).is_some_and(|day| day <= scope.as_of);
    let all = crate::WORLD.documents.iter();
    all.filter(|document| is_in(document, &["H01M", "G06F"])).filter(is_public).collect()
}

pub(crate) fn is_own(document: &Document) -> bool {
    document.applicants.iter().any(|party| party.address.contains("苏州"))
}

pub(crate) fn family(document: &Document) -> String {
    if document.family.is_empty() { document.key.clone() } else { document.family.clone() }
}

/// Documents and families.
pub(crate) fn counted<'d>(documents: impl IntoIterator<Item = &'d Document>) -> (u64, u64) {
    let (mut count, mut families) = (0, BTreeSet::new());
    for document in documents {
        count += 1;
        families.insert(family(document));
    }
    (count, families.len() as u64)
}

/// The documents by any number of names each.
pub(crate) fn by<'d, K: Ord>(
    documents: &[&'d Document],
    names: impl Fn(&Document) -> Vec<K>,
) -> BTreeMap<K, Vec<&'d Document>> {
    let mut groups: BTreeMap<K, Vec<&Document>> = BTreeMap::new();
    for document in documents {
        let names: BTreeSet<K> = names(document).into_iter().collect();
        for name in names {
            groups.entry(name).or_default().push(document);
        }
    }
    groups
}

pub(crate) fn applicants(document: &Document) -> Vec<String> {
    document.applicants.iter().map(|party| fold_name(&party.name)).collect()
}
