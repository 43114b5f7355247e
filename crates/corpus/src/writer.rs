//! Taking documents in: cut into splits, each of which becomes visible at once and whole.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs::{self, File, TryLockError},
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

use documents::{Document, LegalState};

use crate::{
    Error, Result,
    changes::{self, Overlays},
    manifest::{self, ChangesEntry, Manifest, SplitEntry},
    split::{self, Split},
};

/// When a split is cut.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// At so many documents.
    pub documents: usize,
    /// At so many bytes of text, which bounds the memory.
    pub bytes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { documents: 100_000, bytes: 256 * 1024 * 1024 }
    }
}

/// What became of the documents that were taken in; the three add up to what was given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Documents with a new key.
    pub new: u64,
    /// Documents that changed one that was there.
    pub changed: u64,
    /// Documents that said nothing new.
    pub unchanged: u64,
}

/// Takes documents into a corpus. Only one can be open at a time.
pub struct Writer {
    pub(crate) folder: PathBuf,
    _lock: File,
    pub(crate) budget: Budget,
    pub(crate) manifest: Manifest,
    pub(crate) overlays: Overlays,
    pub(crate) splits: Vec<Split>,
    /// Hashes of the keys in the splits: what is not among them need not be looked up.
    known: HashSet<u64>,
    pending: Vec<Document>,
    places: HashMap<String, usize>,
    bytes: usize,
    progress: BTreeMap<String, u64>,
    /// Whether states or owners were noted that are not visible yet.
    is_noted: bool,
    taken: Taken,
}

impl Writer {
    /// Opens the corpus in a folder for writing; makes an empty one where there is none.
    pub fn open(folder: &Path) -> Result<Self> {
        Self::with_budget(folder, Budget::default())
    }

    /// Opens the corpus with another budget for its splits.
    pub fn with_budget(folder: &Path, budget: Budget) -> Result<Self> {
        for folder in [folder, &manifest::splits_folder(folder), &folder.join("changes")] {
            fs::create_dir_all(folder).map_err(Error::io(folder))?;
        }
        let lock = lock(folder)?;
        let manifest = Manifest::read(folder)?.unwrap_or_else(Manifest::empty);
        let overlays = read_changes(folder, &manifest)?;
        let mut writer = Self {
            folder: folder.to_owned(),
            _lock: lock,
            budget,
            progress: manifest.progress.clone(),
            manifest,
            overlays,
            splits: Vec::new(),
            known: HashSet::new(),
            pending: Vec::new(),
            places: HashMap::new(),
            bytes: 0,
            is_noted: false,
            taken: Taken::default(),
        };
        writer.clear_away()?;
        writer.open_splits()?;
        for split in &writer.splits {
            split.rows.each_key(|key| {
                writer.known.insert(hash(key));
            })?;
        }
        Ok(writer)
    }

    /// How many documents of a source file are already in splits: an import that was killed goes on from there.
    pub fn progress(&self, file: &str) -> u64 {
        self.manifest.progress.get(file).copied().unwrap_or(0)
    }

    /// Takes a document in. One with a key that is there already is merged with the earlier one.
    pub fn add(&mut self, document: Document) -> Result<()> {
        match self.places.get(&document.key) {
            Some(&at) => {
                let earlier = std::mem::take(&mut self.pending[at]);
                self.pending[at] = joined(&earlier, document);
                if self.pending[at] == earlier {
                    self.taken.unchanged += 1;
                } else {
                    self.taken.changed += 1;
                }
                return Ok(());
            }
            None => self.places.insert(document.key.clone(), self.pending.len()),
        };
        self.bytes += text_bytes(&document);
        self.pending.push(document);
        if self.pending.len() >= self.budget.documents || self.bytes >= self.budget.bytes {
            self.commit()?;
        }
        Ok(())
    }

    /// Says that the first so many documents of a source file have been given to [`Writer::add`].
    ///
    /// It is kept with the next split, not before. Call it before the `add` that may cut one.
    pub fn mark(&mut self, file: &str, ordinal: u64) {
        self.progress.insert(file.to_owned(), ordinal);
    }

