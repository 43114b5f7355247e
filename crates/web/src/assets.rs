//! The bundled style sheet and scripts, embedded in the program and served under names that change with their content.

use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

/// One bundled file.
#[derive(Debug)]
pub struct Asset {
    /// The name templates use, as `app.css`.
    pub name: &'static str,
    /// The name in the address, which holds a hash of the content.
    pub served: &'static str,
    /// Its content type.
    pub content_type: &'static str,
    /// The file.
    pub bytes: &'static [u8],
    /// The file, compressed.
    pub gzip: &'static [u8],
}

/// Every bundled file.
pub static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/asset_list.rs"));

/// The address, below the base path, of a bundled file.
///
/// # Panics
/// When no file of this name is bundled, which the gallery test finds before any visitor does.
pub fn address(name: &str) -> String {
    let asset = ASSETS.iter().find(|asset| asset.name == name).expect("templates name bundled files only");
    format!("/assets/{}", asset.served)
}

/// `GET /assets/{file}`: open to everyone, kept by browsers for good.
pub async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.served == file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let zipped = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|one| one.trim().split(';').next() == Some("gzip")));
    let kept = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
    ];
    if zipped {
        (kept, [(header::CONTENT_ENCODING, "gzip")], asset.gzip).into_response()
    } else {
        (kept, asset.bytes).into_response()
    }
}
