//! All SQL of staging and merging.

use std::fmt::Write;

use db::{Tx, with_conn};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{ImportReport, stage::NewBatch};
use crate::{
    Error,
    fold::{PARAMETERS_MAX, placeholders},
    instant,
};

/// A fact to be written.
pub(super) struct NewFact<'a> {
    pub(super) key: &'a str,
    pub(super) sheet: &'a str,
    pub(super) row: u32,
    pub(super) cells: String,
}

/// A row to be set aside.
pub(super) struct NewQuarantine<'a> {
    pub(super) sheet: &'a str,
    pub(super) row: u32,
    pub(super) cells: String,
    pub(super) fields: String,
    pub(super) reasons: String,
    pub(super) key: Option<&'a str>,
    pub(super) fingerprint: String,
}

pub(super) async fn insert_batch(tx: &mut Tx, batch: &NewBatch<'_>) -> Result<i64, Error> {
    const SQL: &str = "insert into batch (register, kind, file, sheet_names, state, received_at, recorded_at, by_whom, note, file_sha256, process) \
        values ($1, $2, $3, '[]', 'staging', $4, $5, $6, $7, $8, $9) returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(batch.register.id).bind(batch.kind.key()).bind(batch.file)
        .bind(instant::format(batch.received_at)).bind(instant::format(batch.recorded_at))
        .bind(batch.by_whom).bind(batch.note).bind(batch.sha256).bind(batch.mark)
        .fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

/// The newest merged batch that read a file of the same bytes.
pub(super) async fn same_file(tx: &mut Tx, register: &str, sha256: &str) -> Result<Option<i64>, Error> {
    const SQL: &str = "select max(id) from batch where register = $1 and file_sha256 = $2 and state = 'merged'";
    let (id,): (Option<i64>,) =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(register).bind(sha256).fetch_one(conn).await)
            .map_err(db::Error::from)?;
    Ok(id)
}

/// Which of these keys a batch, or with none any batch, has facts of.
pub(super) async fn keys_among(
    tx: &mut Tx,
    register: &str,
    batch: Option<i64>,
    keys: &[&str],
) -> Result<Vec<(String, i64)>, Error> {
    let mut found = Vec::new();
    for keys in keys.chunks(PARAMETERS_MAX - 2) {
        let sql = format!(
            "select fact_key, batch_id from fact where register = $1 and (batch_id = $2 or $2 = 0) and fact_key in ({}) order by id",
            placeholders(3, keys.len())
        );
        let rows: Vec<(String, i64)> = with_conn!(tx, conn => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(register).bind(batch.unwrap_or(0));
            for key in keys {
                query = query.bind(*key);
            }
            query.fetch_all(conn).await
        })
        .map_err(db::Error::from)?;
        found.extend(rows);
    }
    Ok(found)
}

