//! What becomes of a row: a pure decision from the row, the state then known and the rows of the file before it.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
};

use super::Reason;
use crate::{
    fold::{FoldedRow, Text},
    registers::{Register, show_key},
    rows::Checked,
};

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A key that was not known.
    New,
    /// A known key with other content: a correction.
    Changed,
    /// It says what is known; it is kept as a confirmation.
    Unchanged,
    /// It says what an earlier row of the same file said.
    Repeated,
    /// It is set aside for these reasons.
    Quarantined(Vec<Reason>),
}

/// The keys of the rows taken so far, by hash: about 40 bytes a row, whatever the rows hold.
pub(super) struct Seen {
    hashers: [RandomState; 3],
    taken: HashMap<u128, Taken>,
    /// Keys of rows set aside, kept only for a full list, so that they do not count as vanished.
    set_aside: HashSet<u128>,
}

#[derive(Clone, Copy)]
struct Taken {
    content: u64,
    row: u32,
}

impl Seen {
    pub(super) fn new() -> Self {
        Self {
            hashers: [RandomState::new(), RandomState::new(), RandomState::new()],
            taken: HashMap::new(),
            set_aside: HashSet::new(),
        }
    }

    /// Whether the file names this key, in a row taken or set aside.
    pub(super) fn holds(&self, key: &str) -> bool {
        let key = self.key(key);
        self.taken.contains_key(&key) || self.set_aside.contains(&key)
    }

    fn key(&self, key: &str) -> u128 {
        u128::from(self.hashers[0].hash_one(key)) << 64 | u128::from(self.hashers[1].hash_one(key))
    }

    fn content(&self, cells: &[Option<String>]) -> u64 {
        self.hashers[2].hash_one(cells)
    }
}

/// Decides one row and remembers it.
pub(super) fn decide(
    register: &Register,
    row: &Checked,
    number: u32,
    state: Option<&FoldedRow>,
    seen: &mut Seen,
) -> Outcome {
    let Some(key) = &row.key else { return Outcome::Quarantined(row.reasons.clone()) };
    let hash = seen.key(key);
    if !row.reasons.is_empty() {
        seen.set_aside.insert(hash);
        return Outcome::Quarantined(row.reasons.clone());
    }
    let content = seen.content(&row.cells);
    if let Some(first) = seen.taken.get(&hash) {
        if first.content == content {
            return Outcome::Repeated;
        }
        return Outcome::Quarantined(vec![doubled(register, key, first.row)]);
    }
    seen.taken.insert(hash, Taken { content, row: number });
    match state {
        None => Outcome::New,
        Some(state) if says_nothing_new(&row.cells, &state.cells) => Outcome::Unchanged,
        Some(_) => Outcome::Changed,
    }
}

/// Whether every filled cell is what is known; an empty one says nothing.
pub(crate) fn says_nothing_new(cells: &[Option<String>], known: &[Option<Text>]) -> bool {
    cells.iter().zip(known).all(|(cell, known)| cell.is_none() || cell.as_deref() == known.as_deref())
}

fn doubled(register: &Register, key: &str, first_row: u32) -> Reason {
    let headings: Vec<&str> = register
        .key
        .iter()
        .filter_map(|field| register.index(field))
        .map(|place| register.columns[place].heading)
        .collect();
    Reason {
        column: headings.join("、"),
        value: show_key(key),
        reason: format!(
            "同一文件第 {first_row} 行已有相同的{}而内容不同，已采用前一行。请核对哪一行正确，删去另一行。",
            headings.join("、")
        ),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn row(cells: &[&str]) -> Checked {
        let cells: Vec<Option<String>> =
            cells.iter().map(|cell| Some((*cell).to_owned()).filter(|cell| !cell.is_empty())).collect();
        Checked { key: cells[0].clone(), cells, ..Checked::default() }
    }

    fn known(cells: &[&str]) -> FoldedRow {
        let row = row(cells);
        let cells = row.cells.into_iter().map(|cell| cell.map(Text::from)).collect();
        FoldedRow { key: row.key.unwrap().into(), cells, batch: 1, received_at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn an_empty_cell_says_nothing_and_another_value_is_a_correction() {
        let register = crate::register("industry-codes").unwrap();
        let state = known(&["C38", "电气", "2017"]);
        let mut seen = Seen::new();
        assert_eq!(decide(register, &row(&["C39", "甲", ""]), 2, None, &mut seen), Outcome::New);
        assert_eq!(decide(register, &row(&["C38", "电气", ""]), 3, Some(&state), &mut seen), Outcome::Unchanged);
        let mut seen = Seen::new();
        assert_eq!(decide(register, &row(&["C38", "电子", ""]), 3, Some(&state), &mut seen), Outcome::Changed);
    }

    #[test]
    fn the_first_of_two_rows_of_a_key_is_taken_and_an_exact_repeat_is_unchanged() {
        let register = crate::register("industry-codes").unwrap();
        let mut seen = Seen::new();
        assert_eq!(decide(register, &row(&["C39", "甲", ""]), 2, None, &mut seen), Outcome::New);
        assert_eq!(decide(register, &row(&["C39", "甲", ""]), 3, None, &mut seen), Outcome::Repeated);
        let Outcome::Quarantined(reasons) = decide(register, &row(&["C39", "乙", ""]), 4, None, &mut seen) else {
            panic!("a second content is set aside")
        };
        assert!(reasons[0].reason.contains("第 2 行"), "{}", reasons[0].reason);
        assert!(seen.holds("C39") && !seen.holds("C38"));
    }
}
