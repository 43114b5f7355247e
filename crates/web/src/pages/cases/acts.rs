//! What the forms on the page of a case send: acts, an application and its papers, objections and their answers.

use axum::{
    Form,
    extract::{Multipart, Path, State},
    response::Response,
};
use domain::{
    cases::{self, Act, Receiving, Said, Written},
    items::{self, aid::Ending},
};

use super::{forms, one::respond, path};
use crate::{
    app::App,
    download,
    error::AppError,
    form::Errors,
    frame::Frame,
    pages::{
        corpus::baskets::account,
        policy,
        registry::upload::{Upload, save, unreadable},
        room::{self, Sent},
    },
};

/// Goes back to the case, or shows it again with what was refused beside a field.
async fn answer(
    app: &App,
    frame: &Frame,
    id: i64,
    sent: &Sent,
    (field, done): (&str, Result<(), domain::Error>),
) -> Result<Response, AppError> {
    let Err(error) = done else { return Ok(room::see_other(frame, &path(id))) };
    let mut errors = Errors::default();
    forms::refusal(frame, &mut errors, field, error)?;
    respond(app, frame, id, sent, &errors).await
}

fn given(sent: &Sent) -> Option<Receiving> {
    let of = |name: &str| sent.get(name).to_owned();
    let is_given = !(sent.get("bank").is_empty() && sent.get("number").is_empty());
    is_given.then(|| Receiving { holder: of("holder"), bank: of("bank"), number: of("number") })
}

/// `POST /cases/{id}/act`.
pub async fn act(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let document = policy::document()?;
    let Some(act) = Act::of_key(sent.get("act")) else {
        return answer(&app, &frame, id, &sent, ("act", Err(domain::Error::Invalid(frame.t("case-act-missing")))))
            .await;
    };
    let mut errors = Errors::default();
    let costs_fen = forms::fen(&frame, &sent, "settled", &mut errors);
    let compensation_fen = forms::fen(&frame, &sent, "settled-compensation", &mut errors);
    let amount_fen = if act.takes_amount() { forms::fen(&frame, &sent, act.key(), &mut errors) } else { None };
    if !errors.is_empty() {
        return respond(&app, &frame, id, &sent, &errors).await;
    }
    let seen = sent.get("seen").parse().ok();
    let event = forms::date(&frame, &sent, "event", &mut errors);
    if !errors.is_empty() {
        return respond(&app, &frame, id, &sent, &errors).await;
    }
    let for_whom = Some(sent.get("for").to_owned()).filter(|whom| !whom.is_empty());
    let note = sent.get("note").to_owned();
    let account_given = given(&sent);
    let said = Said { note, account: account_given, costs_fen, compensation_fen, amount_fen, event, for_whom, seen };
    let done = cases::act(&app.installation, &document.policy, account(&frame)?, (id, act), &said, app.now()).await;
    answer(&app, &frame, id, &sent, ("act", done.map(|_| ()))).await
}

/// The form of an application as it was sent: its fields, and the paper that came with it.
pub(super) async fn application(
    app: &App,
    mut parts: Multipart,
) -> Result<(Sent, Option<(String, Vec<u8>)>), AppError> {
    let folder = Upload(app.installation.upload_dir()?);
    let (mut sent, mut file) = (Sent::default(), None);
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        match part.name().unwrap_or_default().to_owned() {
            name if name == "file" => file = save(part, folder.0.path()).await?,
            name => sent.0.push((name, part.text().await.map_err(unreadable)?)),
        }
    }
    let Some(file) = file else { return Ok((sent, None)) };
    let bytes = tokio::fs::read(&file).await.map_err(|cause| domain::Error::io(&file, cause))?;
    Ok((sent, Some((file.file_name().unwrap_or_default().to_string_lossy().into_owned(), bytes))))
}

