//! `/runs` 测算: every run, starting one beside the pages, and choosing two to compare.

pub mod detail;
pub mod diff;

use std::collections::BTreeMap;

use askama::Template;
use axum::{Form, extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    runs::{self, Question, Standing, Summary},
};
use jiff::{Timestamp, civil::Date};

pub use self::{
    detail::{export, page as one, verify},
    diff::page as difference,
};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing, ListingView},
    pages::{
        cockpit::shown,
        jobs::{self, End, Words},
        policy::document,
        registry::{upload::moment, who},
        room::{self, ListBlock, Room, Sent},
        what_if,
    },
    pieces::{Link, State as StateWord, Tone},
};

#[derive(Template)]
#[template(path = "runs/list.html")]
struct RunsPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    list: &'a ListingView,
    compare: Option<(Field, Field)>,
    start: Option<Vec<Field>>,
}

/// `GET /runs`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = runs::list(&app.installation).await?;
    let listing = listing(&frame);
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let view = listing.view(&rows, &query);
    if hx.wants_block() {
        return hx::page(ListBlock { frame: &frame, list: &view });
    }
    respond(&frame, &rows, &view, &Sent::default(), &Errors::default())
}

fn respond(
    frame: &Frame,
    rows: &[Summary],
    list: &ListingView,
    sent: &Sent,
    errors: &Errors,
) -> Result<Response, AppError> {
    let room = Room::new(frame.t("runs-title"), frame.t("runs-line")).wrong(!errors.is_empty());
    let page = RunsPage {
        frame,
        room: &room,
        errors,
        list,
        compare: (rows.len() > 1).then(|| compare(frame, rows)),
        start: frame.may(Permission::Evaluate).then(|| start_fields(frame, sent, errors)),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn listing(frame: &Frame) -> Listing<'_, Summary> {
    let kinds = vec![Choice::new("regular", frame.t("runs-regular")), Choice::new("what-if", frame.t("runs-what-if"))];
    Listing::new(frame, "runs", "/runs", frame.t("runs-title"))
        .column("as-of", frame.t("runs-as-of"), Kind::Date, |run: &Summary| {
            Cell::code(run.as_of.clone()).link(frame.at(&format!("/runs/{}", run.run)))
        })
        .column("known-at", frame.t("runs-known-at"), Kind::Date, |run| Cell::code(moment_text(&run.known_at)))
        .column("kind", frame.t("runs-kind"), Kind::Text, |run| {
            Cell::state(kind(frame, run), i64::from(run.is_what_if()))
        })
        .column("scope", frame.t("runs-scope"), Kind::Text, |run| Cell::text(scope(frame, &run.scope)))
        .column("overrides", frame.t("runs-overrides"), Kind::Text, |run| Cell::text(overrides(frame, &run.overrides)))
        .column("created", frame.t("runs-created"), Kind::Date, |run| Cell::code(moment_text(&run.created_at)))
        .column("by", frame.t("runs-by"), Kind::Text, |run| Cell::text(run.created_by.clone()))
        .column("run", frame.t("runs-id"), Kind::Code, |run| Cell::code(short(&run.run)))
        .filter("kind", frame.t("runs-kind"), kinds, |run, key| run.is_what_if() == (key == "what-if"))
        .search(frame.t("runs-search"), |run| {
            format!("{} {} {} {}", run.as_of, run.run, run.created_by, overrides(frame, &run.overrides))
        })
        .when_empty(frame.t("runs-none"), frame.t("runs-none-todo"))
}

/// The first characters of an id, enough to tell one from another.
pub(crate) fn short(id: &str) -> String {
    id.chars().take(12).collect()
}

/// A stored moment as people read it.
pub(crate) fn moment_text(stored: &str) -> String {
    stored.parse::<Timestamp>().map_or_else(|_| stored.to_owned(), format::instant)
}

pub(crate) fn scope(frame: &Frame, scope: &str) -> String {
    if scope.is_empty() { frame.t("reg-city") } else { scope.to_owned() }
}

pub(crate) fn kind(frame: &Frame, run: &Summary) -> StateWord {
    if run.is_what_if() {
        StateWord::new(Tone::Warn, frame.t("runs-what-if"))
    } else {
        match run.standing {
            Standing::Open => StateWord::new(Tone::Plain, frame.t("runs-regular")),
            Standing::Closing => StateWord::new(Tone::Ok, frame.t("runs-closing")),
            Standing::Aside => StateWord::new(Tone::Plain, frame.t("runs-aside")),
        }
    }
}

/// What a what-if changes, in words.
fn overrides(frame: &Frame, overrides: &BTreeMap<String, String>) -> String {
    let Ok(document) = document() else { return String::new() };
    what_if::changes(frame, &document.policy, overrides).join(&frame.t("word-separator"))
}

/// A run as a choice.
fn choices(frame: &Frame, rows: &[Summary]) -> Vec<Choice> {
    shown::choices(frame, rows.iter(), |run, words| match run.is_what_if() {
        true => format!("{words} · {} {}", frame.t("runs-what-if"), overrides(frame, &run.overrides)),
        false => words,
    })
}

fn compare(frame: &Frame, rows: &[Summary]) -> (Field, Field) {
    let errors = Errors::default();
    let value = |at: usize| rows.get(at).map_or("", |run| run.run.as_str());
    (
        Field::of("before", frame.t("runs-before"), FieldKind::Select(choices(frame, rows)), value(1), &errors),
        Field::of("after", frame.t("runs-after"), FieldKind::Select(choices(frame, rows)), value(0), &errors),
    )
}

fn start_fields(frame: &Frame, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let as_of = match sent.get("as_of") {
        "" => frame.business_date.first_of_month().yesterday().map(|day| day.to_string()).unwrap_or_default(),
        typed => typed.to_owned(),
    };
    vec![
        Field::of("as_of", frame.t("runs-as-of"), FieldKind::Date, &as_of, errors).hint(frame.t("runs-as-of-hint")),
        Field::of("known_at", frame.t("runs-known-at"), FieldKind::Text, sent.get("known_at"), errors)
            .hint(frame.t("runs-known-at-hint"))
            .optional(),
    ]
}

/// `GET /runs/compare`: leads to the page of two runs.
pub async fn compared(frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    match (query.filter("before"), query.filter("after")) {
        (Some(before), Some(after)) => {
            Ok(room::see_other(&frame, &format!("/runs/{}/diff/{}", format::encode(before), format::encode(after))))
        }
        _ => Ok(room::see_other(&frame, "/runs")),
    }
}

/// `POST /runs/start`.
pub async fn start(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let as_of = sent.get("as_of").parse::<Date>().ok().or_else(|| terms::dates::parse_date(sent.get("as_of")).ok());
    if as_of.is_none() {
        errors.add("as_of", frame.t("runs-as-of-wrong"));
    }
    let known_at = if sent.get("known_at").is_empty() { Some(app.now()) } else { moment(sent.get("known_at")) };
    if known_at.is_none() {
        errors.add("known_at", frame.t("reg-received-at-wrong"));
    }
    let (Some(as_of), Some(known_at)) = (as_of, known_at) else {
        let rows = runs::list(&app.installation).await?;
        let view = listing(&frame).view(&rows, &Default::default());
        return respond(&frame, &rows, &view, &sent, &errors);
    };
    let words = Words {
        title: frame.t1("runs-running", "date", frame.date(as_of)),
        if_cancelled: frame.t("runs-if-cancelled"),
        back: Link::new(frame.t("runs-back"), frame.at("/runs")),
        is_orderly: false,
    };
    let question = Question { as_of, known_at, overrides: BTreeMap::new(), scope: None };
    let by = who(&frame);
    let told = frame.clone();
    let done_by = app.clone();
    let job = jobs::start(&app, &frame, words, move |job| async move {
        let app = done_by;
        let policy = match runs::policy() {
            Ok(policy) => policy,
            Err(error) => return jobs::failed(&told, error),
        };
        let now = app.now();
        let tell = |doing: &str| job.tell(&step(&told, doing));
        match runs::evaluate(&app.installation, &policy, &question, &by, now, &tell).await {
            Ok(evaluation) => {
                super::read_ahead(&app);
                End::Done(format!("/runs/{}", evaluation.run))
            }
            Err(error) => jobs::failed(&told, error),
        }
    })
    .await?;
    Ok(room::see_other(&frame, &job.path()))
}

/// What the evaluation says it is doing, in the visitor's language.
fn step(frame: &Frame, doing: &str) -> String {
    match doing {
        "汇总登记簿" => frame.t("runs-step-fold"),
        "冻结事实" => frame.t("runs-step-freeze"),
        "按规则测算" => frame.t("runs-step-evaluate"),
        "保存结果" => frame.t("runs-step-keep"),
        other => other.to_owned(),
    }
}
