//! What universities and institutes answer to the demands that enterprises published to them, and the talks that they are part
//! of. They see no budget of a demand and no amount of a talk.

use db::Db;
use jiff::{Timestamp, civil::Date};
use serde_json::json;
use terms::text::fold_name;

use super::{WORDS_CHARS_MAX, patents, store, university_of};
use crate::{
    Error, Installation,
    accounts::{Account, Organisation, Permission, allows},
    baskets,
    items::allowed,
    matching::{self, Demand, Stage},
    messages,
};

/// A demand as it is published: what may be spent is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// The demand, without its budget; of one that is published no longer, nothing but whose it was and when.
    pub demand: Demand,
    /// Whether the account's university has answered it.
    pub is_answered: bool,
}

/// What stands in the place of the title of a demand that its firm publishes no longer.
const UNPUBLISHED: &str = "不再公布的需求";

impl Sought {
    /// Whether it can be answered on a day.
    pub fn is_open(&self, today: Date) -> bool {
        self.demand.asked.is_published && self.demand.state(today) == matching::State::Open
    }

    /// The demand as a university sees it.
    fn of(mut demand: Demand, own: &[Answer]) -> Self {
        demand.asked.budget_fen = None;
        if !demand.asked.is_published {
            demand.asked.title = UNPUBLISHED.to_owned();
            demand.asked.words = String::new();
            demand.asked.chain_node = String::new();
            demand.asked.ipc = String::new();
        }
        Self { is_answered: own.iter().any(|one| one.demand_id == demand.id && !one.is_withdrawn), demand }
    }
}

/// An answer to a demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its number.
    pub id: i64,
    /// The demand.
    pub demand_id: i64,
    /// Its title.
    pub demand: String,
    /// The firm whose demand it is.
    pub firm: String,
    /// The firm's code.
    pub uscc: String,
    /// Who answers.
    pub university: String,
    /// The document of the patent that is proposed; empty where none is.
    pub document_key: String,
    /// Its number in the register where the corpus has no document of it; else empty.
    pub application_number: String,
    /// Its title.
    pub title: String,
    /// What is answered.
    pub words: String,
    /// Whom to speak to.
    pub contact: String,
    /// Who answered, by login.
    pub by: String,
    /// On which day.
    pub on: String,
    /// Whether it was taken back.
    pub is_withdrawn: bool,
}

/// What is said in an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The application number of the patent of one's own that is proposed; empty for none.
    pub number: String,
    /// What is answered.
    pub words: String,
    /// Whom to speak to.
    pub contact: String,
}

/// A talk that a university is part of: which patent, with whom, how far; what the firm noted for itself is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    /// Its number.
    pub id: i64,
    /// The firm.
    pub firm: String,
    /// The document.
    pub document_key: String,
    /// Its title.
    pub title: String,
    /// How far it has come.
    pub stage: Stage,
    /// The day of the first step.
    pub began_on: Date,
    /// The day of the latest.
    pub last_on: Date,
}

impl Talk {
    /// What comes next, in words.
    pub const fn next_zh(&self) -> &'static str {
        match self.stage {
            Stage::Contact => "与企业约定面谈或寄样，商谈合作方式",
            Stage::Negotiation => "商定价格与条款，签订合同",
            Stage::Signed => "办理转让登记或许可备案，交付技术资料",
            Stage::Ended => "已终止；如有新的条件，可更新供给",
        }
    }
}

/// The demands that are published to universities and stand open, and those that the account's university has answered,
/// whatever became of them since; the latest first.
pub async fn sought(installation: &Installation, account: &Account, now: Timestamp) -> Result<Vec<Sought>, Error> {
    allowed(account, Permission::AnswerDemands)?;
    let today = installation.business_date(now);
    let own = answers(installation, account).await?;
    let mut all = matching::every_demand(&installation.db).await?;
    let is_open = |one: &Demand| {
        one.state(today) == matching::State::Open && allows(account, Permission::AnswerDemands, &one.resource())
    };
    all.retain(|one| is_open(one) || own.iter().any(|answer| answer.demand_id == one.id));
    Ok(all.into_iter().map(|demand| Sought::of(demand, &own)).collect())
}

/// One of these demands.
pub async fn sought_one(
    installation: &Installation,
    account: &Account,
    id: i64,
    now: Timestamp,
) -> Result<Sought, Error> {
    let found = sought(installation, account, now).await?.into_iter().find(|one| one.demand.id == id);
    found.ok_or_else(|| Error::NotFound { what: "公布的需求", id: id.to_string() })
}

/// The answers of the account's own university, the latest first.
pub async fn answers(installation: &Installation, account: &Account) -> Result<Vec<Answer>, Error> {
    allowed(account, Permission::AnswerDemands)?;
    let mut tx = installation.db.begin_read().await?;
    let mut all = store::answers(&mut tx).await?;
    all.retain(|one| is_own(account, one));
    Ok(all)
}

