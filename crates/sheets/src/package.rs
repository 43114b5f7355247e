//! The zip package of an xlsx or ods workbook, checked before anything in it is read.
//!
//! Every part is inflated once into nothing, counting: what the directory says of sizes is not believed.
//! A document type declaration is refused in every part, so no XML entity is ever defined, let alone expanded.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use quick_xml::{Reader, XmlVersion, events::Event};
use zip::{ZipArchive, result::ZipError};

use crate::{
    Error, Limits,
    detect::{Content, Format, megabytes},
};

/// More parts than any office program writes.
const PARTS: usize = 10_000;

/// Parts below this size may have any ratio: small empty sheets zip very well.
const SMALL_PART_BYTES: u64 = 1 << 20;

/// The beginning of a part that is kept to look at its root element.
const HEAD_BYTES: usize = 64 * 1024;

pub(crate) type Archive = ZipArchive<BufReader<File>>;

pub(crate) fn archive(path: &Path, file: &str) -> Result<Archive, Error> {
    let reader = File::open(path).map_err(Error::io(file, "打开文件"))?;
    ZipArchive::new(BufReader::new(reader)).map_err(|error| zip_error(file, "压缩包目录", error))
}

pub(crate) fn zip_error(file: &str, place: &str, error: ZipError) -> Error {
    match error {
        ZipError::Io(source) if source.kind() != std::io::ErrorKind::UnexpectedEof => {
            Error::damaged(file, place, source)
        }
        error => Error::damaged(file, place, error),
    }
}

/// What a zip package holds.
pub(crate) fn kind(path: &Path, file: &str) -> Result<Content, Error> {
    let mut archive = archive(path, file)?;
    let names: Vec<String> =
        archive.file_names().filter_map(|name| name.ok().map(|name| name.replace('\\', "/").to_lowercase())).collect();
    let has = |part: &str| names.iter().any(|name| name == part);
    if has("mimetype") {
        let mut mimetype = String::new();
        let part = archive.by_name("mimetype").map_err(|error| zip_error(file, "mimetype", error))?;
        part.take(200).read_to_string(&mut mimetype).map_err(|error| Error::damaged(file, "mimetype", error))?;
        return Ok(match mimetype.trim() {
            "application/vnd.oasis.opendocument.spreadsheet" => Content::Table(Format::Ods),
            "application/vnd.oasis.opendocument.spreadsheet-template" => Content::Other("ods 模板"),
            _ => Content::Other("OpenDocument 文档（不是电子表格）"),
        });
    }
    Ok(if has("xl/workbook.bin") {
        Content::Other("xlsb 二进制工作簿")
    } else if names.iter().any(|name| name.starts_with("xl/")) {
        Content::Table(Format::Xlsx)
    } else if names.iter().any(|name| name.starts_with("word/")) {
        Content::Other("Word 文档")
    } else if names.iter().any(|name| name.starts_with("ppt/")) {
        Content::Other("PowerPoint 演示文稿")
    } else {
        Content::Other("zip 压缩包")
    })
}

/// Inflates every part once and refuses what is too large, encrypted, damaged or dangerous.
pub(crate) fn check(path: &Path, file: &str, limits: &Limits) -> Result<(), Error> {
    let mut archive = archive(path, file)?;
    if archive.len() > PARTS {
        return Err(Error::too_large(file, "压缩包内的", "部件数", PARTS));
    }
    let too_large = || Error::too_large(file, "", "解压后的总大小", megabytes(limits.unzipped_bytes));
    if archive.decompressed_size().is_some_and(|size| size > u128::from(limits.unzipped_bytes)) {
        return Err(too_large());
    }
    let mut left = limits.unzipped_bytes;
    for index in 0..archive.len() {
        let part = match archive.by_index(index) {
            Ok(part) => part,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(Error::Encrypted { file: file.to_owned() });
            }
            Err(error) => return Err(zip_error(file, &format!("第 {} 个部件", index + 1), error)),
        };
        if part.encrypted() {
            return Err(Error::Encrypted { file: file.to_owned() });
        }
        let name = part.name().map_or_else(|_| format!("第 {} 个部件", index + 1), |name| name.into_owned());
        let most = SMALL_PART_BYTES.max(part.compressed_size().saturating_mul(u64::from(limits.zip_ratio)));
        let declared = part.size();
        if declared > most {
            return Err(bomb(file, name, limits));
        }
        let mut scan = Scan::default();
        let size = scan.inflate(part, most.min(left)).map_err(|error| Error::damaged(file, &name, error))?;
        if size > left {
            return Err(too_large());
        }
        if size > most {
            return Err(bomb(file, name, limits));
        }
        left -= size;
        scan.judge(file, &name, size)?;
    }
    Ok(())
}

