//! `/preparing` 代拟申报: what an agency writes and adds for the enterprises that appointed it, until it hands over; and on the page of
//! the case what was prepared, by whom, which the enterprise hands in or sends back.

use askama::Template;
use axum::{
    Form,
    extract::{Multipart, Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    appointments::Appointment,
    cases::{self, Case, Prepared, Preparing, State as Stands, Work},
    items,
};

use super::{acts, award_name, forms, one, path, state};
use crate::{
    app::App,
    download,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing},
    pages::{
        corpus::baskets::account,
        policy,
        room::{self, Room, Sent},
    },
    pieces::{Event, Link, Moment, State as StateWord},
};

const PATH: &str = "/preparing";

fn own(id: i64) -> String {
    format!("{PATH}/{id}")
}

/// `GET /preparing`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let document = policy::document()?;
    let rows = cases::to_prepare(&app.installation, account(&frame)?, app.now()).await?;
    let states = Stands::ALL.iter().map(|one| Choice::new(one.key(), frame.said(one.zh()))).collect();
    let listing = Listing::new(&frame, "preparing", PATH, frame.t("preparing-title"))
        .column("name", frame.t("cases-subject"), Kind::Text, |(case, _): &(Case, Appointment)| {
            Cell::text(case.name.clone()).link(frame.at(&own(case.id)))
        })
        .column("award", frame.t("cases-award"), Kind::Text, |(case, _)| {
            Cell::text(award_name(&frame, &document.policy, &case.award))
        })
        .column("matter", frame.t("case-matter"), Kind::Text, |(case, _)| Cell::text(case.matter.clone()))
        .column("state", frame.t("cases-state"), Kind::Text, |(case, _)| {
            Cell::state(state(&frame, case.state), case.state as i64)
        })
        .column("until", frame.t("appointments-last"), Kind::Date, |(_, under)| Cell::date(Some(under.until_on)))
        .column("number", frame.t("cases-number"), Kind::Code, |(case, _)| Cell::code(case.id.to_string()))
        .filter("state", frame.t("cases-state"), states, |(case, _), key| case.state.key() == key)
        .search(frame.t("cases-search"), |(case, _)| format!("{} {} {}", case.name, case.matter, case.id))
        .when_empty(frame.t("preparing-none"), frame.t("preparing-none-todo"));
    let room = Room::new(frame.t("preparing-title"), frame.t("preparing-line")).with(room::said(&frame, &words));
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

#[derive(Template)]
#[template(path = "cases/preparing.html")]
struct PreparingPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    state: StateWord,
    /// That it is with the enterprise; empty while it is not.
    waits: String,
    facts: Vec<(String, String)>,
    /// Which paper, its file where the agency gave it, its size, and where it is taken out.
    papers: Vec<(String, Link, String, Option<String>)>,
    /// The form: where it goes, what is written, and the paper that may be sent with it.
    writing: Option<(String, Vec<Field>, Vec<Field>)>,
    handing_over: Option<(String, Vec<Field>)>,
    course: Vec<Event>,
}

/// `GET /preparing/{id}`.
pub async fn one(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    respond(&app, &frame, id, &Sent::default(), &Errors::default()).await
}

