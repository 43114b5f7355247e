//! Award cases (兑现案件): from a run's verdict or an application to a decision, step by step, each with its day, its person and its
//! reason (DOMAIN.md 5.2).
//!
//! What may be done from where and by whom is one table ([`state`]); what no case passes unseen are the gates ([`gates`]); how much
//! it comes to is `items::amount`. Money moves in `budget` and `payments` only.

mod acts;
mod applications;
mod clawback;
mod facts;
pub mod gates;
mod introduced;
mod notices;
mod offers;
mod opening;
mod preparation;
mod qualifications;
mod soundness;
pub mod state;
mod store;
mod turn;
mod weighed;

use std::collections::BTreeMap;

use db::{Db, Tx};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use self::applications::paper_faults;
pub(crate) use self::clawback::{all as clawbacks_of, waiting as waiting_clawbacks};
pub(crate) use self::facts::{Known, Shelf as KnownShelf};
pub(crate) use self::notices::find_in as notice_in;
pub(crate) use self::opening::batches_upon;
pub(crate) use self::soundness::{accounts_were_lost, lacks, trail_faults};
pub(crate) use self::turn::{is_stuck, stuck_holders};
pub use self::{
    acts::{Said, act, daily, possible},
    applications::{
        About, Application, Missing, PAPER_BYTES_MAX, Paper, Written, attach, begin, detach, lacking, needed, paper,
        write,
    },
    clawback::{Clawback, clawbacks, dismiss, look},
    gates::{Gate, Outcome, stops},
    notices::{
        Notice, Objection, decide_objection, notice, notices, objections, open_notice, raise_objection, sees_objectors,
    },
    offers::{Offer, offers},
    opening::{Opening, open_batch, simulate},
    preparation::{
        Changed, Prepared, Preparing, Work, hand_over, prepared, prepared_paper, preparing, send_back, to_prepare,
    },
    state::{Act, State},
    turn::{Waits, awaiting},
    weighed::Weighed,
};
use crate::{
    Error,
    accounts::{Account, Organisation, Permission, Resource, allows},
    items::{Item, aid::Trigger, amount::Calculation},
    messages,
    secrets::{Keys, Place, Sealed, Vault},
};

/// The longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 2_000;

/// Where the money goes (收款账户), as the enterprise says it; sensitive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiving {
    /// The holder, who must be the enterprise itself.
    pub holder: String,
    /// The bank and its branch.
    pub bank: String,
    /// The number.
    pub number: String,
}

/// Where the money goes, as it is kept: the number under seal, and covered for everybody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// The holder.
    pub holder: String,
    /// The bank and its branch.
    pub bank: String,
    /// The number with all but its last four digits hidden.
    pub masked: String,
    /// The whole number.
    #[serde(skip)]
    pub(crate) number: Option<Sealed>,
}

impl Payee {
    /// A receiving account with its number sealed for a place.
    pub(crate) fn new(given: &Receiving, keys: &Keys, place: Place<'_>) -> Result<Self, Error> {
        let (holder, bank) = (given.holder.clone(), given.bank.clone());
        Ok(Self { holder, bank, masked: masked(&given.number), number: Some(keys.seal(place, &given.number)?) })
    }

    /// The whole number, from the place where it is kept.
    pub(crate) fn open(&self, keys: &Keys, place: Place<'_>) -> Result<String, Error> {
        let sealed =
            self.number.as_ref().ok_or_else(|| Error::Conflict("收款账号已失，请重新填写收款账户。".into()))?;
        keys.open(place, sealed)
    }
}

/// A number with all but its last four digits hidden.
pub(crate) fn masked(number: &str) -> String {
    let hidden = number.chars().count().saturating_sub(4);
    number.chars().enumerate().map(|(at, digit)| if at < hidden { '*' } else { digit }).collect()
}

/// Where the number of a case's account is kept.
pub(crate) const fn place(id: &str) -> Place<'_> {
    Place("award_case", "account_number", id)
}

/// A condition of the award as the run decided it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// What it asks for.
    pub text: String,
    /// What there is.
    pub actual: Option<String>,
    /// What is required.
    pub required: String,
    /// Its clause.
    pub clause: String,
    /// Whether it holds.
    pub holds: Option<bool>,
}

