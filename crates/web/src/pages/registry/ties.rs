//! `/registers/ties` 待关联: names that are tied to no enterprise, settled in bulk or one by one; and those that were found to
//! be no enterprise of the city, which can be taken back.

mod one;

use askama::Template;
use axum::{Form, extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    ties::{self, UntiedName},
};

pub use self::one::{page as one, settle as settle_one};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format::{self, encode},
    frame::Frame,
    hx,
    list::{Cell, Kind, Listing, ListingView},
    pages::{
        registry::{head_of, register_name, who},
        room::{self, Room, Sent},
    },
    pieces::Link,
};

#[derive(Template)]
#[template(path = "registry/ties.html")]
struct TiesPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    list: &'a ListingView,
    bulk: Option<Bulk>,
    /// The way to the other list, with how many names stand there.
    other: Link,
}

/// The form that settles what is ticked.
struct Bulk {
    title: String,
    line: String,
    action: String,
    fields: Vec<Field>,
    button: String,
}

/// Which of the two lists is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    /// Those that wait.
    Waiting,
    /// Those found to be no enterprise of the city.
    Outside,
}

impl Names {
    fn path(self) -> &'static str {
        match self {
            Self::Waiting => "/registers/ties",
            Self::Outside => "/registers/ties/outside",
        }
    }

    fn title(self, frame: &Frame) -> String {
        frame.t(match self {
            Self::Waiting => "reg-ties",
            Self::Outside => "reg-ties-outside",
        })
    }
}

/// `GET /registers/ties`.
pub async fn page(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    respond(&app, &frame, Names::Waiting, &uri, &Sent::default(), &Errors::default()).await
}

/// `GET /registers/ties/outside`.
pub async fn outside(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    respond(&app, &frame, Names::Outside, &uri, &Sent::default(), &Errors::default()).await
}

