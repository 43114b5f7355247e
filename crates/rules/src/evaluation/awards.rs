//! Putting awards together from decided conditions: level, amount, near misses and open cases.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use datafusion::arrow::array::{Array, AsArray};

use super::{
    Award, Condition, DecidedCondition, Decisions, NearMiss, Undetermined,
    decisions::{Case, Standing},
    rows::Rows,
};
use crate::{
    Error, Request, Snapshot,
    policy::{AwardDef, GATES, Setting, Settings},
};

/// All lists that come from decided conditions, each sorted by award and subject.
pub(super) struct Outcome {
    pub(super) awards: Vec<Award>,
    pub(super) near_misses: Vec<NearMiss>,
    pub(super) undetermined: Vec<Undetermined>,
}

/// Decides level by level; the highest level whose conditions all hold is the award's level.
pub(super) fn assemble(
    request: &Request,
    settings: &Settings,
    decisions: &Decisions,
    facts: &Rows,
    evidence: &Rows,
) -> Result<Outcome, Error> {
    let mut outcome = Outcome { awards: Vec::new(), near_misses: Vec::new(), undetermined: Vec::new() };
    let mut current: Option<&AwardDef> = None;
    for case in decisions.cases() {
        if current.is_none_or(|definition| definition.id != case.award()) {
            current = Some(definition_of(request, case)?);
        }
        let Some(definition) = current.filter(|definition| definition.active) else {
            continue;
        };
        let mut reached: Option<Standing> = None;
        for standing in case.standing() {
            check_level(definition, standing.level())?;
            if standing.holds() == Some(true) {
                reached = Some(standing);
            }
        }
        if let Some(standing) = reached {
            outcome.awards.push(award(request, settings, definition, case, standing, facts, evidence));
        }
        let open = |standing: &Standing| reached.is_none_or(|r| standing.level() > r.level());
        let reached = reached.map(Standing::level);
        let distance = definition.near_miss_parameter.as_deref().and_then(|n| settings.integer(n));
        if let Some(next) = case.standing().find(open)
            && distance.is_some_and(|distance| next.is_within(distance))
        {
            outcome.near_misses.push(near_miss(definition, case, next, reached));
        }
        if let Some(next) = case.standing().filter(open).find(|s| s.holds().is_none()) {
            outcome.undetermined.push(undetermined(case, next, reached));
        }
    }
    name_subjects(request.snapshot, &mut outcome);
    Ok(outcome)
}

fn definition_of<'a>(request: &Request<'a>, case: Case) -> Result<&'a AwardDef, Error> {
    request.policy.award(case.award()).ok_or_else(|| {
        Error::Policy(format!(
            "视图 condition 给出的奖励「{}」在 policy.toml 中没有；请补上奖励或改正代码",
            case.award()
        ))
    })
}

fn check_level(definition: &AwardDef, level: i64) -> Result<(), Error> {
    let declared = if definition.levels.is_empty() {
        level == 1
    } else {
        definition.levels.iter().any(|declared| declared.level == level)
    };
    if declared {
        Ok(())
    } else {
        Err(Error::Policy(format!(
            "视图 condition 给出的奖励 {} 第 {level} 级在 policy.toml 中没有；请补上级别或改正规则",
            definition.id
        )))
    }
}

fn award(
    request: &Request,
    settings: &Settings,
    definition: &AwardDef,
    case: Case,
    standing: Standing,
    facts: &Rows,
    evidence: &Rows,
) -> Award {
    let key = [case.award(), case.subject()];
    let rights: BTreeSet<&str> = evidence.range(&key).filter_map(|row| evidence.text(3, row)).collect();
    let level = definition.levels.iter().find(|level| level.level == standing.level());
    let amount_parameter =
        level.and_then(|level| level.amount_parameter.as_deref()).or(definition.amount_parameter.as_deref());
    let amount = amount(request, settings, definition, amount_parameter);
    Award {
        award: definition.id.clone(),
        subject: case.subject().to_owned(),
        name: None,
        level: standing.level(),
        clauses: definition.clauses.clone(),
        facts: facts
            .range(&key)
            .filter_map(|row| Some((facts.text(2, row)?.to_owned(), facts.integer(3, row))))
            .collect(),
        conditions: conditions(standing),
        evidence: rights.into_iter().map(str::to_owned).collect(),
        amount_fen: amount.payable,
        amount_reason: amount.reason,
        assumed_amount_fen: amount.assumed,
        level_name: level.map(|level| level.name.clone()).unwrap_or_default(),
    }
}

struct Amount {
    payable: Option<i64>,
    assumed: Option<i64>,
    reason: String,
}

