//! Applications (申报): what a run cannot see – projects, certificates, contracts, judgments – is handed in with its papers.
//!
//! The form asks only for what the registers do not hold; drafts are kept; files lie in the data folder under their hash.

use std::collections::BTreeSet;

use db::Tx;
use jiff::{Timestamp, civil::Date};
use rules::Policy;
use serde::{Deserialize, Serialize};
use serde_json::json;
use terms::text::fold_name;

use super::{
    Case, Change, Facts, Known, Receiving, State, acts, introduced, note, opening::award_of, preparation, save, store,
    visible,
};
use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    appointments::Appointment,
    evidence,
    items::{
        self, Formula, Item, Track,
        aid::{Claim, Deduction, Ending, Trigger},
    },
    runs::sha256,
};

/// What an application says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// What it is about: 立项文号、合同号、裁判文书号、备案号.
    pub matter: String,
    /// What happened, in the enterprise's words.
    pub statement: String,
    /// The costs paid and proved, in fen.
    pub costs_fen: Option<i64>,
    /// What the handler settled them at, in fen.
    #[serde(default)]
    pub settled_fen: Option<i64>,
    /// What it says of its trigger, where it is for defending rights (维权情形).
    #[serde(default)]
    pub aid: Option<Claim>,
    /// What the handler settled the compensation at, in fen.
    #[serde(default)]
    pub settled_compensation_fen: Option<i64>,
}

impl Application {
    /// What it is for, of the triggers of the aid.
    pub fn trigger(&self) -> Option<Trigger> {
        self.aid.as_ref().map(|claim| claim.trigger)
    }

    /// The compensation that counts: settled by the handler, else as told.
    pub fn compensation_fen(&self) -> Option<i64> {
        self.settled_compensation_fen.or(self.aid.as_ref()?.compensation_fen)
    }
}

/// What an application is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About<'a> {
    /// The award or aid.
    pub award: &'a str,
    /// 立项文号、合同号、裁判文书号、备案号.
    pub matter: &'a str,
    /// The day of the event.
    pub event: Date,
    /// What the aid for defending rights is asked for.
    pub trigger: Option<Trigger>,
}

/// What is written into an application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// What happened, in the enterprise's words.
    pub statement: String,
    /// The costs paid and proved, in fen.
    pub costs_fen: Option<i64>,
    /// Where the money goes; none leaves it as it is.
    pub account: Option<Receiving>,
    /// The country or region of the dispute.
    pub place: String,
    /// How it ended.
    pub ending: Option<Ending>,
    /// Whether the enterprise is the holder who defended its right.
    pub is_defender: Option<bool>,
    /// The compensation it got, in fen.
    pub compensation_fen: Option<i64>,
}

/// A file handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Its number.
    pub id: i64,
    /// Which of the papers asked for it is.
    pub kind: String,
    /// Its name as sent.
    pub name: String,
    /// The hash of its bytes, which is its name in the data folder.
    pub sha256: String,
    /// Its size in bytes.
    pub size: i64,
}

/// The largest file.
pub const PAPER_BYTES_MAX: usize = 20 * 1024 * 1024;
/// The most files of a case.
const PAPERS_MAX: usize = 30;
const PLACE_CHARS_MAX: usize = 50;

