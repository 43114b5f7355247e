//! The parameters that a what-if may change: which they are, how they are typed, and how what was typed is read.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rules::{
    Policy,
    policy::{GATES, Parameter, ParameterType},
};
use terms::{Money, MoneyUnit};

use crate::{
    error::AppError,
    form::{Choice, Errors, Field, Kind},
    format,
    frame::Frame,
    pages::indicators::basis,
};

/// Where a parameter stands on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// Conditions of awards.
    Conditions,
    /// Assumed amounts.
    Amounts,
    /// Targets.
    Targets,
    /// How things are counted.
    Counting,
}

impl Group {
    /// Every group, in order.
    pub(super) const ALL: [Self; 4] = [Self::Conditions, Self::Amounts, Self::Targets, Self::Counting];
}

/// A parameter with its value in force.
pub(super) struct Setting<'a> {
    /// The parameter.
    pub(super) parameter: &'a Parameter,
    /// Its place on the form.
    pub(super) group: Group,
    /// The value in force, as a run would keep it; empty when unset.
    pub(super) in_force: String,
    /// The basis of that value.
    pub(super) basis: String,
}

/// The parameters on which an answer rests, in the order of the document within each group.
pub(super) fn settings(policy: &Policy, as_of: Date) -> Result<Vec<Setting<'_>>, AppError> {
    let in_force = policy.settings(as_of, &BTreeMap::new()).map_err(AppError::internal)?;
    let mut settings: Vec<Setting<'_>> = policy
        .parameters
        .iter()
        .filter(|parameter| parameter.used_by.is_empty())
        .map(|parameter| Setting {
            parameter,
            group: group(policy, parameter),
            in_force: in_force.get(&parameter.name).map(rules::policy::Setting::to_text).unwrap_or_default(),
            basis: in_force.basis(&parameter.name).to_owned(),
        })
        .collect();
    settings.sort_by_key(|setting| setting.group);
    Ok(settings)
}

fn group(policy: &Policy, parameter: &Parameter) -> Group {
    let is = |name: &Option<String>| name.as_deref() == Some(&parameter.name);
    let is_amount = policy
        .awards
        .iter()
        .any(|award| is(&award.amount_parameter) || award.levels.iter().any(|level| is(&level.amount_parameter)));
    let is_target = policy.indicators.iter().any(|indicator| is(&indicator.target_parameter));
    let of_award = policy
        .awards
        .iter()
        .any(|award| award.active && award.clauses.iter().any(|clause| parameter.clauses.contains(clause)));
    match (is_amount, is_target, of_award && parameter.kind == ParameterType::Integer) {
        (true, _, _) => Group::Amounts,
        (_, true, _) => Group::Targets,
        (_, _, true) => Group::Conditions,
        _ => Group::Counting,
    }
}

