//! The SQL that reads histories; every statement goes by an index of the log.

use std::collections::{BTreeSet, HashMap};

use db::{Tx, with_conn};
use sqlx::FromRow;

use super::{
    Act, Aside, Held, Keys, Source, Step,
    replay::{Fact, Withdrawal},
};
use crate::{Error, Register, batches::BatchKind, instant};

#[derive(FromRow)]
struct FactRow {
    id: i64,
    fact_key: String,
    batch_id: i64,
    sheet: String,
    row_no: i64,
    cells: String,
    note: Option<String>,
    kind: String,
    file: String,
    received_at: String,
    recorded_at: String,
    withdrawn_at: Option<String>,
    by_whom: String,
}

/// The facts of these keys, also of batches taken back, sorted by key.
pub(super) async fn facts(tx: &mut Tx, register: &Register, keys: &Keys) -> Result<Vec<Fact>, Error> {
    const SQL: &str = "select f.id, f.fact_key, f.batch_id, f.sheet, f.row_no, f.cells, f.note, b.kind, b.file, b.received_at, \
        b.recorded_at, b.withdrawn_at, b.by_whom from fact f join batch b on b.id = f.batch_id \
        where f.register = $1 and f.fact_key >= $2 and f.fact_key < $3 and b.state in ('merged', 'withdrawn') \
        order by f.fact_key, f.id";
    let (first, end) = keys.range();
    let rows: Vec<FactRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(register.id).bind(first).bind(end).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    rows.into_iter().filter(|row| keys.mean(&row.fact_key)).map(FactRow::read).collect()
}

impl FactRow {
    fn read(self) -> Result<Fact, Error> {
        Ok(Fact {
            id: self.id,
            key: self.fact_key,
            cells: self.cells.into(),
            received_at: instant::parse(&self.received_at)?,
            recorded_at: instant::parse(&self.recorded_at)?,
            withdrawn_at: self.withdrawn_at.as_deref().map(instant::parse).transpose()?,
            by_whom: self.by_whom,
            note: self.note,
            source: Source {
                batch: self.batch_id,
                kind: BatchKind::from_key(&self.kind)?,
                file: self.file,
                sheet: self.sheet,
                row: self.row_no,
                quarantine: None,
            },
        })
    }
}

/// Who took back the batches of these facts that were, and why.
pub(super) async fn withdrawals(tx: &mut Tx, facts: &[Fact]) -> Result<HashMap<i64, Withdrawal>, Error> {
    const SQL: &str =
        "select who, detail from audit where object = $1 and action = 'batch-withdrawn' order by id desc limit 1";
    let gone: BTreeSet<i64> =
        facts.iter().filter(|fact| fact.withdrawn_at.is_some()).map(|fact| fact.source.batch).collect();
    let mut withdrawals = HashMap::new();
    for batch in gone {
        let object = batch.to_string();
        let row: Option<(String, String)> =
            with_conn!(&mut *tx, conn => sqlx::query_as(SQL).bind(object).fetch_optional(conn).await)
                .map_err(db::Error::from)?;
        let Some((who, detail)) = row else { continue };
        let detail: serde_json::Value =
            serde_json::from_str(&detail).map_err(|error| Error::Damaged(format!("批次 {batch}：{error}")))?;
        withdrawals.insert(batch, Withdrawal { who, note: detail["note"].as_str().map(str::to_owned) });
    }
    Ok(withdrawals)
}

/// A fact that a person took out of the quarantine stands where the row stood that was set aside.
pub(super) async fn find_origins(tx: &mut Tx, facts: &mut [Fact]) -> Result<(), Error> {
    const SQL: &str = "select id, sheet, row_no from quarantine where resolution_batch = $1 order by id limit 1";
    for fact in facts.iter_mut().filter(|fact| fact.source.kind == BatchKind::Correction) {
        let batch = fact.source.batch;
        let row: Option<(i64, String, i64)> =
            with_conn!(&mut *tx, conn => sqlx::query_as(SQL).bind(batch).fetch_optional(conn).await)
                .map_err(db::Error::from)?;
        if let Some((id, sheet, row)) = row {
            fact.source = Source { sheet, row, quarantine: Some(id), ..fact.source.clone() };
        }
    }
    Ok(())
}

#[derive(FromRow)]
struct AsideRow {
    id: i64,
    fact_key: String,
    batch_id: i64,
    sheet: String,
    row_no: i64,
    reasons: String,
    state: String,
    note: Option<String>,
    resolved_by: Option<String>,
    resolved_at: Option<String>,
    kind: String,
    file: String,
    received_at: String,
    recorded_at: String,
    by_whom: String,
}

/// The rows set aside for these keys.
pub(super) async fn set_aside(tx: &mut Tx, register: &'static Register, keys: &Keys) -> Result<Vec<Step>, Error> {
    const SQL: &str = "select q.id, q.fact_key, q.batch_id, q.sheet, q.row_no, q.reasons, q.state, q.note, q.resolved_by, \
        q.resolved_at, b.kind, b.file, b.received_at, b.recorded_at, b.by_whom from quarantine q join batch b on b.id = q.batch_id \
        where q.register = $1 and q.fact_key >= $2 and q.fact_key < $3 and b.state = 'merged' order by q.id";
    let (first, end) = keys.range();
    let rows: Vec<AsideRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(register.id).bind(first).bind(end).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    rows.into_iter().filter(|row| keys.mean(&row.fact_key)).map(|row| row.read(register)).collect()
}

impl AsideRow {
    fn read(self, register: &'static Register) -> Result<Step, Error> {
        let aside = match self.state.as_str() {
            "open" => Aside::Open,
            "corrected" => Aside::Corrected,
            "released" => Aside::Released,
            "discarded" => Aside::Discarded,
            other => return Err(Error::Damaged(format!("隔离行 {} 的状态 {other}", self.id))),
        };
        Ok(Step {
            register,
            key: self.fact_key,
            act: Act::SetAside(aside),
            known_from: instant::parse(&self.received_at)?,
            known_until: self.resolved_at.as_deref().map(instant::parse).transpose()?,
            recorded_at: instant::parse(&self.recorded_at)?,
            held: Held::default(),
            changes: Vec::new(),
            source: Source {
                batch: self.batch_id,
                kind: BatchKind::from_key(&self.kind)?,
                file: self.file,
                sheet: self.sheet,
                row: self.row_no,
                quarantine: Some(self.id),
            },
            by_whom: self.resolved_by.unwrap_or(self.by_whom),
            note: self.note,
            reasons: serde_json::from_str(&self.reasons)
                .map_err(|error| Error::Damaged(format!("隔离行 {}：{error}", self.id)))?,
        })
    }
}
