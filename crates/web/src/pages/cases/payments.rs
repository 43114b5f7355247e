//! `/payments` 拨付: what may be paid, the batches, and one batch on its way from the first pair of eyes to the bank's answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Cursor,
};

use askama::Template;
use axum::{
    Form,
    extract::{Multipart, Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::Permission,
    cases::State as Stands,
    payments::{self, Batch, Payable, Reconciliation, Stage, Sum},
};
use rules::Policy;

use super::{
    award_name,
    forms::{self, Act},
    head, money,
    people::People,
    policy, returned,
};
use crate::{
    app::App,
    download,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, ListQuery, Listing, ListingView},
    pages::{
        corpus::baskets::account,
        registry::upload::{Upload, save, unreadable},
        room::{self, ListBlock, Room, Sent},
    },
    pieces::{State as StateWord, Tone},
};

pub(super) const PATH: &str = "/payments";

#[derive(Template)]
#[template(path = "cases/payments.html")]
struct PaymentsPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    payable: &'a ListingView,
    /// How many cases wait for their money, and how much that is.
    waiting: String,
    /// How many of them may not be ordered yet.
    held: String,
    can_order: bool,
    batches: &'a ListingView,
}

#[derive(Template)]
#[template(path = "cases/payment.html")]
struct PaymentPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    state: StateWord,
    facts: Vec<(String, String)>,
    reconciliation: Option<Reconciled>,
    list: &'a ListingView,
    acts: Vec<Act>,
    answering: Option<(String, Field)>,
    /// The form for what came back after it had arrived.
    returning: Option<(String, Vec<Field>)>,
    is_returning: bool,
}

/// How a batch stands with the bank: what, how many, how much; whether it comes out even, and what could not be checked.
struct Reconciled {
    rows: Vec<(String, String, String)>,
    state: StateWord,
    unchecked: String,
}

/// The second list of the room.
const BATCHES: &str = "batches";

/// `GET /payments`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    respond(&app, &frame, hx, &query, &Sent::default(), &Errors::default()).await
}

