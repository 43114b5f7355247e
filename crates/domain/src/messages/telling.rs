//! Who is told what when a case moves, when a last day comes near, and when a watch finds something.

use std::{collections::BTreeMap, sync::LazyLock};

use db::Tx;
use jiff::{Timestamp, civil::Date};
use registry::instant;

use super::{
    Kind, store,
    store::{New, To, Whose},
    wordings::{self, Values},
};
use crate::{
    Error,
    accounts::Role,
    appointments::{Appointment, Side},
    cases::{self, Case, Change, Known, State, Waits},
    offers::Answer,
    runs,
};

/// How many working days before its last day a step is reminded of.
const REMINDED_DAYS: u32 = 2;

/// The names of the awards; a policy that cannot be read leaves their keys.
static AWARDS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let awards = runs::policy().map(|policy| policy.awards).unwrap_or_default();
    awards.into_iter().map(|award| (award.id, award.name)).collect()
});

/// What the enterprise is told of a step; most steps inside the office are none of its mail.
fn news(act: &str, is_moved: bool, case: &Case) -> Option<Kind> {
    match (act, case.state) {
        ("publish", _) => Some(Kind::Notice),
        ("pay", _) => Some(Kind::Paid),
        ("pay-failed" | "pay-return", _) => Some(Kind::Returned),
        (_, State::Notified) if is_moved => Some(Kind::Confirm),
        (_, State::Correction) if is_moved => Some(Kind::Missing),
        ("approve", State::Approved) => Some(Kind::Granted),
        (_, State::Reclaimed) if is_moved => Some(Kind::Reclaim),
        (_, State::Refused | State::Rejected | State::Expired) if is_moved => Some(Kind::Ended),
        _ => None,
    }
}

/// Tells of a step of a case, in its transaction; `before` is none where the case has just been opened.
pub(crate) async fn of_case(tx: &mut Tx, before: Option<State>, case: &Case, change: &Change<'_>) -> Result<(), Error> {
    let is_moved = before != Some(case.state);
    let telling = Telling::of(case, change);
    let over = match (is_moved, change.act) {
        (true, _) => Some(Whose::All),
        // The others still have their turn.
        (false, "agree") => Some(Whose::UnitOf(change.by)),
        (false, "recuse") => Some(Whose::Own(change.by)),
        _ => None,
    };
    if let Some(whose) = over {
        store::over(tx, case.id, &whose, &instant::format(change.now)).await?;
    }
    if let Some(kind) = news(change.act, is_moved, case) {
        telling.tell(tx, kind, &telling.owner(), "").await?;
    }
    if change.act == "urge" {
        telling.those_awaited(tx, Kind::Urged, "").await?;
    } else if is_moved {
        telling.those_awaited(tx, Kind::Waits, "").await?;
    }
    if (is_moved || change.act == "recuse") && cases::is_stuck(tx, case).await? {
        telling.administrators(tx).await?;
    }
    Ok(())
}

/// Reminds of steps whose last day is near or has passed: of each day of each step twice at most, before and after.
pub(crate) async fn remind(tx: &mut Tx, known: &Known, (by, today): (&str, Date), now: Timestamp) -> Result<(), Error> {
    // Where the calendar does not say which days are working days, only the day itself is near.
    let near = known.due(today, REMINDED_DAYS, "").0.unwrap_or(today);
    for case in cases::due_by(tx, near).await? {
        let Some(due) = case.due_on else { continue };
        let (word, note) = match (due - today).get_days() {
            days @ ..=-1 => ("late", format!("已超过期限 {} 天", -days)),
            0 => ("due", "今天到期".to_owned()),
            days => ("due", format!("还有 {days} 天到期")),
        };
        let once = format!("{word}:{}:{}:{due}", case.id, case.state.key());
        let telling = Telling { case: &case, note: &note, by, on: today, now, claim_fen: case.reclaim_fen };
        telling.those_awaited(tx, Kind::Due, &once).await?;
    }
    Ok(())
}

