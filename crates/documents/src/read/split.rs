//! Cuts a stream of XML into the documents in it, in constant memory.
//!
//! A weekly file of the United States is many XML documents one behind another; one of the EPO is a single one with
//! many documents inside. Both are cut at the start and end tags of the elements that are documents, so that a broken
//! one costs only itself. The pieces are parsed later, each by itself.

use std::io::{self, Read};

use memchr::memmem;

const CHUNK_BYTES: usize = 256 * 1024;
/// More elements than this never stand open around a document.
const OPEN_MAX: usize = 32;

/// What an element outside a document is, by its local name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A document.
    Record,
    /// Something that holds documents.
    Container,
    /// Something without documents that belongs there, such as the query an answer repeats.
    Furniture,
    /// Nothing known.
    Foreign,
}

/// The next thing in the stream.
#[derive(Debug)]
pub(crate) enum Piece {
    /// A document: its name with prefix, and whether entities were declared before it.
    Record { name: String, offset: u64, length: usize, has_entities: bool },
    /// Something that should have been a document and cannot be read.
    Broken { offset: u64, reason: String, excerpt: String },
    /// An element that is no document.
    PassedOver { name: String },
}

/// The stream, with as much of it in memory as one document needs.
pub(crate) struct Splitter<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Where in the buffer the next piece begins.
    start: usize,
    /// The position in the stream of the buffer's first byte.
    base: u64,
    is_done: bool,
    limit: usize,
    has_entities: bool,
    open: Vec<String>,
    /// An element, and up to where in the stream no end tag of it was found: it is not looked for there again, so that a file of
    /// beginnings alone is gone through once.
    no_end: (String, u64),
    /// The encoding that the last declaration names.
    pub(crate) declared: String,
}

impl<R: Read> Splitter<R> {
    pub(crate) fn new(reader: R, limit: usize) -> Splitter<R> {
        Splitter {
            reader,
            buffer: Vec::new(),
            start: 0,
            base: 0,
            is_done: false,
            limit,
            has_entities: false,
            open: Vec::new(),
            no_end: (String::new(), 0),
            declared: String::new(),
        }
    }

    /// The bytes of the record just returned, until the next call.
    pub(crate) fn bytes(&self, length: usize) -> &[u8] {
        &self.buffer[self.start - length..self.start]
    }

    /// How far the stream has been taken.
    pub(crate) fn position(&self) -> u64 {
        self.base + self.start as u64
    }

    /// The elements that are open around the next piece, outermost first.
    pub(crate) fn open(&self) -> &[String] {
        &self.open
    }

    /// The next piece; none at the end.
    pub(crate) fn next(&mut self, role: &dyn Fn(&str, &[String]) -> Role) -> io::Result<Option<Piece>> {
        loop {
            self.compact();
            if !self.skip_white_space()? {
                return Ok(self.unfinished());
            }
            self.fill_to(9)?;
            let rest = &self.buffer[self.start..];
            if rest.starts_with(b"<?") {
                self.take_instruction()?;
            } else if rest.starts_with(b"<!--") {
                self.take_past(b"-->")?;
            } else if rest.len() >= 9 && rest[..9].eq_ignore_ascii_case(b"<!DOCTYPE") {
                self.take_document_type()?;
            } else if rest.starts_with(b"</") {
                self.take_past(b">")?;
                self.open.pop();
            } else if rest.len() > 1 && rest[0] == b'<' && (rest[1].is_ascii_alphabetic() || rest[1] == b'_') {
                if let Some(piece) = self.take_element(role)? {
                    return Ok(Some(piece));
                }
            } else {
                return self.take_stray().map(Some);
            }
        }
    }

    /// Drops what has been taken, so that the buffer holds no more than one piece.
    fn compact(&mut self) {
        if self.start >= CHUNK_BYTES || self.start == self.buffer.len() {
            self.buffer.drain(..self.start);
            self.base += self.start as u64;
            self.start = 0;
        }
    }

