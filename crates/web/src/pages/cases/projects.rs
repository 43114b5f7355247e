//! `/budget/projects` 项目库: the projects that are supported for their own intellectual property, with what the register of patents shows
//! of it; the rights that they rest on; and what they come to by year and tag (C4.2.4).

use axum::{extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    freeze::Standing,
    projects::{self, Evidence, Library, Project, REGISTER, Total},
};

use super::{budget::PATH as BUDGET, charted, leverage, market, startups};
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
    pieces::{Link, State as StateWord, Tone},
};

pub(super) const PATH: &str = "/budget/projects";
const RIGHTS: &str = "/budget/projects/rights";
const TOTALS: &str = "/budget/projects/totals";

/// In an address, what is not there.
const NONE: &str = "none";

/// The key of an answer of three values in addresses and words.
pub(super) const fn answer(own: Option<bool>) -> &'static str {
    match own {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    }
}

/// An answer of three values as a word with its tone.
pub(super) fn answered(frame: &Frame, own: Option<bool>) -> Cell {
    let tone = match own {
        Some(true) => Tone::Ok,
        Some(false) => Tone::Bad,
        None => Tone::Unknown,
    };
    Cell::state(StateWord::new(tone, frame.t(&format!("projects-own-{}", answer(own)))), tone as i64)
}

/// The answers as choices of a filter.
pub(super) fn answers(frame: &Frame) -> Vec<Choice> {
    [Some(true), Some(false), None]
        .map(|own| Choice::new(answer(own), frame.t(&format!("projects-own-{}", answer(own)))))
        .into()
}

/// The leading industries as choices of a filter, and the word for none.
pub(super) fn industries(frame: &Frame) -> Vec<Choice> {
    let named = registry::LEADING_INDUSTRIES.iter().map(|industry| Choice::new(*industry, frame.said(industry)));
    named.chain([Choice::new(NONE, frame.t("projects-no-industry"))]).collect()
}

/// Whether an industry is the wanted one.
pub(super) fn is_industry(names: &[String], wanted: &str) -> bool {
    if wanted == NONE { names.is_empty() } else { names.iter().any(|name| name == wanted) }
}

/// The industries in words, or why there is none.
pub(super) fn industry(frame: &Frame, names: &[String], why_none: &str) -> Cell {
    if names.is_empty() {
        return Cell::unknown(frame.said(why_none));
    }
    Cell::text(names.iter().map(|name| frame.said(name)).collect::<Vec<_>>().join("、"))
}

/// The towns of rows as choices of a filter.
pub(super) fn towns<'t>(of: impl Iterator<Item = &'t String>) -> Vec<Choice> {
    let towns: std::collections::BTreeSet<&String> = of.filter(|town| !town.is_empty()).collect();
    towns.into_iter().map(|town| Choice::new(town.clone(), town.clone())).collect()
}

/// A town, or that no register tells it.
pub(super) fn town(frame: &Frame, name: &str) -> Cell {
    if name.is_empty() { Cell::unknown(frame.t("projects-no-town")) } else { Cell::text(name) }
}

fn tag(frame: &Frame, tag: &str) -> String {
    if tag.is_empty() { frame.t("funds-untagged") } else { frame.said(tag) }
}

fn tags(frame: &Frame) -> Vec<Choice> {
    let key = |tag: &str| if tag.is_empty() { NONE.to_owned() } else { tag.to_owned() };
    registry::PROJECT_TAGS.iter().copied().chain([""]).map(|one| Choice::new(key(one), tag(frame, one))).collect()
}

fn has_tag(one: &Project, wanted: &str) -> bool {
    one.has_tag(if wanted == NONE { "" } else { wanted })
}

/// The page of a number: the patent's own; what is no patent stands in the list of rights.
fn of_right(frame: &Frame, one: &Evidence) -> Link {
    let path = match one.standing {
        Standing::OtherKind | Standing::Unregistered | Standing::Uncollected => {
            format!("{RIGHTS}?q={}", encode(&one.number))
        }
        _ => format!("/patents/{}", encode(&one.number)),
    };
    Link::new(one.number.clone(), frame.at(&path))
}

