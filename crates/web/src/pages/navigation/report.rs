//! `/navigation/reports/{id}`: a kept report, figure by figure, and its exports.

use std::io::Cursor;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::Uri,
    response::Response,
};
use domain::accounts::Permission;
use navigation::{Part, Report, compare::Differences, export};
use serde::Deserialize;

use super::{document_href, library, record, search_href, table::FigureView, title};
use crate::{
    app::App,
    download,
    error::AppError,
    frame::Frame,
    hx,
    pages::room::{self, Room},
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
    /// The project record by its steps; nothing while none was written.
    record: Vec<(String, Vec<(String, String)>)>,
    record_line: String,
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
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let report = library::report(&app, &frame, &id)?;
    let (project, version) = record::present(&app, &id).await?;
    let steps = if version == 0 { Vec::new() } else { project.steps(&report) };
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
    let room = Room::new(title(&frame, &report), line).below(&frame, &[shelf_crumb(&frame)]);
    let (_, said) = room::wishes(&uri);
    let room = room.with(room::said(&frame, &said).or(notice));
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
        record: steps.into_iter().map(|(step, rows)| step_view(&frame, step, rows)).collect(),
        record_line: match version {
            0 => frame.t("nav-record-none"),
            version => frame.t1("nav-record-at", "version", version),
        },
        may_start: frame.may(Permission::Evaluate),
        base: frame.at(&format!("{}/{id}", shelf_path(&frame))),
        report: &report,
    })
}

/// A step of the project record; what nobody said is told as such.
fn step_view(frame: &Frame, step: &str, rows: Vec<(&'static str, String)>) -> (String, Vec<(String, String)>) {
    let row = |(label, words): (&str, String)| {
        let words = if words.is_empty() { frame.t("nav-record-unsaid") } else { frame.said(&words) };
        (frame.said(label), words)
    };
    (frame.said(step), rows.into_iter().map(row).collect())
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
        let states = if before == after {
            String::new()
        } else {
            format!("{} → {}", frame.said(before.zh()), frame.said(after.zh()))
        };
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
    let (project, version) = record::present(&app, &id).await?;
    let project = (version > 0).then_some(project);
    let name = format!("{}-{}", report.title(), report.scope.as_of);
    let (kind, extension) = match wanted.format.as_str() {
        "docx" => (download::DOCX, "docx"),
        "json" => ("application/json", "json"),
        _ => (download::XLSX, "xlsx"),
    };
    let bytes = library::on_a_thread(move || {
        let mut bytes = Cursor::new(Vec::new());
        match extension {
            "docx" => export::docx(&report, project.as_ref(), &mut bytes)?,
            "json" => return serde_json::to_vec(&report).map_err(AppError::internal),
            _ => export::xlsx(&report, &mut bytes)?,
        }
        Ok(bytes.into_inner())
    })
    .await?;
    download::file(kind, (&format!("report-{id}.{extension}"), &format!("{name}.{extension}")), bytes)
}
