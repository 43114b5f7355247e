//! A policy document as data: its clauses, dated parameters, targets, awards and rules.
//!
//! One folder per document holds `policy.toml`, `clauses.toml`, `parameters.toml`, `rules.sql` and
//! `cases.toml`. This file loads them; `policy/parameter.rs` holds the dated values and overrides,
//! `policy/view.rs` reads the rules. Whether the document is sound is judged by [`crate::check`].

mod parameter;
mod view;

use std::{collections::BTreeMap, fs, path::Path};

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};

pub use self::{
    parameter::{Dated, GATES, Gate, Parameter, ParameterType, Setting, Settings},
    view::View,
};
use crate::{Error, digest::Digest, verdict::Operator};

const POLICY: &str = "policy.toml";
const CLAUSES: &str = "clauses.toml";
const PARAMETERS: &str = "parameters.toml";
const RULES: &str = "rules.sql";
const CASES: &str = "cases.toml";

/// The files of a policy folder, in the order in which they are hashed.
pub const FILES: [&str; 5] = [CASES, CLAUSES, PARAMETERS, POLICY, RULES];

/// A policy document (政策文件), loaded.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Its id, for instance `2021-ip-innovation-support`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What else is known of the document itself.
    pub document: Document,
    /// The titles of its sections.
    pub sections: Vec<Section>,
    /// Its text, clause by clause, in the order of the document.
    pub clauses: Vec<Clause>,
    /// Its numbers and choices, with the dates they hold.
    pub parameters: Vec<Parameter>,
    /// Its quantified targets and monitored figures.
    pub indicators: Vec<IndicatorDef>,
    /// Its award items.
    pub awards: Vec<AwardDef>,
    /// Its rules, in the order of evaluation.
    pub views: Vec<View>,
    files: BTreeMap<String, String>,
    hash: String,
}

/// What is known of the document itself; what is not known stays empty and never means "today".
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its id, for instance `2021-ip-innovation-support`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its place as an annex, for instance 附件 8.
    #[serde(default)]
    pub annex: String,
    /// The title of the document to which it is annexed.
    #[serde(default)]
    pub parent_title: String,
    /// Document number (文号); empty when not supplied.
    #[serde(default)]
    pub number: String,
    /// The authority that issued it.
    #[serde(default)]
    pub issuer: String,
    /// The day it was issued.
    #[serde(default, deserialize_with = "day")]
    pub issued_on: Option<Date>,
    /// The first day it is in force.
    #[serde(default, deserialize_with = "day")]
    pub effective_from: Option<Date>,
    /// The first day it is no longer in force.
    #[serde(default, deserialize_with = "day")]
    pub effective_until: Option<Date>,
    /// Its status, where known.
    #[serde(default)]
    pub status: String,
    /// The open question about it.
    #[serde(default)]
    pub reading: String,
    /// The documents above it, which bind whatever it says.
    #[serde(default)]
    pub superior: Vec<Superior>,
    /// A remark.
    #[serde(default)]
    pub note: String,
}

/// A document of superior law.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Superior {
    /// Its number (文号).
    pub number: String,
    /// Its title.
    pub title: String,
}

/// A section of the document, which groups clauses.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its id, for instance `C2`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether the title itself stands in the document.
    #[serde(default)]
    pub in_text: bool,
}

/// One clause (条款) of the document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its id, for instance `C2.1.2`.
    pub id: String,
    /// The clause or section above it.
    #[serde(default)]
    pub parent: Option<String>,
    /// Its words, exactly as in the document.
    pub text: String,
    /// indicator, award, service, enforcement, organisation or heading.
    #[serde(rename = "type", alias = "kind")]
    pub kind: String,
    /// Codes of targets, categories and readings that it concerns.
    #[serde(default)]
    pub codes: Vec<String>,
    /// What the software must do for it.
    #[serde(default)]
    pub must: String,
    /// The data that needs.
    #[serde(default)]
    pub data: String,
    /// Who uses it.
    #[serde(default)]
    pub users: Vec<String>,
    /// What carries it today; empty: nothing does.
    #[serde(default)]
    pub carried_by: Vec<Carrier>,
    /// A remark.
    #[serde(default)]
    pub note: String,
}

/// A rule, page or command that carries a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carrier {
    /// indicator, award, rule, page or command.
    pub kind: String,
    /// Its code, id, view, path or name.
    pub name: String,
    /// The test that names the clause and passes.
    #[serde(default)]
    pub test: Option<String>,
}

/// Whether an indicator has a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndicatorKind {
    /// A quantified target: met, missed or not known.
    Target,
    /// A figure without a target.
    Monitored,
    /// Declared by the document, but no register supplies it.
    NotComputable,
}

