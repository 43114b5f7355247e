//! `/navigation` 专利导航: the leading industries, the reports that were kept, and a new report beside the pages.

pub mod chain;
pub(crate) mod library;
pub mod record;
pub mod report;
mod table;

use askama::Template;
use axum::{Form, extract::State, http::Uri, response::Response};
use domain::{accounts::Permission, subjects};
use navigation::{Basis, Report, Scope, Subject, Template as Kind, chain as chains, chain::Chain, shelf::Kept};
use terms::Uscc;

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind as Column, Listing, ListingView},
    pages::{
        jobs::{self, End, Words},
        room::{self, ListBlock, Room, Sent},
    },
    pieces::{Link, Notice, Tone},
};

#[derive(Template)]
#[template(path = "navigation/list.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    industries: Vec<Industry>,
    may_edit: bool,
    subject: String,
    list: &'a ListingView,
    start: Option<Vec<Field>>,
}

/// One of the leading industries.
struct Industry {
    name: Link,
    edition: String,
    documents: u64,
    families: u64,
    own: u64,
}

/// `GET /navigation`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = library::kept(&app, &frame);
    if query.export {
        return listing(&frame).workbook(&rows, &query);
    }
    let view = listing(&frame).view(&rows, &query);
    if hx.wants_block() {
        return hx::page(ListBlock { frame: &frame, list: &view });
    }
    respond(&app, &frame, &view, &Sent::default(), &Errors::default()).await
}