/// What a case rests on, as it was when it was opened or last looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The run that proposed it; empty for an application.
    pub run: String,
    /// The day of the event: the run's date, or the one applied for.
    pub event: Option<Date>,
    /// The conditions of the award.
    pub conditions: Vec<Ground>,
    /// The rights it rests on.
    pub rights: Vec<String>,
    /// The gates as they answered last.
    pub gates: Vec<Gate>,
    /// What an application says besides.
    pub application: Option<Application>,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its number.
    pub id: i64,
    /// The version of the item under which it was opened.
    pub item: i64,
    /// Its batch, if a run proposed it.
    pub batch: Option<i64>,
    /// The award or aid.
    pub award: String,
    /// The enterprise's unified social credit code.
    pub subject: String,
    /// Its name then.
    pub name: String,
    /// The year it is for.
    pub year: i64,
    /// What keeps two applications of a year apart; empty for what a run proposes.
    pub matter: String,
    /// The level.
    pub level: i64,
    /// What it rests on.
    pub facts: Facts,
    /// How its amount comes about.
    pub amount: Calculation,
    /// Where it stands.
    pub state: State,
    /// Where the money goes.
    pub account: Option<Payee>,
    /// Who handled it (经办).
    pub handler: Option<String>,
    /// For whom he handled it, if for another.
    pub handler_for: Option<String>,
    /// Who looked at it again (复核).
    pub reviewer: Option<String>,
    /// For whom he looked at it, if for another.
    pub reviewer_for: Option<String>,
    /// Whether the enterprise has been told once what is missing.
    pub is_corrected: bool,
    /// The last day of the present step; none where it cannot be computed.
    pub due_on: Option<Date>,
    /// Why that day, or why none.
    pub due_why: String,
    /// Counts every change, so that of two who act at once one is told.
    pub version: i64,
    /// When it was opened.
    pub opened_on: Date,
    /// What of a claim has not come back yet, in fen; none where nothing is claimed back.
    pub reclaim_fen: Option<i64>,
}

impl Case {
    /// A case as it begins, not kept yet: of this item, for a subject by code and name, in a year.
    fn begun(item: &Item, (subject, name): (&str, &str), year: i16, state: State, today: Date) -> Self {
        Self {
            id: 0,
            item: item.id,
            batch: None,
            award: item.award.clone(),
            subject: subject.to_owned(),
            name: name.to_owned(),
            year: i64::from(year),
            matter: String::new(),
            level: 1,
            facts: Facts::default(),
            amount: Calculation { held: "尚未核算".into(), ..Calculation::default() },
            state,
            account: None,
            handler: None,
            handler_for: None,
            reviewer: None,
            reviewer_for: None,
            is_corrected: false,
            due_on: None,
            due_why: String::new(),
            version: 1,
            opened_on: today,
            reclaim_fen: None,
        }
    }

    /// What may be paid, in fen.
    pub fn amount_fen(&self) -> Option<i64> {
        self.amount.payable_fen
    }

    /// What it is for, of the triggers of the aid for defending rights.
    pub fn trigger(&self) -> Option<Trigger> {
        self.facts.application.as_ref().and_then(Application::trigger)
    }

    /// Whether this login handled it, by himself or through another.
    pub fn is_handled_by(&self, login: &str) -> bool {
        !login.is_empty() && [&self.handler, &self.handler_for].into_iter().flatten().any(|one| one == login)
    }

    /// Whether this account is of the enterprise whose case it is.
    pub fn is_of(&self, account: &Account) -> bool {
        allows(account, Permission::OwnCases, &self.resource(&[]))
    }

    /// The number of the account that its money goes to, as this account may see it.
    pub fn receiving_number(&self, vault: &Vault, account: &Account) -> Result<Option<String>, Error> {
        let Some(payee) = &self.account else { return Ok(None) };
        if !allows(account, Permission::SeeAccounts, &self.resource(&[])) {
            return Ok(Some(payee.masked.clone()));
        }
        payee.open(&vault.keys()?, place(&self.id.to_string())).map(Some)
    }

    /// Whose it is and whom it concerns, for the question who may do what with it.
    fn resource<'a>(&'a self, asked: &'a [String]) -> Resource<'a> {
        self.acted_for(asked, &[])
    }

