//! Rows that people enter in the program: ties, judgements, trajectories, single facts.
//!
//! They go the way of a file, through the same checks into a batch of their own; but nothing is set aside, for whoever
//! enters a row can mend it at once.

use std::{collections::BTreeMap, sync::Arc};

use db::{Db, Tx};
use jiff::Timestamp;
use sheets::Cell;

use crate::{
    Error, ImportReport, Register,
    batches::BatchKind,
    import::{Layout, NewBatch, ReadRow, Reason, Staging},
    instant, registers,
    rows::{self, Checked},
};

/// Rows to be entered as one batch.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The register.
    pub register: &'a str,
    /// The kind of act.
    pub kind: BatchKind,
    /// The cells of each row by field name or heading.
    pub rows: &'a [BTreeMap<String, String>],
    /// From when they count as known.
    pub at: Timestamp,
    /// Who enters them.
    pub by_whom: &'a str,
    /// Why.
    pub note: Option<&'a str>,
}

/// A row that has passed every check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundRow {
    /// The canonical strings in the order of the register's columns.
    pub cells: Vec<Option<String>>,
    /// Doubts that stop nothing.
    pub warnings: Vec<Reason>,
}

/// Checks one row given by field names or headings, as an import would.
pub fn check(register: &'static Register, row: &BTreeMap<String, String>) -> Result<SoundRow, Vec<Reason>> {
    let checked = rows::check(register, &cells(register, row)?, &[]);
    if checked.reasons.is_empty() {
        Ok(SoundRow { cells: checked.cells, warnings: checked.warnings })
    } else {
        Err(checked.reasons)
    }
}

/// Enters rows as one batch; a single unsound one refuses all, with every reason.
pub async fn enter(db: &Db, entry: &Entry<'_>) -> Result<ImportReport, Error> {
    let Some(register) = registers::register(entry.register) else {
        return Err(Error::NotFound { what: "登记簿", id: entry.register.to_owned() });
    };
    let mut checked = Vec::with_capacity(entry.rows.len());
    let mut reasons = Vec::new();
    for row in entry.rows {
        match cells(register, row) {
            Ok(cells) => {
                let row = rows::check(register, &cells, &[]);
                reasons.extend(row.reasons.iter().cloned());
                checked.push((cells, row));
            }
            Err(unknown) => reasons.extend(unknown),
        }
    }
    if !reasons.is_empty() {
        return Err(Error::Unsound(reasons));
    }
    let mut tx = db.begin().await?;
    let batch = NewBatch {
        register,
        kind: entry.kind,
        file: entry.kind.zh(),
        received_at: instant::kept(entry.at),
        recorded_at: entry.at,
        by_whom: entry.by_whom,
        note: entry.note,
        sha256: None,
        mark: "",
    };
    let report = store_rows(&mut tx, batch, checked).await?;
    tx.commit().await?;
    Ok(report)
}

/// Stages and merges checked rows in the caller's transaction, which is to be given up when one is not taken.
pub(crate) async fn store_rows(
    tx: &mut Tx,
    batch: NewBatch<'_>,
    rows: Vec<(Vec<Cell>, Checked)>,
) -> Result<ImportReport, Error> {
    let layout = Arc::new(Layout::plain(batch.register, batch.kind.zh()));
    let mut staging = Staging::begin(tx, batch).await?;
    let rows: Vec<ReadRow> = rows
        .into_iter()
        .zip(1..)
        .map(|((cells, checked), number)| ReadRow { layout: Arc::clone(&layout), number, cells, checked })
        .collect();
    for chunk in rows.chunks(1_000) {
        staging.chunk(tx, chunk).await?;
    }
    let report = staging.merge(tx).await?;
    if report.quarantined == 0 {
        return Ok(report);
    }
    let reasons = report.problems.into_iter().map(|problem| Reason {
        column: problem.column,
        value: problem.value,
        reason: problem.reason,
    });
    Err(Error::Unsound(reasons.collect()))
}

/// The cells in the order of the columns; a name that no column bears is a reason against the row.
pub(crate) fn cells(register: &Register, row: &BTreeMap<String, String>) -> Result<Vec<Cell>, Vec<Reason>> {
    let mut cells = vec![Cell::Empty; register.columns.len()];
    let mut unknown = Vec::new();
    for (name, value) in row {
        match place(register, name) {
            Ok(place) if !value.is_empty() => cells[place] = Cell::Text(value.clone()),
            Ok(_) => {}
            Err(reason) => unknown.push(Reason { value: value.clone(), ..reason }),
        }
    }
    if unknown.is_empty() { Ok(cells) } else { Err(unknown) }
}

/// The place of the column that bears this name, as field or heading.
pub(crate) fn place(register: &Register, name: &str) -> Result<usize, Reason> {
    let folded = terms::text::fold_heading(name);
    let bears = |column: &crate::Column| {
        [column.heading, column.field]
            .iter()
            .chain(column.synonyms)
            .any(|other| terms::text::fold_heading(other) == folded)
    };
    register.index(name).or_else(|| register.columns.iter().position(bears)).ok_or_else(|| Reason {
        column: name.to_owned(),
        value: String::new(),
        reason: format!("{}登记簿没有“{name}”一栏。请改用登记簿的标题或字段名。", register.name_zh),
    })
}
