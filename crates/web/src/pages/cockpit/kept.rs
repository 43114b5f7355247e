//! What the cockpit works out from whole snapshots, kept in memory by run: runs never change, so nothing grows stale.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use domain::{
    alarms::{self, Alarm, BackTest},
    cockpit::{Grouping, Movement, movements},
    lapses::{self, Lapse},
    runs::{Observed, Opened},
};

use super::shown::Shown;

/// How many runs are kept.
const KEPT_MAX: usize = 4;

/// What was worked out from a run and the run of the month before.
pub(super) struct Kept {
    /// Rights that may soon be lost.
    pub(super) lapses: Vec<Lapse>,
    /// Alarms.
    pub(super) alarms: Vec<Alarm>,
    /// How often the alarms were right.
    pub(super) back_test: Option<BackTest>,
    /// Who moved each indicator; empty without an earlier run.
    moved: BTreeMap<(String, bool), Vec<Movement>>,
}

type Shelf<T> = LazyLock<Mutex<VecDeque<(String, Arc<T>)>>>;
static KEPT: Shelf<Kept> = LazyLock::new(Mutex::default);
static HISTORIES: Shelf<Vec<Observed>> = LazyLock::new(Mutex::default);

impl Kept {
    /// Who moved an indicator since the run before.
    pub(super) fn movements(&self, code: &str, grouping: Grouping) -> &[Movement] {
        self.moved.get(&(code.to_owned(), grouping == Grouping::Town)).map_or(&[], Vec::as_slice)
    }
}

/// What the cockpit shows of a run beside its figures.
pub(super) fn kept(shown: &Shown, before: Option<&Opened>) -> Arc<Kept> {
    let key = format!("{} {}", shown.opened.summary.run, before.map_or("", |before| before.summary.run.as_str()));
    if let Some(found) = find(&KEPT, &key) {
        return found;
    }
    let now = &shown.opened.evaluation;
    let mut moved = BTreeMap::new();
    if let Some(before) = before {
        for indicator in now.indicators.iter().filter(|indicator| indicator.evidence_count > 0) {
            for grouping in [Grouping::Town, Grouping::Enterprise] {
                let found = movements(Some(&before.evaluation), now, &indicator.code, grouping);
                moved.insert((indicator.code.clone(), grouping == Grouping::Town), found);
            }
        }
    }
    let kept = Kept {
        lapses: lapses::soon(&shown.opened),
        alarms: alarms::all(&shown.opened),
        back_test: alarms::back_test(&shown.opened),
        moved,
    };
    keep(&KEPT, key, kept)
}

/// The kept history of these runs.
pub(super) fn history(key: &str) -> Option<Arc<Vec<Observed>>> {
    find(&HISTORIES, key)
}

/// Keeps the history of these runs.
pub(super) fn keep_history(key: String, history: Vec<Observed>) -> Arc<Vec<Observed>> {
    keep(&HISTORIES, key, history)
}

fn find<T>(shelf: &Shelf<T>, key: &str) -> Option<Arc<T>> {
    let shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
    shelf.iter().find(|(id, _)| id == key).map(|(_, kept)| Arc::clone(kept))
}

fn keep<T>(shelf: &Shelf<T>, key: String, value: T) -> Arc<T> {
    let value = Arc::new(value);
    let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
    shelf.push_back((key, Arc::clone(&value)));
    while shelf.len() > KEPT_MAX {
        shelf.pop_front();
    }
    value
}
