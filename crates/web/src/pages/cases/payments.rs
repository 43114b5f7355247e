//! `/payments` 拨付: what may be paid, the batches, and one batch on its way from the first pair of eyes to the bank's answer.

use std::io::Cursor;

use askama::Template;
use axum::{
    Form,
    extract::{Multipart, Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    accounts::{Account, Permission},
    payments::{self, Batch, Stage},
};

use super::{
    award_name,
    forms::{self, Act},
    head,
    people::People,
    policy,
};
use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx,
    pages::{
        corpus::baskets::account,
        registry::upload::{Upload, save, unreadable},
        room::{self, Room, Sent},
    },
    pieces::{Link, State as StateWord, Tone},
};

pub(super) const PATH: &str = "/payments";

#[derive(Template)]
#[template(path = "cases/payments.html")]
struct PaymentsPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    payable: Vec<(String, Link, String, String)>,
    can_order: bool,
    batches: Vec<(Link, StateWord, String, String, String)>,
}

#[derive(Template)]
#[template(path = "cases/payment.html")]
struct PaymentPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    state: StateWord,
    facts: Vec<(String, String)>,
    rows: Vec<(String, Link, String, String, StateWord, String)>,
    acts: Vec<Act>,
    answering: Option<(String, Field)>,
}

/// `GET /payments`.
pub async fn page(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    respond(&app, &frame, &Errors::default()).await
}

