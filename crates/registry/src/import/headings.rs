//! Finding the heading row, and which of its cells fills which column.
//!
//! The first row that holds every required heading is the heading row; what stands above it is a title.
//! A heading is matched after folding, against the canonical heading and the field name, then the synonyms, then the mapping.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use sheets::{Cell, Row};
use terms::{MoneyUnit, text::fold_heading};

use crate::{
    import::Reason,
    mappings::{Mapping, column_at, letters_of},
    registers::{Column, ColumnKind, Register},
};

/// Everything by which heading rows of a register are known.
pub(crate) struct Headings {
    register: &'static Register,
    /// Folded name → column and rank; the lowest rank wins.
    names: HashMap<String, (usize, usize)>,
    mappings: Vec<Arc<Mapping>>,
    /// Only this mapping is wanted.
    is_forced: bool,
}

/// How the rows of one sheet become rows of the register.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) register: &'static Register,
    /// The sheet.
    pub(crate) sheet: String,
    /// The headings as written.
    pub(crate) headings: Vec<String>,
    /// The units of money that headings name, per column of the register.
    pub(crate) units: Vec<Option<MoneyUnit>>,
    /// Headings that no column takes.
    pub(crate) ignored: Vec<String>,
    /// Two columns of the file that mean the same equally well: which is right nobody can tell.
    pub(crate) doubled: Option<(usize, usize)>,
    /// The mapping in use.
    pub(crate) mapping: Option<Arc<Mapping>>,
    /// The cell of the file for each column of the register.
    places: Vec<Option<usize>>,
    folded: HashMap<String, usize>,
}

impl Headings {
    pub(crate) fn new(register: &'static Register, mappings: Vec<Mapping>, is_forced: bool) -> Self {
        let mut names = HashMap::new();
        for (place, column) in register.columns.iter().enumerate() {
            let ranked = [column.heading, column.field].into_iter().chain(column.synonyms.iter().copied());
            for (rank, name) in ranked.enumerate() {
                names.entry(fold_heading(name)).or_insert((place, rank));
            }
        }
        Self { register, names, mappings: mappings.into_iter().map(Arc::new).collect(), is_forced }
    }

