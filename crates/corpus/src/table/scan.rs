//! The scan of splits: each partition is a split, and the query runs where the split is.
//!
//! What crosses a wire is the query and the names of the splits, never row ids: a stock Parquet scan loses its row
//! selection when it is sent, without an error, and then returns every row.

use std::{fmt, sync::Arc};

use datafusion::{
    arrow::{
        array::{
            Array, ArrayRef, AsArray, BooleanArray, ListBuilder, RecordBatch, RecordBatchOptions, StringArray,
            StringBuilder,
        },
        compute::filter_record_batch,
        datatypes::SchemaRef,
    },
    common::{DataFusionError, Result, tree_node::TreeNodeRecursion},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_expr::{EquivalenceProperties, PhysicalExpr},
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties,
        execution_plan::{Boundedness, EmissionType},
        stream::RecordBatchReceiverStream,
    },
};
use parquet::arrow::arrow_reader::RowSelection;
use serde::{Deserialize, Serialize};
use tantivy::collector::Collector;

use crate::{Corpus, Error, Query, file, search::Rows, split::Split, state};

/// Above this share of hits every row is read and filtered: skipping then costs more than it saves.
const SELECTION_SHARE_MAX: f64 = 0.35;
/// How many batches may wait to be taken.
const BATCHES_AHEAD: usize = 2;

/// A scan of splits for the rows that match a query.
#[derive(Debug, Clone)]
pub struct SplitScanExec {
    corpus: Corpus,
    /// The places of its splits in the corpus, one a partition.
    splits: Vec<usize>,
    query: Query,
    projection: Vec<usize>,
    limit: Option<usize>,
    properties: Arc<PlanProperties>,
}

/// A scan as it is sent: all that another machine with the same snapshot needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Wire {
    snapshot: u64,
    splits: Vec<String>,
    query: String,
    projection: Vec<usize>,
    limit: Option<usize>,
}

impl SplitScanExec {
    pub(super) fn new(corpus: Corpus, query: Query, projection: Vec<usize>, limit: Option<usize>) -> Result<Self> {
        let splits = (0..corpus.splits().len()).collect();
        Self::of_splits(corpus, splits, query, projection, limit)
    }

    pub(super) fn of_splits(
        corpus: Corpus,
        splits: Vec<usize>,
        query: Query,
        projection: Vec<usize>,
        limit: Option<usize>,
    ) -> Result<Self> {
        let schema: SchemaRef = Arc::new(file::schema().project(&projection)?);
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(splits.len().max(1)),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(Self { corpus, splits, query, projection, limit, properties: Arc::new(properties) })
    }

    /// The scan in bytes: snapshot, names of the splits, query, columns and limit.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let name = |&split: &usize| self.corpus.splits()[split].entry.id.clone();
        Ok(serde_json::to_vec(&Wire {
            snapshot: self.corpus.manifest().number,
            splits: self.splits.iter().map(name).collect(),
            query: self.query.to_string(),
            projection: self.projection.clone(),
            limit: self.limit,
        })?)
    }

    /// The scan that these bytes ask for, on a corpus of the same snapshot.
    pub fn decode(bytes: &[u8], corpus: &Corpus) -> Result<Self> {
        let external = |error: Error| DataFusionError::External(Box::new(error));
        let wire: Wire = serde_json::from_slice(bytes).map_err(|error| external(error.into()))?;
        if wire.snapshot != corpus.manifest().number {
            return Err(DataFusionError::Plan(format!(
                "扫描针对专利库快照 {}，这里打开的是快照 {}；请在两边打开同一快照",
                wire.snapshot,
                corpus.manifest().number
            )));
        }
        let place = |id: &String| {
            let place = corpus.splits().iter().position(|split| split.entry.id == *id);
            place.ok_or_else(|| DataFusionError::Plan(format!("快照 {} 中没有分片 {id}", wire.snapshot)))
        };
        let splits = wire.splits.iter().map(place).collect::<Result<_>>()?;
        let query = Query::parse(&wire.query).map_err(|error| external(error.into()))?;
        Self::of_splits(corpus.clone(), splits, query, wire.projection, wire.limit)
    }
}

impl DisplayAs for SplitScanExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.corpus.manifest().number;
        write!(f, "SplitScanExec: snapshot={snapshot}, splits={}, query={}", self.splits.len(), self.query)
    }
}

impl ExecutionPlan for SplitScanExec {
    fn name(&self) -> &str {
        "SplitScanExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let mut stream = RecordBatchReceiverStream::builder(self.schema(), BATCHES_AHEAD);
        let Some(&split) = self.splits.get(partition) else { return Ok(stream.build()) };
        let (scan, sender) = (self.clone(), stream.tx());
        stream.spawn_blocking(move || {
            let sent = scan.read(split, |batch| sender.blocking_send(Ok(batch)).is_ok());
            sent.map_err(|error| DataFusionError::External(Box::new(error)))
        });
        Ok(stream.build())
    }
}

