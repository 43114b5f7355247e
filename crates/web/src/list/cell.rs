//! One cell of a list: what is shown, what is exact, where it leads, and by what it is sorted.

use jiff::civil::Date;

use crate::{
    format,
    frame::Frame,
    i18n::Lang,
    pieces::{Link, State},
    search_key::sort_key,
};

/// One cell.
#[derive(Debug, Clone)]
pub struct Cell {
    /// What is shown; empty for nothing.
    pub text: String,
    /// The unit behind it.
    pub unit: String,
    /// The unit of what the workbook holds.
    pub export_unit: String,
    /// The exact value, for the hover.
    pub exact: String,
    /// Where it leads.
    pub href: Option<String>,
    /// The value of a box to tick, which belongs to the form `pick` of the page.
    pub pick: Option<String>,
    /// Whether that box is ticked.
    pub is_picked: bool,
    /// What is folded beneath, named by the text.
    pub folded: Vec<Link>,
    /// A state word instead of text.
    pub state: Option<State>,
    /// By what it is sorted.
    pub key: Key,
    /// What the workbook holds.
    pub export: sheets::Cell,
}

/// By what a cell is sorted; what is missing comes last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// By number.
    Number(i128),
    /// By sound, then by the text itself.
    Text(String),
    /// Nothing there.
    Missing,
}

impl Cell {
    /// Text, sorted by pinyin.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            return Self::empty();
        }
        Self { key: Key::Text(sort_key(&text)), export: sheets::Cell::Text(text.clone()), ..Self::bare(text) }
    }

    /// A number or code that is sorted as it is written, as an application number.
    pub fn code(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            return Self::empty();
        }
        Self { key: Key::Text(text.clone()), export: sheets::Cell::Text(text.clone()), ..Self::bare(text) }
    }

    /// A whole number.
    pub fn number(number: i64) -> Self {
        Self {
            key: Key::Number(number.into()),
            export: sheets::Cell::Number(number.to_string()),
            ..Self::bare(format::count(number))
        }
    }

    /// An exact decimal number, as `30.25`; other text is shown as text.
    pub fn decimal(text: &str) -> Self {
        match decimal_key(text) {
            Some(key) => Self {
                key: Key::Number(key),
                export: sheets::Cell::Number(text.to_owned()),
                ..Self::bare(format::group(text))
            },
            None => Self::text(text),
        }
    }

    /// An amount of fen: short on the page, exact yuan on the hover and in the workbook.
    pub fn money(fen: i64, lang: Lang) -> Self {
        let short = format::money(fen, lang);
        let export = sheets::Cell::Number(format::fixed(fen.into(), 100, 2));
        Self {
            unit: short.unit,
            export_unit: format::unit("元", lang),
            exact: short.exact,
            key: Key::Number(fen.into()),
            export,
            ..Self::bare(short.text)
        }
    }

    /// A date, as 2023-12-31.
    pub fn date(date: Option<Date>) -> Self {
        let Some(date) = date else { return Self::empty() };
        let days = i128::from(date.year()) * 372 + i128::from(date.month()) * 31 + i128::from(date.day());
        Self { key: Key::Number(days), export: sheets::Cell::Date(date), ..Self::bare(date.to_string()) }
    }

    /// A state word, sorted in the order of the ranks given.
    pub fn state(state: State, rank: i64) -> Self {
        let word = state.word.clone();
        Self {
            state: Some(state),
            key: Key::Number(rank.into()),
            export: sheets::Cell::Text(word.clone()),
            ..Self::bare(word)
        }
    }

    /// Several things: how many on the page, each beneath, and all of them in the workbook; their words are ready to print.
    pub fn folded(summary: impl Into<String>, links: Vec<Link>) -> Self {
        if links.is_empty() {
            return Self::number(0);
        }
        let labels: Vec<&str> = links.iter().map(|link| link.label.as_str()).collect();
        let export = sheets::Cell::Text(labels.join("；"));
        Self { key: Key::Number(links.len() as i128), export, folded: links, ..Self::bare(summary.into()) }
    }

    /// Nothing: not known, or not applicable.
    pub fn empty() -> Self {
        Self::bare(String::new())
    }

    /// What is not known, in words; sorted as nothing is.
    pub fn unknown(words: impl Into<String>) -> Self {
        let words = words.into();
        Self { export: sheets::Cell::Text(words.clone()), ..Self::bare(words) }
    }

    /// The same with a unit behind it.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self.export_unit = self.unit.clone();
        self
    }

    /// The same as the least that it can be: no plain number any more, in a workbook either.
    #[must_use]
    pub(crate) fn at_least(mut self, frame: &Frame) -> Self {
        let bounded = |number: &str| frame.t1("figure-at-least", "value", number);
        self.text = bounded(&self.text);
        if !self.exact.is_empty() {
            self.exact = bounded(&self.exact);
        }
        if let sheets::Cell::Number(number) = &self.export {
            self.export = sheets::Cell::Text(bounded(number));
        }
        self
    }

    /// The same as a link.
    #[must_use]
    pub fn link(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// The same with a box to tick, whose value the form `pick` of the page sends.
    #[must_use]
    pub fn pick(mut self, value: Option<String>) -> Self {
        self.pick = value;
        self
    }

    /// The same with its box ticked already, as somebody had chosen.
    #[must_use]
    pub const fn picked(mut self, is_picked: bool) -> Self {
        self.is_picked = is_picked;
        self
    }

    /// Whether nothing is shown.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    fn bare(text: String) -> Self {
        Self {
            text,
            unit: String::new(),
            export_unit: String::new(),
            exact: String::new(),
            href: None,
            pick: None,
            is_picked: false,
            folded: Vec::new(),
            state: None,
            key: Key::Missing,
            export: sheets::Cell::Empty,
        }
    }
}

/// A decimal number as an integer of millionths, by which it can be sorted exactly.
fn decimal_key(text: &str) -> Option<i128> {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    if whole.is_empty()
        || whole.len() > 24
        || !(whole.bytes().chain(fraction.bytes())).all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let millionths = format!("{whole}{fraction:0<6.6}");
    millionths.parse::<i128>().ok().map(|number| sign * number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_sorted_by_value() {
        for (text, key) in [("30", 30_000_000), ("30.25", 30_250_000), ("-0.5", -500_000), ("1.1234567", 1_123_456)] {
            assert_eq!(decimal_key(text), Some(key), "{text}");
        }
        for text in ["", "-", "1e5", "无法计算", "."] {
            assert_eq!(decimal_key(text), None, "{text}");
        }
    }
}
