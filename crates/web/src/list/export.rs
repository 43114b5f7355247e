//! The rows of a list as a workbook or csv, all that pass the filters, in the order shown, with exact values; or as a page to
//! print.

use std::io::Cursor;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use sheets::write::{self, Column, Sheet};

use crate::{
    download,
    error::AppError,
    format,
    frame::Frame,
    list::{Cell, Form, Kind, ListQuery, Listing, ListingView},
};

const CSV: &str = "text/csv; charset=utf-8";

/// How many rows a page to print holds at most; beyond that it would be a book, and the workbook serves better.
const PRINTED_MAX: usize = 2000;

#[derive(Template)]
#[template(path = "print.html")]
struct PrintPage<'a> {
    frame: &'a Frame,
    /// Where the list itself is.
    back: String,
    list: &'a ListingView,
    /// What is left out, in words.
    cut: Option<String>,
}

impl<T> Listing<'_, T> {
    /// The whole list as the address wishes it: a file that a browser saves, or a page to print.
    pub fn workbook(&self, rows: &[T], query: &ListQuery) -> Result<Response, AppError> {
        if query.form == Form::Print {
            return Ok(Html(self.printed_page(rows, query)?).into_response());
        }
        let sheet = self.sheet(rows, query);
        let mut bytes = Cursor::new(Vec::new());
        let (written, content) = match query.form {
            Form::Csv => (write::csv(&sheet, &mut bytes), CSV),
            _ => (write::xlsx(&[sheet], &mut bytes), download::XLSX),
        };
        written.map_err(AppError::internal)?;
        let ending = query.form.key();
        let name = format!("{}-{}.{ending}", self.caption, self.frame.business_date);
        download::file(content, (&format!("{}.{ending}", self.id), &name), bytes.into_inner())
    }

    pub(super) fn printed_page(&self, rows: &[T], query: &ListQuery) -> Result<String, AppError> {
        let list = self.view(rows, &query.of_size(PRINTED_MAX));
        let cut = list.range.as_ref().map(|_| {
            let most = format::count(PRINTED_MAX);
            self.frame.tn("list-print-cut", &[("total", list.total.clone()), ("most", most)])
        });
        Ok(PrintPage { frame: self.frame, back: query.on_page(1).href(&self.path), list: &list, cut }.render()?)
    }

    pub(super) fn sheet(&self, rows: &[T], query: &ListQuery) -> Sheet {
        let cells =
            |place: &usize| self.columns.iter().map(|column| (column.cell)(&rows[*place])).map(exported).collect();
        let rows: Vec<Vec<(sheets::Cell, String)>> = self.chosen(rows, query).iter().map(cells).collect();
        let units: Vec<Unit> = (0..self.columns.len()).map(|place| self.unit_of(place, &rows)).collect();
        let mut title = vec![self.caption.clone(), format::instant(self.frame.now)];
        title.extend(self.summary(query));
        if self.frame.is_demo {
            title.push(self.frame.t("demo-word"));
        }
        Sheet {
            name: self.caption.clone(),
            title: Some(title.join(" · ")),
            columns: self
                .columns
                .iter()
                .zip(&units)
                .flat_map(|(column, unit)| self.export_columns(column, unit))
                .collect(),
            rows: rows.into_iter().map(|row| with_units(row, &units)).collect(),
        }
    }

    /// How the numbers of a column say their unit.
    fn unit_of(&self, place: usize, rows: &[Vec<(sheets::Cell, String)>]) -> Unit {
        match self.columns[place].kind {
            Kind::Money => return Unit::InHeading(self.frame.unit("元")),
            Kind::Number => {}
            Kind::Text | Kind::Code | Kind::Date => return Unit::None,
        }
        let mut units = rows.iter().map(|row| &row[place]).filter(|(cell, _)| *cell != sheets::Cell::Empty);
        let Some((_, first)) = units.next() else { return Unit::None };
        match units.any(|(_, unit)| unit != first) {
            true => Unit::InColumn,
            false if first.is_empty() => Unit::None,
            false => Unit::InHeading(first.clone()),
        }
    }

    fn export_columns(&self, column: &super::Column<'_, T>, unit: &Unit) -> Vec<Column> {
        let heading = match unit {
            Unit::InHeading(unit) => {
                self.frame.tn("list-in-unit", [("heading", column.heading.clone()), ("unit", unit.clone())])
            }
            Unit::InColumn | Unit::None => column.heading.clone(),
        };
        let own = Column::new(heading, export_kind(column.kind));
        match unit {
            Unit::InColumn => {
                let heading = self.frame.t1("list-unit-of", "heading", &column.heading);
                vec![own, Column::new(heading, write::Kind::Text)]
            }
            Unit::InHeading(_) | Unit::None => vec![own],
        }
    }
}

/// Where the unit of a column's numbers stands in a file.
enum Unit {
    /// They have none.
    None,
    /// All have the same.
    InHeading(String),
    /// They differ, so that each row says its own.
    InColumn,
}

fn exported(cell: Cell) -> (sheets::Cell, String) {
    (cell.export, cell.export_unit)
}

fn with_units(row: Vec<(sheets::Cell, String)>, units: &[Unit]) -> Vec<sheets::Cell> {
    let mut cells = Vec::with_capacity(row.len());
    for ((cell, unit), of_column) in row.into_iter().zip(units) {
        let is_blank = cell == sheets::Cell::Empty || unit.is_empty();
        cells.push(cell);
        if matches!(of_column, Unit::InColumn) {
            cells.push(if is_blank { sheets::Cell::Empty } else { sheets::Cell::Text(unit) });
        }
    }
    cells
}

fn export_kind(kind: Kind) -> write::Kind {
    match kind {
        Kind::Text => write::Kind::Text,
        Kind::Code => write::Kind::Code,
        Kind::Number | Kind::Money => write::Kind::Number,
        Kind::Date => write::Kind::Date,
    }
}
