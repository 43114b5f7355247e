//! The SQL that reads facts.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Write,
    sync::Arc,
};

use db::{BETWEEN_ROWS, Tx, WITHIN_ROW, with_conn};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{FoldedRow, Text, replay::overlay};
use crate::{Error, batches::BatchKind, cells, instant, registers::Register};

/// A batch that counts at the moment asked for.
#[derive(Clone, Debug)]
pub(crate) struct VisibleBatch {
    pub(crate) register: String,
    pub(crate) received_at: Timestamp,
    /// Whether it reports its register.
    pub(crate) is_report: bool,
    /// Whether it has rows and none of them was taken.
    pub(crate) is_refused: bool,
    /// Withdrawn since, though only after the moment asked for.
    pub(crate) is_withdrawn: bool,
}

/// The batches visible at a moment, by number.
pub(crate) async fn visible_batches(tx: &mut Tx, known_at: Timestamp) -> Result<HashMap<i64, VisibleBatch>, Error> {
    const SQL: &str = "select id, register, kind, received_at, withdrawn_at, rows_read, accepted + unchanged from batch \
        where state in ('merged', 'withdrawn') order by id";
    type Row = (i64, String, String, String, Option<String>, i64, i64);
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    let mut visible = HashMap::new();
    for (id, register, kind, received_at, withdrawn_at, rows, taken) in rows {
        let received_at = instant::parse(&received_at)?;
        let withdrawn_at = withdrawn_at.as_deref().map(instant::parse).transpose()?;
        if received_at <= known_at && withdrawn_at.is_none_or(|at| at > known_at) {
            let is_withdrawn = withdrawn_at.is_some();
            let is_report = BatchKind::from_key(&kind)?.reports(rows, taken);
            let is_refused = rows > 0 && taken == 0;
            visible.insert(id, VisibleBatch { register, received_at, is_report, is_refused, is_withdrawn });
        }
    }
    Ok(visible)
}

/// The folded rows of one register, sorted by key.
pub(crate) async fn rows(
    tx: &mut Tx,
    register: &'static Register,
    batches: &HashMap<i64, VisibleBatch>,
) -> Result<Vec<FoldedRow>, Error> {
    rows_by_pages(tx, register, batches, PAGE_FACTS).await
}

/// The same, so many facts at a time.
async fn rows_by_pages(
    tx: &mut Tx,
    register: &'static Register,
    batches: &HashMap<i64, VisibleBatch>,
    page_facts: i64,
) -> Result<Vec<FoldedRow>, Error> {
    let batches = Arc::new(batches.clone());
    let mut rows = Vec::new();
    let mut page = page_after(tx, register, ("", 0), page_facts).await?;
    let mut begun: Vec<Fact> = Vec::new();
    loop {
        let mut facts = facts_in(&page)?;
        let next = facts.last().filter(|_| facts.len() as i64 == page_facts).map(|last| (last.key.clone(), last.id));
        let Some((key, id)) = next else {
            begun.append(&mut facts);
            rows.extend(read_facts(register, begun, &batches)?);
            return Ok(rows);
        };
        // The facts of the last key may go on in the next page.
        let whole = facts.iter().position(|fact| fact.key == key).unwrap_or_default();
        let rest = facts.split_off(whole);
        begun.append(&mut facts);
        if whole == 0 {
            begun.extend(rest);
            page = page_after(tx, register, (&key, id), page_facts).await?;
            continue;
        }
        // One page is read out of its texts while the database hands over the next.
        let (batches, facts) = (Arc::clone(&batches), std::mem::replace(&mut begun, rest));
        let reading = tokio::task::spawn_blocking(move || read_facts(register, facts, &batches));
        page = page_after(tx, register, (&key, id), page_facts).await?;
        rows.extend(reading.await.map_err(|cause| Error::Damaged(format!("{}：{cause}", register.id)))??);
    }
}

/// A fact, as pieces of its page.
struct Fact {
    id: i64,
    batch: i64,
    key: Text,
    cells: Text,
}

