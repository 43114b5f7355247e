//! What a decided case comes to by what is known now (重新核定): its award asked again for its own year, and its amount worked out on the
//! same terms, the same coefficient and the same other cases as when it was settled.
//!
//! Only what is known of the rights and of the enterprise has changed since; a right that was not paid for adds nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use rules::{Evaluation, Policy, policy::AwardDef};
use serde::{Deserialize, Serialize};

use super::{Case, Ground, opening};
use crate::{
    Error, Installation, freeze,
    items::{GRANT_LINKED, Item, amount},
    runs,
};

/// What a case comes to now, with how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighed {
    /// The level that still stands; 0 where none does.
    pub level: i64,
    /// The conditions of the award as they are decided now.
    pub conditions: Vec<Ground>,
    /// The rights that it still rests on.
    pub rights: Vec<String>,
    /// How the amount comes about.
    pub amount: amount::Calculation,
}

impl Weighed {
    /// What is due by what is known now, in fen; none where that is not known.
    pub fn due_fen(&self) -> Option<i64> {
        self.amount.payable_fen
    }

    /// Of a case that does not stand any more, whatever its award says.
    pub(super) fn nothing(why: &str) -> Self {
        let mut weighed = Self::default();
        weighed.amount.step(format!("决定不再成立：{why}"), 0, "");
        weighed.amount.payable_fen = Some(0);
        weighed
    }
}

/// The award's rules on each of these days, with what is known now.
pub(super) async fn verdicts(
    installation: &Installation,
    policy: &Policy,
    days: &BTreeSet<Date>,
    now: Timestamp,
) -> Result<BTreeMap<Date, Evaluation>, Error> {
    let mut verdicts = BTreeMap::new();
    if days.is_empty() {
        return Ok(verdicts);
    }
    let folded = installation.registers_at(now).await?;
    let snapshot = freeze::freeze(&folded)?;
    drop(folded);
    for day in days {
        let question = runs::Question { as_of: *day, known_at: now, overrides: BTreeMap::new(), scope: None };
        verdicts.insert(*day, runs::answer(policy, &snapshot, &question).await?);
    }
    Ok(verdicts)
}

/// What a case comes to under a verdict; it was decided on a day.
pub(super) fn weigh(
    policy: &Policy,
    item: &Item,
    (case, decided_on): (&Case, Date),
    evaluation: &Evaluation,
) -> Result<Weighed, Error> {
    let award = opening::award_of(policy, &case.award)?;
    let verdict = evaluation.awards.iter().find(|one| one.award == case.award && one.subject == case.subject);
    let conditions = verdict.map(|one| opening::facts_of("", evaluation.as_of, one, award).conditions);
    let Some(verdict) = verdict.filter(|one| one.level > 0) else {
        let nothing = Weighed::nothing(&format!("{} 不再符合“{}”的条件", evaluation.as_of, award.name));
        return Ok(Weighed { conditions: conditions.unwrap_or_default(), ..nothing });
    };
    let mut rights = verdict.evidence.clone();
    rights.retain(|right| case.facts.rights.contains(right));
    let ground = ground(policy, (award, item), (case, decided_on), (verdict.level, &rights))?;
    let mut amount = amount::calculate(&item.terms, &ground)?;
    if let (Some(full), Some(share), Some(fen)) = (case.amount.full_fen, case.amount_fen(), amount.payable_fen) {
        let part = in_proportion(fen, (share, full));
        amount = amount.in_proportion("与决定时同一比例", (fen, part), &item.terms.basis.number);
    }
    Ok(Weighed { level: verdict.level, conditions: conditions.unwrap_or_default(), rights, amount })
}

/// Writes into a case what its award comes to under a verdict (重新审核): level, conditions and rights as they are now, whatever they were; the
/// level is 0 where none stands.
pub(super) fn renew(policy: &Policy, case: &mut Case, evaluation: &Evaluation) -> Result<(), Error> {
    let award = opening::award_of(policy, &case.award)?;
    let verdict = evaluation.awards.iter().find(|one| one.award == case.award && one.subject == case.subject);
    let found = verdict.map(|one| opening::facts_of(&case.facts.run, evaluation.as_of, one, award));
    case.level = verdict.map_or(0, |one| one.level);
    (case.facts.conditions, case.facts.rights) = found.map(|one| (one.conditions, one.rights)).unwrap_or_default();
    Ok(())
}

/// What the amount was worked out from when it was settled, with the level and the rights of now.
fn ground(
    policy: &Policy,
    (award, item): (&AwardDef, &Item),
    (case, decided_on): (&Case, Date),
    (level, rights): (i64, &[String]),
) -> Result<amount::Ground, Error> {
    let settings = policy.settings(decided_on, &BTreeMap::new())?;
    let dated = |name: &str, value: Option<i64>| Some((value?, settings.basis(name).to_owned()));
    let is_grant_linked = award.money_class == GRANT_LINKED;
    let money = |right: &String| {
        case.amount.rights.iter().find(|one| one.right == *right).cloned().unwrap_or_else(|| amount::RightMoney {
            right: right.clone(),
            fees_fen: None,
            aided_fen: None,
            invention: None,
        })
    };
    let (before_fen, this_year_fen) = case.amount.others_fen.unwrap_or_default();
    Ok(amount::Ground {
        level: if award.levels.is_empty() { 1 } else { level },
        is_grant_linked,
        tapers: item.terms.tapers(award),
        rights: rights.iter().map(money).collect(),
        fee_share: dated("official_fee_cap_percent", settings.integer("official_fee_cap_percent")),
        taper: dated("grant_linked_taper_percent", case.amount.taper),
        before_fen,
        this_year_fen,
        costs_fen: None,
        compensation_fen: None,
        inventions: case.amount.inventions.iter().map(|one| (one.invention.clone(), one.before_fen)).collect(),
    })
}

/// `fen × share ÷ full`, rounded down to the fen.
fn in_proportion(fen: i64, (share, full): (i64, i64)) -> i64 {
    let part = i128::from(fen) * i128::from(share) / i128::from(full.max(1));
    i64::try_from(part).unwrap_or(i64::MAX).min(fen)
}
