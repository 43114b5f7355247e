//! `/policy/{clause}`: one clause, quoted, beside its rules, parameters, cases, indicators and awards.

use askama::Template;
use axum::{extract::Path, response::Response};
use rules::policy::Parameter;

use super::{Document, document, kind};
use crate::{
    error::AppError,
    frame::Frame,
    hx,
    pages::{indicators::basis, room::Room},
    pieces::{Link, State as StateWord, Tone},
};

#[derive(Template)]
#[template(path = "policy/clause.html")]
struct ClausePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    text: &'a str,
    parent: Option<(Link, &'a str)>,
    children: Vec<(Link, &'a str)>,
    carriers: Vec<Link>,
    missing: Option<StateWord>,
    rules: Vec<Rule<'a>>,
    parameters: Vec<Shown>,
    cases: Vec<&'a str>,
    previous: Option<Link>,
    next: Option<Link>,
}

struct Rule<'a> {
    name: &'a str,
    note: &'a str,
    sql: &'a str,
    others: Vec<Link>,
}

/// A parameter with its values.
struct Shown {
    name: String,
    meaning: String,
    values: Vec<Value>,
}

struct Value {
    value: String,
    period: String,
    basis: String,
    href: Option<String>,
}

/// `GET /policy/{clause}`.
pub async fn page(frame: Frame, Path(id): Path<String>) -> Result<Response, AppError> {
    let document = document()?;
    let policy = &document.policy;
    let Some(at) = policy.clauses.iter().position(|clause| clause.id == id) else {
        return Err(AppError::NotFound(frame.t1("pol-gone", "id", &id)));
    };
    let clause = &policy.clauses[at];
    let link = |id: &str| Link::new(id, frame.at(&format!("/policy/{id}")));
    let carriers = document.carriers(&frame, &clause.id);
    let coverage = document.coverage.get(&clause.id);
    let views = policy.views.iter().filter(|view| coverage.is_some_and(|found| found.views.contains(&view.name)));
    let rules: Vec<Rule<'_>> = views
        .map(|view| Rule {
            name: &view.name,
            note: view.note.split("note:").next().unwrap_or_default().trim(),
            sql: view.sql.trim(),
            others: view.clauses.iter().filter(|other| **other != clause.id).map(|other| link(other)).collect(),
        })
        .collect();
    let parameters = parameters(&frame, &document, &clause.id, &rules);
    let cases =
        document.cases.iter().filter(|case| case.clauses.contains(&clause.id)).map(|case| case.name.as_str()).collect();
    let line =
        frame.tn("pol-clause-line", &[("document", frame.said(&policy.title)), ("kind", kind(&frame, &clause.kind))]);
    let room =
        Room::new(frame.t1("pol-clause-title", "id", &clause.id), line).below(&frame, &[("pol-text", "/policy")]);
    hx::page(ClausePage {
        frame: &frame,
        room: &room,
        text: &clause.text,
        parent: clause
            .parent
            .as_deref()
            .and_then(|parent| policy.clause(parent))
            .map(|parent| (link(&parent.id), parent.text.as_str())),
        children: policy
            .clauses
            .iter()
            .filter(|child| child.parent.as_deref() == Some(clause.id.as_str()))
            .map(|child| (link(&child.id), child.text.as_str()))
            .collect(),
        missing: (carriers.is_empty() && clause.kind != "heading")
            .then(|| StateWord::new(Tone::Warn, frame.t("pol-missing"))),
        carriers,
        rules,
        parameters,
        cases,
        previous: at.checked_sub(1).map(|before| link(&policy.clauses[before].id)),
        next: policy.clauses.get(at + 1).map(|after| link(&after.id)),
    })
}

/// The parameters that name the clause or that one of its rules uses.
fn parameters(frame: &Frame, document: &Document, id: &str, rules: &[Rule<'_>]) -> Vec<Shown> {
    let used = |parameter: &Parameter| {
        let name = format!("${}", parameter.name);
        let ends = |rest: &str| !rest.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
        rules.iter().any(|rule| rule.sql.match_indices(&name).any(|(at, _)| ends(&rule.sql[at + name.len()..])))
    };
    let of_target = |parameter: &Parameter| {
        let found =
            document.policy.indicators.iter().filter(|indicator| indicator.clauses.iter().any(|clause| clause == id));
        found.into_iter().any(|indicator| indicator.target_parameter.as_deref() == Some(parameter.name.as_str()))
    };
    let wanted = |parameter: &&Parameter| {
        parameter.clauses.iter().any(|clause| clause == id) || used(parameter) || of_target(parameter)
    };
    document.policy.parameters.iter().filter(wanted).map(|parameter| shown(frame, document, parameter)).collect()
}

fn shown(frame: &Frame, document: &Document, parameter: &Parameter) -> Shown {
    let value = |dated: &rules::policy::Dated| Value {
        value: basis::setting_value(frame, &dated.value, &parameter.unit),
        period: match (dated.from, dated.until) {
            (None, None) => frame.t("pol-always"),
            (from, until) => frame.tn(
                "pol-period",
                &[
                    ("from", from.map(|day| day.to_string()).unwrap_or_default()),
                    ("until", until.map(|day| day.to_string()).unwrap_or_default()),
                ],
            ),
        },
        href: document.policy.clause(&dated.basis).map(|clause| frame.at(&format!("/policy/{}", clause.id))),
        basis: if dated.basis == "reading" { frame.t("pol-reading") } else { dated.basis.clone() },
    };
    Shown {
        name: parameter.name.clone(),
        meaning: frame.said(&parameter.meaning),
        values: parameter.values.iter().map(value).collect(),
    }
}
