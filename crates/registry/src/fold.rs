//! The state of every register as known at a moment: a fold over the facts then visible.
//!
//! A fact is visible at T when its batch was received by T and is merged, or was withdrawn only after T.
//! Facts of one key are taken in the order of receipt, then of import; per column the last value that is not empty wins.

mod kept;
mod replay;
mod store;
mod text;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use db::Db;
use jiff::Timestamp;

use crate::{Error, registers::registers};

pub use kept::Kept;
pub use replay::Replay;
pub(crate) use store::{
    PARAMETERS_MAX, VisibleBatch, facts_of, group_facts, placeholders, rows as rows_of, settle, visible_batches,
};
pub use text::Text;

/// One row of a register as known at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldedRow {
    /// The key, made by [`crate::Register::key_of`].
    pub key: Text,
    /// The canonical strings in the order of the register's columns.
    pub cells: Vec<Option<Text>>,
    /// The batch that spoke last.
    pub batch: i64,
    /// When that batch was received.
    pub received_at: Timestamp,
}

impl FoldedRow {
    /// The cell in this place; empty where it says nothing.
    pub fn text(&self, place: usize) -> &str {
        self.cells.get(place).and_then(Option::as_deref).unwrap_or_default()
    }

    /// The same row, which holds on to nothing but its own text.
    fn packed(self) -> Self {
        let texts = || self.cells.iter().flatten().chain([&self.key]);
        let mut whole = String::with_capacity(texts().map(|text| text.len()).sum());
        texts().for_each(|text| whole.push_str(text));
        let (whole, mut at) = (Text::from(whole), 0);
        let mut next = |text: &Text| {
            at += text.len();
            whole.part(&whole[at - text.len()..at])
        };
        let cells = self.cells.iter().map(|cell| cell.as_ref().map(&mut next)).collect();
        Self { key: next(&self.key), cells, ..self }
    }
}

/// Every register as known at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    /// The moment.
    pub known_at: Timestamp,
    /// The rows of every register, by its identifier, sorted by key.
    pub rows: BTreeMap<&'static str, Arc<Vec<FoldedRow>>>,
    /// The batches that spoke, by register, in the order of their numbers.
    pub batches: BTreeMap<&'static str, Vec<i64>>,
    /// The registers of which something had come by then, each with the moment at which the last of it came; a file of which no
    /// row could be taken does not count.
    pub delivered: BTreeMap<&'static str, Timestamp>,
    /// The registers of which only such files had come.
    pub refused: BTreeSet<&'static str>,
}

impl Folded {
    /// An empty state, in which nothing was ever delivered.
    pub fn empty(known_at: Timestamp) -> Self {
        let rows = registers().iter().map(|register| (register.id, Arc::default())).collect();
        let (batches, delivered, refused) = Default::default();
        Self { known_at, rows, batches, delivered, refused }
    }

    /// The state that these batches leave, with the rows folded from them.
    fn of(
        visible: &HashMap<i64, VisibleBatch>,
        rows: BTreeMap<&'static str, Arc<Vec<FoldedRow>>>,
        known_at: Timestamp,
    ) -> Self {
        let mut folded = Self::empty(known_at);
        folded.rows.extend(rows);
        for (id, batch) in visible {
            if let Some(register) = crate::registers::register(&batch.register) {
                folded.batches.entry(register.id).or_default().push(*id);
            }
        }
        folded.batches.values_mut().for_each(|batches| batches.sort_unstable());
        folded.delivered = last_reports(visible);
        folded.refused = refused(visible);
        folded.refused.retain(|register| !folded.delivered.contains_key(register));
        folded
    }

    /// The batches that spoke of these registers: while they are the same, so is all that the registers say.
    pub fn batches_of(&self, registers: &[&str]) -> Vec<i64> {
        registers.iter().filter_map(|register| self.batches.get(register)).flatten().copied().collect()
    }

    /// The rows of a register; none for an identifier that no register has.
    pub fn get(&self, register: &str) -> &[FoldedRow] {
        self.rows.get(register).map_or(&[], |rows| rows.as_slice())
    }

    /// The place of a field in the cells of a register's rows.
    ///
    /// # Panics
    /// When there is no such register or field: both are fixed names.
    pub fn column(register: &str, field: &str) -> usize {
        crate::registers::register(register)
            .and_then(|register| register.index(field))
            .unwrap_or_else(|| panic!("there is no field {field} in the register {register}"))
    }
}

/// The state of every register as known at this moment.
pub async fn fold(db: &Db, known_at: Timestamp) -> Result<Folded, Error> {
    let mut tx = db.begin_read().await?;
    let batches = store::visible_batches(&mut tx, known_at).await?;
    Ok(Folded::of(&batches, store::every_register(&mut tx, &batches).await?, known_at))
}

/// The registers of which a file or an entry by hand had come by this moment, and when the last one came.
pub async fn delivered(db: &Db, known_at: Timestamp) -> Result<BTreeMap<&'static str, Timestamp>, Error> {
    let mut tx = db.begin_read().await?;
    Ok(last_reports(&store::visible_batches(&mut tx, known_at).await?))
}

fn last_reports(batches: &HashMap<i64, VisibleBatch>) -> BTreeMap<&'static str, Timestamp> {
    let mut last = BTreeMap::new();
    for batch in batches.values().filter(|batch| batch.is_report) {
        let Some(register) = crate::registers::register(&batch.register) else { continue };
        let at = last.entry(register.id).or_insert(batch.received_at);
        *at = batch.received_at.max(*at);
    }
    last
}

/// The registers of which a file came without a row that could be taken.
fn refused(batches: &HashMap<i64, VisibleBatch>) -> BTreeSet<&'static str> {
    let found = batches.values().filter(|batch| batch.is_refused);
    found.filter_map(|batch| crate::registers::register(&batch.register).map(|register| register.id)).collect()
}

/// The state of one register as known at this moment, sorted by key.
pub async fn fold_register(
    db: &Db,
    register: &'static crate::Register,
    known_at: Timestamp,
) -> Result<Vec<FoldedRow>, Error> {
    let mut tx = db.begin_read().await?;
    let batches = store::visible_batches(&mut tx, known_at).await?;
    store::rows(&mut tx, register, &batches).await
}
