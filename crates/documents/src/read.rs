//! Reading files of patent documents: the format is told by the content, the documents are handed over one by one.
//!
//! Whatever the format, every record of a file is either a document or set aside with its reason and place, and
//! [`Summary`] says how many there were. Memory is bounded by [`Limits`], not by the file; a reading that was stopped
//! goes on at an ordinal. What the formats mean stands in the files under `read/`, one each.

mod archive;
mod cnipa;
mod columns;
mod docdb;
mod encoding;
mod ep;
mod lines;
mod ops;
mod red_book;
mod sgml;
mod split;
mod st36;
mod tables;
pub(crate) mod tree;
mod xml;

use std::{collections::BTreeMap, fs::File, io::Read, ops::ControlFlow, path::Path};

pub use xml::parse_one;

use crate::{
    document::{Document, Source},
    error::{Error, file_name},
};

const HEAD_BYTES: u64 = 64 * 1024;

/// How much of a file is read before it, or a document in it, is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// One XML or text document, in bytes; 64 MiB. A longer one is set aside.
    pub document_bytes: usize,
    /// All parts of an archive together once inflated, in bytes; 64 GiB.
    pub unzipped_bytes: u64,
    /// How many times larger than its zipped form a part above 1 MiB may be; 200.
    pub zip_ratio: u64,
    /// What tables may have.
    pub tables: sheets::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            document_bytes: 64 << 20,
            unzipped_bytes: 64 << 30,
            zip_ratio: 200,
            tables: sheets::Limits { file_bytes: 8 << 30, ..sheets::Limits::default() },
        }
    }
}

/// One record of a file.
#[derive(Debug)]
pub enum Item {
    /// A document.
    Document {
        /// What was read.
        document: Box<Document>,
        /// Which record of the file it is, counted from 0 over all its parts.
        ordinal: u64,
        /// How many bytes of the file were taken so far, for the progress; tables and archives are estimated.
        bytes: u64,
    },
    /// A record that could not be read, kept with the reason.
    SetAside {
        /// Which record of the file it is.
        ordinal: u64,
        /// Where it stands: 第 12 行, 第 3 篇.
        place: String,
        /// Why, in Chinese.
        reason: String,
        /// Its beginning as the file has it.
        excerpt: String,
        /// How many bytes of the file were taken so far.
        bytes: u64,
    },
}

/// What a file held; `records == skipped + documents + set_aside`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The format, such as `cnipa-xml`; several are joined by `+`.
    pub format: String,
    /// The encoding of its text; empty for workbooks.
    pub encoding: String,
    /// The records found.
    pub records: u64,
    /// Those before the ordinal at which the reading was resumed.
    pub skipped: u64,
    /// Those read.
    pub documents: u64,
    /// Those set aside.
    pub set_aside: u64,
    /// What was no record, by what it was: sheets, parts, repeated headings.
    pub passed_over: BTreeMap<String, u64>,
    /// Values left out of documents because they could not be believed, by reason.
    pub doubts: BTreeMap<String, u64>,
    /// Whether the receiver stopped the reading before the end.
    pub is_stopped: bool,
}

/// Reads a file from its beginning.
///
/// Items handed over before an error stand.
pub fn read(path: &Path, limits: &Limits, on_item: &mut dyn FnMut(Item) -> ControlFlow<()>) -> Result<Summary, Error> {
    read_from(path, limits, 0, on_item)
}

/// Reads a file from a record on, as after a kill; the records before it are counted and passed by unread.
pub fn read_from(
    path: &Path,
    limits: &Limits,
    ordinal: u64,
    on_item: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> Result<Summary, Error> {
    let mut sink = Sink::new(path, limits, ordinal, on_item);
    let outcome = read_one(path, &mut sink)?;
    match outcome {
        Outcome::Documents => {}
        Outcome::None { what, advice } if sink.summary.records == 0 => {
            return Err(Error::NotDocuments { file: sink.file, what, advice });
        }
        Outcome::None { what, .. } => sink.pass_over(what),
    }
    Ok(sink.summary)
}

/// What a file turned out to be.
pub(crate) enum Outcome {
    /// Its records have gone to the sink.
    Documents,
    /// Known, and without patent documents.
    None {
        /// What it is.
        what: String,
        /// What to do about it.
        advice: String,
    },
}

/// Reads one file, which may be a part of an archive laid down for the purpose.
pub(crate) fn read_one(path: &Path, sink: &mut Sink<'_>) -> Result<Outcome, Error> {
    let file = file_name(path);
    let mut reader = File::open(path).map_err(Error::io(&file, "打开文件"))?;
    if reader.metadata().map_err(Error::io(&file, "读取文件信息"))?.is_dir() {
        let source = std::io::Error::other("这是一个文件夹，请逐个给出其中的文件");
        return Err(Error::Io { file, action: "打开文件", source });
    }
    let mut head = Vec::new();
    (&mut reader).take(HEAD_BYTES).read_to_end(&mut head).map_err(Error::io(&file, "读取文件"))?;
    if head.is_empty() {
        return Err(Error::Empty { file });
    }
    match encoding::kind_of(&head) {
        encoding::Content::Zip if archive::is_workbook(path, &file)? => tables::read(path, sink),
        encoding::Content::Zip => archive::read(path, sink),
        encoding::Content::Xml => {
            let reader = File::open(path).map_err(Error::io(&file, "打开文件"))?;
            xml::read(reader, &head, path, sink)
        }
        encoding::Content::GreenBook => lines::read_green_book(path, sink),
        encoding::Content::Brs => lines::read_brs(path, sink),
        encoding::Content::PssDetail => lines::read_pss_detail(path, sink),
        encoding::Content::Table => tables::read(path, sink),
        encoding::Content::Other(seen, advice) => {
            Err(Error::Unrecognised { file, seen: seen.to_owned(), advice: advice.to_owned() })
        }
    }
}

/// A stretch of the file and what it inflates to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) start: u64,
    pub(crate) bytes: u64,
    pub(crate) inflated: u64,
}

