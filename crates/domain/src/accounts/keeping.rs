//! Keeping accounts (账号管理): opened, amended, disabled and given fresh passwords by an administrator; the password itself
//! is chosen by its owner.

use db::{Db, Tx};
use jiff::Timestamp;
use serde_json::json;
use terms::Uscc;

use super::{Account, Permission, Role, password, store};
use crate::{Error, invitations, organisations};

/// The most letters that a login or a name may have.
const LETTERS_MAX: usize = 60;

/// An account to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// The name typed at sign-in.
    pub login: String,
    /// The name shown on pages.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// The unit it belongs to: a town's name, an enterprise's code, or empty for the city.
    pub unit: String,
}

/// An account with what its keeper sees of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// The account.
    pub account: Account,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Since when it is disabled.
    pub disabled_at: Option<Timestamp>,
    /// When it last opened a session that is still remembered.
    pub last_session_at: Option<Timestamp>,
}

/// Makes an account with a password of its owner's choice: for a demo and for tests.
pub async fn open(
    db: &Db,
    login: &str,
    name: &str,
    role: Role,
    unit: &str,
    password: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let new = New { login: login.to_owned(), name: name.to_owned(), role, unit: unit.to_owned() };
    password::check(password, login)?;
    insert(db, &new, password, None, "system", now).await
}

/// Opens an account with a fresh password, which is told once and must be changed at the first sign-in.
pub async fn open_with_fresh_password(db: &Db, new: &New, by: &str, now: Timestamp) -> Result<String, Error> {
    check_login(&new.login)?;
    check_about(&new.name, new.role, &new.unit)?;
    organisations::check_unit(db, new.role, &new.unit, now).await?;
    let password = password::fresh()?;
    insert(db, new, &password, Some(now), by, now).await?;
    Ok(password)
}

async fn insert(
    db: &Db,
    new: &New,
    password: &str,
    must_change_since: Option<Timestamp>,
    by: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let hash = password::hash(password)?;
    let mut tx = db.begin().await?;
    open_in(&mut tx, new, &hash, must_change_since, (by, now)).await?;
    Ok(tx.commit().await?)
}

/// Makes an account whose login and words were checked before.
pub(crate) async fn open_in(
    tx: &mut Tx,
    new: &New,
    password_hash: &str,
    must_change_since: Option<Timestamp>,
    (by, now): (&str, Timestamp),
) -> Result<(), Error> {
    let login = new.login.as_str();
    if store::detail(tx, login).await?.is_some() {
        return Err(Error::field("login", format!("登录名“{login}”已被使用，请换一个。")));
    }
    let unit = unit_of(new.role, &new.unit);
    let row = store::NewAccount {
        login,
        name: &new.name,
        role: new.role.key(),
        unit: &unit,
        password_hash,
        created_at: &now.to_string(),
        must_change_since: must_change_since.map(|since| since.to_string()),
    };
    store::insert(tx, &row).await?;
    let detail = json!({ "name": new.name, "role": new.role.key(), "unit": unit });
    Ok(registry::audit::record(tx, now, by, "account.open", login, &detail).await?)
}

/// The unit in the one form in which it is kept and compared.
fn unit_of(role: Role, unit: &str) -> String {
    match (role, unit.parse::<Uscc>()) {
        (Role::Enterprise, Ok(code)) => code.to_string(),
        _ => unit.trim().to_owned(),
    }
}

/// Refuses a login of letters that cannot be typed everywhere.
pub(crate) fn check_login(login: &str) -> Result<(), Error> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '@');
    if login.is_empty() || login.len() > LETTERS_MAX || !login.chars().all(is_plain) {
        return Err(Error::field("login", "登录名只用字母、数字和 . - _ @，不超过 60 个字符，不能留空。"));
    }
    Ok(())
}

/// Refuses a name or a unit that the role cannot have.
pub(crate) fn check_about(name: &str, role: Role, unit: &str) -> Result<(), Error> {
    if name.trim().is_empty() || name.chars().count() > LETTERS_MAX {
        return Err(Error::field("name", "姓名不能留空，不超过 60 个字符。"));
    }
    match role {
        Role::Enterprise if unit.parse::<Uscc>().is_err() => {
            Err(Error::field("unit", "企业账号的单位应为 18 位统一社会信用代码，请核对校验位。"))
        }
        Role::Town if unit.trim().is_empty() => Err(Error::field("unit", "区镇账号应写明区镇名称。")),
        _ => Ok(()),
    }
}

/// Every account, by login.
pub async fn all(db: &Db) -> Result<Vec<Account>, Error> {
    Ok(details(db).await?.into_iter().map(|detail| detail.account).collect())
}

/// The codes of the enterprises that somebody can sign in for; whoever is not among them is told of nothing by this program.
pub async fn heard_enterprises(db: &Db) -> Result<std::collections::BTreeSet<String>, Error> {
    let mut tx = db.begin_read().await?;
    heard_enterprises_in(&mut tx).await
}

