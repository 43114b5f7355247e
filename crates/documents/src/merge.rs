//! Which documents are the same application, and what becomes of them when they are put together.
//!
//! Two documents are one when they share an identity: the application number, or what the publications of one
//! application share. Put together, publications, citations, events, related numbers and sources are united; every
//! other field is taken whole from the document of greater weight that has it. Weight is the rank of the source and,
//! among equals, the day of its latest publication:
//!
//! | rank | sources |
//! | --- | --- |
//! | 5 | the publishing office's own full text (CNIPA, EP, red book, older American formats) |
//! | 4 | DOCDB, OPS and the office's own search and gazettes (PSS) |
//! | 3 | CNIPR, Patentscope |
//! | 2 | Lens, Google Patents, `PatSnap`, incoPat |
//! | 1 | anything else |
//!
//! So official text wins over lists and later claims over earlier ones. Texts are chosen language by language and
//! classifications scheme by scheme. Equal weight with different content is settled by the greater content, which says
//! nothing of truth but is the same in whatever order files come. What cannot both be true of one application
//! ([`contradiction`]) is not put together at all.
//! Putting together is therefore associative and commutative, and doing it twice changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use terms::{ApplicationNumber, PatentKind};

use crate::{
    document::{Classification, Document, LegalState, Publication, Scheme, Text},
    number,
};

impl Document {
    /// What names this application: equal for two documents, and they are the same one.
    pub fn identities(&self) -> Vec<String> {
        let application = (!self.application_number.is_empty()).then(|| format!("a:{}", self.application_number));
        let publications = self.publications.iter().map(|one| format!("p:{}", identity(&one.number)));
        let all: BTreeSet<String> = application.into_iter().chain(publications).collect();
        all.into_iter().collect()
    }

    /// Puts order into a document just read: key, office, kind, publications by date, nothing twice.
    pub fn settle(&mut self) {
        self.publications.sort_by(|a, b| (a.published_on, &a.number).cmp(&(b.published_on, &b.number)));
        self.publications.dedup_by(|b, a| a.number == b.number && (b.published_on == a.published_on));
        if self.office.is_empty() {
            let number = self.publications.first().map_or(self.application_number.as_str(), |one| one.number.as_str());
            self.office = number.get(..2).unwrap_or_default().to_owned();
        }
        if self.pct_number.is_empty() && self.application_number.starts_with("PCT/") {
            self.pct_number.clone_from(&self.application_number);
        }
        self.kind = self.kind.or_else(|| kind(self));
        dedup(&mut self.classifications);
        dedup(&mut self.priorities);
        dedup(&mut self.citations);
        dedup(&mut self.titles);
        self.events.sort();
        self.events.dedup();
        self.key = key(self);
    }

    /// Puts two documents of the same application together, by the rules at the head of this module.
    #[must_use]
    pub fn merge(self, other: Document) -> Document {
        let (a, b) = (Weighed::of(self), Weighed::of(other));
        let mut weights = BTreeMap::new();
        let mut choose = |field: &str, has: [bool; 2], is_ours_greater: bool| -> bool {
            let (ours, theirs) = (a.weight(field), b.weight(field));
            let takes_ours = match has {
                [true, false] => true,
                [false, true] => false,
                [false, false] => return true,
                [true, true] => ours > theirs || ours == theirs && is_ours_greater,
            };
            weights.insert(field.to_owned(), if takes_ours { ours } else { theirs });
            takes_ours
        };
        macro_rules! chosen {
            ($field:ident, $has:expr) => {{
                let has = [$has(&a.document.$field), $has(&b.document.$field)];
                let greater = a.document.$field >= b.document.$field;
                if choose(stringify!($field), has, greater) {
                    a.document.$field.clone()
                } else {
                    b.document.$field.clone()
                }
            }};
        }
        let mut merged = Document {
            office: chosen!(office, |text: &String| !text.is_empty()),
            application_number: chosen!(application_number, |text: &String| !text.is_empty()),
            kind: chosen!(kind, Option::is_some),
            filed_on: chosen!(filed_on, Option::is_some),
            pct_number: chosen!(pct_number, |text: &String| !text.is_empty()),
            applicants: chosen!(applicants, |list: &Vec<_>| !list.is_empty()),
            owners: chosen!(owners, |list: &Vec<_>| !list.is_empty()),
            inventors: chosen!(inventors, |list: &Vec<_>| !list.is_empty()),
            agents: chosen!(agents, |list: &Vec<_>| !list.is_empty()),
            priorities: chosen!(priorities, |list: &Vec<_>| !list.is_empty()),
            state: chosen!(state, |state: &LegalState| *state != LegalState::Unknown),
            family: chosen!(family, |text: &String| !text.is_empty()),
            ..Document::default()
        };
        for (field, ours, theirs, into) in [
            ("titles", &a.document.titles, &b.document.titles, &mut merged.titles),
            ("abstracts", &a.document.abstracts, &b.document.abstracts, &mut merged.abstracts),
            ("claims", &a.document.claims, &b.document.claims, &mut merged.claims),
            ("descriptions", &a.document.descriptions, &b.document.descriptions, &mut merged.descriptions),
        ] {
            *into = by_group(field, ours, theirs, |text: &Text| text.language.clone(), &mut choose);
        }
        merged.classifications = by_group(
            "classifications",
            &a.document.classifications,
            &b.document.classifications,
            |one: &Classification| scheme(one.scheme).to_owned(),
            &mut choose,
        );
        let (a, b) = (a.document, b.document);
        merged.publications = publications(a.publications, b.publications);
        merged.citations = united(a.citations, b.citations);
        merged.events = united(a.events, b.events);
        merged.related = united(a.related, b.related);
        merged.sources = united(a.sources, b.sources);
        merged.weights = weights;
        merged.settle();
        let original = language(&merged.office);
        for texts in [&mut merged.titles, &mut merged.abstracts, &mut merged.claims, &mut merged.descriptions] {
            texts.sort_by_key(|text| text.language != original);
        }
        merged
    }
}

