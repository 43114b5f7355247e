//! Taking documents in: cut into splits, each of which becomes visible at once and whole.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use documents::{Document, LegalState};

use crate::{
    Error, Result,
    changes::{self, Overlays},
    manifest::{self, ChangesEntry, Manifest, SplitEntry},
    same::{self, Contrary, Group, Known, Met, Pending, Place},
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

/// What became of the documents that were taken in; the four add up to what was given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Documents of which nothing was known.
    pub new: u64,
    /// Documents that changed one that was there, or showed several to be one.
    pub changed: u64,
    /// Documents that said nothing new.
    pub unchanged: u64,
    /// Documents that contradict an earlier one of their number and were left out.
    pub contrary: u64,
}

/// Takes documents into a corpus. Only one can be open at a time.
pub struct Writer {
    pub(crate) folder: PathBuf,
    _lock: File,
    pub(crate) budget: Budget,
    pub(crate) manifest: Manifest,
    pub(crate) overlays: Overlays,
    pub(crate) splits: Vec<Split>,
    known: Known,
    pending: Pending,
    bytes: usize,
    progress: BTreeMap<String, u64>,
    /// Whether states or owners were noted that are not visible yet.
    is_noted: bool,
    taken: Taken,
    contrary: Vec<Contrary>,
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
            known: Known::default(),
            pending: Pending::default(),
            bytes: 0,
            is_noted: false,
            taken: Taken::default(),
            contrary: Vec::new(),
        };
        writer.clear_away()?;
        writer.open_splits()?;
        writer.renew()?;
        writer.known = Known::of(&writer.splits)?;
        Ok(writer)
    }

    /// How many documents of a source file are already in splits: an import that was killed goes on from there.
    pub fn progress(&self, file: &str) -> u64 {
        self.manifest.progress.get(file).copied().unwrap_or(0)
    }

    /// Takes a document in. One that shares an identity with earlier ones is merged with them.
    pub fn add(&mut self, document: Document) -> Result<()> {
        let bytes = text_bytes(&document);
        match self.pending.add(document) {
            Met::Nothing => self.bytes += bytes,
            Met::Same => self.taken.unchanged += 1,
            Met::Changed { others } => {
                self.taken.changed += 1 + others;
                self.bytes += bytes;
            }
            Met::Contrary(contrary) => self.set_aside(contrary),
        }
        if self.pending.len() >= self.budget.documents || self.bytes >= self.budget.bytes {
            self.commit()?;
        }
        Ok(())
    }

    fn set_aside(&mut self, contrary: Contrary) {
        self.taken.contrary += 1;
        self.contrary.push(contrary);
    }

    /// The documents that were not taken in since this was asked last, because they contradict earlier ones of their numbers.
    /// Some are known only when a split is cut, so that it is to be asked once more after the last [`Writer::commit`].
    pub fn take_contrary(&mut self) -> Vec<Contrary> {
        std::mem::take(&mut self.contrary)
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
        let documents = self.pending.take();
        self.bytes = 0;
        let done = self.cut(documents);
        if done.is_err() {
            self.progress = self.manifest.progress.clone();
        }
        done.map(|()| self.taken)
    }

    fn cut(&mut self, documents: Vec<Document>) -> Result<()> {
        let (documents, superseded) = self.merge_with_earlier(documents)?;
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
        documents.iter().for_each(|document| self.known.add(document));
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
                _ => Split::open(&self.folder, entry, overlay, None)?,
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
    /// the others with the rows that are superseded by split.
    fn merge_with_earlier(&mut self, documents: Vec<Document>) -> Result<(Vec<Document>, Superseded)> {
        let groups = same::groups(documents, |document| {
            self.known.rows(&self.splits, &self.overlays, &same::identities(document))
        })?;
        let mut earlier = self.documents_at(&groups)?;
        let mut superseded = Superseded::new();
        let mut news = Vec::with_capacity(groups.len());
        for Group { document, rows, given } in groups {
            let mut before = rows.iter().filter_map(|row| earlier.remove(row));
            let Some(first) = before.next() else {
                self.taken.new += 1;
                self.taken.changed += given - 1;
                news.push(document);
                continue;
            };
            if let Some(contrary) = Contrary::of(&first, &document) {
                self.taken.contrary += given - 1;
                self.set_aside(contrary);
                continue;
            }
            let one = before.chain([document]).fold(first.clone(), |one, other| same::joined(&one, other));
            if one == first && rows.len() == 1 {
                self.taken.unchanged += given;
                continue;
            }
            self.taken.changed += given;
            for (split, row) in rows {
                superseded.entry(self.splits[split].entry.id.clone()).or_default().push(row);
            }
            news.push(one);
        }
        Ok((news, superseded))
    }

    /// The documents in the rows of these groups, with what was learned of them later.
    fn documents_at(&self, groups: &[Group]) -> Result<HashMap<Place, Document>> {
        let mut places: Vec<Place> = groups.iter().flat_map(|group| group.rows.iter().copied()).collect();
        places.sort_unstable();
        let mut documents = HashMap::with_capacity(places.len());
        for of_split in places.chunk_by(|a, b| a.0 == b.0) {
            let split = of_split[0].0;
            let rows: Vec<u32> = of_split.iter().map(|(_, row)| *row).collect();
            let overlay = self.overlays.get(&self.splits[split].entry.id);
            for (row, document) in rows.iter().zip(self.splits[split].rows.documents(&rows)?) {
                let document = match overlay {
                    Some(overlay) => overlay.applied(*row, document),
                    None => document,
                };
                documents.insert((split, *row), document);
            }
        }
        Ok(documents)
    }

    /// The split and the row of a key.
    fn locate(&self, key: &str) -> Result<Option<Place>> {
        Ok(self.known.rows(&self.splits, &self.overlays, &[same::of_key(key)])?.pop_last())
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

/// The rows whose place newer versions take, by split.
type Superseded = BTreeMap<String, Vec<u32>>;

/// About what a document takes in memory.
pub(crate) fn text_bytes(document: &Document) -> usize {
    const REST: usize = 1_024;
    let texts = [&document.titles, &document.abstracts, &document.claims, &document.descriptions];
    REST + texts.into_iter().flatten().map(|text| text.text.len()).sum::<usize>()
}
