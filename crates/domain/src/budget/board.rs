//! The board of C3.1.3.1: policy subsidy against all money set aside and against what the market moves (loans on pledges, licences,
//! contracts that bring technology in, premiums), year by year.
//!
//! What is a policy subsidy is what each item says of its money (`Terms::tapers`), not what its award is called.

use std::collections::BTreeMap;

use jiff::Timestamp;
use registry::{Folded, FoldedRow};
use rules::Policy;
use terms::text::fold_name;

use super::{Line, Market, Sum, market, store};
use crate::{
    Error, Installation,
    accounts::{Account, Permission, Resource, allows},
    items::{self, GRANT_LINKED, Item, Stage, allowed},
    payments,
};

/// A year of the board; amounts in fen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Year {
    /// The year.
    pub year: i64,
    /// Money set aside (预算); none for a year without a line of the budget.
    pub budget_fen: Option<i64>,
    /// Policy subsidy that arrived at enterprises in the year (政策性补贴), with what the books tell of before this program; none for a
    /// year of which neither is known. What comes back later does not change it: the share of a closed year stays, and so does its alarm.
    pub subsidy_fen: Option<i64>,
    /// Of it paid before this program was in use.
    pub earlier_fen: Option<i64>,
    /// What of the subsidy came back in the year, whenever it was paid; none as for the subsidy.
    pub recovered_fen: Option<i64>,
    /// Of it linked to grants.
    pub grant_linked_fen: Option<i64>,
    /// Money that arrived and that a document exempts from being a policy subsidy; none as for the subsidy.
    pub other_fen: Option<i64>,
    /// What the market moved in the year (市场活动), line by line.
    pub market: Market,
    /// Whether the market moved more than in the year before; none where either year is not wholly known.
    pub grew: Option<bool>,
    /// The taper of the year's end, in percent, where the policy document knows one.
    pub taper: Option<i64>,
    /// Whether the share of subsidy in the budget rose against the year before: the alarm of C3.1.3.2; none where either has no budget.
    pub rose: Option<bool>,
}

impl Year {
    /// What arrived in the year less what came back in it, in fen; below zero where more came back, none where either is not known.
    pub fn net_fen(&self) -> Option<i64> {
        Some(self.subsidy_fen? - self.recovered_fen?)
    }

    /// Subsidy in the budget, in hundredths of a percent; none without a budget.
    pub fn share(&self) -> Option<i64> {
        ratio(self.subsidy_fen?, self.budget_fen?)
    }

    /// Pledge loans registered in the year, in fen; none where the register has none of the year.
    pub fn pledged_fen(&self) -> Option<i64> {
        self.market.pledges.sum().map(|sum| sum.fen)
    }

    /// Subsidy for each yuan that the market moved, in hundredths of a percent; none where that is not known or nothing. It is the most
    /// that it can be where the market's total is the least ([`Market::is_least`]).
    pub fn of_market(&self) -> Option<i64> {
        ratio(self.subsidy_fen?, self.market.total()?.fen)
    }
}

fn ratio(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| i64::try_from(i128::from(part) * 10_000 / i128::from(whole)).unwrap_or(i64::MAX))
}

/// The board, the latest year first.
pub async fn board(installation: &Installation, policy: &Policy, now: Timestamp) -> Result<Vec<Year>, Error> {
    let pledged = pledges(installation, now).await?;
    let registers = installation.registers(now).await?;
    let (lines, arrived, items, first) = {
        let mut tx = installation.db.begin_read().await?;
        (
            store::lines(&mut tx).await?,
            payments::arrived_in(&mut tx, policy).await?,
            items::all_in(&mut tx).await?,
            store::first_year(&mut tx).await?,
        )
    };
    let first = first.unwrap_or_else(|| installation.business_date(now).year().into());
    let is_linked = |award: &str| policy.award(award).is_some_and(|award| award.money_class == GRANT_LINKED);
    let mut years: BTreeMap<i64, Year> = BTreeMap::new();
    let mut add = |year: i64, to: fn(&mut Year) -> &mut Option<i64>, fen: i64| {
        let sum = to(years.entry(year).or_insert_with(|| Year { year, ..Year::default() }));
        *sum = Some(sum.unwrap_or(0).saturating_add(fen));
    };
    for line in &lines {
        add(line.year, |one| &mut one.budget_fen, line.amount_fen);
        if let Some(fen) = line.earlier_fen.filter(|_| is_exempt(policy, &items, line)) {
            add(line.year, |one| &mut one.other_fen, fen);
        } else if let Some(fen) = line.earlier_fen {
            add(line.year, |one| &mut one.earlier_fen, fen);
            add(line.year, |one| &mut one.subsidy_fen, fen);
            // Money of a line for any award may have been linked or not.
            if !line.award.is_empty() {
                add(line.year, |one| &mut one.grant_linked_fen, if is_linked(&line.award) { fen } else { 0 });
            }
        }
        // Before the first case nobody's payments are known here; from then on no payment is no money.
        if line.year >= first {
            add(line.year, |one| &mut one.subsidy_fen, 0);
            add(line.year, |one| &mut one.grant_linked_fen, 0);
            add(line.year, |one| &mut one.recovered_fen, 0);
            add(line.year, |one| &mut one.other_fen, 0);
        }
    }
    for one in &arrived {
        let Some(year) = one.answered_on.get(..4).and_then(|year| year.parse().ok()) else { continue };
        let of = |is_so: bool| if is_so { one.amount_fen } else { 0 };
        add(year, |year| &mut year.recovered_fen, 0);
        add(year, |year| &mut year.subsidy_fen, of(one.is_subsidy));
        add(year, |year| &mut year.other_fen, of(!one.is_subsidy));
        add(year, |year| &mut year.grant_linked_fen, of(is_linked(&one.award)));
        for (on, fen) in one.recoveries.iter().filter(|_| one.is_subsidy) {
            add(on.year().into(), |year| &mut year.recovered_fen, *fen);
            add(on.year().into(), |year| &mut year.subsidy_fen, 0);
        }
    }
    let markets = market::by_year(&registers, pledged.as_deref(), years.keys().copied());
    for (year, market) in markets {
        years.entry(year).or_insert_with(|| Year { year, ..Year::default() }).market = market;
    }
    let (mut before, mut moved) = (None, None);
    for one in years.values_mut() {
        let whole = one.market.total().filter(|_| !one.market.is_least());
        one.grew = moved.zip(whole).map(|(before, now): (Sum, Sum)| now.fen > before.fen);
        moved = whole;
        if let Ok(last) =
            i16::try_from(one.year).map_err(drop).and_then(|year| jiff::civil::Date::new(year, 12, 31).map_err(drop))
        {
            one.taper = policy.settings(last, &BTreeMap::new())?.integer("grant_linked_taper_percent");
        }
        one.rose = before.zip(one.share()).map(|(before, now)| now > before);
        before = one.share();
    }
    Ok(years.into_values().rev().collect())
}

