//! Payments (拨付): a batch made by one person and approved by another, sent to the bank, and answered – each case paid once,
//! however often a button is pressed, a process dies or a file comes again.

mod answer;
mod returned;
mod soundness;
mod store;

use std::collections::{BTreeMap, BTreeSet};

use db::{Db, Tx};
use jiff::{Timestamp, civil::Date};
use rules::Policy;
use serde_json::json;
use sheets::{
    Cell,
    write::{Column, Kind, Sheet},
};

pub use self::{
    answer::{Answered, take_answer},
    returned::{Return, send_back},
    soundness::faults,
};
use crate::{
    Error, Installation,
    accounts::{Account, Permission, Reach},
    cases::{self, Case, Change, State},
    items::{self, Item, allowed},
    secrets::{Keys, Place, Vault},
};

words! {
    /// Where a payment batch stands.
    Stage {
        /// Made, waits for the second person.
        Made "made" "待复核",
        /// Approved, may be sent.
        Approved "approved" "待送银行",
        /// Handed to the bank.
        Sent "sent" "已送银行",
        /// Every payment has its answer.
        Closed "closed" "已办结",
        /// Taken back before it was sent.
        Cancelled "cancelled" "已撤销",
    }
}

/// A payment order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its number, which the bank sends back.
    pub number: String,
    /// Its batch.
    pub batch: i64,
    /// The case.
    pub case: i64,
    /// How much, in fen.
    pub amount_fen: i64,
    /// What has been recovered of it, in fen.
    pub recovered_fen: i64,
    /// When that came back.
    pub recovered_on: Option<Date>,
    /// The amount that the bank wrote of it, in fen; none where it wrote none.
    pub answered_fen: Option<i64>,
    /// Who receives it.
    pub receiving: cases::Payee,
    /// `ordered`, `paid`, `failed` or `cancelled`.
    pub state: String,
    /// What the bank said.
    pub reason: String,
    /// When the bank answered.
    pub answered_on: Option<Date>,
    /// When what had arrived was sent back by the bank (退汇).
    pub returned_on: Option<Date>,
    /// Who entered that.
    pub returned_by: Option<String>,
}

/// Where the number of a payment's account is kept.
const fn kept_at(number: &str) -> Place<'_> {
    Place("payment", "account_number", number)
}

impl Payment {
    /// What stays with the enterprise of what arrived, in fen.
    pub const fn net_fen(&self) -> i64 {
        self.amount_fen - self.recovered_fen
    }

    /// The number of the account that it goes to, as this account may see it.
    pub fn receiving_number(&self, vault: &Vault, account: &Account) -> Result<String, Error> {
        if account.role.reach(Permission::SeeAccounts) < Reach::All {
            return Ok(self.receiving.masked.clone());
        }
        self.receiving.open(&vault.keys()?, kept_at(&self.number))
    }

    /// Its state in Chinese.
    pub fn zh(&self) -> &'static str {
        match self.state.as_str() {
            "paid" if self.recovered_fen >= self.amount_fen => "已追回",
            "paid" if self.recovered_fen > 0 => "已部分追回",
            "paid" => "已到账",
            "failed" if self.returned_on.is_some() => "到账后退汇",
            "failed" => "被退回",
            "cancelled" => "已撤销",
            _ => "等待银行",
        }
    }
}

/// A batch with its payments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its number.
    pub id: i64,
    /// Where it stands.
    pub stage: Stage,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// The payments.
    pub payments: Vec<Payment>,
}

/// Some payments, and what they come to in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub count: usize,
    /// How much.
    pub fen: i64,
}

/// How a batch stands with the bank (对账), to the fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// What the bank was told to pay.
    pub sent: Sum,
    /// What it says arrived: by its own amounts, where it wrote them.
    pub arrived: Sum,
    /// What it says came back.
    pub failed: Sum,
    /// Of that, what it had called arrived before (退汇).
    pub returned: Sum,
    /// What it has not answered.
    pub open: Sum,
    /// Of what it answered, the payments without an amount of its own, so that only number and result could be checked.
    pub unchecked: Sum,
}

impl Reconciliation {
    /// What the bank has answered.
    pub const fn answered(&self) -> Sum {
        Sum { count: self.arrived.count + self.failed.count, fen: self.arrived.fen + self.failed.fen }
    }

