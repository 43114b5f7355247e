//! Deals: from the first contact about a patent over negotiation to a contract, or to the end of it, each step on record.

use db::Db;
use documents::Document;
use jiff::{Timestamp, civil::Date};
use serde_json::json;
use terms::ApplicationNumber;

use super::{ContractKind, Stage, State, firm_of, introductions, record, store, visible};
use crate::{Error, Installation, accounts::Account, baskets};

/// A patent with its owner, as the corpus tells of them on the day of the first contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The document.
    pub document_key: String,
    /// Its Chinese application number as registers write it; empty where it has none.
    pub application_number: String,
    /// Its title.
    pub title: String,
    /// Whom one talks to: its owner.
    pub source: String,
    /// Where that is.
    pub source_place: String,
}

impl Candidate {
    /// What is kept of a document when one begins to talk about it.
    pub fn of(document: Document) -> Self {
        let party = document.owners.first().or_else(|| document.applicants.first()).cloned().unwrap_or_default();
        // Owners often stand without an address; that of the same applicant is theirs.
        let same = document.applicants.iter().find(|one| one.name == party.name).map(|one| one.address.clone());
        let number = document.application_number.strip_prefix("CN");
        let number = number.and_then(|number| number.parse::<ApplicationNumber>().ok());
        Self {
            application_number: number.map(|number| number.to_string()).unwrap_or_default(),
            title: document.titles.first().map(|title| title.text.clone()).unwrap_or_default(),
            source: party.name,
            source_place: if party.address.is_empty() { same.unwrap_or_default() } else { party.address },
            document_key: document.key,
        }
    }
}

/// Talks about one patent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// Its number.
    pub id: i64,
    /// The demand it answers.
    pub demand_id: i64,
    /// The title of that demand.
    pub demand: String,
    /// The firm's code.
    pub uscc: String,
    /// The firm.
    pub firm: String,
    /// The document.
    pub document_key: String,
    /// Its Chinese application number; empty where it has none.
    pub application_number: String,
    /// Its title.
    pub title: String,
    /// The other side.
    pub source: String,
    /// Where that is.
    pub source_place: String,
    /// How far it has come.
    pub stage: Stage,
    /// The day of the first step.
    pub began_on: Date,
    /// The day of the latest step.
    pub last_on: Date,
    /// The contract, once there is one.
    pub contract: Option<Contract>,
}

/// What was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// What sort it is.
    pub kind: ContractKind,
    /// Its number.
    pub number: String,
    /// Its day.
    pub signed_on: Date,
    /// Its amount in fen; none where it was not told.
    pub amount_fen: Option<i64>,
}

/// A step to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStep {
    /// Where it leads.
    pub stage: Stage,
    /// Its day.
    pub on: Date,
    /// Whom one spoke to.
    pub counterpart: String,
    /// What came of it; the reason when it ends.
    pub note: String,
}

/// A step on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Where it led.
    pub stage: Stage,
    /// Its day.
    pub on: Date,
    /// Whom one spoke to.
    pub counterpart: String,
    /// What came of it.
    pub note: String,
    /// Who noted it.
    pub by: String,
    /// When.
    pub at: String,
}

/// How the deals of a set go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many there are.
    pub deals: usize,
    /// How many are signed.
    pub signed: usize,
    /// How many have ended.
    pub ended: usize,
    /// The median of days from the first contact to the contract; none while nothing is signed.
    pub days_median: Option<i32>,
}

/// The deals that an account sees, the latest first.
pub async fn deals(db: &Db, account: &Account) -> Result<Vec<Deal>, Error> {
    let mut tx = db.begin_read().await?;
    store::deals(&mut tx, firm_of(account), None).await
}

/// A deal that the account sees, with its steps from the first on.
pub async fn deal(db: &Db, account: &Account, id: i64) -> Result<(Deal, Vec<Step>), Error> {
    let mut tx = db.begin_read().await?;
    let deal = store::deals(&mut tx, firm_of(account), Some(id)).await?.pop();
    let deal = deal.ok_or_else(|| Error::NotFound { what: "洽谈", id: id.to_string() })?;
    let steps = store::steps(&mut tx, id).await?;
    Ok((deal, steps))
}

/// How deals go: how many were signed, how many ended, and how long it took.
pub fn progress(deals: &[Deal]) -> Progress {
    let of = |stage| deals.iter().filter(move |deal| deal.stage == stage);
    let mut days: Vec<i32> = of(Stage::Signed)
        .filter_map(|deal| Some((deal.contract.as_ref()?.signed_on - deal.began_on).get_days().max(0)))
        .collect();
    days.sort_unstable();
    Progress {
        deals: deals.len(),
        signed: of(Stage::Signed).count(),
        ended: of(Stage::Ended).count(),
        days_median: days.get(days.len().saturating_sub(1) / 2).copied(),
    }
}

