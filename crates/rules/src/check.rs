//! The linter of a policy document: is it whole, does every part point at a clause, is superior law kept?
//!
//! It says of every clause which rules, targets, awards and services carry it, and lists those that
//! nothing carries. Whether a named page or command exists is not known here; the caller says so.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{
    Error,
    evaluate::{ENGINE_VIEWS, Query, RESERVED},
    policy::{AwardDef, Carrier, Clause, GATES, IndicatorKind, Parameter, ParameterType, Policy, View},
};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The document must not be used like this.
    Error,
    /// Someone should look.
    Warning,
}

/// One thing that the linter found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The file and the thing in it.
    pub place: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// What carries one clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The id of the clause.
    pub clause: String,
    /// The views of `rules.sql` that implement it.
    pub views: Vec<String>,
    /// The targets and monitored figures that state it.
    pub indicators: Vec<String>,
    /// The awards that it promises.
    pub awards: Vec<String>,
    /// What the document itself says carries it, and exists.
    pub carried_by: Vec<Carrier>,
    /// Whether nothing carries it.
    pub missing: bool,
}

/// The result of checking a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What was found, errors first.
    pub findings: Vec<Finding>,
    /// What carries each clause, in the order of the document.
    pub coverage: Vec<Coverage>,
}

impl Report {
    /// Whether the document may be used.
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity != Severity::Error)
    }

    /// The clauses that nothing carries.
    pub fn missing(&self) -> impl Iterator<Item = &Coverage> {
        self.coverage.iter().filter(|coverage| coverage.missing)
    }
}

/// Checks a document; `tables` are the tables that a snapshot has, where the caller knows them.
///
/// Of what a clause says carries it, indicators, awards and rules are looked up here; `carries` says the rest: whether
/// the program has the page or command, and whether something tries the clause on it.
pub fn check(policy: &Policy, tables: Option<&BTreeSet<&str>>, carries: &dyn Fn(&Clause, &Carrier) -> bool) -> Report {
    let mut linter = Linter { policy, findings: Vec::new(), used: BTreeMap::new() };
    linter.clauses(carries);
    linter.rules(tables);
    linter.indicators();
    linter.awards();
    linter.parameters();
    let mut findings = linter.findings;
    findings.sort();
    Report { findings, coverage: coverage(policy, carries) }
}

struct Linter<'a> {
    policy: &'a Policy,
    findings: Vec<Finding>,
    /// Who uses each parameter.
    used: BTreeMap<String, BTreeSet<String>>,
}

