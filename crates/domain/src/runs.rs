//! Runs (测算): freeze the facts, evaluate the policy, keep the result so that it can be computed again byte for byte.
//!
//! A run is a pure function of policy document, snapshot, date, known time, parameters and scope; asking for the same
//! again finds the stored one. `verify` trusts nothing but hashes and its own computation.

mod shelf;
mod store;
mod verify;

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use rules::{Evaluation, Policy, Request, Snapshot};
use serde::{Deserialize, Serialize};

pub use shelf::{Opened, Shelf};
pub use store::Figure;
pub(crate) use verify::inspect_all;
pub use verify::{Verification, verify};

use crate::accounts::hex;
use crate::{Error, Installation, freeze};

/// What a run is asked for.
#[derive(Debug, Clone)]
pub struct Question {
    /// The day for which the figures hold; its whole day counts.
    pub as_of: Date,
    /// The moment up to which facts count as known.
    pub known_at: Timestamp,
    /// Parameters set for this run only; with any of them the run is a what-if (推演).
    pub overrides: BTreeMap<String, String>,
    /// The unit whose figures are wanted; none is the whole city.
    pub scope: Option<String>,
}

/// A run as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The run's id.
    pub run: String,
    /// The policy document's id.
    pub policy: String,
    /// The day for which it holds.
    pub as_of: String,
    /// The moment up to which facts counted as known.
    pub known_at: String,
    /// The snapshot's id.
    pub snapshot: String,
    /// The overrides, empty for a regular run.
    pub overrides: BTreeMap<String, String>,
    /// The scope, empty for the city.
    pub scope: String,
    /// When it was computed.
    pub created_at: String,
    /// By whom.
    pub created_by: String,
    /// Whether the month of its day rests on it.
    pub standing: Standing,
}

/// How a run stands to the closing of its day's month (月结).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The month is not closed.
    Open,
    /// The closed month rests on this run (月结依据).
    Closing,
    /// The closed month rests on another run; this one moves no figure of it.
    Aside,
}

impl Summary {
    /// Whether parameters were changed for it.
    pub fn is_what_if(&self) -> bool {
        !self.overrides.is_empty()
    }
}

/// What a run's folder says of itself; the database keeps its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    run: String,
    policy: String,
    policy_hash: String,
    snapshot: String,
    as_of: Date,
    known_at: Timestamp,
    overrides: BTreeMap<String, String>,
    scope: Option<String>,
    result_sha256: String,
    /// The id of the tables behind the result: rights counted and conditions decided.
    details: String,
}

/// The policy document that is installed.
pub fn policy() -> Result<Policy, Error> {
    Ok(Policy::installed()?)
}

