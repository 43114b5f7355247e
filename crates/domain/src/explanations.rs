//! Why a figure or an award is as it is: the clause in its own words, the numbers, and the rights behind them.

use std::collections::BTreeSet;
use std::fmt::Write;

use rules::evaluation::{DecidedCondition, DecidedLevel, Indicator, quantity};
use rules::{Evaluation, Policy};
use serde::Serialize;

use crate::waiting::{self, OfRun, Waiting};
use crate::{Error, Installation, runs};

/// The reasons of one indicator, or of one award for one subject or all.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// The run that is explained.
    pub run: String,
    /// The code of the indicator or the id of the award.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The clauses that state it, quoted.
    pub clauses: Vec<Quotation>,
    /// The snapshot whose facts were counted.
    pub snapshot: String,
    /// The views of `rules.sql` that implement these clauses.
    pub rules: Vec<String>,
    /// The figure, when an indicator is explained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicator: Option<Indicator>,
    /// The figure with its bound, `至少 28`, when an indicator is explained and its figure is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figure: Option<String>,
    /// Rows that wait in quarantine behind the figure, when an indicator is explained and there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// The rights counted, when an indicator is explained.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rights: Vec<CountedRight>,
    /// The units of counting that they come to, where units are counted: several grants may be one application.
    #[serde(skip)]
    pub units: Option<usize>,
    /// The units of numerator and denominator, when an indicator is explained.
    #[serde(skip)]
    pub measured_in: [String; 2],
    /// The subjects, when an award is explained.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<SubjectReasons>,
}

/// A clause in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quotation {
    /// Its id.
    pub id: String,
    /// The words of the document.
    pub text: String,
}

/// One right behind an indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountedRight {
    /// The right's number, or the person or enterprise counted.
    pub right: String,
    /// Its town.
    pub region: Option<String>,
    /// The enterprise it counts for.
    pub subject: Option<String>,
    /// What it adds, in the numerator's base unit, where the numerator is an amount.
    pub amount: Option<i64>,
}

/// One subject's way through the levels of an award.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubjectReasons {
    /// The unified social credit code.
    pub subject: String,
    /// The levels tried, with every condition.
    pub levels: Vec<LevelReasons>,
    /// The rights, each with the condition that it counts for.
    pub evidence: Vec<(String, String)>,
}

/// One level with its conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelReasons {
    /// The level's number.
    pub level: i64,
    /// Whether it is reached; null when not known.
    pub holds: Option<bool>,
    /// Its conditions.
    pub conditions: Vec<ConditionReason>,
}

/// One condition, decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConditionReason {
    /// Its id in the rules.
    #[serde(skip)]
    pub id: String,
    /// What is required, in words.
    pub text: String,
    /// The actual number.
    pub actual: Option<i64>,
    /// The most it can be, where it is not exact.
    pub upper: Option<i64>,
    /// The comparison and the number required.
    pub required: String,
    /// The unit.
    pub unit: String,
    /// The clause.
    pub clause: String,
    /// Met, missed or not known.
    pub holds: Option<bool>,
}

/// Explains an indicator (`K01`) or an award (`innovation-star`), the latter for one subject or all that reach it.
pub async fn explain(
    installation: &Installation,
    policy: &Policy,
    run: &str,
    code: &str,
    subject: Option<&str>,
) -> Result<Explanation, Error> {
    let evaluation = runs::load(installation, run).await?;
    // Codes are printed in capitals and the ids of awards are not; whoever types need not know.
    let awards = policy.awards.iter().map(|award| &award.id);
    let mut known = evaluation.indicators.iter().map(|indicator| &indicator.code).chain(awards);
    let code = known.find(|known| known.eq_ignore_ascii_case(code)).map_or(code, String::as_str);
    let mut explanation = of_code(policy, &evaluation, code, subject)?;
    explanation.add_waiting(policy, &waiting::of_evaluation(installation, policy, &evaluation).await?);
    Ok(explanation)
}

