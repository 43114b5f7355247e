//! Sign-on by another house (政府统一身份认证) with OpenID Connect: authorization code with PKCE, state and nonce of one use bound to
//! the visitor, and an identity token whose signature and claims are checked before anybody is let in.
//!
//! Whose account a subject is, an administrator has said; nothing that the provider tells besides it (name, mail) is looked at.

mod provider;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use db::Db;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

pub use self::provider::{Provider, Secret, Settings};
use crate::Error;
use crate::accounts::{self, Session};

/// How long a sign-on may take.
pub const LIFE: SignedDuration = SignedDuration::from_mins(10);
/// Sign-ons that may be under way at once.
const UNDER_WAY_MAX: i64 = 10_000;
/// The longest address to which one comes back.
const NEXT_BYTES_MAX: usize = 2_000;
/// The longest subject (OpenID Connect Core 2).
const SUBJECT_CHARS_MAX: usize = 255;
/// Who the audit trail says it was when no account is known.
const STRANGER: &str = "访客";

/// What a browser brings back from the provider.
#[derive(Debug, Default, Clone)]
pub struct Return {
    /// The code to be exchanged.
    pub code: String,
    /// The word that this sign-on was begun with.
    pub state: String,
    /// Who says that it answers (RFC 9207); empty when the provider does not say.
    pub issuer: String,
    /// Why the provider refuses, in its own word.
    pub error: String,
}

/// How a sign-on ended.
#[derive(Debug)]
pub enum Outcome {
    /// Somebody is in: a fresh session, and where to go.
    In(Session, String),
    /// The provider knows them, but no account is tied to this subject.
    Unknown {
        /// Who they are to the provider.
        subject: String,
    },
}

/// Which subject an account belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The provider.
    pub issuer: String,
    /// Who they are to it.
    pub subject: String,
    /// Who tied it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Begins a sign-on for a visitor: the address at the provider to which the browser goes.
pub async fn begin(
    db: &Db,
    provider: &Arc<Provider>,
    visitor: &str,
    next: &str,
    now: Timestamp,
) -> Result<String, Error> {
    let under_way = store::UnderWay {
        visitor_hash: accounts::token_hash(visitor),
        nonce: accounts::random_token()?,
        verifier: accounts::random_token()?,
        // An address longer than any page of ours leads home.
        next: if next.len() <= NEXT_BYTES_MAX { next.to_owned() } else { "/".to_owned() },
        begun_at: now.to_string(),
    };
    let state = accounts::random_token()?;
    let address = provider.address(&state, &under_way.nonce, &under_way.verifier, now).await?;
    let mut tx = db.begin().await?;
    store::clear(&mut tx, now.checked_sub(LIFE).unwrap_or(Timestamp::MIN)).await?;
    // Many that were only begun must not keep out who comes next: the oldest make room.
    store::make_room(&mut tx, UNDER_WAY_MAX).await?;
    store::insert(&mut tx, &accounts::token_hash(&state), &under_way).await?;
    tx.commit().await?;
    Ok(address)
}

/// Ends a sign-on. What came back is taken out of the database first, so that nothing is taken twice.
pub async fn finish(
    db: &Db,
    provider: &Arc<Provider>,
    visitor: &str,
    back: &Return,
    now: Timestamp,
) -> Result<Outcome, Error> {
    let mut tx = db.begin().await?;
    let under_way = store::take(&mut tx, &accounts::token_hash(&back.state)).await?;
    tx.commit().await?;
    let stale = || Error::Invalid("这次统一登录已过期、已用过，或不是从这个浏览器开始的。请重新登录。".into());
    let under_way = under_way.filter(|one| one.visitor_hash == accounts::token_hash(visitor)).ok_or_else(stale)?;
    let begun: Timestamp = under_way.begun_at.parse().map_err(|_| stale())?;
    if now.duration_since(begun) >= LIFE {
        return Err(stale());
    }
    if !back.error.is_empty() || back.code.is_empty() {
        let word: String = back.error.chars().filter(|letter| letter.is_ascii_graphic()).take(60).collect();
        return Err(Error::Invalid(format!("统一身份认证没有完成登录（{word}）。请重试，或用登录名和密码登录。")));
    }
    let subject = provider.subject(back, &under_way.verifier, &under_way.nonce, now).await?;
    let_in(db, provider, &subject, under_way.next, now).await
}

async fn let_in(db: &Db, provider: &Provider, subject: &str, next: String, now: Timestamp) -> Result<Outcome, Error> {
    let issuer = provider.issuer();
    let mut tx = db.begin().await?;
    let login = store::login_of(&mut tx, issuer, subject).await?;
    let account = match &login {
        Some(login) => accounts::usable(&mut tx, login).await?,
        None => None,
    };
    let Some(account) = account else {
        let (who, detail) = (login.as_deref().unwrap_or(STRANGER), json!({ "issuer": issuer, "subject": subject }));
        registry::audit::record(&mut tx, now, who, "session.refuse", who, &detail).await?;
        tx.commit().await?;
        return Ok(Outcome::Unknown { subject: subject.to_owned() });
    };
    let session = accounts::open_session(&mut tx, account, Some(issuer), now).await?;
    tx.commit().await?;
    Ok(Outcome::In(session, next))
}

/// The subject that an account belongs to.
pub async fn link_of(db: &Db, login: &str) -> Result<Option<Link>, Error> {
    let mut tx = db.begin_read().await?;
    let id = accounts::known(&mut tx, login).await?.account.id;
    store::link_of(&mut tx, id).await
}

/// Ties an account to a subject of the provider. A password that somebody else knows ends with it.
pub async fn link(
    db: &Db,
    (login, issuer, subject): (&str, &str, &str),
    by: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let subject = subject.trim();
    if subject.is_empty() || subject.chars().count() > SUBJECT_CHARS_MAX || subject.chars().any(char::is_control) {
        return Err(Error::Invalid(format!("统一登录标识不能留空，不超过 {SUBJECT_CHARS_MAX} 个字符。")));
    }
    let mut tx = db.begin().await?;
    let account = accounts::known(&mut tx, login).await?.account;
    if let Some(other) = store::login_of(&mut tx, issuer, subject).await?.filter(|other| other != login) {
        return Err(Error::Conflict(format!("这个统一登录标识已绑定账号“{other}”。请先在那个账号上解除。")));
    }
    store::unlink(&mut tx, account.id).await?;
    store::link(&mut tx, account.id, (issuer, subject), (by, now)).await?;
    accounts::forget_given_password(&mut tx, &account, now).await?;
    let detail = json!({ "issuer": issuer, "subject": subject });
    registry::audit::record(&mut tx, now, by, "account.link", login, &detail).await?;
    Ok(tx.commit().await?)
}

/// Unties an account; its sessions end.
pub async fn unlink(db: &Db, login: &str, by: &str, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let account = accounts::known(&mut tx, login).await?.account;
    let Some(link) = store::link_of(&mut tx, account.id).await? else { return Ok(()) };
    store::unlink(&mut tx, account.id).await?;
    accounts::end_sessions(&mut tx, &account).await?;
    let detail = json!({ "before": { "issuer": link.issuer, "subject": link.subject } });
    registry::audit::record(&mut tx, now, by, "account.unlink", login, &detail).await?;
    Ok(tx.commit().await?)
}
