//! Organisations (组织): province, city, towns, departments, enterprises, universities, banks and agencies as one tree.
//!
//! The city, its towns and the enterprises are read from their registers, as known now, and cannot be entered here a second
//! time; the others are kept here by the administrator. An account belongs to one of them by its unit.

mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use db::{Db, Tx};
use jiff::Timestamp;
use serde_json::json;
use terms::Uscc;

use crate::regions::Regions;
use crate::{Error, accounts::Role};

/// The most letters that a name may have.
const NAME_CHARS_MAX: usize = 60;

words! {
    /// What an organisation is.
    Kind {
        Province "province" "省级机关",
        City "city" "本市",
        Town "town" "区镇街道",
        Department "department" "部门",
        University "university" "高校院所",
        Bank "bank" "金融机构",
        Agency "agency" "服务机构",
        Enterprise "enterprise" "企业",
    }
}

impl Kind {
    /// The role of the accounts that belong to a kept organisation of this kind by its name.
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Department => Some(Role::Department),
            Self::Bank => Some(Role::Bank),
            Self::Province => Some(Role::Province),
            Self::University => Some(Role::University),
            Self::Agency => Some(Role::Agency),
            _ => None,
        }
    }

    /// The register that tells of this kind; none where it is kept by hand.
    pub const fn register(self) -> Option<&'static str> {
        match self {
            Self::City | Self::Town => Some("regions"),
            Self::Enterprise => Some("enterprises"),
            _ => None,
        }
    }
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its number; none where a register tells of it.
    pub id: Option<i64>,
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its code in its register, or its unified social credit code; empty where none is known.
    pub code: String,
    /// The organisation above it; empty at the top.
    pub parent: String,
    /// Since when it is disabled.
    pub disabled_at: Option<String>,
}

/// An organisation to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its unified social credit code, or empty.
    pub code: String,
    /// The number of the kept organisation above it; none below the city.
    pub parent: Option<i64>,
}

/// The whole tree: by kind from the top down, then by name.
pub async fn all(db: &Db, now: Timestamp) -> Result<Vec<Organisation>, Error> {
    let mut found = registered(db, now).await?;
    let city = found.iter().find(|one| one.kind == Kind::City).map(|one| one.name.clone()).unwrap_or_default();
    let mut tx = db.begin_read().await?;
    for mut one in store::all(&mut tx).await? {
        if one.parent.is_empty() && one.kind != Kind::Province {
            one.parent.clone_from(&city);
        }
        found.push(one);
    }
    found.sort_by(|one, other| (one.kind, &one.name).cmp(&(other.kind, &other.name)));
    Ok(found)
}

/// One that is kept here.
pub async fn find(db: &Db, id: i64) -> Result<Organisation, Error> {
    let mut tx = db.begin_read().await?;
    one(&store::all(&mut tx).await?, id).cloned()
}

/// Those that registers tell of, as known now.
async fn registered(db: &Db, now: Timestamp) -> Result<Vec<Organisation>, Error> {
    let regions = folded(db, "regions", now).await?;
    let regions = Regions::of(&regions);
    let [code, name] = ["code", "name"].map(|field| registry::Folded::column("regions", field));
    let city = regions.city.map_or("", |row| row.text(name));
    let of_city = regions.city.map(|row| from_register(Kind::City, city, row.text(code), ""));
    let towns: BTreeMap<&str, &str> = regions.units().map(|row| (row.text(code), row.text(name))).collect();
    let mut found: Vec<Organisation> = of_city.into_iter().collect();
    found.extend(towns.iter().map(|(code, name)| from_register(Kind::Town, name, code, city)));
    for [code, name, town] in rows(db, "enterprises", ["uscc", "name", "region"], now).await? {
        // A file may give the town by its code.
        let town = towns.get(town.as_str()).copied().unwrap_or(&town);
        found.push(from_register(Kind::Enterprise, &name, &code, town));
    }
    Ok(found)
}

fn from_register(kind: Kind, name: &str, code: &str, parent: &str) -> Organisation {
    let (name, code, parent) = (name.to_owned(), code.to_owned(), parent.to_owned());
    Organisation { id: None, kind, name, code, parent, disabled_at: None }
}