    /// The same, with the agencies that act for its enterprise in it.
    fn acted_for<'a>(&'a self, asked: &'a [String], agents: &'a [String]) -> Resource<'a> {
        Resource::Case { enterprise: &self.subject, asked, agents, is_draft: self.state == State::Draft }
    }

    /// Whether its step should have been done by this day.
    pub fn is_late(&self, today: Date) -> bool {
        !self.state.is_over() && self.due_on.is_some_and(|due| due < today)
    }
}

/// A step of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was done, by its key: an act, or what a batch, a notice or a payment did.
    pub act: String,
    /// Where it stood.
    pub before: String,
    /// Where it stood then.
    pub after: String,
    /// What was said.
    pub note: String,
    /// Who.
    pub by: String,
    /// On whose behalf (代办); empty for himself.
    pub for_whom: String,
    /// The business day.
    pub on: Date,
}

impl Step {
    /// What was done, in Chinese.
    pub fn zh(&self) -> &str {
        match self.act.as_str() {
            "open" => "测算生成",
            "begin" => "建立草稿",
            "write" => "填写",
            "publish" => "公示",
            "notice-over" => "公示期满",
            "expire" => "逾期未确认",
            "object" => "提出异议",
            "uphold" => "异议成立",
            "dismiss" => "异议不成立",
            "order" => "制单拨付",
            "cancel-order" => "撤销制单",
            "pay" => "到账",
            "pay-failed" => "被银行退回",
            "pay-return" => "到账后退汇",
            "prorate" => "按比例核减",
            act => Act::of_key(act).map_or(act, |act| act.zh()),
        }
    }
}

/// Who acted, and on whose behalf: `李四（代 张三 办理）`.
pub fn acting(by: &str, for_whom: Option<&str>) -> String {
    match for_whom.filter(|whom| !whom.is_empty()) {
        Some(whom) => format!("{by}（代 {whom} 办理）"),
        None => by.to_owned(),
    }
}

/// The opinion of a department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// The department.
    pub department: String,
    /// Whether it agrees; none while it has not spoken.
    pub agrees: Option<bool>,
    /// Why.
    pub note: String,
    /// Who spoke for it.
    pub by: String,
}

/// The department for which the accounts of the finance bureau speak.
pub(crate) const FINANCE: &str = "财政局";

/// What stands among the departments of an item for the town in which the enterprise lies (区镇初审).
pub const OWN_TOWN: &str = "所在区镇";

/// The department or the town that an account speaks for, if it speaks for one.
pub fn department(account: &Account) -> Option<&str> {
    match account.organisation() {
        Organisation::Department(name) | Organisation::Town(name) => Some(name),
        _ => None,
    }
}

/// Everything about one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// The case.
    pub case: Case,
    /// Its steps from the first on.
    pub steps: Vec<Step>,
    /// The departments' opinions.
    pub opinions: Vec<Opinion>,
    /// The files handed in.
    pub papers: Vec<Paper>,
    /// The objections raised.
    pub objections: Vec<Objection>,
    /// What became known after its decision; to its enterprise only what was followed.
    pub clawbacks: Vec<Clawback>,
    /// Whether nobody is left who could take its next step.
    pub is_stuck: bool,
}

/// The cases that an account may see, the latest first: an enterprise its own, a department or a town those it is asked about.
pub async fn all(db: &Db, account: &Account) -> Result<Vec<Case>, Error> {
    crate::items::allowed(account, Permission::ViewCases)?;
    let mut tx = db.begin_read().await?;
    match account.confined(Permission::ViewCases) {
        None => store::all(&mut tx, None).await,
        Some(Organisation::Enterprise(code)) => store::all(&mut tx, Some(code)).await,
        Some(Organisation::Department(name) | Organisation::Town(name)) => {
            let asked = store::asked(&mut tx, name).await?;
            let cases = store::all(&mut tx, None).await?;
            Ok(cases.into_iter().filter(|case| asked.contains(&case.id)).collect())
        }
        Some(_) => Ok(Vec::new()),
    }
}

/// A case that the account may see, with everything about it.
pub async fn find(db: &Db, account: &Account, id: i64) -> Result<Whole, Error> {
    let mut tx = db.begin_read().await?;
    let case = visible(&mut tx, account, id).await?;
    let mut clawbacks = clawback::all(&mut tx, Some(id)).await?;
    clawbacks.retain(|one| !case.is_of(account) || one.outcome == "taken");
    Ok(Whole {
        clawbacks,
        is_stuck: is_stuck(&mut tx, &case).await?,
        steps: store::steps(&mut tx, id).await?,
        opinions: store::opinions(&mut tx, id).await?,
        papers: store::papers(&mut tx, id).await?,
        objections: store::objections(&mut tx, Some(id)).await?,
        case,
    })
}

