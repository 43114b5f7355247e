//! `/navigation/reports/{id}/record`: the project record of a report by the steps of GB/T 39551, kept version by version.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use domain::versions::{self, Draft, Kind as Kept};
use navigation::{
    Report,
    project::{Adoption, Project, Verdict},
};

use super::{library, title};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind},
    format,
    frame::Frame,
    hx,
    pages::{
        corpus::baskets::account,
        room::{self, Room, Sent},
    },
    pieces::Link,
};

/// A step: its name, what the report says of it, and the fields of what people say.
type StepForm = (String, Vec<(String, String)>, Vec<Field>);

#[derive(Template)]
#[template(path = "navigation/record.html")]
struct RecordPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    /// The steps, each with what the report says of it and what is asked.
    steps: Vec<StepForm>,
    action: String,
    base: i64,
    versions: Vec<String>,
}

/// The record of a report as it stands, with the number of its version; 0 where nothing was written yet.
pub(super) async fn present(app: &App, id: &str) -> Result<(Project, i64), AppError> {
    match versions::history(app.db(), Kept::Project, id).await?.first() {
        Some(last) => Ok((Project::from_json(&last.content)?, last.version)),
        None => Ok((Project::default(), 0)),
    }
}

/// `GET /navigation/reports/{id}/record`.
pub async fn form(State(app): State<App>, frame: Frame, Path(id): Path<String>) -> Result<Response, AppError> {
    let report = library::report(&app, &frame, &id)?;
    let (project, base) = present(&app, &id).await?;
    respond(&app, &frame, (&id, &report), (&sent(&project), base), &Errors::default()).await
}

/// `POST /navigation/reports/{id}/record`.
pub async fn keep(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let report = library::report(&app, &frame, &id)?;
    let base = sent.get("base").parse().unwrap_or(-1);
    let mut errors = Errors::default();
    let project = read(&frame, &sent, &mut errors);
    for (field, why) in project.faults(frame.business_date) {
        errors.add(field, frame.said(&why));
    }
    if errors.is_empty() {
        let (before, _) = present(&app, &id).await?;
        let draft = Draft {
            kind: Kept::Project,
            object: id.clone(),
            base,
            content: project.to_json()?,
            changes: changed(&report, &before, &project),
            reason: String::new(),
        };
        match versions::keep(app.db(), account(&frame)?, &draft, app.now()).await {
            Ok(version) => {
                return Ok(room::see_other(
                    &frame,
                    &format!("/navigation/reports/{id}?done=record-kept&count={version}#record"),
                ));
            }
            Err(domain::Error::Conflict(why)) => errors.add("asked_by", frame.said(&why)),
            Err(other) => return Err(other.into()),
        }
    }
    respond(&app, &frame, (&id, &report), (&sent, base), &errors).await
}

/// Which of its words changed.
fn changed(report: &Report, before: &Project, now: &Project) -> String {
    let rows = |project: &Project| project.steps(report).into_iter().flat_map(|(_, rows)| rows).collect::<Vec<_>>();
    let pairs = rows(before).into_iter().zip(rows(now)).filter(|(old, new)| old.1 != new.1);
    pairs.map(|(_, (label, _))| label).collect::<Vec<_>>().join("、")
}

