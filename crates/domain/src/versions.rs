//! What people edit and what is kept of it version by version: the industry chains (产业链) and the project records (项目记录) of
//! navigation reports, each version with who made it, when and why. None is ever altered; an earlier one is restored by a new
//! version that says the same.
//!
//! What such a text means and whether it can be used is said by `navigation`; here it is a text.

mod store;
#[cfg(test)]
mod tests;

use db::Db;
use jiff::Timestamp;
use serde_json::json;

use crate::{
    Error,
    accounts::{Account, Permission},
};

/// The longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 200;

/// What is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An industry chain, by its id.
    Chain,
    /// The project record of a navigation report, by the report's id.
    Project,
}

impl Kind {
    const fn key(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Project => "project",
        }
    }

    const fn zh(self) -> &'static str {
        match self {
            Self::Chain => "产业链",
            Self::Project => "项目记录",
        }
    }

    /// Who may change it.
    const fn permission(self) -> Permission {
        match self {
            Self::Chain => Permission::ChangeRegistry,
            Self::Project => Permission::Evaluate,
        }
    }
}

/// A version.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Version {
    /// Of what.
    pub object: String,
    /// Which version of it, from 1.
    pub version: i64,
    /// What it says.
    pub content: String,
    /// What changed, in words.
    pub changes: String,
    /// Why, in the words of who made it; empty where nothing was said.
    pub reason: String,
    /// Who made it.
    pub by_login: String,
    /// When.
    pub made_at: String,
}

/// A version that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What is edited.
    pub kind: Kind,
    /// Which of them.
    pub object: String,
    /// The version that was edited; 0 for what was not edited here before.
    pub base: i64,
    /// What it says.
    pub content: String,
    /// What changed, in words.
    pub changes: String,
    /// Why.
    pub reason: String,
}

/// The latest version of everything of a kind.
pub async fn latest(db: &Db, kind: Kind) -> Result<Vec<Version>, Error> {
    let mut tx = db.begin_read().await?;
    store::latest(&mut tx, kind.key()).await
}

/// Every version of one thing, the latest first.
pub async fn history(db: &Db, kind: Kind, object: &str) -> Result<Vec<Version>, Error> {
    let mut tx = db.begin_read().await?;
    store::history(&mut tx, kind.key(), object).await
}

/// Keeps the next version and gives its number.
///
/// It is refused when the version that was edited is not the latest any more, so that nobody undoes unseen what another did.
pub async fn keep(db: &Db, account: &Account, draft: &Draft, now: Timestamp) -> Result<i64, Error> {
    let kind = draft.kind;
    if !account.role.may(kind.permission()) {
        return Err(Error::Forbidden(match kind {
            Kind::Chain => "修改产业链",
            Kind::Project => "修改项目记录",
        }));
    }
    if draft.reason.chars().count() > REASON_CHARS_MAX {
        return Err(Error::Invalid(format!("修改理由最多 {REASON_CHARS_MAX} 个字，请缩短。")));
    }
    let mut tx = db.begin().await?;
    let last = store::history(&mut tx, kind.key(), &draft.object).await?.into_iter().next();
    let present = last.as_ref().map_or(0, |last| last.version);
    if present != draft.base {
        let by = last.map(|last| last.by_login).unwrap_or_default();
        return Err(Error::Conflict(format!(
            "{}已由 {by} 改到第 {present} 版，您改的是第 {} 版，没有保存。请打开最新一版再改。",
            kind.zh(),
            draft.base
        )));
    }
    let version = present + 1;
    store::insert(&mut tx, draft, version, &account.login, &now.to_string()).await?;
    let (action, object) = (format!("{}.edit", kind.key()), format!("{} {version}", draft.object));
    let detail = json!({ "changes": draft.changes, "reason": draft.reason });
    registry::audit::record(&mut tx, now, &account.login, &action, &object, &detail).await?;
    tx.commit().await?;
    Ok(version)
}
