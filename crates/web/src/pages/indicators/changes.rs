//! `/indicators/{code}/changes`: the rights that a figure gained and lost since the run of the month before, or since the run
//! that the address names as `before`.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::runs::Opened;
use rules::evaluation::IndicatorEvidence;

use super::{
    counted::{Book, Right},
    rights::{self, NO_ENTERPRISE},
};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery, Listing, ListingView},
    pages::cockpit::{
        no_run,
        shown::{self, Shown},
    },
    pieces::{Link, State as StateWord, Tone},
};

#[derive(Template)]
#[template(path = "indicators/rights.html")]
struct ChangesPage<'a> {
    frame: &'a Frame,
    title: String,
    line: String,
    crumbs: Vec<Link>,
    list: &'a ListingView,
}

#[derive(Template)]
#[template(path = "indicators/rights.html", block = "listing")]
struct ChangesBlock<'a> {
    frame: &'a Frame,
    list: &'a ListingView,
}

/// A right that came or went.
struct Moved {
    is_gain: bool,
    right: Right,
}

/// `GET /indicators/{code}/changes`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(code): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return no_run(&frame, frame.t("indicators-title"));
    };
    let row = super::find(&frame, &shown, &code)?;
    let named = query.filter("before");
    let before = match named {
        Some(run) => Some(shown.open_other(&app.installation, run).await?),
        None => shown.open_before(&app.installation).await?,
    };
    // Two runs that a reader chose are compared as the page of their differences does: a right that moved is the same.
    let moved = before.as_ref().map(|before| moved(&frame, &shown, before, &code, named.is_some())).unwrap_or_default();
    let title = frame.t1("changes-title", "name", frame.said(&row.indicator.name));
    let listing = listing(&frame, &code, &title, &moved, query.filter("enterprise"));
    if query.export {
        return listing.workbook(&moved, &query);
    }
    let mut view = listing.view(&moved, &query);
    shown.keep_in(&mut view);
    if let Some(run) = named {
        view.keep("before", run);
    }
    let line = match &before {
        Some(before) => {
            frame.tn("changes-line", &[("before", before.summary.as_of.clone()), ("date", shown.as_of().to_string())])
        }
        None => frame.t("changes-no-before"),
    };
    let crumbs = rights::crumbs(&frame, &shown, &row);
    hx.page(
        ChangesPage { frame: &frame, title, line, crumbs, list: &view },
        ChangesBlock { frame: &frame, list: &view },
    )
}

/// Gains as the run shown knows them, losses as the run before knew them.
fn moved(frame: &Frame, shown: &Shown, before: &Opened, code: &str, by_right: bool) -> Vec<Moved> {
    let now = shown.evaluation();
    let same = |a: &IndicatorEvidence<'_>, b: &IndicatorEvidence<'_>| {
        a.right_id == b.right_id && (by_right || a.region == b.region && a.uscc == b.uscc)
    };
    let (old, new): (Vec<_>, Vec<_>) =
        (before.evaluation.indicator_evidence(code).collect(), now.indicator_evidence(code).collect());
    // Both lists are sorted by right, so each is looked up by halves.
    let holds = |list: &[IndicatorEvidence<'_>], one: &IndicatorEvidence<'_>| {
        let start = list.partition_point(|other| other.right_id < one.right_id);
        list[start..].iter().take_while(|other| other.right_id == one.right_id).any(|other| same(other, one))
    };
    let book = Book::open(frame, shown, code);
    let entry = |is_gain: bool, one: &IndicatorEvidence<'_>| Moved {
        is_gain,
        right: book.right(one.right_id, one.region, one.uscc),
    };
    let gained = new.iter().filter(|one| !holds(&old, one)).map(|one| entry(true, one));
    let lost = old.iter().filter(|one| !holds(&new, one)).map(|one| entry(false, one));
    gained.chain(lost).collect()
}

fn listing<'a>(
    frame: &'a Frame,
    code: &str,
    title: &str,
    moved: &[Moved],
    enterprise: Option<&str>,
) -> Listing<'a, Moved> {
    let linked = |cell: Cell, href: &Option<String>| match href {
        Some(href) => cell.link(href.clone()),
        None => cell,
    };
    Listing::new(frame, "changes", &format!("/indicators/{code}/changes"), title.to_owned())
        .column("number", frame.t("rights-number"), Kind::Code, move |one: &Moved| {
            linked(Cell::code(one.right.number.clone()), &one.right.href)
        })
        .column("direction", frame.t("changes-direction"), Kind::Text, |one| {
            let state = if one.is_gain {
                StateWord::new(Tone::Ok, frame.t("changes-gained"))
            } else {
                StateWord::new(Tone::Bad, frame.t("changes-lost"))
            };
            Cell::state(state, i64::from(!one.is_gain))
        })
        .column("name", frame.t("rights-name"), Kind::Text, |one| Cell::text(one.right.name.clone()))
        .column("owner", frame.t("rights-owner"), Kind::Text, move |one| {
            linked(Cell::text(one.right.owner.clone()), &one.right.owner_href)
        })
        .column("town", frame.t("patents-col-town"), Kind::Text, |one| Cell::text(one.right.town.clone()))
        .filter(
            "direction",
            frame.t("changes-direction"),
            vec![Choice::new("gained", frame.t("changes-gained")), Choice::new("lost", frame.t("changes-lost"))],
            |one, direction| (direction == "gained") == one.is_gain,
        )
        .filter("town", frame.t("patents-col-town"), choices(moved, |right| &right.town), |one, town| {
            one.right.town == town
        })
        .filter("enterprise", frame.t("rights-enterprise"), enterprises(frame, moved, enterprise), |one, uscc| {
            if uscc == NO_ENTERPRISE { one.right.uscc.is_empty() } else { one.right.uscc == uscc }
        })
        .search(frame.t("rights-search"), |one| format!("{} {} {}", one.right.number, one.right.name, one.right.owner))
        .when_empty(frame.t("changes-none"), frame.t("changes-none-todo"))
}

fn choices(moved: &[Moved], of: impl Fn(&Right) -> &String) -> Vec<Choice> {
    let values: std::collections::BTreeSet<&String> =
        moved.iter().map(|one| of(&one.right)).filter(|value| !value.is_empty()).collect();
    values.into_iter().map(|value| Choice::new(value.clone(), value.clone())).collect()
}

fn enterprises(frame: &Frame, moved: &[Moved], chosen: Option<&str>) -> Vec<Choice> {
    let named = chosen.filter(|uscc| *uscc != NO_ENTERPRISE).map(|uscc| {
        let name = moved.iter().find(|one| one.right.uscc == uscc).map_or(uscc, |one| one.right.owner.as_str());
        Choice::new(uscc, name)
    });
    let none = moved
        .iter()
        .any(|one| one.right.uscc.is_empty())
        .then(|| Choice::new(NO_ENTERPRISE, frame.t("word-no-enterprise")));
    named.into_iter().chain(none).collect()
}
