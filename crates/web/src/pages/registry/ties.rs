//! `/registers/ties` 待关联: names that are tied to no enterprise, confirmed in bulk or one by one.

use askama::Template;
use axum::{Form, extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    ties::{self, UntiedName},
};

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format::encode,
    frame::Frame,
    hx,
    list::{Cell, Kind, Listing, ListingView},
    pages::{
        registry::{head_of, register_name, who},
        room::{self, Room, Sent},
    },
};

#[derive(Template)]
#[template(path = "registry/ties.html")]
struct TiesPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    list: &'a ListingView,
    reason: Option<Field>,
}

/// `GET /registers/ties`.
pub async fn page(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let rows = ties::waiting(&app.installation, app.now()).await?;
    let may_change = frame.may(Permission::ChangeRegistry);
    let view = {
        let listing = listing(&frame, may_change);
        if query.export {
            return listing.workbook(&rows, &query);
        }
        listing.view(&rows, &query)
    };
    let room = head(&app, &frame).await?.with(room::said(&frame, &words));
    let errors = Errors::default();
    let reason =
        (may_change && rows.iter().any(is_plain)).then(|| reason(&frame, &frame.t("reg-ties-reason-usual"), &errors));
    hx::page(TiesPage { frame: &frame, room: &room, errors: &errors, list: &view, reason })
}

async fn head(app: &App, frame: &Frame) -> Result<Room, AppError> {
    head_of(app, frame, "/registers/ties", frame.t("reg-ties"), frame.t("reg-ties-line")).await
}

/// Whether there is one answer to be confirmed.
fn is_plain(name: &UntiedName) -> bool {
    !name.name.is_empty() && name.candidates.len() == 1 && name.best.is_some()
}

fn listing(frame: &Frame, with_boxes: bool) -> Listing<'_, UntiedName> {
    let pick = move |name: &UntiedName| match &name.best {
        // A code holds no blank, so that the first one parts it from the name.
        Some(best) if with_boxes && is_plain(name) => Some(format!("{best} {}", name.name)),
        _ => None,
    };
    let one = |name: &UntiedName| frame.at(&format!("/registers/ties/one?name={}", encode(&name.name)));
    Listing::new(frame, "ties", "/registers/ties", frame.t("reg-ties"))
        .column("name", frame.t("reg-ties-name"), Kind::Text, move |name: &UntiedName| {
            let text = if name.name.is_empty() { name.code.clone() } else { name.name.clone() };
            let cell = Cell::text(text).pick(pick(name));
            if with_boxes && !name.name.is_empty() { cell.link(one(name)) } else { cell }
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
        })
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
        .when_empty(frame.t("reg-ties-none"), frame.t("reg-ties-none-todo"))
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

/// `POST /registers/ties/settle`: confirms the only candidate of every name ticked.
pub async fn settle(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let tied: Vec<(String, String)> = sent
        .all("pick")
        .filter_map(|pick| pick.split_once(' '))
        .map(|(uscc, name)| (name.to_owned(), uscc.to_owned()))
        .collect();
    let mut errors = Errors::default();
    if tied.is_empty() {
        errors.add("ties", frame.t("reg-ties-none-picked"));
    }
    if sent.get("reason").is_empty() {
        errors.add("reason", frame.t("reg-reason-missing"));
    }
    if !errors.is_empty() {
        let rows = ties::waiting(&app.installation, app.now()).await?;
        let query = room::wishes(&"/registers/ties".parse().unwrap_or_default()).0;
        let room = head(&app, &frame).await?.wrong(true);
        let view = listing(&frame, true).view(&rows, &query);
        let reason = Some(reason(&frame, sent.get("reason"), &errors));
        return hx::refused(TiesPage { frame: &frame, room: &room, errors: &errors, list: &view, reason });
    }
    let report = ties::settle(&app.installation, &tied, sent.get("reason"), &who(&frame), app.now()).await?;
    Ok(room::see_other(&frame, &format!("/registers/ties?done=tied&count={}&batch={}", tied.len(), report.batch)))
}

#[derive(Template)]
#[template(path = "registry/form.html")]
struct OnePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    fields: Vec<Field>,
    hidden: Vec<(&'static str, String)>,
    action: String,
    button: String,
}

/// `GET /registers/ties/one`: one name, its candidates, or a code of one's own.
pub async fn one(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let name = query.filter("name").unwrap_or_default().to_owned();
    let sent = Sent(vec![("reason".to_owned(), frame.t("reg-ties-reason-usual"))]);
    form(&app, &frame, &name, &sent, &Errors::default()).await
}

async fn form(app: &App, frame: &Frame, name: &str, sent: &Sent, errors: &Errors) -> Result<Response, AppError> {
    let found = ties::waiting(&app.installation, app.now()).await?.iter().find(|untied| untied.name == name).cloned();
    let Some(untied) = found else { return Err(AppError::NotFound(frame.t1("reg-ties-gone", "name", name))) };
    let line = frame.tn("reg-ties-one-line", &[("count", untied.rows.to_string()), ("why", frame.said(&untied.why))]);
    let room = Room::new(frame.t1("reg-ties-title", "name", name), line)
        .below(frame, &[("nav-registers", "/registers"), ("reg-ties", "/registers/ties")])
        .wrong(!errors.is_empty());
    let hint = if untied.candidates.is_empty() {
        frame.t("reg-ties-uscc-hint")
    } else {
        frame.t1("reg-ties-uscc-hint-candidates", "list", said(frame, &untied.candidates))
    };
    let value = match sent.get("uscc") {
        "" => untied.best.clone().filter(|_| untied.candidates.len() == 1).unwrap_or_default(),
        typed => typed.to_owned(),
    };
    let fields = vec![
        Field::of("uscc", frame.t("reg-ties-uscc"), FieldKind::Text, &value, errors).hint(hint),
        reason(frame, sent.get("reason"), errors),
    ];
    let page = OnePage {
        frame,
        room: &room,
        errors,
        fields,
        hidden: vec![("name", name.to_owned())],
        action: frame.at("/registers/ties/one"),
        button: frame.t("reg-ties-do"),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// `POST /registers/ties/one`.
pub async fn settle_one(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    if let Err(cause) = sent.get("uscc").parse::<terms::Uscc>() {
        errors.add("uscc", cause.to_string());
    }
    if sent.get("reason").is_empty() {
        errors.add("reason", frame.t("reg-reason-missing"));
    }
    if !errors.is_empty() {
        return form(&app, &frame, sent.get("name"), &sent, &errors).await;
    }
    let tied = [(sent.get("name").to_owned(), sent.get("uscc").to_owned())];
    let report = ties::settle(&app.installation, &tied, sent.get("reason"), &who(&frame), app.now()).await?;
    Ok(room::see_other(&frame, &format!("/registers/ties?done=tied&count=1&batch={}", report.batch)))
}
