//! The patents that fit a demand: worked out once for a snapshot of the corpus, beside the request, and shown with their
//! reasons, the words they share, their state and what speaks for or against a deal.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use corpus::{Field, Query, Value};
use domain::{
    matching::{self, Demand},
    offers::{self, Sign},
    subjects,
};
use navigation::{
    Subject,
    chain::{self, Chain},
    matching::{Candidate, Deal as Price, Evidence, Matched, Valuation, Wanted},
};
use terms::Uscc;

use super::{DEALS, path};
use crate::{
    app::App,
    by_run::ByRun,
    error::AppError,
    format::{self, encode},
    frame::Frame,
    list::{Cell, Kind, Listing},
    pages::{
        corpus::hits::{self, Segment},
        navigation::library,
        warnings::present,
    },
    pieces::{Link, State as StateWord},
};

/// How many candidates are looked for, so that there are some of every sort of owner.
const LIMIT: usize = 60;
/// How long a request waits; what takes longer goes on beside it and is there when the page asks again.
const PATIENCE: Duration = Duration::from_millis(400);

/// What was found, by demand, edition, snapshot and day.
static FOUND: ByRun<Result<Arc<Matched>, String>> = ByRun::new(64);

/// What there is to show.
pub(in crate::pages) enum Answer {
    Working,
    Refused(String),
    Found(Arc<Matched>),
}

/// Which candidates are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    All,
    Academic,
    Firm,
    /// Inventions from outside the city, as C3.4.3.1 asks.
    Outside,
}

impl Sort {
    pub(super) const ALL: [Self; 4] = [Self::All, Self::Academic, Self::Firm, Self::Outside];

    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Academic => "academic",
            Self::Firm => "firm",
            Self::Outside => "outside",
        }
    }

    pub(super) fn of_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|sort| sort.key() == key).unwrap_or(Self::All)
    }

    /// Whether a candidate is shown.
    pub(super) fn holds(self, one: &Candidate) -> bool {
        match self {
            Self::All => true,
            Self::Academic => one.sort == "院校院所",
            Self::Firm => one.sort == "企业",
            Self::Outside => one.policy.is_invention_from_outside(),
        }
    }
}

/// How long a right still runs, in bands (剩余期限).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Band {
    All,
    Short,
    Middle,
    Long,
    Unknown,
}

impl Band {
    pub(super) const ALL: [Self; 5] = [Self::All, Self::Short, Self::Middle, Self::Long, Self::Unknown];

    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Short => "short",
            Self::Middle => "middle",
            Self::Long => "long",
            Self::Unknown => "unknown",
        }
    }

    pub(super) fn of_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|band| band.key() == key).unwrap_or(Self::All)
    }

    /// Whether a candidate is in it: under three years, three to eight, eight and more.
    pub(super) fn holds(self, one: &Candidate) -> bool {
        match (self, one.months_left) {
            (Self::All, _) | (Self::Unknown, None) => true,
            (Self::Short, Some(months)) => months < 36,
            (Self::Middle, Some(months)) => (36..96).contains(&months),
            (Self::Long, Some(months)) => months >= 96,
            (_, None) | (Self::Unknown, Some(_)) => false,
        }
    }
}

/// What fits a demand, or why that cannot be said.
pub(super) async fn of(app: &App, frame: &Frame, demand: &Demand) -> Result<Answer, AppError> {
    among(app, frame, demand, &[]).await
}