/// A quantified target or monitored figure (指标) of the document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorDef {
    /// Its code, for instance `K01`.
    pub code: String,
    /// Whether it has a target.
    pub kind: IndicatorKind,
    /// Its name.
    pub name: String,
    /// Every clause that states it; a target stated twice is one indicator.
    pub clauses: Vec<String>,
    /// The clause of the group of goals it belongs to.
    #[serde(default)]
    pub group: String,
    /// What the numerator counts.
    #[serde(default)]
    pub numerator: String,
    /// The unit of the numerator.
    #[serde(default)]
    pub numerator_unit: String,
    /// What the denominator is; empty: there is none.
    #[serde(default)]
    pub denominator: String,
    /// The unit of the denominator.
    #[serde(default)]
    pub denominator_unit: String,
    /// The unit of the shown figure.
    #[serde(default)]
    pub unit: String,
    /// How the figure is compared with the target.
    #[serde(default)]
    pub operator: Option<Operator>,
    /// The parameter that holds the target.
    #[serde(default)]
    pub target_parameter: Option<String>,
    /// The test is numerator × scale against target × denominator.
    #[serde(default = "one")]
    pub scale: i64,
    /// Figure and target are shown divided by this, for instance fen as 亿元.
    #[serde(default = "one")]
    pub display_divisor: i64,
    /// Decimals of the shown figure.
    #[serde(default)]
    pub decimals: u32,
    /// stock, year, cumulative or survey.
    #[serde(default)]
    pub flow: String,
    /// Why it is not computable.
    #[serde(default)]
    pub reason: String,
    /// The reading taken where the document is open.
    #[serde(default)]
    pub reading: String,
    /// A remark.
    #[serde(default)]
    pub note: String,
}

impl IndicatorDef {
    /// Whether the figure is a ratio.
    pub fn has_denominator(&self) -> bool {
        !self.denominator.is_empty()
    }
}

/// An award item (奖励项目) of the document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwardDef {
    /// Its id, for instance `innovation-star`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The clauses that promise it.
    pub clauses: Vec<String>,
    /// Whom it is for.
    #[serde(default)]
    pub subject: String,
    /// The statuses (资质) that the enterprise must hold on the day of the event, beside being the subject.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Whether rules decide it now.
    pub active: bool,
    /// Why it is not active.
    #[serde(default)]
    pub reason: String,
    /// The document's own word for the money: 奖励, 资助, 支持 or 鼓励.
    #[serde(default)]
    pub promised: String,
    /// How the national limits treat its money, for instance `grant-linked`.
    #[serde(default)]
    pub money_class: String,
    /// The parameter that holds its amount in fen; money needs a basis document.
    #[serde(default)]
    pub amount_parameter: Option<String>,
    /// Its levels; empty: one level, 1.
    #[serde(default)]
    pub levels: Vec<Level>,
    /// The parameter that says how far each failed condition may be for a near miss.
    #[serde(default)]
    pub near_miss_parameter: Option<String>,
    /// The names of its facts.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    /// What to mind when it is given.
    #[serde(default)]
    pub warning: String,
    /// The reading taken where the document is open.
    #[serde(default)]
    pub reading: String,
    /// A remark.
    #[serde(default)]
    pub note: String,
}

