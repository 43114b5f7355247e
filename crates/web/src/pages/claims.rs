//! `/claims` 企业认领: the office's list of enterprises that ask for an account, and one of them with its proof, to be decided.

pub mod public;

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::Detail,
    claims::{self, Claim, Listed, State as Standing, View},
};

use super::invitations;
use crate::{
    app::App,
    download,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing},
    pages::{
        corpus::baskets::account,
        registry::entries::EntryForm,
        room::{self, Room, Sent},
    },
    pieces::{Link, Notice, State as StateWord, Tone},
};

const PATH: &str = "/claims";

#[derive(Template)]
#[template(path = "claims/one.html")]
struct OnePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    state: StateWord,
    warnings: Vec<Notice>,
    facts: Vec<(String, String)>,
    papers: Vec<(String, Link, String)>,
    others: Vec<(Link, StateWord, String)>,
    form: Option<EntryForm>,
}

/// `GET /claims`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let rows = claims::all(&app.installation, account(&frame)?, app.now()).await?;
    let listing = listing(&frame);
    let room = invitations::head(&frame, PATH, "claims-title", "claims-line").with(room::said(&frame, &words));
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

fn listing(frame: &Frame) -> Listing<'_, Listed> {
    let states = Standing::ALL.map(|state| Choice::new(state.key(), frame.said(state.zh()))).into();
    let accounts = ["yes", "no"].map(|key| Choice::new(key, frame.t(&format!("claims-account-{key}")))).into();
    let account_key = |one: &Listed| if one.has_account { "yes" } else { "no" };
    Listing::new(frame, "claims", PATH, frame.t("claims-title"))
        .column("id", frame.t("claims-number"), Kind::Number, |one: &Listed| {
            Cell::number(one.claim.id).link(frame.at(&path(one.claim.id)))
        })
        .column("enterprise", frame.t("claims-enterprise"), Kind::Text, |one| {
            Cell::text(one.claim.said.enterprise.clone()).link(frame.at(&path(one.claim.id)))
        })
        .column("uscc", frame.t("claims-uscc"), Kind::Code, |one| Cell::code(one.claim.said.uscc.clone()))
        .column("state", frame.t("accounts-state"), Kind::Text, |one| {
            Cell::state(standing(frame, one.claim.state), one.claim.state as i64)
        })
        .column("account", frame.t("claims-account"), Kind::Text, move |one| {
            let tone = if one.has_account { Tone::Warn } else { Tone::Plain };
            let word = frame.t(&format!("claims-account-{}", account_key(one)));
            Cell::state(StateWord::new(tone, word), i64::from(one.has_account))
        })
        .column("person", frame.t("claims-person"), Kind::Text, |one| Cell::text(one.claim.said.person.clone()))
        .column("made", frame.t("claims-made"), Kind::Date, |one| Cell::code(format::instant(one.claim.made_at)))
        .column("by", frame.t("claims-decided-by"), Kind::Text, |one| {
            one.claim.decided_by.as_ref().map_or_else(Cell::empty, |by| Cell::text(by.clone()))
        })
        .filter("state", frame.t("accounts-state"), states, |one, key| one.claim.state.key() == key)
        .filter("account", frame.t("claims-account"), accounts, move |one, key| account_key(one) == key)
        .search(frame.t("claims-search"), |one| {
            let said = &one.claim.said;
            format!("{} {} {} {} {}", one.claim.id, said.enterprise, said.uscc, said.person, said.phone)
        })
        .when_empty(frame.t("claims-none"), frame.t("claims-none-todo"))
}

fn path(id: i64) -> String {
    format!("{PATH}/{id}")
}

fn standing(frame: &Frame, state: Standing) -> StateWord {
    let tone = match state {
        Standing::Waiting => Tone::Warn,
        Standing::Accepted => Tone::Ok,
        Standing::Refused => Tone::Bad,
    };
    StateWord::new(tone, frame.said(state.zh()))
}

/// `GET /claims/{id}`.
pub async fn one(State(app): State<App>, frame: Frame, Path(id): Path<i64>, uri: Uri) -> Result<Response, AppError> {
    let (_, words) = room::wishes(&uri);
    let view = claims::one(&app.installation, account(&frame)?, id, app.now()).await?;
    let room = head_of(&frame, &view.claim).with(room::said(&frame, &words));
    hx::page(shown(&frame, &view, &Sent::default(), &Errors::default(), &room))
}

fn head_of(frame: &Frame, claim: &Claim) -> Room {
    Room::new(claim.said.enterprise.clone(), frame.t1("claims-one-line", "number", claim.id))
        .below(frame, &[("claims-title", PATH)])
}

