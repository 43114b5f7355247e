//! What universities and institutes offer (专利供给, C3.4.1.2 and C3.4.3.2): which of their patents are open to a transfer, a
//! licence or a co-operation, on what terms, and what they answer to the demands that enterprises published to them.
//!
//! An offer is kept version by version; the latest holds until its last day. What is not published is its university's own
//! (`domain::accounts::permissions`). Matching reads what stands open as a sign that a deal is possible ([`signs`]).

mod answers;
mod patents;
mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use corpus::Corpus;
use db::{Db, Tx};
use documents::applicants::Names;
use jiff::{Timestamp, civil::Date};
use serde_json::json;

pub use self::{
    answers::{
        Answer, Said, Sought, Talk, answer, answers, answers_to, deals, owner_names, sought, sought_one,
        withdraw_answer,
    },
    patents::{Patent, Standing, own_search, patent, patents},
};
use crate::{
    Error, Installation,
    accounts::{Account, Organisation, Permission, Resource, allows},
    baskets,
    items::allowed,
    matching::ContractKind,
};

/// The longest field, contact, in characters.
pub const WORDS_CHARS_MAX: usize = 200;
/// The longest time for which an offer is made.
const YEARS_MAX: i32 = 3;

words! {
    /// Whether an offer is seen.
    State {
        /// Only its university sees it.
        Draft "draft" "未发布",
        /// Enterprises and the city see it until its last day.
        Published "published" "已发布",
        /// Its last day is over.
        Expired "expired" "已到期",
        /// It was taken back.
        Withdrawn "withdrawn" "已撤回",
    }
}

/// On what terms a patent is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What it is open to: transfer, licence, co-operation.
    pub forms: Vec<ContractKind>,
    /// The field in which it is used (应用领域).
    pub field: String,
    /// What is expected for it, in fen; none is to be agreed (面议).
    pub price_fen: Option<i64>,
    /// Whom to speak to.
    pub contact: String,
    /// Its last day.
    pub until: Date,
    /// What else is to be known.
    pub note: String,
}

/// A version of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Counts from one.
    pub version: i64,
    /// Draft, published or withdrawn, as it was kept.
    pub state: State,
    /// The terms.
    pub terms: Terms,
    /// Who kept it.
    pub by: String,
    /// When.
    pub at: String,
}

/// An offer, as its latest version has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its number.
    pub id: i64,
    /// The university or institute.
    pub university: String,
    /// The application number as registers write it.
    pub application_number: String,
    /// The document of the corpus; empty where it holds none.
    pub document_key: String,
    /// The title.
    pub title: String,
    /// The latest version.
    pub latest: Version,
}

impl Offer {
    /// Where it stands on a day.
    pub fn state(&self, today: Date) -> State {
        match self.latest.state {
            State::Published if self.latest.terms.until < today => State::Expired,
            state => state,
        }
    }

    /// Whether it is open on a day.
    pub fn is_open(&self, today: Date) -> bool {
        self.state(today) == State::Published
    }

    /// What it says, in one line.
    pub fn words(&self) -> String {
        let Terms { forms, price_fen, until, .. } = &self.latest.terms;
        let forms: Vec<&str> = forms.iter().map(|form| form.zh()).collect();
        let price = price_fen
            .map_or_else(|| "价格面议".to_owned(), |fen| format!("期望 {}", terms::Money::from_fen(fen).format_zh()));
        format!("{}可{}，{price}，至 {until}", self.university, forms.join("、"))
    }

    fn resource(&self, today: Date) -> Resource<'_> {
        Resource::Offer { university: &self.university, is_published: self.is_open(today) }
    }
}

/// The offers that an account sees, the latest first: a university its own, everybody else those that stand open.
pub async fn offers(installation: &Installation, account: &Account, now: Timestamp) -> Result<Vec<Offer>, Error> {
    allowed(account, Permission::ViewOffers)?;
    let today = installation.business_date(now);
    let mut tx = installation.db.begin_read().await?;
    let mut all = store::offers(&mut tx).await?;
    all.retain(|one| allows(account, Permission::ViewOffers, &one.resource(today)));
    Ok(all)
}