async fn respond(
    app: &App,
    frame: &Frame,
    hx: Hx,
    query: &ListQuery,
    sent: &Sent,
    errors: &Errors,
) -> Result<Response, AppError> {
    let document = policy::document()?;
    let visitor = account(frame)?;
    let cases = payments::payable(app.db(), visitor).await?;
    let batches = payments::batches(app.db(), visitor).await?;
    let people = People::read(app).await?;
    let can_order = frame.may(Permission::ManageMoney);
    let chosen: Vec<&str> = if can_order { sent.all("pick").collect() } else { Vec::new() };
    let payable_list = payable(frame, &document.policy, &cases, can_order.then_some(&chosen));
    let batches_list = of_batches(frame, &people, &batches);
    let are_batches_meant = query.list.as_deref() == Some(BATCHES);
    if query.export {
        return match are_batches_meant {
            true => batches_list.workbook(&batches, query),
            false => payable_list.workbook(&cases, query),
        };
    }
    let of_cases = payable_list.view(&cases, &query.leading());
    let of_batches = batches_list.view(&batches, &query.of(BATCHES));
    if hx.wants_block() {
        return hx::page(ListBlock { frame, list: if are_batches_meant { &of_batches } else { &of_cases } });
    }
    let room = head(frame, PATH).wrong(!errors.is_empty());
    let sum: i64 = cases.iter().filter_map(|one| one.case.amount_fen()).sum();
    let waiting = [("count", format::count(cases.len())), ("amount", format::money_text(sum, frame.lang))];
    let held = cases.iter().filter(|one| !one.held.is_empty()).count();
    let page = PaymentsPage {
        frame,
        room: &room,
        errors,
        payable: &of_cases,
        waiting: if cases.is_empty() { String::new() } else { frame.tn("payments-waiting", waiting) },
        held: if held == 0 { String::new() } else { frame.t1("payments-held-count", "count", format::count(held)) },
        can_order: can_order && held < cases.len(),
        batches: &of_batches,
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// The cases that may be paid; with boxes for whoever may order, of which those are ticked that he had chosen.
fn payable<'a>(
    frame: &'a Frame,
    policy: &'a Policy,
    cases: &[Payable],
    chosen: Option<&'a Vec<&'a str>>,
) -> Listing<'a, Payable> {
    let awards: BTreeSet<&str> = cases.iter().map(|one| one.case.award.as_str()).collect();
    let awards = awards.into_iter().map(|award| Choice::new(award, award_name(frame, policy, award))).collect();
    let levels: BTreeSet<String> = cases.iter().map(|one| super::level(frame, policy, &one.case)).collect();
    let levels = levels.into_iter().filter(|level| !level.is_empty()).map(|level| Choice::new(level.clone(), level));
    let states = [Stands::Approved, Stands::Failed].map(|one| Choice::new(one.key(), frame.said(one.zh()))).into();
    let held = ["yes", "no"].map(|key| Choice::new(key, frame.t(&format!("payments-held-{key}")))).into();
    Listing::new(frame, "payable", PATH, frame.t("payments-payable"))
        .column("name", frame.t("cases-subject"), Kind::Text, move |one: &Payable| {
            let id = one.case.id.to_string();
            let is_chosen = chosen.is_some_and(|chosen| chosen.contains(&id.as_str()));
            let cell = Cell::text(one.case.name.clone()).link(frame.at(&super::path(one.case.id)));
            // What would be refused is not offered.
            cell.pick(chosen.filter(|_| one.held.is_empty()).map(|_| id)).picked(is_chosen)
        })
        .column("award", frame.t("cases-award"), Kind::Text, |one| {
            Cell::text(award_name(frame, policy, &one.case.award))
        })
        .column("level", frame.t("cases-level"), Kind::Text, |one| Cell::text(super::level(frame, policy, &one.case)))
        .column("year", frame.t("cases-year"), Kind::Code, |one| Cell::code(one.case.year.to_string()))
        .column("amount", frame.t("cases-amount"), Kind::Money, |one| super::amount_cell(frame, one.case.amount_fen()))
        .column("held", frame.t("payments-held"), Kind::Text, |one| Cell::text(frame.said(&one.held)))
        .column("account", frame.t("case-account"), Kind::Text, |one| {
            let account = one.case.account.as_ref();
            Cell::text(account.map(|one| format!("{} {}", one.bank, one.masked)).unwrap_or_default())
        })
        .column("state", frame.t("cases-state"), Kind::Text, |one| {
            Cell::state(super::state(frame, one.case.state), one.case.state as i64)
        })
        .column("number", frame.t("cases-number"), Kind::Code, |one| Cell::code(one.case.id.to_string()))
        .filter("award", frame.t("cases-award"), awards, |one, award| one.case.award == award)
        .filter("level", frame.t("cases-level"), levels.collect(), |one, level| {
            super::level(frame, policy, &one.case) == level
        })
        .years("year", frame.t("cases-year"), cases, |one| one.case.year)
        .filter("state", frame.t("cases-state"), states, |one, state| one.case.state.key() == state)
        .filter("held", frame.t("payments-held"), held, |one, held| one.held.is_empty() == (held == "no"))
        .search(frame.t("cases-search"), |one| {
            let case = &one.case;
            format!("{} {} {}", case.name, case.subject, case.id)
        })
        .when_empty(frame.t("payments-payable-none"), frame.t("payments-payable-none-todo"))
}

