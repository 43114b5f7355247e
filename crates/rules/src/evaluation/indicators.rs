//! Deciding an indicator from its numerator, its denominator and what is known of them.

use std::collections::BTreeMap;

use super::{Indicator, RegionCount, rows::Rows};
use crate::{
    policy::{IndicatorDef, IndicatorKind, Settings},
    verdict::{Known, Operator, Ratio, Shown, figure_text, target_text},
};

/// What the rules say of one indicator.
#[derive(Debug, Clone)]
pub(super) struct Figure {
    pub(super) numerator: Option<i64>,
    pub(super) denominator: Option<i64>,
    pub(super) bound: &'static str,
    pub(super) upper: Option<i64>,
    pub(super) reason: String,
}

static SILENT: Figure =
    Figure { numerator: None, denominator: None, bound: "unknown", upper: None, reason: String::new() };

/// The indicator with its verdict and the reason for it.
pub(super) fn decide(
    definition: &IndicatorDef,
    settings: &Settings,
    figure: Option<&Figure>,
    regions: Option<&BTreeMap<String, i64>>,
    evidence_count: u64,
) -> Indicator {
    let figure = figure.unwrap_or(&SILENT);
    let shown = Shown { divisor: definition.display_divisor, decimals: definition.decimals };
    let aim = definition.target_parameter.as_deref().and_then(|name| settings.integer(name));
    let aim = definition.operator.zip(aim);
    let numerator = if figure.bound == "unknown" { None } else { figure.numerator };
    let ratio = ratio_of(definition, figure);
    let value = ratio.zip(numerator).and_then(|(ratio, numerator)| figure_text(numerator, ratio, shown, aim));
    let known = Known { least: numerator, most: if figure.bound == "exact" { numerator } else { figure.upper } };
    let met = ratio.zip(aim).and_then(|(ratio, (operator, target))| known.test(ratio, operator, target));
    Indicator {
        code: definition.code.clone(),
        name: definition.name.clone(),
        clauses: definition.clauses.clone(),
        numerator,
        denominator: figure.denominator.filter(|_| definition.has_denominator()),
        reason: reason(definition, figure, shown, aim, (value.as_deref(), met)),
        value,
        operator: definition.operator,
        target: aim.map(|(_, target)| target_text(target, shown)),
        met,
        by_region: regions
            .into_iter()
            .flatten()
            .map(|(region, numerator)| RegionCount { region: region.clone(), numerator: *numerator })
            .collect(),
        bound: figure.bound.to_owned(),
        upper: figure.upper,
        unit: definition.unit.clone(),
        evidence_count,
        reading: definition.reading.clone(),
    }
}

/// What an indicator would be with another denominator, all else as it is: how much of a change its denominator made.
///
/// `None` where nothing can be computed, or where there is no denominator.
pub fn restated(
    definition: &IndicatorDef,
    settings: &Settings,
    indicator: &Indicator,
    denominator: i64,
) -> Option<Restated> {
    let bound = ["exact", "lower"].into_iter().find(|bound| *bound == indicator.bound)?;
    let figure = Figure {
        numerator: indicator.numerator,
        denominator: Some(denominator),
        bound,
        upper: indicator.upper,
        reason: String::new(),
    };
    if !definition.has_denominator() {
        return None;
    }
    let again = decide(definition, settings, Some(&figure), None, 0);
    Some(Restated { value: again.value?, met: again.met })
}

/// A figure and its verdict under another denominator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restated {
    /// The figure as shown.
    pub value: String,
    /// Whether the target would be met.
    pub met: Option<bool>,
}

/// `None` when the denominator is not known, zero or negative: then nothing is computable.
fn ratio_of(definition: &IndicatorDef, figure: &Figure) -> Option<Ratio> {
    let denominator =
        if definition.has_denominator() { figure.denominator.filter(|denominator| *denominator > 0)? } else { 1 };
    Some(Ratio { scale: definition.scale, denominator })
}

fn reason(
    definition: &IndicatorDef,
    figure: &Figure,
    shown: Shown,
    aim: Option<(Operator, i64)>,
    (value, met): (Option<&str>, Option<bool>),
) -> String {
    let mut parts = Vec::new();
    if definition.has_denominator() {
        match figure.denominator {
            None if figure.reason.is_empty() => {
                parts.push(format!("无法计算：缺少分母（{}）", definition.denominator));
            }
            Some(zero) if zero <= 0 => {
                parts.push(format!("无法计算：分母（{}）为零", definition.denominator));
            }
            _ => {}
        }
    }
    if figure.bound == "unknown" && figure.reason.is_empty() {
        let why = if definition.reason.is_empty() { "规则没有给出分子" } else { &definition.reason };
        parts.push(format!("无法计算：{why}"));
    }
    match (value, aim, met) {
        (Some(value), Some((operator, target)), Some(met)) => {
            let verdict = if met { "达到" } else { "未达到" };
            parts.push(format!(
                "{verdict}目标：{value}{}，要求 {operator} {}",
                if figure.bound == "lower" { "（至少）" } else { "" },
                target_text(target, shown)
            ));
        }
        (Some(_), Some(_), None) => parts.push("已知部分尚不足以判定".to_owned()),
        (None, Some(_), Some(false)) => parts.push("未达到目标：上限也不够".to_owned()),
        (_, None, _) if definition.kind == IndicatorKind::Monitored => {
            parts.push("监测指标，不设目标值".to_owned());
        }
        (Some(_), None, _) => parts.push("目标值未设定".to_owned()),
        _ => {}
    }
    if !figure.reason.is_empty() {
        parts.push(figure.reason.clone());
    }
    parts.join("；")
}

/// The number of different rights behind an indicator; a right in two towns is one right.
pub(super) fn distinct_rights(evidence: &Rows, code: &str) -> u64 {
    let mut count = 0;
    let mut last = None;
    for row in evidence.range(&[code]) {
        let right = evidence.text(1, row);
        if right != last {
            count += 1;
            last = right;
        }
    }
    count
}
