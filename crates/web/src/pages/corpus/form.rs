//! `/corpus/form` 表单检索: fields of their own that write the field language into the box.

use askama::Template;
use axum::{extract::Query as Sent, response::Response};
use corpus::{Field as Of, Query};

use super::head;
use crate::{
    error::AppError,
    form::{Choice, Errors, Field, Kind},
    frame::Frame,
    hx,
    pages::room::{Room, Sent as Fields},
};

/// The fields in which words are typed, with their keys and what they look in.
const TYPED: [(&str, Of, &str); 9] = [
    ("title", Of::Title, "corpus-form-title-hint"),
    ("applicant", Of::Applicant, "corpus-form-name-hint"),
    ("class", Of::Ipc, "corpus-form-class-hint"),
    ("number", Of::Number, "corpus-form-number-hint"),
    ("place", Of::Address, "corpus-form-place-hint"),
    ("inventor", Of::Inventor, "corpus-form-inventor-hint"),
    ("abstract", Of::Abstract, ""),
    ("claims", Of::Claims, ""),
    ("owner", Of::Owner, ""),
];
/// The fields of days, each from and to.
const DAYS: [(&str, &str, Of); 3] = [
    ("filed-from", "filed-to", Of::Filed),
    ("published-from", "published-to", Of::Published),
    ("granted-from", "granted-to", Of::Granted),
];
const OFFICES: [&str; 9] = ["CN", "US", "EP", "WO", "JP", "KR", "DE", "HK", "TW"];
const KINDS: [&str; 3] = ["发明", "实用新型", "外观设计"];

#[derive(Template)]
#[template(path = "corpus/form.html")]
struct FormPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    fields: Vec<Field>,
    days: Vec<(String, Vec<Field>)>,
}

/// `GET /corpus/form`: the form, or, once it is sent, the search that it wrote.
pub async fn page(frame: Frame, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response, AppError> {
    let sent = Fields(sent);
    let is_sent = !sent.get("do").is_empty();
    let mut errors = Errors::default();
    if is_sent {
        match written(&frame, &sent, &mut errors) {
            Query::All if errors.is_empty() => errors.add("title", frame.t("corpus-form-empty")),
            query if errors.is_empty() => return Ok(super::to_search(&frame, &query.to_string())),
            _ => {}
        }
    }
    let room = head(&frame, "/corpus/form").wrong(!errors.is_empty());
    let (fields, days) = fields(&frame, &sent, &errors);
    let page = FormPage { frame: &frame, room: &room, errors: &errors, fields, days };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// The query that the fields amount to; what cannot be read is noted with its field.
fn written(frame: &Frame, sent: &Fields, errors: &mut Errors) -> Query {
    let mut query = Query::All;
    let mut add = |name: &str, read: Result<Query, corpus::QueryError>| match read {
        Ok(one) => query = std::mem::replace(&mut query, Query::All).and(one),
        Err(error) => errors.add(name, frame.said(&error.message)),
    };
    for (name, field, _) in TYPED.iter().filter(|(name, ..)| !sent.get(name).is_empty()) {
        add(name, Query::parse_in(*field, sent.get(name)));
    }
    for (from, to, field) in DAYS {
        for (name, sign) in [(from, ">="), (to, "<=")] {
            if !sent.get(name).is_empty() {
                add(name, Query::parse(&format!("{}{sign}\"{}\"", field.code(), sent.get(name).replace('"', ""))));
            }
        }
    }
    for (name, field) in [("office", Of::Office), ("kind", Of::Kind), ("state", Of::State)] {
        if !sent.get(name).is_empty() {
            add(name, Query::parse_in(field, sent.get(name)));
        }
    }
    query
}

fn fields(frame: &Frame, sent: &Fields, errors: &Errors) -> (Vec<Field>, Vec<(String, Vec<Field>)>) {
    let mut fields: Vec<Field> = TYPED
        .iter()
        .map(|(name, of, hint)| {
            let field = Field::of(name, frame.said(of.zh()), Kind::Text, sent.get(name), errors);
            if hint.is_empty() { field } else { field.hint(frame.t(hint)) }
        })
        .collect();
    let any = || vec![Choice::new("", frame.t("list-all"))];
    let select = |name: &str, of: Of, choices: Vec<Choice>| {
        Field::of(name, frame.said(of.zh()), Kind::Select(choices), sent.get(name), errors)
    };
    let (mut offices, mut kinds, mut states) = (any(), any(), any());
    offices.extend(OFFICES.map(|code| Choice::new(code, crate::pages::patents::office(frame, code))));
    kinds.extend(KINDS.map(|kind| Choice::new(kind, crate::pages::patents::kind(frame, kind))));
    states.extend(corpus::STATES.map(corpus::state_name).map(|name| Choice::new(name, frame.said(name))));
    fields.push(select("kind", Of::Kind, kinds));
    fields.push(select("state", Of::State, states));
    fields.push(select("office", Of::Office, offices));
    let ends = |(from, to, of): (&str, &str, Of)| {
        let end = |name: &str, key: &str| Field::of(name, frame.t(key), Kind::Short, sent.get(name), errors);
        (frame.said(of.zh()), vec![end(from, "corpus-form-from"), end(to, "corpus-form-to")])
    };
    (fields, DAYS.map(ends).into())
}
