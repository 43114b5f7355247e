//! `OpenDocument` spreadsheets, streamed from `content.xml`.
//!
//! Our own reader: a repeated cell or row is never expanded beyond the limits, and a formula without a
//! stored value can be told from an empty cell.

use std::{
    io::{BufRead, BufReader},
    mem,
    path::{Path, PathBuf},
};

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use crate::{Cell, Error, Rows, number, package, xlsx::never_calculated};

const CONTENT: &str = "content.xml";

/// An ods spreadsheet ready to be read.
#[derive(Debug)]
pub(crate) struct Workbook {
    path: PathBuf,
    sheets: Vec<String>,
}

impl Workbook {
    pub(crate) fn open(path: &Path, file: &str) -> Result<Workbook, Error> {
        let mut sheets = Vec::new();
        with_content(path, file, |content| {
            while let Some(table) = content.next_table()? {
                sheets.push(attribute(&table, "table:name").unwrap_or_default());
                content.skip("table:table")?;
            }
            Ok(())
        })?;
        Ok(Workbook { path: path.to_owned(), sheets })
    }

    pub(crate) fn sheet_names(&self) -> Vec<String> {
        self.sheets.clone()
    }

    pub(crate) fn read(&self, out: &mut Rows<'_>) -> Result<(), Error> {
        let sheet = out.sheet;
        with_content(&self.path, out.file, |content| {
            while let Some(table) = content.next_table()? {
                if attribute(&table, "table:name").unwrap_or_default() == sheet {
                    return content.read_table(out);
                }
                content.skip("table:table")?;
            }
            Ok(())
        })
    }
}

