//! Rows that wait in quarantine (隔离) and may decide a figure: how many, in which of the registers that the figure rests on,
//! and whether they could turn its verdict.
//!
//! They are no part of a run: its facts are those that were taken. They are counted as of the moment up to which the run knew,
//! so that the answer is the same whenever it is asked, as long as no batch of then is taken back.

use std::collections::{BTreeMap, BTreeSet};

use rules::evaluation::Indicator;
use rules::policy::IndicatorDef;
use rules::{Evaluation, Policy};
use serde::Serialize;

use crate::runs::{Opened, Shelf};
use crate::{Error, Installation, cockpit};

/// The rows that wait behind one figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The registers with rows that wait, by identifier.
    pub registers: Vec<OfRegister>,
    /// Whether they are as many as the figure lacks, or has to spare: its verdict may then change once they are settled.
    pub may_change: bool,
}

/// The rows of one register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfRegister {
    /// Its identifier.
    pub register: String,
    /// Its name.
    pub name: String,
    /// How many rows wait.
    pub rows: i64,
}

impl Waiting {
    /// The sentence for a terminal: `专利登记簿有 104 行待处理，未计入`.
    pub fn words(&self) -> String {
        let named: Vec<String> =
            self.registers.iter().map(|of| format!("{}登记簿有 {} 行", of.name, of.rows)).collect();
        let after = if self.may_change { "；处理后结论可能改变" } else { "" };
        format!("{}待处理，未计入{after}", named.join("、"))
    }
}

/// What waits behind the figures of one run.
#[derive(Debug, Default)]
pub struct OfRun {
    rows: BTreeMap<String, i64>,
    needed: BTreeMap<String, BTreeSet<String>>,
}

impl OfRun {
    /// What waits behind an indicator; nothing when every row of its registers was settled.
    pub fn behind(&self, indicator: &Indicator, definition: &IndicatorDef) -> Option<Waiting> {
        let needed = self.needed.get(&indicator.code)?;
        let registers: Vec<OfRegister> = self
            .rows
            .iter()
            .filter(|(register, _)| needed.contains(*register))
            .filter_map(|(register, rows)| {
                // 质押登记 is told as 质押登记簿, not as 质押登记登记簿.
                let name = registry::register(register)?.name_zh.trim_end_matches("登记").to_owned();
                Some(OfRegister { register: register.clone(), name, rows: *rows })
            })
            .collect();
        let rows: i64 = registers.iter().map(|of| of.rows).sum();
        (rows > 0).then(|| Waiting { may_change: may_change(indicator, definition, rows), registers })
    }
}

/// What waited when this run knew its facts.
pub async fn of_run(installation: &Installation, opened: &Opened) -> Result<OfRun, Error> {
    let rows = rows(installation, &opened.evaluation).await?;
    Ok(if rows.is_empty() { OfRun::default() } else { OfRun { rows, needed: needed(opened) } })
}

/// The same where the run is not open yet; it is only opened when something waits.
pub async fn of_evaluation(
    installation: &Installation,
    policy: &Policy,
    evaluation: &Evaluation,
) -> Result<OfRun, Error> {
    let rows = rows(installation, evaluation).await?;
    if rows.is_empty() {
        return Ok(OfRun::default());
    }
    let opened = Shelf::default().open(installation, policy, &evaluation.run).await?;
    Ok(OfRun { rows, needed: needed(&opened) })
}

async fn rows(installation: &Installation, evaluation: &Evaluation) -> Result<BTreeMap<String, i64>, Error> {
    let known_at = evaluation.known_at.parse();
    let known_at = known_at.map_err(|_| Error::Damaged(format!("测算 {} 的知悉时间已损坏", evaluation.run)))?;
    Ok(registry::quarantine::waiting(&installation.db, known_at).await?)
}

/// The registers on which each indicator rests, by the rules.
fn needed(opened: &Opened) -> BTreeMap<String, BTreeSet<String>> {
    let mut needed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let Some(rows) = opened.views.rows("needed_register") else { return needed };
    for row in 0..rows.len() {
        if let (Some(code), Some(register)) = (rows.text(row, "code"), rows.text(row, "register")) {
            needed.entry(code.to_owned()).or_default().insert(register.to_owned());
        }
    }
    needed
}

/// Whether so many rows could turn a verdict: as many as it lacks when it is missed, or as would undo it when it is met. A row
/// of an amount may hold any amount, and a wave of a survey takes the place of the last.
fn may_change(indicator: &Indicator, definition: &IndicatorDef, rows: i64) -> bool {
    let Some(met) = indicator.met else { return false };
    if definition.numerator_unit == "分" || definition.flow == "survey" {
        return true;
    }
    let (Some(numerator), Some(least)) = (indicator.numerator, cockpit::least_that_meets(indicator, definition)) else {
        return true;
    };
    let apart = if met { i128::from(numerator) - least + 1 } else { least - i128::from(numerator) };
    apart <= i128::from(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indicator(code: &str, numerator: i64, met: Option<bool>) -> Indicator {
        let policy = runs_policy();
        let definition = policy.indicator(code).unwrap();
        Indicator {
            code: code.into(),
            name: String::new(),
            clauses: Vec::new(),
            numerator: Some(numerator),
            denominator: definition.has_denominator().then_some(100_000_000_000),
            value: Some(String::new()),
            operator: definition.operator,
            target: Some("30".into()),
            met,
            reason: String::new(),
            by_region: Vec::new(),
            bound: "exact".into(),
            upper: None,
            unit: definition.unit.clone(),
            evidence_count: 0,
            reading: String::new(),
        }
    }

    fn runs_policy() -> Policy {
        crate::runs::policy().unwrap()
    }

    #[test]
    fn as_many_rows_as_are_lacking_or_to_spare_may_turn_a_verdict() {
        let policy = runs_policy();
        let check = |code: &str, numerator, met, rows, expected: bool| {
            let found = may_change(&indicator(code, numerator, met), policy.indicator(code).unwrap(), rows);
            assert_eq!(found, expected, "{code} {numerator} {met:?} {rows}");
        };
        // 30 per billion of a hundred billion: 3,000.
        check("K01", 2_992, Some(false), 8, true);
        check("K01", 2_992, Some(false), 7, false);
        check("K01", 3_000, Some(true), 1, true);
        check("K01", 3_007, Some(true), 7, false);
        check("K01", 3_007, Some(true), 8, true);
        check("K01", 2_992, None, 100, false);
        check("K08", 1, Some(false), 1, true);
        check("K09", 1, Some(true), 1, true);
    }

    #[test]
    fn what_waits_is_named_by_its_register() {
        let policy = runs_policy();
        let of_run = OfRun {
            rows: BTreeMap::from([("patents".to_owned(), 104), ("pledges".to_owned(), 3)]),
            needed: BTreeMap::from([("K01".to_owned(), BTreeSet::from(["patents".to_owned(), "regions".to_owned()]))]),
        };
        let definition = policy.indicator("K01").unwrap();
        let waiting = of_run.behind(&indicator("K01", 2_992, Some(false)), definition).unwrap();
        assert_eq!(waiting.words(), "专利登记簿有 104 行待处理，未计入；处理后结论可能改变");
        assert_eq!(of_run.behind(&indicator("K02", 1, None), policy.indicator("K02").unwrap()), None);
    }
}
