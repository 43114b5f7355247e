//! All SQL of offers and of answers to demands.

use db::{Tx, with_conn};

use super::{Answer, Offer, Patent, State, Terms, Version};
use crate::{Error, matching::ContractKind};

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    university: String,
    application_number: String,
    document_key: String,
    title: String,
    version: i64,
    state: String,
    forms: String,
    field: String,
    price_fen: Option<i64>,
    contact: String,
    until_on: String,
    note: String,
    by_whom: String,
    at: String,
}

/// Every offer of a university in use with its latest version, the latest changed first.
pub(super) async fn offers(tx: &mut Tx) -> Result<Vec<Offer>, Error> {
    const SQL: &str = "select o.id, u.name as university, o.application_number, o.document_key, o.title, v.version, \
        v.state, v.forms, v.field, v.price_fen, v.contact, v.until_on, v.note, v.by_whom, v.at \
        from offer o join organisation u on u.id = o.university_id join offer_version v on v.offer_id = o.id \
        where v.version = (select max(x.version) from offer_version x where x.offer_id = o.id) \
        and u.disabled_at is null order by v.at desc, o.id desc";
    let rows: Vec<Row> = with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    rows.into_iter().map(offer).collect()
}

/// The offer of a university of a right.
pub(super) async fn find(tx: &mut Tx, university: i64, number: &str) -> Result<Option<Offer>, Error> {
    const SQL: &str = "select o.id, u.name as university, o.application_number, o.document_key, o.title, v.version, \
        v.state, v.forms, v.field, v.price_fen, v.contact, v.until_on, v.note, v.by_whom, v.at \
        from offer o join organisation u on u.id = o.university_id join offer_version v on v.offer_id = o.id \
        where v.version = (select max(x.version) from offer_version x where x.offer_id = o.id) \
        and o.university_id = $1 and o.application_number = $2 order by o.id";
    let row: Option<Row> = with_conn!(tx, conn => sqlx::query_as(SQL).bind(university).bind(number)
        .fetch_optional(conn).await)
    .map_err(db::Error::from)?;
    row.map(offer).transpose()
}

/// The versions of an offer, the latest first.
pub(super) async fn versions(tx: &mut Tx, offer: i64) -> Result<Vec<Version>, Error> {
    const SQL: &str = "select o.id, '' as university, o.application_number, o.document_key, o.title, v.version, v.state, \
        v.forms, v.field, v.price_fen, v.contact, v.until_on, v.note, v.by_whom, v.at from offer o \
        join offer_version v on v.offer_id = o.id where o.id = $1 order by v.version desc";
    let rows: Vec<Row> =
        with_conn!(tx, conn => sqlx::query_as(SQL).bind(offer).fetch_all(conn).await).map_err(db::Error::from)?;
    rows.into_iter().map(version).collect()
}

fn offer(row: Row) -> Result<Offer, Error> {
    Ok(Offer {
        id: row.id,
        university: row.university.clone(),
        application_number: row.application_number.clone(),
        document_key: row.document_key.clone(),
        title: row.title.clone(),
        latest: version(row)?,
    })
}

fn version(row: Row) -> Result<Version, Error> {
    let form = |word: &str| known(ContractKind::of_zh(word), word);
    Ok(Version {
        version: row.version,
        state: known(State::of_key(&row.state), &row.state)?,
        terms: Terms {
            forms: row.forms.split('|').map(form).collect::<Result<_, _>>()?,
            field: row.field,
            price_fen: row.price_fen,
            contact: row.contact,
            until: known(row.until_on.parse().ok(), &row.until_on)?,
            note: row.note,
        },
        by: row.by_whom,
        at: row.at,
    })
}

fn known<T>(found: Option<T>, text: &str) -> Result<T, Error> {
    found.ok_or_else(|| Error::Damaged(format!("专利供给的记录中有本程序不认识的“{text}”。请从备份恢复，或更新程序。")))
}

pub(super) async fn insert(tx: &mut Tx, university: i64, patent: &Patent) -> Result<i64, Error> {
    const SQL: &str = "insert into offer (university_id, application_number, document_key, title) values ($1, $2, $3, $4) \
        returning id";
    let (id,): (i64,) = with_conn!(tx, conn => sqlx::query_as(SQL).bind(university).bind(&patent.application_number)
        .bind(&patent.document_key).bind(&patent.title).fetch_one(conn).await)
    .map_err(db::Error::from)?;
    Ok(id)
}

