//! `/search?q=`: one search over enterprises, patents, award cases, patent documents and the clauses of the policy, each shortly with a way to the whole list.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use domain::accounts::Permission;
use rules::Policy;
use serde::Deserialize;
use terms::ApplicationNumber;

use crate::{
    app::App,
    error::AppError,
    format::{self, encode},
    frame::Frame,
    hx,
    pages::{
        cases,
        cockpit::{
            self,
            shown::{self, Shown},
        },
        corpus::{HitView, Wish, ask, baskets::account},
        enterprises,
        indicators::basis,
        patents::{self, names},
    },
    pieces::{Link, State as StateWord},
    search_key::Sought,
};

/// How many are named in each group.
const NAMED_MAX: usize = 10;
/// The longest search, in characters; the rest is cut off.
const CHARS_MAX: usize = 100;

/// What is searched for.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "search/page.html")]
struct SearchPage<'a> {
    frame: &'a Frame,
    q: &'a str,
    line: String,
    groups: Vec<Group>,
}

/// One sort of thing with what was found.
struct Group {
    id: &'static str,
    title: String,
    found: Vec<Found>,
    count: usize,
    all: Option<Link>,
}

/// One thing found.
struct Found {
    link: Link,
    line: String,
    state: Option<StateWord>,
}

/// `GET /search?q=`.
pub async fn page(State(app): State<App>, frame: Frame, Query(wanted): Query<Wanted>) -> Result<Response, AppError> {
    let q: String = wanted.q.trim().chars().take(CHARS_MAX).collect();
    let Some(shown) = shown::shown(&app, None).await? else { return cockpit::no_run(&frame, frame.t("search-label")) };
    let mut groups = Vec::new();
    if !q.is_empty() {
        if frame.may(Permission::ViewRights) {
            groups.push(enterprises_found(&frame, &shown, &q));
            groups.push(patents_found(&frame, &shown, &q));
        }
        if frame.may(Permission::ViewPolicy) {
            groups.push(clauses_found(&frame, &shown.policy, &q));
        }
    }
    if !q.is_empty() && frame.may(Permission::ViewCases) {
        groups.push(cases_found(&app, &frame, &shown.policy, &q).await?);
    }
    if !q.is_empty() && frame.may(Permission::SearchCorpus) {
        groups.extend(documents_found(&app, &frame, &q).await?);
    }
    // What was found stands before what was not.
    groups.sort_by_key(|group| group.count == 0);
    hx::page(SearchPage { frame: &frame, q: &q, line: shown.line(&frame), groups })
}

fn group(frame: &Frame, id: &'static str, title: String, count: usize, found: Vec<Found>, all: String) -> Group {
    let all = (count > found.len()).then(|| Link::new(frame.t1("awards-all-of", "count", format::count(count)), all));
    Group { id, title, found, count, all }
}