    /// Makes everything that was added visible and returns what became of it since the writer was opened.
    ///
    /// After an error nothing of it is visible; [`Writer::progress`] says from where to give it again.
    pub fn commit(&mut self) -> Result<Taken> {
        let documents = std::mem::take(&mut self.pending);
        self.places.clear();
        self.bytes = 0;
        let done = self.cut(documents);
        if done.is_err() {
            self.progress = self.manifest.progress.clone();
        }
        done.map(|()| self.taken)
    }

    fn cut(&mut self, mut documents: Vec<Document>) -> Result<()> {
        let superseded = self.merge_with_earlier(&mut documents)?;
        if documents.is_empty() && !self.is_noted && self.progress == self.manifest.progress {
            return Ok(());
        }
        let mut entries = self.manifest.splits.clone();
        if !documents.is_empty() {
            entries.push(split::build(&self.folder, &self.next_id(0), &documents)?);
        }
        let mut overlays = self.overlays.clone();
        for (split, rows) in superseded {
            overlays.entry(split).or_default().gone.extend(rows);
        }
        self.publish(entries, overlays)?;
        self.known.extend(documents.iter().map(|document| hash(&document.key)));
        Ok(())
    }

    /// Notes a legal state that was learned after the document; false where there is no such document.
    ///
    /// It becomes visible with the next [`Writer::commit`].
    pub fn set_state(&mut self, key: &str, state: LegalState) -> Result<bool> {
        let Some((at, row)) = self.locate(key)? else { return Ok(false) };
        self.overlays.entry(self.splits[at].entry.id.clone()).or_default().states.insert(row, state);
        self.is_noted = true;
        Ok(true)
    }

    /// Notes the owners that were learned after the document; false where there is no such document.
    pub fn set_owners(&mut self, key: &str, owners: Vec<String>) -> Result<bool> {
        let Some((at, row)) = self.locate(key)? else { return Ok(false) };
        self.overlays.entry(self.splits[at].entry.id.clone()).or_default().owners.insert(row, owners);
        self.is_noted = true;
        Ok(true)
    }

    /// Writes the changes, publishes the manifest and opens what is new in it.
    pub(crate) fn publish(&mut self, entries: Vec<SplitEntry>, mut overlays: Overlays) -> Result<()> {
        let number = self.manifest.number + 1;
        let mut next = Manifest { number, splits: entries, progress: self.progress.clone(), ..self.manifest.clone() };
        for entry in &mut next.splits {
            let gone = overlays.get(&entry.id).map_or(0, |overlay| overlay.gone.len());
            entry.live = entry.rows - u32::try_from(gone).unwrap_or(entry.rows);
        }
        overlays.retain(|id, _| next.splits.iter().any(|entry| entry.id == *id));
        next.changes = match overlays.is_empty() {
            true => None,
            false => Some(self.write_changes(number, &overlays)?),
        };
        next.publish(&self.folder)?;
        self.manifest = next;
        self.overlays = overlays;
        self.is_noted = false;
        self.open_splits()
    }

    /// Opens the splits of the manifest that are not open, or not with their present changes.
    fn open_splits(&mut self) -> Result<()> {
        let mut open: HashMap<String, Split> =
            std::mem::take(&mut self.splits).into_iter().map(|split| (split.entry.id.clone(), split)).collect();
        for entry in &self.manifest.splits {
            let overlay = self.overlays.get(&entry.id).cloned().unwrap_or_default();
            self.splits.push(match open.remove(&entry.id) {
                Some(split) if split.overlay == overlay => split,
                _ => Split::open(&self.folder, entry, overlay)?,
            });
        }
        Ok(())
    }

    fn write_changes(&self, number: u64, overlays: &Overlays) -> Result<ChangesEntry> {
        let file = format!("{number}.parquet");
        let path = self.folder.join("changes").join(&file);
        changes::write(&path, overlays)?;
        Ok(ChangesEntry { sha256: manifest::sha256(&path)?, file })
    }

    /// A name that no split has, so many after the last.
    pub(crate) fn next_id(&self, more: usize) -> String {
        let last = self.manifest.splits.iter().filter_map(|split| split.id.parse::<u64>().ok()).max().unwrap_or(0);
        format!("{:08}", last + 1 + more as u64)
    }

