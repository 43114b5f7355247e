//! The reading side of an import: from the file to checked rows, on a thread of its own.

use std::{fs::File, io::Read, ops::ControlFlow, path::Path, sync::Arc};

use sha2::{Digest, Sha256};
use sheets::{Cell, Limits, Row};
use tokio::sync::mpsc::Sender;

use super::{
    Watch,
    headings::{Headings, Layout, Missing},
    nested,
};
use crate::{
    Error,
    registers::Register,
    rows::{self, Checked},
};

/// Rows per chunk: enough for set-based statements, few enough to hold no lock for long.
pub(super) const CHUNK_ROWS: usize = 1_000;

/// One row of the file, checked.
#[derive(Debug)]
pub(crate) struct ReadRow {
    pub(crate) layout: Arc<Layout>,
    pub(crate) number: u32,
    /// The cells of the file as they are.
    pub(crate) cells: Vec<Cell>,
    pub(crate) checked: Checked,
}

/// What is known of the file when it has been read.
#[derive(Debug, Default)]
pub(super) struct FileSummary {
    pub(super) encoding: Option<String>,
    pub(super) sheets_read: Vec<String>,
    pub(super) sheets_passed_over: Vec<String>,
    pub(super) columns_ignored: Vec<String>,
    pub(super) mapping: Option<String>,
    pub(super) filtered: u64,
}

/// The hash of the file's bytes.
pub(super) fn sha256(path: &Path) -> Result<String, Error> {
    let unreadable = |error: std::io::Error| {
        Error::Unusable(format!("无法读取文件 {}：{error}。请检查路径和权限。", path.display()))
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).map_err(unreadable)? {
            0 => break,
            length => hash.update(&buffer[..length]),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Reads every sheet that has the headings and sends its rows in chunks.
pub(super) fn read(
    path: &Path,
    headings: &Headings,
    limits: &Limits,
    watch: &Watch,
    chunks: &Sender<Vec<ReadRow>>,
) -> Result<FileSummary, Error> {
    let mut reading = Reading {
        headings,
        watch,
        chunks,
        chunk: Vec::new(),
        rows: 0,
        summary: FileSummary::default(),
        nearest: None,
        doubled: None,
        is_text: false,
    };
    if nested::is_nested(path) {
        reading.summary.encoding = Some("UTF-8".into());
        let mut sheet = Sheet::new("JSON");
        nested::read(path, limits, &mut |row| reading.row(&mut sheet, row))?;
        reading.close(sheet);
    } else {
        let mut book = sheets::open(path, limits)?;
        reading.summary.encoding = book.encoding().map(str::to_owned);
        reading.is_text = book.encoding().is_some();
        for (index, name) in book.sheet_names().iter().enumerate() {
            let mut sheet = Sheet::new(name);
            book.read_sheet(index, &mut |row| reading.row(&mut sheet, row))?;
            reading.close(sheet);
        }
    }
    if watch.is_cancelled() {
        return Err(Error::Cancelled);
    }
    if let Some(doubled) = reading.doubled {
        return Err(Error::Unusable(format!("文件 {} {doubled}", file_name(path))));
    }
    if reading.summary.sheets_read.is_empty() {
        return Err(no_headings(path, headings.register(), reading.nearest.as_ref()));
    }
    // Whether anyone still listens is for the other side to say.
    let _ = reading.send();
    Ok(reading.summary)
}

struct Sheet {
    name: String,
    layout: Option<Arc<Layout>>,
}

impl Sheet {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), layout: None }
    }
}

struct Reading<'a> {
    headings: &'a Headings,
    watch: &'a Watch,
    chunks: &'a Sender<Vec<ReadRow>>,
    chunk: Vec<ReadRow>,
    rows: u64,
    summary: FileSummary,
    /// The row that came nearest to being a heading row.
    nearest: Option<(String, u32, Missing)>,
    /// What is to be said of a heading row in which two columns mean the same.
    doubled: Option<String>,
    /// Whether the cells of a row stand by its separators alone.
    is_text: bool,
}

