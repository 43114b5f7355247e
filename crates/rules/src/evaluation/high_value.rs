//! High-value inventions: categories, what a person has yet to judge, and the official list beside ours.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::arrow::array::RecordBatch;

use super::{Difference, HighValue};
use crate::{
    Error,
    evaluate::{
        read::{integer, integers, integers_if_any, maybe_integer, maybe_text, text, texts, texts_if_any},
        rule_error,
    },
    policy::View,
};

/// The five categories of 《实施意见》 C3.4.2.2.
const CATEGORIES: std::ops::RangeInclusive<i64> = 1..=5;

/// The lists as the rules give them.
#[derive(Debug, Default)]
pub(super) struct Lists {
    counted: Option<BTreeSet<String>>,
    undetermined: BTreeSet<String>,
    categories: BTreeMap<i64, (Option<i64>, String)>,
    totals: Totals,
    difference: Difference,
}

/// The row of `high_value_total`.
#[derive(Debug, Default)]
struct Totals {
    source: String,
    official: Option<i64>,
    computed: Option<i64>,
}

impl Lists {
    /// The inventions that count, from the source that the parameter chooses.
    pub(super) fn take_counted(&mut self, view: &View, batch: &RecordBatch) -> Result<(), Error> {
        take_numbers(self.counted.get_or_insert_default(), view, batch)
    }

    pub(super) fn take_undetermined(&mut self, view: &View, batch: &RecordBatch) -> Result<(), Error> {
        take_numbers(&mut self.undetermined, view, batch)
    }

    pub(super) fn take_categories(&mut self, view: &View, batch: &RecordBatch) -> Result<(), Error> {
        let categories = integers(view, batch, "category")?;
        let totals = integers(view, batch, "total")?;
        let reasons = texts_if_any(view, batch, "reason")?;
        for row in 0..batch.num_rows() {
            let category = integer(view, "category", &categories, row)?;
            if !CATEGORIES.contains(&category) {
                return Err(rule_error(
                    view,
                    (view.line, None),
                    format!("高价值类别只有 1 至 5，不能是 {category}；请改正规则"),
                ));
            }
            let entry = (maybe_integer(&totals, row), maybe_text(&reasons, row).unwrap_or_default().to_owned());
            if self.categories.insert(category, entry).is_some() {
                return Err(rule_error(
                    view,
                    (view.line, None),
                    format!("高价值第 {category} 类给出了不止一行；请先汇总"),
                ));
            }
        }
        Ok(())
    }

    pub(super) fn take_total(&mut self, view: &View, batch: &RecordBatch) -> Result<(), Error> {
        let sources = texts_if_any(view, batch, "source")?;
        let official = integers_if_any(view, batch, "official")?;
        let computed = integers_if_any(view, batch, "computed")?;
        for row in 0..batch.num_rows() {
            self.totals = Totals {
                source: maybe_text(&sources, row).unwrap_or_default().to_owned(),
                official: maybe_integer(&official, row),
                computed: maybe_integer(&computed, row),
            };
        }
        Ok(())
    }

    pub(super) fn take_difference(&mut self, view: &View, batch: &RecordBatch) -> Result<(), Error> {
        let numbers = texts(view, batch, "application_number")?;
        let sides = texts(view, batch, "only_in")?;
        for row in 0..batch.num_rows() {
            let number = text(view, "application_number", &numbers, row)?.to_owned();
            match text(view, "only_in", &sides, row)? {
                "official" => self.difference.only_official.push(number),
                "computed" => self.difference.only_computed.push(number),
                other => {
                    return Err(rule_error(
                        view,
                        (view.line, None),
                        format!("only_in 的值「{other}」不对；请用 official 或 computed"),
                    ));
                }
            }
        }
        Ok(())
    }

    pub(super) fn settle(mut self) -> HighValue {
        let mut categories = BTreeMap::new();
        let mut category_reasons = BTreeMap::new();
        for category in CATEGORIES {
            let (total, reason) = self.categories.remove(&category).unwrap_or((None, "没有认定规则".to_owned()));
            categories.insert(category.to_string(), total);
            if total.is_none() || !reason.is_empty() {
                category_reasons.insert(category.to_string(), reason);
            }
        }
        for list in [&mut self.difference.only_official, &mut self.difference.only_computed] {
            list.sort_unstable();
            list.dedup();
        }
        HighValue {
            total: self.counted.map(|counted| counted.len() as i64),
            undetermined: self.undetermined.len() as i64,
            categories,
            category_reasons,
            source: self.totals.source,
            computed: self.totals.computed,
            official: self.totals.official,
            difference: self.totals.official.map(|_| self.difference),
        }
    }
}

fn take_numbers(list: &mut BTreeSet<String>, view: &View, batch: &RecordBatch) -> Result<(), Error> {
    let numbers = texts(view, batch, "application_number")?;
    for row in 0..batch.num_rows() {
        list.insert(text(view, "application_number", &numbers, row)?.to_owned());
    }
    Ok(())
}
