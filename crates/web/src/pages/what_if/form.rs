//! The form of a what-if: the parameters by group with their value in force and its basis, and earlier what-ifs.

use std::collections::BTreeMap;

use askama::Template;
use domain::runs::Summary;
use jiff::Timestamp;
use rules::Policy;

use super::settings::{Group, Setting};
use crate::{
    form::{Errors, Field},
    format,
    frame::Frame,
    pages::{cockpit::shown::Shown, indicators::basis},
    pieces::Link,
};

/// How many earlier what-ifs are listed.
const EARLIER_MAX: usize = 8;

#[derive(Template)]
#[template(path = "what_if/form.html")]
pub(super) struct FormPage<'a> {
    frame: &'a Frame,
    errors: &'a Errors,
    line: String,
    groups: Vec<FieldGroup>,
    earlier: Vec<Earlier>,
}

/// The fields of one group.
struct FieldGroup {
    id: &'static str,
    title: String,
    line: String,
    fields: Vec<Field>,
    /// Whether it stands open from the start.
    is_open: bool,
}

/// An earlier what-if.
struct Earlier {
    link: Link,
    by: String,
    changes: Vec<String>,
}

/// The form with what was typed and what was wrong.
pub(super) fn page<'a>(
    frame: &'a Frame,
    shown: &Shown,
    settings: &[Setting<'_>],
    typed: &BTreeMap<String, String>,
    errors: &'a Errors,
    runs: &[Summary],
) -> FormPage<'a> {
    let group = |group: Group| {
        let members: Vec<&Setting<'_>> = settings.iter().filter(|setting| setting.group == group).collect();
        let text = |setting: &Setting<'_>| typed.get(&setting.name()).cloned().unwrap_or_else(|| setting.typed(None));
        let (id, title, line) = words(frame, group);
        FieldGroup {
            id,
            title,
            line,
            // Errors and changes never hide in a folded group.
            is_open: matches!(group, Group::Conditions | Group::Amounts)
                || members
                    .iter()
                    .any(|setting| errors.of(&setting.name()).is_some() || text(setting) != setting.typed(None)),
            fields: members.iter().map(|setting| setting.field(frame, &text(setting), errors)).collect(),
        }
    };
    FormPage {
        frame,
        errors,
        line: frame.tn("what-if-line", &[("date", frame.date(shown.as_of()))]),
        groups: Group::ALL.into_iter().map(group).filter(|group| !group.fields.is_empty()).collect(),
        earlier: runs
            .iter()
            .filter(|run| run.is_what_if())
            .take(EARLIER_MAX)
            .map(|run| earlier(frame, shown, run))
            .collect(),
    }
}

fn words(frame: &Frame, group: Group) -> (&'static str, String, String) {
    match group {
        Group::Conditions => ("conditions", frame.t("what-if-conditions"), frame.t("what-if-conditions-line")),
        Group::Amounts => ("amounts", frame.t("what-if-amounts"), frame.t("what-if-amounts-line")),
        Group::Targets => ("targets", frame.t("what-if-targets"), frame.t("what-if-targets-line")),
        Group::Counting => ("counting", frame.t("what-if-counting"), frame.t("what-if-counting-line")),
    }
}

fn earlier(frame: &Frame, shown: &Shown, run: &Summary) -> Earlier {
    let when = run.created_at.parse::<Timestamp>().map_or_else(|_| run.created_at.clone(), format::instant);
    let label = frame.tn("what-if-earlier-of", &[("date", run.as_of.clone()), ("when", when)]);
    Earlier {
        link: Link::new(label, frame.at(&format!("/what-if/{}", run.run))),
        by: run.created_by.clone(),
        changes: changes(frame, &shown.policy, &run.overrides),
    }
}

/// What was changed, in words.
pub(crate) fn changes(frame: &Frame, policy: &Policy, overrides: &BTreeMap<String, String>) -> Vec<String> {
    overrides
        .iter()
        .filter_map(|(name, value)| {
            let parameter = policy.parameter(name)?;
            let value = basis::setting_value(frame, value, &parameter.unit);
            Some(frame.tn("what-if-change", &[("meaning", frame.said(&parameter.meaning)), ("value", value)]))
        })
        .collect()
}
