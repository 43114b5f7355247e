//! What a query means, in plain code over one document: slow, and knowing nothing of the index.

use documents::{Document, Party, Text};

use crate::{
    classes,
    compile::{Word, city_names, is_chinese_word, is_like, pattern_parts, words_of},
    numbers,
    query::{Field, Near, Query, Term, Value},
    row::Row,
    schema::day_number,
    state,
    tokenizer::{self, Characters, Words},
};

/// Whether a document matches.
pub(crate) fn matches(query: &Query, document: &Document) -> bool {
    match query {
        Query::All => true,
        Query::And(parts) => parts.iter().all(|part| matches(part, document)),
        Query::Or(parts) => parts.iter().any(|part| matches(part, document)),
        Query::Not(inner) => !matches(inner, document),
        Query::Term(term) => has(term, document),
        Query::Near(near) => is_near(near, document),
    }
}

/// The texts of each index field that a field of the language means.
fn texts(field: Field, document: &Document) -> Option<Vec<Vec<&str>>> {
    fn of(texts: &[Text]) -> Vec<&str> {
        texts.iter().map(|text| text.text.as_str()).collect()
    }
    Some(match field {
        Field::Text => vec![of(&document.titles), of(&document.abstracts), of(&document.claims)],
        Field::Title => vec![of(&document.titles)],
        Field::Abstract => vec![of(&document.abstracts)],
        Field::Claims => vec![of(&document.claims)],
        Field::Description => vec![of(&document.descriptions)],
        _ => return None,
    })
}

fn parties(field: Field, document: &Document) -> Option<&[Party]> {
    Some(match field {
        Field::Applicant => &document.applicants,
        Field::Owner => &document.owners,
        Field::Inventor => &document.inventors,
        Field::Agent => &document.agents,
        _ => return None,
    })
}

fn names(field: Field, document: &Document) -> Vec<&str> {
    let names = parties(field, document).into_iter().flatten().flat_map(|party| [&party.name, &party.other_name]);
    let addresses = document.applicants.iter().filter(|_| field == Field::Address).map(|party| &party.address);
    names.chain(addresses).map(String::as_str).filter(|name| !name.is_empty()).collect()
}

fn has(term: &Term, document: &Document) -> bool {
    if let Some(fields) = texts(term.field, document) {
        let anywhere = |found: &dyn Fn(&str) -> bool| fields.iter().flatten().any(|text| found(text));
        return match &term.value {
            Value::Words(words) => words_of(words).iter().all(|word| match word {
                Word::Term(word) => anywhere(&|text| {
                    // What jieba makes of a text bars nobody from finding a Chinese word in it.
                    let is_by_characters = term.weight == 1 && is_chinese_word(word);
                    tokenizer::tokens(Words, text).iter().any(|t| t.text == *word)
                        || is_by_characters && contains(text, word)
                }),
                Word::Code(code) => anywhere(&|text| contains(text, code)),
            }),
            Value::Phrase(phrase) | Value::Whole(phrase) => anywhere(&|text| contains(text, phrase)),
            Value::Wildcard(pattern) => {
                anywhere(&|text| !places(&[text], &Value::Wildcard(pattern.clone())).is_empty())
            }
            Value::Days(..) | Value::Numbers(_) => false,
        };
    }
    let row = Row::of(document);
    match (term.field, &term.value) {
        (field, Value::Days(first, last)) => {
            let days = match field {
                Field::Published => row.published,
                Field::Granted => row.granted.into_iter().collect(),
                _ => row.filed.into_iter().collect(),
            };
            days.iter().map(|day| day_number(*day)).any(|day| {
                first.is_none_or(|first| day >= day_number(first)) && last.is_none_or(|last| day <= day_number(last))
            })
        }
        (_, Value::Numbers(wanted)) => numbers::forms(document).iter().any(|form| wanted.contains(form)),
        (Field::Number, Value::Wildcard(pattern)) => numbers::forms(document).iter().any(|form| is_like(form, pattern)),
        (Field::Ipc | Field::Cpc, Value::Whole(symbol) | Value::Words(symbol)) => {
            let levels = if term.field == Field::Ipc { row.ipc_levels } else { row.cpc_levels };
            let wanted = match &term.value {
                Value::Whole(_) => classes::levels(symbol).unwrap().pop().unwrap(),
                _ => classes::at_or_below(symbol),
            };
            levels.contains(&wanted)
        }
        (Field::Office, Value::Whole(code)) => document.office == *code,
        (Field::Kind, Value::Whole(kind)) => row.kind() == Some(kind),
        (Field::State, Value::Whole(name)) => state::zh(document.state) == name,
        (Field::Family, Value::Whole(family)) => row.family == *family,
        (Field::Province, Value::Whole(name)) => row.province.as_ref() == Some(name),
        (Field::City, Value::Whole(name)) => row.city.is_some_and(|city| city_names(name).contains(&city)),
        (field, Value::Whole(name)) => parties(field, document).into_iter().flatten().any(|party| party.name == *name),
        (field, Value::Words(text) | Value::Phrase(text)) => {
            names(field, document).iter().any(|name| contains(name, text))
        }
        (field, value) => names(field, document).iter().any(|name| !places(&[name], value).is_empty()),
    }
}

