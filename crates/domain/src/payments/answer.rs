//! The bank's answer: a table with the payment's number, whether it arrived, and why not. Taken whole or not at all, and once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use db::Tx;
use jiff::{Timestamp, civil::Date};
use serde_json::{Value, json};
use sheets::{Limits, Row};

use super::{
    Payment, Stage, find,
    returned::{self, Return},
    step, store,
};
use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    budget,
    cases::{self, Case, Change, State},
    items::allowed,
    runs::sha256,
};

/// What came of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answered {
    /// Payments that arrived.
    pub paid: usize,
    /// Payments that came back.
    pub failed: usize,
    /// Payments that had arrived and came back (退汇).
    pub returned: usize,
    /// Payments answered before without an amount, whose amount came now.
    pub amounts: usize,
    /// Rows that said what was known already.
    pub unchanged: usize,
    /// Of those that arrived or came back, the rows without an amount, which therefore could not be held against the order.
    pub unchecked: usize,
}

/// What a row says became of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// 成功.
    Arrived,
    /// 失败.
    Failed,
    /// 退汇: of a payment called arrived before, that it was sent back; of one not answered yet, that it failed.
    Returned,
}

impl Outcome {
    /// The state that a payment has then, and what its case goes through.
    const fn settles(self) -> (&'static str, State, &'static str) {
        match self {
            Self::Arrived => ("paid", State::Paid, "pay"),
            Self::Failed | Self::Returned => ("failed", State::Failed, "pay-failed"),
        }
    }
}

/// One row of the answer.
struct Said {
    row: u32,
    number: String,
    outcome: Outcome,
    /// The amount, where the file says one, in fen.
    fen: Option<i64>,
    reason: String,
    on: Date,
}

