//! From the facts of rows to the steps of their histories, without a database.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Act, Change, Source, Step, held};
use crate::{
    Error, Register, cells,
    fold::{FoldedRow, Text, settle},
};

/// One fact of the log with its batch.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub(super) id: i64,
    pub(super) key: String,
    pub(super) cells: Text,
    pub(super) received_at: Timestamp,
    pub(super) recorded_at: Timestamp,
    pub(super) withdrawn_at: Option<Timestamp>,
    pub(super) by_whom: String,
    pub(super) note: Option<String>,
    pub(super) source: Source,
}

/// Who took a batch back, and why.
#[derive(Clone, Debug, Default)]
pub(super) struct Withdrawal {
    pub(super) who: String,
    pub(super) note: Option<String>,
}

/// A fact coming or going, in the order in which that was known.
struct Moment<'a> {
    at: Timestamp,
    is_going: bool,
    fact: &'a Fact,
}

/// The steps of every key; facts come sorted by key.
pub(super) fn steps(
    register: &'static Register,
    facts: &[Fact],
    withdrawals: &HashMap<i64, Withdrawal>,
) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::with_capacity(facts.len());
    for of_key in facts.chunk_by(|a, b| a.key == b.key) {
        steps.extend(steps_of_key(register, of_key, withdrawals)?);
    }
    Ok(steps)
}

fn steps_of_key(
    register: &'static Register,
    facts: &[Fact],
    withdrawals: &HashMap<i64, Withdrawal>,
) -> Result<Vec<Step>, Error> {
    let coming = facts.iter().map(|fact| Moment { at: fact.received_at, is_going: false, fact });
    let going = facts
        .iter()
        .filter_map(|fact| fact.withdrawn_at.map(|at| Moment { at, is_going: true, fact }))
        // The facts of one batch go together.
        .filter(|gone| !facts.iter().any(|other| other.id < gone.fact.id && is_of_batch(other, gone.fact)));
    let mut moments: Vec<Moment<'_>> = coming.chain(going).collect();
    moments.sort_by_key(|moment| (moment.at, moment.is_going, moment.fact.source.batch, moment.fact.id));
    let mut known: Vec<&Fact> = Vec::new();
    let mut before: Option<FoldedRow> = None;
    let mut steps: Vec<Step> = Vec::with_capacity(moments.len());
    for moment in moments {
        if moment.is_going {
            known.retain(|fact| !is_of_batch(fact, moment.fact));
        } else {
            known.push(moment.fact);
        }
        let after = state(register, &known)?;
        let changes = changes(before.as_ref(), after.as_ref());
        let act = match (moment.is_going, before.is_some(), changes.is_empty()) {
            (true, ..) => Act::Withdrawn,
            (false, false, _) => Act::New,
            (false, true, true) => Act::Restated,
            (false, true, false) => Act::Changed,
        };
        if !changes.is_empty() {
            for earlier in steps.iter_mut().filter(|step| step.known_until.is_none()) {
                earlier.known_until = Some(moment.at);
            }
        }
        steps.push(step(register, &moment, act, changes, after.as_ref(), withdrawals));
        before = after;
    }
    Ok(steps)
}

fn is_of_batch(fact: &Fact, other: &Fact) -> bool {
    fact.source.batch == other.source.batch
}

/// The state that the facts then known make.
fn state(register: &'static Register, known: &[&Fact]) -> Result<Option<FoldedRow>, Error> {
    let mut group = Vec::with_capacity(known.len());
    for fact in known {
        group.push(FoldedRow {
            key: fact.key.as_str().into(),
            cells: cells::from_json(register, &fact.cells)?,
            batch: fact.source.batch,
            received_at: fact.received_at,
        });
    }
    Ok(settle(&mut group))
}

fn changes(before: Option<&FoldedRow>, after: Option<&FoldedRow>) -> Vec<Change> {
    let columns = before.or(after).map_or(0, |row| row.cells.len());
    let cell =
        |row: Option<&FoldedRow>, column: usize| row.and_then(|row| row.cells[column].as_deref().map(str::to_owned));
    (0..columns)
        .map(|column| Change { column, before: cell(before, column), after: cell(after, column) })
        .filter(|change| change.before != change.after)
        .collect()
}

fn step(
    register: &'static Register,
    moment: &Moment<'_>,
    act: Act,
    changes: Vec<Change>,
    after: Option<&FoldedRow>,
    withdrawals: &HashMap<i64, Withdrawal>,
) -> Step {
    let fact = moment.fact;
    let withdrawal = withdrawals.get(&fact.source.batch).filter(|_| moment.is_going);
    Step {
        register,
        key: fact.key.clone(),
        act,
        known_from: moment.at,
        known_until: None,
        recorded_at: if moment.is_going { moment.at } else { fact.recorded_at },
        held: after.map(|row| held(register, &row.cells)).unwrap_or_default(),
        changes,
        source: fact.source.clone(),
        by_whom: withdrawal.map_or_else(|| fact.by_whom.clone(), |withdrawal| withdrawal.who.clone()),
        note: withdrawal.map_or_else(|| fact.note.clone(), |withdrawal| withdrawal.note.clone()),
        reasons: Vec::new(),
    }
}
