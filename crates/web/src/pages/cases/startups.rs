//! `/budget/startups` 初创企业: young enterprises with patents of their own in the leading industries, as the registers show them; the
//! pilots that support them, with their evaluation; and the pilots by form (C4.2.5).

use axum::{extract::State, http::Uri, response::Response};
use domain::startups::{self, FormTotal, PILOTS as REGISTER, Pilot, Startup, Startups};

use super::{
    charted, market, policy,
    projects::{answer, answered, answers, beside, industries, industry, is_industry, town, towns},
};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format::{self, encode},
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery, Listing},
    pages::{
        corpus::baskets::account,
        room::{self, Room},
    },
    pieces::Link,
};

pub(super) const PATH: &str = "/budget/startups";
pub(super) const FORMS: &str = "/budget/startups/forms";
pub(super) const PILOTS: &str = "/budget/startups/pilots";

/// In an address, a pilot that nobody has evaluated.
const NONE: &str = "none";

/// The page with its neighbours.
fn room(frame: &Frame, title: &str, line: String, here: &str) -> Room {
    beside(frame, Room::new(frame.t(title), line), here, ("startups-title", PATH))
}

async fn read(app: &App, frame: &Frame) -> Result<Startups, AppError> {
    let document = policy::document()?;
    Ok(startups::startups(&app.installation, &document.policy, account(frame)?, app.now()).await?)
}

/// `GET /budget/startups`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let all = read(&app, &frame).await?;
    let listing = listing(&frame, &all);
    let room = room(&frame, "startups-title", frame.t("startups-line"), PATH);
    let lines = told(&frame, &all, &listing, &query);
    charted(hx, &frame, &room, (&listing, &all.startups), &query, (lines, None))
}

/// From when an enterprise is young, and how many of the chosen ones are start-ups.
fn told(frame: &Frame, all: &Startups, listing: &Listing<'_, Startup>, query: &ListQuery) -> Vec<String> {
    let chosen: Vec<&Startup> = listing.passing(&all.startups, query).collect();
    let count = |verdict| format::count(chosen.iter().filter(|one| one.is_one() == verdict).count());
    let counted = [("yes", count(Some(true))), ("no", count(Some(false))), ("unknown", count(None))];
    let years = match all.years {
        Some(years) => frame.tn("startups-years", [("years", years.to_string()), ("date", frame.date(all.today))]),
        None => frame.t("startups-no-years"),
    };
    vec![years, frame.tn("startups-told", counted)]
}

fn listing<'a>(frame: &'a Frame, all: &'a Startups) -> Listing<'a, Startup> {
    let supported = ["yes", "no"].map(|key| Choice::new(key, frame.t(&format!("startups-pilot-{key}"))));
    Listing::new(frame, "startups", PATH, frame.t("startups-title"))
        .column("name", frame.t("projects-firm"), Kind::Text, |one: &Startup| market::firm(frame, &one.name, &one.uscc))
        .column("town", frame.t("projects-town"), Kind::Text, |one| town(frame, &one.town))
        .column("one", frame.t("startups-one"), Kind::Text, |one| answered(frame, one.is_one()))
        .column("why", frame.t("projects-why"), Kind::Text, |one| {
            Cell::text(one.reasons().into_iter().map(|reason| frame.said(reason)).collect::<Vec<_>>().join("；"))
        })
        .column("founded", frame.t("startups-founded"), Kind::Date, |one| match one.age.founded_on() {
            Some(day) => Cell::date(Some(day)),
            None => Cell::unknown(frame.t("word-untold")),
        })
        .column("young", frame.t("startups-young"), Kind::Text, |one| answered(frame, one.age.is_young()))
        .column("own", frame.t("projects-own-today"), Kind::Text, |one| answered(frame, one.own()))
        .column("rights", frame.t("startups-rights"), Kind::Number, |one| {
            let rights: Vec<&str> = one.own_rights().collect();
            let link = |number: &str| Link::new(number, frame.at(&format!("/patents/{}", encode(number))));
            match (&one.rights, rights.as_slice()) {
                (None, _) => Cell::unknown(frame.t("board-uncollected")),
                (_, []) => Cell::number(0),
                (_, numbers) => {
                    let count = frame.t1("market-objects-count", "count", format::count(numbers.len()));
                    Cell::folded(count, numbers.iter().map(|number| link(number)).collect())
                }
            }
        })
        .column("industry", frame.t("projects-industry"), Kind::Text, |one| {
            industry(frame, one.leading.industries(), one.leading.zh())
        })
        .column("supported", frame.t("startups-supported"), Kind::Money, |one| match one.supported.count {
            0 => Cell::text(frame.t("startups-pilot-no")),
            _ => market::sum(frame, one.supported).link(frame.at(&format!("{PILOTS}?q={}", encode(&one.uscc)))),
        })
        .filter("one", frame.t("startups-one"), answers(frame), |one, wanted| answer(one.is_one()) == wanted)
        .filter("industry", frame.t("projects-industry"), industries(frame), |one, wanted| {
            is_industry(one.leading.industries(), wanted)
        })
        .filter("town", frame.t("projects-town"), towns(all.startups.iter().map(|one| &one.town)), |one, town| {
            one.town == town
        })
        .filter("pilot", frame.t("startups-supported"), supported.into(), |one, wanted| {
            (wanted == "yes") == (one.supported.count > 0)
        })
        .search(frame.t("startups-search"), |one| format!("{} {}", one.name, one.uscc))
        .when_empty(frame.t("startups-none"), frame.t("startups-none-todo"))
}

