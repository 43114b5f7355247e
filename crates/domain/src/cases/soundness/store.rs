//! All SQL of the check of cases.

use std::collections::{BTreeMap, BTreeSet};

use db::{Tx, with_conn};

use crate::Error;

/// The rights and events that each case holds against others.
pub(super) async fn rights(tx: &mut Tx) -> Result<BTreeMap<i64, BTreeSet<(String, String)>>, Error> {
    const SQL: &str = "select case_id, right_id, event from case_right order by case_id, right_id, event";
    let rows: Vec<(i64, String, String)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    let mut rights = BTreeMap::<i64, BTreeSet<_>>::new();
    for (case, right, event) in rows {
        rights.entry(case).or_default().insert((right, event));
    }
    Ok(rights)
}
