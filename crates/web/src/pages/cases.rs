//! `/cases` 兑现: award cases from a run's verdict to a paid one, with the rooms beside them: public notices, policy items, budget and
//! payments. An enterprise finds its own cases here, a department those it is asked about.

pub mod acts;
mod aided;
pub mod apply;
pub mod board;
pub mod budget;
pub mod clawbacks;
pub mod drafts;
pub mod effect;
pub(crate) mod forms;
pub mod funds;
pub mod items;
pub mod leave;
pub mod letters;
pub mod leverage;
pub mod market;
mod money;
pub mod notices;
pub mod one;
pub mod overlaps;
mod own_acts;
pub mod payments;
pub(crate) mod people;
pub mod preparing;
pub mod projects;
pub mod proration;
pub mod returned;
pub mod spending;
pub mod startups;
pub mod uses;

use askama::Template;
use axum::{Form, extract::State, http::Uri, response::Response};
use domain::{
    accounts::{self, Permission},
    cases::{self, Case, State as Stands},
    delegations,
    items::{Stage, Track},
    runs,
};
use rules::Policy;

use self::people::People;
use super::policy;
use crate::{
    app::App,
    chart::Chart,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::Hx,
    list::{Cell, Dir, Kind, ListQuery, Listing, ListingView},
    pages::{
        awards::level_name,
        corpus::baskets::account,
        registry::{entries::EntryForm, who},
        room::{self, Around, ListBlock, Room, Sent, Visit},
    },
    pieces::{Link, Notice, State as StateWord, Tone},
};

pub(crate) const PATH: &str = "/cases";

/// A list below what it comes to: in words, and as a chart.
#[derive(Template)]
#[template(path = "cases/charted.html")]
struct Charted<'a> {
    frame: &'a Frame,
    room: &'a Room,
    list: &'a ListingView,
    chart: Option<Chart>,
    lines: Vec<String>,
}

/// A list below what it comes to, or its file.
fn charted<T>(
    hx: Hx,
    frame: &Frame,
    room: &Room,
    (listing, rows): (&Listing<'_, T>, &[T]),
    query: &ListQuery,
    (lines, chart): (Vec<String>, Option<Chart>),
) -> Result<Response, AppError> {
    if query.export {
        return listing.workbook(rows, query);
    }
    let list = &listing.view(rows, query);
    hx.page(Charted { frame, room, list, chart, lines }, ListBlock { frame, list })
}

/// `GET /cases`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    respond(&app, &frame, hx, &Visit::of(&uri)).await
}

async fn respond(app: &App, frame: &Frame, hx: Hx, visit: &Visit) -> Result<Response, AppError> {
    let document = policy::document()?;
    let rows = cases::all(app.db(), account(frame)?).await?;
    let (mine, people) = (mine(app, frame).await?, People::read(app).await?);
    let heard = heard(app, frame).await?;
    let (sent, errors) = (&visit.sent, &visit.errors);
    let form = if hx.wants_block() {
        None
    } else if frame.may(Permission::HandleCases) {
        Some(opening(app, frame, &document.policy, sent, errors).await?)
    } else if frame.may(Permission::OwnCases) {
        apply::form(app, frame, &document.policy, sent, errors).await?
    } else {
        None
    };
    let mut room = head(frame, PATH).with(said(frame, &visit.words));
    room.line = waiting(frame, &rows, &mine);
    if let Some(heard) = &heard {
        let count = rows.iter().filter(|case| is_unheard(case, heard)).count();
        if count > 0 {
            room.line.push_str(&frame.t1("cases-line-unheard", "count", format::count(count)));
        }
    }
    for one in delegations::stood_in_for(app.db(), account(frame)?, frame.business_date).await? {
        room.line.push_str(&frame.tn("cases-line-for", &[("name", one.from_name), ("date", one.until_on)]));
    }
    let around = Around { acts: acts(frame), form, ..Around::default() };
    let listing = listing(frame, &document.policy, &mine, &people, heard.as_ref());
    room::listed_with(hx, frame, room, (&listing, &rows), visit, around)
}

/// The awards as choices.
fn awards(frame: &Frame, policy: &Policy) -> Vec<Choice> {
    policy.awards.iter().map(|award| Choice::new(award.id.clone(), frame.said(&award.name))).collect()
}

