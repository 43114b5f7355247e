//! The baseline: TF-IDF of character bigrams with the cosine.

use std::collections::HashMap;

/// The texts as vectors of unit length, by bigram.
pub(crate) struct Bigrams {
    /// For each bigram the texts that have it, with its part of their vectors.
    postings: HashMap<[char; 2], Vec<(usize, f64)>>,
    texts: usize,
}

impl Bigrams {
    pub(crate) fn of(texts: &[String]) -> Self {
        let mut postings: HashMap<[char; 2], Vec<(usize, f64)>> = HashMap::new();
        for (at, text) in texts.iter().enumerate() {
            counted(text).into_iter().for_each(|(pair, count)| postings.entry(pair).or_default().push((at, count)));
        }
        let mut squares = vec![0.0; texts.len()];
        for with in postings.values_mut() {
            let rarity = (texts.len() as f64 / with.len() as f64).ln();
            with.iter_mut().for_each(|(at, part)| {
                *part *= rarity;
                squares[*at] += *part * *part;
            });
        }
        for (at, part) in postings.values_mut().flatten() {
            *part /= squares[*at].sqrt().max(f64::MIN_POSITIVE);
        }
        Self { postings, texts: texts.len() }
    }

    /// How near each text is to this one, which is one of them.
    pub(crate) fn scores(&self, text: &str) -> Vec<f64> {
        let mut scores = vec![0.0; self.texts];
        for (pair, count) in counted(text) {
            let with = &self.postings[&pair];
            let rarity = (self.texts as f64 / with.len() as f64).ln();
            with.iter().for_each(|(at, part)| scores[*at] += count * rarity * part);
        }
        scores
    }
}

fn counted(text: &str) -> HashMap<[char; 2], f64> {
    let letters: Vec<char> = text.chars().collect();
    let mut counts = HashMap::new();
    letters.windows(2).for_each(|pair| *counts.entry([pair[0], pair[1]]).or_insert(0.0) += 1.0);
    counts
}