/// One level of an award, for instance 三星级.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Its number; a higher number is a higher level.
    pub level: i64,
    /// Its name.
    pub name: String,
    /// The parameter that holds the amount of this level, where levels differ.
    #[serde(default)]
    pub amount_parameter: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClausesFile {
    #[serde(default, rename = "section")]
    sections: Vec<Section>,
    #[serde(default, rename = "clause")]
    clauses: Vec<Clause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParametersFile {
    #[serde(default, rename = "parameter")]
    parameters: Vec<Parameter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    document: Document,
    #[serde(default, rename = "indicator")]
    indicators: Vec<IndicatorDef>,
    #[serde(default, rename = "award")]
    awards: Vec<AwardDef>,
}

impl Policy {
    /// Loads the document from its folder.
    pub fn load(dir: &Path) -> Result<Self, Error> {
        let mut files = BTreeMap::new();
        for name in FILES {
            let path = dir.join(name);
            let text = fs::read_to_string(&path).map_err(|e| Error::io(&path, e))?;
            files.insert(name.to_owned(), text);
        }
        Self::from_files(files)
    }

    /// The document that is built into the program.
    pub fn installed() -> Result<Self, Error> {
        macro_rules! embedded {
            ($name:literal) => {
                (
                    $name.to_owned(),
                    include_str!(concat!(
                        env!("CARGO_MANIFEST_DIR"),
                        "/../../policies/2021-ip-innovation-support/",
                        $name
                    ))
                    .to_owned(),
                )
            };
        }
        Self::from_files(BTreeMap::from([
            embedded!("cases.toml"),
            embedded!("clauses.toml"),
            embedded!("parameters.toml"),
            embedded!("policy.toml"),
            embedded!("rules.sql"),
        ]))
    }

    /// Loads the document from the texts of its files, by file name.
    pub fn from_files(files: BTreeMap<String, String>) -> Result<Self, Error> {
        let head: PolicyFile = parse(&files, POLICY)?;
        let clauses: ClausesFile = parse(&files, CLAUSES)?;
        let parameters: ParametersFile = parse(&files, PARAMETERS)?;
        let hash = hash_of(&files);
        let policy = Self {
            id: head.document.id.clone(),
            title: head.document.title.clone(),
            document: head.document,
            sections: clauses.sections,
            clauses: clauses.clauses,
            parameters: parameters.parameters,
            indicators: head.indicators,
            awards: head.awards,
            views: view::parse(text(&files, RULES)?)?,
            files,
            hash,
        };
        policy.refuse_duplicates()?;
        for parameter in &policy.parameters {
            let lower = &parameter.not_below;
            if !lower.is_empty() && policy.parameter(lower).is_none_or(|lower| lower.kind != parameter.kind) {
                return Err(Error::Policy(format!(
                    "parameters.toml：参数 {} 的 not_below 指向 {lower}，没有这个参数或类型不同；请改正",
                    parameter.name
                )));
            }
            parameter.validate()?;
        }
        Ok(policy)
    }

    /// SHA-256 over all files, which says exactly which document was applied.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The texts of the files by name, for keeping them with a run.
    pub fn files(&self) -> &BTreeMap<String, String> {
        &self.files
    }

    /// The clause of this id.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// The indicator of this code.
    pub fn indicator(&self, code: &str) -> Option<&IndicatorDef> {
        self.indicators.iter().find(|indicator| indicator.code == code)
    }

    /// The award of this id.
    pub fn award(&self, id: &str) -> Option<&AwardDef> {
        self.awards.iter().find(|award| award.id == id)
    }

    /// The parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// The view of this name.
    pub fn view(&self, name: &str) -> Option<&View> {
        self.views.iter().find(|view| view.name == name)
    }

    /// The parameters in force on a day, with the overrides of a what-if applied.
    pub fn settings(&self, as_of: Date, overrides: &BTreeMap<String, String>) -> Result<Settings, Error> {
        Settings::new(&self.parameters, as_of, overrides)
    }

    fn refuse_duplicates(&self) -> Result<(), Error> {
        let ids = self.sections.iter().map(|section| &section.id).chain(self.clauses.iter().map(|clause| &clause.id));
        refuse_twice(CLAUSES, "条款", ids)?;
        refuse_twice(PARAMETERS, "参数", self.parameters.iter().map(|p| &p.name))?;
        refuse_twice(POLICY, "指标", self.indicators.iter().map(|i| &i.code))?;
        refuse_twice(POLICY, "奖励", self.awards.iter().map(|a| &a.id))?;
        refuse_twice(RULES, "视图", self.views.iter().map(|v| &v.name))
    }
}

fn refuse_twice<'a>(file: &str, what: &str, names: impl Iterator<Item = &'a String>) -> Result<(), Error> {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Error::Policy(format!("{file}：{what} {name} 出现了两次；请改名或删除其中一个")));
        }
    }
    Ok(())
}

fn text<'a>(files: &'a BTreeMap<String, String>, name: &str) -> Result<&'a str, Error> {
    files.get(name).map(String::as_str).ok_or_else(|| Error::Policy(format!("政策文件夹缺少 {name}；请补上该文件")))
}

fn parse<T: DeserializeOwned>(files: &BTreeMap<String, String>, name: &str) -> Result<T, Error> {
    toml::from_str(text(files, name)?).map_err(|e| unreadable(name, &e))
}

fn unreadable(name: &str, error: &toml::de::Error) -> Error {
    Error::Policy(format!("{name} 不能读取：{}；请按格式改正", error.to_string().trim_end()))
}

fn hash_of(files: &BTreeMap<String, String>) -> String {
    let mut digest = Digest::new("zhiqiang policy 1");
    for (name, text) in files {
        digest.part(name.as_bytes());
        digest.part(text.as_bytes());
    }
    digest.hex()
}

fn one() -> i64 {
    1
}

/// A date written as a TOML date or as text; empty text is no date.
pub(crate) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let value = toml::Value::deserialize(deserializer)?;
    let text = match &value {
        toml::Value::Datetime(day) => day.to_string(),
        toml::Value::String(text) if text.is_empty() => return Ok(None),
        toml::Value::String(text) => text.clone(),
        other => {
            return Err(serde::de::Error::custom(format!("「{other}」不是日期，请写成 2021-01-01")));
        }
    };
    text.parse().map(Some).map_err(|_| serde::de::Error::custom(format!("「{text}」不是日期，请写成 2021-01-01")))
}
