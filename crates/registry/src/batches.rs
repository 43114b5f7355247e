//! Batches 批次: what was received when, and how one is taken back whole.

mod store;

use db::Db;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::{Error, ImportReport, audit, registers::show_key};

/// What kind of act a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchKind {
    /// A file.
    Import,
    /// A quarantined row corrected or released.
    Correction,
    /// A name settled upon an enterprise.
    Tie,
    /// A judgement that a rule asks of a person.
    Judgement,
    /// Rows entered by hand.
    Entry,
}

impl BatchKind {
    /// The word of the database.
    pub fn key(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Correction => "correction",
            Self::Tie => "tie",
            Self::Judgement => "judgement",
            Self::Entry => "entry",
        }
    }

    /// The word for people.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Import => "导入",
            Self::Correction => "更正",
            Self::Tie => "名称认定",
            Self::Judgement => "判定",
            Self::Entry => "录入",
        }
    }

    /// Whether a batch of this kind reports its register (报送): a file or rows entered by hand, of which something was taken
    /// or confirmed. A file all of whose rows wait in quarantine reports nothing yet; one without rows says that there are none.
    pub(crate) fn reports(self, rows: i64, taken: i64) -> bool {
        matches!(self, Self::Import | Self::Entry) && (rows == 0 || taken > 0)
    }

    pub(crate) fn from_key(key: &str) -> Result<Self, Error> {
        [Self::Import, Self::Correction, Self::Tie, Self::Judgement, Self::Entry]
            .into_iter()
            .find(|kind| kind.key() == key)
            .ok_or_else(|| Error::Damaged(format!("批次种类 {key}")))
    }
}

/// A batch as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Batch {
    /// Its number.
    pub id: i64,
    /// The register.
    pub register: String,
    /// The kind of act.
    pub kind: BatchKind,
    /// The file's name, or what stands for it.
    pub file: String,
    /// The encoding found.
    pub encoding: Option<String>,
    /// `staging`, `merged`, `cancelled` or `withdrawn`.
    pub state: String,
    /// When the office received it.
    pub received_at: Timestamp,
    /// When it was imported.
    pub recorded_at: Timestamp,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
    /// Rows read.
    pub rows: i64,
    /// Rows that became facts.
    pub accepted: i64,
    /// Those of them that corrected a known key.
    pub changed: i64,
    /// Rows that said what was known.
    pub unchanged: i64,
    /// Rows set aside.
    pub quarantined: i64,
    /// Rows that name an unknown enterprise or patent.
    pub untied: i64,
    /// Who did it.
    pub by_whom: String,
    /// A remark.
    pub note: Option<String>,
}

impl Batch {
    /// Whether it reports its register (报送).
    pub fn is_report(&self) -> bool {
        self.kind.reports(self.rows, self.accepted + self.unchanged)
    }
}

/// Which batches are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// Of this register only.
    pub register: Option<&'a str>,
    /// Older than this batch.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// The batches, newest first.
pub async fn list(db: &Db, filter: &Filter<'_>) -> Result<Vec<Batch>, Error> {
    let mut tx = db.begin_read().await?;
    store::list(&mut tx, filter).await
}

/// The batches that are being imported.
pub async fn staging(db: &Db) -> Result<Vec<i64>, Error> {
    let mut tx = db.begin_read().await?;
    store::staging(&mut tx).await
}

/// One batch with its report (without the problems, which the quarantine holds).
pub async fn find(db: &Db, id: i64) -> Result<(Batch, ImportReport), Error> {
    let mut tx = db.begin_read().await?;
    let Some((batch, report)) = store::find(&mut tx, id).await? else { return Err(missing(id)) };
    let report = match report.as_str() {
        "{}" => ImportReport {
            batch: id,
            register: batch.register.clone(),
            file: batch.file.clone(),
            ..ImportReport::default()
        },
        json => serde_json::from_str(json).map_err(|error| Error::Damaged(format!("批次 {id}：{error}")))?,
    };
    Ok((batch, report))
}

/// A later batch that rests on an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resting {
    /// Its number.
    pub batch: i64,
    /// Its file.
    pub file: String,
    /// How many of its rows rest on the earlier one.
    pub rows: i64,
    /// One of them, as people read it.
    pub example: String,
}

/// The merged batches that rest on this one; while there is any, it cannot be taken back.
pub async fn resting_on(db: &Db, id: i64) -> Result<Vec<Resting>, Error> {
    let mut tx = db.begin_read().await?;
    let resting = store::resting_on(&mut tx, id).await?;
    Ok(resting
        .into_iter()
        .map(|(batch, file, rows, key)| Resting { batch, file, rows, example: show_key(&key) })
        .collect())
}

/// Takes a batch back whole: from now on its facts no longer count, though what was computed before stays computable.
///
/// It is refused while later batches rest on its facts; the answer names them.
pub async fn rollback(db: &Db, id: i64, at: Timestamp, who: &str, note: Option<&str>) -> Result<Batch, Error> {
    let mut tx = db.begin().await?;
    let Some((batch, _)) = store::find(&mut tx, id).await? else { return Err(missing(id)) };
    match batch.state.as_str() {
        "merged" => {}
        "withdrawn" => return Err(Error::Conflict(format!("批次 {id} 已经撤回，无需再撤。"))),
        "staging" => return Err(Error::Conflict(format!("批次 {id} 正在导入。请先取消导入。"))),
        _ => return Err(Error::Conflict(format!("批次 {id} 没有完成导入，没有可撤回的数据。"))),
    }
    if store::is_staging(&mut tx, &batch.register).await? {
        return Err(Error::Conflict(format!("该登记簿正在导入文件，暂时不能撤回批次 {id}。请等导入完成后再试。")));
    }
    let resting = store::resting_on(&mut tx, id).await?;
    if !resting.is_empty() {
        let named: Vec<String> = resting
            .iter()
            .map(|(later, file, rows, key)| format!("批次 {later}（{file}，{rows} 行，如 {}）", show_key(key)))
            .collect();
        return Err(Error::Conflict(format!(
            "批次 {id} 不能撤回，后来的批次以它为依据：{}。请先从最新的一个开始撤回这些批次。",
            named.join("；")
        )));
    }
    store::withdraw(&mut tx, id, at, note).await?;
    let detail = json!({ "register": batch.register, "file": batch.file, "accepted": batch.accepted, "note": note });
    audit::record(&mut tx, at, who, "batch-withdrawn", &id.to_string(), &detail).await?;
    let Some((batch, _)) = store::find(&mut tx, id).await? else { return Err(missing(id)) };
    tx.commit().await?;
    Ok(batch)
}

fn missing(id: i64) -> Error {
    Error::NotFound { what: "批次", id: id.to_string() }
}
