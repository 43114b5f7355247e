//! "More like this": the query that a document or a paragraph amounts to, by its most telling words.

use std::collections::HashMap;

use tantivy::{Term as IndexTerm, query::Bm25StatisticsProvider};

use crate::{
    Corpus, Error, Query, Result,
    corpus::Statistics,
    numbers,
    query::{Field, Term, Value},
    schema::fields,
    tokenizer::{self, Words},
};

/// How many words are asked for. Half as many find clearly less, twice as many little more
/// (`docs/decisions/2026-11-26-like-by-weighted-words.md`).
const WORDS_MAX: usize = 64;
/// A word in more than this share of the documents is asked for only where others are few.
const SHARE_MAX: f64 = 0.3;
/// So many others are enough.
const WORDS_ENOUGH: usize = 32;
/// How often a word of the title counts against one of the text.
const TITLE_TIMES: u32 = 3;
/// Only so much of a text is read: a pasted description says what it is about at its beginning.
const BYTES_MAX: usize = 200_000;

impl Corpus {
    /// The query for documents like a text (以文搜文); none of its words need to be there, the more the better.
    pub fn like_text(&self, text: &str) -> Result<Query> {
        let mut words = Counted::default();
        words.add(text, 1);
        self.like_words(&words)
    }

    /// The query for documents like a text, or like the document whose number the text is.
    pub fn like(&self, text: &str) -> Result<Query> {
        if numbers::read_list(text).len() == 1 && !text.contains(char::is_whitespace) {
            match self.find(text) {
                Ok(documents) => return self.like_document(&documents[0].key),
                Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.like_text(text)
    }

    /// The query for documents like this one, its own family left out.
    pub fn like_document(&self, key: &str) -> Result<Query> {
        let document = self.document(key)?;
        let mut words = Counted::default();
        document.titles.iter().for_each(|title| words.add(&title.text, TITLE_TIMES));
        let texts = document.abstracts.iter().chain(document.claims.first());
        texts.for_each(|text| words.add(&text.text, 1));
        let family = Value::Whole(documents::families::name_of(&document));
        let own = Query::Not(Box::new(Query::term(Field::Family, family)));
        Ok(self.like_words(&words)?.and(own))
    }

    /// Any of the most telling words, each weighted by how often it occurs.
    ///
    /// A short text keeps all of its words: that a title ends in 方法 or 装置 tells something of its class.
    fn like_words(&self, words: &Counted) -> Result<Query> {
        let mut weighed = Vec::with_capacity(words.0.len());
        for (term, (count, surface)) in &words.0 {
            if let Some(share) = self.share(term)? {
                let often = 1.0 + f64::from(*count).ln();
                weighed.push((share > SHARE_MAX, (1.0 + 1.0 / share).ln() * often, often.round() as u8, surface));
            }
        }
        weighed.sort_unstable_by(|left, right| {
            left.0.cmp(&right.0).then(right.1.total_cmp(&left.1)).then_with(|| left.3.cmp(right.3))
        });
        let telling = weighed.iter().filter(|(is_common, ..)| !is_common).count();
        let terms = weighed.into_iter().take(telling.clamp(WORDS_ENOUGH, WORDS_MAX)).map(|(_, _, weight, surface)| {
            let value = Value::Words(surface.clone());
            // Twice, so that no word of it is without a weight and looked for by its characters.
            let weight = weight.saturating_mul(2).clamp(2, crate::query::WEIGHT_MAX);
            Query::Term(Term { field: Field::Text, value, weight, span: crate::Span::default() })
        });
        Ok(Query::Or(terms.collect()))
    }

    /// The share of the documents that have a word; none where no document has it.
    fn share(&self, term: &str) -> Result<Option<f64>> {
        let statistics = Statistics(self.splits());
        let all = statistics.total_num_docs()? as f64;
        let mut most = 0;
        for field in [fields().title.words, fields().summary.words, fields().claims.words] {
            most = most.max(statistics.doc_freq(&IndexTerm::from_field_text(field, term))?);
        }
        Ok((most > 0).then(|| most as f64 / all))
    }
}

/// The words of texts: each term of the index with how often it counts and how it is written.
#[derive(Default)]
struct Counted(HashMap<String, (u32, String)>);

impl Counted {
    fn add(&mut self, text: &str, times: u32) {
        let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= BYTES_MAX).last();
        let read = &text[..end.unwrap_or(0)];
        for token in tokenizer::tokens(Words, read) {
            let surface = &read[token.offset_from..token.offset_to];
            // An operator of the language would be read as one where the query is sent as text; it tells nothing anyway.
            let is_operator = matches!(&*token.text, "and" | "or" | "not");
            if !is_operator && !surface.bytes().all(|byte| byte.is_ascii_digit()) {
                self.0.entry(token.text).or_insert_with(|| (0, surface.to_owned())).0 += times;
            }
        }
    }
}
