//! What an agency prepares in the applications of the enterprise that appointed it (代拟申报材料): it writes and adds papers while
//! the appointment runs and the case is the enterprise's turn, then hands over to the enterprise, which sees who wrote what,
//! sends it back or hands it in itself. An agency never sees the receiving account, nor a paper that another gave: what stands
//! in it nobody has looked through for it (《个人信息保护法》第二十八条).

mod store;

use db::{Db, Tx};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Application, Case, Paper, State, note, store as cases, visible};
use crate::{
    Error, Installation,
    accounts::{Account, Organisation, Permission, allows},
    appointments::{self, Appointment, Side},
    evidence,
    items::allowed,
    messages,
};

words! {
    /// What was done in preparing.
    Work {
        Write "write" "填写",
        Attach "attach" "上传材料",
        Detach "detach" "移除材料",
        Ready "ready" "交企业核对",
        Return "return" "企业退回修改",
    }
}

/// A field that was written: which, and what stood before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The field, by its Chinese word.
    pub field: String,
    /// What stood before; empty for nothing.
    pub before: String,
    /// What stands after.
    pub after: String,
}

/// A piece of preparation on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// What was done.
    pub work: Work,
    /// By which agency, or with which one.
    pub agency: String,
    /// By whom, by name.
    pub by: String,
    /// On which day.
    pub on: String,
    /// The fields that were written, or the paper: its kind and its name.
    pub changes: Vec<Changed>,
    /// What was said.
    pub note: String,
    /// In which state of the case.
    stage: String,
    /// The paper.
    file: Option<i64>,
}

/// A case as its agency sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preparing {
    /// The case; its account is left out.
    pub case: Case,
    /// Under which appointment.
    pub appointment: Appointment,
    /// The papers, each with whether the agency gave it and may open it.
    pub papers: Vec<(Paper, bool)>,
    /// What was prepared, the latest first.
    pub course: Vec<Prepared>,
    /// Whether it is with the enterprise, to be looked at.
    pub is_handed_over: bool,
}

impl Preparing {
    /// Whether the agency may write now.
    pub fn can_write(&self) -> bool {
        is_writable(&self.case) && !self.is_handed_over
    }
}

/// The cases that the account's agency prepares or has prepared, the latest first, each with its appointment.
pub async fn to_prepare(
    installation: &Installation,
    account: &Account,
    now: Timestamp,
) -> Result<Vec<(Case, Appointment)>, Error> {
    allowed(account, Permission::PrepareCases)?;
    let Organisation::Agency(agency) = account.organisation() else { return Ok(Vec::new()) };
    let today = installation.business_date(now);
    let mut tx = installation.db.begin_read().await?;
    let mut found = Vec::new();
    for appointment in appointments::running(&mut tx, agency, today).await? {
        for case in cases::all(&mut tx, Some(&appointment.enterprise)).await? {
            let is_new = found.iter().all(|(known, _): &(Case, Appointment)| known.id != case.id);
            if is_new && is_seen(&mut tx, account, &case, today).await? {
                found.push((Case { account: None, ..case }, appointment.clone()));
            }
        }
    }
    found.sort_by_key(|(case, _)| std::cmp::Reverse(case.id));
    Ok(found)
}

/// A case that the account's agency prepares.
pub async fn preparing(
    installation: &Installation,
    account: &Account,
    id: i64,
    now: Timestamp,
) -> Result<Preparing, Error> {
    let today = installation.business_date(now);
    let mut tx = installation.db.begin_read().await?;
    let (case, appointment) = acted_for(&mut tx, account, id, today).await?;
    let course = store::course(&mut tx, id).await?;
    let papers = cases::papers(&mut tx, id).await?;
    let papers = papers.into_iter().map(|paper| (is_given(&course, &appointment, paper.id), paper));
    Ok(Preparing {
        papers: papers.map(|(is_own, paper)| (paper, is_own)).collect(),
        is_handed_over: is_handed_over(&case, &course),
        course: course.into_iter().rev().collect(),
        appointment,
        case: Case { account: None, ..case },
    })
}

/// What was prepared in a case, the latest first, for whoever may see the case; and whether it waits for the enterprise.
pub async fn prepared(db: &Db, account: &Account, id: i64) -> Result<(Vec<Prepared>, bool), Error> {
    let mut tx = db.begin_read().await?;
    let case = visible(&mut tx, account, id).await?;
    let course = store::course(&mut tx, id).await?;
    let waits = is_handed_over(&case, &course);
    Ok((course.into_iter().rev().collect(), waits))
}

