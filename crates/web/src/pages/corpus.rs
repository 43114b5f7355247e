//! `/corpus` 文献: the search of the patent documents of the world, by one box, a form, a list of numbers or a likeness;
//! baskets, saved searches and the page of a document.
//!
//! Nothing is counted or ranked here; `corpus` answers. Names on a document are those of the gazettes, which the law
//! publishes, so that nobody's is covered.

pub mod audit;
pub mod baskets;
pub mod document;
mod export;
mod facets;
pub mod form;
pub(crate) mod hits;
pub mod import;
pub mod intakes;
pub mod like;
pub mod meaning;
pub mod names;
pub mod numbers;
pub mod searches;
mod shelf;
pub(crate) mod wish;

use askama::Template;
use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use corpus::{Corpus, Field, Nearness, Page, Query};
use domain::accounts::Permission;

pub use self::shelf::Shelf;
use self::{facets::FacetView, wish::Pointed};
pub(crate) use self::{hits::HitView, shelf::ask, wish::Wish};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx,
    list::PageLink,
    pages::room::{self, Room},
    pieces::{Link, Notice, Tab, Tone},
};

/// How many numbers that no document has are named.
const UNKNOWN_MAX: usize = 500;
/// How many of its words are marked in the hits.
const TELLING_MAX: usize = 16;
/// The first page.
pub(crate) const PATH: &str = "/corpus";

#[derive(Template)]
#[template(path = "corpus/search.html")]
struct SearchPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    wish: &'a Wish,
    /// Why the query cannot be read, and where.
    wrong: Option<Pointed>,
    /// What there is to search; nothing while there is no corpus.
    start: Option<Start>,
    found: Option<Found>,
    help: Vec<(&'static str, String, &'static str)>,
}

/// What the page says before anything was asked.
struct Start {
    line: String,
    examples: Vec<Link>,
}

/// What was found.
struct Found {
    total: String,
    /// What the list is, where it is of likeness; it has no total then.
    like: Option<String>,
    families: Option<String>,
    range: Option<(String, String)>,
    narrowed: Vec<Link>,
    orders: Vec<(Link, bool)>,
    units: Vec<(Link, bool)>,
    hits: Vec<HitView>,
    facets: Vec<FacetView>,
    /// Numbers of the list that no document has.
    unknown: Vec<String>,
    unknown_count: String,
    pages: Vec<PageLink>,
    previous: Option<String>,
    next: Option<String>,
    sizes: Vec<(usize, String, bool)>,
    exports: Vec<Link>,
    /// The way to the audit of the query, where it is short enough for an address.
    audit: Option<String>,
    /// The whole query as one text, to be kept.
    query: String,
    keep: Option<Keep>,
}

/// What may be done with hits.
struct Keep {
    baskets: Vec<Choice>,
    back: String,
}

/// What the corpus answers.
enum Answer {
    Nothing,
    Unasked { documents: u64, years: Option<(i16, i16)> },
    Wrong(Pointed),
    Found(Box<Answered>),
}

struct Answered {
    query: Query,
    hits: corpus::Hits,
    facets: Vec<(facets::Kind, corpus::Facet)>,
    unknown: Vec<String>,
    /// Whether the meaning of words was learnt, so that documents can be ranked by it.
    is_learnt: bool,
}

/// `GET /corpus`: the hits of what the address asks, or what there is to ask.
pub async fn page(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let wish = Wish::parse(&uri).with_numbers(&app, &frame).await?;
    if let Some(kind) = wish.export {
        return export::answer(&app, &frame, &wish, kind).await;
    }
    let asked = wish.clone();
    let answer = ask(&app, move |corpus| answer(corpus, &asked)).await?;
    let mut room = head(&frame, PATH).with(notice(&frame, &wish));
    let (mut wrong, mut start, mut found) = (None, None, None);
    match answer {
        Answer::Nothing => room.notice = Some(absent(&frame)),
        Answer::Unasked { documents, years } => start = Some(begin(&frame, documents, years)),
        Answer::Wrong(pointed) => {
            room.is_wrong = true;
            wrong = Some(pointed);
        }
        Answer::Found(answered) => found = Some(shown(&app, &frame, &wish, *answered).await?),
    }
    let help = if start.is_some() || wrong.is_some() { help(&frame) } else { Vec::new() };
    let is_wrong = wrong.is_some();
    let page = SearchPage { frame: &frame, room: &room, wish: &wish, wrong, start, found, help };
    if is_wrong { hx::refused(page) } else { hx::page(page) }
}

