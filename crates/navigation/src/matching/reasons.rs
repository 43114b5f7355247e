//! Why a patent fits, where in its text that stands, and what speaks for or against a deal.

use corpus::{Corpus, Dimension, Field, Query, Value};
use documents::{Document, Scheme, applicants::Names};
use serde::{Deserialize, Serialize};
use terms::text::fold_name;

use super::{
    Wanted,
    affinity::{Vector, main_group},
};
use crate::{Result, bodies};

/// How many common words are named.
const WORDS: usize = 5;
/// How much of the text is shown on either side of a word, in characters.
const AROUND: usize = 16;

/// A word of the firm's in a candidate's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The word.
    pub word: String,
    /// Where it stands: 名称, 摘要, 权利要求 1.
    pub place: String,
    /// What stands around it.
    pub text: String,
    /// The characters of `text` before the word.
    pub start: usize,
    /// The characters of the word.
    pub length: usize,
}

/// Why it fits.
pub(super) fn reasons(
    mine: &[Document],
    document: &Document,
    (profile, vector): (&Vector, &Vector),
    is_demand: bool,
) -> Vec<String> {
    let mut reasons = Vec::new();
    let groups = |document: &Document| -> Vec<String> {
        let ipc = document.classifications.iter().filter(|one| one.scheme == Scheme::Ipc);
        let mut groups: Vec<String> = ipc.filter_map(|one| main_group(&one.symbol)).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    };
    for group in groups(document) {
        let with: Vec<&str> =
            mine.iter().filter(|own| groups(own).contains(&group)).map(|own| own.key.as_str()).collect();
        if let [first, ..] = with.as_slice() {
            reasons.push(format!("与本企业的 {} 件专利同在 IPC 主组 {group}，如 {first}", with.len()));
        }
    }
    let words = profile.common(vector, WORDS);
    if !words.is_empty() {
        let whose = if is_demand { "所述需求" } else { "本企业专利" };
        reasons.push(format!("与{whose}共有技术词：{}", words.join("、")));
    }
    reasons
}

/// Where the common words stand.
pub(super) fn evidence(document: &Document, (profile, vector): (&Vector, &Vector)) -> Vec<Evidence> {
    let places = document
        .titles
        .iter()
        .map(|text| ("名称".to_owned(), text))
        .chain(document.abstracts.iter().map(|text| ("摘要".to_owned(), text)))
        .chain(document.claims.iter().take(1).map(|text| ("权利要求 1".to_owned(), text)));
    let tokens: Vec<_> = places.map(|(place, text)| (place, text.text.as_str(), corpus::words(&text.text))).collect();
    let found = |word: String| {
        tokens.iter().find_map(|(place, text, tokens)| {
            let (_, at) = tokens.iter().find(|(token, _)| *token == word)?;
            let before: Vec<char> = text[..at.start].chars().collect();
            let shown_before = &before[before.len().saturating_sub(AROUND)..];
            let after: String = text[at.end..].chars().take(AROUND).collect();
            let word = &text[at.clone()];
            Some(Evidence {
                start: shown_before.len(),
                length: word.chars().count(),
                text: format!("{}{word}{after}", shown_before.iter().collect::<String>()),
                word: word.to_owned(),
                place: place.clone(),
            })
        })
    };
    profile.common(vector, WORDS).into_iter().filter_map(found).collect()
}

/// What is said where no source says anything.
pub(super) const SILENT: &str = "来源中没有说明能否成交的记录";

/// What speaks for or against a deal, from what sources say; nothing is guessed from silence.
pub(super) fn signs(corpus: &Corpus, names: &Names, document: &Document) -> Result<Vec<String>> {
    let mut signs = Vec::new();
    let parties = if document.owners.is_empty() { &document.applicants } else { &document.owners };
    let Some(owner) = parties.first() else { return Ok(vec!["来源没有给出权利人".to_owned()]) };
    if bodies::is_academic(&owner.name) {
        signs.push("权利人是院校或院所，可按产学研结合洽谈".to_owned());
    }
    signs.extend(told_by_events(document));
    let sold = sold(corpus, names, &owner.name)?;
    if sold > 0 {
        signs.push(format!("权利人曾有 {sold} 件专利转给他人"));
    }
    if document.is_presumed {
        signs.push("有效是由授权公告推定的，来源没有注明，洽谈前请核对登记簿副本".to_owned());
    }
    if parties.len() > 1 {
        signs.push(format!("共有 {} 个权利人，转让须全体同意（《专利法》第十四条）", parties.len()));
    }
    if signs.is_empty() {
        signs.push(SILENT.to_owned());
    }
    Ok(signs)
}

