//! `/navigation/chains/{id}/versions`: every version of a chain with who made it, when and why; each can be restored.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::Permission,
    versions::{self, Version},
};
use navigation::chain::{self, Chain};

use super::{edit, edition, library, path};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Dir, Kind, Listing},
    pages::room::{self, Room, Sent},
    pieces::Link,
};

/// A version in the list; the first is as the chain came.
struct Row {
    version: i64,
    changes: String,
    reason: String,
    by: String,
    at: String,
}

/// `GET /navigation/chains/{id}/versions`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    uri: Uri,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let chain = library::chain(&app, &frame, &id).await?;
    let (query, _) = room::wishes(&uri);
    let rows = rows(&app, &frame, &id).await?;
    let listing = listing(&frame, &id);
    let room = room(&frame, &chain, frame.t("nav-chain-versions"), frame.t("nav-chain-versions-line"));
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

fn room(frame: &Frame, chain: &Chain, title: String, line: String) -> Room {
    let mut room = Room::new(title, line).below(frame, &[("nav-title", "/navigation")]);
    room.crumbs.push(edit::chain_link(frame, chain));
    room
}

async fn rows(app: &App, frame: &Frame, id: &str) -> Result<Vec<Row>, AppError> {
    let moment = |text: &str| text.parse().map_or_else(|_| text.to_owned(), format::instant);
    let row = |one: Version| Row {
        version: one.version,
        changes: one.changes,
        reason: one.reason,
        by: one.by_login,
        at: moment(&one.made_at),
    };
    let mut rows: Vec<Row> =
        versions::history(app.db(), versions::Kind::Chain, id).await?.into_iter().map(row).collect();
    if first(app, id)?.is_some() {
        let changes = frame.t("nav-chain-as-it-came");
        rows.push(Row { version: 0, changes, reason: String::new(), by: String::new(), at: String::new() });
    }
    Ok(rows)
}

/// The chain as it came, before it was edited here; none of one that came as a file through the browser.
fn first(app: &App, id: &str) -> Result<Option<Chain>, AppError> {
    let all = chain::installed(&app.installation.dir().join("chains"))?;
    Ok(all.into_iter().find(|chain| chain.id == id))
}

fn listing<'a>(frame: &'a Frame, id: &str) -> Listing<'a, Row> {
    let here = format!("{}/versions", path(id));
    let below = here.clone();
    Listing::new(frame, "versions", &here, frame.t("nav-chain-versions"))
        .column("version", frame.t("nav-chain-version"), Kind::Number, move |row: &Row| {
            Cell::number(row.version).link(frame.at(&format!("{below}/{}", row.version)))
        })
        .column("changes", frame.t("nav-chain-changes"), Kind::Text, |row| Cell::text(frame.said(&row.changes)))
        .column("reason", frame.t("nav-chain-reason"), Kind::Text, |row| Cell::text(row.reason.clone()))
        .column("by", frame.t("nav-chain-by"), Kind::Text, |row| Cell::text(row.by.clone()))
        .column("at", frame.t("nav-chain-at"), Kind::Date, |row| Cell::code(row.at.clone()))
        .search(frame.t("nav-chain-versions-search"), |row| format!("{} {} {}", row.changes, row.reason, row.by))
        .sorted_by("version", Dir::Down)
        .when_empty(frame.t("nav-chain-no-versions"), frame.t("nav-chain-no-versions-todo"))
}

#[derive(Template)]
#[template(path = "navigation/chain_version.html")]
struct VersionPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    chain: &'a Chain,
    nodes: Vec<(String, &'a chain::Node)>,
    /// What it says otherwise than the present version.
    differences: Vec<String>,
    /// Where it is restored; none for the present one, or where the visitor may not.
    restore: Option<String>,
    file: String,
    present: i64,
}

/// A version of a chain.
async fn version(app: &App, frame: &Frame, id: &str, number: i64) -> Result<Chain, AppError> {
    let absent = || AppError::NotFound(frame.t("nav-no-such-version"));
    if number == 0 {
        return first(app, id)?.ok_or_else(absent);
    }
    let kept =
        versions::history(app.db(), versions::Kind::Chain, id).await?.into_iter().find(|one| one.version == number);
    Ok(Chain::of_version(number, &kept.ok_or_else(absent)?.content)?)
}

/// `GET /navigation/chains/{id}/versions/{version}`.
pub async fn one(
    State(app): State<App>,
    frame: Frame,
    Path((id, number)): Path<(String, i64)>,
) -> Result<Response, AppError> {
    let present = library::chain(&app, &frame, &id).await?;
    let chain = version(&app, &frame, &id, number).await?;
    let title = frame.t1("nav-chain-one-version", "version", number);
    let mut room = room(&frame, &present, title, edition(&frame, &chain));
    let all = frame.at(&format!("{}/versions", path(&id)));
    let here = format!("{all}/{number}");
    room.crumbs.push(Link::new(frame.t("nav-chain-versions"), all));
    let may_restore = frame.may(Permission::ChangeRegistry) && chain.version != present.version;
    hx::page(VersionPage {
        frame: &frame,
        room: &room,
        nodes: chain.in_tree().map(|(node, depth)| ("　".repeat(depth), node)).collect(),
        differences: chain.changes_since(&present).iter().map(|change| frame.said(change)).collect(),
        restore: may_restore.then(|| format!("{here}/restore")),
        file: format!("{here}/file"),
        present: present.version,
        chain: &chain,
    })
}

/// `POST /navigation/chains/{id}/versions/{version}/restore`: a new version that says what the earlier one said.
pub async fn restore(
    State(app): State<App>,
    frame: Frame,
    Path((id, number)): Path<(String, i64)>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let present = library::chain(&app, &frame, &id).await?;
    let chain = version(&app, &frame, &id, number).await?;
    let changes = format!("恢复第 {number} 版：{}", chain.changes_since(&present).join("；"));
    let base = sent.get("base").parse().unwrap_or(-1);
    let version = edit::keep(&app, &frame, chain, (base, &changes, sent.get("reason"))).await?;
    Ok(edit::kept(&frame, &id, version))
}

/// `GET /navigation/chains/{id}/versions/{version}/file`: the version as a file.
pub async fn file(
    State(app): State<App>,
    frame: Frame,
    Path((id, number)): Path<(String, i64)>,
) -> Result<Response, AppError> {
    super::file::download(&version(&app, &frame, &id, number).await?)
}
