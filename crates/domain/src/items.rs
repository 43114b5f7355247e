//! Policy items (政策事项): what an award or an aid pays, on which document it rests and within which limits (C3.1.2.1).
//!
//! Who has earned an award is decided by the policy's rules and nowhere here; an item adds the money. A version is drafted by one
//! person and issued by another, and what is issued is held against the law above it first ([`faults`]).

pub mod aid;
pub mod amount;
pub(crate) mod faults;
mod soundness;
mod store;
#[cfg(test)]
pub(crate) mod tests;
pub mod window;

use std::collections::BTreeMap;

use db::{Db, Tx};
use jiff::{Timestamp, civil::Date};
use rules::{Policy, policy::AwardDef};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use self::faults::{Fault, faults, warnings};
pub(crate) use self::soundness::faults as trail_faults;
use self::{aid::Aid, window::Window};
use crate::{
    Error, Installation,
    accounts::{self, Account, Permission},
    cases,
    runs::sha256,
};

/// The class of money that depends on grants (与授权挂钩), as policy documents name it.
pub const GRANT_LINKED: &str = "grant-linked";
/// The class of money that furthers the use of rights (运用): interest, fees and premiums (C3.2.4.1).
pub const USE: &str = "use";
/// The award for grants abroad, one invention of which may be granted in several countries.
pub const PCT_GRANT: &str = "pct-grant";

words! {
    /// How a subject comes to its money.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    Track {
        /// The run proposes, the enterprise confirms.
        Confirm "confirm" "免申即享",
        /// 申报: the enterprise applies with evidence.
        Apply "apply" "企业申报",
    }
}

words! {
    /// Where a version stands.
    Stage {
        /// May be changed, pays nothing.
        Draft "draft" "草稿",
        Issued "issued" "已发布",
        /// Opens no new case.
        Suspended "suspended" "已停用",
    }
}

/// The document on which an item rests (依据文件).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Its number (文号).
    pub number: String,
    /// Its title.
    pub title: String,
}

/// The fair-competition review of the measure (公平竞争审查; 《公平竞争审查条例》第十八条).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// What it concluded.
    pub conclusion: String,
    /// When.
    pub concluded_on: Option<Date>,
}

/// Whether money is a policy subsidy (政策性补贴; C3.1.3.2, AMB-09).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subsidy {
    /// Whether it is.
    pub is_policy_subsidy: bool,
    /// The number of the document that says it is not.
    #[serde(default)]
    pub exempted_by: String,
}

/// How the amount comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Formula {
    /// 每家定额, by level.
    PerSubject,
    /// 每件定额 for each right the award rests on.
    PerRight,
    /// 按已付费用的比例; the amount of the level is the cap of one matter.
    ShareOfCost {
        /// The share, in percent.
        percent: i64,
    },
}

/// How long each step may take, in working days (办理时限).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The enterprise confirms, or completes what was asked for.
    pub enterprise: u32,
    /// An application is accepted or refused.
    pub accept: u32,
    /// Handling, second look, each opinion, the decision.
    pub step: u32,
    /// A public notice stands open; at least five (5.2 公示).
    pub notice: u32,
}

impl Limits {
    /// Each limit with what it is for.
    fn named(&self) -> [(&'static str, u32); 3] {
        [("企业确认和补正", self.enterprise), ("受理", self.accept), ("办理", self.step)]
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { enterprise: 20, accept: 5, step: 10, notice: NOTICE_DAYS_MIN }
    }
}

/// The fewest working days for which a list is open to objections.
pub const NOTICE_DAYS_MIN: u32 = 5;

/// What an item says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// How a subject comes to its money.
    pub track: Track,
    /// The document behind it.
    #[serde(default)]
    pub basis: Basis,
    /// The review that must precede it.
    #[serde(default)]
    pub review: Review,
    /// Its first day.
    pub effective_from: Date,
    /// Its last day; a measure of this kind needs one (《公平竞争审查条例》第十二条).
    #[serde(default)]
    pub effective_until: Option<Date>,
    /// How the amount comes about.
    pub formula: Formula,
    /// The amount of each level in fen; level 1 where an award has none.
    #[serde(default, with = "levels")]
    pub amounts: BTreeMap<i64, i64>,
    /// 晋级补差: money only for what exceeds that of levels decided before (AMB-13).
    #[serde(default)]
    pub pays_difference: bool,
    /// At most so much for a subject in a year, in fen, over all items.
    #[serde(default)]
    pub cap_per_subject_year_fen: Option<i64>,
    /// At most so much for one invention over all countries and years, in fen, before the taper (同一发明多国授权).
    #[serde(default)]
    pub cap_per_invention_fen: Option<i64>,
    /// Whether all are paid in proportion where the budget does not suffice (按比例兑付).
    #[serde(default)]
    pub pays_pro_rata: bool,
    /// What the aid for defending rights says besides.
    #[serde(default)]
    pub aid: Option<Aid>,
    /// The departments that must agree (部门联审); 所在区镇 stands for the town of each enterprise.
    #[serde(default)]
    pub departments: Vec<String>,
    /// When applications are taken (申报期); at any time where it says nothing.
    #[serde(default)]
    pub window: Option<Window>,
    /// Whether its money is what C3.1.3.2 lowers by the year and ends; while nobody has said so, it is.
    #[serde(default)]
    pub subsidy: Option<Subsidy>,
    /// The papers that an application needs.
    #[serde(default)]
    pub papers: Vec<String>,
    /// How long each step may take.
    #[serde(default)]
    pub limits: Limits,
}

