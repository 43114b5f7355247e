//! `/corpus/searches` 保存的检索: queries that the visitor keeps, and what has come since each was last opened.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query as Asked, State},
    response::Response,
};
use corpus::{Corpus, Field, Query, Value};
use domain::saved_searches::{self, SavedSearch};

use super::{
    ask,
    baskets::{Removed, Undo, account},
    head,
    wish::Wish,
};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    hx,
    pages::room::{self, Room, Sent},
};

const PATH: &str = "/corpus/searches";

#[derive(Template)]
#[template(path = "corpus/searches.html")]
struct SearchesPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    undo: Option<Undo>,
    searches: Vec<Row>,
}

/// A search ready to print.
struct Row {
    name: String,
    query: String,
    href: String,
    total: String,
    new: String,
    has_new: bool,
    seen_at: String,
    open: String,
    watch: String,
    remove: String,
}

/// `GET /corpus/searches`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    Asked(Removed { removed }): Asked<Removed>,
) -> Result<Response, AppError> {
    let all = saved_searches::all(app.db(), account(&frame)?).await?;
    let asked = all.clone();
    let counts = ask(&app, move |corpus| match corpus {
        Some(corpus) => asked.iter().map(|search| counted(corpus, search)).collect(),
        None => Ok(vec![None; asked.len()]),
    });
    let counts: Vec<Option<(u64, u64)>> = counts.await?;
    let undo = removed.map(|id| Undo {
        words: frame.t("corpus-search-removed"),
        action: frame.at(&format!("{PATH}/{id}/restore")),
        fields: Vec::new(),
    });
    let row = |(search, count): (SavedSearch, Option<(u64, u64)>)| Row {
        href: frame.at(&Wish::asking(&search.query).href()),
        total: count.map_or_else(|| frame.t("word-unknown"), |(total, _)| format::count(total)),
        new: count.map_or_else(|| frame.t("word-unknown"), |(_, new)| format::count(new)),
        has_new: count.is_some_and(|(_, new)| new > 0),
        seen_at: search.seen_at.parse().map_or_else(|_| String::new(), format::instant),
        open: frame.at(&format!("{PATH}/{}/open", search.id)),
        watch: frame.at(&format!("/warnings/watches?search={}", format::encode(&search.query))),
        remove: frame.at(&format!("{PATH}/{}/remove", search.id)),
        name: search.name,
        query: search.query,
    };
    let room = head(&frame, PATH);
    let searches = all.into_iter().zip(counts).map(row).collect();
    hx::page(SearchesPage { frame: &frame, room: &room, undo, searches })
}

/// How many documents a search finds, and how many of them came later than it has seen; nothing when it cannot be read.
fn counted(corpus: &Corpus, search: &SavedSearch) -> corpus::Result<Option<(u64, u64)>> {
    let Ok(query) = Query::parse(&search.query) else { return Ok(None) };
    let later = Query::term(Field::Arrival, Value::Whole(search.seen_arrival.to_string()));
    let counted = corpus.count(&query).and_then(|total| Ok((total, corpus.count(&query.and(later))?)));
    match counted {
        Ok(counts) => Ok(Some(counts)),
        Err(corpus::Error::Query(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The latest arrival of documents.
async fn arrival(app: &App) -> Result<u64, AppError> {
    ask(app, |corpus| Ok(corpus.map_or(0, |corpus| corpus.manifest().latest_arrival()))).await
}

/// `POST /corpus/searches/save`.
pub async fn save(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let query = Query::parse(sent.get("query")).map_err(|error| AppError::Invalid(error.to_string()))?;
    let arrival = arrival(&app).await?;
    saved_searches::save(app.db(), account(&frame)?, sent.get("name"), &query.to_string(), arrival, app.now()).await?;
    Ok(room::see_other(&frame, PATH))
}

/// `POST /corpus/searches/{id}/open`: leads to what is new, or to everything, and notes it as seen.
pub async fn open(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let arrival = arrival(&app).await?;
    let search = saved_searches::open(app.db(), account(&frame)?, id, arrival, app.now()).await?;
    let mut wish = Wish::asking(&search.query);
    if u64::try_from(search.seen_arrival).is_ok_and(|seen| seen < arrival) {
        wish = wish.narrowed_by(format!("RB>{}", search.seen_arrival));
    }
    Ok(room::see_other(&frame, &wish.href()))
}

/// `POST /corpus/searches/{id}/remove`.
pub async fn remove(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    saved_searches::remove(app.db(), account(&frame)?, id, app.now()).await?;
    Ok(room::see_other(&frame, &format!("{PATH}?removed={id}")))
}

/// `POST /corpus/searches/{id}/restore`.
pub async fn restore(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    saved_searches::restore(app.db(), account(&frame)?, id, app.now()).await?;
    Ok(room::see_other(&frame, PATH))
}
