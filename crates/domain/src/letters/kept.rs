//! Letters as they were issued: each a file under its hash, numbered and written in the transaction of its act, and handed out ever
//! after. What is taken back keeps its file and its number, with a mark.

use std::{fs, io::Cursor};

use db::{Db, Tx};
use jiff::{Timestamp, civil::Date};
use rules::Policy;
use serde_json::json;
use sheets::write::docx::{Properties, Table, docx};

use super::{
    Kind,
    form::{self, Values, has_title},
    store::{self, Which},
    template,
};
use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    cases::{self, Case, Change, Known, Notice, State},
    evidence,
    installation::LETTERS,
    items::{self, Item, allowed},
    payments,
    runs::sha256,
};

/// A letter as it was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its place in the archive.
    pub id: i64,
    /// What it is.
    pub kind: Kind,
    /// The case that it is of; none for a public notice.
    pub case: Option<i64>,
    /// The public notice that it is of.
    pub notice: Option<i64>,
    /// Its number (文号).
    pub number: String,
    /// Its title.
    pub title: String,
    /// Whom it concerns: the enterprise, or the award of a notice.
    pub unit: String,
    /// Its day (成文日期).
    pub issued_on: Date,
    /// Whose it is (形成单位).
    pub creator: String,
    /// How long it is kept (保管期限).
    pub retention: String,
    /// The version of its template: how the hash of its wording begins.
    pub template: String,
    /// The hash of its file.
    pub sha256: String,
    /// The size of its file in bytes.
    pub size: i64,
    /// Who issued it.
    pub by: String,
    /// When.
    pub at: String,
    /// Whether it was written later than its act (补制).
    pub is_late: bool,
    /// When it was taken back; none while it stands.
    pub taken_back_on: Option<Date>,
    /// Why it was taken back.
    pub taken_back_why: String,
}

/// What writing a letter needs to know.
pub(crate) struct Office<'a> {
    pub(crate) installation: &'a Installation,
    pub(crate) policy: &'a Policy,
    pub(crate) known: &'a Known,
}

/// Who issues a letter, when, and with what reason.
#[derive(Clone, Copy)]
struct Issue<'a> {
    act: &'a str,
    note: &'a str,
    by: &'a str,
    /// The day of the act.
    on: Date,
    now: Timestamp,
    is_late: bool,
}

/// Whose letter it is.
enum Of<'a> {
    Case(&'a Case),
    Notice(i64),
}

/// The letters that a decided case has.
fn kinds(policy: &Policy, case: &Case) -> &'static [Kind] {
    match case.state {
        State::Rejected => &[Kind::Refusal],
        State::Refused => &[Kind::NotAccepted],
        state if state.is_granted() && has_title(policy, &case.award) => &[Kind::Decision, Kind::Certificate],
        state if state.is_granted() => &[Kind::Decision],
        _ => &[],
    }
}

/// Writes what a step of a case issues, and marks what it takes back; in the transaction of the step.
pub(crate) async fn of_step(
    tx: &mut Tx,
    office: &Office<'_>,
    before: Option<&Case>,
    after: &Case,
    change: &Change<'_>,
) -> Result<(), Error> {
    if before.is_some_and(|before| before.state == after.state) {
        return Ok(());
    }
    let why = match (after.state, change.act) {
        (State::Approved, "approve") => "已由新的决定代替".to_owned(),
        (State::Rejected, "revoke") => format!("撤销决定：{}", change.note),
        (State::Rejected | State::Refused, _) => "已由新的决定代替".to_owned(),
        (State::Reclaimed, _) => return of_claim(tx, office, before, after, change).await,
        _ => return Ok(()),
    };
    take_back(tx, after, |_| true, &why, change).await?;
    let item = items::find_in(tx, after.item).await?;
    for kind in kinds(office.policy, after) {
        issue_to(tx, office, *kind, after, &item, Issue::of(change)).await?;
    }
    Ok(())
}

