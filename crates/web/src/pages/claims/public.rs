//! `/claim`: what an enterprise without an account sees: the claim with its proof, its receipt, and how it stands.

use askama::Template;
use axum::{
    Form,
    extract::{Multipart, State},
    response::Response,
};
use domain::{
    claims::{self, Claim, PROOF_BYTES_MAX, Proof, Said},
    sign_in_limits,
};

use super::standing;
use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx,
    pages::{
        invitations::login_fields,
        registry::upload::unreadable,
        room::{Room, Sent},
    },
    pieces::State as StateWord,
};

/// The largest form with its two files, in bytes: a stranger may send no more.
pub const CLAIM_BYTES_MAX: usize = 2 * PROOF_BYTES_MAX + 64 * 1024;
const TYPES: &str = ".pdf,.ofd,.png,.jpg,.jpeg";

#[derive(Template)]
#[template(path = "claims/new.html")]
struct NewPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "claims/receipt.html")]
struct ReceiptPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    number: i64,
    code: &'a str,
}

#[derive(Template)]
#[template(path = "claims/state.html")]
struct StatePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    fields: Vec<Field>,
    found: Option<Found>,
}

/// A claim as its enterprise sees it.
struct Found {
    state: StateWord,
    facts: Vec<(String, String)>,
    /// The word and the fields by which its account is opened, once it may be.
    opening: Option<(String, Vec<Field>)>,
}

/// `GET /claim`.
pub async fn form(frame: Frame) -> Result<Response, AppError> {
    let errors = Errors::default();
    hx::page(NewPage {
        frame: &frame,
        room: &new_head(&frame),
        errors: &errors,
        fields: fields(&frame, &Said::default(), &errors),
    })
}

fn new_head(frame: &Frame) -> Room {
    Room::new(frame.t("claim-title"), frame.t("claim-line"))
}

fn fields(frame: &Frame, said: &Said, errors: &Errors) -> Vec<Field> {
    let file = |proof: Proof, hint: &str| {
        Field::of(proof.key(), frame.said(proof.zh()), FieldKind::File(TYPES), "", errors).hint(frame.t(hint))
    };
    vec![
        Field::of("uscc", frame.t("claims-uscc"), FieldKind::Text, &said.uscc, errors).hint(frame.t("claim-uscc-hint")),
        Field::of("enterprise", frame.t("claims-enterprise"), FieldKind::Text, &said.enterprise, errors)
            .hint(frame.t("claim-enterprise-hint"))
            .autocomplete("organization"),
        Field::of("person", frame.t("claims-person"), FieldKind::Text, &said.person, errors)
            .hint(frame.t("claim-person-hint"))
            .autocomplete("name"),
        Field::of("phone", frame.t("claims-phone"), FieldKind::Text, &said.phone, errors).autocomplete("tel"),
        file(Proof::Licence, "claim-licence-hint"),
        file(Proof::Authorization, "claim-authorization-hint").optional(),
        Field::of("note", frame.t("claims-note"), FieldKind::Lines, &said.note, errors).optional(),
    ]
}

/// What the form sent: the words, and each file with its name.
#[derive(Default)]
struct Filled {
    said: Said,
    files: Vec<(Proof, String, Vec<u8>)>,
}

async fn receive(parts: &mut Multipart) -> Result<Filled, AppError> {
    let mut filled = Filled::default();
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if let Some(proof) = Proof::of_key(&name) {
            let file = part.file_name().unwrap_or_default().to_owned();
            let bytes = part.bytes().await.map_err(unreadable)?;
            // A form without a file sends an empty name.
            if !file.is_empty() && !filled.files.iter().any(|(one, ..)| *one == proof) {
                filled.files.push((proof, file, bytes.into()));
            }
            continue;
        }
        let text = part.text().await.map_err(unreadable)?;
        match name.as_str() {
            "uscc" => filled.said.uscc = text,
            "enterprise" => filled.said.enterprise = text,
            "person" => filled.said.person = text,
            "phone" => filled.said.phone = text,
            "note" => filled.said.note = text,
            _ => {}
        }
    }
    Ok(filled)
}