async fn respond(app: &App, frame: &Frame, id: i64, sent: &Sent, errors: &Errors) -> Result<Response, AppError> {
    let seen = cases::preparing(&app.installation, account(frame)?, id, app.now()).await?;
    let item = items::find(app.db(), seen.case.item).await?;
    let document = policy::document()?;
    let case = &seen.case;
    let room = Room::new(case.name.clone(), award_name(frame, &document.policy, &case.award))
        .below(frame, &[("preparing-title", PATH)])
        .wrong(!errors.is_empty());
    let can_write = seen.can_write();
    let page = PreparingPage {
        frame,
        room: &room,
        errors,
        state: state(frame, case.state),
        waits: if seen.is_handed_over { frame.t("preparing-waits") } else { String::new() },
        facts: facts(frame, &seen),
        papers: papers(frame, &seen),
        writing: can_write.then(|| {
            let fields = one::application_fields(frame, &item, case, sent, errors);
            let needed = cases::needed(case, &item);
            let fields = fields.into_iter().map(|field| {
                let is_needed = needed.contains(&field.name.as_str());
                field.needed(is_needed)
            });
            (frame.at(&format!("{}/write", own(id))), fields.collect(), one::paper(frame, &item, case, sent, errors))
        }),
        handing_over: can_write.then(|| {
            let label = frame.t("preparing-note");
            let note = Field::of("said", label, FieldKind::Lines, sent.get("said"), errors)
                .hint(frame.t("preparing-note-hint"))
                .optional();
            (frame.at(&format!("{}/hand-over", own(id))), vec![note])
        }),
        course: seen.course.iter().map(|one| event(frame, one)).collect(),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn facts(frame: &Frame, seen: &Preparing) -> Vec<(String, String)> {
    let case = &seen.case;
    let mut facts = vec![
        (frame.t("cases-number"), case.id.to_string()),
        (frame.t("case-matter"), case.matter.clone()),
        (frame.t("appointments-last"), frame.date(seen.appointment.until_on)),
    ];
    if let Some(event) = case.facts.event {
        facts.push((frame.t("apply-event"), frame.date(event)));
    }
    if let (false, Some(application)) = (seen.can_write(), &case.facts.application) {
        facts.push((frame.t("case-statement"), application.statement.clone()));
        let costs = application.costs_fen.map(|fen| format::money_text(fen, frame.lang));
        facts.push((frame.t("case-costs"), costs.unwrap_or_default()));
    }
    facts.retain(|(_, fact)| !fact.is_empty());
    facts
}

fn papers(frame: &Frame, seen: &Preparing) -> Vec<(String, Link, String, Option<String>)> {
    let row = |(paper, is_own): &(cases::Paper, bool)| {
        let at = format!("{}/papers/{}", own(seen.case.id), paper.id);
        let size = frame.t1("case-paper-size", "count", format::count((paper.size + 1023) / 1024));
        let href = if *is_own { frame.at(&at) } else { String::new() };
        let remove = (*is_own && seen.can_write()).then(|| frame.at(&format!("{at}/remove")));
        (paper.kind.clone(), Link::new(paper.name.clone(), href), size, remove)
    };
    seen.papers.iter().map(row).collect()
}

/// A piece of preparation: what was done and by whom, with what stood before and after.
pub(super) fn event(frame: &Frame, one: &Prepared) -> Event {
    let words = [("work", frame.said(one.work.zh())), ("by", one.by.clone()), ("agency", one.agency.clone())];
    let key = if one.work == Work::Return { "preparing-returned" } else { "preparing-event" };
    let changed = |one: &cases::Changed| {
        let or_nothing = |text: &str| if text.is_empty() { frame.t("preparing-nothing") } else { text.to_owned() };
        let words =
            [("field", frame.said(&one.field)), ("before", or_nothing(&one.before)), ("after", or_nothing(&one.after))];
        frame.tn("preparing-changed", &words)
    };
    let mut detail: Vec<String> = one.changes.iter().map(changed).collect();
    detail.extend((!one.note.is_empty()).then(|| one.note.clone()));
    Event {
        moment: Moment::Past,
        date: one.on.clone(),
        what: frame.tn(key, &words),
        detail: (!detail.is_empty()).then(|| detail.join(&frame.t("word-separator"))),
        source: None,
    }
}

/// `POST /preparing/{id}/write`: keeps what was typed and the paper that came with it.
pub async fn write(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    parts: Multipart,
) -> Result<Response, AppError> {
    let (sent, file) = acts::application(&app, parts).await?;
    let mut errors = Errors::default();
    acts::attached(&app, &frame, id, (&sent, file), &mut errors).await?;
    acts::keep(&app, &frame, id, &sent, &mut errors).await?;
    match errors.is_empty() {
        true => Ok(room::see_other(&frame, &own(id))),
        false => respond(&app, &frame, id, &sent, &errors).await,
    }
}

/// `GET /preparing/{id}/papers/{file}`: a paper that the agency gave itself.
pub async fn paper(
    State(app): State<App>,
    frame: Frame,
    Path((id, file)): Path<(i64, i64)>,
) -> Result<Response, AppError> {
    let (paper, bytes) = cases::prepared_paper(&app.installation, account(&frame)?, (id, file), app.now()).await?;
    download::file(download::ANY, ("", &paper.name), bytes)
}

/// `POST /preparing/{id}/papers/{file}/remove`.
pub async fn remove(
    State(app): State<App>,
    frame: Frame,
    Path((id, file)): Path<(i64, i64)>,
    parts: Multipart,
) -> Result<Response, AppError> {
    let (sent, _) = acts::application(&app, parts).await?;
    cases::detach(&app.installation, account(&frame)?, (id, file), app.now()).await?;
    let mut errors = Errors::default();
    acts::keep(&app, &frame, id, &sent, &mut errors).await?;
    match errors.is_empty() {
        true => Ok(room::see_other(&frame, &own(id))),
        false => respond(&app, &frame, id, &sent, &errors).await,
    }
}

/// `POST /preparing/{id}/hand-over`.
pub async fn hand_over(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let done = cases::hand_over(&app.installation, account(&frame)?, id, sent.get("said"), app.now()).await;
    let Err(error) = done else { return Ok(room::see_other(&frame, &own(id))) };
    let mut errors = Errors::default();
    forms::refusal(&frame, &mut errors, "said", error)?;
    respond(&app, &frame, id, &sent, &errors).await
}

/// `POST /cases/{id}/send-back`: the enterprise wants something of what was prepared changed.
pub async fn send_back(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let done = cases::send_back(&app.installation, account(&frame)?, id, sent.get("returned"), app.now()).await;
    let Err(error) = done else { return Ok(room::see_other(&frame, &path(id))) };
    let mut errors = Errors::default();
    forms::refusal(&frame, &mut errors, "returned", error)?;
    one::respond(&app, &frame, id, &sent, &errors).await
}

/// What the page of a case says of what was prepared in it.
pub(super) struct Shown {
    pub(super) course: Vec<Event>,
    /// Where the enterprise sends it back, while it waits for that.
    pub(super) returning: Option<(String, Vec<Field>)>,
}

/// What was prepared in a case; none where nothing was.
pub(super) async fn shown(
    app: &App,
    frame: &Frame,
    case: &Case,
    sent: &Sent,
    errors: &Errors,
) -> Result<Option<Shown>, AppError> {
    let visitor = account(frame)?;
    let (course, waits) = cases::prepared(app.db(), visitor, case.id).await?;
    if course.is_empty() {
        return Ok(None);
    }
    let returning = (waits && case.is_of(visitor)).then(|| {
        let field =
            Field::of("returned", frame.t("preparing-return-why"), FieldKind::Lines, sent.get("returned"), errors);
        (frame.at(&format!("{}/send-back", path(case.id))), vec![field])
    });
    Ok(Some(Shown { course: course.iter().map(|one| event(frame, one)).collect(), returning }))
}