fn answer(corpus: Option<&Corpus>, wish: &Wish) -> corpus::Result<Answer> {
    let Some(corpus) = corpus.filter(|corpus| corpus.manifest().documents() > 0) else { return Ok(Answer::Nothing) };
    if wish.is_unasked() {
        let manifest = corpus.manifest();
        return Ok(Answer::Unasked { documents: manifest.documents(), years: manifest.years() });
    }
    let query = match wish.query(corpus)? {
        Ok(query) => query,
        Err(pointed) => return Ok(Answer::Wrong(pointed)),
    };
    let is_like = query.likeness().is_some();
    let search = |number: usize| {
        let page = Page {
            offset: (number - 1).saturating_mul(wish.size),
            limit: wish.size,
            order: wish.order,
            by_family: wish.by_family,
        };
        if is_like { corpus.near(&query, wish.near, &page) } else { corpus.search(&query, &page) }
    };
    let found = search(wish.page).and_then(|hits| match last_page(&hits, wish.size) {
        last if last < wish.page => search(last),
        _ => Ok(hits),
    });
    let hits = match found {
        Ok(hits) => hits,
        // What costs too much is known only when the query meets the index; its place is that of the whole text.
        Err(corpus::Error::Query(error)) => return Ok(Answer::Wrong(Pointed::new(&wish.q, &error))),
        Err(error) => return Err(error),
    };
    // Counts over everything that shares a word would not be those of the list.
    let facets = if hits.documents == 0 || is_like { Vec::new() } else { facets::count(corpus, &query, wish)? };
    let unknown = corpus.unknown_numbers(&query.listed_numbers())?;
    let is_learnt = is_like && corpus.learnt()?.is_some();
    Ok(Answer::Found(Box::new(Answered { query, hits, facets, unknown, is_learnt })))
}

async fn shown(app: &App, frame: &Frame, wish: &Wish, answered: Answered) -> Result<Found, AppError> {
    let Answered { query, hits, facets, unknown, is_learnt } = answered;
    let last = last_page(&hits, wish.size);
    let page = wish.page.min(last);
    let go = |page: usize| frame.at(&wish.on_page(page).href());
    let first = (page - 1) * wish.size + 1;
    let keep = match &frame.account {
        Some(account) if frame.may(Permission::KeepBaskets) && hits.documents > 0 => {
            let baskets = domain::baskets::all(app.db(), account).await?;
            Some(Keep { baskets: baskets::choices(frame, &baskets), back: wish.href() })
        }
        _ => None,
    };
    let like = query.likeness().map(|words| {
        let near = if is_learnt { wish.near } else { Nearness::Words };
        let key = match (near, hits.families.is_some()) {
            (Nearness::Words, true) => "corpus-like-families",
            (Nearness::Words, false) => "corpus-like-documents",
            (Nearness::Meaning | Nearness::Both, true) => "corpus-near-families",
            (Nearness::Meaning | Nearness::Both, false) => "corpus-near-documents",
        };
        frame.tn(key, [("words", words.to_string()), ("count", format::count(total(&hits)))])
    });
    // Its words stand with the most telling first; what stands in every text would be marked everywhere.
    let marked = query.telling(query.likeness().map_or(0, |words| words.div_ceil(2).min(TELLING_MAX)));
    Ok(Found {
        total: format::count(hits.documents),
        families: hits.families.map(format::count),
        range: (last > 1 && !hits.hits.is_empty())
            .then(|| (format::count(first), format::count(first + hits.hits.len() - 1))),
        narrowed: wish.narrowed(frame),
        orders: match (&like, is_learnt) {
            (None, _) => wish.orders(frame),
            (Some(_), true) => wish.nearnesses(frame),
            (Some(_), false) => Vec::new(),
        },
        units: wish.units(frame),
        hits: hits.hits.iter().map(|hit| HitView::of(frame, &marked, hit, wish)).collect(),
        facets: facets.into_iter().map(|(kind, facet)| FacetView::of(frame, wish, kind, facet)).collect(),
        unknown_count: format::count(unknown.len()),
        unknown: unknown.into_iter().take(UNKNOWN_MAX).collect(),
        pages: crate::list::page_links(page, last, go),
        previous: (page > 1).then(|| go(page - 1)),
        next: (page < last).then(|| go(page + 1)),
        sizes: wish.sizes(frame, total(&hits)),
        exports: export::links(frame, wish),
        audit: if like.is_some() { None } else { audit::href(frame, &query) },
        like,
        // What is kept is the query in words; a list too long for an address is a link and no text.
        query: if wish.list.is_some() { String::new() } else { query.to_string() },
        keep,
    })
}

/// How many hits there are, by the unit that was asked for.
fn total(hits: &corpus::Hits) -> usize {
    usize::try_from(hits.families.unwrap_or(hits.documents)).unwrap_or(usize::MAX)
}

fn last_page(hits: &corpus::Hits, size: usize) -> usize {
    total(hits).div_ceil(size).max(1)
}

fn begin(frame: &Frame, documents: u64, years: Option<(i16, i16)>) -> Start {
    let mut line = frame.t1("corpus-holds", "count", format::count(documents));
    if let Some((first, last)) = years {
        line.push_str(&frame.tn("corpus-years", &[("first", first.to_string()), ("last", last.to_string())]));
    }
    let example = |q: &str| Link::new(q, frame.at(&Wish::asking(q).href()));
    let examples = ["锂电池 散热", "TI=\"绝缘子\" AND AD>=2018", "IC=H01M NOT PA=大学", "TI=(定子 /5n 绕组)", "*"];
    Start { line, examples: examples.map(example).into() }
}

