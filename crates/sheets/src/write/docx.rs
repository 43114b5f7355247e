//! Word documents in the form of Chinese official papers (GB/T 9704-2012): margins, typefaces, sizes, page numbers.
//!
//! Only what reports, letters and certificates need: a title, headings of three levels, paragraphs, notes, tables and charts, and the
//! places of a letter. Text is escaped; nothing in it can become markup, a field or a link.

pub mod chart;
mod letter;
mod properties;

use std::io::{Seek, Write};

use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

pub use self::{chart::Chart, properties::Properties};
use crate::Error;

/// A paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// Its title, centred at the head; a line break in it is kept.
    pub title: String,
    /// A line below the title: who, as of when.
    pub line: String,
    /// What it says.
    pub blocks: Vec<Block>,
    /// How its page looks.
    pub form: Form,
    /// What stands in red at the head of every page; empty for nothing.
    pub mark: String,
    /// What an archive wants to know of the file.
    pub properties: Properties,
}

/// How the page of a paper looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// A report with large tables.
    #[default]
    Report,
    /// A letter of an office.
    Letter,
    /// A certificate (证书): across, with a frame.
    Certificate,
}

/// A part of a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading of level 1 (黑体), 2 (楷体) or 3 (仿宋, bold); numbers are in the text.
    Heading(u8, String),
    /// A paragraph with two characters' indent.
    Text(String),
    /// A smaller paragraph without indent: sources, methods, searches.
    Note(String),
    /// A table.
    Table(Table),
    /// A chart.
    Chart(Chart),
    /// The number of a letter (发文字号), centred.
    Number(String),
    /// Whom a letter is for (主送机关), from the margin.
    Addressee(String),
    /// Who signs a letter and when (发文机关署名、成文日期), to the right.
    Signature {
        /// Who.
        by: String,
        /// When, in Chinese; empty for no day.
        on: String,
    },
}

/// A table of a paper; its heading row is repeated on each page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The line above it.
    pub caption: String,
    /// The columns: the heading, and whether their cells are numbers, which stand to the right.
    pub columns: Vec<(String, bool)>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// The width of the text of a page in twentieths of a point: 156 mm.
const WIDTH: usize = 8_844;

/// Writes a paper. The same paper gives the same bytes.
pub fn docx<W: Write + Seek>(paper: &Paper, writer: W) -> Result<(), Error> {
    let failed = |detail: String| Error::Write { what: "文档".to_owned(), detail };
    let mut zip = ZipWriter::new(writer);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let charts: Vec<&Chart> = charts(paper).collect();
    let numbered =
        |text: &str| -> String { (1..=charts.len()).map(|number| text.replace("{}", &number.to_string())).collect() };
    let types = CONTENT_TYPES.replace("</Types>", &(numbered(CHART_TYPE) + "</Types>"));
    let relations = DOCUMENT_RELATIONS.replace("</Relationships>", &(numbered(CHART_RELATION) + "</Relationships>"));
    let (core, custom) = properties::parts(&paper.title, &paper.properties);
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), types),
        ("_rels/.rels".to_owned(), RELATIONS.to_owned()),
        ("word/_rels/document.xml.rels".to_owned(), relations),
        ("word/styles.xml".to_owned(), styles()),
        ("word/settings.xml".to_owned(), SETTINGS.to_owned()),
        ("word/footer1.xml".to_owned(), letter::footer(letter::Side::Odd)),
        ("word/footer2.xml".to_owned(), letter::footer(letter::Side::Even)),
        ("word/header1.xml".to_owned(), letter::header(&paper.mark)),
        ("docProps/core.xml".to_owned(), core),
        ("docProps/custom.xml".to_owned(), custom),
        ("word/document.xml".to_owned(), document(paper)),
    ];
    let of_charts = charts.iter().zip(1..).map(|(one, at)| (format!("word/charts/chart{at}.xml"), chart::part(one)));
    parts.extend(of_charts);
    for (name, text) in parts {
        zip.start_file(name, options).map_err(|cause| failed(cause.to_string()))?;
        zip.write_all(text.as_bytes()).map_err(|cause| failed(cause.to_string()))?;
    }
    zip.finish().map_err(|cause| failed(cause.to_string()))?;
    Ok(())
}