fn result(frame: &Frame, one: &Pilot) -> Cell {
    if one.result.is_empty() {
        return Cell::unknown(frame.t("startups-unevaluated"));
    }
    Cell::text(frame.said(&one.result))
}

/// `GET /budget/startups/pilots`.
pub async fn pilots(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = read(&app, &frame).await?.pilots;
    let forms = registry::SUPPORT_FORMS.iter().map(|form| Choice::new(*form, frame.said(form))).collect();
    let key = |one: &Pilot| if one.result.is_empty() { NONE.to_owned() } else { one.result.clone() };
    let results = registry::PILOT_RESULTS
        .iter()
        .map(|one| Choice::new(*one, frame.said(one)))
        .chain([Choice::new(NONE, frame.t("startups-unevaluated"))])
        .collect();
    let listing = Listing::new(&frame, "pilots", PILOTS, frame.t("startups-pilots"))
        .column("number", frame.t("startups-number"), Kind::Code, |one: &Pilot| {
            market::key(&frame, REGISTER, &[&one.number], &one.number)
        })
        .column("firm", frame.t("projects-firm"), Kind::Text, |one| market::firm(&frame, &one.firm, &one.uscc))
        .column("town", frame.t("projects-town"), Kind::Text, |one| town(&frame, &one.town))
        .column("form", frame.t("projects-form"), Kind::Text, |one| Cell::text(frame.said(&one.form)))
        .column("amount", frame.t("projects-amount"), Kind::Money, |one| market::told(&frame, one.amount_fen))
        .column("on", frame.t("projects-on"), Kind::Date, |one| Cell::date(Some(one.supported_on)))
        .column("basis", frame.t("case-basis"), Kind::Text, |one| Cell::text(one.basis.clone()))
        .column("result", frame.t("startups-result"), Kind::Text, |one| result(&frame, one))
        .column("evaluated", frame.t("startups-evaluated-on"), Kind::Date, |one| Cell::date(one.evaluated_on))
        .column("remarks", frame.t("startups-remarks"), Kind::Text, |one| Cell::text(one.remarks.clone()))
        .years("year", frame.t("cases-year"), &rows, Pilot::year)
        .filter("form", frame.t("projects-form"), forms, |one, form| one.form == form)
        .filter("result", frame.t("startups-result"), results, move |one, wanted| key(one) == wanted)
        .search(frame.t("startups-search"), |one| format!("{} {} {}", one.number, one.firm, one.uscc))
        .when_empty(frame.t("startups-pilots-none"), frame.t("startups-pilots-none-todo"));
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let line = market::summed(&frame, listing.passing(&rows, &query).map(|one| one.amount_fen));
    room::list_page(hx, &frame, &room(&frame, "startups-pilots", line, PILOTS), &listing.view(&rows, &query))
}

/// `GET /budget/startups/forms`.
pub async fn forms(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = read(&app, &frame).await?.by_form();
    let of = |one: &FormTotal| frame.at(&format!("{PILOTS}?year={}&form={}", one.year, encode(&one.form)));
    let number = |count: usize| Cell::number(i64::try_from(count).unwrap_or(i64::MAX));
    let listing = Listing::new(&frame, "forms", FORMS, frame.t("startups-forms"))
        .column("form", frame.t("projects-form"), Kind::Text, |one: &FormTotal| Cell::text(frame.said(&one.form)))
        .column("year", frame.t("cases-year"), Kind::Code, |one| Cell::code(one.year.to_string()))
        .column("count", frame.t("startups-pilot-count"), Kind::Number, |one| number(one.given.count).link(of(one)))
        .column("amount", frame.t("projects-amount"), Kind::Money, |one| market::sum(&frame, one.given).link(of(one)))
        .column("evaluated", frame.t("startups-evaluated"), Kind::Number, |one| number(one.evaluated))
        .column("going", frame.t("startups-going-on"), Kind::Number, |one| number(one.going_on))
        .years("year", frame.t("cases-year"), &rows, |one| one.year)
        .when_empty(frame.t("startups-pilots-none"), frame.t("startups-pilots-none-todo"));
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let room = room(&frame, "startups-forms", frame.t("startups-forms-line"), FORMS);
    room::list_page(hx, &frame, &room, &listing.view(&rows, &query))
}