impl Setting<'_> {
    /// The name of its field.
    pub(super) fn name(&self) -> String {
        format!("set-{}", self.parameter.name)
    }

    fn is_money(&self) -> bool {
        self.parameter.unit == "分"
    }

    /// The value as it stands in the field: that of a what-if, else the one in force. Money is typed in 万元.
    pub(super) fn typed(&self, value: Option<&String>) -> String {
        let value = value.unwrap_or(&self.in_force);
        match value.parse::<i64>() {
            Ok(fen) if self.is_money() => {
                let exact = format::fixed(fen.into(), 1_000_000, 6);
                exact.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
            _ => value.clone(),
        }
    }

    /// The field with what was typed.
    pub(super) fn field(&self, frame: &Frame, typed: &str, errors: &Errors) -> Field {
        let choice = |value: &str| Choice::new(value, basis::setting_value(frame, value, &self.parameter.unit));
        let kind = match self.parameter.kind {
            _ if !self.parameter.choices.is_empty() => {
                Kind::Select(self.parameter.choices.iter().map(|value| choice(value)).collect())
            }
            ParameterType::Flag => Kind::Select(["true", "false"].into_iter().map(choice).collect()),
            ParameterType::Integer => Kind::Number,
            ParameterType::Date => Kind::Date,
            ParameterType::Text => Kind::Text,
        };
        let unit = if self.is_money() { frame.t("what-if-unit-wan") } else { frame.unit(&self.parameter.unit) };
        let meaning = frame.said(&self.parameter.meaning);
        let label = if unit.is_empty() || unit == "日" {
            meaning
        } else {
            frame.tn("what-if-label", &[("meaning", meaning), ("unit", unit)])
        };
        let value = basis::setting_value(frame, &self.in_force, &self.parameter.unit);
        let hint = if self.in_force.is_empty() {
            frame.t1("what-if-hint-unset", "value", value)
        } else {
            frame.tn("what-if-hint", &[("value", value), ("basis", basis::basis_words(frame, &self.basis))])
        };
        let field = Field::of(&self.name(), label, kind, typed, errors).hint(hint);
        if self.in_force.is_empty() { field.optional() } else { field }
    }

    /// What was typed, as a run would keep it; else what is wrong with it.
    fn read(&self, frame: &Frame, typed: &str) -> Result<String, String> {
        let typed = typed.trim();
        let label = frame.said(&self.parameter.meaning);
        if typed.is_empty() {
            return if self.in_force.is_empty() {
                Ok(String::new())
            } else {
                Err(frame.t1("what-if-wrong-empty", "label", label))
            };
        }
        let folded: String =
            typed.chars().filter(|letter| *letter != ',' && *letter != '，' && !letter.is_whitespace()).collect();
        let value = match self.parameter.kind {
            _ if !self.parameter.choices.is_empty() => typed.to_owned(),
            ParameterType::Integer if self.is_money() => {
                let money = Money::parse(typed, MoneyUnit::TenThousandYuan)
                    .map_err(|_| frame.t1("what-if-wrong-money", "label", &label))?;
                money.fen.to_string()
            }
            ParameterType::Integer => {
                folded.parse::<i64>().map_err(|_| frame.t1("what-if-wrong-integer", "label", &label))?.to_string()
            }
            ParameterType::Flag | ParameterType::Text | ParameterType::Date => typed.to_owned(),
        };
        let number = value.parse::<i64>().ok().filter(|_| self.parameter.kind == ParameterType::Integer);
        if number.is_some_and(|number| number < 0) {
            return Err(frame.t1("what-if-wrong-negative", "label", &label));
        }
        if let (Some(number), Ok(most)) = (number, self.parameter.maximum.parse::<i64>())
            && number > most
        {
            return Err(frame.tn("what-if-wrong-most", &[("label", label), ("most", most.to_string())]));
        }
        match self.parameter.read(&value) {
            Ok(setting) => Ok(setting.to_text()),
            Err(_) => Err(match GATES.iter().find(|gate| gate.parameter == self.parameter.name) {
                Some(gate) => frame.tn(
                    "what-if-wrong-gate",
                    &[("label", label), ("limit", gate.limit.to_owned()), ("basis", gate.basis.to_owned())],
                ),
                None if self.parameter.kind == ParameterType::Date => frame.t1("what-if-wrong-date", "label", label),
                None => frame.t1("what-if-wrong-choice", "label", label),
            }),
        }
    }
}

