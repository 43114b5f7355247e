//! The market's side of the board of C3.1.3.1: licences, contracts that bring technology in, and insurance, beside the pledge loans.
//!
//! An amount that nobody told is counted as untold and never as nothing. A licence that stands in the register of introductions with
//! its amount is counted there, and not a second time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use registry::{Folded, FoldedRow};

use crate::{
    Error, Installation,
    accounts::{Account, Permission, Resource, allows},
    items::allowed,
    matching::{self, Introduction},
};

const LICENCES: &str = "licences";
const INSURANCES: &str = "insurances";

/// What moved in a year: the sum of the amounts that were told, and how many were not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// What was told, in fen.
    pub fen: i64,
    /// How many there are.
    pub count: usize,
    /// How many of them tell no amount.
    pub untold: usize,
}

impl Sum {
    pub(crate) fn add(&mut self, fen: Option<i64>) {
        self.count += 1;
        match fen {
            Some(fen) => self.fen = self.fen.saturating_add(fen),
            None => self.untold += 1,
        }
    }
}

/// What is known of one line of the market in a year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Moved {
    /// 未收集: its register never came.
    #[default]
    Uncollected,
    /// 未登记: its register came, and holds nothing of the year.
    Unregistered,
    /// What it adds up to.
    Known(Sum),
}

impl Moved {
    /// The sum, if there is one.
    pub const fn sum(self) -> Option<Sum> {
        match self {
            Self::Known(sum) => Some(sum),
            Self::Uncollected | Self::Unregistered => None,
        }
    }
}

/// The market in a year, line by line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Market {
    /// 质押融资.
    pub pledges: Moved,
    /// 许可: those that are not counted among the introductions.
    pub licences: Moved,
    /// 引进合同: transfers, licences and co-operation that bring technology in.
    pub introductions: Moved,
    /// 保费净额: what was paid for insurance, without what the treasury gave to it.
    pub premiums: Moved,
}

impl Market {
    /// Its lines in the order of the board.
    pub const fn lines(&self) -> [Moved; 4] {
        [self.pledges, self.licences, self.introductions, self.premiums]
    }

    /// What all lines add up to; none where nothing is known of any.
    pub fn total(&self) -> Option<Sum> {
        let known = self.lines().into_iter().filter_map(Moved::sum);
        known.reduce(|sum, one| Sum {
            fen: sum.fen.saturating_add(one.fen),
            count: sum.count + one.count,
            untold: sum.untold + one.untold,
        })
    }

    /// Whether the total is the least that it can be: a line is not known, or an amount was not told.
    pub fn is_least(&self) -> bool {
        self.lines().into_iter().any(|line| line.sum().is_none_or(|sum| sum.untold > 0))
    }
}

/// A licence (许可) of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    /// The number under which it was recorded, or that of the contract.
    pub number: String,
    /// The licensed patents.
    pub objects: Vec<String>,
    /// Whose they are.
    pub licensor: String,
    /// The code of that; empty where it was not told.
    pub licensor_uscc: String,
    /// Who may use them.
    pub licensee: String,
    /// The code of that; empty where it was not told.
    pub licensee_uscc: String,
    /// 独占, 排他, 普通, 开放许可, 交叉 or 分许可.
    pub kind: String,
    /// From when.
    pub effective_on: Date,
    /// The last day; none where it was not told.
    pub ended_on: Option<Date>,
    /// The fee in fen; none where it was not told.
    pub amount_fen: Option<i64>,
    /// When it was recorded (备案).
    pub registered_on: Option<Date>,
    /// The contract of the register of introductions among which it is counted; empty where it is counted by itself.
    pub counted_as: String,
}

impl Licence {
    /// The year in which it counts.
    pub fn year(&self) -> i64 {
        self.effective_on.year().into()
    }
}

