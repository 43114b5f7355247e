//! A query with the parameters of a run put in as typed constants.
//!
//! The constants replace the `$name` placeholders in the syntax tree, never in the text, so a value
//! can never be read as SQL, and DataFusion plans with full knowledge of types and values.

use std::{collections::BTreeSet, ops::ControlFlow};

use datafusion::sql::{
    parser::{DFParserBuilder, Statement},
    resolve::resolve_table_references,
    sqlparser::{
        ast::{self, Expr, Value, ValueWithSpan, visit_expressions, visit_expressions_mut},
        dialect::GenericDialect,
        parser::Parser,
    },
};

use super::{Request, failed, rule_error};
use crate::{
    Error,
    policy::{ParameterType, Setting, Settings, View},
};

/// Placeholders that the engine itself fills.
pub(crate) const RESERVED: [&str; 5] = ["as_of", "year_start", "year_end", "year", "scope"];

/// A parsed query of a view.
#[derive(Debug, Clone)]
pub(crate) struct Query(Statement);

impl Query {
    /// Parses the query; only a plain query is a rule.
    pub(crate) fn parse(view: &View) -> Result<Self, Error> {
        let mut statements = DFParserBuilder::new(view.sql.as_str())
            .with_dialect(&GenericDialect {})
            .build()
            .and_then(|mut parser| parser.parse_statements())
            .map_err(|e| failed(view, &e))?;
        match statements.pop_front() {
            Some(Statement::Statement(statement))
                if statements.is_empty() && matches!(*statement, ast::Statement::Query(_)) =>
            {
                Ok(Self(Statement::Statement(statement)))
            }
            _ => Err(rule_error(view, (view.line, None), "规则只能是一条 select 查询；请改写".to_owned())),
        }
    }

    /// The tables and views that it uses, its own `with` names left out.
    pub(crate) fn uses(&self, view: &View) -> Result<BTreeSet<String>, Error> {
        let (tables, _) = resolve_table_references(&self.0, true).map_err(|e| failed(view, &e))?;
        Ok(tables.iter().map(|table| table.table().to_owned()).collect())
    }

    /// The names of the placeholders that it uses, without the dollar sign.
    pub(crate) fn placeholders(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        if let Statement::Statement(statement) = &self.0 {
            let _ = visit_expressions(&**statement, |expression| {
                names.extend(placeholder(expression).map(str::to_owned));
                ControlFlow::<()>::Continue(())
            });
        }
        names
    }

    /// The same query with every placeholder replaced by its value.
    pub(crate) fn bind(&self, view: &View, request: &Request, settings: &Settings) -> Result<Self, Error> {
        let mut bound = self.0.clone();
        let Statement::Statement(statement) = &mut bound else {
            return Ok(Self(bound));
        };
        let outcome = visit_expressions_mut(&mut **statement, |expression| {
            let Some(name) = placeholder(expression) else {
                return ControlFlow::Continue(());
            };
            match constant(name, request, settings) {
                Some(constant) => {
                    *expression = constant;
                    ControlFlow::Continue(())
                }
                None => ControlFlow::Break(name.to_owned()),
            }
        });
        match outcome {
            ControlFlow::Continue(()) => Ok(Self(bound)),
            ControlFlow::Break(name) => Err(rule_error(
                view,
                (view.line, None),
                format!("用到的参数 ${name} 在 parameters.toml 中没有；请补上或改名"),
            )),
        }
    }

    /// The statement, for planning.
    pub(crate) fn statement(&self) -> Statement {
        self.0.clone()
    }
}

fn placeholder(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Value(ValueWithSpan { value: Value::Placeholder(name), .. }) => Some(name.trim_start_matches('$')),
        _ => None,
    }
}

/// The value of a placeholder as a typed SQL expression.
fn constant(name: &str, request: &Request, settings: &Settings) -> Option<Expr> {
    let year = request.as_of.year();
    let date = |text: &str| format!("CAST('{text}' AS DATE)");
    let sql = match name {
        "as_of" => date(&request.as_of.to_string()),
        "year_start" => date(&format!("{year:04}-01-01")),
        "year_end" => date(&format!("{year:04}-12-31")),
        "year" => format!("CAST('{year}' AS BIGINT)"),
        "scope" => match &request.scope {
            Some(scope) => quoted(scope),
            None => "CAST(NULL AS VARCHAR)".to_owned(),
        },
        _ => match settings.get(name)? {
            Setting::Integer(value) => format!("CAST('{value}' AS BIGINT)"),
            Setting::Flag(value) => value.to_string(),
            Setting::Text(value) => quoted(value),
            Setting::Date(value) => date(&value.to_string()),
            Setting::Unset(ParameterType::Integer) => "CAST(NULL AS BIGINT)".to_owned(),
            Setting::Unset(ParameterType::Flag) => "CAST(NULL AS BOOLEAN)".to_owned(),
            Setting::Unset(ParameterType::Text) => "CAST(NULL AS VARCHAR)".to_owned(),
            Setting::Unset(ParameterType::Date) => "CAST(NULL AS DATE)".to_owned(),
        },
    };
    Parser::new(&GenericDialect {}).try_with_sql(&sql).and_then(|mut parser| parser.parse_expr()).ok()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The place that a message of the SQL parser names, as line and column of the query.
pub(super) fn place_in(message: &str) -> Option<(u64, u64)> {
    let number_after = |word: &str| {
        let rest = &message[message.rfind(word)? + word.len()..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    };
    Some((number_after("Line: ")?, number_after("Column: ")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parser_names_its_place() {
        assert_eq!(place_in("Expected: x, found: y at Line: 3, Column: 15"), Some((3, 15)));
        assert_eq!(place_in("no place"), None);
    }
}
