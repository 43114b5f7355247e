//! What became known of a decided case after its decision (建议追回): a right that was declared wholly invalid, a status that was taken
//! away, a list that had held the enterprise on the day of the decision already.
//!
//! The day and every run look. What the case comes to with the fact is worked out ([`Weighed`]), and only the difference is proposed: a
//! fact that leaves the amount as it was is kept and asks for nothing. The leader is told once of each fact, and claims the money back or
//! says why not. Whether a patent application was an abnormal one (非正常专利申请) no register says; an enterprise on a list of them stands
//! in the credit records.

mod left;
mod store;

use std::collections::{BTreeMap, BTreeSet};

use db::{Db, Tx};
use jiff::{Timestamp, civil::Date};
use registry::Folded;
use rules::{Evaluation, Policy};
use serde_json::json;

use super::{
    Case, Known, NOTE_CHARS_MAX, State,
    acts::not_recused,
    facts::Sheet,
    gates::{Gate, Outcome},
    note,
    opening::{Look, Money, award_of},
    store as cases,
    weighed::{Weighed, verdicts, weigh},
};
use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    items::{self, Item, allowed, amount::Calculation},
    messages, payments,
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
    /// What of it stood when the fact was found, in fen; none of a fact that was never weighed.
    pub stood_fen: Option<i64>,
    /// What is due by what was known then, in fen; none where that is not known.
    pub due_fen: Option<i64>,
    /// How that comes about.
    pub weighed: Option<Weighed>,
    /// Where it stands.
    pub state: State,
    /// What became known.
    pub fact: String,
    /// When it was found.
    pub found_on: Date,
    /// When it was settled; none while it waits for the leader.
    pub settled_on: Option<Date>,
    /// `taken`, `dismissed`, `gone` or `stands`; empty while it waits.
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
            "stands" => "金额不变，不追回",
            _ => "待领导小组决定",
        }
    }

    /// What is to be claimed back, in fen; none where that is not known.
    pub fn claim_fen(&self) -> Option<i64> {
        Some((self.stood_fen? - self.due_fen?).max(0))
    }

    /// Whether it waits for the leader.
    pub const fn is_open(&self) -> bool {
        self.settled_on.is_none()
    }
}

/// A fact that speaks against a case.
struct Fact {
    words: String,
    /// Whether nothing of the decision stands with it; else the award is asked again without the right.
    ends: bool,
}

/// A case of which something new is known, with all that is.
struct Found<'c> {
    case: &'c Case,
    item: Item,
    facts: Vec<Fact>,
    decided_on: Date,
    stood_fen: Option<i64>,
}

impl Found<'_> {
    /// The day for which the award is to be asked again; none where a fact says enough.
    fn asks(&self) -> Option<Date> {
        let is_open = !self.facts.is_empty() && self.facts.iter().all(|fact| !fact.ends);
        self.case.facts.event.filter(|_| is_open)
    }

    /// What the case comes to with these facts; none where nothing speaks against it any more.
    fn weighed(&self, policy: &Policy, verdicts: &BTreeMap<Date, Evaluation>) -> Result<Option<Weighed>, Error> {
        if let Some(end) = self.facts.iter().find(|fact| fact.ends) {
            return Ok(Some(Weighed::nothing(&end.words)));
        }
        let verdict = self.asks().and_then(|day| verdicts.get(&day));
        verdict.map(|verdict| weigh(policy, &self.item, (self.case, self.decided_on), verdict)).transpose()
    }
}

/// Compares every decided case with what is known now; gives how many facts wait for the leader anew.
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
    let mut found = Vec::new();
    {
        let mut tx = installation.db.begin_read().await?;
        for case in &granted {
            found.extend(news(&mut tx, (installation, policy, &known), &void, (case, today)).await?);
        }
    }
    let days = found.iter().filter_map(Found::asks).collect();
    let verdicts = verdicts(installation, policy, &days, now).await?;
    let mut tx = installation.db.begin().await?;
    let mut count = 0;
    for one in &found {
        let weighed = one.weighed(policy, &verdicts)?;
        count += keep(&mut tx, one, weighed.as_ref(), (by, today), now).await?;
    }
    tx.commit().await?;
    Ok(count)
}

/// A case of which a fact has come or gone since one looked last; none where all is as it was.
async fn news<'c>(
    tx: &mut Tx,
    (installation, policy, known): (&Installation, &Policy, &Known),
    void: &BTreeMap<String, String>,
    (case, today): (&'c Case, Date),
) -> Result<Option<Found<'c>>, Error> {
    let item = items::find_in(tx, case.item).await?;
    let decided_on = decided_on(tx, case.id).await?.unwrap_or(case.opened_on);
    let is_demo = installation.demo().is_some();
    let award = award_of(policy, &case.award)?;
    let look = Look { policy, award, item: &item, known, money: &Money::default(), today, is_demo };
    let facts = facts(&look, void, (case, decided_on))?;
    let kept = store::all(tx, Some(case.id)).await?;
    let has = |words: &str| facts.iter().any(|fact| fact.words == words);
    let is_changed =
        kept.iter().any(|one| one.is_open() && !has(&one.fact)) || facts.iter().any(|fact| is_new(fact, &kept));
    if !is_changed {
        return Ok(None);
    }
    let stood_fen = match payments::net_fen(tx, case.id).await? {
        None => case.amount_fen(),
        net => net,
    };
    Ok(Some(Found { case, item, facts, decided_on, stood_fen }))
}