async fn visible(tx: &mut Tx, account: &Account, id: i64) -> Result<Case, Error> {
    let none = || Error::NotFound { what: "案件", id: id.to_string() };
    crate::items::allowed(account, Permission::ViewCases)?;
    let case = store::find(tx, id).await?.ok_or_else(none)?;
    let asked = asked(tx, account, id).await?;
    if allows(account, Permission::ViewCases, &case.resource(&asked)) { Ok(case) } else { Err(none()) }
}

/// The departments asked about a case; looked up only for an account that speaks for one.
async fn asked(tx: &mut Tx, account: &Account, id: i64) -> Result<Vec<String>, Error> {
    if department(account).is_none() {
        return Ok(Vec::new());
    }
    Ok(store::opinions(tx, id).await?.into_iter().map(|one| one.department).collect())
}

pub(crate) async fn find_in(tx: &mut Tx, id: i64) -> Result<Case, Error> {
    store::find(tx, id).await?.ok_or_else(|| Error::NotFound { what: "案件", id: id.to_string() })
}

/// The step with which a case was decided last, in favour or against; none where it was not.
pub(crate) async fn deciding_step(tx: &mut Tx, id: i64) -> Result<Option<Step>, Error> {
    let is_decision = |step: &Step| {
        matches!(step.act.as_str(), "approve" | "reject" | "revoke" | "uphold" | "open" | "refuse" | "expire")
            && [State::Approved, State::Rejected, State::Refused].iter().any(|state| state.key() == step.after)
    };
    Ok(store::steps(tx, id).await?.into_iter().rev().find(is_decision))
}

/// What a change of a case is recorded with.
pub(crate) struct Change<'a> {
    pub(crate) act: &'a str,
    pub(crate) note: &'a str,
    pub(crate) by: &'a str,
    /// On whose behalf; empty for himself.
    pub(crate) for_whom: &'a str,
    pub(crate) on: Date,
    pub(crate) now: Timestamp,
}

/// Saves a case that was read in this transaction, with its step and its audit row; an error when another was faster.
pub(crate) async fn save(tx: &mut Tx, before: &Case, after: &Case, change: &Change<'_>) -> Result<(), Error> {
    if !store::update(tx, after, before.version).await? {
        return Err(Error::Conflict("这件案件刚刚被别人处理过。请刷新后再看。".into()));
    }
    let step = Step {
        act: change.act.to_owned(),
        before: before.state.key().to_owned(),
        after: after.state.key().to_owned(),
        note: change.note.to_owned(),
        by: change.by.to_owned(),
        for_whom: change.for_whom.to_owned(),
        on: change.on,
    };
    store::insert_step(tx, before.id, &step, change.now).await?;
    let mut detail = serde_json::json!({
        "before": state_of(before), "after": state_of(after), "note": change.note, "on": change.on,
    });
    if !change.for_whom.is_empty() {
        detail["for"] = change.for_whom.into();
    }
    let action = format!("case.{}", change.act);
    registry::audit::record(tx, change.now, change.by, &action, &before.id.to_string(), &detail).await?;
    messages::of_case(tx, Some(before.state), after, change).await
}

/// The departments that were asked about a case and have not spoken.
pub(crate) async fn asked_still(tx: &mut Tx, id: i64) -> Result<Vec<String>, Error> {
    let opinions = store::opinions(tx, id).await?;
    Ok(opinions.into_iter().filter(|one| one.agrees.is_none()).map(|one| one.department).collect())
}

/// Every case of an award, whosesoever and wherever it stands.
pub(crate) async fn of_award(tx: &mut Tx, award: &str) -> Result<Vec<Case>, Error> {
    store::of_award(tx, award).await
}

/// Sends a case whose notice is over back to be published with another amount.
pub(crate) async fn list_again(
    tx: &mut Tx,
    known: &Known,
    before: &Case,
    amount: Calculation,
    change: &Change<'_>,
) -> Result<(), Error> {
    let item = crate::items::find_in(tx, before.item).await?;
    let mut after = Case { state: State::Listed, amount, ..before.clone() };
    (after.due_on, after.due_why) = acts::due(known, &item, after.state, change.on);
    save(tx, before, &after, change).await
}

