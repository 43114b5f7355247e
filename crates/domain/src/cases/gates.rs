//! The gates that no case passes unseen: asked at opening, handling, decision and each step of payment, each time on what is
//! known then.
//!
//! What could not be checked is never taken for harmless: it stands as not known, and money waits for it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rules::{Policy, policy::AwardDef};
use serde::{Deserialize, Serialize};

use super::{facts::Known, introduced, qualifications};
use crate::{
    Error,
    items::{
        GRANT_LINKED, Item,
        aid::{self, Claim},
        amount::Calculation,
        faults::SUBSIDY_ENDS,
    },
};

/// What a gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing stands in the way.
    Pass,
    /// It may go on when a person has looked closely and says why (从严审批).
    Strict,
    /// It could not be checked.
    Unknown,
    /// It stops here.
    Block,
}

/// One gate with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Which one.
    pub name: String,
    /// What it says.
    pub outcome: Outcome,
    /// Why, in Chinese.
    pub words: String,
    /// The document or rule.
    pub basis: String,
}

impl Gate {
    pub(super) fn new(name: &str, outcome: Outcome, words: impl Into<String>, basis: impl Into<String>) -> Self {
        Self { name: name.to_owned(), outcome, words: words.into(), basis: basis.into() }
    }
}

/// What the gates are asked about.
pub(super) struct Asked<'a> {
    pub(super) policy: &'a Policy,
    pub(super) award: &'a AwardDef,
    pub(super) item: &'a Item,
    pub(super) subject: &'a str,
    /// What an application is about; empty for what a run proposes.
    pub(super) matter: &'a str,
    /// The last day of the award's year, or the day of the event applied for.
    pub(super) event: Date,
    /// The day on which one asks.
    pub(super) today: Date,
    /// Other living cases that rest on the same right and event, as words.
    pub(super) doubles: &'a [String],
    /// How its amount comes about.
    pub(super) amount: &'a Calculation,
    /// What an application for defending rights says of its trigger.
    pub(super) claim: Option<&'a Claim>,
    pub(super) known: &'a Known,
    pub(super) is_demo: bool,
}

/// Every gate with its answer, in a fixed order.
pub(super) fn ask(asked: &Asked<'_>) -> Result<Vec<Gate>, Error> {
    let mut gates = vec![basis(asked), trial(asked), sunset(asked)?, subject(asked), credit(asked), double(asked)];
    gates.extend(taper(asked)?);
    gates.extend(qualifications::gates(asked)?);
    gates.extend(introduced::gates(asked));
    if let Some(claim) = asked.claim {
        gates.push(aid::gate(asked.item.terms.aid.as_ref(), claim));
    }
    Ok(gates)
}

fn basis(asked: &Asked<'_>) -> Gate {
    let terms = &asked.item.terms;
    let text = format!("{}《{}》", terms.basis.number, terms.basis.title);
    let until = terms.effective_until.is_none_or(|last| asked.event <= last);
    let (outcome, words) = if terms.effective_from <= asked.event && until {
        (Outcome::Pass, format!("{} 在依据文件有效期内", asked.event))
    } else {
        (Outcome::Block, format!("{} 不在依据文件有效期内", asked.event))
    };
    Gate::new("依据文件", outcome, words, text)
}

fn trial(asked: &Asked<'_>) -> Gate {
    match (asked.item.is_trial, asked.is_demo) {
        (true, false) => Gate::new(
            "演示金额",
            Outcome::Block,
            "这项的金额只供演示，不能用于真实兑现",
            "没有依据文件的事项一分钱也不能发",
        ),
        (true, true) => Gate::new("演示金额", Outcome::Pass, "演示数据，不发生真实支付", "演示数据"),
        (false, _) => Gate::new("演示金额", Outcome::Pass, "金额出自依据文件", asked.item.terms.basis.number.clone()),
    }
}

