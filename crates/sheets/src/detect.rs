//! What kind of file it is, by its content and by its extension; a contradiction is refused.

use std::{
    fmt,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use crate::{
    Book, Error, Limits, Source, compound, decode, delimited, error::file_name, json_lines, labelled::Labelled, ods,
    package, xls, xlsx,
};

/// How much of a file is looked at to tell its kind.
const HEAD_BYTES: u64 = 64 * 1024;

/// A kind of file that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML workbook, `.xlsx` or `.xlsm`.
    Xlsx,
    /// The binary workbook of Excel 97 to 2003, `.xls`.
    Xls,
    /// The spreadsheet of `OpenDocument`, `.ods`.
    Ods,
    /// Text with cells divided by comma, semicolon, tab or bar: `.csv`, `.tsv`, `.txt`.
    Csv,
    /// One JSON object a line, `.jsonl`.
    Jsonl,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Xlsx => "xlsx",
            Format::Xls => "xls",
            Format::Ods => "ods",
            Format::Csv => "csv",
            Format::Jsonl => "jsonl",
        })
    }
}

impl Format {
    fn of_extension(extension: &str) -> Option<Format> {
        match extension {
            "xlsx" | "xlsm" => Some(Format::Xlsx),
            "xls" | "et" => Some(Format::Xls),
            "ods" => Some(Format::Ods),
            "csv" | "tsv" | "txt" | "tab" => Some(Format::Csv),
            "jsonl" | "ndjson" | "json" => Some(Format::Jsonl),
            _ => None,
        }
    }

    fn name_zh(self) -> &'static str {
        match self {
            Format::Xlsx => "xlsx 工作簿",
            Format::Xls => "xls 工作簿（Excel 97-2003）",
            Format::Ods => "ods 电子表格",
            Format::Csv => "文本表格（csv）",
            Format::Jsonl => "逐行 JSON（jsonl）",
        }
    }
}

/// What the bytes say the file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Table(Format),
    Other(&'static str),
}

/// Opens a file: finds its kind, checks it against the limits, and gets ready to hand over rows.
///
/// The kind is told by the content; an extension that says otherwise is [`Error::WrongType`].
/// A file without an extension is what its content says.
pub fn open(path: &Path, limits: &Limits) -> Result<Book, Error> {
    let file = file_name(path);
    let mut reader = File::open(path).map_err(Error::io(&file, "打开文件"))?;
    let metadata = reader.metadata().map_err(Error::io(&file, "读取文件信息"))?;
    if metadata.is_dir() {
        let source = std::io::Error::other("这是一个文件夹");
        return Err(Error::Io { file, action: "打开文件", source });
    }
    if metadata.len() == 0 {
        return Err(Error::Empty { file });
    }
    check_size(path, limits)?;
    let mut head = Vec::new();
    (&reader).take(HEAD_BYTES).read_to_end(&mut head).map_err(Error::io(&file, "读取文件"))?;
    reader.seek(SeekFrom::Start(0)).map_err(Error::io(&file, "读取文件"))?;

    let (content, encoding) = content_of(path, &file, &head)?;
    let format = agree(&file, path, &content)?;
    let source = match format {
        Format::Xlsx => {
            package::check(path, &file, limits)?;
            Source::Xlsx(Box::new(xlsx::Workbook::open(path, &file)?))
        }
        Format::Ods => {
            package::check(path, &file, limits)?;
            Source::Ods(ods::Workbook::open(path, &file)?)
        }
        Format::Xls => Source::Xls(xls::Workbook::open(path, &file, limits)?),
        Format::Csv | Format::Jsonl => {
            let Some(encoding) = encoding else { return Err(Error::Empty { file }) };
            if format == Format::Jsonl {
                Source::JsonLines(json_lines::JsonLines::new(path, encoding))
            } else if Labelled::is(&encoding.decode_head(&head)) {
                Source::Labelled(Labelled::new(path, encoding))
            } else {
                Source::Delimited(delimited::Delimited::new(path, &file, encoding)?)
            }
        }
    };
    Ok(Book { file, format, limits: limits.clone(), source })
}

/// Refuses a file that is larger than the limit, without reading any of it.
pub fn check_size(path: &Path, limits: &Limits) -> Result<(), Error> {
    let file = file_name(path);
    let length = std::fs::metadata(path).map_err(Error::io(&file, "读取文件信息"))?.len();
    if length > limits.file_bytes {
        return Err(Error::too_large(&file, "", "文件大小", megabytes(limits.file_bytes)));
    }
    Ok(())
}

