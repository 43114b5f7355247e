//! What the components print: plain structures whose values arrive ready, each with its macro in `templates/components/`.

use std::fmt::Write;

/// How a state looks; its word always goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Reached, in force, done.
    Ok,
    /// Needs attention soon.
    Warn,
    /// Missed, overdue, wrong.
    Bad,
    /// Not computable, not yet known.
    Unknown,
    /// Neither good nor bad.
    Plain,
}

impl Tone {
    /// The end of its class names.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Unknown => "unknown",
            Self::Plain => "plain",
        }
    }

    /// Its shape on a field of 12 by 12, so that colour is never alone.
    pub const fn shape(self) -> &'static str {
        match self {
            Self::Ok => "M6 0a6 6 0 1 0 0 12a6 6 0 0 0 0-12z",
            Self::Warn => "M6 0L12 11H0z",
            Self::Bad => "M0 0H12V12H0z",
            Self::Unknown => "M6 0a6 6 0 1 0 0 12a6 6 0 0 0 0-12zM6 2a4 4 0 1 1 0 8a4 4 0 0 1 0-8z",
            Self::Plain => "M0 4.5H12V7.5H0z",
        }
    }
}

/// A state word: 已达标, 未达标, 无法计算.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// How it looks.
    pub tone: Tone,
    /// What it says.
    pub word: String,
}

impl State {
    /// A state.
    pub fn new(tone: Tone, word: impl Into<String>) -> Self {
        Self { tone, word: word.into() }
    }
}

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What is read.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl Link {
    /// A link.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// A clause, quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Where it stands, as 三（二）2.
    pub place: String,
    /// Its words, exactly.
    pub text: String,
    /// The document it belongs to.
    pub document: String,
    /// The page of the document at this clause.
    pub href: String,
}

/// One of the leading figures of a page.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What it counts.
    pub name: String,
    /// The page that opens what it counted.
    pub href: String,
    /// The value as shown; `None` when it cannot be computed.
    pub value: Option<String>,
    /// Its unit.
    pub unit: String,
    /// The exact value, shown on hover.
    pub exact: String,
    /// The target with its operator, as 目标 ≥ 30.
    pub target: Option<String>,
    /// How value and target stand.
    pub state: Option<State>,
    /// The day it holds for.
    pub as_of: String,
    /// Why it cannot be computed, or what changed.
    pub note: Option<String>,
    /// What waits in quarantine behind it, with the way to it.
    pub waiting: Option<Link>,
    /// Its course.
    pub spark: Option<Spark>,
}

/// A small line without axes, drawn by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spark {
    /// The points of each unbroken stretch, on a field of 96 by 28.
    pub stretches: Vec<String>,
    /// The last point.
    pub last: Option<(String, String)>,
    /// The height of the target.
    pub target_y: Option<String>,
    /// What it shows, in words.
    pub label: String,
}

impl Spark {
    /// The line through these values; a missing one leaves a gap. Floats are for drawing only.
    pub fn of(values: &[Option<f64>], target: Option<f64>, label: impl Into<String>) -> Self {
        const WIDTH: f64 = 96.0;
        const HEIGHT: f64 = 28.0;
        const EDGE: f64 = 3.0;
        let known: Vec<f64> = values.iter().copied().flatten().chain(target).collect();
        let low = known.iter().copied().fold(f64::INFINITY, f64::min);
        let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let span = if high > low { high - low } else { 1.0 };
        let steps = values.len().saturating_sub(1).max(1);
        let x = |at: usize| format!("{:.1}", EDGE + (WIDTH - 2.0 * EDGE) * at as f64 / steps as f64);
        let y = |value: f64| format!("{:.1}", HEIGHT - EDGE - (HEIGHT - 2.0 * EDGE) * (value - low) / span);
        let mut stretches = Vec::new();
        let mut stretch = String::new();
        let mut last = None;
        for (at, value) in values.iter().enumerate() {
            match value {
                Some(value) => {
                    let _ = write!(stretch, "{},{} ", x(at), y(*value));
                    last = Some((x(at), y(*value)));
                }
                None if stretch.is_empty() => {}
                None => stretches.push(std::mem::take(&mut stretch).trim_end().to_owned()),
            }
        }
        if !stretch.is_empty() {
            stretches.push(stretch.trim_end().to_owned());
        }
        Self { stretches, last, target_y: target.map(y), label: label.into() }
    }
}

