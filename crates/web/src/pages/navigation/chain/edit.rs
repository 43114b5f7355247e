//! Editing a chain: each form changes one thing, tells what it would find before it is saved, and makes a new version.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query as Asked, State},
    response::Response,
};
use corpus::Query;
use domain::versions::{self, Draft};
use navigation::chain::{Chain, Edit, Fault, Node};
use serde::Deserialize;

use super::{city, edition, library, path};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind},
    format,
    frame::Frame,
    hx,
    pages::{
        corpus::{baskets::account, wish::Pointed},
        room::{self, Room, Sent},
    },
    pieces::{Link, Notice, Tone},
};

#[derive(Template)]
#[template(path = "navigation/node.html")]
struct NodePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    wrong: Option<Pointed>,
    fields: Vec<Field>,
    action: String,
    base: i64,
    /// The node, empty for a new one, and where what it would find is counted before it is kept; none for the chain itself.
    count: Option<(String, String)>,
    acts: Option<Acts>,
}

/// What else can be done to a node that is there.
struct Acts {
    shift: String,
    remove: String,
    /// What goes with it, in words.
    consequence: String,
}

/// Which form it is.
enum Sheet<'a> {
    Head,
    New,
    Old(&'a Node),
}

/// Below which node a new one is to stand.
#[derive(Debug, Deserialize)]
pub struct Below {
    #[serde(default)]
    below: String,
}

/// `GET /navigation/chains/{id}/edit`: the name of the chain and what it rests on.
pub async fn head_form(State(app): State<App>, frame: Frame, Path(id): Path<String>) -> Result<Response, AppError> {
    let chain = library::chain(&app, &frame, &id).await?;
    let sent = sent(&[("name", &chain.name), ("basis", &chain.basis)]);
    respond(&frame, &chain, &Sheet::Head, &sent, (&[], None))
}

/// `POST /navigation/chains/{id}/edit`.
pub async fn head(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let chain = library::chain(&app, &frame, &id).await?;
    let edit = Edit::Head { name: sent.get("name").to_owned(), basis: sent.get("basis").to_owned() };
    taken(&app, &frame, &chain, &Sheet::Head, &edit, &sent).await
}

/// `GET /navigation/chains/{id}/add`.
pub async fn add_form(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<String>,
    Asked(asked): Asked<Below>,
) -> Result<Response, AppError> {
    let chain = library::chain(&app, &frame, &id).await?;
    respond(&frame, &chain, &Sheet::New, &sent(&[("parent", &asked.below)]), (&[], None))
}

/// `POST /navigation/chains/{id}/add`.
pub async fn add(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let chain = library::chain(&app, &frame, &id).await?;
    taken(&app, &frame, &chain, &Sheet::New, &Edit::Add(node(String::new(), &sent)), &sent).await
}

/// `GET /navigation/chains/{id}/nodes/{node}`.
pub async fn node_form(
    State(app): State<App>,
    frame: Frame,
    Path((id, at)): Path<(String, String)>,
) -> Result<Response, AppError> {
    let chain = library::chain(&app, &frame, &id).await?;
    let node = find(&frame, &chain, &at)?;
    respond(&frame, &chain, &Sheet::Old(node), &sent_of(node), (&[], None))
}