    /// What is sent and neither answered nor open, in fen; anything but zero is to be looked into.
    pub const fn difference_fen(&self) -> i64 {
        self.sent.fen - self.arrived.fen - self.failed.fen - self.open.fen
    }
}

impl Batch {
    /// The sum of its payments, whatever became of them, in fen.
    pub fn total_fen(&self) -> i64 {
        self.payments.iter().map(|one| one.amount_fen).sum()
    }

    /// The business day on which it was made.
    pub fn made_on(&self) -> Option<Date> {
        answer::ordered_on(&self.payments.first()?.number)
    }

    /// How it stands with the bank; nothing of a batch that was not sent.
    pub fn reconciliation(&self) -> Option<Reconciliation> {
        if !matches!(self.stage, Stage::Sent | Stage::Closed) {
            return None;
        }
        let mut all = Reconciliation::default();
        let add = |sum: &mut Sum, fen: i64| *sum = Sum { count: sum.count + 1, fen: sum.fen + fen };
        for one in &self.payments {
            add(&mut all.sent, one.amount_fen);
            let answered = match one.state.as_str() {
                "paid" => &mut all.arrived,
                "failed" => &mut all.failed,
                _ => {
                    add(&mut all.open, one.amount_fen);
                    continue;
                }
            };
            add(answered, one.answered_fen.unwrap_or(one.amount_fen));
            if one.returned_on.is_some() {
                add(&mut all.returned, one.answered_fen.unwrap_or(one.amount_fen));
            }
            if one.answered_fen.is_none() {
                add(&mut all.unchecked, one.amount_fen);
            }
        }
        Some(all)
    }
}

/// Every batch, the latest first.
pub async fn batches(db: &Db, account: &Account) -> Result<Vec<Batch>, Error> {
    allowed(account, Permission::ViewMoney)?;
    let mut tx = db.begin_read().await?;
    store::batches(&mut tx, None).await
}

/// One batch.
pub async fn batch(db: &Db, account: &Account, id: i64) -> Result<Batch, Error> {
    allowed(account, Permission::ViewMoney)?;
    let mut tx = db.begin_read().await?;
    find(&mut tx, id).await
}

/// The payments of a case, the latest first.
pub async fn of_case(db: &Db, case: i64) -> Result<Vec<Payment>, Error> {
    let mut tx = db.begin_read().await?;
    store::of_case(&mut tx, case).await
}

/// Money that arrived, with what of it has come back.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Arrived {
    /// The number of its payment.
    pub number: String,
    /// The batch.
    pub batch_id: i64,
    /// The case.
    pub case_id: i64,
    /// Its enterprise.
    pub name: String,
    /// Its award.
    pub award: String,
    /// The version of its item.
    pub item_id: i64,
    /// The year it was for.
    pub year: i64,
    /// How much arrived, in fen.
    pub amount_fen: i64,
    /// The day on which the bank said so.
    pub answered_on: String,
    /// How much of it came back, in fen.
    pub recovered_fen: i64,
    /// When the last of that did; empty where nothing did.
    pub recovered_on: String,
    /// What came back, each time with its day and its fen.
    #[sqlx(skip)]
    pub recoveries: Vec<(Date, i64)>,
    /// Whether its item's money is a policy subsidy (政策性补贴).
    #[sqlx(skip)]
    pub is_subsidy: bool,
}

impl Arrived {
    /// What stays with the enterprise, in fen.
    pub const fn net_fen(&self) -> i64 {
        self.amount_fen - self.recovered_fen
    }

    /// What of it came back in a year, in fen.
    pub fn recovered_in(&self, year: i64) -> i64 {
        self.recoveries.iter().filter(|(on, _)| i64::from(on.year()) == year).map(|(_, fen)| fen).sum()
    }
}

/// Every payment that arrived: the rows that budget and board add up.
pub async fn arrived(db: &Db, policy: &Policy, account: &Account) -> Result<Vec<Arrived>, Error> {
    allowed(account, Permission::ViewMoney)?;
    let mut tx = db.begin_read().await?;
    arrived_in(&mut tx, policy).await
}

