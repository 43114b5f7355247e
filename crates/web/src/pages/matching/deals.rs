//! `/matching/deals`: the talks about patents, one page each with its steps, its contract, the row that the contract makes
//! in the register, and how that stands against the clause.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::Permission,
    matching::{self, Check, Contract, ContractKind, Deal, Introduction, REGISTER, Stage, Step},
};
use registry::{ColumnKind, FoldedRow};

use super::{DEALS, PATH, amount, contact, day, head, path};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing},
    pages::{
        corpus::{baskets::account, hits},
        history,
        registry::entries::{cell as cell_of, errors_of},
        room::{self, Room, Sent},
        warnings::present,
    },
    pieces::{Event, Link, Moment, State as StateWord, Tone},
};

#[derive(Template)]
#[template(path = "matching/deal.html")]
struct DealPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    state: StateWord,
    facts: Vec<(String, Link)>,
    steps: Vec<Event>,
    step: Option<(String, Vec<Field>)>,
    row: Option<Row>,
}

/// What a signed contract makes in the register.
struct Row {
    is_registered: bool,
    cells: Vec<(String, String)>,
    history: Option<String>,
    checks: Vec<(StateWord, String, String)>,
    clause: Option<Link>,
    form: Option<(String, Vec<Field>)>,
}

/// `GET /matching/deals`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = matching::deals(app.db(), account(&frame)?).await?;
    let listing = listing(&frame);
    let went = matching::progress(&rows);
    let mut room = head(&frame, DEALS);
    room.line = frame.tn(
        if went.days_median.is_some() { "matching-progress-days" } else { "matching-progress" },
        [
            ("deals", format::count(went.deals)),
            ("signed", format::count(went.signed)),
            ("ended", format::count(went.ended)),
            ("days", went.days_median.unwrap_or_default().to_string()),
        ],
    );
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

fn listing(frame: &Frame) -> Listing<'_, Deal> {
    let stages = Stage::ALL.map(|one| Choice::new(one.key(), frame.said(one.zh()))).into();
    Listing::new(frame, "deals", DEALS, frame.t("matching-deals"))
        .column("title", frame.t("matching-patent"), Kind::Text, |one: &Deal| {
            Cell::text(one.title.clone()).link(frame.at(&format!("{DEALS}/{}", one.id)))
        })
        .column("firm", frame.t("matching-firm"), Kind::Text, |one| Cell::text(one.firm.clone()))
        .column("source", frame.t("matching-source"), Kind::Text, |one| Cell::text(one.source.clone()))
        .column("stage", frame.t("matching-stage"), Kind::Text, |one| {
            Cell::state(stage(frame, one.stage), one.stage as i64)
        })
        .column("last", frame.t("matching-last"), Kind::Date, |one| Cell::date(Some(one.last_on)))
        .column("amount", frame.t("matching-amount"), Kind::Money, |one| {
            let fen = one.contract.as_ref().and_then(|contract| contract.amount_fen);
            fen.map_or_else(Cell::empty, |fen| Cell::money(fen, frame.lang))
        })
        .filter("stage", frame.t("matching-stage"), stages, |one, key| one.stage.key() == key)
        .search(frame.t("matching-deals-search"), |one| {
            let number = one.contract.as_ref().map_or("", |contract| contract.number.as_str());
            format!("{} {} {} {} {number}", one.title, one.firm, one.source, one.demand)
        })
        .when_empty(frame.t("matching-deals-none"), frame.t("matching-deals-none-todo"))
}

pub(in crate::pages) fn stage(frame: &Frame, stage: Stage) -> StateWord {
    let tone = match stage {
        Stage::Contact | Stage::Negotiation => Tone::Plain,
        Stage::Signed => Tone::Ok,
        Stage::Ended => Tone::Unknown,
    };
    StateWord::new(tone, frame.said(stage.zh()))
}

/// `GET /matching/deals/{id}`.
pub async fn one(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let today = frame.business_date.to_string();
    let sent = Sent(vec![("on".into(), today)]);
    respond(&app, &frame, id, &sent, &Errors::default()).await
}

