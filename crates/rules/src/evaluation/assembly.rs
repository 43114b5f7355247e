//! Taking the rows of the engine-read views as they come, and putting the answer together.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::arrow::array::RecordBatch;

use super::{
    AWARD_EVIDENCE, AwardUnknown, Evaluation, INDICATOR_EVIDENCE, INDICATOR_WEIGHT, awards, beijing,
    conditions::take_conditions,
    decisions::DecisionsBuilder,
    high_value,
    indicators::{self, Figure},
    rows::{Rows, schema},
};
use crate::{
    ENGINE_MEANING, Error, Kind, Request,
    evaluate::{
        Part,
        read::{integer, integers, integers_if_any, maybe_integer, maybe_text, text, texts, texts_if_any},
        rule_error,
    },
    policy::{Settings, View},
};

/// What the views have said so far.
pub(crate) struct Assembly<'a> {
    request: &'a Request<'a>,
    settings: &'a Settings,
    figures: BTreeMap<String, Figure>,
    regions: BTreeMap<String, BTreeMap<String, i64>>,
    indicator_evidence: Vec<RecordBatch>,
    conditions: DecisionsBuilder,
    facts: Vec<RecordBatch>,
    award_evidence: Vec<RecordBatch>,
    award_unknown: BTreeSet<AwardUnknown>,
    high_value: high_value::Lists,
}

pub(super) const FACTS: [(&str, Kind); 4] =
    [("award", Kind::Text), ("subject", Kind::Text), ("name", Kind::Text), ("value", Kind::Integer)];

impl<'a> Assembly<'a> {
    pub(crate) fn new(request: &'a Request<'a>, settings: &'a Settings) -> Self {
        Self {
            request,
            settings,
            figures: BTreeMap::new(),
            regions: BTreeMap::new(),
            indicator_evidence: Vec::new(),
            conditions: DecisionsBuilder::default(),
            facts: Vec::new(),
            award_evidence: Vec::new(),
            award_unknown: BTreeSet::new(),
            high_value: high_value::Lists::default(),
        }
    }

    /// Takes some rows of a view; views that the engine does not read are passed over.
    pub(crate) fn take(&mut self, view: &View, batch: &RecordBatch) -> Result<(), Error> {
        match view.name.as_str() {
            "indicator_value" => self.take_values(view, batch),
            "indicator_region" => self.take_regions(view, batch),
            "indicator_evidence" => {
                self.known_codes(view, batch)?;
                if batch.num_rows() > 0 {
                    self.indicator_evidence.push(columns(view, batch, evidence_columns(batch))?);
                }
                Ok(())
            }
            "condition" => self.take_conditions(view, &Part::of(batch.clone())),
            "award_fact" => {
                self.facts.push(columns(view, batch, &FACTS)?);
                Ok(())
            }
            "evidence" => {
                self.award_evidence.push(columns(view, batch, &AWARD_EVIDENCE)?);
                Ok(())
            }
            "award_unknown" => self.take_unknown_awards(view, batch),
            "high_value" => self.high_value.take_counted(view, batch),
            "high_value_undetermined" => self.high_value.take_undetermined(view, batch),
            "high_value_total" => self.high_value.take_total(view, batch),
            "high_value_category" => self.high_value.take_categories(view, batch),
            "high_value_difference" => self.high_value.take_difference(view, batch),
            _ => Ok(()),
        }
    }

    /// Takes some rows of the view `condition`, constants apart.
    pub(crate) fn take_conditions(&mut self, view: &View, part: &Part) -> Result<(), Error> {
        take_conditions(&mut self.conditions, view, part)
    }

    /// The whole answer.
    pub(crate) fn finish(self, run: String) -> Result<Evaluation, Error> {
        let policy = self.request.policy;
        let evidence = self.indicator_evidence.first().map_or(&EVIDENCE[..INDICATOR_EVIDENCE.len()], evidence_columns);
        let indicator_evidence = Rows::sort(evidence, self.indicator_evidence, true)?;
        let award_evidence = Rows::sort(&AWARD_EVIDENCE, self.award_evidence, true)?;
        let facts = Rows::sort(&FACTS, self.facts, true)?;
        let decisions = self.conditions.finish()?;
        let indicators = policy
            .indicators
            .iter()
            .map(|definition| {
                let figure = self.figures.get(&definition.code);
                let regions = self.regions.get(&definition.code);
                let rights = indicators::distinct_rights(&indicator_evidence, &definition.code);
                indicators::decide(definition, self.settings, figure, regions, rights)
            })
            .collect();
        let outcome = awards::assemble(self.request, self.settings, &decisions, &facts, &award_evidence)?;
        Ok(Evaluation {
            run,
            policy: policy.id.clone(),
            as_of: self.request.as_of,
            known_at: beijing(self.request.known_at),
            snapshot: self.request.snapshot.id().to_owned(),
            parameters: self.settings.to_texts(),
            indicators,
            awards: outcome.awards,
            high_value: self.high_value.settle(),
            near_misses: outcome.near_misses,
            undetermined: outcome.undetermined,
            award_unknown: self.award_unknown.into_iter().collect(),
            policy_hash: policy.hash().to_owned(),
            scope: self.request.scope.clone(),
            overrides: self.request.overrides.clone(),
            engine: ENGINE_MEANING.to_owned(),
            indicator_evidence,
            award_evidence,
            decisions,
        })
    }

