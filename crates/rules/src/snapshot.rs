//! A snapshot: named tables of frozen facts, known by the hash of what they say.
//!
//! The id depends on table names, columns and rows only: not on the order in which rows arrived,
//! not on how they were cut into batches, never on Parquet bytes. This file holds the value and its
//! id; `snapshot/files.rs` keeps it on disk, `snapshot/table.rs` builds tables from rows.

mod files;
mod rows;
mod table;

use std::{
    cmp::Ordering,
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use datafusion::arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray, UInt32Array, make_comparator},
    buffer::NullBuffer,
    compute::{SortOptions, concat_batches, take_record_batch},
    datatypes::{Date32Type, Int64Type},
    row::{RowConverter, SortField},
};
use rayon::prelude::*;

pub use self::rows::Rows;
pub(crate) use self::rows::partition;
pub use self::table::{Column, Kind, TableBuilder, Value, from_days, to_days};
use crate::{Error, digest::Digest};

/// The folder format of a snapshot; a reader refuses any other.
const FORMAT: u32 = 1;

/// Named tables of facts, in canonical order, with their id.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Computed when it is first asked for, so that the rules need not wait for it.
    id: Arc<OnceLock<String>>,
    tables: BTreeMap<String, RecordBatch>,
}

impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        self.tables == other.tables
    }
}

impl Snapshot {
    /// Takes the tables and sorts their rows into canonical order, each table on a core of its own.
    ///
    /// Only `Utf8`, `Int64`, `Date32` and `Boolean` columns are taken.
    pub fn new(tables: impl IntoIterator<Item = (String, RecordBatch)>) -> Result<Self, Error> {
        let mut named = BTreeMap::new();
        for (name, batch) in tables {
            check_name(&name)?;
            if named.insert(name.clone(), batch).is_some() {
                return Err(Error::Snapshot(format!("快照中有两张名为 {name} 的表；请只保留一张")));
            }
        }
        let sorted = named.into_par_iter().map(|(name, batch)| {
            let batch = canonical(&name, &batch)?;
            Ok((name, batch))
        });
        Ok(Self { id: Arc::default(), tables: sorted.collect::<Result<_, Error>>()? })
    }

    /// Like [`Snapshot::new`], from tables that came in several batches each.
    pub fn from_batches(tables: impl IntoIterator<Item = (String, Vec<RecordBatch>)>) -> Result<Self, Error> {
        let mut whole = Vec::new();
        for (name, batches) in tables {
            let Some(first) = batches.first() else {
                return Err(Error::Snapshot(format!("表 {name} 没有列；请至少给出一个空批次")));
            };
            let batch = concat_batches(&first.schema(), &batches)?;
            whole.push((name, batch));
        }
        Self::new(whole)
    }

    /// Like [`Snapshot::new`], from tables of whole columns, those of one table equally long.
    pub fn of_columns<'n>(tables: impl IntoIterator<Item = (&'n str, Vec<(&'n str, Column)>)>) -> Result<Self, Error> {
        let whole = tables.into_iter().map(|(name, columns)| Ok((name.to_owned(), table::of_columns(columns)?)));
        Self::new(whole.collect::<Result<Vec<_>, Error>>()?)
    }

    /// The id: SHA-256 over names, columns and sorted rows.
    pub fn id(&self) -> &str {
        self.id.get_or_init(|| id_of(&self.tables))
    }

    /// The tables by name, each one batch in canonical order.
    pub fn tables(&self) -> &BTreeMap<String, RecordBatch> {
        &self.tables
    }

    /// One table, if there is one of this name.
    pub fn table(&self, name: &str) -> Option<&RecordBatch> {
        self.tables.get(name)
    }
}

/// Names become file names and SQL names, so they are kept plain.
fn check_name(name: &str) -> Result<(), Error> {
    let plain = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if plain {
        Ok(())
    } else {
        Err(Error::Snapshot(format!("表名「{name}」不可用；表名只用小写字母、数字和下划线，并以字母开头")))
    }
}