async fn folded(db: &Db, register: &str, now: Timestamp) -> Result<Vec<registry::FoldedRow>, Error> {
    let Some(register) = registry::register(register) else { return Ok(Vec::new()) };
    Ok(registry::fold_register(db, register, now).await?)
}

async fn rows(db: &Db, register: &str, columns: [&str; 3], now: Timestamp) -> Result<Vec<[String; 3]>, Error> {
    let places = columns.map(|column| registry::Folded::column(register, column));
    let folded = folded(db, register, now).await?;
    Ok(folded.iter().map(|row| places.map(|place| row.text(place).to_owned())).collect())
}

/// Adds an organisation and gives its number.
pub async fn add(db: &Db, new: &New, by: &str, now: Timestamp) -> Result<i64, Error> {
    let (name, code) = (named(&new.name)?, coded(&new.code)?);
    if let Some(register) = new.kind.register().and_then(registry::register) {
        let (kind, register) = (new.kind.zh(), register.name_zh);
        return Err(Error::field("kind", format!("{kind}由“{register}”登记簿提供，不在这里登记。请导入登记簿。")));
    }
    is_new(&registered(db, now).await?, &name, &code)?;
    let mut tx = db.begin().await?;
    let kept = store::all(&mut tx).await?;
    is_new(&kept, &name, &code)?;
    if let Some(parent) = new.parent {
        open_one(&kept, parent)?;
    }
    let id = store::insert(&mut tx, new.kind, &name, &code, new.parent).await?;
    let detail = json!({ "kind": new.kind.key(), "name": name, "code": code, "parent": new.parent });
    record(&mut tx, now, by, "organisation.add", id, &detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// Gives a kept organisation another name; the units of its accounts follow.
pub async fn rename(db: &Db, id: i64, name: &str, by: &str, now: Timestamp) -> Result<(), Error> {
    let name = named(name)?;
    let registered = registered(db, now).await?;
    let items = crate::items::all(db).await?;
    let mut tx = db.begin().await?;
    let kept = store::all(&mut tx).await?;
    let before = one(&kept, id)?;
    let asks = |item: &&crate::items::Item| item.terms.departments.contains(&before.name);
    if let Some(item) = items.iter().find(asks).filter(|_| before.kind == Kind::Department) {
        return Err(Error::Conflict(format!(
            "事项“{}”第 {} 版请“{}”联审，改名后会送不到。机构改革后请登记新的部门，在事项新版本中改用它，再停用这一个。",
            item.award, item.version, before.name
        )));
    }
    if before.name == name {
        return Err(Error::Invalid("名称没有变化。".to_owned()));
    }
    is_new(&registered, &name, "")?;
    is_new(&kept, &name, "")?;
    // What a department said stands under its name of then; a department that was reformed is another one.
    if before.kind == Kind::Department && store::has_been_asked(&mut tx, &before.name).await? {
        return Err(Error::Conflict(format!(
            "“{}”已有联审案件，不能改名。机构改革后请登记新的部门，再停用这一个。",
            before.name
        )));
    }
    store::rename(&mut tx, id, &name).await?;
    let accounts = match before.kind.role() {
        Some(role) => store::rename_units(&mut tx, role.key(), &before.name, &name).await?,
        None => 0,
    };
    let detail = json!({ "before": before.name, "after": name, "accounts": accounts });
    record(&mut tx, now, by, "organisation.rename", id, &detail).await?;
    Ok(tx.commit().await?)
}

/// Disables a kept organisation: no account is opened in it any more.
pub async fn disable(db: &Db, id: i64, by: &str, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let kept = store::all(&mut tx).await?;
    let before = one(&kept, id)?;
    if before.disabled_at.is_some() {
        return Err(Error::Conflict("这个组织已经停用。".to_owned()));
    }
    let holding = match before.kind.role() {
        Some(role) => store::open_accounts(&mut tx, role.key(), &before.name).await?,
        None => 0,
    };
    if holding > 0 {
        return Err(Error::Conflict(format!("“{}”还有 {holding} 个可用账号。请先停用或调整这些账号。", before.name)));
    }
    store::set_disabled(&mut tx, id, Some(&now.to_string())).await?;
    record(&mut tx, now, by, "organisation.disable", id, &json!({ "name": before.name })).await?;
    Ok(tx.commit().await?)
}

/// Takes a disabled organisation into use again.
pub async fn enable(db: &Db, id: i64, by: &str, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let kept = store::all(&mut tx).await?;
    let before = one(&kept, id)?;
    if before.disabled_at.is_none() {
        return Err(Error::Conflict("这个组织没有停用。".to_owned()));
    }
    store::set_disabled(&mut tx, id, None).await?;
    record(&mut tx, now, by, "organisation.enable", id, &json!({ "name": before.name })).await?;
    Ok(tx.commit().await?)
}

/// Whether an account of this role may belong to this unit: a town of the register where that has come, or a department, bank,
/// provincial body, university or agency that is kept.
pub(crate) async fn check_unit(db: &Db, role: Role, unit: &str, now: Timestamp) -> Result<(), Error> {
    match role {
        Role::Town => {
            let regions = folded(db, "regions", now).await?;
            let name = registry::Folded::column("regions", "name");
            if regions.is_empty() || Regions::of(&regions).units().any(|row| row.text(name) == unit) {
                return Ok(());
            }
            Err(Error::field("unit", format!("区镇登记簿中没有单位“{unit}”。请按登记簿填写区镇名称。")))
        }
        _ => {
            let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.role() == Some(role)) else { return Ok(()) };
            let mut tx = db.begin_read().await?;
            let kept = store::all(&mut tx).await?;
            if kept.iter().any(|one| one.kind == kind && one.disabled_at.is_none() && one.name == unit) {
                return Ok(());
            }
            let zh = kind.zh();
            Err(Error::field("unit", format!("没有名为“{unit}”的{zh}单位。请先在“组织”中登记，或核对名称。")))
        }
    }
}

fn one(kept: &[Organisation], id: i64) -> Result<&Organisation, Error> {
    let missing = || Error::NotFound { what: "组织", id: id.to_string() };
    kept.iter().find(|one| one.id == Some(id)).ok_or_else(missing)
}

fn open_one(kept: &[Organisation], id: i64) -> Result<(), Error> {
    match one(kept, id)? {
        one if one.disabled_at.is_some() => {
            Err(Error::field("parent", format!("上级“{}”已经停用。请另选。", one.name)))
        }
        _ => Ok(()),
    }
}

fn named(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(Error::field("name", format!("名称不能留空，不超过 {NAME_CHARS_MAX} 个字。")));
    }
    Ok(name.to_owned())
}

