//! All SQL of runs.

use db::{Tx, with_conn};

use sqlx::AssertSqlSafe;

use super::{Standing, Summary};
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

/// A run as it is listed: with the month that rests on it, and whether its day's month is closed at all.
#[derive(sqlx::FromRow)]
pub(super) struct Listed {
    #[sqlx(flatten)]
    pub(super) row: Row,
    month: Option<String>,
    month_of_day: Option<String>,
}

/// Rows of [`Listed`].
const LISTED: &str = "select r.id, r.policy, r.policy_hash, r.as_of, r.known_at, r.snapshot, r.parameters, r.scope, r.engine, \
     r.manifest_sha256, r.created_at, r.created_by, r.kind, c.month, d.month as month_of_day \
     from run r left join closing c on c.run_id = r.id left join closing d on d.as_of = r.as_of";

impl Listed {
    pub(super) fn summary(self) -> Result<Summary, Error> {
        let standing = match (self.month, self.month_of_day) {
            (Some(_), _) => Standing::Closing,
            (None, Some(_)) => Standing::Aside,
            (None, None) => Standing::Open,
        };
        Ok(Summary { standing, ..self.row.summary()? })
    }
}

impl Row {
    fn summary(self) -> Result<Summary, Error> {
        let overrides = serde_json::from_str(&self.parameters)
            .map_err(|cause| Error::Damaged(format!("测算 {} 的参数记录已损坏：{cause}", self.id)))?;
        let known_at = self.known_at.parse::<jiff::Timestamp>();
        let known_at = known_at.map_err(|_| Error::Damaged(format!("测算 {} 的知悉时间已损坏", self.id)))?;
        Ok(Summary {
            run: self.id,
            policy: self.policy,
            as_of: self.as_of,
            known_at: rules::evaluation::beijing(known_at),
            snapshot: self.snapshot,
            overrides,
            scope: self.scope,
            created_at: self.created_at,
            created_by: self.created_by,
            standing: Standing::Open,
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

/// A number that grows with each run, each closed month and each closing taken back.
pub(super) async fn count(tx: &mut Tx) -> Result<i64, Error> {
    const SQL: &str =
        "select (select count(*) from run) + (select count(*) from closing) + 2 * (select count(*) from reopening)";
    Ok(with_conn!(tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await).map_err(db::Error::from)?)
}

/// Every run, the latest day first; of a day the one on which the closed month rests, then the latest knowledge.
pub(super) async fn list(tx: &mut Tx) -> Result<Vec<Listed>, Error> {
    let sql =
        format!("{LISTED} order by r.as_of desc, (c.month is not null) desc, r.known_at desc, r.created_at desc, r.id");
    Ok(with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await).map_err(db::Error::from)?)
}

/// The runs whose id begins so, two at the most.
pub(super) async fn find(tx: &mut Tx, id: &str) -> Result<Vec<Listed>, Error> {
    let sql = format!("{LISTED} where substr(r.id, 1, $2) = $1 order by r.id limit 2");
    let length = i32::try_from(id.chars().count()).unwrap_or(i32::MAX);
    Ok(with_conn!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(id).bind(length).fetch_all(conn).await)
        .map_err(db::Error::from)?)
}

/// One figure of a run; an empty region is the city.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(run);
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

/// The figures kept of one run, in no order.
pub(super) async fn figures(tx: &mut Tx, run: &str) -> Result<Vec<Figure>, Error> {
    /// Code, region, numerator, denominator, value, met.
    type Kept = (String, String, Option<i64>, Option<i64>, Option<String>, Option<String>);
    const SQL: &str = "select code, region, numerator, denominator, value, met from run_figure where run_id = $1";
    let rows: Vec<Kept> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(run).fetch_all(conn).await).map_err(db::Error::from)?;
    let figure = |(code, region, numerator, denominator, value, met): Kept| {
        let met = met.map(|met| met == "true");
        Figure { code, region, numerator, denominator, value, met }
    };
    Ok(rows.into_iter().map(figure).collect())
}

/// The figures of the regular runs of the whole city, of each date the one on which its closed month rests, else the one
/// with the latest knowledge.
///
/// The figures of a run come as one text: a row for each of tens of thousands costs more than all the rest.
pub(super) async fn history(tx: &mut Tx) -> Result<Vec<super::Observed>, Error> {
    const SQL: &str = "select r.id, r.as_of, \
         (select string_agg(f.code || $2 || f.region || $2 || coalesce(cast(f.numerator as text), '') || $2 \
           || coalesce(cast(f.denominator as text), '') || $2 || coalesce(f.value, '') || $2 || coalesce(f.met, ''), $1) \
           from run_figure f where f.run_id = r.id) \
         from (select run.id, run.as_of, row_number() over (partition by run.as_of order by (c.month is not null) desc, \
           run.known_at desc, run.created_at desc, run.id) as place \
           from run left join closing c on c.run_id = run.id where run.kind = 'regular' and run.scope = '') r \
         where r.place = 1 order by r.as_of";
    let (between, within) = (String::from(db::BETWEEN_ROWS), String::from(db::WITHIN_ROW));
    let runs: Vec<(String, String, Option<String>)> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(between).bind(within).fetch_all(conn).await)
            .map_err(db::Error::from)?;
    let mut history = Vec::new();
    for (run, as_of, figures) in runs {
        let damaged = || Error::Damaged(format!("测算 {run} 的记录已损坏"));
        let as_of = as_of.parse().map_err(|_| damaged())?;
        let figures = figures.unwrap_or_default();
        let rows = figures.split_terminator(db::BETWEEN_ROWS);
        let mut figures = rows.map(|row| figure(row).ok_or_else(damaged)).collect::<Result<Vec<_>, _>>()?;
        figures.sort_unstable_by(|a, b| (&a.code, &a.region).cmp(&(&b.code, &b.region)));
        history.extend(figures.into_iter().map(|figure| super::Observed { run: run.clone(), as_of, figure }));
    }
    Ok(history)
}

