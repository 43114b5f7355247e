//! Quarantine 隔离: rows that could not be taken, with their cells as they were and every reason, until a person settles them.
//!
//! A person corrects the row, releases it as it is with a reason that stays on it, or discards it. Each is a batch of its
//! own, so that it can be taken back, and what was computed before it stays computable.

mod store;

use std::collections::BTreeMap;

use db::{Db, Tx};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use sheets::Cell;

use crate::{
    Error, ImportReport, Register, audit,
    batches::BatchKind,
    entry,
    fold::visible_batches,
    import::{NewBatch, Reason, cells_of},
    instant, registers, rows,
};

/// A row set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QuarantinedRow {
    /// Its number.
    pub id: i64,
    /// The batch that brought it.
    pub batch: i64,
    /// The register.
    pub register: String,
    /// The file.
    pub file: String,
    /// The sheet.
    pub sheet: String,
    /// The spreadsheet's own row number.
    pub row: i64,
    /// The cells under their headings, as the file had them.
    pub cells: Vec<(String, String)>,
    /// The same by field name, as a form for correcting shows them.
    pub fields: BTreeMap<String, String>,
    /// Every reason.
    pub reasons: Vec<Reason>,
    /// `open`, `corrected`, `released` or `discarded`.
    pub state: String,
    /// Who settled it.
    pub resolved_by: Option<String>,
    /// When.
    pub resolved_at: Option<Timestamp>,
    /// The batch that settled it.
    pub resolution_batch: Option<i64>,
    /// The reason for releasing or discarding.
    pub note: Option<String>,
}

/// Which rows are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// Of this register only.
    pub register: Option<&'a str>,
    /// Of this batch only.
    pub batch: Option<i64>,
    /// In this state only.
    pub state: Option<&'a str>,
    /// After this row.
    pub after: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// The rows, oldest first; those of batches taken back are left out.
pub async fn list(db: &Db, filter: &Filter<'_>) -> Result<Vec<QuarantinedRow>, Error> {
    let mut tx = db.begin_read().await?;
    store::list(&mut tx, filter).await
}

/// How many rows are open, by register.
pub async fn open_counts(db: &Db) -> Result<BTreeMap<String, i64>, Error> {
    let mut tx = db.begin_read().await?;
    Ok(store::open_counts(&mut tx).await?.into_iter().collect())
}

/// How many rows had come by this moment and were not settled by then, by register.
pub async fn waiting(db: &Db, known_at: Timestamp) -> Result<BTreeMap<String, i64>, Error> {
    let mut tx = db.begin_read().await?;
    let rows = store::by_batches(&mut tx).await?;
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let visible = visible_batches(&mut tx, known_at).await?;
    let mut waiting = BTreeMap::new();
    for (register, batch, settled_by, count) in rows {
        if visible.contains_key(&batch) && settled_by.is_none_or(|settling| !visible.contains_key(&settling)) {
            *waiting.entry(register).or_default() += count;
        }
    }
    Ok(waiting)
}

/// One row.
pub async fn find(db: &Db, id: i64) -> Result<QuarantinedRow, Error> {
    let mut tx = db.begin_read().await?;
    let (row, _) = load(&mut tx, id).await?;
    Ok(row)
}

/// Who settles a row and when.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// The person.
    pub who: &'a str,
    /// The moment, from which the row counts as known.
    pub at: Timestamp,
}

/// Takes the row with some cells put right, named by field or heading; an empty text empties a cell.
///
/// When the row is still not sound, every reason comes back and nothing changes.
pub async fn correct(
    db: &Db,
    id: i64,
    put_right: &BTreeMap<String, String>,
    by: By<'_>,
) -> Result<ImportReport, Error> {
    let mut tx = db.begin().await?;
    let (row, fields) = load(&mut tx, id).await?;
    let register = open_register(&row)?;
    let mut cells = cells_of(register, &fields)?;
    for (name, value) in put_right {
        let place = entry::place(register, name).map_err(|reason| Error::Unsound(vec![reason]))?;
        cells[place] = if value.trim().is_empty() { Cell::Empty } else { Cell::Text(value.clone()) };
    }
    let checked = rows::check(register, &cells, &[]);
    if !checked.reasons.is_empty() {
        return Err(Error::Unsound(checked.reasons));
    }
    settle(tx, &row, register, cells, checked, Settling { state: "corrected", note: None, by, is_doubtful: false })
        .await
}