fn bomb(file: &str, part: String, limits: &Limits) -> Error {
    let danger = format!("解压后膨胀超过 {} 倍（疑似压缩炸弹）", limits.zip_ratio);
    Error::Unsafe { file: file.to_owned(), part, danger }
}

/// What a part shows while it is inflated.
#[derive(Default)]
struct Scan {
    head: Vec<u8>,
    has_document_type: bool,
}

impl Scan {
    /// Inflates up to one byte beyond `most`; the size says whether it was exceeded.
    fn inflate(&mut self, part: impl Read, most: u64) -> std::io::Result<u64> {
        const MARK: &[u8] = b"<!DOCTYPE";
        let mut part = part.take(most.saturating_add(1));
        let mut buffer = vec![0; 64 * 1024];
        // The last bytes of a piece are looked at again with the next one.
        let mut kept = 0;
        let mut size = 0;
        loop {
            let read = part.read(&mut buffer[kept..])?;
            if read == 0 {
                return Ok(size);
            }
            let bytes = &buffer[..kept + read];
            if self.head.len() < HEAD_BYTES {
                self.head.extend_from_slice(&bytes[kept..]);
            }
            let marks = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'!');
            self.has_document_type |= marks
                .map(|(at, _)| at.saturating_sub(1))
                .any(|at| bytes[at..].get(..MARK.len()).is_some_and(|found| found.eq_ignore_ascii_case(MARK)));
            size += read as u64;
            let total = kept + read;
            kept = total.min(MARK.len() - 1);
            buffer.copy_within(total - kept..total, 0);
        }
    }

    fn judge(&self, file: &str, name: &str, size: u64) -> Result<(), Error> {
        let lower = name.to_ascii_lowercase();
        let body = self.head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.head).trim_ascii_start();
        let wide_marks: [&[u8]; 4] = [b"\xFF\xFE", b"\xFE\xFF", b"\0<", b"<\0"];
        let is_wide = wide_marks.iter().any(|mark| body.starts_with(mark));
        // Pictures are never read, and drawings among them often declare a document type.
        if lower.ends_with(".svg") || !(is_wide || body.starts_with(b"<")) {
            return Ok(());
        }
        let is_unsafe =
            |danger: &str| Error::Unsafe { file: file.to_owned(), part: name.to_owned(), danger: danger.to_owned() };
        if is_wide {
            return Err(is_unsafe("不是 UTF-8 编码的 XML"));
        }
        if self.has_document_type {
            return Err(is_unsafe("含有文档类型声明（DTD，可定义 XML 实体）"));
        }
        if lower == "meta-inf/manifest.xml" && contains(&self.head, b"encryption-data") {
            return Err(Error::Encrypted { file: file.to_owned() });
        }
        self.judge_shared_texts(file, name, size)
    }

    /// The declared number of shared texts is used to reserve memory, so it must fit the part's size.
    fn judge_shared_texts(&self, file: &str, name: &str, size: u64) -> Result<(), Error> {
        let mut reader = Reader::from_reader(self.head.as_slice());
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer) {
                Ok(Event::Start(root) | Event::Empty(root)) if root.local_name().as_ref() != "sst" => return Ok(()),
                Ok(Event::Start(root) | Event::Empty(root)) => {
                    for attribute in root.attributes().flatten().filter(|a| a.key.as_ref().ends_with("uniqueCount")) {
                        let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_default();
                        // The shortest text is `<si/>`.
                        if value.trim().parse::<u64>().map_or(!value.trim().is_empty(), |count| count > size / 5) {
                            return Err(Error::damaged(file, name, format!("声明的文本数 {value} 与内容不符")));
                        }
                    }
                    return Ok(());
                }
                Ok(Event::Eof) | Err(_) => return Err(Error::damaged(file, name, "找不到根元素")),
                Ok(_) => {}
            }
        }
    }
}

pub(crate) fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
