//! The rights in which a list of the province differs from ours: the list of high-value inventions, and the list that was
//! entered with a figure.

use std::collections::{BTreeMap, BTreeSet};

use domain::runs::Observed;
use rules::Evaluation;
use terms::ApplicationNumber;

use crate::{
    app::App,
    error::AppError,
    form::Choice,
    frame::Frame,
    list::{Cell, Dir, Kind, Listing},
    pages::{
        cockpit::shown::{self, Shown},
        patents::read::{self, written},
        registry::{entries::cell, judgements::folded},
    },
    pieces::{State as StateWord, Tone},
};

/// The register of the lists that came with figures.
pub(super) const LISTS: &str = "province-rights";

/// A right that only one of two lists holds.
pub(super) struct OnlyIn {
    /// The figure to whose lists it belongs, as `K01 2023-12-31`.
    pub(super) figure: String,
    number: String,
    title: String,
    /// Whether it stands in the province's list.
    pub(super) official: bool,
}

/// Everything in which a list of the province differs from ours.
pub(super) async fn differing(app: &App, shown: Option<&Shown>, history: &[Observed]) -> Result<Vec<OnlyIn>, AppError> {
    let lists = lists(app).await?;
    let has_list = |shown: &&Shown| lists.contains_key(&("K04".to_owned(), shown.as_of().to_string()));
    // A list that was entered for the figure is compared below.
    let mut found = shown.filter(|shown| !has_list(shown)).map(of_high_value).unwrap_or_default();
    for ((code, as_of), theirs) in lists {
        let Some(run) = run_of(history, &code, &as_of) else { continue };
        let (_, opened) = shown::run(app, run).await?;
        let ours = ours(&opened.evaluation, &code);
        let patents = read::patents(&opened);
        let titles: BTreeMap<&str, &str> =
            patents.iter().map(|one| (one.number.as_str(), one.title.as_str())).collect();
        let right = |official: bool, number: &String| OnlyIn {
            figure: figure(&code, &as_of),
            title: titles.get(number.as_str()).copied().unwrap_or_default().to_owned(),
            number: number.clone(),
            official,
        };
        found.extend(theirs.difference(&ours).map(|number| right(true, number)));
        found.extend(ours.difference(&theirs).map(|number| right(false, number)));
    }
    Ok(found)
}

/// What our own number counts, by number. Of K04 that is our pre-judgement, also where the run follows an official list.
fn ours(evaluation: &Evaluation, code: &str) -> BTreeSet<String> {
    let mut ours: BTreeSet<String> = evaluation.indicator_evidence(code).map(|right| plain(right.right_id)).collect();
    let high_value = &evaluation.high_value;
    if let Some(difference) =
        high_value.difference.as_ref().filter(|_| code == "K04" && high_value.source == "official")
    {
        ours.extend(difference.only_computed.iter().map(|number| plain(number)));
        for number in &difference.only_official {
            ours.remove(&plain(number));
        }
    }
    ours
}

/// The rows that make the list of a figure this one: what an earlier list held besides is no longer listed, and its history
/// stays. No numbers leave the list as it is.
pub(super) async fn replaced(
    app: &App,
    (indicator, as_of): (&str, &str),
    numbers: &[&str],
) -> Result<Vec<BTreeMap<String, String>>, AppError> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let row = |number: &str, is_listed: &str| {
        let fields = [("indicator", indicator), ("as_of", as_of), ("number", number), ("is_listed", is_listed)];
        fields.into_iter().map(|(field, value)| (field.to_owned(), value.to_owned())).collect()
    };
    let mut new: BTreeMap<String, &str> = numbers.iter().map(|number| (plain(number), *number)).collect();
    let mut rows = Vec::new();
    for known in folded(app, LISTS).await? {
        let of = |field| cell(LISTS, &known, field);
        if (of("indicator"), of("as_of")) == (indicator, as_of) {
            // A number keeps the notation in which it first came, so that it has one history.
            let is_listed = new.remove(&plain(of("number"))).is_some();
            rows.push(row(of("number"), if is_listed { "是" } else { "否" }));
        }
    }
    rows.extend(new.into_values().map(|number| row(number, "是")));
    Ok(rows)
}