/// The same of a run that is at hand.
pub fn of_code(
    policy: &Policy,
    evaluation: &Evaluation,
    code: &str,
    subject: Option<&str>,
) -> Result<Explanation, Error> {
    if let Some(indicator) = evaluation.indicator(code) {
        return Ok(of_indicator(policy, evaluation, indicator.clone(), subject));
    }
    let award = policy.award(code).ok_or_else(|| Error::NotFound { what: "指标或奖励", id: code.to_owned() })?;
    let mut explanation = blank(policy, evaluation, code, &award.name, &award.clauses);
    let subjects: Vec<String> = match subject {
        Some(subject) => vec![subject.to_owned()],
        None => evaluation.awards.iter().filter(|a| a.award == code).map(|a| a.subject.clone()).collect(),
    };
    explanation.subjects = subjects.into_iter().map(|subject| reasons(evaluation, code, subject)).collect();
    if let (Some(subject), [only]) = (subject, explanation.subjects.as_mut_slice())
        && only.levels.is_empty()
    {
        // Whoever has nothing that counts fails like whoever has too little; what is no enterprise's code is a slip of the pen.
        if terms::Uscc::parse_ignoring_check(subject).is_err() {
            return Err(Error::NotFound { what: "企业", id: subject.to_owned() });
        }
        only.levels = levels(evaluation.explain_nothing(code));
    }
    Ok(explanation)
}

/// One subject's reasons in an award, reached or not.
pub fn reasons(evaluation: &Evaluation, award: &str, subject: String) -> SubjectReasons {
    let levels = levels(evaluation.explain(award, &subject));
    let evidence = evaluation
        .award_evidence(award, &subject)
        .map(|(condition, right)| (condition.to_owned(), right.to_owned()))
        .collect();
    SubjectReasons { subject, levels, evidence }
}

fn levels(decided: Vec<DecidedLevel>) -> Vec<LevelReasons> {
    let condition = |condition: DecidedCondition| ConditionReason {
        required: format!("{} {}", condition.operator, condition.required),
        id: condition.id,
        text: condition.text,
        actual: condition.actual,
        upper: condition.upper,
        unit: condition.unit,
        clause: condition.clause,
        holds: condition.holds,
    };
    let level = |level: DecidedLevel| LevelReasons {
        level: level.level,
        holds: level.holds,
        conditions: level.conditions.into_iter().map(condition).collect(),
    };
    decided.into_iter().map(level).collect()
}

/// The clauses with these ids, quoted.
pub fn quote(policy: &Policy, ids: &[String]) -> Vec<Quotation> {
    ids.iter()
        .filter_map(|id| policy.clause(id))
        .map(|clause| Quotation { id: clause.id.clone(), text: clause.text.clone() })
        .collect()
}

fn of_indicator(policy: &Policy, evaluation: &Evaluation, indicator: Indicator, subject: Option<&str>) -> Explanation {
    let mut explanation = blank(policy, evaluation, &indicator.code, &indicator.name, &indicator.clauses);
    explanation.rights = evaluation
        .indicator_evidence(&indicator.code)
        .filter(|right| subject.is_none_or(|subject| right.uscc == Some(subject)))
        .map(|right| CountedRight {
            right: right.right_id.to_owned(),
            region: right.region.map(str::to_owned),
            subject: right.uscc.map(str::to_owned),
            amount: right.amount,
        })
        .collect();
    let units: BTreeSet<&str> = evaluation
        .indicator_evidence(&indicator.code)
        .filter(|right| right.amount.is_none() && subject.is_none_or(|subject| right.uscc == Some(subject)))
        .map(|right| right.unit)
        .collect();
    explanation.units = Some(units.len()).filter(|units| *units > 0);
    explanation.figure = indicator.figure();
    if let Some(definition) = policy.indicator(&indicator.code) {
        explanation.measured_in = [definition.numerator_unit.clone(), definition.denominator_unit.clone()];
    }
    explanation.indicator = Some(indicator);
    explanation
}

fn blank(policy: &Policy, evaluation: &Evaluation, code: &str, name: &str, clauses: &[String]) -> Explanation {
    let rules = policy
        .views
        .iter()
        .filter(|view| view.clauses.iter().any(|clause| clauses.contains(clause)))
        .map(|view| view.name.clone())
        .collect();
    Explanation {
        run: evaluation.run.clone(),
        code: code.to_owned(),
        name: name.to_owned(),
        clauses: quote(policy, clauses),
        snapshot: evaluation.snapshot.clone(),
        rules,
        indicator: None,
        figure: None,
        waiting: None,
        rights: Vec::new(),
        units: None,
        measured_in: Default::default(),
        subjects: Vec::new(),
    }
}

