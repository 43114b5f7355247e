//! `/awards` 奖励: who reaches which award and level, who is close, whom a missing fact decides, and what wants a look.
//!
//! Every answer comes from the run shown; an award without a basis document for an amount is a title and no money.

pub(crate) mod alarms;
mod overview;
pub(crate) mod reasons;
mod subject;
mod subjects;
mod tables;

use std::collections::BTreeMap;

use rules::{evaluation::Condition, policy::AwardDef};

pub(crate) use self::subject::state;
pub use self::{overview::page, subject::page as one, subjects::page as list};
use crate::{
    error::AppError,
    frame::Frame,
    pages::{
        cockpit::shown::Shown,
        enterprises::read::{self, Enterprise},
    },
    pieces::{State, Tone},
};

/// How a subject stands in an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// The award is reached.
    Reached,
    /// It is not reached, but close.
    Near,
    /// A missing fact decides.
    Open,
    /// It is not reached.
    Missed,
}

impl Standing {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Reached, "reached"), (Self::Near, "near"), (Self::Open, "open"), (Self::Missed, "missed")];

    /// Its key in an address.
    pub(crate) fn key(self) -> &'static str {
        Self::ALL.iter().find(|(standing, _)| *standing == self).map_or("", |(_, key)| key)
    }

    /// Its word.
    pub(crate) fn state(self, frame: &Frame) -> State {
        match self {
            Self::Reached => State::new(Tone::Ok, frame.t("awards-reached")),
            Self::Near => State::new(Tone::Warn, frame.t("awards-near")),
            Self::Open => State::new(Tone::Unknown, frame.t("awards-open")),
            Self::Missed => State::new(Tone::Plain, frame.t("awards-missed")),
        }
    }
}

/// The address of an award's page or a page below it, with the run kept.
pub(crate) fn address(frame: &Frame, shown: &Shown, award: &str, below: &str) -> String {
    shown.keep(frame.at(&format!("/awards/{award}{below}")))
}

/// The award of an id that is decided from the registers.
fn find<'a>(frame: &Frame, shown: &'a Shown, id: &str) -> Result<&'a AwardDef, AppError> {
    shown.policy.award(id).filter(|award| award.active).ok_or_else(|| AppError::NotFound(frame.t("awards-not-found")))
}

/// The name of a level; the award's own words where it has no levels.
pub(crate) fn level_name(frame: &Frame, award: &AwardDef, level: i64) -> String {
    let named = award.levels.iter().find(|one| one.level == level).map(|one| frame.said(&one.name));
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| frame.t("awards-reached"))
}

/// A sentence of the document without the codes of its open questions, which say nothing to a reader.
pub(crate) fn without_codes(frame: &Frame, text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("（AMB-") {
        kept.push_str(before);
        rest = after.split_once('）').map_or("", |(_, behind)| behind);
    }
    kept.push_str(rest);
    frame.said(&kept)
}

/// What is lacking: 再有 1 件即可达标.
pub(crate) fn lacking(frame: &Frame, conditions: &[Condition]) -> String {
    let missed: Vec<&Condition> = conditions.iter().filter(|condition| condition.holds == Some(false)).collect();
    let amount = |condition: &Condition| {
        let number = condition.distance.map_or_else(|| frame.t("word-unknown"), |distance| distance.to_string());
        frame.amount(&number, &condition.unit)
    };
    match missed.as_slice() {
        [] => String::new(),
        [only] => frame.t1("awards-lacking", "amount", amount(only)),
        several => {
            let parts: Vec<String> =
                several.iter().map(|condition| lacking_one(frame, amount(condition), &condition.text)).collect();
            frame.t1("awards-lacking", "amount", parts.join(&frame.t("word-list-separator")))
        }
    }
}

fn lacking_one(frame: &Frame, amount: String, text: &str) -> String {
    frame.tn("awards-lacking-one", &[("amount", amount), ("condition", frame.said(text))])
}

/// What a missing fact leaves open.
fn undecided(frame: &Frame, conditions: &[Condition]) -> String {
    let what: Vec<String> = conditions.iter().map(|condition| frame.said(&condition.text)).collect();
    what.join(&frame.t("word-separator"))
}

/// The enterprises of the run by code.
pub(crate) fn enterprises(all: &[Enterprise]) -> BTreeMap<&str, &Enterprise> {
    all.iter().map(|one| (one.uscc.as_str(), one)).collect()
}

/// Why no amount is shown, or which amount a what-if assumes.
pub(crate) fn money(frame: &Frame, reason: &str, payable: Option<i64>, assumed: Option<i64>) -> String {
    let words = |fen: i64| {
        let short = crate::format::money(fen, frame.lang);
        format!("{} {}", short.text, short.unit)
    };
    match (payable, assumed) {
        (Some(fen), _) => frame.tn("awards-money-of", &[("amount", words(fen)), ("basis", reason.to_owned())]),
        (None, Some(fen)) => frame.t1("awards-money-assumed", "amount", words(fen)),
        (None, None) => match reason.strip_prefix("grant-linked money ended on ") {
            Some(day) => frame.t1("awards-money-ended", "date", day),
            None => frame.t("awards-money-none"),
        },
    }
}

/// The enterprises of a run.
pub(crate) fn all_enterprises(shown: &Shown) -> std::sync::Arc<Vec<Enterprise>> {
    read::enterprises(&shown.opened)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_open_questions_do_not_reach_a_reader() {
        for (text, expected) in [
            ("称号每年评定；规则另有规定的从其规定（AMB-13）", "称号每年评定；规则另有规定的从其规定"),
            ("（AMB-01）甲（乙）（AMB-02）", "甲（乙）"),
            ("没有", "没有"),
            ("断（AMB-1", "断"),
        ] {
            assert_eq!(without_codes(&Frame::for_tests(), text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_lacking_is_said_in_units() {
        let frame = Frame::for_tests();
        let condition = |id: &str, holds, distance| Condition {
            text: format!("条件{id}"),
            actual: None,
            required: "> 20".into(),
            holds,
            id: id.into(),
            clause: "C3.3.2.2".into(),
            unit: "件".into(),
            distance,
            upper: None,
        };
        assert_eq!(
            lacking(&frame, &[condition("a", Some(true), Some(0)), condition("b", Some(false), Some(1))]),
            "再有 1 件即可达标"
        );
        assert_eq!(
            lacking(&frame, &[condition("a", Some(false), Some(2)), condition("b", Some(false), Some(1))]),
            "再有 2 件（条件a）、1 件（条件b）即可达标"
        );
        assert_eq!(lacking(&frame, &[condition("a", None, None)]), "");
    }
}
