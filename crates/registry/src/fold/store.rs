//! The SQL that reads facts.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write,
    sync::Arc,
};

use db::{Tx, with_conn};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{FoldedRow, replay::overlay};
use crate::{Error, cells, instant, registers::Register};

/// A batch that counts at the moment asked for.
#[derive(Clone, Debug)]
pub(crate) struct VisibleBatch {
    pub(crate) register: String,
    pub(crate) received_at: Timestamp,
    pub(crate) is_file: bool,
    /// Withdrawn since, though only after the moment asked for.
    pub(crate) is_withdrawn: bool,
}

/// The batches visible at a moment, by number.
pub(crate) async fn visible_batches(tx: &mut Tx, known_at: Timestamp) -> Result<HashMap<i64, VisibleBatch>, Error> {
    const SQL: &str = "select id, register, kind, received_at, withdrawn_at from batch \
        where state in ('merged', 'withdrawn') order by id";
    type Row = (i64, String, String, String, Option<String>);
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    let mut visible = HashMap::new();
    for (id, register, kind, received_at, withdrawn_at) in rows {
        let received_at = instant::parse(&received_at)?;
        let withdrawn_at = withdrawn_at.as_deref().map(instant::parse).transpose()?;
        if received_at <= known_at && withdrawn_at.is_none_or(|at| at > known_at) {
            let is_withdrawn = withdrawn_at.is_some();
            visible.insert(id, VisibleBatch { register, received_at, is_file: kind == "import", is_withdrawn });
        }
    }
    Ok(visible)
}

/// The folded rows of one register, sorted by key; the fields not wanted stay empty.
pub(crate) async fn rows(
    tx: &mut Tx,
    register: &'static Register,
    without: &'static [&'static str],
    batches: &HashMap<i64, VisibleBatch>,
) -> Result<Vec<FoldedRow>, Error> {
    let batches = Arc::new(batches.clone());
    let mut rows = Vec::new();
    let mut page = facts_after(tx, register, &(String::new(), 0)).await?;
    let mut carried: Vec<Fact> = Vec::new();
    loop {
        let mut facts = std::mem::take(&mut carried);
        let is_last = (page.len() as i64) < PAGE_FACTS;
        let after = page.last().map(|fact| (fact.0.clone(), fact.1));
        facts.append(&mut page);
        let Some(after) = after.filter(|_| !is_last) else {
            rows.extend(read_facts(register, without, facts, &batches)?);
            return Ok(rows);
        };
        // The facts of the last key may go on in the next page.
        let whole = facts.iter().position(|(key, ..)| *key == after.0).unwrap_or(facts.len());
        carried = facts.split_off(whole);
        // One page is read out of its texts while the database hands over the next.
        let batches = Arc::clone(&batches);
        let reading = tokio::task::spawn_blocking(move || read_facts(register, without, facts, &batches));
        page = facts_after(tx, register, &after).await?;
        rows.extend(reading.await.map_err(|cause| Error::Damaged(format!("{}：{cause}", register.id)))??);
    }
}

/// Key, number, batch and cells of a fact.
type Fact = (String, i64, i64, String);

async fn facts_after(tx: &mut Tx, register: &Register, after: &(String, i64)) -> Result<Vec<Fact>, Error> {
    const SQL: &str = "select fact_key, id, batch_id, cells from fact where register = $1 and (fact_key, id) > ($2, $3) \
        order by fact_key, id limit $4";
    let facts = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(register.id).bind(after.0.as_str()).bind(after.1).bind(PAGE_FACTS).fetch_all(conn).await);
    Ok(facts.map_err(db::Error::from)?)
}

fn read_facts(
    register: &'static Register,
    without: &[&str],
    facts: Vec<Fact>,
    batches: &HashMap<i64, VisibleBatch>,
) -> Result<Vec<FoldedRow>, Error> {
    let mut rows = Vec::with_capacity(facts.len());
    let facts = facts.into_iter().map(|(key, _, batch, cells)| (key, batch, cells));
    group_facts(register, without, facts, batches, |group| rows.extend(settle(group)))?;
    Ok(rows)
}

/// The facts of these keys, sorted by key, then by number.
pub(crate) async fn facts_of(tx: &mut Tx, register: &str, keys: &[&str]) -> Result<Vec<(String, i64, String)>, Error> {
    let mut facts = Vec::new();
    for keys in keys.chunks(PARAMETERS_MAX - 1) {
        let sql = format!(
            "select fact_key, batch_id, cells from fact where register = $1 and fact_key in ({}) order by fact_key, id",
            placeholders(2, keys.len())
        );
        let found: Vec<(String, i64, String)> = with_conn!(tx, conn => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(register);
            for key in keys {
                query = query.bind(*key);
            }
            query.fetch_all(conn).await
        })
        .map_err(db::Error::from)?;
        facts.extend(found);
    }
    Ok(facts)
}

/// The keys that facts of these batches name, unless they are more than so many.
pub(super) async fn keys_of(tx: &mut Tx, batches: &[i64], most: usize) -> Result<Option<BTreeSet<String>>, Error> {
    const SQL: &str = "select distinct fact_key from fact where batch_id = $1 order by fact_key limit $2";
    let mut keys = BTreeSet::new();
    for batch in batches {
        if keys.len() >= most {
            return Ok(None);
        }
        let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
        let rows: Vec<(String,)> =
            with_conn!(&mut *tx, conn => sqlx::query_as(SQL).bind(batch).bind(limit).fetch_all(conn).await)
                .map_err(db::Error::from)?;
        keys.extend(rows.into_iter().map(|(key,)| key));
    }
    Ok((keys.len() <= most).then_some(keys))
}

/// Facts read at a time, so that the texts of the log are not held beside the state made of them.
const PAGE_FACTS: i64 = 20_000;

/// Hands over the visible facts key by key; they come sorted by key, then by number.
pub(crate) fn group_facts(
    register: &'static Register,
    without: &[&str],
    facts: impl IntoIterator<Item = (String, i64, String)>,
    batches: &HashMap<i64, VisibleBatch>,
    mut on_group: impl FnMut(&mut Vec<FoldedRow>),
) -> Result<(), Error> {
    let mut group: Vec<FoldedRow> = Vec::new();
    for (key, batch, json) in facts {
        let Some(visible) = batches.get(&batch) else { continue };
        if group.first().is_some_and(|first| first.key != key) {
            on_group(&mut group);
            group.clear();
        }
        let cells = cells::from_json(register, without, &json)?;
        group.push(FoldedRow { key, cells, batch, received_at: visible.received_at });
    }
    if !group.is_empty() {
        on_group(&mut group);
    }
    Ok(())
}

/// Folds the facts of one key, which are emptied out of the group.
pub(crate) fn settle(group: &mut Vec<FoldedRow>) -> Option<FoldedRow> {
    // The facts of a batch already stand in order; batches are ordered by receipt, then by import.
    group.sort_by_key(|row| (row.received_at, row.batch));
    let mut facts = group.drain(..);
    let mut folded = facts.next()?;
    for fact in facts {
        overlay(&mut folded, fact.cells, fact.batch, fact.received_at);
    }
    Some(folded)
}

/// Parameters of one statement. Both databases allow many more, but SQLite finds a `$n` by looking through all names,
/// so that thousands of them cost more than several statements.
pub(crate) const PARAMETERS_MAX: usize = 400;

/// `$first,$first+1,…`
pub(crate) fn placeholders(first: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 6);
    for place in 0..count {
        let comma = if place == 0 { "" } else { "," };
        write!(text, "{comma}${}", first + place).expect("a text can be written to");
    }
    text
}