/// Tells whoever decides what became known of a decided case, once.
pub(crate) async fn of_clawback(
    tx: &mut Tx,
    (case, claim_fen): (&Case, Option<i64>),
    fact: &str,
    (by, on): (&str, Date),
    now: Timestamp,
) -> Result<(), Error> {
    let telling = Telling { case, note: fact, by, on, now, claim_fen };
    for role in Role::ALL.into_iter().filter(|role| Kind::Clawback.is_for(*role)) {
        telling.tell(tx, Kind::Clawback, &To { role, unit: "", except: ["", ""] }, "").await?;
    }
    Ok(())
}

/// Tells whoever sees a watch that it found something new.
pub(crate) async fn of_watch(
    tx: &mut Tx,
    (account, name): (i64, &str),
    (told, raised): (usize, usize),
    on: Date,
    now: Timestamp,
) -> Result<(), Error> {
    let values: Values = [("监测", name.to_owned()), ("新增", told.to_string()), ("升级", raised.to_string())].into();
    let wording = wordings::of_kind(tx, Kind::Watch).await?.filled(&values);
    let new = New { kind: Kind::Watch, case: None, path: "/warnings?stage=open", wording: &wording, once: "", on, now };
    store::insert_for_sharers(tx, account, &new).await
}

/// Tells one side of an appointment how it stands now.
pub(crate) async fn of_appointment(
    tx: &mut Tx,
    one: &Appointment,
    (to, state, note): (Side, &str, &str),
    on: Date,
    now: Timestamp,
) -> Result<(), Error> {
    let values: Values = [
        ("企业", one.firm.clone()),
        ("机构", one.agency.clone()),
        ("状态", state.to_owned()),
        ("起止", format!("{} 至 {}", one.from_on, one.until_on)),
        ("说明", said(note)),
    ]
    .into();
    let wording = wordings::of_kind(tx, Kind::Appointment).await?.filled(&values);
    let path = format!("/appointments/{}", one.id);
    let new = New { kind: Kind::Appointment, case: None, path: &path, wording: &wording, once: "", on, now };
    store::insert(tx, &side(one, to), &new).await
}

/// Tells the enterprise that what its agency prepared waits for it, or the agency that it was sent back.
pub(crate) async fn of_preparation(
    tx: &mut Tx,
    (case, one): (&Case, &Appointment),
    (to, state, note): (Side, &str, &str),
    on: Date,
    now: Timestamp,
) -> Result<(), Error> {
    let values: Values = [
        ("企业", one.firm.clone()),
        ("机构", one.agency.clone()),
        ("事项", AWARDS.get(&case.award).unwrap_or(&case.award).clone()),
        ("案件号", case.id.to_string()),
        ("状态", state.to_owned()),
        ("说明", said(note)),
    ]
    .into();
    let wording = wordings::of_kind(tx, Kind::Draft).await?.filled(&values);
    let room = if to == Side::Agency { "preparing" } else { "cases" };
    let path = format!("/{room}/{}", case.id);
    let new = New { kind: Kind::Draft, case: Some(case.id), path: &path, wording: &wording, once: "", on, now };
    store::insert(tx, &side(one, to), &new).await
}

fn side(one: &Appointment, to: Side) -> To<'_> {
    match to {
        Side::Enterprise => To { role: Role::Enterprise, unit: &one.enterprise, except: ["", ""] },
        Side::Agency => To { role: Role::Agency, unit: &one.agency, except: ["", ""] },
    }
}

/// Tells the enterprise that a university or institute answered its demand.
pub(crate) async fn of_answer(tx: &mut Tx, answer: &Answer, on: Date, now: Timestamp) -> Result<(), Error> {
    let values: Values = [
        ("企业", answer.firm.clone()),
        ("机构", answer.university.clone()),
        ("需求", answer.demand.clone()),
        ("专利", if answer.title.is_empty() { "没有指明".to_owned() } else { answer.title.clone() }),
        ("说明", answer.words.clone()),
    ]
    .into();
    let wording = wordings::of_kind(tx, Kind::Answer).await?.filled(&values);
    let to = To { role: Role::Enterprise, unit: &answer.uscc, except: ["", ""] };
    let path = format!("/matching/{}", answer.demand_id);
    store::insert(tx, &to, &New { kind: Kind::Answer, case: None, path: &path, wording: &wording, once: "", on, now })
        .await
}

fn said(note: &str) -> String {
    if note.is_empty() { "未写明".to_owned() } else { note.to_owned() }
}

