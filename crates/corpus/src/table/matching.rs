//! `match('检索式')` and `match(column, '检索式')` in SQL, and the query that a filter of them amounts to.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    common::{DFSchema, DataFusionError, Result, ScalarValue, config::ConfigOptions, plan_err, tree_node::Transformed},
    logical_expr::{
        BinaryExpr, ColumnarValue, Expr, Operator, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
        expr_rewriter::FunctionRewrite,
    },
    prelude::Column,
};

use crate::{Query, query::Field};

const NAME: &str = "match";

/// The function; it has no value of its own, the table answers it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct MatchFunction {
    signature: Signature,
}

impl Default for MatchFunction {
    fn default() -> Self {
        Self { signature: Signature::variadic_any(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for MatchFunction {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        plan_err!("match 只能作 corpus 表的筛选条件，可用 AND、OR、NOT 与另一个 match 相连，不能与其他条件用 OR 相连")
    }
}

/// Gives `match('…')` a column, so that it is not taken for a constant.
#[derive(Debug)]
pub(super) struct MatchRewrite;

impl FunctionRewrite for MatchRewrite {
    fn name(&self) -> &str {
        "match_rewrite"
    }

    fn rewrite(&self, expr: Expr, schema: &DFSchema, _: &ConfigOptions) -> Result<Transformed<Expr>> {
        let Expr::ScalarFunction(mut function) = expr else { return Ok(Transformed::no(expr)) };
        if function.func.name() != NAME || function.args.len() != 1 {
            return Ok(Transformed::no(Expr::ScalarFunction(function)));
        }
        let keys = schema.qualified_fields_with_unqualified_name("key");
        let [(qualifier, field)] = keys.as_slice() else {
            return plan_err!("match 要用在 corpus 表上，并且只能有一个；有几个时请写 match(表名.key, '检索式')");
        };
        let column = Column::new(qualifier.map(ToOwned::to_owned), field.name());
        function.args.insert(0, Expr::Column(column));
        Ok(Transformed::yes(Expr::ScalarFunction(function)))
    }
}

/// The query that a filter amounts to; none where it has anything in it but `match`.
pub(super) fn query(filter: &Expr) -> Result<Option<Query>> {
    Ok(match filter {
        Expr::ScalarFunction(function) if function.func.name() == NAME => {
            let (column, text) = match function.args.as_slice() {
                [text] => (None, text),
                [Expr::Column(column), text] => (Some(column.name.as_str()), text),
                _ => return plan_err!("match 写作 match('检索式') 或 match(列名, '检索式')"),
            };
            let field = column.map_or(Ok(Field::Text), field)?;
            let text = literal(text)?;
            Some(Query::parse_in(field, &text).map_err(|error| DataFusionError::External(Box::new(error)))?)
        }
        Expr::Not(inner) => query(inner)?.map(|query| Query::Not(Box::new(query))),
        Expr::BinaryExpr(BinaryExpr { left, op: op @ (Operator::And | Operator::Or), right }) => {
            match (query(left)?, query(right)?) {
                (Some(left), Some(right)) if *op == Operator::And => Some(left.and(right)),
                (Some(left), Some(right)) => Some(Query::Or(vec![left, right])),
                _ => None,
            }
        }
        _ => None,
    })
}

/// The field that a column is searched by.
fn field(column: &str) -> Result<Field> {
    Ok(match column {
        "key" | "document" => Field::Text,
        "title" => Field::Title,
        "abstract" => Field::Abstract,
        "applicants" => Field::Applicant,
        "owners" => Field::Owner,
        "inventors" => Field::Inventor,
        "ipc" | "ipc_groups" => Field::Ipc,
        "cpc" => Field::Cpc,
        other => {
            return plan_err!(
                "match 不能用于列 {other}；可用 title、abstract、applicants、owners、inventors、ipc、cpc，或不写列名"
            );
        }
    })
}

fn literal(expr: &Expr) -> Result<Arc<str>> {
    match expr {
        Expr::Literal(
            ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)) | ScalarValue::LargeUtf8(Some(text)),
            _,
        ) => Ok(text.as_str().into()),
        _ => plan_err!("match 的检索式要写成文字常量，例如 match('TI=石墨烯')"),
    }
}
