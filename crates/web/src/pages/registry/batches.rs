//! `/registers/batches` 批次: what was received when; one batch with its counts and problems; taking it back whole.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::accounts::Permission;
use registry::{
    Batch, ImportReport, Problem,
    batches::{Filter, Resting},
    quarantine::QuarantinedRow,
};

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Dir, Kind, Listing, ListingView},
    pages::{
        registry::{head_of, quarantine, register_choices, register_name, who},
        room::{self, ListBlock, Room, Sent, list_page},
    },
    pieces::{Notice, State as StateWord, Tone},
};

/// How many warnings or vanished keys a page lists.
const LISTED_MAX: usize = 50;

/// `GET /registers/batches`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = registry::batches::list(app.db(), &Filter { limit: u32::MAX, ..Filter::default() }).await?;
    let view = {
        let listing = listing(&frame);
        if query.export {
            return listing.workbook(&rows, &query);
        }
        listing.view(&rows, &query)
    };
    let room = head_of(&app, &frame, "/registers/batches", frame.t("reg-batches"), frame.t("reg-batches-line")).await?;
    list_page(hx, &frame, &room, &view)
}

fn listing(frame: &Frame) -> Listing<'_, Batch> {
    let states = ["merged", "staging", "withdrawn", "cancelled"];
    let kinds = ["import", "correction", "tie", "judgement", "entry"];
    let choices = |keys: &[&'static str], of: &dyn Fn(&str) -> String| {
        keys.iter().map(|key| Choice::new(*key, of(key))).collect()
    };
    Listing::new(frame, "batches", "/registers/batches", frame.t("reg-batches"))
        .column("id", frame.t("reg-batch"), Kind::Number, |batch: &Batch| {
            Cell::number(batch.id).link(frame.at(&format!("/registers/batches/{}", batch.id)))
        })
        .column("register", frame.t("reg-register"), Kind::Text, |batch| {
            Cell::text(register_name(frame, &batch.register))
        })
        .column("kind", frame.t("reg-kind"), Kind::Text, |batch| Cell::text(kind_word(frame, batch.kind.key())))
        .column("file", frame.t("reg-file"), Kind::Text, |batch| Cell::text(batch.file.clone()))
        .column("state", frame.t("reg-state"), Kind::Text, |batch| {
            Cell::state(state(frame, &batch.state), rank(&batch.state))
        })
        .column("received", frame.t("reg-received-at"), Kind::Date, |batch| {
            Cell::code(format::instant(batch.received_at))
        })
        .column("rows", frame.t("reg-rows"), Kind::Number, |batch| Cell::number(batch.rows))
        .column("accepted", frame.t("reg-accepted"), Kind::Number, |batch| Cell::number(batch.accepted))
        .column("changed", frame.t("reg-changed"), Kind::Number, |batch| Cell::number(batch.changed))
        .column("unchanged", frame.t("reg-unchanged"), Kind::Number, |batch| Cell::number(batch.unchanged))
        .column("quarantined", frame.t("reg-quarantined"), Kind::Number, |batch| Cell::number(batch.quarantined))
        .column("who", frame.t("reg-who"), Kind::Text, |batch| Cell::text(batch.by_whom.clone()))
        .filter("register", frame.t("reg-register"), register_choices(frame, |_| true), |batch, id| {
            batch.register == id
        })
        .filter("kind", frame.t("reg-kind"), choices(&kinds, &|key| kind_word(frame, key)), |batch, key| {
            batch.kind.key() == key
        })
        .filter("state", frame.t("reg-state"), choices(&states, &|key| state(frame, key).word), |batch, key| {
            batch.state == key
        })
        .search(frame.t("reg-file"), |batch| format!("{} {}", batch.file, register_name(frame, &batch.register)))
        .sorted_by("id", Dir::Down)
        .when_empty(frame.t("reg-batches-none"), frame.t("reg-batches-none-todo"))
}

fn kind_word(frame: &Frame, key: &str) -> String {
    frame.t(&format!("reg-kind-{key}"))
}

fn state(frame: &Frame, key: &str) -> StateWord {
    let tone = match key {
        "merged" => Tone::Ok,
        "withdrawn" => Tone::Warn,
        "cancelled" => Tone::Plain,
        _ => Tone::Unknown,
    };
    StateWord::new(tone, frame.t(&format!("reg-state-{key}")))
}

