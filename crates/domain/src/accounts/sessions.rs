//! Sessions (会话): a random token in the browser, of which only the hash is kept here.

use db::{Db, Tx};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Account, SESSION_IDLE, SESSION_LIFE, hex, password, random_token, store};
use crate::Error;

/// A fresh session: the token goes to the browser once, its hash stays here.
#[derive(Debug)]
pub struct Session {
    /// The secret for the cookie.
    pub token: String,
    /// Who signed in.
    pub account: Account,
}

/// An open session, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// What tells it from the others of its account: the beginning of its hash.
    pub id: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// From where it was opened.
    pub address: String,
    /// Whether it is the one that asks.
    pub is_own: bool,
}

/// Letters of a session's hash that name it.
const ID_LETTERS: usize = 16;

/// Checks a sign-in and opens a session. The refusal never says which of the two words was wrong.
pub async fn sign_in(db: &Db, login: &str, word: &str, now: Timestamp) -> Result<Session, Error> {
    let refusal = || Error::Invalid("登录名或密码不正确。请核对后重试；忘记密码请联系系统管理员。".into());
    let mut tx = db.begin_read().await?;
    let found = store::find_by_login(&mut tx, login).await?;
    tx.rollback().await?;
    // Nobody waits for the work of a password: it holds no transaction and no thread of the pages.
    let (word, kept) = (word.to_owned(), found.as_ref().map(|(_, hash)| hash.clone()));
    let is_right = tokio::task::spawn_blocking(move || match kept {
        Some(hash) => password::is_right(&word, &hash),
        // The same work is done for an unknown login, so that the answer's time tells nothing.
        None => password::hash(&word).is_err(),
    });
    let is_right = is_right.await.map_err(|cause| Error::Conflict(format!("密码没有核对成：{cause}")))?;
    let Some((account, _)) = found else { return Err(refusal()) };
    let mut tx = db.begin().await?;
    if !is_right {
        registry::audit::record(&mut tx, now, login, "session.refuse", login, &json!({})).await?;
        tx.commit().await?;
        return Err(refusal());
    }
    let session = open(&mut tx, account, None, now).await?;
    tx.commit().await?;
    Ok(session)
}

/// Opens a session for somebody who has shown who they are, to a provider of a sign-on where one is named; with a second factor it waits for its code.
pub(crate) async fn open(
    tx: &mut Tx,
    account: Account,
    issuer: Option<&str>,
    now: Timestamp,
) -> Result<Session, Error> {
    let token = random_token()?;
    let expires_at = later(now, SESSION_LIFE).to_string();
    let (hash, address) = (token_hash(&token), registry::audit::origin());
    let (id, waits) = (account.id, account.has_second_factor);
    store::delete_ended_sessions(tx, id, &now.to_string()).await?;
    store::insert_session(tx, &hash, id, (&now.to_string(), &expires_at), (&address, issuer), waits).await?;
    // A sign-in that waits for a code is recorded as one once the code was given.
    if !waits {
        let how = issuer.map_or_else(|| json!({}), |issuer| json!({ "issuer": issuer }));
        registry::audit::record(tx, now, &account.login, "session.open", &account.login, &how).await?;
    }
    Ok(Session { token, account: Account { awaits_code: waits, ..account } })
}

/// A visit of somebody whose session is alive: all that every page has to know, in one question to the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Whose session it is.
    pub account: Account,
    /// How many messages wait to be read.
    pub unread: i64,
    /// The newest seal of the trail; while it stands still, nothing that the trail tells of has changed.
    pub trail: String,
}

/// Whose session this token is, if it is still alive.
pub async fn visit(db: &Db, token: &str, now: Timestamp) -> Result<Option<Visit>, Error> {
    let hash = token_hash(token);
    let mut tx = db.read_once().await?;
    let Some(found) = store::find_session(&mut tx, &hash).await? else {
        return Ok(None);
    };
    drop(tx);
    let (Ok(seen), Ok(expires)) = (found.last_seen_at.parse::<Timestamp>(), found.expires_at.parse::<Timestamp>())
    else {
        return Ok(None);
    };
    if now >= expires || now.duration_since(seen) >= SESSION_IDLE {
        return Ok(None);
    }
    // One write a minute keeps the idle clock without a write for every page.
    if now.duration_since(seen) >= SignedDuration::from_mins(1) {
        let mut tx = db.begin().await?;
        store::touch_session(&mut tx, &hash, &now.to_string()).await?;
        tx.commit().await?;
    }
    Ok(Some(Visit { account: found.account, unread: found.unread, trail: found.trail }))
}

/// Ends a session; gives the provider of a sign-on that had opened it, where one had.
pub async fn sign_out(db: &Db, token: &str, now: Timestamp) -> Result<Option<String>, Error> {
    let mut tx = db.begin().await?;
    let issuer = store::issuer_of(&mut tx, &token_hash(token)).await?;
    if let Some(store::FoundSession { account, .. }) = store::find_session(&mut tx, &token_hash(token)).await? {
        registry::audit::record(&mut tx, now, &account.login, "session.close", &account.login, &json!({})).await?;
    }
    store::delete_session(&mut tx, &token_hash(token)).await?;
    tx.commit().await?;
    Ok(issuer)
}

/// The sessions of an account that are still alive, the last used first.
pub async fn open_sessions(db: &Db, account: &Account, own: Option<&str>, now: Timestamp) -> Result<Vec<Open>, Error> {
    let own = own.map(token_hash);
    let mut tx = db.begin_read().await?;
    let mut open = Vec::new();
    for row in store::sessions(&mut tx, account.id).await? {
        let moment = |text: &str| text.parse::<Timestamp>().ok();
        let (Some(opened_at), Some(last_seen_at), Some(expires_at)) =
            (moment(&row.created_at), moment(&row.last_seen_at), moment(&row.expires_at))
        else {
            continue;
        };
        if now < expires_at && now.duration_since(last_seen_at) < SESSION_IDLE {
            let is_own = own.as_ref() == Some(&row.token_hash);
            let id = row.token_hash.chars().take(ID_LETTERS).collect();
            open.push(Open { id, opened_at, last_seen_at, address: row.address, is_own });
        }
    }
    open.sort_by_key(|session| std::cmp::Reverse(session.last_seen_at));
    Ok(open)
}

/// Ends one session of an account.
pub async fn end(db: &Db, account: &Account, id: &str, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let known = store::sessions(&mut tx, account.id).await?;
    let missing = || Error::NotFound { what: "会话", id: id.to_owned() };
    let row = known.iter().find(|row| row.token_hash.chars().take(ID_LETTERS).eq(id.chars())).ok_or_else(missing)?;
    store::delete_session(&mut tx, &row.token_hash).await?;
    let detail = json!({ "from": row.address });
    registry::audit::record(&mut tx, now, &account.login, "session.end", &account.login, &detail).await?;
    Ok(tx.commit().await?)
}

/// Ends every session of an account but the one with this token.
pub async fn end_all(db: &Db, login: &str, but: Option<&str>, by: &str, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let account = super::keeping::known(&mut tx, login).await?.account;
    let ended = store::delete_sessions(&mut tx, account.id, but.map(token_hash).as_deref()).await?;
    registry::audit::record(&mut tx, now, by, "session.end", login, &json!({ "rows": ended })).await?;
    Ok(tx.commit().await?)
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// What is kept of a secret that is told once.
pub(crate) fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}
