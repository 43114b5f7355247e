//! `/policy` 政策: the full text as a tree of clauses, each with what carries it, or 缺 where nothing does.

pub mod clause;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

use askama::Template;
use axum::{http::Uri, response::Response};
use domain::case_table::Heading;
use rules::{Policy, check::Coverage, policy::Clause};

pub use self::clause::page as one;
use crate::{
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx,
    list::ListQuery,
    pages::room::Room,
    pieces::{Link, State as StateWord, Tone},
    routes,
    search_key::Sought,
};

/// The kinds of clause, in the order of the filter.
const KINDS: [&str; 5] = ["indicator", "award", "service", "enforcement", "organisation"];

/// The installed document with what carries each clause and the cases that test it; it never changes while the program runs.
pub(crate) struct Document {
    /// The document.
    pub(crate) policy: Policy,
    /// What carries each clause.
    pub(crate) coverage: BTreeMap<String, Coverage>,
    /// Its cases.
    pub(crate) cases: Vec<Heading>,
}

static DOCUMENT: LazyLock<Option<Arc<Document>>> =
    LazyLock::new(|| read().map_err(|cause| tracing::error!(%cause, "the policy document cannot be read")).ok());

fn read() -> Result<Arc<Document>, domain::Error> {
    let policy = domain::runs::policy()?;
    // Which commands the program has is known to whoever serves the pages; see `Document::carriers`.
    let report =
        domain::case_table::check(&policy, &|carrier| carrier.kind == "command" || routes::exists(&carrier.name))?;
    let coverage = report.coverage.into_iter().map(|one| (one.clause.clone(), one)).collect();
    let cases = domain::case_table::headings(&policy)?;
    Ok(Arc::new(Document { policy, coverage, cases }))
}

/// The installed document.
pub(crate) fn document() -> Result<Arc<Document>, AppError> {
    DOCUMENT.as_ref().map(Arc::clone).ok_or_else(|| AppError::internal("the policy document cannot be read"))
}

impl Document {
    /// What carries a clause, as links where the visitor may open them; a page or command counts only when it exists.
    pub(crate) fn carriers(&self, frame: &Frame, id: &str) -> Vec<Link> {
        let Some(found) = self.coverage.get(id) else { return Vec::new() };
        let to = |path: &str| if frame.opens(path) { frame.at(path) } else { String::new() };
        let at_clause = frame.at(&format!("/policy/{id}"));
        let mut links = Vec::new();
        for code in &found.indicators {
            let name = self.policy.indicator(code).map(|indicator| frame.said(&indicator.name)).unwrap_or_default();
            links.push(Link::new(
                frame.tn("pol-by-indicator", &[("code", code.clone()), ("name", name)]),
                to(&format!("/indicators/{code}")),
            ));
        }
        for award in &found.awards {
            let name = self.policy.award(award).map_or_else(|| award.clone(), |award| frame.said(&award.name));
            links.push(Link::new(frame.t1("pol-by-award", "name", name), to(&format!("/awards/{award}"))));
        }
        if !found.views.is_empty() {
            links.push(Link::new(frame.t1("pol-by-rules", "count", found.views.len()), format!("{at_clause}#rules")));
        }
        for carrier in &found.carried_by {
            match carrier.kind.as_str() {
                "page" => {
                    let href = to(room_of(&carrier.name));
                    let section = frame.sections.iter().find(|section| section.path == carrier.name);
                    let section = section.map(|section| frame.t(section.key));
                    let name = section.unwrap_or_else(|| page_name(frame, &carrier.name));
                    links.push(Link::new(frame.t1("pol-by-page", "name", name), href));
                }
                "command" if frame.commands.contains(&carrier.name) => {
                    links.push(Link::new(frame.t1("pol-by-command", "name", &carrier.name), at_clause.clone()));
                }
                _ => {}
            }
        }
        links
    }

    /// The clauses in the order of the document, each with its depth.
    fn tree(&self) -> Vec<(&Clause, usize)> {
        let parents: BTreeMap<&str, &str> = self
            .policy
            .clauses
            .iter()
            .filter_map(|clause| Some((clause.id.as_str(), clause.parent.as_deref()?)))
            .collect();
        let depth = |id: &str| {
            let mut seen = BTreeSet::new();
            let mut at = id;
            while let Some(parent) = parents.get(at) {
                if !seen.insert(at) {
                    break;
                }
                at = parent;
            }
            seen.len().saturating_sub(1)
        };
        self.policy.clauses.iter().map(|clause| (clause, depth(&clause.id))).collect()
    }
}

/// The words for a page that is no section of the navigation.
fn page_name(frame: &Frame, path: &str) -> String {
    match path {
        "/policy" => frame.t("pol-text"),
        "/" => frame.t("home-title"),
        other => other.to_owned(),
    }
}

/// The word for a kind of clause.
pub(crate) fn kind(frame: &Frame, key: &str) -> String {
    if KINDS.contains(&key) { frame.t(&format!("pol-kind-{key}")) } else { frame.t("pol-kind-other") }
}

#[derive(Template)]
#[template(path = "policy/page.html")]
struct PolicyPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    facts: Vec<(String, String)>,
    counts: Vec<Count>,
    measures: Vec<Count>,
    q: String,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    total: String,
    is_filtered: bool,
    sections: Vec<Section>,
}

/// The page from which one reaches this one: a page of one thing is reached from its room.
fn room_of(path: &str) -> &str {
    if path.contains('{') { path.match_indices('/').nth(1).map_or(path, |(end, _)| &path[..end]) } else { path }
}

