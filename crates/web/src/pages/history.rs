//! The delivered versions of a row's facts 数据沿革: when each was known and held, what it changed, whence it came.
//!
//! The list stands on the page of a patent; every other row of a register has a page of its own, which the pages of
//! indicators, enterprises, batches and the quarantine lead to.

mod cells;

pub(crate) use cells::changes;

use std::collections::BTreeSet;

use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::accounts::Permission;
use registry::{
    BatchKind,
    history::{self, Act, Aside, Keys, Step, Wanted},
};

use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format::{self, encode},
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery, Listing},
    pages::{
        registry::register_name,
        room::{self, Room},
    },
    pieces::{Link, State as StateWord, Tone},
};

/// The page of one row: its address below the base path.
pub(crate) fn address(register: &str, key: &[&str]) -> String {
    let key = key.join(&registry::KEY_SEPARATOR.to_string());
    format!("/registers/history/{register}?key={}", encode(&key))
}

/// `GET /registers/history/{register}`: one row of any register.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let register = registry::register(&id).ok_or(registry::Error::NotFound { what: "登记簿", id })?;
    if !may_open(&frame, register.id) {
        let why = if register.id == "pledges" { "history-of-loans" } else { "history-of-office" };
        return Err(AppError::Forbidden(frame.t(why)));
    }
    let key = query.filter("key").unwrap_or_default().to_owned();
    let steps = seen(&frame, history::of(app.db(), &[one(register.id, &key)]).await?);
    let mut view = {
        let listing = listing(&frame, &format!("/registers/history/{}", register.id), &steps);
        if query.export {
            return listing.workbook(&steps, &query);
        }
        listing.view(&steps, &query)
    };
    view.kept.push(("key", key.clone()));
    view.clear = frame.at(&address(register.id, &[&key]));
    let shown = cells::key(&frame, register, &key);
    let name = register_name(&frame, register.id);
    let line = frame.tn("history-of-line", &[("register", name.clone()), ("key", shown.clone())]);
    let mut room = Room::new(format!("{name} {shown}"), line);
    if frame.may(Permission::ViewRegistry) {
        room = room.below(&frame, &[("nav-registers", "/registers")]);
    }
    room::list_page(hx, &frame, &room, &view)
}

/// `GET /enterprises/{uscc}/history`.
pub async fn enterprise(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(uscc): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let steps = of_enterprise(&app, &frame, &uscc).await?;
    let path = format!("/enterprises/{uscc}/history");
    let view = {
        let listing = listing(&frame, &path, &steps);
        if query.export {
            return listing.workbook(&steps, &query);
        }
        listing.view(&steps, &query)
    };
    let mut room =
        Room::new(frame.t1("history-enterprise", "name", name(&steps).unwrap_or(&uscc)), frame.t("history-line"));
    room.crumbs = vec![
        Link::new(frame.t("enterprises-title"), frame.at("/enterprises")),
        Link::new(uscc.clone(), frame.at(&format!("/enterprises/{uscc}"))),
    ];
    room::list_page(hx, &frame, &room, &view)
}

/// The newest name of an enterprise.
fn name(steps: &[Step]) -> Option<&str> {
    let place = registry::register("enterprises")?.index("name")?;
    let mut changes = steps.iter().filter(|step| step.register.id == "enterprises").flat_map(|step| &step.changes);
    changes.find(|change| change.column == place)?.after.as_deref()
}

/// What the registers were told of an enterprise itself: its entry, changes, statuses, and the names settled upon it.
pub(crate) async fn of_enterprise(app: &App, frame: &Frame, uscc: &str) -> Result<Vec<Step>, AppError> {
    let wanted = [
        one("enterprises", uscc),
        under("enterprise-changes", uscc),
        under("statuses", uscc),
        Wanted { register: "aliases", keys: Keys::With(uscc.to_owned()) },
    ];
    Ok(seen(frame, history::of(app.db(), &wanted).await?))
}

