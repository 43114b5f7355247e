//! What pages work out from whole runs, kept in memory by run: a run never changes, so nothing grows stale.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// Values by the run, and whatever else they depend on; those asked for first are forgotten first.
pub(crate) struct ByRun<T> {
    most: usize,
    kept: Mutex<VecDeque<(String, Place<T>)>>,
}

/// Where a value is, or is being worked out.
type Place<T> = Arc<OnceLock<Arc<T>>>;

impl<T> ByRun<T> {
    /// Keeps so many values at most.
    pub(crate) const fn new(most: usize) -> Self {
        Self { most, kept: Mutex::new(VecDeque::new()) }
    }

    /// The value of this key; of those who ask for it at once, one works it out and the others wait.
    pub(crate) fn get(&self, key: &str, work: impl FnOnce() -> T) -> Arc<T> {
        let place = self.place(key);
        Arc::clone(place.get_or_init(|| Arc::new(work())))
    }

    /// The value of this key, if it was worked out before.
    pub(crate) fn find(&self, key: &str) -> Option<Arc<T>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| known == key).and_then(|(_, place)| place.get()).map(Arc::clone)
    }

    fn place(&self, key: &str) -> Place<T> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, place)) = kept.iter().find(|(known, _)| known == key) {
            return Arc::clone(place);
        }
        let place = Place::default();
        kept.push_back((key.to_owned(), Arc::clone(&place)));
        while kept.len() > self.most {
            kept.pop_front();
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_value_is_worked_out_once_however_many_ask() {
        let (kept, worked) = (ByRun::new(2), AtomicUsize::new(0));
        let work = || worked.fetch_add(1, Ordering::Relaxed);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(*kept.get("a", work), 0));
            }
        });
        assert_eq!(worked.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn the_oldest_value_is_forgotten() {
        let kept = ByRun::new(2);
        for (key, value) in [("a", 1), ("b", 2), ("c", 3)] {
            kept.get(key, || value);
        }
        assert_eq!((*kept.get("b", || 9), *kept.get("c", || 9), *kept.get("a", || 9)), (2, 3, 9));
    }
}
