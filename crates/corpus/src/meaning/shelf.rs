//! Where what was learnt lies: `meaning/CURRENT.json` names a model; beside it, for each split, the vectors of its rows.
//!
//! Vectors follow from the model and the split, so that whatever is missing is made when it is first needed.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use arrow::{
    array::{ArrayRef, AsArray, BinaryArray, Float32Array, RecordBatch, StringArray},
    datatypes::Float32Type,
};
use parquet::arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder};
use serde::{Deserialize, Serialize};

use super::{DIRECTIONS, Lesson, Meaning, Vector};
use crate::{Corpus, Error, Result, manifest, split::Split};

const FOLDER: &str = "meaning";
const CURRENT: &str = "CURRENT.json";
/// So many documents are learnt from, spread evenly over the corpus.
const LEARNT_MAX: u64 = 50_000;

/// What was learnt, and from what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learnt {
    /// The number of the snapshot that it was learnt from.
    pub snapshot: u64,
    /// How many documents were read.
    pub documents: u64,
    /// How many words were learnt.
    pub words: u64,
    /// SHA-256 of the file of the model.
    pub sha256: String,
}

impl Learnt {
    fn model(&self) -> String {
        format!("{}.parquet", &self.sha256[..16])
    }

    fn vectors(&self, split: &str) -> String {
        format!("{}-{split}.vectors", &self.sha256[..16])
    }

    /// Whether it is a name that nothing else in the folder bears.
    fn is_sound(&self) -> bool {
        self.sha256.len() == 64 && self.sha256.bytes().all(|byte| byte.is_ascii_hexdigit())
    }
}

/// A model with the vectors of a snapshot's rows, split by split.
pub(crate) struct Loaded {
    sha256: String,
    pub(crate) meaning: Meaning,
    pub(crate) vectors: Vec<Vec<Vector>>,
}

/// What was read of the model, until another takes its place.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<Option<Arc<Loaded>>>);

impl Corpus {
    /// What was learnt of the meaning of words; none while nobody has it learnt.
    pub fn learnt(&self) -> Result<Option<Learnt>> {
        learnt(self.folder())
    }

    /// Learns the meaning of words from documents spread evenly over this snapshot, and places every document by it.
    ///
    /// `go_on` is told how many of so many steps are done, and may stop it: then what was learnt before stays.
    pub fn learn(&self, go_on: &mut dyn FnMut(u64, u64) -> bool) -> Result<Option<Learnt>> {
        let every = self.manifest().documents().div_ceil(LEARNT_MAX).max(1);
        let (mut lesson, mut at, mut documents) = (Lesson::default(), 0_u64, 0_u64);
        let steps = self.splits().len() as u64 * 2 + super::ROUNDS as u64;
        for (place, split) in self.splits().iter().enumerate() {
            if !go_on(place as u64, steps) {
                return Ok(None);
            }
            let mut rows = Vec::new();
            for row in (0..split.entry.rows).filter(|row| !split.segment.is_deleted(*row)) {
                if at % every == 0 {
                    rows.push(row);
                }
                at += 1;
            }
            for some in rows.chunks(1_000) {
                split.rows.documents(some)?.iter().for_each(|document| lesson.add(document));
            }
            documents += rows.len() as u64;
        }
        let before = self.splits().len() as u64;
        let Some(meaning) = lesson.learn(&mut |round| go_on(before + round as u64, steps)) else { return Ok(None) };
        let folder = self.folder().join(FOLDER);
        fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        let partial = folder.join("model.partial");
        write(&partial, &meaning)?;
        let learnt = Learnt {
            snapshot: self.manifest().number,
            documents,
            words: meaning.words.len() as u64,
            sha256: manifest::sha256(&partial)?,
        };
        let place = folder.join(learnt.model());
        fs::rename(&partial, &place).map_err(Error::io(&partial))?;
        for (at, split) in self.splits().iter().enumerate() {
            if !go_on(before + super::ROUNDS as u64 + at as u64, steps) {
                return Ok(None);
            }
            vectors(&folder, &learnt, &meaning, split)?;
        }
        let next = folder.join("CURRENT.next");
        manifest::write_synced(&next, &serde_json::to_vec_pretty(&learnt)?)?;
        fs::rename(&next, folder.join(CURRENT)).map_err(Error::io(&next))?;
        manifest::sync_folder(&folder)?;
        self.tidy(&learnt)?;
        Ok(Some(learnt))
    }

