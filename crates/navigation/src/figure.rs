//! The figure: a question, the search that answers it, how it was counted, the rows, and what they say in plain words.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A part of a report, in the order of 产业规划类: direction, position, path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// What was counted (数据说明).
    Data,
    /// Where the field goes and who controls it (方向).
    Direction,
    /// Where the city or the enterprise stands in it (定位).
    Position,
    /// What to do (路径).
    Path,
}

impl Part {
    /// The Chinese heading.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Data => "数据说明",
            Self::Direction => "方向",
            Self::Position => "定位",
            Self::Path => "路径",
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Applications (件).
    Documents,
    /// Families (族), exactly.
    Families,
}

impl Unit {
    /// The Chinese counting word.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Documents => "件",
            Self::Families => "族",
        }
    }
}

/// Which documents count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// All that were filed and published (申请).
    #[default]
    Filed,
    /// Those that were granted (授权).
    Granted,
}

impl Basis {
    /// The Chinese word.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Filed => "申请",
            Self::Granted => "授权",
        }
    }
}

/// A figure (图表).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The stable id: `trend`.
    pub id: String,
    /// The part of the report it stands in.
    pub part: Part,
    /// The question it answers, in Chinese.
    pub question: String,
    /// The search whose documents it counts.
    pub search: String,
    /// What its rows are ranked by and its shares are of.
    pub unit: Unit,
    /// Filed or granted.
    pub basis: Basis,
    /// The last day of publication that counts (数据截止日).
    pub as_of: Date,
    /// The number of the corpus snapshot it was counted on.
    pub snapshot: u64,
    /// How it was counted, in Chinese.
    pub method: String,
    /// What it says, in plain Chinese.
    pub finding: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with as many cells as there are columns.
    pub rows: Vec<Row>,
    /// How it is drawn, where a drawing says more than the table.
    pub drawing: Option<Drawing>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// What its cells are.
    pub kind: Kind,
}

/// What the cells of a column are, which decides how they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Words.
    Text,
    /// A whole number.
    Count,
    /// A fraction shown as a percentage.
    Percent,
    /// A fraction shown as a number.
    Index,
    /// A document, named by its key.
    Document,
}

/// A row and the documents behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<Cell>,
    /// The search that lists the documents behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Whether more of what it counts is still to be published: it must not be read as a fall.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_incomplete: bool,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// A whole number.
    Count(u64),
    /// An exact fraction.
    Fraction {
        /// Above the line; may be negative.
        numerator: i64,
        /// Below the line; never zero.
        denominator: u64,
    },
    /// Words.
    Text(String),
    /// Several words.
    List(Vec<String>),
    /// Not known, which is not zero.
    Unknown,
}

/// How a figure is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drawing {
    /// A course over the rows, named by their first column.
    Line {
        /// The columns that are drawn.
        values: Vec<usize>,
        /// The columns of the lower and the upper bound.
        band: Option<(usize, usize)>,
    },
    /// Lying bars, a row each.
    Bars {
        /// The columns that are drawn.
        values: Vec<usize>,
    },
}

impl Cell {
    /// A fraction, unknown where it has no denominator.
    pub fn fraction(numerator: u64, denominator: u64) -> Self {
        match (i64::try_from(numerator), denominator) {
            (Ok(numerator), 1..) => Self::Fraction { numerator, denominator },
            _ => Self::Unknown,
        }
    }

    /// Words, unknown where there are none.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Unknown } else { Self::Text(text) }
    }

    /// A cell in which nothing is to be said, which is neither zero nor unknown.
    pub(crate) fn blank() -> Self {
        Self::Text(String::new())
    }

    /// How it is written in a column of this kind; empty where it is unknown.
    pub fn written(&self, kind: Kind) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(texts) => texts.join("；"),
            Self::Fraction { numerator, denominator } => match kind {
                Kind::Percent => format!("{}%", decimal(*numerator, *denominator, 100, 1)),
                _ => decimal(*numerator, *denominator, 1, 2),
            },
            Self::Unknown => String::new(),
        }
    }
}

/// A fraction times a factor with so many decimals, rounded half away from zero; exact in whole numbers.
pub(crate) fn decimal(numerator: i64, denominator: u64, factor: u128, decimals: u32) -> String {
    let scale = 10_u128.pow(decimals);
    let denominator = u128::from(denominator.max(1));
    let scaled = u128::from(numerator.unsigned_abs()) * factor * scale;
    let rounded = (2 * scaled + denominator) / (2 * denominator);
    let sign = if numerator < 0 && rounded > 0 { "-" } else { "" };
    let width = decimals as usize;
    match decimals {
        0 => format!("{sign}{rounded}"),
        _ => format!("{sign}{}.{:0width$}", rounded / scale, rounded % scale),
    }
}

/// A share in words: `37.5%`.
pub(crate) fn percent(numerator: u64, denominator: u64) -> String {
    Cell::fraction(numerator, denominator).written(Kind::Percent)
}

impl Column {
    pub(crate) fn new(heading: impl Into<String>, kind: Kind) -> Self {
        Self { heading: heading.into(), kind }
    }

    pub(crate) fn text(heading: &str) -> Self {
        Self::new(heading, Kind::Text)
    }

    pub(crate) fn count(heading: &str) -> Self {
        Self::new(heading, Kind::Count)
    }

    pub(crate) fn percent(heading: &str) -> Self {
        Self::new(heading, Kind::Percent)
    }
}

impl Row {
    pub(crate) fn new(cells: Vec<Cell>, search: impl ToString) -> Self {
        Self { cells, search: Some(search.to_string()), is_incomplete: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_written_exactly_and_rounded_half_up() {
        assert_eq!(Cell::fraction(1, 8).written(Kind::Percent), "12.5%");
        assert_eq!(Cell::fraction(1, 3).written(Kind::Percent), "33.3%");
        assert_eq!(Cell::fraction(1, 2000).written(Kind::Percent), "0.1%");
        assert_eq!(Cell::fraction(5, 4).written(Kind::Index), "1.25");
        assert_eq!(Cell::Fraction { numerator: -1, denominator: 3 }.written(Kind::Index), "-0.33");
        assert_eq!(Cell::Fraction { numerator: -1, denominator: 3000 }.written(Kind::Index), "0.00");
        assert_eq!(Cell::fraction(1, 0), Cell::Unknown);
        assert_eq!(Cell::Unknown.written(Kind::Count), "");
    }

    #[test]
    fn cells_are_the_same_after_json() {
        let cells = [
            Cell::Count(3),
            Cell::fraction(1, 3),
            Cell::Text("甲".into()),
            Cell::List(vec!["乙".into()]),
            Cell::Unknown,
        ];
        let text = serde_json::to_string(&cells).unwrap();
        assert_eq!(text, r#"[3,{"numerator":1,"denominator":3},"甲",["乙"],null]"#);
        assert_eq!(serde_json::from_str::<Vec<Cell>>(&text).unwrap(), cells);
    }
}
