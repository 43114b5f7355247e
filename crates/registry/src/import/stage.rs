//! Staging: checked rows become facts that nobody sees yet, and at last the merge shows them all at once.

use std::collections::{BTreeMap, HashMap, HashSet};

use db::Tx;
use jiff::Timestamp;
use serde_json::json;

use super::{
    ImportReport, PROBLEMS_KEPT, Problem, Reason,
    decide::{Outcome, Seen, decide},
    doubts::Doubts,
    reader::ReadRow,
    setaside,
    store::{self, NewFact},
    ties::{self, Enterprises},
};
use crate::{
    Error, audit,
    batches::BatchKind,
    cells,
    fold::{FoldedRow, VisibleBatch, facts_of, group_facts, settle, visible_batches},
    registers::{Register, show_key},
};

/// A batch about to be staged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewBatch<'a> {
    pub(crate) register: &'static Register,
    pub(crate) kind: BatchKind,
    pub(crate) file: &'a str,
    pub(crate) received_at: Timestamp,
    pub(crate) recorded_at: Timestamp,
    pub(crate) by_whom: &'a str,
    pub(crate) note: Option<&'a str>,
    pub(crate) sha256: Option<&'a str>,
    /// Which running import it belongs to; empty when it begins and ends in one transaction.
    pub(crate) mark: &'a str,
}

/// A batch being staged.
pub(crate) struct Staging {
    register: &'static Register,
    kind: BatchKind,
    received_at: Timestamp,
    recorded_at: Timestamp,
    by_whom: String,
    /// Written to every fact.
    note: Option<String>,
    /// The merged batches received by then, on which rows may rest.
    earlier: HashMap<i64, VisibleBatch>,
    /// All merged batches.
    merged: HashMap<i64, VisibleBatch>,
    knows_earlier: bool,
    enterprises: Enterprises,
    doubts: Doubts,
    seen: Seen,
    /// Earlier batch → rows that rest on it and one of their keys.
    reliance: BTreeMap<i64, (u64, String)>,
    /// What is reported so far.
    pub(crate) report: ImportReport,
}

impl Staging {
    /// Takes the register's one staging place.
    pub(crate) async fn begin(tx: &mut Tx, batch: NewBatch<'_>) -> Result<Self, Error> {
        let id = match store::insert_batch(tx, &batch).await {
            Err(Error::Db(db::Error::Constraint(_))) => {
                return Err(Error::Conflict(format!(
                    "{}登记簿正在导入另一个文件。请等它完成，或在批次列表中取消它后再试。",
                    batch.register.name_zh
                )));
            }
            other => other?,
        };
        let mut merged = visible_batches(tx, Timestamp::MAX).await?;
        merged.retain(|_, batch| !batch.is_withdrawn);
        let of_register =
            |other: &&VisibleBatch| other.register == batch.register.id && other.received_at <= batch.received_at;
        let knows_earlier = merged.values().any(|other| of_register(&other));
        let earlier =
            merged.iter().filter(|(_, other)| of_register(other)).map(|(id, other)| (*id, other.clone())).collect();
        let enterprises = match ties::names_enterprises(batch.register) {
            true => ties::enterprises(tx, &merged).await?,
            false => Enterprises::default(),
        };
        let doubts = Doubts::begin(tx, batch.register, batch.recorded_at, &merged).await?;
        let report = ImportReport {
            batch: id,
            register: batch.register.id.into(),
            file: batch.file.into(),
            ..ImportReport::default()
        };
        Ok(Self {
            register: batch.register,
            kind: batch.kind,
            received_at: batch.received_at,
            recorded_at: batch.recorded_at,
            by_whom: batch.by_whom.to_owned(),
            note: batch.note.map(str::to_owned),
            earlier,
            merged,
            knows_earlier,
            enterprises,
            doubts,
            seen: Seen::new(),
            reliance: BTreeMap::new(),
            report,
        })
    }

