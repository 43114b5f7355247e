//! The encoding of a text file, found in its content, and a streaming decoder.
//!
//! UTF-8, UTF-16 of both orders, and GB18030 (of which GBK and GB2312 are parts) are read.
//! A byte that is wrong in the encoding becomes [`WRONG`], so that the one cell it stands in is broken
//! and no other.

use std::{
    fs::File,
    io::{self, Read},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use crate::Error;

/// Stands for bytes that are wrong in the encoding; a noncharacter, which no text holds.
pub(crate) const WRONG: char = '\u{FDD0}';

const CHUNK_BYTES: usize = 64 * 1024;

/// How much text above ASCII is enough to tell one East Asian encoding from another.
const SAMPLE_BYTES: usize = 64 * 1024;

/// An encoding and the bytes of the mark before the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Encoded {
    encoding: &'static Encoding,
    mark_bytes: usize,
}

impl Encoded {
    pub(crate) fn name(&self) -> &'static str {
        self.encoding.name()
    }

    /// The first characters of the file.
    pub(crate) fn decode_head(&self, head: &[u8]) -> String {
        let body = head.get(self.mark_bytes..).unwrap_or_default();
        self.encoding.decode_without_bom_handling(body).0.into_owned()
    }
}

/// Finds the encoding of a text file; none when it is no text at all.
pub(crate) fn detect(path: &Path, file: &str) -> Result<Option<Encoded>, Error> {
    let mut reader = File::open(path).map_err(Error::io(file, "打开文件"))?;
    let mut evidence = Evidence::default();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut is_first = true;
    loop {
        let read = fill(&mut reader, &mut chunk).map_err(Error::io(file, "读取文件"))?;
        let bytes = &chunk[..read];
        if is_first {
            if let Some(found) = marked(bytes).or_else(|| unmarked_utf16(bytes)) {
                return Ok(Some(found));
            }
            is_first = false;
        }
        if bytes.contains(&0) {
            return Ok(None);
        }
        evidence.look_at(bytes);
        if read < CHUNK_BYTES || evidence.is_enough() {
            break;
        }
    }
    match evidence.verdict() {
        Ok(encoding) => Ok(Some(Encoded { encoding, mark_bytes: 0 })),
        Err(guess) => Err(Error::Encoding { file: file.to_owned(), guess: guess.to_owned() }),
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn marked(bytes: &[u8]) -> Option<Encoded> {
    let (encoding, mark_bytes) = Encoding::for_bom(bytes)?;
    Some(Encoded { encoding, mark_bytes })
}

/// UTF-16 without a mark: its line ends, dividers and quotes are the only units that both readings can share.
fn unmarked_utf16(bytes: &[u8]) -> Option<Encoded> {
    if !bytes.contains(&0) {
        return None;
    }
    let is_divider = |unit: u16| matches!(unit, 0x09 | 0x0A | 0x0D | 0x22 | 0x2C | 0x3A | 0x3B | 0x7B..=0x7D);
    let units = || bytes.chunks_exact(2);
    let little = units().filter(|pair| is_divider(u16::from_le_bytes([pair[0], pair[1]]))).count();
    let big = units().filter(|pair| is_divider(u16::from_be_bytes([pair[0], pair[1]]))).count();
    let encoding = if little > big { UTF_16LE } else { UTF_16BE };
    let (text, had_errors) = encoding.decode_without_bom_handling(&bytes[..bytes.len() & !1]);
    let wrong =
        text.chars().filter(|c| (c.is_control() && !matches!(c, '\t' | '\r' | '\n')) || *c == '\u{FFFD}').count();
    // Binary data decodes to control characters and lone surrogates.
    let is_text = little.max(big) > 0 && (!had_errors || wrong * 100 <= text.chars().count());
    (is_text && wrong * 20 <= text.chars().count()).then_some(Encoded { encoding, mark_bytes: 0 })
}

/// What the bytes above ASCII look like.
#[derive(Default)]
struct Evidence {
    bytes: u64,
    above_ascii: u64,
    utf8_right: u64,
    utf8_wrong: u64,
    /// The beginning of a character cut off by the end of a chunk.
    rest: Vec<u8>,
    /// Chunks with bytes above ASCII, up to a limit.
    sample: Vec<u8>,
}

impl Evidence {
    fn look_at(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        if self.rest.is_empty() && bytes.is_ascii() {
            return;
        }
        self.above_ascii += bytes.iter().filter(|byte| !byte.is_ascii()).count() as u64;
        if self.sample.len() < SAMPLE_BYTES {
            self.sample.extend_from_slice(bytes);
        }
        let mut joined = std::mem::take(&mut self.rest);
        joined.extend_from_slice(bytes);
        let mut left = joined.as_slice();
        loop {
            match std::str::from_utf8(left) {
                Ok(text) => {
                    self.utf8_right += characters_above_ascii(text.as_bytes());
                    return;
                }
                Err(error) => {
                    let (right, wrong) = left.split_at(error.valid_up_to());
                    self.utf8_right += characters_above_ascii(right);
                    let Some(length) = error.error_len() else {
                        self.rest = wrong.to_vec();
                        return;
                    };
                    self.utf8_wrong += 1;
                    left = &wrong[length..];
                }
            }
        }
    }

    fn is_enough(&self) -> bool {
        self.utf8_right + self.utf8_wrong > 200_000
    }

    fn verdict(&self) -> Result<&'static Encoding, &'static str> {
        // Chinese in GB18030 is wrong UTF-8 at almost every character; a damaged UTF-8 file only here and there.
        let wrong = self.utf8_wrong + u64::from(!self.rest.is_empty());
        if wrong == 0 || self.utf8_right > wrong * 4 {
            return Ok(UTF_8);
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(&self.sample, true);
        let guess = detector.guess(None, Utf8Detection::Deny);
        let guess_in_china = detector.guess(Some(b"cn"), Utf8Detection::Deny);
        let is_east_asian = matches!(guess.name(), "Big5" | "Shift_JIS" | "EUC-JP" | "EUC-KR");
        let pairs = Pairs::count(&self.sample);
        if pairs.are_surely_gb() && !is_east_asian || guess_in_china == GBK && pairs.are_possibly_gb() {
            return Ok(GB18030);
        }
        // A few stray bytes in plain ASCII spoil their cells, not the file.
        if self.above_ascii * 100 < self.bytes {
            return Ok(UTF_8);
        }
        Err(if guess == GBK || guess == GB18030 { "windows-1252" } else { guess.name() })
    }
}

fn characters_above_ascii(utf8: &[u8]) -> u64 {
    utf8.iter().filter(|byte| **byte >= 0xC0).count() as u64
}

/// How the double bytes of a text lie in the table of GB18030.
#[derive(Default)]
struct Pairs {
    all: u64,
    /// Where GB 2312 puts its characters.
    common: u64,
    /// With an ASCII letter second, as in every accented Latin word.
    low: u64,
    wrong: u64,
}

impl Pairs {
    fn count(bytes: &[u8]) -> Pairs {
        let mut pairs = Pairs::default();
        let mut at = 0;
        while at < bytes.len() {
            let next = bytes.get(at + 1).copied().unwrap_or(0);
            at += match (bytes[at], next) {
                (..=0x7F, _) => 1,
                (0x81..=0xFE, 0x30..=0x39) => 4,
                (lead @ 0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE) => {
                    pairs.all += 1;
                    pairs.common += u64::from(lead >= 0xA1 && next >= 0xA1);
                    pairs.low += u64::from(next < 0x80);
                    2
                }
                _ => {
                    pairs.wrong += 1;
                    1
                }
            };
        }
        pairs
    }

    /// Not so in Big5, where two of five are low, nor in Latin letters.
    fn are_possibly_gb(&self) -> bool {
        let one_low_of = if self.all < 20 { 3 } else { 8 };
        self.low * one_low_of <= self.all && self.common * 2 >= self.all
    }

    fn are_surely_gb(&self) -> bool {
        self.common * 10 >= self.all * 8 && self.wrong * 10 <= self.all
    }
}

/// Decodes a file piece by piece.
pub(crate) struct TextReader {
    reader: File,
    decoder: Decoder,
    chunk: Vec<u8>,
    is_done: bool,
}

impl TextReader {
    pub(crate) fn open(path: &Path, encoded: Encoded) -> io::Result<TextReader> {
        let mut reader = File::open(path)?;
        let mut mark = [0; 4];
        reader.read_exact(&mut mark[..encoded.mark_bytes])?;
        let decoder = encoded.encoding.new_decoder_without_bom_handling();
        Ok(TextReader { reader, decoder, chunk: vec![0; CHUNK_BYTES], is_done: false })
    }

    /// Appends the next piece of text; false when there is no more.
    pub(crate) fn read_into(&mut self, text: &mut String) -> io::Result<bool> {
        if self.is_done {
            return Ok(false);
        }
        let read = fill(&mut self.reader, &mut self.chunk)?;
        self.is_done = read < self.chunk.len();
        let mut left = &self.chunk[..read];
        loop {
            let room = self.decoder.max_utf8_buffer_length_without_replacement(left.len()).unwrap_or(left.len() * 3);
            text.reserve(room);
            let (result, used) = self.decoder.decode_to_string_without_replacement(left, text, self.is_done);
            left = &left[used..];
            match result {
                DecoderResult::InputEmpty => return Ok(true),
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => text.push(WRONG),
            }
        }
    }
}

/// A text file and how to decode it.
#[derive(Clone, Debug)]
pub(crate) struct TextFile {
    pub(crate) path: PathBuf,
    pub(crate) encoded: Encoded,
}

impl TextFile {
    pub(crate) fn open(&self, file: &str) -> Result<TextReader, Error> {
        TextReader::open(&self.path, self.encoded).map_err(Error::io(file, "打开文件"))
    }

    /// The name of the encoding as people write it.
    pub(crate) fn encoding(&self) -> &str {
        match self.encoded.name() {
            "gb18030" => "GB18030",
            name => name,
        }
    }

    /// Hands over every line that is not blank, with its number from 1.
    pub(crate) fn each_line(&self, file: &str, on_line: &mut OnLine<'_>) -> Result<(), Error> {
        let mut reader = self.open(file)?;
        let mut text = String::new();
        let mut number = 1;
        loop {
            let has_more = reader.read_into(&mut text).map_err(Error::io(file, "读取文件"))?;
            let mut start = 0;
            while let Some(length) = text[start..].find('\n') {
                let line = text[start..start + length].trim();
                if !line.is_empty() && on_line(number, line)?.is_break() {
                    return Ok(());
                }
                start += length + 1;
                number += 1;
            }
            text.drain(..start);
            if text.len() > LINE_BYTES {
                return Err(Error::too_large(file, format!("第 {number} 行的"), "长度", "16 MB"));
            }
            if !has_more {
                break;
            }
        }
        if !text.trim().is_empty() {
            let _ = on_line(number, text.trim())?;
        }
        Ok(())
    }
}

/// A line longer than this is refused rather than held.
const LINE_BYTES: usize = 16 << 20;

/// Takes a line's number and text, and says whether to go on.
pub(crate) type OnLine<'a> = dyn FnMut(u32, &str) -> Result<ControlFlow<()>, Error> + 'a;

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> Result<&'static str, &'static str> {
        if let Some(found) = marked(bytes).or_else(|| unmarked_utf16(bytes)) {
            return Ok(found.name());
        }
        let mut evidence = Evidence::default();
        evidence.look_at(bytes);
        evidence.verdict().map(Encoding::name)
    }

    const TEXT: &str = "申请号,名称,专利权人\r\n2013106997442,一种焊接机器人,南通某某有限公司\r\n";

    #[test]
    fn encodings_are_found_in_the_content() {
        assert_eq!(found(TEXT.as_bytes()), Ok("UTF-8"));
        assert_eq!(found(format!("\u{FEFF}{TEXT}").as_bytes()), Ok("UTF-8"));
        assert_eq!(found(&GB18030.encode(TEXT).0), Ok("gb18030"));
        assert_eq!(found(b"plain,ascii\n"), Ok("UTF-8"));
        assert_eq!(found(&GB18030.encode("名称\n").0), Ok("gb18030"));
    }

    #[test]
    fn utf16_is_found_with_and_without_a_mark() {
        for (order, name) in [(u16::to_le_bytes as fn(u16) -> [u8; 2], "UTF-16LE"), (u16::to_be_bytes, "UTF-16BE")] {
            for mark in ["", "\u{FEFF}"] {
                let text = format!("{mark}{TEXT}一,㈠\n");
                let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
                assert_eq!(found(&bytes), Ok(name), "{mark:?}");
            }
        }
    }

    #[test]
    fn other_encodings_are_named_and_refused() {
        let latin = encoding_rs::WINDOWS_1252.encode("Müller,Größe,Straße,Köln,Fußgänger\n").0.into_owned();
        assert!(found(&latin).is_err());
        let stray = [latin, b"plain,ascii\n".repeat(1000)].concat();
        assert_eq!(found(&stray), Ok("UTF-8"));
        let big5 = encoding_rs::BIG5.encode("專利名稱,申請人,發明人,台灣積體電路製造股份有限公司\n").0.into_owned();
        assert_eq!(found(&big5), Err("Big5"));
    }

    #[test]
    fn a_damaged_byte_does_not_change_the_encoding() {
        let mut utf8 = TEXT.repeat(20).into_bytes();
        utf8[600] = 0xFF;
        assert_eq!(found(&utf8), Ok("UTF-8"));
        let mut gb = GB18030.encode(&TEXT.repeat(20)).0.into_owned();
        gb[600] = 0xFF;
        assert_eq!(found(&gb), Ok("gb18030"));
    }
}
