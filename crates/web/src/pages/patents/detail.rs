//! `/patents/{number}`: one right with its bibliography, owners, time in force, and everything that counts it.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use domain::accounts::Permission;
use terms::ApplicationNumber;

use super::{
    names,
    read::{self, Patent, Stretch},
};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::Hx,
    list::{ListQuery, ListingView},
    pages::{
        cockpit::{
            Wanted,
            shown::{self, Shown},
        },
        corpus, history,
    },
    pieces::{Event, Link, Moment, State as StateWord, Tone},
};

mod counted;
mod related;

use self::{
    counted::{Counted, HighValue},
    related::{Family, Pledge, Prize, Strategic},
};

#[derive(Template)]
#[template(path = "patents/page.html")]
struct PatentPage<'a> {
    frame: &'a Frame,
    line: String,
    crumbs: Vec<Link>,
    choices: Vec<Choice>,
    title: String,
    state: StateWord,
    facts: Vec<(String, Fact)>,
    owners: Vec<OwnerRow>,
    events: Vec<Event>,
    counted: Vec<Counted>,
    high_value: HighValue,
    strategic: Vec<Strategic>,
    family: Vec<Family>,
    prizes: Vec<Prize>,
    pledges: Vec<Pledge>,
    history: &'a ListingView,
}

#[derive(Template)]
#[template(path = "patents/page.html", block = "history")]
struct HistoryBlock<'a> {
    frame: &'a Frame,
    history: &'a ListingView,
}

/// One line of the bibliography.
#[derive(Debug)]
struct Fact {
    text: String,
    href: Option<String>,
}

/// A stretch of ownership, ready to print.
#[derive(Debug)]
struct OwnerRow {
    from: String,
    until: String,
    owner: String,
    href: Option<String>,
    place: String,
    is_current: bool,
}

/// `GET /patents/{number}`, where the number may be written in any notation.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(written): Path<String>,
    Query(wanted): Query<Wanted>,
    uri: Uri,
) -> Result<Response, AppError> {
    let missing = || AppError::NotFound(frame.t1("patents-not-found", "number", &written));
    let number = written.parse::<ApplicationNumber>().map_err(|_| missing())?.to_string();
    let Some(shown) = shown::shown(&app, wanted.run()).await? else { return super::no_run(&frame) };
    if number != written {
        return Ok(Redirect::to(&shown.keep(frame.at(&format!("/patents/{number}")))).into_response());
    }
    let all = read::patents(&shown.opened);
    let patent =
        all.binary_search_by(|patent| patent.number.as_str().cmp(&number)).map(|at| &all[at]).map_err(|_| missing())?;
    let query = ListQuery::parse(&uri);
    let sees_loans = frame.sees_loans_of(&patent.town);
    let others = related::others(&frame, &shown, &number);
    let steps = history::of_patent(&app, &frame, &number, others).await?;
    let mut facts = facts(&frame, &shown, patent);
    if frame.may(Permission::SearchCorpus) {
        facts.extend(
            corpus::link_to(&app, &frame, &number)
                .await?
                .map(|link| (frame.t("patents-document"), Fact { text: link.label, href: Some(link.href) })),
        );
    }
    let listing = history::listing(&frame, &format!("/patents/{number}"), &steps);
    if query.export {
        return listing.workbook(&steps, &query);
    }
    let mut view = listing.view(&steps, &query);
    shown.keep_in(&mut view);
    let page = PatentPage {
        frame: &frame,
        line: shown.line(&frame),
        crumbs: vec![Link::new(frame.t("patents-title"), shown.keep(frame.at("/patents")))],
        choices: shown.choices(&frame),
        title: patent.title.clone(),
        state: super::standing(&frame, patent.state),
        facts,
        owners: owners(&frame, &shown, patent),
        events: events(&frame, &shown, patent),
        counted: counted::counted(&frame, &shown, patent),
        high_value: counted::high_value(&frame, &shown, patent),
        strategic: related::strategic(&frame, &shown, &number),
        family: related::family(&frame, &shown, &number),
        prizes: related::prizes(&frame, &shown, &number),
        pledges: if sees_loans { related::pledges(&frame, &shown, &number) } else { Vec::new() },
        history: &view,
    };
    hx.page(page, HistoryBlock { frame: &frame, history: &view })
}

fn facts(frame: &Frame, shown: &Shown, patent: &Patent) -> Vec<(String, Fact)> {
    let plain = |text: String| Fact { text, href: None };
    let date = |day: Option<jiff::civil::Date>| plain(day.map_or_else(|| frame.t("word-none"), |day| frame.date(day)));
    let names_of = shown.opened.snapshot.rows("patent").and_then(|rows| {
        let row = rows.whose("application_number", &patent.number).next()?;
        let first_is_tied = rows.text(row, "grant_uscc").is_some() || patent.owner_uscc.is_some();
        Some(names::all_shown(frame, rows.text(row, "applicant_names")?, first_is_tied))
    });
    let symbols: Vec<String> = shown
        .opened
        .snapshot
        .rows("patent_ipc")
        .map(|rows| {
            rows.whose("application_number", &patent.number)
                .filter_map(|row| rows.text(row, "symbol").map(str::to_owned))
                .collect()
        })
        .unwrap_or_default();
    let or_none = |text: String| if text.is_empty() { frame.t("word-none") } else { text };
    vec![
        (frame.t("patents-col-number"), plain(read::written(&patent.number))),
        (frame.t("patents-col-kind"), plain(super::kind(frame, &patent.kind))),
        (frame.t("patents-col-filed"), date(patent.filed_on)),
        (frame.t("patents-col-granted"), date(patent.granted_on)),
        (frame.t("patents-col-grant-number"), plain(or_none(patent.grant_number.clone()))),
        (frame.t("patents-applicants"), plain(or_none(names_of.unwrap_or_default()))),
        (
            frame.t("patents-owner-on-day"),
            Fact {
                text: or_none(names::shown(frame, &patent.owner, patent.owner_uscc.is_some())),
                href: patent.owner_uscc.as_deref().and_then(|uscc| enterprise(frame, shown, uscc)),
            },
        ),
        (
            frame.t("patents-col-town"),
            plain(if patent.town.is_empty() { frame.t("patents-outside") } else { patent.town.clone() }),
        ),
        (frame.t("patents-ipc"), plain(or_none(symbols.join("；")))),
    ]
}

