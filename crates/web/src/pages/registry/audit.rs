//! `/registers/audit` 审计记录: who changed what, when and from where, for auditors; that they read it is recorded too.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use registry::audit::{self, Entry};
use serde_json::{Value, json};

use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Dir, Kind, Listing},
    pages::{
        registry::{head_of, register_name},
        room::{self, Room, list_page},
    },
    pieces::{Link, Notice, Tone},
};

/// How many entries a page looks through; older ones are exported by period later on.
const READ_MAX: u32 = 20_000;

/// The acts, by the word that the trail keeps.
const ACTS: [&str; 106] = [
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
    "month.reopen",
    "corpus.import",
    "corpus.learn",
    "corpus.forget",
    "navigation.report",
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
    "watch.set",
    "watch.remove",
    "watch.restore",
    "watch.tell",
    "warning.handle",
    "offer.keep",
    "offer.withdraw",
    "demand.answer",
    "demand.answer-withdraw",
    "appointment.ask",
    "appointment.accept",
    "appointment.decline",
    "appointment.end",
    "preparation.hand-over",
    "preparation.send-back",
    "item.draft",
    "item.issue",
    "item.suspend",
    "notice.open",
    "budget.set",
    "budget.earlier",
    "budget.prorate",
    "budget.agree",
    "budget.withdraw",
    "leave.name",
    "leave.end",
    "evidence.refused",
    "evidence.unscanned",
    "payment.order",
    "payment.approve",
    "payment.cancel",
    "payment.send",
    "payment.answer",
    "payment.return",
    "demo.move",
    "letter.keep",
    "letter.issue",
    "letter.take-back",
    "clawback.propose",
    "clawback.settle",
    "account.open",
    "invitation.make",
    "invitation.revoke",
    "invitation.take",
    "claim.make",
    "claim.accept",
    "claim.refuse",
    "account.amend",
    "account.disable",
    "account.enable",
    "account.reset",
    "account.password",
    "account.link",
    "account.unlink",
    "account.unlock",
    "account.factor-begin",
    "account.factor",
    "account.factor-end",
    "organisation.add",
    "organisation.rename",
    "organisation.disable",
    "organisation.enable",
    "session.end",
    "session.open",
    "session.refuse",
    "session.close",
    "audit.read",
    "audit.verify",
    "audit.digest",
    "key.seal",
    "key.rotate",
    "key.give-up",
    "message.setting",
    "message.code",
    "message.prove",
    "message.wording",
];

/// The fields of details that have a word of their own.
const FIELDS: [&str; 44] = [
    "register",
    "file",
    "rows",
    "accepted",
    "changed",
    "unchanged",
    "quarantined",
    "note",
    "as-of",
    "role",
    "unit",
    "name",
    "documents",
    "document",
    "query",
    "rating",
    "batch",
    "state",
    "amount-fen",
    "total-fen",
    "handler",
    "reviewer",
    "account",
    "costs-fen",
    "award",
    "cases",
    "payments",
    "sealed",
    "key",
    "lost",
    "issuer",
    "subject",
    "address",
    "modes",
    "value",
    "version",
    "run",
    "year",
    "source",
    "basis",
    "closes-on",
    "kind",
    "code",
    "matter",
];

/// What befalls a case besides the acts of its table.
const CASE_STEPS: [&str; 18] = [
    "batch",
    "open",
    "begin",
    "write",
    "attach",
    "detach",
    "expire",
    "publish",
    "notice-over",
    "object",
    "uphold",
    "dismiss",
    "prorate",
    "order",
    "cancel-order",
    "pay",
    "pay-failed",
    "pay-return",
];

/// The word for a step of a case.
pub(crate) fn case_act(frame: &Frame, step: &str) -> String {
    match domain::cases::Act::of_key(step) {
        Some(act) => frame.said(act.zh()),
        None if CASE_STEPS.contains(&step) => frame.t(&format!("case-act-{step}")),
        None => frame.t("audit-other"),
    }
}

/// `GET /registers/audit`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let link = Link::new(frame.t("reg-audit-verify"), frame.at("/registers/audit/verify"));
    let notice = Notice { tone: Tone::Plain, title: frame.t("reg-audit-chained"), lines: Vec::new(), link: Some(link) };
    room::record(&app, &frame, "audit.read", "", &json!({ "query": uri.query().unwrap_or_default() })).await?;
    show(&app, &frame, hx, &uri, notice).await
}

