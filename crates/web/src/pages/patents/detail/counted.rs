//! Which indicators and awards count a patent, and why; and why not, where an invention is not counted.

use crate::{
    frame::Frame,
    pages::{
        cockpit::shown::Shown,
        patents::{
            self,
            read::{OnlyIn, Patent, Standing},
        },
    },
    pieces::State as StateWord,
};

/// An indicator or award with its answer for this patent.
#[derive(Debug)]
pub(super) struct Counted {
    /// Its name.
    pub(super) name: String,
    /// Its page.
    pub(super) href: Option<String>,
    /// Whether it counts the patent.
    pub(super) state: StateWord,
    /// Why.
    pub(super) reason: String,
}

/// High value, from the run and from the two lists.
#[derive(Debug)]
pub(super) struct HighValue {
    /// The answer.
    pub(super) state: StateWord,
    /// The categories that hold.
    pub(super) categories: Vec<String>,
    /// What else is to be known: an open judgement, a difference of the lists.
    pub(super) remark: Option<String>,
}

/// The two stocks of inventions with their reason, then whatever else counts the patent.
pub(super) fn counted(frame: &Frame, shown: &Shown, patent: &Patent) -> Vec<Counted> {
    let evaluation = shown.evaluation();
    let mut rows = Vec::new();
    for indicator in &evaluation.indicators {
        let counts = evaluation.indicator_evidence(&indicator.code).any(|right| right.right_id == patent.number);
        let is_stock = matches!(indicator.code.as_str(), "K01" | "K04");
        if !(counts || is_stock && patent.kind == "发明") {
            continue;
        }
        let reason = match (counts, indicator.code.as_str()) {
            (true, "K01") => frame.t1("patents-counts-stock", "town", &patent.town),
            (true, "K04") => frame.t("patents-counts-high-value"),
            (true, _) => frame.t("patents-counts"),
            (false, _) => why_not(frame, patent),
        };
        rows.push(Counted {
            name: frame.said(&indicator.name),
            href: Some(shown.keep(frame.at(&format!("/indicators/{}", indicator.code)))),
            state: answer(frame, counts),
            reason,
        });
    }
    rows.extend(awards(frame, shown, patent));
    rows
}

/// Awards for which the patent counts with any enterprise: its owner, or its first patentee at the grant.
fn awards(frame: &Frame, shown: &Shown, patent: &Patent) -> Vec<Counted> {
    let at_grant = shown.opened.snapshot.rows("patent").and_then(|rows| {
        let row = rows.whose("application_number", &patent.number).next()?;
        rows.text(row, "grant_uscc").map(str::to_owned)
    });
    let subjects: std::collections::BTreeSet<String> = patent.owner_uscc.clone().into_iter().chain(at_grant).collect();
    let mut rows = Vec::new();
    for award in shown.policy.awards.iter().filter(|award| award.active) {
        for subject in &subjects {
            let conditions: Vec<String> = shown
                .evaluation()
                .award_evidence(&award.id, subject)
                .filter(|(_, right)| *right == patent.number)
                .map(|(condition, _)| frame.said(award.facts.get(condition).map_or(condition, String::as_str)))
                .collect();
            if conditions.is_empty() {
                continue;
            }
            let name = shown.enterprise_name(subject).unwrap_or(subject);
            rows.push(Counted {
                name: frame.said(&award.name),
                href: crate::routes::exists("/awards").then(|| shown.keep(frame.at("/awards"))),
                state: answer(frame, true),
                reason: frame.tn(
                    "patents-counts-award",
                    &[("name", name.to_owned()), ("facts", conditions.join(&frame.t("word-list-separator")))],
                ),
            });
        }
    }
    rows
}

fn answer(frame: &Frame, counts: bool) -> StateWord {
    let word = if counts { frame.t("patents-counted") } else { frame.t("patents-not-counted") };
    StateWord::new(super::tone(Some(counts)), word)
}

/// The first reason that keeps an invention out.
fn why_not(frame: &Frame, patent: &Patent) -> String {
    match patent.state {
        Standing::Void => frame.t("patents-why-void"),
        Standing::NotGranted => frame.t("patents-why-not-granted"),
        Standing::Ended => frame.t("patents-why-ended"),
        Standing::InForce if patent.town.is_empty() => frame.t("patents-why-outside"),
        Standing::InForce if patent.is_undetermined => frame.t("patents-why-open"),
        Standing::InForce => frame.t("patents-why-no-category"),
    }
}

/// Whether the patent is of high value, and on what ground.
pub(super) fn high_value(frame: &Frame, shown: &Shown, patent: &Patent) -> HighValue {
    let (holds, word) = match (patent.is_high_value, patent.is_undetermined) {
        (true, _) => (Some(true), frame.t("high-value-yes")),
        (false, true) => (None, frame.t("high-value-open")),
        (false, false) => (Some(false), frame.t("high-value-no")),
    };
    let remark = match patent.only_in {
        OnlyIn::Official => Some(frame.t("high-value-only-official")),
        OnlyIn::Computed => Some(frame.t("high-value-only-computed")),
        OnlyIn::Neither if patent.is_high_value && shown.evaluation().high_value.source == "official" => {
            Some(frame.t("high-value-by-list"))
        }
        OnlyIn::Neither => None,
    };
    HighValue {
        state: StateWord::new(super::tone(holds), word),
        categories: patent.categories.iter().map(|number| patents::category(frame, *number)).collect(),
        remark,
    }
}
