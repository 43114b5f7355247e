//! `/registers/audit` 审计记录: who changed what and when, for auditors.

use axum::{extract::State, http::Uri, response::Response};
use registry::audit::Entry;
use serde_json::Value;

use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::Hx,
    list::{Cell, Dir, Kind, Listing},
    pages::{
        registry::{head_of, register_name},
        room::{self, list_page},
    },
};

/// How many entries a page looks through; older ones are exported by period later on.
const READ_MAX: u32 = 20_000;

/// The acts, by the word that the trail keeps.
const ACTS: [&str; 30] = [
    "import-merged",
    "import-cancelled",
    "import-recovered",
    "batch-withdrawn",
    "correction-merged",
    "quarantine-corrected",
    "quarantine-released",
    "quarantine-discarded",
    "tie-merged",
    "judgement-merged",
    "entry-merged",
    "mapping-saved",
    "mapping-deleted",
    "run.evaluate",
    "month.close",
    "corpus.import",
    "basket.open",
    "basket.put",
    "basket.assess",
    "basket.take-out",
    "basket.remove",
    "basket.restore",
    "search.save",
    "search.open",
    "search.remove",
    "search.restore",
    "account.open",
    "session.open",
    "session.refuse",
    "session.close",
];

/// `GET /registers/audit`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = registry::audit::recent(app.db(), None, READ_MAX).await?;
    let view = {
        let listing = listing(&frame);
        if query.export {
            return listing.workbook(&rows, &query);
        }
        listing.view(&rows, &query)
    };
    let room = head_of(
        &app,
        &frame,
        "/registers/audit",
        frame.t("reg-audit"),
        frame.t1("reg-audit-line", "count", format::count(i64::from(READ_MAX))),
    )
    .await?;
    list_page(hx, &frame, &room, &view)
}

fn listing(frame: &Frame) -> Listing<'_, Entry> {
    let acts = ACTS.into_iter().map(|key| Choice::new(key, act(frame, key))).collect();
    Listing::new(frame, "audit", "/registers/audit", frame.t("reg-audit"))
        .column("id", frame.t("reg-audit-number"), Kind::Number, |entry: &Entry| Cell::number(entry.id))
        .column("at", frame.t("reg-audit-at"), Kind::Date, |entry| Cell::code(format::instant(entry.at)))
        .column("who", frame.t("reg-who"), Kind::Text, |entry| Cell::text(entry.who.clone()))
        .column("act", frame.t("reg-audit-act"), Kind::Text, |entry| Cell::text(act(frame, &entry.action)))
        .column("object", frame.t("reg-audit-object"), Kind::Text, |entry| object(frame, entry))
        .column("detail", frame.t("reg-audit-detail"), Kind::Text, |entry| Cell::text(detail(frame, &entry.detail)))
        .filter("act", frame.t("reg-audit-act"), acts, |entry, key| entry.action == key)
        .search(frame.t("reg-audit-search"), |entry| {
            format!("{} {} {}", entry.who, entry.object, detail(frame, &entry.detail))
        })
        .sorted_by("id", Dir::Down)
}

fn act(frame: &Frame, key: &str) -> String {
    if ACTS.contains(&key) { frame.t(&format!("audit-{}", key.replace('.', "-"))) } else { frame.t("audit-other") }
}

fn object(frame: &Frame, entry: &Entry) -> Cell {
    let path = match entry.action.as_str() {
        "run.evaluate" => Some(format!("/runs/{}", entry.object)),
        act if act.ends_with("-merged") || act == "batch-withdrawn" => {
            Some(format!("/registers/batches/{}", entry.object))
        }
        act if act.starts_with("quarantine-") => Some(format!("/registers/quarantine/{}", entry.object)),
        _ => None,
    };
    let text =
        if entry.action == "run.evaluate" { entry.object.chars().take(12).collect() } else { entry.object.clone() };
    match path {
        Some(path) => Cell::text(text).link(frame.at(&path)),
        None => Cell::text(text),
    }
}

/// The details in words; what has no word of its own is left to the export of the database.
fn detail(frame: &Frame, detail: &Value) -> String {
    const NAMED: [&str; 17] = [
        "register",
        "file",
        "rows",
        "accepted",
        "changed",
        "unchanged",
        "quarantined",
        "note",
        "as_of",
        "role",
        "unit",
        "batch",
        "name",
        "documents",
        "document",
        "rating",
        "query",
    ];
    let Some(fields) = detail.as_object() else { return String::new() };
    let part = |name: &&str| {
        let text = match fields.get(*name)? {
            Value::String(text) if text.is_empty() => return None,
            Value::String(text) if *name == "register" => register_name(frame, text),
            Value::String(text) if *name == "role" => frame.t(&format!("role-{text}")),
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some(frame.tn(
            "audit-detail",
            &[("name", frame.t(&format!("audit-field-{}", name.replace('_', "-")))), ("value", text)],
        ))
    };
    NAMED.iter().filter_map(part).collect::<Vec<_>>().join(&frame.t("list-and"))
}