/// The same among what is owned under these names; none is anybody's.
pub(in crate::pages) async fn among(
    app: &App,
    frame: &Frame,
    demand: &Demand,
    owners: &[String],
) -> Result<Answer, AppError> {
    let Some(corpus) = present(app).await? else { return Ok(Answer::Refused(frame.t("corpus-none"))) };
    let Some(city) = subjects::city(&app.installation, app.now()).await? else {
        return Ok(Answer::Refused(frame.t("nav-no-city")));
    };
    let uscc: Uscc = demand.asked.uscc.parse().map_err(AppError::internal)?;
    let Some(firm) = subjects::enterprise(&app.installation, &uscc, app.now()).await? else {
        return Ok(Answer::Refused(frame.t("matching-firm-unknown")));
    };
    // A node may have been removed since the demand was posted.
    let Ok(within) = within(&library::chains(app).await?, demand) else {
        return Ok(Answer::Refused(frame.t("matching-node-gone")));
    };
    let owned = (!owners.is_empty()).then(|| offers::own_search(owners));
    let within = match (within, owned) {
        (Some(within), Some(owned)) => Some(within.and(owned)),
        (one, other) => one.or(other),
    };
    let offered = offers::signs(app.db(), frame.business_date).await?;
    let names = domain::names::at(app.db(), None).await?;
    let told = matching::prices(&app.installation, app.now()).await?;
    let folded = app.installation.registers(app.now()).await?;
    let key = format!(
        "{} {} {} {} {} {} {told:?} {within:?} {offered:?} {:?}",
        app.installation.dir().display(),
        demand.id,
        demand.edited_at,
        corpus.manifest().number,
        frame.business_date,
        names.version(),
        matching::registers::batches(&folded)
    );
    let (asked, as_of) = (demand.asked.clone(), frame.business_date);
    let work = tokio::task::spawn_blocking(move || {
        FOUND.get(&key, || {
            let wanted = Wanted {
                firm: Subject::enterprise(&corpus, &firm.name, &firm.names).map_err(|cause| cause.to_string())?,
                city: Subject::city(&city.name, &city.words),
                demand: (!asked.words.is_empty()).then(|| format!("{}。{}", asked.title, asked.words)),
                within,
                as_of,
                limit: LIMIT,
            };
            let price = |one: matching::Price| {
                let (subclass, kind) = one.sort(&corpus)?;
                Some(Price { subclass, kind, amount_fen: one.amount_fen, on: one.on })
            };
            let prices: Vec<Price> = told.into_iter().filter_map(price).collect();
            let found = navigation::matching::find(&corpus, &names, &wanted, &prices);
            let mut found = found.map_err(|cause| cause.to_string())?;
            let keys: Vec<String> = found.candidates.iter().map(|one| one.key.clone()).collect();
            let told = matching::registers::told(&corpus, &folded, &keys, as_of);
            let mut told = told.map_err(|cause| cause.to_string())?;
            for one in &mut found.candidates {
                let mut told = told.remove(&one.key).unwrap_or_default();
                told.signs
                    .extend(offers::signs_of(&offered, &names, &one.key, &one.owners).map(|sign| sign.words.clone()));
                one.tell(told.signs, told.high_value);
            }
            Ok(Arc::new(found))
        })
    });
    let Ok(done) = tokio::time::timeout(PATIENCE, work).await else { return Ok(Answer::Working) };
    Ok(match done.map_err(AppError::internal)?.as_ref() {
        Ok(matched) => Answer::Found(Arc::clone(matched)),
        Err(why) => Answer::Refused(frame.said(why)),
    })
}

/// The search to which a demand is confined.
fn within(chains: &[Chain], demand: &Demand) -> navigation::Result<Option<Query>> {
    let node = match demand.asked.chain_node.as_str() {
        "" => None,
        address => {
            let (chain, node) = chain::find(chains, address)?;
            Some(chain.query(node)?)
        }
    };
    let class = demand.asked.ipc.trim_end_matches('*');
    let class = (!class.is_empty()).then(|| Query::term(Field::Ipc, Value::Words(class.to_owned())));
    Ok(match (node, class) {
        (Some(node), Some(class)) => Some(node.and(class)),
        (one, other) => one.or(other),
    })
}

/// What was found, in a sentence.
pub(super) fn line(frame: &Frame, matched: &Matched, demand: &Demand) -> String {
    let key = if demand.asked.words.is_empty() { "matching-found-by-own" } else { "matching-found-by-words" };
    frame.tn(
        key,
        [
            ("count", format::count(matched.candidates.len())),
            ("own", format::count(matched.own)),
            ("profile", matched.profile.join(&frame.t("word-list-separator"))),
            ("date", frame.date(matched.as_of)),
            ("snapshot", matched.snapshot.to_string()),
        ],
    )
}