pub(super) async fn insert_version(tx: &mut Tx, offer: i64, version: &Version) -> Result<(), Error> {
    const SQL: &str = "insert into offer_version (offer_id, version, state, forms, field, price_fen, contact, until_on, \
        note, by_whom, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let terms = &version.terms;
    let forms: Vec<&str> = terms.forms.iter().map(|form| form.zh()).collect();
    with_conn!(tx, conn => sqlx::query(SQL).bind(offer).bind(version.version).bind(version.state.key())
        .bind(forms.join("|")).bind(&terms.field).bind(terms.price_fen).bind(&terms.contact)
        .bind(terms.until.to_string()).bind(&terms.note).bind(&version.by).bind(&version.at)
        .execute(conn).await.map(|_| ()))
    .map_err(db::Error::from)?;
    Ok(())
}

/// The number and the code of a university or institute.
pub(super) async fn university(tx: &mut Tx, name: &str) -> Result<Option<(i64, String)>, Error> {
    const SQL: &str =
        "select id, coalesce(code, '') from organisation where kind = 'university' and name = $1 order by id";
    Ok(with_conn!(tx, conn => sqlx::query_as(SQL).bind(name).fetch_optional(conn).await).map_err(db::Error::from)?)
}

#[derive(sqlx::FromRow)]
struct AnswerRow {
    id: i64,
    demand_id: i64,
    demand: String,
    firm: String,
    uscc: String,
    university: String,
    document_key: String,
    application_number: String,
    title: String,
    words: String,
    contact: String,
    by_whom: String,
    answered_on: String,
    withdrawn_at: Option<String>,
}

/// Every answer to every demand, the latest first.
pub(super) async fn answers(tx: &mut Tx) -> Result<Vec<Answer>, Error> {
    const SQL: &str = "select a.id, a.demand_id, d.title as demand, d.firm, d.uscc, u.name as university, \
        a.document_key, a.application_number, a.title, a.words, a.contact, a.by_whom, a.answered_on, a.withdrawn_at from demand_answer a \
        join demand d on d.id = a.demand_id join organisation u on u.id = a.university_id order by a.id desc";
    let rows: Vec<AnswerRow> =
        with_conn!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await).map_err(db::Error::from)?;
    let answer = |row: AnswerRow| Answer {
        id: row.id,
        demand_id: row.demand_id,
        demand: row.demand,
        firm: row.firm,
        uscc: row.uscc,
        university: row.university,
        document_key: row.document_key,
        application_number: row.application_number,
        title: row.title,
        words: row.words,
        contact: row.contact,
        by: row.by_whom,
        on: row.answered_on,
        is_withdrawn: row.withdrawn_at.is_some(),
    };
    Ok(rows.into_iter().map(answer).collect())
}

/// Keeps an answer; none where one about the same patent stands already.
pub(super) async fn insert_answer(
    tx: &mut Tx,
    university: i64,
    answer: &Answer,
    at: &str,
) -> Result<Option<i64>, Error> {
    const SQL: &str = "insert into demand_answer (demand_id, university_id, document_key, title, words, contact, by_whom, \
        answered_on, at, application_number) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
        on conflict (demand_id, university_id, document_key, application_number) where withdrawn_at is null do nothing returning id";
    let row: Option<(i64,)> = with_conn!(tx, conn => sqlx::query_as(SQL).bind(answer.demand_id).bind(university)
        .bind(&answer.document_key).bind(&answer.title).bind(&answer.words).bind(&answer.contact).bind(&answer.by)
        .bind(&answer.on).bind(at).bind(&answer.application_number).fetch_optional(conn).await)
    .map_err(db::Error::from)?;
    Ok(row.map(|(id,)| id))
}

pub(super) async fn withdraw_answer(tx: &mut Tx, id: i64, at: &str) -> Result<(), Error> {
    const SQL: &str = "update demand_answer set withdrawn_at = $2 where id = $1";
    with_conn!(tx, conn => sqlx::query(SQL).bind(id).bind(at).execute(conn).await.map(|_| ()))
        .map_err(db::Error::from)?;
    Ok(())
}
