//! Appointments (代理委托): an enterprise lets an agency prepare its applications, for some awards or for all, from one day to
//! another. The agency accepts or declines; either side ends it. While it runs, the one question who may do what
//! (`domain::accounts::allows`) answers for a case with the agencies that act for its enterprise on the day (`agents_of`).

mod store;
#[cfg(test)]
mod tests;

use db::Tx;
use jiff::{Timestamp, civil::Date};
use serde_json::json;

use crate::{
    Error, Installation,
    accounts::{Account, Organisation, Permission, Resource, allows},
    cases::Case,
    items::allowed,
    messages, runs, subjects,
};

/// The longest appointment, in years.
const YEARS_MAX: i32 = 3;
const NOTE_CHARS_MAX: usize = 500;

words! {
    /// Where an appointment stands on a day.
    State {
        Asked "asked" "待机构答复",
        Coming "coming" "已接受，尚未开始",
        Running "running" "委托中",
        Declined "declined" "机构未接受",
        /// By one side before its last day.
        Ended "ended" "已结束",
        /// Its last day is over.
        Over "over" "已期满",
    }
}

impl State {
    /// Whether either side may still end it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Coming | Self::Running)
    }
}

/// A side of an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Who appoints.
    Enterprise,
    /// Who is appointed.
    Agency,
}

words! {
    /// What a side does with an appointment.
    Act {
        /// By the agency.
        Accept "accept" "接受",
        /// By the agency, with a reason.
        Decline "decline" "不接受",
        /// By either side before its last day, with a reason.
        End "end" "结束",
    }
}

impl Act {
    /// The field of forms that holds what is said with it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Accept => "note",
            Self::Decline => "declined",
            Self::End => "why",
        }
    }
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Its number.
    pub id: i64,
    /// The code of the enterprise.
    pub enterprise: String,
    /// Its name when it appointed.
    pub firm: String,
    /// The agency.
    pub agency: String,
    /// The awards whose applications it covers; none are all.
    pub awards: Vec<String>,
    /// The first day.
    pub from_on: Date,
    /// The last day.
    pub until_on: Date,
    /// What the enterprise said.
    pub note: String,
    /// Who asked, by login, and on which day.
    pub asked: (String, String),
    /// Whether the agency accepted; none while it has not answered.
    pub is_accepted: Option<bool>,
    /// Who answered, on which day, and what was said.
    pub answered: Option<(String, String, String)>,
    /// Who ended it, on which day, and why.
    pub ended: Option<(String, String, String)>,
}

impl Appointment {
    /// Where it stands on a day.
    pub fn state(&self, today: Date) -> State {
        match self.is_accepted {
            _ if self.ended.is_some() => State::Ended,
            Some(false) => State::Declined,
            _ if self.until_on < today => State::Over,
            None => State::Asked,
            Some(true) if self.from_on > today => State::Coming,
            Some(true) => State::Running,
        }
    }

    /// Whether it lets its agency act in the applications for an award on a day.
    pub fn covers(&self, award: &str, today: Date) -> bool {
        self.state(today) == State::Running && (self.awards.is_empty() || self.awards.iter().any(|one| one == award))
    }

    fn resource(&self) -> Resource<'_> {
        Resource::Appointment { enterprise: &self.enterprise, agency: &self.agency }
    }

    /// The side on which an account stands; none for those who only read.
    pub fn side(&self, account: &Account) -> Option<Side> {
        if allows(account, Permission::Appoint, &self.resource()) {
            Some(Side::Enterprise)
        } else if allows(account, Permission::AnswerAppointments, &self.resource()) {
            Some(Side::Agency)
        } else {
            None
        }
    }
}

/// Whom to appoint, for what and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The agency, by its name.
    pub agency: String,
    /// The awards; none are all applications.
    pub awards: Vec<String>,
    /// The first day.
    pub from_on: Date,
    /// The last day.
    pub until_on: Date,
    /// What the agency is to know.
    pub note: String,
}