/// The lists that were entered, by indicator and day.
pub(super) async fn lists(app: &App) -> Result<BTreeMap<(String, String), BTreeSet<String>>, AppError> {
    let mut lists: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for row in folded(app, LISTS).await? {
        let of = |field| cell(LISTS, &row, field).to_owned();
        if of("is_listed") == "否" {
            continue;
        }
        lists.entry((of("indicator"), of("as_of"))).or_default().insert(plain(&of("number")));
    }
    Ok(lists)
}

/// The run that has the city's figure of a day.
pub(super) fn run_of<'h>(history: &'h [Observed], code: &str, as_of: &str) -> Option<&'h str> {
    let is_meant =
        |seen: &&Observed| seen.figure.code == code && seen.figure.region.is_empty() && seen.as_of.to_string() == as_of;
    history.iter().find(is_meant).map(|seen| seen.run.as_str())
}

/// The words for a figure.
pub(super) fn figure(code: &str, as_of: &str) -> String {
    format!("{code} {as_of}")
}

/// A number as the rules count it, however it was written.
pub(super) fn plain(number: &str) -> String {
    let number = number.trim();
    number.parse::<ApplicationNumber>().map_or_else(|_| number.to_owned(), |number| number.to_string().replace('.', ""))
}

fn of_high_value(shown: &Shown) -> Vec<OnlyIn> {
    let Some(difference) = &shown.evaluation().high_value.difference else { return Vec::new() };
    let patents = read::patents(&shown.opened);
    let titles: BTreeMap<&str, &str> = patents.iter().map(|one| (one.number.as_str(), one.title.as_str())).collect();
    let right = |official: bool, number: &String| OnlyIn {
        figure: figure("K04", &shown.as_of().to_string()),
        number: number.clone(),
        title: titles.get(number.as_str()).copied().unwrap_or_default().to_owned(),
        official,
    };
    let official = difference.only_official.iter().map(|number| right(true, number));
    official.chain(difference.only_computed.iter().map(|number| right(false, number))).collect()
}

/// The list of them.
pub(super) fn listing<'a>(frame: &'a Frame, rows: &[OnlyIn]) -> Listing<'a, OnlyIn> {
    let word = |official: bool| frame.t(if official { "reg-hv-only-official" } else { "reg-hv-only-computed" });
    let sides = vec![Choice::new("official", word(true)), Choice::new("computed", word(false))];
    Listing::new(frame, "difference", "/registers/province", frame.t("reg-hv-difference"))
        .column("number", frame.t("reg-number"), Kind::Code, |right: &OnlyIn| {
            let cell = Cell::code(written(&right.number));
            match right.number.parse::<ApplicationNumber>() {
                Ok(_) => cell.link(frame.at(&format!("/patents/{}", right.number))),
                Err(_) => cell,
            }
        })
        .column("title", frame.t("reg-patent-title"), Kind::Text, |right| Cell::text(right.title.clone()))
        .column("figure", frame.t("reg-province-figure"), Kind::Text, |right| Cell::code(right.figure.clone()))
        .column("side", frame.t("reg-hv-side"), Kind::Text, move |right| {
            let tone = if right.official { Tone::Warn } else { Tone::Plain };
            Cell::state(StateWord::new(tone, word(right.official)), i64::from(!right.official))
        })
        .words("figure", frame.t("reg-province-figure"), rows, |right| &right.figure)
        .filter("side", frame.t("reg-hv-side"), sides, |right, side| right.official == (side == "official"))
        .search(frame.t("reg-patent-title"), |right| {
            format!("{} {} {}", written(&right.number), right.number, right.title)
        })
        .sorted_by("side", Dir::Up)
        .when_empty(frame.t("reg-hv-none"), frame.t("reg-hv-none-todo"))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for written in ["2014100138929", "201410013892.9", " ZL201410013892.9 "] {
            assert_eq!(plain(written), "2014100138929");
        }
        assert_eq!(plain("苏质2023-001"), "苏质2023-001");
    }
}
