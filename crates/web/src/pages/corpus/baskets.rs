//! `/corpus/baskets` 文献夹: documents that the visitor keeps, each rated and noted on a page of its own.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::Uri,
    response::Response,
};
use documents::Document;
use domain::{
    accounts::Account,
    baskets::{self, Basket, Kept},
};
use serde::Deserialize;

use super::{
    ask, head,
    hits::{self, HitView},
};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Dir, Kind, ListQuery, Listing, ListingView},
    pages::room::{self, ListBlock, Room, Sent},
    pieces::Link,
};

pub(super) const PATH: &str = "/corpus/baskets";
const RATINGS: [i64; 5] = [5, 4, 3, 2, 1];

/// What has just been taken away and may be put back.
pub(crate) struct Undo {
    pub(crate) words: String,
    pub(crate) action: String,
    pub(crate) fields: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "corpus/baskets.html")]
struct BasketsPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    undo: Option<Undo>,
    baskets: Vec<(Link, String, String)>,
    field: Field,
}

#[derive(Template)]
#[template(path = "corpus/basket.html")]
struct BasketPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    undo: Option<Undo>,
    list: &'a ListingView,
    remove: String,
    /// What removing it means.
    removal: String,
}

#[derive(Template)]
#[template(path = "corpus/kept.html")]
struct KeptPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    hit: Option<HitView>,
    action: String,
    take_out: String,
    fields: Vec<Field>,
}

/// The number of what was removed just now.
#[derive(Debug, Deserialize)]
pub struct Removed {
    pub(super) removed: Option<i64>,
}

pub(crate) fn account(frame: &Frame) -> Result<&Account, AppError> {
    frame.account.as_ref().ok_or_else(|| AppError::internal("a page of an account without an account"))
}

/// The baskets to choose from.
pub(super) fn choices(frame: &Frame, baskets: &[Basket]) -> Vec<Choice> {
    let one = |basket: &Basket| {
        let parts = [("name", basket.name.clone()), ("count", format::count(basket.documents))];
        Choice::new(basket.id.to_string(), frame.tn("corpus-basket-choice", parts))
    };
    baskets.iter().map(one).collect()
}

/// `GET /corpus/baskets`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    Query(Removed { removed }): Query<Removed>,
) -> Result<Response, AppError> {
    let undo = removed.map(|id| Undo {
        words: frame.t("corpus-basket-removed"),
        action: frame.at(&format!("{PATH}/{id}/restore")),
        fields: Vec::new(),
    });
    overview(&app, &frame, undo, &Errors::default(), "").await
}

