//! Xlsx workbooks, streamed cell by cell; the shared texts and formats are held in memory.

use std::{
    fs::File,
    io::BufReader,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use calamine::{DataRef, Reader as _, SheetType, Xlsx, XlsxError, XlsxFormulaMetadata};

use crate::{Cell, Error, Rows, number};

/// An xlsx workbook ready to be read.
pub(crate) struct Workbook {
    inner: Xlsx<BufReader<File>>,
    sheets: Vec<String>,
    is_1904: bool,
}

impl std::fmt::Debug for Workbook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workbook").field("sheets", &self.sheets).finish_non_exhaustive()
    }
}

impl Workbook {
    pub(crate) fn open(path: &Path, file: &str) -> Result<Workbook, Error> {
        let reader = BufReader::new(File::open(path).map_err(Error::io(file, "打开文件"))?);
        let inner =
            guarded(file, "工作簿", || Xlsx::new(reader).map_err(|error| xlsx_error(file, "工作簿", error)))?;
        let is_worksheet = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet;
        let sheets: Vec<String> =
            inner.sheets_metadata().iter().filter(is_worksheet).map(|sheet| sheet.name.clone()).collect();
        if let Some(twice) = sheets.iter().enumerate().find(|(index, name)| sheets[..*index].contains(name)) {
            return Err(Error::damaged(file, "工作簿", format!("有两个工作表都叫“{}”", twice.1)));
        }
        let is_1904 = inner.has_1904_epoch();
        Ok(Workbook { inner, sheets, is_1904 })
    }

    pub(crate) fn sheet_names(&self) -> Vec<String> {
        self.sheets.clone()
    }

    pub(crate) fn read(&mut self, out: &mut Rows<'_>) -> Result<(), Error> {
        let (file, sheet, place) = (out.file, out.sheet, out.place());
        let inner = &mut self.inner;
        let mut cells = guarded(file, &place, || {
            inner.worksheet_cells_reader(sheet).map_err(|error| xlsx_error(file, &place, error))
        })?;
        let mut row = Vec::new();
        let mut row_number = 1;
        loop {
            let next = guarded(file, &place, || {
                cells
                    .next_cell_with_formula_metadata()
                    .map_err(|error| xlsx_error(file, &format!("{place}第 {row_number} 行附近"), error))
            })?;
            let Some(record) = next else { break };
            let number = record.pos.0.saturating_add(1);
            if number < row_number {
                return Err(Error::damaged(file, place, format!("第 {number} 行出现在第 {row_number} 行之后")));
            }
            if number > row_number {
                if out.push(row_number, mem::take(&mut row))?.is_break() {
                    return Ok(());
                }
                row_number = number;
            }
            let cell = cell_of(record.value, record.formula, self.is_1904);
            out.place_cell(&mut row, number, record.pos.1, cell)?;
        }
        let _ = out.push(row_number, row)?;
        Ok(())
    }
}

/// Runs the workbook library, which panics on some malformed files.
pub(crate) fn guarded<T>(file: &str, place: &str, read: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(Error::damaged(file, place, "内部结构不合规范")))
}

fn xlsx_error(file: &str, place: &str, error: XlsxError) -> Error {
    match error {
        XlsxError::Password => Error::Encrypted { file: file.to_owned() },
        error => Error::damaged(file, place, error),
    }
}

fn cell_of(value: DataRef<'_>, formula: Option<XlsxFormulaMetadata>, is_1904: bool) -> Cell {
    match (value, formula) {
        (DataRef::Empty, None) => Cell::Empty,
        (DataRef::Empty, Some(formula)) => never_calculated(match &formula {
            XlsxFormulaMetadata::Normal { formula } | XlsxFormulaMetadata::Shared { formula, .. } => formula,
            _ => "",
        }),
        (DataRef::String(text), _) => Cell::from_text(text),
        (DataRef::SharedString(text), _) => Cell::from_text(text.to_owned()),
        (DataRef::Int(value), _) => Cell::Number(value.to_string()),
        (DataRef::Float(value), _) => number::number(value),
        (DataRef::Bool(value), _) => Cell::Flag(value),
        (DataRef::DateTime(value), _) if value.is_duration() => number::number(value.as_f64()),
        (DataRef::DateTime(value), _) => number::serial_date(value.as_f64(), is_1904),
        (DataRef::DateTimeIso(text), _) => number::iso_date(&text),
        (DataRef::DurationIso(text), _) => Cell::from_text(text),
        (DataRef::Error(error), _) => Cell::Broken(error.to_string()),
    }
}

/// A formula whose result was never stored: we do not calculate, and do not guess.
pub(crate) fn never_calculated(formula: &str) -> Cell {
    let start: String = formula.trim_start_matches("of:").trim_start_matches('=').chars().take(60).collect();
    Cell::Broken(format!("={start}（公式没有计算结果，请用表格软件打开并保存后再上传）"))
}
