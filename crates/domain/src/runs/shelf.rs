//! Runs kept open in memory for the pages: result, snapshot and the rules' tables, read once.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rules::{Evaluation, Policy, Request, Snapshot};
use tokio::sync::OnceCell;

use super::{Summary, load, snapshot};
use crate::{Error, Installation};

/// The views of `rules.sql` that pages read beside the result.
const VIEWS: [&str; 9] = [
    "enterprise_alive",
    "high_value",
    "high_value_doubt",
    "high_value_undetermined",
    "invention_in_city",
    "invention_of_first_patentee",
    "needed_register",
    "star_count",
    "status_valid",
];

/// How many runs stay open.
const OPEN_MAX: usize = 6;

/// A run with everything a page may ask of it.
pub struct Opened {
    /// Its row in the list of runs.
    pub summary: Summary,
    /// Its stored result.
    pub evaluation: Evaluation,
    /// The facts it was computed from.
    pub snapshot: Snapshot,
    /// The rules' own tables that pages show, by the names in `VIEWS`.
    pub views: Snapshot,
}

/// The runs that are open now.
#[derive(Clone, Default)]
pub struct Shelf {
    opened: Arc<Mutex<VecDeque<(PathBuf, String, Place)>>>,
}

/// Where a run is open, or is being opened.
type Place = Arc<OnceCell<Arc<Opened>>>;

impl Shelf {
    /// Opens a run, or finds it open; of those who ask for it at once, one opens it and the others wait.
    pub async fn open(&self, installation: &Installation, policy: &Policy, id: &str) -> Result<Arc<Opened>, Error> {
        if let Some(opened) = self.find(installation.dir(), id) {
            return Ok(opened);
        }
        let summary = super::find(installation, id).await?;
        let place = self.place(installation.dir(), &summary.run);
        place.get_or_try_init(|| Opened::read(installation, policy, summary)).await.map(Arc::clone)
    }

    /// The run of this whole id, if it is open: it never changes and is never taken away, so the database need not be asked.
    fn find(&self, dir: &Path, run: &str) -> Option<Arc<Opened>> {
        let shelf = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.iter().find(|(of, id, _)| id == run && of == dir).and_then(|(.., place)| place.get()).map(Arc::clone)
    }

    fn place(&self, dir: &Path, run: &str) -> Place {
        let mut shelf = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((.., place)) = shelf.iter().find(|(of, id, _)| id == run && of == dir) {
            return Arc::clone(place);
        }
        let place = Place::default();
        shelf.push_back((dir.to_owned(), run.to_owned(), Arc::clone(&place)));
        while shelf.len() > OPEN_MAX {
            shelf.pop_front();
        }
        place
    }
}

impl Opened {
    async fn read(installation: &Installation, policy: &Policy, summary: Summary) -> Result<Arc<Self>, Error> {
        let evaluation = load(installation, &summary.run).await?;
        let snapshot = snapshot(installation, &summary.run).await?;
        // A run of before is read by the rules of then, for its snapshot has the tables of then.
        let policy = match evaluation.policy_hash == policy.hash() {
            true => Cow::Borrowed(policy),
            false => Cow::Owned(Policy::load(&installation.policy_dir(&evaluation.policy_hash))?),
        };
        let views: Vec<&str> = VIEWS.into_iter().filter(|name| policy.view(name).is_some()).collect();
        let request = Request {
            policy: &policy,
            snapshot: &snapshot,
            as_of: evaluation.as_of,
            known_at: summary
                .known_at
                .parse()
                .map_err(|_| Error::Damaged(format!("测算 {} 的知悉时间记录已损坏", summary.run)))?,
            overrides: &summary.overrides,
            scope: (!summary.scope.is_empty()).then(|| summary.scope.clone()),
        };
        let views = Snapshot::new(rules::evaluate_views(request, &views).await?)?;
        Ok(Arc::new(Self { summary, evaluation, snapshot, views }))
    }
}