/// Where the readers put what they find: counts, resumes, checks and hands over.
pub(crate) struct Sink<'a> {
    pub(crate) summary: Summary,
    pub(crate) limits: &'a Limits,
    /// The name of the file as the user knows it.
    pub(crate) file: String,
    /// The part of an archive being read; empty outside one.
    pub(crate) part: String,
    /// Bytes taken so far of the file, or of the part of an archive; of a table as its cells have them.
    pub(crate) bytes: u64,
    /// Where that part lies in the file.
    pub(crate) window: Window,
    resume_at: u64,
    on_item: &'a mut dyn FnMut(Item) -> ControlFlow<()>,
}

impl<'a> Sink<'a> {
    pub(crate) fn new(
        path: &Path,
        limits: &'a Limits,
        resume_at: u64,
        on_item: &'a mut dyn FnMut(Item) -> ControlFlow<()>,
    ) -> Sink<'a> {
        let summary = Summary::default();
        let length = path.metadata().map_or(0, |metadata| metadata.len());
        let window = Window { start: 0, bytes: length, inflated: length };
        Sink { summary, limits, file: file_name(path), part: String::new(), bytes: 0, window, resume_at, on_item }
    }

    /// Takes one record: parses it unless it lies before the point of resumption, and hands over what came of it.
    pub(crate) fn offer(
        &mut self,
        format: &str,
        place: impl Fn(u64) -> String,
        parse: impl FnOnce(&mut Doubts) -> Result<Document, String>,
        excerpt: impl FnOnce() -> String,
    ) -> ControlFlow<()> {
        let ordinal = self.summary.records;
        self.summary.records += 1;
        self.note_format(format);
        if ordinal < self.resume_at {
            self.summary.skipped += 1;
            return ControlFlow::Continue(());
        }
        let bytes = self.progress();
        let item = match parse(&mut self.summary.doubts).and_then(checked) {
            Ok(mut document) => {
                self.summary.documents += 1;
                let file =
                    if self.part.is_empty() { self.file.clone() } else { format!("{}/{}", self.file, self.part) };
                let source = Source { format: format.to_owned(), file, place: place(ordinal) };
                document.sources = vec![source];
                document.settle();
                Item::Document { document: Box::new(document), ordinal, bytes }
            }
            Err(reason) => {
                self.summary.set_aside += 1;
                Item::SetAside { ordinal, place: self.place(place(ordinal)), reason, excerpt: excerpt(), bytes }
            }
        };
        let flow = (self.on_item)(item);
        self.summary.is_stopped |= flow.is_break();
        flow
    }

    /// Notes something that is no record.
    pub(crate) fn pass_over(&mut self, what: impl Into<String>) {
        *self.summary.passed_over.entry(what.into()).or_default() += 1;
    }

    pub(crate) fn note_encoding(&mut self, name: &str) {
        join(&mut self.summary.encoding, name);
    }

    /// The bytes of the file taken so far, never beyond the part being read.
    fn progress(&self) -> u64 {
        let Window { start, bytes, inflated } = self.window;
        let taken = u128::from(self.bytes) * u128::from(bytes) / u128::from(inflated.max(1));
        start + u64::try_from(taken).unwrap_or(bytes).min(bytes)
    }

    fn note_format(&mut self, name: &str) {
        join(&mut self.summary.format, name);
    }

    fn place(&self, place: String) -> String {
        if self.part.is_empty() { place } else { format!("{} {place}", self.part) }
    }
}

fn join(list: &mut String, name: &str) {
    if name.is_empty() || list.split('+').any(|known| known == name) {
        return;
    }
    if !list.is_empty() {
        list.push('+');
    }
    list.push_str(name);
}

/// Values that a reader left out, by reason.
pub(crate) type Doubts = BTreeMap<String, u64>;

/// Counts a value that was left out of a document because it cannot be believed.
pub(crate) fn doubt(doubts: &mut Doubts, reason: &str) {
    match doubts.get_mut(reason) {
        Some(count) => *count += 1,
        None => {
            doubts.insert(reason.to_owned(), 1);
        }
    }
}

/// Longer than any real title, name or number list; such a record was read wrongly or made to harm.
const TITLE_BYTES_MAX: usize = 30_000;
const NAME_BYTES_MAX: usize = 6_000;
const LIST_MAX: usize = 20_000;

/// Refuses a document without a number, or with absurd lengths.
fn checked(document: Document) -> Result<Document, String> {
    if document.application_number.is_empty() && document.publications.is_empty() {
        return Err("没有可用的申请号或公开（公告）号，无法确定是哪一件专利".to_owned());
    }
    if document.titles.iter().any(|title| title.text.len() > TITLE_BYTES_MAX) {
        return Err(format!("名称超过 {TITLE_BYTES_MAX} 字节，可能是列错位或引号不配对"));
    }
    let parties = [&document.applicants, &document.owners, &document.inventors, &document.agents];
    if parties.iter().any(|list| list.iter().any(|party| party.name.len() > NAME_BYTES_MAX)) {
        return Err(format!("人名或单位名超过 {NAME_BYTES_MAX} 字节，可能是列错位或引号不配对"));
    }
    let is_endless = parties.iter().any(|list| list.len() > LIST_MAX)
        || document.priorities.len() > LIST_MAX
        || document.citations.len() > LIST_MAX
        || document.classifications.len() > LIST_MAX
        || document.events.len() > LIST_MAX;
    if is_endless { Err(format!("一个字段列出的值超过 {LIST_MAX} 个")) } else { Ok(document) }
}