/// The facts after this one as one text: a row for each of a million facts costs more than all the rest of reading them.
async fn page_after(tx: &mut Tx, register: &Register, (key, id): (&str, i64), page_facts: i64) -> Result<Text, Error> {
    const SQL: &str = "select string_agg(id || $5 || batch_id || $5 || fact_key || $5 || cells || $6, '' \
        order by fact_key, id) from (select id, batch_id, fact_key, cells from fact \
        where register = $1 and (fact_key, id) > ($2, $3) order by fact_key, id limit $4) page";
    let (after, within) = (String::from(BETWEEN_ROWS), String::from(WITHIN_ROW));
    let page: Option<String> = with_conn!(tx, conn => sqlx::query_scalar(SQL)
        .bind(register.id).bind(key).bind(id).bind(page_facts).bind(within).bind(after).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(page.unwrap_or_default().into())
}

/// The facts of a page, sorted by key, then by number.
fn facts_in(page: &Text) -> Result<Vec<Fact>, Error> {
    let fact = |text: &str| {
        let mut parts = text.splitn(4, WITHIN_ROW);
        let (id, batch) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(Fact { id, batch, key: page.part(parts.next()?), cells: page.part(parts.next()?) })
    };
    page.split_terminator(BETWEEN_ROWS)
        .map(|text| fact(text).ok_or_else(|| Error::Damaged(format!("事实无法读出：{text}"))))
        .collect()
}

fn read_facts(
    register: &'static Register,
    facts: Vec<Fact>,
    batches: &HashMap<i64, VisibleBatch>,
) -> Result<Vec<FoldedRow>, Error> {
    let mut rows = Vec::with_capacity(facts.len());
    let facts = facts.into_iter().map(|fact| (fact.key, fact.batch, fact.cells));
    group_facts(register, facts, batches, |group| rows.extend(settle(group)))?;
    Ok(rows)
}

/// The folded rows of every register, each sorted by key: one pass over the log in the order in which it was written,
/// which costs the database half of looking up one register after another by key.
pub(crate) async fn every_register(
    tx: &mut Tx,
    batches: &HashMap<i64, VisibleBatch>,
) -> Result<BTreeMap<&'static str, Arc<Vec<FoldedRow>>>, Error> {
    every_register_by_pages(tx, batches, LOG_PAGE_FACTS).await
}

/// The same, so many facts at a time.
async fn every_register_by_pages(
    tx: &mut Tx,
    batches: &HashMap<i64, VisibleBatch>,
    page_facts: i64,
) -> Result<BTreeMap<&'static str, Arc<Vec<FoldedRow>>>, Error> {
    let batches = Arc::new(batches.clone());
    let mut log: BTreeMap<&'static str, Vec<FoldedRow>> = BTreeMap::new();
    let (mut page, mut last) = log_after(tx, 0, page_facts).await?;
    while !page.is_empty() {
        // One page is read out of its texts while the database hands over the next.
        let (whole, batches) = (std::mem::take(&mut page), Arc::clone(&batches));
        let reading = tokio::task::spawn_blocking(move || read_log(&whole.into(), &batches));
        (page, last) = log_after(tx, last, page_facts).await?;
        for (register, facts) in reading.await.map_err(|cause| Error::Damaged(format!("登记簿：{cause}")))?? {
            log.entry(register).or_default().extend(facts);
        }
    }
    // Each register on a core of its own, the largest first.
    let mut log: Vec<_> = log.into_iter().collect();
    log.sort_by_key(|(_, facts)| std::cmp::Reverse(facts.len()));
    let settling =
        log.into_iter().map(|(register, facts)| tokio::task::spawn_blocking(move || (register, settled(facts))));
    let mut rows = BTreeMap::new();
    for settling in settling.collect::<Vec<_>>() {
        let (register, settled) = settling.await.map_err(|cause| Error::Damaged(format!("登记簿：{cause}")))?;
        rows.insert(register, Arc::new(settled));
    }
    Ok(rows)
}

/// The facts after this number as one text, and the number of the last one.
async fn log_after(tx: &mut Tx, id: i64, page_facts: i64) -> Result<(String, i64), Error> {
    const SQL: &str = "select string_agg(batch_id || $3 || register || $3 || fact_key || $3 || cells || $4, ''), \
        max(id) from (select id, batch_id, register, fact_key, cells from fact where id > $1 order by id limit $2) page";
    let (after, within) = (String::from(BETWEEN_ROWS), String::from(WITHIN_ROW));
    let (page, last): (Option<String>, Option<i64>) = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(id).bind(page_facts).bind(within).bind(after).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok((page.unwrap_or_default(), last.unwrap_or(id)))
}

