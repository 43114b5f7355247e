//! `/items` 政策事项: what each award and aid pays, on which document, within which limits; drafted by one, issued by another (C3.1.2.1).

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::Permission,
    cases::{self, Case},
    items::{self, Formula, Item, Stage, Track},
    runs,
};
use rules::policy::AwardDef;

use super::{award_name, forms, head, people::People, policy};
use crate::{
    app::App,
    error::AppError,
    form::Errors,
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing},
    pages::{
        corpus::baskets::account,
        room::{self, Room, Sent},
    },
    pieces::{Link, State as StateWord, Tone},
};

pub(super) const PATH: &str = "/items";

/// A row of the list: an award with its latest version, if it has one.
struct Row<'a> {
    award: &'a AwardDef,
    item: Option<&'a Item>,
}

#[derive(Template)]
#[template(path = "cases/item.html")]
struct ItemPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    state: StateWord,
    facts: Vec<(String, String)>,
    amounts: Vec<(String, String)>,
    faults: Vec<(String, String)>,
    warnings: Vec<(String, String)>,
    versions: Vec<(Link, StateWord)>,
    clauses: Vec<Link>,
    issue: Option<String>,
    suspend: Option<String>,
    edit: Option<String>,
    trial: Option<String>,
    seen: String,
}

/// `GET /items`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let document = policy::document()?;
    let mut all = items::all(app.db()).await?;
    all.retain(|item| is_shown(&frame, item));
    let policy = &document.policy;
    let rows: Vec<Row<'_>> =
        policy.awards.iter().map(|award| Row { award, item: all.iter().find(|item| item.award == award.id) }).collect();
    let class = |award: &AwardDef| frame.t(&format!("item-class-{}", award.money_class));
    let listing = Listing::new(&frame, "items", PATH, frame.t("items-title"))
        .column("award", frame.t("cases-award"), Kind::Text, |row: &Row<'_>| {
            let href = match row.item {
                Some(item) => format!("{PATH}/{}", item.id),
                None if frame.may(Permission::HandleCases) => format!("{PATH}/draft/{}", row.award.id),
                None => format!("/policy/{}", row.award.clauses.first().map_or("", String::as_str)),
            };
            Cell::text(frame.said(&row.award.name)).link(frame.at(&href))
        })
        .column("class", frame.t("item-class"), Kind::Text, |row| Cell::text(class(row.award)))
        .column("track", frame.t("item-track"), Kind::Text, |row| {
            Cell::text(row.item.map_or_else(String::new, |item| frame.said(item.terms.track.zh())))
        })
        .column("basis", frame.t("case-basis"), Kind::Text, |row| {
            Cell::text(row.item.map_or_else(String::new, |item| item.terms.basis.number.clone()))
        })
        .column("until", frame.t("item-until"), Kind::Date, |row| {
            Cell::date(row.item.and_then(|item| item.terms.effective_until))
        })
        .column("version", frame.t("item-version"), Kind::Number, |row| {
            row.item.map_or_else(Cell::empty, |item| Cell::number(item.version))
        })
        .column("state", frame.t("cases-state"), Kind::Text, |row| {
            Cell::state(
                stage(&frame, row.item.map(|item| item.stage)),
                row.item.map_or(0, |item| item.stage as i64 + 1),
            )
        })
        .search(frame.t("items-search"), |row| row.award.name.clone());
    let room = head(&frame, PATH).with(room::said(&frame, &words));
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

/// What is only drafted is the office's own until it is issued.
fn is_shown(frame: &Frame, item: &Item) -> bool {
    let office = [Permission::HandleCases, Permission::DecideCases, Permission::ViewMoney];
    item.stage != Stage::Draft || office.into_iter().any(|permission| frame.may(permission))
}

fn stage(frame: &Frame, stage: Option<Stage>) -> StateWord {
    match stage {
        None => StateWord::new(Tone::Unknown, frame.t("item-none")),
        Some(Stage::Draft) => StateWord::new(Tone::Warn, frame.said(Stage::Draft.zh())),
        Some(Stage::Issued) => StateWord::new(Tone::Ok, frame.said(Stage::Issued.zh())),
        Some(Stage::Suspended) => StateWord::new(Tone::Plain, frame.said(Stage::Suspended.zh())),
    }
}

/// `GET /items/{id}`.
pub async fn one(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    shown(&app, &frame, id, &Errors::default()).await
}

