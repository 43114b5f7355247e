//! What a case may be paid: the item's formula, then every limit, each step with its basis. Whole fen throughout.
//!
//! `paid = min(formula, caps) × coefficient`: nothing here adds, everything lowers, and what is not known holds the money back
//! instead of counting as zero.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Formula, Terms, aid::Deduction};
use crate::Error;

/// One right with the money that has already flowed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightMoney {
    /// The right.
    pub right: String,
    /// The official fees paid to obtain it (官方规费), in fen; unknown without a receipt.
    pub fees_fen: Option<i64>,
    /// What any level has paid for it already (各级资助), in fen; unknown while that register was never delivered.
    pub aided_fen: Option<i64>,
    /// The invention it is a grant of: its international application; unknown where the register names none.
    #[serde(default)]
    pub invention: Option<String>,
}

/// What of an amount falls to one invention, whatever the number of countries, before the national limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventionMoney {
    /// The invention: its international application.
    pub invention: String,
    /// How many grants.
    pub grants: usize,
    /// What stands for it in other cases, in fen.
    pub before_fen: i64,
    /// What this case adds, in fen.
    pub fen: i64,
}

/// What an amount is computed from.
#[derive(Debug, Clone, Default)]
pub struct Ground {
    /// The level earned.
    pub level: i64,
    /// Whether the money depends on grants (与授权挂钩), so that the national limits hold.
    pub is_grant_linked: bool,
    /// Whether the money falls by the year (退坡): also what no document exempts.
    pub tapers: bool,
    /// The rights the award rests on.
    pub rights: Vec<RightMoney>,
    /// The national share of official fees, in percent, with its document.
    pub fee_share: Option<(i64, String)>,
    /// The taper of the day on which the money is decided, in percent, with its document.
    pub taper: Option<(i64, String)>,
    /// What was decided for this subject under this item before, at most, for the difference between levels.
    pub before_fen: i64,
    /// What the subject has been granted this year under all items.
    pub this_year_fen: i64,
    /// The paid costs of an application, in fen.
    pub costs_fen: Option<i64>,
    /// The compensation that the enterprise got in its dispute, in fen; none while it is not told.
    pub compensation_fen: Option<i64>,
    /// What stands for an invention in other cases, in fen.
    pub inventions: BTreeMap<String, i64>,
}

/// One step of the computation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What was done, in Chinese.
    pub words: String,
    /// What is left after it, in fen.
    pub left_fen: i64,
    /// The document or rule behind it.
    pub basis: String,
}

/// An amount with its way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calculation {
    /// The steps in order.
    pub lines: Vec<Line>,
    /// What may be paid, in fen; none while something is not known.
    pub payable_fen: Option<i64>,
    /// What is not known; empty when the amount is.
    pub held: String,
    /// The money behind each right, for grant-linked items.
    pub rights: Vec<RightMoney>,
    /// What falls to each invention, where the item limits that.
    #[serde(default)]
    pub inventions: Vec<InventionMoney>,
    /// The coefficient under which it was settled, in percent, where it falls by the year (退坡系数).
    #[serde(default)]
    pub taper: Option<i64>,
    /// What it came to before it was paid in proportion (按比例兑付), in fen; none where it was not.
    #[serde(default)]
    pub full_fen: Option<i64>,
    /// What was decided for the subject before, and what stood for it this year, when it was settled; none where nobody kept it.
    #[serde(default)]
    pub others_fen: Option<(i64, i64)>,
}

/// How the step begins that lowers an amount for want of money.
const IN_PROPORTION: &str = "总额控制：";

impl Calculation {
    pub(crate) fn step(&mut self, words: impl Into<String>, left_fen: i64, basis: impl Into<String>) {
        self.lines.push(Line { words: words.into(), left_fen, basis: basis.into() });
    }

    /// The same lowered to its part of a budget that does not suffice; what it came to in full is kept, so that it is never lowered twice.
    pub(crate) fn in_proportion(&self, words: &str, (full_fen, share_fen): (i64, i64), basis: &str) -> Self {
        let mut lowered = self.clone();
        lowered.lines.retain(|line| !line.words.starts_with(IN_PROPORTION));
        lowered.step(format!("{IN_PROPORTION}{words}"), share_fen, basis);
        lowered.payable_fen = Some(share_fen);
        lowered.full_fen = Some(full_fen);
        lowered
    }

