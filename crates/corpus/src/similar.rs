//! "More like this": the query that a document or a paragraph amounts to, by its most telling words.

use std::collections::HashMap;

use tantivy::{Term as IndexTerm, query::Bm25StatisticsProvider};

use crate::{
    Corpus, Query, Result,
    corpus::Statistics,
    query::{Field, Value},
    schema::fields,
    tokenizer::{self, Words},
};

/// How many words are asked for.
const WORDS_MAX: usize = 30;
/// A word in more than this share of the documents tells nothing.
const SHARE_MAX: f64 = 0.3;
/// Only so much of a text is read: a pasted description says what it is about at its beginning.
const BYTES_MAX: usize = 200_000;

impl Corpus {
    /// The query for documents like a text (以文搜文); none of its words need to be there, the more the better.
    pub fn like_text(&self, text: &str) -> Result<Query> {
        let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at < BYTES_MAX).last().unwrap_or(0);
        let end = text[end..].chars().next().map_or(end, |c| end + c.len_utf8());
        let mut words: HashMap<String, (u64, &str)> = HashMap::new();
        let read = &text[..end];
        for token in tokenizer::tokens(Words, read) {
            let surface = &read[token.offset_from..token.offset_to];
            if surface.chars().count() > 1 && !surface.bytes().all(|byte| byte.is_ascii_digit()) {
                words.entry(token.text).or_insert((0, surface)).0 += 1;
            }
        }
        let mut weighed = Vec::with_capacity(words.len());
        for (term, (count, surface)) in words {
            if let Some(weight) = self.weight(&term)? {
                weighed.push((weight * (1.0 + (count as f64).ln()), surface));
            }
        }
        weighed.sort_unstable_by(|left, right| right.0.total_cmp(&left.0).then_with(|| left.1.cmp(right.1)));
        let terms = weighed.into_iter().take(WORDS_MAX);
        Ok(Query::Or(terms.map(|(_, word)| Query::term(Field::Text, Value::Words(word.to_owned()))).collect()))
    }

    /// The query for documents like this one, its own family left out.
    pub fn like_document(&self, key: &str) -> Result<Query> {
        let document = self.document(key)?;
        let texts = document.titles.iter().chain(&document.abstracts).chain(document.claims.iter().take(1));
        let text: Vec<&str> = texts.map(|text| text.text.as_str()).collect();
        let family = if document.family.is_empty() { document.key } else { document.family };
        let own = Query::Not(Box::new(Query::term(Field::Family, Value::Whole(family))));
        Ok(self.like_text(&text.join("\n"))?.and(own))
    }

    /// How telling a word is: none where no document has it or too many do.
    fn weight(&self, term: &str) -> Result<Option<f64>> {
        let statistics = Statistics(self.splits());
        let all = statistics.total_num_docs()? as f64;
        let mut most = 0;
        for field in [fields().title.words, fields().summary.words, fields().claims.words] {
            most = most.max(statistics.doc_freq(&IndexTerm::from_field_text(field, term))?);
        }
        let with = most as f64;
        // In a small corpus a share says little.
        let is_common = with > 20.0 && with > all * SHARE_MAX;
        Ok((most > 0 && !is_common).then(|| (1.0 + all / with).ln()))
    }
}
