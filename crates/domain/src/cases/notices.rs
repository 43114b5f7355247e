//! Public notices (公示) as a legal clock: open for so many working days, and an objection holds up its own row alone.

use std::collections::BTreeSet;

use db::{Db, Tx};
use jiff::{Timestamp, civil::Date};
use rules::Policy;
use serde_json::json;

use super::{Case, Change, NOTE_CHARS_MAX, State, acts, facts::Known, note, opening::award_of, save, store, visible};
use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    items,
    letters::{self, Office},
    runs,
    secrets::{Place, Sealed, Vault},
};

/// A public notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its number.
    pub id: i64,
    /// The award or aid.
    pub award: String,
    /// Its first day.
    pub opened_on: Date,
    /// Its last day, which counts whole.
    pub closes_on: Date,
    /// Why that day.
    pub why: String,
    /// The cases on it with the amount then published, in fen.
    pub cases: Vec<(Case, Option<i64>)>,
}

impl Notice {
    /// Whether one may still object.
    pub fn is_open(&self, today: Date) -> bool {
        today <= self.closes_on
    }
}

/// An objection (异议).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// Its number.
    pub id: i64,
    /// The case.
    pub case: i64,
    /// The notice.
    pub notice: i64,
    /// Who objects; objections are named.
    pub(super) who: Sealed,
    /// How to reach them; personal.
    pub(super) contact: Sealed,
    /// What they say.
    pub content: String,
    /// When.
    pub raised_on: Date,
    /// Whether it was upheld; none while it is looked into.
    pub is_upheld: Option<bool>,
    /// The answer in writing.
    pub answer: String,
    /// Who decided.
    pub decided_by: Option<String>,
}

