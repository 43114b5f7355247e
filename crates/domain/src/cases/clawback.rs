//! What became known of a decided case after its decision (建议追回): a right that was declared wholly invalid, a status that was taken
//! away, a list that had held the enterprise on the day of the decision already.
//!
//! The day and every run look; the leader is told once of each fact, and claims the money back or says why not. Whether a patent
//! application was an abnormal one (非正常专利申请) no register says; an enterprise on a list of them stands in the credit records.

mod store;

use std::collections::{BTreeMap, BTreeSet};

use db::{Db, Tx};
use jiff::{Timestamp, civil::Date};
use registry::Folded;
use rules::Policy;
use serde_json::json;

use super::{
    Case, Known, NOTE_CHARS_MAX, State,
    acts::not_recused,
    facts::Sheet,
    gates::{Gate, Outcome},
    note,
    opening::{Look, Money, award_of},
    store as cases,
};
use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    items::{self, allowed},
    messages,
};

/// A fact that speaks for claiming the money of a case back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clawback {
    /// Its number.
    pub id: i64,
    /// The case.
    pub case: i64,
    /// Its enterprise.
    pub name: String,
    /// Its award.
    pub award: String,
    /// The year it is for.
    pub year: i64,
    /// What it came to, in fen.
    pub amount_fen: Option<i64>,
    /// Where it stands.
    pub state: State,
    /// What became known.
    pub fact: String,
    /// When it was found.
    pub found_on: Date,
    /// When it was settled; none while it waits for the leader.
    pub settled_on: Option<Date>,
    /// `taken`, `dismissed` or `gone`; empty while it waits.
    pub outcome: String,
    /// Why it was dismissed.
    pub note: String,
}

impl Clawback {
    /// What became of it, in Chinese.
    pub fn zh(&self) -> &'static str {
        match self.outcome.as_str() {
            "taken" => "已撤销或启动追回",
            "dismissed" => "不追回",
            "gone" => "事实已更正",
            _ => "待领导小组决定",
        }
    }

    /// Whether it waits for the leader.
    pub const fn is_open(&self) -> bool {
        self.settled_on.is_none()
    }
}

/// Compares every decided case with what is known now; gives how many facts are new.
pub async fn look(installation: &Installation, policy: &Policy, by: &str, now: Timestamp) -> Result<usize, Error> {
    let today = installation.business_date(now);
    let mut granted = {
        let mut tx = installation.db.begin_read().await?;
        cases::all(&mut tx, None).await?
    };
    granted.retain(|case| case.state.is_granted() && case.state != State::Reclaimed);
    if granted.is_empty() {
        return Ok(0);
    }
    let known = super::known(installation, now).await?;
    let rights: BTreeSet<&str> = granted.iter().flat_map(|case| &case.facts.rights).map(String::as_str).collect();
    let void = void(&*installation.registers(now).await?, &rights);
    let mut tx = installation.db.begin().await?;
    let mut count = 0;
    for case in &granted {
        let facts = facts(&mut tx, (installation, policy, &known), &void, (case, today)).await?;
        let open: Vec<Clawback> = store::all(&mut tx, Some(case.id)).await?;
        for gone in open.iter().filter(|one| one.is_open() && !facts.contains(&one.fact)) {
            settle(&mut tx, gone, ("gone", ""), (by, today), now).await?;
        }
        // What was dismissed once is not brought again.
        for fact in facts.iter().filter(|fact| open.iter().all(|one| one.fact != **fact || one.outcome == "gone")) {
            let id = store::insert(&mut tx, case.id, fact, today).await?;
            let detail = json!({ "case": case.id, "fact": fact });
            registry::audit::record(&mut tx, now, by, "clawback.propose", &id.to_string(), &detail).await?;
            messages::of_clawback(&mut tx, case, fact, (by, today), now).await?;
            count += 1;
        }
    }
    tx.commit().await?;
    Ok(count)
}

/// The day on which each of these rights was declared wholly invalid.
fn void(folded: &Folded, rights: &BTreeSet<&str>) -> BTreeMap<String, String> {
    let sheet = Sheet::of(folded, "patent-events");
    let mut found = BTreeMap::new();
    for row in sheet.rows {
        let number = sheet.text(row, "application_number");
        if sheet.text(row, "kind") == "全部无效" && rights.contains(number) {
            found.insert(number.to_owned(), sheet.text(row, "effective_on").to_owned());
        }
    }
    found
}

