//! Messages (消息): what an account is told of what concerns it, in the site and by mail.
//!
//! A message is written in the transaction of the act it tells of, so that there is none without its act and no act without its
//! message. What waits for somebody is over as soon as the case has gone on. How a mail is sent at most once is in [`mail`]
//! (docs/decisions/2026-11-27-messages-and-mail.md).

mod kinds;
pub mod mail;
mod proof;
mod settings;
mod smtp;
mod store;
mod telling;
#[cfg(test)]
mod tests;
mod wordings;

use db::{Db, Tx};
use jiff::{Timestamp, civil::Date};
use registry::instant;

pub(crate) use self::telling::{of_answer, of_appointment, of_case, of_clawback, of_preparation, of_watch, remind};
pub use self::{
    kinds::{Kind, Mode},
    proof::{CODE_FAILURES_MAX, CODE_LIFE, CODES_A_DAY, Proof, ask as ask_proof, proof, prove},
    settings::{Setting, keep as keep_setting, setting},
    smtp::{Office, PASSWORD_VARIABLE, VARIABLE as OFFICE_VARIABLE},
    wordings::{Wording, keep as keep_wording, preview, wording},
};
use crate::{Error, accounts::Account};

/// A message to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its number.
    pub id: i64,
    /// What it is about.
    pub kind: Kind,
    /// Where it leads, below the base path.
    pub path: String,
    /// One line.
    pub subject: String,
    /// The whole text, plain.
    pub body: String,
    /// The business day.
    pub told_on: Date,
    /// When it was read; none while it was not.
    pub read_at: Option<String>,
    /// When what it asks for was over, done by whomever; none while it waits or asks for nothing.
    pub over_at: Option<String>,
}

impl Message {
    /// Whether it still asks to be looked at.
    pub const fn is_unread(&self) -> bool {
        self.read_at.is_none() && self.over_at.is_none()
    }
}

/// The messages of an account, the latest first.
pub async fn all(db: &Db, account: &Account) -> Result<Vec<Message>, Error> {
    let mut tx = db.begin_read().await?;
    store::messages(&mut tx, account.id, None).await
}

/// A message of the account.
pub async fn find(db: &Db, account: &Account, id: i64) -> Result<Message, Error> {
    let mut tx = db.begin_read().await?;
    let found = store::messages(&mut tx, account.id, Some(id)).await?.pop();
    found.ok_or_else(|| Error::NotFound { what: "消息", id: id.to_string() })
}

/// Takes what an account was told of cases out of its reach, when it becomes somebody else's; how many messages there were.
pub(crate) async fn forget_cases(tx: &mut Tx, account: i64) -> Result<u64, Error> {
    store::forget_cases(tx, account).await
}

/// Notes these messages of the account as read, or all of them when none are named; gives how many were not before.
pub async fn read(db: &Db, account: &Account, ids: &[i64], now: Timestamp) -> Result<u64, Error> {
    let mut tx = db.begin().await?;
    let mut count = 0;
    if ids.is_empty() {
        count = store::read(&mut tx, account.id, None, &instant::format(now)).await?;
    }
    for id in ids {
        count += store::read(&mut tx, account.id, Some(*id), &instant::format(now)).await?;
    }
    tx.commit().await?;
    Ok(count)
}