/// A page of the budget with its neighbours; the first of them is what the others are below.
fn below_budget(frame: &Frame, (title, line): (&str, String), label: &str, here: &str, tabs: &[(&str, &str)]) -> Room {
    let first = tabs[0].1;
    let way = [("cases-title", PATH), ("budget-title", budget::PATH), (label, first)];
    let room = Room::new(frame.t(title), line).below(frame, &way[..if here == first { 2 } else { 3 }]);
    room.among(frame, label, here, tabs.iter().copied())
}

/// The codes of the enterprises that have an account, for those who have to tell the others in another way.
async fn heard(app: &App, frame: &Frame) -> Result<Option<Heard>, AppError> {
    if !frame.may(Permission::HandleCases) {
        return Ok(None);
    }
    Ok(Some(accounts::heard_enterprises(app.db()).await?))
}

/// Codes of enterprises that have an account.
type Heard = std::collections::BTreeSet<String>;

/// Whether a case waits for an enterprise that has no account, so that nothing here reaches it.
fn is_unheard(case: &Case, heard: &Heard) -> bool {
    case.state.waits().contains(&cases::Waits::Owner) && !heard.contains(&case.subject)
}

/// The cases that wait for this visitor, each with its state.
pub(crate) async fn mine(app: &App, frame: &Frame) -> Result<Mine, AppError> {
    Ok(cases::awaiting(app.db(), account(frame)?, frame.business_date).await?)
}

/// Cases by number, each with its state.
pub(crate) type Mine = std::collections::BTreeMap<i64, Stands>;

/// The address of the cases that wait for the visitor in a state.
pub(crate) fn mine_in(state: Stands) -> String {
    format!("{PATH}?mine=yes&state={}", state.key())
}

/// What waits for this visitor, in one line.
fn waiting(frame: &Frame, rows: &[Case], mine: &Mine) -> String {
    let count = rows.iter().filter(|case| mine.contains_key(&case.id)).count();
    let late = rows.iter().filter(|case| case.is_late(frame.business_date)).count();
    frame.tn("cases-line", &[("count", format::count(count)), ("late", format::count(late))])
}

