//! Whether money adds up: each payment with what it rests on, to whom it goes and how it was ordered, approved, sent and answered, held
//! against its case and against the audit trail.

use std::collections::{BTreeMap, BTreeSet};

use db::Tx;
use registry::audit::{self, Entry};
use serde_json::Value;

use super::{Batch, Payment, Stage, kept_at, store};
use crate::{
    Error, Installation,
    cases::{self, Case},
    secrets::Keys,
};

/// What of the money does not add up; empty when everything does. Also how many payments were looked at.
pub async fn faults(installation: &Installation) -> Result<(i64, Vec<String>), Error> {
    // Whether the keys are there is asked by the check of secrets.
    let keys = installation.vault.keys().ok();
    let mut tx = installation.db.begin_read().await?;
    let (count, mut faults) = store::faults(&mut tx).await?;
    let batches = store::batches(&mut tx, None).await?;
    let was_lost = cases::accounts_were_lost(&mut tx).await?;
    for payment in batches.iter().flat_map(|batch| &batch.payments) {
        if !matches!(payment.state.as_str(), "ordered" | "paid") {
            continue;
        }
        let case = cases::find_in(&mut tx, payment.case).await?;
        let is_lost = case.account.is_none() && was_lost;
        if !is_lost && !is_same_account(payment, &case, keys.as_ref()) {
            faults.push(format!("付款 {} 的收款账户与案件 {} 的不符", payment.number, case.id));
        }
        let lacks = cases::lacks(&mut tx, &case).await?;
        faults.extend(lacks.into_iter().map(|what| format!("付款 {} {what}", payment.number)));
    }
    recovery_faults(&mut tx, &batches, &mut faults).await?;
    trail_faults(&mut tx, &batches, &mut faults).await?;
    Ok((count, faults))
}

/// Whether a payment goes to the account of its case, to the last digit where the keys open both.
fn is_same_account(payment: &Payment, case: &Case, keys: Option<&Keys>) -> bool {
    let (to, Some(of)) = (&payment.receiving, &case.account) else { return false };
    if (&to.holder, &to.bank, &to.masked) != (&of.holder, &of.bank, &of.masked) {
        return false;
    }
    let Some(keys) = keys else { return true };
    let place = case.id.to_string();
    match (to.open(keys, kept_at(&payment.number)), of.open(keys, cases::place(&place))) {
        (Ok(to), Ok(of)) => to == of,
        // A text that does not open is a finding of the check of secrets.
        _ => true,
    }
}

/// What came back is the sum of what was noted each time, has the day of the last step, and lowered the claim by as much.
async fn recovery_faults(tx: &mut Tx, batches: &[Batch], faults: &mut Vec<String>) -> Result<(), Error> {
    let days: BTreeMap<i64, String> = store::recoveries(tx).await?.into_iter().collect();
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for (number, _, fen) in store::recovered(tx).await? {
        *sums.entry(number).or_default() += fen;
    }
    let mut told: BTreeMap<String, Option<i64>> = BTreeMap::new();
    for entry in audit::of_acts(tx, "case.recover").await? {
        let left = |part: &str| entry.detail[part].get("reclaim_fen").map(|fen| fen.as_i64().unwrap_or(0));
        // Entries from before claims were kept by amount tell nothing of it.
        let fen = left("before").zip(left("after")).map(|(before, after)| before - after);
        let sum = told.entry(entry.object.clone()).or_insert(Some(0));
        *sum = sum.zip(fen).map(|(sum, fen)| sum + fen);
    }
    for payment in batches.iter().flat_map(|batch| &batch.payments).filter(|one| one.state == "paid") {
        let noted = payment.recovered_on.map(|day| day.to_string());
        let sum = sums.get(&payment.number).copied().unwrap_or(0);
        let told = told.get(&payment.case.to_string()).copied().flatten();
        if noted.as_ref() != days.get(&payment.case)
            || noted.is_some() != (payment.recovered_fen > 0)
            || sum != payment.recovered_fen
            || told.is_some_and(|told| told != payment.recovered_fen)
        {
            faults.push(format!("付款 {} 的追回与案件 {} 的登记不符", payment.number, payment.case));
        }
    }
    Ok(())
}

/// Holds every batch and every answer of the bank against its entries of the trail.
async fn trail_faults(tx: &mut Tx, batches: &[Batch], faults: &mut Vec<String>) -> Result<(), Error> {
    let mut told: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in audit::of_acts(tx, "payment.").await? {
        told.entry(entry.object.clone()).or_default().push(entry);
    }
    let answers = store::answers(tx).await?;
    for batch in batches {
        let entries = told.remove(&batch.id.to_string()).unwrap_or_default();
        let answers: Vec<&Taken> = answers.iter().filter(|(_, of, ..)| *of == batch.id).collect();
        if let Some(what) = batch_fault(batch, &entries, &answers) {
            faults.push(format!("拨付批次 {} {what}", batch.id));
        }
    }
    faults.extend(told.into_keys().map(|id| format!("审计记录所记的拨付批次 {id} 不在")));
    Ok(())
}

