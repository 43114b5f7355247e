//! The ledger of merged names (名称归并账) of an installation: which names of applicants and owners are one body, who decided it
//! and on what evidence, so that every statistic can name the version it rests on and be computed again as of it.
//!
//! Entries are only added; a merge is taken back by an entry of its own. What a merge means is said by
//! [`documents::applicants`]; nothing is merged that neither a person nor the register of enterprises vouches for.

mod store;
#[cfg(test)]
mod tests;

use corpus::{Corpus, Query};
use db::{Db, Tx};
use documents::applicants::{Act, Entry, Evidence, Ledger, Names, Observations, Proposal};
use jiff::{Timestamp, civil::Date};
use serde_json::json;

use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    subjects,
};

/// The longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 500;

/// The whole ledger.
pub async fn ledger(db: &Db) -> Result<Ledger, Error> {
    let mut tx = db.begin_read().await?;
    store::ledger(&mut tx).await
}

/// The names as of a version, of the latest where none is asked for; a version that is not there yet is refused.
pub async fn at(db: &Db, version: Option<usize>) -> Result<Names, Error> {
    let ledger = ledger(db).await?;
    match version {
        Some(version) if version > ledger.version() => Err(Error::Invalid(format!(
            "名称归并账没有第 {version} 版，现在是第 {} 版。请填 0 至 {}。",
            ledger.version(),
            ledger.version()
        ))),
        version => Ok(ledger.at(version.unwrap_or(ledger.version()))),
    }
}

/// Enters what a person decided, with the reason; the answer is the version it makes.
pub async fn decide(
    db: &Db,
    account: &Account,
    act: Act,
    evidence: Vec<Evidence>,
    (today, now): (Date, Timestamp),
) -> Result<usize, Error> {
    allowed(account)?;
    let mut tx = db.begin().await?;
    let entry = Entry { act, evidence, by: account.login.clone(), on: today };
    let version = enter(&mut tx, account, entry, now).await?;
    tx.commit().await?;
    Ok(version)
}

/// The evidence of a person's reason.
pub fn reasoned(reason: &str) -> Result<Evidence, Error> {
    let reason = reason.trim();
    match reason.chars().count() {
        0 => Err(Error::Invalid("请写明依据，例如更名公告的日期和出处。".into())),
        1..=REASON_CHARS_MAX => Ok(Evidence::Person { reason: reason.to_owned() }),
        _ => Err(Error::Invalid(format!("依据最多 {REASON_CHARS_MAX} 个字，请缩短。"))),
    }
}

/// Merges, of these proposals, the names that the register of enterprises has under one code, by that rule; the answer is how
/// many merges there were.
pub async fn merge_by_register(
    installation: &Installation,
    proposals: Vec<Proposal>,
    account: &Account,
    now: Timestamp,
) -> Result<usize, Error> {
    allowed(account)?;
    let is_vouched = |one: &Proposal| one.evidence.iter().any(|why| matches!(why, Evidence::CreditCode { .. }));
    let mut tx = installation.db.begin().await?;
    let mut merged = 0;
    for proposal in proposals.into_iter().filter(is_vouched) {
        let names = store::ledger(&mut tx).await?;
        let names = names.at(names.version());
        if names.canonical(&proposal.name) == names.canonical(&proposal.into) {
            continue;
        }
        let by = format!("规则：企业登记簿中同一统一社会信用代码（{}）", account.login);
        let act = Act::Merge { name: proposal.name, into: proposal.into };
        let entry = Entry { act, evidence: proposal.evidence, by, on: installation.business_date(now) };
        enter(&mut tx, account, entry, now).await?;
        merged += 1;
    }
    if merged == 0 {
        let why = "企业登记簿中没有可以归并的名称：曾用名为空，或都已归并。请先导入带曾用名的企业登记簿。";
        return Err(Error::Conflict(why.into()));
    }
    tx.commit().await?;
    Ok(merged)
}

/// The names that the register of enterprises has under each code.
pub type Codes = Vec<(String, Vec<String>)>;

/// What the register of enterprises says of names.
pub async fn codes(installation: &Installation, now: Timestamp) -> Result<Codes, Error> {
    let firms = subjects::enterprises(installation, now).await?;
    Ok(firms.into_iter().map(|(code, firm)| (code, firm.names)).collect())
}

/// Pairs of names in the corpus that may be one body and that the ledger does not hold together, the surest first.
///
/// Reads every document of the corpus: on a thread of its own where others wait.
pub fn proposals(corpus: &Corpus, names: &Names, codes: &Codes) -> Result<Vec<Proposal>, Error> {
    let mut seen = Observations::default();
    corpus.each_document(&Query::All, |document| seen.see(&document))?;
    for (code, names) in codes {
        names.iter().for_each(|name| seen.see_code(name, code));
    }
    Ok(seen.proposals(names))
}

fn allowed(account: &Account) -> Result<(), Error> {
    match account.role.may(Permission::ChangeRegistry) {
        true => Ok(()),
        false => Err(Error::Forbidden("归并申请人名称")),
    }
}

async fn enter(tx: &mut Tx, account: &Account, entry: Entry, now: Timestamp) -> Result<usize, Error> {
    let mut ledger = store::ledger(tx).await?;
    let version = ledger.enter(entry.clone()).map_err(|cause| Error::Conflict(format!("{cause}。")))?;
    store::insert(tx, version, &entry).await?;
    let action = match entry.act {
        Act::Merge { .. } => "name.merge",
        Act::Part { .. } => "name.part",
        Act::Undo { .. } => "name.undo",
    };
    let detail = json!({ "act": entry.act, "evidence": entry.evidence, "by": entry.by });
    registry::audit::record(tx, now, &account.login, action, &version.to_string(), &detail).await?;
    Ok(version)
}