    /// Stages one chunk of rows.
    pub(crate) async fn chunk(&mut self, tx: &mut Tx, rows: &[ReadRow]) -> Result<(), Error> {
        let known = self.known(tx, rows).await?;
        let patents = self.known_patents(tx, rows).await?;
        let mut facts = Vec::with_capacity(rows.len());
        let mut set_aside = Vec::new();
        let mut confirmed: Vec<(&str, u32, &str, String)> = Vec::new();
        for row in rows {
            self.report.rows += 1;
            let doubts = self.doubts.about(row);
            let state = row.checked.key.as_deref().and_then(|key| known.get(key));
            let outcome = match self.doubts.misplaced(row) {
                Some(reason) if row.checked.reasons.is_empty() => Outcome::Quarantined(vec![reason]),
                _ => decide(self.register, &row.checked, row.number, state.map(|(state, _)| state), &mut self.seen),
            };
            if let Outcome::Quarantined(reasons) = &outcome {
                self.report.quarantined += 1;
                note(&mut self.report.problems, row, reasons);
                // Whoever mends the row sees what else is doubtful of it.
                set_aside.push(setaside::new(row, &[&reasons[..], &doubts[..]].concat()));
                continue;
            }
            note(&mut self.report.warnings, row, &doubts);
            let key = row.checked.key.as_deref().expect("a row that is taken has a key");
            if !ties::needs(self.register, &row.checked.cells).are_met(&self.enterprises, &patents) {
                self.report.untied += 1;
            }
            let sheet = row.layout.sheet.as_str();
            match outcome {
                Outcome::Repeated => {
                    self.report.unchanged += 1;
                    continue;
                }
                Outcome::Unchanged => {
                    self.report.unchanged += 1;
                    confirmed.push((sheet, row.number, key, cells::to_json(self.register, &row.checked.cells)));
                }
                Outcome::New | Outcome::Changed | Outcome::Quarantined(_) => {
                    self.report.accepted += 1;
                    self.report.changed += u64::from(outcome == Outcome::Changed);
                    let cells = cells::to_json(self.register, &row.checked.cells);
                    facts.push(NewFact { key, sheet, row: row.number, cells });
                }
            }
            for batch in state.iter().flat_map(|(_, batches)| batches) {
                let (count, _) = self.reliance.entry(*batch).or_insert_with(|| (0, key.to_owned()));
                *count += 1;
            }
        }
        store::insert_facts(tx, self.register.id, self.report.batch, self.note.as_deref(), &facts).await?;
        store::insert_quarantine(tx, self.register.id, self.report.batch, &set_aside).await?;
        if !confirmed.is_empty() {
            let said = serde_json::to_string(&confirmed).expect("a list of texts is JSON");
            store::insert_confirmation(tx, self.report.batch, &said).await?;
        }
        Ok(())
    }

    /// Shows everything staged, in the caller's transaction.
    pub(crate) async fn merge(mut self, tx: &mut Tx) -> Result<ImportReport, Error> {
        for (on, (rows, example)) in &self.reliance {
            store::insert_reliance(tx, self.report.batch, *on, *rows, example).await?;
        }
        self.restate_later(tx).await?;
        if self.kind == BatchKind::Import {
            store::settle_earlier_quarantine(tx, self.register.id, self.report.batch, self.recorded_at, &self.by_whom)
                .await?;
        }
        self.report.summary = summary(self.register, &self.report);
        // The lists stand in the quarantine; the batch keeps only the counts and names.
        let kept = ImportReport { problems: Vec::new(), ..self.report.clone() };
        let json = serde_json::to_string(&kept).map_err(|error| Error::Damaged(error.to_string()))?;
        store::mark_merged(tx, &self.report, &json).await?;
        let detail = json!({
            "register": self.register.id, "file": self.report.file, "rows": self.report.rows, "accepted": self.report.accepted,
            "changed": self.report.changed, "unchanged": self.report.unchanged, "quarantined": self.report.quarantined,
        });
        let action = format!("{}-merged", self.kind.key());
        audit::record(tx, self.recorded_at, &self.by_whom, &action, &self.report.batch.to_string(), &detail).await?;
        Ok(self.report)
    }

