//! What the bank had called arrived and sends back days later (退汇): the money is reserved again, its case may be paid once more, and who
//! entered it does not approve that.

use std::collections::BTreeMap;

use db::Tx;
use jiff::{Timestamp, civil::Date};
use serde_json::json;

use super::{Batch, Payment, find, store};
use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    budget,
    cases::{self, Case, Change, NOTE_CHARS_MAX, State},
    items::allowed,
};

/// A payment that the bank sent back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Return<'a> {
    /// The number of the payment.
    pub number: &'a str,
    /// The day on which the money came back.
    pub on: Date,
    /// Why, and by which paper of the bank it is known.
    pub reason: &'a str,
}

/// Enters that the bank sent a payment back that it had called arrived; saying the same again changes nothing.
pub async fn send_back(
    installation: &Installation,
    account: &Account,
    id: i64,
    said: Return<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    allowed(account, Permission::ManageMoney)?;
    let (today, reason) = (installation.business_date(now), said.reason.trim());
    if reason.is_empty() || reason.chars().count() > NOTE_CHARS_MAX {
        let why = format!("请写明退汇原因和银行退汇凭证的编号，不超过 {NOTE_CHARS_MAX} 个字。");
        return Err(Error::Field { field: "reason", why });
    }
    if said.on > today {
        return Err(Error::Field {
            field: "on", why: format!("退汇日期 {} 在今天（{today}）之后。请核对。", said.on)
        });
    }
    let mut tx = installation.db.begin().await?;
    let batch = find(&mut tx, id).await?;
    let payment = batch.payments.iter().find(|one| one.number == said.number.trim());
    let payment = payment
        .ok_or_else(|| Error::Invalid(format!("付款编号“{}”不在拨付批次 {id} 中。请核对。", said.number.trim())))?;
    if payment.returned_on == Some(said.on) {
        return Ok(());
    }
    if let Some((field, why)) = refused(&mut tx, payment, said.on).await? {
        return Err(Error::Field { field, why: format!("{why}。") });
    }
    settle(&mut tx, payment, Return { reason, ..said }, (&account.login, today), now).await?;
    let row = json!({ "number": payment.number, "state": "returned", "on": said.on });
    let detail = json!({ "rows": [row], "note": reason });
    registry::audit::record(&mut tx, now, &account.login, "payment.return", &id.to_string(), &detail).await?;
    Ok(tx.commit().await?)
}

/// Why a payment cannot have come back on this day, if it cannot, with the field of the form that says so.
pub(super) async fn refused(tx: &mut Tx, payment: &Payment, on: Date) -> Result<Option<(&'static str, String)>, Error> {
    const PAYMENT: &str = "payment";
    let (number, zh) = (&payment.number, payment.zh());
    if let Some(before) = payment.returned_on {
        return Ok(Some((PAYMENT, format!("{number} 已于 {before} 登记退汇"))));
    }
    if payment.state != "paid" {
        return Ok(Some((PAYMENT, format!("{number} 现为“{zh}”，没有到账，不能登记退汇"))));
    }
    if let Some(arrived) = payment.answered_on.filter(|arrived| on < *arrived) {
        return Ok(Some(("on", format!("{number} 的退汇日期 {on} 早于到账的 {arrived}"))));
    }
    let case = cases::find_in(tx, payment.case).await?;
    let why = match case.state {
        State::Paid | State::Archived => None,
        State::Reclaimed => Some(format!("案件 {} 正在追回，{number} 退回的款项请用“登记追回到账”", case.id)),
        state => Some(format!("案件 {} 现为“{}”，{number} 不能登记退汇", case.id, state.zh())),
    };
    Ok(why.map(|why| (PAYMENT, why)))
}

/// Moves payment, budget and case, in one transaction.
pub(super) async fn settle(
    tx: &mut Tx,
    payment: &Payment,
    said: Return<'_>,
    (by, today): (&str, Date),
    now: Timestamp,
) -> Result<(), Error> {
    if !store::send_back(tx, &payment.number, said.reason, (by, said.on)).await? {
        return Err(Error::Conflict(format!("付款 {} 刚刚被登记过。请刷新后再看。", payment.number)));
    }
    budget::take_back(tx, payment.case).await?;
    let before = cases::find_in(tx, payment.case).await?;
    let after = Case { state: State::Failed, ..before.clone() };
    let note = format!("{} {}", payment.number, said.reason);
    let change = Change { act: "pay-return", note: note.trim(), by, for_whom: "", on: today, now };
    cases::save(tx, &before, &after, &change).await
}

/// Refuses the approval of a second payment by who entered that the first came back: two persons stand behind every return.
pub(super) async fn not_by_the_same(tx: &mut Tx, batch: &Batch, login: &str) -> Result<(), Error> {
    let entered: BTreeMap<i64, String> = store::returned_by(tx, login).await?.into_iter().collect();
    let own = batch.payments.iter().find_map(|payment| Some((payment.case, entered.get(&payment.case)?)));
    match own {
        None => Ok(()),
        Some((case, number)) => {
            Err(Error::Conflict(format!("案件 {case} 的 {number} 是您登记退汇的，再次拨付要由另一人复核。")))
        }
    }
}