fn shown<'a>(frame: &'a Frame, view: &View, sent: &Sent, errors: &'a Errors, room: &'a Room) -> OnePage<'a> {
    let claim = &view.claim;
    let other = |other: &Claim| {
        let link = Link::new(frame.t1("claims-one-line", "number", other.id), frame.at(&path(other.id)));
        (link, standing(frame, other.state), format::instant(other.made_at))
    };
    let paper = |paper: &claims::Paper| {
        let link = Link::new(&paper.name, frame.at(&format!("{}/papers/{}", path(claim.id), paper.id)));
        (frame.said(paper.kind.zh()), link, format!("{} KB", (paper.size + 1023) / 1024))
    };
    OnePage {
        frame,
        room,
        errors,
        state: standing(frame, claim.state),
        warnings: warnings(frame, view),
        facts: facts(frame, view),
        papers: view.papers.iter().map(paper).collect(),
        others: view.others.iter().map(other).collect(),
        form: (claim.state == Standing::Waiting).then(|| deciding(frame, claim.id, sent, errors)),
    }
}

/// What whoever decides must not overlook.
fn warnings(frame: &Frame, view: &View) -> Vec<Notice> {
    let notice = |title: String, lines| Notice { tone: Tone::Warn, title, lines, link: None };
    let mut warnings = Vec::new();
    if !view.accounts.is_empty() {
        let line = |one: &Detail| {
            let key = if one.disabled_at.is_some() { "accounts-disabled" } else { "accounts-open" };
            format!("{} {} {}", one.account.login, one.account.name, frame.t(key))
        };
        let mut lines: Vec<String> = view.accounts.iter().map(line).collect();
        lines.push(frame.t("claims-has-account-todo"));
        warnings.push(notice(frame.t("claims-has-account"), lines));
    }
    match &view.registered {
        None => warnings.push(notice(frame.t("claims-unregistered"), vec![frame.t("claims-unregistered-todo")])),
        Some(name) if *name != view.claim.said.enterprise => {
            warnings.push(notice(frame.t1("claims-other-name", "name", name), vec![frame.t("claims-other-name-todo")]));
        }
        Some(_) => {}
    }
    warnings
}

fn facts(frame: &Frame, view: &View) -> Vec<(String, String)> {
    let (claim, said) = (&view.claim, &view.claim.said);
    let mut facts = vec![
        (frame.t("claims-uscc"), said.uscc.clone()),
        (frame.t("claims-enterprise"), said.enterprise.clone()),
        (frame.t("claims-registered"), view.registered.clone().unwrap_or_else(|| frame.t("claims-registered-none"))),
        (frame.t("claims-person"), said.person.clone()),
        (frame.t("claims-phone"), said.phone.clone()),
        (frame.t("claims-made"), format::instant(claim.made_at)),
        (frame.t("claims-from"), claim.address.clone()),
    ];
    let mut more = |key: &str, text: String| {
        if !text.is_empty() {
            facts.push((frame.t(key), text));
        }
    };
    more("claims-note", said.note.clone());
    if let (Some(by), Some(at)) = (&claim.decided_by, claim.decided_at) {
        more("claims-decided", format!("{by} {}", format::instant(at)));
    }
    more("claims-reason", claim.reason.clone());
    if let Some(invitation) = &view.invitation {
        let login = invitation.login.as_deref().unwrap_or_default();
        let word = invitations::standing(frame, invitation.state(frame.now)).word;
        more("claims-invitation", format!("{word} {login}").trim_end().to_owned());
    }
    facts
}

fn deciding(frame: &Frame, id: i64, sent: &Sent, errors: &Errors) -> EntryForm {
    let choices = ["accept", "refuse"].map(|key| Choice::new(key, frame.t(&format!("claims-{key}")))).into();
    EntryForm {
        title: frame.t("claims-decide"),
        action: frame.at(&format!("{}/decide", path(id))),
        fields: vec![
            Field::of("decision", frame.t("claims-decision"), FieldKind::Radios(choices), sent.get("decision"), errors),
            Field::of("reason", frame.t("claims-reason"), FieldKind::Lines, sent.get("reason"), errors)
                .hint(frame.t("claims-reason-hint"))
                .optional(),
        ],
        button: frame.t("claims-decide-do"),
    }
}

/// `POST /claims/{id}/decide`.
pub async fn decide(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let (own, said) = (account(&frame)?, (id, sent.get("reason")));
    let done = match sent.get("decision") {
        "accept" => claims::accept(&app.installation, own, said, app.now()).await,
        "refuse" => claims::refuse(&app.installation, own, said, app.now()).await,
        _ => Err(domain::Error::field("decision", frame.t("claims-decision-missing"))),
    };
    let mut errors = Errors::default();
    match done {
        Ok(()) => return Ok(room::see_other(&frame, &format!("{}?done=claim-decided", path(id)))),
        Err(domain::Error::Field { field, why }) => errors.add(field, frame.said(&why)),
        Err(other) => return Err(other.into()),
    }
    let view = claims::one(&app.installation, own, id, app.now()).await?;
    let room = head_of(&frame, &view.claim).wrong(true);
    hx::refused(shown(&frame, &view, &sent, &errors, &room))
}

/// `GET /claims/{id}/papers/{file}`: the file, to be saved and never shown by the browser itself.
pub async fn paper(
    State(app): State<App>,
    frame: Frame,
    Path((id, file)): Path<(i64, i64)>,
) -> Result<Response, AppError> {
    let (paper, bytes) = claims::paper(&app.installation, account(&frame)?, (id, file)).await?;
    download::file(download::ANY, ("", &paper.name), bytes)
}