/// What the form changes against what is in force; mistakes are noted field by field.
pub(super) fn overrides(
    frame: &Frame,
    settings: &[Setting<'_>],
    typed: &BTreeMap<String, String>,
    errors: &mut Errors,
) -> BTreeMap<String, String> {
    let mut changed = BTreeMap::new();
    for setting in settings {
        // A field that was not sent is not changed.
        let Some(text) = typed.get(&setting.name()) else { continue };
        match setting.read(frame, text) {
            Ok(value) if value != setting.in_force => {
                changed.insert(setting.parameter.name.clone(), value);
            }
            Ok(_) => {}
            Err(why) => errors.add(&setting.name(), why),
        }
    }
    changed
}

/// Notes the field that makes two parameters stand the wrong way round.
pub(super) fn in_order(
    frame: &Frame,
    policy: &Policy,
    as_of: Date,
    overrides: &BTreeMap<String, String>,
    errors: &mut Errors,
) {
    let Err(rules::Error::OutOfOrder { name, lower, .. }) = policy.settings(as_of, overrides) else { return };
    let changed = if overrides.contains_key(&name) { &name } else { &lower };
    let label = |name: &str| policy.parameter(name).map_or(String::new(), |one| frame.said(&one.meaning));
    let why = frame.tn("what-if-wrong-order", &[("label", label(&name)), ("lower", label(&lower))]);
    errors.add(&format!("set-{changed}"), why);
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read(name: &str, typed: &str) -> Result<BTreeMap<String, String>, Vec<String>> {
        let frame = Frame::for_tests();
        let policy = Policy::installed().unwrap();
        let settings = settings(&policy, date(2023, 12, 31)).unwrap();
        let typed = BTreeMap::from([(format!("set-{name}"), typed.to_owned())]);
        let mut errors = Errors::default();
        let changed = overrides(&frame, &settings, &typed, &mut errors);
        if errors.is_empty() {
            in_order(&frame, &policy, date(2023, 12, 31), &changed, &mut errors);
        }
        if errors.is_empty() { Ok(changed) } else { Err(errors.iter().map(|error| error.message.clone()).collect()) }
    }

    fn changed(name: &str, value: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn only_what_differs_from_the_value_in_force_is_changed() {
        assert_eq!(read("star_2_inventions", "20").unwrap(), BTreeMap::new());
        assert_eq!(read("star_2_inventions", " 1,5 ").unwrap(), changed("star_2_inventions", "15"));
        assert_eq!(read("first_patentee_only", "false").unwrap(), changed("first_patentee_only", "false"));
        assert_eq!(read("cumulative_from", "2021-01-01").unwrap(), changed("cumulative_from", "2021-01-01"));
        assert_eq!(read("cumulative_from", "").unwrap(), BTreeMap::new());
        assert_eq!(read("star_2_inventions", "30").unwrap(), changed("star_2_inventions", "30"), "as high as the next");
        assert_eq!(read("k07_target", "100").unwrap(), changed("k07_target", "100"));
        assert_eq!(read("no_such_parameter", "1").unwrap(), BTreeMap::new());
    }

    #[test]
    fn money_is_typed_in_ten_thousand_yuan() {
        assert_eq!(read("star_5_amount_fen", "5").unwrap(), changed("star_5_amount_fen", "5000000"));
        assert_eq!(read("star_5_amount_fen", "0.5").unwrap(), changed("star_5_amount_fen", "500000"));
        assert_eq!(read("k08_target", "20000").unwrap(), BTreeMap::new(), "2 亿元 are in force");
    }

    #[test]
    fn mistakes_name_the_field_in_words_and_never_by_its_key() {
        for (name, typed, part) in [
            ("star_2_inventions", "二十", "整数"),
            ("star_2_inventions", "20.5", "整数"),
            ("star_2_inventions", "-1", "小于"),
            ("star_2_inventions", "", "不能为空"),
            ("star_2_inventions", "99999999999999999999", "整数"),
            ("star_5_amount_fen", "五", "万元"),
            ("star_5_amount_fen", "-5", "万元"),
            ("high_value_source", "other", "选"),
            ("plan_start", "2021", "2021-01-01"),
            ("plan_start", "2030-01-01", "颠倒"),
            ("star_2_inventions", "31", "颠倒"),
            ("star_3_inventions", "19", "颠倒"),
            ("k07_target", "101", "100"),
        ] {
            let found = read(name, typed).unwrap_err().join("");
            assert!(found.contains(part) && !found.contains(name), "{name}={typed}: {found}");
        }
    }

    #[test]
    fn keys_do_not_stand_in_meanings() {
        for parameter in &Policy::installed().unwrap().parameters {
            let words = &parameter.meaning;
            let letters: String = words.replace("PCT", "").chars().filter(char::is_ascii_alphabetic).collect();
            assert!(letters.is_empty(), "{words}");
        }
    }
}