struct Telling<'a> {
    case: &'a Case,
    note: &'a str,
    by: &'a str,
    on: Date,
    now: Timestamp,
    /// What is claimed back of it, or is to be.
    claim_fen: Option<i64>,
}

impl<'a> Telling<'a> {
    fn of(case: &'a Case, change: &Change<'a>) -> Self {
        let (note, by, on, now) = (change.note, change.by, change.on, change.now);
        Self { case, note, by, on, now, claim_fen: case.reclaim_fen }
    }
}

impl Telling<'_> {
    /// The enterprise whose case it is; it is told of its own steps too, when the office must show that it was.
    fn owner(&self) -> To<'_> {
        To { role: Role::Enterprise, unit: &self.case.subject, except: ["", ""] }
    }

    async fn those_awaited(&self, tx: &mut Tx, kind: Kind, once: &str) -> Result<(), Error> {
        for waits in self.case.state.waits() {
            match waits {
                // Of a move it has its own news.
                Waits::Owner if kind == Kind::Waits => {}
                Waits::Owner => self.tell(tx, kind, &self.owner(), once).await?,
                Waits::Holders(permission) => {
                    // Whoever handled a case does not look at it again, nor he for whom it was handled.
                    let handlers =
                        [&self.case.handler, &self.case.handler_for].map(|one| one.as_deref().unwrap_or_default());
                    let except = if self.case.state == State::SecondReview { handlers } else { [self.by, ""] };
                    for role in Role::ALL.into_iter().filter(|role| role.may(*permission)) {
                        self.tell(tx, kind, &To { role, unit: "", except }, once).await?;
                    }
                }
                Waits::Departments => {
                    for department in cases::asked_still(tx, self.case.id).await? {
                        let (roles, unit) = match department.as_str() {
                            cases::FINANCE => (&[Role::Finance][..], ""),
                            // No town bears a department's name, so that one of the two is somebody.
                            unit => (&[Role::Department, Role::Town][..], unit),
                        };
                        for &role in roles {
                            self.tell(tx, kind, &To { role, unit, except: [self.by, ""] }, once).await?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    async fn tell(&self, tx: &mut Tx, kind: Kind, to: &To<'_>, once: &str) -> Result<(), Error> {
        self.tell_at(tx, kind, to, (&format!("/cases/{}", self.case.id), once)).await
    }

    async fn tell_at(&self, tx: &mut Tx, kind: Kind, to: &To<'_>, (path, once): (&str, &str)) -> Result<(), Error> {
        let wording = wordings::of_kind(tx, kind).await?.filled(&self.values());
        let case = Some(self.case.id);
        store::insert(tx, to, &New { kind, case, path, wording: &wording, once, on: self.on, now: self.now }).await
    }

    /// Tells those who keep accounts that nobody is left for the next step; the case itself they may not open.
    async fn administrators(&self, tx: &mut Tx) -> Result<(), Error> {
        for role in Role::ALL.into_iter().filter(|role| Kind::Stuck.is_for(*role)) {
            self.tell_at(tx, Kind::Stuck, &To { role, unit: "", except: ["", ""] }, ("/accounts", "")).await?;
        }
        Ok(())
    }

    fn values(&self) -> Values {
        let case = self.case;
        let money =
            |fen: Option<i64>| fen.map_or_else(|| "未核定".to_owned(), |fen| terms::Money::from_fen(fen).format_zh());
        let amount = money(case.amount_fen());
        let duty = cases::stuck_holders(case.state);
        let duty = Role::ALL.into_iter().filter(|role| duty.is_some_and(|duty| role.may(duty))).map(Role::zh);
        let award = AWARDS.get(&case.award).unwrap_or(&case.award);
        [
            ("企业", case.name.clone()),
            ("事项", award.clone()),
            ("年度", case.year.to_string()),
            ("案件号", case.id.to_string()),
            ("步骤", case.state.zh().to_owned()),
            ("金额", amount),
            ("追回", money(self.claim_fen)),
            ("职责", duty.collect::<Vec<_>>().join("或")),
            ("期限", case.due_on.map_or_else(|| "未定".to_owned(), |day| day.to_string())),
            ("期限说明", case.due_why.clone()),
            ("说明", said(self.note)),
        ]
        .into()
    }
}
