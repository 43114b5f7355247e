//! A view read branch by branch, with the columns that are one constant set apart.
//!
//! A condition over a whole table says the same award, level, text and clause in every row. Writing those out a
//! million times would cost more than deciding, so a `union all` is read one `select` at a time, and its constant
//! columns are answered once. A plain select of columns of a table is read in one piece, without copying.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, RecordBatch, RecordBatchOptions},
        datatypes::{Field, Schema, SchemaRef},
    },
    common::ScalarValue,
    error::DataFusionError,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder},
    physical_plan::execute_stream,
};

use super::{Session, Step, failed, next_batch, refuse_floats};
use crate::Error;

/// Some rows of a view.
pub(crate) struct Part {
    /// The columns that are the same in every row, as one row.
    pub(crate) same: RecordBatch,
    /// The other columns.
    pub(crate) batch: RecordBatch,
}

impl Part {
    /// Rows with no column set apart.
    pub(crate) fn of(batch: RecordBatch) -> Self {
        Self { same: RecordBatch::new_empty(Arc::new(Schema::empty())), batch }
    }
}

/// One `select` of a view.
struct Branch {
    constants: Vec<(String, ScalarValue)>,
    names: Vec<String>,
    plan: LogicalPlan,
    /// The table and the columns in order, where it only picks columns of a table.
    picks: Option<(String, Vec<String>)>,
}

impl Session<'_> {
    /// The rows of a view; these columns are set apart where a branch gives them as constants.
    pub(super) async fn parts(&self, step: &Step, constants: &[&str]) -> Result<Vec<Part>, Error> {
        let fail = |e: DataFusionError| failed(&step.view, &e);
        let state = self.context.state();
        let plan = state.statement_to_plan(step.query.statement()).await.map_err(fail)?;
        refuse_floats(&step.view, plan.schema().inner())?;
        let plan = state.optimize(&plan).map_err(fail)?;
        let mut parts = Vec::new();
        for branch in branches(&plan, constants).map_err(fail)? {
            self.read(step, branch, &mut parts).await?;
        }
        Ok(parts)
    }

    async fn read(&self, step: &Step, branch: Branch, parts: &mut Vec<Part>) -> Result<(), Error> {
        let fail = |e: DataFusionError| failed(&step.view, &e);
        let state = self.context.state();
        let same = one_row(&branch.constants).map_err(fail)?;
        if let Some((table, columns)) = &branch.picks
            && let Some(picked) = self.tables.get(table).and_then(|table| pick(table, columns, &branch.names))
        {
            parts.push(Part { same, batch: picked? });
            return Ok(());
        }
        let plan = state.create_physical_plan(&branch.plan).await.map_err(fail)?;
        let mut stream = execute_stream(plan, state.task_ctx()).map_err(fail)?;
        let mut schema: Option<SchemaRef> = None;
        while let Some(batch) = next_batch(&mut stream).await {
            let batch = batch.map_err(fail)?;
            let schema = schema.get_or_insert_with(|| renamed(&batch, &branch.names));
            let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
            let batch = RecordBatch::try_new_with_options(Arc::clone(schema), batch.columns().to_vec(), &options)?;
            parts.push(Part { same: same.clone(), batch });
        }
        Ok(())
    }
}

/// Columns of a table under other names, in one piece.
fn pick(table: &RecordBatch, columns: &[String], names: &[String]) -> Option<Result<RecordBatch, Error>> {
    let cells: Option<Vec<ArrayRef>> = columns.iter().map(|name| table.column_by_name(name).cloned()).collect();
    let fields = names.iter().zip(cells.as_ref()?).map(|(name, cell)| Field::new(name, cell.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    Some(RecordBatch::try_new(schema, cells?).map_err(Error::from))
}

/// The branches of a `union all`, or the plan itself.
fn branches(plan: &LogicalPlan, constants: &[&str]) -> Result<Vec<Branch>, DataFusionError> {
    let names: Vec<String> = plan.schema().fields().iter().map(|field| field.name().clone()).collect();
    match plan {
        LogicalPlan::Union(union) => union.inputs.iter().map(|input| branch(input, &names, constants)).collect(),
        plan => Ok(vec![branch(plan, &names, constants)?]),
    }
}

fn branch(plan: &LogicalPlan, names: &[String], constants: &[&str]) -> Result<Branch, DataFusionError> {
    let LogicalPlan::Projection(projection) = plan else {
        return Ok(Branch { constants: Vec::new(), names: names.to_vec(), plan: plan.clone(), picks: None });
    };
    let mut branch = Branch { constants: Vec::new(), names: Vec::new(), plan: plan.clone(), picks: None };
    let mut kept = Vec::new();
    let mut columns = Vec::new();
    for (expression, name) in projection.expr.iter().zip(names) {
        match expression.clone().unalias() {
            Expr::Literal(value, _) if constants.contains(&name.as_str()) => {
                branch.constants.push((name.clone(), value));
            }
            plain => {
                if let Expr::Column(column) = &plain {
                    columns.push(column.name.clone());
                }
                branch.names.push(name.clone());
                kept.push(plain.alias(format!("column_{}", kept.len())));
            }
        }
    }
    if let LogicalPlan::TableScan(scan) = &*projection.input
        && scan.filters.is_empty()
        && scan.fetch.is_none()
        && columns.len() == kept.len()
    {
        branch.picks = Some((scan.table_name.table().to_owned(), columns));
    }
    branch.plan = LogicalPlanBuilder::from(Arc::clone(&projection.input)).project(kept)?.build()?;
    Ok(branch)
}

fn one_row(constants: &[(String, ScalarValue)]) -> Result<RecordBatch, DataFusionError> {
    let cells: Vec<ArrayRef> =
        constants.iter().map(|(_, value)| value.to_array_of_size(1)).collect::<Result<_, _>>()?;
    let fields: Vec<Field> = constants
        .iter()
        .zip(&cells)
        .map(|((name, _), cell)| Field::new(name, cell.data_type().clone(), true))
        .collect();
    let options = RecordBatchOptions::new().with_row_count(Some(1));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), cells, &options)?)
}

fn renamed(batch: &RecordBatch, names: &[String]) -> SchemaRef {
    let fields = batch.schema();
    let fields: Vec<Field> = names
        .iter()
        .zip(fields.fields())
        .map(|(name, field)| Field::new(name, field.data_type().clone(), true))
        .collect();
    Arc::new(Schema::new(fields))
}
