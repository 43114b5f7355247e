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
    /// The first rows in which it stands.
    pub mentions: Vec<Mention>,
    /// Why it is no enterprise of the city, where a person found that (不是本市企业).
    pub outside: Option<String>,
}

/// A row in which an untied name stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mention {
    /// The register.
    pub register: String,
    /// The row's key.
    pub key: String,
    /// The address that the row gives; empty for none.
    pub address: String,
}

/// How many rows of a name are shown to whoever has to settle it.
const MENTIONS_MAX: usize = 5;

/// The register of names that are no enterprise of the city.
pub(crate) const OUTSIDERS: &str = "outsiders";

/// The work list as last made, with the batches it was made from; it is made again when one has come or gone.
#[derive(Clone, Default)]
pub(crate) struct WorkList(Arc<Mutex<Option<Made>>>);

/// The batches that spoke, and the names made of what they said.
type Made = (Vec<i64>, Names);

/// The names that are tied to no enterprise: those that wait, and those found to be none of the city.
#[derive(Clone, Default)]
struct Names {
    waiting: Arc<Vec<UntiedName>>,
    outside: Arc<Vec<UntiedName>>,
}

/// The names that wait for a person now: those in the city first, then those with most rows.
/// Natural persons need no enterprise and are left out.
pub async fn waiting(installation: &Installation, now: Timestamp) -> Result<Arc<Vec<UntiedName>>, Error> {
    Ok(names(installation, now).await?.waiting)
}

/// The names that a person found to be no enterprise of the city, in the same order.
pub async fn outside(installation: &Installation, now: Timestamp) -> Result<Arc<Vec<UntiedName>>, Error> {
    Ok(names(installation, now).await?.outside)
}

async fn names(installation: &Installation, now: Timestamp) -> Result<Names, Error> {
    let mut list = installation.untied.0.lock().await;
    let folded = installation.registers(now).await?;
    let batches = [folded.batches_of(Ties::READS), folded.batches_of(&[OUTSIDERS])].concat();
    match &*list {
        Some((seen, names)) if *seen == batches => Ok(names.clone()),
        _ => {
            let (outside, waiting) = untied(&folded).into_iter().partition(|name| name.outside.is_some());
            let names = Names { waiting: Arc::new(waiting), outside: Arc::new(outside) };
            Ok(list.insert((batches, names)).1.clone())
        }
    }
}

/// The names that are tied to nobody in a state of the registers.
fn untied(folded: &Folded) -> Vec<UntiedName> {
    let outsiders = outsiders(folded);
    let mut names: BTreeMap<(String, String), UntiedName> = BTreeMap::new();
    for row in Ties::untied(folded).into_iter().filter(|row| !row.is_person) {
        let entry = names.entry((row.name.clone(), row.code.clone())).or_insert_with(|| UntiedName {
            why: row.why.zh().to_owned(),
            rows: 0,
            registers: Vec::new(),
            best: row.candidates.first().map(|(uscc, _, _)| uscc.clone()),
            candidates: row.candidates.iter().map(|(uscc, name, why)| format!("{name} {uscc}（{why}）")).collect(),
            in_city: false,
            mentions: Vec::new(),
            outside: outsiders.get(&(row.name.as_str(), row.code.as_str())).map(|reason| (*reason).to_owned()),
            name: row.name.clone(),
            code: row.code.clone(),
        });
        entry.rows += 1;
        entry.in_city |= row.in_city == Some(true);
        if entry.mentions.len() < MENTIONS_MAX {
            let address = address(folded, row.register, &row.key);
            entry.mentions.push(Mention { register: row.register.to_owned(), key: row.key, address });
        }
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

/// The names and codes found to be no enterprise of the city, with the reason.
fn outsiders(folded: &Folded) -> BTreeMap<(&str, &str), &str> {
    let [name, code, is_outside, reason] =
        ["name", "code", "is_outside", "reason"].map(|field| Folded::column(OUTSIDERS, field));
    let rows = folded.get(OUTSIDERS).iter().filter(|row| row.text(is_outside) == "是");
    rows.map(|row| ((row.text(name), row.text(code)), row.text(reason))).collect()
}

/// The address that a row gives, in registers that have one.
fn address(folded: &Folded, register: &str, key: &str) -> String {
    let field = match register {
        "patents" => "address",
        "patent-events" => "party_address",
        _ => return String::new(),
    };
    let rows = folded.get(register);
    let row = rows.binary_search_by(|row| (*row.key).cmp(key)).ok().map(|place| &rows[place]);
    row.map_or_else(String::new, |row| row.text(Folded::column(register, field)).to_owned())
}

/// Remembers that these names mean these enterprises: one batch, which can be taken back.
pub async fn settle(
    installation: &Installation,
    ties: &[(String, String)],
    reason: &str,
    by: &str,
    now: Timestamp,
) -> Result<ImportReport, Error> {
    let reason = required(reason)?;
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

/// Remembers that these names, each with the code that its file gave, are no enterprises of the city; or takes that back. One
/// batch, which can be taken back as well.
pub async fn set_outside(
    installation: &Installation,
    names: &[(String, String)],
    is_outside: bool,
    reason: &str,
    by: &str,
    now: Timestamp,
) -> Result<ImportReport, Error> {
    let reason = required(reason)?;
    let row = |(name, code): &(String, String)| {
        let answer = if is_outside { "是" } else { "否" };
        [("name", name.as_str()), ("code", code), ("is_outside", answer), ("reason", reason)]
            .into_iter()
            .map(|(field, text)| (field.to_owned(), text.to_owned()))
            .collect()
    };
    let rows: Vec<BTreeMap<String, String>> = names.iter().map(row).collect();
    let entry =
        Entry { register: OUTSIDERS, kind: BatchKind::Tie, rows: &rows, at: now, by_whom: by, note: Some(reason) };
    Ok(registry::enter(&installation.db, &entry).await?)
}

fn required(reason: &str) -> Result<&str, Error> {
    match reason.trim() {
        "" => Err(Error::Invalid("请写明理由，理由会留在记录上。".into())),
        reason => Ok(reason),
    }
}
