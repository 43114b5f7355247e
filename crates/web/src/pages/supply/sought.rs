//! `/supply/demands`: the demands that enterprises published to universities and institutes, with which patents of one's own fit, and
//! the answers to them.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    matching::Kind as About,
    offers::{self, Answer, Said, Sought},
};
use navigation::matching::Matched;

use super::{DEMANDS, head};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing},
    pages::{
        cases::forms::refusal,
        corpus::{baskets::account, hits},
        matching::{self, Fitting},
        room::{self, Room, Sent},
        warnings::present,
    },
    pieces::{Link, State as StateWord, Tone},
};

/// A demand with how many patents of one's own fit it.
struct Row {
    sought: Sought,
    fitting: Fit,
}

/// How many patents fit a demand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Known(usize),
    Working,
    /// The demand is not looked after any more.
    Closed,
}

/// `GET /supply/demands`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let visitor = account(&frame)?;
    let names = offers::owner_names(&app.installation, visitor).await?;
    let (mut rows, mut works) = (Vec::new(), false);
    for sought in offers::sought(&app.installation, visitor, app.now()).await? {
        // What takes longer goes on beside the request, so that the next ones need not be begun at once.
        let fitting = match (sought.is_open(frame.business_date), works) {
            (false, _) => Fit::Closed,
            (true, true) => Fit::Working,
            (true, false) => match matching::fitting(&app, &frame, &sought.demand, &names).await? {
                Fitting::Found(matched) => Fit::Known(matched.candidates.len()),
                Fitting::Refused(_) => Fit::Known(0),
                Fitting::Working => Fit::Working,
            },
        };
        works |= fitting == Fit::Working;
        rows.push(Row { sought, fitting });
    }
    let listing = listing(&frame);
    let mut room = head(&frame, DEMANDS).with(room::said(&frame, &words));
    room.refreshes = works;
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

fn listing(frame: &Frame) -> Listing<'_, Row> {
    let kinds = About::ALL.map(|kind| Choice::new(kind.key(), frame.said(kind.zh()))).into();
    let today = frame.business_date;
    let open = vec![Choice::new("yes", frame.t("supply-open")), Choice::new("no", frame.t("supply-closed"))];
    let yes_no = |yes: &str, no: &str| vec![Choice::new("yes", frame.t(yes)), Choice::new("no", frame.t(no))];
    Listing::new(frame, "sought", DEMANDS, frame.t("supply-demands"))
        .column("title", frame.t("matching-demand"), Kind::Text, |one: &Row| {
            Cell::text(title(frame, &one.sought)).link(frame.at(&path(one.sought.demand.id)))
        })
        .column("firm", frame.t("matching-firm"), Kind::Text, |one| Cell::text(one.sought.demand.firm.clone()))
        .column("kind", frame.t("matching-kind"), Kind::Text, |one| {
            Cell::text(frame.said(one.sought.demand.asked.kind.zh()))
        })
        .column("state", frame.t("matching-state"), Kind::Text, move |one| {
            let state = standing(frame, &one.sought);
            let rank = i64::from(!one.sought.is_open(today));
            Cell::state(state, rank)
        })
        .column("fitting", frame.t("supply-fitting"), Kind::Number, |one| match one.fitting {
            Fit::Known(count) => Cell::number(count as i64),
            Fit::Working => Cell::unknown(frame.t("supply-fitting-working")),
            Fit::Closed => Cell::empty(),
        })
        .column("answered", frame.t("supply-answered"), Kind::Text, |one| {
            Cell::text(frame.t(if one.sought.is_answered { "setting-yes" } else { "setting-no" }))
        })
        .column("until", frame.t("matching-until"), Kind::Date, |one| {
            Cell::date(Some(one.sought.demand.asked.valid_until))
        })
        .filter("kind", frame.t("matching-kind"), kinds, |one, key| one.sought.demand.asked.kind.key() == key)
        .filter(
            "fitting",
            frame.t("supply-fitting"),
            yes_no("supply-fits", "supply-fits-not"),
            |one, key| matches!(one.fitting, Fit::Known(count) if (count > 0) == (key == "yes")),
        )
        .filter("open", frame.t("matching-state"), open, move |one, key| one.sought.is_open(today) == (key == "yes"))
        .filter("answered", frame.t("supply-answered"), yes_no("setting-yes", "setting-no"), |one, key| {
            one.sought.is_answered == (key == "yes")
        })
        .search(frame.t("matching-search"), |one| {
            let demand = &one.sought.demand;
            format!("{} {} {}", demand.asked.title, demand.firm, demand.asked.words)
        })
        .when_empty(frame.t("supply-demands-none"), frame.t("supply-demands-none-todo"))
}

fn path(id: i64) -> String {
    format!("{DEMANDS}/{id}")
}

/// The title; what stands in the place of one that is published no longer is ours, in the visitor's language.
fn title(frame: &Frame, sought: &Sought) -> String {
    let asked = &sought.demand.asked;
    if asked.is_published { asked.title.clone() } else { frame.said(&asked.title) }
}

/// Where a demand stands for universities.
fn standing(frame: &Frame, sought: &Sought) -> StateWord {
    match sought.demand.asked.is_published {
        true => matching::standing(frame, sought.demand.state(frame.business_date)),
        false => StateWord::new(Tone::Unknown, frame.t("supply-unpublished")),
    }
}

#[derive(Template)]
#[template(path = "supply/demand.html")]
struct DemandPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    state: StateWord,
    words: String,
    facts: Vec<(String, String)>,
    /// Whether it can still be answered.
    is_open: bool,
    /// The address to ask again, while it is being worked out.
    again: Option<String>,
    refused: String,
    fitting: Vec<Fits>,
    answers: Vec<Answered>,
    action: String,
    fields: Vec<Field>,
}

