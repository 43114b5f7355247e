//! Meaning learnt from the corpus itself (词义): the leading singular directions of its words by documents (latent semantics),
//! so that documents are near each other that use other words for the same thing.
//!
//! It is off until somebody has it learnt, because words alone rank better on most collections
//! (`docs/decisions/2026-11-26-words-not-vectors.md`). Nothing of it is fetched from elsewhere.

mod nearness;
mod shelf;

use std::collections::HashMap;

use documents::Document;

pub(crate) use self::shelf::{Shelf, files};
pub use self::{
    nearness::{LIKE_MAX, Nearness},
    shelf::{Learnt, place_by_meaning},
};

/// How many directions are kept, a byte each a document.
pub(crate) const DIRECTIONS: usize = 128;
/// How often the directions are turned towards the leading ones.
const ROUNDS: usize = 4;
/// So many words are learnt, the most frequent first.
const WORDS_MAX: usize = 100_000;
/// How often a word of the title counts against one of the text.
const TITLE_TIMES: f32 = 3.0;
const SEED: u64 = 20_261_126;

/// The place of a document among the directions, at unit length: its greatest possible part is 127.
pub(crate) type Vector = [i8; DIRECTIONS];

/// The words of a document by their places, each with its weight.
type Sparse = Vec<(u32, f32)>;

/// What was learnt: where each word stands among the directions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Meaning {
    /// Each word that two documents have: its place and how rare it is.
    words: HashMap<String, (u32, f32)>,
    /// The directions of one word after another.
    directions: Vec<f32>,
}

/// Documents while they are read to be learnt from.
#[derive(Default)]
pub(crate) struct Lesson {
    places: HashMap<String, u32>,
    rows: Vec<Sparse>,
}

impl Lesson {
    /// Takes a document in.
    pub(crate) fn add(&mut self, document: &Document) {
        let mut row = Sparse::new();
        for (word, count) in counted(document) {
            let next = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
            row.push((*self.places.entry(word).or_insert(next), count));
        }
        self.rows.push(row);
    }

    /// Turns the directions `ROUNDS` times, telling before each which it is; none where it was told to stop.
    pub(crate) fn learn(self, go_on: &mut dyn FnMut(usize) -> bool) -> Option<Meaning> {
        let mut meaning = self.words();
        let renamed: HashMap<u32, u32> =
            self.places.iter().filter_map(|(word, before)| Some((*before, meaning.words.get(word)?.0))).collect();
        let rarity: HashMap<u32, f32> = meaning.words.values().copied().collect();
        let weigh = |row: Sparse| {
            let known = row.into_iter().filter_map(|(place, count)| Some((*renamed.get(&place)?, count)));
            unit(known.map(|(place, count)| (place, (1.0 + count.ln()) * rarity[&place])).collect())
        };
        let rows: Vec<Sparse> = self.rows.into_iter().map(weigh).collect();
        for round in 0..ROUNDS {
            if !go_on(round) {
                return None;
            }
            let mut turned = vec![0.0; meaning.directions.len()];
            for row in &rows {
                let projected = meaning.projected(row);
                row.iter().for_each(|&(word, weight)| add(of_word_mut(&mut turned, word), &projected, weight));
            }
            orthonormalise(&mut turned);
            meaning.directions = turned;
        }
        Some(meaning)
    }

    /// The words that are learnt, in the order of their letters, with directions drawn by the fixed seed.
    fn words(&self) -> Meaning {
        let mut with = vec![0_usize; self.places.len()];
        self.rows.iter().flatten().for_each(|(place, _)| with[*place as usize] += 1);
        let places = self.places.iter().map(|(word, place)| (word.as_str(), with[*place as usize]));
        let mut kept: Vec<(&str, usize)> = places.filter(|(_, count)| *count > 1).collect();
        kept.sort_unstable_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(right.0)));
        kept.truncate(WORDS_MAX);
        kept.sort_unstable();
        let rarity = |with: usize| (1.0 + self.rows.len() as f32 / with as f32).ln();
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let words =
            kept.iter().enumerate().map(|(at, (word, count))| ((*word).to_owned(), (place(at), rarity(*count))));
        Meaning { words: words.collect(), directions: drawn(kept.len() * DIRECTIONS) }
    }
}

