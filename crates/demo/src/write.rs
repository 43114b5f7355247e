//! Writing the deliveries as files: workbooks, text tables in several encodings, JSON lines. The same city gives the same bytes.

use std::{
    collections::HashMap,
    fmt::Write as _,
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use encoding_rs::GB18030;
use jiff::{Timestamp, civil::Date};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as CellFormat, Workbook, Worksheet};

use crate::{
    City, Error,
    cells::Cell,
    deliveries::{self, Days, Delivery, Format},
    dirty::Planted,
    names::CITY,
};

/// A file as it was written, ready for import in the order of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterFile {
    /// The register it belongs to.
    pub register: &'static str,
    /// Where it was written.
    pub path: PathBuf,
    /// When the office received it.
    pub received_at: Timestamp,
    /// Headings that nobody knows beforehand, with the fields they mean.
    pub mapping: Option<Vec<(String, &'static str)>>,
    /// Rows of data, planted dirty ones included.
    pub rows: u64,
}

/// Writes every file of the city into a directory that exists.
///
/// # Errors
/// When a file cannot be written.
pub fn write_files(city: &City, dir: &Path) -> Result<Vec<RegisterFile>, Error> {
    let mut files = Vec::with_capacity(city.deliveries.len());
    for (index, delivery) in city.deliveries.iter().enumerate() {
        let path = dir.join(delivery.file_name());
        let mut dirty: Vec<&Planted> = city.planted.iter().filter(|planted| planted.file == index).collect();
        dirty.sort_by_key(|planted| planted.at);
        let rows = match delivery.format {
            Format::Xlsx => workbook(city, delivery, &dirty, &path)?,
            _ => plain(city, delivery, &dirty, &path)?,
        };
        let strange = delivery.headings.iter().filter(|pair| deliveries::STRANGE.contains(pair));
        let mapping: Vec<(String, &'static str)> =
            strange.map(|(field, heading)| ((*heading).to_owned(), *field)).collect();
        let mapping = (!mapping.is_empty()).then_some(mapping);
        files.push(RegisterFile {
            register: delivery.register,
            path,
            received_at: delivery.received_at(),
            mapping,
            rows,
        });
    }
    Ok(files)
}

/// Calls back with every row of data, the dirty ones in their places; returns how many there were.
fn each_row(
    city: &City,
    delivery: &Delivery,
    dirty: &[&Planted],
    each: &mut dyn FnMut(&[Cell]) -> Result<(), Error>,
) -> Result<u64, Error> {
    let mut written = 0;
    let mut rest = dirty.iter().peekable();
    delivery.rows(city, &mut |row| {
        while let Some(planted) = rest.next_if(|planted| planted.at == written + 1) {
            written += 1;
            each(&planted.cells)?;
        }
        written += 1;
        each(row)
    })?;
    for planted in rest {
        written += 1;
        each(&planted.cells)?;
    }
    Ok(written as u64)
}

/// The title rows above the headings.
fn titles(delivery: &Delivery) -> Vec<String> {
    let day = delivery.received;
    let first = format!("{CITY}{}（演示数据）", delivery.name);
    let second = format!("填报日期：{}年{}月{}日", day.year(), day.month(), day.day());
    [first, second].into_iter().take(delivery.titles as usize).collect()
}

fn typed_day(day: Date, days: Days) -> String {
    let (year, month, date) = (day.year(), day.month(), day.day());
    match days {
        Days::Iso | Days::True => format!("{year:04}-{month:02}-{date:02}"),
        Days::Dots => format!("{year:04}.{month:02}.{date:02}"),
        Days::Slashes => format!("{year}/{month}/{date}"),
        Days::Compact => format!("{year:04}{month:02}{date:02}"),
        Days::Chinese => format!("{year}年{month}月{date}日"),
    }
}

/// An exact decimal of yuan or of 万元, without idle zeros.
fn typed_fen(fen: i64, wan: bool) -> String {
    let (unit, places) = if wan { (1_000_000, 6) } else { (100, 2) };
    let mut text = format!("{}.{:0places$}", fen / unit, fen % unit);
    text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    text
}

/// The cell as it is typed into a text file.
fn typed(cell: &Cell, delivery: &Delivery, out: &mut String) {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => out.push_str(text),
        Cell::Day(day) => out.push_str(&typed_day(*day, delivery.days)),
        // Writing to a string does not fail.
        Cell::Int(number) => drop(write!(out, "{number}")),
        Cell::Fen(fen) => out.push_str(&typed_fen(*fen, delivery.wan)),
        Cell::FenList(list) => {
            let list: Vec<String> = list.iter().map(|fen| typed_fen(*fen, delivery.wan)).collect();
            out.push_str(&list.join("；"));
        }
    }
}

/// A text file that is encoded and written piece by piece.
struct TextFile {
    out: BufWriter<File>,
    buffer: String,
    format: Format,
    /// Characters met so far in GB18030: looking one up in the standard's table takes long, and few are used.
    encoded: HashMap<char, Vec<u8>>,
}

impl TextFile {
    fn begin(path: &Path, format: Format) -> Result<Self, Error> {
        let file = File::create(path).map_err(|source| Error::Write { path: path.to_owned(), source })?;
        let buffer =
            if matches!(format, Format::Utf8Bom | Format::Utf16) { "\u{feff}".to_owned() } else { String::new() };
        Ok(Self { out: BufWriter::new(file), buffer, format, encoded: HashMap::new() })
    }

