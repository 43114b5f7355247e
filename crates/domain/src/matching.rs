//! Technology brought in (引进吸收, C3.4.1.2 and C3.4.3): what firms look for, whom they talk to about which patent, and the
//! contracts that come of it.
//!
//! Which patents fit is said by `navigation::matching`; here is what people decide. An enterprise account sees and
//! changes what is its own firm's. A contract is a figure of the city only once it stands in the register of
//! introductions, which takes it as it takes every row.

mod conditions;
mod deals;
mod introductions;
pub mod registers;
mod store;
#[cfg(test)]
mod tests;
mod words;

use db::{Db, Tx};
use jiff::{Timestamp, civil::Date};
use serde_json::json;
use terms::{IpcPattern, Uscc};

pub(crate) use self::{conditions::beside, introductions::firms, introductions::rows as introduced};
pub use self::{
    conditions::{Check, Facts, checks, facts},
    deals::{Candidate, Contract, Deal, NewStep, Progress, Step, contact, deal, deals, progress, step},
    introductions::{
        Confirmed, Introduction, Price, REGISTER, Total, introductions, is_added, prefilled, prices, register,
        registered, totals,
    },
    words::{ContractKind, Kind, Stage, State},
};
use crate::{
    Error, Installation,
    accounts::{Account, Organisation, Permission, Resource, allows},
    baskets, subjects,
};

/// The longest text of a demand, in characters.
pub const WORDS_CHARS_MAX: usize = 3_000;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The firm's code.
    pub uscc: String,
    /// What it is about.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// What is looked for; empty where the firm's own patents speak for it.
    pub words: String,
    /// The node of an industry chain within which it is looked for, as `chain/node`; empty for anywhere.
    pub chain_node: String,
    /// The IPC symbol within which it is looked for; empty for anywhere.
    pub ipc: String,
    /// What may be spent, in fen.
    pub budget_fen: Option<i64>,
    /// Its last day.
    pub valid_until: Date,
    /// Whether universities and institutes see it, without its budget, and may answer it.
    pub is_published: bool,
}

/// A demand (技术需求).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Its number.
    pub id: i64,
    /// The firm's name when it was posted or last edited.
    pub firm: String,
    /// What is asked for.
    pub asked: Asked,
    /// When it was last edited.
    pub edited_at: String,
    /// Whether it was taken back.
    pub is_withdrawn: bool,
}

impl Demand {
    /// Where it stands on a day.
    pub fn state(&self, today: Date) -> State {
        match (self.is_withdrawn, self.asked.valid_until < today) {
            (true, _) => State::Withdrawn,
            (false, true) => State::Expired,
            (false, false) => State::Open,
        }
    }

    /// Whose it is, for the question who may do what with it.
    pub(crate) fn resource(&self) -> Resource<'_> {
        Resource::Demand { enterprise: &self.asked.uscc, is_published: self.asked.is_published }
    }
}

/// The demands that an account sees, the latest first.
pub async fn demands(db: &Db, account: &Account) -> Result<Vec<Demand>, Error> {
    let mut tx = db.begin_read().await?;
    store::demands(&mut tx, firm_of(account), None).await
}

/// A demand that the account sees.
pub async fn demand(db: &Db, account: &Account, id: i64) -> Result<Demand, Error> {
    let mut tx = db.begin_read().await?;
    visible(&mut tx, account, id).await
}

/// Every demand, the latest first.
pub(crate) async fn every_demand(db: &Db) -> Result<Vec<Demand>, Error> {
    let mut tx = db.begin_read().await?;
    store::demands(&mut tx, None, None).await
}

/// Every deal, the latest first.
pub(crate) async fn every_deal(db: &Db) -> Result<Vec<Deal>, Error> {
    let mut tx = db.begin_read().await?;
    store::deals(&mut tx, None, None).await
}

/// What is wrong with a demand, field by field.
pub fn faults(asked: &Asked, today: Date) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    if let Err(cause) = baskets::named(&asked.title, "需求") {
        faults.push(("title", cause.to_string()));
    }
    if asked.words.chars().count() > WORDS_CHARS_MAX {
        faults.push(("words", format!("需求说明最多 {WORDS_CHARS_MAX} 个字，请缩短。")));
    }
    if let Err(cause) = asked.ipc.parse::<IpcPattern>()
        && !asked.ipc.is_empty()
    {
        faults.push(("ipc", cause.message));
    }
    if asked.valid_until < today {
        faults.push(("valid_until", format!("有效期至 {} 已经过去，请填今天或以后的日期。", asked.valid_until)));
    }
    faults
}

