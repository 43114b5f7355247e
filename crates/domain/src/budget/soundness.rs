//! Whether every line of the budget still says what was set: year, source, award, basis and amounts against the audit trail.

use std::collections::BTreeMap;

use db::Db;
use registry::audit::{self, Entry};
use serde_json::json;

use super::{Line, store};
use crate::Error;

/// How many lines there are, and which of them the audit trail tells otherwise or not at all.
pub(crate) async fn faults(db: &Db) -> Result<(usize, Vec<String>), Error> {
    let mut tx = db.begin_read().await?;
    let mut told: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for act in ["budget.set", "budget.earlier"] {
        for entry in audit::of_acts(&mut tx, act).await? {
            told.entry(entry.object.clone()).or_default().push(entry);
        }
    }
    let lines = store::lines(&mut tx).await?;
    let mut faults = Vec::new();
    for line in &lines {
        let entries = told.remove(&line.id.to_string()).unwrap_or_default();
        faults.extend(
            line_fault(line, &entries)
                .map(|what| format!("预算 {}（{} 年 {}）{what}", line.id, line.year, line.source)),
        );
    }
    faults.extend(told.into_keys().map(|id| format!("审计记录所记的预算 {id} 不在")));
    Ok((lines.len(), faults))
}

/// The first place at which a line and its rows of the trail part.
fn line_fault(line: &Line, entries: &[Entry]) -> Option<String> {
    let last = |act: &str| entries.iter().rev().find(|entry| entry.action == act);
    let Some(set) = last("budget.set") else { return Some("没有审计记录".into()) };
    let said = [
        ("年度", &set.detail["year"], json!(line.year)),
        ("资金来源", &set.detail["source"], json!(line.source)),
        ("奖励或资助", &set.detail["award"], json!(line.award)),
        ("批复文号", &set.detail["basis"], json!(line.basis)),
        ("金额", &set.detail["after"]["amount_fen"], json!(line.amount_fen)),
    ];
    if let Some((what, ..)) = said.iter().find(|(_, told, is)| **told != *is) {
        return Some(format!("的{what}与审计记录 {} 不符", set.id));
    }
    match (last("budget.earlier"), line.earlier_fen) {
        (None, None) => None,
        (Some(entry), fen) if entry.detail["after"]["amount_fen"].as_i64() == fen => None,
        (Some(entry), _) => Some(format!("启用前已拨付的金额与审计记录 {} 不符", entry.id)),
        (None, Some(_)) => Some("启用前已拨付的金额没有审计记录".into()),
    }
}
