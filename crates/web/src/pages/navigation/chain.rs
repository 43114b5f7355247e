//! `/navigation/chains/{id}`: the tree of an industry chain with what is found for each node, and the ways to change it.

pub mod edit;
pub mod file;
pub mod versions;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use corpus::Query;
use domain::accounts::Permission;
use navigation::chain::{self as chains, Chain};

use super::{library, search_href};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    hx,
    pages::room::{self, Room},
};

#[derive(Template)]
#[template(path = "navigation/chain.html")]
struct ChainPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    chain: &'a Chain,
    subject: String,
    nodes: Vec<NodeView>,
    may_start: bool,
    may_edit: bool,
    base: String,
}

/// A node ready to print.
struct NodeView {
    id: String,
    name: String,
    /// A wide space for each level above it.
    indent: String,
    documents: String,
    families: String,
    own: String,
    href: Option<String>,
    search: String,
    note: String,
}

/// The address of a chain below the base path.
fn path(id: &str) -> String {
    format!("/navigation/chains/{}", format::encode(id))
}

/// Which version it is and of which day.
pub(super) fn edition(frame: &Frame, chain: &Chain) -> String {
    let key = if chain.version == 0 { "nav-chain-edition-first" } else { "nav-chain-edition" };
    frame.tn(key, [("version", chain.version.to_string()), ("date", frame.date(chain.edition))])
}

/// `GET /navigation/chains/{id}`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let chain = library::chain(&app, &frame, &id).await?;
    let Some(corpus) = library::corpus(&app).await? else { return Err(AppError::NotFound(frame.t("nav-no-corpus"))) };
    let (subject, own) = city(&app).await?;
    let is_city_known = subject.is_some();
    let told = frame.clone();
    let (chain, nodes) = library::on_a_thread(move || {
        let counted = chain.counted(&corpus, &own)?;
        let node = |one: &chains::Counted<'_>| NodeView {
            id: one.node.id.clone(),
            name: one.node.name.clone(),
            indent: "　".repeat(one.depth),
            documents: format::count(one.documents),
            families: format::count(one.families),
            own: if is_city_known { format::count(one.own) } else { told.t("nav-unknown") },
            href: search_href(&told, &one.search),
            search: one.search.clone(),
            note: if one.node.note.is_empty() { told.t("nav-search") } else { one.node.note.clone() },
        };
        let nodes = counted.iter().map(node).collect::<Vec<_>>();
        drop(counted);
        Ok((chain, nodes))
    })
    .await?;
    let (_, words) = room::wishes(&uri);
    let room = Room::new(frame.said(&chain.name), edition(&frame, &chain))
        .below(&frame, &[("nav-title", "/navigation")])
        .with(room::said(&frame, &words));
    hx::page(ChainPage {
        frame: &frame,
        room: &room,
        base: frame.at(&path(&chain.id)),
        chain: &chain,
        subject: subject.unwrap_or_default(),
        nodes,
        may_start: frame.may(Permission::Evaluate) && is_city_known,
        may_edit: frame.may(Permission::ChangeRegistry),
    })
}

/// The name of the city and the search of its documents; a city that is not known has none.
async fn city(app: &App) -> Result<(Option<String>, Query), AppError> {
    let city = library::city(app).await?;
    let own = match &city {
        Some(city) => Query::parse(&city.search).map_err(AppError::internal)?,
        None => Query::Or(Vec::new()),
    };
    Ok((city.map(|city| city.name), own))
}