/// What has just happened, told above the list.
pub(super) fn said(frame: &Frame, words: &std::collections::BTreeMap<String, String>) -> Option<Notice> {
    let number = |name: &str| words.get(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let key = match words.get("done").map(String::as_str)? {
        "opened" => {
            let counts = ["count", "failed", "unheard"].map(|name| (name, number(name).to_string()));
            let link = (number("unheard") > 0)
                .then(|| Link::new(frame.t("cases-unheard-link"), frame.at(&format!("{PATH}?account=none"))));
            let lines = link.iter().map(|_| frame.tn("cases-said-unheard", &counts)).collect();
            return Some(Notice { tone: Tone::Ok, title: frame.tn("cases-said-opened", &counts), lines, link });
        }
        "daily" => "cases-said-daily",
        "answered" => {
            let counts = ["count", "failed", "returned", "amounts"].map(|name| (name, number(name).to_string()));
            let later = number("returned") + number("amounts") > 0;
            let lines = later.then(|| frame.tn("payments-said-later", &counts)).into_iter().collect();
            return Some(Notice {
                tone: Tone::Ok,
                title: frame.tn("payments-said-answered", &counts),
                lines,
                link: None,
            });
        }
        "sent-back" => "payments-said-sent-back",
        _ => return room::said(frame, words),
    };
    let title = frame.tn(key, &[("count", number("count").to_string()), ("failed", number("failed").to_string())]);
    Some(Notice { tone: Tone::Ok, title, lines: Vec::new(), link: None })
}

/// The head of a page of this room, with its neighbours.
pub(super) fn head(frame: &Frame, path: &str) -> Room {
    const TABS: [(&str, &str, Permission); 17] = [
        ("cases-title", PATH, Permission::ViewCases),
        ("notices-title", notices::PATH, Permission::ViewCases),
        ("items-title", items::PATH, Permission::ViewPolicy),
        ("budget-title", budget::PATH, Permission::ViewMoney),
        ("payments-title", payments::PATH, Permission::ViewMoney),
        ("board-title", board::PATH, Permission::ViewMoney),
        ("effect-title", effect::PATH, Permission::ViewMoney),
        ("spending-title", spending::PATH, Permission::ViewSpending),
        ("funds-title", funds::PATH, Permission::ViewMoney),
        ("overlaps-title", overlaps::PATH, Permission::ViewMoney),
        ("projects-title", projects::PATH, Permission::ViewMarket),
        ("startups-title", startups::PATH, Permission::ViewMarket),
        ("leverage-title", leverage::PATH, Permission::ViewMarket),
        ("proration-title", proration::PATH, Permission::ViewMoney),
        ("clawbacks-title", clawbacks::PATH, Permission::ViewMoney),
        ("archive-title", letters::PATH, Permission::ViewMoney),
        ("leave-title", leave::PATH, Permission::HandleCases),
    ];
    let (key, _, _) = TABS.iter().find(|(_, own, _)| *own == path).copied().unwrap_or(TABS[0]);
    let tabs = TABS.iter().filter(|(_, _, needed)| frame.may(*needed)).map(|(key, own, _)| (*key, *own));
    Room::new(frame.t(key), frame.t(&format!("{}-line", key.trim_end_matches("-title")))).among(
        frame,
        "nav-cases",
        path,
        tabs,
    )
}

fn listing<'a>(
    frame: &'a Frame,
    policy: &'a Policy,
    mine: &'a Mine,
    people: &'a People,
    heard: Option<&'a Heard>,
) -> Listing<'a, Case> {
    let states = Stands::ALL.iter().map(|state| Choice::new(state.key(), frame.said(state.zh()))).collect();
    let late = vec![Choice::new("late", frame.t("cases-late"))];
    let today = frame.business_date;
    let caption = frame.tn("rights-list-of", [("name", frame.t("cases-title")), ("date", today.to_string())]);
    let listing = Listing::new(frame, "cases", PATH, caption)
        .column("name", frame.t("cases-subject"), Kind::Text, |case: &Case| {
            Cell::text(case.name.clone()).link(frame.at(&path(case.id)))
        })
        .column("award", frame.t("cases-award"), Kind::Text, |case| Cell::text(award_name(frame, policy, &case.award)))
        .column("level", frame.t("cases-level"), Kind::Text, |case| Cell::text(level(frame, policy, case)))
        .column("year", frame.t("cases-year"), Kind::Code, |case| Cell::code(case.year.to_string()))
        .column("amount", frame.t("cases-amount"), Kind::Money, |case| amount_cell(frame, case.amount_fen()))
        .column("state", frame.t("cases-state"), Kind::Text, |case| {
            Cell::state(standing(frame, case), case.state as i64)
        })
        .column("due", frame.t("cases-due"), Kind::Date, |case| Cell::date(case.due_on))
        .column("handler", frame.t("cases-handler"), Kind::Text, |case| {
            let handler = case.handler.as_deref().unwrap_or_default();
            Cell::text(acting(frame, people, handler, case.handler_for.as_deref().unwrap_or_default()))
        })
        .column("number", frame.t("cases-number"), Kind::Code, |case| Cell::code(case.id.to_string()))
        .filter("award", frame.t("cases-award"), awards(frame, policy), |case, key| case.award == key)
        .filter("state", frame.t("cases-state"), states, |case, key| case.state.key() == key)
        .filter("mine", frame.t("cases-mine"), vec![Choice::new("yes", frame.t("setting-yes"))], move |case, _| {
            mine.contains_key(&case.id)
        })
        .filter("due", frame.t("cases-due"), late, move |case, _| case.is_late(today))
        .search(frame.t("cases-search"), |case| format!("{} {} {} {}", case.name, case.subject, case.matter, case.id))
        .sorted_by("due", Dir::Up)
        .when_empty(frame.t("cases-none"), frame.t("cases-none-todo"));
    let Some(heard) = heard else { return listing };
    let unheard = vec![Choice::new("none", frame.t("cases-unheard"))];
    listing.filter("account", frame.t("cases-account"), unheard, move |case, _| is_unheard(case, heard))
}

/// Who acted, and on whose behalf.
pub(super) fn acting(frame: &Frame, people: &People, by: &str, for_whom: &str) -> String {
    let by = people.name(frame, by);
    match for_whom {
        "" => by,
        whom => frame.tn("case-acting-for", &[("by", by), ("name", people.name(frame, whom))]),
    }
}

pub(super) fn amount_cell(frame: &Frame, fen: Option<i64>) -> Cell {
    fen.map_or_else(Cell::empty, |fen| Cell::money(fen, frame.lang))
}

pub(crate) fn award_name(frame: &Frame, policy: &Policy, award: &str) -> String {
    policy.award(award).map_or_else(|| award.to_owned(), |award| frame.said(&award.name))
}

/// The level of a case; empty where the award has none.
pub(super) fn level(frame: &Frame, policy: &Policy, case: &Case) -> String {
    let leveled = policy.award(&case.award).filter(|award| !award.levels.is_empty());
    leveled.map_or_else(String::new, |award| level_name(frame, award, case.level))
}

