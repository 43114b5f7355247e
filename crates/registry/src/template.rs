//! The empty workbook of a register: its headings, a hint per column, drop-downs for closed lists.

use sheets::write::{Column as SheetColumn, Kind, Sheet};

use crate::registers::{Column, ColumnKind, Register};

/// The template as a sheet to be written.
pub fn template(register: &Register) -> Sheet {
    Sheet {
        name: register.name_zh.to_owned(),
        title: None,
        columns: register.columns.iter().map(column).collect(),
        rows: Vec::new(),
    }
}

/// The columns of a register as they are written, for exports too.
pub fn column(column: &Column) -> SheetColumn {
    let kind = match column.kind {
        ColumnKind::Date => Kind::Date,
        ColumnKind::Money | ColumnKind::Count | ColumnKind::Decimal | ColumnKind::Quantity | ColumnKind::Year => {
            Kind::Number
        }
        ColumnKind::Text | ColumnKind::Name | ColumnKind::Names | ColumnKind::Words | ColumnKind::Choice(_) => {
            Kind::Text
        }
        _ => Kind::Code,
    };
    let choices = match column.kind {
        ColumnKind::Choice(options) => options.iter().map(|option| (*option).to_owned()).collect(),
        _ => Vec::new(),
    };
    SheetColumn {
        heading: column.heading.to_owned(),
        kind,
        width: None,
        hint: Some(hint(column)).filter(|hint| !hint.is_empty()),
        choices,
        required: column.required,
    }
}

fn hint(column: &Column) -> String {
    if !column.hint.is_empty() {
        return column.hint.to_owned();
    }
    match column.kind {
        ColumnKind::Date => "日期，如 2023-12-31".into(),
        ColumnKind::Money => "金额，单位元；写明万元、亿元亦可".into(),
        ColumnKind::Year => "四位年份".into(),
        ColumnKind::Names | ColumnKind::Words => "多个用；分隔".into(),
        ColumnKind::Choice(options) => format!("只能填：{}", options.join("、")),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Cursor, sync::Arc};

    use crate::{import::tests_only, registers};

    #[test]
    fn the_template_of_every_register_is_read_back_as_that_register() {
        for register in registers() {
            let mut bytes = Cursor::new(Vec::new());
            sheets::write::xlsx(&[super::template(register)], &mut bytes).unwrap();
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("模板.xlsx");
            std::fs::write(&path, bytes.into_inner()).unwrap();
            let rows = sheets::read_all(&path, &sheets::Limits::default()).unwrap();
            let headings = tests_only::headings(register);
            let found =
                rows.iter().any(|(sheet, rows)| rows.iter().any(|row| headings.find(sheet, row).map(Arc::new).is_ok()));
            assert!(found, "{}: {rows:?}", register.id);
        }
    }
}