/// The same rows, sorted by all columns from left to right.
pub(crate) fn canonical(name: &str, batch: &RecordBatch) -> Result<RecordBatch, Error> {
    let schema = batch.schema();
    let mut fields = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        if Kind::of(field.data_type()).is_none() {
            return Err(Error::Snapshot(format!(
                "表 {name} 的列 {} 类型为 {}；快照只接受文本、整数、日期和是否四种类型",
                field.name(),
                field.data_type()
            )));
        }
        fields.push(SortField::new(field.data_type().clone()));
    }
    // Nullability and metadata are no part of what a table says.
    let plain = datafusion::arrow::datatypes::Schema::new(
        schema
            .fields()
            .iter()
            .map(|field| datafusion::arrow::datatypes::Field::new(field.name(), field.data_type().clone(), true))
            .collect::<Vec<_>>(),
    );
    let options = datafusion::arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let batch = RecordBatch::try_new_with_options(plain.into(), batch.columns().to_vec(), &options)?;
    if batch.num_columns() == 0 || batch.num_rows() < 2 {
        return Ok(batch);
    }
    if is_sorted(&batch)? {
        return Ok(batch);
    }
    let rows = RowConverter::new(fields)?.convert_columns(batch.columns())?;
    let count =
        u32::try_from(batch.num_rows()).map_err(|_| Error::Snapshot(format!("表 {name} 超过 42 亿行；请缩小范围")))?;
    let mut order: Vec<u32> = (0..count).collect();
    order.sort_unstable_by(|a, b| rows.row(*a as usize).cmp(&rows.row(*b as usize)));
    Ok(take_record_batch(&batch, &UInt32Array::from(order))?)
}

/// Whether the rows ascend already, as those of most registers do: cheaper to see than to sort.
fn is_sorted(batch: &RecordBatch) -> Result<bool, Error> {
    let compare: Vec<_> = batch
        .columns()
        .iter()
        .map(|column| make_comparator(column, column, SortOptions::default()))
        .collect::<Result<_, _>>()?;
    let ascends = |row: usize| {
        let order = compare.iter().map(|compare| compare(row - 1, row)).find(|order| order.is_ne());
        order.is_none_or(Ordering::is_lt)
    };
    Ok((1..batch.num_rows()).all(ascends))
}

fn id_of(tables: &BTreeMap<String, RecordBatch>) -> String {
    let mut digest = Digest::new("zhiqiang snapshot 1");
    for (name, batch) in tables {
        digest.part(name.as_bytes());
        digest.raw(&(batch.num_columns() as u64).to_le_bytes());
        for field in batch.schema().fields() {
            digest.part(field.name().as_bytes());
            let tag = match Kind::of(field.data_type()) {
                Some(Kind::Integer) => b'i',
                Some(Kind::Date) => b'd',
                Some(Kind::Flag) => b'b',
                Some(Kind::Text) | None => b't',
            };
            digest.raw(&[tag]);
        }
        digest.raw(&(batch.num_rows() as u64).to_le_bytes());
        hash_rows(&mut digest, batch);
    }
    digest.hex()
}

/// Rows one after another, each value with a presence byte and, for text, its length.
fn hash_rows(digest: &mut Digest, batch: &RecordBatch) {
    let columns: Vec<Cells> = batch.columns().iter().map(Cells::of).collect();
    let mut buffer = Vec::with_capacity(2 * HASHED_AT_ONCE);
    for row in 0..batch.num_rows() {
        for cells in &columns {
            cells.write(row, &mut buffer);
        }
        if buffer.len() >= HASHED_AT_ONCE {
            digest.raw(&buffer);
            buffer.clear();
        }
    }
    digest.raw(&buffer);
}

/// Bytes that are put together before they are hashed.
const HASHED_AT_ONCE: usize = 1 << 15;

/// The cells of a column, and which of them hold nothing.
struct Cells<'a> {
    nulls: Option<&'a NullBuffer>,
    values: Values<'a>,
}

enum Values<'a> {
    Text(&'a StringArray),
    Integer(&'a [i64]),
    Date(&'a [i32]),
    Flag(&'a BooleanArray),
}

impl<'a> Cells<'a> {
    fn of(column: &'a ArrayRef) -> Self {
        let values = match Kind::of(column.data_type()) {
            Some(Kind::Integer) => Values::Integer(column.as_primitive::<Int64Type>().values()),
            Some(Kind::Date) => Values::Date(column.as_primitive::<Date32Type>().values()),
            Some(Kind::Flag) => Values::Flag(column.as_boolean()),
            Some(Kind::Text) | None => Values::Text(column.as_string::<i32>()),
        };
        Self { nulls: column.nulls(), values }
    }

    fn write(&self, row: usize, buffer: &mut Vec<u8>) {
        if self.nulls.is_some_and(|nulls| nulls.is_null(row)) {
            buffer.push(0);
            return;
        }
        buffer.push(1);
        match &self.values {
            Values::Text(cells) => {
                let text = cells.value(row).as_bytes();
                buffer.extend_from_slice(&(text.len() as u64).to_le_bytes());
                buffer.extend_from_slice(text);
            }
            Values::Integer(cells) => buffer.extend_from_slice(&cells[row].to_le_bytes()),
            Values::Date(cells) => buffer.extend_from_slice(&cells[row].to_le_bytes()),
            Values::Flag(cells) => buffer.push(u8::from(cells.value(row))),
        }
    }
}
