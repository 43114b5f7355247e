//! Claims (企业认领): an enterprise without an account says who it is and proves it, and a person of the office accepts or refuses.
//!
//! A stranger learns nothing from a claim but its number and a code by which to ask how it stands: not whether the enterprise has an
//! account, nor whether others claimed it. What comes of an accepted claim is an invitation whose word is that code.

mod store;
#[cfg(test)]
mod tests;

use db::Db;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use terms::Uscc;

use crate::accounts::{self, Account, Detail, Permission, Role};
use crate::cases::Known;
use crate::invitations::{self, About, Invitation};
use crate::runs::sha256;
use crate::{Error, Installation, evidence, items, sign_in_limits};

/// The largest file of a claim.
pub const PROOF_BYTES_MAX: usize = 5 * 1024 * 1024;
/// Claims that one address may make within an hour.
pub const CLAIMS_PER_HOUR: i64 = 5;
/// Claims that one address may make within a day.
pub const CLAIMS_PER_DAY: i64 = 20;
/// Claims that may wait at once, so that a flood of them fills neither the disk nor the office.
const WAITING_MAX: i64 = 1_000;
/// How long the account of an accepted claim may be opened.
const LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Who the audit trail says it was before there is an account.
const STRANGER: &str = "访客";

/// What an enterprise says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Its unified social credit code.
    pub uscc: String,
    /// Its name.
    pub enterprise: String,
    /// The person who will have the account.
    pub person: String,
    /// How to reach them.
    pub phone: String,
    /// What else is to be known.
    pub note: String,
}

words! {
    /// What a file proves.
    Proof {
        /// That the enterprise exists; always needed.
        Licence "licence" "营业执照",
        /// That the person acts for it; needed unless it is the legal representative.
        Authorization "authorization" "授权书",
    }
}

words! {
    /// How a claim stands.
    State {
        Waiting "waiting" "待审核",
        Accepted "accepted" "已通过",
        Refused "refused" "未通过",
    }
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its number.
    pub id: i64,
    /// What it says.
    pub said: Said,
    /// When it was made.
    pub made_at: Timestamp,
    /// From where.
    pub address: String,
    /// How it stands.
    pub state: State,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why it was refused, or what was noted with its acceptance.
    pub reason: String,
}

/// A file of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Its number.
    pub id: i64,
    /// What it proves.
    pub kind: Proof,
    /// Its name as sent.
    pub name: String,
    /// The hash of its bytes.
    pub sha256: String,
    /// Its size in bytes.
    pub size: i64,
}

/// A claim in the office's list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The claim.
    pub claim: Claim,
    /// The name that the registers know for its code.
    pub registered: Option<String>,
    /// Whether the enterprise has an account already.
    pub has_account: bool,
}

/// A claim with everything that whoever decides it must know.
#[derive(Debug, Clone)]
pub struct View {
    /// The claim.
    pub claim: Claim,
    /// Its files.
    pub papers: Vec<Paper>,
    /// The name that the registers know for its code.
    pub registered: Option<String>,
    /// The accounts that the enterprise has already.
    pub accounts: Vec<Detail>,
    /// Other claims to the same enterprise.
    pub others: Vec<Claim>,
    /// What came of its acceptance.
    pub invitation: Option<Invitation>,
}

/// What is wrong with a claim, by the field that it stands in.
pub fn faults(said: &Said) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    if let Err(cause) = said.uscc.parse::<Uscc>() {
        faults.push(("uscc", cause.message));
    }
    let length = |text: &str| text.trim().chars().count();
    for (field, text, what, most) in [
        ("enterprise", &said.enterprise, "企业名称", 100),
        ("person", &said.person, "经办人姓名", 60),
        ("phone", &said.phone, "联系电话", 30),
    ] {
        if !(1..=most).contains(&length(text)) {
            faults.push((field, format!("请填写{what}，不超过 {most} 个字。")));
        } else if text.trim().chars().any(char::is_control) {
            faults.push((field, format!("{what}中有不能用的字符，请重新填写。")));
        }
    }
    let is_number = |letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '-' | ' ' | '(' | ')');
    let digits = said.phone.chars().filter(char::is_ascii_digit).count();
    if length(&said.phone) > 0 && !(said.phone.chars().all(is_number) && digits >= 7) {
        faults.push(("phone", "联系电话应为数字，座机请带区号。请核对。".into()));
    }
    let is_broken = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    if said.note.chars().any(is_broken) {
        faults.push(("note", "说明中有不能用的字符，请重新填写。".into()));
    }
    if length(&said.note) > 500 {
        faults.push(("note", "说明不超过 500 个字。".into()));
    }
    faults
}

