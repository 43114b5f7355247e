//! `/corpus/names` 名称归并: which names of applicants and owners are one body: what is proposed, what stands, and the ledger,
//! entry by entry, where each can be taken back.

use std::{sync::Arc, time::Duration};

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use documents::applicants::{Act, Entry, Evidence, Ledger, Proposal};
use domain::{accounts::Permission, names};

use super::{ask, baskets::account, head};
use crate::{
    app::App,
    by_run::ByRun,
    error::AppError,
    form::{Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Dir, Kind, Listing, ListingView},
    pages::room::{self, ListBlock, Room, Sent},
    pieces::{State as StateWord, Tone},
};

pub(super) const PATH: &str = "/corpus/names";
/// How many proposals and bodies are named on the page; the command line lists all.
const NAMED_MAX: usize = 30;
/// How long a request waits for the proposals; what takes longer goes on beside it and is there when the page asks again.
const PATIENCE: Duration = Duration::from_millis(400);

/// What was proposed, by snapshot and version of the ledger.
static PROPOSED: ByRun<Result<Vec<Proposal>, String>> = ByRun::new(4);

#[derive(Template)]
#[template(path = "corpus/names.html")]
struct NamesPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    list: &'a ListingView,
    /// None while they are worked out.
    proposals: Option<Vec<ProposalView>>,
    proposals_line: String,
    bodies: Vec<(String, Vec<String>)>,
    bodies_line: String,
    fields: Option<Vec<Field>>,
}

/// A pair of names that may be one body.
struct ProposalView {
    name: String,
    into: String,
    score: u32,
    evidence: String,
}

#[derive(Template)]
#[template(path = "corpus/name_entry.html")]
struct EntryPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    facts: Vec<(String, String)>,
    /// Where it is taken back; none where it is already, or the visitor may not.
    undo: Option<String>,
    version: usize,
}

/// `GET /corpus/names`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, said) = room::wishes(&uri);
    let ledger = names::ledger(app.db()).await?;
    let list = {
        let (rows, listing) = (rows(&ledger), listing(&frame));
        if query.export {
            return listing.workbook(&rows, &query);
        }
        listing.view(&rows, &query)
    };
    if hx.wants_block() {
        return hx::page(ListBlock { frame: &frame, list: &list });
    }
    let room = head(&frame, PATH).with(room::said(&frame, &said));
    shown(&app, &frame, &ledger, (room, &list), (&Sent::default(), &Errors::default())).await
}

