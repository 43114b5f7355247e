//! The history of rows 沿革: every version that was delivered, what it changed, and when it was known.
//!
//! A version is known from the receipt of its batch until another one or a roll-back takes its place; when the facts
//! themselves held stands in their cells and is told beside it. Rows set aside for the same key belong to the history too.
//! The states before and after each step are folds of the same facts that every run folds, so that what is shown here is
//! what was counted then.

mod replay;
mod store;

use db::Db;
use jiff::Timestamp;

use crate::{
    Error, Register,
    batches::BatchKind,
    fold::Text,
    import::Reason,
    registers::{self, KEY_SEPARATOR},
};

/// Rows of one register whose history is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The identifier of the register.
    pub register: &'static str,
    /// Which keys.
    pub keys: Keys,
}

/// Which keys of a register are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// This key.
    One(String),
    /// Every key that begins with this part.
    Under(String),
    /// Every key that has this part anywhere; it looks through the whole register, so it is for small ones.
    With(String),
}

/// One step in the history of a row.
#[derive(Clone, Debug)]
pub struct Step {
    /// The register.
    pub register: &'static Register,
    /// The key of the row.
    pub key: String,
    /// What happened.
    pub act: Act,
    /// From when it counts as known: the receipt of the file, or the moment of the roll-back.
    pub known_from: Timestamp,
    /// Until when it was the last word; none while it still is.
    pub known_until: Option<Timestamp>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// From and until when the facts themselves held, as far as the row says.
    pub held: Held,
    /// What became different, column by column.
    pub changes: Vec<Change>,
    /// Where it comes from.
    pub source: Source,
    /// Who did it.
    pub by_whom: String,
    /// The reason given: of a release, a tie, a judgement or a roll-back.
    pub note: Option<String>,
    /// What was found against the row when it was set aside.
    pub reasons: Vec<Reason>,
}

/// What happened in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The row became known.
    New,
    /// A later row corrected it.
    Changed,
    /// A row said again what was known.
    Restated,
    /// Its batch was taken back.
    Withdrawn,
    /// A row was set aside, and what has become of it since.
    SetAside(Aside),
}

/// What has become of a row set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// It still waits for a person.
    Open,
    /// It was put right.
    Corrected,
    /// It was taken as it was.
    Released,
    /// It was put away.
    Discarded,
}

/// The days on which facts held, in the form of the register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The first day.
    pub from: Option<String>,
    /// The last day.
    pub until: Option<String>,
}

/// One column that became different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The place of the column in the register.
    pub column: usize,
    /// What stood there.
    pub before: Option<String>,
    /// What stands there since.
    pub after: Option<String>,
}

/// Where a step comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The batch.
    pub batch: i64,
    /// Its kind.
    pub kind: BatchKind,
    /// The file, or what stands for it.
    pub file: String,
    /// The sheet.
    pub sheet: String,
    /// The spreadsheet's own row number.
    pub row: i64,
    /// The quarantined row that was put right or released.
    pub quarantine: Option<i64>,
}

/// The history of these rows, the newest step first.
pub async fn of(db: &Db, wanted: &[Wanted]) -> Result<Vec<Step>, Error> {
    let mut tx = db.begin_read().await?;
    let mut steps = Vec::new();
    for wanted in wanted {
        let Some(register) = registers::register(wanted.register) else {
            return Err(Error::NotFound { what: "登记簿", id: wanted.register.to_owned() });
        };
        let mut facts = store::facts(&mut tx, register, &wanted.keys).await?;
        let withdrawn = store::withdrawals(&mut tx, &facts).await?;
        store::find_origins(&mut tx, &mut facts).await?;
        steps.extend(replay::steps(register, &facts, &withdrawn)?);
        steps.extend(store::set_aside(&mut tx, register, &wanted.keys).await?);
    }
    sort(&mut steps);
    Ok(steps)
}

/// Puts steps in order, the newest first.
pub fn sort(steps: &mut [Step]) {
    steps.sort_by(|a, b| {
        let order = |step: &Step| (step.known_from, step.source.batch, step.act == Act::Withdrawn);
        order(b).cmp(&order(a)).then_with(|| (a.register.id, &a.key).cmp(&(b.register.id, &b.key)))
    });
}

impl Keys {
    /// The keys from the first text to before the second; both databases order keys by their bytes.
    fn range(&self) -> (String, String) {
        match self {
            Self::One(key) => (key.clone(), format!("{key}\u{1}")),
            Self::Under(part) => (format!("{part}{KEY_SEPARATOR}"), format!("{part}\u{20}")),
            Self::With(_) => (String::new(), "\u{10ffff}".to_owned()),
        }
    }

    /// Whether a key in the range is meant.
    fn mean(&self, key: &str) -> bool {
        match self {
            Self::One(_) | Self::Under(_) => true,
            Self::With(part) => key.split(KEY_SEPARATOR).any(|one| one == part),
        }
    }
}

/// The days on which the facts of a row held: the columns of its register that say so.
fn held(register: &Register, cells: &[Option<Text>]) -> Held {
    let get = |field: &str| register.index(field).and_then(|place| cells[place].as_deref());
    let from: &[&str] = match register.id {
        "patent-events" if get("kind") == Some("转让") => &["registered_on", "effective_on"],
        "patent-events" => &["effective_on"],
        "enterprises" => &["founded_on"],
        "enterprise-changes" => &["changed_on"],
        "prizes" | "statistics" => &["year"],
        "trainees" => &["completed_on"],
        "official-fees" => &["paid_on"],
        "trajectories" | "holidays" => &["date"],
        _ => &["valid_from", "granted_on", "registered_on", "as_of", "filed_on"],
    };
    let until: &[&str] = match register.id {
        "enterprises" if get("state") == Some("存续") => &[],
        "enterprises" => &["state_since"],
        _ => &["revoked_on", "valid_to", "ended_on", "released_on", "expires_on"],
    };
    let first = |fields: &[&str]| fields.iter().find_map(|field| get(field)).map(str::to_owned);
    Held { from: first(from), until: first(until) }
}