/// Keeps what was typed into an application; what is refused of it stands beside its field.
pub(super) async fn keep(app: &App, frame: &Frame, id: i64, sent: &Sent, errors: &mut Errors) -> Result<(), AppError> {
    // A paper that came by itself says nothing of the rest.
    if sent.all("statement").next().is_none() {
        return Ok(());
    }
    let mut unread = Errors::default();
    let costs_fen = forms::fen(frame, sent, "costs", &mut unread);
    let compensation_fen = forms::fen(frame, sent, "compensation", &mut unread);
    if !unread.is_empty() {
        unread.iter().for_each(|one| errors.add(&one.field, one.message.clone()));
        return Ok(());
    }
    let written = Written {
        statement: sent.get("statement").to_owned(),
        costs_fen,
        account: given(sent),
        place: sent.get("place").to_owned(),
        ending: Ending::of_key(sent.get("ending")),
        is_defender: match sent.get("defender") {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        compensation_fen,
    };
    match cases::write(&app.installation, account(frame)?, id, &written, app.now()).await {
        Ok(()) => Ok(()),
        Err(why) => forms::refusal(frame, errors, "statement", why),
    }
}

/// Keeps the paper that came with an application; what is refused of it stands beside its field.
pub(super) async fn attached(
    app: &App,
    frame: &Frame,
    id: i64,
    (sent, file): (&Sent, Option<(String, Vec<u8>)>),
    errors: &mut Errors,
) -> Result<(), AppError> {
    match &file {
        Some((name, bytes)) => {
            let paper = (sent.get("kind"), name.as_str(), bytes.as_slice());
            let done = cases::attach(&app.installation, account(frame)?, id, paper, app.now()).await;
            if let Err(why) = done {
                forms::refusal(frame, errors, "file", why)?;
            }
        }
        None if sent.get("act") == "attach" => errors.add("file", frame.t("case-paper-missing")),
        None => {}
    }
    Ok(())
}

/// `POST /cases/{id}/write`: keeps what was typed and the paper that came with it, whichever button was pressed; then hands it in, where
/// that was asked for.
pub async fn write(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    parts: Multipart,
) -> Result<Response, AppError> {
    let (sent, file) = application(&app, parts).await?;
    let mut errors = Errors::default();
    attached(&app, &frame, id, (&sent, file), &mut errors).await?;
    keep(&app, &frame, id, &sent, &mut errors).await?;
    // What was typed is kept by now, so that a refusal loses nothing of it.
    if errors.is_empty() && sent.get("act") == Act::Submit.key() {
        let whole = cases::find(app.db(), account(&frame)?, id).await?;
        let item = items::find(app.db(), whole.case.item).await?;
        for (field, words) in cases::lacking(&whole.case, &item, &whole.papers) {
            errors.add(field, frame.said(&words));
        }
    }
    if !errors.is_empty() {
        return respond(&app, &frame, id, &sent, &errors).await;
    }
    if sent.get("act") != Act::Submit.key() {
        return Ok(room::see_other(&frame, &path(id)));
    }
    let document = policy::document()?;
    let (said, act) = (Said::default(), (id, Act::Submit));
    let done = cases::act(&app.installation, &document.policy, account(&frame)?, act, &said, app.now()).await;
    answer(&app, &frame, id, &sent, ("statement", done.map(|_| ()))).await
}

/// `GET /cases/{id}/papers/{file}`: the file, to be saved and never shown by the browser itself.
pub async fn paper(
    State(app): State<App>,
    frame: Frame,
    Path((id, file)): Path<(i64, i64)>,
) -> Result<Response, AppError> {
    let (paper, bytes) = cases::paper(&app.installation, account(&frame)?, (id, file)).await?;
    download::file(download::ANY, ("", &paper.name), bytes)
}

/// `POST /cases/{id}/papers/{file}/remove`: takes a paper out, and keeps what was typed beside it.
pub async fn remove(
    State(app): State<App>,
    frame: Frame,
    Path((id, file)): Path<(i64, i64)>,
    parts: Multipart,
) -> Result<Response, AppError> {
    let (sent, _) = application(&app, parts).await?;
    cases::detach(&app.installation, account(&frame)?, (id, file), app.now()).await?;
    let mut errors = Errors::default();
    keep(&app, &frame, id, &sent, &mut errors).await?;
    if errors.is_empty() {
        Ok(room::see_other(&frame, &path(id)))
    } else {
        respond(&app, &frame, id, &sent, &errors).await
    }
}

/// `POST /cases/{id}/object`.
pub async fn object(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let said = (sent.get("who"), sent.get("contact"), sent.get("content"));
    let done = cases::raise_objection(&app.installation, account(&frame)?, id, said, app.now()).await;
    answer(&app, &frame, id, &sent, ("content", done)).await
}

/// `POST /cases/{id}/objections/{objection}/decide`.
pub async fn decide(
    State(app): State<App>,
    frame: Frame,
    Path((id, objection)): Path<(i64, i64)>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let is_upheld = match sent.get("decision") {
        "upheld" => true,
        "dismissed" => false,
        _ => {
            let missing = Err(domain::Error::Invalid(frame.t("objection-decision-missing")));
            return answer(&app, &frame, id, &sent, ("decision", missing)).await;
        }
    };
    let said = (is_upheld, sent.get("answer"));
    let done = cases::decide_objection(&app.installation, account(&frame)?, objection, said, app.now()).await;
    answer(&app, &frame, id, &sent, ("answer", done.map(|_| ()))).await
}