/// Freezes the facts as known at the question's moment and evaluates the policy on them.
///
/// `progress` is told what is being done. The same question over the same facts gives the stored run.
pub async fn evaluate(
    installation: &Installation,
    policy: &Policy,
    question: &Question,
    by: &str,
    now: Timestamp,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Arc<Evaluation>, Error> {
    let today = installation.business_date(now);
    if question.as_of > today {
        return Err(Error::Invalid(format!(
            "统计时点 {} 在今天（{today}）之后，还没有资料可以测算。请核对日期。",
            question.as_of
        )));
    }
    // What cannot be set is said before anything is read.
    policy.settings(question.as_of, &question.overrides)?;
    progress("汇总登记簿");
    let folded = installation.registers_at(question.known_at).await?;
    crate::regions::Regions::of(folded.get("regions")).check()?;
    progress("冻结事实");
    let snapshot = freeze::freeze(&folded)?;
    drop(folded);
    progress("按规则测算");
    // The facts go to disk while the rules run over them.
    let written = {
        let (snapshot, installation) = (snapshot.clone(), installation.clone());
        tokio::task::spawn_blocking(move || snapshot.write(&installation.snapshot_dir(snapshot.id())))
    };
    let evaluation = answer(policy, &snapshot, question).await?;
    progress("保存结果");
    written.await.map_err(|cause| Error::Damaged(format!("快照没有写完：{cause}")))??;
    keep(installation, policy, &snapshot, question, &evaluation, by, now).await?;
    if question.overrides.is_empty() && question.scope.is_none() {
        crate::cases::look(installation, policy, by, now).await?;
    }
    Ok(Arc::new(evaluation))
}

/// Evaluates a policy on a stored snapshot: the what-if, which freezes nothing again.
pub async fn evaluate_snapshot(
    installation: &Installation,
    policy: &Policy,
    snapshot: &Snapshot,
    question: &Question,
    by: &str,
    now: Timestamp,
) -> Result<Arc<Evaluation>, Error> {
    let evaluation = answer(policy, snapshot, question).await?;
    snapshot.write(&installation.snapshot_dir(snapshot.id()))?;
    keep(installation, policy, snapshot, question, &evaluation, by, now).await?;
    Ok(Arc::new(evaluation))
}

pub(crate) async fn answer(policy: &Policy, snapshot: &Snapshot, question: &Question) -> Result<Evaluation, Error> {
    Ok(rules::evaluate(Request {
        policy,
        snapshot,
        as_of: question.as_of,
        known_at: question.known_at,
        overrides: &question.overrides,
        scope: question.scope.clone(),
    })
    .await?)
}

async fn keep(
    installation: &Installation,
    policy: &Policy,
    snapshot: &Snapshot,
    question: &Question,
    evaluation: &Evaluation,
    by: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let documents: Vec<(String, Vec<u8>)> =
        policy.files().iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
    rules::folder::write_files(&installation.policy_dir(policy.hash()), &documents)?;
    let details = evaluation.details()?;
    details.write(&installation.details_dir(&evaluation.run))?;
    let result = evaluation.to_json().into_bytes();
    let manifest = Manifest {
        run: evaluation.run.clone(),
        policy: policy.id.clone(),
        policy_hash: policy.hash().to_owned(),
        snapshot: snapshot.id().to_owned(),
        as_of: question.as_of,
        known_at: question.known_at,
        overrides: question.overrides.clone(),
        scope: question.scope.clone(),
        result_sha256: sha256(&result),
        details: details.id().to_owned(),
    };
    let manifest =
        serde_json::to_vec(&manifest).map_err(|cause| Error::Damaged(format!("测算清单无法写出：{cause}")))?;
    let manifest_sha256 = sha256(&manifest);
    let files = [("manifest.json".to_owned(), manifest), ("result.json".to_owned(), result)];
    rules::folder::write_files(&installation.run_dir(&evaluation.run), &files)?;
    let mut tx = installation.db.begin().await?;
    let row = store::Row {
        id: evaluation.run.clone(),
        policy: policy.id.clone(),
        policy_hash: policy.hash().to_owned(),
        as_of: question.as_of.to_string(),
        known_at: question.known_at.to_string(),
        snapshot: snapshot.id().to_owned(),
        parameters: serde_json::json!(question.overrides).to_string(),
        scope: question.scope.clone().unwrap_or_default(),
        engine: rules::ENGINE_MEANING.to_owned(),
        manifest_sha256,
        created_at: now.to_string(),
        created_by: by.to_owned(),
        kind: if question.overrides.is_empty() { "regular" } else { "what-if" }.to_owned(),
    };
    if store::insert(&mut tx, &row).await? {
        store::insert_figures(&mut tx, &row.id, &figures(evaluation)).await?;
        let detail =
            serde_json::json!({ "as_of": row.as_of, "snapshot": row.snapshot, "overrides": question.overrides });
        registry::audit::record(&mut tx, now, by, "run.evaluate", &row.id, &detail).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The figures of a result, for trends: each indicator of the city (region empty) and of each town.
fn figures(evaluation: &Evaluation) -> Vec<store::Figure> {
    let mut figures = Vec::new();
    for indicator in &evaluation.indicators {
        figures.push(store::Figure {
            code: indicator.code.clone(),
            region: String::new(),
            numerator: indicator.numerator,
            denominator: indicator.denominator,
            value: indicator.value.clone(),
            met: indicator.met,
        });
        figures.extend(indicator.by_region.iter().map(|part| store::Figure {
            code: indicator.code.clone(),
            region: part.region.clone(),
            numerator: Some(part.numerator),
            denominator: None,
            value: None,
            met: None,
        }));
    }
    figures
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    hex(&sha2::Sha256::digest(bytes))
}

/// The list of runs with how often one was added, a month closed or a closing taken back when it was read: as often is the same.
pub(crate) type Listed = Arc<Mutex<(i64, Vec<Summary>)>>;

/// Every run, the latest day first; of a day the one on which its closed month rests, then the latest knowledge.
pub async fn list(installation: &Installation) -> Result<Vec<Summary>, Error> {
    let mut tx = installation.db.read_once().await?;
    // Counted first, so that a run which comes in between makes the next reader read again.
    let count = store::count(&mut tx).await?;
    {
        let listed = installation.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if listed.0 == count {
            return Ok(listed.1.clone());
        }
    }
    let runs: Vec<Summary> =
        store::list(&mut tx).await?.into_iter().map(store::Listed::summary).collect::<Result<_, _>>()?;
    *installation.runs.lock().unwrap_or_else(PoisonError::into_inner) = (count, runs.clone());
    Ok(runs)
}

/// The regular run of the whole city that counts for the latest day: the one on which its closed month rests, else the one that
/// knew most.
pub async fn latest(installation: &Installation) -> Result<Option<Summary>, Error> {
    Ok(list(installation).await?.into_iter().find(|run| !run.is_what_if() && run.scope.is_empty()))
}

/// The run with this id, or with an id that begins so and is the only one.
pub async fn find(installation: &Installation, id: &str) -> Result<Summary, Error> {
    let mut tx = installation.db.read_once().await?;
    let mut found = store::find(&mut tx, id).await?;
    match found.len() {
        1 => found.remove(0).summary(),
        0 => Err(Error::NotFound { what: "测算", id: id.to_owned() }),
        _ => Err(Error::Invalid(format!("以“{id}”开头的测算不止一个，请多输入几位编号。"))),
    }
}

/// The stored result of a run.
pub async fn load(installation: &Installation, id: &str) -> Result<Evaluation, Error> {
    let run = find(installation, id).await?.run;
    let path = installation.run_dir(&run).join("result.json");
    let result = fs::read_to_string(&path).map_err(|source| Error::io(&path, source))?;
    let details = Snapshot::read(&installation.details_dir(&run))?;
    Ok(Evaluation::from_json(&result)?.with_details(&details)?)
}

/// The stored snapshot of a run, its hashes checked.
pub async fn snapshot(installation: &Installation, id: &str) -> Result<Snapshot, Error> {
    let snapshot = find(installation, id).await?.snapshot;
    Ok(Snapshot::read(&installation.snapshot_dir(&snapshot))?)
}

/// What differs between two runs.
pub async fn diff(installation: &Installation, before: &str, after: &str) -> Result<rules::diff::Diff, Error> {
    let before = load(installation, before).await?;
    let after = load(installation, after).await?;
    Ok(rules::diff::diff(&before, &after))
}

/// A figure of an indicator at the date of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The run it comes from.
    pub run: String,
    /// The day for which it holds.
    pub as_of: Date,
    /// The figure.
    pub figure: Figure,
}

/// The figures of the city and its towns over time: for each day the run on which its closed month rests, else the regular run
/// with the latest knowledge.
pub async fn history(installation: &Installation) -> Result<Vec<Observed>, Error> {
    let mut tx = installation.db.begin_read().await?;
    store::history(&mut tx).await
}
