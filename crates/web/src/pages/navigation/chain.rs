//! `/navigation/chains/{id}`: the tree of an industry chain with what is found for each node.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::accounts::Permission;
use navigation::chain as chains;

use super::{library, search_href};
use crate::{app::App, error::AppError, format, frame::Frame, hx, pages::room::Room};

#[derive(Template)]
#[template(path = "navigation/chain.html")]
struct ChainPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    chain: &'a chains::Chain,
    subject: String,
    nodes: Vec<NodeView>,
    may_start: bool,
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

/// `GET /navigation/chains/{id}`.
pub async fn page(State(app): State<App>, frame: Frame, Path(id): Path<String>) -> Result<Response, AppError> {
    let all = chains::installed(&app.installation.dir().join("chains"))?;
    let Some(chain) = all.into_iter().find(|chain| chain.id == id) else {
        return Err(AppError::NotFound(frame.t("nav-no-such-chain")));
    };
    let Some(corpus) = library::corpus(&app).await? else { return Err(AppError::NotFound(frame.t("nav-no-corpus"))) };
    let subject = library::city(&app).await?;
    let own = match &subject {
        Some(subject) => corpus::Query::parse(&subject.search).map_err(AppError::internal)?,
        None => corpus::Query::Or(Vec::new()),
    };
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
            note: one.node.note.clone(),
        };
        let nodes = counted.iter().map(node).collect::<Vec<_>>();
        drop(counted);
        Ok((chain, nodes))
    })
    .await?;
    let line = frame.t1("nav-chain-line", "date", frame.date(chain.edition));
    let room = Room::new(frame.said(&chain.name), line).below(&frame, &[("nav-title", "/navigation")]);
    hx::page(ChainPage {
        frame: &frame,
        room: &room,
        chain: &chain,
        subject: subject.map(|subject| subject.name).unwrap_or_default(),
        nodes,
        may_start: frame.may(Permission::Evaluate) && is_city_known,
    })
}