    fn held(mut self, why: impl Into<String>) -> Self {
        self.held = why.into();
        self.payable_fen = None;
        self
    }
}

/// `amount × percent ÷ 100`, rounded down to the fen.
pub fn share(amount_fen: i64, percent: i64) -> i64 {
    i64::try_from(i128::from(amount_fen) * i128::from(percent) / 100).unwrap_or(i64::MAX)
}

fn yuan(fen: i64) -> String {
    terms::Money::from_fen(fen).format_zh()
}

/// Computes what these terms pay on this ground.
pub fn calculate(terms: &Terms, ground: &Ground) -> Result<Calculation, Error> {
    let basis = &terms.basis.number;
    let others_fen = Some((ground.before_fen, ground.this_year_fen));
    let mut calculation = Calculation { others_fen, ..Calculation::default() };
    let Some(unit) = terms.amounts.get(&ground.level).copied() else {
        return Ok(calculation.held("这一等级没有规定金额；只授予称号，不发放资金。"));
    };
    let mut left = match terms.formula {
        Formula::PerSubject => {
            calculation.step(format!("每家 {}", yuan(unit)), unit, basis);
            unit
        }
        Formula::PerRight => {
            let count = i64::try_from(ground.rights.len()).unwrap_or(i64::MAX);
            let all = unit.checked_mul(count).ok_or_else(too_large)?;
            calculation.step(format!("每件 {}，共 {count} 件", yuan(unit)), all, basis);
            match terms.cap_per_invention_fen {
                None => all,
                Some(cap) => match by_invention(&mut calculation, (unit, cap), ground, basis) {
                    Some(left) => left,
                    None => return Ok(calculation.held(NO_INVENTION)),
                },
            }
        }
        Formula::ShareOfCost { percent } => {
            let Some(costs) = ground.costs_fen else {
                return Ok(calculation.held("没有填报已付费用；请在材料中补充付款凭证和金额。"));
            };
            let deduction = terms.aid.as_ref().map(|aid| aid.deduction).unwrap_or_default();
            match of_costs(&mut calculation, (costs, percent, unit), (deduction, ground.compensation_fen), basis) {
                Some(left) => left,
                None => return Ok(calculation.held("没有写明已获赔偿；没有的请填 0。")),
            }
        }
    };
    if terms.pays_difference && ground.before_fen > 0 {
        left = (left - ground.before_fen).max(0);
        calculation.step(format!("晋级补差：减去以前已定的 {}", yuan(ground.before_fen)), left, basis);
    }
    if ground.is_grant_linked {
        match national(calculation, left, ground) {
            Ok((so_far, lowered)) => (calculation, left) = (so_far, lowered),
            Err(held) => return Ok(*held),
        }
    }
    if ground.tapers {
        let Some((percent, basis)) = &ground.taper else {
            return Ok(calculation.held("政策文件没有载明退坡系数；请先补充参数和依据文号。"));
        };
        left = share(left, *percent);
        calculation.taper = Some(*percent);
        calculation.step(format!("退坡系数 {percent}%"), left, basis);
    }
    if let Some(cap) = terms.cap_per_subject_year_fen {
        let room = (cap - ground.this_year_fen).max(0);
        if left > room {
            let words = format!("每家每年不超过 {}，本年已定 {}", yuan(cap), yuan(ground.this_year_fen));
            calculation.step(words, room, basis);
            left = room;
        }
    }
    calculation.payable_fen = Some(left);
    Ok(calculation)
}

const NO_INVENTION: &str = "有授权没有国际申请号，同一发明的上限无法核定；请在“境外授权”中补齐。";

/// The share of the costs within its cap, less the compensation where the rule says so; none while that is not known.
fn of_costs(
    calculation: &mut Calculation,
    (costs, percent, unit): (i64, i64, i64),
    (deduction, compensation): (Deduction, Option<i64>),
    basis: &str,
) -> Option<i64> {
    let got = if deduction == Deduction::None { 0 } else { compensation? };
    let mut base = costs;
    if deduction == Deduction::FromCosts {
        base = (costs - got).max(0);
        calculation.step(format!("已付费用 {}，扣除已获赔偿 {}", yuan(costs), yuan(got)), base, basis);
    }
    let mut left = share(base, percent);
    let of = if deduction == Deduction::FromCosts { "余额" } else { "已付费用" };
    calculation.step(format!("{of} {} 的 {percent}%", yuan(base)), left, basis);
    if left > unit {
        left = unit;
        calculation.step(format!("每项不超过 {}", yuan(unit)), left, basis);
    }
    if deduction == Deduction::FromAid {
        left = (left - got).max(0);
        calculation.step(format!("扣除已获赔偿 {}", yuan(got)), left, basis);
    }
    Some(left)
}