pub(super) async fn insert_facts(
    tx: &mut Tx,
    register: &str,
    batch: i64,
    note: Option<&str>,
    facts: &[NewFact<'_>],
) -> Result<(), Error> {
    const SHARED: usize = 3;
    const EACH: usize = 4;
    for facts in facts.chunks((PARAMETERS_MAX - SHARED) / EACH) {
        let mut sql =
            String::from("insert into fact (batch_id, register, note, fact_key, sheet, row_no, cells) values ");
        for place in 0..facts.len() {
            let first = SHARED + place * EACH + 1;
            let comma = if place == 0 { "" } else { "," };
            write!(sql, "{comma}($1,$2,$3,${},${},${},${})", first, first + 1, first + 2, first + 3)
                .expect("a text can be written to");
        }
        with_conn!(tx, conn => {
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(batch).bind(register).bind(note);
            for fact in facts {
                query = query.bind(fact.key).bind(fact.sheet).bind(i64::from(fact.row)).bind(fact.cells.as_str());
            }
            query.execute(conn).await.map(|_| ())
        })
        .map_err(db::Error::from)?;
    }
    Ok(())
}

pub(super) async fn insert_quarantine(
    tx: &mut Tx,
    register: &str,
    batch: i64,
    rows: &[NewQuarantine<'_>],
) -> Result<(), Error> {
    const SHARED: usize = 2;
    const EACH: usize = 7;
    for rows in rows.chunks((PARAMETERS_MAX - SHARED) / EACH) {
        let mut sql = String::from(
            "insert into quarantine (batch_id, register, state, sheet, row_no, cells, fields, reasons, fact_key, fingerprint) values ",
        );
        for place in 0..rows.len() {
            let first = SHARED + place * EACH + 1;
            let comma = if place == 0 { "" } else { "," };
            write!(sql, "{comma}($1,$2,'open',{})", placeholders(first, EACH)).expect("a text can be written to");
        }
        with_conn!(tx, conn => {
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(batch).bind(register);
            for row in rows {
                query = query
                    .bind(row.sheet).bind(i64::from(row.row)).bind(row.cells.as_str()).bind(row.fields.as_str())
                    .bind(row.reasons.as_str()).bind(row.key).bind(row.fingerprint.as_str());
            }
            query.execute(conn).await.map(|_| ())
        })
        .map_err(db::Error::from)?;
    }
    Ok(())
}

pub(super) async fn insert_confirmation(tx: &mut Tx, batch: i64, said: &str) -> Result<(), Error> {
    const SQL: &str = "insert into confirmation (batch_id, said) values ($1, $2)";
    with_conn!(tx, conn => sqlx::query(SQL).bind(batch).bind(said).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// The confirmations of a batch after a number, one chunk at a time.
pub(super) async fn next_confirmation(tx: &mut Tx, batch: i64, after: i64) -> Result<Option<(i64, String)>, Error> {
    const SQL: &str = "select id, said from confirmation where batch_id = $1 and id > $2 order by id limit 1";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(batch).bind(after).fetch_optional(conn).await)
        .map_err(db::Error::from)?)
}

pub(super) async fn insert_reliance(tx: &mut Tx, batch: i64, on: i64, rows: u64, example: &str) -> Result<(), Error> {
    const SQL: &str = "insert into reliance (batch_id, on_batch_id, row_count, example_key) values ($1, $2, $3, $4)";
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    with_conn!(tx, conn => sqlx::query(SQL).bind(batch).bind(on).bind(rows).bind(example).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

/// Keys after `after` that facts of the register name, in order, for the comparison with a full list.
pub(super) async fn keys_after(
    tx: &mut Tx,
    register: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<(String, i64)>, Error> {
    const SQL: &str = "select fact_key, batch_id from fact where register = $1 and fact_key in (select distinct fact_key from fact \
        where register = $1 and fact_key > $2 order by fact_key limit $3) order by fact_key, id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(register).bind(after).bind(i64::from(limit)).fetch_all(conn).await)
        .map_err(db::Error::from)?)
}

/// Makes a staged batch visible.
pub(super) async fn mark_merged(tx: &mut Tx, report: &ImportReport, json: &str) -> Result<(), Error> {
    const SQL: &str = "update batch set state = 'merged', process = '', sheet_names = $2, encoding = $3, rows_read = $4, \
        accepted = $5, changed = $6, unchanged = $7, quarantined = $8, untied = $9, report = $10 where id = $1 and state = 'staging'";
    let sheets = serde_json::to_string(&report.sheets_read).expect("a list of texts is JSON");
    let count = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let done = with_conn!(tx, conn => sqlx::query(SQL)
        .bind(report.batch).bind(sheets).bind(report.encoding.as_deref()).bind(count(report.rows))
        .bind(count(report.accepted)).bind(count(report.changed)).bind(count(report.unchanged))
        .bind(count(report.quarantined)).bind(count(report.untied)).bind(json)
        .execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    if done == 1 {
        return Ok(());
    }
    Err(cleared(report.batch))
}

/// Rows set aside before that this batch makes pointless: the same row again, or the key taken at last.
pub(super) async fn settle_earlier_quarantine(
    tx: &mut Tx,
    register: &str,
    batch: i64,
    at: Timestamp,
    who: &str,
) -> Result<(), Error> {
    // A row that a person has settled stays settled when the same file comes again: by this batch, so that it is not listed twice
    // when the settling is taken back.
    const SETTLED: &str = "update quarantine set state = 'discarded', resolved_by = $3, resolved_at = $4, resolution_batch = $2, \
        note = '同一行此前已处理' \
        where batch_id = $2 and state = 'open' and exists (select 1 from quarantine e join batch b on b.id = e.batch_id \
        left join batch s on s.id = e.resolution_batch \
        where e.fingerprint = quarantine.fingerprint and e.register = $1 and e.batch_id <> $2 and b.state = 'merged' \
        and (e.state in ('corrected', 'released') or (e.state = 'discarded' and s.kind = 'correction')))";
    const REPEATED: &str = "update quarantine set state = 'discarded', resolved_by = $3, resolved_at = $4, resolution_batch = $2, \
        note = '同一行又见于后来的批次' where register = $1 and state = 'open' and batch_id <> $2 \
        and batch_id in (select id from batch where state = 'merged') \
        and fingerprint in (select fingerprint from quarantine where batch_id = $2)";
    const TAKEN: &str = "update quarantine set state = 'corrected', resolved_by = $3, resolved_at = $4, resolution_batch = $2, \
        note = '后来的批次带来了这一行' where register = $1 and state = 'open' and batch_id <> $2 \
        and batch_id in (select id from batch where state = 'merged') \
        and fact_key in (select fact_key from fact where batch_id = $2)";
    for sql in [SETTLED, REPEATED, TAKEN] {
        with_conn!(tx, conn => sqlx::query(sql)
            .bind(register).bind(batch).bind(who).bind(instant::format(at)).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    }
    Ok(())
}

/// Keeps a staged batch from being cleared until this transaction ends; an error when it has been.
pub(super) async fn hold(tx: &mut Tx, batch: i64) -> Result<(), Error> {
    const SQL: &str = "update batch set state = 'staging' where id = $1 and state = 'staging'";
    let held =
        with_conn!(tx, conn => sqlx::query(SQL).bind(batch).execute(conn).await.map(|done| done.rows_affected()))
            .map_err(db::Error::from)?;
    if held == 1 { Ok(()) } else { Err(cleared(batch)) }
}

fn cleared(batch: i64) -> Error {
    Error::Conflict(format!("批次 {batch} 已被清理，导入没有完成。请重新导入。"))
}

/// Clears a staged batch away; false when it is staged no more. Its row stays as cancelled when there is a note to keep.
pub(super) async fn clear(tx: &mut Tx, batch: i64, keep: Option<&str>) -> Result<bool, Error> {
    // The row first: it waits for a transaction under way, whose rows are then seen here.
    const CANCEL: &str =
        "update batch set state = 'cancelled', process = '', note = $2 where id = $1 and state = 'staging'";
    let done = with_conn!(&mut *tx, conn => sqlx::query(CANCEL)
        .bind(batch).bind(keep).execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    if done == 0 {
        return Ok(false);
    }
    const ROWS: [&str; 4] = [
        "delete from fact where batch_id = $1",
        "delete from confirmation where batch_id = $1",
        "delete from quarantine where batch_id = $1",
        "delete from reliance where batch_id = $1",
    ];
    const BATCH: &str = "delete from batch where id = $1";
    for sql in ROWS.into_iter().chain(keep.is_none().then_some(BATCH)) {
        with_conn!(&mut *tx, conn => sqlx::query(sql).bind(batch).execute(conn).await.map(|_| ()))
            .map_err(db::Error::from)?;
    }
    Ok(true)
}

/// The staged batches: number, register, file, process.
pub(super) async fn staged(tx: &mut Tx) -> Result<Vec<(i64, String, String, String)>, Error> {
    const SQL: &str = "select id, register, file, process from batch where state = 'staging' order by id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}