async fn respond(app: &App, frame: &Frame, id: i64, sent: &Sent, errors: &Errors) -> Result<Response, AppError> {
    let (deal, steps) = matching::deal(app.db(), account(frame)?, id).await?;
    let mut room = Room::new(&deal.title, frame.t1("matching-of-firm", "firm", &deal.firm))
        .below(frame, &[("matching-title", PATH), ("matching-deals", DEALS)])
        .wrong(!errors.is_empty());
    room.crumbs.push(Link::new(deal.demand.clone(), frame.at(&path(deal.demand_id))));
    let address = |act: &str| frame.at(&format!("{DEALS}/{id}/{act}"));
    let page = DealPage {
        frame,
        room: &room,
        errors,
        state: stage(frame, deal.stage),
        facts: facts(frame, &deal),
        steps: steps.iter().rev().map(|step| event(frame, step)).collect(),
        step: frame
            .may(Permission::ChangeDemands)
            .then(|| (address("step"), step_fields(frame, deal.stage, sent, errors))),
        row: row(app, frame, &deal, (sent, errors), address("register")).await?,
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn facts(frame: &Frame, deal: &Deal) -> Vec<(String, Link)> {
    let plain = |text: &str| Link::new(text, "");
    let mut facts = vec![
        (frame.t("matching-demand"), Link::new(deal.demand.clone(), frame.at(&path(deal.demand_id)))),
        (frame.t("matching-patent"), Link::new(deal.document_key.clone(), frame.at(&hits::path(&deal.document_key)))),
        (frame.t("matching-source"), plain(&deal.source)),
        (frame.t("matching-place"), plain(&deal.source_place)),
    ];
    if let Some(contract) = &deal.contract {
        let money = contract.amount_fen.map(|fen| format::money(fen, frame.lang));
        let amount = money.map_or_else(|| frame.t("matching-untold"), |money| format!("{} {}", money.text, money.unit));
        facts.extend([
            (frame.t("matching-contract"), plain(&contract.number)),
            (frame.t("matching-contract-kind"), plain(&frame.said(contract.kind.zh()))),
            (frame.t("matching-signed-on"), plain(&frame.date(contract.signed_on))),
            (frame.t("matching-amount"), plain(&amount)),
        ]);
    }
    facts.retain(|(_, fact)| !fact.label.is_empty());
    facts
}

fn event(frame: &Frame, step: &Step) -> Event {
    let stage = frame.said(step.stage.zh());
    let what = match step.counterpart.as_str() {
        "" => frame.tn("matching-step", [("stage", stage), ("by", step.by.clone())]),
        counterpart => frame
            .tn("matching-step-with", [("stage", stage), ("with", counterpart.to_owned()), ("by", step.by.clone())]),
    };
    Event { moment: Moment::Past, date: step.on.to_string(), what, detail: Some(step.note.clone()), source: None }
}

fn step_fields(frame: &Frame, now: Stage, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let next: Vec<Choice> = Stage::ALL
        .into_iter()
        .filter(|next| now.may_become(*next))
        .map(|next| {
            let again = if next == now { "-again" } else { "" };
            Choice::new(next.key(), frame.t(&format!("matching-do-{}{again}", next.key())))
        })
        .collect();
    let chosen = match sent.get("stage") {
        "" => next.first().map(|choice| choice.value.clone()).unwrap_or_default(),
        typed => typed.to_owned(),
    };
    let can_sign = next.iter().any(|choice| choice.value == Stage::Signed.key());
    let mut fields = vec![Field::of("stage", frame.t("matching-next"), FieldKind::Radios(next), &chosen, errors)];
    fields.extend(contact::step_fields(frame, sent, errors));
    if can_sign {
        let kinds = ContractKind::ALL.map(|kind| Choice::new(kind.zh(), frame.said(kind.zh())));
        let field =
            |name: &str, key: &str, kind| Field::of(name, frame.t(key), kind, sent.get(name), errors).optional();
        fields.extend([
            field("contract_number", "matching-contract", FieldKind::Text).hint(frame.t("matching-contract-hint")),
            field("kind", "matching-contract-kind", FieldKind::Select(kinds.into())),
            field("contract_on", "matching-signed-on", FieldKind::Date).hint(frame.t("matching-signed-on-hint")),
            field("amount", "matching-amount", FieldKind::Short).hint(frame.t("matching-amount-hint")),
        ]);
    }
    fields
}

/// What the contract is, or will be, in the register.
async fn row(
    app: &App,
    frame: &Frame,
    deal: &Deal,
    (sent, errors): (&Sent, &Errors),
    action: String,
) -> Result<Option<Row>, AppError> {
    let Some(prefilled) = matching::prefilled(deal) else { return Ok(None) };
    let registered = matching::registered(&app.installation, deal, app.now()).await?;
    let columns = registry::register(REGISTER).map(|register| register.columns).unwrap_or_default();
    let known = |field: &str| match &registered {
        Some(row) => cell_of(REGISTER, row, field).to_owned(),
        None => prefilled.get(field).cloned().unwrap_or_default(),
    };
    let cell = |column: &registry::Column| {
        let value = match (known(column.field), column.kind) {
            (fen, ColumnKind::Money) if registered.is_some() => {
                fen.parse().map(|fen: i64| format::fixed(fen.into(), 100, 2)).unwrap_or_default()
            }
            (value, _) => frame.said(&value),
        };
        (frame.said(column.heading), value)
    };
    let fields = columns.iter().filter(|column| matching::is_added(deal, column.field)).map(|column| {
        let kind = match column.kind {
            ColumnKind::Date => FieldKind::Date,
            ColumnKind::Choice(answers) => {
                let answers = answers.iter().map(|answer| Choice::new(*answer, frame.said(answer)));
                FieldKind::Select(
                    [Choice::new("", frame.t("matching-not-looked"))].into_iter().chain(answers).collect(),
                )
            }
            _ => FieldKind::Text,
        };
        let value = if errors.is_empty() { known(column.field) } else { sent.get(column.field).to_owned() };
        let field = Field::of(column.field, frame.said(column.heading), kind, &value, errors).optional();
        if column.hint.is_empty() { field } else { field.hint(frame.said(column.hint)) }
    });
    let form = frame.may(Permission::ChangeRegistry).then(|| (action, fields.collect()));
    let checks = match &registered {
        Some(row) => checks(app, frame, row).await?,
        None => Vec::new(),
    };
    Ok(Some(Row {
        is_registered: registered.is_some(),
        cells: columns.iter().map(cell).filter(|(_, value)| !value.is_empty()).collect(),
        history: registered.as_ref().and_then(|row| {
            let key = [cell_of(REGISTER, row, "contract_number"), cell_of(REGISTER, row, "application_number")];
            history::link(frame, REGISTER, &key)
        }),
        clause: checks.first().map(|one| Link::new(one.clause, frame.at(&format!("/policy/{}", one.clause)))),
        checks: checks.iter().map(|one| check(frame, one)).collect(),
        form,
    }))
}

async fn checks(app: &App, frame: &Frame, row: &FoldedRow) -> Result<Vec<Check>, AppError> {
    let all: Vec<Introduction> = matching::introductions(&app.installation, account(frame)?, app.now()).await?;
    let Some(one) = all.into_iter().find(|one| row.key == one.key) else { return Ok(Vec::new()) };
    let corpus = present(app).await?;
    let facts = matching::facts(&app.installation, corpus.as_ref(), &one, app.now()).await?;
    Ok(matching::checks(&one, &facts))
}

fn check(frame: &Frame, check: &Check) -> (StateWord, String, String) {
    let (tone, key, why) = match check.holds {
        Some(true) => (Tone::Ok, "matching-met", ""),
        Some(false) => (Tone::Bad, "matching-missed", ""),
        None => (Tone::Unknown, "matching-not-known", check.missing),
    };
    (StateWord::new(tone, frame.t(key)), frame.said(check.text), frame.said(why))
}

/// `POST /matching/deals/{id}/step`.
pub async fn step(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let stage = Stage::of_key(sent.get("stage"));
    if stage.is_none() {
        errors.add("stage", frame.t("matching-next-missing"));
    }
    let next = stage.and_then(|stage| contact::step(&frame, stage, &sent, &mut errors));
    let contract = next.as_ref().and_then(|next| contract(&frame, next, &sent, &mut errors));
    let Some(next) = next.filter(|_| errors.is_empty()) else { return respond(&app, &frame, id, &sent, &errors).await };
    match matching::step(&app.installation, account(&frame)?, id, &next, contract.as_ref(), app.now()).await {
        Ok(()) => return Ok(room::see_other(&frame, &format!("{DEALS}/{id}"))),
        Err(domain::Error::Registry(registry::Error::Unsound(reasons))) => {
            errors = errors_of(&frame, REGISTER, &reasons);
        }
        Err(domain::Error::Invalid(why)) => errors.add("note", frame.said(&why)),
        Err(domain::Error::Conflict(why)) => errors.add("stage", frame.said(&why)),
        Err(other) => return Err(other.into()),
    }
    respond(&app, &frame, id, &sent, &errors).await
}

/// The contract that a signing step tells; none where its number was left empty.
fn contract(frame: &Frame, next: &matching::NewStep, sent: &Sent, errors: &mut Errors) -> Option<Contract> {
    if next.stage != Stage::Signed || sent.get("contract_number").is_empty() {
        return None;
    }
    let signed_on = match sent.get("contract_on") {
        "" => Some(next.on),
        _ => day(frame, sent, "contract_on", errors),
    };
    let kind = ContractKind::of_zh(sent.get("kind"));
    if kind.is_none() {
        errors.add("kind", frame.t("matching-contract-kind-missing"));
    }
    let amount_fen = amount(frame, sent, "amount", errors);
    let number = sent.get("contract_number").to_owned();
    Some(Contract { kind: kind?, number, signed_on: signed_on?, amount_fen })
}

/// `POST /matching/deals/{id}/register`.
pub async fn register(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let (deal, _) = matching::deal(app.db(), account(&frame)?, id).await?;
    let added: BTreeMap<String, String> =
        sent.0.iter().map(|(field, value)| (field.clone(), value.trim().to_owned())).collect();
    match matching::register(&app.installation, account(&frame)?, &deal, &added, app.now()).await {
        Ok(report) => Ok(room::see_other(&frame, &format!("/registers/batches/{}", report.batch))),
        Err(domain::Error::Registry(registry::Error::Unsound(reasons))) => {
            let errors = errors_of(&frame, REGISTER, &reasons);
            respond(&app, &frame, id, &sent, &errors).await
        }
        Err(other) => Err(other.into()),
    }
}