async fn respond(
    app: &App,
    frame: &Frame,
    (id, report): (&str, &Report),
    (sent, base): (&Sent, i64),
    errors: &Errors,
) -> Result<Response, AppError> {
    let here = format!("/navigation/reports/{id}");
    let mut room = Room::new(frame.t("nav-record"), frame.t("nav-record-line"))
        .below(frame, &[("nav-title", "/navigation")])
        .wrong(!errors.is_empty());
    room.crumbs.push(Link::new(title(frame, report), frame.at(&here)));
    let told = versions::history(app.db(), Kept::Project, id).await?.into_iter().map(|one| {
        let at = one.made_at.parse().map_or_else(|_| one.made_at.clone(), format::instant);
        frame.tn(
            "nav-record-version",
            [
                ("version", one.version.to_string()),
                ("at", at),
                ("by", one.by_login),
                ("what", frame.said(&one.changes)),
            ],
        )
    });
    let page = RecordPage {
        frame,
        room: &room,
        errors,
        steps: steps(frame, report, sent, errors),
        action: frame.at(&format!("{here}/record")),
        base,
        versions: told.collect(),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// The steps: what the report says itself, and the fields of what people say.
fn steps(frame: &Frame, report: &Report, sent: &Sent, errors: &Errors) -> Vec<StepForm> {
    const FIELDS: [&[&str]; 6] = [
        &["asked_by", "question", "decision", "due", "staff"],
        &["gathering"],
        &["processing"],
        &["analysis"],
        &["results", "verdict", "accepted_on", "accepted_by", "opinion"],
        &["adoption", "effect", "rating"],
    ];
    // What stands in an empty record was read off the report; its open words are asked below.
    const ASKED: [&str; 2] = ["评审结论", "采纳情况"];
    let known = Project::default().steps(report).into_iter().map(|(step, rows)| {
        let rows = rows.into_iter().filter(|(label, words)| !words.is_empty() && !ASKED.contains(label));
        (frame.said(step), rows.map(|(label, words)| (frame.said(label), frame.said(&words))).collect())
    });
    let fields = FIELDS.map(|names| names.iter().map(|name| field(frame, name, sent, errors)).collect());
    known.zip(fields).map(|((step, rows), fields)| (step, rows, fields)).collect()
}

fn field(frame: &Frame, name: &str, sent: &Sent, errors: &Errors) -> Field {
    let kind = match name {
        "due" | "accepted_on" => Kind::Date,
        "rating" => Kind::Number,
        "asked_by" | "staff" | "accepted_by" => Kind::Text,
        "verdict" => Kind::Radios(Verdict::ALL.map(|one| Choice::new(one.key(), frame.said(one.zh()))).into()),
        "adoption" => Kind::Radios(Adoption::ALL.map(|one| Choice::new(one.key(), frame.said(one.zh()))).into()),
        _ => Kind::Lines,
    };
    let label = frame.t(&format!("nav-record-{}", name.replace('_', "-")));
    Field::of(name, label, kind, sent.get(name), errors).optional()
}

fn read(frame: &Frame, sent: &Sent, errors: &mut Errors) -> Project {
    let text = |name: &str| sent.get(name).to_owned();
    let mut day = |name: &str| match sent.get(name) {
        "" => None,
        typed => {
            let read = terms::dates::parse_date(typed);
            read.map_err(|_| errors.add(name, frame.t("nav-record-date-wrong"))).ok()
        }
    };
    let (due, accepted_on) = (day("due"), day("accepted_on"));
    let rating = match sent.get("rating") {
        "" => None,
        // What is no number at all is told like one that is none of the five.
        typed => Some(typed.parse().unwrap_or(0)),
    };
    Project {
        asked_by: text("asked_by"),
        question: text("question"),
        decision: text("decision"),
        due,
        staff: text("staff"),
        gathering: text("gathering"),
        processing: text("processing"),
        analysis: text("analysis"),
        results: text("results"),
        verdict: Verdict::ALL.into_iter().find(|one| one.key() == sent.get("verdict")).unwrap_or_default(),
        accepted_on,
        accepted_by: text("accepted_by"),
        opinion: text("opinion"),
        adoption: Adoption::ALL.into_iter().find(|one| one.key() == sent.get("adoption")).unwrap_or_default(),
        effect: text("effect"),
        rating,
    }
}

fn sent(project: &Project) -> Sent {
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let one = project.clone();
    let values = [
        ("asked_by", one.asked_by),
        ("question", one.question),
        ("decision", one.decision),
        ("due", day(one.due)),
        ("staff", one.staff),
        ("gathering", one.gathering),
        ("processing", one.processing),
        ("analysis", one.analysis),
        ("results", one.results),
        ("verdict", one.verdict.key().to_owned()),
        ("accepted_on", day(one.accepted_on)),
        ("accepted_by", one.accepted_by),
        ("opinion", one.opinion),
        ("adoption", one.adoption.key().to_owned()),
        ("effect", one.effect),
        ("rating", one.rating.map(|rating| rating.to_string()).unwrap_or_default()),
    ];
    Sent(values.map(|(name, value)| (name.to_owned(), value)).into())
}