#[derive(Template)]
#[template(path = "registry/audit_entry.html")]
struct EntryPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    facts: Vec<(String, String)>,
    /// What is told besides, by its word.
    told: Vec<(String, String)>,
    /// What was changed: the word, what stood before, what stands after, and whether they differ.
    changes: Vec<(String, String, String, bool)>,
}

/// `GET /registers/audit/{id}`: one entry whole, with what stood before and what stands after.
pub async fn one(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let entry = audit::find(app.db(), id).await.map_err(domain::Error::from)?;
    let entry = entry.ok_or_else(|| domain::Error::NotFound { what: "审计记录", id: id.to_string() })?;
    room::record(&app, &frame, "audit.read", &id.to_string(), &json!({})).await?;
    let facts = [
        ("reg-audit-at", format::instant(entry.at)),
        ("reg-who", entry.who.clone()),
        ("reg-audit-origin", origin(&frame, &entry.origin)),
        ("reg-audit-act", act(&frame, &entry.action)),
        ("reg-audit-object", entry.object.clone()),
        ("reg-audit-seal", entry.seal.clone()),
    ];
    let facts = facts.into_iter().filter(|(_, value)| !value.is_empty());
    let room = Room::new(frame.t1("reg-audit-one", "id", id), frame.t("reg-audit-one-line"))
        .below(&frame, &[("nav-registers", "/registers"), ("reg-audit", "/registers/audit")]);
    let (told, changes) = told(&frame, &entry.detail);
    let facts = facts.map(|(key, value)| (frame.t(key), value)).collect();
    hx::page(EntryPage { frame: &frame, room: &room, facts, told, changes })
}

type Told = (Vec<(String, String)>, Vec<(String, String, String, bool)>);

/// What an entry tells: its words, and what was changed from what to what.
fn told(frame: &Frame, detail: &Value) -> Told {
    let Some(fields) = detail.as_object() else { return (Vec::new(), Vec::new()) };
    let (before, after) = (fields.get("before"), fields.get("after"));
    let plain = fields.iter().filter(|(name, _)| *name != "before" && *name != "after");
    let told = plain.map(|(name, value)| (word(frame, name), value_words(frame, name, value))).collect();
    let both = |side: Option<&Value>| match side {
        Some(Value::Object(fields)) => fields.clone(),
        Some(other) if !other.is_null() => [("value".to_owned(), other.clone())].into_iter().collect(),
        _ => serde_json::Map::new(),
    };
    let (before, after) = (both(before), both(after));
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |name: &String| {
        let side = |fields: &serde_json::Map<String, Value>| {
            fields.get(name).map(|value| value_words(frame, name, value)).unwrap_or_default()
        };
        (word(frame, name), side(&before), side(&after), before.get(name) != after.get(name))
    };
    (told, names.into_iter().map(change).collect())
}

/// The words for fields of the trail; one without its own word is shown by its name, so that nothing is withheld from an auditor.
fn word(frame: &Frame, name: &str) -> String {
    let name_dashed = name.replace('_', "-");
    if FIELDS.contains(&name_dashed.as_str()) {
        frame.t(&format!("audit-field-{name_dashed}"))
    } else {
        name.to_owned()
    }
}

fn value_words(frame: &Frame, name: &str, value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Bool(is_so) => frame.t(if *is_so { "setting-yes" } else { "setting-no" }),
        Value::Number(number) if name.ends_with("_fen") => {
            number.as_i64().map_or_else(|| number.to_string(), |fen| format::money_text(fen, frame.lang))
        }
        Value::Number(number) => number.to_string(),
        Value::String(text) if name == "register" => register_name(frame, text),
        Value::String(text) if name == "role" => frame.t(&format!("role-{text}")),
        Value::String(text) if name == "state" => {
            domain::cases::State::of_key(text).map_or_else(|| text.clone(), |state| frame.said(state.zh()))
        }
        Value::String(text) => frame.said(text),
        Value::Array(all) => {
            let each: Vec<String> = all.iter().map(|one| value_words(frame, name, one)).collect();
            each.join(&frame.t("list-and"))
        }
        Value::Object(fields) => {
            let part = |(name, value): (&String, &Value)| {
                let value = value_words(frame, name, value);
                frame.tn("audit-detail", &[("name", word(frame, name)), ("value", value)])
            };
            fields.iter().map(part).collect::<Vec<_>>().join(&frame.t("list-and"))
        }
    }
}

