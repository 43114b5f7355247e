//! Evaluating the rules of a policy document over a snapshot, view by view, in DataFusion.
//!
//! Views are computed in file order, each once, and only those on which an answer rests. A view sees
//! the tables of the snapshot and the views above it, nothing else; what no later view needs is dropped.
//! `evaluate/bind.rs` puts the parameters into a query, `evaluate/read.rs` reads its result.

mod bind;
mod parts;
pub(crate) mod read;

use std::{
    collections::{BTreeMap, BTreeSet},
    future::poll_fn,
    sync::Arc,
};

use datafusion::{
    arrow::{array::RecordBatch, compute::concat_batches, datatypes::SchemaRef},
    datasource::MemTable,
    error::DataFusionError,
    execution::SendableRecordBatchStream,
    prelude::{SessionConfig, SessionContext},
};
use jiff::{Timestamp, civil::Date};

pub(crate) use self::{
    bind::{Query, RESERVED},
    parts::Part,
};
use crate::{
    ENGINE_MEANING, Error, Evaluation, Policy, Snapshot,
    digest::Digest,
    evaluation::{self, Assembly, CONSTANT_COLUMNS, Decisions, DecisionsBuilder, take_conditions},
    policy::{Settings, View},
};

/// The views that the engine reads; every other view only serves these.
pub const ENGINE_VIEWS: [&str; 12] = [
    "indicator_value",
    "indicator_region",
    "indicator_evidence",
    "condition",
    "award_fact",
    "evidence",
    "award_unknown",
    "high_value",
    "high_value_undetermined",
    "high_value_total",
    "high_value_category",
    "high_value_difference",
];

/// Everything that a run depends on.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The policy document.
    pub policy: &'a Policy,
    /// The frozen facts.
    pub snapshot: &'a Snapshot,
    /// The day whose state is judged; the whole day counts.
    pub as_of: Date,
    /// The moment up to which facts counted as known when the snapshot was frozen.
    pub known_at: Timestamp,
    /// What-if values of parameters.
    pub overrides: &'a BTreeMap<String, String>,
    /// The unit to which the run is limited; `None` is the whole city.
    pub scope: Option<String>,
}

/// Evaluates every rule and decides every target and award.
pub async fn evaluate(request: Request<'_>) -> Result<Evaluation, Error> {
    let settings = request.policy.settings(request.as_of, request.overrides)?;
    let mut assembly = Assembly::new(&request, &settings);
    let mut session = Session::open(&request, &settings, &ENGINE_VIEWS)?;
    while let Some(step) = session.next_step()? {
        if step.stays {
            let batch = session.materialise(&step).await?;
            assembly.take(&step.view, &batch)?;
            session.register(&step.view.name, batch)?;
        } else if step.view.name == CONDITION {
            for part in session.parts(&step, &CONSTANT_COLUMNS).await? {
                assembly.take_conditions(&step.view, &part)?;
            }
        } else {
            // Nothing else needs this view, so it is read as it flows and never held whole.
            let mut stream = session.stream(&step).await?;
            while let Some(batch) = next_batch(&mut stream).await {
                assembly.take(&step.view, &batch.map_err(|e| failed(&step.view, &e))?)?;
            }
        }
        session.drop_after(step.index);
    }
    let run = run_id(&request, &settings);
    assembly.finish(run)
}

/// The view that lists every condition of every subject.
const CONDITION: &str = "condition";

/// Decides every condition of every subject and nothing else: no indicators, no evidence, no texts for people.
pub async fn decide(request: Request<'_>) -> Result<Decisions, Error> {
    let settings = request.policy.settings(request.as_of, request.overrides)?;
    let mut session = Session::open(&request, &settings, &[CONDITION])?;
    let mut conditions = DecisionsBuilder::default();
    while let Some(step) = session.next_step()? {
        if step.view.name == CONDITION {
            for part in session.parts(&step, &CONSTANT_COLUMNS).await? {
                take_conditions(&mut conditions, &step.view, &part)?;
            }
        } else {
            let batch = session.materialise(&step).await?;
            session.register(&step.view.name, batch)?;
        }
        session.drop_after(step.index);
    }
    conditions.finish()
}