/// The batches, each with how far it has come.
fn of_batches<'a>(frame: &'a Frame, people: &'a People, batches: &[Batch]) -> Listing<'a, Batch> {
    let year = |one: &Batch| one.made_on().map(|day| day.year().to_string()).unwrap_or_default();
    let years: BTreeSet<String> = batches.iter().map(year).collect();
    let years = years.into_iter().rev().map(|year| Choice::new(year.clone(), year)).collect();
    let states = Stage::ALL.map(|one| Choice::new(one.key(), frame.said(one.zh()))).into();
    let sum = |of: fn(&Reconciliation) -> i64| {
        move |one: &Batch| one.reconciliation().map_or_else(Cell::empty, |all| Cell::money(of(&all), frame.lang))
    };
    Listing::new(frame, BATCHES, PATH, frame.t("payments-batches"))
        .column("id", frame.t("payments-batch-word"), Kind::Number, |one: &Batch| {
            Cell::number(one.id).link(frame.at(&format!("{PATH}/{}", one.id)))
        })
        .column("state", frame.t("cases-state"), Kind::Text, |one| {
            Cell::state(stage(frame, one.stage), one.stage as i64)
        })
        .column("count", frame.t("payment-count"), Kind::Number, |one| {
            Cell::number(i64::try_from(one.payments.len()).unwrap_or(i64::MAX))
        })
        .column("total", frame.t("payment-total"), Kind::Money, |one| Cell::money(one.total_fen(), frame.lang))
        .column("arrived", frame.t("bank-arrived"), Kind::Money, sum(|all| all.arrived.fen))
        .column("failed", frame.t("bank-failed"), Kind::Money, sum(|all| all.failed.fen))
        .column("open", frame.t("bank-open"), Kind::Money, sum(|all| all.open.fen))
        .column("made-by", frame.t("payment-made"), Kind::Text, |one| Cell::text(people.name(frame, &one.made_by)))
        .column("made", frame.t("payment-made-on"), Kind::Date, |one| Cell::date(one.made_on()))
        .column("approved-by", frame.t("payment-approved"), Kind::Text, |one| {
            Cell::text(one.approved_by.as_deref().map(|by| people.name(frame, by)).unwrap_or_default())
        })
        .filter("state", frame.t("cases-state"), states, |one, state| one.stage.key() == state)
        .filter("year", frame.t("cases-year"), years, move |one, wanted| year(one) == wanted)
        .search(frame.t("payments-search"), |one| {
            let holders: Vec<&str> = one.payments.iter().map(|one| one.receiving.holder.as_str()).collect();
            let numbers: Vec<&str> = one.payments.iter().map(|one| one.number.as_str()).collect();
            format!("{} {} {}", one.id, holders.join(" "), numbers.join(" "))
        })
        .when_empty(frame.t("payments-batches-none"), frame.t("payments-batches-none-todo"))
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
    let ids: Vec<i64> = sent.all("pick").filter_map(|id| id.parse().ok()).collect();
    match payments::order(&app.installation, &document.policy, account(&frame)?, &ids, app.now()).await {
        Ok(batch) => Ok(room::see_other(&frame, &format!("{PATH}/{batch}"))),
        Err(error) => {
            let mut errors = Errors::default();
            forms::refusal(&frame, &mut errors, "payable", error)?;
            respond(&app, &frame, Hx::default(), &ListQuery::default(), &sent, &errors).await
        }
    }
}

/// `GET /payments/{id}`.
pub async fn one(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(id): Path<i64>,
    uri: Uri,
) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    shown(&app, &frame, hx, id, (&query, &words), (&Sent::default(), &Errors::default())).await
}