/// `GET /registers/audit/verify`: the same list, after every row of the trail was held against its seal.
pub async fn verify(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let found = audit::verify(app.db(), None).await?;
    room::record(&app, &frame, "audit.verify", "", &json!({ "rows": found.entries, "faults": found.faults.len() }))
        .await?;
    let count = format::count(found.entries);
    let notice = if found.faults.is_empty() {
        let head = frame.t1("reg-audit-head", "head", &found.head);
        Notice { tone: Tone::Ok, title: frame.t1("reg-audit-whole", "count", count), lines: vec![head], link: None }
    } else {
        let mut lines = found.faults;
        lines.push(frame.t("reg-audit-broken-todo"));
        Notice { tone: Tone::Bad, title: frame.t("reg-audit-broken"), lines, link: None }
    };
    show(&app, &frame, hx, &uri, notice).await
}

async fn show(app: &App, frame: &Frame, hx: Hx, uri: &Uri, notice: Notice) -> Result<Response, AppError> {
    let (query, _) = room::wishes(uri);
    let rows = audit::recent(app.db(), None, READ_MAX).await?;
    let view = {
        let listing = listing(frame);
        if query.export {
            return listing.workbook(&rows, &query);
        }
        listing.view(&rows, &query)
    };
    let room = head_of(
        app,
        frame,
        "/registers/audit",
        frame.t("reg-audit"),
        frame.t1("reg-audit-line", "count", format::count(i64::from(READ_MAX))),
    )
    .await?
    .with(Some(notice));
    list_page(hx, frame, &room, &view)
}

fn listing(frame: &Frame) -> Listing<'_, Entry> {
    let of_cases =
        domain::cases::Act::ALL.iter().map(|act| act.key()).chain(CASE_STEPS).map(|key| format!("case.{key}"));
    let acts = ACTS.into_iter().map(str::to_owned).chain(of_cases);
    let acts = acts.map(|key| Choice::new(key.clone(), act(frame, &key))).collect();
    Listing::new(frame, "audit", "/registers/audit", frame.t("reg-audit"))
        .column("id", frame.t("reg-audit-number"), Kind::Number, |entry: &Entry| {
            Cell::number(entry.id).link(frame.at(&format!("/registers/audit/{}", entry.id)))
        })
        .column("at", frame.t("reg-audit-at"), Kind::Date, |entry| Cell::code(format::instant(entry.at)))
        .column("who", frame.t("reg-who"), Kind::Text, |entry| Cell::text(entry.who.clone()))
        .column("origin", frame.t("reg-audit-origin"), Kind::Text, |entry| Cell::text(origin(frame, &entry.origin)))
        .column("act", frame.t("reg-audit-act"), Kind::Text, |entry| Cell::text(act(frame, &entry.action)))
        .column("object", frame.t("reg-audit-object"), Kind::Text, |entry| object(frame, entry))
        .column("detail", frame.t("reg-audit-detail"), Kind::Text, |entry| Cell::text(detail(frame, &entry.detail)))
        .filter("act", frame.t("reg-audit-act"), acts, |entry, key| entry.action == key)
        .search(frame.t("reg-audit-search"), |entry| {
            format!("{} {} {} {}", entry.who, entry.origin, entry.object, detail(frame, &entry.detail))
        })
        .sorted_by("id", Dir::Down)
}

/// From where: the address as it is, the command line in the visitor's language.
fn origin(frame: &Frame, origin: &str) -> String {
    match origin.strip_prefix(audit::COMMAND_LINE) {
        Some(user) => format!("{}{user}", frame.t("reg-audit-command-line")),
        None => origin.to_owned(),
    }
}

fn act(frame: &Frame, key: &str) -> String {
    if let Some(step) = key.strip_prefix("case.") {
        return case_act(frame, step);
    }
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
    const NAMED: [&str; 19] = [
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
        "issuer",
        "subject",
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
