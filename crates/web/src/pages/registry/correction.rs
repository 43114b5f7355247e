//! `/registers/quarantine/{id}`: one quarantined row: its cells as fields, its reasons beside them, and three ways to settle it.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::accounts::Permission;
use registry::{
    Column, ColumnKind, Reason, Register,
    quarantine::{By, Filter, QuarantinedRow},
};

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind},
    format,
    frame::Frame,
    hx,
    pages::{
        registry::{
            quarantine::{field_name, put_right, state},
            register_name, who,
        },
        room::{self, Room, Sent},
    },
    pieces::State as StateWord,
};

#[derive(Template)]
#[template(path = "registry/correction.html")]
struct CorrectionPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    row: &'a QuarantinedRow,
    state: StateWord,
    settled: Option<String>,
    errors: &'a Errors,
    fields: Vec<Field>,
    release: Field,
    discard: Field,
    next: Option<i64>,
    may_change: bool,
}

/// What a form of the page sent back with mistakes.
struct Again<'a> {
    errors: Errors,
    sent: Option<&'a Sent>,
}

/// `GET /registers/quarantine/{id}`.
pub async fn page(State(app): State<App>, frame: Frame, Path(id): Path<i64>, uri: Uri) -> Result<Response, AppError> {
    let (_, words) = room::wishes(&uri);
    let mut row = registry::quarantine::find(app.db(), id).await?;
    if !frame.may(Permission::ChangeRegistry) {
        cover(&mut row);
    }
    let again = Again { errors: Errors::default(), sent: None };
    let room = head(&frame, &row).with(room::said(&frame, &words));
    hx::page(shown(&app, &frame, &room, &row, &again).await?)
}

/// Covers the numbers of identity cards, which only whoever mends the row needs to see.
fn cover(row: &mut QuarantinedRow) {
    let cells = row.cells.iter_mut().map(|(_, cell)| cell).chain(row.fields.values_mut());
    for cell in cells.filter(|cell| terms::is_identity_number(cell)) {
        *cell = terms::covered_identity(cell);
    }
}

fn head(frame: &Frame, row: &QuarantinedRow) -> Room {
    let line = frame.tn(
        "reg-row-line",
        &[
            ("register", register_name(frame, &row.register)),
            ("file", row.file.clone()),
            ("sheet", row.sheet.clone()),
            ("row", row.row.to_string()),
        ],
    );
    Room::new(frame.t1("reg-row-title", "id", row.id), line)
        .below(frame, &[("nav-registers", "/registers"), ("reg-quarantine", "/registers/quarantine?state=open")])
}

async fn shown<'a>(
    app: &App,
    frame: &'a Frame,
    room: &'a Room,
    row: &'a QuarantinedRow,
    again: &'a Again<'a>,
) -> Result<CorrectionPage<'a>, AppError> {
    let register = register(row)?;
    let filter = Filter { state: Some("open"), after: Some(row.id), limit: 1, ..Filter::default() };
    let next = registry::quarantine::list(app.db(), &filter).await?.first().map(|row| row.id);
    // Before anything was sent, the fields show why the row was set aside.
    let marked = if again.sent.is_none() && again.errors.is_empty() {
        errors_of(frame, register, &row.reasons)
    } else {
        again.errors.clone()
    };
    let value = |column: &Column| match again.sent {
        Some(sent) => sent.get(&field_name(column.field)).to_owned(),
        None => row.fields.get(column.field).cloned().unwrap_or_default(),
    };
    let reason = |name: &str, label: &str| {
        let sent = again.sent.map_or("", |sent| sent.get(name));
        Field::of(name, frame.t(label), Kind::Text, sent, &again.errors).hint(frame.t("reg-reason-hint"))
    };
    let settled = row.resolved_at.map(|at| {
        let note = frame.said(row.note.as_deref().unwrap_or_default());
        frame.tn(
            "reg-row-settled",
            &[("who", row.resolved_by.clone().unwrap_or_default()), ("at", format::instant(at)), ("note", note)],
        )
    });
    Ok(CorrectionPage {
        frame,
        room,
        state: state(frame, &row.state),
        settled,
        errors: &again.errors,
        fields: register.columns.iter().map(|column| field(frame, column, &value(column), &marked)).collect(),
        release: reason("release-reason", "reg-release-reason"),
        discard: reason("discard-reason", "reg-discard-reason"),
        next,
        may_change: row.state == "open" && frame.may(Permission::ChangeRegistry),
        row,
    })
}

