//! Parameters: the numbers and choices of the document, each with the dates it holds and its basis.
//!
//! A what-if overrides them by `NAME=VALUE`; an empty value unsets. National gates, which stand
//! above every local document, hold for values and overrides alike.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use super::day;
use crate::{Error, evaluate::RESERVED, verdict::Operator};

/// What a parameter may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParameterType {
    /// A whole number; money is fen.
    Integer,
    /// Yes or no.
    Flag,
    /// A text.
    Text,
    /// A civil date.
    Date,
}

/// A parameter (参数) of the document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name, by which rules use it as `$name`.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: ParameterType,
    /// The only values allowed, where there are such.
    #[serde(default, deserialize_with = "raws")]
    pub choices: Vec<String>,
    /// The least value allowed; absent: for a whole number zero, for a date none.
    #[serde(default, deserialize_with = "raw")]
    pub minimum: String,
    /// The greatest value allowed; absent: none.
    #[serde(default, deserialize_with = "raw")]
    pub maximum: String,
    /// The parameter whose value may not be above that of this one, where both are set.
    #[serde(default)]
    pub not_below: String,
    /// Its unit; a choice or a flag has none.
    #[serde(default)]
    pub unit: String,
    /// What it means, for users.
    #[serde(default)]
    pub meaning: String,
    /// The clauses it belongs to.
    #[serde(default)]
    pub clauses: Vec<String>,
    /// The open question that it answers.
    #[serde(default)]
    pub reading: String,
    /// Who uses it, when neither a rule nor a target does.
    #[serde(default)]
    pub used_by: String,
    /// Its values with the dates they hold.
    #[serde(default)]
    pub values: Vec<Dated>,
    /// A remark.
    #[serde(default)]
    pub note: String,
}

/// A value with the dates it holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dated {
    /// The first day; absent: since ever.
    #[serde(default, deserialize_with = "day")]
    pub from: Option<Date>,
    /// The first day after; absent: open.
    #[serde(default, deserialize_with = "day")]
    pub until: Option<Date>,
    /// The value; absent or empty: unset.
    #[serde(default, deserialize_with = "raw")]
    pub value: String,
    /// The document or clause it comes from; `reading` when no document says it.
    #[serde(default)]
    pub basis: String,
}

/// A limit of superior law that no value of a parameter may pass.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    /// The parameter that it binds.
    pub parameter: &'static str,
    /// How a value is compared with the limit.
    pub operator: Operator,
    /// The limit, as the parameter would be written.
    pub limit: &'static str,
    /// The document that sets it.
    pub basis: &'static str,
}

/// The national gates on patent money, which no local document can move.
///
/// 《国家知识产权局关于进一步严格规范专利申请行为的通知》: no money for filing after June 2021, at most half
/// of the official fees for a grant, none from 2025 on.
pub const GATES: [Gate; 3] = [
    Gate {
        parameter: "application_money_last_day",
        operator: Operator::AtMost,
        limit: "2021-06-30",
        basis: "国知发保字〔2021〕1号",
    },
    Gate {
        parameter: "official_fee_cap_percent",
        operator: Operator::AtMost,
        limit: "50",
        basis: "国知发保字〔2021〕1号",
    },
    Gate {
        parameter: "grant_linked_last_day",
        operator: Operator::AtMost,
        limit: "2024-12-31",
        basis: "国知发保字〔2021〕1号",
    },
];

/// One parameter as it stands in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// Nothing is set; rules see a null of the parameter's type.
    Unset(ParameterType),
    /// A whole number, or fen.
    Integer(i64),
    /// Yes or no.
    Flag(bool),
    /// A text or choice.
    Text(String),
    /// A date.
    Date(Date),
}

impl Setting {
    /// The value as text, which `--set NAME=VALUE` would read back; empty when unset.
    pub fn to_text(&self) -> String {
        match self {
            Self::Unset(_) => String::new(),
            Self::Integer(value) => value.to_string(),
            Self::Flag(value) => value.to_string(),
            Self::Text(value) => value.clone(),
            Self::Date(value) => value.to_string(),
        }
    }
}

/// The parameters in force in a run, by name, with the basis of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    values: BTreeMap<String, (Setting, String)>,
}

