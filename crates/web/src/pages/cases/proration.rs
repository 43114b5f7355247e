//! `/budget/prorata` 按比例兑付: where the budget of an award does not suffice, every case gets its part of what there is, proposed by the
//! finance bureau and agreed to by the leaders.

use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::Permission,
    budget,
    proration::{self, Proration, Share, Stage},
};
use rules::Policy;

use super::{
    award_name,
    budget::PATH as BUDGET,
    forms::{self, Act},
    head, policy,
};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, Listing},
    pages::{
        corpus::baskets::account,
        registry::entries::EntryForm,
        room::{self, Around, Room, Sent, Visit},
    },
    pieces::{Link, State as StateWord, Tone},
};

pub(super) const PATH: &str = "/budget/prorata";

/// `GET /budget/prorata`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    respond(&app, &frame, hx, &Visit::of(&uri)).await
}

async fn respond(app: &App, frame: &Frame, hx: Hx, visit: &Visit) -> Result<Response, AppError> {
    let document = policy::document()?;
    let rows = proration::all(app.db(), account(frame)?).await?;
    let form = match frame.may(Permission::ManageMoney) {
        true => Some(form(app, frame, &document.policy, &visit.sent, &visit.errors).await?),
        false => None,
    };
    room::listed_with(hx, frame, head(frame, PATH), (&acts(frame, &document.policy), &rows), visit, form)
}

fn stage(frame: &Frame, stage: Stage) -> StateWord {
    let tone = match stage {
        Stage::Proposed => Tone::Warn,
        Stage::Agreed => Tone::Ok,
        Stage::Withdrawn => Tone::Plain,
    };
    StateWord::new(tone, frame.said(stage.zh()))
}

fn acts<'a>(frame: &'a Frame, policy: &'a Policy) -> Listing<'a, Proration> {
    let money = |fen: i64| Cell::money(fen, frame.lang);
    Listing::new(frame, "prorata", PATH, frame.t("proration-title"))
        .column("award", frame.t("cases-award"), Kind::Text, |one: &Proration| {
            Cell::text(award_name(frame, policy, &one.award)).link(frame.at(&format!("{PATH}/{}", one.id)))
        })
        .column("full", frame.t("proration-full"), Kind::Money, move |one| money(one.full_fen()))
        .column("available", frame.t("proration-available"), Kind::Money, move |one| money(one.available_fen))
        .column("cases", frame.t("notices-cases"), Kind::Number, |one| {
            Cell::number(i64::try_from(one.shares.len()).unwrap_or(i64::MAX))
        })
        .column("state", frame.t("cases-state"), Kind::Text, |one| {
            Cell::state(stage(frame, one.stage), one.stage as i64)
        })
        .column("by", frame.t("proration-by"), Kind::Text, |one| Cell::text(one.made_by.clone()))
        .column("decided", frame.t("proration-decided"), Kind::Text, |one| {
            Cell::text(one.decided_by.clone().unwrap_or_default())
        })
        .search(frame.t("budget-search"), |one| format!("{} {}", one.reason, one.award))
        .when_empty(frame.t("proration-none"), frame.t("proration-none-todo"))
}

async fn form(app: &App, frame: &Frame, policy: &Policy, sent: &Sent, errors: &Errors) -> Result<EntryForm, AppError> {
    let year = i64::from(frame.business_date.year());
    let lines = budget::lines(app.db()).await?;
    let lines = lines.iter().filter(|line| line.year == year && !line.award.is_empty()).map(|line| {
        let words = [
            ("award", award_name(frame, policy, &line.award)),
            ("source", line.source.clone()),
            ("left", format::money_text(line.left_fen(), frame.lang)),
        ];
        Choice::new(line.id.to_string(), frame.tn("proration-line-choice", &words))
    });
    Ok(EntryForm {
        title: frame.t("proration-propose-title"),
        action: frame.at("/budget/prorata/propose"),
        fields: vec![
            Field::of("line", frame.t("budget-title"), FieldKind::Select(lines.collect()), sent.get("line"), errors)
                .hint(frame.t("proration-hint")),
            Field::of("reason", frame.t("proration-reason"), FieldKind::Lines, sent.get("reason"), errors),
        ],
        button: frame.t("proration-propose-do"),
    })
}

