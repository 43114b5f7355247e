//! Csv in UTF-8 with a mark, so that Excel and WPS show Chinese.

use std::io::{self, Write};

use crate::{
    Cell, Error,
    write::{Sheet, exact_number},
};

/// Writes a table as csv: a mark, the heading row, the rows.
pub fn csv(sheet: &Sheet, writer: impl Write) -> Result<(), Error> {
    let mut writer = CsvWriter::new(writer)?;
    let headings = sheet.columns.iter().map(|column| Cell::from_text(column.heading.clone()));
    writer.row(&headings.collect::<Vec<_>>())?;
    for row in &sheet.rows {
        writer.row(row)?;
    }
    writer.finish()
}

/// Writes csv row by row, for tables that are not held in memory.
#[derive(Debug)]
pub struct CsvWriter<W: Write> {
    writer: io::BufWriter<W>,
}

impl<W: Write> CsvWriter<W> {
    /// Writes the mark.
    pub fn new(writer: W) -> Result<CsvWriter<W>, Error> {
        let mut writer = io::BufWriter::new(writer);
        writer.write_all("\u{FEFF}".as_bytes()).map_err(write_error)?;
        Ok(CsvWriter { writer })
    }

    /// Writes one row.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), Error> {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.writer.write_all(b",").map_err(write_error)?;
            }
            self.cell(cell, cells.len() == 1).map_err(write_error)?;
        }
        self.writer.write_all(b"\r\n").map_err(write_error)
    }

    /// Writes what is still held back.
    pub fn finish(mut self) -> Result<(), Error> {
        self.writer.flush().map_err(write_error)
    }

    fn cell(&mut self, cell: &Cell, is_alone: bool) -> io::Result<()> {
        let text = cell.text();
        let guard = match cell {
            Cell::Text(text) | Cell::Broken(text) if needs_guard(text) => "'",
            _ => "",
        };
        let is_plain = !text.contains(['"', ',', ';', '|', '\t', '\r', '\n']) && !text.starts_with(' ');
        if is_plain && !(is_alone && text.is_empty()) {
            return write!(self.writer, "{guard}{text}");
        }
        write!(self.writer, "\"{guard}{}\"", text.replace('"', "\"\""))
    }
}

fn write_error(error: io::Error) -> Error {
    Error::Write { what: " csv ".to_owned(), detail: error.to_string() }
}

/// What a spreadsheet takes for the beginning of a formula, in half and full width.
fn starts_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// True for a text that would start a formula, or that already looks like a guarded one.
fn needs_guard(text: &str) -> bool {
    let inner = text.trim_start_matches('\'');
    starts_formula(inner) && (inner.len() < text.len() || exact_number(inner).is_none())
}

/// The text behind a guarding apostrophe, if there is one.
pub(crate) fn unguarded(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('\'')?;
    starts_formula(inner.trim_start_matches('\'')).then_some(inner)
}
