//! The imports that run in this process, so that one whose task was dropped half-way is told from one that works.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use db::Process;

static RUNNING: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Held while an import runs; dropping it, in whatever way, says that the import runs no more.
#[derive(Debug)]
pub(crate) struct Active {
    number: u64,
}

impl Active {
    pub(crate) fn begin() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        running().insert(number);
        Self { number }
    }
}

/// The mark that a staging batch carries: the process and the import within it.
impl fmt::Display for Active {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", Process::this(), self.number)
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        running().remove(&self.number);
    }
}

/// The process of a mark, and whether its import runs as far as this process can tell.
pub(super) fn read(mark: &str) -> Option<(Process, bool)> {
    let (process, number) = mark.rsplit_once('#').unwrap_or((mark, ""));
    let process = Process::parse(process)?;
    let runs = process != Process::this() || number.parse().is_ok_and(|number| running().contains(&number));
    Some((process, runs))
}

fn running() -> MutexGuard<'static, BTreeSet<u64>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}
