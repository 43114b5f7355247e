//! How text becomes terms, the same for the index and for a query.
//!
//! *Words* are for ranking and for unquoted terms: Chinese cut by jieba in search mode without guessing new words,
//! English stemmed. *Characters* are for quoted terms: each Chinese character, each run of letters and each run of
//! digits is a term with its position, so that any substring of Chinese is found and none is missed.

use std::sync::{LazyLock, OnceLock};

use jieba_rs::Jieba;
use sha2::{Digest, Sha256};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

/// Name of the words tokenizer in the index.
pub(crate) const WORDS: &str = "words";
/// Name of the characters tokenizer in the index.
pub(crate) const CHARACTERS: &str = "characters";

/// Raised whenever the same text would give other terms.
const VERSION: u32 = 1;
/// Technical terms that the stock dictionary cuts apart.
const TERMS: &str = include_str!("terms.txt");
/// Longer runs of letters are cut: they are sequences or rubbish, and a term may not be longer than 64 KiB.
const TERM_BYTES_MAX: usize = 64;

/// The tokenizer's version with the hash of its dictionary; a split that says otherwise is built again.
pub fn version() -> &'static str {
    static VERSION_TEXT: OnceLock<String> = OnceLock::new();
    VERSION_TEXT.get_or_init(|| {
        let hash = Sha256::digest(TERMS.as_bytes());
        let short: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        format!("{VERSION}-jieba0.11-{short}")
    })
}

/// The dictionary, loaded once.
pub(crate) fn jieba() -> &'static Jieba {
    static JIEBA: LazyLock<Jieba> = LazyLock::new(|| {
        let mut jieba = Jieba::new();
        for word in TERMS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            jieba.add_word(word, None, None);
        }
        jieba
    });
    &JIEBA
}

/// Both tokenizers under their names.
pub(crate) fn manager() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(WORDS, TextAnalyzer::from(Words));
    manager.register(CHARACTERS, TextAnalyzer::from(Characters));
    manager
}

/// The terms of a text by a tokenizer, in order.
pub(crate) fn tokens(mut tokenizer: impl Tokenizer, text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    tokenizer.token_stream(text).process(&mut |token| tokens.push(token.clone()));
    tokens
}

/// The words of a text as it is indexed, each with the bytes it stands at.
pub fn words(text: &str) -> Vec<(String, std::ops::Range<usize>)> {
    tokens(Words, text).into_iter().map(|token| (token.text, token.offset_from..token.offset_to)).collect()
}

/// Whether a term of [`Characters`] is one Chinese, Japanese or Korean character.
pub(crate) fn is_ideograph(term: &str) -> bool {
    term.chars().next().is_some_and(|c| class(c) == Class::Ideograph)
}

/// What a character is to both tokenizers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A Chinese, Japanese or Korean character: a term by itself, or a part of a jieba word.
    Ideograph,
    Letter,
    Digit,
    /// White space and the marks within names and numbers: neither term nor gap.
    Joint,
    /// Other punctuation: what stands on both sides is not adjacent.
    Gap,
}

fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' => Class::Letter,
        '0'..='9' => Class::Digit,
        '-' | '/' | '\'' | '.' | '_' | '+' | '&' | '·' => Class::Joint,
        _ if c.is_ascii() => {
            if c.is_whitespace() {
                Class::Joint
            } else {
                Class::Gap
            }
        }
        '\u{2E80}'..='\u{2FDF}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30FA}'
        | '\u{30FC}'..='\u{318F}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{A960}'..='\u{A97F}'
        | '\u{AC00}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9D}'
        | '\u{20000}'..='\u{3FFFF}' => Class::Ideograph,
        _ if fold(c) != c => class(fold(c)),
        _ if c.is_alphabetic() => Class::Letter,
        _ if c.is_numeric() => Class::Digit,
        _ if c.is_whitespace() || ('\u{300}'..='\u{36F}').contains(&c) => Class::Joint,
        _ => Class::Gap,
    }
}

/// One character folded: full width to half, sub- and superscript digits to plain ones, upper case to lower.
pub(crate) fn fold(c: char) -> char {
    let c = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{A0}' => ' ',
        '\u{2080}'..='\u{2089}' => char::from_u32(c as u32 - 0x2080 + 0x30).unwrap_or(c),
        '\u{2070}' | '\u{2074}'..='\u{2079}' => char::from_u32(c as u32 - 0x2070 + 0x30).unwrap_or(c),
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '‐' | '‑' | '–' | '—' | '−' => '-',
        _ => c,
    };
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// Cuts text into characters with positions.
#[derive(Clone, Copy)]
pub(crate) struct Characters;

/// The stream of [`Characters`].
pub(crate) struct CharacterStream<'a> {
    text: &'a str,
    at: usize,
    position: usize,
    token: Token,
}

impl Tokenizer for Characters {
    type TokenStream<'a> = CharacterStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CharacterStream<'a> {
        CharacterStream { text, at: 0, position: 0, token: Token::default() }
    }
}