/// Hands what was prepared over to the enterprise, which is told.
pub async fn hand_over(
    installation: &Installation,
    account: &Account,
    id: i64,
    said: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let (said, today) = (note("note", said)?, installation.business_date(now));
    let mut tx = installation.db.begin().await?;
    let (case, appointment) = writable(&mut tx, account, id, today).await?;
    let course = store::course(&mut tx, id).await?;
    let last = course.iter().rev().find(|one| one.agency == appointment.agency);
    if last.is_none_or(|last| matches!(last.work, Work::Ready | Work::Return)) {
        return Err(Error::Conflict("还没有填写或上传新的内容。请先填写，再交企业核对。".into()));
    }
    let new = store::New { work: Work::Ready, file: None, changes: &[], note: said };
    store::insert(&mut tx, (&case, &appointment), &new, (account, today, now)).await?;
    let detail = json!({ "agency": appointment.agency, "note": said });
    registry::audit::record(&mut tx, now, &account.login, "preparation.hand-over", &id.to_string(), &detail).await?;
    let told = (Side::Enterprise, "待企业核对、提交", said);
    messages::of_preparation(&mut tx, (&case, &appointment), told, today, now).await?;
    Ok(tx.commit().await?)
}

/// Sends what was prepared back to the agency, which is told.
pub async fn send_back(
    installation: &Installation,
    account: &Account,
    id: i64,
    said: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let said = note("note", said)?;
    if said.is_empty() {
        return Err(Error::Invalid("请写明要改什么。".into()));
    }
    let today = installation.business_date(now);
    let mut tx = installation.db.begin().await?;
    let case = visible(&mut tx, account, id).await?;
    if !case.is_of(account) {
        return Err(Error::Forbidden("退回代拟材料"));
    }
    let course = store::course(&mut tx, id).await?;
    let agency = course.last().filter(|_| is_handed_over(&case, &course)).map(|last| last.agency.clone());
    let Some(agency) = agency else {
        return Err(Error::Conflict("现在没有等待核对的代拟材料。请刷新后再看。".into()));
    };
    let running = appointments::acting_in(&mut tx, &case, today).await?.into_iter().find(|one| one.agency == agency);
    let Some(appointment) = running else {
        return Err(Error::Conflict(format!("与{agency}的委托已经结束，不能退回。请自己修改后提交。")));
    };
    let new = store::New { work: Work::Return, file: None, changes: &[], note: said };
    store::insert(&mut tx, (&case, &appointment), &new, (account, today, now)).await?;
    let detail = json!({ "agency": agency, "note": said });
    registry::audit::record(&mut tx, now, &account.login, "preparation.send-back", &id.to_string(), &detail).await?;
    messages::of_preparation(&mut tx, (&case, &appointment), (Side::Agency, "企业退回修改", said), today, now).await?;
    Ok(tx.commit().await?)
}

/// The bytes of a paper that the account's own agency gave.
pub async fn prepared_paper(
    installation: &Installation,
    account: &Account,
    (id, file): (i64, i64),
    now: Timestamp,
) -> Result<(Paper, Vec<u8>), Error> {
    let seen = preparing(installation, account, id, now).await?;
    let own = seen.papers.into_iter().find(|(paper, is_own)| paper.id == file && *is_own);
    let (paper, _) = own.ok_or_else(|| Error::NotFound { what: "材料", id: file.to_string() })?;
    let bytes = evidence::read(installation, &paper.name, &paper.sha256)?;
    Ok((paper, bytes))
}

/// A case in which the account's agency acts today, with its appointment.
async fn acted_for(tx: &mut Tx, account: &Account, id: i64, today: Date) -> Result<(Case, Appointment), Error> {
    let none = || Error::NotFound { what: "案件", id: id.to_string() };
    allowed(account, Permission::PrepareCases)?;
    let case = cases::find(tx, id).await?.ok_or_else(none)?;
    if !is_seen(tx, account, &case, today).await? {
        return Err(none());
    }
    let all = appointments::acting_in(tx, &case, today).await?;
    let appointment = all.into_iter().find(|one| one.agency == account.unit).ok_or_else(none)?;
    Ok((case, appointment))
}