/// An offer that the account sees, with its versions from the latest on; who is not of its university sees the one that holds.
pub async fn offer(
    installation: &Installation,
    account: &Account,
    id: i64,
    now: Timestamp,
) -> Result<(Offer, Vec<Version>), Error> {
    allowed(account, Permission::ViewOffers)?;
    let today = installation.business_date(now);
    let mut tx = installation.db.begin_read().await?;
    let found = store::offers(&mut tx).await?.into_iter().find(|one| one.id == id);
    let found = found.filter(|one| allows(account, Permission::ViewOffers, &one.resource(today)));
    let found = found.ok_or_else(|| Error::NotFound { what: "专利供给", id: id.to_string() })?;
    let mut versions = store::versions(&mut tx, id).await?;
    if !allows(account, Permission::ChangeOffers, &found.resource(today)) {
        versions.retain(|one| one.version == found.latest.version);
    }
    Ok((found, versions))
}

/// What is wrong with the terms of an offer, field by field.
pub fn faults(terms: &Terms, today: Date) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    if terms.forms.is_empty() {
        faults.push(("forms", "请选择愿意采取的合作方式：转让、许可或产学研。".to_owned()));
    }
    for (field, words, name) in [("field", &terms.field, "应用领域"), ("contact", &terms.contact, "联系方式")] {
        if words.trim().is_empty() || words.chars().count() > WORDS_CHARS_MAX {
            faults.push((field, format!("请填写{name}，不超过 {WORDS_CHARS_MAX} 个字。")));
        }
    }
    if terms.price_fen.is_some_and(|fen| fen < 0) {
        faults.push(("price", "期望价格不能是负数；价格面议的留空。".to_owned()));
    }
    let last = today.saturating_add(jiff::Span::new().years(YEARS_MAX));
    if terms.until < today || terms.until > last {
        faults.push(("until", format!("有效期至 {} 不合适：请填今天（{today}）到 {last} 之间的日期。", terms.until)));
    }
    if terms.note.chars().count() > baskets::NOTE_CHARS_MAX {
        faults.push(("note", format!("说明最多 {} 个字，请缩短。", baskets::NOTE_CHARS_MAX)));
    }
    faults
}

/// Keeps the terms on which a patent of one's own is offered: published, or to be looked at by oneself first.
pub async fn keep(
    installation: &Installation,
    corpus: Option<&Corpus>,
    account: &Account,
    (number, publishes): (&str, bool),
    terms: &Terms,
    now: Timestamp,
) -> Result<i64, Error> {
    let today = installation.business_date(now);
    let patent = patents::patent(installation, corpus, account, number, now).await?;
    if patent.standing == Standing::Ended {
        return Err(Error::Conflict(format!("“{}”已经失效，不能作为专利供给。请另选一件有效的。", patent.title)));
    }
    let faults = faults(terms, today);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults.into_iter().map(|(_, why)| why).collect()));
    }
    let terms = Terms {
        field: terms.field.trim().to_owned(),
        contact: terms.contact.trim().to_owned(),
        note: terms.note.trim().to_owned(),
        ..terms.clone()
    };
    let state = if publishes { State::Published } else { State::Draft };
    let mut tx = installation.db.begin().await?;
    let university = university_of(&mut tx, account).await?;
    let before = store::find(&mut tx, university, &patent.application_number).await?;
    if before.as_ref().is_some_and(|one| one.latest.terms == terms && one.latest.state == state) {
        return Err(Error::Invalid("内容没有变化，没有保存新的一版。".into()));
    }
    let id = match &before {
        Some(before) => before.id,
        None => store::insert(&mut tx, university, &patent).await?,
    };
    let version = before.as_ref().map_or(1, |one| one.latest.version + 1);
    add(&mut tx, account, id, &Version { version, state, terms, by: account.login.clone(), at: now.to_string() }, now)
        .await?;
    tx.commit().await?;
    Ok(id)
}

