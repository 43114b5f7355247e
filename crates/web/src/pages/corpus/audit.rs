//! `/corpus/audit` 检索式核查: what each clause of a search adds and keeps out, and how much the search may miss, judged by samples.
//!
//! The judgements stand in the address, so that a link shows the audit with them.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Query as Asked, State},
    response::Response,
};
use corpus::{Corpus, Query};
use documents::Document;
use navigation::{
    Interval,
    audit::{self, Audit, Clause, Recall, Role},
};

use super::{absent, ask, head, hits::HitView, wish::Pointed, wish::Wish};
use crate::{app::App, error::AppError, format, frame::Frame, hx, pages::room::Room, pieces::Link};

pub(super) const PATH: &str = "/corpus/audit";
/// A longer search is a list of numbers, and no strategy to be audited.
const QUERY_BYTES_MAX: usize = 2_000;
/// What the fields of the judgements begin with.
const JUDGED: &str = "judged-";

#[derive(Template)]
#[template(path = "corpus/audit.html")]
struct AuditPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    q: &'a str,
    wrong: Option<Pointed>,
    audited: Option<Audited>,
}

/// An audit ready to print.
struct Audited {
    search: Link,
    total: String,
    clauses: Vec<ClauseView>,
    /// What the citations and the families of hits say of recall.
    proxies: Vec<(String, String)>,
    recall: Option<RecallView>,
    strata: Vec<StratumView>,
    method: String,
}

struct ClauseView {
    search: Link,
    indent: usize,
    role: String,
    alone: String,
    adds: Link,
    keeps_out: Link,
}

struct RecallView {
    estimate: String,
    precision: String,
    missed: String,
}

/// A sample to be judged.
struct StratumView {
    id: &'static str,
    title: String,
    line: String,
    all: Link,
    sample: Vec<Judged>,
}

struct Judged {
    hit: HitView,
    name: String,
    is: Option<bool>,
}

/// An audit with the documents of its samples.
struct Answered {
    audit: Audit,
    documents: BTreeMap<String, Document>,
}

enum Answer {
    Nothing,
    Wrong(Pointed),
    Found(Box<Answered>),
}

/// `GET /corpus/audit`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    Asked(sent): Asked<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let q = sent.iter().find(|(name, _)| name == "q").map(|(_, q)| q.trim().to_owned()).unwrap_or_default();
    let mut room = head(&frame, PATH);
    let (mut wrong, mut audited) = (None, None);
    if !q.is_empty() {
        let asked = q.clone();
        match ask(&app, move |corpus| Ok(answer(corpus, &asked))).await?? {
            Answer::Nothing => room.notice = Some(absent(&frame)),
            Answer::Wrong(pointed) => {
                room.is_wrong = true;
                wrong = Some(pointed);
            }
            Answer::Found(found) => audited = Some(shown(&frame, &found, &judgements(&sent))),
        }
    }
    let is_wrong = wrong.is_some();
    let page = AuditPage { frame: &frame, room: &room, q: &q, wrong, audited };
    if is_wrong { hx::refused(page) } else { hx::page(page) }
}

/// The way to the audit of a query.
pub(super) fn href(frame: &Frame, query: &Query) -> Option<String> {
    let text = query.to_string();
    (text.len() <= QUERY_BYTES_MAX).then(|| frame.at(&format!("{PATH}?q={}", format::encode(&text))))
}

fn answer(corpus: Option<&Corpus>, q: &str) -> navigation::Result<Answer> {
    let Some(corpus) = corpus.filter(|corpus| corpus.manifest().documents() > 0) else { return Ok(Answer::Nothing) };
    let query = match Query::parse(q) {
        Ok(query) => query,
        Err(error) => return Ok(Answer::Wrong(Pointed::new(q, &error))),
    };
    let audit = match audit::audit(corpus, &query) {
        Ok(audit) => audit,
        Err(navigation::Error::Corpus(corpus::Error::Query(error))) => {
            return Ok(Answer::Wrong(Pointed::new(q, &error)));
        }
        Err(error) => return Err(error),
    };
    let keys: Vec<String> = audit.outside.sample.iter().chain(&audit.inside.sample).cloned().collect();
    let documents = corpus.documents(&keys)?.into_iter().flatten();
    let documents = documents.map(|document| (document.key.clone(), document)).collect();
    Ok(Answer::Found(Box::new(Answered { audit, documents })))
}

