//! The work list of names that are tied to no enterprise (待关联), and the answers of a person, remembered as aliases.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use registry::{BatchKind, Entry, Folded, ImportReport};
use serde::Serialize;
use tokio::sync::Mutex;

use crate::freeze::Ties;
use crate::{Error, Installation};

/// A name with every row in which it stands, for one decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UntiedName {
    /// The name as written; empty where a register gives only a code.
    pub name: String,
    /// The code as given.
    pub code: String,
    /// Why nothing could be tied, in Chinese.
    pub why: String,
    /// How many rows wait for it.
    pub rows: usize,
    /// The registers in which it stands.
    pub registers: Vec<String>,
    /// Enterprises it may be, each with its code, name and why it is proposed.
    pub candidates: Vec<String>,
    /// The code of the first candidate, to be confirmed in bulk.
    pub best: Option<String>,
    /// Whether some row's address lies in the city.
    pub in_city: bool,
}

/// The work list as last made, with the batches it was made from; it is made again when one has come or gone.
#[derive(Clone, Default)]
pub(crate) struct WorkList(Arc<Mutex<Option<Waiting>>>);

/// The batches that spoke, and the names that wait in them.
type Waiting = (Vec<i64>, Arc<Vec<UntiedName>>);

/// The names that wait for a person now: those in the city first, then those with most rows.
/// Natural persons need no enterprise and are left out.
pub async fn waiting(installation: &Installation, now: Timestamp) -> Result<Arc<Vec<UntiedName>>, Error> {
    let mut list = installation.untied.0.lock().await;
    let folded = installation.registers(now).await?;
    let batches = folded.batches_of(Ties::READS);
    match &*list {
        Some((seen, names)) if *seen == batches => Ok(Arc::clone(names)),
        _ => Ok(Arc::clone(&list.insert((batches, Arc::new(untied(&folded)))).1)),
    }
}

/// The names that wait for a person in a state of the registers.
fn untied(folded: &Folded) -> Vec<UntiedName> {
    let mut names: BTreeMap<(String, String), UntiedName> = BTreeMap::new();
    for row in Ties::untied(folded).into_iter().filter(|row| !row.is_person) {
        let entry = names.entry((row.name.clone(), row.code.clone())).or_insert_with(|| UntiedName {
            name: row.name.clone(),
            code: row.code.clone(),
            why: row.why.zh().to_owned(),
            rows: 0,
            registers: Vec::new(),
            best: row.candidates.first().map(|(uscc, _, _)| uscc.clone()),
            candidates: row.candidates.iter().map(|(uscc, name, why)| format!("{name} {uscc}（{why}）")).collect(),
            in_city: false,
        });
        entry.rows += 1;
        entry.in_city |= row.in_city == Some(true);
        if !entry.registers.iter().any(|register| register == row.register) {
            entry.registers.push(row.register.to_owned());
        }
    }
    let mut names: Vec<UntiedName> = names.into_values().collect();
    names.sort_by(|a, b| {
        b.in_city.cmp(&a.in_city).then(b.rows.cmp(&a.rows)).then(a.name.cmp(&b.name)).then(a.code.cmp(&b.code))
    });
    names
}

/// Remembers that these names mean these enterprises: one batch, which can be taken back.
pub async fn settle(
    installation: &Installation,
    ties: &[(String, String)],
    reason: &str,
    by: &str,
    now: Timestamp,
) -> Result<ImportReport, Error> {
    let rows: Vec<BTreeMap<String, String>> = ties
        .iter()
        .map(|(name, uscc)| {
            BTreeMap::from([
                ("name".to_owned(), name.clone()),
                ("uscc".to_owned(), uscc.clone()),
                ("reason".to_owned(), reason.to_owned()),
            ])
        })
        .collect();
    let entry =
        Entry { register: "aliases", kind: BatchKind::Tie, rows: &rows, at: now, by_whom: by, note: Some(reason) };
    Ok(registry::enter(&installation.db, &entry).await?)
}