    /// Reads another chunk; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        if self.is_done {
            return Ok(false);
        }
        let before = self.buffer.len();
        self.buffer.resize(before + CHUNK_BYTES, 0);
        let mut filled = before;
        while filled < self.buffer.len() {
            match self.reader.read(&mut self.buffer[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.buffer.truncate(filled);
                    return Err(error);
                }
            }
        }
        self.is_done = filled < self.buffer.len();
        self.buffer.truncate(filled);
        Ok(filled > before)
    }

    fn fill_to(&mut self, length: usize) -> io::Result<()> {
        while self.buffer.len() - self.start < length && self.fill()? {}
        Ok(())
    }

    fn skip_white_space(&mut self) -> io::Result<bool> {
        loop {
            let rest = &self.buffer[self.start..];
            let is_blank = |byte: &u8| !byte.is_ascii_whitespace() && !matches!(byte, 0xEF | 0xBB | 0xBF | 0x1A | 0);
            match rest.iter().position(is_blank) {
                Some(offset) => {
                    self.start += offset;
                    return Ok(true);
                }
                None => {
                    self.start = self.buffer.len();
                    self.compact();
                    if !self.fill()? {
                        return Ok(false);
                    }
                }
            }
        }
    }

    /// The end of the first `needle` at or behind `from` (an offset from the start), reading on as needed.
    ///
    /// None when the stream ends or the piece grows beyond the limit.
    fn find(&mut self, needle: &[u8], from: usize) -> io::Result<Option<usize>> {
        let finder = memmem::Finder::new(needle);
        let mut from = from;
        loop {
            let rest = &self.buffer[self.start..];
            if let Some(offset) = finder.find(rest.get(from..).unwrap_or_default()) {
                return Ok(Some(from + offset + needle.len()));
            }
            from = rest.len().saturating_sub(needle.len() - 1).max(from.min(rest.len()));
            if rest.len() > self.limit || !self.fill()? {
                return Ok(None);
            }
        }
    }

    fn take_past(&mut self, needle: &[u8]) -> io::Result<()> {
        match self.find(needle, 0)? {
            Some(end) => self.start += end,
            None => self.start = self.buffer.len(),
        }
        Ok(())
    }

    /// A declaration begins a new document: what the last one declared is over.
    fn take_instruction(&mut self) -> io::Result<()> {
        let from = self.start;
        self.take_past(b"?>")?;
        let text = &self.buffer[from..self.start];
        if text.starts_with(b"<?xml ") {
            self.has_entities = false;
            self.open.clear();
            self.declared = declared_encoding(text);
        }
        Ok(())
    }

    fn take_document_type(&mut self) -> io::Result<()> {
        let mut quote = None;
        let mut is_inside = false;
        let mut at = 9;
        loop {
            self.fill_to(at + 1)?;
            let Some(byte) = self.buffer.get(self.start + at).copied() else { break };
            match (quote, byte) {
                (Some(open), byte) if byte == open => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'[') => is_inside = true,
                (None, b']') => is_inside = false,
                (None, b'>') if !is_inside => {
                    at += 1;
                    break;
                }
                _ => {}
            }
            at += 1;
            if at > self.limit {
                break;
            }
        }
        let end = (self.start + at).min(self.buffer.len());
        self.has_entities = declares_entities(&self.buffer[self.start..end]);
        self.start = end;
        Ok(())
    }

    fn take_element(&mut self, role: &dyn Fn(&str, &[String]) -> Role) -> io::Result<Option<Piece>> {
        let Some((name, tag_end, is_empty)) = self.tag()? else {
            return self.broken_to(self.buffer.len() - self.start, "开始标记没有结束").map(Some);
        };
        match role(super::tree::local(&name), &self.open) {
            Role::Container if self.open.len() >= OPEN_MAX => {
                self.broken_to(tag_end, "文献外面的元素嵌套过深").map(Some)
            }
            Role::Container => {
                self.start += tag_end;
                if !is_empty {
                    self.open.push(name);
                }
                Ok(None)
            }
            role => self.take_whole(name, tag_end, is_empty, role),
        }
    }

    /// The name of the tag at the start, the offset of its end, and whether it is empty.
    fn tag(&mut self) -> io::Result<Option<(String, usize, bool)>> {
        let mut quote = None;
        let mut at = 1;
        loop {
            self.fill_to(at + 1)?;
            let Some(byte) = self.buffer.get(self.start + at).copied() else { return Ok(None) };
            match (quote, byte) {
                (Some(open), byte) if byte == open => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'>') => break,
                _ => {}
            }
            at += 1;
            if at > CHUNK_BYTES {
                return Ok(None);
            }
        }
        let tag = &self.buffer[self.start..=self.start + at];
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
        let end = tag.iter().position(is_end).unwrap_or(tag.len());
        let name = String::from_utf8_lossy(&tag[1..end]).into_owned();
        Ok(Some((name, at + 1, tag[at - 1] == b'/')))
    }

    /// Takes an element with everything in it.
    fn take_whole(&mut self, name: String, tag_end: usize, is_empty: bool, role: Role) -> io::Result<Option<Piece>> {
        let offset = self.position();
        let length = if is_empty { Some(tag_end) } else { self.end_of(&name, tag_end)? };
        let Some(length) = length else {
            return self.without_end(&name, tag_end, role);
        };
        // A document inside which another begins was cut off.
        if role == Role::Record
            && let Some(inner) = inner_start(&self.buffer[self.start..self.start + length], &name, tag_end)
        {
            return self.broken_to(inner, "没有结束标记就开始了下一篇，文献被截断").map(Some);
        }
        self.start += length;
        Ok(match role {
            Role::Furniture => None,
            Role::Record => Some(Piece::Record { name, offset, length, has_entities: self.has_entities }),
            Role::Container | Role::Foreign => Some(Piece::PassedOver { name }),
        })
    }

    /// The length of the element up to and with its end tag.
    fn end_of(&mut self, name: &str, from: usize) -> io::Result<Option<usize>> {
        let needle = format!("</{name}");
        let mut from = match &self.no_end {
            (known, before) if known == name => {
                from.max(usize::try_from(before.saturating_sub(self.position())).unwrap_or(usize::MAX))
            }
            _ => from,
        };
        loop {
            let end = self.find(needle.as_bytes(), from)?;
            let scanned = end.unwrap_or(self.buffer.len() - self.start).saturating_sub(needle.len()).max(from);
            self.no_end = (name.to_owned(), self.position() + scanned as u64);
            let Some(end) = end else { return Ok(None) };
            let Some(close) = self.find(b">", end)? else { return Ok(None) };
            let between = &self.buffer[self.start + end..self.start + close - 1];
            if between.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(close));
            }
            // A longer name that begins alike.
            from = end;
        }
    }

    /// The end tag is not there: the document is too long, cut off by another, or the file ends in it.
    fn without_end(&mut self, name: &str, tag_end: usize, role: Role) -> io::Result<Option<Piece>> {
        let here = &self.buffer[self.start..];
        if let Some(inner) = inner_start(here, name, tag_end) {
            return self.broken_to(inner, "没有结束标记就开始了下一篇，文献被截断").map(Some);
        }
        if here.len() <= self.limit {
            return self.broken_to(here.len(), "没有结束标记，文件可能被截断").map(Some);
        }
        let (offset, excerpt) = (self.position(), excerpt(here));
        let needle = format!("</{name}");
        // Gone through without being kept.
        loop {
            let keep = needle.len() + 1;
            if let Some(end) = memmem::find(&self.buffer[self.start..], needle.as_bytes()) {
                self.start += end;
                self.take_past(b">")?;
                break;
            }
            self.start = self.buffer.len().saturating_sub(keep).max(self.start);
            self.compact();
            if !self.fill()? {
                self.start = self.buffer.len();
                break;
            }
        }
        let reason = format!("一篇文献超过上限 {} MB", self.limit >> 20);
        Ok(match role {
            Role::Record => Some(Piece::Broken { offset, reason, excerpt }),
            _ => Some(Piece::PassedOver { name: name.to_owned() }),
        })
    }

    fn broken_to(&mut self, length: usize, reason: &str) -> io::Result<Piece> {
        let offset = self.position();
        let end = (self.start + length).min(self.buffer.len());
        let excerpt = excerpt(&self.buffer[self.start..end]);
        self.start = end;
        Ok(Piece::Broken { offset, reason: reason.to_owned(), excerpt })
    }

    /// Text between documents, up to the next tag.
    fn take_stray(&mut self) -> io::Result<Piece> {
        let length = self.find(b"<", 1)?.map_or(self.buffer.len() - self.start, |end| end - 1);
        self.broken_to(length, "文献之间有不属于任何元素的内容")
    }

    /// At the end of the stream: an open container says that the file was cut.
    fn unfinished(&mut self) -> Option<Piece> {
        let name = self.open.pop()?;
        self.open.clear();
        let reason = format!("文件到此结束，却缺少结束标记 </{name}>，其后的文献可能丢失");
        Some(Piece::Broken { offset: self.position(), reason, excerpt: String::new() })
    }
}