/// An insurance (知识产权保险) of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insurance {
    /// The number of the policy.
    pub number: String,
    /// Who is insured.
    pub holder: String,
    /// The code of that; empty where it was not told.
    pub holder_uscc: String,
    /// 险种.
    pub kind: String,
    /// Who insures.
    pub insurer: String,
    /// What is insured.
    pub objects: Vec<String>,
    /// The premium in fen; none where it was not told.
    pub premium_fen: Option<i64>,
    /// What it covers at most, in fen.
    pub insured_fen: Option<i64>,
    /// The first day.
    pub valid_from: Date,
    /// The last day.
    pub valid_to: Option<Date>,
    /// What the treasury gave to the premium, in fen; none where that was not told.
    pub subsidy_fen: Option<i64>,
    /// What was paid out, in fen.
    pub claimed_fen: Option<i64>,
}

impl Insurance {
    /// The year in which it counts.
    pub fn year(&self) -> i64 {
        self.valid_from.year().into()
    }

    /// The premium less what the treasury gave to it, in fen; none where either is not known.
    pub fn net_fen(&self) -> Option<i64> {
        Some(self.premium_fen? - self.subsidy_fen?)
    }
}

/// The licences that an account may see, the latest first.
pub async fn licences(installation: &Installation, account: &Account, now: Timestamp) -> Result<Vec<Licence>, Error> {
    allowed(account, Permission::ViewMarket)?;
    let registers = installation.registers(now).await?;
    let sees = sight(account, &registers);
    let mut all = licences_of(&registers, &matching::introduced(&registers));
    all.retain(|one| sees(&one.licensee_uscc) || sees(&one.licensor_uscc));
    all.sort_by(|left, right| right.effective_on.cmp(&left.effective_on).then_with(|| left.number.cmp(&right.number)));
    Ok(all)
}

/// The insurances that an account may see, the latest first.
pub async fn insurances(
    installation: &Installation,
    account: &Account,
    now: Timestamp,
) -> Result<Vec<Insurance>, Error> {
    allowed(account, Permission::ViewMarket)?;
    let registers = installation.registers(now).await?;
    let sees = sight(account, &registers);
    let mut all = insurances_of(&registers);
    all.retain(|one| sees(&one.holder_uscc));
    all.sort_by(|left, right| right.valid_from.cmp(&left.valid_from).then_with(|| left.number.cmp(&right.number)));
    Ok(all)
}

/// Whether an account sees what an enterprise with this code does; whoever sees all sees what has no code as well.
pub(crate) fn sight<'a>(account: &'a Account, registers: &Folded) -> impl Fn(&str) -> bool + 'a {
    let sees_all = account.confined(Permission::ViewMarket).is_none();
    let firms = if sees_all { BTreeMap::new() } else { matching::firms(registers) };
    move |code| {
        let town = firms.get(code).map(|(_, town)| town.as_str());
        sees_all || allows(account, Permission::ViewMarket, &Resource::Enterprise { code, town })
    }
}

fn licences_of(registers: &Folded, introduced: &[Introduction]) -> Vec<Licence> {
    let text = |row: &FoldedRow, field| row.text(Folded::column(LICENCES, field)).to_owned();
    let licence = |row: &FoldedRow| {
        let day = |field| text(row, field).parse::<Date>().ok();
        let mut one = Licence {
            number: text(row, "number"),
            objects: text(row, "objects").split('|').map(str::to_owned).collect(),
            licensor: text(row, "licensor"),
            licensor_uscc: text(row, "licensor_uscc"),
            licensee: text(row, "licensee"),
            licensee_uscc: text(row, "licensee_uscc"),
            kind: text(row, "kind"),
            // The import takes no row without a day; one released without it has no year to count in.
            effective_on: day("effective_on")?,
            ended_on: day("ended_on"),
            amount_fen: text(row, "amount").parse().ok(),
            registered_on: day("registered_on"),
            counted_as: String::new(),
        };
        one.counted_as = counted_as(&one, introduced);
        Some(one)
    };
    registers.get(LICENCES).iter().filter_map(licence).collect()
}

/// The contract among the introductions that is this licence: by its number, or over the same patent for the same enterprise in the
/// same year. One without an amount does not count a licence whose amount is known.
fn counted_as(licence: &Licence, introduced: &[Introduction]) -> String {
    let is_same = |one: &&Introduction| {
        let is_numbered = [&one.contract_number, &one.registration].contains(&&licence.number);
        let is_alike = one.uscc == licence.licensee_uscc
            && licence.objects.contains(&one.application_number)
            && i64::from(one.contract_on.year()) == licence.year();
        one.kind == "许可" && (is_numbered || is_alike) && (one.amount_fen.is_some() || licence.amount_fen.is_none())
    };
    introduced.iter().find(is_same).map(|one| one.contract_number.clone()).unwrap_or_default()
}

