//! Tables of patent documents: which export a table is, by its headings, and its rows as documents.
//!
//! A format is a row of [`TABLES`]: the headings that tell it, those it does not share with others, and how it writes
//! days, names and lists. The most particular come first; any Chinese table with a number and a name is read at last.

use std::{fs::File, io::Write, ops::ControlFlow, path::Path};

use jiff::civil::Date;
use sheets::{Cell, Row};
use terms::text;

use super::{
    Doubts, Outcome, Sink,
    columns::{self, Field, Values},
    encoding,
};
use crate::{
    document::{Document, Priority},
    error::Error,
    number,
};

/// Headings further down than this are no headings.
const HEADING_ROWS: usize = 30;

/// One kind of table.
pub(crate) struct Table {
    pub(crate) format: &'static str,
    /// The folded headings that must be there.
    required: &'static [&'static str],
    /// Headings of its own.
    pub(crate) columns: &'static [(&'static str, Field)],
    /// Whether the usual Chinese headings count too.
    pub(crate) is_chinese: bool,
    /// The characters between values of a list.
    pub(crate) between: &'static [char],
    /// What it writes for nothing.
    pub(crate) nothing: &'static [&'static str],
    /// The language of its texts; empty where each is looked at.
    pub(crate) language: &'static str,
    /// The office of numbers without letters.
    pub(crate) office: &'static str,
    pub(crate) day: fn(&str, Option<i16>) -> Option<Date>,
    pub(crate) names: fn(&Table, &str) -> Vec<String>,
    pub(crate) priorities: fn(&str) -> Vec<Priority>,
    pub(crate) application: fn(&str, &str, Option<Date>) -> Result<String, terms::Error>,
    /// What no column says but a row as a whole shows.
    amend: fn(&mut Values<'_>, &Columns),
}

const PLAIN: Table = Table {
    format: "",
    required: &[],
    columns: &[],
    is_chinese: false,
    between: &[';', '；', '|'],
    nothing: &["", "-", "--", "NA", "N/A", "-1", "null", "None"],
    language: "",
    office: "CN",
    day: columns::year_first,
    names: columns::listed_names,
    priorities: columns::day_office_number,
    application: |office, written, filed_on| number::application(office, written, "", filed_on),
    amend: |_, _| {},
};

