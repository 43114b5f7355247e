//! `/corpus/documents/{key}` 专利文献: one document with its texts, course, family, citations, owners, and whom it may concern here.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use corpus::{Corpus, Page, Query};
use documents::{
    Citation, Document, LegalState, Party, Text,
    families::{self, Basis, FamilyId},
    legal,
};
use domain::accounts::Permission;

mod course;
mod local;

use self::{course::OwnerRow, local::Local};
use super::{
    ask, baskets,
    hits::{self, HitView},
    wish::Wish,
};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx,
    pages::room,
    pieces::{Event, Link, Notice, State as StateWord},
};

/// How many family members, citing documents and similar documents are named.
const FAMILY_MAX: usize = 50;
const CITING_MAX: usize = 20;
const SIMILAR_MAX: usize = 6;
/// Claims from this one on are folded away, and so are texts from this length on.
const CLAIMS_SHOWN: usize = 2;
const TEXT_CHARS_SHOWN: usize = 1_200;

#[derive(Template)]
#[template(path = "corpus/document.html")]
struct DocumentPage<'a> {
    frame: &'a Frame,
    crumbs: Vec<Link>,
    key: &'a str,
    title: String,
    other_titles: Vec<String>,
    line: String,
    state: Option<StateWord>,
    state_basis: Option<String>,
    notice: Option<Notice>,
    facts: Vec<(String, String)>,
    abstracts: Vec<&'a Text>,
    claims: Vec<&'a str>,
    claims_folded: Vec<&'a str>,
    descriptions: Vec<&'a Text>,
    events: Vec<Event>,
    owners: Vec<OwnerRow>,
    family: Related,
    /// How the family was put together.
    family_basis: String,
    cites: Vec<Cited>,
    citing: Related,
    similar: Related,
    local: Option<Local>,
    sources: Vec<(String, String)>,
    keep: Option<Keep>,
}

/// Documents that have to do with this one.
struct Related {
    hits: Vec<HitView>,
    /// All of them, where there are more than are named.
    all: Option<Link>,
}

/// A document or other literature that is cited.
struct Cited {
    text: String,
    phase: String,
    document: Option<HitView>,
}

/// The baskets of the visitor.
struct Keep {
    baskets: Vec<Choice>,
    holding: Vec<Link>,
    back: String,
}

/// What the corpus knows of a document.
struct Known {
    document: Document,
    /// How many there are, and those that are named.
    family: (u64, Vec<Document>),
    cites: Vec<(Citation, Option<Document>)>,
    citing: (u64, Vec<Document>),
    similar: Vec<Document>,
    similar_query: Query,
}

/// What a number in an address leads to.
enum Found {
    No,
    Known(Box<Known>),
    /// The key of the one document with this number.
    At(String),
    /// Several documents have it.
    Several,
}

/// `GET /corpus/documents/{key}`, where the key may be any number of the document in any notation.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    Path(key): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let asked = key.clone();
    let known = match ask(&app, move |corpus| corpus.map_or(Ok(Found::No), |corpus| find(corpus, &asked))).await? {
        Found::Known(known) => known,
        Found::At(key) => return Ok(room::see_other(&frame, &hits::path(&key))),
        Found::Several => return Ok(super::to_search(&frame, &format!("NO=\"{}\"", key.replace('"', "")))),
        Found::No => return Err(AppError::NotFound(frame.t1("corpus-not-found", "number", key))),
    };
    let document = &known.document;
    let local = if frame.may(Permission::ViewRights) { local::of(&app, &frame, document).await? } else { None };
    let keep = keep(&app, &frame, document).await?;
    let folds = document.claims.iter().map(|claim| claim.text.chars().count()).sum::<usize>() > TEXT_CHARS_SHOWN
        || document.claims.len() > CLAIMS_SHOWN + 1;
    let mut claims: Vec<&str> = document.claims.iter().map(|claim| claim.text.as_str()).collect();
    let claims_folded = if folds { claims.split_off(CLAIMS_SHOWN.min(claims.len())) } else { Vec::new() };
    let title = hits::title_of(&frame, document);
    let page = DocumentPage {
        frame: &frame,
        key: &document.key,
        crumbs: vec![Link::new(frame.t("corpus-title"), frame.at(super::PATH))],
        other_titles: document.titles.iter().map(|text| text.text.clone()).filter(|text| *text != title).collect(),
        line: line(&frame, document),
        state: hits::state(&frame, document.state),
        state_basis: state_basis(&frame, document),
        notice: super::notice(&frame, &Wish::parse(&uri)),
        facts: facts(&frame, document),
        abstracts: document.abstracts.iter().collect(),
        claims,
        claims_folded,
        descriptions: document.descriptions.iter().collect(),
        events: course::events(&frame, document),
        owners: course::owners(&frame, document),
        family: related(&frame, &known.family.1, known.family.0, &family_query(document).to_string()),
        family_basis: family_basis(&frame, document),
        cites: known.cites.iter().map(|(citation, cited)| cited_view(&frame, citation, cited.as_ref())).collect(),
        citing: related(&frame, &known.citing.1, known.citing.0, &Query::citing(document).to_string()),
        similar: related(&frame, &known.similar, u64::MAX, &known.similar_query.to_string()),
        local,
        sources: document.sources.iter().map(|source| (source.file.clone(), source.place.clone())).collect(),
        keep,
        title,
    };
    hx::page(page)
}

