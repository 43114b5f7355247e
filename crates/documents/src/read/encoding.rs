//! What a file is by its first bytes, and turning declared encodings into UTF-8.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A kind of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Zip,
    Xml,
    GreenBook,
    Brs,
    PssDetail,
    /// Whatever `sheets` makes of it.
    Table,
    Other(&'static str, &'static str),
}

/// Looks at the first bytes of a file.
pub(crate) fn kind_of(head: &[u8]) -> Content {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Content::Zip;
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0") {
        return Content::Table;
    }
    let binary: [(&[u8], &str); 6] = [
        (b"%PDF-", "PDF 文档"),
        (b"\x1F\x8B", "gzip 压缩包"),
        (b"Rar!", "RAR 压缩包"),
        (b"7z\xBC\xAF\x27\x1C", "7z 压缩包"),
        (b"II*\0", "TIFF 图片"),
        (b"\x89PNG", "PNG 图片"),
    ];
    if let Some((_, seen)) = binary.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Content::Other(seen, "请先解压或换成 XML、CSV、XLSX 等文本数据后再收录");
    }
    let text = head_text(head);
    let start = text.trim_start_matches('\u{FEFF}').trim_start();
    text_kind(start)
}

fn text_kind(start: &str) -> Content {
    let lower: String = start.chars().take(200).collect::<String>().to_ascii_lowercase();
    if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        return Content::Other("网页（HTML）", "请改用检索系统的导出功能取得 XML、CSV 或 XLSX");
    }
    if start.starts_with("<!--") && ["<!ENTITY", "<!ELEMENT"].iter().any(|mark| start.contains(mark)) {
        return Content::Other("XML 的 DTD 定义文件", "请收录用它定义的 XML 文献本身");
    }
    if start.starts_with('<') {
        return Content::Xml;
    }
    if start.starts_with("PATN\n") || start.starts_with("PATN\r") || start.lines().take(3).any(|line| line == "PATN") {
        return Content::GreenBook;
    }
    if start.contains("*** BRS DOCUMENT BOUNDARY ***") {
        return Content::Brs;
    }
    let line = start.lines().next().unwrap_or_default();
    let names: Vec<&str> = line.split(':').collect();
    if names.len() >= 8 && names.contains(&"申请号") && !line.contains(',') && !line.contains('\t') {
        return Content::PssDetail;
    }
    let is_json_object =
        start.starts_with('{') && !start.lines().next().is_some_and(|line| line.trim_end().ends_with('}'));
    if is_json_object || start.starts_with("[\n") || start.starts_with("[{") {
        return Content::Other("整块 JSON", "请改用官方 XML，或导出为一行一条的 jsonl、CSV、XLSX");
    }
    Content::Table
}

fn head_text(head: &[u8]) -> Cow<'_, str> {
    let encoding = Encoding::for_bom(head).map(|(encoding, _)| encoding).or_else(|| wide(head)).unwrap_or(UTF_8);
    encoding.decode_with_bom_removal(head).0
}

/// UTF-16 without a mark, as the standard recognises it by the first character `<`.
fn wide(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [b'<', 0, ..] => Some(UTF_16LE),
        [0, b'<', ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// The wide encoding of an XML stream; such a stream is turned into UTF-8 while it is read.
pub(crate) fn wide_encoding(head: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_bom(head).map(|(encoding, _)| encoding).filter(|found| *found != UTF_8).or_else(|| wide(head))
}

/// A reader that turns another encoding into UTF-8 on the way.
pub(crate) struct Transcoded<R> {
    reader: R,
    decoder: Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    taken: usize,
    is_done: bool,
}

impl<R: Read> Transcoded<R> {
    pub(crate) fn new(reader: R, encoding: &'static Encoding) -> Transcoded<R> {
        let decoder = encoding.new_decoder_with_bom_removal();
        Transcoded { reader, decoder, input: Vec::new(), output: Vec::new(), taken: 0, is_done: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        let mut chunk = [0; 64 * 1024];
        let read = self.reader.read(&mut chunk)?;
        self.is_done = read == 0;
        self.input.clear();
        self.input.extend_from_slice(&chunk[..read]);
        let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(read * 3 + 16);
        self.output.resize(room, 0);
        let (_, _, written, _) = self.decoder.decode_to_utf8(&self.input, &mut self.output, self.is_done);
        self.output.truncate(written);
        self.taken = 0;
        Ok(())
    }
}

impl<R: Read> Read for Transcoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.output.len() && !self.is_done {
            self.refill()?;
        }
        let length = buffer.len().min(self.output.len() - self.taken);
        buffer[..length].copy_from_slice(&self.output[self.taken..self.taken + length]);
        self.taken += length;
        Ok(length)
    }
}

/// The text of one document whose XML declaration names an encoding, and the encoding it really has.
///
/// Text that is sound UTF-8 with characters beyond ASCII is UTF-8 whatever is declared, for nothing else looks so by
/// chance. Anything else must be sound in the declared encoding; nothing is guessed.
pub(crate) fn decoded<'a>(bytes: &'a [u8], declared: &str) -> Result<(Cow<'a, str>, &'static str), String> {
    let declared_encoding = match declared {
        "" | "utf-8" | "utf8" | "us-ascii" | "ascii" | "utf-16" => UTF_8,
        "gb2312" | "gbk" | "gb18030" | "x-gbk" => GB18030,
        label => Encoding::for_label(label.as_bytes())
            .ok_or_else(|| format!("声明的编码“{}”不认识", label.chars().take(30).collect::<String>()))?,
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((Cow::Borrowed(text), "UTF-8")),
        Err(error) if declared_encoding == UTF_8 => {
            let what = if declared.is_empty() { "没有声明编码" } else { "声明的编码是 UTF-8" };
            Err(format!("{what}，但第 {} 字节起不是 UTF-8，请向提供者索取编码正确的文件", error.valid_up_to()))
        }
        Err(_) => {
            let name = if declared_encoding == WINDOWS_1252 { "ISO-8859-1" } else { declared_encoding.name() };
            match declared_encoding.decode_without_bom_handling_and_without_replacement(bytes) {
                Some(text) => Ok((text, name)),
                None => Err(format!("声明的编码是 {name}，内容却不是，请向提供者索取编码正确的文件")),
            }
        }
    }
}

/// Whether a file is no UTF-8 and has no byte that Latin-1 lacks, as the exports of western systems have it.
pub(crate) fn is_western(reader: &mut impl Read) -> io::Result<bool> {
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut chunk = vec![0; 64 * 1024];
    let mut out = vec![0; chunk.len() * 3 + 16];
    let mut is_utf8 = true;
    let mut has_controls = false;
    loop {
        let read = reader.read(&mut chunk)?;
        // Between 80 and 9F Latin-1 has only control characters.
        has_controls |= chunk[..read].iter().any(|byte| (0x80..0xA0).contains(byte));
        if is_utf8 {
            let (result, ..) = decoder.decode_to_utf8_without_replacement(&chunk[..read], &mut out, read == 0);
            is_utf8 = !matches!(result, DecoderResult::Malformed(..));
        }
        if read == 0 {
            return Ok(!is_utf8 && !has_controls);
        }
    }
}
