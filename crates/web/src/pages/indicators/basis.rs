//! What an indicator rests on: its clauses quoted, the parameters in force, and the rules that implement it.

use std::collections::BTreeMap;

use domain::accounts::Permission;
use rules::{Policy, evaluation::Indicator, policy::IndicatorDef};

use crate::{
    format,
    frame::Frame,
    list::{Cell, Kind, Listing},
    pieces::Clause,
};

/// A parameter as it was applied.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// What it means.
    pub(super) meaning: String,
    /// Its value as the run applied it, in the unit of the document.
    pub(super) applied: String,
    /// That unit.
    pub(super) unit: String,
    /// Its value with its unit.
    pub(super) value: String,
    /// The document or clause it comes from, or that it is a reading of ours.
    pub(super) basis: String,
    /// Whether this run changed it.
    pub(super) is_changed: bool,
}

/// One rule as it stands in the policy document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// What it decides, in Chinese.
    pub(super) note: String,
    /// The clauses it serves.
    pub(super) clauses: String,
    /// Its text.
    pub(super) text: String,
}

/// The clauses of an indicator, quoted.
pub(crate) fn clauses(frame: &Frame, policy: &Policy, ids: &[String]) -> Vec<Clause> {
    ids.iter()
        .filter_map(|id| policy.clause(id))
        .map(|clause| Clause {
            place: place(frame, &clause.id),
            text: clause.text.clone(),
            document: format!("《{}》", policy.title),
            // Strangers read the words here; the document's page asks for a sign-in.
            href: if frame.may(Permission::ViewPolicy) {
                frame.at(&format!("/policy/{}", clause.id))
            } else {
                String::new()
            },
        })
        .collect()
}

/// How a clause is called: by its place in the document; in English by its number.
pub(crate) fn place(frame: &Frame, id: &str) -> String {
    if frame.is_chinese() { place_in_document(id) } else { frame.t1("pol-clause-title", "id", id) }
}

/// Where a clause stands in the document: `C3.1.4.3` is 三（一）4, `C2.1.2` is 二、总体目标（一）.
pub(crate) fn place_in_document(id: &str) -> String {
    let numbers: Vec<usize> = id.trim_start_matches('C').split('.').filter_map(|part| part.parse().ok()).collect();
    let han = |number: usize| {
        ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"].get(number).copied().unwrap_or("")
    };
    match numbers.as_slice() {
        [2, 0, ..] => "二、总体目标".to_owned(),
        [2, goal, ..] => format!("二、总体目标（{}）", han(*goal)),
        [section, part, item, ..] if *section > 2 => format!("{}（{}）{item}", han(*section), han(*part)),
        [section, part] if *section > 2 => format!("{}（{}）", han(*section), han(*part)),
        [0, ..] => "文件题头".to_owned(),
        [section, ..] => han(*section).to_owned(),
        [] => id.to_owned(),
    }
}

/// The parameters that the indicator's clauses use.
pub(super) fn settings(
    frame: &Frame,
    policy: &Policy,
    definition: &IndicatorDef,
    applied: &BTreeMap<String, String>,
    changed: &BTreeMap<String, String>,
    as_of: jiff::civil::Date,
) -> Vec<Setting> {
    policy
        .parameters
        .iter()
        .filter(|parameter| {
            definition.target_parameter.as_deref() == Some(&parameter.name)
                || parameter.clauses.iter().any(|clause| definition.clauses.contains(clause))
                || definition.denominator == "地区生产总值" && parameter.name == "denominator_year"
        })
        .map(|parameter| {
            let value = applied.get(&parameter.name).map_or("", String::as_str);
            let is_changed = changed.contains_key(&parameter.name);
            let basis = parameter.in_force_on(as_of).map(|(_, basis)| basis).unwrap_or_default();
            Setting {
                meaning: frame.said(&parameter.meaning),
                applied: value.to_owned(),
                unit: parameter.unit.clone(),
                value: setting_value(frame, value, &parameter.unit),
                basis: if is_changed { frame.t("basis-changed") } else { basis_words(frame, &basis) },
                is_changed,
            }
        })
        .collect()
}

/// The id of the table of settings.
pub(super) const SETTINGS: &str = "settings";

