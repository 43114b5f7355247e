//! `/navigation/reports/{id}`: a kept report, figure by figure, and its exports.

use std::io::Cursor;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::accounts::Permission;
use navigation::{Part, Report, compare::Differences, export};
use serde::Deserialize;

use super::{document_href, library, search_href, table::FigureView, title};
use crate::{
    app::App,
    error::AppError,
    format::encode,
    frame::Frame,
    hx,
    pages::room::Room,
    pieces::{Notice, Tone},
};

/// How many documents of a difference are named on the page; the workbook has all.
const NAMED_MAX: usize = 50;

#[derive(Template)]
#[template(path = "navigation/report.html")]
struct ReportPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    id: &'a str,
    report: &'a Report,
    search_href: Option<String>,
    parts: Vec<(String, Vec<FigureView>)>,
    changes: Option<Changes>,
    may_start: bool,
    /// Where its files are, by the door through which the visitor came.
    base: String,
}

/// What changed since the earlier edition, ready to print.
struct Changes {
    line: String,
    lists: Vec<(String, Vec<ChangedDocument>)>,
    rows: usize,
}

/// A document that came, went or changed.
struct ChangedDocument {
    key: String,
    href: Option<String>,
    words: String,
}

/// `GET /navigation/reports/{id}`.
pub async fn page(State(app): State<App>, frame: Frame, Path(id): Path<String>) -> Result<Response, AppError> {
    let report = library::report(&app, &frame, &id)?;
    let present = library::corpus(&app).await?.map(|corpus| corpus.manifest().number);
    let notice = present.filter(|number| *number != report.snapshot.number).map(|number| Notice {
        tone: Tone::Plain,
        title: frame.t1("nav-newer", "number", number),
        lines: Vec::new(),
        link: None,
    });
    let line = frame.tn(
        "nav-report-line",
        &[
            ("date", frame.date(report.scope.as_of)),
            ("documents", crate::format::count(report.documents.len())),
            ("snapshot", report.snapshot.number.to_string()),
            ("ledger", report.snapshot.ledger.to_string()),
        ],
    );
    let room = Room::new(title(&frame, &report), line).below(&frame, &[shelf_crumb(&frame)]).with(notice);
    let parts = [Part::Data, Part::Direction, Part::Position, Part::Path].map(|part| {
        let figures = report.figures.iter().filter(|figure| figure.part == part);
        (frame.said(part.zh()), figures.map(|figure| FigureView::of(&frame, figure)).collect())
    });
    hx::page(ReportPage {
        frame: &frame,
        room: &room,
        id: &id,
        search_href: search_href(&frame, &report.scope.search),
        parts: parts.into(),
        changes: report.differences.as_ref().map(|differences| changes(&frame, differences)),
        may_start: frame.may(Permission::Evaluate),
        base: frame.at(&format!("{}/{id}", shelf_path(&frame))),
        report: &report,
    })
}

/// Where the visitor finds reports: an enterprise those that are its own.
fn shelf_path(frame: &Frame) -> &'static str {
    if frame.may(Permission::ViewRights) { "/navigation/reports" } else { super::OWN }
}

fn shelf_crumb(frame: &Frame) -> (&'static str, &'static str) {
    if frame.may(Permission::ViewRights) { ("nav-title", "/navigation") } else { ("nav-own-reports", super::OWN) }
}

fn changes(frame: &Frame, differences: &Differences) -> Changes {
    let named =
        |key: &str, words: String| ChangedDocument { key: key.to_owned(), href: document_href(frame, key), words };
    let added = differences.added.iter().take(NAMED_MAX).map(|one| named(&one.key, one.owners.join("；")));
    let gone = differences.gone.iter().take(NAMED_MAX).map(|one| named(&one.key, one.owners.join("；")));
    let changed = differences.changed.iter().take(NAMED_MAX).map(|one| {
        let (before, after) = one.states;
        let states = if before == after { String::new() } else { format!("{} → {}", before.zh(), after.zh()) };
        let owners = one.owners.iter().map(|(before, after)| format!("{} → {}", before.join("、"), after.join("、")));
        let told: Vec<String> = [states].into_iter().filter(|text| !text.is_empty()).chain(owners).collect();
        named(&one.key, told.join("；"))
    });
    let count = |key: &str, count: usize| frame.t1(key, "count", crate::format::count(count));
    Changes {
        line: frame.tn(
            "nav-changes-line",
            &[("date", frame.date(differences.earlier_as_of)), ("snapshot", differences.earlier_snapshot.to_string())],
        ),
        lists: vec![
            (count("nav-changes-added", differences.added.len()), added.collect()),
            (count("nav-changes-gone", differences.gone.len()), gone.collect()),
            (count("nav-changes-changed", differences.changed.len()), changed.collect()),
        ],
        rows: differences.rows.len(),
    }
}

/// Which file is wanted.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    format: String,
}

/// `GET /navigation/reports/{id}/export?format=docx`: the report as a file.
pub async fn export(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, AppError> {
    let report = library::report(&app, &frame, &id)?;
    let name = format!("{}-{}", report.title(), report.scope.as_of);
    let (kind, extension) = match wanted.format.as_str() {
        "docx" => ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
        "json" => ("application/json", "json"),
        _ => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    };
    let bytes = library::on_a_thread(move || {
        let mut bytes = Cursor::new(Vec::new());
        match extension {
            "docx" => export::docx(&report, &mut bytes)?,
            "json" => return serde_json::to_vec(&report).map_err(AppError::internal),
            _ => export::xlsx(&report, &mut bytes)?,
        }
        Ok(bytes.into_inner())
    })
    .await?;
    let disposition = format!(
        "attachment; filename=\"report-{id}.{extension}\"; filename*=UTF-8''{}",
        encode(&format!("{name}.{extension}"))
    );
    let mut response = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    let value = HeaderValue::from_str(&disposition).map_err(AppError::internal)?;
    response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    Ok(response)
}
