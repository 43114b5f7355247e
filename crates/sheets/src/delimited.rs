//! Csv: text with cells divided by comma, semicolon, tab or bar, read in constant memory.
//!
//! Our own reader, because a csv with an unclosed quote swallows rows without a word in the usual ones;
//! this one knows on which line the quote was opened, and refuses.

use std::{mem, ops::ControlFlow, path::Path};

use crate::{
    Cell, Error, Rows,
    decode::{Encoded, TextFile, WRONG},
};

/// A blank line may be formatted out to a spreadsheet's last column.
const BLANK_COLUMNS: usize = 16_384;

const DIVIDERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// A csv file ready to be read.
#[derive(Debug)]
pub(crate) struct Delimited {
    text: TextFile,
    divider: u8,
    /// The first line only declares the divider, `sep=;`.
    declares_divider: bool,
}

impl Delimited {
    pub(crate) fn new(path: &Path, file: &str, encoded: Encoded) -> Result<Delimited, Error> {
        let text = TextFile { path: path.to_owned(), encoded };
        let mut sample = String::new();
        text.open(file)?.read_into(&mut sample).map_err(Error::io(file, "读取文件"))?;
        let declared = sample.strip_prefix("sep=").and_then(|rest| rest.bytes().next());
        let declared = declared.filter(|byte| DIVIDERS.contains(byte));
        let divider = declared.unwrap_or_else(|| find_divider(&sample));
        Ok(Delimited { text, divider, declares_divider: declared.is_some() })
    }

    pub(crate) fn encoding(&self) -> &str {
        self.text.encoding()
    }

    pub(crate) fn read(&self, out: &mut Rows<'_>) -> Result<(), Error> {
        let mut reader = self.text.open(out.file)?;
        let mut parser = Parser::new(self.divider, self.declares_divider, out);
        let mut piece = String::new();
        while reader.read_into(&mut piece).map_err(Error::io(parser.out.file, "读取文件"))? {
            if parser.take(&piece)?.is_break() {
                return Ok(());
            }
            piece.clear();
        }
        parser.finish()
    }
}

/// The divider that most lines agree on; a comma when none divides.
fn find_divider(sample: &str) -> u8 {
    let mut counts = [const { Vec::new() }; DIVIDERS.len()];
    let mut line = [0_usize; DIVIDERS.len()];
    let mut is_quoted = false;
    let mut is_blank = true;
    for byte in sample.bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => {
                if !is_blank {
                    for (counts, count) in counts.iter_mut().zip(mem::take(&mut line)) {
                        counts.push(count);
                    }
                }
                is_blank = true;
                continue;
            }
            _ if !is_quoted => {
                if let Some(index) = DIVIDERS.iter().position(|divider| *divider == byte) {
                    line[index] += 1;
                }
            }
            _ => {}
        }
        is_blank = false;
        if counts[0].len() >= 200 {
            break;
        }
    }
    // An unfinished line counts only if there is no other.
    if counts[0].is_empty() {
        for (counts, count) in counts.iter_mut().zip(line) {
            counts.push(count);
        }
    }
    let best =
        (0..DIVIDERS.len()).filter_map(|index| Some((agreement(&counts[index])?, usize::MAX - index, index))).max();
    best.map_or(b',', |(.., index)| DIVIDERS[index])
}

/// How many lines agree on a number of dividers, how many have any, and on what number; none when too few agree.
fn agreement(counts: &[usize]) -> Option<(usize, usize, usize)> {
    let used = || counts.iter().filter(|count| **count > 0);
    let best = used().map(|count| (used().filter(|other| *other == count).count(), *count)).max()?;
    let is_table = best.0 * 2 >= counts.len() || used().count() * 10 >= counts.len() * 8;
    is_table.then_some((best.0, used().count(), best.1))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the beginning of a cell.
    Start,
    /// In a cell without quotes.
    Plain,
    /// Inside quotes.
    Quoted,
    /// After a quote inside quotes: it closes the cell, or stands for itself if another follows.
    Closing,
    /// In text behind a closing quote, which makes the cell unreliable.
    Stray,
}

struct Parser<'r, 'o> {
    out: &'r mut Rows<'o>,
    divider: u8,
    state: State,
    cell: String,
    cells: Vec<Cell>,
    line: u32,
    record_line: u32,
    quote_line: u32,
    skips_first: bool,
    /// The last byte was a carriage return, so that a line feed belongs to it.
    after_return: bool,
}

impl<'r, 'o> Parser<'r, 'o> {
    fn new(divider: u8, skips_first: bool, out: &'r mut Rows<'o>) -> Self {
        Parser {
            out,
            divider,
            state: State::Start,
            cell: String::new(),
            cells: Vec::new(),
            line: 1,
            record_line: 1,
            quote_line: 1,
            skips_first,
            after_return: false,
        }
    }

