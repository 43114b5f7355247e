//! The two tables of a difference: the figures, and the awards of each subject, with the rights gained and lost.

use std::collections::{BTreeMap, HashMap};

use rules::{
    diff::{AwardDiff, IndicatorDiff},
    evaluation::Evaluation,
};

use crate::{
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    list::{Cell, Key, Kind, Listing},
    pages::{
        cockpit::{quantities::signed, targets},
        patents::read::{Patent, written},
        policy::document,
    },
    pieces::Link,
};

/// The id of the table of figures.
pub(super) const INDICATORS: &str = "indicator-changes";
/// The id of the table of awards.
pub(super) const AWARDS: &str = "award-changes";

/// The figures that differ.
pub(super) fn indicators<'a>(
    frame: &'a Frame,
    path: &str,
    old: &'a Evaluation,
    new: &'a Evaluation,
) -> Listing<'a, IndicatorDiff> {
    let named = |code: &str| new.indicator(code).or_else(|| old.indicator(code));
    let name = move |change: &IndicatorDiff| {
        let name = named(&change.code).map(|indicator| frame.said(&indicator.name)).unwrap_or_default();
        format!("{} {name}", change.code)
    };
    let value = move |run: &Evaluation, change: &IndicatorDiff| match run.indicator(&change.code) {
        Some(indicator) => targets::value_cell(frame, indicator),
        None => Cell { key: Key::Missing, ..Cell::text(frame.t("figure-none")) },
    };
    // The rights of a city are a list of their own, to sort, search and take along.
    let moved = move |change: &IndicatorDiff, ids: &[String], direction: &str| {
        let count = Cell::number(i64::try_from(ids.len()).unwrap_or(i64::MAX));
        if ids.is_empty() {
            return count;
        }
        let query = format!("run={}&before={}&direction={direction}", new.run, old.run);
        count.link(frame.at(&format!("/indicators/{}/changes?{query}", change.code)))
    };
    let verdict = move |change: &IndicatorDiff, met: Option<bool>| {
        let has_target = named(&change.code).is_some_and(|indicator| indicator.target.is_some());
        if has_target { super::super::detail::verdict_cell(frame, met) } else { Cell::empty() }
    };
    Listing::new(frame, INDICATORS, path, caption(frame, "nav-indicators"))
        .column("name", frame.t("reg-indicator"), Kind::Text, move |change: &IndicatorDiff| {
            let href = frame.at(&format!("/indicators/{}?run={}", change.code, new.run));
            Cell { key: Key::Text(change.code.clone()), ..Cell::text(name(change)).link(href) }
        })
        .column("before", frame.t("runs-before"), Kind::Number, move |change| value(old, change))
        .column("after", frame.t("runs-after"), Kind::Number, move |change| value(new, change))
        .column("met-before", frame.t("runs-met-before"), Kind::Text, move |change| verdict(change, change.met.before))
        .column("met-after", frame.t("runs-met-after"), Kind::Text, move |change| verdict(change, change.met.after))
        .column("gained", frame.t("runs-gained"), Kind::Number, move |change| moved(change, &change.gained, "gained"))
        .column("lost", frame.t("runs-lost"), Kind::Number, move |change| moved(change, &change.lost, "lost"))
        .search(frame.t("indicators-search"), move |change| name(change))
}

/// The awards that differ, a row for each subject.
pub(super) fn awards<'a>(
    frame: &'a Frame,
    path: &str,
    patents: &'a [Patent],
) -> Result<Listing<'a, AwardDiff>, AppError> {
    let document = document()?;
    let awards: Vec<(String, String)> =
        document.policy.awards.iter().map(|award| (award.id.clone(), frame.said(&award.name))).collect();
    let choices = awards.iter().map(|(id, name)| Choice::new(id.clone(), name.clone())).collect();
    let names: BTreeMap<String, String> = awards.into_iter().collect();
    let levels: BTreeMap<(String, i64), String> = document
        .policy
        .awards
        .iter()
        .flat_map(|award| award.levels.iter().map(|level| ((award.id.clone(), level.level), frame.said(&level.name))))
        .collect();
    let titles: HashMap<&str, &str> = patents.iter().map(|one| (one.number.as_str(), one.title.as_str())).collect();
    let level = move |change: &AwardDiff, level: Option<i64>| {
        let word = match level {
            None => frame.t("runs-not-reached"),
            Some(level) => {
                levels.get(&(change.award.clone(), level)).cloned().unwrap_or_else(|| frame.t("runs-reached"))
            }
        };
        Cell { key: Key::Number(level.unwrap_or(0).into()), ..Cell::text(word) }
    };
    let before = level.clone();
    let rights = move |ids: &[String]| {
        let summary = frame.t1("condition-evidence-rights", "count", format::count(ids.len()));
        Cell::folded(summary, ids.iter().map(|id| right(frame, &titles, id)).collect())
    };
    let lost = rights.clone();
    let direction = |change: &AwardDiff| change.level.after.unwrap_or(0) - change.level.before.unwrap_or(0);
    let directions = ["up", "down", "same"].map(|key| Choice::new(key, frame.t(&format!("runs-level-{key}"))));
    Ok(Listing::new(frame, AWARDS, path, caption(frame, "nav-awards"))
        .column("name", frame.t("runs-subject-name"), Kind::Text, |change: &AwardDiff| {
            let name = change.name.as_ref().unwrap_or(&change.subject);
            Cell::text(name.clone()).link(frame.at(&format!("/enterprises/{}", change.subject)))
        })
        .column("uscc", frame.t("runs-subject"), Kind::Code, |change| Cell::code(change.subject.clone()))
        .column("award", frame.t("runs-award"), Kind::Text, move |change| {
            Cell::text(names.get(&change.award).unwrap_or(&change.award).clone())
        })
        .column("before", frame.t("runs-before"), Kind::Text, move |change| before(change, change.level.before))
        .column("after", frame.t("runs-after"), Kind::Text, move |change| level(change, change.level.after))
        .column("levels", frame.t("runs-levels"), Kind::Number, move |change| {
            let by = direction(change);
            Cell { text: signed(by), ..Cell::number(by) }
        })
        .column("gained", frame.t("runs-gained"), Kind::Text, move |change| rights(&change.gained))
        .column("lost", frame.t("runs-lost"), Kind::Text, move |change| lost(&change.lost))
        .filter("award", frame.t("runs-award"), choices, |change, award| change.award == award)
        .filter("direction", frame.t("runs-levels"), directions.to_vec(), move |change, key| match key {
            "up" => direction(change) > 0,
            "down" => direction(change) < 0,
            _ => direction(change) == 0,
        })
        .search(frame.t("towns-search"), |change| {
            format!("{} {}", change.name.as_deref().unwrap_or_default(), change.subject)
        }))
}

fn caption(frame: &Frame, of: &str) -> String {
    frame.tn("runs-diff-of", &[("of", frame.t(of))])
}

/// A right by its number and title; only application numbers have a page of their own, enterprises and persons are counted too.
fn right(frame: &Frame, titles: &HashMap<&str, &str>, id: &str) -> Link {
    if id.parse::<terms::ApplicationNumber>().is_err() {
        return Link::new(id, "");
    }
    let title = titles.get(id).map(|title| format!(" {title}")).unwrap_or_default();
    Link::new(format!("{}{title}", written(id)), frame.at(&format!("/patents/{id}")))
}