/// Whether the account's agency sees a case: it acts in it today, and the case is to be written or was prepared by it.
async fn is_seen(tx: &mut Tx, account: &Account, case: &Case, today: Date) -> Result<bool, Error> {
    let agents = appointments::agents_of(tx, case, today).await?;
    if !allows(account, Permission::PrepareCases, &case.acted_for(&[], &agents)) {
        return Ok(false);
    }
    let was_prepared = |course: Vec<Prepared>| course.iter().any(|one| one.agency == account.unit);
    Ok(is_writable(case) || was_prepared(store::course(tx, case.id).await?))
}

/// A case that the account's agency may write now, with its appointment.
pub(super) async fn writable(
    tx: &mut Tx,
    account: &Account,
    id: i64,
    today: Date,
) -> Result<(Case, Appointment), Error> {
    let (case, appointment) = acted_for(tx, account, id, today).await?;
    if !is_writable(&case) {
        return Err(Error::Conflict(format!("案件现为“{}”，不能再修改。", case.state.zh())));
    }
    if is_handed_over(&case, &store::course(tx, id).await?) {
        return Err(Error::Conflict("已交企业核对，企业退回后才能再改。".into()));
    }
    Ok((case, appointment))
}

/// Whether the account's agency gave this paper, so that it may take it out again.
pub(super) async fn gave(tx: &mut Tx, appointment: &Appointment, case: i64, file: i64) -> Result<bool, Error> {
    Ok(is_given(&store::course(tx, case).await?, appointment, file))
}

fn is_given(course: &[Prepared], appointment: &Appointment, file: i64) -> bool {
    course.iter().any(|one| one.work == Work::Attach && one.file == Some(file) && one.agency == appointment.agency)
}

const fn is_writable(case: &Case) -> bool {
    matches!(case.state, State::Draft | State::Correction)
}

/// Whether the last word is the agency's that it is ready, in the state in which the case still is.
fn is_handed_over(case: &Case, course: &[Prepared]) -> bool {
    let last = course.iter().rev().find(|one| matches!(one.work, Work::Ready | Work::Return));
    last.is_some_and(|one| one.work == Work::Ready && one.stage == case.state.key())
}

/// Keeps what an agency wrote: each field that changed.
pub(super) async fn wrote(
    tx: &mut Tx,
    under: (&Case, &Appointment),
    (before, after): (&Application, &Application),
    who: (&Account, Date, Timestamp),
) -> Result<(), Error> {
    let changes = changes(before, after);
    store::insert(tx, under, &store::New { work: Work::Write, file: None, changes: &changes, note: "" }, who).await
}

/// Keeps that an agency added a paper, or took its own out again.
pub(super) async fn moved_paper(
    tx: &mut Tx,
    under: (&Case, &Appointment),
    (work, paper): (Work, &Paper),
    who: (&Account, Date, Timestamp),
) -> Result<(), Error> {
    let (kind, name) = (paper.kind.clone(), paper.name.clone());
    let (before, after) = if work == Work::Attach { (String::new(), name) } else { (name, String::new()) };
    let changes = [Changed { field: kind, before, after }];
    store::insert(tx, under, &store::New { work, file: Some(paper.id), changes: &changes, note: "" }, who).await
}

fn changes(before: &Application, after: &Application) -> Vec<Changed> {
    let told = |of: &Application| {
        let fen = |fen: Option<i64>| fen.map_or_else(String::new, |fen| terms::Money::from_fen(fen).format_zh());
        let aid = of.aid.as_ref();
        let yes = |is: bool| if is { "是" } else { "否" }.to_owned();
        [
            ("情况说明", of.statement.clone()),
            ("已付费用", fen(of.costs_fen)),
            ("国家（地区）", aid.map(|one| one.place.clone()).unwrap_or_default()),
            ("裁判结果", aid.and_then(|one| one.ending).map_or_else(String::new, |ending| ending.zh().to_owned())),
            ("维护自己的权利", aid.and_then(|one| one.is_defender).map_or_else(String::new, yes)),
            ("已获赔偿", fen(aid.and_then(|one| one.compensation_fen))),
        ]
    };
    let both = told(before).into_iter().zip(told(after));
    both.filter(|((_, before), (_, after))| before != after)
        .map(|((field, before), (_, after))| Changed { field: field.to_owned(), before, after })
        .collect()
}