pub(super) fn insurances_of(registers: &Folded) -> Vec<Insurance> {
    let text = |row: &FoldedRow, field| row.text(Folded::column(INSURANCES, field)).to_owned();
    let insurance = |row: &FoldedRow| {
        let fen = |field| text(row, field).parse().ok();
        Some(Insurance {
            number: text(row, "number"),
            holder: text(row, "holder"),
            holder_uscc: text(row, "holder_uscc"),
            kind: text(row, "kind"),
            insurer: text(row, "insurer"),
            objects: text(row, "objects").split('|').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
            premium_fen: fen("premium"),
            insured_fen: fen("insured"),
            valid_from: text(row, "valid_from").parse().ok()?,
            valid_to: text(row, "valid_to").parse().ok(),
            subsidy_fen: fen("subsidy"),
            claimed_fen: fen("claimed"),
        })
    };
    registers.get(INSURANCES).iter().filter_map(insurance).collect()
}

/// The market by year: of each year what every line of it tells; and which lines never came.
pub(super) fn by_year(
    registers: &Folded,
    pledges: Option<&[super::Pledge]>,
    years: impl IntoIterator<Item = i64>,
) -> BTreeMap<i64, Market> {
    let introduced = matching::introduced(registers);
    let mut lines: [(bool, BTreeMap<i64, Sum>); 4] = Default::default();
    let mut add = |line: usize, year: i64, fen| lines[line].1.entry(year).or_default().add(fen);
    for one in pledges.into_iter().flatten() {
        add(0, one.year, Some(one.fen));
    }
    for one in licences_of(registers, &introduced).iter().filter(|one| one.counted_as.is_empty()) {
        add(1, one.year(), one.amount_fen);
    }
    for one in &introduced {
        add(2, one.contract_on.year().into(), one.amount_fen);
    }
    for one in insurances_of(registers) {
        add(3, one.year(), one.net_fen());
    }
    lines[0].0 = pledges.is_some();
    for (line, register) in [(1, LICENCES), (2, matching::REGISTER), (3, INSURANCES)] {
        lines[line].0 = registers.delivered.contains_key(register);
    }
    let years: BTreeSet<i64> =
        years.into_iter().chain(lines.iter().flat_map(|(_, sums)| sums.keys().copied())).collect();
    let moved = |line: usize, year: i64| match (lines[line].1.get(&year), lines[line].0) {
        (Some(sum), _) => Moved::Known(*sum),
        (None, true) => Moved::Unregistered,
        (None, false) => Moved::Uncollected,
    };
    let market = |year: i64| Market {
        pledges: moved(0, year),
        licences: moved(1, year),
        introductions: moved(2, year),
        premiums: moved(3, year),
    };
    years.into_iter().map(|year| (year, market(year))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn known(fen: i64, untold: usize) -> Moved {
        Moved::Known(Sum { fen, count: 2, untold })
    }

    #[test]
    fn what_is_not_known_makes_the_total_the_least_and_never_nothing() {
        let whole = Market {
            pledges: known(300, 0),
            licences: known(20, 0),
            introductions: known(5, 0),
            premiums: known(1, 0),
        };
        assert_eq!((whole.total().map(|sum| sum.fen), whole.is_least()), (Some(326), false));
        let blank = Market { licences: known(20, 1), ..whole };
        assert_eq!((blank.total().map(|sum| (sum.fen, sum.untold)), blank.is_least()), (Some((326, 1)), true));
        for line in [Moved::Uncollected, Moved::Unregistered] {
            let part = Market { licences: line, ..whole };
            assert_eq!((part.total().map(|sum| sum.fen), part.is_least()), (Some(306), true), "{line:?}");
        }
        assert_eq!((Market::default().total(), Market::default().is_least()), (None, true));
    }
}
