//! `/enterprises/{uscc}` and `/my-enterprise`: one enterprise with everything the registers and the rules say of it.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    accounts::{Permission, Resource},
    lapses,
    ties::{self, UntiedName},
};
use registry::history::Step;

use super::{
    cause,
    holdings::{self, Table},
    own::{self, Own},
    portfolio,
    read::{self, Enterprise},
    section_name, stars_cell,
    years::{self, Year},
};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{ListQuery, ListingView},
    pages::{
        awards::{
            self,
            alarms::{self, Kind},
            reasons,
        },
        cockpit::{
            self,
            shown::{self, Shown},
        },
        corpus::documents_of,
        history,
        patents::read::Patent,
        room::ListBlock,
    },
    pieces::{Event, Explanation, Figure, Link, Moment, State as StateWord, Tone},
};

#[derive(Template)]
#[template(path = "enterprises/page.html")]
struct EnterprisePage<'a> {
    frame: &'a Frame,
    title: String,
    line: String,
    crumbs: Vec<Link>,
    choices: Vec<Choice>,
    state: StateWord,
    tags: Vec<String>,
    facts: Vec<(String, String)>,
    /// The search for its documents.
    documents: Option<String>,
    figures: Vec<Figure>,
    awards: Vec<AwardPart>,
    award_names: Vec<String>,
    years: Vec<Year>,
    table: portfolio::Table,
    list: &'a ListingView,
    lapses: Vec<Lapse>,
    lapses_more: usize,
    all_lapses: String,
    tables: Vec<ListingView>,
    has_statuses: bool,
    alarms: Vec<Kind>,
    ties: Vec<Tie>,
    sees_ties: bool,
    ties_link: Option<String>,
    history: Vec<Event>,
    history_link: Option<(String, String)>,
    /// What the visitor's own enterprise has to do, has got and may get; none on the page of another.
    own: Option<Own>,
}

#[derive(Template)]
#[template(path = "enterprises/page.html", block = "listing")]
struct PortfolioBlock<'a> {
    frame: &'a Frame,
    list: &'a ListingView,
}

/// How the enterprise stands in an award, with what the next level needs.
struct AwardPart {
    name: String,
    href: Option<String>,
    state: StateWord,
    /// The next level and its conditions; nothing when the highest is reached or the award does not concern it.
    next: Option<(String, Explanation)>,
    remark: String,
}

/// A right that may soon be lost.
struct Lapse {
    on: String,
    cause: String,
    title: Link,
    high_value: bool,
}

/// A name that waits to be tied and may mean this enterprise.
struct Tie {
    name: String,
    why: String,
    rows: usize,
}

/// How many rights that may soon be lost are named.
const LAPSES_MAX: usize = 10;

/// How many steps of its history stand on the page itself.
const STEPS_MAX: usize = 5;

/// `GET /enterprises/{uscc}`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(uscc): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let path = format!("/enterprises/{uscc}");
    shown_page(&app, &frame, (hx, &uri), Permission::ViewRights, &uscc, &path).await
}

/// `GET /my-enterprise`: the enterprise of the account, whatever the address says.
pub async fn own(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let unit = frame.account.as_ref().map(|account| account.unit.clone()).unwrap_or_default();
    if unit.is_empty() {
        return Err(AppError::Conflict(frame.t("enterprises-no-unit")));
    }
    shown_page(&app, &frame, (hx, &uri), Permission::ViewOwnEnterprise, &unit, "/my-enterprise").await
}