/// Why a project's intellectual property is its own, is not, or cannot be told.
fn reasons(frame: &Frame, one: &Project) -> String {
    let reason = |(standing, _, count): (Standing, &str, usize)| match count {
        1 => frame.said(standing.zh()),
        count => {
            frame.tn("projects-reason-of", [("reason", frame.said(standing.zh())), ("count", format::count(count))])
        }
    };
    let found = one.reasons();
    if found.is_empty() {
        return frame.t("projects-no-rights");
    }
    // What decides is told: of several rights the own one, else what is unknown, else all.
    let own = one.own();
    found.into_iter().filter(|(standing, ..)| standing.is_own() == own).map(reason).collect::<Vec<_>>().join("；")
}

/// The page with its neighbours.
fn room(frame: &Frame, title: &str, line: String, here: &str) -> Room {
    beside(frame, Room::new(frame.t(title), line), here, ("projects-title", PATH))
}

/// A page of the projects or of the start-ups with its neighbours, below the budget for whoever sees that.
pub(super) fn beside(frame: &Frame, room: Room, here: &str, whole: (&str, &str)) -> Room {
    let tabs = [
        ("projects-all", PATH),
        ("projects-rights", RIGHTS),
        ("projects-totals", TOTALS),
        ("startups-all", startups::PATH),
        ("startups-pilots", startups::PILOTS),
        ("startups-forms", startups::FORMS),
        ("leverage-title", leverage::PATH),
        ("leverage-rows", leverage::ROWS),
    ];
    let room = match frame.may(Permission::ViewMoney) {
        true => {
            let way = [("cases-title", super::PATH), ("budget-title", BUDGET), whole];
            room.below(frame, &way[..if here == whole.1 { 2 } else { 3 }])
        }
        false => room,
    };
    room.among(frame, "nav-projects", here, tabs)
}

/// `GET /budget/projects`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let library = projects::library(&app.installation, account(&frame)?, app.now()).await?;
    let listing = listing(&frame, &library);
    let room = room(&frame, "projects-title", frame.t("projects-line"), PATH);
    let lines = told(&frame, &library, &listing, &query);
    charted(hx, &frame, &room, (&listing, &library.projects), &query, (lines, None))
}

/// What the chosen projects come to, in words.
fn told(frame: &Frame, library: &Library, listing: &Listing<'_, Project>, query: &ListQuery) -> Vec<String> {
    if !library.is_collected {
        let name = crate::pages::registry::register_name(frame, REGISTER);
        return vec![frame.t1("funds-never-came", "register", name)];
    }
    let chosen: Vec<&Project> = listing.passing(&library.projects, query).collect();
    let count = |own| format::count(chosen.iter().filter(|one| one.own() == own).count());
    let counted = [("yes", count(Some(true))), ("no", count(Some(false))), ("unknown", count(None))];
    vec![frame.tn("projects-told", counted), market::summed(frame, chosen.iter().map(|one| one.amount_fen))]
}