async fn shown(
    app: &App,
    frame: &Frame,
    hx: Hx,
    id: i64,
    (query, words): (&ListQuery, &BTreeMap<String, String>),
    (sent, errors): (&Sent, &Errors),
) -> Result<Response, AppError> {
    let visitor = account(frame)?;
    let batch = payments::batch(app.db(), visitor, id).await?;
    let held = payments::held(app.db(), visitor, &batch).await?;
    let people = People::read(app).await?;
    let rows: Vec<Row> = batch
        .payments
        .iter()
        .map(|one| Ok((one, one.receiving_number(&app.installation.vault, visitor)?)))
        .collect::<Result<_, domain::Error>>()?;
    let own = format!("{PATH}/{id}");
    let listing = one_by_one(frame, &own);
    if query.export {
        return listing.workbook(&rows, query);
    }
    let view = listing.view(&rows, query);
    if hx.wants_block() {
        return hx::page(ListBlock { frame, list: &view });
    }
    let room = Room::new(frame.t1("payments-batch", "id", id), frame.t("payment-line"))
        .below(frame, &[("cases-title", super::PATH), ("payments-title", PATH)])
        .with(super::said(frame, words))
        .wrong(!errors.is_empty());
    let can = frame.may(Permission::ManageMoney);
    let made_on = batch.made_on().map(|day| frame.date(day)).unwrap_or_default();
    let mut facts = vec![
        (frame.t("payment-total"), format::money_text(batch.total_fen(), frame.lang)),
        (frame.t("payment-count"), format::count(batch.payments.len())),
        (frame.t("payment-made"), format!("{} {made_on}", people.name(frame, &batch.made_by))),
    ];
    facts.extend(batch.approved_by.as_ref().map(|by| (frame.t("payment-approved"), people.name(frame, by))));
    facts.extend(held.iter().map(|(case, why)| (frame.t1("payment-held", "case", case), frame.said(why))));
    // What the bank sends back later comes after the batch is closed.
    let answering = (can && matches!(batch.stage, Stage::Sent | Stage::Closed)).then(|| {
        let field =
            Field::of("file", frame.t("payment-answer-file"), FieldKind::File(".csv,.xlsx,.xls,.ods"), "", errors)
                .hint(frame.t("payment-answer-hint"));
        (frame.at(&format!("{own}/answer")), field)
    });
    let page = PaymentPage {
        frame,
        room: &room,
        errors,
        state: stage(frame, batch.stage),
        facts,
        reconciliation: batch.reconciliation().map(|all| reconciled(frame, &all)),
        list: &view,
        acts: if can { acts(frame, &batch, (&visitor.login, !held.is_empty())) } else { Vec::new() },
        answering,
        returning: returned::form(frame, &batch, sent, errors).filter(|_| can),
        is_returning: !sent.get("payment").is_empty(),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// The page again, with what was typed and what was wrong with it.
pub(super) async fn refused(
    app: &App,
    frame: &Frame,
    id: i64,
    sent: &Sent,
    errors: &Errors,
) -> Result<Response, AppError> {
    shown(app, frame, Hx::default(), id, (&ListQuery::default(), &BTreeMap::new()), (sent, errors)).await
}

/// A payment with the number of its account as this visitor may see it.
type Row<'p> = (&'p payments::Payment, String);

fn one_by_one<'a, 'p: 'a>(frame: &'a Frame, own: &str) -> Listing<'a, Row<'p>> {
    let states = ["ordered", "paid", "recovered", "failed", "cancelled"];
    let states = states.map(|key| Choice::new(key, frame.t(&format!("bank-state-{key}")))).into();
    Listing::new(frame, "batch", own, frame.t("payment-rows"))
        .column("name", frame.t("cases-subject"), Kind::Text, |(one, _): &Row<'p>| {
            Cell::text(one.receiving.holder.clone()).link(frame.at(&super::path(one.case)))
        })
        .column("number", frame.t("payment-number"), Kind::Code, |(one, _)| Cell::code(one.number.clone()))
        .column("account", frame.t("case-account"), Kind::Text, |(one, number)| {
            Cell::text(format!("{} {number}", one.receiving.bank))
        })
        .column("amount", frame.t("cases-amount"), Kind::Money, |(one, _)| Cell::money(one.amount_fen, frame.lang))
        .column("state", frame.t("cases-state"), Kind::Text, |(one, _)| {
            Cell::state(money::state(frame, one), i64::from(one.state == "paid"))
        })
        .column("on", frame.t("bank-on"), Kind::Date, |(one, _)| Cell::date(one.answered_on))
        .column("said", frame.t("bank-amount"), Kind::Money, |(one, _)| match (one.state.as_str(), one.answered_fen) {
            (_, Some(fen)) => Cell::money(fen, frame.lang),
            ("paid" | "failed", None) => Cell::unknown(frame.t("bank-amount-none")),
            _ => Cell::empty(),
        })
        .column("returned", frame.t("bank-returned-on"), Kind::Date, |(one, _)| Cell::date(one.returned_on))
        .column("recovered", frame.t("money-recovered"), Kind::Money, |(one, _)| match one.recovered_fen {
            0 => Cell::empty(),
            fen => Cell::money(fen, frame.lang),
        })
        .column("back", frame.t("money-recovered-on"), Kind::Date, |(one, _)| Cell::date(one.recovered_on))
        .column("reason", frame.t("case-note"), Kind::Text, |(one, _)| Cell::text(one.reason.clone()))
        .filter("state", frame.t("cases-state"), states, |(one, _), state| match state {
            "recovered" => one.recovered_fen > 0,
            state => one.state == state,
        })
        .search(frame.t("payments-search"), |(one, _)| format!("{} {} {}", one.receiving.holder, one.number, one.case))
        .when_empty(frame.t("payments-batches-none"), "")
}