/// Whether a condition holds, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Met,
    /// It does not.
    Missed,
    /// A fact is missing.
    Unknown,
}

impl Verdict {
    /// From the three values of an evaluation.
    pub const fn of(holds: Option<bool>) -> Self {
        match holds {
            Some(true) => Self::Met,
            Some(false) => Self::Missed,
            None => Self::Unknown,
        }
    }

    /// How it looks.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Met => Tone::Ok,
            Self::Missed => Tone::Bad,
            Self::Unknown => Tone::Unknown,
        }
    }

    /// The key of its word.
    pub const fn word_key(self) -> &'static str {
        match self {
            Self::Met => "verdict-met",
            Self::Missed => "verdict-missed",
            Self::Unknown => "verdict-unknown",
        }
    }
}

/// Why a decision came out as it did.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The outcome.
    pub outcome: State,
    /// The outcome in a sentence.
    pub sentence: String,
    /// Its conditions, in the order of the clause.
    pub conditions: Vec<Condition>,
}

/// One condition of a decision.
#[derive(Debug, Clone)]
pub struct Condition {
    /// Whether it holds.
    pub verdict: Verdict,
    /// The condition in words.
    pub text: String,
    /// What is the case, with its unit; `None` when unknown.
    pub actual: Option<String>,
    /// What is required, with operator and unit.
    pub required: String,
    /// How far away: 再有 1 件即可达标.
    pub distance: Option<String>,
    /// Why it is unknown, and what would settle it.
    pub reason: Option<String>,
    /// The clause it comes from.
    pub clause: Option<Clause>,
    /// The facts it rests on, folded.
    pub evidence: Vec<Link>,
    /// All of them, when there are more than are listed.
    pub evidence_more: Option<Link>,
}

/// How a long task stands.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The id of the element.
    pub id: String,
    /// What is done.
    pub title: String,
    /// How many are done.
    pub done: u64,
    /// Of how many, when that is known.
    pub total: Option<u64>,
    /// What is being done now, with the counts.
    pub doing: String,
    /// Where this piece is fetched again while the task runs.
    pub poll: Option<String>,
    /// Where cancelling is posted to, while that is possible.
    pub cancel: Option<String>,
    /// What stays if it is cancelled.
    pub if_cancelled: String,
    /// How it ended, once it has.
    pub ended: Option<State>,
}

/// What sort of event stands on a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It has happened.
    Past,
    /// A legal deadline ahead.
    Deadline,
    /// A legal deadline that has passed unmet.
    Overdue,
}

impl Moment {
    /// Its class name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::Deadline => "deadline",
            Self::Overdue => "overdue",
        }
    }
}

/// One event of a timeline.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its sort.
    pub moment: Moment,
    /// The day, as 2023-12-31.
    pub date: String,
    /// What happened or is due.
    pub what: String,
    /// More about it; for a deadline, the working days left and why that day.
    pub detail: Option<String>,
    /// Where this is known from.
    pub source: Option<Link>,
}

/// A message on a page: what happened, what it means, what to do.
#[derive(Debug, Clone)]
pub struct Notice {
    /// How it looks.
    pub tone: Tone,
    /// What happened.
    pub title: String,
    /// What it means and what to do, a paragraph each.
    pub lines: Vec<String>,
    /// Where to do it.
    pub link: Option<Link>,
}

/// One of several views of the same thing.
#[derive(Debug, Clone)]
pub struct Tab {
    /// Its word and address.
    pub link: Link,
    /// Whether it is shown.
    pub is_current: bool,
    /// How many there are, ready to print; empty for none.
    pub count: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spark_line_breaks_where_a_value_is_missing() {
        let spark = Spark::of(&[Some(0.0), Some(10.0), None, Some(5.0)], Some(20.0), "");
        assert_eq!(spark.stretches, ["3.0,25.0 33.0,14.0", "93.0,19.5"]);
        assert_eq!(spark.target_y.as_deref(), Some("3.0"));
        assert_eq!(spark.last, Some(("93.0".into(), "19.5".into())));
        assert!(Spark::of(&[], None, "").stretches.is_empty());
    }
}
