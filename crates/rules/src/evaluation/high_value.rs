//! High-value inventions: categories, what a person has yet to judge, and the official list beside ours.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::arrow::array::RecordBatch;

use super::{Difference, HighValue};
use crate::{
    Error,
    evaluate::{
        read::{integer, integers, maybe_text, text, texts, texts_if_any},
        rule_error,
    },
    policy::{Settings, View},
};

/// The five categories of 《实施意见》 C3.4.2.2.
const CATEGORIES: std::ops::RangeInclusive<i64> = 1..=5;

/// What decides category 4, 实现较高质押融资金额.
const PLEDGE_THRESHOLD: &str = "pledge_high_value_threshold_fen";

/// The lists as the rules give them.
#[derive(Debug, Default)]
pub(super) struct Lists {
    computed: Option<BTreeMap<i64, BTreeSet<String>>>,
    undetermined: BTreeSet<String>,
    official: BTreeSet<String>,
    unknown: BTreeMap<i64, String>,
}

impl Lists {
    pub(super) fn take_computed(&mut self, view: &View, batch: &RecordBatch) -> Result<(), Error> {
        let numbers = texts(view, batch, "application_number")?;
        let categories = integers(view, batch, "category")?;
        let computed = self.computed.get_or_insert_default();
        for row in 0..batch.num_rows() {
            let number = text(view, "application_number", &numbers, row)?;
            let category = in_range(view, integer(view, "category", &categories, row)?)?;
            computed.entry(category).or_default().insert(number.to_owned());
        }
        Ok(())
    }

    pub(super) fn take_undetermined(
        &mut self,
        view: &View,
        batch: &RecordBatch,
    ) -> Result<(), Error> {
        take_numbers(&mut self.undetermined, view, batch)
    }

    pub(super) fn take_official(&mut self, view: &View, batch: &RecordBatch) -> Result<(), Error> {
        take_numbers(&mut self.official, view, batch)
    }

    pub(super) fn take_unknown(&mut self, view: &View, batch: &RecordBatch) -> Result<(), Error> {
        let categories = integers(view, batch, "category")?;
        let reasons = texts_if_any(view, batch, "reason")?;
        for row in 0..batch.num_rows() {
            let category = in_range(view, integer(view, "category", &categories, row)?)?;
            let reason = maybe_text(&reasons, row).unwrap_or("无法计算");
            self.unknown.insert(category, reason.to_owned());
        }
        Ok(())
    }

    pub(super) fn settle(mut self, settings: &Settings) -> HighValue {
        if settings.get(PLEDGE_THRESHOLD).is_some() && settings.integer(PLEDGE_THRESHOLD).is_none() {
            self.unknown
                .entry(4)
                .or_insert_with(|| "质押融资金额门槛未设定，第四类不认定".to_owned());
        }
        let Some(computed) = self.computed else {
            for category in CATEGORIES {
                self.unknown.entry(category).or_insert_with(|| "没有认定规则".to_owned());
            }
            return HighValue {
                categories: CATEGORIES.map(|category| (category.to_string(), None)).collect(),
                category_reasons: named(self.unknown),
                ..HighValue::default()
            };
        };
        let all: BTreeSet<&String> = computed.values().flatten().collect();
        let size = |category: i64| computed.get(&category).map_or(0, |numbers| numbers.len() as i64);
        let categories = CATEGORIES
            .map(|category| {
                let known = !self.unknown.contains_key(&category);
                (category.to_string(), known.then(|| size(category)))
            })
            .collect();
        // An empty list is no list: an official list of a city is never empty.
        let difference = (!self.official.is_empty()).then(|| Difference {
            only_official: self.official.iter().filter(|n| !all.contains(n)).cloned().collect(),
            only_computed: all
                .iter()
                .filter(|number| !self.official.contains(**number))
                .map(|number| (*number).clone())
                .collect(),
        });
        HighValue {
            total: Some(all.len() as i64),
            undetermined: self.undetermined.iter().filter(|n| !all.contains(n)).count() as i64,
            categories,
            category_reasons: named(self.unknown),
            official: difference.as_ref().map(|_| self.official.len() as i64),
            difference,
        }
    }
}

fn named(reasons: BTreeMap<i64, String>) -> BTreeMap<String, String> {
    reasons.into_iter().map(|(category, reason)| (category.to_string(), reason)).collect()
}

fn take_numbers(
    list: &mut BTreeSet<String>,
    view: &View,
    batch: &RecordBatch,
) -> Result<(), Error> {
    let numbers = texts(view, batch, "application_number")?;
    for row in 0..batch.num_rows() {
        list.insert(text(view, "application_number", &numbers, row)?.to_owned());
    }
    Ok(())
}

fn in_range(view: &View, category: i64) -> Result<i64, Error> {
    if CATEGORIES.contains(&category) {
        Ok(category)
    } else {
        Err(rule_error(
            view,
            (view.line, None),
            format!("高价值类别只有 1 至 5，不能是 {category}；请改正规则"),
        ))
    }
}
