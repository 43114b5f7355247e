//! Office files in and out: workbooks, csv and JSON lines become rows, and tables become workbooks and csv.
//!
//! What is read keeps the spreadsheet's own row numbers, so that a message can name the row a clerk sees.
//! The crate knows nothing of registers and headings; it hands over cells.
//! It trusts no file: sizes, zip ratios, XML entities and encodings are checked, and what cannot be read
//! without a guess is a [`Cell::Broken`] or an [`Error`] that says what to do.
//!
//! Csv, JSON lines and labelled records are read in constant memory, whatever their length.
//! An xlsx file is streamed row by row but its shared texts are held; an xls file is held whole;
//! both therefore stay within [`Limits`].

mod compound;
mod decode;
mod delimited;
mod detect;
mod error;
mod json_lines;
mod labelled;
mod number;
mod ods;
mod package;
mod xls;
mod xlsx;

pub mod write;

use std::{borrow::Cow, ops::ControlFlow, path::Path};

use jiff::civil::Date;

pub use crate::{
    detect::{Format, check_size, open},
    error::Error,
};

/// How much of a file is read before it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The file itself, in bytes; 1 GiB. An xls file is held in memory and may have a quarter of it.
    pub file_bytes: u64,
    /// All parts of a zipped workbook together once inflated, in bytes; 1 GiB.
    pub unzipped_bytes: u64,
    /// How many times larger than its zipped form a part above 1 MiB may be; 200.
    /// Real sheets stay below 60; a bomb has 1,000.
    pub zip_ratio: u32,
    /// Rows of one sheet, blank ones included; 5,000,000.
    pub rows: u64,
    /// Columns up to the last one that holds a value; 1,024.
    pub columns: u32,
    /// Characters of one cell; 200,000 (an xlsx cell holds 32,767).
    pub cell_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            file_bytes: 1 << 30,
            unzipped_bytes: 1 << 30,
            zip_ratio: 200,
            rows: 5_000_000,
            columns: 1_024,
            cell_chars: 200_000,
        }
    }
}

/// One row that holds at least one value; blank rows are passed over, their numbers are not used again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The number the spreadsheet shows beside the row, from 1; in csv and JSON lines the line it begins on.
    pub number: u32,
    /// The cells from the first column on; a csv line keeps exactly the cells it has.
    pub cells: Vec<Cell>,
}

/// The value of one cell, as the file holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, untrimmed.
    Text(String),
    /// A true spreadsheet date; a time of day beside it is left out.
    Date(Date),
    /// A number in plain decimals, such as `2013106997442` or `0.5`: no exponent, no needless zeros,
    /// rounded to the 15 digits that spreadsheets keep. A JSON number keeps its own notation.
    Number(String),
    /// True or false.
    Flag(bool),
    /// A value that cannot be trusted, in the form to show: `#REF!`, a formula never calculated,
    /// text with bytes that are wrong in the file's encoding, a number beyond a spreadsheet's 15 digits.
    Broken(String),
}

impl Cell {
    /// The cell as text: dates as `2023-12-31`, flags as 是 or 否, nothing as an empty text.
    ///
    /// ```
    /// # use sheets::Cell;
    /// assert_eq!(Cell::Number("12.5".into()).text(), "12.5");
    /// assert_eq!(Cell::Flag(true).text(), "是");
    /// ```
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Text(text) | Cell::Number(text) | Cell::Broken(text) => Cow::Borrowed(text),
            Cell::Date(date) => Cow::Owned(date.to_string()),
            Cell::Flag(true) => Cow::Borrowed("是"),
            Cell::Flag(false) => Cow::Borrowed("否"),
        }
    }

    /// True when the cell holds nothing.
    pub fn is_empty(&self) -> bool {
        matches!(self, Cell::Empty)
    }

    pub(crate) fn from_text(text: String) -> Cell {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }
}

/// A file opened for reading.
#[derive(Debug)]
pub struct Book {
    pub(crate) file: String,
    pub(crate) format: Format,
    pub(crate) limits: Limits,
    pub(crate) source: Source,
}

/// Where the rows of a book come from.
#[derive(Debug)]
pub(crate) enum Source {
    Delimited(delimited::Delimited),
    JsonLines(json_lines::JsonLines),
    Labelled(labelled::Labelled),
    Xlsx(Box<xlsx::Workbook>),
    Xls(xls::Workbook),
    Ods(ods::Workbook),
}

impl Book {
    /// What kind of file it is.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The encoding found in a csv or JSON lines file, such as `GB18030`; none for workbooks.
    pub fn encoding(&self) -> Option<&str> {
        match &self.source {
            Source::Delimited(source) => Some(source.encoding()),
            Source::JsonLines(source) => Some(source.encoding()),
            Source::Labelled(source) => Some(source.encoding()),
            Source::Xlsx(_) | Source::Xls(_) | Source::Ods(_) => None,
        }
    }

