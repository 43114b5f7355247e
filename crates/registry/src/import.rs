//! Import: a file becomes a batch.
//!
//! Reading and checking run beside the database; facts are staged in chunks that nobody sees, and one short transaction
//! merges them. A killed import leaves a staging batch that the next one clears away.

mod active;
mod decide;
mod doubts;
mod headings;
mod nested;
mod reader;
mod recognise;
mod recovery;
mod setaside;
mod stage;
mod store;
mod ties;

use std::{
    fmt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use db::Db;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::{Error, audit, batches::BatchKind, instant, mappings, registers::register};

pub(crate) use headings::Layout;
pub(crate) use reader::ReadRow;
pub use recognise::recognise;
pub use recovery::{cancel, recover};
pub(crate) use setaside::cells_of;
pub(crate) use stage::{NewBatch, Staging};

/// How a file is to be imported. Time is an argument: neither moment is read from a clock here.
#[derive(Clone)]
pub struct ImportOptions {
    /// When the office received the file: from then on its facts count as known.
    pub received_at: Timestamp,
    /// When it is being imported.
    pub recorded_at: Timestamp,
    /// Whether the file is the whole register, so that keys missing from it are to be listed.
    pub full: bool,
    /// A saved or built-in mapping by name; absent, one is chosen by the headings.
    pub mapping: Option<String>,
    /// Who imports.
    pub by_whom: String,
    /// What may be read.
    pub limits: sheets::Limits,
    /// How the import is watched and cancelled.
    pub watch: Watch,
}

impl ImportOptions {
    /// The usual options for a file received and recorded at the same moment.
    pub fn new(at: Timestamp, by_whom: &str) -> Self {
        Self {
            received_at: at,
            recorded_at: at,
            full: false,
            mapping: None,
            by_whom: by_whom.to_owned(),
            limits: sheets::Limits::default(),
            watch: Watch::default(),
        }
    }
}

/// The watching of a long piece of work: told of every chunk of rows, and able to cancel between them.
#[derive(Clone, Default)]
pub struct Watch {
    /// Set to cancel.
    pub cancel: Arc<AtomicBool>,
    /// Told how many rows have been read.
    pub progress: Option<Arc<dyn Fn(u64) + Send + Sync>>,
}

impl Watch {
    /// Whether someone asked to cancel.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Tells how many rows have been read.
    pub fn tell(&self, rows: u64) {
        if let Some(progress) = &self.progress {
            progress(rows);
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("cancelled", &self.is_cancelled()).finish_non_exhaustive()
    }
}

/// What became of a file; serialises to the object that `import --json` prints.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The number of the batch.
    pub batch: i64,
    /// The register.
    pub register: String,
    /// The file's name.
    pub file: String,
    /// The encoding found, for text files.
    pub encoding: Option<String>,
    /// Rows read: accepted + unchanged + quarantined.
    pub rows: u64,
    /// Rows that became facts.
    pub accepted: u64,
    /// Those of them that corrected a known key.
    pub changed: u64,
    /// Rows that said what was known.
    pub unchanged: u64,
    /// Rows set aside with their reasons.
    pub quarantined: u64,
    /// Sheets without the required headings.
    pub sheets_passed_over: Vec<String>,
    /// Accepted or unchanged rows that name an enterprise or a patent which no register has introduced.
    pub untied: u64,
    /// The reasons, at most [`PROBLEMS_KEPT`]; the quarantine has them all.
    pub problems: Vec<Problem>,
    /// Sheets that were read.
    pub sheets_read: Vec<String>,
    /// Columns that no field takes, as `sheet: heading`.
    pub columns_ignored: Vec<String>,
    /// The mapping that was used.
    pub mapping: Option<String>,
    /// Rows that the mapping's filter left out; not among `rows`.
    pub filtered: u64,
    /// Doubts that do not stop a row, at most [`PROBLEMS_KEPT`].
    pub warnings: Vec<Problem>,
    /// Keys that a full list no longer holds, at most [`PROBLEMS_KEPT`].
    pub vanished: Vec<String>,
    /// How many there are.
    pub vanished_count: u64,
    /// The earlier batch that read a file of the same bytes.
    pub same_file_as: Option<i64>,
    /// One sentence for the user.
    pub summary: String,
}

/// How many problems, warnings or vanished keys a report lists.
pub const PROBLEMS_KEPT: usize = 10_000;

/// One reason against a row, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The sheet.
    pub sheet: String,
    /// The spreadsheet's own row number.
    pub row: u32,
    /// The canonical heading.
    pub column: String,
    /// The cell as it was.
    pub value: String,
    /// What is wrong and what to do.
    pub reason: String,
}

/// One reason against a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The canonical heading.
    pub column: String,
    /// The cell as it was.
    pub value: String,
    /// What is wrong and what to do.
    pub reason: String,
}

/// The reasons as one text.
pub(crate) fn list_reasons(reasons: &[Reason]) -> String {
    let lines: Vec<String> =
        reasons.iter().map(|reason| format!("{}“{}”：{}", reason.column, reason.value, reason.reason)).collect();
    lines.join("\n")
}