fn register(row: &QuarantinedRow) -> Result<&'static Register, AppError> {
    registry::register(&row.register).ok_or_else(|| AppError::internal("a quarantined row of an unknown register"))
}

fn field(frame: &Frame, column: &Column, value: &str, errors: &Errors) -> Field {
    let kind = match column.kind {
        ColumnKind::Choice(options) if value.is_empty() || options.contains(&value) => {
            let mut choices = vec![Choice::new("", "")];
            choices.extend(options.iter().map(|option| Choice::new(*option, *option)));
            Kind::Select(choices)
        }
        ColumnKind::Count | ColumnKind::Year => Kind::Number,
        _ if value.chars().count() > 60 => Kind::Lines,
        _ => Kind::Text,
    };
    let field = Field::of(&field_name(column.field), frame.said(column.heading), kind, value, errors);
    let field = if column.hint.is_empty() { field } else { field.hint(frame.said(column.hint)) };
    if column.required { field } else { field.optional() }
}

/// The reasons tied to the fields they are about; what is about no field goes to the first one.
fn errors_of(frame: &Frame, register: &Register, reasons: &[Reason]) -> Errors {
    let mut errors = Errors::default();
    for reason in reasons {
        let about =
            register.columns.iter().find(|column| column.heading == reason.column || column.field == reason.column);
        match about.or(register.columns.first()) {
            Some(column) if about.is_some() && !reason.reason.contains(column.heading) => {
                errors.add(&field_name(column.field), about_column(frame, column.heading, &reason.reason))
            }
            Some(column) => errors.add(&field_name(column.field), frame.said(&reason.reason)),
            None => {}
        }
    }
    errors
}

/// A reason with the column it is about.
fn about_column(frame: &Frame, column: &str, reason: &str) -> String {
    frame.tn("list-filtered", &[("label", frame.said(column)), ("value", frame.said(reason))])
}

/// `POST /registers/quarantine/{id}/correct`.
pub async fn correct(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let row = registry::quarantine::find(app.db(), id).await?;
    let register = register(&row)?;
    let who = who(&frame);
    match registry::quarantine::correct(app.db(), id, &put_right(register, &sent), By { who: &who, at: app.now() })
        .await
    {
        Ok(report) => Ok(done(&frame, id, "corrected", report.batch)),
        Err(registry::Error::Unsound(reasons)) => {
            refused(&app, &frame, &row, errors_of(&frame, register, &reasons), Some(&sent)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /registers/quarantine/{id}/release`.
pub async fn release(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let row = registry::quarantine::find(app.db(), id).await?;
    let mut errors = Errors::default();
    if sent.get("release-reason").is_empty() {
        errors.add("release-reason", frame.t("reg-reason-missing"));
        return refused(&app, &frame, &row, errors, None).await;
    }
    let who = who(&frame);
    match registry::quarantine::release(app.db(), id, sent.get("release-reason"), By { who: &who, at: app.now() }).await
    {
        Ok(report) => Ok(done(&frame, id, "released", report.batch)),
        Err(registry::Error::Unsound(reasons)) => {
            let why: Vec<String> =
                reasons.iter().map(|reason| about_column(&frame, &reason.column, &reason.reason)).collect();
            errors.add("release-reason", frame.t1("reg-release-refused", "why", why.join(&frame.t("word-separator"))));
            refused(&app, &frame, &row, errors, None).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /registers/quarantine/{id}/discard`.
pub async fn discard(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let row = registry::quarantine::find(app.db(), id).await?;
    if sent.get("discard-reason").is_empty() {
        let mut errors = Errors::default();
        errors.add("discard-reason", frame.t("reg-reason-missing"));
        return refused(&app, &frame, &row, errors, None).await;
    }
    let who = who(&frame);
    let report =
        registry::quarantine::discard(app.db(), id, sent.get("discard-reason"), By { who: &who, at: app.now() })
            .await?;
    Ok(done(&frame, id, "discarded", report.batch))
}

fn done(frame: &Frame, id: i64, word: &str, batch: i64) -> Response {
    room::see_other(frame, &format!("/registers/quarantine/{id}?done={word}&batch={batch}"))
}

async fn refused(
    app: &App,
    frame: &Frame,
    row: &QuarantinedRow,
    errors: Errors,
    sent: Option<&Sent>,
) -> Result<Response, AppError> {
    let room = head(frame, row).wrong(true);
    let again = Again { errors, sent };
    hx::refused(shown(app, frame, &room, row, &again).await?)
}