/// What speaks for the owner being a related party of the firm: one trade name (字号), applications together. Only the firm
/// knows its group; who merges the names in the ledger leaves such owners out altogether.
pub(super) fn related(names: &Names, wanted: &Wanted, mine: &[Document], document: &Document) -> Vec<String> {
    let parties = if document.owners.is_empty() { &document.applicants } else { &document.owners };
    let mut told = Vec::new();
    for owner in parties {
        let mark = trade_name(&wanted.firm.name, &wanted.city.name);
        let stands_early = mark.as_deref().and_then(|mark| owner.name.find(mark));
        if let Some(mark) = mark.filter(|_| stands_early.is_some_and(|at| at <= MARK_BYTES_BEFORE)) {
            told.push(format!("“{}”含本企业字号“{mark}”，可能是关联方，须核实", owner.name));
        }
        let is_he = |party: &documents::Party| names.canonical(&party.name) == names.canonical(&owner.name);
        let together = mine.iter().filter(|one| one.applicants.iter().any(is_he)).count();
        if together > 0 {
            told.push(format!("“{}”与本企业共同申请过 {together} 件，须核实是否为关联方", owner.name));
        }
    }
    told
}

/// A trade name stands behind the name of a place at most: 常州晶澜…, 江苏省晶澜….
const MARK_BYTES_BEFORE: usize = 5 * '省'.len_utf8();

/// The two characters of a firm's name behind its place: 晶澜 of 云川晶澜光伏科技有限公司. None where too little is left.
fn trade_name(name: &str, city: &str) -> Option<String> {
    let stem = documents::applicants::stem(name);
    let city = city.trim_end_matches(['市', '县', '区']);
    let rest = stem.strip_prefix(city).unwrap_or(&stem).trim_start_matches(['市', '县', '区']);
    let mark: String = rest.chars().take(2).collect();
    (!mark.is_ascii() && mark.chars().count() == 2 && rest.chars().count() > 2).then_some(mark)
}

/// A sort of event: whether a text is of it, and what that says.
type Sort = (fn(&str) -> bool, &'static str);

/// What the latest event of each sort says.
fn told_by_events(document: &Document) -> Vec<String> {
    let sorts: [Sort; 5] = [
        (|text| text.contains("开放许可"), "有开放许可声明"),
        (|text| text.contains("许可") && !text.contains("开放许可"), "有许可备案记录"),
        (|text| text.contains("转移") || text.contains("转让"), "有过权利转移记录"),
        (|text| text.contains("质押") || text.contains("保全"), "有质押或保全记录，处分前须查明是否已解除"),
        (|text| text.contains("年费"), "有年费方面的记录，须核对是否按时缴纳"),
    ];
    let told = |(is_of, sign): Sort| {
        let event = document.events.iter().rfind(|event| is_of(&event.text))?;
        Some(format!("{sign}{}", event.on.map(|day| format!("（{day}）")).unwrap_or_default()))
    };
    sorts.into_iter().filter_map(told).collect()
}

/// How many documents that a body applied for have changed hands, as the back-test has it: none of their owners is among
/// their applicants. What was only applied for together is still held.
fn sold(corpus: &Corpus, names: &Names, name: &str) -> Result<u64> {
    let whole = |field| Query::term(field, Value::Whole(name.to_owned()));
    let set = whole(Field::Applicant).and(Query::Not(Box::new(whole(Field::Owner))));
    let columns = corpus.values(&set, &[Dimension::Owner, Dimension::Applicant])?;
    let [owners, applicants] = columns.as_slice() else { return Ok(0) };
    let is_one = |one: &str, other: &str| names.canonical(one) == names.canonical(other) || is_same_body(one, other);
    let went = |hit: &usize| {
        let stayed = |owner: &u32| {
            applicants.of(*hit).iter().any(|applicant| is_one(owners.name(*owner), applicants.name(*applicant)))
        };
        !owners.of(*hit).is_empty() && !owners.of(*hit).iter().any(stayed)
    };
    Ok((0..owners.hits()).filter(went).count() as u64)
}

/// Whether two names are of one body that only changed its form.
pub(super) fn is_same_body(left: &str, right: &str) -> bool {
    let stem = |name: &str| documents::applicants::stem(name);
    fold_name(left) == fold_name(right) || (!stem(left).is_empty() && stem(left) == stem(right))
}

#[cfg(test)]
mod tests {
    use documents::LegalEvent;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn events_tell_what_they_are_and_no_more() {
        let event = |text: &str, month: i8| LegalEvent {
            on: Some(date(2023, month, 1)),
            code: String::new(),
            text: text.into(),
            leads_to: None,
            party: String::new(),
        };
        let events =
            vec![event("开放许可声明", 1), event("专利权质押合同登记的生效", 2), event("专利权质押合同登记的注销", 5)];
        let document = Document { events, ..Document::default() };
        let expected = ["有开放许可声明（2023-01-01）", "有质押或保全记录，处分前须查明是否已解除（2023-05-01）"];
        assert_eq!(told_by_events(&document), expected);
        assert!(told_by_events(&Document::default()).is_empty());
    }
}