/// Takes the row as it is, with a reason that stays on it. A row whose identity is lost cannot be released.
pub async fn release(db: &Db, id: i64, reason: &str, by: By<'_>) -> Result<ImportReport, Error> {
    let reason = required(reason, "放行")?;
    let mut tx = db.begin().await?;
    let (row, fields) = load(&mut tx, id).await?;
    let register = open_register(&row)?;
    let cells = cells_of(register, &fields)?;
    let mut released = rows::release(register, &cells, &[]).map_err(Error::Unsound)?;
    // A number that fails its own check may be another's; whose it is, nobody has said by releasing it.
    let names = |reason: &Reason| {
        let place = register.columns.iter().position(|column| column.heading == reason.column);
        place.is_some_and(|place| register.key.contains(&register.columns[place].field))
    };
    let is_doubtful = released.reasons.iter().any(names);
    released.reasons.clear();
    let note = format!("放行：{reason}");
    settle(tx, &row, register, cells, released, Settling { state: "released", note: Some(&note), by, is_doubtful })
        .await
}

/// Puts the row away for good, with a reason.
pub async fn discard(db: &Db, id: i64, reason: &str, by: By<'_>) -> Result<ImportReport, Error> {
    let reason = required(reason, "作废")?;
    let mut tx = db.begin().await?;
    let (row, _) = load(&mut tx, id).await?;
    let register = open_register(&row)?;
    let note = format!("作废：{reason}");
    let report = entry::store_rows(&mut tx, new_batch(register, &row, Some(&note), by), Vec::new()).await?;
    finish(tx, &row, report, Settling { state: "discarded", note: Some(&note), by, is_doubtful: false }).await
}

/// How a row is settled.
struct Settling<'a> {
    state: &'static str,
    note: Option<&'a str>,
    by: By<'a>,
    /// Whether what tells the row from others is itself in doubt: it may then add, and change nothing.
    is_doubtful: bool,
}

async fn settle(
    mut tx: Tx,
    row: &QuarantinedRow,
    register: &'static Register,
    cells: Vec<Cell>,
    checked: rows::Checked,
    settling: Settling<'_>,
) -> Result<ImportReport, Error> {
    let batch = new_batch(register, row, settling.note, settling.by);
    let key = checked.key.clone().unwrap_or_default();
    let report = entry::store_rows(&mut tx, batch, vec![(cells, checked)]).await?;
    if settling.is_doubtful && report.changed > 0 {
        return Err(Error::Conflict(format!(
            "登记簿中已有 {key}，照原样放行会改掉它的内容。若是同一项，请按证书更正号码后收入；若不是，请向来源核对号码。"
        )));
    }
    finish(tx, row, report, settling).await
}

async fn finish(
    mut tx: Tx,
    row: &QuarantinedRow,
    report: ImportReport,
    settling: Settling<'_>,
) -> Result<ImportReport, Error> {
    let Settling { state, note, by, .. } = settling;
    if !store::settle(&mut tx, row.id, report.batch, state, note, by.who, by.at).await? {
        return Err(Error::Conflict(format!("隔离行 {} 已由他人处理。请刷新后查看。", row.id)));
    }
    store::rest_on(&mut tx, report.batch, row.batch, &format!("隔离行 {}", row.id)).await?;
    let detail = json!({ "register": row.register, "batch": row.batch, "row": row.row, "resolution_batch": report.batch, "note": note });
    audit::record(&mut tx, by.at, by.who, &format!("quarantine-{state}"), &row.id.to_string(), &detail).await?;
    tx.commit().await?;
    Ok(report)
}

fn new_batch<'a>(
    register: &'static Register,
    row: &'a QuarantinedRow,
    note: Option<&'a str>,
    by: By<'a>,
) -> NewBatch<'a> {
    NewBatch {
        register,
        kind: BatchKind::Correction,
        file: &row.file,
        received_at: instant::kept(by.at),
        recorded_at: by.at,
        by_whom: by.who,
        note,
        sha256: None,
        mark: "",
    }
}

async fn load(tx: &mut Tx, id: i64) -> Result<(QuarantinedRow, String), Error> {
    let found = store::find(tx, id).await?;
    found.ok_or_else(|| Error::NotFound { what: "隔离行", id: id.to_string() })
}

fn open_register(row: &QuarantinedRow) -> Result<&'static Register, Error> {
    if row.state != "open" {
        return Err(Error::Conflict(format!("隔离行 {} 已处理，不能再处理。请刷新后查看。", row.id)));
    }
    registers::register(&row.register).ok_or_else(|| Error::Damaged(format!("登记簿 {}", row.register)))
}

fn required<'a>(reason: &'a str, act: &str) -> Result<&'a str, Error> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::Unusable(format!("{act}须写明理由，理由会留在记录上。请补填理由。")));
    }
    Ok(reason)
}

/// The cells by field name, as a form shows them.
pub(crate) fn shown_fields(register: &Register, fields: &str) -> Result<BTreeMap<String, String>, Error> {
    let cells = cells_of(register, fields)?;
    let filled = register.columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
    Ok(filled.map(|(column, cell)| (column.field.to_owned(), cell.text().into_owned())).collect())
}
