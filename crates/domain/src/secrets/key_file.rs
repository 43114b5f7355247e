//! The file of the keys: one key a line, the current one first, read by nobody but its owner.

use std::{
    fs,
    io::{ErrorKind, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

use super::{KEY_BYTES, Key, Keys, from_hex};
use crate::{Error, accounts::hex};

/// Its name in the data folder, unless another file is named.
pub const KEY_FILE: &str = "secret.key";

const HEAD: &str =
    "# 知强密钥文件：第一行是现用的密钥，其余只用来打开旧密文和旧备份。请另存一份，不要和备份放在一起。\n";

/// The keys of the file; none when there is no file. A file that others may read is refused.
pub(super) fn read(file: &Path) -> Result<Option<Keys>, Error> {
    text(file)?.map(|text| parse(file, &text).map(Keys)).transpose()
}

fn text(file: &Path) -> Result<Option<String>, Error> {
    let opened = match fs::File::open(file) {
        Ok(opened) => opened,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(Error::io(file, cause)),
    };
    let mode = opened.metadata().map_err(|cause| Error::io(file, cause))?.mode() & 0o777;
    if mode & 0o077 != 0 {
        let shown = file.display();
        return Err(Error::Conflict(format!(
            "密钥文件 {shown} 的权限是 {mode:04o}，别人也能读。请运行 chmod 600 {shown}；若可能已被人读过，再运行 zhiqiang key rotate 换密钥。"
        )));
    }
    std::io::read_to_string(opened).map(Some).map_err(|cause| Error::io(file, cause))
}

fn parse(file: &Path, text: &str) -> Result<Vec<Key>, Error> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let key = |line: &str| from_hex(line).and_then(|bytes| bytes.try_into().ok()).map(Key::new);
    // A line that is no key is not shown: it may be most of one.
    match lines.map(key).collect::<Option<Vec<_>>>() {
        Some(keys) if !keys.is_empty() => Ok(keys),
        _ => Err(Error::Damaged(format!("密钥文件 {} 已损坏。请放回另存的那一份。", file.display()))),
    }
}

/// The keys of the file, which is made with a fresh key when absent; of two who make it at once one does.
pub(super) fn read_or_make(file: &Path) -> Result<Keys, Error> {
    if let Some(keys) = read(file)? {
        return Ok(keys);
    }
    let fresh = write_beside(file, &format!("{HEAD}{}\n", hex(&random()?)))?;
    let linked = fs::hard_link(&fresh, file);
    let _ = fs::remove_file(&fresh);
    match linked {
        Err(cause) if cause.kind() != ErrorKind::AlreadyExists => Err(Error::io(file, cause)),
        _ => read(file)?.ok_or_else(|| Error::io(file, ErrorKind::NotFound.into())),
    }
}

/// Puts a fresh key before those of the file.
pub(super) fn add(file: &Path) -> Result<Keys, Error> {
    let before = text(file)?.unwrap_or_default();
    let before = before.strip_prefix(HEAD).unwrap_or(&before);
    let fresh = write_beside(file, &format!("{HEAD}{}\n{before}", hex(&random()?)))?;
    fs::rename(&fresh, file).map_err(|cause| Error::io(file, cause))?;
    read(file)?.ok_or_else(|| Error::io(file, ErrorKind::NotFound.into()))
}

/// Writes the text into a file of its own beside, readable by its owner only.
fn write_beside(file: &Path, text: &str) -> Result<std::path::PathBuf, Error> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let beside = file.with_file_name(format!(".{name}.{}", std::process::id()));
    let write = || {
        let mut out = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        out.write_all(text.as_bytes())?;
        out.sync_all()
    };
    write().map_err(|cause| Error::io(&beside, cause))?;
    Ok(beside)
}

fn random() -> Result<[u8; KEY_BYTES], Error> {
    let mut bytes = [0_u8; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(|cause| Error::Conflict(format!("系统随机数不可用：{cause}")))?;
    Ok(bytes)
}
