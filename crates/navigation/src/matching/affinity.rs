//! How near two documents, or a firm and a document, are: by the words of their texts and by their classes.

use std::collections::{BTreeMap, BTreeSet};

use documents::{Document, Scheme};

/// Documents as points: what each word and class weighs among them.
pub(super) struct Space {
    documents: f64,
    words: BTreeMap<String, u64>,
    classes: BTreeMap<String, u64>,
}

/// A point: weights of words and of classes, each of length one unless it is a sum.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Vector {
    pub(super) words: BTreeMap<String, f64>,
    pub(super) classes: BTreeMap<String, f64>,
}

impl Space {
    /// The space of these documents.
    pub(super) fn of<'d>(documents: impl Iterator<Item = &'d Document>) -> Self {
        let mut space = Self { documents: 0.0, words: BTreeMap::new(), classes: BTreeMap::new() };
        for document in documents {
            space.documents += 1.0;
            let words: BTreeSet<String> = terms(&text(document)).into_iter().collect();
            words.into_iter().for_each(|word| *space.words.entry(word).or_default() += 1);
            classes(document).into_iter().for_each(|class| *space.classes.entry(class).or_default() += 1);
        }
        space
    }

    /// The point of a document.
    pub(super) fn vector(&self, document: &Document) -> Vector {
        let classes = classes(document).into_iter().map(|class| (class, 1.0)).collect();
        Vector { words: self.words(&text(document)), classes: self.weighed(classes, &self.classes) }
    }

    /// The weights of the words of a text.
    pub(super) fn words(&self, text: &str) -> BTreeMap<String, f64> {
        let mut counts: BTreeMap<String, f64> = BTreeMap::new();
        terms(text).into_iter().for_each(|word| *counts.entry(word).or_default() += 1.0);
        counts.values_mut().for_each(|count| *count = 1.0 + count.ln());
        self.weighed(counts, &self.words)
    }

    /// Counts times the inverse frequency, to length one; what no document has weighs as if one had.
    fn weighed(&self, mut counts: BTreeMap<String, f64>, frequency: &BTreeMap<String, u64>) -> BTreeMap<String, f64> {
        for (term, count) in &mut counts {
            let with = frequency.get(term).copied().unwrap_or(1) as f64;
            *count *= (1.0 + self.documents / with).ln();
        }
        let length = counts.values().map(|weight| weight * weight).sum::<f64>().sqrt();
        if length > 0.0 {
            counts.values_mut().for_each(|weight| *weight /= length);
        }
        counts
    }
}

impl Vector {
    /// Adds another point.
    pub(super) fn add(&mut self, other: &Self) {
        other.words.iter().for_each(|(word, weight)| *self.words.entry(word.clone()).or_default() += weight);
        other.classes.iter().for_each(|(class, weight)| *self.classes.entry(class.clone()).or_default() += weight);
    }

    /// The cosines by words and by classes, in thousandths.
    pub(super) fn likeness(&self, other: &Self) -> (u32, u32) {
        (cosine(&self.words, &other.words), cosine(&self.classes, &other.classes))
    }

    /// The words in common, the heaviest first.
    pub(super) fn common(&self, other: &Self, limit: usize) -> Vec<String> {
        let product = |(word, weight): (&String, &f64)| Some((weight * other.words.get(word)?, word.clone()));
        let mut common: Vec<(f64, String)> = self.words.iter().filter_map(product).collect();
        common.sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
        common.into_iter().take(limit).map(|(_, word)| word).collect()
    }

    /// The heaviest classes and words.
    pub(super) fn told(&self, limit: usize) -> Vec<String> {
        let heaviest = |weights: &BTreeMap<String, f64>| {
            let mut all: Vec<(f64, String)> = weights.iter().map(|(term, weight)| (*weight, term.clone())).collect();
            all.sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
            all.into_iter().take(limit).map(|(_, term)| term).collect::<Vec<_>>()
        };
        let mut told = heaviest(&self.classes);
        told.extend(heaviest(&self.words));
        told
    }
}

fn cosine(left: &BTreeMap<String, f64>, right: &BTreeMap<String, f64>) -> u32 {
    let length = |of: &BTreeMap<String, f64>| of.values().map(|weight| weight * weight).sum::<f64>().sqrt();
    let product: f64 = right.iter().filter_map(|(term, weight)| Some(weight * left.get(term)?)).sum();
    let lengths = length(left) * length(right);
    if lengths > 0.0 { (1000.0 * product / lengths).round() as u32 } else { 0 }
}

/// What a document is compared by: title, abstract and first claim.
pub(super) fn text(document: &Document) -> String {
    let texts = document.titles.iter().chain(&document.abstracts).chain(document.claims.first());
    texts.map(|text| text.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// The words of a text that may tell something: of two characters or more, and no bare numbers.
fn terms(text: &str) -> Vec<String> {
    /// Words with which every patent is written.
    const EMPTY: [&str; 40] = [
        "一种",
        "本发明",
        "发明",
        "公开",
        "包括",
        "所述",
        "其特征",
        "特征",
        "方法",
        "装置",
        "系统",
        "设备",
        "实用",
        "新型",
        "实用新型",
        "以及",
        "用于",
        "设置",
        "连接",
        "进行",
        "具有",
        "提供",
        "涉及",
        "其中",
        "上述",
        "通过",
        "根据",
        "至少",
        "一个",
        "第一",
        "第二",
        "技术",
        "领域",
        "技术领域",
        "the",
        "and",
        "of",
        "for",
        "with",
        "said",
    ];
    let tells = |word: &String| {
        word.chars().count() > 1 && !word.bytes().all(|byte| byte.is_ascii_digit()) && !EMPTY.contains(&word.as_str())
    };
    corpus::words(text).into_iter().map(|(word, _)| word).filter(tells).collect()
}

/// The subclasses and main groups of a document.
fn classes(document: &Document) -> BTreeSet<String> {
    let own = document.classifications.iter().filter(|one| one.scheme == Scheme::Ipc);
    own.flat_map(|one| [subclass(&one.symbol), main_group(&one.symbol)]).flatten().collect()
}

fn subclass(symbol: &str) -> Option<String> {
    symbol.get(..4).map(str::to_owned)
}

/// `H01M4` of `H01M 4/38`.
pub(super) fn main_group(symbol: &str) -> Option<String> {
    let (group, _) = symbol.split_once('/')?;
    Some(group.chars().filter(|c| !c.is_whitespace()).collect())
}

/// The main groups that most of these documents are in.
pub(super) fn frequent_groups(documents: &[Document], limit: usize) -> Vec<String> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for document in documents {
        let groups = classes(document).into_iter().filter(|class| class.len() > 4);
        groups.for_each(|group| *counts.entry(group).or_default() += 1);
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    counts.into_iter().take(limit).map(|(group, _)| group).collect()
}
