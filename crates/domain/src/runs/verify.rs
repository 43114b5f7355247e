//! Verification: every stored byte against its hash, and the whole computed again.

use std::fs;
use std::path::Path;

use rules::{Evaluation, Policy, Snapshot};
use serde::{Deserialize, Serialize};

use super::{Manifest, Question, answer, sha256, store};
use crate::{Error, Installation};

/// What verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// The run that was verified.
    pub run: String,
    /// Whether everything is as it was and computes to the same bytes.
    pub verified: bool,
    /// What was checked and held, in Chinese.
    pub checks: Vec<String>,
    /// What is not as it should be, in Chinese; empty when verified.
    pub findings: Vec<String>,
}

/// Reads the stored run, snapshot and policy document, checks every hash, and computes the result again.
pub async fn verify(installation: &Installation, id: &str) -> Result<Verification, Error> {
    let run = super::find(installation, id).await?.run;
    let (row, figures) = {
        let mut tx = installation.db.begin_read().await?;
        (store::find(&mut tx, &run).await?.remove(0).row, store::figures(&mut tx, &run).await?)
    };
    let mut verification = Verification::begin(&run);
    let kept = inspect(installation, &row, figures, &mut verification);
    if let Some(Kept { manifest, result, policy: Some(policy), snapshot: Some(snapshot) }) = kept {
        let question = Question {
            as_of: manifest.as_of,
            known_at: manifest.known_at,
            overrides: manifest.overrides.clone(),
            scope: manifest.scope.clone(),
        };
        let again = answer(&policy, &snapshot, &question).await?;
        verification.hold(again.run == run, "运行编号由输入重新算出，与原编号一致", || {
            format!("重新算出的运行编号是 {}，与 {run} 不同：输入或程序含义已变", again.run)
        });
        let same = result.is_some_and(|result| again.to_json().into_bytes() == result);
        verification
            .hold(same, "结果重新测算后逐字节一致", || "重新测算的结果与保存的结果不一致".to_owned());
        let details = again.details()?;
        verification.hold(details.id() == manifest.details, "明细重新测算后一致", || {
            "重新测算的明细与保存的明细不一致".to_owned()
        });
    }
    verification.verified = verification.findings.is_empty();
    Ok(verification)
}

/// Checks the hashes of everything that every run rests on, and computes nothing again.
pub(crate) async fn inspect_all(installation: &Installation) -> Result<Vec<Verification>, Error> {
    let mut tx = installation.db.begin_read().await?;
    let mut inspected = Vec::new();
    for store::Listed { row, .. } in store::list(&mut tx).await? {
        let mut verification = Verification::begin(&row.id);
        inspect(installation, &row, store::figures(&mut tx, &row.id).await?, &mut verification);
        inspected.push(verification);
    }
    Ok(inspected)
}

/// What is stored of a run, as far as it is undamaged.
struct Kept {
    manifest: Manifest,
    result: Option<Vec<u8>>,
    policy: Option<Policy>,
    snapshot: Option<Snapshot>,
}

fn inspect(
    installation: &Installation,
    row: &store::Row,
    figures: Vec<store::Figure>,
    verification: &mut Verification,
) -> Option<Kept> {
    let dir = installation.run_dir(&row.id);
    let manifest = check_manifest(&dir, &row.manifest_sha256, verification)?;
    let result = check_result(&dir, &manifest, verification);
    if let Some(result) = &result {
        check_figures(result, figures, verification);
    }
    check_details(&installation.details_dir(&row.id), &manifest, verification);
    let policy = check_policy(&installation.policy_dir(&row.policy_hash), &manifest, verification);
    let snapshot = check_snapshot(&installation.snapshot_dir(&row.snapshot), &manifest, verification);
    Some(Kept { manifest, result, policy, snapshot })
}

impl Verification {
    fn begin(run: &str) -> Self {
        Self { run: run.to_owned(), verified: false, checks: Vec::new(), findings: Vec::new() }
    }

    fn hold(&mut self, holds: bool, check: &str, finding: impl FnOnce() -> String) {
        if holds {
            self.checks.push(check.to_owned());
        } else {
            self.findings.push(finding());
        }
    }
}

fn check_manifest(dir: &Path, expected: &str, verification: &mut Verification) -> Option<Manifest> {
    let path = dir.join("manifest.json");
    let read = fs::read(&path).unwrap_or_default();
    let sound = sha256(&read) == expected;
    verification.hold(sound, "测算清单与数据库中的指纹一致", || {
        format!("测算清单已被改动或缺失（{}）", path.display())
    });
    if !sound {
        return None;
    }
    serde_json::from_slice(&read).ok()
}

fn check_result(dir: &Path, manifest: &Manifest, verification: &mut Verification) -> Option<Vec<u8>> {
    let path = dir.join("result.json");
    let read = fs::read(&path).unwrap_or_default();
    let sound = sha256(&read) == manifest.result_sha256;
    verification.hold(sound, "保存的结果与清单中的指纹一致", || {
        format!("保存的结果已被改动或缺失（{}）", path.display())
    });
    sound.then_some(read)
}

/// The figures that trends, comparisons and forecasts read are a copy of those in the result.
fn check_figures(result: &[u8], mut kept: Vec<store::Figure>, verification: &mut Verification) {
    let evaluation = std::str::from_utf8(result).ok().and_then(|text| Evaluation::from_json(text).ok());
    let mut told = evaluation.as_ref().map(super::figures).unwrap_or_default();
    kept.sort_unstable();
    told.sort_unstable();
    let differs = |place: usize| kept.get(place) != told.get(place);
    let first = (0..kept.len().max(told.len())).find(|place| differs(*place));
    verification.hold(first.is_none(), "数据库中的指标数与保存的结果一致", || {
        let figure = first.and_then(|place| told.get(place).or(kept.get(place)));
        let of = figure.map(|figure| format!("{} {}", figure.code, figure.region)).unwrap_or_default();
        format!("数据库中供趋势、预测、比上月使用的指标数与保存的结果不同（{}）", of.trim_end())
    });
}

fn check_policy(dir: &Path, manifest: &Manifest, verification: &mut Verification) -> Option<Policy> {
    let loaded = Policy::load(dir);
    let sound = loaded.as_ref().is_ok_and(|policy| policy.hash() == manifest.policy_hash);
    verification.hold(sound, "当时的政策文件完好", || {
        let why = loaded.as_ref().err().map(|cause| format!("：{cause}")).unwrap_or_default();
        format!("当时的政策文件已被改动（{}）{why}", dir.display())
    });
    if sound { loaded.ok() } else { None }
}

fn check_snapshot(dir: &Path, manifest: &Manifest, verification: &mut Verification) -> Option<Snapshot> {
    let loaded = Snapshot::read(dir);
    let sound = loaded.as_ref().is_ok_and(|snapshot| snapshot.id() == manifest.snapshot);
    verification.hold(sound, "事实快照完好", || {
        let why = loaded.as_ref().err().map(|cause| format!("：{cause}")).unwrap_or_default();
        format!("事实快照已被改动（{}）{why}", dir.display())
    });
    if sound { loaded.ok() } else { None }
}

fn check_details(dir: &Path, manifest: &Manifest, verification: &mut Verification) {
    let loaded = Snapshot::read(dir);
    let sound = loaded.as_ref().is_ok_and(|details| details.id() == manifest.details);
    verification.hold(sound, "保存的明细完好", || {
        let why = loaded.as_ref().err().map(|cause| format!("：{cause}")).unwrap_or_default();
        format!("保存的明细已被改动（{}）{why}", dir.display())
    });
}