fn coded(code: &str) -> Result<String, Error> {
    let code = code.trim();
    if code.is_empty() {
        return Ok(String::new());
    }
    let code: Uscc = code.parse().map_err(|cause: terms::Error| Error::field("code", cause.message))?;
    Ok(code.to_string())
}

/// Whether nobody among these has this name, however its brackets are written, or this code.
fn is_new(known: &[Organisation], name: &str, code: &str) -> Result<(), Error> {
    let folded = |name: &str| name.replace('(', "（").replace(')', "）");
    let is_namesake = |one: &Organisation| folded(&one.name) == folded(name);
    let same = |one: &&Organisation| is_namesake(one) || (!code.is_empty() && one.code == code);
    let Some(same) = known.iter().find(same) else { return Ok(()) };
    let source = same.kind.register().map_or_else(String::new, |_| "（登记簿已有）".to_owned());
    let field = if is_namesake(same) { "name" } else { "code" };
    Err(Error::field(field, format!("已有{}“{}”{source}，不能再登记一次。", same.kind.zh(), same.name)))
}

async fn record(
    tx: &mut Tx,
    now: Timestamp,
    by: &str,
    action: &str,
    id: i64,
    detail: &serde_json::Value,
) -> Result<(), Error> {
    Ok(registry::audit::record(tx, now, by, action, &id.to_string(), detail).await?)
}
