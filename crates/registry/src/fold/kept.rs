//! The state of every register kept between two questions, and brought up to date by the batches that came or went since.
//!
//! It is the same fold: the keys that those batches name are folded again from the log, all others stay as they are.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use db::{Db, Tx};
use jiff::Timestamp;

use super::{Folded, FoldedRow, VisibleBatch, group_facts, settle, store};
use crate::{Error, Register, registers};

/// The state of every register as last asked for.
#[derive(Debug)]
pub struct Kept {
    folded: Arc<Folded>,
    /// The batches that were visible.
    visible: HashMap<i64, VisibleBatch>,
}

impl Kept {
    /// Reads the whole log.
    pub async fn read(db: &Db, known_at: Timestamp) -> Result<Self, Error> {
        let mut tx = db.begin_read().await?;
        let visible = store::visible_batches(&mut tx, known_at).await?;
        let folded = Arc::new(Folded::of(&visible, store::every_register(&mut tx, &visible).await?, known_at));
        Ok(Self { folded, visible })
    }

    /// The state; whoever holds it keeps it as it is.
    pub fn folded(&self) -> Arc<Folded> {
        Arc::clone(&self.folded)
    }

    /// Whether the state can be brought to this moment without leaving what is known by now.
    pub async fn reaches(&self, db: &Db, known_at: Timestamp) -> Result<bool, Error> {
        if known_at >= self.folded.known_at {
            return Ok(true);
        }
        let visible = store::visible_batches(&mut db.begin_read().await?, known_at).await?;
        Ok(visible.len() == self.visible.len() && visible.keys().all(|batch| self.visible.contains_key(batch)))
    }

    /// The same state brought to a moment.
    pub async fn refreshed(self, db: &Db, known_at: Timestamp) -> Result<Self, Error> {
        let mut tx = db.begin_read().await?;
        let visible = store::visible_batches(&mut tx, known_at).await?;
        let mut rows = Arc::try_unwrap(self.folded).map_or_else(|shared| shared.rows.clone(), |folded| folded.rows);
        for register in registers() {
            let (before, after) = (of_register(&self.visible, register), of_register(&visible, register));
            let moved: Vec<i64> = before.symmetric_difference(&after).copied().collect();
            if moved.is_empty() {
                continue;
            }
            let old = rows.remove(register.id).unwrap_or_default();
            let new = match store::keys_of(&mut tx, &moved, old.len() / FEW).await? {
                Some(keys) => {
                    let news = states(&mut tx, register, &keys, &visible).await?;
                    overlaid(Arc::unwrap_or_clone(old), news)
                }
                None => store::rows(&mut tx, register, &visible).await?.into_iter().map(FoldedRow::packed).collect(),
            };
            rows.insert(register.id, Arc::new(new));
        }
        let folded = Arc::new(Folded::of(&visible, rows, known_at));
        Ok(Self { folded, visible })
    }
}

/// Up to one key in so many is folded again by itself; more are quicker read with the whole register.
const FEW: usize = 4;

fn of_register(batches: &HashMap<i64, VisibleBatch>, register: &Register) -> BTreeSet<i64> {
    batches.iter().filter(|(_, batch)| batch.register == register.id).map(|(id, _)| *id).collect()
}

/// The states of these keys; none for one of which nothing is visible any more.
async fn states(
    tx: &mut Tx,
    register: &'static Register,
    keys: &BTreeSet<String>,
    visible: &HashMap<i64, VisibleBatch>,
) -> Result<BTreeMap<String, Option<FoldedRow>>, Error> {
    let mut states: BTreeMap<String, Option<FoldedRow>> = keys.iter().map(|key| (key.clone(), None)).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let facts = store::facts_of(tx, register.id, &keys).await?;
    group_facts(register, facts, visible, |group| {
        if let Some(row) = settle(group) {
            states.insert(row.key.to_string(), Some(row.packed()));
        }
    })?;
    Ok(states)
}

/// Rows with some of them replaced, added or taken out; both sorted by key.
fn overlaid(rows: Vec<FoldedRow>, news: BTreeMap<String, Option<FoldedRow>>) -> Vec<FoldedRow> {
    let mut result = Vec::with_capacity(rows.len() + news.len());
    let mut news = news.into_iter().peekable();
    for row in rows {
        while let Some((_, new)) = news.next_if(|(key, _)| **key < *row.key) {
            result.extend(new);
        }
        match news.next_if(|(key, _)| row.key == *key) {
            Some((_, new)) => result.extend(new),
            None => result.push(row),
        }
    }
    result.extend(news.filter_map(|(_, new)| new));
    result
}
