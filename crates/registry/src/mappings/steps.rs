//! What is mended in a row of a known source before it is checked.

use serde::{Deserialize, Serialize};
use sheets::Cell;
use terms::{PublicationNumber, text::fold_code};

use crate::{cells, registers::Register};

/// One mending step, by the fields of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// The cells of two columns stand under each other's heading, unless the postcode already stands under the first.
    SwapUnlessPostcode {
        /// The field that should hold the address.
        address: String,
        /// The field under which it stands.
        other: String,
    },
    /// A postcode of six digits is glued to the front of an address.
    DropPostcode {
        /// The field.
        field: String,
    },
    /// One column of publication numbers and dates serves publications (A) and grants; only grants fill these fields.
    GrantByPublication {
        /// The field of the number.
        number: String,
        /// The field of the date.
        date: String,
    },
    /// Phrases that begin with 不包含, 不包括, 不含 or 除 say what is excluded.
    PartNegatives {
        /// The field that holds them all.
        from: String,
        /// The field for the excluded ones.
        into: String,
    },
    /// A kind is told by the ending of a name.
    KindByEnding {
        /// The field of the name.
        name: String,
        /// The field to fill when it is empty.
        into: String,
        /// Endings and the kinds that they tell, the first that fits.
        endings: Vec<(String, String)>,
        /// The kind when none fits.
        otherwise: Option<String>,
    },
    /// The last filled one of several columns counts, as in a table with one column per level.
    LastFilled {
        /// The headings from the top level down.
        headings: Vec<String>,
        /// The field to fill.
        into: String,
    },
}

impl Step {
    /// The field that the step can fill without a heading of its own.
    pub(crate) fn fills(&self) -> Option<&str> {
        match self {
            Self::KindByEnding { into, .. } | Self::LastFilled { into, .. } => Some(into),
            _ => None,
        }
    }

    /// The headings of the file that the step reads.
    pub(crate) fn headings(&self) -> &[String] {
        match self {
            Self::LastFilled { headings, .. } => headings,
            _ => &[],
        }
    }

    /// The fields that the step names.
    pub(crate) fn fields(&self) -> Vec<&str> {
        match self {
            Self::SwapUnlessPostcode { address, other } => vec![address, other],
            Self::DropPostcode { field } => vec![field],
            Self::GrantByPublication { number, date } => vec![number, date],
            Self::PartNegatives { from, into } => vec![from, into],
            Self::KindByEnding { name, into, .. } => vec![name, into],
            Self::LastFilled { into, .. } => vec![into],
        }
    }

    /// Mends the cells of a row; `raw` finds a cell of the file by its heading.
    pub(crate) fn apply<'a>(&self, register: &Register, row: &mut [Cell], raw: &dyn Fn(&str) -> Option<&'a Cell>) {
        let place = |field: &str| register.index(field).expect("a mapping is validated before it is used");
        match self {
            Self::SwapUnlessPostcode { address, other } => {
                if postcode(&row[place(address)]).is_none() {
                    row.swap(place(address), place(other));
                }
            }
            Self::DropPostcode { field } => {
                if let Some(rest) = postcode(&row[place(field)]) {
                    row[place(field)] = Cell::Text(rest);
                }
            }
            Self::GrantByPublication { number, date } => {
                let published = row[place(number)].text().parse::<PublicationNumber>();
                if published.is_ok_and(|number| number.is_grant() == Some(false)) {
                    row[place(number)] = Cell::Empty;
                    row[place(date)] = Cell::Empty;
                }
            }
            Self::PartNegatives { from, into } => part_negatives(row, place(from), place(into)),
            Self::KindByEnding { name, into, endings, otherwise } => {
                if row[place(into)].is_empty() {
                    let name = row[place(name)].text().trim().to_owned();
                    let kind = endings.iter().find(|(ending, _)| name.ends_with(ending.as_str())).map(|(_, kind)| kind);
                    if let Some(kind) = kind.or(otherwise.as_ref()) {
                        row[place(into)] = Cell::Text(kind.clone());
                    }
                }
            }
            Self::LastFilled { headings, into } => {
                let filled = headings
                    .iter()
                    .rev()
                    .filter_map(|heading| raw(heading))
                    .find(|cell| !cell.text().trim().is_empty());
                if let Some(cell) = filled {
                    row[place(into)] = cell.clone();
                }
            }
        }
    }
}

/// The address after a postcode of six digits that is glued to it.
fn postcode(cell: &Cell) -> Option<String> {
    let text = cell.text();
    let trimmed = text.trim();
    let (code, rest) = trimmed.split_at_checked(6)?;
    let is_postcode = code.bytes().all(|b| b.is_ascii_digit()) && !rest.starts_with(|c: char| c.is_ascii_digit());
    is_postcode.then(|| rest.trim().to_owned())
}

fn part_negatives(row: &mut [Cell], from: usize, into: usize) {
    const NEGATIVES: &[&str] = &["不包含", "不包括", "不含", "除"];
    let phrases = cells::parts(&row[from].text());
    let mut included = Vec::new();
    let mut excluded = cells::parts(&row[into].text());
    for phrase in phrases {
        let bare = phrase.trim_matches(['（', '）', '(', ')']);
        let negated = NEGATIVES.iter().find_map(|mark| bare.strip_prefix(mark));
        match negated {
            Some(rest) => {
                excluded.push(rest.trim_end_matches("除外").trim_end_matches("以外").trim_end_matches('外').to_owned())
            }
            None => included.push(phrase),
        }
    }
    let joined = |phrases: Vec<String>| if phrases.is_empty() { Cell::Empty } else { Cell::Text(phrases.join(";")) };
    row[from] = joined(included);
    row[into] = joined(excluded);
}

/// Whether a cell is one of the texts of a filter; `*` at the end stands for any rest.
pub(crate) fn is_among(cell: &Cell, texts: &[String]) -> bool {
    let folded = fold_code(&cell.text());
    texts.iter().any(|text| match text.strip_suffix('*') {
        Some(start) => folded.starts_with(&fold_code(start)),
        None => folded == fold_code(text),
    })
}
