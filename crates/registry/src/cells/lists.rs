//! Several values in one cell.

use super::written::{is_han, name};

/// The parts between `;` `；` `、` `|` or line ends; empty ones are dropped, for a trailing separator is normal.
pub(crate) fn parts(written: &str) -> Vec<String> {
    split(written, |c| matches!(c, ';' | '；' | '、' | '|' | '\n'))
}

/// The parts of a list of short codes, which may also stand between commas or blanks.
pub(super) fn fine(written: &str) -> Vec<String> {
    split(written, |c| matches!(c, ';' | '；' | '、' | '|' | '\n' | ',' | '，' | ' ' | '\u{3000}'))
}

/// The parts of a list of amounts, in which a comma separates thousands.
pub(super) fn amounts(written: &str) -> Vec<String> {
    parts(written)
}

fn split(written: &str, is_separator: impl Fn(char) -> bool) -> Vec<String> {
    written
        .split(is_separator)
        .map(|part| part.trim_matches(|c: char| c.is_whitespace() || c == '?' || c == '\u{feff}'))
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The names in one cell, in their order.
///
/// `、` separates names only where both sides look like whole names, for it also stands inside the name of a company.
pub(crate) fn names(written: &str) -> Vec<String> {
    split(written, |c| matches!(c, ';' | '；' | '|' | '\n'))
        .iter()
        .flat_map(|part| {
            let pieces: Vec<&str> = part.split('、').map(str::trim).filter(|piece| !piece.is_empty()).collect();
            let apart = pieces.len() > 1 && pieces.windows(2).all(|pair| are_two_names(pair[0], pair[1]));
            if apart { pieces.into_iter().map(name).collect() } else { vec![name(part)] }
        })
        .filter(|name| !name.is_empty())
        .collect()
}

/// Two persons, two organisations, or an organisation and then a person. A person and then an organisation may be one
/// company's name (甲、乙有限公司), so those are left together.
fn are_two_names(first: &str, second: &str) -> bool {
    match (is_organisation(first), is_organisation(second)) {
        (true, true) => true,
        (true, false) => is_person(second),
        (false, false) => is_person(first) && is_person(second),
        (false, true) => false,
    }
}

fn is_organisation(piece: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "公司",
        "集团",
        "厂",
        "大学",
        "学院",
        "学校",
        "研究所",
        "研究院",
        "设计院",
        "医院",
        "中心",
        "合作社",
        "事务所",
        "株式会社",
        "委员会",
        "协会",
        "局",
        "总队",
        "研究室",
    ];
    ENDINGS.iter().any(|ending| piece.ends_with(ending))
}

fn is_person(piece: &str) -> bool {
    let length = piece.chars().count();
    piece.chars().all(|c| is_han(c) || c == '·') && ((2..=4).contains(&length) || piece.contains('·'))
}
