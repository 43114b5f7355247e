//! `/registers/closing` 月结: months that are closed upon a run, closing one with its figures in sight, and taking one back.

mod check;
mod reopen;

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    closing::{self, Closing, Reopening},
    runs::{self, Summary},
};

pub use self::{
    check::{close, page as check},
    reopen::{page as reopen_form, reopen},
};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Dir, Kind, Listing, ListingView},
    pages::{
        cases::people::People,
        cockpit::shown,
        registry::head_of,
        room::{self, ListBlock, Room},
        runs as runs_page,
    },
};

/// Where the page is.
const PATH: &str = "/registers/closing";

#[derive(Template)]
#[template(path = "registry/closing.html")]
struct ClosingPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    list: &'a ListingView,
    people: &'a People,
    choices: Vec<Choice>,
    action: String,
    reopened: Vec<Reopening>,
}

/// `GET /registers/closing`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let rows = closing::list(&app.installation).await?;
    let may_reopen = frame.may(Permission::ReopenMonths);
    // The way to take one back is for the page, not for its files.
    let latest = rows.iter().map(|one| one.month.clone()).max().filter(|_| may_reopen && !query.export);
    let people = People::read(&app).await?;
    let view = {
        let listing = listing(&frame, &people, latest);
        if query.export {
            return listing.workbook(&rows, &query);
        }
        listing.view(&rows, &query)
    };
    let room = head(&app, &frame).await?.with(room::said(&frame, &words));
    let choices = match frame.may(Permission::ChangeRegistry) {
        true => open_runs(&app, &frame, &rows, "").await?,
        false => Vec::new(),
    };
    let block = ListBlock { frame: &frame, list: &view };
    if hx.wants_block() {
        return hx::page(block);
    }
    let reopened = closing::reopened(&app.installation).await?;
    let action = frame.at("/registers/closing/check");
    hx::page(ClosingPage { frame: &frame, room: &room, list: &view, people: &people, choices, action, reopened })
}

async fn head(app: &App, frame: &Frame) -> Result<Room, AppError> {
    head_of(app, frame, PATH, frame.t("reg-closing"), frame.t("reg-closing-line")).await
}

/// The closed months; the way to take one back stands at the `latest`, where the visitor may.
fn listing<'a>(frame: &'a Frame, people: &'a People, latest: Option<String>) -> Listing<'a, Closing> {
    let listing = Listing::new(frame, "closing", PATH, frame.t("reg-closing"))
        .column("month", frame.t("reg-month"), Kind::Text, |one: &Closing| {
            Cell::code(one.month.clone()).link(frame.at(&format!("/runs/{}", one.run)))
        })
        .column("as-of", frame.t("reg-as-of"), Kind::Date, |one| Cell::date(Some(one.as_of)))
        .column("run", frame.t("runs-id"), Kind::Text, |one| {
            Cell::code(runs_page::short(&one.run)).link(frame.at(&format!("/runs/{}", one.run)))
        })
        .column("closed-at", frame.t("reg-closed-at"), Kind::Date, |one| Cell::code(format::instant(one.closed_at)))
        .column("who", frame.t("reg-who"), Kind::Text, |one| Cell::text(people.name(frame, &one.closed_by)))
        .column("note", frame.t("reg-note"), Kind::Text, |one| Cell::text(one.note.clone()));
    let listing = match latest {
        Some(latest) => {
            listing.column("reopen", frame.t("reg-reopen"), Kind::Text, move |one| match one.month == latest {
                true => {
                    Cell::text(frame.t("reg-reopen-one")).link(frame.at(&format!("{PATH}/reopen?month={}", one.month)))
                }
                false => Cell::empty(),
            })
        }
        None => listing,
    };
    listing.sorted_by("month", Dir::Down).when_empty(frame.t("reg-closing-none"), frame.t("reg-closing-none-todo"))
}

/// The runs upon which a month may be closed.
async fn open_runs(app: &App, frame: &Frame, closed: &[Closing], chosen: &str) -> Result<Vec<Choice>, AppError> {
    let is_open = |run: &Summary| {
        !run.is_what_if()
            && run.scope.is_empty()
            && is_month_end(&run.as_of)
            && !closed.iter().any(|one| one.as_of.to_string() == run.as_of)
    };
    let runs = runs::list(&app.installation).await?;
    let choices = shown::choices(frame, runs.iter().filter(|run| is_open(run)), |_, words| words);
    Ok(choices.into_iter().map(|choice| Choice { is_chosen: choice.value == chosen, ..choice }).collect())
}

fn is_month_end(day: &str) -> bool {
    day.parse::<jiff::civil::Date>().is_ok_and(|day| day == day.last_of_month())
}