    /// The register whose headings these are.
    pub(crate) fn register(&self) -> &'static Register {
        self.register
    }

    /// The layout, if this row is a heading row; else the required headings that it lacks and whether any stood there.
    pub(crate) fn find(&self, sheet: &str, row: &Row) -> Result<Layout, Missing> {
        let written: Vec<String> = row.cells.iter().map(|cell| cell.text().trim().to_owned()).collect();
        let folded: Vec<String> = written.iter().map(|heading| fold_heading(heading)).collect();
        let headed = || self.mappings.iter().filter(|mapping| !mapping.no_headings);
        let headings = folded.iter().filter(|heading| !heading.is_empty()).count();
        // A signature of two words says something only where nothing else stands beside them.
        let is_told = |mapping: &&Arc<Mapping>| {
            mapping.is_signed_by(&folded) && (mapping.signature.len() > 2 || mapping.signature.len() == headings)
        };
        let mut signed: Vec<_> = headed().filter(|mapping| self.is_forced || is_told(mapping)).collect();
        // Of two that fit, the one that asks for more says more of what the file is.
        signed.sort_by_key(|mapping| std::cmp::Reverse(mapping.signature.len()));
        let mut missing = Vec::new();
        for mapping in signed {
            match self.lay_out(sheet, &written, &folded, Some(mapping)) {
                Ok(layout) => return Ok(layout),
                Err(lacking) => missing.push(lacking),
            }
        }
        if !self.is_forced {
            let plain = self.lay_out(sheet, &written, &folded, None);
            match &plain {
                Ok(layout) if layout.doubled.is_none() => return plain,
                Ok(_) => {}
                Err(lacking) => missing.push(lacking.clone()),
            }
            let unsigned = headed().filter(|mapping| mapping.signature.is_empty());
            for mapping in unsigned {
                match self.lay_out(sheet, &written, &folded, Some(mapping)) {
                    // Of two headings that mean the same a mapping may say which is right.
                    Ok(layout) if plain.is_err() || layout.doubled.is_none() => return Ok(layout),
                    _ => {}
                }
            }
            if plain.is_ok() {
                return plain;
            }
        }
        Err(missing.into_iter().min_by_key(|lacking| lacking.headings.len()).unwrap_or_default())
    }

    /// The layout of a sheet without a heading row, under the mapping that was asked for by name and says so.
    pub(crate) fn places(&self, sheet: &str, first: &Row) -> Option<Layout> {
        let mapping = self.mappings.iter().find(|mapping| self.is_forced && mapping.no_headings)?;
        Some(Layout::by_place(self.register, sheet, first, mapping))
    }

    fn lay_out(
        &self,
        sheet: &str,
        written: &[String],
        folded: &[String],
        mapping: Option<&Arc<Mapping>>,
    ) -> Result<Layout, Missing> {
        let columns = self.register.columns;
        let mut best: Vec<Option<(usize, usize)>> = vec![None; columns.len()];
        let mut units = vec![None; columns.len()];
        let mut doubled = vec![None; columns.len()];
        let by_mapping: HashMap<String, usize> = mapping
            .iter()
            .flat_map(|mapping| &mapping.headings)
            .filter_map(|(heading, field)| Some((fold_heading(heading), self.register.index(field)?)))
            .collect();
        for (at, name) in folded.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let known =
                self.names.get(name).copied().or_else(|| by_mapping.get(name).map(|place| (*place, usize::MAX)));
            let known = known.or_else(|| self.with_unit(name));
            let Some((place, rank)) = known else { continue };
            // A mapping may name several headings for a field, of which the first counts.
            if let Some((first, other)) = best[place]
                && rank == other
                && (rank < usize::MAX || folded[first] == *name)
            {
                doubled[place].get_or_insert((first, at));
            }
            if best[place].is_none_or(|(_, other)| rank < other) {
                best[place] = Some((at, rank));
                doubled[place] = None;
                units[place] = is_money(&columns[place]).then(|| MoneyUnit::in_heading(&written[at])).flatten();
            }
        }
        for (heading, field) in mapping.iter().flat_map(|mapping| &mapping.headings) {
            let (Some(at), Some(place)) = (numbered_column(heading), self.register.index(field)) else { continue };
            if best[place].is_none() && folded.get(at).is_none_or(String::is_empty) {
                best[place] = Some((at, usize::MAX));
            }
            // Of two columns that mean the same, the one named by its place is right.
            if doubled[place].is_some_and(|(first, second)| [first, second].contains(&at)) {
                best[place] = Some((at, usize::MAX));
                doubled[place] = None;
                units[place] = is_money(&columns[place]).then(|| MoneyUnit::in_heading(&written[at])).flatten();
            }
        }
        let lacking: Vec<&'static str> = columns
            .iter()
            .zip(&best)
            .filter(|(column, found)| {
                column.required && found.is_none() && !mapping.is_some_and(|mapping| mapping.provides(column.field))
            })
            .map(|(column, _)| column.heading)
            .collect();
        if !lacking.is_empty() {
            return Err(Missing { headings: lacking, found: best.iter().flatten().count() });
        }
        let places: Vec<Option<usize>> = best.iter().map(|found| found.map(|(at, _)| at)).collect();
        let taken: BTreeSet<usize> = places.iter().copied().flatten().collect();
        let mut positions = HashMap::new();
        for (at, name) in folded.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            positions.entry(name.clone()).or_insert(at);
        }
        let is_used = |at: usize| {
            taken.contains(&at)
                || mapping.is_some_and(|mapping| mapping.reads().any(|heading| fold_heading(heading) == folded[at]))
        };
        let ignored =
            (0..written.len()).filter(|at| !written[*at].is_empty() && !is_used(*at)).map(|at| written[at].clone());
        Ok(Layout {
            register: self.register,
            sheet: sheet.to_owned(),
            ignored: ignored.collect(),
            headings: written.to_vec(),
            doubled: doubled.into_iter().flatten().min(),
            units,
            mapping: mapping.cloned(),
            places,
            folded: positions,
        })
    }

    /// A heading of money with its unit, such as 登记金额（万元） or 登记金额(单位:元).
    fn with_unit(&self, folded: &str) -> Option<(usize, usize)> {
        let bare = ["亿元", "万元", "元"].iter().find_map(|unit| folded.strip_suffix(unit))?;
        let bare = bare.trim_end_matches([':', ',', '/']);
        let bare = bare.strip_suffix("单位").unwrap_or(bare).trim_end_matches([':', ',', '/']);
        let (place, rank) = self.names.get(bare).copied()?;
        is_money(&self.register.columns[place]).then_some((place, rank))
    }
}

/// What a row lacks to be the heading row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Missing {
    /// The required headings.
    pub(crate) headings: Vec<&'static str>,
    /// How many headings of the register it has.
    pub(crate) found: usize,
}

impl Layout {
    /// The column of the register that a cell of the file fills.
    pub(crate) fn column_of(&self, at: usize) -> Option<usize> {
        self.places.iter().position(|place| *place == Some(at))
    }

