//! Xlsx workbooks: a frozen bold heading row, widths for Chinese, drop-downs, and a sheet of hints.

use std::{
    collections::HashSet,
    io::{Seek, Write},
};

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula,
    Workbook, Worksheet, XlsxError,
};

use crate::{
    Cell, Error,
    write::{Column, Kind, Sheet, exact_number},
};

/// From this many cells on, rows go to disk while they are written.
const LARGE_CELLS: usize = 200_000;

/// The last row a workbook can hold, counted from 0.
const LAST_ROW: u32 = 1_048_575;

const CELL_CHARS: usize = 32_767;

/// The built-in format `@`.
const TEXT_FORMAT: u8 = 49;

const HINTS: &str = "填写说明";

/// Writes tables as one workbook, with a sheet 填写说明 when any column has a hint or a closed list.
pub fn xlsx<W: Write + Seek + Send>(sheets: &[Sheet], writer: &mut W) -> Result<(), Error> {
    let mut book = Book { workbook: Workbook::new(), names: HashSet::new(), styles: Styles::new(), lists: Vec::new() };
    book.names.extend([HINTS.to_owned(), LISTS.to_owned()]);
    for sheet in sheets {
        book.add(sheet)?;
    }
    let has_hints =
        |sheet: &Sheet| sheet.columns.iter().any(|column| column.hint.is_some() || !column.choices.is_empty());
    if sheets.iter().any(has_hints) {
        let hints = hints(sheets);
        book.names.remove(HINTS);
        book.add(&hints)?;
    }
    book.add_lists().map_err(failed)?;
    book.workbook.save_to_writer(writer).map_err(failed)
}

/// Writes one table whose rows are handed over one by one and never held; where a sheet is full another one goes on.
pub fn xlsx_streamed<W: Write + Seek + Send>(
    head: &Sheet,
    fill: impl FnOnce(&mut dyn FnMut(&[Cell]) -> Result<(), Error>) -> Result<(), Error>,
    writer: &mut W,
) -> Result<(), Error> {
    let mut book = Book { workbook: Workbook::new(), names: HashSet::new(), styles: Styles::new(), lists: Vec::new() };
    let head_row = u32::from(head.title.is_some());
    let mut sheets = 0;
    let mut next = u32::MAX;
    fill(&mut |row: &[Cell]| {
        if next > LAST_ROW {
            book.begin(head, head_row)?;
            sheets += 1;
            next = head_row + 1;
        }
        let worksheet = book.workbook.worksheet_from_index(sheets - 1).map_err(failed)?;
        for (index, cell) in (0..).zip(row) {
            let column = head.columns.get(usize::from(index));
            write_cell(worksheet, (next, index), cell, column, &book.styles).map_err(failed)?;
        }
        next += 1;
        Ok(())
    })?;
    if sheets == 0 {
        book.begin(head, head_row)?;
    }
    book.workbook.save_to_writer(writer).map_err(failed)
}

fn failed(error: XlsxError) -> Error {
    Error::Write { what: "工作簿".to_owned(), detail: error.to_string() }
}

struct Styles {
    title: Format,
    heading: Format,
    required: Format,
    text: Format,
    date: Format,
    plain: Format,
}

impl Styles {
    fn new() -> Styles {
        let heading = Format::new()
            .set_bold()
            .set_background_color(Color::RGB(0x00E8_EEF4))
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(0x00B8_C4D0))
            .set_align(FormatAlign::VerticalCenter)
            .set_text_wrap();
        Styles {
            title: Format::new().set_bold().set_font_size(14.0),
            required: heading.clone().set_font_color(Color::RGB(0x00B4_2318)),
            heading,
            // The text format keeps long digit strings from becoming `2.0121E+12` when a clerk edits them.
            text: Format::new().set_num_format_index(TEXT_FORMAT),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            plain: Format::new(),
        }
    }

    fn of(&self, kind: Kind) -> &Format {
        match kind {
            Kind::Text | Kind::Code => &self.text,
            Kind::Date => &self.date,
            Kind::Number => &self.plain,
        }
    }
}

struct Book {
    workbook: Workbook,
    names: HashSet<String>,
    styles: Styles,
    /// Closed lists too long to stand in a cell's own rule.
    lists: Vec<Vec<String>>,
}