impl Explanation {
    /// Adds what waits in quarantine behind the figure; an award has none.
    pub fn add_waiting(&mut self, policy: &Policy, waiting: &OfRun) {
        let indicator = self.indicator.as_ref().zip(policy.indicator(&self.code));
        self.waiting = indicator.and_then(|(indicator, definition)| waiting.behind(indicator, definition));
    }

    /// The explanation for a terminal.
    pub fn words(&self) -> String {
        let mut text = format!("{} {}\n", self.code, self.name);
        for clause in &self.clauses {
            let _ = writeln!(text, "  {}：{}", clause.id, clause.text);
        }
        let _ = writeln!(text, "  规则视图：{}", self.rules.join("、"));
        if let Some(indicator) = &self.indicator {
            self.figure_words(&mut text, indicator);
        }
        for subject in &self.subjects {
            let _ = writeln!(text, "  {}", subject.subject);
            match (subject.levels.is_empty(), subject.evidence.is_empty()) {
                (true, _) => text.push_str("    这一次测算没有评定这项奖励。\n"),
                (false, true) => text.push_str("    没有可以计入的权利。\n"),
                (false, false) => {}
            }
            for level in &subject.levels {
                let _ = writeln!(text, "    第 {} 级：{}", level.level, verdict(level.holds));
                for condition in &level.conditions {
                    let actual = condition.actual.map_or_else(|| "未知".to_owned(), |actual| actual.to_string());
                    let _ = writeln!(
                        text,
                        "      {}：{}，实际 {actual}，要求 {} {}（{}）",
                        condition.text,
                        verdict(condition.holds),
                        condition.required,
                        condition.unit,
                        condition.clause
                    );
                }
            }
            for (condition, right) in &subject.evidence {
                let mut conditions = subject.levels.iter().flat_map(|level| &level.conditions);
                let named = conditions.find(|one| one.id == *condition).map_or(condition.as_str(), |one| &one.text);
                let _ = writeln!(text, "      依据（{named}）：{right}");
            }
        }
        text
    }
}

impl Explanation {
    /// The figure with its parts, and the rights behind it.
    fn figure_words(&self, text: &mut String, indicator: &Indicator) {
        let [numerator, denominator] = &self.measured_in;
        let bound = if indicator.is_lower() { "至少 " } else { "" };
        let counted = indicator.numerator.map_or_else(|| "未知".to_owned(), |number| quantity(number, numerator));
        let _ = writeln!(text, "  计数 {bound}{counted}");
        if let Some(number) = indicator.denominator {
            let _ = writeln!(text, "  除数 {}", quantity(number, denominator));
        }
        let _ = writeln!(text, "  {}：{}", indicator.verdict(), indicator.why());
        if let Some(waiting) = &self.waiting {
            let _ = writeln!(text, "  {}", waiting.words());
        }
        if self.rights.is_empty() {
            let none = if indicator.numerator.is_some_and(|number| number > 0) {
                "按汇总数计算，没有逐项的清单"
            } else {
                "没有计入任何一项"
            };
            let _ = writeln!(text, "  {none}");
            return;
        }
        // Several grants may be one unit of counting; of money the single rights are told.
        let units = self.units.filter(|units| *units != self.rights.len());
        let units = units.map_or_else(String::new, |units| format!("，按计件单位合 {units} 件"));
        let _ = writeln!(text, "  计入 {} 件（项）{units}：", self.rights.len());
        for right in &self.rights {
            let amount = right.amount.map_or_else(String::new, |amount| format!(" {}", quantity(amount, numerator)));
            let region = right.region.as_deref().unwrap_or("—");
            let _ = writeln!(text, "    {} {region} {}{amount}", right.right, right.subject.as_deref().unwrap_or("—"));
        }
    }
}

/// The word for a verdict with three values.
pub const fn verdict(holds: Option<bool>) -> &'static str {
    match holds {
        Some(true) => "满足",
        Some(false) => "不满足",
        None => "待定",
    }
}