async fn shown(
    app: &App,
    frame: &Frame,
    ledger: &Ledger,
    (room, list): (Room, &ListingView),
    (sent, errors): (&Sent, &Errors),
) -> Result<Response, AppError> {
    let names = ledger.at(ledger.version());
    let proposals = proposed(app, frame, ledger).await?;
    let count = proposals.as_ref().map_or(0, |all| all.len());
    let view = |one: &Proposal| ProposalView {
        name: one.name.clone(),
        into: one.into.clone(),
        score: one.score,
        evidence: told(frame, &one.evidence),
    };
    let bodies: Vec<_> =
        names.merged().map(|(name, under)| (name.to_owned(), under.iter().cloned().collect())).collect();
    let field = |name: &str, key: &str| Field::of(name, frame.t(key), FieldKind::Text, sent.get(name), errors);
    let room = room.wrong(!errors.is_empty());
    let page = NamesPage {
        frame,
        room: &room,
        errors,
        list,
        proposals_line: frame.tn(
            "corpus-names-proposals-line",
            [("count", format::count(count)), ("shown", format::count(count.min(NAMED_MAX)))],
        ),
        proposals: proposals.map(|all| all.iter().take(NAMED_MAX).map(view).collect()),
        bodies_line: frame.tn(
            "corpus-names-bodies-line",
            [
                ("count", format::count(bodies.len())),
                ("shown", format::count(bodies.len().min(NAMED_MAX))),
                ("version", ledger.version().to_string()),
            ],
        ),
        bodies: bodies.into_iter().take(NAMED_MAX).collect(),
        fields: frame.may(Permission::ChangeRegistry).then(|| {
            vec![
                field("name", "corpus-names-name").hint(frame.t("corpus-names-name-hint")),
                field("into", "corpus-names-into"),
                field("reason", "corpus-names-reason").hint(frame.t("corpus-names-reason-hint")),
            ]
        }),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// The proposals on the present snapshot and ledger; none while they are still worked out.
async fn proposed(app: &App, frame: &Frame, ledger: &Ledger) -> Result<Option<Vec<Proposal>>, AppError> {
    let Some(corpus) = ask(app, |corpus| Ok(corpus.cloned())).await? else { return Ok(Some(Vec::new())) };
    let codes = names::codes(&app.installation, app.now()).await?;
    let names = ledger.at(ledger.version());
    let key =
        format!("{} {} {} {codes:?}", app.installation.dir().display(), corpus.manifest().number, names.version());
    let work = tokio::task::spawn_blocking(move || {
        PROPOSED.get(&key, || names::proposals(&corpus, &names, &codes).map_err(|cause| cause.to_string()))
    });
    let Ok(done) = tokio::time::timeout(PATIENCE, work).await else { return Ok(None) };
    let done: Arc<Result<Vec<Proposal>, String>> = done.map_err(AppError::internal)?;
    match done.as_ref() {
        Ok(found) => Ok(Some(found.clone())),
        Err(why) => Err(AppError::internal(frame.said(why))),
    }
}

/// An entry with its version and whether it still counts.
struct Row<'a> {
    version: usize,
    entry: &'a Entry,
    is_undone: bool,
}

fn rows(ledger: &Ledger) -> Vec<Row<'_>> {
    let undone = ledger.undone();
    let row = |(at, entry)| Row { version: at + 1, entry, is_undone: undone.contains(&(at + 1)) };
    ledger.entries().iter().enumerate().map(row).collect()
}

fn listing<'a>(frame: &'a Frame) -> Listing<'a, Row<'a>> {
    Listing::new(frame, "names", PATH, frame.t("corpus-names-ledger"))
        .column("version", frame.t("corpus-names-version"), Kind::Number, |row: &Row<'_>| {
            Cell::number(i64::try_from(row.version).unwrap_or(i64::MAX))
                .link(frame.at(&format!("{PATH}/{}", row.version)))
        })
        .column("act", frame.t("corpus-names-act"), Kind::Text, |row| Cell::text(frame.said(&row.entry.act.zh())))
        .column("evidence", frame.t("corpus-names-evidence"), Kind::Text, |row| {
            Cell::text(told(frame, &row.entry.evidence))
        })
        .column("by", frame.t("corpus-names-by"), Kind::Text, |row| Cell::text(frame.said(&row.entry.by)))
        .column("on", frame.t("corpus-names-on"), Kind::Date, |row| Cell::date(Some(row.entry.on)))
        .column("standing", frame.t("corpus-names-standing"), Kind::Text, |row| {
            Cell::state(standing(frame, row.is_undone), i64::from(row.is_undone))
        })
        .search(frame.t("corpus-names-search"), |row| {
            format!("{} {}", row.entry.act.zh(), told(frame, &row.entry.evidence))
        })
        .sorted_by("version", Dir::Down)
        .when_empty(frame.t("corpus-names-none"), frame.t("corpus-names-none-todo"))
}

fn standing(frame: &Frame, is_undone: bool) -> StateWord {
    match is_undone {
        true => StateWord::new(Tone::Unknown, frame.t("corpus-names-undone")),
        false => StateWord::new(Tone::Ok, frame.t("corpus-names-counts")),
    }
}

fn told(frame: &Frame, evidence: &[Evidence]) -> String {
    let words: Vec<String> = evidence.iter().map(|one| frame.said(&one.zh())).collect();
    words.join(&frame.t("word-separator"))
}