pub(crate) async fn arrived_in(tx: &mut Tx, policy: &Policy) -> Result<Vec<Arrived>, Error> {
    let mut back: BTreeMap<String, Vec<(Date, i64)>> = BTreeMap::new();
    for (number, on, fen) in store::recovered(tx).await? {
        let on = on.parse().map_err(|_| Error::Damaged(format!("付款 {number} 的追回日期已损坏。请从备份恢复。")))?;
        back.entry(number).or_default().push((on, fen));
    }
    let items: BTreeMap<i64, Item> = items::all_in(tx).await?.into_iter().map(|item| (item.id, item)).collect();
    let mut arrived = store::arrived(tx).await?;
    for one in &mut arrived {
        one.recoveries = back.remove(&one.number).unwrap_or_default();
        // While nobody has exempted it, it is one.
        let exempt = |award| items.get(&one.item_id).is_some_and(|item| !item.terms.tapers(award));
        one.is_subsidy = !policy.award(&one.award).is_some_and(exempt);
    }
    Ok(arrived)
}

async fn find(tx: &mut Tx, id: i64) -> Result<Batch, Error> {
    store::batches(tx, Some(id))
        .await?
        .pop()
        .filter(|batch| batch.id == id)
        .ok_or_else(|| Error::NotFound { what: "拨付批次", id: id.to_string() })
}

/// A decided case whose money waits for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payable {
    /// The case.
    pub case: Case,
    /// What about it is still to be answered, so that it may not be ordered; empty when nothing is.
    pub held: String,
}

/// The cases whose money waits for an order, each with what holds it.
pub async fn payable(db: &Db, account: &Account) -> Result<Vec<Payable>, Error> {
    allowed(account, Permission::ViewMoney)?;
    let all = cases::all(db, account).await?;
    let mut open = cases::open_questions(&mut db.begin_read().await?, None).await?;
    let payable = |case: Case| Payable { held: open.remove(&case.id).unwrap_or_default(), case };
    Ok(all.into_iter().filter(is_payable).map(payable).collect())
}

/// What is still to be answered about cases of a batch that has not gone to the bank, by case: until it is, the batch goes no further.
pub async fn held(db: &Db, account: &Account, batch: &Batch) -> Result<Vec<(i64, String)>, Error> {
    allowed(account, Permission::ViewMoney)?;
    if !matches!(batch.stage, Stage::Made | Stage::Approved) {
        return Ok(Vec::new());
    }
    let mut open = cases::open_questions(&mut db.begin_read().await?, None).await?;
    Ok(batch.payments.iter().filter_map(|one| open.remove_entry(&one.case)).collect())
}

fn is_payable(case: &Case) -> bool {
    matches!(case.state, State::Approved | State::Failed)
        && case.account.is_some()
        && case.amount_fen().unwrap_or(0) > 0
}

/// Orders the payment of these cases; the gates are asked a third time, and one that does not pass stops the batch with its reason.
pub async fn order(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    ids: &[i64],
    now: Timestamp,
) -> Result<i64, Error> {
    allowed(account, Permission::ManageMoney)?;
    let ids: BTreeSet<i64> = ids.iter().copied().collect();
    if ids.is_empty() {
        return Err(Error::Invalid("请至少选一件已决定的案件。".into()));
    }
    let today = installation.business_date(now);
    let known = cases::known(installation, now).await?;
    let keys = installation.vault.keys()?;
    let mut tx = installation.db.begin().await?;
    let batch = store::insert_batch(&mut tx, &account.login, &now.to_string()).await?;
    let mut total = 0_i64;
    for (place, id) in (1..).zip(&ids) {
        let before = cases::find_in(&mut tx, *id).await?;
        let payee = before.account.clone().filter(|_| is_payable(&before));
        let mut payee = payee.ok_or_else(|| {
            Error::Conflict(format!("案件 {id}（{}）现为“{}”，不能拨付。", before.name, before.state.zh()))
        })?;
        let stop = cases::stops_payment(&mut tx, installation, policy, &known, &before, today).await?;
        if !stop.is_empty() {
            return Err(Error::Conflict(format!("案件 {id}（{}）不能拨付：{stop}", before.name)));
        }
        let fen = before.amount_fen().unwrap_or(0);
        total = total.checked_add(fen).ok_or_else(|| Error::Invalid("批次金额太大。".into()))?;
        let number = format!("ZQ{}{batch:05}{place:05}", today.strftime("%Y%m%d"));
        let whole = payee.open(&keys, cases::place(&id.to_string()))?;
        payee.number = Some(keys.seal(kept_at(&number), &whole)?);
        let ordered = store::insert(&mut tx, &number, batch, *id, fen, &payee).await;
        ordered.map_err(|error| match error {
            // Of two who order the same case at once the database lets one.
            Error::Db(db::Error::Constraint(_)) => {
                Error::Conflict(format!("案件 {id}（{}）刚刚由别人制单。请刷新后再看。", before.name))
            }
            other => other,
        })?;
        let after = Case { state: State::Ordered, due_on: None, due_why: String::new(), ..before.clone() };
        let change = Change { act: "order", note: &number, by: &account.login, for_whom: "", on: today, now };
        cases::save(&mut tx, &before, &after, &change).await?;
    }
    let detail = json!({ "cases": ids, "total_fen": total });
    registry::audit::record(&mut tx, now, &account.login, "payment.order", &batch.to_string(), &detail).await?;
    tx.commit().await?;
    Ok(batch)
}