/// The answers that stand to a demand, for whoever sees the demand.
pub async fn answers_to(db: &Db, account: &Account, demand: i64) -> Result<Vec<Answer>, Error> {
    matching::demand(db, account, demand).await?;
    let mut tx = db.begin_read().await?;
    let mut all = store::answers(&mut tx).await?;
    all.retain(|one| one.demand_id == demand && !one.is_withdrawn);
    Ok(all)
}

/// Answers a demand; the enterprise is told.
pub async fn answer(
    installation: &Installation,
    corpus: Option<&corpus::Corpus>,
    account: &Account,
    id: i64,
    said: &Said,
    now: Timestamp,
) -> Result<i64, Error> {
    let today = installation.business_date(now);
    let sought = sought_one(installation, account, id, now).await?;
    if !sought.is_open(today) {
        return Err(Error::Conflict("这条需求不再征集，不能再应答。以前的应答仍在，可以撤回。".into()));
    }
    let demand = sought.demand;
    let (words, contact) = (said.words.trim(), said.contact.trim());
    if words.is_empty() || words.chars().count() > baskets::NOTE_CHARS_MAX {
        return Err(Error::field("words", format!("请写明应答内容，不超过 {} 个字。", baskets::NOTE_CHARS_MAX)));
    }
    if contact.is_empty() || contact.chars().count() > WORDS_CHARS_MAX {
        return Err(Error::field("contact", format!("请填写联系方式，不超过 {WORDS_CHARS_MAX} 个字。")));
    }
    let patent = match said.number.trim() {
        "" => None,
        number => Some(patents::patent(installation, corpus, account, number, now).await?),
    };
    let mut tx = installation.db.begin().await?;
    let university = university_of(&mut tx, account).await?;
    let answer = Answer {
        id: 0,
        demand_id: id,
        demand: demand.asked.title.clone(),
        firm: demand.firm.clone(),
        uscc: demand.asked.uscc.clone(),
        university: account.unit.clone(),
        document_key: patent.as_ref().map(|one| one.document_key.clone()).unwrap_or_default(),
        application_number: patent
            .as_ref()
            .filter(|one| one.document_key.is_empty())
            .map(|one| one.application_number.clone())
            .unwrap_or_default(),
        title: patent.map(|one| one.title).unwrap_or_default(),
        words: words.to_owned(),
        contact: contact.to_owned(),
        by: account.login.clone(),
        on: today.to_string(),
        is_withdrawn: false,
    };
    let Some(kept) = store::insert_answer(&mut tx, university, &answer, &now.to_string()).await? else {
        return Err(Error::field("number", "本单位已就这件专利应答过。要改内容，请先撤回那一次应答。"));
    };
    let detail = json!({ "demand": id, "document": answer.document_key, "firm": answer.firm });
    registry::audit::record(&mut tx, now, &account.login, "demand.answer", &kept.to_string(), &detail).await?;
    messages::of_answer(&mut tx, &answer, today, now).await?;
    tx.commit().await?;
    Ok(kept)
}

/// Takes an answer back.
pub async fn withdraw_answer(
    installation: &Installation,
    account: &Account,
    id: i64,
    now: Timestamp,
) -> Result<i64, Error> {
    allowed(account, Permission::AnswerDemands)?;
    let mut tx = installation.db.begin().await?;
    let found = store::answers(&mut tx).await?.into_iter().find(|one| one.id == id && is_own(account, one));
    let found = found.ok_or_else(|| Error::NotFound { what: "应答", id: id.to_string() })?;
    if found.is_withdrawn {
        return Err(Error::Conflict("这次应答已经撤回。".into()));
    }
    store::withdraw_answer(&mut tx, id, &now.to_string()).await?;
    let detail = json!({ "demand": found.demand_id });
    registry::audit::record(&mut tx, now, &account.login, "demand.answer-withdraw", &id.to_string(), &detail).await?;
    tx.commit().await?;
    Ok(found.demand_id)
}

fn is_own(account: &Account, answer: &Answer) -> bool {
    matches!(account.organisation(), Organisation::University(name) if !name.is_empty() && name == answer.university)
}

/// The names under which the account's university owns patents.
pub async fn owner_names(installation: &Installation, account: &Account) -> Result<Vec<String>, Error> {
    match account.organisation() {
        Organisation::University(name) if !name.is_empty() => patents::names_of(installation, name).await,
        _ => Ok(Vec::new()),
    }
}

/// The talks about patents of the account's own university, the latest first.
pub async fn deals(installation: &Installation, account: &Account) -> Result<Vec<Talk>, Error> {
    allowed(account, Permission::ChangeOffers)?;
    let names: Vec<String> = owner_names(installation, account).await?.iter().map(|name| fold_name(name)).collect();
    let mut all = matching::every_deal(&installation.db).await?;
    all.retain(|deal| names.contains(&fold_name(&deal.source)));
    let talk = |deal: matching::Deal| Talk {
        id: deal.id,
        firm: deal.firm,
        document_key: deal.document_key,
        title: deal.title,
        stage: deal.stage,
        began_on: deal.began_on,
        last_on: deal.last_on,
    };
    Ok(all.into_iter().map(talk).collect())
}
