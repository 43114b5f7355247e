//! Cross tables: documents and exact families by any number of dimensions, over the columns in memory.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{
    Corpus, Query, Result,
    columns::{Column, Dimension, UNKNOWN},
    search::Rows,
};

/// A cross table (交叉统计).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cross {
    /// How many documents match.
    pub documents: u64,
    /// How many families they belong to, exactly.
    pub families: u64,
    /// The cells that are not empty, in the order of their values.
    pub cells: Vec<Cell>,
}

/// A cell of a cross table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    /// The value of each dimension; none where no source says.
    pub values: Vec<Option<String>>,
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
        let mut cells = Cells::new(&columns);
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
            documents: hits.iter().map(|rows| rows.len() as u64).sum(),
            families: seen.iter().filter(|count| **count > 0).count() as u64,
            cells: cells.finish(),
        })
    }
}

/// The cells while they are counted: dense where the table is small enough, else by their values.
struct Cells<'a> {
    columns: &'a [&'a Column],
    /// How far apart two neighbours of each dimension are; empty where the table is not dense.
    steps: Vec<usize>,
    sparse: HashMap<Box<[u32]>, usize>,
    keys: Vec<Box<[u32]>>,
    /// Documents and families.
    counts: Vec<(u64, u64)>,
}

impl<'a> Cells<'a> {
    fn new(columns: &'a [&'a Column]) -> Self {
        const DENSE_MAX: usize = 4_000_000;
        let mut size = 1_usize;
        let mut steps = Vec::with_capacity(columns.len());
        for column in columns {
            steps.push(size);
            // One more for the unknown.
            size = size.saturating_mul(column.names.len() + 1);
        }
        let is_dense = size <= DENSE_MAX;
        Self {
            columns,
            steps: if is_dense { steps } else { Vec::new() },
            sparse: HashMap::new(),
            keys: Vec::new(),
            counts: vec![(0, 0); if is_dense { size } else { 0 }],
        }
    }

    fn is_dense(&self) -> bool {
        self.steps.len() == self.columns.len()
    }

    /// Calls for each cell that a row is in.
    fn each_of_row(&mut self, split: usize, row: u32, mut visit: impl FnMut(&mut (u64, u64), usize)) {
        if self.is_dense() {
            dense(self.columns, &self.steps, split, row, 0, &mut |cell| visit(&mut self.counts[cell], cell));
            return;
        }
        let values: Vec<&[u32]> = self.columns.iter().map(|column| column.splits[split].of(row)).collect();
        let mut at = vec![0; values.len()];
        loop {
            let key: Box<[u32]> = values.iter().zip(&at).map(|(values, &at)| values[at]).collect();
            let cell = *self.sparse.entry(key.clone()).or_insert_with(|| {
                self.keys.push(key);
                self.counts.push((0, 0));
                self.counts.len() - 1
            });
            visit(&mut self.counts[cell], cell);
            let Some(next) = (0..at.len()).find(|&each| at[each] + 1 < values[each].len()) else { return };
            at[next] += 1;
            at[..next].fill(0);
        }
    }

    fn finish(self) -> Vec<Cell> {
        let is_dense = self.is_dense();
        let mut cells: Vec<Cell> = self
            .counts
            .iter()
            .enumerate()
            .filter(|(_, (documents, _))| *documents > 0)
            .map(|(cell, &(documents, families))| {
                let values = self.columns.iter().enumerate().map(|(at, column)| {
                    let code = match is_dense {
                        true => u32::try_from(cell / self.steps[at] % (column.names.len() + 1)).unwrap_or(UNKNOWN),
                        false => self.keys[cell][at],
                    };
                    column.name(code)
                });
                Cell { values: values.collect(), documents, families }
            })
            .collect();
        cells.sort_unstable();
        cells
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
