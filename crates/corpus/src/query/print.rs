//! The canonical text of a query; reading it gives the same tree.

use std::fmt::{self, Display, Formatter};

use super::{Field, Near, Query, Term, Value, fields::Sort, lexer};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::And(parts) => separated(f, parts, " AND ", |f, part| match part {
                Self::Or(parts) if parts.len() > 1 => write!(f, "({part})"),
                _ => write!(f, "{part}"),
            }),
            // What was given nothing to choose from finds nothing.
            Self::Or(parts) if parts.is_empty() => f.write_str("NOT *"),
            Self::Or(parts) => separated(f, parts, " OR ", |f, part| write!(f, "{part}")),
            Self::Not(inner) => match **inner {
                Self::And(_) | Self::Or(_) => write!(f, "NOT ({inner})"),
                _ => write!(f, "NOT {inner}"),
            },
            Self::Term(term) if term.weight == 1 => write!(f, "{term}"),
            Self::Term(term) => write!(f, "{term}^{}", term.weight),
            Self::Near(near) => write!(f, "{near}"),
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.field, &self.value) {
            (Field::Arrival, Value::Whole(number)) => write!(f, "RB>{number}"),
            (field, Value::Whole(text)) if matches!(field.sort(), Sort::Name | Sort::Class) => {
                write!(f, "{}=={}", field.code(), Quoted(text))
            }
            (field, Value::Whole(text)) => write!(f, "{}={}", field.code(), Quoted(text)),
            (field, Value::Days(Some(first), Some(last))) if first == last => write!(f, "{}={first}", field.code()),
            (field, Value::Days(Some(first), Some(last))) => write!(f, "{}=[{first} TO {last}]", field.code()),
            (field, Value::Days(Some(first), None)) => write!(f, "{}>={first}", field.code()),
            (field, Value::Days(None, Some(last))) => write!(f, "{}<={last}", field.code()),
            (field, Value::Days(None, None)) => write!(f, "{}<=9999-12-31", field.code()),
            (field, Value::Numbers(numbers)) => match numbers.as_slice() {
                [one] => write!(f, "{}={one}", field.code()),
                many => write!(f, "{}={{{}}}", field.code(), many.join(", ")),
            },
            (Field::Text, value) => write!(f, "{value}"),
            (field, value) => write!(f, "{}={value}", field.code()),
        }
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            // A word that the language itself uses is one only between quotes.
            Self::Words(text) if lexer::is_operator(text) => write!(f, "{}", Quoted(text)),
            Self::Words(text) | Self::Wildcard(text) => f.write_str(text),
            Self::Phrase(text) | Self::Whole(text) => write!(f, "{}", Quoted(text)),
            // In a proximity these do not occur.
            Self::Days(..) | Self::Numbers(_) => Ok(()),
        }
    }
}

impl Display for Near {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.field != Field::Text {
            write!(f, "{}=(", self.field.code())?;
        }
        let operator = format!(" /{}{} ", self.distance, if self.is_ordered { 'w' } else { 'n' });
        separated(f, &self.operands, &operator, |f, values| match values.as_slice() {
            [one] => write!(f, "{one}"),
            many => {
                f.write_str("(")?;
                separated(f, many, " OR ", |f, value| write!(f, "{value}"))?;
                f.write_str(")")
            }
        })?;
        if self.field != Field::Text {
            f.write_str(")")?;
        }
        Ok(())
    }
}

/// A text between quotes, its own quotes doubled.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

fn separated<T>(
    f: &mut Formatter<'_>,
    items: &[T],
    separator: &str,
    mut write: impl FnMut(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_str(separator)?;
        }
        write(f, item)?;
    }
    Ok(())
}