/// `GET /corpus/names/{version}`: one entry with its evidence and what it does.
pub async fn one(State(app): State<App>, frame: Frame, Path(version): Path<usize>) -> Result<Response, AppError> {
    let ledger = names::ledger(app.db()).await?;
    let entry = version.checked_sub(1).and_then(|at| ledger.entries().get(at));
    let entry = entry.ok_or_else(|| AppError::NotFound(frame.t1("corpus-names-absent", "version", version)))?;
    let is_undone = ledger.undone().contains(&version);
    let mut room = Room::new(frame.t1("corpus-names-entry", "version", version), frame.said(&entry.act.zh()));
    room = room.below(&frame, &[("corpus-title", super::PATH), ("corpus-tab-names", PATH)]);
    let facts = vec![
        (frame.t("corpus-names-evidence"), told(&frame, &entry.evidence)),
        (frame.t("corpus-names-by"), frame.said(&entry.by)),
        (frame.t("corpus-names-on"), frame.date(entry.on)),
        (frame.t("corpus-names-standing"), standing(&frame, is_undone).word),
    ];
    let undo = (!is_undone && frame.may(Permission::ChangeRegistry)).then(|| frame.at(&format!("{PATH}/undo")));
    hx::page(EntryPage { frame: &frame, room: &room, facts, undo, version })
}

/// `POST /corpus/names/merge`: a proposal that was accepted, or two names with a reason.
pub async fn merge(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let (name, into, reason) = (sent.get("name"), sent.get("into"), sent.get("reason"));
    let ledger = names::ledger(app.db()).await?;
    let mut evidence = Vec::new();
    if reason.is_empty() {
        let proposals = proposed(&app, &frame, &ledger).await?.unwrap_or_default();
        let found = proposals.into_iter().find(|one| one.name == name && one.into == into);
        evidence.extend(found.into_iter().flat_map(|one| one.evidence));
    }
    if evidence.is_empty() {
        match names::reasoned(reason) {
            Ok(reason) => evidence.push(reason),
            Err(cause) => return again(&app, &frame, &ledger, &sent, ("reason", &cause.to_string())).await,
        }
    }
    let act = match into {
        "" => Act::Part { name: name.to_owned() },
        into => Act::Merge { name: name.to_owned(), into: into.to_owned() },
    };
    match names::decide(app.db(), account(&frame)?, act, evidence, (frame.business_date, app.now())).await {
        Ok(version) => Ok(room::see_other(&frame, &format!("{PATH}?done=named&count={version}"))),
        Err(domain::Error::Conflict(why)) => again(&app, &frame, &ledger, &sent, ("name", &why)).await,
        Err(other) => Err(other.into()),
    }
}

/// The page with the form as it was sent and what is wrong with it.
async fn again(
    app: &App,
    frame: &Frame,
    ledger: &Ledger,
    sent: &Sent,
    (field, why): (&str, &str),
) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    errors.add(field, frame.said(why));
    let list = listing(frame).view(&rows(ledger), &Default::default());
    shown(app, frame, ledger, (head(frame, PATH), &list), (sent, &errors)).await
}

/// `POST /corpus/names/undo`: an entry counts for nothing from now on.
pub async fn undo(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let version = sent.get("version").parse().unwrap_or(0);
    let when = (frame.business_date, app.now());
    let version = names::decide(app.db(), account(&frame)?, Act::Undo { version }, Vec::new(), when).await?;
    Ok(room::see_other(&frame, &format!("{PATH}?done=named&count={version}")))
}

/// `POST /corpus/names/rule`: what the register of enterprises vouches for.
pub async fn rule(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    let ledger = names::ledger(app.db()).await?;
    let Some(found) = proposed(&app, &frame, &ledger).await? else {
        return Err(AppError::Conflict(frame.t("corpus-names-working")));
    };
    let merged = names::merge_by_register(&app.installation, found, account(&frame)?, app.now()).await?;
    Ok(room::see_other(&frame, &format!("{PATH}?done=named-by-rule&count={merged}")))
}