/// A figure out of its text.
fn figure(row: &str) -> Option<Figure> {
    let mut parts = row.split(db::WITHIN_ROW);
    let mut next = || parts.next();
    let (code, region) = (next()?.to_owned(), next()?.to_owned());
    let number = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
    let (numerator, denominator) = (number(next()?)?, number(next()?)?);
    let (value, met) = (next()?, next()?);
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Some(Figure { code, region, numerator, denominator, value: some(value), met: some(met).map(|met| met == "true") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_unknown_comes_back_unknown_and_of_a_date_the_latest_knowledge_counts_until_its_month_is_closed() {
        for database in db::test::databases().await {
            let mut tx = database.db.begin().await.unwrap();
            for (id, as_of, known_at) in [
                ("a", "2023-12-31", "2024-01-01T00:00:00Z"),
                ("b", "2023-12-31", "2024-02-01T00:00:00Z"),
                ("c", "2023-11-30", "2024-01-01T00:00:00Z"),
            ] {
                let text = |text: &str| text.to_owned();
                let row = Row {
                    id: text(id),
                    policy: text("p"),
                    policy_hash: text("h"),
                    as_of: text(as_of),
                    known_at: text(known_at),
                    snapshot: text("s"),
                    parameters: text("{}"),
                    scope: String::new(),
                    engine: text("1"),
                    manifest_sha256: text("m"),
                    created_at: text("2024-02-02"),
                    created_by: text("w"),
                    kind: text("regular"),
                };
                assert!(insert(&mut tx, &row).await.unwrap());
            }
            let figure = |code: &str, region: &str, numerator, value: Option<&str>, met| Figure {
                code: code.to_owned(),
                region: region.to_owned(),
                numerator,
                denominator: None,
                value: value.map(str::to_owned),
                met,
            };
            let figures = [
                figure("K01", "", Some(-3), Some("0.50"), Some(false)),
                figure("K01", "甲镇", Some(0), None, None),
                figure("K02", "", None, None, Some(true)),
            ];
            insert_figures(&mut tx, "a", &figures[..1]).await.unwrap();
            insert_figures(&mut tx, "b", &figures).await.unwrap();
            let history = super::history(&mut tx).await.unwrap();
            let seen: Vec<_> = history.iter().map(|one| (one.run.as_str(), one.figure.clone())).collect();
            assert_eq!(seen, figures.map(|figure| ("b", figure)), "{}", database.name);
            let ids = |rows: Vec<Listed>| rows.into_iter().map(|row| row.row.id).collect::<Vec<_>>();
            assert_eq!(ids(list(&mut tx).await.unwrap()), ["b", "a", "c"]);

            const CLOSE: &str = "insert into closing (month, as_of, run_id, closed_at, closed_by) \
                values ('2023-12', '2023-12-31', 'a', '2024-01-02', 'w')";
            with_conn!(&mut tx, conn => sqlx::query(CLOSE).execute(conn).await.map(|_| ())).unwrap();
            let listed = list(&mut tx).await.unwrap();
            let standings: Vec<_> = listed.into_iter().map(|row| row.summary().unwrap()).collect();
            let standings: Vec<_> = standings.iter().map(|run| (run.run.as_str(), run.standing)).collect();
            let expected = [("a", Standing::Closing), ("b", Standing::Aside), ("c", Standing::Open)];
            assert_eq!(standings, expected, "{}", database.name);
            let seen: Vec<_> = super::history(&mut tx).await.unwrap().into_iter().map(|one| one.run).collect();
            assert_eq!(seen, ["a"], "{}", database.name);
        }
    }
}