/// Whether a text has a phrase: of Chinese alone as a plain substring, else by its terms in a row.
fn contains(text: &str, phrase: &str) -> bool {
    if phrase.chars().all(|c| tokenizer::is_ideograph(&c.to_string())) {
        return text.split_whitespace().collect::<String>().contains(phrase);
    }
    !places(&[text], &Value::Phrase(phrase.to_owned())).is_empty()
}

/// Where a value stands in the texts of a field, one text after another: first position and the one after the last.
fn places(texts: &[&str], value: &Value) -> Vec<(usize, usize)> {
    let mut terms: Vec<(usize, String)> = Vec::new();
    let mut start = 0;
    for text in texts {
        let tokens = tokenizer::tokens(Characters, text);
        terms.extend(tokens.iter().map(|token| (start + token.position, token.text.clone())));
        start = terms.last().map_or(0, |(position, _)| position + 2);
    }
    let parts: Vec<(usize, String)> = match value {
        Value::Wildcard(pattern) => {
            pattern_parts(pattern).into_iter().map(|(offset, part)| (offset as usize, part)).collect()
        }
        Value::Words(text) | Value::Phrase(text) | Value::Whole(text) => {
            tokenizer::tokens(Characters, text).into_iter().map(|token| (token.position, token.text)).collect()
        }
        Value::Days(..) | Value::Numbers(_) => Vec::new(),
    };
    let Some((length, _)) = parts.last() else { return Vec::new() };
    let stands = |begin: usize, (offset, part): &(usize, String)| {
        terms.iter().any(|(position, term)| *position == begin + offset && is_like(term, part))
    };
    let begins = terms.iter().map(|(position, _)| *position);
    begins
        .filter(|&begin| parts.iter().all(|part| stands(begin, part)))
        .map(|begin| (begin, begin + length + 1))
        .collect()
}

fn is_near(near: &Near, document: &Document) -> bool {
    let fields = texts(near.field, document).unwrap_or_else(|| vec![names(near.field, document)]);
    fields.iter().any(|texts| {
        let operands: Vec<Vec<(usize, usize)>> =
            near.operands.iter().map(|values| values.iter().flat_map(|value| places(texts, value)).collect()).collect();
        let mut reached = operands[0].clone();
        for next in &operands[1..] {
            let distance = near.distance as usize;
            reached = next
                .iter()
                .copied()
                .filter(|(start, end)| {
                    reached.iter().any(|(first, last)| {
                        (last <= start && start - last <= distance)
                            || (!near.is_ordered && end <= first && first - end <= distance)
                    })
                })
                .collect();
        }
        !reached.is_empty()
    })
}