/// Money that ends (C3.1.3.2; AMB-09): neither the event nor the day of paying may lie behind the end.
fn sunset(asked: &Asked<'_>) -> Result<Gate, Error> {
    let is_grant_linked = asked.award.money_class == GRANT_LINKED;
    let name = if is_grant_linked { "授权资助截止" } else { "政策性补贴截止" };
    let settings = asked.policy.settings(asked.today, &BTreeMap::new())?;
    let basis = if is_grant_linked { settings.basis("grant_linked_last_day") } else { SUBSIDY_ENDS };
    let (what, days) = match (is_grant_linked, &asked.item.terms.subsidy) {
        (true, _) => ("与授权挂钩的资金", "授权日和支付日"),
        (false, Some(subsidy)) if !subsidy.is_policy_subsidy => {
            return Ok(Gate::new(name, Outcome::Pass, "有文件载明不属于政策性补贴", subsidy.exempted_by.clone()));
        }
        (false, _) => ("政策性补贴", "事项发生日和支付日"),
    };
    Ok(match settings.date("grant_linked_last_day") {
        None => Gate::new(name, Outcome::Unknown, "政策文件没有载明截止日", ""),
        Some(last) if asked.event > last || asked.today > last => {
            Gate::new(name, Outcome::Block, format!("{what}，{days}都不得晚于 {last}"), basis)
        }
        Some(last) => Gate::new(name, Outcome::Pass, format!("{days}都不晚于 {last}"), basis),
    })
}

/// Whether an amount that falls by the year still stands under the coefficient of today; none where there is nothing to fall.
fn taper(asked: &Asked<'_>) -> Result<Option<Gate>, Error> {
    const NAME: &str = "退坡系数";
    if !asked.item.terms.tapers(asked.award) || asked.amount.payable_fen.unwrap_or(0) == 0 {
        return Ok(None);
    }
    let settings = asked.policy.settings(asked.today, &BTreeMap::new())?;
    let basis = settings.basis("grant_linked_taper_percent");
    let (outcome, words) = match (asked.amount.taper, settings.integer("grant_linked_taper_percent")) {
        (Some(then), Some(now)) if now < then => {
            (Outcome::Block, format!("金额按 {then}% 核定，今天的系数是 {now}%，要退回重新核定；已决定的先撤销决定"))
        }
        (Some(then), Some(now)) => (Outcome::Pass, format!("金额按 {then}% 核定，今天的系数是 {now}%")),
        (None, _) => (Outcome::Unknown, "没有记下核定时的系数，要退回重新核定；已决定的先撤销决定".to_owned()),
        (_, None) => (Outcome::Unknown, "政策文件没有载明今天的系数".to_owned()),
    };
    Ok(Some(Gate::new(NAME, outcome, words, basis)))
}

fn subject(asked: &Asked<'_>) -> Gate {
    const NAME: &str = "主体存续";
    const BASIS: &str = "登记簿“企业”";
    match asked.known.state(asked.subject) {
        None => Gate::new(NAME, Outcome::Unknown, "登记簿“企业”中没有这家企业", BASIS),
        Some(state @ ("注销" | "吊销")) => Gate::new(NAME, Outcome::Block, format!("企业已{state}"), BASIS),
        Some(_) => Gate::new(NAME, Outcome::Pass, "企业存续", BASIS),
    }
}

fn credit(asked: &Asked<'_>) -> Gate {
    const NAME: &str = "失信与处罚名单";
    let Some(records) = asked.known.credit(asked.subject, asked.today) else {
        let words = match asked.known.credit_on() {
            None => "从未导入“信用记录”，无法核对；没有失信的，请登记“本期无”".to_owned(),
            Some(on) => format!("“信用记录”只到 {on}，已超过一年，请导入最新的名单"),
        };
        return Gate::new(NAME, Outcome::Unknown, words, "登记簿“信用记录”");
    };
    let until = asked.known.credit_on().map_or_else(String::new, |on| format!("（名单截至 {on}）"));
    let worst = records.iter().max_by_key(|record| record.outcome);
    match worst {
        None => Gate::new(NAME, Outcome::Pass, format!("不在任何名单内{until}"), "登记簿“信用记录”"),
        Some(record) => Gate::new(NAME, record.outcome, record.words(), record.decision.clone()),
    }
}

fn double(asked: &Asked<'_>) -> Gate {
    const NAME: &str = "同一事项不重复享受";
    const BASIS: &str = "同一权利、同一事件只享受一次";
    if asked.doubles.is_empty() {
        return Gate::new(NAME, Outcome::Pass, "没有以同一权利、同一事件受理的其他案件", BASIS);
    }
    Gate::new(NAME, Outcome::Block, asked.doubles.join("；"), BASIS)
}

/// The gravest answer.
pub fn worst(gates: &[Gate]) -> Outcome {
    gates.iter().map(|gate| gate.outcome).max().unwrap_or(Outcome::Unknown)
}

/// What stops a case, in words; empty when nothing does.
pub fn stops(gates: &[Gate], least: Outcome) -> String {
    let stopping = gates.iter().filter(|gate| gate.outcome >= least);
    stopping.map(|gate| format!("{}：{}（{}）", gate.name, gate.words, gate.basis)).collect::<Vec<_>>().join("；")
}