/// Puts the cases of an award that are ready on public notice: those of the year and item of the one that waits longest.
pub async fn open_notice(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    award: &str,
    now: Timestamp,
) -> Result<i64, Error> {
    items::allowed(account, Permission::HandleCases)?;
    let name = &award_of(policy, award)?.name;
    let known = Known::read(installation, &BTreeSet::new(), now).await?;
    let today = installation.business_date(now);
    let mut tx = installation.db.begin().await?;
    let mut ready = store::in_state(&mut tx, award, State::Listed).await?;
    let first = ready.first().ok_or_else(|| Error::Conflict(format!("“{name}”没有待公示的案件。")))?;
    // A list is of one year and rests on one document.
    let (year, item) = (first.year, first.item);
    ready.retain(|case| (case.year, case.item) == (year, item));
    let days = items::find_in(&mut tx, item).await?.terms.limits.notice.max(items::NOTICE_DAYS_MIN);
    let (closes_on, why) = known.due(today, days, "公示");
    let closes_on = closes_on.ok_or_else(|| Error::Conflict(format!("公示期算不出来：{why}")))?;
    let by = (&*account.login, &*now.to_string());
    let id = store::insert_notice(&mut tx, award, (today, closes_on), &why, by).await?;
    for case in &ready {
        store::put_on_notice(&mut tx, id, case).await?;
        let after = Case { state: State::Public, due_on: Some(closes_on), due_why: why.clone(), ..case.clone() };
        let change = Change { act: "publish", note: "", by: &account.login, for_whom: "", on: today, now };
        save(&mut tx, case, &after, &change).await?;
    }
    let notice = find_in(&mut tx, id).await?;
    letters::of_notice(&mut tx, &Office { installation, policy, known: &known }, &notice, (&account.login, now), false)
        .await?;
    let detail = json!({ "award": award, "closes_on": closes_on, "cases": ready.len() });
    registry::audit::record(&mut tx, now, &account.login, "notice.open", &id.to_string(), &detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// Every notice, the latest first. Notices are public.
pub async fn notices(db: &Db) -> Result<Vec<Notice>, Error> {
    let mut tx = db.begin_read().await?;
    store::notices(&mut tx, None).await
}

/// One notice.
pub async fn notice(db: &Db, id: i64) -> Result<Notice, Error> {
    let mut tx = db.begin_read().await?;
    find_in(&mut tx, id).await
}

pub(crate) async fn find_in(tx: &mut Tx, id: i64) -> Result<Notice, Error> {
    let found = store::notices(tx, Some(id)).await?.pop().filter(|notice| notice.id == id);
    found.ok_or_else(|| Error::NotFound { what: "公示", id: id.to_string() })
}

/// Whether an account may know who objects.
pub fn sees_objectors(account: &Account) -> bool {
    account.role.may(Permission::SeeObjectors)
}

impl Objection {
    /// Who objects, and how to reach them, for those who may know.
    pub fn objector(&self, vault: &Vault, account: &Account) -> Result<Option<(String, String)>, Error> {
        if !sees_objectors(account) {
            return Ok(None);
        }
        let (keys, row) = (vault.keys()?, self.id.to_string());
        let open = |column, sealed| keys.open(Place("objection", column, &row), sealed);
        Ok(Some((open("who", &self.who)?, open("contact", &self.contact)?)))
    }
}

/// All objections, for those who may know who objects.
pub async fn objections(db: &Db, account: &Account) -> Result<Vec<Objection>, Error> {
    if !sees_objectors(account) {
        return Err(Error::Forbidden("查看全部异议"));
    }
    let mut tx = db.begin_read().await?;
    store::objections(&mut tx, None).await
}

/// Takes down an objection that came in writing or by word; only while the notice is open, and its case waits from then on.
pub async fn raise_objection(
    installation: &Installation,
    account: &Account,
    id: i64,
    (who, contact, content): (&str, &str, &str),
    now: Timestamp,
) -> Result<(), Error> {
    items::allowed(account, Permission::HandleCases)?;
    let (who, contact, content) = (who.trim(), contact.trim(), note("content", content)?);
    if who.is_empty() || contact.is_empty() || content.is_empty() {
        return Err(Error::Invalid("异议要写明提出人、联系方式和理由；匿名的异议请按信访办理。".into()));
    }
    if who.chars().count().max(contact.chars().count()) > 100 {
        return Err(Error::Invalid("提出人和联系方式各不超过 100 个字。".into()));
    }
    let today = installation.business_date(now);
    let known = Known::read(installation, &BTreeSet::new(), now).await?;
    let mut tx = installation.db.begin().await?;
    let before = visible(&mut tx, account, id).await?;
    // While one objection is looked into, others may still come.
    let is_public = matches!(before.state, State::Public | State::Objected);
    let notice = store::notice_of(&mut tx, id).await?.filter(|_| is_public);
    let notice = notice.ok_or_else(|| Error::Conflict(format!("案件现为“{}”，不在公示中。", before.state.zh())))?;
    if !notice.is_open(today) {
        return Err(Error::Conflict(format!("公示已于 {} 结束，不再受理异议；可依法申请复议。", notice.closes_on)));
    }
    let objection = store::insert_objection(&mut tx, (id, notice.id), content, today).await?;
    let (keys, row) = (installation.vault.keys()?, objection.to_string());
    let seal = |column, text| keys.seal(Place("objection", column, &row), text);
    store::set_objector(&mut tx, objection, &seal("who", who)?, &seal("contact", contact)?).await?;
    let item = items::find_in(&mut tx, before.item).await?;
    let (due_on, due_why) = acts::due(&known, &item, State::Objected, today);
    let after = Case { state: State::Objected, due_on, due_why, ..before.clone() };
    // The trail names the objection, not the person who raised it.
    let words = format!("异议 {objection}");
    let change = Change { act: "object", note: &words, by: &account.login, for_whom: "", on: today, now };
    save(&mut tx, &before, &after, &change).await?;
    Ok(tx.commit().await?)
}

/// Decides an objection in writing: upheld, and the case is decided against; dismissed, and it goes on where it was.
pub async fn decide_objection(
    installation: &Installation,
    account: &Account,
    id: i64,
    (is_upheld, answer): (bool, &str),
    now: Timestamp,
) -> Result<i64, Error> {
    items::allowed(account, Permission::DecideCases)?;
    let answer = note("answer", answer)?;
    if answer.is_empty() {
        return Err(Error::Invalid(format!("请写明核查结果和书面答复，不超过 {NOTE_CHARS_MAX} 个字。")));
    }
    let today = installation.business_date(now);
    let known = Known::read(installation, &BTreeSet::new(), now).await?;
    let mut tx = installation.db.begin().await?;
    let found = store::objections(&mut tx, None).await?.into_iter().find(|one| one.id == id);
    let objection = found.ok_or_else(|| Error::NotFound { what: "异议", id: id.to_string() })?;
    if objection.is_upheld.is_some() {
        return Err(Error::Conflict("这项异议已经答复过。".into()));
    }
    acts::not_recused(&mut tx, objection.case, &account.login).await?;
    store::decide_objection(&mut tx, id, is_upheld, answer, (&account.login, today)).await?;
    let before = super::find_in(&mut tx, objection.case).await?;
    // A case that went another way meanwhile stays where it is; the answer is given all the same.
    let after = match before.state {
        State::Objected => after_objection(&mut tx, &before, is_upheld, (&known, today)).await?,
        _ => before.clone(),
    };
    let words = format!("异议 {id}：{answer}");
    let act = if is_upheld { "uphold" } else { "dismiss" };
    let change = Change { act, note: &words, by: &account.login, for_whom: "", on: today, now };
    save(&mut tx, &before, &after, &change).await?;
    let office = Office { installation, policy: &runs::policy()?, known: &known };
    letters::of_step(&mut tx, &office, Some(&before), &after, &change).await?;
    tx.commit().await?;
    Ok(objection.case)
}

async fn after_objection(
    tx: &mut Tx,
    before: &Case,
    is_upheld: bool,
    (known, today): (&Known, Date),
) -> Result<Case, Error> {
    if is_upheld {
        return Ok(Case { state: State::Rejected, due_on: None, due_why: String::new(), ..before.clone() });
    }
    if store::objections(tx, Some(before.id)).await?.iter().any(|one| one.is_upheld.is_none()) {
        return Ok(before.clone());
    }
    if let Some(notice) = store::notice_of(tx, before.id).await?.filter(|notice| notice.is_open(today)) {
        let (due_on, due_why) = (Some(notice.closes_on), notice.why);
        return Ok(Case { state: State::Public, due_on, due_why, ..before.clone() });
    }
    let item = items::find_in(tx, before.item).await?;
    let (due_on, due_why) = acts::due(known, &item, State::Noticed, today);
    Ok(Case { state: State::Noticed, due_on, due_why, ..before.clone() })
}