/// Asks the gates of every case of a batch once more: between two steps of it a day may have come, or a list.
async fn check_gates(
    tx: &mut Tx,
    installation: &Installation,
    policy: &Policy,
    batch: &Batch,
    (known, now): (&cases::Known, Timestamp),
) -> Result<(), Error> {
    let today = installation.business_date(now);
    for payment in &batch.payments {
        let case = cases::find_in(tx, payment.case).await?;
        let stop = cases::stops_payment(tx, installation, policy, known, &case, today).await?;
        if !stop.is_empty() {
            let (id, name) = (case.id, &case.name);
            return Err(Error::Conflict(format!("案件 {id}（{name}）不能再拨付：{stop}。请先办结，或撤销本批。")));
        }
    }
    Ok(())
}

/// The second pair of eyes; the gates are asked again.
pub async fn approve(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    id: i64,
    now: Timestamp,
) -> Result<(), Error> {
    allowed(account, Permission::ManageMoney)?;
    let known = cases::known(installation, now).await?;
    let mut tx = installation.db.begin().await?;
    let batch = find(&mut tx, id).await?;
    if batch.made_by == account.login {
        return Err(Error::Conflict("制单和复核不能是同一个人。请由另一人复核。".into()));
    }
    returned::not_by_the_same(&mut tx, &batch, &account.login).await?;
    check_gates(&mut tx, installation, policy, &batch, (&known, now)).await?;
    step(&mut tx, &batch, Stage::Made, Stage::Approved, Some(&account.login), now).await?;
    let detail = json!({ "total_fen": batch.total_fen(), "payments": batch.payments.len() });
    registry::audit::record(&mut tx, now, &account.login, "payment.approve", &id.to_string(), &detail).await?;
    Ok(tx.commit().await?)
}

async fn step(
    tx: &mut Tx,
    batch: &Batch,
    from: Stage,
    to: Stage,
    approved_by: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    if store::step(tx, batch.id, from, to, approved_by, &now.to_string()).await? {
        return Ok(());
    }
    let (id, zh) = (batch.id, batch.stage.zh());
    Err(Error::Conflict(match batch.stage {
        // It stood where it should when it was read.
        stage if stage == from => format!("拨付批次 {id} 刚刚由别人办理过。请刷新后再看。"),
        stage if stage == to => format!("拨付批次 {id} 已经是“{zh}”，不必再办。"),
        _ => format!("拨付批次 {id} 现为“{zh}”，不能改为“{}”。请刷新后再看。", to.zh()),
    }))
}