/// Evaluates only what these views need and returns their rows as one batch each.
pub async fn evaluate_views(request: Request<'_>, names: &[&str]) -> Result<BTreeMap<String, RecordBatch>, Error> {
    for name in names {
        if request.policy.view(name).is_none() {
            return Err(Error::Policy(format!("rules.sql 中没有名为 {name} 的视图；请检查名称")));
        }
    }
    let settings = request.policy.settings(request.as_of, request.overrides)?;
    let mut session = Session::open(&request, &settings, names)?;
    let mut results = BTreeMap::new();
    while let Some(step) = session.next_step()? {
        let batch = session.materialise(&step).await?;
        if names.contains(&step.view.name.as_str()) {
            results.insert(step.view.name.clone(), batch.clone());
        }
        session.register(&step.view.name, batch)?;
        session.drop_after(step.index);
    }
    Ok(results)
}

/// One view to compute.
struct Step {
    index: usize,
    view: View,
    query: Query,
    /// Whether a later view uses it.
    stays: bool,
}

/// A DataFusion session that holds the tables still needed.
struct Session<'a> {
    context: SessionContext,
    /// The tables and views that the context holds now.
    tables: BTreeMap<String, RecordBatch>,
    request: &'a Request<'a>,
    settings: &'a Settings,
    /// Views to compute, in file order, with what each one uses.
    plan: Vec<Planned<'a>>,
    at: usize,
}

struct Planned<'a> {
    view: &'a View,
    query: Query,
    uses: BTreeSet<String>,
}

impl<'a> Session<'a> {
    fn open(request: &'a Request<'a>, settings: &'a Settings, wanted: &[&str]) -> Result<Self, Error> {
        let plan = plan(request.policy, request.snapshot, wanted)?;
        // One partition: the same rows in the same order on every machine.
        let mut config = SessionConfig::new().with_target_partitions(1);
        let parser = &mut config.options_mut().sql_parser;
        parser.map_string_types_to_utf8view = false;
        parser.collect_spans = true;
        let context = SessionContext::new_with_config(config);
        let mut session = Self { context, tables: BTreeMap::new(), request, settings, plan, at: 0 };
        let used: BTreeSet<String> = session.plan.iter().flat_map(|step| step.uses.iter().cloned()).collect();
        for (name, batch) in request.snapshot.tables() {
            if used.contains(name) {
                session.register(name, batch.clone())?;
            }
        }
        Ok(session)
    }

    fn next_step(&mut self) -> Result<Option<Step>, Error> {
        let index = self.at;
        let Some(planned) = self.plan.get(index) else {
            return Ok(None);
        };
        self.at += 1;
        let query = planned.query.bind(planned.view, self.request, self.settings)?;
        let stays = self.plan[index + 1..].iter().any(|later| later.uses.contains(&planned.view.name));
        Ok(Some(Step { index, view: planned.view.clone(), query, stays }))
    }

    async fn stream(&self, step: &Step) -> Result<SendableRecordBatchStream, Error> {
        let fail = |e: DataFusionError| failed(&step.view, &e);
        let state = self.context.state();
        let plan = state.statement_to_plan(step.query.statement()).await.map_err(fail)?;
        refuse_floats(&step.view, plan.schema().inner())?;
        let frame = self.context.execute_logical_plan(plan).await.map_err(fail)?;
        frame.execute_stream().await.map_err(fail)
    }

    async fn materialise(&self, step: &Step) -> Result<RecordBatch, Error> {
        let mut stream = self.stream(step).await?;
        let schema = stream.schema();
        let mut batches = Vec::new();
        while let Some(batch) = next_batch(&mut stream).await {
            batches.push(batch.map_err(|e| failed(&step.view, &e))?);
        }
        concat_batches(&schema, &batches).map_err(|e| failed(&step.view, &e.into()))
    }

    fn register(&mut self, name: &str, batch: RecordBatch) -> Result<(), Error> {
        let failed = |e: DataFusionError| Error::Snapshot(format!("表 {name} 不能登记：{e}；请报告此错误"));
        let table = MemTable::try_new(batch.schema(), vec![vec![batch.clone()]]).map_err(failed)?;
        self.context.register_table(name, Arc::new(table)).map_err(failed)?;
        self.tables.insert(name.to_owned(), batch);
        Ok(())
    }

