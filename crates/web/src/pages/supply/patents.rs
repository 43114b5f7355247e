//! `/supply` and `/supply/patents/{number}`: the patents of one's own university or institute, and the sheet on which one is offered.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{
    matching::ContractKind,
    offers::{self, Offer, Patent, Standing, State as Stands, Terms},
};
use terms::{Money, MoneyUnit};

use super::{PATH, head, patent_path};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Kind, Listing},
    pages::{
        corpus::{baskets::account, hits},
        offers as shown,
        room::{self, Room, Sent},
        warnings::present,
    },
    pieces::{Link, State as StateWord, Tone},
};

/// A patent with the offer that there is of it.
struct Row {
    patent: Patent,
    offer: Option<Offer>,
}

/// `GET /supply`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let visitor = account(&frame)?;
    let corpus = present(&app).await?;
    let all = offers::patents(&app.installation, corpus.as_ref(), visitor, app.now()).await?;
    let mut made = offers::offers(&app.installation, visitor, app.now()).await?;
    let row = |patent: Patent| {
        let at = made.iter().position(|one| one.application_number == patent.application_number);
        Row { offer: at.map(|at| made.swap_remove(at)), patent }
    };
    let rows: Vec<Row> = all.into_iter().map(row).collect();
    let listing = listing(&frame);
    room::listed(hx, &frame, &head(&frame, PATH).with(room::said(&frame, &words)), (&listing, &rows), &query)
}

fn listing(frame: &Frame) -> Listing<'_, Row> {
    let today = frame.business_date;
    let standings = Standing::ALL.map(|one| Choice::new(one.key(), frame.said(one.zh()))).into();
    let offered = Stands::ALL.map(|one| Choice::new(one.key(), frame.said(one.zh())));
    let mut offered: Vec<Choice> = offered.into();
    offered.push(Choice::new("none", frame.t("supply-not-offered")));
    let places = ["register", "corpus"].map(|key| Choice::new(key, frame.t(&format!("supply-in-{key}")))).into();
    Listing::new(frame, "supply", PATH, frame.t("supply-title"))
        .column("title", frame.t("offers-patent"), Kind::Text, |one: &Row| {
            Cell::text(one.patent.title.clone()).link(frame.at(&patent_path(&one.patent.application_number)))
        })
        .column("number", frame.t("matching-number"), Kind::Code, |one| {
            let cell = Cell::code(one.patent.application_number.clone());
            match one.patent.document_key.as_str() {
                "" => cell,
                key => cell.link(frame.at(&hits::path(key))),
            }
        })
        .column("filed", frame.t("supply-filed"), Kind::Date, |one| Cell::date(one.patent.filed_on))
        .column("standing", frame.t("matching-candidate-state"), Kind::Text, |one| {
            Cell::state(standing(frame, one.patent.standing), one.patent.standing as i64)
        })
        .column("place", frame.t("supply-place"), Kind::Text, |one| {
            let keys = [("register", one.patent.is_registered), ("corpus", !one.patent.document_key.is_empty())];
            let words = keys.iter().filter(|(_, is)| *is).map(|(key, _)| frame.t(&format!("supply-in-{key}")));
            Cell::text(words.collect::<Vec<_>>().join(&frame.t("word-list-separator")))
        })
        .column("offer", frame.t("offers-title"), Kind::Text, move |one| match &one.offer {
            Some(offer) => Cell::state(shown::standing(frame, offer.state(today)), offer.state(today) as i64),
            None => Cell::text(frame.t("supply-not-offered")),
        })
        .filter("standing", frame.t("matching-candidate-state"), standings, |one, key| one.patent.standing.key() == key)
        .filter("offer", frame.t("offers-title"), offered, move |one, key| {
            one.offer.as_ref().map_or("none", |offer| offer.state(today).key()) == key
        })
        .filter("place", frame.t("supply-place"), places, |one, key| match key {
            "register" => one.patent.is_registered,
            _ => !one.patent.document_key.is_empty(),
        })
        .search(frame.t("supply-search"), |one| format!("{} {}", one.patent.title, one.patent.application_number))
        .when_empty(frame.t("supply-none"), frame.t("supply-none-todo"))
}

fn standing(frame: &Frame, standing: Standing) -> StateWord {
    let tone = match standing {
        Standing::InForce => Tone::Ok,
        Standing::Pending => Tone::Plain,
        Standing::Unknown => Tone::Unknown,
        Standing::Ended => Tone::Bad,
    };
    StateWord::new(tone, frame.said(standing.zh()))
}

#[derive(Template)]
#[template(path = "supply/patent.html")]
struct PatentPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    state: StateWord,
    facts: Vec<(String, Link)>,
    /// Where the offer that there is stands; empty where there is none.
    offer: Option<Link>,
    /// The sheet; none where nothing is left to offer.
    sheet: Option<(String, Vec<Field>)>,
}

/// `GET /supply/patents/{number}`.
pub async fn form(State(app): State<App>, frame: Frame, Path(number): Path<String>) -> Result<Response, AppError> {
    respond(&app, &frame, &number, None, &Errors::default()).await
}