/// A patent of one's own that fits.
struct Fits {
    title: Link,
    score: String,
    reasons: Vec<String>,
}

/// An answer of one's own.
struct Answered {
    on: String,
    title: String,
    words: String,
    contact: String,
    withdraw: Option<String>,
}

/// `GET /supply/demands/{id}`.
pub async fn one(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    respond(&app, &frame, id, &Sent::default(), &Errors::default()).await
}

async fn respond(app: &App, frame: &Frame, id: i64, sent: &Sent, errors: &Errors) -> Result<Response, AppError> {
    let visitor = account(frame)?;
    let sought = offers::sought_one(&app.installation, visitor, id, app.now()).await?;
    let is_open = sought.is_open(frame.business_date);
    let demand = &sought.demand;
    let names = offers::owner_names(&app.installation, visitor).await?;
    let found = if is_open { Some(matching::fitting(app, frame, demand, &names).await?) } else { None };
    let own: Vec<Answer> = offers::answers(&app.installation, visitor).await?;
    let mut room = Room::new(title(frame, &sought), demand.firm.clone())
        .below(frame, &[("supply-demands", DEMANDS)])
        .wrong(!errors.is_empty());
    let works = matches!(found, Some(Fitting::Working));
    room.refreshes = works;
    let (matched, refused) = match &found {
        Some(Fitting::Found(matched)) => (Some(matched), String::new()),
        Some(Fitting::Refused(why)) => (None, why.clone()),
        Some(Fitting::Working) | None => (None, String::new()),
    };
    let answered = own.iter().filter(|one| one.demand_id == id).map(|one| Answered {
        on: one.on.clone(),
        title: if one.title.is_empty() { frame.t("supply-answer-no-patent") } else { one.title.clone() },
        words: one.words.clone(),
        contact: one.contact.clone(),
        withdraw: (!one.is_withdrawn).then(|| frame.at(&format!("/supply/answers/{}/withdraw", one.id))),
    });
    let page = DemandPage {
        frame,
        room: &room,
        errors,
        state: standing(frame, &sought),
        words: match demand.asked.words.as_str() {
            "" if !demand.asked.is_published => frame.t("supply-unpublished-line"),
            "" => frame.t("matching-speaks-for-it"),
            words => words.to_owned(),
        },
        is_open,
        facts: vec![
            (frame.t("matching-kind"), frame.t(&format!("matching-about-{}", demand.asked.kind.key()))),
            (frame.t("matching-until"), frame.date(demand.asked.valid_until)),
        ],
        again: works.then(|| frame.at(&path(id))),
        refused,
        fitting: matched.map(|matched| fits(frame, matched)).unwrap_or_default(),
        answers: answered.collect(),
        action: frame.at(&format!("{}/answer", path(id))),
        fields: if is_open { fields(app, frame, matched, sent, errors).await? } else { Vec::new() },
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn fits(frame: &Frame, matched: &Arc<Matched>) -> Vec<Fits> {
    let one = |one: &navigation::matching::Candidate| Fits {
        title: Link::new(one.title.clone(), frame.at(&hits::path(&one.key))),
        score: format::count(one.score),
        reasons: one.reasons.iter().map(|reason| frame.said(reason)).collect(),
    };
    matched.candidates.iter().map(one).collect()
}

/// The answer: about which patent, those that fit first.
async fn fields(
    app: &App,
    frame: &Frame,
    matched: Option<&Arc<Matched>>,
    sent: &Sent,
    errors: &Errors,
) -> Result<Vec<Field>, AppError> {
    let corpus = present(app).await?;
    let mut own = offers::patents(&app.installation, corpus.as_ref(), account(frame)?, app.now()).await?;
    own.retain(|one| one.standing != offers::Standing::Ended);
    let rank = |key: &str| {
        let fitting = matched.map(|matched| matched.candidates.as_slice()).unwrap_or_default();
        fitting.iter().position(|one| one.key == key).unwrap_or(usize::MAX)
    };
    own.sort_by_key(|one| rank(&one.document_key));
    let mut patents = vec![Choice::new("", frame.t("supply-answer-no-patent"))];
    patents.extend(own.iter().map(|one| {
        let fits = if rank(&one.document_key) < usize::MAX { frame.t("supply-answer-fits") } else { String::new() };
        Choice::new(one.application_number.clone(), format!("{} {}{fits}", one.application_number, one.title))
    }));
    let field = |name: &str, key: &str, kind| Field::of(name, frame.t(key), kind, sent.get(name), errors);
    Ok(vec![
        field("number", "supply-answer-patent", FieldKind::Select(patents)).optional(),
        field("words", "supply-answer-words", FieldKind::Lines).hint(frame.t("supply-answer-words-hint")),
        field("contact", "offers-contact", FieldKind::Text).hint(frame.t("offers-contact-hint")),
    ])
}

/// `POST /supply/demands/{id}/answer`.
pub async fn answer(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let corpus = present(&app).await?;
    let said = Said {
        number: sent.get("number").to_owned(),
        words: sent.get("words").to_owned(),
        contact: sent.get("contact").to_owned(),
    };
    let mut errors = Errors::default();
    match offers::answer(&app.installation, corpus.as_ref(), account(&frame)?, id, &said, app.now()).await {
        Ok(_) => return Ok(room::see_other(&frame, &path(id))),
        Err(error) => refusal(&frame, &mut errors, "words", error)?,
    }
    respond(&app, &frame, id, &sent, &errors).await
}

/// `POST /supply/answers/{id}/withdraw`.
pub async fn withdraw(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let demand = offers::withdraw_answer(&app.installation, account(&frame)?, id, app.now()).await?;
    Ok(room::see_other(&frame, &path(demand)))
}