/// The visible facts of a page, register by register as they stand there.
fn read_log(page: &Text, batches: &HashMap<i64, VisibleBatch>) -> Result<Vec<(&'static str, Vec<FoldedRow>)>, Error> {
    let mut read: Vec<(&'static Register, Vec<FoldedRow>)> = Vec::new();
    for text in page.split_terminator(BETWEEN_ROWS) {
        let mut parts = text.splitn(4, WITHIN_ROW);
        let fact = (|| {
            let batch: i64 = parts.next()?.parse().ok()?;
            Some((batch, parts.next()?, parts.next()?, parts.next()?))
        })();
        let (batch, register, key, cells) = fact.ok_or_else(|| Error::Damaged(format!("事实无法读出：{text}")))?;
        let Some(visible) = batches.get(&batch) else { continue };
        if read.last().is_none_or(|(last, _)| last.id != register) {
            let Some(register) = crate::registers::register(register) else { continue };
            read.push((register, Vec::new()));
        }
        if let Some((register, facts)) = read.last_mut() {
            let cells = cells::from_json(register, &page.part(cells))?;
            facts.push(FoldedRow { key: page.part(key), cells, batch, received_at: visible.received_at });
        }
    }
    Ok(read.into_iter().map(|(register, facts)| (register.id, facts)).collect())
}

/// The rows of a register's facts, which come in the order of the log, sorted by key.
fn settled(facts: Vec<FoldedRow>) -> Vec<FoldedRow> {
    // The beginnings of the keys nearly always decide, and lie side by side.
    let mut order: Vec<(u128, usize)> = facts.iter().map(|fact| beginning(&fact.key)).zip(0..).collect();
    order.sort_unstable_by(|(a, one), (b, other)| {
        a.cmp(b).then_with(|| facts[*one].key.cmp(&facts[*other].key)).then(one.cmp(other))
    });
    let mut facts: Vec<Option<FoldedRow>> = facts.into_iter().map(Some).collect();
    let mut rows = Vec::with_capacity(facts.len());
    let mut group: Vec<FoldedRow> = Vec::new();
    for fact in order.into_iter().filter_map(|(_, place)| facts[place].take()) {
        if group.first().is_some_and(|first| first.key != fact.key) {
            rows.extend(settle(&mut group));
        }
        group.push(fact);
    }
    rows.extend(settle(&mut group));
    rows
}

/// The first sixteen bytes of a key as a number, which orders as the bytes do.
fn beginning(key: &str) -> u128 {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(key.bytes()).for_each(|(place, byte)| *place = byte);
    u128::from_be_bytes(bytes)
}

/// The facts of these keys, sorted by key, then by number.
pub(crate) async fn facts_of(tx: &mut Tx, register: &str, keys: &[&str]) -> Result<Vec<(Text, i64, Text)>, Error> {
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
        facts.extend(found.into_iter().map(|(key, batch, cells)| (key.into(), batch, cells.into())));
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

/// The same of the whole log; a text of a few thousand facts is put together faster than a longer one.
const LOG_PAGE_FACTS: i64 = 2_000;

/// Hands over the visible facts key by key; they come sorted by key, then by number.
pub(crate) fn group_facts(
    register: &'static Register,
    facts: impl IntoIterator<Item = (Text, i64, Text)>,
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
        let cells = cells::from_json(register, &json)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_facts_of_a_key_are_folded_together_wherever_a_page_ends() {
        for database in db::test::databases().await {
            let mut tx = database.db.begin().await.unwrap();
            let batch = "insert into batch (register, kind, file, sheet_names, state, received_at, recorded_at, by_whom) \
                values ('survey-waves', 'import', 'f', '[]', 'merged', '2024-01-01T00:00:00Z', 't', 'w')";
            with_conn!(&mut tx, conn => sqlx::query(batch).execute(conn).await.map(|_| ())).unwrap();
            // One to five facts a key, one key with more than any page holds.
            for (key, facts) in [("a", 1), ("b", 5), ("c", 2), ("d", 17), ("e", 3), ("f", 1)] {
                for n in 0..facts {
                    let sql = "insert into fact (batch_id, register, fact_key, sheet, row_no, cells) \
                        values (1, 'survey-waves', $1, 's', 1, $2)";
                    let cells = format!("{{\"survey\":\"{key}\",\"positive\":\"{n}\"}}");
                    with_conn!(&mut tx, conn => sqlx::query(sql).bind(key).bind(cells).execute(conn).await.map(|_| ()))
                        .unwrap();
                }
            }
            let register = crate::registers::register("survey-waves").unwrap();
            let batches = visible_batches(&mut tx, Timestamp::MAX).await.unwrap();
            let whole = rows(&mut tx, register, &batches).await.unwrap();
            let positive = crate::Folded::column("survey-waves", "positive");
            let last: Vec<_> = whole.iter().map(|row| (&*row.key, row.cells[positive].as_deref())).collect();
            let told = [("a", "0"), ("b", "4"), ("c", "1"), ("d", "16"), ("e", "2"), ("f", "0")];
            assert_eq!(last, told.map(|(key, n)| (key, Some(n))), "{}", database.name);
            for page_facts in 1..=30 {
                let paged = rows_by_pages(&mut tx, register, &batches, page_facts).await.unwrap();
                assert_eq!(paged, whole, "{} {page_facts}", database.name);
                let every = every_register_by_pages(&mut tx, &batches, page_facts).await.unwrap();
                assert_eq!(*every["survey-waves"], whole, "{} {page_facts}", database.name);
            }
        }
    }
}