impl SplitScanExec {
    /// Runs the query on a split and hands its rows on, until nobody takes them any more.
    fn read(&self, place: usize, mut send: impl FnMut(RecordBatch) -> bool) -> Result<(), Error> {
        let split = &self.corpus.splits()[place];
        let weight = self.corpus.filter(&self.query, split)?;
        let mut rows = Rows.collect_segment(&*weight, 0, &split.segment)?;
        rows.truncate(self.limit.unwrap_or(usize::MAX));
        if rows.is_empty() {
            return Ok(());
        }
        if self.projection.is_empty() {
            let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
            send(RecordBatch::try_new_with_options(self.schema(), Vec::new(), &options)?);
            return Ok(());
        }
        let all = split.entry.rows as usize;
        let is_sparse = (rows.len() as f64) < all as f64 * SELECTION_SHARE_MAX;
        if is_sparse {
            self.read_selected(split, &rows, &mut send)
        } else {
            self.read_filtered(split, &rows, &mut send)
        }
    }

    fn read_selected(
        &self,
        split: &Split,
        rows: &[u32],
        send: &mut impl FnMut(RecordBatch) -> bool,
    ) -> Result<(), Error> {
        let selection = RowSelection::from_consecutive_ranges(runs(rows).into_iter(), split.entry.rows as usize);
        let mut rest = rows;
        for batch in self.columns(split, Some(selection))? {
            let batch = batch?;
            let (own, others) = rest.split_at(batch.num_rows());
            rest = others;
            if !send(self.finished(split, own, &batch)?) {
                break;
            }
        }
        Ok(())
    }

    fn read_filtered(
        &self,
        split: &Split,
        rows: &[u32],
        send: &mut impl FnMut(RecordBatch) -> bool,
    ) -> Result<(), Error> {
        let (mut rest, mut start) = (rows, 0_u32);
        for batch in self.columns(split, None)? {
            let batch = batch?;
            let end = start + u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
            let (own, others) = rest.split_at(rest.partition_point(|row| *row < end));
            rest = others;
            let mut wanted = vec![false; batch.num_rows()];
            own.iter().for_each(|row| wanted[(row - start) as usize] = true);
            start = end;
            if own.is_empty() {
                continue;
            }
            let kept = filter_record_batch(&batch, &BooleanArray::from(wanted))?;
            if !send(self.finished(split, own, &kept)?) {
                break;
            }
        }
        Ok(())
    }

    fn columns(
        &self,
        split: &Split,
        rows: Option<RowSelection>,
    ) -> Result<parquet::arrow::arrow_reader::ParquetRecordBatchReader, Error> {
        split.rows.read(&self.projection, rows)
    }

    /// A batch with its columns in the order asked for and with what was learned later.
    fn finished(&self, split: &Split, rows: &[u32], batch: &RecordBatch) -> Result<RecordBatch, Error> {
        let schema = self.schema();
        let columns = schema.fields().iter().map(|field| {
            let place = batch.schema().index_of(field.name())?;
            overlaid(split, rows, field.name(), batch.column(place).clone())
        });
        Ok(RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, Error>>()?)?)
    }
}

/// A column with the states and owners that were learned later.
fn overlaid(split: &Split, rows: &[u32], name: &str, column: ArrayRef) -> Result<ArrayRef, Error> {
    let overlay = &split.overlay;
    match name {
        "state" if rows.iter().any(|row| overlay.states.contains_key(row)) => {
            let old = column.as_string::<i32>();
            let states = rows.iter().enumerate().map(|(at, row)| match overlay.states.get(row) {
                Some(state) => state::known(*state),
                None => old.is_valid(at).then(|| old.value(at)),
            });
            Ok(Arc::new(states.collect::<StringArray>()))
        }
        "owners" if rows.iter().any(|row| overlay.owners.contains_key(row)) => {
            let old = column.as_list::<i32>();
            let mut owners = ListBuilder::new(StringBuilder::new());
            for (at, row) in rows.iter().enumerate() {
                match overlay.owners.get(row) {
                    Some(names) => names.iter().for_each(|name| owners.values().append_value(name)),
                    None => {
                        old.value(at).as_string::<i32>().iter().for_each(|name| owners.values().append_option(name))
                    }
                }
                owners.append(true);
            }
            Ok(Arc::new(owners.finish()))
        }
        file::DOCUMENT
            if rows.iter().any(|row| overlay.states.contains_key(row) || overlay.owners.contains_key(row)) =>
        {
            let old = column.as_string::<i32>();
            let texts = rows.iter().enumerate().map(|(at, row)| -> Result<Option<String>, Error> {
                let document = overlay.applied(*row, serde_json::from_str(old.value(at))?);
                Ok(Some(serde_json::to_string(&document)?))
            });
            Ok(Arc::new(texts.collect::<Result<StringArray, Error>>()?))
        }
        _ => Ok(column),
    }
}

/// The runs of ascending rows that follow each other.
fn runs(rows: &[u32]) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for row in rows.iter().map(|&row| row as usize) {
        match runs.last_mut() {
            Some(run) if run.end == row => run.end = row + 1,
            _ => runs.push(row..row + 1),
        }
    }
    runs
}