/// Posts a demand; that of an enterprise account is always its own firm's.
pub async fn post(
    installation: &Installation,
    account: &Account,
    asked: &Asked,
    today: Date,
    now: Timestamp,
) -> Result<i64, Error> {
    let (asked, firm) = sound(installation, account, asked, today, now).await?;
    let mut tx = installation.db.begin().await?;
    let id = store::insert_demand(&mut tx, &asked, &firm, &account.login, &now.to_string()).await?;
    record(&mut tx, account, now, "demand.post", id, told(&asked, &firm)).await?;
    tx.commit().await?;
    Ok(id)
}

/// Says a demand anew; one that was taken back or has expired holds again.
pub async fn edit(
    installation: &Installation,
    account: &Account,
    id: i64,
    asked: &Asked,
    today: Date,
    now: Timestamp,
) -> Result<(), Error> {
    let before = demand(&installation.db, account, id).await?;
    // Whose demand it is cannot be changed, for deals may hang on it.
    let asked = Asked { uscc: before.asked.uscc, ..asked.clone() };
    let (asked, firm) = sound(installation, account, &asked, today, now).await?;
    let mut tx = installation.db.begin().await?;
    store::update_demand(&mut tx, id, &asked, &firm, &now.to_string()).await?;
    record(&mut tx, account, now, "demand.edit", id, told(&asked, &firm)).await?;
    Ok(tx.commit().await?)
}

/// Takes a demand back; its deals stay.
pub async fn withdraw(db: &Db, account: &Account, id: i64, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let before = visible(&mut tx, account, id).await?;
    if before.is_withdrawn {
        return Err(Error::Conflict("这条需求已经撤回。修改后即重新发布。".into()));
    }
    store::withdraw_demand(&mut tx, id, &now.to_string()).await?;
    record(&mut tx, account, now, "demand.withdraw", id, json!({ "title": before.asked.title })).await?;
    Ok(tx.commit().await?)
}

/// The demand as it is kept, with the firm's name as the register has it.
async fn sound(
    installation: &Installation,
    account: &Account,
    asked: &Asked,
    today: Date,
    now: Timestamp,
) -> Result<(Asked, String), Error> {
    let uscc = firm_of(account).unwrap_or(&asked.uscc);
    let code: Uscc = uscc.parse().map_err(|cause: terms::Error| Error::Invalid(cause.message))?;
    let faults = faults(asked, today);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults.into_iter().map(|(_, why)| why).collect()));
    }
    let Some(firm) = subjects::enterprise(installation, &code, now).await? else {
        return Err(Error::Invalid(format!(
            "企业登记簿中没有统一社会信用代码“{code}”。请核对代码，或先导入企业登记簿。"
        )));
    };
    let title = asked.title.trim().to_owned();
    let words = asked.words.trim().to_owned();
    Ok((Asked { uscc: code.to_string(), title, words, ..asked.clone() }, firm.name))
}

/// The firm to which an account is confined; none where it sees all.
fn firm_of(account: &Account) -> Option<&str> {
    let own = account.confined(Permission::ViewDemands)?;
    Some(if let Organisation::Enterprise(code) = own { code } else { "" })
}

async fn visible(tx: &mut Tx, account: &Account, id: i64) -> Result<Demand, Error> {
    let found = store::demands(tx, firm_of(account), Some(id)).await?.pop();
    let is_seen = |one: &Demand| allows(account, Permission::ViewDemands, &one.resource());
    found.filter(is_seen).ok_or_else(|| Error::NotFound { what: "需求", id: id.to_string() })
}

fn told(asked: &Asked, firm: &str) -> serde_json::Value {
    json!({ "firm": firm, "uscc": asked.uscc, "kind": asked.kind.key(), "title": asked.title,
        "valid_until": asked.valid_until.to_string(), "is_published": asked.is_published })
}

async fn record(
    tx: &mut Tx,
    account: &Account,
    now: Timestamp,
    action: &str,
    id: i64,
    detail: serde_json::Value,
) -> Result<(), Error> {
    Ok(registry::audit::record(tx, now, &account.login, action, &id.to_string(), &detail).await?)
}