/// A field in which two documents of the same application contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field, in Chinese.
    pub field: &'static str,
    /// What the first says.
    pub ours: String,
    /// What the second says.
    pub theirs: String,
}

/// Where two documents contradict each other in what there can be only one of; what one of them leaves out is none.
pub fn differences(ours: &Document, theirs: &Document) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |field: &'static str, ours: String, theirs: String| {
        if !ours.is_empty() && !theirs.is_empty() && ours != theirs {
            found.push(Difference { field, ours, theirs });
        }
    };
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    compare("申请号", ours.application_number.clone(), theirs.application_number.clone());
    compare("申请日", day(ours.filed_on), day(theirs.filed_on));
    let kind = |kind: Option<PatentKind>| kind.map(|kind| kind.zh().to_owned()).unwrap_or_default();
    compare("专利类型", kind(ours.kind), kind(theirs.kind));
    for publication in &ours.publications {
        if let Some(same) = theirs.publications.iter().find(|other| other.number == publication.number) {
            compare("公开（公告）日", day(publication.published_on), day(same.published_on));
        }
    }
    for title in &ours.titles {
        if let Some(same) = theirs.titles.iter().find(|other| other.language == title.language) {
            compare("名称", folded(&title.text), folded(&same.text));
        }
    }
    found
}

/// Why two documents of one number cannot both be of one application, though sources of equal rank say so; none where
/// they can, or where the rank of a source decides.
///
/// A filing date never changes; title and applicants may both, but not where the filing date is not known to be the same.
pub fn contradiction(ours: &Document, theirs: &Document) -> Option<Vec<Difference>> {
    let rank_of = |document: &Document| document.sources.iter().map(|source| rank(&source.format)).max();
    if rank_of(ours) != rank_of(theirs) {
        return None;
    }
    let found = differences(ours, theirs);
    let has = |field| found.iter().any(|one| one.field == field);
    let names = |document: &Document| -> BTreeSet<String> {
        let parties = document.applicants.iter().chain(&document.owners);
        parties.flat_map(|party| [&party.name, &party.other_name]).map(|name| terms::text::fold_name(name)).collect()
    };
    let is_same_day = ours.filed_on.is_some() && ours.filed_on == theirs.filed_on;
    let (mut ours, mut theirs) = (names(ours), names(theirs));
    ours.remove("");
    theirs.remove("");
    let are_others = !ours.is_empty() && !theirs.is_empty() && ours.is_disjoint(&theirs);
    (has("申请日") || has("名称") && are_others && !is_same_day).then_some(found)
}

/// A title as compared: how it was typed is no difference.
fn folded(title: &str) -> String {
    terms::text::fold_name(title).replace(['-', '_'], "")
}

/// A document with the weight of its fields.
struct Weighed {
    document: Document,
    own: u32,
}

impl Weighed {
    fn of(document: Document) -> Weighed {
        let rank = document.sources.iter().map(|source| rank(&source.format)).max().unwrap_or(1);
        let latest = document.publications.iter().filter_map(|one| one.published_on).max();
        let days = latest.map_or(0, |day| {
            u32::try_from(i32::from(day.year()) * 372 + i32::from(day.month()) * 31 + i32::from(day.day())).unwrap_or(0)
        });
        Weighed { document, own: rank * 10_000_000 + days }
    }

    fn weight(&self, field: &str) -> u32 {
        if self.document.weights.is_empty() { self.own } else { self.document.weights.get(field).copied().unwrap_or(0) }
    }
}

