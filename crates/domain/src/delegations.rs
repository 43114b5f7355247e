//! Leave (请假委托): whoever handles cases names another who does his work from one day to another.
//!
//! What is due then waits for the delegate, reminders go to him, and what he does in the other's place is recorded as such. Nobody hands
//! on what was handed to him.

mod store;

use db::{Db, Tx};
use jiff::{Timestamp, civil::Date};
use serde_json::json;

use crate::{
    Error, Installation,
    accounts::{self, Account, Permission},
    items::allowed,
};

/// The longest leave, in days.
const DAYS_MAX: i32 = 92;
const REASON_CHARS_MAX: usize = 200;

/// A leave with its delegate.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Delegation {
    /// Its number.
    pub id: i64,
    /// Who is on leave, by login.
    pub from_login: String,
    /// His name.
    pub from_name: String,
    /// Who does his work, by login.
    pub to_login: String,
    /// His name.
    pub to_name: String,
    /// The first day.
    pub from_on: String,
    /// The last day.
    pub until_on: String,
    /// Why.
    pub reason: String,
    /// When it was ended before its last day.
    pub ended_at: Option<String>,
}

impl Delegation {
    /// Whether it holds on a day.
    pub fn holds(&self, on: Date) -> bool {
        let on = on.to_string();
        self.ended_at.is_none() && self.from_on <= on && on <= self.until_on
    }

    /// Whether it may still be ended.
    pub fn is_open(&self, on: Date) -> bool {
        self.ended_at.is_none() && on.to_string() <= self.until_on
    }

    fn meets(&self, first: &str, last: &str) -> bool {
        self.ended_at.is_none() && *self.from_on <= *last && *first <= *self.until_on
    }
}

/// Every leave, the latest first.
pub async fn all(db: &Db, account: &Account) -> Result<Vec<Delegation>, Error> {
    allowed(account, Permission::HandleCases)?;
    let mut tx = db.begin_read().await?;
    store::all(&mut tx).await
}

/// Those for whom an account may act on a day.
pub async fn stood_in_for(db: &Db, account: &Account, on: Date) -> Result<Vec<Delegation>, Error> {
    if !account.role.may(Permission::HandleCases) {
        return Ok(Vec::new());
    }
    let mut all = all(db, account).await?;
    all.retain(|one| one.to_login == account.login && one.holds(on));
    Ok(all)
}

/// Names who does one's work from a day to another.
pub async fn name(
    installation: &Installation,
    account: &Account,
    to: &str,
    (from_on, until_on): (Date, Date),
    reason: &str,
    now: Timestamp,
) -> Result<i64, Error> {
    allowed(account, Permission::HandleCases)?;
    let (today, reason) = (installation.business_date(now), reason.trim());
    if until_on < from_on || until_on < today {
        let why = format!("请假到 {until_on}，早于开始的 {from_on} 或今天（{today}）。请核对日期。");
        return Err(Error::Field { field: "last", why });
    }
    if (until_on - from_on).get_days() >= DAYS_MAX {
        let why = format!("一次委托最长 {DAYS_MAX} 天。更长的请分次登记，或由管理员调整岗位。");
        return Err(Error::Field { field: "last", why });
    }
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        return Err(Error::Field {
            field: "reason", why: format!("请写明事由，不超过 {REASON_CHARS_MAX} 个字。")
        });
    }
    if to.trim().is_empty() {
        return Err(Error::Invalid("请选择受委托人。".into()));
    }
    let other = accounts::find(&installation.db, to.trim()).await?;
    if other.account.id == account.id {
        return Err(Error::Invalid("受委托人不能是本人。".into()));
    }
    if other.disabled_at.is_some() || !other.account.role.may(Permission::HandleCases) {
        return Err(Error::Invalid(format!("{} 不办理兑现案件，不能受委托。", other.account.name)));
    }
    let mut tx = installation.db.begin().await?;
    store::lock(&mut tx, [account.id, other.account.id]).await?;
    let (first, last) = (from_on.to_string(), until_on.to_string());
    refuse_chains(&store::all(&mut tx).await?, (account, &other.account), (&first, &last))?;
    let id = store::insert(&mut tx, (account.id, other.account.id), (&first, &last), reason, &now.to_string()).await?;
    let detail = json!({ "from": account.login, "to": other.account.login, "from_on": from_on, "until_on": until_on, "reason": reason });
    registry::audit::record(&mut tx, now, &account.login, "leave.name", &id.to_string(), &detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// One delegate at a time, who is there himself and hands nothing on.
fn refuse_chains(
    all: &[Delegation],
    (from, to): (&Account, &Account),
    (first, last): (&str, &str),
) -> Result<(), Error> {
    for one in all.iter().filter(|one| one.meets(first, last)) {
        let days = format!("{} 至 {}", one.from_on, one.until_on);
        let why = match () {
            () if one.from_login == from.login => format!("您 {days} 已委托 {}。请先结束那一次。", one.to_name),
            () if one.from_login == to.login => format!("{} {days} 自己请假，不能受委托。请另选一人。", to.name),
            () if one.to_login == from.login => {
                format!(
                    "您 {days} 正代 {} 办理，不能再转给别人。请先由 {} 改换受委托人。",
                    one.from_name, one.from_name
                )
            }
            () => continue,
        };
        return Err(Error::Conflict(why));
    }
    Ok(())
}

/// Ends a leave before its last day, by whoever is back or his delegate.
pub async fn end(db: &Db, account: &Account, id: i64, now: Timestamp) -> Result<(), Error> {
    allowed(account, Permission::HandleCases)?;
    let mut tx = db.begin().await?;
    let all = store::all(&mut tx).await?;
    let found = all.iter().find(|one| one.id == id);
    let one = found.ok_or_else(|| Error::NotFound { what: "请假委托", id: id.to_string() })?;
    if ![&one.from_login, &one.to_login].contains(&&account.login) {
        return Err(Error::Conflict("只有委托人或受委托人可以结束这一次委托。".into()));
    }
    if !store::end(&mut tx, id, &now.to_string()).await? {
        return Err(Error::Conflict("这一次委托已经结束。".into()));
    }
    let detail = json!({ "from": one.from_login, "to": one.to_login });
    registry::audit::record(&mut tx, now, &account.login, "leave.end", &id.to_string(), &detail).await?;
    Ok(tx.commit().await?)
}

/// Whether an account does the work of another on a day.
pub(crate) async fn stands_in(tx: &mut Tx, account: &Account, whom: &str, on: Date) -> Result<bool, Error> {
    let all = store::all(tx).await?;
    Ok(all.iter().any(|one| one.from_login == whom && one.to_login == account.login && one.holds(on)))
}

/// Whether an account has another to do its work on a day.
pub(crate) async fn is_away(tx: &mut Tx, account: &Account, on: Date) -> Result<bool, Error> {
    let all = store::all(tx).await?;
    Ok(all.iter().any(|one| one.from_login == account.login && one.holds(on)))
}