async fn shown(app: &App, frame: &Frame, id: i64, errors: &Errors) -> Result<Response, AppError> {
    let document = policy::document()?;
    let policy = &document.policy;
    let item = items::find(app.db(), id).await?;
    if !is_shown(frame, &item) {
        return Err(domain::Error::NotFound { what: "事项", id: id.to_string() }.into());
    }
    let mut all = items::all(app.db()).await?;
    all.retain(|item| is_shown(frame, item));
    let award = award_name(frame, policy, &item.award);
    let room = Room::new(award, frame.t1("item-line", "version", item.version))
        .below(frame, &[("cases-title", super::PATH), ("items-title", PATH)])
        .wrong(!errors.is_empty());
    let visitor = account(frame)?;
    let may = frame.may(Permission::HandleCases);
    let found = if item.stage == Stage::Draft { items::faults(policy, &item)? } else { Vec::new() };
    let own = frame.at(&format!("{PATH}/{id}"));
    let level = |level: i64| {
        let named = policy.award(&item.award).and_then(|award| award.levels.iter().find(|one| one.level == level));
        named.map_or_else(|| frame.t("item-each"), |one| frame.said(&one.name))
    };
    let clauses = policy.award(&item.award).map(|award| award.clauses.clone()).unwrap_or_default();
    let page = ItemPage {
        frame,
        room: &room,
        errors,
        state: stage(frame, Some(item.stage)),
        facts: facts(frame, &People::read(app).await?, &item),
        amounts: item
            .terms
            .amounts
            .iter()
            .map(|(at, fen)| (level(*at), format::money_text(*fen, frame.lang)))
            .collect(),
        faults: found.iter().map(|fault| (frame.said(&fault.words), frame.said(&fault.basis))).collect(),
        warnings: items::warnings(policy, &item)
            .iter()
            .map(|one| (frame.said(&one.words), frame.said(&one.basis)))
            .collect(),
        versions: all
            .iter()
            .filter(|one| one.award == item.award && one.id != id)
            .map(|one| {
                (
                    Link::new(frame.t1("item-line", "version", one.version), frame.at(&format!("{PATH}/{}", one.id))),
                    stage(frame, Some(one.stage)),
                )
            })
            .collect(),
        clauses: clauses.iter().map(|id| Link::new(id.clone(), frame.at(&format!("/policy/{id}")))).collect(),
        issue: (may && item.stage == Stage::Draft && item.drafted_by != visitor.login && found.is_empty())
            .then(|| format!("{own}/issue")),
        suspend: (may && item.stage == Stage::Issued).then(|| format!("{own}/suspend")),
        trial: (frame.may(Permission::ViewMoney) && item.terms.track == Track::Confirm).then(|| format!("{own}/trial")),
        seen: item.mark(),
        edit: may.then(|| frame.at(&format!("{PATH}/draft/{}", item.award))),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn facts(frame: &Frame, people: &People, item: &Item) -> Vec<(String, String)> {
    let terms = &item.terms;
    let none = || frame.t("word-none");
    let date = |day: Option<jiff::civil::Date>| day.map_or_else(none, |day| frame.date(day));
    let list = |list: &[String]| if list.is_empty() { none() } else { list.join("、") };
    let formula = match terms.formula {
        Formula::PerSubject => frame.t("item-per-subject"),
        Formula::PerRight => frame.t("item-per-right"),
        Formula::ShareOfCost { percent } => frame.t1("item-share", "percent", percent),
    };
    let mut facts = vec![
        ("item-track", frame.said(terms.track.zh())),
        ("item-basis", format!("{}《{}》", terms.basis.number, terms.basis.title)),
        ("item-review", format!("{} {}", terms.review.conclusion, date(terms.review.concluded_on))),
        ("item-from", date(Some(terms.effective_from))),
        ("item-until", date(terms.effective_until)),
        ("item-formula", formula),
        ("item-difference", frame.t(if terms.pays_difference { "setting-yes" } else { "setting-no" })),
        ("item-cap-year", terms.cap_per_subject_year_fen.map_or_else(none, |fen| format::money_text(fen, frame.lang))),
        (
            "item-cap-invention",
            terms.cap_per_invention_fen.map_or_else(none, |fen| format::money_text(fen, frame.lang)),
        ),
        ("item-pro-rata", frame.t(if terms.pays_pro_rata { "setting-yes" } else { "setting-no" })),
        ("item-window", terms.window.map_or_else(|| frame.t("item-window-always"), |window| frame.said(&window.zh()))),
        ("item-limits", limits(frame, terms)),
        ("item-departments", list(&terms.departments)),
        ("item-papers", list(&terms.papers)),
        ("item-drafted", people.name(frame, &item.drafted_by)),
    ];
    if let Some(aid) = &terms.aid {
        facts.push(("item-deduction", frame.said(aid.deduction.zh())));
        facts.push(("item-settlements", frame.t(if aid.takes_settlements { "setting-yes" } else { "setting-no" })));
    }
    if let Some(subsidy) = &terms.subsidy {
        let words = match subsidy.is_policy_subsidy {
            true => frame.t("item-subsidy-yes"),
            false => frame.t1("item-subsidy-exempt", "number", subsidy.exempted_by.clone()),
        };
        facts.push(("item-subsidy", words));
    }
    if let Some(by) = &item.issued_by {
        facts.push(("item-issued", people.name(frame, by)));
    }
    if item.is_trial {
        facts.push(("item-trial", frame.t("item-trial-yes")));
    }
    let proofs = terms.aid.iter().flat_map(|aid| &aid.proofs);
    let proofs =
        proofs.map(|(trigger, papers)| (frame.t1("item-proofs-of", "trigger", frame.said(trigger.zh())), list(papers)));
    facts.into_iter().map(|(key, value)| (frame.t(key), value)).chain(proofs).collect()
}

/// How long each step may take, in one line.
fn limits(frame: &Frame, terms: &items::Terms) -> String {
    let limits = &terms.limits;
    let days = [
        ("accept", limits.accept),
        ("enterprise", limits.enterprise),
        ("step", limits.step),
        ("notice", limits.notice),
    ];
    frame.tn("item-limits-line", days.map(|(name, days)| (name, days.to_string())))
}

/// `GET /items/{id}/trial`: what the item would come to under the latest run, none of it kept (C3.1.2.1).
pub async fn trial(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(id): Path<i64>,
    uri: Uri,
) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let document = policy::document()?;
    let policy = &document.policy;
    let item = items::find(app.db(), id).await?;
    if !is_shown(&frame, &item) {
        return Err(domain::Error::NotFound { what: "事项", id: id.to_string() }.into());
    }
    let latest = runs::latest(&app.installation).await?;
    let run = latest.ok_or_else(|| AppError::Conflict(frame.t("item-trial-no-run")))?;
    let rows = cases::simulate(&app.installation, policy, &item, &run.run, app.now()).await?;
    let own = format!("{PATH}/{id}/trial");
    let caption = frame.tn("item-trial-of", &[("award", award_name(&frame, policy, &item.award)), ("date", run.as_of)]);
    let listing = Listing::new(&frame, "trial", &own, caption.clone())
        .column("name", frame.t("cases-subject"), Kind::Text, |case: &Case| {
            Cell::text(case.name.clone()).link(frame.at(&format!("/awards/{}/{}", case.award, case.subject)))
        })
        .column("level", frame.t("cases-level"), Kind::Text, |case| Cell::text(super::level(&frame, policy, case)))
        .column("amount", frame.t("cases-amount"), Kind::Money, |case| super::amount_cell(&frame, case.amount_fen()))
        .column("state", frame.t("cases-state"), Kind::Text, |case| {
            Cell::state(super::state(&frame, case.state), case.state as i64)
        })
        .column("why", frame.t("case-note"), Kind::Text, |case| {
            let stop = cases::gates::stops(&case.facts.gates, cases::Outcome::Block);
            Cell::text(frame.said(if stop.is_empty() { &case.amount.held } else { &stop }))
        })
        .search(frame.t("cases-search"), |case| format!("{} {}", case.name, case.subject));
    let known = rows.iter().filter(|case| case.state != cases::State::Rejected).filter_map(Case::amount_fen);
    let held = rows.iter().filter(|case| case.amount_fen().is_none()).count();
    let line = frame.tn(
        "item-trial-line",
        &[
            ("count", format::count(rows.len())),
            ("amount", format::money_text(known.sum(), frame.lang)),
            ("held", format::count(held)),
        ],
    );
    let mut room = Room::new(caption, line).below(&frame, &[("cases-title", super::PATH), ("items-title", PATH)]);
    room.crumbs.push(Link::new(frame.t1("item-line", "version", item.version), frame.at(&format!("{PATH}/{id}"))));
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

/// `POST /items/{id}/issue`: of the draft as it was seen, and of no later one.
pub async fn issue(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let document = policy::document()?;
    let wanted = (id, Some(sent.get("seen")));
    let done = items::issue(&app.installation, &document.policy, account(&frame)?, wanted, app.now()).await;
    answer(&app, &frame, id, done).await
}

/// `POST /items/{id}/suspend`.
pub async fn suspend(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let done = items::suspend(app.db(), account(&frame)?, id, app.now()).await;
    answer(&app, &frame, id, done).await
}

async fn answer(app: &App, frame: &Frame, id: i64, done: Result<(), domain::Error>) -> Result<Response, AppError> {
    let Err(error) = done else { return Ok(room::see_other(frame, &format!("{PATH}/{id}"))) };
    let mut errors = Errors::default();
    forms::refusal(frame, &mut errors, "acts", error)?;
    shown(app, frame, id, &errors).await
}
