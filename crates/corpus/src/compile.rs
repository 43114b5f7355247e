//! From a query to a query of the index, for one split.
//!
//! What only filters has the score zero; what ranks is the words, and phrases by their characters.

use std::ops::Bound;

use documents::LegalState;
use tantivy::{
    BitSet, DocId, SegmentReader, Term as IndexTerm,
    query::{
        AllQuery, BitSetDocSet, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery,
        Query as IndexQuery, RangeQuery, TermQuery, TermSetQuery,
        doc_predicate_query::{ConstOrVariableSegmentPredicate, DocPredicate, DocPredicateQuery},
    },
    schema::{Field as IndexField, IndexRecordOption},
};

use crate::{
    Result, classes,
    exclusion::Excluded,
    near::{NearPredicate, Sequence},
    query::{Field, Near, Query, Span, Term, Value},
    schema::{Fields, TextFields, day_number, fields},
    split::Split,
    state,
    tokenizer::{self, Characters, Words},
};

/// How many words of one split a wildcard may stand for.
const EXPANSION_MAX: usize = 1_000;
/// A word in the title says more than one in the claims.
const TITLE_BOOST: f32 = 3.0;
const ABSTRACT_BOOST: f32 = 1.5;

type Boxed = Box<dyn IndexQuery>;

/// Compiles a query for a split, with its later states and owners.
pub(crate) fn compile(query: &Query, split: &Split) -> Result<Boxed> {
    Compiler { segment: &split.segment, split: Some(split), fields: fields() }.query(query)
}

/// Compiles a query for a segment that nothing lies over.
pub(crate) fn compile_bare(query: &Query, segment: &SegmentReader) -> Result<Boxed> {
    Compiler { segment, split: None, fields: fields() }.query(query)
}

struct Compiler<'a> {
    segment: &'a SegmentReader,
    /// None while compiling for the small index of later owners.
    split: Option<&'a Split>,
    fields: &'static Fields,
}