fn listing<'a>(frame: &'a Frame, library: &'a Library) -> Listing<'a, Project> {
    let all = &library.projects;
    Listing::new(frame, "projects", PATH, frame.t("projects-title"))
        .column("name", frame.t("funds-project"), Kind::Text, |one: &Project| {
            let cell = Cell::text(one.name.clone());
            let may = frame.may(Permission::ViewRegistry);
            let path = crate::pages::history::address(REGISTER, &[&one.number]);
            if may { cell.link(frame.at(&path)) } else { cell }
        })
        .column("number", frame.t("projects-number"), Kind::Code, |one| Cell::code(one.number.clone()))
        .column("firm", frame.t("projects-firm"), Kind::Text, |one| market::firm(frame, &one.firm, &one.uscc))
        .column("town", frame.t("projects-town"), Kind::Text, |one| town(frame, &one.town))
        .column("year", frame.t("cases-year"), Kind::Code, |one| Cell::code(one.year.to_string()))
        .column("tags", frame.t("projects-tags"), Kind::Text, |one| match one.tags.as_slice() {
            [] => Cell::unknown(tag(frame, "")),
            tags => Cell::text(tags.iter().map(|one| tag(frame, one)).collect::<Vec<_>>().join("、")),
        })
        .column("industry", frame.t("projects-industry"), Kind::Text, |one| {
            industry(frame, one.industry.names(), one.industry.why_none())
        })
        .column("own", frame.t("projects-own"), Kind::Text, |one| answered(frame, one.own()))
        .column("why", frame.t("projects-why"), Kind::Text, |one| Cell::text(reasons(frame, one)))
        .column("rights", frame.t("projects-rests-on"), Kind::Code, |one| {
            let links: Vec<Link> = one.rights.iter().map(|right| of_right(frame, right)).collect();
            match links.as_slice() {
                [] => Cell::unknown(frame.t("word-untold")),
                [one] => Cell::code(one.label.clone()).link(one.href.clone()),
                many => Cell::folded(frame.t1("market-objects-count", "count", format::count(many.len())), links),
            }
        })
        .column("day", frame.t("projects-day"), Kind::Date, |one| Cell::date(Some(one.day)))
        .column("today", frame.t("projects-own-today"), Kind::Text, |one| answered(frame, one.own_today()))
        .column("review", frame.t("projects-review"), Kind::Text, |one| match &one.review {
            None => Cell::unknown(frame.t("projects-no-review")),
            Some(review) if review.document.is_empty() => Cell::text(frame.said(&review.result)),
            Some(review) => {
                let words = [("result", frame.said(&review.result)), ("document", review.document.clone())];
                Cell::text(frame.tn("projects-reviewed", words))
            }
        })
        .column("form", frame.t("projects-form"), Kind::Text, |one| Cell::text(frame.said(&one.form)))
        .column("amount", frame.t("projects-amount"), Kind::Money, |one| market::told(frame, one.amount_fen))
        .column("on", frame.t("projects-on"), Kind::Date, |one| Cell::date(one.supported_on))
        .column("results", frame.t("projects-results"), Kind::Text, |one| Cell::text(one.results.clone()))
        // The days stand at each right.
        .only_in_file(&["number", "town", "day", "today", "on", "results"])
        .years("year", frame.t("cases-year"), all, |one| one.year)
        .filter("tag", frame.t("projects-tags"), tags(frame), has_tag)
        .filter("industry", frame.t("projects-industry"), industries(frame), |one, wanted| {
            is_industry(one.industry.names(), wanted)
        })
        .filter("town", frame.t("projects-town"), towns(all.iter().map(|one| &one.town)), |one, town| one.town == town)
        .filter("own", frame.t("projects-own"), answers(frame), |one, wanted| answer(one.own()) == wanted)
        .search(frame.t("projects-search"), |one| {
            let numbers: Vec<&str> = one.rights.iter().map(|right| right.number.as_str()).collect();
            format!("{} {} {} {} {}", one.number, one.name, one.firm, one.uscc, numbers.join(" "))
        })
        .when_empty(frame.t("projects-none"), frame.t("projects-none-todo"))
}

/// A right of a project.
struct Row<'a> {
    project: &'a Project,
    right: &'a Evidence,
}

