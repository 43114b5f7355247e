//! Labelled records: text in which each record is two lines divided by colons, its labels and below them its values.
//!
//! The detail pages of the patent office's search system are kept in this form; labels may differ from record to record.
//! A first pass gathers them, so that the heading row holds them all, and both passes run in constant memory.

use std::{collections::HashMap, ops::ControlFlow, path::Path};

use crate::{
    Cell, Error, Rows,
    decode::{Encoded, TextFile, WRONG},
};

const DIVIDER: char = ':';
/// Fewer labels than this make no record: a line with a few colons may be anything.
const LABELS_MIN: usize = 4;

/// A file of labelled records ready to be read.
#[derive(Debug)]
pub(crate) struct Labelled {
    text: TextFile,
}

impl Labelled {
    pub(crate) fn new(path: &Path, encoded: Encoded) -> Self {
        Self { text: TextFile { path: path.to_owned(), encoded } }
    }

    /// Whether a text begins with a record and goes on with the labels of another, if it goes on.
    pub(crate) fn is(start: &str) -> bool {
        let mut lines = start.lines().map(str::trim).filter(|line| !line.is_empty());
        let (Some(first), Some(values)) = (lines.next(), lines.next()) else { return false };
        let Some(labels) = Labels::of(first) else { return false };
        values.split(DIVIDER).count() == labels.0.len() && lines.next().is_none_or(|line| labels.are_like(line))
    }

    pub(crate) fn encoding(&self) -> &str {
        self.text.encoding()
    }

    /// Hands over every label as row 1, then each record with the number of its line of values.
    pub(crate) fn read(&self, out: &mut Rows<'_>) -> Result<(), Error> {
        let file = out.file;
        let mut first: Option<Labels> = None;
        let mut headings: Vec<String> = Vec::new();
        let mut columns: HashMap<String, usize> = HashMap::new();
        self.text.each_line(file, &mut |number, line| {
            let first = first.get_or_insert_with(|| Labels::of(line).unwrap_or_default());
            for label in first.are_like(line).then(|| line.split(DIVIDER)).into_iter().flatten() {
                if !columns.contains_key(label) {
                    out.check_column(number, headings.len() as u32)?;
                    columns.insert(label.to_owned(), headings.len());
                    headings.push(label.to_owned());
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let first = first.unwrap_or_default();
        let width = headings.len();
        if out.push(1, headings.into_iter().map(Cell::from_text).collect())?.is_break() {
            return Ok(());
        }
        // Labels that wait for the line of their values.
        let mut labels: Option<(u32, String)> = None;
        let mut is_stopped = false;
        self.text.each_line(file, &mut |number, line| {
            let (number, cells) = match (first.are_like(line), labels.take()) {
                (true, before) => {
                    labels = Some((number, line.to_owned()));
                    let Some((number, line)) = before else { return Ok(ControlFlow::Continue(())) };
                    (number, vec![broken(&line, "只有标签，没有数值"); width])
                }
                (false, Some((_, labels))) => (number, record(&labels, line, &columns, width)),
                (false, None) => (number, vec![broken(line, "数值前没有标签"); width]),
            };
            for cell in &cells {
                out.check_chars(number, &cell.text())?;
            }
            let flow = out.push(number, cells)?;
            is_stopped = flow.is_break();
            Ok(flow)
        })?;
        match labels {
            Some((number, line)) if !is_stopped => {
                out.push(number, vec![broken(&line, "只有标签，没有数值"); width]).map(|_| ())
            }
            _ => Ok(()),
        }
    }
}

/// The labels of the first record, by which those of the others are known.
#[derive(Default)]
struct Labels(Vec<String>);

impl Labels {
    /// The labels of a line, if it can be one of labels: several, none empty, none twice.
    fn of(line: &str) -> Option<Self> {
        let labels: Vec<String> = line.split(DIVIDER).map(str::to_owned).collect();
        let is_sound = |at: usize| !labels[at].trim().is_empty() && !labels[..at].contains(&labels[at]);
        (labels.len() >= LABELS_MIN && (0..labels.len()).all(is_sound)).then_some(Self(labels))
    }

    /// Whether a line holds labels too: at least half of these.
    fn are_like(&self, line: &str) -> bool {
        let known = line.split(DIVIDER).filter(|label| self.0.iter().any(|known| known == label)).count();
        known * 2 >= self.0.len().max(1)
    }
}

/// The cells of one record; one whose lines do not fit belongs to no column, so the whole row is broken.
fn record(labels: &str, values: &str, columns: &HashMap<String, usize>, width: usize) -> Vec<Cell> {
    let (wanted, found) = (labels.split(DIVIDER).count(), values.split(DIVIDER).count());
    if wanted != found {
        return vec![broken(values, &format!("标签有 {wanted} 个，数值有 {found} 个")); width];
    }
    let mut cells = vec![Cell::Empty; width];
    for (label, value) in labels.split(DIVIDER).zip(values.split(DIVIDER)) {
        let Some(column) = columns.get(label) else { continue };
        cells[*column] = match value.contains(WRONG) {
            true => Cell::Broken(value.replace(WRONG, "\u{FFFD}")),
            false => Cell::from_text(value.to_owned()),
        };
    }
    cells
}

fn broken(line: &str, reason: &str) -> Cell {
    let start: String = line.chars().take(80).collect();
    Cell::Broken(format!("{}（{reason}）", start.replace(WRONG, "\u{FFFD}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_lines_that_fit_make_a_record_and_a_table_with_colons_does_not() {
        let check = |text: &str, expected: bool| assert_eq!(Labelled::is(text), expected, "{text}");
        check("申请号:名称:申请日:地址\nCN1:甲:2017.01.16:\n", true);
        check("申请号:名称:申请日:地址\nCN1:甲:2017.01.16:\n类别:申请号:名称:申请日:邮编\n", true);
        check("申请号:名称:申请日:地址\nCN1:甲:2017.01.16:\n又一行\n", false);
        check("申请号:名称:申请日:地址\nCN1:甲\n", false);
        check("申请号,名称\n1,2\n", false);
        check("说明:请填写\n时间:地点\n", false);
    }
}