impl Book {
    fn add(&mut self, sheet: &Sheet) -> Result<(), Error> {
        let name = tab_name(&sheet.name, &mut self.names);
        let head_row = u32::from(sheet.title.is_some());
        if sheet.rows.len() as u64 + u64::from(head_row) > u64::from(LAST_ROW) {
            let detail = format!("工作表“{name}”超过 {LAST_ROW} 行，请改为导出 csv");
            return Err(Error::Write { what: "工作簿".to_owned(), detail });
        }
        let is_large = sheet.rows.len().saturating_mul(sheet.columns.len()) >= LARGE_CELLS;
        let worksheet = if is_large {
            self.workbook.add_worksheet_with_constant_memory().map_err(failed)?
        } else {
            self.workbook.add_worksheet()
        };
        worksheet.set_name(&name).map_err(failed)?;
        lay_out(worksheet, sheet, head_row, &self.styles, &mut self.lists).map_err(failed)?;
        for (index, row) in sheet.rows.iter().enumerate() {
            let number = head_row + 1 + index as u32;
            for (column_index, cell) in row.iter().enumerate() {
                let column = sheet.columns.get(column_index);
                let place = (number, column_index as u16);
                write_cell(worksheet, place, cell, column, &self.styles).map_err(|error| match error {
                    XlsxError::MaxStringLengthExceeded => Error::CellTooLong {
                        sheet: name.clone(),
                        row: number + 1,
                        heading: column.map(|column| column.heading.clone()).unwrap_or_default(),
                        chars: cell.text().chars().count(),
                    },
                    error => failed(error),
                })?;
            }
        }
        Ok(())
    }

    /// A sheet with its head whose rows go to disk while they are written.
    fn begin(&mut self, head: &Sheet, head_row: u32) -> Result<(), Error> {
        let name = tab_name(&head.name, &mut self.names);
        let worksheet = self.workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        worksheet.set_name(&name).map_err(failed)?;
        lay_out(worksheet, head, head_row, &self.styles, &mut self.lists).map_err(failed)
    }

    /// Puts the long lists on a hidden sheet that the drop-downs point to.
    fn add_lists(&mut self) -> Result<(), XlsxError> {
        if self.lists.is_empty() {
            return Ok(());
        }
        let worksheet = self.workbook.add_worksheet();
        worksheet.set_name(LISTS)?.set_hidden(true);
        for (column, list) in self.lists.iter().enumerate() {
            for (row, choice) in list.iter().enumerate() {
                worksheet.write_string(row as u32, column as u16, choice)?;
            }
        }
        Ok(())
    }
}

const LISTS: &str = "选项";

/// Everything but the rows: title, headings, widths, frozen pane, drop-downs.
fn lay_out(
    worksheet: &mut Worksheet,
    sheet: &Sheet,
    head_row: u32,
    styles: &Styles,
    lists: &mut Vec<Vec<String>>,
) -> Result<(), XlsxError> {
    for (index, column) in sheet.columns.iter().enumerate() {
        worksheet.set_column_width(index as u16, width(sheet, index, column))?;
        worksheet.set_column_format(index as u16, styles.of(column.kind))?;
        if !column.choices.is_empty() {
            let rule = drop_down(column, lists)?;
            worksheet.add_data_validation(head_row + 1, index as u16, LAST_ROW, index as u16, &rule)?;
        }
    }
    if let Some(title) = &sheet.title {
        worksheet.write_string_with_format(0, 0, title, &styles.title)?;
    }
    for (index, column) in sheet.columns.iter().enumerate() {
        let style = if column.required { &styles.required } else { &styles.heading };
        worksheet.write_string_with_format(head_row, index as u16, &column.heading, style)?;
    }
    worksheet.set_freeze_panes(head_row + 1, 0)?;
    if !sheet.rows.is_empty() && !sheet.columns.is_empty() {
        let last = head_row + sheet.rows.len() as u32;
        worksheet.autofilter(head_row, 0, last, sheet.columns.len() as u16 - 1)?;
    }
    Ok(())
}

