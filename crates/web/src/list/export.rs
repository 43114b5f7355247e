//! The rows of a list as a workbook or csv, all that pass the filters, in the order shown, with exact values; or as a page to
//! print.

use std::io::Cursor;

use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use sheets::write::{self, Column, Sheet};

use crate::{
    error::AppError,
    format::{self, encode},
    frame::Frame,
    list::{Form, Kind, ListQuery, Listing, ListingView},
};

const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

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
            _ => (write::xlsx(&[sheet], &mut bytes), XLSX),
        };
        written.map_err(AppError::internal)?;
        let ending = query.form.key();
        let name = format!("{}-{}.{ending}", self.caption, self.frame.business_date);
        let disposition = format!("attachment; filename=\"{}.{ending}\"; filename*=UTF-8''{}", self.id, encode(&name));
        let mut response = ([(header::CONTENT_TYPE, content)], bytes.into_inner()).into_response();
        let value = HeaderValue::from_str(&disposition).map_err(AppError::internal)?;
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
        Ok(response)
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
        let cells = |row: &T| self.columns.iter().map(|column| (column.cell)(row).export).collect();
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
                .map(|column| Column::new(self.export_heading(column), export_kind(column.kind)))
                .collect(),
            rows: self.chosen(rows, query).iter().map(|place| cells(&rows[*place])).collect(),
        }
    }

    fn export_heading(&self, column: &super::Column<'_, T>) -> String {
        match column.kind {
            Kind::Money => self.frame.t1("list-in-yuan", "heading", &column.heading),
            _ => column.heading.clone(),
        }
    }
}

fn export_kind(kind: Kind) -> write::Kind {
    match kind {
        Kind::Text => write::Kind::Text,
        Kind::Code => write::Kind::Code,
        Kind::Number | Kind::Money => write::Kind::Number,
        Kind::Date => write::Kind::Date,
    }
}
