//! Xls workbooks of Excel 97 to 2003, held in memory; such a file has at most 65,536 rows a sheet.

use std::{fs, io::Cursor, path::Path};

use calamine::{Data, Range, Reader as _, SheetType, Xls, XlsError};

use crate::{Cell, Error, Limits, Rows, compound, detect::megabytes, number, xlsx::guarded};

/// An xls workbook ready to be read.
#[derive(Debug)]
pub(crate) struct Workbook {
    sheets: Vec<(String, Range<Data>)>,
    is_1904: bool,
}

impl Workbook {
    pub(crate) fn open(path: &Path, file: &str, limits: &Limits) -> Result<Workbook, Error> {
        let bytes = fs::read(path).map_err(Error::io(file, "读取文件"))?;
        let most = limits.file_bytes / 4;
        if bytes.len() as u64 > most {
            return Err(Error::too_large(file, "", "xls 文件大小", megabytes(most)));
        }
        compound::check(&bytes, file, limits)?;
        guarded(file, "工作簿", || {
            let mut inner = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
                XlsError::Password => Error::Encrypted { file: file.to_owned() },
                error => Error::damaged(file, "工作簿", error),
            })?;
            let is_1904 = inner.has_1904_epoch();
            let names: Vec<String> = inner
                .sheets_metadata()
                .iter()
                .filter(|sheet| sheet.typ == SheetType::WorkSheet)
                .map(|sheet| sheet.name.clone())
                .collect();
            let mut sheets = Vec::with_capacity(names.len());
            for name in names {
                let range = inner.worksheet_range(&name).map_err(|error| Error::damaged(file, &name, error))?;
                sheets.push((name, range));
            }
            Ok(Workbook { sheets, is_1904 })
        })
    }

    pub(crate) fn sheet_names(&self) -> Vec<String> {
        self.sheets.iter().map(|(name, _)| name.clone()).collect()
    }

    pub(crate) fn read(&self, out: &mut Rows<'_>) -> Result<(), Error> {
        let Some((_, range)) = self.sheets.iter().find(|(name, _)| name == out.sheet) else { return Ok(()) };
        let Some((first_row, first_column)) = range.start() else { return Ok(()) };
        for (number, row) in (first_row + 1..).zip(range.rows()) {
            let mut cells = Vec::with_capacity(row.len());
            for (column, value) in (first_column..).zip(row) {
                out.place_cell(&mut cells, number, column, cell_of(value, self.is_1904))?;
            }
            if out.push(number, cells)?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }
}

fn cell_of(value: &Data, is_1904: bool) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        Data::String(text) => Cell::from_text(text.clone()),
        Data::Int(value) => Cell::Number(value.to_string()),
        Data::Float(value) => number::number(*value),
        Data::Bool(value) => Cell::Flag(*value),
        Data::DateTime(value) if value.is_duration() => number::number(value.as_f64()),
        Data::DateTime(value) => number::serial_date(value.as_f64(), is_1904),
        Data::DateTimeIso(text) => number::iso_date(text),
        Data::DurationIso(text) => Cell::from_text(text.clone()),
        Data::Error(error) => Cell::Broken(error.to_string()),
    }
}