/// Marks the letters of a case that stand, as far as they are of these kinds, as taken back.
async fn take_back(
    tx: &mut Tx,
    case: &Case,
    is_meant: impl Fn(Kind) -> bool,
    why: &str,
    change: &Change<'_>,
) -> Result<(), Error> {
    for letter in store::letters(tx, Which::OfCase(case.id)).await? {
        if letter.taken_back_on.is_none() && is_meant(letter.kind) {
            store::take_back(tx, letter.id, change.on, why).await?;
            let detail = json!({ "letter": letter.id, "number": letter.number, "why": why });
            registry::audit::record(tx, change.now, change.by, "letter.take-back", &letter.number, &detail).await?;
        }
    }
    Ok(())
}

/// Writes the claim. Where nothing of the decision stands its letters are taken back; where a level fell, its certificate gives way to
/// one of the level that stands.
async fn of_claim(
    tx: &mut Tx,
    office: &Office<'_>,
    before: Option<&Case>,
    after: &Case,
    change: &Change<'_>,
) -> Result<(), Error> {
    let item = items::find_in(tx, after.item).await?;
    let net = payments::net_fen(tx, after.id).await?.unwrap_or(0);
    let fen = after.reclaim_fen.unwrap_or(net);
    let letters = store::letters(tx, Which::OfCase(after.id)).await?;
    let decision = letters.iter().find(|one| one.kind == Kind::Decision && one.taken_back_on.is_none());
    // Of an earlier claim, which is over, the letter has given way to this one.
    let is_meant = |kind| match kind {
        Kind::Reclaim => true,
        Kind::Certificate => fen >= net || before.is_some_and(|before| before.level != after.level),
        _ => fen >= net,
    };
    take_back(tx, after, is_meant, &format!("启动追回：{}", change.note), change).await?;
    let issue = Issue::of(change);
    let mut values = form::of_case(office.policy, before.unwrap_or(after), &item);
    let facts = clawback_facts(tx, after.id, change).await?;
    values.extend([
        ("决定日", terms::dates::format_zh(change.on)),
        ("原文号", decision.map_or_else(|| "原决定".to_owned(), |one| one.number.clone())),
        ("原金额", form::yuan(net)),
        ("应得", form::yuan(net - fen)),
        ("追回", form::yuan(fen)),
        ("期限", after.due_on.map_or_else(|| "规定期限".to_owned(), terms::dates::format_zh)),
        // How many days these are and where the number comes from is for the page of the case.
        ("期限说明", after.due_why.split('（').next().unwrap_or_default().to_owned()),
        ("理由", facts),
    ]);
    write(tx, office, (Kind::Reclaim, Of::Case(after), &after.name), values, None, issue).await?;
    if fen < net && before.is_some_and(|before| before.level != after.level) && has_title(office.policy, &after.award) {
        issue_to(tx, office, Kind::Certificate, after, &item, issue).await?;
    }
    Ok(())
}

/// What a claim rests on: what the leader wrote, and the facts that were found.
async fn clawback_facts(tx: &mut Tx, case: i64, change: &Change<'_>) -> Result<String, Error> {
    let mut all = vec![change.note.trim_end_matches('。').replace('\n', " ")];
    let taken = cases::clawbacks_of(tx, Some(case)).await?.into_iter();
    all.extend(taken.filter(|one| one.outcome == "taken" && one.settled_on == Some(change.on)).map(|one| one.fact));
    all.dedup();
    Ok(all.join("\n"))
}

impl<'a> Issue<'a> {
    /// As a step is taken.
    fn of(change: &Change<'a>) -> Self {
        Self { act: change.act, note: change.note, by: change.by, on: change.on, now: change.now, is_late: false }
    }
}

async fn issue_to(
    tx: &mut Tx,
    office: &Office<'_>,
    kind: Kind,
    case: &Case,
    item: &Item,
    issue: Issue<'_>,
) -> Result<(), Error> {
    let mut values = form::of_case(office.policy, case, item);
    values.insert("决定日", terms::dates::format_zh(issue.on));
    values.insert("理由", form::reasons(case, issue.act, issue.note));
    write(tx, office, (kind, Of::Case(case), &case.name), values, None, issue).await
}

