//! The fold itself, without a database: for the store, for case tables and for tests.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{Folded, FoldedRow, Text};
use crate::registers::Register;

/// Facts told one after another in the order of receipt.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    rows: BTreeMap<&'static str, BTreeMap<String, FoldedRow>>,
    delivered: BTreeMap<&'static str, Timestamp>,
}

impl Replay {
    /// Tells one row; rows must come in the order of receipt.
    pub fn tell(
        &mut self,
        register: &'static Register,
        cells: Vec<Option<String>>,
        batch: i64,
        received_at: Timestamp,
    ) {
        self.deliver(register, received_at);
        let key = register.key_of(&cells);
        let rows = self.rows.entry(register.id).or_default();
        let cells = cells.into_iter().map(|cell| cell.map(Text::from)).collect();
        match rows.get_mut(&key) {
            Some(row) => overlay(row, cells, batch, received_at),
            None => {
                rows.insert(key.clone(), FoldedRow { key: key.into(), cells, batch, received_at });
            }
        }
    }

    /// Marks a register as delivered at a moment, though perhaps without rows.
    pub fn deliver(&mut self, register: &'static Register, at: Timestamp) {
        let last = self.delivered.entry(register.id).or_insert(at);
        *last = at.max(*last);
    }

    /// The state after all that was told; every register told of counts as delivered.
    pub fn finish(self, known_at: Timestamp) -> Folded {
        let mut folded = Folded { delivered: self.delivered, ..Folded::empty(known_at) };
        for (register, rows) in self.rows {
            folded.rows.insert(register, Arc::new(rows.into_values().collect()));
        }
        folded
    }
}

/// Lays later cells over a row: an empty cell says nothing.
pub(crate) fn overlay(row: &mut FoldedRow, cells: Vec<Option<Text>>, batch: i64, received_at: Timestamp) {
    for (place, cell) in cells.into_iter().enumerate() {
        if cell.is_some() {
            row.cells[place] = cell;
        }
    }
    row.batch = batch;
    row.received_at = received_at;
}
