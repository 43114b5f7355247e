//! What a snapshot of the corpus consists of, and how one takes the place of another.
//!
//! `manifest-<n>.json` is written and synced first, then `CURRENT`, which names it, is renamed into place:
//! whoever is killed in between leaves the last snapshot readable.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Error, Result};

const CURRENT: &str = "CURRENT";
const FORMAT: u32 = 1;
/// So many manifests are kept, for readers that have just opened an older one.
const KEPT: u64 = 3;

/// A snapshot of the corpus (专利库快照).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of this file.
    pub format: u32,
    /// The number of the snapshot; it rises by one with each.
    pub number: u64,
    /// The splits, in the order they were made.
    pub splits: Vec<SplitEntry>,
    /// The file of later changes, where there are any.
    pub changes: Option<ChangesEntry>,
    /// How far each source file has been taken in: the ordinal after the last document of it that is in a split.
    pub progress: BTreeMap<String, u64>,
}

/// A split as the manifest names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitEntry {
    /// The name of its folder.
    pub id: String,
    /// How many rows it has, superseded ones included.
    pub rows: u32,
    /// How many rows are not superseded.
    pub live: u32,
    /// The first filing year of a row.
    pub first_year: Option<i16>,
    /// The last filing year of a row.
    pub last_year: Option<i16>,
    /// SHA-256 of its Parquet file.
    pub sha256: String,
    /// The bytes of its Parquet file.
    pub parquet_bytes: u64,
    /// The arrival of its latest rows, where it was compacted from splits of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived: Option<u64>,
    /// By which rules its narrow columns were derived (`row::RULES`); 0 for the first ones.
    #[serde(default)]
    pub rules: u32,
}

impl SplitEntry {
    /// The arrival (收录批次) of its rows: splits are numbered as they come. Compaction puts rows of several arrivals
    /// together, which then count as of the latest of them: what is new is never missed, what is old may be told again.
    pub fn arrival(&self) -> u64 {
        self.arrived.or_else(|| self.id.parse().ok()).unwrap_or(0)
    }
}

/// The file of changes that came after the splits were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesEntry {
    /// The name of the file in `changes/`.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
}

impl Manifest {
    /// The manifest of a corpus without documents.
    pub(crate) fn empty() -> Self {
        Self { format: FORMAT, number: 0, splits: Vec::new(), changes: None, progress: BTreeMap::new() }
    }

    /// The present manifest of a folder; none where there is no corpus yet.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>> {
        let current = folder.join(CURRENT);
        let name = match fs::read_to_string(&current) {
            Ok(name) => name,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io(&current)(error)),
        };
        let path = folder.join(name.trim());
        let text = fs::read(&path).map_err(Error::io(&path))?;
        let manifest: Self = serde_json::from_slice(&text).map_err(|error| Error::damaged(&path, error.to_string()))?;
        if manifest.format != FORMAT {
            return Err(Error::damaged(&path, format!("格式为 {}，本程序只认 {FORMAT}", manifest.format)));
        }
        Ok(Some(manifest))
    }

    /// Makes this the present manifest.
    pub(crate) fn publish(&self, folder: &Path) -> Result<()> {
        let name = file_name(self.number);
        write_synced(&folder.join(&name), &serde_json::to_vec_pretty(self)?)?;
        sync_folder(folder)?;
        let next = folder.join("CURRENT.next");
        write_synced(&next, name.as_bytes())?;
        fs::rename(&next, folder.join(CURRENT)).map_err(Error::io(&next))?;
        sync_folder(folder)?;
        for old in self.number.saturating_sub(KEPT * 4)..self.number.saturating_sub(KEPT) {
            let _ = fs::remove_file(folder.join(file_name(old)));
        }
        Ok(())
    }

    /// The files of the present snapshot in a folder, by their paths below it with `/` between their parts; whoever
    /// copies them all has the corpus. None where there is no corpus.
    pub fn files(folder: &Path) -> Result<Vec<String>> {
        let Some(manifest) = Self::read(folder)? else { return Ok(Vec::new()) };
        let mut files = vec![CURRENT.to_owned(), file_name(manifest.number)];
        files.extend(crate::meaning::files(folder)?);
        files.extend(manifest.changes.map(|changes| format!("changes/{}", changes.file)));
        for split in &manifest.splits {
            let place = splits_folder(folder).join(&split.id);
            for inner in [place.clone(), place.join("index")] {
                for entry in fs::read_dir(&inner).map_err(Error::io(&inner))?.flatten() {
                    if let (true, Ok(path)) = (entry.path().is_file(), entry.path().strip_prefix(folder)) {
                        let parts: Vec<String> =
                            path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
                        files.push(parts.join("/"));
                    }
                }
            }
        }
        Ok(files)
    }

    /// How many documents there are, superseded ones left out.
    pub fn documents(&self) -> u64 {
        self.splits.iter().map(|split| u64::from(split.live)).sum()
    }

    /// The latest arrival there is; 0 where there is no document.
    pub fn latest_arrival(&self) -> u64 {
        self.splits.iter().map(SplitEntry::arrival).max().unwrap_or(0)
    }

    /// The first and the last filing year.
    pub fn years(&self) -> Option<(i16, i16)> {
        let first = self.splits.iter().filter_map(|split| split.first_year).min()?;
        let last = self.splits.iter().filter_map(|split| split.last_year).max()?;
        Some((first, last))
    }
}

fn file_name(number: u64) -> String {
    format!("manifest-{number}.json")
}

/// Writes a file and waits until it is on disk.
pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = File::create(path).map_err(Error::io(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io(path))
}

/// Waits until the names in a folder are on disk.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io(folder))
}

/// SHA-256 of a file, in hexadecimal.
pub fn sha256(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(Error::io(path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1024 * 1024];
    loop {
        match file.read(&mut buffer).map_err(Error::io(path))? {
            0 => break,
            length => hasher.update(&buffer[..length]),
        }
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The folder of the splits.
pub(crate) fn splits_folder(folder: &Path) -> PathBuf {
    folder.join("splits")
}