/// How far a source is to be followed; the table stands at the head of this module.
fn rank(format: &str) -> u32 {
    match format {
        "cnipa-xml" | "ep-xml" | "us-red-book" | "us-sgml" | "us-pap" | "us-green-book" | "us-brs" => 5,
        "docdb" | "ops" | "ops-family" | "ops-fulltext" | "ops-search" | "pss-list" | "pss-detail"
        | "cnipa-gazette" | "cnipa-efiling" => 4,
        "cnipr" | "patentscope" => 3,
        "google" | "lens" | "patsnap" | "incopat" => 2,
        _ => 1,
    }
}

/// Chooses between two lists group by group, each group taken whole.
fn by_group<T: Clone + Ord>(
    field: &str,
    ours: &[T],
    theirs: &[T],
    group: impl Fn(&T) -> String,
    choose: &mut impl FnMut(&str, [bool; 2], bool) -> bool,
) -> Vec<T> {
    let names: BTreeSet<String> = ours.iter().chain(theirs).map(&group).collect();
    let of = |list: &[T], name: &str| -> Vec<T> { list.iter().filter(|one| group(one) == name).cloned().collect() };
    let mut chosen = Vec::new();
    for name in names {
        let (mine, other) = (of(ours, &name), of(theirs, &name));
        let is_greater = mine >= other;
        let takes = choose(&format!("{field}.{name}"), [!mine.is_empty(), !other.is_empty()], is_greater);
        chosen.extend(if takes { mine } else { other });
    }
    chosen
}

/// The publications of both; one that only says less than another is left out, contradicting days are both kept.
fn publications(ours: Vec<Publication>, theirs: Vec<Publication>) -> Vec<Publication> {
    let all = united(ours, theirs);
    let says_less = |one: &Publication| all.iter().any(|other| says_less(one, other));
    all.iter().filter(|one| !says_less(one)).cloned().collect()
}

/// Whether a publication is another one with the kind code or the day left out.
fn says_less(one: &Publication, other: &Publication) -> bool {
    let bare = &other.number[..other.number.len() - other.kind_code.len()];
    let is_same = one.number == other.number || one.kind_code.is_empty() && one.number == bare;
    let day_agrees = one.published_on.is_none() || one.published_on == other.published_on;
    let is_grant_agrees = one.is_grant.is_none() || one.is_grant == other.is_grant;
    one != other && is_same && day_agrees && is_grant_agrees
}

fn united<T: Ord>(ours: Vec<T>, theirs: Vec<T>) -> Vec<T> {
    let all: BTreeSet<T> = ours.into_iter().chain(theirs).collect();
    all.into_iter().collect()
}

fn dedup<T: PartialEq + Clone>(list: &mut Vec<T>) {
    // Lists are short, and the order means something.
    if list.len() > 512 {
        list.dedup();
        return;
    }
    let mut kept = 0;
    for index in 0..list.len() {
        if !list[..kept].contains(&list[index]) {
            list.swap(kept, index);
            kept += 1;
        }
    }
    list.truncate(kept);
}

fn scheme(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Ipc => "ipc",
        Scheme::Cpc => "cpc",
        Scheme::Locarno => "locarno",
        Scheme::Uspc => "uspc",
    }
}

/// The language in which an office publishes, which comes first; offices of several have none.
fn language(office: &str) -> &'static str {
    match office {
        "CN" | "TW" => "zh",
        "JP" => "ja",
        "KR" => "ko",
        "US" | "GB" | "AU" | "NZ" | "IN" => "en",
        "DE" | "AT" => "de",
        "FR" => "fr",
        _ => "",
    }
}

/// What the publications of one application share.
fn identity(number: &str) -> String {
    number::publication(number).map_or_else(|_| number.to_owned(), |id| id.identity())
}

fn key(document: &Document) -> String {
    let is_chinese = document.application_number.starts_with("CN");
    match document.publications.first() {
        _ if is_chinese => document.application_number.clone(),
        Some(publication) => identity(&publication.number),
        None => document.application_number.clone(),
    }
}

/// The kind of right by the application number, the kind code or the classification.
fn kind(document: &Document) -> Option<PatentKind> {
    if let Some(number) = document.application_number.strip_prefix("CN") {
        return number.parse::<ApplicationNumber>().ok().map(|number| number.kind());
    }
    let publication = document.publications.first()?;
    let office = publication.number.get(..2)?;
    match (office, publication.kind_code.chars().next()?) {
        ("CN", 'A' | 'B' | 'C') => Some(PatentKind::Invention),
        ("CN", 'U' | 'Y') => Some(PatentKind::UtilityModel),
        ("CN" | "US" | "JP" | "KR", 'S') | ("CN", 'D') => Some(PatentKind::Design),
        ("US", 'A' | 'B' | 'E') | ("EP" | "WO", 'A' | 'B') => Some(PatentKind::Invention),
        ("JP" | "KR" | "DE" | "TW" | "AT" | "ES" | "FI", 'U') | ("KR" | "JP", 'Y') => Some(PatentKind::UtilityModel),
        ("JP" | "KR", 'A' | 'B') => Some(PatentKind::Invention),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