impl Reading<'_> {
    fn row(&mut self, sheet: &mut Sheet, row: Row) -> ControlFlow<()> {
        if self.watch.is_cancelled() || self.doubled.is_some() {
            return ControlFlow::Break(());
        }
        if sheet.layout.is_none() && !self.lay_out(sheet, &row) {
            return ControlFlow::Continue(());
        }
        let Some(layout) = &sheet.layout else { return ControlFlow::Continue(()) };
        if row.cells.iter().all(|cell| cell.text().trim().is_empty()) {
            return ControlFlow::Continue(());
        }
        let Some(mapped) = layout.map(&row.cells) else {
            self.summary.filtered += 1;
            return ControlFlow::Continue(());
        };
        let mut checked = rows::check(layout.register, &mapped, &layout.units);
        if let Some(beyond) = layout.beyond(&row.cells) {
            // A comma without quotes moves every cell behind it; beside a table of a workbook somebody wrote a remark.
            let list = if self.is_text { &mut checked.reasons } else { &mut checked.warnings };
            list.push(beyond);
        }
        self.chunk.push(ReadRow { layout: Arc::clone(layout), number: row.number, cells: row.cells, checked });
        self.rows += 1;
        if self.chunk.len() < CHUNK_ROWS {
            return ControlFlow::Continue(());
        }
        self.watch.tell(self.rows);
        self.send()
    }

    /// Looks for the layout in a row; whether the row is already one of those to be read.
    fn lay_out(&mut self, sheet: &mut Sheet, row: &Row) -> bool {
        if let Some(layout) = self.headings.places(&sheet.name, row) {
            sheet.layout = Some(Arc::new(layout));
            return true;
        }
        match self.headings.find(&sheet.name, row) {
            Ok(layout) => {
                self.doubled = layout.doubled.map(|columns| doubled(&layout, row.number, columns));
                sheet.layout = Some(Arc::new(layout));
            }
            Err(missing) => self.note_nearest(&sheet.name, row.number, missing),
        }
        false
    }

    /// Sends what has gathered; breaks when nobody listens any more.
    fn send(&mut self) -> ControlFlow<()> {
        let chunk = std::mem::take(&mut self.chunk);
        if chunk.is_empty() || self.chunks.blocking_send(chunk).is_ok() {
            return ControlFlow::Continue(());
        }
        ControlFlow::Break(())
    }

    fn note_nearest(&mut self, sheet: &str, row: u32, missing: Missing) {
        let is_nearer = match &self.nearest {
            Some((_, _, nearest)) => missing.found > nearest.found,
            None => missing.found > 0,
        };
        if is_nearer {
            self.nearest = Some((sheet.to_owned(), row, missing));
        }
    }

    fn close(&mut self, sheet: Sheet) {
        let Some(layout) = sheet.layout else {
            self.summary.sheets_passed_over.push(sheet.name);
            return;
        };
        let ignored = layout.ignored.iter().map(|heading| format!("{}: {heading}", sheet.name));
        self.summary.columns_ignored.extend(ignored);
        if let Some(mapping) = &layout.mapping {
            self.summary.mapping = Some(mapping.source.clone());
        }
        self.summary.sheets_read.push(sheet.name);
    }
}

fn file_name(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}

fn doubled(layout: &Layout, row: u32, (first, second): (usize, usize)) -> String {
    format!(
        "的工作表“{}”第 {row} 行有两列标题意思相同：第 {} 列“{}”和第 {} 列“{}”，无法判断用哪一列。请删去其中一列，或改名后重新导入；每月如此的来源，可存一个列名对应写明用第几列，如 第{}列={}。",
        layout.sheet,
        first + 1,
        layout.heading(first),
        second + 1,
        layout.heading(second),
        first + 1,
        layout.register.columns[layout.column_of(first).unwrap_or_default()].heading
    )
}

fn no_headings(path: &Path, register: &Register, nearest: Option<&(String, u32, Missing)>) -> Error {
    let file = file_name(path);
    let required: Vec<&str> =
        register.columns.iter().filter(|column| column.required).map(|column| column.heading).collect();
    let found = match nearest {
        Some((sheet, row, missing)) => {
            format!("最接近的是工作表“{sheet}”第 {row} 行，缺少：{}。", missing.headings.join("、"))
        }
        None => "没有一行含有其中任何一个标题。".to_owned(),
    };
    Error::Unusable(format!(
        "文件 {file} 中没有{}登记簿的标题行（应含：{}）。{found}请确认登记簿选对，补齐标题，或为该来源保存列映射；文件没有标题行的，请选用注明各栏位置的列映射。",
        register.name_zh,
        required.join("、")
    ))
}