impl Compiler<'_> {
    fn query(&self, query: &Query) -> Result<Boxed> {
        match query {
            Query::All => Ok(Box::new(AllQuery)),
            Query::And(parts) => self.all(parts),
            Query::Or(parts) => Ok(union(parts.iter().map(|part| self.query(part)).collect::<Result<Vec<_>>>()?)),
            Query::Not(_) => self.all(std::slice::from_ref(query)),
            Query::Term(term) => self.term(term),
            Query::Near(near) => self.near(near),
        }
    }

    fn all(&self, parts: &[Query]) -> Result<Boxed> {
        let mut clauses = Vec::with_capacity(parts.len() + 1);
        for part in parts {
            clauses.push(match part {
                Query::Not(inner) => (Occur::MustNot, Box::new(Excluded(self.query(inner)?)) as Boxed),
                other => (Occur::Must, self.query(other)?),
            });
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    fn term(&self, term: &Term) -> Result<Boxed> {
        match term.field {
            Field::Owner => self.owner(|compiler: &Compiler<'_>| compiler.value(term)),
            Field::State => self.state(&term.value),
            _ => Ok(boosted(self.value(term)?, f32::from(term.weight))),
        }
    }

    fn value(&self, term: &Term) -> Result<Boxed> {
        let (field, value, span) = (term.field, &term.value, term.span);
        if let Some((texts, boosts)) = self.texts(field) {
            return self.text(&texts, &boosts, term);
        }
        match (field, value) {
            (_, Value::Days(first, last)) => Ok(filter(self.days(field, *first, *last))),
            (_, Value::Numbers(numbers)) => {
                let index = self.number_field(field);
                let terms = numbers.iter().map(|number| IndexTerm::from_field_text(index, number));
                Ok(filter(Box::new(TermSetQuery::new(terms))))
            }
            (Field::Number | Field::Cited, Value::Wildcard(pattern)) => {
                let terms = self.expand(self.number_field(field), pattern, span)?;
                Ok(filter(Box::new(TermSetQuery::new(terms))))
            }
            (_, Value::Whole(text)) => Ok(filter(self.exact(field, text))),
            (Field::Ipc | Field::Cpc, Value::Words(symbol) | Value::Phrase(symbol) | Value::Wildcard(symbol)) => {
                Ok(filter(term_query(self.class_field(field), &classes::at_or_below(symbol), IndexRecordOption::Basic)))
            }
            (Field::Locarno, Value::Words(symbol) | Value::Phrase(symbol) | Value::Wildcard(symbol)) => {
                Ok(filter(term_query(self.fields.locarno, symbol, IndexRecordOption::Basic)))
            }
            (_, Value::Words(text) | Value::Phrase(text)) => match self.characters(field) {
                Some(field) => Ok(phrase(field, text)),
                None => Ok(filter(self.exact(field, text))),
            },
            (_, Value::Wildcard(pattern)) => match self.characters(field) {
                Some(field) => self.wildcard(field, pattern, span),
                None => Err(span.error("这个字段不能用通配符").into()),
            },
        }
    }

    /// The text fields that a field of the language means, with their weights.
    fn texts(&self, field: Field) -> Option<(Vec<TextFields>, Vec<f32>)> {
        let fields = self.fields;
        Some(match field {
            Field::Text => (vec![fields.title, fields.summary, fields.claims], vec![TITLE_BOOST, ABSTRACT_BOOST, 1.0]),
            Field::Title => (vec![fields.title], vec![1.0]),
            Field::Abstract => (vec![fields.summary], vec![1.0]),
            Field::Claims => (vec![fields.claims], vec![1.0]),
            Field::Description => (vec![fields.description], vec![1.0]),
            _ => return None,
        })
    }

    /// The field of characters of names.
    fn characters(&self, field: Field) -> Option<IndexField> {
        Some(match field {
            Field::Applicant => self.fields.applicant.characters,
            Field::Owner => self.fields.owner.characters,
            Field::Inventor => self.fields.inventor.characters,
            Field::Agent => self.fields.agent.characters,
            Field::Address => self.fields.address,
            _ => return None,
        })
    }

    fn number_field(&self, field: Field) -> IndexField {
        if field == Field::Cited { self.fields.cited } else { self.fields.number }
    }

    fn class_field(&self, field: Field) -> IndexField {
        if field == Field::Cpc { self.fields.cpc } else { self.fields.ipc }
    }

    fn exact(&self, field: Field, text: &str) -> Boxed {
        let index = match field {
            Field::Applicant => self.fields.applicant.whole,
            Field::Owner => self.fields.owner.whole,
            Field::Inventor => self.fields.inventor.whole,
            Field::Agent => self.fields.agent.whole,
            Field::Ipc | Field::Cpc => {
                let symbol = classes::levels(text).and_then(|levels| levels.last().cloned());
                return term_query(
                    self.class_field(field),
                    symbol.as_deref().unwrap_or(text),
                    IndexRecordOption::Basic,
                );
            }
            Field::Locarno => self.fields.locarno,
            Field::Office => self.fields.office,
            Field::Kind => self.fields.kind,
            Field::State => self.fields.state,
            Field::Family => self.fields.family,
            Field::Province => self.fields.province,
            Field::City => return self.city(text),
            Field::Number | Field::Cited => self.number_field(field),
            Field::Arrival => {
                let is_later = |split: &Split| text.parse().is_ok_and(|number: u64| split.entry.arrival() > number);
                return if self.split.is_none_or(is_later) { Box::new(AllQuery) } else { Box::new(EmptyQuery) };
            }
            _ => return Box::new(EmptyQuery),
        };
        term_query(index, text, IndexRecordOption::Basic)
    }

    /// A city by its name, with or without what sort of city it is.
    fn city(&self, text: &str) -> Boxed {
        let terms = city_names(text).map(|name| IndexTerm::from_field_text(self.fields.city, &name));
        Box::new(TermSetQuery::new(terms))
    }

    fn days(&self, field: Field, first: Option<jiff::civil::Date>, last: Option<jiff::civil::Date>) -> Boxed {
        let index = match field {
            Field::Published => self.fields.published,
            Field::Granted => self.fields.granted,
            _ => self.fields.filed,
        };
        let bound = |day: Option<jiff::civil::Date>, open| {
            Bound::Included(IndexTerm::from_field_i64(index, day.map_or(open, day_number)))
        };
        Box::new(RangeQuery::new(bound(first, 0), bound(last, 99_999_999)))
    }

    fn text(&self, texts: &[TextFields], boosts: &[f32], term: &Term) -> Result<Boxed> {
        let (value, span) = (&term.value, term.span);
        // A weight is for ranking, as in a search for documents like one: its words are matched as words alone.
        let is_weighted = term.weight != 1;
        let in_each = |query: &dyn Fn(TextFields) -> Result<Boxed>| -> Result<Boxed> {
            let each = texts.iter().zip(boosts).map(|(text, boost)| Ok(boosted(query(*text)?, *boost)));
            Ok(union(each.collect::<Result<Vec<_>>>()?))
        };
        match value {
            Value::Words(words) => {
                let mut all = Vec::new();
                for asked in words_of(words) {
                    all.push(in_each(&|text| {
                        Ok(match &asked {
                            Word::Term(term) if is_weighted => word(text, term),
                            Word::Term(term) => word_or_characters(text, term),
                            Word::Code(code) => phrase(text.characters, code),
                        })
                    })?);
                }
                Ok(intersection(all))
            }
            Value::Phrase(words) | Value::Whole(words) => in_each(&|text| Ok(phrase(text.characters, words))),
            Value::Wildcard(pattern) => in_each(&|text| self.wildcard(text.characters, pattern, span)),
            Value::Days(..) | Value::Numbers(_) => Ok(Box::new(EmptyQuery)),
        }
    }

    fn wildcard(&self, field: IndexField, pattern: &str, span: Span) -> Result<Boxed> {
        let sequence = self.sequence(field, pattern, span)?;
        if let [(_, terms)] = sequence.slots.as_slice() {
            return Ok(Box::new(TermSetQuery::new(terms.clone())));
        }
        Ok(NearPredicate { operands: vec![vec![sequence]], distance: 0, is_ordered: true }.query())
    }

    /// A word with wildcards as terms at their places: `802.11*`, `锂?电池`.
    fn sequence(&self, field: IndexField, pattern: &str, span: Span) -> Result<Sequence> {
        let mut slots = Vec::new();
        for (offset, part) in pattern_parts(pattern) {
            let terms = match part.contains(['*', '?']) {
                true => self.expand(field, &part, span)?,
                false => vec![IndexTerm::from_field_text(field, &part)],
            };
            slots.push((offset, terms));
        }
        Ok(Sequence { slots })
    }

    /// The terms of the split's dictionary that a pattern stands for.
    fn expand(&self, field: IndexField, pattern: &str, span: Span) -> Result<Vec<IndexTerm>> {
        let prefix: String = pattern.chars().take_while(|c| !matches!(c, '*' | '?')).collect();
        let index = self.segment.inverted_index(field)?;
        let mut stream =
            index.terms().range().ge(prefix.as_bytes()).into_stream().map_err(tantivy::TantivyError::from)?;
        let mut terms = Vec::new();
        while stream.advance() {
            let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
            if !term.starts_with(&prefix) {
                break;
            }
            if is_like(term, pattern) {
                terms.push(IndexTerm::from_field_text(field, term));
            }
            if terms.len() > EXPANSION_MAX {
                let message = format!("“{pattern}”代表的词超过 {EXPANSION_MAX} 个；请在通配符前多写几个字符");
                return Err(span.error(message).into());
            }
        }
        Ok(terms)
    }

    fn near(&self, near: &Near) -> Result<Boxed> {
        match near.field {
            Field::Owner => self.owner(|compiler: &Compiler<'_>| compiler.near_here(near)),
            _ => self.near_here(near),
        }
    }

    fn near_here(&self, near: &Near) -> Result<Boxed> {
        let indexes = match self.texts(near.field) {
            Some((texts, _)) => texts.iter().map(|text| text.characters).collect(),
            None => self.characters(near.field).map_or_else(Vec::new, |field| vec![field]),
        };
        let mut each = Vec::with_capacity(indexes.len());
        for index in indexes {
            let mut operands = Vec::with_capacity(near.operands.len());
            for values in &near.operands {
                let sequences = values.iter().map(|value| self.operand(index, value, near.span));
                operands.push(sequences.collect::<Result<Vec<_>>>()?);
            }
            each.push(NearPredicate { operands, distance: near.distance, is_ordered: near.is_ordered }.query());
        }
        Ok(union(each))
    }

    fn operand(&self, field: IndexField, value: &Value, span: Span) -> Result<Sequence> {
        match value {
            Value::Wildcard(pattern) => self.sequence(field, pattern, span),
            Value::Words(text) | Value::Phrase(text) | Value::Whole(text) => {
                let slots = tokenizer::tokens(Characters, text).into_iter().map(|token| {
                    (u32::try_from(token.position).unwrap_or(0), vec![IndexTerm::from_field_text(field, &token.text)])
                });
                Ok(Sequence { slots: slots.collect() })
            }
            Value::Days(..) | Value::Numbers(_) => Err(span.error("邻近检索只能用于文字").into()),
        }
    }

    /// A query on owners: the index speaks for the rows whose owner has not changed since, a small one for the others.
    fn owner(&self, compile: impl Fn(&Compiler<'_>) -> Result<Boxed>) -> Result<Boxed> {
        let base = compile(self)?;
        let Some(later) = self.split.and_then(|split| split.later_owners.as_ref()) else { return Ok(base) };
        let small = Compiler { segment: later.segment(), split: None, fields: self.fields };
        let matching = later.rows_matching(&*compile(&small)?)?;
        Ok(self.replaced(base, later.rows(), matching))
    }

    fn state(&self, value: &Value) -> Result<Boxed> {
        let Value::Whole(name) = value else { return Ok(Box::new(EmptyQuery)) };
        let Some(wanted) = state::named(name) else { return Ok(Box::new(EmptyQuery)) };
        let base: Boxed = match wanted {
            LegalState::Unknown => {
                let known = state::ALL
                    .iter()
                    .skip(1)
                    .map(|state| IndexTerm::from_field_text(self.fields.state, state::zh(*state)));
                without(Box::new(AllQuery), Box::new(TermSetQuery::new(known.collect::<Vec<_>>())))
            }
            _ => self.exact(Field::State, state::zh(wanted)),
        };
        let Some(split) = self.split.filter(|split| !split.overlay.states.is_empty()) else { return Ok(filter(base)) };
        let states = &split.overlay.states;
        let matching = states.iter().filter(|(_, state)| **state == wanted).map(|(row, _)| *row).collect();
        Ok(filter(self.replaced(base, &states.keys().copied().collect::<Vec<_>>(), matching)))
    }

    /// The base where nothing was learned later, and those that match by what was.
    fn replaced(&self, base: Boxed, changed: &[DocId], matching: Vec<DocId>) -> Boxed {
        let rows = self.segment.max_doc();
        union(vec![without(base, RowsPredicate::query(rows, changed)), RowsPredicate::query(rows, &matching)])
    }
}

/// A word of an unquoted term.
pub(crate) enum Word {
    /// A term of the words field.
    Term(String),
    /// A word with digits, matched by its characters in whatever way it is parted: `LiFePO4`, `5G`.
    Code(String),
}

/// The words of a text, those inside longer ones left out.
pub(crate) fn words_of(text: &str) -> Vec<Word> {
    let mut tokens = tokenizer::tokens(Words, text);
    let spans: Vec<(usize, usize)> = tokens.iter().map(|token| (token.offset_from, token.offset_to)).collect();
    let is_inside = |from: usize, to: usize| {
        spans.iter().any(|&(start, end)| start <= from && to <= end && end - start > to - from)
    };
    tokens.retain(|token| !is_inside(token.offset_from, token.offset_to));
    let mut words: Vec<Word> = Vec::new();
    for token in tokens {
        if token.text.bytes().any(|byte| byte.is_ascii_digit()) {
            words.push(Word::Code(text[token.offset_from..token.offset_to].to_owned()));
        } else if !words.iter().any(|word| matches!(word, Word::Term(term) if *term == token.text)) {
            words.push(Word::Term(token.text));
        }
    }
    words
}

/// Rows known beforehand, as a query.
#[derive(Debug)]
struct RowsPredicate {
    rows: BitSet,
}

impl RowsPredicate {
    fn query(count: u32, rows: &[DocId]) -> Boxed {
        let mut set = BitSet::with_max_value(count);
        rows.iter().for_each(|&row| {
            set.insert(row);
        });
        Box::new(DocPredicateQuery::from(Self { rows: set }))
    }
}

impl DocPredicate for RowsPredicate {
    type SegmentDocPredicate = fn(DocId) -> bool;

    fn doc_predicate(
        &self,
        _: &SegmentReader,
    ) -> tantivy::Result<ConstOrVariableSegmentPredicate<Self::SegmentDocPredicate>> {
        Ok(ConstOrVariableSegmentPredicate::Variable {
            predicate: |_| true,
            necessary_condition: Box::new(BitSetDocSet::from(self.rows.clone())),
        })
    }
}

fn term_query(field: IndexField, text: &str, record: IndexRecordOption) -> Boxed {
    Box::new(TermQuery::new(IndexTerm::from_field_text(field, text), record))
}

/// What a city may be called that someone calls so: 南通 and 南通市, 北京市 and 北京.
pub(crate) fn city_names(text: &str) -> [String; 5] {
    let bare = text.strip_suffix('市').unwrap_or(text);
    ["", "市", "地区", "盟", "自治州"].map(|ending| format!("{bare}{ending}"))
}

fn word(text: TextFields, term: &str) -> Boxed {
    term_query(text.words, term, IndexRecordOption::WithFreqs)
}

/// A word, and wherever a Chinese word's characters stand in a row: jieba keeps 铅酸蓄电池 whole, and who asks for 铅酸 wants
/// it too. What is found by characters alone ranks behind.
fn word_or_characters(text: TextFields, term: &str) -> Boxed {
    match is_chinese_word(term) {
        true => union(vec![word(text, term), filter(phrase(text.characters, term))]),
        false => word(text, term),
    }
}

/// Whether a word is of several Chinese characters and nothing else.
pub(crate) fn is_chinese_word(term: &str) -> bool {
    term.chars().count() > 1 && term.chars().all(|c| tokenizer::is_ideograph(c.encode_utf8(&mut [0; 4])))
}

/// The text itself, by its characters.
fn phrase(field: IndexField, text: &str) -> Boxed {
    let terms: Vec<(usize, IndexTerm)> = tokenizer::tokens(Characters, text)
        .into_iter()
        .map(|token| (token.position, IndexTerm::from_field_text(field, &token.text)))
        .collect();
    match terms.as_slice() {
        [] => Box::new(EmptyQuery),
        [(_, one)] => Box::new(TermQuery::new(one.clone(), IndexRecordOption::WithFreqs)),
        _ => Box::new(PhraseQuery::new_with_offset(terms)),
    }
}

fn filter(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn boosted(query: Boxed, boost: f32) -> Boxed {
    if boost == 1.0 { query } else { Box::new(BoostQuery::new(query, boost)) }
}

fn union(mut queries: Vec<Boxed>) -> Boxed {
    if queries.len() == 1 { queries.remove(0) } else { Box::new(BooleanQuery::union(queries)) }
}

fn intersection(mut queries: Vec<Boxed>) -> Boxed {
    if queries.len() == 1 { queries.remove(0) } else { Box::new(BooleanQuery::intersection(queries)) }
}

fn without(query: Boxed, unwanted: Boxed) -> Boxed {
    Box::new(BooleanQuery::new(vec![(Occur::Must, query), (Occur::MustNot, Box::new(Excluded(unwanted)))]))
}

/// The parts of a word with wildcards and their offsets; `?` among Chinese characters is a place of its own.
pub(crate) fn pattern_parts(pattern: &str) -> Vec<(u32, String)> {
    let mut parts: Vec<(u32, String)> = Vec::new();
    let mut offset = 0;
    let mut open: Option<bool> = None;
    for c in pattern.chars().map(tokenizer::fold) {
        let mut buffer = [0; 4];
        let own = &*c.encode_utf8(&mut buffer);
        match (c, open) {
            ('*' | '?', Some(_)) => parts.last_mut().expect("a part is open").1.push(c),
            ('*', None) => {}
            ('?', None) => offset += 1,
            _ if tokenizer::is_ideograph(own) => {
                open = None;
                parts.push((offset, own.to_owned()));
                offset += 1;
            }
            _ if !c.is_alphanumeric() => open = None,
            _ if open == Some(c.is_numeric()) => parts.last_mut().expect("a part is open").1.push(c),
            _ => {
                open = Some(c.is_numeric());
                parts.push((offset, c.to_string()));
                offset += 1;
            }
        }
    }
    parts
}

/// Whether a term is what a pattern stands for: `*` any characters, `?` one. Linear in the term for each star.
pub(crate) fn is_like(term: &str, pattern: &str) -> bool {
    let (term, pattern): (Vec<char>, Vec<char>) = (term.chars().collect(), pattern.chars().collect());
    let (mut at, mut of, mut star) = (0, 0, None);
    while at < term.len() {
        if of < pattern.len() && pattern[of] == '*' {
            star = Some((of, at));
            of += 1;
        } else if of < pattern.len() && (pattern[of] == '?' || pattern[of] == term[at]) {
            at += 1;
            of += 1;
        } else if let Some((before, began)) = star {
            star = Some((before, began + 1));
            at = began + 1;
            of = before + 1;
        } else {
            return false;
        }
    }
    pattern[of..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_for_words() {
        for (term, pattern, expected) in [
            ("battery", "batter*", true),
            ("battery", "bat*y", true),
            ("battery", "ba?tery", true),
            ("battery", "ba*x", false),
            ("bat", "bat*", true),
            ("bat", "bat?", false),
            ("aXbXc", "a*X*c", true),
        ] {
            assert_eq!(is_like(term, pattern), expected, "{term} {pattern}");
        }
    }

    #[test]
    fn a_pattern_is_cut_as_the_characters_are() {
        let check = |pattern: &str, expected: &[(u32, &str)]| {
            let parts = pattern_parts(pattern);
            let parts: Vec<(u32, &str)> = parts.iter().map(|(offset, part)| (*offset, part.as_str())).collect();
            assert_eq!(parts, expected, "{pattern}");
        };
        check("802.11*", &[(0, "802"), (1, "11*")]);
        check("锂?电池", &[(0, "锂"), (2, "电"), (3, "池")]);
        check("Batter*", &[(0, "batter*")]);
        check("col?r", &[(0, "col?r")]);
    }

    #[test]
    fn only_the_longest_words_are_asked_for() {
        let words: Vec<String> = words_of("锂离子电池5G")
            .into_iter()
            .map(|word| match word {
                Word::Term(term) => term,
                Word::Code(code) => format!("#{code}"),
            })
            .collect();
        assert_eq!(words, ["锂离子电池", "#5G"]);
    }
}