    /// Forgets what was learnt; documents are ranked by words alone again. False where nothing was learnt.
    pub fn forget(&self) -> Result<bool> {
        let folder = self.folder().join(FOLDER);
        if self.learnt()?.is_none() {
            return Ok(false);
        }
        // The name first, so that nobody looks for what is being removed.
        let current = folder.join(CURRENT);
        fs::remove_file(&current).map_err(Error::io(&current))?;
        fs::remove_dir_all(&folder).map_err(Error::io(&folder))?;
        Ok(true)
    }

    /// Removes the models of before, and the vectors of splits that are gone.
    fn tidy(&self, learnt: &Learnt) -> Result<()> {
        let folder = self.folder().join(FOLDER);
        let mut used = vec![CURRENT.to_owned(), learnt.model()];
        used.extend(self.splits().iter().map(|split| learnt.vectors(&split.entry.id)));
        for item in fs::read_dir(&folder).map_err(Error::io(&folder))?.flatten() {
            if !used.iter().any(|name| **name == *item.file_name()) {
                fs::remove_file(item.path()).map_err(Error::io(&item.path()))?;
            }
        }
        Ok(())
    }

    /// The model with the vectors of every row; none while nothing was learnt.
    pub(crate) fn placed(&self) -> Result<Option<Arc<Loaded>>> {
        let Some(learnt) = self.learnt()? else { return Ok(None) };
        let mut kept = self.shelf().0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = kept.as_ref().filter(|loaded| loaded.sha256 == learnt.sha256) {
            return Ok(Some(Arc::clone(loaded)));
        }
        let folder = self.folder().join(FOLDER);
        let meaning = read(&folder, &learnt)?;
        let of_split = |split| vectors(&folder, &learnt, &meaning, split);
        let vectors = self.splits().iter().map(of_split).collect::<Result<_>>()?;
        let loaded = Arc::new(Loaded { sha256: learnt.sha256, meaning, vectors });
        *kept = Some(Arc::clone(&loaded));
        Ok(Some(loaded))
    }
}

/// Places the documents that came into a corpus since its meaning was learnt, if it was.
pub fn place_by_meaning(folder: &Path) -> Result<()> {
    let Some(learnt) = learnt(folder)? else { return Ok(()) };
    let (corpus, place) = (Corpus::open(folder)?, folder.join(FOLDER));
    let is_placed = |split: &Split| place.join(learnt.vectors(&split.entry.id)).exists();
    if !corpus.splits().iter().all(is_placed) {
        let meaning = read(&place, &learnt)?;
        corpus.splits().iter().try_for_each(|split| vectors(&place, &learnt, &meaning, split).map(drop))?;
    }
    corpus.tidy(&learnt)
}

/// The files of what was learnt, by their paths below the corpus; vectors are made again from them.
pub(crate) fn files(corpus: &Path) -> Result<Vec<String>> {
    let learnt = learnt(corpus)?;
    Ok(learnt
        .map(|learnt| vec![format!("{FOLDER}/{CURRENT}"), format!("{FOLDER}/{}", learnt.model())])
        .unwrap_or_default())
}

fn learnt(corpus: &Path) -> Result<Option<Learnt>> {
    let path = corpus.join(FOLDER).join(CURRENT);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(&path)(error)),
    };
    let learnt: Learnt = serde_json::from_slice(&text).map_err(|error| Error::damaged(&path, error.to_string()))?;
    if learnt.is_sound() { Ok(Some(learnt)) } else { Err(Error::damaged(&path, "校验和的写法不对")) }
}

