//! `/cockpit/lapses` 即将失效的发明专利: every right whose term ends or whose annual fee falls due, with whose it is.

use axum::{extract::State, http::Uri, response::Response};
use domain::lapses::{Cause, Lapse};

use super::{kept, no_run, shown};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery, Listing},
    pages::{
        enterprises::cause,
        patents::read::written,
        room::{self, Room},
    },
};

/// A right that may soon be lost, with the name of its enterprise.
struct Row<'a> {
    lapse: &'a Lapse,
    owner: Option<&'a str>,
}

/// `GET /cockpit/lapses`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return no_run(&frame, frame.t("cockpit-lapses"));
    };
    let lapses = kept::lapses(&shown.opened);
    let owner = |lapse: &Lapse| lapse.uscc.as_deref().and_then(|uscc| shown.enterprise_name(uscc));
    let rows: Vec<Row<'_>> = lapses.iter().map(|lapse| Row { owner: owner(lapse), lapse }).collect();
    let caption =
        frame.tn("rights-list-of", &[("name", frame.t("cockpit-lapses")), ("date", shown.as_of().to_string())]);
    let (frame_ref, shown_ref) = (&frame, &shown);
    let listing = Listing::new(&frame, "lapses", "/cockpit/lapses", caption)
        .column("number", frame.t("patents-col-number"), Kind::Code, move |row: &Row<'_>| {
            let number = &row.lapse.application_number;
            Cell::code(written(number)).link(shown_ref.keep(frame_ref.at(&format!("/patents/{number}"))))
        })
        .column("title", frame.t("patents-col-title"), Kind::Text, |row| Cell::text(row.lapse.title.clone()))
        .column("cause", frame.t("cockpit-col-cause"), Kind::Text, |row| Cell::text(cause(frame_ref, row.lapse.cause)))
        .column("on", frame.t("cockpit-col-day"), Kind::Date, |row| Cell::date(Some(row.lapse.on)))
        .column("high-value", frame.t("patents-high-value"), Kind::Text, |row| {
            if row.lapse.high_value { Cell::text(frame_ref.t("patents-high-value")) } else { Cell::empty() }
        })
        .column("owner", frame.t("patents-col-owner"), Kind::Text, move |row| match (&row.lapse.uscc, row.owner) {
            (Some(uscc), Some(name)) => {
                Cell::text(name).link(shown_ref.keep(frame_ref.at(&format!("/enterprises/{uscc}"))))
            }
            _ => Cell::text(frame_ref.t("word-no-enterprise")),
        })
        .column("town", frame.t("patents-col-town"), Kind::Text, |row| Cell::text(row.lapse.town.clone()))
        .filter(
            "cause",
            frame.t("cockpit-col-cause"),
            Cause::ALL.map(|one| Choice::new(one.key(), cause(&frame, one))).to_vec(),
            |row, wanted| row.lapse.cause.key() == wanted,
        )
        .filter(
            "high-value",
            frame.t("patents-high-value"),
            vec![Choice::new("yes", frame.t("patents-high-value"))],
            |row, _| row.lapse.high_value,
        )
        .filter(
            "enterprise",
            frame.t("rights-enterprise"),
            enterprise(&rows, query.filter("enterprise")),
            |row, uscc| row.lapse.uscc.as_deref() == Some(uscc),
        )
        .search(frame.t("rights-search"), |row| {
            format!("{} {} {}", row.lapse.application_number, row.lapse.title, row.owner.unwrap_or_default())
        })
        .when_empty(frame.t("cockpit-lapses-none"), frame.t("cockpit-method-lapse-text"));
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let mut view = listing.view(&rows, &query);
    shown.keep_in(&mut view);
    let head = Room::new(frame.t("cockpit-lapses"), frame.t("cockpit-lapses-line"))
        .below(&frame, &[("cockpit-title", "/cockpit")]);
    room::list_page(hx, &frame, &head, &view)
}

/// The enterprise that is filtered by; a list of all of them would help nobody.
fn enterprise(rows: &[Row<'_>], chosen: Option<&str>) -> Vec<Choice> {
    let named = |uscc: &str| {
        let row = rows.iter().find(|row| row.lapse.uscc.as_deref() == Some(uscc));
        Choice::new(uscc, row.and_then(|row| row.owner).unwrap_or(uscc))
    };
    chosen.map(named).into_iter().collect()
}