async fn respond(
    app: &App,
    frame: &Frame,
    number: &str,
    sent: Option<&Sent>,
    errors: &Errors,
) -> Result<Response, AppError> {
    let visitor = account(frame)?;
    let corpus = present(app).await?;
    let patent = offers::patent(&app.installation, corpus.as_ref(), visitor, number, app.now()).await?;
    let made = offers::offers(&app.installation, visitor, app.now()).await?;
    let offer = made.into_iter().find(|one| one.application_number == patent.application_number);
    let typed;
    let sent = match sent {
        Some(sent) => sent,
        None => {
            typed = Sent(kept(frame, offer.as_ref()));
            &typed
        }
    };
    let room = Room::new(patent.title.clone(), frame.t("supply-offer-line"))
        .below(frame, &[("supply-title", PATH)])
        .wrong(!errors.is_empty());
    let plain = |text: String| Link::new(text, "");
    let mut facts = vec![(
        frame.t("matching-number"),
        match patent.document_key.as_str() {
            "" => plain(patent.application_number.clone()),
            key => Link::new(patent.application_number.clone(), frame.at(&hits::path(key))),
        },
    )];
    if let Some(filed) = patent.filed_on {
        facts.push((frame.t("supply-filed"), plain(frame.date(filed))));
    }
    let page = PatentPage {
        frame,
        room: &room,
        errors,
        state: standing(frame, patent.standing),
        facts,
        offer: offer.as_ref().map(|one| {
            let words = [
                ("number", one.id.to_string()),
                ("version", one.latest.version.to_string()),
                ("state", frame.said(one.state(frame.business_date).zh())),
            ];
            Link::new(frame.tn("supply-offer-now", &words), frame.at(&shown::path(one.id)))
        }),
        sheet: (patent.standing != Standing::Ended)
            .then(|| (frame.at(&patent_path(&patent.application_number)), fields(frame, sent, errors))),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// What the sheet says before anything is typed: the terms that there are.
fn kept(frame: &Frame, offer: Option<&Offer>) -> Vec<(String, String)> {
    let pair = |name: &str, value: String| (name.to_owned(), value);
    let Some(offer) = offer else {
        let year = frame.business_date.saturating_add(jiff::Span::new().years(1));
        return vec![pair("until", year.to_string()), pair("publish", "yes".to_owned())];
    };
    let terms = &offer.latest.terms;
    let mut sent: Vec<_> = terms.forms.iter().map(|form| pair("forms", form.zh().to_owned())).collect();
    sent.extend([
        pair("field", terms.field.clone()),
        pair("price", terms.price_fen.map(|fen| format::fixed(fen.into(), 100, 2)).unwrap_or_default()),
        pair("contact", terms.contact.clone()),
        pair("until", terms.until.to_string()),
        pair("note", terms.note.clone()),
        pair("publish", if offer.latest.state == Stands::Draft { "no" } else { "yes" }.to_owned()),
    ]);
    sent
}

fn fields(frame: &Frame, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let field = |name: &str, key: &str, kind| Field::of(name, frame.t(key), kind, sent.get(name), errors);
    let forms = ContractKind::ALL.map(|form| Choice {
        is_chosen: sent.all("forms").any(|chosen| chosen == form.zh()),
        ..Choice::new(form.zh(), frame.said(form.zh()))
    });
    let publish = ["yes", "no"].map(|key| Choice::new(key, frame.t(&format!("supply-publish-{key}"))));
    vec![
        field("forms", "offers-forms", FieldKind::Checks(forms.into())),
        field("field", "offers-field", FieldKind::Text).hint(frame.t("offers-field-hint")),
        field("price", "offers-price", FieldKind::Short).hint(frame.t("offers-price-hint")).optional(),
        field("contact", "offers-contact", FieldKind::Text).hint(frame.t("offers-contact-hint")),
        field("until", "matching-until", FieldKind::Date),
        field("note", "offers-note", FieldKind::Lines).hint(frame.t("offers-note-hint")).optional(),
        field("publish", "supply-publish", FieldKind::Radios(publish.into())),
    ]
}

/// `POST /supply/patents/{number}`.
pub async fn keep(
    State(app): State<App>,
    frame: Frame,
    Path(number): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let price_fen = match (sent.get("price"), Money::parse(sent.get("price"), MoneyUnit::Yuan)) {
        ("", _) => None,
        (_, Ok(money)) => Some(money.fen),
        (_, Err(cause)) => {
            errors.add("price", frame.said(&cause.message));
            None
        }
    };
    let until = terms::dates::parse_date(sent.get("until"));
    if let Err(cause) = &until {
        errors.add("until", frame.said(&cause.message));
    }
    let terms = Terms {
        forms: sent.all("forms").filter_map(ContractKind::of_zh).collect(),
        field: sent.get("field").to_owned(),
        price_fen,
        contact: sent.get("contact").to_owned(),
        until: until.unwrap_or(frame.business_date),
        note: sent.get("note").to_owned(),
    };
    for (field, why) in offers::faults(&terms, frame.business_date) {
        errors.add(field, frame.said(&why));
    }
    if errors.is_empty() {
        let corpus = present(&app).await?;
        let wanted = (number.as_str(), sent.get("publish") == "yes");
        let kept = offers::keep(&app.installation, corpus.as_ref(), account(&frame)?, wanted, &terms, app.now()).await;
        match kept {
            Ok(id) => return Ok(room::see_other(&frame, &shown::path(id))),
            Err(domain::Error::Invalid(why) | domain::Error::Conflict(why)) => errors.add("forms", frame.said(&why)),
            Err(other) => return Err(other.into()),
        }
    }
    respond(&app, &frame, &number, Some(&sent), &errors).await
}