/// The appointments that an account sees, the latest first.
pub async fn all(installation: &Installation, account: &Account) -> Result<Vec<Appointment>, Error> {
    allowed(account, Permission::ViewAppointments)?;
    let mut tx = installation.db.begin_read().await?;
    let mut all = store::all(&mut tx).await?;
    all.retain(|one| allows(account, Permission::ViewAppointments, &one.resource()));
    Ok(all)
}

/// An appointment that the account sees.
pub async fn find(installation: &Installation, account: &Account, id: i64) -> Result<Appointment, Error> {
    let found = all(installation, account).await?.into_iter().find(|one| one.id == id);
    found.ok_or_else(|| missing(id))
}

fn missing(id: i64) -> Error {
    Error::NotFound { what: "代理委托", id: id.to_string() }
}

/// The agencies that may be appointed, by name.
pub async fn agencies(installation: &Installation) -> Result<Vec<String>, Error> {
    let mut tx = installation.db.begin_read().await?;
    Ok(store::agencies(&mut tx).await?.into_iter().map(|(_, name)| name).collect())
}

/// Asks an agency to act for the account's enterprise; the agency is told.
pub async fn ask(installation: &Installation, account: &Account, asked: &Asked, now: Timestamp) -> Result<i64, Error> {
    allowed(account, Permission::Appoint)?;
    let today = installation.business_date(now);
    let note = noted(&asked.note).map_err(|wrong| wrong.at("note"))?;
    let (from_on, until_on) = (asked.from_on, asked.until_on);
    if until_on < from_on || until_on < today {
        let why = format!("委托到 {until_on}，早于开始的 {from_on} 或今天（{today}）。请核对日期。");
        return Err(Error::field("last", why));
    }
    if until_on > from_on.saturating_add(jiff::Span::new().years(YEARS_MAX)) {
        return Err(Error::field("last", format!("一次委托最长 {YEARS_MAX} 年。请改早最后一天，到期后再续。")));
    }
    let policy = runs::policy()?;
    if let Some(unknown) = asked.awards.iter().find(|award| policy.award(award).is_none()) {
        return Err(Error::field("awards", format!("没有事项“{unknown}”。请重新选择委托的范围。")));
    }
    let Organisation::Enterprise(code) = account.organisation() else {
        return Err(Error::Forbidden("委托代理机构"));
    };
    let uscc = code.parse().map_err(|_| Error::Invalid("账号没有绑定企业，不能委托。".into()))?;
    let firm = subjects::enterprise(installation, &uscc, now).await?.map_or_else(|| code.to_owned(), |firm| firm.name);
    let mut tx = installation.db.begin().await?;
    let agency = store::agencies(&mut tx).await?.into_iter().find(|(_, name)| *name == asked.agency.trim());
    let Some((agency_id, agency)) = agency else {
        return Err(Error::field("agency", "请选择要委托的服务机构。名单中没有的，请联系系统管理员登记。"));
    };
    let same = |one: &Appointment| {
        let meets = one.from_on <= until_on && from_on <= one.until_on;
        one.enterprise == code && one.agency == agency && one.state(today).is_open() && meets
    };
    if let Some(same) = store::all(&mut tx).await?.iter().find(|one| same(one)) {
        return Err(Error::Conflict(format!(
            "与{agency}已有委托（第 {} 号，{} 至 {}，{}）。请先结束那一次，或改在它之后开始。",
            same.id,
            same.from_on,
            same.until_on,
            same.state(today).zh()
        )));
    }
    let mut new = Appointment {
        id: 0,
        enterprise: code.to_owned(),
        firm,
        agency,
        awards: asked.awards.clone(),
        from_on,
        until_on,
        note: note.to_owned(),
        asked: (account.login.clone(), today.to_string()),
        is_accepted: None,
        answered: None,
        ended: None,
    };
    new.id = store::insert(&mut tx, &new, agency_id, &now.to_string()).await?;
    let detail = json!({ "enterprise": code, "name": new.firm, "agency": new.agency, "awards": new.awards.join("、"),
        "from_on": from_on, "until_on": until_on, "note": note });
    registry::audit::record(&mut tx, now, &account.login, "appointment.ask", &new.id.to_string(), &detail).await?;
    messages::of_appointment(&mut tx, &new, (Side::Agency, State::Asked.zh(), note), today, now).await?;
    tx.commit().await?;
    Ok(new.id)
}