/// Nothing is payable without a basis document, and nothing against a national gate.
fn amount(request: &Request, settings: &Settings, definition: &AwardDef, parameter: Option<&str>) -> Amount {
    let set = parameter.and_then(|name| settings.integer(name));
    let basis = parameter.map_or("", |name| settings.basis(name));
    let refused = |reason: String| Amount { payable: None, assumed: set, reason };
    if let Some(last_day) = grant_money_ended(request, settings, definition) {
        return refused(format!("grant-linked money ended on {last_day}"));
    }
    match set {
        Some(fen) if !basis.is_empty() && basis != "reading" => {
            Amount { payable: Some(fen), assumed: None, reason: basis.to_owned() }
        }
        _ => refused("no basis document".to_owned()),
    }
}

/// The last day of money linked to grants, when it has passed.
///
/// An unset parameter does not lift the national gate.
fn grant_money_ended(request: &Request, settings: &Settings, definition: &AwardDef) -> Option<String> {
    if definition.money_class != "grant-linked" {
        return None;
    }
    let gate = GATES.iter().find(|gate| gate.parameter == "grant_linked_last_day")?;
    let last_day = match settings.get(gate.parameter) {
        Some(Setting::Date(day)) => *day,
        _ => gate.limit.parse().ok()?,
    };
    (request.as_of > last_day).then(|| last_day.to_string())
}

fn near_miss(definition: &AwardDef, case: Case, standing: Standing, reached: Option<i64>) -> NearMiss {
    let conditions = conditions(standing);
    let lacking: Vec<&Condition> = conditions.iter().filter(|c| c.holds == Some(false)).collect();
    let words = match lacking.as_slice() {
        [only] => format!("再有 {} {}即可达标", only.distance.unwrap_or_default(), only.unit),
        several => {
            let parts: Vec<String> = several
                .iter()
                .map(|c| format!("{} {}（{}）", c.distance.unwrap_or_default(), c.unit, c.text))
                .collect();
            format!("再有 {}即可达标", parts.join("、"))
        }
    };
    NearMiss {
        award: definition.id.clone(),
        subject: case.subject().to_owned(),
        name: None,
        level: standing.level(),
        reached,
        clauses: definition.clauses.clone(),
        lacking: words,
        distance: lacking.iter().filter_map(|c| c.distance).fold(0, i64::saturating_add),
        conditions,
    }
}

fn undetermined(case: Case, standing: Standing, reached: Option<i64>) -> Undetermined {
    Undetermined {
        award: case.award().to_owned(),
        subject: case.subject().to_owned(),
        name: None,
        level: standing.level(),
        reached,
        conditions: conditions(standing).into_iter().filter(|c| c.holds.is_none()).collect(),
    }
}

fn conditions(standing: Standing) -> Vec<Condition> {
    standing.conditions().map(Condition::from).collect()
}

impl From<DecidedCondition> for Condition {
    fn from(decided: DecidedCondition) -> Self {
        Self {
            actual: decided.actual.map(|actual| actual.to_string()),
            required: format!("{} {}", decided.operator, decided.required),
            holds: decided.holds,
            distance: decided.actual.and_then(|actual| decided.operator.distance(actual, decided.required)),
            // The rules write the largest number for a bound that nobody knows.
            upper: decided.upper.filter(|upper| *upper != i64::MAX),
            text: decided.text,
            id: decided.id,
            clause: decided.clause,
            unit: decided.unit,
        }
    }
}

/// Enterprise names come from the snapshot, only for the subjects that are shown.
fn name_subjects(snapshot: &Snapshot, outcome: &mut Outcome) {
    let mut names: HashMap<&str, Option<String>> = HashMap::new();
    let shown = outcome
        .awards
        .iter()
        .map(|award| award.subject.as_str())
        .chain(outcome.near_misses.iter().map(|near| near.subject.as_str()))
        .chain(outcome.undetermined.iter().map(|open| open.subject.as_str()));
    names.extend(shown.map(|subject| (subject, None)));
    let columns = snapshot.table("enterprise").and_then(|table| {
        let text = |name: &str| table.column_by_name(name)?.as_string_opt::<i32>();
        Some((text("uscc")?, text("name")?))
    });
    if let Some((usccs, labels)) = columns {
        for row in (0..usccs.len()).filter(|row| !labels.is_null(*row)) {
            if let Some(name) = names.get_mut(usccs.value(row)) {
                *name = Some(labels.value(row).to_owned());
            }
        }
    }
    let names: BTreeMap<String, Option<String>> =
        names.into_iter().map(|(subject, name)| (subject.to_owned(), name)).collect();
    let name_of = |subject: &str| names.get(subject).cloned().flatten();
    for award in &mut outcome.awards {
        award.name = name_of(&award.subject);
    }
    for near in &mut outcome.near_misses {
        near.name = name_of(&near.subject);
    }
    for open in &mut outcome.undetermined {
        open.name = name_of(&open.subject);
    }
}