/// Takes an offer back; keeping its terms anew makes it again.
pub async fn withdraw(installation: &Installation, account: &Account, id: i64, now: Timestamp) -> Result<(), Error> {
    allowed(account, Permission::ChangeOffers)?;
    let today = installation.business_date(now);
    let mut tx = installation.db.begin().await?;
    let found = store::offers(&mut tx).await?.into_iter().find(|one| one.id == id);
    let found = found.filter(|one| allows(account, Permission::ChangeOffers, &one.resource(today)));
    let before = found.ok_or_else(|| Error::NotFound { what: "专利供给", id: id.to_string() })?;
    if before.latest.state == State::Withdrawn {
        return Err(Error::Conflict("这条供给已经撤回。重新填写并发布即恢复。".into()));
    }
    let version = Version {
        version: before.latest.version + 1,
        state: State::Withdrawn,
        by: account.login.clone(),
        at: now.to_string(),
        ..before.latest
    };
    add(&mut tx, account, id, &version, now).await?;
    Ok(tx.commit().await?)
}

/// Adds a version with its row in the trail.
async fn add(tx: &mut Tx, account: &Account, id: i64, version: &Version, now: Timestamp) -> Result<(), Error> {
    store::insert_version(tx, id, version).await?;
    let Version { terms, .. } = version;
    let forms: Vec<&str> = terms.forms.iter().map(|form| form.zh()).collect();
    let detail = json!({ "version": version.version, "state": version.state.key(), "forms": forms.join("、"),
        "price_fen": terms.price_fen, "until": terms.until, "contact": terms.contact });
    let action = if version.state == State::Withdrawn { "offer.withdraw" } else { "offer.keep" };
    Ok(registry::audit::record(tx, now, &account.login, action, &id.to_string(), &detail).await?)
}

/// An offer that stands open, as a sign that a deal is possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// The offer that it rests on.
    pub offer: i64,
    /// Who offers.
    pub university: String,
    /// What it says, with the offer and its version.
    pub words: String,
}

/// What stands open on a day, by the key of the document.
pub async fn signs(db: &Db, today: Date) -> Result<BTreeMap<String, Vec<Sign>>, Error> {
    let mut tx = db.begin_read().await?;
    let mut found: BTreeMap<String, Vec<Sign>> = BTreeMap::new();
    for one in store::offers(&mut tx).await?.into_iter().filter(|one| one.is_open(today)) {
        let words = format!("权利人公开供给：{}（第 {} 号供给，第 {} 版）", one.words(), one.id, one.latest.version);
        let sign = Sign { offer: one.id, university: one.university, words };
        let key = match one.document_key.as_str() {
            "" => format!("CN{}", one.application_number),
            key => key.to_owned(),
        };
        found.entry(key).or_default().push(sign);
    }
    Ok(found)
}

/// The signs of a document that one of its owners of today, under whatever of its names, gave itself.
pub fn signs_of<'a>(
    signs: &'a BTreeMap<String, Vec<Sign>>,
    names: &'a Names,
    key: &str,
    owners: &'a [String],
) -> impl Iterator<Item = &'a Sign> {
    let is_owner =
        |sign: &&Sign| owners.iter().any(|owner| names.canonical(owner) == names.canonical(&sign.university));
    signs.get(key).into_iter().flatten().filter(is_owner)
}

/// The number of the university or institute that an account is of.
async fn university_of(tx: &mut Tx, account: &Account) -> Result<i64, Error> {
    let unbound = || Error::Conflict("账号没有绑定高校院所。请联系系统管理员。".into());
    let Organisation::University(name) = account.organisation() else { return Err(unbound()) };
    store::university(tx, name).await?.map(|(id, _)| id).ok_or_else(unbound)
}
