//! All SQL of demands, deals and their steps.

use db::{Tx, with_conn};

use super::{Asked, Candidate, Contract, ContractKind, Deal, Demand, Kind, Stage, Step};
use crate::Error;

#[derive(sqlx::FromRow)]
struct DemandRow {
    id: i64,
    uscc: String,
    firm: String,
    kind: String,
    title: String,
    words: String,
    chain_node: String,
    ipc: String,
    budget_fen: Option<i64>,
    valid_until: String,
    edited_at: String,
    withdrawn_at: Option<String>,
    is_published: i64,
}

/// The demands of one firm, or of all; only the one with this number where one is wanted.
pub(super) async fn demands(tx: &mut Tx, firm: Option<&str>, only: Option<i64>) -> Result<Vec<Demand>, Error> {
    const SQL: &str = "select id, uscc, firm, kind, title, words, chain_node, ipc, budget_fen, valid_until, \
        edited_at, withdrawn_at, is_published from demand \
        where ($1 = 0 or uscc = $2) and ($3 = 0 or id = $3) order by id desc";
    let (is_confined, firm) = confined(firm);
    let rows: Vec<DemandRow> = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(is_confined).bind(firm).bind(only.unwrap_or(0)).fetch_all(conn).await)
    .map_err(db::Error::from)?;
    rows.into_iter().map(demand).collect()
}

/// Whether rows are those of one firm only, and of which: a firm without a code sees nothing, and never all.
fn confined(firm: Option<&str>) -> (i64, &str) {
    firm.map_or((0, ""), |firm| (1, firm))
}

fn demand(row: DemandRow) -> Result<Demand, Error> {
    let asked = Asked {
        kind: known(Kind::of_key(&row.kind), &row.kind)?,
        valid_until: known(row.valid_until.parse().ok(), &row.valid_until)?,
        uscc: row.uscc,
        title: row.title,
        words: row.words,
        chain_node: row.chain_node,
        ipc: row.ipc,
        budget_fen: row.budget_fen,
        is_published: row.is_published == 1,
    };
    Ok(Demand { id: row.id, firm: row.firm, asked, edited_at: row.edited_at, is_withdrawn: row.withdrawn_at.is_some() })
}

fn known<T>(found: Option<T>, text: &str) -> Result<T, Error> {
    found.ok_or_else(|| Error::Damaged(format!("需求的记录中有本程序不认识的“{text}”。请从备份恢复，或更新程序。")))
}

