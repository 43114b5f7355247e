//! Where a query's terms stand in a text, so that a page can mark them.

use std::ops::Range;

use tantivy::tokenizer::Token;

use crate::{
    compile::{Word, is_chinese_word, is_like, pattern_parts, words_of},
    query::{Field, Query, Value},
    tokenizer::{self, Characters, Words},
};

impl Query {
    /// The stretches of a field's text that the query found, as byte ranges in order that do not overlap.
    ///
    /// ```
    /// use corpus::{Field, Query};
    ///
    /// let query = Query::parse("\"石墨烯\" batteries")?;
    /// assert_eq!(query.marks(Field::Title, "石墨烯 battery"), [0..9, 10..17]);
    /// # Ok::<(), corpus::QueryError>(())
    /// ```
    pub fn marks(&self, field: Field, text: &str) -> Vec<Range<usize>> {
        let reader = Reader { words: tokenizer::tokens(Words, text), characters: tokenizer::tokens(Characters, text) };
        let mut marks = Vec::new();
        self.for_each_positive(&mut |of, value| {
            if covers(of, field) {
                reader.mark(of, value, &mut marks);
            }
        });
        joined(marks)
    }
}

/// Whether a term in one field is looked for in the text of another.
fn covers(of: Field, field: Field) -> bool {
    of == field || (of == Field::Text && matches!(field, Field::Title | Field::Abstract | Field::Claims))
}

/// A text cut both ways.
struct Reader {
    words: Vec<Token>,
    characters: Vec<Token>,
}

impl Reader {
    fn mark(&self, field: Field, value: &Value, marks: &mut Vec<Range<usize>>) {
        let is_text =
            matches!(field, Field::Text | Field::Title | Field::Abstract | Field::Claims | Field::Description);
        match value {
            Value::Words(words) if is_text => {
                for word in words_of(words) {
                    match word {
                        Word::Code(code) => self.sequence(&places(&code), marks),
                        Word::Term(term) => {
                            let same = self.words.iter().filter(|token| token.text == term);
                            marks.extend(same.map(|token| token.offset_from..token.offset_to));
                            // Inside a longer word it was found by its characters.
                            if is_chinese_word(&term) {
                                self.sequence(&places(&term), marks);
                            }
                        }
                    }
                }
            }
            Value::Words(text) | Value::Phrase(text) | Value::Whole(text) => self.sequence(&places(text), marks),
            Value::Wildcard(pattern) => {
                let parts: Vec<(usize, String)> =
                    pattern_parts(pattern).into_iter().map(|(offset, part)| (offset as usize, part)).collect();
                self.sequence(&parts, marks);
            }
            Value::Days(..) | Value::Numbers(_) => {}
        }
    }

    /// Marks where terms stand at these offsets from one another.
    fn sequence(&self, parts: &[(usize, String)], marks: &mut Vec<Range<usize>>) {
        let Some((_, first)) = parts.first() else { return };
        for (at, token) in self.characters.iter().enumerate().filter(|(_, token)| is_like(&token.text, first)) {
            let mut end = token.offset_to;
            let mut rest = self.characters[at..].iter();
            let is_whole = parts[1..].iter().all(|(offset, part)| {
                let next = rest.find(|next| next.position >= token.position + offset);
                let next = next.filter(|next| next.position == token.position + offset && is_like(&next.text, part));
                next.inspect(|next| end = next.offset_to).is_some()
            });
            if is_whole {
                marks.push(token.offset_from..end);
            }
        }
    }
}

fn places(text: &str) -> Vec<(usize, String)> {
    tokenizer::tokens(Characters, text).into_iter().map(|token| (token.position, token.text)).collect()
}

/// The ranges in order, those that touch joined.
fn joined(mut marks: Vec<Range<usize>>) -> Vec<Range<usize>> {
    marks.sort_unstable_by_key(|range| (range.start, range.end));
    let mut out: Vec<Range<usize>> = Vec::new();
    for mark in marks {
        match out.last_mut() {
            Some(last) if mark.start <= last.end => last.end = last.end.max(mark.end),
            _ => out.push(mark),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, text: &str, expected: &[&str]) {
        let query = Query::parse(query).unwrap();
        let found: Vec<&str> = query.marks(Field::Abstract, text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{query}");
    }

    #[test]
    fn what_was_found_is_marked_and_nothing_else() {
        check("石墨烯", "一种石墨烯电池，石墨，石墨烯。", &["石墨烯", "石墨烯"]);
        check("\"墨烯电\"", "一种石墨烯电池", &["墨烯电"]);
        check("\"电池负极\"", "电池，负极；电池负极", &["电池负极"]);
        check("TI=电池", "电池", &[]);
        // Cut as 中国 and 产品, and found by its characters all the same.
        check("国产", "中国产品", &["国产"]);
        check("电池 NOT 负极", "电池负极", &["电池"]);
        check("batter*", "Battery and batteries", &["Battery", "batteries"]);
        check("锂?电池", "锂硫电池与锂电池", &["锂硫电池"]);
        check("LiFePO4", "LiFePO4 或 LiFePO 4", &["LiFePO4", "LiFePO 4"]);
        check("电池 /5n 负极", "负极在电池中", &["负极", "电池"]);
    }
}
