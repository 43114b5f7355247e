//! Early warning (预警, C3.5.2.2): standing searches over what comes into the corpus, what they tell, and how it was handled.
//!
//! A watch belongs to an account; those of an enterprise belong to all its accounts. A run looks at the splits that came
//! after the watch's mark and moves the mark; only ends of terms come by themselves, so that they are looked for anew.
//! A warning is told once, and again only when its level rises. Nothing here says that a right is infringed.

mod seek;
mod store;
#[cfg(test)]
mod tests;
mod words;

use corpus::{Corpus, Field, Query, Value};
use db::{Db, Tx};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use serde_json::json;

use self::seek::{Finding, Sought, States};
pub use self::words::{Kind, Level, Stage};
use crate::{
    Error, Installation,
    accounts::{self, Account, Organisation},
    baskets, messages, subjects,
};

/// The longest search that is watched, in characters.
pub const SEARCH_CHARS_MAX: usize = 5_000;

/// A standing search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub account_id: i64,
    /// Its name.
    pub name: String,
    /// What it looks for.
    pub kind: Kind,
    /// The query in the field language: whose documents, or of which field.
    pub search: String,
    /// The latest arrival that it has looked at.
    pub seen_arrival: i64,
    /// The day on which it was set.
    pub began_on: Date,
    /// When it last ran.
    pub run_at: Option<String>,
}

/// What a watch has told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Its number.
    pub id: i64,
    /// The watch's name.
    pub watch: String,
    /// What was looked for.
    pub kind: Kind,
    /// How grave it is, by the rule of its kind.
    pub level: Level,
    /// Where its handling stands.
    pub stage: Stage,
    /// Why, in Chinese.
    pub reason: String,
    /// The day on which it was told.
    pub told_on: Date,
    /// The documents it rests on, each with what it has to do with it.
    pub documents: Vec<Evidence>,
    /// The latest step of its handling; none while nobody has begun.
    pub last: Option<Step>,
}

/// A document that a warning rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The document.
    pub key: String,
    /// What it has to do with the warning, in Chinese.
    pub words: String,
}

/// A step of the handling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Where it then stood.
    pub stage: Stage,
    /// What was noted.
    pub note: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: String,
}

/// What a run of watches did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ran {
    /// How many watches ran.
    pub watches: usize,
    /// How many warnings are new.
    pub told: usize,
    /// How many rose to a higher level.
    pub raised: usize,
    /// The watches that could not run, each with the reason.
    pub failed: Vec<String>,
}

/// The watches that an account sees, the latest first.
pub async fn watches(db: &Db, account: &Account) -> Result<Vec<Watch>, Error> {
    let mut tx = db.begin_read().await?;
    store::watches(&mut tx, account).await
}

