//! `/appointments` 代理委托: which enterprise lets which agency prepare its applications, for what and until when: asked by the
//! enterprise, answered by the agency, ended by either, read by the city.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::Permission,
    appointments::{self, Appointment, Asked, Side, State as Stands},
    items::{self, Stage, Track},
};
use rules::Policy;

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, ListQuery, Listing},
    pages::{
        cases::{
            award_name,
            forms::{date, refusal},
            people::People,
        },
        corpus::baskets::account,
        policy,
        registry::entries::{EntriesPage, EntryForm},
        room::{self, Room, Sent},
    },
    pieces::{State as StateWord, Tone},
};

const PATH: &str = "/appointments";

/// `GET /appointments`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    if query.export {
        let rows = appointments::all(&app.installation, account(&frame)?).await?;
        let document = policy::document()?;
        return listing(&frame, &document.policy).workbook(&rows, &query);
    }
    respond(&app, &frame, hx, (&query, &words), &Sent::default(), &Errors::default()).await
}

async fn respond(
    app: &App,
    frame: &Frame,
    hx: Hx,
    (query, words): (&ListQuery, &BTreeMap<String, String>),
    sent: &Sent,
    errors: &Errors,
) -> Result<Response, AppError> {
    let document = policy::document()?;
    let rows = appointments::all(&app.installation, account(frame)?).await?;
    let view = listing(frame, &document.policy).view(&rows, query);
    let line = if frame.may(Permission::AnswerAppointments) { "appointments-line-agency" } else { "appointments-line" };
    let room = Room::new(frame.t("appointments-title"), frame.t(line))
        .with(room::said(frame, words))
        .wrong(!errors.is_empty());
    let form = match frame.may(Permission::Appoint) {
        true => form(app, frame, &document.policy, sent, errors).await?,
        false => None,
    };
    let page = EntriesPage { frame, room: &room, errors, list: &view, form };
    if errors.is_empty() { page.respond(hx) } else { hx::refused(page) }
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
            Err(error) => {
                let why = error.to_string();
                let field = match () {
                    () if why.contains("委托到") || why.contains("最长") => "last",
                    () if why.contains("没有事项") => "awards",
                    () if why.contains("说明最多") => "note",
                    () => "agency",
                };
                refusal(&frame, &mut errors, field, error)?;
            }
        }
    }
    let nothing = BTreeMap::new();
    respond(&app, &frame, Hx::default(), (&ListQuery::default(), &nothing), &sent, &errors).await
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
    let act = |key: &str, fields: Vec<Field>, style| {
        let words = |what: &str| frame.t(&format!("appointments-{key}-{what}"));
        (frame.at(&format!("{}/{key}", path(id))), words("line"), fields, words("do"), style)
    };
    let reason = |name: &str, key: &str| Field::of(name, frame.t(key), FieldKind::Lines, sent.get(name), errors);
    match (side, state) {
        (Some(Side::Agency), Stands::Asked) => vec![
            act("accept", vec![reason("note", "appointments-answer-note").optional()], "button-main"),
            act("decline", vec![reason("declined", "appointments-why")], ""),
        ],
        (Some(_), state) if state.is_open() => vec![act("end", vec![reason("why", "appointments-why")], "")],
        _ => Vec::new(),
    }
}

/// What an act on an appointment came to: back to it, or shown again with what was refused beside its field.
async fn done(
    app: &App,
    frame: &Frame,
    (id, field): (i64, &str),
    sent: &Sent,
    done: Result<(), domain::Error>,
) -> Result<Response, AppError> {
    let Err(error) = done else { return Ok(room::see_other(frame, &path(id))) };
    let mut errors = Errors::default();
    refusal(frame, &mut errors, field, error)?;
    show(app, frame, id, sent, &errors).await
}

/// `POST /appointments/{id}/accept`.
pub async fn accept(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let answered =
        appointments::answer(&app.installation, account(&frame)?, id, (true, sent.get("note")), app.now()).await;
    done(&app, &frame, (id, "note"), &sent, answered).await
}

/// `POST /appointments/{id}/decline`.
pub async fn decline(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let answered =
        appointments::answer(&app.installation, account(&frame)?, id, (false, sent.get("declined")), app.now()).await;
    done(&app, &frame, (id, "declined"), &sent, answered).await
}

/// `POST /appointments/{id}/end`.
pub async fn end(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let ended = appointments::end(&app.installation, account(&frame)?, id, sent.get("why"), app.now()).await;
    done(&app, &frame, (id, "why"), &sent, ended).await
}
