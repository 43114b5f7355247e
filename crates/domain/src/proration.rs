//! Money that does not suffice, paid in proportion (按比例兑付): an explicit act of one award and its line of the budget, proposed by the
//! finance bureau in writing and agreed to by the leaders, exact to the fen.
//!
//! Nobody is served first because he came first (DOMAIN.md 5.3): the act takes every case of the award, and none when one of them has been
//! decided in full or is still on its way. What is lowered is published again before it is decided.

mod store;

use std::collections::BTreeMap;

use db::{Db, Tx};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    budget::{self, Line},
    cases::{self, Case, Change, State},
    items::{self, allowed},
};

const REASON_CHARS_MAX: usize = 500;

words! {
    /// Where an act stands.
    Stage {
        /// Waits for the leaders.
        Proposed "proposed" "待领导同意",
        /// Carried out.
        Agreed "agreed" "已同意",
        /// Given up.
        Withdrawn "withdrawn" "已撤回",
    }
}

/// What one case gets of what it should.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Share {
    /// The case.
    pub case_id: i64,
    /// Its enterprise.
    pub name: String,
    /// The version of the case that was weighed.
    pub version: i64,
    /// What it comes to by its item, in fen.
    pub full_fen: i64,
    /// What it gets, in fen.
    pub share_fen: i64,
}

/// An act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proration {
    /// Its number.
    pub id: i64,
    /// The line of the budget.
    pub line: i64,
    /// The award.
    pub award: String,
    /// Where it stands.
    pub stage: Stage,
    /// What there is, in fen.
    pub available_fen: i64,
    /// Why, in writing.
    pub reason: String,
    /// Who proposed it.
    pub made_by: String,
    /// When.
    pub made_at: String,
    /// Who agreed or gave it up.
    pub decided_by: Option<String>,
    /// What each case gets.
    pub shares: Vec<Share>,
}

impl Proration {
    /// What all cases come to by their items, in fen.
    pub fn full_fen(&self) -> i64 {
        self.shares.iter().map(|one| one.full_fen).sum()
    }
}

/// What each of these amounts gets of what there is: its part rounded down, and what is left fen by fen to the largest remainders, the
/// earlier first. The sum is exactly what there is, or the amounts themselves where they fit.
pub fn shares(full: &[i64], available: i64) -> Vec<i64> {
    let total: i128 = full.iter().map(|fen| i128::from(*fen)).sum();
    let room = i128::from(available.max(0));
    if total <= room {
        return full.to_vec();
    }
    let part = |fen: i64| (i128::from(fen) * room / total, i128::from(fen) * room % total);
    let mut shares: Vec<i64> = full.iter().map(|fen| i64::try_from(part(*fen).0).unwrap_or(i64::MAX)).collect();
    let given: i128 = shares.iter().map(|fen| i128::from(*fen)).sum();
    let mut order: Vec<usize> = (0..full.len()).collect();
    order.sort_by_key(|place| (std::cmp::Reverse(part(full[*place]).1), *place));
    // Fewer fen are left than there are remainders above nothing.
    for place in order.into_iter().take(usize::try_from(room - given).unwrap_or(0)) {
        shares[place] += 1;
    }
    shares
}

/// Every act, the latest first.
pub async fn all(db: &Db, account: &Account) -> Result<Vec<Proration>, Error> {
    allowed(account, Permission::ViewMoney)?;
    let mut tx = db.begin_read().await?;
    store::all(&mut tx).await
}

/// One act.
pub async fn find(db: &Db, account: &Account, id: i64) -> Result<Proration, Error> {
    allowed(account, Permission::ViewMoney)?;
    let mut tx = db.begin_read().await?;
    find_in(&mut tx, id).await
}

async fn find_in(tx: &mut Tx, id: i64) -> Result<Proration, Error> {
    let found = store::all(tx).await?.into_iter().find(|one| one.id == id);
    found.ok_or_else(|| Error::NotFound { what: "按比例兑付", id: id.to_string() })
}