impl Settings {
    pub(super) fn new(
        parameters: &[Parameter],
        as_of: Date,
        overrides: &BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        for name in overrides.keys() {
            if !parameters.iter().any(|parameter| &parameter.name == name) {
                let known: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
                return Err(Error::Parameter(format!("没有名为 {name} 的参数；可用的参数有：{}", known.join("、"))));
            }
        }
        let mut values = BTreeMap::new();
        for parameter in parameters {
            let set = match overrides.get(&parameter.name) {
                // An assumed amount has no basis document, so no money can rest on it.
                Some(text) => (parameter.assume(text)?, String::new()),
                None => parameter.in_force_on(as_of)?,
            };
            values.insert(parameter.name.clone(), set);
        }
        let settings = Self { values };
        match parameters.iter().find_map(|parameter| settings.out_of_order(parameter)) {
            Some(lower) => Err(lower),
            None => Ok(settings),
        }
    }

    /// What is wrong when a parameter is below the one that it may not be below.
    fn out_of_order(&self, parameter: &Parameter) -> Option<Error> {
        let (upper, lower) = (self.get(&parameter.name)?, self.get(&parameter.not_below)?);
        (!matches!(lower, Setting::Unset(_)) && !passes(Operator::AtLeast, upper, lower)).then(|| Error::OutOfOrder {
            name: parameter.name.clone(),
            value: upper.to_text(),
            lower: parameter.not_below.clone(),
            lower_value: lower.to_text(),
        })
    }

    /// The setting of this name.
    pub fn get(&self, name: &str) -> Option<&Setting> {
        self.values.get(name).map(|(setting, _)| setting)
    }

    /// The whole number of this name, unless unset.
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Setting::Integer(value)) => Some(*value),
            _ => None,
        }
    }

    /// The date of this name, unless unset.
    pub fn date(&self, name: &str) -> Option<Date> {
        match self.get(name) {
            Some(Setting::Date(value)) => Some(*value),
            _ => None,
        }
    }

    /// The basis document of the value of this name; empty when there is none.
    pub fn basis(&self, name: &str) -> &str {
        self.values.get(name).map_or("", |(_, basis)| basis)
    }

    /// Names and settings, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Setting)> {
        self.values.iter().map(|(name, (setting, _))| (name.as_str(), setting))
    }

    /// Names and texts, as a run keeps them.
    pub fn to_texts(&self) -> BTreeMap<String, String> {
        self.iter().map(|(name, setting)| (name.to_owned(), setting.to_text())).collect()
    }
}

impl Parameter {
    /// Its value on a day, with the basis; unset when no dated value covers the day.
    pub fn in_force_on(&self, as_of: Date) -> Result<(Setting, String), Error> {
        let covers = |dated: &&Dated| {
            dated.from.is_none_or(|from| from <= as_of) && dated.until.is_none_or(|until| as_of < until)
        };
        match self.values.iter().find(covers) {
            Some(dated) => Ok((self.read(&dated.value)?, dated.basis.clone())),
            None => Ok((Setting::Unset(self.kind), String::new())),
        }
    }

    /// Reads a text as a value of this parameter and holds it against the national gates.
    pub fn read(&self, text: &str) -> Result<Setting, Error> {
        let setting = self.parse(text)?;
        let minimum = match (self.kind, self.minimum.as_str()) {
            (ParameterType::Integer, "") if self.choices.is_empty() => "0",
            (_, minimum) => minimum,
        };
        for (operator, limit, word) in
            [(Operator::AtLeast, minimum, "小于"), (Operator::AtMost, self.maximum.as_str(), "大于")]
        {
            if !limit.is_empty() && !passes(operator, &setting, &self.parse(limit)?) {
                return Err(Error::Parameter(format!(
                    "参数 {} 的值「{text}」不对；不能{word} {limit}，请改用允许范围内的值",
                    self.name
                )));
            }
        }
        for gate in GATES.iter().filter(|gate| gate.parameter == self.name) {
            if !passes(gate.operator, &setting, &self.parse(gate.limit)?) {
                return Err(Error::Parameter(format!(
                    "参数 {} 的值「{text}」不符合上位规定（应 {} {}，依据 {}）；请改用允许范围内的值",
                    self.name, gate.operator, gate.limit, gate.basis
                )));
            }
        }
        Ok(setting)
    }