fn drop_down(column: &Column, lists: &mut Vec<Vec<String>>) -> Result<DataValidation, XlsxError> {
    let rule = DataValidation::new();
    let joined: usize = column.choices.iter().map(|choice| choice.chars().count() + 1).sum();
    let fits = joined <= 255 && !column.choices.iter().any(|choice| choice.contains([',', '"']));
    let rule = if fits {
        rule.allow_list_strings(&column.choices)?
    } else {
        let letters = rust_xlsxwriter::utility::column_number_to_name(lists.len() as u16);
        let range = format!("='{LISTS}'!${letters}$1:${letters}${}", column.choices.len());
        lists.push(column.choices.clone());
        rule.allow_list_formula(Formula::new(range))
    };
    rule.ignore_blank(true)
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title("不在选项中")?
        .set_error_message("请从下拉列表中选择。")
}

fn write_cell(
    worksheet: &mut Worksheet,
    (row, index): (u32, u16),
    cell: &Cell,
    column: Option<&Column>,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let kind = column.map_or(Kind::Text, |column| column.kind);
    match cell {
        Cell::Empty => {}
        Cell::Number(text) => match exact_number(text) {
            Some(value) if kind != Kind::Code => {
                worksheet.write_number_with_format(row, index, value, &styles.plain)?;
            }
            _ => {
                worksheet.write_string_with_format(row, index, text, &styles.text)?;
            }
        },
        Cell::Date(date) if date.year() >= 1900 => {
            let value = ExcelDateTime::from_ymd(date.year() as u16, date.month() as u8, date.day() as u8)?;
            worksheet.write_datetime_with_format(row, index, &value, &styles.date)?;
        }
        Cell::Date(_) | Cell::Text(_) | Cell::Flag(_) | Cell::Broken(_) => {
            let text = cell.text();
            if text.chars().count() > CELL_CHARS {
                return Err(XlsxError::MaxStringLengthExceeded);
            }
            worksheet.write_string_with_format(row, index, text, &styles.text)?;
        }
    }
    Ok(())
}

/// The width that fits the heading and the first rows; a Chinese character takes two places.
fn width(sheet: &Sheet, index: usize, column: &Column) -> f64 {
    if let Some(width) = column.width {
        return f64::from(width);
    }
    let places = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<u16>();
    let shown = |text: &str| text.lines().map(|line| places(&line.chars().take(60).collect::<String>())).max();
    let cells = sheet.rows.iter().take(200).filter_map(|row| row.get(index)).filter_map(|cell| shown(&cell.text()));
    let widest = cells.chain(shown(&column.heading)).chain(column.choices.iter().filter_map(|c| shown(c))).max();
    f64::from(widest.unwrap_or(8).clamp(8, 60) + 2)
}

/// A name that a workbook allows on a tab, and that is not yet taken.
fn tab_name(wanted: &str, taken: &mut HashSet<String>) -> String {
    let clean: String = wanted.chars().map(|c| if "[]:*?/\\".contains(c) { ' ' } else { c }).collect();
    let clean = clean.trim_matches(|c: char| c == '\'' || c.is_whitespace() || c.is_control());
    let base: String = if clean.is_empty() { "表".to_owned() } else { clean.chars().take(31).collect() };
    let mut name = base.clone();
    let mut number = 1;
    while taken.iter().any(|other| other.to_lowercase() == name.to_lowercase()) {
        number += 1;
        let ending = format!("-{number}");
        name = base.chars().take(31 - ending.len()).collect::<String>() + &ending;
    }
    taken.insert(name.clone());
    name
}

/// The sheet that says how to fill in each column.
fn hints(sheets: &[Sheet]) -> Sheet {
    let texts = ["工作表", "栏目", "必填", "填写说明", "可选值"];
    let columns = texts.map(|heading| Column::new(heading, Kind::Text)).to_vec();
    let row = |sheet: &Sheet, column: &Column| {
        [
            sheet.name.clone(),
            column.heading.clone(),
            if column.required { "是" } else { "否" }.to_owned(),
            column.hint.clone().unwrap_or_default(),
            column.choices.join("、"),
        ]
        .map(Cell::from_text)
        .to_vec()
    };
    let rows = sheets.iter().flat_map(|sheet| sheet.columns.iter().map(move |column| row(sheet, column))).collect();
    Sheet { name: HINTS.to_owned(), title: None, columns, rows }
}