fn find(corpus: &Corpus, key: &str) -> corpus::Result<Found> {
    match corpus.document(key) {
        Ok(document) => Ok(Found::Known(Box::new(know(corpus, document)?))),
        Err(corpus::Error::NotFound(_)) => match corpus.find(key) {
            Ok(documents) => Ok(match documents.as_slice() {
                [one] => Found::At(one.key.clone()),
                _ => Found::Several,
            }),
            Err(corpus::Error::NotFound(_)) => Ok(Found::No),
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    }
}

fn know(corpus: &Corpus, document: Document) -> corpus::Result<Known> {
    let top = |query: &Query, limit: usize| {
        let page = Page { limit, ..Page::default() };
        let hits = corpus.search(query, &page)?;
        Ok::<_, corpus::Error>((hits.documents, hits.hits.into_iter().map(|hit| hit.document).collect::<Vec<_>>()))
    };
    let similar_query = corpus.like_document(&document.key)?;
    let similar = top(&similar_query, SIMILAR_MAX)?.1;
    let citing = top(&Query::citing(&document), CITING_MAX)?;
    let mut cites = Vec::with_capacity(document.citations.len());
    for citation in &document.citations {
        let cited = if citation.number.is_empty() { None } else { one(corpus, &citation.number)? };
        cites.push((citation.clone(), cited));
    }
    Ok(Known { family: family(corpus, &document)?, cites, citing, similar, similar_query, document })
}

/// The members of the simple family, and the documents whose priority is claimed; not the document itself.
fn family(corpus: &Corpus, document: &Document) -> corpus::Result<(u64, Vec<Document>)> {
    let page = Page { limit: FAMILY_MAX, ..Page::default() };
    let hits = corpus.search(&family_query(document), &page)?;
    let unnamed = hits.documents.saturating_sub(hits.hits.len() as u64);
    let mut members: Vec<Document> = hits.hits.into_iter().map(|hit| hit.document).collect();
    for priority in document.priorities.iter().filter(|priority| !priority.number.is_empty()) {
        members.extend(one(corpus, &priority.number)?);
    }
    members.sort_by(|left, right| left.filed_on.cmp(&right.filed_on).then_with(|| left.key.cmp(&right.key)));
    members.dedup_by(|left, right| left.key == right.key);
    members.retain(|member| member.key != document.key);
    Ok((members.len() as u64 + unnamed, members))
}

/// The search for the simple family of a document, itself among it.
fn family_query(document: &Document) -> Query {
    Query::term(corpus::Field::Family, corpus::Value::Whole(families::name_of(document)))
}

/// By what rule the family of this document was put together.
fn family_basis(frame: &Frame, document: &Document) -> String {
    let family = FamilyId::of(document);
    let key = match family.basis() {
        Basis::Priorities => "corpus-family-by-priorities",
        Basis::Asserted => "corpus-family-by-source",
        Basis::OwnApplication => "corpus-family-by-own",
        Basis::Unknown => "corpus-family-by-nothing",
    };
    frame.t1(key, "family", family.name().replace(';', &frame.t("word-separator")))
}

/// On what the legal state rests, where no source states it.
fn state_basis(frame: &Frame, document: &Document) -> Option<String> {
    let day = || frame.date(frame.business_date);
    let grant =
        document.publications.iter().filter(|one| one.is_grant == Some(true)).filter_map(|one| one.published_on);
    if document.is_presumed {
        let granted = grant.min().map_or_else(|| frame.t("word-unknown"), |day| frame.date(day));
        return Some(frame.tn("corpus-state-presumed", &[("granted", granted), ("day", day())]));
    }
    let over = legal::term_over(&document.office, document.kind, document.filed_on?)?;
    (over <= frame.business_date && document.state == LegalState::Ended)
        .then(|| frame.tn("corpus-state-term", &[("over", frame.date(over)), ("day", day())]))
}

/// The one document with a number; none where there is none or where several have it.
fn one(corpus: &Corpus, number: &str) -> corpus::Result<Option<Document>> {
    match corpus.find(number) {
        Ok(mut documents) if documents.len() == 1 => Ok(documents.pop()),
        Ok(_) | Err(corpus::Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn keep(app: &App, frame: &Frame, document: &Document) -> Result<Option<Keep>, AppError> {
    let Some(account) = frame.account.as_ref().filter(|_| frame.may(Permission::KeepBaskets)) else { return Ok(None) };
    let holding = domain::baskets::holding(app.db(), account, &document.key).await?;
    let mut all = domain::baskets::all(app.db(), account).await?;
    all.retain(|basket| !holding.iter().any(|other| other.id == basket.id));
    let to_basket = |basket: &domain::baskets::Basket| {
        Link::new(basket.name.clone(), frame.at(&format!("/corpus/baskets/{}", basket.id)))
    };
    Ok(Some(Keep {
        baskets: baskets::choices(frame, &all),
        holding: holding.iter().map(to_basket).collect(),
        back: hits::path(&document.key),
    }))
}

fn line(frame: &Frame, document: &Document) -> String {
    let kind = document.kind.map(|kind| frame.said(kind.zh()));
    let office = (!document.office.is_empty()).then(|| crate::pages::patents::office(frame, &document.office));
    [Some(hits::number_of(document)), kind, office].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn facts(frame: &Frame, document: &Document) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut add = |key: &str, text: String| {
        if !text.is_empty() {
            facts.push((frame.t(key), text));
        }
    };
    let separator = frame.t("word-separator");
    let names = |parties: &[Party]| parties.iter().map(named).collect::<Vec<_>>().join(&separator);
    add("corpus-col-application", document.application_number.clone());
    add("corpus-fact-filed", document.filed_on.map(|day| frame.date(day)).unwrap_or_default());
    let publications = document.publications.iter().map(|one| match one.published_on {
        Some(day) => frame.tn("word-with-code", &[("word", one.number.clone()), ("code", day.to_string())]),
        None => one.number.clone(),
    });
    add("corpus-fact-publications", publications.collect::<Vec<_>>().join(&separator));
    add("corpus-fact-pct", document.pct_number.clone());
    add("corpus-fact-applicants", names(&document.applicants));
    add("corpus-fact-owners", names(&document.owners));
    add("corpus-fact-inventors", names(&document.inventors));
    add("corpus-fact-agents", names(&document.agents));
    let symbols: Vec<&str> = document.classifications.iter().map(|one| one.symbol.as_str()).collect();
    add("corpus-fact-classes", symbols.join(&separator));
    let priorities = document.priorities.iter().map(|one| match one.filed_on {
        Some(day) => frame.tn("word-with-code", &[("word", one.number.clone()), ("code", day.to_string())]),
        None => one.number.clone(),
    });
    add("corpus-fact-priorities", priorities.collect::<Vec<_>>().join(&separator));
    add("corpus-col-family", document.family.clone());
    add("corpus-fact-related", document.related.join(&separator));
    facts
}

fn named(party: &Party) -> String {
    match party.other_name.is_empty() {
        true => party.name.clone(),
        false => format!("{} / {}", party.name, party.other_name),
    }
}

fn related(frame: &Frame, documents: &[Document], total: u64, query: &str) -> Related {
    let all = (total > documents.len() as u64 && !documents.is_empty()).then(|| {
        let words = match total {
            u64::MAX => frame.t("corpus-similar-more"),
            total => frame.t1("awards-all-of", "count", format::count(total)),
        };
        Link::new(words, frame.at(&Wish::asking(query).href()))
    });
    let view = |document: &Document| HitView::plain(frame, &Query::All, document);
    Related { hits: documents.iter().map(view).collect(), all }
}

fn cited_view(frame: &Frame, citation: &Citation, cited: Option<&Document>) -> Cited {
    let text = if citation.number.is_empty() { citation.literature.clone() } else { citation.number.clone() };
    let phase = match citation.phase.as_str() {
        "search" => frame.t("corpus-cited-search"),
        "examination" => frame.t("corpus-cited-examination"),
        "applicant" => frame.t("corpus-cited-applicant"),
        "opposition" => frame.t("corpus-cited-opposition"),
        _ => String::new(),
    };
    let phase = [phase, citation.category.clone()].into_iter().filter(|part| !part.is_empty());
    Cited {
        text,
        phase: phase.collect::<Vec<_>>().join(" · "),
        document: cited.map(|document| HitView::plain(frame, &Query::All, document)),
    }
}
