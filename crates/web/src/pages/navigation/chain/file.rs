//! Chains as files: one is downloaded as it stands, and a file makes the next version of its chain, or a new chain.

use askama::Template;
use axum::{
    body::Bytes,
    extract::{Multipart, Path, State},
    response::Response,
};
use navigation::chain::Chain;

use super::{edit, library};
use crate::{
    app::App,
    download,
    error::AppError,
    form::{Errors, Field, Kind},
    frame::Frame,
    hx,
    pages::{registry::upload::unreadable, room::Room},
};

/// `GET /navigation/chains/{id}/file`.
pub async fn present(State(app): State<App>, frame: Frame, Path(id): Path<String>) -> Result<Response, AppError> {
    download(&library::chain(&app, &frame, &id).await?)
}

pub(super) fn download(chain: &Chain) -> Result<Response, AppError> {
    let version = match chain.version {
        0 => chain.edition.to_string(),
        version => format!("v{version}"),
    };
    let (plain, name) = (format!("{}-{version}.toml", chain.id), format!("产业链-{}-{version}.toml", chain.name));
    download::file("application/toml; charset=utf-8", (&plain, &name), chain.written()?)
}

#[derive(Template)]
#[template(path = "navigation/chain_import.html")]
struct ImportPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    fields: Vec<Field>,
}

/// `GET /navigation/import`.
pub async fn form(frame: Frame) -> Result<Response, AppError> {
    respond(&frame, "", &Errors::default())
}

fn respond(frame: &Frame, reason: &str, errors: &Errors) -> Result<Response, AppError> {
    let room = Room::new(frame.t("nav-chain-import"), frame.t("nav-chain-import-line"))
        .below(frame, &[("nav-title", "/navigation")])
        .wrong(!errors.is_empty());
    let fields = vec![
        Field::of("file", frame.t("nav-chain-file"), Kind::File(".toml"), "", errors)
            .hint(frame.t("nav-chain-file-hint")),
        Field::of("reason", frame.t("nav-chain-reason"), Kind::Text, reason, errors)
            .hint(frame.t("nav-chain-reason-hint"))
            .optional(),
    ];
    let page = ImportPage { frame, room: &room, errors, fields };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// `POST /navigation/import`.
pub async fn import(State(app): State<App>, frame: Frame, mut parts: Multipart) -> Result<Response, AppError> {
    let (mut file, mut reason) = (None, String::new());
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        match part.name().unwrap_or_default() {
            "file" => {
                let name = part.file_name().unwrap_or_default().to_owned();
                let bytes = part.bytes().await.map_err(unreadable)?;
                file = (!name.is_empty()).then_some((name, bytes));
            }
            "reason" => part.text().await.map_err(unreadable)?.trim().clone_into(&mut reason),
            _ => {}
        }
    }
    let mut errors = Errors::default();
    match taken(&app, &frame, file, &reason).await {
        Ok((id, version)) => return Ok(edit::kept(&frame, &id, version)),
        Err(AppError::Invalid(why) | AppError::Conflict(why)) => errors.add("file", frame.said(&why)),
        Err(other) => return Err(other),
    }
    respond(&frame, &reason, &errors)
}

async fn taken(
    app: &App,
    frame: &Frame,
    file: Option<(String, Bytes)>,
    reason: &str,
) -> Result<(String, i64), AppError> {
    let Some((name, bytes)) = file else { return Err(AppError::Invalid(frame.t("nav-chain-file-missing"))) };
    let text = String::from_utf8(bytes.to_vec());
    let text = text.map_err(|_| AppError::Invalid(frame.t1("nav-chain-file-encoding", "file", &name)))?;
    let chain = Chain::parse(&name, text.trim_start_matches('\u{feff}'))?;
    let chains = library::chains(app).await?;
    let present = chains.iter().find(|other| other.id == chain.id);
    let changes = match present {
        Some(present) => chain.changes_since(present),
        None => vec![format!("新增产业链“{}”", chain.name)],
    };
    if changes.is_empty() {
        return Err(AppError::Conflict(frame.t1("nav-chain-file-same", "file", &name)));
    }
    let (id, base) = (chain.id.clone(), present.map_or(0, |present| present.version));
    let changes = format!("从文件 {name} 导入：{}", changes.join("；"));
    let version = edit::keep(app, frame, chain, (base, &changes, reason)).await?;
    Ok((id, version))
}