pub(crate) fn state(frame: &Frame, state: Stands) -> StateWord {
    let tone = match state {
        Stands::Paid | Stands::Archived | Stands::Approved | Stands::Recovered => Tone::Ok,
        Stands::Rejected | Stands::Refused | Stands::Failed | Stands::Reclaimed | Stands::Expired => Tone::Bad,
        Stands::Notified | Stands::Correction | Stands::Objected | Stands::Draft => Tone::Warn,
        Stands::Declined | Stands::Withdrawn => Tone::Unknown,
        _ => Tone::Plain,
    };
    StateWord::new(tone, frame.said(state.zh()))
}

/// Where a case stands, and whether it should have gone on by today.
pub(crate) fn standing(frame: &Frame, case: &Case) -> StateWord {
    if !case.is_late(frame.business_date) {
        return state(frame, case.state);
    }
    StateWord::new(Tone::Bad, frame.t1("case-overdue", "state", frame.said(case.state.zh())))
}

pub(crate) fn path(id: i64) -> String {
    format!("{PATH}/{id}")
}

/// The buttons above the list: what the day brings, and for a demo the way to a later day.
fn acts(frame: &Frame) -> Vec<forms::Act> {
    let mut acts = Vec::new();
    if frame.may(Permission::HandleCases) {
        acts.push(forms::Act::new(frame.at("/cases/daily"), frame.t("cases-daily-do"), frame.t("cases-daily-line")));
        if frame.is_demo {
            acts.push(forms::Act::new(frame.at("/demo/day"), frame.t("demo-day-do"), frame.t("demo-day-line")));
        }
    }
    acts
}

/// The form that opens a batch.
async fn opening(
    app: &App,
    frame: &Frame,
    policy: &Policy,
    sent: &Sent,
    errors: &Errors,
) -> Result<EntryForm, AppError> {
    let issued = domain::items::all(app.db()).await?;
    let ready = |award: &str| {
        issued
            .iter()
            .any(|item| item.award == award && item.terms.track == Track::Confirm && item.stage == Stage::Issued)
    };
    let awards: Vec<Choice> = policy
        .awards
        .iter()
        .filter(|award| ready(&award.id))
        .map(|award| Choice::new(award.id.clone(), frame.said(&award.name)))
        .collect();
    let runs: Vec<Choice> = runs::list(&app.installation)
        .await?
        .into_iter()
        .filter(|run| !run.is_what_if() && run.scope.is_empty() && run.as_of.ends_with("-12-31"))
        .map(|run| {
            let short: String = run.run.chars().take(8).collect();
            Choice::new(run.run, frame.tn("cases-run-choice", &[("date", run.as_of), ("run", short)]))
        })
        .collect();
    Ok(EntryForm {
        title: frame.t("cases-open-title"),
        action: frame.at("/cases/open"),
        fields: vec![
            Field::of("award", frame.t("cases-award"), FieldKind::Select(awards), sent.get("award"), errors)
                .hint(frame.t("cases-open-hint")),
            Field::of("run", frame.t("cases-run"), FieldKind::Select(runs), sent.get("run"), errors),
        ],
        button: frame.t("cases-open-do"),
    })
}

/// `POST /cases/open`: a batch out of a run.
pub async fn open(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let document = policy::document()?;
    let wanted = (sent.get("award"), sent.get("run"));
    let opened = cases::open_batch(&app.installation, &document.policy, account(&frame)?, wanted, app.now()).await;
    match opened {
        Ok(opening) => Ok(room::see_other(
            &frame,
            &format!(
                "{PATH}?done=opened&count={}&failed={}&unheard={}",
                opening.opened, opening.stopped, opening.unheard
            ),
        )),
        Err(error) => {
            let mut errors = Errors::default();
            forms::refusal(&frame, &mut errors, "award", error)?;
            respond(&app, &frame, Hx::default(), &Visit::again(sent, errors)).await
        }
    }
}

/// `POST /cases/daily`: what the day brings.
pub async fn daily(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    let (expired, noticed) = cases::daily(&app.installation, &who(&frame), app.now()).await?;
    Ok(room::see_other(&frame, &format!("{PATH}?done=daily&count={noticed}&failed={expired}")))
}

/// `POST /demo/day`: the demo's next working week.
pub async fn next_day(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    use jiff::ToSpan;
    let day = app.business_date().saturating_add(1.week());
    app.installation.move_to(day, &who(&frame), app.now()).await?;
    Ok(room::see_other(&frame, PATH))
}