    /// The worksheets in their order, hidden ones too; a csv or JSON lines file is one sheet with the file's name.
    pub fn sheet_names(&self) -> Vec<String> {
        match &self.source {
            Source::Delimited(_) | Source::JsonLines(_) | Source::Labelled(_) => {
                vec![self.file.rsplit_once('.').map_or(self.file.as_str(), |(stem, _)| stem).to_owned()]
            }
            Source::Xlsx(book) => book.sheet_names(),
            Source::Xls(book) => book.sheet_names(),
            Source::Ods(book) => book.sheet_names(),
        }
    }

    /// Hands every row of a sheet that holds a value to `on_row`, from the top, until it breaks.
    ///
    /// Rows handed over before an error stand; whoever reads must be ready to throw them away.
    pub fn read_sheet(&mut self, index: usize, on_row: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), Error> {
        let names = self.sheet_names();
        let Some(name) = names.get(index) else {
            return Err(Error::NoSuchSheet { file: self.file.clone(), number: index + 1, count: names.len() });
        };
        let mut out = Rows { file: &self.file, sheet: name, limits: &self.limits, seen: 0, on_row };
        match &mut self.source {
            Source::Delimited(source) => source.read(&mut out),
            Source::JsonLines(source) => source.read(&mut out),
            Source::Labelled(source) => source.read(&mut out),
            Source::Xlsx(book) => book.read(&mut out),
            Source::Xls(book) => book.read(&mut out),
            Source::Ods(book) => book.read(&mut out),
        }
    }
}

/// Opens every sheet of a file at once; for small files such as reference tables and tests.
pub fn read_all(path: &Path, limits: &Limits) -> Result<Vec<(String, Vec<Row>)>, Error> {
    let mut book = open(path, limits)?;
    let mut sheets = Vec::new();
    for (index, name) in book.sheet_names().into_iter().enumerate() {
        let mut rows = Vec::new();
        book.read_sheet(index, &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        })?;
        sheets.push((name, rows));
    }
    Ok(sheets)
}

/// The receiving end of a sheet: counts rows, holds the limits and drops blank rows.
pub(crate) struct Rows<'a> {
    pub(crate) file: &'a str,
    pub(crate) sheet: &'a str,
    pub(crate) limits: &'a Limits,
    seen: u64,
    on_row: &'a mut dyn FnMut(Row) -> ControlFlow<()>,
}

impl Rows<'_> {
    /// Hands over one row, unless it is blank.
    pub(crate) fn push(&mut self, number: u32, cells: Vec<Cell>) -> Result<ControlFlow<()>, Error> {
        self.seen += 1;
        if self.seen > self.limits.rows {
            let limit = format!("{} 行", self.limits.rows);
            return Err(Error::too_large(self.file, self.place(), "行数", limit));
        }
        if cells.iter().all(Cell::is_empty) {
            return Ok(ControlFlow::Continue(()));
        }
        Ok((self.on_row)(Row { number, cells }))
    }

    /// Puts a cell at a column, filling up with empty ones, within the limits.
    pub(crate) fn place_cell(&self, cells: &mut Vec<Cell>, number: u32, column: u32, cell: Cell) -> Result<(), Error> {
        if cell.is_empty() {
            return Ok(());
        }
        self.check_column(number, column)?;
        if let Cell::Text(text) | Cell::Broken(text) = &cell {
            self.check_chars(number, text)?;
        }
        let index = column as usize;
        if cells.len() <= index {
            cells.resize(index + 1, Cell::Empty);
        }
        if !cells[index].is_empty() {
            let detail = format!("第 {number} 行第 {} 列出现两次", column + 1);
            return Err(Error::damaged(self.file, self.place(), detail));
        }
        cells[index] = cell;
        Ok(())
    }

    pub(crate) fn check_column(&self, number: u32, column: u32) -> Result<(), Error> {
        if column < self.limits.columns {
            return Ok(());
        }
        let limit = format!("{} 列", self.limits.columns);
        Err(Error::too_large(self.file, format!("{}第 {number} 行的", self.place()), "列数", limit))
    }

    pub(crate) fn check_chars(&self, number: u32, text: &str) -> Result<(), Error> {
        // Bytes are an upper bound of characters, and free to look at.
        if text.len() <= self.limits.cell_chars || text.chars().count() <= self.limits.cell_chars {
            return Ok(());
        }
        let limit = format!("{} 个字", self.limits.cell_chars);
        Err(Error::too_large(self.file, format!("{}第 {number} 行的", self.place()), "单元格字数", limit))
    }

    pub(crate) fn place(&self) -> String {
        format!("工作表“{}”", self.sheet)
    }
}
