//! The corpus as a table of DataFusion: `select … from corpus where match('检索式')`.
//!
//! Only what the index answers exactly is pushed into the scan; aggregates, DISTINCT and FILTER stay with DataFusion.

mod matching;
mod scan;
#[cfg(test)]
mod tests;

use std::{any::Any, sync::Arc};

use async_trait::async_trait;
use datafusion::{
    arrow::datatypes::SchemaRef,
    catalog::{Session, TableProvider},
    common::Result,
    datasource::TableType,
    execution::registry::FunctionRegistry,
    logical_expr::{Expr, ScalarUDF, TableProviderFilterPushDown},
    physical_plan::ExecutionPlan,
    prelude::{SessionConfig, SessionContext},
};

use self::matching::{MatchFunction, MatchRewrite};
pub use self::scan::SplitScanExec;
use crate::{Corpus, Query, file};

/// The name of the table.
pub const TABLE: &str = "corpus";

impl Corpus {
    /// A session in which the corpus is the table `corpus` and `match` a function.
    pub fn session(&self) -> SessionContext {
        // Other dialects read MATCH (…) AGAINST (…).
        let config = SessionConfig::new().set_str("datafusion.sql_parser.dialect", "postgresql");
        let context = SessionContext::new_with_config(config);
        self.register(&context);
        context
    }

    /// Makes the corpus known to a session that is there already.
    pub fn register(&self, context: &SessionContext) {
        context.register_udf(ScalarUDF::from(MatchFunction::default()));
        let rewrite = context.state_ref().write().register_function_rewrite(Arc::new(MatchRewrite));
        rewrite.expect("a session takes rewrites");
        let table = Arc::new(CorpusTable { corpus: self.clone() });
        context.register_table(TABLE, table).expect("the default schema takes tables");
    }
}

/// The table.
#[derive(Debug)]
pub struct CorpusTable {
    corpus: Corpus,
}

#[async_trait]
impl TableProvider for CorpusTable {
    fn schema(&self) -> SchemaRef {
        file::schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let pushed = |filter: &&Expr| match matching::query(filter)? {
            Some(_) => Ok(TableProviderFilterPushDown::Exact),
            None => Ok(TableProviderFilterPushDown::Unsupported),
        };
        filters.iter().map(pushed).collect()
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut query = Query::All;
        for filter in filters {
            if let Some(part) = matching::query(filter)? {
                query = query.and(part);
            }
        }
        let projection = projection.cloned().unwrap_or_else(|| (0..file::schema().fields().len()).collect());
        Ok(Arc::new(SplitScanExec::new(self.corpus.clone(), query, projection, limit)?))
    }
}

/// Kept so that a provider can be told from others when a plan is sent.
impl CorpusTable {
    /// The corpus behind a provider, where it is one of ours.
    pub fn corpus_of(provider: &dyn TableProvider) -> Option<&Corpus> {
        (provider as &dyn Any).downcast_ref::<Self>().map(|table| &table.corpus)
    }
}
