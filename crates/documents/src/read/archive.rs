//! Zip archives: every part is looked at by its content, inflated within declared limits, and read like a file.

use std::{
    fs::File,
    io::{self, BufReader, Read, Write},
    path::Path,
};

use zip::{ZipArchive, result::ZipError};

use super::{Outcome, Sink, Window, encoding, read_one, xml};
use crate::error::Error;

/// Parts below this size may have any ratio: small files of blanks zip very well.
const SMALL_PART_BYTES: u64 = 1 << 20;

/// Archives inside archives, as the EPO's weekly files have them.
const DEPTH_MAX: usize = 2;

fn open(path: &Path, file: &str) -> Result<ZipArchive<BufReader<File>>, Error> {
    let reader = File::open(path).map_err(Error::io(file, "打开文件"))?;
    ZipArchive::new(BufReader::new(reader)).map_err(|error| damaged(file, "压缩包目录", &error.to_string()))
}

fn damaged(file: &str, place: &str, detail: &str) -> Error {
    Error::Damaged { file: file.to_owned(), place: place.to_owned(), detail: detail.to_owned() }
}

/// Whether a zip is a workbook, which is for `sheets`.
pub(crate) fn is_workbook(path: &Path, file: &str) -> Result<bool, Error> {
    let archive = open(path, file)?;
    let mut names = archive.file_names().flatten();
    Ok(names.any(|name| name.starts_with("xl/") || name == "mimetype"))
}

/// Reads every part that holds documents.
pub(crate) fn read(path: &Path, sink: &mut Sink<'_>) -> Result<Outcome, Error> {
    let before = sink.summary.records;
    let mut left = sink.limits.unzipped_bytes;
    let mut only = None;
    read_parts(path, sink, &mut left, &mut only, 1)?;
    if sink.summary.records > before {
        return Ok(Outcome::Documents);
    }
    let what = only.map_or_else(|| "压缩包".to_owned(), |what| format!("压缩包，里面是{what}"));
    Ok(Outcome::None {
        what, advice: "请收录含有专利著录项目、全文或检索结果的压缩包".to_owned()
    })
}

fn read_parts(
    path: &Path,
    sink: &mut Sink<'_>,
    left: &mut u64,
    found: &mut Option<String>,
    depth: usize,
) -> Result<(), Error> {
    let file = sink.file.clone();
    let mut archive = open(path, &file)?;
    let outer = sink.part.clone();
    for index in 0..archive.len() {
        let mut part = match archive.by_index(index) {
            Ok(part) => part,
            Err(ZipError::UnsupportedArchive(detail)) => return Err(damaged(&file, "压缩包", detail)),
            Err(error) => return Err(damaged(&file, &format!("第 {} 个部件", index + 1), &error.to_string())),
        };
        let name = part.name().map_or_else(|_| format!("第 {} 个部件", index + 1), |name| name.into_owned());
        if part.is_dir() || name.starts_with("__MACOSX/") || part.size() == 0 {
            continue;
        }
        let unsafe_part = |danger: String| Error::Unsafe { file: file.clone(), part: name.clone(), danger };
        if part.encrypted() {
            return Err(unsafe_part("设有密码".to_owned()));
        }
        let ratio = sink.limits.zip_ratio;
        let most = SMALL_PART_BYTES.max(part.compressed_size().saturating_mul(ratio));
        if part.size() > most {
            return Err(unsafe_part(format!("解压后膨胀超过 {ratio} 倍（疑似压缩炸弹）")));
        }
        let mut head = Vec::new();
        (&mut part).take(4096).read_to_end(&mut head).map_err(|error| damaged(&file, &name, &error.to_string()))?;
        if depth == 1 {
            sink.bytes = 0;
            sink.window =
                Window { start: part.data_start().unwrap_or(0), bytes: part.compressed_size(), inflated: part.size() };
        }
        sink.part = if outer.is_empty() { name.clone() } else { format!("{outer}/{name}") };
        let rest = Bounded { inner: io::Cursor::new(head.clone()).chain(part), left: most.min(*left), taken: 0 };
        match read_part(rest, &head, &name, sink, left, found, depth) {
            Ok(taken) => *left = left.saturating_sub(taken),
            // A part that cannot be read costs only itself; harm and a failing disk end the reading.
            Err(error @ (Error::Unsafe { .. } | Error::TooLarge { .. } | Error::Io { .. })) => return Err(error),
            Err(error) => {
                let reason = error.to_string();
                let _ = sink.offer(
                    "zip",
                    |_| "整个部件".to_owned(),
                    |_| Err(reason),
                    || crate::read::split::excerpt(&head),
                );
            }
        }
        if sink.summary.is_stopped {
            break;
        }
    }
    sink.part = outer;
    Ok(())
}

/// Reads one part; the answer is how many bytes it inflated to.
fn read_part(
    mut rest: Bounded<impl Read>,
    head: &[u8],
    name: &str,
    sink: &mut Sink<'_>,
    left: &mut u64,
    found: &mut Option<String>,
    depth: usize,
) -> Result<u64, Error> {
    let shown = name.rsplit('/').next().unwrap_or(name).to_owned();
    let outcome = match encoding::kind_of(head) {
        encoding::Content::Xml => xml::read(&mut rest, head, Path::new(name), sink)?,
        encoding::Content::Other(seen, _) => Outcome::None { what: seen.to_owned(), advice: String::new() },
        encoding::Content::Table if !is_table_name(&shown) => {
            Outcome::None { what: "说明文字".to_owned(), advice: String::new() }
        }
        kind => {
            let laid = lay_down(&mut rest, &shown, &sink.file)?;
            if kind == encoding::Content::Zip && !is_workbook(&laid, &shown)? {
                if depth < DEPTH_MAX {
                    read_parts(&laid, sink, left, found, depth + 1)?;
                    return Ok(rest.taken);
                }
                Outcome::None { what: "层数过深的压缩包".to_owned(), advice: String::new() }
            } else {
                read_one(&laid, sink)?
            }
        }
    };
    if let Outcome::None { what, .. } = outcome {
        sink.pass_over(format!("压缩包中的{what}"));
        found.get_or_insert(what);
    }
    Ok(rest.taken)
}

/// Lists and reports lie beside the documents in an archive; only what is named as a table is read as one.
fn is_table_name(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    matches!(extension.as_deref(), Some("csv" | "tsv" | "xls" | "xlsx" | "ods" | "jsonl"))
}

/// Writes a part to a temporary file of the same name, where a reader needs one.
fn lay_down(part: &mut impl Read, name: &str, file: &str) -> Result<tempfile::TempPath, Error> {
    let extension = name.rsplit_once('.').map_or_else(String::new, |(_, extension)| format!(".{extension}"));
    let mut out = tempfile::Builder::new().suffix(&extension).tempfile().map_err(Error::io(file, "建立临时文件"))?;
    io::copy(part, &mut out).map_err(|error| damaged(file, name, &error.to_string()))?;
    out.flush().map_err(Error::io(file, "写临时文件"))?;
    Ok(out.into_temp_path())
}

/// A reader that fails when a part inflates beyond what its directory entry allows.
struct Bounded<R> {
    inner: R,
    left: u64,
    taken: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.taken += read as u64;
        if self.taken > self.left {
            return Err(io::Error::other("解压后的大小超过上限，疑似压缩炸弹"));
        }
        Ok(read)
    }
}