/// `POST /navigation/chains/{id}/nodes/{node}`.
pub async fn change(
    State(app): State<App>,
    frame: Frame,
    Path((id, at)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let chain = library::chain(&app, &frame, &id).await?;
    let old = find(&frame, &chain, &at)?;
    taken(&app, &frame, &chain, &Sheet::Old(old), &Edit::Change(node(at, &sent)), &sent).await
}

/// `POST /navigation/chains/{id}/nodes/{node}/shift`.
pub async fn shift(
    State(app): State<App>,
    frame: Frame,
    Path((id, at)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    act(&app, &frame, (&id, &at), &Edit::Shift { id: at.clone(), up: sent.get("to") == "up" }, &sent).await
}

/// `POST /navigation/chains/{id}/nodes/{node}/remove`.
pub async fn remove(
    State(app): State<App>,
    frame: Frame,
    Path((id, at)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    act(&app, &frame, (&id, &at), &Edit::Remove { id: at.clone() }, &sent).await
}

/// Does what needs no filling in; what cannot be done is told on the node's page.
async fn act(app: &App, frame: &Frame, (id, at): (&str, &str), edit: &Edit, sent: &Sent) -> Result<Response, AppError> {
    let chain = library::chain(app, frame, id).await?;
    let old = find(frame, &chain, at)?;
    match saved(app, frame, &chain, edit, sent).await? {
        Ok(done) => Ok(done),
        Err(faults) => respond(frame, &chain, &Sheet::Old(old), &sent_of(old), (&faults, None)),
    }
}

/// A form was sent: it is kept, or shown again with what is wrong with it.
async fn taken(
    app: &App,
    frame: &Frame,
    chain: &Chain,
    sheet: &Sheet<'_>,
    edit: &Edit,
    sent: &Sent,
) -> Result<Response, AppError> {
    match saved(app, frame, chain, edit, sent).await? {
        Ok(done) => Ok(done),
        Err(faults) => respond(frame, chain, sheet, sent, (&faults, None)),
    }
}

/// `POST /navigation/chains/{id}/count`: the form of a node again, with what it would find; nothing is kept.
pub async fn count(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let chain = library::chain(&app, &frame, &id).await?;
    let (sheet, edit) = match sent.get("node") {
        "" => (Sheet::New, Edit::Add(node(String::new(), &sent))),
        at => (Sheet::Old(find(&frame, &chain, at)?), Edit::Change(node(at.to_owned(), &sent))),
    };
    match chain.after(&edit) {
        Err(faults) => respond(&frame, &chain, &sheet, &sent, (&faults, None)),
        Ok(next) => {
            let notice = counted(&app, &frame, &chain, &next, &sheet).await?;
            respond(&frame, &chain, &sheet, &sent, (&[], Some(notice)))
        }
    }
}

/// Keeps the chain after an edit as its next version, or says what is wrong with the edit.
async fn saved(
    app: &App,
    frame: &Frame,
    chain: &Chain,
    edit: &Edit,
    sent: &Sent,
) -> Result<Result<Response, Vec<Fault>>, AppError> {
    let next = match chain.after(edit) {
        Ok(next) => next,
        Err(faults) => return Ok(Err(faults)),
    };
    let changes = next.changes_since(chain);
    let fault = |field, message| Ok(Err(vec![Fault { field, message, at: None }]));
    if changes.is_empty() {
        return fault("name", "没有任何改动，没有存成新的一版。".to_owned());
    }
    let base = sent.get("base").parse().unwrap_or(-1);
    match keep(app, frame, next, (base, &changes.join("；"), sent.get("reason"))).await {
        Ok(version) => Ok(Ok(kept(frame, &chain.id, version))),
        Err(AppError::Conflict(why) | AppError::Invalid(why)) => fault("reason", why),
        Err(other) => Err(other),
    }
}

/// Leads to the chain, which says that it was kept.
pub(super) fn kept(frame: &Frame, id: &str, version: i64) -> Response {
    room::see_other(frame, &format!("{}?done=chain-kept&count={version}", path(id)))
}

/// Keeps a chain as the next version after `base`, with today as the day of its edition.
pub(super) async fn keep(
    app: &App,
    frame: &Frame,
    chain: Chain,
    (base, changes, reason): (i64, &str, &str),
) -> Result<i64, AppError> {
    let chain = Chain { edition: frame.business_date, ..chain };
    let draft = Draft {
        kind: versions::Kind::Chain,
        base,
        content: chain.written()?,
        changes: changes.to_owned(),
        reason: reason.to_owned(),
        object: chain.id,
    };
    Ok(versions::keep(app.db(), account(frame)?, &draft, app.now()).await?)
}

/// What the node would find, beside what it finds now.
async fn counted(app: &App, frame: &Frame, now: &Chain, next: &Chain, sheet: &Sheet<'_>) -> Result<Notice, AppError> {
    let Some(corpus) = library::corpus(app).await? else { return Err(AppError::NotFound(frame.t("nav-no-corpus"))) };
    let (subject, own) = city(app).await?;
    let is_counted = |node: &&Node| match sheet {
        Sheet::Old(old) => node.id == old.id,
        Sheet::Head | Sheet::New => !now.nodes.iter().any(|old| old.id == node.id),
    };
    let query = |chain: &Chain| chain.nodes.iter().find(is_counted).map(|node| chain.query(Some(node))).transpose();
    let (after, before) = (query(next)?, query(now)?);
    let (after, before) = library::on_a_thread(move || {
        let count = |query: Option<Query>| -> Result<Option<(u64, u64, u64)>, AppError> {
            let Some(query) = query else { return Ok(None) };
            let cross = corpus.cross(&query, &[]).map_err(AppError::internal)?;
            let own = corpus.count(&query.and(own.clone())).map_err(AppError::internal)?;
            Ok(Some((cross.documents, cross.families, own)))
        };
        Ok((count(after)?, count(before)?))
    })
    .await?;
    let told = |key: &str, (documents, families, own): (u64, u64, u64)| {
        let own = if subject.is_some() { format::count(own) } else { frame.t("nav-unknown") };
        let parts = [("documents", format::count(documents)), ("families", format::count(families)), ("own", own)];
        frame.tn(key, parts)
    };
    Ok(Notice {
        tone: Tone::Plain,
        title: told("nav-node-after", after.unwrap_or_default()),
        lines: before.map(|before| told("nav-node-before", before)).into_iter().collect(),
        link: None,
    })
}

fn node(id: String, sent: &Sent) -> Node {
    let text = |name: &str| sent.get(name).to_owned();
    Node { id, name: text("name"), parent: text("parent"), search: text("search"), note: text("note") }
}

fn find<'c>(frame: &Frame, chain: &'c Chain, id: &str) -> Result<&'c Node, AppError> {
    let found = chain.nodes.iter().find(|node| node.id == id);
    found.ok_or_else(|| AppError::NotFound(frame.t("nav-no-such-node")))
}

fn sent(values: &[(&str, &str)]) -> Sent {
    Sent(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

fn sent_of(node: &Node) -> Sent {
    sent(&[("name", &node.name), ("parent", &node.parent), ("search", &node.search), ("note", &node.note)])
}

fn respond(
    frame: &Frame,
    chain: &Chain,
    sheet: &Sheet<'_>,
    sent: &Sent,
    (faults, notice): (&[Fault], Option<Notice>),
) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    for fault in faults {
        // What concerns no field is told at the first.
        let field = if fault.field.is_empty() { "name" } else { fault.field };
        errors.add(field, frame.said(&fault.message));
    }
    let wrong = faults.iter().find_map(|fault| fault.at.as_ref()).map(|at| Pointed::new(sent.get("search"), at));
    let (title, action) = match sheet {
        Sheet::Head => (frame.t("nav-chain-edit"), "edit".to_owned()),
        Sheet::New => (frame.t("nav-node-add"), "add".to_owned()),
        Sheet::Old(node) => (node.name.clone(), format!("nodes/{}", format::encode(&node.id))),
    };
    let action = frame.at(&format!("{}/{action}", path(&chain.id)));
    let count = frame.at(&format!("{}/count", path(&chain.id)));
    let mut room = Room::new(title, edition(frame, chain))
        .below(frame, &[("nav-title", "/navigation")])
        .with(notice)
        .wrong(!errors.is_empty());
    room.crumbs.push(chain_link(frame, chain));
    let page = NodePage {
        frame,
        room: &room,
        errors: &errors,
        wrong,
        fields: fields(frame, chain, sheet, sent, &errors),
        base: sent.get("base").parse().unwrap_or(chain.version),
        count: match sheet {
            Sheet::Head => None,
            Sheet::New => Some((String::new(), count)),
            Sheet::Old(node) => Some((node.id.clone(), count)),
        },
        acts: match sheet {
            Sheet::Old(node) => Some(acts(frame, chain, node, &action)),
            Sheet::Head | Sheet::New => None,
        },
        action,
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

pub(super) fn chain_link(frame: &Frame, chain: &Chain) -> Link {
    Link::new(frame.said(&chain.name), frame.at(&path(&chain.id)))
}

fn acts(frame: &Frame, chain: &Chain, node: &Node, action: &str) -> Acts {
    let below = chain.below(&node.id).len() - 1;
    Acts {
        shift: format!("{action}/shift"),
        remove: format!("{action}/remove"),
        consequence: frame.tn("nav-node-remove-line", [("name", node.name.clone()), ("count", below.to_string())]),
    }
}

fn fields(frame: &Frame, chain: &Chain, sheet: &Sheet<'_>, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let field = |name: &str, key: &str, kind| Field::of(name, frame.t(key), kind, sent.get(name), errors);
    let reason = field("reason", "nav-chain-reason", Kind::Text).hint(frame.t("nav-chain-reason-hint")).optional();
    if let Sheet::Head = sheet {
        let basis = field("basis", "nav-chain-basis", Kind::Lines);
        return vec![field("name", "nav-chain-name", Kind::Text), basis, reason];
    }
    let own = match sheet {
        Sheet::Old(node) => chain.below(&node.id),
        Sheet::Head | Sheet::New => Vec::new(),
    };
    let mut parents = vec![Choice::new("", frame.t("nav-node-top"))];
    let others = chain.in_tree().filter(|(node, _)| !own.contains(&node.id));
    parents.extend(
        others.map(|(node, depth)| Choice::new(node.id.clone(), format!("{}{}", "　".repeat(depth), node.name))),
    );
    vec![
        field("name", "nav-node-name", Kind::Text),
        field("parent", "nav-node-parent", Kind::Select(parents)),
        field("search", "nav-search", Kind::Lines).hint(frame.t("nav-node-search-hint")).optional(),
        field("note", "nav-node-note", Kind::Lines).hint(frame.t("nav-node-note-hint")).optional(),
        reason,
    ]
}