    /// Lists the keys that a full list no longer holds.
    pub(crate) async fn note_vanished(&mut self, tx: &mut Tx) -> Result<(), Error> {
        const PAGE: u32 = 5_000;
        let mut after = String::new();
        loop {
            let page = store::keys_after(tx, self.register.id, &after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after.clone_from(last);
            let mut keys: Vec<String> =
                page.into_iter().filter(|(_, batch)| self.earlier.contains_key(batch)).map(|(key, _)| key).collect();
            keys.dedup();
            for key in keys.into_iter().filter(|key| !self.seen.holds(key)) {
                self.report.vanished_count += 1;
                if self.report.vanished.len() < PROBLEMS_KEPT {
                    self.report.vanished.push(show_key(&key));
                }
            }
        }
    }

    /// The state of the keys of a chunk, with the batches it rests on.
    async fn known(&self, tx: &mut Tx, rows: &[ReadRow]) -> Result<HashMap<String, (FoldedRow, Vec<i64>)>, Error> {
        let mut known = HashMap::new();
        if !self.knows_earlier {
            return Ok(known);
        }
        let mut keys: Vec<&str> = rows.iter().filter_map(|row| row.checked.key.as_deref()).collect();
        keys.sort_unstable();
        keys.dedup();
        let facts = facts_of(tx, self.register.id, &keys).await?;
        group_facts(self.register, facts, &self.earlier, |group| {
            let mut batches: Vec<i64> = group.iter().map(|row| row.batch).collect();
            batches.sort_unstable();
            batches.dedup();
            if let Some(row) = settle(group) {
                known.insert(row.key.to_string(), (row, batches));
            }
        })?;
        Ok(known)
    }

    /// The patents that rows of a chunk name and the register holds.
    async fn known_patents(&self, tx: &mut Tx, rows: &[ReadRow]) -> Result<HashSet<String>, Error> {
        let mut named: Vec<&str> =
            rows.iter().flat_map(|row| ties::needs(self.register, &row.checked.cells).patents).collect();
        named.sort_unstable();
        named.dedup();
        let found = store::keys_among(tx, "patents", None, &named).await?;
        Ok(found.into_iter().filter(|(_, batch)| self.merged.contains_key(batch)).map(|(key, _)| key).collect())
    }

    /// Files received later may have confirmed what this batch now says otherwise; what they said is written out, so
    /// that the later word stays the last one.
    async fn restate_later(&self, tx: &mut Tx) -> Result<(), Error> {
        let later = self
            .merged
            .iter()
            .filter(|(_, batch)| batch.register == self.register.id && batch.received_at > self.received_at);
        let mut later: Vec<i64> = later.map(|(id, _)| *id).collect();
        later.sort_unstable();
        for batch in later {
            let mut after = 0;
            while let Some((id, said)) = store::next_confirmation(tx, batch, after).await? {
                after = id;
                let said: Vec<(String, u32, String, String)> =
                    serde_json::from_str(&said).map_err(|error| Error::Damaged(format!("批次 {batch}：{error}")))?;
                let keys: Vec<&str> = said.iter().map(|(_, _, key, _)| key.as_str()).collect();
                let changed = store::keys_among(tx, self.register.id, Some(self.report.batch), &keys).await?;
                let changed: HashSet<String> = changed.into_iter().map(|(key, _)| key).collect();
                let restated: Vec<NewFact<'_>> = said
                    .iter()
                    .filter(|(_, _, key, _)| changed.contains(key))
                    .map(|(sheet, row, key, cells)| NewFact { key, sheet, row: *row, cells: cells.clone() })
                    .collect();
                store::insert_facts(tx, self.register.id, batch, None, &restated).await?;
            }
        }
        Ok(())
    }
}

/// Adds reasons to a list of the report, as far as there is room.
fn note(list: &mut Vec<Problem>, row: &ReadRow, reasons: &[Reason]) {
    let room = PROBLEMS_KEPT.saturating_sub(list.len());
    list.extend(reasons.iter().take(room).map(|reason| problem(row, reason)));
}

fn problem(row: &ReadRow, reason: &Reason) -> Problem {
    Problem {
        sheet: row.layout.sheet.clone(),
        row: row.number,
        column: reason.column.clone(),
        value: reason.value.clone(),
        reason: reason.reason.clone(),
    }
}

fn summary(register: &Register, report: &ImportReport) -> String {
    if report.rows == 0 && report.filtered == 0 && !report.sheets_read.is_empty() {
        return format!(
            "{}：文件只有标题，没有一行数据，按“已报送而本期没有”计。如资料其实未到，请撤回这一批。",
            register.name_zh
        );
    }
    if report.rows > 0 && report.unchanged == report.rows {
        return format!("{}：{} 行都与已知内容相同，没有任何变化。", register.name_zh, report.rows);
    }
    format!(
        "{}：读取 {} 行，采用 {} 行（其中更正 {} 行），未变 {} 行，隔离 {} 行。",
        register.name_zh, report.rows, report.accepted, report.changed, report.unchanged, report.quarantined
    )
}
