//! What is kept of each intake beside the corpus: a file of its counts, and a list of what was set aside, a line each, written
//! as it is found, so that a killed intake leaves what it had found.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Error;

/// An intake (收录); `read == new + joined + set_aside` of one that ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intake {
    /// Its running number, from 1.
    pub number: u64,
    /// Who asked for it.
    pub by: String,
    /// When.
    pub at: String,
    /// The records that were read.
    pub read: u64,
    /// The documents of which nothing was known.
    pub new: u64,
    /// Those that joined one that was there, or said nothing new.
    pub joined: u64,
    /// The records that were set aside.
    pub set_aside: u64,
    /// What became of each file.
    pub files: Vec<TakenFile>,
    /// Whether it was told to stop before the end.
    pub is_stopped: bool,
    /// Whether it came to its end; what was killed did not.
    pub is_ended: bool,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenFile {
    /// Its name.
    pub file: String,
    /// Its format, such as `cnipa-xml`; several are joined by `+`.
    pub format: String,
    /// The encoding of its text; empty for workbooks.
    pub encoding: String,
    /// The records that were read of it now.
    pub read: u64,
    /// Those that had been taken in before.
    pub skipped: u64,
    /// Those that could not be read; what contradicts earlier documents is known later and not counted here.
    pub set_aside: u64,
    /// Whether it had been taken in before with the same content.
    pub is_known: bool,
    /// Why it could not be read, or not to its end; empty where it was.
    pub fault: String,
    /// Values that were left out of documents because they could not be believed, by reason.
    pub doubts: BTreeMap<String, u64>,
    /// What was no record, by what it was: sheets, parts, repeated headings.
    pub passed_over: BTreeMap<String, u64>,
}

/// A record that was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// The file it came from.
    pub file: String,
    /// Where it stands in the file: 第 12 行, 第 3 篇.
    pub place: String,
    /// Why, in Chinese.
    pub reason: String,
    /// Its number, where one is known; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// Its beginning as the file has it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
}

/// Where the intakes are kept, below the folder of the corpus.
pub(crate) const FOLDER: &str = "intakes";

/// An intake that is going on.
pub struct Log {
    folder: PathBuf,
    intake: Intake,
    lines: BufWriter<File>,
    /// How many stand on the list.
    listed: u64,
}

impl Log {
    /// Begins the next intake of a corpus; its writer must be open, so that there is one at a time.
    pub(super) fn begin(corpus: &Path, by: &str, at: Timestamp) -> Result<Self, Error> {
        let folder = corpus.join(FOLDER);
        fs::create_dir_all(&folder).map_err(|cause| Error::io(&folder, cause))?;
        let number = numbers(&folder)?.last().map_or(1, |last| last + 1);
        let intake = Intake { number, by: by.to_owned(), at: at.to_string(), ..Intake::default() };
        write(&head_path(&folder, number), &intake)?;
        let path = list_path(&folder, number);
        let lines = BufWriter::new(File::create(&path).map_err(|cause| Error::io(&path, cause))?);
        Ok(Self { folder, intake, lines, listed: 0 })
    }

    /// Puts a record on the list.
    pub(super) fn set_aside(&mut self, one: SetAside) -> Result<(), Error> {
        self.listed += 1;
        let path = list_path(&self.folder, self.intake.number);
        serde_json::to_writer(&mut self.lines, &one)
            .map_err(std::io::Error::from)
            .and_then(|()| self.lines.write_all(b"\n"))
            .and_then(|()| self.lines.flush())
            .map_err(|cause| Error::io(&path, cause))
    }

    /// Notes what became of a file.
    pub(super) fn file(&mut self, told: TakenFile) {
        self.intake.read += told.read;
        self.intake.files.push(told);
    }

    /// Notes what became of the documents, and that it is over.
    pub(super) fn end(mut self, taken: corpus::Taken, is_stopped: bool) -> Result<Intake, Error> {
        self.intake.new = taken.new;
        self.intake.joined = taken.changed + taken.unchanged;
        self.intake.set_aside = self.listed;
        self.intake.is_stopped = is_stopped;
        self.intake.is_ended = true;
        write(&head_path(&self.folder, self.intake.number), &self.intake)?;
        Ok(self.intake)
    }
}

/// The intakes of a corpus, the latest first.
pub fn all(corpus: &Path) -> Result<Vec<Intake>, Error> {
    let folder = corpus.join(FOLDER);
    numbers(&folder)?.into_iter().rev().map(|number| read(&head_path(&folder, number))).collect()
}

/// One intake; none where there is no such number.
pub fn one(corpus: &Path, number: u64) -> Result<Option<Intake>, Error> {
    let path = head_path(&corpus.join(FOLDER), number);
    if path.is_file() { read(&path).map(Some) } else { Ok(None) }
}

/// Every record that an intake set aside, in the order in which they were found.
pub fn set_aside(corpus: &Path, number: u64) -> Result<Vec<SetAside>, Error> {
    let path = list_path(&corpus.join(FOLDER), number);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(Error::io(&path, cause)),
    };
    let mut found = Vec::new();
    for line in BufReader::new(file).lines() {
        // The last line of one that was killed may be cut off.
        let Ok(one) = serde_json::from_str(&line.map_err(|cause| Error::io(&path, cause))?) else { break };
        found.push(one);
    }
    Ok(found)
}

/// The numbers of the intakes in a folder, the earliest first.
fn numbers(folder: &Path) -> Result<Vec<u64>, Error> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(Error::io(folder, cause)),
    };
    let number = |entry: fs::DirEntry| entry.file_name().to_str()?.strip_suffix(".json")?.parse().ok();
    let mut numbers: Vec<u64> = entries.flatten().filter_map(number).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn head_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number}.json"))
}

fn list_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number}.set-aside"))
}

fn read(path: &Path) -> Result<Intake, Error> {
    let text = fs::read(path).map_err(|cause| Error::io(path, cause))?;
    serde_json::from_slice(&text).map_err(|cause| {
        Error::Damaged(format!("收录记录 {} 读不了（{cause}）。请从备份恢复这个文件，或将它移走。", path.display()))
    })
}

/// Writes a head in the place of the earlier one, whole or not at all.
fn write(path: &Path, intake: &Intake) -> Result<(), Error> {
    let next = path.with_extension("partial");
    let text = serde_json::to_vec(intake).map_err(|cause| Error::Damaged(cause.to_string()))?;
    fs::write(&next, text).and_then(|()| fs::rename(&next, path)).map_err(|cause| Error::io(path, cause))
}