/// The page of an enterprise, where there is one.
fn enterprise(frame: &Frame, shown: &Shown, uscc: &str) -> Option<String> {
    crate::routes::exists("/enterprises").then(|| shown.keep(frame.at(&format!("/enterprises/{uscc}"))))
}

fn owners(frame: &Frame, shown: &Shown, patent: &Patent) -> Vec<OwnerRow> {
    let Some(rows) = shown.opened.snapshot.rows("patent_owner") else { return Vec::new() };
    rows.whose("application_number", &patent.number)
        .map(|row| {
            let stretch = Stretch::of(rows, row);
            let uscc = rows.text(row, "owner_uscc");
            let in_city = rows.flag(row, "in_city") == Some(true);
            OwnerRow {
                from: stretch.from.map_or_else(|| frame.t("patents-from-the-start"), |day| day.to_string()),
                until: stretch.until.map_or_else(|| frame.t("patents-until-now"), last_day),
                owner: names::shown(frame, rows.text(row, "owner").unwrap_or_default(), uscc.is_some()),
                href: uscc.and_then(|uscc| enterprise(frame, shown, uscc)),
                place: if in_city {
                    rows.text(row, "town").unwrap_or_default().to_owned()
                } else {
                    frame.t("patents-outside")
                },
                is_current: stretch.covers(shown.as_of()),
            }
        })
        .collect()
}

/// The last day of a stretch that ends before this day.
fn last_day(until: jiff::civil::Date) -> String {
    until.yesterday().unwrap_or(until).to_string()
}

/// The course of the right: filing, grant, each stretch in force, changes of owner.
fn events(frame: &Frame, shown: &Shown, patent: &Patent) -> Vec<Event> {
    let snapshot = &shown.opened.snapshot;
    let event = |date: jiff::civil::Date, what: String, detail: Option<String>| Event {
        moment: if date > shown.as_of() { Moment::Deadline } else { Moment::Past },
        date: date.to_string(),
        what,
        detail,
        source: None,
    };
    let mut events = Vec::new();
    events.extend(patent.filed_on.map(|day| event(day, frame.t("patents-event-filed"), None)));
    events.extend(patent.granted_on.map(|day| {
        event(day, frame.t("patents-event-granted"), Some(patent.grant_number.clone()).filter(|n| !n.is_empty()))
    }));
    if let Some(rows) = snapshot.rows("patent_force") {
        for row in rows.whose("application_number", &patent.number) {
            let stretch = Stretch::of(rows, row);
            if let Some(from) = stretch.from.filter(|from| Some(*from) != patent.granted_on) {
                events.push(event(from, frame.t("patents-event-restored"), None));
            }
            if let Some(until) = stretch.until {
                let cause = rows.text(row, "ended_by").unwrap_or_default();
                events.push(event(
                    until,
                    end_word(frame, cause),
                    Some(frame.t1("patents-event-last-day", "date", last_day(until))),
                ));
            }
        }
    }
    if let Some(rows) = snapshot.rows("patent_owner") {
        for row in rows.whose("application_number", &patent.number) {
            let Some(from) = rows.date(row, "from_on") else { continue };
            let owner = names::shown(
                frame,
                rows.text(row, "owner").unwrap_or_default(),
                rows.text(row, "owner_uscc").is_some(),
            );
            events.push(event(from, frame.t("patents-event-owner"), Some(owner)));
        }
    }
    if let Some(rows) = snapshot.rows("patent_void")
        && rows.whose("application_number", &patent.number).next().is_some()
    {
        let granted = patent.granted_on.unwrap_or_else(|| shown.as_of());
        events.push(Event {
            moment: Moment::Overdue,
            ..event(granted, frame.t("patents-event-void"), Some(frame.t("patents-event-void-means")))
        });
    }
    events.sort_by(|a, b| a.date.cmp(&b.date));
    events
}

/// What ended a right, in words.
fn end_word(frame: &Frame, cause: &str) -> String {
    match cause {
        "终止" => frame.t("patents-event-lapsed"),
        "放弃" => frame.t("patents-event-surrendered"),
        "期满" => frame.t("patents-event-expired"),
        "" => frame.t("patents-ended"),
        other => other.to_owned(),
    }
}

/// A tone for yes, no and open.
fn tone(holds: Option<bool>) -> Tone {
    match holds {
        Some(true) => Tone::Ok,
        Some(false) => Tone::Plain,
        None => Tone::Unknown,
    }
}

/// An amount of fen, short.
fn money(frame: &Frame, fen: i64) -> String {
    let short = format::money(fen, frame.lang);
    format!("{} {}", short.text, short.unit)
}
