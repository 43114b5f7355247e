//! All SQL of runs.

use db::{Tx, with_conn};

use super::Summary;
use crate::Error;

/// A row of the table `run`.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) policy: String,
    pub(super) policy_hash: String,
    pub(super) as_of: String,
    pub(super) known_at: String,
    pub(super) snapshot: String,
    /// The overrides as a JSON object.
    pub(super) parameters: String,
    pub(super) scope: String,
    pub(super) engine: String,
    pub(super) manifest_sha256: String,
    pub(super) created_at: String,
    pub(super) created_by: String,
    pub(super) kind: String,
}

impl Row {
    pub(super) fn summary(self) -> Result<Summary, Error> {
        let overrides = serde_json::from_str(&self.parameters)
            .map_err(|cause| Error::Damaged(format!("测算 {} 的参数记录已损坏：{cause}", self.id)))?;
        Ok(Summary {
            run: self.id,
            policy: self.policy,
            as_of: self.as_of,
            known_at: self.known_at,
            snapshot: self.snapshot,
            overrides,
            scope: self.scope,
            created_at: self.created_at,
            created_by: self.created_by,
        })
    }
}

/// Keeps a run; false when it is there already.
pub(super) async fn insert(tx: &mut Tx, row: &Row) -> Result<bool, Error> {
    const SQL: &str = "insert into run (id, policy, policy_hash, as_of, known_at, snapshot, parameters, scope, engine, \
         manifest_sha256, created_at, created_by, kind) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (id) do nothing";
    let inserted = with_conn!(tx, conn => sqlx::query(SQL)
        .bind(&row.id).bind(&row.policy).bind(&row.policy_hash).bind(&row.as_of).bind(&row.known_at)
        .bind(&row.snapshot).bind(&row.parameters).bind(&row.scope).bind(&row.engine).bind(&row.manifest_sha256)
        .bind(&row.created_at).bind(&row.created_by).bind(&row.kind)
        .execute(conn).await.map(|done| done.rows_affected()))
    .map_err(db::Error::from)?;
    Ok(inserted == 1)
}

/// Every run, the latest first.
pub(super) async fn list(tx: &mut Tx) -> Result<Vec<Row>, Error> {
    const SQL: &str = "select id, policy, policy_hash, as_of, known_at, snapshot, parameters, scope, engine, \
         manifest_sha256, created_at, created_by, kind from run order by as_of desc, known_at desc, created_at desc, id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// The runs whose id begins so, two at the most.
pub(super) async fn find(tx: &mut Tx, id: &str) -> Result<Vec<Row>, Error> {
    const SQL: &str = "select id, policy, policy_hash, as_of, known_at, snapshot, parameters, scope, engine, \
         manifest_sha256, created_at, created_by, kind from run where substr(id, 1, $2) = $1 order by id limit 2";
    let length = i32::try_from(id.chars().count()).unwrap_or(i32::MAX);
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(id).bind(length).fetch_all(conn).await)
        .map_err(db::Error::from)?)
}

/// One figure of a run; an empty region is the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The indicator's code.
    pub code: String,
    /// The town, empty for the city.
    pub region: String,
    /// The numerator in base units.
    pub numerator: Option<i64>,
    /// The denominator in base units.
    pub denominator: Option<i64>,
    /// The figure as shown.
    pub value: Option<String>,
    /// Whether the target is met.
    pub met: Option<bool>,
}

/// How many rows one insert carries; SQLite allows 32766 bound values.
const ROWS_PER_INSERT: usize = 500;

/// Keeps the figures of a run.
pub(super) async fn insert_figures(tx: &mut Tx, run: &str, figures: &[Figure]) -> Result<(), Error> {
    for chunk in figures.chunks(ROWS_PER_INSERT) {
        let rows: Vec<String> = (0..chunk.len())
            .map(|row| {
                let first = row * 6 + 2;
                format!(
                    "($1, ${}, ${}, ${}, ${}, ${}, ${})",
                    first,
                    first + 1,
                    first + 2,
                    first + 3,
                    first + 4,
                    first + 5
                )
            })
            .collect();
        let sql = format!(
            "insert into run_figure (run_id, code, region, numerator, denominator, value, met) values {} on conflict do nothing",
            rows.join(", ")
        );
        with_conn!(tx, conn => {
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(run);
            for figure in chunk {
                query = query.bind(&figure.code).bind(&figure.region).bind(figure.numerator).bind(figure.denominator)
                    .bind(&figure.value).bind(figure.met.map(|met| if met { "true" } else { "false" }));
            }
            query.execute(conn).await.map(|_| ())
        })
        .map_err(db::Error::from)?;
    }
    Ok(())
}

/// The figures of the regular runs of the whole city, of each date the one with the latest knowledge.
pub(super) async fn history(tx: &mut Tx) -> Result<Vec<super::Observed>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        run_id: String,
        as_of: String,
        code: String,
        region: String,
        numerator: Option<i64>,
        denominator: Option<i64>,
        value: Option<String>,
        met: Option<String>,
    }
    const SQL: &str = "select f.run_id, r.as_of, f.code, f.region, f.numerator, f.denominator, f.value, f.met \
         from run r join run_figure f on f.run_id = r.id \
         where r.kind = 'regular' and r.scope = '' and not exists (select 1 from run n where n.kind = 'regular' \
           and n.scope = '' and n.as_of = r.as_of and (n.known_at > r.known_at \
           or (n.known_at = r.known_at and (n.created_at > r.created_at or (n.created_at = r.created_at and n.id > r.id))))) \
         order by r.as_of, f.code, f.region";
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    rows.into_iter()
        .map(|row| {
            Ok(super::Observed {
                as_of: row
                    .as_of
                    .parse()
                    .map_err(|_| Error::Damaged(format!("测算 {} 的日期记录已损坏", row.run_id)))?,
                run: row.run_id,
                figure: Figure {
                    code: row.code,
                    region: row.region,
                    numerator: row.numerator,
                    denominator: row.denominator,
                    value: row.value,
                    met: row.met.map(|met| met == "true"),
                },
            })
        })
        .collect()
}