/// `POST /budget/prorata/propose`.
pub async fn propose(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    match sent.get("line").parse() {
        Err(_) => errors.add("line", frame.t("proration-line-missing")),
        Ok(line) => {
            let reason = sent.get("reason");
            match proration::propose(&app.installation, account(&frame)?, line, reason, app.now()).await {
                Ok(id) => return Ok(room::see_other(&frame, &format!("{PATH}/{id}"))),
                Err(error) => forms::refusal(&frame, &mut errors, "line", error)?,
            }
        }
    }
    respond(&app, &frame, Hx::default(), &Visit::again(sent, errors)).await
}

/// `GET /budget/prorata/{id}`.
pub async fn one(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(id): Path<i64>,
    uri: Uri,
) -> Result<Response, AppError> {
    shown(&app, &frame, hx, id, &Visit::of(&uri)).await
}

async fn shown(app: &App, frame: &Frame, hx: Hx, id: i64, visit: &Visit) -> Result<Response, AppError> {
    let document = policy::document()?;
    let act = proration::find(app.db(), account(frame)?, id).await?;
    let own = format!("{PATH}/{id}");
    let money = |fen: i64| Cell::money(fen, frame.lang);
    let listing = Listing::new(frame, "shares", &own, frame.t("proration-shares"))
        .column("name", frame.t("cases-subject"), Kind::Text, |one: &Share| {
            Cell::text(one.name.clone()).link(frame.at(&super::path(one.case_id)))
        })
        .column("full", frame.t("proration-full"), Kind::Money, move |one| money(one.full_fen))
        .column("share", frame.t("proration-share"), Kind::Money, move |one| money(one.share_fen))
        .search(frame.t("cases-search"), |one| format!("{} {}", one.name, one.case_id));
    let plain = |text: String| Link::new(text, String::new());
    let used = |fen: i64, href: &str| Link::new(format::money_text(fen, frame.lang), frame.at(href));
    let mut sums = vec![
        (frame.t("cases-state"), plain(frame.said(act.stage.zh()))),
        (frame.t("proration-available"), used(act.available_fen, BUDGET)),
        (frame.t("proration-full"), plain(format::money_text(act.full_fen(), frame.lang))),
        (frame.t("proration-reason"), plain(act.reason.clone())),
        (frame.t("proration-by"), plain(act.made_by.clone())),
    ];
    sums.extend(act.decided_by.clone().map(|by| (frame.t("proration-decided"), plain(by))));
    let mut acts = Vec::new();
    let door = |name: &str| frame.at(&format!("{own}/{name}"));
    if act.stage == Stage::Proposed && frame.may(Permission::DecideCases) {
        acts.push(Act::new(door("agree"), frame.t("proration-agree-do"), frame.t("proration-agree-line")));
    }
    if act.stage == Stage::Proposed && (frame.may(Permission::DecideCases) || frame.may(Permission::ManageMoney)) {
        acts.push(Act::new(door("withdraw"), frame.t("proration-withdraw-do"), ""));
    }
    let award = award_name(frame, &document.policy, &act.award);
    let room = Room::new(frame.t1("proration-of", "award", award), frame.t("proration-shares-line"))
        .below(frame, &[("cases-title", super::PATH), ("budget-title", BUDGET), ("proration-title", PATH)]);
    room::listed_with(hx, frame, room, (&listing, &act.shares), visit, Around { sums, acts, form: None })
}

async fn answer(app: &App, frame: &Frame, id: i64, done: Result<(), domain::Error>) -> Result<Response, AppError> {
    let Err(error) = done else { return Ok(room::see_other(frame, &format!("{PATH}/{id}"))) };
    let mut errors = Errors::default();
    forms::refusal(frame, &mut errors, "acts", error)?;
    shown(app, frame, Hx::default(), id, &Visit::again(Sent::default(), errors)).await
}

/// `POST /budget/prorata/{id}/agree`.
pub async fn agree(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let done = proration::agree(&app.installation, account(&frame)?, id, app.now()).await;
    answer(&app, &frame, id, done).await
}

/// `POST /budget/prorata/{id}/withdraw`.
pub async fn withdraw(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let done = proration::withdraw(app.db(), account(&frame)?, id, app.now()).await;
    answer(&app, &frame, id, done).await
}
