//! The state of some registers kept between two questions, and brought up to date by the batches that came or went since.
//!
//! It is the same fold: the keys that those batches name are folded again from the log, all others stay as they are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use db::{Db, Tx};
use jiff::Timestamp;

use super::{Folded, FoldedRow, VisibleBatch, group_facts, settle, store};
use crate::{Error, Register, registers};

/// The state of some registers as last asked for.
#[derive(Debug)]
pub struct Kept {
    registers: Vec<&'static Register>,
    /// Fields that are left out of the rows, because nobody asks for them.
    without: &'static [&'static str],
    folded: Folded,
    /// The batches that were visible.
    visible: HashMap<i64, VisibleBatch>,
}

impl Kept {
    /// Keeps the registers with these identifiers, without these fields; nothing is read yet.
    pub fn new(ids: &[&str], without: &'static [&'static str]) -> Self {
        let registers = registers().iter().filter(|register| ids.contains(&register.id)).collect();
        Self { registers, without, folded: Folded::empty(Timestamp::UNIX_EPOCH), visible: HashMap::new() }
    }

    /// The state; registers that are not kept are empty.
    pub fn folded(&self) -> &Folded {
        &self.folded
    }

    /// Brings the state to a moment; whether anything in it may have changed.
    pub async fn refresh(&mut self, db: &Db, known_at: Timestamp) -> Result<bool, Error> {
        let mut tx = db.begin_read().await?;
        let visible = store::visible_batches(&mut tx, known_at).await?;
        let mut has_changed = false;
        for register in self.registers.clone() {
            let of_register = |batches: &HashMap<i64, VisibleBatch>| -> BTreeSet<i64> {
                batches.iter().filter(|(_, batch)| batch.register == register.id).map(|(id, _)| *id).collect()
            };
            let (before, after) = (of_register(&self.visible), of_register(&visible));
            let moved: Vec<i64> = before.symmetric_difference(&after).copied().collect();
            if moved.is_empty() {
                continue;
            }
            has_changed = true;
            let rows = self.folded.rows.entry(register.id).or_default();
            match store::keys_of(&mut tx, &moved, rows.len() / FEW).await? {
                Some(keys) => {
                    let news = self::states(&mut tx, register, self.without, &keys, &visible).await?;
                    *rows = overlaid(std::mem::take(rows), news);
                }
                None => {
                    let read = store::rows(&mut tx, register, self.without, &visible).await?;
                    *rows = read.into_iter().map(FoldedRow::packed).collect();
                }
            }
        }
        self.visible = visible;
        self.folded.known_at = known_at;
        Ok(has_changed)
    }
}

/// Up to one key in so many is folded again by itself; more are quicker read with the whole register.
const FEW: usize = 4;

/// The states of these keys; none for one of which nothing is visible any more.
async fn states(
    tx: &mut Tx,
    register: &'static Register,
    without: &[&str],
    keys: &BTreeSet<String>,
    visible: &HashMap<i64, VisibleBatch>,
) -> Result<BTreeMap<String, Option<FoldedRow>>, Error> {
    let mut states: BTreeMap<String, Option<FoldedRow>> = keys.iter().map(|key| (key.clone(), None)).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let facts = store::facts_of(tx, register.id, &keys).await?;
    group_facts(register, without, facts, visible, |group| {
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