/// What speaks against a decided case today.
async fn facts(
    tx: &mut Tx,
    (installation, policy, known): (&Installation, &Policy, &Known),
    void: &BTreeMap<String, String>,
    (case, today): (&Case, Date),
) -> Result<Vec<String>, Error> {
    let of_right =
        |right: &String| void.get(right).map(|day| format!("{right} 于 {day} 被宣告全部无效，视为自始不存在"));
    let mut facts: Vec<String> = case.facts.rights.iter().filter_map(of_right).collect();
    let award = award_of(policy, &case.award)?;
    let item = items::find_in(tx, case.item).await?;
    let money = Money::default();
    let is_demo = installation.demo().is_some();
    let look = Look { policy, award, item: &item, known, money: &money, today, is_demo };
    let is_status = |gate: &Gate| gate.outcome == Outcome::Block && registry::STATUSES.contains(&gate.name.as_str());
    facts.extend(
        look.gates(case)?.iter().filter(|gate| is_status(gate)).map(|gate| format!("{}：{}", gate.name, gate.words)),
    );
    let steps = cases::steps(tx, case.id).await?;
    if let Some(decided) = steps.iter().rev().find(|step| step.act == "approve") {
        let bars = known.credit(&case.subject, decided.on).into_iter().flatten();
        let bars = bars.filter(|record| record.outcome == Outcome::Block);
        facts.extend(bars.map(|record| format!("决定之日（{}）已{}，当时没有查到", decided.on, record.words())));
    }
    Ok(facts)
}

/// Every fact that was found, the latest first.
pub async fn clawbacks(db: &Db, account: &Account) -> Result<Vec<Clawback>, Error> {
    allowed(account, Permission::ViewMoney)?;
    let mut tx = db.begin_read().await?;
    store::all(&mut tx, None).await
}

/// How many facts wait for the leader.
pub(crate) async fn waiting(db: &Db) -> Result<usize, Error> {
    let mut tx = db.begin_read().await?;
    Ok(store::all(&mut tx, None).await?.iter().filter(|one| one.is_open()).count())
}

/// The leader decides that a fact is no reason to claim the money back.
pub async fn dismiss(
    installation: &Installation,
    account: &Account,
    (id, why): (i64, &str),
    now: Timestamp,
) -> Result<(), Error> {
    allowed(account, Permission::DecideCases)?;
    let why = note(why)?;
    if why.is_empty() {
        return Err(Error::Invalid(format!("请写明为什么不追回，不超过 {NOTE_CHARS_MAX} 个字。")));
    }
    let mut tx = installation.db.begin().await?;
    let found = store::all(&mut tx, None).await?.into_iter().find(|one| one.id == id);
    let found = found.ok_or_else(|| Error::NotFound { what: "追回建议", id: id.to_string() })?;
    if !found.is_open() {
        return Err(Error::Conflict(format!("这条建议{}，不用再处理。", found.zh())));
    }
    not_recused(&mut tx, found.case, &account.login).await?;
    settle(&mut tx, &found, ("dismissed", why), (&account.login, installation.business_date(now)), now).await?;
    Ok(tx.commit().await?)
}

/// Settles what waits about a case whose decision was taken back or whose money is claimed back.
pub(super) async fn taken(tx: &mut Tx, case: i64, (by, on): (&str, Date), now: Timestamp) -> Result<(), Error> {
    for one in store::all(tx, Some(case)).await?.iter().filter(|one| one.is_open()) {
        settle(tx, one, ("taken", ""), (by, on), now).await?;
    }
    Ok(())
}

async fn settle(
    tx: &mut Tx,
    one: &Clawback,
    (outcome, note): (&str, &str),
    (by, on): (&str, Date),
    now: Timestamp,
) -> Result<(), Error> {
    store::settle(tx, one.id, (outcome, note), (by, on)).await?;
    let detail = json!({ "case": one.case, "fact": one.fact, "outcome": outcome, "note": note });
    Ok(registry::audit::record(tx, now, by, "clawback.settle", &one.id.to_string(), &detail).await?)
}