/// Begins an application of the enterprise, or finds the draft with the same matter.
pub async fn begin(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    about: About<'_>,
    now: Timestamp,
) -> Result<i64, Error> {
    items::allowed(account, Permission::OwnCases)?;
    let award = award_of(policy, about.award)?;
    let (matter, event) = (about.matter.trim(), about.event);
    if matter.is_empty() || matter.chars().count() > 100 {
        let why = "请填写事项的编号，如立项文号、合同号、裁判文书号，不超过 100 个字。";
        return Err(Error::Invalid(why.into()).at("matter"));
    }
    let today = installation.business_date(now);
    if event > today {
        let why = format!("事项发生日 {event} 在今天（{today}）之后。请核对。");
        return Err(Error::Field { field: "event", why });
    }
    let item = items::in_force(&installation.db, &award.id, event).await?;
    let item = item
        .filter(|item| item.terms.track == Track::Apply)
        .ok_or_else(|| Error::Invalid(format!("“{}”在 {event} 没有可以申报的事项。", award.name)).at("event"))?;
    in_window(&item, event, today)?;
    let trigger = item.terms.trigger(about.trigger).map_err(|error| error.at("award"))?;
    if account.unit.parse::<terms::Uscc>().is_err() {
        return Err(Error::Invalid("账号没有绑定企业，不能申报。".into()));
    }
    let known = Known::read(installation, &BTreeSet::new(), now).await?;
    let name = known.name(&account.unit).unwrap_or(&account.unit);
    if let Some(open) = introduced::open_to(&known, &award.id, &account.unit)
        && !open.iter().any(|one| fold_name(&one.contract_number) == fold_name(matter))
    {
        return Err(Error::Invalid(format!(
            "登记簿“引进合同”中没有本企业编号为“{matter}”、可申报“{}”的合同。请先登记合同，再申报。",
            award.name
        )));
    }
    let case = Case {
        matter: matter.to_owned(),
        facts: Facts {
            event: Some(event),
            application: Some(Application {
                matter: matter.to_owned(),
                aid: trigger.map(Claim::of),
                ..Application::default()
            }),
            ..Facts::default()
        },
        ..Case::begun(&item, (&account.unit, name), event.year(), State::Draft, today)
    };
    let mut tx = installation.db.begin().await?;
    store::hold(&mut tx, &award.id, &account.unit).await?;
    if let Some(same) = store::same(&mut tx, &case).await? {
        let is_for_the_same = same.facts.application.as_ref().and_then(Application::trigger) == trigger;
        return if same.state == State::Draft && is_for_the_same {
            Ok(same.id)
        } else {
            Err(Error::Conflict(format!("“{matter}”已经申报过（案件 {}，{}）。", same.id, same.state.zh())))
        };
    }
    let id = store::insert(&mut tx, &case).await?;
    let step = super::Step {
        act: "begin".into(),
        before: String::new(),
        after: State::Draft.key().into(),
        note: String::new(),
        by: account.login.clone(),
        for_whom: String::new(),
        on: today,
    };
    store::insert_step(&mut tx, id, &step, now).await?;
    let mut detail = super::identity_of(&case);
    (detail["event"], detail["on"]) = (json!(event), json!(today));
    registry::audit::record(&mut tx, now, &account.login, "case.begin", &id.to_string(), &detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// Writes into an application while it is the enterprise's turn.
pub async fn write(
    installation: &Installation,
    account: &Account,
    id: i64,
    written: &Written,
    now: Timestamp,
) -> Result<(), Error> {
    let statement = note("statement", &written.statement)?.to_owned();
    if written.place.chars().count() > PLACE_CHARS_MAX {
        let why = format!("国家（地区）最多 {PLACE_CHARS_MAX} 个字。");
        return Err(Error::Field { field: "place", why });
    }
    if written.compensation_fen.is_some_and(|fen| fen < 0) {
        return Err(Error::Invalid("已获赔偿不能是负数；没有的填 0。".into()).at("compensation"));
    }
    let on = installation.business_date(now);
    let mut tx = installation.db.begin().await?;
    let (before, appointment) = writable(&mut tx, account, id, on).await?;
    if appointment.is_some() && written.account.is_some() {
        return Err(Error::Invalid("收款账户由企业自己填写，请留空。".into()));
    }
    let mut after = before.clone();
    if let Some(application) = &mut after.facts.application {
        application.statement = statement;
        application.costs_fen = written.costs_fen;
        if let Some(claim) = &mut application.aid {
            claim.place = written.place.trim().to_owned();
            claim.ending = written.ending;
            claim.is_defender = written.is_defender;
            claim.compensation_fen = written.compensation_fen;
        }
    }
    if let Some(given) = &written.account {
        let given = acts::receiving(Some(given), [&before.name, &before.name])?;
        if kept_account(installation, &before)?.as_ref() != Some(&given) {
            after.account = Some(acts::kept(installation, &before, &given)?);
        }
    }
    // What says nothing new is no step.
    if after == before {
        return Ok(());
    }
    save(&mut tx, &before, &after, &Change { act: "write", note: "", by: &account.login, for_whom: "", on, now })
        .await?;
    if let (Some(appointment), Some(from), Some(to)) =
        (&appointment, &before.facts.application, &after.facts.application)
    {
        preparation::wrote(&mut tx, (&before, appointment), (from, to), (account, on, now)).await?;
    }
    Ok(tx.commit().await?)
}

/// The receiving account as it was written before, where its number can be opened.
fn kept_account(installation: &Installation, case: &Case) -> Result<Option<Receiving>, Error> {
    let Some(payee) = &case.account else { return Ok(None) };
    let number = payee.open(&installation.vault.keys()?, super::place(&case.id.to_string())).ok();
    Ok(number.map(|number| Receiving { holder: payee.holder.clone(), bank: payee.bank.clone(), number }))
}

/// Whether an item takes applications for what happened on this day today.
pub(super) fn in_window(item: &Item, event: Date, today: Date) -> Result<(), Error> {
    item.terms.window.map_or(Ok(()), |window| window.check(event, today))
}

/// An application that the account may write today: of its own enterprise, or under the appointment of its agency.
async fn writable(tx: &mut Tx, account: &Account, id: i64, today: Date) -> Result<(Case, Option<Appointment>), Error> {
    if account.role.may(Permission::PrepareCases) {
        let (case, appointment) = preparation::writable(tx, account, id, today).await?;
        return Ok((case, Some(appointment)));
    }
    let case = visible(tx, account, id).await?;
    if !case.is_of(account) {
        return Err(Error::Forbidden("填写申报"));
    }
    if !matches!(case.state, State::Draft | State::Correction) {
        return Err(Error::Conflict(format!("案件现为“{}”，不能再修改。", case.state.zh())));
    }
    Ok((case, None))
}

/// What is missing in an application: the field, as forms name it, and the words.
pub type Missing = (&'static str, String);

/// What its item asks an application for besides papers, by the field of the form.
pub fn needed(case: &Case, item: &Item) -> Vec<&'static str> {
    let claim = case.facts.application.as_ref().and_then(|one| one.aid.as_ref());
    let of = |asks: fn(Trigger) -> bool| claim.is_some_and(|claim| asks(claim.trigger));
    let is_deducted = item.terms.aid.as_ref().is_some_and(|aid| aid.deduction != Deduction::None);
    let asked = [
        ("statement", true),
        ("costs", matches!(item.terms.formula, Formula::ShareOfCost { .. })),
        ("place", of(Trigger::is_abroad)),
        ("ending", of(Trigger::must_win)),
        ("defender", of(Trigger::must_defend)),
        ("compensation", claim.is_some() && is_deducted),
        ("number", true),
    ];
    asked.into_iter().filter(|(_, is_asked)| *is_asked).map(|(field, _)| field).collect()
}

/// What an application still lacks of what its item asks for.
pub fn lacking(case: &Case, item: &Item, papers: &[Paper]) -> Vec<Missing> {
    let told = case.facts.application.clone().unwrap_or_default();
    let claim = told.aid.as_ref();
    let lacks = |field: &str| match field {
        "statement" => told.statement.trim().is_empty().then_some("没有写情况说明"),
        "costs" => told.costs_fen.is_none().then_some("没有填已付费用"),
        "place" => claim.is_none_or(|one| one.place.trim().is_empty()).then_some("没有填国家（地区）"),
        "ending" => claim.is_none_or(|one| one.ending.is_none()).then_some("没有选裁判结果"),
        "defender" => claim.is_none_or(|one| one.is_defender.is_none()).then_some("没有说明是否维护自己的权利"),
        "compensation" => {
            claim.is_none_or(|one| one.compensation_fen.is_none()).then_some("没有填已获赔偿，没有的填 0")
        }
        _ => case.account.is_none().then_some("没有填写收款账户"),
    };
    let asked = needed(case, item);
    let mut missing: Vec<Missing> =
        asked.into_iter().filter_map(|field| Some((field, lacks(field)?.to_owned()))).collect();
    let mut kinds = item.terms.papers_for(case.trigger());
    kinds.retain(|kind| !papers.iter().any(|paper| paper.kind == *kind));
    if !kinds.is_empty() {
        missing.push(("kind", format!("还缺材料：{}", kinds.join("、"))));
    }
    missing
}

/// Whether everything that the item asks for is there.
pub(super) async fn complete(tx: &mut Tx, case: &Case, item: &Item) -> Result<(), Error> {
    let missing = lacking(case, item, &store::papers(tx, case.id).await?);
    let words: Vec<String> = missing.into_iter().map(|(_, words)| words).collect();
    if words.is_empty() { Ok(()) } else { Err(Error::Invalid(format!("还不能提交：{}。", words.join("；")))) }
}

/// Hands in a file; what it is is told by its bytes, not by its name.
pub async fn attach(
    installation: &Installation,
    account: &Account,
    id: i64,
    (kind, name, bytes): (&str, &str, &[u8]),
    now: Timestamp,
) -> Result<(), Error> {
    let name = evidence::checked(name, bytes, PAPER_BYTES_MAX)?;
    let (hash, today) = (sha256(bytes), installation.business_date(now));
    {
        // Only what may be handed in at all is worth a look.
        let mut tx = installation.db.begin_read().await?;
        writable(&mut tx, account, id, today).await?;
    }
    evidence::scanned(installation, (name, bytes), &account.login, now).await?;
    let mut tx = installation.db.begin().await?;
    let (before, appointment) = writable(&mut tx, account, id, today).await?;
    let item = items::find_in(&mut tx, before.item).await?;
    if !item.terms.papers_for(before.trigger()).contains(&kind) {
        return Err(Error::Invalid("请选择这份文件是哪一项材料。".into()));
    }
    if store::papers(&mut tx, id).await?.len() >= PAPERS_MAX {
        return Err(Error::Invalid(format!("一件案件最多 {PAPERS_MAX} 份材料。")));
    }
    evidence::keep(installation, &hash, &format!("{id}-{}", now.as_nanosecond()), bytes)?;
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let mut paper = Paper { id: 0, kind: kind.to_owned(), name: name.to_owned(), sha256: hash.clone(), size };
    paper.id = store::insert_paper(&mut tx, id, &paper, (&account.login, now)).await?;
    if let Some(appointment) = &appointment {
        let attached = (preparation::Work::Attach, &paper);
        preparation::moved_paper(&mut tx, (&before, appointment), attached, (account, today, now)).await?;
    }
    let detail = json!({ "kind": kind, "name": name, "sha256": hash });
    registry::audit::record(&mut tx, now, &account.login, "case.attach", &id.to_string(), &detail).await?;
    Ok(tx.commit().await?)
}

/// Takes a file out again; its bytes stay where they are.
pub async fn detach(
    installation: &Installation,
    account: &Account,
    (id, file): (i64, i64),
    now: Timestamp,
) -> Result<(), Error> {
    let today = installation.business_date(now);
    let mut tx = installation.db.begin().await?;
    let (before, appointment) = writable(&mut tx, account, id, today).await?;
    let missing = || Error::NotFound { what: "材料", id: file.to_string() };
    let paper = store::papers(&mut tx, id).await?.into_iter().find(|paper| paper.id == file).ok_or_else(missing)?;
    if let Some(appointment) = &appointment {
        // What the enterprise gave stays with it.
        if !preparation::gave(&mut tx, appointment, id, file).await? {
            return Err(missing());
        }
        let detached = (preparation::Work::Detach, &paper);
        preparation::moved_paper(&mut tx, (&before, appointment), detached, (account, today, now)).await?;
    }
    if !store::remove_paper(&mut tx, id, file, now).await? {
        return Err(missing());
    }
    registry::audit::record(&mut tx, now, &account.login, "case.detach", &id.to_string(), &json!({ "file": file }))
        .await?;
    Ok(tx.commit().await?)
}

/// The bytes of a file, checked against their hash, for whoever may see the case.
pub async fn paper(
    installation: &Installation,
    account: &Account,
    (id, file): (i64, i64),
) -> Result<(Paper, Vec<u8>), Error> {
    let mut tx = installation.db.begin_read().await?;
    visible(&mut tx, account, id).await?;
    let found = store::papers(&mut tx, id).await?.into_iter().find(|paper| paper.id == file);
    let paper = found.ok_or_else(|| Error::NotFound { what: "材料", id: file.to_string() })?;
    let bytes = evidence::read(installation, &paper.name, &paper.sha256)?;
    Ok((paper, bytes))
}

/// How many papers there are, and which of them are not there as they were handed in.
pub(crate) async fn paper_faults(installation: &Installation) -> Result<(usize, Vec<String>), Error> {
    let papers = {
        let mut tx = installation.db.begin_read().await?;
        store::all_papers(&mut tx).await?
    };
    let mut faults = Vec::new();
    for (case, name, hash) in &papers {
        if let Err(cause) = evidence::read(installation, name, hash) {
            faults.push(format!("案件 {case} 的材料“{name}”：{cause}"));
        }
    }
    Ok((papers.len(), faults))
}