/// Sets a watch; what is in the corpus by this arrival counts as seen.
pub async fn set(
    db: &Db,
    account: &Account,
    (kind, name, search): (Kind, &str, &Query),
    arrival: u64,
    today: Date,
    now: Timestamp,
) -> Result<i64, Error> {
    let name = baskets::named(name, "监测条件")?;
    let search = search.to_string();
    if search.chars().count() > SEARCH_CHARS_MAX {
        return Err(Error::Invalid(format!("检索式超过 {SEARCH_CHARS_MAX} 个字符，不能监测。请缩短检索式。")));
    }
    let mut tx = db.begin().await?;
    if store::watches(&mut tx, account).await?.iter().any(|watch| watch.name == name) {
        return Err(Error::Conflict(format!("已有名为“{name}”的监测条件，请换一个名称。")));
    }
    let watch = Watch {
        id: 0,
        account_id: account.id,
        name: name.to_owned(),
        kind,
        search: search.clone(),
        seen_arrival: number(arrival),
        began_on: today,
        run_at: None,
    };
    let id = store::insert_watch(&mut tx, &watch, &now.to_string()).await?;
    let detail = json!({ "name": name, "kind": kind.key(), "query": search });
    record(&mut tx, &account.login, now, "watch.set", id, detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// Stops a watch; what it has told stays. [`restore`] sets it going again from where it was.
pub async fn remove(db: &Db, account: &Account, id: i64, now: Timestamp) -> Result<Watch, Error> {
    let mut tx = db.begin().await?;
    let found = store::watches(&mut tx, account).await?.into_iter().find(|watch| watch.id == id);
    let watch = found.ok_or_else(|| Error::NotFound { what: "监测条件", id: id.to_string() })?;
    store::set_removed(&mut tx, id, Some(&now.to_string())).await?;
    record(&mut tx, &account.login, now, "watch.remove", id, json!({ "name": watch.name })).await?;
    tx.commit().await?;
    Ok(watch)
}

/// Brings a stopped watch back, unless its name is taken by now.
pub async fn restore(db: &Db, account: &Account, id: i64, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let name = store::removed_name(&mut tx, account, id).await?;
    let name = name.ok_or_else(|| Error::NotFound { what: "已停止的监测条件", id: id.to_string() })?;
    if store::watches(&mut tx, account).await?.iter().any(|watch| watch.name == name) {
        return Err(Error::Conflict(format!("现在另有名为“{name}”的监测条件，先停止它才能恢复。")));
    }
    store::set_removed(&mut tx, id, None).await?;
    record(&mut tx, &account.login, now, "watch.restore", id, json!({ "name": name })).await?;
    Ok(tx.commit().await?)
}

/// The documents of the account's own side (本方): its enterprise's, else the city's; none where the registers do not say.
pub async fn own_side(installation: &Installation, account: &Account, now: Timestamp) -> Result<Option<Query>, Error> {
    if let Organisation::Enterprise(code) = account.organisation() {
        let Ok(uscc) = code.parse() else { return Ok(None) };
        let firm = subjects::enterprise(installation, &uscc, now).await?;
        return Ok(firm.map(|firm| of_names(&firm.names)));
    }
    let city = subjects::city(installation, now).await?;
    Ok(city
        .map(|city| any(city.words.into_iter().map(|word| Query::term(Field::Address, Value::Phrase(word))).collect())))
}

/// The documents that bodies of these names applied for or own, whichever brackets are written.
pub fn of_names(names: &[String]) -> Query {
    let mut spelled: Vec<String> = Vec::new();
    for name in names {
        spelled.extend([
            name.clone(),
            name.replace('（', "(").replace('）', ")"),
            name.replace('(', "（").replace(')', "）"),
        ]);
    }
    spelled.sort_unstable();
    spelled.dedup();
    let whole =
        |name: String| [Field::Applicant, Field::Owner].map(|field| Query::term(field, Value::Whole(name.clone())));
    any(spelled.into_iter().flat_map(whole).collect())
}

fn any(mut parts: Vec<Query>) -> Query {
    if parts.len() == 1 { parts.remove(0) } else { Query::Or(parts) }
}

/// Runs the watches of one account, or of all; `by` is who asked for it.
pub async fn run(
    installation: &Installation,
    corpus: &Corpus,
    account: Option<&Account>,
    by: &str,
    now: Timestamp,
) -> Result<Ran, Error> {
    let mut ran = Ran::default();
    let as_of = installation.business_date(now);
    let latest = corpus.manifest().latest_arrival();
    for owner in accounts::all(&installation.db).await? {
        let watches = {
            let mut tx = installation.db.begin_read().await?;
            let seen = store::watches(&mut tx, account.unwrap_or(&owner)).await?;
            seen.into_iter().filter(|watch| watch.account_id == owner.id).collect::<Vec<_>>()
        };
        if watches.is_empty() {
            continue;
        }
        let own = own_side(installation, &owner, now).await?;
        for watch in watches {
            let states = store::states(&mut installation.db.begin_read().await?, watch.id).await?;
            let (corpus, own, asked, known) = (corpus.clone(), own.clone(), watch.clone(), states.clone());
            let seeking = tokio::task::spawn_blocking(move || {
                Sought { corpus: &corpus, own: own.as_ref(), watch: &asked, as_of, states: &known }.findings()
            });
            ran.watches += 1;
            match seeking.await.map_err(|cause| Error::Damaged(format!("监测“{}”中断：{cause}", watch.name)))?
            {
                Ok((findings, mut now_are)) => {
                    now_are.retain(|key, state| states.get(key) != Some(state));
                    tell(&installation.db, &watch, (findings, now_are), (latest, as_of), by, now, &mut ran).await?;
                }
                Err(corpus::Error::Query(cause)) => ran.failed.push(format!("监测“{}”：{cause}", watch.name)),
                Err(cause) => return Err(cause.into()),
            }
        }
    }
    Ok(ran)
}

/// Writes down what a watch found, the legal states it saw, and moves its mark: all or nothing.
async fn tell(
    db: &Db,
    watch: &Watch,
    (findings, states): (Vec<Finding>, States),
    (latest, as_of): (u64, Date),
    by: &str,
    now: Timestamp,
    ran: &mut Ran,
) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let at = now.to_string();
    let (mut told, mut raised) = (0, 0);
    for finding in findings {
        match store::told(&mut tx, watch.id, &finding.subject).await? {
            None => {
                let id = store::insert_warning(&mut tx, watch.id, &finding, &as_of.to_string(), &at).await?;
                store::set_documents(&mut tx, id, &finding.documents).await?;
                told += 1;
            }
            Some((id, before)) if before < finding.level => {
                store::raise(&mut tx, id, &finding, &as_of.to_string()).await?;
                store::set_documents(&mut tx, id, &finding.documents).await?;
                let note = format!("级别由{}升为{}：{}", before.zh(), finding.level.zh(), finding.reason);
                store::insert_step(&mut tx, id, &Step { stage: Stage::Open, note, by: by.to_owned(), at: at.clone() })
                    .await?;
                raised += 1;
            }
            Some(_) => {}
        }
    }
    let mark = watch.seen_arrival.max(number(latest));
    store::move_mark(&mut tx, watch.id, mark, &at).await?;
    store::keep_states(&mut tx, watch.id, &states).await?;
    if told + raised > 0 || mark != watch.seen_arrival {
        let detail = json!({ "name": watch.name, "told": told, "raised": raised, "seen": latest });
        record(&mut tx, by, now, "watch.tell", watch.id, detail).await?;
    }
    if told + raised > 0 {
        messages::of_watch(&mut tx, (watch.account_id, &watch.name), (told, raised), as_of, now).await?;
    }
    ran.told += told;
    ran.raised += raised;
    Ok(tx.commit().await?)
}

/// The warnings that an account sees, or all of them, the latest first.
pub async fn all(db: &Db, account: Option<&Account>) -> Result<Vec<Warning>, Error> {
    let mut tx = db.begin_read().await?;
    store::warnings(&mut tx, account, None).await
}

/// A warning that the account sees, with its handling from the first step on.
pub async fn find(db: &Db, account: &Account, id: i64) -> Result<(Warning, Vec<Step>), Error> {
    let mut tx = db.begin_read().await?;
    let warning = visible(&mut tx, account, id).await?;
    let steps = store::steps(&mut tx, id).await?;
    Ok((warning, steps))
}

/// Notes a step of the handling; to close and to reopen one says why.
pub async fn handle(
    db: &Db,
    account: &Account,
    id: i64,
    stage: Stage,
    note: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let note = note.trim();
    if note.is_empty() {
        return Err(Error::Invalid("请写明情况：查到了什么，做了什么，或为何关闭、重新打开。".into()));
    }
    if note.chars().count() > baskets::NOTE_CHARS_MAX {
        return Err(Error::Invalid(format!("处理记录最多 {} 个字，请缩短。", baskets::NOTE_CHARS_MAX)));
    }
    let mut tx = db.begin().await?;
    let before = visible(&mut tx, account, id).await?.stage;
    if !before.may_become(stage) {
        return Err(Error::Conflict(format!(
            "这条预警现为“{}”，不能改为“{}”。请刷新后再看。",
            before.zh(),
            stage.zh()
        )));
    }
    let step = Step { stage, note: note.to_owned(), by: account.login.clone(), at: now.to_string() };
    store::insert_step(&mut tx, id, &step).await?;
    let detail = json!({ "before": before.key(), "stage": stage.key(), "note": note });
    record(&mut tx, &account.login, now, "warning.handle", id, detail).await?;
    Ok(tx.commit().await?)
}

async fn visible(tx: &mut Tx, account: &Account, id: i64) -> Result<Warning, Error> {
    let found = store::warnings(tx, Some(account), Some(id)).await?.pop();
    found.ok_or_else(|| Error::NotFound { what: "预警", id: id.to_string() })
}

fn number(arrival: u64) -> i64 {
    i64::try_from(arrival).unwrap_or(i64::MAX)
}

async fn record(
    tx: &mut Tx,
    who: &str,
    now: Timestamp,
    action: &str,
    id: i64,
    detail: serde_json::Value,
) -> Result<(), Error> {
    Ok(registry::audit::record(tx, now, who, action, &id.to_string(), &detail).await?)
}
