//! `/notices` 公示: what is or was open to objections, with its last day and why, and the button that opens one.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::Permission,
    cases::{self, Case, Notice, State as Stands},
};
use rules::Policy;

use super::{amount_cell, award_name, forms::Act, head, policy, state};
use crate::{
    app::App,
    error::AppError,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing, ListingView},
    pages::{
        corpus::baskets::account,
        room::{self, Around, ListBlock, Room, Sent, Visit},
    },
    pieces::{State as StateWord, Tone},
};

pub(super) const PATH: &str = "/notices";
/// The way to a notice; strangers, who see every notice, see no cases.
const WAY: [(&str, &str); 2] = [("cases-title", super::PATH), ("notices-title", PATH)];

#[derive(Template)]
#[template(path = "cases/notice.html")]
struct NoticePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    state: StateWord,
    why: String,
    letter: String,
    list: &'a ListingView,
}

/// `GET /notices`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let document = policy::document()?;
    let rows = cases::notices(app.db()).await?;
    let around = Around { acts: ready(&app, &frame, &document.policy).await?, ..Around::default() };
    let listing = listing(&frame, &document.policy);
    room::listed_with(hx, &frame, head(&frame, PATH), (&listing, &rows), &Visit::of(&uri), around)
}

/// One button for each award of which cases wait for their notice.
async fn ready(app: &App, frame: &Frame, policy: &Policy) -> Result<Vec<Act>, AppError> {
    if !frame.may(Permission::HandleCases) {
        return Ok(Vec::new());
    }
    let listed: Vec<Case> =
        cases::all(app.db(), account(frame)?).await?.into_iter().filter(|case| case.state == Stands::Listed).collect();
    let awards: BTreeSet<&str> = listed.iter().map(|case| case.award.as_str()).collect();
    let button = |award: &str| {
        let of_award = || listed.iter().filter(|case| case.award == award);
        // A list is of one year and one document: those of the one that waits longest.
        let first = of_award().min_by_key(|case| case.id).map(|case| (case.year, case.item));
        let count = of_award().filter(|case| Some((case.year, case.item)) == first).count();
        let words = [("award", award_name(frame, policy, award)), ("count", count.to_string())];
        Act::new(frame.at(&format!("/notices/open/{award}")), frame.tn("notices-open-do", &words), "")
    };
    Ok(awards.into_iter().map(button).collect())
}

fn listing<'a>(frame: &'a Frame, policy: &'a Policy) -> Listing<'a, Notice> {
    let today = frame.business_date;
    Listing::new(frame, "notices", PATH, frame.t("notices-title"))
        .column("award", frame.t("cases-award"), Kind::Text, |one: &Notice| {
            Cell::text(award_name(frame, policy, &one.award)).link(frame.at(&format!("{PATH}/{}", one.id)))
        })
        .column("cases", frame.t("notices-cases"), Kind::Number, |one| {
            Cell::number(i64::try_from(one.cases.len()).unwrap_or(i64::MAX))
        })
        .column("amount", frame.t("cases-amount"), Kind::Money, |one| {
            let own = frame.at(&format!("{PATH}/{}", one.id));
            amount_cell(frame, one.cases.iter().map(|(_, fen)| *fen).sum::<Option<i64>>()).link(own)
        })
        .column("opened", frame.t("notices-opened"), Kind::Date, |one| Cell::date(Some(one.opened_on)))
        .column("closes", frame.t("notices-closes"), Kind::Date, |one| Cell::date(Some(one.closes_on)))
        .column("state", frame.t("cases-state"), Kind::Text, move |one| {
            Cell::state(openness(frame, one, today), i64::from(one.is_open(today)))
        })
        .when_empty(frame.t("notices-none"), frame.t("notices-none-todo"))
}

fn openness(frame: &Frame, notice: &Notice, today: jiff::civil::Date) -> StateWord {
    if notice.is_open(today) {
        StateWord::new(Tone::Warn, frame.t("notices-open"))
    } else {
        StateWord::new(Tone::Ok, frame.t("notices-over"))
    }
}

/// `GET /notices/{id}`.
pub async fn one(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(id): Path<i64>,
    uri: Uri,
) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let document = policy::document()?;
    let notice = cases::notice(app.db(), id).await?;
    let policy = &document.policy;
    let award = award_name(&frame, policy, &notice.award);
    let is_staff =
        frame.may(Permission::HandleCases) || frame.may(Permission::DecideCases) || frame.may(Permission::ViewMoney);
    let link = |case: &Case| is_staff.then(|| frame.at(&super::path(case.id)));
    let own = format!("{PATH}/{id}");
    let listing =
        Listing::new(&frame, "notice", &own, frame.tn("notice-of", &[("award", award), ("id", id.to_string())]))
            .column("name", frame.t("cases-subject"), Kind::Text, |row: &(Case, Option<i64>)| {
                let cell = Cell::text(row.0.name.clone());
                match link(&row.0) {
                    Some(href) => cell.link(href),
                    None => cell,
                }
            })
            .column("level", frame.t("cases-level"), Kind::Text, |row| Cell::text(super::level(&frame, policy, &row.0)))
            .column("amount", frame.t("notice-amount"), Kind::Money, |row| amount_cell(&frame, row.1))
            .search(frame.t("cases-search"), |row| format!("{} {}", row.0.name, row.0.subject));
    // How a case goes on after its notice is its enterprise's affair.
    let listing = if is_staff {
        listing.column("state", frame.t("cases-state"), Kind::Text, |row: &(Case, Option<i64>)| {
            Cell::state(state(&frame, row.0.state), row.0.state as i64)
        })
    } else {
        listing
    };
    if query.export {
        return listing.workbook(&notice.cases, &query);
    }
    let view = listing.view(&notice.cases, &query);
    if hx.wants_block() {
        return hx::page(ListBlock { frame: &frame, list: &view });
    }
    let sum = notice.cases.iter().map(|(_, fen)| *fen).sum::<Option<i64>>();
    let dates = [
        ("from", frame.date(notice.opened_on)),
        ("until", frame.date(notice.closes_on)),
        ("count", notice.cases.len().to_string()),
        ("amount", sum.map_or_else(|| frame.t("word-unknown"), |fen| crate::format::money_text(fen, frame.lang))),
    ];
    let room = Room::new(
        frame.tn("notice-of", &[("award", award_name(&frame, policy, &notice.award)), ("id", id.to_string())]),
        frame.tn("notice-line", &dates),
    )
    .below(&frame, if frame.may(Permission::ViewCases) { &WAY } else { &WAY[1..] });
    let why = frame.said(&notice.why);
    hx::page(NoticePage {
        frame: &frame,
        room: &room,
        state: openness(&frame, &notice, frame.business_date),
        why,
        letter: frame.at(&format!("{own}/letter")),
        list: &view,
    })
}

/// `POST /notices/open/{award}`.
pub async fn open(
    State(app): State<App>,
    frame: Frame,
    Path(award): Path<String>,
    Form(_): Form<Sent>,
) -> Result<Response, AppError> {
    let document = policy::document()?;
    let id = cases::open_notice(&app.installation, &document.policy, account(&frame)?, &award, app.now()).await?;
    Ok(room::see_other(&frame, &format!("{PATH}/{id}")))
}