/// What the registers were told of a patent, of its owners' names, and of the other rights that name it.
pub(crate) async fn of_patent(
    app: &App,
    frame: &Frame,
    number: &str,
    others: Vec<Wanted>,
) -> Result<Vec<Step>, AppError> {
    let mut wanted = vec![
        one("patents", number),
        under("patent-events", number),
        under("official-high-value", number),
        under("sei-judgements", number),
        Wanted { register: "prizes", keys: Keys::With(number.to_owned()) },
    ];
    wanted.extend(others);
    let mut steps = history::of(app.db(), &wanted).await?;
    let names: BTreeSet<&str> = steps.iter().flat_map(cells::owners).collect();
    let ties: Vec<Wanted> = names.into_iter().map(|name| under("aliases", name)).collect();
    steps.extend(history::of(app.db(), &ties).await?);
    history::sort(&mut steps);
    Ok(seen(frame, steps))
}

/// A row by its key.
pub(crate) fn one(register: &'static str, key: &str) -> Wanted {
    Wanted { register, keys: Keys::One(key.to_owned()) }
}

fn under(register: &'static str, part: &str) -> Wanted {
    Wanted { register, keys: Keys::Under(part.to_owned()) }
}

/// The quarantine is for those who see the registers.
fn seen(frame: &Frame, mut steps: Vec<Step>) -> Vec<Step> {
    if !frame.may(Permission::ViewRegistry) {
        steps.retain(|step| !matches!(step.act, Act::SetAside(_)));
    }
    steps
}

/// The list of steps at a path.
pub(crate) fn listing<'a>(frame: &'a Frame, path: &str, steps: &[Step]) -> Listing<'a, Step> {
    let opens = frame.may(Permission::ViewRegistry);
    let registers: BTreeSet<&str> = steps.iter().map(|step| step.register.id).collect();
    let registers = match registers.len() {
        1 => Vec::new(),
        _ => registers.into_iter().map(|id| Choice::new(id, register_name(frame, id))).collect(),
    };
    let is_one_row = steps.windows(2).all(|pair| row(frame, &pair[0]) == row(frame, &pair[1]));
    let acts: BTreeSet<&str> = steps.iter().map(act_key).collect();
    let acts = acts.into_iter().map(|key| Choice::new(key, frame.t(key))).collect();
    let listing = Listing::new(frame, "history", path, frame.t("history-title"))
        .column("known", frame.t("history-known"), Kind::Date, |step: &Step| {
            Cell::code(format::instant(step.known_from))
        })
        .column("act", frame.t("history-act"), Kind::Text, move |step| Cell::state(act(frame, step), 0));
    // The page of one row names it above.
    let listing = if is_one_row {
        listing
    } else {
        listing.column("row", frame.t("history-row"), Kind::Text, move |step| Cell::text(row(frame, step)))
    };
    listing
        .column("changes", frame.t("history-changes"), Kind::Text, move |step| Cell::text(cells::changes(frame, step)))
        .column("held", frame.t("history-held"), Kind::Date, move |step| Cell::code(held(frame, step)))
        .column("until", frame.t("history-until"), Kind::Date, move |step| match (step.known_until, step.act) {
            (Some(until), _) => Cell::code(format::instant(until)),
            (None, Act::Withdrawn | Act::SetAside(_)) => Cell::empty(),
            (None, _) => Cell::text(frame.t("history-still")),
        })
        .column("recorded", frame.t("history-recorded"), Kind::Date, |step| {
            Cell::code(format::instant(step.recorded_at))
        })
        .column("batch", frame.t("history-batch"), Kind::Number, move |step| {
            let cell = Cell::number(step.source.batch);
            if opens { cell.link(frame.at(&format!("/registers/batches/{}", step.source.batch))) } else { cell }
        })
        .column("place", frame.t("history-place"), Kind::Text, move |step| {
            let cell = Cell::text(place(frame, step));
            match step.source.quarantine.filter(|_| opens) {
                Some(id) => cell.link(frame.at(&format!("/registers/quarantine/{id}"))),
                None => cell,
            }
        })
        .column("who", frame.t("history-who"), Kind::Text, |step| Cell::text(step.by_whom.clone()))
        .column("note", frame.t("history-note"), Kind::Text, |step| Cell::text(step.note.clone().unwrap_or_default()))
        .filter("register", frame.t("reg-register"), registers, |step, id| step.register.id == id)
        .filter("act", frame.t("history-act"), acts, |step, key| act_key(step) == key)
        .search(frame.t("history-search"), move |step| {
            format!("{} {} {}", cells::changes(frame, step), step.source.file, step.note.as_deref().unwrap_or_default())
        })
        .when_empty(frame.t("history-none"), frame.t("history-none-todo"))
}