/// What a person said of the samples; an empty or unknown word says nothing.
fn judgements(sent: &[(String, String)]) -> BTreeMap<String, bool> {
    let judged = |(name, word): &(String, String)| {
        let is = match word.as_str() {
            "yes" => true,
            "no" => false,
            _ => return None,
        };
        Some((name.strip_prefix(JUDGED)?.to_owned(), is))
    };
    sent.iter().filter_map(judged).collect()
}

fn shown(frame: &Frame, found: &Answered, judged: &BTreeMap<String, bool>) -> Audited {
    let audit = &found.audit;
    let share = |interval: &Option<Interval>| match interval {
        Some(interval) => interval_of(frame, interval),
        None => frame.t("corpus-audit-no-source"),
    };
    let stratum = |id: &'static str, stratum: &audit::Stratum| {
        let words = [("count", format::count(stratum.documents)), ("sample", format::count(stratum.sample.len()))];
        StratumView {
            id,
            title: frame.t(&format!("corpus-audit-{id}")),
            line: frame.tn(&format!("corpus-audit-{id}-line"), &words),
            all: listing(frame, &stratum.search, frame.t("corpus-audit-list")),
            sample: stratum.sample.iter().filter_map(|key| sampled(frame, found, judged, key)).collect(),
        }
    };
    Audited {
        search: listing(frame, &audit.search, audit.search.clone()),
        total: format::count(audit.documents),
        clauses: audit.clauses.iter().map(|clause| clause_of(frame, clause)).collect(),
        proxies: vec![
            (frame.t("corpus-audit-cited"), share(&audit.cited)),
            (frame.t("corpus-audit-related"), share(&audit.related)),
        ],
        recall: audit.recall(judged).map(|recall| recall_of(frame, &recall)),
        strata: vec![stratum("outside", &audit.outside), stratum("inside", &audit.inside)],
        method: frame
            .tn("corpus-audit-method", &[("seed", audit.seed.to_string()), ("snapshot", audit.snapshot.to_string())]),
    }
}

fn sampled(frame: &Frame, found: &Answered, judged: &BTreeMap<String, bool>, key: &str) -> Option<Judged> {
    let document = found.documents.get(key)?;
    let hit = HitView::plain(frame, &Query::All, document);
    Some(Judged { hit, name: format!("{JUDGED}{key}"), is: judged.get(key).copied() })
}

fn clause_of(frame: &Frame, clause: &Clause) -> ClauseView {
    let role = match clause.role {
        Role::Alternative => "corpus-audit-alternative",
        Role::Condition => "corpus-audit-condition",
        Role::Exclusion => "corpus-audit-exclusion",
    };
    ClauseView {
        search: listing(frame, &clause.search, clause.search.clone()),
        indent: clause.depth.saturating_sub(1).min(5),
        role: frame.t(role),
        alone: format::count(clause.alone),
        adds: listing(frame, &clause.adds_search, format::count(clause.adds)),
        keeps_out: listing(frame, &clause.keeps_out_search, format::count(clause.keeps_out)),
    }
}

fn recall_of(frame: &Frame, recall: &Recall) -> RecallView {
    let words = [("estimate", percent(recall.estimate)), ("low", percent(recall.low)), ("high", percent(recall.high))];
    RecallView {
        estimate: frame.tn("corpus-audit-estimate", &words),
        precision: interval_of(frame, &recall.precision),
        missed: interval_of(frame, &recall.missed),
    }
}

fn interval_of(frame: &Frame, interval: &Interval) -> String {
    let share = (1000 * interval.having + interval.of / 2).checked_div(interval.of).unwrap_or(0);
    let words = [
        ("share", percent(share)),
        ("low", percent(interval.low)),
        ("high", percent(interval.high)),
        ("having", format::count(interval.having)),
        ("of", format::count(interval.of)),
    ];
    frame.tn("corpus-audit-interval", &words)
}

fn percent(thousandths: u64) -> String {
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

/// The way to the hits of a search.
fn listing(frame: &Frame, search: &str, label: String) -> Link {
    Link::new(label, frame.at(&Wish::asking(search).href()))
}