async fn overview(
    app: &App,
    frame: &Frame,
    undo: Option<Undo>,
    errors: &Errors,
    name: &str,
) -> Result<Response, AppError> {
    let all = baskets::all(app.db(), account(frame)?).await?;
    let line = |basket: &Basket| {
        let made = basket.created_at.parse().map_or_else(|_| String::new(), format::instant);
        let link = Link::new(basket.name.clone(), frame.at(&format!("{PATH}/{}", basket.id)));
        (link, format::count(basket.documents), made)
    };
    let room = head(frame, PATH).wrong(!errors.is_empty());
    let field = Field::of("name", frame.t("corpus-basket-name"), FieldKind::Text, name, errors);
    let page = BasketsPage { frame, room: &room, errors, undo, baskets: all.iter().map(line).collect(), field };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// `POST /corpus/baskets/open`: makes a basket.
pub async fn open(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    match baskets::open(app.db(), account(&frame)?, sent.get("name"), app.now()).await {
        Ok(id) => Ok(room::see_other(&frame, &format!("{PATH}/{id}"))),
        Err(domain::Error::Invalid(why) | domain::Error::Conflict(why)) => {
            let mut errors = Errors::default();
            errors.add("name", frame.said(&why));
            overview(&app, &frame, None, &errors, sent.get("name")).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /corpus/baskets/put`: puts the documents that were picked into a basket, a new one if it has a name.
pub async fn put(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let account = account(&frame)?;
    let keys: Vec<String> = sent.all("pick").map(str::to_owned).collect();
    if keys.is_empty() {
        return Err(AppError::Invalid(frame.t("corpus-put-nothing")));
    }
    let id = match (sent.get("new-basket"), sent.get("basket").parse()) {
        ("", Ok(id)) => id,
        ("", Err(_)) => return Err(AppError::Invalid(frame.t("corpus-put-nowhere"))),
        (name, _) => baskets::open(app.db(), account, name, app.now()).await?,
    };
    let count = baskets::put(app.db(), account, id, &keys, app.now()).await?;
    let back = sent.get("back");
    let back = if back.starts_with("/corpus") { back } else { super::PATH };
    let mark = if back.contains('?') { '&' } else { '?' };
    Ok(room::see_other(&frame, &format!("{back}{mark}basket={id}&count={count}")))
}

/// A document of a basket with what the corpus has of it.
struct Row {
    kept: Kept,
    document: Option<Document>,
}

async fn rows(app: &App, frame: &Frame, id: i64) -> Result<Vec<Row>, AppError> {
    let kept = baskets::documents(app.db(), account(frame)?, id).await?;
    let keys: Vec<String> = kept.iter().map(|kept| kept.document_key.clone()).collect();
    let documents = ask(app, move |corpus| match corpus {
        Some(corpus) => corpus.documents(&keys),
        None => Ok(vec![None; keys.len()]),
    });
    Ok(kept.into_iter().zip(documents.await?).map(|(kept, document)| Row { kept, document }).collect())
}

/// `GET /corpus/baskets/{id}`.
pub async fn one(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(id): Path<i64>,
    uri: Uri,
) -> Result<Response, AppError> {
    let basket = baskets::find(app.db(), account(&frame)?, id).await?;
    let rows = rows(&app, &frame, id).await?;
    let query = ListQuery::parse(&uri);
    let path = format!("{PATH}/{id}");
    let listing = listing(&frame, &path, &basket);
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let list = listing.view(&rows, &query);
    if hx.wants_block() {
        return hx::page(ListBlock { frame: &frame, list: &list });
    }
    let undo = query.filter("out").map(|key| Undo {
        words: frame.t1("corpus-taken-out", "number", key),
        action: frame.at(&format!("{PATH}/put")),
        fields: vec![("basket", id.to_string()), ("pick", key.to_owned()), ("back", path.clone())],
    });
    let mut room = head(&frame, PATH);
    room.title.clone_from(&basket.name);
    room.line = frame.t("corpus-basket-line");
    let removal = frame.t1("corpus-basket-removal", "count", format::count(basket.documents));
    hx::page(BasketPage {
        frame: &frame,
        room: &room,
        undo,
        list: &list,
        remove: frame.at(&format!("{path}/remove")),
        removal,
    })
}

fn listing<'a>(frame: &'a Frame, path: &'a str, basket: &Basket) -> Listing<'a, Row> {
    let document = |row: &Row| row.document.clone().unwrap_or_default();
    let names =
        |parties: &[documents::Party]| parties.iter().map(|party| party.name.as_str()).collect::<Vec<_>>().join("；");
    let edit = move |row: &Row| frame.at(&format!("{path}/documents/{}", format::encode(&row.kept.document_key)));
    let mut ratings: Vec<Choice> = RATINGS.map(|rating| Choice::new(rating.to_string(), rating.to_string())).into();
    ratings.push(Choice::new("none", frame.t("corpus-rating-none")));
    Listing::new(frame, "basket", path, basket.name.clone())
        .column("number", frame.t("corpus-col-number"), Kind::Code, move |row: &Row| match &row.document {
            Some(document) => Cell::code(hits::number_of(document)).link(frame.at(&hits::path(&document.key))),
            None => Cell::code(row.kept.document_key.clone()),
        })
        .column("title", frame.t("corpus-col-title"), Kind::Text, move |row| match &row.document {
            Some(document) => Cell::text(hits::title_of(frame, document)),
            None => Cell::text(frame.t("corpus-gone")),
        })
        .column("owner", frame.t("corpus-owner"), Kind::Text, move |row| {
            let document = document(row);
            Cell::text(names(if document.owners.is_empty() { &document.applicants } else { &document.owners }))
        })
        .column("filed", frame.t("corpus-fact-filed"), Kind::Date, move |row| Cell::date(document(row).filed_on))
        .column("state", frame.t("corpus-facet-state"), Kind::Text, move |row| {
            match hits::state(frame, document(row).state) {
                Some(state) => Cell::state(state, 0),
                None => Cell::empty(),
            }
        })
        .column("rating", frame.t("corpus-rating"), Kind::Number, move |row| match row.kept.rating {
            Some(rating) => Cell::number(rating).link(edit(row)),
            None => Cell::text(frame.t("corpus-rate")).link(edit(row)),
        })
        .column("note", frame.t("corpus-note"), Kind::Text, |row| Cell::text(row.kept.note.clone()))
        .filter("rating", frame.t("corpus-rating"), ratings, |row, key| {
            row.kept.rating.map_or_else(|| "none".to_owned(), |rating| rating.to_string()) == key
        })
        .search(frame.t("corpus-basket-search"), move |row| {
            let document = document(row);
            format!("{} {} {}", row.kept.document_key, hits::title_of(frame, &document), row.kept.note)
        })
        .sorted_by("rating", Dir::Down)
        .when_empty(frame.t("corpus-basket-empty"), frame.t("corpus-basket-empty-todo"))
}

/// `GET /corpus/baskets/{id}/documents/{key}`: the rating and note of one document.
pub async fn kept(
    State(app): State<App>,
    frame: Frame,
    Path((id, key)): Path<(i64, String)>,
) -> Result<Response, AppError> {
    let errors = Errors::default();
    let kept = find(&app, &frame, id, &key).await?;
    let rating = kept.rating.map(|rating| rating.to_string()).unwrap_or_default();
    kept_page(&app, &frame, id, &key, &rating, &kept.note, &errors).await
}

async fn find(app: &App, frame: &Frame, id: i64, key: &str) -> Result<Kept, AppError> {
    let kept = baskets::documents(app.db(), account(frame)?, id).await?;
    let found = kept.into_iter().find(|kept| kept.document_key == key);
    found.ok_or_else(|| AppError::NotFound(frame.t1("corpus-not-held", "number", key)))
}

async fn kept_page(
    app: &App,
    frame: &Frame,
    id: i64,
    key: &str,
    rating: &str,
    note: &str,
    errors: &Errors,
) -> Result<Response, AppError> {
    let basket = baskets::find(app.db(), account(frame)?, id).await?;
    let asked = vec![key.to_owned()];
    let document =
        ask(app, move |corpus| corpus.map_or(Ok(Vec::new()), |corpus| corpus.documents(&asked))).await?.pop().flatten();
    let mut room = Room::new(frame.t("corpus-assess"), key).wrong(!errors.is_empty());
    let path = format!("{PATH}/{id}");
    room.crumbs =
        vec![Link::new(frame.t("corpus-tab-baskets"), frame.at(PATH)), Link::new(basket.name, frame.at(&path))];
    let mut ratings: Vec<Choice> =
        RATINGS.map(|rating| Choice::new(rating.to_string(), frame.t(&format!("corpus-rating-{rating}")))).into();
    ratings.push(Choice::new("", frame.t("corpus-rating-none")));
    let action = frame.at(&format!("{path}/documents/{}", format::encode(key)));
    let page = KeptPage {
        frame,
        room: &room,
        errors,
        hit: document.map(|document| HitView::plain(frame, &corpus::Query::All, &document)),
        take_out: format!("{action}/take-out"),
        action,
        fields: vec![
            Field::of("rating", frame.t("corpus-rating"), FieldKind::Radios(ratings), rating, errors).optional(),
            Field::of("note", frame.t("corpus-note"), FieldKind::Lines, note, errors).optional(),
        ],
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// `POST /corpus/baskets/{id}/documents/{key}`.
pub async fn assess(
    State(app): State<App>,
    frame: Frame,
    Path((id, key)): Path<(i64, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let (rating, note) = (sent.get("rating"), sent.get("note"));
    // What is no number is refused as one that is out of range.
    let judged = if rating.is_empty() { None } else { Some(rating.parse().unwrap_or(0)) };
    match baskets::assess(app.db(), account(&frame)?, id, &key, judged, note, app.now()).await {
        Ok(()) => Ok(room::see_other(&frame, &format!("{PATH}/{id}"))),
        Err(domain::Error::Invalid(why)) => {
            let mut errors = Errors::default();
            errors
                .add(if note.chars().count() > baskets::NOTE_CHARS_MAX { "note" } else { "rating" }, frame.said(&why));
            kept_page(&app, &frame, id, &key, rating, note, &errors).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /corpus/baskets/{id}/documents/{key}/take-out`.
pub async fn take_out(
    State(app): State<App>,
    frame: Frame,
    Path((id, key)): Path<(i64, String)>,
) -> Result<Response, AppError> {
    baskets::take_out(app.db(), account(&frame)?, id, &key, app.now()).await?;
    Ok(room::see_other(&frame, &format!("{PATH}/{id}?out={}", format::encode(&key))))
}

/// `POST /corpus/baskets/{id}/remove`.
pub async fn remove(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    baskets::remove(app.db(), account(&frame)?, id, app.now()).await?;
    Ok(room::see_other(&frame, &format!("{PATH}?removed={id}")))
}

/// `POST /corpus/baskets/{id}/restore`.
pub async fn restore(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    baskets::restore(app.db(), account(&frame)?, id, app.now()).await?;
    Ok(room::see_other(&frame, &format!("{PATH}/{id}")))
}