/// Writes the paper of a public notice, in the transaction that opens it.
pub(crate) async fn of_notice(
    tx: &mut Tx,
    office: &Office<'_>,
    notice: &Notice,
    (by, now): (&str, Timestamp),
    is_late: bool,
) -> Result<(), Error> {
    let Some((first, _)) = notice.cases.first() else { return Ok(()) };
    let item = items::find_in(tx, first.item).await?;
    let cases: Vec<(&Case, Option<i64>)> = notice.cases.iter().map(|(case, fen)| (case, *fen)).collect();
    let (mut values, table) = form::of_notice(office.policy, &notice.award, &item, &cases);
    values.insert("起始日", terms::dates::format_zh(notice.opened_on));
    values.insert("截止日", terms::dates::format_zh(notice.closes_on));
    let unit = values.get("事项").cloned().unwrap_or_default();
    let issue = Issue { act: "publish", note: "", by, on: notice.opened_on, now, is_late };
    write(tx, office, (Kind::Notice, Of::Notice(notice.id), &unit), values, Some(table), issue).await
}

async fn write(
    tx: &mut Tx,
    office: &Office<'_>,
    (kind, of, unit): (Kind, Of<'_>, &str),
    mut values: Values,
    list: Option<Table>,
    issue: Issue<'_>,
) -> Result<(), Error> {
    let Office { installation, known, .. } = *office;
    let (city, year) = (known.city(), issue.on.year());
    let place = store::number(tx, kind, i64::from(year)).await?;
    let creator = format!("{city}知识产权局");
    values.extend([("城市", city.to_owned()), ("年份", year.to_string()), ("序号", place.to_string())]);
    let wording = template(installation, kind)?;
    let mut paper = form::filled(kind, &wording, &values, list);
    if paper.properties.number.is_empty() {
        paper.properties.number = format!("{city}{}〔{year}〕{place}号", kind.code());
    }
    if installation.demo().is_some() {
        paper.mark = "演示数据，不具有法律效力".to_owned();
    }
    let mut letter = Letter {
        id: 0,
        kind,
        case: match of {
            Of::Case(case) => Some(case.id),
            Of::Notice(_) => None,
        },
        notice: match of {
            Of::Case(_) => None,
            Of::Notice(id) => Some(id),
        },
        number: paper.properties.number.clone(),
        title: paper.title.replace('\n', ""),
        unit: unit.to_owned(),
        issued_on: issue.on,
        creator,
        retention: kind.retention().to_owned(),
        template: sha256(wording.as_bytes())[..12].to_owned(),
        sha256: String::new(),
        size: 0,
        by: issue.by.to_owned(),
        at: registry::instant::format(issue.now),
        is_late: issue.is_late,
        taken_back_on: None,
        taken_back_why: String::new(),
    };
    paper.properties = properties(&letter);
    let mut bytes = Cursor::new(Vec::new());
    docx(&paper, &mut bytes).map_err(|cause| Error::Damaged(format!("文书写不成文件：{cause}")))?;
    let bytes = bytes.into_inner();
    letter.sha256 = sha256(&bytes);
    letter.size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    evidence::place(&installation.dir().join(LETTERS), &name(&letter.sha256), &letter.sha256, &bytes)?;
    let id = store::insert(tx, &letter).await?;
    let detail = json!({
        "letter": id, "kind": kind.key(), "case": letter.case, "notice": letter.notice, "number": letter.number,
        "template": letter.template, "sha256": letter.sha256, "is_late": letter.is_late,
    });
    Ok(registry::audit::record(tx, issue.now, issue.by, "letter.issue", &letter.number, &detail).await?)
}

fn properties(letter: &Letter) -> Properties {
    let other = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut others = vec![
        other("文号", &letter.number),
        other("文种", letter.kind.zh()),
        other("成文日期", &letter.issued_on.to_string()),
        other("形成单位", &letter.creator),
        other("保管期限", &letter.retention),
        other("模板版本", &letter.template),
    ];
    if letter.is_late {
        others.push(other("补制", &letter.at));
    }
    Properties {
        creator: letter.creator.clone(),
        number: letter.number.clone(),
        created_on: letter.issued_on.to_string(),
        others,
    }
}

/// The name of a letter's file in its folder.
fn name(hash: &str) -> String {
    format!("{hash}.docx")
}

/// The archive: every letter, the latest first.
pub async fn all(db: &Db, account: &Account) -> Result<Vec<Letter>, Error> {
    allowed(account, Permission::ViewMoney)?;
    let mut tx = db.begin_read().await?;
    store::letters(&mut tx, Which::All).await
}

/// The letters of a case that the account may see, the latest first.
pub async fn of_case(db: &Db, account: &Account, case: i64) -> Result<Vec<Letter>, Error> {
    cases::find(db, account, case).await?;
    let mut tx = db.begin_read().await?;
    store::letters(&mut tx, Which::OfCase(case)).await
}

/// The latest letter of a kind of a case that the account may see, or of a public notice, which everybody may see.
pub async fn latest(db: &Db, account: Option<&Account>, kind: Kind, id: i64) -> Result<Letter, Error> {
    let which = match (kind, account) {
        (Kind::Notice, _) => {
            cases::notice(db, id).await?;
            Which::OfNotice(id)
        }
        (_, Some(account)) => {
            cases::find(db, account, id).await?;
            Which::OfCase(id)
        }
        (_, None) => return Err(Error::Forbidden("查看文书")),
    };
    let mut tx = db.begin_read().await?;
    let found = store::letters(&mut tx, which).await?.into_iter().find(|one| one.kind == kind);
    found.ok_or_else(|| Error::NotFound { what: kind.zh(), id: id.to_string() })
}

/// A letter of the archive that the account may see.
pub async fn find(db: &Db, account: &Account, id: i64) -> Result<Letter, Error> {
    let none = || Error::NotFound { what: "文书", id: id.to_string() };
    let found = {
        let mut tx = db.begin_read().await?;
        store::letters(&mut tx, Which::One(id)).await?.pop().ok_or_else(none)?
    };
    if let Some(case) = found.case {
        cases::find(db, account, case).await.map_err(|_| none())?;
    }
    Ok(found)
}

/// The file of a letter, checked against its hash.
pub fn file(installation: &Installation, letter: &Letter) -> Result<Vec<u8>, Error> {
    let path = installation.dir().join(LETTERS).join(name(&letter.sha256));
    let bytes = fs::read(&path).map_err(|source| Error::io(&path, source))?;
    if sha256(&bytes) != letter.sha256 {
        return Err(Error::Damaged(format!("文书 {} 与签发时不同。请从备份恢复。", letter.number)));
    }
    Ok(bytes)
}

/// How many letters there are, and which are not there as they were issued.
pub(crate) async fn faults(installation: &Installation) -> Result<(usize, Vec<String>), Error> {
    let letters = {
        let mut tx = installation.db.begin_read().await?;
        store::letters(&mut tx, Which::All).await?
    };
    let fault =
        |letter: &Letter| file(installation, letter).err().map(|cause| format!("文书 {}：{cause}", letter.number));
    Ok((letters.len(), letters.iter().filter_map(fault).collect()))
}

/// How many decisions and notices have no letter: taken before letters were kept.
pub async fn missing(db: &Db) -> Result<usize, Error> {
    let mut tx = db.begin_read().await?;
    let (cases, notices) = store::missing(&mut tx).await?;
    Ok(cases.len() + notices.len())
}

/// Writes the letters of decisions and notices that have none, marked as written late; gives for how many.
pub async fn supply(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    now: Timestamp,
) -> Result<usize, Error> {
    allowed(account, Permission::HandleCases)?;
    let known = cases::known(installation, now).await?;
    let office = Office { installation, policy, known: &known };
    let mut tx = installation.db.begin().await?;
    let (of_cases, of_notices) = store::missing(&mut tx).await?;
    for id in &of_notices {
        let notice = cases::notice_in(&mut tx, *id).await?;
        of_notice(&mut tx, &office, &notice, (&account.login, now), true).await?;
    }
    for id in &of_cases {
        let case = cases::find_in(&mut tx, *id).await?;
        let item = items::find_in(&mut tx, case.item).await?;
        let Some(step) = cases::deciding_step(&mut tx, *id).await? else { continue };
        let issue = Issue { act: &step.act, note: &step.note, by: &account.login, on: step.on, now, is_late: true };
        for kind in kinds(policy, &case) {
            issue_to(&mut tx, &office, *kind, &case, &item, issue).await?;
        }
    }
    tx.commit().await?;
    Ok(of_cases.len() + of_notices.len())
}