/// How many clauses of a kind, or below a heading, are carried.
struct Count {
    kind: String,
    /// Where they stand on the page; empty for kinds.
    href: String,
    all: usize,
    carried: usize,
    missing: usize,
}

struct Section {
    id: String,
    title: String,
    clauses: Vec<Line>,
}

struct Line {
    id: String,
    href: String,
    depth: usize,
    text: String,
    kind: String,
    codes: String,
    carriers: Vec<Link>,
    missing: Option<StateWord>,
}

/// `GET /policy`.
pub async fn page(frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let document = document()?;
    let query = ListQuery::parse(&uri);
    let (wanted_kind, wanted_state) =
        (query.filter("kind").unwrap_or_default(), query.filter("state").unwrap_or_default());
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let sought = Sought::of(&query.q);
    let mut sections: Vec<Section> = Vec::new();
    let mut measures: Vec<Count> = Vec::new();
    let mut total = 0;
    for (clause, depth) in document.tree() {
        let carriers = document.carriers(&frame, &clause.id);
        let is_missing = carriers.is_empty() && clause.kind != "heading";
        let count = counts.entry(clause.kind.as_str()).or_default();
        count.0 += 1;
        count.1 += usize::from(!is_missing);
        // The five measures (C3.1–C3.5) and four safeguards (C4.1–C4.4) begin with a clause of their own name.
        if clause.id.ends_with(".0") && ["C3.", "C4."].iter().any(|part| clause.id.starts_with(part)) {
            let href = frame.at(&format!("/policy#{}", clause.id));
            let words = clause.text.split_once('）').map_or(clause.text.as_str(), |(_, words)| words);
            let kind = format!("{} {}", clause.id.trim_end_matches(".0"), words.trim_end_matches('。'));
            measures.push(Count { kind, href, all: 0, carried: 0, missing: 0 });
        } else if let Some(measure) = measures.last_mut() {
            measure.all += 1;
            measure.carried += usize::from(!is_missing);
            measure.missing += usize::from(is_missing);
        }
        let passes = (wanted_kind.is_empty() || clause.kind == wanted_kind)
            && (wanted_state.is_empty() || is_missing == (wanted_state == "missing"))
            && sought.is_in(&format!("{} {} {}", clause.id, clause.text, clause.codes.join(" ")));
        if !passes {
            continue;
        }
        total += 1;
        let id = clause.id.split('.').next().unwrap_or_default();
        if sections.last().is_none_or(|section| section.id != id) {
            let title = document
                .policy
                .sections
                .iter()
                .find(|section| section.id == id)
                .map_or("", |section| section.title.as_str());
            sections.push(Section { id: id.to_owned(), title: title.to_owned(), clauses: Vec::new() });
        }
        if let Some(section) = sections.last_mut() {
            section.clauses.push(Line {
                id: clause.id.clone(),
                href: frame.at(&format!("/policy/{}", clause.id)),
                depth: depth.min(4),
                text: clause.text.clone(),
                kind: kind(&frame, &clause.kind),
                codes: shown_codes(clause),
                missing: is_missing.then(|| StateWord::new(Tone::Warn, frame.t("pol-missing"))),
                carriers,
            });
        }
    }
    let (all, carried) = counts.values().fold((0, 0), |(all, carried), count| (all + count.0, carried + count.1));
    let line = frame.tn(
        "pol-line",
        &[("all", all.to_string()), ("carried", carried.to_string()), ("missing", (all - carried).to_string())],
    );
    let mark =
        |value: &str, chosen: &str, label: String| Choice { is_chosen: value == chosen, ..Choice::new(value, label) };
    hx::page(PolicyPage {
        frame: &frame,
        room: &Room::new(frame.said(&document.policy.title), line),
        facts: facts(&frame, &document.policy),
        counts: counts
            .iter()
            .map(|(key, (all, carried))| Count {
                kind: kind(&frame, key),
                href: String::new(),
                all: *all,
                carried: *carried,
                missing: all - carried,
            })
            .collect(),
        measures,
        kinds: KINDS.into_iter().map(|key| mark(key, wanted_kind, kind(&frame, key))).collect(),
        states: vec![
            mark("carried", wanted_state, frame.t("pol-carried")),
            mark("missing", wanted_state, frame.t("pol-missing")),
        ],
        total: format::count(total),
        is_filtered: !(wanted_kind.is_empty() && wanted_state.is_empty() && query.q.is_empty()),
        q: query.q.clone(),
        sections,
    })
}

/// Codes of targets and categories; those of open questions are for the document's author.
fn shown_codes(clause: &Clause) -> String {
    clause
        .codes
        .iter()
        .filter(|code| code.starts_with('K') || code.starts_with("HV"))
        .cloned()
        .collect::<Vec<_>>()
        .join(" ")
}

/// What is known of the document itself; what is not known is said to be unknown.
fn facts(frame: &Frame, policy: &Policy) -> Vec<(String, String)> {
    let document = &policy.document;
    let day = |day: Option<jiff::civil::Date>| day.map(|day| frame.date(day)).unwrap_or_default();
    let all = [
        ("pol-annex", document.annex.clone()),
        ("pol-parent", document.parent_title.clone()),
        ("pol-number", document.number.clone()),
        ("pol-issuer", document.issuer.clone()),
        ("pol-issued", day(document.issued_on)),
        ("pol-from", day(document.effective_from)),
        ("pol-until", day(document.effective_until)),
    ];
    all.into_iter()
        .map(|(key, value)| (frame.t(key), if value.is_empty() { frame.t("pol-unknown") } else { frame.said(&value) }))
        .collect()
}
