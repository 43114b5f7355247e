//! What the support of the class of use brings (运用类扶持的撬动, C3.2.4.1): for every item and year the pledge loans and premiums behind what
//! was paid, for each yuan of it.
//!
//! Support is what arrived by cases of this program, by the year it was for, and what the register tells of before and beside it, by
//! the year in which it was paid. A loan or policy is found by its number in its own register and must be the enterprise's; one that
//! is not there, or whose amount was not told, is unknown: it makes what was brought the least, and never nothing. It says beside which
//! loans the money stands, not that they came about by it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use registry::{Folded, FoldedRow};
use rules::{Policy, policy::AwardDef};
use terms::text::fold_name;

use super::{Sum, board, market, store};
use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    items::{self, Item, Stage, USE, allowed},
    matching,
};

/// The register of what was paid before this program or beside it.
pub const USE_SUPPORT: &str = "use-support";

/// What stands behind a support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brought {
    /// A loan or premium of so many fen.
    Known(i64),
    /// 没有填: its register does not tell the amount.
    Untold,
    /// 未登记: no register holds the number.
    Unregistered,
    /// 未收集: its register never came.
    Uncollected,
    /// The number is another enterprise's.
    AnotherS,
}

impl Brought {
    /// How much, in fen, where that is known.
    pub const fn fen(self) -> Option<i64> {
        match self {
            Self::Known(fen) => Some(fen),
            _ => None,
        }
    }

    /// Why it is not known, as a clerk reads it; empty where it is.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Known(_) => "",
            Self::Untold => "登记簿没有填金额",
            Self::Unregistered => "登记簿中没有这个号码",
            Self::Uncollected => "登记簿从未导入",
            Self::AnotherS => "登记的不是这家企业",
        }
    }
}

/// One support of the class of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supported {
    /// The award of the policy document.
    pub award: String,
    /// The year in which it counts.
    pub year: i64,
    /// The code of its enterprise.
    pub uscc: String,
    /// The enterprise by name.
    pub name: String,
    /// The registration of the pledge, or the number of the insurance.
    pub object: String,
    /// What was paid and did not come back, in fen; none where that was not told.
    pub paid_fen: Option<i64>,
    /// The case that it was paid by; none where the register tells it.
    pub case: Option<i64>,
    /// Its number in the register; empty for a case.
    pub number: String,
    /// The case that counts it already; then the row of the register is told and not added.
    pub counted_as: Option<i64>,
    /// What stands behind it.
    pub brought: Brought,
}

/// An item of the class of use in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeverageYear {
    /// The award.
    pub award: String,
    /// The year.
    pub year: i64,
    /// The latest version of its item, issued or drafted: its number and the document that it rests on; none while nobody drafted any.
    pub item: Option<(i64, String)>,
    /// Whether that version is issued.
    pub is_issued: bool,
    /// What the budget sets aside for this award in the year, in fen; none where there is no such line, or the account may not see it.
    pub budget_fen: Option<i64>,
    /// What was paid.
    pub support: Sum,
    /// The loans or premiums behind it, each number once.
    pub brought: Sum,
}

impl LeverageYear {
    /// What stands behind each yuan of support, in hundredths; none where nothing was paid, not all of it was told, or nothing is known
    /// of what stands behind it. It is the least where an amount is unknown ([`LeverageYear::is_least`]).
    pub fn per_yuan(&self) -> Option<i64> {
        let is_known = self.support.untold == 0 && self.support.fen > 0 && self.brought.untold < self.brought.count;
        let hundredths = || i128::from(self.brought.fen) * 100 / i128::from(self.support.fen);
        is_known.then(|| i64::try_from(hundredths()).unwrap_or(i64::MAX))
    }

    /// Whether more may stand behind it than is known.
    pub const fn is_least(&self) -> bool {
        self.brought.untold > 0
    }
}

/// What an account sees of the class of use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leverage {
    /// Every item and year, the latest year first, each year in the order of the policy document.
    pub years: Vec<LeverageYear>,
    /// The supports behind them, the latest year first.
    pub rows: Vec<Supported>,
}