fn rank(key: &str) -> i64 {
    match key {
        "staging" => 0,
        "merged" => 1,
        "withdrawn" => 2,
        _ => 3,
    }
}

#[derive(Template)]
#[template(path = "registry/batch.html")]
struct BatchPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    batch: &'a Batch,
    report: &'a ImportReport,
    kind: String,
    register: String,
    state: StateWord,
    warnings: &'a [Problem],
    vanished: &'a [String],
    resting: &'a [Resting],
    list: &'a ListingView,
    may_withdraw: bool,
}

/// `GET /registers/batches/{id}`.
pub async fn one(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(id): Path<i64>,
    uri: Uri,
) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let (batch, report) = registry::batches::find(app.db(), id).await?;
    let filter = registry::quarantine::Filter { batch: Some(id), limit: u32::MAX, ..Default::default() };
    let rows: Vec<QuarantinedRow> = registry::quarantine::list(app.db(), &filter).await?;
    let path = format!("/registers/batches/{id}");
    let view = {
        let listing =
            quarantine::listing(&frame, "problems", &path, frame.t1("reg-problems-of", "batch", id), false, &rows);
        if query.export {
            return listing.workbook(&rows, &query);
        }
        listing.view(&rows, &query)
    };
    if hx.wants_block() {
        return hx::page(ListBlock { frame: &frame, list: &view });
    }
    let resting = registry::batches::resting_on(app.db(), id).await?;
    let title = frame.tn("reg-batch-title", &[("batch", id.to_string()), ("file", batch.file.clone())]);
    let room = Room::new(title, frame.said(&report.summary))
        .below(&frame, &[("nav-registers", "/registers"), ("reg-batches", "/registers/batches")])
        .with(room::said(&frame, &words).or_else(|| same_file(&frame, &report)));
    hx::page(BatchPage {
        frame: &frame,
        room: &room,
        kind: kind_word(&frame, batch.kind.key()),
        register: register_name(&frame, &batch.register),
        state: state(&frame, &batch.state),
        warnings: &report.warnings[..report.warnings.len().min(LISTED_MAX)],
        vanished: &report.vanished[..report.vanished.len().min(LISTED_MAX)],
        resting: &resting,
        list: &view,
        may_withdraw: batch.state == "merged" && frame.may(Permission::ChangeRegistry),
        batch: &batch,
        report: &report,
    })
}

fn same_file(frame: &Frame, report: &ImportReport) -> Option<Notice> {
    let earlier = report.same_file_as?;
    Some(Notice {
        tone: Tone::Plain,
        title: frame.t1("reg-same-file", "batch", earlier),
        lines: Vec::new(),
        link: None,
    })
}

#[derive(Template)]
#[template(path = "registry/rollback.html")]
struct RollbackPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    batch: &'a Batch,
    resting: &'a [Resting],
    reason: Field,
}

/// `GET /registers/batches/{id}/rollback`: what taking it back means, before it is done.
pub async fn rollback_form(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let (batch, _) = registry::batches::find(app.db(), id).await?;
    let resting = registry::batches::resting_on(app.db(), id).await?;
    let room = Room::new(
        frame.t1("reg-rollback-title", "batch", id),
        format!("{} · {}", register_name(&frame, &batch.register), batch.file),
    )
    .below(&frame, &[("nav-registers", "/registers"), ("reg-batches", "/registers/batches")]);
    let reason = Field::of("reason", frame.t("reg-reason"), FieldKind::Lines, "", &Errors::default())
        .hint(frame.t("reg-rollback-reason-hint"))
        .optional();
    hx::page(RollbackPage { frame: &frame, room: &room, batch: &batch, resting: &resting, reason })
}

/// `POST /registers/batches/{id}/rollback`.
pub async fn rollback(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let note = Some(sent.get("reason")).filter(|reason| !reason.is_empty());
    registry::rollback(app.db(), id, app.now(), &who(&frame), note).await?;
    Ok(room::see_other(&frame, &format!("/registers/batches/{id}?done=withdrawn")))
}
