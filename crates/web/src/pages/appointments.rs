//! `/appointments` 代理委托: which enterprise lets which agency prepare its applications, for what and until when: asked by the
//! enterprise, answered by the agency, ended by either, read by the city.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::Permission,
    appointments::{self, Act, Appointment, Asked, Side, State as Stands},
    items::{self, Stage, Track},
};
use rules::Policy;

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing},
    pages::{
        cases::{
            award_name,
            forms::{date, refusal},
            people::People,
        },
        corpus::baskets::account,
        policy,
        registry::entries::EntryForm,
        room::{self, Room, Sent, Visit},
    },
    pieces::{State as StateWord, Tone},
};

const PATH: &str = "/appointments";

/// `GET /appointments`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    respond(&app, &frame, hx, &Visit::of(&uri)).await
}

async fn respond(app: &App, frame: &Frame, hx: Hx, visit: &Visit) -> Result<Response, AppError> {
    let document = policy::document()?;
    let rows = appointments::all(&app.installation, account(frame)?).await?;
    let line = if frame.may(Permission::AnswerAppointments) { "appointments-line-agency" } else { "appointments-line" };
    let room = Room::new(frame.t("appointments-title"), frame.t(line));
    let form = match frame.may(Permission::Appoint) {
        true => form(app, frame, &document.policy, &visit.sent, &visit.errors).await?,
        false => None,
    };
    room::listed_with(hx, frame, room, (&listing(frame, &document.policy), &rows), visit, form)
}

fn listing<'a>(frame: &'a Frame, policy: &'a Policy) -> Listing<'a, Appointment> {
    let today = frame.business_date;
    let states = Stands::ALL.map(|one| Choice::new(one.key(), frame.said(one.zh()))).into();
    Listing::new(frame, "appointments", PATH, frame.t("appointments-title"))
        .column("firm", frame.t("matching-firm"), Kind::Text, |one: &Appointment| {
            Cell::text(one.firm.clone()).link(frame.at(&path(one.id)))
        })
        .column("agency", frame.t("appointments-agency"), Kind::Text, |one| {
            Cell::text(one.agency.clone()).link(frame.at(&path(one.id)))
        })
        .column("scope", frame.t("appointments-scope"), Kind::Text, |one| Cell::text(scope(frame, policy, one)))
        .column("first", frame.t("appointments-first"), Kind::Date, |one| Cell::date(Some(one.from_on)))
        .column("last", frame.t("appointments-last"), Kind::Date, |one| Cell::date(Some(one.until_on)))
        .column("state", frame.t("matching-state"), Kind::Text, move |one| {
            Cell::state(standing(frame, one.state(today)), one.state(today) as i64)
        })
        .filter("state", frame.t("matching-state"), states, move |one, key| one.state(today).key() == key)
        .search(frame.t("appointments-search"), |one| format!("{} {} {}", one.firm, one.enterprise, one.agency))
        .when_empty(
            frame.t("appointments-none"),
            frame.t(if frame.may(Permission::Appoint) { "appointments-none-todo" } else { "appointments-none-wait" }),
        )
}

fn scope(frame: &Frame, policy: &Policy, one: &Appointment) -> String {
    match one.awards.as_slice() {
        [] => frame.t("appointments-all"),
        awards => {
            let names: Vec<String> = awards.iter().map(|award| award_name(frame, policy, award)).collect();
            names.join(&frame.t("word-list-separator"))
        }
    }
}

fn standing(frame: &Frame, state: Stands) -> StateWord {
    let tone = match state {
        Stands::Asked => Tone::Warn,
        Stands::Running => Tone::Ok,
        Stands::Coming => Tone::Plain,
        Stands::Declined => Tone::Bad,
        Stands::Ended | Stands::Over => Tone::Unknown,
    };
    StateWord::new(tone, frame.said(state.zh()))
}

fn path(id: i64) -> String {
    format!("{PATH}/{id}")
}

/// The form below the list of an enterprise; none while there is no agency to appoint.
async fn form(
    app: &App,
    frame: &Frame,
    policy: &Policy,
    sent: &Sent,
    errors: &Errors,
) -> Result<Option<EntryForm>, AppError> {
    let agencies = appointments::agencies(&app.installation).await?;
    if agencies.is_empty() {
        return Ok(None);
    }
    let issued = items::all(app.db()).await?;
    let applied = |award: &str| {
        issued.iter().any(|one| one.award == award && one.stage == Stage::Issued && one.terms.track == Track::Apply)
    };
    let awards = policy.awards.iter().filter(|award| applied(&award.id)).map(|award| Choice {
        is_chosen: sent.all("awards").any(|chosen| chosen == award.id),
        ..Choice::new(award.id.clone(), frame.said(&award.name))
    });
    let agencies = agencies.into_iter().map(|name| Choice::new(name.clone(), name)).collect();
    let field = |name: &str, key: &str, kind| Field::of(name, frame.t(key), kind, sent.get(name), errors);
    Ok(Some(EntryForm {
        title: frame.t("appointments-ask-title"),
        action: frame.at("/appointments/ask"),
        fields: vec![
            field("agency", "appointments-agency", FieldKind::Select(agencies)),
            field("awards", "appointments-scope", FieldKind::Checks(awards.collect()))
                .hint(frame.t("appointments-scope-hint"))
                .optional(),
            field("first", "appointments-first", FieldKind::Date),
            field("last", "appointments-last", FieldKind::Date),
            field("note", "appointments-note", FieldKind::Lines).hint(frame.t("appointments-note-hint")).optional(),
        ],
        button: frame.t("appointments-ask-do"),
    }))
}