/// The key of the word for what happened.
fn act_key(step: &Step) -> &'static str {
    match (step.act, step.source.kind) {
        (Act::Withdrawn, _) => "history-withdrawn",
        (Act::SetAside(Aside::Open), _) => "history-aside-open",
        (Act::SetAside(Aside::Corrected), _) => "history-aside-corrected",
        (Act::SetAside(Aside::Released), _) => "history-aside-released",
        (Act::SetAside(Aside::Discarded), _) => "history-aside-discarded",
        (_, BatchKind::Correction) if step.note.is_some() => "history-released",
        (_, BatchKind::Correction) => "history-by-hand",
        (_, BatchKind::Tie) => "history-tie",
        (_, BatchKind::Judgement) => "history-judgement",
        (_, BatchKind::Entry) => "history-entry",
        (Act::New, BatchKind::Import) => "history-new",
        (Act::Changed, BatchKind::Import) => "history-changed",
        (Act::Restated, BatchKind::Import) => "history-restated",
    }
}

fn act(frame: &Frame, step: &Step) -> StateWord {
    let tone = match step.act {
        Act::Withdrawn => Tone::Bad,
        Act::SetAside(Aside::Open) => Tone::Unknown,
        Act::Changed | Act::SetAside(_) => Tone::Warn,
        Act::New => Tone::Ok,
        Act::Restated => Tone::Plain,
    };
    StateWord::new(tone, frame.t(act_key(step)))
}

/// What happened to which row, in words.
pub(crate) fn what(frame: &Frame, step: &Step) -> String {
    format!("{} · {}", frame.t(act_key(step)), row(frame, step))
}

fn row(frame: &Frame, step: &Step) -> String {
    format!("{} {}", register_name(frame, step.register.id), cells::key(frame, step.register, &step.key))
}

fn held(frame: &Frame, step: &Step) -> String {
    match (&step.held.from, &step.held.until) {
        (None, None) => String::new(),
        (Some(from), None) => from.clone(),
        (from, Some(until)) => {
            frame.tn("history-held-span", &[("from", from.clone().unwrap_or_default()), ("until", until.clone())])
        }
    }
}

fn place(frame: &Frame, step: &Step) -> String {
    let source = &step.source;
    // What people enter in the program has no file; a step back has no row of its own.
    if step.act == Act::Withdrawn || matches!(source.kind, BatchKind::Tie | BatchKind::Judgement | BatchKind::Entry) {
        return source.file.clone();
    }
    let parts = [("file", source.file.clone()), ("sheet", source.sheet.clone()), ("row", source.row.to_string())];
    // Of a text file the sheet bears the file's own name and says nothing.
    let key = match source.sheet.is_empty() || source.file.starts_with(&source.sheet) {
        true => "history-place-row",
        false => "history-place-sheet-row",
    };
    frame.tn(key, &parts)
}

/// The page of a row's history, where the visitor may open it.
pub(crate) fn link(frame: &Frame, register: &str, key: &[&str]) -> Option<String> {
    may_open(frame, register).then(|| frame.at(&address(register, key)))
}

/// Whether the visitor may read the rows of a register: what loans, contracts and funds
/// are, in full, is for those who may see the registers.
pub(crate) fn may_open(frame: &Frame, register: &str) -> bool {
    const OF_THE_OFFICE: [&str; 11] = [
        "introductions",
        "pledges",
        "licences",
        "insurances",
        "ip-spending",
        "special-funds",
        "fund-projects",
        "policy-items",
        "project-library",
        "startup-pilots",
        "use-support",
    ];
    frame.may(Permission::ViewRights) && (!OF_THE_OFFICE.contains(&register) || frame.may(Permission::ViewRegistry))
}