/// Notes the first contact about a candidate of a demand, which must hold.
pub async fn contact(
    db: &Db,
    account: &Account,
    demand: i64,
    candidate: &Candidate,
    first: &NewStep,
    today: Date,
    now: Timestamp,
) -> Result<i64, Error> {
    let step = sound(account, &NewStep { stage: Stage::Contact, ..first.clone() }, None, today, now)?;
    let mut tx = db.begin().await?;
    let state = visible(&mut tx, account, demand).await?.state(today);
    if state != State::Open {
        return Err(Error::Conflict(format!("这条需求{}，不能再记录接洽。请先修改需求，重新发布。", state.zh())));
    }
    let Some(id) = store::insert_deal(&mut tx, demand, candidate).await? else {
        return Err(Error::Conflict("这件专利已有接洽记录。请在“洽谈”页找到它，接着记录。".into()));
    };
    store::insert_step(&mut tx, id, &step).await?;
    let detail = json!({ "demand": demand, "document": candidate.document_key, "source": candidate.source });
    record(&mut tx, account, now, "deal.contact", id, detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// Notes a further step; one that signs carries the contract, and one that ends says why.
pub async fn step(
    installation: &Installation,
    account: &Account,
    id: i64,
    next: &NewStep,
    contract: Option<&Contract>,
    now: Timestamp,
) -> Result<(), Error> {
    let (before, _) = deal(&installation.db, account, id).await?;
    if !before.stage.may_become(next.stage) {
        return Err(Error::Conflict(format!(
            "这项洽谈现为“{}”，不能改为“{}”。请刷新后再看。",
            before.stage.zh(),
            next.stage.zh()
        )));
    }
    let today = installation.business_date(now);
    let step = sound(account, next, Some(before.last_on), today, now)?;
    let contract = match contract.filter(|_| next.stage == Stage::Signed) {
        Some(contract) => Some(introductions::sound(&before, contract, today)?),
        None if next.stage == Stage::Signed && before.stage != Stage::Signed => {
            return Err(Error::Invalid("签约须填写合同编号和合同日期。".into()));
        }
        None => None,
    };
    let changes_contract = contract.is_some() || next.stage == Stage::Ended;
    if changes_contract && introductions::registered(installation, &before, now).await?.is_some() {
        return Err(Error::Conflict(
            "合同已记入引进合同登记簿。要改合同或终止，请先在“资料—批次”中撤回那一批。".into(),
        ));
    }
    let mut tx = installation.db.begin().await?;
    // Another may have been quicker since it was read.
    let now_at = store::deals(&mut tx, firm_of(account), Some(id)).await?.pop();
    if now_at.as_ref() != Some(&before) {
        return Err(Error::Conflict("这项洽谈刚刚被别人改动。请刷新后再看。".into()));
    }
    if let Some(contract) = &contract {
        store::set_contract(&mut tx, id, contract).await?;
    }
    store::insert_step(&mut tx, id, &step).await?;
    let number = contract.map(|contract| contract.number);
    let detail = json!({ "before": before.stage.key(), "stage": next.stage.key(), "on": step.on.to_string(),
        "note": step.note, "contract": number });
    record(&mut tx, account, now, "deal.step", id, detail).await?;
    Ok(tx.commit().await?)
}

/// A step as it is kept, or what is wrong with it.
fn sound(account: &Account, step: &NewStep, after: Option<Date>, today: Date, now: Timestamp) -> Result<Step, Error> {
    let (counterpart, note) = (step.counterpart.trim(), step.note.trim());
    let refused = |why: String| Err(Error::Invalid(why));
    if step.on > today {
        return refused(format!("日期 {} 还没有到，请填已经发生的日期。", step.on));
    }
    if let Some(last) = after.filter(|last| step.on < *last) {
        return refused(format!("日期 {} 早于上一步的 {last}，请核对先后。", step.on));
    }
    if note.is_empty() {
        return refused("请写明情况：谈了什么、结果如何；终止的写明原因。".into());
    }
    if counterpart.chars().count() > baskets::NAME_CHARS_MAX || note.chars().count() > baskets::NOTE_CHARS_MAX {
        return refused(format!(
            "对方联系人最多 {} 个字，情况最多 {} 个字，请缩短。",
            baskets::NAME_CHARS_MAX,
            baskets::NOTE_CHARS_MAX
        ));
    }
    Ok(Step {
        stage: step.stage,
        on: step.on,
        counterpart: counterpart.to_owned(),
        note: note.to_owned(),
        by: account.login.clone(),
        at: now.to_string(),
    })
}