async fn respond(
    app: &App,
    frame: &Frame,
    which: Names,
    uri: &Uri,
    sent: &Sent,
    errors: &Errors,
) -> Result<Response, AppError> {
    let (query, words) = room::wishes(uri);
    let waiting = ties::waiting(&app.installation, app.now()).await?;
    let outside = ties::outside(&app.installation, app.now()).await?;
    let (rows, others) = match which {
        Names::Waiting => (waiting, outside.len()),
        Names::Outside => (outside, waiting.len()),
    };
    let may_change = frame.may(Permission::ChangeRegistry);
    let view = {
        let listing = listing(frame, which, may_change);
        if query.export {
            return listing.workbook(&rows, &query);
        }
        listing.view(&rows, &query)
    };
    let room = head(app, frame, which).await?.with(room::said(frame, &words)).wrong(!errors.is_empty());
    let bulk = (may_change && !rows.is_empty()).then(|| bulk(frame, which, sent, errors));
    let other = match which {
        Names::Waiting => {
            Link::new(frame.t1("reg-ties-to-outside", "count", format::count(others)), frame.at(Names::Outside.path()))
        }
        Names::Outside => {
            Link::new(frame.t1("reg-ties-to-waiting", "count", format::count(others)), frame.at(Names::Waiting.path()))
        }
    };
    let page = TiesPage { frame, room: &room, errors, list: &view, bulk, other };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

async fn head(app: &App, frame: &Frame, which: Names) -> Result<Room, AppError> {
    let line = frame.t(match which {
        Names::Waiting => "reg-ties-line",
        Names::Outside => "reg-ties-outside-line",
    });
    head_of(app, frame, "/registers/ties", which.title(frame), line).await
}

fn bulk(frame: &Frame, which: Names, sent: &Sent, errors: &Errors) -> Bulk {
    let reason = reason(frame, sent.get("reason"), errors);
    match which {
        Names::Waiting => {
            let acts = vec![
                Choice::new("tie", frame.t("reg-ties-act-tie")),
                Choice::new("outside", frame.t("reg-ties-act-outside")),
            ];
            let act = Field::of("act", frame.t("reg-ties-act"), FieldKind::Radios(acts), sent.get("act"), errors);
            Bulk {
                title: frame.t("reg-ties-bulk"),
                line: frame.t("reg-ties-bulk-line"),
                action: frame.at("/registers/ties/settle"),
                fields: vec![act, reason],
                button: frame.t("reg-ties-bulk-do"),
            }
        }
        Names::Outside => Bulk {
            title: frame.t("reg-ties-undo"),
            line: frame.t("reg-ties-undo-line"),
            action: frame.at("/registers/ties/undo"),
            fields: vec![reason],
            button: frame.t("reg-ties-undo-do"),
        },
    }
}

/// Whether there is one answer to be confirmed.
fn is_plain(name: &UntiedName) -> bool {
    !name.name.is_empty() && name.candidates.len() == 1 && name.best.is_some()
}

fn listing(frame: &Frame, which: Names, with_boxes: bool) -> Listing<'_, UntiedName> {
    let one = |name: &UntiedName| {
        let (name, code) = (encode(&name.name), encode(&name.code));
        frame.at(&format!("/registers/ties/one?name={name}&code={code}"))
    };
    let listing = Listing::new(frame, "ties", which.path(), which.title(frame))
        .column("name", frame.t("reg-ties-name"), Kind::Text, move |name: &UntiedName| {
            let text = if name.name.is_empty() { name.code.clone() } else { name.name.clone() };
            let cell = Cell::text(text).pick(with_boxes.then(|| picked(name)));
            if which == Names::Waiting { cell.link(one(name)) } else { cell }
        })
        .column("code", frame.t("reg-ties-code"), Kind::Code, |name| Cell::code(name.code.clone()))
        .column("why", frame.t("reg-ties-why"), Kind::Text, |name| Cell::text(frame.said(&name.why)))
        .column("candidates", frame.t("reg-ties-candidates"), Kind::Text, |name| {
            Cell::text(said(frame, &name.candidates))
        })
        .column("rows", frame.t("reg-ties-rows"), Kind::Number, |name| {
            Cell::number(i64::try_from(name.rows).unwrap_or(i64::MAX))
        })
        .column("registers", frame.t("reg-register"), Kind::Text, |name| {
            Cell::text(
                name.registers
                    .iter()
                    .map(|id| register_name(frame, id))
                    .collect::<Vec<_>>()
                    .join(&frame.t("word-list-separator")),
            )
        })
        .column("city", frame.t("reg-ties-city"), Kind::Text, |name| {
            Cell::text(frame.t(if name.in_city { "reg-yes" } else { "reg-no" }))
        });
    let listing = match which {
        Names::Waiting => listing,
        Names::Outside => listing.column("reason", frame.t("reg-reason"), Kind::Text, |name| {
            Cell::text(name.outside.clone().unwrap_or_default())
        }),
    };
    let (none, todo) = match which {
        Names::Waiting => ("reg-ties-none", "reg-ties-none-todo"),
        Names::Outside => ("reg-ties-outside-none", "reg-ties-outside-none-todo"),
    };
    listing
        .filter("candidates", frame.t("reg-ties-candidates"), candidates(frame), |name, key| match key {
            "one" => is_plain(name),
            "several" => name.candidates.len() > 1,
            _ => name.candidates.is_empty(),
        })
        .filter(
            "city",
            frame.t("reg-ties-city"),
            vec![Choice::new("yes", frame.t("reg-yes")), Choice::new("no", frame.t("reg-no"))],
            |name, key| name.in_city == (key == "yes"),
        )
        .search(frame.t("reg-ties-name"), |name| format!("{} {} {}", name.name, name.code, name.candidates.join(" ")))
        .when_empty(frame.t(none), frame.t(todo))
}

/// What a box sends: the only candidate, the code given and the name; neither code holds a blank.
fn picked(name: &UntiedName) -> String {
    let best = name.best.as_deref().filter(|_| is_plain(name)).unwrap_or(NONE);
    let code = if name.code.is_empty() { NONE } else { &name.code };
    format!("{best} {code} {}", name.name)
}