/// The cases whose present step has its last day by this one.
pub(crate) async fn due_by(tx: &mut Tx, day: Date) -> Result<Vec<Case>, Error> {
    store::due_by(tx, day).await
}

fn state_of(case: &Case) -> Value {
    serde_json::json!({ "state": case.state.key(), "amount_fen": case.amount_fen(), "handler": case.handler, "reviewer": case.reviewer, "handler_for": case.handler_for, "reviewer_for": case.reviewer_for,
        "account": case.account.as_ref().map(|one| format!("{} {}", one.bank, one.masked)),
        "level": case.level, "grounds": grounds_of(case), "reclaim_fen": case.reclaim_fen,
        "costs_fen": case.facts.application.as_ref().and_then(|one| one.settled_fen.or(one.costs_fen)),
        "aid": case.facts.application.as_ref().and_then(|one| one.aid.as_ref()),
        "compensation_fen": case.facts.application.as_ref().and_then(Application::compensation_fen),
    })
}

/// What a case is and rests on, which no step of it changes but a claim: told to the trail when it begins.
fn identity_of(case: &Case) -> Value {
    serde_json::json!({
        "subject": case.subject, "name": case.name, "award": case.award, "year": case.year, "item": case.item,
        "level": case.level, "matter": case.matter, "trigger": case.trigger(), "grounds": grounds_of(case),
    })
}

/// The hash of what a case rests on: its run, conditions and rights.
fn grounds_of(case: &Case) -> String {
    let facts = &case.facts;
    // Written from the fields as they stand, so that the order of keys is always theirs.
    let grounds = serde_json::to_string(&(&facts.run, &facts.conditions, &facts.rights)).unwrap_or_default();
    crate::runs::sha256(grounds.as_bytes())
}

/// What the registers say that a payment is held against.
pub(crate) async fn known(installation: &crate::Installation, now: Timestamp) -> Result<Known, Error> {
    Known::read(installation, &std::collections::BTreeSet::new(), now).await
}

/// What is still to be answered, by case, so that no money of it may be ordered: proposals of clawback that wait for the leader, and
/// objections. Of one case, where it is named.
pub(crate) async fn open_questions(tx: &mut Tx, id: Option<i64>) -> Result<BTreeMap<i64, String>, Error> {
    let mut questions: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for one in clawback::all(tx, id).await?.iter().rev().filter(|one| one.is_open()) {
        questions.entry(one.case).or_default().push(format!("追回建议待领导小组决定（{}）", one.fact));
    }
    for one in store::objections(tx, id).await?.iter().filter(|one| one.is_upheld.is_none()) {
        questions.entry(one.case).or_default().push(format!("{} 的异议尚未答复", one.raised_on));
    }
    Ok(questions.into_iter().map(|(case, all)| (case, all.join("；"))).collect())
}

/// What keeps a decided case from being paid today; empty when nothing does. What could not be checked keeps it too.
pub(crate) async fn stops_payment(
    tx: &mut Tx,
    installation: &crate::Installation,
    policy: &rules::Policy,
    known: &Known,
    case: &Case,
    today: Date,
) -> Result<String, Error> {
    let award = opening::award_of(policy, &case.award)?;
    let item = crate::items::find_in(tx, case.item).await?;
    let money = opening::Money::read(tx, award, &item, Some(case)).await?;
    let is_demo = installation.demo().is_some();
    let look = opening::Look { policy, award, item: &item, known, money: &money, today, is_demo };
    let open = open_questions(tx, Some(case.id)).await?.remove(&case.id);
    let stop = gates::stops(&look.gates(case)?, Outcome::Unknown);
    Ok(open.into_iter().chain([stop]).filter(|words| !words.is_empty()).collect::<Vec<_>>().join("；"))
}

/// A note as it may be kept, from this field.
fn note<'t>(field: &'static str, text: &'t str) -> Result<&'t str, Error> {
    let text = text.trim();
    if text.chars().count() > NOTE_CHARS_MAX {
        return Err(Error::Field { field, why: format!("说明最多 {NOTE_CHARS_MAX} 个字，请缩短。") });
    }
    Ok(text)
}
