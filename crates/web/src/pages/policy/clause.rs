//! `/policy/{clause}`: one clause, quoted, beside its rules, parameters, cases, indicators and awards.

use askama::Template;
use axum::{extract::Path, http::Uri, response::Response};
use jiff::civil::Date;
use rules::policy::Parameter;

use super::{Document, document, kind};
use crate::{
    error::AppError,
    frame::Frame,
    hx,
    list::{Cell, Kind, ListQuery, Listing, downloads},
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
    parameters: Vec<Dated>,
    files: Vec<Link>,
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

/// One value of a parameter, with the days for which it holds.
struct Dated {
    name: String,
    meaning: String,
    /// As the policy document writes it.
    written: String,
    unit: String,
    value: String,
    from: Option<Date>,
    until: Option<Date>,
    period: String,
    basis: String,
    href: Option<String>,
}

/// The id of the table of parameters.
const PARAMETERS: &str = "parameters";

/// `GET /policy/{clause}`.
pub async fn page(frame: Frame, Path(id): Path<String>, uri: Uri) -> Result<Response, AppError> {
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
    let (query, here) = (ListQuery::parse(&uri), format!("/policy/{}", clause.id));
    if query.export {
        return dated(&frame, &here).workbook(&parameters, &query);
    }
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
        files: downloads(&frame, &here, PARAMETERS, &query),
        cases,
        previous: at.checked_sub(1).map(|before| link(&policy.clauses[before].id)),
        next: policy.clauses.get(at + 1).map(|after| link(&after.id)),
    })
}

/// The parameters that name the clause or that one of its rules uses.
fn parameters(frame: &Frame, document: &Document, id: &str, rules: &[Rule<'_>]) -> Vec<Dated> {
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
    let parameters = document.policy.parameters.iter().filter(wanted);
    parameters.flat_map(|parameter| values(frame, document, parameter)).collect()
}

/// The values of a parameter over time.
fn values(frame: &Frame, document: &Document, parameter: &Parameter) -> Vec<Dated> {
    let value = |dated: &rules::policy::Dated| Dated {
        name: parameter.name.clone(),
        meaning: frame.said(&parameter.meaning),
        written: dated.value.clone(),
        unit: parameter.unit.clone(),
        from: dated.from,
        until: dated.until,
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
    parameter.values.iter().map(value).collect()
}

/// The values as a file: numbers in the unit of the document, and true dates.
fn dated<'a>(frame: &'a Frame, path: &str) -> Listing<'a, Dated> {
    Listing::new(frame, PARAMETERS, path, frame.t("pol-parameters"))
        .column("name", frame.t("pol-parameter"), Kind::Text, |one: &Dated| Cell::text(one.meaning.clone()))
        .column("key", frame.t("pol-parameter-key"), Kind::Code, |one| Cell::code(one.name.clone()))
        .column("value", frame.t("pol-value"), Kind::Number, |one| match one.written.parse::<Date>() {
            Ok(day) => Cell::date(Some(day)),
            Err(_) => Cell::decimal(&one.written),
        })
        .column("unit", frame.t("pol-unit"), Kind::Text, |one| Cell::text(frame.unit(&one.unit)))
        .column("from", frame.t("pol-value-from"), Kind::Date, |one| Cell::date(one.from))
        .column("until", frame.t("pol-value-until"), Kind::Date, |one| Cell::date(one.until))
        .column("basis", frame.t("pol-basis"), Kind::Text, |one| Cell::text(one.basis.clone()))
}