/// Imports a file into a register.
///
/// The answer counts every row: accepted, unchanged or quarantined. A file that is not of this register is refused whole.
pub async fn import(db: &Db, register_id: &str, path: &Path, options: &ImportOptions) -> Result<ImportReport, Error> {
    let Some(register) = register(register_id) else {
        return Err(Error::NotFound { what: "登记簿", id: register_id.to_owned() });
    };
    let headings = headings(db, register, options.mapping.as_deref()).await?;
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    sheets::check_size(path, &options.limits)?;
    let hashed = path.to_owned();
    let sha256 = joined(tokio::task::spawn_blocking(move || reader::sha256(&hashed)).await)?;
    let active = active::Active::begin();
    let batch = NewBatch {
        register,
        kind: BatchKind::Import,
        file: &file,
        received_at: instant::kept(options.received_at),
        recorded_at: options.recorded_at,
        by_whom: &options.by_whom,
        note: None,
        sha256: Some(&sha256),
        mark: &active.to_string(),
    };
    recover(db, options.recorded_at).await?;
    let staging = match open(db, batch).await {
        // An import dropped a moment ago may have taken the place only after it was looked at.
        Err(Error::Conflict(_)) => {
            recover(db, options.recorded_at).await?;
            open(db, batch).await?
        }
        other => other?,
    };
    let id = staging.report.batch;
    let done = run(db, staging, headings, path, options).await;
    drop(active);
    match done {
        Ok(report) => Ok(report),
        Err(error) => {
            let note = matches!(error, Error::Cancelled).then_some("导入已取消");
            // What a full disk does not let be cleared now is cleared before the next import or at the next start.
            if let Err(cause) = abandon(db, id, note, options).await {
                tracing::warn!(%cause, batch = id, "an import that failed could not be cleared away");
            }
            Err(error)
        }
    }
}

/// Takes the register's staging place.
async fn open(db: &Db, batch: NewBatch<'_>) -> Result<Staging, Error> {
    let mut tx = db.begin().await?;
    let mut staging = Staging::begin(&mut tx, batch).await?;
    if let Some(sha256) = batch.sha256 {
        staging.report.same_file_as = store::same_file(&mut tx, batch.register.id, sha256).await?;
    }
    tx.commit().await?;
    Ok(staging)
}

/// Reads on a thread of its own while the chunks are staged, and merges at the end.
async fn run(
    db: &Db,
    mut staging: Staging,
    headings: headings::Headings,
    path: &Path,
    options: &ImportOptions,
) -> Result<ImportReport, Error> {
    /// Chunks between the reader and the database: enough that neither waits for a hiccup of the other.
    const CHUNKS_AHEAD: usize = 4;
    let (sender, mut chunks) = mpsc::channel(CHUNKS_AHEAD);
    let (path, limits, watch) = (path.to_owned(), options.limits.clone(), options.watch.clone());
    let reading = tokio::task::spawn_blocking(move || reader::read(&path, &headings, &limits, &watch, &sender));
    let mut staged = Ok(());
    while let Some(chunk) = chunks.recv().await {
        staged = stage_chunk(db, &mut staging, &chunk).await;
        if staged.is_err() {
            break;
        }
    }
    drop(chunks);
    let summary = joined(reading.await);
    staged?;
    let summary = summary?;
    if options.watch.is_cancelled() {
        return Err(Error::Cancelled);
    }
    options.watch.tell(staging.report.rows);
    staging.report.encoding = summary.encoding;
    staging.report.sheets_read = summary.sheets_read;
    staging.report.sheets_passed_over = summary.sheets_passed_over;
    staging.report.columns_ignored = summary.columns_ignored;
    staging.report.mapping = summary.mapping;
    staging.report.filtered = summary.filtered;
    let mut tx = db.begin().await?;
    store::hold(&mut tx, staging.report.batch).await?;
    if options.full {
        staging.note_vanished(&mut tx).await?;
    }
    let report = staging.merge(&mut tx).await?;
    tx.commit().await?;
    Ok(report)
}

async fn stage_chunk(db: &Db, staging: &mut Staging, chunk: &[ReadRow]) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    store::hold(&mut tx, staging.report.batch).await?;
    staging.chunk(&mut tx, chunk).await?;
    tx.commit().await?;
    Ok(())
}

async fn headings(
    db: &Db,
    register: &'static crate::Register,
    wanted: Option<&str>,
) -> Result<headings::Headings, Error> {
    let mut mappings = mappings::of_register(db, register.id).await?;
    if let Some(wanted) = wanted {
        mappings.retain(|mapping| mapping.source == wanted);
        if mappings.is_empty() {
            return Err(Error::NotFound { what: "列映射", id: wanted.to_owned() });
        }
    }
    Ok(headings::Headings::new(register, mappings, wanted.is_some()))
}

async fn abandon(db: &Db, batch: i64, keep: Option<&str>, options: &ImportOptions) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let is_cleared = store::clear(&mut tx, batch, keep).await?;
    if let (true, Some(note)) = (is_cleared, keep) {
        let detail = serde_json::json!({ "note": note });
        audit::record(&mut tx, options.recorded_at, &options.by_whom, "import-cancelled", &batch.to_string(), &detail)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The result of a thread; a panic in it is carried on.
fn joined<T>(result: Result<Result<T, Error>, tokio::task::JoinError>) -> Result<T, Error> {
    match result {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Error::Cancelled),
        },
    }
}

#[cfg(test)]
pub(crate) mod tests_only {
    //! What tests of other modules need from the inside of an import.

    use super::headings::Headings;

    pub(crate) fn headings(register: &'static crate::Register) -> Headings {
        Headings::new(
            register,
            crate::mappings::built_in().iter().filter(|mapping| mapping.register == register.id).cloned().collect(),
            false,
        )
    }
}
