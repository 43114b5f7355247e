//! Cross tables: documents and exact families by any number of dimensions, over the columns in memory.

use std::{collections::HashMap, sync::Arc};

use crate::{
    Corpus, Query, Result,
    columns::{Column, Dimension, UNKNOWN},
    search::Rows,
};

/// A cross table (交叉统计).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cross {
    /// How many documents match.
    pub documents: u64,
    /// How many families they belong to, exactly.
    pub families: u64,
    /// The cells that are not empty, in the order of their values.
    pub cells: Vec<Cell>,
}

/// A cell of a cross table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The value of each dimension; none where no source says.
    pub values: Vec<Option<Arc<str>>>,
    /// How many documents are in it.
    pub documents: u64,
    /// How many families they belong to, exactly; a family may be in several cells.
    pub families: u64,
}

impl Corpus {
    /// Documents and exact families of a query by dimensions.
    ///
    /// A document with several values of a dimension is in the cell of each.
    pub fn cross(&self, query: &Query, dimensions: &[Dimension]) -> Result<Cross> {
        // A place for every possible cell pays where they are few beside the hits.
        self.cross_within(query, dimensions, |hits| 4_000_000.min(16 * hits))
    }

    /// The same, with a place for every possible cell where they are no more than this, by the hits.
    pub(crate) fn cross_within(
        &self,
        query: &Query,
        dimensions: &[Dimension],
        dense_max: fn(usize) -> usize,
    ) -> Result<Cross> {
        let columns = dimensions.iter().map(|&each| self.column(each)).collect::<Result<Vec<_>>>()?;
        let columns: Vec<&Column> = columns.iter().map(|column| &**column).collect();
        let families = self.column(Dimension::Family)?;
        let hits = self.collect(query, &Rows)?;
        let mut seen = vec![0_u8; families.names.len()];
        for (split, rows) in hits.iter().enumerate() {
            for family in rows.iter().filter_map(|&row| families.first(split, row)) {
                seen[family as usize] = seen[family as usize].saturating_add(1);
            }
        }
        let documents = hits.iter().map(Vec::len).sum();
        let mut cells = Cells::new(&columns, dense_max(documents));
        // A family with one hit adds one to each of its cells; only the others have to be told apart.
        let mut shared: Vec<(u32, usize)> = Vec::new();
        for (split, rows) in hits.iter().enumerate() {
            for &row in rows {
                let family = families.first(split, row).unwrap_or(UNKNOWN);
                let is_alone = seen.get(family as usize).is_none_or(|count| *count == 1);
                cells.each_of_row(split, row, |count, cell| {
                    count.0 += 1;
                    if is_alone {
                        count.1 += 1;
                    } else {
                        shared.push((family, cell));
                    }
                });
            }
        }
        shared.sort_unstable();
        shared.dedup();
        shared.iter().for_each(|(_, cell)| cells.counts[*cell].1 += 1);
        Ok(Cross {
            documents: documents as u64,
            families: seen.iter().filter(|count| **count > 0).count() as u64,
            cells: cells.finish(),
        })
    }
}

/// The cells while they are counted: each has a number, and what is known of it stands there in `counts`.
struct Cells<'a> {
    columns: &'a [&'a Column],
    numbers: Numbers,
    /// Documents and families.
    counts: Vec<(u64, u64)>,
}

/// How a cell gets its number, one dimension after the other.
enum Numbers {
    /// By how far apart two neighbours of each dimension are, where the whole table is small enough.
    Dense(Vec<usize>),
    /// By the order in which they are met.
    Met(Vec<Level>),
}

/// The beginnings of cells up to one dimension, numbered.
#[derive(Default)]
struct Level {
    numbers: HashMap<(u32, u32), u32>,
    /// Of each, the number of the beginning before it, and the code that was added.
    beginnings: Vec<(u32, u32)>,
}

impl Level {
    fn number(&mut self, before: u32, code: u32) -> u32 {
        *self.numbers.entry((before, code)).or_insert_with(|| {
            self.beginnings.push((before, code));
            u32::try_from(self.beginnings.len() - 1).expect("fewer cells than memory holds")
        })
    }
}