/// The day on which a case was decided in favour last; none where it was not.
async fn decided_on(tx: &mut Tx, case: i64) -> Result<Option<Date>, Error> {
    Ok(cases::steps(tx, case).await?.iter().rev().find(|step| step.act == "approve").map(|step| step.on))
}

/// What was told once is not brought again, unless it had been withdrawn.
fn is_new(fact: &Fact, kept: &[Clawback]) -> bool {
    kept.iter().all(|one| one.fact != fact.words || one.outcome == "gone")
}

/// Keeps what was found of a case: facts that came, facts that went, and what all of them leave of its amount.
async fn keep(
    tx: &mut Tx,
    found: &Found<'_>,
    weighed: Option<&Weighed>,
    (by, today): (&str, Date),
    now: Timestamp,
) -> Result<usize, Error> {
    let case = found.case;
    let kept = store::all(tx, Some(case.id)).await?;
    for gone in kept.iter().filter(|one| one.is_open() && found.facts.iter().all(|fact| fact.words != one.fact)) {
        settle(tx, gone, ("gone", ""), (by, today), now).await?;
    }
    let new: Vec<&Fact> = found.facts.iter().filter(|fact| is_new(fact, &kept)).collect();
    let due_fen = weighed.and_then(Weighed::due_fen);
    for fact in &new {
        let id = store::insert(tx, case.id, &fact.words, today).await?;
        let detail = json!({ "case": case.id, "fact": fact.words, "stood_fen": found.stood_fen, "due_fen": due_fen });
        registry::audit::record(tx, now, by, "clawback.propose", &id.to_string(), &detail).await?;
    }
    store::weigh(tx, case.id, (found.stood_fen, due_fen), weighed).await?;
    let open = store::all(tx, Some(case.id)).await?.into_iter().filter(Clawback::is_open);
    // Money that is not lowered and a title that does not fall ask for nothing.
    let (standing, waiting): (Vec<_>, Vec<_>) = open.partition(|one| {
        one.claim_fen() == Some(0) && one.weighed.as_ref().is_some_and(|weighed| weighed.level == case.level)
    });
    for one in &standing {
        settle(tx, one, ("stands", ""), (by, today), now).await?;
    }
    let waiting: Vec<_> = waiting.iter().filter(|one| new.iter().any(|fact| fact.words == one.fact)).collect();
    if let Some(last) = waiting.first() {
        let facts = waiting.iter().rev().map(|one| &*one.fact).collect::<Vec<_>>().join("；");
        messages::of_clawback(tx, (case, last.claim_fen()), &facts, (by, today), now).await?;
    }
    Ok(waiting.len())
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
fn facts(
    look: &Look<'_>,
    void: &BTreeMap<String, String>,
    (case, decided_on): (&Case, Date),
) -> Result<Vec<Fact>, Error> {
    let of_right = |right: &String| {
        let words = void.get(right).map(|day| format!("{right} 于 {day} 被宣告全部无效，视为自始不存在"))?;
        Some(Fact { words, ends: false })
    };
    let mut facts: Vec<Fact> = case.facts.rights.iter().filter_map(of_right).collect();
    let end = |words: String| Fact { words, ends: true };
    let is_status = |gate: &Gate| gate.outcome == Outcome::Block && registry::STATUSES.contains(&gate.name.as_str());
    let gates = look.gates(case)?;
    facts.extend(gates.iter().filter(|gate| is_status(gate)).map(|gate| end(format!("{}：{}", gate.name, gate.words))));
    let bars = look.known.credit(&case.subject, decided_on).into_iter().flatten();
    let bars = bars.filter(|record| record.outcome == Outcome::Block);
    facts.extend(bars.map(|record| end(format!("决定之日（{decided_on}）已{}，当时没有查到", record.words()))));
    Ok(facts)
}

/// What became known of decided cases, the latest first; of one where it is named.
pub(crate) async fn all(tx: &mut Tx, case: Option<i64>) -> Result<Vec<Clawback>, Error> {
    store::all(tx, case).await
}

/// What the leader is asked to claim back of a case, as it was weighed last; none while nothing waits.
pub(super) async fn claim(tx: &mut Tx, case: i64) -> Result<Option<Clawback>, Error> {
    Ok(store::all(tx, Some(case)).await?.into_iter().find(Clawback::is_open))
}

/// What a case of which so much came back still holds of the cap of each of its inventions, in fen.
pub(super) async fn left(
    tx: &mut Tx,
    case: i64,
    settled: &Calculation,
    back_fen: i64,
) -> Result<BTreeMap<String, i64>, Error> {
    let mut claims = Vec::new();
    if back_fen > 0 {
        // What ended an earlier decision is no claim upon the money of the later one.
        let decided_on = decided_on(tx, case).await?;
        let is_claim = |one: &Clawback| one.outcome == "taken" && one.settled_on >= decided_on;
        let all = store::all(tx, Some(case)).await?.into_iter().rev().filter(is_claim);
        claims.extend(all.filter_map(|one| Some((one.due_fen?, one.weighed?.amount))));
    }
    Ok(left::left(settled, back_fen, &claims))
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
    let why = note("note", why)?;
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