/// A bank's answer as it was taken in: its hash, its batch, by whom, and the name of its file.
pub(super) type Taken = (String, i64, String, String);

fn batch_fault(batch: &Batch, entries: &[Entry], answers: &[&Taken]) -> Option<String> {
    let find = |act: &str| entries.iter().find(|entry| entry.action == act);
    let Some(order) = find("payment.order") else { return Some("的制单没有审计记录".into()) };
    let cases: BTreeSet<i64> = batch.payments.iter().map(|one| one.case).collect();
    let told: BTreeSet<i64> =
        order.detail["cases"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
    if order.who != batch.made_by || order.detail["total_fen"] != batch.total_fen() || told != cases {
        return Some(format!("的制单人、案件或合计与审计记录 {} 不符", order.id));
    }
    if let Some(by) = &batch.approved_by {
        let approval = find("payment.approve");
        if approval.is_none_or(|entry| entry.who != *by || entry.detail["total_fen"] != batch.total_fen()) {
            return Some("的复核与审计记录不符".into());
        }
    }
    let needed = match batch.stage {
        Stage::Sent | Stage::Closed => Some(("payment.send", "送银行")),
        Stage::Cancelled => Some(("payment.cancel", "撤销")),
        Stage::Made | Stage::Approved => None,
    };
    if let Some((_, word)) = needed.filter(|(act, _)| find(act).is_none()) {
        return Some(format!("的{word}没有审计记录"));
    }
    let is_same = |entry: &Entry, (hash, _, by, name): &Taken| {
        // Rows from before the name was told say nothing of it.
        let is_named = entry.detail.get("file").is_none_or(|told| *told == **name);
        entry.detail["sha256"] == **hash && entry.who == *by && is_named
    };
    let mut told: BTreeMap<&str, Vec<(&Entry, &Value)>> = BTreeMap::new();
    let mut taken = answers.to_vec();
    for entry in entries.iter().filter(|entry| matches!(&*entry.action, "payment.answer" | "payment.return")) {
        if entry.action == "payment.answer" {
            let Some(place) = taken.iter().position(|answer| is_same(entry, answer)) else {
                return Some(format!("的回单与审计记录 {} 不符", entry.id));
            };
            taken.remove(place);
        }
        for row in entry.detail["rows"].as_array().into_iter().flatten() {
            told.entry(row["number"].as_str().unwrap_or_default()).or_default().push((entry, row));
        }
    }
    if !taken.is_empty() {
        return Some("有一份回单没有审计记录".into());
    }
    // Answers from before the trail named each payment say how many there were alone.
    let is_older = entries.iter().any(|entry| entry.action == "payment.answer" && entry.detail.get("rows").is_none());
    batch.payments.iter().find_map(|one| {
        let what = match told.get(&*one.number) {
            Some(rows) => payment_fault(one, rows)?,
            None if is_older || matches!(&*one.state, "ordered" | "cancelled") => return None,
            None => "结果",
        };
        Some(format!("中付款 {} 的{what}与审计记录不符", one.number))
    })
}

/// What of a payment is not as its rows of the trail tell it.
fn payment_fault(payment: &Payment, rows: &[(&Entry, &Value)]) -> Option<&'static str> {
    let of = |state: &str| rows.iter().rev().find(|(_, row)| row["state"] == state);
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    let returned = of("returned");
    let settled = rows.iter().find(|(_, row)| matches!(row["state"].as_str(), Some("paid" | "failed")))?;
    let state = if returned.is_some() { "failed" } else { settled.1["state"].as_str().unwrap_or_default() };
    if payment.state != state || day(payment.answered_on).as_deref() != settled.1["on"].as_str() {
        return Some("结果或日期");
    }
    let back = returned.map(|(entry, row)| (row["on"].as_str().unwrap_or_default(), &*entry.who));
    if (day(payment.returned_on).as_deref(), payment.returned_by.as_deref())
        != (back.map(|one| one.0), back.map(|one| one.1))
    {
        return Some("退汇日期或登记人");
    }
    // An amount came with the answer or later; rows from before amounts were told say nothing of it.
    let amounts: Vec<&Value> = rows.iter().filter_map(|(_, row)| row.get("fen")).collect();
    let fen = amounts.iter().find_map(|fen| fen.as_i64());
    (!amounts.is_empty() && fen != payment.answered_fen).then_some("回单金额")
}