/// Proposes to pay all cases of a line's award in proportion.
pub async fn propose(
    installation: &Installation,
    account: &Account,
    line: i64,
    reason: &str,
    now: Timestamp,
) -> Result<i64, Error> {
    allowed(account, Permission::ManageMoney)?;
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        let why = format!("请写明为什么按比例兑付，不超过 {REASON_CHARS_MAX} 个字。");
        return Err(Error::Field { field: "reason", why });
    }
    let year = i64::from(installation.business_date(now).year());
    let mut tx = installation.db.begin().await?;
    let (line, shares) = weighed(&mut tx, line, year).await?;
    if store::all(&mut tx).await?.iter().any(|one| one.line == line.id && one.stage == Stage::Proposed) {
        return Err(Error::Conflict("这一笔预算已有一次按比例兑付待同意。请先办完或撤回那一次。".into()));
    }
    let id = store::insert(&mut tx, (line.id, line.left_fen()), reason, (&account.login, &now.to_string())).await?;
    for share in &shares {
        store::insert_share(&mut tx, id, share).await?;
    }
    let detail = json!({
        "line": line.id, "award": line.award, "available_fen": line.left_fen(), "reason": reason, "cases": shares.len(),
        "full_fen": shares.iter().map(|one| one.full_fen).sum::<i64>(),
    });
    registry::audit::record(&mut tx, now, &account.login, "budget.prorate", &id.to_string(), &detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// What each case of a line's award would get; an error that says why where it may not be done.
async fn weighed(tx: &mut Tx, line: i64, year: i64) -> Result<(Line, Vec<Share>), Error> {
    let lines = budget::lines_in(tx).await?;
    let found = lines.iter().find(|one| one.id == line).cloned();
    let line = found.ok_or_else(|| Error::NotFound { what: "预算", id: line.to_string() })?;
    if line.award.is_empty() || line.year != year {
        return Err(Error::Invalid(format!("按比例兑付要用 {year} 年只用于一项奖励或资助的预算。")));
    }
    let usable =
        |one: &&Line| one.year == year && one.id != line.id && (one.award.is_empty() || one.award == line.award);
    if let Some(other) = lines.iter().filter(usable).find(|one| one.left_fen() > 0) {
        return Err(Error::Conflict(format!(
            "“{}”还有 {} 可用。请先由财政局调剂到这一笔预算，仍不足再按比例。",
            other.source,
            yuan(other.left_fen())
        )));
    }
    let cases = to_share(tx, &line.award).await?;
    let full: Vec<i64> = cases.iter().map(|case| case.amount.full_fen.or(case.amount_fen()).unwrap_or(0)).collect();
    let total: i64 = full.iter().sum();
    let left = line.left_fen();
    if left <= 0 {
        return Err(Error::Conflict("这一笔预算没有余额，无从分配。请财政局先追加预算。".into()));
    }
    if total <= left {
        return Err(Error::Conflict(format!("待决定的共 {}，预算余 {}，够付，不能按比例。", yuan(total), yuan(left))));
    }
    let shares = shares(&full, left);
    let of = cases.iter().zip(full.iter().zip(shares));
    let of = of.map(|(case, (full, share))| Share {
        case_id: case.id,
        name: case.name.clone(),
        version: case.version,
        full_fen: *full,
        share_fen: share,
    });
    Ok((line, of.collect()))
}

fn yuan(fen: i64) -> String {
    terms::Money::from_fen(fen).format_zh()
}

/// The cases of an award among which money is shared: all of them, and all on the same step.
async fn to_share(tx: &mut Tx, award: &str) -> Result<Vec<Case>, Error> {
    let all = cases::of_award(tx, award).await?;
    let (ready, others): (Vec<Case>, Vec<Case>) =
        all.into_iter().partition(|case| case.state == State::Noticed && case.amount_fen().is_some_and(|fen| fen > 0));
    let years: Vec<i64> = ready.iter().map(|case| case.year).collect();
    let paid = others.iter().filter(|case| {
        case.state.is_granted()
            && case.amount.full_fen.is_none()
            && case.amount_fen() > Some(0)
            && years.contains(&case.year)
    });
    let paid = paid.count();
    if paid > 0 {
        return Err(Error::Conflict(format!(
            "同一年度已有 {paid} 件按全额决定；再按比例，先决定的就占了先。请先撤销这些决定，或追加预算。"
        )));
    }
    let mut waiting: BTreeMap<State, usize> = BTreeMap::new();
    for case in &others {
        if !case.state.is_over()
            && !case.state.is_granted()
            && case.state != State::Draft
            && case.state != State::Noticed
        {
            *waiting.entry(case.state).or_default() += 1;
        }
    }
    if !waiting.is_empty() {
        let words: Vec<String> = waiting.iter().map(|(state, count)| format!("{} {count} 件", state.zh())).collect();
        return Err(Error::Conflict(format!(
            "还有案件没有走完公示（{}）。等这一项全部公示期满，再一并按比例。",
            words.join("、")
        )));
    }
    if ready.len() < 2 {
        return Err(Error::Conflict("公示期满待决定的不到两件，不必按比例。".into()));
    }
    for case in &ready {
        let item = items::find_in(tx, case.item).await?;
        if !item.terms.pays_pro_rata {
            return Err(Error::Conflict(format!(
                "案件 {} 所依据的{}没有写明预算不足时按比例兑付，不能这样办。请追加预算，或修订依据文件。",
                case.id, item.terms.basis.number
            )));
        }
    }
    Ok(ready)
}

/// Agrees to an act and carries it out: every case is lowered to its share and published again.
pub async fn agree(installation: &Installation, account: &Account, id: i64, now: Timestamp) -> Result<(), Error> {
    allowed(account, Permission::DecideCases)?;
    let today = installation.business_date(now);
    let known = cases::known(installation, now).await?;
    let mut tx = installation.db.begin().await?;
    let act = find_in(&mut tx, id).await?;
    if act.made_by == account.login {
        return Err(Error::Conflict("提出的人不能自己同意。请由另一人同意。".into()));
    }
    decide(&mut tx, &act, Stage::Agreed, account, now).await?;
    let (line, shares) = weighed(&mut tx, act.line, i64::from(today.year())).await?;
    if shares != act.shares || line.left_fen() != act.available_fen {
        return Err(Error::Conflict("提出以后案件或预算有了变化。请撤回这一次，重新提出。".into()));
    }
    let words = format!(
        "预算不足，按比例兑付：共应兑 {}，可用 {}，逐件按比例、余数从大到小各进一分",
        yuan(act.full_fen()),
        yuan(act.available_fen)
    );
    for share in &act.shares {
        let before = cases::find_in(&mut tx, share.case_id).await?;
        let lowered = before.amount.in_proportion(&words, (share.full_fen, share.share_fen), &line.basis);
        let change = Change { act: "prorate", note: &act.reason, by: &account.login, for_whom: "", on: today, now };
        cases::list_again(&mut tx, &known, &before, lowered, &change).await?;
    }
    let detail = json!({ "line": act.line, "available_fen": act.available_fen, "cases": act.shares.len() });
    registry::audit::record(&mut tx, now, &account.login, "budget.agree", &id.to_string(), &detail).await?;
    Ok(tx.commit().await?)
}

/// Gives an act up that has not been agreed to.
pub async fn withdraw(db: &Db, account: &Account, id: i64, now: Timestamp) -> Result<(), Error> {
    if !account.role.may(Permission::DecideCases) {
        allowed(account, Permission::ManageMoney)?;
    }
    let mut tx = db.begin().await?;
    let act = find_in(&mut tx, id).await?;
    decide(&mut tx, &act, Stage::Withdrawn, account, now).await?;
    let detail = json!({ "line": act.line, "cases": act.shares.len() });
    registry::audit::record(&mut tx, now, &account.login, "budget.withdraw", &id.to_string(), &detail).await?;
    Ok(tx.commit().await?)
}

async fn decide(tx: &mut Tx, act: &Proration, to: Stage, account: &Account, now: Timestamp) -> Result<(), Error> {
    if store::decide(tx, act.id, to, &account.login, &now.to_string()).await? {
        return Ok(());
    }
    Err(Error::Conflict(format!("这一次按比例兑付{}，不能再改。请刷新后再看。", act.stage.zh())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::shares;

    #[test]
    fn the_last_fen_go_to_the_largest_remainders_the_earlier_first() {
        assert_eq!(shares(&[100, 100, 100], 200), [67, 67, 66]);
        assert_eq!(shares(&[3, 2, 1], 4), [2, 1, 1], "2, 1⅓, ⅔");
        assert_eq!(shares(&[5, 7], 12), [5, 7], "what fits is paid in full");
        assert_eq!(shares(&[5, 7], 0), [0, 0]);
    }

    proptest! {
        #[test]
        fn the_sum_is_exact_and_nobody_is_off_by_a_fen(
            full in proptest::collection::vec(1..100_000_000_000i64, 1..60), part in 0..1_000_000u64,
        ) {
            let total: i64 = full.iter().sum();
            let available = i64::try_from(i128::from(total) * i128::from(part) / 1_000_000).unwrap();
            let shares = shares(&full, available);
            prop_assert_eq!(shares.iter().sum::<i64>(), available);
            for (one, share) in full.iter().zip(&shares) {
                // Below one fen from the exact part, on either side, without a fraction.
                let off = i128::from(*share) * i128::from(total) - i128::from(*one) * i128::from(available);
                prop_assert!(off.abs() < i128::from(total) && *share <= *one && *share >= 0, "{} of {}", share, one);
            }
            for (at, one) in full.iter().enumerate() {
                for (other_at, other) in full.iter().enumerate() {
                    prop_assert!(one <= other || shares[at] >= shares[other_at], "who has more never gets less");
                }
            }
        }
    }
}