    /// Reads a value that somebody tries: it is empty only where the document itself may leave the parameter unset.
    fn assume(&self, text: &str) -> Result<Setting, Error> {
        let may_be_unset = self.values.is_empty() || self.values.iter().any(|dated| dated.value.is_empty());
        if text.trim().is_empty() && !may_be_unset {
            return Err(Error::Parameter(format!("参数 {} 不能不设；请写出一个值，或去掉这一项", self.name)));
        }
        self.read(text)
    }

    fn parse(&self, text: &str) -> Result<Setting, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Setting::Unset(self.kind));
        }
        let wrong = |expected: &str| Error::Parameter(format!("参数 {} 的值「{text}」不对；{expected}", self.name));
        if !self.choices.is_empty() && !self.choices.iter().any(|choice| choice == text) {
            return Err(wrong(&format!("请从 {} 中选一个", self.choices.join("、"))));
        }
        match self.kind {
            ParameterType::Integer => {
                text.parse().map(Setting::Integer).map_err(|_| wrong("请填写整数（金额以分为单位），不带小数和单位"))
            }
            ParameterType::Flag => match text {
                "true" | "是" => Ok(Setting::Flag(true)),
                "false" | "否" => Ok(Setting::Flag(false)),
                _ => Err(wrong("请填写 true 或 false")),
            },
            ParameterType::Text => Ok(Setting::Text(text.to_owned())),
            ParameterType::Date => text.parse().map(Setting::Date).map_err(|_| wrong("请写成 2021-01-01")),
        }
    }

    /// Every value has the right type, keeps the gate, and no two hold on one day.
    pub(super) fn validate(&self) -> Result<(), Error> {
        let plain = self.name.starts_with(|c: char| c.is_ascii_lowercase())
            && self.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let as_policy = |error: Error| Error::Policy(format!("parameters.toml：{error}"));
        if !plain || RESERVED.contains(&self.name.as_str()) {
            return Err(Error::Policy(format!(
                "parameters.toml：参数名 {} 不可用；请用小写字母、数字和下划线，并避开 {}",
                self.name,
                RESERVED.join("、")
            )));
        }
        for dated in &self.values {
            self.read(&dated.value).map_err(as_policy)?;
            if let (Some(from), Some(until)) = (dated.from, dated.until)
                && until <= from
            {
                return Err(Error::Policy(format!(
                    "parameters.toml：参数 {} 的有效期 {from} 至 {until} 首尾颠倒；请改正",
                    self.name
                )));
            }
        }
        for (index, one) in self.values.iter().enumerate() {
            for other in &self.values[index + 1..] {
                let apart = one.until.zip(other.from).is_some_and(|(until, from)| until <= from)
                    || other.until.zip(one.from).is_some_and(|(until, from)| until <= from);
                if !apart {
                    return Err(Error::Policy(format!(
                        "parameters.toml：参数 {} 有两个值的有效期重叠；请改正起止日期",
                        self.name
                    )));
                }
            }
        }
        Ok(())
    }
}

/// Unset passes: it pays and demands nothing.
fn passes(operator: Operator, setting: &Setting, limit: &Setting) -> bool {
    let days = |day: &Date| i128::from(crate::snapshot::to_days(*day));
    match (setting, limit) {
        (Setting::Unset(_), _) => true,
        (Setting::Integer(value), Setting::Integer(limit)) => operator.holds(i128::from(*value), i128::from(*limit)),
        (Setting::Date(value), Setting::Date(limit)) => operator.holds(days(value), days(limit)),
        // A gated parameter of another type cannot be held against the gate.
        _ => false,
    }
}

/// Any TOML scalar as the text that `--set` would take.
fn raw<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    to_text(toml::Value::deserialize(deserializer)?)
}

fn raws<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Vec::<toml::Value>::deserialize(deserializer)?.into_iter().map(to_text).collect()
}

fn to_text<E: serde::de::Error>(value: toml::Value) -> Result<String, E> {
    match value {
        toml::Value::String(text) => Ok(text),
        toml::Value::Integer(value) => Ok(value.to_string()),
        toml::Value::Boolean(value) => Ok(value.to_string()),
        toml::Value::Datetime(value) => Ok(value.to_string()),
        other => Err(E::custom(format!("「{other}」不能作参数的值；请用整数、文本、日期或 true/false"))),
    }
}