/// The settings as a file.
pub(super) fn listing<'a>(frame: &'a Frame, path: &str) -> Listing<'a, Setting> {
    Listing::new(frame, SETTINGS, path, frame.t("indicators-settings"))
        .column("name", frame.t("indicators-setting"), Kind::Text, |one: &Setting| Cell::text(one.meaning.clone()))
        .column("value", frame.t("indicators-setting-value"), Kind::Number, |one| match one.applied.parse() {
            Ok(day) => Cell::date(Some(day)),
            Err(_) => Cell::decimal(&one.applied),
        })
        .column("unit", frame.t("pol-unit"), Kind::Text, |one| Cell::text(frame.unit(&one.unit)))
        .column("basis", frame.t("indicators-setting-basis"), Kind::Text, |one| Cell::text(one.basis.clone()))
}

/// A setting in words; keys of choices never reach a reader.
pub(crate) fn setting_value(frame: &Frame, value: &str, unit: &str) -> String {
    match value {
        "" => frame.t("setting-unset"),
        "true" => frame.t("setting-yes"),
        "false" => frame.t("setting-no"),
        "previous" => frame.t("setting-previous-year"),
        "same" => frame.t("setting-same-year"),
        "filing" => frame.t("setting-filing"),
        "grant" if unit.is_empty() => frame.t("setting-grant"),
        "family" => frame.t("setting-family"),
        "official" => frame.t("setting-official"),
        "computed" => frame.t("setting-computed"),
        "official-else-computed" => frame.t("setting-official-else-computed"),
        number if unit == "分" => number.parse().map_or_else(
            |_| number.to_owned(),
            |fen| {
                let short = format::money(fen, frame.lang);
                format!("{} {}", short.text, short.unit)
            },
        ),
        other if unit == "日" || unit.is_empty() => other.to_owned(),
        number => frame.amount(&format::group(number), unit),
    }
}

/// The basis of a value in words.
pub(crate) fn basis_words(frame: &Frame, basis: &str) -> String {
    match basis {
        "" => frame.t("basis-none"),
        "reading" => frame.t("basis-reading"),
        clause if clause.starts_with('C') && clause[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            place(frame, clause)
        }
        document => document.to_owned(),
    }
}

/// The rules that implement the indicator's clauses, in the order in which they are evaluated.
pub(super) fn rules(frame: &Frame, policy: &Policy, indicator: &Indicator) -> Vec<Rule> {
    policy
        .views
        .iter()
        .filter(|view| view.clauses.iter().any(|clause| indicator.clauses.contains(clause)))
        .map(|view| Rule {
            note: view
                .note
                .lines()
                .filter(|line| !line.starts_with("note:") && !line.is_ascii())
                .collect::<Vec<_>>()
                .join(""),
            clauses: view
                .clauses
                .iter()
                .map(|clause| place(frame, clause))
                .collect::<Vec<_>>()
                .join(&frame.t("word-separator")),
            text: format!("create view {} as\n{}", view.name, view.sql),
        })
        .collect()
}

/// How the office reads what the document leaves open; nothing where the words are plain.
pub(super) fn reading(frame: &Frame, reading: &str) -> Option<String> {
    let sentence = match reading {
        "AMB-02" => frame.t("reading-cumulative"),
        "AMB-03" => frame.t("reading-pct-unit"),
        "AMB-04" => frame.t("reading-pledge"),
        "AMB-07" => frame.t("reading-dense"),
        "AMB-08" => frame.t("reading-abroad"),
        "AMB-11" => frame.t("reading-brand"),
        "AMB-16" => frame.t("reading-trainees"),
        "AMB-32" => frame.t("reading-baseline"),
        _ => return None,
    };
    Some(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_clause_is_written_as_the_document_counts() {
        for (id, expected) in [
            ("C3.1.4.3", "三（一）4"),
            ("C4.4.1.2", "四（四）1"),
            ("C2.1.2", "二、总体目标（一）"),
            ("C2.0", "二、总体目标"),
            ("C3.3.3", "三（三）3"),
            ("C1.2", "一"),
        ] {
            assert_eq!(place_in_document(id), expected, "{id}");
        }
    }

    #[test]
    fn settings_are_told_in_words() {
        let frame = Frame::for_tests();
        let check = |value: &str, unit: &str, expected: &str| {
            assert_eq!(setting_value(&frame, value, unit), expected, "{value}")
        };
        check("30", "件", "30 件");
        check("20000000000", "分", "2 亿元");
        check("2021-01-01", "日", "2021-01-01");
        check("", "分", "未设定");
        check("true", "", "是");
        check("previous", "", "上一年");
    }
}