async fn respond(
    app: &App,
    frame: &Frame,
    list: &ListingView,
    sent: &Sent,
    errors: &Errors,
) -> Result<Response, AppError> {
    let chains = library::chains(app).await?;
    let subject = library::city(app).await?;
    let counted = library::counted(app, &chains, subject.as_ref()).await?;
    let notice = match (&counted, &subject) {
        (None, _) => Some(Notice {
            tone: Tone::Warn,
            title: frame.t("nav-no-corpus"),
            lines: vec![frame.t("nav-no-corpus-todo")],
            link: None,
        }),
        (_, None) => Some(Notice {
            tone: Tone::Warn,
            title: frame.t("nav-no-city"),
            lines: vec![frame.t("nav-no-city-todo")],
            link: None,
        }),
        _ => None,
    };
    let room = Room::new(frame.t("nav-title"), frame.t("nav-line")).with(notice).wrong(!errors.is_empty());
    let may_start = frame.may(Permission::Evaluate) && counted.is_some() && subject.is_some();
    let page = ListPage {
        frame,
        room: &room,
        errors,
        industries: industries(frame, &chains, counted.as_deref().unwrap_or_default()),
        may_edit: frame.may(Permission::ChangeRegistry),
        subject: subject.map(|subject| subject.name).unwrap_or_default(),
        list,
        start: may_start.then(|| start_fields(frame, &chains, sent, errors)),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn industries(frame: &Frame, chains: &[Chain], counted: &[(u64, u64, u64)]) -> Vec<Industry> {
    let industry = |(chain, (documents, families, own)): (&Chain, &(u64, u64, u64))| Industry {
        name: Link::new(frame.said(&chain.name), frame.at(&format!("/navigation/chains/{}", chain.id))),
        edition: chain::edition(frame, chain),
        documents: *documents,
        families: *families,
        own: *own,
    };
    chains.iter().zip(counted).map(industry).collect()
}

/// Where an enterprise finds its own reports.
pub(crate) const OWN: &str = "/my-enterprise/reports";

/// `GET /my-enterprise/reports`: the reports of the visitor's own enterprise.
pub async fn own(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let mut rows = library::kept(&app, &frame);
    let code = frame.account.as_ref().map(|account| account.unit.clone()).unwrap_or_default();
    rows.retain(|kept| !code.is_empty() && kept.enterprise == code);
    let (query, _) = room::wishes(&uri);
    let listing = listing_at(&frame, OWN);
    let room = Room::new(frame.t("nav-own-reports"), frame.t("nav-own-reports-line"));
    let room = room.below(&frame, &[("nav-my-enterprise", "/my-enterprise")]);
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

fn listing(frame: &Frame) -> Listing<'_, Kept> {
    listing_at(frame, "/navigation")
}

/// The reports on a page, each with the way to it from there.
fn listing_at<'a>(frame: &'a Frame, path: &'a str) -> Listing<'a, Kept> {
    let below = if path == OWN { OWN } else { "/navigation/reports" };
    let kinds = Kind::ALL.into_iter().map(|kind| Choice::new(kind.key(), frame.said(kind.zh()))).collect();
    Listing::new(frame, "reports", path, frame.t("nav-reports"))
        .column("title", frame.t("nav-report"), Column::Text, move |kept: &Kept| {
            Cell::text(kept.title.clone()).link(frame.at(&format!("{below}/{}", kept.id)))
        })
        .column("as-of", frame.t("nav-as-of"), Column::Date, |kept| Cell::code(kept.as_of.to_string()))
        .column("kind", frame.t("nav-kind"), Column::Text, |kept| Cell::text(frame.said(kept.template.zh())))
        .column("documents", frame.t("nav-documents"), Column::Number, |kept| {
            Cell::number(i64::try_from(kept.documents).unwrap_or(i64::MAX))
        })
        .column("snapshot", frame.t("nav-snapshot"), Column::Number, |kept| {
            Cell::number(i64::try_from(kept.snapshot).unwrap_or(i64::MAX))
        })
        .filter("kind", frame.t("nav-kind"), kinds, |kept, key| kept.template.key() == key)
        .when_empty(frame.t("nav-none"), frame.t(if path == OWN { "nav-own-none-todo" } else { "nav-none-todo" }))
}

fn start_fields(frame: &Frame, chains: &[Chain], sent: &Sent, errors: &Errors) -> Vec<Field> {
    let kinds = Kind::ALL.into_iter().map(|kind| Choice::new(kind.key(), frame.said(kind.zh()))).collect();
    let kind = if sent.get("kind").is_empty() { Kind::Industry.key() } else { sent.get("kind") };
    let mut nodes = vec![Choice::new("", frame.t("nav-no-chain"))];
    for chain in chains {
        nodes.push(Choice::new(chain.id.clone(), frame.said(&chain.name)));
        let name = |node: &chains::Node| format!("{} · {}", frame.said(&chain.name), node.name);
        nodes.extend(chain.nodes.iter().map(|node| Choice::new(format!("{}/{}", chain.id, node.id), name(node))));
    }
    let as_of = match sent.get("as_of") {
        "" => frame.business_date.to_string(),
        typed => typed.to_owned(),
    };
    let bases =
        vec![Choice::new("filed", frame.t("nav-basis-filed")), Choice::new("granted", frame.t("nav-basis-granted"))];
    let basis = if sent.get("basis").is_empty() { "filed" } else { sent.get("basis") };
    vec![
        Field::of("kind", frame.t("nav-kind"), FieldKind::Select(kinds), kind, errors).hint(frame.t("nav-kind-hint")),
        Field::of("chain", frame.t("nav-chain"), FieldKind::Select(nodes), sent.get("chain"), errors).optional(),
        Field::of("search", frame.t("nav-search"), FieldKind::Lines, sent.get("search"), errors)
            .hint(frame.t("nav-search-hint"))
            .optional(),
        Field::of("uscc", frame.t("nav-uscc"), FieldKind::Text, sent.get("uscc"), errors)
            .hint(frame.t("nav-uscc-hint"))
            .optional(),
        Field::of("as_of", frame.t("nav-as-of"), FieldKind::Date, &as_of, errors).hint(frame.t("nav-as-of-hint")),
        Field::of("basis", frame.t("nav-basis"), FieldKind::Radios(bases), basis, errors),
    ]
}

/// `POST /navigation/reports`: counts beside the pages, and leads to the report.
pub async fn start(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let scope = match sent.get("again") {
        "" => scope(&app, &frame, &sent, &mut errors).await?,
        id => Some(again(&app, &frame, id)?),
    };
    let Some(scope) = scope.filter(|_| errors.is_empty()) else {
        let rows = library::kept(&app, &frame);
        let view = listing(&frame).view(&rows, &Default::default());
        return respond(&app, &frame, &view, &sent, &errors).await;
    };
    let Some(corpus) = library::corpus(&app).await? else { return Err(AppError::Invalid(frame.t("nav-no-corpus"))) };
    let earlier = sent.get("again").to_owned();
    let names = domain::names::at(app.db(), None).await?;
    let words = Words {
        title: frame.t1("nav-running", "title", &scope.title),
        if_cancelled: frame.t("nav-if-cancelled"),
        back: Link::new(frame.t("nav-title"), frame.at("/navigation")),
        is_orderly: false,
    };
    let told = frame.clone();
    let done_by = app.clone();
    let job = jobs::start(&app, &frame, words, move |job| async move {
        job.tell(&told.t("nav-step-count"));
        let (by, detail) = (done_by.clone(), serde_json::json!({ "name": scope.title }));
        let kept = library::on_a_thread(move || library::keep(&by, &corpus, &scope, &names, &earlier)).await;
        let recorded = match kept {
            Ok(id) => room::record(&done_by, &told, "navigation.report", &id, &detail).await.map(|()| id),
            Err(error) => Err(error),
        };
        match recorded {
            Ok(id) => End::Done(format!("/navigation/reports/{id}")),
            Err(error) => jobs::failed(&told, error),
        }
    })
    .await?;
    Ok(room::see_other(&frame, &job.path()))
}

/// The scope of a kept report, at today's date.
fn again(app: &App, frame: &Frame, id: &str) -> Result<Scope, AppError> {
    let report = library::report(app, frame, id)?;
    Ok(Scope { as_of: frame.business_date, ..report.scope })
}

/// What the form asks for, or what is wrong with it.
async fn scope(app: &App, frame: &Frame, sent: &Sent, errors: &mut Errors) -> Result<Option<Scope>, AppError> {
    let Some(corpus) = library::corpus(app).await? else { return Err(AppError::Invalid(frame.t("nav-no-corpus"))) };
    let as_of = terms::dates::parse_date(sent.get("as_of")).ok();
    match as_of {
        None => errors.add("as_of", frame.t("nav-as-of-wrong")),
        Some(day) if day > frame.business_date => {
            errors.add("as_of", frame.t1("nav-as-of-future", "date", frame.date(frame.business_date)));
        }
        Some(_) => {}
    }
    let kind = Kind::of_key(sent.get("kind")).unwrap_or_default();
    // What would have no effect is refused: a report must never be about more than was asked for.
    let is_filled = |name: &str| !sent.get(name).is_empty();
    if kind != Kind::Enterprise && is_filled("uscc") {
        errors.add("uscc", frame.t("nav-uscc-unused"));
    }
    if kind == Kind::Enterprise && is_filled("chain") {
        errors.add("chain", frame.t("nav-chain-unused"));
    }
    if kind == Kind::Enterprise && is_filled("uscc") && is_filled("search") {
        errors.add("search", frame.t("nav-search-unused"));
    }
    let chains = library::chains(app).await?;
    let node = match sent.get("chain") {
        "" => None,
        address => Some(chains::find(&chains, address)?),
    };
    let query = match sent.get("search") {
        "" => None,
        text => corpus::Query::parse(text).map_err(|error| errors.add("search", frame.said(&error.to_string()))).ok(),
    };
    let Some(as_of) = as_of.filter(|_| errors.is_empty()) else { return Ok(None) };
    let made = match kind {
        Kind::Enterprise => match enterprise(app, frame, &corpus, sent, query, errors).await? {
            Some((subject, code)) => Scope::of_enterprise(&corpus, subject, code.as_ref(), as_of)?,
            None => return Ok(None),
        },
        Kind::Regional | Kind::Industry => {
            if kind == Kind::Industry && node.is_none() && query.is_none() {
                errors.add("search", frame.t("nav-search-needed"));
                return Ok(None);
            }
            let Some(city) = library::city(app).await? else { return Err(AppError::Conflict(frame.t("nav-no-city"))) };
            Scope::of_field(&corpus, kind, city, node, query, as_of)?
        }
    };
    let basis = if sent.get("basis") == "granted" { Basis::Granted } else { Basis::Filed };
    Ok(Some(Scope { basis, ..made }))
}

/// The enterprise of the code, else the one that the search finds.
async fn enterprise(
    app: &App,
    frame: &Frame,
    corpus: &corpus::Corpus,
    sent: &Sent,
    query: Option<corpus::Query>,
    errors: &mut Errors,
) -> Result<Option<(Subject, Option<Uscc>)>, AppError> {
    let text = sent.get("uscc");
    if text.is_empty() {
        if query.is_none() {
            errors.add("uscc", frame.t("nav-uscc-needed"));
        }
        return Ok(query.map(|query| (Subject { name: query.to_string(), search: query.to_string() }, None)));
    }
    let uscc = match text.parse::<Uscc>() {
        Ok(uscc) => uscc,
        Err(cause) => {
            errors.add("uscc", frame.said(&cause.to_string()));
            return Ok(None);
        }
    };
    match subjects::enterprise(&app.installation, &uscc, app.now()).await? {
        Some(firm) => Ok(Some((Subject::enterprise(corpus, &firm.name, &firm.names)?, Some(uscc)))),
        None => {
            errors.add("uscc", frame.t("nav-uscc-unknown"));
            Ok(None)
        }
    }
}

/// Where a search is opened in the corpus, where there is a page for it.
pub(crate) fn search_href(frame: &Frame, search: &str) -> Option<String> {
    crate::routes::exists("/corpus").then(|| frame.at(&format!("/corpus?q={}", crate::format::encode(search))))
}

/// Where a document is shown, where there is a page for it.
pub(crate) fn document_href(frame: &Frame, key: &str) -> Option<String> {
    let path = "/corpus/documents/{key}";
    crate::routes::exists(path).then(|| frame.at(&path.replace("{key}", &crate::format::encode(key))))
}

/// The title of a report, with the kind in the visitor's language.
pub(crate) fn title(frame: &Frame, report: &Report) -> String {
    let kind = frame.said(report.scope.template.zh());
    frame.tn("nav-report-title", &[("title", frame.said(&report.scope.title)), ("kind", kind)])
}
