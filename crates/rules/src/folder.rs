//! Folders that appear whole or not at all: filled under a hidden name beside the target, synced, then renamed.
//!
//! While it is being filled a folder is held by a lock that ends with its process, so that whoever finds one later can
//! tell a killed writer from a busy one.

use std::{
    fs::{self, File, TryLockError},
    io::Write,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use crate::Error;

/// A folder that this process is at work in; [`remove_unfinished`] leaves it alone until the value or the process ends.
#[derive(Debug)]
pub struct Held {
    path: PathBuf,
    /// Carries the lock.
    _folder: File,
}

impl Held {
    /// Makes a fresh hidden folder beside `dir` and holds it.
    pub fn beside(dir: &Path) -> Result<Self, Error> {
        loop {
            let path = hidden_beside(dir);
            fs::create_dir_all(&path).map_err(|e| Error::io(&path, e))?;
            // Someone who clears the parent may have been faster than the lock: then it is done again.
            let Ok(folder) = File::open(&path) else { continue };
            if is_free(&folder) && path.exists() {
                return Ok(Self { path, _folder: folder });
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Makes the folder `dir` by filling a hidden one and renaming it; what `fill` writes is on the disk before it is shown.
///
/// A folder of which `is_there` says that it is already as wanted stays; any other in its place gives way.
pub fn write(
    dir: &Path,
    is_there: impl Fn() -> bool,
    fill: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    if dir.exists() && is_there() {
        return Ok(());
    }
    let held = Held::beside(dir)?;
    let shown = fill(&held.path).and_then(|()| {
        sync_files(&held.path)?;
        sync_folder(&held.path);
        show(&held.path, dir, &is_there)
    });
    if shown.is_err() {
        // The old state stays; what was half written goes, so that a full disk gets its room back.
        let _ = fs::remove_dir_all(&held.path);
    }
    match shown {
        // Another writer of the same may have been first: then all is well.
        Err(_) if is_there() => Ok(()),
        done => {
            dir.parent().map(sync_folder);
            done
        }
    }
}

fn show(filled: &Path, dir: &Path, is_there: impl Fn() -> bool) -> Result<(), Error> {
    let failed = |e| Error::io(dir, e);
    if !dir.exists() || is_there() {
        return fs::rename(filled, dir).map_err(failed);
    }
    let aside = hidden_beside(dir);
    fs::rename(dir, &aside).map_err(failed)?;
    fs::rename(filled, dir).map_err(failed)?;
    fs::remove_dir_all(&aside).map_err(|e| Error::io(&aside, e))
}

/// Like [`write()`], for files whose bytes are at hand.
pub fn write_files(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Error> {
    let is_there = || files.iter().all(|(name, bytes)| fs::read(dir.join(name)).is_ok_and(|there| there == *bytes));
    write(dir, is_there, |dir| files.iter().try_for_each(|(name, bytes)| write_later(&dir.join(name), bytes)))
}

/// Writes a file and waits until the disk has it.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let written = File::create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|e| Error::io(path, e))
}

/// Writes a file in a folder that [`write()`] fills, which waits for the disk once for all of its files.
pub fn write_later(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::write(path, bytes).map_err(|e| Error::io(path, e))
}

/// Waits until the disk has every file of a folder; all at once, because a disk takes many together as fast as one.
fn sync_files(dir: &Path) -> Result<(), Error> {
    let entries: Vec<_> = fs::read_dir(dir).and_then(Iterator::collect).map_err(|e| Error::io(dir, e))?;
    let sync = |path: &Path| {
        let synced = File::options().write(true).open(path).and_then(|file| file.sync_all());
        synced.map_err(|e| Error::io(path, e))
    };
    thread::scope(|scope| {
        let syncing: Vec<_> = entries.iter().map(|entry| scope.spawn(|| sync(&entry.path()))).collect();
        syncing.into_iter().try_for_each(|file| file.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// The hidden folders in `parent` that nobody is at work in: what killed writers have left.
pub fn unfinished(parent: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    if !parent.exists() {
        return Ok(found);
    }
    for entry in fs::read_dir(parent).map_err(|e| Error::io(parent, e))? {
        let path = entry.map_err(|e| Error::io(parent, e))?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_hidden && File::open(&path).is_ok_and(|folder| is_free(&folder)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether nobody else holds a folder, which is then held until the handle is closed; where locks are unknown, none is.
fn is_free(folder: &File) -> bool {
    !matches!(folder.try_lock(), Err(TryLockError::WouldBlock))
}

/// Removes what killed writers have left in `parent`, and names it; what a living one is at work in stays.
pub fn remove_unfinished(parent: &Path) -> Result<Vec<PathBuf>, Error> {
    let found = unfinished(parent)?;
    for path in &found {
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        removed.map_err(|e| Error::io(path, e))?;
    }
    Ok(found)
}

/// A name of its own for every writing, so that two at once do not disturb each other.
fn hidden_beside(dir: &Path) -> PathBuf {
    static WRITINGS: AtomicU64 = AtomicU64::new(0);
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    let writing = WRITINGS.fetch_add(1, Ordering::Relaxed);
    dir.with_file_name(format!(".{name}.partial-{}-{writing}", std::process::id()))
}

/// Makes a rename or a new file name survive a power cut; not every system allows it, so a refusal is no error.
fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(path) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> [(String, Vec<u8>); 1] {
        [("one".to_owned(), text.as_bytes().to_vec())]
    }

    #[test]
    fn what_a_living_writer_holds_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let held = Held::beside(&home.path().join("a")).unwrap();
        let left = home.path().join(".b.partial-1-0");
        fs::create_dir(&left).unwrap();
        fs::write(home.path().join(".c"), b"a file of an older program").unwrap();
        assert_eq!(remove_unfinished(home.path()).unwrap(), [left, home.path().join(".c")]);
        assert!(held.path().exists());
        let path = held.path().to_owned();
        drop(held);
        assert_eq!(remove_unfinished(home.path()).unwrap(), [path]);
    }

    #[test]
    fn a_damaged_folder_gives_way_and_a_sound_one_stays() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("a");
        write_files(&dir, &one("as it should be")).unwrap();
        fs::write(dir.join("one"), b"damaged").unwrap();
        write_files(&dir, &one("as it should be")).unwrap();
        assert_eq!(fs::read(dir.join("one")).unwrap(), b"as it should be");
        let before = fs::metadata(&dir).unwrap().modified().unwrap();
        write_files(&dir, &one("as it should be")).unwrap();
        assert_eq!(fs::metadata(&dir).unwrap().modified().unwrap(), before);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "nothing else stays");
    }

    #[test]
    fn a_failed_writing_leaves_what_was_there() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("a");
        write_files(&dir, &one("before")).unwrap();
        let full = |path: &Path| Err(Error::io(path, std::io::Error::from(std::io::ErrorKind::StorageFull)));
        let error = write(&dir, || false, full).unwrap_err();
        assert!(error.is_disk_full() && error.to_string().contains("磁盘已满"), "{error}");
        assert_eq!(fs::read(dir.join("one")).unwrap(), b"before");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "nothing half written stays");
    }
}