pub(crate) fn megabytes(bytes: u64) -> String {
    if bytes >= 1 << 20 { format!("{} MB", bytes >> 20) } else { format!("{bytes} 字节") }
}

fn content_of(path: &Path, file: &str, head: &[u8]) -> Result<(Content, Option<decode::Encoded>), Error> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok((package::kind(path, file)?, None));
    }
    if head.starts_with(compound::MAGIC) {
        return Ok((compound::kind(path, file)?, None));
    }
    if let Some(other) = known_binary(head) {
        return Ok((Content::Other(other), None));
    }
    let Some(encoding) = decode::detect(path, file)? else {
        return Ok((Content::Other("二进制数据"), None));
    };
    let text = encoding.decode_head(head);
    let start = text.trim_start();
    if start.is_empty() && head.len() < HEAD_BYTES as usize {
        return Err(Error::Empty { file: file.to_owned() });
    }
    Ok((text_kind(start), Some(encoding)))
}

fn known_binary(head: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 8] = [
        (b"%PDF-", "PDF 文档"),
        (b"\x89PNG", "PNG 图片"),
        (b"\xFF\xD8\xFF", "JPEG 图片"),
        (b"GIF8", "GIF 图片"),
        (b"\x1F\x8B", "gzip 压缩包"),
        (b"Rar!", "RAR 压缩包"),
        (b"7z\xBC\xAF\x27\x1C", "7z 压缩包"),
        (b"SQLite format 3\0", "SQLite 数据库"),
    ];
    kinds.into_iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| name)
}

fn text_kind(start: &str) -> Content {
    let begin: String = start.chars().take(2_000).collect::<String>().to_ascii_lowercase();
    if begin.starts_with("<!doctype html") || begin.starts_with("<html") || begin.starts_with("<table") {
        return Content::Other("网页（HTML）");
    }
    if begin.starts_with("<?xml") {
        let is_sheet = begin.contains("urn:schemas-microsoft-com:office:spreadsheet");
        return Content::Other(if is_sheet { "XML 表格 2003" } else { "XML 文档" });
    }
    let line = start.lines().next().unwrap_or_default().trim();
    if let Some(inside) = line.strip_prefix('{') {
        let whole = line.ends_with('}') || line.len() > 4_000;
        return match inside.trim_start().chars().next() {
            Some('"' | '}') if whole => Content::Table(Format::Jsonl),
            Some('"') | None => Content::Other("跨行的 JSON（不是一行一条的 jsonl）"),
            Some(_) => Content::Table(Format::Csv),
        };
    }
    let array = line.strip_prefix('[').map(|inside| inside.trim_start().chars().next());
    if matches!(array, Some(None | Some('{'))) {
        return Content::Other("JSON 数组（不是一行一条的 jsonl）");
    }
    Content::Table(Format::Csv)
}

/// The format on which content and extension agree.
fn agree(file: &str, path: &Path, content: &Content) -> Result<Format, Error> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    let wrong = |content: &str, advice: String| Error::WrongType {
        file: file.to_owned(),
        extension: extension.as_ref().map_or_else(|| "无".to_owned(), |extension| format!(".{extension}")),
        content: content.to_owned(),
        advice,
    };
    let claimed = match &extension {
        Some(extension) => Format::of_extension(extension),
        None => None,
    };
    match content {
        Content::Table(format) if extension.is_none() || claimed == Some(*format) => Ok(*format),
        Content::Table(format) => {
            Err(wrong(format.name_zh(), format!("请确认是否传错文件；若内容无误，请把扩展名改为 .{format} 后再上传")))
        }
        Content::Other(kind) => {
            Err(wrong(kind, "请用表格软件打开后另存为 xlsx、xls、ods、csv 或 jsonl 再上传".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(start: &str, expected: Content) {
        assert_eq!(text_kind(start), expected, "{start}");
    }

    #[test]
    fn text_is_told_apart_by_its_beginning() {
        check("申请号,名称\n1,2", Content::Table(Format::Csv));
        check("{\"a\":1}\n", Content::Table(Format::Jsonl));
        check("{}\n", Content::Table(Format::Jsonl));
        check("{\n \"a\":1}\n", Content::Other("跨行的 JSON（不是一行一条的 jsonl）"));
        check("[{\"a\":1}]", Content::Other("JSON 数组（不是一行一条的 jsonl）"));
        check("[标]名称,b", Content::Table(Format::Csv));
        check("<html><table>", Content::Other("网页（HTML）"));
        check("<?xml version=\"1.0\"?><a/>", Content::Other("XML 文档"));
    }
}