impl Linter<'_> {
    fn find(&mut self, severity: Severity, place: impl Into<String>, message: impl Into<String>) {
        self.findings.push(Finding { severity, place: place.into(), message: message.into() });
    }

    fn error(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.find(Severity::Error, place, message);
    }

    fn clauses(&mut self, carries: &dyn Fn(&Clause, &Carrier) -> bool) {
        let policy = self.policy;
        let mut known: BTreeSet<&str> = policy.sections.iter().map(|section| section.id.as_str()).collect();
        known.extend(policy.clauses.iter().map(|clause| clause.id.as_str()));
        for clause in &policy.clauses {
            let place = format!("clauses.toml {}", clause.id);
            if let Some(parent) = &clause.parent {
                if !known.contains(parent.as_str()) {
                    self.error(&place, format!("上级条款 {parent} 不存在；请补上或改正"));
                }
                if parent == &clause.id {
                    self.error(&place, "上级条款是它自己；请改正");
                }
            }
            if clause.text.trim().is_empty() {
                self.error(&place, "没有原文；请照录原文");
            }
            for carrier in clause.carried_by.iter().filter(|carrier| !is_there(policy, clause, carrier, carries)) {
                let Carrier { kind, name, .. } = carrier;
                self.error(
                    &place,
                    format!("写着由 {kind} “{name}”承担，但没有它，或没有用例与它一起指明本条款；请改正 carried_by"),
                );
            }
        }
    }

    fn refer(&mut self, place: &str, clauses: &[String]) {
        if clauses.is_empty() {
            self.error(place, "没有指明所依据的条款；请写上条款号");
        }
        for id in clauses {
            if self.policy.clause(id).is_none() {
                self.error(place, format!("所依据的条款 {id} 不存在；请改正条款号"));
            }
        }
    }

    fn rules(&mut self, tables: Option<&BTreeSet<&str>>) {
        let policy = self.policy;
        let mut needed: BTreeSet<String> = ENGINE_VIEWS.iter().map(|n| (*n).to_owned()).collect();
        let mut seen: Vec<&View> = Vec::new();
        for view in &policy.views {
            let place = format!("rules.sql {}", view.name);
            self.refer(&place, &view.clauses);
            if let Err(error) = self.rule(view, &seen, tables, &mut needed) {
                self.error(&place, error.to_string());
            }
            if tables.is_some_and(|tables| tables.contains(view.name.as_str())) {
                self.error(&place, "与快照的表同名；请给视图改名");
            }
            seen.push(view);
        }
        for view in policy.views.iter().filter(|view| !needed.contains(&view.name)) {
            self.find(Severity::Warning, format!("rules.sql {}", view.name), "没有被任何规则或引擎使用；请删除或接上");
        }
    }

    fn rule(
        &mut self,
        view: &View,
        earlier: &[&View],
        tables: Option<&BTreeSet<&str>>,
        needed: &mut BTreeSet<String>,
    ) -> Result<(), Error> {
        let place = format!("rules.sql {}", view.name);
        let query = Query::parse(view)?;
        for name in query.placeholders() {
            if RESERVED.contains(&name.as_str()) {
                continue;
            }
            if self.policy.parameter(&name).is_none() {
                self.error(&place, format!("用到的参数 ${name} 在 parameters.toml 中没有；请补上"));
            }
            self.used.entry(name).or_default().insert(place.clone());
        }
        for name in query.uses(view)? {
            if earlier.iter().any(|other| other.name == name) {
                needed.insert(name);
            } else if self.policy.view(&name).is_some() {
                self.error(&place, format!("用到的视图 {name} 排在它后面；请调整顺序"));
            } else if tables.is_some_and(|tables| !tables.contains(name.as_str())) {
                self.error(&place, format!("用到的表 {name} 不在快照中；请改正表名"));
            }
        }
        Ok(())
    }

    fn indicators(&mut self) {
        let policy = self.policy;
        for indicator in &policy.indicators {
            let place = format!("policy.toml 指标 {}", indicator.code);
            self.refer(&place, &indicator.clauses);
            if indicator.scale <= 0 || indicator.display_divisor <= 0 || indicator.decimals > 9 {
                self.error(&place, "scale 和 display_divisor 应为正整数，decimals 不超过 9；请改正");
            }
            let target = indicator.target_parameter.as_deref();
            match (indicator.kind, target, indicator.operator) {
                (IndicatorKind::Target, Some(name), Some(_)) => self.use_integer(&place, name),
                (IndicatorKind::Target, _, _) => {
                    self.error(&place, "目标指标要有 operator 和 target_parameter；请补上");
                }
                (_, None, None) => {}
                _ => self.error(&place, "监测指标不设目标值；请删除 operator 和 target_parameter"),
            }
            if indicator.kind == IndicatorKind::NotComputable && indicator.reason.is_empty() {
                self.error(&place, "不可计算的指标要写明理由；请补上 reason");
            }
        }
    }

    fn awards(&mut self) {
        let policy = self.policy;
        for award in &policy.awards {
            let place = format!("policy.toml 奖励 {}", award.id);
            self.refer(&place, &award.clauses);
            if !award.active && award.reason.is_empty() {
                self.error(&place, "未启用的奖励要写明理由；请补上 reason");
            }
            if award.money_class == "application-linked" {
                self.error(&place, "申请环节的资助自 2021 年 7 月起一律不得发放（国知发保字〔2021〕1号）；请取消");
            }
            let distance = award.near_miss_parameter.iter();
            let amounts = award
                .amount_parameter
                .iter()
                .chain(award.levels.iter().filter_map(|level| level.amount_parameter.as_ref()));
            for name in distance.chain(amounts) {
                self.use_integer(&place, name);
            }
            self.money(&place, award);
            let mut levels = BTreeSet::new();
            for level in &award.levels {
                if !levels.insert(level.level) {
                    self.error(&place, format!("第 {} 级出现了两次；请改正", level.level));
                }
            }
        }
    }

    /// An award whose amount has no basis document is honour only: that is said, not refused.
    fn money(&mut self, place: &str, award: &AwardDef) {
        let has_basis = |name: &String| {
            self.policy.parameter(name).is_some_and(|parameter| {
                parameter.values.iter().any(|v| !v.value.is_empty() && !v.basis.is_empty() && v.basis != "reading")
            })
        };
        let mut amounts = award
            .amount_parameter
            .iter()
            .chain(award.levels.iter().filter_map(|level| level.amount_parameter.as_ref()));
        if award.active && !amounts.any(has_basis) {
            self.find(Severity::Warning, place, "没有载明金额的依据文号：只评定，不发放资金");
        }
        if award.money_class.is_empty() {
            self.error(place, "没有 money_class，无法判断适用哪条国家限制；请补上");
        }
    }

    fn use_integer(&mut self, place: &str, name: &str) {
        match self.policy.parameter(name).map(|parameter| parameter.kind) {
            None => self.error(place, format!("用到的参数 {name} 在 parameters.toml 中没有；请补上")),
            Some(ParameterType::Integer) => {}
            Some(_) => self.error(place, format!("用到的参数 {name} 应为整数；请改正类型")),
        }
        self.used.entry(name.to_owned()).or_default().insert(place.to_owned());
    }

    fn parameters(&mut self) {
        let policy = self.policy;
        for parameter in &policy.parameters {
            let place = format!("parameters.toml {}", parameter.name);
            if !self.used.contains_key(&parameter.name) && parameter.used_by.is_empty() {
                self.error(&place, "没有规则或目标使用它；请删除，或用 used_by 写明谁用");
            }
            self.unit_and_basis(&place, parameter);
            if !parameter.clauses.is_empty() {
                self.refer(&place, &parameter.clauses);
            }
        }
        for gate in &GATES {
            match policy.parameter(gate.parameter) {
                None => self.error(
                    "parameters.toml",
                    format!("缺少国家限制参数 {}（依据 {}）；请补上", gate.parameter, gate.basis),
                ),
                Some(parameter) => {
                    let place = format!("parameters.toml {}", gate.parameter);
                    if parameter.values.iter().all(|dated| dated.value.is_empty()) {
                        self.error(place, format!("国家限制不得空缺（依据 {}）；请填写", gate.basis));
                    }
                }
            }
        }
    }

    fn unit_and_basis(&mut self, place: &str, parameter: &Parameter) {
        let counts = parameter.kind == ParameterType::Integer;
        if counts && parameter.unit.is_empty() {
            self.error(place, "没有单位；请补上 unit");
        }
        for dated in &parameter.values {
            if dated.basis.is_empty() {
                self.error(place, "有一个值没有依据；请写上文号或条款，或写 reading 并说明");
            }
            if dated.basis == "reading" && parameter.reading.is_empty() && parameter.meaning.is_empty() {
                self.error(place, "值出自解读，却没有说明；请补上 reading 或 meaning");
            }
            if looks_like_clause(&dated.basis) && self.policy.clause(&dated.basis).is_none() {
                self.error(place, format!("依据的条款 {} 不存在；请改正", dated.basis));
            }
        }
        if parameter.values.is_empty() {
            self.error(place, "没有任何值；未设定也要写一条不带 value 的 values，并写明依据");
        }
    }
}

