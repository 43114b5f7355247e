//! Invitations (邀请) to an account: a link that is told once, by which the invited person chooses login and password, so that nobody
//! else ever knows the password.
//!
//! Only the hash of the word in the link is kept. An invitation is taken once, may be revoked, and ends by itself.

mod store;
#[cfg(test)]
mod tests;

use db::{Db, Tx};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use terms::Uscc;

use crate::accounts::{self, Account, New, Permission, Role};
use crate::{Error, organisations};

/// How long an invitation may be taken.
pub const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whom an invitation is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The person's name.
    pub name: String,
    /// The role that the account will have.
    pub role: Role,
    /// The unit that it will belong to.
    pub unit: String,
}

words! {
    /// How an invitation stands.
    State {
        /// It may be taken.
        Open "open" "待开通",
        /// An account came of it.
        Taken "taken" "已开通",
        Revoked "revoked" "已撤回",
        Expired "expired" "已过期",
    }
}

/// An invitation as those who invite see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its number.
    pub id: i64,
    /// Whom it is for.
    pub about: About,
    /// The claim that it answers, if it answers one.
    pub claim: Option<i64>,
    /// Who invited.
    pub by: String,
    /// When.
    pub made_at: Timestamp,
    /// Until when it may be taken.
    pub expires_at: Timestamp,
    /// The login that came of it.
    pub login: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Invitation {
    /// How it stands at a moment.
    pub fn state(&self, now: Timestamp) -> State {
        match self {
            _ if self.login.is_some() => State::Taken,
            _ if self.revoked_at.is_some() => State::Revoked,
            _ if now >= self.expires_at => State::Expired,
            _ => State::Open,
        }
    }
}

/// Whether an account may invite to a role: who keeps accounts may invite everybody, the office enterprises only.
pub fn may_invite(account: &Account, role: Role) -> bool {
    account.role.may(Permission::ManageAccounts) || role == Role::Enterprise && account.role.may(Permission::Invite)
}

/// Refuses an invitation that an account may not make, see or revoke.
pub fn allowed(account: &Account, role: Role) -> Result<(), Error> {
    if may_invite(account, role) { Ok(()) } else { Err(Error::Forbidden("邀请这个角色开通账号")) }
}

/// Invites somebody; the word of the link is told this once.
pub async fn invite(db: &Db, about: &About, by: &str, now: Timestamp) -> Result<(i64, String), Error> {
    let about = checked(about)?;
    organisations::check_unit(db, about.role, &about.unit, now).await?;
    let word = accounts::random_token()?;
    let mut tx = db.begin().await?;
    let id = make(&mut tx, &about, (&accounts::token_hash(&word), None), LIFE, (by, now)).await?;
    tx.commit().await?;
    Ok((id, word))
}

/// Whom an invitation is for, as an account will keep it.
fn checked(about: &About) -> Result<About, Error> {
    let mut about = About { name: about.name.trim().to_owned(), role: about.role, unit: about.unit.trim().to_owned() };
    accounts::check_about(&about.name, about.role, &about.unit)?;
    if let (Role::Enterprise, Ok(code)) = (about.role, about.unit.parse::<Uscc>()) {
        about.unit = code.to_string();
    }
    Ok(about)
}

/// Makes an invitation in the transaction of what it belongs to.
pub(crate) async fn make(
    tx: &mut Tx,
    about: &About,
    (token_hash, claim): (&str, Option<i64>),
    life: SignedDuration,
    (by, now): (&str, Timestamp),
) -> Result<i64, Error> {
    let expires_at = now.checked_add(life).unwrap_or(Timestamp::MAX);
    let id = store::insert(tx, about, (token_hash, claim), (by, now, expires_at)).await?;
    let detail = json!({ "name": about.name, "role": about.role.key(), "unit": about.unit });
    registry::audit::record(tx, now, by, "invitation.make", &id.to_string(), &detail).await?;
    Ok(id)
}

/// Every invitation, the latest first.
pub async fn all(db: &Db) -> Result<Vec<Invitation>, Error> {
    let mut tx = db.begin_read().await?;
    store::all(&mut tx).await
}

/// The invitation with this number.
pub async fn find(db: &Db, id: i64) -> Result<Invitation, Error> {
    let mut tx = db.begin_read().await?;
    store::find(&mut tx, id).await?.ok_or_else(|| Error::NotFound { what: "邀请", id: id.to_string() })
}

/// The invitation that answers a claim.
pub(crate) async fn of_claim(tx: &mut Tx, claim: i64) -> Result<Option<Invitation>, Error> {
    store::of_claim(tx, claim).await
}

/// Takes an invitation back before somebody takes it.
pub async fn revoke(db: &Db, id: i64, by: &str, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let found = store::find(&mut tx, id).await?;
    let invitation = found.ok_or_else(|| Error::NotFound { what: "邀请", id: id.to_string() })?;
    if invitation.revoked_at.is_some() {
        return Ok(());
    }
    if !store::revoke(&mut tx, id, now).await? {
        return Err(Error::Conflict("这份邀请已经用来开通了账号，不能撤回；需要时请停用该账号。".into()));
    }
    registry::audit::record(&mut tx, now, by, "invitation.revoke", &id.to_string(), &json!({})).await?;
    Ok(tx.commit().await?)
}

/// Revokes what somebody invited to who may not invite any more; how many links that were still open.
pub(crate) async fn revoke_of(tx: &mut Tx, by: &str, now: Timestamp) -> Result<u64, Error> {
    store::revoke_of(tx, by, now).await
}

/// The invitation of a link, while it may be taken. Unknown, taken, revoked and over are answered alike.
pub async fn of_word(db: &Db, word: &str, now: Timestamp) -> Result<Invitation, Error> {
    let mut tx = db.begin_read().await?;
    open(&mut tx, word, now).await
}

async fn open(tx: &mut Tx, word: &str, now: Timestamp) -> Result<Invitation, Error> {
    let found = store::of_token(tx, &accounts::token_hash(word.trim())).await?;
    found.filter(|one| one.state(now) == State::Open).ok_or_else(|| {
        Error::Conflict("这个邀请链接不能用：可能已经用过、被撤回或过了期限。请联系邀请您的单位重新邀请。".into())
    })
}

/// Takes an invitation: opens the account with the login and password that its owner chose.
pub async fn take(db: &Db, word: &str, login: &str, password: &str, now: Timestamp) -> Result<New, Error> {
    accounts::check_login(login)?;
    accounts::check_password(password, login)?;
    // Only who holds a link makes the machine work on a password.
    let about = of_word(db, word, now).await?.about;
    organisations::check_unit(db, about.role, &about.unit, now).await?;
    let kept = password.to_owned();
    let hash = tokio::task::spawn_blocking(move || accounts::hash_password(&kept)).await;
    let hash = hash.map_err(|cause| Error::Conflict(format!("密码没有保存成：{cause}")))??;
    let mut tx = db.begin().await?;
    let invitation = open(&mut tx, word, now).await?;
    let About { name, role, unit } = invitation.about;
    let new = New { login: login.to_owned(), name, role, unit };
    accounts::open_in(&mut tx, &new, &hash, None, (login, now)).await?;
    if !store::take(&mut tx, invitation.id, login, now).await? {
        return Err(Error::Conflict("这个邀请链接刚刚被用过。请联系邀请您的单位。".into()));
    }
    let detail = json!({ "login": login, "by": invitation.by });
    registry::audit::record(&mut tx, now, login, "invitation.take", &invitation.id.to_string(), &detail).await?;
    tx.commit().await?;
    Ok(new)
}
