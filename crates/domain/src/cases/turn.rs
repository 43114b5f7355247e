//! For whom a case waits: one answer, for the lists on pages and for the messages alike.

use std::collections::BTreeMap;

use db::{Db, Tx};
use jiff::civil::Date;

use super::{Case, State, department, store};
use crate::{
    Error,
    accounts::{self, Account, Permission},
    delegations,
};

/// Who is to do the next thing with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// The enterprise whose it is.
    Owner,
    /// Whoever holds this permission.
    Holders(Permission),
    /// The departments that were asked and have not spoken.
    Departments,
}

impl State {
    /// For whom a case waits here; nobody where only the day, the bank or a new wish moves it.
    pub const fn waits(self) -> &'static [Waits] {
        use State as S;
        match self {
            S::Draft | S::Notified | S::Correction => &[Waits::Owner],
            S::Submitted | S::Review | S::SecondReview | S::Listed => &[Waits::Holders(Permission::HandleCases)],
            S::Joint => &[Waits::Departments],
            S::Objected | S::Noticed => &[Waits::Holders(Permission::DecideCases)],
            S::Approved => &[Waits::Holders(Permission::ManageMoney)],
            S::Failed | S::Reclaimed => &[Waits::Holders(Permission::ManageMoney), Waits::Owner],
            _ => &[],
        }
    }
}

/// The cases that wait for this account on a day, each with its state: not those from which he stepped aside, not those that he handled
/// and another must look at again, and none of the office while he is on leave, when they wait for others.
pub async fn awaiting(db: &Db, account: &Account, on: Date) -> Result<BTreeMap<i64, State>, Error> {
    let mut tx = db.begin_read().await?;
    let is_away = delegations::is_away(&mut tx, account, on).await?;
    let own = |permission| account.role.may(permission);
    let reaches = |waits: &Waits| match waits {
        Waits::Owner => own(Permission::OwnCases) && !account.unit.is_empty(),
        Waits::Holders(Permission::HandleCases) => own(Permission::HandleCases) && !is_away,
        Waits::Holders(permission) => own(*permission),
        Waits::Departments => department(account).is_some(),
    };
    let states: Vec<State> = State::ALL.iter().copied().filter(|state| state.waits().iter().any(reaches)).collect();
    if states.is_empty() {
        return Ok(BTreeMap::new());
    }
    let recused = store::recused(&mut tx, &account.login).await?;
    let asked = match department(account) {
        Some(name) => store::unanswered(&mut tx, name).await?,
        None => Default::default(),
    };
    let mut found = BTreeMap::new();
    for (id, subject, state, handler, handler_for) in store::in_states(&mut tx, &states).await? {
        let has_handled = [handler, handler_for].into_iter().flatten().any(|login| login == account.login);
        let is_due = |waits: &Waits| match waits {
            Waits::Owner => subject == account.unit,
            Waits::Holders(_) => !(recused.contains(&id) || state == State::SecondReview && has_handled),
            Waits::Departments => asked.contains(&id),
        };
        if state.waits().iter().any(|waits| reaches(waits) && is_due(waits)) {
            found.insert(id, state);
        }
    }
    Ok(found)
}

/// Whether nobody is left who could take the next step: all who may have stepped aside, or handled it and may not look at it again.
pub(crate) async fn is_stuck(tx: &mut Tx, case: &Case) -> Result<bool, Error> {
    let Some(permission) = stuck_holders(case.state) else { return Ok(false) };
    let recused = store::recused_from(tx, case.id).await?;
    if recused.is_empty() && case.state != State::SecondReview {
        return Ok(false);
    }
    let holders = accounts::holders(tx, permission).await?;
    let has_handled = |login: &String| case.state == State::SecondReview && case.is_handled_by(login);
    Ok(holders.iter().all(|login| recused.contains(login) || has_handled(login)))
}

/// The permission without whose holders a case in this state stands still; none where the day, a unit or its owner moves it.
pub(crate) fn stuck_holders(state: State) -> Option<Permission> {
    match state.waits() {
        [Waits::Holders(permission @ (Permission::HandleCases | Permission::DecideCases))] => Some(*permission),
        _ => None,
    }
}
