//! `/registers/trajectories` 目标轨迹: the way to a target as people set it, entered by hand and kept as facts.

use std::collections::BTreeMap;

use axum::{Form, extract::State, http::Uri, response::Response};
use domain::accounts::Permission;
use registry::{BatchKind, Entry, Folded, FoldedRow, Reason};
use rules::Policy;

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, Listing},
    pages::{
        registry::{head_of, judgements::folded, who},
        room::{self, Sent, Visit},
    },
};

/// The form below a list.
pub(crate) struct EntryForm {
    pub(crate) title: String,
    pub(crate) action: String,
    pub(crate) button: String,
    pub(crate) fields: Vec<Field>,
}

/// The indicators of the policy as choices.
pub(super) fn indicators(policy: &Policy) -> Vec<Choice> {
    policy
        .indicators
        .iter()
        .map(|indicator| Choice::new(indicator.code.clone(), format!("{} {}", indicator.code, indicator.name)))
        .collect()
}

/// The name of an indicator.
pub(super) fn indicator_name(frame: &Frame, policy: &Policy, code: &str) -> String {
    policy.indicator(code).map_or_else(|| code.to_owned(), |one| format!("{code} {}", frame.said(&one.name)))
}

/// A cell of a folded row.
pub(crate) fn cell<'r>(register: &str, row: &'r FoldedRow, field: &str) -> &'r str {
    row.text(Folded::column(register, field))
}

/// The reasons against an entry tied to the fields of its form.
pub(crate) fn errors_of(frame: &Frame, register: &str, reasons: &[Reason]) -> Errors {
    let mut errors = Errors::default();
    let columns = registry::register(register).map(|register| register.columns).unwrap_or_default();
    for reason in reasons {
        let field = columns
            .iter()
            .find(|column| column.heading == reason.column || column.field == reason.column)
            .map_or("", |column| column.field);
        errors.add(field, frame.said(&reason.reason));
    }
    errors
}

/// `GET /registers/trajectories`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    respond(&app, &frame, hx, &Visit::of(&uri)).await
}

async fn respond(app: &App, frame: &Frame, hx: Hx, visit: &Visit) -> Result<Response, AppError> {
    let policy = domain::runs::policy()?;
    let rows = folded(app, "trajectories").await?;
    let (title, line) = (frame.t("reg-trajectories"), frame.t("reg-trajectories-line"));
    let room = head_of(app, frame, "/registers/trajectories", title, line).await?;
    let form = match frame.may(Permission::ChangeRegistry) {
        true => Some(form(app, frame, &policy, &visit.sent, &visit.errors).await?),
        false => None,
    };
    room::listed_with(hx, frame, room, (&listing(frame, &policy), &rows), visit, form)
}

fn listing<'a>(frame: &'a Frame, policy: &'a Policy) -> Listing<'a, FoldedRow> {
    const ID: &str = "trajectories";
    Listing::new(frame, ID, "/registers/trajectories", frame.t("reg-trajectories"))
        .column("indicator", frame.t("reg-indicator"), Kind::Text, |row: &FoldedRow| {
            Cell::text(indicator_name(frame, policy, cell(ID, row, "indicator")))
        })
        .column("region", frame.t("reg-region"), Kind::Text, |row| match cell(ID, row, "region") {
            "" => Cell::text(frame.t("reg-city")),
            town => Cell::text(town),
        })
        .column("date", frame.t("reg-date"), Kind::Date, |row| Cell::date(cell(ID, row, "date").parse().ok()))
        .column("value", frame.t("reg-target-value"), Kind::Number, |row| Cell::decimal(cell(ID, row, "value")))
        .column("author", frame.t("reg-author"), Kind::Text, |row| Cell::text(cell(ID, row, "author")))
        .column("received", frame.t("reg-entered-at"), Kind::Date, |row| Cell::code(format::instant(row.received_at)))
        .filter("indicator", frame.t("reg-indicator"), indicators(policy), |row, code| {
            cell(ID, row, "indicator") == code
        })
        .search(frame.t("reg-trajectories-search"), |row| {
            let name = indicator_name(frame, policy, cell(ID, row, "indicator"));
            let region = cell(ID, row, "region");
            let place = if region.is_empty() { frame.t("reg-city") } else { region.to_owned() };
            format!("{name} {place} {} {}", cell(ID, row, "date"), cell(ID, row, "author"))
        })
        .when_empty(frame.t("reg-trajectories-none"), frame.t("reg-trajectories-none-todo"))
}

async fn form(app: &App, frame: &Frame, policy: &Policy, sent: &Sent, errors: &Errors) -> Result<EntryForm, AppError> {
    let mut towns = vec![Choice::new("", frame.t("reg-city"))];
    for name in domain::subjects::towns(&app.installation, app.now()).await? {
        towns.push(Choice::new(name.clone(), name));
    }
    let mut targets = indicators(policy);
    targets.retain(|one| policy.indicator(&one.value).is_some_and(|one| one.target_parameter.is_some()));
    let fields = vec![
        Field::of("indicator", frame.t("reg-indicator"), FieldKind::Select(targets), sent.get("indicator"), errors),
        Field::of("region", frame.t("reg-region"), FieldKind::Select(towns), sent.get("region"), errors),
        Field::of("date", frame.t("reg-date"), FieldKind::Date, sent.get("date"), errors),
        Field::of("value", frame.t("reg-target-value"), FieldKind::Number, sent.get("value"), errors)
            .hint(frame.t("reg-target-value-hint")),
    ];
    Ok(EntryForm {
        title: frame.t("reg-trajectories-enter"),
        action: frame.at("/registers/trajectories/enter"),
        button: frame.t("reg-trajectories-do"),
        fields,
    })
}

/// `POST /registers/trajectories/enter`.
pub async fn enter(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let author = frame.account.as_ref().map(|account| account.name.clone()).unwrap_or_default();
    let mut row: BTreeMap<String, String> = ["indicator", "region", "date", "value"]
        .into_iter()
        .map(|field| (field.to_owned(), sent.get(field).to_owned()))
        .collect();
    row.insert("author".to_owned(), author);
    let who = who(&frame);
    let entry = Entry {
        register: "trajectories",
        kind: BatchKind::Entry,
        rows: &[row],
        at: app.now(),
        by_whom: &who,
        note: None,
    };
    match registry::enter(app.db(), &entry).await {
        Ok(report) => {
            Ok(room::see_other(&frame, &format!("/registers/trajectories?done=entered&batch={}", report.batch)))
        }
        Err(registry::Error::Unsound(reasons)) => {
            let errors = errors_of(&frame, "trajectories", &reasons);
            respond(&app, &frame, Hx::default(), &Visit::again(sent, errors)).await
        }
        Err(other) => Err(other.into()),
    }
}