/// The known tables, the most particular first.
static TABLES: [Table; 21] = [
    Table {
        format: "cnipa-gazette",
        required: &["authorization_notice_id", "filing_id", "patentee"],
        columns: &[
            ("name", Field::Title),
            ("authorization_notice_id", Field::Publication),
            ("authorized_announcement_date", Field::PublishedOn),
            ("filing_id", Field::Application),
            ("filing_date", Field::FiledOn),
            ("patentee", Field::Applicants),
            ("designer", Field::Inventors),
            ("address", Field::Address),
            ("int.cl.", Field::Ipc),
        ],
        language: "zh",
        amend: gazette_columns,
        ..PLAIN
    },
    Table {
        format: "google",
        required: &["id", "title", "assignee", "inventor/author", "publicationdate", "resultlink"],
        columns: &[
            ("id", Field::Publication),
            ("title", Field::Title),
            ("assignee", Field::Applicants),
            ("inventor/author", Field::Inventors),
            ("filing/creationdate", Field::FiledOn),
            ("publicationdate", Field::PublishedOn),
            ("resultlink", Field::Link),
        ],
        between: &['\n'],
        language: "en",
        day: columns::day_first,
        names: columns::comma_names,
        ..PLAIN
    },
    Table {
        format: "lens",
        required: &["jurisdiction", "kind", "publicationdate", "title", "applicants", "inventors"],
        columns: &[
            ("publicationnumber", Field::Publication),
            ("displaykey", Field::Publication),
            ("jurisdiction", Field::Office),
            ("kind", Field::KindCode),
            ("publicationdate", Field::PublishedOn),
            ("publicationyear", Field::Year),
            ("applicationnumber", Field::Application),
            ("applicationdate", Field::FiledOn),
            ("prioritynumbers", Field::Priorities),
            ("title", Field::Title),
            ("abstract", Field::Abstract),
            ("applicants", Field::Applicants),
            ("owners", Field::Owners),
            ("inventors", Field::Inventors),
            ("cpcclassifications", Field::Cpc),
            ("ipcrclassifications", Field::Ipc),
            ("usclassifications", Field::Uspc),
            ("legalstatus", Field::State),
        ],
        between: &[';'],
        day: lens_day,
        priorities: lens_priorities,
        application: lens_application,
        ..PLAIN
    },
    Table {
        format: "patentscope",
        required: &["publicationnumber", "publicationdate", "title", "ipc", "applicants", "inventors"],
        columns: PATENTSCOPE,
        between: &[';'],
        day: columns::day_first,
        priorities: patentscope_priorities,
        ..PLAIN
    },
    Table {
        format: "patentscope",
        required: &["applicationid", "publicationdate", "title", "ipc", "applicant", "inventor"],
        columns: PATENTSCOPE,
        between: &[';'],
        day: columns::day_first,
        priorities: patentscope_priorities,
        ..PLAIN
    },
    Table {
        format: "cnipr", required: &["申请号", "公开公告号", "申请专利权人", "主权项"], is_chinese: true, ..PLAIN
    },
    Table {
        format: "patsnap",
        required: &["公开公告号", "标当前申请专利权人", "申请日"],
        is_chinese: true,
        language: "",
        ..PLAIN
    },
    Table {
        format: "incopat", required: &["公开公告号", "标题", "申请人", "申请号"], is_chinese: true, ..PLAIN
    },
    Table {
        format: "pss-list", required: &["专利名称", "申请号", "申请日", "申请人"], is_chinese: true, ..PLAIN
    },
    Table {
        format: "title-list",
        required: &["publication_numbers", "patent_title", "true_subclasses_all"],
        columns: &[
            ("publication_numbers", Field::Publication),
            ("patent_title", Field::Title),
            ("true_subclasses_all", Field::Ipc),
        ],
        ..PLAIN
    },
    Table {
        format: "cpc-sample",
        required: &["publication_number", "text", "labels"],
        columns: &[("publication_number", Field::Publication), ("text", Field::Mixed), ("labels", Field::Cpc)],
        between: &[',', ';'],
        ..PLAIN
    },
    Table {
        format: "cnki",
        required: &["title", "author", "com", "chdiv_summary", "claim_text"],
        columns: &[
            ("title", Field::Title),
            ("author", Field::Inventors),
            ("com", Field::Applicants),
            ("chdiv_summary", Field::Abstract),
            ("claim_text", Field::Claim),
            ("href", Field::Publication),
        ],
        language: "zh",
        amend: cnki_number,
        ..PLAIN
    },
    chinese_list(&["申请号", "名称"]),
    chinese_list(&["申请号", "标题"]),
    chinese_list(&["申请号", "发明名称"]),
    chinese_list(&["公开公告号", "名称"]),
    chinese_list(&["公开公告号", "标题"]),
    chinese_list(&["公开公告号", "发明名称"]),
    chinese_list(&["公开号", "名称"]),
    chinese_list(&["公开号", "标题"]),
    chinese_list(&["公告号", "名称"]),
];

/// A list that someone made: a number and a title, whatever else it has.
const fn chinese_list(required: &'static [&'static str]) -> Table {
    Table { format: "chinese-list", required, is_chinese: true, ..PLAIN }
}

/// The detail dump of CNIPA's search system, whose names stand before each record.
pub(crate) static PSS_DETAIL: Table =
    Table { format: "pss-detail", columns: &[("nrdanhidden", Field::SpareApplication)], is_chinese: true, ..PLAIN };

const PATENTSCOPE: &[(&str, Field)] = &[
    ("publicationnumber", Field::Publication),
    ("applicationid", Field::Publication),
    ("applicationnumber", Field::Application),
    ("publicationdate", Field::PublishedOn),
    ("applicationdate", Field::FiledOn),
    ("title", Field::Title),
    ("abstract", Field::Abstract),
    ("prioritydata", Field::Priorities),
    ("prioritiesdata", Field::Priorities),
    ("ipc", Field::Ipc),
    ("applicants", Field::Applicants),
    ("applicant", Field::Applicants),
    ("inventors", Field::Inventors),
    ("inventor", Field::Inventors),
];

/// Reads every sheet that has headings of a known table.
pub(crate) fn read(path: &Path, sink: &mut Sink<'_>) -> Result<Outcome, Error> {
    let (mut book, western) = open(path, sink)?;
    match &western {
        Some(_) => sink.note_encoding("ISO-8859-1"),
        None => sink.note_encoding(book.encoding().unwrap_or_default()),
    }
    let before = sink.summary.records;
    let mut first_row = None;
    for (index, name) in book.sheet_names().into_iter().enumerate() {
        let mut reading = Reading::new(sink);
        book.read_sheet(index, &mut |row| reading.take(&row))?;
        let Reading { table, first, .. } = reading;
        if table.is_none() {
            first_row = first_row.or(first);
            sink.pass_over(format!("工作表“{name}”没有认得的表头"));
        }
        if sink.summary.is_stopped {
            break;
        }
    }
    if sink.summary.records > before {
        return Ok(Outcome::Documents);
    }
    let seen: String = first_row.unwrap_or_default().chars().take(80).collect();
    let what = format!("没有专利号码列的表格（第一行：{seen}）");
    let advice = "表头中应有“申请号”或“公开（公告）号”和名称，或为认得的检索系统导出".to_owned();
    Ok(Outcome::None { what, advice })
}