impl Terms {
    /// Whether its money falls by the year and ends (C3.1.3.2): what depends on grants always, any other unless a document exempts it.
    pub fn tapers(&self, award: &AwardDef) -> bool {
        award.money_class == GRANT_LINKED || self.subsidy.as_ref().is_none_or(|one| one.is_policy_subsidy)
    }
}

/// Levels are keys of text in TOML and JSON alike.
mod levels {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(map: &BTreeMap<i64, i64>, to: S) -> Result<S::Ok, S::Error> {
        map.iter().map(|(level, fen)| (level.to_string(), *fen)).collect::<BTreeMap<_, _>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<i64, i64>, D::Error> {
        let texts = BTreeMap::<String, i64>::deserialize(from)?;
        let level = |(level, fen): (String, i64)| level.parse().map(|level| (level, fen)).map_err(D::Error::custom);
        texts.into_iter().map(level).collect()
    }
}

/// A version of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number.
    pub id: i64,
    /// The award or aid of the policy document.
    pub award: String,
    /// The version, from 1.
    pub version: i64,
    /// Where it stands.
    pub stage: Stage,
    /// What it says.
    pub terms: Terms,
    /// Whether its amounts are for trials only (演示数据): never paid in a real installation.
    pub is_trial: bool,
    /// Who drafted it.
    pub drafted_by: String,
    /// When.
    pub drafted_at: String,
    /// Who issued it.
    pub issued_by: Option<String>,
}

impl Item {
    /// What tells this state of the version from any later one, for a form to send back what its reader saw.
    pub fn mark(&self) -> String {
        let terms = serde_json::to_string(&self.terms).unwrap_or_default();
        let all = format!("{} {} {} {} {terms}", self.id, self.stage.key(), self.drafted_by, self.drafted_at);
        sha256(all.as_bytes())[..16].to_owned()
    }

    /// Whether cases may be opened under it on this day.
    pub fn is_in_force(&self, day: Date) -> bool {
        self.stage == Stage::Issued
            && self.terms.effective_from <= day
            && self.terms.effective_until.is_none_or(|last| day <= last)
    }
}

/// Every version, the award's order and then the latest first.
pub async fn all(db: &Db) -> Result<Vec<Item>, Error> {
    let mut tx = db.begin_read().await?;
    store::all(&mut tx).await
}

pub(crate) async fn all_in(tx: &mut Tx) -> Result<Vec<Item>, Error> {
    store::all(tx).await
}

/// One version.
pub async fn find(db: &Db, id: i64) -> Result<Item, Error> {
    let mut tx = db.begin_read().await?;
    find_in(&mut tx, id).await
}

pub(crate) async fn find_in(tx: &mut Tx, id: i64) -> Result<Item, Error> {
    store::find(tx, id).await?.ok_or_else(|| Error::NotFound { what: "政策事项", id: id.to_string() })
}

/// The version of an award under which cases may be opened on this day: the latest issued.
pub async fn in_force(db: &Db, award: &str, day: Date) -> Result<Option<Item>, Error> {
    Ok(all(db).await?.into_iter().find(|item| item.award == award && item.is_in_force(day)))
}

