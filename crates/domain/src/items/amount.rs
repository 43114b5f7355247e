//! What a case may be paid: the item's formula, then every limit, each step with its basis. Whole fen throughout.
//!
//! `paid = min(formula, caps) × coefficient`: nothing here adds, everything lowers, and what is not known holds the money back
//! instead of counting as zero.

use serde::{Deserialize, Serialize};

use super::{Formula, Terms};
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
}

/// What an amount is computed from.
#[derive(Debug, Clone, Default)]
pub struct Ground {
    /// The level earned.
    pub level: i64,
    /// Whether the money depends on grants (与授权挂钩), so that the national limits hold.
    pub is_grant_linked: bool,
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
}

impl Calculation {
    fn step(&mut self, words: impl Into<String>, left_fen: i64, basis: impl Into<String>) {
        self.lines.push(Line { words: words.into(), left_fen, basis: basis.into() });
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
    let mut calculation = Calculation::default();
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
            all
        }
        Formula::ShareOfCost { percent } => {
            let Some(costs) = ground.costs_fen else {
                return Ok(calculation.held("没有填报已付费用；请在材料中补充付款凭证和金额。"));
            };
            let part = share(costs, percent);
            calculation.step(format!("已付费用 {} 的 {percent}%", yuan(costs)), part, basis);
            if part > unit {
                calculation.step(format!("每项不超过 {}", yuan(unit)), unit, basis);
            }
            part.min(unit)
        }
    };
    if terms.pays_difference && ground.before_fen > 0 {
        left = (left - ground.before_fen).max(0);
        calculation.step(format!("晋级补差：减去以前已定的 {}", yuan(ground.before_fen)), left, basis);
    }
    if ground.is_grant_linked {
        match national(calculation, left, ground) {
            Ok((so_far, lowered)) => (calculation, left) = (so_far, lowered),
            Err(held) => return Ok(held),
        }
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

/// The national limits on grant-linked money: at most a share of the official fees paid for each right, less what was paid for it
/// already, and a coefficient that only falls. `Err` holds what is not known.
fn national(mut calculation: Calculation, left: i64, ground: &Ground) -> Result<(Calculation, i64), Calculation> {
    let (Some((percent, fee_basis)), Some((taper, taper_basis))) = (&ground.fee_share, &ground.taper) else {
        return Err(calculation.held("政策文件没有载明规费上限或退坡系数；请先补充参数和依据文号。"));
    };
    calculation.rights.clone_from(&ground.rights);
    let without = ground.rights.iter().filter(|one| one.fees_fen.is_none()).count();
    if without > 0 {
        let all = ground.rights.len();
        let why = format!("{all} 件中有 {without} 件没有官方规费票据，上限无法核定；请导入“缴费记录”。");
        return Err(calculation.held(why));
    }
    if ground.rights.iter().any(|one| one.aided_fen.is_none()) {
        return Err(calculation.held("各级已发的资助不清楚；请导入“各级资助”，没有的登记“本期无”。"));
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
    left = share(left, *taper);
    calculation.step(format!("退坡系数 {taper}%"), left, taper_basis);
    Ok((calculation, left))
}

fn too_large() -> Error {
    Error::Invalid("金额太大，无法计算。请检查事项中的金额。".into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::items::tests::terms;

    fn right(fees_fen: Option<i64>, aided_fen: Option<i64>) -> RightMoney {
        RightMoney { right: "r".into(), fees_fen, aided_fen }
    }

    fn grant_linked(rights: Vec<RightMoney>, taper: i64) -> Ground {
        Ground {
            level: 1,
            is_grant_linked: true,
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