    fn take(&mut self, piece: &str) -> Result<ControlFlow<()>, Error> {
        let bytes = piece.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if mem::take(&mut self.after_return) && bytes[at] == b'\n' {
                if self.state == State::Quoted {
                    self.cell.push('\n');
                }
                at += 1;
                continue;
            }
            match self.state {
                State::Start if bytes[at] == b'"' => {
                    self.state = State::Quoted;
                    self.quote_line = self.line;
                    at += 1;
                }
                State::Start | State::Plain | State::Stray => {
                    let divider = self.divider;
                    let special = |byte: &u8| *byte == divider || *byte == b'\n' || *byte == b'\r';
                    let end = bytes[at..].iter().position(special).map_or(bytes.len(), |offset| at + offset);
                    self.append(&piece[at..end])?;
                    if self.state == State::Start && end > at {
                        self.state = State::Plain;
                    }
                    at = end;
                    if at < bytes.len() {
                        if self.divide(bytes[at])?.is_break() {
                            return Ok(ControlFlow::Break(()));
                        }
                        at += 1;
                    }
                }
                State::Quoted => at = self.take_quoted(piece, at)?,
                State::Closing => match bytes[at] {
                    b'"' => {
                        self.cell.push('"');
                        self.state = State::Quoted;
                        at += 1;
                    }
                    byte if byte == self.divider || byte == b'\n' || byte == b'\r' => {
                        if self.divide(byte)?.is_break() {
                            return Ok(ControlFlow::Break(()));
                        }
                        at += 1;
                    }
                    // A quote in the middle of a quoted cell: only if it was opened on another line
                    // may whole rows be inside.
                    _ if self.quote_line != self.line => return Err(self.open_quote()),
                    b' ' => at += 1,
                    _ => {
                        self.cell.push('"');
                        self.state = State::Stray;
                    }
                },
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Takes text inside quotes up to a quote or a line end; returns where it stopped.
    fn take_quoted(&mut self, piece: &str, at: usize) -> Result<usize, Error> {
        let bytes = piece.as_bytes();
        let special = |byte: &u8| matches!(byte, b'"' | b'\n' | b'\r');
        let end = bytes[at..].iter().position(special).map_or(bytes.len(), |offset| at + offset);
        self.append(&piece[at..end])?;
        let Some(byte) = bytes.get(end) else { return Ok(end) };
        if *byte == b'"' {
            self.state = State::Closing;
        } else {
            self.cell.push(char::from(*byte));
            self.line = self.line.saturating_add(1);
            self.after_return = *byte == b'\r';
        }
        Ok(end + 1)
    }

    fn append(&mut self, text: &str) -> Result<(), Error> {
        self.cell.push_str(text);
        // Up to four bytes a character; the exact count is taken when the cell ends.
        if self.cell.len() / 4 <= self.out.limits.cell_chars {
            return Ok(());
        }
        if self.state == State::Quoted {
            return Err(self.open_quote());
        }
        self.out.check_chars(self.record_line, &self.cell)
    }

    /// Ends a cell at a divider, or a row at a line end.
    fn divide(&mut self, byte: u8) -> Result<ControlFlow<()>, Error> {
        self.end_cell()?;
        if byte == self.divider {
            return Ok(ControlFlow::Continue(()));
        }
        self.after_return = byte == b'\r';
        self.line = self.line.saturating_add(1);
        self.end_row()
    }

    fn end_cell(&mut self) -> Result<(), Error> {
        let state = mem::replace(&mut self.state, State::Start);
        let column = self.cells.len();
        if column >= BLANK_COLUMNS.max(self.out.limits.columns as usize) {
            self.out.check_column(self.record_line, u32::MAX)?;
        }
        if self.cell.is_empty() {
            self.cells.push(Cell::Empty);
            return Ok(());
        }
        let text = mem::take(&mut self.cell);
        self.out.check_column(self.record_line, column as u32)?;
        self.out.check_chars(self.record_line, &text)?;
        self.cells.push(if state == State::Stray {
            Cell::Broken(format!("\"{text}（引号位置不对）"))
        } else {
            cell_of(text)
        });
        Ok(())
    }

    fn end_row(&mut self) -> Result<ControlFlow<()>, Error> {
        let number = mem::replace(&mut self.record_line, self.line);
        let room = self.cells.len();
        let cells = mem::replace(&mut self.cells, Vec::with_capacity(room));
        if mem::take(&mut self.skips_first) {
            return Ok(ControlFlow::Continue(()));
        }
        self.out.push(number, cells)
    }

    fn finish(&mut self) -> Result<(), Error> {
        if self.state == State::Quoted {
            return Err(self.open_quote());
        }
        if self.state != State::Start || !self.cells.is_empty() {
            self.end_cell()?;
            let _ = self.end_row()?;
        }
        Ok(())
    }

    fn open_quote(&self) -> Error {
        Error::OpenQuote { file: self.out.file.to_owned(), line: self.quote_line, column: self.cells.len() as u32 + 1 }
    }
}

fn cell_of(text: String) -> Cell {
    if text.contains(WRONG) {
        return Cell::Broken(text.replace(WRONG, "\u{FFFD}"));
    }
    match crate::write::unguarded(&text) {
        Some(inner) => Cell::Text(inner.to_owned()),
        None => Cell::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sample: &str, expected: u8) {
        assert_eq!(char::from(find_divider(sample)), char::from(expected), "{sample}");
    }

    #[test]
    fn the_divider_is_the_one_that_lines_agree_on() {
        check("a,b,c\n1,x;y;z,3\n2,x;y,4\n", b',');
        check("a;b;c\n1;1,5;3\n2;2,5;4\n", b';');
        check("a\tb\n1\t2\n", b'\t');
        check("a|b\n1|2\n", b'|');
        check("一列\n甲\n", b',');
        check("a;b", b';');
        check("甲表\na;b;c\n1;2;3\n", b';');
        // Semicolons in one cell outnumber the commas of the heading, but stand on one line only.
        check("h1,h2,h3\n\"\",;;;\n", b',');
        check("一列\n甲;乙;\n丙\n丁\n", b',');
        check("\"x;y;z\",b\n\"x;y\",c\n", b',');
    }
}