impl<'a> Cells<'a> {
    fn new(columns: &'a [&'a Column], dense_max: usize) -> Self {
        let mut size = 1_usize;
        let mut steps = Vec::with_capacity(columns.len());
        for column in columns {
            steps.push(size);
            // One more for the unknown.
            size = size.saturating_mul(column.names.len() + 1);
        }
        if size <= dense_max {
            return Self { columns, numbers: Numbers::Dense(steps), counts: vec![(0, 0); size] };
        }
        let levels = columns.iter().map(|_| Level::default()).collect();
        Self { columns, numbers: Numbers::Met(levels), counts: Vec::new() }
    }

    /// Calls for each cell that a row is in.
    fn each_of_row(&mut self, split: usize, row: u32, mut visit: impl FnMut(&mut (u64, u64), usize)) {
        let counts = &mut self.counts;
        match &mut self.numbers {
            Numbers::Dense(steps) => {
                dense(self.columns, steps, split, row, 0, &mut |cell| visit(&mut counts[cell], cell));
            }
            Numbers::Met(levels) => met(self.columns, levels, split, row, 0, &mut |cell| {
                if cell == counts.len() {
                    counts.push((0, 0));
                }
                visit(&mut counts[cell], cell);
            }),
        }
    }

    /// The cells that hold anything, in the order of their values.
    fn finish(self) -> Vec<Cell> {
        let ranks: Vec<&[u32]> = self.columns.iter().map(|column| column.ranks()).collect();
        let held = self.counts.iter().enumerate().filter(|(_, (documents, _))| *documents > 0);
        let mut codes = vec![UNKNOWN; self.columns.len()];
        // Put in order by the ranks of the values, of which two fit into one number; the unknown stands first.
        let mut places: Vec<(u64, Box<[u32]>, usize)> = held
            .map(|(cell, _)| {
                self.codes(cell, &mut codes);
                let mut each =
                    ranks.iter().zip(&codes).map(|(ranks, &code)| ranks.get(code as usize).map_or(0, |rank| rank + 1));
                let two = [each.next(), each.next()].map(|rank| u64::from(rank.unwrap_or_default()));
                (two[0] << 32 | two[1], each.collect(), cell)
            })
            .collect();
        places.sort_unstable();
        let mut cells = Vec::with_capacity(places.len());
        for (_, _, cell) in places {
            self.codes(cell, &mut codes);
            let values = self.columns.iter().zip(&codes).map(|(column, &code)| column.name(code)).collect();
            let (documents, families) = self.counts[cell];
            cells.push(Cell { values, documents, families });
        }
        cells
    }

    /// The code of each dimension of a cell.
    fn codes(&self, mut cell: usize, codes: &mut [u32]) {
        match &self.numbers {
            Numbers::Dense(steps) => {
                for ((code, step), column) in codes.iter_mut().zip(steps).zip(self.columns) {
                    let at = cell / step % (column.names.len() + 1);
                    *code = if at == column.names.len() { UNKNOWN } else { u32::try_from(at).unwrap_or(UNKNOWN) };
                }
            }
            Numbers::Met(levels) => {
                for (code, level) in codes.iter_mut().zip(levels).rev() {
                    let (before, added) = level.beginnings[cell];
                    (*code, cell) = (added, before as usize);
                }
            }
        }
    }
}

/// Calls for each cell of a dense table that a row is in.
fn dense(columns: &[&Column], steps: &[usize], split: usize, row: u32, cell: usize, visit: &mut impl FnMut(usize)) {
    let (Some((column, columns)), Some((step, steps))) = (columns.split_first(), steps.split_first()) else {
        return visit(cell);
    };
    for &code in column.splits[split].of(row) {
        let code = if code == UNKNOWN { column.names.len() } else { code as usize };
        dense(columns, steps, split, row, cell + step * code, visit);
    }
}

/// The same where cells are numbered as they are met.
fn met(columns: &[&Column], levels: &mut [Level], split: usize, row: u32, before: u32, visit: &mut impl FnMut(usize)) {
    let (Some((column, columns)), Some((level, levels))) = (columns.split_first(), levels.split_first_mut()) else {
        return visit(before as usize);
    };
    for &code in column.splits[split].of(row) {
        let number = level.number(before, code);
        met(columns, levels, split, row, number, visit);
    }
}