/// A candidate ready to print.
pub(super) struct CandidateView {
    pub(super) title: Link,
    pub(super) number: String,
    pub(super) state: Option<StateWord>,
    pub(super) facts: Vec<(String, String)>,
    pub(super) reasons: Vec<String>,
    pub(super) evidence: Vec<(String, Vec<Segment>)>,
    pub(super) signs: Vec<String>,
    /// The offers that stand open of it.
    pub(super) offers: Vec<Link>,
    /// Where a contact is noted, or the deal that there already is.
    pub(super) act: Option<Link>,
}

/// Candidates of a demand; whether a contact may be noted stands beside its number.
pub(super) fn views(
    frame: &Frame,
    shown: &[&Candidate],
    (demand, can_talk): (i64, bool),
    talks: &[matching::Deal],
    offered: &BTreeMap<String, Vec<Sign>>,
) -> Vec<CandidateView> {
    let act = |key: &str| match talks.iter().find(|deal| deal.document_key == key) {
        Some(deal) => Some(Link::new(frame.t("matching-deal-open"), frame.at(&format!("{DEALS}/{}", deal.id)))),
        None if can_talk => {
            Some(Link::new(frame.t("matching-contact"), frame.at(&format!("{}/contact/{}", path(demand), encode(key)))))
        }
        None => None,
    };
    shown
        .iter()
        .map(|one| CandidateView { offers: offer_links(frame, one, offered), ..view(frame, one, act(&one.key)) })
        .collect()
}

/// The offers on which the signs of a candidate rest.
fn offer_links(frame: &Frame, one: &Candidate, offered: &BTreeMap<String, Vec<Sign>>) -> Vec<Link> {
    let rests = |sign: &&Sign| one.signs.contains(&sign.words);
    let link = |sign: &Sign| {
        let words = [("university", sign.university.clone()), ("number", sign.offer.to_string())];
        Link::new(frame.tn("matching-offer", &words), frame.at(&format!("/offers/{}", sign.offer)))
    };
    offered.get(&one.key).into_iter().flatten().filter(rests).map(link).collect()
}

fn sort(frame: &Frame, one: &Candidate) -> String {
    match one.sort.as_str() {
        "企业" => frame.t("matching-sort-firm"),
        sort => frame.said(sort),
    }
}

fn term(frame: &Frame, one: &Candidate) -> String {
    match one.months_left {
        None => frame.t("matching-term-unknown"),
        Some(months) => {
            frame.tn("matching-term", [("years", (months / 12).to_string()), ("months", (months % 12).to_string())])
        }
    }
}

/// What decides whether bringing it in counts: invention, outside the city, of high value.
fn policy(frame: &Frame, one: &Candidate) -> String {
    let told = |known: Option<bool>, [yes, no, unknown]: [&str; 3]| {
        frame.t(match known {
            Some(true) => yes,
            Some(false) => no,
            None => unknown,
        })
    };
    let standing = &one.policy;
    let kind = told(standing.is_invention, ["matching-invention", "matching-no-invention", "matching-kind-unknown"]);
    let place = told(standing.is_outside, ["matching-outside", "matching-inside", "matching-place-unknown"]);
    let value = match standing.high_value.as_slice() {
        [] => frame.t("matching-high-value-unknown"),
        told => {
            let told: Vec<String> = told.iter().map(|basis| frame.said(basis)).collect();
            frame.t1("matching-high-value", "basis", told.join(&frame.t("word-list-separator")))
        }
    };
    [kind, place, value].join(&frame.t("word-separator"))
}

