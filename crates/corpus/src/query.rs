//! The query: what a user asks, as a tree that can be printed, sent and run.
//!
//! `Query::parse` reads the field language of the trade, `Display` prints the one canonical text of a tree, and
//! reading that text gives the tree again. Nothing here knows an index.

mod fields;
mod lexer;
mod parser;
mod print;
#[cfg(test)]
mod tests;
mod value;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::fields::Field;
use crate::QueryError;

/// How deep a query may be nested.
pub(crate) const DEPTH_MAX: usize = 50;
/// How many terms a query may have.
pub(crate) const TERMS_MAX: usize = 1_000;
/// How many numbers a list may have.
pub(crate) const NUMBERS_MAX: usize = 100_000;
/// How long a query may be, in characters.
pub(crate) const LENGTH_MAX: usize = 2_000_000;
/// How often a term may count.
pub(crate) const WEIGHT_MAX: u8 = 99;
/// How far apart the operands of a proximity may stand.
pub(crate) const DISTANCE_MAX: u32 = 200;

/// A query (检索式).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Query {
    /// Every document.
    All,
    /// Documents that match each.
    And(Vec<Query>),
    /// Documents that match any.
    Or(Vec<Query>),
    /// Documents that do not match.
    Not(Box<Query>),
    /// A value in a field.
    Term(Term),
    /// Values near each other in a field.
    Near(Near),
}

/// A value in a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The field.
    pub field: Field,
    /// The value.
    pub value: Value,
    /// How often it counts when hits are ranked (权重): `电池^3`; which documents match does not depend on it.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub weight: u8,
    /// Where it stands in the text that was read.
    #[serde(skip)]
    pub span: Span,
}

fn once() -> u8 {
    1
}

fn is_once(weight: &u8) -> bool {
    *weight == 1
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Value {
    /// Words in any order, each of which must be there; names and codes in their field's sense.
    Words(String),
    /// The text itself, anywhere in the field.
    Phrase(String),
    /// The whole of the field, or of a classification symbol nothing below it.
    Whole(String),
    /// A word with `*` for any characters and `?` for one.
    Wildcard(String),
    /// Days from and to, both inclusive, open where absent.
    Days(Option<Date>, Option<Date>),
    /// Any of these numbers.
    Numbers(Vec<String>),
}

/// Values near each other, in one field (邻近检索).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Near {
    /// The field.
    pub field: Field,
    /// The operands in order, each with its alternatives: words, phrases and wildcards.
    pub operands: Vec<Vec<Value>>,
    /// How many characters or words may stand between one operand and the next.
    pub distance: u32,
    /// Whether the operands must come in this order.
    pub is_ordered: bool,
    /// Where it stands in the text that was read.
    #[serde(skip)]
    pub span: Span,
}

/// A stretch of the text of a query, in characters; two queries that differ only in it are equal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// The characters before it.
    pub start: usize,
    /// How many characters it has.
    pub length: usize,
}

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Span {}

impl Span {
    /// An error at this place.
    pub(crate) fn error(self, message: impl Into<String>) -> QueryError {
        QueryError { at: self.start, length: self.length, message: message.into() }
    }
}

impl Query {
    /// Reads a query; the error says where and in Chinese what is wrong.
    ///
    /// ```
    /// let query = corpus::Query::parse("TI=(石墨烯 or 碳纳米管) and AD>=2018")?;
    /// assert_eq!(query.to_string(), "(TI=石墨烯 OR TI=碳纳米管) AND AD>=2018-01-01");
    /// # Ok::<(), corpus::QueryError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parser::parse(Field::Text, text)
    }

    /// Reads a query whose terms are looked for in this field where they name none.
    pub fn parse_in(field: Field, text: &str) -> Result<Self, QueryError> {
        parser::parse(field, text)
    }

    /// The documents that have one of these numbers, of publication or application in any notation.
    pub fn numbers(numbers: Vec<String>) -> Self {
        let folded = numbers.iter().map(|number| crate::numbers::fold(number)).collect();
        Self::term(Field::Number, Value::Numbers(folded))
    }

    /// Whether positions in texts are read to answer it: phrases, wildcards, proximity.
    pub(crate) fn reads_positions(&self) -> bool {
        match self {
            Self::All => false,
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::reads_positions),
            Self::Not(inner) => inner.reads_positions(),
            Self::Near(_) => true,
            Self::Term(term) => {
                matches!(term.field.sort(), fields::Sort::Text | fields::Sort::Name)
                    && matches!(term.value, Value::Phrase(_) | Value::Wildcard(_))
            }
        }
    }

    /// The documents that cite this one, by any of its numbers (被引).
    pub fn citing(document: &documents::Document) -> Self {
        Self::term(Field::Cited, Value::Numbers(crate::numbers::forms(document)))
    }

    /// A value in a field.
    pub fn term(field: Field, value: Value) -> Self {
        Self::Term(Term { field, value, weight: 1, span: Span::default() })
    }

    /// Both this query and another.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, query) | (query, Self::All) => query,
            (Self::And(mut all), Self::And(more)) => {
                all.extend(more);
                Self::And(all)
            }
            (Self::And(mut all), query) => {
                all.push(query);
                Self::And(all)
            }
            (query, Self::And(mut all)) => {
                all.insert(0, query);
                Self::And(all)
            }
            (left, right) => Self::And(vec![left, right]),
        }
    }

    /// The numbers of the lists that it asks for, in its own order.
    pub fn listed_numbers(&self) -> Vec<&str> {
        let mut listed = Vec::new();
        self.for_each_positive(&mut |field, value| {
            if let (Field::Number, Value::Numbers(numbers)) = (field, value) {
                listed.extend(numbers.iter().map(String::as_str));
            }
        });
        listed
    }

    /// Of the question what a text is like ([`crate::Corpus::like_text`]), how many weighted words it asks for; none of any other
    /// query, whose every hit is meant.
    pub fn likeness(&self) -> Option<usize> {
        self.weighted_words().map(<[Self]>::len)
    }

    /// The most telling words of such a question, the first so many; the query itself where it is another.
    pub fn telling(&self, words: usize) -> Self {
        match self.weighted_words() {
            Some(all) => Self::Or(all.iter().take(words).cloned().collect()),
            None => self.clone(),
        }
    }

    /// The same without the question what it is like: what may be like it at all.
    pub(crate) fn without_likeness(&self) -> Self {
        match self {
            Self::And(parts) => parts.iter().map(Self::without_likeness).fold(Self::All, Self::and),
            _ if self.weighted_words().is_some() => Self::All,
            _ => self.clone(),
        }
    }

    /// The weighted words of such a question.
    pub(crate) fn weighted_words(&self) -> Option<&[Self]> {
        let is_weighted = |part: &Self| matches!(part, Self::Term(Term { field: Field::Text, weight: 2.., .. }));
        match self {
            Self::Or(parts) if parts.len() > 1 && parts.iter().all(is_weighted) => Some(parts),
            Self::And(parts) => parts.iter().find_map(Self::weighted_words),
            _ => None,
        }
    }

    /// Calls for each term and proximity that a matching document may contain, negated ones left out.
    pub(crate) fn for_each_positive<'a>(&'a self, visit: &mut impl FnMut(Field, &'a Value)) {
        match self {
            Self::All | Self::Not(_) => {}
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.for_each_positive(visit)),
            Self::Term(term) => visit(term.field, &term.value),
            Self::Near(near) => near.operands.iter().flatten().for_each(|value| visit(near.field, value)),
        }
    }
}