/// The logins of all accounts in use that hold a permission.
pub(crate) async fn holders(tx: &mut Tx, permission: Permission) -> Result<Vec<String>, Error> {
    let all = store::details(tx).await?.into_iter();
    let holds = |one: &Detail| one.disabled_at.is_none() && one.account.role.may(permission);
    Ok(all.filter(holds).map(|one| one.account.login).collect())
}

/// The towns for which an open account speaks.
pub(crate) async fn speak_for_towns(tx: &mut Tx) -> Result<std::collections::BTreeSet<String>, Error> {
    let all = store::details(tx).await?.into_iter();
    let speaks = |one: &Detail| one.disabled_at.is_none() && one.account.role == Role::Town;
    Ok(all.filter(speaks).map(|one| one.account.unit).collect())
}

pub(crate) async fn heard_enterprises_in(tx: &mut Tx) -> Result<std::collections::BTreeSet<String>, Error> {
    store::units(tx, Role::Enterprise).await
}

/// The names and roles of all accounts but those of enterprises, by login; they are remembered by what they did, open or not.
pub async fn staff(db: &Db) -> Result<std::collections::BTreeMap<String, (String, Role)>, Error> {
    let mut tx = db.begin_read().await?;
    let rows = store::staff(&mut tx).await?;
    Ok(rows.into_iter().filter_map(|(login, name, role)| Some((login, (name, Role::of_key(&role)?)))).collect())
}

/// Every account with what its keeper sees of it, by login.
pub async fn details(db: &Db) -> Result<Vec<Detail>, Error> {
    let mut tx = db.begin_read().await?;
    store::details(&mut tx).await
}

/// The accounts of an enterprise, by login, those that are disabled included.
pub(crate) async fn of_enterprise(tx: &mut Tx, uscc: &str) -> Result<Vec<Detail>, Error> {
    store::of_unit(tx, Role::Enterprise, uscc).await
}

/// The account with this login.
pub async fn find(db: &Db, login: &str) -> Result<Detail, Error> {
    let mut tx = db.begin_read().await?;
    known(&mut tx, login).await
}

/// The account with this login, in a transaction.
pub(crate) async fn known(tx: &mut Tx, login: &str) -> Result<Detail, Error> {
    store::detail(tx, login).await?.ok_or_else(|| Error::NotFound { what: "账号", id: login.to_owned() })
}

/// Gives an account another name, role or unit; another role or unit ends its sessions.
pub async fn amend(db: &Db, new: &New, by: &str, now: Timestamp) -> Result<(), Error> {
    check_about(&new.name, new.role, &new.unit)?;
    organisations::check_unit(db, new.role, &new.unit, now).await?;
    let mut tx = db.begin().await?;
    let before = known(&mut tx, &new.login).await?.account;
    let unit = unit_of(new.role, &new.unit);
    let (role, unit) = (new.role.key(), unit.as_str());
    if (before.name.as_str(), before.role, before.unit.as_str()) == (new.name.as_str(), new.role, unit) {
        return Ok(());
    }
    store::amend(&mut tx, before.id, &new.name, role, unit).await?;
    let (mut revoked, mut messages) = (0, 0);
    if before.role != new.role || before.unit != unit {
        store::delete_sessions(&mut tx, before.id, None).await?;
        // What it was told of cases and what it promised to others belong to what it was.
        messages = crate::messages::forget_cases(&mut tx, before.id).await?;
        revoked = invitations::revoke_of(&mut tx, &new.login, now).await?;
    }
    let detail = json!({
        "name": new.name, "role": role, "unit": unit, "messages_taken": messages, "invitations_revoked": revoked,
        "before": { "name": before.name, "role": before.role.key(), "unit": before.unit },
    });
    registry::audit::record(&mut tx, now, by, "account.amend", &new.login, &detail).await?;
    // The trail lets one at a time past here, so that two who leave at once do not both rely on the other.
    if before.role == Role::Administrator && new.role != Role::Administrator {
        another_administrator(&mut tx, &new.login).await.map_err(|refused| refused.at("role"))?;
    }
    Ok(tx.commit().await?)
}

/// Disables an account and ends its sessions; somebody must stay who can keep accounts.
pub async fn disable(db: &Db, login: &str, by: &str, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let detail = known(&mut tx, login).await?;
    if detail.disabled_at.is_some() {
        return Ok(());
    }
    if login == by {
        return Err(Error::Conflict("不能停用自己的账号，请由另一位系统管理员办理。".to_owned()));
    }
    store::set_disabled(&mut tx, detail.account.id, Some(&now.to_string())).await?;
    store::delete_sessions(&mut tx, detail.account.id, None).await?;
    let revoked = invitations::revoke_of(&mut tx, login, now).await?;
    registry::audit::record(&mut tx, now, by, "account.disable", login, &json!({ "invitations_revoked": revoked }))
        .await?;
    // The trail lets one at a time past here, so that two who leave at once do not both rely on the other.
    if detail.account.role == Role::Administrator {
        another_administrator(&mut tx, login).await?;
    }
    Ok(tx.commit().await?)
}