    /// What a row says behind the last heading, as a reason against it; none when nothing stands there.
    pub(crate) fn beyond(&self, cells: &[Cell]) -> Option<Reason> {
        if self.mapping.as_ref().is_some_and(|mapping| mapping.no_headings) {
            return None;
        }
        let read = self.places.iter().flatten().max().map_or(0, |last| last + 1);
        let width = self.headings.len().max(read);
        let beyond = cells.iter().enumerate().skip(width).find(|(_, cell)| !cell.text().trim().is_empty());
        let (at, cell) = beyond?;
        Some(Reason {
            column: format!("第{}列", at + 1),
            value: cell.text().trim().to_owned(),
            reason: format!(
                "这一行比标题行多出内容“{}”，各列可能已错位（如文字中的逗号没有加引号）。请核对整行后更正。",
                crate::cells::short(&cell.text())
            ),
        })
    }

    /// The layout of rows that the program makes itself: one cell per column, in order.
    pub(crate) fn plain(register: &'static Register, sheet: &str) -> Self {
        Self {
            register,
            sheet: sheet.to_owned(),
            headings: register.columns.iter().map(|column| column.heading.to_owned()).collect(),
            units: vec![None; register.columns.len()],
            ignored: Vec::new(),
            doubled: None,
            mapping: None,
            places: (0..register.columns.len()).map(Some).collect(),
            folded: HashMap::new(),
        }
    }

    /// The layout of a sheet without a heading row: the mapping names the columns by their place.
    fn by_place(register: &'static Register, sheet: &str, first: &Row, mapping: &Arc<Mapping>) -> Self {
        let mut places = vec![None; register.columns.len()];
        for (name, field) in &mapping.headings {
            if let (Some(at), Some(place)) = (column_at(name), register.index(field)) {
                places[place] = Some(at);
            }
        }
        let width = places.iter().flatten().map(|at| at + 1).max().unwrap_or(0).max(first.cells.len());
        let headings: Vec<String> = (0..width).map(letters_of).collect();
        let named: BTreeSet<usize> =
            mapping.headings.keys().map(String::as_str).chain(mapping.reads()).filter_map(column_at).collect();
        let is_ignored = |at: &usize| !named.contains(at) && first.cells.get(*at).is_some_and(|cell| !cell.is_empty());
        Self {
            register,
            sheet: sheet.to_owned(),
            units: vec![None; register.columns.len()],
            ignored: (0..width).filter(is_ignored).map(|at| headings[at].clone()).collect(),
            doubled: None,
            mapping: Some(Arc::clone(mapping)),
            places,
            folded: mapping.reads().filter_map(|name| Some((fold_heading(name), column_at(name)?))).collect(),
            headings,
        }
    }

    /// How many columns of the register the sheet has.
    pub(crate) fn columns(&self) -> usize {
        self.places.iter().flatten().count()
    }

    /// The cells in the order of the register's columns, mended by the mapping; `None` when its filter leaves the row out.
    pub(crate) fn map(&self, cells: &[Cell]) -> Option<Vec<Cell>> {
        let raw = |heading: &str| self.folded.get(&fold_heading(heading)).and_then(|at| cells.get(*at));
        let mut row: Vec<Cell> = self
            .places
            .iter()
            .map(|place| place.and_then(|at| cells.get(at)).cloned().unwrap_or(Cell::Empty))
            .collect();
        let Some(mapping) = &self.mapping else { return Some(row) };
        for (heading, texts) in &mapping.only {
            if !crate::mappings::is_among(raw(heading).unwrap_or(&Cell::Empty), texts) {
                return None;
            }
        }
        for (field, constant) in &mapping.constants {
            if let Some(place) = self.register.index(field).filter(|place| row[*place].text().trim().is_empty()) {
                row[place] = Cell::Text(constant.clone());
            }
        }
        for step in &mapping.steps {
            step.apply(self.register, &mut row, &raw);
        }
        Some(row)
    }

    /// The cells of the file under their headings, as a person saw them.
    pub(crate) fn raw(&self, cells: &[Cell]) -> Vec<(String, String)> {
        let filled = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        filled.map(|(at, cell)| (self.heading(at), cell.text().into_owned())).collect()
    }

    pub(crate) fn heading(&self, at: usize) -> String {
        match self.headings.get(at) {
            Some(heading) if !heading.is_empty() => heading.clone(),
            _ => format!("第{}列", at + 1),
        }
    }
}

/// The column meant by 第5列, the name of one that has no heading in a row of headings.
fn numbered_column(name: &str) -> Option<usize> {
    name.starts_with('第').then(|| column_at(name)).flatten()
}

fn is_money(column: &Column) -> bool {
    matches!(column.kind, ColumnKind::Money | ColumnKind::Moneys)
}

#[cfg(test)]
mod tests;
