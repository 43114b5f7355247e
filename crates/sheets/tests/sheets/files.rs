//! Makes the files that the tests read.

use std::{
    fs::{self, File},
    io::{Cursor, Write as _},
    path::PathBuf,
};

use sheets::{Cell, Error, Limits, Row};
use tempfile::TempDir;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// A folder that vanishes with the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(TempDir::new().unwrap())
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

pub(crate) fn read(name: &str, content: impl AsRef<[u8]>) -> Result<Vec<Row>, Error> {
    read_within(name, content, &Limits::default())
}

/// Reads the first sheet.
pub(crate) fn read_within(name: &str, content: impl AsRef<[u8]>, limits: &Limits) -> Result<Vec<Row>, Error> {
    let folder = Folder::new();
    let path = folder.file(name, content);
    Ok(sheets::read_all(&path, limits)?.into_iter().next().map(|(_, rows)| rows).unwrap_or_default())
}

/// The rows as text, one a line: number, then the cells between bars; broken cells in angle brackets.
pub(crate) fn shown(rows: &[Row]) -> String {
    let cell = |cell: &Cell| match cell {
        Cell::Broken(text) => format!("<{text}>"),
        Cell::Date(date) => format!("date {date}"),
        Cell::Number(text) => format!("number {text}"),
        Cell::Flag(value) => format!("flag {value}"),
        Cell::Empty | Cell::Text(_) => cell.text().into_owned(),
    };
    let row = |row: &Row| format!("{}|{}", row.number, row.cells.iter().map(cell).collect::<Vec<_>>().join("|"));
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

pub(crate) fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// A zip package of the parts given.
pub(crate) fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let method = if *name == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
const ROOT: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK_PARTS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

/// Style 1 is a date as Chinese Excel formats it, style 2 a built-in East Asian date.
const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/></numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="176" applyNumberFormat="1"/><xf numFmtId="31" applyNumberFormat="1"/></cellXfs></styleSheet>"#;

/// The pieces of a small xlsx workbook, each of which a test may replace.
pub(crate) struct Xlsx {
    pub(crate) rows: String,
    pub(crate) is_1904: bool,
    pub(crate) before_sheet: String,
    pub(crate) shared: String,
}

impl Xlsx {
    /// One sheet 表一 with these `<row>` elements.
    pub(crate) fn new(rows: &str) -> Xlsx {
        let shared = r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="1"><si><t>共享</t></si></sst>"#;
        Xlsx { rows: rows.to_owned(), is_1904: false, before_sheet: String::new(), shared: shared.to_owned() }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let workbook = format!(
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr date1904="{}"/><sheets><sheet name="表一" sheetId="1" r:id="r1"/></sheets></workbook>"#,
            u8::from(self.is_1904)
        );
        let sheet = format!(
            r#"{}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>"#,
            self.before_sheet, self.rows
        );
        package(&[
            ("[Content_Types].xml", TYPES.as_bytes()),
            ("_rels/.rels", ROOT.as_bytes()),
            ("xl/workbook.xml", workbook.as_bytes()),
            ("xl/_rels/workbook.xml.rels", BOOK_PARTS.as_bytes()),
            ("xl/sharedStrings.xml", self.shared.as_bytes()),
            ("xl/styles.xml", STYLES.as_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ])
    }
}

/// A small ods spreadsheet with these `<table:table-row>` elements.
pub(crate) fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content><office:body><office:spreadsheet><table:table table:name="表一"><table:table-column/>{rows}</table:table><table:table table:name="表二"/></office:spreadsheet></office:body></office:document-content>"#
    );
    package(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
        ("content.xml", content.as_bytes()),
    ])
}

/// One record of an xls workbook.
pub(crate) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes(), &(data.len() as u16).to_le_bytes(), data].concat()
}

/// Row, column and format at the head of a cell record.
pub(crate) fn at(row: u16, column: u16, format: u16) -> Vec<u8> {
    [row.to_le_bytes(), column.to_le_bytes(), format.to_le_bytes()].concat()
}

/// The records of a workbook with one sheet 表一; format 1 is a date.
pub(crate) fn xls_stream(globals: &[Vec<u8>], cells: &[Vec<u8>]) -> Vec<u8> {
    let begin = |kind: u16| record(0x0809, &[&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat());
    let format = |number: u16| record(0x00E0, &[&[0, 0][..], &number.to_le_bytes(), &[0; 16]].concat());
    let name: Vec<u8> = "表一".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bound = |start: u32| record(0x0085, &[&start.to_le_bytes()[..], &[0, 0, 2, 1], &name].concat());
    let end = record(0x000A, &[]);
    let globals = |start: u32| {
        [
            begin(5),
            record(0x0042, &1200_u16.to_le_bytes()),
            globals.concat(),
            format(0),
            format(14),
            bound(start),
            end.clone(),
        ]
        .concat()
    };
    let start = globals(0).len() as u32;
    [globals(start), begin(0x10), cells.concat(), end].concat()
}

/// Wraps a stream into a compound file under the name given.
pub(crate) fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut stream = stream.to_vec();
    stream.resize(stream.len().max(4096).next_multiple_of(512), 0);
    let sectors = stream.len() / 512;
    let mut header = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    header.resize(24, 0);
    header.extend([0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    header.resize(44, 0);
    for number in [1_u32, 1, 0, 4096, 0xFFFF_FFFE, 0, 0xFFFF_FFFE, 0, 0] {
        header.extend(number.to_le_bytes());
    }
    header.resize(512, 0xFF);
    // Sector 0 is the table of sectors, sector 1 the directory, the stream follows.
    let mut table: Vec<u32> = vec![0xFFFF_FFFD, 0xFFFF_FFFE];
    table.extend((0..sectors as u32).map(|index| if index + 1 == sectors as u32 { 0xFFFF_FFFE } else { index + 3 }));
    assert!(table.len() <= 128, "one table sector is enough for a test file");
    table.resize(128, 0xFFFF_FFFF);
    let entry = |name: &str, kind: u8, start: u32, size: u32| {
        let mut bytes: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = bytes.len() as u16 + 2;
        bytes.resize(64, 0);
        bytes.extend(length.to_le_bytes());
        bytes.extend([kind, 1]);
        bytes.resize(116, 0);
        bytes.extend(start.to_le_bytes());
        bytes.extend(size.to_le_bytes());
        bytes.resize(128, 0);
        bytes
    };
    let mut directory = [entry("Root Entry", 5, 0xFFFF_FFFE, 0), entry(name, 2, 2, stream.len() as u32)].concat();
    directory.resize(512, 0);
    [header, table.into_iter().flat_map(u32::to_le_bytes).collect(), directory, stream].concat()
}

/// Writes a workbook and returns its bytes.
pub(crate) fn written(sheets: &[sheets::write::Sheet]) -> Vec<u8> {
    let mut cursor = Cursor::new(Vec::new());
    sheets::write::xlsx(sheets, &mut cursor).unwrap();
    cursor.into_inner()
}

/// A part of a zip package as text.
pub(crate) fn part(package: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).unwrap();
    std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
}

/// Puts a part of zeros into a package that is huge once inflated, written without holding it.
pub(crate) fn bomb(path: &std::path::Path, megabytes: usize) {
    let mut writer = ZipWriter::new(File::create(path).unwrap());
    writer.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    for _ in 0..megabytes {
        writer.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    writer.finish().unwrap();
}
