//! What in an item offends the law above it, or leaves it without the ground it needs, found before it is issued.

use rules::Policy;
use terms::DocumentNumber;

use super::{Formula, GRANT_LINKED, Item, NOTICE_DAYS_MIN, Track};
use crate::Error;

/// One thing wrong with an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong and what to do.
    pub words: String,
    /// The rule that says so.
    pub basis: String,
}

/// Everything that keeps an item from being issued; empty when nothing does.
pub fn faults(policy: &Policy, item: &Item) -> Result<Vec<Fault>, Error> {
    let award = policy
        .award(&item.award)
        .ok_or_else(|| Error::NotFound { what: "奖励或资助事项", id: item.award.clone() })?;
    let terms = &item.terms;
    let mut found = Vec::new();
    let mut fault = |words: String, basis: &str| found.push(Fault { words, basis: basis.to_owned() });
    if let Err(cause) = terms.basis.number.parse::<DocumentNumber>() {
        fault(format!("依据文号写不成立：{cause}"), "没有依据文件的事项一分钱也不能发");
    }
    if terms.basis.title.trim().is_empty() {
        fault("没有写依据文件的名称".into(), "没有依据文件的事项一分钱也不能发");
    }
    let reviewed = terms.review.concluded_on.filter(|_| !terms.review.conclusion.trim().is_empty());
    match reviewed {
        None => fault("没有公平竞争审查的结论和日期".into(), "《公平竞争审查条例》第十八条"),
        Some(day) if day > terms.effective_from => {
            fault(
                format!("{day} 才通过公平竞争审查，晚于生效日 {}", terms.effective_from),
                "《公平竞争审查条例》第十八条",
            );
        }
        Some(_) => {}
    }
    match terms.effective_until {
        None => fault("没有写明失效日期".into(), "《公平竞争审查条例》第十二条"),
        Some(last) if last < terms.effective_from => {
            fault(format!("失效日 {last} 早于生效日 {}", terms.effective_from), "《公平竞争审查条例》第十二条");
        }
        Some(last) if award.money_class == GRANT_LINKED => {
            let settings = policy.settings(terms.effective_from, &std::collections::BTreeMap::new())?;
            let end = settings.date("grant_linked_last_day");
            if end.is_none_or(|end| last > end) {
                let until = end.map_or_else(|| "（未载明）".to_owned(), |day| day.to_string());
                fault(
                    format!("与授权挂钩的资助最迟到 {until}，本事项写到 {last}"),
                    settings.basis("grant_linked_last_day"),
                );
            }
        }
        Some(_) => {}
    }
    let levels: Vec<i64> =
        if award.levels.is_empty() { vec![1] } else { award.levels.iter().map(|one| one.level).collect() };
    for level in &levels {
        match terms.amounts.get(level) {
            Some(fen) if *fen > 0 => {}
            _ => fault(format!("第 {level} 级没有金额"), "金额只能来自依据文件"),
        }
    }
    if let Some(other) = terms.amounts.keys().find(|level| !levels.contains(level)) {
        fault(format!("这项奖励没有第 {other} 级"), "政策文件的等级");
    }
    let amounts: Vec<i64> = terms.amounts.values().copied().collect();
    if amounts.windows(2).any(|pair| pair[1] < pair[0]) {
        fault("等级高的金额反而低".into(), "就高不就低");
    }
    if let Formula::ShareOfCost { percent } = terms.formula
        && !(1..=100).contains(&percent)
    {
        fault(format!("按费用的比例是 {percent}%，应在 1% 到 100% 之间"), "依据文件");
    }
    if terms.track == Track::Confirm && !award.active {
        fault(format!("免申即享要有判定规则，而这项没有：{}", award.reason), "政策文件的规则");
    }
    if terms.track == Track::Apply && (award.money_class == GRANT_LINKED || terms.formula == Formula::PerRight) {
        fault("申报的事项没有逐件的权利清单，不能按件计算，也不能用于与授权挂钩的资金".into(), "金额要有可核的基数");
    }
    if terms.track == Track::Confirm && matches!(terms.formula, Formula::ShareOfCost { .. }) {
        fault("免申即享没有申报的费用，不能按费用的比例计算".into(), "金额要有可核的基数");
    }
    let mut departments = terms.departments.clone();
    departments.sort();
    departments.dedup();
    if departments.len() < terms.departments.len() {
        fault("联审部门有重复".into(), "每个部门会签一次");
    }
    if terms.limits.notice < NOTICE_DAYS_MIN {
        fault(format!("公示至少 {NOTICE_DAYS_MIN} 个工作日"), "公示的通行规则");
    }
    Ok(found)
}
