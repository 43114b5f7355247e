//! The Parquet file of a split: narrow columns to count by, title and abstract, and the whole document as JSON.
//!
//! Row and document id of the index are the same number. Only this module knows the columns' names and types.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use arrow::{
    array::{ArrayRef, AsArray, Date32Builder, Int32Builder, ListBuilder, RecordBatch, StringArray, StringBuilder},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use bytes::Bytes;
use documents::Document;
use jiff::civil::{Date, date};
use parquet::{
    arrow::{
        ArrowWriter, ProjectionMask,
        arrow_reader::{
            ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
            RowSelection,
        },
    },
    basic::{Compression, ZstdLevel},
    file::{
        metadata::PageIndexPolicy,
        properties::{EnabledStatistics, WriterProperties},
    },
    schema::types::ColumnPath,
};

use tantivy::{Directory, TantivyError, directory::MmapDirectory};

use crate::{Error, Result, row::Row};

/// The column that holds the whole document.
pub(crate) const DOCUMENT: &str = "document";
const BATCH_ROWS: usize = 4_096;
const ROW_GROUP_ROWS: usize = 16_384;
/// Pages are small so that one document is read without its thousand neighbours.
const PAGE_BYTES: usize = 128 * 1024;

/// The columns in their order.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
        let list = |name: &str| Field::new_list(name, Field::new_list_field(DataType::Utf8, true), false);
        let day = |name: &str| Field::new(name, DataType::Date32, true);
        let number = |name: &str| Field::new(name, DataType::Int32, true);
        Arc::new(Schema::new(vec![
            text("key", false),
            text("family", false),
            text("office", false),
            text("kind", true),
            text("state", true),
            day("filed_on"),
            day("published_on"),
            day("granted_on"),
            number("filed_year"),
            list("ipc"),
            list("ipc_groups"),
            list("cpc"),
            list("applicants"),
            list("owners"),
            list("inventors"),
            text("province", true),
            text("city", true),
            number("citations"),
            number("claims"),
            text("title", true),
            text("abstract", true),
            text(DOCUMENT, false),
        ]))
    });
    SCHEMA.clone()
}

/// Writes documents as rows; the file is whole and on disk when this returns.
pub(crate) fn write(path: &Path, documents: &[Document], rows: &[Row]) -> Result<()> {
    let file = File::create_new(path).map_err(Error::io(path))?;
    let mut writer = ArrowWriter::try_new(file, schema(), Some(properties()))?;
    for (documents, rows) in documents.chunks(BATCH_ROWS).zip(rows.chunks(BATCH_ROWS)) {
        writer.write(&batch(documents, rows)?)?;
    }
    writer.finish()?;
    writer.inner().sync_all().map_err(Error::io(path))
}

fn properties() -> WriterProperties {
    const WRITE_ROWS: usize = 32;
    let level = ZstdLevel::try_new(1).expect("1 is a level of zstd");
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_data_page_size_limit(PAGE_BYTES)
        .set_write_batch_size(WRITE_ROWS);
    for column in ["key", "title", "abstract", DOCUMENT] {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(column), false);
    }
    properties.set_column_statistics_enabled(ColumnPath::from(DOCUMENT), EnabledStatistics::None).build()
}

/// Days since 1970-01-01, as Arrow counts them.
pub(crate) fn epoch_day(day: Date) -> i32 {
    (day - date(1970, 1, 1)).get_days()
}

fn batch(documents: &[Document], rows: &[Row]) -> Result<RecordBatch> {
    let texts = |of: &dyn Fn(usize) -> Option<String>| -> ArrayRef {
        Arc::new((0..rows.len()).map(of).collect::<StringArray>())
    };
    let days = |of: &dyn Fn(&Row) -> Option<Date>| -> ArrayRef {
        let mut builder = Date32Builder::with_capacity(rows.len());
        rows.iter().for_each(|row| builder.append_option(of(row).map(epoch_day)));
        Arc::new(builder.finish())
    };
    let numbers = |of: &dyn Fn(&Row) -> Option<i32>| -> ArrayRef {
        let mut builder = Int32Builder::with_capacity(rows.len());
        rows.iter().for_each(|row| builder.append_option(of(row)));
        Arc::new(builder.finish())
    };
    let whole = |number: Option<u32>| number.map(|number| i32::try_from(number).unwrap_or(i32::MAX));
    let json = documents.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    let columns: Vec<ArrayRef> = vec![
        texts(&|at| Some(documents[at].key.clone())),
        texts(&|at| Some(rows[at].family.clone())),
        texts(&|at| Some(documents[at].office.clone())),
        texts(&|at| rows[at].kind().map(str::to_owned)),
        texts(&|at| rows[at].state().map(str::to_owned)),
        days(&|row| row.filed),
        days(&|row| row.published.first().copied()),
        days(&|row| row.granted),
        numbers(&|row| row.filed.map(|day| i32::from(day.year()))),
        lists(rows, |row| &row.ipc_subclasses),
        lists(rows, |row| &row.ipc_groups),
        lists(rows, |row| &row.cpc_subclasses),
        lists(rows, |row| &row.applicants),
        lists(rows, |row| &row.owners),
        lists(rows, |row| &row.inventors),
        texts(&|at| rows[at].province.clone()),
        texts(&|at| rows[at].city.clone()),
        numbers(&|row| whole(row.citations)),
        numbers(&|row| whole(row.claims)),
        texts(&|at| documents[at].titles.first().map(|title| title.text.clone())),
        texts(&|at| documents[at].abstracts.first().map(|text| text.text.clone())),
        Arc::new(json.into_iter().map(Some).collect::<StringArray>()),
    ];
    Ok(RecordBatch::try_new(schema(), columns)?)
}