fn charts(paper: &Paper) -> impl Iterator<Item = &Chart> {
    paper.blocks.iter().filter_map(|block| match block {
        Block::Chart(chart) => Some(chart),
        _ => None,
    })
}

const CHART_TYPE: &str = r#"<Override PartName="/word/charts/chart{}.xml" ContentType="application/vnd.openxmlformats-officedocument.drawingml.chart+xml"/>"#;
const CHART_RELATION: &str = r#"<Relationship Id="rIdChart{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart" Target="charts/chart{}.xml"/>"#;
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const NAMESPACES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing""#;
const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/word/footer2.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/docProps/custom.xml" ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties" Target="docProps/custom.xml"/></Relationships>"#;
const DOCUMENT_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/><Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer2.xml"/><Relationship Id="rId5" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" Target="settings.xml"/></Relationships>"#;

/// Odd and even pages have feet of their own.
const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:evenAndOddHeaders/></w:settings>"#;

/// A paragraph style: id, name, the Chinese typeface, the size in half points, bold, and how the paragraph stands.
///
/// 二号 is 44 half points, 三号 32, 小四 24, 五号 21, 小五 18; a line of the text is 28 points.
type Style = (&'static str, &'static str, &'static str, u8, bool, &'static str);

const STYLES: [Style; 9] = [
    (
        "Normal",
        "Normal",
        "仿宋_GB2312",
        32,
        false,
        r#"<w:spacing w:line="560" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/>"#,
    ),
    (
        "Title",
        "Title",
        "方正小标宋简体",
        44,
        false,
        r#"<w:spacing w:before="240" w:after="240" w:line="640" w:lineRule="exact"/><w:jc w:val="center"/>"#,
    ),
    (
        "Subtitle",
        "Subtitle",
        "楷体_GB2312",
        32,
        false,
        r#"<w:spacing w:after="480" w:line="560" w:lineRule="exact"/><w:jc w:val="center"/>"#,
    ),
    (
        "Heading1",
        "heading 1",
        "黑体",
        32,
        false,
        r#"<w:keepNext/><w:spacing w:before="240" w:line="560" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:outlineLvl w:val="0"/>"#,
    ),
    (
        "Heading2",
        "heading 2",
        "楷体_GB2312",
        32,
        false,
        r#"<w:keepNext/><w:spacing w:before="120" w:line="560" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:outlineLvl w:val="1"/>"#,
    ),
    (
        "Heading3",
        "heading 3",
        "仿宋_GB2312",
        32,
        true,
        r#"<w:keepNext/><w:spacing w:line="560" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:outlineLvl w:val="2"/>"#,
    ),
    (
        "Caption",
        "caption",
        "黑体",
        21,
        false,
        r#"<w:keepNext/><w:spacing w:before="120" w:after="60"/><w:jc w:val="center"/>"#,
    ),
    (
        "Note",
        "Note",
        "仿宋_GB2312",
        21,
        false,
        r#"<w:spacing w:after="60" w:line="320" w:lineRule="exact"/><w:jc w:val="left"/>"#,
    ),
    ("Cell", "Cell", "仿宋_GB2312", 18, false, r#"<w:spacing w:line="260" w:lineRule="exact"/>"#),
];

fn styles() -> String {
    let mut xml = format!("{HEAD}<w:styles {NAMESPACES}>");
    for (id, name, typeface, size, is_bold, standing) in STYLES.into_iter().chain(letter::STYLES) {
        let is_default = if id == "Normal" { r#" w:default="1""# } else { "" };
        let standing = unindented(standing);
        let bold = if is_bold { "<w:b/>" } else { "" };
        xml.push_str(&format!(
            r#"<w:style w:type="paragraph"{is_default} w:styleId="{id}"><w:name w:val="{name}"/><w:pPr>{standing}</w:pPr><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{typeface}"/>{bold}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:style>"#
        ));
    }
    xml + "</w:styles>"
}

/// How a paragraph stands, with no indent where none is said: else it would have that of the text.
fn unindented(standing: &str) -> String {
    const NONE: &str = r#"<w:ind w:firstLineChars="0" w:firstLine="0"/>"#;
    match standing.find("<w:jc") {
        _ if standing.contains("<w:ind") => standing.to_owned(),
        Some(at) => format!("{}{NONE}{}", &standing[..at], &standing[at..]),
        None => format!("{standing}{NONE}"),
    }
}

fn document(paper: &Paper) -> String {
    let is_certificate = paper.form == Form::Certificate;
    let (title, text) = if is_certificate { ("CertificateTitle", "CertificateText") } else { ("Title", "Normal") };
    let mut xml = format!("{HEAD}<w:document {NAMESPACES}><w:body>");
    xml.push_str(&paragraph(title, &paper.title));
    if !paper.line.is_empty() {
        xml.push_str(&paragraph("Subtitle", &paper.line));
    }
    let mut number = 0;
    for block in &paper.blocks {
        match block {
            Block::Heading(level, text) => xml.push_str(&paragraph(&format!("Heading{}", level.clamp(&1, &3)), text)),
            Block::Text(words) => xml.push_str(&paragraph(text, words)),
            Block::Note(text) => xml.push_str(&paragraph("Note", text)),
            Block::Table(table) => {
                xml.push_str(&tabled(table, if paper.form == Form::Report { "Cell" } else { "CellLarge" }))
            }
            Block::Chart(chart) => {
                number += 1;
                xml.push_str(&chart::inline(chart, number));
                xml.push_str(&paragraph("Caption", &chart.caption));
            }
            Block::Number(text) => xml.push_str(&paragraph("Number", text)),
            Block::Addressee(text) if is_certificate => xml.push_str(&paragraph("CertificateAddressee", text)),
            Block::Addressee(text) => xml.push_str(&paragraph("Addressee", text)),
            Block::Signature { by, on } => xml.push_str(&letter::signature(by, on)),
        }
    }
    // A certificate is one page without a number.
    let footer = if is_certificate {
        ""
    } else {
        r#"<w:footerReference w:type="default" r:id="rId2"/><w:footerReference w:type="even" r:id="rId4"/>"#
    };
    let page = letter::page(paper.form);
    xml + &format!(
        r#"<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:headerReference w:type="even" r:id="rId3"/>{footer}{page}</w:sectPr></w:body></w:document>"#
    )
}

fn paragraph(style: &str, text: &str) -> String {
    format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{}</w:p>"#, run(text))
}

fn run(text: &str) -> String {
    let lines: Vec<String> =
        text.split('\n').map(|line| format!(r#"<w:t xml:space="preserve">{}</w:t>"#, escaped(line))).collect();
    format!("<w:r>{}</w:r>", lines.join("<w:br/>"))
}

fn tabled(table: &Table, style: &str) -> String {
    let widths = widths(table);
    let mut xml = String::new();
    if !table.caption.is_empty() {
        xml.push_str(&paragraph("Caption", &table.caption));
    }
    xml.push_str(&format!(r#"<w:tbl><w:tblPr><w:tblW w:w="{WIDTH}" w:type="dxa"/><w:tblBorders>"#));
    for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
        xml.push_str(&format!(r#"<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>"#));
    }
    xml.push_str(r#"</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>"#);
    widths.iter().for_each(|width| xml.push_str(&format!(r#"<w:gridCol w:w="{width}"/>"#)));
    xml.push_str(r"</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
    for ((heading, _), width) in table.columns.iter().zip(&widths) {
        xml.push_str(&cell(style, heading, *width, "center"));
    }
    xml.push_str("</w:tr>");
    for row in &table.rows {
        xml.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
        for (at, ((_, is_number), width)) in table.columns.iter().zip(&widths).enumerate() {
            let text = row.get(at).map_or("", String::as_str);
            xml.push_str(&cell(style, text, *width, if *is_number { "right" } else { "left" }));
        }
        xml.push_str("</w:tr>");
    }
    xml + "</w:tbl>"
}

fn cell(style: &str, text: &str, width: usize, place: &str) -> String {
    format!(
        r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="{style}"/><w:jc w:val="{place}"/></w:pPr>{}</w:p></w:tc>"#,
        run(text)
    )
}

/// Widths by what the columns hold: none under 520, long texts wrap.
fn widths(table: &Table) -> Vec<usize> {
    const LEAST: usize = 520;
    let places = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let wanted: Vec<usize> = (0..table.columns.len())
        .map(|at| {
            let cells = table.rows.iter().filter_map(|row| row.get(at)).map(|text| places(text)).max().unwrap_or(0);
            // A heading may take two lines, a long cell several.
            cells.clamp(places(&table.columns[at].0).div_ceil(2), 40).max(3)
        })
        .collect();
    let all: usize = wanted.iter().sum::<usize>().max(1);
    let spare = WIDTH.saturating_sub(LEAST * wanted.len());
    wanted.iter().map(|width| LEAST + spare * width / all).collect()
}

/// The text with markup escaped; characters that XML does not allow are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use quick_xml::{Reader, events::Event};
    use zip::ZipArchive;

    use super::*;

    fn paper() -> Paper {
        let table = Table {
            caption: "表 1 趋势".into(),
            columns: vec![("年份".into(), false), ("件".into(), true)],
            rows: vec![vec!["2020".into(), "1,234".into()], vec!["<2021> & \u{7}后".into()]],
        };
        Paper {
            title: "新能源专利导航报告".into(),
            line: "数据截止 2025-12-31".into(),
            blocks: vec![
                Block::Heading(1, "一、方向".into()),
                Block::Heading(2, "（一）趋势".into()),
                Block::Text("数量上升。".into()),
                Block::Note("检索式：TI=电池 AND AD>=2015".into()),
                Block::Table(table),
                Block::Chart(Chart {
                    caption: "图 1 \"趋势\"".into(),
                    kind: chart::Kind::Line,
                    unit: "件".into(),
                    categories: vec!["2020".into(), "<2021>".into()],
                    series: vec![("全部".into(), vec![Some("1234".into()), None])],
                }),
            ],
            ..Paper::default()
        }
    }

    #[test]
    fn every_part_is_well_formed_and_the_texts_are_there_unharmed() {
        let mut bytes = Cursor::new(Vec::new());
        docx(&paper(), &mut bytes).unwrap();
        let mut archive = ZipArchive::new(bytes).unwrap();
        let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert!(names.len() == 12, "{names:?}");
        for name in names {
            let mut text = String::new();
            archive.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
            let mut reader = Reader::from_str(&text);
            let mut words = String::new();
            loop {
                match reader.read_event().unwrap() {
                    Event::Eof => break,
                    Event::Text(piece) => words.push_str(&piece.xml10_content()),
                    Event::GeneralRef(entity) => words.push_str(&entity.into_inner()),
                    _ => {}
                }
            }
            if name == "word/document.xml" {
                assert!(words.contains("lt2021gt amp 后"), "{words}");
                assert!(text.contains(r#"<w:pStyle w:val="Heading2"/>"#) && text.contains("AD&gt;=2015"));
                assert!(text.contains(r#"r:id="rIdChart1""#));
            }
            if name.ends_with("chart1.xml") {
                let points = text.matches("<c:pt idx=").count();
                assert_eq!(points, 4, "a name, two categories and the one figure that is known");
                assert!(text.contains("<c:v>1234</c:v>") && text.contains("&lt;2021&gt;"), "{text}");
            }
        }
    }

    #[test]
    fn the_same_paper_gives_the_same_bytes() {
        let bytes = || {
            let mut bytes = Cursor::new(Vec::new());
            docx(&paper(), &mut bytes).unwrap();
            bytes.into_inner()
        };
        assert_eq!(bytes(), bytes());
    }

    #[test]
    fn the_columns_of_a_table_fill_the_page() {
        let columns = (0..12).map(|at| (format!("栏目{at}"), at > 5)).collect();
        let table = Table { columns, rows: vec![vec!["长".repeat(200); 12]], ..Table::default() };
        let sum: usize = widths(&table).iter().sum();
        assert!((WIDTH - 20..=WIDTH).contains(&sum), "{sum}");
    }
}
