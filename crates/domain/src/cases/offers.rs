//! What an enterprise may apply for today (可申报), with what the registers say would stand in its way.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use rules::Policy;

use super::{
    Case, Gate, Known, Outcome, State, introduced,
    opening::{Look, Money},
};
use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    items::{self, Track, aid::Trigger},
};

/// Something that may be applied for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The award or aid.
    pub award: String,
    /// The version of its item.
    pub item: i64,
    /// What it is asked for, where each trigger asks for other papers.
    pub trigger: Option<Trigger>,
    /// The contract that it is asked for and its day, where it rests on one.
    pub contract: Option<(String, Date)>,
    /// The papers that it needs.
    pub papers: Vec<String>,
    /// The last day of the item.
    pub until: Option<Date>,
    /// What the registers hold against it, were the event today; what only a matter tells is asked when there is one.
    pub lacking: Vec<Gate>,
}

/// What the enterprise of an account may apply for today, in the policy's order.
pub async fn offers(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    now: Timestamp,
) -> Result<Vec<Offer>, Error> {
    items::allowed(account, Permission::OwnCases)?;
    let today = installation.business_date(now);
    let all = items::all(&installation.db).await?;
    let known = Known::read(installation, &BTreeSet::new(), now).await?;
    let own = super::all(&installation.db, account).await?;
    let money = Money::default();
    let mut offers = Vec::new();
    for award in &policy.awards {
        let is_open =
            |item: &&items::Item| item.award == award.id && item.terms.track == Track::Apply && item.is_in_force(today);
        let Some(item) = all.iter().find(is_open) else { continue };
        let is_demo = installation.demo().is_some();
        let look = Look { policy, award, item, known: &known, money: &money, today, is_demo };
        // What rests on a contract is offered for each that is in the register, and for no other.
        let contracts = introduced::open_to(&known, &award.id, &account.unit);
        let contracts =
            contracts.map(|all| all.into_iter().map(|one| Some((one.contract_number.clone(), one.contract_on))));
        for contract in contracts.map_or_else(|| vec![None], Iterator::collect) {
            let matter = contract.as_ref().map_or("", |(number, _)| number);
            if !matter.is_empty() && own.iter().any(|case| is_for(case, &award.id, matter)) {
                continue;
            }
            let event = contract.as_ref().map_or(today, |(_, on)| *on);
            let mut case = Case::begun(item, (&account.unit, ""), event.year(), State::Draft, today);
            case.matter = matter.to_owned();
            case.facts.event = Some(event);
            let mut lacking = look.gates(&case)?;
            lacking.retain(|gate| gate.outcome > Outcome::Pass);
            if let Some(Err(why)) = item.terms.window.map(|window| window.check(event, today)) {
                lacking.insert(0, Gate::new("申报期", Outcome::Block, why.to_string(), &item.terms.basis.number));
            }
            let mut triggers: Vec<Option<Trigger>> = item.terms.triggers().into_iter().map(Some).collect();
            if triggers.is_empty() {
                triggers.push(None);
            }
            offers.extend(triggers.into_iter().map(|trigger| Offer {
                award: award.id.clone(),
                item: item.id,
                trigger,
                contract: contract.clone(),
                papers: item.terms.papers_for(trigger).into_iter().map(str::to_owned).collect(),
                until: item.terms.effective_until,
                lacking: lacking.clone(),
            }));
        }
    }
    Ok(offers)
}

/// Whether a case asks an award for this matter already.
fn is_for(case: &Case, award: &str, matter: &str) -> bool {
    case.award == award
        && case.state != State::Withdrawn
        && terms::text::fold_name(&case.matter) == terms::text::fold_name(matter)
}