async fn shown_page(
    app: &App,
    frame: &Frame,
    (hx, uri): (Hx, &Uri),
    permission: Permission,
    uscc: &str,
    path: &str,
) -> Result<Response, AppError> {
    let query = ListQuery::parse(uri);
    // An enterprise's own account sees the latest regular figures and no trial of ours.
    let wanted = query.filter("run").filter(|_| frame.may(Permission::ViewRights));
    let Some(shown) = shown::shown(app, wanted).await? else {
        return cockpit::no_run(frame, frame.t("enterprises-title"));
    };
    let all = read::enterprises(&shown.opened);
    let missing = || AppError::NotFound(frame.t1("enterprises-not-found", "uscc", uscc));
    let enterprise =
        all.binary_search_by(|one| one.uscc.as_str().cmp(uscc)).map(|at| &all[at]).map_err(|_| missing())?;
    if !frame.allows(permission, &Resource::Enterprise { code: uscc, town: Some(&enterprise.town) }) {
        return Err(missing());
    }
    let patents = crate::pages::patents::read::patents(&shown.opened);
    let owned: Vec<&Patent> = patents.iter().filter(|patent| patent.owner_uscc.as_deref() == Some(uscc)).collect();
    // The list is made after the last wait: its columns cannot move between threads.
    let years = if query.export { Vec::new() } else { years::years(app, frame, &shown, uscc).await? };
    let sees_ties = frame.may(Permission::ViewRegistry);
    let ties = if sees_ties && !query.export { open_ties(app, frame, uscc).await? } else { Vec::new() };
    let sees_rights = frame.may(Permission::ViewRights);
    let steps = if sees_rights && !query.export { history::of_enterprise(app, frame, uscc).await? } else { Vec::new() };
    let own = if path == "/my-enterprise" && !query.export { Some(own::read(app, frame).await?) } else { None };
    let holdings = holdings::tables(frame, &shown, uscc, frame.sees_loans_of(&enterprise.town));
    let meant = holdings.iter().find(|table| query.list.as_deref() == Some(table.id));
    let listing = portfolio::listing(frame, &shown, path, enterprise);
    if query.export {
        return match meant {
            Some(table) => table.listing(frame, path).workbook(table.rows(), &query),
            None => listing.workbook(&owned, &query),
        };
    }
    let mut view = listing.view(&owned, &query.leading());
    shown.keep_in(&mut view);
    let table_view = |table: &Table| {
        let mut view = table.listing(frame, path).view(table.rows(), &query.of(table.id));
        shown.keep_in(&mut view);
        view
    };
    if let Some(table) = meant.filter(|_| hx.wants_block()) {
        return hx::page(ListBlock { frame, list: &table_view(table) });
    }
    let tables: Vec<ListingView> = holdings.iter().map(table_view).collect();
    let (lapses, lapses_more) = lapses(frame, &shown, uscc);
    let page = EnterprisePage {
        frame,
        title: enterprise.name.clone(),
        line: shown.line(frame),
        crumbs: if sees_rights {
            vec![Link::new(frame.t("enterprises-title"), shown.keep(frame.at("/enterprises")))]
        } else {
            Vec::new()
        },
        choices: if sees_rights { shown.choices(frame) } else { Vec::new() },
        state: state(frame, &shown, enterprise),
        tags: enterprise.statuses.iter().map(|kind| frame.said(kind)).collect(),
        facts: facts(frame, enterprise),
        documents: frame.may(Permission::SearchCorpus).then(|| frame.at(&documents_of(&enterprise.name))),
        figures: figures(frame, &shown, enterprise, path),
        awards: awards_part(frame, &shown, uscc),
        award_names: shown
            .policy
            .awards
            .iter()
            .filter(|award| award.active)
            .map(|award| frame.said(&award.name))
            .collect(),
        years,
        table: portfolio::table(frame, &shown, path, &owned),
        list: &view,
        lapses,
        lapses_more,
        all_lapses: shown.keep(frame.at(&format!("/cockpit/lapses?enterprise={uscc}"))),
        has_statuses: tables.iter().any(|table| table.id == holdings::STATUSES),
        tables,
        // An alarm is a question for the office and no finding, so the enterprise is not confronted with it here.
        alarms: if sees_rights { alarms::kinds(frame, &shown, &all, Some(uscc)) } else { Vec::new() },
        ties,
        sees_ties,
        history: latest(frame, &steps),
        history_link: sees_rights.then(|| {
            let count = format::count(steps.len());
            (frame.at(&format!("/enterprises/{uscc}/history")), frame.t1("history-all", "count", count))
        }),
        own,
        ties_link: (sees_ties && crate::routes::exists("/registers/ties")).then(|| frame.at("/registers/ties")),
    };
    hx.page(page, PortfolioBlock { frame, list: &view })
}

fn state(frame: &Frame, shown: &Shown, enterprise: &Enterprise) -> StateWord {
    if enterprise.is_alive {
        StateWord::new(Tone::Ok, frame.t("enterprises-alive"))
    } else if enterprise.founded_on.is_some_and(|founded| founded > shown.as_of()) {
        StateWord::new(Tone::Plain, frame.t("enterprises-not-founded"))
    } else {
        StateWord::new(Tone::Bad, frame.t("enterprises-gone"))
    }
}

fn facts(frame: &Frame, enterprise: &Enterprise) -> Vec<(String, String)> {
    let or_none = |text: String| if text.is_empty() { frame.t("word-none") } else { text };
    let section = section_name(frame, enterprise.section);
    let industry = if section.is_empty() {
        enterprise.industry.clone()
    } else {
        frame.tn("word-with-code", &[("word", section), ("code", enterprise.industry.clone())])
    };
    let mut facts = vec![
        (frame.t("rights-number-enterprise"), enterprise.uscc.clone()),
        (frame.t("patents-col-town"), or_none(enterprise.town.clone())),
        (frame.t("enterprises-col-industry"), or_none(industry)),
        (frame.t("enterprises-col-size"), or_none(frame.said(&enterprise.size))),
        (
            frame.t("enterprises-founded"),
            enterprise.founded_on.map_or_else(|| frame.t("word-none"), |day| frame.date(day)),
        ),
    ];
    if let Some(gone) = enterprise.gone_on {
        // The year 1 stands for an unknown day.
        let words = if gone.year() > 1 { frame.date(gone) } else { frame.t("word-unknown") };
        facts.push((frame.t("enterprises-gone-on"), words));
    }
    facts
}