/// Stands for a code that is not there.
const NONE: &str = "-";

/// What is ticked: the only candidate, the name, and the code given.
fn picks(sent: &Sent) -> Vec<(Option<String>, String, String)> {
    let one = |pick: &str| {
        let (best, rest) = pick.split_once(' ')?;
        let (code, name) = rest.split_once(' ')?;
        let some = |code: &str| Some(code.to_owned()).filter(|code| code != NONE);
        Some((some(best), name.to_owned(), some(code).unwrap_or_default()))
    };
    sent.all("pick").filter_map(one).collect()
}

fn said(frame: &Frame, candidates: &[String]) -> String {
    candidates.iter().map(|one| frame.said(one)).collect::<Vec<_>>().join(&frame.t("word-separator"))
}

fn candidates(frame: &Frame) -> Vec<Choice> {
    vec![
        Choice::new("one", frame.t("reg-ties-one")),
        Choice::new("several", frame.t("reg-ties-several")),
        Choice::new("none", frame.t("reg-ties-no-candidate")),
    ]
}

fn reason(frame: &Frame, value: &str, errors: &Errors) -> Field {
    Field::of("reason", frame.t("reg-reason"), FieldKind::Text, value, errors).hint(frame.t("reg-reason-hint"))
}

/// `POST /registers/ties/settle`: every name ticked is tied to its only candidate, or is no enterprise of the city.
pub async fn settle(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let picks = picks(&sent);
    let tied: Vec<(String, String)> =
        picks.iter().filter_map(|(best, name, _)| Some((name.clone(), best.clone()?))).collect();
    let mut errors = mistakes(&frame, &sent, picks.len());
    match sent.get("act") {
        "tie" if tied.len() < picks.len() => {
            let words = frame.t1("reg-ties-not-plain", "count", picks.len() - tied.len());
            errors.add("act", words);
        }
        "tie" | "outside" => {}
        _ => errors.add("act", frame.t("reg-ties-act-missing")),
    }
    if !errors.is_empty() {
        let uri = Names::Waiting.path().parse().unwrap_or_default();
        return respond(&app, &frame, Names::Waiting, &uri, &sent, &errors).await;
    }
    let (who, reason, now) = (who(&frame), sent.get("reason"), app.now());
    let report = match sent.get("act") {
        "tie" => ties::settle(&app.installation, &tied, reason, &who, now).await?,
        _ => ties::set_outside(&app.installation, &unnamed(picks), true, reason, &who, now).await?,
    };
    let (done, count) = match sent.get("act") {
        "tie" => ("tied", tied.len()),
        _ => ("outside", sent.all("pick").count()),
    };
    Ok(room::see_other(&frame, &format!("/registers/ties?done={done}&count={count}&batch={}", report.batch)))
}

/// `POST /registers/ties/undo`: every name ticked waits again.
pub async fn undo(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let picks = picks(&sent);
    let errors = mistakes(&frame, &sent, picks.len());
    if !errors.is_empty() {
        let uri = Names::Outside.path().parse().unwrap_or_default();
        return respond(&app, &frame, Names::Outside, &uri, &sent, &errors).await;
    }
    let count = picks.len();
    let report =
        ties::set_outside(&app.installation, &unnamed(picks), false, sent.get("reason"), &who(&frame), app.now())
            .await?;
    let path = Names::Outside.path();
    Ok(room::see_other(&frame, &format!("{path}?done=waiting&count={count}&batch={}", report.batch)))
}

fn unnamed(picks: Vec<(Option<String>, String, String)>) -> Vec<(String, String)> {
    picks.into_iter().map(|(_, name, code)| (name, code)).collect()
}

fn mistakes(frame: &Frame, sent: &Sent, picked: usize) -> Errors {
    let mut errors = Errors::default();
    if picked == 0 {
        errors.add("ties", frame.t("reg-ties-none-picked"));
    }
    if sent.get("reason").is_empty() {
        errors.add("reason", frame.t("reg-reason-missing"));
    }
    errors
}