/// Opens the table; an export of a western system that is no UTF-8 is Latin-1, and is laid down as UTF-8 first.
fn open(path: &Path, sink: &Sink<'_>) -> Result<(sheets::Book, Option<tempfile::TempPath>), Error> {
    let opened = sheets::open(path, &sink.limits.tables);
    let may_be_western = match &opened {
        Ok(book) => book.encoding() == Some("UTF-8"),
        Err(sheets::Error::Encoding { guess, .. }) => guess == "windows-1252",
        Err(_) => false,
    };
    if may_be_western {
        let mut file = File::open(path).map_err(Error::io(&sink.file, "打开文件"))?;
        if encoding::is_western(&mut file).map_err(Error::io(&sink.file, "读取文件"))? {
            let recoded = recoded(path, sink)?;
            return Ok((sheets::open(&recoded, &sink.limits.tables)?, Some(recoded)));
        }
    }
    Ok((opened?, None))
}

fn recoded(path: &Path, sink: &Sink<'_>) -> Result<tempfile::TempPath, Error> {
    let file = File::open(path).map_err(Error::io(&sink.file, "打开文件"))?;
    let mut text = encoding::Transcoded::new(file, encoding_rs::WINDOWS_1252);
    let mut out = tempfile::Builder::new().suffix(".csv").tempfile().map_err(Error::io(&sink.file, "建立临时文件"))?;
    std::io::copy(&mut text, &mut out).map_err(Error::io(&sink.file, "写临时文件"))?;
    out.flush().map_err(Error::io(&sink.file, "写临时文件"))?;
    Ok(out.into_temp_path())
}

/// The field of each column, with the heading as written.
pub(crate) type Columns = Vec<Option<(Field, String)>>;

/// One sheet while it is read.
struct Reading<'s, 'k> {
    sink: &'s mut Sink<'k>,
    table: Option<&'static Table>,
    columns: Columns,
    heading: Vec<Cell>,
    rows_seen: usize,
    first: Option<String>,
}

impl<'s, 'k> Reading<'s, 'k> {
    fn new(sink: &'s mut Sink<'k>) -> Self {
        Reading { sink, table: None, columns: Vec::new(), heading: Vec::new(), rows_seen: 0, first: None }
    }

    fn take(&mut self, row: &Row) -> ControlFlow<()> {
        // The bytes of a table are not to be had; the cells with their dividers come near.
        self.sink.bytes += row.cells.iter().map(|cell| cell.text().len() as u64 + 1).sum::<u64>();
        let Some(table) = self.table else { return self.look_for_headings(row) };
        if row.cells == self.heading {
            self.sink.pass_over("重复的表头行");
            return ControlFlow::Continue(());
        }
        let (columns, number) = (&self.columns, row.number);
        self.sink.offer(
            table.format,
            |_| format!("第 {number} 行"),
            |doubts| document(table, columns, row, doubts),
            || row.cells.iter().map(|cell| cell.text()).collect::<Vec<_>>().join("|").chars().take(120).collect(),
        )
    }