/// So much for each grant, but no more for one invention than its cap, whatever the number of countries and years; none while the
/// invention of a grant is not known.
fn by_invention(calculation: &mut Calculation, (unit, cap): (i64, i64), ground: &Ground, basis: &str) -> Option<i64> {
    let mut grants: BTreeMap<&str, usize> = BTreeMap::new();
    for right in &ground.rights {
        *grants.entry(right.invention.as_deref()?).or_default() += 1;
    }
    let (mut left, mut lowered) = (0_i64, Vec::new());
    for (invention, count) in grants {
        let before_fen = ground.inventions.get(invention).copied().unwrap_or(0);
        let whole = unit.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX));
        let fen = whole.min((cap - before_fen).max(0));
        if fen < whole {
            let before = if before_fen > 0 { format!("以前已定 {}，", yuan(before_fen)) } else { String::new() };
            lowered.push(format!("{invention} 共 {count} 件，{before}计 {}", yuan(fen)));
        }
        left = left.saturating_add(fen);
        calculation.inventions.push(InventionMoney { invention: invention.into(), grants: count, before_fen, fen });
    }
    if !lowered.is_empty() {
        calculation.step(format!("同一发明多国授权合计不超过 {}：{}", yuan(cap), lowered.join("；")), left, basis);
    }
    Some(left)
}

/// The national limits on grant-linked money: at most a share of the official fees paid for each right, less what was paid for it
/// already. `Err` holds what is not known.
fn national(mut calculation: Calculation, left: i64, ground: &Ground) -> Result<(Calculation, i64), Box<Calculation>> {
    let Some((percent, fee_basis)) = &ground.fee_share else {
        return Err(Box::new(calculation.held("政策文件没有载明规费上限；请先补充参数和依据文号。")));
    };
    calculation.rights.clone_from(&ground.rights);
    let without = ground.rights.iter().filter(|one| one.fees_fen.is_none()).count();
    if without > 0 {
        let all = ground.rights.len();
        let why = format!("{all} 件中有 {without} 件没有官方规费票据，上限无法核定；请导入“缴费记录”。");
        return Err(Box::new(calculation.held(why)));
    }
    if ground.rights.iter().any(|one| one.aided_fen.is_none()) {
        return Err(Box::new(calculation.held("各级已发的资助不清楚；请导入“各级资助”，没有的登记“本期无”。")));
    }
    let room =
        |one: &RightMoney| (share(one.fees_fen.unwrap_or(0), *percent) - one.aided_fen.unwrap_or(i64::MAX)).max(0);
    let cap = ground.rights.iter().try_fold(0_i64, |sum, one| sum.checked_add(room(one))).unwrap_or(i64::MAX);
    let paid: i64 = ground.rights.iter().filter_map(|one| one.fees_fen).fold(0, i64::saturating_add);
    let mut left = left;
    if left > cap {
        let words = format!(
            "不超过获权所缴官方规费的 {percent}%：{} 件共缴 {}，逐件扣除各级已发后余 {}",
            ground.rights.len(),
            yuan(paid),
            yuan(cap)
        );
        left = cap;
        calculation.step(words, left, fee_basis);
    }
    Ok((calculation, left))
}

