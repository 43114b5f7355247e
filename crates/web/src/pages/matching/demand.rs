//! `/matching/{id}`: a demand, the patents that fit it with their reasons, and the talks that it led to.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use domain::{
    accounts::Permission,
    matching::{self, Demand, State as Standing},
    offers,
};
use navigation::{chain, matching::Candidate};
use serde::Deserialize;

use super::{
    DEALS, PATH,
    candidates::{self, Answer, Band, CandidateView, Sort},
    deals, path, standing,
};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    hx,
    list::{ListQuery, PageLink, page_links},
    pages::{
        corpus::{baskets::account, hits},
        navigation::library,
        room::{self, Room},
    },
    pieces::{Link, State as StateWord, Tab},
};

/// How many candidates a page shows.
const PAGE: usize = 12;

#[derive(Template)]
#[template(path = "matching/demand.html")]
struct DemandPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    state: StateWord,
    facts: Vec<(String, String)>,
    words: String,
    acts: Option<Acts>,
    deals: Vec<(Link, StateWord)>,
    answers: Vec<Answered>,
    found: Found,
}

/// What a university or institute answered.
struct Answered {
    university: String,
    on: String,
    words: String,
    contact: String,
    /// The patent that it proposes; empty where it names none.
    patent: Link,
    /// Where a contact about it is noted.
    act: Option<Link>,
}

/// What may be done with a demand.
struct Acts {
    edit: String,
    /// Where it can be taken back.
    withdraw: Option<String>,
}

/// What fits, or why nothing is shown.
#[derive(Default)]
struct Found {
    /// The address to ask again, while it is being worked out.
    again: Option<String>,
    refused: Option<String>,
    line: String,
    method: String,
    tabs: Vec<Tab>,
    /// The same by how long they still run.
    bands: Vec<Tab>,
    candidates: Vec<CandidateView>,
    pages: Vec<PageLink>,
    previous: Option<String>,
    next: Option<String>,
    export: String,
}

/// What the address says of the candidates.
#[derive(Debug, Deserialize)]
pub struct Shown {
    #[serde(default)]
    source: String,
    #[serde(default)]
    term: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    export: String,
}

/// `GET /matching/{id}`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Query(shown): Query<Shown>,
) -> Result<Response, AppError> {
    let demand = matching::demand(app.db(), account(&frame)?, id).await?;
    let talks: Vec<matching::Deal> =
        matching::deals(app.db(), account(&frame)?).await?.into_iter().filter(|deal| deal.demand_id == id).collect();
    let state = demand.state(frame.business_date);
    let may_change = frame.may(Permission::ChangeDemands);
    let (sort, band) = (Sort::of_key(&shown.source), Band::of_key(&shown.term));
    let offered = offers::signs(app.db(), frame.business_date).await?;
    let found = match candidates::of(&app, &frame, &demand).await? {
        Answer::Working => {
            let again = format!("{}?source={}&term={}", path(id), sort.key(), band.key());
            Found { again: Some(frame.at(&again)), ..Found::default() }
        }
        Answer::Refused(why) => Found { refused: Some(why), ..Found::default() },
        Answer::Found(matched) => {
            let kept: Vec<&Candidate> =
                matched.candidates.iter().filter(|one| sort.holds(one) && band.holds(one)).collect();
            if !shown.export.is_empty() {
                return candidates::listing(&frame, &path(id)).workbook(&kept, &ListQuery::default());
            }
            let can_talk = may_change && state == Standing::Open;
            let address = |one: Sort, of: Band, more: &str| {
                frame.at(&format!("{}?source={}&term={}{more}", path(id), one.key(), of.key()))
            };
            // Each count is what the link leads to, the other choice as it stands.
            let count = |one: Sort, of: Band| {
                let held = matched.candidates.iter().filter(|candidate| one.holds(candidate) && of.holds(candidate));
                format::count(held.count())
            };
            let tab = |one: Sort| Tab {
                link: Link::new(frame.t(&format!("matching-source-{}", one.key())), address(one, band, "#candidates")),
                is_current: one == sort,
                count: count(one, band),
            };
            let of_band = |of: Band| Tab {
                link: Link::new(frame.t(&format!("matching-band-{}", of.key())), address(sort, of, "#candidates")),
                is_current: of == band,
                count: count(sort, of),
            };
            let last = kept.len().div_ceil(PAGE).max(1);
            let page = shown.page.parse().unwrap_or(1).clamp(1, last);
            let go = |page: usize| address(sort, band, &format!("&page={page}#candidates"));
            let here: Vec<&Candidate> = kept.iter().copied().skip((page - 1) * PAGE).take(PAGE).collect();
            Found {
                line: candidates::line(&frame, &matched, &demand),
                method: frame.said(&matched.method),
                tabs: Sort::ALL.map(tab).into(),
                bands: Band::ALL.map(of_band).into(),
                candidates: candidates::views(&frame, &here, (id, can_talk), &talks, &offered),
                pages: page_links(page, last, go),
                previous: (page > 1).then(|| go(page - 1)),
                next: (page < last).then(|| go(page + 1)),
                export: address(sort, band, "&export=xlsx"),
                ..Found::default()
            }
        }
    };
    let mut room = Room::new(&demand.asked.title, frame.t1("matching-of-firm", "firm", &demand.firm))
        .below(&frame, &[("matching-title", PATH)]);
    room.refreshes = found.again.is_some();
    let deals = talks
        .iter()
        .map(|deal| {
            (Link::new(deal.title.clone(), frame.at(&format!("{DEALS}/{}", deal.id))), deals::stage(&frame, deal.stage))
        })
        .collect();
    hx::page(DemandPage {
        frame: &frame,
        room: &room,
        state: standing(&frame, state),
        facts: facts(&app, &frame, &demand).await?,
        words: match demand.asked.words.as_str() {
            "" => frame.t("matching-speaks-for-it"),
            words => words.to_owned(),
        },
        acts: may_change.then(|| Acts {
            edit: frame.at(&format!("{}/edit", path(id))),
            withdraw: (state != Standing::Withdrawn).then(|| frame.at(&format!("{}/withdraw", path(id)))),
        }),
        deals,
        answers: answers(&app, &frame, id, may_change && state == Standing::Open, &talks).await?,
        found,
    })
}