/// `POST /appointments/ask`.
pub async fn ask(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let days = ["first", "last"].map(|name| {
        let day = date(&frame, &sent, name, &mut errors);
        if day.is_none() && errors.of(name).is_none() {
            errors.add(name, frame.t("leave-day-missing"));
        }
        day
    });
    if let ([Some(from_on), Some(until_on)], true) = (days, errors.is_empty()) {
        let asked = Asked {
            agency: sent.get("agency").to_owned(),
            awards: sent.all("awards").map(str::to_owned).collect(),
            from_on,
            until_on,
            note: sent.get("note").to_owned(),
        };
        match appointments::ask(&app.installation, account(&frame)?, &asked, app.now()).await {
            Ok(id) => return Ok(room::see_other(&frame, &path(id))),
            Err(error) => refusal(&frame, &mut errors, "agency", error)?,
        }
    }
    respond(&app, &frame, Hx::default(), &Visit::again(sent, errors)).await
}

#[derive(Template)]
#[template(path = "appointments/one.html")]
struct AppointmentPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    state: StateWord,
    facts: Vec<(String, String)>,
    /// Where the visitor prepares what it covers; empty where he does not.
    preparing: String,
    /// The forms that are open to the visitor: action, line, fields, button, style.
    acts: Vec<(String, String, Vec<Field>, String, &'static str)>,
}

/// `GET /appointments/{id}`.
pub async fn one(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    show(&app, &frame, id, &Sent::default(), &Errors::default()).await
}

async fn show(app: &App, frame: &Frame, id: i64, sent: &Sent, errors: &Errors) -> Result<Response, AppError> {
    let visitor = account(frame)?;
    let document = policy::document()?;
    let one = appointments::find(&app.installation, visitor, id).await?;
    let (state, side) = (one.state(frame.business_date), one.side(visitor));
    let people = People::read(app).await?;
    let room = Room::new(
        frame.tn("appointments-of", &[("firm", one.firm.clone()), ("agency", one.agency.clone())]),
        frame.t("appointments-one-line"),
    )
    .below(frame, &[("appointments-title", PATH)])
    .wrong(!errors.is_empty());
    let who =
        |by: &str, on: &str| frame.tn("appointments-by", &[("by", people.name(frame, by)), ("date", on.to_owned())]);
    let mut facts = vec![
        (frame.t("matching-firm"), one.firm.clone()),
        (frame.t("appointments-agency"), one.agency.clone()),
        (frame.t("appointments-scope"), scope(frame, &document.policy, &one)),
        (frame.t("appointments-first"), frame.date(one.from_on)),
        (frame.t("appointments-last"), frame.date(one.until_on)),
        (frame.t("appointments-note"), one.note.clone()),
        (frame.t("appointments-asked"), who(&one.asked.0, &one.asked.1)),
    ];
    for (key, why_key, told) in [
        ("appointments-answered", "appointments-answer-note", &one.answered),
        ("appointments-ended", "appointments-why", &one.ended),
    ] {
        if let Some((by, on, why)) = told {
            facts.push((frame.t(key), who(by, on)));
            facts.push((frame.t(why_key), why.clone()));
        }
    }
    facts.retain(|(_, fact)| !fact.is_empty());
    let page = AppointmentPage {
        frame,
        room: &room,
        errors,
        state: standing(frame, state),
        facts,
        preparing: match (side, state) {
            (Some(Side::Agency), Stands::Running) => frame.at("/preparing"),
            _ => String::new(),
        },
        acts: acts(frame, (id, side, state), sent, errors),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn acts(
    frame: &Frame,
    (id, side, state): (i64, Option<Side>, Stands),
    sent: &Sent,
    errors: &Errors,
) -> Vec<(String, String, Vec<Field>, String, &'static str)> {
    let form = |act: &Act| {
        let (key, name) = (act.key(), act.field());
        let words = |what: &str| frame.t(&format!("appointments-{key}-{what}"));
        let field = |key: &str| Field::of(name, frame.t(key), FieldKind::Lines, sent.get(name), errors);
        let (field, style) = match act {
            Act::Accept => (field("appointments-answer-note").optional(), "button-main"),
            Act::Decline | Act::End => (field("appointments-why"), ""),
        };
        (frame.at(&format!("{}/{key}", path(id))), words("line"), vec![field], words("do"), style)
    };
    let acts: &[Act] = match (side, state) {
        (Some(Side::Agency), Stands::Asked) => &[Act::Accept, Act::Decline],
        (Some(_), state) if state.is_open() => &[Act::End],
        _ => &[],
    };
    acts.iter().map(form).collect()
}

/// `POST /appointments/{id}/{act}`: accepts, declines or ends it, as the last word of the address says.
pub async fn act(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let act = Act::ALL.into_iter().find(|act| uri.path().ends_with(act.key()));
    let act = act.ok_or_else(|| AppError::NotFound(frame.t("problem-not-found-text")))?;
    let said = sent.get(act.field());
    let Err(error) = appointments::act(&app.installation, account(&frame)?, (id, act), said, app.now()).await else {
        return Ok(room::see_other(&frame, &path(id)));
    };
    let mut errors = Errors::default();
    refusal(&frame, &mut errors, act.field(), error)?;
    show(&app, &frame, id, &sent, &errors).await
}