/// Writes a new draft of an award's item, or changes the draft that waits; `seen` is the mark of the latest version that was seen, empty
/// for none.
pub async fn draft(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    award: &str,
    (terms, seen): (Terms, Option<&str>),
    now: Timestamp,
) -> Result<i64, Error> {
    allowed(account, Permission::HandleCases)?;
    if policy.award(award).is_none() {
        return Err(Error::NotFound { what: "奖励或资助事项", id: award.to_owned() });
    }
    let mut tx = installation.db.begin().await?;
    store::hold(&mut tx).await?;
    let versions = store::of_award(&mut tx, award).await?;
    if let Some(seen) = seen {
        is_as_seen(seen, versions.first())?;
    }
    let waiting = versions.iter().find(|item| item.stage == Stage::Draft);
    let id = match waiting {
        Some(item) => {
            store::redraft(&mut tx, item.id, &terms, &account.login, &now.to_string()).await?;
            item.id
        }
        None => {
            let version = versions.iter().map(|item| item.version).max().unwrap_or(0) + 1;
            let is_trial = installation.demo().is_some();
            store::insert(&mut tx, award, version, &terms, is_trial, &account.login, &now.to_string()).await?
        }
    };
    let detail = json!({ "award": award, "before": waiting.map(|item| &item.terms), "after": terms });
    record(&mut tx, account, now, "item.draft", id, &detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// Refuses what was made upon another state of an item than the present one.
fn is_as_seen(seen: &str, now: Option<&Item>) -> Result<(), Error> {
    if seen == now.map(Item::mark).unwrap_or_default() {
        return Ok(());
    }
    let who = now.map(|item| format!("（{} 起草的第 {} 版，{}）", item.drafted_by, item.version, item.stage.zh()));
    Err(Error::Conflict(format!(
        "这一事项在您打开之后有人改过{}，您的内容没有保存。请另开一页看过最新的一版，再决定怎么改。",
        who.unwrap_or_default()
    )))
}

/// Issues a draft: by another person than its author, and only when nothing in it offends the law above it.
pub async fn issue(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    (id, seen): (i64, Option<&str>),
    now: Timestamp,
) -> Result<(), Error> {
    allowed(account, Permission::HandleCases)?;
    let mut tx = installation.db.begin().await?;
    store::hold(&mut tx).await?;
    let item = find_in(&mut tx, id).await?;
    if let Some(seen) = seen {
        is_as_seen(seen, Some(&item))?;
    }
    if item.stage != Stage::Draft {
        return Err(Error::Conflict(format!("这一版事项{}，不能再发布。", item.stage.zh())));
    }
    if item.drafted_by == account.login {
        return Err(Error::Conflict("起草人不能自己发布。请由另一人核对后发布。".into()));
    }
    let mut found = faults(policy, &item)?;
    found.extend(unknown_departments(&mut tx, &item.terms.departments).await?);
    if !found.is_empty() {
        let words: Vec<String> = found.iter().map(|fault| format!("{}（{}）", fault.words, fault.basis)).collect();
        return Err(Error::Invalid(format!("不能发布：{}", words.join("；"))));
    }
    store::issue(&mut tx, id, &account.login, &now.to_string()).await?;
    record(&mut tx, account, now, "item.issue", id, &json!({ "award": item.award, "version": item.version })).await?;
    Ok(tx.commit().await?)
}

/// A department that nobody speaks for would be waited for without end.
async fn unknown_departments(tx: &mut Tx, departments: &[String]) -> Result<Vec<Fault>, Error> {
    let mut known = store::departments(tx).await?;
    known.insert(cases::FINANCE.to_owned());
    if !accounts::speak_for_towns(tx).await?.is_empty() {
        known.insert(cases::OWN_TOWN.to_owned());
    }
    let unknown = departments.iter().filter(|name| !known.contains(*name));
    let fault = |name: &String| Fault {
        words: format!("联审部门“{name}”没有可用的账号，案件会一直等它；请先在“组织”和“账号”中开通，或改正名称"),
        basis: "部门联审".into(),
    };
    Ok(unknown.map(fault).collect())
}

/// Takes an issued version out of use; cases already opened go on.
pub async fn suspend(db: &Db, account: &Account, id: i64, now: Timestamp) -> Result<(), Error> {
    allowed(account, Permission::HandleCases)?;
    let mut tx = db.begin().await?;
    let item = find_in(&mut tx, id).await?;
    if item.stage != Stage::Issued {
        return Err(Error::Conflict(format!("这一版事项{}，不能停用。", item.stage.zh())));
    }
    store::suspend(&mut tx, id).await?;
    record(&mut tx, account, now, "item.suspend", id, &json!({ "award": item.award, "version": item.version })).await?;
    Ok(tx.commit().await?)
}

pub(crate) fn allowed(account: &Account, permission: Permission) -> Result<(), Error> {
    if account.role.may(permission) { Ok(()) } else { Err(Error::Forbidden(permission.zh())) }
}

async fn record(
    tx: &mut Tx,
    account: &Account,
    now: Timestamp,
    action: &str,
    id: i64,
    detail: &serde_json::Value,
) -> Result<(), Error> {
    Ok(registry::audit::record(tx, now, &account.login, action, &id.to_string(), detail).await?)
}