    /// Merges documents with their earlier versions in the splits, drops those that say nothing new, and returns
    /// the rows that are superseded by split.
    fn merge_with_earlier(&mut self, documents: &mut Vec<Document>) -> Result<BTreeMap<String, Vec<u32>>> {
        let mut earlier: BTreeMap<usize, Vec<(u32, usize)>> = BTreeMap::new();
        for (at, document) in documents.iter().enumerate() {
            match self.locate(&document.key)? {
                Some((split, row)) => earlier.entry(split).or_default().push((row, at)),
                None => self.taken.new += 1,
            }
        }
        let mut superseded: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        let mut same = HashSet::new();
        for (split, mut places) in earlier {
            places.sort_unstable();
            let rows: Vec<u32> = places.iter().map(|(row, _)| *row).collect();
            let split = &self.splits[split];
            let overlay = self.overlays.get(&split.entry.id);
            for ((row, at), old) in places.into_iter().zip(split.rows.documents(&rows)?) {
                let old = match overlay {
                    Some(overlay) => overlay.applied(row, old),
                    None => old,
                };
                documents[at] = joined(&old, std::mem::take(&mut documents[at]));
                if documents[at] == old {
                    self.taken.unchanged += 1;
                    same.insert(at);
                } else {
                    self.taken.changed += 1;
                    superseded.entry(split.entry.id.clone()).or_default().push(row);
                }
            }
        }
        let mut at = 0;
        documents.retain(|_| {
            at += 1;
            !same.contains(&(at - 1))
        });
        Ok(superseded)
    }

    /// The split and the row of a key.
    fn locate(&self, key: &str) -> Result<Option<(usize, u32)>> {
        if !self.known.contains(&hash(key)) {
            return Ok(None);
        }
        for (at, split) in self.splits.iter().enumerate().rev() {
            if let Some(row) = split.row_of(key)?
                && !self.overlays.get(&split.entry.id).is_some_and(|overlay| overlay.gone.contains(&row))
            {
                return Ok(Some((at, row)));
            }
        }
        Ok(None)
    }

    /// Removes what killed writers left: folders that the manifest does not name, files of older snapshots.
    fn clear_away(&self) -> Result<()> {
        let splits = manifest::splits_folder(&self.folder);
        for item in fs::read_dir(&splits).map_err(Error::io(&splits))?.flatten() {
            let name = item.file_name();
            if !self.manifest.splits.iter().any(|split| *split.id == *name) {
                fs::remove_dir_all(item.path()).map_err(Error::io(&item.path()))?;
            }
        }
        let changes = self.folder.join("changes");
        for item in fs::read_dir(&changes).map_err(Error::io(&changes))?.flatten() {
            let name = item.file_name();
            if self.manifest.changes.as_ref().is_none_or(|entry| *entry.file != *name) {
                fs::remove_file(item.path()).map_err(Error::io(&item.path()))?;
            }
        }
        Ok(())
    }
}

/// The changes that a manifest names, their checksum verified.
pub(crate) fn read_changes(folder: &Path, manifest: &Manifest) -> Result<Overlays> {
    let Some(entry) = &manifest.changes else { return Ok(Overlays::new()) };
    let path = folder.join("changes").join(&entry.file);
    if manifest::sha256(&path)? != entry.sha256 {
        return Err(Error::damaged(&path, "校验和不符"));
    }
    changes::read(&path)
}

fn lock(folder: &Path) -> Result<File> {
    let path = folder.join("LOCK");
    let file = File::create(&path).map_err(Error::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Locked(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(Error::io(&path)(error)),
    }
}

/// The one document that two sources say, under the key by which it was found.
pub(crate) fn joined(earlier: &Document, later: Document) -> Document {
    if later == *earlier {
        return later;
    }
    let mut one = earlier.clone().merge(later);
    one.key.clone_from(&earlier.key);
    one
}

fn hash(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// About what a document takes in memory.
pub(crate) fn text_bytes(document: &Document) -> usize {
    const REST: usize = 1_024;
    let texts = [&document.titles, &document.abstracts, &document.claims, &document.descriptions];
    REST + texts.into_iter().flatten().map(|text| text.text.len()).sum::<usize>()
}