fn reconciled(frame: &Frame, all: &Reconciliation) -> Reconciled {
    let money = |fen: i64| format::money_text(fen, frame.lang);
    let row = |key: &str, sum: Sum| (frame.t(key), format::count(sum.count), money(sum.fen));
    let difference = all.difference_fen();
    let mut rows = vec![
        row("bank-sent", all.sent),
        row("bank-answered", all.answered()),
        row("bank-arrived", all.arrived),
        row("bank-failed", all.failed),
    ];
    if all.returned.count > 0 {
        rows.push(row("bank-returned", all.returned));
    }
    rows.push(row("bank-open", all.open));
    rows.push((frame.t("bank-difference"), String::new(), money(difference)));
    Reconciled {
        rows,
        // As long as the bank has not answered all, nothing is even.
        state: match (difference, all.unchecked.count) {
            (0, _) if all.open.count > 0 => {
                StateWord::new(Tone::Warn, frame.t1("bank-waits", "count", format::count(all.open.count)))
            }
            (0, 0) => StateWord::new(Tone::Ok, frame.t("bank-even")),
            (0, _) => StateWord::new(Tone::Warn, frame.t("bank-even-so-far")),
            _ => StateWord::new(Tone::Bad, frame.t("bank-uneven")),
        },
        unchecked: if all.unchecked.count == 0 {
            String::new()
        } else {
            let words = [("count", all.unchecked.count.to_string()), ("amount", money(all.unchecked.fen))];
            frame.tn("bank-unchecked", words)
        },
    }
}

/// What this visitor may do with the batch now.
fn acts(frame: &Frame, batch: &Batch, (login, is_held): (&str, bool)) -> Vec<Act> {
    let own = frame.at(&format!("{PATH}/{}", batch.id));
    let act = |act: &str| {
        Act::new(format!("{own}/{act}"), frame.t(&format!("payment-{act}-do")), frame.t(&format!("payment-{act}-line")))
    };
    match batch.stage {
        Stage::Made if batch.made_by == login || is_held => vec![act("cancel")],
        Stage::Approved if is_held => vec![act("cancel")],
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
    refused(app, frame, id, &Sent::default(), &errors).await
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
    let name = format!("payment-batch-{id}.xlsx");
    download::file(download::XLSX, (&name, &name), bytes.into_inner())
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
                let payments::Answered { paid, failed, returned, amounts, .. } = done;
                let words = format!("count={paid}&failed={failed}&returned={returned}&amounts={amounts}");
                let path = format!("{PATH}/{id}?done=answered&{words}");
                return Ok(room::see_other(&frame, &path));
            }
            Err(error) => forms::refusal(&frame, &mut errors, "file", error)?,
        }
    } else {
        errors.add("file", frame.t("case-paper-missing"));
    }
    refused(&app, &frame, id, &Sent::default(), &errors).await
}
