//! Cuts the text of a query into tokens with their places; full-width signs count as half-width ones.

use super::{LENGTH_MAX, Span, WEIGHT_MAX};
use crate::{QueryError, tokenizer::fold};

/// A token with its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A run of characters without signs.
    Word(String),
    /// Text between quotes.
    Quoted(String),
    And,
    Or,
    Not,
    /// A proximity operator: the distance and whether the order counts.
    Near(u32, bool),
    /// How often the term before it counts: `^3`.
    Weight(u8),
    /// `=`, `==`, `>`, `>=`, `<`, `<=`; a colon is `=`.
    Compare(&'static str),
    Open,
    Close,
    OpenRange,
    CloseRange,
    OpenList,
    CloseList,
}

/// Cuts a query into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > LENGTH_MAX {
        let span = Span { start: LENGTH_MAX, length: chars.len() - LENGTH_MAX };
        return Err(span.error(format!("检索式长达 {} 个字符，最多 {LENGTH_MAX} 个；请拆成几次检索", chars.len())));
    }
    let mut lexer = Lexer { chars, at: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
}

impl Lexer {
    fn next(&mut self) -> Result<Option<Token>, QueryError> {
        while self.sign(0).is_some_and(is_space) {
            self.at += 1;
        }
        let start = self.at;
        let Some(c) = self.sign(0) else { return Ok(None) };
        let kind = match c {
            '"' => self.quoted(start)?,
            '(' => self.bracketed_near().unwrap_or_else(|| self.step(1, Kind::Open)),
            ')' => self.step(1, Kind::Close),
            '[' => self.step(1, Kind::OpenRange),
            ']' => self.step(1, Kind::CloseRange),
            '{' => self.step(1, Kind::OpenList),
            '}' => self.step(1, Kind::CloseList),
            '=' if self.sign(1) == Some('=') => self.step(2, Kind::Compare("==")),
            '=' | ':' => self.step(1, Kind::Compare("=")),
            '>' if self.sign(1) == Some('=') => self.step(2, Kind::Compare(">=")),
            '<' if self.sign(1) == Some('=') => self.step(2, Kind::Compare("<=")),
            '>' => self.step(1, Kind::Compare(">")),
            '<' => self.step(1, Kind::Compare("<")),
            '^' if self.is_weight() => self.weight(start)?,
            '≥' => self.step(1, Kind::Compare(">=")),
            '≤' => self.step(1, Kind::Compare("<=")),
            _ => self.word(start)?,
        };
        Ok(Some(Token { kind, span: Span { start, length: self.at - start } }))
    }

    /// The character so many places on, as a sign: folded to half width, quotes of every shape one.
    fn sign(&self, ahead: usize) -> Option<char> {
        let c = *self.chars.get(self.at + ahead)?;
        Some(match c {
            '“' | '”' | '„' | '＂' | '「' | '」' | '『' | '』' => '"',
            '【' | '〔' => '[',
            '】' | '〕' => ']',
            _ if c.is_alphanumeric() => c,
            _ => fold(c),
        })
    }

    fn step(&mut self, by: usize, kind: Kind) -> Kind {
        self.at += by;
        kind
    }

    fn quoted(&mut self, start: usize) -> Result<Kind, QueryError> {
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.sign(0) {
            self.at += 1;
            match c {
                '"' if self.sign(0) == Some('"') && self.chars[self.at - 1] == '"' && self.chars[self.at] == '"' => {
                    text.push('"');
                    self.at += 1;
                }
                '"' => return Ok(Kind::Quoted(text)),
                _ => text.push(self.chars[self.at - 1]),
            }
        }
        let span = Span { start, length: self.at - start };
        Err(span.error("引号没有配对；请在词组末尾补上引号"))
    }

    /// `(5n)` and `(3W)`, as some systems write proximity.
    fn bracketed_near(&mut self) -> Option<Kind> {
        let inside: String = (1..8).map_while(|ahead| self.sign(ahead)).take_while(|c| *c != ')').collect();
        if self.sign(1 + inside.chars().count()) != Some(')') {
            return None;
        }
        let kind = near(&inside)?;
        Some(self.step(2 + inside.chars().count(), kind))
    }

    /// Whether a weight begins here: `^` and a digit, not behind another one, so that `10^6` stays a word.
    fn is_weight(&self) -> bool {
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let before = self.at.checked_sub(1).map(|at| self.chars[at]);
        self.sign(0) == Some('^') && is_digit(self.sign(1)) && !is_digit(before)
    }

    fn weight(&mut self, start: usize) -> Result<Kind, QueryError> {
        self.at += 1;
        self.pass_word();
        let digits: String = self.chars[start + 1..self.at].iter().collect();
        let weight = digits.parse().ok().filter(|weight| (1..=WEIGHT_MAX).contains(weight));
        let span = Span { start, length: self.at - start };
        weight.map(Kind::Weight).ok_or_else(|| {
            span.error(format!("权重要写成 1 到 {WEIGHT_MAX} 的整数，例如 电池^3；若 ^ 是检索词的一部分，请加引号"))
        })
    }

    fn pass_word(&mut self) {
        while self.sign(0).is_some_and(|c| !is_space(c) && !is_sign(c)) && !self.is_weight() {
            self.at += 1;
        }
    }

    fn word(&mut self, start: usize) -> Result<Kind, QueryError> {
        self.pass_word();
        let text: String = self.chars[start..self.at].iter().collect();
        let span = Span { start, length: self.at - start };
        Ok(match text.to_uppercase().as_str() {
            "AND" | "&" | "&&" => Kind::And,
            "OR" | "|" | "||" => Kind::Or,
            "NOT" | "!" => Kind::Not,
            upper => match slashed_near(upper) {
                Some(Some(near)) => near,
                Some(None) => {
                    return Err(
                        span.error("邻近算符写法有误；请写成 /5n（不分先后）或 /5w（按先后），也可写 NEAR/5、W/5")
                    );
                }
                None => Kind::Word(text),
            },
        })
    }
}

/// Whether this text alone is read as an operator and not as a word.
pub(super) fn is_operator(text: &str) -> bool {
    let upper = text.to_uppercase();
    matches!(upper.as_str(), "AND" | "&" | "&&" | "OR" | "|" | "||" | "NOT" | "!") || slashed_near(&upper).is_some()
}

/// `/5n`, `NEAR/5`, `W/5`; the inner `None` is one that was begun and is wrong.
fn slashed_near(word: &str) -> Option<Option<Kind>> {
    if let Some(distance) = word.strip_prefix("NEAR/") {
        return Some(distance.parse().ok().map(|distance| Kind::Near(distance, false)));
    }
    if let Some(distance) = word.strip_prefix("W/") {
        return Some(distance.parse().ok().map(|distance| Kind::Near(distance, true)));
    }
    word.strip_prefix('/').map(near)
}

/// `5N`, `5W`.
fn near(word: &str) -> Option<Kind> {
    let distance = word.strip_suffix(['n', 'N', 'w', 'W'])?;
    let is_ordered = word.ends_with(['w', 'W']);
    distance.parse().ok().map(|distance| Kind::Near(distance, is_ordered))
}

/// White space and the marks that only part terms.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '、' | '。') || c == '\u{FEFF}'
}

fn is_sign(c: char) -> bool {
    matches!(c, '"' | '(' | ')' | '[' | ']' | '{' | '}' | '=' | ':' | '>' | '<' | '≥' | '≤')
}