fn too_large() -> Error {
    Error::Invalid("金额太大，无法计算。请检查事项中的金额。".into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::items::{aid::Aid, tests::terms};

    fn right(fees_fen: Option<i64>, aided_fen: Option<i64>) -> RightMoney {
        RightMoney { right: "r".into(), fees_fen, aided_fen, invention: None }
    }

    fn grant_linked(rights: Vec<RightMoney>, taper: i64) -> Ground {
        Ground {
            level: 1,
            is_grant_linked: true,
            tapers: true,
            rights,
            fee_share: Some((50, "国知发保字〔2021〕1号".into())),
            taper: Some((taper, "国知发保字〔2022〕7号".into())),
            ..Ground::default()
        }
    }

    #[test]
    fn clause_c3_1_3_2_half_the_official_fees_then_the_taper() {
        // Full fees to grant: 4350 yuan, so 2175 at most (DOMAIN 5.6); a quarter of it in 2024.
        let flat = terms(Formula::PerSubject, &[(1, 500_000)]);
        let ground = grant_linked(vec![right(Some(435_000), Some(0))], 25);
        let calculation = calculate(&flat, &ground).unwrap();
        let left: Vec<i64> = calculation.lines.iter().map(|line| line.left_fen).collect();
        assert_eq!(left, [500_000, 217_500, 54_375]);
        assert_eq!(calculation.payable_fen, Some(54_375));
        let reduced = grant_linked(vec![right(Some(69_500), Some(0))], 100);
        assert_eq!(calculate(&flat, &reduced).unwrap().payable_fen, Some(34_750));
        let aided = grant_linked(vec![right(Some(69_500), Some(34_750))], 100);
        assert_eq!(calculate(&flat, &aided).unwrap().payable_fen, Some(0));
        let ended = grant_linked(vec![right(Some(435_000), Some(0))], 0);
        assert_eq!(calculate(&flat, &ended).unwrap().payable_fen, Some(0));
    }

    #[test]
    fn clause_c3_1_3_2_money_that_no_document_exempts_falls_without_a_grant_too() {
        let flat = terms(Formula::PerSubject, &[(1, 500_000)]);
        let pay = |tapers, taper: Option<i64>| {
            let taper = taper.map(|percent| (percent, "C3.1.3.2".to_owned()));
            calculate(&flat, &Ground { level: 1, tapers, taper, ..Ground::default() }).unwrap()
        };
        assert_eq!((pay(true, Some(25)).payable_fen, pay(true, Some(25)).taper), (Some(125_000), Some(25)));
        assert_eq!((pay(false, Some(25)).payable_fen, pay(false, Some(25)).taper), (Some(500_000), None));
        let unknown = pay(true, None);
        assert!(unknown.payable_fen.is_none() && unknown.held.contains("退坡系数"), "{unknown:?}");
    }

    #[test]
    fn what_is_not_known_holds_the_money_back() {
        let flat = terms(Formula::PerSubject, &[(1, 500_000)]);
        for rights in [vec![right(None, Some(0))], vec![right(Some(435_000), None)]] {
            let calculation = calculate(&flat, &grant_linked(rights, 100)).unwrap();
            assert_eq!(calculation.payable_fen, None);
            assert!(!calculation.held.is_empty());
        }
        let no_level = calculate(&flat, &Ground { level: 2, ..Ground::default() }).unwrap();
        assert_eq!(no_level.payable_fen, None);
    }

    #[test]
    fn clause_c3_3_2_2_a_rise_pays_the_difference() {
        let mut stars = terms(Formula::PerSubject, &[(2, 2_000_000), (3, 3_000_000)]);
        stars.pays_difference = true;
        let pay = |level, before_fen| {
            calculate(&stars, &Ground { level, before_fen, ..Ground::default() }).unwrap().payable_fen
        };
        assert_eq!(pay(2, 0), Some(2_000_000));
        assert_eq!(pay(3, 2_000_000), Some(1_000_000));
        assert_eq!(pay(3, 3_000_000), Some(0), "the title again, the money once");
        assert_eq!(pay(2, 3_000_000), Some(0), "a fall pays nothing and takes nothing back");
    }

    #[test]
    fn clause_c3_5_3_1_a_share_of_paid_costs_within_its_cap() {
        let aid = terms(Formula::ShareOfCost { percent: 50 }, &[(1, 50_000_000)]);
        let pay = |costs_fen| calculate(&aid, &Ground { level: 1, costs_fen, ..Ground::default() }).unwrap();
        assert_eq!(pay(Some(99_999_999)).payable_fen, Some(49_999_999));
        assert_eq!(pay(Some(100_000_002)).payable_fen, Some(50_000_000));
        assert_eq!(pay(None).payable_fen, None);
    }

    #[test]
    fn clause_c3_5_3_1_compensation_comes_off_the_costs_or_off_the_aid_as_the_rule_says() {
        let pay = |deduction, compensation_fen| {
            let mut aid = terms(Formula::ShareOfCost { percent: 50 }, &[(1, 4_000_000)]);
            aid.aid = Some(Aid { deduction, ..Aid::default() });
            let ground = Ground { level: 1, costs_fen: Some(10_000_000), compensation_fen, ..Ground::default() };
            calculate(&aid, &ground).unwrap()
        };
        assert_eq!(pay(Deduction::None, None).payable_fen, Some(4_000_000));
        for deduction in [Deduction::FromCosts, Deduction::FromAid] {
            let unknown = pay(deduction, None);
            assert!(unknown.payable_fen.is_none() && unknown.held.contains("没有的请填 0"), "unknown is not zero");
            assert_eq!(pay(deduction, Some(0)).payable_fen, Some(4_000_000));
            assert_eq!(pay(deduction, Some(99_000_000)).payable_fen, Some(0), "never below nothing");
        }
        // Half of 100,000 is capped at 40,000; 30,000 come off before the half, or after the cap.
        assert_eq!(pay(Deduction::FromCosts, Some(3_000_000)).payable_fen, Some(3_500_000));
        assert_eq!(pay(Deduction::FromAid, Some(3_000_000)).payable_fen, Some(1_000_000));
    }

    #[test]
    fn clause_c3_1_5_2_one_invention_in_many_countries_has_one_cap() {
        let pay = |grants: &[Option<&str>], before: &[(&str, i64)]| {
            let mut pct = terms(Formula::PerRight, &[(1, 2_000_000)]);
            pct.cap_per_invention_fen = Some(3_000_000);
            let grant = |invention: &Option<&str>| RightMoney {
                invention: invention.map(str::to_owned),
                ..right(Some(100_000_000), Some(0))
            };
            let mut ground = grant_linked(grants.iter().map(grant).collect(), 100);
            ground.inventions = before.iter().map(|(one, fen)| ((*one).to_owned(), *fen)).collect();
            calculate(&pct, &ground).unwrap()
        };
        let (a, b) = (Some("PCT/CN2020/000001"), Some("PCT/CN2020/000002"));
        assert_eq!(pay(&[a], &[]).payable_fen, Some(2_000_000));
        assert_eq!(pay(&[a, b], &[]).payable_fen, Some(4_000_000), "two inventions, each below its cap");
        let two = pay(&[a, a], &[]);
        assert_eq!(two.payable_fen, Some(3_000_000), "two countries, one invention");
        assert!(two.lines[1].words.contains("同一发明多国授权合计不超过 3万元"), "{:?}", two.lines[1]);
        assert_eq!(pay(&[a, a, b], &[]).payable_fen, Some(5_000_000));
        // What other cases have for it, of other years and countries, counts with it.
        let known = "PCT/CN2020/000001";
        assert_eq!(pay(&[a], &[(known, 1_000_000)]).payable_fen, Some(2_000_000), "just within");
        assert_eq!(pay(&[a], &[(known, 1_000_001)]).payable_fen, Some(1_999_999), "a fen beyond");
        assert_eq!(pay(&[a, b], &[(known, 3_000_000)]).payable_fen, Some(2_000_000));
        let unknown = pay(&[a, None], &[]);
        assert!(unknown.payable_fen.is_none() && unknown.held.contains("国际申请号"), "{unknown:?}");
    }

    #[test]
    fn a_subject_has_a_cap_for_the_year() {
        let mut capped = terms(Formula::PerSubject, &[(1, 500_000)]);
        capped.cap_per_subject_year_fen = Some(600_000);
        let pay = |this_year_fen| {
            calculate(&capped, &Ground { level: 1, this_year_fen, ..Ground::default() }).unwrap().payable_fen
        };
        assert_eq!(
            (pay(0), pay(100_000), pay(100_001), pay(700_000)),
            (Some(500_000), Some(500_000), Some(499_999), Some(0))
        );
    }

    proptest! {
        #[test]
        fn grant_linked_money_never_exceeds_half_the_fees_and_never_grows_with_the_taper(
            unit in 0..10_000_000i64,
            rights in proptest::collection::vec((0..2_000_000i64, 0..1_000_000i64), 0..20),
            taper in 0..=100i64, per_right in any::<bool>(),
        ) {
            let formula = if per_right { Formula::PerRight } else { Formula::PerSubject };
            let terms = terms(formula, &[(1, unit)]);
            let money: Vec<_> = rights.iter().map(|(fees, aided)| right(Some(*fees), Some(*aided))).collect();
            let pay = |taper| calculate(&terms, &grant_linked(money.clone(), taper)).unwrap().payable_fen.unwrap();
            let cap: i64 = rights.iter().map(|(fees, aided)| (fees / 2 - aided).max(0)).sum();
            prop_assert!(pay(taper) <= cap * taper / 100);
            prop_assert!(pay(taper) <= pay(100));
            prop_assert!(pay(0) == 0);
        }
    }
}
