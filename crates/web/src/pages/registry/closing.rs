//! `/registers/closing` 月结: months that are closed upon a run, and closing one.

use axum::{Form, extract::State, http::Uri, response::Response};
use domain::{
    accounts::Permission,
    closing::{self, Closing, Wish},
    runs::{self, Summary},
};

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Dir, Kind, Listing},
    pages::{
        cockpit::shown,
        registry::{
            entries::{EntriesPage, EntryForm},
            head_of, who,
        },
        room::{self, Room, Sent},
    },
};

/// `GET /registers/closing`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let rows = closing::list(&app.installation).await?;
    let view = {
        let listing = listing(&frame);
        if query.export {
            return listing.workbook(&rows, &query);
        }
        listing.view(&rows, &query)
    };
    let room = head(&app, &frame).await?.with(room::said(&frame, &words));
    let errors = Errors::default();
    let form = match frame.may(Permission::ChangeRegistry) {
        true => form(&app, &frame, &Sent::default(), &errors).await?,
        false => None,
    };
    EntriesPage { frame: &frame, room: &room, errors: &errors, list: &view, form }.respond(hx)
}

async fn head(app: &App, frame: &Frame) -> Result<Room, AppError> {
    head_of(app, frame, "/registers/closing", frame.t("reg-closing"), frame.t("reg-closing-line")).await
}

fn listing(frame: &Frame) -> Listing<'_, Closing> {
    Listing::new(frame, "closing", "/registers/closing", frame.t("reg-closing"))
        .column("month", frame.t("reg-month"), Kind::Text, |one: &Closing| {
            Cell::code(one.month.clone()).link(frame.at(&format!("/runs/{}", one.run)))
        })
        .column("as-of", frame.t("reg-as-of"), Kind::Date, |one| Cell::date(Some(one.as_of)))
        .column("closed-at", frame.t("reg-closed-at"), Kind::Date, |one| Cell::code(format::instant(one.closed_at)))
        .column("who", frame.t("reg-who"), Kind::Text, |one| Cell::text(one.closed_by.clone()))
        .column("note", frame.t("reg-note"), Kind::Text, |one| Cell::text(one.note.clone()))
        .sorted_by("month", Dir::Down)
        .when_empty(frame.t("reg-closing-none"), frame.t("reg-closing-none-todo"))
}

/// The form, if there is a run of a month's end that is not closed yet.
async fn form(app: &App, frame: &Frame, sent: &Sent, errors: &Errors) -> Result<Option<EntryForm>, AppError> {
    let closed = closing::list(&app.installation).await?;
    let is_open = |run: &Summary| {
        !run.is_what_if()
            && run.scope.is_empty()
            && is_month_end(&run.as_of)
            && !closed.iter().any(|one| one.as_of.to_string() == run.as_of)
    };
    let runs = runs::list(&app.installation).await?;
    let runs = shown::choices(frame, runs.iter().filter(|run| is_open(run)), |_, words| words);
    if runs.is_empty() {
        return Ok(None);
    }
    let open = closing::open_rows(&app.installation).await?;
    let mut fields = vec![
        Field::of("run", frame.t("reg-closing-run"), FieldKind::Select(runs), sent.get("run"), errors)
            .hint(frame.t("reg-closing-run-hint")),
    ];
    if !open.is_empty() {
        let named: Vec<String> = open
            .iter()
            .map(|(register, count)| {
                frame.tn(
                    "reg-closing-open-one",
                    &[("register", frame.said(register.name_zh)), ("count", count.to_string())],
                )
            })
            .collect();
        let choice = Choice {
            is_chosen: sent.get("acknowledged") == "yes",
            ..Choice::new("yes", frame.t("reg-closing-acknowledge-yes"))
        };
        let field =
            Field::of("acknowledged", frame.t("reg-closing-acknowledge"), FieldKind::Checks(vec![choice]), "", errors);
        fields.push(field.hint(frame.t1("reg-closing-open", "list", named.join(&frame.t("word-list-separator")))));
    }
    fields.push(Field::of("note", frame.t("reg-note"), FieldKind::Text, sent.get("note"), errors).optional());
    Ok(Some(EntryForm {
        title: frame.t("reg-closing-form"),
        action: frame.at("/registers/closing/close"),
        button: frame.t("reg-closing-do"),
        fields,
    }))
}

fn is_month_end(day: &str) -> bool {
    day.parse::<jiff::civil::Date>().is_ok_and(|day| day == day.last_of_month())
}

/// `POST /registers/closing/close`.
pub async fn close(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let who = who(&frame);
    let wish = Wish {
        run: sent.get("run"),
        acknowledged: sent.get("acknowledged") == "yes",
        note: sent.get("note"),
        by: &who,
        now: app.now(),
    };
    let mut errors = Errors::default();
    match closing::close(&app.installation, wish).await {
        Ok(closed) => {
            return Ok(room::see_other(&frame, &format!("/registers/closing?done=closed&month={}", closed.month)));
        }
        Err(domain::Error::Conflict(why)) => errors.add(if why.contains("隔离") { "acknowledged" } else { "run" }, why),
        Err(domain::Error::Invalid(why)) => errors.add("run", why),
        Err(error @ domain::Error::NotFound { .. }) => errors.add("run", error.to_string()),
        Err(other) => return Err(other.into()),
    }
    let rows = closing::list(&app.installation).await?;
    let view = listing(&frame).view(&rows, &Default::default());
    let room = head(&app, &frame).await?.wrong(true);
    let form = form(&app, &frame, &sent, &errors).await?;
    hx::refused(EntriesPage { frame: &frame, room: &room, errors: &errors, list: &view, form })
}