/// The items of the class of use by year, as far as the account may see them: all supports, or those of its own town.
pub async fn leverage(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    now: Timestamp,
) -> Result<Leverage, Error> {
    allowed(account, Permission::ViewMarket)?;
    let registers = installation.registers(now).await?;
    let pledges = board::every_pledge(installation, now).await?;
    let (paid, lines, items) = {
        let mut tx = installation.db.begin_read().await?;
        (store::paid_cases(&mut tx).await?, store::lines(&mut tx).await?, items::all_in(&mut tx).await?)
    };
    let behind = Behind::of(&registers, pledges.as_deref());
    let of_use = |id: &str| policy.award(id).is_some_and(|award| award.money_class == USE);
    let mut rows: Vec<Supported> = paid
        .into_iter()
        .filter(|case| of_use(&case.award))
        .map(|case| Supported {
            brought: behind.find(&case.award, &case.matter, &case.subject),
            award: case.award,
            year: case.year,
            uscc: case.subject,
            name: case.name,
            object: case.matter,
            paid_fen: Some(case.paid_fen),
            case: Some(case.id),
            number: String::new(),
            counted_as: None,
        })
        .collect();
    rows.extend(registered(&registers, policy, &behind, &rows));
    let sees = market::sight(account, &registers);
    rows.retain(|one| sees(&one.uscc));
    rows.sort_by(|left, right| {
        let key = |one: &Supported| (one.case, one.number.clone());
        right.year.cmp(&left.year).then_with(|| key(left).cmp(&key(right)))
    });
    let is_whole = account.confined(Permission::ViewMarket).is_none();
    let budget: BTreeMap<(i64, &str), i64> =
        lines.iter().filter(|_| is_whole).fold(BTreeMap::new(), |mut sums, line| {
            *sums.entry((line.year, line.award.as_str())).or_default() += line.amount_fen;
            sums
        });
    let this_year = i64::from(installation.business_date(now).year());
    let known =
        rows.iter().map(|one| one.year).chain(budget.keys().filter(|(_, award)| of_use(award)).map(|key| key.0));
    let years: BTreeSet<i64> = known.chain([this_year]).collect();
    let awards: Vec<&AwardDef> = policy.awards.iter().filter(|award| award.money_class == USE).collect();
    let of = |year: i64, award: &AwardDef| {
        let mut one = LeverageYear {
            award: award.id.clone(),
            year,
            item: None,
            is_issued: false,
            budget_fen: budget.get(&(year, award.id.as_str())).copied(),
            support: Sum::default(),
            brought: Sum::default(),
        };
        let latest = items.iter().filter(|item| item.award == award.id && (is_whole || item.stage != Stage::Draft));
        if let Some(item) = latest.max_by_key(|item: &&Item| item.version) {
            one.item = Some((item.id, item.terms.basis.number.clone()));
            one.is_issued = item.stage == Stage::Issued;
        }
        let mut seen = BTreeSet::new();
        for row in rows.iter().filter(|row| row.year == year && row.award == award.id && row.counted_as.is_none()) {
            one.support.add(row.paid_fen);
            if seen.insert(fold_name(&row.object)) {
                one.brought.add(row.brought.fen());
            }
        }
        one
    };
    let years = years.into_iter().rev().flat_map(|year| awards.iter().map(move |award| (year, *award)));
    Ok(Leverage { years: years.map(|(year, award)| of(year, award)).collect(), rows })
}

/// What the register tells of before and beside the program.
fn registered(registers: &Folded, policy: &Policy, behind: &Behind, cases: &[Supported]) -> Vec<Supported> {
    let firms = matching::firms(registers);
    let one = |row: &FoldedRow| {
        let text = |field| row.text(Folded::column(USE_SUPPORT, field)).to_owned();
        let (item, uscc, object) = (text("item"), text("uscc"), text("object"));
        let award = policy.awards.iter().find(|award| award.money_class == USE && award.name == item)?.id.clone();
        // The import takes no row without a day; one released without it has no year to count in.
        let year = text("paid_on").get(..4)?.parse().ok()?;
        // Interest is paid year by year: only what was paid for the same year is the same.
        let is_same = |case: &&Supported| {
            (&case.award, &case.uscc, case.year) == (&award, &uscc, year)
                && fold_name(&case.object) == fold_name(&object)
        };
        let name = firms.get(&uscc).map_or_else(|| uscc.clone(), |(name, _)| name.clone());
        Some(Supported {
            counted_as: cases.iter().find(is_same).and_then(|case| case.case),
            brought: behind.find(&award, &object, &uscc),
            year,
            paid_fen: text("amount").parse().ok(),
            case: None,
            number: text("number"),
            award,
            uscc,
            name,
            object,
        })
    };
    registers.get(USE_SUPPORT).iter().filter_map(one).collect()
}

