//! `/registers/ties/one`: one name with the code that its file gave, the first rows in which it stands, and the two answers:
//! an enterprise, or none of the city.

use askama::Template;
use axum::{Form, extract::State, http::Uri, response::Response};
use domain::ties::{self, Mention, UntiedName};
use registry::{KEY_SEPARATOR, show_key};

use super::{Names, reason, said};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx,
    pages::{
        history,
        registry::{register_name, who},
        room::{self, Room, Sent},
    },
    pieces::Link,
};

#[derive(Template)]
#[template(path = "registry/tie.html")]
struct OnePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    facts: Vec<(String, String)>,
    mentions: Vec<Row>,
    more: String,
    fields: Vec<Field>,
    hidden: [(&'static str, &'a str); 2],
    action: String,
}

/// A row in which the name stands.
struct Row {
    register: String,
    key: Link,
    address: String,
}

/// `GET /registers/ties/one`.
pub async fn page(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let (name, code) = (query.filter("name").unwrap_or_default(), query.filter("code").unwrap_or_default());
    respond(&app, &frame, (name, code), &Sent::default(), &Errors::default()).await
}

async fn respond(
    app: &App,
    frame: &Frame,
    (name, code): (&str, &str),
    sent: &Sent,
    errors: &Errors,
) -> Result<Response, AppError> {
    let waiting = ties::waiting(&app.installation, app.now()).await?;
    let title = if name.is_empty() { code } else { name };
    let found = waiting.iter().find(|untied| untied.name == name && untied.code == code);
    let Some(untied) = found else { return Err(AppError::NotFound(frame.t1("reg-ties-gone", "name", title))) };
    let line = frame.tn("reg-ties-one-line", &[("count", untied.rows.to_string()), ("why", frame.said(&untied.why))]);
    let room = Room::new(frame.t1("reg-ties-title", "name", title), line)
        .below(frame, &[("nav-registers", "/registers"), ("reg-ties", Names::Waiting.path())])
        .wrong(!errors.is_empty());
    let more = untied.rows.saturating_sub(untied.mentions.len());
    let page = OnePage {
        frame,
        room: &room,
        errors,
        facts: facts(frame, untied),
        mentions: untied.mentions.iter().map(|mention| row(frame, mention)).collect(),
        more: if more == 0 { String::new() } else { frame.t1("reg-ties-more", "count", format::count(more)) },
        fields: fields(frame, untied, sent, errors),
        hidden: [("name", name), ("code", code)],
        action: frame.at("/registers/ties/one"),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn facts(frame: &Frame, untied: &UntiedName) -> Vec<(String, String)> {
    let code = if untied.code.is_empty() { frame.t("reg-ties-no-code") } else { untied.code.clone() };
    let candidates = match untied.candidates.is_empty() {
        true => frame.t("reg-ties-no-candidate"),
        false => said(frame, &untied.candidates),
    };
    vec![
        (frame.t("reg-ties-code"), code),
        (frame.t("reg-ties-candidates"), candidates),
        (frame.t("reg-ties-city"), frame.t(if untied.in_city { "reg-yes" } else { "reg-no" })),
    ]
}

fn row(frame: &Frame, mention: &Mention) -> Row {
    let key: Vec<&str> = mention.key.split(KEY_SEPARATOR).collect();
    let href = history::link(frame, &mention.register, &key).unwrap_or_default();
    Row {
        register: register_name(frame, &mention.register),
        key: Link::new(show_key(&mention.key), href),
        address: mention.address.clone(),
    }
}

fn fields(frame: &Frame, untied: &UntiedName, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let mut acts = vec![Choice::new("outside", frame.t("reg-ties-act-outside"))];
    // Without a name there is nothing that an alias could remember.
    if !untied.name.is_empty() {
        acts.insert(0, Choice::new("tie", frame.t("reg-ties-act-enterprise")));
    }
    let mut fields = vec![Field::of("act", frame.t("reg-ties-act"), FieldKind::Radios(acts), sent.get("act"), errors)];
    if !untied.name.is_empty() {
        let only = untied.best.clone().filter(|_| untied.candidates.len() == 1).unwrap_or_default();
        let value = if sent.get("uscc").is_empty() { only } else { sent.get("uscc").to_owned() };
        fields.push(
            Field::of("uscc", frame.t("reg-ties-uscc"), FieldKind::Text, &value, errors)
                .hint(frame.t("reg-ties-uscc-hint")),
        );
    }
    fields.push(reason(frame, sent.get("reason"), errors));
    fields
}

/// `POST /registers/ties/one`.
pub async fn settle(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let (name, code) = (sent.get("name"), sent.get("code"));
    let mut errors = Errors::default();
    let is_outside = sent.get("act") == "outside";
    match sent.get("act") {
        "outside" => {}
        "tie" => {
            if let Err(cause) = sent.get("uscc").parse::<terms::Uscc>() {
                errors.add("uscc", frame.said(&cause.to_string()));
            }
        }
        _ => errors.add("act", frame.t("reg-ties-act-missing")),
    }
    if sent.get("reason").is_empty() {
        errors.add("reason", frame.t("reg-reason-missing"));
    }
    if !errors.is_empty() {
        return respond(&app, &frame, (name, code), &sent, &errors).await;
    }
    let (who, reason, now) = (who(&frame), sent.get("reason"), app.now());
    let report = if is_outside {
        let named = [(name.to_owned(), code.to_owned())];
        ties::set_outside(&app.installation, &named, true, reason, &who, now).await?
    } else {
        let tied = [(name.to_owned(), sent.get("uscc").to_owned())];
        ties::settle(&app.installation, &tied, reason, &who, now).await?
    };
    let done = if is_outside { "outside" } else { "tied" };
    Ok(room::see_other(&frame, &format!("/registers/ties?done={done}&count=1&batch={}", report.batch)))
}