/// The fields of the language, each with an example.
fn help(frame: &Frame) -> Vec<(&'static str, String, &'static str)> {
    let example = |field: Field| match field {
        Field::Text => "石墨烯 电池",
        Field::Title => "TI=\"石墨烯\"",
        Field::Abstract => "AB=(电池 /5n 散热)",
        Field::Claims => "CL=缓冲件",
        Field::Description => "DE=实施例",
        Field::Applicant => "PA=理工大学",
        Field::Owner => "OW==\"某某有限公司\"",
        Field::Inventor => "IN=王伟",
        Field::Agent => "AG=代理",
        Field::Address => "PR=科创路",
        Field::Province => "PV=江苏",
        Field::City => "CITY=南通市",
        Field::Ipc => "IC=H01M10",
        Field::Cpc => "CPC=Y02E60/10",
        Field::Locarno => "LOC=06-01",
        Field::Number => "NO=CN103731270B",
        Field::Filed => "AD=[2018 TO 2020-06]",
        Field::Published => "PD>=2022-01-01",
        Field::Granted => "GD=2023",
        Field::Office => "PC=US",
        Field::Kind => "KD=发明",
        Field::State => "ST=有效",
        Field::Family => "FA=\"…\"",
        Field::Cited => "CT=CN103731270B",
        Field::Arrival => "RB>12",
    };
    Field::all().map(|field| (field.code(), frame.said(field.zh()), example(field))).collect()
}

/// The head of a page of the corpus, with its neighbours.
pub(crate) fn head(frame: &Frame, path: &str) -> Room {
    const TABS: [(&str, &str, Permission); 10] = [
        ("corpus-tab-search", PATH, Permission::SearchCorpus),
        ("corpus-tab-form", "/corpus/form", Permission::SearchCorpus),
        ("corpus-tab-numbers", "/corpus/numbers", Permission::SearchCorpus),
        ("corpus-tab-like", "/corpus/like", Permission::SearchCorpus),
        ("corpus-tab-audit", audit::PATH, Permission::SearchCorpus),
        ("corpus-tab-baskets", "/corpus/baskets", Permission::KeepBaskets),
        ("corpus-tab-searches", "/corpus/searches", Permission::KeepBaskets),
        ("corpus-tab-names", names::PATH, Permission::Evaluate),
        ("corpus-import", "/corpus/import", Permission::ChangeRegistry),
        ("corpus-intakes", intakes::PATH, Permission::ViewRegistry),
    ];
    let mut room = Room::new(frame.t("corpus-title"), frame.t("corpus-line"));
    room.tabs_label = frame.t("corpus-title");
    let allowed = TABS.iter().filter(|(_, _, needs)| frame.may(*needs));
    room.tabs = allowed
        .map(|(key, own, _)| Tab {
            link: Link::new(frame.t(key), frame.at(own)),
            is_current: *own == path,
            count: String::new(),
        })
        .collect();
    room
}

/// What is said while there is no corpus.
pub(crate) fn absent(frame: &Frame) -> Notice {
    Notice { tone: Tone::Warn, title: frame.t("corpus-none"), lines: vec![frame.t("corpus-none-todo")], link: None }
}

/// What has just been done with the hits, from the words in the address.
fn notice(frame: &Frame, wish: &Wish) -> Option<Notice> {
    let (basket, count) = wish.put?;
    let title = match count {
        0 => frame.t("corpus-put-none"),
        count => frame.t1("corpus-put", "count", format::count(count)),
    };
    let link = Some(Link::new(frame.t("corpus-put-open"), frame.at(&format!("/corpus/baskets/{basket}"))));
    Some(Notice { tone: Tone::Ok, title, lines: Vec::new(), link })
}

/// The way to the document of a patent of the register, if the corpus has it.
pub(crate) async fn link_to(app: &App, frame: &Frame, number: &str) -> Result<Option<Link>, AppError> {
    let number = number.to_owned();
    let found = ask(app, move |corpus| match corpus.map(|corpus| corpus.find(&number)) {
        Some(Ok(documents)) => Ok(documents.into_iter().next()),
        None | Some(Err(corpus::Error::NotFound(_))) => Ok(None),
        Some(Err(error)) => Err(error),
    });
    let link = |document| Link::new(hits::number_of(&document), frame.at(&hits::path(&document.key)));
    Ok(found.await?.map(link))
}

/// The path of the search for what a body of this name applied for or owns.
pub(crate) fn documents_of(name: &str) -> String {
    let name = name.replace('"', "\"\"");
    Wish::asking(&format!("PA==\"{name}\" OR OW==\"{name}\"")).href()
}

/// `303` to a search.
pub(crate) fn to_search(frame: &Frame, query: &str) -> Response {
    room::see_other(frame, &Wish::asking(query).href()).into_response()
}
