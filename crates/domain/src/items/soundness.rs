//! Whether every version of an item still says what was drafted and issued: amounts, formula, caps and all its terms against the trail.

use std::collections::BTreeMap;

use db::Db;
use registry::audit::{self, Entry};
use serde_json::Value;

use super::{Item, Stage, Terms, store};
use crate::Error;

/// How many versions there are, and which of them the audit trail tells otherwise or not at all.
pub(crate) async fn faults(db: &Db) -> Result<(usize, Vec<String>), Error> {
    let mut tx = db.begin_read().await?;
    let mut told: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in audit::of_acts(&mut tx, "item.").await? {
        told.entry(entry.object.clone()).or_default().push(entry);
    }
    let items = store::all(&mut tx).await?;
    let mut faults = Vec::new();
    for item in &items {
        let entries = told.remove(&item.id.to_string()).unwrap_or_default();
        let words = || format!("政策事项 {}（{} 第 {} 版）", item.id, item.award, item.version);
        faults.extend(item_fault(item, &entries).map(|what| format!("{}{what}", words())));
    }
    faults.extend(told.into_keys().map(|id| format!("审计记录所记的政策事项 {id} 不在")));
    Ok((items.len(), faults))
}

/// The first place at which a version and its rows of the trail part.
fn item_fault(item: &Item, entries: &[Entry]) -> Option<String> {
    let last = |act: &str| entries.iter().rev().find(|entry| entry.action == act);
    let Some(draft) = last("item.draft") else { return Some("的起草没有审计记录".into()) };
    let differs = |what: &str, entry: &Entry| Some(format!("的{what}与审计记录 {} 不符", entry.id));
    if draft.who != item.drafted_by {
        return differs("起草人", draft);
    }
    if draft.detail["award"] != *item.award {
        return differs("奖励或资助", draft);
    }
    if let Some(what) = changed(&item.terms, &draft.detail["after"]) {
        return differs(what, draft);
    }
    let (issue, suspension) = (last("item.issue"), last("item.suspend"));
    match (item.stage, issue, suspension) {
        (Stage::Draft, None, None) => None,
        (Stage::Draft, Some(entry), _) | (Stage::Draft | Stage::Issued, _, Some(entry)) => differs("状态", entry),
        (_, None, _) => Some("的发布没有审计记录".into()),
        (Stage::Suspended, _, None) => Some("的停用没有审计记录".into()),
        (_, Some(entry), _) if item.issued_by.as_ref() != Some(&entry.who) => differs("发布人", entry),
        (_, Some(entry), _) if entry.detail["version"] != item.version => differs("版次", entry),
        (_, Some(entry), _) if entry.id < draft.id => Some(format!("在发布之后又有起草（审计记录 {}）", draft.id)),
        _ => None,
    }
}

/// The first of its terms that is not as it was drafted.
fn changed(terms: &Terms, drafted: &Value) -> Option<&'static str> {
    let Ok(before) = serde_json::from_value::<Terms>(drafted.clone()) else { return Some("内容") };
    let is_changed: [(bool, &str); 7] = [
        (terms.amounts != before.amounts, "金额"),
        (terms.formula != before.formula, "计算方式"),
        (terms.cap_per_subject_year_fen != before.cap_per_subject_year_fen, "每家每年上限"),
        (terms.cap_per_invention_fen != before.cap_per_invention_fen, "每件发明上限"),
        (terms.basis != before.basis, "依据文件"),
        ((terms.effective_from, terms.effective_until) != (before.effective_from, before.effective_until), "有效期"),
        (*terms != before, "内容"),
    ];
    is_changed.into_iter().find_map(|(is_so, what)| is_so.then_some(what))
}