    /// Drops every table and view that no step after this one uses.
    fn drop_after(&mut self, index: usize) {
        let done = &self.plan[index];
        for name in done.uses.iter().chain([&done.view.name]) {
            if !self.plan[index + 1..].iter().any(|later| later.uses.contains(name)) {
                // The table may have been dropped or never registered: either is what is wanted.
                let _ = self.context.deregister_table(name.as_str());
                self.tables.remove(name);
            }
        }
    }
}

/// The views on which the wanted ones rest, in file order.
fn plan<'a>(policy: &'a Policy, snapshot: &Snapshot, wanted: &[&str]) -> Result<Vec<Planned<'a>>, Error> {
    let mut needed: BTreeSet<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
    let mut plan = Vec::new();
    for (index, view) in policy.views.iter().enumerate().rev() {
        if !needed.contains(&view.name) {
            continue;
        }
        let query = Query::parse(view)?;
        let uses = query.uses(view)?;
        for name in &uses {
            let earlier = policy.views[..index].iter().any(|other| &other.name == name);
            if !earlier && snapshot.table(name).is_none() {
                return Err(unknown_table(policy, snapshot, view, name));
            }
        }
        needed.extend(uses.iter().cloned());
        plan.push(Planned { view, query, uses });
    }
    plan.reverse();
    Ok(plan)
}

fn unknown_table(policy: &Policy, snapshot: &Snapshot, view: &View, name: &str) -> Error {
    let message = if policy.view(name).is_some() {
        format!("用到的视图 {name} 排在它后面；规则只能使用前面的视图，请调整顺序")
    } else {
        let tables: Vec<&str> = snapshot.tables().keys().map(String::as_str).collect();
        format!("快照中没有表 {name}；现有的表：{}", tables.join("、"))
    };
    rule_error(view, (view.line, None), message)
}

async fn next_batch(stream: &mut SendableRecordBatchStream) -> Option<Result<RecordBatch, DataFusionError>> {
    poll_fn(|context| stream.as_mut().poll_next(context)).await
}

fn refuse_floats(view: &View, schema: &SchemaRef) -> Result<(), Error> {
    match schema.fields().iter().find(|field| field.data_type().is_floating()) {
        None => Ok(()),
        Some(field) => Err(rule_error(
            view,
            (view.line, None),
            format!("列 {} 是浮点数；规则只用整数，请改用整数运算", field.name()),
        )),
    }
}

/// An error of DataFusion about a view, with its place in the file.
fn failed(view: &View, error: &DataFusionError) -> Error {
    let message = error.strip_backtrace();
    let place = match error.diagnostic().and_then(|diagnostic| diagnostic.span) {
        Some(span) => Some((span.start.line, span.start.column)),
        None => bind::place_in(&message),
    };
    let place = place.map_or((view.line, None), |place| in_file(view, place));
    rule_error(view, place, format!("不能执行（{message}）；请改正这条规则"))
}

/// A line and column of the query as line and column of the file.
fn in_file(view: &View, (line, column): (u64, u64)) -> (u64, Option<u64>) {
    if line <= 1 { (view.line, Some(view.column + column)) } else { (view.line + line - 1, Some(column)) }
}

pub(crate) fn rule_error(view: &View, (line, column): (u64, Option<u64>), message: String) -> Error {
    Error::Rule { view: view.name.clone(), clauses: view.clauses.join("、"), line, column, message }
}

/// The id of a run: the hash of everything it depends on.
fn run_id(request: &Request, settings: &Settings) -> String {
    let mut digest = Digest::new("zhiqiang run 1");
    for part in [
        ENGINE_MEANING,
        request.policy.hash(),
        request.snapshot.id(),
        &request.as_of.to_string(),
        &evaluation::beijing(request.known_at),
    ] {
        digest.part(part.as_bytes());
    }
    for (name, value) in settings.to_texts() {
        digest.part(name.as_bytes());
        digest.part(value.as_bytes());
    }
    digest.part(if request.scope.is_some() { b"unit" } else { b"all" });
    digest.part(request.scope.as_deref().unwrap_or_default().as_bytes());
    digest.hex()
}