fn looks_like_clause(basis: &str) -> bool {
    basis.strip_prefix('C').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && !rest.contains(' '))
}

fn is_there(policy: &Policy, clause: &Clause, carrier: &Carrier, carries: &dyn Fn(&Clause, &Carrier) -> bool) -> bool {
    let name = carrier.name.as_str();
    let exists = match carrier.kind.as_str() {
        "indicator" => policy.indicator(name).is_some(),
        "award" => policy.award(name).is_some(),
        "rule" => policy.view(name).is_some(),
        "page" | "command" => true,
        _ => false,
    };
    exists && carries(clause, carrier)
}

fn coverage(policy: &Policy, carries: &dyn Fn(&Clause, &Carrier) -> bool) -> Vec<Coverage> {
    let naming = |clauses: &[String], id: &str| clauses.iter().any(|clause| clause == id);
    let cover = |clause: &Clause| {
        let id = clause.id.as_str();
        let mut coverage = Coverage {
            clause: id.to_owned(),
            views: Vec::new(),
            indicators: Vec::new(),
            awards: Vec::new(),
            carried_by: clause
                .carried_by
                .iter()
                .filter(|carrier| is_there(policy, clause, carrier, carries))
                .cloned()
                .collect(),
            missing: false,
        };
        for view in policy.views.iter().filter(|view| naming(&view.clauses, id)) {
            coverage.views.push(view.name.clone());
        }
        for indicator in
            policy.indicators.iter().filter(|i| i.kind != IndicatorKind::NotComputable && naming(&i.clauses, id))
        {
            coverage.indicators.push(indicator.code.clone());
        }
        for award in policy.awards.iter().filter(|a| a.active && naming(&a.clauses, id)) {
            coverage.awards.push(award.id.clone());
        }
        coverage.missing = clause.kind != "heading"
            && coverage.carried_by.is_empty()
            && coverage.views.is_empty()
            && coverage.indicators.is_empty()
            && coverage.awards.is_empty();
        coverage
    };
    policy.clauses.iter().map(cover).collect()
}