fn lists(rows: &[Row], of: impl Fn(&Row) -> &[String]) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for row in rows {
        of(row).iter().for_each(|value| builder.values().append_value(value));
        builder.append(true);
    }
    Arc::new(builder.finish())
}

/// A Parquet file in memory as far as it is used, with its footer read once.
///
/// It stays readable when a compaction removes the file.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    path: PathBuf,
    bytes: Bytes,
    metadata: ArrowReaderMetadata,
}

/// The file's bytes, mapped by Tantivy's directory, which is the safe way we have.
fn mapped(path: &Path) -> Result<Bytes> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(Error::damaged(path, "不是文件"));
    };
    let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
    let slice = directory.open_read(Path::new(name)).map_err(TantivyError::from)?;
    Ok(Bytes::from_owner(slice.read_bytes().map_err(Error::io(path))?))
}

impl Rows {
    /// Reads the footer and checks that the file has so many rows of our columns.
    pub(crate) fn open(path: &Path, rows: u32) -> Result<Self> {
        let bytes = mapped(path)?;
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let metadata = ArrowReaderMetadata::load(&bytes, options)?;
        let found = metadata.metadata().file_metadata().num_rows();
        if found != i64::from(rows) {
            return Err(Error::damaged(path, format!("应有 {rows} 行，实有 {found} 行")));
        }
        let names = |schema: &Schema| schema.fields().iter().map(|f| f.name().clone()).collect::<Vec<_>>();
        if names(metadata.schema()) != names(&schema()) {
            return Err(Error::damaged(path, "列与本程序的不同"));
        }
        Ok(Self { path: path.to_owned(), bytes, metadata })
    }

    /// Reads the columns of these places, of every row or of the selected ones.
    pub(crate) fn read(&self, columns: &[usize], rows: Option<RowSelection>) -> Result<ParquetRecordBatchReader> {
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.bytes.clone(), self.metadata.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
        if let Some(rows) = rows {
            builder = builder.with_row_selection(rows);
        }
        Ok(builder.with_projection(mask).with_batch_size(8_192).build()?)
    }

    /// The documents in these rows, which must ascend.
    pub(crate) fn documents(&self, rows: &[u32]) -> Result<Vec<Document>> {
        let total = self.metadata.metadata().file_metadata().num_rows();
        let total = usize::try_from(total).map_err(|_| Error::damaged(&self.path, "行数为负"))?;
        let selection = selection(rows, total);
        let mut documents = Vec::with_capacity(rows.len());
        self.each_document(Some(selection), |document| {
            documents.push(document);
            Ok(())
        })?;
        Ok(documents)
    }

    /// The keys of these rows, which must ascend.
    pub(crate) fn keys(&self, rows: &[u32]) -> Result<Vec<String>> {
        let total = self.metadata.metadata().file_metadata().num_rows();
        let total = usize::try_from(total).map_err(|_| Error::damaged(&self.path, "行数为负"))?;
        let mut keys = Vec::with_capacity(rows.len());
        for batch in self.read(&[0], Some(selection(rows, total)))? {
            keys.extend(batch?.column(0).as_string::<i32>().iter().flatten().map(str::to_owned));
        }
        Ok(keys)
    }

    /// Calls for the documents of the rows in their order.
    pub(crate) fn each_document(
        &self,
        rows: Option<RowSelection>,
        mut visit: impl FnMut(Document) -> Result<()>,
    ) -> Result<()> {
        let column = schema().index_of(DOCUMENT)?;
        for batch in self.read(&[column], rows)? {
            let batch = batch?;
            for text in batch.column(0).as_string::<i32>().iter().flatten() {
                visit(serde_json::from_str(text)?)?;
            }
        }
        Ok(())
    }
}

/// The selection of these rows, which must ascend, among so many.
fn selection(rows: &[u32], total: usize) -> RowSelection {
    RowSelection::from_consecutive_ranges(rows.iter().map(|&row| row as usize..row as usize + 1), total)
}