/// `GET /budget/projects/rights`.
pub async fn rights(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let library = projects::library(&app.installation, account(&frame)?, app.now()).await?;
    let of = |project| move |right| Row { project, right };
    let rows: Vec<Row<'_>> =
        library.projects.iter().flat_map(|project| project.rights.iter().map(of(project))).collect();
    let standings = Standing::ALL.iter().map(|one| Choice::new(one.key(), frame.said(one.zh()))).collect();
    let listing = Listing::new(&frame, "rights", RIGHTS, frame.t("projects-rights"))
        .column("right", frame.t("projects-right"), Kind::Code, |row: &Row<'_>| {
            let link = of_right(&frame, row.right);
            Cell::code(link.label).link(link.href)
        })
        .column("project", frame.t("funds-project"), Kind::Text, |row| {
            Cell::text(row.project.name.clone()).link(frame.at(&format!("{PATH}?q={}", encode(&row.project.number))))
        })
        .column("firm", frame.t("projects-firm"), Kind::Text, |row| {
            market::firm(&frame, &row.project.firm, &row.project.uscc)
        })
        .column("own", frame.t("projects-own"), Kind::Text, |row| answered(&frame, row.right.standing.is_own()))
        .column("why", frame.t("projects-why"), Kind::Text, |row| Cell::text(frame.said(row.right.standing.zh())))
        .column("day", frame.t("projects-day"), Kind::Date, |row| Cell::date(Some(row.project.day)))
        .column("today", frame.t("projects-own-today"), Kind::Text, |row| answered(&frame, row.right.today.is_own()))
        .column("year", frame.t("cases-year"), Kind::Code, |row| Cell::code(row.project.year.to_string()))
        .years("year", frame.t("cases-year"), &rows, |row| row.project.year)
        .filter("own", frame.t("projects-own"), answers(&frame), |row, wanted| {
            answer(row.right.standing.is_own()) == wanted
        })
        .filter("why", frame.t("projects-why"), standings, |row, key| row.right.standing.key() == key)
        .search(frame.t("projects-search"), |row| {
            format!("{} {} {} {}", row.right.number, row.project.number, row.project.name, row.project.firm)
        })
        .when_empty(frame.t("projects-none"), frame.t("projects-none-todo"));
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let room = room(&frame, "projects-rights", frame.t("projects-rights-line"), RIGHTS);
    room::list_page(hx, &frame, &room, &listing.view(&rows, &query))
}

/// The projects of a total, all of them or those of one answer.
fn of_total(frame: &Frame, one: &Total, own: Option<&str>) -> String {
    let mut path = format!("{PATH}?year={}", one.year);
    if let Some(tag) = &one.tag {
        path.push_str(&format!("&tag={}", encode(if tag.is_empty() { NONE } else { tag })));
    }
    if let Some(own) = own {
        path.push_str(&format!("&own={own}"));
    }
    frame.at(&path)
}

/// `GET /budget/projects/totals`.
pub async fn totals(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    const COLUMNS: [(&str, &str); 3] = [("yes", "own"), ("no", "not"), ("unknown", "open")];
    let (query, _) = room::wishes(&uri);
    let library = projects::library(&app.installation, account(&frame)?, app.now()).await?;
    let rows = projects::totals(&library.projects);
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let opened = |count: usize, path: String| match count {
        0 => Cell::number(0),
        count => Cell::number(number(count)).link(path),
    };
    let mut listing = Listing::new(&frame, "totals", TOTALS, frame.t("projects-totals"))
        .column("tag", frame.t("projects-tags"), Kind::Text, |one: &Total| match &one.tag {
            None => Cell::text(frame.t("projects-every-tag")),
            Some(name) => Cell::text(tag(&frame, name)),
        })
        .column("year", frame.t("cases-year"), Kind::Code, |one| Cell::code(one.year.to_string()))
        .column("count", frame.t("projects-count"), Kind::Number, |one| {
            opened(one.amount.count, of_total(&frame, one, None))
        });
    for (place, (key, id)) in COLUMNS.into_iter().enumerate() {
        listing = listing.column(id, frame.t(&format!("projects-own-{key}")), Kind::Number, {
            let frame = &frame;
            move |one: &Total| opened(one.own[place], of_total(frame, one, Some(key)))
        });
    }
    let listing = listing
        .column("amount", frame.t("projects-amount"), Kind::Money, |one| match one.amount.count {
            0 => Cell::text(frame.t("funds-no-projects")),
            _ => market::sum(&frame, one.amount).link(of_total(&frame, one, None)),
        })
        .years("year", frame.t("cases-year"), &rows, |one| one.year)
        .when_empty(frame.t("projects-none"), frame.t("projects-none-todo"));
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let room = room(&frame, "projects-totals", frame.t("projects-totals-line"), TOTALS);
    room::list_page(hx, &frame, &room, &listing.view(&rows, &query))
}