/// Refuses another claim from an address that made many, and any while too many wait.
pub async fn may_claim(db: &Db, address: &str, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin_read().await?;
    room(&mut tx, &sign_in_limits::network(address), 0, now).await
}

/// Whether there is room for another claim, or for the `own` one that is written already.
async fn room(tx: &mut db::Tx, address: &str, own: i64, now: Timestamp) -> Result<(), Error> {
    for (hours, most) in [(1, CLAIMS_PER_HOUR), (24, CLAIMS_PER_DAY)] {
        let since = now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN);
        if store::made_since(tx, address, since).await? - own >= most {
            return Err(Error::Conflict(format!(
                "从这个网络地址提交的认领已达 {hours} 小时 {most} 件。请稍后再来，或联系知识产权局由工作人员邀请开通。"
            )));
        }
    }
    if store::waiting(tx).await? - own >= WAITING_MAX {
        return Err(Error::Conflict("等待审核的认领过多，暂不能提交。请联系知识产权局由工作人员邀请开通。".into()));
    }
    Ok(())
}

/// Makes a claim with its proofs, each as sort, name and bytes; the code by which to ask for it is told this once.
pub async fn make(
    installation: &Installation,
    said: &Said,
    proofs: &[(Proof, &str, &[u8])],
    now: Timestamp,
) -> Result<(i64, String), Error> {
    if let Some((field, why)) = faults(said).into_iter().next() {
        return Err(Error::field(field, why));
    }
    if !proofs.iter().any(|(kind, ..)| *kind == Proof::Licence) {
        return Err(Error::field(Proof::Licence.key(), "请上传营业执照的扫描件或照片。"));
    }
    let said = tidy(said)?;
    let (code, address) = (accounts::fresh_word()?, sign_in_limits::network(&registry::audit::origin()));
    let mut papers = Vec::new();
    for (kind, name, bytes) in proofs {
        let name = evidence::checked(name, bytes, PROOF_BYTES_MAX).map_err(|wrong| wrong.at(kind.key()))?;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        papers.push((Paper { id: 0, kind: *kind, name: name.to_owned(), sha256: sha256(bytes), size }, *bytes));
    }
    for (paper, bytes) in &papers {
        let scanned = evidence::scanned(installation, (&paper.name, bytes), STRANGER, now).await;
        scanned.map_err(|refused| refused.at(paper.kind.key()))?;
    }
    let mut tx = installation.db.begin().await?;
    let id = store::insert(&mut tx, &said, &accounts::token_hash(&code), (&address, now)).await?;
    for (at, (paper, bytes)) in papers.iter().enumerate() {
        evidence::keep(installation, &paper.sha256, &format!("claim-{id}-{at}-{}", now.as_nanosecond()), bytes)?;
        store::insert_paper(&mut tx, id, paper).await?;
    }
    let files: Vec<_> =
        papers.iter().map(|(paper, _)| json!({ "kind": paper.kind.key(), "sha256": paper.sha256 })).collect();
    let detail = json!({ "unit": said.uscc, "name": said.enterprise, "files": files });
    registry::audit::record(&mut tx, now, STRANGER, "claim.make", &id.to_string(), &detail).await?;
    // The trail lets one at a time past here, so that of several at once each sees those before it.
    room(&mut tx, &address, 1, now).await?;
    tx.commit().await?;
    Ok((id, code))
}

/// What was said without blanks around it, and the code in its one form.
fn tidy(said: &Said) -> Result<Said, Error> {
    let uscc = said.uscc.parse::<Uscc>().map_err(|cause| Error::field("uscc", cause.message))?.to_string();
    let of = |text: &str| text.trim().to_owned();
    Ok(Said {
        uscc,
        enterprise: of(&said.enterprise),
        person: of(&said.person),
        phone: of(&said.phone),
        note: of(&said.note),
    })
}

/// A claim for whoever holds its number and code, and whether its account may be opened now.
pub async fn of_code(db: &Db, id: i64, code: &str, now: Timestamp) -> Result<(Claim, bool), Error> {
    let hash = accounts::token_hash(&code.trim().to_lowercase());
    let mut tx = db.begin_read().await?;
    let Some(claim) = store::of_code(&mut tx, id, &hash).await? else {
        return Err(Error::Invalid("认领编号或查询码不正确。请按提交时的回执核对。".into()));
    };
    let invitation = invitations::of_claim(&mut tx, id).await?;
    let may_open = invitation.is_some_and(|one| one.state(now) == invitations::State::Open);
    Ok((claim, may_open))
}

