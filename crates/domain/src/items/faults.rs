//! What in an item offends the law above it, or leaves it without the ground it needs, found before it is issued.

use rules::{Policy, policy::AwardDef};
use terms::DocumentNumber;

use super::{Formula, GRANT_LINKED, Item, NOTICE_DAYS_MIN, PCT_GRANT, Terms, Track, aid};
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
        Some(last) if terms.tapers(award) => {
            let settings = policy.settings(terms.effective_from, &std::collections::BTreeMap::new())?;
            let end = settings.date("grant_linked_last_day");
            if end.is_none_or(|end| last > end) {
                let until = end.map_or_else(|| "（未载明）".to_owned(), |day| day.to_string());
                let (what, basis) = match award.money_class == GRANT_LINKED {
                    true => ("与授权挂钩的资助", settings.basis("grant_linked_last_day")),
                    false => ("政策性补贴（没有文件免除的都算）", SUBSIDY_ENDS),
                };
                fault(format!("{what}最迟到 {until}，本事项写到 {last}"), basis);
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
    if terms.track == Track::Apply && terms.papers.is_empty() && terms.triggers().is_empty() {
        fault("申报的事项没有规定证明材料，谁都能说自己符合".into(), "申报须有可核的证明");
    }
    for (what, days) in terms.limits.named() {
        if days == 0 {
            fault(format!("{what}的时限是 0 个工作日，没有人来得及"), "每一步都要有可办的时限");
        }
    }
    let conclusion = terms.review.conclusion.trim();
    let is_against = conclusion.contains("未通过")
        || conclusion.contains("不通过")
        || (conclusion.contains("具有排除") && !conclusion.contains("不具有排除") && !conclusion.contains("适用例外"));
    if is_against {
        fault(format!("公平竞争审查的结论是“{conclusion}”，不能出台"), "《公平竞争审查条例》第十八条");
    }
    of_subsidy(award, terms, &mut fault);
    if terms.window.is_some() && terms.track == Track::Confirm {
        fault("免申即享不用申报，不设申报期".into(), "申报期只用于企业申报");
    }
    of_special_limits(award, terms, &mut fault);
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

/// The words of the clause under which subsidies end.
pub(crate) const SUBSIDY_ENDS: &str = "C3.1.3.2 政府政策性补贴比例逐步降低，到2025年予以取消";

fn of_subsidy(award: &AwardDef, terms: &Terms, fault: &mut impl FnMut(String, &str)) {
    let Some(subsidy) = terms.subsidy.as_ref().filter(|one| !one.is_policy_subsidy) else { return };
    if award.money_class == GRANT_LINKED {
        fault("与授权挂钩的资金不能写成不属于政策性补贴".into(), SUBSIDY_ENDS);
    }
    if let Err(cause) = subsidy.exempted_by.parse::<DocumentNumber>() {
        fault(format!("写了不属于政策性补贴，但免除它的文件文号写不成立：{cause}"), SUBSIDY_ENDS);
    }
}

/// What does not keep an item from being issued, but should be known.
pub fn warnings(policy: &Policy, item: &Item) -> Vec<Fault> {
    let is_open = |award: &AwardDef| award.money_class != GRANT_LINKED && item.terms.subsidy.is_none();
    if !policy.award(&item.award).is_some_and(is_open) {
        return Vec::new();
    }
    let words = "没有写明是否属于政策性补贴：按属于办理，金额逐年按系数降低，2024年12月31日以后不再发放。有文件免除的，请写明文号";
    vec![Fault { words: words.into(), basis: SUBSIDY_ENDS.into() }]
}

/// What only some awards may say, and must.
fn of_special_limits(award: &AwardDef, terms: &Terms, fault: &mut impl FnMut(String, &str)) {
    const BY_TRIGGER: &str = "C3.5.3 的四种情形，各有条件和证明";
    match &terms.aid {
        None if award.id == aid::AWARD => fault("没有写明资助哪些维权情形、各要什么证明材料".into(), BY_TRIGGER),
        Some(_) if award.id != aid::AWARD => fault("只有维权援助分维权情形".into(), BY_TRIGGER),
        Some(aid) if aid.proofs.is_empty() => {
            fault("没有写明资助哪些维权情形、各要什么证明材料".into(), BY_TRIGGER);
        }
        Some(aid) => {
            let without = aid.proofs.iter().filter(|(_, papers)| papers.is_empty());
            without.for_each(|(trigger, _)| fault(format!("“{}”没有写明证明材料", trigger.zh()), BY_TRIGGER));
            if aid.deduction != aid::Deduction::None && !matches!(terms.formula, Formula::ShareOfCost { .. }) {
                fault("扣减赔偿只用于按费用的比例计算".into(), BY_TRIGGER);
            }
        }
        None => {}
    }
    if let Some(cap) = terms.cap_per_invention_fen {
        const ONE_INVENTION: &str = "同一发明多国授权合计上限（AMB-03）";
        if award.id != PCT_GRANT || terms.formula != Formula::PerRight {
            fault("同一发明的上限只用于按件计算的 PCT 国外授权".into(), ONE_INVENTION);
        }
        if terms.amounts.values().any(|unit| *unit > cap) {
            fault("同一发明的上限低于一件的金额".into(), ONE_INVENTION);
        }
    }
}