impl TokenStream for CharacterStream<'_> {
    fn advance(&mut self) -> bool {
        let mut is_gap = false;
        while let Some(c) = self.text[self.at..].chars().next() {
            let start = self.at;
            let kind = class(c);
            self.at += c.len_utf8();
            match kind {
                Class::Joint => continue,
                Class::Gap => {
                    is_gap = true;
                    continue;
                }
                _ => {}
            }
            self.token.text.clear();
            self.token.text.push(fold(c));
            if kind != Class::Ideograph {
                self.at = run(self.text, self.at, &mut self.token.text, |next| next == kind);
            }
            // A gap before the first term means nothing.
            self.position += usize::from(is_gap && self.position > 0);
            self.token.position = self.position;
            self.token.offset_from = start;
            self.token.offset_to = self.at;
            self.position += 1;
            return true;
        }
        false
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Appends the folded characters that belong to the run; returns where it ends.
fn run(text: &str, mut at: usize, into: &mut String, belongs: impl Fn(Class) -> bool) -> usize {
    for c in text[at..].chars() {
        if !belongs(class(c)) || into.len() >= TERM_BYTES_MAX {
            break;
        }
        into.push(fold(c));
        at += c.len_utf8();
    }
    at
}

/// Cuts text into words: jieba for ideographs, stems for English, runs of letters and digits as they are.
#[derive(Clone, Copy)]
pub(crate) struct Words;

/// The stream of [`Words`].
pub(crate) struct WordStream<'a> {
    text: &'a str,
    at: usize,
    /// The words of the present run of ideographs, last first.
    words: Vec<(usize, usize)>,
    position: usize,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream { text, at: 0, words: Vec::new(), position: 0, token: Token::default() }
    }
}

impl WordStream<'_> {
    fn cut(&mut self, start: usize) {
        let length: usize =
            self.text[start..].chars().take_while(|c| class(*c) == Class::Ideograph).map(char::len_utf8).sum();
        self.at = start + length;
        let words = jieba().cut_for_search(&self.text[start..self.at], false);
        self.words.extend(words.iter().rev().map(|word| (start + word.byte_start, start + word.byte_end)));
    }

    fn emit(&mut self, start: usize, end: usize) {
        self.token.offset_from = start;
        self.token.offset_to = end;
        self.token.position = self.position;
        self.position += 1;
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            if let Some((start, end)) = self.words.pop() {
                self.token.text.clear();
                self.token.text.push_str(&self.text[start..end]);
                self.emit(start, end);
                return true;
            }
            let Some(c) = self.text[self.at..].chars().next() else { return false };
            let start = self.at;
            match class(c) {
                Class::Ideograph => self.cut(start),
                Class::Letter | Class::Digit => {
                    self.token.text.clear();
                    self.at = run(self.text, start, &mut self.token.text, |next| {
                        matches!(next, Class::Letter | Class::Digit)
                    });
                    stem(&mut self.token.text);
                    self.emit(start, self.at);
                    return true;
                }
                Class::Joint | Class::Gap => self.at += c.len_utf8(),
            }
        }
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Stems an English word in place; what is not plain letters stays.
fn stem(word: &mut String) {
    if word.len() < 3 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return;
    }
    static STEMMER: LazyLock<frostem::Stemmer> = LazyLock::new(|| frostem::Stemmer::new(frostem::Algorithm::English));
    if let std::borrow::Cow::Owned(stem) = STEMMER.stem(word) {
        *word = stem;
    } else {
        let length = STEMMER.stem(word).len();
        word.truncate(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tokenizer: impl Tokenizer, text: &str, expected: &str) {
        let tokens = tokens(tokenizer, text);
        let shown: Vec<String> = tokens.iter().map(|token| format!("{}{}", token.text, token.position)).collect();
        assert_eq!(shown.join(" "), expected, "{text}");
        for token in tokens {
            assert!(text.get(token.offset_from..token.offset_to).is_some(), "{text}: {token:?}");
        }
    }

    #[test]
    fn characters_keep_their_places_and_punctuation_parts_them() {
        check(Characters, "石墨烯，电池", "石0 墨1 烯2 电4 池5");
        check(Characters, "，石墨", "石0 墨1");
        check(Characters, "LiFePO4 正极", "lifepo0 41 正2 极3");
        check(Characters, "IEEE 802.11n", "ieee0 8021 112 n3");
        check(Characters, "Ｌithium-ion", "lithium0 ion1");
        check(Characters, "H₂O", "h0 21 o2");
    }

    #[test]
    fn words_are_cut_for_search_and_stemmed() {
        check(Words, "batteries Battery", "batteri0 batteri1");
        check(Words, "石墨烯", "石墨0 石墨烯1");
        check(Words, "5G", "5g0");
        check(Words, "running 电池", "run0 电池1");
    }

    #[test]
    fn nothing_is_lost_of_a_long_run() {
        let text = "a".repeat(200);
        let lengths: Vec<usize> =
            tokens(Words, &text).iter().map(|token| token.offset_to - token.offset_from).collect();
        assert_eq!(lengths.iter().sum::<usize>(), 200);
    }
}
