//! What the cockpit and the indicators work out from whole snapshots, kept by run.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    cockpit::{self, Grouping, Movement, Target, earlier, movements},
    lapses::{self, Lapse},
    runs::{Observed, Opened},
    watch_list::{self, Watched},
};

use super::shown::Shown;
use crate::{app::App, by_run::ByRun, error::AppError};

static MOVED: ByRun<Moved> = ByRun::new(4);
static TARGETS: ByRun<Vec<Target>> = ByRun::new(8);
static LAPSES: ByRun<Vec<Lapse>> = ByRun::new(4);
static WATCHED: ByRun<Vec<Watched>> = ByRun::new(4);

/// Who moved each indicator between two runs; empty without an earlier run.
#[derive(Default)]
pub(crate) struct Moved {
    city: BTreeMap<String, Vec<Movement>>,
    towns: BTreeMap<String, Vec<Movement>>,
    enterprises: BTreeMap<String, Vec<Movement>>,
}

impl Moved {
    /// Which towns moved an indicator since the run before.
    pub(crate) fn towns(&self, code: &str) -> &[Movement] {
        self.towns.get(code).map_or(&[], Vec::as_slice)
    }

    /// The same by enterprise.
    pub(crate) fn enterprises(&self, code: &str) -> &[Movement] {
        self.enterprises.get(code).map_or(&[], Vec::as_slice)
    }

    /// What the city as one gained and lost.
    pub(crate) fn city(&self, code: &str) -> Option<&Movement> {
        self.city.get(code)?.first()
    }
}

/// Who moved the indicators of a run since the run of the month before.
pub(crate) fn moved(shown: &Shown, before: Option<&Opened>) -> Arc<Moved> {
    let Some(before) = before else { return Arc::default() };
    let now = &shown.opened.evaluation;
    let of = |grouping| {
        let on_rights = now.indicators.iter().filter(|indicator| indicator.evidence_count > 0);
        let moved = |code: &str| {
            let definition = shown.policy.indicator(code)?;
            Some(movements(earlier(definition, &before.evaluation, now.as_of), now, code, grouping))
        };
        on_rights.filter_map(|indicator| Some((indicator.code.clone(), moved(&indicator.code)?))).collect()
    };
    let key = format!("{} {}", shown.opened.summary.run, before.summary.run);
    MOVED.get(&key, || Moved {
        city: of(Grouping::City),
        towns: of(Grouping::Town),
        enterprises: of(Grouping::Enterprise),
    })
}

/// The targets of a run, each with its past and its forecast.
pub(crate) async fn targets(app: &App, shown: &Shown, history: &[Observed]) -> Result<Arc<Vec<Target>>, AppError> {
    let key = format!("{} {}", shown.opened.summary.run, shown.all_runs());
    if let Some(targets) = TARGETS.find(&key) {
        return Ok(targets);
    }
    let reports = domain::reports::reports(&app.installation).await?;
    Ok(TARGETS.get(&key, || cockpit::targets(&shown.policy, &shown.opened, history, &reports)))
}

/// The rights of a run that may soon be lost: the gravest cause first, high-value rights before others, then by day.
pub(super) fn lapses(opened: &Opened) -> Arc<Vec<Lapse>> {
    let sorted = || {
        let mut lapses = lapses::soon(opened);
        lapses.sort_by_key(|lapse| (lapse.cause, !lapse.high_value, lapse.on));
        lapses
    };
    LAPSES.get(&opened.summary.run, sorted)
}

/// The high-value inventions of a run that want an eye, and those that may become such.
pub(super) async fn watched(app: &App, opened: &Opened) -> Result<Arc<Vec<Watched>>, AppError> {
    let run = &opened.summary.run;
    if let Some(watched) = WATCHED.find(run) {
        return Ok(watched);
    }
    let read = watch_list::read(&app.installation, opened).await?;
    Ok(WATCHED.get(run, || read))
}