fn with_content<T>(
    path: &Path,
    file: &str,
    read: impl FnOnce(&mut Content<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut archive = package::archive(path, file)?;
    let part = archive.by_name(CONTENT).map_err(|error| package::zip_error(file, CONTENT, error))?;
    let mut reader = Reader::from_reader(Box::new(BufReader::new(part)) as Box<dyn BufRead + '_>);
    reader.config_mut().expand_empty_elements = true;
    read(&mut Content { reader, file })
}

struct Content<'a> {
    reader: Reader<Box<dyn BufRead + 'a>>,
    file: &'a str,
}

impl Content<'_> {
    fn next(&mut self) -> Result<Event<'static>, Error> {
        let mut buffer = Vec::new();
        match self.reader.read_event_into(&mut buffer) {
            Ok(event) => Ok(event.into_owned()),
            Err(error) => Err(Error::damaged(self.file, CONTENT, error)),
        }
    }

    fn cut_off(&self) -> Error {
        Error::damaged(self.file, CONTENT, "内容在中途结束")
    }

    fn next_table(&mut self) -> Result<Option<BytesStart<'static>>, Error> {
        loop {
            match self.next()? {
                Event::Start(start) if start.name().as_ref() == "table:table" => return Ok(Some(start)),
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    /// Passes over everything up to the end of the element just begun.
    fn skip(&mut self, name: &str) -> Result<(), Error> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Event::Start(start) if start.name().as_ref() == name => depth += 1,
                Event::End(end) if end.name().as_ref() == name => depth -= 1,
                Event::Eof => return Err(self.cut_off()),
                _ => {}
            }
        }
        Ok(())
    }

    fn read_table(&mut self, out: &mut Rows<'_>) -> Result<(), Error> {
        let mut number = 1_u32;
        loop {
            match self.next()? {
                Event::Start(start) if start.name().as_ref() == "table:table-row" => {
                    let repeated = repetition(&start, "table:number-rows-repeated");
                    let cells = self.read_row(number, out)?;
                    if cells.is_empty() {
                        number = number.saturating_add(repeated);
                        continue;
                    }
                    for _ in 0..repeated {
                        if out.push(number, cells.clone())?.is_break() {
                            return Ok(());
                        }
                        number = number.saturating_add(1);
                    }
                }
                Event::Start(start) if matches!(start.name().as_ref(), "office:forms" | "table:shapes") => {
                    let name = start.name().as_ref().to_owned();
                    self.skip(&name)?;
                }
                Event::End(end) if end.name().as_ref() == "table:table" => return Ok(()),
                Event::Eof => return Err(self.cut_off()),
                _ => {}
            }
        }
    }

    fn read_row(&mut self, number: u32, out: &Rows<'_>) -> Result<Vec<Cell>, Error> {
        let mut cells = Vec::new();
        let mut column = 0_u32;
        loop {
            match self.next()? {
                Event::Start(start) if start.name().as_ref() == "table:table-cell" => {
                    let repeated = repetition(&start, "table:number-columns-repeated");
                    let text = self.read_cell_text(number, out)?;
                    let cell = cell_of(&start, text);
                    if !cell.is_empty() {
                        out.check_column(number, column.saturating_add(repeated - 1))?;
                        for offset in 0..repeated {
                            out.place_cell(&mut cells, number, column + offset, cell.clone())?;
                        }
                    }
                    column = column.saturating_add(repeated);
                }
                // Under a merged cell: whatever is hidden there is not shown to anyone.
                Event::Start(start) if start.name().as_ref() == "table:covered-table-cell" => {
                    column = column.saturating_add(repetition(&start, "table:number-columns-repeated"));
                    self.skip("table:covered-table-cell")?;
                }
                Event::End(end) if end.name().as_ref() == "table:table-row" => return Ok(cells),
                Event::Eof => return Err(self.cut_off()),
                _ => {}
            }
        }
    }

    /// The paragraphs of the cell just begun, up to its end.
    fn read_cell_text(&mut self, number: u32, out: &Rows<'_>) -> Result<String, Error> {
        let mut text = String::new();
        let mut paragraphs = 0;
        let mut in_paragraph = false;
        loop {
            match self.next()? {
                Event::Start(start) => match start.name().as_ref() {
                    "text:p" => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                        in_paragraph = true;
                    }
                    "text:s" => {
                        let spaces = attribute(&start, "text:c").and_then(|count| count.parse().ok()).unwrap_or(1);
                        text.extend(std::iter::repeat_n(' ', usize::min(spaces, 1_000)));
                    }
                    "text:tab" => text.push('\t'),
                    "text:line-break" => text.push('\n'),
                    // A comment, a picture or a table inside the cell is not its value.
                    name @ ("office:annotation" | "draw:frame" | "draw:custom-shape" | "draw:g" | "table:table") => {
                        let name = name.to_owned();
                        self.skip(&name)?;
                    }
                    _ => {}
                },
                Event::End(end) => match end.name().as_ref() {
                    "text:p" => in_paragraph = false,
                    "table:table-cell" => return Ok(text),
                    _ => {}
                },
                Event::Text(piece) if in_paragraph => text.push_str(&piece.xml10_content()),
                Event::CData(piece) if in_paragraph => text.push_str(&piece.xml10_content()),
                Event::GeneralRef(entity) => text.push_str(&self.resolve(&entity)?),
                Event::Eof => return Err(self.cut_off()),
                _ => {}
            }
            out.check_chars(number, &text)?;
        }
    }

    /// One of XML's five own entities or a character number; nothing else is expanded.
    fn resolve(&self, entity: &quick_xml::events::BytesRef<'_>) -> Result<String, Error> {
        if let Ok(Some(character)) = entity.resolve_char_ref() {
            return Ok(character.to_string());
        }
        let name: &str = entity;
        quick_xml::escape::resolve_xml_entity(name).map(str::to_owned).ok_or_else(|| Error::Unsafe {
            file: self.file.to_owned(),
            part: CONTENT.to_owned(),
            danger: format!("使用了未知的 XML 实体 &{name};"),
        })
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

fn repetition(start: &BytesStart<'_>, name: &str) -> u32 {
    attribute(start, name).and_then(|count| count.parse().ok()).unwrap_or(1).max(1)
}

fn cell_of(start: &BytesStart<'_>, mut text: String) -> Cell {
    let formula = attribute(start, "table:formula");
    let is_error = attribute(start, "calcext:value-type").is_some_and(|kind| kind == "error");
    if is_error || (formula.is_some() && (text.starts_with("Err:") || text.starts_with('#'))) {
        return Cell::Broken(text);
    }
    let kind = attribute(start, "office:value-type");
    let value = |name| attribute(start, name);
    let found = match kind.as_deref() {
        Some("float" | "percentage" | "currency") => value("office:value").map(|value| match value.parse() {
            Ok(float) => number::number(float),
            Err(_) => Cell::Broken(format!("{value}（数值无效）")),
        }),
        Some("date") => value("office:date-value").map(|value| number::iso_date(&value)),
        Some("boolean") => value("office:boolean-value").map(|value| Cell::Flag(value == "true")),
        Some("string") => Some(Cell::from_text(value("office:string-value").unwrap_or_else(|| mem::take(&mut text)))),
        _ => None,
    };
    match (found, formula) {
        (Some(cell), _) => cell,
        (None, Some(formula)) if text.is_empty() => never_calculated(&formula),
        (None, _) => Cell::from_text(text),
    }
}