/// Takes in the bank's answer to a batch.
///
/// Every row is checked before the first one changes anything; a file that came before changes nothing.
pub async fn take_answer(
    installation: &Installation,
    account: &Account,
    id: i64,
    file: &Path,
    now: Timestamp,
) -> Result<Answered, Error> {
    allowed(account, Permission::ManageMoney)?;
    let bytes = std::fs::read(file).map_err(|source| Error::io(file, source))?;
    let today = installation.business_date(now);
    let said = read(file, today)?;
    let mut tx = installation.db.begin().await?;
    let batch = find(&mut tx, id).await?;
    if !matches!(batch.stage, Stage::Sent | Stage::Closed) {
        return Err(Error::Conflict(format!("拨付批次 {id} 现为“{}”，还没有送银行。", batch.stage.zh())));
    }
    let hash = sha256(&bytes);
    if store::has_answer(&mut tx, id, &hash).await? {
        return Ok(Answered { unchanged: said.len(), ..Answered::default() });
    }
    let payments: BTreeMap<&str, &Payment> = batch.payments.iter().map(|one| (one.number.as_str(), one)).collect();
    check(&mut tx, &said, &payments, id).await?;
    let mut answered = Answered::default();
    let mut rows = Vec::new();
    for one in &said {
        let payment = payments[one.number.as_str()];
        rows.extend(take(&mut tx, payment, one, &mut answered, (&account.login, today), now).await?);
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    store::insert_answer(&mut tx, &hash, id, &name, (&account.login, &now.to_string())).await?;
    if batch.stage == Stage::Sent && find(&mut tx, id).await?.payments.iter().all(|one| one.state != "ordered") {
        step(&mut tx, &batch, Stage::Sent, Stage::Closed, None, now).await?;
    }
    let detail = json!({
        "sha256": hash, "file": name, "paid": answered.paid, "failed": answered.failed, "returned": answered.returned,
        "unchanged": answered.unchanged, "rows": rows,
    });
    registry::audit::record(&mut tx, now, &account.login, "payment.answer", &id.to_string(), &detail).await?;
    tx.commit().await?;
    Ok(answered)
}

/// Takes in one row; gives what the trail is to say of it, nothing where it says what was known.
async fn take(
    tx: &mut Tx,
    payment: &Payment,
    said: &Said,
    answered: &mut Answered,
    (by, today): (&str, Date),
    now: Timestamp,
) -> Result<Option<Value>, Error> {
    let number = &payment.number;
    if payment.state == "ordered" {
        let (stored, ..) = said.outcome.settles();
        answered.unchecked += usize::from(said.fen.is_none());
        if said.outcome == Outcome::Arrived {
            answered.paid += 1
        } else {
            answered.failed += 1
        }
        settle(tx, payment, said, (by, today), now).await?;
        return Ok(Some(json!({ "number": number, "state": stored, "on": said.on, "fen": said.fen })));
    }
    let later = said.fen.filter(|_| payment.answered_fen.is_none());
    if let Some(fen) = later {
        store::set_answered(tx, number, fen).await?;
    }
    if said.outcome == Outcome::Returned && payment.state == "paid" {
        answered.returned += 1;
        let back = Return { number, on: said.on, reason: &said.reason };
        returned::settle(tx, payment, back, (by, today), now).await?;
        return Ok(Some(json!({ "number": number, "state": "returned", "on": said.on, "fen": later })));
    }
    if later.is_none() {
        answered.unchanged += 1;
        return Ok(None);
    }
    answered.amounts += 1;
    Ok(Some(json!({ "number": number, "state": "amount", "fen": later })))
}

async fn settle(
    tx: &mut Tx,
    payment: &Payment,
    said: &Said,
    (by, today): (&str, Date),
    now: Timestamp,
) -> Result<(), Error> {
    let (stored, state, act) = said.outcome.settles();
    if !store::answer(tx, &payment.number, (stored, &said.reason), said.fen, said.on).await? {
        return Err(Error::Conflict(format!("付款 {} 刚刚被登记过。请刷新后再看。", payment.number)));
    }
    if said.outcome == Outcome::Arrived {
        budget::spend(tx, payment.case).await?;
    }
    let before = cases::find_in(tx, payment.case).await?;
    let after = Case { state, ..before.clone() };
    let note = format!("{} {}", payment.number, said.reason);
    cases::save(tx, &before, &after, &Change { act, note: note.trim(), by, for_whom: "", on: today, now }).await
}

/// Refuses the whole file when a row names a payment that is not in the batch, speaks twice, or contradicts what is known.
async fn check(tx: &mut Tx, said: &[Said], payments: &BTreeMap<&str, &Payment>, id: i64) -> Result<(), Error> {
    let mut wrong = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for one in said {
        let Some(payment) = payments.get(one.number.as_str()) else {
            wrong.push(format!("第 {} 行：付款编号“{}”不在拨付批次 {id} 中", one.row, one.number));
            continue;
        };
        let (stored, ..) = one.outcome.settles();
        let is_return = one.outcome == Outcome::Returned && payment.state == "paid";
        if is_return {
            let why = returned::refused(tx, payment, one.on).await?;
            wrong.extend(why.map(|(_, why)| format!("第 {} 行：{why}", one.row)));
        } else if payment.state != "ordered" && payment.state != stored {
            let hint =
                if payment.state == "paid" { "；到账以后银行退回的，结果请写“退汇”" } else { "" };
            wrong.push(format!("第 {} 行：{} 已登记为“{}”，与这一行不符{hint}", one.row, one.number, payment.zh()));
        }
        if let Some(fen) = one.fen.filter(|fen| *fen != payment.amount_fen) {
            let words = [fen, payment.amount_fen].map(|fen| terms::Money::from_fen(fen).to_string());
            wrong.push(format!("第 {} 行：{} 的金额是 {}，制单是 {}", one.row, one.number, words[0], words[1]));
        }
        if let Some(ordered) = ordered_on(&one.number).filter(|ordered| one.on < *ordered) {
            wrong.push(format!("第 {} 行：日期 {} 早于制单的 {ordered}", one.row, one.on));
        }
        if !seen.insert(&one.number) {
            wrong.push(format!("第 {} 行：{} 在文件中重复", one.row, one.number));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let shown: Vec<&str> = wrong.iter().take(10).map(String::as_str).collect();
    Err(Error::Invalid(format!(
        "回单没有登记，共 {} 处不符：{}。请核对后重新导入，已有记录没有改动。",
        wrong.len(),
        shown.join("；")
    )))
}

/// The day of the order, which its number begins with.
pub(super) fn ordered_on(number: &str) -> Option<Date> {
    let day = number.strip_prefix("ZQ")?.get(..8)?;
    Date::strptime("%Y%m%d", day).ok()
}

fn read(file: &Path, today: Date) -> Result<Vec<Said>, Error> {
    let sheets =
        sheets::read_all(file, &Limits::default()).map_err(|cause| Error::Invalid(format!("回单读不出来：{cause}")))?;
    let rows: Vec<Row> = sheets.into_iter().next().map(|(_, rows)| rows).unwrap_or_default();
    let mut rows = rows.into_iter();
    let head = rows.next().ok_or_else(|| Error::Invalid("回单是空的。".into()))?;
    let place = |heading: &str| head.cells.iter().position(|cell| cell.text().trim() == heading);
    let needed = |heading: &str| {
        place(heading).ok_or_else(|| {
            Error::Invalid(format!(
                "回单第一行没有“{heading}”这一列。要有：付款编号、结果（成功、失败或退汇）；可有：金额（元）、原因、日期。"
            ))
        })
    };
    let (number, result) = (needed("付款编号")?, needed("结果")?);
    let (reason, on) = (place("原因"), place("日期"));
    let amount = ["金额（元）", "金额(元)", "金额"].into_iter().find_map(place);
    let said = rows.map(|row| {
        let cell = |at: usize| row.cells.get(at).map(|cell| cell.text().trim().to_owned()).unwrap_or_default();
        let outcome = match cell(result).as_str() {
            "成功" => Outcome::Arrived,
            "失败" => Outcome::Failed,
            "退汇" => Outcome::Returned,
            other => {
                return Err(Error::Invalid(format!(
                    "回单第 {} 行的结果是“{other}”，应为“成功”“失败”或“退汇”。",
                    row.number
                )));
            }
        };
        let on = match on.map(cell).filter(|text| !text.is_empty()) {
            None => today,
            Some(text) => terms::dates::parse_date(&text)
                .map_err(|cause| Error::Invalid(format!("回单第 {} 行的日期：{cause}", row.number)))?,
        };
        if on > today {
            return Err(Error::Invalid(format!("回单第 {} 行的日期 {on} 在今天（{today}）之后。", row.number)));
        }
        let fen = match amount.map(cell).filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => Some(
                terms::Money::parse(&text, terms::MoneyUnit::Yuan)
                    .map_err(|cause| Error::Invalid(format!("回单第 {} 行的金额：{cause}", row.number)))?
                    .fen,
            ),
        };
        Ok(Said {
            row: row.number,
            fen,
            number: cell(number),
            outcome,
            reason: reason.map(cell).unwrap_or_default(),
            on,
        })
    });
    let said = said.collect::<Result<Vec<_>, _>>()?;
    if said.is_empty() {
        return Err(Error::Invalid("回单只有标题，没有一行结果。请核对文件后重新导入。".into()));
    }
    Ok(said)
}
