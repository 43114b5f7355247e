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
    pieces::Link,
};

/// A demand with how many patents of one's own fit it; none while that is not known.
struct Row {
    sought: Sought,
    fitting: Option<usize>,
}

/// `GET /supply/demands`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let visitor = account(&frame)?;
    let names = offers::owner_names(&app.installation, visitor).await?;
    let (mut rows, mut works) = (Vec::new(), false);
    for sought in offers::sought(&app.installation, visitor, app.now()).await? {
        // What takes longer goes on beside the request, so that the next ones need not be begun at once.
        let fitting =
            match if works { Fitting::Working } else { matching::fitting(&app, &frame, &sought.demand, &names).await? }
            {
                Fitting::Found(matched) => Some(matched.candidates.len()),
                Fitting::Refused(_) => Some(0),
                Fitting::Working => {
                    works = true;
                    None
                }
            };
        rows.push(Row { sought, fitting });
    }
    let listing = listing(&frame);
    let mut room = head(&frame, DEMANDS).with(room::said(&frame, &words));
    room.refreshes = works;
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

fn listing(frame: &Frame) -> Listing<'_, Row> {
    let kinds = About::ALL.map(|kind| Choice::new(kind.key(), frame.said(kind.zh()))).into();
    let yes_no = |yes: &str, no: &str| vec![Choice::new("yes", frame.t(yes)), Choice::new("no", frame.t(no))];
    Listing::new(frame, "sought", DEMANDS, frame.t("supply-demands"))
        .column("title", frame.t("matching-demand"), Kind::Text, |one: &Row| {
            Cell::text(one.sought.demand.asked.title.clone()).link(frame.at(&path(one.sought.demand.id)))
        })
        .column("firm", frame.t("matching-firm"), Kind::Text, |one| Cell::text(one.sought.demand.firm.clone()))
        .column("kind", frame.t("matching-kind"), Kind::Text, |one| {
            Cell::text(frame.said(one.sought.demand.asked.kind.zh()))
        })
        .column("fitting", frame.t("supply-fitting"), Kind::Number, |one| match one.fitting {
            Some(count) => Cell::number(count as i64),
            None => Cell::unknown(frame.t("supply-fitting-working")),
        })
        .column("answered", frame.t("supply-answered"), Kind::Text, |one| {
            Cell::text(frame.t(if one.sought.is_answered { "setting-yes" } else { "setting-no" }))
        })
        .column("until", frame.t("matching-until"), Kind::Date, |one| {
            Cell::date(Some(one.sought.demand.asked.valid_until))
        })
        .filter("kind", frame.t("matching-kind"), kinds, |one, key| one.sought.demand.asked.kind.key() == key)
        .filter("fitting", frame.t("supply-fitting"), yes_no("supply-fits", "supply-fits-not"), |one, key| {
            one.fitting.is_some_and(|count| (count > 0) == (key == "yes"))
        })
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

#[derive(Template)]
#[template(path = "supply/demand.html")]
struct DemandPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    words: String,
    facts: Vec<(String, String)>,
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
    let demand = offers::sought_one(&app.installation, visitor, id, app.now()).await?.demand;
    let names = offers::owner_names(&app.installation, visitor).await?;
    let found = matching::fitting(app, frame, &demand, &names).await?;
    let own: Vec<Answer> = offers::answers(&app.installation, visitor).await?;
    let mut room = Room::new(demand.asked.title.clone(), demand.firm.clone())
        .below(frame, &[("supply-demands", DEMANDS)])
        .wrong(!errors.is_empty());
    room.refreshes = matches!(found, Fitting::Working);
    let (matched, refused) = match &found {
        Fitting::Found(matched) => (Some(matched), String::new()),
        Fitting::Refused(why) => (None, why.clone()),
        Fitting::Working => (None, String::new()),
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
        words: match demand.asked.words.as_str() {
            "" => frame.t("matching-speaks-for-it"),
            words => words.to_owned(),
        },
        facts: vec![
            (frame.t("matching-kind"), frame.t(&format!("matching-about-{}", demand.asked.kind.key()))),
            (frame.t("matching-until"), frame.date(demand.asked.valid_until)),
        ],
        again: matches!(found, Fitting::Working).then(|| frame.at(&path(id))),
        refused,
        fitting: matched.map(|matched| fits(frame, matched)).unwrap_or_default(),
        answers: answered.collect(),
        action: frame.at(&format!("{}/answer", path(id))),
        fields: fields(app, frame, matched, sent, errors).await?,
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
