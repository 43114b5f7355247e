//! `/cockpit/lapses` 即将失效的发明专利: every right whose term ends or whose annual fee falls due, with whose it is.

use axum::{extract::State, http::Uri, response::Response};
use domain::lapses::{Cause, Lapse};

use super::{
    kept, no_run,
    rights::{self, Row},
    shown,
};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery},
    pages::enterprises::cause,
};

/// `GET /cockpit/lapses`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return no_run(&frame, frame.t("cockpit-lapses"));
    };
    let lapses = kept::lapses(&shown.opened);
    let rows: Vec<Row<'_, Lapse>> = lapses
        .iter()
        .map(|one| {
            let Lapse { application_number, title, town, uscc, .. } = one;
            Row::of(&shown, one, [application_number, title, town], uscc.as_deref())
        })
        .collect();
    let frame_ref = &frame;
    let listing = rights::listing(&frame, &shown, ("lapses", "/cockpit/lapses"), "cockpit-lapses")
        .column("cause", frame.t("cockpit-col-cause"), Kind::Text, |row: &Row<'_, Lapse>| {
            Cell::text(cause(frame_ref, row.right.cause))
        })
        .column("on", frame.t("cockpit-col-day"), Kind::Date, |row| Cell::date(Some(row.right.on)))
        .column("high-value", frame.t("patents-high-value"), Kind::Text, |row| {
            if row.right.high_value { Cell::text(frame_ref.t("patents-high-value")) } else { Cell::empty() }
        });
    let listing = rights::whose(listing, &frame, &shown)
        .filter(
            "cause",
            frame.t("cockpit-col-cause"),
            Cause::ALL.map(|one| Choice::new(one.key(), cause(&frame, one))).to_vec(),
            |row, wanted| row.right.cause.key() == wanted,
        )
        .filter(
            "high-value",
            frame.t("patents-high-value"),
            vec![Choice::new("yes", frame.t("patents-high-value"))],
            |row, _| row.right.high_value,
        )
        .filter(
            "enterprise",
            frame.t("rights-enterprise"),
            enterprise(&rows, query.filter("enterprise")),
            |row, uscc| row.uscc == Some(uscc),
        )
        .when_empty(frame.t("cockpit-lapses-none"), frame.t("cockpit-method-lapse-text"));
    rights::respond(hx, &frame, &shown, (&listing, &rows), &query, ("cockpit-lapses", "cockpit-lapses-line"))
}

/// The enterprise that is filtered by; a list of all of them would help nobody.
fn enterprise(rows: &[Row<'_, Lapse>], chosen: Option<&str>) -> Vec<Choice> {
    let named = |uscc: &str| {
        let row = rows.iter().find(|row| row.uscc == Some(uscc));
        Choice::new(uscc, row.and_then(|row| row.owner).unwrap_or(uscc))
    };
    chosen.map(named).into_iter().collect()
}