pub(super) async fn insert_demand(
    tx: &mut Tx,
    asked: &Asked,
    firm: &str,
    by_whom: &str,
    now: &str,
) -> Result<i64, Error> {
    const SQL: &str = "insert into demand (uscc, firm, kind, title, words, chain_node, ipc, budget_fen, valid_until, \
        by_whom, posted_at, edited_at, is_published) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12) \
        returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(&asked.uscc).bind(firm).bind(asked.kind.key()).bind(&asked.title).bind(&asked.words)
        .bind(&asked.chain_node).bind(&asked.ipc).bind(asked.budget_fen).bind(asked.valid_until.to_string())
        .bind(by_whom).bind(now).bind(i64::from(asked.is_published)).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

pub(super) async fn update_demand(tx: &mut Tx, id: i64, asked: &Asked, firm: &str, now: &str) -> Result<(), Error> {
    const SQL: &str = "update demand set firm = $2, kind = $3, title = $4, words = $5, chain_node = $6, ipc = $7, \
        budget_fen = $8, valid_until = $9, edited_at = $10, withdrawn_at = null, is_published = $11 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL)
        .bind(id).bind(firm).bind(asked.kind.key()).bind(&asked.title).bind(&asked.words).bind(&asked.chain_node)
        .bind(&asked.ipc).bind(asked.budget_fen).bind(asked.valid_until.to_string()).bind(now)
        .bind(i64::from(asked.is_published)).execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn withdraw_demand(tx: &mut Tx, id: i64, now: &str) -> Result<(), Error> {
    const SQL: &str = "update demand set withdrawn_at = $2 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(now).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct DealRow {
    id: i64,
    demand_id: i64,
    demand: String,
    uscc: String,
    firm: String,
    document_key: String,
    application_number: String,
    title: String,
    source: String,
    source_place: String,
    contract_kind: Option<String>,
    contract_number: Option<String>,
    signed_on: Option<String>,
    amount_fen: Option<i64>,
    began_on: String,
    stage: String,
    taken_on: String,
}

/// The deals of one firm, or of all; only the one with this number where one is wanted.
pub(super) async fn deals(tx: &mut Tx, firm: Option<&str>, only: Option<i64>) -> Result<Vec<Deal>, Error> {
    const SQL: &str = "select l.id, l.demand_id, d.title as demand, d.uscc, d.firm, l.document_key, \
            l.application_number, l.title, l.source, l.source_place, l.contract_kind, l.contract_number, l.signed_on, \
            l.amount_fen, f.taken_on as began_on, s.stage, s.taken_on \
        from deal l join demand d on d.id = l.demand_id \
        join deal_step s on s.id = (select max(x.id) from deal_step x where x.deal_id = l.id) \
        join deal_step f on f.id = (select min(x.id) from deal_step x where x.deal_id = l.id) \
        where ($1 = 0 or d.uscc = $2) and ($3 = 0 or l.id = $3) order by l.id desc";
    let (is_confined, firm) = confined(firm);
    let rows: Vec<DealRow> = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(is_confined).bind(firm).bind(only.unwrap_or(0)).fetch_all(conn).await)
    .map_err(db::Error::from)?;
    rows.into_iter().map(deal).collect()
}

fn deal(row: DealRow) -> Result<Deal, Error> {
    let contract = match (row.contract_kind, row.contract_number, row.signed_on) {
        (Some(kind), Some(number), Some(on)) => Some(Contract {
            kind: known(ContractKind::of_zh(&kind), &kind)?,
            number,
            signed_on: known(on.parse().ok(), &on)?,
            amount_fen: row.amount_fen,
        }),
        _ => None,
    };
    Ok(Deal {
        stage: known(Stage::of_key(&row.stage), &row.stage)?,
        began_on: known(row.began_on.parse().ok(), &row.began_on)?,
        last_on: known(row.taken_on.parse().ok(), &row.taken_on)?,
        id: row.id,
        demand_id: row.demand_id,
        demand: row.demand,
        uscc: row.uscc,
        firm: row.firm,
        document_key: row.document_key,
        application_number: row.application_number,
        title: row.title,
        source: row.source,
        source_place: row.source_place,
        contract,
    })
}

/// Notes a candidate as one that is talked about; none where it already is.
pub(super) async fn insert_deal(tx: &mut Tx, demand: i64, candidate: &Candidate) -> Result<Option<i64>, Error> {
    const SQL: &str = "insert into deal (demand_id, document_key, application_number, title, source, source_place) \
        values ($1, $2, $3, $4, $5, $6) on conflict (demand_id, document_key) do nothing returning id";
    let row: Option<(i64,)> = with_conn!(tx, conn => sqlx::query_as(SQL)
        .bind(demand).bind(&candidate.document_key).bind(&candidate.application_number).bind(&candidate.title)
        .bind(&candidate.source).bind(&candidate.source_place).fetch_optional(conn).await)
    .map_err(db::Error::from)?;
    Ok(row.map(|(id,)| id))
}

pub(super) async fn set_contract(tx: &mut Tx, id: i64, contract: &Contract) -> Result<(), Error> {
    const SQL: &str = "update deal set contract_kind = $2, contract_number = $3, signed_on = $4, amount_fen = $5 \
        where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL)
        .bind(id).bind(contract.kind.zh()).bind(&contract.number).bind(contract.signed_on.to_string())
        .bind(contract.amount_fen).execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn insert_step(tx: &mut Tx, deal: i64, step: &Step) -> Result<(), Error> {
    const SQL: &str = "insert into deal_step (deal_id, stage, taken_on, counterpart, note, by_whom, at) \
        values ($1, $2, $3, $4, $5, $6, $7)";
    with_conn!(tx, conn => sqlx::query(SQL)
        .bind(deal).bind(step.stage.key()).bind(step.on.to_string()).bind(&step.counterpart).bind(&step.note)
        .bind(&step.by).bind(&step.at).execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

pub(super) async fn steps(tx: &mut Tx, deal: i64) -> Result<Vec<Step>, Error> {
    const SQL: &str =
        "select stage, taken_on, counterpart, note, by_whom, at from deal_step where deal_id = $1 order by id";
    type Row = (String, String, String, String, String, String);
    let rows: Vec<Row> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(deal).fetch_all(conn).await).map_err(db::Error::from)?;
    let step = |(stage, on, counterpart, note, by, at): Row| {
        let (stage, on) = (known(Stage::of_key(&stage), &stage)?, known(on.parse().ok(), &on)?);
        Ok(Step { stage, on, counterpart, note, by, at })
    };
    rows.into_iter().map(step).collect()
}