/// Where another document begins inside one, if it does.
fn inner_start(bytes: &[u8], name: &str, from: usize) -> Option<usize> {
    let body = bytes.get(from..)?;
    let tag = format!("<{name}");
    let same = memmem::find_iter(body, tag.as_bytes())
        .find(|at| body.get(at + tag.len()).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'>'));
    let declaration = memmem::find(&body[..same.unwrap_or(body.len())], b"<?xml ");
    declaration.or(same).map(|at| at + from)
}

/// Whether a document type declares an entity that text could use; names of pictures are no such.
fn declares_entities(document_type: &[u8]) -> bool {
    memmem::find_iter(document_type, b"<!ENTITY").any(|at| {
        let declaration = &document_type[at..];
        let end = memchr::memchr(b'>', declaration).unwrap_or(declaration.len());
        memmem::find(&declaration[..end], b"NDATA").is_none()
    })
}

fn declared_encoding(declaration: &[u8]) -> String {
    let text = String::from_utf8_lossy(declaration);
    let after = text.split_once("encoding").map(|(_, after)| after.trim_start_matches([' ', '=', '\t']));
    let value = after.and_then(|after| {
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        after[1..].split(quote).next()
    });
    value.unwrap_or_default().to_ascii_lowercase()
}

/// The beginning of something that could not be read, for the message.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).chars().take(120).collect()
}