/// `POST /claim`: keeps the claim and tells its number and code, this once.
pub async fn submit(State(app): State<App>, frame: Frame, mut parts: Multipart) -> Result<Response, AppError> {
    // Before the files are read: who claimed too often sends them for nothing.
    claims::may_claim(app.db(), &registry::audit::origin(), app.now()).await?;
    let filled = receive(&mut parts).await?;
    let mut errors = Errors::default();
    for (field, why) in claims::faults(&filled.said) {
        errors.add(field, frame.said(&why));
    }
    if !filled.files.iter().any(|(proof, ..)| *proof == Proof::Licence) {
        errors.add(Proof::Licence.key(), frame.t("claim-licence-missing"));
    }
    if errors.is_empty() {
        let proofs: Vec<(Proof, &str, &[u8])> =
            filled.files.iter().map(|(proof, name, bytes)| (*proof, name.as_str(), bytes.as_slice())).collect();
        match claims::make(&app.installation, &filled.said, &proofs, app.now()).await {
            Ok((number, code)) => {
                let room = Room::new(frame.t("claim-received"), frame.t("claim-received-line"));
                return hx::page(ReceiptPage { frame: &frame, room: &room, number, code: &code });
            }
            Err(domain::Error::Field { field, why }) => errors.add(field, frame.said(&why)),
            Err(other) => return Err(other.into()),
        }
    }
    hx::refused(NewPage {
        frame: &frame,
        room: &new_head(&frame).wrong(true),
        errors: &errors,
        fields: fields(&frame, &filled.said, &errors),
    })
}

/// `GET /claim/state`.
pub async fn state_form(frame: Frame) -> Result<Response, AppError> {
    let errors = Errors::default();
    hx::page(asking(&frame, &Sent::default(), &errors, &state_head(&frame), None))
}

fn state_head(frame: &Frame) -> Room {
    Room::new(frame.t("claim-state-title"), frame.t("claim-state-line"))
}

fn asking<'a>(
    frame: &'a Frame,
    sent: &Sent,
    errors: &'a Errors,
    room: &'a Room,
    found: Option<Found>,
) -> StatePage<'a> {
    let fields = vec![
        Field::of("number", frame.t("claims-number"), FieldKind::Number, sent.get("number"), errors),
        Field::of("code", frame.t("claim-code"), FieldKind::Text, sent.get("code"), errors)
            .hint(frame.t("claim-code-hint"))
            .autocomplete("off"),
    ];
    StatePage { frame, room, errors, fields, found }
}

/// `POST /claim/state`: how a claim stands, for whoever holds its number and code.
pub async fn state(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let origin = registry::audit::origin();
    if let Some(minutes) = sign_in_limits::attempt(app.db(), None, &origin, app.now()).await? {
        return Err(AppError::Conflict(frame.t1("claim-state-wait", "minutes", minutes)));
    }
    let code = sent.get("code").to_lowercase();
    let number = sent.get("number").parse().unwrap_or_default();
    match claims::of_code(app.db(), number, &code, app.now()).await {
        Ok((claim, may_open)) => {
            sign_in_limits::succeeded(app.db(), None, &origin).await?;
            let found = found(&frame, &claim, may_open.then_some(code));
            hx::page(asking(&frame, &sent, &Errors::default(), &state_head(&frame), Some(found)))
        }
        Err(domain::Error::Invalid(why)) => {
            let mut errors = Errors::default();
            errors.add("number", frame.said(&why));
            hx::refused(asking(&frame, &sent, &errors, &state_head(&frame).wrong(true), None))
        }
        Err(other) => Err(other.into()),
    }
}

fn found(frame: &Frame, claim: &Claim, code: Option<String>) -> Found {
    let mut facts = vec![
        (frame.t("claims-enterprise"), claim.said.enterprise.clone()),
        (frame.t("claims-made"), format::instant(claim.made_at)),
    ];
    if let Some(at) = claim.decided_at {
        facts.push((frame.t("claims-decided"), format::instant(at)));
    }
    if !claim.reason.is_empty() {
        facts.push((frame.t("claims-reason"), claim.reason.clone()));
    }
    let opening = code.map(|code| (code, login_fields(frame, "", &Errors::default())));
    Found { state: standing(frame, claim.state), facts, opening }
}