fn enterprises_found(frame: &Frame, shown: &Shown, q: &str) -> Group {
    let all = enterprises::read::enterprises(&shown.opened);
    let sought = Sought::of(q);
    let hits: Vec<_> = all.iter().filter(|one| sought.is_in(&format!("{} {}", one.name, one.uscc))).collect();
    let found = hits.iter().take(NAMED_MAX).map(|one| Found {
        link: Link::new(one.name.clone(), frame.at(&format!("/enterprises/{}", one.uscc))),
        line: [one.uscc.as_str(), one.town.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        state: None,
    });
    group(
        frame,
        "enterprises",
        frame.t("enterprises-title"),
        hits.len(),
        found.collect(),
        frame.at(&format!("/enterprises?q={}", encode(q))),
    )
}

fn patents_found(frame: &Frame, shown: &Shown, q: &str) -> Group {
    let all = patents::read::patents(&shown.opened);
    let may_see_persons = names::may_see(frame);
    // A number in any notation is the same number.
    let number = q.parse::<ApplicationNumber>().map(|number| number.to_string());
    let wanted = Sought::of(number.as_deref().unwrap_or(q));
    let hits: Vec<_> = all.iter().filter(|patent| patent.is_found(&wanted, may_see_persons)).collect();
    let found = hits.iter().take(NAMED_MAX).map(|patent| Found {
        link: Link::new(patent.title.clone(), frame.at(&format!("/patents/{}", patent.number))),
        line: [
            patents::read::written(&patent.number),
            patents::kind(frame, &patent.kind),
            names::shown(frame, &patent.owner, patent.owner_uscc.is_some()),
        ]
        .join(" · "),
        state: Some(patents::standing(frame, patent.state)),
    });
    group(
        frame,
        "patents",
        frame.t("patents-title"),
        hits.len(),
        found.collect(),
        frame.at(&format!("/patents?q={}", encode(q))),
    )
}

/// The award cases that the visitor may see, by enterprise, matter or number.
async fn cases_found(app: &App, frame: &Frame, policy: &Policy, q: &str) -> Result<Group, AppError> {
    let all = domain::cases::all(app.db(), account(frame)?).await?;
    let sought = Sought::of(q);
    let is_found = |case: &&domain::cases::Case| {
        sought.is_in(&format!("{} {} {} {}", case.name, case.subject, case.matter, case.id))
    };
    let hits: Vec<_> = all.iter().filter(is_found).collect();
    let found = hits.iter().take(NAMED_MAX).map(|case| Found {
        link: Link::new(case.name.clone(), frame.at(&cases::path(case.id))),
        line: [cases::award_name(frame, policy, &case.award), case.year.to_string(), case.matter.clone()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        state: Some(cases::state(frame, case.state)),
    });
    let list = frame.at(&format!("{}?q={}", cases::PATH, encode(q)));
    Ok(group(frame, "cases", frame.t("cases-title"), hits.len(), found.collect(), list))
}

/// The documents of the corpus; nothing while there is none, or when the words are no query.
async fn documents_found(app: &App, frame: &Frame, q: &str) -> Result<Option<Group>, AppError> {
    let wish = Wish::asking(q);
    let hits = ask(app, move |corpus| {
        let Some(corpus) = corpus else { return Ok(None) };
        let Ok(query) = wish.query(corpus)? else { return Ok(None) };
        let page = corpus::Page { limit: NAMED_MAX, ..corpus::Page::default() };
        match corpus.search(&query, &page) {
            Ok(hits) => Ok(Some(hits)),
            Err(corpus::Error::Query(_)) => Ok(None),
            Err(error) => Err(error),
        }
    });
    let Some(hits) = hits.await? else { return Ok(None) };
    let found = hits.hits.iter().map(|hit| {
        let view = HitView::plain(frame, &corpus::Query::All, &hit.document);
        let named = hit.document.applicants.first().map(|party| party.name.clone());
        let line = [Some(view.number), named].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        Found { link: Link::new(view.spoken, view.href), line, state: view.state }
    });
    let count = usize::try_from(hits.documents).unwrap_or(usize::MAX);
    let all = frame.at(&format!("/corpus?q={}", encode(q)));
    Ok(Some(group(frame, "documents", frame.t("corpus-title"), count, found.collect(), all)))
}

fn clauses_found(frame: &Frame, policy: &Policy, q: &str) -> Group {
    let hits: Vec<_> = policy.clauses.iter().filter(|clause| is_clause(&clause.id, &clause.text, q)).collect();
    let found = hits.iter().take(NAMED_MAX).map(|clause| Found {
        link: Link::new(basis::place(frame, &clause.id), frame.at(&format!("/policy/{}", clause.id))),
        line: clause.text.clone(),
        state: None,
    });
    group(frame, "clauses", frame.t("search-clauses"), hits.len(), found.collect(), frame.at("/policy"))
}

/// Whether a clause is meant: by its id or the beginning of it, by its place, or by all words standing in it.
fn is_clause(id: &str, text: &str, q: &str) -> bool {
    let q = q.trim();
    let is_id = q.get(..1).is_some_and(|first| first.eq_ignore_ascii_case("c"))
        && q.len() > 1
        && q[1..].starts_with(|letter: char| letter.is_ascii_digit());
    if is_id {
        let wanted = q.to_ascii_uppercase();
        return id == wanted || id.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('.'));
    }
    basis::place_in_document(id) == q || q.split_whitespace().all(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_is_found_by_id_place_and_words() {
        let text = "对当年发明专利授权达到5件以上的发明大户给予奖励，";
        for q in ["C3.1.4.2", "c3.1.4.2", "C3.1.4", "C3", "三（一）4", "发明大户", "发明 奖励"] {
            assert!(is_clause("C3.1.4.2", text, q), "{q}");
        }
        for q in ["C3.1.4.20", "C3.1.4.", "C4", "商标", "发明 商标", "三（一）5"] {
            assert!(!is_clause("C3.1.4.2", text, q), "{q}");
        }
    }
}