/// Every candidate as a list to export.
pub(super) fn listing<'a>(frame: &'a Frame, path: &str) -> Listing<'a, &'a Candidate> {
    let text = |cell: String| Cell::text(cell);
    Listing::new(frame, "candidates", path, frame.t("matching-candidates"))
        .column("number", frame.t("matching-candidate-number"), Kind::Code, |one: &&Candidate| {
            Cell::code(one.key.clone())
        })
        .column("title", frame.t("matching-patent"), Kind::Text, move |one| text(one.title.clone()))
        .column("owners", frame.t("matching-owners"), Kind::Text, move |one| {
            text(one.owners.join(&frame.t("word-separator")))
        })
        .column("sort", frame.t("matching-candidate-sort"), Kind::Text, move |one| text(sort(frame, one)))
        .column("state", frame.t("matching-candidate-state"), Kind::Text, move |one| text(frame.said(one.state.zh())))
        .column("term", frame.t("matching-term-left"), Kind::Text, move |one| text(term(frame, one)))
        .column("policy", frame.t("matching-policy"), Kind::Text, move |one| text(policy(frame, one)))
        .column("score", frame.t("matching-score"), Kind::Number, |one| Cell::number(one.score.into()))
        .column("reasons", frame.t("matching-candidate-reasons"), Kind::Text, move |one| {
            text(said(frame, &one.reasons))
        })
        .column("signs", frame.t("matching-signs"), Kind::Text, move |one| text(said(frame, &one.signs)))
        .column("value", frame.t("matching-value"), Kind::Text, move |one| text(value(frame, &one.value)))
}

fn said(frame: &Frame, texts: &[String]) -> String {
    texts.iter().map(|text| frame.said(text)).collect::<Vec<_>>().join(&frame.t("word-separator"))
}

fn view(frame: &Frame, one: &Candidate, act: Option<Link>) -> CandidateView {
    let names = |names: &[String]| names.join(&frame.t("word-separator"));
    let mut facts = vec![
        (
            frame.t("matching-owners"),
            frame.tn("word-with-code", [("word", names(&one.owners)), ("code", sort(frame, one))]),
        ),
        (frame.t("matching-policy"), policy(frame, one)),
        (frame.t("matching-term-left"), term(frame, one)),
        (frame.t("matching-value"), value(frame, &one.value)),
        (
            frame.t("matching-score"),
            frame.tn(
                "matching-score-parts",
                [
                    ("score", one.score.to_string()),
                    ("words", one.parts.0.to_string()),
                    ("classes", one.parts.1.to_string()),
                ],
            ),
        ),
    ];
    if !one.inventors.is_empty() {
        facts.insert(1, (frame.t("matching-inventors"), names(&one.inventors)));
    }
    if !one.related.is_empty() {
        let related = one.related.iter().map(|told| frame.said(told)).collect::<Vec<_>>();
        facts.insert(1, (frame.t("matching-related"), related.join(&frame.t("word-separator"))));
    }
    CandidateView {
        title: Link::new(one.title.clone(), frame.at(&hits::path(&one.key))),
        number: one.key.clone(),
        state: hits::state(frame, one.state),
        facts,
        reasons: one.reasons.iter().map(|reason| frame.said(reason)).collect(),
        evidence: one.evidence.iter().map(|at| (frame.said(&at.place), segments(at))).collect(),
        signs: one.signs.iter().map(|sign| frame.said(sign)).collect(),
        offers: Vec::new(),
        act,
    }
}

fn value(frame: &Frame, value: &Valuation) -> String {
    match value {
        Valuation::Refused { reason } => frame.said(reason),
        Valuation::Interval { low_fen, high_fen, basis } => {
            let money = |fen| {
                let short = format::money(fen, frame.lang);
                format!("{} {}", short.text, short.unit)
            };
            frame.tn(
                "matching-interval",
                [("low", money(*low_fen)), ("high", money(*high_fen)), ("basis", frame.said(basis))],
            )
        }
    }
}

/// A piece of text with the word in it marked.
fn segments(at: &Evidence) -> Vec<Segment> {
    let piece = |from: usize, length: usize| at.text.chars().skip(from).take(length).collect::<String>();
    let end = at.start + at.length;
    let parts = [(piece(0, at.start), false), (piece(at.start, at.length), true), (piece(end, usize::MAX), false)];
    parts.into_iter().map(|(text, is_found)| Segment { text, is_found }).collect()
}
