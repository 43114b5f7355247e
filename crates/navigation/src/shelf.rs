//! The shelf of an installation: reports that were kept, each a file that never changes, under the hash of what it says.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{Error, Report, Result, Template};

/// A report on the shelf, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Its kind.
    pub template: Template,
    /// The code of the enterprise whose it is; empty for all others.
    pub enterprise: String,
    /// Its cut-off date.
    pub as_of: jiff::civil::Date,
    /// The snapshot it was counted on.
    pub snapshot: u64,
    /// How many documents it rests on.
    pub documents: u64,
}

/// The folder of the reports below an installation's.
pub fn folder(data: &Path) -> PathBuf {
    data.join("navigation")
}

/// Puts a report on the shelf and gives its id; the same report is there once.
pub fn keep(folder: &Path, report: &Report) -> Result<String> {
    let text = serde_json::to_string(report).map_err(|cause| Error::Invalid(format!("报告写不成 JSON：{cause}")))?;
    let hash = Sha256::digest(text.as_bytes());
    let id: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let place = path(folder, &id);
    if !place.exists() {
        let failed = |cause: std::io::Error| Error::Invalid(format!("报告存不到 {}：{cause}", place.display()));
        fs::create_dir_all(folder).map_err(failed)?;
        let partial = place.with_extension("partial");
        fs::write(&partial, text).and_then(|()| fs::rename(&partial, &place)).map_err(failed)?;
    }
    Ok(id)
}

/// The report with this id; none where there is none.
pub fn read(folder: &Path, id: &str) -> Result<Option<Report>> {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(None);
    }
    match fs::read_to_string(path(folder, id)) {
        Ok(text) => Report::from_json(&text).map(Some),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(Error::Invalid(format!("报告 {id} 读不了：{cause}"))),
    }
}

/// The reports on the shelf, the latest cut-off first; one that cannot be read is left out.
pub fn list(folder: &Path) -> Vec<Kept> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| {
        let path = entry.path();
        let is_report = path.extension().is_some_and(|extension| extension == "json");
        is_report.then(|| path.file_stem()?.to_str().map(str::to_owned))?
    });
    let kept = |id: String| {
        let report = read(folder, &id).ok().flatten()?;
        Some(Kept {
            title: report.title(),
            template: report.scope.template,
            enterprise: report.scope.enterprise,
            as_of: report.scope.as_of,
            snapshot: report.snapshot.number,
            documents: report.documents.len() as u64,
            id,
        })
    };
    let mut all: Vec<Kept> = ids.filter_map(kept).collect();
    all.sort_by(|left, right| {
        right.as_of.cmp(&left.as_of).then_with(|| (&left.title, &left.id).cmp(&(&right.title, &right.id)))
    });
    all
}

fn path(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.json"))
}
