//! `/budget` 预算: what is set aside, reserved and paid, by year, source and item; and the form of the finance bureau.

use axum::{Form, extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    budget::{self, Line},
};
use rules::Policy;

use super::{award_name, forms, head, policy, uses};
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
        room::{self, Around, Sent, Visit},
    },
    pieces::Link,
};

pub(super) const PATH: &str = "/budget";

/// `GET /budget`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    respond(&app, &frame, hx, &Visit::of(&uri)).await
}

async fn respond(app: &App, frame: &Frame, hx: Hx, visit: &Visit) -> Result<Response, AppError> {
    let document = policy::document()?;
    let rows = budget::lines(app.db()).await?;
    let may_set = frame.may(Permission::ManageMoney);
    let form = may_set.then(|| form(frame, &document.policy, &visit.sent, &visit.errors));
    let mut room = head(frame, PATH);
    room.line = frame.t1("budget-line", "year", frame.business_date.year());
    let around = Around { sums: sums(frame, &rows), form, ..Around::default() };
    room::listed_with(hx, frame, room, (&listing(frame, &document.policy, &rows), &rows), visit, around)
}

/// What the lines of this year come to, each sum with the way to what it adds up.
fn sums(frame: &Frame, rows: &[Line]) -> Vec<(String, Link)> {
    let year = i64::from(frame.business_date.year());
    let lines = format!("{PATH}?year={year}");
    let sum = |key: &str, of: fn(&Line) -> i64, path: String| {
        let fen = rows.iter().filter(|line| line.year == year).map(of).sum();
        // A sum of nothing has nothing to open.
        let href = if fen == 0 { String::new() } else { frame.at(&path) };
        (frame.t(key), Link::new(format::money_text(fen, frame.lang), href))
    };
    vec![
        sum("budget-sum", |line| line.amount_fen, lines.clone()),
        sum("budget-reserved", |line| line.reserved_fen, uses::of_budget_year(year, "reserved")),
        sum("budget-paid", |line| line.paid_fen, uses::of_budget_year(year, "paid")),
        sum("money-recovered", |line| line.recovered_fen, uses::of_budget_year(year, "recovered")),
        sum("money-net", Line::net_fen, uses::of_budget_year(year, "paid")),
        sum("budget-left", Line::left_fen, lines),
    ]
}

fn listing<'a>(frame: &'a Frame, policy: &'a Policy, rows: &[Line]) -> Listing<'a, Line> {
    let money = |fen: i64| Cell::money(fen, frame.lang);
    // A sum of nothing has nothing to open.
    let used = move |fen: i64, line: i64, state: &str| match fen {
        0 => money(0),
        fen => money(fen).link(frame.at(&uses::of_line(line, state))),
    };
    Listing::new(frame, "budget", PATH, frame.t("budget-title"))
        .column("award", frame.t("cases-award"), Kind::Text, |line: &Line| {
            Cell::text(purpose(frame, policy, &line.award))
        })
        .column("source", frame.t("budget-source"), Kind::Text, |line| Cell::text(line.source.clone()))
        .column("year", frame.t("cases-year"), Kind::Code, |line| Cell::code(line.year.to_string()))
        .column("amount", frame.t("budget-amount"), Kind::Money, move |line| money(line.amount_fen))
        .column("reserved", frame.t("budget-reserved"), Kind::Money, move |line| {
            used(line.reserved_fen, line.id, "reserved")
        })
        .column("paid", frame.t("budget-paid"), Kind::Money, move |line| used(line.paid_fen, line.id, "paid"))
        .column("recovered", frame.t("money-recovered"), Kind::Money, move |line| {
            used(line.recovered_fen, line.id, "recovered")
        })
        .column("net", frame.t("money-net"), Kind::Money, move |line| used(line.net_fen(), line.id, "paid"))
        .column("earlier", frame.t("budget-earlier"), Kind::Money, move |line| {
            line.earlier_fen.map_or_else(Cell::empty, money)
        })
        .column("left", frame.t("budget-left"), Kind::Money, move |line| money(line.left_fen()))
        .column("basis", frame.t("budget-basis"), Kind::Text, |line| Cell::text(line.basis.clone()))
        .years("year", frame.t("cases-year"), rows, |line| line.year)
        .search(frame.t("budget-search"), |line| format!("{} {} {}", line.source, line.basis, line.year))
        .when_empty(frame.t("budget-none"), frame.t("budget-none-todo"))
}

fn purpose(frame: &Frame, policy: &Policy, award: &str) -> String {
    if award.is_empty() { frame.t("budget-any") } else { award_name(frame, policy, award) }
}

fn form(frame: &Frame, policy: &Policy, sent: &Sent, errors: &Errors) -> EntryForm {
    let mut awards = vec![Choice::new("", frame.t("budget-any"))];
    awards.extend(super::awards(frame, policy));
    let year =
        if sent.get("year").is_empty() { frame.business_date.year().to_string() } else { sent.get("year").to_owned() };
    let field = |name: &str, key: &str, kind| Field::of(name, frame.t(key), kind, sent.get(name), errors);
    EntryForm {
        title: frame.t("budget-set-title"),
        action: frame.at("/budget/set"),
        fields: vec![
            Field::of("year", frame.t("cases-year"), FieldKind::Number, &year, errors),
            field("source", "budget-source", FieldKind::Text),
            field("award", "cases-award", FieldKind::Select(awards)),
            field("amount", "budget-amount", FieldKind::Text).hint(frame.t("item-amount-hint")),
            field("basis", "budget-basis", FieldKind::Text),
            field("earlier", "budget-earlier", FieldKind::Text).hint(frame.t("budget-earlier-hint")).optional(),
        ],
        button: frame.t("budget-set-do"),
    }
}

/// `POST /budget/set`.
pub async fn set(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let amount = forms::fen(&frame, &sent, "amount", &mut errors);
    if amount.is_none() && errors.is_empty() {
        errors.add("amount", frame.t("budget-amount-missing"));
    }
    let year = sent.get("year").parse::<i64>().unwrap_or(0);
    let document = policy::document()?;
    if !sent.get("award").is_empty() && document.policy.award(sent.get("award")).is_none() {
        errors.add("award", frame.t("budget-award-unknown"));
    }
    let earlier = forms::fen(&frame, &sent, "earlier", &mut errors);
    if let Some(fen) = amount.filter(|_| errors.is_empty()) {
        let line = (year, sent.get("source"), sent.get("award"));
        let visitor = account(&frame)?;
        let mut done = budget::set(app.db(), visitor, line, (fen, sent.get("basis")), app.now()).await;
        if let (Ok(id), Some(earlier)) = (&done, earlier) {
            done = budget::set_earlier(app.db(), visitor, *id, earlier, app.now()).await.map(|()| *id);
        }
        match done {
            Ok(_) => return Ok(room::see_other(&frame, &format!("{PATH}?done=saved"))),
            Err(error) => forms::refusal(&frame, &mut errors, "amount", error)?,
        }
    }
    respond(&app, &frame, Hx::default(), &Visit::again(sent, errors)).await
}
