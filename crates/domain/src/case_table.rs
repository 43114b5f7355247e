//! The case table of a policy document (`cases.toml`): small worlds with the answer expected of them.
//!
//! A case's rows go the way of every file: the registry's own checks, the fold, the freeze, the rules. Only the
//! database is left out, because the fold over it is proven equal to the one used here.

mod matching;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use registry::fold::Replay;
use rules::Policy;
use rules::policy::{Carrier, Clause};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::runs::{self, Question};
use crate::{Error, freeze};

/// The fields of one row, as written in the table.
type Row = BTreeMap<String, toml::Value>;
/// Rows by register.
type Rows = BTreeMap<String, Vec<Row>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    defaults: BTreeMap<String, Row>,
    #[serde(default)]
    common: Common,
    case: Vec<Case>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    #[serde(default)]
    rows: Rows,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    clauses: Vec<String>,
    as_of: toml::value::Datetime,
    #[serde(default)]
    known_at: Option<toml::Value>,
    #[serde(default)]
    set: BTreeMap<String, toml::Value>,
    #[serde(default)]
    never_delivered: Vec<String>,
    /// When the last file of a register came, where it is not the moment of knowing.
    #[serde(default)]
    last_file: BTreeMap<String, toml::Value>,
    #[serde(default)]
    rows: Rows,
    #[serde(default)]
    repeat: Vec<Repeat>,
    #[serde(default)]
    later: Vec<Later>,
    #[serde(default)]
    expect: Option<toml::Value>,
    #[serde(default)]
    absent: Option<toml::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    register: String,
    count: u64,
    #[serde(default)]
    first: Option<u64>,
    #[serde(default)]
    number_from: Option<String>,
    #[serde(default)]
    uscc_from: Option<String>,
    row: Row,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Later {
    received_at: toml::Value,
    rows: Rows,
}

/// How a case came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The case's name.
    pub name: String,
    /// The clauses it names.
    pub clauses: Vec<String>,
    /// What differs from the expectation, in Chinese; empty when it passed.
    pub differences: Vec<String>,
}

/// How a whole table came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Every case in the order of the table.
    pub cases: Vec<Outcome>,
}

impl Report {
    /// The cases that did not pass.
    pub fn failures(&self) -> impl Iterator<Item = &Outcome> {
        self.cases.iter().filter(|case| !case.differences.is_empty())
    }

    /// How many did not pass.
    pub fn failed(&self) -> usize {
        self.failures().count()
    }

    /// How many passed.
    pub fn passed(&self) -> usize {
        self.cases.len() - self.failed()
    }
}

/// What a case is called and which clauses it tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heading {
    /// Its name.
    pub name: String,
    /// The clauses it names.
    pub clauses: Vec<String>,
}

/// The cases of a policy document, without running them.
pub fn headings(policy: &Policy) -> Result<Vec<Heading>, Error> {
    Ok(table(policy)?.case.into_iter().map(|case| Heading { name: case.name, clauses: case.clauses }).collect())
}

/// Checks a policy document against its own case table and against the program: `has` says whether the program has a
/// page or a command.
///
/// An indicator, award or rule carries a clause only when a case names the clause; whether the tests of pages and
/// commands pass is for `cargo xtask carriers` to say.
pub fn check(policy: &Policy, has: &dyn Fn(&Carrier) -> bool) -> Result<rules::check::Report, Error> {
    let cases = headings(policy)?;
    let named: BTreeSet<&str> = cases.iter().flat_map(|case| &case.clauses).map(String::as_str).collect();
    let carries = |clause: &Clause, carrier: &Carrier| match carrier.kind.as_str() {
        "page" | "command" => has(carrier),
        _ => named.contains(clause.id.as_str()),
    };
    Ok(rules::check::check(policy, None, &carries))
}

fn table(policy: &Policy) -> Result<Table, Error> {
    let text = policy.files().get("cases.toml").map(String::as_str).unwrap_or_default();
    toml::from_str(text).map_err(|cause| Error::Invalid(format!("用例表 cases.toml 无法读取：{cause}")))
}

/// Runs every case of a policy document.
pub async fn run(policy: &Policy) -> Result<Report, Error> {
    let table = table(policy)?;
    let mut cases = Vec::with_capacity(table.case.len());
    for case in &table.case {
        let differences = match differences(policy, &table, case).await {
            Ok(differences) => differences,
            Err(error) => vec![error.to_string()],
        };
        cases.push(Outcome { name: case.name.clone(), clauses: case.clauses.clone(), differences });
    }
    Ok(Report { cases })
}

async fn differences(policy: &Policy, table: &Table, case: &Case) -> Result<Vec<String>, Error> {
    let known_at =
        case.known_at.as_ref().map_or_else(|| instant("2100-01-01T00:00:00+08:00"), |at| instant(&cell(at)))?;
    let folded = world(table, case, known_at)?;
    let snapshot = freeze::freeze(&folded)?;
    let question = Question {
        as_of: day(&case.as_of.to_string())?,
        known_at,
        overrides: case.set.iter().map(|(name, value)| (name.clone(), cell(value))).collect(),
        scope: None,
    };
    let evaluation = runs::answer(policy, &snapshot, &question).await?;
    let answer: Value =
        serde_json::from_str(&evaluation.to_json()).map_err(|cause| Error::Damaged(cause.to_string()))?;
    let mut found = Vec::new();
    if let Some(expected) = &case.expect {
        matching::expect("", expected, &answer, &mut found);
    }
    if let Some(absent) = &case.absent {
        matching::absent("", absent, &answer, &mut found);
    }
    Ok(found)
}