impl Meaning {
    /// The vector of a document.
    pub(crate) fn of_document(&self, document: &Document) -> Vector {
        let weights = counted(document).into_iter().map(|(word, count)| (word, 1.0 + count.ln()));
        self.of_words(weights.collect::<Vec<_>>())
    }

    /// The vector of words as they stand in the index, each with how much it counts; all zero where none was learnt.
    pub(crate) fn of_words(&self, words: impl IntoIterator<Item = (String, f32)>) -> Vector {
        let weigh =
            |(word, weight): (String, f32)| self.words.get(&word).map(|(place, rarity)| (*place, weight * rarity));
        quantised(&self.projected(&unit(words.into_iter().filter_map(weigh).collect())))
    }

    fn projected(&self, row: &Sparse) -> [f32; DIRECTIONS] {
        let mut sum = [0.0; DIRECTIONS];
        row.iter().for_each(|&(word, weight)| add(&mut sum, of_word(&self.directions, word), weight));
        sum
    }
}

/// How near two vectors are: 127² for the same, 0 or less for what has nothing in common.
pub(crate) fn nearness(one: &Vector, other: &Vector) -> i32 {
    one.iter().zip(other).map(|(left, right)| i32::from(*left) * i32::from(*right)).sum()
}

/// How often each word of a document counts: of its title, abstract and first claim.
fn counted(document: &Document) -> HashMap<String, f32> {
    let mut counts = HashMap::new();
    let mut count = |text: &str, times: f32| {
        crate::words(text).into_iter().for_each(|(word, _)| *counts.entry(word).or_default() += times);
    };
    document.titles.iter().for_each(|title| count(&title.text, TITLE_TIMES));
    document.abstracts.iter().chain(document.claims.first()).for_each(|text| count(&text.text, 1.0));
    counts
}

/// A row at unit length, in the order of places.
fn unit(mut row: Sparse) -> Sparse {
    row.sort_unstable_by_key(|(place, _)| *place);
    let length = row.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    row.iter_mut().for_each(|(_, weight)| *weight /= length);
    row
}

fn of_word(directions: &[f32], word: u32) -> &[f32] {
    let from = word as usize * DIRECTIONS;
    &directions[from..from + DIRECTIONS]
}

fn of_word_mut(directions: &mut [f32], word: u32) -> &mut [f32] {
    let from = word as usize * DIRECTIONS;
    &mut directions[from..from + DIRECTIONS]
}

/// Numbers drawn by the fixed seed, about zero.
fn drawn(count: usize) -> Vec<f32> {
    let mut state = SEED;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u32 << 24) as f32 - 0.5
    };
    (0..count).map(|_| draw()).collect()
}

/// Gram and Schmidt, by column.
fn orthonormalise(directions: &mut [f32]) {
    for column in 0..DIRECTIONS {
        let mut shared = [0.0; DIRECTIONS];
        for word in directions.chunks_exact(DIRECTIONS) {
            add(&mut shared[..column], &word[..column], word[column]);
        }
        let mut square = 0.0;
        for word in directions.chunks_exact_mut(DIRECTIONS) {
            word[column] -= word[..column].iter().zip(&shared).map(|(own, shared)| own * shared).sum::<f32>();
            square += word[column] * word[column];
        }
        let length = square.sqrt().max(f32::MIN_POSITIVE);
        directions.chunks_exact_mut(DIRECTIONS).for_each(|word| word[column] /= length);
    }
}

fn add(into: &mut [f32], other: &[f32], weight: f32) {
    into.iter_mut().zip(other).for_each(|(into, other)| *into += weight * other);
}

fn quantised(vector: &[f32; DIRECTIONS]) -> Vector {
    let length = vector.iter().map(|part| part * part).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    vector.map(|part| (part / length * 127.0).round() as i8)
}
