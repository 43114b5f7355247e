//! Files handed in as proof (佐证材料): what they may be is told by their bytes, not by their name; each lies in the data folder
//! under its hash.

mod scan;

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde_json::json;

use self::scan::{Hook, Verdict};
use crate::{Error, Installation, installation::EVIDENCE, runs::sha256};

/// What a file may be, by its first bytes.
const TYPES: [(&str, &[u8]); 5] = [
    ("pdf", b"%PDF-"),
    ("png", b"\x89PNG\r\n\x1a\n"),
    ("jpg", b"\xff\xd8\xff"),
    ("jpeg", b"\xff\xd8\xff"),
    ("ofd", b"PK\x03\x04"),
];

/// The name under which a file is kept, if it may be kept at all.
pub(crate) fn checked<'n>(name: &'n str, bytes: &[u8], bytes_max: usize) -> Result<&'n str, Error> {
    // Only the last part of a name is kept, whatever path a browser or an attacker put before it.
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Error::Invalid("文件名不能用。请改名后再上传，不超过 200 个字。".into()));
    }
    if bytes.is_empty() || bytes.len() > bytes_max {
        return Err(Error::Invalid(format!("文件“{name}”是空的，或超过 {} 兆字节。", bytes_max / 1024 / 1024)));
    }
    if !TYPES.iter().any(|(one, head)| *one == ending && bytes.starts_with(head)) {
        return Err(Error::Invalid(format!("文件“{name}”不是 PDF、OFD、PNG 或 JPEG，或内容与扩展名不符。")));
    }
    Ok(name)
}

/// Lets the office's hook look at a file before it is kept; what it refuses, and what it gave no answer to, is not accepted and stands in
/// the trail.
pub(crate) async fn scanned(
    installation: &Installation,
    (name, bytes): (&str, &[u8]),
    who: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let (action, why, error) = match scan::ask(installation, bytes).await? {
        Verdict::Clean => return Ok(()),
        Verdict::Refused(why) => {
            let words = format!("文件“{name}”没有通过病毒查杀（{why}），没有收下。请检查来源，换一份再上传。");
            ("evidence.refused", why, Error::Invalid(words))
        }
        Verdict::Broken(why) => {
            let words = format!(
                "文件“{name}”还没有收下：病毒查杀没有给出结果（{why}）。请稍后再传；一直如此的，请联系系统管理员。"
            );
            ("evidence.unscanned", why, Error::Conflict(words))
        }
    };
    let mut tx = installation.db.begin().await?;
    let detail = json!({ "name": name, "sha256": sha256(bytes), "why": why });
    registry::audit::record(&mut tx, now, who, action, name, &detail).await?;
    tx.commit().await?;
    Err(error)
}

/// Whether files are looked at, in words, and what is wrong with that.
pub(crate) fn hook(installation: &Installation) -> Result<Option<String>, String> {
    let Some(hook) = Hook::of(installation)? else { return Ok(None) };
    match hook.fault() {
        Some(why) => Err(why),
        None => Ok(Some("上传的材料先经病毒查杀，没有结果的不收。".to_owned())),
    }
}

/// Writes a file under its hash.
pub(crate) fn keep(installation: &Installation, hash: &str, mark: &str, bytes: &[u8]) -> Result<(), Error> {
    place(&installation.dir().join(EVIDENCE), hash, mark, bytes)
}

/// Writes a file into a folder whose names follow from what is in the files, under another name first: the same bytes may be there
/// already, which a full disk or a kill must not cut short.
pub(crate) fn place(folder: &Path, name: &str, mark: &str, bytes: &[u8]) -> Result<(), Error> {
    let path = folder.join(name);
    if fs::read(&path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
    let unfinished = folder.join(format!(".{mark}"));
    let written = rules::folder::write_file(&unfinished, bytes).map_err(Error::from);
    let placed = written.and_then(|()| fs::rename(&unfinished, &path).map_err(|source| Error::io(&path, source)));
    if placed.is_err() {
        // What could be written of it would only take room.
        let _ = fs::remove_file(&unfinished);
    }
    placed
}

/// The bytes of a file, checked against their hash.
pub(crate) fn read(installation: &Installation, name: &str, hash: &str) -> Result<Vec<u8>, Error> {
    let path = path(installation, hash);
    let bytes = fs::read(&path).map_err(|source| Error::io(&path, source))?;
    if sha256(&bytes) != hash {
        return Err(Error::Damaged(format!("材料“{name}”与上传时不同。请从备份恢复。")));
    }
    Ok(bytes)
}

fn path(installation: &Installation, hash: &str) -> PathBuf {
    installation.dir().join(EVIDENCE).join(hash)
}