    fn look_for_headings(&mut self, row: &Row) -> ControlFlow<()> {
        self.rows_seen += 1;
        let written: Vec<String> = row.cells.iter().map(|cell| cell.text().into_owned()).collect();
        let folded: Vec<String> = written.iter().map(|heading| text::fold_heading(heading)).collect();
        let has = |heading: &str| folded.iter().any(|folded| folded == heading);
        self.first.get_or_insert_with(|| written.join("，"));
        if let Some(table) = TABLES.iter().find(|table| table.required.iter().all(|heading| has(heading))) {
            let fields = folded.iter().map(|heading| columns::field(table, heading));
            self.columns = fields.zip(written).map(|(field, written)| Some((field?, written))).collect();
            self.heading.clone_from(&row.cells);
            self.table = Some(table);
            return ControlFlow::Continue(());
        }
        if self.rows_seen < HEADING_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

fn document(table: &Table, columns: &Columns, row: &Row, doubts: &mut Doubts) -> Result<Document, String> {
    let texts: Vec<_> = row.cells.iter().map(Cell::text).collect();
    let mut values = Values::default();
    for ((column, cell), text) in columns.iter().zip(&row.cells).zip(&texts) {
        let Some((field, heading)) = column else { continue };
        // What cannot be trusted may still be read where it is only words; a number needs every digit.
        if let Cell::Broken(_) = cell {
            let is_number = matches!(field, Field::Application | Field::Publication | Field::Grant);
            let what = if is_number { "不可信，未采用" } else { "有无法解码的字符，以 � 代替" };
            super::doubt(doubts, &format!("“{heading}”列的单元格{what}"));
            if is_number {
                continue;
            }
        }
        values.put(*field, columns::value(table, heading, text));
    }
    (table.amend)(&mut values, columns);
    columns::document(table, &values, doubts)
}

/// Text of a cell on one line, white space folded.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = super::tree::Folded::default();
    folded.push(text);
    folded.out
}

/// The title before the first divider of a cell that holds title, keywords and abstract, and the rest.
pub(crate) fn unmixed(text: &str) -> (&str, &str) {
    let text = text.strip_prefix("Title:").unwrap_or(text);
    let end = text.find(" [SEP] ").or_else(|| text.find('\n'));
    let (title, rest) = end.map_or((text, ""), |end| (&text[..end], &text[end..]));
    let rest = rest.trim_start_matches(" [SEP] ").trim();
    (title.trim(), rest.rsplit_once("Abstract:").map_or(rest, |(_, text)| text).trim())
}

/// In one file the headings 地址 and 设计人 stand over each other's columns: there, and wherever a row shows it by its
/// postcode, the two are exchanged.
fn gazette_columns(values: &mut Values<'_>, columns: &Columns) {
    let has_postcode = |field: Field| {
        let text = values.get(field);
        text.len() > 6 && text.bytes().take(6).all(|byte| byte.is_ascii_digit())
    };
    let at = |wanted: Field| columns.iter().position(|column| matches!(column, Some((field, _)) if *field == wanted));
    let is_address_first = at(Field::Address) < at(Field::Inventors);
    let is_swapped = match (has_postcode(Field::Address), has_postcode(Field::Inventors)) {
        (true, _) => false,
        (false, true) => true,
        (false, false) => is_address_first,
    };
    if is_swapped {
        values.swap(Field::Address, Field::Inventors);
    }
}

/// The number stands in the address of the page: `…&filename=CN108333089A&…`.
fn cnki_number(values: &mut Values<'_>, _: &Columns) {
    let address = values.get(Field::Publication);
    let lower = address.to_ascii_lowercase();
    let number = lower.find("filename=").map(|at| &address[at + 9..]).and_then(|rest| rest.split('&').next());
    values.set(Field::Publication, number.unwrap_or_default());
}

/// Two digits of year are those of the last such year up to the year of publication, which has four.
fn lens_day(text: &str, year: Option<i16>) -> Option<Date> {
    let parts: Vec<&str> = text.split('/').collect();
    let [day, month, short] = parts[..] else { return columns::year_first(text, year) };
    if short.len() != 2 {
        return columns::day_first(text, year);
    }
    let (year, short) = (year?, short.parse::<i16>().ok()?);
    Date::new(year - (year - short).rem_euclid(100), month.parse().ok()?, day.parse().ok()?).ok()
}

/// `US 201161550506 P 20111024`, several divided by two semicolons.
fn lens_priorities(cell: &str) -> Vec<Priority> {
    let read = |part: &str| {
        let words: Vec<&str> = part.split_whitespace().collect();
        let [office, number, kind, day] = words[..] else { return None };
        let filed_on = super::st36::date(day);
        let number = number::application(office, number, kind, filed_on).ok()?;
        Some(Priority { office: office.to_owned(), number, filed_on })
    };
    cell.split(';').filter_map(read).collect()
}

fn lens_application(office: &str, written: &str, filed_on: Option<Date>) -> Result<String, terms::Error> {
    let words: Vec<&str> = written.split_whitespace().collect();
    match words[..] {
        [office, number, kind] => number::application(office, number, kind, filed_on),
        _ => number::application(office, written, "", filed_on),
    }
}

/// `[200402236U 2004-10-01T23:59:59.000Z ES, 2005070132 2005-09-23T23:59:59.000Z ES]`.
fn patentscope_priorities(cell: &str) -> Vec<Priority> {
    let read = |part: &str| {
        let words: Vec<&str> = part.split_whitespace().collect();
        let [number, day, office] = words[..] else { return None };
        let filed_on = day.get(..10).and_then(super::st36::date);
        let number = number::application(office, number, "", filed_on).ok()?;
        Some(Priority { office: office.to_owned(), number, filed_on })
    };
    cell.trim_matches(['[', ']'])
        .split([',', ';'])
        .filter_map(|part| read(part.trim_matches(['[', ']', ' '])))
        .collect()
}