    fn known_codes(&self, view: &View, batch: &RecordBatch) -> Result<(), Error> {
        let codes = texts(view, batch, "code")?;
        let distinct: BTreeSet<Option<&str>> = codes.iter().collect();
        for code in distinct {
            let code = code.unwrap_or_default();
            if self.request.policy.indicator(code).is_none() {
                return Err(rule_error(
                    view,
                    (view.line, None),
                    format!("给出的指标「{code}」在 policy.toml 中没有；请补上指标或改正代码"),
                ));
            }
        }
        Ok(())
    }

    fn take_values(&mut self, view: &View, batch: &RecordBatch) -> Result<(), Error> {
        self.known_codes(view, batch)?;
        let codes = texts(view, batch, "code")?;
        let numerators = integers(view, batch, "numerator")?;
        let denominators = integers_if_any(view, batch, "denominator")?;
        let bounds = texts_if_any(view, batch, "bound")?;
        let uppers = integers_if_any(view, batch, "upper")?;
        let reasons = texts_if_any(view, batch, "reason")?;
        for row in 0..batch.num_rows() {
            let code = text(view, "code", &codes, row)?;
            let numerator = maybe_integer(&numerators, row);
            let bound = match (maybe_text(&bounds, row).unwrap_or("exact"), numerator) {
                ("unknown", _) | (_, None) => "unknown",
                ("exact", _) => "exact",
                ("lower", _) => "lower",
                (other, _) => {
                    return Err(rule_error(
                        view,
                        (view.line, None),
                        format!("bound 的值「{other}」不对；请用 exact、lower 或 unknown"),
                    ));
                }
            };
            let figure = Figure {
                numerator,
                denominator: maybe_integer(&denominators, row),
                bound,
                upper: maybe_integer(&uppers, row),
                reason: maybe_text(&reasons, row).unwrap_or_default().to_owned(),
            };
            if self.figures.insert(code.to_owned(), figure).is_some() {
                return Err(rule_error(
                    view,
                    (view.line, None),
                    format!("指标 {code} 给出了不止一行；请检查规则中的关联是否重复"),
                ));
            }
        }
        Ok(())
    }

    fn take_regions(&mut self, view: &View, batch: &RecordBatch) -> Result<(), Error> {
        self.known_codes(view, batch)?;
        let codes = texts(view, batch, "code")?;
        let regions = texts(view, batch, "region")?;
        let numerators = integers(view, batch, "numerator")?;
        for row in 0..batch.num_rows() {
            let code = text(view, "code", &codes, row)?;
            let region = text(view, "region", &regions, row)?;
            let numerator = integer(view, "numerator", &numerators, row)?;
            let towns = self.regions.entry(code.to_owned()).or_default();
            if towns.insert(region.to_owned(), numerator).is_some() {
                return Err(rule_error(
                    view,
                    (view.line, None),
                    format!("指标 {code} 的区镇 {region} 给出了不止一行；请先汇总"),
                ));
            }
        }
        Ok(())
    }

    fn take_unknown_awards(&mut self, view: &View, batch: &RecordBatch) -> Result<(), Error> {
        let awards = texts(view, batch, "award")?;
        let reasons = texts(view, batch, "reason")?;
        for row in 0..batch.num_rows() {
            self.award_unknown.insert(AwardUnknown {
                award: text(view, "award", &awards, row)?.to_owned(),
                reason: text(view, "reason", &reasons, row)?.to_owned(),
            });
        }
        Ok(())
    }
}

/// The columns of the rights behind the indicators.
static EVIDENCE: [(&str, Kind); 6] = {
    let [code, right, region, uscc] = INDICATOR_EVIDENCE;
    let [unit, amount] = INDICATOR_WEIGHT;
    [code, right, region, uscc, unit, amount]
};

/// Those of them that a batch has: how a right counts is said by newer documents only.
fn evidence_columns(batch: &RecordBatch) -> &'static [(&'static str, Kind)] {
    let is_weighed = INDICATOR_WEIGHT.iter().all(|(name, _)| batch.column_by_name(name).is_some());
    if is_weighed { &EVIDENCE } else { &EVIDENCE[..INDICATOR_EVIDENCE.len()] }
}

/// The named columns of a batch, in order and in exactly these types.
fn columns(view: &View, batch: &RecordBatch, wanted: &[(&str, Kind)]) -> Result<RecordBatch, Error> {
    let mut arrays: Vec<datafusion::arrow::array::ArrayRef> = Vec::with_capacity(wanted.len());
    for (name, kind) in wanted {
        arrays.push(match kind {
            Kind::Integer => std::sync::Arc::new(integers(view, batch, name)?),
            _ => std::sync::Arc::new(texts(view, batch, name)?),
        });
    }
    Ok(RecordBatch::try_new(schema(wanted).into(), arrays)?)
}
