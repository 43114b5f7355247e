//! Import: a file becomes a batch.
//!
//! Reading and checking run beside the database; facts are staged in chunks that nobody sees, and one short transaction
//! merges them. A killed import leaves a staging batch that the next one clears away.

use std::{

    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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

