//! What the cockpit and the indicators work out from whole snapshots, kept by run.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    cockpit::{Grouping, Movement, movements},
    lapses::{self, Lapse},
    runs::Opened,
};

use super::shown::Shown;
use crate::by_run::ByRun;

static MOVED: ByRun<Moved> = ByRun::new(4);
static LAPSES: ByRun<Vec<Lapse>> = ByRun::new(4);

/// Who moved each indicator between two runs; empty without an earlier run.
#[derive(Default)]
pub(crate) struct Moved {
    towns: BTreeMap<String, Vec<Movement>>,
    enterprises: BTreeMap<String, Vec<Movement>>,
}

impl Moved {
    /// Who moved an indicator since the run before.
    pub(crate) fn of(&self, code: &str, grouping: Grouping) -> &[Movement] {
        let moved = match grouping {
            Grouping::Town => &self.towns,
            Grouping::Enterprise => &self.enterprises,
        };
        moved.get(code).map_or(&[], Vec::as_slice)
    }
}

/// Who moved the indicators of a run since the run of the month before.
pub(crate) fn moved(shown: &Shown, before: Option<&Opened>) -> Arc<Moved> {
    let Some(before) = before else { return Arc::default() };
    let now = &shown.opened.evaluation;
    let of = |grouping| {
        let on_rights = now.indicators.iter().filter(|indicator| indicator.evidence_count > 0);
        let moved = |code: &str| movements(Some(&before.evaluation), now, code, grouping);
        on_rights.map(|indicator| (indicator.code.clone(), moved(&indicator.code))).collect()
    };
    let key = format!("{} {}", shown.opened.summary.run, before.summary.run);
    MOVED.get(&key, || Moved { towns: of(Grouping::Town), enterprises: of(Grouping::Enterprise) })
}

/// The rights of a run that may soon be lost.
pub(super) fn lapses(opened: &Opened) -> Arc<Vec<Lapse>> {
    LAPSES.get(&opened.summary.run, || lapses::soon(opened))
}
