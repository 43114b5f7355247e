//! Taking the rows of the view `condition`.

use datafusion::arrow::array::Array;

use super::decisions::{DecisionsBuilder, Input, Texts, Wholes};
use crate::{
    Error,
    evaluate::{
        Part,
        read::{integer, integers, integers_if_any, text, texts},
        rule_error,
    },
    policy::View,
};

/// The columns that tell one condition from another; the engine sets apart those that are the same in every row.
pub(crate) const CONSTANT_COLUMNS: [&str; 9] =
    ["award", "level", "id", "text", "upper", "operator", "required", "unit", "clause"];

/// Takes some rows of the view `condition`.
pub(crate) fn take_conditions(conditions: &mut DecisionsBuilder, view: &View, part: &Part) -> Result<(), Error> {
    let Part { same, batch } = part;
    let whole = |name: &str, nulls: usize| {
        let message = format!("列 {name} 不能为空；请在规则中补上（门槛未设定时不要给出该条件）");
        if nulls == 0 { Ok(()) } else { Err(rule_error(view, (view.line, None), message)) }
    };
    let words = |name: &str| {
        if same.column_by_name(name).is_some() {
            return Ok(Texts::Same(text(view, name, &texts(view, same, name)?, 0)?.to_owned()));
        }
        let cells = texts(view, batch, name)?;
        whole(name, cells.null_count())?;
        Ok::<_, Error>(Texts::Each(cells))
    };
    let number = |name: &str| {
        if same.column_by_name(name).is_some() {
            return Ok(Wholes::Same(integer(view, name, &integers(view, same, name)?, 0)?));
        }
        let cells = integers(view, batch, name)?;
        whole(name, cells.null_count())?;
        Ok::<_, Error>(Wholes::Each(cells))
    };
    let subject = texts(view, batch, "subject")?;
    whole("subject", subject.null_count())?;
    let upper = match same.column_by_name("upper") {
        Some(cell) if cell.is_null(0) => None,
        Some(_) => {
            let most = integer(view, "upper", &integers(view, same, "upper")?, 0)?;
            Some(std::iter::repeat_n(Some(most), batch.num_rows()).collect())
        }
        None => Some(integers_if_any(view, batch, "upper")?),
    };
    conditions.add(&Input {
        award: words("award")?,
        subject,
        level: number("level")?,
        id: words("id")?,
        text: words("text")?,
        actual: integers(view, batch, "actual")?,
        upper,
        operator: words("operator")?,
        required: number("required")?,
        unit: words("unit")?,
        clause: words("clause")?,
    })
}