/// The loans and premiums by number, each with whose it is; none where the register never came.
struct Behind {
    pledges: Option<BTreeMap<String, (String, Option<i64>)>>,
    insurances: Option<BTreeMap<String, (String, Option<i64>)>>,
}

impl Behind {
    fn of(registers: &Folded, pledges: Option<&[super::Pledge]>) -> Self {
        let pledge = |one: &super::Pledge| (fold_name(&one.number), (one.pledgor.clone(), Some(one.fen)));
        let insurances = registers.delivered.contains_key("insurances").then(|| market::insurances_of(registers));
        let insurance = |one: super::Insurance| (fold_name(&one.number), (one.holder_uscc, one.premium_fen));
        Self {
            pledges: pledges.map(|all| all.iter().map(pledge).collect()),
            insurances: insurances.map(|all| all.into_iter().map(insurance).collect()),
        }
    }

    fn find(&self, award: &str, number: &str, uscc: &str) -> Brought {
        let all = if award == "insurance-premium" { &self.insurances } else { &self.pledges };
        let Some(all) = all else { return Brought::Uncollected };
        match all.get(&fold_name(number)) {
            None => Brought::Unregistered,
            // A row without a code may be anybody's.
            Some((owner, _)) if !owner.is_empty() && owner != uscc => Brought::AnotherS,
            Some((_, None)) => Brought::Untold,
            Some((_, Some(fen))) => Brought::Known(*fen),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(support: Sum, brought: Sum) -> LeverageYear {
        LeverageYear {
            award: "pledge-interest".into(),
            year: 2023,
            item: None,
            is_issued: false,
            budget_fen: None,
            support,
            brought,
        }
    }

    #[test]
    fn what_is_unknown_makes_the_least_and_never_nothing() {
        let sum = |fen, count, untold| Sum { fen, count, untold };
        let whole = year(sum(200, 2, 0), sum(10_001, 2, 0));
        assert_eq!((whole.per_yuan(), whole.is_least()), (Some(5_000), false));
        let part = year(sum(200, 2, 0), sum(10_000, 2, 1));
        assert_eq!((part.per_yuan(), part.is_least()), (Some(5_000), true));
        assert_eq!(year(sum(200, 2, 0), sum(0, 2, 2)).per_yuan(), None, "of no loan is anything known");
        assert_eq!(year(sum(200, 2, 1), sum(10_000, 2, 0)).per_yuan(), None, "not all support was told");
        assert_eq!(year(sum(0, 0, 0), sum(0, 0, 0)).per_yuan(), None, "nothing was paid");
    }

    #[test]
    fn a_loan_is_found_by_its_number_and_must_be_the_enterprise_s() {
        let loans = [("Y1", "A", Some(500)), ("Y2", "B", Some(700)), ("Y3", "A", None), ("Y4", "", Some(9))];
        let row = |(number, owner, fen): (&str, &str, Option<i64>)| (fold_name(number), (owner.to_owned(), fen));
        let behind = Behind { pledges: Some(loans.map(row).into()), insurances: None };
        let find = |number| behind.find("pledge-fee", number, "A");
        assert_eq!(find("y1 ").fen(), Some(500));
        assert_eq!(find("Y2"), Brought::AnotherS);
        assert_eq!(find("Y3"), Brought::Untold);
        assert_eq!(find("Y4").fen(), Some(9));
        assert_eq!(find("Y5"), Brought::Unregistered);
        assert_eq!(behind.find("insurance-premium", "Y1", "A"), Brought::Uncollected);
    }
}
