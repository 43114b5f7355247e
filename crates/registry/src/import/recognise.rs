//! Which register a file is of, told by its headings.

use std::{ops::ControlFlow, path::Path};

use db::Db;
use sheets::{Limits, Row};

use super::{headings::Headings, joined, nested};
use crate::{Error, Register, registers::registers};

/// Rows of a sheet in which its headings are looked for.
const ROWS_MAX: usize = 50;

/// The received register whose headings the file has; of several, the one of which it has most.
///
/// A file that fits none, or several equally well, is refused with their names: a person must choose.
pub async fn recognise(db: &Db, path: &Path, limits: &Limits) -> Result<&'static Register, Error> {
    let mut known = Vec::new();
    for register in registers().iter().filter(|register| register.received) {
        known.push(super::headings(db, register, None).await?);
    }
    let (path, limits) = (path.to_owned(), limits.clone());
    joined(tokio::task::spawn_blocking(move || choose(&path, &limits, &known)).await)
}

fn choose(path: &Path, limits: &Limits, known: &[Headings]) -> Result<&'static Register, Error> {
    let mut fits: Vec<(usize, &'static Register)> = Vec::new();
    each_sheet(path, limits, &mut |sheet, row| {
        fits.extend(
            known.iter().filter_map(|headings| Some((headings.find(sheet, row).ok()?.columns(), headings.register()))),
        );
        fits.is_empty()
    })?;
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let most = fits.iter().map(|(columns, _)| *columns).max().unwrap_or(0);
    let mut best: Vec<&'static Register> =
        fits.iter().filter(|(columns, _)| *columns == most).map(|(_, register)| *register).collect();
    best.dedup_by_key(|register| register.id);
    match best[..] {
        [register] => Ok(register),
        [] => Err(Error::Unusable(format!(
            "文件 {file} 的标题与任何登记簿都不相符，无法识别。请选定登记簿后单独导入，或先保存列映射。"
        ))),
        _ => {
            let names: Vec<&str> = best.iter().map(|register| register.name_zh).collect();
            Err(Error::Unusable(format!(
                "文件 {file} 的标题与多个登记簿相符（{}），无法确定。请选定登记簿后单独导入。",
                names.join("、")
            )))
        }
    }
}

/// Hands over the first rows of every sheet until one is told not to go on.
fn each_sheet(path: &Path, limits: &Limits, on_row: &mut dyn FnMut(&str, &Row) -> bool) -> Result<(), Error> {
    let mut goes_on = true;
    let mut look = |sheet: &str, row: &Row, seen: usize| {
        goes_on = goes_on && on_row(sheet, row);
        if goes_on && seen < ROWS_MAX { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let mut seen = 0;
    if nested::is_nested(path) {
        return nested::read(path, limits, &mut |row| {
            seen += 1;
            look("JSON", &row, seen)
        });
    }
    let mut book = sheets::open(path, limits)?;
    for (index, name) in book.sheet_names().iter().enumerate() {
        let mut seen = 0;
        book.read_sheet(index, &mut |row| {
            seen += 1;
            look(name, &row, seen)
        })?;
    }
    Ok(())
}