async fn respond(app: &App, frame: &Frame, errors: &Errors) -> Result<Response, AppError> {
    let document = policy::document()?;
    let visitor = account(frame)?;
    let payable = payments::payable(app.db(), visitor).await?;
    let batches = payments::batches(app.db(), visitor).await?;
    let people = People::read(app).await?;
    let room = head(frame, PATH).wrong(!errors.is_empty());
    let page = PaymentsPage {
        frame,
        room: &room,
        errors,
        payable: payable
            .iter()
            .map(|case| {
                let link = Link::new(case.name.clone(), frame.at(&super::path(case.id)));
                let award = award_name(frame, &document.policy, &case.award);
                (case.id.to_string(), link, award, format::money_text(case.amount_fen().unwrap_or(0), frame.lang))
            })
            .collect(),
        can_order: frame.may(Permission::ManageMoney),
        batches: batches
            .iter()
            .map(|batch| {
                let link =
                    Link::new(frame.t1("payments-batch", "id", batch.id), frame.at(&format!("{PATH}/{}", batch.id)));
                let count = format::count(batch.payments.len());
                (
                    link,
                    stage(frame, batch.stage),
                    count,
                    format::money_text(batch.total_fen(), frame.lang),
                    people.name(frame, &batch.made_by),
                )
            })
            .collect(),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn stage(frame: &Frame, stage: Stage) -> StateWord {
    let tone = match stage {
        Stage::Closed => Tone::Ok,
        Stage::Cancelled => Tone::Unknown,
        Stage::Made => Tone::Warn,
        Stage::Approved | Stage::Sent => Tone::Plain,
    };
    StateWord::new(tone, frame.said(stage.zh()))
}

/// `POST /payments/order`.
pub async fn order(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let document = policy::document()?;
    let ids: Vec<i64> = sent.all("case").filter_map(|id| id.parse().ok()).collect();
    match payments::order(&app.installation, &document.policy, account(&frame)?, &ids, app.now()).await {
        Ok(batch) => Ok(room::see_other(&frame, &format!("{PATH}/{batch}"))),
        Err(error) => {
            let mut errors = Errors::default();
            forms::refusal(&frame, &mut errors, "payable", error)?;
            respond(&app, &frame, &errors).await
        }
    }
}

/// `GET /payments/{id}`.
pub async fn one(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    uri: axum::http::Uri,
) -> Result<Response, AppError> {
    let (_, words) = room::wishes(&uri);
    shown(&app, &frame, id, &words, &Errors::default()).await
}

async fn shown(
    app: &App,
    frame: &Frame,
    id: i64,
    words: &std::collections::BTreeMap<String, String>,
    errors: &Errors,
) -> Result<Response, AppError> {
    let visitor = account(frame)?;
    let batch = payments::batch(app.db(), visitor, id).await?;
    let people = People::read(app).await?;
    let room = Room::new(frame.t1("payments-batch", "id", id), frame.t("payment-line"))
        .below(frame, &[("cases-title", super::PATH), ("payments-title", PATH)])
        .with(super::said(frame, words))
        .wrong(!errors.is_empty());
    let can = frame.may(Permission::ManageMoney);
    let mut facts = vec![
        (frame.t("payment-total"), format::money_text(batch.total_fen(), frame.lang)),
        (frame.t("payment-count"), format::count(batch.payments.len())),
        (frame.t("payment-made"), people.name(frame, &batch.made_by)),
    ];
    facts.extend(batch.approved_by.clone().map(|by| (frame.t("payment-approved"), people.name(frame, &by))));
    let answering = (can && batch.stage == Stage::Sent).then(|| {
        let field =
            Field::of("file", frame.t("payment-answer-file"), FieldKind::File(".csv,.xlsx,.xls,.ods"), "", errors)
                .hint(frame.t("payment-answer-hint"));
        (frame.at(&format!("{PATH}/{id}/answer")), field)
    });
    let page = PaymentPage {
        frame,
        room: &room,
        errors,
        state: stage(frame, batch.stage),
        facts,
        rows: batch.payments.iter().map(|one| row(app, frame, visitor, one)).collect::<Result<_, _>>()?,
        acts: if can { acts(frame, &batch, &visitor.login) } else { Vec::new() },
        answering,
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

type Row = (String, Link, String, String, StateWord, String);

fn row(app: &App, frame: &Frame, visitor: &Account, one: &payments::Payment) -> Result<Row, AppError> {
    let number = one.receiving_number(&app.installation.vault, visitor)?;
    let tone = match one.state.as_str() {
        "paid" => Tone::Ok,
        "failed" => Tone::Bad,
        _ => Tone::Plain,
    };
    let mut reason = one.reason.clone();
    if one.recovered_fen > 0 {
        reason = frame.t1("payment-recovered", "amount", format::money_text(one.recovered_fen, frame.lang));
    }
    Ok((
        one.number.clone(),
        Link::new(one.receiving.holder.clone(), frame.at(&super::path(one.case))),
        format!("{} {number}", one.receiving.bank),
        format::money_text(one.amount_fen, frame.lang),
        StateWord::new(tone, frame.said(one.zh())),
        reason,
    ))
}

/// What this visitor may do with the batch now.
fn acts(frame: &Frame, batch: &Batch, login: &str) -> Vec<Act> {
    let own = frame.at(&format!("{PATH}/{}", batch.id));
    let act = |act: &str| {
        Act::new(format!("{own}/{act}"), frame.t(&format!("payment-{act}-do")), frame.t(&format!("payment-{act}-line")))
    };
    match batch.stage {
        Stage::Made if batch.made_by == login => vec![act("cancel")],
        Stage::Made => vec![act("approve"), act("cancel")],
        Stage::Approved => vec![act("send"), act("cancel")],
        Stage::Sent | Stage::Closed => vec![act("send")],
        Stage::Cancelled => Vec::new(),
    }
}

/// `POST /payments/{id}/approve`.
pub async fn approve(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let document = policy::document()?;
    let done = payments::approve(&app.installation, &document.policy, account(&frame)?, id, app.now()).await;
    answer(&app, &frame, id, done).await
}

/// `POST /payments/{id}/cancel`.
pub async fn cancel(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let done = payments::cancel(&app.installation, account(&frame)?, id, app.now()).await;
    answer(&app, &frame, id, done).await
}

async fn answer(app: &App, frame: &Frame, id: i64, done: Result<(), domain::Error>) -> Result<Response, AppError> {
    let Err(error) = done else { return Ok(room::see_other(frame, &format!("{PATH}/{id}"))) };
    let mut errors = Errors::default();
    forms::refusal(frame, &mut errors, "acts", error)?;
    shown(app, frame, id, &std::collections::BTreeMap::new(), &errors).await
}

/// `POST /payments/{id}/send`: the file for the bank.
pub async fn send(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let document = policy::document()?;
    let sent = payments::send(&app.installation, &document.policy, account(&frame)?, id, app.now()).await;
    let sheet = match sent {
        Ok(sheet) => sheet,
        Err(error) => return answer(&app, &frame, id, Err(error)).await,
    };
    let mut bytes = Cursor::new(Vec::new());
    sheets::write::xlsx(&[sheet], &mut bytes).map_err(AppError::internal)?;
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let mut response = ([(header::CONTENT_TYPE, XLSX)], bytes.into_inner()).into_response();
    let value = format!("attachment; filename=\"payment-batch-{id}.xlsx\"");
    response
        .headers_mut()
        .insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&value).map_err(AppError::internal)?);
    Ok(response)
}

/// `POST /payments/{id}/answer`: the bank's answer.
pub async fn take(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    mut parts: Multipart,
) -> Result<Response, AppError> {
    let folder = Upload(app.installation.upload_dir()?);
    let mut file = None;
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        if part.name() == Some("file") {
            file = save(part, folder.0.path()).await?;
        }
    }
    let mut errors = Errors::default();
    if let Some(file) = file {
        match payments::take_answer(&app.installation, account(&frame)?, id, &file, app.now()).await {
            Ok(done) => {
                let path = format!("{PATH}/{id}?done=answered&count={}&failed={}", done.paid, done.failed);
                return Ok(room::see_other(&frame, &path));
            }
            Err(error) => forms::refusal(&frame, &mut errors, "file", error)?,
        }
    } else {
        errors.add("file", frame.t("case-paper-missing"));
    }
    shown(&app, &frame, id, &std::collections::BTreeMap::new(), &errors).await
}