/// Accepts, declines or ends an appointment; the other side is told.
pub async fn act(
    installation: &Installation,
    account: &Account,
    (id, act): (i64, Act),
    note: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let note = noted(note).map_err(|wrong| wrong.at(act.field()))?;
    let (needs, done, owed) = match act {
        Act::Accept => (Permission::AnswerAppointments, "机构已接受", ""),
        Act::Decline => (Permission::AnswerAppointments, State::Declined.zh(), "请写明不接受的原因。"),
        Act::End => (Permission::ViewAppointments, State::Ended.zh(), "请写明结束委托的原因。"),
    };
    if note.is_empty() && !owed.is_empty() {
        return Err(Error::field(act.field(), owed));
    }
    let today = installation.business_date(now);
    let mut tx = installation.db.begin().await?;
    let before = of_side(&mut tx, account, id, needs).await?;
    let other = match before.side(account).ok_or(Error::Forbidden("结束代理委托"))? {
        Side::Enterprise => Side::Agency,
        Side::Agency => Side::Enterprise,
    };
    let state = before.state(today);
    let (may, word) = match act {
        Act::Accept | Act::Decline => (state == State::Asked, "答复"),
        Act::End => (state.is_open(), "结束"),
    };
    if !may {
        return Err(Error::Conflict(format!("这次委托现为“{}”，不能再{word}。请刷新后再看。", state.zh())));
    }
    if !store::act(&mut tx, (id, act), (&account.login, today, note)).await? {
        return Err(Error::Conflict("这次委托刚刚被别人答复或结束。请刷新后再看。".into()));
    }
    let detail = json!({ "enterprise": before.enterprise, "agency": before.agency, "note": note });
    let action = format!("appointment.{}", act.key());
    registry::audit::record(&mut tx, now, &account.login, &action, &id.to_string(), &detail).await?;
    messages::of_appointment(&mut tx, &before, (other, done, note), today, now).await?;
    Ok(tx.commit().await?)
}

/// The names of the agencies that act for the enterprise of a case in it on a day: what an enterprise applies for only.
pub(crate) async fn agents_of(tx: &mut Tx, case: &Case, today: Date) -> Result<Vec<String>, Error> {
    Ok(acting_in(tx, case, today).await?.into_iter().map(|one| one.agency).collect())
}

/// The appointments under which agencies act in a case on a day.
pub(crate) async fn acting_in(tx: &mut Tx, case: &Case, today: Date) -> Result<Vec<Appointment>, Error> {
    if case.facts.application.is_none() {
        return Ok(Vec::new());
    }
    let mut all = store::all(tx).await?;
    all.retain(|one| one.enterprise == case.subject && one.covers(&case.award, today));
    Ok(all)
}

/// Those of an agency that run on a day.
pub(crate) async fn running(tx: &mut Tx, agency: &str, today: Date) -> Result<Vec<Appointment>, Error> {
    let mut all = store::all(tx).await?;
    all.retain(|one| !agency.is_empty() && one.agency == agency && one.state(today) == State::Running);
    Ok(all)
}

async fn of_side(tx: &mut Tx, account: &Account, id: i64, permission: Permission) -> Result<Appointment, Error> {
    allowed(account, permission)?;
    let found = store::all(tx).await?.into_iter().find(|one| one.id == id);
    found.filter(|one| allows(account, permission, &one.resource())).ok_or_else(|| missing(id))
}

fn noted(note: &str) -> Result<&str, Error> {
    match note.trim() {
        note if note.chars().count() > NOTE_CHARS_MAX => {
            Err(Error::Invalid(format!("说明最多 {NOTE_CHARS_MAX} 个字，请缩短。")))
        }
        note => Ok(note),
    }
}