/// Lets an account sign in again.
pub async fn enable(db: &Db, login: &str, by: &str, now: Timestamp) -> Result<(), Error> {
    let account = find(db, login).await?.account;
    organisations::check_unit(db, account.role, &account.unit, now).await?;
    let mut tx = db.begin().await?;
    let detail = known(&mut tx, login).await?;
    if detail.disabled_at.is_none() {
        return Ok(());
    }
    store::set_disabled(&mut tx, detail.account.id, None).await?;
    registry::audit::record(&mut tx, now, by, "account.enable", login, &json!({})).await?;
    Ok(tx.commit().await?)
}

/// The account with this login, if it may be used.
pub(crate) async fn usable(tx: &mut Tx, login: &str) -> Result<Option<Account>, Error> {
    Ok(store::find_by_login(tx, login).await?.map(|(account, _)| account))
}

/// Ends every session of an account.
pub(crate) async fn end_sessions(tx: &mut Tx, account: &Account) -> Result<(), Error> {
    store::delete_sessions(tx, account.id, None).await.map(|_| ())
}

/// Puts a password that nobody knows in the place of one that was given by somebody else and never changed.
pub(crate) async fn forget_given_password(tx: &mut Tx, account: &Account, now: Timestamp) -> Result<(), Error> {
    if account.must_change {
        let hash = password::hash(&super::random_token()?)?;
        store::set_password(tx, account.id, &hash, None, &now.to_string()).await?;
    }
    Ok(())
}

async fn another_administrator(tx: &mut Tx, login: &str) -> Result<(), Error> {
    let others = store::details(tx).await?.into_iter().any(|other| {
        other.account.role == Role::Administrator && other.disabled_at.is_none() && other.account.login != login
    });
    if others {
        return Ok(());
    }
    Err(Error::Conflict("这是最后一个可用的系统管理员账号，不能停用或改作他用。请先开通另一个。".to_owned()))
}

/// Gives an account a fresh password, told once, to be changed at the next sign-in; its sessions and its second factor end.
pub async fn reset(db: &Db, login: &str, by: &str, now: Timestamp) -> Result<String, Error> {
    let password = password::fresh()?;
    let hash = password::hash(&password)?;
    let mut tx = db.begin().await?;
    let account = known(&mut tx, login).await?.account;
    store::set_password(&mut tx, account.id, &hash, Some(&now.to_string()), &now.to_string()).await?;
    super::second_factor::take_away(&mut tx, account.id).await?;
    store::delete_sessions(&mut tx, account.id, None).await?;
    registry::audit::record(&mut tx, now, by, "account.reset", login, &json!({})).await?;
    tx.commit().await?;
    Ok(password)
}

/// Refuses a password that is not the account's.
pub(super) async fn must_be_right(db: &Db, account: &Account, word: &str) -> Result<(), Error> {
    let mut tx = db.begin_read().await?;
    let hashes = store::passwords(&mut tx, account.id, 1).await?;
    tx.rollback().await?;
    let word = word.to_owned();
    let work = move || hashes.first().is_some_and(|present| password::is_right(&word, present));
    let is_right = tokio::task::spawn_blocking(work).await;
    match is_right.map_err(|cause| Error::Conflict(format!("密码没有核对成：{cause}")))? {
        true => Ok(()),
        false => Err(wrong_password()),
    }
}

fn wrong_password() -> Error {
    Error::Invalid("现在的密码不正确，请重新输入。".to_owned())
}

/// Changes one's own password; the sessions of the account end, but for the one with this token.
pub async fn change_password(
    db: &Db,
    account: &Account,
    old: &str,
    new: &str,
    token: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    password::check(new, &account.login)?;
    let mut tx = db.begin_read().await?;
    let hashes = store::passwords(&mut tx, account.id, password::HISTORY).await?;
    tx.rollback().await?;
    let (old, new) = (old.to_owned(), new.to_owned());
    let work = move || {
        if !hashes.first().is_some_and(|present| password::is_right(&old, present)) {
            return Err(wrong_password().at("old"));
        }
        if hashes.iter().any(|former| password::is_right(&new, former)) {
            let why = format!("最近 {} 次用过的密码不能再用，请另设一个。", password::HISTORY);
            return Err(Error::field("new", why));
        }
        password::hash(&new)
    };
    let hash = tokio::task::spawn_blocking(work);
    let hash = hash.await.map_err(|cause| Error::Conflict(format!("密码没有核对成：{cause}")))??;
    let mut tx = db.begin().await?;
    store::set_password(&mut tx, account.id, &hash, None, &now.to_string()).await?;
    store::delete_sessions(&mut tx, account.id, token.map(super::sessions::token_hash).as_deref()).await?;
    registry::audit::record(&mut tx, now, &account.login, "account.password", &account.login, &json!({})).await?;
    Ok(tx.commit().await?)
}
