//! Meaning learnt from the corpus itself: the leading singular directions of its words by documents (latent semantics).
//!
//! Tried beside the words, and not part of the engine (`docs/decisions/2026-11-26-words-not-vectors.md`).

use std::collections::HashMap;

/// How many directions are kept, a byte each a document.
pub(crate) const DIRECTIONS: usize = 128;
/// How often the directions are turned towards the leading ones.
const ROUNDS: usize = 4;
const SEED: u64 = 20_261_126;

type Sparse = Vec<(usize, f32)>;

pub(crate) struct Meaning {
    /// Each word that two documents have: its place and how rare it is.
    words: HashMap<String, (usize, f32)>,
    /// The directions, by word.
    directions: Vec<Vec<f32>>,
    documents: Vec<Vec<i8>>,
}

impl Meaning {
    /// Learns from documents, each the texts of which it consists and how often each text counts.
    pub(crate) fn of(documents: &[Vec<(String, u32)>]) -> Self {
        let counted: Vec<HashMap<String, f32>> = documents.iter().map(|texts| counted(texts)).collect();
        let mut with: HashMap<&str, usize> = HashMap::new();
        counted.iter().flat_map(HashMap::keys).for_each(|word| *with.entry(word).or_default() += 1);
        let mut kept: Vec<(&str, usize)> = with.into_iter().filter(|(_, count)| *count > 1).collect();
        kept.sort_unstable();
        let rarity = |with: usize| (1.0 + documents.len() as f32 / with as f32).ln();
        let words =
            kept.iter().enumerate().map(|(at, (word, count))| ((*word).to_owned(), (at, rarity(*count)))).collect();
        let mut meaning = Self { words, directions: start(kept.len()), documents: Vec::new() };
        let rows: Vec<Sparse> = counted.iter().map(|counted| meaning.weighed(counted)).collect();
        for _ in 0..ROUNDS {
            let mut turned = vec![vec![0.0; DIRECTIONS]; kept.len()];
            for row in &rows {
                let projected = meaning.projected(row);
                row.iter().for_each(|&(word, weight)| add(&mut turned[word], &projected, weight));
            }
            orthonormalise(&mut turned);
            meaning.directions = turned;
        }
        meaning.documents = rows.iter().map(|row| quantised(&meaning.projected(row))).collect();
        meaning
    }

    /// How near each document is to a text, in its order.
    pub(crate) fn scores(&self, texts: &[(String, u32)]) -> Vec<f64> {
        let asked = quantised(&self.projected(&self.weighed(&counted(texts))));
        let near = |one: &Vec<i8>| one.iter().zip(&asked).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum::<i32>();
        self.documents.iter().map(|one| f64::from(near(one).max(0))).collect()
    }

    /// The words of a text as a vector of unit length.
    fn weighed(&self, counted: &HashMap<String, f32>) -> Sparse {
        let weigh = |(word, count): (&String, &f32)| {
            let (at, rarity) = self.words.get(word)?;
            Some((*at, (1.0 + count.ln()) * rarity))
        };
        let mut row: Sparse = counted.iter().filter_map(weigh).collect();
        row.sort_unstable_by_key(|(at, _)| *at);
        let length = row.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        row.iter_mut().for_each(|(_, weight)| *weight /= length);
        row
    }

    fn projected(&self, row: &Sparse) -> Vec<f32> {
        let mut sum = vec![0.0; DIRECTIONS];
        row.iter().for_each(|&(word, weight)| add(&mut sum, &self.directions[word], weight));
        sum
    }
}

fn counted(texts: &[(String, u32)]) -> HashMap<String, f32> {
    let mut counts = HashMap::new();
    for (text, times) in texts {
        corpus::words(text).into_iter().for_each(|(word, _)| *counts.entry(word).or_default() += *times as f32);
    }
    counts
}

/// Directions drawn by the fixed seed.
fn start(words: usize) -> Vec<Vec<f32>> {
    let mut state = SEED;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u32 << 24) as f32 - 0.5
    };
    (0..words).map(|_| (0..DIRECTIONS).map(|_| draw()).collect()).collect()
}

/// Gram and Schmidt, by column.
fn orthonormalise(rows: &mut [Vec<f32>]) {
    for column in 0..DIRECTIONS {
        let mut shared = vec![0.0; column];
        for row in rows.iter() {
            (0..column).for_each(|earlier| shared[earlier] += row[column] * row[earlier]);
        }
        let mut square = 0.0;
        for row in rows.iter_mut() {
            row[column] -= (0..column).map(|earlier| shared[earlier] * row[earlier]).sum::<f32>();
            square += row[column] * row[column];
        }
        let length = square.sqrt().max(f32::MIN_POSITIVE);
        rows.iter_mut().for_each(|row| row[column] /= length);
    }
}

fn add(into: &mut [f32], other: &[f32], weight: f32) {
    into.iter_mut().zip(other).for_each(|(into, other)| *into += weight * other);
}

/// The vector at unit length, in bytes: its greatest possible part is 1.
fn quantised(vector: &[f32]) -> Vec<i8> {
    let length = vector.iter().map(|part| part * part).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    vector.iter().map(|part| (part / length * 127.0).round() as i8).collect()
}
