//! The awards of an enterprise over the years: what the regular run of each year's end decided.

use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    pages::{
        awards,
        cockpit::shown::{self, Shown},
    },
    pieces::State,
};

/// How many years are shown; each needs its own run to be open.
const YEARS_MAX: usize = 5;

/// One year's end.
pub(super) struct Year {
    /// The day.
    pub(super) as_of: String,
    /// Its run's page of the first award.
    pub(super) href: String,
    /// The outcome of each active award.
    pub(super) outcomes: Vec<State>,
    /// Inventions in force.
    pub(super) inventions: String,
    /// Those of high value.
    pub(super) high_value: String,
}

/// The ends of the years up to the day shown, the latest first, each from the run with the latest knowledge.
pub(super) async fn years(app: &App, frame: &Frame, shown: &Shown, uscc: &str) -> Result<Vec<Year>, AppError> {
    let as_of = shown.as_of().to_string();
    let mut ends: Vec<(&str, &str)> = Vec::new();
    for run in shown.runs.iter().filter(|run| run.as_of.ends_with("-12-31") && run.as_of < as_of) {
        // The list has the latest knowledge of a day first.
        if ends.last().is_none_or(|(day, _)| *day != run.as_of) {
            ends.push((&run.as_of, &run.run));
        }
    }
    let mut years = vec![year(frame, shown, uscc)];
    for (_, run) in ends.into_iter().take(YEARS_MAX - 1) {
        if let Some(then) = shown::shown(app, Some(run)).await? {
            years.push(year(frame, &then, uscc));
        }
    }
    Ok(years)
}

fn year(frame: &Frame, shown: &Shown, uscc: &str) -> Year {
    let all = awards::all_enterprises(shown);
    let counted = all.binary_search_by(|one| one.uscc.as_str().cmp(uscc)).ok().map(|at| &all[at]);
    let number = |number: Option<i64>| number.map_or_else(|| frame.t("word-none"), format::count);
    Year {
        as_of: shown.as_of().to_string(),
        href: shown.keep(frame.at(&format!("/enterprises/{uscc}"))),
        outcomes: shown
            .policy
            .awards
            .iter()
            .filter(|award| award.active)
            .map(|award| awards::state(frame, shown, award, uscc))
            .collect(),
        inventions: number(counted.and_then(|one| one.inventions)),
        high_value: number(counted.and_then(|one| one.high_value)),
    }
}