/// Whether the money of a line is that of an item that a document exempts, by the version that held in its year; a line for any award,
/// or of an award whose item nobody has written, is not.
fn is_exempt(policy: &Policy, items: &[Item], line: &Line) -> bool {
    let Some(award) = policy.award(&line.award) else { return false };
    let of_award = items.iter().filter(|item| item.award == line.award && item.stage != Stage::Draft);
    let held = of_award.filter(|item| i64::from(item.terms.effective_from.year()) <= line.year);
    held.max_by_key(|item| item.version).is_some_and(|item| !item.terms.tapers(award))
}

/// A pledge loan of the market's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pledge {
    /// Its registration.
    pub number: String,
    /// The sort of rights pledged.
    pub right: String,
    /// Their numbers.
    pub objects: String,
    /// The enterprise that pledged them, by its code.
    pub pledgor: String,
    /// When it was registered.
    pub on: String,
    /// The year of it.
    pub year: i64,
    /// What counts of it, in fen.
    pub fen: i64,
    /// The bank that gave it.
    pub pledgee: String,
    /// When it was released; empty while it stands.
    pub released: String,
}

/// The pledge loans that an account may see: a bank those that it gave, copyrights too; the city those that its board adds up.
pub async fn pledges_of(installation: &Installation, account: &Account, now: Timestamp) -> Result<Vec<Pledge>, Error> {
    allowed(account, Permission::ViewPledges)?;
    let mut all = every_pledge(installation, now).await?.unwrap_or_default();
    if account.confined(Permission::ViewPledges).is_none() {
        all.retain(counts);
        return Ok(all);
    }
    // Names are one however their brackets and spaces are typed.
    let own = Account { unit: fold_name(&account.unit), ..account.clone() };
    all.retain(|one| allows(&own, Permission::ViewPledges, &Resource::Pledge { bank: &fold_name(&one.pledgee) }));
    Ok(all)
}

/// Whether a pledge is of the sort that the policy's figure counts.
fn counts(pledge: &Pledge) -> bool {
    pledge.right != "著作权"
}

/// The pledge loans that the board adds up, copyrights left out as in the policy's own figure; none while the register never came.
pub async fn pledges(installation: &Installation, now: Timestamp) -> Result<Option<Vec<Pledge>>, Error> {
    let all = every_pledge(installation, now).await?;
    Ok(all.map(|all| all.into_iter().filter(counts).collect()))
}

pub(super) async fn every_pledge(installation: &Installation, now: Timestamp) -> Result<Option<Vec<Pledge>>, Error> {
    const REGISTER: &str = "pledges";
    if !registry::delivered(&installation.db, now).await?.contains_key(REGISTER) {
        return Ok(None);
    }
    let Some(register) = registry::register(REGISTER) else { return Ok(None) };
    let rows = registry::fold_register(&installation.db, register, now).await?;
    let text = |row: &FoldedRow, field| row.text(Folded::column(REGISTER, field)).to_owned();
    let pledge = |row: &FoldedRow| {
        let on = text(row, "registered_on");
        let fen = |field| text(row, field).parse::<i64>().ok();
        Some(Pledge {
            number: text(row, "number"),
            right: text(row, "right"),
            objects: text(row, "objects"),
            pledgor: text(row, "pledgor_uscc"),
            pledgee: text(row, "pledgee"),
            released: text(row, "released_on"),
            year: on.get(..4)?.parse().ok()?,
            on,
            fen: fen("ip_amount").or_else(|| fen("amount"))?,
        })
    };
    Ok(Some(rows.iter().filter_map(pledge).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_needs_something_to_be_a_share_of() {
        let year = Year { budget_fen: Some(300), subsidy_fen: Some(100), ..Year::default() };
        assert_eq!((year.share(), year.of_market()), (Some(3_333), None));
        assert_eq!(Year::default().share(), None);
    }
}
