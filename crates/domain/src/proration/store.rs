//! All SQL of paying in proportion.

use db::{Tx, with_conn};

use super::{Proration, Share, Stage};
use crate::Error;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    line_id: i64,
    award: String,
    state: String,
    available_fen: i64,
    reason: String,
    made_by: String,
    made_at: String,
    decided_by: Option<String>,
}

/// Every act with its shares, the latest first.
pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Proration>, Error> {
    const SQL: &str = "select p.id, p.line_id, l.award, p.state, p.available_fen, p.reason, p.made_by, p.made_at, p.decided_by \
        from proration p join budget_line l on l.id = p.line_id order by p.id desc";
    const SHARES: &str = "select o.case_id, c.name, o.version, o.full_fen, o.share_fen from proration_case o \
        join award_case c on c.id = o.case_id where o.proration_id = $1 order by o.case_id";
    let rows: Vec<Row> =
        with_conn!(&mut *tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    let mut acts = Vec::with_capacity(rows.len());
    for row in rows {
        let shares: Vec<Share> =
            with_conn!(&mut *tx, conn => sqlx::query_as(SHARES).bind(row.id).fetch_all(conn).await)
                .map_err(db::Error::from)?;
        let stage = Stage::of_key(&row.state);
        acts.push(Proration {
            stage: stage
                .ok_or_else(|| Error::Damaged(format!("按比例兑付 {} 的状态已损坏。请从备份恢复。", row.id)))?,
            id: row.id,
            line: row.line_id,
            award: row.award,
            available_fen: row.available_fen,
            reason: row.reason,
            made_by: row.made_by,
            made_at: row.made_at,
            decided_by: row.decided_by,
            shares,
        });
    }
    Ok(acts)
}

pub(super) async fn insert(
    tx: &mut Tx,
    (line, available_fen): (i64, i64),
    reason: &str,
    (by, at): (&str, &str),
) -> Result<i64, Error> {
    const SQL: &str = "insert into proration (line_id, state, available_fen, reason, made_by, made_at) \
        values ($1, 'proposed', $2, $3, $4, $5) returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(line).bind(available_fen).bind(reason).bind(by)
        .bind(at).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

pub(super) async fn insert_share(tx: &mut Tx, id: i64, share: &Share) -> Result<(), Error> {
    const SQL: &str = "insert into proration_case (proration_id, case_id, version, full_fen, share_fen) \
        values ($1, $2, $3, $4, $5)";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(share.case_id).bind(share.version).bind(share.full_fen)
        .bind(share.share_fen).execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

/// Ends a proposal; false when it was ended before.
pub(super) async fn decide(tx: &mut Tx, id: i64, to: Stage, by: &str, at: &str) -> Result<bool, Error> {
    const SQL: &str = "update proration set state = $2, decided_by = $3, decided_at = $4 \
        where id = $1 and state = 'proposed'";
    let changed = with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(to.key()).bind(by).bind(at).execute(conn).await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(changed == 1)
}