/// The counts of the rules: inventions, those of high value, stars.
fn figures(frame: &Frame, shown: &Shown, enterprise: &Enterprise, path: &str) -> Vec<Figure> {
    let figure = |name: String, value: Option<i64>, query: &str| Figure {
        name,
        href: format!("{}#portfolio", shown.keep(frame.at(&format!("{path}{query}")))),
        value: Some(value.map_or_else(|| "0".to_owned(), format::count)),
        unit: frame.unit("件"),
        exact: String::new(),
        target: None,
        state: None,
        as_of: shown.as_of().to_string(),
        note: None,
        waiting: None,
        spark: None,
    };
    let stars = stars_cell(frame, shown, enterprise);
    let invention = format!("?kind={}&standing=in-force", format::encode("发明"));
    let mut figures = vec![
        figure(frame.t("enterprises-col-inventions"), enterprise.inventions, &invention),
        figure(frame.t("enterprises-col-high-value"), enterprise.high_value, &format!("{invention}&high-value=any")),
    ];
    figures.push(Figure {
        value: Some(if stars.text.is_empty() { frame.t("enterprises-no-stars") } else { stars.text }),
        unit: String::new(),
        href: "#awards".to_owned(),
        ..figure(frame.t("enterprises-col-stars"), None, "")
    });
    figures
}

/// Each active award with what its next level needs.
fn awards_part(frame: &Frame, shown: &Shown, uscc: &str) -> Vec<AwardPart> {
    let evaluation = shown.evaluation();
    let may_open = frame.may(Permission::ViewFigures);
    let part = |award: &rules::policy::AwardDef| {
        let decided = evaluation.explain(&award.id, uscc);
        let reached =
            evaluation.awards.iter().find(|won| won.award == award.id && won.subject == uscc).map(|won| won.level);
        let next = decided.iter().find(|level| reached.is_none_or(|reached| level.level > reached));
        let evidence = reasons::evidence(frame, shown, award, uscc);
        let remark = match (decided.is_empty(), next.is_some()) {
            (true, _) => frame.t("enterprises-award-nothing"),
            (false, false) if award.levels.is_empty() => frame.t("enterprises-award-reached"),
            (false, false) => frame.t("enterprises-award-highest"),
            (false, true) => String::new(),
        };
        AwardPart {
            name: frame.said(&award.name),
            href: (may_open && !decided.is_empty())
                .then(|| awards::address(frame, shown, &award.id, &format!("/{uscc}"))),
            state: awards::state(frame, shown, award, uscc),
            next: next.map(|level| {
                let name = if award.levels.is_empty() {
                    frame.said(&award.name)
                } else {
                    awards::level_name(frame, award, level.level)
                };
                (name, reasons::explanation(frame, shown, level, &evidence, None))
            }),
            remark,
        }
    };
    shown.policy.awards.iter().filter(|award| award.active).map(part).collect()
}

fn lapses(frame: &Frame, shown: &Shown, uscc: &str) -> (Vec<Lapse>, usize) {
    let may_open = frame.may(Permission::ViewRights);
    let found: Vec<lapses::Lapse> =
        lapses::soon(&shown.opened).into_iter().filter(|lapse| lapse.uscc.as_deref() == Some(uscc)).collect();
    // Who may not open the list of all sees all of its own here.
    let most = if may_open { LAPSES_MAX } else { found.len() };
    let more = found.len().saturating_sub(most);
    let row = |lapse: lapses::Lapse| Lapse {
        on: lapse.on.to_string(),
        cause: cause(frame, lapse.cause),
        title: Link::new(
            lapse.title,
            if may_open {
                shown.keep(frame.at(&format!("/patents/{}", lapse.application_number)))
            } else {
                String::new()
            },
        ),
        high_value: lapse.high_value,
    };
    (found.into_iter().take(most).map(row).collect(), more)
}

/// The names that wait for a person now and may mean this enterprise.
async fn open_ties(app: &App, frame: &Frame, uscc: &str) -> Result<Vec<Tie>, AppError> {
    let names = ties::waiting(&app.installation, app.now()).await?;
    let about =
        |name: &&UntiedName| name.candidates.iter().any(|candidate| candidate.contains(uscc)) || name.code == uscc;
    Ok(names
        .iter()
        .filter(about)
        .map(|name| Tie {
            name: if name.name.is_empty() { name.code.clone() } else { name.name.clone() },
            why: frame.said(&name.why),
            rows: name.rows,
        })
        .collect())
}

/// The latest steps of the enterprise's history.
fn latest(frame: &Frame, steps: &[Step]) -> Vec<Event> {
    let event = |step: &Step| Event {
        date: domain::beijing_date(step.known_from).to_string(),
        what: history::what(frame, step),
        detail: Some(history::changes(frame, step)),
        source: None,
        moment: Moment::Past,
    };
    steps.iter().take(STEPS_MAX).map(event).collect()
}