fn write(path: &Path, meaning: &Meaning) -> Result<()> {
    let mut words: Vec<(&str, u32, f32)> =
        meaning.words.iter().map(|(word, (place, rarity))| (word.as_str(), *place, *rarity)).collect();
    words.sort_unstable_by_key(|(_, place, _)| *place);
    let bytes: Vec<Vec<u8>> = meaning
        .directions
        .chunks_exact(DIRECTIONS)
        .map(|word| word.iter().flat_map(|part| part.to_le_bytes()).collect())
        .collect();
    let columns: [(&str, ArrayRef); 3] = [
        ("word", Arc::new(words.iter().map(|(word, ..)| Some(*word)).collect::<StringArray>())),
        (
            "rarity",
            Arc::new(
                words.iter().map(|(.., rarity)| *rarity).collect::<Vec<_>>().into_iter().collect::<Float32Array>(),
            ),
        ),
        ("directions", Arc::new(BinaryArray::from_iter_values(bytes))),
    ];
    let batch = RecordBatch::try_from_iter(columns)?;
    let file = File::create(path).map_err(Error::io(path))?;
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None)?;
    writer.write(&batch)?;
    writer.finish()?;
    writer.inner().sync_all().map_err(Error::io(path))
}

fn read(folder: &Path, learnt: &Learnt) -> Result<Meaning> {
    let path = folder.join(learnt.model());
    let damaged = |reason: &str| Error::damaged(&path, reason);
    if manifest::sha256(&path)? != learnt.sha256 {
        return Err(damaged("校验和不符"));
    }
    let file = File::open(&path).map_err(Error::io(&path))?;
    let mut meaning = Meaning { words: Default::default(), directions: Vec::new() };
    for batch in ParquetRecordBatchReaderBuilder::try_new(file)?.build()? {
        let batch = batch?;
        let (Some(words), Some(rarities), Some(directions)) = (
            batch.column(0).as_string_opt::<i32>(),
            batch.column(1).as_primitive_opt::<Float32Type>(),
            batch.column(2).as_binary_opt::<i32>(),
        ) else {
            return Err(damaged("列的类型不对"));
        };
        for at in 0..batch.num_rows() {
            let place = u32::try_from(meaning.words.len()).map_err(|_| damaged("词太多"))?;
            meaning.words.insert(words.value(at).to_owned(), (place, rarities.value(at)));
            let parts = directions.value(at).chunks_exact(4).map(|part| [part[0], part[1], part[2], part[3]]);
            meaning.directions.extend(parts.map(f32::from_le_bytes));
        }
    }
    if meaning.directions.len() != meaning.words.len() * DIRECTIONS {
        return Err(damaged("方向的个数不对"));
    }
    Ok(meaning)
}

/// The vectors of a split's rows, read, or made and kept where they are not there or not whole.
fn vectors(folder: &Path, learnt: &Learnt, meaning: &Meaning, split: &Split) -> Result<Vec<Vector>> {
    let path = folder.join(learnt.vectors(&split.entry.id));
    let rows = split.entry.rows as usize;
    if let Ok(bytes) = fs::read(&path)
        && bytes.len() == rows * DIRECTIONS
    {
        return Ok(bytes.chunks_exact(DIRECTIONS).map(signed).collect());
    }
    let mut vectors = Vec::with_capacity(rows);
    split.rows.each_document(None, |document| {
        vectors.push(meaning.of_document(&document));
        Ok(())
    })?;
    keep(&path, &vectors)?;
    Ok(vectors)
}

fn signed(bytes: &[u8]) -> Vector {
    std::array::from_fn(|at| bytes[at].cast_signed())
}

/// Writes vectors beside their place first, so that a file that bears its name is whole.
fn keep(path: &Path, vectors: &[Vector]) -> Result<()> {
    let bytes: Vec<u8> = vectors.iter().flatten().map(|part| part.cast_unsigned()).collect();
    let partial: PathBuf = path.with_extension(format!("{}.partial", std::process::id()));
    manifest::write_synced(&partial, &bytes)?;
    fs::rename(&partial, path).map_err(Error::io(path))
}