    fn end_line(&mut self, path: &Path) -> Result<(), Error> {
        // Offices on Windows end their lines so.
        self.buffer.push_str(if matches!(self.format, Format::Gb18030 | Format::Utf16) { "\r\n" } else { "\n" });
        if self.buffer.len() < 1 << 16 { Ok(()) } else { self.flush(path) }
    }

    fn flush(&mut self, path: &Path) -> Result<(), Error> {
        let done = match self.format {
            Format::Gb18030 => {
                let mut bytes = Vec::with_capacity(self.buffer.len());
                for character in self.buffer.chars() {
                    let of_one = || GB18030.encode(character.encode_utf8(&mut [0; 4])).0.into_owned();
                    bytes.extend_from_slice(self.encoded.entry(character).or_insert_with(of_one));
                }
                self.out.write_all(&bytes)
            }
            Format::Utf16 => {
                let bytes: Vec<u8> = self.buffer.encode_utf16().flat_map(u16::to_le_bytes).collect();
                self.out.write_all(&bytes)
            }
            _ => self.out.write_all(self.buffer.as_bytes()),
        };
        self.buffer.clear();
        done.and_then(|()| self.out.flush()).map_err(|source| Error::Write { path: path.to_owned(), source })
    }
}

fn quoted(text: &str, out: &mut String) {
    if text.contains([',', '"', '\n', '\r']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

fn plain(city: &City, delivery: &Delivery, dirty: &[&Planted], path: &Path) -> Result<u64, Error> {
    let headings = deliveries::headings(delivery);
    let json = delivery.format == Format::JsonLines;
    let mut file = TextFile::begin(path, delivery.format)?;
    if !json {
        for title in titles(delivery) {
            quoted(&title, &mut file.buffer);
            file.buffer.push_str(&",".repeat(headings.len() - 1));
            file.end_line(path)?;
        }
        for (place, (_, heading)) in headings.iter().enumerate() {
            if place > 0 {
                file.buffer.push(',');
            }
            quoted(heading, &mut file.buffer);
        }
        file.end_line(path)?;
    }
    let mut cell_text = String::new();
    let rows = each_row(city, delivery, dirty, &mut |row| {
        if json {
            file.buffer.push('{');
        }
        let mut first = true;
        for (cell, (field, _)) in row.iter().zip(&headings) {
            cell_text.clear();
            typed(cell, delivery, &mut cell_text);
            if json && *cell == Cell::Empty {
                continue;
            }
            if !first {
                file.buffer.push(',');
            }
            first = false;
            if json {
                // Neither quotes nor backslashes occur in these rows.
                file.buffer.push_str(&format!("\"{field}\":\"{cell_text}\""));
            } else {
                quoted(&cell_text, &mut file.buffer);
            }
        }
        if json {
            file.buffer.push('}');
        }
        file.end_line(path)
    })?;
    file.flush(path)?;
    Ok(rows)
}

fn workbook(city: &City, delivery: &Delivery, dirty: &[&Planted], path: &Path) -> Result<u64, Error> {
    let failed = |source| Error::Workbook { path: path.to_owned(), source };
    let day = delivery.received;
    let made = ExcelDateTime::from_ymd(day.year() as u16, day.month() as u8, day.day() as u8).map_err(failed)?;
    let mut book = Workbook::new();
    // The clock of the machine would otherwise go into the file.
    book.set_properties(&DocProperties::new().set_creation_datetime(&made).set_author("演示数据"));
    let rows = sheet(city, delivery, dirty, path, book.add_worksheet().set_name("Sheet1").map_err(failed)?)?;
    if delivery.titles > 1 {
        let notes = book.add_worksheet().set_name("填表说明").map_err(failed)?;
        notes.write_string(0, 0, "本表由单位填报，日期请填至日，金额单位见标题。").map_err(failed)?;
    }
    book.save(path).map_err(failed)?;
    Ok(rows)
}

fn sheet(
    city: &City,
    delivery: &Delivery,
    dirty: &[&Planted],
    path: &Path,
    sheet: &mut Worksheet,
) -> Result<u64, Error> {
    let failed = |source| Error::Workbook { path: path.to_owned(), source };
    let headings = deliveries::headings(delivery);
    let bold = CellFormat::new().set_bold();
    let date_format = CellFormat::new().set_num_format("yyyy\\-mm\\-dd");
    let mut line = 0;
    for title in titles(delivery) {
        sheet.write_string_with_format(line, 0, title, &bold).map_err(failed)?;
        line += 1;
    }
    for (column, (_, heading)) in (0..).zip(&headings) {
        sheet.write_string_with_format(line, column, heading, &bold).map_err(failed)?;
        sheet.set_column_width(column, 18).map_err(failed)?;
    }
    each_row(city, delivery, dirty, &mut |row| {
        line += 1;
        for (column, cell) in (0..).zip(row) {
            match cell {
                Cell::Empty => continue,
                Cell::Day(day) if delivery.days == Days::True => {
                    let date = ExcelDateTime::from_ymd(day.year() as u16, day.month() as u8, day.day() as u8)
                        .map_err(failed)?;
                    sheet.write_datetime_with_format(line, column, &date, &date_format).map_err(failed)?;
                }
                Cell::Int(number) => drop(sheet.write_number(line, column, *number as f64).map_err(failed)?),
                cell => {
                    let mut text = String::new();
                    typed(cell, delivery, &mut text);
                    sheet.write_string(line, column, text).map_err(failed)?;
                }
            }
        }
        Ok(())
    })
}