/// Takes a batch back before it is sent; its cases may be ordered again.
pub async fn cancel(installation: &Installation, account: &Account, id: i64, now: Timestamp) -> Result<(), Error> {
    allowed(account, Permission::ManageMoney)?;
    let today = installation.business_date(now);
    let mut tx = installation.db.begin().await?;
    let batch = find(&mut tx, id).await?;
    let from = if batch.stage == Stage::Approved { Stage::Approved } else { Stage::Made };
    step(&mut tx, &batch, from, Stage::Cancelled, None, now).await?;
    for payment in &batch.payments {
        if !store::answer(&mut tx, &payment.number, ("cancelled", ""), None, today).await? {
            return Err(Error::Conflict(format!("付款 {} 刚刚被登记过。请刷新后再看。", payment.number)));
        }
        let before = cases::find_in(&mut tx, payment.case).await?;
        let after = Case { state: State::Approved, ..before.clone() };
        let change =
            Change { act: "cancel-order", note: &payment.number, by: &account.login, for_whom: "", on: today, now };
        cases::save(&mut tx, &before, &after, &change).await?;
    }
    let detail = json!({ "total_fen": batch.total_fen() });
    registry::audit::record(&mut tx, now, &account.login, "payment.cancel", &id.to_string(), &detail).await?;
    Ok(tx.commit().await?)
}

/// Hands a batch to the bank: gives its file. Asking again gives the same file and changes nothing.
pub async fn send(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    id: i64,
    now: Timestamp,
) -> Result<Sheet, Error> {
    allowed(account, Permission::ManageMoney)?;
    let known = cases::known(installation, now).await?;
    let mut tx = installation.db.begin().await?;
    let batch = find(&mut tx, id).await?;
    if batch.stage == Stage::Approved {
        check_gates(&mut tx, installation, policy, &batch, (&known, now)).await?;
        step(&mut tx, &batch, Stage::Approved, Stage::Sent, None, now).await?;
    } else if !matches!(batch.stage, Stage::Sent | Stage::Closed) {
        return Err(Error::Conflict(format!("拨付批次 {id} 现为“{}”，不能送银行。", batch.stage.zh())));
    }
    let detail = json!({ "total_fen": batch.total_fen(), "payments": batch.payments.len() });
    registry::audit::record(&mut tx, now, &account.login, "payment.send", &id.to_string(), &detail).await?;
    let sheet = sheet(&batch, &installation.vault.keys()?)?;
    tx.commit().await?;
    Ok(sheet)
}

/// The headings of a batch file; the answer of the bank carries the first and adds its own.
pub const HEADINGS: [&str; 6] = ["付款编号", "金额（元）", "收款户名", "开户银行", "收款账号", "案件号"];

fn sheet(batch: &Batch, keys: &Keys) -> Result<Sheet, Error> {
    let kinds = [Kind::Code, Kind::Number, Kind::Text, Kind::Text, Kind::Code, Kind::Code];
    let row = |payment: &Payment| {
        let text = |text: &str| Cell::Text(text.to_owned());
        Ok(vec![
            text(&payment.number),
            Cell::Number(format!("{}.{:02}", payment.amount_fen / 100, payment.amount_fen % 100)),
            text(&payment.receiving.holder),
            text(&payment.receiving.bank),
            text(&payment.receiving.open(keys, kept_at(&payment.number))?),
            Cell::Text(payment.case.to_string()),
        ])
    };
    Ok(Sheet {
        name: format!("拨付批次{}", batch.id),
        title: None,
        columns: HEADINGS.iter().zip(kinds).map(|(heading, kind)| Column::new(*heading, kind)).collect(),
        rows: batch.payments.iter().map(row).collect::<Result<_, Error>>()?,
    })
}

/// What stays with the enterprise of what was paid for a case, in fen; none while nothing has arrived.
pub(crate) async fn net_fen(tx: &mut Tx, case: i64) -> Result<Option<i64>, Error> {
    let paid = store::of_case(tx, case).await?;
    Ok(paid.iter().find(|one| one.state == "paid").map(Payment::net_fen))
}

/// Notes that money of a case came back on this day; it counts in the year of that day, and the year of the payment stays as it was.
pub(crate) async fn recover(
    tx: &mut Tx,
    case: i64,
    fen: i64,
    (by, on): (&str, Date),
    now: Timestamp,
) -> Result<(), Error> {
    if store::recover(tx, case, fen, (by, on, &now.to_string())).await? {
        Ok(())
    } else {
        Err(Error::Conflict("这件案件没有这么多已到账的款项，无从追回。".into()))
    }
}