/// Every claim, the latest first.
pub async fn all(installation: &Installation, account: &Account, now: Timestamp) -> Result<Vec<Listed>, Error> {
    items::allowed(account, Permission::AdmitEnterprises)?;
    let known = Known::read(installation, &Default::default(), now).await?;
    let mut tx = installation.db.begin_read().await?;
    let with_account = store::enterprises_with_accounts(&mut tx).await?;
    let listed = |claim: Claim| Listed {
        registered: known.name(&claim.said.uscc).map(str::to_owned),
        has_account: with_account.contains(&claim.said.uscc),
        claim,
    };
    Ok(store::all(&mut tx).await?.into_iter().map(listed).collect())
}

/// One claim for whoever decides it.
pub async fn one(installation: &Installation, account: &Account, id: i64, now: Timestamp) -> Result<View, Error> {
    items::allowed(account, Permission::AdmitEnterprises)?;
    let known = Known::read(installation, &Default::default(), now).await?;
    let mut tx = installation.db.begin_read().await?;
    let claim = store::find(&mut tx, id).await?.ok_or_else(|| missing(id))?;
    let uscc = &claim.said.uscc;
    let mut others = store::of_enterprise(&mut tx, uscc).await?;
    others.retain(|other| other.id != id);
    Ok(View {
        papers: store::papers(&mut tx, id).await?,
        registered: known.name(uscc).map(str::to_owned),
        accounts: accounts::of_enterprise(&mut tx, uscc).await?,
        invitation: invitations::of_claim(&mut tx, id).await?,
        others,
        claim,
    })
}

fn missing(id: i64) -> Error {
    Error::NotFound { what: "企业认领", id: id.to_string() }
}

/// The bytes of a proof, checked against their hash.
pub async fn paper(
    installation: &Installation,
    account: &Account,
    (id, file): (i64, i64),
) -> Result<(Paper, Vec<u8>), Error> {
    items::allowed(account, Permission::AdmitEnterprises)?;
    let mut tx = installation.db.begin_read().await?;
    let found = store::papers(&mut tx, id).await?.into_iter().find(|paper| paper.id == file);
    let paper = found.ok_or_else(|| Error::NotFound { what: "材料", id: file.to_string() })?;
    let bytes = evidence::read(installation, &paper.name, &paper.sha256)?;
    Ok((paper, bytes))
}

/// Accepts a claim: its code now opens an account of the enterprise.
pub async fn accept(
    installation: &Installation,
    account: &Account,
    (id, note): (i64, &str),
    now: Timestamp,
) -> Result<(), Error> {
    decide(installation, account, (id, State::Accepted, note), now).await
}

/// Refuses a claim with a reason, which the enterprise reads.
pub async fn refuse(
    installation: &Installation,
    account: &Account,
    (id, reason): (i64, &str),
    now: Timestamp,
) -> Result<(), Error> {
    decide(installation, account, (id, State::Refused, reason), now).await
}

async fn decide(
    installation: &Installation,
    account: &Account,
    (id, to, reason): (i64, State, &str),
    now: Timestamp,
) -> Result<(), Error> {
    items::allowed(account, Permission::AdmitEnterprises)?;
    let reason = reason.trim();
    if to == State::Refused && reason.is_empty() {
        return Err(Error::field("reason", "请写明不通过的理由，企业据此补正或重新提交。"));
    }
    if reason.chars().count() > 500 {
        return Err(Error::field("reason", "理由不超过 500 个字。"));
    }
    let mut tx = installation.db.begin().await?;
    let claim = store::find(&mut tx, id).await?.ok_or_else(|| missing(id))?;
    if !store::decide(&mut tx, (id, to), (&account.login, now), reason).await? {
        return Err(Error::Conflict(format!(
            "认领 {id} 已由 {} 办结（{}），不能再改。",
            claim.decided_by.unwrap_or_default(),
            claim.state.zh()
        )));
    }
    let (act, by) = (if to == State::Accepted { "claim.accept" } else { "claim.refuse" }, account.login.as_str());
    let detail = json!({ "unit": claim.said.uscc, "name": claim.said.enterprise, "note": reason });
    registry::audit::record(&mut tx, now, by, act, &id.to_string(), &detail).await?;
    if to == State::Accepted {
        let about = About { name: claim.said.person, role: Role::Enterprise, unit: claim.said.uscc };
        let hash = store::code_hash(&mut tx, id).await?;
        invitations::make(&mut tx, &about, (&hash, Some(id)), LIFE, (by, now)).await?;
    }
    Ok(tx.commit().await?)
}