/// Tells the rows of a case in the order of receipt and folds them.
fn world(table: &Table, case: &Case, known_at: Timestamp) -> Result<registry::Folded, Error> {
    let first = instant("2000-01-01T00:00:00+08:00")?;
    let mut replay = Replay::default();
    for register in registry::registers() {
        if register.received && !case.never_delivered.iter().any(|id| id == register.id) {
            let last = case.last_file.get(register.id).map(|at| instant(&cell(at))).transpose()?;
            replay.deliver(register, last.unwrap_or(known_at));
        }
    }
    let mut told = Telling { table, replay, batch: 1 };
    told.rows(&table.common.rows, first)?;
    for repeat in &case.repeat {
        told.batch += 1;
        told.repeat(repeat, first)?;
    }
    told.batch += 1;
    told.rows(&case.rows, first)?;
    let mut later: Vec<(Timestamp, &Rows)> = Vec::new();
    for delivery in &case.later {
        later.push((instant(&cell(&delivery.received_at))?, &delivery.rows));
    }
    later.sort_by_key(|(at, _)| *at);
    for (at, rows) in later.into_iter().filter(|(at, _)| *at <= known_at) {
        told.batch += 1;
        told.rows(rows, at)?;
    }
    Ok(told.replay.finish(known_at))
}

struct Telling<'a> {
    table: &'a Table,
    replay: Replay,
    batch: i64,
}

impl Telling<'_> {
    fn rows(&mut self, rows: &Rows, at: Timestamp) -> Result<(), Error> {
        for (register, rows) in rows {
            for row in rows {
                let texts = row.iter().map(|(field, value)| (field.clone(), cell(value))).collect();
                self.row(register, texts, at)?;
            }
        }
        Ok(())
    }

    fn repeat(&mut self, repeat: &Repeat, at: Timestamp) -> Result<(), Error> {
        let from = repeat.first.unwrap_or(1);
        for n in from..from + repeat.count {
            let number = repeat.number_from.as_ref().map(|start| numbered(start, n - 1)).transpose()?;
            let uscc = repeat.uscc_from.as_ref().map(|start| coded(start, n - 1)).transpose()?;
            let texts = repeat
                .row
                .iter()
                .map(|(field, value)| {
                    let text = cell(value)
                        .replace("{number}", number.as_deref().unwrap_or("{number}"))
                        .replace("{uscc}", uscc.as_deref().unwrap_or("{uscc}"))
                        .replace("{n}", &n.to_string());
                    (field.clone(), text)
                })
                .collect();
            self.row(&repeat.register, texts, at)?;
        }
        Ok(())
    }

    fn row(&mut self, register: &str, mut texts: BTreeMap<String, String>, at: Timestamp) -> Result<(), Error> {
        let found = registry::register(register)
            .ok_or_else(|| Error::NotFound { what: "登记簿", id: register.to_owned() })?;
        for (field, value) in self.table.defaults.get(register).into_iter().flatten() {
            texts.entry(field.clone()).or_insert_with(|| cell(value));
        }
        let cells = registry::entry::check(found, &texts).map_err(|reasons| {
            let reasons: Vec<String> = reasons
                .into_iter()
                .map(|reason| format!("{}“{}”：{}", reason.column, reason.value, reason.reason))
                .collect();
            Error::Invalid(format!("用例中{}登记簿的一行不合要求：{}", found.name_zh, reasons.join("；")))
        })?;
        self.replay.tell(found, cells.cells, self.batch, at);
        Ok(())
    }
}

/// A cell of the table as a register file would hold it.
fn cell(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Boolean(flag) => if *flag { "是" } else { "否" }.to_owned(),
        other => other.to_string(),
    }
}

fn numbered(start: &str, offset: u64) -> Result<String, Error> {
    let digits: u64 = start.parse().map_err(|_| Error::Invalid(format!("number_from“{start}”应为 12 位数字。")))?;
    let number = format!("{:0width$}", digits + offset, width = start.len());
    let parsed: terms::ApplicationNumber =
        number.parse().map_err(|cause: terms::Error| Error::Invalid(cause.to_string()))?;
    Ok(parsed.to_string())
}

/// The code whose first 17 characters are `start` advanced by `offset`; the check character is the one that fits.
fn coded(start: &str, offset: u64) -> Result<String, Error> {
    let digits = start.len() - start.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (head, tail) = start.split_at(digits);
    let count: u64 = tail.parse().map_err(|_| Error::Invalid(format!("uscc_from“{start}”应以数字结尾。")))?;
    let body = format!("{head}{:0width$}", count + offset, width = tail.len());
    "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .map(|check| format!("{body}{check}"))
        .find(|code| code.parse::<terms::Uscc>().is_ok())
        .ok_or_else(|| Error::Invalid(format!("uscc_from“{start}”不能补成统一社会信用代码。")))
}

fn instant(text: &str) -> Result<Timestamp, Error> {
    text.parse().map_err(|_| Error::Invalid(format!("用例中的时间“{text}”无法识别。")))
}

fn day(text: &str) -> Result<Date, Error> {
    text.parse().map_err(|_| Error::Invalid(format!("用例中的日期“{text}”无法识别。")))
}