/// What universities and institutes answered, each with the way on.
async fn answers(
    app: &App,
    frame: &Frame,
    id: i64,
    can_talk: bool,
    talks: &[matching::Deal],
) -> Result<Vec<Answered>, AppError> {
    let all = offers::answers_to(app.db(), account(frame)?, id).await?;
    let answered = |one: offers::Answer| {
        let deal = talks.iter().find(|deal| !one.document_key.is_empty() && deal.document_key == one.document_key);
        let contact = format!("{}/contact/{}", path(id), format::encode(&one.document_key));
        Answered {
            act: match deal {
                Some(deal) => Some(Link::new(frame.t("matching-deal-open"), frame.at(&format!("{DEALS}/{}", deal.id)))),
                None => (can_talk && !one.document_key.is_empty())
                    .then(|| Link::new(frame.t("matching-contact"), frame.at(&contact))),
            },
            patent: match one.document_key.as_str() {
                "" => Link::new(format!("{} {}", one.title, one.application_number).trim(), ""),
                key => Link::new(one.title, frame.at(&hits::path(key))),
            },
            university: one.university,
            on: one.on,
            words: one.words,
            contact: one.contact,
        }
    };
    Ok(all.into_iter().map(answered).collect())
}

async fn facts(app: &App, frame: &Frame, demand: &Demand) -> Result<Vec<(String, String)>, AppError> {
    let asked = &demand.asked;
    let mut facts = vec![
        (frame.t("matching-kind"), frame.t(&format!("matching-about-{}", asked.kind.key()))),
        (frame.t("matching-until"), frame.date(asked.valid_until)),
        (
            frame.t("matching-published"),
            frame.t(if asked.is_published { "matching-published-yes" } else { "matching-published-no" }),
        ),
    ];
    if let Some(fen) = asked.budget_fen {
        let money = format::money(fen, frame.lang);
        facts.push((frame.t("matching-budget"), format!("{} {}", money.text, money.unit)));
    }
    if !asked.chain_node.is_empty() {
        let chains = library::chains(app).await?;
        let name = chain::find(&chains, &asked.chain_node).map(|(chain, node)| {
            let node = node.map(|node| format!(" · {}", node.name)).unwrap_or_default();
            format!("{}{node}", frame.said(&chain.name))
        });
        facts.push((frame.t("nav-chain"), name.unwrap_or_else(|_| asked.chain_node.clone())));
    }
    if !asked.ipc.is_empty() {
        facts.push((frame.t("matching-ipc"), asked.ipc.clone()));
    }
    Ok(facts)
}

/// `POST /matching/{id}/withdraw`.
pub async fn withdraw(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    matching::withdraw(app.db(), account(&frame)?, id, app.now()).await?;
    Ok(room::see_other(&frame, &path(id)))
}
