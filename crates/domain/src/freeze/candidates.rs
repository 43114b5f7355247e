//! Enterprises that an untied name or code may mean, to be confirmed by a person and never by the program.

use std::collections::{BTreeMap, HashMap};

use terms::text::fold_name;

use super::ties::{Candidate, Ties};

/// At most this many candidates are proposed for one row.
const MOST: usize = 5;

/// Shortest name for which one wrong character is worth a proposal; shorter names differ by it in earnest.
const NAME_CHARS_MIN: usize = 5;

/// Indexes of names and codes that differ in little.
#[derive(Debug)]
pub(super) struct Lookalikes {
    /// A code with one character masked → codes.
    codes: HashMap<String, Vec<String>>,
    /// A name with one character left out → codes.
    names: HashMap<String, Vec<String>>,
    /// A name without its legal form and place → codes.
    cores: HashMap<String, Vec<String>>,
}

impl Lookalikes {
    pub(super) fn of(ties: &Ties<'_>) -> Self {
        let mut lookalikes = Self { codes: HashMap::new(), names: HashMap::new(), cores: HashMap::new() };
        for enterprise in ties.enterprises() {
            for masked in one_masked(enterprise.uscc) {
                lookalikes.codes.entry(masked).or_default().push(enterprise.uscc.to_owned());
            }
        }
        for (name, held) in ties.names() {
            for uscc in held.iter().map(|held| held.uscc) {
                for shorter in one_left_out(name) {
                    lookalikes.names.entry(shorter).or_default().push(uscc.to_owned());
                }
                lookalikes.cores.entry(core(name).to_owned()).or_default().push(uscc.to_owned());
            }
        }
        lookalikes
    }

    /// The enterprises that this name or code may mean, the likeliest first.
    pub(super) fn propose(&self, ties: &Ties<'_>, name: &str, code: &str) -> Vec<Candidate> {
        let folded = fold_name(name);
        let mut ranked: BTreeMap<&str, (u8, String)> = BTreeMap::new();
        let mut propose = |uscc, rank, why: &dyn Fn() -> String| {
            let best = ranked.entry(uscc).or_insert_with(|| (u8::MAX, String::new()));
            if rank < best.0 {
                *best = (rank, why());
            }
        };
        for held in ties.holders(&folded) {
            let why = || match (held.during.from, held.during.until) {
                (None, None) => "名称相同".to_owned(),
                (Some(from), None) => format!("自{from}起使用此名称"),
                (None, Some(until)) => format!("{until}前使用此名称"),
                (Some(from), Some(until)) => format!("{from}至{until}（不含）使用此名称"),
            };
            propose(held.uscc, 0, &why);
        }
        for uscc in one_masked(code).filter_map(|masked| self.codes.get(&masked)).flatten() {
            propose(uscc, 1, &|| "代码只差一位".to_owned());
        }
        if !folded.is_empty() {
            for uscc in self.cores.get(core(&folded)).into_iter().flatten() {
                propose(uscc, 2, &|| "去掉地名和组织形式后名称相同".to_owned());
            }
            let variants = one_left_out(&folded).chain([folded.clone()]);
            for uscc in variants.filter_map(|shorter| self.names.get(&shorter)).flatten() {
                propose(uscc, 3, &|| "名称只差一个字".to_owned());
            }
        }
        let mut ranked: Vec<_> = ranked.into_iter().map(|(uscc, (rank, why))| (rank, uscc, why)).collect();
        ranked.sort();
        ranked.truncate(MOST);
        let current = |uscc| ties.enterprise(uscc).map_or(String::new(), |enterprise| enterprise.name.to_owned());
        ranked.into_iter().map(|(_, uscc, why)| (uscc.to_owned(), current(uscc), why)).collect()
    }
}

/// The code with each of its characters masked in turn.
fn one_masked(code: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = code.chars().collect();
    (0..letters.len()).map(move |at| {
        letters.iter().enumerate().map(|(index, &letter)| if index == at { '_' } else { letter }).collect()
    })
}

/// The name with each of its characters left out in turn; nothing for short names.
fn one_left_out(name: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = name.chars().collect();
    let turns = if letters.len() < NAME_CHARS_MIN { 0 } else { letters.len() };
    (0..turns).map(move |at| {
        letters.iter().enumerate().filter(|&(index, _)| index != at).map(|(_, &letter)| letter).collect()
    })
}

/// A folded name without its legal form and a leading province or city.
fn core(name: &str) -> &str {
    const FORMS: [&str; 7] =
        ["集团股份有限公司", "股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "集团公司", "公司"];
    let stem = FORMS.iter().find_map(|form| name.strip_suffix(form)).unwrap_or(name);
    let after = |stem: &'_ str, mark| {
        stem.char_indices().take(5).find(|&(_, letter)| letter == mark).map(|(at, letter)| at + letter.len_utf8())
    };
    let stem = after(stem, '省').map_or(stem, |at| &stem[at..]);
    let cut = after(stem, '市').map_or(stem, |at| &stem[at..]);
    if cut.chars().count() < 2 { stem } else { cut }
}
