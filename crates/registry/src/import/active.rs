//! The imports that run in this process, so that one whose task was dropped half-way is told from one that works.

use std::{collections::BTreeMap, sync::Mutex};

static ACTIVE: Mutex<BTreeMap<i64, usize>> = Mutex::new(BTreeMap::new());

/// Held while an import runs; dropping it, in whatever way, says that the import runs no more.
pub(super) struct Active(i64);

impl Active {
    pub(super) fn begin(batch: i64) -> Self {
        *running().entry(batch).or_default() += 1;
        Self(batch)
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        let mut active = running();
        // Several databases in one process may know a batch of the same number.
        match active.get_mut(&self.0) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(active.remove(&self.0)),
        }
    }
}

/// Whether an import of a batch of this number runs in this process.
pub(super) fn is_active(batch: i64) -> bool {
    running().contains_key(&batch)
}

fn running() -> std::sync::MutexGuard<'static, BTreeMap<i64, usize>> {
    ACTIVE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
